import pytest


@pytest.fixture
def write(tmp_path):
    """Write text or bytes into a file and give its path."""

    def to_file(content, name="spectrum.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return to_file
