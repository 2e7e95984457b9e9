"""A class of three through nbgrader's own commands: one who solved it, one who got it wrong, one who did nothing."""

import csv
import os
import shutil
import subprocess
import sys
import sysconfig

import nbformat
import pytest

from tests.coursework.reading import NAMES, assigned, grade_id, inside, kind, of_kind, read

SPOIL = """
for name in {names}:
    value = globals()[name]
    if isinstance(value, str):
        globals()[name] = "creep"
    elif isinstance(value, (int, float, np.ndarray, tuple)) or hasattr(value, "to_numpy"):
        globals()[name] = 3.7 * np.asarray(value)
"""

pytestmark = pytest.mark.slow


def nbgrader(out, *arguments):
    """Run a command of nbgrader in a course folder, as in an activated environment without a display."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"} | {"PATH": path}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(command, cwd=out, env=environment, capture_output=True, text=True, timeout=1200)
    assert done.returncode == 0, done.stderr[-3000:]


def hand_in(out, student, name, change):
    """Copy a release into the place of a submission, each answer changed by a function of it and of the solution."""
    notebook = nbformat.read(out / "release" / name / f"{name}.ipynb", as_version=4)
    solved = {
        grade_id(cell): cell for cell in of_kind(read(out / "source" / name / f"{name}.ipynb"), "answer", "written")
    }
    for cell in of_kind(notebook.cells, "answer", "written"):
        cell.source = change(cell, solved[grade_id(cell)])
    path = out / "submitted" / student / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


def wrong(cell, solution):
    if kind(cell) == "written":
        return "It is the electrolyte."
    return inside(solution) + SPOIL.format(names=assigned(inside(solution)))


@pytest.fixture(scope="module")
def graded(released, tmp_path_factory):
    """A course folder after autograding."""
    out = tmp_path_factory.mktemp("graded") / "course"
    shutil.copytree(released, out)
    for name in NAMES:
        hand_in(out, "right", name, lambda cell, solution: solution.source)
        hand_in(out, "wrong", name, wrong)
        hand_in(out, "empty", name, lambda cell, solution: cell.source)
        nbgrader(out, "autograde", name, "--Execute.timeout=300")
    return out


@pytest.fixture(scope="module")
def gradebook(graded):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{graded / 'gradebook.db'}") as book:
        yield book


def points(out, name, *kinds):
    cells = of_kind(read(out / "source" / name / f"{name}.ipynb"), *kinds)
    return sum(cell.metadata.nbgrader.points for cell in cells)


@pytest.mark.parametrize("name", NAMES)
def test_the_command_line_makes_the_same_release(released, name, tmp_path):
    """`sslib course release` and `nbgrader generate_assignment` would hand out two versions."""
    ours = [cell.source for cell in read(released / "release" / name / f"{name}.ipynb")]
    source = tmp_path / "source" / name / f"{name}.ipynb"
    source.parent.mkdir(parents=True)
    source.write_bytes((released / "source" / name / f"{name}.ipynb").read_bytes())
    nbgrader(tmp_path, "generate_assignment", name)
    assert [cell.source for cell in read(tmp_path / "release" / name / f"{name}.ipynb")] == ours


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("student", ["right", "wrong", "empty"])
def test_autograde_gives_the_expected_marks(graded, gradebook, name, student):
    """A right answer would lose points, or a wrong or a missing one get some."""
    submission = gradebook.find_submission_notebook(name, name, student)
    by_tests = points(graded, name, "check")
    assert submission.max_score == by_tests + points(graded, name, "written")
    marked = ["check", "written"] if student == "empty" else ["check"]
    expected = {
        grade_id(cell): cell.metadata.nbgrader.points if student == "right" else 0
        for cell in of_kind(read(graded / "source" / name / f"{name}.ipynb"), *marked)
    }
    assert {grade.name: grade.auto_score for grade in submission.grades if grade.auto_score is not None} == expected
    assert submission.score == (by_tests if student == "right" else 0)
    # What was left as it was needs no reader; what was written does.
    assert submission.needs_manual_grade == (student != "empty")


def test_feedback_and_export(graded, gradebook):
    """A class would get no reasons, or the office a table with other numbers."""
    for name in NAMES:
        for cell in of_kind(read(graded / "source" / name / f"{name}.ipynb"), "written"):
            for student, marks in (("right", 5), ("wrong", 0)):
                grade = gradebook.find_grade(grade_id(cell), name, name, student)
                grade.manual_score, grade.needs_manual_grade = marks, False
    gradebook.db.commit()
    for name in NAMES:
        nbgrader(graded, "generate_feedback", name)
        pages = {
            student: (graded / "feedback" / student / name / f"{name}.html").read_text(encoding="utf-8")
            for student in ("right", "wrong", "empty")
        }
        assert "AssertionError" in pages["wrong"]
        assert "AssertionError" not in pages["right"]
        assert "NotImplementedError" in pages["empty"]
    nbgrader(graded, "export", "--to", "grades.csv")
    with (graded / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["assignment"], row["student_id"]): row for row in csv.DictReader(file)}
    for name in NAMES:
        by_tests, by_hand = points(graded, name, "check"), points(graded, name, "written")
        for student, score in (("right", by_tests + 5), ("wrong", 0), ("empty", 0)):
            assert float(rows[name, student]["score"]) == score
            assert float(rows[name, student]["max_score"]) == by_tests + by_hand
