"""Where two ion conductors meet: kinetics, interphases, defects, space charge, and what measurements make of them."""

from sslib.interfaces.concentration import best_concentration, polymer_concentration, resistance_at_concentration
from sslib.interfaces.contacts import HeteroionicCell, apparent_energy, evaluate_contacts, heteroionic_circuit
from sslib.interfaces.fillers import critical_radius, filled_conductivity, tolerable_resistance
from sslib.interfaces.heteroionic import (
    alpha_of_asymmetry,
    bias_asymmetry,
    crossing_current,
    diffusion_limited_current,
    equilibrium_step,
    exchange_current,
    polarisation_resistance,
)
from sslib.interfaces.interphase import growth_from_observations, interphase_thickness
from sslib.interfaces.junction import Junction, ion_level, junction
from sslib.interfaces.lattice_gas import (
    IonConductor,
    Lattice,
    frenkel_conductor,
    shared_site_conductor,
    single_ion_conductor,
)
from sslib.interfaces.layer_resistance import layer_resistance
from sslib.interfaces.literature import interface_table, suspects
from sslib.interfaces.poisson_nernst_planck import IonCell, flat_impedance, pnp_impedance
from sslib.interfaces.polarisation import (
    polarisation_current,
    polarisation_parts,
    polarisation_voltage,
    read_polarisation_curve,
)
from sslib.interfaces.polarisation_fit import PolarisationFit, fit_polarisation
from sslib.interfaces.relaxation import (
    defect_relaxation_flux,
    recombination_flux,
    relaxation_length,
    relaxation_resistance,
)
from sslib.interfaces.space_charge import (
    collocated_profile,
    differential_capacitance,
    electric_field,
    gouy_chapman_capacitance,
    gouy_chapman_field,
    gouy_chapman_profile,
    potential_behind_gap,
    potential_profile,
    surface_charge,
)
