"""Figures of where a cell's mass and volume go, and of what moves its energy; each returns a matplotlib figure."""

import numpy as np
from matplotlib.patches import Patch

from sslib.cell import DENSITY, SPECIFIC, break_even_by_mass, break_even_by_volume
from sslib.notebook.figures.style import BLACK, BLUE, GREEN, GREY, VERMILION, figure_of, label_contours
from sslib.units import Wh_kg, Wh_L, mg_cm2, um

PARTS = {
    "cathode": (BLUE, ""),
    "separator": ("#e69f00", "//"),
    "anode": ("#56b4e9", ".."),
    "foils": ("#bbbbbb", "\\\\"),
    "pressure hardware": (VERMILION, "xx"),
    "packaging": (GREEN, "++"),
    "room to swell": ("#ffffff", "--"),
}


def energy_breakdown_figure(cells):
    """Mass and volume per energy, layer by layer: the shorter the bar, the better the cell.

    Parameters
    ----------
    cells : mapping of str to Cell
        By label; their layers are those of `sslib.cell.Design`.
    """
    figure, axes = figure_of(1.7 + 0.55 * len(cells), 1, 2, sharey=True)
    panels = (
        ("mass_by_layer", 1e3 * Wh_kg, "mass per energy [g/Wh]", "Wh/kg"),
        ("thickness_by_layer", 1e3 * Wh_L, "volume per energy [mL/Wh]", "Wh/L"),
    )
    drawn = {}
    for panel, (by_layer, scale, label, unit) in zip(axes, panels, strict=True):
        for place, cell in enumerate(cells.values()):
            left = 0.0
            for name, amount in getattr(cell, by_layer)().items():
                width = float(scale * amount / cell.areal_energy)
                if width == 0:
                    continue
                colour, hatch = PARTS[name]
                style = {"facecolor": colour, "hatch": hatch, "edgecolor": BLACK, "linewidth": 0.6}
                panel.barh(place, width, left=left, height=0.6, **style)
                drawn[name] = Patch(label=name, **style)
                left += width
            panel.text(left, place, f"  {1000 / left:.0f} {unit}", va="center")
        panel.set(xlabel=label, yticks=range(len(cells)), yticklabels=list(cells))
        panel.set_xlim(0, 1.5 * panel.dataLim.xmax)
    axes[0].invert_yaxis()
    handles = [drawn[name] for name in PARTS if name in drawn]
    figure.legend(handles=handles, loc="outside upper center", ncols=5, **_bare)
    return figure


def energy_contour_figure(loading, thickness, cells, reference, point):
    """Specific energy and energy density over loading and separator thickness, with the line where a cell breaks even.

    Parameters
    ----------
    loading : array_like
        Of the active material [kg/m2], shape (loadings, 1).
    thickness : array_like
        Of the separator [m], shape (1, thicknesses).
    cells : Cell
        Of that grid.
    reference : Cell
        What is to be equalled.
    point : pair of float
        Loading [kg/m2] and thickness [m] of a cell to be marked.
    """
    figure, axes = figure_of(4.0, 1, 2, sharey=True)
    x, y = np.ravel(loading) / mg_cm2, np.ravel(thickness) / um
    specific, density = reference.specific_energy(), reference.energy_density()
    panels = (
        (cells.specific_energy() / Wh_kg, break_even_by_mass(cells, specific), SPECIFIC),
        (cells.energy_density() / Wh_L, break_even_by_volume(cells, density), DENSITY),
    )
    for panel, (energy, even, label) in zip(axes, panels, strict=True):
        # Contours are labelled for the limits that stand when they are drawn.
        panel.set(xlabel="loading [mg/cm²]", title=label, xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
        panel.fill_between(x, even[:, 0] / um, y[-1], color="#e8e8e8", label="below the liquid cell")
        lines = panel.contour(x, y, energy.T, levels=9, colors=BLUE, linewidths=1)
        label_contours(panel, lines)
        panel.plot(x, even[:, 0] / um, "--", color=VERMILION, linewidth=2.4, label="equal to the liquid cell")
        panel.plot(point[0] / mg_cm2, point[1] / um, "*", markersize=14, color="white", mec=BLACK, label="this cell")
    axes[0].set_ylabel("separator thickness [µm]")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3, **_bare)
    return figure


def sensitivity_figure(ends, shares, now):
    """One input at a time beside the shares of all in the variance, for both energies.

    Parameters
    ----------
    ends : pandas.DataFrame
        Of `sslib.cell.tornado`.
    shares : pandas.DataFrame
        Of `sslib.cell.sobol`.
    now : mapping of str to float
        The cell's own energies, by the names of these tables.
    """
    figure, axes = figure_of(1.6 + 0.5 * len(ends), 2, 2, sharey="row", width_ratios=(3, 2))
    for row, energy in zip(axes, (SPECIFIC, DENSITY), strict=True):
        ordered = ends[energy].loc[(ends[energy]["high"] - ends[energy]["low"]).abs().sort_values().index]
        places = np.arange(len(ordered))
        row[0].axvline(now[energy], color=GREY, linewidth=0.8)
        for end, style in (("low", {"color": "#56b4e9"}), ("high", {"color": VERMILION, "hatch": "//"})):
            change = ordered[end] - now[energy]
            row[0].barh(places, change, left=now[energy], height=0.62, edgecolor=BLACK, lw=0.6, label=end, **style)
        row[0].set(xlabel=energy, yticks=places, yticklabels=ordered.index)
        share = shares[energy].loc[ordered.index]
        row[1].plot(share["first"], places, "o", color=BLUE, label="alone")
        row[1].plot(share["total"], places, "s", markersize=8, markerfacecolor="none", color=BLACK, label="with others")
        row[1].set(xlabel="share in the variance [1]", xlim=(-0.05, 1))
        row[1].grid(axis="y", color="#dddddd")
    axes[0, 0].legend(title="input", loc="lower right", **_bare)
    axes[0, 1].legend(loc="lower right", **_bare)
    return figure


_bare = {"frameon": False}
