"""What a phase conducts in a composite: stated laws from its volume fraction, their limits, and the bounds on all."""

import numpy as np

from sslib.checks import check_between, check_positive


def effective_conductivity(resistance, thickness, area):
    r"""Effective conductivity [S/m] of a layer from its resistance.

    .. math:: \sigma_\text{eff} = L/(R A)

    Parameters
    ----------
    resistance : array_like
        Resistance of the layer [ohm]; for a rail of a transmission line its total over the electrode.
    thickness : array_like
        Thickness of the layer [m].
    area : array_like
        Geometric area [m2].

    Examples
    --------
    A separator of 200 um with 200 ohm over 1 cm2 conducts 0.1 mS/cm (source 002, LLZO):

    >>> from sslib.units import cm2, mS_cm, um
    >>> float(round(effective_conductivity(200.0, 200 * um, 1 * cm2) / mS_cm, 3))
    0.1
    """
    check_positive(resistance=resistance, thickness=thickness, area=area)
    return thickness / (np.asarray(resistance, dtype=float) * area)


def tortuosity_factor(volume_fraction, conductivity, effective):
    r"""Tortuosity factor [1] of a conducting phase in a composite.

    .. math:: \tau = \varepsilon \, \sigma / \sigma_\text{eff}

    the factor by which the phase conducts worse than straight channels of its volume fraction would (not the square
    root of it, the geometric tortuosity).

    Parameters
    ----------
    volume_fraction : array_like
        Volume fraction of the phase, pores counted as volume [1].
    conductivity : array_like
        Conductivity of the pure phase [S/m].
    effective : array_like
        Its effective conductivity in the composite [S/m].

    Examples
    --------
    Filling the voids of a composite (fraction 0.537 with factor 1.74 to 0.669 with 1.27) raises its effective
    conductivity 1.71 times (source 002):

    >>> float(round((0.669 / 1.27) / (0.537 / 1.74), 2))
    1.71
    >>> float(round(tortuosity_factor(0.537, 1.0, 0.537 / 1.74), 2))
    1.74
    """
    check_between(0, 1, volume_fraction=volume_fraction)
    check_positive(volume_fraction=volume_fraction, conductivity=conductivity, effective=effective)
    return np.asarray(volume_fraction) * conductivity / np.asarray(effective)


def conductivity_by_tortuosity(volume_fraction, conductivity, tortuosity):
    r"""Effective conductivity [S/m] of a phase whose tortuosity factor is known; the inverse of `tortuosity_factor`.

    .. math:: \sigma_\text{eff} = \varepsilon \, \sigma / \tau

    Parameters
    ----------
    volume_fraction : array_like
        Volume fraction of the phase, pores counted as volume [1].
    conductivity : array_like
        Conductivity of the pure phase [S/m].
    tortuosity : array_like
        Tortuosity factor [1], at least 1. Where a paper gives the geometric tortuosity, a ratio of lengths, its square
        belongs here.

    Notes
    -----
    It holds at the composition at which the factor was measured or computed, and nowhere else: the factor grows
    without limit as the phase thins out to its percolation threshold.

    Examples
    --------
    A composite with voids conducts 31 % of its electrolyte's conductivity (source 002: 0.537, 1.74):

    >>> float(round(conductivity_by_tortuosity(0.537, 1.0, 1.74), 3))
    0.309
    """
    check_between(0, 1, volume_fraction=volume_fraction)
    check_between(1, np.inf, tortuosity=tortuosity)
    check_positive(conductivity=conductivity)
    return np.asarray(volume_fraction) * conductivity / np.asarray(tortuosity, dtype=float)


def bruggeman(volume_fraction, conductivity, exponent=1.5):
    r"""Effective conductivity [S/m] of a phase by a power of its volume fraction.

    .. math:: \sigma_\text{eff} = \sigma \, \varepsilon^\alpha, \qquad \tau = \varepsilon^{1 - \alpha}

    Parameters
    ----------
    volume_fraction : array_like
        Volume fraction of the phase, pores counted as volume [1].
    conductivity : array_like
        Conductivity of the pure phase [S/m].
    exponent : array_like
        :math:`\alpha` [1], at least 1: 1.5 for insulating spheres of widely different sizes, larger for plates and
        for necks between the grains of a pressed powder.

    Notes
    -----
    1.5 is the differential medium: spheres are put into the conductor one size after the other, each far larger than
    those before, so the conductor stays connected down to nothing. It knows no percolation threshold and is too
    optimistic below fractions of about 0.5, where particles of one size cut the paths. With another exponent it is a
    fit, good near the compositions to which it was fitted.

    Source: D. A. G. Bruggeman, Ann. Phys. 416 (1935) 636 (old series: 24 (1935) 636). Verified: the
    exponent 1.5 is the solution of the differential medium, integrated numerically in the tests.

    Examples
    --------
    >>> float(round(bruggeman(0.537, 1.0), 3))
    0.394
    """
    check_between(0, 1, volume_fraction=volume_fraction)
    check_between(1, np.inf, exponent=exponent)
    check_positive(conductivity=conductivity)
    return conductivity * np.asarray(volume_fraction, dtype=float) ** exponent


def bruggeman_exponent(volume_fraction, tortuosity):
    r"""Exponent [1] with which `bruggeman` gives a known tortuosity factor.

    .. math:: \alpha = 1 - \ln \tau / \ln \varepsilon

    Parameters
    ----------
    volume_fraction : array_like
        Volume fraction of the phase [1], below 1.
    tortuosity : array_like
        Tortuosity factor [1], at least 1.

    Examples
    --------
    With voids and with the voids filled (source 002); one exponent does not hold for both:

    >>> bruggeman_exponent([0.537, 0.669], [1.74, 1.27]).round(2).tolist()
    [1.89, 1.59]
    """
    check_positive(volume_fraction=volume_fraction)
    check_between(0, 1 - 1e-9, volume_fraction=volume_fraction)
    check_between(1, np.inf, tortuosity=tortuosity)
    return 1 - np.log(tortuosity) / np.log(volume_fraction)


def effective_medium(volume_fraction, conductivity, other=0.0, threshold=1 / 3, exponent=1.0, other_exponent=1.0):
    r"""Effective conductivity [S/m] of two phases by the general effective medium, with a percolation threshold.

    .. math:: (1 - \varepsilon)\,\frac{\sigma_l^{1/s} - \sigma^{1/s}}{\sigma_l^{1/s} + A \sigma^{1/s}}
              + \varepsilon\,\frac{\sigma_h^{1/t} - \sigma^{1/t}}{\sigma_h^{1/t} + A \sigma^{1/t}} = 0,
              \qquad A = \frac{1 - \varepsilon_c}{\varepsilon_c}

    Parameters
    ----------
    volume_fraction : array_like
        Volume fraction :math:`\varepsilon` of the better conductor, pores counted as volume [1].
    conductivity : array_like
        Conductivity of the better conductor, :math:`\sigma_h` [S/m].
    other : array_like
        Conductivity of everything else, :math:`\sigma_l` [S/m]; zero for pores and for a phase that conducts the
        other carrier.
    threshold : array_like
        Volume fraction :math:`\varepsilon_c` at which the better conductor begins to connect [1], between 0 and 1:
        1/3 for a random mixture of like grains (the symmetric Bruggeman medium), 0.16 for sites of a lattice,
        `percolation_threshold` for a packing of two sizes.
    exponent : array_like
        :math:`t` [1], above the threshold: 1 in the mean field, 2.0 near the threshold in three dimensions.
    other_exponent : array_like
        :math:`s` [1], below the threshold: 1 in the mean field, 0.73 near the threshold in three dimensions.

    Returns
    -------
    numpy.ndarray
        Zero at and below the threshold where the other phase insulates.

    Notes
    -----
    With s = t = 1 and a threshold of 1/3 it is Bruggeman's symmetric medium; where the other phase insulates,
    :math:`\sigma_h ((\varepsilon - \varepsilon_c)/(1 - \varepsilon_c))^t`; where the better conductor is perfect,
    :math:`\sigma_l (1 - \varepsilon/\varepsilon_c)^{-s}` below the threshold. Between these it interpolates, and
    does not know interfaces: current that has to pass from phase to phase meets no resistance there, and no
    space charge. With a threshold other than 1/3, or exponents other than 1, a composite of very unequal fractions
    may leave the bounds of `hashin_shtrikman` by a little: the threshold then stands for shapes that no longer look
    alike in all directions on all scales.

    Source: D. S. McLachlan, M. Blaszkiewicz, R. E. Newnham, J. Am. Ceram. Soc. 73 (1990) 2187: the form as it is
    commonly given. Verified: both power laws as limits; for s = t = 1 Bruggeman's quadratic, and with
    a threshold of 1/3 a random mixture solved voxel by voxel (2 %). Not verified: exponents other than 1 against data.

    Examples
    --------
    The symmetric medium has both published points of source 002 (0.309 and 0.527) within 5 %:

    >>> effective_medium([0.537, 0.669], 1.0).round(3).tolist()
    [0.306, 0.504]
    """
    check_between(0, 1, volume_fraction=volume_fraction)
    check_positive(conductivity=conductivity, exponent=exponent, other_exponent=other_exponent)
    check_between(1e-6, 1 - 1e-6, threshold=threshold)
    _check_poorer(other, conductivity)
    given = (volume_fraction, conductivity, other, threshold, exponent, other_exponent)
    fraction, high, low, critical, t, s = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in given))
    insulated = high * np.maximum(0.0, (fraction - critical) / (1 - critical)) ** t
    a, mixed = (1 - critical) / critical, low > 0
    ratio = np.where(mixed, low, high) / high

    # In logarithms of the effective over the better conductivity: the left side falls from one end to the other.
    below, above = np.log(ratio), np.zeros_like(ratio)
    for _ in range(60):
        middle = (below + above) / 2
        left = (1 - fraction) * _pull((middle - np.log(ratio)) / s, a)
        positive = left + fraction * _pull(middle / t, a) > 0
        below, above = np.where(positive, middle, below), np.where(positive, above, middle)
    return np.where(mixed, high * np.exp((below + above) / 2), insulated)[()]


def hashin_shtrikman(volume_fraction, conductivity, other=0.0):
    r"""Lowest and highest effective conductivity [S/m] that any isotropic mixture of two phases can have.

    .. math:: \sigma_\pm = \sigma_{h,l} +
              \frac{1 - \varepsilon_{h,l}}{1/(\sigma_{l,h} - \sigma_{h,l}) + \varepsilon_{h,l}/(3\sigma_{h,l})}

    with the better conductor (h) as host for the upper and the poorer (l) for the lower bound.

    Parameters
    ----------
    volume_fraction : array_like
        Volume fraction of the better conductor [1].
    conductivity : array_like
        Conductivity of the better conductor [S/m].
    other : array_like
        Conductivity of everything else [S/m].

    Returns
    -------
    tuple of numpy.ndarray
        (lower, upper). The lower is zero where the other phase insulates.

    Notes
    -----
    A law outside of them describes a composite with a direction, or an impossible one. With an insulator they bound
    the tortuosity factor from below: :math:`\tau \ge (3 - \varepsilon)/2`.

    Source: Z. Hashin, S. Shtrikman, J. Appl. Phys. 33 (1962) 3125. Verified: the bounds are the coated
    spheres that attain them (Maxwell's relation for either phase as host), and all isotropic laws here lie within.

    Examples
    --------
    No isotropic composite with a fraction of 0.537 has a tortuosity factor below 1.23 (source 002 has 1.74):

    >>> float(round(0.537 / hashin_shtrikman(0.537, 1.0)[1], 2))
    1.23
    """
    check_between(0, 1, volume_fraction=volume_fraction)
    check_positive(conductivity=conductivity)
    _check_poorer(other, conductivity)
    e, high, low = (np.asarray(a, dtype=float) for a in (volume_fraction, conductivity, other))
    step = high - low
    # Both fractions are multiplied through by the difference and the host: no division by zero for an insulator.
    upper = high - 3 * high * (1 - e) * step / (3 * high - e * step)
    host = 3 * low + (1 - e) * step
    lower = low + 3 * low * e * step / np.where(host > 0, host, 1.0)
    return lower, upper


def _pull(logarithm, a):
    """(1 - x)/(1 + A x) for x = exp(logarithm), without overflow."""
    small = np.exp(-np.abs(logarithm))
    return np.where(logarithm <= 0, (1 - small) / (1 + a * small), (small - 1) / (small + a))


def _check_poorer(other, conductivity):
    check_between(0, np.inf, other=other)
    if (np.asarray(other) > np.asarray(conductivity)).any():
        raise ValueError(
            f"other is {np.max(other):g} S/m; it must be at most conductivity, {np.min(conductivity):g} S/m: "
            "volume_fraction is that of the better conductor"
        )
