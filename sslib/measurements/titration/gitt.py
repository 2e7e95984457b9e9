"""Galvanostatic intermittent titration: the diffusivity from each pulse of current and the rest after it."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from sslib.checks import check_between, check_positive
from sslib.instruments import steps
from sslib.measurements.titration.finite_length import current_step
from sslib.measurements.titration.gitt_checks import (
    doubts,
    drift,
    refusal_of_short_time,
    refuse_against,
    refuse_flat,
    refuse_open,
)
from sslib.measurements.titration.result import (
    Titration,
    changes_within,
    diffusivity_interval,
    resolution,
    spread,
    with_more,
)
from sslib.measurements.titration.separable import fit_separable
from sslib.measurements.titration.short_time import weppner_huggins
from sslib.units import reference_temperature

PLACE = 0.75
"""Where between the compositions before and after a pulse its diffusivity belongs: the mean of the mean while the ion
enters (1/2) and while it spreads (1). Computed titrations with a changing D find 0.7 to 0.8, more for short pulses."""
UNSURE = 1 / 8
"""Of the surface's excursion: how far from that place the composition may lie to which D belongs."""
LEAST = 8
"""Samples that a pulse, and a rest, must have."""
BEFORE = 10
"""Samples of the rest before that tell from where a pulse begins."""
EARLIER = 2
"""So many pulses before may still relax."""
UNSURE_GAPS = 5
"""A step begins somewhere in the gap between two samples: those closer than this many gaps are left out,
and what half a gap moves is part of the interval."""
LARGEST_GAP = 0.02
"""Of the pulse: a jump that is known to no better makes the pulse another one."""
GUESSES = np.log(np.geomspace(0.02, 300, 25))
"""Diffusion times to begin at, over the length of the pulse."""
REACH = np.log(1e4)
"""Diffusion times are sought up to this factor beyond the pulse and its rest, and below its first sample."""


@dataclass(frozen=True, eq=False)
class PulseDiffusivity:
    """What one pulse and its rest give.

    Attributes
    ----------
    begin, duration, rest : float
        Of the pulse, and the length of the rest after it [s].
    current : float
        [A].
    before, after, composition : float
        Mean compositions, and the one to which the diffusivity belongs [1].
    diffusivity : float
        From the full solution [m2/s].
    fit_interval, interval : tuple of float
        Of the diffusivity [m2/s]: from the samples and the change of D within the pulse, and with the length's error.
    diffusion_time, ratio : float
        L²/D or R²/D [s], and the pulse's length over it [1].
    resistance, resistance_error : float
        Of all that answers at once, taken out of the rest [ohm].
    slope, slope_error : float
        dU/dx over the pulse, from relaxed potentials [V].
    relaxed, relaxed_error : float
        Potential that the rest tends to [V].
    remaining : float
        Share of the step of the relaxed potential that is still to come when the rest ends [1].
    drift : float
        Slope that the fit leaves in the second half of the rest [V/s].
    short_time : float or None
        Diffusivity by `weppner_huggins` from the whole pulse [m2/s]; None where it is refused.
    short_time_refusal : str
        Why, empty where it is not.
    unsure : float
        How far from that composition the one may lie to which D belongs [1].
    time, voltage, fitted, ohmic : numpy.ndarray
        Samples used: time since the pulse began [s], measured and fitted voltage [V], and the current that flowed times
        the resistance [V], which is the part without diffusion.
    verdicts : tuple of str
    """

    begin: float
    duration: float
    rest: float
    current: float
    before: float
    after: float
    composition: float
    diffusivity: float
    fit_interval: tuple
    interval: tuple
    diffusion_time: float
    ratio: float
    resistance: float
    resistance_error: float
    slope: float
    slope_error: float
    relaxed: float
    relaxed_error: float
    remaining: float
    drift: float
    short_time: float | None
    short_time_refusal: str
    unsure: float
    time: np.ndarray
    voltage: np.ndarray
    fitted: np.ndarray
    ohmic: np.ndarray
    verdicts: tuple


def gitt(series, host, start, *, settle=0.0, level=0.95, T=reference_temperature, smallest=None):
    r"""Diffusivity against composition from pulses of current with rests between them.

    Each pulse is fitted with its rest, by the full solution for a film or a sphere,

    .. math:: V = E_0 + i R + U'\, \xi + \tfrac12 U'' \xi^2, \qquad
        \xi(t) = \sum_j \Delta \dot x_j\, \tau_d\, f\!\left(\frac{t - t_j}{\tau_d}\right)

    with the composition :math:`\xi` of the surface from `current_step` over all changes of the current, those of the
    pulses before among them. It holds at any :math:`t/\tau_d`; what answers at once (R) is free and so taken out; the
    slope of the potential is that between relaxed potentials, because the rest is fitted with it. In :math:`\tau_d`
    alone the fit is not linear, and its interval is the profile of the sum of squares, widened where neighbouring
    residuals go together.

    Parameters
    ----------
    series : TimeSeries
        A positive current takes the ion out of the host.
    host : Film or Sphere
        Its length decides: D is the square of it over :math:`\tau_d`.
    start : float
        Composition at the first sample [1].
    settle : float
        Time after each jump that is left out, for a double layer to charge [s].
    level : float
        Of the intervals [1].
    T : float
        [K], for what counts as flat.
    smallest : float, optional
        Smallest jump of the current that counts [A], see `sslib.instruments.steps`.

    Returns
    -------
    Titration
        Of `PulseDiffusivity`; what was refused, by the time of the pulse.

    Raises
    ------
    ValueError
        If no pulse gives a diffusivity; the message has the reason of each.

    Notes
    -----
    One length, one phase, a potential quadratic and a diffusivity constant within a pulse; the last enters the interval
    by what the neighbouring pulses tell of its change. S. D. Kang, W. C. Chueh, J. Electrochem. Soc. 168 (2021) 120504
    review what else goes wrong.
    """
    check_between(0, 1, start=start, level=level)
    check_between(0, np.inf, settle=settle)
    check_positive(T=T)
    parts = steps(series, "current", smallest=smallest)
    ends = [*(part.begin for part in parts[1:]), float(series.time[-1])]
    flows = np.array([_charge(part, end) for part, end in zip(parts, ends, strict=True)])
    before = start + np.concatenate([[0.0], np.cumsum(host.composition_change(flows))])
    largest = max((abs(part.held) for part in parts if part.control == "current"), default=0.0)
    flowing = [part.control != "current" or abs(part.held) > 0.02 * largest for part in parts]
    points, refused, earlier = [], {}, []
    for k in np.flatnonzero(flowing):
        begin, end = float(parts[k].begin), float(ends[k])
        try:
            _refuse_program(parts[k], k + 1 < len(parts) and not flowing[k + 1], before[k + 1])
            previous = parts[k - 1] if k and not flowing[k - 1] else None
            train = [*earlier[-EARLIER:], _Current(begin, end, host.composition_change(parts[k].held))]
            samples = _samples(previous, parts[k], parts[k + 1], settle)
            gap = float(parts[k].time[0] - parts[k - 1].time[-1]) if k else 0.0
            own = _point(samples, train, gap, parts[k].held, before[k : k + 2], float(ends[k + 1]), host, level, T)
            points.append(own)
        except ValueError as error:
            refused[begin] = str(error)
        earlier.append(_Current(begin, end, host.composition_change(flows[k] / (end - begin))))
    if not points:
        reasons = "; ".join(f"at {begin:.6g} s {text}" for begin, text in refused.items())
        raise ValueError(f"no pulse gives a diffusivity: {reasons or 'no current flows'}")
    rounding = resolution(series.voltage)
    more = np.hypot(changes_within(points), [_rounded(point, rounding) for point in points])
    points = [with_more(point, own, host, level) for point, own in zip(points, more, strict=True)]
    return Titration(host, tuple(points), refused, level, parts.notes)


def _charge(part, end):
    """Charge of a step [C], to where the next one begins."""
    if part.control == "current":
        return part.held * (end - part.begin)
    time = np.concatenate([[part.begin], part.time, [end]])
    return np.trapezoid(np.concatenate([part.current[:1], part.current, part.current[-1:]]), time)


def _rounded(point, rounding):
    """What rounding leaves unsure of ln D [1] where noise does not even it out: half a step at either end of dU."""
    noise = np.std(point.voltage - point.fitted)
    return 0.0 if noise > rounding / 2 else rounding / abs(point.slope * (point.after - point.before))


class _Current(NamedTuple):
    """A current that flowed: from when to when [s], and the rate of the mean composition [1/s]."""

    begin: float
    end: float
    rate: float


class _Samples(NamedTuple):
    """What is fitted of a pulse: times on the clock of the series [s], voltages [V], and whether current flowed."""

    time: np.ndarray
    voltage: np.ndarray
    on: np.ndarray


def _refuse_program(pulse, rests, after):
    if pulse.control != "current":
        raise ValueError("the voltage is held, not the current: a step of PITT, which pitt evaluates")
    if not rests:
        raise ValueError("no rest follows: neither the relaxed potential nor its slope is known")
    if not 0 < after < 1:
        raise ValueError(
            f"the composition after it would be {after:.3g}, outside 0 to 1: start, the sites, the volume or the sign "
            "of the current is not that of the host"
        )


def _samples(previous, pulse, rest, settle):
    """The end of the rest before, the pulse and the rest, without what lies too close to a jump."""
    used = []
    for part, last in ((pulse, previous), (rest, pulse)):
        gap = part.time[0] - last.time[-1] if last is not None else 0.0
        if gap > LARGEST_GAP * pulse.duration:
            raise ValueError(
                f"a current begins or ends somewhere in {gap:.3g} s between two samples, "
                f"{100 * gap / pulse.duration:.2g} % of the pulse: let the instrument write a sample at each jump"
            )
        kept = part.since > max(settle, UNSURE_GAPS * gap)
        if kept.sum() < LEAST:
            raise ValueError(
                f"{kept.sum()} samples of {len(part)} lie more than {max(settle, UNSURE_GAPS * gap):.3g} s after the "
                f"jump; it takes {LEAST} in the pulse and in the rest: sample faster, and at each jump"
            )
        used.append((part.time[kept], part.voltage[kept], np.full(kept.sum(), part is pulse)))
    if previous is not None:
        time = previous.time[-BEFORE:]
        used.insert(0, (time, previous.voltage[-BEFORE:], np.zeros(len(time), dtype=bool)))
    return _Samples(*(np.concatenate(column) for column in zip(*used, strict=True)))


def _surface(time, diffusion_time, train, shape):
    """Composition of the surface [1] beyond the mean before the last current of a train."""
    moved = sum(
        sign * own.rate * current_step((time - when) / diffusion_time, shape)
        for own in train
        for when, sign in ((own.begin, 1), (own.end, -1))
    )
    return diffusion_time * moved - sum(own.rate * (own.end - own.begin) for own in train[:-1])


def _fit(samples, train, current, shape):
    """Least squares with the columns 1, current, the surface's composition and half its square."""

    def design(log_time):
        moved = _surface(samples.time, np.exp(log_time), train, shape)
        return np.stack([np.ones_like(moved), current * samples.on, moved, moved**2 / 2], axis=1)

    begin, end = train[-1].begin, train[-1].end
    first = samples.time[samples.on][0] - begin
    bounds = [(np.log(first) - REACH, np.log(samples.time[-1] - begin) + REACH)]
    return fit_separable(design, samples.voltage, bounds, np.log(end - begin) + GUESSES[:, None])


def _point(samples, train, gap, current, compositions, end, host, level, T):
    begin, stop, _ = train[-1]
    duration, change = stop - begin, float(compositions[1] - compositions[0])
    fit = _fit(samples, train, current, host.shape)
    diffusion_time = float(np.exp(fit.point[0]))
    quantile = stdtrit(max(fit.freedom / fit.together, 1.0), 0.5 + level / 2)
    slope, slope_error = _combined(fit, [0, 0, 1, change / 2])
    resistance, resistance_error = _combined(fit, [0, 1, 0, 0])
    refuse_flat(slope, quantile * slope_error, T)
    refuse_against(resistance, quantile * resistance_error, current, fit.noise)
    times = tuple(np.exp(fit.interval(0, level)))
    refuse_open(times, diffusion_time, end - begin, samples.time[samples.on][0] - begin, fit.noise)
    if gap:
        shifted = (_Current(begin + shift, stop + shift, train[-1].rate) for shift in (-gap / 2, gap / 2))
        found = [_fit(samples, [*train[:-1], own], current, host.shape).point[0] for own in shifted]
        times = spread(times, diffusion_time, np.abs(np.array(found) - fit.point[0]).max())
    relaxed, relaxed_error = _combined(fit, [1, 0, change, change**2 / 2])
    at_ends = _surface(np.array([begin, samples.time[-1]]), diffusion_time, train, host.shape)
    excursion = np.abs(_surface(samples.time, diffusion_time, train, host.shape)).max()
    remaining = float(abs(at_ends[1] / change - 1))
    diffusivity = float(host.diffusivity(diffusion_time))
    short = _short_time(samples, begin, duration, slope * change, host)
    curved = float(abs(fit.coefficients[3] * excursion / slope))
    refusal = refusal_of_short_time(
        duration, duration / diffusion_time, host.shape, remaining, short / diffusivity - 1, curved
    )
    left, left_error = drift(samples.time - stop, fit.residuals)
    point = PulseDiffusivity(
        begin=begin,
        duration=duration,
        rest=end - stop,
        current=current,
        before=float(compositions[0]),
        after=float(compositions[1]),
        composition=float(compositions[0] + PLACE * change),
        diffusivity=diffusivity,
        fit_interval=tuple(float(host.diffusivity(time)) for time in times[::-1]),
        interval=diffusivity_interval(host, times, level),
        diffusion_time=diffusion_time,
        ratio=duration / diffusion_time,
        resistance=resistance,
        resistance_error=resistance_error,
        slope=slope,
        slope_error=slope_error,
        relaxed=relaxed,
        relaxed_error=relaxed_error,
        remaining=remaining,
        drift=left,
        short_time=None if refusal else short,
        short_time_refusal=refusal,
        unsure=UNSURE * float(excursion),
        time=samples.time - begin,
        voltage=samples.voltage,
        fitted=fit.fitted,
        ohmic=resistance * current * samples.on,
        verdicts=(),
    )
    residual = float(np.sqrt(np.mean(fit.residuals**2)))
    return replace(point, verdicts=tuple(doubts(point, fit.together, residual, left_error, abs(float(at_ends[0])))))


def _short_time(samples, begin, duration, steady, host):
    """Weppner and Huggins' diffusivity from all samples of the pulse [m2/s]."""
    time, voltage = samples.time[samples.on] - begin, samples.voltage[samples.on]
    slope = np.polyfit(np.sqrt(time), voltage, 1)[0]
    return float(weppner_huggins(duration, steady, slope * np.sqrt(duration), host.volume_per_area))


def _combined(fit, weights):
    """A sum of the fit's coefficients and its standard error."""
    weights = np.asarray(weights, dtype=float)
    return float(weights @ fit.coefficients), float(np.sqrt(weights @ fit.covariance @ weights))
