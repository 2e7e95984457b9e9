"""The notebook `tlm_evolution`: nine of nine steps run, are checked and fitted, and its results say so."""

import json
from html import escape

import pytest

from sslib.impedance import evolution
from sslib.report.__main__ import main


@pytest.fixture(scope="module")
def document(default_run):
    return json.loads((default_run("tlm_evolution") / "results.json").read_text(encoding="utf-8"))


def test_one_network_holds_every_closed_form(document):
    """The key that the collection promises: below 1e-9."""
    entry = document["results"]["max_deviation_network_vs_closed_form"]
    assert entry["unit"] == "1"
    assert 0 <= entry["value"] < 1e-9


@pytest.mark.parametrize("number", range(1, 10))
def test_every_step_is_measured_checked_and_fitted(document, number):
    """A step without its error, its check or its fit would be a picture."""
    results = document["results"]
    assert results[f"step_{number}_error_of_step_before"]["value"] > 0.3
    assert results[f"step_{number}_check"]["value"] < 1e-3
    assert results[f"step_{number}_intervals_that_hold"]["value"] >= 3


def test_intervals_hold_as_often_as_they_say(document):
    """62 intervals at 95 %: fewer than 55 that hold would be worse than one chance in a hundred."""
    results = document["results"]
    assert results["intervals"]["value"] == 62
    assert results["intervals_that_hold"]["value"] >= 55
    by_step = [results[f"step_{number}_intervals_that_hold"]["value"] for number in range(1, 10)]
    assert sum(by_step) == results["intervals_that_hold"]["value"]


def test_what_the_step_before_gets_wrong_excludes_the_truth(document):
    """A factor whose interval holds one would be no error of the step before."""
    factors = {key: entry for key, entry in document["results"].items() if key.endswith("_worst_factor")}
    assert len(factors) == 9
    for key, entry in factors.items():
        low, high = entry["interval"]
        assert (low is not None and low > 1) or (high is not None and high < 1), key
    assert factors["step_9_worst_factor"]["value"] > 30


def test_each_step_says_who_wrote_it_and_where_it_ends(default_run):
    """Credit and limits belong to the report of a model."""
    page = (default_run("tlm_evolution") / "report.html").read_text(encoding="utf-8")
    for step in (evolution.conduction, evolution.interface, evolution.contacts, evolution.scale, evolution.paths):
        own = step(evolution.electrode_values())
        assert escape(own.first) in page
        assert escape(own.ends) in page
    for name in ("Jamnik", "Bazant", "Cauer", "Zelič"):
        assert name in page


@pytest.mark.slow
def test_another_electrolyte_and_state_of_charge(tmp_path):
    """Parameters must move what they name: a salt with t+ = 1 leaves two rails nothing to get wrong."""
    arguments = ["-p", "cation_transference_number=1.0", "-p", "filling=0.1", "-p", "seed=3"]
    assert main(["report", "tlm_evolution", *arguments, "--name", "run", "--out", str(tmp_path)]) == 0
    path = tmp_path / "tlm_evolution" / "run" / "results.json"
    results = json.loads(path.read_text(encoding="utf-8"))["results"]
    assert results["step_9_error_of_step_before"]["value"] < 1e-9
    assert results["step_7_error_of_step_before"]["value"] < 1e-9
    page = path.with_name("report.html").read_text(encoding="utf-8")
    assert "A wrong model whose residuals do not warn: step 3 contacts. Not told apart" in page
    assert "Within three times the noise here: step 7 thermodynamics, step 9 concentrated solution." in page


@pytest.mark.slow
def test_inside_the_spinodal_is_refused_by_name(tmp_path, capsys):
    """A material that separates has no such spectrum."""
    arguments = ["-p", "interaction_kJ_mol=6.0", "--out", str(tmp_path)]
    assert main(["report", "tlm_evolution", *arguments]) == 1
    captured = capsys.readouterr()
    assert "spinodal" in captured.out + captured.err
