"""What a space charge adds to the resistance: an integral that hangs on where the first atomic layer is cut."""

import numpy as np

from sslib.interfaces.quadrature import NODES, WEIGHTS
from sslib.interfaces.space_charge import electric_field, potential_profile
from sslib.kinetics import thermal_voltage


def layer_resistance(conductor, conductivity, potential, cut_off=0.0):
    r"""Resistance of a space charge beyond what the bulk would have in its place [ohm m2].

    .. math:: R(d) = \int_d^\infty \Big(\frac{1}{\sigma(x)} - \frac{1}{\sigma_0}\Big) dx
              = \int_0^{\varphi(d)} \Big(\frac{1}{\sigma(\varphi)} - \frac{1}{\sigma_0}\Big) \frac{d\varphi}{E(\varphi)}

    from the cut-off d on: a continuum has conductivity between the electrode and the first atoms, a crystal has not.

    Parameters
    ----------
    conductor : IonConductor
        With one mobile charge, or several that turn into one another at every place, as the defects of one ion do
        (their conductivities add); where they do not, each has its own integral.
    conductivity : array_like
        Of each mobile charge in the bulk [S/m].
    potential : float
        Of the face against the bulk [V].
    cut_off : array_like
        Distance d from the face [m], zero or more.

    Returns
    -------
    numpy.ndarray
        In the shape of `cut_off`; negative for a layer that conducts better than the bulk.

    Notes
    -----
    The conductivity follows `IonConductor.conductivities`: a layer resists where ions are missing, and also where sites
    are. Small currents only: a large one moves the profile. What lies before the cut-off is left out of the resistance
    alone; its ions still screen. A gap of the same permittivity without ions takes less of the potential
    (`potential_behind_gap`), and leaves nine times as much at the far end of the example.

    Examples
    --------
    A garnet-like conductor (Li7La3Zr2O12 on nine sites, the permittivity of a film) of 0.1 mS/cm under 0.5686 V:
    between a cut at the electrode and one 0.264 nm further lie six orders of magnitude. The parameters are ours:

    >>> from sslib.interfaces import single_ion_conductor
    >>> from sslib.units import mS_cm, ohm_cm2
    >>> garnet = single_ion_conductor(42.6e3, 54.8e3, permittivity=152.0)
    >>> [f"{r:.2g}" for r in layer_resistance(garnet, 0.1 * mS_cm, 0.5686, [0.0, 0.264e-9]) / ohm_cm2]
    ['3e+03', '0.004']
    """
    bulk = float(np.sum(conductivity))
    at = np.asarray(potential_profile(conductor, potential, cut_off))
    # Panels of at most one kT/e, each by Gauss' rule: the integrand rises by e per kT/e.
    panels = int(np.ceil(np.abs(potential) / thermal_voltage(conductor.T))) + 1
    share = ((np.arange(panels)[:, None] + NODES) / panels).ravel()
    weights = np.tile(WEIGHTS / panels, panels)
    nothing_left = np.abs(at) < LEAST * thermal_voltage(conductor.T)
    there = np.where(nothing_left, 1.0, at)[..., None] * share
    excess = 1 / conductor.conductivities(there, conductivity).sum(axis=-1) - 1 / bulk
    return np.where(nothing_left, 0.0, at * ((excess / electric_field(conductor, there)) @ weights))[()]


LEAST = 1e-12
"""Potential over kT/e below which nothing is left of a layer, and nothing added."""
