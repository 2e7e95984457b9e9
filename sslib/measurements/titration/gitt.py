"""Galvanostatic intermittent titration: the diffusivity from each pulse of current and the rest after it."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtrit

from sslib.checks import check_between, check_positive
from sslib.instruments import steps
from sslib.measurements.titration.gitt_checks import (
    LONG_REST,
    doubt_of_gaps,
    doubts,
    first_samples,
    refusal_of_short_time,
    refuse_against,
    refuse_flat,
    refuse_open,
)
from sslib.measurements.titration.pulse_fit import (
    Current,
    fit_pulse,
    gap_between,
    moved_by_gaps,
    samples_of_pulse,
    surface_composition,
    without_first,
)
from sslib.measurements.titration.result import (
    Titration,
    changes_within,
    diffusivity_interval,
    reasons,
    resolution,
    spread,
    with_more,
)
from sslib.measurements.titration.short_time import weppner_huggins
from sslib.units import reference_temperature

PLACE = 0.75
"""Where between the compositions before and after a pulse its diffusivity belongs: the mean of the mean while the ion
enters (1/2) and while it spreads (1). Computed titrations with a changing D find 0.7 to 0.8, more for short pulses."""
UNSURE = 1 / 8
"""Of the surface's excursion: how far from that place the composition may lie to which D belongs."""
EARLIER = 2
"""So many pulses before may still relax."""


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
    drift, drift_error : float
        Of the potential, beside diffusion [V/s]; zero where the rest is too short to tell.
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
    drift_error: float
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

    .. math:: V = E_0 + i R + U'\, \xi + \tfrac12 U'' \xi^2 + \dot E\, t, \qquad
        \xi(t) = \sum_j \Delta \dot x_j\, \tau_d\, f\!\left(\frac{t - t_j}{\tau_d}\right)

    with the composition :math:`\xi` of the surface from `current_step` over all changes of the current, those of the
    pulses before among them. It holds at any :math:`t/\tau_d`; what answers at once (R) is free and so taken out; the
    slope of the potential is that between relaxed potentials, because the rest is fitted with it. A drift is fitted
    where the rest outlasts relaxation. In :math:`\tau_d` alone the fit is not linear, and its interval is the profile
    of the sum of squares, widened where neighbouring residuals go together, by what the gaps between samples leave open
    of the jumps, and by what the first samples change.

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
    by what the neighbouring pulses tell of its change. A slow answer of another electrode looks like diffusion (with a
    sixth of the resistance and a quarter of the diffusion time it makes D 7 % too small): a reference electrode keeps
    it out. A double layer takes its part of the charge: one of 1 % of Q/|dU/dx| makes D 4 % too small even where
    `settle` leaves its charging out. S. D. Kang, W. C. Chueh, J. Electrochem. Soc. 168 (2021) 120504 review what else
    goes wrong.
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
            train = [*earlier[-EARLIER:], Current(begin, end, host.composition_change(parts[k].held))]
            samples = samples_of_pulse(previous, parts[k], parts[k + 1], settle)
            gaps = gap_between(parts[k - 1] if k else None, parts[k]), gap_between(parts[k], parts[k + 1])
            own = _point(samples, train, gaps, parts[k].held, before[k : k + 2], float(ends[k + 1]), host, level, T)
            points.append(own)
        except ValueError as error:
            refused[begin] = str(error)
        earlier.append(Current(begin, end, host.composition_change(flows[k] / (end - begin))))
    if not points:
        raise ValueError(f"no pulse gives a diffusivity: {reasons(refused) or 'no current flows'}")
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


def _point(samples, train, gaps, current, compositions, end, host, level, T):
    begin, stop, _ = train[-1]
    duration, change = stop - begin, float(compositions[1] - compositions[0])
    fit = fit_pulse(samples, train, current, host.shape)
    rests = (end - stop) / float(np.exp(fit.point[0]))
    drifting = rests > LONG_REST[host.shape]

    def refit(own, samples=samples):
        return fit_pulse(samples, own, current, host.shape, drifting=drifting, starts=fit.point[None])

    fit = refit(train) if drifting else fit
    early, moved = first_samples(fit, duration, lambda left_out: refit(train, without_first(samples, train, left_out)))
    diffusion_time = float(np.exp(fit.point[0]))
    quantile = stdtrit(max(fit.freedom / fit.together, 1.0), 0.5 + level / 2)
    slope, slope_error = _combined(fit, [0, 0, 1, change / 2])
    resistance, resistance_error = _combined(fit, [0, 1])
    refuse_flat(slope, quantile * slope_error, T)
    refuse_against(resistance, quantile * resistance_error, current, fit.noise)
    times = tuple(np.exp(fit.interval(0, level)))
    refuse_open(times, diffusion_time, end - begin, samples.time[samples.on][0] - begin, fit.noise)
    by_gaps, of_resistance = moved_by_gaps(refit, train, gaps, fit) if any(gaps) else (0.0, 0.0)
    resistance_error = float(np.hypot(resistance_error, of_resistance / quantile))
    told = [early] if early else []
    if by_gaps > np.log(times[1] / times[0]) / 2:
        told.append(doubt_of_gaps(gaps, by_gaps))
    times = spread(times, diffusion_time, np.hypot(moved, by_gaps))
    relaxed, relaxed_error = _combined(fit, [1, 0, change, change**2 / 2])
    at_ends = surface_composition(np.array([begin, samples.time[-1]]), diffusion_time, train, host.shape)
    excursion = np.abs(surface_composition(samples.time, diffusion_time, train, host.shape)).max()
    remaining = float(abs(at_ends[1] / change - 1))
    diffusivity = float(host.diffusivity(diffusion_time))
    short = _short_time(samples, begin, duration, slope * change, host)
    curved = float(abs(fit.coefficients[3] * excursion / slope))
    refusal = refusal_of_short_time(
        duration, duration / diffusion_time, host.shape, remaining, short / diffusivity - 1, curved
    )
    drift, drift_error = _combined(fit, [0, 0, 0, 0, 1]) if drifting else (0.0, np.inf)
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
        drift=drift,
        drift_error=drift_error,
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
    told += doubts(point, fit.together, residual, abs(float(at_ends[0])))
    return replace(point, verdicts=tuple(told))


def _short_time(samples, begin, duration, steady, host):
    """Weppner and Huggins' diffusivity from all samples of the pulse [m2/s]."""
    time, voltage = samples.time[samples.on] - begin, samples.voltage[samples.on]
    slope = np.polyfit(np.sqrt(time), voltage, 1)[0]
    return float(weppner_huggins(duration, steady, slope * np.sqrt(duration), host.volume_per_area))


def _combined(fit, weights):
    """A sum of the fit's coefficients and its standard error."""
    weights = np.pad(np.asarray(weights, dtype=float), (0, len(fit.coefficients) - len(weights)))
    return float(weights @ fit.coefficients), float(np.sqrt(weights @ fit.covariance @ weights))
