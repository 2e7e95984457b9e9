"""Figures of electrolytes against a use: margins, stability windows, and ratios of moduli that contradict."""

import numpy as np
from matplotlib.ticker import FuncFormatter

from sslib.cell import CRITERIA, FACTOR, PASSES, UNKNOWN
from sslib.mechanics import pugh_of_poisson
from sslib.notebook.figures.style import BLACK, BLUE, GREEN, GREY, SMALL, VERMILION, figure_of

LOOKS = ((BLUE, "o"), (VERMILION, "s"), (GREEN, "^"), (BLACK, "D"), ("#8f3f73", "v"), (GREY, "P"))
"""Colour and mark of each electrolyte, in the order in which they are given."""

_plain = FuncFormatter(lambda value, position: f"{value:g}")

_REACH = (1e-3, 1e4)
"""Margins beyond are drawn at the edge, as arrows."""


def screening_figure(findings, electrolytes, use):
    """Margins of each electrolyte by criterion, and its stability window between the electrodes' potentials.

    Parameters
    ----------
    findings : dict of str to dict
        By electrolyte, what `sslib.cell.screen` gives; at most six.
    electrolytes : dict of str to dict
        Their properties as ranges.
    use : sslib.cell.Use
    """
    factors = [name for name, criterion in CRITERIA.items() if criterion.kind == FACTOR]
    lanes = np.linspace(0.33, -0.33, len(findings)) if len(findings) > 1 else [0.0]
    heights = (len(factors) * (0.2 + 0.11 * len(findings)), 0.35 + 0.2 * len(findings))
    figure, (upper, lower) = figure_of(sum(heights) + 1.3, 2, 1, height_ratios=heights)
    upper.axvspan(_REACH[0], 1, color="#f4f4f4", linewidth=0)
    upper.axvline(1, color=GREY, linewidth=1)
    for (name, found), lane, look in zip(findings.items(), lanes, LOOKS, strict=False):
        rows = {criterion: row + lane for row, criterion in enumerate(reversed(factors))}
        _margins(upper, name, {height: found[criterion] for criterion, height in rows.items()}, *look)
    upper.set(xscale="log", xlim=_REACH, ylim=(-0.5, len(factors) - 0.5), xlabel="margin [1]; fails in the grey")
    upper.xaxis.set_major_formatter(_plain)
    upper.minorticks_off()
    upper.set_yticks(range(len(factors)), reversed(factors))
    upper.hlines(np.arange(len(factors) - 1) + 0.5, *_REACH, color="#cccccc", linewidth=0.6)
    upper.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=3, fontsize=SMALL)
    _windows(lower, electrolytes, use)
    return figure


def _margins(axes, name, findings, colour, mark):
    """Bars between the ends of each margin, arrows where they run out of sight, a word where nothing is known."""
    axes.plot([], [], mark, color=colour, markersize=5, label=name)
    known = {height: found for height, found in findings.items() if found.verdict != UNKNOWN}
    for height in findings.keys() - known.keys():
        words = f"{name.split(' (')[0]}: not known"
        axes.text(_REACH[0] * 1.25, height, words, color=colour, fontsize=SMALL, va="center")
    if not known:
        return
    heights = np.array(list(known))
    ends = np.array([(found.low, found.high) for found in known.values()])
    shown = np.clip(ends, *_REACH)
    axes.hlines(heights, shown[:, 0], shown[:, 1], color=colour, linewidth=2.2)
    passes = np.array([found.verdict == PASSES for found in known.values()])
    for side, arrow in ((0, "<"), (1, ">")):
        inside = shown[:, side] == ends[:, side]
        for which, shape, face in (
            (inside & passes, mark, colour),
            (inside & ~passes, mark, "white"),
            (~inside, arrow, colour),
        ):
            look = {"color": colour, "markerfacecolor": face, "markersize": 5, "linestyle": "none"}
            axes.plot(shown[which, side], heights[which], shape, **look)


def _windows(axes, electrolytes, use):
    top = max(use.cathode_potential, 5.0) + 0.9
    names = list(electrolytes)
    for row, (name, (colour, mark)) in enumerate(zip(reversed(names), reversed(LOOKS[: len(names)]), strict=True)):
        known = electrolytes[name]
        if "window_lower" not in known or "window_upper" not in known:
            axes.text(0.05, row, "not known", color=colour, fontsize=SMALL, va="center")
            continue
        (lower, lower_high), (upper, upper_high) = known["window_lower"], known["window_upper"]
        axes.barh(row, min(upper_high, top) - lower, left=lower, height=0.5, color=colour, alpha=0.25)
        axes.barh(row, upper - lower_high, left=lower_high, height=0.5, color=colour, alpha=0.75)
        axes.plot(
            [lower_high, upper], [row, row], mark, markersize=6, markerfacecolor="white", markeredgecolor=BLACK,
            clip_on=False, linestyle="none",
        )  # fmt: skip
        if np.isinf(upper_high):
            axes.plot(top, row, ">", color=colour, markersize=6, clip_on=False)
    for potential, label in ((use.anode_potential, "anode"), (use.cathode_potential, "cathode")):
        axes.axvline(potential, color=BLACK, linewidth=1.2, linestyle="--")
        axes.annotate(
            label, (potential, 1.0), xycoords=("data", "axes fraction"), ha="center", va="bottom", fontsize=SMALL
        )
    axes.set_yticks(range(len(names)), reversed(names), fontsize=SMALL)
    axes.set(xlim=(min(use.anode_potential, 0) - 0.3, top), ylim=(-0.6, len(names) - 0.4))
    axes.set_xlabel("potential against lithium [V]; pale: where statements differ")


def pugh_figure(electrolytes, printed, limit):
    """Ratio of bulk to shear modulus against Poisson's ratio: the identity, and what tables print.

    Parameters
    ----------
    electrolytes : dict of str to dict
        Properties as ranges; those without Poisson's ratio are left out.
    printed : dict of str to list of (poisson, ratio)
        Printed pairs by electrolyte.
    limit : float
        Ratio above which metals are ductile [1].
    """
    figure, axes = figure_of(3.4)
    poisson = np.linspace(0.2, 0.36, 100)
    axes.plot(poisson, pugh_of_poisson(poisson), color=GREY, linewidth=1.8, label="any isotropic solid")
    axes.axhline(limit, color=BLACK, linestyle="--", linewidth=1)
    axes.annotate(
        f"brittle below {limit:g} (Pugh, metals)", (0.362, limit), xytext=(0, -3), textcoords="offset points",
        ha="right", va="top", fontsize=SMALL,
    )  # fmt: skip
    for (name, known), (colour, mark) in zip(electrolytes.items(), LOOKS, strict=False):
        if "poisson_ratio" not in known:
            continue
        ends = np.unique(known["poisson_ratio"])
        axes.plot(ends, pugh_of_poisson(ends), mark, color=colour, markersize=7, label=f"{name}, from Poisson's ratio")
        for number, (nu, ratio) in enumerate(printed.get(name, ())):
            axes.plot([nu, nu], [pugh_of_poisson(nu), ratio], color=colour, linewidth=1)
            axes.plot(
                nu, ratio, mark, color=colour, markerfacecolor="white", markersize=7,
                label=None if number else f"{name}, printed",
            )  # fmt: skip
    axes.set(xlabel="Poisson's ratio [1]", ylabel="bulk over shear modulus [1]", xlim=(0.2, 0.364))
    axes.grid(color="#dddddd")
    axes.legend(frameon=False, loc="upper left", fontsize=SMALL)
    return figure
