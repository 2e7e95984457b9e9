r"""Severities as the greatest of a few lines in the current, and where such a severity is below 1.

Every criterion here is

.. math:: S(j) = \max_i \, (s_i + m_i j) \, t^{e_i}

with the time t in hours, so that severity and threshold follow from one declaration. At a given time the safe currents
lie below (1 - s t^e)/(m t^e). At a given charge q the time is q/j, a low current waits longer, and the safe currents
are an interval between two ends.
"""

from typing import NamedTuple

import numpy as np

STEPS = 40
"""At most, of Newton's method; it starts on the side from which it converges and needs about six."""

CLOSE = 1e-9
"""Step of a logarithm after which the next one would be below rounding, since steps square."""


_BEYOND = 600.0
"""Logarithm of a current that no cell sees: an upper end there counts as none."""

_NEVER_OR_ALWAYS = np.array([np.inf, 0.0])
"""Upper ends where the current does not matter."""


class Line(NamedTuple):
    """``(static + slope * current) * hours**exponent``; slope zero or more, exponent zero or more.

    ``slope`` [m2/A] and ``static`` [1] (both per hour to the exponent) broadcast over conditions and draws.
    """

    static: float | np.ndarray = 0.0
    slope: float | np.ndarray = 0.0
    exponent: float | np.ndarray = 0.0


def severity(lines, current, hours):
    """Greatest of the lines [1] at a current density [A/m2] after so many hours."""
    values = [(line.static + line.slope * current) * _power(hours, line.exponent) for line in lines]
    return np.maximum.reduce(np.broadcast_arrays(*values)) if len(values) > 1 else np.asarray(values[0])


def safe_interval(lines, *, hours=None, charge=None):
    """Currents [A/m2] between which all lines are below 1, as ``(low, high)``: it fails at ``j <= low or j >= high``.

    Parameters
    ----------
    lines : sequence of Line
    hours : array_like, optional
        Time [h]; then ``low`` is None, since nothing gets better with more current.
    charge : array_like, optional
        Charge per area [A h/m2] instead of the time. Where no current is safe, both ends are infinite.
    """
    if charge is None:
        ends = [_end_at_time(line, hours) for line in lines]
        return None, np.minimum.reduce(np.broadcast_arrays(*ends)) if len(ends) > 1 else ends[0]
    lows, highs = zip(*(_ends_at_charge(line, charge) for line in lines), strict=True)
    low, high = np.maximum.reduce(np.broadcast_arrays(*lows)), np.minimum.reduce(np.broadcast_arrays(*highs))
    never = (low >= high) | (high <= 0)
    return np.where(never, np.inf, low), np.where(never, np.inf, high)


def _power(hours, exponent):
    return 1.0 if _is(exponent, 0) else hours**exponent


def _is(value, number):
    """Whether a part of a line is this number for all draws."""
    return np.ndim(value) == 0 and value == number


def _end_at_time(line, hours):
    factor = _power(hours, line.exponent)
    static = line.static * factor
    if _is(line.slope, 0):
        return _NEVER_OR_ALWAYS.take(np.asarray(static >= 1, dtype=np.intp))
    with np.errstate(divide="ignore"):
        return np.maximum((1 - static) / (line.slope * factor), 0.0)


def _ends_at_charge(line, charge):
    """Ends for (s + m j) (q/j)^e below 1: at once where a part is one number for all draws, else by the signs."""
    if _is(line.exponent, 0):
        return -np.inf, _end_at_time(line, 1.0)
    if _is(line.slope, 0):
        return charge * np.maximum(line.static, 0.0) ** (1 / line.exponent), np.inf
    if _is(line.static, 0) and _is(line.exponent, 1):
        return -np.inf, _NEVER_OR_ALWAYS.take(np.asarray(line.slope * charge >= 1, dtype=np.intp))
    return _ends_by_sign(line, charge)


def _ends_by_sign(line, charge):
    arrays = (np.asarray(value, dtype=float) for value in (*line, charge))
    s, m, e, q = np.broadcast_arrays(*arrays)
    low, high = np.full(s.shape, -np.inf), np.full(s.shape, np.inf)
    still, steep = e == 0, e == 1
    rising = m > 0
    if (rising & (e > 1)).any():
        raise ValueError(f"a load that rises with the current grows with time to the {e.max():g}; it must be at most 1")
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        here = still & rising
        high[here] = np.maximum((1 - s[here]) / m[here], 0)
        high[still & ~rising & (s >= 1)] = 0
        here = ~still & ~rising & (s > 0)
        low[here] = q[here] * s[here] ** (1 / e[here])
        here = steep & rising & (s >= 0)
        room = 1 - m[here] * q[here]
        waiting = np.where(s[here] > 0, s[here] * q[here] / room, -np.inf)
        low[here] = np.where(room > 0, waiting, np.inf)
        here = steep & (m * q > 1) & (s < 0)
        high[here] = s[here] * q[here] / (1 - m[here] * q[here])
        here = ~still & ~steep & rising & (s == 0)
        high[here] = (m[here] * q[here] ** e[here]) ** (-1 / (1 - e[here]))
    here = ~still & ~steep & rising & (s != 0)
    if here.any():
        low[here], high[here] = _roots(s[here], m[here], e[here], q[here])
    return low, high


def _roots(s, m, e, q):
    r"""Ends for exponents between 0 and 1: F(y) = ln(s + m exp y) - e (y - ln q) is below 0 between them.

    For s > 0, F is convex with its least value at j = s e / (m (1 - e)); its roots are approached from outside. For
    s < 0 it rises and is concave, and its one root is approached from below.
    """
    positive = s > 0
    least = np.where(positive, s, 1.0) * e / (m * (1 - e))
    value = np.log(np.where(positive, s, 1.0) + m * least) - e * np.log(least / q)
    hopeless = positive & (value >= 0)
    low = np.full(s.shape, -np.inf)
    left = positive & ~hopeless
    low[left] = _newton(np.log(q[left]) + np.log(s[left]) / e[left], s[left], m[left], e[left], q[left])
    start = -(np.log(m) + e * np.log(q)) / (1 - e)
    short = -s[~positive]
    edge = short / m[~positive]
    start[~positive] = np.log((short + (edge / q[~positive]) ** e[~positive]) / m[~positive])
    high = np.full(s.shape, np.inf)
    right = ~hopeless & (start < _BEYOND)
    high[right] = _newton(start[right], s[right], m[right], e[right], q[right])
    low[hopeless] = np.inf
    return low, high


def _newton(y, s, m, e, q):
    """Current at the root of F, from a start on the side on which Newton's method cannot overshoot."""
    shift = np.log(q)
    for _ in range(STEPS):
        current = m * np.exp(y)
        step = (np.log(s + current) - e * (y - shift)) / (current / (s + current) - e)
        y = y - step
        if np.abs(step).max(initial=0) < CLOSE:
            break
    return np.exp(y)
