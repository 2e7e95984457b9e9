"""Defects beside an interface: lengths, fluxes and limits against the differential equations behind them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import solve_bvp
from scipy.linalg import solve_banded

from sslib.interfaces import defect_relaxation_flux, recombination_flux, relaxation_length, relaxation_resistance
from sslib.kinetics import FARADAY, thermal_voltage

CONCENTRATION, TIME, T = 37.0, 3e-5, 420.0


def ladder_resistance(di, dv, crossing, cells=4000, lengths=14):
    """Excess resistance [ohm m2] of two rails joined by the Frenkel reaction, by nodal analysis."""
    factor = FARADAY * CONCENTRATION / thermal_voltage(T)
    depth = lengths * relaxation_length(di, dv, TIME)
    h = depth / cells
    size = 2 * (cells + 1)
    matrix = np.zeros((5, size))  # banded storage, bandwidth 2: nodes i0 v0 i1 v1 ...

    def add(a, b, conductance):
        for row, column, sign in ((a, a, 1), (b, b, 1), (a, b, -1), (b, a, -1)):
            matrix[2 + row - column, column] += sign * conductance

    for k in range(cells):
        add(2 * k, 2 * k + 2, factor * di / h)
        add(2 * k + 1, 2 * k + 3, factor * dv / h)
    for k in range(cells + 1):
        weight = h if 0 < k < cells else h / 2
        add(2 * k, 2 * k + 1, factor / (2 * TIME) * weight)
    # Both rails are grounded together at the far end.
    for node in (size - 2, size - 1):
        matrix[2, node] += 1e6 * factor * (di + dv) / h
    source = np.zeros(size)
    place = 0 if crossing == "interstitial" else 1
    source[place] = 1.0
    potential = solve_banded((2, 2), matrix, source)[place]
    return potential - depth / (factor * (di + dv))


@pytest.mark.parametrize(("di", "dv"), [(2e-9, 2e-9), (5e-9, 3e-10), (2e-10, 7e-9)])
def test_the_resistance_is_that_of_two_rails_joined_by_the_reaction(di, dv):
    """The closed form rests on a derivation of ours: a ladder of 4000 cells must find the same for either defect."""
    for crossing in ("interstitial", "vacancy"):
        found = relaxation_resistance(CONCENTRATION, di, dv, TIME, crossing, T)
        assert_allclose(found, ladder_resistance(di, dv, crossing), rtol=2e-4)


@pytest.mark.parametrize(("di", "dv"), [(2e-9, 2e-9), (5e-9, 3e-10)])
def test_the_published_flux_is_the_mean_of_the_two_interfaces(di, dv):
    """Source 003, equation 5, in its two printed forms, and as the geometric mean of what the rails give."""
    found = defect_relaxation_flux(CONCENTRATION, di, dv, TIME)
    assert_allclose(found, CONCENTRATION * (di + dv) ** 1.5 / np.sqrt(2 * TIME * di * dv), rtol=1e-14)
    each = [relaxation_resistance(CONCENTRATION, di, dv, TIME, kind, T) for kind in ("interstitial", "vacancy")]
    fluxes = thermal_voltage(T) / FARADAY / np.array(each)
    assert_allclose(np.sqrt(fluxes.prod()), found, rtol=1e-13)
    assert_allclose(fluxes[0] / fluxes[1], (di / dv) ** 2, rtol=1e-13)


def test_one_immobile_defect_leaves_nothing_to_relax():
    """The exchange flux diverges and the resistance of the crossing kind vanishes; neither may turn around."""
    slow = 10.0 ** -np.arange(10, 22, 3)
    assert (np.diff(defect_relaxation_flux(CONCENTRATION, 1e-9, slow, TIME)) > 0).all()
    assert_allclose(
        defect_relaxation_flux(CONCENTRATION, 1e-9, slow[-1], TIME) * np.sqrt(slow[-1]),
        CONCENTRATION * 1e-9 / np.sqrt(2 * TIME), rtol=1e-9,
    )  # fmt: skip
    assert relaxation_resistance(CONCENTRATION, 1e-9, slow[-1], TIME) < 1e-12


@pytest.mark.parametrize("ratio", [0.0, 0.3, 1.7, 6.0])
def test_the_recombination_is_that_of_the_nonlinear_equation(ratio):
    """The first integral against a boundary value problem; its sign says which bias the interface blocks."""
    di, dv = 4e-9, 6e-10
    depth = relaxation_length(di, dv, TIME)
    ambipolar = depth**2 / TIME
    x = np.linspace(0, 18, 400)
    solution = solve_bvp(
        lambda _, y: np.vstack([y[1], (y[0] ** 2 - 1) / 2]),
        lambda a, b: np.array([a[0] - ratio, b[1] + (b[0] - 1)]),
        x, np.vstack([1 + (ratio - 1) * np.exp(-x), (1 - ratio) * np.exp(-x)]), tol=1e-9, max_nodes=20000,
    )  # fmt: skip
    assert solution.success
    expected = -ambipolar * CONCENTRATION / depth * solution.y[1, 0]
    assert recombination_flux(ratio, CONCENTRATION, di, dv, TIME) == pytest.approx(expected, rel=1e-7)


def test_forming_defects_is_limited_and_recombining_them_is_not():
    """A symmetric law would let an emptied layer carry any current."""
    scale = CONCENTRATION * np.sqrt(2 * 1e-9 * 2e-9 / (3e-9 * TIME))
    assert recombination_flux(0.0, CONCENTRATION, 1e-9, 2e-9, TIME) == pytest.approx(-scale * np.sqrt(2 / 3), rel=1e-12)
    assert recombination_flux(1e4, CONCENTRATION, 1e-9, 2e-9, TIME) > 1e5 * scale
    small = recombination_flux(1 + 1e-6, CONCENTRATION, 1e-9, 2e-9, TIME)
    assert small == pytest.approx(1e-6 * scale, rel=1e-5)


def test_what_cannot_be_is_refused():
    """An unknown defect or a time of zero would give a number that means nothing."""
    with pytest.raises(ValueError, match="crossing is 'electron'"):
        relaxation_resistance(1.0, 1e-9, 1e-9, 1e-5, "electron")
    with pytest.raises(ValueError, match="relaxation_time is 0"):
        relaxation_length(1e-9, 1e-9, 0.0)
    with pytest.raises(ValueError, match="surface_ratio is -1"):
        recombination_flux(-1.0, 1.0, 1e-9, 1e-9, 1e-5)
