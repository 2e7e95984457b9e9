"""The notebook `tlm_fitting`: its results hold the truth, and on measured cells it says what it cannot know."""

import json

import pytest

from sslib.datasets import locate
from sslib.impedance import CATHODES, COUNTER_ELECTRODES, compare
from sslib.instruments import read_spectrum
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
