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
