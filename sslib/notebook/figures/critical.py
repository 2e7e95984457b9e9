"""Figures of stepped currents: the record with its verdicts, resistance and decision against current, several cells."""

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

from sslib.notebook.figures.style import BLACK, BLUE, GREEN, GREY, SMALL, VERMILION, figure_of
from sslib.units import hour, mA_cm2, mAh_cm2, mV, ohm_cm2

_LOOKS = {
    "reference": (".", GREY, "taken as sound"),
    "survived": ("o", GREEN, "survived"),
    "undecided": ("D", "#8c6d00", "undecided"),
    "slope": ("^", VERMILION, "slope: contact is lost"),
    "collapse": ("v", BLUE, "collapse: short"),
    "after": ("x", GREY, "after the failure"),
}
_plain = FuncFormatter(lambda value, place: f"{value:g}")


def _legend(figure, result, extra=()):
    """What the marks mean, of those that occur."""
    words = {one.verdict for one in result.half_cycles}
    handles = [
        Line2D([], [], marker=mark, color=colour, linestyle="none", label=label)
        for word, (mark, colour, label) in _LOOKS.items()
        if word in words
    ]
    figure.legend(handles=[*handles, *extra], frameon=False, loc="outside upper center", ncols=3, fontsize=SMALL)


def stepped_record_figure(series, result):
    """Current and voltage against time, each half-cycle marked with its verdict.

    Parameters
    ----------
    series : TimeSeries
    result : sslib.measurements.CriticalCurrent
    """
    figure, (upper, lower) = figure_of(5.2, 2, 1, sharex=True, height_ratios=(1, 2.4))
    own = [one.half_cycle for one in result.half_cycles]
    begin = np.array([one.begin for one in own])
    end = begin + [one.duration for one in own]
    density = np.array([one.current_density for one in own]) / mA_cm2
    # From zero and back, so that a rest between two is one.
    edges, levels = np.repeat(np.stack([begin, end], axis=1), 2), np.outer(density, [0, 1, 1, 0])
    upper.plot(edges / hour, levels.ravel(), color=BLACK, linewidth=1.2)
    upper.set_ylabel("current density\n[mA/cm²]")
    lower.plot(series.time / hour, series.voltage / mV, color=BLACK, linewidth=0.8)
    for one in result.half_cycles:
        mark, colour, _ = _LOOKS[one.verdict]
        half = one.half_cycle
        middle, sign = half.begin + half.duration / 2, np.sign(half.current_density)
        lower.axvspan(half.begin / hour, (half.begin + half.duration) / hour, color=colour, alpha=0.13, linewidth=0)
        level = sign * half.resistance * abs(half.current_density)
        lower.plot(middle / hour, level / mV, mark, color=colour, markersize=6)
    for axes in (upper, lower):
        axes.axhline(0, color=GREY, linewidth=0.8)
        axes.grid(color="#dddddd")
    lower.set(xlabel="time [h]", ylabel="voltage [mV]")
    _legend(figure, result)
    return figure


def critical_resistance_figure(result, truth=()):
    """Resistance of each half-cycle against its current density: the range that it runs through, and its verdict.

    Parameters
    ----------
    result : sslib.measurements.CriticalCurrent
    truth : sequence of (str, float)
        Known currents to mark: label, and current density [A/m2].
    """
    figure, (near, whole) = figure_of(5.4, 2, 1, sharex=True, height_ratios=(1.5, 1))
    sound = [one.half_cycle.resistance for one in result.half_cycles if one.verdict in ("reference", "survived")]
    usual = float(np.median(sound)) if sound else result.half_cycles[0].half_cycle.resistance
    extent = [0.9 * usual, 1.15 * usual]
    for one in result.half_cycles:
        mark, colour, _ = _LOOKS[one.verdict]
        half = one.half_cycle
        # Two half-cycles of one step stand beside one another.
        x = abs(half.current_density) / mA_cm2 * (1 + 0.008 * np.sign(half.current_density))
        course = np.exp(half.levels)
        for axes in (near, whole):
            axes.plot([x, x], [course.min() / ohm_cm2, course.max() / ohm_cm2], color=colour, linewidth=1.4)
            axes.plot(x, half.resistance / ohm_cm2, mark, color=colour, markersize=7 if axes is near else 5)
        if one.verdict != "after":
            extent = [min(extent[0], max(course.min(), 0.8 * usual)), max(extent[1], min(course.max(), 2 * usual))]
    low, high = result.interval()
    for axes in (near, whole):
        if high is not None:
            axes.axvspan(low / mA_cm2, high / mA_cm2, color="#cc79a7", alpha=0.25, linewidth=0)
        elif low:
            axes.axvline(low / mA_cm2, color="#cc79a7", linewidth=2)
        for _, current in truth:
            axes.axvline(current / mA_cm2, color=BLACK, linestyle=":", linewidth=1.4)
        axes.grid(color="#dddddd")
    for label, current in truth:
        near.annotate(
            label, (current / mA_cm2, 0.03), (3, 0), xycoords=("data", "axes fraction"), textcoords="offset points",
            rotation=90, va="bottom", fontsize=SMALL,
        )  # fmt: skip
    handles = [Line2D([], [], color="#cc79a7", alpha=0.5, linewidth=7, label="critical current")]
    if result.resistance is not None:
        whole.axhline(result.resistance / ohm_cm2, color=BLACK, linestyle="--", linewidth=1)
        handles.append(Line2D([], [], color=BLACK, linestyle="--", linewidth=1, label="separator, as known"))
    near.set_ylim(extent[0] / ohm_cm2 * 0.98, extent[1] / ohm_cm2 * 1.02)
    whole.set(yscale="log", xlabel="current density [mA/cm²]")
    whole.yaxis.set_major_formatter(_plain)
    bottom, top = whole.get_ylim()
    whole.yaxis.set_minor_formatter(_plain if top < 8 * bottom else NullFormatter())
    figure.supylabel("voltage over current [Ω cm²]", fontsize="medium")
    _legend(figure, result, handles)
    return figure


def decision_figure(result):
    """Decision statistics over their threshold against the current density.

    Parameters
    ----------
    result : sslib.measurements.CriticalCurrent
    """
    figure, axes = figure_of(3.9)
    for kind, mark, colour in (("collapse", "v", BLUE), ("slope", "^", VERMILION)):
        own = [one for one in result.half_cycles if np.isfinite(one.ratios[kind]) and one.states[kind] != "after"]
        x = [abs(one.half_cycle.current_density) / mA_cm2 for one in own]
        y = [one.ratios[kind] for one in own]
        axes.plot(x, y, mark, color=colour, markersize=7, markerfacecolor="none", label=kind)
        called = [one.states[kind] == "failed" for one in own]
        axes.plot(np.array(x)[called], np.array(y)[called], mark, color=colour, markersize=7, label=f"{kind}, called")
    axes.axhline(1, color=BLACK, linestyle="--", linewidth=1.2)
    axes.annotate(
        f"threshold: an alarm in {100 * result.false_alarm:g} % of sound records at most", (0.01, 1), (0, 3),
        xycoords=("axes fraction", "data"), textcoords="offset points", fontsize=SMALL,
    )  # fmt: skip
    axes.set_yscale("symlog", linthresh=1)
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom, max(2 * top, 3.0))
    axes.yaxis.set_major_formatter(_plain)
    axes.set(xlabel="current density [mA/cm²]", ylabel="change over what noise\nand drift explain [1]")
    axes.grid(color="#dddddd")
    axes.legend(frameon=False, fontsize=SMALL, loc="lower left", bbox_to_anchor=(0, 1), ncols=4)
    return figure


def cells_figure(distribution, lower, upper, operating, failures):
    """Intervals of several cells, and the share that fails against the current density with its band.

    Parameters
    ----------
    distribution : sslib.measurements.CellDistribution
    lower, upper : sequence of float
        [A/m2]; None or infinite where no step failed.
    operating : float
        Current density that is asked about [A/m2].
    failures : sequence of str
        Of each cell: "collapse", "slope" or "none".
    """
    figure, (upper_axes, lower_axes) = figure_of(5.2, 2, 1, sharex=True, height_ratios=(1, 1.5))
    ends = np.array([np.inf if end is None else end for end in upper], dtype=float)
    largest = np.max(np.append(ends[np.isfinite(ends)], np.max(lower)))
    axis = np.linspace(0.02, 1.4 * max(largest, operating), 160)
    for row, (low, high, failure) in enumerate(zip(lower, ends, failures, strict=True), start=1):
        mark, colour, _ = _LOOKS.get(failure, (">", GREEN, "none"))
        right = high if np.isfinite(high) else axis[-1]
        style = "-" if np.isfinite(high) else ":"
        upper_axes.plot([low / mA_cm2, right / mA_cm2], [row, row], style, color=colour, linewidth=3)
        upper_axes.plot(right / mA_cm2 if np.isfinite(high) else low / mA_cm2, row, mark, color=colour, markersize=8)
    upper_axes.set(ylabel="cell", ylim=(len(ends) + 0.7, 0.3))
    upper_axes.yaxis.set_major_locator(FixedLocator(range(1, len(ends) + 1)))
    shares = [distribution.probability(float(current)) for current in axis]
    bottom, top = np.array([band for _, band in shares]).T
    x = axis / mA_cm2
    lower_axes.fill_between(x, 100 * bottom, 100 * top, color=BLUE, alpha=0.2, linewidth=0)
    values = np.array([np.nan if value is None else value for value, _ in shares])
    lower_axes.plot(x, 100 * values, color=BLUE, linewidth=1.8)
    for axes in (upper_axes, lower_axes):
        axes.axvline(operating / mA_cm2, color=BLACK, linestyle="--", linewidth=1.2)
        axes.grid(color="#dddddd")
    lower_axes.annotate(
        "operating current", (operating / mA_cm2, 97), (-3, 0), textcoords="offset points", rotation=90,
        fontsize=SMALL, va="top", ha="right",
    )  # fmt: skip
    lower_axes.set(xlabel="current density [mA/cm²]", ylabel="cells that fail\nby then [%]", ylim=(-3, 103))
    words = [word for word in ("slope", "collapse", "none") if word in failures]
    looks = {**_LOOKS, "none": (">", GREEN, "none failed")}
    figure.legend(
        handles=[
            *(Line2D([], [], marker=looks[word][0], color=looks[word][1], linewidth=3, label=looks[word][2])
              for word in words),
            Line2D([], [], color=BLUE, linewidth=1.8, label="share"),
            Line2D([], [], color=BLUE, alpha=0.2, linewidth=8, label=f"{100 * distribution.level:g} % band"),
        ],
        frameon=False, loc="outside upper center", ncols=4, fontsize=SMALL,
    )  # fmt: skip
    return figure


def protocol_figure(programs):
    """Critical current of one cell against the charge of a half-cycle, for several kinds of program.

    Parameters
    ----------
    programs : dict
        By label a sequence of `sslib.measurements.CriticalCurrent`.
    """
    figure, axes = figure_of(3.9)
    for (label, evaluated), (colour, style, shift) in zip(
        programs.items(), ((BLUE, "-", 0.96), (VERMILION, "--", 1.04)), strict=True
    ):
        for one in evaluated:
            charge = shift * one.decisive.half_cycle.charge / mAh_cm2
            low, high = one.interval()
            right = low if high is None else high
            axes.plot([charge, charge], [low / mA_cm2, right / mA_cm2], style, color=colour, linewidth=2)
            mark = _LOOKS[one.failure][0] if one.failure in _LOOKS else "_"
            axes.plot(charge, right / mA_cm2, mark, color=colour, markersize=8)
        axes.plot([], [], style, color=colour, label=label)
    for failure in ("slope", "collapse"):
        mark, _, label = _LOOKS[failure]
        axes.plot([], [], mark, color=GREY, label=label)
    axes.set(xscale="log", xlabel="charge of the half-cycle that failed [mAh/cm²]")
    axes.set_ylim(0, 1.08 * axes.get_ylim()[1])
    axes.set_ylabel("last survived to first failed\n[mA/cm²]")
    axes.xaxis.set_major_formatter(_plain)
    axes.grid(color="#dddddd")
    axes.legend(frameon=False, fontsize=SMALL, loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return figure
