"""The notebook lithium_creep: the reference sheet's strains, and what changes with the foil."""

import json

import numpy as np
import pytest

from sslib.mechanics import squeeze_pressure
from sslib.report.__main__ import main


@pytest.fixture(scope="module")
def results(default_run):
    return json.loads((default_run("lithium_creep") / "results.json").read_text(encoding="utf-8"))["results"]


def test_default_results_are_the_reference_sheets(results):
    """Strains in 200 h, each stated to one digit there; 5e3 for what is not confined."""
    for key, expected in (
        ("first_rate_strain_5MPa", 2e-5),
        ("first_rate_strain_25MPa", 0.9),
        ("first_rate_strain_75MPa", 1e3),
        ("free_strain_1MPa", 5e3),
    ):
        assert results[key]["value"] == pytest.approx(expected, rel=0.25), key
        assert results[key]["unit"] == "1"
    assert results["homologous_temperature"]["value"] == pytest.approx(0.6572247, rel=1e-6)


def test_between_plates_cycling_pressure_is_below_bulk_yield(results):
    """The point of the notebook: 5 MPa on the stack is a small fraction of a megapascal in the foil."""
    assert results["confined_stress"]["value"] == pytest.approx(0.1365, rel=1e-3)
    assert results["confined_stress"]["value"] < 0.6
    assert results["thinning"]["value"] < 0.01
    stands = squeeze_pressure(0.1, 200 * 3600.0, 5e-3, 50e-6, 298.15) / 1e6
    assert results["pressure_allowed"]["value"] == pytest.approx(stands, rel=1e-9)


@pytest.mark.slow
def test_a_thick_warm_foil_does_not_hold_and_says_that_the_law_ends(tmp_path):
    """Half a millimetre at 100 MPa: beyond the range of the law, and squeezed out."""
    given = ["-p", "thickness_um=500", "-p", "stack_pressure_MPa=100", "-p", "temperature_C=60"]
    assert main(["report", "lithium_creep", *given, "--name", "thick", "--out", str(tmp_path)]) == 0
    document = json.loads((tmp_path / "lithium_creep" / "thick" / "results.json").read_text(encoding="utf-8"))
    assert "does not hold" in document["results"]["verdict"]["value"]
    assert any("outside of its range" in note for note in document["notes"])
    assert document["results"]["thinning"]["value"] > 50
    assert np.isclose(document["results"]["pressure_in_range"]["value"], 2.8 / 0.27304, rtol=1e-3)


@pytest.mark.parametrize(
    ("parameter", "says"),
    [
        ("stack_pressure_MPa=-5", "stack_pressure_MPa is -5"),
        ("temperature_C=250", "temperature_C is 250 degC; allowed is -150 to 180 degC"),
        ("allowed_thinning_percent=100", "allowed_thinning_percent is 100"),
    ],
)
def test_impossible_input_is_refused_before_a_kernel_starts(tmp_path, capsys, parameter, says):
    """Molten lithium does not creep, and all of a foil cannot be squeezed out."""
    assert main(["report", "lithium_creep", "-p", parameter, "--out", str(tmp_path)]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.slow
def test_a_ball_is_no_disc(tmp_path):
    """Squeeze flow needs a disc ten times as wide as thick; the index names what is wrong."""
    given = ["-p", "radius_mm=0.1", "-p", "thickness_um=100", "--name", "ball", "--out", str(tmp_path)]
    assert main(["report", "lithium_creep", *given]) == 1
    assert "thickness/radius is 1; it must be between 0 and 0.1" in (tmp_path / "index.json").read_text()
