"""Laws of composites against each other, against bounds, resolved microstructures and published points."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from sslib.tables import table
from sslib.transport import (
    bruggeman,
    bruggeman_exponent,
    conductivity_by_tortuosity,
    effective_medium,
    hashin_shtrikman,
    percolation_threshold,
    tortuosity_factor,
)

rng = np.random.default_rng(11)


def random_pairs(count):
    """Fractions, better and poorer conductivities [1, S/m, S/m]."""
    high = 10 ** rng.uniform(-6, 2, count)
    return rng.uniform(0, 1, count), high, high * 10 ** rng.uniform(-8, 0, count)


def test_tortuosity_factor_and_conductivity_undo_each_other():
    """A factor taken for its root would not come back."""
    fraction, conductivity, _ = random_pairs(50)
    factor = rng.uniform(1, 20, 50)
    effective = conductivity_by_tortuosity(fraction, conductivity, factor)
    assert tortuosity_factor(fraction, conductivity, effective) == pytest.approx(factor, rel=1e-12)


def test_bruggeman_exponent_and_law_undo_each_other():
    """An exponent of the tortuosity (b) in place of that of the conductivity (1 + b) would not come back."""
    fraction, exponent = rng.uniform(0.05, 0.95, 50), rng.uniform(1, 4, 50)
    factor = tortuosity_factor(fraction, 1.0, bruggeman(fraction, 1.0, exponent))
    assert bruggeman_exponent(fraction, factor) == pytest.approx(exponent, rel=1e-10)


def test_published_exponents():
    """Source 002's points recomputed: tau = fraction^-b with b 0.891 with voids and 0.595 with the voids filled."""
    points = table("composites")
    exponents = bruggeman_exponent(points["electrolyte_fraction"], points["tortuosity_factor"])
    assert exponents["with voids"] - 1 == pytest.approx(0.89084, abs=1e-5)
    assert exponents["voids filled with electrolyte"] - 1 == pytest.approx(0.59461, abs=1e-5)


def test_exponent_of_three_halves_is_the_differential_medium():
    """Insulating spheres put in bit by bit, each into the composite of all before (Maxwell's 3/2 of their share)."""
    grown = solve_ivp(lambda inside, s: -1.5 * s / (1 - inside), (0, 0.9), [1.0], rtol=1e-11, atol=1e-13)
    assert bruggeman(1 - grown.t, 1.0) == pytest.approx(grown.y[0], rel=1e-8)


def test_symmetric_medium_is_bruggemans():
    """With s = t = 1 and a threshold of 1/3 the quadratic of Bruggeman's symmetric medium has the same root."""
    fraction, high, low = random_pairs(200)
    b = (3 * fraction - 1) * high + (2 - 3 * fraction) * low
    expected = (b + np.sqrt(b**2 + 8 * high * low)) / 4
    # Where b is negative its root cancels to a difference; the poorer conductor then sets the last digits.
    assert effective_medium(fraction, high, low) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("exponents", [(1.0, 1.0), (2.0, 0.73), (1.5, 1.2)])
def test_general_medium_satisfies_its_equation(exponents):
    """At random values the returned conductivity must be the root of McLachlan's equation as printed."""
    fraction, high, low = random_pairs(100)
    critical, (t, s) = rng.uniform(0.05, 0.6, 100), exponents
    mixed = effective_medium(fraction, high, low, critical, t, s)
    a = (1 - critical) / critical

    def equation(value):
        poor, good, own = low ** (1 / s), high ** (1 / t), (value ** (1 / s), value ** (1 / t))
        return (1 - fraction) * (poor - own[0]) / (poor + a * own[0]) + fraction * (good - own[1]) / (good + a * own[1])

    assert (equation(mixed * (1 - 1e-6)) > 0).all()
    assert (equation(mixed * (1 + 1e-6)) < 0).all()


def test_general_medium_percolates_between_its_two_power_laws():
    """An insulator leaves ((e - ec)/(1 - ec))^t above and nothing below; a perfect conductor (1 - e/ec)^-s below."""
    critical, t, s = 0.25, 2.0, 0.73
    fraction = np.array([0.0, 0.1, 0.25, 0.3, 0.6, 1.0])
    expected = np.maximum(0, (fraction - critical) / (1 - critical)) ** t
    assert effective_medium(fraction, 3.0, 0.0, critical, t, s) == pytest.approx(3 * expected, abs=1e-15)
    nearly = effective_medium(fraction[3:], 3.0, 1e-30, critical, t, s)
    assert nearly == pytest.approx(3 * expected[3:], rel=1e-6)
    below = np.array([0.0, 0.1, 0.2])
    perfect = effective_medium(below, 1e40, 1.0, critical, t, s)
    assert perfect == pytest.approx((1 - below / critical) ** -s, rel=1e-6)


def test_general_medium_ends_at_the_pure_phases_and_takes_any_ratio():
    """An overflow at a ratio of 1e300 would show as a NaN in the middle of a map."""
    assert effective_medium([0.0, 1.0], 5.0, 2.0, 0.2, 2.0, 0.7) == pytest.approx([2.0, 5.0])
    assert effective_medium([0.1, 0.9], 1.0, 1e-300, 0.3, 2.0, 0.5) == pytest.approx([1e-300, 0.7347], rel=1)
    assert effective_medium(0.4, 7.0, 7.0) == pytest.approx(7.0)


def test_laws_without_a_threshold_of_their_own_stay_within_the_bounds():
    """A law outside of Hashin and Shtrikman's bounds would describe no isotropic mixture."""
    fraction, high, low = random_pairs(300)
    lower, upper = hashin_shtrikman(fraction, high, low)
    symmetric = effective_medium(fraction, high, low)
    assert (lower <= symmetric * (1 + 1e-9)).all()
    assert (symmetric <= upper * (1 + 1e-9)).all()
    assert (bruggeman(fraction, high) <= hashin_shtrikman(fraction, high)[1] * (1 + 1e-12)).all()


def test_bounds_are_those_of_coated_spheres():
    """A sphere with a coat of the host that does not disturb a uniform field: Maxwell's dipole must vanish."""
    fraction, high, low = random_pairs(100)
    for bound, host, core, inside in zip(
        hashin_shtrikman(fraction, high, low)[::-1], (high, low), (low, high), (1 - fraction, fraction), strict=True
    ):
        contrast = (core - host) / (core + 2 * host)
        assert (bound - host) / (bound + 2 * host) == pytest.approx(inside * contrast, rel=1e-7, abs=1e-12)


def test_published_tortuosities_are_possible_and_the_symmetric_medium_has_them():
    """Points below the bound would be misread; the law that the notebook calls nearest has both within 5 %."""
    points = table("composites")
    fraction, factor = points["electrolyte_fraction"].to_numpy(), points["tortuosity_factor"].to_numpy()
    assert (factor > fraction / hashin_shtrikman(fraction, 1.0)[1]).all()
    simulated = points["method"].str.startswith("simulated").to_numpy()
    published = conductivity_by_tortuosity(fraction, 1.0, factor)[simulated]
    assert effective_medium(fraction, 1.0)[simulated] == pytest.approx(published, rel=0.05)
    assert bruggeman(fraction, 1.0)[simulated][0] > 1.25 * published[0]


def test_symmetric_medium_against_a_resolved_random_mixture():
    """Cubes of two phases drawn at random, solved voxel by voxel and carried on to voxels of no size."""
    high, low = 1.0, 0.25
    fractions, solved = [], []
    for _ in range(6):
        better = rng.random((8, 8, 8)) < 0.6
        coarse, finer, finest = (
            resolved(np.kron(np.where(better, high, low), np.ones((cut,) * 3))) for cut in (1, 2, 4)
        )
        fractions.append(better.mean())
        # The error falls by one factor with each halving of the voxels: Aitken's sum of what is still to come.
        solved.append(finest + (finest - finer) ** 2 / (2 * finer - coarse - finest))
    assert effective_medium(np.mean(fractions), high, low) == pytest.approx(np.mean(solved), rel=0.02)


def resolved(field):
    """Conductivity of a cube of voxels between two plates, insulated at the sides."""
    from scipy.sparse import coo_array
    from scipy.sparse.linalg import cg

    n = field.shape[0]
    number = np.arange(field.size).reshape(field.shape)
    rows, columns, links = [], [], []
    for axis in range(3):
        one, other = np.moveaxis(field, axis, 0)[:-1], np.moveaxis(field, axis, 0)[1:]
        rows.append(np.moveaxis(number, axis, 0)[:-1].ravel())
        columns.append(np.moveaxis(number, axis, 0)[1:].ravel())
        links.append((2 * one * other / (one + other)).ravel())
    i, j, g = (np.concatenate(parts) for parts in (rows, columns, links))
    plate = np.zeros(field.size)
    plate[number[0].ravel()] = plate[number[-1].ravel()] = 2.0
    contact = plate * field.ravel()
    diagonal = np.bincount(i, g, field.size) + np.bincount(j, g, field.size) + contact
    where = np.arange(field.size)
    matrix = coo_array(
        (np.concatenate([-g, -g, diagonal]), (np.concatenate([i, j, where]), np.concatenate([j, i, where])))
    ).tocsr()
    source = np.zeros(field.size)
    top = number[0].ravel()
    source[top] = contact[top]
    potential, failed = cg(matrix, source, rtol=1e-8)
    assert not failed
    return (contact[top] * (1 - potential[top])).sum() / n**2 * n


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: effective_medium(1.2, 1.0), r"volume_fraction is 1\.2"),
        (lambda: effective_medium(0.5, 1.0, 2.0), "better conductor"),
        (lambda: effective_medium(0.5, 1.0, 0.1, threshold=0.0), "threshold is 0"),
        (lambda: effective_medium(0.5, 1.0, exponent=-1.0), "exponent is -1"),
        (lambda: bruggeman(0.5, 1.0, 0.5), r"exponent is 0\.5"),
        (lambda: conductivity_by_tortuosity(0.5, 1.0, 0.9), r"tortuosity is 0\.9"),
        (lambda: bruggeman_exponent(1.0, 1.2), "volume_fraction is 1"),
        (lambda: hashin_shtrikman(0.5, 1.0, 3.0), "better conductor"),
        (lambda: percolation_threshold(0.0, 20.0), "radius is 0"),
    ],
)
def test_what_is_impossible_is_refused(call, message):
    """A fraction above 1 or an exponent below 1 would give a conductivity better than straight channels."""
    with pytest.raises(ValueError, match=message):
        call()
