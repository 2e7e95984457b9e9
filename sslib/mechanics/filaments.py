"""What keeps lithium out of a solid electrolyte or drives it in: stiffness, overpotential, pressure."""

import numpy as np
from scipy.constants import epsilon_0

from sslib.checks import check_positive
from sslib.kinetics import FARADAY

LITHIUM_MOLAR_VOLUME = 1.3e-5
"""Of the metal [m3/mol]."""


def monroe_newman_ratio(shear_modulus, lithium_shear_modulus):
    r"""Shear modulus of an electrolyte over that of lithium [1]; the criterion asks for at least 2.

    .. math:: G_\text{SE} / G_\text{Li}

    Parameters
    ----------
    shear_modulus, lithium_shear_modulus : array_like
        [Pa]. Lithium's has no default: sources give 2.83, 4.25 and 4.8 GPa, and the verdict on soft sulfides hangs on
        the choice.

    Notes
    -----
    From linear elasticity of a flat interface that begins to undulate: necessary and not sufficient. LLZO exceeds it
    sevenfold and shorts all the same, through flaws and grain boundaries. Source 002, section 2.3 (twice); source 003
    cites tenfold. Source 002 calls LPS just compliant enough where it means stiff, and only the upper end of its range
    is.

    Examples
    --------
    LPS at both ends of its range, with lithium's 4.25 GPa (source 002, Table 1):

    >>> from sslib.units import GPa
    >>> np.round(monroe_newman_ratio(np.array([3.4, 9.5]) * GPa, 4.25 * GPa), 2).tolist()
    [0.8, 2.24]
    """
    check_positive(shear_modulus=shear_modulus, lithium_shear_modulus=lithium_shear_modulus)
    return np.asarray(shear_modulus, dtype=float) / np.asarray(lithium_shear_modulus)


def overpotential_pressure(overpotential, molar_volume=LITHIUM_MOLAR_VOLUME):
    r"""Pressure that plating at an overpotential can build up in confined lithium [Pa].

    .. math:: p = F \eta / V_m

    Parameters
    ----------
    overpotential : array_like
        How far the metal in the flaw is below the equilibrium potential of unstressed lithium; a magnitude [V].
    molar_volume : array_like
        Of the metal [m3/mol].

    Notes
    -----
    The equilibrium of a plugged flaw: lithium that can creep or leak out stays below. Reference sheet to source 002.

    Examples
    --------
    10 mV are 74 MPa:

    >>> from sslib.units import MPa, mV
    >>> round(float(overpotential_pressure(10 * mV) / MPa), 1)
    74.2
    """
    check_positive(molar_volume=molar_volume)
    return FARADAY * np.asarray(overpotential, dtype=float) / molar_volume


def pressure_overpotential(pressure, molar_volume=LITHIUM_MOLAR_VOLUME):
    r"""Overpotential [V] that a pressure stands for; the inverse of `overpotential_pressure`.

    .. math:: \eta = p V_m / F

    Parameters
    ----------
    pressure : array_like
        [Pa]
    molar_volume : array_like
        Of the metal [m3/mol].

    Examples
    --------
    LPS with a flaw of 5 um cracks at 52 MPa, which are 7.0 mV:

    >>> from sslib.mechanics import fracture_stress
    >>> from sslib.units import MPa, mV, um
    >>> round(float(pressure_overpotential(fracture_stress(0.23 * MPa, 5 * um)) / mV), 1)
    7.0
    """
    check_positive(molar_volume=molar_volume)
    return np.asarray(pressure, dtype=float) * molar_volume / FARADAY


def critical_current_of_pressure(pressure_difference, interface_resistance, capacitance, permittivity):
    r"""Critical current density [A/m2] of a grain boundary that takes lithium in beyond a critical pressure.

    .. math:: i_c = \frac{\sqrt{6 \epsilon_0 \epsilon_r |\Delta p_c|}}{R_\text{int} C_\text{int}}

    Parameters
    ----------
    pressure_difference : array_like
        Critical difference of pressure between the inside of the electrolyte and its interface [Pa]; its sign does
        not matter.
    interface_resistance : array_like
        [ohm m2]
    capacitance : array_like
        Of the interface [F/m2].
    permittivity : array_like
        Relative permittivity of the electrolyte [1].

    Notes
    -----
    The critical pressure is a fitted property of a sample, and the capacitance of a space charge is hard to tell from
    that of a boundary: a band rather than a number. Source 002, equation 1, which lacks :math:`\epsilon_0` (as printed
    it is 3.4e5 times too large, in sqrt(Pa)/s) and lists resistances in ohm per area.

    Examples
    --------
    LLZO with 1 kPa, 100 ohm cm2 and 1 uF/cm2:

    >>> from sslib.units import kPa, mA_cm2, ohm_cm2, uF_cm2
    >>> round(float(critical_current_of_pressure(1 * kPa, 100 * ohm_cm2, 1 * uF_cm2, 40) / mA_cm2), 2)
    1.46
    """
    size = np.abs(np.asarray(pressure_difference, dtype=float))
    check_positive(pressure_difference=size, interface_resistance=interface_resistance)
    check_positive(capacitance=capacitance, permittivity=permittivity)
    charge = np.sqrt(6 * epsilon_0 * np.asarray(permittivity) * size)
    return charge / (np.asarray(interface_resistance) * capacitance)


def critical_pressure_of_current(current_density, interface_resistance, capacitance, permittivity):
    r"""Critical difference of pressure [Pa] that a measured critical current density implies.

    .. math:: |\Delta p_c| = \frac{(i_c R_\text{int} C_\text{int})^2}{6 \epsilon_0 \epsilon_r}

    Parameters
    ----------
    current_density : array_like
        Critical current density [A/m2].
    interface_resistance, capacitance, permittivity : array_like
        As for `critical_current_of_pressure`.

    Examples
    --------
    >>> from sslib.units import mA_cm2, ohm_cm2, uF_cm2
    >>> round(float(critical_pressure_of_current(0.5 * mA_cm2, 100 * ohm_cm2, 1 * uF_cm2, 40)), 1)
    117.6
    """
    check_positive(current_density=current_density, interface_resistance=interface_resistance)
    check_positive(capacitance=capacitance, permittivity=permittivity)
    charge = np.asarray(current_density, dtype=float) * interface_resistance * capacitance
    return charge**2 / (6 * epsilon_0 * np.asarray(permittivity))
