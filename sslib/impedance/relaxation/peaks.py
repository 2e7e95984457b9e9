"""Peaks of a distribution: where they are, where one ends and the next begins, and how far the draws scatter."""

from itertools import pairwise

import numpy as np
from scipy.signal import find_peaks

from sslib.impedance.relaxation.result import Peak

# A maximum is a peak if it stands out by this share of the highest, both relative to |Z| there, and of its own height.
STANDS_OUT = 0.02
STANDS_OUT_OF_ITSELF = 0.1


def find_maxima(gamma, local=1.0, share=STANDS_OUT):
    """Indices of the peaks of a distribution.

    ``local`` is what is resolved at each time, in any unit: a peak stands out in proportion to it.
    """
    if not gamma.any():
        return np.array([], dtype=int)
    # Prominence is the height over the higher of the two lowest points that part a peak from higher ones.
    found, properties = find_peaks(np.concatenate([[0.0], gamma, [0.0]]), prominence=0)
    found, prominence = found - 1, properties["prominences"]
    resolved = share * (gamma / local).max() * np.broadcast_to(local, gamma.shape)[found]
    return found[(prominence >= resolved) & (prominence >= STANDS_OUT_OF_ITSELF * gamma[found])]


def find_parts(gamma, step, local):
    """Indices of the peaks and of humps that are none, but too large to be counted to a neighbour; which are peaks."""
    found, every = find_maxima(gamma, local), find_maxima(gamma, share=0.0)
    if not len(found):
        return found, np.array([], dtype=bool)
    parts = resistances_of(gamma, step, minima_between(gamma, every))
    is_peak = np.isin(every, found)
    keep = is_peak | (parts > STANDS_OUT * parts[is_peak].min())
    return every[keep], is_peak[keep]


def minima_between(gamma, maxima):
    """Index of the lowest point between each two of the given maxima."""
    minima = []
    for left, right in pairwise(maxima):
        valley = gamma[left : right + 1]
        # The middle of the lowest stretch: a valley of zeros has no one lowest point.
        lowest = np.flatnonzero(valley <= valley.min() + 1e-3 * min(gamma[left], gamma[right]))
        minima.append(left + int(np.round(lowest.mean())))
    return np.array(minima, dtype=int)


def resistances_of(gamma, step, minima):
    """Integrals of a distribution [ohm] between its ends and the given minima, shape (minima + 1,)."""
    below = np.concatenate([[0], step * np.cumsum(gamma)])
    # A node on a minimum belongs to both sides by halves.
    at_minima = (below[minima] + below[minima + 1]) / 2
    return np.diff(np.concatenate([[0], at_minima, below[-1:]]))


def vertex(log_tau, gamma, k):
    """ln tau of the maximum of the parabola through three nodes."""
    if not 0 < k < len(gamma) - 1:
        return log_tau[k]
    left, top, right = gamma[k - 1 : k + 2]
    curvature = left - 2 * top + right
    return log_tau[k] + (0.0 if curvature == 0 else 0.5 * (left - right) / curvature) * (log_tau[1] - log_tau[0])


def peaks_with_intervals(problem, gamma, drawn, nearby, level):
    """Peaks, and time [s] and resistance [ohm] of humps that are too small to be called so.

    ``drawn`` and ``nearby`` are the distributions of the bootstrap and of the λ nearby, shape (…, times).
    """
    tau, step, local = np.exp(problem.log_tau), problem.step, problem.local
    maxima, is_peak = find_parts(gamma, step, local)
    minima = minima_between(gamma, maxima)
    ends = np.concatenate([[0], minima, [len(tau) - 1]])
    inside = (tau >= problem.window[0]) & (tau <= problem.window[1])

    def parts(gamma):
        # Each at its own minima: where they lie is a part of what is not known.
        return resistances_of(gamma, step, minima_between(gamma, maxima))

    resistances = parts(gamma)
    resistances_drawn = np.array([parts(row) for row in drawn]).reshape(-1, len(resistances))
    resistances_nearby = np.array([parts(row) for row in nearby])
    maxima_drawn = [find_maxima(row, local) for row in drawn]
    peaks = []
    for number in np.flatnonzero(is_peak):
        first, last = ends[number : number + 2]
        share = np.zeros(len(tau))
        share[first : last + 1] = 1
        # A node on a minimum belongs to both sides by halves; the grid's ends have one side.
        share[minima[max(number - 1, 0) : number + 1]] = 0.5
        own = [found[share[found] > 0] for found in maxima_drawn]
        places = np.exp(
            [
                vertex(problem.log_tau, row, here[np.argmax(row[here])])
                for row, here in zip(drawn, own, strict=True)
                if len(here)
            ]
        )
        place, resistance = np.exp(vertex(problem.log_tau, gamma, maxima[number])), resistances[number]
        peaks.append(
            Peak(
                tau=float(place),
                tau_interval=interval(places, place, level),
                resistance=float(resistance),
                resistance_interval=interval(
                    resistances_drawn[:, number], resistance, level, resistances_nearby[:, number]
                ),
                span=(float(tau[first]), float(tau[last])),
                inside=float(step * (share * inside) @ gamma / resistance),
                found=len(places) / len(drawn) if len(drawn) else np.nan,
            )
        )
    return tuple(peaks), [(float(tau[maxima[k]]), float(resistances[k])) for k in np.flatnonzero(~is_peak)]


def band(samples, value, level, others=()):
    """Ends of what holds the draws' quantiles, these mirrored at the value, and the values of other λ.

    A draw is off the estimate by noise and by the bias of one regularisation more. Mirrored, the quantiles say where
    the truth lies if the first regularisation did the same to it.
    """
    if not len(samples):
        return np.full(np.shape(value), np.nan), np.full(np.shape(value), np.nan)
    low, high = np.quantile(samples, [(1 - level) / 2, (1 + level) / 2], axis=0)
    mirrored = 2 * value - high, 2 * value - low
    low = np.min([low, mirrored[0], *others], axis=0)
    high = np.max([high, mirrored[1], *others], axis=0)
    return np.maximum(low, 0), high


def interval(samples, value, level, others=()):
    """`band` of a number."""
    return tuple(map(float, band(samples, value, level, others)))
