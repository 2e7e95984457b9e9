"""The notebook `energy_density`: its results hold source 004's numbers, and any cell that can be built is answered."""

import json
from dataclasses import replace

import numpy as np
import pytest

from sslib.cell import liquid_cell, sobol, solid_cell, tornado
from sslib.notebook.figures import energy_breakdown_figure, energy_contour_figure, sensitivity_figure
from sslib.report.__main__ import main
from sslib.units import mg_cm2, um


def results_of(folder):
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))


def run(tmp_path, *settings):
    """Results of a run with parameters such as ``"separator=LGPS"``."""
    given = [argument for setting in settings for argument in ("-p", setting)]
    assert main(["report", "energy_density", *given, "--name", "run", "--out", str(tmp_path)]) == 0
    return results_of(tmp_path / "energy_density" / "run")


def test_default_results_hold_the_numbers_of_the_source(default_run):
    """Other notebooks and labs read these keys; a changed assumption would move them."""
    results = results_of(default_run("energy_density"))["results"]
    expected = {
        "lib_specific_energy": (263.56, "Wh/kg"),
        "lib_energy_density": (638.74, "Wh/L"),
        "break_even_LLZO": (41.01, "um"),
        "break_even_LATP": (73.22, "um"),
        "break_even_LGPS": (113.49, "um"),
        "break_even_volumetric": (119.48, "um"),
    }
    for key, (value, unit) in expected.items():
        assert results[key]["value"] == pytest.approx(value, abs=0.005), key
        assert results[key]["unit"] == unit, key
    # 50 um of LLZO at 19.5 mg/cm2: the sheet has 243.04 Wh/kg.
    assert results["specific_energy_core"]["value"] == pytest.approx(243.0435, abs=5e-4)


def test_the_own_cell_has_intervals(default_run):
    """A number that a fabrication scatters by several percent must not stand there bare."""
    results = results_of(default_run("energy_density"))["results"]
    for key in ("specific_energy", "energy_density", "specific_energy_core", "break_even_separator"):
        low, high = results[key]["interval"]
        assert low < results[key]["value"] < high, key
        assert results[key]["level"] == 0.95


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        ("chemistry=S", "active_percent=40", "loading_mg_cm2=4", "separator=LGPS", "catholyte=LGPS", "separator_um=25"),
        ("anode=graphite", "separator=PP", "separator_um=25", "separator_porosity_percent=50", "separator_pores=liquid",
         "cathode_pores=liquid", "anode_pores=liquid", "anode_porosity_percent=30", "cathode_porosity_percent=40",
         "active_percent=95", "carbon_percent=2", "binder_percent=3", "loading_mg_cm2=15", "pressure_kg_m2=0",
         "pressure_mm=0"),
        ("collectors=bipolar", "lithium_weighed=excess", "excess_percent=0", "cells_in_stack=1", "packaging_mm=0.2"),
        ("loading_mg_cm2=1", "separator_um=500", "tolerance_factor=0", "aluminium_um=0", "copper_um=0"),
    ],
    ids=["sulfur", "the source's liquid cell", "bipolar", "hopeless"],
)  # fmt: skip
def test_any_cell_is_answered(tmp_path, settings):
    """A lab has the cell that it has; the liquid cell of the source entered by hand must give its numbers."""
    results = run(tmp_path, *settings)["results"]
    assert results["specific_energy"]["value"] > 0
    if "anode=graphite" in settings:
        assert results["specific_energy_core"]["value"] == pytest.approx(263.56, abs=0.005)
        assert results["energy_density_core"]["value"] == pytest.approx(638.74, abs=0.005)
    if "separator_um=500" in settings:
        assert results["break_even_separator"]["value"] < 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (("chemistry=S", "lithium_weighed=excess"), "brings no lithium"),
        (("active_percent=98", "carbon_percent=5"), "active, carbon and binder sum to 1.03"),
        (("loading_mg_cm2=-1",), "loading"),
    ],
)
def test_an_impossible_cell_is_refused(tmp_path, capsys, setting, said):
    """An error names what is wrong; a plausible number for a cell that cannot be is the worst answer."""
    given = [argument for one in setting for argument in ("-p", one)]
    assert main(["report", "energy_density", *given, "--name", "run", "--out", str(tmp_path)]) != 0
    shown = capsys.readouterr()
    assert said in shown.out + shown.err


def test_bars_of_the_breakdown_are_as_long_as_the_energy_says():
    """264 Wh/kg are 3.794 g/Wh, 638.74 Wh/L are 1.5656 mL/Wh; a factor of a unit would show here alone."""
    figure = energy_breakdown_figure({"liquid cell": liquid_cell().core})
    for axes, length in zip(figure.axes, (1e3 / 263.5582, 1e3 / 638.7434), strict=True):
        assert sum(bar.get_width() for bar in axes.patches) == pytest.approx(length, rel=1e-6)
    by_mass, by_volume = figure.axes
    assert "264 Wh/kg" in by_mass.texts[0].get_text()
    assert "639 Wh/L" in by_volume.texts[0].get_text()


def test_the_break_even_line_passes_where_the_source_has_it():
    """At 19.5 mg/cm2 it is at 41 um by mass and 119.5 um by volume, or the contour is of other cells than the table."""
    loading, thickness = np.array([[10.0], [19.5], [50.0]]) * mg_cm2, np.array([[20.0, 60.0, 200.0]]) * um
    cells = replace(solid_cell(), loading=loading, separator_thickness=thickness).core
    figure = energy_contour_figure(loading, thickness, cells, liquid_cell().core, (19.5 * mg_cm2, 50 * um))
    for axes, expected in zip(figure.axes, (41.00705, 119.4797), strict=True):
        line = next(line for line in axes.lines if line.get_label() == "equal to the liquid cell")
        assert line.get_xydata()[1] == pytest.approx([19.5, expected], rel=1e-5)
        star = next(line for line in axes.lines if line.get_label() == "this cell")
        assert star.get_xydata()[0] == pytest.approx([19.5, 50])


def test_sensitivities_stand_beside_their_own_labels():
    """Bars and shares are sorted; sorted differently they would belong to other inputs than the labels say."""
    design = solid_cell(separator_thickness=50 * um)
    ends, shares = tornado(design, 0.2), sobol(design, 0.2, samples=256)
    specific = "specific energy [Wh/kg]"
    now = {specific: 243.0, "energy density [Wh/L]": 934.0}
    bars, points = sensitivity_figure(ends, shares, now).axes[:2]
    labels = [text.get_text() for text in bars.get_yticklabels()]
    assert labels[-1] == "loading"
    place = labels.index("thickness of the separator")
    low = next(bar for bar in bars.containers[0] if bar.get_y() < place < bar.get_y() + bar.get_height())
    assert low.get_x() + low.get_width() == pytest.approx(ends.loc["thickness of the separator", (specific, "low")])
    first = points.lines[0].get_xydata()[place]
    assert first[0] == pytest.approx(shares.loc["thickness of the separator", (specific, "first")])
