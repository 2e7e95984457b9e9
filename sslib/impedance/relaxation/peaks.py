"""Peaks of a distribution: where they are, where one ends and the next begins, and how far the draws scatter."""

from itertools import pairwise

import numpy as np
from scipy.signal import find_peaks

from sslib.impedance.relaxation.result import Peak
from sslib.impedance.relaxation.shapes import fit_shapes, shares

# A maximum is a peak if it stands out by this share of the highest, both relative to |Z| there, and of its own height.
STANDS_OUT = 0.02
STANDS_OUT_OF_ITSELF = 0.1
# Of the ZARCs that are fitted, where the fit begins.
USUAL_EXPONENT = 0.85
# ZARCs are held for what a spectrum consists of up to this many standard deviations of chi-squared, or within what
# the piecewise-linear form is good for.
SURPRISE, FORM = 4.0, 1e-5


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


def find_parts(gamma, problem, noise):
    """Indices of the peaks and of humps that are none, but too large to be counted to a neighbour; which are peaks."""
    every = find_maxima(gamma, share=0.0)
    resistances = resistances_of(gamma, problem.step, minima_between(gamma, every))[: len(every)]
    stands_out = np.isin(every, find_maxima(gamma, problem.local))
    stands_out &= resistances > problem.resolved(0.0)[every]
    if not stands_out.any():
        return every[:0], stands_out[:0]
    keep = stands_out | (resistances > STANDS_OUT * resistances[stands_out].min())
    is_peak = stands_out & (resistances > problem.resolved(noise)[every])
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


class Parts:
    """What a distribution consists of, peaks and humps, and which share of it at each time is whose.

    Attributes
    ----------
    maxima, minima : numpy.ndarray
        Indices, shapes (parts,) and (parts - 1,).
    is_peak : numpy.ndarray
        bool, shape (parts,).
    shapes : Shapes or None
        ZARCs, one a part; None without any part.
    misfit : float
        Relative standard deviation of each part of the spectrum from them [1].
    are_zarcs : bool
        Whether they fit as well as the distribution does.
    again : numpy.ndarray
        Coefficients that the same regularisation makes of the shapes' spectrum.
    """

    def __init__(self, estimate, noise):
        problem, gamma = estimate.problem, estimate.gamma
        self.problem, self.gamma = problem, gamma
        self.maxima, self.is_peak = find_parts(gamma, problem, noise)
        self.minima = minima_between(gamma, self.maxima)
        self.shapes, self.are_zarcs = None, False
        if not len(self.maxima):
            return
        start = [
            np.log(resistances_of(gamma, problem.step, self.minima)),
            problem.log_tau[self.maxima],
            np.full(len(self.maxima), USUAL_EXPONENT),
        ]
        self.shapes = fit_shapes(problem, problem.data, np.array(start))
        self.shares = shares(self.shapes, problem.log_tau)
        self.again = problem.solve(estimate.regularisation, estimate.penalty, self.shapes.fitted, estimate.free)[0]
        taken = 3 * len(self.maxima) + len(self.shapes.series)
        self.misfit = float(np.sqrt(self.shapes.squares / max(len(problem.data) - taken, 1)))
        # Both have the same noise, of which the estimate takes up more: chi-squared of the difference.
        more = max(estimate.degrees_of_freedom - taken, 1.0)
        excess = (self.shapes.squares - estimate.squares) / estimate.scatter**2
        self.are_zarcs = excess < more + SURPRISE * np.sqrt(2 * more) or self.misfit < FORM

    def between_minima(self, gamma):
        """Resistances [ohm] of the parts of a distribution, each to the minima beside it."""
        # Each at its own minima: where they lie is a part of what is not known.
        return resistances_of(gamma, self.problem.step, minima_between(gamma, self.maxima))

    def shared(self, gamma, data=None):
        """Resistances [ohm] of the parts of a distribution by shares, or by those of ZARCs fitted to its own data."""
        share = self.shares
        if data is not None:
            share = shares(fit_shapes(self.problem, data, self.shapes.parameters), self.problem.log_tau)
        return self.problem.step * share @ gamma


def peaks_with_intervals(parts, drawn, spectra, nearby, level):
    """Peaks, and time [s] and resistance [ohm] of humps that are too small to be called so.

    ``drawn`` and ``nearby`` are the distributions of the bootstrap and of the λ nearby, shape (…, times), ``spectra``
    the data of the bootstrap.
    """
    if parts.shapes is None:
        return (), []
    problem, gamma, maxima = parts.problem, parts.gamma, parts.maxima
    tau, local = np.exp(problem.log_tau), problem.local
    ends = np.concatenate([[0], parts.minima, [len(tau) - 1]])
    inside = (tau >= problem.window[0]) & (tau <= problem.window[1])
    if parts.are_zarcs:
        resistances = parts.shared(gamma)
        drawn_resistances = [parts.shared(row, data) for row, data in zip(drawn, spectra, strict=True)]
        others = [parts.shared(other) for other in nearby]
        bias = parts.shared(parts.again[: problem.times] * problem.scale) - parts.shapes.resistance
    else:
        resistances = parts.between_minima(gamma)
        drawn_resistances = [parts.between_minima(row) for row in drawn]
        others = [parts.between_minima(other) for other in nearby]
        bias = 0.0
    lower, upper = band(drawn_resistances, resistances, level, others, bias)
    maxima_drawn = [find_maxima(row, local) for row in drawn]
    cells = np.arange(len(tau))
    share = parts.shares if parts.are_zarcs else (cells >= ends[:-1, None]) & (cells <= ends[1:, None])
    peaks = []
    for number in np.flatnonzero(parts.is_peak):
        first, last = ends[number : number + 2]
        own = [found[(found >= first) & (found <= last)] for found in maxima_drawn]
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
                resistance_interval=(float(lower[number]), float(upper[number])),
                span=(float(tau[first]), float(tau[last])),
                inside=float(share[number] @ (inside * gamma) / (share[number] @ gamma)),
                found=len(places) / len(drawn) if len(drawn) else np.nan,
            )
        )
    humps = np.flatnonzero(~parts.is_peak)
    return tuple(peaks), [(float(tau[maxima[k]]), float(resistances[k])) for k in humps]


def band(samples, value, level, others=(), bias=0.0):
    """Ends of what holds the draws' quantiles, these mirrored at the value, and the values of other λ.

    A draw is off the estimate by noise and by the bias of one regularisation more. Mirrored, the quantiles say where
    the truth lies if the first regularisation did the same to it. ``bias`` is what it did to a spectrum of known
    truth: the mirrored quantiles count with and without it.
    """
    if not len(samples):
        return np.full(np.shape(value), np.nan), np.full(np.shape(value), np.nan)
    # The quantiles that a further draw is between with the probability of the level, however few draws there are.
    low, high = np.quantile(samples, [(1 - level) / 2, (1 + level) / 2], axis=0, method="weibull")
    below, above = 2 * value - high, 2 * value - low
    low = np.min([low, below, below - bias, *others], axis=0)
    high = np.max([high, above, above - bias, *others], axis=0)
    return np.maximum(low, 0), high


def interval(samples, value, level, others=(), bias=0.0):
    """`band` of a number."""
    return tuple(map(float, band(samples, value, level, others, bias)))
