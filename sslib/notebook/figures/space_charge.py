"""Figures of space charges: profile, capacitance, the band of the resistance, and what a spectrum sees of them."""

import numpy as np
from matplotlib.ticker import LogLocator

from sslib.formatting import number
from sslib.notebook.figures.style import BLACK, BLUE, GREY, SMALL, VERMILION, figure_of
from sslib.units import mV, nm, ohm_cm2, uF_cm2

_LOOKS = ((BLUE, "-"), (VERMILION, "--"), (GREY, ":"))


def layer_profile_figure(distance, potentials, filled, planes):
    """Potential and filled sites against the distance from the electrode.

    Parameters
    ----------
    distance : array_like
        [m]
    potentials : dict
        By label, the potential against the bulk [V].
    filled : dict
        By the same labels where there are any, the share of the sites that is filled [1].
    planes : array_like
        Where planes of atoms may lie [m].
    """
    figure, (left, right) = figure_of(3.3, 1, 2)
    for (label, potential), (colour, style) in zip(potentials.items(), _LOOKS, strict=False):
        left.plot(distance / nm, potential / mV, style, color=colour, label=label)
        if label in filled:
            right.plot(distance / nm, filled[label], style, color=colour)
    for axes in (left, right):
        for label, plane in zip(["planes of sites", *len(planes) * [None]], planes, strict=False):
            axes.axvline(plane / nm, color="#bbbbbb", linewidth=0.8, zorder=0, label=label)
        axes.set(xlabel="distance from the electrode [nm]", xlim=(0, distance[-1] / nm))
    left.axhline(0, color=BLACK, linewidth=0.8)
    left.set(ylabel="potential against the bulk [mV]")
    right.set(ylabel="share of sites filled [1]", ylim=(-0.02, 1.02))
    figure.legend(*left.get_legend_handles_labels(), frameon=False, ncols=3, loc="outside upper center")
    return figure


def layer_capacitance_figure(potential, capacitances, fields, at):
    """Differential capacitance and largest field against the potential of the face.

    Parameters
    ----------
    potential : array_like
        [V]
    capacitances, fields : dict
        By label [F/m2] and [V/m].
    at : float
        The stated potential [V].
    """
    figure, (left, right) = figure_of(3.3, 1, 2)
    for label, (colour, style) in zip(capacitances, _LOOKS, strict=False):
        left.semilogy(potential, capacitances[label] / uF_cm2, style, color=colour, label=label)
        right.semilogy(potential, np.abs(fields[label]), style, color=colour)
    # Without a limit on sites the curves leave any scale on which the others can be read.
    top, steepest = (np.max(np.abs(next(iter(of.values())))) for of in (capacitances, fields))
    left.set(ylabel="differential capacitance [µF/cm²]", ylim=(None, 30 * top / uF_cm2))
    right.set(ylabel="largest field [V/m]", ylim=(1e-3 * steepest, 300 * steepest))
    for axes in (left, right):
        axes.axvline(at, color=GREY, linewidth=0.8)
        axes.set(xlabel="potential of the face [V]", xlim=(potential[0], potential[-1]))
    figure.legend(*left.get_legend_handles_labels(), frameon=False, ncols=3, loc="outside upper center")
    return figure


def layer_resistance_figure(cut_off, by_cut, potential, by_potential, at):
    """Resistance of a layer against the cut-off, and as a band over the potential.

    Parameters
    ----------
    cut_off : array_like
        [m]
    by_cut : array_like
        At the stated potential [ohm m2].
    potential : array_like
        [V]
    by_potential : dict
        By label of the cut-off, the nearest first, [ohm m2].
    at : pair of float
        The stated potential [V] and the furthest cut-off [m].
    """
    figure, (left, right) = figure_of(3.7, 1, 2, sharey=True)
    drawn = np.where(by_cut > 0, by_cut, np.nan) / ohm_cm2
    left.semilogy(cut_off / nm, drawn, color=BLUE)
    left.axvline(at[1] / nm, color=GREY, linewidth=0.8)
    ends = [np.where(of > 0, of, np.nan) / ohm_cm2 for of in by_potential.values()]
    upper, lower = np.fmax(ends[0], LEAST), np.fmax(np.nan_to_num(ends[-1]), LEAST)
    right.fill_between(potential, lower, upper, where=np.isfinite(ends[0]), color="#dce9f5", linewidth=0)
    for label, end, (colour, style) in zip(by_potential, ends, _LOOKS, strict=False):
        right.semilogy(potential, end, style, color=colour, label=label)
    right.axvline(at[0], color=GREY, linewidth=0.8)
    for axes in (left, right):
        axes.axhline(1, color=BLACK, linewidth=0.8, linestyle=(0, (1, 2)))
        axes.yaxis.set_major_locator(LogLocator(numticks=8))
    left.text(0.02, 1.4, "1 Ω cm²", transform=left.get_yaxis_transform(), fontsize=SMALL)
    left.set(xlabel="where the first atoms are put [nm]", ylabel="added resistance [Ω cm²]", xlim=(0, cut_off[-1] / nm))
    left.set(ylim=(LEAST, max(1e4, 10 * np.nanmax([*drawn, *ends[0], 0]))))
    left.set_title(f"at {number(at[0], 3)} V", fontsize="medium")
    right.set(xlabel="potential of the face [V]")
    figure.legend(*right.get_legend_handles_labels(), frameon=False, ncols=3, loc="outside upper center")
    return figure


LEAST = 1e-6
"""Lowest resistance that is drawn [ohm cm2]."""


def layer_impedance_figure(frequency, impedances, limits):
    """Magnitude and phase against frequency with the limits that they must reach.

    Parameters
    ----------
    frequency : array_like
        [Hz]
    impedances : dict
        By label [ohm m2], complex.
    limits : dict
        By label, what the magnitude goes over into [ohm m2], an array or a number.
    """
    figure, (left, right) = figure_of(3.6, 1, 2)
    for (label, limit), style in zip(limits.items(), ((0, (1, 1)), (0, (4, 2)), (0, (6, 2, 1, 2)), "-"), strict=False):
        of = np.broadcast_to(limit, np.shape(frequency)) / ohm_cm2
        left.loglog(frequency, of, color=GREY, linestyle=style, linewidth=1, label=label)
    for (label, impedance), (colour, style) in zip(impedances.items(), _LOOKS, strict=False):
        left.loglog(frequency, np.abs(impedance) / ohm_cm2, style, color=colour, linewidth=2, label=label)
        right.semilogx(frequency, -np.degrees(np.angle(impedance)), style, color=colour, linewidth=2)
    sizes = np.abs(np.concatenate(list(impedances.values()))) / ohm_cm2
    left.set(xlabel="frequency [Hz]", ylabel="|Z| [Ω cm²]", ylim=(sizes.min() / 3, 3 * sizes.max()))
    right.set(xlabel="frequency [Hz]", ylabel="−phase [°]", ylim=(-3, 93), yticks=(0, 30, 60, 90))
    for axes in (left, right):
        axes.xaxis.set_major_locator(LogLocator(numticks=6))
        axes.grid(color="#eeeeee")
    figure.legend(*left.get_legend_handles_labels(), frameon=False, ncols=3, loc="outside upper center")
    return figure


def junction_figure(distances, potentials, names):
    """Potential across the contact of two ion conductors, against the second bulk.

    Parameters
    ----------
    distances : pair of array_like
        From the interface into either [m].
    potentials : pair of array_like
        There [V].
    names : pair of str
    """
    figure, axes = figure_of(2.9)
    for sign, distance, potential, name, (colour, style) in zip(
        (-1, 1), distances, potentials, names, _LOOKS, strict=False
    ):
        axes.plot(sign * distance / nm, potential / mV, style, color=colour, linewidth=2, label=name)
    axes.axvline(0, color=BLACK, linewidth=0.8)
    axes.set(xlabel="distance from the interface [nm]", ylabel="potential [mV]")
    axes.legend(frameon=False, loc="best")
    return figure
