"""The project's own data: described, valid, and generated spectra equal to their generator's output to the byte."""

import importlib.util
import json
from pathlib import Path

import pandas as pd
import pytest
from frictionless import Package

DATA = Path(__file__).parents[1] / "data"
DESCRIPTION = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))


def load_generator():
    spec = importlib.util.spec_from_file_location("generate", DATA / "spectra" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATOR = load_generator()


def test_every_table_matches_its_description():
    """A renamed column, a text in a number's place or a broken reference would pass unseen otherwise."""
    report = Package(str(DATA / "datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "fieldName", "note"])


def test_every_table_is_described_with_units_and_sources():
    described = {resource["path"] for resource in DESCRIPTION["resources"]}
    present = {path.relative_to(DATA).as_posix() for path in DATA.rglob("*.csv")}
    assert described == present
    for resource in DESCRIPTION["resources"]:
        assert resource["sources"], resource["name"]
        assert resource["misprints"], resource["name"]
        assert resource["checked"], resource["name"]
        for field in resource["schema"]["fields"]:
            assert field["type"] != "number" or field["unit"], (resource["name"], field["name"])


def test_pybamm_spectra_are_the_ones_checked():
    """The sum and shape of a column cannot change unseen."""
    table = pd.read_csv(DATA / "pybamm_impedance.csv")
    assert table.shape == (183, 4)
    assert table["re_ohm_m2"].sum() == pytest.approx(0.553981130908, rel=1e-9)
    assert table["im_ohm_m2"].sum() == pytest.approx(-0.10719169545, rel=1e-9)


@pytest.mark.parametrize("terminals", GENERATOR.CONFIGURATIONS)
def test_generated_spectra_are_what_their_generator_writes(terminals):
    """A spectrum whose stated truth is not the truth would make every test that rests on it worthless."""
    written = (DATA / "spectra" / GENERATOR.file_name(terminals)).read_text(encoding="utf-8")
    assert written == GENERATOR.spectrum_text(terminals)
