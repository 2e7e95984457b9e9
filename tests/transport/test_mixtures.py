"""From a recipe in masses to volumes and back, and when particles connect."""

import numpy as np
import pytest
from scipy.ndimage import label
from scipy.spatial import cKDTree

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


def packed(ratio, large, small, filling, steps=400):
    """Spheres of two radii (the ratio, and one) pressed together in a periodic box: radii, pairs in contact."""
    rng = np.random.default_rng(1)
    radii = np.repeat([ratio, 1.0], [large, small])
    box = (4 / 3 * np.pi * (radii**3).sum() / filling) ** (1 / 3)
    place, speed = rng.random((len(radii), 3)) * box, np.zeros((len(radii), 3))
    for step in range(steps):
        if step % 5 == 0:
            pairs = cKDTree(place % box, boxsize=box).query_pairs(2 * ratio + 1, output_type="ndarray")
        i, j = pairs.T
        apart = place[i] - place[j]
        apart -= box * np.round(apart / box)
        distance = np.linalg.norm(apart, axis=1)
        overlap = radii[i] + radii[j] - distance
        push = (np.maximum(overlap, 0) / np.maximum(distance, 1e-9))[:, None] * apart
        force = np.stack([np.bincount(i, f, len(radii)) - np.bincount(j, f, len(radii)) for f in push.T], axis=1)
        speed = 0.9 * speed + 0.25 * force
        place += speed
    return radii, pairs[overlap > 0]


@pytest.mark.parametrize(("ratio", "large", "small", "filling"), [(1.0, 600, 600, 0.66), (2.0, 150, 980, 0.71)])
def test_contacts_are_those_of_a_packing(ratio, large, small, filling):
    """Spheres pressed together on the computer are the independent route; the share of the surface fails at ratio 2."""
    radii, pairs = packed(ratio, large, small, filling)
    kind = np.arange(len(radii)) < large
    mean = 2 * len(pairs) / len(radii)
    assert 5.5 < mean < 7.5
    share = large * ratio**3 / (large * ratio**3 + small)
    for own, fraction, radius, other in ((kind, share, ratio, 1.0), (~kind, 1 - share, 1.0, ratio)):
        contacts = 2 * own[pairs].all(axis=1).sum() / own.sum() * 6 / mean
        assert coordination(fraction, radius, other) == pytest.approx(contacts, rel=0.10)


@pytest.mark.parametrize("occupied", [0.37, 0.4, 0.45, 0.5, 0.6])
def test_connected_share_of_sites_with_six_neighbours(occupied):
    """Drawn sites of a cubic lattice connect somewhat better than the correlation says, and never worse."""
    drawn = np.random.default_rng(0).random((60, 60, 60)) < occupied
    clusters, _ = label(drawn)
    share = np.bincount(clusters[drawn]).max() / drawn.sum()
    assert -0.01 < share - connected_fraction(6 * occupied) < 0.13


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
