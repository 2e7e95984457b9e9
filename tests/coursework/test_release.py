"""What students get: nothing of the solutions, and no check that passes unanswered."""

import csv
import json
import sys

import pytest

from sslib.report import course
from sslib.report.__main__ import main
from tests.coursework.reading import NAMES, Desk, folder, grade_id, of_kind, read, secrets, source

each = pytest.mark.parametrize("name", NAMES)


@each
def test_no_secret_line_is_released(released, name):
    """A line of a solution, of a hidden test or of a model answer in any release is an answer given away."""
    hidden = secrets(source(name))
    assert len(hidden) > 20
    for other in NAMES:
        text = "\n".join(cell.source for cell in read(released / "release" / other / f"{other}.ipynb"))
        assert not [line for line in hidden if line in text]
        assert "HIDDEN TESTS" not in text


@each
def test_an_unanswered_release_fails_every_check(released, name):
    """Points for an empty hand, or an error in a cell that was given, would be the first thing a class sees."""
    cells = read(released / "release" / name / f"{name}.ipynb")
    desk = Desk(cells)
    answers = {grade_id(cell) for cell in of_kind(cells, "answer")}
    assert {id for id, error in desk.failed.items() if isinstance(error, NotImplementedError)} == answers
    assert {grade_id(cell) for cell in of_kind(cells, "check")} <= set(desk.failed)


@each
def test_the_seed_is_put_in_and_locked(released, name):
    """A seed that a student can edit makes the data of another year."""
    (cell,) = (
        c for c in read(released / "release" / name / f"{name}.ipynb") if "parameters" in c.metadata.get("tags", [])
    )
    assert cell.source.endswith("seed = 7")
    assert cell.metadata.nbgrader.locked


def test_without_nbgrader_it_says_what_to_install(monkeypatch, tmp_path, capsys):
    """nbgrader is an extra; a traceback would not say which."""
    monkeypatch.setitem(sys.modules, "nbgrader", None)
    assert main(["course", "release", "--out", str(tmp_path / "course")]) == 2
    assert "sslib[course]" in capsys.readouterr().err
    assert not (tmp_path / "course").exists()


def test_submissions_are_not_marked_by_another_seed(released, tmp_path, capsys):
    """Right answers to the seed that was handed out would come back as wrong."""
    out, name = tmp_path / "course", NAMES[0]
    course.write_sources(out, 7)
    submitted = out / "submitted" / "ada" / name / f"{name}.ipynb"
    submitted.parent.mkdir(parents=True)
    submitted.write_bytes((released / "release" / name / f"{name}.ipynb").read_bytes())
    assert main(["course", "release", "--out", str(out), "--seed", "8"]) == 2
    assert "--seed 7" in capsys.readouterr().err
    assert course.SEED.search(read(out / "source" / name / f"{name}.ipynb")[2].source)["seed"] == "7"


def test_nothing_is_released_if_a_solution_fails(monkeypatch, tmp_path, capsys):
    """Students would be asked for what even the author does not get."""
    broken = tmp_path / "broken.ipynb"
    text = (folder / "energy_and_the_separator.ipynb").read_text(encoding="utf-8")
    broken.write_text(text.replace("sum(masses.values()) / Wh_kg", "sum(masses.values())"), encoding="utf-8")
    monkeypatch.setattr(course, "assignments", lambda: {"broken": broken})
    assert main(["course", "release", "--out", str(tmp_path / "course")]) == 1
    assert "one Wh is 3600 J" in capsys.readouterr().err
    assert not (tmp_path / "course").exists()


@pytest.mark.slow
def test_a_release_is_a_course_folder(tmp_path):
    """Without the solutions' pages and the points an instructor would have to run and count everything again."""
    out = tmp_path / "course"
    assert main(["course", "release", "--out", str(out), "--seed", "3"]) == 0
    for name in NAMES:
        assert (out / "release" / name / f"{name}.ipynb").is_file()
        page = (out / "solutions" / f"{name}.html").read_text(encoding="utf-8")
        assert "Model answer" in page
        assert 'src="http' not in page
    with (out / "points.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    graded = [cell for name in NAMES for cell in of_kind(source(name), "check", "written")]
    assert [(row["grade_id"], int(row["points"])) for row in rows] == [
        (grade_id(cell), cell.metadata.nbgrader.points) for cell in graded
    ]
    assert json.loads((out / "source" / NAMES[0] / f"{NAMES[0]}.ipynb").read_text(encoding="utf-8"))["nbformat"] == 4
