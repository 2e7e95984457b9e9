"""Lines of any number of rails, region by region."""

from sslib.impedance.network.conversion import as_network
from sslib.impedance.network.graded import (
    Gradient,
    Layer,
    face_edges,
    graded,
    integrals,
    read_profile,
    regions_needed,
    relative_profile,
)
from sslib.impedance.network.half_cell import compare_salt_with_pybamm, salt_half_cell, salt_half_cell_values
from sslib.impedance.network.inside import Inside, probe_impedance, reaction_depth
from sslib.impedance.network.lattice import nodal_admittance
from sslib.impedance.network.linearity import Linearity, largest_amplitude, linearity
from sslib.impedance.network.misreading import against_truth, noise_that_hides, read_as
from sslib.impedance.network.mixed_conductor import (
    carrier_capacitance,
    carrier_current,
    composite_electrode,
    composite_values,
    film_values,
    mixed_conductor,
    mixed_conductor_values,
    symmetric_cell,
    symmetric_cell_impedance,
    thin_film,
)
from sslib.impedance.network.network import Network
from sslib.impedance.network.polarisation import (
    depletion_current_density,
    limiting_current_density,
    salt_capacitance,
    steady_current_ratio,
    transference_number,
)
from sslib.impedance.network.polymer import (
    SaltCell,
    over_area,
    salt_resistance,
    separator_cell,
    slow_resistances,
    without_transference,
)
from sslib.impedance.network.region import Conductances, Region
from sslib.impedance.network.salt import Salt, salt_values
from sslib.impedance.network.scaled import Scaled, Tilted
from sslib.impedance.network.stress import mean_area, stressed
from sslib.impedance.network.two_rails import (
    TwoRailMap,
    largest_deviation,
    two_rail_cell,
    two_rail_map,
    two_rail_values,
)
