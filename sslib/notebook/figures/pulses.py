"""Figures of answers in time: a train of pulses, what a step meets, and where the linear picture ends."""

import numpy as np
from matplotlib import colormaps
from matplotlib.ticker import FuncFormatter, NullFormatter

from sslib.formatting import number
from sslib.notebook.figures.style import BLACK, BLUE, GREEN, GREY, SMALL, VERMILION, figure_of
from sslib.units import mV

_plain = FuncFormatter(lambda value, place: f"{value:g}")
_MARKS = "os^Dv"
_MOST = 60
"""Marks on a curve: a sample each millisecond would be a band."""


def pulse_figure(record, voltage, label):
    """A train of pulses against the time since the last jump, what was expected, and the difference.

    Parameters
    ----------
    record : PulseRecord
    voltage : array_like
        Expected at its samples [V].
    label : str
        What that is.
    """
    figure, (upper, lower) = figure_of(5.4, 2, 1, sharex=True, height_ratios=(2.2, 1))
    rest = record.rest if np.isfinite(record.rest) else record.voltage[0]
    largest = np.abs(record.current).max()
    looks = {1: ("^", BLUE, "current positive"), -1: ("v", VERMILION, "current negative"), 0: ("o", GREEN, "at rest")}
    for number_of, current in enumerate(record.current):
        sign = int(np.sign(current)) if abs(current) > 0.05 * largest else 0
        mark, colour, name = looks[sign]
        own = np.flatnonzero((record.jump == number_of) & (record.since > 0))
        if not len(own):
            continue
        time = record.since[own]
        # Evenly in the logarithm, each sample once.
        wanted = np.geomspace(time[0], time[-1], _MOST)
        shown = own[np.unique(np.minimum(np.searchsorted(time, wanted), len(own) - 1))]
        style = {"marker": mark, "linestyle": "none", "markersize": 4, "markerfacecolor": "none", "color": colour}
        upper.plot(record.since[shown], (record.voltage[shown] - rest) / mV, label=name, **style)
        upper.plot(time, (np.asarray(voltage)[own] - rest) / mV, color=BLACK, linewidth=1.2, label=label)
        lower.plot(record.since[shown], (np.asarray(voltage)[shown] - record.voltage[shown]) / mV, **style)
    handles, names = upper.get_legend_handles_labels()
    once = dict(zip(names, handles, strict=True))
    figure.legend(once.values(), once.keys(), frameon=False, loc="outside upper center", ncols=4, fontsize=SMALL)
    upper.set(xscale="log", ylabel="voltage from rest [mV]")
    lower.axhline(0, color=GREY, linewidth=0.8)
    lower.set(xlabel="time since the last jump of the current [s]", ylabel="expected\n− measured [mV]")
    for axes in (upper, lower):
        axes.grid(color="#dddddd")
        axes.xaxis.set_major_formatter(_plain)
    return figure


def step_figure(curves, points=None, spectrum_reaches=None, record_spans=None):
    """Resistance that a step of the current meets, against time.

    Parameters
    ----------
    curves : dict
        By label, times [s] and resistances [ohm].
    points : tuple, optional
        Times [s], resistances and ends of their intervals [ohm], as the pulse gives them.
    spectrum_reaches : tuple of float, optional
        Shortest and longest time [s] that the spectrum's frequencies stand for.
    record_spans : tuple of float, optional
        The same of the pulse's samples.
    """
    figure, axes = figure_of(3.9)
    for (label, (time, resistance)), style, colour in zip(
        curves.items(), ("-", "--", ":"), (BLUE, VERMILION, GREY), strict=False
    ):
        axes.plot(time, resistance, style, color=colour, linewidth=1.8, label=label)
    if points is not None:
        time, resistance, low, high = points
        ends = np.maximum([resistance - low, high - resistance], 0)
        axes.errorbar(
            time, resistance, ends, fmt="o", color=BLACK, markerfacecolor="none", capsize=3, label="from the pulse"
        )
    first = min(time[0] for time, _ in curves.values())
    last = max(time[-1] for time, _ in curves.values())
    bottom, top = axes.get_ylim()
    height = top - bottom
    spans = (("spectrum", spectrum_reaches, BLUE, "-"), ("pulse", record_spans, BLACK, "--"))
    for level, (name, span, colour, style) in enumerate(spans):
        if span is None:
            continue
        ends, y = np.clip(span, first, last), bottom - (0.09 + 0.1 * level) * height
        axes.plot(ends, (y, y), style, color=colour, linewidth=2.5, solid_capstyle="butt")
        axes.annotate(
            f"times that the {name} covers",
            (ends[0], y),
            (2, 2),
            textcoords="offset points",
            fontsize=SMALL,
            color=colour,
        )
    axes.set(xscale="log", xlim=(first, last), xlabel="time since the step [s]", ylabel="voltage over current [Ω]")
    axes.set_yticks([tick for tick in axes.get_yticks() if bottom <= tick <= top])
    axes.set_ylim(bottom - 0.24 * height, top)
    axes.xaxis.set_major_formatter(_plain)
    axes.grid(color="#dddddd")
    axes.legend(frameon=False, loc="upper left")
    return figure


def linear_end_figure(end, depths, limits=(0.13, 1.5)):
    """By how much the linear polarisation is off against the C-rate, at some depths of discharge.

    Parameters
    ----------
    end : sslib.cell.LinearEnd
    depths : sequence of float
        Shown, the nearest that there are [1].
    limits : sequence of float
        Marked [1].
    """
    figure, axes = figure_of(3.9)
    colours = colormaps["viridis"](np.linspace(0, 0.8, len(depths)))
    for depth, colour, mark in zip(depths, colours, _MARKS, strict=False):
        column = int(np.argmin(np.abs(np.log(end.depth / depth))))
        deviation = 100 * end.deviation[:, column]
        label = f"{number(100 * float(end.depth[column]), 2)} %"
        axes.plot(end.c_rate, deviation, marker=mark, markevery=2, color=colour, markersize=5, label=label)
    for limit in limits:
        axes.axhline(100 * limit, linestyle="--", color=VERMILION, linewidth=1.2)
        place = (end.c_rate[0], 100 * limit)
        axes.annotate(f"{100 * limit:g} %", place, (3, 2), textcoords="offset points", fontsize=SMALL, color=VERMILION)
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.set(xscale="log", xlabel="C-rate [1/h]", ylabel="linear polarisation\nover the full one, less 1 [%]")
    axes.xaxis.set_major_formatter(_plain)
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.grid(color="#dddddd")
    figure.legend(frameon=False, loc="outside upper center", ncols=len(depths), title="after this share of capacity")
    return figure
