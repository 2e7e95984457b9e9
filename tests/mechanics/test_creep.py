"""Creep of lithium, free and squeezed: an independent integration of the flow, inverses, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq

from sslib.mechanics import (
    LITHIUM_MELTING,
    MASIAS,
    CreepLaw,
    creep_rate,
    creep_stress,
    diffusion_creep_rate,
    homologous_temperature,
    size_dependent_yield,
    squeeze_pressure,
    squeeze_rate,
    squeeze_stress,
    squeezed_thickness,
)
from sslib.units import MPa, hour

DISC = {"radius": 5e-3, "thickness": 50e-6, "T": 298.15}


def mean_pressure_of(rate, radius, thickness, T, law):
    """Mean pressure [Pa] that thins a disc at a relative rate, by integrating shear over thickness and radius."""

    def shear_rate(shear_stress):
        return np.sqrt(3) * creep_rate(np.sqrt(3) * shear_stress, T, law)

    def flux(gradient):
        return 2 * quad(lambda z: z * shear_rate(gradient * z), 0, thickness / 2)[0]

    def gradient_at(r):
        needed = rate * thickness * r / 2
        return brentq(lambda logarithm: np.log(flux(np.exp(logarithm)) / needed), np.log(1e3), np.log(1e16))

    # Force by parts: the pressure vanishes at the rim.
    force = quad(lambda r: np.pi * r**2 * np.exp(gradient_at(r)), radius * 1e-9, radius, epsrel=1e-7)[0]
    return force / (np.pi * radius**2)


@pytest.mark.parametrize("seed", range(4))
def test_squeeze_flow_is_what_integration_over_the_disc_gives(seed):
    """A factor in Scott's formula, or in the step from tension to shear, would move every pressure."""
    rng = np.random.default_rng(seed)
    law = replace(MASIAS, exponent=rng.uniform(1, 8))
    disc = {"radius": rng.uniform(1e-3, 2e-2), "thickness": rng.uniform(2e-5, 9e-5), "T": rng.uniform(260, 380)}
    rate = 10 ** rng.uniform(-10, -4)
    pressure = mean_pressure_of(rate, law=law, **disc)
    assert squeeze_rate(pressure, law=law, **disc) == pytest.approx(rate, rel=1e-5)


def test_the_largest_stress_is_that_at_the_rim():
    """The stress that is compared with the range of the law: gradient at the rim times half the thickness."""
    radius, thickness, law = 5e-3, 50e-6, MASIAS
    gradient = (3 + 1 / law.exponent) * 25 * MPa / radius
    shear_rate = np.sqrt(3) * creep_rate(np.sqrt(3) * gradient * thickness / 2, 298.15)
    flux = 2 * shear_rate * (thickness / 2) ** 2 / (law.exponent + 2)
    assert flux == pytest.approx(radius / 2 * thickness * squeeze_rate(25 * MPa, **DISC), rel=1e-9)
    assert squeeze_stress(25 * MPa, radius, thickness) == pytest.approx(np.sqrt(3) * gradient * thickness / 2, rel=1e-9)


def test_a_newtonian_disc_obeys_stefan():
    """At n = 1 the force is Stefan's 3 pi mu R^4 V/(2 h^3), with a viscosity of a third of stress over rate."""
    law = CreepLaw(rate=1e-3, exponent=1.0, energy=0.0, reference=298.15, stress_range=(1, 2), stress_limit=1e9)
    viscosity = MPa / (3 * 1e-3)
    rate = squeeze_rate(2 * MPa, law=law, **DISC)
    speed, radius, thickness = rate * 50e-6, 5e-3, 50e-6
    force = 3 * np.pi * viscosity * radius**4 * speed / (2 * thickness**3)
    assert force / (np.pi * radius**2) == pytest.approx(2 * MPa, rel=1e-9)


def test_thinning_is_the_integral_of_the_rate():
    """A disc that did not stiffen as it thins would lose a thousandfold of itself at 75 MPa."""
    solution = solve_ivp(
        lambda t, h: -h * squeeze_rate(75 * MPa, 5e-3, h, 298.15), (0, 20 * hour), [50e-6], rtol=1e-9, atol=1e-15
    )
    assert squeezed_thickness(20 * hour, 75 * MPa, **DISC) == pytest.approx(solution.y[0, -1], rel=1e-6)


def test_the_reference_sheets_strains():
    """2e-5, 0.9 and 1e3 in 200 h at 5, 25 and 75 MPa, each stated to one digit, and 5e3 free at 1 MPa."""
    strain = squeeze_rate(np.array([5, 25, 75]) * MPa, **DISC) * 200 * hour
    np.testing.assert_allclose(strain, [2e-5, 0.9, 1e3], rtol=0.25)
    assert creep_rate(1 * MPa, 298.15) * 200 * hour == pytest.approx(5e3, rel=0.1)


def test_inverses_give_the_beginning_back():
    """A pressure that a foil stands must thin it by what was allowed, and a stress give its rate."""
    rng = np.random.default_rng(8)
    thinning, T = rng.uniform(0.001, 0.9, 10), rng.uniform(250, 400, 10)
    pressure = squeeze_pressure(thinning, 100 * hour, 5e-3, 50e-6, T)
    np.testing.assert_allclose(squeezed_thickness(100 * hour, pressure, 5e-3, 50e-6, T) / 50e-6, 1 - thinning)
    np.testing.assert_allclose(creep_rate(creep_stress(1e-6, T), T), 1e-6, rtol=1e-9)


def test_creep_is_activated_by_its_energy():
    """The slope of ln rate over 1/T is -Q/R, whatever the stress."""
    T = np.array([280.0, 340.0])
    slope = np.diff(np.log(creep_rate(0.4 * MPa, T))) / np.diff(1 / T)
    assert slope[0] * 8.314462618 == pytest.approx(-37e3, rel=1e-9)


def test_no_load_no_flow():
    """Zero is allowed: a cell at rest without a press has a rate, and it is none."""
    assert creep_rate(0.0, 298.15) == 0
    assert squeeze_rate(0.0, **DISC) == 0
    assert squeezed_thickness(hour, 0.0, **DISC) == 50e-6


def test_diffusion_is_linear_in_stress_and_falls_with_the_grain():
    """Another power of the grain size would be creep along boundaries, with another diffusivity."""
    base = diffusion_creep_rate(0.1 * MPa, 298.15, 5.6e-15, 1e-4, 1.3e-5)
    assert diffusion_creep_rate(0.3 * MPa, 298.15, 5.6e-15, 1e-4, 1.3e-5) == pytest.approx(3 * base)
    assert diffusion_creep_rate(0.1 * MPa, 298.15, 5.6e-15, 2e-4, 1.3e-5) == pytest.approx(base / 4)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: creep_rate(-1.0, 298.15), "stress is -1"),
        (lambda: creep_rate(1.0, 500.0), "T is 500; it must be between 0 and 453.65"),
        (lambda: creep_rate(1.0, 0.0), "T is 0"),
        (lambda: squeeze_rate(-1.0, **DISC), "pressure is -1"),
        (lambda: squeeze_rate(1.0, 1e-3, 5e-4, 298.15), "thickness/radius is 0.5; it must be between 0 and 0.1"),
        (lambda: squeeze_pressure(1.0, hour, **DISC), "1 - thinning is 0"),
        (lambda: squeezed_thickness(-1.0, 1.0, **DISC), "time is -1"),
        (lambda: size_dependent_yield(0.0), "size is 0"),
        (lambda: replace(MASIAS, exponent=-1.0), "exponent is -1"),
    ],
)
def test_what_cannot_be_is_refused(call, says):
    """A negative pressure, a disc that is no disc and molten lithium have no rate of creep."""
    with pytest.raises(ValueError, match=says):
        call()


def test_melting_is_one():
    """A homologous temperature above one is a liquid: solder reflow."""
    assert homologous_temperature(LITHIUM_MELTING) == 1
    assert homologous_temperature(523.15) > 1
