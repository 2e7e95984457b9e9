"""The join: what a spectrum's fit knows of transport, carried to capacity and energy at a stated current."""

import json
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path

import numpy as np
from scipy.stats import norm, qmc

from sslib.cell.rate import PARAMETERS
from sslib.checks import check_between, check_positive
from sslib.units import cm2, hour, mS_cm, ohm_cm2, um

COARSE = {"cells": 24, "modes": 12, "voltage_step": 0.02}
"""Numerics for many discharges at once: within 0.6 % of the capacity of the default, 2 % where the zone is thinnest."""


@dataclass(frozen=True)
class Known:
    """A transport parameter as it is known.

    Attributes
    ----------
    value : float
        [ohm m2] or [s].
    interval : pair of float or None
        Its ends in the same unit; None for an open one.
    level : float
        Of the interval [1].
    """

    value: float
    interval: tuple[float | None, float | None]
    level: float = 0.95

    def times(self, factor):
        """The same for a multiple of the quantity."""
        ends = tuple(None if end is None else factor * end for end in self.interval)
        return replace(self, value=factor * self.value, interval=ends)

    def draws(self, scores):
        r"""Values for standard normal scores: log-normal with the value as median, each side with its own width.

        .. math:: x = x_0 \exp\left(\frac{|z|}{z_\text{level}} \ln \frac{x_\pm}{x_0}\right)

        A side that ends at zero is normal, and cut off there; so is all of a value that is zero. On an open side
        nothing is drawn: the value stands for it, and `at_open_ends` says what lies there.
        """
        low, high = (self.value if end is None else end for end in self.interval)
        share = np.abs(scores) / norm.ppf(0.5 + self.level / 2)
        if self.value == 0:
            return high * share
        # An end of zero has no logarithm: that side is normal, down to what is as good as nothing.
        below = self.value * np.maximum(1 - share, 1e-6) if low == 0 else self.value * (low / self.value) ** share
        return np.where(scores < 0, below, self.value * (high / self.value) ** share)


@dataclass(frozen=True)
class KnownTransport:
    """Transport parameters of a cell, as a fit knows them or as they are assumed.

    Attributes
    ----------
    known : dict of Known
        By the names of `PARAMETERS`.
    correlations : dict of float
        Of the logarithms of two parameters [1], by the pair of their names.
    thickness : float or None
        Of the fitted electrode [m], where the run knows it.
    diffusion_resistance : float or None
        R_d of the fitted electrode [ohm m2], where the run has it.
    notes : tuple of str
        What was left open, and what the run does not have.
    said : tuple of str
        The run's own notes.
    """

    known: dict
    correlations: dict
    thickness: float | None
    diffusion_resistance: float | None
    notes: tuple
    said: tuple

    def at_thickness(self, thickness):
        """The same electrode in another thickness [m]: longer rails, more interface; as `StatedCell.with_thickness`."""
        if self.thickness is None:
            note = f"The fit does not know the thickness of its electrode: {thickness / um:.3g} µm are taken."
            return replace(self, thickness=thickness, notes=(*self.notes, note))
        longer = thickness / self.thickness
        factors = {"R_ion": longer, "R_el": longer, "R_ct": 1 / longer}
        known = {name: own.times(factors.get(name, 1.0)) for name, own in self.known.items()}
        diffusion = None if self.diffusion_resistance is None else self.diffusion_resistance / longer
        note = f"The fitted electrode, {self.thickness / um:.3g} µm thick, is scaled to {thickness / um:.3g} µm."
        notes = self.notes if longer == 1 else (*self.notes, note)
        return replace(self, known=known, thickness=thickness, diffusion_resistance=diffusion, notes=notes)


def assumed(values, percent, thickness, level=0.95):
    """Typed parameters, each with an interval of plus and minus so many percent, as a ratio (KnownTransport).

    Parameters
    ----------
    values : dict of float
        [ohm m2, s] by the names of `PARAMETERS`.
    percent : float
        [%]
    thickness : float
        Of the electrode [m].
    level : float
        Of the intervals [1].
    """
    check_between(0, 1000, percent=percent)
    ratio = 1 + percent / 100
    known = {name: Known(value, (value / ratio, value * ratio), level) for name, value in values.items()}
    note = f"No fit was given: each transport parameter is assumed to be known to {percent:g} %."
    return KnownTransport(known, {}, thickness, None, (note,), ())


def read_fit(path, own, area=None, thickness=None):
    """Transport parameters from the ``results.json`` of a ``tlm_fitting`` run (KnownTransport).

    Parameters
    ----------
    path : path-like
        The file, or the folder of the run.
    own : dict of float
        Values [ohm m2, s] by the names of `PARAMETERS`, for what the fit does not have or determine.
    area : float, optional
        Of the electrode [m2], where the run does not know it.
    thickness : float, optional
        Of the electrode that is asked about [m]: that of the fitted one if left out.

    Raises
    ------
    ValueError
        For a file that is no such run, without an area, and for an area that is not the run's.
    """
    path = Path(path)
    path = path / "results.json" if path.is_dir() else path
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        entries, notebook = document["results"], document["notebook"]
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{path} is no results.json of a tlm_fitting run") from None
    if notebook not in ("tlm_fitting", "tlm_joint"):
        raise ValueError(f"{path} is of the notebook {notebook!r}; allowed are tlm_fitting, tlm_joint")
    stated = _area_of(document)
    if stated and area and abs(area / stated - 1) > 1e-6:
        raise ValueError(f"area_cm2 is {area / cm2:g}, but {path} was run with {stated / cm2:g} cm2; leave it out")
    area = stated or area
    if not area:
        raise ValueError(f"{path} has no area: run {notebook} with area_cm2, or give area_cm2 here")
    pairs = {pair: entries.get(f"correlation_{'_'.join(pair)}") for pair in permutations(PARAMETERS, 2)}
    found = fitted(
        {
            name: Known(entry["value"], tuple(entry["interval"] or (None, None)), entry["level"] or 0.95)
            for name, entry in entries.items()
            if name in (*PARAMETERS, "R_d")
        },
        {pair: entry["value"] for pair, entry in pairs.items() if entry},
        own,
        area,
        thickness=_thickness_of(document),
        said=tuple(document.get("notes", ())),
    )
    return found if thickness is None else found.at_thickness(thickness)


def fitted(parameters, correlations, own, area, *, thickness=None, said=()):
    """Transport parameters per area from those of a fit over its electrode (KnownTransport).

    Parameters
    ----------
    parameters : dict of Known
        By the names of `PARAMETERS`, and ``R_d`` [ohm, s], as far as the fit has them; a value of None is not
        determined.
    correlations : dict of float
        As for `KnownTransport`.
    own : dict of float or Known
        Values [ohm m2, s] by the names of `PARAMETERS`, for what the fit does not have or determine; a number is taken
        as exact.
    area : float
        Of the fitted electrode [m2].
    thickness : float, optional
        Of the fitted electrode [m].
    said : tuple of str
        What the fit says of itself.

    Raises
    ------
    ValueError
        Where neither the fit nor ``own`` has a parameter.
    """
    check_positive(area=area)
    known, notes = {}, []
    for name, label in PARAMETERS.items():
        size = 1.0 if name == "tau_d" else area
        known[name], more = _known(parameters.get(name), name, label, own.get(name), size)
        notes += more
    taken = {pair: value for pair, value in correlations.items() if set(pair) <= set(PARAMETERS)}
    listed = ", ".join(f"{one} and {other} {value:.2f}" for (one, other), value in taken.items())
    notes.append(f"Drawn with the fit's correlations: {listed.replace('-', '−') or 'none above 0.5'}.")
    diffusion = parameters["R_d"].value if "R_d" in parameters else None
    return KnownTransport(
        known=known,
        correlations=taken,
        thickness=thickness,
        diffusion_resistance=diffusion * area if diffusion else None,
        notes=tuple(notes),
        said=said,
    )


def _area_of(document):
    """Area of the electrode [m2] as a run was told it, or as its area-specific resistances have it; None without."""
    stated = (document.get("parameters") or {}).get("area_cm2")
    if stated:
        return stated * cm2
    entries = document["results"]
    both = [(entries.get(f"ASR{name[1:]}"), entries.get(name)) for name in PARAMETERS if name.startswith("R_")]
    return next((asr["value"] * cm2 / one["value"] for asr, one in both if asr and one and one["value"]), None)


def _thickness_of(document):
    """Thickness of the electrode [m] as a run was told it, or as conductivity and resistance of a rail have it."""
    stated = (document.get("parameters") or {}).get("thickness_um")
    if stated:
        return stated * um
    entries = document["results"]
    both = [(entries.get(f"sigma_{rail}"), entries.get(f"ASR_{rail}")) for rail in ("ion", "el")]
    return next(
        (sigma["value"] * mS_cm * asr["value"] * ohm_cm2 for sigma, asr in both if sigma and asr and sigma["value"]),
        None,
    )


def _known(found, name, label, own, size):
    """A parameter as a fit has it, in units of `size`, and what must be said about it."""
    if found is None and name in ("R_el", "R_sep", "R_counter"):
        text = f"No likely model of the fit has {name} ({label}): taken as zero"
        return Known(0.0, (0.0, 0.0)), [text + (", or as part of R_ion." if name == "R_el" else ".")]
    if own is None and (found is None or found.value is None):
        raise ValueError(f"the fit does not have {name} ({label}), and no value of it is given")
    stated = own if isinstance(own, Known) or own is None else Known(own, (own, own))
    if found is None:
        words = "as exact" if stated.interval == (stated.value, stated.value) else "with its interval"
        return stated, [f"The fit has no {name} ({label}): the typed value is taken, {words}."]
    if found.value is None:
        open_at_both = replace(stated, interval=(None, None))
        return open_at_both, [f"The fit does not determine {name} ({label}): the typed value is taken."]
    notes = [
        f"The fit leaves the {side} end of {name} ({label}) open."
        for end, side in zip(found.interval, ("lower", "upper"), strict=True)
        if end is None
    ]
    return found.times(size), notes


def capacity_of_diffusion(R_d, tau_d, slope):
    r"""Capacity of all sites [C/m2] that a diffusion resistance and time imply: a check of a fit against a balance.

    .. math:: Q = -U'(x) \, \tau_d/(3 R_d)

    Parameters
    ----------
    R_d : array_like
        [ohm m2].
    tau_d : array_like
        [s].
    slope : array_like
        :math:`U'(x)` at the spectrum's stoichiometry [V].

    Examples
    --------
    >>> from sslib.units import mAh_cm2
    >>> float(round(capacity_of_diffusion(0.001125, 1250.0, -0.5279) / mAh_cm2, 2))
    5.43
    """
    check_positive(R_d=R_d, tau_d=tau_d)
    return -np.asarray(slope) * tau_d / (3 * np.asarray(R_d))


FURTHEST = 1e3
"""Factor to which an open end is followed [1]: a fit calls an end open where it does not exclude that."""
MATTERS = 0.01
"""Share of a result [1] by which an open end has to move it beyond its interval to leave it open."""


def at_open_ends(known):
    """Where parameters could be at their open ends, one set of values a case (dict by case of dict).

    Parameters
    ----------
    known : dict of Known

    Returns
    -------
    dict of dict of float
        By ``(name, side)`` with the side "lower" or "upper" what changes: that parameter alone, `FURTHEST` from its
        value (a resistance of zero from the sum of the others); where there are several, also by ``("all", side)`` all
        those with an open end on a side together.
    """
    others = sum(own.value for name, own in known.items() if name.startswith("R_"))
    alone = {
        (name, side): {name: (own.value or others) * factor}
        for name, own in known.items()
        for end, side, factor in zip(own.interval, ("lower", "upper"), (1 / FURTHEST, FURTHEST), strict=True)
        if end is None
    }
    together = {}
    for (_, side), change in alone.items():
        together.setdefault(("all", side), {}).update(change)
    return alone | {case: change for case, change in together.items() if len(change) > 1}


def interval_of(values, draws, level=0.95, room=None):
    """Ends (low, high) of the central share of draws, along the first axis; None for an end that is left open.

    Parameters
    ----------
    values : array_like
        Shape (1 + draws + cases, ...): of the cell as it is, of the draws, and at the open ends.
    draws : int
    level : float
    room : float, optional
        By how much a case has to lie beyond an end to leave it open: `MATTERS` of the cell's own value if left out.

    Notes
    -----
    The ends hold the cell as it is, as an interval of a fit holds its solution: where the best fit lies at an end of
    what is possible, few draws or none lie beyond it. An end is open where a case lies beyond it by that much, in
    any of the columns.
    """
    values = np.asarray(values, dtype=float)
    if np.isnan(values).any():
        lost = np.isnan(values.reshape(len(values), -1)).any(axis=1).sum()
        raise ValueError(
            f"{lost} of {len(values)} draws could not be computed, since a discharge of theirs broke off: an interval "
            "without them would leave out what is not known; ask for less current or narrower intervals"
        )
    drawn, cases = values[1 : 1 + draws], values[1 + draws :]
    # Weibull's positions: of n draws the k-th has k/(n + 1) below it, so that the interval holds its share.
    low, high = np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2], axis=0, method="weibull")
    low, high = np.minimum(low, values[0]), np.maximum(high, values[0])
    room = MATTERS * np.abs(values[0]) if room is None else room
    return (None if (cases < low - room).any() else low), (None if (cases > high + room).any() else high)


@dataclass(frozen=True, eq=False)
class Spread:
    """What intervals of the transport parameters make of capacity and energy.

    Attributes
    ----------
    capacity, energy : numpy.ndarray
        Shape (1 + draws + cases, rates) [C/m2, J/m2]: of the cell as it is, of the draws, and at the open ends of
        parameters; zero where nothing is delivered.
    draws : int
    cases : tuple
        Of `at_open_ends`.
    """

    capacity: np.ndarray
    energy: np.ndarray
    draws: int
    cases: tuple = ()

    def interval(self, values, level=0.95):
        """`interval_of` of what follows from capacity or energy, of their shape."""
        return interval_of(values, self.draws, level)


def drawn_parameters(known, draws, seed=1, correlations=None):
    """Values of parameters from within their intervals: a Latin hypercube of log-normal margins (dict of arrays).

    Parameters
    ----------
    known : dict of Known
    draws : int
    seed : int
    correlations : dict of float, optional
        Of the normal scores of two parameters [1], by the pair of their names; none is independent.

    Notes
    -----
    A Gaussian copula: each margin keeps its interval, and what a spectrum knows better together stays together as far
    as a correlation says it. Where the given correlations contradict one another, the nearest ones that do not (by
    their positive eigenvalues) are taken.
    """
    names = list(known)
    matrix = np.eye(len(names))
    for (one, other), value in (correlations or {}).items():
        check_between(-1, 1, **{f"correlation of {one} and {other}": value})
        if one in known and other in known:
            i, k = names.index(one), names.index(other)
            matrix[i, k] = matrix[k, i] = value
    roots, vectors = np.linalg.eigh(matrix)
    factor = vectors * np.sqrt(np.maximum(roots, 0))
    factor /= np.linalg.norm(factor, axis=1, keepdims=True)
    scores = norm.ppf(qmc.LatinHypercube(len(names), rng=np.random.default_rng(seed)).random(draws)) @ factor.T
    return {name: known[name].draws(own) for name, own in zip(names, scores.T, strict=True)}


def propagated(cell, transport, c_rate, draws=100, seed=1):
    """Capacity and energy at C-rates for draws from within the parameters' intervals (Spread).

    Parameters
    ----------
    cell : StatedCell
    transport : KnownTransport
    c_rate : array_like
        [1/h], shape (rates,).
    draws, seed
        Of `drawn_parameters`.
    """
    drawn = drawn_parameters(transport.known, draws, seed, transport.correlations)
    cases = at_open_ends(transport.known)
    values = {
        name: np.concatenate([own, [case.get(name, getattr(cell, name)) for case in cases.values()]])
        for name, own in drawn.items()
    }
    current = cell.nominal_capacity * np.asarray(c_rate, dtype=float) / hour
    capacity, energy = discharged(cell, values, current)
    return Spread(capacity, energy, draws, tuple(cases))


def discharged(cell, values, current_density):
    """Capacity and energy that a cell delivers as it is, and with other values of its fields.

    Parameters
    ----------
    cell : StatedCell
    values : dict of array_like
        Of fields of the cell, shape (cases,).
    current_density : array_like
        [A/m2], shape (currents,), or (1 + cases, currents) where each has its own.

    Returns
    -------
    capacity, energy : numpy.ndarray
        [C/m2, J/m2], shape (1 + cases, currents), the cell as it is first; zero where nothing is delivered.

    Notes
    -----
    The cases are discharged with `COARSE` numerics and scaled by what the default gives for the cell as it is.
    """
    current = np.atleast_1d(np.asarray(current_density, dtype=float))
    first, others = (current, current) if current.ndim == 1 else (current[0], current[1:])
    changed = replace(cell, **{name: np.asarray(own)[:, None] for name, own in values.items()})
    run, fine, coarse = changed.under(others, **COARSE), cell.under(first), cell.under(first, **COARSE)
    found = []
    for name in ("capacity", "energy"):
        own, other = getattr(fine, name), getattr(coarse, name)
        scale = np.where(np.isfinite(own / other), own / other, 1.0)
        many = getattr(run, f"delivered_{name}") * scale
        found.append(np.vstack([getattr(fine, f"delivered_{name}"), np.broadcast_to(many, (len(many), len(first)))]))
    return tuple(found)
