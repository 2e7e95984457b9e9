"""Resistance of a cell at stated times after a step of the current, from trains of pulses of either sign."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtrit

from sslib.checks import check_between, check_positive
from sslib.impedance import pulses_by_length, spectrum_of_pulse, superposition
from sslib.measurements.conduction.settling import scatter_of_neighbours
from sslib.measurements.estimates import LEVEL, Estimate

NEAR = 0.1
"""Share of a time within which samples are read for it."""
SMALL = 0.05
"""Share of the largest jump of the current below which a jump is none."""
EARLY = 10.0
"""Up to so many times the first sample the answer is followed back to the step."""
SIGNIFICANT = 3.0
ENOUGH = 20
"""Samples from which on it is told how far neighbours go together."""


@dataclass(frozen=True, eq=False)
class PulseResistances:
    """Voltage over current at stated times after a step.

    Attributes
    ----------
    time : numpy.ndarray
        [s]
    resistance, lower, upper : numpy.ndarray
        Of the linear answer to all pulses and the ends of its interval [ohm], NaN where no sample tells.
    by_pulse, errors : numpy.ndarray
        The same read from each jump alone, what earlier jumps still do taken off, and standard errors [ohm], shape
        (jumps, times).
    jumps : numpy.ndarray
        Of the current [A].
    at_once : Estimate
        The answer followed back to the time of the step [ohm]. What relaxes before the first sample is in it.
    first : float
        Time of the first sample after a jump [s].
    drift : Estimate or None
        Of the voltage at rest before the first jump [V/s], taken out if it is significant; None if not known.
    gains : dict
        By what share negative pulses answer more strongly than positive ones, those of other lengths than the longest,
        and those of other currents than the largest, with standard errors [1].
    verdicts : tuple of str
    """

    time: np.ndarray
    resistance: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    by_pulse: np.ndarray
    errors: np.ndarray
    jumps: np.ndarray
    at_once: Estimate
    first: float
    drift: Estimate | None
    gains: dict
    level: float
    verdicts: tuple = ()

    def area_specific(self, area):
        """Resistances and the ends of their intervals over an area that is known, three arrays [ohm m2]."""
        check_positive(area=area)
        return tuple(own * area for own in (self.resistance, self.lower, self.upper))


def pulse_resistances(record, times, *, level=LEVEL, seed=0):
    r"""Pulse resistance at stated times after a step of the current.

    .. math:: R(t) = \frac{\Delta V(t)}{\Delta I}

    with :math:`\Delta V` what this step alone has moved: drift at rest and the answer to earlier steps are taken off.

    Parameters
    ----------
    record : PulseRecord
        From rest, such as `pulse_record` makes it of a time series.
    times : array_like
        Since a step [s], shape (times,).
    level : float
        Of the intervals.
    seed : int
        Of the noise from which they are.

    Returns
    -------
    PulseResistances

    Raises
    ------
    ValueError
        If none of the times was sampled.

    Notes
    -----
    What earlier pulses still do is known from the one passive linear answer to all of them (`spectrum_of_pulse`), so
    that no rest between the pulses is needed; where the cell is not linear that is felt, and `gains` says so. A record
    of a cell at rest only before its first pulse knows the drift from there: a constant one is taken off.
    """
    check_positive(times=times)
    check_between(0.01, 0.9999, level=level)
    times = np.atleast_1d(np.asarray(times, dtype=float))
    shortest, longest = record.span
    covered = (times >= shortest * (1 - NEAR)) & (times <= longest * (1 + NEAR))
    if not covered.any():
        raise ValueError(
            f"no step was sampled at {', '.join(f'{t:g}' for t in times)} s: the samples lie from {shortest:.3g} s to "
            f"{longest:.3g} s after a step; ask for times between these"
        )
    verdicts = [
        f"{t:g} s is {'before the first sample' if t < shortest else 'after the last sample'} of any step "
        f"({shortest:.3g} to {longest:.3g} s): no resistance is given"
        for t in times[~covered]
    ]
    drift = _drift(record)
    if drift is None:
        verdicts.append("too few samples at rest before the first step: whether the voltage drifts is not known")
    elif abs(drift.value) > SIGNIFICANT * drift.error:
        verdicts.append(f"the voltage drifts by {1e6 * drift.value:.3g} µV/s at rest, which is taken off")
        record = replace(record, voltage=record.voltage - drift.value * (record.time - record.edges[0]))
    back = spectrum_of_pulse(record, level=level, seed=seed)
    value, lower, upper = (np.where(covered, part, np.nan) for part in back.resistance(times))
    # A jump is known to the gap between two samples, half of which is the time of the first.
    gap = shortest / np.sqrt(3)
    timing = np.abs(back.poles.step(times + gap) - back.poles.step(np.maximum(times - gap, 0))) / 2
    reach = stdtrit(1e9, 0.5 + level / 2) * timing
    lower, upper = value - np.hypot(value - lower, reach), value + np.hypot(upper - value, reach)
    jumps = np.diff(record.current, prepend=0.0)
    linear = _linear(record, back)
    by_pulse, errors = _each(record, times, jumps, back, record.voltage - linear)
    at_once = _followed_back(record, jumps, back, record.voltage - linear, shortest)
    verdicts.append(
        f"what relaxes faster than {shortest:.2g} s, above {1 / (2 * np.pi * shortest):.3g} Hz, is part of the "
        "resistance at once: it is an upper limit of the ohmic one"
    )
    gains, words = _linearity(record)
    return PulseResistances(
        times, value, lower, upper, by_pulse, errors, jumps, at_once, shortest, drift, gains, level,
        (*verdicts, *words),
    )  # fmt: skip


def _linear(record, back):
    """The answer of the one linear cell, its rest included [V]."""
    answer = back.poles.after_steps(record.time, record.edges, record.current)
    return answer + np.mean(record.voltage - answer)


def _drift(record):
    """Slope of the voltage before the first jump [V/s], with an error for samples that go together."""
    rest = record.jump < 0
    time, voltage = record.time[rest], record.voltage[rest]
    if len(time) < ENOUGH:
        return None
    offset = time - time.mean()
    spread = (offset**2).sum()
    slope = offset @ voltage / spread
    left = voltage - voltage.mean() - slope * offset
    together = max(1.0, _together(left))
    error = np.sqrt(together * (left**2).sum() / (len(time) - 2) / spread)
    return Estimate(float(slope), float(error), len(time) - 2)


def _together(left):
    """Over how many samples a deviation goes on, from the neighbours' correlation: (1 + r)/(1 - r)."""
    correlation = (left[1:] @ left[:-1]) / max(left @ left, 1e-300)
    return (1 + correlation) / max(1 - correlation, 1e-3)


def _each(record, times, jumps, back, left):
    """Resistances from each jump, and their errors: the linear answer and what this step leaves of it near a time."""
    own = back.poles.step(times)
    by_pulse, errors = np.full((2, len(jumps), len(times)), np.nan)
    white = scatter_of_neighbours(record.time, left)
    for number, jump in enumerate(jumps):
        if abs(jump) < SMALL * np.abs(jumps).max():
            continue
        here = record.jump == number
        for k, time in enumerate(times):
            near = here & (np.abs(record.since - time) <= NEAR * time)
            if near.any():
                by_pulse[number, k] = own[k] + left[near].mean() / jump
                # What a nonlinear cell leaves is even over so short a time, and no noise.
                off = left[near] - left[near].mean()
                many = near.sum() >= ENOUGH
                scatter = np.sqrt(max(1.0, _together(off)) * off.var()) if many else white
                errors[number, k] = scatter / np.sqrt(near.sum()) / abs(jump)
    return by_pulse, errors


def _followed_back(record, jumps, back, left, shortest):
    """The resistance at once: early answers against the root of time, straight for whatever diffuses or spreads."""
    early = (record.since > 0) & (record.since <= EARLY * shortest) & (record.jump >= 0)
    early &= np.abs(jumps[np.maximum(record.jump, 0)]) >= SMALL * np.abs(jumps).max()
    since, jump = record.since[early], jumps[record.jump[early]]
    # Least squares in the voltage: a + b sqrt(t) times the jump.
    data = back.poles.step(since) * jump + left[early]
    design = np.stack([jump, jump * np.sqrt(since)], axis=1)
    size = np.linalg.norm(design, axis=0)
    inverse = np.linalg.pinv(design / size)
    found = inverse @ data / size
    misfit = data - design @ found
    freedom = max(len(data) - 2, 1)
    error = np.sqrt((inverse @ inverse.T)[0, 0] * (misfit**2).sum() / freedom) / size[0]
    # Another law of the beginning, t itself, ends elsewhere: half of that is as likely an error.
    other = np.linalg.lstsq(np.stack([jump, jump * since], axis=1), data, rcond=None)[0]
    return Estimate(float(found[0]), float(np.hypot(error, (other[0] - found[0]) / 2)), freedom)


def _linearity(record):
    """How much stronger groups of pulses answer, and words."""
    if np.count_nonzero(np.abs(record.current) > SMALL * np.abs(record.current).max()) < 2:
        return {}, ["one pulse alone: whether the other sign, or another length, answers as strongly is not known"]
    gains = {f"{name} pulses": own for name, own in superposition(record).gains.items()}
    for groups in (pulses_by_length(record), _by_size(record)):
        if not groups:
            continue
        gains |= {f"pulses of {name}": own for name, own in superposition(record, groups).gains.items()}
    words = [
        f"{name} answer {100 * gain:.2g} % (± {100 * error:.1g} %) more strongly: the cell is not linear, or changes"
        for name, (gain, error) in gains.items()
        if abs(gain) > SIGNIFICANT * error
    ]
    return gains, words


def _by_size(record):
    """The pulses of a record by the size of their current, without the largest ones, as groups for `superposition`."""
    sizes = np.abs(record.current)
    flows = sizes > SMALL * sizes.max()
    names = np.array([f"{size:.2g} A" for size in sizes])
    return {
        name: np.flatnonzero(flows & (names == name))
        for name in dict.fromkeys(names[flows].tolist())
        if name != names[np.argmax(sizes)]
    }
