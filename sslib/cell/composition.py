"""A composite cathode from its recipe: what is in it by volume, what its two rails conduct, what is connected."""

from dataclasses import dataclass

import numpy as np

from sslib.checks import check_between, check_positive
from sslib.tables import table
from sslib.transport import (
    bruggeman,
    composite_density,
    connected_fraction,
    coordination,
    effective_medium,
    percolation_threshold,
    volume_fractions,
)
from sslib.units import S_cm, um

PUBLISHED_EXPONENT = 1.8908
"""Exponent through the tortuosity factor 1.74 at the fraction 0.537 of electrolyte (source 002, ``composites``)."""

LAWS = {
    "exponent 1.5": lambda fraction, conductivity, threshold: bruggeman(fraction, conductivity),
    "exponent 1.89": lambda fraction, conductivity, threshold: bruggeman(fraction, conductivity, PUBLISHED_EXPONENT),
    "symmetric medium": lambda fraction, conductivity, threshold: effective_medium(fraction, conductivity),
    "packing": lambda fraction, conductivity, threshold: effective_medium(
        fraction, conductivity, threshold=threshold, exponent=2.0
    ),
}
"""Laws by name, each of (volume fraction [1], conductivity of the pure phase [S/m], percolation threshold [1]), for a
phase in what insulates: Bruggeman's differential medium; the exponent of a published composite; his symmetric medium,
whose threshold is 1/3; and percolation with the exponent 2 above the threshold of a packing of two sizes. The last
joins a rule for contacts with an exponent that holds near the threshold: no source has the two together."""


@dataclass(frozen=True, kw_only=True)
class Composition:
    r"""A composite of active material, electrolyte and pores; every number may be an array, all of them broadcast.

    Attributes
    ----------
    active_fraction : float
        Mass of active material over the mass of the solids [1].
    active_density, electrolyte_density : float
        [kg/m3].
    electrolyte_conductivity : float
        Ionic, of the pure electrolyte as pressed [S/m].
    electronic_conductivity : float
        Of the active material with what coats it [S/m].
    particle_radius, electrolyte_radius : float
        Of the two kinds of particles [m].
    porosity : float
        Pores in the volume of the whole [1].
    additive_fraction : float
        Mass of a conductive additive over the mass of the solids [1]. Where there is any, it is taken to bridge all
        active particles: electrons then know no threshold.
    additive_density : float
        [kg/m3].
    """

    active_fraction: float
    active_density: float
    electrolyte_density: float
    electrolyte_conductivity: float
    electronic_conductivity: float
    particle_radius: float
    electrolyte_radius: float
    porosity: float = 0.1
    additive_fraction: float = 0.0
    additive_density: float = 2200.0

    def __post_init__(self):
        check_between(0, 1, active_fraction=self.active_fraction, additive_fraction=self.additive_fraction)
        check_positive(
            electrolyte_conductivity=self.electrolyte_conductivity, electronic_conductivity=self.electronic_conductivity
        )
        solids = np.asarray(self.active_fraction) + self.additive_fraction
        if (solids > 1).any():
            raise ValueError(
                f"active_fraction and additive_fraction sum to {np.max(solids):g}; they must leave room for electrolyte"
            )

    @property
    def volumes(self):
        """Volume fractions [1] of active material, electrolyte and additive, shape (..., 3); the rest are pores."""
        return volume_fractions(*self._recipe)

    @property
    def density(self):
        """[kg/m3], pores counted as volume."""
        return composite_density(*self._recipe)

    @property
    def interface_area(self):
        r"""Surface of the active spheres per volume of the composite [1/m], :math:`3\varepsilon/r`."""
        return 3 * self.volumes[..., 0] / np.asarray(self.particle_radius)

    def rails(self, law):
        """Effective ionic and electronic conductivity [S/m] by one of the `LAWS`; zero where a phase does not connect.

        Notes
        -----
        Each phase is taken by itself, all else as insulator: the electrons' path through the electrolyte and the ions'
        path through the active material are left out. With an additive the electronic rail is a coat on all particles
        and follows the exponent 1.5 by every law: its own network is not in the recipe.
        """
        active, electrolyte, additive = np.moveaxis(self.volumes, -1, 0)
        conducts, solid = _law(law), 1 - np.asarray(self.porosity)
        ions = solid * percolation_threshold(self.electrolyte_radius, self.particle_radius)
        electrons = solid * percolation_threshold(self.particle_radius, self.electrolyte_radius)
        ionic = conducts(electrolyte, self.electrolyte_conductivity, ions)
        bridged = np.asarray(self.additive_fraction) > 0
        electronic = np.where(
            bridged,
            bruggeman(active + additive, self.electronic_conductivity),
            conducts(active, self.electronic_conductivity, electrons),
        )
        return np.broadcast_arrays(ionic, electronic)

    def connected(self, law):
        """Share [1] of the active material that electrons reach: all of it, but by the packing without an additive."""
        active, electrolyte, _ = np.moveaxis(self.volumes, -1, 0)
        _law(law)
        if law != "packing":
            return np.ones_like(active)
        contacts = coordination(active / (active + electrolyte), self.particle_radius, self.electrolyte_radius)
        return np.where(np.asarray(self.additive_fraction) > 0, 1.0, connected_fraction(contacts))

    @property
    def _recipe(self):
        active, additive = np.broadcast_arrays(
            np.asarray(self.active_fraction, dtype=float), np.asarray(self.additive_fraction, dtype=float)
        )
        masses = np.stack([active, np.maximum(0.0, 1 - active - additive), additive], axis=-1)
        densities = np.stack(
            np.broadcast_arrays(self.active_density, self.electrolyte_density, self.additive_density), axis=-1
        )
        return masses, densities, self.porosity


def electronic_trend(diameter):
    r"""Electronic conductivity [S/m] of uncoated NMC without carbon, as published against particle size.

    .. math:: \ln \sigma = \ln \sigma_1 + \frac{\ln (d/d_1)}{\ln (d_2/d_1)} \ln \frac{\sigma_2}{\sigma_1}

    Parameters
    ----------
    diameter : array_like
        Median diameter of the particles [m].

    Notes
    -----
    A line through two published ends in logarithms (source 002, after Strauss et al.; table ``active_particles``), the
    fifth power of the size: a correlation in one set of powders, not a law. Beyond its ends the nearer end holds.

    Examples
    --------
    >>> electronic_trend([4.0e-6, 15.6e-6]).round(6).tolist()
    [0.1, 0.0001]
    """
    check_positive(diameter=diameter)
    ends = table("active_particles").loc[["small", "large"]]
    sizes, values = np.log(ends["d50_um"] * um), np.log(ends["electronic_conductivity_S_cm"] * S_cm)
    return np.exp(np.interp(np.log(diameter), sizes, values))


def _law(name):
    if name not in LAWS:
        raise ValueError(f"the law is {name!r}; it must be one of {', '.join(LAWS)}")
    return LAWS[name]
