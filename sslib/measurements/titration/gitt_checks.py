"""What a pulse has to be asked before its diffusivity is believed: refused by name, or doubted in words."""

import numpy as np
from scipy.constants import R

from sslib.formatting import number
from sslib.kinetics import FARADAY
from sslib.measurements.titration.short_time import ALLOWED, longest_pulse, pulse_bias

FLAT = 0.1
"""Of the least slope of an ideal solid solution, 4RT/F: a flatter potential is taken for two phases."""
RELAXED = 0.05
"""Share of a step of potential that may still come when a rest ends before it is doubted."""
DRIFTS = 4.0
"""Standard errors from which a slope that the fit leaves in a rest is a drift, or a jump against the current is one."""
LOST = 0.02
"""Share of the step of the potential from which a drift over the rest is worth a word."""
LUMPED = 8.0
"""Over so many samples residuals may go on before the answer is not that of one film or sphere."""
LEAST = 8
"""Samples from which a slope at rest is judged."""


def refuse_flat(slope, half, T):
    """A slope dU/dx [V] with half its interval that is none, or of the wrong sign."""
    ideal = 4 * R * T / FARADAY
    if slope - half > 0:
        raise ValueError(
            f"the potential rises with the composition, dU/dx = {slope:.3g} V: the current is counted the other way "
            "round, or a side reaction goes on at rest"
        )
    if -slope < FLAT * ideal or slope + half > 0:
        raise ValueError(
            f"the potential is flat, dU/dx = {slope:.3g} ± {half:.2g} V (an ideal solid solution has at least "
            f"{ideal:.3g} V): two phases side by side, whose boundary moves; no diffusivity describes that. Where "
            "it is noise, longer pulses help"
        )


def refuse_against(resistance, half, current, noise):
    """A resistance [ohm], with half its interval, that is negative by more than a sample's noise [V] can hide."""
    if resistance + half < 0 and abs(resistance * current) > DRIFTS * noise:
        raise ValueError(
            f"the voltage jumps against the current, as over {resistance:.3g} ohm: the current's sign in the file is "
            "not that of the voltage"
        )


def refuse_open(times, diffusion_time, lasted, first, noise):
    """An interval of the diffusion time [s] with an open end, by what is missing."""
    if not np.isfinite(times[1]):
        raise ValueError(
            f"the diffusion time has no upper end: pulse and rest last {lasted / diffusion_time:.2g} of "
            f"it, and without a relaxed potential only dU/dx over the root of D is seen. A rest of "
            f"{diffusion_time:.2g} s tells them apart"
        )
    if times[0] <= 0 or not np.isfinite(np.log(times[0])):
        raise ValueError(
            f"the diffusion time has no lower end: what diffusion adds to the jump is lost in the noise of "
            f"{1e6 * noise:.2g} µV, or over before the first sample after {first:.2g} s. "
            "A larger current or faster sampling shows it"
        )


def drift(since, residuals):
    """Slope that the fit leaves in the second half of the rest, and its standard error [V/s]."""
    late = since > since[-1] / 2
    if late.sum() < LEAST:
        return 0.0, np.inf
    time, left = since[late] - since[late].mean(), residuals[late] - residuals[late].mean()
    slope = time @ left / (time @ time)
    return float(slope), float(np.std(left - slope * time, ddof=2) / np.sqrt(time @ time))


def refusal_of_short_time(duration, ratio, shape, remaining, off, curved):
    """Why the formula of Weppner and Huggins does not hold for a pulse; empty where it does.

    `off` is what it gives over the full solution, less one; `curved` by which share dU/dx changes at the surface.
    """
    allowed = longest_pulse(shape)
    symbol = {"film": "L²/D", "sphere": "R²/D"}[shape]
    if ratio > allowed:
        wrong = float(pulse_bias(ratio, shape)) - 1
        return (
            f"the pulse is not short: t/({symbol}) is {number(ratio, 2)}, the formula needs t ≪ {symbol} and is "
            f"{number(100 * wrong, 2)} % off there. {number(duration * allowed / ratio, 2)} s would keep it to "
            f"{100 * ALLOWED:.0f} %; the full solution serves"
        )
    if remaining > RELAXED:
        return f"the rest had not relaxed: {100 * remaining:.0f} % of the step of the potential was still to come"
    if abs(off) > ALLOWED:
        return (
            f"the potential is no line over the pulse: dU/dx changes by {100 * curved:.0f} % at the surface, which the "
            f"formula takes for diffusion, {number(100 * off, 2)} % off the full solution. Half the change of "
            "composition halves it"
        )
    return ""


def doubts(point, together, residual, drift_error, carried):
    """What a point cannot be refused for, in sentences."""
    change = abs(point.after - point.before)
    steady = abs(point.slope) * change
    if point.remaining > RELAXED:
        yield (
            f"the rest had not relaxed when it ended: {100 * point.remaining:.0f} % of the step of the potential was "
            "still to come; the fit carries it on"
        )
    lost = abs(point.drift) * point.rest
    if abs(point.drift) > DRIFTS * drift_error and lost > LOST * steady:
        yield (
            f"the potential drifts at rest by {1e3 * 3600 * point.drift:+.2g} mV/h, which diffusion does not explain: "
            "self-discharge, a change of temperature, or a slower process"
        )
    if carried > RELAXED * change:
        yield (
            f"the pulse began before the one before it had relaxed: its surface was {100 * carried / change:.0f} % of "
            "this pulse's step away from the mean"
        )
    if together > LUMPED:
        size = residual / steady
        yield (
            f"residuals go on over {together:.0f} samples ({100 * size:.1g} % of the step): this is not quite the "
            "answer of one length and one diffusivity; the interval is widened for it"
        )
