"""Solids under load: contact, elastic relations, fracture of electrolytes, filaments in them, creep of lithium."""

from sslib.mechanics.contact import (
    CompositeContact,
    contact_share,
    local_pressure,
    pressed_conductivity,
    volume_change,
)
from sslib.mechanics.creep import (
    LITHIUM_MELTING,
    MASIAS,
    CreepLaw,
    creep_rate,
    creep_stress,
    diffusion_creep_rate,
    homologous_temperature,
    size_dependent_yield,
    squeeze_pressure,
    squeeze_rate,
    squeeze_stress,
    squeezed_thickness,
)
from sslib.mechanics.elastic import (
    bulk_modulus,
    poisson_of_moduli,
    poisson_of_pugh,
    poisson_ratio,
    pugh_of_poisson,
    pugh_ratio,
    shear_modulus,
    thermal_misfit_strain,
    youngs_modulus,
)
from sslib.mechanics.filaments import (
    LITHIUM_MOLAR_VOLUME,
    critical_current_of_pressure,
    critical_pressure_of_current,
    monroe_newman_ratio,
    overpotential_pressure,
    pressure_overpotential,
)
from sslib.mechanics.fracture import (
    critical_flaw_size,
    fracture_stress,
    indentation_toughness,
    porous_hardness,
    vickers_hardness,
)
