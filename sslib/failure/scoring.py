"""How often the criteria are right about cells that did not calibrate them."""

from dataclasses import dataclass

import numpy as np

from sslib.checks import check_between
from sslib.failure.defaults import cell_parameters
from sslib.failure.mechanisms import LITHIUM_SIDE
from sslib.failure.observations import (
    CALIBRATED,
    REPORTED_NOWHERE,
    failure_observations,
    observed_conditions,
    recalibrated,
)
from sslib.failure.points import drawn_intervals, failure_probability
from sslib.units import MPa, celsius, hour, mA_cm2

BRACKET = 2.0
"""A lifetime t says two things: alive at t over this factor, dead at t times it."""


@dataclass(frozen=True, eq=False)
class Score:
    """Brier score of predictions, less is better.

    Attributes
    ----------
    brier : float
        Mean squared difference of predicted probability and outcome [1].
    interval : tuple of float
        Of the score, by bootstrap over studies.
    base_rate : float
        Score of saying for every point what share of all points failed; it has seen the outcomes.
    skill_interval : tuple of float
        Of base rate's score less the score, over the same bootstrap samples: above zero where the criteria know more.
    points, rows, studies : int
        Statements that were scored, and the rows and studies that they come from.
    level : float
        Of the intervals.
    """

    brier: float
    interval: tuple
    base_rate: float
    skill_interval: tuple
    points: int
    rows: int
    studies: int
    level: float


def outcome_table(*, leave_out=True, bracket=BRACKET, unreported=REPORTED_NOWHERE["hours"], draws=20_000, seed=0):
    """Predicted probability of failure against what was observed, a statement a line, as a DataFrame.

    Parameters
    ----------
    leave_out : bool
        Whether each study is predicted with the laws recalibrated without it.
    bracket : float
        A lifetime t says two things: alive at t over this factor, dead at t times it; above 1.
    unreported : float
        Hours that stand in where a duration is not reported [h].
    draws, seed : int

    Returns
    -------
    pandas.DataFrame
        ``id``, ``study``, ``electrolyte``, ``current_density``, ``stack_pressure`` (NaN where not reported), ``T``,
        ``time`` [SI], ``failed`` (observed), ``probability`` (predicted), ``hit`` (probability on the right side of one
        half), ``calibrates`` (whether a law's default numbers rest on the row), ``law`` (which), ``reason`` (what the
        criteria have no axis for, or what was not reported).

    Notes
    -----
    A cell that failed after some hours under current gives two statements, of which one is inferred. Bracket and
    unreported hours are choices on which the score depends: ask for others.
    """
    import pandas as pd

    check_between(1, 100, bracket=bracket)
    rows = failure_observations()
    lines = []
    for row in rows[rows["kind"] == "observation"].itertuples():
        parameters = _parameters_for(row, rows, leave_out)
        for hours, failed in _statements(row, bracket, unreported):
            at = observed_conditions(row, hours)
            probability = sum(failure_probability(at, parameters, LITHIUM_SIDE, draws=draws, seed=seed).values())
            lines.append(
                _described(row)
                | {
                    "time": hours * hour,
                    "failed": failed,
                    "probability": probability,
                    "hit": (probability > 0.5) == failed,
                }
                | _known_of(row)
            )
    return pd.DataFrame(lines)


def brier_score(outcomes, *, level=0.9, samples=2000, seed=0):
    """Brier score of an `outcome_table` against the base rate, with intervals by bootstrap over studies (Score).

    Parameters
    ----------
    outcomes : pandas.DataFrame
    level : float
        Of the intervals.
    samples, seed : int
        Of the bootstrap.

    Notes
    -----
    Statements of one study share its cells, its pressing and its definition of failure: studies are drawn, not
    statements. With a handful of studies even that interval is narrow.
    """
    check_between(0, 1, level=level)
    failed, probability = outcomes["failed"].to_numpy(dtype=float), outcomes["probability"].to_numpy()
    studies = outcomes["study"].unique()
    members = [np.flatnonzero(outcomes["study"] == study) for study in studies]
    rng = np.random.default_rng(seed)
    chosen = [
        np.concatenate([members[i] for i in rng.integers(len(studies), size=len(studies))]) for _ in range(samples)
    ]
    scores = np.array([((probability[one] - failed[one]) ** 2).mean() for one in chosen])
    bases = np.array([failed[one].var() for one in chosen])
    ends = [(1 - level) / 2, (1 + level) / 2]
    return Score(
        brier=float(((probability - failed) ** 2).mean()),
        interval=tuple(np.quantile(scores, ends).tolist()),
        base_rate=float(failed.var()),
        skill_interval=tuple(np.quantile(bases - scores, ends).tolist()),
        points=len(outcomes),
        rows=outcomes["id"].nunique(),
        studies=len(studies),
        level=level,
    )


def onset_table(*, leave_out=True, draws=20_000, seed=0):
    """Predicted against observed onsets, as a DataFrame.

    Returns
    -------
    pandas.DataFrame
        By id: columns as of `outcome_table` but for the outcome, and ``mechanism``, ``observed``, ``predicted``
        (median), ``low``, ``high`` (5 and 95 % of the draws) [A/m2], ``log10_ratio`` of predicted over observed, and
        ``hit`` (observed between low and high).

    Notes
    -----
    Rows for whose electrolyte there are no parameters, and without any stack pressure, cannot be predicted and are
    left out; so are, where studies are left out, rows that calibrate an electrolyte that is not refitted. Of a range
    the geometric mean is taken. Where no mechanism is reported, the first of all is.
    """
    import pandas as pd

    rows = failure_observations()
    onsets = rows[(rows["kind"] == "onset") & (rows["modelled_as"] != "") & ~(rows["stack_pressure_MPa"] <= 0)]
    lines = []
    for row in onsets.itertuples():
        if leave_out and row.calibrates and row.modelled_as != CALIBRATED:
            continue
        parameters = _parameters_for(row, rows, leave_out)
        at = observed_conditions(row, REPORTED_NOWHERE["hours of an onset"])
        mechanisms = [row.outcome] if row.outcome else LITHIUM_SIDE
        ends = drawn_intervals(at, parameters, mechanisms, draws, seed)
        lowest = np.minimum.reduce([np.broadcast_to(high, draws) for _, high in ends.values()])
        low, median, high = np.quantile(lowest, [0.05, 0.5, 0.95])
        top = np.fmax(row.current_density_max_mA_cm2, row.current_density_mA_cm2)
        observed = np.sqrt(row.current_density_mA_cm2 * top) * mA_cm2
        lines.append(
            _described(row)
            | {
                "mechanism": row.outcome or "any",
                "observed": observed,
                "predicted": median,
                "low": low,
                "high": high,
                "log10_ratio": np.log10(median / observed),
                "hit": bool(low <= observed <= high),
            }
            | _known_of(row)
        )
    return pd.DataFrame(lines).set_index("id")


def _described(row):
    return {
        "id": row.Index,
        "study": row.study,
        "electrolyte": row.electrolyte,
        "current_density": row.current_density_mA_cm2 * mA_cm2,
        "stack_pressure": row.stack_pressure_MPa * MPa,
        "T": celsius(row.temperature_C),
    }


def _known_of(row):
    return {"calibrates": bool(row.calibrates), "law": row.calibrates, "reason": row.limitation}


def _parameters_for(row, rows, leave_out):
    """Parameters of the row's electrolyte; those of LPSCl are refitted, without the row's study where asked."""
    parameters = cell_parameters(row.modelled_as)
    if row.modelled_as != CALIBRATED:
        return parameters
    return recalibrated(parameters, rows, without=(row.study,) if leave_out else ())


def _statements(row, bracket, unreported):
    """(hours, failed) that a row says."""
    if row.outcome == "survived":
        return [(row.hours if np.isfinite(row.hours) else unreported, False)]
    if not np.isfinite(row.hours):
        return [(unreported, True)]
    if row.current_density_mA_cm2 == 0:
        return [(max(row.hours, REPORTED_NOWHERE["hours at once"]), True)]
    return [(row.hours / bracket, False), (row.hours * bracket, True)]
