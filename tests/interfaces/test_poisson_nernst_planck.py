"""The dynamic problem against its closed form without a layer, and against the static one with a layer."""

import numpy as np
import pytest
from scipy.integrate import simpson, solve_bvp

from sslib.interfaces import (
    IonCell,
    differential_capacitance,
    flat_impedance,
    frenkel_conductor,
    layer_resistance,
    pnp_impedance,
    potential_profile,
    shared_site_conductor,
    single_ion_conductor,
)

ION = single_ion_conductor(310.0, 970.0, 17.0, 330.0)
PAIR = frenkel_conductor(123.0, 810.0, 9.0, 280.0)
SHARED = shared_site_conductor(120.0, 700.0, 33.0, 310.0)


def frequencies(cell, low=1e-6, high=1e4, count=13):
    """Over the frequency at which the bulk is as much a dielectric as a conductor [Hz]."""
    return np.geomspace(low, high, count) / (2 * np.pi * cell.bulk_resistance * cell.geometric_capacitance)


def test_one_blocked_charge_has_macdonalds_impedance():
    """Typed in from the solution by hand: L/(σ(1 + iωτ)) (1 + tanh(κL/2)/(iωτ κL/2))."""
    for thickness in (0.7, 5.0, 300.0):
        cell = IonCell(ION, (3e-3,), thickness * ION.debye_length, (np.inf,))
        f = frequencies(cell)
        s = 2j * np.pi * f * ION.epsilon / 3e-3
        x = np.sqrt(1 + s) * thickness / 2
        closed = cell.bulk_resistance / (1 + s) * (1 + np.tanh(x) / (s * x))
        np.testing.assert_allclose(flat_impedance(cell, f), closed, rtol=1e-12)


@pytest.mark.parametrize("conductor", [PAIR, SHARED], ids=["two lattices", "one lattice"])
@pytest.mark.parametrize(
    "exchange", [(np.inf, np.inf), (0.0, np.inf), (np.inf, 0.0), (0.0, 0.0), (2e-6, 7e-7), (np.inf, 3e-6)]
)
def test_without_a_layer_finite_volumes_meet_the_closed_form(conductor, exchange):
    """Two unequal carriers, blocked, free and in between: modes on one side, a grid on the other."""
    cell = IonCell(conductor, (2.3e-3, 4.1e-4), 130 * conductor.debye_length, exchange)
    f = frequencies(cell)
    np.testing.assert_allclose(pnp_impedance(cell, f), flat_impedance(cell, f), rtol=2e-7)


def test_the_error_falls_with_the_fourth_power_of_the_grid():
    """The stated order; at 40 steps per factor of e 1e-6 is passed."""
    cell = IonCell(ION, (3e-3,), 200 * ION.debye_length, (np.inf,))
    f = frequencies(cell)
    closed = flat_impedance(cell, f)
    off = [np.abs(pnp_impedance(cell, f, n) / closed - 1).max() for n in (10, 20, 40)]
    assert off[-1] < 2e-7
    assert off[0] / off[1] == pytest.approx(16, rel=0.05)
    assert off[1] / off[2] == pytest.approx(16, rel=0.05)


@pytest.mark.parametrize("faces", [(0.0, 0.0), (0.12, -0.31), (0.45, 0.2)])
def test_slow_signals_see_the_differential_capacitance(faces):
    """Blocked: at low frequency the capacitances of both static layers in series, to 1e-6; or the layers are others."""
    cell = IonCell(ION, (3e-3,), 200 * ION.debye_length, (np.inf,), faces)
    static = 1 / np.sum(1 / differential_capacitance(ION, np.array(faces)))
    f = 1e-5 / (2 * np.pi * cell.bulk_resistance * static)
    off = [abs((1 / (2j * np.pi * f * pnp_impedance(cell, f, n))).real / static - 1) for n in (20, 40)]
    assert off[1] < 1e-6
    assert off[1] < off[0] / 10


def test_two_blocked_carriers_keep_their_numbers():
    """Between equal faces what one layer takes the other gives; between opposite ones the bulk lends it, by λ/L."""
    off = {}
    for faces in ((0.1, 0.1), (0.1, -0.1)):
        static = 1 / np.sum(1 / differential_capacitance(PAIR, np.array(faces)))
        for thickness in (100, 1000):
            cell = IonCell(PAIR, (1e-3, 3e-4), thickness * PAIR.debye_length, (np.inf, np.inf), faces)
            f = 1e-8 / (2 * np.pi * cell.bulk_resistance * static)
            off[faces, thickness] = (1 / (2j * np.pi * f * pnp_impedance(cell, f))).real / static - 1
    assert abs(off[(0.1, 0.1), 100]) < 1e-7
    assert -0.01 < off[(0.1, -0.1), 100] < 0
    assert off[(0.1, -0.1), 100] / off[(0.1, -0.1), 1000] == pytest.approx(10, rel=0.02)


@pytest.mark.parametrize("faces", [(0.0, 0.0), (0.12, -0.31), (0.45, 0.2)])
def test_direct_current_sees_the_resistance_of_the_layers(faces):
    """Reversible: bulk and both layers by the static integral, to 1e-6; the cut-off is then the electrode itself."""
    cell = IonCell(ION, (3e-3,), 200 * ION.debye_length, (0.0,), faces)
    static = cell.bulk_resistance + sum(layer_resistance(ION, 3e-3, volt) for volt in faces)
    f = 1e-9 / (2 * np.pi * static * cell.geometric_capacitance)
    assert pnp_impedance(cell, f) == pytest.approx(static, rel=1e-6)


@pytest.mark.parametrize("passing", [0, 1])
def test_each_carrier_has_a_resistance_of_its_own(passing):
    """One of two unequal carriers is blocked: a direct current sees the integral over the other's resistivity alone."""
    faces, bulk = (0.12, -0.17), (2.3e-3, 4.1e-4)
    exchange = tuple(0.0 if k == passing else np.inf for k in (0, 1))
    cell = IonCell(PAIR, bulk, 100 * PAIR.debye_length, exchange, faces)
    places = np.expm1(np.linspace(0, np.log1p(500), 1201)) / 10
    resistance = cell.thickness / bulk[passing]
    for volt in faces:
        rest = potential_profile(PAIR, volt, places * PAIR.debye_length)
        excess = 1 / PAIR.conductivities(rest, bulk)[:, passing] - 1 / bulk[passing]
        resistance += PAIR.debye_length * simpson(excess, places)
    f = 1e-9 / (2 * np.pi * resistance * cell.geometric_capacitance)
    assert pnp_impedance(cell, f) == pytest.approx(resistance, rel=1e-6)


@pytest.mark.parametrize("exchange", [0.0, np.inf])
def test_fast_signals_see_the_bulk_beside_its_dielectric(exchange):
    """Whatever the electrodes and layers do: R/(1 + iωRC) with the geometric capacitance."""
    cell = IonCell(ION, (3e-3,), 20_000 * ION.debye_length, (exchange,), (0.1, -0.1))
    f = np.geomspace(0.1, 1e5, 7) / (2 * np.pi * cell.bulk_resistance * cell.geometric_capacitance)
    rc = cell.bulk_resistance / (1 + 2j * np.pi * f * cell.bulk_resistance * cell.geometric_capacitance)
    off = np.abs(pnp_impedance(cell, f) / rc - 1)
    # The layers are some ten of the cell's twenty thousand Debye lengths.
    assert off.max() < 2e-3
    assert off[-1] < 1e-8


@pytest.mark.slow
@pytest.mark.parametrize("exchange", [0.0, np.inf, 4e-6])
def test_scipys_boundary_value_solver_agrees_about_a_layer(exchange):
    """The linear equations in another form, by collocation, about layers of several kT/e at both faces."""
    cell = IonCell(ION, (3e-3,), 60 * ION.debye_length, (exchange,), (0.11, -0.16))
    unit, layer = ION.debye_length, ION.epsilon / ION.debye_length
    width = cell.thickness / unit
    for f in frequencies(cell, 0.03, 3, 2):
        rate = 2j * np.pi * f

        def equation(x, y, rate=rate):
            eta, current, phi, displacement = y
            rest = potential_profile(ION, 0.11, x * unit) + potential_profile(ION, -0.16, (width - x) * unit)
            stored = ION.capacitances(rest)[:, 0, 0] * unit * (eta - phi) / layer
            resistance = unit / ION.conductivities(rest, 3e-3)[:, 0] * (3e-3 / unit)
            scaled = rate * layer * unit / 3e-3
            return np.array([-resistance * current, -scaled * stored, -displacement, stored])

        def ends(a, b):
            r = exchange * 3e-3 / unit
            ion = (a[1], b[1]) if np.isinf(r) else (r * a[1] - (1 - a[0]), r * b[1] - b[0])
            return np.array([*ion, a[2] - 1, b[2]])

        half = np.expm1(np.linspace(0, np.log1p(width / 0.2), 150)) / (np.expm1(np.log1p(width / 0.2))) * width / 2
        mesh = np.concatenate([half, width - half[-2::-1]])
        guess = np.zeros((4, len(mesh)), dtype=complex)
        found = solve_bvp(equation, ends, mesh, guess, tol=1e-7, max_nodes=50_000)
        assert found.success
        through = found.y[1, 0] * 3e-3 / unit + rate * layer * found.y[3, 0]
        assert abs(pnp_impedance(cell, f) * through - 1) < 1e-6


def test_free_and_slow_exchange_are_limits_of_one_law():
    """A resistance of the exchange that is tiny or huge must be that of a free or blocked electrode."""
    small, large = 1e-9, 1e9
    base = {"conductor": ION, "conductivity": (3e-3,), "thickness": 100 * ION.debye_length, "potentials": (0.1, 0.1)}
    f = frequencies(IonCell(**base, exchange=(0.0,)), 1e-3, 1e3, 7)
    unit = base["thickness"] / 3e-3
    for near, limit in ((small * unit, 0.0), (large * unit, np.inf)):
        found, expected = (pnp_impedance(IonCell(**base, exchange=(own,)), f) for own in (near, limit))
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_impossible_cells_are_refused_by_name():
    """Layers that overlap are not two half spaces; the closed form has no layers."""
    with pytest.raises(ValueError, match=r"thickness is .* two layers overlap"):
        IonCell(ION, (3e-3,), 30 * ION.debye_length, (0.0,), (0.1, 0.0))
    with pytest.raises(ValueError, match="conductivity has 1 entries; one for each of 2 charges"):
        IonCell(PAIR, (3e-3,), 1e-6, (0.0, 0.0))
    with pytest.raises(ValueError, match="exchange is"):
        IonCell(ION, (3e-3,), 1e-6, (-1.0,))
    with pytest.raises(ValueError, match="potentials has 1 entries; one for each of two faces"):
        IonCell(ION, (3e-3,), 1e-6, (0.0,), (0.1,))
    with pytest.raises(ValueError, match="potential over kT/e is nan"):
        IonCell(ION, (3e-3,), 1e-6, (0.0,), (np.nan, 0.0))
    with pytest.raises(ValueError, match="the closed form"):
        flat_impedance(IonCell(ION, (3e-3,), 1e-6, (0.0,), (0.1, 0.0)), 1.0)
    with pytest.raises(ValueError, match="per_e_fold is 7"):
        pnp_impedance(IonCell(ION, (3e-3,), 1e-6, (0.0,)), 1.0, 7)
    with pytest.raises(ValueError, match="frequency is 0"):
        pnp_impedance(IonCell(ION, (3e-3,), 1e-6, (0.0,)), [0.0])
