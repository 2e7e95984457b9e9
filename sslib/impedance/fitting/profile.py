"""Profile-likelihood intervals: how far a parameter can go, the others fitted again, before chi-square forbids it.

All parameters, both sides, all solutions and all spectra are rows of one array problem. A quantity that follows from
several parameters is profiled in the same way, as one more point of the spectrum that pulls the fit along.

Chi-square is compared under one set of weights for a spectrum, those of its best solution. Each solution under its own
would not do: where weights come from the model, a larger model impedance makes all relative residuals smaller, which at
1 % noise is worth as much as a tenth of what ends an interval.
"""

import math
from dataclasses import dataclass

import numpy as np

from sslib.impedance.circuit import Circuit

FURTHEST = np.log(1e3)
FIRST = np.log(4)
ROUNDS = 25
CLOSE = 0.02
NARROW = 0.5
# The pull on a derived quantity, as a part of the step: what it falls short by does not matter, see `derived_interval`,
# as long as it moves.
PULL = 0.02
STRONGER = (1e-3, 5e-5, 2e-6)
SHORT_OF = 0.9
# By so much the least chi-square of several solutions is taken to lie too low. Without it nominal 95 % intervals of two
# arcs with rivals hold the truth in 93 %.
LEAST_OF_SEVERAL = 1.5
AS_DEEP = 0.01
# By this factor another parameter's bound is moved to see whether it is that bound that ends an interval.
BEYOND = 1e3
WIDTH = 1e-4


@dataclass(frozen=True)
class Standing:
    """What the profiles of one spectrum go on from.

    Attributes
    ----------
    spectrum : int
        Its number in the setting.
    values : numpy.ndarray
        The best solution, shape (parameters,).
    weights : numpy.ndarray
        Reciprocal standard deviations [1/ohm] under which chi-square is compared, shape (frequencies,).
    cost, variance : float
        Sum of squared weighted residuals, and the variance of these that the intervals rest on.
    covariance : numpy.ndarray
        Of the fitted coordinates, shape (free, free); infinite on the diagonal where there is none.
    basins : tuple of (numpy.ndarray, float)
        Other solutions and their cost under the same weights.
    """

    spectrum: int
    values: np.ndarray
    weights: np.ndarray
    cost: float
    variance: float
    covariance: np.ndarray
    basins: tuple

    def centres(self, quantile):
        """Solutions that the interval spans, as (values, root of the rise of chi-square)."""
        yield self.values, 0.0
        for values, cost in self.basins:
            root = math.sqrt(max(cost - self.cost, 0.0) / self.variance)
            if root < quantile:
                yield values, root

    def reach(self, quantile):
        """The quantile, wider where the best solution is the least of several: it is lower by chance.

        Solutions that are equally deep, a valley or twins of one spectrum, are as good as one.
        """
        wider = math.sqrt(quantile**2 + LEAST_OF_SEVERAL)
        rises = [(cost - self.cost) / self.variance for _, cost in self.basins]
        return wider if any(AS_DEEP < rise < wider**2 for rise in rises) else quantile


def intervals(setting, standings, quantiles):
    """Ends of the intervals of every free parameter of several spectra, all of them searched at once.

    Parameters
    ----------
    setting : the fit's setting
    standings : list of Standing
    quantiles : array_like
        For each of them the quantile of the normal or Student's distribution: the square root of the rise of
        chi-square, over the variance, that ends an interval.

    Returns
    -------
    numpy.ndarray
        Shape (standings, free, 2), in the parameters' units, NaN for an end that is open: a factor of a thousand, or
        the fit's bound, is not excluded.
    """
    own, centres, roots = [], [], []
    quantiles = [standing.reach(quantile) for standing, quantile in zip(standings, quantiles, strict=True)]
    for n, (standing, quantile) in enumerate(zip(standings, quantiles, strict=True)):
        for values, root in standing.centres(quantile):
            own.append(n)
            centres.append(values)
            roots.append(root)
    count = len(setting.free_names)
    if not own:
        return np.empty((0, count, 2))
    centres, roots = _livened(setting, [standings[n] for n in own], np.array(centres), np.array(roots))
    own = np.array(own)
    spread = np.sqrt([np.diagonal(standing.covariance) for standing in standings])
    ends, is_open = _profile(setting, standings, own, centres, roots, spread, quantiles)
    return np.stack([_hull(ends[own == n], is_open[own == n]) for n in range(len(standings))])


def _hull(ends, is_open):
    """What the intervals of all solutions span, shape (…, 2), from their ends (solutions, …, 2); NaN where open.

    The outermost end decides: a thousand times what has shrunk to nothing in one solution may lie within the interval
    of another.
    """
    hull = np.stack([ends[..., 0].min(axis=0), ends[..., 1].max(axis=0)], axis=-1)
    return np.where((is_open & (ends == hull)).any(axis=0), np.nan, hull)


def _livened(setting, standings, centres, roots):
    """Where the profiles around the centres begin: next to what is flat, not on it, and the roots of the rise there.

    From a value that has no effect at all "a factor of a thousand" says nothing, and a fit does not get away.
    """
    spectra, cost, variance = (
        np.array([getattr(own, name) for own in standings]) for name in ("spectrum", "cost", "variance")
    )
    weights = np.stack([own.weights for own in standings])
    moved = setting.livened(centres, spectra, weights, variance)
    changed = np.flatnonzero((moved != centres).any(axis=1))
    centres, roots = centres.copy(), roots.copy()
    if len(changed):
        centres[changed] = moved[changed]
        costs = setting.costs(moved[changed], spectra[changed], weights[changed])
        roots[changed] = np.sqrt(np.maximum(costs - cost[changed], 0) / variance[changed])
    return centres, roots


def _profile(setting, standings, own, centres, roots, spread, quantiles):
    """Ends around each centre and whether they are open, (centres, free, 2); ``own`` says whose centre it is."""
    free = np.flatnonzero(setting.free)
    each = 2 * len(free)
    own, root = np.repeat(own, each), np.repeat(roots, each)
    columns = np.tile(np.repeat(free, 2), len(centres))
    sign = np.tile([-1, 1], len(centres) * len(free))
    logarithmic = np.array([quantity.logarithmic for quantity in setting.quantities])[columns]
    nearest = np.repeat(centres, each, axis=0)
    value = nearest[np.arange(len(own)), columns]
    centre = np.where(logarithmic, np.log(np.where(logarithmic, value, 1)), value)
    bound = np.where(sign < 0, setting.bounds[0, columns], setting.bounds[1, columns])
    at_bound = np.where(logarithmic, np.log(np.where(logarithmic, bound, 1)), bound)
    room = np.minimum(np.abs(at_bound - centre), FURTHEST)
    quantile = np.asarray(quantiles, dtype=float)[own]
    spectra, cost, variance = (
        np.array([getattr(standing, name) for standing in standings])[own] for name in ("spectrum", "cost", "variance")
    )
    weights = np.stack([standing.weights for standing in standings])
    step = quantile * spread[own, np.tile(np.repeat(np.arange(len(free)), 2), len(centres))]
    step = np.minimum(np.where(np.isfinite(step), step, FIRST), np.minimum(room, FIRST))

    def attempt(rows, step):
        held = centre[rows] + sign[rows] * step
        held = np.where(logarithmic[rows], np.exp(np.where(logarithmic[rows], held, 0)), held)
        solution = setting.minimise_held(
            nearest[rows], spectra[rows], columns[rows], sign[rows], held, weights[own[rows]]
        )
        risen = np.sqrt(np.maximum((solution.cost - cost[rows]) / variance[rows], 0))
        low = risen < quantile[rows]
        nearest[rows[low]] = solution.values[low]
        return risen, step, step >= room[rows]

    reach, at_end = _search(attempt, step, room, root, quantile)
    end = centre + sign * reach
    end = np.where(logarithmic, np.exp(np.where(logarithmic, end, 0)), end)
    possible = np.array([setting.quantities[k].possible for k in columns])
    physical = (bound[:, None] == possible).any(axis=1)
    # A limit of physics ends an interval; the bound of a fit says nothing, be it that of another parameter.
    end = np.where(at_end & physical, bound, end)
    is_open = at_end & ~physical
    held = np.arange(len(setting.names)) == columns[:, None]
    rows = np.flatnonzero(~at_end & (setting.at_bounds(nearest).any(axis=0) & ~held).any(axis=1))
    if len(rows):
        solution = setting.minimise_held(
            nearest[rows], spectra[rows], columns[rows], sign[rows], end[rows], weights[own[rows]], beyond=BEYOND
        )
        risen = np.sqrt(np.maximum((solution.cost - cost[rows]) / variance[rows], 0))
        is_open[rows] = risen < SHORT_OF * quantile[rows]
    return (array.reshape(len(centres), len(free), 2) for array in (end, is_open))


def _search(attempt, step, room, root, quantile):
    """How far to go from each centre until the root of the rise is the quantile, and where all there is was not enough.

    The root of the rise of chi-square is close to linear in the coordinate, so each end is bracketed and interpolated
    in it; where chi-square is a parabola the first step is the last. ``attempt(rows, steps)`` returns the root of the
    rise, how far it came, and whether it cannot come further.
    """
    inside, inside_root = np.zeros(len(step)), root.copy()
    outside, outside_root = np.full(len(step), np.inf), np.full(len(step), np.inf)
    reach, going, at_end = np.zeros(len(step)), np.ones(len(step), dtype=bool), np.zeros(len(step), dtype=bool)
    for attempts in range(ROUNDS):
        rows = np.flatnonzero(going)
        if not len(rows):
            break
        risen, reached, stopped = attempt(rows, step[rows])
        low = risen < quantile[rows]
        # The other end of the secant through this point.
        beyond = low & np.isfinite(outside[rows])
        other = np.where(beyond, outside[rows], inside[rows])
        other_root = np.where(beyond, outside_root[rows], inside_root[rows])
        inside[rows[low]], inside_root[rows[low]] = reached[low], risen[low]
        outside[rows[~low]], outside_root[rows[~low]] = reached[~low], risen[~low]
        ended = low & stopped
        narrow = CLOSE * np.minimum(inside[rows], NARROW)
        close = (np.abs(risen - quantile[rows]) < CLOSE * quantile[rows]) | (outside[rows] - inside[rows] < narrow)
        with np.errstate(all="ignore"):
            left = (quantile[rows] - risen) * (reached - other) / (risen - other_root)
        largest = CLOSE * np.minimum(np.abs(reached - other), NARROW)
        left = np.where(close & np.isfinite(left), np.clip(left, -largest, largest), 0)
        reach[rows] = np.minimum(reached + left, room[rows])
        at_end[rows] = ended
        going[rows[ended | close]] = False
        step = _next(step, inside, inside_root, outside, outside_root, room, quantile, halve=attempts % 3 == 2)
    return reach, at_end


def _next(step, inside, inside_root, outside, outside_root, room, quantile, halve):
    """The next steps: wider while nothing is excluded, else where the root of the rise should be the quantile."""
    wider = inside * np.clip(quantile / np.maximum(inside_root, 1e-3), 1.2, 4)
    with np.errstate(invalid="ignore"):
        share = (quantile - inside_root) / (outside_root - inside_root)
        # Flat at first and steep at the end, the root is not linear: every third time the middle.
        between = inside + (0.5 if halve else np.clip(share, 0.1, 0.9)) * (outside - inside)
    step = np.where(np.isfinite(outside), between, np.where(inside > 0, wider, step))
    return np.minimum(step, room)


class _WithQuantity(Circuit):
    """A circuit and, as one more point of its spectrum, the logarithm of a quantity that follows from its parameters.

    ``free`` marks the parameters that may move.
    """

    def __init__(self, circuit, function, free):
        self.circuit, self.function, self.slots = circuit, function, circuit.slots
        names = [slot.name for slot in circuit.slots]
        # A parameter that stands twice moves in all its places: its slope is counted in the first.
        self.first = [(names.index(p.name), p) for p, is_free in zip(circuit.parameters, free, strict=True) if is_free]
        self.slot_of_name = {p.name: names.index(p.name) for p in circuit.parameters}

    def evaluate(self, grid, values, jacobian):
        impedance = self.circuit.evaluate(grid, values, None if jacobian is None else jacobian[:, :, :-1])
        joined = np.empty((len(values), grid.omega.shape[-1] + 1), dtype=complex)
        joined[:, :-1] = impedance
        if jacobian is not None:
            jacobian[:, :, -1] = 0
        for row, own in enumerate(values):
            named = {name: float(own[slot]) for name, slot in self.slot_of_name.items()}
            joined[row, -1] = log_of(self.function, named)
            if jacobian is not None:
                for slot, parameter in self.first:
                    # By the value here; by the fitted coordinate it becomes the same as for every element.
                    scale = own[slot] if parameter.quantity.logarithmic else 1.0
                    jacobian[row, slot, -1] = log_slope(self.function, named, parameter) / scale
        return joined


def log_of(function, values):
    """Logarithm of a function of the parameters, NaN where it is not positive."""
    value = float(function(values))
    return math.log(value) if 0 < value < math.inf else math.nan


def log_slope(function, values, parameter):
    """Derivative of a function's logarithm by a fitted coordinate."""
    value, name = values[parameter.name], parameter.name
    below, above = (
        log_of(function, {**values, name: value * math.exp(by) if parameter.quantity.logarithmic else value + by})
        for by in (-WIDTH, WIDTH)
    )
    return (above - below) / (2 * WIDTH)


def derived_interval(setting, standing, function, quantile):
    """Ends of the interval of a positive quantity that follows from the parameters, NaN for an end that is open.

    The quantity's logarithm h is pulled towards a target c: chi-square + ((h − c)/ε)² is minimised over all
    parameters within their bounds. Where that is least, chi-square is least among all points of the same h, whatever
    c and ε are, so each such fit gives one point of the profile, exactly, at the h that it reached.
    """
    model, quantile = _WithQuantity(setting.model, function, setting.free), standing.reach(quantile)
    centres, roots = (np.array(part) for part in zip(*standing.centres(quantile), strict=True))
    centres, roots = _livened(setting, [standing] * len(centres), centres, roots)
    named = [dict(zip(setting.names, values, strict=True)) for values in centres]
    centre = np.repeat([log_of(function, values) for values in named], 2)
    nearest, root = np.repeat(centres, 2, axis=0), np.repeat(roots, 2)
    sign = np.tile([-1, 1], len(centres))
    parameters = [p for p, is_free in zip(setting.model.parameters, setting.free, strict=True) if is_free]
    slope = np.array([log_slope(function, named[0], parameter) for parameter in parameters])
    matters = slope != 0
    spread = math.sqrt(max(slope[matters] @ standing.covariance[np.ix_(matters, matters)] @ slope[matters], 0.0))
    first = min(quantile * spread, FIRST) if 0 < spread < math.inf else FIRST
    outward = np.zeros(len(sign), dtype=bool)

    def pulled(rows, step, pull, beyond=1.0):
        """Solutions pulled towards a step from the centre, the root of the rise, and how far they came."""
        target = centre[rows] + sign[rows] * step
        weights = np.empty((len(rows), len(standing.weights) + 1))
        weights[:, :-1], weights[:, -1] = standing.weights, math.sqrt(standing.variance) / (pull * step)
        data = np.empty(weights.shape, dtype=complex)
        data[:, :-1], data[:, -1] = setting.impedances[standing.spectrum], target
        solution = setting.minimise_augmented(model, nearest[rows], data, weights, beyond)
        reached_log = np.array(
            [log_of(function, dict(zip(setting.names, values, strict=True))) for values in solution.values]
        )
        cost = solution.cost - ((reached_log - target) * weights[:, -1]) ** 2
        risen = np.sqrt(np.maximum((cost - standing.cost) / standing.variance, 0))
        return solution.values, risen, np.maximum(sign[rows] * (reached_log - centre[rows]), 0)

    def attempt(rows, step):
        values, risen, reached = pulled(rows, step, PULL)
        for pull in STRONGER:
            # A step too long by far for a quantity known so well: the pull has to be stronger to move it at all.
            weak = np.flatnonzero((reached < SHORT_OF * step) & (risen < quantile))
            if not len(weak):
                break
            values[weak], risen[weak], reached[weak] = pulled(rows[weak], step[weak], pull)
        low = risen < quantile
        nearest[rows[low]] = values[low]
        short = reached < SHORT_OF * step
        limited = (np.abs(values - setting.bounds[:, None]) <= 1e-9 * np.abs(setting.bounds[:, None])) & setting.free
        # Held up by limits of physics alone, the quantity ends there; by a bound of the fit, or by nothing, it is open.
        outward[rows] = short & limited.any(axis=(0, 2)) & ~setting.at_bounds(values).any(axis=(0, 2))
        return risen, reached, short | (reached >= FURTHEST * (1 - 1e-2))

    room, quantiles = np.full(len(sign), FURTHEST), np.full(len(sign), quantile)
    reach, at_end = _search(attempt, np.full(len(sign), first), room, root, quantiles)
    ends, is_open = np.exp(centre + sign * reach), at_end & ~outward
    rows = np.flatnonzero(~at_end & setting.at_bounds(nearest).any(axis=(0, 2)))
    if len(rows):
        _, risen, _ = pulled(rows, reach[rows], PULL, BEYOND)
        is_open[rows] = risen < SHORT_OF * quantile
    return tuple(map(float, _hull(ends.reshape(-1, 2), is_open.reshape(-1, 2))))
