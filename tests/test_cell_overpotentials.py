"""The notebook `cell_overpotentials`: what dominates, where that changes, and how warm a stack gets."""

import json

import pytest

from sslib.cell import Overpotential
from sslib.report.__main__ import main


def run(tmp_path, **asked):
    options = [part for name, value in asked.items() for part in ("-p", f"{name}={value}")]
    assert main(["report", "cell_overpotentials", *options, "--name", "own", "--out", str(tmp_path)]) == 0
    return json.loads((tmp_path / "cell_overpotentials" / "own" / "results.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def results(default_run):
    return json.loads((default_run("cell_overpotentials") / "results.json").read_text(encoding="utf-8"))["results"]


def test_the_dominant_part_is_named_and_is_the_largest(results):
    """Other programs read this key: it must be one of the five names, and the one whose number is the largest."""
    assert results["dominant_overpotential"]["value"] in list(Overpotential)
    sizes = {name: results[f"overpotential_{name.name.lower()}"]["value"] for name in Overpotential}
    assert max(sizes, key=sizes.get) == results["dominant_overpotential"]["value"]
    assert results["overpotential_diffusion"]["unit"] == "mV"
    # 22.1 uA/cm2 through 150 ohm cm2 of LiPON.
    assert results["overpotential_electrolyte"]["value"] == pytest.approx(22.128e-3 * 150, rel=1e-3)
    half_way = [results[f"half_way_{name.name.lower()}"]["value"] for name in Overpotential]
    assert 0 < sum(half_way) < sum(sizes.values())
    low, high = results["dominance_probability"]["interval"]
    assert low <= results["dominance_probability"]["value"] <= high


def test_what_is_lost_at_the_ends_is_told_apart(results):
    """Nine tenths of the diffusion loss belong to the ends of this discharge: between them its lead is no certainty."""
    assert results["dominant_without_ends"]["value"] in list(Overpotential)
    assert results["dominance_probability"]["value"] > 0.9
    assert results["dominance_probability_without_ends"]["value"] < 0.8
    assert "Without the first and the last tenth" in results["verdict"]["value"]


def test_heat_and_strain_are_those_of_the_sources(results):
    """Cooling from 750 to 27 degC strains LLZO by 1.1207 %; a single cell hardly warms, a stack does."""
    assert results["sintering_strain"]["value"] == pytest.approx(0.0112065, rel=1e-9)
    assert results["single_cell_rise"]["value"] < 0.1 < results["largest_temperature_rise"]["value"]
    assert results["largest_temperature_rise"]["unit"] == "K"
    # Six minutes at most, of a time constant of eight.
    share = results["rise_in_one_discharge"]["value"] / results["largest_temperature_rise"]["value"]
    assert 0.3 < share < 0.55
    assert results["thermal_strain"]["value"] == pytest.approx(
        0.25e-5 * results["largest_temperature_rise"]["value"], rel=1e-9
    )
    # Reynier's entropies of lithiation differ by at most 0.78 mV/K.
    assert 0.05 < results["entropy_for_700_percent"]["value"] < 0.78


def test_columns_of_the_default_are_tenfold(results):
    """1 + pi d h/p2."""
    assert results["area_enhancement"]["value"] == pytest.approx(1 + 3.14159265 * 3 * 30 / 5.6**2, rel=1e-8)


@pytest.mark.slow
def test_a_fast_plate_leaves_the_voltage_to_the_electrolyte(tmp_path):
    """The statement of source 002 is reproduced where its premise holds."""
    document = run(tmp_path, diffusivity_cm2_s=1e-9)
    assert document["results"]["dominant_overpotential"]["value"] == "electrolyte"
    assert document["results"]["diffusivity_for_ohmic"]["value"] <= 1e-9


@pytest.mark.slow
def test_a_current_beyond_the_cell_is_reported_and_not_drawn(tmp_path):
    """1.3 V are lost in the electrolyte in the first instant: there is no discharge, and the report says so."""
    document = run(tmp_path, c_rate=400, draws=40)
    assert document["results"]["delivered"]["value"] == 0
    assert any("first instant" in note for note in document["notes"])


@pytest.mark.slow
def test_a_plate_that_conducts_ions_alone_has_no_verdict(tmp_path):
    """Where ions carry the current the electronic drop is not that of this model, however sure its number looks."""
    document = run(tmp_path, plate_conductivity_S_cm=1e-9, stack_c_rate=100, column_pitch_um=20, draws=20)
    assert "The model does not hold" in document["results"]["verdict"]["value"]
    assert document["results"]["largest_temperature_rise"]["value"] == 0
    assert document["results"]["area_enhancement"]["value"] < 4


@pytest.mark.slow
def test_a_cell_that_cools_itself_has_no_rise(tmp_path):
    """An entropy that takes up more heat than the losses give would ask for a negative source."""
    document = run(tmp_path, entropy_mV_K=2.0, stack_c_rate=0.1, draws=40)
    assert document["results"]["largest_temperature_rise"]["value"] == 0


def test_a_start_beyond_the_table_is_named_before_anything_is_computed(tmp_path, capsys):
    """A stoichiometry outside the measured potential has no voltage."""
    assert main(["report", "cell_overpotentials", "-p", "start=1.2", "--name", "own", "--out", str(tmp_path)]) == 2
    assert "start is 1.2" in capsys.readouterr().err
