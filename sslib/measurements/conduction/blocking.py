"""The two resistances of a composite between electrodes that block one of its carriers, from steps or a spectrum."""

from dataclasses import dataclass, replace

import numpy as np

from sslib.impedance import FiniteLengthWarburg, R, fit
from sslib.instruments import steps
from sslib.measurements.conduction.settling import check_along, rest_voltage, steady_current
from sslib.measurements.conduction.starting import starting_current, without_first
from sslib.measurements.estimates import LEVEL, Estimate, estimate_of, mean
from sslib.measurements.heads import stated
from sslib.units import um

SYMMETRIC = 0.02
"""Share by which the resistances of both polarities may differ beyond their errors."""
MATCH = 3.0
LEAST_JUMP = 1e-4
"""[V]"""


@dataclass(frozen=True, eq=False)
class CellResistance:
    """Resistances of one cell: in the end, when the blocked carrier stands still, and at once, when both carry.

    Attributes
    ----------
    settled, at_once : Estimate
        [ohm], contacts included.
    verdicts : tuple of str
    """

    settled: Estimate
    at_once: Estimate
    verdicts: tuple = ()


def cells_by_carrier(serieses):
    """Series of blocking cells by the carrier that passes and by thickness [m], as the heads of their files state both.

    Parameters
    ----------
    serieses : iterable of sslib.instruments.TimeSeries
        With ``passing = ions`` (or ``electrons``) and ``thickness_um`` in their heads.

    Returns
    -------
    dict
        By "ions" and "electrons" a dictionary by thickness.

    Raises
    ------
    ValueError
        For a head that lacks one of them, and for two cells of one carrier and thickness.
    """
    found = {"ions": {}, "electrons": {}}
    for series in serieses:
        carrier = series.header.get("passing")
        if carrier not in found:
            raise ValueError(
                f"{series.source!r} does not say which carrier passes; its head needs 'passing = ions' or "
                "'passing = electrons'"
            )
        thickness = stated(series, "thickness_um") * um
        if thickness in found[carrier]:
            raise ValueError(
                f"{series.source!r} is a second cell of {thickness / um:g} um in which {carrier} pass: a line goes "
                "through one resistance for each thickness; put their thicknesses as measured, or leave one out"
            )
        found[carrier][thickness] = series
    return {carrier: dict(sorted(own.items())) for carrier, own in found.items()}


def cell_of_steps(series, *, rest=None, settling=0.0, resolution=0.0, level=LEVEL):
    """Resistances of a cell from its steps of the voltage.

    Parameters
    ----------
    series : sslib.instruments.TimeSeries
        Steps of constant voltage from rest, of either sign for the check of symmetry.
    rest : float, optional
        Voltage of the cell at rest, from which steps count [V]; that before the first current if not given.
    settling : float
        Samples within so many seconds after a step are left out: the instrument's, and those of double layers [s].
    resolution : float
        Smallest current that the instrument tells apart [A].
    level : float

    Returns
    -------
    CellResistance

    Raises
    ------
    ValueError
        For a step that has not settled, a current that grows (the blocked carrier begins to pass) or flows against its
        step, and a current that cannot be followed back to the step.

    Notes
    -----
    With a capacitance between the rails a step is answered by :math:`R_c + R_1 R_2/(R_1 + R_2)` in series with a
    diffusing layer, the exact form of configurations II and III of the transmission line: `layer_current`. What flowed
    before a step is taken to go on.
    """
    settled, at_once, signs = [], [], []
    found, verdicts = rest_voltage(series)
    rest, verdicts = (found, verdicts) if rest is None else (rest, [])
    voltage_before, before = 0.0, Estimate(0.0, 0.0)
    for step in steps(series, "voltage"):
        voltage = float(np.median(step.voltage)) - rest
        jump, sign = voltage - voltage_before, np.sign(voltage - voltage_before)
        voltage_before = voltage
        if abs(jump) < LEAST_JUMP:
            continue
        # The change alone, turned upward: what flowed before has settled and stays.
        own = replace(step, control="voltage", held=abs(jump), current=sign * (step.current - before.value))
        gap = own.since[own.since > 0][0]
        own = without_first(own, settling)
        end = steady_current(own, resolution=resolution, level=level)
        check_along(end.current, own)
        start = starting_current(own, end, gap)
        error = start.initial.relative * start.initial.value
        at_once.append(_ratio(abs(jump), start.initial.value, np.hypot(error, before.error), start.initial.freedom))
        before = Estimate(
            before.value + sign * start.steady.value, start.steady.relative * start.steady.value, start.steady.freedom
        )
        if abs(voltage) > LEAST_JUMP:
            settled.append(_ratio(voltage, before.value, before.error, before.freedom))
            signs.append(np.sign(voltage))
        verdicts += [
            f"{voltage:g} V: {text}" for text in (*(() if start.to_the_end else end.verdicts), *start.verdicts)
        ]
    if not settled:
        raise ValueError("the series holds no step of constant voltage away from rest")
    signs = np.array(signs)
    if (signs > 0).any() and (signs < 0).any():
        up, down = (mean([own for own, s in zip(settled, signs, strict=True) if s == sign]) for sign in (1, -1))
        apart = np.log(up.value / down.value)
        if abs(apart) > max(3 * np.hypot(up.error, down.error), SYMMETRIC):
            verdicts.append(
                f"one polarity has {100 * np.expm1(abs(apart)):.2g} % more resistance: an electrode that is not the "
                "mirror of the other, or a voltage too large for a linear answer"
            )
    return CellResistance(mean(settled), mean(at_once), tuple(verdicts))


def cell_of_spectrum(spectrum, *, noise=None, level=LEVEL):
    """Resistances of a cell from its impedance: the same two numbers, as the ends of its arc.

    Parameters
    ----------
    spectrum : sslib.instruments.Spectrum
        Down to frequencies at which the blocked carrier stands still.
    noise : float, optional
        Relative standard deviation of each part; from the residuals if not given.
    level : float

    Returns
    -------
    CellResistance

    Raises
    ------
    ValueError
        If the spectrum leaves one of them open.

    Notes
    -----
    :math:`Z = R_c + R_1 R_2/(R_1 + R_2) + \\frac{R_1^2}{R_1 + R_2} \\tanh x/x`, which is configuration II (III) with a
    capacitance between the rails. One spectrum knows two resistances of the three; the thickness tells the third.
    """
    found = fit(R("R_at_once") + FiniteLengthWarburg("R_blocked", "tau"), spectrum, noise=noise)
    total, ends = found.derive(lambda values: values["R_at_once"] + values["R_blocked"], level)
    return CellResistance(
        estimate_of(total, ends, level, "the resistance at low frequency"),
        estimate_of(found.values["R_at_once"], found.interval("R_at_once", level), level, "that at high frequency"),
        tuple(str(verdict) for verdict in found.verdicts),
    )


def check_steps_against_spectrum(by_steps, by_spectrum):
    """Raise ValueError if the direct current of a cell does not meet the low end of its spectrum."""
    apart = np.log(by_steps.settled.value / by_spectrum.settled.value)
    error = np.hypot(by_steps.settled.relative, by_spectrum.settled.relative)
    if abs(apart) > max(MATCH * error, SYMMETRIC):
        way = (
            "more of it passes after a long time: the blocked carrier leaks through a slow reaction"
            if apart < 0
            else "less: contacts were lost, or something goes on that is slower than the spectrum"
        )
        raise ValueError(
            f"the direct current meets {by_steps.settled.value:.4g} ohm and the spectrum ends at "
            f"{by_spectrum.settled.value:.4g} ohm, {abs(apart) / error:.2g} standard errors apart, {way}; no effective "
            "conductivity follows from either before that is known"
        )


def _ratio(voltage, current, error, freedom):
    """Resistance [ohm] as an Estimate."""
    return Estimate(float(voltage / current), float(error / abs(current)), freedom, logarithmic=True)
