"""A cell as layers: its mass and thickness, the energy per mass and per volume, and where a separator breaks even."""

from dataclasses import dataclass, replace

import numpy as np

from sslib.cell.layers import Layer
from sslib.checks import check_positive

SPECIFIC, DENSITY = "specific energy [Wh/kg]", "energy density [Wh/L]"
"""What tables and figures call the two."""

SEPARATOR = "separator"
"""The name of the layer whose thickness breaks even."""


@dataclass(frozen=True, eq=False)
class Cell:
    r"""A cell per area of its electrodes; numbers or arrays that broadcast.

    .. math:: E_m = \frac{Q U}{\sum_i w_i}, \qquad E_V = \frac{Q U}{\sum_i L_i}

    Attributes
    ----------
    layers : tuple of Layer
        One cell's share of everything that is counted: of its core, or of a whole stack.
    areal_capacity : float
        Q [C/m2].
    voltage : float
        Mean voltage U [V].

    Notes
    -----
    Source 004, equations 1 and 2. As printed the second divides by the sum of mass over density, which forgets empty
    pores; thicknesses have them. The energy is the nominal one unless a discharge hands in its own: what a current
    leaves of it is not the concern of a mass balance.
    """

    layers: tuple[Layer, ...]
    areal_capacity: float
    voltage: float

    @property
    def areal_mass(self):
        """[kg/m2]."""
        return sum(layer.areal_mass for layer in self.layers)

    @property
    def thickness(self):
        """[m]."""
        return sum(layer.thickness for layer in self.layers)

    @property
    def empty(self):
        """Thickness of all empty pores [m]."""
        return sum(layer.empty for layer in self.layers)

    @property
    def areal_energy(self):
        """Nominal energy per area [J/m2]: all of the capacity at the mean voltage."""
        return self.areal_capacity * np.asarray(self.voltage)

    def specific_energy(self, areal_energy=None):
        """Energy per mass [J/kg] of the nominal energy, or of a discharge's [J/m2]."""
        return (self.areal_energy if areal_energy is None else areal_energy) / self.areal_mass

    def energy_density(self, areal_energy=None):
        """Energy per volume [J/m3] of the nominal energy, or of a discharge's [J/m2]."""
        return (self.areal_energy if areal_energy is None else areal_energy) / self.thickness

    def layer(self, name):
        """The layer of that name; ValueError names those there are."""
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise ValueError(f"the cell has no layer {name!r}; it has {', '.join(layer.name for layer in self.layers)}")

    def mass_by_layer(self):
        """Areal mass [kg/m2] by layer."""
        return {layer.name: layer.areal_mass for layer in self.layers}

    def thickness_by_layer(self):
        """Thickness [m] by layer."""
        return {layer.name: layer.thickness for layer in self.layers}

    def mass_by_component(self):
        """Areal mass [kg/m2] by component, over all layers."""
        return self._by_component("masses")

    def thickness_by_component(self):
        """Volume per area [m] by component, over all layers; empty pores are one of them."""
        return self._by_component("volumes")

    def _by_component(self, kind):
        added = {}
        for layer in self.layers:
            for component, amount in getattr(layer, kind).items():
                added[component] = added.get(component, 0.0) + amount
        return added


def stacked(cell, count, *parts):
    """A cell with its share of what a stack of `count` cells has once: layers such as plates, springs or a pouch.

    Parameters
    ----------
    cell : Cell
    count : array_like
        Cells in the stack [1].
    *parts : Layer
        Whole, as the stack has them.
    """
    check_positive(count=count)
    return replace(cell, layers=(*cell.layers, *(part.shared(1 / np.asarray(count)) for part in parts)))


def break_even_by_mass(cell, specific_energy):
    r"""Thickness of the separator [m] at which the cell has that specific energy.

    .. math:: L = \frac{1}{\rho} \left(\frac{Q U}{E_m} - \sum_{i \ne \text{sep}} w_i\right)

    Parameters
    ----------
    cell : Cell
        With a layer ``"separator"`` of any thickness but zero, which gives its areal mass per thickness.
    specific_energy : array_like
        [J/kg], of the cell it is to equal.

    Returns
    -------
    numpy.ndarray
        [m]; negative where the cell falls short even without a separator, by the mass of so much of it.

    Notes
    -----
    Exact, since areal mass is linear in the thickness of a layer; nothing of conduction is in it. Source 004, section
    3: 41 um of LLZO against its liquid cell (`sslib.cell.published`).
    """
    check_positive(specific_energy=specific_energy)
    separator = cell.layer(SEPARATOR)
    check_positive(**{"thickness of the separator": separator.thickness})
    spare = cell.areal_energy / specific_energy - (cell.areal_mass - separator.areal_mass)
    return spare * separator.thickness / separator.areal_mass


def break_even_by_volume(cell, energy_density):
    r"""Thickness of the separator [m] at which the cell has that energy density [J/m3].

    .. math:: L = \frac{Q U}{E_V} - \sum_{i \ne \text{sep}} L_i

    Negative where the cell falls short even without a separator. Source 004, section 3: 120 um.
    """
    check_positive(energy_density=energy_density)
    return cell.areal_energy / energy_density - (cell.thickness - cell.layer(SEPARATOR).thickness)


def break_even_loading(build, excess_energy):
    """Loading [kg/m2] at which a cell breaks even, from two evaluations.

    Parameters
    ----------
    build : callable
        Gives the Cell at a loading [kg/m2]. All its layers are linear in the loading, or do not depend on it.
    excess_energy : callable
        Gives, for a Cell, the energy [J/m2] that it has beyond the one it is to equal, such as
        ``lambda cell: cell.areal_energy - target * cell.areal_mass``.

    Returns
    -------
    float
        [kg/m2]; NaN where no positive loading does it.
    """
    first, second = 0.1, 0.2
    at_first, at_second = (excess_energy(build(loading)) for loading in (first, second))
    slope = (at_second - at_first) / (second - first)
    loading = first - at_first / slope if slope else np.nan
    return float(loading) if loading > 0 else np.nan
