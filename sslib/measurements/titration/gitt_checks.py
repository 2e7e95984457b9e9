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
"""Standard errors from which a drift is told of, or a jump against the current is one."""
LOST = 0.02
"""Share of the step of the potential from which a drift over the rest is worth a word."""
LUMPED = 8.0
"""Over so many samples residuals may go on before the answer is not that of one film or sphere."""
LONG_REST = {"film": 1.0, "sphere": 0.5}
"""Over the diffusion time: ten times the longest relaxation. What moves after it is a drift."""
WHITE = 1.5
"""Over more samples than this residuals of white noise do not go on."""
EARLY = (0.003, 0.01, 0.03, 0.1)
"""Shares of the pulse that are left out to see whether the first samples are diffusion."""
OTHER_WAY = (
    "the current is counted the other way round: a positive one takes the ion out and raises the voltage (read with "
    "its column named '-current [A]' it is turned)"
)


def refuse_flat(slope, half, T):
    """A slope dU/dx [V] with half its interval that is none, or of the wrong sign."""
    ideal = 4 * R * T / FARADAY
    if slope - half > 0:
        raise ValueError(
            f"the potential rises with the composition, dU/dx = {slope:.3g} V: {OTHER_WAY}, or a side reaction goes on "
            "at rest"
        )
    if slope + half > 0 and -slope > FLAT * ideal:
        raise ValueError(
            f"the slope of the potential is not determined, dU/dx = {slope:.2g} ± {half:.2g} V: longer pulses or rests "
            "tell it"
        )
    if -slope < FLAT * ideal:
        raise ValueError(
            f"the potential is flat, dU/dx = {slope:.3g} ± {half:.2g} V (an ideal solid solution has at least "
            f"{ideal:.3g} V): two phases side by side, whose boundary moves; no diffusivity describes that. Where "
            "it is noise, longer pulses help"
        )


def refuse_against(resistance, half, current, noise):
    """A resistance [ohm], with half its interval, that is negative by more than a sample's noise [V] can hide."""
    if resistance + half < 0 and abs(resistance * current) > DRIFTS * noise:
        raise ValueError(f"the voltage jumps against the current, as over {resistance:.3g} ohm: {OTHER_WAY}")


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


def first_samples(fit, duration, refit):
    """What is doubted of the first samples, and by how much the logarithm of D moves without them [1].

    Raises ValueError where the fit is good without them and bad with them. `refit` takes the time to leave out [s].
    """
    if fit.together < WHITE:
        return "", 0.0
    for left_out in duration * np.array(EARLY):
        try:
            without = refit(left_out)
        except (ValueError, IndexError):
            break
        if without.together < WHITE:
            break
    else:
        return "", 0.0
    if without.together >= WHITE:
        return "", 0.0
    moved = float(fit.point[0] - without.point[0])
    advice = (
        "a double layer charges, another electrode answers, or a new phase forms. Where it is not a phase, leave it "
        f"out with settle={number(left_out, 2)}"
    )
    size, size_without = (own.noise * np.sqrt(own.together) for own in (fit, without))
    if size_without < size / 3:
        raise ValueError(
            f"the first {number(left_out, 2)} s after a jump are not diffusion behind a resistance: with them the fit "
            f"is {1e6 * fit.noise:.2g} µV off in the mean, without them {1e6 * without.noise:.2g} µV: {advice}"
        )
    return (
        f"without the first {number(left_out, 2)} s after a jump D moves by {number(100 * np.expm1(moved), 2)} %, "
        f"which is part of the interval: {advice}"
    ), abs(moved)


def doubt_of_gaps(gaps, moved):
    """That most of the interval comes from gaps [s] between samples, by which ln D moves [1]."""
    return (
        f"the pulse begins somewhere in {gaps[0]:.2g} s and ends somewhere in {gaps[1]:.2g} s between two samples, "
        f"which leaves D unsure by {100 * moved:.2g} %: a sample at each jump would mend it"
    )


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


def doubts(point, together, residual, carried):
    """What a point cannot be refused for, in sentences."""
    change = abs(point.after - point.before)
    steady = abs(point.slope) * change
    if point.remaining > RELAXED:
        yield (
            f"the rest had not relaxed when it ended: {100 * point.remaining:.0f} % of the step of the potential was "
            "still to come; the fit carries it on"
        )
    if not np.isfinite(point.drift_error):
        yield (
            f"the rest lasts {number(point.rest / point.diffusion_time, 2)} of the diffusion time: a drift cannot be "
            "told from relaxation, and none is assumed"
        )
    lost = abs(point.drift) * point.rest
    if abs(point.drift) > DRIFTS * point.drift_error and lost > LOST * steady:
        yield (
            f"the potential drifts by {1e3 * 3600 * point.drift:+.2g} mV/h: self-discharge, a change of temperature, "
            "or a slower process; it is fitted as a line in time"
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
