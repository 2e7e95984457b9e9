"""Levenberg-Marquardt over a batch of spectra as one array problem.

Residuals are weighted once and their squares summed. A positive parameter is fitted by its logarithm. The normal
equations of all spectra come from one product of the stacked Jacobian and residual; parameters that are fixed or
shared are gathered in that small product, so a circuit evaluates each slot once.
"""

from dataclasses import dataclass

import numpy as np

CHUNK = 200
MAX_STEP = 3.0
CONVERGED_STEP = 1e-7
CONVERGED_DECREASE = 1e-10
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
        return Solution(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))

    @classmethod
    def join(cls, parts):
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in cls.__dataclass_fields__))


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
        self.logarithmic = np.array([parameter.quantity.logarithmic for parameter in circuit.parameters])
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


def minimise(problem, data, starts, max_iterations=100):
    """Fit each row of ``data`` [ohm], shape (starts, frequencies), from the row of ``starts`` (starts, parameters)."""
    parts = []
    for begin in range(0, len(data), CHUNK):
        rows = np.arange(begin, min(begin + CHUNK, len(data)))
        parts.append(_minimise_chunk(problem, data[rows], starts[rows], rows, max_iterations))
    return Solution.join(parts)


def _minimise_chunk(problem, data, starts, rows, max_iterations):
    free, bounds = problem.free, problem.bounds
    lower, upper = bounds if bounds.ndim == 2 else bounds[:, rows]
    lower, upper = (np.broadcast_to(bound, (len(rows), free.sum())) for bound in (lower, upper))
    count = free.sum()
    grid = problem.grid.take(rows)
    u = problem.coordinates(starts)
    u[:, free] = np.clip(u[:, free], lower, upper)
    refined = np.zeros(len(u), dtype=bool)
    weights = problem.initial_weights(data, rows)
    _, weights, cost, gradient, hessian = problem.evaluate(grid, data, u, weights, refined)
    damping, growth = np.full(len(u), 1e-2), np.full(len(u), 2.0)

    index = np.arange(len(u))
    done = Solution(
        u.copy(), cost.copy(), hessian.copy(), np.zeros(len(u), bool), np.full(len(u), max_iterations, dtype=int)
    )
    diagonal = np.arange(count)
    for iteration in range(1, max_iterations + 1):
        # What pushes against a bound stays there for this step.
        own = u[:, free]
        held = ((own <= lower) & (gradient > 0)) | ((own >= upper) & (gradient < 0))
        slope = np.where(held, 0, gradient)
        matrix = np.where(held[:, :, None] | held[:, None, :], 0, hessian)
        # Scaled to a unit diagonal; a coordinate without curvature, or held, takes no step.
        scale = np.sqrt(matrix[:, diagonal, diagonal])
        scale = np.where(scale > 1e-10 * scale.max(axis=1, keepdims=True), scale, np.inf)
        damped = matrix / (scale[:, :, None] * scale[:, None, :])
        damped[:, diagonal, diagonal] = 1 + damping[:, None]
        step = -np.linalg.solve(damped, (slope / scale)[:, :, None])[:, :, 0] / scale
        longest = np.abs(step).max(axis=1, initial=0)
        step *= np.minimum(1, MAX_STEP / np.maximum(longest, 1e-300))[:, None]
        trial = u.copy()
        trial[:, free] = np.clip(own + step, lower, upper)
        step = trial[:, free] - own
        predicted = -2 * np.einsum("nk,nk->n", slope, step) - np.einsum("nj,njk,nk->n", step, matrix, step)
        enough = predicted <= CONVERGED_DECREASE * cost + ROUNDING

        tried, new_weights, new_cost, new_gradient, new_hessian = problem.evaluate(grid, data, trial, weights, refined)
        better = np.isfinite(tried) & (tried <= cost)
        gain = np.where(better, (cost - tried) / np.maximum(predicted, 1e-300), 0)
        u[better], weights[better], cost[better] = trial[better], new_weights[better], new_cost[better]
        gradient[better], hessian[better] = new_gradient[better], new_hessian[better]
        damping = np.where(better, damping * np.clip(1 - (2 * np.minimum(gain, 1) - 1) ** 3, 0.1, 2), damping * growth)
        damping = np.maximum(damping, LEAST_DAMPING)
        growth = np.where(better, 2.0, 2 * growth)

        final_weights = refined | (problem.weights is not None)
        settled = (enough | (np.abs(step).max(axis=1, initial=0) < CONVERGED_STEP)) & final_weights
        # A start that comes close takes the model's weights; one that is stuck takes them too and goes on.
        refined |= (better & (predicted < 0.3 * cost)) | enough | (damping > 1e8)
        stuck = damping > 1e12
        finished = settled | stuck
        if finished.any() or iteration == max_iterations:
            out = finished if iteration < max_iterations else np.ones_like(finished)
            rows_out = index[out]
            done.values[rows_out], done.cost[rows_out], done.hessian[rows_out] = u[out], cost[out], hessian[out]
            done.converged[rows_out] = settled[out]
            done.iterations[rows_out] = iteration
            keep = ~out
            if not keep.any():
                break
            u, weights, cost, gradient, hessian = u[keep], weights[keep], cost[keep], gradient[keep], hessian[keep]
            damping, growth, refined, index = damping[keep], growth[keep], refined[keep], index[keep]
            data, grid, lower, upper = data[keep], grid.take(keep), lower[keep], upper[keep]
    done.values = problem.values(done.values)
    return done
