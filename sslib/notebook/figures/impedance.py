"""Figures of spectra, of their fits and of what follows from them; each returns a matplotlib figure."""

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from sslib.formatting import number
from sslib.notebook.figures.style import BLACK, BLUE, DATA, GREEN, GREY, MODEL, SMALL, VERMILION, WIDTH, figure_of
from sslib.units import S_cm, celsius, cm, eV

PARTS_OF_A_PELLET = {
    "total": ("s", BLACK, "-"),
    "bulk": ("o", BLUE, "--"),
    "grain boundary": ("^", VERMILION, "-."),
    "boundary material": ("v", GREY, ":"),
}


def spectrum_figure(frequency, impedance, model_frequency=None, model_impedance=None, others=(), label="data"):
    """Nyquist diagram with equal axes and marked decades; magnitude and phase against frequency.

    Parameters
    ----------
    frequency, impedance : array_like
        The measured spectrum [Hz, ohm].
    model_frequency, model_impedance : array_like, optional
        A model's curve [Hz, ohm].
    others : iterable of (label, frequency, impedance)
        Further curves, dashed.
    label : str
        What the first spectrum is called.

    Returns
    -------
    matplotlib.figure.Figure
    """
    measured = np.asarray(impedance)
    size, unit = next(
        (s, u) for s, u in ((1e6, "MΩ"), (1e3, "kΩ"), (1, "Ω")) if s == 1 or np.abs(measured).max() > 2 * s
    )
    # Equal axes want a panel of the spectrum's own proportions, within what reads well.
    proportions = np.ptp(measured.imag) / max(np.ptp(measured.real), 1e-300)
    heights = [0.8 * WIDTH * np.clip(proportions, 0.3, 0.85) + 0.6, 2.1]
    figure = Figure(figsize=(WIDTH, sum(heights) + 0.3), layout="constrained")
    axes = figure.subplot_mosaic([["nyquist", "nyquist"], ["magnitude", "phase"]], height_ratios=heights)
    curves = [(label, np.asarray(frequency), measured, DATA)]
    if model_impedance is not None:
        curves.append(("model", np.asarray(model_frequency), np.asarray(model_impedance), MODEL))
    for style, (label, f, z) in zip(("--", ":", "-."), others, strict=False):
        curves.append((label, np.asarray(f), np.asarray(z), {"linestyle": style, "color": VERMILION}))

    draw_nyquist(axes["nyquist"], [(*named, z / size, style) for *named, z, style in curves], unit, WIDTH / heights[0])
    for _, f, z, style in curves:
        axes["magnitude"].loglog(f, np.abs(z), **style)
        axes["phase"].semilogx(f, -np.degrees(np.angle(z)), **style)
    if len(curves) > 1:
        axes["nyquist"].legend(frameon=False, loc="upper left", ncols=3)
    axes["magnitude"].set(xlabel="frequency [Hz]", ylabel="|Z| [Ω]")
    axes["magnitude"].yaxis.set_major_formatter(_plain)
    few = np.ptp(np.log10(np.abs(measured))) < 1.3
    axes["magnitude"].yaxis.set_minor_formatter(_plain if few else NullFormatter())
    if few:
        axes["magnitude"].yaxis.set_minor_locator(LogLocator(subs=(2, 3, 5)))
    axes["phase"].set(xlabel="frequency [Hz]", ylabel="−phase [°]")
    for name in ("magnitude", "phase"):
        axes[name].grid(color="#dddddd")
        axes[name].xaxis.set_major_locator(LogLocator(numticks=6))
    return figure


def draw_nyquist(axes, curves, unit, shape, small=False):
    """Spectra in the complex plane, with equal axes and the first one's decades marked.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    curves : list of (label, frequency, impedance, style)
        [Hz] and the unit of the axes.
    unit : str
    shape : float
        Width of the panel over its height.
    small : bool
        For a panel among others: fewer and smaller names of decades, within its frame.
    """
    for label, _, z, style in curves:
        axes.plot(z.real, -z.imag, label=label, **style)
    if small:
        room = 0.33 * np.ptp(curves[0][2].real)
        axes.update_datalim([(curves[0][2].real.min() - room, 0), (curves[0][2].real.max() + room, 0)])
    _, frequency, measured, _ = curves[0]
    _mark_decades(axes, frequency, measured, small)
    axes.margins(0.08 if small else 0.12)
    axes.set(xlabel=f"Re Z [{unit}]", ylabel=f"−Im Z [{unit}]", aspect="equal", adjustable="datalim")
    height = np.ptp(measured.imag)
    if height > 0.85 * max(np.ptp(measured.real), 1e-300):
        # A steep spectrum stands at the left: room to its right is better than resistances below zero.
        axes.update_datalim([(measured.real.min() + height * (shape - 0.2), -measured.imag.max())])
        axes.autoscale_view()
    elif small:
        # A flat one stands at the bottom: the panel's proportions are not its own.
        axes.update_datalim([(measured.real.min(), 1.55 * np.ptp(measured.real) / shape - measured.imag.max())])
        axes.autoscale_view()


def _mark_decades(axes, frequency, impedance, small):
    """A filled mark at the data point nearest each whole decade, with its frequency beside the curve where it fits."""
    points = np.stack([impedance.real, -impedance.imag], axis=1)
    extent = np.ptp(points, axis=0).max()
    decades = np.arange(np.ceil(np.log10(frequency.min()) - 1e-9), np.floor(np.log10(frequency.max()) + 1e-9) + 1)
    placed, apart, look = [], 0.16 if small else 0.09, {"fontsize": SMALL} if small else {}
    for decade in decades.astype(int):
        k = np.argmin(np.abs(np.log10(frequency) - decade))
        axes.plot(*points[k], marker="o", markersize=5, color=BLACK)
        if any(np.hypot(*(points[k] - other)) <= apart * extent for other in placed):
            continue
        placed.append(points[k])
        along = points[max(k - 2, 0)] - points[min(k + 2, len(points) - 1)]
        # Across the curve, to the side with more room.
        across = np.array([-along[1], along[0]]) / max(np.hypot(*along), 1e-300)
        sides = [(_room(points[k] + side * 0.1 * extent * across, points), side) for side in (1, -1)]
        across *= max(sides)[1]
        axes.annotate(
            _decade_name(decade),
            points[k],
            xytext=11 * across,
            textcoords="offset points",
            ha="left" if across[0] > 0.4 else "right" if across[0] < -0.4 else "center",
            va="center" if abs(across[1]) < 0.4 else "bottom" if across[1] > 0 else "top",
            **look,
        )


def _room(place, points):
    """Distance from a place to the nearest point."""
    return np.hypot(*(points - place).T).min()


def _decade_name(decade):
    thousands = decade // 3
    prefixes = {-2: "µ", -1: "m", 0: "", 1: "k", 2: "M", 3: "G"}
    return f"{10 ** (decade % 3)} {prefixes[thousands]}Hz" if thousands in prefixes else f"$10^{{{decade}}}$ Hz"


_plain = FuncFormatter(lambda value, position: f"{value:g}" if 1e-3 <= value < 1e5 else f"{value:.0e}")


def residual_figure(frequency, residuals, noise):
    """Relative residuals against frequency, with a band of twice the noise.

    Parameters
    ----------
    frequency : array_like
        [Hz].
    residuals : array_like
        Model minus data over the model's magnitude (complex, [1]).
    noise : array_like
        Relative standard deviation of each part [1], one for all frequencies or by frequency.
    """
    figure, axes = figure_of(2.9)
    band = {"color": "#e4e4e4", "label": f"±2 × {100 * np.median(noise):.2g} % noise"}
    if np.ptp(noise) <= 1e-9 * np.max(noise):
        axes.axhspan(-200 * np.max(noise), 200 * np.max(noise), **band)
    else:
        axes.fill_between(frequency, -200 * noise, 200 * noise, **band)
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.semilogx(frequency, 100 * np.real(residuals), "o", color=BLUE, markersize=4.5, label="real part")
    axes.semilogx(frequency, 100 * np.imag(residuals), "^", color=VERMILION, markersize=4.5, label="imaginary part")
    axes.set(xlabel="frequency [Hz]", ylabel="(model − data)/|model| [%]")
    axes.xaxis.set_major_locator(LogLocator(numticks=12))
    axes.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure


def budget_figure(budget, frequency):
    """Bars of what each part adds to the real part of the impedance at one frequency [Hz], with intervals."""
    parts = list(budget)
    figure, axes = figure_of(0.9 + 0.42 * len(parts))
    values = np.array([budget[part].value for part in parts])
    ends = np.array([budget[part].interval for part in parts])
    reach = np.maximum(0, np.stack([values - ends[:, 0], ends[:, 1] - values]))
    rows = np.arange(len(parts))[::-1]
    colours = [GREY if part == "storage" else BLUE for part in parts]
    axes.barh(rows, values, xerr=reach, color=colours, height=0.62, ecolor=BLACK, capsize=3)
    axes.axvline(0, color=BLACK, linewidth=0.8)
    share = values / values.sum() if values.sum() else values
    furthest = np.maximum(ends[:, 1], values)
    for row, value, part, end in zip(rows, values, share, furthest, strict=True):
        axes.annotate(
            f"{number(value, 3)} Ω, {100 * part:.0f} %",
            (max(end, 0), row),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
        )
    axes.set_yticks(rows, parts)
    axes.set_xlim(min(0, ends.min()) * 1.05, furthest.max() * 1.3)
    axes.set(xlabel=f"share of Re Z at {number(frequency, 3)} Hz [Ω]")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def interval_figure(comparison, truth=None):
    """Intervals of each parameter from each spectrum alone and from all of them, and how wide they are.

    Parameters
    ----------
    comparison : Comparison
        From `sslib.impedance.joint`.
    truth : dict, optional
        True values by name.

    Returns
    -------
    matplotlib.figure.Figure
        The left panel ends at a quarter and at four times the joint value, where a fit's own probe does.
    """
    names, joint = list(comparison.names), comparison.joint.values
    figure, (left, right) = figure_of(0.9 + 0.6 * len(names), 1, 2, sharey=True, width_ratios=[1.5, 1])
    looks = dict(zip(comparison.alone, zip((VERMILION, GREY, GREEN), "s^v", strict=True), strict=False))
    for place, (label, result) in enumerate(comparison.every.items()):
        colour, mark = looks.get(label, (BLUE, "o"))
        for row, name in enumerate(name for name in names if name in result.free):
            y = -names.index(name) + 0.27 - 0.18 * place
            low, high = result.interval(name)
            ends = np.clip([(low or 0) / joint[name], (high or np.inf) / joint[name]], 0.25, 4)
            own = label if row == 0 else None
            left.plot(ends, [y, y], linewidth=2.5, solid_capstyle="butt", color=colour, label=own)
            left.plot(result.values[name] / joint[name], y, mark, color=colour, markersize=4)
            if low and high:
                right.plot(np.log(high / low), y, mark, markersize=6, color=colour)
            else:
                where = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
                right.annotate("open", (1, y), (-4, 0), ha="right", va="center", color=colour, **where)
    for name in (truth or {}).keys() & set(names):
        left.plot(truth[name] / joint[name], -names.index(name), "|", color=BLACK, markersize=26)
    left.set_yticks(-np.arange(len(names)), names)
    left.set(xscale="log", xlim=(0.25, 4), xlabel="value over that of the joint fit [1]")
    left.set_xticks([0.25, 0.5, 1, 2, 4], ["¼", "½", "1", "2", "4"])
    left.minorticks_off()
    right.set(xscale="log", xlabel="width of the interval of ln [1]")
    for axes in (left, right):
        axes.grid(axis="x", color="#dddddd")
    figure.legend(*left.get_legend_handles_labels(), frameon=False, ncols=4, loc="outside upper center")
    return figure


def series_figure(spectra, fits):
    """Spectra of a pellet at several temperatures with their fits: Nyquist diagram over the total, and its losses.

    Parameters
    ----------
    spectra : list of Spectrum
    fits : list of PelletFit
        Of the same.
    """
    figure, (nyquist, loss) = figure_of(3.9, 1, 2)
    shades = colormaps["viridis"](np.linspace(0, 0.85, len(fits)))
    for fitted, spectrum, shade in zip(fits, spectra, shades, strict=True):
        scale, label = fitted.total[0], f"{fitted.temperature - celsius(0):.4g} °C"
        data, model = spectrum.impedance, fitted.result.fitted
        marks = {**DATA, "color": shade, "markersize": 3.5}
        line = {"color": shade, "linewidth": 1.2}
        nyquist.plot(data.real / scale, -data.imag / scale, label=label, **marks)
        nyquist.plot(model.real / scale, -model.imag / scale, **line)
        loss.loglog(spectrum.frequency, -data.imag, **marks)
        loss.loglog(spectrum.frequency, -model.imag, **line)
    nyquist.set(xlim=(0, 1.6), ylim=(0, 1.6), xlabel="Re Z / total [1]", ylabel="−Im Z / total [1]", aspect="equal")
    nyquist.legend(frameon=False, fontsize=SMALL, loc="upper left")
    loss.set(xlabel="frequency [Hz]", ylabel="−Im Z [Ω]")
    return figure


def capacitance_figure(fits, cell_constant, limits):
    """Capacitance of each arc of a pellet against temperature, with bands of what it is taken for.

    Parameters
    ----------
    fits : list of PelletFit
    cell_constant : float
        Thickness over area [1/m].
    limits : pair of float
        The largest of a bulk and of a boundary [F/m].
    """
    figure, axes = figure_of(2.7)
    for ends, shade in zip(((1e-11, limits[0]), limits), ("#e6f0f8", "#f8ebe3"), strict=True):
        axes.axhspan(*(end * cm for end in ends), color=shade)
    looks = {**PARTS_OF_A_PELLET, "electrode": ("s", BLACK, ""), "not assigned": ("x", GREY, "")}
    for part, (mark, colour, _) in looks.items():
        arcs = [(fitted.temperature, arc) for fitted in fits for arc in fitted.arcs if arc.part == part]
        if arcs:
            values = [(T - celsius(0), arc.capacitance * cell_constant * cm) for T, arc in arcs]
            axes.semilogy(*np.array(values).T, mark, color=colour, label=part)
    axes.set(xlabel="temperature [°C]", ylabel="C·L/A [F/cm]", ylim=(1e-13, 1e-5))
    axes.legend(frameon=False, ncols=4, loc="upper left")
    return figure


def arrhenius_figure(parts, remark=""):
    """Arrhenius diagram of σT of the parts of a pellet, with their lines; open where an arc's apex was not measured.

    Parameters
    ----------
    parts : dict of PartConduction
        From `PelletConduction`.
    remark : str
        Behind the unit of the conductivity.
    """
    figure, axes = figure_of(4.6)
    for part, own in parts.items():
        mark, colour, dashes = PARTS_OF_A_PELLET[part]
        T, seen = own.points["T"], own.points["inside"]
        value = own.points["conductivity"] * T / S_cm
        for which, fill in ((seen, colour), (~seen, "none")):
            axes.semilogy(1000 / T[which], value[which], mark, color=colour, markerfacecolor=fill)
        ends = np.array([T.min(), T.max()])
        line = own.product
        label = f"{own.name}, {line.energy / eV:.3f} eV"
        axes.semilogy(1000 / ends, line.conductivity(ends) * ends / S_cm, dashes, color=colour, label=label)
    axes.set(xlabel="1000 K / T [1]", ylabel=f"σT [S K/cm{remark}]")
    measured = np.concatenate([own.points["T"] for own in parts.values()])
    ticks = np.unique(np.round(measured - celsius(0)))
    top = axes.secondary_xaxis("top")
    top.set_xticks(1000 / celsius(ticks), [f"{tick:.0f}" for tick in ticks])
    top.set(xlabel="temperature [°C]")
    axes.legend(frameon=False)
    return figure


def design_figure(design, frequency, wanted):
    """Where the best design measures, over the frequencies of the even sweep.

    Parameters
    ----------
    design : Design
        From `sslib.impedance.design_frequencies`.
    frequency : array_like
        Frequencies of the sweep [Hz].
    wanted : str
        What the design determines.
    """
    figure, axes = figure_of(2.7)
    even = np.full(len(frequency), 100 / len(frequency))
    axes.semilogx(frequency, even, "|", color=GREY, markersize=9, label="even sweep")
    axes.vlines(design.frequency, 0, 100 * design.share, color=BLUE, linewidth=2)
    axes.semilogx(design.frequency, 100 * design.share, "o", color=BLUE, label=f"best design for {wanted}")
    axes.set(xlabel="frequency [Hz]", ylabel="share of the measurements [%]", ylim=(0, None))
    axes.xaxis.set_major_locator(LogLocator(numticks=12))
    axes.legend(frameon=False, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure


def resolution_figure(frequency, smallest, interphase=None):
    """The smallest arc that a spectrum reveals against the frequency at which it peaks.

    Parameters
    ----------
    frequency : array_like
        1/(2πτ) of the arcs [Hz].
    smallest : dict
        By label, the resistances [ohm], the lowest line last in the legend.
    interphase : Interphase, optional
        From `sslib.impedance.experiment.smallest_interphase`; marked at its own apex unless it is never seen.
    """
    figure, axes = figure_of(3.4)
    if interphase is not None and np.isfinite(interphase.resistance):
        axes.loglog(interphase.apex, interphase.resistance, "o", color=VERMILION, label="interphase", zorder=3)
    for (label, resistance), style in zip(smallest.items(), (":", "-", "--", "-."), strict=False):
        axes.loglog(frequency, resistance, style, color=BLUE if style == "-" else BLACK, label=label)
    axes.set(xlabel="frequency of the arc [Hz]", ylabel="smallest arc that is seen [Ω]")
    axes.xaxis.set_major_locator(LogLocator(numticks=12))
    axes.grid(color="#dddddd")
    axes.legend(frameon=False, ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure


def prospects_figure(prospects, wanted):
    """By what factor each second measurement lowers the error of what is wanted, on a logarithmic axis.

    Parameters
    ----------
    prospects : list of Prospect
        From `design_experiment`; an infinite gain is an arrow out of the picture.
    wanted : str
        What is determined.
    """
    looks = {
        "frequencies": ("s", BLACK),
        "contacts": ("o", BLUE),
        "temperature": ("^", VERMILION),
        "again": ("D", GREY),
    }
    figure, axes = figure_of(0.9 + 0.3 * len(prospects))
    finite = [p.gain for p in prospects if np.isfinite(p.gain)]
    end, labelled = 2 * max(finite, default=10), set()
    for row, prospect in enumerate(prospects):
        mark, colour = looks[prospect.kind]
        shown = prospect.gain if np.isfinite(prospect.gain) else end
        label = None if prospect.kind in labelled else prospect.kind
        labelled.add(prospect.kind)
        axes.hlines(-row, 1, shown, color=colour, linewidth=1)
        axes.semilogx(shown, -row, mark if np.isfinite(prospect.gain) else ">", color=colour, markersize=7, label=label)
    axes.set_yticks(-np.arange(len(prospects)), [str(prospect) for prospect in prospects])
    axes.set(xlim=(0.95, 1.1 * end), xlabel=f"factor by which the error of {wanted} falls [1]")
    axes.xaxis.set_major_formatter(_plain)
    axes.xaxis.set_minor_formatter(_plain if end < 10 else NullFormatter())
    axes.grid(axis="x", color="#dddddd")
    axes.legend(frameon=False, ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure


def relaxation_figure(result):
    """Distribution of relaxation times with its band, its peaks, and the times that were not measured.

    Parameters
    ----------
    result : RelaxationTimes
        What `sslib.impedance.relaxation_times` gives.

    Returns
    -------
    matplotlib.figure.Figure
        The height is in ohm per unit of ln tau, so that areas are resistances; a decade is 2.3 units wide. Grey is
        outside the measured window, where the curve is extrapolated. Open marks are peaks that are not determined.
    """
    figure, axes = figure_of(3.4)
    top = 1.5 * max(result.gamma.max(), np.nan_to_num(result.upper).max(), 1e-300)
    size, unit = next((s, u) for s, u in ((1e6, "MΩ"), (1e3, "kΩ"), (1, "Ω"), (1e-3, "mΩ")) if s == 1e-3 or top > 2 * s)
    window = 1 / (2 * np.pi * result.frequency.max()), 1 / (2 * np.pi * result.frequency.min())
    for ends in ((result.tau[0], window[0]), (window[1], result.tau[-1])):
        axes.axvspan(*ends, color="#e4e4e4", linewidth=0)
    if np.isfinite(result.upper).all():  # there are none without draws
        band = f"{100 * result.level:g} % band of the noise"
        axes.fill_between(result.tau, result.lower / size, result.upper / size, color=BLUE, alpha=0.25, label=band)
    axes.semilogx(result.tau, result.gamma / size, color=BLUE, linewidth=1.8, label="estimate")
    doubtful = {
        name
        for verdict in result.verdicts
        if verdict.kind in ("outside the window", "peak uncertain", "peaks not separated")
        for name in verdict.parameters
    }
    for number_of_peak, peak in enumerate(result.peaks, 1):
        height = np.interp(np.log(peak.tau), np.log(result.tau), result.gamma) / size
        filled = f"peak {number_of_peak}" not in doubtful
        axes.plot(peak.tau, height, "o", color=VERMILION, markerfacecolor=VERMILION if filled else "white", zorder=3)
        text = f"{number(peak.resistance / size, 3)} {unit}"
        text = text if filled else f"({text})"
        axes.annotate(text, (peak.tau, height), xytext=(0, 7), textcoords="offset points", ha="center")
    axes.set(xlabel="relaxation time [s]", ylabel=f"γ [{unit} per ln τ]", ylim=(0, top / size))
    axes.set_xlim(result.tau[0], result.tau[-1])
    axes.xaxis.set_major_locator(LogLocator(numticks=12))
    frequency = axes.secondary_xaxis("top", functions=(_reciprocal, _reciprocal))
    frequency.set_xlabel("frequency 1/(2πτ) [Hz]")
    axes.set_title(
        f"An estimate: smoothing {result.regularisation:.1g}; grey was not measured",
        fontsize="medium",
        color=GREY,
        loc="left",
    )
    axes.legend(frameon=False, loc="upper right", ncols=2)
    return figure


def _reciprocal(x):
    """1/(2πx), its own inverse; a bare axis asks for 0, too."""
    return 1 / (2 * np.pi * np.maximum(x, 1e-300))
