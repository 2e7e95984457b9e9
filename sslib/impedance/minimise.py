"""Levenberg-Marquardt over a batch of spectra as one array problem.

Residuals are weighted once and their squares summed. A positive parameter is fitted by its logarithm. The normal
equations of all spectra come from one product of the stacked Jacobian and residual; parameters that are fixed or
shared are gathered in that small product, so a circuit evaluates each slot once.
"""

from dataclasses import dataclass

import numpy as np

BATCH = 200
FIRST_DAMPING = 1e-2
LONGEST_FALL = 3.0
CONVERGED_STEP = 1e-7
CONVERGED_DECREASE = 1e-7  # of chi-square: a thousandth of a standard error, before the step is taken
ROUNDING = 1e-26
LEAST_DAMPING = 1e-9  # keeps the scaled matrix invertible


@dataclass
class Solution:
    """Where a batch ended: one row per start."""

    values: np.ndarray
    """Parameters in their units, shape (starts, parameters)."""
    cost: np.ndarray
    """Sum of squared weighted residuals [1]."""
    hessian: np.ndarray
    """Half the Gauss-Newton Hessian of the cost by the fitted coordinates, shape (starts, free, free)."""
    converged: np.ndarray
    iterations: np.ndarray

    def take(self, rows):
        return Solution(*(array[rows] for array in vars(self).values()))

    @classmethod
    def join(cls, parts):
        return cls(*(np.concatenate(arrays) for arrays in zip(*(vars(part).values() for part in parts), strict=True)))


class Problem:
    """What is fitted: a circuit on a grid, which parameters are free within which bounds, and the weights.

    Parameters
    ----------
    circuit : Circuit
    grid : Grid
    free : array of bool, shape (parameters,)
    bounds : array, shape (2, parameters) or (2, starts, parameters)
        In the parameters' units. Equal bounds hold a parameter of a start where it is.
    weights : array of shape (spectra, frequencies) or None
        Reciprocal standard deviations [1/ohm]; None for the reciprocal of the model's magnitude.
    """

    def __init__(self, circuit, grid, free, bounds, weights):
        self.circuit, self.grid, self.free, self.weights = circuit, grid, free, weights
        names = circuit.names
        self.parameter_of_slot = np.array([names.index(slot.name) for slot in circuit.slots])
        # What is fixed keeps its value, zero included, and needs no logarithm.
        self.logarithmic = free & np.array([parameter.quantity.logarithmic for parameter in circuit.parameters])
        self.bounds = self.coordinates(np.asarray(bounds, dtype=float))[..., free]
        # Rows of the product are slots and the residual; rows of the normal equations, free parameters and the same.
        gather = np.zeros((free.sum() + 1, len(circuit.slots) + 1))
        for slot, parameter in enumerate(self.parameter_of_slot):
            if free[parameter]:
                gather[free[:parameter].sum(), slot] = 1
        gather[-1, -1] = 1
        self.gather = None if np.array_equal(gather, np.eye(len(gather))) else gather

    def coordinates(self, values):
        """Fitted coordinates of parameter values: the logarithm of what is positive."""
        return np.where(self.logarithmic, np.log(np.where(self.logarithmic, values, 1)), values)

    def values(self, coordinates):
        return np.where(self.logarithmic, np.exp(np.where(self.logarithmic, coordinates, 0)), coordinates)

    def bounds_of(self, rows):
        return self.bounds if self.bounds.ndim == 2 else self.bounds[:, rows]

    def initial_weights(self, data, rows):
        """Weights while a start may still be far off: those of the data where the model's are asked for."""
        return 1 / np.abs(data) if self.weights is None else self.weights[rows]

    def evaluate(self, grid, data, coordinates, weights, refined):
        """One pass at the given coordinates (starts, parameters).

        Returns the residuals' cost under ``weights``, then the weights to go on with (the model's own magnitude for
        starts that are ``refined``), and the cost and normal equations under those.
        """
        values = self.values(coordinates)
        slots = self.parameter_of_slot
        stacked = np.empty((len(values), len(slots) + 1, data.shape[1]), dtype=complex)
        impedance = self.circuit.evaluate(grid, values[:, slots], stacked[:, :-1])
        residual = impedance - data
        stacked[:, -1] = residual
        tried = _squared(residual, weights)
        if self.weights is None and refined.any():
            weights = np.where(refined[:, None], 1 / np.abs(impedance), weights)
        stacked *= weights[:, None]
        rows = stacked.view(float)
        product = rows @ rows.swapaxes(1, 2)
        scale = np.where(self.logarithmic, values, 1.0)[:, slots]
        product[:, :-1] *= scale[:, :, None]
        product[:, :, :-1] *= scale[:, None, :]
        if self.gather is not None:
            product = self.gather @ product @ self.gather.T
        return tried, weights, product[:, -1, -1], product[:, -1, :-1], product[:, :-1, :-1]


def _squared(residual, weights):
    weighted = residual * weights
    return np.einsum("nm,nm->n", weighted.view(float), weighted.view(float))


@dataclass
class _Active:
    """The fits under way, one row each, where they stand and under which weights."""

    index: np.ndarray
    data: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    coordinates: np.ndarray
    weights: np.ndarray
    refined: np.ndarray
    cost: np.ndarray
    gradient: np.ndarray
    hessian: np.ndarray
    damping: np.ndarray
    growth: np.ndarray
    iterations: np.ndarray

    @classmethod
    def begin(cls, problem, data, starts, index):
        data, free = data[index], problem.free
        lower, upper = (np.broadcast_to(bound, (len(index), free.sum())) for bound in problem.bounds_of(index))
        coordinates = problem.coordinates(starts[index])
        coordinates[:, free] = np.clip(coordinates[:, free], lower, upper)
        refined = np.zeros(len(index), dtype=bool)
        weights = problem.initial_weights(data, index)
        _, *standing = problem.evaluate(problem.grid.take(index), data, coordinates, weights, refined)
        weights, cost, gradient, hessian = standing
        damping, growth = np.full(len(index), FIRST_DAMPING), np.full(len(index), 2.0)
        return cls(
            index, data, lower, upper, coordinates, weights, refined, cost, gradient, hessian, damping, growth,
            iterations=np.zeros(len(index), dtype=int),
        )  # fmt: skip

    def take(self, rows):
        return _Active(*(array[rows] for array in vars(self).values()))

    def join(self, other):
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return _Active(*(np.concatenate(pair) for pair in pairs))


def minimise(problem, data, starts, max_iterations=100):
    """Fit each row of ``data`` [ohm], shape (starts, frequencies), from the row of ``starts`` (starts, parameters).

    A few hundred fits are under way at a time, which the processor's cache holds; what is finished makes room for what
    waits, so that one slow fit does not hold up a batch.
    """
    count = problem.free.sum()
    done = Solution(
        values=np.empty(starts.shape),
        cost=np.empty(len(starts)),
        hessian=np.empty((len(starts), count, count)),
        converged=np.zeros(len(starts), dtype=bool),
        iterations=np.zeros(len(starts), dtype=int),
    )
    waiting = np.arange(len(starts))
    active = None
    while len(waiting) or (active is not None and len(active.index)):
        room = BATCH - (0 if active is None else len(active.index))
        if len(waiting) and room >= BATCH // 4:
            fresh = _Active.begin(problem, data, starts, waiting[:room])
            active, waiting = (fresh if active is None else active.join(fresh)), waiting[room:]
        settled, stuck = _step(problem, active)
        out = settled | stuck | (active.iterations >= max_iterations)
        if out.any():
            finished = active.take(out)
            done.values[finished.index] = problem.values(finished.coordinates)
            done.cost[finished.index], done.hessian[finished.index] = finished.cost, finished.hessian
            done.converged[finished.index], done.iterations[finished.index] = settled[out], finished.iterations
            active = active.take(~out)
    return done


def _step(problem, active):
    """One damped step of every fit, kept where it lowers the cost; returns which settled and which are stuck."""
    free, diagonal = problem.free, np.arange(problem.free.sum())
    own = active.coordinates[:, free]
    # What pushes against a bound stays there for this step.
    held = ((own <= active.lower) & (active.gradient > 0)) | ((own >= active.upper) & (active.gradient < 0))
    slope, matrix = active.gradient, active.hessian
    if held.any():
        slope = np.where(held, 0, slope)
        matrix = np.where(held[:, :, None] | held[:, None, :], 0, matrix)
    # Scaled to a unit diagonal; a coordinate without curvature, or held, takes no step.
    scale = np.sqrt(matrix[:, diagonal, diagonal])
    scale = np.where(scale > 1e-10 * scale.max(axis=1, keepdims=True), scale, np.inf)
    damped = matrix / (scale[:, :, None] * scale[:, None, :])
    damped[:, diagonal, diagonal] = 1 + active.damping[:, None]
    step = -np.linalg.solve(damped, (slope / scale)[:, :, None])[:, :, 0] / scale
    longest = np.abs(step).max(axis=1, initial=1e-300)
    move = np.maximum(step, -LONGEST_FALL)
    far = step > 1
    if far.any():
        # The logarithm of a value that has to grow a lot has next to no slope; the value itself has, and the step of
        # the value is its logarithm's: x (1 + step).
        move = np.where(far & problem.logarithmic[free], np.log1p(np.maximum(step, 1)) + 1 - np.log(2), move)
    trial = active.coordinates.copy()
    trial[:, free] = np.clip(own + move, active.lower, active.upper)
    predicted = -(step[:, None, :] @ (2 * slope[:, :, None] + matrix @ step[:, :, None]))[:, 0, 0]
    enough = predicted <= CONVERGED_DECREASE * active.cost + ROUNDING

    grid = problem.grid.take(active.index)
    tried, *standing = problem.evaluate(grid, active.data, trial, active.weights, active.refined)
    better = np.isfinite(tried) & (tried <= active.cost)
    gain = np.where(better, (active.cost - tried) / np.maximum(predicted, 1e-300), 0)
    moved = zip(("coordinates", "weights", "cost", "gradient", "hessian"), (trial, *standing), strict=True)
    for name, new in moved:
        if better.all():
            setattr(active, name, new)
        else:
            getattr(active, name)[better] = new[better]
    shrink = np.clip(1 - (2 * np.minimum(gain, 1) - 1) ** 3, 0.2, 2)
    active.damping = np.maximum(active.damping * np.where(better, shrink, active.growth), LEAST_DAMPING)
    active.growth = np.where(better, 2.0, 2 * active.growth)
    active.iterations += 1

    final_weights = active.refined | (problem.weights is not None)
    settled = (enough | (longest < CONVERGED_STEP)) & final_weights
    # A start that comes close takes the model's weights; one that is stuck takes them too and goes on.
    active.refined |= (better & (predicted < 0.3 * active.cost)) | enough | (active.damping > 1e8)
    return settled, active.damping > 1e12
