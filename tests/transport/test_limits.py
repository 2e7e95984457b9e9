"""Limits of conduction: budgets, electrons, space charge and windows."""

import numpy as np
import pytest
from scipy.integrate import solve_bvp

from sslib.transport import (
    debye_length,
    electronic_conductivity_limit,
    electronic_critical_current,
    ohmic_thickness,
    stability_margin,
)
from sslib.units import S_cm, mA_cm2, mS_cm, nm


def test_the_thickest_separator_drops_just_the_budget():
    """Current times thickness over conductivity gives the budget back."""
    rng = np.random.default_rng(1)
    sigma, j, drop = rng.uniform(1e-3, 1, 20), rng.uniform(1, 100, 20), rng.uniform(0.01, 0.2, 20)
    np.testing.assert_allclose(j * ohmic_thickness(sigma, j, drop) / sigma, drop, rtol=1e-12)


def test_hans_line_goes_through_its_two_points_and_back():
    """1e-10 S/cm at 1 and 1e-12 at 10 mA/cm2 (source 002): another slope would misplace every electrolyte."""
    points = np.array([1e-10, 1e-12]) * S_cm
    np.testing.assert_allclose(electronic_critical_current(points) / mA_cm2, [1, 10], rtol=1e-12)
    j = np.array([0.03, 3.0]) * mA_cm2
    np.testing.assert_allclose(electronic_critical_current(electronic_conductivity_limit(j)), j, rtol=1e-12)


def test_a_small_potential_decays_over_the_debye_length():
    """The Poisson-Boltzmann equation, solved for a 1:1 electrolyte: a lost z or F would change its decay."""
    eps_r, c, T = 40.0, 50.0, 310.0
    length = debye_length(eps_r, 2 * c, T)
    F, RT = 96485.33212, 8.314462618 * T

    def equation(x, y):
        curvature = 2 * F * c * np.sinh(F * y[0] / RT) / (eps_r * 8.8541878128e-12)
        return np.array([y[1], curvature * length**2])

    x = np.linspace(0, 12, 400)
    start = 1e-4 * np.array([np.exp(-x), -np.exp(-x)])
    solution = solve_bvp(equation, lambda a, b: np.array([a[0] - 1e-4, b[0]]), x, start, tol=1e-8)
    assert solution.sol(1.0)[0] / 1e-4 == pytest.approx(np.exp(-1), rel=1e-4)


def test_a_window_is_left_at_either_end():
    """The nearer end decides, and outside is negative."""
    margin = stability_margin(0.05, 5.0, np.array([0.0, 0.05, 2.0, 4.2, 5.5]))
    np.testing.assert_allclose(margin, [-0.05, 0, 1.95, 0.8, -0.5], atol=1e-12)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: ohmic_thickness(-0.1 * mS_cm, 1.0, 0.05), "conductivity is -0.01"),
        (lambda: electronic_critical_current(0.0), "electronic_conductivity is 0"),
        (lambda: electronic_conductivity_limit(-1.0), "current_density is -1"),
        (lambda: debye_length(10.0, 0.0, 298.15), "mobile_concentration is 0"),
        (lambda: stability_margin(2.0, 1.0, 1.5), "width of the stability window is -1"),
    ],
)
def test_what_cannot_be_is_refused(call, says):
    """An electrolyte without mobile charge has no Debye length, and a window that runs downward is a slip."""
    with pytest.raises(ValueError, match=says):
        call()


def test_more_charge_screens_better():
    """The Debye length falls with the root of the concentration and rises with that of the permittivity."""
    assert debye_length(40.0, 400.0, 298.15) == pytest.approx(debye_length(40.0, 100.0, 298.15) / 2)
    assert 0.01 * nm < debye_length(40.0, 1e4, 298.15) < 1 * nm
