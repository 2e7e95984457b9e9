"""Figures for use elsewhere: a drawing (SVG) and the numbers that were drawn (CSV).

The runner names the folder in the environment variable ``SSLIB_FIGURES`` where someone asked for them.
"""

import csv
import os
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.container import BarContainer, ErrorbarContainer


def keep_figure(figure, alt):
    """Write a figure as ``figure_1.svg`` and its data as ``figure_1.csv`` (then 2, 3, …) if the runner asks for it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    alt : str
        What it shows; goes into the SVG's metadata.
    """
    folder = os.environ.get("SSLIB_FIGURES")
    if not folder:
        return
    number = len(list(Path(folder).glob("figure_*.svg"))) + 1
    place = Path(folder) / f"figure_{number}"
    # Without a date and with fixed names for its parts, the same figure is the same file.
    with rc_context({"svg.hashsalt": "sslib"}):
        figure.savefig(place.with_suffix(".svg"), metadata={"Description": alt, "Date": None})
    with place.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("panel", "x axis", "y axis", "curve", "x", "y", "lower", "upper"))
        rows.writerows(drawn(figure))


def drawn(figure):
    """What a figure shows as rows: panel, labels of its axes, curve, x, y, ends of the error bar along the value.

    A bar is named by its tick label; its value stands where its axis is, with the ends of its error bar. Marks and
    lines that only guide the eye (a single unnamed point, lines across the whole panel) are left out. What else was
    drawn and has no numbers here (a map, a contour) is named in a row of its own.
    """
    for panel, axes in enumerate(figure.axes, 1):
        head = (panel, axes.get_xlabel(), axes.get_ylabel())
        known = set()
        for container in axes.containers:
            known |= set(_parts(container))
            rows = _bars(axes, container) if isinstance(container, BarContainer) else _points(container)
            yield from ((*head, *row) for row in rows)
        for number, line in enumerate(axes.lines, 1):
            named = not line.get_label().startswith("_")
            points = np.asarray(line.get_xydata(), dtype=float)
            across = line.get_transform() != axes.transData
            if line in known or across or (len(points) < 2 and not named):
                continue
            label = line.get_label() if named else f"curve {number}"
            yield from ((*head, label, x, y, "", "") for x, y in points)
        for collection in axes.collections:
            if collection in known:
                continue
            label = collection.get_label()
            if isinstance(collection, PathCollection):
                yield from ((*head, label, x, y, "", "") for x, y in np.asarray(collection.get_offsets()))
            else:
                yield (*head, f"{type(collection).__name__}: not in this table", "", "", "", "")


def _parts(container):
    """The artists that a container is made of, those of its error bars too."""
    parts = list(container) + ([container.errorbar] if getattr(container, "errorbar", None) else [])
    for part in parts:
        if isinstance(part, tuple):
            yield from _parts(part)
        elif part is not None:
            yield part


def _points(container):
    """Points with error bars; a bar without its point belongs to another artist."""
    if not isinstance(container, ErrorbarContainer) or container.lines[0] is None:
        return
    points = np.asarray(container.lines[0].get_xydata(), dtype=float)
    ends = _ends(container, vertical=True)
    for k, (x, y) in enumerate(points):
        yield (container.get_label(), x, y, *(ends[k] if k < len(ends) else ("", "")))


def _ends(container, vertical):
    """Ends of the error bars along the value."""
    for lines in container.lines[2]:
        if isinstance(lines, LineCollection):
            segments = [np.asarray(segment) for segment in lines.get_segments()]
            along = 1 if vertical else 0
            if segments and np.ptp(segments[0][:, 1 - along]) == 0:
                return [tuple(segment[:, along]) for segment in segments]
    return []


def _bars(axes, container):
    vertical = container.orientation != "horizontal"
    axis = axes.xaxis if vertical else axes.yaxis
    names = {tick: text.get_text() for tick, text in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False)}
    ends = _ends(container.errorbar, vertical) if container.errorbar else []
    for k, bar in enumerate(container):
        centre = bar.get_x() + bar.get_width() / 2 if vertical else bar.get_y() + bar.get_height() / 2
        name = names.get(centre, "") or f"bar {k + 1}"
        limits = ends[k] if k < len(ends) else ("", "")
        yield (name, centre, bar.get_height(), *limits) if vertical else (name, bar.get_width(), centre, *limits)
