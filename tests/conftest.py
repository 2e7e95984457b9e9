import os
from pathlib import Path

import pytest
from filelock import FileLock

from sslib.report.__main__ import main

LONG_RUNS = {
    "cell_overpotentials",
    "cell_story",
    "critical_current",
    "degradation_maps",
    "electrode_design",
    "polymer_electrolytes",
    "tlm_evolution",
}
"""Notebooks whose default run is left to the slow tests, so that the quick ones stay quick."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """What reads the default run of a long notebook is slow."""
    for item in items:
        if "default_run" not in getattr(item, "fixturenames", ()):
            continue
        named = item.callspec.params.get("path", item.path) if hasattr(item, "callspec") else item.path
        if named.stem.removeprefix("test_") in LONG_RUNS:
            item.add_marker("slow")


@pytest.fixture(scope="session")
def default_run(tmp_path_factory):
    """A function from a topic notebook's name to the folder of its run with defaults; each runs once, whichever of the
    processes of `make test` asks first. ``SSLIB_DEFAULT_RUNS`` names a folder for several calls that share the runs.
    """
    base = tmp_path_factory.getbasetemp()
    own = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "default_runs"
    out = Path(os.environ.get("SSLIB_DEFAULT_RUNS", own))
    out.mkdir(exist_ok=True)

    def run(name):
        folder = out / name / name / "default"
        with FileLock(out / f"{name}.lock"):
            assert folder.is_dir() or main(["report", name, "--out", str(out / name)]) == 0
        return folder

    return run


@pytest.fixture(scope="session")
def measured():
    """The folder with the public measurements."""
    folder = os.environ.get("SSLIB_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("SSLIB_DATA names no folder with the public measurements")
    return Path(folder)
