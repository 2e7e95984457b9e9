"""The series of the notebook `measure_conduction` are what their generator writes."""

import importlib.util
from pathlib import Path

import pytest

SERIES = Path(__file__).parents[3] / "data" / "series"


def load_generator():
    spec = importlib.util.spec_from_file_location("generate_conduction", SERIES / "generate_measure_conduction.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TEXTS = load_generator().texts()


@pytest.mark.parametrize("name", TEXTS)
def test_generated_series_are_what_their_generator_writes(name):
    """A truth in the head that is not that of the rows would make every test of it worthless."""
    assert (SERIES / name).read_text(encoding="utf-8") == TEXTS[name]()


def test_no_series_is_large():
    """They are downloaded with the project."""
    assert all((SERIES / name).stat().st_size < 200_000 for name in TEXTS)
