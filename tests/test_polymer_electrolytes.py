"""The notebook `polymer_electrolytes`: the known errors, and beside the report the spectrum of the cell asked for."""

import csv
import json

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sslib.impedance import SaltCell, salt_half_cell
from sslib.instruments import read_spectrum
from sslib.report.__main__ import main
from sslib.tables import table


def results_of(folder):
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))["results"]


def columns_of(folder):
    with (folder / "spectrum.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def test_default_results_are_the_known_errors(default_run):
    """Other programs read these keys; the line's error and the network's are known from a physics code."""
    results = results_of(default_run("polymer_electrolytes"))
    assert 0 < results["max_deviation_vs_reference"]["value"] < 1e-3
    assert_allclose(results["two_rail_error"]["value"], 1.65, atol=0.01)
    assert 0.005 < results["two_rail_fit_error"]["value"] < 0.05
    for name in ("max_deviation_vs_reference", "two_rail_error", "two_rail_fit_error"):
        assert results[name]["unit"] == "1"


def test_the_two_rail_fit_lies_and_the_other_does_not(default_run):
    """The story is a number: by how much the particles' diffusion is wrong; the right intervals hold the truth."""
    results = results_of(default_run("polymer_electrolytes"))
    assert results["R_d_two_rail_factor"]["value"] > 30
    assert results["intervals_that_exclude_the_truth"]["value"] >= 4
    truth = {name: value * (1 if "tau" in name else 1e4) for name, value in SaltCell().seen.items()} | {"t_plus": 0.2}
    for name in ("R_ion", "R_salt", "tau_salt", "R_salt_sep", "tau_salt_sep", "R_d", "tau_d", "t_plus"):
        low, high = results[name]["interval"]
        assert low < truth[name] < high, name


def test_the_spectrum_beside_the_report_is_the_reference(default_run):
    """A checker compares the file with the physics code, not with us."""
    folder = default_run("polymer_electrolytes")
    found, published = columns_of(folder), table("pybamm_salt_impedance")
    assert_allclose(found["frequency_Hz"], published["frequency_Hz"], rtol=1e-6)
    ours = found["re_ohm_m2"] + 1j * found["im_ohm_m2"]
    theirs = published["re_ohm_m2"].to_numpy() + 1j * published["im_ohm_m2"].to_numpy()
    assert np.max(np.abs(ours / theirs - 1)) < 1e-3
    spectrum = read_spectrum(folder / "spectrum.csv")
    assert spectrum.notes == ()
    assert_allclose(spectrum.impedance, 1e4 * ours, rtol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize(("transference", "diffusivity"), [(1.0, 1e-11), (-0.4, 1e-12)])
def test_another_cells_spectrum_can_be_asked_for(tmp_path, transference, diffusivity):
    """Any salt must run through, its file be its own, and the reference still be the reference."""
    asked = {"cation_transference_number": transference, "salt_diffusivity_m2_s": diffusivity, "area_cm2": 2.0}
    asked |= {"conductivity_mS_cm": 0.5, "lowest_Hz": 1e-3, "points_per_decade": 4}
    options = [part for name, value in asked.items() for part in ("-p", f"{name}={value}")]
    assert main(["report", "polymer_electrolytes", *options, "--name", "run", "--out", str(tmp_path)]) == 0
    folder = tmp_path / "polymer_electrolytes" / "run"
    found, results = columns_of(folder), results_of(folder)
    cell = SaltCell(transference_number=transference, salt_diffusivity=diffusivity, conductivity=0.05)
    expected = salt_half_cell().impedance(found["frequency_Hz"], **cell.values)
    assert len(expected) == 37
    assert_allclose(found["re_ohm_m2"] + 1j * found["im_ohm_m2"], expected, rtol=1e-5)
    assert_allclose(found["re_ohm"] * 2e-4, found["re_ohm_m2"], rtol=1e-12)
    assert results["max_deviation_vs_reference"]["value"] < 1e-3
    if transference == 1:
        assert results["two_rail_error"]["value"] < 1e-9
    else:
        assert results["two_rail_error"]["value"] > 0.05
