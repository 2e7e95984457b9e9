"""Figures of measurements of conduction: steps that settle, what they settle to, resistances against thickness."""

import numpy as np
from matplotlib.ticker import FuncFormatter

from sslib.instruments import steps
from sslib.kinetics import thermal_voltage
from sslib.measurements import electronic_current
from sslib.notebook.figures.style import BLACK, BLUE, DATA, GREEN, GREY, MODEL, SMALL, VERMILION, figure_of
from sslib.units import S_cm, mA, minute, uA_cm2, um

_plain = FuncFormatter(lambda value, place: f"{value:g}")
_LOOKS = {"ions": ("o", BLUE, "-"), "electrons": ("s", VERMILION, "--")}
_SHOWN = 6
nA = 1e-9


def settling_figure(series, settled):
    """Currents of some steps of the voltage against time, with the series by which they settle.

    Parameters
    ----------
    series : sslib.instruments.TimeSeries
    settled : sequence of SteadyCurrent
        In the order of the steps.
    """
    figure, axes = figure_of(3.6)
    held = [step for step in steps(series, "voltage") if abs(np.median(step.voltage)) > 1e-3]
    chosen = np.unique(np.linspace(0, len(settled) - 1, min(_SHOWN, len(settled))).astype(int))
    for place, (number, mark) in enumerate(zip(chosen, "os^vD*", strict=False)):
        step, own = held[number], settled[number]
        colour = (BLUE, VERMILION, GREEN)[place % 3]
        late = step.since >= own.begin
        leak, sign = np.mean(step.current[late] - own.fitted(step.since[late])), np.sign(own.voltage)
        axes.plot(step.since / minute, sign * step.current, mark, markersize=3.5, markerfacecolor="none", color=colour,
                  label=f"{own.voltage:g} V")  # fmt: skip
        axes.plot(step.since[late] / minute, sign * (own.fitted(step.since[late]) + leak), color=BLACK, linewidth=1.2)
    axes.set(xscale="log", yscale="log", xlabel="time since the step [min]", ylabel="current along the voltage [A]")
    axes.xaxis.set_major_formatter(_plain)
    axes.grid(color="#dddddd")
    axes.legend(frameon=False, ncols=2, title="lines: series of diffusion")
    return figure


def steady_figure(found):
    """Steady currents against voltage with the fitted law, and the conductivity that follows, three ways.

    Parameters
    ----------
    found : Polarisation
    """
    figure, (left, right) = figure_of(3.6, 1, 2)
    U = np.linspace(0, found.voltage.max(), 300)
    reach = np.array([own.interval for own in found.steady])
    ends = np.abs(reach.T - found.current)
    left.errorbar(found.voltage, found.current / nA, ends / nA, capsize=3, **DATA)
    cell = {"area": found.area, "thickness": found.thickness, "temperature": found.temperature}
    if found.law == "electrons and holes":
        both = (max(own.value, 0.0) for own in (found.electrons, found.holes))
        left.plot(U, electronic_current(U, *both, **cell) / nA, label="electrons and holes", **MODEL)
    elif found.ohmic is not None:
        left.plot(U, found.ohmic.value * found.area / found.thickness * U / nA, label="Ohm", **MODEL)
    left.set(xlabel="U against lithium [V]", ylabel="steady current [nA]")
    left.legend(frameon=False)
    printed = np.array([found.mean_conductivity(k).value for k in range(len(found.steady))])
    right.plot(found.voltage, printed / S_cm, "s", color=VERMILION, markerfacecolor="none", label="i L/(A U), printed")
    middle, slope, error = found.slopes()
    known = slope > 2 * error
    right.errorbar(middle[known], slope[known] / S_cm, error[known] / S_cm, fmt="o", color=BLACK, capsize=3,
                   markerfacecolor="none", label="slope between steps")  # fmt: skip
    right.plot(middle[~known], (slope + 2 * error)[~known] / S_cm, "v", color=GREY, label="slope: upper limit")
    if found.law not in ("neither", "below the resolution"):
        reached = np.linspace(0, found.voltage.max(), 120)
        right.plot(reached, [found.conductivity(u).value / S_cm for u in reached], label="slope of the law", **MODEL)
    right.set(yscale="log", xlabel="U against lithium [V]", ylabel="electronic conductivity [S/cm]")
    low = (printed / S_cm).min()
    right.set_ylim(bottom=max(right.get_ylim()[0], 1e-5 * low))
    figure.legend(*right.get_legend_handles_labels(), frameon=False, fontsize=SMALL, ncols=4, loc="outside upper right")
    for axes in (left, right):
        axes.grid(color="#dddddd")
    return figure


def salt_step_figure(found):
    """Current after a small step of the potential, with the initial and the steady current that are read from it.

    Parameters
    ----------
    found : CurrentFraction
    """
    figure, axes = figure_of(3.3)
    kept = found.held.since > 0
    axes.plot(found.held.since[kept], found.held.current[kept] / mA, label="measured", **DATA)
    lines = {"initial": (found.initial, BLUE, "--"), "steady": (found.steady, VERMILION, "-.")}
    for name, (own, colour, style) in lines.items():
        axes.axhline(own.value / mA, color=colour, linestyle=style, label=f"{name}: {own.value / mA:.4g} mA")
    if found.ohmic is not None:
        axes.axhline(found.ohmic.value / mA, color=GREY, linestyle=":", label=f"ohmic: {found.ohmic.value / mA:.4g} mA")
    axes.set(xscale="log", xlabel="time since the step [s]", ylabel="current [mA]", ylim=(0, None))
    axes.xaxis.set_major_formatter(_plain)
    axes.grid(color="#dddddd")
    axes.legend(frameon=False, loc="lower left")
    return figure


def thickness_figure(found):
    """Resistances of blocking cells against thickness, in the end and at once, with their lines.

    Parameters
    ----------
    found : Rails
    """
    figure, axes = figure_of(3.4, 1, 2)
    for panel, settled, at_once, name in (
        (axes[0], found.ions, found.ions_at_once, "ions"),
        (axes[1], found.electrons, found.electrons_at_once, "electrons"),
    ):
        mark, colour, style = _LOOKS[name]
        reach = np.array([0.0, 1.1 * settled.thickness.max()])
        for own, look, filled, word in ((settled, style, colour, "in the end"), (at_once, ":", "none", "at once")):
            panel.plot(own.thickness / um, own.resistance, mark, color=colour, markerfacecolor=filled, label=word)
            panel.plot(reach / um, own.contact.value + own.slope.value * reach, look, color=colour)
        panel.set(xlabel="thickness [µm]", ylabel="resistance [Ω]", xlim=(0, None), ylim=(0, None))
        panel.set_title(f"{name} pass", fontsize=SMALL + 1)
        panel.grid(color="#dddddd")
        panel.legend(frameon=False)
    return figure


def pulse_resistance_figure(found, truth=None):
    """Pulse resistance against time: of all pulses together with intervals, and each pulse's own.

    Parameters
    ----------
    found : PulseResistances
    truth : dict, optional
        By time [s] the true resistance [ohm], where it is known.
    """
    figure, axes = figure_of(3.3)
    for sign, mark, colour, name in ((1, "^", BLUE, "upward"), (-1, "v", VERMILION, "downward")):
        rows = np.sign(found.jumps) == sign
        own = found.by_pulse[rows]
        time = np.broadcast_to(found.time * (1 + 0.04 * sign), own.shape)
        shown = np.isfinite(own)
        axes.plot(time[shown], own[shown], mark, color=colour, markerfacecolor="none", label=f"a single jump, {name}")
    known = np.isfinite(found.resistance)
    ends = np.maximum([found.resistance - found.lower, found.upper - found.resistance], 0)[:, known]
    axes.errorbar(
        found.time[known], found.resistance[known], ends, fmt="o", color=BLACK, capsize=4, label="all together"
    )
    if truth:
        axes.plot(list(truth), list(truth.values()), "+", color=GREEN, markersize=14, label="truth")
    axes.set(xscale="log", xlabel="time since the step [s]", ylabel="voltage over current [Ω]")
    axes.xaxis.set_major_formatter(_plain)
    axes.grid(color="#dddddd")
    axes.legend(frameon=False)
    return figure


def electronic_law_figure(voltage, current_density, electrons, holes, temperature):
    """Electronic current density against voltage, and the conductivity of electrons, of holes and of both.

    Parameters
    ----------
    voltage, current_density : array_like
        [V], [A/m2].
    electrons, holes : float
        Conductivities where the conductor touches lithium [S/m].
    temperature : float
        [K]
    """
    figure, (left, right) = figure_of(3.2, 1, 2)
    u = np.asarray(voltage) / float(thermal_voltage(temperature))
    left.plot(voltage, np.asarray(current_density) / uA_cm2, **MODEL)
    left.set(xlabel="U against lithium [V]", ylabel="current density [µA/cm²]", ylim=(0, None))
    of_electrons, of_holes = electrons * np.exp(-u), holes * np.exp(u)
    right.semilogy(voltage, (of_electrons + of_holes) / S_cm, color=BLACK, linewidth=2.2, label="both")
    right.semilogy(voltage, of_electrons / S_cm, "--", color=BLUE, label="electrons")
    right.semilogy(voltage, of_holes / S_cm, "-.", color=VERMILION, label="holes")
    right.set(xlabel="potential against lithium [V]", ylabel="conductivity [S/cm]")
    right.legend(frameon=False)
    for axes in (left, right):
        axes.grid(color="#dddddd")
    return figure
