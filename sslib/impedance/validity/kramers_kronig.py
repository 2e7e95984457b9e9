"""Whether a spectrum can be trusted: the linear Kramers-Kronig test, and what its residuals say about the cell."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import stdtr

from sslib.checks import check_between, check_positive
from sslib.impedance.fitting.results import Verdict

LEVEL = 0.01
"""Probability below which the residuals of a valid spectrum must lie to be called inconsistent, or a drift."""
RESOLUTION = 5e-4
"""Residuals and drifts below this say nothing: the elements describe valid spectra to 0.04 % of |Z|."""
BEYOND = 0.5
"""Decades by which the time constants go beyond the measured range: there a tail of constant phase, a diffusion or a
blocking electrode is not over yet."""
DENSEST = 4.0
"""Elements per decade beyond which more of them describe no valid spectrum better."""
SHARE = 1.2
"""Most coefficients per point, of the two numbers that a point has."""
FEWEST = 5
FEW = 12
TRUNCATED = 1e-9
"""Singular values below this share of the largest are left out: the coefficients there would be huge and cancel."""
DRAWS, SEARCH_DRAWS = 1000, 400
WIDTHS, BURSTS = (2, 4, 8), (1, 5)
"""Points over which residuals are added up, and over which their squares are."""
LEAST_FREE = 0.025
LARGE_DRIFT = 1 / 3
REMOVED = 0.2
SMALLEST_PART = 1 / 3


@dataclass(frozen=True)
class RangeVerdict(Verdict):
    """A verdict on a part of a spectrum: its ends [Hz], and the size relative to the magnitude [1].

    The size of an inconsistency is the largest residual of the fit to the whole spectrum over the root of the share
    that the fit left free of it: points that pull a fit toward themselves, at the ends, have small residuals.

    Kinds: "not Kramers-Kronig consistent" (a range at an end, or all of it), "points stand out" (within the consistent
    range), "drift", "few points".
    """

    lowest: float
    highest: float
    size: float


@dataclass(frozen=True)
class Drift:
    """How much the impedance changed while one spectrum was measured.

    Attributes
    ----------
    size, standard_error : float
        Change from the first to the last point, relative to the impedance [1]; positive where it grew.
    t, probability : float
        Size over standard error, and how often noise alone gives as much or more.
    assumed : bool
        True where no times are known, and a sweep from high to low frequency in a time of 1/f a point was assumed.
    """

    size: float
    standard_error: float
    t: float
    probability: float
    assumed: bool


@dataclass(frozen=True, repr=False)
class KramersKronig:
    """The outcome of `kramers_kronig`.

    Attributes
    ----------
    frequency : numpy.ndarray
        [Hz], descending.
    impedance, fitted : numpy.ndarray
        Data and consistent fit [ohm], complex.
    residuals : numpy.ndarray
        Fit minus data over the magnitude of the data, complex [1].
    freedom : numpy.ndarray
        By how much the fit followed each point: mean square of a residual over that of the noise [1].
    immittance : str
        "Z" or "Y", which was fitted.
    count, mu : int, float
        Number of RC elements, and the criterion there: 1 less the ratio of the sums of negative and positive
        resistances with time constants in the measured range.
    mu_count : int
        Where the criterion alone would have stopped.
    degrees_of_freedom : int
        Of the fit that ``noise`` comes from.
    noise, noise_error : float
        Standard deviation of the real and of the imaginary part relative to the magnitude [1], corrected for the
        degrees of freedom, from the consistent range where there is one; and its standard error.
    probability : float
        How often a valid spectrum has residuals as structured as those of the whole spectrum.
    consistent : tuple of float or None
        Lowest and highest frequency [Hz] of the range that passes; None where no third of the points does.
    outliers : numpy.ndarray
        Frequencies [Hz] within that range whose points stand out.
    drift : Drift
    """

    frequency: np.ndarray
    impedance: np.ndarray
    fitted: np.ndarray
    freedom: np.ndarray
    immittance: str
    count: int
    mu: float
    mu_count: int
    degrees_of_freedom: int
    noise: float
    probability: float
    consistent: tuple | None
    outliers: np.ndarray
    drift: Drift

    @property
    def residuals(self):
        return (self.fitted - self.impedance) / np.abs(self.impedance)

    @property
    def noise_error(self):
        return self.noise / np.sqrt(2 * self.degrees_of_freedom)

    @property
    def valid(self):
        """Whether the whole spectrum passes, without a drift; None where nothing is found and the points are too few
        (less than twelve) for that to mean anything."""
        kinds = {verdict.kind for verdict in self.verdicts}
        if kinds == {"few points"}:
            return None
        return not kinds

    @cached_property
    def verdicts(self):
        """What the test has to say, in words (tuple of RangeVerdict)."""
        return tuple(_verdicts(self))

    def __str__(self):
        low, high = self.frequency[-1], self.frequency[0]
        head = f"Kramers-Kronig test of {len(self.frequency)} points, {_span(low, high)}: {self.count} elements"
        lines = [f"{head}, noise {_percent(self.noise)} in each part"]
        return "\n".join(lines + [f"- {verdict}" for verdict in self.verdicts or ("consistent throughout",)])


def kramers_kronig(spectrum, *, count="mu", mu=0.85, immittance="Z", inductance=True, capacitance=True):
    r"""Test a spectrum for linearity, causality and stability, by a fit that is Kramers-Kronig consistent as it stands.

    .. math:: Z(\omega) = R_0 + \sum_{k=1}^{M} \frac{R_k}{1 + i\omega\tau_k} + i\omega L + \frac{1}{i\omega C}

    with fixed time constants, evenly spaced by their logarithm from half a decade below to half a decade above those of
    the measured range, and coefficients of either sign: linear least squares with weights 1/\|Z\|. Residuals that are
    mere noise make the spectrum valid.

    The number of elements is where ``mu`` falls below its limit, or more: from there up to four a decade the Bayesian
    information criterion decides. (The criterion alone stops too early at broad spectra of little noise and calls a
    third of the valid ones inconsistent.)

    Whether residuals are mere noise is decided without a fixed limit in percent. Their sums over 2, 4 and 8 neighbours
    (structure) and the largest sums of squares over 1 and 5 (points that stand out) are compared with those of
    simulated noise that went through the same fit; the largest of the five, each in units of its spread, decides at a
    level of 1 %, unless all residuals are below the elements' own error, 0.05 %. Where a spectrum fails, points are
    left out, the worst first, up to a fifth of them, until the rest passes; those within half a decade of an end
    shorten the consistent range. Where that does not help, the longest part that passes is sought.

    The drift is the coefficient of one more column, the impedance times the share of the sweep's time that had passed:
    all of the impedance that is left at low frequency changes in proportion to time. To first order, so for changes of
    up to about a third.

    Parameters
    ----------
    spectrum : Spectrum
        Or anything with ``frequency`` [Hz] and ``impedance`` [ohm], shape (n,), and if known ``time`` [s].
    count : "mu" or int
        How many RC elements.
    mu : float
        Limit of the criterion.
    immittance : "Z" or "Y"
        What is fitted. The admittance suits a spectrum that ends in a capacitance or an open circuit.
    inductance, capacitance : bool
        Whether an inductor and a capacitor are added: in series to the impedance, in parallel to the admittance.

    Returns
    -------
    KramersKronig

    Raises
    ------
    ValueError
        For fewer than five points, arrays of different length, frequencies that are not positive, an impedance of zero,
        values that are not finite, points at one frequency alone, a count that the points do not determine, unknown
        words.

    Notes
    -----
    Consistency is necessary, not sufficient: a cell that changed before the sweep, a lead's resistance or a wrong area
    are consistent. A spectrum of n points a decade cannot show what is narrower than a point. Noise is taken to be
    proportional to \|Z\|; where it is much larger in one range, that range stands out. A level of noise that repeated
    spectra show is better evidence: `noise_of_repeats`.

    Sources: B. A. Boukamp, J. Electrochem. Soc. 142 (1995) 1885, doi 10.1149/1.2044210 (the linear test);
    M. Schönleber, D. Klotz, E. Ivers-Tiffée, Electrochim. Acta 131 (2014) 20, doi 10.1016/j.electacta.2014.01.034
    (the criterion mu; there the time constants end with the measured range).

    Examples
    --------
    >>> from sslib.impedance import C, R
    >>> from sslib.instruments import Spectrum
    >>> f = np.geomspace(1e5, 0.1, 50)
    >>> z = (R("R_0") + (R("R_1") | C("C_1"))).impedance(f, R_0=10.0, R_1=50.0, C_1=1e-5)
    >>> noise = np.random.default_rng(1).standard_normal((2, 50))
    >>> test = kramers_kronig(Spectrum(f, z + 0.01 * abs(z) * (noise[0] + 1j * noise[1])))
    >>> test.valid, f"{100 * test.noise:.1f} %"
    (True, '0.9 %')
    """
    if immittance not in ("Z", "Y"):
        raise ValueError(f"immittance is {immittance!r}; allowed are 'Z' and 'Y'")
    check_between(-np.inf, 1, mu=mu)
    data = _Data.of(spectrum, immittance, inductance, capacitance)
    if isinstance(count, str) and count == "mu":
        count, mu_count = data.choose(mu)
    elif isinstance(count, int | np.integer) and not isinstance(count, bool):
        allowed = 2 * len(data.omega) - data.others - 2
        if not 1 <= count <= allowed:
            raise ValueError(f"count is {count}; {len(data.omega)} points allow 1 to {allowed} elements")
        count = mu_count = int(count)
    else:
        raise ValueError(f"count is {count!r}; allowed are 'mu' and a whole number")

    whole = data.fit(count)
    probability = whole.probability(DRAWS)
    consistent, kept = data.consistent(count, whole, probability)
    base = data.take(kept).fit(data.count_for(kept, count)) if consistent and not kept.all() else whole
    inside = np.zeros(len(kept), dtype=bool)
    if consistent:
        inside = (data.frequency >= consistent[0]) & (data.frequency <= consistent[1])
    return KramersKronig(
        frequency=data.frequency,
        impedance=data.impedance,
        fitted=data.as_impedance(whole.fitted),
        freedom=whole.freedom,
        immittance=immittance,
        count=count,
        mu=data.mu(whole),
        mu_count=mu_count,
        degrees_of_freedom=base.degrees_of_freedom,
        noise=base.noise,
        probability=probability,
        consistent=consistent,
        outliers=data.frequency[inside & ~kept],
        drift=data.drift(count, consistent, kept),
    )


def _verdicts(result):
    frequency, size = result.frequency, np.abs(result.residuals) / np.sqrt(np.maximum(result.freedom, LEAST_FREE))
    against = f"against a noise of {_percent(result.noise)}"

    def of(kind, points, text):
        low, high = frequency[points].min(), frequency[points].max()
        largest = float(size[points].max())
        text = text.format(span=_span(low, high), size=_percent(largest))
        return RangeVerdict(kind, (), text, float(low), float(high), largest)

    everything = np.ones(len(frequency), dtype=bool)
    if len(frequency) < FEW:
        yield of("few points", everything, f"Only {len(frequency)} points: little is left to see a violation by.")
    if result.consistent is None:
        text = "Not Kramers-Kronig consistent, nor is a third of it, {span}: residuals reach {size} of |Z|."
        yield of("not Kramers-Kronig consistent", everything, text)
    else:
        for side in (frequency > result.consistent[1], frequency < result.consistent[0]):
            if side.any():
                text = f"Not Kramers-Kronig consistent, {{span}}: residuals reach {{size}} of |Z| {against}."
                yield of("not Kramers-Kronig consistent", side, text)
    if len(result.outliers):
        number = len(result.outliers)
        subject = f"{number} points, {{span}}, stand" if number > 1 else "The point at {span} stands"
        standing_out = np.isin(frequency, result.outliers)
        yield of("points stand out", standing_out, f"{subject} out by up to {{size}} of |Z| {against}.")
    drift = result.drift
    if drift.probability < LEVEL and abs(drift.size) > RESOLUTION:
        text = (
            f"The impedance changed by {100 * drift.size:+.2g} % (standard error {_percent(drift.standard_error)}) "
            f"while it was measured{' (from high to low frequency, as assumed)' * drift.assumed}"
            f"{': more than a first-order estimate holds for' * (abs(drift.size) > LARGE_DRIFT)}."
        )
        yield RangeVerdict("drift", (), text, float(frequency[-1]), float(frequency[0]), abs(drift.size))


def _percent(value):
    return f"{100 * value:.2g} %"


def _span(low, high):
    return f"{low:.3g} Hz" if low == high else f"{low:.3g} Hz to {high:.3g} Hz"


@dataclass(frozen=True)
class _Data:
    """A spectrum as it is fitted, and the terms besides the RC elements."""

    frequency: np.ndarray
    impedance: np.ndarray
    passed: np.ndarray
    assumed: bool
    immittance: str
    rising: bool
    falling: bool

    @classmethod
    def of(cls, spectrum, immittance, inductance, capacitance):
        frequency = np.asarray(spectrum.frequency, dtype=float)
        impedance = np.asarray(spectrum.impedance, dtype=complex)
        time = getattr(spectrum, "time", None)
        time = None if time is None else np.asarray(time, dtype=float)
        for name, values in (("frequency", frequency), ("impedance", impedance), ("time", time)):
            if values is not None and (values.ndim != 1 or len(values) != len(np.atleast_1d(frequency))):
                raise ValueError(
                    f"{name} has the shape {values.shape}; frequency, impedance and time are rows of one length"
                )
        if len(frequency) < FEWEST:
            raise ValueError(
                f"the spectrum has {len(frequency)} points; the Kramers-Kronig test takes {FEWEST} or more"
            )
        if (impedance == 0).any():
            raise ValueError("the impedance is 0 ohm at a point; it must differ from zero to have a relative error")
        check_positive(frequency=frequency, **{"magnitude of the impedance": np.abs(impedance)})
        if time is not None:
            check_between(-np.inf, np.inf, time=time)
        if np.ptp(frequency) == 0:
            raise ValueError(f"every point is at {frequency[0]:g} Hz; the test takes a range of frequencies")
        order = np.argsort(-frequency)
        frequency, impedance = frequency[order], impedance[order]
        assumed = time is None or np.ptp(time) == 0
        time = np.cumsum(1 / frequency) if assumed else time[order]
        passed = (time - time.min()) / np.ptp(time)
        # An inductor's impedance rises with the frequency; so does a capacitor's admittance.
        rising, falling = (inductance, capacitance) if immittance == "Z" else (capacitance, inductance)
        return cls(frequency, impedance, passed, bool(assumed), immittance, bool(rising), bool(falling))

    @property
    def omega(self):
        return 2 * np.pi * self.frequency

    @property
    def values(self):
        return self.impedance if self.immittance == "Z" else 1 / self.impedance

    def as_impedance(self, values):
        return values if self.immittance == "Z" else 1 / values

    @property
    def others(self):
        """How many terms there are besides the RC elements."""
        return 1 + self.rising + self.falling

    def take(self, points):
        own = (self.frequency[points], self.impedance[points], self.passed[points])
        return _Data(*own, self.assumed, self.immittance, self.rising, self.falling)

    @property
    def decades(self):
        return float(np.log10(self.frequency.max() / self.frequency.min()))

    @property
    def most(self):
        """The largest number of elements that still says something."""
        dense = np.ceil(DENSEST * (self.decades + 2 * BEYOND)) + 1
        return int(max(1, min(dense, SHARE * len(self.frequency) - self.others)))

    def count_for(self, points, count):
        """As many elements for some of the points as have the density of ``count`` for all of them."""
        part = self.take(points)
        density = (count - 1) / (self.decades + 2 * BEYOND)
        wanted = round(density * (part.decades + 2 * BEYOND)) + 1
        return max(1, min(wanted, count, int(SHARE * len(part.frequency)) - self.others))

    def fit(self, count, drifting=False):
        return _Fit(self, count, drifting)

    def mu(self, fit):
        """The criterion, from the elements within the measured range: those beyond stand for what is not seen."""
        resistances = fit.coefficients[1 : 1 + fit.count]
        # The admittance of a resistor and a capacitor in series is a constant less such a term.
        resistances = resistances if self.immittance == "Z" else -resistances
        ends = np.array([1 / self.omega.max(), 1 / self.omega.min()]) * np.array([1 - 1e-9, 1 + 1e-9])
        resistances = resistances[(fit.times >= ends[0]) & (fit.times <= ends[1])]
        negative, positive = -resistances[resistances < 0].sum(), resistances[resistances >= 0].sum()
        if negative == 0:
            return 1.0
        return float(1 - negative / positive) if positive > 0 else -np.inf

    def choose(self, limit):
        """Number of elements, and where the criterion mu alone would have stopped."""
        most, points = self.most, 2 * len(self.frequency)
        stopped, best, lowest = None, most, np.inf
        for count in range(min(2, most), most + 1):
            fit = self.fit(count)
            if stopped is None and (self.mu(fit) < limit or count == most):
                stopped = count
            if stopped is not None:
                information = points * np.log(max(fit.squares, 1e-300)) + np.log(points) * fit.rank
                if information < lowest:
                    best, lowest = count, information
        return best, stopped

    def consistent(self, count, whole, probability):
        """Ends of the range [Hz] that passes, or None, and the points that belong to it."""
        kept = np.ones(len(self.frequency), dtype=bool)
        if probability >= LEVEL:
            return (float(self.frequency.min()), float(self.frequency.max())), kept
        for _ in range(int(REMOVED * len(kept))):
            part = self.take(kept)
            if len(part.frequency) <= FEWEST:
                break
            worst = np.argmax(part.fit(self.count_for(kept, count)).standing_out)
            kept[np.flatnonzero(kept)[worst]] = False
            ends = _ends(kept, self.frequency)
            trial = kept.copy()
            trial[: ends[0]] = trial[ends[1] :] = False
            if trial.sum() >= FEWEST and self._passes(trial, count):
                inside = self.frequency[trial]
                return (float(inside.min()), float(inside.max())), trial
        return self._longest(count)

    def _passes(self, points, count):
        return self.take(points).fit(self.count_for(points, count)).probability(SEARCH_DRAWS) >= LEVEL

    def _longest(self, count):
        """The longest part without a gap that passes, its ends in steps of a twentieth of the points."""
        total = len(self.frequency)
        step = max(1, round(total / 20))
        starts = range(0, total, step)
        parts = [(a, b) for a in starts for b in range(total, a, -step) if b - a >= max(FEWEST, SMALLEST_PART * total)]
        for first, last in sorted(parts, key=lambda part: part[0] - part[1]):
            points = np.zeros(total, dtype=bool)
            points[first:last] = True
            if self._passes(points, count):
                return (float(self.frequency[last - 1]), float(self.frequency[first])), points
        return None, np.ones(total, dtype=bool)

    def drift(self, count, consistent, kept):
        """The drift, from all points but those that are inconsistent for another reason.

        The low end stays in: where a drift is, it is inconsistent for that.
        """
        points = np.ones(len(kept), dtype=bool)
        if consistent:
            points = kept | (self.frequency < consistent[0])
        part = self.take(points)
        fit = part.fit(self.count_for(points, count), drifting=True)
        size = fit.drift if self.immittance == "Z" else -fit.drift
        error = fit.drift_error
        t = size / error if error > 0 else 0.0
        probability = float(2 * stdtr(fit.degrees_of_freedom, -abs(t)))
        return Drift(float(size), float(error), float(t), probability, self.assumed)


class _Fit:
    """Linear least squares of one spectrum, relative to its magnitude, real parts above imaginary ones."""

    def __init__(self, data, count, drifting):
        self.count = count
        self.magnitude = np.abs(data.values)
        omega, reach = data.omega, 10**BEYOND
        self.times = np.geomspace(1 / omega.max() / reach, reach / omega.min(), count)
        columns = [np.ones_like(omega, dtype=complex), *(1 / (1 + 1j * omega * time) for time in self.times)]
        columns += [1j * omega] * data.rising + [-1j / omega] * data.falling
        matrix = self._stack(np.array(columns).T)
        # Columns of one length: an inductor's are else 1e12 times smaller than a capacitor's.
        scale = np.linalg.norm(matrix, axis=0)
        left, singular, right = np.linalg.svd(matrix / scale, full_matrices=False)
        strong = singular > TRUNCATED * singular[0]
        self.space = left[:, strong]
        target = self._stack(data.values)
        shares = self.space.T @ target
        self.coefficients = (right[strong].T @ (shares / singular[strong])) / scale
        self.residual = target - self.space @ shares
        self.residual -= self.space @ (self.space.T @ self.residual)
        self.rank = int(strong.sum())
        self.degrees_of_freedom = len(target) - self.rank
        half = len(omega)
        fitted = target - self.residual
        self.fitted = (fitted[:half] + 1j * fitted[half:]) * self.magnitude
        if drifting:
            column = self._stack(data.values * data.passed)
            column = column - self.space @ (self.space.T @ column)
            length = np.linalg.norm(column)
            self.degrees_of_freedom -= 1
            self.drift = column @ self.residual / length**2
            self.residual = self.residual - self.drift * column
            self.drift_error = self.noise / length

    def _stack(self, values):
        values = (values.T / self.magnitude).T
        return np.concatenate([values.real, values.imag])

    @property
    def squares(self):
        return float(self.residual @ self.residual)

    @property
    def noise(self):
        return float(np.sqrt(self.squares / self.degrees_of_freedom))

    @property
    def freedom(self):
        """Mean square of each point's residual over that of its noise, from 0 to 1."""
        taken = np.einsum("jk,jk->j", self.space, self.space)
        return 1 - np.mean(np.split(taken, 2), axis=0)

    @property
    def standing_out(self):
        """Squared residual of each point in units of what it is expected to be."""
        real, imaginary = np.split(self.residual, 2)
        return (real**2 + imaginary**2) / np.maximum(self.freedom, LEAST_FREE)

    def probability(self, draws):
        """How often noise that goes through the same fit leaves residuals as structured as these."""
        if np.sqrt(self.standing_out.max()) < RESOLUTION:
            return 1.0
        noise = np.random.default_rng(0).standard_normal((len(self.residual), draws))
        noise -= self.space @ (self.space.T @ noise)
        simulated, ours = _structure(noise), _structure(self.residual[:, None])
        centre, spread = simulated.mean(axis=1, keepdims=True), simulated.std(axis=1, keepdims=True)
        largest = ((ours - centre) / spread).max()
        reached = ((simulated - centre) / spread).max(axis=0) >= largest
        return float((1 + reached.sum()) / (1 + draws))


def _structure(residuals):
    """Five numbers of residuals of shape (2 points, draws) that do not depend on their size, shape (numbers, draws)."""
    real, imaginary = np.split(residuals, 2)
    squares = real**2 + imaginary**2
    total = squares.sum(axis=0)
    numbers = [
        np.log((_sums(real, width) ** 2 + _sums(imaginary, width) ** 2).sum(axis=0) / total)
        for width in WIDTHS
        if 2 * width <= len(real)
    ]
    numbers += [np.log(_sums(squares, width).max(axis=0) / total) for width in BURSTS if 2 * width <= len(real)]
    return np.array(numbers)


def _sums(values, width):
    """Sums over so many neighbours along the first axis."""
    added = np.concatenate([np.zeros_like(values[:1]), np.cumsum(values, axis=0)])
    return added[width:] - added[:-width]


def _ends(kept, frequency):
    """First point and end of what remains when an end is cut back past every point left out within half a decade."""
    place = -np.log10(frequency)
    first, last = 0, len(kept)
    while (
        first < last and (gone := np.flatnonzero(~kept[first:last] & (place[first:last] < place[first] + BEYOND))).size
    ):
        first += gone[-1] + 1
    while (
        first < last
        and (gone := np.flatnonzero(~kept[first:last] & (place[first:last] > place[last - 1] - BEYOND))).size
    ):
        last = first + gone[0]
    return first, last
