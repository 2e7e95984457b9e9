"""What a step of the potential has to be asked before its diffusivity is believed: refused by name, or doubted."""

import numpy as np
from scipy.optimize import least_squares

from sslib.formatting import number
from sslib.measurements.titration.finite_length import potential_step
from sslib.measurements.titration.gitt_checks import OTHER_WAY

LEAST = 12
"""Samples that a step must have."""
FIRST, EARLY = 3, 10
"""Up to so many times the time of the first samples, a double layer is looked for."""
NORMAL = 0.954
"""Median size of the difference of two normal samples, over their standard deviation."""
RISEN = 0.02
"""Of the range of the current: a rise beyond it, and the noise, is one."""
LATE_FIRST = 0.1
"""Of the diffusion time: a first sample after it tells little of the interface."""
UNKNOWN = 10.0
"""An interval of D that spans this factor is no answer."""
SURE = 5.0
"""Standard errors from which a deviation counts."""
CHANGED = 0.15
"""Of ln D, between the two halves of the charge, from which a step is refused as too large."""
LEAK = 0.05
"""Share of the charge from which a constant current is worth a word."""
LUMPED = 8.0
"""Over so many samples residuals may go on before the answer is not that of one film or sphere."""


def refuse_rising(step, t, current):
    """A current that grows after a step: in all, or again after it fell."""
    decaying = np.sign(step) * current
    if decaying[:FIRST].mean() < decaying[-FIRST:].mean():
        raise ValueError(
            f"the current does not follow the step of {1e3 * step:.3g} mV: it begins at {current[0]:.2g} A and ends at "
            f"{current[-1]:.2g} A. A side reaction, noise beyond it, or {OTHER_WAY}"
        )
    rise = decaying - np.minimum.accumulate(decaying)
    k = int(np.argmax(rise))
    if rise[k] > max(2 * SURE * _noise(current), RISEN * np.ptp(current)):
        raise ValueError(
            f"the current rises again, by {rise[k]:.2g} A until {t[k]:.3g} s after the step: a new phase nucleates and "
            "grows, and no diffusivity describes that"
        )


def refuse_charge(step, charge, error, first, duration):
    """A charge [C] that is none, or against the step."""
    if abs(charge) < SURE * error:
        raise ValueError(
            f"the charge of the step is not determined, {charge:.2g} ± {error:.1g} C: between the first sample, after "
            f"{first:.2g} s, and the end, after {duration:.2g} s, the current is no curve that tells diffusion from a "
            "constant. Sample from earlier on, or hold longer"
        )
    if step * charge < 0:
        raise ValueError(
            f"the current does not follow the step of {1e3 * step:.3g} mV, a charge of {charge:.2g} C: {OTHER_WAY}, "
            "or a side reaction goes on"
        )


def refuse_open(times, time, biot, duration, first, noise):
    """An interval of the diffusion time [s] that is open or spans too much, by what is missing."""
    if times[1] > UNKNOWN * times[0]:
        ends = "upper end" if not np.isfinite(times[1]) else "lower end" if times[0] == 0 else "useful interval"
        if first > LATE_FIRST * time:
            cause = (
                f"the first sample used, after {first:.2g} s, comes at {first / time:.2g} of it, so that diffusion is "
                "not told from the interface: sample faster, and at each jump"
            )
        elif biot < 1:
            cause = (
                f"the interface limits (Biot number {biot:.2g}): the current is one exponential, in which D has little "
                "part. Longer diffusion (a thicker film) or a better interface shows it"
            )
        elif duration < time / 4:
            cause = (
                f"the step lasts {duration / time:.2g} of it, so that the final charge is not known: hold for "
                f"{number(time, 2)} s"
            )
        else:
            cause = f"it is lost in a noise of {noise:.2g} A: sample faster or in a finer current range"
        raise ValueError(f"the diffusion time has no {ends}: {cause}")


def refuse_first_samples(t, fit, fitted_from):
    """Where the fit is good without the first samples and bad with them, something else goes on in those."""
    left = t > EARLY * t[FIRST - 1]
    if fit.together < LUMPED / 2 or left.sum() < LEAST:
        return
    without = fitted_from(left)
    size, size_without = (own.noise * np.sqrt(own.together) for own in (fit, without))
    if size_without < size / 3 and without.together < LUMPED / 2:
        until = float(t[~left][-1])
        raise ValueError(
            f"the first {until:.2g} s are not diffusion through a resistance: with them the fit is {fit.noise:.2g} A "
            f"off in the mean, without them {without.noise:.2g} A. A double layer charges, or the current range was "
            f"switched: leave it out with settle={number(until, 2)}"
        )


def refuse_large(t, current, fit, step, host):
    """Fit D to either half of the charge, with resistance, charge and background held; they must agree."""
    time, biot = np.exp(fit.point)
    charge, background = fit.coefficients
    diffusing = current - background
    entered = np.concatenate([[0.0], np.cumsum(np.diff(t) * (diffusing[1:] + diffusing[:-1]) / 2)])
    half = int(np.searchsorted(np.abs(entered), np.abs(entered[-1]) / 2))
    found = []
    for rows in (slice(0, half), slice(half, None)):
        if len(t[rows]) < LEAST / 2:
            return
        found.append(_of_half(t[rows], diffusing[rows], charge, time, biot, host.shape, fit))
    (early, early_error), (late, late_error) = found
    if abs(late - early) > max(CHANGED, SURE * np.hypot(early_error, late_error)):
        of_early, of_late = host.diffusivity(np.exp([early, late]))
        raise ValueError(
            f"D changes over the step of {1e3 * step:.3g} mV: {of_early:.2g} m2/s from the first half of its charge, "
            f"{of_late:.2g} m2/s from the second. The step is too large: {1e3 * step / 4:.2g} mV would resolve "
            "the change"
        )


def _of_half(t, current, charge, time, biot, shape, fit):
    """Logarithm of the diffusion time from a part of the samples, and its standard error from their noise alone."""
    noise = _noise(fit.residuals)

    def left(log_time):
        own = np.exp(log_time[0])
        return (charge / own * potential_step(t / own, biot * own / time, shape) - current) / noise

    found = least_squares(left, [np.log(time)], bounds=(np.log(time) - 3, np.log(time) + 3), x_scale=0.1)
    steepness = float(np.linalg.norm(found.jac))
    return float(found.x[0]), 1 / steepness if steepness else np.inf


def _noise(values):
    """Standard deviation of white noise on values that change slowly."""
    return float(np.median(np.abs(np.diff(values))) / NORMAL)


def doubts(point, together, level):
    """What a point cannot be refused for, in sentences."""
    if not np.isfinite(point.biot_interval[1]):
        yield (
            f"the Biot number has no upper end at {100 * level:g} %: no resistance in series is seen, the first sample "
            "comes too late for it or it is small"
        )
    elif point.biot < 1:
        yield (
            f"the interface limits: the Biot number is {number(point.biot, 2)}, so that D rests on what little "
            "diffusion adds"
        )
    leak = point.background * point.duration / point.charge
    if abs(point.background) > SURE * point.background_error and abs(leak) > LEAK:
        yield (
            f"a constant current of {point.background:.2g} A is left, {100 * abs(leak):.0f} % of the charge over the "
            "step: a leak or a side reaction; it is fitted and not counted as insertion"
        )
    if point.ratio < 1:
        yield f"the step ends at {number(point.ratio, 2)} of the diffusion time: its final charge is the fit's word"
    if together > LUMPED:
        yield (
            f"residuals go on over {together:.0f} samples: this is not quite the answer of one length and one "
            "diffusivity; the interval is widened for it"
        )
