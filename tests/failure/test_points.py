"""Safe current, best pressure and variance shares against definitions and closed forms."""

import numpy as np
import pytest

from sslib.failure import (
    FULL_CELL,
    LITHIUM_SIDE,
    Conditions,
    best_pressure,
    cell_parameters,
    failure_probability,
    safe_current,
    severities,
    variance_shares,
)
from sslib.units import MPa, celsius, hour, mA_cm2, mAh_cm2

LPSCL = cell_parameters("LPSCl")
AT = Conditions(1.0, 7 * MPa)


@pytest.mark.parametrize("probability", [0.05, 0.5])
@pytest.mark.parametrize("mechanisms", [LITHIUM_SIDE, FULL_CELL])
def test_safe_current_is_where_the_probability_passes_the_limit(probability, mechanisms):
    """A little less must be allowed and a little more must not: that is what largest means."""
    found = safe_current(AT, LPSCL, mechanisms, probability=probability)
    below, above = (
        sum(failure_probability(AT.at(current_density=found.current * f), LPSCL, mechanisms).values())
        for f in (1 - 1e-9, 1 + 1e-9)
    )
    # The shares of the mechanisms are summed: a rounding above the limit is no draw above it.
    assert below <= probability + 1e-12 < above
    shares = failure_probability(AT.at(current_density=found.current), LPSCL, mechanisms)
    assert found.first_mechanism == max(shares, key=shares.get)
    assert sum(found.first.values()) == pytest.approx(1)


def test_safe_current_in_severities():
    """By brute force: at most 5 % of the draws may have a severity of 1 just below it."""
    found = safe_current(AT, LPSCL, LITHIUM_SIDE, draws=999)
    drawn = LPSCL.draws(999, 0)
    for factor, allowed in ((1 - 1e-9, True), (1 + 1e-9, False)):
        beyond = severities(AT.at(current_density=found.current * factor), LPSCL, LITHIUM_SIDE, drawn)
        failing = np.logical_or.reduce([np.broadcast_to(s >= 1, 999) for s in beyond.values()]).mean()
        assert (failing <= 0.05) == allowed


def test_no_safe_current_is_zero():
    """At 75 MPa most draws short at rest: a small positive number would be an invitation."""
    found = safe_current(AT.at(stack_pressure=75 * MPa), LPSCL)
    assert found.current == 0
    assert found.first_mechanism in ("filaments", "creep")


def test_safe_current_at_a_fixed_charge():
    """Low currents fail by waiting; the largest safe one still has at most 5 %, and half of it may not."""
    at = Conditions(1.0, 5 * MPa, charge=2 * mAh_cm2)
    slow = LPSCL.with_values(interphase_resistance=3e-4)
    found = safe_current(at, slow, probability=0.3)
    assert found.current > 0
    here, lower = (
        sum(failure_probability(at.at(current_density=found.current * f), slow).values()) for f in (1 - 1e-9, 0.01)
    )
    assert here <= 0.3 < lower


def test_best_pressure_is_better_than_its_neighbours():
    """Too little pressure leaves voids and too much wedges: the best must lie between and beat both ends."""
    found = best_pressure(AT, LPSCL)
    assert 2 * MPa < found.stack_pressure < 20 * MPa
    for pressure in (1, 3, 15, 30):
        assert safe_current(AT.at(stack_pressure=pressure * MPa), LPSCL).current < found.current
    assert found.current == safe_current(AT.at(stack_pressure=found.stack_pressure), LPSCL).current


def test_island_of_safety_of_the_reference_sheet():
    """An independent trial had its 5 % contour near 0.3 mA/cm2 around 7 MPa at 25 °C after 100 h."""
    found = best_pressure(AT.at(time=100 * hour), LPSCL, LITHIUM_SIDE)
    assert found.current / mA_cm2 == pytest.approx(0.3, abs=0.05)
    assert found.stack_pressure / MPa == pytest.approx(7, abs=2)


def test_variance_shares_of_one_law_in_closed_form():
    """ln j of the stripping law is linear in its parameters: shares are the squares of spread times lever."""
    found = variance_shares(AT.at(T=celsius(50)), LPSCL, ["voids"], samples=4096)
    inverse = -(1 / celsius(50) - 1 / celsius(25)) / 8.314462618
    levers = {
        "void_current": np.log(LPSCL["void_current"].spread),
        "void_exponent": LPSCL["void_exponent"].spread * np.log(7 / 3),
        "void_energy": LPSCL["void_energy"].spread * inverse,
    }
    total = sum(lever**2 for lever in levers.values())
    for name, lever in levers.items():
        assert found.loc[name, "first"] == pytest.approx(lever**2 / total, abs=0.02)
        assert found.loc[name, "total"] == pytest.approx(lever**2 / total, abs=0.02)
    assert list(found["total"]) == sorted(found["total"], reverse=True)


def test_variance_shares_of_failure():
    """Of failure itself only a parameter of the chosen mechanisms may have a share, and together more than alone."""
    found = variance_shares(AT.at(current_density=1 * mA_cm2), LPSCL, ["voids"], of="failure", samples=2048)
    assert found.index[0] == "void_current"
    assert (found["total"] > found["first"] - 0.03).all()
    with pytest.raises(ValueError, match="of is 'luck'; it must be"):
        variance_shares(AT, LPSCL, of="luck")
