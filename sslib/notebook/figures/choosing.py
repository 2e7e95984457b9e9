"""Figures for choosing a measurement: lengths, times, and which question each one answers."""

import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from sslib.measurements import DOUBTFUL, EXCLUDED, FITS
from sslib.notebook.figures.style import BLACK, BLUE, GREEN, GREY, SMALL, VERMILION, figure_of

LOOKS = {FITS: (BLUE, "o", BLUE), DOUBTFUL: (VERMILION, "s", "white"), EXCLUDED: (GREY, "X", GREY)}
"""Colour, mark and its filling of each standing."""

_LENGTHS = {-12: "1 pm", -9: "1 nm", -6: "1 µm", -3: "1 mm", 0: "1 m"}
_TIMES = {-9: "1 ns", -6: "1 µs", -3: "1 ms", 0: "1 s", 3: "10³ s", 6: "10⁶ s"}


def measurement_lengths_figure(rows, lengths, asked=None):
    """What each measurement resolves, below the lengths of the problem.

    Parameters
    ----------
    rows : pandas.DataFrame
        What `sslib.measurements.choose_measurements` gives; what resolves no place is left out.
    lengths : dict of str to float
        Sizes of what is in the problem [m].
    asked : float, optional
        Size that has to be resolved [m].
    """
    resolved = rows[rows["resolution_high"].notna()]
    resolved = resolved.sort_values("resolution_high", ascending=False, kind="stable")
    figure, (upper, lower) = figure_of(
        1.4 + 0.2 * (len(lengths) + len(resolved)), 2, 1, sharex=True, height_ratios=(len(lengths), len(resolved))
    )
    _points(upper, lengths, (lower,))
    right = 1e-2
    for place, (_, row) in enumerate(resolved.iterrows()):
        colour, mark, face = LOOKS[row["standing"]]
        ends = [row["resolution_low"], row["resolution_high"]]
        lower.plot([ends[1], right], [place, place], color=colour, linewidth=1)
        lower.plot(ends, [place, place], color=colour, linewidth=5, solid_capstyle="butt")
        lower.plot(ends[1], place, mark, color=colour, markerfacecolor=face, markersize=6)
    if asked is not None:
        for axes in (upper, lower):
            axes.axvline(asked, color=BLACK, linewidth=1.4, zorder=0)
    for standing, (colour, mark, face) in LOOKS.items():
        upper.plot([], [], mark, color=colour, markerfacecolor=face, label=standing)
    upper.legend(frameon=False, ncols=3, loc="lower right", bbox_to_anchor=(1.0, 1.0), fontsize=SMALL)
    lower.set_yticks(range(len(resolved)), resolved["name"], fontsize=SMALL)
    lower.set(ylim=(-0.7, len(resolved) - 0.3), xlabel="length [m]; thin lines: whatever is larger is resolved, too")
    _decades(lower, (2e-11, right), _LENGTHS)
    return figure


def time_window_figure(windows, processes):
    """Windows of time of measurements, and the times of processes.

    Parameters
    ----------
    windows : dict of str to tuple of float
        From and to [s].
    processes : dict of str to float
        Time constants [s].
    """
    figure, (upper, lower) = figure_of(
        1.2 + 0.24 * (len(windows) + len(processes)),
        2,
        1,
        sharex=True,
        height_ratios=(len(processes), len(windows)),
    )
    _points(upper, processes, (lower,))
    for place, (name, (fastest, slowest)) in enumerate(reversed(windows.items())):
        wrong = "printed" in name
        look = {"edgecolor": VERMILION, "hatch": "////", "facecolor": "white"} if wrong else {"color": BLUE}
        lower.barh(place, slowest - fastest, left=fastest, height=0.5, **look)
    lower.set_yticks(range(len(windows)), list(reversed(windows)), fontsize=SMALL)
    ends = [*processes.values(), *(end for window in windows.values() for end in window)]
    lower.set(ylim=(-0.6, len(windows) - 0.4), xlabel="time constant 1/(2πf) [s]")
    _decades(lower, (min(ends) / 5, max(ends) * 5), _TIMES)
    return figure


def question_map_figure(matrix, names, asked):
    """Which question each measurement answers: filled where it serves best, open where it answers, too.

    Parameters
    ----------
    matrix : pandas.DataFrame
        What `sslib.measurements.question_map` gives.
    names : dict of str to str
        Short names of the measurements.
    asked : str
        Key of the question that is marked.
    """
    figure, axes = figure_of(6.2)
    own = list(matrix.index).index(asked)
    axes.axhspan(own - 0.5, own + 0.5, color="#e6e6e6", linewidth=0)
    for value, face, label in ((2, BLUE, "serves best"), (1, "white", "answers, too")):
        row, column = np.nonzero(matrix.to_numpy() == value)
        axes.plot(column, row, "o", color=BLUE, markerfacecolor=face, markersize=7, label=label)
    axes.set_xticks(range(matrix.shape[1]), [names[key] for key in matrix.columns], rotation=90, fontsize=SMALL)
    axes.set_yticks(range(matrix.shape[0]), [key.replace("_", " ") for key in matrix.index], fontsize=SMALL)
    axes.set(xlim=(-0.6, matrix.shape[1] - 0.4), ylim=(matrix.shape[0] - 0.4, -0.6))
    axes.grid(color="#dddddd", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.legend(frameon=False, ncols=2, loc="lower right", bbox_to_anchor=(1.0, 1.0), fontsize=SMALL)
    return figure


def _points(axes, values, others):
    """A row for each value, with a line through the other axes."""
    for place, value in enumerate(reversed(values.values())):
        axes.plot(value, place, "D", color=GREEN, markersize=6)
        for every in (axes, *others):
            every.axvline(value, color=GREEN, linewidth=0.8, linestyle=":", zorder=0)
    axes.set_yticks(range(len(values)), list(reversed(values)), fontsize=SMALL)
    axes.set_ylim(-0.6, len(values) - 0.4)


def _decades(axes, ends, words):
    axes.set(xscale="log", xlim=ends)
    axes.xaxis.set_major_locator(LogLocator(base=1000, numticks=9))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, place: words.get(round(np.log10(value)), "")))
