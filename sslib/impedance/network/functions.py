r"""Two functions of a matrix, and their derivatives, that a uniform line of any number of rails comes down to.

With :math:`x = \sqrt\mu`,

.. math:: h(\mu) = \frac{\tanh(x/2)}{x/2}, \qquad g(\mu) = \frac{h(\mu) - 1}{\mu}

Both are analytic but for poles on the negative axis from :math:`-\pi^2` on, so a matrix of eigenvalue zero (rails that
keep their current) is no special case. Of a diagonalisable matrix they are taken in the basis of its eigenvectors,
where the derivative in a direction is the direction times divided differences (Yu. L. Daleckii, S. G. Krein, 1965;
N. J. Higham, Functions of Matrices, SIAM 2008, chapter 3). Where eigenvectors (almost) coincide, the line is cut in
2^k pieces short enough for a power series and put together again by doubling, and the derivative is the upper right
block of the function of a block triangle (same chapter).
"""

import numpy as np
from scipy.special import zeta

from sslib.impedance.elements import Decay, tanh_ratio

# Inside this radius, a tenth of the radius of convergence, the closed forms cancel and 18 terms are exact.
SERIES_WITHIN = 1.0
TERMS = 18
# h(μ) = 8 Σ 1/(μ + (2k + 1)² π²) by partial fractions, in powers of μ.
_even = 2.0 * np.arange(1, TERMS + 2)
H_SERIES = 8 * (-1.0) ** np.arange(TERMS + 1) * (1 - 2**-_even) * zeta(_even) / np.pi**_even
G_SERIES = np.append(H_SERIES[1:], 0.0)
G_SLOPES = np.append(G_SERIES[1:], 0.0)

# Eigenvectors of a larger condition number cost more digits than doubling does.
LARGEST_CONDITION = 1e4


def spectral(matrix):
    """Eigenvalues and eigenvectors, shape (…, m) and (…, m, m), of square matrices; small ones in closed form."""
    size = matrix.shape[-1]
    if size < 2:
        return matrix.reshape(matrix.shape[:-1]), np.ones_like(matrix)
    if size > 2:
        return np.linalg.eig(matrix)
    a, b, c, d = (matrix[..., i, j] for i in (0, 1) for j in (0, 1))
    half = 0.5 * (a - d)
    root = np.sqrt(half * half + b * c)
    # Of the two roots the one that adds to the half difference, so that neither vector is a difference of equals.
    root = np.where((root * half.conj()).real < 0, -root, root)
    away = half + root
    vectors = np.empty_like(matrix)
    vectors[..., 0, 0], vectors[..., 1, 0] = away, c
    vectors[..., 0, 1], vectors[..., 1, 1] = -b, away
    diagonal = away == 0
    if diagonal.any():
        # Equal diagonal, and a triangle: a multiple of the identity, or no second eigenvector.
        whole = diagonal & (b == 0) & (c == 0)
        vectors[whole] = np.eye(2)
        one = diagonal & ~whole
        vectors[one] = np.where((b[one] != 0)[:, None, None], [[1, 1], [0, 0]], [[0, 0], [1, 1]])
    away = b * c / np.where(away == 0, 1, away)
    values = np.stack([a + away, d - away], axis=-1)
    vectors /= np.sqrt((np.abs(vectors) ** 2).sum(axis=-2, keepdims=True))
    return values, vectors


def inverse_and_condition(vectors):
    """Inverses of matrices of unit columns, and their condition numbers (infinite where there is none)."""
    size = vectors.shape[-1]
    if size < 2:
        return vectors, np.ones(vectors.shape[:-2])
    if size == 2:
        determinant = vectors[..., 0, 0] * vectors[..., 1, 1] - vectors[..., 0, 1] * vectors[..., 1, 0]
        singular = np.abs(determinant) < 1e-15
        adjugate = np.empty_like(vectors)
        adjugate[..., 0, 0], adjugate[..., 1, 1] = vectors[..., 1, 1], vectors[..., 0, 0]
        adjugate[..., 0, 1], adjugate[..., 1, 0] = -vectors[..., 0, 1], -vectors[..., 1, 0]
        inverse = adjugate / np.where(singular, 1, determinant)[..., None, None]
    else:
        singular = np.linalg.cond(vectors) > 1e15
        inverse = np.linalg.inv(np.where(singular[..., None, None], np.eye(size), vectors))
    condition = size * np.sqrt((np.abs(inverse) ** 2).sum(axis=(-2, -1)) / size)
    return inverse, np.where(singular, np.inf, condition)


class LineFunctions:
    """h and g of square matrices, shape (points, m, m), and what their derivatives need."""

    def __init__(self, matrix):
        self.matrix = matrix
        self.values, self.vectors = spectral(matrix)
        self.inverse, condition = inverse_and_condition(self.vectors)
        self.confluent = condition > LARGEST_CONDITION
        self.decay = Decay(self.values)
        self.of_values = scalar_functions(self.values, self.decay)
        self.h, self.g = (self._back(f[..., None] * self.inverse) for f in self.of_values)
        if self.confluent.any():
            self.h[self.confluent], self.g[self.confluent] = by_doubling(matrix[self.confluent])

    def _back(self, matrix):
        return self.vectors @ matrix

    def derivative(self, toward_h, toward_g):
        """Sum of the derivatives of h in the direction ``toward_h`` and of g in the direction ``toward_g``."""
        h_slopes, g_slopes = divided_differences(self.values, self.decay, *self.of_values)
        inner = h_slopes * (self.inverse @ toward_h @ self.vectors)
        inner += g_slopes * (self.inverse @ toward_g @ self.vectors)
        total = self._back(inner @ self.inverse)
        if self.confluent.any():
            own, size = self.confluent, self.matrix.shape[-1]
            total[own] = 0
            for which, toward in enumerate((toward_h, toward_g)):
                # The function does not care for the size of the direction: one as large as the matrix loses nothing.
                length = np.abs(toward[own]).sum(axis=(-2, -1), keepdims=True)
                length = np.where(length == 0, 1, length)
                scale = np.maximum(np.abs(self.matrix[own]).sum(axis=(-2, -1), keepdims=True), 1e-300)
                block = np.zeros((own.sum(), 2 * size, 2 * size), dtype=complex)
                block[:, :size, :size] = block[:, size:, size:] = self.matrix[own]
                block[:, :size, size:] = toward[own] / length * scale
                total[own] += by_doubling(block)[which][:, :size, size:] * length / scale
        return total


def scalar_functions(values, decay):
    """h and g of numbers."""
    h, _ = tanh_ratio(decay)
    small = decay.modulus < SERIES_WITHIN
    g = (h - 1) / np.where(small, 1, values)
    if small.any():
        g[small] = np.polynomial.polynomial.polyval(values[small], G_SERIES)
    return h, g


def divided_differences(values, decay, h, g):
    r"""First divided differences of h and g between all pairs of eigenvalues, shape (points, m, m).

    With a = x_i/2, b = x_j/2, A = exp(−2a), B = exp(−2b), Re a ≥ Re b, the difference of two hyperbolic tangents over
    a − b has no cancellation, however close the two are:

    .. math:: h[\mu_i, \mu_j] = \frac{1}{4 a (a + b)} \left(
        \frac{2 B (1 - e^{-2(a - b)})}{(a - b)(1 + A)(1 + B)} - h(\mu_j) \right)

    and g[μ_i, μ_j] = h[0, μ_i, μ_j] = (h[μ_i, μ_j] − g(μ_j))/μ_i.
    """
    size = values.shape[-1]
    h_slopes = np.empty((*values.shape, size), dtype=complex)
    g_slopes = np.empty_like(h_slopes)
    for i in range(size):
        for j in range(i + 1):
            pair = _pair(*((x[:, i], x[:, j]) for x in (values, decay.modulus, decay.x, decay.e, h, g)))
            h_slopes[:, i, j], g_slopes[:, i, j] = h_slopes[:, j, i], g_slopes[:, j, i] = pair
    return h_slopes, g_slopes


def _pair(values, modulus, x, e, h, g):
    small = np.maximum(*modulus) < SERIES_WITHIN
    swap = x[0].real < x[1].real
    a, b = (np.where(swap, x[1 - k], x[k]) / 2 for k in (0, 1))
    h_of_b, b_decay = np.where(swap, h[0], h[1]), np.where(swap, e[0], e[1])
    apart = a - b
    equal = apart == 0
    rise = np.where(equal, 2, -np.expm1(-2 * apart) / np.where(equal, 1, apart))
    h_slope = 2 * b_decay * rise / ((1 + e[0]) * (1 + e[1])) - h_of_b
    h_slope /= np.where(small, 1, 4 * a * (a + b))
    first = modulus[0] >= modulus[1]
    larger, g_of_smaller = np.where(first, *values), np.where(first, g[1], g[0])
    g_slope = (h_slope - g_of_smaller) / np.where(small, 1, larger)
    if small.any():
        # Σ c_n (p^n − q^n)/(p − q), the quotient being the sum of p^k q^(n−1−k).
        p, q = values[0][small], values[1][small]
        power, complete = np.ones_like(p), np.ones_like(p)
        by_h, by_g = np.zeros_like(p), np.zeros_like(p)
        for c_h, c_g in zip(G_SERIES, G_SLOPES, strict=True):
            by_h += c_h * complete
            by_g += c_g * complete
            power = power * q
            complete = complete * p + power
        h_slope[small], g_slope[small] = by_h, by_g
    return h_slope, g_slope


def by_doubling(matrix):
    r"""h and g of any square matrices: a power series for a short piece of the line, then twice the length k times.

    .. math:: h(4\nu) = h S^{-1}, \quad p(4\nu) = 4 p S^{-1}, \quad
        g(4\nu) = \tfrac14 (g - h^2/4) S^{-1}, \quad S = 1 + h p/4, \quad p = \nu h

    h and p are carried side by side: with p made from ν and h anew each time, errors that do not commute with the
    matrix would grow (as in Newton's iteration for the square root: N. J. Higham, Functions of Matrices, chapter 6).
    """
    identity = np.eye(matrix.shape[-1])
    norm = np.abs(matrix).sum(axis=-1).max(initial=1e-300)
    doublings = max(0, int(np.ceil(np.log2(norm) / 2)))
    short = matrix / 4.0**doublings
    g = np.zeros_like(short)
    for coefficient in G_SERIES[::-1]:
        g = g @ short + coefficient * identity
    h = identity + short @ g
    p = short @ h
    for _ in range(doublings):
        inverse = np.linalg.inv(identity + h @ p / 4)
        g = (g - h @ h / 4) @ inverse / 4
        h, p = h @ inverse, 4 * p @ inverse
    return h, g
