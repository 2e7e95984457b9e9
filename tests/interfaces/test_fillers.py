"""Spheres behind an interface resistance: Laplace's equation, and the limits."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sslib.interfaces import critical_radius, filled_conductivity, tolerable_resistance
from sslib.transport import hashin_shtrikman

RNG = np.random.default_rng(4)


def coated_sphere(fraction, matrix, particle, radius, resistance):
    """Conductivity of the medium in which a sphere in its shell of matrix leaves the field outside undisturbed.

    Potentials per cos theta: A r inside, B r + C/r2 in the shell, r outside, from the jumps at both radii.
    """
    outer = radius * fraction ** (-1 / 3)
    rows = np.array(
        [
            [particle, -matrix, 2 * matrix / radius**3],
            [-radius - resistance * particle, radius, 1 / radius**2],
            [0.0, outer, 1 / outer**2],
        ]
    )
    _, b, c = np.linalg.solve(rows, [0.0, 0.0, outer])
    return matrix * (b - 2 * c / outer**3)


def test_it_is_the_neutral_coated_sphere():
    """The jump at the surface, solved numerically; a radius where a diameter belongs would show."""
    for _ in range(8):
        fraction, matrix, particle = RNG.uniform(0.02, 0.6), 10 ** RNG.uniform(-3, 1), 10 ** RNG.uniform(-3, 1)
        radius, resistance = 10 ** RNG.uniform(-7, -4), 10 ** RNG.uniform(-6, -2)
        expected = coated_sphere(fraction, matrix, particle, radius, resistance)
        assert_allclose(filled_conductivity(fraction, matrix, particle, radius, resistance), expected, rtol=1e-9)


def test_the_printed_form_of_the_literature_is_the_same():
    """The formula as engineers quote it for heat, with the conductance h = 1/R of the boundary."""
    phi, m, p, a, r = 0.3, 0.2, 1.4, 3e-6, 2e-5
    over = p * r / a
    top = 2 * (p / m - over - 1) * phi + p / m + 2 * over + 2
    bottom = (1 - p / m + over) * phi + p / m + 2 * over + 2
    assert filled_conductivity(phi, m, p, a, r) == pytest.approx(m * top / bottom, rel=1e-13)


def test_without_resistance_it_is_the_lower_bound_of_hashin_and_shtrikman():
    """Maxwell's relation with the poorer phase as host is that bound; none of the two may drift."""
    fraction = np.linspace(0, 1, 9)
    assert_allclose(
        filled_conductivity(fraction, 0.1, 2.0, 1e-6, 0.0), hashin_shtrikman(fraction, 2.0, 0.1)[0], rtol=1e-12
    )


def test_at_the_critical_radius_particles_are_invisible():
    """Above they help, below they hinder; it is the tolerable resistance read the other way."""
    a = critical_radius(0.1, 0.5, 4e-4)
    assert_allclose(filled_conductivity([0.1, 0.4], 0.1, 0.5, a, 4e-4), 0.1, rtol=1e-13)
    assert filled_conductivity(0.3, 0.1, 0.5, 2 * a, 4e-4) > 0.1 > filled_conductivity(0.3, 0.1, 0.5, a / 2, 4e-4)
    assert tolerable_resistance(0.1, 0.5, a) == pytest.approx(4e-4, rel=1e-13)
    assert critical_radius(0.5, 0.1, 4e-4) == np.inf
    assert critical_radius(0.1, 1e12, 4e-4) == pytest.approx(0.1 * 4e-4, rel=1e-9)


def test_behind_a_large_resistance_particles_are_pores():
    """The limit must be Maxwell's for insulators, whatever the particles are made of."""
    assert filled_conductivity(0.3, 0.2, 5.0, 1e-6, 1e9) == pytest.approx(0.2 * 0.7 / 1.15, rel=1e-9)


def test_particles_that_conduct_worse_tolerate_no_resistance():
    """A negative resistance would be no answer."""
    with pytest.raises(ValueError, match="conductivity of the particles"):
        tolerable_resistance(0.5, 0.1, 1e-6)
    with pytest.raises(ValueError, match="radius is 0"):
        filled_conductivity(0.1, 1.0, 1.0, 0.0, 1.0)
