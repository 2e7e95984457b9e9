r"""What happens between the two faces of a uniform line, from what its faces say.

With the mean of the potentials and of the currents at the two faces, :math:`\bar\varphi` and J, and what the lattice
has between them, :math:`\varphi_0 - \varphi_1 = QJ` and :math:`i_0 - i_1 = P\bar\varphi` (see `lattice`), both at a
depth s from 0 to 1 are

.. math::

    \varphi(s) = C(RY)\,\bar\varphi - S(RY)\,\tfrac12 QJ, \qquad i(s) = C(YR)\, J - S(YR)\,\tfrac12 P\bar\varphi,
    \qquad -\frac{di}{ds} = Y\varphi(s)

.. math::

    C(\mu) = \frac{\cosh((s - \frac12)x)}{\cosh(x/2)}, \qquad
    S(\mu) = \frac{\sinh((s - \frac12)x)}{\sinh(x/2)}, \qquad x = \sqrt\mu

No conductance is asked for, so that rails without resistance are no special case. With Y = W D, D being the differences
to one rail, a function of RY is its value at zero and :math:`R W f_1(D R W) D`, with
:math:`f_1(\mu) = (f(\mu) - f(0))/\mu`.
"""

import numpy as np
from scipy.special import bernoulli, binom, factorial

from sslib.impedance.network.functions import LineFunctions, inverse_and_condition, spectral

# Inside this radius (1/39 of the radius of convergence) the closed form of S₁ cancels and eleven terms are exact.
SERIES_WITHIN = 1.0
VANISHING = 1e-30


def _odd_bernoulli_polynomials(terms):
    """Coefficients in s of 2 B_n(s)/n! for n = 3, 5, …, which are the powers of μ in S₁."""
    numbers = bernoulli(2 * terms + 1)
    rows = np.zeros((terms, 2 * terms + 2))
    for k, n in enumerate(range(3, 2 * terms + 2, 2)):
        j = np.arange(n + 1)
        rows[k, : n + 1] = 2 * binom(n, j) * numbers[n - j] / factorial(n)
    return rows


_SERIES = _odd_bernoulli_polynomials(11)

# Points on the circle about a matrix whose eigenvectors coincide, and its radius over the matrix's size.
CIRCLE, RADIUS = 24, 0.02


def scalar_profiles(values, depths):
    """C, S, C₁ and S₁ of eigenvalues, shape (4, …, depths)."""
    mu = np.where(np.abs(values) < VANISHING, VANISHING, values)[..., None]
    x = np.sqrt(mu.astype(complex))
    s, away = depths, 1 - depths
    # 1 − exp(−x), and the same for the parts of the way: nothing cancels, and nothing overflows.
    lost, lost_here, lost_there = (-np.expm1(-part * x) for part in (1, s, away))
    both = 2 - lost
    even = (2 - lost_here - lost_there) / both
    lean = 2 * s - 1
    odd = np.sign(lean) * np.exp(-np.minimum(s, away) * x) * -np.expm1(-np.abs(lean) * x) / lost
    even_rest = -lost_here * lost_there / (mu * both)
    odd_rest = (odd - lean) / mu
    near = np.abs(values) < SERIES_WITHIN
    if near.any():
        coefficients = np.polynomial.polynomial.polyval(s, _SERIES.T)
        odd_rest[near] = np.polynomial.polynomial.polyvander(values[near], len(_SERIES) - 1) @ coefficients
    return np.stack([even, odd, even_rest, odd_rest])


def _by_modes(values, vectors, inverse, depths):
    return np.einsum("pij,fpjd,pjk->fpikd", vectors, scalar_profiles(values, depths), inverse, optimize=True)


def _by_circle(matrices, depths):
    """Where eigenvectors coincide: the mean over a circle of matrices about it, which an analytic function equals."""
    size = matrices.shape[-1]
    direction = np.cos(np.add.outer(1.0 + np.arange(size), 2.0 * np.arange(size)))
    turn = np.exp(2j * np.pi * (np.arange(CIRCLE) + 0.5) / CIRCLE)[:, None, None, None]
    length = RADIUS * np.abs(matrices).sum(axis=-1).max(axis=-1)[:, None, None]
    around = (matrices + turn * length * direction).reshape(-1, size, size)
    values, vectors = spectral(around)
    found = _by_modes(values, vectors, inverse_and_condition(vectors)[0], depths)
    return found.reshape(4, CIRCLE, *matrices.shape, len(depths)).mean(axis=1)


def matrix_profiles(functions: LineFunctions, depths):
    """C, S, C₁ and S₁ of the lattice's matrices, shape (4, points, m, m, depths)."""
    found = _by_modes(functions.values, functions.vectors, functions.inverse, depths)
    if functions.confluent.any():
        found[:, functions.confluent] = _by_circle(functions.matrix[functions.confluent], depths)
    return found


def profile(lattice, mean, through, depths):
    """Potential, current and what a rail loses per depth, each of shape (points, n, depths).

    ``mean`` is half the sum of the potentials at the faces, ``through`` half that of the currents, (points, n).
    """
    row, order = lattice.turn[0][:, :, 0], lattice.turn[1][:, :, 0]
    drop, lost = (half / 2 for half in (_times(lattice.q, through), _times(lattice.p, mean)))
    mean, through, drop, lost = (vector[row, order] for vector in (mean, through, drop, lost))
    c, s, c_rest, s_rest = matrix_profiles(lattice.functions, depths)
    lean = 2 * depths - 1

    def applied(even, odd, first, second):
        return np.einsum("pijd,pj->pid", even, first) - np.einsum("pijd,pj->pid", odd, second)

    tension = _differences(mean), _differences(drop)
    force = _times(lattice.dr, through), _times(lattice.dr, lost)
    potential = mean[:, :, None] - drop[:, :, None] * lean + lattice.rw @ applied(c_rest, s_rest, *tension)
    current = through[:, :, None] - lost[:, :, None] * lean + lattice.w @ applied(c_rest, s_rest, *force)
    reaction = lattice.w @ applied(c, s, *tension)
    back = np.argsort(order, axis=1)
    return tuple(found[row, back] for found in (potential, current, reaction))


def _times(matrix, vector):
    return (matrix @ vector[:, :, None])[:, :, 0]


def _differences(vector):
    """D v: the differences to the last rail."""
    return vector[:, :-1] - vector[:, -1:]
