"""Distributions of sizes: what counts, surfaces and volumes say of one powder, and the rule that averages over it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.stats import lognorm

from sslib.impedance import Histogram, LogNormal, lognormal_radii, lognormal_spread


def median_by(power, density):
    """Median of the sizes when each counts r^power, by numerical integration of a density by number."""
    radii = np.geomspace(1e-3, 1e3, 200_001)
    mass = density(radii) * radii ** (power + 1)
    return float(np.interp(0.5, np.cumsum(mass) / mass.sum(), radii))


def test_medians_of_one_powder_by_number_area_and_volume():
    """Hatch and Choate: a confused weight would move τ_d by exp(4σ²) and more."""
    spread = 0.47
    counted = lognorm(s=spread, scale=1.3)
    radii = lognormal_radii(1.3, spread, weights="number")
    for name, power in (("number", 0), ("area", 2), ("volume", 3)):
        assert_allclose(radii[name], median_by(power, counted.pdf), rtol=1e-4)
    moments = [quad(lambda r, k=k: r**k * counted.pdf(r), 0, np.inf, epsrel=1e-10)[0] for k in (2, 3)]
    assert_allclose(radii["reference"], moments[1] / moments[0], rtol=1e-8)
    for name in ("area", "volume"):
        again = lognormal_radii(radii[name], spread, weights=name)
        assert_allclose([again[key] for key in radii], list(radii.values()), rtol=1e-14)


def test_a_spread_read_from_percentiles_is_that_of_the_distribution():
    """By any weight: the width of a log-normal distribution is one number."""
    sizes = lognorm(s=0.62, scale=4.0)
    assert_allclose(lognormal_spread(sizes.ppf(0.1), sizes.ppf(0.9)), 0.62, rtol=1e-12)
    assert_allclose(lognormal_spread(sizes.ppf(0.25), sizes.ppf(0.6), shares=(0.25, 0.6)), 0.62, rtol=1e-12)


def test_a_histogram_is_the_same_powder_by_whatever_it_was_counted():
    """Counts, surfaces and volumes of the same particles must give the same shares, or an analyser's file lies."""
    rng = np.random.default_rng(5)
    radii, number = rng.uniform(1, 9, 12), rng.integers(0, 50, 12)
    powders = [
        Histogram(radii, number * radii**power, weights)
        for weights, power in (("number", 0), ("area", 2), ("volume", 3))
    ]
    for powder in powders:
        assert_allclose(powder.shares, number * radii**2 / (number @ radii**2), rtol=1e-13)
        assert_allclose(powder.reference, (number @ radii**3) / (number @ radii**2), rtol=1e-13)


def test_a_histogram_of_a_log_normal_powder_has_its_spread():
    """The spread beside a fitted sigma_r is by area and of the logarithm."""
    sizes = lognorm(s=0.35, scale=2e-6)
    radii = np.geomspace(2e-7, 2e-5, 400)
    powder = Histogram(radii, sizes.pdf(radii) * radii, weights="number")
    assert_allclose(powder.spread, 0.35, rtol=1e-5)
    assert_allclose(powder.reference, lognormal_radii(2e-6, 0.35, "number")["reference"], rtol=1e-5)


@pytest.mark.parametrize("spread", [0.02, 0.3, 0.45, 1.0, 1.5])
def test_the_rule_has_the_moments_of_the_distribution(spread):
    """Shares add up to one, the mean size is one, and so the volume behind the surface is what it was."""
    ((rows, logarithm, slopes, weights),) = LogNormal("s").rules(np.array([[spread]]), 2.0)
    sizes = np.exp(logarithm[0])
    assert rows.tolist() == [0]
    assert_allclose(weights.sum(), 1, rtol=1e-14)
    assert_allclose(weights @ sizes, 1, rtol=1e-7)
    assert_allclose(weights @ sizes**-1, np.exp(spread**2), rtol=1e-7)
    assert_allclose(weights @ (sizes**2 * 2 * slopes[0]), 2 * spread * np.exp(spread**2), rtol=1e-5)


def test_sets_of_all_spreads_are_each_in_one_rule():
    """A set that fell between two rules would keep whatever was in memory."""
    spread = np.concatenate([[0.0, 1e-9], np.geomspace(0.02, 6, 300)])
    rows = np.concatenate([rule[0] for rule in LogNormal().rules(spread[:, None], 2.0)])
    assert sorted(rows) == list(range(len(spread)))


def test_starts_are_spreads_that_a_fit_allows():
    """A start beyond the bounds would be moved onto one, where nothing depends on the spread."""
    (slot,) = LogNormal().slots
    draws = LogNormal().draw(np.linspace(0, 1, 11)[:, None])
    assert draws.shape == (11, 1)
    assert np.all((slot.quantity.lowest < draws) & (draws < slot.quantity.highest))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0, -2.0], [1, 1]), r"radii is -2"),
        (([1.0, 2.0], [1, -1]), r"counts is -1"),
        (([1.0, 2.0], [0, 0]), r"counts are all zero"),
        (([1.0, 2.0], [1]), r"radii have shape \(2,\), counts \(1,\)"),
        (([1.0], [1], "mass"), r"weights is 'mass'; allowed are number, area, volume"),
    ],
)
def test_impossible_histograms_are_refused(arguments, message):
    """What cannot be a powder is named, not averaged."""
    with pytest.raises(ValueError, match=message):
        Histogram(*arguments)


def test_impossible_distributions_are_refused():
    """Each message names the quantity, its value and what is allowed."""
    with pytest.raises(ValueError, match="'sigma r' is no name"):
        LogNormal("sigma r")
    with pytest.raises(ValueError, match="median is 0"):
        lognormal_radii(0.0, 0.4)
    with pytest.raises(ValueError, match="weights is 'mass'"):
        lognormal_radii(1.0, 0.4, "mass")
    with pytest.raises(ValueError, match="both must rise"):
        lognormal_spread(3.0, 2.0)
    with pytest.raises(ValueError, match="both must rise"):
        lognormal_spread(2.0, 3.0, shares=(0.9, 0.1))
