"""What lies in the reports folder is whole and true, whatever happens to the runner, its disk or its neighbours."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tests.simulations import simulations

word = "word: str = 'first'  # word"
says = "\nresults(word=word)"
command = [sys.executable, "-m", "sslib.report", "report"]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and limits of POSIX")


@pytest.fixture
def lab(tmp_path, write_notebook, finish):
    """Two quick notebooks in a folder with a space and an umlaut."""
    folder = tmp_path / "heute früh"
    for name in ("one", "two"):
        write_notebook(folder / f"{name}.ipynb", f"# {name}?", finish + says, parameters=word)
    return folder


def check_whole(reports):
    """Every run and the index can be read to their ends; gives {notebook: word}."""
    words = {}
    for place in reports.glob("[!.]*/*"):
        record = json.loads((place / "run.json").read_text(encoding="utf-8"))
        assert (place / "report.html").read_text(encoding="utf-8").rstrip().endswith("</html>")
        json.loads((place / "notebook.ipynb").read_text(encoding="utf-8"))
        if record["status"] == "done":
            results = json.loads((place / "results.json").read_text(encoding="utf-8"))
            assert results["results"] == record["results"]
            assert results["results"]["word"]["value"] == record["parameters"]["word"]
            words[place.parent.name] = record["parameters"]["word"]
        else:
            assert not (place / "results.json").exists()
    if (reports / "index.json").exists():
        json.loads((reports / "index.json").read_text(encoding="utf-8"))
    if (reports / "index.html").exists():
        assert (reports / "index.html").read_text(encoding="utf-8").rstrip().endswith("</html>")
    return words


@pytest.mark.slow
def test_kill_9_at_random_moments(lab):
    """Power goes when it likes: what lies there is whole, and the next call finishes the rest."""
    rng = random.Random(0)
    names = ["one.ipynb", "two.ipynb", "--name", "tonight", "--workers", "2"]
    moments = []
    for number in range(simulations(5)):
        before = check_whole(lab / "reports")
        call = [*command, *names, "-p", f"word=w{number}"]
        begin = time.monotonic()
        process = subprocess.Popen(call, cwd=lab, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        # A full call takes as long as the one that finishes the rest below; each moment of it has its turn.
        time.sleep(rng.uniform(0, 1.1) * (moments[-1] if moments else 3))
        process.send_signal(signal.SIGKILL)
        process.wait()
        for notebook, found in check_whole(lab / "reports").items():
            assert found in (before.get(notebook), f"w{number}")
        begin = time.monotonic()
        subprocess.run(call, cwd=lab, check=True, capture_output=True)
        moments.append(max(time.monotonic() - begin, 1.5))
        assert check_whole(lab / "reports") == {"one": f"w{number}", "two": f"w{number}"}
        index = json.loads((lab / "reports" / "index.json").read_text(encoding="utf-8"))
        assert [run["results"]["word"]["value"] for run in index["runs"]] == [f"w{number}"] * 2
        assert list((lab / "reports" / ".running").iterdir()) == []


def test_two_calls_at_once_into_one_folder(lab):
    """Two people press the key: both get their reports, and no half of one ends up in the other."""
    calls = [
        subprocess.Popen([*command, "one.ipynb", "two.ipynb", "--name", "same", "-p", f"word=w{k}"], cwd=lab, stderr=-1)
        for k in range(2)
    ]
    for call in calls:
        _, said = call.communicate()
        assert call.returncode == 0, said.decode()
    words = check_whole(lab / "reports")
    assert set(words) == {"one", "two"}
    assert set(words.values()) <= {"w0", "w1"}
    runs = json.loads((lab / "reports" / "index.json").read_text(encoding="utf-8"))["runs"]
    assert {run["notebook"]: run["results"]["word"]["value"] for run in runs} == words
    assert list((lab / "reports" / ".running").iterdir()) == []


limited = """
import resource, sys
from sslib.report.__main__ import main
if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
    sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("largest", [0, 400, 8000])
def test_files_that_cannot_be_written_to_their_end(lab, largest):
    """Each file breaks off at another length: the run fails, says why, and the old one stays as it was."""
    subprocess.run([*command, "one.ipynb", "--name", "same"], cwd=lab, check=True, capture_output=True)
    before = {path: path.read_bytes() for path in (lab / "reports").glob("one/*/*")}
    (lab / "limited.py").write_text(limited)
    call = [sys.executable, "limited.py", str(largest), "report", "one.ipynb", "--name", "same", "-p", "word=w"]
    called = subprocess.run(call, cwd=lab, capture_output=True, text=True)
    assert called.returncode == 1
    assert "Traceback" not in called.stderr
    assert "File too large" in called.stderr or "FAILED" in called.stderr
    words = check_whole(lab / "reports")
    assert words in ({"one": "first"}, {})
    if words:
        assert {path: path.read_bytes() for path in before} == before


full = """
import json, os, subprocess, sys
from pathlib import Path
from sslib.report.__main__ import main
if __name__ == "__main__":
    out = Path("reports")
    out.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(out)], check=True)
    codes = [main(["report", "one.ipynb", "--name", "same"])]
    before = {str(path): path.read_bytes() for path in sorted(out.glob("one/*/*"))}
    for free in json.loads(sys.argv[1]):
        Path("reports/filler").unlink(missing_ok=True)
        with open("reports/filler", "wb", buffering=0) as filler:
            while True:
                try:
                    filler.write(bytes(4096))
                except OSError:
                    break
            filler.truncate(max(0, filler.tell() - free))
        codes.append(main(["report", "one.ipynb", "two.ipynb", "--name", "same", "-p", f"word=w{free}"]))
        after = {str(path): path.read_bytes() for path in sorted(out.glob("one/*/*"))}
        subprocess.run(["cp", "-a", "reports", f"copy_{free}"], check=True)
    Path("codes.json").write_text(json.dumps(codes))
"""


@pytest.mark.slow
@pytest.mark.skipif(
    not shutil.which("unshare")
    or subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True).returncode,
    reason="a small file system of one's own needs user namespaces",
)
def test_a_full_disk(lab):
    """Half a report, or an index that lost its rows, would look good the morning after."""
    free = [0, 4096, 20480, 65536]
    (lab / "full.py").write_text(full)
    call = ["unshare", "-rm", sys.executable, "full.py", json.dumps(free)]
    called = subprocess.run(call, cwd=lab, capture_output=True, text=True)
    assert called.returncode == 0, called.stderr
    assert "Traceback" not in called.stderr
    assert called.stderr.count("No space left on device") >= len(free)
    assert json.loads((lab / "codes.json").read_text()) == [0, 1, 1, 1, 1]
    for left in free:
        words = check_whole(lab / f"copy_{left}")
        assert words.get("one", "first") in ("first", *(f"w{earlier}" for earlier in free if earlier <= left))
