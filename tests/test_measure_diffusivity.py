"""The notebook `measure_diffusivity`: the truth within its interval, two ways that agree, and files that do not fit."""

import json
from pathlib import Path

import pytest

from sslib.report.__main__ import main

SERIES = Path(__file__).parents[1] / "data" / "series"


def results_of(folder):
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))


def test_default_results_hold_the_truth(default_run):
    """The series are made from a stated diffusivity: an interval that misses it is quoted in a report."""
    results = results_of(default_run("measure_diffusivity"))["results"]
    low, high = results["diffusivity"]["interval"]
    truth = results["truth"]["value"]
    assert low < truth < high
    assert high / low < 1.05
    assert results["diffusivity"]["unit"] == results["truth"]["unit"] == "m2 s-1"
    assert results["diffusivity"]["level"] == 0.95
    low, high = results["diffusivity_pitt"]["interval"]
    assert low < truth < high
    assert results["series_resistance"]["value"] == pytest.approx(500, rel=0.02)


def test_some_pulses_are_too_long_for_the_short_time_formula(default_run):
    """The condition is checked with the diffusivity that was found, pulse by pulse."""
    results = results_of(default_run("measure_diffusivity"))["results"]
    assert 0 < results["short_time_refused"]["value"] < results["pulses"]["value"]
    assert results["pulse_over_diffusion_time"]["value"] > 0.5


@pytest.mark.slow
def test_particles_are_evaluated_as_well(tmp_path):
    """A sphere has other formulas, and steps of another host are left out with a word."""
    run = ["report", "measure_diffusivity", "-p", f"gitt_file={SERIES / 'gitt_sphere.csv'}", "-p", "composition=0.5"]
    assert main([*run, "-p", "length_error_percent=5", "--name", "run", "--out", str(tmp_path)]) == 0
    results = results_of(tmp_path / "measure_diffusivity" / "run")["results"]
    low, high = results["diffusivity"]["interval"]
    assert low < results["truth"]["value"] < high
    assert 1.4 < high / low < 1.6
    assert "diffusivity_pitt" not in results
    assert results["short_time_refused"]["value"] == results["pulses"]["value"]


@pytest.mark.slow
def test_a_composition_that_was_not_titrated_is_named(tmp_path, capsys):
    """Nothing is carried on beyond the pulses."""
    run = ["report", "measure_diffusivity", "-p", "composition=0.95", "-p", f"pitt_file={SERIES / 'pitt_film.csv'}"]
    assert main([*run, "--name", "run", "--out", str(tmp_path)]) == 1
    assert "composition is 0.95; the titration has diffusivities from" in capsys.readouterr().err
