"""A binary salt as two rails: cells with a liquid or a polymer, and what a line of two rails makes of them."""

from sslib.impedance.salt.cell import SaltCell, salt_resistance, separator_cell, slow_resistances, without_transference
from sslib.impedance.salt.element import Salt, salt_values
from sslib.impedance.salt.half_cell import compare_salt_with_pybamm, salt_half_cell, salt_half_cell_values
from sslib.impedance.salt.polarisation import (
    depletion_current_density,
    limiting_current_density,
    salt_capacitance,
    steady_current_ratio,
    transference_number,
)
from sslib.impedance.salt.two_rails import TwoRailMap, two_rail_cell, two_rail_map, two_rail_values
