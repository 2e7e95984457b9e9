"""Figures of cells whose salt moves: what two rails make of their spectra."""

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.ticker import LogLocator

from sslib.formatting import number
from sslib.notebook.figures.style import BLACK, BLUE, GREEN, GREY, SMALL, VERMILION, figure_of

_LOOKS = ((VERMILION, "--", "s"), (BLUE, "-", "o"), (GREEN, ":", "^"))


def deviation_figure(frequency, deviations, noise=None):
    """By how much a spectrum departs from models of it, against frequency, both axes logarithmic.

    Parameters
    ----------
    frequency : array_like
        [Hz].
    deviations : dict
        By label |Z/Z_model − 1| [1], shape (frequencies,).
    noise : float, optional
        A line at this level [1].
    """
    figure, axes = figure_of(3.0)
    for (label, deviation), (colour, dashes, _) in zip(deviations.items(), _LOOKS, strict=False):
        axes.loglog(frequency, 100 * np.maximum(deviation, 1e-8), dashes, color=colour, linewidth=1.8, label=label)
    if noise is not None:
        axes.axhline(100 * noise, color=GREY, linewidth=1, linestyle="-.", label=f"{100 * noise:.2g} % noise")
    axes.set(xlabel="frequency [Hz]", ylabel="|Z / Z of the model − 1| [%]")
    axes.xaxis.set_major_locator(LogLocator(numticks=12))
    axes.grid(color="#dddddd")
    axes.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure


def two_rail_map_figure(found, cell):
    """Tables of colours over transference number and salt diffusivity: both errors of two rails, and of two parameters.

    Parameters
    ----------
    found : TwoRailMap
        From `sslib.impedance.two_rail_map`.
    cell : pair of float
        Transference number [1] and salt diffusivity [m2/s] of the cell in question: a frame, if it lies in the grid.
    """
    figure, panels = figure_of(6.4, 2, 2, sharex=True, sharey=True)
    errors = {"limits": (0.1, 200), "cmap": "cividis", "form": _percent}
    # Ratios either way about one: the same colours mean the same factor.
    ratios = {"limits": (1e-2, 1e2), "cmap": "PuOr", "form": _ratio}
    shown = (
        ("two rails of the cell's own values: error [%]", 100 * found.mapped_error, errors),
        ("two rails, best fit: error [%]", 100 * found.fit_error, errors),
        ("fitted $R_d$ over the true one [1]", found.factor["R_d"], ratios),
        ("fitted $R_\\mathrm{ion}$ over the true one [1]", found.factor["R_ion"], ratios),
    )
    columns, rows = np.arange(len(found.transference_number)), np.arange(len(found.diffusivity))
    for axes, (title, values, looks) in zip(panels.flat, shown, strict=True):
        norm = LogNorm(*looks["limits"], clip=True)
        tiles = axes.pcolormesh(columns, rows, np.maximum(values, 1e-9), norm=norm, cmap=looks["cmap"])
        for row in rows:
            for column in columns:
                shade = tiles.cmap(norm(max(values[row, column], 1e-9)))[:3]
                ink = "white" if np.dot(shade, (0.3, 0.6, 0.1)) < 0.45 else BLACK
                text = looks["form"](values[row, column])
                axes.text(column, row, text, ha="center", va="center", color=ink, fontsize=SMALL)
        axes.set_title(title, fontsize="medium")
        place = (
            np.interp(cell[0], found.transference_number, columns, np.nan, np.nan),
            np.interp(np.log(cell[1]), np.log(found.diffusivity), rows, np.nan, np.nan),
        )
        for colour, width in (("white", 4.0), (BLACK, 1.6)):
            # Black on white is seen on every shade.
            axes.plot(*place, "s", markersize=33, fillstyle="none", markeredgecolor=colour, markeredgewidth=width)
    panels[0, 0].set_xticks(columns, [number(float(t), 2) for t in found.transference_number])
    panels[0, 0].set_yticks(rows, [f"$10^{{{np.log10(d):.3g}}}$" for d in found.diffusivity])
    for axes in panels[-1]:
        axes.set_xlabel("cation transference number [1]")
    for axes in panels[:, 0]:
        axes.set_ylabel("salt diffusivity [m²/s]")
    return figure


def _percent(value):
    return "<0.01" if value < 0.01 else f"{value:.2g}" if value < 99.5 else f"{value:.0f}"


def _ratio(value):
    return "<0.01" if value < 0.01 else ">99" if value > 99 else f"{value:.2g}"


def recovery_figure(tables):
    """What fits find of each parameter over its true value, with intervals; an arrow where an end is open.

    Parameters
    ----------
    tables : dict of pandas.DataFrame
        By label what `sslib.impedance.against_truth` gives.
    """
    names = list(dict.fromkeys(name for table in tables.values() for name in table.index))
    figure, axes = figure_of(1.0 + 0.34 * len(names))
    lowest, highest = 1e-3, 1e3
    for k, ((label, table), (colour, _, mark)) in enumerate(zip(tables.items(), _LOOKS, strict=False)):
        for first, (name, row) in enumerate(table.iterrows()):
            y = -names.index(name) + 0.15 - 0.3 * k / max(len(tables) - 1, 1)
            low, high = row["from"] / row["truth"], row["to"] / row["truth"]
            ends = [lowest if np.isnan(low) else low, highest if np.isnan(high) else high]
            axes.plot(ends, [y, y], color=colour, linewidth=2.2, solid_capstyle="butt")
            for end, is_open, arrow in zip(ends, np.isnan([low, high]), "<>", strict=True):
                if is_open:
                    axes.plot(end * (1.25 if arrow == "<" else 0.8), y, arrow, color=colour, markersize=6)
            value = np.clip(row["value"] / row["truth"], lowest * 1.2, highest / 1.2)
            axes.plot(value, y, mark, color=colour, markersize=5, label=label if first == 0 else None)
    axes.axvline(1, color=BLACK, linewidth=1)
    axes.set_yticks(-np.arange(len(names)), names)
    axes.set(xscale="log", xlim=(lowest, highest), xlabel="value and interval (95 %) over the true value [1]")
    axes.xaxis.set_major_locator(LogLocator(numticks=8))
    axes.grid(axis="x", color="#dddddd")
    axes.legend(frameon=False, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure
