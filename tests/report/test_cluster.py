"""Reports and batch fits on a Dask cluster: a real scheduler and two workers on this machine's loopback."""

import json

import numpy as np
import pytest

from sslib.impedance import CPE, R, TransmissionLine, fit_batch
from sslib.report import provenance
from sslib.report.__main__ import main

distributed = pytest.importorskip("distributed", reason="needs Dask: make test-extras has it")
pytestmark = [pytest.mark.extras, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def cluster():
    options = {"n_workers": 2, "threads_per_worker": 2, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(host="127.0.0.1", **options) as cluster:
        yield cluster


@pytest.fixture
def address(cluster):
    return cluster.scheduler_address.replace("tcp", "dask")


def records(folder):
    return {
        record["run"] if record["run"] != "default" else record["notebook"]: record
        for record in json.loads((folder / "reports" / "index.json").read_text(encoding="utf-8"))["runs"]
    }


def test_a_series_is_made_by_the_workers(address, cluster, tmp_path, monkeypatch, write_notebook):
    """A lab with a cluster has three hundred reports in the time of ten; the table must be that of one machine."""
    monkeypatch.chdir(tmp_path)
    cell = "from sslib.datasets import File\ndata: File = 'a.csv'  # data"
    source = "import os, time\nfrom sslib.notebook import *\ntime.sleep(0.5)\n"
    source += "results(R=quantity(float(open(data).read()), 'ohm', 'R'), worker=str(os.getppid()))"
    write_notebook(tmp_path / "read.ipynb", "# What?", source, parameters=cell)
    for name, text in {"a": "1", "b": "2", "c": "3", "d": "no number", "e": "5", "f": "6"}.items():
        (tmp_path / f"{name}.csv").write_text(text)
    arguments = ["report", "read.ipynb", "-p", "data=*.csv", "--name", "all"]
    assert main([*arguments, "--executor", address]) == 1
    document = json.loads((tmp_path / "reports/read/all/table.json").read_text(encoding="utf-8"))
    values = [row["results"].get("R", {}).get("value") for row in document["rows"]]
    assert values == [1.0, 2.0, 3.0, None, 5.0, 6.0]
    assert "ValueError" in document["rows"][3]["error"]
    workers = {row["results"]["worker"]["value"] for row in document["rows"] if row["status"] == "done"}
    assert workers <= {str(worker.pid) for worker in cluster.workers.values()}
    assert len(workers) == 2
    assert list((tmp_path / "reports" / ".running").iterdir()) == []
    # What the cluster made needs no run on this machine, whose packages are the same.
    assert main(arguments) == 1
    began = {row["run"]: row["content"] for row in document["rows"] if row["status"] == "done"}
    assert {run: record["content"] for run, record in records(tmp_path).items() if record["status"] == "done"} == began


def test_a_notebook_that_kills_its_worker_is_a_failed_run(address, tmp_path, monkeypatch, write_notebook, finish):
    """Dask tries again elsewhere; a notebook that takes down each worker must not take down the call."""
    monkeypatch.chdir(tmp_path)
    write_notebook(tmp_path / "kills.ipynb", "# Kills?", "import os; os.kill(os.getppid(), 9)", finish)
    write_notebook(tmp_path / "lives.ipynb", "# Lives?", finish)
    assert main(["report", "kills.ipynb", "lives.ipynb", "--executor", address]) == 1
    found = records(tmp_path)
    assert found["kills"]["error"] == "the process that ran the notebook died"
    assert found["lives"]["status"] == "done"


def test_a_worker_with_another_library_makes_no_report(address, tmp_path, monkeypatch, write_notebook, finish):
    """Its report would bear the caller's commit and hold the numbers of other code."""
    monkeypatch.chdir(tmp_path)
    write_notebook(tmp_path / "one.ipynb", "# One?", finish)
    other = provenance.environment() | {"library": "another"}
    monkeypatch.setattr(provenance, "environment", lambda: other)
    assert main(["report", "one.ipynb", "--executor", address]) == 1
    assert "another state of sslib" in records(tmp_path)["one"]["error"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--executor", "dask://127.0.0.1:1"], "no scheduler answers there"),
        (["--executor", "tcp://127.0.0.1:1"], "is not of the form dask://HOST:PORT"),
        (["--executor", "dask://127.0.0.1:1", "--workers", "2"], "a cluster has its own workers"),
    ],
)
def test_a_wrong_address_is_said_at_once(arguments, expected, tmp_path, monkeypatch, write_notebook, finish, capsys):
    """A typing error must not look like a cluster that takes its time."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sslib.report.workers._patience", 1)
    write_notebook(tmp_path / "one.ipynb", "# One?", finish)
    assert main(["report", "one.ipynb", *arguments]) == 2
    assert expected in capsys.readouterr().err


def test_a_scheduler_without_workers_is_said(tmp_path, monkeypatch, write_notebook, finish, capsys):
    """The call would wait for ever."""
    monkeypatch.chdir(tmp_path)
    write_notebook(tmp_path / "one.ipynb", "# One?", finish)
    with distributed.LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address=None) as empty:
        address = empty.scheduler_address.replace("tcp", "dask")
        assert main(["report", "one.ipynb", "--executor", address]) == 2
    assert "the scheduler has no workers" in capsys.readouterr().err


def test_a_batch_fit_on_the_cluster_is_that_of_one_machine(cluster):
    """The same spectra must give the same numbers, in their order, wherever they are fitted."""
    rng = np.random.default_rng(0)
    model = R("R_0") + TransmissionLine(ion=R("R_ion"), interface=R("R_ct") | CPE("Q", "alpha"))
    truths = {"R_0": 10.0, "R_ion": rng.uniform(20, 200, 2500), "R_ct": 50.0, "Q": 1e-4, "alpha": 0.9}
    frequency = np.logspace(5, -2, 30)
    data = model.impedance(frequency, **truths) * (1 + 1e-3 * rng.standard_normal((2500, 30)))
    with distributed.Client(cluster) as client, client.get_executor() as executor:
        there = fit_batch(model, frequency, data, starts=truths, executor=executor)
    here = fit_batch(model, frequency, data, starts=truths)
    for name in model.names:
        np.testing.assert_allclose(there.values[name], here.values[name], rtol=1e-12)
