"""Steady and initial currents of steps of the voltage: series, coverage, and what is refused."""

import mpmath
import numpy as np
import pytest
from scipy.stats import binomtest

from sslib.instruments import Step
from sslib.measurements import Estimate, diffusion_series, estimate_of, layer_current, steady_current
from sslib.measurements.conduction.starting import starting_current, without_first
from tests.simulations import simulations

TIME = np.concatenate([np.geomspace(0.01, 30, 40), np.linspace(30, 600, 120)[1:]])


def held(current, time=TIME, voltage=0.1):
    return Step("voltage", voltage, 0.0, time, np.full(len(time), voltage), current)


def settling(seed, noise=2e-11, tau=100.0, extra=0.0):
    scatter = noise * np.random.default_rng(seed).standard_normal(len(TIME))
    return held(1e-9 + 2e-9 * diffusion_series(TIME / tau) + extra + scatter)


@pytest.mark.parametrize("u", [1e-4, 0.3, 0.999, 1.001, 7.0])
def test_the_series_is_its_sum(u):
    """The two forms that meet at one would differ there."""
    terms = int(12 / np.sqrt(u)) + 5
    direct = mpmath.fsum(mpmath.exp(-(n**2) * mpmath.mpf(u)) for n in range(1, terms))
    assert float(diffusion_series(u)) == pytest.approx(float(direct), rel=1e-12)


@pytest.mark.parametrize("since", [0.01, 5.0, 9.0, 120.0, 900.0])
def test_the_current_of_a_layer_is_the_inverse_of_its_impedance(since):
    """A root left out, or a wrong residue, would bias every initial current."""
    R, W, tau = 35.0, 60.0, 430.0

    def transform(s):
        x = mpmath.sqrt(s * tau)
        return 0.01 / (s * (R + W * mpmath.tanh(x) / x))

    ours = float(layer_current([since], 0.01 / R, 0.01 / (R + W), tau)[0])
    assert ours == pytest.approx(float(mpmath.invertlaplace(transform, since, method="talbot")), rel=1e-9)


def test_a_transference_of_one_half_is_read_at_both_ends():
    """The limits: at first the ohmic current, in the end the steady one."""
    np.testing.assert_allclose(layer_current([1e-12, 1e6], 2e-4, 1e-4, 10.0), [2e-4, 1e-4], rtol=1e-5)


@pytest.mark.parametrize("tau", [60.0, 100.0, 150.0])
def test_intervals_of_the_steady_current_hold_the_truth(tau):
    """Too narrow, and a leak is told that is none; too wide, and nothing is told."""
    n = simulations(40)
    inside = 0
    for seed in range(n):
        low, high = steady_current(settling(seed, tau=tau)).interval
        inside += low < 1e-9 < high
    assert binomtest(inside, n, 0.95).pvalue > 1e-3


def test_a_step_that_is_too_short_is_refused():
    """Its last sample would be taken for the steady current: here 40 % too large."""
    with pytest.raises(ValueError, match=r"has not settled.*thinner sample"):
        steady_current(settling(1, tau=700.0, noise=1e-13))


def test_a_drift_at_the_edge_of_the_noise_is_doubted_and_a_clear_one_refused():
    """Noise that looks like a slow relaxation must not cost a good step: the interval widens by it."""
    noise = np.random.default_rng(1).standard_normal(len(TIME))
    fall = (TIME.mean() - TIME) / np.linalg.norm(TIME - TIME.mean())
    usual = steady_current(held(1e-9 + 1e-11 * noise)).current.error
    doubted = steady_current(held(1e-9 + 1e-11 * (noise + 4.2 * fall)))
    assert any("at the edge of the noise" in text for text in doubted.verdicts)
    assert doubted.current.error > 1.5 * usual
    with pytest.raises(ValueError, match="has not settled"):
        steady_current(held(1e-9 + 1e-11 * (noise + 12 * fall)))


def test_a_step_of_a_few_time_constants_is_doubted():
    """What is extrapolated has to be said."""
    assert any("extrapolated" in text for text in steady_current(settling(1, tau=200.0)).verdicts)


def test_a_current_that_grows_is_refused():
    """A decomposition would pass for electronic conduction."""
    with pytest.raises(ValueError, match="the blocking electrode passes ions or the electrolyte decomposes"):
        steady_current(settling(1, extra=1e-12 * TIME))


def test_a_current_that_grows_after_a_step_down_is_a_relaxation():
    """After a smaller voltage the current comes from below, and is no decomposition."""
    rising = held(1e-9 - 0.5e-9 * diffusion_series(TIME / 100) + 1e-12 * np.random.default_rng(2).standard_normal(159))
    assert steady_current(rising, jump=-0.1).current.value == pytest.approx(1e-9, rel=0.01)


def test_what_no_series_describes_is_doubted():
    """A current that goes on creeping has no end that a series could know."""
    creeping = steady_current(settling(1, noise=1e-13, extra=2e-10 * np.sin(TIME / 30)))
    assert any("no part of the step follows" in text for text in creeping.verdicts)


def test_few_samples_are_refused():
    """A fit of three numbers to a handful of samples knows no noise."""
    with pytest.raises(ValueError, match="has 5 samples"):
        steady_current(held(np.ones(5), TIME[:5]))


def test_the_resolution_widens_the_interval():
    """A current of one digit has no error of a thousandth of it."""
    fine, coarse = (steady_current(settling(3), resolution=step).current.error for step in (0.0, 1e-9))
    assert coarse == pytest.approx(np.hypot(fine, 1e-9 / np.sqrt(12)), rel=1e-9)


def test_the_initial_current_of_a_late_sample_is_wide():
    """A step whose beginning is known to 5 s cannot give its initial current to a thousandth."""
    exact = layer_current(TIME, 2e-4, 1e-4, 150.0) + 1e-8 * np.random.default_rng(3).standard_normal(len(TIME))
    whole = held(exact)
    early = starting_current(whole, steady_current(whole))
    assert early.initial.interval()[0] < 2e-4 < early.initial.interval()[1]
    assert early.to_the_end
    late = without_first(whole, 5.0)
    start = starting_current(late, steady_current(late))
    assert start.initial.relative > 10 * early.initial.relative
    assert any("when the step began" in text for text in start.verdicts)


def test_a_settling_time_that_leaves_nothing_is_refused():
    """An empty fit would be an error of numpy's."""
    with pytest.raises(ValueError, match="0 of 159 samples lie later than settling"):
        without_first(held(np.ones(159)), 1e4)


def test_an_open_interval_is_not_handed_on():
    """A resistance that a fit does not determine would become one without an error."""
    with pytest.raises(ValueError, match=r"R_0 is 30 with an interval that is open"):
        estimate_of(30.0, (None, 40.0), name="R_0")


def test_an_interval_becomes_the_error_that_gives_it_back():
    """Another quantile in and out would shrink what fits say."""
    np.testing.assert_allclose(estimate_of(10.0, (8.0, 12.5)).interval(), (8.0, 12.5), rtol=1e-6)


def test_errors_are_those_of_student():
    """Five degrees of freedom are 2.571 standard errors."""
    np.testing.assert_allclose(Estimate(1.0, 0.1, 5).interval(), (1 - 0.25706, 1 + 0.25706), rtol=1e-4)
