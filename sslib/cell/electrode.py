"""A composite cathode from its recipe to what the cell delivers at a rate."""

from dataclasses import dataclass, field, replace

import numpy as np

from sslib.cell.composition import Composition
from sslib.cell.designs import Design
from sslib.cell.discharge import Insertion, RailCell, discharge
from sslib.cell.layers import Material, material
from sslib.cell.rate import SITES, WINDOW, layered_oxide
from sslib.checks import check_between, check_positive
from sslib.kinetics import FARADAY, charge_transfer_resistance
from sslib.units import hour

NUMERICS = {"cells": 16, "modes": 10, "voltage_step": 0.05}
"""Of the discharges, for a map or a search needs thousands. Against 48 cells, 20 modes and steps of 0.01 V, over maps
of 40 to 95 % by 20 to 1000 um at 0.2, 1 and 5C by all laws: the optimum at the same place to the search's resolution,
its energy within 0.13 Wh/kg, every electrode above 80 % of the best within 0.15 %, any within 7 Wh/kg."""


@dataclass(frozen=True, kw_only=True)
class Chemistry:
    """An active material as `discharge` needs it, with what its particles do.

    Attributes
    ----------
    insertion : Insertion
    concentration : float
        Of lithium sites in the particles [mol/m3].
    exchange_current : float
        Of the particles' surface at half filling [A/m2].
    diffusivity : float
        Of lithium in the particles [m2/s].
    start, end : float
        Stoichiometries between which the nominal capacity lies [1].
    cutoff : float
        Voltage at which a discharge ends [V].
    """

    insertion: Insertion
    concentration: float
    exchange_current: float
    diffusivity: float
    start: float
    end: float
    cutoff: float

    def __post_init__(self):
        check_positive(
            concentration=self.concentration, exchange_current=self.exchange_current, diffusivity=self.diffusivity
        )
        check_between(*self.insertion.range, start=self.start, end=self.end)

    @property
    def nominal(self):
        """Capacity [C/m3] of the particles within the nominal window."""
        return (self.end - self.start) * self.concentration * FARADAY


def oxide_chemistry(exchange_current, diffusivity, cutoff=2.8):
    """The layered oxide of the table ``xu2019_cathode`` (Chemistry).

    Parameters
    ----------
    exchange_current : array_like
        At half filling [A/m2].
    diffusivity : array_like
        [m2/s].
    cutoff : float
        [V].

    Examples
    --------
    >>> round(oxide_chemistry(4.2, 5e-15).nominal / 4.65e3 / 3.6e3)  # mAh/g at 4.65 g/cm3
    183
    """
    return Chemistry(
        insertion=layered_oxide(),
        concentration=SITES,
        exchange_current=exchange_current,
        diffusivity=diffusivity,
        start=WINDOW[0],
        end=WINDOW[1],
        cutoff=cutoff,
    )


@dataclass(frozen=True, kw_only=True)
class Electrode:
    """A composite cathode in its cell; numbers or arrays that broadcast.

    Attributes
    ----------
    composition : Composition
    thickness : float
        Of the cathode [m].
    chemistry : Chemistry
    separator_thickness : float
        [m]; of the electrolyte of the composition, without pores.
    counter_resistance : float
        Charge transfer at the lithium [ohm m2].
    surroundings : dict
        Further fields of `Design`: excess, foils, collectors, the hardware of a stack.
    """

    composition: Composition
    thickness: float
    chemistry: Chemistry
    separator_thickness: float
    counter_resistance: float = 0.0
    surroundings: dict = field(default_factory=dict)

    def __post_init__(self):
        check_positive(thickness=self.thickness, separator_thickness=self.separator_thickness)

    @property
    def nominal_capacity(self):
        """Areal capacity [C/m2] of all active material within the nominal window, connected or not."""
        return self.composition.volumes[..., 0] * self.thickness * self.chemistry.nominal

    @property
    def cell(self):
        """The Cell in its stack, by `Design`."""
        parts = self.composition
        active = np.asarray(parts.active_fraction, dtype=float)
        additive = np.asarray(parts.additive_fraction) / (1 - active)
        density = np.asarray(parts.active_density, dtype=float)
        electrolyte = Material("electrolyte", parts.electrolyte_density)
        design = Design(
            active=Material("active material", parts.active_density),
            loading=active * parts.density * self.thickness,
            capacity=self.chemistry.nominal / density,
            voltage=float(self.chemistry.insertion.potential(np.mean([self.chemistry.start, self.chemistry.end]))),
            inactive_fraction=1 - active,
            inactive={electrolyte: 1 - additive, replace(material("carbon"), density=parts.additive_density): additive},
            separator=electrolyte,
            separator_thickness=self.separator_thickness,
            cathode_porosity=parts.porosity,
            **self.surroundings,
        )
        return design.in_stack

    def rail_cell(self, law):
        r"""The RailCell by one of the laws of `composition`, and where both of its rails conduct.

        .. math:: R_\text{ion} = \frac{L}{\sigma_\text{ion}}, \quad R_\text{el} = \frac{L}{\sigma_\text{el}}, \quad
                  R_\text{ct} = \frac{R T}{F i_0 \, a L}, \quad \tau_d = \frac{r^2}{D}, \quad
                  Q = \varepsilon c F L

        with the surface and the volume of the connected particles alone.
        """
        parts, own, depth = self.composition, self.chemistry, np.asarray(self.thickness, dtype=float)
        ionic, electronic = parts.rails(law)
        connected = parts.connected(law)
        alive = (ionic > 0) & (electronic > 0) & (connected > 0)
        reached = np.where(alive, connected, 1.0)
        cell = RailCell(
            R_ion=depth / np.where(alive, ionic, 1.0),
            R_el=depth / np.where(alive, electronic, 1.0),
            R_ct=charge_transfer_resistance(own.exchange_current * parts.interface_area * reached * depth),
            tau_d=np.asarray(parts.particle_radius, dtype=float) ** 2 / own.diffusivity,
            capacity=parts.volumes[..., 0] * reached * own.concentration * FARADAY * depth,
            R_sep=np.asarray(self.separator_thickness) / parts.electrolyte_conductivity,
            R_counter=self.counter_resistance,
            particle_share=2 * np.asarray(parts.particle_radius) / depth,
        )
        return cell, alive

    def deliver(self, c_rate, law):
        """What the cell delivers at a rate [1/h] of its nominal capacity (Delivered)."""
        check_positive(c_rate=c_rate)
        rails, alive = self.rail_cell(law)
        current = np.asarray(c_rate) * self.nominal_capacity / hour
        arrays = {name: getattr(rails, name) for name in RailCell.__dataclass_fields__}
        shape = np.broadcast_shapes(current.shape, alive.shape, *(np.shape(array) for array in arrays.values()))
        alive = np.broadcast_to(alive, shape)
        some = {name: np.broadcast_to(array, shape)[alive] for name, array in arrays.items()}
        own = self.chemistry
        capacity, energy, thin = (np.zeros(shape) for _ in range(3))
        if alive.any():
            flowing = np.broadcast_to(current, shape)[alive]
            run = discharge(RailCell(**some), flowing, own.insertion, start=own.start, cutoff=own.cutoff, **NUMERICS)
            capacity[alive], energy[alive] = run.delivered_capacity, run.delivered_energy
            thin[alive] = run.reaction_zone < some["particle_share"]
        return Delivered(self, capacity, energy, thin > 0)


@dataclass(frozen=True, eq=False)
class Delivered:
    """What an electrode delivers; arrays have its broadcast shape.

    Attributes
    ----------
    electrode : Electrode
    capacity, energy : numpy.ndarray
        [C/m2, J/m2]; zero where a rail does not connect or the first instant is below the cut-off.
    thin : numpy.ndarray
        Whether the reaction zone is thinner than a particle, where the porous-electrode picture ends.
    """

    electrode: Electrode
    capacity: np.ndarray
    energy: np.ndarray
    thin: np.ndarray

    @property
    def utilisation(self):
        """Capacity over the nominal one [1]; it may exceed one, for slow discharges leave the nominal window."""
        return self.capacity / self.electrode.nominal_capacity

    @property
    def specific_capacity(self):
        """Capacity per mass of active material [C/kg]."""
        return self.utilisation * self.electrode.chemistry.nominal / self.electrode.composition.active_density

    @property
    def specific_energy(self):
        """[J/kg] of the cell in its stack."""
        return self.electrode.cell.specific_energy(self.energy)

    @property
    def energy_density(self):
        """[J/m3] of the cell in its stack."""
        return self.electrode.cell.energy_density(self.energy)


def over_recipes(electrode, active, thickness):
    """The electrode with every recipe and thickness of two rows, as its last two axes.

    Parameters
    ----------
    electrode : Electrode
        Its other fields may be arrays whose last two axes have the length 1.
    active : array_like
        Mass fractions of active material [1], shape (n,).
    thickness : array_like
        [m], shape (m,).
    """
    composition = replace(electrode.composition, active_fraction=np.asarray(active, dtype=float)[:, None])
    return replace(electrode, composition=composition, thickness=np.asarray(thickness, dtype=float))
