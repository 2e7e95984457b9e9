"""Figures of the nine steps of the transmission-line model; each returns a matplotlib figure."""

import numpy as np
from matplotlib.ticker import LogLocator, NullFormatter

from sslib.formatting import number
from sslib.impedance import evolution
from sslib.notebook.figures.style import BLACK, BLUE, GREEN, GREY, SMALL, VERMILION, figure_of

WITH = {"color": BLUE, "linewidth": 1.8}
WITHOUT = {"color": VERMILION, "linewidth": 1.5, "linestyle": "--"}
HALF = {"color": GREY, "linewidth": 1.5, "linestyle": ":"}
LOOKS = {2: (WITHOUT, WITH), 3: (WITHOUT, HALF, WITH)}
MARKS = "osD"
MOST = 2
"""So many quantities of a step are shown, those furthest off."""


def step_spectra_figure(step, frequency, noise):
    """One step: Nyquist diagram with it and without it, and the relative difference against frequency.

    Parameters
    ----------
    step : Step
        From `sslib.impedance.evolution`.
    frequency : array_like
        [Hz]
    noise : float
        Relative standard deviation of each part [1], drawn as the least difference that shows.

    Returns
    -------
    matplotlib.figure.Figure
        The Nyquist diagram ends where the spectrum with the step turns into a tail: what lies beyond is storage.
    """
    figure, (nyquist, apart) = figure_of(3.4, 1, 2, width_ratios=[1.25, 1])
    # Denser than it is measured: a line of eight points a decade has corners.
    frequency = np.geomspace(np.min(frequency), np.max(frequency), 400)
    spectra = {label: variant.impedance(frequency) for label, variant in step.variants.items()}
    now = spectra["with the step"]
    for (label, z), look in zip(spectra.items(), LOOKS[len(spectra)], strict=True):
        nyquist.plot(z.real, -z.imag, label=label, **look)
        if z is not now:
            apart.loglog(frequency, np.maximum(np.abs(z / now - 1), 1e-9), **look)
    _mark_decades(nyquist, frequency, now)
    _line_of_noise(apart, noise)
    apart.set(xlabel="frequency [Hz]", ylabel="|Z / Z with the step − 1| [1]")
    _quiet(apart)
    figure.legend(*nyquist.get_legend_handles_labels(), frameon=False, ncols=3, loc="outside upper center")
    return figure


def _line_of_noise(axes, noise):
    axes.axhline(noise, color=BLACK, linewidth=0.8)
    place = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
    axes.annotate("noise", (1, noise), (-4, 3), ha="right", fontsize=SMALL, **place)
    axes.set_ylim(max(axes.get_ylim()[0], noise / 30), None)


def _frame(axes, impedance):
    """Equal axes about the spectrum, without the tail of a blocking electrode, which would shrink all the rest."""
    right = 1.08 * impedance.real.max()
    top = np.clip(1.15 * (-impedance.imag).max(), 0.6 * right, 0.9 * right)
    axes.set(xlim=(0, right), ylim=(-0.12 * top, top), aspect="equal", adjustable="box")
    axes.set(xlabel="Re Z [Ω]", ylabel="−Im Z [Ω]")


def _mark_decades(axes, frequency, impedance):
    """Dots at each second whole decade of frequency, with their names where those have room in the frame."""
    _frame(axes, impedance)
    right, top = axes.get_xlim()[1], axes.get_ylim()[1]
    named = []
    for decade in range(-4, 6, 2):
        k = int(np.argmin(np.abs(np.log10(frequency) - decade)))
        place = impedance.real[k], -impedance.imag[k]
        axes.plot(*place, "o", color=BLUE, markersize=4)
        if not (place[0] < 0.8 * right and place[1] < 0.85 * top):
            continue
        # To the right of the curve: below where it climbs toward low frequency, above where it falls.
        climbs = -impedance.imag[max(k - 1, 0)] > -impedance.imag[min(k + 1, len(frequency) - 1)]
        side = {"xytext": (6, -2 if climbs else 2), "va": "top" if climbs else "bottom"}
        if all(np.hypot(place[0] - x, place[1] - y) > 0.13 * right for x, y in named):
            named.append(place)
            axes.annotate(f"$10^{{{decade}}}$ Hz", place, textcoords="offset points", fontsize=SMALL, **side)


def _quiet(axes):
    axes.xaxis.set_major_locator(LogLocator(numticks=6))
    axes.yaxis.set_major_locator(LogLocator(numticks=7))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.grid(color="#dddddd")


def evolution_figure(outcomes, noise):
    """The largest error of each step's predecessor as bars on a logarithmic axis, with the noise of the spectra.

    Parameters
    ----------
    outcomes : sequence of Outcome
    noise : float
        [1]
    """
    figure, axes = figure_of(0.9 + 0.36 * len(outcomes))
    rows, least = -np.arange(len(outcomes)), noise / 3
    errors = np.array([outcome.error for outcome in outcomes])
    axes.barh(rows, errors, left=0, color=BLUE, height=0.6)
    halves = [(row, o.half_error) for row, o in zip(rows, outcomes, strict=True) if o.half is not None]
    if halves:
        axes.plot(*np.array(halves)[:, ::-1].T, "D", color=VERMILION, markersize=6, label="half the step")
    for row, outcome in zip(rows, outcomes, strict=True):
        end = max(outcome.error, 1.5 * (outcome.half_error or 0), least)
        place = {"textcoords": "offset points", "va": "center"}
        axes.annotate(f"{number(100 * outcome.error, 2)} %", (end, row), (5, 0), **place)
    axes.axvline(noise, color=BLACK, linewidth=1, label="noise")
    axes.set_yticks(rows, [outcome.step.title for outcome in outcomes])
    axes.set(xscale="log", xlim=(least, 30 * errors.max()), xlabel="|Z before / Z − 1|, the largest [1]")
    axes.xaxis.set_major_locator(LogLocator(numticks=10))
    axes.legend(frameon=False, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def step_pulse_figure(outcome, noise):
    """Voltage under a pulse with the step into time and without it, and the difference over the largest voltage.

    Parameters
    ----------
    outcome : Outcome
        From `sslib.impedance.evolution`.
    noise : float
        Standard deviation of a sample over the largest voltage [1].
    """
    figure, (whole, apart) = figure_of(3.2, 1, 2)
    minutes = outcome.grid / 60
    whole.plot(minutes, 1e3 * outcome.before, label="the step before", **WITHOUT)
    whole.plot(minutes, 1e3 * outcome.response, label="with the step", **WITH)
    whole.set(xlabel="time [min]", ylabel="voltage away from rest [mV]")
    whole.grid(color="#dddddd")
    apart.semilogy(minutes, np.maximum(outcome.deviation(outcome.before), noise / 30), **WITHOUT)
    _line_of_noise(apart, noise)
    apart.set(xlabel="time [min]", ylabel="|ΔV| / largest V [1]")
    apart.grid(color="#dddddd")
    figure.legend(*whole.get_legend_handles_labels(), frameon=False, ncols=3, loc="outside upper center")
    return figure


def arcs_figure(frequency, spectra, apexes, label):
    """−Im Z of the three configurations against frequency, each over its own maximum, and II and III on one axis.

    Parameters
    ----------
    frequency : array_like
        [Hz]
    spectra : dict
        By number of the configuration the impedance [ohm].
    apexes : dict
        By number the places of the arcs, from `sslib.impedance.arcs`.
    label : str
        Of the interface.
    """
    figure, panels = figure_of(2.9, 1, 3)
    for axes, (name, z), mark, colour in zip(panels, spectra.items(), MARKS, (BLACK, BLUE, GREEN), strict=True):
        height = -z.imag
        axes.loglog(frequency, height, color=colour)
        axes.loglog(frequency[apexes[name]], height[apexes[name]], mark, color=VERMILION, markersize=7)
        top = height[apexes[name]].max() if len(apexes[name]) else height.max()
        axes.set(ylim=(1e-6 * top, 30 * top), xlabel="frequency [Hz]")
        count = len(apexes[name])
        plural = "" if count == 1 else "s"
        axes.set_title(f"{name}, {evolution.CONFIGURATIONS[name]}: {count} arc{plural}", fontsize=SMALL)
        axes.xaxis.set_major_locator(LogLocator(numticks=5))
    panels[0].set_ylabel("−Im Z [Ω]")
    figure.suptitle(label, fontsize=SMALL)
    return figure


def factor_figure(outcomes):
    """What is said of the same spectrum without the step: value over truth with its interval, two of each step.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Of the step before and the half step the one that fits better is shown, with the two quantities furthest off.
    """
    wrong = [(o, e) for o in outcomes for e in o.misleading[1].missed[:MOST]]
    figure, axes = figure_of(1.2 + 0.27 * len(wrong))
    factors = [estimate.factor for _, estimate in wrong] or [1.0]
    left, right = min(0.1, min(factors) / 3), max(10, 3 * max(factors))
    for row, (_, estimate) in enumerate(wrong):
        low, high = (end and end / estimate.truth for end in estimate.interval)
        axes.plot([low or left, high or right], [-row, -row], color=VERMILION, linewidth=2.2, solid_capstyle="butt")
        axes.plot(estimate.factor, -row, "o", color=VERMILION, markersize=5)
        for end, mark, at in ((low, "<", left), (high, ">", right)):
            if end is None:
                axes.plot(at, -row, mark, color=VERMILION, markersize=7, clip_on=False)
    axes.axvline(1, color=BLACK, linewidth=1)
    axes.set_yticks(-np.arange(len(wrong)), [f"{o.step.title}: {estimate.name}" for o, estimate in wrong])
    axes.set(xscale="log", xlim=(left, right), xlabel="value over truth, fitted without the step [1]")
    axes.grid(axis="x", color="#dddddd")
    return figure
