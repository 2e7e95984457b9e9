"""Results of a series drawn against the condition under which each file was measured."""

import base64
from datetime import datetime
from io import BytesIO

import numpy as np
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from sslib.formatting import unit_sign

_most = 12
_columns = 3
_blue = "#0072b2"
_shapes = "os^Dv<>P"
"""One for each model: a step between two of them may be the model's."""


def trend_figure(rows, condition):
    """Panels of what has an interval in two rows or more, against a condition.

    Parameters
    ----------
    rows : list of dict
        Rows of a series' table that went well.
    condition : str
        Key of the result on the horizontal axis: a time as ISO 8601 text, or a number.

    Returns
    -------
    dict or None
        ``condition``, ``png`` (base64), ``width`` [px], ``alt``, and ``missing``: what is not drawn, in words. None
        where there is nothing to draw.
    """
    given = len(rows)
    rows = [row for row in rows if row["results"].get(condition, {}).get("value") is not None]
    every = _panels(rows)
    panels = every[:_most]
    if not panels:
        return None
    silent = given - len(rows)
    missing = f"{silent} of {given} runs state no {'time' if condition == 'started' else condition}." * bool(silent)
    left_out = f" Not drawn: {', '.join(key for key, _ in every[_most:])}." if len(every) > _most else ""
    places = [row["results"][condition] for row in rows]
    timed = isinstance(places[0]["value"], str)
    x = [datetime.fromisoformat(place["value"]) if timed else place["value"] for place in places]
    unit = unit_sign(places[0]["unit"])
    models = [row["results"].get("model", {}).get("value") for row in rows]
    shapes = [_shapes[list(dict.fromkeys(models)).index(model) % len(_shapes)] for model in models]
    lines = -(-len(panels) // _columns)
    figure = Figure(figsize=(3.3 * _columns, 2.3 * lines + 0.3), layout="constrained")
    grid = figure.subplots(lines, _columns, squeeze=False, sharex=True)
    for axes in grid.flat[len(panels) :]:
        axes.remove()
    for number, (axes, (key, panel_unit)) in enumerate(zip(grid.flat, panels, strict=False)):
        _draw(axes, x, [row["results"].get(key) for row in rows], shapes)
        axes.set_title(f"{key}{f' [{unit_sign(panel_unit)}]' if unit_sign(panel_unit) else ''}", fontsize=10)
        if number >= len(panels) - _columns:
            axes.tick_params(labelbottom=True)
            if not timed:  # dates say what they are
                axes.set_xlabel(f"{condition}{f' [{unit}]' if unit else ''}")
        if timed:
            locator = AutoDateLocator(maxticks=5)
            axes.xaxis.set_major_locator(locator)
            axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=200)
    return {
        "condition": condition,
        "missing": missing + left_out,
        "png": base64.b64encode(buffer.getvalue()).decode(),
        "width": round(figure.get_figwidth() * 100),
        "alt": f"{', '.join(key for key, _ in panels)} against {condition}: {len(rows)} runs, {min(x)} to {max(x)}",
    }


def _panels(rows):
    """(key, unit) of the numbers that have an interval, and a value in two rows or more."""
    counts = {}
    for row in rows:
        for key, entry in row["results"].items():
            if entry["interval"] and isinstance(entry["value"], int | float):
                counts[key, entry["unit"]] = counts.get((key, entry["unit"]), 0) + 1
    return [panel for panel, count in counts.items() if count > 1]


def _draw(axes, x, entries, shapes):
    known = [k for k, entry in enumerate(entries) if entry and entry["value"] is not None]
    places, values = np.array([x[k] for k in known]), np.array([entries[k]["value"] for k in known])
    ends = np.array([entries[k]["interval"] or (entries[k]["value"],) * 2 for k in known], dtype=float)
    for side, arrow in ((0, "uplims"), (1, "lolims")):
        is_open = np.isnan(ends[:, side])
        # An arrow half as long as the value is seen on either scale and taken for no number.
        lengths = np.where(is_open, np.abs(values) / 2, np.abs(ends[:, side] - values))
        for rows, options in ((~is_open, {}), (is_open, {arrow: True})):
            if rows.any():
                bars = np.zeros((2, rows.sum()))
                bars[side] = lengths[rows]
                style = {"fmt": "none", "ecolor": _blue, "elinewidth": 1, "capsize": 2, **options}
                axes.errorbar(places[rows], values[rows], bars, **style)
    for place, value, k in zip(places, values, known, strict=True):
        axes.plot(place, value, shapes[k], color=_blue, markersize=4.5)
    if values.min() > 0 and values.max() > 5 * values.min():
        axes.set_yscale("log")
        axes.yaxis.set_minor_formatter(NullFormatter())
    axes.grid(color="#e2e2e2")
