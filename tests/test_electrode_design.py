"""The notebook `electrode_design` and the join behind it: from a recipe to the energy at a rate."""

import json
from dataclasses import replace

import numpy as np
import pytest

from sslib.cell import (
    Composition,
    Electrode,
    Leverage,
    RailCell,
    best_electrode,
    best_electrodes,
    discharge,
    drawn,
    drawn_gains,
    interval_over_laws,
    one_at_a_time,
    over_recipes,
    oxide_chemistry,
    strongest_shares,
    with_factors,
)
from sslib.report.__main__ import main
from sslib.units import Wh_kg, g_cm3, mAh_cm2, mS_cm, um


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


def leverage(cathode, law, start):
    """The best electrode, and what each property moved by two makes of it."""
    best = best_electrode(cathode, 1.0, law, start)
    return best, Leverage(best, best_electrodes(cathode, 1.0, law, best, [one_at_a_time(2.0)])[0], 2.0)


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
    assert 0.25 <= results["strongest_property_share"]["value"] <= 1
    assert results["draws_at_edge"]["value"] <= 0.05


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


@pytest.mark.parametrize("law", ["exponent 1.89", "symmetric medium", "packing"])
def test_coarse_numerics_move_no_optimum(law, monkeypatch):
    """Cells, modes and steps of a search must not decide where the optimum lies, nor its energy by 0.1 %."""
    coarse = best_electrode(a_cathode(), 1.0, law, (0.7, 120 * um))
    monkeypatch.setattr("sslib.cell.electrode.NUMERICS", {"cells": 48, "modes": 20, "voltage_step": 0.01})
    fine = best_electrode(a_cathode(), 1.0, law, (0.7, 120 * um))
    assert coarse.active == pytest.approx(fine.active, abs=0.006)
    assert coarse.thickness == pytest.approx(fine.thickness, rel=0.04)
    assert coarse.value == pytest.approx(fine.value, rel=1e-3)


@pytest.mark.parametrize("law", ["exponent 1.5", "symmetric medium"])
def test_a_search_finds_what_a_fine_map_has(law):
    """A search that stops on the slope, or at the cliff of a threshold, would show another electrode than the map."""
    active, thickness = np.linspace(0.6, 0.92, 33), np.geomspace(80, 300, 16) * um
    mapped = over_recipes(a_cathode(), active, thickness).deliver(1.0, law).specific_energy
    row, column = np.unravel_index(mapped.argmax(), mapped.shape)
    for start in ((0.5, 60 * um), (0.9, 300 * um)):
        found = best_electrode(a_cathode(), 1.0, law, start)
        assert found.value >= mapped.max() * (1 - 2e-3)
        assert found.active == pytest.approx(active[row], abs=0.03)
        assert found.thickness == pytest.approx(thickness[column], rel=0.2)
        assert not found.at_edge


def test_an_optimum_at_the_end_of_the_search_says_so():
    """Without the flag, a bound of ours would pass for a property of the cell."""
    found = best_electrode(a_cathode(), 1.0, "exponent 1.5", (0.6, 60 * um), active=(0.5, 0.7), thickness=(3e-5, 1e-4))
    assert found.at_edge
    assert found.active == pytest.approx(0.7)
    with pytest.raises(ValueError, match="start's mass fraction"):
        best_electrode(a_cathode(), 1.0, "exponent 1.5", (0.9, 60 * um), active=(0.5, 0.7))


def test_gains_of_draws_are_those_of_a_search():
    """The short cut that lets recipe and thickness follow must not miss what a search of the draw's own would gain."""
    law, factors = "exponent 1.89", drawn(2, seed=5)
    best, moves = leverage(a_cathode(), law, (0.8, 140 * um))
    found, same = best_electrodes(a_cathode(), 1.0, law, best, [factors, {"diffusivity": 1.0}])
    assert same.value == pytest.approx(best.value)
    gains = drawn_gains(a_cathode(), 1.0, law, factors, found, moves) / Wh_kg
    for n in range(2):
        own = with_factors(a_cathode(), {name: factor[n] for name, factor in factors.items()})
        searched = leverage(own, law, (0.8, 140 * um))[1].change.max(axis=1) / Wh_kg
        assert gains[n] == pytest.approx(searched, abs=1.5)
        assert gains[n].argmax() == searched.argmax()


def test_draws_have_their_spreads_and_shares_their_sum():
    """A draw of the wrong width, or a share counted twice, would misstate how sure the strongest property is."""
    factors = drawn(4000)
    assert np.log(factors["electrolyte_conductivity"]).std() == pytest.approx(0.3, rel=0.01)
    assert np.log(factors["diffusivity"]).mean() == pytest.approx(0, abs=0.01)
    shares = strongest_shares(np.eye(8)[[0, 0, 0, 7]])
    assert list(shares.items())[:2] == [("conductivity of the electrolyte", 0.75), ("thickness of the separator", 0.25)]
    assert sum(shares.values()) == 1
    (low, high), errors = interval_over_laws(np.random.default_rng(1).standard_normal((4, 2000)))
    assert (low, high) == pytest.approx((-1.96, 1.96), abs=0.1)
    # Of a normal distribution: sqrt(p (1 - p)/n) over the density at the quantile.
    assert errors == pytest.approx(np.sqrt(0.025 * 0.975 / 8000) / 0.05845, rel=0.35)


def test_properties_are_moved_one_at_a_time():
    """Factors land on the property that they name, and on no other."""
    moved = with_factors(a_cathode(), one_at_a_time(2.0))
    assert np.ravel(moved.composition.electrolyte_conductivity)[:4] == pytest.approx([0.1, 0.4, 0.2, 0.2])
    assert np.sum(np.asarray(moved.separator_thickness) != 30 * um) == 2
    assert np.ravel(moved.chemistry.diffusivity)[4:6] == pytest.approx([2.5e-15, 1e-14])
    with pytest.raises(ValueError, match="no property to vary"):
        with_factors(a_cathode(), {"colour": 2.0})


def test_a_better_electrolyte_never_costs_energy():
    """More conductivity with all else equal can only raise what is delivered."""
    by_conductivity = with_factors(
        a_cathode(thickness=120 * um), {"electrolyte_conductivity": np.array([0.3, 1.0, 3.0])[:, None, None]}
    )
    energy = over_recipes(by_conductivity, [0.7], [120 * um]).deliver(2.0, "exponent 1.89").specific_energy / Wh_kg
    assert (np.diff(energy.ravel()) > 0).all()
