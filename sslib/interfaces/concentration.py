"""What the concentration of salt does to the resistance of an interface: a power law, and a minimum."""

import numpy as np

from sslib.checks import check_between, check_positive

MOLAR_MASS_EO = 44.053e-3
"""Of one ether unit of PEO, C2H4O [kg/mol]."""
DENSITY_PEO = 1130.0
"""Of amorphous PEO near room temperature [kg/m3]."""


def resistance_at_concentration(
    concentration, resistance, reference, viscosity_scale, alpha=0.5, interphase_resistance=0.0
):
    r"""Resistance [ohm m2] of an interface against the concentration of salt in one of the conductors.

    .. math:: R(c) = R_\text{interphase}
              + R_0 \left(\frac{c}{c_0}\right)^{-(1 - \alpha)} \exp\frac{c - c_0}{c_\eta}

    Parameters
    ----------
    concentration : array_like
        :math:`c` [mol/m3].
    resistance : array_like
        :math:`R_0`, of the charge transfer [ohm m2] at the reference.
    reference : array_like
        :math:`c_0` [mol/m3].
    viscosity_scale : array_like
        :math:`c_\eta` [mol/m3], over which the rate of the transfer falls by e.
    alpha : array_like
        As for `exchange_current`, with the salt in the first conductor [1].
    interphase_resistance : array_like
        What does not change with the concentration [ohm m2].

    Notes
    -----
    The power law is that of the exchange current (source 003, equation 3). Alone it falls for ever; experiments have a
    minimum. The exponential is a model of our own for the rise: the rate follows the mobility in a solution whose
    viscosity grows exponentially with the salt. Ion pairs, salt that precipitates, and barriers that grow with the
    concentration (almost 20 % at 5.93 mol/L of LiClO4, none up to 3.95) are not in it; the minimum is
    where it is, whatever the interphase.

    Examples
    --------
    Without the rise, a hundred times less salt is ten times the resistance at one half:

    >>> float(round(resistance_at_concentration(10.0, 1e-3, 1000.0, 1e12) / 1e-3, 6))
    10.0
    """
    check_positive(concentration=concentration, resistance=resistance, reference=reference)
    check_positive(viscosity_scale=viscosity_scale)
    check_between(0, 1, alpha=alpha)
    check_between(0, np.inf, interphase_resistance=interphase_resistance)
    c, c_0 = np.asarray(concentration, dtype=float), np.asarray(reference, dtype=float)
    rise = np.exp((c - c_0) / viscosity_scale)
    return interphase_resistance + resistance * (c / c_0) ** -(1 - np.asarray(alpha, dtype=float)) * rise


def best_concentration(viscosity_scale, alpha=0.5):
    r"""Concentration [mol/m3] at which `resistance_at_concentration` is least.

    .. math:: c^* = (1 - \alpha)\, c_\eta

    Parameters
    ----------
    viscosity_scale, alpha : array_like
        As there.

    Examples
    --------
    Minima between 0.1 and 1 mol/L (LLZO | PEO:LiClO4, source 003) are scales between 0.2 and 2 mol/L at one half:

    >>> best_concentration([200.0, 2000.0]).tolist()
    [100.0, 1000.0]
    """
    check_positive(viscosity_scale=viscosity_scale)
    check_between(0, 1, alpha=alpha)
    return (1 - np.asarray(alpha, dtype=float)) * np.asarray(viscosity_scale, dtype=float)


def polymer_concentration(ether_per_lithium):
    r"""Most salt [mol/m3] that PEO of a ratio EO:Li can hold: its own volume is left out.

    .. math:: c = \frac{\rho_\text{PEO}}{M_\text{EO}}\,\frac{1}{\text{EO:Li}}

    Parameters
    ----------
    ether_per_lithium : array_like
        Ether oxygens to one lithium [1].

    Notes
    -----
    The salt takes up room, so the concentration is lower, by a fifth or so at 15:1 with LiTFSI.

    Examples
    --------
    >>> round(float(polymer_concentration(15)))
    1710
    """
    check_positive(ether_per_lithium=ether_per_lithium)
    return DENSITY_PEO / MOLAR_MASS_EO / np.asarray(ether_per_lithium, dtype=float)
