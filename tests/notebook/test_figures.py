"""Figures that several notebooks draw: they draw for every shape of spectrum, and say what they should."""

import numpy as np
import pytest

from sslib.impedance import PARTS, cathode_model, fit, resistance_budget
from sslib.impedance.joint import Comparison, fit_joint, simulate_joint
from sslib.notebook.figures import budget_figure, interval_figure, residual_figure, spectrum_figure
from sslib.notebook.picture import encode

FREQUENCY = np.logspace(6, -2, 41)
SHAPES = {
    "arc": 10 + 100 / (1 + 2j * np.pi * FREQUENCY * 1e-2),
    "blocking": 10 + 1 / (2j * np.pi * FREQUENCY * 1e-6),
    "inductive": 10 + 2j * np.pi * FREQUENCY * 1e-6,
    "resistor": np.full(41, 10 + 0j),
}


@pytest.mark.parametrize("name", SHAPES)
def test_any_spectrum_draws_with_equal_axes(name):
    """Unequal axes turn a semicircle into something else. Warnings are errors here."""
    figure = spectrum_figure(FREQUENCY, SHAPES[name], FREQUENCY, SHAPES[name], [("other", FREQUENCY, SHAPES[name])])
    png, width = encode(figure)
    assert png.startswith(b"\x89PNG")
    assert 600 < width < 800
    assert figure.axes[0].get_aspect() == 1


def test_decades_are_marked_with_their_frequency():
    figure = spectrum_figure(FREQUENCY, SHAPES["arc"])
    texts = {text.get_text() for text in figure.axes[0].texts}
    assert "10 Hz" in texts


def test_residuals_show_the_noise_band():
    figure = residual_figure(FREQUENCY, np.zeros(41, complex), 0.003)
    assert "0.3 % noise" in figure.axes[0].get_legend().get_texts()[0].get_text()


def test_budget_bars_carry_their_numbers():
    model = cathode_model("one_rail")
    truth = {"R_sep": 10.0, "R_ion": 60.0, "Q_dl": 1e-4, "alpha_dl": 0.9, "R_ct": 40.0}

    class Spectrum:
        frequency = FREQUENCY
        impedance = model.impedance(FREQUENCY, **truth)

    budget = resistance_budget(fit(model, Spectrum, noise=0.003), PARTS)
    texts = [text.get_text() for text in budget_figure(budget, 0.01).axes[0].texts]
    assert texts[0] == "10 Ω, 15 %"
    assert len(texts) == len(budget) == 4


def test_intervals_stand_beside_the_joint_fit_and_open_ones_say_so():
    """A bar that is clipped at the edge without a word would pass for a limit."""
    models = {t: cathode_model("two_rails_blocking", terminals=t) for t in ("ion-electron", "ion-ion")}
    truth = {"R_sep": 10.0, "R_ion": 60.0, "R_el": 0.2, "Q_dl": 1e-4, "alpha_dl": 0.9}
    spectra = simulate_joint(models, FREQUENCY, truth, noise=0.003)
    comparison = Comparison({label: fit(*pair, noise=0.003) for label, pair in spectra.items()}, fit_joint(spectra))
    figure = interval_figure(comparison, truth)
    assert encode(figure)[0].startswith(b"\x89PNG")
    left, right = figure.axes
    assert [text.get_text() for text in left.get_yticklabels()] == ["R_sep", "R_ion", "R_el", "Q_dl"]
    assert "open" in {text.get_text() for text in right.texts}
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["ion-electron", "ion-ion", "joint"]
