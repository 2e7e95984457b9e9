"""The assignments as they lie in the repository: complete, markable, and no topic notebooks."""

import ast
import re

import pytest

from sslib.report.catalogue import topic_notebooks
from tests.coursework.reading import NAMES, folder, grade_id, inside, kind, of_kind, source

each = pytest.mark.parametrize("name", NAMES)


def test_there_are_five_and_none_is_a_topic():
    """`sslib report` would run an exercise as a report, and `sslib list` offer it to a researcher."""
    assert len(NAMES) == 5
    assert not set(NAMES) & set(topic_notebooks())


def test_no_grade_id_stands_twice():
    """A gradebook would put the marks of one cell to another."""
    ids = [grade_id(cell) for name in NAMES for cell in source(name) if "nbgrader" in cell.metadata]
    assert len(ids) == len(set(ids))


@each
def test_nbgrader_takes_the_metadata(name):
    """`nbgrader generate_assignment` would stop at the first class."""
    import nbformat
    from nbgrader.nbgraderformat import MetadataValidator

    MetadataValidator().validate_nb(nbformat.read(folder / f"{name}.ipynb", as_version=4))


@each
def test_starts_from_a_question_and_has_predictions(name):
    """Whoever does not guess first reads a number as if it could not have come out otherwise."""
    cells = source(name)
    assert re.match(r"# .+\?\n", cells[0].source)
    assert sum(cell.source.startswith("**Before you ") for cell in cells) >= 4


@each
def test_states_the_points_that_it_gives(name):
    """Students plan their time by the points in the headings."""
    stated = [int(n) for cell in source(name) for n in re.findall(r"^## .*\((\d+) points", cell.source, re.MULTILINE)]
    assert stated == [cell.metadata.nbgrader.points for cell in of_kind(source(name), "check", "written")]
    assert 20 <= sum(stated) <= 35


@each
def test_a_written_question_has_a_rubric(name):
    """Two markers would give different points for the same answer."""
    cells = source(name)
    written = [index for index, cell in enumerate(cells) if kind(cell) == "written"]
    assert written
    for index in written:
        rubric = [int(n) for n in re.findall(r"^\| (\d+) \|", cells[index - 1].source, re.MULTILINE)]
        assert sum(rubric) == cells[index].metadata.nbgrader.points
        assert len(re.findall(r"\(\d points?\)", cells[index].source)) == len(rubric), "the model answer says for what"


@each
def test_has_a_misprint_to_find(name):
    """Reading sources with a pencil is what every assignment is to teach."""
    ids = [grade_id(cell) for cell in of_kind(source(name), "answer", "check")]
    assert {f"{name}-misprint-answer", f"{name}-misprint-check"} <= set(ids)


@each
def test_every_check_explains_itself_and_has_a_hidden_part(name):
    """An AssertionError without a word teaches nothing; a check without a hidden part can be tried until it passes."""
    for cell in of_kind(source(name), "check"):
        asserts = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Assert)]
        assert all(node.msg is not None for node in asserts), grade_id(cell)
        hidden = inside(cell).count("assert ")
        assert hidden, f"{grade_id(cell)} hides nothing"
        assert len(asserts) > hidden, f"{grade_id(cell)} shows nothing"


@each
def test_cells_are_short(name):
    """A cell of more than a screen is read by nobody."""
    for cell in source(name):
        assert cell.cell_type != "code" or len(cell.source.splitlines()) <= 25, cell.source
