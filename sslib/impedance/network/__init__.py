"""Lines of any number of rails, region by region."""

from sslib.impedance.network.conversion import as_network
from sslib.impedance.network.inside import Inside, probe_impedance, reaction_depth
from sslib.impedance.network.lattice import nodal_admittance
from sslib.impedance.network.linearity import Linearity, largest_amplitude, linearity
from sslib.impedance.network.network import Network
from sslib.impedance.network.region import Conductances, Region
