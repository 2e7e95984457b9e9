"""Three-dimensional cells: area enhancement, and the current along a column against lines and scipy."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_bvp
from scipy.optimize import brentq

from sslib.cell import (
    Column,
    FilmCell,
    Overpotential,
    area_enhancement,
    column_currents,
    column_discharge,
    conformal,
    film_discharge,
    lithium_cobalt_oxide,
)
from sslib.impedance import R, TransmissionLine

OXIDE = lithium_cobalt_oxide()
HEIGHT, DIAMETER, RAIL = 27e-6, 3.3e-6, 2.1e12


def test_area_of_cylinders_is_that_of_many_sided_prisms():
    """Walls and tops counted from polygons: a top counted twice, or a wall once for both sides, would show."""
    d, h, p, sides = 2.7, 11.0, 4.1, 20000
    angles = 2 * np.pi * np.arange(sides + 1) / sides
    perimeter = np.hypot(np.diff(d / 2 * np.cos(angles)), np.diff(d / 2 * np.sin(angles))).sum()
    top = sides / 2 * (d / 2) ** 2 * np.sin(2 * np.pi / sides)
    assert area_enhancement(d, h, p) == pytest.approx((p**2 - top + top + perimeter * h) / p**2, rel=1e-7)


def test_more_area_divides_the_ohmic_part_and_keeps_the_capacity():
    """Source 002, section 4.2: the same capacity on ten times the area has a tenth of the current density."""
    cell = FilmCell(0.4e-6, 1e-13, 1.0, 50.0, 1.5e-6, 1e-4, 50.0)
    window = {"start": 0.5, "cutoff": 3.0}
    planar = film_discharge(cell, 2.0, OXIDE, **window)
    spread = film_discharge(conformal(cell, 8.0), 2.0 / 8.0, OXIDE, **window)
    assert conformal(cell, 8.0).capacity(OXIDE) * 8 == pytest.approx(cell.capacity(OXIDE))
    assert planar.by_charge[Overpotential.ELECTROLYTE] / spread.by_charge[Overpotential.ELECTROLYTE] == pytest.approx(8)
    assert spread.charge[-1] * 8 > planar.charge[-1]


def test_an_even_column_is_a_transmission_line():
    """One rail and an even wall: the resistance is that of the house's line at direct current."""
    wall = 0.013
    column = Column(HEIGHT, DIAMETER, RAIL, np.array([wall, wall]))
    depth, density, drop, voltage = column_currents(column, sections=2000, current=1e-9)
    line = TransmissionLine(ion=R("R_rail"), interface=R("R_wall"), terminals="ion-electron")
    area = np.pi * DIAMETER * HEIGHT
    expected = line.impedance(np.array([1e-3]), R_rail=RAIL * HEIGHT, R_wall=wall / area)[0].real
    assert -voltage / 1e-9 == pytest.approx(expected, rel=1e-6)
    assert density.sum() * area / 2000 == pytest.approx(1e-9, rel=1e-10)
    ratio = np.sqrt(RAIL * np.pi * DIAMETER / wall)
    shape = np.cosh(ratio * (HEIGHT - depth)) / np.cosh(ratio * HEIGHT)
    assert density / density[0] == pytest.approx(shape / shape[0], rel=1e-5)
    assert drop > 0


def test_an_uneven_column_solves_its_differential_equation():
    """Thickness that varies with depth: scipy's boundary-value solver on the same two equations."""
    wall = np.linspace(0.03, 0.005, 40)
    column = Column(HEIGHT, DIAMETER, RAIL, wall)
    current = 3e-9

    def slope(s, y):
        own = np.interp(s, np.linspace(0, 1, 40), wall)
        return np.array([RAIL * HEIGHT * y[1] * 1e-9, HEIGHT * np.pi * DIAMETER * y[0] / own / 1e-9])

    def ends(first, last):
        return np.array([first[1] - current / 1e-9, last[1]])

    s = np.linspace(0, 1, 400)
    other = solve_bvp(slope, ends, s, np.zeros((2, 400)), tol=1e-8)
    depth, density, drop, voltage = column_currents(column, sections=2000, current=current)
    assert other.status == 0
    assert voltage == pytest.approx(other.sol(0)[0], rel=1e-5)
    expected = -other.sol(depth / HEIGHT)[0] / np.interp(depth, np.linspace(0, HEIGHT, 40), wall)
    assert density == pytest.approx(expected, rel=1e-3)
    assert drop == pytest.approx(float(other.sol(1)[0] - other.sol(0)[0]), rel=1e-4)


def test_an_even_column_discharges_like_one_film():
    """Where nothing is uneven the cut-off is reached at U(x) - i r, at all depths together."""
    column = Column(HEIGHT, DIAMETER, 0.0, np.array([0.05, 0.05]))
    area = np.pi * DIAMETER * HEIGHT
    used, _, x, _ = column_discharge(column, 4.0 * area, OXIDE, 5e-8, start=0.5, cutoff=3.5, sections=12)
    end = brentq(lambda y: OXIDE.insertion.potential(y) - 0.2 - 3.5, 0.5, 0.98)
    assert np.ptp(x) < 1e-9
    assert x[0] == pytest.approx(end, abs=1e-4)
    assert used == pytest.approx((end - 0.5) / 0.5, abs=2e-4)


def test_what_fills_first_hands_the_current_on():
    """At small currents an uneven column delivers as much as an even one; at large ones it does not."""
    even, uneven = np.array([0.05, 0.05]), np.linspace(0.098, 0.002, 20)
    area = np.pi * DIAMETER * HEIGHT
    delivered = {}
    for name, wall, rail in (("even", even, 0.0), ("uneven", uneven, 60 * RAIL)):
        column = Column(HEIGHT, DIAMETER, rail, wall)
        for density in (1e-4, 3.0):
            run = column_discharge(column, density * area, OXIDE, 5e-8, start=0.5, cutoff=3.0, sections=15)
            delivered[name, density] = run[0]
    assert delivered["uneven", 1e-4] == pytest.approx(delivered["even", 1e-4], rel=2e-3)
    assert delivered["uneven", 3.0] < 0.8 * delivered["even", 3.0]


def test_a_column_that_starts_below_the_cut_off_delivers_nothing():
    """No number must come from an integration that never began."""
    column = Column(HEIGHT, DIAMETER, 0.0, np.array([0.05, 0.05]))
    used, _, x, voltage = column_discharge(column, 1.0, OXIDE, 5e-8, start=0.5, cutoff=3.0)
    assert used == 0
    assert voltage < 3.0
    assert (x == 0.5).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: area_enhancement(3.0, 10.0, 2.5), "overlap"),
        (lambda: conformal(FilmCell(1e-6, 1e-15, 1, 1, 1e-6, 1e-4, 1), 0.5), "enhancement is 0.5"),
        (lambda: Column(1.0, 1.0, -1.0, np.ones(3)), "rail is -1"),
        (lambda: Column(1.0, 1.0, 1.0, np.ones(1)), "at least 2 depths"),
        (
            lambda: column_discharge(Column(1, 1, 1, np.ones(2)), 1.0, OXIDE, 1e-7, start=0.5, cutoff=5.0),
            "below the open circuit",
        ),
    ],
)
def test_nonsense_is_refused_by_name(call, words):
    """Overlapping columns would have an area that no cell has."""
    with pytest.raises(ValueError, match=words):
        call()


def test_a_finer_ladder_changes_nothing():
    """The number of sections is no parameter of the cell."""
    column = Column(HEIGHT, DIAMETER, RAIL, np.linspace(0.03, 0.005, 40))
    coarse = column_currents(column, sections=100, current=1e-9)
    fine = column_currents(replace(column), sections=1000, current=1e-9)
    assert coarse[2] == pytest.approx(fine[2], rel=1e-3)
    assert coarse[3] == pytest.approx(fine[3], rel=1e-4)
