"""Layers of a cell: what each component weighs and fills per area."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from sslib.checks import check_between, check_positive
from sslib.tables import table
from sslib.units import g, g_cm3, mAh

EMPTY_PORES = "empty pores"
"""The name under which a layer counts the volume of pores that nothing fills."""


@dataclass(frozen=True)
class Material:
    """What a material brings to the energy of a cell.

    Attributes
    ----------
    name : str
    density : float
        [kg/m3].
    capacity : float or None
        Specific capacity of what stores lithium [C/kg].
    theoretical : float or None
        What it cannot exceed [C/kg]: all the lithium that its formula takes.
    voltage : float or None
        Mean potential of a cathode material against lithium [V].
    volume_change : float
        Of its volume on discharge of the cell [1].
    """

    name: str
    density: float
    capacity: float | None = None
    theoretical: float | None = None
    voltage: float | None = None
    volume_change: float = 0.0


@cache
def material(name):
    """A material of the table ``energy_materials``.

    Raises
    ------
    ValueError
        For a name that the table does not have; the known ones are named.

    Examples
    --------
    >>> material("NCA").density, round(material("NCA").capacity / (1 * mAh / g))
    (4700.0, 200)
    """
    known = table("energy_materials")
    if name not in known.index:
        raise ValueError(f"there is no material {name!r}; known are {', '.join(known.index)}")
    row = known.loc[name]
    numbers = known.select_dtypes("number").columns
    given = {column: None if np.isnan(row[column]) else float(row[column]) for column in numbers}
    return Material(
        name,
        density=given["density_g_cm3"] * g_cm3,
        capacity=given["capacity_mAh_g"] and given["capacity_mAh_g"] * mAh / g,
        theoretical=given["theoretical_mAh_g"] and given["theoretical_mAh_g"] * mAh / g,
        voltage=given["potential_V"],
        volume_change=(given["volume_change_percent"] or 0) / 100,
    )


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer by component; numbers or arrays that broadcast.

    Attributes
    ----------
    name : str
    masses : mapping of str to float
        Areal mass by component [kg/m2].
    volumes : mapping of str to float
        Volume per area by component [m]; what nothing fills is ``"empty pores"``.
    """

    name: str
    masses: Mapping[str, float]
    volumes: Mapping[str, float]

    @property
    def areal_mass(self):
        """[kg/m2]."""
        return sum(self.masses.values())

    @property
    def thickness(self):
        """[m]."""
        return sum(self.volumes.values())

    @property
    def empty(self):
        """Thickness that empty pores would have by themselves [m]."""
        return self.volumes.get(EMPTY_PORES, 0.0)

    def shared(self, share):
        """The same layer, of which a cell owns the share [1]: half a foil that is coated on both sides, say."""
        return replace(
            self,
            masses={name: share * mass for name, mass in self.masses.items()},
            volumes={name: share * volume for name, volume in self.volumes.items()},
        )


def composite(name, loading, recipe, porosity=0.0, filling=None):
    r"""An electrode from the loading of its active material.

    .. math:: w_i = \frac{x_i}{x_1} m, \qquad L = \frac{1}{1 - \varepsilon} \sum_i \frac{w_i}{\rho_i}

    Parameters
    ----------
    name : str
    loading : array_like
        Areal mass of the first material of the recipe [kg/m2].
    recipe : mapping of Material to float
        Mass fractions of the solids [1], which sum to one.
    porosity : array_like
        Pores in the volume of the layer [1].
    filling : Material, optional
        What fills the pores, all of them; empty if left out.

    Returns
    -------
    Layer

    Raises
    ------
    ValueError
        For a recipe that does not sum to one, a fraction or porosity outside 0 to 1, a loading that is not positive.

    Notes
    -----
    Volumes add: no component fills the pores of another unless it is the filling. Pores that are filled count once, in
    the thickness of the electrode (source 004, equation 2, which forgets the empty ones).

    Examples
    --------
    The cathode of the liquid cell is 60 um thick (source 004, section 3: 15 mg/cm2 of NCA):

    >>> from sslib.units import mg_cm2, um
    >>> solids = {material("NCA"): 0.95, material("carbon"): 0.02, material("binder"): 0.03}
    >>> cathode = composite("cathode", 15 * mg_cm2, solids, porosity=0.4, filling=material("liquid"))
    >>> float(round(cathode.thickness / um, 2))
    59.97
    """
    check_positive(loading=loading)
    check_between(0, 1, **{f"mass fraction of {own.name}": fraction for own, fraction in recipe.items()})
    total = sum(recipe.values())
    if not np.allclose(total, 1, rtol=0, atol=1e-9):
        raise ValueError(f"the mass fractions of the {name} sum to {np.ravel(total)[0]:g}; they must sum to 1")
    first = next(iter(recipe.values()))
    check_positive(**{f"mass fraction of {next(iter(recipe)).name}": first})
    solids = {own: fraction / first * np.asarray(loading, dtype=float) for own, fraction in recipe.items()}
    return _layer(name, solids, porosity, filling)


def sheet(name, thickness, made_of, porosity=0.0, filling=None):
    """A layer from its thickness [m]: a separator or a foil; zero for none.

    `porosity` [1] and `filling` are those of `composite`.

    Examples
    --------
    25 um of polypropylene, half of it pores with liquid, weigh 2.56 mg/cm2:

    >>> from sslib.units import mg_cm2, um
    >>> separator = sheet("separator", 25 * um, material("PP"), porosity=0.5, filling=material("liquid"))
    >>> float(round(separator.areal_mass / mg_cm2, 4))
    2.5625
    """
    check_between(0, np.inf, **{f"thickness of the {name}": thickness})
    solid = np.asarray(thickness, dtype=float) * (1 - np.asarray(porosity)) * made_of.density
    return _layer(name, {made_of: solid}, porosity, filling)


def joined(name, *layers):
    """Several layers as one; what is in more than one of them is added."""

    def added(parts):
        return {key: sum(part.get(key, 0.0) for part in parts) for key in dict.fromkeys(k for p in parts for k in p)}

    return Layer(name, added([layer.masses for layer in layers]), added([layer.volumes for layer in layers]))


def swollen(layer, component, change):
    r"""The layer after a component's volume changed by the fraction `change` [1].

    Swelling takes the empty pores first and thickens the layer by what they do not hold; shrinking leaves pores behind
    and the thickness as it was.

    Examples
    --------
    Sulfur that doubles in a layer with a tenth of empty pores:

    >>> layer = composite("cathode", 2.07e-3, {material("S"): 1.0}, porosity=0.1)
    >>> bool(np.isclose(swollen(layer, "S", 1.0).thickness, 2 * layer.thickness * 0.9))
    True
    """
    check_between(-1, np.inf, change=change)
    if component not in layer.volumes:
        raise ValueError(f"the {layer.name} has no component {component!r}; it has {', '.join(layer.volumes)}")
    growth = layer.volumes[component] * np.asarray(change, dtype=float)
    volumes = {**layer.volumes, component: layer.volumes[component] + growth}
    return replace(layer, volumes={**volumes, EMPTY_PORES: np.maximum(layer.empty - growth, 0.0)})


def at_same_volume(recipe, old, new):
    """Mass fractions [1] after one material takes the volume of another, all else kept.

    Parameters
    ----------
    recipe : mapping of Material to float
        Mass fractions with the old material.
    old, new : Material

    Examples
    --------
    The volume of 15 % garnet, filled with LGPS, is 6.6 % by mass (the source keeps loading and thickness so):

    >>> recipe = {material("NCA"): 0.8, material("carbon"): 0.05, material("LLZO"): 0.15}
    >>> round(at_same_volume(recipe, material("LLZO"), material("LGPS"))[material("LGPS")], 4)
    0.0659
    """
    masses = {
        new if own == old else own: fraction * (new.density / old.density if own == old else 1)
        for own, fraction in recipe.items()
    }
    total = sum(masses.values())
    return {own: mass / total for own, mass in masses.items()}


def conversion_volume_change(mass_ratio, density, product_density):
    r"""Change of volume [1] where a solid converts to another.

    .. math:: \frac{\Delta V}{V} = \frac{M'}{M} \frac{\rho}{\rho'} - 1

    Parameters
    ----------
    mass_ratio : array_like
        Mass of the product over that of what it forms from [1]; 45.94/32.06 for lithium sulfide from sulfur.
    density, product_density : array_like
        [kg/m3].

    Examples
    --------
    Sulfur to lithium sulfide: source 004 (section 4.2) says 80 %. Its densities give 74 %; those of the crystals, 2.07
    and 1.66 g/cm3, give 78.7 %:

    >>> from sslib.units import g_cm3
    >>> float(round(conversion_volume_change(45.94 / 32.06, 2.03 * g_cm3, 1.67 * g_cm3), 2))
    0.74
    >>> float(round(conversion_volume_change(45.94 / 32.06, 2.07 * g_cm3, 1.66 * g_cm3), 3))
    0.787
    """
    check_positive(mass_ratio=mass_ratio, density=density, product_density=product_density)
    return np.asarray(mass_ratio) * density / np.asarray(product_density) - 1


def _layer(name, solids, porosity, filling):
    """A layer of solids [kg/m2] by material, with its pores."""
    check_between(0, 1, **{f"porosity of the {name}": porosity})
    if np.any(np.asarray(porosity) >= 1):
        raise ValueError(f"the porosity of the {name} is 1; a layer of pores alone has no thickness that is known")
    masses = {own.name: mass for own, mass in solids.items()}
    volumes = {own.name: mass / own.density for own, mass in solids.items()}
    pores = sum(volumes.values()) * np.asarray(porosity) / (1 - np.asarray(porosity))
    if filling is None:
        return Layer(name, masses, {**volumes, EMPTY_PORES: pores})
    # The filling may be a solid of the recipe as well.
    filled = Layer(name, {filling.name: pores * filling.density}, {filling.name: pores})
    return joined(name, Layer(name, masses, volumes), filled)
