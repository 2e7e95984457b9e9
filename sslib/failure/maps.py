"""The map: probability of failure over two conditions, by mechanism, and which of them is crossed first."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from sslib.checks import check_positive
from sslib.failure.conditions import Conditions
from sslib.failure.counting import Grid, count
from sslib.failure.lines import safe_interval, severity
from sslib.failure.mechanisms import FULL_CELL, MECHANISMS
from sslib.units import hour

CONTOURS = (0.05, 0.25, 0.50, 0.75, 0.95)
"""Probabilities of failure at which the bands of a map are drawn."""

BLOCK = 2**17
"""Draws times columns that are worked on at once: small enough for a processor's cache."""

DRAWS_WITH_CURRENT, DRAWS_WITHOUT = 20_000, 500
"""Draws where the current density is an axis, and where it is not."""


@dataclass(frozen=True, eq=False)
class FailureMap:
    """What `failure_map` gives. All maps have the shape (len(y), len(x)).

    Attributes
    ----------
    x_name, y_name : str
        Conditions on the axes; the current density is y where it is one of them.
    x, y : numpy.ndarray
        [SI]
    probability : numpy.ndarray
        Of failure by any of the mechanisms [1].
    by_mechanism : dict of str to numpy.ndarray
        Probability that this mechanism is beyond its onset [1]; these overlap.
    first : dict of str to numpy.ndarray
        Probability of having failed, by the mechanism that is crossed first as the current rises [1]; these add up to
        ``probability``.
    extrapolated : dict of str to numpy.ndarray
        Where a mechanism's law is used beyond what it was established for.
    conditions : Conditions
    cell : str
    draws, seed : int
    """

    x_name: str
    y_name: str
    x: np.ndarray
    y: np.ndarray
    probability: np.ndarray
    by_mechanism: dict
    first: dict
    extrapolated: dict
    conditions: Conditions = field(repr=False)
    cell: str
    draws: int
    seed: int

    @property
    def mechanisms(self):
        """Names in the order in which ties are named."""
        return tuple(self.by_mechanism)

    def leading(self):
        """Index into `mechanisms` of the most probable first one at each point; -1 where nothing fails."""
        stack = np.stack(list(self.first.values()))
        return np.where(self.probability > 0, stack.argmax(axis=0), -1)

    def leading_extrapolated(self):
        """Where the leading mechanism's law is extrapolated: to be hatched."""
        leading, outside = self.leading(), np.stack(list(self.extrapolated.values()))
        return np.take_along_axis(outside, np.maximum(leading, 0)[None], axis=0)[0] & (leading >= 0)

    def contour(self, level):
        """Lowest y at which the probability of failure reaches a level, by column [SI]; NaN where it does not.

        Linear between points of the grid; where the first point is at the level or above, it is the first point.
        """
        reached = self.probability >= level
        upper = reached.argmax(axis=0)
        column = np.arange(len(self.x))
        before = np.maximum(upper - 1, 0)
        p0, p1 = self.probability[before, column], self.probability[upper, column]
        share = np.where(upper > 0, (level - p0) / np.where(p1 > p0, p1 - p0, 1), 1.0)
        value = self.y[before] + share * (self.y[upper] - self.y[before])
        return np.where(reached.any(axis=0), value, np.nan)


def severities(conditions, parameters, mechanisms=(*FULL_CELL, "phase_change"), values=None):
    """Severity [1] of each mechanism, 1 at its onset: load over capacity.

    Parameters
    ----------
    conditions : Conditions
        Numbers, or arrays that broadcast.
    parameters : Parameters
    mechanisms : sequence of str
    values : dict of str to array_like, optional
        Values of the parameters, such as ``parameters.draws(500)``, that broadcast with the conditions; the medians
        if left out.

    Returns
    -------
    dict of str to numpy.ndarray

    Examples
    --------
    Voids at 0.25 mA/cm2 and 1 MPa, where a cell failed:

    >>> from sslib.failure import cell_parameters
    >>> from sslib.units import MPa, mA_cm2
    >>> at = Conditions(current_density=0.25 * mA_cm2, stack_pressure=1 * MPa)
    >>> round(float(severities(at, cell_parameters("LPSCl"), ["voids"])["voids"]), 1)
    7.5
    """
    chosen = chosen_mechanisms(parameters, mechanisms, relative=True)
    values = parameters.medians() if values is None else values
    current, hours = conditions.current_density, conditions.hours
    return {one.name: severity(one.lines(conditions, values), current, hours) for one in chosen}


def thresholds(conditions, parameters, mechanisms=FULL_CELL, values=None):
    """Currents [A/m2] between which each mechanism stays below its onset, as ``{name: (low, high)}``.

    ``low`` is None where a time is given: then no current is too low. Parameters as for `severities`; the current
    density of the conditions does not matter.
    """
    chosen = chosen_mechanisms(parameters, mechanisms, relative=True)
    values = parameters.medians() if values is None else values
    return {one.name: _interval(one, conditions, values) for one in chosen}


def failure_map(conditions, parameters, mechanisms=FULL_CELL, *, draws=None, seed=0, executor=None):
    """Probability of failure over two conditions (FailureMap).

    Parameters
    ----------
    conditions : Conditions
        Two of them one-dimensional arrays that rise: these are the axes. The others are numbers.
    parameters : Parameters
    mechanisms : sequence of str
        Those that count; a relative one has no onset and is refused.
    draws : int, optional
        Of the parameters; 20,000 where the current density is an axis and 500 elsewhere.
    seed : int
    executor : concurrent.futures.Executor, optional
        Threads; two of its own if left out. The result does not depend on it.

    Notes
    -----
    A mechanism fails where its severity is 1 or more. With the current density as an axis, each draw and column costs
    one threshold per mechanism and is counted in histograms, equal to brute force to the bit; with other axes every
    point is a column of its own.

    Examples
    --------
    >>> from sslib.failure import LITHIUM_SIDE, cell_parameters
    >>> from sslib.units import MPa, mA_cm2
    >>> at = Conditions(np.geomspace(0.01, 10, 40) * mA_cm2, np.linspace(1, 20, 20) * MPa)
    >>> found = failure_map(at, cell_parameters("LPSCl"), LITHIUM_SIDE, draws=200)
    >>> found.y_name, found.x_name, found.probability.shape
    ('current_density', 'stack_pressure', (40, 20))
    """
    chosen = chosen_mechanisms(parameters, mechanisms)
    y_name, x_name = _axes(conditions)
    x, y = getattr(conditions, x_name), getattr(conditions, y_name)
    by_current = y_name == "current_density"
    if draws is None:
        draws = DRAWS_WITH_CURRENT if by_current else DRAWS_WITHOUT
    check_positive(draws=draws)
    values = parameters.draws(draws, seed, sorted({name for one in chosen for name in one.parameters}))
    if by_current:
        grid, columns = Grid(y), {x_name: x}
    else:
        grid = Grid([conditions.current_density])
        columns = {x_name: np.tile(x, len(y)), y_name: np.repeat(y, len(x))}
    failing, first = _counts(conditions, columns, grid, chosen, values, draws, executor)
    shape = (len(chosen), len(y), len(x))
    arranged = [(part.transpose(0, 2, 1) if by_current else part[..., 0]).reshape(shape) for part in (failing, first)]
    plane = conditions.at(**{x_name: x[None, :], y_name: y[:, None]})
    names = [one.name for one in chosen]
    return FailureMap(
        x_name=x_name,
        y_name=y_name,
        x=x,
        y=y,
        probability=arranged[1].sum(axis=0) / draws,
        by_mechanism=dict(zip(names, arranged[0] / draws, strict=True)),
        first=dict(zip(names, arranged[1] / draws, strict=True)),
        extrapolated={one.name: np.broadcast_to(one.extrapolated(plane), shape[1:]) for one in chosen},
        conditions=conditions,
        cell=parameters.cell,
        draws=draws,
        seed=seed,
    )


def chosen_mechanisms(parameters, names, relative=False):
    """The named mechanisms in the order in which ties are named, after a check that the parameters suffice."""
    for name in names:
        if name not in MECHANISMS:
            raise ValueError(f"there is no mechanism {name!r}; there are {', '.join(MECHANISMS)}")
        if MECHANISMS[name].relative and not relative:
            raise ValueError(f"{name} has no known onset: it is relative and never counts as a failure")
        parameters.require(MECHANISMS[name].parameters, name)
    chosen = [one for name, one in MECHANISMS.items() if name in names]
    if not chosen:
        raise ValueError("no mechanism is named; a map needs at least one")
    return chosen


def _axes(conditions):
    """Names of y and x: the current density first where it is an axis."""
    names = conditions.axes()
    if len(names) != 2:
        given = ", ".join(names) or "none"
        raise ValueError(f"a map has two axes, conditions that are arrays; here are {len(names)} ({given})")
    for name in names:
        values = getattr(conditions, name)
        if values.ndim != 1 or (np.diff(values) <= 0).any():
            raise ValueError(f"{name} is an axis; it must be a one-dimensional array that rises strictly")
    return names


def _interval(one, conditions, values):
    lines = one.lines(conditions, values)
    if conditions.charge is None:
        return safe_interval(lines, hours=conditions.hours)
    return safe_interval(lines, charge=conditions.charge / hour)


def _counts(conditions, columns, grid, chosen, values, draws, executor):
    """Counts of `count` over all columns, in blocks of columns that threads share."""
    length = len(next(iter(columns.values())))
    width = max(1, BLOCK // draws)

    def block(begin):
        part = {name: column[begin : begin + width, None] for name, column in columns.items()}
        here = conditions.at(**part, current_density=grid.points[0] or 1.0)
        intervals = [_interval(one, here, values) for one in chosen]
        return count(grid, intervals, min(width, length - begin), draws)

    begins = range(0, length, width)
    if executor is not None:
        parts = list(executor.map(block, begins))
    else:
        with ThreadPoolExecutor(2) as own:
            parts = list(own.map(block, begins))
    return (np.concatenate(part, axis=1) for part in zip(*parts, strict=True))
