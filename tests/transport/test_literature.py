"""The literature's numbers on electrolytes and composites are the ones that were read, and say what the sources say."""

import pytest

from sslib.tables import table
from sslib.transport import conductivity_by_tortuosity


def test_electrolytes_are_the_ones_read():
    """The sum and shape of a column cannot change unseen; the record of source 001 is a high-entropy sulfide."""
    electrolytes = table("electrolytes")
    assert electrolytes.shape == (21, 8)
    assert electrolytes["conductivity_S_cm"].sum() == pytest.approx(0.126645, rel=1e-6)
    record = electrolytes["conductivity_S_cm"].idxmax()
    assert electrolytes.loc[record, "class"] == "high-entropy sulfide"
    assert electrolytes.loc[record, "conductivity_S_cm"] == 0.032
    assert electrolytes.loc["Li-Ta-Cl", "conductivity_S_cm"] == 0.007


def test_composites_are_the_ones_read():
    """Source 002: the voids (13.2 %) filled with electrolyte make 0.537 into 0.669, and 1.74 into 1.27."""
    points = table("composites")
    voids, filled = points.loc["with voids"], points.loc["voids filled with electrolyte"]
    assert voids["electrolyte_fraction"] + voids["void_fraction"] == pytest.approx(filled["electrolyte_fraction"])
    whole = [
        conductivity_by_tortuosity(p["electrolyte_fraction"], 1.0, p["tortuosity_factor"]) for p in (filled, voids)
    ]
    assert whole[0] / whole[1] == pytest.approx(1.7068578718163023, rel=1e-9)
    # Read as geometric tortuosities, whose square is the factor, the same two numbers would promise more.
    squared = [
        conductivity_by_tortuosity(p["electrolyte_fraction"], 1.0, p["tortuosity_factor"] ** 2) for p in (filled, voids)
    ]
    assert squared[0] / squared[1] == pytest.approx(2.3385296826459574, rel=1e-9)
    assert points.loc["with voids, measured", "tortuosity_error"] == 0.1


def test_particles_are_the_ones_read():
    """Source 002: 2, 27 and 31 % inactive at 4.0, 8.3 and 15.6 um, and three decades of electronic conductivity."""
    particles = table("active_particles")
    assert particles["d50_um"].tolist() == [4.0, 8.3, 15.6]
    assert particles["inactive_fraction"].tolist() == [0.02, 0.27, 0.31]
    ends = particles["electronic_conductivity_S_cm"]
    assert ends["small"] / ends["large"] == pytest.approx(1e3)
    best = table("composite_recipes").query("active == 'NMC'").iloc[0]
    assert (best["active_mass_fraction_low"], best["active_mass_fraction_high"]) == (0.60, 0.70)
