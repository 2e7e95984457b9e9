"""Figures of titrations: pulses, one in detail, a step of potential, and diffusivity against composition."""

import numpy as np

from sslib.formatting import number
from sslib.notebook.figures.style import BLACK, BLUE, DATA, GREEN, GREY, MODEL, SMALL, VERMILION, figure_of
from sslib.units import hour, mV, uA

GRID = {"color": "#dddddd"}
_WAYS = (("GITT", BLUE, "o"), ("PITT", VERMILION, "s"))
_PARTS = {"film": "L²/D", "sphere": "R²/D"}


def _joined(figure, column):
    """One panel in the place of a column of them."""
    place = column[0].get_subplotspec()
    grid, at = place.get_gridspec(), place.colspan.start
    for axes in column:
        axes.remove()
    return figure.add_subplot(grid[:, at])


def titration_figure(series, titration):
    """Voltage and current of a titration against time, and the relaxed potential against composition.

    Parameters
    ----------
    series : TimeSeries
    titration : Titration
        Of `gitt`.
    """
    figure, panels = figure_of(4.6, 2, 2, height_ratios=(2.2, 1), width_ratios=(2, 1))
    (voltage, _), (current, _) = panels
    potential = _joined(figure, panels[:, 1])
    voltage.plot(series.time / hour, series.voltage, color=BLACK, linewidth=0.9)
    voltage.set(ylabel="voltage [V]")
    current.plot(series.time / hour, series.current / uA, color=BLACK, linewidth=0.9)
    current.set(xlabel="time [h]", ylabel="current [µA]")
    current.sharex(voltage)
    x = [point.after for point in titration.points]
    relaxed = [point.relaxed for point in titration.points]
    potential.plot(x, relaxed, **DATA)
    potential.set(xlabel="composition x [1]", ylabel="relaxed potential [V]")
    for axes in (voltage, current, potential):
        axes.grid(**GRID)
    return figure


def titration_pulse_figure(point, shape):
    """One pulse against the root of time, with its rest against time, and what the fit leaves.

    Parameters
    ----------
    point : PulseDiffusivity
    shape : str
        "film" or "sphere".
    """
    figure, panels = figure_of(5.2, 2, 2, height_ratios=(2.4, 1), width_ratios=(1, 1.4))
    (_, whole), (_, left) = panels
    early = _joined(figure, panels[:, 0])
    on = point.ohmic != 0
    root = np.sqrt(point.time[on])
    free = (point.voltage - point.ohmic)[on]
    early.plot(root, free / mV, label="measured, less iR", **DATA)
    early.plot(root, (point.fitted - point.ohmic)[on] / mV, label="full solution", **MODEL)
    slope, at_once = np.polyfit(root, free, 1)
    early.plot(root, (slope * root + at_once) / mV, "--", color=VERMILION, linewidth=1.5, label="line in √t")
    early.set(xlabel="root of time since the jump [√s]", ylabel="voltage less iR [mV]")
    early.ticklabel_format(axis="y", useOffset=False)
    early.legend(frameon=False, fontsize=SMALL)
    since = point.time / point.diffusion_time
    whole.plot(since, point.voltage / mV, label="measured", **DATA)
    whole.plot(since, point.fitted / mV, label="full solution", **MODEL)
    whole.axhline(point.relaxed / mV, color=GREEN, linestyle=":", linewidth=1.5, label="relaxed")
    whole.set(ylabel="voltage [mV]")
    whole.ticklabel_format(axis="y", useOffset=False)
    whole.legend(frameon=False, fontsize=SMALL)
    left.plot(since, (point.voltage - point.fitted) / (1e-3 * mV), **(DATA | {"markersize": 3}))
    left.axhline(0, color=GREY, linewidth=0.8)
    left.set(xlabel=f"time since the pulse began over {_PARTS[shape]} [1]", ylabel="left over [µV]")
    left.sharex(whole)
    for axes in (early, whole, left):
        axes.grid(**GRID)
    return figure


def titration_step_figure(point, without):
    """The current after a step of potential, with the fit, and times the root of time as Cottrell would have it flat.

    Parameters
    ----------
    point : StepDiffusivity
    without : array_like
        Current at the same times if nothing but diffusion stood in the way [A].
    """
    figure, (decay, rooted) = figure_of(3.7, 1, 2)
    current, fitted = (np.abs(own - point.background) for own in (point.current, point.fitted))
    without = np.abs(np.asarray(without))
    for axes, factor in ((decay, 1.0), (rooted, np.sqrt(point.time))):
        axes.plot(point.time, factor * current / uA, label="measured, less the background", **DATA)
        axes.plot(point.time, factor * fitted / uA, label="full solution", **MODEL)
        axes.plot(point.time, factor * without / uA, "--", color=VERMILION, linewidth=1.5, label="without an interface")
        axes.set(xscale="log", xlabel="time since the step [s]")
        axes.grid(**GRID)
    top = 3 * max(current.max(), fitted.max()) / uA
    decay.set(yscale="log", ylabel="current [µA]", ylim=(max(0.3 * current[current > 0].min() / uA, top / 1e5), top))
    rooted.set(ylabel="current times √t [µA √s]", ylim=(0, None))
    handles, labels = decay.get_legend_handles_labels()
    figure.legend(handles, labels, frameon=False, loc="outside upper center", ncols=3, fontsize=SMALL)
    return figure


def diffusivity_figure(titrations, truth=None, headline=None):
    """Diffusivity against composition by one or two ways, with intervals, short-time values and the truth.

    Parameters
    ----------
    titrations : dict
        By "GITT" and "PITT", a `Titration`.
    truth : tuple of array_like, optional
        Compositions [1] and diffusivities [m2/s].
    headline : tuple, optional
        Composition [1], diffusivity and ends of its interval [m2/s].
    """
    figure, axes = figure_of(4.2)
    power = int(np.floor(np.log10(np.median(np.concatenate([own.diffusivity for own in titrations.values()])))))
    unit = 10.0**power
    if truth is not None:
        axes.plot(
            truth[0], np.asarray(truth[1]) / unit, color=BLACK, linewidth=1.2, label="truth, from the file's head"
        )
    for name, colour, mark in _WAYS:
        if name not in titrations:
            continue
        own = titrations[name]
        value, (low, high) = own.diffusivity / unit, own.interval / unit
        order = np.argsort(own.composition)
        x = own.composition[order]
        axes.fill_between(x, low[order], high[order], color=colour, alpha=0.15, linewidth=0)
        axes.errorbar(
            own.composition, value, (value - low, high - value), fmt=mark, color=colour, markersize=4.5,
            markerfacecolor="none", capsize=2, linewidth=1, label=f"{name}, full solution",
        )  # fmt: skip
        short = [(point.composition, point.short_time / unit) for point in own.points if point.short_time is not None]
        if short:
            label = f"{name}, short-time formula, where allowed"
            axes.plot(*zip(*short, strict=True), "x", color=GREEN, markersize=6, label=label)
    if headline is not None:
        x, value, (low, high) = headline[0], headline[1] / unit, np.array(headline[2]) / unit
        axes.errorbar(
            [x], [value], [[value - low], [high - value]], fmt="D", color=BLACK, markersize=7, capsize=4,
            markerfacecolor="#ffffff", label=f"at x = {number(float(x), 3)}",
        )  # fmt: skip
    axes.set(xlabel="composition x [1]", ylabel=f"diffusivity [{number(unit, 1).removeprefix('1×')} m²/s]")
    axes.grid(**GRID)
    figure.legend(frameon=False, loc="outside upper center", ncols=2, fontsize=SMALL)
    return figure


def pulse_bias_figure(ratio, curves, marks):
    """What each way of reading a pulse finds over the true diffusivity, against the pulse's length over L²/D.

    Parameters
    ----------
    ratio : array_like
        [1].
    curves : dict
        By label, found over true [1] at these ratios.
    marks : dict
        By label, ratio, found over true, and its ends or None.
    """
    figure, axes = figure_of(4.2)
    for (label, values), colour, style in zip(curves.items(), (VERMILION, GREEN), ("--", ":"), strict=False):
        axes.plot(ratio, values, style, color=colour, linewidth=1.8, label=label)
    for (label, (at, value, ends)), colour, mark in zip(
        marks.items(), (BLUE, VERMILION, GREEN), ("o", "s", "^"), strict=False
    ):
        sides = None if ends is None else [[value - ends[0]], [ends[1] - value]]
        axes.errorbar([at], [value], sides, fmt=mark, color=colour, markersize=8, capsize=4, label=label)
    axes.axhline(1, color=GREY, linewidth=0.8)
    axes.set(xscale="log", ylim=(0, 1.5), xlabel="length of the pulse over the diffusion time [1]")
    axes.set_ylabel("diffusivity found over the true one [1]")
    axes.grid(**GRID)
    figure.legend(frameon=False, loc="outside upper center", ncols=2, fontsize=SMALL)
    return figure
