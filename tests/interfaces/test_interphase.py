"""Growth of an interphase: both laws against the differential equations that they solve."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp

from sslib.interfaces import growth_from_observations, interphase_thickness
from sslib.units import hour, nm

TAU, PLATEAU = 3.7e4, 53 * nm


def test_dissolution_stops_a_parabola():
    """Integrated from a thin layer on; Lambert's function on the wrong branch would shrink."""
    start = 0.02
    first = (-start - np.log1p(-start)) * TAU
    times = np.geomspace(1.5 * first, 8 * TAU, 12)
    options = {"t_eval": times, "method": "LSODA", "rtol": 1e-11, "atol": 1e-13}
    found = solve_ivp(lambda t, x: (1 / x - 1) / TAU, (first, times[-1]), [start], **options)
    assert_allclose(interphase_thickness(times, PLATEAU, TAU) / PLATEAU, found.y[0], rtol=1e-8)


def test_the_inverse_holds_from_the_first_second_to_the_plateau():
    """Near the branch point the library function has few digits left: the series must take over without a step."""
    share = np.array([1e-9, 1e-6, 1e-4, 3e-3, 9.5e-3, 9.99e-3, 1.001e-2, 1.1e-2, 0.2, 0.9, 0.9999])
    series = sum(share**k / k for k in range(2, 40))
    times = TAU * np.where(share < 0.5, series, -share - np.log1p(-share))
    assert_allclose(interphase_thickness(times, 1.0, TAU), share, rtol=1e-10)
    assert interphase_thickness(0.0, 1.0, TAU) == 0


def test_early_growth_tells_the_laws_apart():
    """Root of the time against proportional to it: what a plot of the first hours decides."""
    early = TAU * np.array([1e-8, 1e-6])
    slopes = {law: np.diff(np.log(interphase_thickness(early, 1.0, TAU, law)))[0] / np.log(100)
              for law in ("dissolution", "exponential")}  # fmt: skip
    assert slopes["dissolution"] == pytest.approx(0.5, abs=1e-3)
    assert slopes["exponential"] == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("law", ["dissolution", "exponential"])
def test_observations_are_met(law):
    """The plateau and time that are returned must give the observations back; 95 % at the stated end."""
    plateau, time_constant = growth_from_observations(25 * nm, 24 * hour, 150 * hour, law)
    thickness = interphase_thickness(np.array([24, 150, 1e5]) * hour, plateau, time_constant, law)
    assert_allclose(thickness / nm, [25, 0.95 * plateau / nm, plateau / nm], rtol=1e-9)


def test_what_cannot_be_is_refused():
    """A law that does not exist must not fall back to another."""
    with pytest.raises(ValueError, match="law is 'linear'"):
        interphase_thickness(1.0, 1.0, 1.0, "linear")
    with pytest.raises(ValueError, match="time is -1"):
        interphase_thickness(-1.0, 1.0, 1.0)
