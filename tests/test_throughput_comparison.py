"""The notebook `throughput_comparison`: the printed values with intervals, and users' cells, good and broken."""

import codecs
import json

import pytest

from sslib.report.__main__ import main

PRINTED = {
    "NMC622_Li_oxide": 0.69,
    "LiCoO2_Li-In_sulfide": 1.98,
    "NCM811_Li_polymer": 0.48,
    "LiCoO2_Li_liquid": 2.60,
    "NCM83_Li_nitride": 0.89,
}
HEADER = "cathode,anode,electrolyte_class,delivered_areal_capacity_mAh_cm2,c_rate,current_density_mA_cm2,source,note"


def run(tmp_path, *parameters):
    """Exit code and document (that of the index where there are no results) of a run with these parameters."""
    given = [argument for parameter in parameters for argument in ("-p", parameter)]
    code = main(["report", "throughput_comparison", *given, "--name", "run", "--out", str(tmp_path / "out")])
    folder = tmp_path / "out" / "throughput_comparison" / "run"
    path = folder / "results.json" if code == 0 else tmp_path / "out" / "index.json"
    return code, json.loads(path.read_text(encoding="utf-8"))


def test_default_results_are_the_printed_values(default_run):
    """A tenth, by the printed prefactor, or an interval that misses the print would go on a slide."""
    document = json.loads((default_run("throughput_comparison") / "results.json").read_text(encoding="utf-8"))
    for key, printed in PRINTED.items():
        entry = document["results"][f"throughput_{key}"]
        low, high = entry["interval"]
        assert entry["unit"] == "mol m-2 h-1"
        assert low < entry["value"] < high
        assert low - 0.005 <= printed <= high + 0.005
        assert entry["value"] == pytest.approx(printed, abs=0.006)
        assert "nominal C-rate" in entry["label"]
    assert document["results"]["largest_deviation"]["value"] < 0.011


def test_the_conventions_have_keys_of_their_own(default_run):
    """One key for both would mix them in the first table that somebody makes of it."""
    found = json.loads((default_run("throughput_comparison") / "results.json").read_text(encoding="utf-8"))["results"]
    assert found["throughput_S_sulfide"]["value"] == pytest.approx(1.12, abs=0.005)
    assert found["current_throughput_S_sulfide"]["value"] == pytest.approx(1.87, abs=0.005)
    assert "throughput_NMC811_Li_hydroborate" not in found
    assert found["current_throughput_NMC811_Li_hydroborate"]["value"] == pytest.approx(3.73, abs=0.005)
    assert "throughput_NCM811_micro-Si_sulfide" not in found
    # 50 mV over 30 um of 1 mS/cm are 16.7 mA/cm2, and 3 ohm cm2.
    assert found["ceiling_separator"]["value"] == pytest.approx(50 / 3 * 0.373114, rel=1e-4)
    assert found["asr_separator"]["value"] == pytest.approx(3.0)


@pytest.mark.slow
def test_a_users_cells_are_ranked_beside_the_literature(tmp_path):
    """As a German spreadsheet writes it, with a name that must not become markup or a formula."""
    rows = ["<b>NMC</b> $x$ $y,Li,argyrodite,2.10,0.5,1.20,own measurement,", "LFP,Li,oxide,,1,0.5,own measurement,"]
    table = "\n".join([HEADER, *rows]).replace(",", ";").replace(".", ",")
    (tmp_path / "mine.csv").write_bytes(codecs.BOM_UTF8 + table.replace("\n", "\r\n").encode())
    code, document = run(tmp_path, f"extra_cells={tmp_path / 'mine.csv'}")
    assert code == 0
    entry = document["results"]["throughput_b-NMC-b-x-y_Li_argyrodite"]
    assert entry["value"] == pytest.approx(2.10 * 0.5 / 2.6801481, rel=1e-6)
    assert entry["interval"] == pytest.approx([2.095 * 0.5 / 2.6801481, 2.105 * 0.5 / 2.6801481], rel=1e-6)
    assert "throughput_LFP_Li_oxide" not in document["results"]
    assert any("LFP | oxide | Li, 1C: no delivered capacity" in note for note in document["notes"])
    assert all(f"throughput_{key}" in document["results"] for key in PRINTED)
    page = (tmp_path / "out/throughput_comparison/run/report.html").read_text(encoding="utf-8")
    assert "<b>NMC</b>" not in page
    assert "mine.csv" in page


@pytest.mark.slow
def test_a_broken_file_fails_by_row_and_column(tmp_path):
    """The index is where a lab looks: it must say which field to mend, and the run must not count as done."""
    rows = ["NMC,Li,oxide,2.1,fast,,x,", "NMC,Li,oxide,-2.1,1,,x,"]
    (tmp_path / "mine.csv").write_text("\n".join([HEADER, *rows]))
    code, index = run(tmp_path, f"extra_cells={tmp_path / 'mine.csv'}")
    assert code == 1
    said = json.dumps(index)
    assert "extra_cells: mine.csv: row 1 (line 2), column c_rate: 'fast' is no number" in said
    assert "row 2 (line 3), column delivered_areal_capacity_mAh_cm2: it is -2.1; expected 0.0001 to 100" in said


def test_a_file_that_is_not_there_is_named_before_a_kernel_starts(tmp_path, capsys):
    assert main(["report", "throughput_comparison", "-p", "extra_cells=nowhere.csv", "--out", str(tmp_path)]) == 2
    assert "extra_cells: there is no file 'nowhere.csv'" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("parameters", "largest", "verdict"),
    [
        (["separator_thickness_um=1000", "stripping_limit_mA_cm2=none"], "separator", "Resistance limits this cell"),
        (["particle_radius_um=50", "plating_limit_mA_cm2=none"], "solid diffusion", "Resistance limits this cell"),
        (["plating_limit_mA_cm2=0.2"], "ionic rail", "The plating limit comes first: 0.2 mA/cm²"),
    ],
)
def test_the_verdict_follows_the_cell(tmp_path, parameters, largest, verdict):
    """Advice that does not change with the cell is none."""
    code, document = run(tmp_path, *parameters)
    assert code == 0
    assert document["results"]["largest_resistance"]["value"] == largest
    assert document["results"]["verdict"]["value"].startswith(verdict)
