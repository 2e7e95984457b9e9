"""A cell from what a designer chooses: loading, composition, separator, excess, foils, stack."""

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from sslib.cell.energy import DENSITY, SPECIFIC, Cell, stacked
from sslib.cell.layers import Layer, Material, composite, joined, material, sheet, swollen
from sslib.checks import check_between, check_positive
from sslib.units import Wh_kg, Wh_L, mAh_cm2, mg_cm2, um

CATHODE, ANODE, FOILS = "cathode", "anode", "foils"
PRESSURE, PACKAGING, ROOM = "pressure hardware", "packaging", "room to swell"
GRAPHITE_FRACTION = 0.95
"""Of graphite in its electrode, by mass; the rest is binder (source 004, Table 1)."""


@dataclass(frozen=True, kw_only=True)
class Design:
    r"""A cell by the choices that make it; every number may be an array, all of them broadcast.

    Attributes
    ----------
    active : Material
        The cathode's active material.
    loading : float
        Its areal mass [kg/m2].
    capacity : float
        Specific capacity that it delivers [C/kg].
    voltage : float
        Mean voltage of the cell [V]. Source 004 takes that against lithium for graphite, too.
    inactive_fraction : float
        Mass of everything else in the cathode over the mass of its solids [1].
    inactive : mapping of Material to float
        What that is: shares that sum to one [1].
    cathode_porosity, anode_porosity, separator_porosity : float
        [1].
    cathode_filling, anode_filling, separator_filling : Material or None
        What fills these pores.
    separator : Material
    separator_thickness : float
        [m].
    anode : Material
        Lithium, graphite with 5 % binder, or another metal, weighed without the lithium that it takes up.
    excess : float
        Capacity of the anode beyond the cathode's, over the cathode's [1].
    lithium_from_cathode : float
        Share of the areal capacity that is lithium which the cathode brings, so that a metal anode's mass does not
        hold it as well [1]. Source 004 has zero in its Fig. 3b; in its Fig. 3c no lithium is weighed, 1 + excess.
    cathode_foil, anode_foil : float
        Thickness of the aluminium and the copper foil [m]; zero for none.
    collectors : "single-sided", "double-sided" or "bipolar"
        Whether a cell has its foils for itself (as in source 004), shares each with a neighbour, or shares one foil
        between its cathode and the neighbour's anode.
    bipolar_foil : float
        Thickness of that one foil, of steel [m].
    cells : float
        In a stack [1].
    pressure_mass, pressure_thickness : float
        Of what keeps the stack under pressure: areal mass [kg/m2] and thickness [m], once per stack.
    packaging_mass, packaging_thickness : float
        Of its packaging, alike; zero in source 004.
    volume_change : float
        Of the active material's volume on discharge [1].
    """

    active: Material
    loading: float
    capacity: float
    voltage: float
    inactive_fraction: float
    inactive: dict[Material, float]
    separator: Material
    separator_thickness: float
    separator_porosity: float = 0.0
    separator_filling: Material | None = None
    cathode_porosity: float = 0.1
    cathode_filling: Material | None = None
    anode: Material = field(default_factory=lambda: material("Li"))
    excess: float = 0.2
    anode_porosity: float = 0.1
    anode_filling: Material | None = None
    lithium_from_cathode: float = 0.0
    cathode_foil: float = 10 * um
    anode_foil: float = 5 * um
    collectors: Literal["single-sided", "double-sided", "bipolar"] = "single-sided"
    bipolar_foil: float = 10 * um
    cells: float = 1.0
    pressure_mass: float = 0.0
    pressure_thickness: float = 0.0
    packaging_mass: float = 0.0
    packaging_thickness: float = 0.0
    volume_change: float = 0.0

    def __post_init__(self):
        check_positive(loading=self.loading, capacity=self.capacity, voltage=self.voltage, cells=self.cells)
        check_between(0, np.inf, excess=self.excess)
        for part in ("pressure", "packaging"):
            for of in ("mass", "thickness"):
                check_between(0, np.inf, **{f"{part}_{of}": getattr(self, f"{part}_{of}")})
        if np.any(np.asarray(self.lithium_from_cathode) > 1 + np.asarray(self.excess)):
            raise ValueError(
                f"lithium_from_cathode is {np.max(self.lithium_from_cathode):g}; it must be at most 1 + excess, "
                "which is all of the anode"
            )
        if self.anode.name != "Li" and np.any(np.asarray(self.lithium_from_cathode) > 0):
            raise ValueError(f"lithium_from_cathode is for an anode of lithium; this one is of {self.anode.name}")

    @property
    def areal_capacity(self):
        """[C/m2]."""
        return np.asarray(self.loading) * self.capacity

    @property
    def core(self):
        """The Cell alone, as in an endless stack: no end foils, no hardware, no packaging."""
        return self._cell(np.inf)

    @property
    def in_stack(self):
        """The Cell with its share of end foils, pressure hardware and packaging."""
        extra = [
            Layer(name, {name: mass}, {name: thickness})
            for name, mass, thickness in (
                (PRESSURE, self.pressure_mass, self.pressure_thickness),
                (PACKAGING, self.packaging_mass, self.packaging_thickness),
            )
        ]
        return stacked(self._cell(self.cells), self.cells, *extra)

    @property
    def growth(self):
        r"""Change of the cell's thickness on discharge [m].

        The active material swells into the empty pores first; lithium metal recedes by the areal capacity over its
        volumetric one. A separator of a fixed thickness and an anode of graphite are taken not to change.
        """
        cathode = self.cathode
        grown = swollen(cathode, self.active.name, self.volume_change).thickness - cathode.thickness
        if self.anode.name != "Li":
            return grown
        return grown - self.areal_capacity / (self.anode.capacity * self.anode.density * (1 - self.anode_porosity))

    @property
    def cathode(self):
        """The cathode as a Layer, charged."""
        inactive = np.asarray(self.inactive_fraction)
        recipe = {self.active: 1 - inactive} | {own: inactive * share for own, share in self.inactive.items()}
        return composite(CATHODE, self.loading, recipe, self.cathode_porosity, self.cathode_filling)

    def _cell(self, count):
        separator = sheet(
            "separator", self.separator_thickness, self.separator, self.separator_porosity, self.separator_filling
        )
        room = np.maximum(self.growth, 0.0)
        layers = (self.cathode, separator, self._anode(), self._foils(count), Layer(ROOM, {}, {ROOM: room}))
        return Cell(layers, self.areal_capacity, self.voltage)

    def _anode(self):
        """Charged: it is thickest then."""
        mass = (1 + np.asarray(self.excess)) * self.areal_capacity / self.anode.capacity
        if self.anode.name == "graphite":
            recipe = {self.anode: GRAPHITE_FRACTION, material("binder"): 1 - GRAPHITE_FRACTION}
            return composite(ANODE, mass, recipe, self.anode_porosity, self.anode_filling)
        layer = composite(ANODE, mass, {self.anode: 1.0}, self.anode_porosity, self.anode_filling)
        brought = np.asarray(self.lithium_from_cathode) * self.areal_capacity / self.anode.capacity
        return replace(layer, masses={**layer.masses, self.anode.name: mass - brought})

    def _foils(self, count):
        """A cell's share of the foils in a stack of so many cells."""
        foils = {
            "cathode": sheet("cathode foil", self.cathode_foil, material("Al")),
            "anode": sheet("anode foil", self.anode_foil, material("Cu")),
            "bipolar": sheet("bipolar foil", self.bipolar_foil, material("steel")),
        }
        end = 1 / np.asarray(count, dtype=float)
        shares = {
            "single-sided": {"cathode": 1.0, "anode": 1.0},
            # One foil more than cells, of the two kinds in turn: half of each, exact for an odd number of cells.
            "double-sided": {"cathode": (1 + end) / 2, "anode": (1 + end) / 2},
            "bipolar": {"bipolar": 1 - end, "cathode": end, "anode": end},
        }
        if self.collectors not in shares:
            raise ValueError(f"collectors is {self.collectors!r}; it must be one of {', '.join(shares)}")
        return joined(FOILS, *(foils[name].shared(share) for name, share in shares[self.collectors].items()))


def cathode_recipe(active, carbon, binder, catholyte):
    """The composition of a cathode as `Design` takes it, from mass fractions of its solids.

    Parameters
    ----------
    active, carbon, binder : float
        Mass fractions [1]; the catholyte is what they leave.
    catholyte : Material

    Returns
    -------
    dict
        ``inactive_fraction`` and ``inactive``.

    Raises
    ------
    ValueError
        For fractions outside 0 to 1, none of active material, or a sum above one.

    Examples
    --------
    >>> recipe = cathode_recipe(0.80, 0.05, 0.0, material("LLZO"))
    >>> {own.name: round(share, 2) for own, share in recipe["inactive"].items()}
    {'carbon': 0.25, 'binder': 0.0, 'LLZO': 0.75}
    """
    check_between(0, 1, active=active, carbon=carbon, binder=binder)
    check_positive(active=active)
    rest = 1 - active - carbon - binder
    if rest < -1e-9:
        raise ValueError(f"active, carbon and binder sum to {1 - rest:g} of the cathode's mass; it must be at most 1")
    inactive = 1 - active
    parts = {material("carbon"): carbon, material("binder"): binder, catholyte: max(rest, 0.0)}
    shares = {own: part / inactive if inactive else 0.0 for own, part in parts.items()}
    return {"inactive_fraction": inactive, "inactive": shares}


def with_active(design, active, inactive_fraction, capacity=None):
    """The design with another active material at the same areal capacity.

    Parameters
    ----------
    design : Design
    active : Material
    inactive_fraction : float
        In the new cathode [1]; what it consists of stays.
    capacity : float, optional
        That it delivers [C/kg]; the material's if left out.

    Returns
    -------
    Design
        With the material's voltage, and its change of volume as far as it is used. A cathode of sulfur brings no
        lithium.
    """
    capacity = active.capacity if capacity is None else capacity
    return replace(
        design,
        active=active,
        capacity=capacity,
        loading=design.areal_capacity / capacity,
        voltage=active.voltage,
        inactive_fraction=inactive_fraction,
        volume_change=active.volume_change * capacity / active.capacity,
        lithium_from_cathode=0.0,
    )


def compare_chemistries(designs):
    """What several designs come to in their core, as a DataFrame by their labels.

    Parameters
    ----------
    designs : mapping of str to Design
    """
    import pandas as pd

    rows = {}
    for label, design in designs.items():
        core, cathode = design.core, design.cathode
        discharged = swollen(cathode, design.active.name, design.volume_change)
        rows[label] = {
            "loading [mg/cm²]": design.loading / mg_cm2,
            "areal capacity [mAh/cm²]": design.areal_capacity / mAh_cm2,
            "areal energy [mWh/cm²]": design.areal_capacity / mAh_cm2 * design.voltage,
            "cathode, charged [µm]": cathode.thickness / um,
            "cathode, discharged [µm]": discharged.thickness / um,
            "cell, change on discharge [µm]": design.growth / um,
            SPECIFIC: core.specific_energy() / Wh_kg,
            DENSITY: core.energy_density() / Wh_L,
        }
    return pd.DataFrame.from_dict(rows, orient="index", dtype=float)
