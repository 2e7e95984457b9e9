"""The overview of a reports folder, made from the records that lie in its run folders."""

import json
from datetime import datetime

from sslib.formatting import estimate
from sslib.report.folder import write_whole
from sslib.report.pages import page

_key_numbers = 6


def write_index(out, aside):
    """Write ``index.html`` and ``index.json`` over all runs in the folder `out`, made in the folder `aside`."""
    while True:
        stamps = _stamps(out)
        runs = [_run(path, record) for path, record in _read(stamps, "run.json")]
        contents = {(run["notebook"], run["run"]): run["content"] for run in runs}
        series = [_series(path, record, contents) for path, record in _read(stamps, "table.json")]
        document = {"runs": runs, "series": series}
        write_whole(out / "index.json", json.dumps(document, indent=2, ensure_ascii=False) + "\n", aside)
        write_whole(out / "index.html", page("index.html.j2", rows=list(map(_row, runs)), series=series), aside)
        # Another call may have added a run since; the last of them to write sees all.
        if _stamps(out) == stamps:
            return


def _stamps(out):
    """The records' files, each with what changes when it is replaced."""
    stamps = {}
    for name in ("run.json", "table.json"):
        for path in sorted(out.glob(f"[!.]*/*/{name}")):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            stamps[path] = (status.st_ino, status.st_mtime_ns)
    return stamps


def _read(paths, name):
    """(path, record) of the files of a name; None for a record that cannot be read."""
    for path in paths:
        if path.name != name:
            continue
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            yield path, record if isinstance(record, dict) else None
        except FileNotFoundError:
            continue
        except ValueError:
            yield path, None


def _run(path, record):
    notebook, run = path.parts[-3:-1]
    # What a record lacks that an older version wrote, or one that is damaged.
    kept = {"notebook": notebook, "run": run, "title": notebook, "status": "failed", "error": None, "asked": {}}
    kept |= {"parameters": {}, "answer": [], "results": {}, "notes": []}
    kept |= {"began": None, "duration": None, "thumbnail": None, "content": None, "figures": False}
    if record is None:
        kept["error"] = "the record of this run (run.json) cannot be read"
    else:
        kept |= {name: record[name] for name in kept if name in record}
    if kept["thumbnail"]:
        kept["thumbnail"] = {**kept["thumbnail"], "file": f"{notebook}/{run}/{kept['thumbnail']['file']}"}
    return {**kept, "report": f"{notebook}/{run}/report.html"}


def _series(path, record, contents):
    notebook, name = path.parts[-3:-1]
    rows = (record or {}).get("rows", [])
    failed = sum(row.get("status") == "failed" for row in rows)
    # A run that another series or a single call has made anew since.
    behind = [row for row in rows if contents.get((notebook, row.get("run"))) != row.get("content")]
    place = f"{notebook}/{name}/table"
    return {
        "notebook": notebook,
        "series": name,
        "title": (record or {}).get("title", notebook),
        "asked": (record or {}).get("asked", {}),
        "runs": len(rows),
        "failed": failed,
        "behind": len(behind),
        "table": f"{place}.html",
        "csv": f"{place}.csv",
        "json": f"{place}.json",
    }


def _row(record):
    began = datetime.fromisoformat(record["began"]) if record["began"] else None
    return {
        **record,
        "began": f"{began:%Y-%m-%d %H:%M} UTC" if began else None,
        "numbers": [_number(entry) for entry in list(record["results"].values())[:_key_numbers]],
        "more": max(0, len(record["results"]) - _key_numbers),
    }


def _number(entry):
    value, interval, unit = estimate(entry["value"], entry["interval"], entry["unit"])
    if entry["value"] is None:
        unit = ""
    return {"label": entry["label"], "value": value, "interval": interval, "unit": unit}
