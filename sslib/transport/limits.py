"""What an electrolyte's conduction allows: ohmic drop, electrons, space charge, and the potentials it endures."""

import numpy as np
from scipy.constants import R, epsilon_0

from sslib.checks import check_positive
from sslib.kinetics import FARADAY
from sslib.units import S_cm, mA_cm2


def ohmic_thickness(conductivity, current_density, voltage_drop):
    r"""Thickest separator [m] that keeps the ohmic drop within a budget.

    .. math:: L = \sigma \, \Delta V / j

    Parameters
    ----------
    conductivity : array_like
        Ionic conductivity of the separator [S/m].
    current_density : array_like
        Current density [A/m2].
    voltage_drop : array_like
        Allowed ohmic drop [V].

    Examples
    --------
    50 mV at 3 mA/cm2 in 0.1 mS/cm leave 16.7 um (B. Wu et al., doi 10.1039/C6TA05439K, section 1):

    >>> from sslib.units import mA_cm2, mS_cm, um
    >>> round(ohmic_thickness(0.1 * mS_cm, 3 * mA_cm2, 0.050) / um, 1)
    16.7
    """
    check_positive(conductivity=conductivity, current_density=current_density, voltage_drop=voltage_drop)
    return conductivity * voltage_drop / current_density


def electronic_critical_current(electronic_conductivity):
    r"""Current density [A/m2] above which electrons in the electrolyte let lithium grow inside it (Han).

    .. math:: j = 1\,\text{mA cm}^{-2} \sqrt{10^{-10}\,\text{S cm}^{-1} / \sigma_e}

    Parameters
    ----------
    electronic_conductivity : array_like
        [S/m]

    Notes
    -----
    A straight line in logarithms through two statements, 1e-10 S/cm for 1 and 1e-12 S/cm for 10 mA/cm2: empirical, and
    disputed (Fincher 2022 finds electronic conduction negligible). Source 002, after Han 2019; the same source names
    1e-9 S/cm as a general target, which this law gives 0.3 mA/cm2.

    Examples
    --------
    LLZO, Li3PS4 and LiPON:

    >>> limit = electronic_critical_current(np.array([5.5e-8, 2.2e-9, 1e-14]) * S_cm) / mA_cm2
    >>> np.round(limit, 3).tolist()
    [0.043, 0.213, 100.0]
    """
    check_positive(electronic_conductivity=electronic_conductivity)
    return mA_cm2 * np.sqrt(1e-10 * S_cm / np.asarray(electronic_conductivity, dtype=float))


def electronic_conductivity_limit(current_density):
    r"""Electronic conductivity [S/m] that a current density allows; the inverse of `electronic_critical_current`.

    .. math:: \sigma_e = 10^{-10}\,\text{S cm}^{-1} (1\,\text{mA cm}^{-2} / j)^2

    Parameters
    ----------
    current_density : array_like
        [A/m2]

    Examples
    --------
    >>> [f"{limit:.0e}" for limit in electronic_conductivity_limit(np.array([1.0, 10.0]) * mA_cm2) / S_cm]
    ['1e-10', '1e-12']
    """
    check_positive(current_density=current_density)
    return 1e-10 * S_cm * (mA_cm2 / np.asarray(current_density, dtype=float)) ** 2


def debye_length(permittivity, mobile_concentration, T):
    r"""Debye length [m] of a space charge.

    .. math:: \lambda = \sqrt{\frac{\epsilon_r \epsilon_0 R T}{F^2 \sum_i z_i^2 c_i}}

    Parameters
    ----------
    permittivity : array_like
        Relative permittivity [1].
    mobile_concentration : array_like
        :math:`\sum_i z_i^2 c_i` over all mobile charges of the bulk [mol/m3].
    T : array_like
        [K]

    Notes
    -----
    For dilute charges that do not interact and potentials small against kT/e. In a solid electrolyte, whose charges
    are neither, it comes out below a lattice spacing: a scale, no profile. Source 002, equation 4, whose concentration
    lacks the index.

    Examples
    --------
    One electrolyte has one bulk and so one Debye length; the 0.63 and 0.71 nm that source 002 states for its two sides
    need concentrations 27 % apart:

    >>> [round(float(debye_length(1.0, c, 298.15)) * 1e9, 2) for c in (5.9404, 4.6771)]
    [0.63, 0.71]
    """
    check_positive(permittivity=permittivity, mobile_concentration=mobile_concentration, T=T)
    energy = np.asarray(permittivity, dtype=float) * epsilon_0 * R * np.asarray(T)
    return np.sqrt(energy / (FARADAY**2 * np.asarray(mobile_concentration)))


def stability_margin(lower, upper, potential):
    """How far an electrode's potential lies inside the window of an electrolyte [V]; negative outside.

    Parameters
    ----------
    lower, upper : array_like
        Ends of the stability window against lithium [V].
    potential : array_like
        Of the electrode against lithium [V].

    Raises
    ------
    ValueError
        For a window whose upper end is not above its lower one.

    Notes
    -----
    A window from thermodynamics is what can happen, not how fast: an interphase may passivate far outside. One from
    slow voltammetry at a smooth contact is too wide: source 002 has 0 to 5 V and, with carbon, 1.7 to 2.1 V for
    LGPS.

    Examples
    --------
    LPS (0 to 2.01 V in source 002) under a cathode at 4.2 V:

    >>> round(float(stability_margin(0.0, 2.01, 4.2)), 2)
    -2.19
    """
    lower, upper = np.asarray(lower, dtype=float), np.asarray(upper, dtype=float)
    check_positive(**{"width of the stability window": upper - lower})
    return np.minimum(np.asarray(potential) - lower, upper - np.asarray(potential))
