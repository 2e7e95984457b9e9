"""Figures of one cell from its spectrum to its failure, each a row of small panels on a page of two sheets."""

import textwrap

import numpy as np
from matplotlib import colormaps
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator, NullFormatter

from sslib.formatting import estimate, number
from sslib.notebook.figures.failure import (
    HATCHED,
    THIS_CELL,
    draw_failure_map,
    draw_operating_point,
    draw_probability_bar,
    name_time_axes,
)
from sslib.notebook.figures.impedance import draw_nyquist
from sslib.notebook.figures.rate import draw_at_rate, draw_discharges
from sslib.notebook.figures.style import (
    BLACK,
    BLUE,
    DATA,
    GREY,
    MODEL,
    SMALL,
    figure_of,
    literal,
    mark_or_point_at,
    whisker,
)
from sslib.notebook.figures.throughput import STATED, class_colour, draw_cells, draw_waterfall
from sslib.units import hour, mA_cm2, mAh_cm2, mol_m2_h, mV, ohm_cm2

FARTHEST = 30.0
"""How many times the axis of throughput follows this cell beyond the literature's cells."""

COMPARED = {"marker": "D", "linestyle": "none", "color": BLACK, "markerfacecolor": "white"}
"""The second cell's mark."""

BETTER = {"facecolor": BLUE, "edgecolor": BLACK}
WORSE = {"facecolor": "#f3c9a8", "edgecolor": BLACK, "hatch": "////"}
ABOVE = {"frameon": False, "fontsize": SMALL, "loc": "lower left", "bbox_to_anchor": (0, 1), "borderaxespad": 0.2}
"""A legend between a panel and what stands above it, where no line runs."""


def reading_figure(frequency, impedance, model_frequency, model_impedance, parts, current_density, area):
    """What a spectrum says: Nyquist diagram with the fitted model, and the resistances from part to part to their sum.

    Parameters
    ----------
    frequency, impedance : array_like
        The measured spectrum [Hz, ohm].
    model_frequency, model_impedance : array_like
        The model's curve [Hz, ohm].
    parts : dict of str to (value, low, high)
        Area-specific resistance of each part with its interval [ohm m2]; None where an end is open.
    current_density : float
        At which the sum costs the voltage that stands below its bar [A/m2].
    area : float
        Of the cell [m2].

    Returns
    -------
    matplotlib.figure.Figure
        An arrow is an open end, or one that lies far beyond the sum; its number stands beside the bar.
    """
    figure, (nyquist, budget) = figure_of(float(np.clip(1.2 + 0.3 * len(parts), 2.6, 3.4)), 1, 2, width_ratios=[1.6, 1])
    scale = area / ohm_cm2
    curves = [
        ("data", np.asarray(frequency), np.asarray(impedance) * scale, {**DATA, "markersize": 3.5}),
        ("model", np.asarray(model_frequency), np.asarray(model_impedance) * scale, MODEL),
    ]
    draw_nyquist(nyquist, curves, "Ω cm²", shape=1.4, small=True)
    nyquist.locator_params("x", nbins=3)
    nyquist.locator_params("y", nbins=5)
    for axis in (nyquist.xaxis, nyquist.yaxis):
        axis.set_major_formatter(lambda value, place: number(value, 6))
    nyquist.legend(**ABOVE, ncols=2)
    _draw_budget(budget, parts, current_density)
    return figure


def _draw_budget(axes, parts, current_density):
    values = np.array([value for value, _, _ in parts.values()], dtype=float) / ohm_cm2
    total = values.sum()
    rows, starts = draw_waterfall(axes, values, [_wrapped(name, 18) for name in parts])
    axes.tick_params(axis="y", labelsize=SMALL)
    axes.axvline(0, color=BLACK, linewidth=0.8, label="_zero")
    ends = [[None if end is None else end / ohm_cm2 for end in known] for _, *known in parts.values()]
    known = [start + end for start, own in zip(starts, ends, strict=False) for end in own if end is not None]
    left, right = _ends_of_bars([*starts, *np.cumsum(values)], known)
    axes.set_xlim(left, right)
    said = []
    for row, start, value, (low, high) in zip(rows, starts, values, ends, strict=False):
        middle, limits, _ = estimate(value, (low, high))
        if low == high == value:
            said.append(middle)
            continue
        said.append(f"{middle} ({limits.replace('no limit found', 'open')})")
        # A resistance without a lower end may be none at all: its bar begins where the one before it ends.
        at = start + (low or 0), np.inf if high is None else start + high
        closed = low is not None and at[0] >= left, at[1] <= right
        whisker(axes, row, np.clip(at, left, right), closed)
    for row, text in zip(rows, [*said, number(total, 3)], strict=True):
        _say_beside(axes, row, text)
    cost = number(current_density * total * ohm_cm2 / mV, 3), number(current_density / mA_cm2, 3)
    _say_beside(axes, rows[-1] - 0.75, "by Ohm's law {} mV at {} mA/cm²".format(*cost), at=0, away=4)
    axes.set_ylim(rows[-1] - 1.15, 0.6)


def _ends_of_bars(corners, whiskers):
    """Limits of an axis around bars and their whiskers, which take no more than half as much again on either side."""
    low, high = min(corners), max(corners)
    length = max(high - low, 1e-12)
    left, right = max(min([low, *whiskers]), low - length / 2), min(max([high, *whiskers]), high + length / 2)
    return left - (0.06 * length if left < 0 else 0), right + 0.06 * length


def delivery_figure(c_rates, run, nominal, energy, interval, ceiling, stated, cells, compared, own):
    """What a cell delivers: voltage curves, specific energy against C-rate, and its place among the literature's cells.

    Parameters
    ----------
    c_rates : array_like
        [1/h], shape (n,), rising.
    run : sslib.cell.Discharge
        Of that shape.
    nominal : float
        Nominal capacity [C/m2].
    energy : array_like
        [Wh/kg], shape (n,).
    interval : pair
        Low and high ends [Wh/kg], shape (n,) each; None where it is open.
    ceiling : float
        Specific energy [Wh/kg] without any loss.
    stated : float
        The C-rate that is asked for [1/h].
    cells, compared : pandas.DataFrame
        As for `throughput_figure`; by the nominal C-rate.
    own : (capacity, throughput, (low, high))
        This cell's delivered capacity [C/m2], and its throughput with its ends [mol m-2 s-1]; None where one is open.
    """
    figure, (curves, rates, place) = figure_of(3.4, 1, 3, width_ratios=[1, 1, 1.05])
    _draw_curves(curves, np.asarray(c_rates), run, nominal, stated)
    draw_at_rate(rates, c_rates, "specific energy [Wh/kg]", energy, interval, ceiling, stated)
    rates.set_ylim(0, 1.06 * max(ceiling, *np.nan_to_num(energy)))
    if np.all(np.asarray(energy) == 0):
        _say_in(rates, "nothing delivered")
    rates.legend(**ABOVE, ncols=2, handlelength=1.2, columnspacing=0.6)
    capacity, throughput, ends = own
    at, star = (capacity / mAh_cm2, throughput / mol_m2_h), {**STATED, "markersize": 12}
    drawn, marks = draw_cells(place, cells, compared, own=at, follow=FARTHEST, small=True)
    place.set(xlabel="delivered [mAh/cm²]", ylabel="throughput [mol m⁻² h⁻¹]")
    if np.isfinite(at).all():
        mark_or_point_at(place, *at, f"{number(at[0], 3)} mAh/cm²\n{number(at[1], 3)} mol m⁻² h⁻¹", zorder=6, **star)
    else:
        _say_in(place, "this cell: not computed")
    _draw_upright(place, at[0], [None if end is None else end / mol_m2_h for end in ends])
    classes = dict.fromkeys(cells.loc[drawn, "electrolyte_class"])
    looks = [{"color": class_colour(c), "marker": marks[c], "label": literal(c, 14)} for c in classes]
    handles = [Line2D([], [], linestyle="none", **look) for look in looks]
    handles.append(Line2D([], [], **star, label="this cell"))
    place.legend(handles=handles, **ABOVE, ncols=2, handletextpad=0.1, columnspacing=0.6)
    for axis in (rates.xaxis, place.xaxis, place.yaxis):
        axis.set_minor_formatter(NullFormatter())
        if np.ptp(np.log10(axis.get_view_interval())) < 1.3:
            axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    return figure


def _draw_curves(axes, c_rates, run, nominal, stated):
    """The stated rate, or the one next to it, and three around it that deliver."""
    delivering = [k for k in range(len(c_rates)) if len(run.curves[k][0])]
    axes.axvline(nominal / mAh_cm2, linestyle="--", color=GREY, label="nominal")
    here = int(np.argmin(np.abs(np.log(c_rates / stated))))
    others = [k for k in delivering if k != here]
    some = {others[k] for k in np.linspace(0, len(others) - 1, 3).round().astype(int)} if others else set()
    shown = sorted({here} | some)
    colours = colormaps["viridis"](np.linspace(0, 0.85, len(shown)))
    draw_discharges(axes, c_rates, run, zip(shown, colours, "os^D", strict=False), stated=here)
    axes.set_xlim(0, 1.05 * max(nominal, *(np.max(run.curves[k][0]) for k in delivering), 0) / mAh_cm2)
    axes.grid(color="#dddddd")
    if not delivering:
        axes.set_ylim(0, 4)
        _say_in(axes, "nothing delivered\nat any of these rates")
    axes.legend(**ABOVE, ncols=2, handlelength=1.6, columnspacing=0.8)


def _draw_upright(axes, x, ends):
    """The interval of a star, as far as it runs within its panel."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    low, high = ends
    at = bottom if low is None else max(low, bottom), top if high is None else min(high, top)
    if left <= x <= right and at[0] < at[1]:
        whisker(axes, x, at, (low is not None and low >= bottom, high is not None and high <= top), vertical=True)


def survival_figure(found, point, time, probability, stated, versus=None):
    """Whether a cell survives: its map of failure with the operating point, and the probability of failure in time.

    Parameters
    ----------
    found : FailureMap
    point : pair of float
        The operating point (x, y) [SI]; at the map's edge with an arrow where it lies beyond.
    time : array_like
        Under current [s], shape (n,), rising.
    probability : (middle, low, high)
        Of failure [1], each of shape (n,).
    stated : sequence of float
        Times to mark, with the probability there [s].
    versus : pair of float, optional
        The operating point of a second cell (x, y) [SI].
    """
    figure, (plane, course) = figure_of(3.3, 1, 2, width_ratios=[1.15, 1])
    figure.get_layout_engine().set(wspace=0.04)
    filled, hatched = draw_failure_map(plane, found)
    draw_probability_bar(figure, filled, plane)
    draw_operating_point(plane, found, point)
    handles = [Line2D([], [], markersize=12, label="this cell", **THIS_CELL)]
    if versus is not None:
        draw_operating_point(plane, found, versus, 8, COMPARED)
        handles.append(Line2D([], [], markersize=7, label="second cell", **COMPARED))
    if hatched:
        handles.append(Patch(label="law extrapolated", **HATCHED))
    hours = np.asarray(time) / hour
    middle, low, high = probability
    course.fill_between(hours, low, high, color=BLUE, alpha=0.25, linewidth=0, label="95 %")
    course.plot(hours, middle, color=BLUE, linewidth=2.2, label="estimate")
    name_time_axes(course)
    course.set_xlim(min(hours[0], min(stated) / hour), max(hours[-1], max(stated) / hour))
    for k, moment in enumerate(sorted(stated)):
        here = float(np.interp(np.log(moment / hour), np.log(hours), middle, left=np.nan, right=np.nan))
        said = "" if np.isnan(here) else f"{here:.2f}" if here == 0 or here >= 0.01 else number(here, 1)
        course.axvline(moment / hour, color=BLACK, linestyle=":", label="_stated")
        course.plot(moment / hour, here, "o", color=BLACK, markersize=6, label="_stated", zorder=5)
        # Above the panel no curve runs; neighbours lean away from each other.
        course.annotate(
            f"{number(moment / hour, 3)} h\n{said}", (moment / hour, 1), (9 if k == 0 else -9, 3),
            ("data", "axes fraction"), "offset points", ha="right" if k == 0 else "left", ma="center", fontsize=SMALL,
        )  # fmt: skip
    handles += course.get_legend_handles_labels()[0]
    figure.legend(handles=handles, loc="outside upper center", ncols=5, frameon=False, fontsize=SMALL)
    return figure


def first_change_figure(changes):
    """What to change first: each change's effect on specific energy and on the probability of failure.

    Parameters
    ----------
    changes : pandas.DataFrame
        A row per change, the best first, by its label; ``energy``, ``energy_low``, ``energy_high`` (relative, 0.03 is
        +3 %), ``failure``, ``failure_low``, ``failure_high`` (absolute, -0.02 is 2 points fewer failures). NaN or None
        where an end is open: an arrow.

    Returns
    -------
    matplotlib.figure.Figure
        Full bars make the cell better, hatched ones worse; the effects' values stand at the right of each panel.
    """
    figure, panels = figure_of(float(np.clip(1.1 + 0.2 * len(changes), 2.6, 3.4)), 1, 2, sharey=True)
    rows, thick = -np.arange(len(changes)), 0.62 * min(1, len(changes) / 6)
    looks = (("energy", "specific energy [%]", 1), ("failure", "failure [percentage points]", -1))
    for axes, (column, label, wanted) in zip(panels, looks, strict=True):
        table = 100 * changes[[column, f"{column}_low", f"{column}_high"]].astype(float).to_numpy()
        finite = table[np.isfinite(table)]
        reach = 1.08 * max(np.abs(finite).max(initial=0), 1e-9)
        axes.set_xlim(-reach if (finite < 0).any() else -0.12 * reach, reach if (finite > 0).any() else 0.12 * reach)
        left, right = axes.get_xlim()
        decimals = int(np.clip(1 - np.floor(np.log10(np.nanmax(np.abs(table[:, 0]), initial=1e-3))), 0, 3))
        axes.axvline(0, color=BLACK, linewidth=1)
        for row, (value, low, high) in zip(rows, table, strict=True):
            axes.barh(row, value, thick, **(BETTER if value * wanted > 0 else WORSE))
            ends = np.isfinite([low, high])
            whisker(axes, row, (low if ends[0] else left, high if ends[1] else right), ends)
            said = f"{value:{'+' if value else ''}.{decimals}f}".replace("-", "−")
            _say_beside(axes, row, "unknown" if np.isnan(value) else said)
        axes.set_xlabel(f"effect on\n{label}")
        axes.grid(axis="x", color="#dddddd")
        axes.set_axisbelow(True)
        axes.tick_params(axis="y", length=0)
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_yticks(rows, [literal(str(name), 34) for name in changes.index], fontsize=SMALL)
    panels[0].tick_params(axis="y", pad=9)
    panels[0].set_ylim(rows[-1] - 0.6, 0.6)
    handles = [Patch(**BETTER, label="better"), Patch(**WORSE, label="worse")]
    handles.append(Line2D([], [], color=BLACK, marker="|", markersize=7, label="95 % (arrow: open)"))
    figure.legend(handles=handles, loc="outside upper center", ncols=3, frameon=False, fontsize=SMALL)
    return figure


def _wrapped(text, width):
    """Two lines at most."""
    return "\n".join(textwrap.wrap(literal(text, 2 * width - 2), width))


def _say_beside(axes, row, words, at=1, away=9):
    """Words in a row, away [points] from a panel's right side or from another share of its width."""
    across = ("axes fraction", "data")
    axes.annotate(words, (at, row), (away, 0), across, "offset points", va="center", fontsize=SMALL)


def _say_in(axes, words):
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
    axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", fontsize=SMALL, bbox=ground)
