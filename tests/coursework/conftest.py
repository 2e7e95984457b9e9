import matplotlib
import pytest

from sslib.report.course import generate, write_sources


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """A course folder with seed 7 as students get it; the solutions were not run."""
    out = tmp_path_factory.mktemp("course")
    for name in write_sources(out, 7):
        assert generate(out, name) is None
    return out


@pytest.fixture(autouse=True)
def drawn_into_memory():
    """Figures of the notebooks open no window, and are closed."""
    matplotlib.use("agg")
    yield
    from matplotlib import pyplot

    pyplot.close("all")
