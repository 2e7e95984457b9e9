"""Particles of one conductor in a matrix of another, with a resistance where they meet."""

import numpy as np

from sslib.checks import check_between, check_positive


def filled_conductivity(volume_fraction, matrix, particle, radius, interface_resistance):
    r"""Conductivity [S/m] of a matrix filled with spheres behind an interface resistance.

    .. math:: \sigma = \sigma_m\,\frac{2\sigma_m + \sigma_p' + 2\phi\,(\sigma_p' - \sigma_m)}
              {2\sigma_m + \sigma_p' - \phi\,(\sigma_p' - \sigma_m)}, \qquad
              \frac{1}{\sigma_p'} = \frac{1}{\sigma_p} + \frac{R}{a}

    Parameters
    ----------
    volume_fraction : array_like
        :math:`\phi` of the particles [1].
    matrix, particle : array_like
        Conductivities :math:`\sigma_m` and :math:`\sigma_p` of the two materials [S/m].
    radius : array_like
        :math:`a` of the particles [m].
    interface_resistance : array_like
        :math:`R`, area-specific, of the interface that surrounds each particle [ohm m2].

    Notes
    -----
    A sphere behind a resistance is, from outside, a sphere that conducts less; Maxwell's relation does the rest. It
    holds for spheres apart from each other, so well below the fraction at which they touch: touching particles conduct
    among themselves and may gain more. No layer of better conduction along the interface, no pores.

    Source: D. P. H. Hasselman, L. F. Johnson, J. Compos. Mater. 21 (1987) 508, for heat: cited without having read
    it. That a modified conductivity of the particle does it: J. Stránský et al., Micromachines 2 (2011) 129,
    doi 10.3390/mi2020129 (abstract read). Verified: Laplace's equation for a sphere with the jump at its surface, and
    all limits.

    Examples
    --------
    Behind an infinite resistance the particles are pores:

    >>> float(round(filled_conductivity(0.2, 1.0, 10.0, 1e-6, 1e6), 4)) == round(0.8 / 1.1, 4)
    True
    """
    check_between(0, 1, volume_fraction=volume_fraction)
    check_positive(matrix=matrix, particle=particle, radius=radius)
    check_between(0, np.inf, interface_resistance=interface_resistance)
    phi, m = np.asarray(volume_fraction, dtype=float), np.asarray(matrix, dtype=float)
    seen = particle / (1 + np.asarray(particle, dtype=float) * interface_resistance / radius)
    return m * (2 * m + seen + 2 * phi * (seen - m)) / (2 * m + seen - phi * (seen - m))


def critical_radius(matrix, particle, interface_resistance):
    r"""Radius [m] at which particles neither help nor hinder; smaller ones hinder.

    .. math:: a^* = \frac{R}{1/\sigma_m - 1/\sigma_p}

    which is :math:`\sigma_m R` for particles that conduct far better than the matrix. Infinite where they conduct no
    better: such particles never help.

    Parameters
    ----------
    matrix, particle, interface_resistance : array_like
        As for `filled_conductivity`.

    Examples
    --------
    16 ohm cm2 (NASICON | thiophosphate, source 003) in a matrix of 1 mS/cm:

    >>> from sslib.units import mS_cm, ohm_cm2, um
    >>> round(float(critical_radius(1 * mS_cm, 1e9, 16 * ohm_cm2)) / um)
    160
    """
    check_positive(matrix=matrix, particle=particle)
    check_between(0, np.inf, interface_resistance=interface_resistance)
    gain = 1 / np.asarray(matrix, dtype=float) - 1 / np.asarray(particle, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(gain > 0, interface_resistance / gain, np.inf)[()]


def tolerable_resistance(matrix, particle, radius):
    r"""Interface resistance [ohm m2] below which particles of a radius help.

    .. math:: R^* = a \left(\frac{1}{\sigma_m} - \frac{1}{\sigma_p}\right)

    Parameters
    ----------
    matrix, particle, radius : array_like
        As for `filled_conductivity`; the particles must be the better conductor.

    Notes
    -----
    A composite that conducts better than its matrix therefore bounds its interface resistance from above, unless the
    gain is one along the interfaces or of the matrix itself, as in a polymer that a filler keeps from crystallising.

    Examples
    --------
    Garnet of 0.5 mS/cm, 5 um in radius, in a matrix of 0.1 mS/cm:

    >>> from sslib.units import mS_cm, ohm_cm2, um
    >>> float(round(tolerable_resistance(0.1 * mS_cm, 0.5 * mS_cm, 5 * um) / ohm_cm2, 3))
    4.0
    """
    check_positive(matrix=matrix, particle=particle, radius=radius)
    gain = 1 / np.asarray(matrix, dtype=float) - 1 / np.asarray(particle, dtype=float)
    check_positive(**{"conductivity of the particles over that of the matrix, less 1,": gain * matrix})
    return np.asarray(radius) * gain
