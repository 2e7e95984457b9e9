"""Figures of an electrode's design: laws of composites, maps over recipe and thickness, and what moves the optimum."""

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from sslib.notebook.figures.style import BLACK, BLUE, GREEN, GREY, SMALL, VERMILION, figure_of, label_contours

LAW_LOOKS = ((BLUE, "-", "o"), (VERMILION, "--", "s"), (GREEN, "-.", "^"), (BLACK, ":", "D"))
"""Colour, line and mark of each law, in the order in which they are given."""

_plain = FuncFormatter(lambda value, position: f"{value:g}" if 1e-3 <= value < 1e5 else f"{value:.0e}")


def law_figure(fraction, curves, highest, points, recipe, rails):
    """Laws of a composite with published points, and what they make of a recipe.

    Parameters
    ----------
    fraction : array_like
        Volume fractions of the conducting phase [1], shape (n,).
    curves : dict of str to array_like
        Effective over pure conductivity [1] by law, shape (n,).
    highest : array_like
        The same for the upper bound on all isotropic composites.
    points : pandas.DataFrame
        The table ``composites``.
    recipe : array_like
        Active material by mass [1], shape (m,).
    rails : dict of str to (ionic, electronic)
        Effective conductivities [mS/cm] by law, each of shape (m,); zero where nothing connects.
    """
    figure, (left, right) = figure_of(3.6, 1, 2)
    left.fill_between(fraction, highest, 1, color="#e4e4e4", linewidth=0, label="impossible")
    for (law, curve), (colour, line, _) in zip(curves.items(), LAW_LOOKS, strict=False):
        left.plot(fraction, curve, line, color=colour, label=law)
    factor = points["tortuosity_factor"]
    effective = points["electrolyte_fraction"] / factor
    reach = effective * (points["tortuosity_error"] / factor).fillna(0)
    looks = {"fmt": "o", "markersize": 6, "markerfacecolor": "white", "color": BLACK, "capsize": 3, "zorder": 3}
    left.errorbar(points["electrolyte_fraction"], effective, reach, label="published", **looks)
    left.set(xlabel="volume fraction of the phase [1]", ylabel="effective / pure conductivity [1]", xlim=(0, 1))
    left.set_ylim(0, 1)
    left.legend(framealpha=1, fontsize=SMALL, loc="upper left")
    for (ionic, electronic), (colour, line, _) in zip(rails.values(), LAW_LOOKS, strict=False):
        for values, width in ((ionic, 2.2), (electronic, 1.0)):
            right.semilogy(100 * recipe, np.where(values > 0, values, np.nan), line, color=colour, linewidth=width)
    positive = np.concatenate([np.concatenate(pair) for pair in rails.values()])
    right.set_ylim(max(positive[positive > 0].min(), positive.max() * 1e-5) / 2, positive.max() * 3)
    right.plot([], [], color=GREY, linewidth=2.2, label="ionic (thick)")
    right.plot([], [], color=GREY, linewidth=1.0, label="electronic (thin)")
    right.legend(frameon=False, fontsize=SMALL, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    right.set(xlabel="active material [% of mass]", ylabel="effective conductivity [mS/cm]")
    right.yaxis.set_major_formatter(_plain)
    for axes in (left, right):
        axes.grid(color="#dddddd")
    return figure


def composition_map_figure(active, thickness, maps, optima, unit="Wh/kg"):
    """Maps over recipe and thickness, one a law, with the best electrode marked in each.

    Parameters
    ----------
    active : array_like
        Active material by mass [1], shape (n,).
    thickness : array_like
        Thickness of the electrode [um], shape (m,).
    maps : dict of str to array_like
        By law, shape (n, m), in `unit`.
    optima : dict of str to (active, thickness, value, at_edge)
        By law [1, um, unit, bool]; what lies at the edge of what was searched is marked and named so.
    """
    columns = min(len(maps), 2)
    rows = -(-len(maps) // columns)
    figure, grid = figure_of(0.6 + 2.6 * rows, rows, columns, sharex=True, sharey=True, squeeze=False)
    top = max(values.max() for values in maps.values())
    levels = MaxNLocator(12).tick_values(0, max(top, 1e-9))
    for axes, (law, values) in zip(grid.flat, maps.items(), strict=False):
        filled = axes.contourf(100 * active, thickness, values.T, levels=levels, cmap="cividis")
        lines = axes.contour(100 * active, thickness, values.T, levels=levels[2::2], colors="white", linewidths=0.7)
        label_contours(axes, lines, form="%.0f")
        best, depth, value, at_edge = optima[law]
        mark, note = (">", ", at the edge of the search") if at_edge else ("*", "")
        axes.plot(100 * best, depth, mark, markersize=12, color="white", markeredgecolor=BLACK, clip_on=False, zorder=4)
        axes.set_title(f"{law}: {value:.0f} {unit}{note}", fontsize=SMALL)
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(_plain)
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.set_yticks([tick for tick in (20, 50, 100, 200, 500, 1000) if thickness[0] <= tick <= thickness[-1]])
    for axes in grid.flat[len(maps) :]:
        axes.set_visible(False)
    figure.supxlabel("active material [% of mass]", fontsize=10)
    figure.supylabel("thickness of the cathode [µm]", fontsize=10)
    figure.colorbar(filled, ax=grid, label=f"specific energy at the rate [{unit}]", shrink=0.8, format="%.0f")
    return figure


def size_figure(diameter, series, measured, ylabel):
    """Something delivered against particle size, one curve a case, with the sizes of published particles.

    Parameters
    ----------
    diameter : array_like
        [um], shape (n,).
    series : dict of str to (middle, lowest, highest)
        By case, over the laws, each of shape (n,).
    measured : dict of str to float
        Diameters of published particles [um] by name.
    ylabel : str
        With unit.
    """
    figure, axes = figure_of(3.3)
    for (label, (middle, lowest, highest)), (colour, line, mark) in zip(series.items(), LAW_LOOKS, strict=False):
        axes.fill_between(diameter, lowest, highest, color=colour, alpha=0.15, linewidth=0)
        axes.semilogx(diameter, middle, line, marker=mark, markersize=4, color=colour, label=label)
    for name, size in measured.items():
        last = size > 0.8 * diameter[-1]
        axes.axvline(size, color=GREY, linewidth=0.8, linestyle=":")
        axes.annotate(
            name,
            (size, 0.02),
            xycoords=("data", "axes fraction"),
            xytext=(-3 if last else 3, 0),
            textcoords="offset points",
            ha="right" if last else "left",
            color=GREY,
        )
    axes.set(xlabel="diameter of the active particles [µm]", ylabel=ylabel, ylim=(0, None))
    axes.xaxis.set_major_formatter(_plain)
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xticks([tick for tick in (1, 2, 3, 5, 10, 20) if diameter[0] <= tick <= diameter[-1]])
    axes.grid(color="#dddddd")
    axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return figure


def gain_figure(conductivity, series, materials, now):
    """The best specific energy against the electrolyte's conductivity, one curve a law, with known electrolytes.

    Parameters
    ----------
    conductivity : array_like
        [mS/cm], shape (n,).
    series : dict of str to array_like
        [Wh/kg] by law, shape (n,).
    materials : dict of str to float
        Conductivities [mS/cm] of electrolytes by name.
    now : float
        The conductivity of this cell [mS/cm].
    """
    figure, axes = figure_of(3.9)
    for (law, values), (colour, line, mark) in zip(series.items(), LAW_LOOKS, strict=False):
        axes.semilogx(conductivity, values, line, marker=mark, markersize=4, color=colour, label=law)
    axes.axvline(now, color=GREY, linewidth=0.8)
    axes.annotate(
        "this cell",
        (now, 0.97),
        xycoords=("data", "axes fraction"),
        xytext=(-3, 0),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize=SMALL,
        color=GREY,
    )
    heights = np.linspace(0.05, 0.42, max(len(materials), 2))
    for height, (name, value) in zip(heights, sorted(materials.items(), key=lambda pair: pair[1]), strict=False):
        axes.plot([value, value], [0, height], ":", color=GREY, linewidth=0.9, transform=axes.get_xaxis_transform())
        right = value > np.sqrt(conductivity[0] * conductivity[-1])
        axes.annotate(
            name,
            (value, height),
            xycoords=("data", "axes fraction"),
            xytext=(-3 if right else 3, 0),
            textcoords="offset points",
            ha="right" if right else "left",
            fontsize=SMALL,
            color=GREY,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )
    axes.set(xlabel="conductivity of the electrolyte [mS/cm]", ylabel="best specific energy [Wh/kg]", ylim=(0, None))
    axes.xaxis.set_major_formatter(_plain)
    axes.grid(color="#dddddd")
    axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4)
    return figure


def leverage_figure(effects, unit="Wh/kg"):
    """What the optimum gains from each property, halved and doubled, one bar to each side.

    Parameters
    ----------
    effects : dict of str to (worse, better)
        Change [unit] when the property changes for the worse and for the better.
    """
    names = list(effects)
    figure, axes = figure_of(0.9 + 0.36 * len(names))
    rows = np.arange(len(names))[::-1]
    worse, better = np.array([effects[name] for name in names]).T
    axes.barh(rows, worse, color=VERMILION, height=0.62, hatch="//", edgecolor="white", label="the worse way")
    axes.barh(rows, better, color=BLUE, height=0.62, label="the better way")
    axes.axvline(0, color=BLACK, linewidth=0.8)
    axes.set_yticks(rows, names)
    axes.set_xlabel(f"change of the best specific energy when halved or doubled [{unit}]")
    axes.legend(frameon=False, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    axes.spines[["top", "right"]].set_visible(False)
    return figure
