"""Conduction in electrolytes and composites."""

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
