"""The heat of a stack: what it conducts, how warm it gets, and the strain that follows."""

from sslib.cell.heat.field import (
    Warming,
    cells_within,
    rise_in_time,
    stack_rise,
    steady_rise,
)
from sslib.cell.heat.stack import (
    Stack,
    ThermalLayer,
    biaxial_stress,
    cell_heat,
    entropy_of_share,
    stack_conductivities,
    surface_coefficient,
)
