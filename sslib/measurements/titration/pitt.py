"""Potentiostatic intermittent titration: the diffusivity from the current after each small step of the potential."""

from dataclasses import dataclass, replace

import numpy as np

from sslib.checks import check_between
from sslib.formatting import number
from sslib.instruments import steps
from sslib.measurements.titration.finite_length import SHAPES, potential_step, slowest_rate
from sslib.measurements.titration.pitt_checks import (
    LEAST,
    SURE,
    doubts,
    refuse_charge,
    refuse_first_samples,
    refuse_large,
    refuse_open,
    refuse_rising,
)
from sslib.measurements.titration.result import (
    Titration,
    changes_within,
    diffusivity_interval,
    reasons,
    spread,
    with_more,
)
from sslib.measurements.titration.separable import fit_separable
from sslib.measurements.titration.short_time import ALLOWED, cottrell, cottrell_window

PLACE = 0.5
"""Where between the compositions before and after a step its diffusivity belongs. A computed step with a changing D
finds 0 to 1: what is felt most, the surface early or the depth late, depends on shape, resistance and length."""
LATE = 0.5
"""Share of the diffusion time after which one exponential is left."""
WITHOUT = 1e9
"""A Biot number that stands for no resistance in series."""
UNSURE_GAPS = 5
"""A step begins somewhere in the gap between two samples: those closer than this many gaps are left out,
and what half a gap moves is part of the interval."""
BIOT = (1e-2, 1e4)
"""Within which the ratio of the resistances is sought; at its ends only one of the two is seen."""
GUESSES = np.log([1 / 30, 1 / 10, 1 / 3, 1.0, 3.0, 10.0])
"""Diffusion times to begin at, over the length of the step."""
GUESSED_BIOT = np.log([0.1, 1.0, 5.0, 30.0, 1000.0])
REACH = np.log(1e3)
"""Diffusion times are sought up to this factor longer than the step, and shorter than its first sample."""


@dataclass(frozen=True, eq=False)
class StepDiffusivity:
    """What one step of the potential gives.

    Attributes
    ----------
    begin, duration : float
        [s].
    held, step : float
        Voltage held, and its change from before [V].
    before, after, composition : float
        Mean compositions, and the one to which the diffusivity belongs [1].
    diffusivity : float
        From the full solution with the interface's resistance [m2/s].
    fit_interval, interval : tuple of float
        Of the diffusivity [m2/s]: from the samples and the change of D within the step, and with the length's error.
    diffusion_time, ratio : float
        L²/D or R²/D [s], and the step's length over it [1].
    biot : float
        Resistance of diffusion over that in series, see `potential_step` [1].
    biot_interval : tuple of float
        Infinite where diffusion alone is seen.
    resistance : float
        In series: leads, electrolyte and interface [ohm].
    charge, charge_error : float
        That the step moves in the end, without the background [C].
    background, background_error : float
        Constant current that is left [A].
    slope : float
        dU/dx: step over the change of the composition [V].
    short_time : float or None
        Diffusivity by `cottrell` [m2/s]; None where it is refused, `short_time_refusal` says why.
    long_time : float or None
        Diffusivity from the last exponential, as if there were no resistance in series [m2/s]; None where the step ends
        before.
    unsure : float
        How far from that composition the one may lie to which D belongs [1].
    time, current, fitted : numpy.ndarray
        Samples used: time since the step began [s], measured and fitted current [A].
    verdicts : tuple of str
    """

    begin: float
    duration: float
    held: float
    step: float
    before: float
    after: float
    composition: float
    diffusivity: float
    fit_interval: tuple
    interval: tuple
    diffusion_time: float
    ratio: float
    biot: float
    biot_interval: tuple
    resistance: float
    charge: float
    charge_error: float
    background: float
    background_error: float
    slope: float
    short_time: float | None
    short_time_refusal: str
    long_time: float | None
    unsure: float
    time: np.ndarray
    current: np.ndarray
    fitted: np.ndarray
    verdicts: tuple


def pitt(series, host, start, *, settle=0.0, level=0.95, smallest=None):
    r"""Diffusivity against composition from small steps of the potential.

    Each current is fitted by the full solution of `potential_step` with a resistance in series and a constant
    background,

    .. math:: i(t) = \frac{Q}{\tau_d}\, f\!\left(\frac{t}{\tau_d}, \Lambda\right) + i_b, \qquad
        R = \frac{\Delta E\, \tau_d}{n\, Q\, \Lambda}

    What is left of the step before goes on in it. Q and :math:`i_b` are solved for at each :math:`\tau_d` and
    :math:`\Lambda`; intervals are profiles of the sum of squares, widened where neighbouring residuals go together.
    To leave :math:`\Lambda` out, as Cottrell and the last exponential do, takes the interface for slow diffusion.

    Parameters
    ----------
    series : TimeSeries
        A positive current takes the ion out of the host.
    host : Film or Sphere
    start : float
        Composition at the first sample [1].
    settle : float
        Time after each step that is left out, for a double layer to charge [s].
    level : float
        Of the intervals [1].
    smallest : float, optional
        Smallest step that counts [V], see `sslib.instruments.steps`.

    Returns
    -------
    Titration
        Of `StepDiffusivity`; what was refused, by the time of the step.

    Raises
    ------
    ValueError
        If no step gives a diffusivity; the message has the reason of each.

    Notes
    -----
    One length, one phase; a slope, a diffusivity and a resistance that are constant within a step, which two halves of
    its charge are asked for. Noise that is the same at all times. Sources: see `potential_step`.
    """
    check_between(0, 1, start=start, level=level)
    check_between(0, np.inf, settle=settle)
    parts = steps(series, "voltage", smallest=smallest)
    points, refused = [], {}
    before, last = float(start), (None, None)
    for k, part in enumerate(parts):
        end = parts[k + 1].begin if k + 1 < len(parts) else float(series.time[-1])
        charge = np.trapezoid(part.current, part.time)
        if part.control == "voltage" and k:
            previous = parts[k - 1]
            try:
                own = _step(part, previous, last, end, host, before, settle, level)
                points.append(own)
                charge = -(own.after - own.before) * host.capacity
            except ValueError as error:
                refused[float(part.begin)] = str(error)
        last = (part, points[-1].step if points and points[-1].begin == part.begin else None)
        before += float(host.composition_change(charge))
    if not points:
        raise ValueError(f"no step gives a diffusivity: {reasons(refused) or 'the voltage is held only once'}")
    more = changes_within(points)
    points = [with_more(point, own, host, level) for point, own in zip(points, more, strict=True)]
    return Titration(host, tuple(points), refused, level, parts.notes)


def _step(part, previous, last, end, host, before, settle, level):
    """One step; `last` is the part before with its own step of the potential where it gave a diffusivity."""
    step = part.held - (previous.held if previous.control == "voltage" else float(previous.voltage[-1]))
    gap = float(part.time[0] - previous.time[-1])
    kept = part.since > max(settle, UNSURE_GAPS * gap)
    if kept.sum() < LEAST:
        raise ValueError(f"{kept.sum()} of {len(part)} samples are far enough from the jump; a step needs {LEAST}")
    t, current = part.since[kept], part.current[kept]
    duration = float(end - part.begin)
    refuse_rising(step, t, current)
    # What is left of the step before goes on, in proportion to the potentials.
    train = [(0.0, 1.0)] if last[1] is None else [(0.0, 1.0), (part.begin - last[0].begin, last[1] / step)]

    def fitted(rows=slice(None)):
        return _fit(t[rows], current[rows], train, duration, host.shape)

    fit = fitted()
    refuse_first_samples(t, fit, fitted)
    time, biot = (float(value) for value in np.exp(fit.point))
    charge, background = (float(value) for value in fit.coefficients)
    refuse_charge(step, charge, fit.errors[0], t[0], duration)
    times = tuple(np.exp(fit.interval(0, level)))
    refuse_open(times, time, biot, duration, t[0], fit.noise)
    if gap:
        shifted = (
            _fit(t + shift, current, train, duration, host.shape, fit.point[None]) for shift in (-gap / 2, gap / 2)
        )
        found = [own.point[0] for own in shifted]
        times = spread(times, time, np.abs(np.array(found) - fit.point[0]).max())
    refuse_large(t, current, fit, step, host)
    change = float(host.composition_change(charge))
    # What one exponential has still to bring, which is what is left where it counts.
    rest = potential_step(duration / time, biot, host.shape) / slowest_rate(biot, host.shape)
    after = before + change * (1 - float(rest))
    short, refusal = _cottrell(t, current - background, charge, time, biot, host)
    point = StepDiffusivity(
        begin=float(part.begin),
        duration=duration,
        held=part.held,
        step=step,
        before=before,
        after=after,
        composition=before + PLACE * (after - before),
        diffusivity=float(host.diffusivity(time)),
        fit_interval=tuple(float(host.diffusivity(own)) for own in times[::-1]),
        interval=diffusivity_interval(host, times, level),
        diffusion_time=time,
        ratio=duration / time,
        biot=biot,
        biot_interval=tuple(float(np.exp(own)) for own in fit.interval(1, level)),
        resistance=step * time / (SHAPES[host.shape] * charge * biot),
        charge=charge,
        charge_error=float(fit.errors[0]),
        background=background,
        background_error=float(fit.errors[1]),
        slope=step / change,
        short_time=short,
        short_time_refusal=refusal,
        long_time=_last_exponential(t, current - background, time, host, fit.noise),
        unsure=abs(change) / 2,
        time=t,
        current=current,
        fitted=fit.fitted,
        verdicts=(),
    )
    return replace(point, verdicts=tuple(doubts(point, fit.together, level)))


def _fit(t, current, train, duration, shape, starts=None):
    """Least squares with the columns of all steps of a train (how long ago, relative size) and a constant."""

    def design(log_time, log_biot):
        time, biot = np.exp(log_time), np.exp(log_biot)
        answer = sum(size * potential_step((t + ago) / time, biot, shape) for ago, size in train)
        return np.stack([answer / time, np.ones_like(t)], axis=1)

    bounds = [(np.log(t[0]) - REACH, np.log(duration) + REACH), tuple(np.log(BIOT))]
    if starts is None:
        starts = [(np.log(duration) + time, biot) for time in GUESSES for biot in GUESSED_BIOT]
    return fit_separable(design, current, bounds, starts)


def _cottrell(t, current, charge, time, biot, host):
    """Cottrell's diffusivity from the samples in which it holds, or None and why not."""
    symbol = {"film": "L²/D", "sphere": "R²/D"}[host.shape]
    window = cottrell_window(biot, host.shape)
    if window is None:
        return None, (
            f"no time is right for Cottrell: with a Biot number of {number(biot, 2)} the interface is felt until the "
            f"{'far face' if host.shape == 'film' else 'centre'} is; the full solution serves"
        )
    inside = (t / time >= window[0]) & (t / time <= window[1])
    if inside.sum() < 3:
        return None, (
            f"{inside.sum()} samples lie between {number(window[0] * time, 2)} and {number(window[1] * time, 2)} s, "
            f"where t/({symbol}) is right for Cottrell to {100 * ALLOWED:.0f} %: it takes 3"
        )
    rooted = np.median(current[inside] * np.sqrt(t[inside]))
    return float(cottrell(charge, rooted, host.volume_per_area)), ""


def _last_exponential(t, current, time, host, noise):
    """Diffusivity from the slope of ln i at late times, as if diffusion were all there is [m2/s]."""
    late = (t > LATE * time) & (np.abs(current) > SURE * noise)
    if late.sum() < 4:
        return None
    rate = -np.polyfit(t[late], np.log(np.abs(current[late])), 1)[0]
    return float(host.diffusivity(slowest_rate(WITHOUT, host.shape) / rate))
