import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def measured():
    """The folder with the public measurements."""
    folder = os.environ.get("SSLIB_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("SSLIB_DATA names no folder with the public measurements")
    return Path(folder)


@pytest.fixture
def write(tmp_path):
    """Write text or bytes into a file and give its path."""

    def to_file(content, name="spectrum.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return to_file
