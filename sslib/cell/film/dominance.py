"""Thin films of lithium cobalt oxide: their material, which loss dominates where, and how sure that is."""

from dataclasses import replace

import numpy as np

from sslib.cell.discharge import Insertion
from sslib.cell.film.overpotentials import PARTS, FilmMaterial
from sslib.cell.film.plate import DiffusivityCurve
from sslib.cell.film.runs import film_discharge
from sslib.cell.join import Known, drawn_parameters
from sslib.checks import check_between
from sslib.units import hour

CRYSTAL_DENSITY, MOLAR_MASS = 5.05e3, 97.87e-3
"""Of LiCoO2 [kg/m3, kg/mol]: 0.0691 mAh cm-2 for each um of a dense film between Li0.5 and Li."""
COURSE = {0.45: 0.6, 0.50: 0.08, 0.55: 0.5, 0.60: 1.0, 0.70: 1.0, 0.75: 0.5, 0.85: 0.3, 0.93: 0.3, 0.97: 0.6}
"""Diffusivity over its largest value against stoichiometry, assumed (`lithium_cobalt_oxide`)."""


def lithium_cobalt_oxide():
    """Lithium cobalt oxide as a dense film, Li0.45 to Li0.98 (FilmMaterial).

    Notes
    -----
    Potential: the fit of Dualfoil, as PyBaMM has it (``lico2_ocp_Dualfoil1998``), without its step of 43 mV at
    Li0.494, where lithium orders; measured there above Li0.5. Exchange current: as the root of x (1 - x). Diffusivity:
    the course is assumed. It spans the 6e-13 to 8e-12 cm2/s that potential steps gave on a (003) film between 3.85
    and 4.2 V ("Li-ion diffusion in highly (0 0 3) oriented LiCoO2 thin film cathode prepared by pulsed laser
    deposition", abstract read), with its minimum at the ordering, where "Lithium Diffusion in LixCoO2 (0.45 < x < 0.7)
    Intercalation Cathodes" (J. Electrochem. Soc., 2001, abstract read) has it, and a lower one where two phases coexist
    at Li0.75 to Li0.93. One effective diffusivity stands for these; a front between phases is not resolved.

    Examples
    --------
    >>> own = lithium_cobalt_oxide()
    >>> round(float(own.insertion.potential(0.7)), 3), round(own.sites)
    (3.939, 51599)
    """
    x = np.linspace(0.45, 0.98, 107)
    s = 1.062 * x
    potential = (
        2.16216
        + 0.07645 * np.tanh(30.834 - 54.4806 * s)
        + 2.1581 * np.tanh(52.294 - 50.294 * s)
        - 0.14169 * np.tanh(11.0923 - 19.8543 * s)
        + 0.2051 * np.tanh(1.4684 - 5.4888 * s)
        + 0.2531 * np.tanh((0.56478 - s) / 0.1316)
        - 0.02167
    )
    insertion = Insertion(x, potential, np.sqrt(x * (1 - x)))
    return FilmMaterial(insertion, DiffusivityCurve(list(COURSE), list(COURSE.values())), CRYSTAL_DENSITY / MOLAR_MASS)


def dominant_losses(cell, material, current_density, *, start, cutoff, **numerics):
    """Which part costs a discharge most energy, for many cells or currents.

    Parameters
    ----------
    cell, current_density, material, start, cutoff
        As for `film_discharge`, with arrays.

    Returns
    -------
    dominant : numpy.ndarray of int
        Place in `PARTS`, of the broadcast shape.
    margin : numpy.ndarray
        Its mean loss over the next largest one's [1].
    charge : numpy.ndarray
        Delivered [C/m2]; zero where the first instant passes the cut-off, whose losses then decide.

    Examples
    --------
    Fast diffusion leaves the voltage to the electrolyte:

    >>> from sslib.cell import FilmCell
    >>> film = FilmCell(1e-6, np.array([1e-16, 1e-12]), 1.0, 20.0, 1.5e-6, 1e-4, 20.0)
    >>> first, _, _ = dominant_losses(film, lithium_cobalt_oxide(), 0.1, start=0.5, cutoff=3.0)
    >>> [PARTS[k] for k in first]
    ['diffusion, positive', 'electrolyte']
    """
    runs = np.asarray(film_discharge(cell, current_density, material, start=start, cutoff=cutoff, **numerics))
    means = np.array([[abs(run.by_charge[name]) for name in PARTS] for run in runs.ravel()])
    ordered = np.sort(means, axis=1)
    charge = np.array([run.charge[-1] for run in runs.ravel()])
    return (
        means.argmax(axis=1).reshape(runs.shape),
        (ordered[:, -1] / ordered[:, -2]).reshape(runs.shape),
        charge.reshape(runs.shape),
    )


def dominance_probability(cell, material, c_rate, factors, *, start, cutoff, draws=200, seed=0, level=0.95, **numerics):
    """How often each part dominates a discharge when the parameters are only known within factors (dict of float).

    Parameters
    ----------
    cell : FilmCell
        Of numbers: the medians.
    material : FilmMaterial
    c_rate : float
        Of each drawn cell, on the window from the start to full [1/h].
    factors : dict of str to float
        By attribute of the cell, the factor within which it lies with the probability `level`, above 1.
    start, cutoff, **numerics
        As for `film_discharge`.
    draws, seed : int
    level : float

    Raises
    ------
    ValueError
        For a factor that is not above 1 or names nothing of the cell.

    Notes
    -----
    Log-normal and independent, a Latin hypercube. The probability is that of the stated spread, not of the model.

    Examples
    --------
    >>> from sslib.cell import FilmCell
    >>> film = FilmCell(1e-6, 1e-12, 1.0, 20.0, 1.5e-6, 1e-4, 20.0)
    >>> spread = {"diffusivity": 2.0, "electrolyte_conductivity": 2.0}
    >>> chances = dominance_probability(film, lithium_cobalt_oxide(), 1, spread, start=0.5, cutoff=3, draws=20)
    >>> chances["electrolyte"]
    1.0
    """
    for name, factor in factors.items():
        if not hasattr(cell, name) or name == "reference":
            raise ValueError(f"factors name {name!r}, which a film cell does not have")
        check_between(1.000001, 1e6, **{f"factor of {name}": factor})
    medians = {name: getattr(cell, name) for name in factors}
    known = {name: Known(own, (own / factors[name], own * factors[name]), level) for name, own in medians.items()}
    drawn = replace(cell, **drawn_parameters(known, draws, seed))
    current = np.broadcast_to(film_current(drawn, material, c_rate, start), draws)
    first, _, _ = dominant_losses(drawn, material, current, start=start, cutoff=cutoff, **numerics)
    return {name: float(np.mean(first == place)) for place, name in enumerate(PARTS)}


def film_current(cell, material, c_rate, start):
    """Current density [A/m2] of a C-rate [1/h] that counts the capacity from a stoichiometry to full.

    1 um of dense film holds 69 uAh/cm2 from Li0.5 on:

    >>> from sslib.cell import FilmCell
    >>> film = FilmCell(1e-6, 8e-16, 1.0, 20.0, 1.5e-6, 1e-4, 20.0)
    >>> round(float(film_current(film, lithium_cobalt_oxide(), 1.0, 0.5)), 2)
    0.69
    """
    check_between(0, 0.99, start=start)
    return cell.capacity(material) * (1 - start) * np.asarray(c_rate) / hour
