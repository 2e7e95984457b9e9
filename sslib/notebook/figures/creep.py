"""Figures of lithium under load: its deformation map, and what confinement makes of a stack pressure."""

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from sslib.notebook.figures.style import BLACK, BLUE, GREY, SMALL, VERMILION, figure_of, label_contours
from sslib.units import MPa, celsius

_CASES = ((VERMILION, "--", 1.8), (BLACK, ":", 1.6), (BLUE, "-", 2.2))

_plain = FuncFormatter(lambda value, position: f"{value:g}")


def deformation_map_figure(stress, T, rate, diffusion_share, holds, marks, measured, yield_range):
    """Logarithm of the strain rate over stress and temperature, hatched where the law is not known to hold.

    Parameters
    ----------
    stress : array_like
        Deviatoric stress [Pa], shape (n,).
    T : array_like
        [K], shape (m,).
    rate : array_like
        Strain rate [1/s], shape (m, n).
    diffusion_share : array_like
        Share of creep by diffusion in it [1], shape (m, n); the line of one half is drawn.
    holds : array_like of bool
        Whether the law is used inside its range, shape (m, n).
    marks : list of (label, T, free, confined)
        Stack pressures and the stresses that they become between plates [Pa].
    measured : (lowest, highest, T)
        Stresses [Pa] and the temperature [K] of the measurements behind the law.
    yield_range : pair of float
        Yield stress of the bulk metal [Pa].
    """
    figure, axes = figure_of(4.4)
    x, y = np.asarray(stress) / MPa, np.asarray(T) - celsius(0)
    levels = np.arange(-12, 3, 2)
    filled = axes.contourf(x, y, np.log10(rate), levels=levels, cmap="cividis", extend="both")
    lines = axes.contour(x, y, np.log10(rate), levels=levels, colors="white", linewidths=0.7, linestyles="solid")
    label_contours(axes, lines, levels[1::2], "%.0f")
    blank = ListedColormap([(1, 1, 1, 0)])
    axes.contourf(x, y, ~np.asarray(holds), levels=[0.5, 1.5], cmap=blank, hatches=["////"])
    axes.contour(x, y, diffusion_share, levels=[0.5], colors="white", linewidths=1.8, linestyles="dashed")
    axes.axvspan(yield_range[0] / MPa, yield_range[1] / MPa, color="white", alpha=0.5, linewidth=0)
    lowest, highest, at = measured
    axes.plot([lowest / MPa, highest / MPa], [at - celsius(0)] * 2, color=VERMILION, linewidth=5, zorder=3)
    axes.plot([lowest / MPa, highest / MPa], [at - celsius(0)] * 2, color="white", linewidth=1, zorder=3)
    for number, (label, temperature, free, confined) in enumerate(marks):
        height = temperature - celsius(0)
        looks = {"color": BLACK, "markerfacecolor": "white", "markersize": 7, "linestyle": "none", "zorder": 4}
        axes.plot(free / MPa, height, "s", label=None if number else "stack pressure, as if free", **looks)
        axes.plot(confined / MPa, height, "o", label=None if number else "what it is between plates", **looks)
        for stress_there, away in ((free, 7), (confined, -17)):
            axes.annotate(
                label, (stress_there / MPa, height), xytext=(0, away), textcoords="offset points", ha="center",
                fontsize=SMALL, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            )  # fmt: skip
    handles, _ = axes.get_legend_handles_labels()
    handles += [
        Line2D([], [], color=VERMILION, linewidth=5, label="measured"),
        Line2D([], [], color="white", linewidth=1.8, linestyle="--", label="left of it diffusion leads"),
        Patch(facecolor="white", alpha=0.5, label="bulk yield"),
        Patch(facecolor="#888888", hatch="////", edgecolor=BLACK, label="outside the law's range"),
    ]
    figure.legend(
        handles=handles, loc="outside upper center", ncols=3, fontsize=SMALL, facecolor="#999999", edgecolor="none"
    )
    axes.set(xscale="log", xlabel="deviatoric stress [MPa]", ylabel="temperature [°C]", xlim=(x[0], x[-1]))
    axes.xaxis.set_major_formatter(_plain)
    axes.minorticks_off()
    figure.colorbar(filled, ax=axes, label="strain rate [1/s], power of ten", format="%.0f")
    return figure


def confinement_figure(pressure, strains, hours, reported, holds_to):
    """Logarithmic strain of a foil against stack pressure, free and between plates that it sticks to.

    Parameters
    ----------
    pressure : array_like
        [Pa], shape (n,).
    strains : dict of str to array_like
        Logarithmic strain after the time [1] by case, shape (n,); at most three.
    hours : float
        The time [h].
    reported : list of (pressure, words)
        Stack pressures of the literature [Pa].
    holds_to : float
        Pressure at which the confined disc leaves the range of the law [Pa].
    """
    figure, axes = figure_of(3.9)
    x = np.asarray(pressure) / MPa
    for (label, strain), (colour, line, width) in zip(strains.items(), _CASES, strict=False):
        axes.loglog(x, strain, line, color=colour, linewidth=width, label=label)
    axes.axvspan(max(holds_to / MPa, x[0]), x[-1], facecolor="none", edgecolor="#bbbbbb", hatch="////", linewidth=0)
    axes.axhline(0.1, color=GREY, linewidth=0.8)
    axes.text(0.3, 0.13, "a tenth", transform=axes.get_yaxis_transform(), color=GREY, fontsize=SMALL)
    for value, words in reported:
        axes.axvline(value / MPa, color=GREY, linewidth=0.8, linestyle=":")
        axes.annotate(
            words, (value / MPa, 0.98), xycoords=("data", "axes fraction"), xytext=(-2, 0),
            textcoords="offset points", rotation=90, ha="right", va="top", fontsize=SMALL, color=GREY,
        )  # fmt: skip
    axes.set(xlabel="stack pressure [MPa]", ylabel=f"logarithmic strain after {hours:g} h [1]", ylim=(1e-6, 1e6))
    axes.set_xlim(x[0], x[-1])
    axes.xaxis.set_major_formatter(_plain)
    axes.minorticks_off()
    axes.grid(color="#dddddd")
    axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, fontsize=SMALL)
    return figure


def aspect_figure(slenderness, allowed, reported):
    """The stack pressure that a foil bears against how wide it is for its thickness.

    Parameters
    ----------
    slenderness : array_like
        Radius over thickness [1], shape (n,).
    allowed : dict of str to array_like
        Pressure [Pa] by case, shape (n,); at most three.
    reported : list of (pressure, words)
        Stack pressures of the literature [Pa].
    """
    figure, axes = figure_of(3.3)
    for (label, pressure), (colour, line, width) in zip(allowed.items(), reversed(_CASES), strict=False):
        axes.loglog(slenderness, np.asarray(pressure) / MPa, line, color=colour, linewidth=width, label=label)
    for value, words in reported:
        axes.axhline(value / MPa, color=GREY, linewidth=0.8, linestyle=":")
        axes.annotate(
            words, (slenderness[0], value / MPa), xytext=(3, 2), textcoords="offset points", fontsize=SMALL, color=GREY,
        )  # fmt: skip
    axes.set(xlabel="radius over thickness [1]", ylabel="pressure for a tenth [MPa]")
    axes.set_xlim(slenderness[0], slenderness[-1])
    axes.xaxis.set_major_formatter(_plain)
    axes.yaxis.set_major_formatter(_plain)
    axes.minorticks_off()
    axes.grid(color="#dddddd")
    axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
    return figure
