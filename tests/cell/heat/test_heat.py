"""Heat of a stack: literature rows, closed forms, series, balances, and the strain that follows."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.constants import Stefan_Boltzmann
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from sslib.cell import (
    Stack,
    ThermalLayer,
    biaxial_stress,
    cell_heat,
    cells_within,
    entropy_of_share,
    rise_in_time,
    stack_conductivities,
    stack_rise,
    steady_rise,
    surface_coefficient,
)
from sslib.mechanics import thermal_misfit_strain
from sslib.tables import table

SIDES, K, SOURCE, FACES = (0.043, 0.061, 0.017), (17.0, 9.0, 0.61), 3.3e4, (11.0, 23.0, 35.0)
LAYERS = (
    ThermalLayer("foil", 12e-6, 200.0, 230.0, 2700.0, 900.0),
    ThermalLayer("electrolyte", 30e-6, 0.47, 0.6, 5100.0, 553.0),
)
STACK = Stack(LAYERS, 120, 0.03, 0.05)


@pytest.mark.parametrize(
    ("compute", "expected"),
    [
        (lambda: stack_conductivities([10, 60, 20, 25, 5], [237, 0.5, 0.47, 81.8, 398])[0], 0.7365868823815679),
        (lambda: stack_conductivities([10, 60, 20, 25, 5], [237, 0.5, 0.47, 81.8, 398])[1], 53.70333333333333),
        (lambda: np.divide(*stack_conductivities([1.0], [8.4], [53.6])[::-1]), 6.3809523809523805),
        (lambda: table("electrolyte_properties").loc["LLZO", "thermal_conductivity_W_m_K"] / 0.225, 2.0888888888888886),
    ],
)  # fmt: skip
def test_a_row_of_source_002(compute, expected):
    """The recomputed numbers of the source: k across and along a stack, LCO's ratio, sintered over raw LLZO."""
    assert compute() == pytest.approx(expected, rel=1e-8)


def test_conductivities_are_those_of_resistances_in_series_and_in_parallel():
    """An average of the wrong kind lies on the wrong side of the other."""
    thickness, across, along = np.array([3.0, 1.0, 7.0]), np.array([2.0, 30.0, 0.4]), np.array([4.0, 50.0, 0.6])
    through, plane = stack_conductivities(thickness, across, along)
    assert thickness.sum() / through == pytest.approx(np.sum(np.divide(thickness, across)))
    assert thickness.sum() * plane == pytest.approx(thickness @ along)
    assert STACK.conductivities[2] < min(STACK.conductivities[:2])
    weighted = (12e-6 * 2700 * 900 + 30e-6 * 5100 * 553) / 42e-6
    assert STACK.heat_capacity == pytest.approx(weighted)


def test_a_slab_is_its_closed_form():
    """One dimension: a parabola on top of the surface's rise."""
    H, k, q, h = 0.013, 0.37, 4.1e4, 19.0
    found = steady_rise((1.0, 1.0, H), (1.0, 1.0, k), q, (0, 0, h), cells=40)
    assert found.largest == pytest.approx(q * H**2 / (8 * k) + q * H / (2 * h), rel=1e-9)
    assert found.surface[2] == pytest.approx(q * H / (2 * h), rel=1e-10)
    assert found.biot[2] == pytest.approx(h * H / (2 * k))


def robin(z, biot):
    """Zero where a cosine between two cooled faces meets their loss."""
    return z * np.sin(z) - biot * np.cos(z)


def robin_series(terms):
    """Steady rise in the middle of the block, from the eigenfunctions of its three directions."""
    rates, weights = [], []
    for side, k, h in zip(SIDES, K, FACES, strict=True):
        biot = h * side / (2 * k)
        roots = np.array([brentq(robin, n * np.pi, (n + 0.5) * np.pi, args=(biot,)) for n in range(terms)])
        rates.append(k * (2 * roots / side) ** 2)
        weights.append(2 * np.sin(roots) / (roots + np.sin(roots) * np.cos(roots)))
    total = rates[0][:, None, None] + rates[1][:, None] + rates[2]
    return float((SOURCE * weights[0][:, None, None] * weights[1][:, None] * weights[2] / total).sum())


def test_an_anisotropic_block_is_the_series():
    """Three directions with their own conductivity and cooling: an exchange of axes would show."""
    found = steady_rise(SIDES, K, SOURCE, FACES, cells=80)
    assert found.largest == pytest.approx(robin_series(60), rel=3e-4)
    turned = steady_rise(SIDES[::-1], K[::-1], SOURCE, FACES[::-1], cells=20)
    straight = steady_rise(SIDES, K, SOURCE, FACES, cells=20)
    assert turned.rise == pytest.approx(np.transpose(straight.rise), rel=1e-10)


def test_all_heat_leaves_through_the_faces():
    """The balance holds in the finite volumes exactly, not only in the limit."""
    found = steady_rise(SIDES, K, SOURCE, FACES, cells=9)
    assert sum(found.lost) == pytest.approx(SOURCE * np.prod(SIDES), rel=1e-11)
    insulated = steady_rise(SIDES, K, SOURCE, (0.0, FACES[1], 0.0), cells=9)
    assert insulated.lost[0] == insulated.lost[2] == 0
    assert insulated.lost[1] == pytest.approx(SOURCE * np.prod(SIDES), rel=1e-11)


def test_a_small_block_warms_as_a_lump():
    """At small Biot numbers an exponential with heat capacity over cooling; at first the source over heat capacity."""
    sides, h, capacity = (2e-3, 3e-3, 1e-3), 8.0, 2.2e6
    volume = np.prod(sides)
    area = 2 * (sides[0] * sides[1] + sides[0] * sides[2] + sides[1] * sides[2])
    tau = capacity * volume / (h * area)
    time = np.array([0.0, 0.01, 0.7, 5.0]) * tau
    found = rise_in_time(time, sides, (50, 60, 40), 1e5, h, capacity)
    lump = 1e5 * volume / (h * area) * -np.expm1(-time / tau)
    assert found == pytest.approx(lump, rel=1e-3)
    assert steady_rise(sides, (50, 60, 40), 1e5, h, heat_capacity=capacity).time_constant == pytest.approx(
        tau, rel=1e-3
    )


def test_the_course_in_time_solves_the_heat_equation():
    """A slab in time by scipy's solver on its own grid, and the steady state at the end."""
    H, k, q, h, capacity, cells = 0.02, 0.5, 2e4, 30.0, 1.7e6, 40
    width = H / cells

    def change(t, theta):
        flux = np.zeros(cells + 1)
        flux[1:-1] = -k * np.diff(theta) / width
        flux[0] = -theta[0] / (1 / h + width / (2 * k))
        flux[-1] = theta[-1] / (1 / h + width / (2 * k))
        return (q - np.diff(flux) / width) / capacity

    times = np.array([30.0, 200.0, 900.0])
    other = solve_ivp(change, (0, 900), np.zeros(cells), "BDF", t_eval=times, rtol=1e-8, atol=1e-10).y.max(axis=0)
    found = rise_in_time(times, (1, 1, H), (1, 1, k), q, (0, 0, h), capacity, cells=cells)
    assert found == pytest.approx(other, rel=1e-6)
    late = rise_in_time([1e7], SIDES, K, SOURCE, FACES, capacity, cells=20)
    assert late[0] == pytest.approx(steady_rise(SIDES, K, SOURCE, FACES, cells=20).largest, rel=1e-12)


@pytest.mark.parametrize("heat", [8.0, 800.0, 2e4])
def test_radiation_carries_what_the_fourth_powers_say(heat):
    """A thin plate of high conductivity: all of its heat is convected and radiated at one temperature, however much."""
    foil = replace(LAYERS[0], thickness=1e-4, across=1e3, along=1e6)
    flat = replace(STACK, layers=(foil,), cells=1)
    h, emissivity, ambient = 6.0, 0.83, 300.0
    found = stack_rise(flat, heat, h, emissivity, ambient)
    faces = 2 * 0.03 * 0.05 + 2 * (0.03 + 0.05) * 1e-4
    power = heat * 0.03 * 0.05
    balance = brentq(
        lambda r: faces * (h * r + emissivity * Stefan_Boltzmann * ((ambient + r) ** 4 - ambient**4)) - power, 0, 1e5
    )
    assert found.largest == pytest.approx(balance, rel=2e-6)
    assert surface_coefficient(0.0, 1.0, 300.0) == pytest.approx(4 * Stefan_Boltzmann * 300.0**3)


def test_one_cell_is_cooled_by_its_faces_and_a_thick_stack_by_its_rim():
    """Source 002: the heat of a single cell is insignificant; that of many adds up until the rim carries it."""
    heat = 2.0
    single = stack_rise(replace(STACK, cells=1), heat, 10.0)
    assert single.largest == pytest.approx(heat / 20, rel=5e-3)
    ten = stack_rise(replace(STACK, cells=10), heat, 10.0)
    assert ten.largest == pytest.approx(10 * single.largest, rel=0.05)
    endless = [stack_rise(replace(STACK, cells=n), heat, 10.0).largest for n in (10**6, 10**7)]
    assert endless[0] == pytest.approx(endless[1], rel=1e-3)


def test_the_number_of_cells_within_a_limit_reaches_it():
    """The number is the answer to the question: at it the largest rise is the limit."""
    count = cells_within(STACK, 3.0, 8.0, 10.0, 0.5)
    assert stack_rise(replace(STACK, cells=count), 3.0, 10.0, 0.5).largest == pytest.approx(8.0, rel=1e-3)
    assert cells_within(STACK, 0.01, 50.0, 10.0) == np.inf
    assert cells_within(STACK, 1e7, 1.0, 10.0) == 0


def test_heat_is_what_the_voltage_and_the_entropy_say():
    """Open circuit less voltage times current, and the entropy with the sign that warms or cools a discharge."""
    irreversible, reversible = cell_heat(7.0, 0.042, -2.1e-4, 310.0)
    assert irreversible == pytest.approx(0.294)
    assert reversible == pytest.approx(7.0 * 310 * 2.1e-4)
    coefficient = entropy_of_share(7.0, 0.042, 310.0)
    assert cell_heat(7.0, 0.042, -coefficient, 310.0)[1] == pytest.approx(7 * irreversible)


def test_the_strain_of_cooling_stresses_a_layer():
    """Hooke's law in the plane, with both in-plane strains equal and no stress out of it."""
    E, nu = 150e9, 0.26
    strain = thermal_misfit_strain(1.55e-5, 1.1e-5, 27 - 750)
    stress = biaxial_stress(strain, E, nu)
    elastic = (stress - nu * stress) / E
    assert elastic == pytest.approx(-strain)
    assert stress > 0 > strain


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: steady_rise(SIDES, K, SOURCE, 0.0), "no steady state"),
        (lambda: steady_rise(SIDES, (1, 0, 1), SOURCE, 1.0), "conductivities is 0"),
        (lambda: steady_rise(SIDES, K, -1.0, 1.0), "source is -1"),
        (lambda: rise_in_time([-1.0], SIDES, K, SOURCE, 1.0, 1e6), "time is -1"),
        (lambda: stack_rise(STACK, 0.0, 10.0), "heat is 0"),
        (lambda: stack_rise(STACK, 1.0, 0.0), "no steady state"),
        (lambda: cells_within(STACK, 1.0, 0.0, 10.0), "limit is 0"),
        (lambda: replace(LAYERS[0], across=-1.0), "across of the foil is -1"),
        (lambda: replace(STACK, cells=0), "cells is 0"),
        (lambda: surface_coefficient(5.0, 1.2), "emissivity is 1.2"),
        (lambda: entropy_of_share(7.0, 0.0), "losses is 0"),
        (lambda: biaxial_stress(0.01, 1e9, 0.7), "poisson is 0.7"),
    ],
)
def test_nonsense_is_refused_by_name(call, words):
    """An insulated stack has no steady temperature, and a negative conductivity none at all."""
    with pytest.raises(ValueError, match=words):
        call()
