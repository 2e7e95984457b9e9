"""A measured answer to steps of the current: which samples count, and when the current jumped."""

from dataclasses import dataclass

import numpy as np

from sslib.checks import check_between, check_positive
from sslib.impedance.transient.poles import steps_checked

OFF = 0.02
"""By this share of the largest current a sample may lie off the plateau of its step."""


@dataclass(frozen=True, eq=False)
class PulseRecord:
    """Voltage at samples of a current that is constant between jumps, from rest.

    Attributes
    ----------
    time, voltage : numpy.ndarray
        Samples [s], [V], ascending.
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
        if not np.isfinite(voltage).all():
            raise ValueError("the voltage is not finite at every sample")
        for name, values in (("time", time), ("voltage", voltage), ("edges", edges), ("current", current)):
            object.__setattr__(self, name, values)
        if not (time > edges[0]).any():
            raise ValueError(f"no sample lies after the first jump, at {edges[0]:g} s")

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
            raise ValueError(f"number is {number}; this record has {len(self.edges)} jumps")
        end = np.append(self.edges, np.inf)[number]
        kept = self.time < end
        return PulseRecord(self.time[kept], self.voltage[kept], self.edges[:number], self.current[:number], self.notes)


def pulse_record(series, off=OFF, settling=0.0):
    """The steps of a time series that begins at rest.

    Where the file numbers the steps of its program these are taken, else the current's jumps. A step's current is its
    median. The jump is put halfway between the last sample of one step and the first of the next.

    Parameters
    ----------
    series : TimeSeries
        Or anything with its ``time`` [s], ``voltage`` [V], ``current`` [A] and ``step``.
    off : float
        Share of the largest current [1] by which a sample may lie off the current of its step. What lies further off
        was taken while the current still changed: it is left out, with a note.
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
    check_between(1e-6, 0.5, off=off)
    check_between(0, np.inf, settling=settling)
    time, voltage, current = series.time, series.voltage, series.current
    allowed = off * np.abs(current).max()
    jumps = np.flatnonzero(_breaks(series, allowed))
    if not len(jumps):
        raise ValueError(f"the current never leaves its {current[0]:.3g} A: there is no pulse to evaluate")
    pieces = np.split(np.arange(len(time)), jumps + 1)
    plateaus = np.array([np.median(current[piece]) for piece in pieces])
    if np.abs(plateaus[0]) > allowed:
        raise ValueError(
            f"the record begins with {plateaus[0]:.3g} A, not at rest: what the current did before counts, too"
        )
    settled = np.abs(current - np.repeat(plateaus, [len(piece) for piece in pieces])) <= allowed
    if settled.mean() < 0.9:
        raise ValueError(
            f"{(~settled).sum()} of {len(settled)} samples lie more than {100 * off:.2g} % of the largest current off "
            "their step: the current is not constant between jumps"
        )
    edges = (time[jumps] + time[jumps + 1]) / 2
    notes = []
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
    kept = settled & (since >= settling)
    kept &= np.concatenate([[True], np.diff(time) > 0])
    real = np.abs(np.diff(plateaus)) > allowed
    return PulseRecord(time[kept], voltage[kept], edges[real], plateaus[1:][real] - plateaus[0], tuple(notes))


def _breaks(series, allowed):
    """Between which samples a new step begins: as the file numbers them, or where the current jumps and stays."""
    if series.step is not None:
        return np.diff(series.step) != 0
    moved = np.abs(np.diff(series.current)) > allowed
    # A current caught half way moves twice: the step begins with the first of the two.
    return moved & ~np.concatenate([[False], moved[:-1]])


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
