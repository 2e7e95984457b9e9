"""What is asked for is checked before a kernel starts, and the answer helps."""

import json
import subprocess
import sys

import pytest

from sslib.report.__main__ import main
from sslib.report.parameters import RequestError
from sslib.report.plan import plan

cell = """area_cm2: float = 0.785  # electrode area [cm2] (0.01-100)
spectrum: File = "cell.csv"  # spectrum
model: Literal["line", "lines"] = "line"  # model
label: str = "a"  # label
"""


@pytest.fixture
def notebook(tmp_path, monkeypatch, write_notebook):
    """A notebook beside its default spectrum; the caller stands in another folder."""
    (tmp_path / "lab" / "cell.csv").parent.mkdir()
    (tmp_path / "lab" / "cell.csv").write_text("1,2,3")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    title = "# What limits it?\n\nA spectrum knows **more** than $R_1$."
    return write_notebook(tmp_path / "lab" / "probe.ipynb", title, parameters=cell)


def refusal(capsys, *arguments):
    assert main([str(argument) for argument in arguments]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert "Traceback" not in output.err
    return output.err


def test_show_explains_a_notebook(notebook, capsys):
    """Without it a user has to open the notebook to learn what can be set."""
    assert main(["show", str(notebook)]) == 0
    text = capsys.readouterr().out
    assert "What limits it?\nA spectrum knows more than $R_1$." in text
    assert "area_cm2 float 0.785 electrode area [cm2] (0.01 to 100)" in [
        " ".join(row.split()) for row in text.splitlines()
    ]


def test_list_names_the_topic_notebooks_and_the_data_sets(tmp_path, monkeypatch, write_notebook, capsys):
    """The names are what `show` and `report` take."""
    path = write_notebook(tmp_path / "probe.ipynb", "# What limits it?")
    monkeypatch.setattr("sslib.report.__main__.topic_notebooks", lambda: {"probe": path})
    assert main(["list"]) == 0
    notebooks, data_sets = capsys.readouterr().out.split("\n\n")
    assert notebooks == "probe  What limits it?"
    assert "PEIS_SSB: NCM-LPSCl composite" in data_sets
    assert "composite_cathode_ion_ion (generated" in data_sets


@pytest.mark.parametrize(
    ("assignment", "expected"),
    [
        ("area=1", "no parameter 'area'; did you mean area_cm2?"),
        ("zzz=1", "no parameter 'zzz'; it has: area_cm2, label, model, spectrum"),
        ("area_cm2=thirty", "area_cm2 is 'thirty'; expected a number [cm2]"),
        ("model=loops", "model is 'loops'; expected one of 'line', 'lines'"),
        ("spectrum=no/such.csv", "spectrum: there is no file 'no/such.csv'"),
        ("spectrum=..", "spectrum: .. is a folder"),
        ("area_cm2", "not of the form NAME=VALUE"),
    ],
)
def test_a_wrong_parameter_is_refused(notebook, capsys, assignment, expected):
    """Papermill runs on with the default, or with a text for a number, and the report looks good."""
    assert expected in refusal(capsys, "report", notebook, "-p", assignment)


def test_a_parameter_given_twice_is_refused(notebook, capsys):
    """The later of two files would win in silence, and the first would never be evaluated."""
    message = refusal(capsys, "report", notebook, "-p", "label=a", "-p", "label=b")
    assert "label is given twice, as 'a' and 'b'" in message
    assert "one file holds all sets" in refusal(capsys, "report", notebook, "--set", "a.toml", "--set", "b.toml")


def test_an_unknown_notebook_gets_the_nearest_names(monkeypatch, notebook, capsys):
    """A typing error should cost one look, not a search."""
    monkeypatch.setattr("sslib.report.catalogue.topic_notebooks", lambda: {"probe": notebook})
    for command in ("show", "report"):
        assert "no notebook 'prob'; did you mean probe?" in refusal(capsys, command, "prob")


@pytest.mark.parametrize("name", ["../x", "a/b", ".hidden", "", "a" * 101, "trailing."])
def test_a_run_name_that_makes_no_folder_is_refused(notebook, capsys, name):
    """It could lie outside of the reports folder, or vanish from its index."""
    assert "--name" in refusal(capsys, "report", notebook, "--name", name)


def test_a_file_that_is_no_notebook_is_refused(tmp_path, capsys):
    """A traceback from a JSON parser does not say which file is meant."""
    (tmp_path / "broken.ipynb").write_text("{")
    assert "is no notebook" in refusal(capsys, "report", tmp_path / "broken.ipynb")


def test_two_notebooks_of_one_name_are_refused(tmp_path, notebook, write_notebook, capsys):
    """They would share a folder and one report would be lost."""
    other = write_notebook(tmp_path / "other" / "probe.ipynb", "# Other?")
    assert "named twice: probe" in refusal(capsys, "report", notebook, other)


def test_relative_paths_are_the_callers_and_defaults_the_notebooks(tmp_path, notebook):
    """The kernel runs in a folder of its own: a path handed on as typed would name nothing."""
    (tmp_path / "here" / "mine.csv").write_text("4")
    [run] = plan([str(notebook)], []).runs
    assert run.parameters["spectrum"] == str(tmp_path / "lab" / "cell.csv")
    assert run.asked == {}
    [run] = plan([str(notebook)], ["spectrum=mine.csv"]).runs
    assert run.parameters["spectrum"] == str(tmp_path / "here" / "mine.csv")
    assert run.asked == {"spectrum": "mine.csv"}


def test_a_parameter_goes_to_the_notebooks_that_know_it(tmp_path, monkeypatch, notebook, write_notebook):
    """With no notebook named it would otherwise be impossible to set one; with names, a typing error would pass."""
    other = write_notebook(tmp_path / "lab" / "other.ipynb", "# Other?", parameters="n: int = 1  # number")
    monkeypatch.setattr("sslib.report.plan.topic_notebooks", lambda: {"probe": notebook, "other": other})
    monkeypatch.setattr("sslib.report.catalogue.topic_notebooks", lambda: {"probe": notebook, "other": other})
    planned = plan([], ["n=2"])
    assert [run.asked for run in planned.runs] == [{}, {"n": 2}]
    assert planned.remarks == ["n applies to other"]
    with pytest.raises(RequestError, match="probe: no parameter 'n'"):
        plan(["probe", "other"], ["n=2"])


def test_run_names_are_readable_safe_and_distinct(tmp_path, notebook):
    """Two requests under one name would replace each other's reports."""

    def name(*assignments):
        return plan([str(notebook)], list(assignments)).runs[0].name

    assert name() == name("area_cm2=0.785") == "default"
    assert name("area_cm2=0.5", "label=b") == "area_cm2=0.5,label=b"
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "cell.csv").write_text("1")
    names = [
        name(f"spectrum={tmp_path / 'one' / 'cell.csv'}"),
        name(f"spectrum={tmp_path / 'two' / 'cell.csv'}"),
        name("label=a b"),
        name("label=a/b"),
        name("label=ä ß"),
        name("label=B"),  # some file systems do not tell it from b
        name("label=b"),
        name("label=.."),
        name("label=" + 200 * "x"),
        name("label=" + 201 * "x"),
    ]
    assert len({name.lower() for name in names}) == len(names)
    assert names[0].startswith("spectrum=cell-")
    for folder in names:
        assert len(folder) < 100
        assert set(folder) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._=,+-")
        assert folder.strip(".") == folder


def test_help_does_not_wait_for_the_notebook_machinery():
    """A second for every `sslib list` would be spent on packages that it does not use."""
    code = "import json, sys, sslib.report.__main__; print(json.dumps(list(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    heavy = {"papermill", "nbconvert", "nbclient", "nbformat", "numpy", "matplotlib", "jinja2"}
    assert not heavy & set(json.loads(loaded))


def test_a_file_in_the_place_of_the_reports_is_said(tmp_path, capsys):
    """Without the check the run would start and end in an error of the file system."""
    taken = tmp_path / "reports"
    taken.write_text("")
    assert main(["report", "--out", str(taken)]) == 2
    assert "is a file; the reports need a folder" in capsys.readouterr().err
