"""The notebook `cell_story`: its results, the same numbers as in the notebooks of its steps, and what it refuses."""

import json

import pandas as pd
import pytest

from sslib.cell import StatedCell, cathode_volumes, material, read_fit
from sslib.chain import known_transport
from sslib.datasets import locate
from sslib.impedance import read_cathode
from sslib.instruments import read_spectrum
from sslib.report.__main__ import main
from sslib.units import cm2, hour, mA_cm2, ohm_cm2, um
from tests.simulations import every

UNITS = {
    "delivered_capacity": "mAh cm-2",
    "specific_energy": "Wh/kg",
    "throughput": "mol m-2 h-1",
    "failure_probability": "1",
    "failure_probability_10x": "1",
}
CATHODE = "cathode_model=two_rails_diffusion"


def run(folder, notebook, *parameters):
    given = [part for parameter in parameters for part in ("-p", parameter)]
    assert main(["report", notebook, *given, "--name", "run", "--out", str(folder)]) == 0
    return json.loads((folder / notebook / "run" / "results.json").read_text(encoding="utf-8"))


def refused(folder, *parameters):
    """What the run that fails says."""
    given = [part for parameter in parameters for part in ("-p", parameter)]
    assert main(["report", "cell_story", *given, "--name", "run", "--out", str(folder)]) == 1
    return json.loads((folder / "cell_story" / "run" / "run.json").read_text(encoding="utf-8"))["error"]


def test_default_results_have_their_keys_units_and_intervals(default_run):
    """What a script that reads a hundred cells rests on."""
    results = json.loads((default_run("cell_story") / "results.json").read_text(encoding="utf-8"))["results"]
    for key, unit in UNITS.items():
        entry = results[key]
        low, high = entry["interval"]
        assert entry["unit"] == unit
        assert low <= entry["value"] <= high
        assert low < high
    assert results["limiting"]["value"] == "charge transfer"
    for key in ("change_first", "change_first_of_design"):
        assert results[key]["value"].endswith((" %", " K"))


def test_what_limits_is_what_the_fit_says(default_run):
    """The same spectrum on the page of the fit and on that of the cell."""
    here, there = (
        json.loads((default_run(name) / "results.json").read_text(encoding="utf-8"))["results"]
        for name in ("cell_story", "tlm_fitting")
    )
    for key in ("limiting", "limiting_of_cell"):
        assert here[key]["value"] == there[key]["value"]


def test_transport_is_that_of_a_run_of_the_fit(default_run):
    """Through a file or in one go: values, intervals, open ends and correlations must be the same."""
    found = read_fit(default_run("tlm_fitting"), {})
    reading = read_cathode(read_spectrum(locate("composite_cathode_ion_electron")))
    ours = known_transport(reading, {}, 0.785 * cm2, 80 * um)
    assert found.thickness == pytest.approx(80 * um)
    assert set(found.known) == set(ours.known)
    for name, own in ours.known.items():
        other = found.known[name]
        assert other.value == pytest.approx(own.value, rel=1e-6), name
        assert other.interval == pytest.approx(own.interval, rel=1e-6), name
    assert found.correlations == pytest.approx(ours.correlations, rel=1e-6)
    assert found.diffusion_resistance == pytest.approx(ours.diffusion_resistance, rel=1e-6)


@pytest.mark.slow
def test_energy_is_that_of_the_rate_model(tmp_path):
    """The fit's results.json handed to `rate_capability`, with the same cell: capacity, energy and both intervals."""
    story = run(tmp_path, "cell_story", CATHODE, "tolerance=0", "current_density_mA_cm2=4", "active_mass_fraction=0.7")
    run(tmp_path, "tlm_fitting", "cathode=two_rails_diffusion")
    volumes = {name: float(own) for name, own in cathode_volumes(0.7, 0.0, 0.1, material("LPSCl")).items()}
    any_transport = dict.fromkeys(("R_ion", "R_el", "R_ct", "R_sep", "R_counter"), 1 * ohm_cm2) | {"tau_d": 1.0}
    sizes = {"thickness": 80 * um, "particle_radius": 2.5 * um, "separator_thickness": 200 * um}
    cell = StatedCell(**any_transport, **sizes, **volumes)
    c_rate = 4 * mA_cm2 / cell.nominal_capacity * hour
    there = run(
        tmp_path,
        "rate_capability",
        f"fit={tmp_path / 'tlm_fitting' / 'run'}/results.json",
        f"c_rate={c_rate!r}",
        "fit_stoichiometry=0.97",
        "separator_thickness_um=200",
        "electrolyte=LPSCl",
        "draws=128",
        *(f"{name}={value!r}" for name, value in volumes.items()),
    )["results"]
    for ours, theirs in (("specific_energy", "specific_energy_at_rate"), ("delivered_capacity", "capacity_at_rate")):
        one, other = story["results"][ours], there[theirs]
        assert one["value"] == pytest.approx(other["value"], rel=1e-6)
        assert one["interval"] == pytest.approx(other["interval"], rel=1e-6)


@pytest.mark.slow
def test_failure_is_that_of_the_map(tmp_path):
    """What spectrum and recipe tell the criteria, typed into `degradation_maps`, must give the same probabilities."""
    story = run(tmp_path, "cell_story", CATHODE, "spectrum_temperature_C=40", "temperature_C=40")["results"]
    told = pd.read_csv(tmp_path / "cell_story" / "run" / "criteria.csv").iloc[0]
    typed = {
        "cathode_ohm_cm2": told["cathode_resistance [ohm m2]"] / ohm_cm2,
        "particle_radius_um": told["particle_radius [m]"] / um,
        "active_area": told["active_area [1]"],
        "foil_um": told["foil_thickness [m]"] / um,
    }
    there = run(
        tmp_path,
        "degradation_maps",
        *(f"{name}={float(value)!r}" for name, value in typed.items()),
        "spread_factor=1",
        "current_density_mA_cm2=0.5",
        "temperature_C=40",
        "draws=2000",
    )["results"]
    for key in ("failure_probability", "failure_probability_10x"):
        assert story[key]["value"] == pytest.approx(there[key]["value"], abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("anode", every(2, ["lithium-indium", "lithium"]))
def test_a_measured_cell_gives_a_page_that_says_what_it_leaves_open(measured, tmp_path, anode):
    """Two electrodes, no diffusion in sight, a model that misses the spectrum: all of it in words."""
    document = run(
        tmp_path,
        "cell_story",
        f"spectrum={measured / 'lpscl_cells' / 'PEIS_SSB.mpr'}",
        "area_cm2=0.785",
        "cathode_thickness_um=80",
        f"anode={anode}",
    )
    notes = " ".join(document["notes"])
    assert "The fit has no tau_d" in notes
    assert "can be exchanged" in notes
    page = (tmp_path / "cell_story" / "run" / "report.html").read_text(encoding="utf-8")
    assert "a reading, for no model describes the spectrum" in page
    assert ("no law of failure is known" in page.lower()) == (anode == "lithium-indium")
    for key, unit in UNITS.items():
        assert document["results"][key]["unit"] == unit


@pytest.mark.slow
def test_a_second_cell_stands_beside_the_first(default_run, tmp_path):
    """An engineer compares two cells, and must see where they are not told apart."""
    run(
        tmp_path, "cell_story", CATHODE, f"versus={default_run('cell_story')}/results.json", "separator_thickness_um=30"
    )
    page = (tmp_path / "cell_story" / "run" / "report.html").read_text(encoding="utf-8")
    assert "higher" in page
    assert "not told apart" in page


@pytest.mark.slow
@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (("spectrum=composite_cathode_ion_ion",), "is no spectrum of a cell"),
        (("spectrum={file}",), "does not say area_cm2, and a cell needs it"),
        (("spectrum={file}", "area_cm2=1"), "does not say cathode_thickness_um, and a cell needs it"),
        (("active_mass_fraction=0.9", "carbon_mass_fraction=0.2"), "sum of active and carbon mass is 1.1"),
    ],
    ids=["contacts", "area", "thickness", "recipe"],
)
def test_what_cannot_be_is_refused_by_name_before_the_fit(tmp_path, parameters, words):
    """Nobody waits for a fit to be told of a slip."""
    file = tmp_path / "cell.csv"
    file.write_text("freq/Hz,Re/ohm,Im/ohm\n" + "".join(f"{10.0**-k},{10 + k},-{1 + k}\n" for k in range(-5, 3)))
    assert words in refused(tmp_path, *(one.format(file=file) for one in parameters))
