"""The notebook `electrode_design` and the join behind it: from a recipe to the energy at a rate."""

import json
from dataclasses import replace

import numpy as np
import pytest

from sslib.cell import (
    Composition,
    Electrode,
    RailCell,
    Wh_kg,
    discharge,
    one_at_a_time,
    optimum,
    over_recipes,
    oxide_chemistry,
    with_factors,
)
from sslib.report.__main__ import main
from sslib.units import g_cm3, mAh_cm2, mS_cm, um


def a_cathode(**changes):
    composition = Composition(
        active_fraction=0.7,
        active_density=4.65 * g_cm3,
        electrolyte_density=2.0 * g_cm3,
        electrolyte_conductivity=2.0 * mS_cm,
        electronic_conductivity=10 * mS_cm,
        particle_radius=2.5 * um,
        electrolyte_radius=1.5 * um,
        additive_fraction=0.02,
    )
    given = {"composition": composition, "thickness": 60 * um, "separator_thickness": 30 * um}
    return Electrode(chemistry=oxide_chemistry(4.2, 5e-15), **(given | changes))


def test_default_results_are_an_optimum_inside_its_interval(default_run):
    """An optimum outside of its own interval, or without a unit, would be no answer."""
    results = json.loads((default_run("electrode_design") / "results.json").read_text(encoding="utf-8"))["results"]
    for name, unit in (
        ("optimum_active_mass_fraction", "1"),
        ("optimum_thickness", "um"),
        ("specific_energy_optimum", "Wh/kg"),
    ):
        low, high = results[name]["interval"]
        assert low <= results[name]["value"] <= high, name
        assert (results[name]["unit"], results[name]["level"]) == (unit, 0.95)
    assert results["symmetric_medium_deviation"]["value"] < 5
    assert results["capacity_optimum"]["value"] > 0


def test_a_law_that_does_not_exist_is_refused(tmp_path, capsys):
    """A typing error must not run with another law."""
    assert main(["report", "electrode_design", "-p", "law=bruggeman", "--out", str(tmp_path)]) == 2
    assert "law" in capsys.readouterr().err


def test_nominal_capacity_by_hand():
    """44.6 % of 48230 mol/m3 over 0.66 of the sites and 60 um, and the mass that the layers add up to."""
    cathode = a_cathode()
    by_hand = cathode.composition.volumes[0] * 48230 * 96485.33 * 0.66 * 60e-6
    assert cathode.nominal_capacity == pytest.approx(by_hand, rel=1e-6)
    assert 1.5 < cathode.nominal_capacity / mAh_cm2 < 3
    layer = cathode.cell.layer("cathode")
    assert layer.thickness == pytest.approx(60 * um, rel=1e-9)
    assert layer.areal_mass == pytest.approx(60e-6 * cathode.composition.density, rel=1e-9)


@pytest.mark.parametrize("law", ["exponent 1.5", "symmetric medium"])
def test_delivered_is_what_a_fine_discharge_gives(law):
    """The coarse numerics of a map, and the rails that the recipe makes, within a percent of a fine discharge."""
    cathode = replace(a_cathode(), thickness=np.array([60.0, 150.0]) * um)
    got = cathode.deliver(1.0, law)
    ionic, electronic = cathode.composition.rails(law)
    area = cathode.composition.interface_area * cathode.thickness
    rails = RailCell(
        R_ion=cathode.thickness / ionic,
        R_el=cathode.thickness / electronic,
        R_ct=0.0256926 / (4.2 * area),
        tau_d=(2.5e-6) ** 2 / 5e-15,
        capacity=cathode.nominal_capacity / 0.66,
        R_sep=30e-6 / 0.2,
    )
    own = cathode.chemistry
    fine = discharge(rails, cathode.nominal_capacity / 3600, own.insertion, start=0.27, cutoff=2.8)
    assert got.energy == pytest.approx(fine.energy, rel=0.01)
    assert got.specific_energy == pytest.approx(got.energy / cathode.cell.areal_mass)


def test_no_path_delivers_nothing():
    """Below the threshold of the symmetric medium no ion passes, and no number may stand in the map."""
    composition = replace(a_cathode().composition, active_fraction=0.93)
    run = a_cathode(composition=composition).deliver(0.5, "symmetric medium")
    assert run.capacity == 0
    assert run.specific_energy == 0


def test_an_optimum_beside_a_cliff_does_not_overshoot():
    """A parabola through a slope and a fall to nothing would promise more than any electrode delivers."""
    active, thickness = np.linspace(0.5, 0.9, 9), np.geomspace(30, 300, 7)
    slope = np.where(active < 0.74, 300 * active, 0.0)[:, None] - 5 * np.log(thickness / 100) ** 2
    best = optimum(active, thickness, slope)
    assert best.value <= 300 * 0.74
    assert best.active == pytest.approx(0.7, abs=0.02)
    assert not best.at_edge
    assert optimum(active, thickness, -slope[::-1]).at_edge


def test_properties_are_moved_one_at_a_time():
    """Factors land on the property that they name, and on no other."""
    moved = with_factors(a_cathode(), one_at_a_time(2.0))
    assert np.ravel(moved.composition.electrolyte_conductivity)[:4] == pytest.approx([0.1, 0.4, 0.2, 0.2])
    assert np.sum(np.asarray(moved.separator_thickness) != 30 * um) == 2
    assert np.ravel(moved.chemistry.diffusivity)[4:6] == pytest.approx([2.5e-15, 1e-14])
    grid = over_recipes(moved, [0.6, 0.7], np.array([50.0, 60.0, 70.0]) * um)
    assert grid.nominal_capacity.shape == (8, 2, 2, 3)
    with pytest.raises(ValueError, match="no property to vary"):
        with_factors(a_cathode(), {"colour": 2.0})


def test_a_better_electrolyte_never_costs_energy():
    """More conductivity with all else equal can only raise what is delivered."""
    by_conductivity = with_factors(
        a_cathode(thickness=120 * um), {"electrolyte_conductivity": np.array([0.3, 1.0, 3.0])}
    )
    energy = over_recipes(by_conductivity, [0.7], [120 * um]).deliver(2.0, "exponent 1.89").specific_energy / Wh_kg
    assert (np.diff(energy.ravel()) > 0).all()
