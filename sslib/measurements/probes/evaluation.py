"""Conductivity by a four-line or four-point probe: a line through voltages and currents, and its geometry's errors."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import f as f_distribution
from scipy.stats import t as t_distribution

from sslib.checks import check_between, check_positive
from sslib.instruments import steps
from sslib.measurements.probes.errors import geometry_errors, power_of_thickness

FEWEST = 6
"""Points, below which a line, a drift and a scatter are not told apart."""
UNLIKELY = 1e-3
"""Chance below which a term that a straight line lacks is there [1]."""
DRIFT = 0.1
"""Drift of the offset over the largest ohmic voltage from which a series is refused [1]."""
TOGETHER = 0.9
"""Share of the current's variance that goes with time, from which a drift cannot be told from a resistance [1]."""
SHORTED = 10.0
"""Power of the thickness in the factor from which the metal below carries the current in place of the sample [1]."""
ROUGH = 0.2
"""Relative error of the geometric factor from which errors to first order are called rough [1]."""
STEEP = 3.0
"""Power of the thickness in the factor from which it is said [1]."""


@dataclass(frozen=True, eq=False)
class ProbeConductivity:
    """What a probe says of a sample.

    Attributes
    ----------
    conductivity : float
        [S/m].
    interval : tuple
        Its ends [S/m]; the upper one is None where the voltage is not above its noise.
    level : float
        Of the interval [1].
    resistance, resistance_error : float
        Slope of voltage against current and its standard error [ohm].
    factor, factor_error : float
        Geometric factor [m] and its relative standard error [1].
    offset : float
        Voltage without a current, at the middle of the times [V]: offsets of the meter and thermal voltages.
    drift : float
        Of the offset [V/s]; nan where it could not be told.
    curvature : float
        Largest deviation from the straight line that a square and a cube of the current find, over the largest ohmic
        voltage [1].
    shares : dict of str to float
        Shares of the variance of the resistivity: "noise", and each uncertainty that was stated.
    verdicts : tuple of str
        What may be doubted.
    """

    conductivity: float
    interval: tuple
    level: float
    resistance: float
    resistance_error: float
    factor: float
    factor_error: float
    offset: float
    drift: float
    curvature: float
    shares: dict
    verdicts: tuple = ()


def probe_conductivity(probe, current, voltage, *, time=None, uncertainties=None, tolerance=0.02, level=0.95):
    r"""Conductivity of a flat sample from currents through the outer contacts and voltages between the inner ones.

    .. math:: V = V_0 + V_1 t + R I, \qquad \sigma = \frac{1}{G R}

    Parameters
    ----------
    probe : LineProbe or PointProbe
    current, voltage : array_like
        [A] and [V], shape (n,), n of at least 6, in the order of measurement: at least two currents of each sign
        (reversed leads).
    time : array_like, optional
        [s]. Without it no drift of the offset is looked for.
    uncertainties : dict of str to float, optional
        Standard uncertainties [m]: "position" (of each contact by itself), "spacing" (of all together), "thickness",
        "line_length", "sample_length", "sample_width", "contact_width".
    tolerance : float
        Allowed deviation from a straight line over the largest ohmic voltage [1]. One that is smaller, or not
        significant, is kept.
    level : float
        Of the interval [1].

    Returns
    -------
    ProbeConductivity
        The interval holds the noise of the voltages (from the residuals, by Student's distribution; it may grow with
        the current) and the stated uncertainties of the geometry, to first order.

    Raises
    ------
    ValueError
        One polarity; an offset that drifts by more than 10 % of the largest ohmic voltage; a voltage that is not
        straight in the current; reversed voltage leads; no voltage above the noise; a metal below the sample that
        carries the current.

    Notes
    -----
    Contacts that block ions see electrons once the ions have come to rest, and both before: `seen_conductivity`. The
    voltage is weighted to the surface: current through contacts at a distance s goes about s deep.

    Examples
    --------
    A layer of 50 um below lines of 10 mm, 1 mm apart; 10 ohm and an offset of 0.2 mV:

    >>> from sslib.measurements import LineProbe
    >>> from sslib.units import mm, um
    >>> probe = LineProbe.equally_spaced(1 * mm, line_length=10 * mm, thickness=50 * um)
    >>> current = 1e-3 * np.array([1, -1, 2, -2, 3, -3])
    >>> found = probe_conductivity(probe, current, 2e-4 + 10 * current)
    >>> round(found.conductivity, 6), round(found.offset, 9)
    (200.0, 0.0002)
    """
    current, voltage, time = _checked(current, voltage, time)
    check_positive(tolerance=tolerance)
    check_between(0.5, 1 - 1e-9, level=level)
    factor = probe.factor()
    verdicts = [*_of_the_lines(probe, tolerance), *_of_the_back(probe)]
    constant, ohmic = np.ones_like(current), current / np.abs(current).max()
    base = [ohmic, constant]
    signal = abs(_fitted(base, voltage)[0][0])
    drift = np.nan
    if time is None:
        verdicts.append("No times are given: a drift of the offset is not looked for.")
    elif np.corrcoef(time, current)[0, 1] ** 2 > TOGETHER:
        verdicts.append(
            "Current and time rise together: a drift of the offset would count as resistance. Take the currents in "
            "turns of both signs."
        )
    else:
        passed = (time - time.mean()) / np.ptp(time)
        size, likely = _size(base, [passed, passed**2], voltage)
        if likely and size > DRIFT * signal:
            raise ValueError(
                f"the voltage's offset drifts by {size:.3g} V over {np.ptp(time):.3g} s, {size / signal:.1%} of the "
                f"largest ohmic voltage; allowed are {DRIFT:.0%}: wait until temperatures have settled, or reverse the "
                "leads faster"
            )
        if likely:
            verdicts.append(f"The offset drifts by {size / signal:.2%} of the largest ohmic voltage; it is removed.")
        base.append(passed)
    coefficients, _ = _fitted(base, voltage)
    if len(base) > 2:
        drift = float(coefficients[2] / np.ptp(time))
    deviation, likely = _size(base, [ohmic**2, ohmic**3], voltage)
    if likely and deviation > tolerance * signal:
        raise ValueError(
            f"the sample or its contacts are not ohmic: the voltage bends by {deviation:.3g} V, "
            f"{deviation / signal:.1%} of the largest ohmic voltage, allowed are {tolerance:.1%}; use smaller "
            "currents, and look whether the sample warms"
        )
    if likely:
        verdicts.append(f"The voltage bends by {deviation / signal:.2%} of the largest ohmic voltage.")
    resistance, error, freedom = _slope(base, voltage, np.abs(current).max())
    _check_sign(resistance, error, freedom)
    parts = geometry_errors(probe, uncertainties or {})
    shares = {"noise": (error / resistance) ** 2, **{name: part**2 for name, part in parts.items()}}
    variance = sum(shares.values())
    if variance - shares["noise"] > ROUGH**2:
        verdicts.append(f"The geometry is uncertain by more than {ROUGH:.0%}: errors to first order are rough.")
    low, high = _ends(variance, shares["noise"], freedom, level)
    conductivity = 1 / (factor * resistance)
    upper = None if low <= 0 else float(conductivity / low)
    if upper is None:
        verdicts.append("The voltage is not above its noise: the conductivity has no upper limit. Use larger currents.")
    if variance and 1 - shares["noise"] / variance > 0.5:
        most = max(parts, key=lambda name: parts[name])
        verdicts.append(f"More than half of the variance is geometry's, most of it of the {most.replace('_', ' ')}.")
    return ProbeConductivity(
        conductivity=float(conductivity),
        interval=(float(conductivity / high), upper),
        level=level,
        resistance=float(resistance),
        resistance_error=float(error),
        factor=float(factor),
        factor_error=float(np.sqrt(sum(part**2 for part in parts.values()))),
        offset=float(coefficients[1]),
        drift=drift,
        curvature=float(deviation / signal),
        shares={name: float(share / variance) if variance else 0.0 for name, share in shares.items()},
        verdicts=tuple(verdicts),
    )


def probe_conductivity_of_series(probe, series, *, smallest=None, tolerance=0.02, **options):
    """Conductivity of a flat sample from a program of current steps: one voltage of each step, once it has settled.

    Parameters
    ----------
    probe : LineProbe or PointProbe
    series : TimeSeries
        Current through the outer contacts, voltage between the inner ones.
    smallest : float, optional
        As in `steps` [A].
    tolerance : float
        As in `probe_conductivity`; also the allowed change of a voltage over the second half of a step, over the
        largest ohmic voltage [1].
    **options
        As in `probe_conductivity`.

    Returns
    -------
    ProbeConductivity
        With a verdict where the voltage relaxes in the steps: which carriers it saw first and last.

    Raises
    ------
    ValueError
        As `probe_conductivity`; and for steps of fewer than 8 samples, or in which the voltage has not settled.
    """
    points, early, moves = [], [], []
    for step in steps(series, "current", smallest=smallest):
        if step.control != "current":
            raise ValueError(f"the step from {step.begin:.6g} s holds a voltage; a probe needs steps of current")
        if len(step) < 8:
            raise ValueError(f"the step from {step.begin:.6g} s has {len(step)} samples; it must be at least 8")
        late = slice(len(step) // 2, None)
        third, fourth = np.array_split(step.voltage[late], 2)
        scatter = np.sqrt(third.var(ddof=1) / len(third) + fourth.var(ddof=1) / len(fourth))
        moves.append((abs(fourth.mean() - third.mean()), scatter, step.begin))
        points.append((step.current[late].mean(), step.voltage[late].mean(), step.time[late].mean()))
        early.append(step.voltage[: max(2, len(step) // 20)].mean())
    if len(points) < FEWEST:
        raise ValueError(f"the program has {len(points)} steps of current; it must be at least {FEWEST}, of both signs")
    current, voltage, time = np.array(points).T
    found = probe_conductivity(probe, current, voltage, time=time, tolerance=tolerance, **options)
    signal = abs(found.resistance) * np.abs(current).max()
    moving = [(move, begin) for move, scatter, begin in moves if move > max(tolerance * signal, 4 * scatter)]
    if moving:
        move, begin = max(moving)
        raise ValueError(
            f"the voltage has not settled: in the step from {begin:.6g} s it still moves by {move:.3g} V, "
            f"{move / signal:.1%} of the largest ohmic voltage, allowed are {tolerance:.1%}; hold the currents longer"
        )
    start, error, _ = _slope([current, np.ones_like(current)], np.array(early), 1.0)
    first = start / found.resistance
    if abs(first - 1) <= max(tolerance, 4 * error / found.resistance):
        return found
    verdict = (
        f"At the begin of a step the resistance is {first:.1%} of that at its end: the sample polarises. Contacts that "
        "block ions see electrons and ions first and electrons at the end; this is the end."
    )
    return replace(found, verdicts=(*found.verdicts, verdict))


def _checked(current, voltage, time):
    given = {"current": current, "voltage": voltage} | ({} if time is None else {"time": time})
    arrays = {}
    for name, values in given.items():
        check_between(-np.inf, np.inf, **{name: values})
        arrays[name] = np.asarray(values, dtype=float)
    for name, values in arrays.items():
        if values.ndim != 1 or len(values) < FEWEST or values.shape != arrays["current"].shape:
            raise ValueError(
                f"{name} has the shape {values.shape}; it must be one row of at least {FEWEST}, all as long"
            )
    if time is not None and (np.diff(arrays["time"]) <= 0).any():
        raise ValueError(
            "time does not rise from one point to the next; the points must be in the order of measurement"
        )
    largest = np.abs(arrays["current"]).max()
    check_positive(largest_current=largest)
    if np.ptp(arrays["voltage"]) <= _rounding(arrays["voltage"]):
        raise ValueError(
            f"voltage is {arrays['voltage'][0]:g} V at every current; it must change with the current: look at the "
            "leads and at the range of the meter"
        )
    levels = np.unique(np.round(arrays["current"] / largest, 2))
    counts = [(levels > 0).sum(), (levels < 0).sum()]
    if min(counts) < 2:
        raise ValueError(
            f"there are {counts[0]} positive and {counts[1]} negative currents; it must be at least two "
            "of each: without reversed leads an offset or a thermal voltage may pass for a resistance"
        )
    return arrays["current"], arrays["voltage"], arrays.get("time")


def _fitted(columns, values):
    """Coefficients of a linear fit and the sum of its squared residuals."""
    matrix = np.column_stack(columns)
    coefficients = np.linalg.lstsq(matrix, values, rcond=None)[0]
    residuals = values - matrix @ coefficients
    return coefficients, max(residuals @ residuals, len(values) * _rounding(values) ** 2)


def _rounding(values):
    """Residuals below it would call noise what is none."""
    return 1e-13 * np.abs(values).max()


def _size(base, terms, values):
    """Range of what more terms change in a fit, and whether they are significant."""
    _, without = _fitted(base, values)
    coefficients, left = _fitted([*base, *terms], values)
    freedom = len(values) - len(base) - len(terms)
    added = np.column_stack(terms) @ coefficients[len(base) :]
    if freedom < 1:
        return 0.0, False
    # What the terms change beyond the columns that are there already.
    matrix = np.column_stack(base)
    beyond = added - matrix @ np.linalg.lstsq(matrix, added, rcond=None)[0]
    ratio = (without - left) / len(terms) / (left / freedom)
    return np.abs(beyond).max(), bool(f_distribution.sf(ratio, len(terms), freedom) < UNLIKELY)


def _slope(base, voltage, largest):
    """Resistance, its standard error and its degrees of freedom, for a scatter that may differ from point to point.

    An error of the reading grows with the current: the mean of all residuals would make it too small. So each point
    has its own (White's estimate, with the corrections of MacKinnon and White for their small number), and the degrees
    of freedom are those of Bell and McCaffrey, by which intervals are exact in the mean where all points scatter alike.
    """
    coefficients, _ = _fitted(base, voltage)
    matrix = np.column_stack(base)
    weight = np.linalg.pinv(matrix)[0]
    rest = np.eye(len(voltage)) - matrix @ np.linalg.pinv(matrix)
    share = weight / np.sqrt(np.diag(rest))
    variance = share**2 @ np.maximum(np.abs(rest @ voltage), _rounding(voltage)) ** 2
    squares = rest * np.outer(share, share)
    freedom = np.trace(squares) ** 2 / (squares**2).sum()
    return coefficients[0] / largest, np.sqrt(variance) / largest, freedom


def _check_sign(resistance, error, freedom):
    if resistance > 0:
        return
    if t_distribution.cdf(resistance / error, freedom) < UNLIKELY:
        raise ValueError(f"the resistance is {resistance:.3g} ohm; it must be positive: exchange the voltage leads")
    raise ValueError(
        f"the resistance is {resistance:.3g} ohm with an error of {error:.3g} ohm: no voltage above the noise; use "
        "larger currents or contacts further apart"
    )


def _ends(variance, noise, freedom, level):
    """Ends of the interval of the resistivity over its value."""
    # Welch and Satterthwaite: of several errors only the noise has few degrees of freedom.
    effective = freedom * (variance / noise) ** 2 if noise else np.inf
    half = t_distribution.ppf((1 + level) / 2, effective) * np.sqrt(variance)
    return 1 - half, 1 + half


def _of_the_lines(probe, tolerance):
    share = probe.contact_width / (probe.positions[2] - probe.positions[1])
    if share > tolerance:
        yield (
            "The current is taken to enter evenly over the width of a line. Where a line is one potential, the "
            f"conductivity is off by up to {share:.0%}, the width over the distance (too high on an insulating back)."
        )


def _of_the_back(probe):
    if probe.back != "conducting":
        return
    power = -power_of_thickness(probe)
    if power > SHORTED:
        raise ValueError(
            f"the metal below carries the current: the factor goes with thickness to the power {-power:.3g}, so that "
            f"an error of 1 % in the thickness is one of {power:.3g} %; the spacing must be at most about "
            f"{2 * SHORTED / np.pi:.2g} thicknesses, or the layer off its metal"
        )
    if power > STEEP:
        yield f"An error of 1 % in the thickness is one of {power:.2g} % in the conductivity, since a metal is below."
