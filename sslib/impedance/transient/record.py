"""A measured answer to steps of the current: which samples count, and when the current jumped."""

from dataclasses import dataclass

import numpy as np

from sslib.checks import check_between, check_positive
from sslib.impedance.transient.poles import steps_checked
from sslib.instruments import TimeSeries, steps

OFF = 0.02
"""By this share of the largest current a sample may lie off the current of its step."""


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

    They are cut by `sslib.instruments.steps`; a step's current is its median, and two steps of one current are one. A
    jump is put halfway between the last sample of one step and the first of the next.

    Parameters
    ----------
    series : TimeSeries
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
    check_between(1e-6, 0.5, off=off)
    check_between(0, np.inf, settling=settling)
    if not isinstance(series, TimeSeries):
        raise TypeError(f"series is {series!r}; a TimeSeries goes here, such as read_time_series gives of a file")
    largest = np.abs(series.current).max()
    if not largest:
        raise ValueError("the current is 0 A throughout: there is no pulse to evaluate")
    allowed = off * largest
    program = steps(series, "current", smallest=allowed)
    for step in program:
        if step.control != "current":
            raise ValueError(
                f"from {step.begin:.6g} s on a voltage is held, {step.held:.4g} V: the current is not constant between "
                "jumps"
            )
    held = np.array([step.held for step in program])
    is_jump = np.append(False, np.abs(np.diff(held)) > allowed)
    if not is_jump.any():
        raise ValueError(f"the current never leaves its {series.current[0]:.3g} A: there is no pulse to evaluate")
    if np.abs(held[0]) > allowed:
        raise ValueError(
            f"the record begins with {held[0]:.3g} A, not at rest: what the current did before counts, too"
        )
    notes = list(program.notes)
    edges = np.array([step.begin for step in program])[is_jump]
    flowing = np.append(held[0], held[is_jump])
    if held[0]:
        notes.append(f"at rest the file has {held[0]:.2g} A, which is taken off")
    time, voltage, current = (
        np.concatenate([getattr(step, name) for step in program]) for name in ("time", "voltage", "current")
    )
    number = np.searchsorted(edges, time, side="right")
    since = time - np.append(-np.inf, edges)[number]
    if (since < settling).any():
        notes.append(f"{(since < settling).sum()} samples within {1e3 * settling:.3g} ms after a jump are left out")
    # Two samples at one time are the end of a step and the beginning of the next: neither is a time after the jump.
    kept = (since >= settling) & (since > 0)
    if (since == 0).any():
        notes.append(
            f"{(since == 0).sum()} samples at the very time of a jump are left out: on which side is not known"
        )
    rows = np.flatnonzero(kept)
    again = rows[1:][np.diff(time[rows]) == 0]
    if len(again):
        notes.append(f"{len(again)} samples at the time of the one before are left out")
        kept[again] = False
    off_held = np.abs(current - flowing[number])[kept].max()
    if off_held > allowed / 10:
        share = 100 * off_held / largest
        notes.append(
            f"the current is taken as that of its step, off which it lies by up to {share:.2g} % of the largest"
        )
    return PulseRecord(time[kept], voltage[kept], edges, flowing[1:] - flowing[0], tuple(notes))


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
