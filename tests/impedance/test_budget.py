"""The split of a cell's resistance by what causes it."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sslib.impedance import PARTS, STORAGE, Share, cathode_model, fit, limiting, resistance_budget

TRUTH = {"R_sep": 25.0, "R_ion": 90.0, "R_el": 30.0, "Q_dl": 2e-4, "alpha_dl": 1.0, "R_ct": 80.0}
TRUTH |= {"R_d": 40.0, "tau_d": 400.0}


@pytest.fixture(scope="module")
def result():
    model = cathode_model("two_rails_diffusion")
    frequency = np.logspace(6, -5, 111)
    impedance = model.impedance(frequency, **TRUTH)
    noise = np.random.default_rng(0).standard_normal((111, 2)) @ [1, 1j]
    return fit(model, SimpleNamespace(frequency=frequency, impedance=impedance * (1 + 0.001 * noise)), noise=0.001)


def test_low_frequency_parts_are_a_third_of_the_rails_and_a_fifth_of_the_diffusion(result):
    budget = resistance_budget(result, PARTS)
    v = result.values
    assert_allclose(budget["separator"].value, v["R_sep"], rtol=1e-9)
    assert_allclose(budget["ionic rail"].value, v["R_ion"] / 3, rtol=2e-2)
    assert_allclose(budget["electronic rail"].value, v["R_el"] / 3, rtol=2e-2)
    assert_allclose(budget["charge transfer"].value, v["R_ct"], rtol=1e-2)
    assert_allclose(budget["diffusion"].value, v["R_d"] / 5, rtol=2e-2)


@pytest.mark.parametrize("frequency", [1e-5, 0.3, 20.0, 1e5])
def test_the_parts_add_up_to_the_real_part_at_any_frequency(result, frequency):
    budget = resistance_budget(result, PARTS, frequency=frequency)
    total = sum(share.value for share in budget.values())
    assert_allclose(total, result.model.impedance([frequency], **result.values).real[0], rtol=1e-10)


def test_the_largest_part_is_named_with_its_share_of_draws(result):
    budget = resistance_budget(result, PARTS)
    assert budget["charge transfer"].largest == 1.0
    assert sum(share.largest for name, share in budget.items() if name != STORAGE) == pytest.approx(1)
    low, high = budget["ionic rail"].interval
    assert low < 30 < high


def test_a_share_that_is_one_resistance_has_its_uncertainty(result):
    """The separator's share is its resistance: draws wider or narrower than the covariance would show here."""
    low, high = resistance_budget(result, PARTS)["separator"].interval
    error = result.standard_errors["R_sep"] / result.values["R_sep"]
    assert_allclose(np.log(high / low), 2 * 1.96 * error, rtol=0.15)


def test_a_resistance_without_a_part_is_refused(result):
    with pytest.raises(ValueError, match="without a part: R_d"):
        resistance_budget(result, {name: part for name, part in PARTS.items() if name != "R_d"})


ELECTRODE = ("ionic rail", "electronic rail", "charge transfer", "diffusion")


def test_what_limits_is_decided_where_draws_and_rivals_agree(result):
    budget = resistance_budget(result, PARTS, among=ELECTRODE)
    assert limiting(result, budget, PARTS, ELECTRODE) == ("charge transfer", [])


def test_a_rival_model_with_another_answer_is_heard(result):
    """A confident verdict that the next best model contradicts is the kind that gets quoted and is wrong."""
    budget = resistance_budget(result, PARTS, among=ELECTRODE)
    rival = {**result.values, "R_ion": 900.0, "R_ct": 5.0}
    text, reasons = limiting(result, budget, PARTS, ELECTRODE, [(result.model, rival)])
    assert text == "charge transfer or ionic rail"
    assert "ionic rail" in reasons[0]


def test_a_blocking_spectrum_decides_nothing(result):
    budget = resistance_budget(result, PARTS, among=ELECTRODE)
    blocked = {**budget, STORAGE: Share(10 * sum(s.value for s in budget.values()), (0.0, 0.0), 0.0)}
    text, reasons = limiting(result, blocked, PARTS, ELECTRODE)
    assert text == "not decided"
    assert "no resistance is reached" in reasons[0]


def test_unknown_parts_are_refused(result):
    with pytest.raises(ValueError, match=r"no parts? ionc rail; known are separator"):
        resistance_budget(result, PARTS, among=["ionc rail"])
