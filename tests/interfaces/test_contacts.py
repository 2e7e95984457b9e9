"""Two and four points on one cell: what each sees, and what evaluations make of it."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sslib.interfaces import HeteroionicCell, apparent_energy, evaluate_contacts
from sslib.transport import activated
from sslib.units import eV, ohm_cm2, uF_cm2

CELL = HeteroionicCell(20 * ohm_cm2, 100 * ohm_cm2, 16 * ohm_cm2, 1 * uF_cm2, 40 * ohm_cm2, 10 * uF_cm2, 0.25)
FREQUENCY = np.geomspace(1e6, 0.1, 50)


def nodes(cell, frequency):
    """Potentials at the references of a unit current through the cell, node by node, both contacts of it [ohm m2]."""
    w = 2j * np.pi * frequency
    electrode, interface = (
        r / (1 + w * r * c)
        for r, c in (
            (cell.electrode_resistance, cell.electrode_capacitance),
            (cell.interface_resistance, cell.interface_capacitance),
        )
    )
    near, beyond = cell.depth * cell.resistance_1, (1 - cell.depth) * cell.resistance_1
    chain = [electrode, near, beyond, interface, cell.resistance_2, interface, beyond, near, electrode]
    admittances = [1 / z for z in chain]
    matrix = np.zeros((len(chain), len(chain)), dtype=complex)
    for k, y in enumerate(admittances):
        matrix[k, k] += y
        if k + 1 < len(chain):
            matrix[k + 1, k + 1] += y
            matrix[k, k + 1] -= y
            matrix[k + 1, k] -= y
    potential = np.linalg.solve(matrix, np.eye(len(chain))[0])
    return {"two-point": potential[0], "four-point": potential[2] - potential[7]}


def test_four_points_are_the_transfer_impedance_between_the_references():
    """Nodal analysis of the whole chain with current through the electrodes: none of these may enter."""
    for frequency in (1e5, 300.0, 1.0):
        for contacts, expected in nodes(CELL, frequency).items():
            assert_allclose(CELL.impedance([frequency], contacts)[0], expected, rtol=1e-12)
    worse = replace(CELL, electrode_resistance=1.0, electrode_capacitance=1e-4)
    assert_allclose(worse.impedance(FREQUENCY, "four-point"), CELL.impedance(FREQUENCY, "four-point"), rtol=1e-14)


def test_two_points_count_the_electrodes_as_interface_and_four_do_not():
    """The error must be the electrodes' resistance, and the interval must not hold the truth: it knows noise alone."""
    found = evaluate_contacts(CELL, FREQUENCY)
    assert found.loc["four-point, one arc", "factor"] == pytest.approx(1, abs=0.02)
    low, high = found.loc["four-point, one arc", ["from", "to"]]
    assert low < CELL.interface_resistance < high
    assert found.loc["two-point, one arc", "factor"] == pytest.approx((16 + 40) / 16, rel=0.08)
    assert found.loc["two-point, one arc", "from"] > 2 * CELL.interface_resistance
    assert found.loc["two-point, two arcs", "factor"] == pytest.approx(1, abs=0.1)


@pytest.mark.slow
def test_arcs_of_one_time_constant_cannot_be_told_apart():
    """Where electrode and interface share their frequency, two arcs must not pretend to know."""
    own = CELL.interface_resistance * CELL.interface_capacitance
    alike = replace(CELL, electrode_capacitance=own / CELL.electrode_resistance)
    row = evaluate_contacts(alike, FREQUENCY).loc["two-point, two arcs"]
    assert np.isnan(row[["from", "to"]].astype(float)).any() or row["to"] / row["from"] > 3


def test_the_difference_of_two_cells_is_as_good_as_their_electrodes_are_alike():
    """Ten percent of a large electrode is more than a small interface."""
    big = replace(CELL, electrode_resistance=160 * ohm_cm2)
    row = evaluate_contacts(big, FREQUENCY).loc["two-point, less a cell without 2"]
    assert row["factor"] < 0.3


def test_the_apparent_energy_is_the_slope_of_the_sum():
    """Finite differences of the logarithm over 1/kT; a mean without weights would be another number."""
    resistances, energies = np.array([16.0, 40.0, 7.0]), np.array([0.47, 0.75, 0.2]) * eV
    sums = [(resistances * activated(T, energies)).sum() for T in (298.14, 298.16)]
    slope = np.diff(np.log(sums))[0] / np.diff(1 / (1.380649e-23 * np.array([298.14, 298.16])))[0]
    assert apparent_energy(resistances, energies) == pytest.approx(slope, rel=1e-7)


def test_what_cannot_be_is_refused():
    """Three points are no contact, and a reference outside of the layer sees no cell."""
    with pytest.raises(ValueError, match="contacts is 'three-point'"):
        CELL.impedance([1.0], "three-point")
    with pytest.raises(ValueError, match=r"depth is 1\.5"):
        replace(CELL, depth=1.5)
    with pytest.raises(ValueError, match="energies is nan"):
        apparent_energy([1.0, 2.0], [0.5 * eV, np.nan])
