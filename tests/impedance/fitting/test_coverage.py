"""Intervals hold the truth as often as they say, over the whole range, and a batch's are those of single fits."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from sslib.impedance import CPE, C, R, fit, fit_batch
from tests.benchmarks.bench_coverage import FREQUENCY, MODELS, coverage, holds, random_truths, spectra
from tests.impedance.fitting.test_fitting import FIVE, TRUTH, Measured, measured, with_noise
from tests.simulations import simulations

SEED = 20261122


def check_coverage(model, noise, count):
    """At least the least that 94 % would give by chance (one in two thousand), with and without a verdict."""
    truths, batch, missed = coverage(model, noise, count, seed=SEED)
    assert missed.sum() <= stats.binom.ppf(0.9995, count, 0.01)
    for name, interval in batch.intervals.items():
        held, doubtful = holds(interval, truths[name]), batch.doubtful[name]
        for own in (held[~doubtful], held[doubtful], held):
            assert own.sum() >= stats.binom.ppf(0.0005, len(own), 0.94), name
        known = held[~doubtful]
        assert known.sum() <= stats.binom.ppf(0.9995, len(known), 0.97), name


@pytest.mark.parametrize("noise", [0.003, 0.01])
def test_intervals_hold_the_truth_over_the_whole_range(noise):
    """Covariance instead of profiles would hold it in half of the lines in the Gerischer limit."""
    check_coverage(MODELS["one rail"], noise, 100)


@pytest.mark.slow
@pytest.mark.parametrize("noise", [0.003, 0.01])
@pytest.mark.parametrize("name", list(MODELS))
def test_intervals_hold_the_truth_for_every_kind_of_circuit(name, noise):
    """A rival basin that the interval does not span, or a profile stuck on a flat parameter, would show."""
    check_coverage(MODELS[name], noise, simulations(300))


@pytest.mark.parametrize("name", ["one rail", "two arcs"])
def test_a_batch_has_the_intervals_of_single_fits(name):
    """Rows of other spectra, wrong weights or basins mixed up in a batch would show."""
    model, rng = MODELS[name], np.random.default_rng(8)
    _, data = spectra(model, random_truths(model, 6, rng), 0.003, rng)
    batch = fit_batch(model, FREQUENCY, data, noise=0.003, starts_tried=24, intervals=0.9)
    for k, impedance in enumerate(data):
        single = fit(model, Measured(FREQUENCY, impedance), noise=0.003)
        for parameter in single.free:
            ends = [np.nan if end is None else end for end in single.interval(parameter, level=0.9)]
            assert_allclose(batch.intervals[parameter][k], ends, rtol=0.01, err_msg=f"{k} {parameter}")


def test_blocks_of_a_batch_are_joined_with_their_intervals(monkeypatch):
    """Memory is bounded by blocks; where they meet nothing may be lost or come twice."""
    data = with_noise(np.tile(FIVE.impedance(FREQUENCY, **TRUTH), (7, 1)), 0.003, 2)
    whole = fit_batch(FIVE, FREQUENCY, data, starts=TRUTH, intervals=0.95)
    monkeypatch.setattr("sslib.impedance.fitting.fits.BLOCK", 3)
    parts = fit_batch(FIVE, FREQUENCY, data, starts=TRUTH, intervals=0.95)
    assert parts.level == 0.95
    for name in TRUTH:
        assert_allclose(parts.intervals[name], whole.intervals[name], rtol=1e-3)
        assert parts.doubtful[name].shape == (7,)
    low, high = parts.interval("R_ion")
    assert ((low < whole.values["R_ion"]) & (whole.values["R_ion"] < high)).all()


def test_wrong_questions_about_intervals_are_refused():
    data = with_noise(np.tile(FIVE.impedance(FREQUENCY, **TRUTH), (2, 1)), 0.003, 2)
    plain = fit_batch(FIVE, FREQUENCY, data, starts=TRUTH)
    with pytest.raises(ValueError, match="fitted without intervals"):
        plain.interval("R_ion")
    with pytest.raises(ValueError, match="level is 95"):
        fit_batch(FIVE, FREQUENCY, data, starts=TRUTH, intervals=95)
    with pytest.raises(ValueError, match="no interval for 'R_x'"):
        fit_batch(FIVE, FREQUENCY, data, starts=TRUTH, intervals=0.95).interval("R_x")


@pytest.fixture(scope="module")
def arc():
    """An arc with 5 % noise, where chi-square is no parabola, as R_1 with C_1."""
    model = R("R_0") + (R("R_1") | C("C_1"))
    return fit(model, measured(model, {"R_0": 20.0, "R_1": 30.0, "C_1": 1e-4}, noise=0.05), noise=0.05)


def test_a_sum_of_resistances_has_the_interval_of_the_model_that_has_it_as_a_parameter(arc):
    """R_0 + R_1 in series is R_low of the same spectrum: R_low with R_0 in parallel to R_x, whatever R_x."""
    # R_0 + R_1 | C_1 is the same two-terminal network as R_low | (R_x + C_x), with R_low = R_0 + R_1.
    twin = R("R_low") | (R("R_x") + C("C_x"))
    other = fit(twin, Measured(arc.frequency, arc.impedance), noise=0.05)
    assert_allclose(other.chi_square, arc.chi_square, rtol=1e-4)
    assert_allclose(arc.derive(lambda v: v["R_0"] + v["R_1"])[1], other.interval("R_low"), rtol=2e-3)


def test_a_product_has_the_interval_of_the_model_that_has_it_as_a_parameter(arc):
    """C_x of the twin network is a product of powers and sums: its interval follows from either form."""
    twin = R("R_low") | (R("R_x") + C("C_x"))
    other = fit(twin, Measured(arc.frequency, arc.impedance), noise=0.05)
    interval = arc.derive(lambda v: v["C_1"] * (v["R_1"] / (v["R_0"] + v["R_1"])) ** 2)[1]
    assert_allclose(interval, other.interval("C_x"), rtol=2e-3)
    _, product = arc.derive(lambda v: v["R_1"] * v["C_1"])
    _, reciprocal = arc.derive(lambda v: 1 / (v["R_1"] * v["C_1"]))
    assert_allclose(product, 1 / np.array(reciprocal)[::-1], rtol=1e-3)


def test_a_ratio_that_the_data_leave_open_is_open_on_its_side():
    """R_ion/R_ct grows without limit on the Gerischer ridge; its lower end is known."""
    result = fit(FIVE, measured(FIVE, {**TRUTH, "R_ion": 3000.0, "R_ct": 20.0}), noise=0.003)
    _, (low, high) = result.derive(lambda v: v["R_ion"] / v["R_ct"])
    assert high is None
    # Along the ridge the product is fixed, so the ratio's end follows from that of R_ion.
    assert_allclose(low, result.interval("R_ion")[0] ** 2 / 6e4, rtol=0.05)


def test_a_limit_of_physics_ends_a_derived_interval():
    """What grows with alpha alone ends where alpha is one, and is not called open."""
    model = R("R_0") + (R("R_1") | CPE("Q", "alpha"))
    spectrum = measured(model, {"R_0": 20.0, "R_1": 30.0, "Q": 1e-4, "alpha": 0.999}, noise=0.02)
    result = fit(model, spectrum, noise=0.02)
    _, (low, high) = result.derive(lambda v: v["alpha"] * (1 + 1e-6 * v["R_0"]))
    assert low < 0.999
    assert_allclose(high, 1, rtol=1e-4)


def test_what_is_not_positive_is_no_derived_quantity(arc):
    with pytest.raises(ValueError, match="derived quantity is -"):
        arc.derive(lambda v: v["R_0"] - 1e3)
