"""Salt concentration and interface resistance: the minimum of the model, and what a polymer can hold."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import minimize_scalar

from sslib.interfaces import best_concentration, polymer_concentration, resistance_at_concentration


@pytest.mark.parametrize(("scale", "alpha"), [(400.0, 0.5), (1500.0, 0.2), (2500.0, 0.9)])
def test_the_best_concentration_is_where_a_search_finds_the_least(scale, alpha):
    """The interphase must not move the minimum, and the closed form must be that of the model."""
    found = minimize_scalar(
        lambda log_c: np.log(resistance_at_concentration(np.exp(log_c), 1e-3, 1000.0, scale, alpha)),
        bounds=(0, 12), method="bounded", options={"xatol": 1e-9},
    )  # fmt: skip
    best = best_concentration(scale, alpha)
    assert np.exp(found.x) == pytest.approx(best, rel=1e-6)
    near = resistance_at_concentration(best * np.array([0.99, 1, 1.01]), 1e-3, 1000.0, scale, alpha, 5e-3)
    assert near[1] == near.min()
    assert resistance_at_concentration(1000.0, 1e-3, 1000.0, scale, alpha, 5e-3) == pytest.approx(6e-3)


def test_the_polymer_holds_at_most_the_salt_of_its_ether_units():
    """The minimum at 15:1 is above 1 mol/L, outside the range that another study of source 003 states."""
    c = polymer_concentration([27, 15, 3])
    assert 1000 < c[1] < 2000
    assert_allclose(c * [27, 15, 3], 1130 / 44.053e-3, rtol=1e-12)
