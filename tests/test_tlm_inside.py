"""The notebook `tlm_inside`: its results have units, hold their limits, and follow the parameters."""

import json

import numpy as np
import pytest

from sslib.report.__main__ import main


def results_of(path):
    return json.loads((path / "results.json").read_text(encoding="utf-8"))["results"]


def test_default_results_say_where_and_how_sure(default_run):
    """Half of the reaction of an electrode with more ionic than electronic resistance lies before its middle."""
    results = results_of(default_run("tlm_inside"))
    assert results["reaction_half_depth_um"]["unit"] == "um"
    assert 30 < results["reaction_half_depth_um"]["value"] < 40
    # A quarter of the way in, a probe sees the separator and less than a quarter of the ionic rail.
    assert 25 < results["probe_re_ohm"]["value"] < 25 + 95 / 4
    assert results["max_deviation_from_limits"]["value"] < 1e-6
    assert results["limiting_frequency_Hz"]["unit"] == "Hz"


def test_a_gradient_misleads_more_than_it_shows(default_run):
    """The warning of the notebook: an ionic rail that is wrong by a third or more, with a misfit no larger than noise;
    and the way out: a gradient that is fitted is known better than the one at hand."""
    results = results_of(default_run("tlm_inside"))
    assert results["gradient_error_R_ion"]["value"] < -30
    assert abs(results["gradient_error_R_ion_known_separator"]["value"]) < abs(results["gradient_error_R_ion"]["value"])
    assert results["gradient_added_chi2"]["value"] < 1
    assert 0.3 < results["gradient_hiding_noise"]["value"] < 1
    # Twice the conductivity at one end is a difference of two thirds of the mean.
    assert results["gradient_standard_error"]["value"] < 0.67 / 3


def test_the_largest_amplitude_is_larger_than_that_of_one_step(default_run):
    """Rails and separator take a part of the voltage: less than 14.5 mV, that of a bare step, would be an error."""
    results = results_of(default_run("tlm_inside"))
    assert results["largest_amplitude_mV"]["unit"] == "mV"
    assert 14.5 < results["largest_amplitude_mV"]["value"] < 100
    at_ten = 1.0 * (10 / results["largest_amplitude_mV"]["value"]) ** 2
    assert results["error_at_excitation"]["value"] == pytest.approx(at_ten, rel=1e-6)


def test_the_harmonic_is_reached_at_a_stated_amplitude(default_run):
    """At one half it is the third: 25.4 mV across a step, and more across a cell whose rails take a part."""
    harmonic = results_of(default_run("tlm_inside"))["harmonic_amplitude_mV"]
    assert "third" in harmonic["label"]
    assert 25.4 < harmonic["value"] < 100


@pytest.mark.slow
def test_a_reaction_at_both_contacts_is_not_called_even(tmp_path):
    """With equal rails half of it lies before the middle at each frequency, while nothing happens in between."""
    asked = {"r_el_ohm": 95, "frequency_Hz": 1e4, "alpha_ct": 0.4}
    given = [word for name, value in asked.items() for word in ("-p", f"{name}={value}")]
    assert main(["report", "tlm_inside", *given, "--name", "run", "--out", str(tmp_path)]) == 0
    run = tmp_path / "tlm_inside" / "run"
    assert "crowds its reaction at both contacts" in (run / "notebook.ipynb").read_text(encoding="utf-8")
    assert results_of(run)["harmonic_amplitude_mV"]["value"] < 15


@pytest.mark.slow
def test_an_electrode_that_is_uniform_and_pressed_loses_nothing(tmp_path):
    """Without gradient and with full contact nothing is misread; with little electronic conduction the reaction turns
    to the collector."""
    asked = {
        "conductivity_ratio": 1.0001, "stack_pressure_MPa": 1000, "neck_share": 0, "r_el_ohm": 300,
        "probe_depth": 1, "alpha_ct": 0.4, "excitation_mV": 300,
    }  # fmt: skip
    given = [word for name, value in asked.items() for word in ("-p", f"{name}={value}")]
    assert main(["report", "tlm_inside", *given, "--name", "run", "--out", str(tmp_path)]) == 0
    run = tmp_path / "tlm_inside" / "run"
    results = results_of(run)
    assert results["reaction_half_depth_um"]["value"] > 40
    assert abs(results["gradient_error_R_ion_known_separator"]["value"]) < 1
    assert abs(results["lost_area_true"]["value"]) < 0.1
    notes = json.loads((run / "results.json").read_text(encoding="utf-8"))["notes"]
    assert any("second harmonic" in note for note in notes)
    assert any("beyond the lowest order" in note for note in notes)


@pytest.mark.slow
def test_a_profile_of_ones_own_takes_the_place_of_the_ratio(tmp_path):
    """A file that says what the ratio says must give its numbers; the total that it implies is named, not taken."""
    depth = np.linspace(0, 80, 401)
    rows = "\n".join(f"{x},{0.2 * 0.5 ** (x / 80):.12g}" for x in depth)
    (tmp_path / "own.csv").write_text(f"depth_um,conductivity_mS_cm\n{rows}\n", encoding="utf-8")
    found = []
    for given in ([], ["-p", f"own_profile={tmp_path / 'own.csv'}"]):
        out = tmp_path / f"out{len(given)}"
        assert main(["report", "tlm_inside", *given, "--name", "run", "--out", str(out)]) == 0
        found.append(json.loads((out / "tlm_inside" / "run" / "results.json").read_text(encoding="utf-8")))
    for key in ("gradient_error_R_ion", "gradient_added_chi2"):
        ours, theirs = (document["results"][key]["value"] for document in found)
        assert ours == pytest.approx(theirs, rel=1e-3)
    # 80 um over 0.785 cm2 and a mean resistivity of 5/ln 2 cm/mS.
    assert any("80 µm thick, would by itself make a rail of 73.5 ohm" in note for note in found[1]["notes"])


def test_a_depth_outside_the_electrode_is_refused(tmp_path, capsys):
    """A probe in the separator would be another question."""
    assert main(["report", "tlm_inside", "-p", "probe_depth=1.5", "--out", str(tmp_path)]) != 0
    assert "probe_depth is 1.5" in "".join(capsys.readouterr())
