"""The notebook what_eis_resolves: what it promises and what a direct computation gives."""

import json

import numpy as np
import pytest

from sslib.impedance import cathode_model, fit_batch, information

VALUES = {"R_sep": 25.0, "R_ion": 95.0, "R_el": 30.0, "R_ct": 80.0, "Q_dl": 2e-4, "alpha_dl": 0.92}


@pytest.fixture(scope="module")
def results(default_run):
    return json.loads((default_run("what_eis_resolves") / "results.json").read_text(encoding="utf-8"))["results"]


def test_the_errors_are_those_of_simulated_fits(results):
    """What the notebook promises before the measurement must be what fits scatter by after it."""
    frequency = np.geomspace(1e6, 0.01, 65)
    model = cathode_model("two_rails", "resistor", "none", terminals="ion-electron")
    exact = model.impedance(frequency, **VALUES)
    scatter = np.random.default_rng(5).standard_normal((1000, 65, 2)) @ [1, 1j]
    fits = fit_batch(model, frequency, exact + 0.003 * abs(exact) * scatter, starts=VALUES)
    for name in ("R_ct", "Q_dl"):  # the rails' errors are too large for the bound to be more than that
        error = results[f"{name}_error"]["value"] / 100
        assert np.std(np.log(fits.values[name])) == pytest.approx(error, rel=0.1)
    for name in ("R_el", "R_sep"):
        low, high = np.quantile(np.log(fits.values[name]), [0.16, 0.84])
        assert (high - low) / 2 > 0.8 * results[f"{name}_error"]["value"] / 100


def test_the_rails_need_blocking_contacts_and_charge_transfer_does_not(results):
    """The electronic rail is what the ion-electron spectrum knows worst; two electronic contacts see it alone."""
    assert results["best_contacts"]["value"] == "electron-electron"
    assert results["gain_of_contacts"]["value"] > 5
    assert results["R_el_error"]["value"] > 20 * results["R_ct_error"]["value"]
    assert 0 < results["design_efficiency"]["value"] < 1


def test_the_smallest_arc_is_a_share_of_the_noise_times_the_impedance(results):
    """An arc far below the noise of all points together, or above a tenth of the cell, would be a slip in units."""
    noise_of_the_mean = 0.003 * 25 / np.sqrt(65)
    assert noise_of_the_mean < results["smallest_arc"]["value"] < 10
    thickness = results["smallest_arc"]["value"] * 0.785e-4 * 1e-4
    assert results["smallest_interphase"]["value"] == pytest.approx(thickness / 1e-9, rel=1e-6)


def test_a_temperature_is_worth_what_the_bound_says_there(results):
    """The best temperature must beat the reference, by the ratio of two bounds that are computed anew here."""
    frequency = np.geomspace(1e6, 0.01, 65)
    model = cathode_model("two_rails", "resistor", "none", terminals="ion-electron")
    kelvin = results["best_temperature"]["value"] + 273.15
    energies = {"R_sep": 0.35, "R_ion": 0.35, "R_el": 0.1, "R_ct": 0.6}
    step = (1 / kelvin - 1 / 298.15) / 8.617333262e-5
    there = {name: value * np.exp(energies.get(name, 0) * step) for name, value in VALUES.items()}
    here, best = (information(model, frequency, values, 0.003).error("R_el") for values in (VALUES, there))
    assert results["gain_of_temperature"]["value"] == pytest.approx(here / best, rel=1e-6)
    assert here / best >= 1
