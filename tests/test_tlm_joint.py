"""The notebook `tlm_joint`: its results hold the truth, and say by what factor other contacts narrow the intervals."""

import json
import math

import pytest

from sslib.report.__main__ import main


def test_default_results_hold_the_truth(default_run):
    """The spectra state their parameters; and a factor that is not finite would be no answer."""
    results = json.loads((default_run("tlm_joint") / "results.json").read_text(encoding="utf-8"))["results"]
    for name in ("R_ion", "R_el"):
        low, high = results[name]["interval"]
        assert low < results[f"{name}_truth"]["value"] < high, name
        assert results[name]["unit"] == "ohm"
        assert results[name]["level"] == 0.95
    factor = results["narrowing_R_el"]
    assert factor["unit"] == "1"
    assert 5 < factor["value"] < math.inf
    assert results["rails"]["value"] == "told apart"
    for contacts in ("ion_electron", "ion_ion", "electron_electron"):
        assert 0.7 < results[f"reduced_chi2_{contacts}"]["value"] < 1.4
    assert results["agreement"]["value"] > 1e-3


def test_the_labelling_of_the_factor_is_stated(default_run):
    """Without its assumption the factor would be quoted as what the spectrum alone knows."""
    notes = json.loads((default_run("tlm_joint") / "results.json").read_text(encoding="utf-8"))["notes"]
    assert any("within one labelling" in note for note in notes)


@pytest.mark.slow
@pytest.mark.parametrize(
    "absent", [("ion_electron",), ("ion_ion",), ("electron_electron",), ("ion_ion", "electron_electron")]
)
def test_any_configuration_may_be_missing(tmp_path, absent):
    """A lab has the cells that it has."""
    given = [argument for name in absent for argument in ("-p", f"{name}=none")]
    command = ["report", "tlm_joint", *given, "-p", "separators=free", "--name", "run", "--out", str(tmp_path)]
    assert main(command) == 0
    results = json.loads((tmp_path / "tlm_joint" / "run" / "results.json").read_text(encoding="utf-8"))["results"]
    expected = "exchangeable" if len(absent) == 2 else "told apart"
    assert results["rails"]["value"] == expected
    if "ion_electron" in absent:
        assert results["narrowing_R_el"]["value"] is None
