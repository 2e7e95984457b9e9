"""Charge transfer at an interface: Butler-Volmer, its inverse and its limits."""

import numpy as np
from scipy.constants import N_A, e, k

from sslib.checks import check_between, check_positive

FARADAY = N_A * e
"""Faraday's constant [C/mol], exact in the SI."""


def thermal_voltage(T):
    """kT/e = RT/F [V] at a temperature T [K].

    >>> float(round(thermal_voltage(298.15) * 1e3, 3))
    25.693
    """
    check_positive(T=T)
    return k * np.asarray(T, dtype=float)[()] / e


def butler_volmer(overpotential, exchange_current, T=298.15, alpha=0.5):
    r"""Current density [A/m2] of a one-electron charge transfer.

    .. math:: i = i_0 \left[\exp\frac{\alpha F \eta}{R T} - \exp\frac{-(1 - \alpha) F \eta}{R T}\right]

    Parameters
    ----------
    overpotential : array_like
        Positive drives the oxidation [V].
    exchange_current : array_like
        [A/m2] of the surface at which the current is counted.
    T : array_like
        [K].
    alpha : array_like
        Transfer coefficient of the oxidation [1]; that of the reduction is one less it.

    Notes
    -----
    Holds for one rate-determining step and reactants that are not used up at the surface. Source 002, equations 11, 12.

    Examples
    --------
    The linear form is 2.5 % too small at 20 mV (source 002 uses it without a limit):

    >>> linear = 0.020 / charge_transfer_resistance(1.0)
    >>> float(round(100 * (butler_volmer(0.020, 1.0) / linear - 1), 1))
    2.5
    """
    check_positive(exchange_current=exchange_current)
    check_between(0, 1, alpha=alpha)
    x, alpha = np.asarray(overpotential, dtype=float) / thermal_voltage(T), np.asarray(alpha, dtype=float)
    return np.asarray(exchange_current) * (np.expm1(alpha * x) - np.expm1(-(1 - alpha) * x))


def activation_overpotential(current_density, exchange_current, T=298.15):
    r"""Overpotential [V] that a current takes where both transfer coefficients are one half.

    .. math:: \eta = \frac{2 R T}{F} \operatorname{arsinh} \frac{i}{2 i_0}

    Parameters
    ----------
    current_density, exchange_current : array_like
        [A/m2].
    T : array_like
        [K].

    Examples
    --------
    >>> float(round(butler_volmer(activation_overpotential(3.0, 0.7), 0.7), 12))
    3.0
    """
    check_positive(exchange_current=exchange_current)
    return 2 * thermal_voltage(T) * np.arcsinh(np.asarray(current_density) / (2 * np.asarray(exchange_current)))


def tafel_overpotential(current_density, exchange_current, T=298.15, alpha=0.5):
    r"""Overpotential [V] of an oxidation far from equilibrium, where the reverse reaction no longer counts.

    .. math:: \eta = \frac{R T}{\alpha F} \ln \frac{i}{i_0}

    Parameters
    ----------
    current_density, exchange_current : array_like
        [A/m2].
    T : array_like
        [K].
    alpha : array_like
        Transfer coefficient [1].

    Notes
    -----
    Of use above some 0.1 V: there the reverse reaction is 2 % of the current.

    Examples
    --------
    118 mV a decade at 25 °C and one half:

    >>> float(round(tafel_overpotential(10.0, 1.0) * 1e3, 1))
    118.3
    """
    check_positive(current_density=current_density, exchange_current=exchange_current, alpha=alpha)
    return thermal_voltage(T) / np.asarray(alpha) * np.log(np.asarray(current_density) / exchange_current)


def charge_transfer_resistance(exchange_current, T=298.15):
    r"""Resistance of the interface [ohm m2] at small overpotential; its own inverse.

    .. math:: R_\text{ct} = \frac{R T}{F i_0}

    Parameters
    ----------
    exchange_current : array_like
        [A/m2]; a resistance [ohm m2] gives the exchange current back.
    T : array_like
        [K].

    Examples
    --------
    >>> float(round(charge_transfer_resistance(4.238098), 6))
    0.006062
    """
    check_positive(exchange_current=exchange_current)
    return thermal_voltage(T) / np.asarray(exchange_current)
