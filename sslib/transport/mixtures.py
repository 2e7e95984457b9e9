"""What a recipe in masses is in volumes: fractions, pores and densities of a composite."""

import numpy as np

from sslib.checks import check_between, check_positive


def volume_fractions(masses, densities, porosity=0.0):
    r"""Volume fractions [1] of the solids of a composite from its recipe, pores counted as volume.

    .. math:: \varepsilon_i = (1 - p)\,\frac{w_i/\rho_i}{\sum_k w_k/\rho_k}

    Parameters
    ----------
    masses : array_like
        Mass fractions of the solids [1], shape (..., solids). They sum to 1.
    densities : array_like
        Densities of the pure solids [kg/m3], broadcast to the same.
    porosity : array_like
        Volume fraction of pores [1], shape (...).

    Returns
    -------
    numpy.ndarray
        Shape (..., solids); they sum to 1 - porosity.

    Notes
    -----
    Volumes are taken to add up, as they do where nothing reacts or dissolves. A closed pore inside a particle counts
    as pore if the density is that of the crystal, as solid if it is that of the powder.

    Examples
    --------
    80 % by mass of NCA, 15 % of garnet and 5 % of carbon, with a tenth of pores (source 004, Table 1):

    >>> from sslib.units import g_cm3
    >>> fractions = volume_fractions([0.80, 0.15, 0.05], np.array([4.7, 5.0, 2.2]) * g_cm3, 0.10)
    >>> [round(float(fraction), 3) for fraction in fractions]
    [0.687, 0.121, 0.092]
    """
    volumes, porosity = _checked(masses, densities, porosity)
    return (1 - porosity)[..., None] * volumes / volumes.sum(axis=-1, keepdims=True)


def mass_fractions(volumes, densities):
    r"""Mass fractions [1] of the solids of a composite from their volumes.

    .. math:: w_i = \rho_i \varepsilon_i \big/ \sum_k \rho_k \varepsilon_k

    Parameters
    ----------
    volumes : array_like
        Volumes of the solids, or their fractions with or without pores [any one unit], shape (..., solids).
    densities : array_like
        Densities of the pure solids [kg/m3], broadcast to the same.

    Returns
    -------
    numpy.ndarray
        Shape (..., solids); they sum to 1.

    Examples
    --------
    An electrolyte of 2 g/cm3 that fills half of a dense composite with an oxide of 4.7 g/cm3 is 30 % of its mass:

    >>> float(round(mass_fractions([0.5, 0.5], [4700, 2000])[1], 3))
    0.299
    """
    volumes = np.asarray(volumes, dtype=float)
    check_between(0, np.inf, volumes=volumes)
    check_positive(densities=densities, sum_of_volumes=volumes.sum(axis=-1))
    masses = volumes * np.asarray(densities, dtype=float)
    return masses / masses.sum(axis=-1, keepdims=True)


def composite_density(masses, densities, porosity=0.0):
    r"""Density [kg/m3] of a composite with its pores.

    .. math:: \rho = (1 - p) \big/ \sum_k (w_k/\rho_k)

    Parameters
    ----------
    masses, densities, porosity : array_like
        As for `volume_fractions`.

    Examples
    --------
    The cathode of source 004 (19.5 mg/cm2 of active material, which are 80 % of its mass) is 60.4 um thick:

    >>> from sslib.units import g_cm3, mg_cm2, um
    >>> density = composite_density([0.80, 0.15, 0.05], np.array([4.7, 5.0, 2.2]) * g_cm3, 0.10)
    >>> float(round(19.5 * mg_cm2 / 0.80 / density / um, 1))
    60.4
    """
    volumes, porosity = _checked(masses, densities, porosity)
    return (1 - porosity) / volumes.sum(axis=-1)


def composite_porosity(masses, densities, density):
    r"""Volume fraction of pores [1] that the measured density of a composite implies.

    .. math:: p = 1 - \rho \sum_k w_k/\rho_k

    Parameters
    ----------
    masses, densities : array_like
        As for `volume_fractions`.
    density : array_like
        Mass over outer volume of the composite [kg/m3], shape (...).

    Raises
    ------
    ValueError
        For a composite denser than its solids: then a density or the recipe is wrong.

    Examples
    --------
    >>> float(round(composite_porosity([0.7, 0.3], [4700, 2000], 2900.0), 3))
    0.133
    """
    volumes, _ = _checked(masses, densities, 0.0)
    check_positive(density=density)
    dense = 1 / volumes.sum(axis=-1)
    share = np.asarray(density, dtype=float) / dense
    if (share > 1 + 1e-12).any():
        raise ValueError(
            f"density is {np.max(density):g} kg/m3; it must be at most that of the solids without pores, "
            f"{np.min(dense):g} kg/m3"
        )
    return np.maximum(0.0, 1 - share)


def _checked(masses, densities, porosity):
    """Volume of each solid per mass of composite [m3/kg], and the porosity as an array."""
    masses = np.asarray(masses, dtype=float)
    check_between(0, 1, masses=masses, porosity=porosity)
    check_positive(densities=densities)
    total = masses.sum(axis=-1)
    if (np.abs(total - 1) > 1e-6).any():
        wrong = np.ravel(total)[np.argmax(np.abs(np.ravel(total) - 1))]
        raise ValueError(f"the mass fractions sum to {wrong:g}; they must sum to 1")
    porosity = np.asarray(porosity, dtype=float)
    if (porosity == 1).any():
        raise ValueError("porosity is 1; it must be below 1, or there is no composite")
    return masses / np.asarray(densities, dtype=float), porosity
