"""Figures of interfaces between two ion conductors."""

import numpy as np
from matplotlib.ticker import LogLocator

from sslib.notebook.figures.style import BLACK, BLUE, GREEN, GREY, SMALL, VERMILION, figure_of
from sslib.units import hour, mA_cm2, mV, nm, ohm_cm2, um

_LOOKS = ((BLUE, "-"), (VERMILION, "--"), (GREEN, "-."))
_GROUNDS = (("#56b4e9", "//"), ("#e69f00", ""), ("#cc79a7", ".."))


def polarisation_figure(current, parts, points=None, limits=()):
    """Voltage against current in both directions, and at each current what makes it.

    Parameters
    ----------
    current : array_like
        [A/m2], from below zero to above.
    parts : dict
        By label the voltage [V] that a part takes at each current; they add up to the curve.
    points : tuple of array_like, optional
        Measured (current [A/m2], voltage [V]).
    limits : sequence of float
        Limiting currents to mark [A/m2], with their sign.
    """
    figure, axes = figure_of(3.6)
    x, below = np.asarray(current) / mA_cm2, np.zeros(len(current))
    for (label, voltage), (colour, hatch) in zip(parts.items(), _GROUNDS, strict=False):
        above = below + np.asarray(voltage) / mV
        axes.fill_between(x, below, above, color=colour, alpha=0.75, hatch=hatch, edgecolor="white", label=label)
        below = above
    axes.plot(x, below, color=BLACK, linewidth=1.6, label="all")
    if points is not None:
        axes.plot(
            points[0] / mA_cm2, points[1] / mV, "o", markersize=4, color=BLACK, fillstyle="none", label="measured"
        )
    for k, limit in enumerate(limits):
        axes.axvline(limit / mA_cm2, color=GREY, linestyle=":", label=None if k else "limiting current")
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.set(xlabel="current density [mA/cm²]", ylabel="voltage across the interface [mV]")
    axes.grid(color="#dddddd")
    axes.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure


def concentration_figure(concentration, curves, minima, reported):
    """Interface resistance against the concentration of salt, with its minima and where they are reported.

    Parameters
    ----------
    concentration : array_like
        [mol/m3].
    curves : dict
        By label resistance [ohm m2], shape (concentrations,).
    minima : dict
        By the same labels the concentration [mol/m3] of the least resistance.
    reported : dict
        By label a pair (lowest, highest) concentration [mol/m3] of reported minima; a line where both are one.
    """
    figure, axes = figure_of(3.4)
    x = np.asarray(concentration) / 1e3
    for (label, (low, high)), colour in zip(reported.items(), ("#e8e8e8", GREY), strict=False):
        if high > low:
            axes.axvspan(low / 1e3, high / 1e3, color=colour, label=label)
        else:
            axes.axvline(low / 1e3, color=colour, linestyle=":", linewidth=1.8, label=label)
    for (label, resistance), (colour, dashes) in zip(curves.items(), _LOOKS, strict=False):
        axes.loglog(x, np.asarray(resistance) / ohm_cm2, dashes, color=colour, linewidth=1.8, label=label)
        least = np.interp(minima[label] / 1e3, x, np.asarray(resistance) / ohm_cm2)
        axes.plot(minima[label] / 1e3, least, "o", color=colour, markersize=6)
    axes.set(xlabel="salt concentration [mol/L]", ylabel="interface resistance [Ω cm²]", xlim=(x.min(), x.max()))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:g}")
        axis.set_minor_locator(LogLocator(subs=(2, 5)))
        axis.set_minor_formatter("{x:g}")
    axes.grid(color="#dddddd")
    axes.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure


def growth_figure(time, thicknesses, conductivity, seen):
    """Thickness of an interphase against time, and the resistance that it has.

    Parameters
    ----------
    time : array_like
        [s].
    thicknesses : dict
        By law, thickness [m], shape (times,).
    conductivity : float
        Of the interphase [S/m].
    seen : tuple of float
        Time [s] and thickness [m] that was observed.
    """
    figure, axes = figure_of(3.2)
    for (label, thickness), (colour, dashes) in zip(thicknesses.items(), _LOOKS, strict=False):
        axes.plot(time / hour, thickness / nm, dashes, color=colour, linewidth=1.8, label=label)
    axes.plot(seen[0] / hour, seen[1] / nm, "s", color=BLACK, markersize=6, label="observed")
    axes.set(xlabel="time since contact [h]", ylabel="thickness [nm]", xlim=(0, time[-1] / hour), ylim=(0, None))
    factor = nm / conductivity / ohm_cm2
    second = axes.secondary_yaxis("right", functions=(lambda d: d * factor, lambda r: r / factor))
    second.set_ylabel("resistance [Ω cm²]")
    axes.grid(color="#dddddd")
    axes.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure


def contacts_figure(frequency, spectra):
    """Nyquist plots of one cell as its electrodes and as its reference electrodes see it, with equal axes.

    Parameters
    ----------
    frequency : array_like
        [Hz].
    spectra : dict
        By label impedance [ohm m2], shape (frequencies,).
    """
    figure, axes = figure_of(3.2)
    for (label, z), (colour, dashes), mark in zip(spectra.items(), _LOOKS, "os^", strict=False):
        z = np.asarray(z) / ohm_cm2
        axes.plot(z.real, -z.imag, dashes, marker=mark, markersize=4, color=colour, linewidth=1.2, label=label)
        for decade in np.arange(np.ceil(np.log10(frequency.min())), np.log10(frequency.max()) + 1e-9):
            k = int(np.argmin(np.abs(np.log10(frequency) - decade)))
            if -z[k].imag > 0.25 * np.max(-z.imag):
                text = f"{10**decade:g} Hz" if decade < 3 else f"{10 ** (decade - 3):g} kHz"
                axes.annotate(
                    text, (z[k].real, -z[k].imag), xytext=(0, 8), textcoords="offset points", ha="center",
                    fontsize=SMALL, color=colour,
                )  # fmt: skip
    axes.set(xlabel="Re Z [Ω cm²]", ylabel="−Im Z [Ω cm²]", aspect="equal", adjustable="datalim")
    axes.margins(0.06, 0.25)
    axes.grid(color="#dddddd")
    axes.legend(frameon=False, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure


def filler_figure(radius, curves, critical):
    """Conductivity of a filled matrix over that of the matrix, against the radius of its particles.

    Parameters
    ----------
    radius : array_like
        [m].
    curves : dict
        By label the ratio [1], shape (radii,).
    critical : dict
        By the same labels the critical radius [m].
    """
    figure, axes = figure_of(3.2)
    for (label, ratio), (colour, dashes) in zip(curves.items(), _LOOKS, strict=False):
        axes.semilogx(np.asarray(radius) / um, ratio, dashes, color=colour, linewidth=1.8, label=label)
        axes.plot(critical[label] / um, 1.0, "o", color=colour, markersize=6)
    axes.axhline(1, color=BLACK, linewidth=1)
    axes.set(xlabel="radius of the particles [µm]", ylabel="conductivity over the matrix's [1]")
    axes.set_xlim(np.min(radius) / um, np.max(radius) / um)
    axes.xaxis.set_major_locator(LogLocator(numticks=10))
    axes.grid(color="#dddddd")
    axes.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure
