"""From any circuit of resistors and capacitors to a passive sum of poles, to an accuracy that is stated."""

from dataclasses import replace

import numpy as np
from scipy.optimize import nnls

from sslib.checks import check_between, check_positive
from sslib.impedance.circuit import Series
from sslib.impedance.elements import L
from sslib.impedance.transient.poles import PoleImpedance

SPACING = 0.35
"""Of the first poles in the logarithm: a continuous distribution of relaxation times is met to exp(-pi^2/spacing)."""
BEYOND = 1e3
"""By this factor the poles go beyond the band on either side."""
POINTS = 30
"""Frequencies in a decade of the band, at which the approximation is made; as many between them judge it."""
ROUNDS = 14


def approximate(circuit, lowest, highest, accuracy=1e-6, **values):
    r"""A circuit's impedance as a passive sum of poles.

    .. math:: Z(s) \approx R_\infty + \frac{1}{s C} + s L + \sum_k \frac{R_k}{1 + s \tau_k}, \qquad
        R_\infty, 1/C, R_k \geq 0

    Every network of resistors and capacitors, however many and however spread out, has such a sum or an integral of
    such (a Stieltjes function). So the terms are found as non-negative least squares, which is passive by construction:
    on poles evenly spaced in the logarithm, as a line of CPEs asks for, and then with more of them around those that
    were taken and at the centres of neighbours, where a finite line has modes of its own.

    Parameters
    ----------
    circuit : Circuit
        An inductance may stand in series at the top and nowhere else.
    lowest, highest : float
        Band of frequencies [Hz] in which the accuracy holds.
    accuracy : float
        Largest relative deviation allowed [1].
    **values : float
        Of the circuit's parameters, in their units.

    Returns
    -------
    PoleImpedance
        With the deviation that was reached, judged at twice as many frequencies as it was made from. What it answers
        at times beyond 1/(2 pi f) of the band is an extrapolation: take the band a thousand times wider than those.

    Raises
    ------
    ValueError
        For impossible values, an inductance inside the circuit, and where the accuracy is not reached: the circuit is
        then none of resistors and capacitors (rails that move one another without Onsager's symmetry are none), or has
        a resonance.

    Notes
    -----
    That the impedance of resistors and capacitors has simple poles on the negative axis with positive residues: W.
    Cauer, Arch. Elektrotech. 17 (1926) 355.

    Examples
    --------
    >>> from sslib.impedance import C, R
    >>> arc = approximate(R("R_0") + (R("R_1") | C("C_1")), 1e-3, 1e6, R_0=5.0, R_1=10.0, C_1=1e-3)
    >>> arc.error < 1e-6, round(float(arc.step(10e-3)), 3)
    (True, 11.321)
    """
    check_positive(lowest=lowest, highest=highest)
    if not lowest < highest:
        raise ValueError(f"lowest is {lowest:g} Hz and highest {highest:g} Hz; lowest must be below highest")
    check_between(1e-12, 0.1, accuracy=accuracy)
    inductances = top_inductances(circuit)
    many = 2 * int(np.ceil(POINTS * np.log10(highest / lowest))) + 3
    frequency = np.geomspace(lowest, highest, many)
    impedance = circuit.impedance(frequency, **values)
    if impedance.shape != frequency.shape:
        raise ValueError("a parameter is an array; a sum of poles is that of one set of values")
    if not (np.isfinite(impedance).all() and (impedance != 0).all()):
        raise ValueError("the impedance is zero or not finite in the band; a sum of poles needs one that is neither")
    s = 2j * np.pi * frequency
    inductance = float(sum(values[name] for name in inductances))
    terms, error = _refined(s, impedance - s * inductance, np.abs(impedance), accuracy)
    if error > accuracy:
        raise ValueError(
            f"the impedance of {circuit!r} is met to {error:.1e} by resistors and capacitors, {accuracy:.1e} was asked "
            "for: it is none of such a network, which has positive resistances at all relaxation times"
        )
    (resistance, elastance), resistances, times = terms
    return PoleImpedance(resistance, elastance, inductance, resistances, times, (lowest, highest), error)


def response(circuit, time, current, hold="linear", accuracy=1e-6, **values):
    """Voltage [V] of a circuit for any current from rest, and the sum of poles that gave it.

    Parameters
    ----------
    circuit : Circuit
    time, current : array_like
        Samples of the current [s, A]; ``hold`` says how it runs between them (`PoleImpedance.follow`).
    accuracy : float
        Of the impedance [1], from a thousandth of the lowest frequency that the record holds to a thousand times the
        highest.
    **values : float
        Of the circuit's parameters.

    Returns
    -------
    voltage : numpy.ndarray
        [V]
    poles : PoleImpedance

    Examples
    --------
    A Warburg element after a step of 1 A: 2 sigma sqrt(2 t/pi).

    >>> from sslib.impedance import Warburg
    >>> time = np.linspace(0, 1, 101)
    >>> voltage, _ = response(Warburg("sigma"), time, np.ones(101), sigma=1.0)
    >>> round(float(voltage[-1]), 4)
    1.5958
    """
    time = np.asarray(time, dtype=float)
    poles = approximate(circuit, *band_of(time), accuracy, **values)
    voltage, _ = poles.follow(time, current, hold)
    return voltage, poles


def poles_of_spectrum(frequency, impedance):
    r"""A passive sum of poles through a measured spectrum, without a circuit.

    Non-negative least squares of the relative deviation, on relaxation times evenly spaced in the logarithm across the
    measured band and a decade beyond, with an inductance where the data ask for one.

    Parameters
    ----------
    frequency : array_like
        [Hz], shape (n,).
    impedance : array_like
        Complex [ohm], shape (n,).

    Returns
    -------
    PoleImpedance
        Its error is the root mean square of the relative deviation, its band that of the data: what it answers at times
        beyond 1/(2 pi f) is an extrapolation.

    Examples
    --------
    >>> from sslib.impedance import C, R
    >>> f = np.geomspace(1e-2, 1e4, 61)
    >>> z = (R("R_0") + (R("R_1") | C("C_1"))).impedance(f, R_0=5.0, R_1=10.0, C_1=1e-3)
    >>> round(float(poles_of_spectrum(f, z).step(10e-3)), 1)
    11.3
    """
    frequency, impedance = np.asarray(frequency, dtype=float), np.asarray(impedance, dtype=complex)
    check_positive(frequency=frequency)
    if frequency.ndim != 1 or frequency.shape != impedance.shape:
        raise ValueError(f"frequency has shape {frequency.shape} and impedance {impedance.shape}; both are one row")
    if not np.isfinite(impedance).all() or (impedance == 0).any():
        raise ValueError("the impedance has to be finite and not zero")
    s = 2j * np.pi * frequency
    ends = np.log([1 / np.abs(s).max() / 10, 10 / np.abs(s).min()])
    times = np.exp(np.arange(*ends, SPACING))
    (resistance, elastance, inductance), resistances = _non_negative(s, impedance, np.abs(impedance), times, True)
    taken = resistances > 0
    poles = PoleImpedance(resistance, elastance, inductance, resistances[taken], times[taken])
    deviation = np.abs(poles.impedance(frequency) / impedance - 1)
    return replace(
        poles, band=(float(frequency.min()), float(frequency.max())), error=float(np.sqrt(np.mean(deviation**2)))
    )


def band_of(time, margin=1e3):
    """Frequencies [Hz] that sampled times [s] need: from the record's length to its shortest step, and a margin."""
    if time.ndim != 1 or len(time) < 2 or not (np.isfinite(time).all() and (np.diff(time) > 0).all()):
        raise ValueError(
            f"time has shape {time.shape}; it must be one row of two samples or more, finite and ascending"
        )
    steps = np.diff(time)
    return 1 / (2 * np.pi * margin * np.ptp(time)), margin / (2 * np.pi * steps.min())


def top_inductances(circuit):
    """Names of the inductances in series at the top of a circuit; ValueError for one inside."""
    terms = circuit.parts if isinstance(circuit, Series) else (circuit,)
    inside = [part for term in terms for part, _ in term.branches if isinstance(part, L)]
    if inside:
        raise ValueError(
            f"the inductance {inside[0].slots[0].name} stands inside the circuit; only one in series at the top leaves "
            "resistors and capacitors"
        )
    return [term.slots[0].name for term in terms if isinstance(term, L)]


def _refined(s, impedance, magnitude, accuracy):
    """The terms of the sum and the error at all points; every second point makes it, all of them judge it."""
    low, high = -np.log(np.abs(s[-1]) * BEYOND), -np.log(np.abs(s[0]) / BEYOND)
    base = np.exp(np.arange(low, high, SPACING))
    times, spacing, made = base, SPACING, slice(None, None, 2)
    best, least = None, np.inf
    for _ in range(ROUNDS):
        ends, resistances = _non_negative(s[made], impedance[made], magnitude[made], times)
        taken = resistances > 0
        times, resistances = times[taken], resistances[taken]
        found = ends[0] + ends[1] / s + (resistances / (1 + s[:, None] * times)).sum(axis=1)
        error = float((np.abs(found - impedance) / magnitude).max())
        if error < least:
            best, least = (ends, resistances, times), error
        if least <= accuracy:
            break
        centres = _centres(times, resistances, 1.5 * spacing)
        spacing /= 2
        near = np.concatenate([times, centres])
        times = np.unique(np.concatenate([base, near, centres, near * np.exp(spacing), near * np.exp(-spacing)]))
    return best, least


def _non_negative(s, impedance, magnitude, times, inductive=False):
    """Resistance, elastance (and inductance), and the resistances at these times, of least relative deviation."""
    ends = [np.ones_like(s), 1 / s, *([s] if inductive else [])]
    columns = np.concatenate([np.stack(ends, axis=1), 1 / (1 + s[:, None] * times)], axis=1)
    columns /= magnitude[:, None]
    columns, right = (np.concatenate([part.real, part.imag]) for part in (columns, impedance / magnitude))
    lengths = np.linalg.norm(columns, axis=0)
    solution = nnls(columns / lengths, right, maxiter=100 * columns.shape[1])[0] / lengths
    return tuple(map(float, solution[: len(ends)])), solution[len(ends) :]


def _centres(times, resistances, gap):
    """Mean times, in the logarithm, of those that lie within a gap of one another: one mode seen by its neighbours."""
    logarithms = np.log(times)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(logarithms) > gap) + 1])
    if not len(times):
        return times
    weight = np.add.reduceat(resistances, starts)
    return np.exp(np.add.reduceat(resistances * logarithms, starts) / weight)
