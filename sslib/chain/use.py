"""A cell with what is known of it and what it is asked to bear, and how one quantity of it follows from another."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.constants import Boltzmann

from sslib.cell import INDIUM, LITHIUM, NO_LITHIUM, PARAMETERS, KnownTransport, StatedCell, cathode_volumes
from sslib.checks import check_between, check_positive
from sslib.failure import FULL_CELL, LITHIUM_SIDE, Conditions, Parameters, contact_resistance
from sslib.units import eV

OTHER_ENERGIES = {"R_ct": (0.5 * eV, 0.2 * eV), "tau_d": (0.4 * eV, 0.2 * eV), "R_el": (0.0, 0.0)}
"""Activation energy of the cathode's charge transfer, of diffusion in its particles and of its electronic rail [J], and
within how much of it 90 % lie: assumptions. That of all else is the electrolyte's, a parameter of its criteria."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CellInUse:
    """A cell, its recipe, and the conditions that it is to run at.

    Attributes
    ----------
    cell : sslib.cell.StatedCell
        With the transport parameters as they were measured.
    transport : sslib.cell.KnownTransport
        The same with their intervals.
    active_mass, carbon_mass, porosity : float
        Recipe of the cathode [1], which gives the cell's volume fractions.
    conditions : sslib.failure.Conditions
        Numbers, with a time.
    laws : sslib.failure.Parameters
        Of the criteria, for this electrolyte.
    measured_T : float
        Temperature of the spectrum [K].
    measured_pressure : float or None
        Stack pressure of the spectrum [Pa], by which its counter electrode becomes a contact of lithium; None where it
        is no lithium: the contact is then that of the laws.
    area : float or None
        Of the cell [m2], by which the lithium is a disc of that area; None leaves its radius to the laws.
    """

    cell: StatedCell
    transport: KnownTransport
    active_mass: float
    carbon_mass: float
    porosity: float
    conditions: Conditions
    laws: Parameters
    measured_T: float
    measured_pressure: float | None = None
    area: float | None = None

    def __post_init__(self):
        check_positive(measured_T=self.measured_T, current_density=self.conditions.current_density)
        check_between(0, 1, active_mass=self.active_mass, carbon_mass=self.carbon_mass, porosity=self.porosity)
        for name in ("measured_pressure", "area"):
            if getattr(self, name) is not None:
                check_positive(**{name: getattr(self, name)})
        if self.conditions.axes() or self.conditions.charge is not None:
            raise ValueError("the conditions of a cell in use are numbers, with a time and not a charge")
        for name, share in self.volumes().items():
            own = getattr(self.cell, name)
            if not np.isclose(own, share, rtol=1e-6, atol=1e-9):
                raise ValueError(f"{name} of the cell is {own:g}, and by its recipe {share:g}; they must agree")

    @property
    def mechanisms(self):
        """Those that count: without lithium metal, the cathode's alone."""
        if self.cell.anode == INDIUM:
            return tuple(name for name in FULL_CELL if name not in LITHIUM_SIDE)
        return FULL_CELL

    @property
    def contact_is_measured(self):
        """Whether the counter electrode of the spectrum stands for the contact of lithium."""
        lithium = self.cell.anode in (LITHIUM, NO_LITHIUM)
        return bool(lithium and self.measured_pressure is not None and self.transport.known["R_counter"].value > 0)

    def under(self, **conditions):
        """The same under other conditions, by name (CellInUse)."""
        return replace(self, conditions=self.conditions.at(**conditions))

    def energies(self):
        """Activation energies [J] and half widths that hold 90 %, by the names of `PARAMETERS`."""
        own = self.laws["resistance_energy"]
        electrolyte = (own.median, own.spread)
        return {name: OTHER_ENERGIES.get(name, electrolyte) for name in PARAMETERS}

    def inverse_temperature(self):
        """1/kT at work less that of the spectrum [1/J]."""
        return (1 / self.conditions.T - 1 / self.measured_T) / Boltzmann

    def factors(self, energies):
        """By what the transport parameters at work are those of the spectrum [1] (dict of array).

        Parameters
        ----------
        energies : dict of array_like
            Activation energies [J] by the names of `PARAMETERS`.

        Notes
        -----
        A contact of lithium that was measured at another pressure follows its law, by the median of the exponent.
        """
        found = {name: np.exp(energy * self.inverse_temperature()) for name, energy in energies.items()}
        if self.contact_is_measured:
            pressures = (self.conditions.stack_pressure, self.measured_pressure)
            at_work, then = (self._contact(pressure, self.measured_T) for pressure in pressures)
            found["R_counter"] = found["R_counter"] * (at_work / then)
        return found

    def _contact(self, pressure, T):
        """A contact of lithium over that at the pressure and temperature for which its law is stated [1]."""
        medians = (self.laws[name].median for name in ("contact_exponent", "resistance_energy"))
        return contact_resistance(pressure, T, 1.0, *medians)

    @property
    def at_work(self):
        """The cell at the temperature of its conditions, by the median energies, and under their pressure."""
        factors = self.factors({name: energy for name, (energy, _) in self.energies().items()})
        own = {name: getattr(self.cell, name) * factor for name, factor in factors.items()}
        return replace(self.cell, T=float(self.conditions.T), **own)

    def laws_of(self, cell, measured=None):
        r"""What the criteria need to know of a cell that its transport and recipe say (dict of array).

        Parameters
        ----------
        cell : StatedCell
            At work; its fields may be arrays.
        measured : StatedCell, optional
            As measured: where the spectrum's counter electrode is the lithium, its resistance gives the contact.

        Notes
        -----
        .. math:: R_\text{cathode} = R_\text{ct}(\text{state of charge}) + R_\text{ion}/2, \qquad
                  a = 3 \varepsilon L/r

        The lithium is as thick as it is with the cell charged. A contact is brought to the pressure and temperature
        for which its law is stated by the law's medians, so that the draws of the law scatter it, too, even where it
        was measured as it is used: at 20 MPa by a sixth, beside a flaw that is known to a factor of 3. A contact that
        was measured has no hysteresis left.
        """
        x = cell.window[1] - self.conditions.state_of_charge * (cell.window[1] - cell.window[0])
        exchange = cell.oxide.kinetics(np.asarray(x), cell.reference)[1]
        found = {
            "cathode_resistance": cell.R_ct / exchange + cell.R_ion / 2,
            "particle_radius": cell.particle_radius,
            "active_area": 3 * np.asarray(cell.active_fraction) * cell.thickness / cell.particle_radius,
        }
        if cell.anode != INDIUM:
            found["foil_thickness"] = cell.masses.layer("anode").thickness
            if self.area is not None:
                found["foil_radius"] = np.sqrt(self.area / np.pi)
        if self.contact_is_measured and measured is not None:
            found["contact_resistance"] = measured.R_counter / self._contact(self.measured_pressure, self.measured_T)
        return found

    @property
    def own_laws(self):
        """The laws with what this cell says of itself, taken as exact (Parameters)."""
        values = {name: (float(value), 1.0) for name, value in self.laws_of(self.at_work, self.cell).items()}
        return self.laws.changed(values, "computed", "this cell's spectrum and recipe")

    def volumes(self, active_mass=None, porosity=None):
        """Volume fractions of the cathode, of this recipe or one with another share of active material or porosity."""
        active = self.active_mass if active_mass is None else active_mass
        pores = self.porosity if porosity is None else porosity
        return cathode_volumes(active, self.carbon_mass, pores, self.cell.electrolyte)
