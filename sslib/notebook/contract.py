"""What a notebook promises to whoever runs it: typed parameters in, results out.

The runner names the file for the results in the environment variable ``SSLIB_RESULTS`` and adds to it which notebook
ran with which parameters; what lies in the folder ``files`` beside that file it moves beside the report. Run by hand, a
notebook shows its results and writes nothing.
"""

import csv
import json
import math
import os
from html import escape
from pathlib import Path

from sslib.formatting import estimate


def quantity(value, unit, label, interval=None, level=None):
    """One result: a number with its unit, what it is, and how sure it is.

    Parameters
    ----------
    value : float or None
        The number, in `unit`; None, NaN or infinite when it was not determined.
    unit : str
        Such as ``"ohm"``; ``"1"`` for a pure number.
    label : str
        What a reader calls it.
    interval : pair of float, optional
        Lower and upper end, in `unit`; None, NaN or infinite for an open end.
    level : float, optional
        The interval's confidence level [1], between 0 and 1.

    Returns
    -------
    dict
        The entry of ``results.json``, with plain numbers and None alone.

    Examples
    --------
    >>> quantity(60.1, "ohm", "ionic rail", interval=(58.0, float("inf")), level=0.95)["interval"]
    [58.0, None]
    """
    if not isinstance(unit, str) or not unit:
        raise ValueError(f"{label}: the unit is {unit!r}; it must be a text, '1' for a pure number")
    if not isinstance(label, str) or not label:
        raise ValueError(f"the label is {label!r}; it must be a text")
    if interval is not None:
        lower, upper = (_finite(end) for end in interval)
        if lower is not None and upper is not None and lower > upper:
            raise ValueError(f"{label}: the interval runs from {lower:g} down to {upper:g}")
        if level is None or not 0 < level < 1:
            raise ValueError(f"{label}: the interval's level is {level}; it must be between 0 and 1, such as 0.95")
        interval = [lower, upper]
    return {
        "value": _finite(value),
        "unit": unit,
        "label": label,
        "interval": interval,
        "level": None if level is None else float(level),
    }


def results(*, answer=(), notes=(), **entries):
    """Show the results and write them for the runner: a notebook's last call, which marks its run complete.

    Parameters
    ----------
    answer : iterable of str
        Sentences that answer the notebook's question; a report has them beneath its title, before all else.
    notes : iterable of str
        What a reader must know: verdicts of the fit, rows left out, where the model stops holding.
    **entries
        By key, which stays the same from run to run: a `quantity`, or a text.
    """
    if not entries:
        raise ValueError("results() needs at least one entry")
    document = {
        "answer": _sentences(answer),
        "results": {key: _entry(key, entry) for key, entry in entries.items()},
        "notes": _sentences(notes),
    }
    _display(document)
    target = os.environ.get("SSLIB_RESULTS")
    if target:
        # Renamed when whole, so that a kernel killed in this line leaves no half of a file.
        unfinished = Path(target + ".part")
        unfinished.write_text(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False), encoding="utf-8")
        unfinished.replace(target)


OF_THE_RUN = ("results", "run", "report", "notebook", "thumbnail")


def keep_table(name, columns):
    """Write numbers as ``NAME.csv`` beside the report; by hand nothing is written.

    Parameters
    ----------
    name : str
        Of the file, without its ending.
    columns : dict
        By heading, with the unit in it, a column of numbers; all of one length. They are written in full precision.

    Returns
    -------
    bool
        Whether it was written.

    Raises
    ------
    ValueError
        For a name that is no plain word or is one of the run's own files, and columns of different lengths.
    """
    if not name.isidentifier() or name in OF_THE_RUN:
        raise ValueError(f"name is {name!r}; a word such as 'spectrum' goes here, none of {', '.join(OF_THE_RUN)}")
    rows = list(zip(*columns.values(), strict=True))
    target = os.environ.get("SSLIB_RESULTS")
    if not target:
        return False
    folder = Path(target).parent / "files"
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(columns)
        table.writerows([repr(float(value)) for value in row] for row in rows)
    return True


def _sentences(texts):
    return [texts] if isinstance(texts, str) else [str(text) for text in texts]


def _entry(key, entry):
    if isinstance(entry, str):
        return {"value": entry, "unit": None, "label": key.replace("_", " "), "interval": None, "level": None}
    if isinstance(entry, dict):
        try:
            return quantity(**entry)
        except TypeError as error:
            raise TypeError(f"the result {key!r} is no quantity(value, unit, label): {error}") from None
    raise TypeError(f"the result {key!r} is {entry!r}; it must be quantity(value, unit, label) or a text")


def _finite(value):
    """A plain float or int; None for what is not a finite number."""
    if value is None:
        return None
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is not a number")
    return value if math.isfinite(value) else None


def _display(document):
    from IPython.display import display

    # The marks let a report find both and set them at its top.
    if document["answer"]:
        paragraphs = "\n".join(f"<p>{escape(sentence)}</p>" for sentence in document["answer"])
        marked = {"sslib": {"role": "answer"}}
        display({"text/html": paragraphs, "text/plain": "\n".join(document["answer"])}, raw=True, metadata=marked)
    entries = document["results"].values()
    levels = sorted({entry["level"] for entry in entries if entry["interval"]})
    one_level = f" ({100 * levels[0]:g} %)" if len(levels) == 1 else ""
    rows = []
    for entry in entries:
        value, interval, unit = estimate(entry["value"], entry["interval"], entry["unit"])
        if interval and not one_level:
            interval += f" ({100 * entry['level']:g} %)"
        rows.append((entry["label"], f"{value} {unit}".strip() if entry["value"] is not None else value, interval))
    header = ("result", "value", f"interval{one_level}" if levels else "")
    html = ['<table class="results">', "<thead>", _row(header, "th"), "</thead>", "<tbody>"]
    html += [_row(row, "td") for row in rows] + ["</tbody>", "</table>"]
    plain = ["  ".join(cell for cell in row if cell) for row in rows]
    if document["notes"]:
        html += ['<ul class="notes">', *(f"<li>{escape(note)}</li>" for note in document["notes"]), "</ul>"]
        plain += [f"Note: {note}" for note in document["notes"]]
    marked = {"sslib": {"role": "results"}}
    display({"text/html": "\n".join(html), "text/plain": "\n".join(plain)}, raw=True, metadata=marked)


def _row(cells, tag):
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"
