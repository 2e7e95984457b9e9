"""One pulse and its rest: which samples are used, and the diffusion time that fits them."""

from typing import NamedTuple

import numpy as np

from sslib.measurements.titration.finite_length import current_step
from sslib.measurements.titration.separable import fit_separable

LEAST = 8
"""Samples that a pulse, and a rest, must have."""
BEFORE = 10
"""Samples of the rest before that tell from where a pulse begins."""
UNSURE_GAPS = 5
"""A step begins somewhere in the gap between two samples: those closer than this many gaps are left out,
and what half a gap moves is part of the interval."""
LARGEST_GAP = 0.1
"""Of the pulse: a jump that is known to no better makes the pulse another one."""
GUESSES = np.log(np.geomspace(0.02, 300, 25))
"""Diffusion times to begin at, over the length of the pulse."""
REACH = np.log(1e4)
"""Diffusion times are sought up to this factor beyond the pulse and its rest, and below its first sample."""


class Current(NamedTuple):
    """A current that flowed: from when to when [s], and the rate of the mean composition [1/s]."""

    begin: float
    end: float
    rate: float


class Samples(NamedTuple):
    """What is fitted of a pulse: times on the clock of the series [s], voltages [V], and whether current flowed."""

    time: np.ndarray
    voltage: np.ndarray
    on: np.ndarray


def gap_between(last, part):
    """Time between the last sample of a step and the first of the next [s], in which the jump lies."""
    return 0.0 if last is None else float(part.time[0] - last.time[-1])


def samples_of_pulse(previous, pulse, rest, settle):
    """The end of the rest before, the pulse and the rest, without what lies too close to a jump."""
    used = []
    for part, last in ((pulse, previous), (rest, pulse)):
        gap = gap_between(last, part)
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
    return Samples(*(np.concatenate(column) for column in zip(*used, strict=True)))


def surface_composition(time, diffusion_time, train, shape):
    """Composition of the surface [1] beyond the mean before the last current of a train."""
    moved = sum(
        sign * own.rate * current_step((time - when) / diffusion_time, shape)
        for own in train
        for when, sign in ((own.begin, 1), (own.end, -1))
    )
    return diffusion_time * moved - sum(own.rate * (own.end - own.begin) for own in train[:-1])


def fit_pulse(samples, train, current, shape, *, drifting=False, starts=None):
    """Least squares with the columns 1, current, the surface's composition and half its square, and time if it drifts.

    Starts are logarithms of diffusion times, shape (starts, 1).
    """
    begin, end = train[-1].begin, train[-1].end

    def design(log_time):
        moved = surface_composition(samples.time, np.exp(log_time), train, shape)
        since = [samples.time - begin] if drifting else []
        return np.stack([np.ones_like(moved), current * samples.on, moved, moved**2 / 2, *since], axis=1)

    first = samples.time[samples.on][0] - begin
    bounds = [(np.log(first) - REACH, np.log(samples.time[-1] - begin) + REACH)]
    starts = np.log(end - begin) + GUESSES[:, None] if starts is None else starts
    return fit_separable(design, samples.voltage, bounds, starts)


def moved_by_gaps(refit, train, gaps, fit):
    """By how much ln of the diffusion time [1] and the resistance [ohm] move when jumps lie at the ends of their gaps.

    D hangs on the beginning of the rest more than on that of the pulse, and either gap may be the larger one.
    `refit` takes a train; `fit` is that of the train itself.
    """
    *earlier, (begin, end, rate) = train

    def found(own):
        return np.array([own.point[0], own.coefficients[1]])

    moved = np.zeros(2)
    for first, second in np.diag(gaps) / 2:
        shifted = [Current(begin + sign * first, end + sign * second, rate) for sign in (-1, 1)]
        moved += np.max([np.abs(found(refit([*earlier, own])) - found(fit)) for own in shifted], axis=0)
    return moved


def without_first(samples, train, left_out):
    """The samples without those closer than some time [s] after either jump."""
    since = np.where(samples.time > train[-1].end, samples.time - train[-1].end, samples.time - train[-1].begin)
    kept = (since > left_out) | (samples.time <= train[-1].begin)
    return Samples(*(column[kept] for column in samples))
