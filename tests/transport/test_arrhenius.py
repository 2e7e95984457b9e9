"""Activation energies in both conventions: lines, their intervals, and how often these hold the truth."""

import numpy as np
import pytest
from scipy import stats

from sslib.transport import BOLTZMANN, arrhenius_fit, convention_difference
from sslib.units import eV

rng = np.random.default_rng(7)


def activated(T, energy, prefactor, times_temperature):
    return prefactor * np.exp(-energy / (BOLTZMANN * T)) / (T if times_temperature else 1)


@pytest.mark.parametrize("times_temperature", [True, False])
def test_a_line_without_scatter_gives_its_energy_and_prefactor(times_temperature):
    T, energy, prefactor = np.linspace(250, 450, 6), 0.61 * eV, 3e5
    sigma = activated(T, energy, prefactor, times_temperature)
    line = arrhenius_fit(T, sigma, times_temperature=times_temperature)
    assert line.energy == pytest.approx(energy, rel=1e-10)
    assert line.prefactor == pytest.approx(prefactor, rel=1e-9)
    assert line.conductivity(300.0) == pytest.approx(activated(300.0, energy, prefactor, times_temperature))


def test_intervals_are_those_of_ordinary_regression():
    """scipy's straight line is an independent route to slope, intercept and their standard errors."""
    T = rng.uniform(280, 420, 8)
    sigma = activated(T, 0.4 * eV, 1e4, True) * np.exp(rng.normal(0, 0.05, 8))
    line, theirs = arrhenius_fit(T, sigma, level=0.9), stats.linregress(1 / (BOLTZMANN * T), np.log(sigma * T))
    reach = stats.t.ppf(0.95, 6)
    assert line.energy_interval == pytest.approx(tuple(-theirs.slope + s * reach * theirs.stderr for s in (-1, 1)))
    ends = np.exp([theirs.intercept + s * reach * theirs.intercept_stderr for s in (-1, 1)])
    assert line.prefactor_interval == pytest.approx(tuple(ends))


def test_weights_are_those_of_weighted_regression():
    """A point with an error a thousand times the others' must count for nothing, and scale must not matter."""
    T = np.linspace(300, 400, 6)
    sigma, errors = activated(T, 0.5 * eV, 1e5, True), np.full(6, 0.01)
    sigma[2] *= 3
    errors[2] = 1e3
    assert arrhenius_fit(T, sigma, errors).energy == pytest.approx(0.5 * eV, rel=1e-6)
    one, other = (arrhenius_fit(T, sigma, errors * scale) for scale in (1, 50))
    assert one.energy_interval == pytest.approx(other.energy_interval)


def test_intervals_hold_the_truth_as_often_as_they_say():
    """An interval of 95 % that misses one time in five would make every energy look known better than it is."""
    T = np.linspace(300, 380, 5)
    exact = activated(T, 0.5 * eV, 1e5, True)
    held = 0
    for _ in range(800):
        low, high = arrhenius_fit(T, exact * np.exp(rng.normal(0, 0.03, 5))).energy_interval
        held += low < 0.5 * eV < high
    assert 0.925 < held / 800 < 0.975


def test_two_points_have_a_line_and_no_interval():
    line = arrhenius_fit([300.0, 350.0], [1e-3, 1e-2])
    assert line.energy_interval == (-np.inf, np.inf)
    assert np.isnan(line.scatter)


def test_the_conventions_differ_by_what_they_must_at_random_values():
    """E of sigma*T less E of sigma is a property of the temperatures alone, and close to k times their mean."""
    for _ in range(20):
        T = rng.uniform(250, 500, rng.integers(3, 10))
        sigma, errors = np.exp(rng.normal(-5, 3, len(T))), rng.uniform(0.01, 0.3, len(T))
        product, plain = (arrhenius_fit(T, sigma, errors, times_temperature=own) for own in (True, False))
        assert product.energy - plain.energy == pytest.approx(convention_difference(T, errors), rel=1e-8)
    T = np.linspace(400, 480, 7)
    assert convention_difference(T) == pytest.approx(BOLTZMANN * T.mean(), rel=0.01)
    assert convention_difference(440.0) == pytest.approx(BOLTZMANN * 440)


@pytest.mark.parametrize(
    ("T", "sigma", "message"),
    [
        ([300, 300], [1, 2], "two temperatures"),
        ([300, -1], [1, 2], "T is -1"),
        ([300, 310], [1, 0], "conductivity is 0"),
        ([300, 310], [1], "shape"),
    ],
)
def test_what_is_no_series_is_refused(T, sigma, message):
    with pytest.raises(ValueError, match=message):
        arrhenius_fit(T, sigma)
