"""Does what was planned: runs what has changed, puts the reports into their places, and tells how it goes."""

import contextlib
import json
import os
from pathlib import Path
from time import monotonic

from sslib.report import provenance
from sslib.report.folder import publish, workshop
from sslib.report.index import write_index
from sslib.report.parameters import RequestError
from sslib.report.series import write_series

_index_every = 5
"""Least time between two versions of the index while runs are finished [s]: it is made from all records."""


def report(plan, out, *, workers=None, executor=None, timeout=600, force=False, figures=False, tell=print):
    """Run notebooks and put their reports, the tables of their series and the index into a folder.

    A run of which nothing has changed since it went well is kept: notebook, parameters, input files, library and
    packages (`sslib.report.provenance.content`).

    Parameters
    ----------
    plan : sslib.report.plan.Plan
        What to run; no two runs with the same label.
    out : pathlib.Path
        The reports folder.
    workers : int, optional
        How many processes run at once; as many as there are cores if left out.
    executor : concurrent.futures.Executor, optional
        Whose workers make the reports, in place of processes; they must see the same files under the same paths.
    timeout : int
        Longest time for one cell [s].
    force : bool
        Whether to run also what has not changed.
    figures : bool
        Whether to write figures as SVG and their data as CSV, too.
    tell : callable
        Takes a line of progress.

    Returns
    -------
    list of dict
        The records of the runs, as they lie in ``run.json``, in the plan's order.

    Raises
    ------
    RequestError
        If a run has the name of a series that lies there, or a series that of a run.
    """
    out = Path(out).resolve()
    _check_places(plan, out)
    surroundings = provenance.environment()
    records = {} if force else _kept(plan.runs, out, surroundings, figures)
    _tell_kept(records, tell)
    rest = [run for run in plan.runs if run not in records]
    with workshop(out) as folder:
        try:
            written = monotonic()
            jobs = _jobs(rest, folder, surroundings, timeout, figures, alone=len(plan.runs) == 1)
            # Closed before the folder goes: an interrupt between two runs has to stop the workers, too.
            with contextlib.closing(_made(jobs, workers, executor)) as made:
                for run, record in made:
                    records[run] = _put_into_place(run, record, out, folder)
                    tell(_line(run, records[run], out, len(records), len(plan.runs)))
                    if monotonic() - written > _index_every:
                        write_index(out, folder)
                        written = monotonic()
            for series in plan.series:
                tell(write_series(series, records, out, folder))
        except BaseException:
            with contextlib.suppress(OSError):
                write_index(out, folder)
            raise
        write_index(out, folder)
    return [records[run] for run in plan.runs]


def _check_places(plan, out):
    """Raise RequestError where a run would take the place of a series, or a series that of a run."""
    for kind, other, record in ((plan.runs, "a series", "table.json"), (plan.series, "a run", "run.json")):
        for one in kind:
            if (out / one.notebook.name / one.name / record).exists():
                raise RequestError(
                    f"{out / one.notebook.name / one.name} holds {other}, which would be lost; choose another name"
                )


def _kept(runs, out, surroundings, figures):
    """The records of the runs whose reports lie in the folder and would come out the same."""
    kept = {}
    for run in runs:
        place = out / run.notebook.name / run.name
        try:
            record = json.loads((place / "run.json").read_text(encoding="utf-8"))
            same = record["content"] == provenance.content(run.parameters, provenance.files(run), surroundings)
            whole = all((place / name).is_file() for name in ("report.html", "results.json", "notebook.ipynb"))
            if record["status"] == "done" and same and whole and record["figures"] >= figures:
                kept[run] = record
        except (OSError, ValueError, KeyError, TypeError):
            continue  # not there, damaged, or of an older version
    return kept


def _tell_kept(records, tell):
    if len(records) > 5:
        tell(f"{len(records)} runs kept: nothing that they depend on has changed")
        return
    for run, record in records.items():
        tell(f"{run.label}: kept as of {record['began']}: nothing that it depends on has changed")


def _jobs(runs, folder, surroundings, timeout, figures, alone):
    """For each run the folder in which to make it, and the settings."""
    if not runs:
        return {}
    # Loaded here: a call that finds everything unchanged does not wait for it.
    from sslib.report.execution import Settings

    # A relative folder is the caller's; the kernels run in folders of their own.
    data = os.environ.get("SSLIB_DATA")
    data = str(Path(data).absolute()) if data else None
    settings = Settings(timeout, surroundings, figures, by_cell=alone, data=data)
    return {run: (folder / run.notebook.name / run.name, settings) for run in runs}


def _made(jobs, workers, executor):
    """(run, record) of each job, as they are finished."""
    if jobs:
        from sslib.report.workers import made_in_processes, made_on_cluster

        yield from made_in_processes(jobs, workers) if executor is None else made_on_cluster(jobs, executor)


def _put_into_place(run, record, out, folder):
    """Move a finished run to where it is read; gives its record, or one that says what kept it from getting there."""
    made = folder / run.notebook.name / run.name
    if not (made / "run.json").is_file():
        return record
    try:
        publish(made, out / run.notebook.name / run.name, folder)
    except OSError as error:
        return {
            **record,
            "status": "failed",
            "error": f"the report could not be put into its place: {error}",
            "results": {},
        }
    return record


def _line(run, record, out, count, total):
    place = out / run.notebook.name / run.name / "report.html"
    with contextlib.suppress(ValueError):
        place = place.relative_to(Path.cwd())
    outcome = f"done in {record['duration']:.1f} s"
    if record["error"]:
        outcome = f"FAILED after {record['duration']:.1f} s: {record['error']}"
    # Among many, the place of each is in the index.
    return f"{run.label}: {outcome} -> {place}" if total == 1 else f"{count} of {total}: {run.label}: {outcome}"
