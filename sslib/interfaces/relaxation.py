"""Defects beside an interface: what crosses as one kind has to become the kind that carries the current further on."""

from typing import Literal, get_args

import numpy as np

from sslib.checks import check_between, check_positive
from sslib.kinetics import FARADAY, thermal_voltage

Carrier = Literal["interstitial", "vacancy"]


def relaxation_length(interstitial_diffusivity, vacancy_diffusivity, relaxation_time):
    r"""Depth [m] over which a Frenkel disorder that an interface disturbs returns to equilibrium.

    .. math:: \xi = \sqrt{\tilde D \tau}, \qquad \tilde D = \frac{2 D_i D_v}{D_i + D_v}

    Parameters
    ----------
    interstitial_diffusivity, vacancy_diffusivity : array_like
        [m2/s].
    relaxation_time : array_like
        Of the Frenkel reaction near equilibrium [s].

    Notes
    -----
    Interstitials and vacancies, charged oppositely, move together: the ambipolar diffusivity, at most twice the slower
    one. Electroneutral, small disturbances.

    Examples
    --------
    >>> from sslib.units import nm
    >>> round(float(relaxation_length(1e-9, 1e-9, 1e-5)) / nm)
    100
    """
    check_positive(interstitial_diffusivity=interstitial_diffusivity, vacancy_diffusivity=vacancy_diffusivity)
    check_positive(relaxation_time=relaxation_time)
    return np.sqrt(_ambipolar(interstitial_diffusivity, vacancy_diffusivity) * relaxation_time)


def defect_relaxation_flux(concentration, interstitial_diffusivity, vacancy_diffusivity, relaxation_time):
    r"""Exchange flux [mol m-2 s-1] that the relaxation of point defects beside an interface allows.

    .. math:: j_0 = \frac{c\,(D_i + D_v)^{3/2}}{\sqrt{2 \tau D_i D_v}} = \frac{c\,(D_i + D_v)}{\xi}

    The exchange current density is :math:`z F j_0`.

    Parameters
    ----------
    concentration : array_like
        Of interstitials, and of vacancies, in the bulk at equilibrium [mol/m3].
    interstitial_diffusivity, vacancy_diffusivity, relaxation_time : array_like
        As for `relaxation_length`.

    Notes
    -----
    It diverges where one defect is immobile: if the other is what crosses, it carries the current everywhere, nothing
    has to relax, and something else limits; if the immobile one is, the interface blocks. It is the geometric
    mean of the two interfaces that pass only interstitials or only vacancies (`relaxation_resistance`, derived here),
    which differ by :math:`(D_i/D_v)^2`. Source 003, equation 5.

    Examples
    --------
    >>> float(round(defect_relaxation_flux(10.0, 1e-9, 1e-9, 1e-5), 3))
    0.2
    """
    check_positive(concentration=concentration)
    depth = relaxation_length(interstitial_diffusivity, vacancy_diffusivity, relaxation_time)
    return np.asarray(concentration) * np.add(interstitial_diffusivity, vacancy_diffusivity) / depth


def relaxation_resistance(
    concentration,
    interstitial_diffusivity,
    vacancy_diffusivity,
    relaxation_time,
    crossing: Carrier = "interstitial",
    T=298.15,
):
    r"""Resistance [ohm m2] of the relaxation beside an interface that passes one kind of defect.

    .. math:: R = \frac{R T}{F^2 c}\,\frac{D_v\,\xi}{D_i\,(D_i + D_v)}

    where interstitials cross; with :math:`D_i` and :math:`D_v` exchanged where vacancies do.

    Parameters
    ----------
    concentration, interstitial_diffusivity, vacancy_diffusivity, relaxation_time : array_like
        As for `defect_relaxation_flux`.
    crossing : {"interstitial", "vacancy"}
        Which of the two the interface passes.
    T : array_like
        [K].

    Notes
    -----
    Derived: interstitials and vacancies are two rails with the conductivities :math:`F^2 c D/RT`, joined by the Frenkel
    reaction :math:`F^2 c/(2 R T \tau)` per volume; the resistance is what the long line has beyond its bulk. Singly
    charged defects. It vanishes where the defect that does not cross is immobile.

    Examples
    --------
    With equal diffusivities it is RT/F2 over the exchange flux of `defect_relaxation_flux`:

    >>> r = relaxation_resistance(10.0, 1e-9, 1e-9, 1e-5)
    >>> float(round(thermal_voltage(298.15) / FARADAY / r, 3))
    0.2
    """
    if crossing not in get_args(Carrier):
        raise ValueError(f"crossing is {crossing!r}; it must be one of {', '.join(get_args(Carrier))}")
    check_positive(concentration=concentration)
    depth = relaxation_length(interstitial_diffusivity, vacancy_diffusivity, relaxation_time)
    passes, other = np.asarray(interstitial_diffusivity, dtype=float), np.asarray(vacancy_diffusivity, dtype=float)
    if crossing == "vacancy":
        passes, other = other, passes
    return thermal_voltage(T) / (FARADAY * np.asarray(concentration)) * other * depth / (passes * (passes + other))


def recombination_flux(surface_ratio, concentration, interstitial_diffusivity, vacancy_diffusivity, relaxation_time):
    r"""Pairs of defects [mol m-2 s-1] that recombine beside an interface; negative where they are formed.

    .. math:: J = \pm \frac{c_0 \tilde D}{\xi} \sqrt{\frac{s^3 - 3 s + 2}{3}}
              = \frac{c_0 \tilde D}{\xi}\,(s - 1)\sqrt{\frac{s + 2}{3}}

    Parameters
    ----------
    surface_ratio : array_like
        :math:`s`, defects at the interface over those in the bulk [1].
    concentration : array_like
        :math:`c_0`, in the bulk at equilibrium [mol/m3].
    interstitial_diffusivity, vacancy_diffusivity, relaxation_time : array_like
        As for `relaxation_length`.

    Notes
    -----
    The bias that drives both kinds towards the interface meets no limit. The opposite one empties the layer, and what
    is formed anew sustains at most :math:`\sqrt{2/3}\, c_0 \tilde D/\xi`: an interface limited by its defects blocks in
    one direction only (source 003, section 5, in words). Derived: the first integral of
    :math:`\tilde D c'' = (c^2 - c_0^2)/(2 c_0 \tau)`, electroneutral, with constant diffusivities.

    Examples
    --------
    >>> j = recombination_flux([0.0, 1.0, 2.0], 10.0, 1e-9, 1e-9, 1e-5)
    >>> j.round(3).tolist()
    [-0.082, 0.0, 0.115]
    """
    check_between(0, np.inf, surface_ratio=surface_ratio)
    check_positive(concentration=concentration)
    depth = relaxation_length(interstitial_diffusivity, vacancy_diffusivity, relaxation_time)
    scale = np.asarray(concentration) * _ambipolar(interstitial_diffusivity, vacancy_diffusivity) / depth
    s = np.asarray(surface_ratio, dtype=float)
    return scale * (s - 1) * np.sqrt((s + 2) / 3)


def _ambipolar(first, second):
    first, second = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    return 2 * first * second / (first + second)
