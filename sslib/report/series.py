"""The table over a series: a row for each file and loop, what was found with its intervals, and how it changes.

Beside ``table.html`` lie ``table.csv`` and ``table.json``. Where the runs report ``started`` (a time as ISO 8601),
``cycle`` or ``temperature`` among their results, what they found is drawn against it.
"""

import csv
import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from sslib.formatting import estimate, unit_sign
from sslib.report.folder import publish
from sslib.report.pages import page
from sslib.report.provenance import digest

CONDITIONS = ("started", "cycle", "temperature")
"""Keys of results that say under which conditions a file was measured, in the order in which they are drawn."""


def write_series(series, records, out, folder):
    """Write the table of a series, unless it would come out as it lies there; gives a line of progress.

    Parameters
    ----------
    series : sslib.report.plan.Series
    records : dict
        The record of each of its runs.
    out : pathlib.Path
        The reports folder.
    folder : pathlib.Path
        The workshop.
    """
    place = out / series.notebook.name / series.name
    document = {
        "notebook": series.notebook.name,
        "series": series.name,
        "title": series.notebook.title,
        "asked": series.asked,
        "varying": list(series.varying),
        "rows": [
            {
                **varying,
                "run": run.name,
                **{name: records[run][name] for name in ("status", "error", "results", "notes", "content")},
            }
            for run, varying in zip(series.runs, _varying(series), strict=True)
        ],
    }
    surroundings = next(iter(records.values()))["library"]
    content = digest([document, surroundings])
    if _content(place / "table.json") != content:
        made = folder / ".tables" / series.notebook.name / series.name
        made.mkdir(parents=True)
        began = datetime.now(UTC).isoformat(timespec="seconds")
        document = {**document, "began": began, "content": content}
        (made / "table.json").write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        (made / "table.csv").write_text(as_csv(document), encoding="utf-8", newline="")
        (made / "table.html").write_text(_page(document), encoding="utf-8")
        publish(made, place, folder)
    return f"{len(series.runs)} runs in one table: {_seen_from_here(place / 'table.html')}"


def _content(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))["content"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _seen_from_here(path):
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _varying(series):
    """For each run what tells it apart; paths from the folder that all of its kind have in common."""
    files = [name for name in series.varying if series.notebook.parameters[name].kind == "File"]
    shared = {name: os.path.commonpath([run.inputs[name].parent for run in series.runs]) for name in files}
    return [
        {
            name: run.inputs[name].relative_to(shared[name]).as_posix() if name in files else run.parameters[name]
            for name in series.varying
        }
        for run in series.runs
    ]


def columns(rows):
    """The columns that the results of all rows make: {(key, unit): label}, in the order of their first appearance."""
    found = {}
    for row in rows:
        for key, entry in row["results"].items():
            found.setdefault((key, entry["unit"]), entry["label"])
    return found


def as_csv(document):
    """The table as CSV: a row for each run; a value, the two ends of its interval and its level side by side.

    An end that is open, and a value that was not determined, is empty.
    """
    rows = document["rows"]
    asked = list(columns(rows))
    bounded = {column for column in asked if any(_entry(row, column)["interval"] for row in rows)}
    header = [*document["varying"], "run", "status", "error"]
    for key, unit in asked:
        sign = f" [{unit}]" if unit not in (None, "1") else ""
        header.append(f"{key}{sign}")
        if (key, unit) in bounded:
            header += [f"{key} lower{sign}", f"{key} upper{sign}", f"{key} level"]
    file = io.StringIO()
    table = csv.writer(file)
    table.writerow([*header, "notes"])
    for row in rows:
        cells = [row[name] for name in (*document["varying"], "run", "status", "error")]
        for column in asked:
            entry = _entry(row, column)
            cells.append(entry["value"])
            if column in bounded:
                cells += [*(entry["interval"] or (None, None)), entry["level"]]
        table.writerow([*cells, " | ".join(row["notes"])])
    return file.getvalue()


_nothing = {"value": None, "interval": None, "level": None}


def _entry(row, column):
    """A row's result in a column; an empty one where it has none."""
    key, unit = column
    entry = row["results"].get(key, _nothing)
    return entry if entry is _nothing or entry["unit"] == unit else _nothing


def _page(document):
    rows = document["rows"]
    labels = columns(rows)
    common = _said_by_all(rows, labels)
    asked = [column for column in labels if column not in common]
    shown = [
        {**row, "label": _label(document["varying"], row), "cells": [_cell(_entry(row, column)) for column in asked]}
        for row in rows
    ]
    heads = [
        {
            "key": key.replace("_", " "),
            "label": labels[key, unit],
            "unit": unit_sign(unit),
            "text": unit is None,
        }
        for key, unit in asked
    ]
    return page(
        "series.html.j2",
        document=document,
        varying=[name for name in document["varying"] if any(row[name] is not None for row in rows)],
        common={labels[column]: said for column, said in common.items()},
        heads=heads,
        rows=shown,
        failed=sum(row["status"] == "failed" for row in rows),
        trends=trends(rows),
        models=len({row["results"]["model"]["value"] for row in rows if "model" in row["results"]}),
    )


def _said_by_all(rows, asked):
    """The words that all runs that went well have in common, by column: they stand above the table, once."""
    done = [row for row in rows if row["status"] == "done"]
    common = {}
    for key, unit in asked:
        said = {_entry(row, (key, unit))["value"] for row in done}
        if unit is None and len(done) > 1 and len(said) == 1:
            common[key, unit] = said.pop()
    return common


def _label(varying, row):
    known = {name: row[name] for name in varying if row[name] is not None}
    return ", ".join(f"{name} {value}" if name == "loop" else value for name, value in known.items())


def _cell(entry):
    if entry is _nothing:
        return {"value": "", "interval": "", "text": False}
    value, interval, _ = estimate(entry["value"], entry["interval"], entry["unit"])
    return {"value": value, "interval": interval, "text": isinstance(entry["value"], str)}


def trends(rows):
    """Figures of what has an interval against each condition that differs between the rows.

    Returns
    -------
    list of dict
        ``condition``, ``png`` (base64), ``alt``.
    """
    done = [row for row in rows if row["status"] == "done"]
    varied = [
        condition
        for condition in CONDITIONS
        if len({row["results"][condition]["value"] for row in done if condition in row["results"]} - {None}) > 1
    ]
    if not varied:
        return []
    # Loaded here: most tables have no trends, and matplotlib takes its time.
    from sslib.report.trends import trend_figure

    figures = [trend_figure(done, condition) for condition in varied]
    return [figure for figure in figures if figure]
