"""From a recipe in masses to volumes and back, and when particles connect."""

import numpy as np
import pytest

from sslib.transport import (
    composite_density,
    composite_porosity,
    connected_fraction,
    coordination,
    mass_fractions,
    percolation_threshold,
    volume_fractions,
)
from sslib.units import g_cm3, mg_cm2, um

rng = np.random.default_rng(3)


def random_recipes(count, solids=4):
    masses = rng.dirichlet(np.ones(solids), count)
    return masses, rng.uniform(500, 9000, (count, solids)), rng.uniform(0, 0.6, count)


def test_masses_to_volumes_and_back():
    """A porosity or density applied at the wrong place would not come back."""
    masses, densities, porosity = random_recipes(50)
    volumes = volume_fractions(masses, densities, porosity)
    assert volumes.sum(axis=-1) == pytest.approx(1 - porosity, rel=1e-12)
    assert mass_fractions(volumes, densities) == pytest.approx(masses, abs=1e-12)


def test_density_is_what_the_volumes_weigh():
    """The sum of fractions times densities is the other way to the same density, and gives the pores back."""
    masses, densities, porosity = random_recipes(50)
    density = composite_density(masses, densities, porosity)
    assert density == pytest.approx((volume_fractions(masses, densities, porosity) * densities).sum(axis=-1))
    assert composite_porosity(masses, densities, density) == pytest.approx(porosity, abs=1e-12)


def test_published_cathode_thicknesses():
    """Source 004's cathodes: 60 um for the liquid cell (15 mg/cm2, 40 % pores) and for the solid one (19.5, 10 %)."""
    liquid = composite_density([0.95, 0.02, 0.03], np.array([4.7, 2.2, 1.8]) * g_cm3, 0.40)
    solid = composite_density([0.80, 0.15, 0.05], np.array([4.7, 5.0, 2.2]) * g_cm3, 0.10)
    assert 15 * mg_cm2 / 0.95 / liquid / um == pytest.approx(59.97, abs=0.005)
    assert 19.5 * mg_cm2 / 0.80 / solid / um == pytest.approx(60.38, abs=0.005)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: volume_fractions([0.7, 0.2], [4000, 2000]), r"sum to 0\.9"),
        (lambda: volume_fractions([0.7, 0.3], [4000, -2000]), "densities is -2000"),
        (lambda: volume_fractions([1.0], [4000], 1.0), "porosity is 1"),
        (lambda: composite_porosity([0.7, 0.3], [4700, 2000], 5000), "density is 5000"),
        (lambda: mass_fractions([-0.1, 1.1], [4700, 2000]), r"volumes is -0\.1"),
        (lambda: coordination(0.5, -1e-6, 1e-6), "radius is -1e-06"),
    ],
)
def test_a_wrong_recipe_is_refused(call, message):
    """Fractions that do not sum to 1 are a typing error, and would scale every energy density."""
    with pytest.raises(ValueError, match=message):
        call()


def test_contacts_are_those_of_a_count():
    """Contacts drawn in proportion to surface, particle by particle, are the independent route to the mean number."""
    for _ in range(5):
        fraction, radii = rng.uniform(0.2, 0.8), rng.uniform(1, 5, 2)
        numbers = np.array([fraction, 1 - fraction]) / radii**3
        surface = numbers * radii**2
        met = rng.random(200_000) < surface[0] / surface.sum()
        assert coordination(fraction, *radii) == pytest.approx(6 * met.mean(), rel=0.02)


def test_the_threshold_is_where_the_contacts_are_critical():
    """At the threshold nothing is connected, just above something; both kinds cannot be short of volume at once."""
    radii = rng.uniform(1, 3, (20, 2)).T
    threshold = percolation_threshold(*radii)
    assert coordination(threshold, *radii) == pytest.approx(1.764)
    assert connected_fraction(coordination(threshold, *radii)) == pytest.approx(0, abs=1e-3)
    assert (connected_fraction(coordination(threshold * 1.02, *radii)) > 0.1).all()
    assert (threshold + percolation_threshold(*radii[::-1]) < 1).all()


def test_smaller_particles_connect_at_less_volume():
    """Source 002 (after Bielefeld et al.): smaller particles have the lower threshold and the better connection."""
    sizes = np.array([3.0, 5.0, 10.0, 15.0])
    assert (np.diff(percolation_threshold(sizes, 3.0)) > 0).all()
    assert (np.diff(connected_fraction(coordination(0.5, sizes, 3.0))) <= 0).all()
