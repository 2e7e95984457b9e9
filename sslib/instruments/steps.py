"""The steps of a program in a time series: where a current or a voltage was held, and which samples belong to it."""

from dataclasses import dataclass

import numpy as np

from sslib.checks import check_positive
from sslib.formatting import number
from sslib.instruments.series import TimeSeries

OFF = 0.02
"""By this share of the largest current a sample may lie off the current that is held."""
OFF_VOLTAGE = 1e-3
"""By so much a sample may lie off the voltage that is held [V]."""
OPEN = 1e-3
"""Below this share of the largest current no current flows."""
SETTLED = 0.9
"""Share of a step's samples that has to lie where the step is held."""
CAUGHT = 5
"""So many samples in a row may be taken while the held quantity still moves; more of them are a step of their own."""


@dataclass(frozen=True, eq=False)
class Step:
    """Samples of one step of a program.

    Attributes
    ----------
    control : str
        What is held: "current" or "voltage". A step in which no current flows (below 0.1 % of the largest) is a rest:
        a current held at zero.
    held : float
        Its median over the step [A] or [V].
    begin : float
        When the step began [s], on the clock of the series: halfway between two samples, the first sample's time for
        the first step.
    time, voltage, current : numpy.ndarray
        [s], [V], [A], shape (n,).
    """

    control: str
    held: float
    begin: float
    time: np.ndarray
    voltage: np.ndarray
    current: np.ndarray

    def __len__(self):
        return len(self.time)

    def __repr__(self):
        unit = {"current": "A", "voltage": "V"}[self.control]
        return f"<Step: {self.control} {self.held:.4g} {unit} from {self.begin:.6g} s, {len(self)} samples>"

    @property
    def since(self):
        """Time since the step began [s]."""
        return self.time - self.begin

    @property
    def duration(self):
        """Time from the beginning of the step to its last sample [s]."""
        return float(self.time[-1] - self.begin)


class Steps(tuple):
    """A tuple of `Step`, with `notes` on what was left out or assumed (tuple of str)."""

    notes: tuple[str, ...]

    def __new__(cls, steps, notes=()):
        made = super().__new__(cls, steps)
        made.notes = tuple(notes)
        return made


def steps(series, control, *, smallest=None):
    """The steps of a time series, cut where its program goes on or the held quantity jumps.

    Where the file numbers the steps of its program it is cut there; and where the quantity that is held jumps and
    stays. Samples that were taken while it still moved are left out, with a note.

    Parameters
    ----------
    series : TimeSeries
    control : str
        What the program holds in the steps that matter: "current" or "voltage". A step that holds the other (a rest in
        a program of voltages, a constant voltage after a constant current) is a `Step` of the other kind.
    smallest : float, optional
        The smallest jump that counts [A] or [V], and how far a sample may lie off the value that is held; 2 % of the
        largest current, or 1 mV, if not given.

    Returns
    -------
    Steps
        Each with at least one sample, in the order of time.

    Raises
    ------
    TypeError
        If `series` is not a TimeSeries (a path, say).
    ValueError
        If neither the current nor the voltage is constant between two jumps.

    Examples
    --------
    >>> series = TimeSeries([0, 1, 2, 3, 4, 5], [3.7, 3.7, 3.6, 3.5, 3.65, 3.68], [0, 0, -1e-3, -1e-3, 0, 0])
    >>> [step.held for step in steps(series, "current")]
    [0.0, -0.001, 0.0]
    """
    if not isinstance(series, TimeSeries):
        raise TypeError(f"series is {series!r}; a TimeSeries goes here, such as read_time_series gives of a file")
    if control not in ("current", "voltage"):
        raise ValueError(f"control is {control!r}; it must be 'current' or 'voltage'")
    if smallest is not None:
        check_positive(smallest=smallest)
    largest = np.abs(series.current).max()
    allowed = {"current": OFF * largest, "voltage": OFF_VOLTAGE}
    if smallest is not None:
        allowed[control] = smallest
    open_below = OPEN * largest
    cuts = _cuts(series, control, allowed[control], open_below)
    found, notes = [], []
    dropped = 0
    for rows in np.split(np.arange(len(series)), cuts + 1):
        step, settled = _step(series, rows, control, allowed, open_below)
        found.append(step)
        dropped += int((~settled).sum())
    if dropped:
        noun = "a current" if control == "current" else "a voltage"
        notes.append(f"{dropped} samples are left out: taken while {noun} was not yet what their step holds")
    gap = (series.time[cuts + 1] - series.time[cuts]).max(initial=0.0)
    if gap:
        apart = f"{number(gap, 2)} s" if gap >= 1 else f"{number(1e3 * gap, 2)} ms"
        notes.append(f"a step begins halfway between two samples, which are up to {apart} apart")
    return Steps(found, notes)


def _step(series, rows, control, allowed, open_below):
    """The step of some rows, and which of them are settled."""
    other = {"current": "voltage", "voltage": "current"}[control]
    is_rest = (np.abs(series.current[rows]) <= open_below).all()
    for quantity in ("current",) if is_rest else (control, other):
        values = getattr(series, quantity)[rows]
        held = float(np.median(values))
        settled = np.abs(values - held) <= allowed[quantity]
        # Of a step of a few samples one may be caught half way.
        if (~settled).sum() <= max((1 - SETTLED) * len(rows), 1 if len(rows) > 2 else 0):
            break
    else:
        held = float(np.median(getattr(series, control)[rows]))
        off = (np.abs(getattr(series, control)[rows] - held) > allowed[control]).sum()
        unit = {"current": "A", "voltage": "V"}[control]
        begin, end = series.time[rows[0]], series.time[rows[-1]]
        raise ValueError(
            f"from {begin:.6g} s to {end:.6g} s {off} of {len(rows)} samples lie more than {allowed[control]:.2g} "
            f"{unit} off the {control} of their step, {held:.4g} {unit}: the {control} is not constant between jumps, "
            f"and neither is the {other}"
        )
    first = rows[0]
    begin = series.time[first] if first == 0 else (series.time[first - 1] + series.time[first]) / 2
    kept = rows[settled]
    return Step(quantity, held, float(begin), series.time[kept], series.voltage[kept], series.current[kept]), settled


def _cuts(series, control, allowed, open_below):
    """Numbers of the samples after which a step ends."""
    values = getattr(series, control)
    own = _jumps(values, allowed)
    if control == "voltage":
        # An open circuit drifts, it does not jump.
        is_open = np.abs(series.current) <= open_below
        own = own[~(is_open[own] & is_open[own + 1])]
    if series.step is None:
        return own
    numbered = np.flatnonzero(np.diff(series.step))
    if len(numbered) > len(series) / 2:
        return own
    if len(numbered):
        nearest = np.abs(own[:, None] - numbered).min(axis=1)
        own = own[nearest > CAUGHT]
    return np.union1d(numbered, own).astype(int)


def _jumps(values, allowed):
    """Numbers of the samples after which a held quantity jumps and stays."""
    moves = np.diff(values)
    moved = np.abs(moves) > allowed
    # A value caught half way moves twice in one direction: the step begins with the first of the two.
    goes_on = moved[1:] & moved[:-1] & (np.sign(moves[1:]) == np.sign(moves[:-1]))
    return np.flatnonzero(moved & ~np.concatenate([[False], goes_on])[: len(moved)])
