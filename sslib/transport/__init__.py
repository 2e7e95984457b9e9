"""Conduction in electrolytes and composites: activation energies, grain boundaries, limits, laws from composition."""

from sslib.transport.arrhenius import BOLTZMANN, ArrheniusLine, activated, arrhenius_fit, convention_difference
from sslib.transport.composites import (
    bruggeman,
    bruggeman_exponent,
    conductivity_by_tortuosity,
    effective_conductivity,
    effective_medium,
    hashin_shtrikman,
    tortuosity_factor,
)
from sslib.transport.grain_boundaries import brick_layer, specific_boundary_conductivity
from sslib.transport.limits import (
    debye_length,
    electronic_conductivity_limit,
    electronic_critical_current,
    ohmic_thickness,
    stability_margin,
)
from sslib.transport.mixtures import composite_density, composite_porosity, mass_fractions, volume_fractions
from sslib.transport.packings import (
    SIZE_RATIOS,
    connected_fraction,
    coordination,
    percolation_threshold,
)
from sslib.transport.paths import (
    PathLengths,
    ambipolar_conductivity,
    changeover_composition,
    changeover_thickness,
    filled_share,
    ion_share,
    path_lengths,
    usable_thickness,
)
