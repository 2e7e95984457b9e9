"""A composite cathode from its recipe to what the cell delivers at a rate, and where the best recipe lies."""

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

NUMERICS = {"cells": 16, "modes": 10, "voltage_step": 0.1}
"""Of the discharges: a map needs thousands, each good to one percent (held by a test)."""
STEEPEST = 4.0
"""Drop to one neighbour of an optimum over that to the other, beyond which it is taken for a cliff."""
MOVABLE = {
    "electrolyte_conductivity": ("conductivity of the electrolyte", 0.3),
    "electronic_conductivity": ("electronic conductivity", 1.0),
    "diffusivity": ("diffusivity in the particles", 0.7),
    "exchange_current": ("exchange current", 0.7),
    "particle_radius": ("size of the active particles", 0.2),
    "electrolyte_radius": ("size of the electrolyte's particles", 0.2),
    "porosity": ("pores", 0.3),
    "separator_thickness": ("thickness of the separator", 0.1),
}
"""Fields of `Electrode` and what it is made of that a property stands for: label, and the standard deviation [1] of its
logarithm that is taken as known: an assumption of ours, not a measurement."""


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


def with_factors(electrode, factors):
    """The electrode with some of the `MOVABLE` properties multiplied.

    Parameters
    ----------
    electrode : Electrode
    factors : dict of str to array_like
        By field [1], shape (...); they become leading axes of what `over_recipes` makes of it.
    """
    parts = {"composition": electrode.composition, "chemistry": electrode.chemistry}
    for name, factor in factors.items():
        if name not in MOVABLE:
            raise ValueError(f"{name!r} is no property to vary; those are {', '.join(MOVABLE)}")
        factor = np.asarray(factor, dtype=float)[..., None, None]
        home = next((part for part, own in parts.items() if hasattr(own, name)), None)
        if home is None:
            electrode = replace(electrode, **{name: getattr(electrode, name) * factor})
        else:
            parts[home] = replace(parts[home], **{name: getattr(parts[home], name) * factor})
    return replace(electrode, **parts)


def one_at_a_time(factor):
    """Factors for `with_factors`: each property alone by the factor and by its inverse, shape (properties, 2)."""
    check_positive(factor=factor)
    ones = np.ones((len(MOVABLE), 2))
    factors = {name: ones.copy() for name in MOVABLE}
    for row, name in enumerate(MOVABLE):
        factors[name][row] = 1 / factor, factor
    return factors


def drawn(count, seed=0):
    """Factors for `with_factors` by chance: log-normal with the spreads of `MOVABLE`, shape (count,)."""
    rng = np.random.default_rng(seed)
    return {name: np.exp(width * rng.standard_normal(count)) for name, (_, width) in MOVABLE.items()}


@dataclass(frozen=True, eq=False)
class Optimum:
    """The best of a map; arrays of the map's leading shape.

    Attributes
    ----------
    active, thickness, value : numpy.ndarray
        Mass fraction of active material [1], thickness [m], and the map's value there.
    at_edge : numpy.ndarray
        Whether it lies at the edge of the map, so that the best may be beyond.
    """

    active: np.ndarray
    thickness: np.ndarray
    value: np.ndarray
    at_edge: np.ndarray


def optimum(active, thickness, values):
    """Where a map over recipes and thicknesses is highest.

    A parabola through the highest node and its neighbours on either side, in each direction (equal factors of the
    thickness are equal steps), puts the optimum between the nodes. Beside a cliff, as at a percolation threshold, a
    parabola would overshoot: there the steeper drop counts as four times the gentler.

    Parameters
    ----------
    active, thickness : array_like
        The map's nodes, evenly spaced, the thickness in its logarithm; shapes (n,) and (m,), at least three each.
    values : array_like
        Shape (..., n, m).

    Returns
    -------
    Optimum

    Examples
    --------
    >>> x, depth = np.linspace(0, 1, 11), np.geomspace(10, 1000, 9)
    >>> best = optimum(x, depth, 5 - (x[:, None] - 0.62) ** 2 - np.log(depth / 110) ** 2)
    >>> round(float(best.active), 6), round(float(best.thickness), 6), round(float(best.value), 6)
    (0.62, 110.0, 5.0)
    """
    nodes = np.asarray(active, dtype=float), np.log(np.asarray(thickness, dtype=float))
    values = np.asarray(values, dtype=float)
    shape, (n, m) = values.shape[:-2], values.shape[-2:]
    flat = values.reshape(-1, n, m)
    top = flat.reshape(len(flat), -1).argmax(axis=1)
    places, value, edge = [], flat.reshape(len(flat), -1).max(axis=1), np.zeros(len(flat), dtype=bool)
    rows, columns = np.unravel_index(top, (n, m))
    line = np.arange(len(flat))
    profiles = flat[line, :, columns], flat[line, rows, :]
    for node, profile, at in zip(nodes, profiles, (rows, columns), strict=True):
        inside = (at > 0) & (at < len(node) - 1)
        middle = np.clip(at, 1, len(node) - 2)
        before, here, after = (profile[line, middle + step] for step in (-1, 0, 1))
        drops = here - before, here - after
        gentle = np.minimum(*drops)
        left, right = (np.minimum(drop, STEEPEST * gentle) for drop in drops)
        smooth = inside & (gentle > 0)
        total = np.where(smooth, left + right, 1.0)
        step = np.where(smooth, (left - right) / (2 * total), 0.0)
        value = value + np.where(smooth, (left - right) ** 2 / (8 * total), 0.0)
        places.append(node[at] + step * (node[1] - node[0]))
        edge |= ~inside
    return Optimum(
        places[0].reshape(shape), np.exp(places[1]).reshape(shape), value.reshape(shape), edge.reshape(shape)
    )
