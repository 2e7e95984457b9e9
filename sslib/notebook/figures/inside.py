"""Figures of what happens inside an electrode; each returns a matplotlib figure."""

import numpy as np
from matplotlib import colormaps
from matplotlib.ticker import LogLocator

from sslib.formatting import number
from sslib.notebook.figures.style import BLACK, BLUE, GREEN, GREY, SMALL, VERMILION, WIDTH, figure_of

DASHES = ("-", "--", "-.", ":", (0, (6, 2, 1, 2, 1, 2)), (0, (1, 3)))


def _looks(count):
    """A shade and a dash for each of several frequencies."""
    shades = colormaps["viridis"](np.linspace(0, 0.85, max(count, 2)))
    return [{"color": shades[k], "linestyle": DASHES[k % len(DASHES)], "linewidth": 1.8} for k in range(count)]


def _hertz(frequency):
    scale, unit = next((s, u) for s, u in ((1e6, "MHz"), (1e3, "kHz"), (0, "Hz")) if frequency >= 0.999 * s)
    return f"{number(float(frequency / (scale or 1)), 2)} {unit}"


def reaction_figure(depth, frequency, reaction, current, tension, sweep, half_depth, stated):
    """Reaction, ionic current and driving potential along the electrode, and how deep half of the reaction reaches.

    Parameters
    ----------
    depth : array_like
        From the separator [um].
    frequency : array_like
        Of the curves [Hz].
    reaction, current, tension : array_like
        Magnitudes by frequency and depth: of the reaction over its mean [1], of the ionic over the cell's current [1],
        of the potential between the rails at 1 mA/cm2 [mV].
    sweep, half_depth : array_like
        Frequencies [Hz] and half-depths [um] of the last panel.
    stated : float
        The frequency that is marked there [Hz].
    """
    figure, axes = figure_of(5.6, 2, 2)
    panels = (
        (axes[0, 0], reaction, "|reaction| / mean [1]"),
        (axes[0, 1], current, "|ionic current| / current [1]"),
        (axes[1, 0], tension, r"$|\varphi_\mathrm{ion}-\varphi_\mathrm{el}|$ at 1 mA/cm² [mV]"),
    )
    for panel, rows, label in panels:
        for f, row, look in zip(frequency, rows, _looks(len(frequency)), strict=True):
            panel.plot(depth, row, label=_hertz(f), **look)
        panel.set(xlabel="depth from the separator [µm]", ylabel=label, xlim=(0, np.max(depth)))
        panel.set_ylim(bottom=0)
    axes[0, 0].set_yscale("log")
    axes[0, 0].set_ylim(1e-2, 2 * np.max(reaction))
    axes[1, 1].semilogx(sweep, half_depth, color=BLUE, linewidth=1.8)
    axes[1, 1].axhline(np.max(depth) / 2, color=GREY, linewidth=0.9, linestyle="--")
    axes[1, 1].axvline(stated, color=BLACK, linewidth=0.9, linestyle=":")
    axes[1, 1].plot(stated, np.interp(np.log(stated), np.log(sweep), half_depth), "o", color=BLACK)
    axes[1, 1].set(xlabel="frequency [Hz]", ylabel="half of the reaction within [µm]", ylim=(0, np.max(depth)))
    axes[1, 1].xaxis.set_major_locator(LogLocator(numticks=6))
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, frameon=False, ncols=len(labels), loc="outside upper center", handlelength=3)
    return figure


def probe_figure(total, front, back, marks, depth):
    """Nyquist diagram of the whole cell and of what a probe in the electrode divides it into.

    Parameters
    ----------
    total, front, back : array_like
        Impedance of the cell, from its ionic terminal to the probe, from the probe to the collector [ohm cm2].
    marks : dict
        Numbers of points that are marked, by their text.
    depth : float
        Of the probe [um].
    """
    proportions = np.ptp(total.imag) / np.ptp(total.real)
    figure, axes = figure_of(0.8 * WIDTH * np.clip(proportions, 0.3, 0.8) + 1.2)
    looks = (
        (f"separator's terminal to probe, {number(depth, 3)} µm deep", front, BLUE, "--", "s"),
        ("probe to collector", back, VERMILION, "-.", "^"),
        ("whole cell", total, BLACK, "-", "o"),
    )
    for label, z, colour, dash, mark in looks:
        axes.plot(z.real, -z.imag, color=colour, linestyle=dash, linewidth=1.8)
        chosen = list(marks.values())
        axes.plot(z[chosen].real, -z[chosen].imag, mark, color=colour, markersize=5)
        axes.plot([], [], color=colour, linestyle=dash, marker=mark, linewidth=1.8, markersize=5, label=label)
    middle = (total.real.max() + total.real.min()) / 2
    for side, (text, k) in zip((1, 1, -1, 1), marks.items(), strict=False):
        axes.annotate(
            text, (total[k].real, -total[k].imag), (9 * side, -4), textcoords="offset points", fontsize=SMALL,
            ha="left" if side > 0 else "right", va="center" if total[k].real > middle else "top",
        )  # fmt: skip
    axes.set(xlabel="Re Z [Ω cm²]", ylabel="−Im Z [Ω cm²]", aspect="equal", adjustable="datalim")
    figure.legend(frameon=False, ncols=3, loc="outside upper center")
    axes.margins(0.1)
    return figure


def gradient_figure(depth, conductivity, reaction, names, read):
    """A profile of conductivity, what it does to the reaction, and what a fit of a uniform line reads.

    Parameters
    ----------
    depth : array_like
        [um].
    conductivity, reaction : dict
        By the name of the electrode, arrays over the depth: ionic conductivity [mS/cm], |reaction| over its mean [1].
    names : sequence of str
        Of the parameters.
    read : dict
        By what the fit knew, the values read over the true ones [1].
    """
    figure, axes = figure_of(3.1, 1, 3, width_ratios=[1, 1, 1.15])
    looks = ({"color": GREY, "linestyle": "--"}, {"color": BLUE, "linestyle": "-"})
    for panel, curves in ((axes[0], conductivity), (axes[1], reaction)):
        for (name, values), look in zip(curves.items(), looks, strict=False):
            panel.plot(depth, values, label=name, linewidth=1.8, **look)
        panel.set(xlabel="depth [µm]", xlim=(0, np.max(depth)))
        panel.set_ylim(bottom=0)
    axes[0].set(ylabel="ionic conductivity [mS/cm]")
    axes[1].set(ylabel="|reaction| / mean [1]")
    rows = np.arange(len(names))[::-1]
    for (label, ratios), mark, colour, shift in zip(
        read.items(), "o^s", (VERMILION, GREEN, BLACK), (0.14, -0.14, 0), strict=False
    ):
        known = [(row, ratios[name]) for row, name in zip(rows, names, strict=True) if name in ratios]
        axes[2].plot([r for _, r in known], [y + shift for y, _ in known], mark, color=colour, label=label)
    axes[2].axvline(1, color=GREY, linewidth=0.9)
    axes[2].set_yticks(rows, names)
    axes[2].set(xlabel="read / true [1]", ylim=(-0.6, len(names) - 0.4))
    axes[2].set_xlim(0, 1.1 * max(1.2, *(ratio for ratios in read.values() for ratio in ratios.values())))
    figure.legend(*axes[0].get_legend_handles_labels(), frameon=False, ncols=2, loc="outside upper left")
    figure.legend(*axes[2].get_legend_handles_labels(), frameon=False, ncols=2, loc="outside upper right")
    return figure


def contact_figure(depth, areas, pressure, shares, stated):
    """Interface that touches along the electrode, and what a fit reads of it against the stack pressure.

    Parameters
    ----------
    depth : array_like
        [um].
    areas : dict
        By stack pressure [MPa], arrays over the depth [1].
    pressure : array_like
        [MPa].
    shares : dict
        By what they follow from, arrays over the pressure [1]; the first is the truth.
    stated : float
        The pressure that is marked [MPa].
    """
    figure, (left, right) = figure_of(3.9, 1, 2)
    for (own, values), look in zip(areas.items(), _looks(len(areas)), strict=True):
        left.plot(depth, values, label=f"{number(own, 3)} MPa", **look)
    left.set(xlabel="depth from the separator [µm]", ylabel="interface that touches [1]", ylim=(0, 1.05))
    left.set_xlim(0, np.max(depth))
    looks = (("-", "", BLACK), ("--", "^", VERMILION), (":", "s", BLUE), ("-.", "v", GREEN))
    for (label, values), (dash, mark, colour) in zip(shares.items(), looks, strict=False):
        right.semilogx(pressure, values, linestyle=dash, marker=mark, color=colour, label=label, markersize=5)
    right.axvline(stated, color=GREY, linewidth=0.9, linestyle=":")
    right.set(xlabel="stack pressure [MPa]", ylabel="share of full contact [1]")
    right.set_ylim(0, 1.05 * max(1.0, *(np.nanmax(values) for values in shares.values())))
    left.legend(frameon=False, fontsize=SMALL, loc="lower center", bbox_to_anchor=(0.5, 1), title="stack pressure")
    right.legend(frameon=False, fontsize=SMALL, loc="lower center", bbox_to_anchor=(0.5, 1))
    return figure


def amplitude_figure(frequency, amplitudes, excitation, depth, curves):
    """Largest excitation against frequency, and how the overpotential of the charge transfer lies in the electrode.

    Parameters
    ----------
    frequency : array_like
        [Hz].
    amplitudes : dict
        By what they are judged by, amplitudes of the cell's voltage [mV]: two, and the bound of the estimate.
    excitation : float
        The amplitude that is asked about [mV].
    depth : array_like
        [um].
    curves : dict
        By frequency [Hz], overpotential amplitudes over the depth at that excitation [mV].
    """
    figure, (left, right) = figure_of(3.7, 1, 2)
    looks = (("-", BLUE, 1.8), ("--", VERMILION, 1.8), ("-.", GREY, 1.2))
    for (label, values), (dash, colour, width) in zip(amplitudes.items(), looks, strict=False):
        left.loglog(frequency, values, linestyle=dash, color=colour, linewidth=width, label=label)
    left.axhline(
        excitation, color=BLACK, linewidth=0.9, linestyle=":", label=f"asked about: {number(excitation, 3)} mV"
    )
    smallest = min(np.min(values) for values in (*amplitudes.values(), [excitation]))
    left.set(xlabel="frequency [Hz]", ylabel="largest voltage amplitude [mV]", ylim=(smallest / 3, 1e3 * smallest))
    left.xaxis.set_major_locator(LogLocator(numticks=6))
    left.legend(frameon=False, fontsize=SMALL, loc="lower center", bbox_to_anchor=(0.5, 1))
    for (own, values), look in zip(curves.items(), _looks(len(curves)), strict=True):
        right.plot(depth, values, label=_hertz(own), **look)
    right.set(xlabel="depth from the separator [µm]", ylabel="overpotential amplitude [mV]", xlim=(0, np.max(depth)))
    right.set_ylim(bottom=0)
    title = f"at {number(excitation, 3)} mV across the cell"
    right.legend(frameon=False, fontsize=SMALL, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, title=title)
    return figure
