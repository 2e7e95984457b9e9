"""Figures of throughput: cells on one footing, what limits a cell, and the resistances behind it."""

import textwrap

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from sslib.cell import NOMINAL_RATE, TRUE_TIME, rank_throughput, throughput_at_c_rate, throughput_of_current
from sslib.formatting import number
from sslib.notebook.figures.style import BLACK, BLUE, GREEN, GREY, SMALL, VERMILION, figure_of, literal
from sslib.units import hour, mA_cm2, mAh_cm2, mol_m2_h, ohm_cm2

ORANGE, SKY, PURPLE = "#c98500", "#56b4e9", "#a8558a"
CLASSES = {
    "oxide": GREEN,
    "sulfide": ORANGE,
    "polymer": PURPLE,
    "liquid": BLUE,
    "nitride": VERMILION,
    "halide": SKY,
    "hydroborate": BLACK,
}
_MARKS, _OTHER = "os^DvPX<>p", "h"
STATED = {"marker": "*", "linestyle": "none", "color": BLACK, "markersize": 15, "markeredgecolor": "white"}
MOST_ROWS = 40
"""Cells that a ranking has room for."""
MOST_NUMBERED = 60
"""Cells whose ranks are written beside their marks; more would hide one another."""
_C_RATES = (0.01, 0.1, 1, 10, 100)
_CURRENTS = (0.01, 0.1, 1, 10, 100)
_plain = FuncFormatter(lambda value, place: f"{value:g}")


def throughput_figure(cells, compared, convention=NOMINAL_RATE, ceilings=None, own=None):
    """Throughput against areal capacity with lines of equal C-rate and of equal current, by one convention.

    Parameters
    ----------
    cells, compared : pandas.DataFrame
        From `read_throughput_cells` and `compare_throughput`.
    convention : str
        `NOMINAL_RATE` or `TRUE_TIME`; only cells that state their delivered capacity are drawn, at that capacity.
    ceilings : tuple, optional
        Loadings [C/m2] and, by part, current densities there [A/m2]: drawn as lines with the parts' names.
    own : pair of float, optional
        Loading [C/m2] and current density [A/m2] of a cell to mark.

    Returns
    -------
    matplotlib.figure.Figure
        Numbers beside the marks are ranks by this convention; rows of the user's file are ringed. Limits of rounding
        are smaller than the marks in most tables and stand in `ranking_figure`. Ceilings and level lines are currents,
        j/F: on the panel of the nominal C-rate a bar leads from a cell that does not deliver all that it holds up to
        its own current.
    """
    figure, axes = figure_of(5.4)
    at = (own[0] / mAh_cm2, throughput_of_current(own[1]) / mol_m2_h) if own else None
    drawn, marks = draw_cells(axes, cells, compared, convention, ceilings=ceilings, own=at)
    if own:
        axes.plot(*at, label="stated cell", **STATED)
    # The name of a ceiling that leaves the panel at its top stands between the panel and the title.
    axes.set_title(f"By the {convention}", fontsize="medium", loc="left", pad=18 if ceilings else 6)
    _legends(figure, cells.loc[drawn], marks, own)
    return figure


def draw_cells(axes, cells, compared, convention=NOMINAL_RATE, *, ceilings=None, own=None, follow=np.inf, small=False):
    """The cells that state what they delivered, in throughput against areal capacity, as `throughput_figure` says.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    cells, compared, convention, ceilings
        As for `throughput_figure`.
    own : pair of float, optional
        Place of a cell of one's own on these axes, which make room for it.
    follow : float
        By how many times they go beyond the other cells for it at most.
    small : bool
        For a panel among others: shape says the class of electrolyte as its colour does, without ranks, currents and
        level lines.

    Returns
    -------
    drawn : list
        Rows that are drawn.
    marks : dict
        By anode, or by class where the panel is small.
    """
    ranks = rank_throughput(compared, convention)
    column = "nominal" if convention == NOMINAL_RATE else "true"
    drawn = [row for row in ranks.index if cells.loc[row, "capacity_is"] == "delivered"]
    drawn = [row for row in drawn if np.isfinite(cells.loc[row, "capacity"])]
    x, y = cells.loc[drawn, "capacity"] / mAh_cm2, compared.loc[drawn, column] / mol_m2_h
    xs, ys, by_current = list(x), list(y), convention == NOMINAL_RATE and not small
    if by_current:
        ys += [value for value in compared.loc[drawn, "true"] / mol_m2_h if np.isfinite(value)]
    xlim, ylim = (_with(values, place, follow) for values, place in zip((xs, ys), own or (None, None), strict=True))
    axes.set(xscale="log", yscale="log", xlim=xlim, ylim=ylim)
    _iso_lines(axes, xlim, ylim, "{:g}C" if convention == NOMINAL_RATE else "{:g}/h", small)
    if ceilings:
        _ceilings(axes, *ceilings, xlim, ylim)
    told = "electrolyte_class" if small else "anode"
    marks = dict(zip(dict.fromkeys(cells[told]), [*_MARKS, *_OTHER * len(cells)], strict=False))
    places = {row: np.log([x[row], y[row]]) for row in drawn}
    rank_of = {row: place for place, row in enumerate(ranks.index, 1)}
    for row in drawn:
        cell = cells.loc[row]
        look = {"color": class_colour(cell["electrolyte_class"]), "markersize": 8, "markeredgecolor": "white"}
        if cell["own"]:
            axes.plot(x[row], y[row], "o", markersize=15, markerfacecolor="none", color=BLACK, label="_ring")
        if by_current and compared.loc[row, "true"] > 1.02 * compared.loc[row, "nominal"]:
            top = compared.loc[row, "true"] / mol_m2_h
            axes.plot([x[row]] * 2, [y[row], top], color=look["color"], linewidth=1.4, label="_current", zorder=1.5)
            axes.plot(x[row], top, "_", color=look["color"], markersize=11, markeredgewidth=2, label="_current")
        axes.plot(x[row], y[row], marks[cell[told]], label=compared.loc[row, "name"], **look)
        if small or len(drawn) > MOST_NUMBERED:
            continue
        place = rank_of[row]
        offset = _freest_corner(places[row], [at for other, at in places.items() if other != row])
        where = {"textcoords": "offset points", "ha": "center", "va": "center", "fontsize": SMALL}
        reach = 1.6 if cell["own"] else 1
        axes.annotate(str(place), (x[row], y[row]), tuple(reach * np.array(offset)), **where)
    law = "Q·C/F" if convention == NOMINAL_RATE else "j/F"
    axes.set(xlabel="areal capacity delivered [mAh/cm²]", ylabel=f"throughput {law} [mol m⁻² h⁻¹]")
    axes.xaxis.set_major_formatter(_plain)
    axes.yaxis.set_major_formatter(_plain)
    return drawn, marks


def ranking_figure(cells, compared):
    """Throughput by both conventions side by side, with the limits of rounding; or why there is none.

    Of many cells the first `MOST_ROWS` in rank.
    """
    order = list(rank_throughput(compared, NOMINAL_RATE).index)
    listed = set(order)
    order += [row for row in rank_throughput(compared, TRUE_TIME).index if row not in listed]
    listed = set(order)
    order += [row for row in compared.index if row not in listed]
    order = order[:MOST_ROWS]
    figure, panels = figure_of(1.0 + 0.34 * len(order), 1, 2, sharey=True)
    rows = -np.arange(len(order))
    for axes, column, convention in zip(panels, ("nominal", "true"), (NOMINAL_RATE, TRUE_TIME), strict=True):
        values = compared.loc[order, [column, f"{column}_low", f"{column}_high"]].to_numpy() / mol_m2_h
        ends = _decades(values[np.isfinite(values)] if np.isfinite(values).any() else [0.1, 10])
        axes.set(xscale="log", xlim=ends)
        for y, row, (value, low, high) in zip(rows, order, values, strict=True):
            if np.isnan(value):
                why = textwrap.fill(compared.loc[row, f"{column}_missing"], 30)
                where = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
                axes.annotate(why, (0, y), (4, 0), va="center", fontsize=SMALL, color=GREY, **where)
                continue
            colour = class_colour(cells.loc[row, "electrolyte_class"])
            reach = [[value - low], [high - value]]
            name = compared.loc[row, "name"]
            look = {"fmt": "o", "markersize": 5, "color": colour, "ecolor": BLACK, "capsize": 3}
            axes.errorbar(value, y, xerr=reach, label=name, **look)
            text = f"{number(value, 3)} ({number(low, 3)}–{number(high, 3)})"
            place = np.log(value / ends[0]) / np.log(ends[1] / ends[0])
            side = "left" if place < 0.3 else "right" if place > 0.7 else "center"
            shift = {"left": -4, "center": 0, "right": 4}[side]
            axes.annotate(text, (value, y), (shift, 5), textcoords="offset points", ha=side, fontsize=SMALL)
        axes.set_xlabel("throughput [mol m⁻² h⁻¹]")
        axes.set_title(f"by the {convention}", fontsize="medium")
        axes.xaxis.set_major_formatter(_plain)
        axes.grid(axis="x", color="#dddddd")
    names = [literal(compared.loc[row, "name"]) + (" (yours)" if cells.loc[row, "own"] else "") for row in order]
    panels[0].set_yticks(rows, names, fontsize=SMALL)
    panels[0].set_ylim(rows[-1] - 0.7, 0.8)
    return figure


def waterfall_figure(resistances, voltage_budget):
    """Area-specific resistance of a cell, part by part to its sum, and the current that the sum allows.

    Parameters
    ----------
    resistances : dict of str to float
        By part [ohm m2].
    voltage_budget : float
        [V]
    """
    figure, axes = figure_of(1.0 + 0.4 * (len(resistances) + 1))
    values = np.array([float(value) for value in resistances.values()]) / ohm_cm2
    rows, starts = draw_waterfall(axes, values, resistances)
    total = values.sum()
    current = voltage_budget / (total * ohm_cm2) / mA_cm2
    said = [f"{number(value, 3)} Ω cm², {100 * value / total:.0f} %" for value in values]
    said.append(f"{number(total, 3)} Ω cm²: {number(current, 3)} mA/cm² for {1e3 * voltage_budget:g} mV")
    for row, start, value, text in zip(rows, starts, [*values, total], said, strict=True):
        if value > 0.35 * total:
            axes.text(start + value / 2, row, text, ha="center", va="center", color="white")
        else:
            right = start + value < 0.6 * total
            at, offset = (start + value, 6) if right else (start, -6)
            look = {"textcoords": "offset points", "va": "center", "ha": "left" if right else "right"}
            axes.annotate(text, (at, row), (offset, 0), **look)
    axes.set_xlim(0, 1.04 * total)
    return figure


def draw_waterfall(axes, values, names):
    """A bar for each value [ohm cm2] where the one before it ends, and that of their sum; rows and begins of bars."""
    rows, ends = -np.arange(len(values) + 1), np.cumsum(values)
    starts = np.concatenate([[0], ends[:-1]])
    axes.barh(rows[:-1], values, left=starts, color=BLUE, height=0.62)
    axes.barh(rows[-1:], [values.sum()], color=GREY, height=0.62)
    for edge, row in zip(ends, rows[:-1], strict=True):
        axes.plot([edge, edge], [row, row - 1], color=GREY, linewidth=0.8, label="_step")
    axes.set_yticks(rows, [*names, "sum"])
    axes.set_xlabel("area-specific resistance [Ω cm²]")
    axes.spines[["top", "right"]].set_visible(False)
    return rows, [*starts, 0]


def class_colour(electrolyte_class):
    return CLASSES.get(electrolyte_class.lower(), GREY)


def _decades(values):
    """Limits of a logarithmic axis around values, with room for the labels."""
    values = np.asarray(values, dtype=float)
    return float(values.min()) / 2.6, float(values.max()) * 2.6


def _with(values, own, follow):
    """`_decades` of values and of one's own, which may widen them by so many times; of 0.1 to 10 without any."""
    if own is not None and own > 0:
        values = [*values, np.clip(own, min(values) / follow, max(values) * follow) if values else own]
    return _decades(values or [0.1, 10])


def _freest_corner(place, others):
    """Where a mark's number goes [points]: the corner away from the other marks."""
    corners = [(9, 8), (-9, 8), (9, -8), (-9, -8)]
    if not others:
        return corners[0]
    near = 0.02 * np.array(corners)
    return corners[int(np.argmax([min(np.hypot(*(place + c - other)) for other in others) for c in near]))]


def _iso_lines(axes, xlim, ylim, rate_text, small):
    """Lines of equal C-rate, which rise with the capacity, and, unless small, of equal current, which are level."""
    faint = {"color": "#bbbbbb", "linewidth": 0.8, "zorder": 0}
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
    look = {"fontsize": SMALL, "color": GREY, "bbox": box, "zorder": 2.5}
    ends = np.array(xlim)
    # In a small panel a name takes a larger share of the axes, whatever their range.
    side, above = ((xlim[1] / xlim[0]) ** 0.13, (ylim[1] / ylim[0]) ** 0.06) if small else (1.25, 1.25)
    for rate in _C_RATES:
        line = throughput_at_c_rate(ends * mAh_cm2, rate / hour) / mol_m2_h
        axes.plot(ends, line, ":", label=f"_{rate:g}C", **faint)
        top = min(ylim[1] / above, line[1] / side)
        at = top / line[0] * ends[0]
        if xlim[0] * (side if small else 1.1) < at < xlim[1] / 1.05 and top > ylim[0] * 1.2:
            axes.text(at, top, rate_text.format(rate), ha="center", va="center", **look)
    for current in () if small else _CURRENTS:
        level = throughput_of_current(current * mA_cm2) / mol_m2_h
        if ylim[0] * 1.05 < level < ylim[1] / 1.05:
            axes.plot(ends, [level, level], "-", label=f"_{current:g} mA/cm2", **faint)
            axes.text(xlim[0] * 1.06, level, f"{current:g} mA/cm²", ha="left", va="center", **look)


def _ceilings(axes, loading, ceilings, xlim, ylim):
    """A line for each part, and its name at the right of the panel, moved apart where lines end close together."""
    x = np.asarray(loading) / mAh_cm2
    styles = ("-", "--", "-.", (0, (1, 1.2)), (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)), (0, (3, 3)), (0, (2, 1)))
    ends, above = [], []
    for k, (part, currents) in enumerate(ceilings.items()):
        y = throughput_of_current(np.asarray(currents)) / mol_m2_h
        last = k == len(ceilings) - 1
        look = {"linewidth": 2.2, "linestyle": "-"} if last else {"linewidth": 1.1, "linestyle": styles[k % 8]}
        axes.plot(x, y, color=BLACK, label=part, zorder=2, alpha=1 if last else 0.75, **look)
        inside = (y > ylim[0]) & (y < ylim[1]) & (x > xlim[0]) & (x < xlim[1])
        at = np.flatnonzero(inside)[-1] if inside.any() else None
        if at is None:
            above += [part] * bool((y >= ylim[1]).any())
        elif at + 1 < len(x) and y[at + 1] >= ylim[1]:
            where = {"textcoords": "offset points", "ha": "center", "annotation_clip": False, "fontsize": SMALL}
            axes.annotate(part, (x[at], ylim[1]), (0, 4), **where)
        else:
            ends.append((float(y[at]), float(x[at]), part))
    if above:
        said = "\n".join(["above the panel:", *above])
        axes.text(1.03, 0, said, transform=axes.transAxes, va="bottom", fontsize=SMALL, color=GREY)
    low, high = np.log(ylim)
    order = sorted(ends)
    step = 0.052 * (high - low)
    floor = low + step * (len(above) + 1 if above else 0)
    places = [max(np.log(end[0]), floor) for end in order]
    for k in range(1, len(places)):
        places[k] = max(places[k], places[k - 1] + step)
    top = high - 0.02 * (high - low)
    for k in reversed(range(len(places))):
        places[k] = min(places[k], top - step * (len(places) - 1 - k))
    for place, (y, at, part) in zip(places, order, strict=True):
        axes.annotate(
            part, (at, y), xytext=(1.03, (place - low) / (high - low)), textcoords="axes fraction", va="center",
            fontsize=SMALL, annotation_clip=False, arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.6},
        )  # fmt: skip


def _legends(figure, cells, marks, own):
    """Colour says the electrolyte, shape the anode."""
    square = {"marker": "s", "linestyle": "none", "markersize": 7}
    classes = {name.lower(): name for name in cells["electrolyte_class"]}.values()
    handles = [Line2D([], [], color=class_colour(c), label=literal(c), **square) for c in classes]
    used = dict.fromkeys(cells["anode"])
    shapes = {"linestyle": "none", "color": BLACK, "markerfacecolor": "none", "markersize": 7}
    handles += [Line2D([], [], marker=marks[a], label=f"anode {literal(a) or 'not stated'}", **shapes) for a in used]
    if own:
        handles.append(Line2D([], [], marker="*", linestyle="none", color=BLACK, markersize=11, label="stated cell"))
    if cells["own"].any():
        handles.append(Line2D([], [], **{**shapes, "markersize": 11}, marker="o", label="yours"))
    if handles:
        figure.legend(handles=handles, frameon=False, ncols=5, fontsize=SMALL, loc="outside lower center")
