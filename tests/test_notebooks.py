"""Every topic notebook in the repository keeps the contract of a notebook and runs top to bottom."""

import json
from pathlib import Path

import pytest

from sslib.report.catalogue import read_notebook
from tests.simulations import every

folder = Path(__file__).parents[1] / "notebooks"
notebooks = sorted(folder.glob("*.ipynb"))
every_notebook = pytest.mark.parametrize("path", notebooks, ids=lambda path: path.stem)


def code_cells(path):
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]


@pytest.mark.parametrize("path", sorted(folder.rglob("*.ipynb")), ids=lambda path: path.stem)
def test_is_stripped(path):
    """Outputs and counts in git would change with every run and hide what was edited."""
    for cell in code_cells(path):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None
        assert not {"papermill", "execution"} & set(cell["metadata"])


@every_notebook
def test_declares_its_parameters(path):
    """Without types and meanings the command line could neither check a value nor explain it."""
    tagged = [cell for cell in code_cells(path) if "parameters" in cell["metadata"].get("tags", [])]
    assert len(tagged) == 1
    parameters = read_notebook(path).parameters
    assert parameters
    for parameter in parameters.values():
        assert parameter.meaning, f"{parameter.name} has no comment that says what it means"


@every_notebook
def test_asks_a_question_and_ends_in_results(path):
    """The title is what the list and the index show; a notebook that does not end in results() never succeeds."""
    notebook = read_notebook(path)
    assert "?" in notebook.title
    assert "results(" in "".join(code_cells(path)[-1]["source"])


@every_notebook
def test_names_its_kernel(path):
    """Without a kernelspec JupyterLab stops at a dialog."""
    assert json.loads(path.read_text(encoding="utf-8"))["metadata"]["kernelspec"]["name"] == "python3"


@every_notebook
def test_runs_top_to_bottom(path, default_run):
    """The defaults of a notebook must work on any machine: they are what `make report` shows first."""
    page = (default_run(path.stem) / "report.html").read_text(encoding="utf-8")
    assert "No description has been provided" not in page, "an image has no alternative text"


# All of them run in the runner and in JupyterLab, too: here every fourth will do by day.
@pytest.mark.parametrize("path", every(4, notebooks), ids=lambda path: path.stem)
@pytest.mark.slow
def test_runs_in_plain_papermill(path, tmp_path):
    """A lab with a papermill pipeline of its own must not need our runner."""
    import papermill

    def execute():
        papermill.execute_notebook(path, tmp_path / path.name, cwd=folder, progress_bar=False)

    try:
        execute()
    except RuntimeError:  # the kernel died before replying: that of another process took its port
        execute()
