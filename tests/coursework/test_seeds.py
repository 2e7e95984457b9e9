"""Seeds: every solution passes its own checks, and no other cohort's."""

import pytest

from tests.coursework.reading import NAMES, Copier, Desk, grade_id, of_kind, source


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_answers_belong_to_their_seed(name):
    """Last year's answers would pass, or this year's right ones fail."""
    cells = source(name)
    first = Desk(cells, 11)
    assert first.failed == {}
    assert Desk(cells, 12).failed == {}
    copied = Copier(cells, 12, first.answers).failed
    assert set(copied) == {grade_id(cell) for cell in of_kind(cells, "check")}
    assert all(isinstance(error, AssertionError) for error in copied.values())


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 20262027])
@pytest.mark.parametrize("name", NAMES)
def test_a_solution_passes_with_any_seed(name, seed):
    """A range in a check that fits one cohort's numbers would fail another's."""
    assert Desk(source(name), seed).failed == {}
