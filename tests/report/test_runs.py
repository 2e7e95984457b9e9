"""Runs as they go well and wrong: each test reads what one call over many small notebooks left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from html import escape

import nbformat
import pytest

from sslib.report.__main__ import main
from sslib.report.folder import publish, workshop
from sslib.report.index import write_index

hostile = "<script>alert(1)</script> & Söhne"

good = """import os, sys
from pathlib import Path
from IPython.display import Markdown
from matplotlib import pyplot
from sslib.notebook import *
print(sample, file=sys.stderr)
display(Markdown(f"The sample **{sample}**"))
Path("litter.txt").write_text("x")
keep_table("spectrum", {"frequency_Hz": [1.0]})
figure, axes = pyplot.subplots(figsize=(4, 3))
show(figure, alt="A <picture> of nothing")"""

facts = """results(
    R=quantity(60.1234, "ohm", "rail <R>", interval=(58.0, 62.2), level=0.95),
    open=quantity(float("nan"), "s", "time constant", interval=(float("-inf"), 3.0), level=0.9),
    limiting=sample,
    python=sys.executable,
    session=os.environ.get("JPY_SESSION_NAME", "none"),
    data=os.environ["SSLIB_DATA"],
    startup=str("started_up" in globals()),
    answer=[f"The rail of {sample}.", "It is sure."],
    notes=[f"two electrodes: {sample}"],
)"""

write = "import os\nopen(os.environ['SSLIB_RESULTS'], 'w').write('''{document}''')"
sources = {
    "raises": ["print('kept')", "raise ValueError('first line\\n<b>bold</b>')", "{finish}"],
    "allowed": ["{finish}", "1 / 0"],
    "exits": ["{finish}", "import sys; sys.exit(0)", "print('never')"],
    "dies": ["{finish}\nimport os; os._exit(0)", "print('never')"],
    "hangs": ["print('kept')\nimport time; time.sleep(1000)", "{finish}"],
    "silent": ["1 + 1"],
    "nan": [write],
    "letters": [write],
    "older": [write],
}
entry = '"results": {"a": {"value": 1, "unit": "1", "label": "a", "interval": null, "level": null}}'
documents = {
    "nan": f'{{{entry.replace("1,", "NaN,", 1)}, "notes": []}}',
    "letters": f'{{{entry}, "answer": "ions", "notes": []}}',
    "older": f'{{{entry}, "notes": []}}',
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, write_notebook, finish):
    """A folder with a space and an umlaut in which one call ran good notebooks and bad ones, two at once."""
    folder = tmp_path_factory.mktemp("Meßdaten von heute")
    paths = [
        write_notebook(
            folder / "good one.ipynb", "# What limits it?", good, facts, parameters=f"sample: str = {hostile!r}  # name"
        )
    ]
    for name, cells in sources.items():
        cells = [cell.replace("{finish}", finish).replace("{document}", documents.get(name, "")) for cell in cells]
        paths.append(write_notebook(folder / f"{name}.ipynb", f"# Does it {name}?", *cells))
    allowed = nbformat.read(folder / "allowed.ipynb", as_version=4)
    allowed.cells[-1].metadata["tags"] = ["raises-exception"]
    nbformat.write(allowed, folder / "allowed.ipynb")

    # A user's own kernel under the same name, and start-up file, and a notebook server around the call.
    home = folder / "home"
    kernel = home / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    kernel.joinpath("kernel.json").write_text(
        json.dumps({"argv": ["/bin/false", "{connection_file}"], "display_name": "wrong", "language": "python"})
    )
    startup = home / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    startup.joinpath("00.py").write_text("started_up = True")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_DATA_DIR", str(home / "jupyter"))
        patch.setenv("IPYTHONDIR", str(home / "ipython"))
        patch.setenv("JPY_SESSION_NAME", "someone's")
        patch.setenv("SSLIB_DATA", "public data")
        patch.chdir(folder)
        arguments = [*(path.name for path in paths), "--workers", "2", "--timeout", "3"]
        assert main(["report", *arguments]) == 1
    return folder


def record(folder, name):
    return json.loads((folder / "reports" / name / "default" / "run.json").read_text(encoding="utf-8"))


def page(folder, name):
    return (folder / "reports" / name / "default" / "report.html").read_text(encoding="utf-8")


def test_the_good_run_has_its_files(folder):
    """The files are what a lab keeps and what other programs read, a table that the notebook kept among them."""
    run = folder / "reports" / "good one" / "default"
    files = {path.name for path in run.iterdir()}
    own = {"report.html", "notebook.ipynb", "results.json", "results.csv", "run.json", "thumbnail.png"}
    assert files == own | {"spectrum.csv"}
    rows = (run / "results.csv").read_text(encoding="utf-8").splitlines()
    assert rows[:2] == ["key,value,lower,upper,level,unit,label", "R,60.1234,58.0,62.2,0.95,ohm,rail <R>"]
    document = json.loads((run / "results.json").read_text(encoding="utf-8"))
    assert set(document) == {"notebook", "parameters", "answer", "results", "notes"}
    assert document["notebook"] == "good one"
    assert document["parameters"] == {"sample": hostile}
    rail = {"value": 60.1234, "unit": "ohm", "label": "rail <R>", "interval": [58.0, 62.2], "level": 0.95}
    assert document["results"]["R"] == rail
    assert document["results"]["open"]["value"] is None
    assert document["results"]["open"]["interval"] == [None, 3.0]
    assert document["answer"] == [f"The rail of {hostile}.", "It is sure."]
    assert document["notes"] == [f"two electrodes: {hostile}"]


def test_the_kernel_is_this_python_and_nobodys_session(folder):
    """A kernel that a user has installed under the same name has other packages; a session would draw sliders."""
    results = record(folder, "good one")["results"]
    assert os.path.samefile(results["python"]["value"], sys.executable)
    assert results["session"]["value"] == "none"
    assert results["startup"]["value"] == "False"
    assert results["data"]["value"] == str(folder / "public data"), "a relative folder is the caller's"


def test_nothing_is_left_beside_the_reports(folder):
    """What a notebook writes must not litter the folder of the notebooks, nor a run's attempts that of the reports."""
    assert not list(folder.rglob("litter.txt"))
    assert list((folder / "reports" / ".running").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("raises", "ValueError: first line <b>bold</b> (in code cell 2 of 3)"),
        ("allowed", "ZeroDivisionError: division by zero (in code cell 2 of 2)"),
        ("exits", "SystemExit: 0 (in code cell 2 of 3)"),
        ("dies", "the kernel died in code cell 1 of 2"),
        ("hangs", "no end after 3 s in code cell 1 of 2"),
        ("silent", "the notebook ended without results(...)"),
        ("nan", "results.json is not valid: NaN is no value"),
        ("letters", "results.json is not valid: answer is no list of texts"),
    ],
)
def test_a_failed_run_says_why_and_has_no_results(folder, name, error):
    """A report that looks good after a failure is worse than none."""
    run = folder / "reports" / name / "default"
    assert record(folder, name)["status"] == "failed"
    assert record(folder, name)["error"] == error
    assert record(folder, name)["results"] == {}
    assert not (run / "results.json").exists()
    assert "This run failed" in page(folder, name)
    nbformat.validate(nbformat.read(run / "notebook.ipynb", as_version=4))


def test_results_without_an_answer_are_complete(folder):
    """Notebooks and documents from before there were answers must still run."""
    assert record(folder, "older")["status"] == "done"
    assert record(folder, "older")["answer"] == []


def test_the_partial_notebook_is_kept(folder):
    """What was printed before the failure is where one looks for its cause."""
    for name in ("raises", "hangs"):
        assert "kept" in page(folder, name)


def test_the_index_has_a_row_for_every_run(folder):
    """The index is what a person opens in the morning: failures must be seen there."""
    runs = json.loads((folder / "reports" / "index.json").read_text(encoding="utf-8"))["runs"]
    assert [run["notebook"] for run in runs] == sorted(["good one", *sources])
    index = (folder / "reports" / "index.html").read_text(encoding="utf-8")
    assert 'href="good%20one/default/report.html"' in index
    assert 'src="good%20one/default/thumbnail.png" alt="A &lt;picture&gt; of nothing"' in index
    assert f"<div>The rail of {escape(hostile)}.</div>" in index
    assert "It is sure." not in index
    assert "60.1 Ω" in index
    assert "58.0–62.2" in index
    assert "not determined" in index
    assert "ValueError: first line &lt;b&gt;bold&lt;/b&gt;" in index


def test_text_from_files_stays_text(folder):
    """A sample's name that becomes markup can forge a report or call home."""
    for text in (page(folder, "good one"), (folder / "reports" / "index.html").read_text(encoding="utf-8")):
        assert "<script" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Söhne" in text
        assert "rail &lt;R&gt;" in text
    assert "<b>bold" not in page(folder, "raises")


def test_the_report_ends_with_its_origin(folder):
    """A year later nobody knows from which file and with which code a number came."""
    origin = page(folder, "good one").split("Provenance</h2>")[1]
    known = record(folder, "good one")
    assert len(known["files"][0]["sha256"]) == 64
    for text in (known["files"][0]["sha256"], known["versions"]["numpy"], known["began"], "sample", "good one.ipynb"):
        assert text in origin
    assert known["began"].endswith("+00:00")


@pytest.fixture
def quick(tmp_path, monkeypatch, write_notebook, finish):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("1")
    cell = "from sslib.datasets import File\nword: str = 'first'  # word\ndata: File = 'a.csv'  # data"
    source = finish + "\nresults(word=word, data=open(data).read())"
    return write_notebook(tmp_path / "quick.ipynb", "# Quick?", source, parameters=cell)


def test_the_same_name_again_replaces_the_run(quick, tmp_path, capfd):
    """A second evaluation of a spectrum must not leave two truths, and another one must not replace it."""
    assert main(["report", "quick.ipynb", "--name", "today"]) == 0
    assert main(["report", "quick.ipynb", "--name", "today", "-p", "word=it's $5 \\ ä"]) == 0
    runs = json.loads((tmp_path / "reports" / "index.json").read_text(encoding="utf-8"))["runs"]
    assert [(run["run"], run["results"]["word"]["value"]) for run in runs] == [("today", "it's $5 \\ ä")]
    assert runs[0]["asked"] == {"word": "it's $5 \\ ä"}
    assert runs[0]["results"]["data"]["value"] == "1"
    files = json.loads((tmp_path / "reports/quick/today/run.json").read_text(encoding="utf-8"))["files"]
    assert [file["what"] for file in files] == ["notebook", "data"]
    progress = capfd.readouterr().err
    assert "quick/today: started" in progress
    assert "quick/today: code cell 1 of 3" in progress
    assert "quick/today: done in" in progress


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_process_that_is_killed_costs_only_its_own_run(tmp_path, write_notebook, finish):
    """A machine short of memory kills one process; its pool loses all runs that were waiting in it."""
    killer = write_notebook(tmp_path / "kills.ipynb", "# Kills?", "import os; os.kill(os.getppid(), 9)", finish)
    bystander = write_notebook(tmp_path / "waits.ipynb", "# Waits?", "import time; time.sleep(1)", finish)
    assert main(["report", str(killer), str(bystander), "--out", str(tmp_path)]) == 1
    runs = json.loads((tmp_path / "index.json").read_text(encoding="utf-8"))["runs"]
    assert [run["error"] for run in runs] == ["the process that ran the notebook died", None]
    assert (tmp_path / "kills" / "default" / "report.html").is_file()


def test_a_damaged_record_is_a_row_of_the_index(tmp_path):
    """One bad file among three hundred runs must neither hide nor stop the others."""
    for notebook, text in (("bad", "{"), ("older", '{"title": "What was it?", "status": "done"}')):
        (tmp_path / notebook / "default").mkdir(parents=True)
        (tmp_path / notebook / "default" / "run.json").write_text(text)
    with workshop(tmp_path) as aside:
        write_index(tmp_path, aside)
    runs = json.loads((tmp_path / "index.json").read_text(encoding="utf-8"))["runs"]
    assert [run["status"] for run in runs] == ["failed", "done"]
    assert "cannot be read" in (tmp_path / "index.html").read_text(encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=["Ctrl-C", "a scheduler's end", "kill -9"]
)
def test_an_interrupted_call_leaves_the_old_run_whole(number, tmp_path, write_notebook, finish):
    """What lies in the folder is read while the next night's call runs, or after its power went."""
    out = tmp_path / "reports"
    mark = tmp_path / "kernel.pid"
    old = out / "slow" / "default"
    old.mkdir(parents=True)
    (old / "report.html").write_text("old")
    source = f"import os, time\nopen({str(mark)!r}, 'w').write(str(os.getpid()))\ntime.sleep(1000)"
    write_notebook(tmp_path / "slow.ipynb", "# Slow?", source, finish)
    command = [sys.executable, "-m", "sslib.report", "report", "slow.ipynb"]
    # What was started in the background of a shell ignores Ctrl-C, and so do its children.
    heed = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL, **heed)
    try:
        wait_until(lambda: mark.is_file() and mark.read_text())
        process.send_signal(number)
        assert process.wait(60) in (130, -signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    assert (old / "report.html").read_text() == "old"
    assert list(old.iterdir()) == [old / "report.html"]
    wait_until(lambda: not alive(int(mark.read_text())))
    with workshop(out):
        pass
    assert list((out / ".running").iterdir()) == []


@pytest.mark.parametrize(("deaths", "status"), [(2, "done"), (3, "failed")])
def test_a_kernel_that_dies_before_its_first_word_is_started_anew(
    deaths, status, tmp_path, monkeypatch, write_notebook, finish
):
    """Programs that start kernels at one moment may take each other's ports: no reason to lose one of 300 runs."""
    tally = tmp_path / "deaths"
    tally.mkdir()
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\n"
        f"died = len(os.listdir({str(tally)!r}))\n"
        f"if 'ipykernel_launcher' in sys.orig_argv and died < {deaths}:\n"
        f"    open(os.path.join({str(tally)!r}, str(died)), 'w').close()\n"
        "    os._exit(1)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    write_notebook(tmp_path / "late.ipynb", "# Late?", finish)
    assert main(["report", "late.ipynb"]) == (status == "failed")
    record = json.loads((tmp_path / "reports/late/default/run.json").read_text(encoding="utf-8"))
    assert record["status"] == status
    assert status == "done" or "died before replying" in record["error"]
    assert len(list(tally.iterdir())) == deaths


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # Nobody may have collected the dead process yet.
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return not state.startswith("Z")


def wait_until(happened, patience=60):
    end = time.monotonic() + patience
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def make_run(folder, content):
    folder.mkdir(parents=True)
    (folder / "report.html").write_text(content)
    return folder


def test_a_call_that_died_between_two_renames_is_put_right(tmp_path):
    """Just then the old run is away and the new one is not there: power that goes must not take both."""
    place = tmp_path / "notebook" / "default"
    make_run(tmp_path / ".running" / "dead" / "replaced" / "notebook" / "default", "old")
    make_run(tmp_path / ".running" / "dead" / "notebook" / "default", "new, perhaps not whole")
    with workshop(tmp_path):
        assert (place / "report.html").read_text() == "old"
    assert list((tmp_path / ".running").iterdir()) == []


def test_a_living_call_is_left_alone(tmp_path):
    """Two calls into one folder would delete each other's unfinished runs."""
    with workshop(tmp_path) as first, workshop(tmp_path) as second:
        assert first.is_dir()
        publish(make_run(first / "n" / "r", "first"), tmp_path / "n" / "r", first)
        publish(make_run(second / "n" / "r", "second"), tmp_path / "n" / "r", second)
    assert (tmp_path / "n" / "r" / "report.html").read_text() == "second"
    assert list((tmp_path / ".running").iterdir()) == []
