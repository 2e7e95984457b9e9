"""One table over many files, and nothing run twice."""

import csv
import json
import os
import shutil
from html.parser import HTMLParser

import pytest

from sslib.report import provenance
from sslib.report.__main__ import main
from sslib.report.folder import workshop
from sslib.report.index import write_index

cell = """from sslib.datasets import File
spectrum: File = "cell.csv"  # spectrum
loop: int | None = None  # which of several (0-)
scale: float = 1  # factor [1]
"""
story = """from sslib.instruments import read_spectrum
from sslib.notebook import quantity, results
measured = read_spectrum(spectrum, loop=loop)
value = scale * float(measured.impedance.real.mean())
upper = float("inf") if value > 40 else 1.5 * value
results(
    R=quantity(value, "ohm", "resistance <R>", (0.5 * value, upper), 0.95),
    temperature=quantity(value, "degC", "temperature"),
    model="even" if round(value) % 2 == 0 else "odd",
    **({} if value < 40 else {"C": quantity(1e-6, "F", "capacitance")}),
    notes=[*measured.notes, "<b>said</b>"] if value > 40 else [],
)
"""


def spectrum_text(*resistances):
    rows = [f"{frequency},{r},{r / 10}" for r in resistances for frequency in (1000, 100, 10)]
    return "freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm\n" + "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def lab(tmp_path_factory, write_notebook):
    """A folder in which one call ran a notebook on a night's files: one of two loops, one that is no spectrum."""
    folder = tmp_path_factory.mktemp("lab")
    (folder / "tonight" / "deep").mkdir(parents=True)
    (folder / "tonight" / "a.csv").write_text(spectrum_text(10))
    (folder / "tonight" / "b.csv").write_text(spectrum_text(21, 50))
    (folder / "tonight" / "<i>.csv").write_text(spectrum_text(12))
    (folder / "tonight" / "notes.txt").write_text("cell was cold")
    write_notebook(folder / "mean.ipynb", "# What is the mean?", story, parameters=cell)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["report", "mean.ipynb", "-p", "spectrum=tonight/*.*", "--name", "night"]) == 1
    return folder


def table(lab, kind):
    return (lab / "reports" / "mean" / "night" / f"table.{kind}").read_text(encoding="utf-8")


def test_every_file_and_loop_has_a_row(lab):
    """A file that is missing from the table is a cell that nobody looks at."""
    rows = list(csv.DictReader(table(lab, "csv").splitlines()))
    found = [(row["spectrum"], row["loop"], row["status"], row["R [ohm]"]) for row in rows]
    assert found == [
        ("<i>.csv", "", "done", "12.0"),
        ("a.csv", "", "done", "10.0"),
        ("b.csv", "0", "done", "21.0"),
        ("b.csv", "1", "done", "50.0"),
        ("notes.txt", "", "failed", ""),
    ]
    assert rows[-1]["error"].startswith("SpectrumError: ")
    assert "no table of numbers" in rows[-1]["error"]


def test_intervals_and_verdicts_are_in_the_csv(lab):
    """A value without its interval is half of what was found; an open end must not read as a number."""
    rows = list(csv.DictReader(table(lab, "csv").splitlines()))
    ends = [(row["R lower [ohm]"], row["R upper [ohm]"], row["R level"]) for row in rows]
    assert ends == [
        ("6.0", "18.0", "0.95"),
        ("5.0", "15.0", "0.95"),
        ("10.5", "31.5", "0.95"),
        ("25.0", "", "0.95"),
        ("", "", ""),
    ]
    assert [row["C [F]"] for row in rows] == ["", "", "", "1e-06", ""]
    assert rows[3]["notes"] == "<b>said</b>"


def test_the_json_holds_the_same(lab):
    """What reads JSON must not have to parse texts for people."""
    document = json.loads(table(lab, "json"))
    assert document["asked"] == {"spectrum": "tonight/*.*"}
    assert [row["results"].get("R", {}).get("interval") for row in document["rows"]] == [
        [6.0, 18.0],
        [5.0, 15.0],
        [10.5, 31.5],
        [25.0, None],
        None,
    ]


class Links(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.links, self.images = [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "a":
            self.links.append(attributes["href"])
        if tag == "img":
            self.images.append(attributes)


def test_the_page_leads_to_every_report_and_draws_the_trend(lab):
    """From a value that stands out one click must lead to its spectrum."""
    page = Links(table(lab, "html"))
    folder = lab / "reports" / "mean" / "night"
    assert page.links.pop(0) == "#results"
    assert len(page.links) == 8
    for link in page.links:
        assert (folder / link.replace("%3D", "=").replace("%2C", ",")).resolve().is_file()
    [image] = page.images
    assert image["src"].startswith("data:image/png;base64,")
    assert image["alt"] == "R against temperature: 4 runs, 10.0 to 50.0"


def test_text_from_files_is_text_in_the_table(lab):
    """A file's name or a note that becomes markup can forge a row."""
    page = table(lab, "html")
    assert "&lt;i&gt;.csv" in page
    assert "&lt;b&gt;said&lt;/b&gt;" in page
    assert "<b>said" not in page
    assert "2 models took part" in page


def test_the_index_leads_to_the_table(lab):
    """Who opens the index in the morning looks for the table first."""
    document = json.loads((lab / "reports" / "index.json").read_text(encoding="utf-8"))
    [series] = document["series"]
    assert (series["series"], series["runs"], series["failed"]) == ("night", 5, 1)
    assert len(document["runs"]) == 5
    page = (lab / "reports" / "index.html").read_text(encoding="utf-8")
    assert 'href="mean/night/table.html"' in page
    done = [run for run in document["runs"] if run["status"] == "done"]
    assert all(f"<code>{run['content'][:8]}</code>" in page for run in done)


def test_a_series_and_a_run_do_not_take_each_others_place(lab, monkeypatch, capsys):
    """A table of three hundred rows must not be gone because a single run was given its name, nor the other way."""
    monkeypatch.chdir(lab)
    assert main(["report", "mean.ipynb", "-p", "spectrum=tonight/a.csv", "--name", "night"]) == 2
    assert "mean/night holds a series, which would be lost" in capsys.readouterr().err
    [run] = (lab / "reports" / "mean").glob("night,spectrum=a-*")
    assert main(["report", "mean.ipynb", "-p", "spectrum=tonight/*", "--name", run.name]) == 2
    assert "holds a run, which would be lost" in capsys.readouterr().err


def test_a_table_that_is_behind_its_runs_is_marked(lab, tmp_path):
    """Its link would lead to a report with another number, and nothing would say which of them is newer."""
    folder = shutil.copytree(lab / "reports", tmp_path / "reports")
    [run] = (folder / "mean").glob("night,spectrum=a-*")
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    (run / "run.json").write_text(json.dumps({**record, "content": "another"}), encoding="utf-8")
    with workshop(folder) as aside:
        write_index(folder, aside)
    [series] = json.loads((folder / "index.json").read_text(encoding="utf-8"))["series"]
    assert series["behind"] == 1
    assert "1 of its runs changed or went" in (folder / "index.html").read_text(encoding="utf-8")


def began(lab):
    """When each run was made, by its label in the table."""
    runs = (lab / "reports" / "mean").glob("*/run.json")
    records = [json.loads(path.read_text(encoding="utf-8")) for path in runs]
    return {(r["asked"]["spectrum"], r["asked"].get("loop")): (r["status"], r["began"], r["duration"]) for r in records}


def test_what_has_not_changed_is_kept_and_what_failed_is_tried_again(lab, monkeypatch, capfd):
    """Three hundred spectra of which one is new must cost one run; and a failure may have been the disk's."""
    monkeypatch.chdir(lab)
    before, page = began(lab), table(lab, "html")
    assert main(["report", "mean.ipynb", "-p", "spectrum=tonight/*.*", "--name", "night"]) == 1
    after = began(lab)
    changed = [key for key in before if before[key] != after[key]]
    assert changed == [("tonight/notes.txt", None)]
    assert "kept as of" in capfd.readouterr().err
    assert table(lab, "html") == page


@pytest.fixture
def one(tmp_path, monkeypatch, write_notebook, finish):
    """A function that runs a quick notebook and gives whether it was executed, not kept."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cell.csv").write_text("10")
    write_notebook(tmp_path / "mean.ipynb", "# What is the mean?", finish, parameters=cell)

    def run(*arguments):
        record = tmp_path / "reports" / "mean" / "default" / "run.json"
        before = record.stat().st_ino if record.exists() else None
        assert main(["report", "mean.ipynb", "--name", "default", *arguments]) == 0
        return record.stat().st_ino != before

    assert run()
    return run


def test_a_changed_file_makes_a_run_again_and_force_does_always(one, tmp_path):
    """A report that is kept although its spectrum was measured anew is wrong, and nobody would know."""
    assert not one()
    (tmp_path / "cell.csv").write_text("11")
    assert one()
    assert one("--force")


def test_a_run_that_lost_a_file_or_lacks_its_figures_is_made_again(one, tmp_path):
    """A folder that someone tidied up must not count as a report."""
    (tmp_path / "reports" / "mean" / "default" / "report.html").unlink()
    assert one("--figures")
    assert not one()


def test_whatever_a_run_depends_on_changes_its_content():
    """Notebook, parameters, inputs, library, packages, Python, system: each alone must make the run be made again."""
    files = [{"what": "notebook", "name": "n.ipynb", "sha256": "1"}, {"what": "spectrum", "name": "s", "sha256": "2"}]
    around = {"library": "3", "packages": "4", "system": "Linux", "versions": {"python": "3.12"}, "commit": "5"}
    contents = {
        provenance.content({"a": 1}, files, around),
        provenance.content({"a": 2}, files, around),
        *(
            provenance.content({"a": 1}, [{**f, "sha256": "x"} if f is one else f for f in files], around)
            for one in files
        ),
        *(provenance.content({"a": 1}, files, {**around, part: "x"}) for part in ("library", "packages", "system")),
        provenance.content({"a": 1}, files, {**around, "versions": {"python": "3.13"}}),
    }
    assert len(contents) == 8
    assert provenance.content({"a": 1}, files, {**around, "commit": "another"}) in contents


def test_a_report_with_figures_has_them_as_drawing_and_as_table(tmp_path, write_notebook, finish):
    """`--figures` is of use only if each figure of the report comes out."""
    draw = "from matplotlib.figure import Figure\nfrom sslib.notebook import *\nf = Figure()\nf.subplots().plot([1, 2])"
    write_notebook(tmp_path / "draws.ipynb", "# Draws?", draw + "\nshow(f, alt='a line')", finish)
    assert main(["report", str(tmp_path / "draws.ipynb"), "--out", str(tmp_path / "out"), "--figures"]) == 0
    figures = tmp_path / "out" / "draws" / "default" / "figures"
    assert {path.name for path in figures.iterdir()} == {"figure_1.svg", "figure_1.csv"}
    assert 'href="draws/default/figures/"' in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")


def test_the_library_is_known_by_its_content(tmp_path, monkeypatch):
    """A commit says nothing about changes that are not committed."""
    (tmp_path / "sslib").mkdir()
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(provenance, "_root", tmp_path)
    states = [provenance.library()]
    for path, text in (("sslib/a.py", "1"), ("sslib/a.py", "2"), ("sslib/b.css", ""), ("data/t.csv", "1")):
        (tmp_path / path).write_text(text)
        states.append(provenance.library())
    assert len(set(states)) == 5
    os.utime(tmp_path / "data" / "t.csv", (0, 0))
    (tmp_path / "sslib" / "a.pyc").write_text("compiled")
    assert provenance.library() == states[-1]
