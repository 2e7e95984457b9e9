"""The notebook `measure_conduction`: its results hold the truth, and files of one's own are refused by name."""

import json
from pathlib import Path

import pytest

from sslib.report.__main__ import main


def results_of(folder):
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def results(default_run):
    return results_of(default_run("measure_conduction"))["results"]


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("electrons_at_lithium", "S cm-1"),
        ("holes_at_lithium", "S cm-1"),
        ("steady_current_fraction", "1"),
        ("ionic_conductivity_effective", "mS cm-1"),
        ("electronic_conductivity_effective", "mS cm-1"),
        ("tortuosity_factor", "1"),
        ("tortuosity_factor_electrons", "1"),
        ("pulse_resistance", "ohm"),
    ],
)
def test_default_results_hold_the_truth(results, name, unit):
    """The files state their parameters; a newcomer sees these first."""
    low, high = results[name]["interval"]
    assert low < results[f"{name}_truth"]["value"] < high
    assert results[name]["unit"] == unit
    assert results[name]["level"] == 0.95


def test_the_electronic_conductivity_is_the_slope(results):
    """At 0.8 V holes conduct as well as electrons do at lithium: 5e-9 S/cm; the printed formula has a sixteenth."""
    low, high = results["electronic_conductivity"]["interval"]
    assert low < 5e-9 < high
    assert results["electronic_law"]["value"] == "electrons and holes"
    assert results["electronic_conductivity_printed"]["value"] == pytest.approx(3.21e-10, rel=0.01)


def test_what_is_not_corrected_is_far_off(results):
    """The electrodes' resistances are what the equation is for."""
    assert results["steady_current_uncorrected"]["value"] == pytest.approx(0.42, abs=0.01)


@pytest.mark.slow
def test_an_example_without_a_file_is_no_result(tmp_path):
    """A lab that gives its polarisation alone must not find a transference number that is the example's."""
    example = Path(__file__).parents[1] / "data" / "series" / "measure_conduction" / "polarisation.csv"
    own = tmp_path / "own.csv"
    lines = example.read_text(encoding="utf-8").splitlines(keepends=True)
    own.write_text("".join(line for line in lines if "truth" not in line), encoding="utf-8")
    asked = ["-p", f"polarisation_file={own}", "--name", "run", "--out", str(tmp_path)]
    assert main(["report", "measure_conduction", *asked]) == 0
    written = results_of(tmp_path / "measure_conduction" / "run")
    of_polarisation = {"electronic_conductivity", "electronic_conductivity_printed", "electronic_law", "diffusivity"}
    assert set(written["results"]) == of_polarisation | {"electrons_at_lithium", "holes_at_lithium"}
    assert all(note.startswith("polarisation: ") for note in written["notes"])
    report = (tmp_path / "measure_conduction" / "run" / "report.html").read_text(encoding="utf-8")
    for name, is_said in (("polarisation", False), ("transference", True), ("composite", True), ("pulses", True)):
        assert (f"NOT YOUR CELL: no file was given for {name}" in report) == is_said


@pytest.mark.slow
def test_spectra_of_the_example_are_not_mixed_with_a_step_of_ones_own(tmp_path):
    """The number would be that of no cell."""
    own = tmp_path / "own.csv"
    own.write_text("time [s],voltage [V],current [A]\n0,0,0\n1,0.01,1e-4\n2,0.01,9e-5\n", encoding="utf-8")
    asked = ["-p", f"transference_file={own}", "--name", "run", "--out", str(tmp_path)]
    assert main(["report", "measure_conduction", *asked]) == 1
    assert "is a generated example and the other files" in (tmp_path / "index.json").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_window_that_was_left_is_named(tmp_path):
    """The report of a lab has to say which voltage and which window."""
    asked = ["-p", "highest_V=0.5", "--name", "run", "--out", str(tmp_path)]
    assert main(["report", "measure_conduction", *asked]) == 1
    assert "outside of the electrolyte's window" in (tmp_path / "index.json").read_text(encoding="utf-8")


@pytest.mark.slow
def test_an_area_gives_area_specific_resistances(tmp_path):
    """Ohm cm2 only where the area is stated."""
    asked = ["-p", "pulse_area_cm2=0.785", "--name", "run", "--out", str(tmp_path)]
    assert main(["report", "measure_conduction", *asked]) == 0
    found = results_of(tmp_path / "measure_conduction" / "run")["results"]
    specific = found["pulse_resistance_area"]
    assert specific["value"] == pytest.approx(0.785 * found["pulse_resistance"]["value"], rel=1e-9)
    assert specific["unit"] == "ohm cm2"
