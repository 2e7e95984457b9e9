"""The notebook `choose_a_measurement`: what it recommends, and that each way to ask it has an answer."""

import json
from pathlib import Path

import pytest

from sslib.measurements import choose_measurements, measurement_questions, measurements, question_map
from sslib.notebook.figures import measurement_lengths_figure, question_map_figure
from sslib.report.__main__ import main
from sslib.report.catalogue import read_notebook

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "choose_a_measurement.ipynb"


@pytest.fixture(scope="module")
def document(default_run):
    """What the default run wrote."""
    return json.loads((default_run("choose_a_measurement") / "results.json").read_text(encoding="utf-8"))


def test_it_recommends_what_fits(document):
    """Filaments of a micrometre, in a cell that runs and stays whole: light, since the magnet sees 300 um only."""
    results = document["results"]
    assert results["recommended"]["value"] == measurements().loc["optical", "name"]
    assert results["standing"]["value"] == "fits"
    assert results["fitting"]["value"] == 2
    assert results["measurements"]["value"] == len(measurements()) == 28
    assert "critical_current" in results["evaluated_by"]["value"]


def test_its_lengths_and_times_are_the_houses(document):
    """A Debye length other than that of the notebook space_charge would contradict it."""
    results = document["results"]
    assert results["debye_length"]["value"] == pytest.approx(0.1944, rel=1e-3)
    assert results["slow_end"]["value"] == pytest.approx(15.9155, rel=1e-5)


def test_it_can_be_asked_every_question():
    """Else a question of the table could not be chosen, and the command line would not offer it."""
    parameter = read_notebook(NOTEBOOK).parameters["question"]
    assert set(parameter.choices) == set(measurement_questions().index)


def test_bars_lie_where_the_table_says():
    """A bar at another length, or a mark of another standing, would contradict the table above it."""
    rows = choose_measurements("filaments", resolution=1e-6, in_situ=True, intact=True)
    lower = measurement_lengths_figure(rows, {"grain": 5e-6}, 1e-6).axes[1]
    names = [label.get_text() for label in lower.get_yticklabels()]
    assert len(names) == rows["resolution_high"].notna().sum()
    bars = {line.get_ydata()[0]: line.get_xdata() for line in lower.lines if line.get_linewidth() == 5}
    marks = {line.get_ydata()[0]: line.get_marker() for line in lower.lines if line.get_marker() != "None"}
    shapes = {"fits": "o", "doubtful": "s", "excluded": "X"}
    for place, name in enumerate(names):
        row = rows[rows["name"] == name].iloc[0]
        assert list(bars[place]) == [row["resolution_low"], row["resolution_high"]]
        assert marks[place] == shapes[row["standing"]]


def test_marks_of_the_map_are_the_answers():
    """A mark in another row would send a question to a technique that does not answer it."""
    matrix = question_map()
    axes = question_map_figure(matrix, measurements()["short"].to_dict(), "voids").axes[0]
    for line, value in zip((line for line in axes.lines if line.get_marker() == "o"), (2, 1), strict=True):
        drawn = {(int(y), int(x)) for x, y in line.get_xydata()}
        assert drawn == {(int(r), int(c)) for r, c in zip(*(matrix.to_numpy() == value).nonzero(), strict=True)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "standing"),
    [
        (["question=gas", "resolution_um=0", "intact=False"], "fits"),
        (["question=ion_dynamics", "resolution_um=0.05", "in_situ=False"], "doubtful"),
        (["question=thermal_runaway"], "nothing fits"),
        (["question=bulk_diffusivity"], "fits"),
        (["question=interphase_growth", "resolution_um=0.01", "intact=False", "avoid=facility; surface only"], "fits"),
    ],
)
def test_other_questions_run(tmp_path, given, standing):
    """No size asked for, only doubts, and nothing that fits have their own sentences."""
    arguments = [part for own in given for part in ("-p", own)]
    assert main(["report", "choose_a_measurement", *arguments, "--name", "run", "--out", str(tmp_path)]) == 0
    written = json.loads((tmp_path / "choose_a_measurement" / "run" / "results.json").read_text(encoding="utf-8"))
    assert written["results"]["standing"]["value"] == standing
