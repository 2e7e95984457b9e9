"""Which model, and which of its parameters the data ask for."""

import numpy as np
import pandas as pd
import pytest

from sslib.impedance import COUNTER_ELECTRODES, SEPARATORS, cathode_model, compare, support
from sslib.instruments import Spectrum


def test_a_parameter_is_judged_by_the_best_models_with_it_and_without_it():
    """Comparing with the chosen model alone would call needed what another model replaces."""
    ranking = pd.DataFrame(
        {
            "cathode": ["a", "b", "c"],
            "parameters": [3, 4, 5],
            "scatter": [0.1, 0.1, 0.1],
            "bic": [0.0, 8.0, 40.0],
            "aicc": [5.0, 1.0, 2.0],
            "R_1": [1.0, np.nan, 1.0],
            "R_2": [np.nan, 2.0, 2.0],
            "R_3": [1.0, 1.0, np.nan],
            "R_4": [1.0, 1.0, 1.0],
        }
    )
    found = support(ranking)
    assert list(found.index) == ["R_1", "R_2", "R_3"], "what all models have cannot be judged"
    assert found["gain in BIC"].to_dict() == {"R_1": 8.0, "R_2": -8.0, "R_3": 40.0}
    assert found["gain in AICc"].to_dict() == {"R_1": -1.0, "R_2": 4.0, "R_3": 1.0}
    assert found["verdict"].to_dict() == {"R_1": "open", "R_2": "open", "R_3": "needed"}


@pytest.fixture(scope="module")
def ranking():
    """One rail with charge transfer behind a separator that is a plain resistance: no arc, no second rail."""
    frequency = np.logspace(5, -2, 50)
    model = cathode_model("one_rail", "resistor", "none")
    exact = model.impedance(frequency, R_sep=20.0, R_ion=60.0, Q_dl=2e-4, alpha_dl=0.9, R_ct=90.0)
    parts = np.random.default_rng(3).standard_normal((50, 2)) @ [1, 1j]
    choices = {"cathode": ["de_levie", "one_rail", "two_rails"], "separator": SEPARATORS}
    spectrum = Spectrum(frequency, exact + 0.003 * abs(exact) * parts)
    return compare({**choices, "counter_electrode": COUNTER_ELECTRODES}, spectrum)


def test_what_the_data_ask_for_is_needed_and_what_they_do_not_is_not_taken(ranking):
    """A model with an arc that is not there gives a resistance that is not there."""
    assert ranking.loc[0, ["cathode", "separator", "counter_electrode"]].tolist() == ["one_rail", "resistor", "none"]
    found = support(ranking)
    assert found.loc["R_ct", "verdict"] == "needed"
    assert (found.loc[["R_counter", "R_el", "Q_sep"], "gain in BIC"] < 0).all()


def test_the_criteria_are_the_published_ones(ranking):
    """A slip in the price of a parameter moves every choice."""
    for _, row in ranking.iterrows():
        points, count = 100, row["parameters"]
        misfit = points * np.log(row["scatter"] ** 2 * (points - count) / points)
        assert row["bic"] == pytest.approx(misfit + count * np.log(points))
        # Hurvich and Tsai's n (1 + m/n)/(1 - (m + 2)/n), which for exact data is n.
        hurvich_tsai = points * (points + count) / (points - count - 2)
        assert row["aicc"] == pytest.approx(misfit + hurvich_tsai - points)
