import os
from pathlib import Path

import pytest

from sslib.report.__main__ import main


@pytest.fixture(scope="session")
def default_run(tmp_path_factory):
    """A function from a topic notebook's name to the folder of its run with defaults; each runs once a session."""
    folders = {}

    def run(name):
        if name not in folders:
            out = tmp_path_factory.mktemp("reports")
            assert main(["report", name, "--out", str(out)]) == 0
            folders[name] = out / name / "default"
        return folders[name]

    return run


@pytest.fixture(scope="session")
def measured():
    """The folder with the public measurements."""
    folder = os.environ.get("SSLIB_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("SSLIB_DATA names no folder with the public measurements")
    return Path(folder)
