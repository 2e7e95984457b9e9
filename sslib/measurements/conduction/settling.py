"""The current to which a step of the voltage settles: the end of its diffusion series, and what that leaves open."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtrit

from sslib.checks import check_between
from sslib.measurements.estimates import LEVEL, Estimate

LEAST_SAMPLES = 12
BEGINS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5)
"""Shares of a step from which on its samples are held against the series."""
GAPS, LATE = 100, 0.1
"""A fit begins so many gaps between two steps after the jump, or at that share of the step, where one term is left."""
FITS = 0.01
"""Probability below which a misfit is no chance."""
TOO_SHORT, SHORT = 2.0, 5.0
"""A step of fewer time constants is refused, and doubted: a twentieth, and less than 1 %, of the series are left."""
ALONE = 1.5
"""Time constants after which one exponential is left of a relaxation: 1 % of the series is its second."""
TRIALS = 100
SEEN, SURE = 12.0, 25.0
"""By so much chi-square has to rise without the series for a relaxation to be seen, and for a step to be refused."""
OPEN = 0.02
"""Share of the largest current below which a cell is taken to rest."""
GROWS = 0.01
"""Share of the current by which it may grow over the second half of a step."""


class NotSettledError(ValueError):
    """A step ended before its current was steady."""


@dataclass(frozen=True, eq=False)
class SteadyCurrent:
    """The current to which a step of the voltage settles.

    Attributes
    ----------
    voltage : float
        That is held [V].
    current : Estimate
        In the limit of long times [A]. Its error holds what the extrapolation leaves open.
    interval : tuple of float
        Of the current by the profile of chi-square at ``level`` [A].
    time_constant : float
        Of the slowest relaxation [s]; NaN where none is seen.
    time_constant_interval : tuple of float
    amplitude : float
        Of the series [A].
    begin : float
        Time since the step from which on the series was fitted [s].
    last : float
        Mean of the last tenth of the samples [A]: what would be read without extrapolation.
    noise : float
        Standard deviation of a sample [A].
    duration : float
        Of the step [s].
    verdicts : tuple of str
    """

    voltage: float
    current: Estimate
    interval: tuple
    level: float
    time_constant: float
    time_constant_interval: tuple
    amplitude: float
    begin: float
    last: float
    noise: float
    duration: float
    verdicts: tuple = ()

    def fitted(self, since):
        """The fitted current [A] at times since the step [s]."""
        if np.isnan(self.time_constant):
            return np.full(np.shape(since), self.current.value)
        return self.current.value + self.amplitude * diffusion_series(np.asarray(since) / self.time_constant)


def diffusion_series(u):
    r"""Sum :math:`\sum_{n \ge 1} e^{-n^2 u}` [1], by which a layer between two fixed compositions settles.

    Parameters
    ----------
    u : array_like
        Time over :math:`L^2/(\pi^2 D)` [1], positive.

    Examples
    --------
    >>> round(float(diffusion_series(1.0)), 6), round(float(diffusion_series(1e-6)), 3)
    (0.386319, 885.727)
    """
    u = np.asarray(u, dtype=float)
    early = np.minimum(u, 1.0)
    root = np.sqrt(np.pi / early)
    # Jacobi's other form of the series converges where the first does not.
    with np.errstate(under="ignore"):
        short = root * (0.5 + np.exp(-(np.pi**2) / early) + np.exp(-4 * np.pi**2 / early)) - 0.5
        late = np.maximum(u, 1.0)
        long = sum(np.exp(-(n**2) * late) for n in range(1, 7))
    return np.where(u < 1, short, long)


def steady_current(step, jump=None, *, resolution=0.0, time_constants=None, level=LEVEL):
    r"""The current to which a step of the voltage settles.

    .. math:: i(t) = i_s + a \sum_{n \ge 1} e^{-n^2 t/\tau}, \qquad \tau = \frac{L^2}{\pi^2 \tilde D}

    from a time on from which the samples follow it: the second in `BEGINS` that fits, since a misfit too small to be
    seen still moves the end, or later.

    Parameters
    ----------
    step : sslib.instruments.Step
        Of constant voltage.
    jump : float, optional
        By how much the voltage was changed when the step began [V]; its own voltage if not given (a step from rest).
    resolution : float
        Smallest current that the instrument tells apart [A]; its square over twelve is added to the variance.
    time_constants : tuple of float, optional
        Shortest and longest time constant that is possible [s], where other steps of the same sample tell.
    level : float
        Of the intervals.

    Returns
    -------
    SteadyCurrent

    Raises
    ------
    NotSettledError
        For a step shorter than two time constants, where the relaxation is seen at five standard errors; what is seen
        at three may be noise, and widens the interval.
    ValueError
        For fewer than 12 samples, and a current that grows with time in the direction of the jump, which no relaxation
        of a blocked ion does.

    Notes
    -----
    Of any linear relaxation the last that is left is one exponential; the earlier ones are those of a layer at rest
    whose faces take their composition at once. Where the relaxation is still seen after one and a half time constants
    it is read from there alone, so that neither ions that are in the way nor what an earlier step left bend it. The
    noise is from how samples differ from their neighbours; it has to be white. Intervals are from the profile of
    chi-square over :math:`\tau`. They hold that the slowest relaxation was seen: one far slower than the step is a
    constant to it.
    """
    check_between(0, np.inf, resolution=resolution)
    check_between(0.01, 0.9999, level=level)
    since, current = step.since, step.current
    if len(since) < LEAST_SAMPLES:
        raise ValueError(f"the step at {step.held:g} V has {len(since)} samples; {LEAST_SAMPLES} at least are needed")
    jump = step.held if jump is None else jump
    _check_not_growing(step, jump, resolution)
    noise = scatter_of_neighbours(since, current)
    # When a step began is known to the gap before its first sample; early in the series that is felt.
    gap = max(since[0], since[1] - since[0])
    fits = False
    for share in BEGINS:
        kept = since >= share * step.duration
        if share < LATE and share * step.duration < GAPS * gap:
            continue
        if kept.sum() < LEAST_SAMPLES:
            break
        tail = _Tail(since[kept], current[kept], step.duration, time_constants)
        # A misfit just too small to be seen still moves the end by its error: the one after the first that fits.
        if fits:
            break
        fits = tail.follows(noise, len(since))
    alone = since >= ALONE * (np.sqrt(np.prod(time_constants)) if time_constants else tail.taus[tail.best])
    if alone.sum() >= LEAST_SAMPLES:
        late = _Tail(since[alone], current[alone], step.duration, time_constants)
        tail = late if time_constants or late.seen > SEEN else tail
    tail.strange = not tail.follows(noise, len(since))
    return _read(step, tail, time_constants is not None, resolution, level)


def scatter_of_neighbours(x, y):
    """Standard deviation of white noise on a smooth curve, from how samples lie off the line of their neighbours."""
    left, right = x[1:-1] - x[:-2], x[2:] - x[1:-1]
    a, b = right / (left + right), left / (left + right)
    off = (y[1:-1] - a * y[:-2] - b * y[2:]) / np.sqrt(1 + a**2 + b**2)
    # What is curved at the beginning of a step, seen by the median, does not count as noise.
    usual = np.abs(off) <= 6 * np.median(np.abs(off))
    return float(np.sqrt(np.mean(off[usual] ** 2)))


def is_noise(cost, freedom, noise, count, chance=FITS):
    """Whether a sum of squares is no larger than white noise would leave, its size being known from so many samples.

    The variance from second differences scatters by 35/9 over the samples (Gaussian noise, evenly spaced).
    """
    return cost <= noise**2 * freedom * (1 + ndtri(1 - chance) * np.sqrt(2 / freedom + 35 / 9 / count))


class _Tail:
    """Samples of a step from some time on, fitted for each of many time constants."""

    def __init__(self, since, current, duration, time_constants):
        self.strange = False
        positive = since > 0
        self.since, self.current = since[positive], current[positive]
        self.freedom = len(self.since) - 3
        ends = time_constants or (max(self.since[0], 1e-4 * duration) / 5, 20 * duration)
        self._solve(np.geomspace(*ends, TRIALS))
        # Closer and closer, until neighbours differ by less than the noise could tell.
        for _ in range(6):
            low, high = max(self.best - 2, 0), min(self.best + 2, len(self.taus) - 1)
            if self.costs[low : high + 1].max() - self.chi_square < 0.5 * self.variance:
                break
            self._solve(np.union1d(self.taus, np.geomspace(self.taus[low], self.taus[high], TRIALS // 2)))

    def _solve(self, taus):
        """Steady current, amplitude and their covariance for each time constant."""
        self.taus = taus
        columns = diffusion_series(self.since / taus[:, None])
        # Scaled: a column that has all but died out must not spoil the other's digits.
        self.scale = np.maximum(np.abs(columns).max(axis=1), 1e-300)
        x = columns / self.scale[:, None]
        mean = x.mean(axis=1)
        spread = ((x - mean[:, None]) ** 2).sum(axis=1)
        middle = self.current - self.current.mean()
        with np.errstate(invalid="ignore", divide="ignore"):
            slope = np.where(spread > 1e-12, (x - mean[:, None]) @ middle / spread, 0.0)
            unit = 1 / len(self.since) + np.where(spread > 1e-12, mean**2 / spread, 0.0)
        self.steady = self.current.mean() - slope * mean
        self.amplitudes = slope / self.scale
        left = middle - slope[:, None] * (x - mean[:, None])
        self.costs = (left**2).sum(axis=1)
        self.units = np.sqrt(unit)
        self.best = int(np.argmin(self.costs))
        self.chi_square = self.costs[self.best]

    def follows(self, noise, count):
        """Whether the series leaves no more than white noise would."""
        return is_noise(self.chi_square, self.freedom, noise, count)

    @property
    def variance(self):
        return self.chi_square / self.freedom

    @property
    def seen(self):
        """By how much chi-square is smaller with the series than with a constant, in variances."""
        return (((self.current - self.current.mean()) ** 2).sum() - self.chi_square) / self.variance

    def profile(self, level):
        """Ends of the steady current and of the time constant that chi-square does not exclude."""
        rise = stdtrit(self.freedom, 0.5 + level / 2) ** 2 * self.variance
        spare = self.chi_square + rise - self.costs
        allowed = spare >= 0
        reach = self.units[allowed] * np.sqrt(spare[allowed])
        steady = self.steady[allowed]
        return (
            (float((steady - reach).min()), float((steady + reach).max())),
            (float(self.taus[allowed][0]), float(self.taus[allowed][-1])),
        )


def _read(step, tail, time_is_known, resolution, level):
    """What a tail says, with its doubts."""
    verdicts = []
    is_flat = not time_is_known and tail.seen < SEEN
    quantile = stdtrit(tail.freedom, 0.5 + level / 2)
    if is_flat:
        value = float(tail.current.mean())
        freedom = len(tail.current) - 1
        error = float(tail.current.std(ddof=1) / np.sqrt(len(tail.current)))
        tau, amplitude, tau_ends = np.nan, 0.0, (np.nan, np.nan)
        verdicts.append(
            "no relaxation is seen beyond the noise: it is over before the first sample that is used, or slower than "
            "the step by far, which this step does not tell apart"
        )
    else:
        value, freedom = float(tail.steady[tail.best]), tail.freedom
        tau, amplitude = float(tail.taus[tail.best]), float(tail.amplitudes[tail.best])
        is_short = step.duration < TOO_SHORT * (tail.taus[0] if time_is_known else tau)
        if is_short and (time_is_known or tail.seen > SURE):
            raise NotSettledError(
                f"the step at {step.held:g} V lasts {step.duration:.3g} s, {step.duration / tau:.2g} of its time "
                f"constants (L²/(π² D) = {tau:.3g} s): it has not settled, and its end is no steady current; hold it "
                f"{SHORT * tau:.3g} s or longer, or take a thinner sample"
            )
        ends, tau_ends = tail.profile(level)
        error = (ends[1] - ends[0]) / 2 / quantile
        if is_short:
            verdicts.append(
                "a drift as slow as the step is seen at the edge of the noise, which it may be: the interval holds "
                f"what {tau:.3g} s of relaxation would leave; hold the step longer to tell"
            )
        elif step.duration < SHORT * tau:
            verdicts.append(
                f"the step lasts {step.duration / tau:.2g} time constants of {tau:.3g} s: the steady current is "
                "extrapolated; of 100 intervals (95 %) from steps of about three, 87 to 91 held the truth in "
                "simulations"
            )
    if tail.strange:
        verdicts.append(
            "no part of the step follows a diffusion series to its noise (noise that goes together from sample to "
            "sample, a second slow process, a current that creeps): the interval is widened by half of what the "
            "extrapolation adds to the last samples, and is an estimate"
        )
    last = float(step.current[-max(len(step) // 10, 1) :].mean())
    doubt = np.hypot(resolution / np.sqrt(12), (value - last) / 2 if tail.strange else 0.0)
    error = float(np.hypot(error, doubt))
    # The profile need not be even about the best value; what resolution and doubt add is.
    wider = error * quantile
    interval = (value - wider, value + wider)
    if not is_flat:
        extra = doubt * quantile
        interval = tuple(float(value + np.sign(end - value) * np.hypot(end - value, extra)) for end in ends)
    return SteadyCurrent(
        float(step.held), Estimate(value, error, freedom), interval, level, tau, tau_ends, amplitude,
        float(tail.since[0]), last, float(np.sqrt(tail.variance)),
        step.duration, tuple(verdicts),
    )  # fmt: skip


def rest_voltage(series):
    """Voltage of a cell before its first current [V], and words where the series begins with a current."""
    flows = np.abs(series.current) > OPEN * np.abs(series.current).max()
    before = series.voltage[: int(np.argmax(flows))]
    if len(before):
        return float(np.median(before)), []
    return 0.0, ["the series begins with a step: the voltage at rest is not known and taken to be zero"]


def check_along(current, step):
    """Raise ValueError for a steady current that flows against its step."""
    if current.value < -3 * current.error:
        raise ValueError(
            f"the current of the step at {step.held:g} V flows against it, {current.value:.3g} A in its direction: "
            "leads exchanged, or a file that counts currents the other way; turn the sign of the current"
        )


def _check_not_growing(step, jump, resolution):
    """A relaxation takes from the current in the direction of the jump; decomposition, or an ion that passes, adds."""
    late = step.since >= step.duration / 2
    time, current = step.since[late], step.current[late]
    if len(time) < LEAST_SAMPLES // 2:
        return
    offset = time - time.mean()
    spread = (offset**2).sum()
    slope = offset @ current / spread
    left = current - current.mean() - slope * offset
    error = np.sqrt((left**2).sum() / max(len(time) - 2, 1) / spread)
    grown = slope * (time[-1] - time[0]) * np.sign(jump)
    if slope * np.sign(jump) > 5 * error and grown > max(GROWS * abs(current.mean()), 2 * resolution):
        raise ValueError(
            f"the current of the step at {step.held:g} V grows over its second half, by {grown:.3g} A or "
            f"{100 * grown / max(abs(current.mean()), 1e-300):.2g} %: the blocking electrode passes ions or the "
            "electrolyte decomposes, and no steady current belongs to this voltage (or ions that conduct hardly better "
            "than electrons redistribute slowly); stay below it, take another electrode, or wait"
        )
