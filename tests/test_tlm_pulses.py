"""The notebook `tlm_pulses`: prediction and pulse agree where both know, and the truth comes back."""

import json

import numpy as np
import pytest

from sslib.impedance import C, R, approximate
from sslib.report.__main__ import main


def test_default_results_hold_the_truth(default_run):
    """The pulses are made from stated parameters: an interval that misses them is quoted in a report."""
    results = json.loads((default_run("tlm_pulses") / "results.json").read_text(encoding="utf-8"))["results"]
    for name in ("R_sep", "R_ion", "R_el", "Q_dl", "alpha_dl", "R_ct", "R_d", "tau_d"):
        low, high = results[name]["interval"]
        assert low < results[f"{name}_truth"]["value"] < high, name
        assert results[name]["level"] == 0.95
    assert results["R_d"]["unit"] == "ohm"
    assert results["tau_d"]["unit"] == "s"


def test_spectrum_and_pulse_have_the_same_resistance(default_run):
    """One cell, measured twice: after the same time the intervals of both have to overlap."""
    results = json.loads((default_run("tlm_pulses") / "results.json").read_text(encoding="utf-8"))["results"]
    for key in ("0p1", "1", "10"):
        (a, b), (c, d) = (results[f"R_{key}s_{source}"]["interval"] for source in ("spectrum", "pulse"))
        assert max(a, c) < min(b, d), key
        assert results[f"R_{key}s_pulse"]["unit"] == "ohm"
    assert results["rational_error"]["value"] < 1e-6
    assert results["prediction_off"]["value"] < 0.02
    assert results["prediction_scale"]["value"] == pytest.approx(1, abs=5e-3)


def test_the_linear_picture_ends_at_a_rate_that_the_report_states(default_run):
    """The review has 13 % below 7C of another cell; ours ends at a rate of that order, and the report names it."""
    run = json.loads((default_run("tlm_pulses") / "results.json").read_text(encoding="utf-8"))
    assert 0.5 < run["results"]["c_rate_13_percent"]["value"] < 10
    assert any("passes 13 %" in note for note in run["notes"])


def test_a_misspelt_pulse_file_is_named_before_anything_runs(tmp_path, capsys):
    """A lab that waits for a fit and then learns of its typing error does not come back."""
    assert main(["report", "tlm_pulses", "-p", "pulse_file=nowhere.txt", "--out", str(tmp_path)]) == 2
    assert "nowhere.txt" in capsys.readouterr().err


@pytest.mark.slow
def test_a_titration_of_one_sign_is_evaluated_as_well(tmp_path):
    """Pulses and rests of one sign are what most labs have."""
    time = np.concatenate([np.arange(0, 40, 0.02), np.arange(40, 60, 0.1)]) + 0.01
    edges, current = [1.0, 11.0, 21.0, 31.0], [1e-4, 0.0, 1e-4, 0.0]
    cell = R("R_0") + (R("R_1") | C("C_1"))
    answer = approximate(cell, 1e-5, 1e4, R_0=50.0, R_1=60.0, C_1=0.02).after_steps(time, edges, current)
    noise = 1e-5 * np.random.default_rng(0).standard_normal(len(time))
    flows = np.append(0, current)[np.searchsorted(edges, time)]
    table = np.stack([time, 3.7 + answer + noise, flows], axis=1)
    np.savetxt(tmp_path / "pulses.csv", table, delimiter=",", header="time [s],voltage [V],current [A]", comments="")
    run = ["report", "tlm_pulses", "-p", f"pulse_file={tmp_path / 'pulses.csv'}", "--name", "run", "--out"]
    assert main([*run, str(tmp_path)]) == 0
    results = json.loads((tmp_path / "tlm_pulses" / "run" / "results.json").read_text(encoding="utf-8"))
    assert results["results"]["negative_stronger"]["value"] is None
    assert any("of one sign" in note for note in results["notes"])
    assert main([*run, str(tmp_path), "-p", "pulses_used=1"]) == 0


def test_lengths_that_are_no_numbers_are_named(tmp_path, capsys):
    """A message of Python's about a string helps nobody in a lab."""
    assert main(["report", "tlm_pulses", "-p", "pulses_s=short", "--name", "run", "--out", str(tmp_path)]) == 1
    assert "pulses_s is ['short']; it must be a number" in capsys.readouterr().err


@pytest.mark.slow
def test_measured_pulses_are_set_beside_the_spectrum_of_such_a_cell(tmp_path, measured):
    """Two cells of one kind, nine months apart: the prediction is off, one factor does not mend it, and it says so."""
    cells = measured / "lpscl_cells"
    given = {
        "spectrum": cells / "PEIS_SSB.mpr",
        "pulse_file": cells / "CP_SSB.txt.gz",
        "cathode": "one_rail",
        "separator": "arc",
        "pulses_used": 4,
    }
    settings = [part for name, value in given.items() for part in ("-p", f"{name}={value}")]
    assert main(["report", "tlm_pulses", *settings, "--name", "run", "--out", str(tmp_path)]) == 0
    run = json.loads((tmp_path / "tlm_pulses" / "run" / "results.json").read_text(encoding="utf-8"))
    results = run["results"]
    assert 0.05 < results["prediction_off_scaled"]["value"] <= results["prediction_off"]["value"] < 0.5
    low, high = results["R_1s_pulse"]["interval"]
    assert 1300 < low < high < 1550
    assert results["R_10s_pulse"]["value"] is None
    assert any("samples are left out" in note for note in run["notes"])
