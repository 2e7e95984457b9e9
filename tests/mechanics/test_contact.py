"""Contact under pressure: limits, Persson's diffusion of pressures, and one law of volume for all rooms."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sslib import failure
from sslib.mechanics import (
    CompositeContact,
    contact_share,
    local_pressure,
    pressed_conductivity,
    volume_change,
)


def test_the_share_is_that_of_pressures_that_do_not_reach_zero():
    """Persson's equation: pressures that diffuse from p with an absorbing wall at zero, solved on a grid."""
    variance, grid = 0.8, np.linspace(0, 12, 1201)
    step = grid[1]
    second = (np.diag(np.full(1200, -2.0)) + np.diag(np.ones(1199), 1) + np.diag(np.ones(1199), -1)) / step**2
    modes, vectors = np.linalg.eigh(second)
    for start in (60, 130, 250):
        density = vectors @ (np.exp(variance / 2 * modes) * vectors[start - 1])
        closing = np.sqrt(np.pi / 2 * variance)
        assert_allclose(contact_share(grid[start], closing), density.sum(), rtol=1e-3)


def test_contact_begins_in_proportion_and_ends_complete():
    """The closing pressure has its meaning by the first slope."""
    assert_allclose(contact_share(1e-6, 3.0), 1e-6 / 3, rtol=1e-9)
    assert contact_share(0.0, 3.0) == 0
    assert_allclose(contact_share(30.0, 3.0), 1)


def test_necks_in_series_have_their_limits():
    """No pressure may make a powder better than its grains; far below, only necks count, with their exponent."""
    assert_allclose(pressed_conductivity(1e12, 2.0, 0.5, 1e6, 1 / 3), 2.0, rtol=0.05)
    assert_allclose(pressed_conductivity(1e6, 2.0, 0.5, 1e6, 1 / 3), 0.5)
    low = pressed_conductivity(np.array([1e-12, 8e-12]), 2.0, 0.5, 1e6, 1 / 3)
    assert_allclose(low[1] / low[0], 2, rtol=1e-4)
    with pytest.raises(ValueError, match="no pressure exceeds"):
        pressed_conductivity(1e6, 1.0, 2.0, 1e6)


def test_the_failure_map_has_the_same_change_of_volume():
    """Two laws for one particle would contradict each other in one report."""
    content = np.linspace(0, 1, 7)
    assert_allclose(failure.volume_change(content, 0.06), np.abs(volume_change(content, 0.06)))


def test_an_electrode_answers_to_pressure_and_charge():
    """At the reference content the stack's pressure stands on the interface; lithium that leaves opens it."""
    law = CompositeContact(60e6, 2.5e-6, 0.06, 25e-9, neck_share=0.3)
    assert_allclose(law.area(40e6, 0.5), contact_share(40e6, 60e6))
    assert_allclose(law.area(40e6, 0.0), contact_share(40e6 / np.e, 60e6))
    assert_allclose(law.conductivity(50e6), 0.7)
    assert law.conductivity(200e6) > 0.7
    with pytest.raises(ValueError, match="stack_pressure is 0"):
        local_pressure(0.0, 0.01, 1e-6, 1e-8)
