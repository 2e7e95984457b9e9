"""The notebook `degradation_maps`: its results, an electrolyte of one's own, and what it refuses."""

import json

import pytest

from sslib.report.__main__ import main

OWN = {
    "void_current_mA_cm2": 0.5,
    "void_exponent": 1,
    "void_energy_kJ_mol": 40,
    "contact_ohm_cm2": 30,
    "contact_exponent": 0.7,
    "contact_energy_eV": 0.4,
    "toughness_MPa_m05": 0.5,
    "flaw_um": 5,
    "overpotential_share": 0.3,
    "short_charge_mAh_cm2": 200,
    "short_rate_per_MPa": 0.1,
    "fracture_energy_J_m2": 5,
}


def run(tmp_path, **parameters):
    given = [part for name, value in parameters.items() for part in ("-p", f"{name}={value}")]
    code = main(["report", "degradation_maps", *given, "--name", "run", "--out", str(tmp_path)])
    folder = tmp_path / "degradation_maps" / "run"
    found = folder / "results.json"
    return code, json.loads(found.read_text(encoding="utf-8"))["results"] if found.exists() else None


def test_default_results_have_the_keys_and_their_units(default_run):
    """What the issue promises, and a score that is printed beside the map whatever it is."""
    results = json.loads((default_run("degradation_maps") / "results.json").read_text(encoding="utf-8"))["results"]
    for key, unit in (
        ("safe_current_5pct", "mA cm-2"),
        ("safe_current_best_pressure", "mA cm-2"),
        ("best_pressure", "MPa"),
        ("brier", "1"),
        ("brier_base_rate", "1"),
        ("scored_points", "1"),
    ):
        assert results[key]["unit"] == unit
        assert results[key]["value"] > 0
    assert sum(results[f"sign_{word}"]["value"] for word in ("sourced", "assumed", "not_reproduced")) == 17
    assert results["safe_current_best_pressure"]["value"] >= results["safe_current_5pct"]["value"]
    assert results["first_mechanism"]["value"] in ("voids", "filaments")


def test_the_island_of_safety_is_where_the_first_trial_had_it(default_run):
    """Li|LPSCl at 25 °C: the 5 % contour peaks near 0.3 mA/cm2 around 7 MPa (reference sheet on failure, section 5)."""
    results = json.loads((default_run("degradation_maps") / "results.json").read_text(encoding="utf-8"))["results"]
    assert results["safe_current_best_pressure"]["value"] == pytest.approx(0.3, rel=0.15)
    assert results["best_pressure"]["value"] == pytest.approx(7, rel=0.2)


@pytest.mark.slow
def test_an_electrolyte_of_ones_own_needs_all_of_its_properties(tmp_path, capsys):
    """Nothing is borrowed in silence: the missing one is named."""
    code, results = run(tmp_path, electrolyte="own", **OWN)
    assert code == 0
    assert results["safe_current_5pct"]["value"] > 0
    code, _ = run(tmp_path, electrolyte="own", **{name: value for name, value in OWN.items() if name != "flaw_um"})
    assert code == 1
    assert "has no flaw_size" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value"), [("stack_pressure_MPa", -5), ("temperature_C", 181), ("state_of_charge", 1.2), ("hours", 0)]
)
def test_the_impossible_is_refused_by_name(tmp_path, capsys, name, value):
    """Before a kernel starts, with what is allowed."""
    code, _ = run(tmp_path, **{name: value})
    assert code == 2
    assert name in capsys.readouterr().err
