"""The distribution that fits a spectrum best, smooth as cross-validation asks and nowhere negative."""

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotrs
from scipy.ndimage import gaussian_filter1d
from scipy.optimize import minimize_scalar, nnls

from sslib.impedance.relaxation.basis import hat_kernel

# Nodes per decade of time: a ZARC of exponent 0.9, as narrow as measured arcs get, is five nodes wide.
PER_DECADE = 10
# Decades beyond the measured window: arcs that the window cuts have somewhere to go.
MARGIN = 1.0
REGULARISATIONS = 10.0 ** np.arange(1, -8.01, -0.5)
# The penalty looks at relative roughness: so often is it weighted anew by the last estimate, smoothed over so many
# decades, no less than this share of |Z| at that time, times the largest such share.
REWEIGHTINGS = 3
SMOOTHED_OVER = 0.2
FLOOR = 0.003
# A tail is tried where -Im Z rises toward low frequency with at least this slope in a doubly logarithmic plot.
TAIL_SLOPE = 0.15
TAIL_EXPONENTS = (0.4, 1.0)
# No instrument resolves less of |Z|, whatever the residuals are.
FINEST = 1e-6


def best_estimate(frequency, impedance, order, inductance, blocking, given=None):
    """The estimate with the tail that is asked for, or that cross-validation prefers; frequencies descend."""

    def make(alpha, quick=False):
        return Estimate(Problem(frequency, impedance, order, inductance, alpha), given, quick)

    if blocking == "capacitor":
        return make(1.0)
    if blocking == "cpe":
        return _best_tail(make)
    estimate = make(None)
    if blocking == "auto" and tail_slope(frequency, impedance) < -TAIL_SLOPE:
        with_tail = _best_tail(make)
        if with_tail.score < estimate.score and with_tail.coefficients[-1] > 0:
            return with_tail
    return estimate


def tail_slope(frequency, impedance):
    """Slope of ln(-Im Z) by ln ω over the lowest half decade, four points or more; 0 where -Im Z is not positive."""
    count = max(4, int(np.sum(frequency < frequency[-1] * 10**0.5)))
    height = -impedance.imag[-count:]
    return float(np.polyfit(np.log(frequency[-count:]), np.log(height), 1)[0]) if (height > 0).all() else 0.0


def _best_tail(make):
    """The estimate with the exponent of the tail that cross-validation prefers."""
    known = {}

    def score(alpha):
        known[float(alpha)] = make(float(alpha), quick=True).score
        return known[float(alpha)]

    grid = np.linspace(*TAIL_EXPONENTS, 13)
    best = int(np.argmin([score(alpha) for alpha in grid]))
    ends = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    minimize_scalar(score, bounds=ends, method="bounded", options={"xatol": 0.004, "maxiter": 8})
    return make(min(known, key=known.get))


class Problem:
    """Weighted equations in the coefficients γ, R_inf, L and 1/Q, each in units of about the data's magnitude."""

    def __init__(self, frequency, impedance, order, inductance, alpha):
        omega = 2 * np.pi * frequency
        self.order, self.alpha, self.inductance = order, alpha, inductance
        self.step = np.log(10) / PER_DECADE
        self.window = 1 / omega.max(), 1 / omega.min()
        ends = -np.log(omega.max()) - MARGIN * np.log(10), -np.log(omega.min()) + MARGIN * np.log(10)
        self.times = int(np.ceil((ends[1] - ends[0]) / self.step)) + 1
        self.log_tau = sum(ends) / 2 + (np.arange(self.times) - (self.times - 1) / 2) * self.step
        self.log_i_omega, self.magnitude = np.log(omega) + 0.5j * np.pi, np.abs(impedance)
        self.scale = float(np.exp(np.mean(np.log(self.magnitude))))
        # What a spectrum with errors in proportion to it resolves at a time is in proportion to |Z| at 1/ω.
        by_time = np.log(self.magnitude) - np.log(self.scale)
        self.local = np.exp(np.interp(self.log_tau, -np.log(omega), by_time))
        self.per_decade = (len(omega) - 1) / np.log10(omega.max() / omega.min())
        columns = [hat_kernel(omega, self.log_tau, self.step), np.ones((len(omega), 1))]
        if inductance:
            columns.append(1j * omega[:, None])
        if alpha is not None:
            columns.append((1j * omega[:, None]) ** -alpha)
        matrix = np.hstack(columns) * (self.scale / self.magnitude[:, None])
        matrix = np.vstack([matrix.real, matrix.imag])
        # Columns of one size: the normal equations' condition is that of the problem and not of its units.
        self.size = np.ones(matrix.shape[1])
        self.size[self.times :] = np.sqrt(np.mean(matrix[:, self.times :] ** 2, axis=0))
        self.matrix = matrix / self.size
        weighted = impedance / self.magnitude
        self.data = np.concatenate([weighted.real, weighted.imag])
        self.normal = self.matrix.T @ self.matrix
        self.ridge = 1e-13 * np.trace(self.normal) / len(self.normal) * np.eye(len(self.normal))
        # γ is zero beyond the grid, so that a step down to it at an end costs as any other.
        self.roughness = np.diff(np.eye(self.times + 2 * order), n=order, axis=0)[:, order:-order]
        self.roughness /= self.step ** (order - 0.5)

    def penalty(self, gamma=None):
        """Matrix of the penalty; with γ, of roughness relative to it."""
        rows = self.roughness
        if gamma is not None and gamma.any():
            smooth = gaussian_filter1d(gamma, SMOOTHED_OVER * PER_DECADE, mode="constant")
            smooth = smooth + FLOOR * (smooth / self.local).max() * self.local
            at = np.arange(len(rows)) - self.order / 2
            rows = rows * (smooth.mean() / np.interp(at, np.arange(self.times), smooth))[:, None]
        penalty = np.zeros_like(self.normal)
        penalty[: self.times, : self.times] = len(self.data) * rows.T @ rows
        return penalty

    def series(self, coefficients):
        """R_inf [ohm], L [H] and 1/Q (0 without a tail) of a solution, or of its last coefficients."""
        count = self.matrix.shape[1] - self.times
        rest = [float(x) for x in coefficients[-count:] / self.size[-count:] * self.scale]
        inductance = rest.pop(1) if self.inductance else 0.0
        return rest[0], inductance, rest[1] if self.alpha is not None else 0.0

    def resolved(self, noise):
        """Smallest resistance [ohm] at each time that noise does not make: three standard deviations of a decade."""
        return self.scale * self.local * max(FINEST, 3 * noise / np.sqrt(self.per_decade))

    def solve(self, regularisation, penalty, data=None, free=None):
        """Coefficients, which of them are free of the bound, and the factor of their equations."""
        right = self.matrix.T @ (self.data if data is None else data)
        return nonnegative(self.normal + regularisation * penalty + self.ridge, right, free)

    def score(self, x, free, factor):
        """GCV score, degrees of freedom, and the sum of squares."""
        index = np.flatnonzero(free)
        taken = float(np.trace(dpotrs(factor, self.normal[index[:, None], index])[0]))
        squares = float(np.sum((self.matrix @ x - self.data) ** 2))
        return len(self.data) * squares / (len(self.data) - taken) ** 2, taken, squares


class Estimate:
    """The solution of a problem with its regularisation, chosen or given, and the weights of its penalty."""

    def __init__(self, problem, given=None, quick=False):
        self.problem, self.is_chosen = problem, given is None
        # For a comparison of exponents, coarse steps and one weighting do.
        reweightings, grid = (1, REGULARISATIONS[::2]) if quick else (REWEIGHTINGS, REGULARISATIONS)
        self.penalty = problem.penalty()
        for last in [False] * reweightings + [True]:
            self.regularisation, score = (given, None) if given is not None else self._cross_validate(grid)
            x, self.free, factor = problem.solve(self.regularisation, self.penalty)
            if last or not x[: problem.times].any():
                break
            self.penalty = problem.penalty(x[: problem.times])
        self.coefficients = x
        own_score, self.degrees_of_freedom, self.squares = problem.score(x, self.free, factor)
        self.score = own_score if score is None else score

    def _cross_validate(self, grid):
        """The strongest regularisation whose score is within one standard error of the least; the least."""
        scores, free = [], None
        for regularisation in grid:
            x, free, factor = self.problem.solve(regularisation, self.penalty, free=free)
            scores.append(self.problem.score(x, free, factor)[0])
        enough = min(scores) * (1 + np.sqrt(2 / len(self.problem.data)))
        return next(float(a) for a, score in zip(grid, scores, strict=True) if score <= enough), min(scores)

    @property
    def gamma(self):
        """At the nodes [ohm per unit of ln tau]."""
        return self.coefficients[: self.problem.times] * self.problem.scale

    @property
    def residuals(self):
        """Relative, real parts and then imaginary parts."""
        return self.problem.matrix @ self.coefficients - self.problem.data

    @property
    def scatter(self):
        """Relative standard deviation of each part, from the residuals."""
        return float(np.sqrt(self.squares / (len(self.problem.data) - self.degrees_of_freedom)))

    def bootstrap(self, draws, noise, rng):
        """Coefficients and data of draws, shape (draws, …), with errors of the noise or, where None, the residuals."""
        problem, residuals, count = self.problem, self.residuals, len(self.problem.data)
        # The fit takes up a part of the noise; the residuals are widened by what it took.
        pool = (residuals - residuals.mean()) * np.sqrt(count / (count - self.degrees_of_freedom))
        drawn, spectra = np.empty((draws, len(self.coefficients))), np.empty((draws, count))
        for row, data in zip(drawn, spectra, strict=True):
            error = rng.choice(pool, count) if noise is None else noise * rng.standard_normal(count)
            data[:] = problem.matrix @ self.coefficients + error
            free, penalty = self.free, self.penalty
            for _ in range(2):
                # The weights follow the noise, too.
                row[:], free, _ = problem.solve(self.regularisation, penalty, data, free)
                penalty = problem.penalty(row[: problem.times])
        return drawn, spectra


def nonnegative(matrix, right, free=None):
    """Minimise x'Hx/2 − g'x with x ≥ 0 by exchange of whole blocks between the bound and the free.

    Exact up to rounding: the conditions of Karush, Kuhn and Tucker are checked to end. Block principal pivoting
    (J. Kim and H. Park, doi 10.1137/110821172), with the general routine of scipy where it goes round.

    Parameters
    ----------
    matrix : numpy.ndarray
        H, symmetric and positive definite, shape (n, n).
    right : numpy.ndarray
        g, shape (n,).
    free : numpy.ndarray, optional
        Which coefficients to begin with as free (bool, shape (n,)).

    Returns
    -------
    x : numpy.ndarray
    free : numpy.ndarray
    factor : numpy.ndarray
        Upper Cholesky factor of the free block.
    """
    free = np.ones(len(right), dtype=bool) if free is None else free.copy()
    fewest, patience, slack = len(right) + 1, 3, 1e-10 * np.abs(right).max()
    for _ in range(5 * len(right)):
        x, factor = _free_solution(matrix, right, free)
        wrong = (free & (x < -1e-10 * x.max(initial=0))) | (~free & (matrix @ x - right < -slack))
        count = np.count_nonzero(wrong)
        if count == 0:
            return np.maximum(x, 0), free, factor
        if count < fewest:
            fewest, patience = count, 3
        elif patience > 0:
            patience -= 1
        else:
            # One at a time ends for certain, if slowly.
            wrong[: np.flatnonzero(wrong)[-1]] = False
        free = free ^ wrong
    upper = np.linalg.cholesky(matrix).T
    x, _ = nnls(upper, np.linalg.solve(upper.T, right), maxiter=100 * len(right))
    free = x > 0
    return x, free, _free_solution(matrix, right, free)[1]


def _free_solution(matrix, right, free):
    """Solution of the free block, zero elsewhere, and the block's factor."""
    index = np.flatnonzero(free)
    x = np.zeros(len(right))
    # LAPACK as it is: thousands of small blocks, of which scipy's checks would take half the time.
    factor, failed = dpotrf(matrix[index[:, None], index])
    if failed:
        raise np.linalg.LinAlgError("the equations are singular; a stronger regularisation is needed")
    x[index] = dpotrs(factor, right[index])[0]
    return x, factor
