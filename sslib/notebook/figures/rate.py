"""Figures of discharges at a rate: capacity, voltage, energy and power, and what would gain energy."""

import numpy as np
from matplotlib import colormaps
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from sslib.formatting import number
from sslib.notebook.figures.style import BLACK, BLUE, GREY, SMALL, VERMILION, figure_of
from sslib.units import hour, mAh_cm2

_MARKS = "os^Dv"
_STYLES = ("-", "--", ":")
_plain = FuncFormatter(lambda value, place: f"{value:g}")


def discharge_check_figure(rows):
    """Utilisation against C-rate from `sslib.cell.compare_discharges`: PyBaMM's as marks, ours as lines."""
    figure, panels = figure_of(3.4, 1, 2, sharey=True)
    for axes, (conductivity, of_one) in zip(panels, rows.groupby("electrolyte_conductivity_S_m"), strict=True):
        thicknesses = of_one.groupby("cathode_thickness_um")
        for (thickness, own), mark, style in zip(thicknesses, _MARKS, _STYLES, strict=False):
            ours = own["utilisation"] * (1 + own["capacity_deviation"])
            axes.plot(own["c_rate"], ours, style, color=BLUE, linewidth=1.6)
            axes.plot(
                own["c_rate"], own["utilisation"], mark, color=BLACK, markerfacecolor="none", label=f"{thickness:g} µm"
            )
        axes.set_title(f"electrolyte with {10 * conductivity:g} mS/cm", fontsize="medium")
        axes.set(xscale="log", xlabel="C-rate [1/h]", ylim=(0, 1.2))
        axes.xaxis.set_major_formatter(_plain)
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.grid(color="#dddddd")
    panels[0].set_ylabel("delivered over nominal capacity [1]")
    panels[1].legend(frameon=False, loc="lower left", title="PyBaMM: marks\nours: lines")
    return figure


def discharge_curves_figure(c_rates, run, nominal):
    """Voltage against capacity for some C-rates, and capacity against C-rate.

    Parameters
    ----------
    c_rates : array_like
        [1/h], shape (rates,).
    run : sslib.cell.Discharge
        Of that shape.
    nominal : float
        Nominal capacity [C/m2].
    """
    figure, (left, right) = figure_of(3.9, 1, 2)
    shown = np.unique(np.linspace(0, len(c_rates) - 1, 5).round().astype(int))
    colours = colormaps["viridis"](np.linspace(0, 0.85, len(shown)))
    draw_discharges(left, c_rates, run, zip(shown, colours, _MARKS, strict=False))
    left.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=3, handlelength=1.5, columnspacing=1)
    delivered = np.isfinite(run.capacity)
    flagged = delivered & np.array([bool(verdicts) for verdicts in run.verdicts])
    capacity = run.capacity / mAh_cm2
    right.plot(np.asarray(c_rates)[delivered], capacity[delivered], "o-", color=BLUE, label="delivered")
    if flagged.any():
        label = "zone thinner than a particle"
        right.plot(np.asarray(c_rates)[flagged], capacity[flagged], "x", color=VERMILION, markersize=9, label=label)
    right.axhline(nominal / mAh_cm2, linestyle="--", color=GREY, label="nominal")
    right.set(xlabel="C-rate [1/h]", ylabel="capacity [mAh/cm²]", ylim=(0, None))
    # Where nothing is delivered at any rate there is nothing to scale the axis by.
    right.set(xscale="log", xlim=(min(c_rates) / 1.2, max(c_rates) * 1.2))
    right.xaxis.set_major_formatter(_plain)
    right.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1))
    for axes in (left, right):
        axes.grid(color="#dddddd")
    return figure


def draw_discharges(axes, c_rates, run, looks, stated=None):
    """Voltage against capacity at some of the C-rates [1/h], as (index, colour, mark); the stated index stands out."""
    for k, colour, mark in looks:
        charge, voltage = run.curves[k]
        if not len(charge):
            continue
        look = {"color": colour, "marker": mark}
        if k == stated:
            look = {"color": BLACK, "linewidth": 3.0}
        axes.plot(charge / mAh_cm2, voltage, markevery=0.15, label=f"{number(c_rates[k], 2)}C", **look)
    axes.set(xlabel="capacity [mAh/cm²]", ylabel="voltage [V]", xlim=(0, None))


def ragone_figure(curves):
    """Specific energy against mean specific power, with lines of equal time.

    Parameters
    ----------
    curves : dict
        By label the C-rates [1/h], specific energies [Wh/kg] and durations [s], each of shape (rates,).
    """
    figure, axes = figure_of(3.8)
    colours = (BLUE, VERMILION, BLACK, GREY)
    powers, energies = [], []
    looks = zip(colours, _MARKS[:4], ("-", "--", ":", "-."), ((-4, -16), (4, 7), (6, 4), (4, 7)), strict=True)
    for (label, (c_rate, energy, duration)), (colour, mark, style, offset) in zip(curves.items(), looks, strict=False):
        kept = energy > 0
        if not kept.any():
            continue
        power = energy[kept] / (duration[kept] / hour)
        axes.loglog(power, energy[kept], marker=mark, linestyle=style, color=colour, label=label)
        at_one = np.argmin(np.abs(np.log(np.asarray(c_rate)[kept])))
        axes.annotate(
            f"{number(float(np.asarray(c_rate)[kept][at_one]), 3)}C",
            (power[at_one], energy[kept][at_one]),
            xytext=offset,
            textcoords="offset points",
            color=colour,
        )
        powers.append(power)
        energies.append(energy[kept])
    powers, energies = np.concatenate(powers), np.concatenate(energies)
    axes.set_xlim(powers.min() / 1.5, powers.max() * 1.5)
    axes.set_ylim(max(energies.min() / 1.5, energies.max() / 30), energies.max() * 1.5)
    (low, high), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    for hours, name in ((10, "10 h"), (1, "1 h"), (0.1, "6 min"), (0.01, "36 s")):
        axes.plot([low, high], [low * hours, high * hours], color="#cccccc", linewidth=1, zorder=0)
        at = min(top / 1.12 / hours, high / 1.25)
        if low < at < high and bottom < at * hours < top:
            axes.annotate(name, (at, at * hours), color=GREY, fontsize=SMALL, ha="right", va="top")
    axes.set(xlabel="mean specific power [W/kg]", ylabel="specific energy [Wh/kg]")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(_plain)
        axis.set_minor_formatter(NullFormatter())
    axes.legend(frameon=False, loc="lower left")
    return figure


def improvement_figure(gains, c_rate):
    """Bars of what each change brings, in percent of the specific energy and of the energy density.

    Parameters
    ----------
    gains : pandas.DataFrame
        From `sslib.cell.improvements`.
    c_rate : float
        [1/h].
    """
    figure, axes = figure_of(0.9 + 0.42 * len(gains))
    rows = np.arange(len(gains))[::-1]
    looks = (
        ("specific_energy_gain", "per mass", BLUE, "", 0.2),
        ("energy_density_gain", "per volume", GREY, "//", -0.2),
    )
    for column, label, colour, hatch, offset in looks:
        values = 100 * gains[column].to_numpy()
        axes.barh(rows + offset, values, 0.36, color=colour, hatch=hatch, edgecolor="white", label=label)
        for row, value in zip(rows, values, strict=True):
            axes.annotate(
                f"{value:+.2g} %".replace("-", "−"),
                (value, row + offset),
                xytext=(-4, 0) if value < 0 else (4, 0),
                textcoords="offset points",
                ha="right" if value < 0 else "left",
                va="center",
                fontsize=SMALL,
            )
    axes.axvline(0, color=BLACK, linewidth=1)
    axes.set_yticks(rows, gains.index)
    axes.margins(x=0.18)
    axes.set_xlabel(f"gain in energy at {number(c_rate, 3)}C [%]")
    axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return figure


def energy_at_rate_figure(c_rates, energy, interval, ceiling, stated, capacity=None):
    """Specific energy against C-rate with its interval, beneath what the masses alone would allow.

    Parameters
    ----------
    c_rates : array_like
        [1/h], shape (rates,).
    energy : array_like
        [Wh/kg], shape (rates,).
    interval : pair
        Low and high ends [Wh/kg], shape (rates,) each; None where it is open.
    ceiling : float
        Specific energy [Wh/kg] without any loss.
    stated : float
        The C-rate to mark [1/h].
    capacity : pair, optional
        Capacity [mAh/cm2], its interval, and it without any loss, for a second panel.
    """
    panels = [("specific energy [Wh/kg]", energy, interval, ceiling)]
    if capacity is not None:
        panels.append(("capacity [mAh/cm²]", *capacity))
    figure, every = figure_of(3.6, 1, len(panels), squeeze=False)
    for axes, panel in zip(every[0], panels, strict=True):
        draw_at_rate(axes, c_rates, *panel, stated)
    every[0][0].legend(frameon=False, loc="lower left")
    return figure


def draw_at_rate(axes, c_rates, label, values, interval, ceiling, stated):
    """What is delivered against C-rate, as `energy_at_rate_figure` takes it, with the label of its axis."""
    values, (low, high) = np.asarray(values), interval
    bottom = np.zeros_like(values) if low is None else low
    roof = np.full_like(values, ceiling) if high is None else high
    open_side = " (open)" * (low is None or high is None)
    axes.fill_between(c_rates, bottom, roof, color=BLUE, alpha=0.25, linewidth=0, label=f"95 %{open_side}")
    axes.plot(c_rates, values, "o-", color=BLUE, markersize=4, label="delivered")
    axes.axhline(ceiling, linestyle="--", color=GREY, label="without loss")
    axes.axvline(stated, linestyle=":", color=BLACK, label=f"{number(stated, 3)}C")
    axes.set(xscale="log", xlabel="C-rate [1/h]", ylabel=label, ylim=(0, None))
    axes.xaxis.set_major_formatter(_plain)
    axes.grid(color="#dddddd")
