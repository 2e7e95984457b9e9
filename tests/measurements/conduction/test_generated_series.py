"""The series of the notebook `measure_conduction` are what their generator writes."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

SERIES = Path(__file__).parents[3] / "data" / "series"


def load_generator():
    spec = importlib.util.spec_from_file_location("generate_conduction", SERIES / "generate_measure_conduction.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TEXTS = load_generator().texts()


def parted(text):
    """The head as it stands, and the rows as numbers."""
    lines = text.splitlines()
    first = next(k for k, line in enumerate(lines) if not line.startswith("#")) + 1
    return lines[:first], np.array([line.split(",") for line in lines[first:]], dtype=float)


@pytest.mark.parametrize("name", TEXTS)
def test_generated_series_are_what_their_generator_writes(name):
    """A truth in the head that is not that of the rows would make every test of it worthless.

    To the byte in the head; to two units of the last of six digits in the rows, since solvers of differential equations
    and of eigenvalues choose their steps by the last bit, which differs from one machine to another.
    """
    head, rows = parted((SERIES / name).read_text(encoding="utf-8"))
    expected, anew = parted(TEXTS[name]())
    assert head == expected
    np.testing.assert_allclose(rows, anew, rtol=2e-5, atol=0)


def test_no_series_is_large():
    """They are downloaded with the project."""
    assert all((SERIES / name).stat().st_size < 200_000 for name in TEXTS)
