"""Elastic moduli of an isotropic solid, their ratios, and the strain that two expansions leave."""

import numpy as np

from sslib.checks import check_between, check_positive


def shear_modulus(youngs, poisson):
    r"""Shear modulus [Pa] of an isotropic solid.

    .. math:: G = \frac{E}{2(1 + \nu)}

    Parameters
    ----------
    youngs : array_like
        Young's modulus [Pa].
    poisson : array_like
        Poisson's ratio, above -1 and up to 0.5 [1].

    Notes
    -----
    Young's and shear modulus of one material must be the same average over its grains: lithium's 7.8 and 4.25 GPa
    together give a negative Poisson's ratio. Source 002, Table A.1.

    Examples
    --------
    LLZO (source 002, Table 1, prints 58 and 60 GPa):

    >>> from sslib.units import GPa
    >>> np.round(shear_modulus(np.array([147, 150]) * GPa, 0.26) / GPa, 1).tolist()
    [58.3, 59.5]
    """
    check_positive(youngs=youngs)
    _check_poisson(poisson)
    return np.asarray(youngs) / (2 * (1 + np.asarray(poisson, dtype=float)))


def bulk_modulus(youngs, poisson):
    r"""Bulk modulus [Pa] of an isotropic solid.

    .. math:: K = \frac{E}{3(1 - 2\nu)}

    Parameters
    ----------
    youngs : array_like
        Young's modulus [Pa].
    poisson : array_like
        Poisson's ratio, above -1 and below 0.5 [1].

    Notes
    -----
    Source 002, Table A.1.

    Examples
    --------
    LiPON (source 002 prints a ratio K/G of 1.66 to a shear modulus of 31 GPa):

    >>> from sslib.units import GPa
    >>> round(float(bulk_modulus(77 * GPa, 0.25) / (31 * GPa)), 2)
    1.66
    """
    check_positive(youngs=youngs)
    _check_poisson(poisson)
    return np.asarray(youngs) / (3 * _compressibility(poisson))


def youngs_modulus(bulk, shear):
    r"""Young's modulus [Pa] from bulk and shear modulus of an isotropic solid.

    .. math:: E = \frac{9 K G}{3 K + G}

    Parameters
    ----------
    bulk, shear : array_like
        [Pa]

    Examples
    --------
    >>> round(float(youngs_modulus(bulk_modulus(147.0, 0.26), shear_modulus(147.0, 0.26))), 6)
    147.0
    """
    check_positive(bulk=bulk, shear=shear)
    bulk = np.asarray(bulk, dtype=float)
    return 9 * bulk * shear / (3 * bulk + shear)


def poisson_ratio(transverse_strain, axial_strain):
    r"""Poisson's ratio [1] from the strains of a uniaxial test, positive for what thins when pulled.

    .. math:: \nu = -\frac{\Delta y / y_0}{\Delta x / x_0}

    Parameters
    ----------
    transverse_strain, axial_strain : array_like
        [1], with their signs.

    Notes
    -----
    Source 002, Table A.1, without the minus: as printed every solid of its Table 1 would have a negative ratio.

    Examples
    --------
    >>> round(float(poisson_ratio(-0.0026, 0.01)), 6)
    0.26
    """
    poisson = -np.asarray(transverse_strain, dtype=float)[()] / axial_strain
    _check_poisson(poisson)
    return poisson


def poisson_of_moduli(youngs, shear):
    r"""Poisson's ratio [1] that Young's and shear modulus imply.

    .. math:: \nu = \frac{E}{2 G} - 1

    Parameters
    ----------
    youngs, shear : array_like
        [Pa]

    Raises
    ------
    ValueError
        For a pair that no isotropic solid has (a ratio of -1 or less, or above 0.5).

    Notes
    -----
    A test of two values of different origin. A negative ratio is possible, and for a metal means that they are
    different averages, or different materials.

    Examples
    --------
    Lithium's Young's modulus of 7.8 GPa and shear modulus of 4.25 GPa (both source 002) do not belong together:

    >>> from sslib.units import GPa
    >>> round(float(poisson_of_moduli(7.8 * GPa, 4.25 * GPa)), 3)
    -0.082
    """
    check_positive(youngs=youngs, shear=shear)
    poisson = np.asarray(youngs, dtype=float) / (2 * np.asarray(shear)) - 1
    _check_poisson(poisson)
    return poisson


def pugh_ratio(bulk, shear):
    r"""Ratio of bulk to shear modulus [1]; low where a solid is brittle.

    .. math:: K/G

    Parameters
    ----------
    bulk, shear : array_like
        [Pa]

    Notes
    -----
    Pugh found metals ductile above 1.75 (his G/K below 0.571; source 002 quotes 1.74), a rank order of pure metals:
    LPS above it is still brittle, with a toughness of 0.23 MPa m^0.5. Source 002, section 2.3.

    Examples
    --------
    Source 002 prints 1.88 for LPS, from the shear modulus of 3.4 GPa that it rounds; from Poisson's ratio it is 1.84:

    >>> from sslib.units import GPa
    >>> round(float(pugh_ratio(bulk_modulus(8.8 * GPa, 0.27), 3.4 * GPa)), 2)
    1.88
    >>> round(float(pugh_of_poisson(0.27)), 2)
    1.84
    """
    check_positive(bulk=bulk, shear=shear)
    return np.asarray(bulk, dtype=float) / np.asarray(shear)


def pugh_of_poisson(poisson):
    r"""Ratio of bulk to shear modulus [1] of an isotropic solid, which Poisson's ratio alone determines.

    .. math:: \frac{K}{G} = \frac{2(1 + \nu)}{3(1 - 2\nu)}

    Parameters
    ----------
    poisson : array_like
        Poisson's ratio, above -1 and below 0.5 [1].

    Examples
    --------
    Pugh's limit of 1.75 is a Poisson's ratio of 0.26, which is LLZO's:

    >>> round(float(pugh_of_poisson(0.26)), 6)
    1.75
    """
    _check_poisson(poisson)
    return 2 * (1 + np.asarray(poisson, dtype=float)) / (3 * _compressibility(poisson))


def poisson_of_pugh(pugh):
    r"""Poisson's ratio [1] that a ratio of bulk to shear modulus implies; the inverse of `pugh_of_poisson`.

    .. math:: \nu = \frac{3x - 2}{2(3x + 1)}, \qquad x = K/G

    Parameters
    ----------
    pugh : array_like
        K/G [1].

    Examples
    --------
    LLZO's 1.59 to 1.74 (source 002, Table 1) are 0.240 to 0.259, against the 0.26 of the same table:

    >>> np.round(poisson_of_pugh(np.array([1.59, 1.74])), 3).tolist()
    [0.24, 0.259]
    """
    check_positive(pugh=pugh)
    x = 3 * np.asarray(pugh, dtype=float)
    return (x - 2) / (2 * (x + 1))


def thermal_misfit_strain(expansion, other_expansion, temperature_change):
    r"""Strain between two bonded solids after a change of temperature [1].

    .. math:: \epsilon_T = (\alpha_1 - \alpha_2) \, \Delta T

    Parameters
    ----------
    expansion, other_expansion : array_like
        Linear coefficients of thermal expansion [1/K]; zero for a rigid partner.
    temperature_change : array_like
        Final minus initial temperature [K].

    Notes
    -----
    For expansions that do not depend on temperature, and while nothing slips, cracks or flows. Source 002, equation 6,
    whose symbol for this strain is that of the expansion in its Table 1.

    Examples
    --------
    LLZO on a rigid partner, cooled by 723 K from sintering:

    >>> round(float(100 * thermal_misfit_strain(1.55e-5, 0, -723)), 3)
    -1.121
    """
    check_between(-1e-3, 1e-3, expansion=expansion, other_expansion=other_expansion)
    return (np.asarray(expansion, dtype=float) - other_expansion) * temperature_change


def _check_poisson(poisson):
    """Refuse what no stable isotropic solid has; exactly 0.5 is incompressible."""
    check_between(-1, 0.5, poisson=poisson)
    check_positive(**{"1 + poisson": 1 + np.asarray(poisson, dtype=float)})


def _compressibility(poisson):
    """1 - 2 nu [1], which must not vanish where a bulk modulus is wanted."""
    factor = 1 - 2 * np.asarray(poisson, dtype=float)
    check_positive(**{"1 - 2 poisson": factor})
    return factor
