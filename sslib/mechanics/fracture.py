"""Fracture and hardness of brittle electrolytes."""

import numpy as np

from sslib.checks import check_between, check_positive

SURFACE_CRACK = 1.12
"""Geometry factor [1] of a shallow, straight crack at a free surface."""

VICKERS = 2 * np.sin(np.radians(68))
"""Load over squared diagonal to hardness [1]: a pyramid of 136 degrees between faces, by contact area."""


def fracture_stress(toughness, flaw_size, geometry=SURFACE_CRACK):
    r"""Tensile stress, or pressure inside the flaw, at which a flaw grows [Pa].

    .. math:: \sigma_c = \frac{K_\text{Ic}}{\gamma \sqrt{\pi a}}

    Parameters
    ----------
    toughness : array_like
        Mode I fracture toughness [Pa m^0.5].
    flaw_size : array_like
        Depth of a surface flaw, or half the length of an internal one [m].
    geometry : array_like
        Geometry factor [1]: 1.12 for a straight surface crack, 2/pi for an internal penny.

    Notes
    -----
    Linear elastic: the flaw is small against the body and large against the zone in which bonds break, and nothing
    grows below the onset (a filament does, slowly, by subcritical growth). Source 002, equation 7.

    Examples
    --------
    A flaw of 1 um in LPS (source 002, toughness of Table 1):

    >>> from sslib.units import MPa, um
    >>> round(float(fracture_stress(0.23 * MPa, 1 * um) / MPa), 1)
    115.9
    """
    check_positive(toughness=toughness, flaw_size=flaw_size, geometry=geometry)
    return np.asarray(toughness) / (geometry * np.sqrt(np.pi * np.asarray(flaw_size, dtype=float)))


def critical_flaw_size(toughness, stress, geometry=SURFACE_CRACK):
    r"""Smallest flaw that a stress, or a pressure inside it, makes grow [m]; the inverse of `fracture_stress`.

    .. math:: a = \frac{1}{\pi} \left(\frac{K_\text{Ic}}{\gamma \sigma}\right)^2

    Parameters
    ----------
    toughness : array_like
        Mode I fracture toughness [Pa m^0.5].
    stress : array_like
        [Pa]
    geometry : array_like
        Geometry factor [1].

    Notes
    -----
    Source 002, equation 7, solved for the flaw.

    Examples
    --------
    LPS that survives 25 MPa and shorts at 75 MPa has flaws between 2.4 and 21 um:

    >>> from sslib.units import MPa, um
    >>> np.round(critical_flaw_size(0.23 * MPa, np.array([75, 25]) * MPa) / um, 1).tolist()
    [2.4, 21.5]
    """
    check_positive(toughness=toughness, stress=stress, geometry=geometry)
    return (np.asarray(toughness) / (geometry * np.asarray(stress, dtype=float))) ** 2 / np.pi


def indentation_toughness(youngs, hardness, load, crack_length, probe=0.016):
    r"""Mode I fracture toughness [Pa m^0.5] from the cracks at a Vickers indent.

    .. math:: K_\text{Ic} = k \sqrt{\frac{E}{H}} \, \frac{P}{c^{3/2}}

    Parameters
    ----------
    youngs, hardness : array_like
        Young's modulus and hardness [Pa].
    load : array_like
        Indentation force [N].
    crack_length : array_like
        From the centre of the indent to the tip of the crack [m].
    probe : array_like
        Constant of the probe [1].

    Notes
    -----
    For cracks well longer than the indent's half diagonal, in material without residual stress: 25 % is a usual
    error. Source 002, Table A.1, which does not say that c starts at the centre.

    Examples
    --------
    An indent of 10 N in a solid as stiff and hard as LLZO with 1.25 MPa m^0.5 has cracks of 73 um:

    >>> from sslib.units import GPa, MPa, um
    >>> round(float(indentation_toughness(150 * GPa, 6.3 * GPa, 10.0, 73 * um) / MPa), 2)
    1.25
    """
    check_positive(youngs=youngs, hardness=hardness, load=load, crack_length=crack_length, probe=probe)
    return probe * np.sqrt(np.asarray(youngs) / hardness) * load / np.asarray(crack_length, dtype=float) ** 1.5


def vickers_hardness(load, diagonal):
    r"""Vickers hardness [Pa] from the diagonal of an indent.

    .. math:: H_\text{v} = \frac{2 \sin 68° \, P}{d^2}

    Parameters
    ----------
    load : array_like
        Indentation force [N].
    diagonal : array_like
        Mean of the two diagonals [m]; twice the a of source 002.

    Notes
    -----
    Source 002, Table A.1, with the rounded 1.854.

    Examples
    --------
    >>> round(float(vickers_hardness(1.0, 1.0)), 4)
    1.8544
    """
    check_positive(load=load, diagonal=diagonal)
    return VICKERS * np.asarray(load) / np.asarray(diagonal, dtype=float) ** 2


def porous_hardness(porosity, dense_hardness, sensitivity):
    r"""Hardness of a ceramic with pores [Pa].

    .. math:: H = H_0 \exp(-b \phi)

    Parameters
    ----------
    porosity : array_like
        Volume fraction of the pores, 0 to 1 [1].
    dense_hardness : array_like
        Without pores [Pa].
    sensitivity : array_like
        b [1].

    Notes
    -----
    An empirical law for closed pores up to some tenths. Source 002 states LLZO's hardness at porosities of 0.03 (6.2
    to 6.4 GPa) and 0.06 (5.2 to 5.3 GPa): the law through the middles of these two has :math:`H_0` = 7.56 GPa and
    b = 6.08, which two points determine and do not test.

    Examples
    --------
    >>> from sslib.units import GPa
    >>> np.round(porous_hardness(np.array([0.03, 0.06]), 7.56 * GPa, 6.0774) / GPa, 2).tolist()
    [6.3, 5.25]
    """
    check_between(0, 1, porosity=porosity)
    check_positive(dense_hardness=dense_hardness, sensitivity=sensitivity)
    return np.asarray(dense_hardness) * np.exp(-np.asarray(sensitivity) * np.asarray(porosity, dtype=float))
