"""What a fit says of parameters together is true of spectra of which it is known, and is not said of others."""

import pytest
from numpy.testing import assert_allclose

from sslib.impedance import C, FiniteLengthWarburg, R, fit
from tests.benchmarks.bench_coverage import FREQUENCY as WIDE
from tests.benchmarks.bench_coverage import MODELS
from tests.impedance.fitting.test_fitting import FIVE, TRUTH, measured

DIFFUSION = {"R_0": 5.0, "R_ion": 50.0, "Q": 1e-4, "alpha": 0.9, "R_ct": 40.0, "R_d": 300.0}
ARCS = {"R_0": 5.0, "R_1": 50.0, "Q_1": 1e-5, "alpha_1": 0.9, "R_2": 20.0, "alpha_2": 0.9}


def kinds(result):
    return {verdict.kind for verdict in result.verdicts}


def test_the_gerischer_limit_is_said_to_know_a_product():
    """A third of random lines: "not determined" alone hides that R_ion·R_ct is known to a per cent."""
    truth = {**TRUTH, "R_ion": 3000.0, "R_ct": 20.0}
    verdicts = fit(FIVE, measured(FIVE, truth), noise=0.003).verdicts
    (pair,) = (v for v in verdicts if v.kind == "known only together" and v.parameters == ("R_ion", "R_ct"))
    assert "as a product: R_ion·R_ct = " in pair.text
    (other,) = (v for v in verdicts if v.kind == "known only together" and "Q" in v.parameters)
    assert other.parameters == ("R_ion", "Q")
    assert "ratio" in other.text
    assert not any(v.kind == "known only together" for v in fit(FIVE, measured(FIVE, TRUTH), noise=0.003).verdicts)


@pytest.mark.parametrize("noise", [1e-3, 1e-5])
def test_a_sum_is_known_where_its_parts_are_not(noise):
    """Two resistors in series: a pull too weak for what is known to 0.02 % would call the sum open."""
    apart, together = R("A") + R("B") + (R("R_1") | C("C_1")), R("A") + (R("R_1") | C("C_1"))
    spectrum = measured(apart, {"A": 10.0, "B": 20.0, "R_1": 50.0, "C_1": 1e-4}, noise=noise)
    two, one = (fit(model, spectrum, noise=noise) for model in (apart, together))
    value, interval = two.derive(lambda v: v["A"] + v["B"])
    assert_allclose(value, one.values["A"], rtol=1e-6)
    assert_allclose(interval, one.interval("A"), rtol=0.03 * noise)
    (verdict,) = (v for v in two.verdicts if v.kind == "known only together")
    assert verdict.parameters == ("A", "B")
    assert "known only as a sum: A + B = 30" in verdict.text


@pytest.mark.parametrize("noise", [3e-3, 1e-4])
def test_a_product_is_known_however_little_noise_there_is(noise):
    """On the Gerischer ridge R_ion·R_ct alone is known, to a fraction of the noise."""
    truth = {**TRUTH, "R_ion": 3e4, "R_ct": 0.2}
    _, (low, high) = fit(FIVE, measured(FIVE, truth, noise=noise), noise=noise).derive(lambda v: v["R_ion"] * v["R_ct"])
    assert low < 6e3 < high
    assert high / low - 1 < 20 * noise


@pytest.mark.parametrize(("tau", "reached"), [(1e4, False), (30.0, True)])
def test_diffusion_that_ends_below_the_lowest_frequency_is_said(tau, reached):
    """10 mHz shows times up to 16 s whole; of 1e4 s it has the slope of 45 degrees alone."""
    model = MODELS["one rail, diffusion"]
    result = fit(model, measured(model, {**DIFFUSION, "tau_d": tau}, frequency=WIDE), noise=0.003)
    found = [verdict for verdict in result.verdicts if verdict.kind == "diffusion not reached"]
    assert bool(found) != reached
    for verdict in found:
        assert verdict.parameters == ("R_d", "tau_d")
        _, (low, high) = result.derive(lambda v: v["R_d"] / v["tau_d"] ** 0.5)
        assert low < 3 < high < 2 * low
        assert "10 mHz" in verdict.text or "0.01 Hz" in verdict.text


def test_a_finite_warburg_alone_is_held_to_its_window():
    model = R("R_0") + FiniteLengthWarburg("R_d", "tau_d")
    spectrum = measured(model, {"R_0": 10.0, "R_d": 1e4, "tau_d": 1e6}, frequency=WIDE)
    assert "diffusion not reached" in kinds(fit(model, spectrum, noise=0.003))


@pytest.mark.parametrize(("apart", "hidden"), [(1.5, True), (1e3, False)])
def test_an_arc_hidden_by_the_next_is_said(apart, hidden):
    """Time constants a factor of 1.5 apart: which arc has how much is open, their sum is not."""
    model = MODELS["two arcs"]
    slower = ARCS["Q_1"] * ARCS["R_1"] / ARCS["R_2"] * apart ** ARCS["alpha_2"]
    result = fit(model, measured(model, {**ARCS, "Q_2": slower}, frequency=WIDE), noise=0.003)
    found = [verdict for verdict in result.verdicts if verdict.kind == "arc hidden"]
    assert bool(found) == hidden
    for verdict in found:
        assert set(verdict.parameters) == {"R_1", "R_2"}
        _, (low, high) = result.derive(lambda v: v["R_1"] + v["R_2"])
        assert low < 70 < high
