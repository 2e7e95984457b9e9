"""Elastic relations: identities at random values, and pairs of moduli that no isotropic solid has."""

import numpy as np
import pytest

from sslib.mechanics import (
    bulk_modulus,
    poisson_of_moduli,
    poisson_of_pugh,
    poisson_ratio,
    pugh_of_poisson,
    pugh_ratio,
    shear_modulus,
    thermal_misfit_strain,
    youngs_modulus,
)


@pytest.fixture
def solids():
    """Young's moduli [Pa] and Poisson's ratios [1] of random solids."""
    rng = np.random.default_rng(6)
    return rng.uniform(1e9, 3e11, 50), rng.uniform(-0.3, 0.49, 50)


def test_moduli_are_those_of_the_stiffness_matrix(solids):
    """A slip in a factor of E, G, K or nu; the route is Hooke's law in matrix form, inverted."""
    for youngs, nu in zip(*solids, strict=True):
        compliance = (np.full((3, 3), -nu) + (1 + nu) * np.eye(3)) / youngs
        stiffness = np.linalg.inv(compliance)
        assert bulk_modulus(youngs, nu) == pytest.approx(stiffness.sum() / 9, rel=1e-9)
        assert shear_modulus(youngs, nu) == pytest.approx((stiffness[0, 0] - stiffness[0, 1]) / 2, rel=1e-9)


def test_every_pair_gives_the_others_back(solids):
    """An inverse that is none would turn a measured pair into another solid."""
    youngs, nu = solids
    bulk, shear = bulk_modulus(youngs, nu), shear_modulus(youngs, nu)
    np.testing.assert_allclose(youngs_modulus(bulk, shear), youngs, rtol=1e-10)
    np.testing.assert_allclose(poisson_of_moduli(youngs, shear), nu, atol=1e-10)
    np.testing.assert_allclose(pugh_of_poisson(nu), pugh_ratio(bulk, shear), rtol=1e-10)
    np.testing.assert_allclose(poisson_of_pugh(pugh_of_poisson(nu)), nu, atol=1e-10)


def test_what_thins_when_pulled_has_a_positive_ratio(solids):
    """By the formula as printed (source 002, Table A.1) every solid of its own Table 1 would be negative."""
    youngs, nu = solids
    axial, transverse = 1e8 / youngs, -nu * 1e8 / youngs
    np.testing.assert_allclose(poisson_ratio(transverse, axial), nu, rtol=1e-12)


def test_misfit_grows_with_the_difference_and_the_cooling():
    """Alike solids have no misfit, and the one that shrinks more on cooling comes out negative."""
    assert thermal_misfit_strain(1.5e-5, 1.5e-5, -723.0) == 0
    assert thermal_misfit_strain(1.55e-5, 1.0e-5, -100.0) == pytest.approx(-5.5e-4)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: shear_modulus(-1e9, 0.3), "youngs is -1e\\+09"),
        (lambda: shear_modulus(1e9, 0.6), "poisson is 0.6; it must be between -1 and 0.5"),
        (lambda: shear_modulus(1e9, -1.0), "1 \\+ poisson is 0"),
        (lambda: bulk_modulus(1e9, 0.5), "1 - 2 poisson is 0"),
        (lambda: poisson_of_moduli(100e9, 20e9), "poisson is 1.5"),
        (lambda: pugh_ratio(1e9, 0.0), "shear is 0"),
        (lambda: thermal_misfit_strain(15.0, 0.0, 1.0), "expansion is 15"),
    ],
)
def test_what_cannot_be_is_refused(call, says):
    """A coefficient in 1e-6/K, or moduli that no isotropic solid has, must not become a number."""
    with pytest.raises(ValueError, match=says):
        call()
