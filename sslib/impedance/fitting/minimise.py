"""Levenberg-Marquardt over a batch of spectra as one array problem.

Residuals are weighted once and their squares summed. A positive parameter is fitted by its logarithm. The normal
equations of all spectra come from one product of the stacked Jacobian and residual; parameters that are fixed or
shared are gathered in that small product, so a circuit evaluates each slot once.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dgesv as gesv

BATCH = 300
ALONE = 3
FIRST_DAMPING = 1e-2
EVEN = 0.03
LONGEST_FALL = 3.0
CONVERGED_STEP = 1e-7
CONVERGED_DECREASE = 1e-7  # of chi-square: a few thousandths of a standard error, before the step is taken
UNSEEN_DECREASE = 1e-8  # a thousandth: not worth the evaluation
CLOSE = 0.3
ROUNDING = 1e-26
LEAST_DAMPING = 1e-9  # keeps the matrix invertible, with
NO_CURVATURE = 1e-290
STALLED, STUCK = 1e8, 1e12  # damping


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
        parameter_of_slot = np.array([names.index(slot.name) for slot in circuit.slots])
        # What is fixed keeps its value, zero included, and needs no logarithm.
        self.logarithmic = free & np.array([parameter.quantity.logarithmic for parameter in circuit.parameters])
        self.bounds = self.coordinates(np.asarray(bounds, dtype=float))[..., free]
        # Rows of the product are slots and the residual; rows of the normal equations, free parameters and the same.
        slots, one_each = len(parameter_of_slot), len(names) == len(parameter_of_slot)
        self.gather = None
        if not (one_each and free.all()):
            self.gather = np.zeros((free.sum() + 1, slots + 1))
            for slot, parameter in enumerate(parameter_of_slot):
                if free[parameter]:
                    self.gather[free[:parameter].sum(), slot] = 1
            self.gather[-1, -1] = 1
        # A slice takes a view where an array of numbers would copy.
        self.slots = slice(None) if one_each else parameter_of_slot
        self.logarithmic_slots = self.logarithmic[parameter_of_slot]
        self.columns = slice(None) if free.all() else np.flatnonzero(free)
        self._stacked = self._weighted = np.empty((0, slots + 1, 0), dtype=complex)

    def coordinates(self, values):
        """Fitted coordinates of parameter values: the logarithm of what is positive."""
        return np.log(values, out=values.copy(), where=self.logarithmic)

    def values(self, coordinates):
        return np.exp(coordinates, out=coordinates.copy(), where=self.logarithmic)

    def bounds_of(self, rows):
        return self.bounds if self.bounds.ndim == 2 else self.bounds[:, rows]

    def initial_weights(self, data, rows):
        """Weights while a start may still be far off: those of the data where the model's are asked for."""
        return 1 / np.abs(data) if self.weights is None else self.weights[rows]

    def _room(self, sets, frequencies):
        """Two arrays (sets, slots and residual, frequencies), the same ones each time: fresh memory costs as much as
        what is computed into it.
        """
        if self._stacked.shape[0] < sets or self._stacked.shape[2] != frequencies:
            self._stacked, self._weighted = np.empty((2, sets, self._stacked.shape[1], frequencies), dtype=complex)
        if self._stacked.shape[0] == sets:
            return self._stacked, self._weighted
        return self._stacked[:sets], self._weighted[:sets]

    def evaluate(self, grid, data, coordinates, weights, refined):
        """One pass at the given coordinates (starts, parameters).

        Returns the residuals' cost under ``weights``, then the weights to go on with (the model's own magnitude for
        starts that are ``refined``), and the cost and normal equations under those.
        """
        values = self.values(coordinates)[:, self.slots]
        stacked, weighted = self._room(*data.shape)
        impedance = self.circuit.evaluate(grid, values, stacked[:, :-1])
        residual = np.subtract(impedance, data, out=stacked[:, -1])
        reweighted = np.count_nonzero(refined) if self.weights is None else 0
        if reweighted:
            tried = _squared(residual, weights)
            from_model = 1 / np.abs(impedance)
            if from_model.shape != data.shape:
                from_model = np.repeat(from_model, data.shape[1], axis=1)
            weights = from_model if reweighted == len(data) else np.where(refined[:, None], from_model, weights)
        np.multiply(stacked, (weights * weights).astype(complex)[:, None], out=weighted)
        product = stacked.view(float) @ weighted.view(float).swapaxes(1, 2)
        scale = np.where(self.logarithmic_slots, values, 1.0)
        product[:, :-1] *= scale[:, :, None]
        product[:, :, :-1] *= scale[:, None, :]
        if self.gather is not None:
            product = self.gather @ product @ self.gather.T
        cost = product[:, -1, -1]
        return tried if reweighted else cost, weights, cost, product[:, -1, :-1], product[:, :-1, :-1]


def _squared(residual, weights):
    weighted = np.abs(residual)
    weighted *= weights
    return np.vecdot(weighted, weighted)


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
    settled: np.ndarray
    iterations: np.ndarray

    @classmethod
    def begin(cls, problem, data, starts, index):
        data, free = data[index], problem.free.sum()
        lower, upper = (np.broadcast_to(bound, (len(index), free)) for bound in problem.bounds_of(index))
        coordinates = problem.coordinates(starts[index])
        coordinates[:, problem.columns] = _between((lower, upper), coordinates[:, problem.columns])
        refined, settled = np.zeros((2, len(index)), dtype=bool)
        weights = problem.initial_weights(data, index)
        _, *standing = problem.evaluate(problem.grid.take(index), data, coordinates, weights, refined)
        weights, cost, gradient, hessian = standing
        damping, growth = np.full(len(index), FIRST_DAMPING), np.full(len(index), 2.0)
        return cls(
            index, data, lower, upper, coordinates, weights, refined, cost, gradient, hessian, damping, growth,
            settled, iterations=np.zeros(len(index), dtype=int),
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
    if len(starts) <= ALONE:
        for row in range(len(starts)):
            _fit_alone(problem, data, starts, row, max_iterations, done)
        return done
    waiting, active = np.arange(len(starts)), None
    while len(waiting) or len(active.index):
        room = BATCH - (0 if active is None else len(active.index))
        if len(waiting) and room >= BATCH // 4:
            fresh = _Active.begin(problem, data, starts, waiting[:room])
            active, waiting = (fresh if active is None else active.join(fresh)), waiting[room:]
        trial, predicted, short = _propose(problem, active)
        final_weights = active.refined | (problem.weights is not None)
        active.settled |= (predicted <= UNSEEN_DECREASE * active.cost + ROUNDING) & final_weights
        out = active.settled | (active.damping > STUCK) | (active.iterations >= max_iterations)
        if out.any():
            finished, rest = active.take(out), ~out
            done.values[finished.index] = problem.values(finished.coordinates)
            done.cost[finished.index], done.hessian[finished.index] = finished.cost, finished.hessian
            done.converged[finished.index], done.iterations[finished.index] = finished.settled, finished.iterations
            active, trial, predicted, short = active.take(rest), trial[rest], predicted[rest], short[rest]
        if len(active.index):
            _move(problem, active, trial, predicted, short)
    return done


def _propose(problem, active):
    """One damped step of every fit: where it leads, by how much the cost should fall, and whether it is short."""
    columns = problem.columns
    own, slope, matrix = active.coordinates[:, columns], active.gradient, active.hessian.copy()
    low, high = own <= active.lower, own >= active.upper
    if np.count_nonzero(low) or np.count_nonzero(high):
        # What pushes against a bound stays there for this step.
        held = (low & (slope > 0)) | (high & (slope < 0))
        slope = np.where(held, 0, slope)
        matrix[held[:, :, None] | held[:, None, :]] = 0
    count = slope.shape[1]
    diagonal = matrix.reshape(-1, count * count)[:, :: count + 1]
    damping = active.damping[:, None] * _stiffness(diagonal)
    diagonal += damping
    step = np.linalg.solve(matrix, -slope[:, :, None])[:, :, 0]
    predicted = (step * (damping * step - slope)).sum(axis=1)
    short = np.abs(step).max(axis=1) < CONVERGED_STEP
    trial = active.coordinates.copy()
    trial[:, columns] = _between((active.lower, active.upper), own + _within_reach(problem, step))
    return trial, predicted, short


def _stiffness(curvature):
    """What damping is in proportion to: a coordinate's own curvature, and for a coordinate of little or none a part of
    the mean.
    """
    mean = curvature.sum(axis=-1, keepdims=True) / curvature.shape[-1]
    return curvature + EVEN * mean + NO_CURVATURE


def _within_reach(problem, step):
    """The step cut to where its linear model may still be trusted."""
    move = np.maximum(step, -LONGEST_FALL)
    far = step > 1
    if np.count_nonzero(far):
        # The logarithm of a value that has to grow a lot has next to no slope; the value itself has, and the step of
        # the value is its logarithm's: x (1 + step).
        logarithmic = problem.logarithmic[problem.columns]
        move = np.where(far & logarithmic, np.log1p(np.maximum(step, 1)) + 1 - np.log(2), move)
    return move


def _between(bounds, coordinates):
    return np.minimum(np.maximum(coordinates, bounds[0]), bounds[1])


def _move(problem, active, trial, predicted, short):
    """Evaluate every fit where its step leads and keep what lowers the cost."""
    enough = predicted <= CONVERGED_DECREASE * active.cost + ROUNDING
    active.settled = (enough | short) & (active.refined | (problem.weights is not None))
    # A start that comes close takes the model's weights; one that is stuck takes them too and goes on.
    refined = active.refined | enough | (predicted < CLOSE * active.cost) | (active.damping > STALLED)
    grid = problem.grid.take(active.index)
    tried, *standing = problem.evaluate(grid, active.data, trial, active.weights, refined)
    better = tried <= active.cost
    gain = (active.cost - tried) / np.maximum(predicted, 1e-300)
    moved = zip(
        ("coordinates", "refined", "weights", "cost", "gradient", "hessian"), (trial, refined, *standing), strict=True
    )
    worse = np.flatnonzero(~better)
    for name, new in moved:
        new[worse] = getattr(active, name)[worse]
        setattr(active, name, new)
    shrink = np.clip(1 - (2 * np.clip(gain, 0, 1) - 1) ** 3, 0.2, 2)
    active.damping = np.maximum(active.damping * np.where(better, shrink, active.growth), LEAST_DAMPING)
    active.growth = np.where(better, 2.0, 2 * active.growth)
    active.iterations += 1


def _fit_alone(problem, data, starts, row, max_iterations, done):
    """The same method for one fit, in numbers: arrays over a single row would cost more than the circuit."""
    index, columns, given_weights = np.array([row]), problem.columns, problem.weights is not None
    grid, data, bounds = problem.grid.take(index), data[row : row + 1], problem.bounds_of(row)
    coordinates = problem.coordinates(starts[row : row + 1])
    coordinates[0, columns] = _between(bounds, coordinates[0, columns])
    weights = problem.initial_weights(data, index)
    damping, growth, refined, settled, iterations = FIRST_DAMPING, 2.0, False, False, 0
    _, *standing = problem.evaluate(grid, data, coordinates, weights, np.array([refined]))
    weights, (cost,), (slope,), (matrix,) = standing
    while True:
        own, gradient, hessian = coordinates[0, columns], slope, matrix.copy()
        low, high = own <= bounds[0], own >= bounds[1]
        if np.count_nonzero(low) or np.count_nonzero(high):
            held = (low & (slope > 0)) | (high & (slope < 0))
            gradient = np.where(held, 0, slope)
            hessian[held[:, None] | held] = 0
        diagonal = hessian.ravel()[:: len(own) + 1]
        stiffness = diagonal + (EVEN / len(own) * np.add.reduce(diagonal) + NO_CURVATURE)
        stiffness *= damping
        diagonal += stiffness
        step = gesv(hessian, -gradient)[2]
        predicted = float(step @ (stiffness * step - gradient))
        final_weights = refined or given_weights
        if final_weights and predicted <= UNSEEN_DECREASE * cost + ROUNDING:
            settled = True
        if settled or damping > STUCK or iterations >= max_iterations:
            break
        enough = predicted <= CONVERGED_DECREASE * cost + ROUNDING
        longest = np.maximum.reduce(np.abs(step))
        settled = final_weights and (enough or longest < CONVERGED_STEP)
        refine = refined or enough or predicted < CLOSE * cost or damping > STALLED
        trial = coordinates.copy()
        trial[0, columns] = _between(bounds, own + (_within_reach(problem, step) if longest > 1 else step))
        (tried,), *standing = problem.evaluate(grid, data, trial, weights, np.array([refine]))
        iterations += 1
        if tried <= cost:
            gain = min(max(float(cost - tried) / max(predicted, 1e-300), 0.0), 1.0)
            damping = max(damping * min(max(1 - (2 * gain - 1) ** 3, 0.2), 2.0), LEAST_DAMPING)
            coordinates, refined, growth = trial, refine, 2.0
            weights, (cost,), (slope,), (matrix,) = standing
        else:
            damping, growth = damping * growth, 2 * growth
    done.values[row], done.cost[row], done.hessian[row] = problem.values(coordinates)[0], cost, matrix
    done.converged[row], done.iterations[row] = settled, iterations
