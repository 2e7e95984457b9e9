"""A measured answer to steps of the current: which samples count, and when the current jumped."""

from dataclasses import dataclass

import numpy as np

from sslib.checks import check_between, check_positive
from sslib.impedance.transient.poles import steps_checked

OFF = 0.02
"""By this share of the largest current a sample may lie off the plateau of its step."""
SETTLED = 0.9
"""Share of the samples that has to lie on its plateau: else the steps are not those of the current."""
CAUGHT = 5
"""So many samples in a row may be taken while the current still changes; more of them are a step of their own."""


@dataclass(frozen=True, eq=False)
class PulseRecord:
    """Voltage at samples of a current that is constant between jumps, from rest.

    Attributes
    ----------
    time, voltage : numpy.ndarray
        Samples [s], [V], ascending, none at the very time of a jump.
    edges, current : numpy.ndarray
        When the current jumped [s], and its value from there on [A]; that at rest is taken off.
    notes : tuple of str
        What was left out or assumed.
    """

    time: np.ndarray
    voltage: np.ndarray
    edges: np.ndarray
    current: np.ndarray
    notes: tuple[str, ...] = ()

    def __post_init__(self):
        edges, current = steps_checked(self.edges, self.current)
        time, voltage = np.asarray(self.time, dtype=float), np.asarray(self.voltage, dtype=float)
        if time.ndim != 1 or time.shape != voltage.shape or len(time) < 2 or (np.diff(time) <= 0).any():
            raise ValueError(
                f"time has shape {time.shape} and voltage {voltage.shape}; both are one row of samples, time ascending"
            )
        if not (np.isfinite(time).all() and np.isfinite(voltage).all()):
            raise ValueError("time and voltage have to be finite at every sample")
        if not current.any():
            raise ValueError(f"the current is 0 A after each of {len(edges)} jumps: there is no pulse to evaluate")
        for name, values in (("time", time), ("voltage", voltage), ("edges", edges), ("current", current)):
            object.__setattr__(self, name, values)
        if not (time > edges[0]).any():
            raise ValueError(f"no sample lies after the first jump, at {edges[0]:g} s")
        at_once = np.isin(time, edges)
        if at_once.any():
            raise ValueError(
                f"a sample lies at the very time of a jump, {time[at_once][0]:g} s; on which side of it is not known"
            )

    def __len__(self):
        return len(self.time)

    @property
    def jump(self):
        """Number of the last jump before each sample, counted from 0; -1 before the first."""
        return np.searchsorted(self.edges, self.time, side="right") - 1

    @property
    def since(self):
        """Time of each sample since that jump [s], negative before the first."""
        return self.time - self.edges[np.maximum(self.jump, 0)]

    @property
    def rest(self):
        """Voltage before the first jump, as the median of the samples there [V]; NaN where there is none."""
        before = self.voltage[self.jump < 0]
        return float(np.median(before)) if len(before) else np.nan

    @property
    def span(self):
        """Shortest and longest time [s] since a jump at which a sample was taken."""
        after = self.since[self.since > 0]
        return float(after.min()), float(after.max())

    @property
    def band(self):
        """Frequencies [Hz] at which these times lie: 1/(2 pi t), lowest first."""
        shortest, longest = self.span
        return 1 / (2 * np.pi * longest), 1 / (2 * np.pi * shortest)

    def part(self, number):
        """The record of the first so many jumps alone, up to the next."""
        if not 1 <= number <= len(self.edges):
            raise ValueError(f"{number} jumps are asked for; this record has {len(self.edges)}")
        end = np.append(self.edges, np.inf)[number]
        kept = self.time < end
        return PulseRecord(self.time[kept], self.voltage[kept], self.edges[:number], self.current[:number], self.notes)


def pulse_record(series, off=OFF, settling=0.0):
    """The steps of a time series that begins at rest.

    Where the file numbers the steps of its program and the current follows them these are taken, else the current's
    jumps. A step's current is its median. The jump is put halfway between the last sample of one step and the first of
    the next.

    Parameters
    ----------
    series : TimeSeries
        Or anything with its ``time`` [s], ``voltage`` [V], ``current`` [A] and ``step``.
    off : float
        Share of the largest current [1] by which a sample may lie off the current of its step. What lies further off
        was taken while the current still changed: it is left out, with a note. A jump smaller than that is none.
    settling : float
        Samples within so many seconds after a jump are left out, too [s].

    Returns
    -------
    PulseRecord

    Raises
    ------
    ValueError
        If the current never jumps, does not begin at rest, or is not constant between jumps.
    """
    if not hasattr(series, "current"):
        raise TypeError(f"series is {series!r}; a TimeSeries goes here, such as read_time_series gives of a file")
    check_between(1e-6, 0.5, off=off)
    check_between(0, np.inf, settling=settling)
    time, voltage, current = series.time, series.voltage, series.current
    allowed = off * np.abs(current).max()
    notes = []
    jumps = _jumps(current, allowed)
    numbered = np.flatnonzero(np.diff(series.step)) if series.step is not None else []
    if len(numbered):
        settled = _settled(current, numbered, allowed)
        if settled.mean() >= SETTLED and _longest(~settled) <= CAUGHT:
            jumps = numbered
        else:
            notes.append("the file's numbers of steps do not follow the current: the current's own jumps are taken")
    plateaus = _plateaus(current, jumps)
    real = np.abs(np.diff(plateaus)) > allowed
    if not real.any():
        raise ValueError(f"the current never leaves its {current[0]:.3g} A: there is no pulse to evaluate")
    if np.abs(plateaus[0]) > allowed:
        raise ValueError(
            f"the record begins with {plateaus[0]:.3g} A, not at rest: what the current did before counts, too"
        )
    settled = _settled(current, jumps, allowed)
    if settled.mean() < SETTLED:
        raise ValueError(
            f"{(~settled).sum()} of {len(settled)} samples lie more than {100 * off:.2g} % of the largest current off "
            "their step: the current is not constant between jumps"
        )
    jumps, held = jumps[real], np.concatenate([plateaus[:1], plateaus[1:][real]])
    edges = (time[jumps] + time[jumps + 1]) / 2
    if (~settled).any():
        notes.append(
            f"{(~settled).sum()} samples are left out: their current lies off that of their step by more than "
            f"{100 * off:.2g} % of the largest"
        )
    gap = (time[jumps + 1] - time[jumps]).max()
    notes.append(f"a jump is put halfway between two samples, which are up to {1e3 * gap:.2g} ms apart")
    if plateaus[0]:
        notes.append(f"at rest the file has {plateaus[0]:.2g} A, which is taken off")
    number = np.searchsorted(edges, time, side="right")
    since = time - np.concatenate([[-np.inf], edges])[number]
    if (since < settling).any():
        notes.append(f"{(since < settling).sum()} samples within {1e3 * settling:.3g} ms after a jump are left out")
    # Two samples at one time are the end of a step and the beginning of the next: neither is a time after the jump.
    kept = settled & (since >= settling) & (since > 0)
    if (since == 0).any():
        notes.append(
            f"{(since == 0).sum()} samples at the very time of a jump are left out: on which side is not known"
        )
    rows = np.flatnonzero(kept)
    again = rows[1:][np.diff(time[rows]) == 0]
    if len(again):
        notes.append(f"{len(again)} samples at the time of the one before are left out")
        kept[again] = False
    off_held = np.abs(current - held[number])[kept].max()
    if off_held > allowed / 10:
        share = 100 * off_held / np.abs(current).max()
        notes.append(
            f"the current is taken as that of its step, off which it lies by up to {share:.2g} % of the largest"
        )
    return PulseRecord(time[kept], voltage[kept], edges, held[1:] - held[0], tuple(notes))


def _jumps(current, allowed):
    """Numbers of the samples after which the current jumps and stays."""
    moves = np.diff(current)
    moved = np.abs(moves) > allowed
    # A current caught half way moves twice in one direction: the step begins with the first of the two.
    goes_on = moved[1:] & moved[:-1] & (np.sign(moves[1:]) == np.sign(moves[:-1]))
    return np.flatnonzero(moved & ~np.concatenate([[False], goes_on])[: len(moved)])


def _plateaus(current, jumps):
    """Median current [A] of each step."""
    return np.array([np.median(piece) for piece in np.split(current, jumps + 1)])


def _settled(current, jumps, allowed):
    """Which samples lie on the plateau of their step."""
    step = np.searchsorted(jumps, np.arange(len(current)))
    return np.abs(current - _plateaus(current, jumps)[step]) <= allowed


def _longest(flags):
    """Length of the longest row of true ones."""
    return max(int(part.sum()) for part in np.split(flags, np.flatnonzero(np.diff(flags)) + 1))


def simulate_pulses(poles, lengths, current, *, shortest, rest=0.0, noise=0.0, points=40, voltage=0.0, seed=0):
    """Pulses of either sign one after another, as a cell of this impedance would answer (PulseRecord).

    Parameters
    ----------
    poles : PoleImpedance
    lengths : sequence of float
        Of the pulses [s]; each is given with a positive and then with a negative current.
    current : float
        [A]
    shortest : float
        Time of the first sample after a jump [s]; from there on they are spaced evenly in the logarithm.
    rest : float
        Time at rest after the last pulse [s].
    noise : float
        Standard deviation of a sample [V].
    points : int
        Samples in a decade of time.
    voltage : float
        At rest [V].
    seed : int
        Of the noise.

    Examples
    --------
    >>> import numpy as np
    >>> from sslib.impedance import PoleImpedance
    >>> ohm = PoleImpedance(1.0, 0.0, 0.0, np.zeros(0), np.zeros(0))
    >>> simulate_pulses(ohm, [1.0], 2.0, shortest=0.1, points=1).voltage
    array([ 0.,  2.,  2., -2., -2.])
    """
    lengths = np.atleast_1d(np.asarray(lengths, dtype=float))
    if lengths.ndim != 1 or not len(lengths):
        raise ValueError(f"lengths has shape {lengths.shape}; it must be one row of at least one")
    check_positive(lengths=lengths, current=current, shortest=shortest, points=points)
    check_between(0, np.inf, rest=rest, noise=noise)
    spans = np.append(np.repeat(lengths, 2), rest if rest else [])
    if spans.min() <= shortest:
        raise ValueError(f"a pulse or rest of {spans.min():g} s is no longer than the first sample, {shortest:g} s")
    edges = np.concatenate([[0.0], np.cumsum(spans)])[: len(spans)]
    flowing = np.append(np.tile([current, -current], len(lengths)), 0.0 if rest else [])
    # A sample at rest before, and the last of a step just short of the next jump.
    time = [[-float(shortest)]]
    for edge, span in zip(edges, spans, strict=True):
        count = int(np.ceil(points * np.log10(span / shortest))) + 1
        time.append(edge + np.geomspace(shortest, span - shortest / 2, max(count, 2)))
    time = np.concatenate(time)
    answer = voltage + poles.after_steps(time, edges, flowing)
    return PulseRecord(time, answer + noise * np.random.default_rng(seed).standard_normal(len(time)), edges, flowing)
