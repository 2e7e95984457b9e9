"""Critical currents of several cells, each known to an interval: their distribution, and who fails at a current.

One cell's critical current is a draw. What an operating current needs is the share of cells that fail below it.
"""

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_ndtr, ndtr, stdtrit

from sslib.checks import check_between, check_positive
from sslib.units import mA_cm2

Family = Literal["lognormal", "weibull"]
LEVEL = 0.95
LEAST_SPREAD, MOST_SPREAD = 2e-3, 5.0
"""Of the spread that is looked at [1]: cells equal to 0.2 %, and cells of which a third lies a factor 100 away."""
REACH = 12.0
"""How far from the data a median is looked for, in the logarithm."""
POINTS = 161


def _normal(z):
    return ndtr(z)


def _gumbel(z):
    return -np.expm1(-np.exp(np.minimum(z, 700.0)))


_SHARES = {"lognormal": (_normal, 0.0), "weibull": (_gumbel, float(np.log(np.log(2))))}
"""Share of cells that have failed against the standardised logarithm, and where that is one half."""


@dataclass(frozen=True, eq=False)
class CellDistribution:
    r"""How critical currents of like cells are spread.

    .. math:: P(j) = G\!\left(\frac{\ln j - \ln j_{50}}{s} + G^{-1}(\tfrac12)\right)

    with the normal distribution for G (log-normal), or :math:`1 - e^{-e^z}` (Weibull, whose shape is 1/s).

    Attributes
    ----------
    family : str
    median : float or None
        [A/m2]; None where no cell failed.
    spread : float or None
        s [1]; None where the cells do not bound it from below: all may be equal.
    level : float
        Of intervals.
    verdicts : tuple of str
    """

    family: str
    median: float | None
    spread: float | None
    level: float
    verdicts: tuple
    _region: tuple = field(repr=False)
    _bounded: tuple = field(repr=False)

    def median_interval(self):
        """Interval of the median [A/m2]; None for an open end."""
        return tuple(
            float(np.exp(end)) if is_bounded else None
            for end, is_bounded in zip((self._region[0].min(), self._region[0].max()), self._bounded, strict=True)
        )

    def probability(self, current_density):
        """Share of cells that fail at a current density [A/m2] or below, with its interval.

        Returns
        -------
        float or None, tuple of float
            None where the cells leave the share open, which the interval shows.
        """
        check_positive(current_density=current_density)
        share, half = _SHARES[self.family]
        medians, spreads = self._region
        all_shares = share((np.log(current_density) - medians) / spreads + half)
        ends = float(all_shares.min()), float(all_shares.max())
        if self.median is None or self.spread is None:
            return (None if ends[1] - ends[0] > 0.01 else ends[0]), ends
        return float(share(np.log(current_density / self.median) / self.spread + half)), ends


def cell_distribution(lower, upper, family="lognormal", level=LEVEL):
    r"""Distribution of the critical currents of several cells by likelihood, each cell an interval.

    .. math:: L = \prod_k \left[P(j_k^\text{failed}) - P(j_k^\text{survived})\right]

    An interval of a quantity is its range over all medians and spreads with

    .. math:: -2 \ln\frac{L}{L_\text{max}} \le n \ln\left(1 + \frac{t_{n-1}^2}{n - 1}\right)

    n cells that failed and Student's t for the level.

    Parameters
    ----------
    lower, upper : array_like
        Largest current survived (0 where none was) and smallest failed (NaN, None or infinite where none) of each cell
        [A/m2].
    family : {"lognormal", "weibull"}
    level : float
        Of the intervals.

    Returns
    -------
    CellDistribution

    Raises
    ------
    ValueError
        For fewer than two cells, and for ends that are no interval.

    Notes
    -----
    The bound is exact for the median of a log-normal sample that is known to the point; the chi-square that it replaces
    (and goes over to for many cells) would be 1.8 times too small for three cells. For other quantities, intervals and
    the Weibull family it is an approximation, which the tests hold against simulated cells. Where no cell failed it is
    :math:`-2 \ln(\alpha/2)`, with which n survivors leave :math:`1 - (\alpha/2)^{1/n}`. Cells are taken as drawn from
    one population: same electrolyte, area, pressure, temperature and program.

    Examples
    --------
    Three cells that failed between 0.6 and 1.0 mA/cm2 leave much open:

    >>> from sslib.units import mA_cm2
    >>> cells = cell_distribution([6.0, 7.0, 9.0], [7.0, 8.0, 10.0])
    >>> [round(end / mA_cm2, 2) for end in (cells.median, *cells.median_interval())]
    [0.77, 0.48, 1.25]
    >>> share, ends = cells.probability(0.5 * mA_cm2)
    >>> [round(end, 3) for end in (share, *ends)]
    [0.002, 0.0, 0.536]
    """
    low, high = _ends(lower, upper)
    if family not in get_args(Family):
        raise ValueError(f"family is {family!r}; it must be one of {', '.join(get_args(Family))}")
    check_between(0.5, 0.999, level=level)
    failed = np.isfinite(high)
    best = _most_likely(low, high, family)
    allowed = _allowed(int(failed.sum()), level)
    region, bounded = _region(low, high, family, best, allowed)
    is_spread = best[1] > 1.01 * LEAST_SPREAD
    return CellDistribution(
        family,
        float(np.exp(best[0])) if failed.any() else None,
        float(best[1]) if failed.any() and is_spread else None,
        level,
        tuple(_verdicts(low, high, is_spread, level)),
        region,
        bounded,
    )


def _ends(lower, upper):
    """Logarithms of the ends; -inf and inf where they are open."""
    low = np.array(lower, dtype=float, ndmin=1)
    high = np.array([np.inf if end is None else end for end in np.atleast_1d(np.asarray(upper, dtype=object))], float)
    high = np.where(np.isnan(high), np.inf, high)
    if low.shape != high.shape or low.ndim != 1:
        raise ValueError(f"lower has shape {low.shape} and upper {high.shape}; both are one row, a value for each cell")
    if len(low) < 2:
        raise ValueError(
            f"{len(low)} cell: a distribution takes at least 2. One cell's interval says nothing of the next cell"
        )
    check_between(0, np.inf, **{"largest current survived": low})
    if not (high > low).all() or not ((low > 0) | np.isfinite(high)).all():
        raise ValueError(
            f"lower is {low.tolist()} and upper {high.tolist()}; every upper end must be above the lower, and one of "
            "the two be known"
        )
    with np.errstate(divide="ignore"):
        return np.log(low), np.log(high)


def _deviance(medians, spreads, low, high, family):
    """Minus twice the logarithm of the likelihood; medians as logarithms, arrays broadcast."""
    half = _SHARES[family][1]
    a, b = ((end - medians[..., None]) / spreads[..., None] + half for end in (low, high))
    if family == "lognormal":
        # Both ends on the side where the tail is small.
        flip = a + b > 0
        a, b = np.where(flip, -b, a), np.where(flip, -a, b)
        upper, lower = log_ndtr(b), log_ndtr(a)
    else:
        upper, lower = -np.exp(np.minimum(a, 700.0)), -np.exp(np.minimum(b, 700.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        each = upper + np.log(-np.expm1(np.where(lower == -np.inf, -np.inf, lower - upper)))
    return -2 * np.maximum(np.nan_to_num(each, nan=-1e6, neginf=-1e6), -1e6).sum(axis=-1)


def _middles(low, high):
    """Of the intervals; the known end of one that is open."""
    return np.where(np.isfinite(low) & np.isfinite(high), (low + high) / 2, np.where(np.isfinite(low), low, high))


def _most_likely(low, high, family):
    """Logarithm of the median, and spread, of the largest likelihood."""
    if not np.isfinite(high).any():
        return _middles(low, high).max() + REACH, 1.0
    shared = low.max(), high.min()
    if shared[0] < shared[1]:
        # All cells may be equal, anywhere in what the intervals share: its middle stands for it.
        ends = [end for end in shared if np.isfinite(end)]
        return float(np.mean(ends)), LEAST_SPREAD
    middles = _middles(low, high)
    starts = [(np.median(middles), max(middles.std(), 0.02) * factor) for factor in (0.5, 1.0, 2.0)]

    def cost(x):
        return float(_deviance(np.array(x[0]), np.exp(np.array(x[1])), low, high, family))

    bounds = [(middles.min() - REACH, middles.max() + REACH), (np.log(LEAST_SPREAD), np.log(MOST_SPREAD))]
    found = [
        minimize(
            cost, (m, np.log(s)), method="Nelder-Mead", bounds=bounds,
            options={"xatol": 1e-7, "fatol": 1e-9, "maxiter": 4000},
        )
        for m, s in starts
    ]  # fmt: skip
    best = min(found, key=lambda one: one.fun).x
    return float(best[0]), float(np.exp(best[1]))


def _allowed(failed, level):
    if not failed:
        return -2 * np.log((1 - level) / 2)
    n = max(failed, 2)
    return float(n * np.log1p(stdtrit(n - 1, 0.5 + level / 2) ** 2 / (n - 1)))


def _region(low, high, family, best, allowed):
    """Medians (as logarithms) and spreads that the cells do not exclude, and whether each end of the median is bounded.

    A grid that is widened where the region runs out of it and narrowed to where the region is.
    """
    middles = _middles(low, high)
    limits = np.array([
        [middles.min() - REACH, middles.max() + REACH], [np.log(LEAST_SPREAD), np.log(MOST_SPREAD)]
    ])  # fmt: skip
    centre = np.array([best[0], np.log(best[1])])
    least = float(_deviance(np.array(best[0]), np.array(best[1]), low, high, family))
    box = np.clip(centre[:, None] + np.array([[-0.5, 0.5], [-1.0, 1.0]]), limits[:, :1], limits[:, 1:])
    for _ in range(40):
        m, s = np.meshgrid(*(np.linspace(*ends, POINTS) for ends in box), indexing="ij")
        deviance = _deviance(m, np.exp(s), low, high, family)
        most = max(min(least, deviance.min()), 0.0) + allowed
        inside = deviance <= most
        places = np.argwhere(inside)
        first, last = places.min(axis=0), places.max(axis=0)
        step = np.ptp(box, axis=1) / (POINTS - 1)
        new = np.stack([box[:, 0] + (first - 2) * step, box[:, 0] + (last + 2) * step], axis=1)
        grows = np.stack([first == 0, last == POINTS - 1], axis=1)
        new += np.where(grows, 0.5 * np.ptp(box, axis=1)[:, None] * np.array([-1, 1]), 0.0)
        new = np.clip(new, limits[:, :1], limits[:, 1:])
        is_settled = (np.abs(new - box) <= 3 * step[:, None]).all()
        box = new
        if is_settled:
            break
    # The grid is coarse where the region is open at one end: the other end is looked at again.
    found = [(m[inside], s[inside])]
    for end in (m[inside].min(), m[inside].max()):
        finer = np.meshgrid(np.clip(end + step[0] * np.linspace(-1, 1, 41), *limits[0]), s[0], indexing="ij")
        is_in = _deviance(finer[0], np.exp(finer[1]), low, high, family) <= most
        found.append((finer[0][is_in], finer[1][is_in]))
    medians, spreads = (np.concatenate(part) for part in zip(*found, strict=True))
    spreads = np.exp(spreads)
    # An end that only the widest spread that is looked at allows is no end.
    ends = [medians.argmin(), medians.argmax()]
    is_open = np.isclose(medians[ends], limits[0]) | (spreads[ends] > 0.98 * MOST_SPREAD)
    return (medians, spreads), tuple(bool(one) for one in ~is_open)


def _verdicts(low, high, is_spread, level):
    failed = np.isfinite(high)
    if not failed.any():
        yield (
            f"None of {len(low)} cells failed. Of cells like these at most "
            f"{100 * (1 - ((1 - level) / 2) ** (1 / len(low))):.3g} % fail at the least of those currents, "
            f"{np.exp(low.min()) / mA_cm2:.3g} mA/cm2 ({100 * level:g} %)."
        )
        return
    if not failed.all():
        yield f"{(~failed).sum()} of {len(low)} cells did not fail; they count as what they survived."
    if not is_spread:
        yield "The intervals share a current: all cells may be equal, and the spread is known only from above."
    if failed.sum() < 5:
        yield (
            f"{failed.sum()} cells that failed do not tell the shape of a distribution: what lies in its tail is the "
            "family's word."
        )
