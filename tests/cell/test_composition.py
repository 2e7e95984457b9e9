"""A recipe becomes volumes, rails and connection: the same by hand, in the limits, and in the order the laws have."""

import numpy as np
import pytest

from sslib.cell.composition import LAWS, PUBLISHED_EXPONENT, Composition
from sslib.tables import table
from sslib.transport import bruggeman_exponent, hashin_shtrikman
from sslib.units import g_cm3, um


def composition(**changes):
    given = {
        "active_fraction": 0.7,
        "active_density": 4.7 * g_cm3,
        "electrolyte_density": 2.0 * g_cm3,
        "electrolyte_conductivity": 0.2,
        "electronic_conductivity": 0.1,
        "particle_radius": 2.5 * um,
        "electrolyte_radius": 2.0 * um,
    }
    return Composition(**(given | changes))


def test_published_exponent_is_that_of_the_published_point():
    """A constant that drifts from the table would draw a law past the point that it is named for."""
    point = table("composites").loc["with voids"]
    exponent = bruggeman_exponent(point["electrolyte_fraction"], point["tortuosity_factor"])
    assert pytest.approx(exponent, abs=1e-4) == PUBLISHED_EXPONENT


def test_volumes_by_hand():
    """70 g in 4.7 and 30 g in 2.0 g/cm3 are 14.89 and 15 cm3, with a tenth of pores 44.8 and 45.2 %."""
    assert composition().volumes == pytest.approx([0.9 * 14.8936 / 29.8936, 0.9 * 15 / 29.8936, 0], rel=1e-5)
    assert composition().interface_area == pytest.approx(3 * 0.9 * 14.8936 / 29.8936 / 2.5e-6, rel=1e-5)
    assert composition().density == pytest.approx(0.9 * 100 / 29.8936 * 1e3, rel=1e-5)


@pytest.mark.parametrize("law", LAWS)
def test_rails_stay_below_the_bound_and_move_the_right_way(law):
    """More active material must not help the ions nor hurt the electrons, by any law."""
    cathode = composition(active_fraction=np.linspace(0.05, 0.95, 19))
    ionic, electronic = cathode.rails(law)
    active, electrolyte, _ = cathode.volumes.T
    assert (np.diff(ionic) <= 0).all()
    assert (np.diff(electronic) >= 0).all()
    assert (ionic <= hashin_shtrikman(electrolyte, 0.2)[1]).all()
    assert (electronic <= hashin_shtrikman(active, 0.1)[1]).all()


def test_laws_of_a_threshold_cut_a_rail_and_the_others_do_not():
    """A map without an edge where no path exists would promise capacity there."""
    rich = composition(active_fraction=0.95)
    assert rich.rails("symmetric medium")[0] == 0
    assert rich.rails("exponent 1.5")[0] > 0
    lean = composition(active_fraction=0.4)
    assert lean.rails("packing")[1] == 0
    assert lean.connected("packing") == 0
    assert lean.connected("symmetric medium") == 1


def test_an_additive_connects_what_the_packing_does_not():
    """Source 002: fibres lift the electronic limit of large particles, and then the larger ones are the better ones."""
    lean = composition(active_fraction=0.4, additive_fraction=0.02, particle_radius=5 * um)
    assert lean.connected("packing") == 1
    assert lean.rails("packing")[1] > 0
    bridged = composition(additive_fraction=0.02, particle_radius=np.array([2.0, 6.0]) * um)
    small, large = bridged.rails("packing")[0]
    assert large > small


def test_arrays_broadcast():
    """A map over recipe and porosity is one call."""
    cathode = composition(active_fraction=np.linspace(0.5, 0.8, 4)[:, None], porosity=np.array([0.0, 0.1, 0.2]))
    assert cathode.rails("packing")[0].shape == (4, 3)
    assert cathode.connected("packing").shape == (4, 3)
    one = composition(active_fraction=0.6, porosity=0.2)
    assert cathode.volumes[..., 0].shape == (4, 3)
    both = composition(active_fraction=np.array([0.5, 0.6])[:, None], porosity=np.array([0.1, 0.2]))
    assert both.rails("packing")[0][1, 1] == pytest.approx(one.rails("packing")[0])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"active_fraction": 1.2}, r"active_fraction is 1\.2"),
        ({"active_fraction": 0.9, "additive_fraction": 0.2}, r"sum to 1\.1"),
        ({"electrolyte_conductivity": 0.0}, "electrolyte_conductivity is 0"),
    ],
)
def test_what_is_no_recipe_is_refused(changes, message):
    """Fractions beyond 1 would make electrolyte of negative volume."""
    with pytest.raises(ValueError, match=message):
        composition(**changes)


def test_an_unknown_law_is_named():
    """A typing error must not fall back to some law."""
    with pytest.raises(ValueError, match="'bruggeman'; it must be one of exponent"):
        composition().rails("bruggeman")
