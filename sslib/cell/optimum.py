"""The best recipe and thickness of a composite cathode at a rate, what moves it, and how sure that is."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import norm, qmc

from sslib.checks import check_between, check_positive

MOVABLE = {
    "electrolyte_conductivity": ("conductivity of the electrolyte", 0.3),
    "electronic_conductivity": ("electronic conductivity", 1.0),
    "diffusivity": ("diffusivity in the particles", 0.7),
    "exchange_current": ("exchange current", 0.7),
    "particle_radius": ("size of the active particles", 0.2),
    "electrolyte_radius": ("size of the electrolyte's particles", 0.2),
    "porosity": ("pores", 0.3),
    "separator_thickness": ("thickness of the separator", 0.1),
}
"""Fields of `Electrode` and what it is made of that a property stands for: label, and the standard deviation [1] of its
logarithm that is taken as known: an assumption of ours, not a measurement."""
ACTIVE = 0.3, 0.95
"""Mass fractions of active material [1] between which an optimum is sought."""
THICKNESS = 15e-6, 1e-3
"""Thicknesses [m] between which an optimum is sought."""
FIRST, SHRINK, LAST = np.array([0.02, 0.15]), 4.0, 0.004
"""First steps of the search (mass fraction [1], logarithm of the thickness), what they shrink by, and the step of the
mass fraction below which it ends: the place is good to 0.005 and 4 %."""
DIRECTIONS = np.array([(1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1)], dtype=float)
"""Neighbours in their order around: along both axes, and along the ridge of most maps, where richer means thinner."""
LADDER = np.arange(-7, 4) * 0.04
"""Recipes tried about a start that delivers nothing, for a threshold may lie between it and the optimum."""


@dataclass(frozen=True, eq=False)
class Optimum:
    """The best electrode; arrays of the shape of the factors.

    Attributes
    ----------
    active, thickness : numpy.ndarray
        Mass fraction of active material [1] and thickness [m].
    value : numpy.ndarray
        Specific energy of the cell in its stack [J/kg]; zero where nothing was found that delivers.
    at_edge : numpy.ndarray
        Whether it lies at an end of what was searched, so that the best may be beyond.
    """

    active: np.ndarray
    thickness: np.ndarray
    value: np.ndarray
    at_edge: np.ndarray


def with_factors(electrode, factors):
    """The electrode with some of the `MOVABLE` properties multiplied.

    Parameters
    ----------
    electrode : Electrode
    factors : dict of str to array_like
        By field [1]; they broadcast against the electrode's own arrays.
    """
    parts = {"composition": electrode.composition, "chemistry": electrode.chemistry}
    for name, factor in factors.items():
        if name not in MOVABLE:
            raise ValueError(f"{name!r} is no property to vary; those are {', '.join(MOVABLE)}")
        factor = np.asarray(factor, dtype=float)
        home = next((part for part, own in parts.items() if hasattr(own, name)), None)
        if home is None:
            electrode = replace(electrode, **{name: getattr(electrode, name) * factor})
        else:
            parts[home] = replace(parts[home], **{name: getattr(parts[home], name) * factor})
    return replace(electrode, **parts)


def best_electrode(electrode, c_rate, law, start, factors=None, *, active=ACTIVE, thickness=THICKNESS, widest=1.0):
    """The recipe and thickness with the highest specific energy at a rate.

    Parameters
    ----------
    electrode : Electrode
        Its own recipe and thickness do not matter.
    c_rate : float
        Of the nominal capacity of each recipe [1/h].
    law : str
        One of `sslib.cell.LAWS`.
    start : (float, float)
        Mass fraction of active material [1] and thickness [m] to begin at.
    factors : dict of str to array_like, optional
        For `with_factors`, all of one shape: one search for each.
    active, thickness : pair of float
        Ends of the search [1, m].

    Returns
    -------
    Optimum

    Notes
    -----
    A search of the neighbourhood in steps that shrink wherever no neighbour is better, for all factors at once. It
    needs no smooth map: at a percolation threshold there is a cliff beside the best recipe. A discharge whose solution
    broke off counts as nothing. Two maxima far apart are not told from one.
    """
    factors = {name: np.asarray(factor, dtype=float) for name, factor in (factors or {}).items()}
    shape = np.broadcast_shapes(*(factor.shape for factor in factors.values()))
    flat = {name: np.broadcast_to(factor, shape).ravel() for name, factor in factors.items()}
    low, high = np.array([active, np.log(thickness)]).T
    begin = np.array([start[0], np.log(start[1])])
    check_between(*active, **{"start's mass fraction": start[0]})
    check_between(*thickness, **{"start's thickness": start[1]})

    def delivered(which, places):
        own = {name: factor[which] for name, factor in flat.items()}
        energy = _specific_energy(electrode, c_rate, law, places[:, 0], np.exp(places[:, 1]), own)
        return np.nan_to_num(energy, nan=0.0)

    every, turn = np.arange(int(np.prod(shape))), np.arange(len(DIRECTIONS))
    place = np.tile(begin, (len(every), 1))
    value = delivered(every, place)
    if (dead := np.flatnonzero(value == 0)).size:
        tried = np.clip(begin + np.stack([LADDER, 0 * LADDER], axis=-1), low, high)
        values = delivered(np.repeat(dead, len(tried)), np.tile(tried, (len(dead), 1))).reshape(len(dead), -1)
        place[dead], value[dead] = tried[values.argmax(axis=1)], values.max(axis=1)
    step, fresh = np.tile(FIRST, (len(every), 1)), np.ones((len(every), len(turn)), dtype=bool)
    while (live := np.flatnonzero(step[:, 0] >= LAST)).size:
        around = np.clip(place[live, None] + step[live, None] * DIRECTIONS, low, high)
        row, column = np.nonzero(fresh[live])
        values = np.full(around.shape[:2], -np.inf)
        values[row, column] = delivered(live[row], around[row, column])
        best = values.argmax(axis=1)
        found = values.max(axis=1)
        better = found > value[live]
        moved = live[better]
        place[moved], value[moved] = around[better, best[better]], found[better]
        step[live[~better]] /= SHRINK
        # Of the neighbours of a place that was moved to, half were neighbours of the last one.
        fresh[live] = True
        fresh[moved] = np.isin((turn - best[better, None]) % len(turn), (0, 1, len(turn) - 1))
    edge = ((place <= low) | (place >= high)).any(axis=1)
    return Optimum(*(own.reshape(shape) for own in (place[:, 0], np.exp(place[:, 1]), value, edge)))


@dataclass(frozen=True, eq=False)
class Leverage:
    """What the best electrode gains from each of the `MOVABLE` properties, with recipe and thickness chosen anew.

    Attributes
    ----------
    before : Optimum
        As it is.
    after : Optimum
        Shape (properties, 2): the best for the factors of `one_at_a_time`.
    factor : float
    """

    before: Optimum
    after: Optimum
    factor: float

    @property
    def change(self):
        """Of the specific energy [J/kg], shape (properties, 2)."""
        return self.after.value - self.before.value

    @property
    def better(self):
        """Which side of each property gains: 0 over the factor, 1 times it."""
        return self.change.argmax(axis=1)

    @property
    def order(self):
        """The properties, by number, from the one that gains most to the one that gains least."""
        return np.argsort(-self.change.max(axis=1), kind="stable")


def best_electrodes(electrode, c_rate, law, best, sets, **ends):
    """The best electrode for each of several sets of factors: `best_electrode` for all of them in one go (list).

    Parameters
    ----------
    electrode, c_rate, law
        As for `best_electrode`.
    best : Optimum
        The undisturbed one, where the searches start.
    sets : sequence of dict of str to array_like
        Each for `with_factors`; what one does not name is left as it is.
    **ends
        ``active`` and ``thickness`` of `best_electrode`.

    Returns
    -------
    list of Optimum
        One for each set, of its shape.
    """
    shapes = [np.broadcast_shapes(*(np.shape(factor) for factor in factors.values())) for factors in sets]
    joined = {
        name: np.concatenate(
            [np.broadcast_to(own.get(name, 1.0), shape).ravel() for own, shape in zip(sets, shapes, strict=True)]
        )
        for name in MOVABLE
    }
    found = best_electrode(electrode, c_rate, law, (float(best.active), float(best.thickness)), joined, **ends)
    cuts = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
    parts = zip(
        *(np.split(own, cuts) for own in (found.active, found.thickness, found.value, found.at_edge)), strict=True
    )
    return [Optimum(*(own.reshape(shape) for own in part)) for part, shape in zip(parts, shapes, strict=True)]


def drawn_gains(electrode, c_rate, law, factors, best, moves):
    """What each draw gains [J/kg] from each property, moved the way and by the factor that helps the undisturbed one.

    Parameters
    ----------
    electrode, c_rate, law
        As for `best_electrode`.
    factors : dict of str to array_like
        Of the draws, all properties, shape (draws,).
    best : Optimum
        The best electrode of each draw.
    moves : Leverage
        Of the undisturbed electrode by the same law.

    Returns
    -------
    numpy.ndarray
        Shape (draws, properties).

    Notes
    -----
    Recipe and thickness follow the property as they do for the undisturbed electrode. Near an optimum the energy is
    flat, so what is lost against a search of each draw's own answer is of second order; beside a cliff it is more, so
    the better of the moved and the kept electrode counts. Both are lower bounds of what a search would find.
    """
    rows, side = np.arange(len(MOVABLE)), moves.better
    factor = moves.factor ** (2.0 * side - 1)
    shifted = {
        name: np.asarray(factors[name])[:, None, None] * np.where(rows == row, factor[row], 1.0)[:, None]
        for row, name in enumerate(MOVABLE)
    }
    shift = moves.after.active[rows, side] - moves.before.active
    stretch = moves.after.thickness[rows, side] / moves.before.thickness
    active = best.active[:, None, None] + np.stack([np.zeros_like(shift), shift], axis=-1)
    depth = best.thickness[:, None, None] * np.stack([np.ones_like(stretch), stretch], axis=-1)
    roomy = 1 - np.max(electrode.composition.additive_fraction)
    energy = _specific_energy(electrode, c_rate, law, np.clip(active, 0.0, roomy), depth, shifted)
    return np.nan_to_num(energy, nan=0.0).max(axis=-1) - best.value[:, None]


def one_at_a_time(factor):
    """Factors for `with_factors`: each property alone over the factor and times it, shape (properties, 2)."""
    check_positive(factor=factor)
    ones = np.ones((len(MOVABLE), 2))
    factors = {name: ones.copy() for name in MOVABLE}
    for row, name in enumerate(MOVABLE):
        factors[name][row] = 1 / factor, factor
    return factors


def drawn(count, seed=0):
    """Factors for `with_factors` by chance: log-normal with the spreads of `MOVABLE`, shape (count,).

    A Latin hypercube: each property has one draw in each of `count` equally likely intervals.
    """
    quantiles = qmc.LatinHypercube(len(MOVABLE), rng=np.random.default_rng(seed)).random(count)
    return {
        name: np.exp(width * norm.ppf(quantile))
        for (name, (_, width)), quantile in zip(MOVABLE.items(), quantiles.T, strict=True)
    }


def interval_over_laws(samples, level=0.95, repeats=200):
    """Range [unit of the samples] that holds a share of all samples, and the standard errors of its ends.

    Parameters
    ----------
    samples : array_like
        Shape (laws, draws); each law counts alike.
    level : float
        [1].
    repeats : int
        Of the draws, with replacement within each law, for the standard errors.

    Returns
    -------
    tuple of numpy.ndarray
        (low, high) and their standard errors.

    Examples
    --------
    >>> ends, errors = interval_over_laws(np.arange(400.0).reshape(1, -1))
    >>> ends.tolist()
    [10.0, 389.0]
    """
    check_between(0, 1, level=level)
    samples, rng = np.asarray(samples, dtype=float), np.random.default_rng(0)
    shares = (1 - level) / 2, (1 + level) / 2
    laws, draws = samples.shape
    picked = rng.integers(draws, size=(repeats, laws, draws))
    again = np.take_along_axis(np.broadcast_to(samples, picked.shape), picked, axis=-1).reshape(repeats, -1)
    ends = np.quantile(samples, shares, method="inverted_cdf")
    return ends, np.quantile(again, shares, axis=1, method="inverted_cdf").std(axis=1, ddof=1)


def open_ends(limits, searched):
    """Ends of an interval, None where they are an end of what was searched: a bound of ours, not of the cell (tuple).

    Parameters
    ----------
    limits, searched : pair of float
        In one unit.

    Examples
    --------
    >>> open_ends((15.0, 23.2), (15.0, 1000.0))
    (None, 23.2)
    """
    return tuple(None if np.isclose(end, searched, rtol=1e-9).any() else float(end) for end in limits)


def strongest_shares(gains):
    """Share [1] of all draws in which each property gains most, by label, the largest first (dict).

    Parameters
    ----------
    gains : array_like
        From `drawn_gains`, shape (..., draws, properties).
    """
    gains = np.asarray(gains, dtype=float)
    wins = np.bincount(gains.argmax(axis=-1).ravel(), minlength=len(MOVABLE)) / gains[..., 0].size
    labels = [label for label, _ in MOVABLE.values()]
    return {labels[n]: float(wins[n]) for n in np.argsort(-wins, kind="stable")}


def _specific_energy(electrode, c_rate, law, active, thickness, factors=None):
    """Specific energy [J/kg] at some recipes [1] and thicknesses [m] that broadcast, with factors that do too."""
    composition = replace(electrode.composition, active_fraction=np.asarray(active, dtype=float))
    moved = with_factors(replace(electrode, composition=composition, thickness=thickness), factors or {})
    return moved.deliver(c_rate, law).specific_energy
