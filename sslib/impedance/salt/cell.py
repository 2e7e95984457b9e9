"""A polymer or liquid cell whose salt moves, in properties of its materials."""

from dataclasses import dataclass, fields

import numpy as np

from sslib.checks import check_between, check_positive
from sslib.impedance.elements import C, R
from sslib.impedance.network.network import Network
from sslib.impedance.network.region import Region
from sslib.impedance.salt.element import Salt
from sslib.impedance.salt.half_cell import IONS, salt_half_cell_values
from sslib.impedance.salt.polarisation import (
    depletion_current_density,
    limiting_current_density,
    salt_capacitance,
)
from sslib.kinetics import FARADAY
from sslib.units import reference_temperature


@dataclass(frozen=True)
class SaltCell:
    """Lithium | electrolyte with a binary salt | composite cathode, in properties of its materials (SI units).

    The defaults are the cell of the table ``pybamm_salt_cells``. ``transference_number`` and ``salt_diffusivity`` may
    be arrays of one shape. ``conductivity`` and ``salt_diffusivity`` are the electrolyte's own, ``exponent`` is
    Bruggeman's; ``electronic_conductivity`` is the cathode's effective one; ``charge_transfer`` and ``double_layer``
    count per surface of the particles, ``lithium_resistance`` and ``lithium_capacitance`` per area of the cell.
    ``potential_slope`` is the fall of the open-circuit potential per unit of stoichiometry.

    Raises
    ------
    ValueError
        For what is physically impossible.
    """

    transference_number: float = 0.2
    salt_diffusivity: float = 1e-11
    """[m2/s]"""
    conductivity: float = 0.2
    """[S/m]"""
    concentration: float = 1000.0
    """[mol/m3]"""
    thermodynamic_factor: float = 1.0
    temperature: float = reference_temperature
    separator_thickness: float = 30e-6
    separator_fraction: float = 1.0
    """Volume fraction of the electrolyte in the separator [1]."""
    cathode_thickness: float = 70e-6
    electrolyte_fraction: float = 0.35
    exponent: float = 2.0
    active_fraction: float = 0.6
    electronic_conductivity: float = 0.524047
    particle_radius: float = 2.5e-6
    solid_diffusivity: float = 5e-15
    potential_slope: float = 0.527913
    """[V]"""
    maximum_concentration: float = 48230.0
    """Of lithium in the active material [mol/m3]."""
    charge_transfer: float = 6.06229e-3
    """[ohm m2]"""
    double_layer: float = 0.2
    """[F/m2]"""
    lithium_resistance: float = 3.63947e-4
    lithium_capacitance: float = 0.2
    contact_resistance: float = 0.0

    def __post_init__(self):
        given = {own.name: getattr(self, own.name) for own in fields(self)}
        check_between(-1, 1, transference_number=given.pop("transference_number"))
        check_between(0, np.inf, contact_resistance=given.pop("contact_resistance"))
        check_between(0, 1, separator_fraction=self.separator_fraction)
        check_between(0, 1, solids_and_electrolyte_in_the_cathode=self.electrolyte_fraction + self.active_fraction)
        check_positive(**given)

    @property
    def values(self):
        """Parameters of `salt_half_cell` per geometric area [ohm m2, F/m2, s, 1]."""
        surface = 3 * self.active_fraction * self.cathode_thickness / self.particle_radius
        cell = {
            "R_ion_ohm_m2": self.cathode_thickness / (self.conductivity * self.electrolyte_fraction**self.exponent),
            "R_el_ohm_m2": self.cathode_thickness / self.electronic_conductivity,
            "R_ct_ohm_m2": self.charge_transfer,
            "C_dl_F_m2": self.double_layer,
            "interface_area_per_area": surface,
            "S_ohm_m3_per_s": self.potential_slope / (FARADAY * self.maximum_concentration),
            "particle_radius_m": self.particle_radius,
            "solid_diffusivity_m2_s": self.solid_diffusivity,
            "R_sep_ohm_m2": 0.0,
            "R_Li_ohm_m2": 0.0,
            "R_contact_ohm_m2": self.contact_resistance,
            "R_ct_Li_ohm_m2": self.lithium_resistance,
            "C_dl_Li_F_m2": self.lithium_capacitance,
            "thickness_m": self.cathode_thickness,
            "temperature_K": self.temperature,
        }
        salt = {
            "cation_transference_number": self.transference_number,
            "salt_diffusivity_m2_s": self.salt_diffusivity,
            "salt_concentration_mol_m3": self.concentration,
            "thermodynamic_factor": self.thermodynamic_factor,
            "electrolyte_conductivity_S_m": self.conductivity,
            "separator_thickness_m": self.separator_thickness,
            "separator_porosity": self.separator_fraction,
            "electrolyte_fraction_cathode": self.electrolyte_fraction,
            "bruggeman_exponent_electrolyte": self.exponent,
        }
        return salt_half_cell_values(cell, salt)

    @property
    def seen(self):
        """What a fit with t_plus fixed at 0 has to find: `without_transference` of the values."""
        return without_transference(self.values)

    @property
    def separator_capacitance(self):
        """Chemical capacitance of the salt in the separator [F/m2]."""
        return salt_capacitance(
            self.separator_thickness, self.concentration, fraction=self.separator_fraction,
            thermodynamic_factor=self.thermodynamic_factor, temperature=self.temperature,
        )  # fmt: skip

    @property
    def separator_limit(self):
        """`limiting_current_density` of the separator between lithium [A/m2]."""
        return limiting_current_density(
            self.separator_thickness, self.transference_number, self.salt_diffusivity, self.concentration,
            fraction=self.separator_fraction, exponent=self.exponent,
        )  # fmt: skip

    @property
    def cell_limit(self):
        """`depletion_current_density` of the cell [A/m2]."""
        layers = (
            (thickness, fraction, self.salt_diffusivity * fraction**self.exponent)
            for thickness, fraction in (
                (self.separator_thickness, self.separator_fraction),
                (self.cathode_thickness, self.electrolyte_fraction),
            )
        )
        return depletion_current_density(*layers, self.transference_number, self.concentration)


def without_transference(values):
    """Values of `salt_half_cell` with t_plus at 0 and the same impedance.

    Where anions are blocked, salt enters by (1 − t_plus)² R_salt and tau_salt alone: the anion's potential is felt by
    no terminal, and in units of 1 − t_plus of it the equations hold no transference number.
    """
    share = (1 - np.asarray(values["t_plus"], dtype=float)) ** 2
    salts = {name: share * values[name] for name in ("R_salt", "R_salt_sep")}
    return {**values, **salts, "t_plus": 0.0}


def separator_cell():
    """The separator of `salt_half_cell` between two lithium electrodes, with the same names."""
    salt = Salt("R_sep", "t_plus", "R_salt_sep", "tau_salt_sep")
    lithium = R("R_counter") | C("C_counter")
    return Network(Region({IONS: salt}), {("cation", 0): lithium}, {("cation", 1): lithium})


def salt_resistance(values):
    """What moving salt adds to the resistance of `salt_half_cell` far below 1/tau_salt: (1 − t₊)² (R_sep + R/3)."""
    seen = without_transference(values)
    return seen["R_salt_sep"] + seen["R_salt"] / 3


def slow_resistances(values):
    """By cause, what resists a current far slower than all that `salt_half_cell` holds [as the values].

    Their sum is Re Z at low frequency, where the reaction is spread evenly: each rail counts a third, spheres a fifth.
    """
    return {
        "moving salt": salt_resistance(values),
        "conduction in separator and cathode": values["R_sep"] + (values["R_ion"] + values["R_el"]) / 3,
        "diffusion in the particles": values["R_d"] / 5,
        "charge transfer of the particles": values["R_ct"],
        "lithium and contacts": values["R_counter"] + values["R_0"],
    }
