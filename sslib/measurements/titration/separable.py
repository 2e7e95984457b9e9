"""Least squares that is linear in all but one or two numbers, with intervals by the profile of the sum of squares."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import brentq, least_squares
from scipy.special import stdtrit

from sslib.impedance import samples_together

WIDEST = 60
"""Steps of half a standard error by which an end of an interval is looked for, each wider than the last."""
GROWTH = 1.25
IMPROVED = 4
"""So many of the points to begin at are followed to their minimum: a valley may have two."""


@dataclass(frozen=True, eq=False)
class SeparableFit:
    """The outcome of `fit_separable`.

    Attributes
    ----------
    point : numpy.ndarray
        The numbers in which the fit is not linear, shape (numbers,).
    coefficients, errors : numpy.ndarray
        Those in which it is, and their standard errors, shape (columns,).
    covariance : numpy.ndarray
        Of the coefficients, shape (columns, columns).
    fitted, residuals : numpy.ndarray
        At the samples, shape (samples,).
    noise : float
        Standard deviation of a sample, from the residuals.
    together : float
        Over how many samples a deviation goes on: one for white noise. Intervals are widened by its root.
    """

    problem: "_Problem"
    point: np.ndarray
    coefficients: np.ndarray
    covariance: np.ndarray
    fitted: np.ndarray
    residuals: np.ndarray
    noise: float
    together: float

    @cached_property
    def errors(self):
        return np.sqrt(np.diag(self.covariance))

    @cached_property
    def freedom(self):
        return len(self.residuals) - len(self.coefficients) - len(self.point)

    def interval(self, number, level):
        """Ends of a number's interval, by the profile of the sum of squares; infinite where the bounds are reached."""
        least = self.residuals @ self.residuals
        quantile = stdtrit(max(self.freedom / self.together, 1.0), 0.5 + level / 2)
        allowed = least * (1 + quantile**2 * self.together / self.freedom)
        low, high = self.problem.bounds[number]
        size = max(0.5 * self.problem.error(self.point, number, np.sqrt(allowed - least)), 1e-6)
        return tuple(self._end(number, direction, size, end, allowed) for direction, end in ((-1, low), (1, high)))

    def _end(self, number, direction, size, end, allowed):
        others, inside = self.point, self.point[number]

        def excess(value):
            return self.problem.best(others, number, value)[1] - allowed

        for _ in range(WIDEST):
            outside = inside + direction * size
            if (outside - end) * direction >= 0:
                return direction * np.inf
            found, cost = self.problem.best(others, number, outside)
            if cost > allowed:
                # From where the last point inside was left: from elsewhere it may lie in another valley.
                return brentq(excess, *sorted((inside, outside)), xtol=1e-3 * size)
            others, inside, size = found, outside, size * GROWTH
        return direction * np.inf


class _Problem:
    def __init__(self, design, data, bounds):
        self.design, self.data, self.bounds = design, data, bounds

    def solve(self, point):
        """Columns, coefficients and residuals (data less fit) at a point."""
        columns = self.design(*point)
        sizes = np.linalg.norm(columns, axis=0)
        sizes[sizes == 0] = 1.0
        coefficients = np.linalg.lstsq(columns / sizes, self.data, rcond=None)[0] / sizes
        return columns, coefficients, self.data - columns @ coefficients

    def left(self, point):
        return self.solve(point)[2]

    def slopes(self, point, step=1e-4):
        """Slopes of the residuals by the numbers, with the coefficients fitted anew, shape (samples, numbers)."""
        shifts = step * np.eye(len(point))
        return np.stack([(self.left(point + h) - self.left(point - h)) / (2 * step) for h in shifts], axis=1)

    def error(self, point, number, noise):
        """By how much a number may move before the sum of squares grows by noise², to second order."""
        slopes = self.slopes(point)
        return noise * np.sqrt(np.linalg.pinv(slopes.T @ slopes)[number, number])

    def best(self, start, number=None, value=None):
        """The best point and its sum of squares, with one number held at a value if it is given."""
        free = [own for own in range(len(start)) if own != number]
        point = np.array(start, dtype=float)
        if number is not None:
            point[number] = value
        if free:

            def left(moved):
                point[free] = moved
                return self.left(point) / size

            low, high = self.bounds[free].T
            inner = np.clip(np.asarray(start, dtype=float)[free], low + 1e-9, high - 1e-9)
            size = np.linalg.norm(self.left(point)) or 1.0
            found = least_squares(left, inner, bounds=(low, high), jac="3-point", diff_step=1e-4, xtol=1e-9, ftol=1e-10)
            point[free] = found.x
        return point.copy(), float(np.sum(self.left(point) ** 2))


def fit_separable(design, data, bounds, starts):
    """Fit numbers in which a model is not linear, all others being solved for.

    Parameters
    ----------
    design : callable
        Called with the numbers; returns the columns whose sum, each times its coefficient, is the data.
    data : array_like
        Shape (samples,).
    bounds : sequence of pair
        Lowest and highest value of each number.
    starts : array_like
        Points to begin at, shape (points, numbers): the best few of them are improved.

    Returns
    -------
    SeparableFit

    Raises
    ------
    ValueError
        If there are no more samples than numbers and coefficients.

    Examples
    --------
    >>> t = np.linspace(0, 3, 30)
    >>> fit = fit_separable(lambda rate: np.exp(-rate * t)[:, None], 2 * np.exp(-1.5 * t), [(0, 9)], [[1.0]])
    >>> round(float(fit.point[0]), 6), round(float(fit.coefficients[0]), 6)
    (1.5, 2.0)
    """
    data = np.asarray(data, dtype=float)
    problem = _Problem(design, data, np.array(bounds, dtype=float))
    starts = np.asarray(starts, dtype=float)
    order = np.argsort([np.sum(problem.left(start) ** 2) for start in starts])
    point, _ = min((problem.best(start) for start in starts[order[:IMPROVED]]), key=lambda found: found[1])
    columns, coefficients, residuals = problem.solve(point)
    freedom = len(data) - columns.shape[1] - len(point)
    if freedom < 1:
        raise ValueError(f"{len(data)} samples are too few for {len(data) - freedom} unknowns")
    noise = float(np.sqrt(residuals @ residuals / freedom))
    together = float(samples_together(residuals)) if residuals.any() else 1.0
    # The slopes of the whole model, by its numbers with the coefficients held.
    step = 1e-4
    bent = [
        (design(*(point + h)) - design(*(point - h))) @ coefficients / (2 * step) for h in step * np.eye(len(point))
    ]
    every = np.column_stack([columns, *bent])
    scale = np.linalg.norm(every, axis=0)
    scale[scale == 0] = 1.0
    inverse = np.linalg.pinv((every / scale).T @ (every / scale)) / np.outer(scale, scale)
    covariance = noise**2 * together * inverse[: columns.shape[1], : columns.shape[1]]
    return SeparableFit(problem, point, coefficients, covariance, data - residuals, residuals, noise, together)
