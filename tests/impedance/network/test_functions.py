"""The two functions of a matrix and their derivatives, against high-precision arithmetic."""

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose

from sslib.impedance.elements import Decay
from sslib.impedance.network.functions import LineFunctions, by_doubling, divided_differences, scalar_functions


def precise_h(q):
    x = mpmath.sqrt(q)
    return mpmath.tanh(x / 2) / (x / 2) if q else mpmath.mpf(1)


def precise_g(q):
    return (precise_h(q) - 1) / q if q else -mpmath.mpf(1) / 12


def passive(rng, shape, decades=(-12, 10)):
    """Numbers of the half-plane that branches of a passive line reach."""
    return 10 ** rng.uniform(*decades, shape) * np.exp(1j * rng.uniform(-0.5, 0.5, shape) * np.pi)


@pytest.mark.parametrize("apart", [0, 1e-14, 1e-9, 1e-4, 0.1, 1, None])
def test_divided_differences_keep_their_digits_however_close_two_eigenvalues_are(apart):
    """A plain quotient of differences would lose all digits where eigenvalues come close, and with it a fit's way."""
    rng = np.random.default_rng(8)
    first = passive(rng, 300)
    second = passive(rng, 300) if apart is None else first * (1 + apart * np.exp(1j * rng.uniform(0, 6, 300)))
    values = np.stack([first, second], axis=1)
    decay = Decay(values)
    slopes = divided_differences(values, decay, *scalar_functions(values, decay))
    with mpmath.workdps(120):
        for ours, function in zip(slopes, (precise_h, precise_g), strict=True):
            for own, p, q in zip(ours[:, 0, 1], first, second, strict=True):
                p, q = mpmath.mpc(p), mpmath.mpc(q)
                if p == q:
                    p, q = p * (1 - mpmath.mpf(10) ** -20), p * (1 + mpmath.mpf(10) ** -20)
                exact = complex((function(p) - function(q)) / (p - q))
                assert abs(own / exact - 1) < 1e-12, (p, q)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_both_routes_give_the_function_and_its_derivative(size):
    """Eigenvectors and doubling share no step; a wrong sign in either, or a lost term, would part them."""
    rng = np.random.default_rng(9)
    matrix = np.einsum("nij,nj->nij", rng.normal(size=(100, size, size)), passive(rng, (100, size), (-3, 3)))
    # Eigenvalues away from the poles on the negative axis.
    matrix = matrix + 5 * np.abs(matrix).sum(axis=(1, 2))[:, None, None] * np.eye(size)
    functions = LineFunctions(matrix)
    assert not functions.confluent.any()
    h, g = by_doubling(matrix)
    assert_allclose(functions.h, h, rtol=1e-10, atol=1e-12 * np.abs(h).max())
    assert_allclose(functions.g, g, rtol=1e-10, atol=1e-12 * np.abs(g).max())
    toward = rng.normal(size=(2, 100, size, size)) * np.abs(matrix).max(axis=(1, 2))[:, None, None]
    by_vectors = functions.derivative(*toward)
    functions.confluent[:] = True
    assert_allclose(functions.derivative(*toward), by_vectors, rtol=1e-8, atol=1e-11)


@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize("eigenvalue", [1e-8, 0.3, 3 + 4j, 1e4j, 1e9])
def test_a_matrix_without_a_basis_of_eigenvectors_is_no_special_case(size, eigenvalue):
    """At an exceptional point the inverse of the eigenvectors does not exist, and a division by it would give noise."""
    block = eigenvalue * (np.eye(size) + np.eye(size, k=1))
    functions = LineFunctions(block[None].astype(complex))
    assert functions.confluent.all()
    with mpmath.workdps(60):
        q = mpmath.mpc(eigenvalue)
        for ours, function in ((functions.h, precise_h), (functions.g, precise_g)):
            for order in range(size):
                exact = (
                    mpmath.diff(function, q, order, h=q * mpmath.mpf(10) ** -12) * q**order / mpmath.factorial(order)
                )
                assert_allclose(ours[0, 0, order], complex(exact), rtol=1e-11)
