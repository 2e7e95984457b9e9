"""The notebook electrolyte_screening: its published numbers, a user's electrolyte, and what it refuses."""

import json

import pytest

from sslib.report.__main__ import main


def run(tmp_path, *parameters):
    """Exit code and document (that of the index where there are no results) of a run with these parameters."""
    given = [argument for parameter in parameters for argument in ("-p", parameter)]
    code = main(["report", "electrolyte_screening", *given, "--name", "run", "--out", str(tmp_path / "out")])
    path = tmp_path / "out" / ("electrolyte_screening/run/results.json" if code == 0 else "index.json")
    return code, json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def test_default_results_are_the_published_ones(default_run):
    """The numbers that the issue names, with their units."""
    document = json.loads((default_run("electrolyte_screening") / "results.json").read_text(encoding="utf-8"))
    found = document["results"]
    for key, value, unit in (
        ("shear_ratio_LLZO", 60 / 4.25, "1"),
        ("pugh_ratio_LPS_low", 1.8755328, "1"),
        ("pugh_ratio_LPS_high", 2.5799794, "1"),
        ("pugh_ratio_LPS_low_from_poisson", 1.8405797, "1"),
        ("homologous_temperature_298K", 0.6572247, "1"),
        ("electronic_limit_LLZO", 0.0426401433, "mA/cm2"),
    ):
        assert found[key]["value"] == pytest.approx(value, rel=1e-6), key
        assert found[key]["unit"] == unit
    assert "LLZO passes the most, 4 of 8" in found["verdict"]["value"]
    assert any("fracture toughness not known" in note for note in document["notes"])


@pytest.mark.slow
def test_a_users_electrolyte_stands_beside_the_literature(tmp_path):
    """With what its file leaves out named, and a name that must not become markup."""
    (tmp_path / "mine.csv").write_text("material,conductivity_S_cm,shear_modulus_GPa\n<b>mine</b>,3e-3,9.1\n")
    code, document = run(tmp_path, f"own_electrolytes={tmp_path / 'mine.csv'}", "materials=LLZO")
    assert code == 0
    assert document["results"]["passed_b_mine__b"]["value"] == 2
    assert document["results"]["unknown_b_mine__b"]["value"] == 6
    assert any("<b>mine</b>: fracture toughness not known" in note for note in document["notes"])
    page = (tmp_path / "out/electrolyte_screening/run/report.html").read_text(encoding="utf-8")
    assert "<b>mine</b>" not in page


@pytest.mark.slow
def test_another_use_gives_another_verdict(tmp_path):
    """At a hundredth of the current, without a sulfide's bad interface, what failed by current passes."""
    code, document = run(
        tmp_path, "current_density_mA_cm2=0.01", "materials=LPS", "cathode_potential_V=1.9", "temperature_C=60"
    )
    assert code == 0
    assert document["results"]["passed_LPS"]["value"] == 7
    assert "undecided or not known: 1" in document["results"]["verdict"]["value"]


@pytest.mark.parametrize(
    ("parameter", "says"),
    [
        ("stack_pressure_MPa=-5", "stack_pressure_MPa is -5 MPa; allowed is 0 to 1000 MPa"),
        ("temperature_C=200", "temperature_C is 200 degC; allowed is -70 to 180 degC"),
        ("own_electrolytes=nowhere.csv", "there is no file"),
        ("flaw_size_um=big", "flaw_size_um is 'big'"),
    ],
)
def test_impossible_input_is_refused_before_a_kernel_starts(tmp_path, capsys, parameter, says):
    """By name, with what is allowed."""
    assert run(tmp_path, parameter)[0] == 2
    assert says in capsys.readouterr().err


@pytest.mark.slow
def test_a_name_that_is_not_in_the_table_fails_by_name(tmp_path):
    """The index says which one is near."""
    code, index = run(tmp_path, "materials=LLZO; LPSS")
    assert code == 1
    assert "there is no electrolyte 'LPSS'; the nearest are LPS" in json.dumps(index)
