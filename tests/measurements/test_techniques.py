"""The tables of measurements: whole, in fixed words, and filtered with reasons that are true."""

from pathlib import Path

import numpy as np
import pytest

from sslib.measurements import (
    TRAPS,
    choose_measurements,
    measurement_questions,
    measurements,
    modelling_avenues,
    question_map,
    resolves,
    time_constant,
)
from sslib.units import nm, um

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
# Notebooks of measurements that stand beside this one.
SISTERS = {"measure_diffusivity", "measure_conduction", "critical_current", "cell_overpotentials"}


def test_the_tables_are_whole():
    """The sources name seven methods, fifteen techniques and six avenues; one less would be left out in silence."""
    counts = measurements()["kind"].value_counts()
    assert counts["method"] == 7
    assert counts["technique"] == 15
    assert len(modelling_avenues()) == 6
    assert measurements().index.is_unique
    assert measurements()["short"].is_unique


# Resolutions that the sources print: the finest, in metres.
PRINTED = {
    "micro_reference": 1e-6,
    "leis": 1e-6,
    "afm_impedance": 100e-9,
    "esm": 10e-9,
    "nmr_mri": 300e-6,
    "optical": 200e-9,
}


@pytest.mark.parametrize(("key", "printed"), PRINTED.items())
def test_printed_resolutions(key, printed):
    """A slip in a power of ten would send a user to a microscope that cannot see what is asked for."""
    row = measurements().loc[key]
    assert row["resolution"] == "stated"
    assert row["resolution_low"] == row["resolution_high"] == pytest.approx(printed)


def test_what_is_not_printed_is_marked():
    """Else numbers that everybody knows would pass for numbers of the source."""
    rows = measurements()
    house = rows[rows["resolution"] == "house"]
    assert house["of_the_house"].str.contains("resolution").all()
    averages = rows[rows["resolution"] == "none"]
    assert averages[["resolution_low", "resolution_high"]].isna().all(axis=None)
    resolved = rows[rows["resolution"] != "none"]
    assert resolved["resolution_high"].notna().all()
    assert (resolved["resolution_low"] <= resolved["resolution_high"]).all()
    assert rows["resolution_high"].notna().sum() == 13
    assert rows["resolution_high"].sum() == pytest.approx(2.306311e-3, rel=1e-6)
    deep = rows[rows["depth_high"].notna()]
    assert deep["of_the_house"].str.contains("in depth").all()
    assert deep.index.tolist() == ["ndp", "sims", "xps"]
    assert deep[["depth_low", "depth_high"]].sum().tolist() == pytest.approx([1.2e-8, 1.2e-7])


def test_words_are_of_the_vocabulary():
    """A misspelt question or trap would never be found by a filter, and its technique would be missing."""
    asked = set(measurement_questions().index)
    for rows in (measurements(), modelling_avenues()):
        assert set().union(*rows["questions"]) <= asked
    assert set().union(*measurements()["traps"]) == set(TRAPS)


def test_every_question_has_an_answer_and_a_notebook_that_exists():
    """A question without a technique, or a link to no notebook, would lead a user nowhere."""
    assert (question_map() > 0).any(axis=1).all()
    present = {path.stem for path in NOTEBOOKS.glob("*.ipynb")} | SISTERS
    for rows in (measurement_questions(), modelling_avenues()):
        assert set().union(*rows["notebooks"]) <= present
    assert set().union(*measurement_questions()["notebooks"]) >= SISTERS


@pytest.mark.parametrize("question", measurement_questions().index)
def test_filters_by_hand(question):
    """Else a technique that does not fit would be recommended, or a reason for leaving one out would be untrue."""
    size, avoid = 1 * um, ("facility",)
    found = choose_measurements(question, resolution=size, in_situ=True, intact=True, avoid=avoid)
    whole = measurement_questions().loc[question, "along"] == "whole"
    assert set(found.index) == set(measurements().index)
    for row in found.itertuples():
        sure = (
            question in row.questions
            and (whole or row.resolution_high <= size)
            and row.state in ("in situ", "both")
            and row.destructive == "no"
            and "facility" not in row.traps
        )
        impossible = (
            question not in row.questions
            or (not whole and (row.resolution == "none" or row.resolution_low > size))
            or row.state == "ex situ"
            or row.destructive == "yes"
            or "facility" in row.traps
        )
        assert row.standing == ("excluded" if impossible else "fits" if sure else "doubtful")
        assert row.answers == (question in row.questions)
        assert bool(row.reasons) == (row.standing != "fits")


def test_reasons_in_words():
    """Else a user could not see what would have to change for a technique to fit."""
    found = choose_measurements("voids", resolution=100 * nm, in_situ=True, intact=True, avoid=["facility"])
    assert found.loc["optical", "reasons"] == ("resolves 200 nm, and 100 nm is asked for",)
    assert found.loc["xct", "reasons"] == (
        f"facility: {TRAPS['facility']}",
        "resolves 50 nm at its best, 1 µm ordinarily, and 100 nm is asked for",
    )
    assert found.loc["stepped_current", "reasons"] == ("a mean over the sample", "destroys the sample")
    assert found.loc["dems", "reasons"][0] == "answers gas"
    probe = choose_measurements("partial_conductivity", in_situ=True)
    assert probe.loc["four_line", "reasons"] == ("ex situ only",)
    local = choose_measurements("local_conductivity", in_situ=True, intact=True)
    assert local.loc["esm", "reasons"] == ("whether in situ is not stated", "whether the sample survives is not stated")
    assert choose_measurements("lithium_profile", intact=True).loc["xps", "reasons"][-1] == "may harm the sample"


def test_a_thickness_is_judged_in_depth():
    """A profile through an interphase of 25 nm would be excluded for a beam of a micrometre; and neutrons, which see
    depths alone, would be sent to look for filaments of a micrometre.
    """
    layer = choose_measurements("interphase_growth", resolution=25 * nm)
    assert layer.index[layer["standing"] == "fits"].tolist() == ["sims", "xps", "tem_eels"]
    assert layer.loc["sims", "resolution_high"] == 1e-8
    sideways = choose_measurements("filaments", resolution=1 * um)
    assert sideways.loc["ndp", "reasons"] == ("tells depths apart and nothing side by side",)
    assert choose_measurements("filaments").loc["ndp", "standing"] == "fits"
    assert choose_measurements("lithium_profile", resolution=1 * um).loc["ndp", "standing"] == "fits"
    assert (resolves(25 * nm)["sims"], resolves(25 * nm, along="depth")["sims"]) == ("excluded", "fits")


def test_a_value_of_the_whole_has_no_size():
    """Whoever asks for a mean and leaves a size standing would be refused a titration, as "a mean over the sample"."""
    for question, best in (("bulk_diffusivity", "titration"), ("gas", "dems"), ("overpotentials", "pulses")):
        found = choose_measurements(question, resolution=1 * um, in_situ=True)
        assert found.index[0] == best
        assert found["standing"].iloc[0] == "fits"


def test_the_best_comes_first():
    """Else the first row, which is recommended, would be one that answers the question by the way."""
    order = choose_measurements("filaments").index[:2].tolist()
    assert order[0] == "nmr_mri"
    assert choose_measurements("bulk_diffusivity").index[0] == "titration"
    assert choose_measurements("gas").index[0] == "dems"
    # Four answer it by the way; the spectrum sees below the surface and does no harm.
    assert choose_measurements("interface_resistance").index[0] == "eis"
    assert choose_measurements("local_conductivity", resolution=1e-6).index[0] == "afm_impedance"


def test_where_nothing_fits_the_nearest_comes_first():
    """Else the first row, which is named as the nearest, would be one with more against it."""
    found = choose_measurements("filaments", resolution=1e-12, in_situ=True, intact=True)
    against = found["reasons"].map(len)[found["answers"]].tolist()
    assert (found["standing"] == "excluded").all()
    assert against == sorted(against)
    assert against[0] < against[-1]


def test_wrong_words_are_answered_with_the_right_ones():
    """Else a misspelt filter would filter nothing."""
    with pytest.raises(ValueError, match=r"'void' is no question; allowed are .*voids"):
        choose_measurements("void")
    with pytest.raises(ValueError, match=r"'damage' is no trap; allowed are .*beam damage"):
        choose_measurements("voids", avoid=["damage"])
    with pytest.raises(ValueError, match="resolution is -1"):
        choose_measurements("voids", resolution=-1.0)
    with pytest.raises(ValueError, match="is no question"):
        modelling_avenues("everything")


def test_what_resolves_a_length():
    """Else the map of lengths would show a technique where it is blind."""
    coarse, fine = resolves(1e-3), resolves(1e-11)
    averages = measurements()["resolution"] == "none"
    assert (coarse[~averages] == "fits").all()
    assert (coarse[averages] == "excluded").all()
    assert (fine == "excluded").all()


def test_the_window_of_impedance_is_not_micro_to_milliseconds():
    """Source 002 prints microseconds to milliseconds for 1 MHz to 1 Hz; that is off by 2 pi and by a thousand."""
    row = measurements().loc["eis"]
    np.testing.assert_allclose(time_constant([1e6, 1.0]), [row["fastest"], row["slowest"]], rtol=1e-9)
    assert time_constant(1.0) == pytest.approx(0.15915494309189535, rel=1e-14)
