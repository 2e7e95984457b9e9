"""The criteria at a point: how probable failure is, how much current is safe there, and what that hangs on."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import sobol_indices

from sslib.checks import check_between, check_positive
from sslib.failure.counting import Grid, count
from sslib.failure.maps import chosen_mechanisms, thresholds
from sslib.failure.mechanisms import FULL_CELL
from sslib.units import MPa, mA_cm2

PRESSURES = np.geomspace(0.5, 75, 150) * MPa
"""Stack pressures [Pa] among which `best_pressure` looks."""

REACH = (0.01 * mA_cm2, 100 * mA_cm2)
"""Critical currents beyond these count as the end [A/m2]: the variance of a logarithm needs ends."""

CRITICAL_CURRENT, FAILURE = "critical current", "failure"
"""What `variance_shares` can explain."""


@dataclass(frozen=True)
class SafeCurrent:
    """What `safe_current` gives.

    Attributes
    ----------
    current : float
        Largest current density with at most the asked probability of failure [A/m2]; 0 where none has.
    first : dict of str to float
        Of those that have failed there, the share by the mechanism crossed first [1], the largest share first.
    stack_pressure : float
        [Pa]
    probability : float
        What was asked [1].
    """

    current: float
    first: dict
    stack_pressure: float
    probability: float

    @property
    def first_mechanism(self):
        """The mechanism that most of the failing draws cross first; ``"none"`` where no draw fails."""
        return next(iter(self.first), "none")


def failure_probability(conditions, parameters, mechanisms=FULL_CELL, *, draws=20_000, seed=0):
    """Probability of failure at one point by the mechanism crossed first [1], as a dictionary; their sum is the total.

    Parameters
    ----------
    conditions : Conditions
        Numbers only.
    parameters : Parameters
    mechanisms : sequence of str
    draws, seed : int
    """
    ends = drawn_intervals(conditions, parameters, mechanisms, draws, seed)
    _, first = count(Grid([conditions.current_density]), list(ends.values()), 1, draws)
    return dict(zip(ends, (first[:, 0, 0] / draws).tolist(), strict=True))


def drawn_intervals(conditions, parameters, mechanisms, draws, seed):
    """`thresholds` of so many draws."""
    names, values = _drawn(parameters, mechanisms, draws, seed)
    return thresholds(conditions, parameters, names, values)


def _drawn(parameters, mechanisms, draws, seed):
    """Names of the mechanisms in the order in which ties are named, and draws of what they need."""
    chosen = chosen_mechanisms(parameters, mechanisms)
    needed = sorted({name for one in chosen for name in one.parameters})
    return [one.name for one in chosen], parameters.draws(draws, seed, needed)


def safe_current(conditions, parameters, mechanisms=FULL_CELL, *, probability=0.05, draws=20_000, seed=0):
    """Largest current density with at most a probability of failure (SafeCurrent).

    Parameters
    ----------
    conditions : Conditions
        Numbers only; the current density does not matter.
    parameters : Parameters
    mechanisms : sequence of str
    probability : float
        Between 0 and 1.
    draws, seed : int

    Notes
    -----
    Exact for the draws: the probability steps at their thresholds and nowhere else. At a given charge low currents
    fail too, and the largest current that is safe enough may not be safe from below.
    """
    check_between(0, 1, probability=probability)
    names, values = _drawn(parameters, mechanisms, draws, seed)
    return _safe(conditions, parameters, names, values, probability, draws)


def _safe(conditions, parameters, names, values, probability, draws):
    ends = thresholds(conditions, parameters, names, values)
    low, high = _joined(ends, draws)
    steps = np.unique(high)
    failing = np.searchsorted(np.sort(high), steps) + draws - np.searchsorted(np.sort(low), steps)
    allowed = steps[(failing <= probability * draws) & (steps > 0)]
    current = float(allowed[-1]) if len(allowed) else 0.0
    _, first = count(Grid([current]), list(ends.values()), 1, draws)
    shares = first[:, 0, 0] / max(first.sum(), 1)
    by_share = {names[index]: float(shares[index]) for index in np.argsort(-shares, kind="stable") if shares[index] > 0}
    return SafeCurrent(current, by_share, float(conditions.stack_pressure), probability)


def best_pressure(
    conditions, parameters, mechanisms=FULL_CELL, *, pressures=PRESSURES, probability=0.05, draws=20_000, seed=0
):
    """The `safe_current` at the stack pressure that allows most, among the given ones (SafeCurrent).

    Where no pressure allows any, its current is 0 and its pressure the first of them, which then says nothing.

    Parameters
    ----------
    conditions : Conditions
        Numbers only; current density and stack pressure do not matter.
    parameters, mechanisms, probability, draws, seed
        As for `safe_current`.
    pressures : array_like
        [Pa]
    """
    check_positive(pressures=pressures)
    check_between(0, 1, probability=probability)
    names, values = _drawn(parameters, mechanisms, draws, seed)
    found = (
        _safe(conditions.at(stack_pressure=pressure), parameters, names, values, probability, draws)
        for pressure in np.atleast_1d(pressures)
    )
    return max(found, key=lambda one: one.current)


def variance_shares(conditions, parameters, mechanisms=FULL_CELL, *, of=CRITICAL_CURRENT, samples=8192, seed=0):
    r"""What the critical current hangs on: shares of the parameters in the variance of its logarithm, as a DataFrame.

    .. math:: S_i = \frac{V[E(Y|x_i)]}{V[Y]}, \qquad S_{T,i} = 1 - \frac{V[E(Y|x_{\sim i})]}{V[Y]}, \qquad
              Y = \lg j_c

    Parameters
    ----------
    conditions : Conditions
        Numbers only; the current density matters to failure alone.
    parameters : Parameters
    mechanisms : sequence of str
    of : str
        ``"critical current"``, or ``"failure"``: 1 where a draw fails at this current, else 0.
    samples : int
        A power of two; the criteria are evaluated (parameters + 2) times as often.
    seed : int

    Returns
    -------
    pandas.DataFrame
        By parameter, the largest total share first; columns ``first`` and ``total``.

    Notes
    -----
    The critical current is the lowest upper end of all mechanisms, kept within `REACH`; a draw that fails without
    current stands at the lower end. Parameters are drawn independently of each other. Estimates by the design of
    A. Saltelli et al. (`scipy.stats.sobol_indices`) scatter by about a hundredth.
    """
    import pandas as pd

    if of not in (CRITICAL_CURRENT, FAILURE):
        raise ValueError(f"of is {of!r}; it must be {CRITICAL_CURRENT!r} or {FAILURE!r}")
    chosen = chosen_mechanisms(parameters, mechanisms)
    names = [name for name in parameters.known if any(name in one.parameters for one in chosen)]

    def explained(x):
        values = dict(zip(names, x, strict=True))
        if of == CRITICAL_CURRENT:
            return np.log10(critical_currents(conditions, parameters, mechanisms, values))
        low, high = _joined(thresholds(conditions, parameters, mechanisms, values), x.shape[-1])
        return ((conditions.current_density >= high) | (conditions.current_density <= low)).astype(float)

    found = sobol_indices(
        func=explained,
        n=samples,
        dists=[_Quantiles(parameters[name]) for name in names],
        rng=np.random.default_rng(seed),
    )
    shares = pd.DataFrame({"first": found.first_order, "total": found.total_order}, index=names)
    return shares.sort_values("total", ascending=False)


def critical_currents(conditions, parameters, mechanisms=FULL_CELL, values=None):
    """The lowest current [A/m2] at which a mechanism is beyond its onset, kept within `REACH`.

    Where a charge is given, what fails at any current stands at the lower end.

    Parameters
    ----------
    conditions, parameters, mechanisms, values
        As for `thresholds`.
    """
    ends = thresholds(conditions, parameters, mechanisms, values)
    shape = np.broadcast_shapes(*(np.shape(end) for pair in ends.values() for end in pair if end is not None))
    return np.clip(_joined(ends, shape)[1], *REACH)


@dataclass(frozen=True)
class _Quantiles:
    """A parameter as the distribution that scipy asks for."""

    parameter: object

    def ppf(self, share):
        return self.parameter.quantile(share)


def _joined(ends, draws):
    """Ends of the currents that all mechanisms leave safe, of a shape; a draw that none leaves has the ends 0."""
    high = np.minimum.reduce([np.broadcast_to(high, draws) for _, high in ends.values()])
    low = np.maximum.reduce([np.broadcast_to(-np.inf if low is None else low, draws) for low, _ in ends.values()])
    never = low >= high
    return np.where(never, np.inf, low), np.where(never, 0.0, high)
