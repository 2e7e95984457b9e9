"""How large the noise of a spectrum is, at which frequency: from repeated spectra, or from one alone."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, nnls
from scipy.special import chdtri, digamma, fdtrc, gammaln, ndtr, polygamma

from sslib.checks import check_between, check_positive
from sslib.impedance.fitting.results import LEVEL
from sslib.impedance.validity.kramers_kronig import kramers_kronig

ITERATIONS = 200
TERMS = ("absolute", "relative", "low_frequency")
ADDED = 10.83
"""Twice the gain in log-likelihood for which the term in 1/f is taken in: noise alone gives it once in two thousand,
half as often as a chi-square of one degree of freedom, since a term that cannot be negative gains nothing otherwise."""


@dataclass(frozen=True)
class ErrorStructure:
    r"""The standard deviation of the real and of the imaginary part as a function of frequency and magnitude.

    .. math:: \sigma^2 = a^2 + (b |Z|)^2 + c^2 / f

    Attributes
    ----------
    absolute, relative, low_frequency : float
        a [ohm], b [1] and c [ohm Hz^0.5].
    intervals : dict
        For each of them, the ends of the 95 % interval (0.0 at the lower one where the term is not needed); wider by
        the root of the misfit where the structure does not hold.
    degrees_of_freedom : float
        Of the variances that it rests on.
    misfit, probability : float
        Deviance of the measured variances from the structure in units of what is expected (1 where it holds), and how
        often chance gives as much or more. NaN for a level from a single spectrum.
    """

    absolute: float
    relative: float
    low_frequency: float
    intervals: dict
    degrees_of_freedom: float
    misfit: float = np.nan
    probability: float = np.nan

    def sigma(self, frequency, impedance):
        """Standard deviation of each part [ohm], for ``fit(..., error=...)``.

        Parameters
        ----------
        frequency : array_like
            [Hz], shape (n,).
        impedance : array_like
            Complex, or its magnitude [ohm], shape (..., n).
        """
        check_positive(frequency=frequency)
        squares = (self.relative * np.abs(impedance)) ** 2 + self.low_frequency**2 / np.asarray(frequency, dtype=float)
        return np.sqrt(self.absolute**2 + squares)

    @classmethod
    def proportional(cls, level):
        """The structure of a stated level: so much of \\|Z\\| [1] at every frequency."""
        check_positive(level=level)
        intervals = {"absolute": (0.0, 0.0), "relative": (level, level), "low_frequency": (0.0, 0.0)}
        return cls(0.0, level, 0.0, intervals, np.inf)

    def error_model(self, frequency, impedance):
        """The arguments ``error`` and ``noise`` by which a fit weights its residuals as this structure says (dict).

        Where the noise is in proportion to the magnitude alone, the fit takes the magnitude from its own model.
        ``impedance`` [ohm] at ``frequency`` [Hz] serves where it is not; the less noise it has itself, the better.
        """
        if self.absolute or self.low_frequency:
            return {"error": self.sigma(frequency, impedance)}
        return {"error": "proportional", "noise": self.relative}


@dataclass(frozen=True, repr=False)
class RepeatNoise:
    """The outcome of `noise_of_repeats`.

    Attributes
    ----------
    frequency : numpy.ndarray
        [Hz], descending, shape (frequencies,).
    impedance : numpy.ndarray
        Mean of the repeats [ohm], complex.
    repeats, degrees_of_freedom : int
        How many there were, and what is left of that at each frequency and part.
    real, imaginary : numpy.ndarray
        Standard deviations [ohm], corrected for the degrees of freedom and the bias of a root.
    factors : tuple of float
        The 95 % interval of each of these, as factors on it.
    structure : ErrorStructure
    drift, drift_error : numpy.ndarray
        Change of the magnitude from one repeat to the next, relative to it [1], and its standard error from the
        structure of the noise without that change (NaN where nothing is left to tell it from, as with two repeats).
    drift_probability : float
        How often noise alone gives drifts as large or larger, over all frequencies and both parts (NaN as above).
    """

    frequency: np.ndarray
    impedance: np.ndarray
    repeats: int
    degrees_of_freedom: int
    real: np.ndarray
    imaginary: np.ndarray
    factors: tuple
    structure: ErrorStructure
    drift: np.ndarray
    drift_error: np.ndarray
    drift_probability: float

    def sigma(self, frequency, impedance):
        """Standard deviation of each part [ohm], from the structure."""
        return self.structure.sigma(frequency, impedance)

    @property
    def drift_t(self):
        """The drift over its standard error, by frequency."""
        return self.drift / self.drift_error

    def __str__(self):
        level = np.sqrt(np.mean((self.real**2 + self.imaginary**2) / 2 / np.abs(self.impedance) ** 2))
        drift = "change per repeat not told from noise"
        if np.isfinite(self.drift_t).all():
            largest = np.argmax(np.abs(self.drift_t))
            drift = (
                f"change per repeat {100 * self.drift[largest]:+.2g} % of |Z| (standard error "
                f"{100 * self.drift_error[largest]:.1g} %) at {self.frequency[largest]:.3g} Hz"
            )
        s = self.structure
        return (
            f"{self.repeats} repeats, {len(self.frequency)} frequencies: noise {100 * level:.2g} % of |Z| each part, "
            f"sigma^2 = ({s.absolute:.2g} ohm)^2 + ({100 * s.relative:.2g} % |Z|)^2"
            + f" + ({s.low_frequency:.2g} ohm Hz^0.5)^2/f" * (s.low_frequency > 0)
            + f", misfit {s.misfit:.2g}; {drift}"
        )


def noise_of_repeats(spectra, *, degree=1):
    r"""Noise and drift of spectra that were measured one after another on the same frequencies.

    At each frequency a polynomial in the number of the repeat is removed from the real and the imaginary part, so what
    the cell did from one repeat to the next is no noise. What is left has the variance
    :math:`s^2 = \sum r^2/(n - 1 - \mathrm{degree})`; its root is divided by
    :math:`c_4 = \sqrt{2/\nu}\,\Gamma((\nu + 1)/2)/\Gamma(\nu/2)`, by which the root of a chi-square is too small on
    average. The structure :math:`\sigma^2 = a^2 + (b|Z|)^2 + c^2/f` maximises the likelihood of the variances, which
    are distributed as chi-square; the last term is taken in only where it raises that beyond chance (one in two
    thousand).

    The drift is judged against what is left without a change in proportion to the number of the repeat, also where
    ``degree`` is 0 and that counts as noise.

    Parameters
    ----------
    spectra : sequence of Spectrum
        On the same frequencies, in the order in which they were measured.
    degree : int
        Of the drift: 0 none, 1 linear. Curved drifts, a relaxation for example, need more, or are taken for noise.

    Returns
    -------
    RepeatNoise

    Raises
    ------
    ValueError
        For fewer than degree + 2 spectra, frequencies that differ, values that are not finite, or repeats that are
        equal.

    Notes
    -----
    From n repeats the standard deviation of one point is known to about 1/sqrt(2(n - 1 - degree)), a quarter at ten;
    the structure, to which all frequencies contribute, about ten times better. Points of one repeat that err together
    (a temperature that wandered) are no independent noise: a fit's intervals would be too narrow.

    After M. E. Orazem, B. Tribollet, Electrochemical Impedance Spectroscopy (Wiley), chapter on error structure, whose
    model is the sum of such terms (there of standard deviations, here of variances).
    """
    spectra = list(spectra)
    if not (isinstance(degree, int | np.integer) and degree >= 0):
        raise ValueError(f"degree is {degree!r}; it must be 0, 1 or a larger whole number")
    if len(spectra) < degree + 2:
        raise ValueError(f"there are {len(spectra)} spectra; a drift of degree {degree} takes {degree + 2} or more")
    frequency = np.asarray(spectra[0].frequency, dtype=float)
    for number, spectrum in enumerate(spectra):
        own = np.asarray(spectrum.frequency, dtype=float)
        # An instrument states the frequency that it realised, which wanders in the last digits.
        if own.shape != frequency.shape or not np.allclose(own, frequency, rtol=1e-3, atol=0):
            raise ValueError(f"spectrum {number} has other frequencies than spectrum 0; repeats have the same ones")
    impedances = np.array([spectrum.impedance for spectrum in spectra])
    parts = {"real part of the impedance": impedances.real, "imaginary part of the impedance": impedances.imag}
    check_between(-np.inf, np.inf, **parts)
    repeats, mean = len(spectra), impedances.mean(axis=0)
    if (mean == 0).any():
        raise ValueError("the impedance is 0 ohm at a frequency; it must differ from zero to have a relative change")
    variances, freedom = _scatter(impedances, degree)
    # Rounding, not noise, is what repeats of one and the same measurement leave behind.
    rounding = (1e-14 * np.abs(mean)) ** 2
    if (variances <= rounding).any():
        raise ValueError("the repeats are equal at a frequency; are they copies of one spectrum?")
    structure = _structure(frequency, np.abs(mean), variances, freedom)
    bias = float(np.exp(0.5 * np.log(2 / freedom) + gammaln((freedom + 1) / 2) - gammaln(freedom / 2)))
    deviations = np.sqrt(variances) / bias
    tail = (1 - LEVEL) / 2
    factors = tuple(float(bias * np.sqrt(freedom / chdtri(freedom, quantile))) for quantile in (tail, 1 - tail))
    steady, own, own_freedom = structure, variances, freedom
    if degree == 0:
        # What is left about the mean alone still holds the change; of two repeats it holds nothing else.
        own, own_freedom = _scatter(impedances, 1)
        own_freedom = 0 if (own <= rounding).any() else own_freedom
        steady = _structure(frequency, np.abs(mean), own, own_freedom) if own_freedom else None
    sigma = np.full(len(frequency), np.nan) if steady is None else steady.sigma(frequency, mean)
    change, error, probability = _drift(impedances, sigma, own, own_freedom)
    return RepeatNoise(
        frequency=frequency,
        impedance=mean,
        repeats=repeats,
        degrees_of_freedom=freedom,
        real=deviations[0],
        imaginary=deviations[1],
        factors=factors,
        structure=structure,
        drift=(change / mean).real,
        drift_error=error / np.abs(mean),
        drift_probability=probability,
    )


def noise_level(spectrum, test=None, **settings):
    """Noise of a single spectrum from the residuals of its Kramers-Kronig test, taken to be proportional to \\|Z\\|.

    Parameters
    ----------
    spectrum : Spectrum
    test : KramersKronig, optional
        Of this spectrum, where it was done already.
    **settings
        Of `kramers_kronig`.

    Returns
    -------
    ErrorStructure
        With ``relative`` alone, from the consistent range where there is one.
    """
    test = kramers_kronig(spectrum, **settings) if test is None else test
    freedom = test.degrees_of_freedom
    tail = (1 - LEVEL) / 2
    ends = tuple(float(test.noise * np.sqrt(freedom / chdtri(freedom, quantile))) for quantile in (tail, 1 - tail))
    intervals = {"absolute": (0.0, 0.0), "relative": ends, "low_frequency": (0.0, 0.0)}
    return ErrorStructure(0.0, test.noise, 0.0, intervals, freedom)


def _scatter(impedances, degree):
    """Variances of both parts [ohm^2] about a polynomial in the number of the repeat, (2, frequencies), with the
    degrees of freedom of each; zero where none is left."""
    repeats = len(impedances)
    freedom = repeats - 1 - degree
    if freedom == 0:
        return np.zeros((2, impedances.shape[1])), 0
    space = np.linalg.qr(np.polynomial.legendre.legvander(np.linspace(-1, 1, repeats), degree))[0]
    left = impedances - space @ (space.T @ impedances)
    return np.array([(left.real**2).sum(axis=0), (left.imag**2).sum(axis=0)]) / freedom, freedom


def _drift(impedances, sigma, variances, freedom):
    """Change per repeat [ohm, complex], its standard error in each part [ohm], and the probability of no drift."""
    steps = np.arange(len(impedances)) - (len(impedances) - 1) / 2
    change = steps @ impedances / (steps @ steps)
    error = sigma / np.sqrt(steps @ steps)
    if freedom == 0:
        return change, error, np.nan
    # Against the scatter that was measured, not against the structure, so that its misfit is no drift.
    own = np.sum(variances / sigma**2) / variances.size
    ratio = np.sum(np.abs(change / error) ** 2) / variances.size / own
    return change, error, float(fdtrc(variances.size, variances.size * freedom, ratio))


def _structure(frequency, magnitude, variances, freedom):
    """The error structure of variances of shape (2, frequencies), each with so many degrees of freedom."""
    columns = np.array([np.ones_like(magnitude), magnitude**2, 1 / frequency]).T
    columns, targets = np.tile(columns, (2, 1)), variances.ravel()
    two, three = (_likeliest(columns[:, :terms], targets, freedom) for terms in (2, 3))
    terms = 3 if two[1] - three[1] > ADDED else 2
    columns, (squares, least) = columns[:, :terms], (two, three)[terms - 2]
    expected = columns @ squares
    misfit, probability = _misfit(targets / expected, freedom, terms)
    intervals = dict.fromkeys(TERMS, (0.0, 0.0))
    values = dict.fromkeys(TERMS, 0.0)
    for k in range(terms):
        values[TERMS[k]] = float(np.sqrt(squares[k]))
        intervals[TERMS[k]] = _interval(columns, targets, freedom, squares, least, k, max(1.0, misfit))
    return ErrorStructure(
        **values, intervals=intervals, degrees_of_freedom=freedom * len(targets), misfit=misfit, probability=probability
    )


def _misfit(ratios, freedom, terms):
    """Deviance of variances over the structure's in units of what is expected, and its probability."""
    half = freedom / 2
    deviance = freedom * np.sum(ratios - 1 - np.log(ratios))
    # Mean and variance of x - 1 - ln x for a chi-square over its degrees of freedom.
    expected = freedom * (np.log(half) - digamma(half)) * len(ratios) - terms
    spread = freedom * np.sqrt((polygamma(1, half) - 1 / half) * len(ratios))
    return float(deviance / expected), float(ndtr(-(deviance - expected) / spread))


def _likeliest(columns, targets, freedom, offset=0.0):
    """Coefficients, none negative, of variances ``offset + columns @ coefficients``; minus twice the log-likelihood.

    Least squares weighted with the last variances, again and again: Fisher's scoring for chi-square.
    """
    scale = np.mean(columns, axis=0)
    columns = columns / scale

    def minus_twice(variances):
        return float(freedom * np.sum(np.log(variances) + targets / variances))

    coefficients = np.full(columns.shape[1], targets.mean() / columns.shape[1])
    least = minus_twice(offset + columns @ coefficients)
    for _ in range(ITERATIONS):
        variances = offset + columns @ coefficients
        aim = nnls(columns / variances[:, None], (targets - offset) / variances)[0]
        step = 1.0
        while step > 1e-6:
            trial = coefficients + step * (aim - coefficients)
            variances = offset + columns @ trial
            if (variances > 0).all() and (value := minus_twice(variances)) <= least:
                break
            step /= 2
        else:
            break
        gain, coefficients, least = least - value, trial, value
        if gain < 1e-9:
            break
    return coefficients / scale, least


def _interval(columns, targets, freedom, squares, least, k, misfit):
    """Profile-likelihood interval of the root of one coefficient."""
    others = np.delete(columns, k, axis=1)
    allowed = least + misfit * chdtri(1, 1 - LEVEL)

    def beyond(root):
        return _likeliest(others, targets, freedom, columns[:, k] * root**2)[1] - allowed

    # As large as it would be if it were alone: no likelihood comes near it ten times further out.
    top = 10 * np.sqrt(np.max(targets / columns[:, k]))
    best = np.sqrt(squares[k])
    low = 0.0
    if best > 0 and _likeliest(others, targets, freedom)[1] > allowed:
        low = brentq(beyond, 1e-9 * best, best, rtol=1e-4)
    return float(low), float(brentq(beyond, best, top, rtol=1e-4))
