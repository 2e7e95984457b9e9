"""What a cell delivers and whether it survives, over draws of all that is known of it: intervals, shares, openness."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from sslib.cell import discharged, interval_of, throughput_at_c_rate
from sslib.chain.draws import FIT, RECIPE, WARMTH, as_it_is, drawn_cells
from sslib.failure import LITHIUM_SIDE, MECHANISMS, critical_currents, recalibrated_without_each, severities
from sslib.formatting import number
from sslib.units import Wh_kg, mAh_cm2, mol_m2_h

LAWS = "criteria of failure"
"""The stage of the chain that follows those of a drawn cell."""

CAPACITY, ENERGY, THROUGHPUT = "delivered_capacity", "specific_energy", "throughput"
FAILURE, FAILURE_10X = "failure_probability", "failure_probability_10x"


class Named(NamedTuple):
    """How a result is called and counted: in words, and in a file of results."""

    label: str
    digits: int
    unit: float
    sign: str
    file_unit: float
    file_sign: str


RESULTS = {
    CAPACITY: Named("delivered capacity", 3, mAh_cm2, "mAh/cm²", mAh_cm2, "mAh cm-2"),
    ENERGY: Named("specific energy", 3, Wh_kg, "Wh/kg", Wh_kg, "Wh/kg"),
    THROUGHPUT: Named("throughput", 3, mol_m2_h, "mol m⁻² h⁻¹", mol_m2_h, "mol m-2 h-1"),
    FAILURE: Named("probability of failure", 2, 0.01, "%", 1.0, "1"),
    FAILURE_10X: Named("probability of failure, ten times as long", 2, 0.01, "%", 1.0, "1"),
}
"""The results, units in SI."""

NOTICED = 0.01
"""Probability [1] by which an open end has to move that of failure beyond its interval to leave it open."""

LAW_DRAWS = 20_000
"""Draws of the criteria's parameters for each draw of the cell."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What `cell_outcome` gives.

    Attributes
    ----------
    values : dict of numpy.ndarray
        By the names `CAPACITY` [C/m2], `ENERGY` [J/kg], `THROUGHPUT` [mol m-2 s-1], `FAILURE` and `FAILURE_10X` [1]:
        of the cell as it is, of the draws, and at the ends of its parameters, shape (1 + draws + cases,).
    intervals : dict of tuple
        At 95 %, None for an end that is left open.
    shares : dict of dict of float
        Variance of the specific energy (``"energy"``) and of the logarithm of the critical current (``"survival"``)
        where one stage alone varies, over that with all stages [1]; critical currents as `critical_currents` keeps
        them. What is missing to 1 the stages do together; where they weaken each other, the sum is above 1. All zero
        where nothing varies.
    without_study : dict of float
        Probability of failure [1] with the laws recalibrated without each study, where they are calibrated.
    cells : DrawnCells
    """

    values: dict
    intervals: dict
    shares: dict
    without_study: dict
    cells: object

    def value(self, name):
        """Of the cell as it is."""
        return float(self.values[name][0])

    def words(self, name):
        """The result with its unit and interval."""
        own = RESULTS[name]
        ends = ["open" if end is None else number(end / own.unit, own.digits) for end in self.intervals[name]]
        known = "interval open" if ends == ["open", "open"] else " to ".join(ends)
        return f"{number(self.value(name) / own.unit, own.digits)} {own.sign} ({known})"

    def entry(self, name):
        """The result as `sslib.notebook.quantity` takes it (dict)."""
        own = RESULTS[name]
        return {
            "value": self.value(name) / own.file_unit,
            "unit": own.file_sign,
            "label": own.label,
            "interval": [None if end is None else end / own.file_unit for end in self.intervals[name]],
            "level": 0.95,
        }

    def reach(self, parameter):
        """By result the least and the largest value over the ends of one parameter's interval, open ones followed."""
        start = 1 + self.cells.draws
        rows = [0, *(start + k for k, case in enumerate(self.cells.cases) if case[0] == parameter)]
        return {name: (float(own[rows].min()), float(own[rows].max())) for name, own in self.values.items()}

    def depends(self, parameter):
        """Names of the results that the ends of one parameter's interval move noticeably.

        By more than a hundredth of their value, or of a probability by more than a hundredth.
        """
        moved = []
        for name, (low, high) in self.reach(parameter).items():
            room = NOTICED if name in (FAILURE, FAILURE_10X) else NOTICED * abs(self.value(name))
            if high - low > room:
                moved.append(name)
        return moved


def cell_outcome(use, draws=128, seed=1, scatter=1.0, law_draws=LAW_DRAWS):
    """Capacity, energy, throughput and failure of a cell in use, each with its interval (Outcome).

    Parameters
    ----------
    use : CellInUse
    draws : int
        Of the cell.
    seed : int
    scatter : float
        As for `drawn_cells`.
    law_draws : int
        Of the criteria's parameters.

    Notes
    -----
    A probability of failure is an average over the criteria's parameters; its interval is over what is known of the
    cell, and over the laws recalibrated without each of the studies that they rest on. Where no observation stands
    behind the laws that count, both of its ends are open.
    """
    cells = drawn_cells(use, draws, seed, scatter=scatter)
    values = _values(use, cells, law_draws)
    nominal = cells.taken([0])
    left_out = {
        study: failing_share(own, nominal, law_draws, times=(1.0, 10.0))[0] for study, own in _left_out(use).items()
    }
    without = {
        name: {study: float(both[k]) for study, both in left_out.items()}
        for k, name in enumerate((FAILURE, FAILURE_10X))
    }
    intervals = {}
    for name, own in values.items():
        ends = interval_of(own[: cells.followed], draws, room=NOTICED if name in without else None)
        intervals[name] = _widened(ends, without[name].values()) if name in without else _plain(ends)
    shares = _shares(use, cells, values[ENERGY], seed, scatter, law_draws)
    return Outcome(values, intervals, shares, without[FAILURE], cells)


def operating_point(use, law_draws=LAW_DRAWS, **numerics):
    """The results of a cell in use as it is, without intervals, by the names of `RESULTS` (dict of float).

    ``numerics`` are those of `sslib.cell.discharge`: at steps of 0.04 V a slider is followed, to 1e-4 of the capacity.
    """
    return {name: float(own[0]) for name, own in _values(use, as_it_is(use), law_draws, **numerics).items()}


def _values(use, cells, law_draws, **numerics):
    """Results of some cells by the names of `RESULTS`, shape (cells,) each."""
    capacity, energy = _discharge(use, cells, **numerics)
    failing, failing_later = failing_share(use, cells, law_draws, times=(1.0, 10.0)).T
    rate = use.conditions.current_density / np.broadcast_to(cells.at_work.nominal_capacity, capacity.shape)
    some = capacity > 0
    return {
        CAPACITY: capacity,
        ENERGY: energy / cells.at_work.masses.areal_mass,
        # A cell that delivers nothing moves nothing, and one whose discharge broke off an unknown amount.
        THROUGHPUT: np.where(some, throughput_at_c_rate(np.where(some, capacity, 1.0), rate), capacity),
        FAILURE: failing,
        FAILURE_10X: failing_later,
    }


def dependence(outcome, names):
    """Which results hang on each of some parameters, and which do not, in words (DataFrame by parameter).

    Parameters
    ----------
    outcome : Outcome
    names : iterable of str
        Parameters of a fit; those that no later step uses are said so.
    """
    import pandas as pd

    rows = {}
    for name in names:
        used = name in {case[0] for case in outcome.cells.cases}
        moved = outcome.depends(name) if used else []
        reach = outcome.reach(name) if used else {}
        rows[name] = {
            "moves": "; ".join(f"{RESULTS[own].label} {_span(own, *reach[own])}" for own in moved) or "nothing",
            "leaves": "all"
            if not moved
            else ", ".join(RESULTS[own].label for own in RESULTS if own not in moved) or "nothing",
        }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["moves", "leaves"])


def _span(name, low, high):
    own = RESULTS[name]
    return f"{number(low / own.unit, own.digits)} to {number(high / own.unit, own.digits)} {own.sign}"


def _discharge(use, cells, **numerics):
    """Capacity [C/m2] and energy [J/m2] of some cells."""
    if len(cells.at_work.R_ion) == 1:
        run = use.at_work.under([use.conditions.current_density], **numerics)
        return run.delivered_capacity, run.delivered_energy
    found = discharged(use.at_work, cells.values(), use.conditions.current_density)
    return tuple(own[:, 0] for own in found)


def failing_share(use, cells, law_draws=LAW_DRAWS, times=1.0, seed=0):
    """Share of the criteria's draws that fail [1] for each of some cells.

    Parameters
    ----------
    use : CellInUse
    cells : DrawnCells
    law_draws, seed : int
    times : float or sequence of float
        Of the conditions' time [1].

    Returns
    -------
    numpy.ndarray
        Shape (cells,), or (cells, times) for a sequence.
    """
    own = use.laws_of(cells.at_work, cells.measured)
    needed = sorted({name for one in use.mechanisms for name in MECHANISMS[one].parameters})
    values = use.laws.draws(law_draws, seed, needed) | {name: np.reshape(one, (-1, 1)) for name, one in own.items()}
    shares = []
    for factor in np.atleast_1d(times):
        at = use.conditions.at(time=use.conditions.time * factor)
        beyond = severities(at, use.laws, use.mechanisms, values)
        failed = np.logical_or.reduce(np.broadcast_arrays(*(one >= 1 for one in beyond.values())))
        shares.append(np.broadcast_to(failed.mean(axis=1), np.shape(cells.at_work.R_ion)))
    return np.stack(shares, axis=1) if np.ndim(times) else shares[0]


def _left_out(use):
    """The cell in use with laws recalibrated without each study that stands behind those that count, by study."""
    if not set(use.mechanisms) & set(LITHIUM_SIDE):
        return {}
    return {study: replace(use, laws=laws) for study, laws in recalibrated_without_each(use.laws).items()}


def _plain(ends):
    return tuple(None if end is None else float(end) for end in ends)


def _widened(ends, others):
    """Ends that hold other values, too; open where there is none of these: nothing says how far off it may be."""
    low, high = ends if others else (None, None)
    return _plain((None if low is None else min([low, *others]), None if high is None else max([high, *others])))


def _shares(use, cells, energy, seed, scatter, law_draws):
    """Of each stage alone, in the variance with all."""
    whole = np.var(energy[1 : 1 + cells.draws])
    spread_of = {"all": np.var(_critical(use, cells.taken(slice(1, 1 + cells.draws)), law_draws))}
    spread_of[LAWS] = np.var(_critical(use, cells.taken([0]), law_draws))
    alone = {}
    stages = (FIT, RECIPE, WARMTH) if use.inverse_temperature() else (FIT, RECIPE)
    for stage in stages:
        own = drawn_cells(use, cells.draws, seed, (stage,), scatter, cases=False)
        _, areal = _discharge(use, own)
        alone[stage] = np.var((areal / own.at_work.masses.areal_mass)[1:])
        spread_of[stage] = np.var(_critical(use, own, None)[1:])
    every = (*stages, LAWS)
    return {
        "energy": {stage: float(alone.get(stage, 0.0) / whole) if whole > 0 else 0.0 for stage in every},
        "survival": {
            stage: float(spread_of[stage] / spread_of["all"]) if spread_of["all"] > 0 else 0.0 for stage in every
        },
    }


def _critical(use, cells, law_draws):
    """Logarithm of the critical currents, shape (cells, law draws), or (cells,) by the laws' medians for None."""
    own = use.laws_of(cells.at_work, cells.measured)
    laws = use.laws.medians() if law_draws is None else use.laws.draws(law_draws)
    shaped = {n: np.asarray(one) if law_draws is None else np.reshape(one, (-1, 1)) for n, one in own.items()}
    found = critical_currents(use.conditions, use.laws, use.mechanisms, laws | shaped)
    count = np.size(cells.at_work.R_ion)
    shape = (count,) if law_draws is None else (count, law_draws)
    return np.log10(np.broadcast_to(found, shape))


def survival_in_time(use, times, draws=40, seed=1, scatter=1.0, law_draws=3000):
    """Probability of failure against time with the ends of its interval, as in `cell_outcome` (three arrays).

    Parameters
    ----------
    use : CellInUse
    times : array_like
        Of the conditions' time [1], shape (times,).
    draws, seed, scatter
        As for `cell_outcome`.
    law_draws : int
        Of the criteria's parameters, for the ends; without draws of the cell for all.

    Returns
    -------
    tuple of numpy.ndarray
        Of the cell as it is, and the ends, 0 and 1 where they are open; shape (times,) each [1]. Without draws the ends
        are the cell's own.
    """
    alone = as_it_is(use)
    if not draws:
        middle = failing_share(use, alone, law_draws, times)[0]
        return middle, middle, middle
    middle = failing_share(use, alone, LAW_DRAWS, times)[0]
    cells = drawn_cells(use, draws, seed, scatter=scatter)
    drawn = failing_share(use, cells, law_draws, times)
    without = [failing_share(own, alone, law_draws, times)[0] for own in _left_out(use).values()]
    ends = []
    for k, value in enumerate(middle):
        known = interval_of(np.append(value, drawn[1 : cells.followed, k]), draws, room=NOTICED)
        low, high = _widened(known, [own[k] for own in without])
        ends.append((0.0 if low is None else low, 1.0 if high is None else high))
    return middle, *np.array(ends).T


def energy_at_currents(use, cells, current_density):
    """Specific energy against current with the ends of its interval, and the discharges of the cell as it is.

    Parameters
    ----------
    use : CellInUse
    cells : DrawnCells
    current_density : array_like
        [A/m2], shape (currents,).

    Returns
    -------
    run : sslib.cell.Discharge
    energy, low, high : numpy.ndarray
        [J/kg], shape (currents,); an open end is 0, or the energy without any loss.
    """
    current = np.asarray(current_density, dtype=float)
    cell = use.at_work
    _, areal = discharged(cell, cells.values(), current)
    energy = areal / np.reshape(cells.at_work.masses.areal_mass, (-1, 1))
    ends = [interval_of(column[: cells.followed], cells.draws) for column in energy.T]
    ceiling = float(cell.masses.specific_energy(cell.reversible_energy))
    low = np.array([0.0 if own is None else own for own, _ in ends])
    high = np.array([ceiling if own is None else own for _, own in ends])
    return cell.under(current), energy[0], low, high
