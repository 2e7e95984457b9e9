"""Patterns, loops and named sets: which runs a request means, and what each of them is called."""

from pathlib import Path

import pytest

from sslib.report.__main__ import main
from sslib.report.parameters import RequestError
from sslib.report.plan import plan

cell = """spectrum: File = "cell.csv"  # spectrum
loop: int | None = None  # which of several (0-)
area_cm2: float | None = None  # electrode area [cm2] (0.01-100)
arc: bool = False  # an arc
label: str = "a"  # label
"""
one_loop = "freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm\n1000,10,1\n100,11,2\n10,12,3\n"
two_loops = one_loop + "1000,20,1\n100,21,2\n10,22,3\n"


@pytest.fixture
def lab(tmp_path, monkeypatch, write_notebook):
    """A night's folder with a space and an umlaut, and a notebook; the caller stands beside both."""
    night = tmp_path / "heute früh"
    (night / "deeper").mkdir(parents=True)
    for name, text in {"c10": one_loop, "c9": one_loop, "C11": two_loops, "bad": "no spectrum"}.items():
        (night / f"{name}.csv").write_text(text)
    (tmp_path / "cell.csv").write_text(one_loop)
    write_notebook(tmp_path / "probe.ipynb", "# What?", parameters=cell)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_pattern_is_a_run_for_each_file_and_loop(lab):
    """Three hundred spectra are not typed one by one; and a file of ten loops that gives one row hides nine."""
    planned = plan(["probe.ipynb"], ["spectrum=heute früh/*", "label=b"])
    [series] = planned.series
    asked = [(Path(run.asked["spectrum"]).name, run.asked.get("loop")) for run in planned.runs]
    assert asked == [("bad.csv", None), ("c9.csv", None), ("c10.csv", None), ("C11.csv", 0), ("C11.csv", 1)]
    assert planned.remarks == ["spectrum: 1 of what matches 'heute früh/*' are folders and are left out"]
    assert series.runs == planned.runs
    assert series.asked == {"spectrum": "heute früh/*", "label": "b"}
    assert len({run.name for run in planned.runs} | {series.name}) == 6
    assert all(run.parameters["label"] == "b" for run in planned.runs)


def test_a_run_is_called_alike_alone_and_in_a_series(lab):
    """Otherwise the same file would be run again, and stand in the index twice."""
    [alone] = plan(["probe.ipynb"], ["spectrum=heute früh/c9.csv"]).runs
    [in_series] = plan(["probe.ipynb"], ["spectrum=heute*/c9.*"]).runs
    assert alone.name == in_series.name
    assert alone.parameters == in_series.parameters


def test_one_loop_can_be_asked_for_and_all_of_one_file(lab):
    """A user who knows which loop is meant gets it from each file; loop=* asks for all loops of a single file."""
    planned = plan(["probe.ipynb"], ["spectrum=heute früh/c*.csv", "loop=0"])
    assert [run.asked["loop"] for run in planned.runs] == [0, 0]
    planned = plan(["probe.ipynb"], ["spectrum=heute früh/C11.csv", "loop=*"])
    assert [run.parameters["loop"] for run in planned.runs] == [0, 1]
    [run] = plan(["probe.ipynb"], ["spectrum=heute früh/C11.csv"]).runs
    assert run.parameters["loop"] is None


def test_a_pattern_without_a_file_may_be_of_data_sets(lab):
    """`sslib list` shows their names beside each other; who has none of the files means those."""
    planned = plan(["probe.ipynb"], ["spectrum=composite_cathode_*"])
    assert len(planned.runs) == 3
    assert planned.runs[0].parameters["spectrum"] == "composite_cathode_electron_electron"


def test_a_path_in_a_set_starts_in_the_folder_of_its_file(lab):
    """A file of that name where the caller stands is another one; the message must name the folder that counts."""
    (lab / "elsewhere").mkdir()
    (lab / "elsewhere" / "runs.toml").write_text("[probe.a]\nspectrum = 'cell.csv'", encoding="utf-8-sig")
    with pytest.raises(RequestError, match=r"runs.toml, set a: .* no file 'cell.csv' .* in .*elsewhere\)"):
        plan(["probe.ipynb"], [], sets_file=lab / "elsewhere" / "runs.toml")


def test_a_file_whose_name_is_a_pattern_is_a_file(lab):
    """Instruments write brackets into names; such a file is meant literally when it is there."""
    (lab / "cell [2].csv").write_text(one_loop)
    planned = plan(["probe.ipynb"], ["spectrum=cell [2].csv"])
    assert planned.series == []
    assert planned.runs[0].inputs["spectrum"].name == "cell [2].csv"


def test_the_name_of_a_series_is_that_of_its_runs(lab):
    """Tonight's table must be found under its name, and last night's runs must not be replaced."""
    planned = plan(["probe.ipynb"], ["spectrum=heute früh/*.csv"], "tonight")
    assert planned.series[0].name == "tonight"
    assert all(run.name.startswith("tonight,spectrum=") for run in planned.runs)
    assert len({run.name for run in planned.runs}) == 5


@pytest.mark.parametrize(
    ("assignments", "expected"),
    [
        (["spectrum=none/*.mpr"], "spectrum: no file, and no data set's name, matches 'none/*.mpr', seen from"),
        (["spectrum=heute früh"], "heute früh is a folder; .* a pattern such as 'heute früh/*'"),
        (["spectrum=heute früh/*.csv", "loop=-1"], "loop is -1; allowed is from 0"),
        (["spectrum=heute früh/*.csv", "area_cm2=0"], "area_cm2 is 0 cm2"),
    ],
)
def test_what_cannot_be_run_is_said_before_anything_runs(lab, assignments, expected):
    """A typing error in a night's command must not cost the night."""
    with pytest.raises(RequestError, match=expected.replace("/*", r"/\*")):
        plan(["probe.ipynb"], assignments)


def test_every_loop_needs_a_notebook_that_knows_loops(lab, write_notebook):
    """Elsewhere the star would be taken for a text or refused without a reason."""
    write_notebook(lab / "other.ipynb", "# What?", parameters="loop: str = 'a'  # a word")
    with pytest.raises(RequestError, match="that needs a parameter spectrum of the type File"):
        plan(["other.ipynb"], ["loop=*"])


sets = """
[probe]
area_cm2 = 0.5

[probe.tonight]
spectrum = "heute früh/c*.csv"

[probe."one cell"]
spectrum = "heute früh/c9.csv"
area_cm2 = 2
arc = true
"""


def test_named_sets_are_runs_and_series_under_their_names(lab, monkeypatch):
    """A lab keeps its settings in a file; paths in it belong to the file, wherever it is called from."""
    (lab / "runs.toml").write_text(sets, encoding="utf-8")
    (lab / "elsewhere").mkdir()
    monkeypatch.chdir(lab / "elsewhere")
    planned = plan([str(lab / "probe.ipynb")], ["label=b"], sets_file=lab / "runs.toml")
    [series] = planned.series
    assert series.name == "tonight"
    assert [run.parameters["area_cm2"] for run in planned.runs] == [0.5, 0.5, 2.0]
    assert [run.parameters["label"] for run in planned.runs] == ["b"] * 3
    assert planned.runs[-1].name == "one cell"
    assert planned.runs[-1].parameters["arc"] is True
    assert planned.runs[-1].inputs["spectrum"] == lab / "heute früh" / "c9.csv"


def test_the_command_line_comes_before_a_set_and_says_so(lab):
    """Who types a value means it; that the file says otherwise must be seen."""
    (lab / "runs.toml").write_text(sets, encoding="utf-8")
    planned = plan(["probe.ipynb"], ["area_cm2=7"], sets_file=lab / "runs.toml")
    assert {run.parameters["area_cm2"] for run in planned.runs} == {7.0}
    assert "probe, set one cell: area_cm2 is the command line's" in planned.remarks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "is empty"),
        ("[probe", "is no TOML"),
        ('[probe.a]\nspectrum = "C:\\Users"', "in a path write / for"),
        ("area_cm2 = 1", "area_cm2 belongs to no notebook"),
        ("[probe]\narea_cm2 = 1", r"\[probe\] names no set"),
        ("[probe.a]\narea = 1", "set a: probe: no parameter 'area'; did you mean area_cm2?"),
        ("[probe.a]\narea_cm2 = [1, 2]", r"set a: area_cm2 is \[1, 2\]; a text, a number, true or false goes here"),
        ("[probe.a]\narea_cm2 = true", "set a: area_cm2 is 'True'; expected a number"),
        ("[probe.'a/b']\narea_cm2 = 1", "the set 'a/b' makes no folder everywhere"),
        ("[probe.a]\n[probe.A]", "differ in capitals alone"),
        ("[other.a]\nx = 1", "has no set for probe; it has some for other"),
    ],
)
def test_a_wrong_set_is_refused(lab, text, expected):
    """A set that is half understood runs with defaults, and its report looks good."""
    (lab / "runs.toml").write_text(text)
    with pytest.raises(RequestError, match=expected):
        plan(["probe.ipynb"], [], sets_file=lab / "runs.toml")


def test_sets_have_names_of_their_own(lab, capsys):
    """One name for all of them would have each replace the one before."""
    (lab / "runs.toml").write_text(sets, encoding="utf-8")
    assert main(["report", "probe.ipynb", "--set", "runs.toml", "--name", "x"]) == 2
    assert "each set has a name of its own" in capsys.readouterr().err
    assert main(["report", "probe.ipynb", "--set", "missing.toml"]) == 2
    assert "--set missing.toml: No such file" in capsys.readouterr().err
