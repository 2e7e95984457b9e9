"""Which loss of a thin-film cell dominates where, and how sure that is."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
from scipy.integrate import cumulative_trapezoid

from sslib.cell.film.overpotentials import SIGNS, FilmCell, Overpotential, film_current, film_parts
from sslib.cell.film.plate import Plate
from sslib.cell.film.runs import FULL, VARIED
from sslib.cell.join import Known, drawn_parameters
from sslib.checks import check_between, check_positive
from sslib.kinetics import FARADAY

PER_DECADE = 12
"""So many loads of a plate are solved in each decade; others lie between."""
SMALLEST_LOAD = 1e-3
"""Below it surface and mean are as far apart as the current is large."""
LEAST_GAP = 1e-9
"""Between surface and mean [1]; what is smaller is rounding, and its logarithm no line over the load."""


def dominant_losses(cell, material, current_density, *, start, cutoff, part=(0.0, 1.0), cells=40):
    r"""Which part costs a discharge most energy, for many cells or currents.

    Parameters
    ----------
    cell, current_density, material, start, cutoff
        As for `film_discharge`, with arrays.
    part : pair of float
        Of the delivered charge, over which the losses are averaged [1].
    cells : int
        Of the plate.

    Returns
    -------
    dominant : numpy.ndarray of int
        Place in `Overpotential`, of the broadcast shape.
    means : numpy.ndarray
        The mean losses [V], with a leading axis in the order of `Overpotential`.
    charge : numpy.ndarray
        Delivered [C/m2]; zero where the first instant passes the cut-off, whose losses then decide.

    Notes
    -----
    How a plate fills hangs on one number besides its material, :math:`i L/(F c_\text{max} D)`. It is solved for some
    values of that (`PER_DECADE`); between them the distance of surface and mean is interpolated. The means are those of
    `film_discharge` within 2 %.

    Examples
    --------
    Fast diffusion leaves the voltage to the electrolyte:

    >>> from sslib.cell import FilmCell, lithium_cobalt_oxide
    >>> film = FilmCell(1e-6, np.array([1e-16, 1e-12]), 1.0, 20.0, 1.5e-6, 1e-4, 20.0)
    >>> first, _, _ = dominant_losses(film, lithium_cobalt_oxide(), 0.1, start=0.5, cutoff=3.0)
    >>> [list(Overpotential)[k].value for k in first]
    ['diffusion, positive', 'electrolyte']
    """
    check_positive(current_density=current_density)
    material.check_start(start, cutoff)
    arrays = np.broadcast_arrays(current_density, *(getattr(cell, name) for name in VARIED))
    current, *values = (np.array(array, dtype=float).ravel()[:, None] for array in arrays)
    own = FilmCell(*values, reference=cell.reference)
    load = current * own.thickness / (FARADAY * material.sites * own.diffusivity)
    surface, gap, carried = _fillings(load[:, 0], material, float(start), cell.reference, cells)
    mean = np.maximum.accumulate(surface - gap, axis=1)
    open_circuit, parts = film_parts(own, material, current, surface, mean, current * carried)
    losses = np.stack([-SIGNS[name] * part for name, part in parts.items()])
    end = _crossing(mean, open_circuit - losses.sum(axis=0), cutoff)
    means = _means(mean, losses, start + np.outer(end - start, part))
    shape = arrays[0].shape
    charge = (end - start) * own.capacity(material)[:, 0]
    return means.argmax(axis=0).reshape(shape), means.reshape(-1, *shape), charge.reshape(shape)


def dominance_probability(cell, material, c_rate, factors, *, start, cutoff, draws=200, seed=0, level=0.95, **options):
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
    start, cutoff, **options
        As for `dominant_losses`.
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
    >>> from sslib.cell import FilmCell, lithium_cobalt_oxide
    >>> film = FilmCell(1e-6, 1e-12, 1.0, 20.0, 1.5e-6, 1e-4, 20.0)
    >>> spread = {"diffusivity": 2.0, "electrolyte_conductivity": 2.0}
    >>> chances = dominance_probability(film, lithium_cobalt_oxide(), 1, spread, start=0.5, cutoff=3, draws=20)
    >>> float(chances["electrolyte"])
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
    first, _, _ = dominant_losses(drawn, material, current, start=start, cutoff=cutoff, **options)
    return {name: float(np.mean(first == place)) for place, name in enumerate(Overpotential)}


def from_there_on(values, holds):
    """Lowest of increasing values from which on something holds to their end; NaN where it does not hold at the end.

    >>> float(from_there_on([1, 2, 3, 4], [True, False, True, True]))
    3.0
    """
    onward = np.logical_and.accumulate(np.asarray(holds)[::-1])[::-1]
    return float(np.asarray(values)[onward][0]) if onward.any() else np.nan


@lru_cache(maxsize=1024)
def _filling(place, material, start, reference, cells):
    """A plate under the load of that place: surfaces from start to full, the mean below them, the share of lithium."""
    load = 10 ** (place / PER_DECADE)
    plate = Plate(material.diffusivity.relative_to(reference), 1 / load, 1.0, cells)
    _, x = plate.course(np.full(cells, start), 1.0, 1 - start, [lambda profile: FULL - profile[0]], 1e-7)
    # Finer toward full, where the potential falls.
    surface = start + (FULL - start) * (1 - np.linspace(1, 0, 400) ** 2)
    gap = np.interp(surface, x[:, 0], x[:, 0] - plate.mean(x))
    return surface, np.log(np.maximum(gap, LEAST_GAP)), np.interp(surface, x[:, 0], plate.carried(x))


def _fillings(load, *plate):
    """Surface, its distance from the mean, and the share of the current that lithium carries, a row for each load."""
    places = PER_DECADE * np.log10(load)
    low = np.floor(np.maximum(places, PER_DECADE * np.log10(SMALLEST_LOAD))).astype(int)
    rows = {int(k): _filling(int(k), *plate) for k in np.unique([low, low + 1])}
    (surface, gap, carried), (_, next_gap, next_carried) = (
        map(np.array, zip(*(rows[int(k)] for k in own), strict=True)) for own in (low, low + 1)
    )
    share = (places - low)[:, None]
    return surface, np.exp(gap + share * (next_gap - gap)), carried + np.maximum(share, 0) * (next_carried - carried)


def _crossing(mean, voltage, cutoff):
    """Mean stoichiometry at which each voltage first meets the cut-off, or the last where it does not."""
    below = voltage <= cutoff
    later = np.where(below.any(axis=1), below.argmax(axis=1), mean.shape[1] - 1)
    rows, earlier = np.arange(len(mean)), np.maximum(later - 1, 0)
    fall = voltage[rows, earlier] - voltage[rows, later]
    share = np.divide(voltage[rows, earlier] - cutoff, fall, out=np.zeros(len(mean)), where=fall > 0)
    return mean[rows, earlier] + np.clip(share, 0, 1) * (mean[rows, later] - mean[rows, earlier])


def _means(mean, losses, ends):
    """Mean losses (parts, cells) between two mean stoichiometries (cells, 2); those at first where they are one."""
    energy = cumulative_trapezoid(losses, np.broadcast_to(mean, losses.shape), initial=0)
    passed = np.diff(ends)[:, 0]
    between = [[np.diff(np.interp(*triple))[0] for triple in zip(ends, mean, part, strict=True)] for part in energy]
    return np.divide(between, passed, out=losses[..., 0].copy(), where=passed > 0)
