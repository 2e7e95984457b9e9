"""Fracture, hardness and what lets lithium in: inverses, limits, and independent routes."""

import numpy as np
import pytest
from scipy.integrate import quad

from sslib.mechanics import (
    critical_current_of_pressure,
    critical_flaw_size,
    critical_pressure_of_current,
    fracture_stress,
    indentation_toughness,
    monroe_newman_ratio,
    overpotential_pressure,
    porous_hardness,
    pressure_overpotential,
    vickers_hardness,
)
from sslib.units import MPa, mA_cm2, mV, um


def test_the_flaws_of_the_reference_sheet():
    """LPS and LLZO with 1 to 50 um, in MPa and in mV, as the reference sheet on failure has them (section 2)."""
    flaws = np.array([1, 5, 10, 50]) * um
    for toughness, megapascal, millivolt in (
        (0.23, [116, 52, 37, 16], [15.6, 7.0, 4.9, 2.2]),
        (1.25, [630, 282, 199, 89], [85, 38, 27, 12]),
    ):
        stress = fracture_stress(toughness * MPa, flaws)
        np.testing.assert_allclose(stress / MPa, megapascal, atol=0.5)
        np.testing.assert_allclose(pressure_overpotential(stress) / mV, millivolt, rtol=0.012)


def test_a_crack_opened_by_pressure_has_the_stress_intensity_of_the_handbook():
    """Without the factor 2/pi a penny would have K = sigma sqrt(pi a): the integral over its face says otherwise."""
    radius, pressure = 7e-6, 50 * MPa
    intensity = 2 / np.sqrt(np.pi * radius) * quad(lambda r: pressure * r / np.sqrt(radius**2 - r**2), 0, radius)[0]
    assert fracture_stress(intensity, radius, geometry=2 / np.pi) == pytest.approx(pressure, rel=1e-6)


def test_inverses_give_the_beginning_back():
    """A flaw size or a critical pressure read backwards must be the one that went in."""
    rng = np.random.default_rng(7)
    toughness, flaw = rng.uniform(0.1, 5, 20) * MPa, 10 ** rng.uniform(-8, -3, 20)
    np.testing.assert_allclose(critical_flaw_size(toughness, fracture_stress(toughness, flaw)), flaw, rtol=1e-10)
    current = rng.uniform(0.01, 10, 20) * mA_cm2
    dp = critical_pressure_of_current(current, 1e-2, 1e-2, 40.0)
    np.testing.assert_allclose(critical_current_of_pressure(-dp, 1e-2, 1e-2, 40.0), current, rtol=1e-10)
    np.testing.assert_allclose(pressure_overpotential(overpotential_pressure(0.013)), 0.013, rtol=1e-12)


def test_the_critical_current_is_that_of_a_space_charge():
    """The energy density of its field, eps E^2/2, is 3 times the critical pressure: a lost epsilon_0 shows."""
    eps, dp = 8.8541878128e-12 * 40, 1e3
    charge = critical_current_of_pressure(dp, 1e-2, 1e-2, 40.0) * 1e-2 * 1e-2
    field = charge / eps
    assert 0.5 * eps * field**2 == pytest.approx(3 * dp, rel=1e-9)


def test_indents_of_the_same_solid_agree_at_any_load():
    """Crack length grows with load to the power 2/3, diagonal with its root: other exponents give a size effect."""
    load = np.array([1.0, 5.0, 20.0])
    crack, diagonal = 30e-6 * load ** (2 / 3), 10e-6 * np.sqrt(load)
    assert np.ptp(indentation_toughness(150e9, 6.3e9, load, crack)) == pytest.approx(0, abs=1e-3)
    assert np.ptp(vickers_hardness(load, diagonal)) == pytest.approx(0, abs=1)


def test_a_pyramid_of_136_degrees_over_its_contact_area():
    """Load over the projected area would be 7 % more."""
    diagonal = 40e-6
    slant = diagonal / (2 * np.sqrt(2)) / np.sin(np.radians(68))
    faces = 4 * 0.5 * (diagonal / np.sqrt(2)) * slant
    assert vickers_hardness(3.0, diagonal) == pytest.approx(3.0 / faces, rel=1e-9)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: fracture_stress(0.23 * MPa, 0.0), "flaw_size is 0"),
        (lambda: critical_flaw_size(-1.0, 1e6), "toughness is -1"),
        (lambda: porous_hardness(1.2, 7e9, 6.0), "porosity is 1.2; it must be between 0 and 1"),
        (lambda: critical_current_of_pressure(0.0, 1.0, 1.0, 40.0), "pressure_difference is 0"),
        (lambda: monroe_newman_ratio(1e9, 0.0), "lithium_shear_modulus is 0"),
        (lambda: indentation_toughness(1e9, 1e9, 1.0, np.nan), "crack_length is nan"),
        (lambda: overpotential_pressure(0.01, molar_volume=-1.0), "molar_volume is -1"),
    ],
)
def test_what_cannot_be_is_refused(call, says):
    """No flaw, a negative toughness or a porosity above one has no fracture stress."""
    with pytest.raises(ValueError, match=says):
        call()


def test_lithiums_shear_modulus_is_always_stated():
    """A silent default would decide about soft sulfides: sources differ by a factor of 1.7."""
    with pytest.raises(TypeError):
        monroe_newman_ratio(3.4e9)
