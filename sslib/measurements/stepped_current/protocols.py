"""What a program of currents would find: on one cell at several lengths of its half-cycles, and on many cells."""

from dataclasses import dataclass, replace

import numpy as np

from sslib.checks import check_positive
from sslib.measurements.stepped_current.evaluation import critical_current
from sslib.measurements.stepped_current.model import Protocol, SymmetricCell, simulate_stepped


@dataclass(frozen=True, eq=False)
class Rehearsal:
    """What a program finds on simulated cells whose failure is known.

    Attributes
    ----------
    true : numpy.ndarray
        Current density at which each fails [A/m2]; infinite for one that never does.
    low, high : numpy.ndarray
        Found [A/m2]; infinite for an open end.
    failure : tuple of str
        First failure found.
    """

    true: np.ndarray
    low: np.ndarray
    high: np.ndarray
    failure: tuple

    @property
    def holds(self):
        """Whether each interval holds the truth."""
        # A filament bridges at a current of the program itself, which is the upper end.
        return (self.low < self.true) & (self.true <= self.high * (1 + 1e-9))


def rehearse(protocol, failure, count, *, cell=None, noise=20e-6, limit=None, seed=0, **settings):
    """Evaluate simulated cells of which each fails in one known way, at a current drawn for it.

    Parameters
    ----------
    protocol : Protocol
    failure : {"none", "slope", "collapse"}
        For a slope the stripping limit is drawn evenly between the fourth and the last current, and is what is to be
        found. For a collapse the plating limit is, and the current at which a filament did bridge is to be found.
    count : int
        Of cells.
    cell : SymmetricCell, optional
        What they have in common; its limits are replaced.
    noise, limit : float
        As for `simulate_stepped`.
    seed : int
    **settings
        As for `critical_current`.

    Returns
    -------
    Rehearsal

    Raises
    ------
    ValueError
        For a failure of another name.

    Examples
    --------
    Three cells that short, in half-cycles of an hour up to 1 mA/cm2:

    >>> from sslib.units import hour, mA_cm2
    >>> program = Protocol(tuple(0.1 * n * mA_cm2 for n in range(1, 11)), time=1 * hour, samples=40)
    >>> rehearse(program, "collapse", 3).holds.tolist()
    [True, True, True]
    """
    if failure not in ("none", "slope", "collapse"):
        raise ValueError(f"failure is {failure!r}; it must be 'none', 'slope' or 'collapse'")
    cell = SymmetricCell() if cell is None else cell
    currents = np.asarray(protocol.currents, dtype=float)
    rng = np.random.default_rng(seed)
    rows = []
    for drawn in rng.uniform(currents[min(3, len(currents) - 1)], currents[-1], count):
        own = replace(
            cell,
            stripping_limit=drawn if failure == "slope" else np.inf,
            plating_limit=drawn if failure == "collapse" else np.inf,
            temperature_period=cell.temperature_period * rng.uniform(0.6, 1.8),
        )
        record = simulate_stepped(own, protocol, noise=noise, limit=limit, seed=int(rng.integers(2**32)))
        found = critical_current(record.series, limit=limit, **settings)
        true = {"none": None, "slope": drawn, "collapse": record.short_current}[failure]
        low, high = found.interval(None if failure == "none" else failure)
        rows.append((*(np.inf if end is None else end for end in (true, low, high)), found.failure))
    true, low, high, failures = zip(*rows, strict=True)
    return Rehearsal(np.array(true), np.array(low), np.array(high), failures)


def by_protocol(cell, currents, held, lengths, *, seed=0, samples=60, **settings):
    """The critical current of one simulated cell against the length of its half-cycles.

    Parameters
    ----------
    cell : SymmetricCell
    currents : array_like
        Rising [A/m2].
    held : {"time", "charge"}
        What all half-cycles of a program have in common.
    lengths : array_like
        Of half-cycles [s] or [C/m2], one program each.
    seed, samples, **settings
        As for `simulate_stepped`, `Protocol` and `critical_current`.

    Returns
    -------
    tuple of CriticalCurrent
        One for each length.

    Raises
    ------
    ValueError
        For something else to be held, and lengths that are not positive.

    Notes
    -----
    What holds for the simulated cell (`SymmetricCell`), whose laws are assumed.

    Examples
    --------
    Half-cycles of six minutes leave no time for a loss of contact to show: what is found is the short.

    >>> from sslib.units import hour, mA_cm2
    >>> currents = [0.1 * n * mA_cm2 for n in range(1, 21)]
    >>> [found.failure for found in by_protocol(SymmetricCell(), currents, "time", [0.1 * hour, 1 * hour])]
    ['collapse', 'slope']
    """
    if held not in ("time", "charge"):
        raise ValueError(f"held is {held!r}; it must be 'time' or 'charge'")
    lengths = np.atleast_1d(np.asarray(lengths, dtype=float))
    check_positive(lengths=lengths)
    programs = (Protocol(tuple(currents), **{held: length}, samples=samples) for length in lengths)
    return tuple(critical_current(simulate_stepped(cell, one, seed=seed).series, **settings) for one in programs)
