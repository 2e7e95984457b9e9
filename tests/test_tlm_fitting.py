"""The notebook `tlm_fitting`: its results hold the truth, and on measured cells it says what it cannot know."""

import json

import numpy as np
import pytest

from sslib.datasets import locate
from sslib.impedance import CATHODES, COUNTER_ELECTRODES, cathode_model, compare, fit_likely, interval_across
from sslib.instruments import Spectrum, read_spectrum
from sslib.report.__main__ import main


def test_default_results_hold_the_truth(default_run):
    """The default spectrum states its parameters: an interval that misses them is a wrong interval."""
    results = json.loads((default_run("tlm_fitting") / "results.json").read_text(encoding="utf-8"))["results"]
    for name in ("R_sep", "R_ion", "R_el", "R_ct"):
        low, high = results[name]["interval"]
        assert low < results[f"{name}_truth"]["value"] < high, name
        assert results[name]["unit"] == "ohm"
        assert results[name]["level"] == 0.95
    assert 0.8 < results["reduced_chi2"]["value"] < 1.25
    assert results["limiting"]["value"] == "charge transfer"


def test_intervals_span_the_models_that_are_as_likely():
    """Two nearly equal rails look like one rail and more of the separator: a report of the shorter model alone would
    give a narrow interval that misses the truth by half.
    """
    model = cathode_model("two_rails", "resistor", "none")
    truth = {"R_sep": 25.0, "R_ion": 62.0, "R_el": 60.0, "Q_dl": 2e-4, "alpha_dl": 0.92, "R_ct": 80.0}
    frequency = np.logspace(6, -2, 65)
    exact, rng = model.impedance(frequency, **truth), np.random.default_rng(7)
    noise = 0.003 * abs(exact) * (rng.standard_normal((65, 2)) @ [1, 1j])
    spectrum = Spectrum(frequency, exact + noise)
    settings = {"counter_electrode": "none"}
    ranking = compare({"cathode": ["one_rail", "two_rails"], "separator": ["resistor"]}, spectrum, **settings)
    likely = fit_likely(ranking, spectrum, settings=settings, noise=0.003)
    assert ranking.loc[0, "cathode"] == "one_rail"
    assert len(likely) == 2
    for name in ("R_sep", "R_ion", "R_el"):
        low, high = interval_across(likely, name)
        assert (low or 0) < truth[name] < (high or np.inf), name
    assert interval_across(likely, "R_el")[0] == 0
    assert interval_across(likely, "R_el", lambda values: 1 / values["R_el"])[1] is None
    low, high = interval_across(likely[:1], "R_sep")
    assert low > 1.5 * truth["R_sep"]


@pytest.mark.slow
@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize(
    "name", ["PEIS_SSB", "Sample1_PEIS_EndOfDischarge", "Sample2_PEIS_AtRest", "PEIS_LPSCl_IonBlocking_-25C"]
)
def test_measured_cells_are_fitted_without_starts(name):
    """Cells between two electrodes, nothing given: the best of the menu comes within 1.6 % of every one of them."""
    spectrum = read_spectrum(locate(name))
    choices = {"cathode": CATHODES, "separator": ["arc"], "counter_electrode": COUNTER_ELECTRODES}
    ranking = compare(choices, spectrum)
    assert ranking.loc[0, "scatter"] < 0.016


@pytest.mark.usefixtures("measured")
@pytest.mark.slow
def test_a_measured_cell_gets_a_report_that_says_what_is_assumed(tmp_path):
    """Two terminals see both electrodes; a report that hid this would be quoted."""
    spectrum = locate("PEIS_SSB")
    assert main(["report", "tlm_fitting", "-p", f"spectrum={spectrum}", "--name", "cell", "--out", str(tmp_path)]) == 0
    document = json.loads((tmp_path / "tlm_fitting" / "cell" / "results.json").read_text(encoding="utf-8"))
    notes = " ".join(document["notes"])
    assert "that the line is the cathode" in notes
    assert "instrument's default" in notes
    assert "times the given noise" in notes
