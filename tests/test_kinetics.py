"""Charge transfer: the law, its inverse and its limits."""

import numpy as np
import pytest
from scipy.optimize import brentq

from sslib.kinetics import (
    FARADAY,
    activation_overpotential,
    apparent_resistance_ratio,
    butler_volmer,
    butler_volmer_harmonics,
    charge_transfer_resistance,
    equilibrium_stern_potential,
    frumkin_butler_volmer,
    linear_amplitude,
    tafel_overpotential,
    thermal_voltage,
)


def test_the_law_as_printed():
    """Source 002, equations 11 and 12, written out: a swapped coefficient would turn the asymmetry around."""
    rng = np.random.default_rng(1)
    eta, i0, alpha = rng.uniform(-0.2, 0.2, 20), rng.uniform(0.1, 10, 20), rng.uniform(0.2, 0.8, 20)
    f = FARADAY / (8.31446262 * 310.0)
    expected = i0 * (np.exp(alpha * f * eta) - np.exp(-(1 - alpha) * f * eta))
    np.testing.assert_allclose(butler_volmer(eta, i0, 310.0, alpha), expected, rtol=1e-7)


def test_the_inverse_gives_the_overpotential_back():
    """A wrong factor of two in the arsinh would shift every discharge by its kinetics."""
    rng = np.random.default_rng(2)
    eta, i0, T = rng.uniform(-0.5, 0.5, 20), rng.uniform(0.1, 10, 20), rng.uniform(250, 400, 20)
    np.testing.assert_allclose(activation_overpotential(butler_volmer(eta, i0, T), i0, T), eta, rtol=1e-10)


def test_small_and_large_overpotentials_reach_their_limits():
    """The linear and the Tafel form are what experiments are read with; they must be limits of the same law."""
    eta = 1e-5
    assert butler_volmer(eta, 3.0) == pytest.approx(eta / charge_transfer_resistance(3.0), rel=1e-6)
    current = butler_volmer(0.3, 3.0, alpha=0.4)
    assert tafel_overpotential(current, 3.0, alpha=0.4) == pytest.approx(0.3, rel=1e-4)


def test_what_cannot_be_is_refused():
    """An exchange current of zero would divide by zero far from its cause."""
    with pytest.raises(ValueError, match="exchange_current is 0"):
        butler_volmer(0.1, 0.0)
    with pytest.raises(ValueError, match=r"alpha is 1\.5"):
        butler_volmer(0.1, 1.0, alpha=1.5)
    with pytest.raises(ValueError, match="overpotential is nan; it must be finite"):
        butler_volmer(np.nan, 1.0)
    with pytest.raises(ValueError, match="current_density is inf"):
        activation_overpotential(np.inf, 1.0)
    with pytest.raises(ValueError, match="T is -3"):
        thermal_voltage(-3)


def test_harmonics_are_those_of_the_current_in_time():
    """The Fourier transform of the law itself, sample by sample, with bias and unequal coefficients."""
    rng = np.random.default_rng(5)
    theta = 2 * np.pi * np.arange(256) / 256
    for _ in range(10):
        a, i0, T, alpha, bias = rng.uniform(0.001, 0.2), rng.uniform(0.1, 9), rng.uniform(250, 400), *rng.random(2)
        bias = (bias - 0.5) / 5
        spectrum = np.fft.rfft(butler_volmer(bias + a * np.cos(theta), i0, T, alpha)).real / 256
        spectrum[1:] *= 2
        ours = butler_volmer_harmonics(a, i0, T, alpha, bias, highest=6)
        np.testing.assert_allclose(ours, spectrum[:7], rtol=1e-10, atol=1e-12 * abs(spectrum).max())


def test_small_amplitudes_have_the_leading_terms():
    """One percent follows from these: a factor in a leading term would shift every amplitude that is recommended."""
    volt = thermal_voltage(298.15)
    for alpha in (0.3, 0.5, 0.8):
        cubes = alpha**3 + (1 - alpha) ** 3
        x = np.array([0.01, 0.1])
        np.testing.assert_allclose(1 - apparent_resistance_ratio(x * volt, alpha=alpha), cubes * x**2 / 8, rtol=2e-3)
        _, first, second, third = butler_volmer_harmonics(0.02 * volt, 1.0, alpha=alpha)
        np.testing.assert_allclose(third / first, cubes * 0.02**2 / 24, rtol=1e-3)
        np.testing.assert_allclose(second / first, (2 * alpha - 1) * 0.02 / 4, rtol=1e-3, atol=1e-15)


@pytest.mark.parametrize("judged_by", ["fundamental", "second", "third"])
def test_the_linear_amplitude_departs_by_its_share(judged_by):
    """Put back into the law, the amplitude must show the share that was asked for."""
    amplitude = linear_amplitude(0.02, judged_by, 330.0, 0.3)
    harmonics = butler_volmer_harmonics(amplitude, 1.0, 330.0, 0.3)
    departures = {
        "fundamental": 1 - apparent_resistance_ratio(amplitude, 330.0, 0.3),
        "second": abs(harmonics[2] / harmonics[1]),
        "third": harmonics[3] / harmonics[1],
    }
    assert departures[judged_by] == pytest.approx(0.02, rel=1e-6)


def test_a_harmonic_that_vanishes_has_no_amplitude():
    """At one half the second harmonic is zero at each amplitude, and a search for it would never end."""
    with pytest.raises(ValueError, match="vanishes"):
        linear_amplitude(0.01, "second")
    with pytest.raises(ValueError, match="judged_by is"):
        linear_amplitude(0.01, "first")
    with pytest.raises(ValueError, match="second harmonic stays below"):
        linear_amplitude(0.2, "second", alpha=0.501)


@pytest.mark.parametrize("alpha", [0.5, 0.4, 0.25])
def test_a_sine_of_current_feeds_the_second_harmonic_back(alpha):
    """Each current's overpotential from the law itself: with unequal coefficients the control does matter."""
    theta, x = 2 * np.pi * np.arange(64) / 64, 0.1
    volt = thermal_voltage(298.15)
    eta = [brentq(lambda v, i=i: butler_volmer(v, 1.0, alpha=alpha) - i, -volt, volt) for i in x * np.cos(theta)]
    ratio = 2 * np.mean(eta * np.cos(theta)) / (x * volt)
    back = 3 * (2 * alpha - 1) ** 2 * x**2 / 8
    assert ratio - 1 == pytest.approx(apparent_resistance_ratio(x * volt, alpha=alpha) - 1 + back, rel=0.02)


def test_a_sine_of_current_lowers_the_resistance_by_as_much():
    """At one half it does not matter in the lowest order which of the two is controlled: arsinh and sinh bend alike."""
    theta = 2 * np.pi * np.arange(64) / 64
    voltage = 0.1 * thermal_voltage(298.15)
    current = voltage / charge_transfer_resistance(1.0)
    answer = 2 * np.mean(activation_overpotential(current * np.cos(theta), 1.0) * np.cos(theta))
    assert 1 - answer / voltage == pytest.approx(1 - apparent_resistance_ratio(voltage), rel=2e-3)


def test_frumkins_form_is_butler_volmer_about_its_own_equilibrium():
    """With the exchange flux of its two rates it must be the same law; a surface ratio on the wrong side would show."""
    rng = np.random.default_rng(3)
    for _ in range(5):
        k_ox, k_red, ratio, alpha = *10 ** rng.uniform(-8, -3, 2), rng.uniform(0.1, 5), rng.uniform(0.2, 0.8)
        T, n = rng.uniform(260, 400), int(rng.integers(1, 3))
        balance = equilibrium_stern_potential(k_ox, k_red, ratio, T, n)
        exchange = k_ox ** (1 - alpha) * (k_red * ratio) ** alpha
        eta = np.linspace(-0.1, 0.1, 5)
        found = frumkin_butler_volmer(balance + eta, k_ox, k_red, ratio, T, alpha, n)
        expected = butler_volmer(n * eta, exchange, T, alpha)
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-10 * exchange)


def test_frumkins_equilibrium_is_the_root_of_its_flux():
    """Source 002 leaves it unsaid: a logarithm upside down, or n on the wrong side, would be no root."""
    root = brentq(lambda x: frumkin_butler_volmer(x, 2e-6, 7e-5, 0.3, 330.0, 0.4, 2), -0.5, 0.5, xtol=1e-14)
    assert equilibrium_stern_potential(2e-6, 7e-5, 0.3, 330.0, 2) == pytest.approx(root, abs=1e-13)
    with pytest.raises(ValueError, match="surface_ratio is 0"):
        equilibrium_stern_potential(1.0, 1.0, 0.0)
    with pytest.raises(ValueError, match="electrons is -1"):
        frumkin_butler_volmer(0.1, 1.0, 1.0, electrons=-1)
    with pytest.raises(ValueError, match="stern_potential is nan"):
        frumkin_butler_volmer(np.nan, 1.0, 1.0)
