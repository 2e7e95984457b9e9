"""Diffusion into spherical particles, as a sum of modes."""

from functools import cache

import numpy as np
from scipy.optimize import brentq

EXACT_MODES = 8
"""So many modes are eigenfunctions; the others stand each for a group of faster ones."""
ROOTS = 400
"""So many eigenvalues go into the groups; the last has the rest, to infinity."""


@cache
def diffusion_modes(count):
    r"""Weights and rates [1] of a sphere's surface answer to a steady flux, in units of :math:`\tau_d`.

    .. math:: \tfrac15 - \sum_n w_n e^{-\mu_n t/\tau_d}, \qquad w_n = 2/\lambda_n^2, \quad \mu_n = \lambda_n^2, \quad
        \tan \lambda_n = \lambda_n

    The first modes are these; later ones share a weight and the rate that keeps their sum of w/mu; the last has all
    that remains of 1/5, so that the steady state is exact.
    """

    def phase(root):
        return np.sin(root) - root * np.cos(root)

    roots = np.array([brentq(phase, n * np.pi, (n + 0.5) * np.pi) for n in range(1, ROOTS + 1)])
    groups = np.geomspace(EXACT_MODES, ROOTS, count - EXACT_MODES + 1).round().astype(int)
    starts = np.unique(np.concatenate([np.arange(EXACT_MODES), groups[:-1]]))
    weights, delays = (np.add.reduceat(2 / roots**power, starts) for power in (2, 4))
    weights[-1] = 1 / 5 - weights[:-1].sum()
    return weights, weights / np.append(delays[:-1], 1 / 175 - delays[:-1].sum())


def step_weights(rates, steps):
    r"""What a step of a mode needs, for a flux q linear in time, as three arrays (steps, modes) [1].

    With :math:`z = \mu h`, of :math:`y' = \mu (q - y)`: the decay :math:`e^{-z}` of the old value, and the weights of
    the flux at the start and at the end of the step.
    """
    z = np.asarray(steps)[:, None] * rates
    decay, lost = np.exp(-z), -np.expm1(-z)
    # 1 - (1 - exp(-z))/z, whose terms cancel for small z.
    late = np.where(z < 1e-3, z / 2 - z**2 / 6, 1 - lost / z)
    return decay, lost - late, late
