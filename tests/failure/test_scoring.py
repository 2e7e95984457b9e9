"""Observations, recalibration without a study, scores, and the sign test."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sslib.failure import (
    CROSSES,
    START,
    brier_score,
    cell_parameters,
    failure_observations,
    observation_points,
    observed_conditions,
    onset_table,
    outcome_table,
    recalibrated,
    sign_counts,
    sign_test,
    stripping_limit,
)
from sslib.failure.observations import LARGEST_FLAW, NEVER
from sslib.mechanics import critical_flaw_size
from sslib.units import MPa, hour, mA_cm2

LPSCL = cell_parameters("LPSCl")
VOIDS = ("void_current", "void_exponent", "void_energy")


@pytest.fixture(scope="module")
def outcomes():
    return outcome_table()


@pytest.fixture(scope="module")
def onsets():
    return onset_table()


def test_table_has_no_unverified_row_and_has_all_others():
    """Six points of the literature could not be checked: with them the score would rest on hearsay."""
    rows = failure_observations()
    assert len(rows) == 35
    assert not set(rows.index) & {"W2", "W3", "N1", "N2", "H1", "H2"}
    assert set(rows["evidence"]) == {"read in the source", "secondary source"}
    assert rows["current_density_mA_cm2"].sum() == pytest.approx(51.715)
    points = observation_points()
    assert points.loc["D5", ["current_density", "stack_pressure", "time"]].tolist() == [0.75, 25e6, 48 * hour]
    assert points["outcome"].value_counts().to_dict() == {"onset": 18, "failed": 8, "survived": 5, "model boundary": 4}


def test_defaults_are_the_fit_to_the_rows_that_calibrate():
    """The numbers of the parameter table and the table of observations could drift apart unseen."""
    fitted = recalibrated(LPSCL)
    for name in (*VOIDS, "flaw_size", "overpotential_share", "short_charge", "short_pressure_rate"):
        assert fitted[name].median == pytest.approx(LPSCL[name].median, rel=0.01), name
    assert fitted["flaw_size"].spread == pytest.approx(LPSCL["flaw_size"].spread, rel=0.01)


def test_stripping_law_with_one_onset_left_out():
    """The reference sheet's reasons for the band: exponents 1.1 to 1.9, 34 to 55 kJ/mol, predictions 0.5 to 1.5."""
    rows = failure_observations()
    exponents, energies, ratios = [], [], []
    for left_out in ("K1", "K2", "S2", "S3"):
        fitted = recalibrated(LPSCL, rows.drop(index=left_out))
        exponents.append(fitted["void_exponent"].median)
        energies.append(fitted["void_energy"].median / 1e3)
        at = observed_conditions(rows.loc[left_out], 1.0)
        predicted = stripping_limit(at.stack_pressure, at.T, *(fitted[name].median for name in VOIDS))
        ratios.append(predicted / at.current_density)
    assert (min(exponents), max(exponents)) == pytest.approx((1.1, 1.9), abs=0.06)
    assert (min(energies), max(energies)) == pytest.approx((34, 55), abs=1)
    assert (min(ratios), max(ratios)) == pytest.approx((0.5, 1.5), abs=0.1)


def test_without_a_study_its_laws_fall_back():
    """A study left out of its own prediction must leave no trace in the laws that predict it."""
    without_doux = recalibrated(LPSCL, without=("Doux 2020",))
    assert without_doux["short_charge"].median == NEVER
    small = critical_flaw_size(0.23 * MPa, 75 * MPa)
    assert without_doux["flaw_size"].median == pytest.approx(np.sqrt(small * LARGEST_FLAW))
    without_duan = recalibrated(LPSCL, without=("Duan 2022",))
    assert without_duan["flaw_size"].median == pytest.approx(LPSCL["flaw_size"].median, rel=0.01)
    assert without_duan["overpotential_share"].median < 0.8 * LPSCL["overpotential_share"].median
    without_both = recalibrated(LPSCL, without=("Duan 2022", "Kasemchainan 2019"))
    assert without_both["overpotential_share"].median == 1
    without_voids = recalibrated(LPSCL, without=("Kasemchainan 2019", "Spencer Jolly 2021"))
    assert [without_voids[name].median for name in VOIDS] == [LPSCL[name].median for name in VOIDS]
    only_jolly = recalibrated(LPSCL, without=("Kasemchainan 2019",))
    gas, warm, hot = 8.314462618, 333.15, 353.15
    assert only_jolly["void_energy"].median == pytest.approx(gas * np.log(2) / (1 / warm - 1 / hot), rel=1e-6)


def test_statements_of_a_lifetime(outcomes):
    """A cell that shorted after 474 h was alive at 237 h and dead at 948 h; one that survived says one thing."""
    own = outcomes[outcomes["id"] == "D2"]
    assert own[["time", "failed"]].to_numpy().tolist() == [[237 * hour, False], [948 * hour, True]]
    assert outcomes[outcomes["id"] == "D1"][["time", "failed"]].to_numpy().tolist() == [[1000 * hour, False]]
    assert len(outcomes) == 18
    assert outcomes["id"].nunique() == 13


def test_brier_score_by_hand(outcomes):
    """Score and base rate from their definitions; more than the definitions may not be claimed."""
    score = brier_score(outcomes)
    failed, probability = outcomes["failed"].astype(float), outcomes["probability"]
    assert score.brier == pytest.approx(np.mean((probability - failed) ** 2))
    assert score.base_rate == pytest.approx(failed.mean() * (1 - failed.mean()))
    assert (score.points, score.rows, score.studies) == (18, 13, 5)
    assert score.interval[0] < score.brier < score.interval[1]
    assert score.skill_interval[0] < score.base_rate - score.brier < score.skill_interval[1]
    perfect = outcomes.assign(probability=failed)
    assert brier_score(perfect).brier == 0
    assert brier_score(perfect).interval == (0, 0)


def test_leaving_out_is_harder_than_having_seen(outcomes):
    """Doux's lifetimes calibrate the growth: a score that had seen them would be better, and must not be the one."""
    seen = outcome_table(leave_out=False)
    assert brier_score(seen).brier < brier_score(outcomes).brier
    own = outcomes["study"] == "Doux 2020"
    assert not np.allclose(seen.loc[own, "probability"], outcomes.loc[own, "probability"])
    other = outcomes["study"].isin(["Hu 2024", "DOE BMR Q4 FY23"])
    assert np.array_equal(seen.loc[other, "probability"], outcomes.loc[other, "probability"])


def test_misses_stay_visible_with_their_reason(outcomes):
    """The dense pellet and the multilayer survive what the criteria call fatal; a table without them would flatter."""
    missed = outcomes[~outcomes["hit"]].set_index("id")
    assert {"M1", "B1"} <= set(missed.index)
    assert "press pressure" in missed.loc["B1", "reason"]
    assert "layers" in missed.loc["M1", "reason"]


def test_onsets_that_can_be_predicted(onsets):
    """Without parameters (T1), without pressure (F1), and of W1, on which LLZO's own limit rests, there is none."""
    assert set(failure_observations().query("kind == 'onset'").index) - set(onsets.index) == {"T1", "F1", "W1"}
    assert np.allclose(onsets["log10_ratio"], np.log10(onsets["predicted"] / onsets["observed"]))
    assert onsets.loc["T2", "observed"] / mA_cm2 == pytest.approx(np.sqrt(0.05 * 0.9))
    assert (onsets["low"] < onsets["predicted"]).all()
    assert (onsets["predicted"] < onsets["high"]).all()
    assert not onsets.loc["K2", "hit"]


@pytest.mark.parametrize("seed", range(3))
def test_the_sign_test_answers_from_any_start(seed):
    """Where several terms are each enough for a rise there is no single one to name, and still an answer."""
    rng = np.random.default_rng(seed)
    for _ in range(30):
        start = START.at(
            time=float(rng.uniform(0.1, 300)) * hour,
            state_of_charge=float(rng.uniform(0.1, 0.9)),
            stack_pressure=float(rng.uniform(2, 40)) * MPa,
            current_density=float(rng.uniform(0.05, 2)) * mA_cm2,
        )
        assert sum(sign_counts(sign_test(cell_parameters("LPSCl"), start, draws=20)).values()) == 17


def test_sign_test_has_the_crosses_of_table_2():
    """17 crosses, by row as source 002 prints them; one lost or counted twice would change every count."""
    by_row = pd.Series([cross.row for cross in CROSSES]).value_counts().to_dict()
    assert by_row == {
        "cracking": 3, "phase change": 3, "creep": 2, "decomposition": 4, "voids": 2, "filaments": 3
    }  # fmt: skip
    assert len({(cross.row, cross.direction) for cross in CROSSES}) == 17


def test_sign_counts_of_the_default_cell():
    """10 sourced, 6 assumed, 1 not reproduced, each answer with the term that the reference sheet expects."""
    answers = sign_test(LPSCL)
    assert sign_counts(answers) == {"sourced": 10, "assumed": 6, "not reproduced": 1}
    by_cross = answers.set_index(["mechanism", "direction"])
    assert by_cross.loc[("decomposition", "low state of charge"), "answer"] == "not reproduced"
    terms = {
        ("filaments", "low pressure"): "contact resistance falls with stack pressure",
        ("filaments", "low temperature"): "contact resistance rises in the cold",
        ("filaments", "high C-rate"): "overpotential of the current presses on the flaw",
        ("voids", "low pressure"): "limit rises with stack pressure",
        ("decomposition", "high C-rate"): "faster above a potential of oxidation",
        ("decomposition", "high temperature"): "growth is thermally activated",
        ("cracking", "high C-rate"): "insertion makes a gradient and a stress",
        ("cracking", "low state of charge"): "strain counts from mid-cycle",
    }
    for cross, term in terms.items():
        assert by_cross.loc[cross, "term"] == term, cross
    assert (answers.loc[answers["answer"] != "not reproduced", "share of draws"] > 0.5).all()


@pytest.mark.parametrize(
    ("changes", "row", "direction"),
    [
        ({"contact_exponent": (0.0, 0.0)}, "filaments", "low pressure"),
        ({"resistance_energy": (0.0, 0.0)}, "filaments", "low temperature"),
        ({"oxidation_potential": 5.0}, "decomposition", "high state of charge"),
        ({"interphase_energy": (0.0, 0.0)}, "decomposition", "high temperature"),
        ({"creep_thinning": (0.5, 0.0)}, "creep", "low and room temperature"),
        ({"void_exponent": (0.0, 0.0)}, "voids", "low pressure"),
    ],
)
def test_signs_are_computed_from_the_parameters(changes, row, direction):
    """With a law's part taken away its cross must fall: a table of answers would not notice."""
    answers = sign_test(LPSCL.with_values(**changes), draws=50).set_index(["mechanism", "direction"])
    assert answers.loc[(row, direction), "answer"] == "not reproduced"


def test_the_first_hour_and_the_hundredth_contradict_each_other():
    """Growth under pressure takes the filaments' cross at low pressure away: a conflict of the sources."""
    late = sign_test(LPSCL, START.at(time=100 * hour), draws=200).set_index(["mechanism", "direction"])
    assert late.loc[("filaments", "low pressure"), "answer"] == "not reproduced"
    assert sum(sign_counts(late).values()) == 17


def test_file_lists_every_row_once():
    """A doubled id would be scored twice."""
    path = Path(__file__).parents[2] / "data" / "failure_observations.csv"
    with path.open(newline="", encoding="utf-8") as file:
        names = [row["id"] for row in csv.DictReader(file)]
    assert len(names) == len(set(names)) == 35
