r"""The laws at the lithium electrode and in the separator: stripping, contact, wedging, growth of a short, interphase.

Kernels: arrays broadcast and nothing is checked, since `Conditions` and `Parameters` are checked where they are made.
Numbers in the examples are those of the reference sheet on failure unless a source is named.
"""

import numpy as np
from scipy.constants import N_A, R

from sslib.mechanics import overpotential_pressure
from sslib.units import MPa, reference_temperature

VOID_PRESSURE = 3 * MPa
"""Stack pressure at which the parameter of the stripping law is stated [Pa]."""

CONTACT_PRESSURE = 5 * MPa
"""Stack pressure at which the parameter of the contact law is stated [Pa]."""


def arrhenius(T, energy):
    r"""Factor [1] by which a process with an activation energy [J/mol] is slower at T [K] than at 298.15 K.

    .. math:: \exp\left(\frac{E}{R}\left(\frac{1}{T} - \frac{1}{T_0}\right)\right)
    """
    return np.exp(energy / R * (1 / T - 1 / reference_temperature))


def stripping_limit(stack_pressure, T, current, exponent, energy):
    r"""Current density above which stripping leaves voids [A/m2].

    .. math:: j = j_3 \left(\frac{P}{3\,\text{MPa}}\right)^m
              \exp\left(-\frac{E}{R}\left(\frac{1}{T} - \frac{1}{T_0}\right)\right)

    Parameters
    ----------
    stack_pressure : array_like
        [Pa]
    T : array_like
        [K]
    current : array_like
        Limit at 3 MPa and 298.15 K [A/m2].
    exponent : array_like
        m [1].
    energy : array_like
        E [J/mol].

    Notes
    -----
    Semi-empirical: three numbers through four onsets on Li|LPSCl at 1 to 7 MPa and 25 to 80 °C, with a band of a
    factor 2. First principles fail both ways: bulk creep would allow 3.7e5 mA/cm2, and closure of a void in a
    power-law solid gives a step near 2 MPa.

    Examples
    --------
    8.7 mA/cm2 at 5 MPa and 80 °C, where 2.5 were survived:

    >>> from sslib.units import celsius, mA_cm2
    >>> round(float(stripping_limit(5 * MPa, celsius(80), 0.22 * mA_cm2, 1.72, 44.5e3) / mA_cm2), 1)
    8.7
    """
    return current * np.exp(
        exponent * np.log(stack_pressure / VOID_PRESSURE) - energy / R * (1 / T - 1 / reference_temperature)
    )


def contact_resistance(stack_pressure, T, resistance, exponent, energy):
    r"""Area-specific resistance of lithium on an electrolyte [ohm m2].

    .. math:: R = R_5 \left(\frac{P}{5\,\text{MPa}}\right)^{-m}
              \exp\left(\frac{E}{k}\left(\frac{1}{T} - \frac{1}{T_0}\right)\right)

    Parameters
    ----------
    stack_pressure : array_like
        [Pa]
    T : array_like
        [K]
    resistance : array_like
        At 5 MPa and 298.15 K [ohm m2].
    exponent : array_like
        m [1].
    energy : array_like
        E of one carrier [J].

    Notes
    -----
    Read for rising pressure between 5 and 25 MPa (Doux 2020, secondary source). It is a path and not a function: a
    virgin contact had 110 ohm, and 50 ohm at the same low pressure after a visit to 25 MPa. Elsewhere m is 0.5. The
    activation energy is that of the bulk, as a proxy.

    Examples
    --------
    From 25 to 8 ohm cm2 between 5 and 25 MPa, and 4.2 times as much at 0 °C:

    >>> from sslib.units import celsius, eV, ohm_cm2
    >>> round(float(contact_resistance(25 * MPa, 298.15, 25 * ohm_cm2, 0.71, 0.4 * eV) / ohm_cm2), 1)
    8.0
    >>> round(float(contact_resistance(5 * MPa, celsius(0), 1.0, 0.71, 0.4 * eV)), 1)
    4.2
    """
    per_mole = energy * N_A / R
    return resistance * np.exp(
        per_mole * (1 / T - 1 / reference_temperature) - exponent * np.log(stack_pressure / CONTACT_PRESSURE)
    )


def wedging_limit(stack_pressure, strength, resistance):
    r"""Current density at which lithium in a flaw wedges the electrolyte open at once [A/m2].

    .. math:: j = \frac{(\sigma_c - P) \, V_m}{F R}

    Stack pressure and overpotential press on the same flaw and add: without current it is the mechanical short, at
    :math:`P = \sigma_c`.

    Parameters
    ----------
    stack_pressure : array_like
        [Pa]
    strength : array_like
        Fracture stress of the flaw [Pa], from `sslib.mechanics.fracture_stress`.
    resistance : array_like
        Area-specific resistance across which the overpotential in the flaw builds up [ohm m2].

    Notes
    -----
    Griffith's criterion for a flaw filled with lithium (Porz; source 002, equation 7). With a resistance that falls
    as P^-0.71 the limit has a maximum at 0.415 of the strength.

    Examples
    --------
    From 0.09 mA/cm2 at 1 MPa to 0.46 at 21.5 MPa for a strength of 52 MPa:

    >>> from sslib.units import eV, mA_cm2, ohm_cm2
    >>> pressure = np.array([1, 21.5]) * MPa
    >>> resistance = contact_resistance(pressure, 298.15, 25 * ohm_cm2, 0.71, 0.4 * eV)
    >>> np.round(wedging_limit(pressure, 52 * MPa, resistance) / mA_cm2, 2).tolist()
    [0.09, 0.46]
    """
    return np.maximum(strength - stack_pressure, 0) / overpotential_pressure(resistance)


def charge_to_short(stack_pressure, charge, pressure_rate):
    r"""Charge per area that passes until a flaw below its onset has grown into a short [C/m2].

    .. math:: q = q_0 \, e^{-b P}

    Parameters
    ----------
    stack_pressure : array_like
        [Pa]
    charge : array_like
        Extrapolated to no pressure [C/m2].
    pressure_rate : array_like
        b [1/Pa].

    Notes
    -----
    Subcritical growth. Doux 2020 cycled at one current density, 0.075 mA/cm2, for t = 2330 h exp(-0.145 P/MPa); that
    charge and not time counts is an assumption, which has one check: Duan 2022 at four times the current and 15 MPa
    shorted after 50 h, and the law says 66 h. Known at 5 to 25 MPa and 25 °C; how it depends on temperature is not.

    Examples
    --------
    Hours at 0.075 mA/cm2 and 5, 10 and 25 MPa, where > 1000, 474 and 48 were seen:

    >>> from sslib.units import mA_cm2, mAh_cm2, hour
    >>> q = charge_to_short(np.array([5, 10, 25]) * MPa, 174.7 * mAh_cm2, 0.145 / MPa)
    >>> np.round(q / (0.075 * mA_cm2) / hour).tolist()
    [1128.0, 546.0, 62.0]
    """
    return charge * np.exp(-pressure_rate * stack_pressure)


def interphase_resistance(hours, first_hour, exponent, acceleration=1.0):
    r"""Area-specific resistance that an interphase has added after a time [ohm m2].

    .. math:: R = R_1 \, (a \, t/\text{h})^n

    Parameters
    ----------
    hours : array_like
        Time [h].
    first_hour : array_like
        :math:`R_1`, added in the first hour [ohm m2].
    exponent : array_like
        n [1]: 0.5 where the interphase passivates, 1 where it does not.
    acceleration : array_like
        a, how much faster than at 298.15 K and below the potential of oxidation [1].

    Examples
    --------
    Uncoated NCM|argyrodite, 8.94 ohm cm2 in the first hour (Jung 2019, secondary source), after 100 h:

    >>> round(float(interphase_resistance(100.0, 8.94, 0.5)), 1)
    89.4
    """
    return first_hour * (acceleration * hours) ** exponent
