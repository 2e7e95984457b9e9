"""One notebook in a kernel of its own, and whether it went well.

papermill puts the parameters in and drives an engine of ours, which executes the cells with nbclient and watches them:
papermill's own engine calls a cell "completed" after a time-out and after the kernel's death. A run went well only if
every code cell was executed to its end, nothing was raised, and the notebook's last call wrote its results.
"""

import contextlib
import copy
import csv
import json
import logging
import os
import re
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from subprocess import DEVNULL
from time import monotonic

from sslib.report import provenance


@dataclass(frozen=True)
class Settings:
    """What all runs of a call have in common."""

    timeout: int
    """Longest time for one cell [s]."""
    surroundings: dict
    """What `sslib.report.provenance.environment` gave."""
    figures: bool = False
    """Whether figures are kept as SVG with their data as CSV, too."""
    by_cell: bool = False
    """Whether to say which cell is running."""
    data: str | None = None
    """The caller's folder of public measurements (``SSLIB_DATA``)."""


def make(run, folder, settings):
    """Run one notebook and write its run folder; gives the record that is written to ``run.json``.

    Parameters
    ----------
    run : sslib.report.plan.Run
    folder : pathlib.Path
        Where to write; an older attempt in it is deleted.
    settings : Settings
    """
    import nbformat

    shutil.rmtree(folder, ignore_errors=True)
    scratch = folder / "scratch"
    scratch.mkdir(parents=True)
    _tell(f"{run.label}: started")
    began = datetime.now(UTC)
    clock = monotonic()
    notebook = nbformat.v4.upgrade(nbformat.read(run.notebook.path, as_version=4))
    files = provenance.files(run)
    notebook, error = _papermill(run, notebook, scratch, settings)
    results = None
    if error is None:
        results, error = _read_results(scratch / "results.json")
    if settings.figures and any((scratch / "figures").glob("*")):
        (scratch / "figures").rename(folder / "figures")
    for file in sorted((scratch / "files").glob("*")):
        file.rename(folder / file.name)
    shutil.rmtree(scratch, ignore_errors=True)
    record = _record(run, began, monotonic() - clock, files, settings, error, results)
    _write(folder, notebook, record, run.notebook.path.parent)
    return record


def make_stub(run, folder, settings, error):
    """The run folder of a run that left nothing behind: the notebook as it was, and why; gives its record."""
    import nbformat

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    notebook = nbformat.read(run.notebook.path, as_version=4)
    record = failure(run, settings, error, provenance.files(run))
    _write(folder, notebook, record, run.notebook.path.parent)
    return record


def failure(run, settings, error, files=()):
    """The record of a run that left nothing behind."""
    return _record(run, datetime.now(UTC), 0.0, list(files), settings, error, None)


def one_line(text):
    """A message without line breaks and terminal colours, cut where it gets long."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    text = re.sub(r"\s+", " ", text).strip()
    return text if len(text) <= 400 else text[:399] + "…"


def _papermill(run, notebook, scratch, settings):
    """The notebook with its parameters set and its cells run, and None or what went wrong."""
    import papermill
    from papermill.engines import Engine, papermill_engines
    from papermill.exceptions import PapermillExecutionError

    class Watched(Engine):
        """Has the cells run by what it is handed: threads of one process share the register of engines."""

        @classmethod
        def execute_managed_notebook(cls, nb_man, kernel_name, run_cells, **options):
            run_cells(nb_man.nb)

    seen = {}

    def run_cells(filled_in):
        seen["error"] = execute(filled_in, scratch, settings, run.label)
        seen["notebook"] = copy.deepcopy(filled_in)  # before papermill marks an error in it

    # It warns of parameters whose annotation (a union, a choice) it cannot read; ours are checked by then.
    logging.getLogger("papermill").setLevel(logging.ERROR)
    papermill_engines.register("watched", Watched)
    defaults = run.notebook.parameters
    given = {name: value for name, value in run.parameters.items() if value != defaults[name].default}
    options = {"kernel_name": "python3", "progress_bar": False, "run_cells": run_cells}
    with contextlib.suppress(PapermillExecutionError):  # said by seen["error"], in one line
        papermill.execute_notebook(notebook, None, given, "watched", **options)
    return seen["notebook"], seen["error"]


def execute(notebook, scratch, settings, label):
    """Run the cells in place; None, or in one line what went wrong."""
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    code = [(index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    for _, cell in code:
        cell.outputs, cell.execution_count = [], None
    where = "before the first code cell"
    try:
        with _kernel(notebook, scratch, settings) as client:
            for count, (index, cell) in enumerate(code, 1):
                where = f"in code cell {count} of {len(code)}"
                if settings.by_cell:
                    _tell(f"{label}: code cell {count} of {len(code)}")
                client.execute_cell(cell, index, execution_count=count)
    except CellTimeoutError:
        return f"no end after {settings.timeout} s {where}"
    except DeadKernelError:
        return f"the kernel died {where}"
    except CellExecutionError as error:
        return one_line(f"{error.ename}: {error.evalue}") + f" ({where})"
    except RuntimeError as error:  # the kernel did not start
        return one_line(f"{error} ({where})")
    for count, (_, cell) in enumerate(code, 1):
        for output in cell.outputs:
            if output.output_type == "error":
                return one_line(f"{output.ename}: {output.evalue}") + f" (in code cell {count} of {len(code)})"
    return None


@contextlib.contextmanager
def _kernel(notebook, scratch, settings):
    """A client of the notebook whose kernel answers.

    A kernel that dies before its first word is started anew, three times in all: two programs that start kernels at
    the same moment may be given the same port (https://github.com/nteract/papermill/issues/511).
    """
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpecManager
    from nbclient import NotebookClient

    # What the kernel says of itself outside of the cells is for no reader.
    options = {"cwd": str(scratch), "env": _kernel_environment(scratch, settings), "stdout": DEVNULL, "stderr": DEVNULL}
    with contextlib.ExitStack() as stack:
        for attempt in (1, 2, 3):
            manager = AsyncKernelManager(
                kernel_name="python3",
                # With no folder to search, "python3" is the Python that runs this line, whatever a user has installed.
                kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
                transport_encryption="auto",
            )
            client = NotebookClient(
                notebook,
                km=manager,
                timeout=settings.timeout,
                force_raise_errors=True,  # tags that allow an error or skip a cell are for people
                skip_cells_with_tag="",
                shutdown_kernel="immediate",
            )
            client.reset_execution_trackers()
            try:
                stack.enter_context(client.setup_kernel(cleanup_kc=True, **options))
                break
            except RuntimeError:
                if attempt == 3:
                    raise
        yield client


def _kernel_environment(scratch, settings):
    environment = {name: value for name, value in os.environ.items() if name != "JPY_SESSION_NAME"}
    if settings.data:
        environment["SSLIB_DATA"] = settings.data
    if settings.figures:
        (scratch / "figures").mkdir()
        environment["SSLIB_FIGURES"] = str(scratch / "figures")
    # Several kernels share the cores; and a person's IPython start-up files and history have no part in a report.
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {
        **environment,
        **one_thread,
        "IPYTHONDIR": str(scratch / "ipython"),
        "SSLIB_RESULTS": str(scratch / "results.json"),
    }


def _read_results(path):
    """(document, None), or (None, what is wrong with it)."""
    if not path.is_file():
        return None, "the notebook ended without results(...)"

    def refuse(constant):
        raise ValueError(f"{constant} is no value")

    try:
        document = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
        results, notes = document["results"], document["notes"]
        answer = document.get("answer", [])  # older documents have none
        if not results or not all(_is_entry(entry) for entry in results.values()):
            raise ValueError("an entry has other fields than value, unit, label, interval and level")
        for name, texts in {"answer": answer, "notes": notes}.items():
            if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
                raise ValueError(f"{name} is no list of texts")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return None, one_line(f"results.json is not valid: {error}")
    return {"answer": answer, "results": results, "notes": notes}, None


def _is_entry(entry):
    return (
        set(entry) == {"value", "unit", "label", "interval", "level"}
        and isinstance(entry["value"], int | float | str | None)
        and isinstance(entry["label"], str)
        and (entry["interval"] is None or len(entry["interval"]) == 2)
    )


def _record(run, began, duration, files, settings, error, results):
    return {
        "notebook": run.notebook.name,
        "run": run.name,
        "title": run.notebook.title,
        "status": "failed" if error else "done",
        "error": error,
        "asked": run.asked,
        "parameters": run.parameters,
        "began": began.isoformat(timespec="seconds"),
        "duration": round(duration, 2),
        "files": files,
        "content": provenance.content(run.parameters, files, settings.surroundings),
        "figures": settings.figures,
        **settings.surroundings,
        **(results or {"answer": [], "results": {}, "notes": []}),
        "thumbnail": None,
    }


def _write(folder, notebook, record, source_folder):
    """The files of a run folder."""
    import nbformat

    from sslib.report.html import first_picture, notebook_page, thumbnail

    nbformat.write(notebook, folder / "notebook.ipynb")
    if record["status"] == "done":
        document = {name: record[name] for name in ("notebook", "parameters", "answer", "results", "notes")}
        (folder / "results.json").write_text(_json(document), encoding="utf-8")
        _write_table(folder / "results.csv", record["results"])
    picture = first_picture(notebook)
    if picture:
        (folder / "thumbnail.png").write_bytes(thumbnail(picture["png"]))
        record["thumbnail"] = {"file": "thumbnail.png", "alt": picture["alt"]}
    page = notebook_page(notebook, record, source_folder)
    (folder / "report.html").write_text(page, encoding="utf-8")
    (folder / "run.json").write_text(_json(record), encoding="utf-8")


def _write_table(path, results):
    """The results as CSV: a row each."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("key", "value", "lower", "upper", "level", "unit", "label"))
        for key, entry in results.items():
            lower, upper = entry["interval"] or (None, None)
            rows.writerow((key, entry["value"], lower, upper, entry["level"], entry["unit"], entry["label"]))


def _json(document):
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _tell(line):
    print(line, file=sys.stderr, flush=True)
