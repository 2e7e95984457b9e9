"""Runs notebooks, each in a kernel of its own, and says of each whether it went well.

papermill puts the parameters in and drives an engine of ours, which executes the cells with nbclient and watches them:
papermill's own engine calls a cell "completed" after a time-out and after the kernel's death. A run went well only if
every code cell was executed to its end, nothing was raised, and the notebook's last call wrote its results.
"""

import contextlib
import copy
import json
import logging
import os
import re
import shutil
import signal
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from multiprocessing import active_children, get_context, parent_process
from pathlib import Path
from subprocess import DEVNULL
from time import monotonic

from sslib.report import provenance
from sslib.report.folder import publish, workshop
from sslib.report.index import write_index


def report(runs, out, *, workers=None, timeout=600, tell=print):
    """Run notebooks and put their reports and the index into a folder.

    Parameters
    ----------
    runs : list of sslib.report.plan.Run
        What to run; no two with the same label.
    out : pathlib.Path
        The reports folder.
    workers : int, optional
        How many run at once; as many as there are cores if left out.
    timeout : int
        Longest time for one cell [s].
    tell : callable
        Takes a line of progress.

    Returns
    -------
    list of dict
        The records of the runs, as they lie in ``run.json``.
    """
    out = Path(out).resolve()
    workers = min(workers or _cores(), len(runs))
    surroundings = provenance.environment()
    records = []
    with workshop(out) as folder:
        rest = (timeout, surroundings, len(runs) == 1)
        jobs = {run: (run, folder / run.notebook.name / run.name, *rest) for run in runs}
        # Closed before the folder goes: an interrupt between two runs has to stop the workers, too.
        with contextlib.closing(_all_made(jobs, workers)) as made:
            for run, record in made:
                publish(jobs[run][1], out / run.notebook.name / run.name, folder)
                write_index(out, folder)
                records.append(record)
                tell(_line(run, record, out))
    return records


def _all_made(jobs, workers):
    """(run, record) of each job, in the order in which they are finished."""
    lost = []
    with _pool(workers) as pool:
        futures = {pool.submit(make, *job): run for run, job in jobs.items()}
        for future in as_completed(futures):
            run = futures[future]
            if isinstance(future.exception(), BrokenProcessPool):
                lost.append(run)
            else:
                yield run, _outcome(jobs[run], future)
    # A worker that dies takes all others with it. Each run that was lost has a worker of its own now, which shows
    # which of them it was.
    for run in lost:
        with _pool(1) as pool:
            future = pool.submit(make, *jobs[run])
            yield run, _outcome(jobs[run], future)


def _outcome(job, future):
    """The record of a finished job; where the runner itself failed, that of a stub that says so."""
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, BrokenProcessPool):
        return make_stub(*job, error="the process that ran the notebook died")
    return make_stub(*job, error=_one_line(f"the report could not be made: {type(error).__name__}: {error}"))


@contextlib.contextmanager
def _pool(workers):
    """A pool of processes that is left at once when the block is left by an exception, an interrupt among them."""
    # Spawned, not forked: the caller may have threads, and Windows knows nothing else.
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_start_worker)
    others = set(active_children())
    try:
        yield pool
    except BaseException:
        for child in set(active_children()) - others:
            child.kill()  # its kernel notices and ends itself
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _start_worker():
    # Ctrl-C reaches all processes of a terminal; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def follow_parent():
        parent_process().join()
        os._exit(1)

    # A worker whose parent was killed would wait for work for ever.
    threading.Thread(target=follow_parent, daemon=True).start()


def make(run, folder, timeout, surroundings, by_cell):
    """Run one notebook and write its run folder; gives the record that is written to ``run.json``.

    Parameters
    ----------
    run : sslib.report.plan.Run
    folder : pathlib.Path
        Where to write; an older attempt in it is deleted.
    timeout : int
        Longest time for one cell [s].
    surroundings : dict
        What `sslib.report.provenance.environment` gave.
    by_cell : bool
        Whether to say which cell is running.
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
    notebook, error = _papermill(run, notebook, scratch, timeout, run.label if by_cell else None)
    results = None
    if error is None:
        results, error = _read_results(scratch / "results.json")
    shutil.rmtree(scratch, ignore_errors=True)
    record = _record(run, began, monotonic() - clock, files, surroundings, error, results)
    _write(folder, notebook, record, run.notebook.path.parent)
    return record


def make_stub(run, folder, timeout, surroundings, by_cell, error):
    """The run folder of a run that left nothing behind: the notebook as it was, and why."""
    import nbformat

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    notebook = nbformat.read(run.notebook.path, as_version=4)
    record = _record(run, datetime.now(UTC), 0.0, provenance.files(run), surroundings, error, None)
    _write(folder, notebook, record, run.notebook.path.parent)
    return record


def _papermill(run, notebook, scratch, timeout, label):
    """The notebook with its parameters set and its cells run, and None or what went wrong."""
    import papermill
    from papermill.engines import Engine, papermill_engines
    from papermill.exceptions import PapermillExecutionError

    class Watched(Engine):
        """Runs the cells by `_execute`; the notebook as it left them is kept, before papermill marks an error in it."""

        @classmethod
        def execute_managed_notebook(cls, nb_man, kernel_name, **options):
            cls.error = _execute(nb_man.nb, scratch, timeout, label)
            cls.notebook = copy.deepcopy(nb_man.nb)
            return nb_man.nb

    # It warns of parameters whose annotation (a union, a choice) it cannot read; ours are checked by then.
    logging.getLogger("papermill").setLevel(logging.ERROR)
    papermill_engines.register("watched", Watched)
    defaults = run.notebook.parameters
    given = {name: value for name, value in run.parameters.items() if value != defaults[name].default}
    with contextlib.suppress(PapermillExecutionError):  # said by Watched.error, in one line
        papermill.execute_notebook(notebook, None, given, "watched", kernel_name="python3", progress_bar=False)
    return Watched.notebook, Watched.error


def _execute(notebook, scratch, timeout, label):
    """Run the cells in place; None, or in one line what went wrong."""
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpecManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    code = [(index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    for _, cell in code:
        cell.outputs, cell.execution_count = [], None
    manager = AsyncKernelManager(
        kernel_name="python3",
        # With no folder to search, "python3" is the Python that runs this line, whatever a user has installed.
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
        transport_encryption="auto",
    )
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=timeout,
        force_raise_errors=True,  # tags that allow an error or skip a cell are for people
        skip_cells_with_tag="",
        shutdown_kernel="immediate",
    )
    client.reset_execution_trackers()
    where = "before the first code cell"
    # What the kernel says of itself outside of the cells is for no reader.
    options = {"cwd": str(scratch), "env": _kernel_environment(scratch), "stdout": DEVNULL, "stderr": DEVNULL}
    try:
        with client.setup_kernel(cleanup_kc=True, **options):
            for count, (index, cell) in enumerate(code, 1):
                where = f"in code cell {count} of {len(code)}"
                if label:
                    _tell(f"{label}: code cell {count} of {len(code)}")
                client.execute_cell(cell, index, execution_count=count)
    except CellTimeoutError:
        return f"no end after {timeout} s {where}"
    except DeadKernelError:
        return f"the kernel died {where}"
    except CellExecutionError as error:
        return _one_line(f"{error.ename}: {error.evalue}") + f" ({where})"
    except RuntimeError as error:  # the kernel did not start
        return _one_line(f"{error} ({where})")
    for count, (_, cell) in enumerate(code, 1):
        for output in cell.outputs:
            if output.output_type == "error":
                return _one_line(f"{output.ename}: {output.evalue}") + f" (in code cell {count} of {len(code)})"
    return None


def _kernel_environment(scratch):
    environment = {name: value for name, value in os.environ.items() if name != "JPY_SESSION_NAME"}
    if environment.get("SSLIB_DATA"):  # a relative one is the caller's; the kernel runs in a folder of its own
        environment["SSLIB_DATA"] = str(Path(environment["SSLIB_DATA"]).absolute())
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
        entries_fit = results and all(_is_entry(entry) for entry in results.values())
        if not entries_fit or not all(isinstance(note, str) for note in notes):
            raise ValueError("an entry has other fields than value, unit, label, interval and level")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return None, _one_line(f"results.json is not valid: {error}")
    return {"results": results, "notes": notes}, None


def _is_entry(entry):
    return (
        set(entry) == {"value", "unit", "label", "interval", "level"}
        and isinstance(entry["value"], int | float | str | None)
        and isinstance(entry["label"], str)
        and (entry["interval"] is None or len(entry["interval"]) == 2)
    )


def _record(run, began, duration, files, surroundings, error, results):
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
        **surroundings,
        **(results or {"results": {}, "notes": []}),
        "thumbnail": None,
    }


def _write(folder, notebook, record, source_folder):
    """The files of a run folder."""
    import nbformat

    from sslib.report.html import first_picture, notebook_page, thumbnail

    nbformat.write(notebook, folder / "notebook.ipynb")
    if record["status"] == "done":
        document = {name: record[name] for name in ("notebook", "parameters", "results", "notes")}
        (folder / "results.json").write_text(_json(document), encoding="utf-8")
    picture = first_picture(notebook)
    if picture:
        (folder / "thumbnail.png").write_bytes(thumbnail(picture["png"]))
        record["thumbnail"] = {"file": "thumbnail.png", "alt": picture["alt"]}
    page = notebook_page(notebook, record, source_folder)
    (folder / "report.html").write_text(page, encoding="utf-8")
    (folder / "run.json").write_text(_json(record), encoding="utf-8")


def _json(document):
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _one_line(text):
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    text = re.sub(r"\s+", " ", text).strip()
    return text if len(text) <= 400 else text[:399] + "…"


def _line(run, record, out):
    place = out / run.notebook.name / run.name / "report.html"
    with contextlib.suppress(ValueError):
        place = place.relative_to(Path.cwd())
    if record["error"]:
        return f"{run.label}: FAILED after {record['duration']:.1f} s: {record['error']} -> {place}"
    return f"{run.label}: done in {record['duration']:.1f} s -> {place}"


def _tell(line):
    print(line, file=sys.stderr, flush=True)


def _cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
