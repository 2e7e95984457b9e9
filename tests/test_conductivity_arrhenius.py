"""The notebook `conductivity_arrhenius`: its results hold the truth, and the measurers' own on a measured pellet."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from sslib.datasets import locate_series
from sslib.impedance.conduction import PelletConduction, energy_in_eV, total_line_with_electrode_arc
from sslib.impedance.pellet import (
    BOUNDARY,
    BULK,
    LARGEST_OF_BOUNDARY,
    LARGEST_OF_BULK,
    MATERIAL,
    TOTAL,
    conduction,
    fit_pellet,
    fit_table,
    pellet_size,
    read_temperature_series,
    remarks,
)
from sslib.notebook.figures import arrhenius_figure, capacitance_figure, series_figure
from sslib.notebook.picture import encode
from sslib.report import provenance
from sslib.report.__main__ import main
from sslib.report.plan import plan
from sslib.transport import arrhenius_fit, convention_difference
from sslib.units import S_cm, celsius, cm, cm2, eV, mm

SPECTRA = Path(__file__).parents[1] / "data" / "spectra"
# Of the measurers, of sigma*T [eV]; and their conductivities [S/cm] at 140 and 200 °C.
PUBLISHED = {TOTAL: 0.8555, BULK: 0.5869, BOUNDARY: 0.8919}
PUBLISHED_CONDUCTIVITIES = {TOTAL: (1.936e-7, 3.556e-6), BULK: (2.857e-6, 1.860e-5), BOUNDARY: (2.076e-7, 4.397e-6)}


def generator():
    spec = importlib.util.spec_from_file_location("generate", SPECTRA / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATOR = generator()


@pytest.mark.parametrize("temperature_C", GENERATOR.PELLET_TEMPERATURES_C)
def test_the_generated_series_is_what_its_generator_writes(temperature_C):
    """A spectrum whose stated truth is not the truth would make every test that rests on it worthless."""
    written = (SPECTRA / GENERATOR.pellet_file_name(temperature_C)).read_text(encoding="utf-8")
    assert written == GENERATOR.pellet_text(temperature_C)


def test_default_results_hold_the_truth(default_run):
    """The files state the energies: an interval that misses them is a wrong interval."""
    results = json.loads((default_run("conductivity_arrhenius") / "results.json").read_text(encoding="utf-8"))[
        "results"
    ]
    for part, (energy, conductivity, *_) in GENERATOR.PELLET_PARTS.items():
        low, high = results[f"activation_energy_{part}"]["interval"]
        assert low < energy < high, part
        low, high = results[f"conductivity_{part}"]["interval"]
        assert low < conductivity < high, part
    truth = [GENERATOR.pellet_truth(temperature_C) for temperature_C in GENERATOR.PELLET_TEMPERATURES_C]
    T = celsius(np.array(GENERATOR.PELLET_TEMPERATURES_C))
    true = arrhenius_fit(T, [1 / (own["R_bulk"] + own["R_grain_boundary"]) for own in truth]).energy / eV
    assert results["activation_energy_total"]["value"] == pytest.approx(true, rel=2e-3)
    difference = results["activation_energy_total"]["value"] - results["activation_energy_total_sigma"]["value"]
    assert difference == pytest.approx(convention_difference(T) / eV, rel=1e-6)
    (_, _, c_b, _), (_, sigma_gb, c_gb, _) = GENERATOR.PELLET_PARTS.values()
    assert results["boundary_share"]["value"] == pytest.approx(c_b / c_gb, rel=0.05)
    low, high = results["conductivity_grain_boundary_specific"]["interval"]
    assert low < sigma_gb * c_b / c_gb < high


@pytest.fixture(scope="module")
def generated():
    """Spectra and fits of the generated pellet, and its size."""
    spectra, _, _ = read_temperature_series(sorted((SPECTRA / "pellet_series").glob("*.csv")))
    area, thickness, _ = pellet_size(spectra, "pellet_series")
    return spectra, [fit_pellet(spectrum, thickness / area, noise=0.004) for spectrum in spectra], area, thickness


def test_the_parts_of_a_pellet_conduct_as_they_were_generated(generated):
    """The tables are what a report shows: each must say what its generator put in."""
    spectra, fits, area, thickness = generated
    conducts = PelletConduction(fits, thickness, area)
    assert list(conducts.parts) == [TOTAL, BULK, BOUNDARY, MATERIAL]
    known = {part: GENERATOR.PELLET_PARTS[part.replace(" ", "_")][0] for part in (BULK, BOUNDARY)}
    beside = conducts.against(known, "truth")
    assert beside.index.tolist() == ["bulk", "grain boundary, apparent"]
    assert beside["truth [eV]"].between(beside["from"], beside["to"]).all()
    energies = conducts.energies()
    assert energies.loc["bulk", "E of σT [eV]"] == beside.loc["bulk", "ours [eV]"]
    assert energies.loc["total", "points"] == 7
    assert conducts.conventions()["deviation [1]"].abs().max() < 1e-9
    wide = conducts.by_temperature()
    assert wide["T [K]"].is_monotonic_increasing
    total = conducts.parts[TOTAL].points.set_index("T")["conductivity"] / S_cm
    np.testing.assert_allclose(wide["total"], total.sort_index())
    part, share = conducts.resistive_part(celsius(25))
    (_, bulk, *_), (_, boundary, *_) = GENERATOR.PELLET_PARTS.values()
    assert part == BOUNDARY
    assert share == pytest.approx(bulk / (bulk + boundary), rel=1e-2)
    # Above the highest temperature the share is that there, not extrapolated.
    assert conducts.resistive_part(1000.0) == conducts.resistive_part(max(s.temperature for s in spectra))
    assert not conducts.notes


def test_what_is_chosen_moves_the_energy_of_the_total(generated):
    """What the intervals do not know must be in the table, and against the line that is quoted."""
    spectra, fits, area, thickness = generated
    conducts = PelletConduction(fits, thickness, area)
    line, better, tried = total_line_with_electrode_arc(fits, spectra, thickness / area)
    assert (better, tried) == (0, 7)
    changes = conducts.choices({"an arc": line})
    points = conducts.parts[TOTAL].points.sort_values("T")
    without = arrhenius_fit(points["T"][1:], points["conductivity"][1:])
    ours = conducts.parts[TOTAL].product
    assert list(changes.index) == [
        "an arc",
        "points weighted by the fits' intervals",
        "without the lowest temperature",
        "without the highest temperature",
    ]
    expected = [without.energy / eV, 1e3 * (without.energy - ours.energy) / eV]
    np.testing.assert_allclose(changes.loc["without the lowest temperature"], expected)
    weighted = PelletConduction(fits, thickness, area, weighted=True).parts[TOTAL].product.energy
    assert changes.loc["points weighted by the fits' intervals", "E of σT [eV]"] == pytest.approx(weighted / eV)
    measured_only = conducts.measured_bulk()
    inside = conducts.parts[BULK].points[conducts.parts[BULK].points["inside"]]
    assert 2 < len(inside) < len(conducts.parts[BULK].points)
    assert measured_only.energy == arrhenius_fit(inside["T"], inside["conductivity"]).energy


def test_two_temperatures_have_a_line_and_no_interval(generated):
    """An infinite end would be written as a limit."""
    _, fits, area, thickness = generated
    line = PelletConduction(fits[:2], thickness, area).parts[TOTAL].product
    value, low, high = energy_in_eV(line)
    assert value == line.energy / eV
    assert np.isnan([low, high]).all()
    with pytest.raises(ValueError, match="fewer than two temperatures"):
        PelletConduction(fits[:1], thickness, area)


def test_remarks_name_the_temperatures_that_they_are_about(generated):
    """One line for each temperature and note would bury what matters."""
    _, fits, area, thickness = generated
    said = remarks(fits, 0.004)
    assert len(said) == len(set(said))
    (apex,) = [text for text in said if "the apex of the bulk's arc lies above" in text]
    outside = [f"{f.temperature - celsius(0):.4g}" for f in fits if f.arc(BULK) and not f.arc(BULK).inside]
    assert apex.startswith(f"At {', '.join(outside)} °C ")
    assert not any("does not describe" in text for text in said)
    table = fit_table(fits, thickness / area)
    np.testing.assert_allclose(table["total [Ω]"], [fitted.total[0] for fitted in fits])
    (_, _, capacitance, _), *_ = GENERATOR.PELLET_PARTS.values()
    known = table["C·L/A, bulk [F/cm]"].dropna()
    np.testing.assert_allclose(known, capacitance, rtol=0.15)


def test_a_residual_above_the_noise_is_remarked_with_the_noise(generated):
    spectra, _, area, thickness = generated
    poor = [fit_pellet(spectrum, thickness / area, noise=0.0005) for spectrum in spectra[:2]]
    assert any("does not describe the spectrum to within 0.05 %" in text for text in remarks(poor, 0.0005))
    assert any("to within the noise;" in text for text in remarks(poor))


def test_figures_of_a_pellet_draw_every_part(generated):
    """Warnings are errors here; an arc that is not drawn is one that nobody asks about."""
    spectra, fits, area, thickness = generated
    parts = PelletConduction(fits, thickness, area).parts
    for figure in (
        series_figure(spectra, fits),
        capacitance_figure(fits, thickness / area, (LARGEST_OF_BULK, LARGEST_OF_BOUNDARY)),
        arrhenius_figure(parts),
    ):
        assert encode(figure)[0].startswith(b"\x89PNG")
    arcs, lines = (figure.axes[0].get_legend() for figure in (
        capacitance_figure(fits, thickness / area, (LARGEST_OF_BULK, LARGEST_OF_BOUNDARY)), arrhenius_figure(parts),
    ))  # fmt: skip
    assert {"bulk", "grain boundary"} <= {text.get_text() for text in arcs.get_texts()}
    energy = f"bulk, {parts[BULK].product.energy / eV:.3f} eV"
    assert energy in {text.get_text() for text in lines.get_texts()}


def test_a_size_is_a_diameter_or_an_area(generated):
    """Both could contradict each other, and one of them would be dropped in silence."""
    spectra, *_ = generated
    area, thickness, note = pellet_size(spectra, "x", thickness=2 * mm, diameter=8 * mm)
    assert area == pytest.approx(np.pi * (0.4 * cm) ** 2)
    assert thickness == 2 * mm
    assert "as given" in note
    with pytest.raises(ValueError, match="diameter is 8 mm and the area 1 cm²; only one"):
        pellet_size(spectra, "x", area=1 * cm2, diameter=8 * mm)


@pytest.fixture(scope="module")
def pellet_of_the_measurers(measured):
    spectra, left_out, _ = read_temperature_series(locate_series("pellet_temperature_series"))
    assert not left_out
    area, thickness, _ = pellet_size(spectra, "pellet_temperature_series")
    return conduction([fit_pellet(spectrum, thickness / area, noise=0.004) for spectrum in spectra], thickness, area)


@pytest.mark.parametrize("part", PUBLISHED)
def test_energies_are_those_of_the_measurers(pellet_of_the_measurers, part):
    """Their own evaluation of the same spectra; they count 0 °C as 273 K, which is 0.0006 eV of the total."""
    own = pellet_of_the_measurers[pellet_of_the_measurers["part"] == part]
    line = arrhenius_fit(own["T"], own["conductivity"])
    assert line.energy / eV == pytest.approx(PUBLISHED[part], rel=0.01)
    low, high = line.energy_interval
    assert low < PUBLISHED[part] * eV < high
    ends = own["conductivity"].to_numpy()[[0, -1]] / S_cm
    assert ends == pytest.approx(PUBLISHED_CONDUCTIVITIES[part], rel=0.01)
    assert arrhenius_fit(own["T"] - 0.15, own["conductivity"]).energy / eV == pytest.approx(PUBLISHED[part], rel=3e-3)


@pytest.mark.slow
def test_the_report_on_the_public_series_quotes_the_published_energy(measured, tmp_path):
    arguments = ["-p", "series=pellet_temperature_series", "--name", "public", "--out", str(tmp_path)]
    assert main(["report", "conductivity_arrhenius", *arguments]) == 0
    document = json.loads((tmp_path / "conductivity_arrhenius/public/results.json").read_text(encoding="utf-8"))
    total = document["results"]["activation_energy_total"]
    assert total["unit"] == "eV"
    assert total["value"] == pytest.approx(0.8555, rel=0.01)
    assert document["results"]["activation_energy_total_sigma"]["value"] == pytest.approx(0.818, rel=0.01)
    notes = " ".join(document["notes"])
    assert "measurers of this set state" in notes
    assert "temperature of 7 files is from their name" in notes
    # Their boundaries are no thin layers: no specific conductivity.
    assert "activation_energy_grain_boundary_specific" not in document["results"]


@pytest.mark.slow
def test_the_energy_does_not_depend_on_the_size_and_other_files_are_listed(tmp_path):
    """A folder as a lab has it: two spectra more would be another series, and a size is not always known."""
    for file in sorted((SPECTRA / "pellet_series").glob("*.csv"))[:3]:
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(("# area", "# thickness", "# truth"))]
        (tmp_path / file.name).write_text("".join(kept), encoding="utf-8")
    (tmp_path / "readme.md").write_text("a pellet\n", encoding="utf-8")
    (tmp_path / "half.csv").write_text("freq/Hz,Re(Z)/Ohm,Im(Z)/Ohm\n1,2,-3\n2,2,-2\n", encoding="utf-8")
    out, found = tmp_path / "out", {}
    for name, more in (("unknown", []), ("known", ["-p", "diameter_mm=4", "-p", "thickness_mm=3"])):
        arguments = ["-p", f"series={tmp_path}", *more, "--name", name, "--out", str(out)]
        assert main(["report", "conductivity_arrhenius", *arguments]) == 0
        found[name] = json.loads((out / f"conductivity_arrhenius/{name}/results.json").read_text(encoding="utf-8"))
    one, other = (found[name]["results"]["activation_energy_total"]["value"] for name in found)
    assert one == pytest.approx(other, rel=1e-6)
    assert "conductivity_total" not in found["unknown"]["results"]
    notes = " ".join(found["unknown"]["notes"])
    assert "Left out: half.csv (states no temperature" in notes
    assert "readme.md (" in notes


def test_a_wrong_folder_is_named_before_a_kernel_starts(tmp_path, capsys):
    assert main(["report", "conductivity_arrhenius", "-p", "series=/nowhere/at/all", "--out", str(tmp_path)]) == 2
    assert "series: there is no folder '/nowhere/at/all'" in capsys.readouterr().err


def test_a_relative_folder_is_the_callers_and_its_files_are_inputs(tmp_path, monkeypatch):
    """The kernel runs elsewhere: a relative path would be sought there, and a changed file would go unnoticed."""
    (tmp_path / "night").mkdir()
    (tmp_path / "night" / "a.csv").write_text("x")
    monkeypatch.chdir(tmp_path)
    (run,) = plan(["conductivity_arrhenius"], ["series=night"]).runs
    assert run.parameters["series"] == str((tmp_path / "night").resolve())
    assert [entry["name"] for entry in provenance.files(run)] == ["conductivity_arrhenius.ipynb", "a.csv"]
