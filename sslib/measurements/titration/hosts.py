"""What is titrated: a dense film or spherical particles, and what their size has to do with the diffusivity found."""

from dataclasses import dataclass

import numpy as np

from sslib.checks import check_between, check_positive
from sslib.kinetics import FARADAY
from sslib.measurements.heads import stated
from sslib.units import cm2, mm, um


@dataclass(frozen=True)
class Host:
    """An insertion material of one size, reached by the ion over all of its surface.

    A current counts as positive where it takes the ion out (oxidation at a cathode), so that it lowers the composition.
    """

    def __post_init__(self):
        check_positive(**{name: getattr(self, name) for name in self._positive})
        check_between(0, 1, length_error=self.length_error)

    @property
    def capacity(self):
        """Charge of all sites [C]."""
        return FARADAY * self.sites * self.volume

    def composition_change(self, charge):
        """Change of the mean composition [1] by a charge [C]."""
        return -np.asarray(charge) / self.capacity

    def diffusivity(self, time):
        """Diffusivity [m2/s] of a diffusion time L²/D [s]: an error of the length counts twice."""
        return self.length**2 / np.asarray(time)


@dataclass(frozen=True)
class Film(Host):
    r"""A dense film, blocked at its far face.

    Attributes
    ----------
    area : float
        Of the face that the ion crosses [m2]. Where the volume is known (from a mass), the thickness is volume over
        area, and a relative error of the area is one of the length.
    thickness : float
        L [m].
    sites : float
        Density of sites for the ion [mol/m3]: a composition counts the share that is taken.
    length_error : float
        Relative standard error of the length [1]; D carries it twice, as :math:`D = L^2/\tau_d`.

    Examples
    --------
    A thickness that is 10 % too large makes D 21 % too large:

    >>> thin, thick = (Film(area=1e-4, thickness=own, sites=5e4) for own in (1e-6, 1.1e-6))
    >>> round(float(thick.diffusivity(100.0) / thin.diffusivity(100.0)), 2)
    1.21
    """

    area: float
    thickness: float
    sites: float
    length_error: float = 0.0

    shape = "film"
    _positive = ("area", "thickness", "sites")

    @property
    def length(self):
        """Length of diffusion [m]."""
        return self.thickness

    @property
    def volume(self):
        """Of the material [m3]."""
        return self.area * self.thickness

    @property
    def volume_per_area(self):
        """V/A of the interface [m], what the short-time formulas take."""
        return self.thickness


@dataclass(frozen=True)
class Sphere(Host):
    """Spherical particles of one radius.

    Attributes
    ----------
    volume : float
        Of all particles [m3]: mass over density.
    radius : float
        R [m]; from an area by gas adsorption it is 3 volume/area, of the area that the electrolyte wets.
    sites : float
        Density of sites [mol/m3].
    length_error : float
        Relative standard error of the radius [1]; D carries it twice.

    Examples
    --------
    >>> round(Sphere(volume=1e-9, radius=3e-6, sites=5e4).volume_per_area / 1e-6, 9)
    1.0
    """

    volume: float
    radius: float
    sites: float
    length_error: float = 0.0

    shape = "sphere"
    _positive = ("volume", "radius", "sites")

    @property
    def length(self):
        """Length of diffusion [m]."""
        return self.radius

    @property
    def area(self):
        """Of all particles [m2]."""
        return 3 * self.volume / self.radius

    @property
    def volume_per_area(self):
        """V/A of the interface [m]."""
        return self.radius / 3


def stated_host(
    series,
    *,
    shape=None,
    area_cm2=None,
    thickness_um=None,
    volume_mm3=None,
    radius_um=None,
    sites_mol_m3=None,
    length_error_percent=0.0,
):
    """What is titrated, `Film` or `Sphere`, as given or else as the head of the series' file states it.

    Parameters
    ----------
    series : TimeSeries
    shape : str, optional
        "film" or "sphere".
    area_cm2, thickness_um : float, optional
        Of a film.
    volume_mm3, radius_um : float, optional
        Of all particles, and of one.
    sites_mol_m3 : float, optional
        Density of sites for the ion.
    length_error_percent : float
        Relative standard error of thickness or radius.

    Raises
    ------
    ValueError
        For what is neither given nor stated.
    """
    shape = series.header.get("shape", "").strip() if shape is None else shape
    sites = stated(series, "sites_mol_m3", sites_mol_m3)
    error = length_error_percent / 100
    if shape == "film":
        area = stated(series, "area_cm2", area_cm2) * cm2
        return Film(area, stated(series, "thickness_um", thickness_um) * um, sites, error)
    if shape == "sphere":
        volume = stated(series, "volume_mm3", volume_mm3) * mm**3
        return Sphere(volume, stated(series, "radius_um", radius_um) * um, sites, error)
    raise ValueError(f"shape is {shape!r}; it must be 'film' or 'sphere', given or in the head of {series.source!r}")
