"""Where two conductors meet: space charge."""

from sslib.interfaces.junction import Junction, ion_level, junction
from sslib.interfaces.lattice_gas import (
    IonConductor,
    Lattice,
    frenkel_conductor,
    shared_site_conductor,
    single_ion_conductor,
)
from sslib.interfaces.layer_resistance import layer_resistance
from sslib.interfaces.poisson_nernst_planck import IonCell, flat_impedance, pnp_impedance
from sslib.interfaces.space_charge import (
    collocated_profile,
    differential_capacitance,
    electric_field,
    gouy_chapman_capacitance,
    gouy_chapman_field,
    gouy_chapman_profile,
    potential_profile,
    surface_charge,
)
