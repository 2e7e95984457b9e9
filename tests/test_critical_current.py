"""The notebook `critical_current`: intervals hold the truth, an open end is null, and a lab's own files are taken."""

import json

import numpy as np
import pytest

from sslib.instruments import TimeSeries
from sslib.measurements import Protocol, SymmetricCell, simulate_stepped
from sslib.report.__main__ import main
from sslib.units import hour, mA_cm2


def results_of(folder):
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))


def written(path, series):
    """A time series as a table without a head."""
    table = np.stack([series.time, series.voltage, series.current], axis=1)
    np.savetxt(path, table, delimiter=",", header="time [s],voltage [V],current [A]", comments="")
    return path


def test_default_results_hold_the_truth(default_run):
    """The default record states where it fails: an interval that misses that is quoted in a report."""
    results = results_of(default_run("critical_current"))["results"]
    low, high = results["critical_current"]["interval"]
    assert low < results["stripping_limit_truth"]["value"] <= high
    assert results["critical_current"]["unit"] == "mA/cm2"
    assert results["failure"]["value"] == "slope"
    low, high = results["critical_current_collapse"]["interval"]
    assert low < results["short_current_truth"]["value"] <= high + 1e-9
    low, high = results["median_of_cells"]["interval"]
    assert low < results["median_of_cells_truth"]["value"] < high
    share = results["probability_at_operating_current"]
    assert 0 <= share["interval"][0] <= share["value"] <= share["interval"][1] < 0.2
    assert results["charge_per_half_cycle"]["value"] == pytest.approx(0.7, abs=0.01)


@pytest.mark.slow
def test_a_cell_that_survives_has_an_open_end(tmp_path):
    """A number in its place would be the largest current of the program."""
    cell = SymmetricCell(stripping_limit=np.inf, plating_limit=np.inf)
    program = Protocol(tuple(0.1 * n * mA_cm2 for n in range(1, 9)), time=1 * hour, samples=30)
    series = simulate_stepped(cell, program).series
    path = written(tmp_path / "mine.csv", TimeSeries(series.time, series.voltage, series.current))
    run = ["report", "critical_current", "-p", f"series_file={path}", "-p", "rehearsals=4", "--out", str(tmp_path)]
    assert main([*run, "--name", "run", "-p", "area_cm2=0.785"]) == 0
    found = results_of(tmp_path / "critical_current" / "run")
    assert found["results"]["failure"]["value"] == "none"
    assert found["results"]["critical_current"]["value"] is None
    assert found["results"]["critical_current"]["interval"] == [pytest.approx(0.8, rel=1e-3), None]
    assert found["results"]["median_of_cells"]["value"] is None
    assert any("One cell was evaluated" in note for note in found["notes"])
    assert any("would pass for a low resistance" in note for note in found["notes"])


@pytest.mark.slow
def test_a_record_without_an_area_is_refused_by_name(tmp_path, capsys):
    """mA/cm2 of a cell whose area nobody stated is a guess."""
    series = TimeSeries(np.arange(40.0), np.full(40, 0.01), np.repeat([1e-4, -1e-4], 20))
    path = written(tmp_path / "mine.csv", series)
    run = ["report", "critical_current", "-p", f"series_file={path}", "--name", "run", "--out", str(tmp_path)]
    assert main(run) == 1
    assert "area is not stated" in capsys.readouterr().err
