"""The first integral of Poisson and Boltzmann against closed forms, against scipy's solver, and at its limits."""

import numpy as np
import pytest
from scipy.integrate import simpson
from scipy.optimize import brentq

from sslib.interfaces import (
    collocated_profile,
    differential_capacitance,
    electric_field,
    frenkel_conductor,
    gouy_chapman_capacitance,
    gouy_chapman_field,
    gouy_chapman_profile,
    potential_behind_gap,
    potential_profile,
    shared_site_conductor,
    single_ion_conductor,
    surface_charge,
)
from sslib.kinetics import FARADAY, thermal_voltage
from sslib.units import mV, nm

DILUTE = frenkel_conductor(3.7, 1e30, 21.0, 317.0)
DENSE = {
    "one ion": single_ion_conductor(310.0, 470.0, 17.0, 330.0),
    "interstitials and vacancies": frenkel_conductor(123.0, 810.0, 9.0, 280.0),
    "shared sites": shared_site_conductor(120.0, 700.0, 33.0, 310.0),
}
each = pytest.mark.parametrize("conductor", DENSE.values(), ids=DENSE)


@pytest.mark.parametrize("volt", [-1.1, -0.2, 0.03, 0.4])
def test_without_a_site_limit_it_is_gouy_and_chapman(volt):
    """The issue asks for 1e-6; the closed forms are met to 1e-10, in profile, field, charge and capacitance."""
    length, T = DILUTE.debye_length, DILUTE.T
    x = np.concatenate([[0], np.geomspace(1e-8, 40, 60)]) * length
    closed = gouy_chapman_profile(volt, x, length, T)
    np.testing.assert_allclose(potential_profile(DILUTE, volt, x), closed, rtol=1e-10)
    np.testing.assert_allclose(electric_field(DILUTE, closed), gouy_chapman_field(closed, length, T), rtol=1e-10)
    capacitance = gouy_chapman_capacitance(closed, length, DILUTE.epsilon, T)
    np.testing.assert_allclose(differential_capacitance(DILUTE, closed), capacitance, rtol=1e-10)


def test_gouy_and_chapmans_forms_are_one_solution():
    """Profile, field and capacitance are typed in separately; a factor of two in one would be no solution."""
    volt, length, T = 0.21, 3e-9, 350.0
    x, h = np.linspace(0.2, 3, 9) * length, 1e-4 * length
    around = [gouy_chapman_profile(volt, x + k * h, length, T) for k in (-2, -1, 0, 1, 2)]
    slope = (around[0] - 8 * around[1] + 8 * around[3] - around[4]) / (12 * h)
    np.testing.assert_allclose(-slope, gouy_chapman_field(around[2], length, T), rtol=1e-9)
    v = np.linspace(-0.3, 0.3, 7)
    field = [gouy_chapman_field(v + k * 1e-4, length, T) for k in (-2, -1, 1, 2)]
    capacitance = (field[0] - 8 * field[1] + 8 * field[2] - field[3]) / 12e-4
    np.testing.assert_allclose(gouy_chapman_capacitance(v, length, 2.0, T) / 2.0, capacitance, rtol=1e-9)


def test_a_site_limit_that_hardly_matters_goes_with_one_over_the_sites():
    """A deviation from Gouy and Chapman that did not vanish with the sites would be an error of ours."""
    off = []
    for sites in (1e7, 1e8):
        conductor = frenkel_conductor(1.0, sites, 10.0)
        x = np.linspace(0, 5, 20) * conductor.debye_length
        closed = gouy_chapman_profile(0.1, x, conductor.debye_length, conductor.T)
        off.append(np.abs(potential_profile(conductor, 0.1, x) - closed).max() / 0.1)
    assert off[0] < 1e-6
    assert off[0] / off[1] == pytest.approx(10, rel=0.02)


@each
def test_below_a_fifth_of_a_millivolt_it_is_debye(conductor):
    """A small potential decays as exp(-x/λ): to 1e-6 where charges of both signs balance, else to (1 - 2θ) u/24."""
    x = np.linspace(0, 20, 80) * conductor.debye_length
    decay = np.exp(-x / conductor.debye_length)
    off = [np.abs(potential_profile(conductor, v, x) / v - decay).max() for v in (0.2 * mV, 0.1 * mV)]
    if len(conductor.charges) == 2:
        assert off[0] < 1e-6
        assert off[0] / off[1] == pytest.approx(4, rel=0.01)
    else:
        u, filled = 0.2 * mV / thermal_voltage(conductor.T), conductor.lattices[0].occupancies[0]
        # y' = -y (1 - (1 - 2θ) y/6 ...): at most a quarter of that share of the potential.
        assert off[0] == pytest.approx(abs(1 - 2 * filled) * u / 6 / 4, rel=0.05)
        assert np.abs(potential_profile(conductor, 1e-6 * mV, x) / (1e-6 * mV) - decay).max() < 1e-8


@pytest.mark.parametrize("volt", [0.0, 1e-200, -1e-14, 3e-13, 1e-11])
def test_potentials_near_nothing_have_a_profile(volt):
    """Where no layer is left to integrate, Debye's is exact; a bracket of no width would be an error."""
    x = np.linspace(0, 5, 7) * DILUTE.debye_length
    np.testing.assert_allclose(
        potential_profile(DILUTE, volt, x), volt * np.exp(-x / DILUTE.debye_length), rtol=1e-9, atol=0
    )


@each
@pytest.mark.parametrize("volt", [-0.35, 0.07, 0.28])
def test_scipys_boundary_value_solver_agrees(conductor, volt):
    """A second route that knows Poisson's equation alone, not its first integral."""
    x = np.linspace(0, 12, 60) * conductor.debye_length
    ours = potential_profile(conductor, volt, x)
    np.testing.assert_allclose(collocated_profile(conductor, volt, x), ours, atol=1e-8 * abs(volt))


@each
@pytest.mark.parametrize("volt", [-1.4, 0.6])
def test_steep_layers_solve_poissons_equation(conductor, volt):
    """At potentials that a collocation does not reach, the profile must still curve as its charge demands."""
    unit = conductor.debye_length
    x = np.array([0.3, 1.0, 2.5, 4.0, 6.0]) * unit
    h = 2e-3 * unit
    p = [potential_profile(conductor, volt, x + k * h) for k in (-2, -1, 0, 1, 2)]
    curvature = (-p[0] + 16 * p[1] - 30 * p[2] + 16 * p[3] - p[4]) / (12 * h**2)
    charge = -conductor.charge_density(p[2]) / conductor.epsilon
    np.testing.assert_allclose(curvature, charge, rtol=2e-6, atol=1e-8 * abs(volt) / unit**2)


@each
def test_charge_of_the_layer_is_what_the_electrode_holds(conductor):
    """Gauss' law over the whole layer: the charge by the field would differ from that in the profile."""
    volt = 0.23
    places = np.expm1(np.linspace(0, np.log1p(300), 1201)) / 10
    layer = simpson(
        conductor.charge_density(potential_profile(conductor, volt, places * conductor.debye_length)), places
    )
    assert -layer * conductor.debye_length == pytest.approx(surface_charge(conductor, volt), rel=1e-8)


@each
def test_capacitance_is_the_slope_of_the_charge(conductor):
    """Also at no potential, where it is the limit of nought over nought."""
    v, h = np.array([-0.9, -0.1, 0.0, 1e-3, 0.5]), 2e-4
    q = [surface_charge(conductor, v + k * h) for k in (-2, -1, 1, 2)]
    slope = (q[0] - 8 * q[1] + 8 * q[2] - q[3]) / (12 * h)
    np.testing.assert_allclose(differential_capacitance(conductor, v), slope, rtol=1e-8)


def test_shared_sites_have_kornyshevs_capacitance():
    """A. A. Kornyshev, J. Phys. Chem. B 111 (2007) 5545: cosh over crowding, with the share γ of filled sites."""
    conductor = DENSE["shared sites"]
    gamma, u = 240 / 700, np.linspace(-25, 25, 12)
    squared = np.sinh(u / 2) ** 2
    crowding = np.sqrt(2 * gamma * squared / np.log1p(2 * gamma * squared))
    closed = np.cosh(u / 2) / (1 + 2 * gamma * squared) * crowding
    # Its C0 is that of the dilute Debye length.
    c0 = conductor.epsilon / np.sqrt(conductor.epsilon * 8.31446261815324 * 310 / (FARADAY**2 * 240))
    ours = differential_capacitance(conductor, u * thermal_voltage(310.0)) / c0
    np.testing.assert_allclose(ours, closed, rtol=1e-10)


def test_an_emptied_layer_is_a_bare_counter_charge():
    """Depletion of one ion ends in Mott and Schottky: field = sqrt(2 ρ φ/ε), less the kT/e per ion of its edge."""
    conductor = single_ion_conductor(1.0, 1e9, 10.0)
    u = np.array([50.0, 200.0])
    fixed = FARADAY * 1.0
    closed = np.sqrt(2 * fixed * (u - 1) * thermal_voltage(298.15) / conductor.epsilon)
    np.testing.assert_allclose(electric_field(conductor, u * thermal_voltage(298.15)), closed, rtol=1e-8)


@pytest.mark.parametrize(("peak", "length_nm", "product_mV"), [(5.68e5, 9.66, 5.48688), (3.42e7, 0.63, 21.546)])
def test_peak_fields_of_source_002_imply_small_potentials(peak, length_nm, product_mV):
    """Field times Debye length is the potential by Debye; Gouy and Chapman need 0.2 and 3 % less."""
    conductor = frenkel_conductor(1.0, 1e30, 1.0)
    stretched = conductor.debye_length / (length_nm * nm)
    assert peak * length_nm * nm / mV == pytest.approx(product_mV, rel=1e-12)
    found = brentq(lambda v: electric_field(conductor, v) * stretched - peak, 0, 1, xtol=1e-15)
    one = thermal_voltage(conductor.T)
    assert found == pytest.approx(2 * one * np.arcsinh(product_mV * mV / (2 * one)), rel=1e-10)
    assert electric_field(conductor, 1e-6 * product_mV * mV) * stretched * 1e6 == pytest.approx(peak, rel=1e-9)


def test_bad_input_is_refused_by_name():
    """A distance behind the electrode has no potential."""
    with pytest.raises(ValueError, match="distance is -1e-09"):
        potential_profile(DILUTE, 0.1, [0.0, -1e-9])
    with pytest.raises(ValueError, match="potential over kT/e"):
        potential_profile(DILUTE, 30.0, 1e-9)
    with pytest.raises(ValueError, match="length is 0"):
        gouy_chapman_field(0.1, 0.0, 300.0)


@pytest.mark.parametrize("potential", [np.nan, np.inf, -1e7, 9.0])
def test_potentials_out_of_range_are_refused_by_name(potential):
    """A wrong unit would fill the memory with panels, or end in an overflow that names nothing."""
    one, x, length, T = DENSE["one ion"], [0.0, nm], nm, 298.15
    for of in (
        lambda: potential_profile(one, potential, x),
        lambda: collocated_profile(one, potential, x),
        lambda: potential_behind_gap(one, potential, 1.0),
        lambda: gouy_chapman_profile(potential, x, length, T),
        lambda: gouy_chapman_field(potential, length, T),
        lambda: gouy_chapman_capacitance(potential, length, 1e-10, T),
    ):
        with pytest.raises(ValueError, match="potential over kT/e is"):
            of()


def test_places_before_the_face_are_refused_by_name():
    """Both routes and the closed form extrapolate to other numbers there, or to none."""
    one = DENSE["one ion"]
    for of in (
        lambda: potential_profile(one, 0.1, [-nm, nm]),
        lambda: collocated_profile(one, 0.1, [-nm, nm]),
        lambda: gouy_chapman_profile(0.2, -nm, nm, 298.15),
    ):
        with pytest.raises(ValueError, match="distance is -1e-09"):
            of()
    with pytest.raises(ValueError, match=r"potential has shape \(2,\)"):
        potential_profile(one, [0.1, 0.2], nm)


@each
def test_hardly_a_potential_has_debyes_capacitance(conductor):
    """Squares of the smallest potentials vanish: charge over field would be a division by zero."""
    flat = differential_capacitance(conductor, 0.0)
    np.testing.assert_allclose(differential_capacitance(conductor, [1e-300, -1e-200, 1e-13, 1e-9]), flat, rtol=1e-7)


@each
@pytest.mark.parametrize("volt", [-0.4, 0.15])
def test_behind_a_gap_the_rest_of_the_potential_is_left(conductor, volt):
    """Charge is continuous: what falls in the gap is the layer's charge over the gap's capacitance."""
    gap = 0.7 * conductor.epsilon / conductor.debye_length
    behind = potential_behind_gap(conductor, volt, gap)
    assert volt - behind == pytest.approx(surface_charge(conductor, behind) / gap, rel=1e-10)
    assert potential_behind_gap(conductor, 0.0, gap) == 0
    # A gap of the conductor's permittivity screens less than the layer in its place.
    same = conductor.debye_length / 3
    left = potential_behind_gap(conductor, volt, conductor.epsilon / same)
    assert abs(left) > abs(potential_profile(conductor, volt, same))
    with pytest.raises(ValueError, match="capacitance is 0"):
        potential_behind_gap(conductor, volt, 0.0)
