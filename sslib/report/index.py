"""The overview of a reports folder, made from the records that lie in its run folders."""

import json
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from sslib.formatting import estimate
from sslib.report.folder import write_whole

_key_numbers = 6


def write_index(out, aside):
    """Write ``index.html`` and ``index.json`` over all runs in the folder `out`, made in the folder `aside`."""
    while True:
        stamps = _stamps(out)
        records = _records(stamps)
        write_whole(out / "index.json", json.dumps({"runs": records}, indent=2, ensure_ascii=False) + "\n", aside)
        write_whole(out / "index.html", _page(records), aside)
        # Another call may have added a run since; the last of them to write sees all.
        if _stamps(out) == stamps:
            return


def _stamps(out):
    """The records' files, each with what changes when it is replaced."""
    stamps = {}
    for path in sorted(out.glob("[!.]*/*/run.json")):
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        stamps[path] = (status.st_ino, status.st_mtime_ns)
    return stamps


def _records(paths):
    records = []
    for path in paths:
        notebook, run = path.parts[-3:-1]
        # What a record lacks that an older version wrote, or one that is damaged.
        kept = {"notebook": notebook, "run": run, "title": notebook, "status": "failed", "error": None, "asked": {}}
        kept |= {"parameters": {}, "results": {}, "notes": [], "began": None, "duration": None, "thumbnail": None}
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            kept |= {name: record[name] for name in kept if name in record}
        except FileNotFoundError:
            continue
        except (ValueError, TypeError):
            kept["error"] = "the record of this run (run.json) cannot be read"
        if kept["thumbnail"]:
            kept["thumbnail"] = {**kept["thumbnail"], "file": f"{notebook}/{run}/{kept['thumbnail']['file']}"}
        records.append({**kept, "report": f"{notebook}/{run}/report.html"})
    return records


def _page(records):
    # Loaded when needed: the command line's help and lists start without it.
    from jinja2 import Environment, FileSystemLoader

    templates = Path(__file__).parent / "templates" / "sslib"
    environment = Environment(loader=FileSystemLoader(templates), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["address"] = quote
    rows = [
        {
            **record,
            "began": f"{datetime.fromisoformat(record['began']):%Y-%m-%d %H:%M} UTC" if record["began"] else None,
            "numbers": [_number(entry) for entry in list(record["results"].values())[:_key_numbers]],
            "more": max(0, len(record["results"]) - _key_numbers),
        }
        for record in records
    ]
    return environment.get_template("index.html.j2").render(rows=rows)


def _number(entry):
    value, interval, unit = estimate(entry["value"], entry["interval"], entry["unit"])
    if entry["value"] is None:
        unit = ""
    return {"label": entry["label"], "value": value, "interval": interval, "unit": unit}
