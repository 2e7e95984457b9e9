"""What all figures share: colours, width, and how data and models are drawn.

Colours are those of Okabe and Ito, which people with any colour vision tell apart; shape says the same again.
"""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

BLACK, BLUE, VERMILION, GREY, GREEN = "#000000", "#0072b2", "#b34700", "#666666", "#007a5a"
WIDTH = 7.3
# A report's column is 704 pixels of 1/96 inch wide, so that this is 9 points there; no text is smaller.
SMALL = 9
DATA = {"marker": "o", "linestyle": "none", "markersize": 4.5, "markerfacecolor": "none", "color": BLACK}
MODEL = {"linestyle": "-", "linewidth": 1.8, "color": BLUE}


def figure_of(height, *args, **kwargs):
    """A figure of the page's width and that height [inch], with the axes that ``subplots`` makes of the rest."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots(*args, **kwargs)


def literal(text, longest=44):
    """Text of a file as it stands, not as a formula, and no longer than a figure has room for."""
    text = text if len(text) <= longest else text[: longest - 1] + "…"
    return text.replace("$", r"\$")


def mark_or_point_at(axes, x, y, words, **look):
    """A mark at a place; beyond the axes' ends it stands at their edge, with an arrow to where it is and its words."""
    place = axes.transLimits.transform(axes.transScale.transform((x, y)))
    if ((place >= 0) & (place <= 1)).all():
        axes.plot(x, y, **look)
        return
    at, edge = np.clip(place, 0.14, 0.86), np.clip(place, 0, 1)
    at = np.where(place == edge, edge, at)
    axes.plot(*at, transform=axes.transAxes, **look)
    arrow = {"arrowstyle": "-|>", "color": BLACK, "linewidth": 2, "shrinkA": 6, "shrinkB": 0, "mutation_scale": 14}
    axes.annotate("", edge, at, "axes fraction", "axes fraction", arrowprops=arrow, zorder=6)
    side, low = ("left", "center", "right")[int(np.digitize(at[0], [0.25, 0.75]))], at[1] < 0.5
    # Words at the middle of the panel have the most room.
    beside = 0.5 if side == "center" else at[0], at[1]
    axes.annotate(
        words, beside, (0, 12 if low else -12), "axes fraction", "offset points", zorder=6, fontsize=SMALL,
        ha=side, va="bottom" if low else "top",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
    )  # fmt: skip


def whisker(axes, place, ends, closed=(True, True), vertical=False):
    """An interval about a place, its ends with caps; an arrow where an end is open."""
    white = [withStroke(linewidth=3.6, foreground="white")]
    look = {"color": BLACK, "linewidth": 1.4, "zorder": 5, "path_effects": white, "clip_on": False}
    line = [ends, [place, place]]
    axes.plot(*(line[::-1] if vertical else line), label="_interval", **look)
    for end, is_closed, arrow in zip(ends, closed, "v^" if vertical else "<>", strict=True):
        mark = ("_" if vertical else "|") if is_closed else arrow
        at = (place, end) if vertical else (end, place)
        axes.plot(*at, marker=mark, markersize=7, markeredgewidth=1.4, label="_end", **look)


def label_contours(axes, lines, levels=None, form="%g"):
    """Values written onto contour lines, dark on a light ground whatever lies beneath."""
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
    chosen = lines.levels if levels is None else levels
    for text in axes.clabel(lines, chosen, fmt=form, fontsize=SMALL, colors=BLACK):
        text.set_bbox(ground)
