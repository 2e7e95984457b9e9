"""ZARCs fitted to a spectrum, one a peak: what part of an overlap is whose, and what regularisation does to them."""

from dataclasses import dataclass

import numpy as np

from sslib.impedance.relaxation.basis import zarc_distribution

EXPONENTS = (0.3, 1.0)
# A narrower one is smeared by regularisation: with its own width it would leave its flanks to its neighbour.
NARROWEST = 0.95
# The fit ends when a step lowers the sum of squares by no more than this share, or than rounding does, or when no
# damping makes a step that lowers it.
ITERATIONS, CONVERGED, ROUNDING, HOPELESS = 30, 1e-5, 1e-20, 1e8


@dataclass(frozen=True)
class Shapes:
    """Resistors across CPEs in series that fit a spectrum best, with what is in series of a `Problem`.

    Attributes
    ----------
    resistance : numpy.ndarray
        [ohm], shape (parts,).
    log_tau : numpy.ndarray
        ln of seconds, shape (parts,).
    alpha : numpy.ndarray
        Exponents [1], shape (parts,).
    fitted : numpy.ndarray
        In the order and the weights of ``Problem.data``.
    series : numpy.ndarray
        Coefficients of what is in series, in the units of ``Problem``.
    squares : float
        Sum of the squared relative residuals [1].
    """

    resistance: np.ndarray
    log_tau: np.ndarray
    alpha: np.ndarray
    fitted: np.ndarray
    series: np.ndarray
    squares: float

    @property
    def parameters(self):
        """ln of ohm, ln of seconds, exponents, shape (3, parts)."""
        return np.array([np.log(self.resistance), self.log_tau, self.alpha])


def shares(shapes, log_tau):
    """Of each ZARC in the sum of all at each time [1], shape (parts, times)."""
    heights = zarc_distribution(
        np.exp(log_tau),
        shapes.resistance[:, None],
        np.exp(shapes.log_tau)[:, None],
        np.minimum(shapes.alpha, NARROWEST)[:, None],
    )
    return heights / heights.sum(axis=0)


def fit_shapes(problem, data, start):
    """The ZARCs that fit data of a problem best, from a start near them.

    Levenberg and Marquardt with what is in series, linear, projected out.

    Parameters
    ----------
    problem : Problem
    data : numpy.ndarray
        Weighted as ``problem.data``.
    start : numpy.ndarray
        ln of ohm, ln of seconds, exponents, shape (3, parts).

    Returns
    -------
    Shapes
    """
    series = problem.matrix[:, problem.times :]
    basis = np.linalg.qr(series)[0]

    def without_series(rows):
        return rows - basis @ (basis.T @ rows)

    target = without_series(data)
    parts = start.shape[1]
    ends = problem.log_tau[[0, -1]]
    # Beyond a factor of ten in resistance it is another arc, or one that the window does not determine.
    low = np.concatenate([start[0] - np.log(10), np.repeat([ends[0], EXPONENTS[0]], parts)])
    high = np.concatenate([start[0] + np.log(10), np.repeat([ends[1], EXPONENTS[1]], parts)])
    x = np.clip(start.ravel(), low, high)
    arcs, slopes = _zarcs(problem, x)
    residual = without_series(arcs) - target
    squares, damping = residual @ residual, 1e-3
    enough = ROUNDING * (data @ data)
    for _ in range(ITERATIONS):
        before, slopes = squares, without_series(slopes)
        normal, downhill = slopes.T @ slopes, -slopes.T @ residual
        free = np.flatnonzero(~((x <= low) & (downhill < 0) | (x >= high) & (downhill > 0)))
        block = normal[free[:, None], free]
        size = np.diag(block) + 1e-12 * np.trace(block)
        while damping < HOPELESS:
            step = np.zeros_like(x)
            # A factor of more than e at once is no local step.
            step[free] = np.clip(np.linalg.solve(block + damping * np.diag(size), downhill[free]), -1, 1)
            tried = np.clip(x + step, low, high)
            arcs_tried, slopes_tried = _zarcs(problem, tried)
            residual_tried = without_series(arcs_tried) - target
            if residual_tried @ residual_tried <= squares:
                x, arcs, slopes, residual = tried, arcs_tried, slopes_tried, residual_tried
                squares, damping = residual @ residual, max(damping / 10, 1e-9)
                break
            damping *= 10
        if before - squares <= CONVERGED * before + enough:
            break
    coefficients = np.linalg.lstsq(series, data - arcs, rcond=None)[0]
    log_resistance, log_tau, alpha = x.reshape(3, parts)
    return Shapes(np.exp(log_resistance), log_tau, alpha, arcs + series @ coefficients, coefficients, float(squares))


def _zarcs(problem, x):
    """Sum of the ZARCs as weighted data, and its derivatives, shape (data, 3 parts)."""
    log_resistance, log_tau, alpha = x.reshape(3, -1)
    log_ratio = problem.log_i_omega[:, None] + log_tau
    power = np.exp(alpha * log_ratio)
    each = np.exp(log_resistance) / (1 + power) / problem.magnitude[:, None]
    by_power = -each * power / (1 + power)
    slopes = np.hstack([each, by_power * alpha, by_power * log_ratio])
    total = each.sum(axis=1)
    return np.concatenate([total.real, total.imag]), np.vstack([slopes.real, slopes.imag])
