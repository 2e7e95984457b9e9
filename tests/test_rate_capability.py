"""The notebook `rate_capability`: its results, and the join with a fit, whole and with open ends."""

import json

import pytest

from sslib.report.__main__ import main


def run(tmp_path, *arguments):
    assert main(["report", "rate_capability", *arguments, "--name", "run", "--out", str(tmp_path)]) == 0
    return json.loads((tmp_path / "rate_capability" / "run" / "results.json").read_text(encoding="utf-8"))


def fit_of(folder, lowest=150.0):
    """A results.json as tlm_fitting writes it."""

    def entry(value, low, high, unit="ohm"):
        return {"value": value, "unit": unit, "label": "", "interval": [low, high], "level": 0.95}

    results = {
        "R_sep": entry(28.0, 22.0, 37.0),
        "R_ion": entry(200.0, lowest, 300.0),
        "R_el": entry(24.0, 13.0, 35.0),
        "R_ct": entry(80.0, 79.0, 81.0),
        "tau_d": entry(405.0, 381.0, 431.0, "s"),
        "R_d": entry(40.0, 38.0, 42.0),
    }
    results["correlation_R_ion_R_ct"] = entry(-0.9, None, None, "1")
    document = {"notebook": "tlm_fitting", "parameters": {"area_cm2": 0.785}, "results": results, "notes": []}
    path = folder / "fit.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_default_results_meet_their_targets(default_run):
    """What the issue promises: capacity against thirty discharges, energy at 1C with an interval."""
    results = json.loads((default_run("rate_capability") / "results.json").read_text(encoding="utf-8"))["results"]
    assert results["worst_capacity_error"]["value"] < 5e-3
    assert results["worst_capacity_error"]["unit"] == "1"
    assert results["worst_mean_voltage_error_mV"]["unit"] == "mV"
    assert results["worst_mean_voltage_error_mV"]["value"] < 3
    for key, unit in (("capacity_1C", "mAh cm-2"), ("specific_energy_1C", "Wh/kg")):
        low, high = results[key]["interval"]
        assert results[key]["unit"] == unit
        assert low < results[key]["value"] < high
    assert results["best_gain"]["value"] > results["best_transport_gain"]["value"] > 0


@pytest.mark.slow
def test_a_fit_replaces_what_was_typed(tmp_path):
    """The join: a run's own intervals, not the assumed ones, make the interval of the energy."""
    document = run(tmp_path, "-p", f"fit={fit_of(tmp_path)}")
    low, high = document["results"]["specific_energy_1C"]["interval"]
    assert low < document["results"]["specific_energy_1C"]["value"] < high
    assert any("R_ion and R_ct −0.90" in note for note in document["notes"])
    assert not any("assumed" in note for note in document["notes"])


@pytest.mark.slow
def test_an_open_end_of_the_fit_opens_the_energy(tmp_path):
    """Null below in R_ion: nothing bounds the energy from above."""
    document = run(tmp_path, "-p", f"fit={fit_of(tmp_path, None)}")
    low, high = document["results"]["specific_energy_1C"]["interval"]
    assert low > 0
    assert high is None
    assert any("lower end of R_ion" in note for note in document["notes"])


@pytest.mark.slow
def test_a_current_beyond_the_cell_gives_no_capacity(tmp_path):
    """Below the cut-off in the first instant there is no number, and the report says why."""
    document = run(tmp_path, "-p", "c_rate=90", "-p", "sigma_ion_mS_cm=0.01")
    assert document["results"]["capacity_at_rate"]["value"] is None
    assert document["results"]["specific_energy_1C"]["value"] is not None
