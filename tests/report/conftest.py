import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import_and_finish = "from sslib.notebook import *\nresults(R=quantity(60.1, 'ohm', 'rail', (58, 62), 0.95))"


@pytest.fixture(scope="session")
def write_notebook():
    """Write a notebook of code cells (a text that starts with # and a space is Markdown) and give its path."""

    def write(path, *sources, parameters=None):
        cells = [new_markdown_cell(s) if s.startswith("# ") else new_code_cell(s) for s in sources]
        if parameters is not None:
            cells.insert(1, new_code_cell(parameters, metadata={"tags": ["parameters"]}))
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
        return path

    return write


@pytest.fixture(scope="session")
def finish():
    """Source of a last cell that writes results."""
    return import_and_finish
