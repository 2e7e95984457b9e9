"""The notebook `conductivity_arrhenius`: its results hold the truth, and the measurers' own on a measured pellet."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from sslib.datasets import locate_series
from sslib.impedance.pellet import BOUNDARY, BULK, TOTAL, conduction, fit_pellet, pellet_size, read_temperature_series
from sslib.report import provenance
from sslib.report.__main__ import main
from sslib.report.plan import plan
from sslib.transport import arrhenius_fit, convention_difference
from sslib.units import S_cm, celsius, eV

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
