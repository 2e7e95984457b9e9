"""Charge transfer: the law, its inverse and its limits."""

import numpy as np
import pytest

from sslib.kinetics import (
    FARADAY,
    activation_overpotential,
    butler_volmer,
    charge_transfer_resistance,
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
    with pytest.raises(ValueError, match="T is -3"):
        thermal_voltage(-3)
