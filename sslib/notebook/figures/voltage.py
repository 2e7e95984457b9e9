"""Figures of where a thin-film cell's voltage goes, and of how warm a stack of such cells gets."""

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.ticker import FuncFormatter

from sslib.cell import Overpotential
from sslib.formatting import number
from sslib.notebook.figures.style import BLACK, BLUE, GREEN, GREY, SMALL, VERMILION, figure_of
from sslib.units import mV, um

LOOKS = {
    Overpotential.DIFFUSION: ("#c9dff0", "", BLUE, "-", "o"),
    Overpotential.ELECTRONS: ("#ffffff", "xx", BLACK, (0, (1, 1)), "v"),
    Overpotential.TRANSFER: ("#e3e3e3", "..", GREY, "-.", "^"),
    Overpotential.ELECTROLYTE: ("#f2c7ac", "//", VERMILION, "--", "s"),
    Overpotential.LITHIUM: ("#bfe3d7", "\\\\", GREEN, ":", "D"),
}
"""By part: a light ground and a hatch for areas; a dark colour, a line and a mark for curves."""
_plain = FuncFormatter(lambda value, place: f"{value:g}")


def loss_figure(run):
    """Voltage, overpotentials and their shares against time, stacked and labelled.

    Parameters
    ----------
    run : sslib.cell.FilmRun
        A discharge.
    """
    figure, (top, middle, bottom) = figure_of(6.8, 3, 1, sharex=True, height_ratios=(1, 1.3, 1.3))
    time, unit = _time(run.time)
    top.plot(time, run.open_circuit, "--", color=GREY, linewidth=1.6)
    top.plot(time, run.voltage, "-", color=BLACK, linewidth=1.8)
    k = int(np.searchsorted(time, 0.45 * time[-1]))
    for value, text, place in ((run.open_circuit, "open circuit, mean composition", 8), (run.voltage, "voltage", -15)):
        top.annotate(text, (time[k], value[k]), (0, place), textcoords="offset points", fontsize=SMALL)
    top.set(ylabel="voltage [V]")
    top.margins(y=0.12)
    losses = {name: np.maximum(loss / mV, 0) for name, loss in run.losses.items()}
    shares = {name: 100 * share for name, share in run.shares.items()}
    total = sum(losses.values())
    order = (
        Overpotential.ELECTROLYTE,
        Overpotential.TRANSFER,
        Overpotential.LITHIUM,
        Overpotential.ELECTRONS,
        Overpotential.DIFFUSION,
    )
    # The end of a discharge, where the potential falls away, would press all else flat.
    limit = 1.1 * float(np.interp(np.linspace(0, 0.93, 200) * time[-1], time, total).max())
    for axes, values, room in ((middle, losses, limit), (bottom, shares, 100.0)):
        stack = np.cumsum([values[name] for name in order], axis=0)
        for name, upper in zip(order, stack, strict=True):
            ground, hatch, edge, _, _ = LOOKS[name]
            lower = upper - values[name]
            axes.fill_between(time, lower, upper, facecolor=ground, hatch=hatch, edgecolor=edge, linewidth=0.6)
            _label_area(axes, time, lower, np.minimum(upper, room), name, room, edge)
        axes.set_ylim(0, room)
    middle.set(ylabel="overpotential [mV]")
    if total.max() > limit:
        text = f"up to {number(float(total.max()), 2)} mV"
        note = middle.annotate(text, (time[-1], limit), (-4, -12), textcoords="offset points", ha="right")
        note.set(fontsize=SMALL, bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})
    bottom.set(ylabel="share [%]", xlabel=f"time [{unit}]", xlim=(0, time[-1]))
    handles = [
        bottom.fill_between([], [], facecolor=LOOKS[n][0], hatch=LOOKS[n][1], edgecolor=LOOKS[n][2]) for n in order
    ]
    figure.legend(handles, order, loc="outside upper center", ncols=3, frameon=False)
    return figure


def film_pulse_figure(run, pulse):
    """Overpotentials in a pulse and in the rest after it.

    Parameters
    ----------
    run : sslib.cell.FilmRun
        Of one pulse and one rest.
    pulse : float
        Duration of the pulse [s], above zero.
    """
    within = run.current != 0
    parts = [(within, 0.0, "time since the pulse began [s]"), (~within, pulse, "time since the pulse ended [s]")]
    parts = [part for part in parts if np.any(run.time[part[0]] > part[1])]
    figure, every = figure_of(3.8, 1, len(parts), sharey=True, squeeze=False)
    for axes, (kept, origin, label) in zip(every[0], parts, strict=True):
        since = run.time[kept] - origin
        shown = since > 0
        losses = {name: loss[kept][shown] / mV for name, loss in run.losses.items()}
        largest = max(np.abs(loss).max() for loss in losses.values())
        for place, (name, loss) in enumerate(losses.items()):
            # What vanishes in a rest would lie on the axis, one over another.
            if np.abs(loss).max() < 1e-3 * largest and axes is not every[0][0]:
                continue
            # Equal parts lie on one another: the marks of one between those of the other.
            look = _curve(name) | {"markevery": (0.03 * place, 0.15)}
            axes.plot(since[shown], loss, **look)
        axes.set(xscale="log", xlim=(1e-4 * pulse, None), xlabel=label)
        axes.xaxis.set_major_formatter(_plain)
        axes.grid(color="#dddddd")
    every[0][0].set_ylabel("overpotential [mV]")
    figure.legend(*every[0][0].get_legend_handles_labels(), loc="outside upper center", ncols=3, frameon=False)
    return figure


def dominance_figure(c_rates, panels, at):
    """Which overpotential costs most, against C-rate and a second quantity.

    Parameters
    ----------
    c_rates : array_like
        [1/h], shape (rates,).
    panels : list of tuple
        Label of the second axis, its values in the label's unit, places in `Overpotential` (values, rates), and where
        the stated cell lies.
    at : float
        C-rate of the stated cell [1/h].
    """
    figure, every = figure_of(4.0, 1, len(panels), squeeze=False)
    colours = ListedColormap([LOOKS[name][0] for name in Overpotential])
    seen = set()
    for axes, (label, values, first, stated) in zip(every[0], panels, strict=True):
        axes.pcolormesh(c_rates, values, first, cmap=colours, vmin=-0.5, vmax=len(Overpotential) - 0.5, rasterized=True)
        for place, name in enumerate(Overpotential):
            held = first == place
            if held.any():
                seen.add(name)
                _mark_region(axes, np.log(c_rates), np.log(values), held, name)
        axes.plot(at, stated, marker="*", markersize=13, color=BLACK, markerfacecolor="white")
        axes.set(xscale="log", yscale="log", xlabel="C-rate [1/h]", ylabel=label)
        axes.xaxis.set_major_formatter(_plain)
    return figure


def probability_figure(chances):
    """How probable it is that each part dominates, for some C-rates.

    Parameters
    ----------
    chances : dict of dict
        By the case's label, the probability [1] of each part.
    """
    figure, axes = figure_of(0.9 + 0.5 * len(chances))
    rows = np.arange(len(chances))[::-1]
    start = np.zeros(len(chances))
    for name in Overpotential:
        widths = np.array([100 * own[name] for own in chances.values()])
        if widths.max() < 0.05:
            continue
        ground, hatch, edge, _, _ = LOOKS[name]
        axes.barh(rows, widths, 0.62, left=start, color=ground, hatch=hatch, edgecolor=edge, label=name)
        for row, width, begin in zip(rows, widths, start, strict=True):
            if width >= 8:
                text = axes.text(begin + width / 2, row, f"{width:.0f} %", ha="center", va="center", fontsize=SMALL)
                text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1})
        start += widths
    axes.set_yticks(rows, list(chances))
    axes.set(xlabel="probability that this part costs most [%]", xlim=(0, 100))
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=3, frameon=False)
    return figure


def enhancement_figure(losses, delivered):
    """Mean overpotentials and delivered charge for some area enhancement factors.

    Parameters
    ----------
    losses : dict of dict
        By the factor [1], the mean loss of each part [V].
    delivered : dict of float
        By the factor, the share of the capacity [1].
    """
    figure, (left, right) = figure_of(3.6, 1, 2, width_ratios=(1.7, 1))
    factors = list(losses)
    for name in Overpotential:
        left.loglog(factors, [own[name] / mV for own in losses.values()], **_curve(name))
    left.set_xticks(factors, [f"{factor:.3g}" for factor in factors])
    left.minorticks_off()
    left.grid(color="#dddddd")
    left.set(xlabel="area enhancement factor [1]", ylabel="mean overpotential [mV]")
    places = np.arange(len(factors))
    right.bar(places, [100 * share for share in delivered.values()], 0.5, color="#dddddd", edgecolor=BLACK)
    for place, share in zip(places, delivered.values(), strict=True):
        right.annotate(f"{100 * share:.0f} %", (place, 100 * share), (0, 3), textcoords="offset points", ha="center")
    right.set_xticks(places, [f"{factor:.3g}" for factor in losses])
    right.set(xlabel="area enhancement factor [1]", ylabel="delivered [% of capacity]", ylim=(0, 115))
    figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=3, frameon=False)
    return figure


def column_figure(cases, conductivity, delivered):
    """Current through the wall of a column against depth, and what a column delivers with a poorer conductor along it.

    Parameters
    ----------
    cases : dict of tuple
        By label: depth [m] and current density over its mean [1].
    conductivity : array_like
        Along the column [S/cm].
    delivered : array_like
        Share of the window [1], of that shape.
    """
    figure, (left, right) = figure_of(3.7, 1, 2)
    looks = zip((BLUE, VERMILION, GREEN, BLACK), ("-", "--", ":", "-."), "osD^", strict=True)
    for (label, (depth, density)), (colour, style, mark) in zip(cases.items(), looks, strict=False):
        look = {"linestyle": style, "marker": mark, "markevery": 0.15, "color": colour, "linewidth": 1.7}
        left.plot(density, np.asarray(depth) / um, label=label, **look)
    left.set(xlabel="current through the wall over its mean [1]", ylabel="depth [µm]", xlim=(0, None))
    left.invert_yaxis()
    right.semilogx(conductivity, 100 * np.asarray(delivered), "o-", color=BLACK)
    right.axhline(25, linestyle="--", color=VERMILION)
    text = right.annotate("a quarter", (max(conductivity), 25), (0, 4), textcoords="offset points", ha="right")
    text.set(fontsize=SMALL, color=VERMILION)
    right.set(xlabel="conductivity along the column [S/cm]", ylabel="delivered [% of the window]", ylim=(0, 105))
    for axes in (left, right):
        axes.grid(color="#dddddd")
    figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False)
    return figure


def warming_figure(cells, rises, limit, time, course, time_constant, duration):
    """Largest temperature rise against the number of cells, and against time for the stated stack.

    Parameters
    ----------
    cells : array_like
        Shape (numbers,).
    rises : dict
        By label, largest rises [K] of that shape.
    limit : float
        Marked [K].
    time, course : array_like
        [s], [K].
    time_constant, duration : float
        Of the stack and of one discharge, marked [s].
    """
    figure, (left, right) = figure_of(3.8, 1, 2, width_ratios=(1.3, 1))
    looks = zip((BLUE, VERMILION, GREEN, BLACK), ("-", "--", ":", "-."), "osD^", strict=True)
    for (label, rise), (colour, style, mark) in zip(rises.items(), looks, strict=False):
        left.loglog(cells, rise, linestyle=style, marker=mark, markevery=3, color=colour, label=label)
    left.axhline(limit, color=GREY, linewidth=1)
    left.annotate(f"{limit:g} K", (cells[0], limit), (2, 3), textcoords="offset points", fontsize=SMALL)
    left.set(xlabel="cells in the stack", ylabel="largest rise [K]")
    minutes = np.asarray(time) / 60
    right.plot(minutes, course, color=BLACK)
    for at, text, height, colour, style in (
        (time_constant, "time constant", 0.25, VERMILION, "--"),
        (duration, "one discharge", 0.08, BLUE, ":"),
    ):
        right.axvline(at / 60, color=colour, linestyle=style)
        words = f"{text}\n{number(at / 60, 2)} min"
        label = right.annotate(words, (at / 60, height * course[-1]), (5, 0), textcoords="offset points")
        label.set(fontsize=SMALL, color=colour, bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})
    right.set(xlabel="time [min]", ylabel="largest rise [K]", xlim=(0, None), ylim=(0, None))
    for axes in (left, right):
        axes.grid(color="#dddddd")
    figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=4, frameon=False)
    return figure


def _curve(name):
    """Look of a part's curve; a wide, pale one under the others where two parts may be equal."""
    _, _, colour, style, mark = LOOKS[name]
    look = {"linestyle": style, "marker": mark, "color": colour, "linewidth": 1.6, "label": name}
    return look | {"linestyle": "-", "linewidth": 5, "alpha": 0.45} if name == Overpotential.TRANSFER else look


def _time(seconds):
    """Times in the unit that reads best, and its name."""
    for size, name in ((3600.0, "h"), (60.0, "min")):
        if seconds[-1] > 2 * size:
            return seconds / size, name
    return seconds, "s"


def _label_area(axes, time, lower, upper, name, room, colour):
    """The name in its area, where that is high enough and not at the rim."""
    inner = (time > 0.12 * time[-1]) & (time < 0.85 * time[-1])
    heights = np.where(inner, upper - lower, 0)
    k = int(np.argmax(heights))
    if heights[k] > 0.13 * room:
        text = axes.text(
            time[k], (lower[k] + upper[k]) / 2, name, ha="center", va="center", fontsize=SMALL, color=colour
        )
        text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1})


def _mark_region(axes, x, y, held, name):
    """The name in the middle of a region of a map, and marks over it that say the same without colour."""
    grid_x, grid_y = np.meshgrid(x, y)
    _, _, colour, _, mark = LOOKS[name]
    thinned = np.zeros_like(held)
    thinned[2::4, 2::4] = True
    axes.plot(np.exp(grid_x[held & thinned]), np.exp(grid_y[held & thinned]), mark, color=colour, markersize=3)
    if held.mean() < 0.03:
        return
    middle = grid_x[held].mean(), grid_y[held].mean()
    k = np.argmin((grid_x[held] - middle[0]) ** 2 + (grid_y[held] - middle[1]) ** 2)
    words = name.replace(", ", ",\n")
    text = axes.text(np.exp(grid_x[held][k]), np.exp(grid_y[held][k]), words, ha="center", va="center", fontsize=SMALL)
    text.set_bbox({"facecolor": "white", "edgecolor": colour, "pad": 2})
