"""Figures of failure: maps with their bands and points, what fails first, when, what drives it, and what is left."""

import numpy as np
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, NullFormatter

from sslib.failure import CONTOURS, MECHANISMS
from sslib.notebook.figures.style import BLACK, BLUE, GREEN, GREY, SMALL, VERMILION, figure_of, mark_or_point_at
from sslib.units import MPa, hour, mA_cm2, mAh_cm2

MECHANISM_LOOKS = {
    "voids": (BLUE, "-", "o"),
    "filaments": (VERMILION, "--", "s"),
    "electronic": (BLACK, ":", "v"),
    "creep": (GREEN, "-.", "^"),
    "interphase": ("#a64d79", (0, (5, 1)), "D"),
    "cracking_by_strain": ("#8c6d00", (0, (3, 1, 1, 1)), "P"),
    "cracking_by_rate": (GREY, (0, (1, 1)), "X"),
}
"""Colour, line and mark of each mechanism."""

AXES = {
    "current_density": ("current density [mA/cm²]", mA_cm2, 0.0, "log"),
    "stack_pressure": ("stack pressure [MPa]", MPa, 0.0, "log"),
    "T": ("temperature [°C]", 1.0, 273.15, "linear"),
    "state_of_charge": ("state of charge [1]", 1.0, 0.0, "linear"),
    "time": ("time under current [h]", hour, 0.0, "log"),
    "charge": ("charge passed [mAh/cm²]", mAh_cm2, 0.0, "log"),
}
"""Label, unit, zero and scale of each condition."""

THIS_CELL = {"marker": "*", "linestyle": "none", "color": BLACK, "markerfacecolor": "white"}
HATCHED = {"facecolor": "white", "edgecolor": BLACK, "hatch": "///"}
LINES = ("--", "-.", ":")
"""Lines of published boundaries, in their order."""

_plain = FuncFormatter(lambda value, position: f"{value:g}")


def _practical(name, values):
    _, unit, zero, _ = AXES[name]
    return (np.asarray(values) - zero) / unit


def _name_axes(axes, found, label_y=True):
    for side, name in (("x", found.x_name), ("y", found.y_name)):
        label, _, _, scale = AXES[name]
        values = _practical(name, getattr(found, side))
        axes.set(**{f"{side}scale": scale, f"{side}lim": (values[0], values[-1])})
        if side == "x" or label_y:
            axes.set(**{f"{side}label": label})
        if scale == "log":
            own = axes.xaxis if side == "x" else axes.yaxis
            own.set_major_formatter(_plain)
            own.set_minor_formatter(NullFormatter())


def _hatch(axes, x, y, where):
    if where.any():
        axes.contourf(x, y, where.astype(float), levels=[0.5, 1.5], colors="none", hatches=["///"])


def failure_map_figure(maps, observations=None, point=None, lines=()):
    """Probability of failure over two conditions, one panel a map, with bands, extrapolation and what was observed.

    Parameters
    ----------
    maps : dict of str to FailureMap
        By title, with the same axes.
    observations : dict of str to pandas.DataFrame, optional
        For each panel what was measured there: columns of the two conditions' names [SI], ``outcome`` ("failed",
        "survived", "onset"), ``calibrates`` (bool) and the rows' names, which are written beside them.
    point : tuple of float, optional
        The operating point (x, y) [SI]; at the edge with an arrow where it lies beyond.
    lines : sequence of (label, x, y), optional
        Published boundaries [SI].
    """
    figure, grid = figure_of(4.2, 1, len(maps), sharey=True, squeeze=False)
    looks = {
        "failed": {"marker": "o", "markerfacecolor": BLACK},
        "survived": {"marker": "o", "markerfacecolor": "white"},
        "onset": {"marker": "X", "markerfacecolor": "white"},
    }
    hatched = False
    for n, (axes, (title, found)) in enumerate(zip(grid[0], maps.items(), strict=True)):
        filled, outside = draw_failure_map(axes, found, label_y=n == 0)
        hatched = hatched or outside
        for (label, xs, ys), style in zip(lines, LINES, strict=False):
            axes.plot(
                _practical(found.x_name, xs), _practical(found.y_name, ys), linestyle=style, color=BLUE, label=label
            )
        rows = (observations or {}).get(title)
        if rows is not None:
            for k, (name, row) in enumerate(rows.iterrows()):
                place = _practical(found.x_name, row[found.x_name]), _practical(found.y_name, row[found.y_name])
                axes.plot(*place, markersize=6.5, color=BLACK, linestyle="none", zorder=4, **looks[row["outcome"]])
                if row["calibrates"]:
                    axes.plot(*place, "o", markersize=12, markerfacecolor="none", color=BLUE, zorder=4)
                axes.annotate(
                    name,
                    place,
                    xytext=(6, -11 if k % 2 else 5),
                    textcoords="offset points",
                    fontsize=SMALL,
                    zorder=5,
                    annotation_clip=True,
                )
        if point is not None:
            draw_operating_point(axes, found, point)
        axes.set_title(title, fontsize=10)
    draw_probability_bar(figure, filled, grid[0])
    observed = any(len(rows) for rows in (observations or {}).values())
    _legend_of_points(figure, looks, observed, point is not None, hatched, lines)
    return figure


def draw_failure_map(axes, found, label_y=True):
    """Bands of the probability of failure on named axes, hatched where the leading mechanism's law is extrapolated.

    Returns the filled contours, for `draw_probability_bar`, and whether there is a hatched place (bool).
    """
    x, y = _practical(found.x_name, found.x), _practical(found.y_name, found.y)
    filled = axes.contourf(x, y, found.probability, levels=[0, *CONTOURS, 1], cmap="YlOrBr", vmin=0, vmax=1.3)
    if any(found.probability.min() < level < found.probability.max() for level in CONTOURS):
        axes.contour(x, y, found.probability, levels=CONTOURS, colors=BLACK, linewidths=[2.0, 0.7, 0.7, 0.7, 0.7])
    # Where next to nothing fails, what leads is noise.
    outside = found.leading_extrapolated() & (found.probability >= 0.01)
    _hatch(axes, x, y, outside)
    _name_axes(axes, found, label_y)
    return filled, bool(outside.any())


def draw_operating_point(axes, found, point, size=15, look=THIS_CELL):
    """A cell's conditions (x, y) [SI] on a map whose axes are named; at their edge, with the values, if beyond."""
    names = found.x_name, found.y_name
    place = [_practical(name, value) for name, value in zip(names, point, strict=True)]
    words = [f"{value:.3g} {AXES[name][0].split('[')[1][:-1]}" for name, value in zip(names, place, strict=True)]
    mark_or_point_at(axes, *place, ", ".join(words), markersize=size, zorder=6, **look)


def draw_probability_bar(figure, filled, panels):
    """Which colour is which probability, beside those panels."""
    bar = figure.colorbar(filled, ax=panels, label="probability of failure [1]", ticks=[0, *CONTOURS, 1], pad=0.02)
    bar.ax.tick_params(labelsize=SMALL)


def name_time_axes(axes):
    """Axes of a probability of failure against time [h]."""
    axes.set(xscale="log", ylim=(-0.02, 1.02), xlabel=AXES["time"][0], ylabel="probability of failure [1]")
    axes.xaxis.set_major_formatter(_plain)
    axes.grid(color="#dddddd")


def _legend_of_points(figure, looks, observed, operated, hatched, lines):
    from matplotlib.lines import Line2D

    none = {"linestyle": "none", "color": BLACK, "markersize": 6.5}
    handles = []
    if observed:
        handles += [Line2D([], [], label=word, **none, **look) for word, look in looks.items()]
        ring = {"marker": "o", "markerfacecolor": "none", "linestyle": "none", "color": BLUE, "markersize": 11}
        handles.append(Line2D([], [], label="calibrates the model", **ring))
    if operated:
        handles.append(Line2D([], [], markersize=12, label="this cell", **THIS_CELL))
    handles += [
        Line2D([], [], linestyle=style, color=BLUE, label=label)
        for (label, _, _), style in zip(lines, LINES, strict=False)
    ]
    if hatched:
        handles.append(Patch(label="law extrapolated", **HATCHED))
    if handles:
        figure.legend(handles=handles, loc="outside upper center", ncols=3, frameon=False, fontsize=SMALL)


def first_mechanism_figure(maps, point=None):
    """Which mechanism is crossed first, where failure is more likely than 5 %; one panel a map.

    Parameters
    ----------
    maps : dict of str to FailureMap
    point : tuple of float, optional
        The operating point (x, y) [SI]; at the edge with an arrow where it lies beyond.
    """
    names = [name for name in MECHANISM_LOOKS if any(name in found.mechanisms for found in maps.values())]
    colours = ["#ffffff", *(MECHANISM_LOOKS[name][0] for name in names)]
    figure, grid = figure_of(3.9, 1, len(maps), sharey=True, squeeze=False)
    shown = set()
    for n, (axes, (title, found)) in enumerate(zip(grid[0], maps.items(), strict=True)):
        x, y = _practical(found.x_name, found.x), _practical(found.y_name, found.y)
        order = np.array([names.index(name) + 1 for name in found.mechanisms])
        leading = found.leading()
        code = np.where((leading >= 0) & (found.probability >= CONTOURS[0]), order[np.maximum(leading, 0)], 0)
        shown |= set(np.unique(code))
        norm = BoundaryNorm(np.arange(len(colours) + 1) - 0.5, len(colours))
        axes.pcolormesh(
            x, y, code, cmap=ListedColormap(colours), norm=norm, alpha=0.75, shading="nearest", rasterized=True
        )
        _hatch(axes, x, y, found.leading_extrapolated() & (code > 0))
        for k in np.unique(code):
            inside = code == k
            if inside.mean() > 0.02:
                rows, columns = np.nonzero(inside)
                middle = np.argmin((rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2)
                word = "below 5 %" if k == 0 else names[k - 1].replace("_", " ")
                box = {"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 1.5}
                axes.text(
                    x[columns[middle]],
                    y[rows[middle]],
                    word,
                    fontsize=SMALL,
                    ha="center",
                    va="center",
                    bbox=box,
                    clip_on=True,
                )
        _name_axes(axes, found, label_y=n == 0)
        if point is not None:
            draw_operating_point(axes, found, point)
        axes.set_title(title, fontsize=10)
    handles = [
        Patch(facecolor=colours[k], alpha=0.75, edgecolor=BLACK, label=MECHANISMS[names[k - 1]].label)
        for k in sorted(shown)
        if k
    ]
    handles.append(Patch(label="law extrapolated", **HATCHED))
    figure.legend(handles=handles, loc="outside upper center", ncols=3, frameon=False, fontsize=SMALL)
    return figure


def failure_in_time_figure(hours, total, by_mechanism, stated=None):
    """Probability of failure against time under current: of any mechanism, and of each alone.

    Parameters
    ----------
    hours : array_like
        [h], shape (n,).
    total : array_like
        [1], shape (n,).
    by_mechanism : dict of str to array_like
        [1], each of shape (n,).
    stated : float, optional
        The hours asked for.
    """
    figure, axes = figure_of(3.6)
    for name, values in by_mechanism.items():
        if np.max(values) >= 0.01:
            colour, line, mark = MECHANISM_LOOKS[name]
            axes.plot(
                hours, values, linestyle=line, color=colour, marker=mark, markevery=0.15, label=MECHANISMS[name].label
            )
    axes.plot(hours, total, color=BLACK, linewidth=2.4, label="any of them")
    if stated is not None:
        axes.axvline(stated, color=GREY, linestyle=":", label=f"{stated:g} h")
    name_time_axes(axes)
    axes.legend(frameon=False, fontsize=SMALL, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def variance_figure(shares, best=8):
    """Sobol shares of the parameters: alone, and together with others.

    Parameters
    ----------
    shares : pandas.DataFrame
        Columns ``first`` and ``total`` [1], by the parameter's label, largest first.
    best : int
        How many are drawn.
    """
    rows = shares.head(best)[::-1]
    figure, axes = figure_of(0.9 + 0.28 * len(rows))
    axes.plot(rows["first"].clip(lower=0), rows.index, "o", color=BLUE, label="alone")
    axes.plot(rows["total"], rows.index, "s", markerfacecolor="none", color=BLACK, markersize=9, label="with others")
    axes.set(xlabel="share of the variance [1]", xlim=(-0.02, max(1.0, rows["total"].max()) * 1.02))
    axes.grid(color="#dddddd")
    axes.legend(frameon=False, fontsize=SMALL, loc="lower right")
    return figure


def onset_figure(onsets):
    """Predicted against observed onsets of failure, each with the band of the draws.

    Parameters
    ----------
    onsets : pandas.DataFrame
        By id: ``observed``, ``predicted``, ``low``, ``high`` [A/m2], ``calibrates`` (bool).
    """
    figure, axes = figure_of(4.0)
    ends = (
        np.array([0.3, 3])
        * [onsets[["observed", "low"]].min().min(), onsets[["observed", "high"]].max().max()]
        / mA_cm2
    )
    axes.plot(ends, ends, color=GREY, linewidth=1.0)
    axes.fill_between(ends, ends / 2, ends * 2, color="#e4e4e4", label="within a factor of 2")
    for calibrates, mark, word in ((True, "o", "calibrates the model"), (False, "s", "does not")):
        rows = onsets[onsets["calibrates"] == calibrates]
        if not len(rows):
            continue
        observed, predicted = rows["observed"] / mA_cm2, rows["predicted"] / mA_cm2
        reach = np.abs([rows["low"] / mA_cm2 - predicted, rows["high"] / mA_cm2 - predicted])
        face = "white" if calibrates else BLACK
        axes.errorbar(observed, predicted, reach, fmt=mark, color=BLACK, markerfacecolor=face, capsize=2, label=word)
    for k, (name, row) in enumerate(onsets.sort_values(["observed", "predicted"]).iterrows()):
        place = row["observed"] / mA_cm2, row["predicted"] / mA_cm2
        # Neighbours lie close together: their names stand on both sides by turns.
        away, side = ((4, -11), "left") if k % 2 else ((-4, 4), "right")
        axes.annotate(name, place, xytext=away, textcoords="offset points", ha=side, fontsize=SMALL)
    axes.set(xscale="log", yscale="log", xlim=ends, ylim=ends, xlabel="observed onset [mA/cm²]")
    axes.set(ylabel="predicted, median and 90 % of draws [mA/cm²]")
    for own in (axes.xaxis, axes.yaxis):
        own.set_major_formatter(_plain)
    axes.legend(frameon=False, fontsize=SMALL, loc="upper left")
    return figure


def conditions_leverage_figure(effects, now):
    """Probability of failure when one condition is changed at a time.

    Parameters
    ----------
    effects : dict of str to (float, float)
        By the condition with its change: probability after the decrease and after the increase [1].
    now : float
        Probability as it is [1].
    """
    figure, axes = figure_of(0.9 + 0.42 * len(effects))
    for k, (down, up) in enumerate(reversed(effects.values())):
        axes.barh(k + 0.18, down - now, 0.32, now, color="#56b4e9", edgecolor=BLACK, label="lower" if not k else None)
        axes.barh(
            k - 0.18,
            up - now,
            0.32,
            now,
            color=VERMILION,
            edgecolor=BLACK,
            hatch="//",
            label="higher" if not k else None,
        )
    axes.axvline(now, color=BLACK, linewidth=1.0)
    axes.set_yticks(range(len(effects)), list(reversed(effects)))
    axes.set(xlabel="probability of failure [1]", xlim=(-0.02, 1.02))
    axes.grid(axis="x", color="#dddddd")
    axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return figure


def fade_figure(fade):
    """Delivered capacity against time with its band, and the share of cells that have not failed.

    Parameters
    ----------
    fade : sslib.failure.Fade
    """
    figure, (left, right) = figure_of(3.5, 1, 2)
    hours = fade.time / hour
    (low, high), middle = fade.interval()
    left.fill_between(hours, low / mAh_cm2, high / mAh_cm2, color="#9ecae1", label="95 % of draws")
    left.plot(hours, middle / mAh_cm2, color=BLUE, marker="o", markersize=3.5, label="median")
    left.axhline(fade.fresh / mAh_cm2, color=GREY, linestyle="--", label="fresh")
    left.set(xscale="log", xlabel=AXES["time"][0], ylabel="delivered capacity [mAh/cm²]", ylim=(0, None))
    left.legend(frameon=False, fontsize=SMALL, loc="lower left")
    left.set_title(
        f"at {fade.discharge_current / mA_cm2:.3g} mA/cm², if it does not fail (extrapolated)", fontsize=SMALL
    )
    right.plot(hours, 1 - fade.failed.mean(axis=0), color=VERMILION, marker="s", markersize=3.5)
    right.set(xscale="log", ylim=(-0.02, 1.02), xlabel=AXES["time"][0], ylabel="share that has not failed [1]")
    right.set_title("share of the same draws", fontsize=SMALL)
    for axes in (left, right):
        axes.grid(color="#dddddd")
        axes.xaxis.set_major_formatter(_plain)
    return figure
