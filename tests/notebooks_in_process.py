"""A topic notebook's cells run in this process, with what it shows in the hands of the caller."""

import json
import os
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def run_cells(path, **instead):
    """Run a notebook's code with other functions in place of those of `sslib.notebook`; the rest shows nothing.

    Parameters
    ----------
    path : Path
    **instead
        By name (show, say, show_table, explore, results), what is called in its place.
    """
    quiet = dict.fromkeys(("show", "say", "show_table", "explore", "results"), lambda *arguments, **keywords: None)
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    space = {"__name__": "__main__"}
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        with ExitStack() as stack:
            for name, function in {**quiet, **instead}.items():
                stack.enter_context(patch(f"sslib.notebook.{name}", function))
            for number, cell in enumerate(cells):
                if cell["cell_type"] == "code":
                    exec(compile("".join(cell["source"]), f"{path.name}, cell {number}", "exec"), space)
    finally:
        os.chdir(before)
