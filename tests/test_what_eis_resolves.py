"""The notebook what_eis_resolves: what it promises and what a direct computation gives."""

import json

import numpy as np
import pytest

from sslib.impedance import cathode_model, fit_batch, information, smallest_arc
from sslib.impedance.experiment import Prospect
from sslib.notebook.figures import prospects_figure
from sslib.report.__main__ import main

VALUES = {"R_sep": 25.0, "R_ion": 95.0, "R_el": 30.0, "R_ct": 80.0, "Q_dl": 2e-4, "alpha_dl": 0.92}
MODEL = cathode_model("two_rails", "resistor", "none", terminals="ion-electron")
FREQUENCY = np.geomspace(1e6, 0.01, 65)


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


def test_the_interphase_is_as_thick_as_an_arc_at_its_own_time_constant(results):
    """At the cell's clearest frequency, where no layer of this conductivity lies, it would come out too thin."""
    time = 10 * 8.8541878e-12 / 1e-4
    [resistance] = smallest_arc(MODEL, FREQUENCY, VALUES, 0.003, [time])
    assert results["interphase_arc"]["value"] == pytest.approx(resistance, rel=1e-6)
    assert results["interphase_frequency"]["value"] == pytest.approx(1 / (2 * np.pi * time), rel=1e-6)
    thickness = resistance * 0.785e-4 * 1e-4
    assert results["smallest_interphase"]["value"] == pytest.approx(thickness / 1e-9, rel=1e-6)
    assert resistance > results["smallest_arc"]["value"]


@pytest.mark.slow
def test_an_interphase_outside_the_window_is_said_to_be_there(tmp_path):
    """At 1e-4 S/cm its apex is at 18 MHz: what is seen of it is the tail, and the layer has to be much thicker."""
    arguments = ["-p", "interphase_conductivity_S_cm=1e-4", "--name", "fast", "--out", str(tmp_path)]
    assert main(["report", "what_eis_resolves", *arguments]) == 0
    document = json.loads((tmp_path / "what_eis_resolves" / "fast" / "results.json").read_text(encoding="utf-8"))
    found = document["results"]
    assert found["interphase_frequency"]["value"] == pytest.approx(1.8e7, rel=0.01)
    assert found["interphase_arc"]["value"] > 20 * found["smallest_arc"]["value"]
    assert any("above the window" in note for note in document["notes"])


def test_all_three_kinds_of_second_measurement_are_ranked_after_the_fit(results):
    """Frequencies, contacts and temperature each have a number; the one that is named must be the best of them."""
    gains = {kind: results[f"gain_after_fit_{kind}"]["value"] for kind in ("frequencies", "contacts", "temperature")}
    assert min(gains.values()) > 1
    assert results["gain_of_measurement"]["value"] == max(gains.values())
    assert results["best_measurement"]["value"] == "electron-electron contacts"


def test_the_figure_of_gains_shows_one_that_is_infinite():
    """What only the second measurement determines has no finite gain, and is the most important of them."""
    gains = {"contacts": ("ion-ion", np.inf), "again": (None, 1.41)}
    ranked = [Prospect(kind, choice, None, 0.1, gain) for kind, (choice, gain) in gains.items()]
    [axes] = prospects_figure(ranked, "R_el").axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["ion-ion contacts", "the same again"]
    assert [line.get_marker() for line in axes.lines] == [">", "D"]


@pytest.mark.slow
def test_a_spectrum_of_ones_own_is_fitted_and_ranked(tmp_path):
    """The advice has to be about the user's fit, not about the values of the example."""
    arguments = ["-p", "spectrum=composite_cathode_ion_electron", "--name", "own", "--out", str(tmp_path)]
    assert main(["report", "what_eis_resolves", *arguments]) == 0
    found = json.loads((tmp_path / "what_eis_resolves" / "own" / "results.json").read_text(encoding="utf-8"))["results"]
    assert found["gain_of_measurement"]["value"] > 1


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
