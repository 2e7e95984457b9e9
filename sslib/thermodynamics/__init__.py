"""Insertion materials from a free energy: potential, stability, storage, kinetics, and what a spectrum sees of them."""

from sslib.thermodynamics.insertion import (
    chemical_diffusivity,
    exchange_current,
    factor_from_particle,
    insertion_values,
    interaction_parameter,
)
from sslib.thermodynamics.regular_solution import (
    chemical_capacitance,
    chemical_potential,
    free_energy,
    miscibility_gap,
    open_circuit_potential,
    potential_slope,
    spinodal,
    stability,
    thermodynamic_factor,
)
