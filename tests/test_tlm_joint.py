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


def test_the_area_is_where_people_look_for_it(tmp_path, capsys):
    """`area` was taken for `larger_rail`, and no conductivity could be had."""
    assert main(["report", "tlm_joint", "-p", "area=0.785", "--out", str(tmp_path)]) == 2
    assert "area_cm2" in capsys.readouterr().err


@pytest.mark.slow
def test_area_and_thickness_give_conductivities_of_the_rails(tmp_path, default_run):
    """80 um and 0.785 cm2 of the generated electrode: 95 and 30 ohm are 0.107 and 0.340 mS/cm."""
    sizes = ["-p", "area_cm2=0.785", "-p", "thickness_um=80"]
    assert main(["report", "tlm_joint", *sizes, "--name", "run", "--out", str(tmp_path)]) == 0
    results = json.loads((tmp_path / "tlm_joint" / "run" / "results.json").read_text(encoding="utf-8"))["results"]
    for name, true in (("sigma_ion", 0.10727), ("sigma_el", 0.33970)):
        low, high = results[name]["interval"]
        assert low < true < high
        assert results[name]["unit"] == "mS/cm"
    default = json.loads((default_run("tlm_joint") / "results.json").read_text(encoding="utf-8"))["results"]
    assert "sigma_ion" not in default


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
