"""Where ions pass from one conductor into another: currents, the resistance at rest, and asymmetry with the bias."""

import numpy as np

from sslib.checks import check_between, check_positive
from sslib.kinetics import FARADAY, charge_transfer_resistance, thermal_voltage
from sslib.transport import BOLTZMANN


def diffusion_limited_current(diffusivity, concentration, thickness, charge_number=1):
    r"""Largest current density [A/m2] that diffusion brings to an interface.

    .. math:: i_\text{lim} = z F D c / \delta

    Parameters
    ----------
    diffusivity : array_like
        Of the ion in the layer [m2/s].
    concentration : array_like
        Outside of the layer [mol/m3].
    thickness : array_like
        Of the diffusion layer [m].
    charge_number : array_like
        [1].

    Notes
    -----
    Diffusion alone, with the ion's concentration at the interface falling to zero. In a binary electrolyte, where the
    field helps the cation along, the salt's diffusivity over one less the transference number stands for D. In a
    single-ion conductor no gradient forms, and there is no such limit. Source 003, equation 1.

    Examples
    --------
    1 mol/L through 100 um of a liquid with 2e-10 m2/s:

    >>> from sslib.units import mA_cm2, um
    >>> float(round(diffusion_limited_current(2e-10, 1000.0, 100 * um) / mA_cm2, 3))
    19.297
    """
    check_positive(diffusivity=diffusivity, concentration=concentration, thickness=thickness)
    check_positive(charge_number=charge_number)
    return np.asarray(charge_number) * FARADAY * np.asarray(diffusivity, dtype=float) * concentration / thickness


def crossing_current(potential_step, forward, backward, jump, T=298.15, alpha=0.5, charge_number=1):
    r"""Current density [A/m2] across an interface, from the rates of both directions.

    .. math:: i = z F d \left[c_1 k_\rightarrow e^{-(\Delta G_\rightarrow + \alpha z F \Delta\varphi)/RT}
              - c_2 k_\leftarrow e^{-(\Delta G_\leftarrow - (1 - \alpha) z F \Delta\varphi)/RT}\right]

    Parameters
    ----------
    potential_step : array_like
        :math:`\Delta\varphi`, potential of the second conductor less that of the first [V].
    forward, backward : tuple of array_like
        Concentration [mol/m3], rate constant [1/s] and barrier [J] of the jump out of the first conductor and out of
        the second.
    jump : array_like
        Distance :math:`d` of the jump, the thickness of the Helmholtz-like layer [m].
    T : array_like
        [K].
    alpha : array_like
        Share of the potential step that lies before the transition state, seen from the first conductor [1].
    charge_number : array_like
        [1].

    Notes
    -----
    One activated jump, concentrations that the current does not change. The two rates of source 003, section 5, from
    which its equation 2 follows at equilibrium (`exchange_current`).

    Examples
    --------
    No current at the step where both rates are equal:

    >>> from sslib.units import eV, nm
    >>> sides = (1000.0, 1e13, 0.55 * eV), (2e4, 1e12, 0.5 * eV)
    >>> step = equilibrium_step(*sides)
    >>> bool(abs(crossing_current(step, *sides, 0.5 * nm)) < 1e-12 * exchange_current(*sides, 0.5 * nm))
    True
    """
    out, back = _attempts(forward, backward, T)
    check_positive(jump=jump, charge_number=charge_number)
    check_between(0, 1, alpha=alpha)
    check_between(-np.inf, np.inf, potential_step=potential_step)
    x = np.asarray(charge_number) * np.asarray(potential_step, dtype=float) / thermal_voltage(T)
    alpha = np.asarray(alpha, dtype=float)
    rates = np.exp(out - alpha * x) - np.exp(back + (1 - alpha) * x)
    return np.asarray(charge_number) * FARADAY * np.asarray(jump) * rates


def equilibrium_step(forward, backward, T=298.15, charge_number=1):
    r"""Potential step [V] across an interface at which as many ions jump forth as back.

    .. math:: \Delta\varphi_\text{eq} = \frac{R T}{z F} \ln\frac{c_1 k_\rightarrow}{c_2 k_\leftarrow}
              - \frac{\Delta G_\rightarrow - \Delta G_\leftarrow}{z F}

    Parameters
    ----------
    forward, backward, T, charge_number
        As for `crossing_current`.

    Examples
    --------
    Two conductors that are alike:

    >>> from sslib.units import eV
    >>> float(equilibrium_step((1e4, 1e12, 0.5 * eV), (1e4, 1e12, 0.5 * eV)))
    0.0
    """
    out, back = _attempts(forward, backward, T)
    check_positive(charge_number=charge_number)
    return thermal_voltage(T) / np.asarray(charge_number) * (out - back)


def exchange_current(forward, backward, jump, T=298.15, alpha=0.5, charge_number=1):
    r"""Exchange current density [A/m2] of an interface from concentrations and barriers on both sides.

    .. math:: i_0 = z F d\, (c_1 k_\rightarrow)^{1 - \alpha} (c_2 k_\leftarrow)^{\alpha}\, e^{-\Delta G/RT}, \qquad
              \Delta G = (1 - \alpha)\,\Delta G_\rightarrow + \alpha\,\Delta G_\leftarrow

    Parameters
    ----------
    forward, backward, jump, T, alpha, charge_number
        As for `crossing_current`.

    Notes
    -----
    Source 003, equation 2, prints it without :math:`z F`, which is a molar flux, and leaves open which barrier its
    "reduced" one is: only this mean makes it the rate of either direction at their equilibrium.

    Examples
    --------
    Sixteen times the salt, four times the exchange current at one half:

    >>> from sslib.units import eV, nm
    >>> solid = (2e4, 1e12, 0.5 * eV)
    >>> a, b = (exchange_current((c, 1e13, 0.55 * eV), solid, 0.5 * nm) for c in (100.0, 1600.0))
    >>> float(round(b / a, 12))
    4.0
    """
    out, back = _attempts(forward, backward, T)
    check_positive(jump=jump, charge_number=charge_number)
    check_between(0, 1, alpha=alpha)
    alpha = np.asarray(alpha, dtype=float)
    return np.asarray(charge_number) * FARADAY * np.asarray(jump) * np.exp((1 - alpha) * out + alpha * back)


def polarisation_resistance(exchange_current_density, interphase_resistance=0.0, T=298.15, charge_number=1):
    r"""Resistance [ohm m2] of an interface at small currents: charge transfer with an interphase in series.

    .. math:: R_P = R_\text{interphase} + \frac{R T}{z F i_0}

    Parameters
    ----------
    exchange_current_density : array_like
        [A/m2].
    interphase_resistance : array_like
        Area-specific [ohm m2].
    T : array_like
        [K].
    charge_number : array_like
        [1].

    Notes
    -----
    Source 003, equation 4, drops the :math:`z` that its equation 3 has.

    Examples
    --------
    The two parts at PEO10:LiTFSI | Li6PS5Cl, 0.3 and 2.1 ohm cm2 at 80 °C (source 003):

    >>> from sslib.units import celsius, ohm_cm2
    >>> i0 = charge_transfer_resistance(2.1 * ohm_cm2, celsius(80))
    >>> float(round(polarisation_resistance(i0, 0.3 * ohm_cm2, celsius(80)) / ohm_cm2, 12))
    2.4
    """
    check_between(0, np.inf, interphase_resistance=interphase_resistance)
    check_positive(charge_number=charge_number)
    return interphase_resistance + charge_transfer_resistance(exchange_current_density, T) / np.asarray(charge_number)


def bias_asymmetry(overpotential, T=298.15, alpha=0.5, charge_number=1):
    r"""Resistance of a charge transfer against a bias over that along it [1].

    .. math:: \frac{R(-\eta)}{R(\eta)} = \frac{i(\eta)}{-i(-\eta)} = \exp\frac{(2\alpha - 1)\, z F \eta}{R T}

    with :math:`i(\eta)` from the first conductor into the second driven by :math:`\eta > 0`, and :math:`\alpha` as for
    `crossing_current`.

    Parameters
    ----------
    overpotential : array_like
        :math:`\eta = -(\Delta\varphi - \Delta\varphi_\text{eq})`, without the ohmic drop [V].
    T, alpha, charge_number : array_like
        As for `crossing_current`.

    Notes
    -----
    Exact for one jump, at any size. A symmetric barrier shows no difference between solvation and desolvation, and a
    measured one of both signs gives :math:`\alpha` (`alpha_of_asymmetry`). A limiting current of one side, and defects
    that are carried away on one side (`recombination_flux`), make an asymmetry of their own.

    Examples
    --------
    A barrier far from the first conductor, at 50 mV:

    >>> float(round(bias_asymmetry(0.05, alpha=0.7), 2))
    2.18
    """
    check_between(0, 1, alpha=alpha)
    check_between(-np.inf, np.inf, overpotential=overpotential)
    check_positive(charge_number=charge_number)
    x = np.asarray(charge_number) * np.asarray(overpotential, dtype=float) / thermal_voltage(T)
    return np.exp((2 * np.asarray(alpha, dtype=float) - 1) * x)


def alpha_of_asymmetry(ratio, overpotential, T=298.15, charge_number=1):
    r"""Transfer coefficient [1] from the asymmetry at a bias; the inverse of `bias_asymmetry`.

    .. math:: \alpha = \frac12\left(1 + \frac{R T}{z F \eta} \ln\frac{R(-\eta)}{R(\eta)}\right)

    Parameters
    ----------
    ratio : array_like
        :math:`R(-\eta)/R(\eta)` [1].
    overpotential, T, charge_number : array_like
        As for `bias_asymmetry`; not zero.

    Raises
    ------
    ValueError
        Where no transfer coefficient from 0 to 1 makes this ratio: one jump is not the reason for it.

    Examples
    --------
    >>> float(round(alpha_of_asymmetry(2.178, 0.05), 3))
    0.7
    """
    check_positive(ratio=ratio, charge_number=charge_number, overpotential=np.abs(overpotential))
    x = np.asarray(charge_number) * np.asarray(overpotential, dtype=float) / thermal_voltage(T)
    alpha = (1 + np.log(ratio) / x) / 2
    check_between(0, 1, alpha=alpha)
    return alpha


def _attempts(forward, backward, T):
    """Logarithms of concentration times rate [mol m-3 s-1] of both directions, without a potential step."""
    logarithms = []
    for side, (concentration, rate, barrier) in (("forward", forward), ("backward", backward)):
        check_positive(**{f"concentration of {side}": concentration, f"rate constant of {side}": rate})
        check_between(0, np.inf, **{f"barrier of {side}": barrier})
        check_positive(T=T)
        energy = np.asarray(barrier, dtype=float) / (BOLTZMANN * np.asarray(T, dtype=float))
        logarithms.append(np.log(np.asarray(concentration, dtype=float) * rate) - energy)
    return logarithms
