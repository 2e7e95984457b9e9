"""The current at which a lithium cell fails, and how: from the last step that it survived to the first that failed.

Every half-cycle is compared with the sound ones before it. A failure is called where the change is both larger than the
smallest that counts and beyond what noise and drift of the sound half-cycles make at the stated rate of false alarms.
"""

from typing import Literal, get_args

import numpy as np
from scipy.special import ndtri

from sslib.checks import check_between, check_positive
from sslib.measurements.stepped_current.decision import difference, regressors
from sslib.measurements.stepped_current.half_cycles import SAME, SEGMENTS, half_cycles_of
from sslib.measurements.stepped_current.result import CriticalCurrent, Judged, Kind
from sslib.units import mA_cm2, ohm_cm2

Electrode = Literal["cell", "working"]
QUIET = 1e-9
"""Scatter [V], drop and dip [1] that count as none: a record may repeat its voltage to the last digit."""
FLICKER = 2.0
"""Factor on the scatter of the sound half-cycles that counts as a soft short."""
LEAST_CURRENTS = 3
NEAR = 5
"""So many currents before its own a half-cycle is compared with: over more of them a resistance is no straight line."""
BEGINS = 0.2
"""Share of the smallest rise that counts, above which one that looks like a beginning is no measure of a sound cell."""
GROSS = 0.5
"""Share of a voltage whose loss is no scatter, although nothing is known of the scatter yet."""
OFFSET = 0.5e-3
"""Voltage [V] that an instrument and two unequal electrodes may be off."""


def critical_current(
    series,
    area=None,
    *,
    resistance=None,
    resistance_error=0.1,
    electrode="cell",
    limit=None,
    at=None,
    smallest=0.05,
    false_alarm=0.05,
):
    r"""The critical current density of a cell whose current was raised step by step.

    Each half-cycle gives, in five parts of its time, :math:`\ln(V/j)`, its rise since the first part, the largest
    sudden drop of :math:`\ln V`, dips that come back and the scatter of V. Each is predicted from the sound half-cycles
    at the last five currents before (a straight line in :math:`\ln j`, and an offset), and

    .. math:: t = \frac{y - \hat y}{s \sqrt{1 + h}} > t_{1 - \alpha/m}(\nu)

    is an alarm, with the scatter s, leverage h and :math:`\nu` degrees of freedom of the prediction, :math:`\alpha` the
    chance that a record without a failure gives an alarm at all, and m the number of comparisons in it.

    Parameters
    ----------
    series : TimeSeries
        Voltage and current of the cell, or of one electrode against a reference.
    area : float, optional
        [m2]; that of the series if not given.
    resistance : float, optional
        Known ohmic resistance of the separator in the voltage [ohm m2], from an impedance or from thickness over
        conductivity: a cell below it is shorted, in the first half-cycle, too.
    resistance_error : float
        Relative standard error of that [1].
    electrode : {"cell", "working"}
        Whether the voltage is that of two electrodes, or of one against a reference, which a positive current strips.
    limit : float, optional
        Voltage at which the instrument can no longer drive the current [V].
    at : float, optional
        Time at which the resistance is read [s]; half of the shortest half-cycle if not given.
    smallest : float
        Smallest relative change of the resistance that counts as a failure [1].
    false_alarm : float
        Chance of an alarm in a record of a sound cell [1].

    Returns
    -------
    CriticalCurrent

    Raises
    ------
    ValueError
        Without an area; where fewer than three rising currents are reached; for a series whose current is not constant
        between jumps (`sslib.instruments.steps`).

    Notes
    -----
    Collapse: the resistance falls below that of a sound cell at this current, drops suddenly, or flickers. Slope: it
    rises within a half-cycle and above a sound cell. The first four or five half-cycles are the measure of what is
    sound: in them a short is called where the voltage falls below half of what a smaller current took, or where
    `resistance` is given, and a softer one passes. Half-cycles at less current than had flowed before (a program that
    looks at its cell after each step, or starts anew) are compared with one another; what fails in one of them belongs
    to the largest current before. What is found is where a change of `smallest` shows in this program: contact may be
    lost from a lower current on, more slowly. Noise is taken as independent from one half-cycle to
    the next: slow drift of the kind that a line does not follow makes more alarms, of which `smallest` keeps the small
    ones out. The result belongs to the cell and the program: charge of a half-cycle, area, pressure and temperature
    change it. Definition: source 002, "Critical Current Density".

    Examples
    --------
    >>> from sslib.measurements import Protocol, SymmetricCell, simulate_stepped
    >>> from sslib.units import hour, mA_cm2
    >>> program = Protocol(tuple(0.1 * n * mA_cm2 for n in range(1, 13)), time=1 * hour)
    >>> found = critical_current(simulate_stepped(SymmetricCell(), program, seed=1).series)
    >>> found.failure, [round(end / mA_cm2, 1) for end in found.interval()]
    ('slope', [0.6, 0.7])
    """
    area = _checked(series, area, electrode, resistance, resistance_error, limit, smallest, false_alarm)
    found, notes, limited, unfinished = half_cycles_of(series, area, limit=limit, at=at)
    _check_rising(found, limited)
    judged = _judge(found, electrode, resistance, resistance_error, smallest, false_alarm)
    verdicts = [one.verdict for one in judged]
    failure = next((word for word in verdicts if word in get_args(Kind)), "none")
    return CriticalCurrent(
        tuple(judged), failure, electrode, limited, unfinished, limit, resistance, false_alarm, smallest, tuple(notes)
    )


def _checked(series, area, electrode, resistance, resistance_error, limit, smallest, false_alarm):
    """The area [m2], when everything else is what it must be."""
    if electrode not in get_args(Electrode):
        raise ValueError(f"electrode is {electrode!r}; it must be one of {', '.join(get_args(Electrode))}")
    given = {"area": area, "resistance": resistance, "limit": limit, "resistance_error": resistance_error}
    check_positive(**{name: value for name, value in given.items() if value is not None})
    check_between(0, 10, smallest=smallest)
    check_between(1e-9, 0.5, false_alarm=false_alarm)
    area = series.area if area is None else area
    if area is None:
        raise ValueError(
            "area is not stated, by the file or otherwise: a current per area (mA/cm2) needs one, area=..., the "
            "geometric one through which the current passes"
        )
    return area


def _check_rising(found, limited):
    sizes = np.abs([one.current_density for one in found])
    reached = np.maximum.accumulate(sizes)
    currents = 1 + int(np.count_nonzero(reached[1:] > (1 + SAME) * reached[:-1]))
    if currents < LEAST_CURRENTS and limited is None:
        raise ValueError(
            f"{len(found)} half-cycles reach {currents} different current{'s' * (currents > 1)} one above the other, "
            f"{sizes[0] / mA_cm2:.4g} to {reached[-1] / mA_cm2:.4g} mA/cm2; a critical current takes at least "
            f"{LEAST_CURRENTS} rising ones. At one current it is a lifetime that is measured"
        )


def _judge(found, electrode, resistance, resistance_error, smallest, false_alarm):
    """Each half-cycle compared with the sound ones before it."""
    density = np.array([one.current_density for one in found])
    reached = np.maximum.accumulate(np.abs(density))
    is_check = np.abs(density) < (1 - SAME) * reached
    design = regressors(density)
    levels = np.array([one.levels for one in found])
    sudden = np.array([[one.drop, one.dip, one.flicker] for one in found])
    collapse = np.column_stack([-levels, np.log(np.maximum(sudden, QUIET))])
    rises = levels[:, 1:] - levels[:, :1]
    # Half of the chance is left to the comparison with a known resistance.
    share = false_alarm if resistance is None else false_alarm / 2
    tested = max(len(found) - design.shape[1] - 2, 1)
    chance = share / tested / (collapse.shape[1] + rises.shape[1])
    sound, level, judged, is_shorted, has_sloped = [], [], [], False, False
    for number, half_cycle in enumerate(found):
        peers = _peers(number, sound, np.abs(density), is_check)
        short = difference(design, collapse, peers, number, chance)
        peers = _peers(number, level, np.abs(density), is_check)
        # Half of the chance, since what looks like a beginning is left out of the scatter.
        opened = difference(design, rises, peers, number, chance / 2)
        reasons = {"collapse": [], "slope": []}
        if not is_shorted:
            reasons["collapse"] = [
                *_known_short(half_cycle, resistance, resistance_error, false_alarm / 2),
                *_collapse(short, half_cycle, smallest),
            ]
            if not (reasons["collapse"] or np.isfinite(short.threshold)):
                reasons["collapse"] = _gross(half_cycle, [found[one] for one in sound])
        if not (is_shorted or has_sloped):
            reasons["slope"] = _slope(opened, short, smallest)
        is_excluded = {
            "collapse": short.excludes(np.log1p(smallest), SEGMENTS),
            # A short comes at once; a loss of contact begins before it is large enough to be called, at a new current.
            "slope": opened.excludes(np.log1p(smallest), SEGMENTS - 1) and (is_check[number] or not opened.begins()),
        }
        unknown = "undecided" if is_check[number] else "reference"
        states = {
            "collapse": _state(reasons["collapse"], is_shorted, short, is_excluded["collapse"], unknown),
            "slope": _state(reasons["slope"], is_shorted or has_sloped, opened, is_excluded["slope"], unknown),
        }
        if reasons["collapse"] and resistance is None and not np.isfinite(short.threshold):
            # What was taken as sound for want of a comparison is next to a cell that was not.
            for one in judged:
                one.states["collapse"] = "undecided"
        is_shorted, has_sloped = is_shorted or bool(reasons["collapse"]), has_sloped or bool(reasons["slope"])
        if not (is_shorted or has_sloped):
            sound.append(number)
            # A rise that grows from step to step would else be learnt as that of a sound cell; but a scatter that few
            # half-cycles happen to have is no measure of which to leave out.
            is_known = not is_check[number] and len(peers) > 2 * design.shape[1]
            if not (is_known and opened.begins() and opened.size.max() > BEGINS * np.log1p(smallest)):
                level.append(number)
        before = found[number - 1].resistance if number else np.nan
        judged.append(
            Judged(
                half_cycle,
                "both" if electrode == "cell" else "stripping" if half_cycle.current_density > 0 else "plating",
                reached=float(reached[number]),
                change=half_cycle.resistance / before - 1 if before > 0 else np.nan,
                rise=float(np.expm1(half_cycle.levels[-1] - half_cycle.levels[0])),
                states=states,
                ratios={"collapse": _ratio(short), "slope": _ratio(opened)},
                evidence=(*reasons["collapse"], *reasons["slope"]),
            )
        )
    return judged


def _peers(number, sound, sizes, is_check):
    """Sound half-cycles to compare one with: at the last currents before, and checks of a low current by themselves.

    A program that returns to a low current to look at the cell often does so for a shorter time, and a cell that has
    aged by then is no longer on the line of its first steps.
    """
    found, currents = [], []
    for one in reversed(sound):
        if is_check[one] != is_check[number]:
            continue
        if not any(abs(sizes[one] - other) <= SAME * other for other in currents):
            currents.append(sizes[one])
        if len(currents) > NEAR:
            break
        found.append(one)
    return found[::-1]


def _gross(half_cycle, sound):
    """A short that needs no comparison of scatters: less voltage at as much or more current, or a sudden loss."""
    density, level = half_cycle.current_density, np.exp(half_cycle.levels) * abs(half_cycle.current_density)
    before = [
        np.exp(one.levels.min()) * abs(one.current_density)
        for one in sound
        if 0 < one.current_density / density <= 1 + SAME
    ]
    usual = max(before, default=0.0)
    if level.min() < GROSS * usual and usual - level.min() > OFFSET:
        return [
            f"the voltage, {1e3 * level.min():.3g} mV, is less than half of the {1e3 * usual:.3g} mV that no more "
            "current took before"
        ]
    lost = float(np.max(np.maximum.accumulate(level) - level))
    if half_cycle.drop > -np.log(GROSS) and level[-1] < GROSS * level.max() and lost > OFFSET:
        return [f"the voltage drops by {100 * -np.expm1(-half_cycle.drop):.3g} % at once"]
    return []


def _known_short(half_cycle, resistance, error, chance):
    """A resistance below that of the separator alone."""
    # A highly conductive cell at a small current has little more voltage than an offset takes away.
    lowest = float(np.log(np.exp(half_cycle.levels.min()) + OFFSET / abs(half_cycle.current_density)))
    if resistance is None or (np.log(resistance) - lowest) / error <= -ndtri(chance):
        return []
    return [
        f"{np.exp(half_cycle.levels.min()) / ohm_cm2:.3g} ohm cm2 at {abs(half_cycle.current_density) / mA_cm2:.3g} "
        f"mA/cm2 is below the ohmic resistance of the separator, {resistance / ohm_cm2:.3g} ohm cm2 "
        f"(± {100 * error:.2g} %)"
    ]


def _collapse(short, half_cycle, smallest):
    """What speaks for a short, in words."""
    is_real = short.statistic > short.threshold
    low = is_real[:SEGMENTS] & (short.size[:SEGMENTS] >= np.log1p(smallest))
    reasons = []
    if low.any():
        fall = 100 * -np.expm1(-short.size[:SEGMENTS][low].max())
        reasons.append(f"the resistance is {fall:.3g} % below that of a sound cell at this current")
    dropped, dipped, flickered = is_real[SEGMENTS:]
    if dropped and half_cycle.drop >= np.log1p(smallest):
        reasons.append(f"the voltage drops by {100 * -np.expm1(-half_cycle.drop):.3g} % at once")
    if dipped and half_cycle.dip >= smallest:
        reasons.append(f"the voltage falls away by {100 * half_cycle.dip:.3g} % and comes back, twice or more")
    if flickered and short.size[-1] >= np.log(FLICKER):
        reasons.append(f"the voltage flickers, {np.exp(short.size[-1]):.3g} times as much as before")
    return reasons


def _slope(opened, short, smallest):
    """What speaks for a loss of contact, in words: a rise that ends above a sound cell, not one that ends a short."""
    is_above = short.size[1:SEGMENTS] < 0
    real = (opened.statistic > opened.threshold) & (opened.size >= np.log1p(smallest)) & is_above
    if not real.any():
        return []
    rise = 100 * np.expm1(opened.size[real].max())
    return [f"the resistance rises by {rise:.3g} % within the half-cycle, more than in a sound cell"]


def _state(reasons, is_over, compared, is_excluded, unknown):
    if reasons:
        return "failed"
    if is_over:
        return "after"
    if not np.isfinite(compared.threshold):
        return unknown
    return "survived" if is_excluded else "undecided"


def _ratio(compared):
    return float(np.max(compared.statistic) / compared.threshold) if np.isfinite(compared.threshold) else np.nan
