"""The notebook `interface_kinetics`: the published numbers, and a curve of one's own."""

import json

import numpy as np
import pytest

from sslib.interfaces import polarisation_current
from sslib.report.__main__ import main
from sslib.units import mA_cm2, ohm_cm2


def results_of(folder):
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))["results"]


@pytest.fixture(scope="module")
def results(default_run):
    return results_of(default_run("interface_kinetics"))


def test_the_published_numbers_are_met(results):
    """Other programs read these keys; their values are the source's, recomputed elsewhere."""
    assert results["exchange_current_NZSP_Na3PS4"]["value"] == pytest.approx(1.6057861951, rel=1e-9)
    assert results["exchange_current_NZSP_Na3PS4"]["unit"] == "mA cm-2"
    assert results["limiting_current"]["value"] == pytest.approx(19.297066424, rel=1e-8)
    assert results["polarisation_resistance"]["value"] == pytest.approx(20.0, rel=1e-9)


def test_the_fit_of_the_simulated_curve_holds_its_truth(results):
    """The defaults are what a newcomer sees first: the fitted values must be those that made the curve."""
    truths = {"exchange_current": 1.6057861951, "film_resistance": 4.0, "alpha": 0.4, "limiting_current": 19.297}
    for name, truth in truths.items():
        low, high = results[f"fitted_{name}"]["interval"]
        assert low < truth < high, name


def test_two_points_are_wrong_by_the_electrode_and_four_are_not(results):
    """The lesson is a number: 40 ohm cm2 of electrode on 16 of interface."""
    assert results["two_point_error"]["value"] == pytest.approx(2.5, rel=0.1)
    assert abs(results["four_point_error"]["value"]) < 0.02
    assert results["two_point_energy"]["value"] == pytest.approx((16 * 0.47 + 40 * 0.65) / 56, rel=1e-6)


def test_minimum_and_plateaus_follow_from_their_laws(results):
    """Closed forms of the defaults: (1 - alpha) times the scale, and the two plateaus through one observation."""
    assert results["best_concentration"]["value"] == pytest.approx(0.6, rel=1e-9)
    low, high = (results[f"plateau_thickness_{law}"]["value"] for law in ("dissolution", "exponential"))
    assert 25 < low < high
    time_constant = 150 / np.log(20)
    assert high == pytest.approx(25 / (1 - np.exp(-24 / time_constant)), rel=1e-9)
    assert results["next_suspect"]["value"].startswith("chemical instability")


@pytest.mark.slow
def test_an_interface_that_the_conductors_hide_is_said_to_be_hidden(tmp_path):
    """0.1 ohm cm2 in 140 of conductor: four points miss it, and praise of them would be wrong; nor can 40 mA flow."""
    asked = {"R_ct_ohm_cm2": 0.1, "current_mA_cm2": 40, "R_electrode_ohm_cm2": 0.1}
    options = [part for name, value in asked.items() for part in ("-p", f"{name}={value}")]
    assert main(["report", "interface_kinetics", *options, "--name", "own", "--out", str(tmp_path)]) == 0
    page = (tmp_path / "interface_kinetics" / "own" / "notebook.ipynb").read_text(encoding="utf-8")
    outputs = json.dumps([cell.get("outputs") for cell in json.loads(page)["cells"]])
    assert "four points do not tell it either" in outputs
    assert "cannot flow: diffusion limits" in outputs
    assert "two points would do" not in outputs


@pytest.mark.slow
def test_a_curve_of_ones_own_at_another_temperature(tmp_path):
    """The fit must be of the file, with the resistance carried to the temperature asked for, and answers must count."""
    voltage = np.linspace(-0.2, 0.2, 31)
    current = polarisation_current(voltage, 30.0, 80.0, 60.0, 2 * ohm_cm2, 0.55, 353.15)
    current += 0.1 * np.random.default_rng(4).standard_normal(31)
    path = tmp_path / "curve.csv"
    rows = "\n".join(f"{v:.6f},{i / mA_cm2:.8f}" for v, i in zip(voltage, current, strict=True))
    path.write_text("voltage_V,current_mA_cm2\n" + rows + "\n", encoding="utf-8")
    asked = {"curve": path, "temperature_C": 80, "grows_at_rest": "no", "current_mA_cm2": 100}
    options = [part for name, value in asked.items() for part in ("-p", f"{name}={value}")]
    assert main(["report", "interface_kinetics", *options, "--name", "own", "--out", str(tmp_path)]) == 0
    found = results_of(tmp_path / "interface_kinetics" / "own")
    low, high = found["fitted_exchange_current"]["interval"]
    assert low < 3.0 < high
    assert found["polarisation_resistance"]["value"] == pytest.approx(4 + 0.9264279, rel=1e-6)
    assert found["loss_at_current"]["value"] is None
    assert found["next_suspect"]["value"].startswith("surface layers")
