"""The notebook `space_charge`: a band of resistance, a field, and how far it is from what is known."""

import json

import pytest

from sslib.report.__main__ import main


@pytest.fixture(scope="module")
def document(default_run):
    """What the default run wrote."""
    return json.loads((default_run("space_charge") / "results.json").read_text(encoding="utf-8"))


def test_it_meets_the_closed_forms(document):
    """A notebook whose solver is off by more than it says would explain the literature by its own errors."""
    results = document["results"]
    assert 0 <= results["gouy_chapman_deviation"]["value"] < 1e-6
    assert 0 < results["debye_deviation"]["value"] < 1e-6
    assert results["low_frequency_deviation"]["value"] < 1e-5
    assert results["direct_current_deviation"]["value"] < 1e-4
    assert results["macdonald_deviation"]["value"] < 1e-6


def test_its_band_is_the_one_of_the_issue(document):
    """0.004 to 3000 ohm cm2 from one layer, by where it is cut."""
    results = document["results"]
    assert results["resistance_at_electrode"]["value"] == pytest.approx(3000, rel=0.1)
    assert results["resistance_at_cut"]["value"] == pytest.approx(0.004, rel=0.1)
    assert results["resistance_at_electrode"]["unit"] == "ohm cm2"
    assert any("band" in note for note in document["notes"])


def test_units_are_those_that_the_issue_names(document):
    """A Debye length in metres, or a field in volts per centimetre, would be read wrong by nine orders."""
    units = {name: document["results"][name]["unit"] for name in ("debye_length", "max_field", "capacitance")}
    assert units == {"debye_length": "nm", "max_field": "V/m", "capacitance": "uF cm-2"}
    assert document["results"]["debye_length"]["value"] == pytest.approx(0.1944, rel=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize(
    "given",
    [
        ["potential_V=0", "step_kJ_mol=0"],
        ["potential_V=-0.3", "temperature_C=200", "thickness_um=50"],
        ["ions_mol_L=0.01", "sites_mol_L=20", "permittivity=10", "thickness_um=2", "potential_V=0.3", "cut_off_nm=1"],
    ],
)
def test_other_conductors_run(tmp_path, given):
    """No layer, an accumulated one, and a dilute conductor without a cut-off have their own verdicts."""
    arguments = [part for own in given for part in ("-p", own)]
    assert main(["report", "space_charge", *arguments, "--name", "run", "--out", str(tmp_path)]) == 0
