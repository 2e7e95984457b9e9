"""What a spectrum sees of an insertion material at a state of charge, and back from spectra to its free energy."""

import numpy as np
from scipy.constants import R
from scipy.special import ndtri

from sslib.checks import check_between, check_positive
from sslib.kinetics import FARADAY, charge_transfer_resistance
from sslib.thermodynamics.regular_solution import (
    check_composition,
    chemical_potential,
    potential_slope,
    refuse_unstable,
    thermodynamic_factor,
)
from sslib.units import reference_temperature


def exchange_current(x, interaction, reference_current, T=reference_temperature, alpha=0.5):
    r"""Exchange current density [A/m2] of generalised Butler-Volmer kinetics.

    .. math:: i_0 = i^* \frac{a^{1 - \alpha}}{\gamma_\ddagger}
              = i^* (1 - x)^{\alpha} x^{1 - \alpha} e^{(1 - \alpha) \Omega (1 - 2x)/RT},
              \qquad \gamma_\ddagger = \frac{1}{1 - x}

    The rates are :math:`i^* a\, e^{\alpha F V/RT}/\gamma_\ddagger` out and
    :math:`i^* e^{-(1 - \alpha) F V/RT}/\gamma_\ddagger` in, with the activity a of the inserted lithium and the
    potential V against the standard one; the activated state takes one site, which its activity coefficient says.

    Parameters
    ----------
    x : array_like
        Share of the sites taken at the surface [1].
    interaction : array_like
        :math:`\Omega` [J/mol].
    reference_current : array_like
        :math:`i^*` [A/m2], which holds the activities of the electrolyte's ions and of the electrons.
    T : array_like
        [K].
    alpha : array_like
        Transfer coefficient of the oxidation, as in `sslib.kinetics.butler_volmer` [1].

    Notes
    -----
    M. Z. Bazant, Acc. Chem. Res. 46 (2013) 1144, doi 10.1021/ar300145c; with one half and the excluded site P. Bai,
    D. A. Cogswell, M. Z. Bazant, Nano Lett. 11 (2011) 4890, doi 10.1021/nl202764f. Verified: the tests hold both
    rates equal in equilibrium, and MPET, the code of that group, has the same factors (its α is that of the
    reduction). No gradient energy, no strain: a surface that is homogeneous.

    Examples
    --------
    Dilute, without interaction, it grows with the root of the composition:

    >>> i = exchange_current(np.array([1e-8, 4e-8]), 0.0, 1.0)
    >>> round(float(i[1] / i[0]), 6)
    2.0
    """
    check_positive(reference_current=reference_current)
    check_between(0, 1, alpha=alpha)
    activity_power = np.exp((1 - np.asarray(alpha)) * chemical_potential(x, interaction, T) / (R * np.asarray(T)))
    return np.asarray(reference_current) * (1 - np.asarray(x, dtype=float)) * activity_power


def chemical_diffusivity(x, interaction, diffusivity, T=reference_temperature):
    r"""Chemical diffusion coefficient [m2/s], that of Fick's law.

    .. math:: D = D_0 (1 - x)\, \Gamma = D_0 \left[1 - \frac{2 \Omega x (1 - x)}{R T}\right]

    Parameters
    ----------
    x : array_like
        Share of the sites taken [1].
    interaction : array_like
        :math:`\Omega` [J/mol].
    diffusivity : array_like
        :math:`D_0` [m2/s], of a lone atom.
    T : array_like
        [K].

    Raises
    ------
    ValueError
        Inside the spinodal, where it would be negative.

    Notes
    -----
    The mobility law is an assumption: :math:`N = -(D_0 (1 - x) c/RT)\, \nabla\mu`, a jump needs an empty site and is
    not otherwise slowed by its neighbours. Without interaction D is then the same at all compositions, as it must be
    for atoms that only exclude one another. Source: as `exchange_current`.

    Examples
    --------
    >>> round(float(chemical_diffusivity(0.5, R * 298.15, 1e-14)) / 1e-14, 9)
    0.5
    """
    check_positive(diffusivity=diffusivity)
    refuse_unstable(x, interaction, T)
    return np.asarray(diffusivity) * (1 - np.asarray(x)) * thermodynamic_factor(x, interaction, T)


def insertion_values(
    x, *, interaction, sites, radius, diffusivity, reference_current, surface=1.0, T=reference_temperature, alpha=0.5
):
    r"""Parameters of ``R("R_ct") + SphericalDiffusion("R_d", "tau_d")`` at a state of charge.

    .. math::

        R_\text{ct} = \frac{R T}{F i_0 A}, \qquad
        R_d = -\frac{dU}{dx} \frac{r}{F c_\text{max} D A} = \frac{R T r}{F^2 c_\text{max} x (1 - x) D_0 A}, \qquad
        \tau_d = \frac{r^2}{D}

    Parameters
    ----------
    x : array_like
        Share of the sites taken [1].
    interaction : array_like
        :math:`\Omega` [J/mol].
    sites : array_like
        :math:`c_\text{max}` [mol/m3].
    radius : array_like
        Of the particles, r [m].
    diffusivity : array_like
        :math:`D_0` [m2/s], see `chemical_diffusivity`.
    reference_current : array_like
        :math:`i^*` [A/m2], see `exchange_current`.
    surface : array_like
        A, the particles' surface per geometric area [1]; 1 gives values per surface.
    T : array_like
        [K].
    alpha : array_like
        Transfer coefficient of the oxidation [1].

    Returns
    -------
    dict
        ``R_ct`` [ohm m2], ``R_d`` [ohm m2], ``tau_d`` [s].

    Raises
    ------
    ValueError
        Inside the spinodal; the message names the composition, the spinodal's ends and the temperature.

    Notes
    -----
    :math:`R_d` does not hold Ω: it is the resistance of a conductor :math:`F^2 D_0 c_\text{max} x (1 - x)/RT`. The
    interaction shows in the charge transfer and in the capacitance :math:`\tau_d/(3 R_d)`. Between miscibility gap and
    spinodal the values are those of a metastable material (`stability`). Linear response of a homogeneous particle.

    Examples
    --------
    >>> v = insertion_values(
    ...     0.5, interaction=0.0, sites=5e4, radius=2.5e-6, diffusivity=5e-15, reference_current=4.0
    ... )
    >>> {name: f"{value:.3g}" for name, value in v.items()}
    {'R_ct': '0.0128', 'R_d': '0.0107', 'tau_d': '1.25e+03'}
    >>> insertion_values(0.5, interaction=7e3, sites=5e4, radius=2.5e-6, diffusivity=5e-15, reference_current=4.0)
    Traceback (most recent call last):
    ...
    ValueError: x is 0.5; at 298.15 K it must be outside the spinodal, 0.2299 to 0.7701, within which it separates
    """
    check_positive(sites=sites, radius=radius, surface=surface)
    own = chemical_diffusivity(x, interaction, diffusivity, T)
    i0 = exchange_current(x, interaction, reference_current, T, alpha)
    slope = -potential_slope(x, interaction, T)
    return {
        "R_ct": charge_transfer_resistance(i0, T) / surface,
        "R_d": slope * radius / (FARADAY * np.asarray(sites) * own * surface),
        "tau_d": np.square(radius) / own,
    }


def factor_from_particle(x, R_d, tau_d, *, sites, radius, surface=1.0, T=reference_temperature):
    r"""Thermodynamic factor [1] from the diffusion of a particle in a spectrum.

    .. math:: \Gamma = \frac{F^2 c_\text{max} x}{R T} \frac{r A R_d}{\tau_d}

    Parameters
    ----------
    x : array_like
        Share of the sites taken [1].
    R_d, tau_d : array_like
        Diffusion resistance [ohm m2] per geometric area and diffusion time [s] (`SphericalDiffusion`).
    sites, radius, surface : array_like
        As in `insertion_values`.
    T : array_like
        [K].

    Notes
    -----
    Any free energy, no mobility law: resistance and time leave the capacitance alone, and that is the slope of the
    chemical potential. It needs the state of charge and the amount of active material to be known.

    Examples
    --------
    >>> material = {"sites": 5e4, "radius": 2.5e-6}
    >>> v = insertion_values(0.5, interaction=3e3, diffusivity=5e-15, reference_current=4.0, **material)
    >>> seen = factor_from_particle(0.5, v["R_d"], v["tau_d"], **material)
    >>> round(float(seen / thermodynamic_factor(0.5, 3e3)), 9)
    1.0
    """
    check_composition(x, T)
    check_positive(R_d=R_d, tau_d=tau_d, sites=sites, radius=radius, surface=surface)
    capacitance = np.asarray(tau_d) / (np.asarray(radius) * surface * R_d)
    return FARADAY**2 * np.asarray(sites) * x / (R * np.asarray(T) * capacitance)


def interaction_parameter(x, factor, error, T=reference_temperature, level=0.95):
    r"""Interaction Ω [J/mol] of a regular solution and its interval, from thermodynamic factors at compositions.

    .. math:: \frac{1}{1 - x} - \Gamma(x) = \frac{2 x}{R T}\, \Omega

    is a line through the origin, fitted by weighted least squares.

    Parameters
    ----------
    x : array_like
        Shares of the sites taken [1].
    factor : array_like
        Thermodynamic factors [1].
    error : array_like
        Their standard errors [1], independent of one another.
    T : float
        [K].
    level : float
        Of the interval.

    Returns
    -------
    value : float
    interval : tuple of float
        Normal, from the errors as they are stated.
    chi_square : float
        Of the line, with one degree of freedom less than points: far above that, the material is no regular solution.

    Raises
    ------
    ValueError
        For factors that are not numbers, errors that are not positive, and where there are none.

    Examples
    --------
    >>> x = np.array([0.2, 0.5, 0.8])
    >>> omega, (low, high), _ = interaction_parameter(x, thermodynamic_factor(x, 3e3), 0.02 * np.ones(3))
    >>> round(omega, 6), round(high - low)
    (3000.0, 101)
    """
    check_composition(x, T)
    check_between(-np.inf, np.inf, factor=factor)
    check_positive(error=error)
    check_between(0, 1, level=level)
    x, factor, error = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in (x, factor, error)))
    check_positive(**{"number of factors": factor.size})
    lever = 2 * x / (R * T * error)
    seen = (1 / (1 - x) - factor) / error
    information = np.sum(lever**2)
    value = np.sum(lever * seen) / information
    half = ndtri(0.5 + level / 2) / np.sqrt(information)
    return float(value), (float(value - half), float(value + half)), float(np.sum((seen - lever * value) ** 2))
