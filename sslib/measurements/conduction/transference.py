"""Which share of a steady current the cations carry: a small potential step and two resistances (Bruce-Vincent)."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtrit

from sslib.checks import check_between, check_positive
from sslib.instruments import Step, steps
from sslib.kinetics import thermal_voltage
from sslib.measurements.conduction.settling import OPEN, check_along, rest_voltage, steady_current
from sslib.measurements.conduction.starting import starting_current, without_first
from sslib.measurements.estimates import LEVEL, Estimate, estimate_of
from sslib.units import reference_temperature

SMALL_STEP = 0.010
"""[V]"""
DRIFTS = 0.1
"""Share by which the electrodes' resistance may change before it is spoken of."""
MEANING = (
    "the number is the steady current fraction, 1/(1 + Ne); it is the transference number in an ideal dilute solution "
    "only, and in a concentrated one it may lie far from it"
)
MOSTLY = 0.8
"""Share of the step that the electrodes may take: of what is left, the number lives."""


@dataclass(frozen=True, eq=False)
class CurrentFraction:
    """The outcome of `bruce_vincent`.

    Attributes
    ----------
    value : Estimate
        Steady over initial current of the electrolyte alone [1]: the transference number in an ideal dilute solution.
    held : sslib.instruments.Step
        What was evaluated, its current positive in the direction of the step, settling included.
    uncorrected : float
        Steady over initial current without the resistances [1].
    initial, steady : Estimate
        Currents [A].
    first : float
        The first sample [A], which a reading without extrapolation would take for the initial current.
    first_value : float
        The number that this would give [1].
    ohmic : Estimate or None
        dV over the resistance from the first spectrum [A].
    step : float
        [V]
    resistance_before, resistance_after : Estimate
        Of the electrodes' interfaces [ohm].
    time_constant : float
        L²/4D of the salt between the electrodes [s].
    verdicts : tuple of str
    """

    value: Estimate
    held: Step
    uncorrected: float
    initial: Estimate
    steady: Estimate
    first: float
    first_value: float
    ohmic: Estimate | None
    step: float
    resistance_before: Estimate
    resistance_after: Estimate
    time_constant: float
    verdicts: tuple


def current_fraction(initial, steady, step, before, after):
    r"""Transference number of Bruce and Vincent [1], the electrodes' resistances taken off.

    .. math:: t_+ = \frac{I_s (\Delta V - I_0 R_0)}{I_0 (\Delta V - I_s R_s)}

    Parameters
    ----------
    initial, steady : array_like
        Currents at once after the step and in the end [A].
    step : array_like
        Of the potential [V].
    before, after : array_like
        Resistance of both interfaces before the step and at the end [ohm].

    Notes
    -----
    Source 002, equation 8, where the symbol T stands for the number. The transference number in an ideal dilute
    solution alone; in others the steady current fraction 1/(1 + Ne) (see `steady_current_ratio` of the impedance
    package, with its sources).

    Examples
    --------
    A conductor of cations alone, whatever its electrodes:

    >>> float(current_fraction(1e-4, 1e-4, 0.01, 30.0, 30.0))
    1.0

    Half the current is left of 10 mV over 50 ohm of electrolyte and 50 ohm of electrodes: it is a third, not a half:

    >>> round(float(current_fraction(1e-4, 0.5e-4, 0.01, 50.0, 50.0)), 4)
    0.3333
    """
    check_positive(initial=initial, steady=steady, step=step)
    check_between(0, np.inf, before=before, after=after)
    initial, steady, step = (np.asarray(own, dtype=float) for own in (initial, steady, step))
    drops = {"before": step - initial * before, "after": step - steady * after}
    for name, own in drops.items():
        if (own <= 0).any():
            raise ValueError(
                f"the electrodes' resistance {name} takes {np.max(step - own):.3g} V of {np.min(step):.3g} V: nothing "
                "is left for the electrolyte, so resistance, current and step do not belong together"
            )
    return steady * drops["before"] / (initial * drops["after"])


def bruce_vincent(
    series,
    before,
    after,
    *,
    bulk=None,
    rest=None,
    temperature=reference_temperature,
    settling=0.0,
    resolution=0.0,
    level=LEVEL,
):
    """Steady current fraction of an electrolyte between two lithium electrodes, from a potential step and two spectra.

    Parameters
    ----------
    series : sslib.instruments.TimeSeries
        Holding one step of constant voltage (after a rest, or none); the longest is taken.
    before, after : Estimate or float
        Resistance of both interfaces before the step and at its end [ohm]; `estimate_of` makes one from a fit's value
        and interval.
    bulk : Estimate or float, optional
        Resistance of the electrolyte itself from the first spectrum [ohm], for the ohmic initial current.
    rest : float, optional
        Voltage of the cell at rest [V], taken off the step; that before the first current if not given.
    temperature : float
        [K]
    settling : float
        Samples within so many seconds after a step are left out: the instrument's, and those of double layers [s].
    resolution : float
        Smallest current that the instrument tells apart [A].
    level : float
        Of the intervals.

    Returns
    -------
    CurrentFraction

    Raises
    ------
    ValueError
        For a step beyond RT/F, one that has not settled or whose current grows, currents that are not positive in its
        direction, resistances that take all of it, and a number that is above one by more than its error.

    Notes
    -----
    The initial current is extrapolated by the answer of a resistance in series with a salt layer,
    :math:`Z = R + R_W \\tanh\\sqrt{s\\tau}/\\sqrt{s\\tau}`, to all of the step, or, where the interfaces change
    meanwhile, to the longest first part that follows it.
    """
    before, after = estimate_of(before, name="before"), estimate_of(after, name="after")
    at_rest, verdicts = rest_voltage(series)
    rest, verdicts = (at_rest, verdicts) if rest is None else (rest, [])
    found = [own for own in steps(series, "voltage") if own.control == "voltage" or np.ptp(own.voltage) < 1e-3]
    flows = OPEN * np.abs(series.current).max()
    found = [own for own in found if abs(np.median(own.voltage) - rest) > 1e-4 and np.abs(own.current).max() > flows]
    if not found:
        raise ValueError("the series holds no step of constant voltage away from rest; the method starts with one")
    held = max(found, key=lambda own: own.duration)
    size = float(np.median(held.voltage)) - rest
    sign = np.sign(size)
    held = replace(held, control="voltage", held=abs(size), current=sign * held.current)
    measured, gap = held, held.since[held.since > 0][0]
    held = without_first(held, settling)
    verdicts += _check_small(abs(size), temperature)
    settled = steady_current(held, resolution=resolution, level=level)
    check_along(settled.current, held)
    if settled.current.value <= 3 * settled.current.error:
        raise ValueError(
            f"the steady current is {settled.current.value:.3g} A with an error of {settled.current.error:.2g} A: no "
            "current is left that cations carry, or it hides in the noise; take a larger area or a thinner electrolyte"
        )
    start = starting_current(held, settled, gap)
    verdicts += () if start.to_the_end else settled.verdicts
    initial, steady = start.initial, start.steady
    verdicts += start.verdicts
    step, first = abs(size), float(held.current[held.since > 0][0])
    value = float(current_fraction(initial.value, steady.value, step, before.value, after.value))
    error = _error(value, initial, steady, step, before, after, start.covariance)
    result = Estimate(value, error, min(steady.freedom, initial.freedom), logarithmic=True)
    ohmic = None
    if bulk is not None:
        bulk = estimate_of(bulk, name="bulk")
        total = bulk.value + before.value
        ohmic_error = np.hypot(bulk.relative * bulk.value, before.relative * before.value) / total
        ohmic = Estimate(step / total, float(ohmic_error), logarithmic=True)
    verdicts += [MEANING, *_doubts(held, result, initial, steady, ohmic, step, before, after, level)]
    return CurrentFraction(
        result, measured, steady.value / initial.value, initial, steady, first,
        _of_first(first, steady, step, before, after), ohmic, step, before, after, start.time_constant, tuple(verdicts),
    )  # fmt: skip


def _check_small(step, temperature):
    """Words on the size of a step, which is refused where no electrolyte answers linearly."""
    check_positive(temperature=temperature)
    thermal = float(thermal_voltage(temperature))
    if step > thermal:
        raise ValueError(
            f"the step is {1e3 * step:.3g} mV, beyond RT/F = {1e3 * thermal:.3g} mV: neither the salt nor the "
            "interfaces answer linearly, and the equation does not hold; step by 10 mV or less"
        )
    if step > SMALL_STEP * (1 + 1e-6):
        return [
            f"the step is {1e3 * step:.3g} mV; above 10 mV interfaces may not answer linearly: halve it and compare"
        ]
    return []


def _error(value, initial, steady, step, before, after, covariance):
    """Standard error of the logarithm, by the slopes of its equation."""
    left, right = step - initial.value * before.value, step - steady.value * after.value
    of_initial = -step / left
    of_steady = step / right
    of_before = -initial.value * before.value / left
    of_after = steady.value * after.value / right
    variance = (
        (of_initial * initial.relative) ** 2 + (of_steady * steady.relative) ** 2
        + 2 * of_initial * of_steady * covariance + (of_before * before.relative) ** 2
        + (of_after * after.relative) ** 2
    )  # fmt: skip
    return float(np.sqrt(max(variance, 0.0)))


def _of_first(first, steady, step, before, after):
    """The number with the first sample for the initial current; NaN where that cannot be."""
    if first <= 0 or step <= first * before.value:
        return np.nan
    return float(current_fraction(first, steady.value, step, before.value, after.value))


def _doubts(held, result, initial, steady, ohmic, step, before, after, level):
    """What may be wrong with the number, in sentences; a number above one is refused."""
    low, high = result.interval(level)
    if low > 1:
        raise ValueError(
            f"the current fraction is {result.value:.3g} ({low:.3g} to {high:.3g}), above one: a resistance that is "
            f"too large before ({before.value:.3g} ohm) or too small after ({after.value:.3g} ohm), or electrons that "
            "pass; measure the spectra at once before and after the step"
        )
    first = held.since[held.since > 0][0]
    late = held.current[held.since > 0][0] / initial.value
    if late < 0.98:
        yield (
            f"the first sample, {first:.3g} s after the step, has {100 * late:.3g} % of the initial current: read "
            "without extrapolation the number would come out too large"
        )
    if ohmic is not None:
        apart = np.log(initial.value / ohmic.value)
        quantile = stdtrit(1e9, 0.5 + level / 2)
        if abs(apart) > quantile * np.hypot(initial.relative, ohmic.relative):
            yield (
                f"the initial current, {initial.value:.4g} A, is not the ohmic one of the first spectrum, "
                f"{ohmic.value:.4g} A ({100 * np.expm1(apart):.2g} % apart): with that the number would be "
                f"{_with_ohmic(ohmic, steady, step, before, after):.3g}"
            )
    drift = after.value / before.value - 1
    if abs(drift) > DRIFTS:
        unchanged = float(current_fraction(initial.value, steady.value, step, before.value, before.value))
        yield (
            f"the interfaces' resistance changed by {100 * drift:.2g} % during the step: with the first value for both "
            f"the number would be {unchanged:.3g}"
        )
    share = max(initial.value * before.value, steady.value * after.value) / step
    if share > MOSTLY:
        yield (
            f"the interfaces take {100 * share:.3g} % of the step: an error of 1 % in their resistance is one of "
            f"{share / (1 - share):.2g} % in the number; take a thicker electrolyte"
        )


def _with_ohmic(ohmic, steady, step, before, after):
    return float(current_fraction(ohmic.value, steady.value, step, before.value, after.value))
