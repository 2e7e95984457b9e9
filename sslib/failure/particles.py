"""The laws of cracking: strain of an active particle over its state of charge, stress of its rate, strength, energy.

Kernels, like `laws`: arrays broadcast and nothing is checked.
"""

import numpy as np

from sslib.kinetics import FARADAY
from sslib.mechanics import fracture_stress
from sslib.mechanics import volume_change as signed_volume_change

BUCCI_EXPANSION, BUCCI_ENERGY = 0.075, 4.0
"""Change of volume [1] and fracture energy [J/m2] at which a stiff electrolyte (15 GPa) begins to crack; Bucci 2017."""


def volume_change(state_of_charge, expansion):
    r"""Change of volume [1] against mid-cycle, where the cell is taken to be free of stress.

    .. math:: \Delta V/V = \beta \, |s - 1/2|

    Parameters
    ----------
    state_of_charge : array_like
        [1]
    expansion : array_like
        Over the whole range of the state of charge [1].
    """
    return np.abs(signed_volume_change(state_of_charge, expansion))


def cracking_energy_ratio(volume_change, fracture_energy):
    r"""Elastic energy of a constrained change of volume over the energy of fracture [1].

    .. math:: \left(\frac{\Delta V/V}{7.5\,\%}\right)^2 \frac{4\,\text{J/m}^2}{G_c}

    Parameters
    ----------
    volume_change : array_like
        [1]
    fracture_energy : array_like
        [J/m2]

    Notes
    -----
    Calibrated at Bucci's point and so for electrolytes near 15 GPa: the dependence on stiffness is disputed and left
    out. Bucci 2017, in source 002, section 3.1.

    Examples
    --------
    >>> float(cracking_energy_ratio(0.075, 4.0))
    1.0
    """
    return (volume_change / BUCCI_EXPANSION) ** 2 * BUCCI_ENERGY / fracture_energy


def insertion_stress(particle_current, radius, diffusivity, modulus, poisson, molar_volume):
    r"""Tensile stress at the centre of a particle during steady insertion [Pa].

    .. math:: \sigma = \frac{E \, \Omega \, j_p R_p}{15 (1 - \nu) F D}

    Parameters
    ----------
    particle_current : array_like
        Per surface of the particle [A/m2].
    radius : array_like
        [m]
    diffusivity : array_like
        Of lithium in the particle [m2/s].
    modulus : array_like
        Young's modulus [Pa].
    poisson : array_like
        [1]
    molar_volume : array_like
        Partial molar volume of lithium in the particle [m3/mol].

    Notes
    -----
    Elastic sphere, constant diffusivity, the parabolic profile that constant current reaches after 0.1 R2/D: an upper
    bound for a shorter time. On extraction the same stress is at the surface, compressive at the centre.

    Examples
    --------
    6.4 MPa at 0.05 A/m2, with a Poisson ratio of 0.25:

    >>> print(f"{insertion_stress(0.05, 5e-6, 1e-14, 140e9, 0.25, 2e-6) / 1e6:.2g}")
    6.4
    """
    return modulus * molar_volume * particle_current * radius / (15 * (1 - poisson) * FARADAY * diffusivity)


def particle_strength(toughness, flaw_size):
    """Stress [Pa] at which a surface flaw of a size [m] grows in a particle of a toughness [Pa m^0.5].

    On extraction the surface is in tension, by as much as the centre is on insertion, and a surface flaw is the sharper
    one: its factor is 1.12, that of an internal flaw 2/pi.
    """
    return fracture_stress(toughness, flaw_size)


def end_diffusivity(state_of_charge, best, fall):
    r"""Diffusivity of lithium in a layered oxide [m2/s], which falls towards both ends of the state of charge.

    .. math:: D = D_{1/4} \, f^{-|s - 0.25|/0.55}

    Parameters
    ----------
    state_of_charge : array_like
        [1]
    best : array_like
        At a state of charge of 0.25 [m2/s].
    fall : array_like
        f, by how much less it is at 0.8 [1].

    Notes
    -----
    A line in ln D through two points of NMC811; that it falls as steeply below 0.25 is assumed.

    Examples
    --------
    >>> print(f"{end_diffusivity(0.25, 2e-14, 20 / 3):.1e} {end_diffusivity(0.8, 2e-14, 20 / 3):.1e}")
    2.0e-14 3.0e-15
    """
    return best * fall ** (-np.abs(state_of_charge - 0.25) / 0.55)
