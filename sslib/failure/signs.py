"""The sign test: the 17 crosses of Table 2 of source 002 as directions in which a computed severity must rise."""

from dataclasses import dataclass, field

import numpy as np

from sslib.failure.conditions import Conditions
from sslib.failure.maps import severities
from sslib.failure.mechanisms import ASSUMED, MECHANISMS, SOURCED, Term
from sslib.units import MPa, celsius, hour, mA_cm2

NOT_REPRODUCED = "not reproduced"

START = Conditions(
    current_density=0.5 * mA_cm2, stack_pressure=5 * MPa, T=celsius(25), state_of_charge=0.5, time=1 * hour
)
"""Where the directions begin: half charged, room temperature, a pressure at which cells are cycled, the first hour."""

_CHARGED = {"state_of_charge": 0.95}
"""Where every charge ends: there a cathode begins to reorder, and a current reaches the potential of oxidation."""

_ASSEMBLED = {"stack_pressure": 25 * MPa, "time": 200 * hour}
"""What source 002 presses cells with when they are assembled; where creep is a level and not a direction."""

_STEPS = {
    "high state of charge": {"state_of_charge": 0.95},
    "low state of charge": {"state_of_charge": 0.05},
    "high temperature": {"T": celsius(60)},
    "low temperature": {"T": celsius(0)},
    "high C-rate": {"current_density": 2.5 * mA_cm2},
    "low pressure": {"stack_pressure": 2 * MPa},
}


@dataclass(frozen=True)
class Cross:
    """One cross: a row of Table 2, a direction, the mechanisms that stand for the row, and what differs at the start.

    A level is no direction: there the severity must have reached 1.
    """

    row: str
    direction: str
    mechanisms: tuple
    start: dict = field(default_factory=dict)
    level: bool = False


_CRACKING, _PHASE, _INTERPHASE = ("cracking_by_strain", "cracking_by_rate"), ("phase_change",), ("interphase",)

CROSSES = (
    Cross("cracking", "high state of charge", _CRACKING),
    Cross("cracking", "low state of charge", _CRACKING),
    Cross("cracking", "high C-rate", _CRACKING),
    Cross("phase change", "high state of charge", _PHASE),
    Cross("phase change", "low state of charge", _PHASE),
    Cross("phase change", "high temperature", _PHASE, _CHARGED),
    Cross("creep", "high temperature", ("creep",)),
    Cross("creep", "low and room temperature", ("creep",), _ASSEMBLED, level=True),
    Cross("decomposition", "high state of charge", _INTERPHASE),
    Cross("decomposition", "low state of charge", _INTERPHASE),
    Cross("decomposition", "high temperature", _INTERPHASE),
    Cross("decomposition", "high C-rate", _INTERPHASE, _CHARGED),
    Cross("voids", "high C-rate", ("voids",)),
    Cross("voids", "low pressure", ("voids",)),
    Cross("filaments", "low temperature", ("filaments",)),
    Cross("filaments", "high C-rate", ("filaments",)),
    Cross("filaments", "low pressure", ("filaments",)),
)


def sign_test(parameters, start=START, *, draws=2000, seed=0):
    """Whether each cross follows from the criteria, and from which term, as a DataFrame of 17 lines.

    Parameters
    ----------
    parameters : Parameters
    start : Conditions
        From where the steps are taken, but for what a cross changes.
    draws, seed : int

    Returns
    -------
    pandas.DataFrame
        mechanism, direction, severity before and after (at the medians), share of draws in which it rises, answer
        (sourced, assumed, not reproduced), term.

    Notes
    -----
    The severity of a row is the greatest of its mechanisms'. It must rise at the medians over a finite step. Then each
    term of the mechanisms is taken out in turn (`Term.without`). The term without which the severity no longer rises
    makes it rise, and its evidence is the answer: of several the one that changes the start least; where none stops
    the rise, the one that slows it most; a term without which nothing is left counts only where no other one matters.
    Creep at low and room temperature is a level: at the pressure of assembly its severity reaches 1 within 200 h.

    The answers are of the first hour. After a hundred the growth of a short, which Doux's lifetimes ask for, has taken
    over: filaments get worse under more pressure, so that their cross at low pressure fails, and their rise with the
    C-rate is that of the charge, an assumption. The sources contradict each other; other starts give other counts.
    """
    import pandas as pd

    needed = sorted({name for cross in CROSSES for one in cross.mechanisms for name in MECHANISMS[one].parameters})
    drawn = parameters.draws(draws, seed, needed)
    return pd.DataFrame([_answer(cross, start.at(**cross.start), parameters, drawn) for cross in CROSSES])


def sign_counts(answers):
    """Numbers of crosses by answer: sourced, assumed, not reproduced."""
    return {answer: int((answers["answer"] == answer).sum()) for answer in (SOURCED, ASSUMED, NOT_REPRODUCED)}


def _answer(cross, start, parameters, drawn):
    def ends(values):
        after = _severity(cross, start if cross.level else start.at(**_STEPS[cross.direction]), parameters, values)
        return (np.ones_like(after) if cross.level else _severity(cross, start, parameters, values)), after

    medians = parameters.medians()
    before, after = ends(medians)
    drawn_before, drawn_after = ends(drawn)
    rises = after >= before if cross.level else after > before
    term = _term(cross, ends, medians, _factor(before, after), before) if rises else None
    return {
        "mechanism": cross.row,
        "direction": cross.direction,
        "before": float(before),
        "after": float(after),
        "share of draws": float(np.mean(drawn_after >= drawn_before if cross.level else drawn_after > drawn_before)),
        "answer": term.evidence if rises else NOT_REPRODUCED,
        "term": term.name if rises else "",
    }


def _term(cross, ends, medians, factor, before):
    """The term of the cross's mechanisms that makes the severity rise by the factor from what it was before."""
    needed, stopping, slowing = [], {}, {}
    for term in (term for name in cross.mechanisms for term in MECHANISMS[name].terms):
        start, end = ends(medians | term.without)
        left = _factor(start, end)
        if end == 0:
            needed.append(term)
        elif left <= 1:
            stopping.setdefault(abs(float(np.log(start / before))) if start > 0 and before > 0 else np.inf, term)
        elif left < factor * (1 - 1e-9):
            slowing.setdefault(left, term)
    for found in (stopping, slowing):
        if found:
            return found[min(found)]
    if needed:
        return needed[0]
    # Each alone is enough: nothing follows from a law unless all of them do.
    evidence = {term.evidence for name in cross.mechanisms for term in MECHANISMS[name].terms}
    return Term("several terms, each of them enough", ASSUMED if ASSUMED in evidence else SOURCED, {})


def _factor(before, after):
    return float(after / before) if before > 0 else np.inf


def _severity(cross, conditions, parameters, values):
    found = severities(conditions, parameters, cross.mechanisms, values).values()
    return np.maximum.reduce(np.broadcast_arrays(*found))
