"""Half-cycles of a stepped current: which samples, and what each shows of the resistance."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import median_filter
from scipy.stats import theilslopes

from sslib.instruments import steps
from sslib.units import mA_cm2

SAME = 0.02
"""Relative difference up to which two currents are one step of the program."""
GOES_ON = 0.005
"""The same for two neighbours of one sign, which one instrument holds in one range."""
BEGINNING = 0.1
"""Share of a half-cycle that is left to relaxation before resistances are compared."""
SEGMENTS = 5
LEAST_SAMPLES = 3 * SEGMENTS
BLOCKS = 40
FLOOR = 1e-6
"""Voltage that counts as none [V]: a hard short leaves an offset of either sign."""
RESTS = 1e-3
"""Share of the largest current below which none flows."""
OFF = 0.02
"""Share of the largest current that is a jump in any program."""
AT_LIMIT = 0.999
STAYS = 3
"""So many samples in a row at the limit are no spike."""


@dataclass(frozen=True, eq=False)
class HalfCycle:
    """One half-cycle, with current and voltage counted positive in its own direction.

    Attributes
    ----------
    begin, duration : float
        [s]
    current_density : float
        With its sign [A/m2].
    charge : float
        Per area, a magnitude [C/m2].
    initial, final : float
        Voltage after `BEGINNING` and at the end [V].
    resistance : float
        V/j at the time that all half-cycles share [ohm m2].
    slope : float
        Of V/j against time after `BEGINNING`, median of slopes [ohm m2/s].
    levels : numpy.ndarray
        Logarithm of V/j [ohm m2] in `SEGMENTS` parts of it.
    drop : float
        Largest sudden fall, in the logarithm of the voltage.
    dip : float
        Depth below a running median that two samples reach, over the voltage [1]: one alone may be a spike.
    spike : float
        What one sample alone falls further than that, over the voltage [1].
    flicker : float
        Scatter about a running median that nine samples in ten stay within [V].
    """

    begin: float
    duration: float
    current_density: float
    charge: float
    initial: float
    final: float
    resistance: float
    slope: float
    levels: np.ndarray
    drop: float
    dip: float
    spike: float
    flicker: float


def half_cycles_of(series, area, *, limit=None, at=None):
    """Half-cycles of a series, rests left out.

    Parameters
    ----------
    series : TimeSeries
    area : float
        [m2]
    limit : float, optional
        Voltage [V] at which the instrument can no longer drive the current: what comes after is left out.
    at : float, optional
        Time after the beginning of a half-cycle at which its resistance is read [s]: half of the shortest if not given.

    Returns
    -------
    list of HalfCycle, list of str, float or None, float or None
        Half-cycles; notes; magnitude of the current density at which the limit was reached [A/m2]; that at which the
        record ends before a half-cycle could be judged [A/m2].
    """
    end = _limit_reached(series, limit)
    limited = None
    if end is not None:
        if end <= LEAST_SAMPLES:
            raise ValueError(f"the voltage is at limit={limit:g} V from {series.time[end]:.6g} s: nothing comes before")
        # The first sample at the limit may belong to a step that was never reached.
        limited = float(np.abs(series.current[end - 1 : end + 1]).max()) / area
        series = series.window(series.time[0], (series.time[end - 1] + series.time[end]) / 2)
    parts = steps(series, "current", smallest=_smallest_jump(series.current))
    notes = [*series.notes, *parts.notes]
    held = [part for part in parts if part.control == "voltage"]
    if held:
        begin = held[0].begin
        notes.append(
            f"from {begin:.6g} s the instrument held {held[0].held:.4g} V instead of a current: taken as its limit, "
            "and what comes after is left out"
        )
        before = [part for part in parts if part.begin < begin and part.held]
        limited = abs(before[-1].held) / area if before else None
        parts = before
    merged = _merged([part for part in parts if not _is_rest(part, series)])
    short = [one for one in merged if len(one[0]) < LEAST_SAMPLES]
    for time, *_, current in short:
        notes.append(
            f"a half-cycle of {len(time)} samples at {abs(current) / area / mA_cm2:.3g} mA/cm2, {time[0]:.6g} s, is "
            f"left out: it takes {LEAST_SAMPLES}"
        )
    kept = [one for one in merged if len(one[0]) >= LEAST_SAMPLES]
    if not kept:
        raise ValueError(
            f"no half-cycle has {LEAST_SAMPLES} samples of a constant current; sample more often, or look at the "
            f"notes: {'; '.join(notes) or 'none'}"
        )
    shortest = min(time[-1] - begin for time, begin, *_ in kept)
    at = shortest / 2 if at is None else at
    if not 0 < at <= shortest:
        raise ValueError(f"at is {at:g} s; it must be above 0 and within the shortest half-cycle, {shortest:.6g} s")
    found = [_half_cycle(*one, area, at) for one in kept]
    against = sum(one.initial < 0 for one in found)
    if against > len(found) / 2:
        raise ValueError(
            f"the voltage is against the current in {against} of {len(found)} half-cycles: a resistance is negative. "
            "Turn the sign of one of them; for one electrode, a positive current is one that strips it"
        )
    is_broken_off = len(merged[-1][0]) < LEAST_SAMPLES
    unfinished = abs(float(merged[-1][-1])) / area if limited is None and is_broken_off else limited
    return found, notes, limited, unfinished


def _limit_reached(series, limit):
    """Number of the first sample of a run at the limit, or None."""
    if limit is None:
        return None
    is_there = np.abs(series.voltage) >= AT_LIMIT * limit
    runs = np.convolve(is_there, np.ones(STAYS), "valid") == STAYS
    return int(np.argmax(runs)) if runs.any() else None


def _smallest_jump(current):
    """What counts as a jump [A]: half of the smallest current, which would else drown in the largest of a wide program.

    But more than noise, of which nine in ten differences between neighbours speak.
    """
    size = np.abs(current)
    flowing = size[size > RESTS * size.max()]
    if not flowing.size:
        raise ValueError("current is 0 A in every sample; a critical current takes half-cycles of rising currents")
    noise = 6 * float(np.quantile(np.abs(np.diff(current)), 0.9))
    return min(OFF * size.max(), max(float(np.sort(flowing)[:LEAST_SAMPLES][-1]) / 2, noise))


def _is_rest(part, series):
    return abs(part.held) <= RESTS * np.abs(series.current).max()


def _merged(parts):
    """Neighbours of one current are one half-cycle, whatever numbers the program gave them."""
    found = []
    for part in parts:
        last = found[-1] if found else None
        if last and np.isclose(last[0].held, part.held, rtol=GOES_ON) and part.begin - last[-1].time[-1] < _pace(part):
            last.append(part)
        else:
            found.append([part])
    return [
        (
            np.concatenate([part.time for part in own]),
            own[0].begin,
            np.concatenate([part.voltage for part in own]),
            own[0].held,
        )
        for own in found
    ]


def _pace(part):
    """Twice the usual time between two samples [s]: a longer pause is a rest that the file does not show."""
    return 2 * float(np.median(np.diff(part.time))) if len(part) > 1 else 0.0


def _half_cycle(time, begin, voltage, current, area, at):
    since, own = time - begin, voltage * np.sign(current)
    # It ends, as it begins, halfway between two samples.
    density, duration = current / area, float(since[-1] + np.median(np.diff(time)) / 2)
    settled = since >= BEGINNING * duration
    resistance = own / abs(density)
    near = np.argsort(np.abs(since - at), kind="stable")[: max(5, len(since) // 40)]
    pieces = np.array_split(np.flatnonzero(settled), SEGMENTS)
    levels = np.array([np.log(max(np.median(own[rows]), FLOOR) / abs(density)) for rows in pieces])
    blocks = np.array_split(np.flatnonzero(settled), min(BLOCKS, max(settled.sum() // 3, 2)))
    middle = np.log([max(np.median(own[rows]), FLOOR) for rows in blocks])
    # A running median follows what rises or falls steadily, however fast, and leaves what jumps to and fro.
    course = median_filter(own, 5, mode="nearest")[settled]
    rough = own[settled] - course
    second, deepest = np.sort(-rough / np.maximum(np.abs(course), FLOOR))[-2:]
    thin = np.flatnonzero(settled)[:: max(1, settled.sum() // 100)]
    last = max(3, len(since) // 20)
    return HalfCycle(
        begin=float(begin),
        duration=duration,
        current_density=float(density),
        charge=abs(float(density)) * duration,
        initial=float(np.median(own[settled][:last])),
        final=float(np.median(own[-last:])),
        resistance=float(np.median(resistance[near])),
        slope=float(theilslopes(resistance[thin], since[thin])[0]),
        levels=levels,
        drop=float(-np.diff(middle).min()),
        dip=float(second),
        spike=float(deepest - max(second, 0)),
        flicker=float(np.quantile(np.abs(rough), 0.9)),
    )
