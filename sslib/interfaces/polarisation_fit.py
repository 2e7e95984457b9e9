"""Fit of a polarisation curve: values, intervals by the profile of chi-square, and what the curve leaves open."""

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal, get_args

import numpy as np
from scipy.optimize import brentq, least_squares
from scipy.special import ndtri, stdtrit

from sslib.checks import check_between, check_positive
from sslib.interfaces.polarisation import current_and_slopes, resistances, voltage_and_slopes
from sslib.interfaces.polarisation_verdicts import LIMITS, TOGETHER, verdicts_of_curve
from sslib.kinetics import thermal_voltage

PARAMETERS = {
    "exchange_current": "A/m2",
    "forward_limit": "A/m2",
    "backward_limit": "A/m2",
    "film_resistance": "ohm m2",
    "alpha": "1",
}
"""Units of what is fitted, in the order of the model's slopes."""
Controlled = Literal["voltage", "current"]
LEVEL = 0.95
LEAST, MOST = 1e-4, 100.0
"""Of a resistance over that of the data at rest; an interval that gets there, or to zero, is open."""
PULL = 1e3
INSIDE = 1e-9
"""So far inside its bounds a start has to lie, as a share of their distance [1]."""
CONVERGED = 1e-11
ROUNDS = 300


@dataclass(frozen=True)
class PolarisationFit:
    """The outcome of `fit_polarisation`.

    Attributes
    ----------
    values : dict
        By name in `PARAMETERS`, fixed ones included.
    free : tuple of str
        Which were fitted.
    residuals : numpy.ndarray
        Measured less fitted, in units of the noise [1], shape (points,).
    reduced_chi_square : float
        1 by construction where no noise was stated.
    noise : float
        Standard deviation of what was measured [A/m2 or V], stated or from the residuals.
    noise_stated : bool
    """

    values: dict
    free: tuple
    residuals: np.ndarray
    reduced_chi_square: float
    noise: float
    noise_stated: bool
    _problem: "_Problem" = field(repr=False)
    _best: np.ndarray = field(repr=False)
    _profiled: dict = field(default_factory=dict, repr=False)

    def interval(self, name, level=LEVEL):
        """Profile-likelihood interval of a parameter or of ``"polarisation_resistance"``; None for an open end.

        Chi-square may rise by the square of the normal quantile, or of Student's t where the noise is from the
        residuals, with all other parameters fitted anew.
        """
        if name not in (*self.free, TOGETHER):
            raise ValueError(f"{name!r} was not fitted; it must be one of {', '.join((*self.free, TOGETHER))}")
        if not 0 < level < 1:
            raise ValueError(f"level is {level}; it must be between 0 and 1, such as 0.95")
        key = name, level
        if key not in self._profiled:
            freedom = len(self.residuals) - len(self.free)
            quantile = ndtri(0.5 + level / 2) if self.noise_stated else stdtrit(freedom, 0.5 + level / 2)
            self._profiled[key] = self._problem.interval(name, self._best, self.noise * quantile)
        return self._profiled[key]

    @property
    def polarisation_resistance(self):
        """Slope of the curve at rest [ohm m2]."""
        along, held = self._problem.direction(TOGETHER)
        return float((along @ self._best + held) * self._problem.unit)

    @cached_property
    def verdicts(self):
        """What the curve leaves open, in sentences."""
        return tuple(verdicts_of_curve(self))


class _Problem:
    """Data, and coordinates in which the curve is nearly linear: resistances at rest over that of the data, and alpha.

    No limiting current, and an infinitely fast transfer, are zeros there: an end that the data do not exclude.
    """

    def __init__(self, voltage, current, controlled, fixed, scale):
        self.measured, self.given = (current, voltage) if controlled == "voltage" else (voltage, current)
        self.model = current_and_slopes if controlled == "voltage" else voltage_and_slopes
        self.scale, self.fixed = scale, fixed
        self.free = tuple(name for name in PARAMETERS if name not in fixed)
        self.places = [list(PARAMETERS).index(name) for name in self.free]
        self.unit = _resistance_at_rest(voltage, current)
        self.units = np.array([1.0 if name == "alpha" else self.unit for name in self.free])
        reach = np.abs(current).max()
        passed = (scale / self.unit / max(most, 1e-3 * reach) for most in (current.max(), -current.min()))
        self.passed = dict(zip(LIMITS, passed, strict=True))
        highest = dict.fromkeys(PARAMETERS, MOST) | {"alpha": 0.98}
        if controlled == "current":
            # What was set was below the limit; what was measured may have scattered beyond it.
            highest |= {name: (1 - 1e-9) * own for name, own in self.passed.items()}
        lowest = {"exchange_current": LEAST, "alpha": 0.02}
        self.ends = np.array([[lowest.get(name, 0.0) for name in self.free], [highest[name] for name in self.free]])

    def swap(self, name, value):
        """From a parameter to its resistance and back: RT/zF over a current; film and alpha are what they are."""
        return value if name in ("film_resistance", "alpha") else self.scale / value if value else np.inf

    def residuals(self, u):
        """Model less data and its slopes, shape (points,) and (points, free)."""
        values = [self.swap(name, self.fixed.get(name, np.inf)) for name in PARAMETERS]
        for place, x in zip(self.places, u * self.units, strict=True):
            values[place] = x
        found, slopes = self.model(self.given, *(np.full_like(self.given, value) for value in (self.scale, *values)))
        return found - self.measured, slopes[self.places].T * self.units

    def direction(self, name):
        """Slopes of a quantity, which is linear in the coordinates, and what fixed parameters add to it."""
        if name != TOGETHER:
            return np.array([float(own == name) for own in self.free]), 0.0
        held = sum(self.swap(own, value) for own, value in self.fixed.items() if own != "alpha")
        return np.array([float(own != "alpha") for own in self.free]), held / self.unit

    def solve(self, start, pull=None):
        """Least squares within the bounds; ``pull`` is a quantity's name and the coordinate it is drawn to.

        Returns the point and its sum of squares without the pull.
        """
        size = np.std(self.measured)
        along, held = self.direction(pull[0]) if pull else (None, 0.0)

        @lru_cache(maxsize=1)
        def at(point):
            u = np.array(point)
            misfit, slopes = self.residuals(u)
            if pull:
                misfit = np.append(misfit, PULL * size * (along @ u + held - pull[1]))
                slopes = np.vstack([slopes, PULL * size * along])
            return misfit / size, slopes / size

        low, high = self.ends
        margin = INSIDE * (high - low)
        found = least_squares(
            lambda u: at(tuple(u))[0],
            np.clip(start, low + margin, high - margin),
            jac=lambda u: at(tuple(u))[1],
            bounds=self.ends,
            ftol=CONVERGED,
            xtol=CONVERGED,
            gtol=CONVERGED,
            max_nfev=ROUNDS,
        )
        plain = self.residuals(found.x)[0]
        return found.x, float(plain @ plain)

    def starts(self):
        """Points at which the resistance at rest is that of the data, shared between film and charge transfer."""
        for share in (0.5, 0.05, 0.95):
            for alpha, limited in ((0.3, 0.1), (0.3, 0.8), (0.7, 0.1), (0.7, 0.8)):
                guess = {"exchange_current": 1 - share, "film_resistance": share, "alpha": alpha}
                yield np.array([guess[name] if name in guess else limited * self.passed[name] for name in self.free])

    def interval(self, name, best, allowed):
        """Ends at which the sum of squares has risen by the square of ``allowed``; None where it never does."""
        along, held = self.direction(name)
        misfit, slopes = self.residuals(best)
        covariance = np.linalg.pinv(slopes.T @ slopes, rcond=1e-14)
        step = float(np.clip(allowed * np.sqrt(max(along @ covariance @ along, 0.0)), 1e-5, 0.3))
        limits = (0.0, MOST) if name == TOGETHER else self.ends[:, self.free.index(name)]
        centre, least = along @ best + held, misfit @ misfit
        ends = [self._end(name, best, centre, least, allowed, sign * step, limit)
                for sign, limit in zip((-1, 1), limits, strict=True)]  # fmt: skip
        if name == "alpha":
            return tuple(ends)
        found = [None if end is None else float(self.swap(name, end * self.unit)) if name != TOGETHER else
                 float(end * self.unit) for end in ends]  # fmt: skip
        return tuple(found if name in (TOGETHER, "film_resistance") else found[::-1])

    def _end(self, name, best, centre, least, allowed, step, limit):
        """One end of an interval: steps outward until chi-square forbids it, then a root in between."""
        seen = {centre: best}

        def excess(target):
            u, cost = self.solve(seen[min(seen, key=lambda known: abs(known - target))], (name, target))
            seen[target] = u
            return np.sqrt(max(cost - least, 0.0)) - allowed

        inner, outer = centre, centre + step
        while abs(outer - centre) < abs(limit - centre):
            if excess(outer) > 0:
                break
            inner, outer = outer, centre + 2 * (outer - centre)
        else:
            outer = limit
            if outer == centre or excess(outer) <= 0:
                return None
        ends = sorted((inner, outer))
        return float(brentq(lambda at: -allowed if at == centre else excess(at), *ends, xtol=2e-3 * abs(step)))


def fit_polarisation(
    voltage, current_density, *, controlled: Controlled = "voltage", noise=None, fixed=None, T=298.15, charge_number=1
):
    """Fit exchange current, transfer coefficient, film and both limiting currents to a polarisation curve.

    Parameters
    ----------
    voltage : array_like
        Steady voltage [V] at each point, shape (points,), as in `sslib.interfaces.polarisation_current`.
    current_density : array_like
        [A/m2], shape (points,).
    controlled : {"voltage", "current"}
        Which of the two was set; the other was measured and has the noise.
    noise : float, optional
        Standard deviation of what was measured [A/m2 or V]. Without it, it is estimated from the residuals.
    fixed : dict, optional
        Parameters held at a value, by name in ``PARAMETERS``; a limit may be infinite.
    T : float
        [K].
    charge_number : float
        [1].

    Returns
    -------
    PolarisationFit

    Raises
    ------
    ValueError
        For too few points or too few different ones, voltages of one sign only, data whose current does not rise with
        the voltage, unknown names, fixed values that cannot be, and set currents beyond a fixed limit.

    Notes
    -----
    Least squares (exact slopes, within bounds) from twelve starts, in the resistances that
    film, transfer and diffusion have at rest; intervals by the profile of chi-square. The fits of `sslib.impedance` are
    of circuits to spectra, this is of a curve. The points must be steady: on the way
    to a limiting current that takes the square of the diffusion layer over the diffusivity.

    Examples
    --------
    >>> from sslib.interfaces import polarisation_current
    >>> volts = np.linspace(-0.4, 0.4, 41)
    >>> found = fit_polarisation(volts, polarisation_current(volts, 2.0, 30.0, 20.0, 5e-3, 0.4), noise=0.01)
    >>> {name: round(value, 4) for name, value in found.values.items()}
    {'exchange_current': 2.0, 'forward_limit': 30.0, 'backward_limit': 20.0, 'film_resistance': 0.005, 'alpha': 0.4}
    """
    fixed = dict(fixed or {})
    if not set(fixed) <= set(PARAMETERS):
        unknown = next(name for name in fixed if name not in PARAMETERS)
        raise ValueError(f"{unknown!r} is no parameter; they are {', '.join(PARAMETERS)}")
    if controlled not in get_args(Controlled):
        raise ValueError(f"controlled is {controlled!r}; it must be one of {', '.join(get_args(Controlled))}")
    check_positive(T=T, charge_number=charge_number, **({} if noise is None else {"noise": noise}))
    ordinary = {"exchange_current": 1.0, "film_resistance": 0.0, "alpha": 0.5} | dict.fromkeys(LIMITS, np.inf) | fixed
    resistances(*(ordinary[name] for name in PARAMETERS), T, charge_number)
    free = len(PARAMETERS) - len(fixed)
    voltage, current = _points(voltage, current_density, free)
    given = voltage if controlled == "voltage" else current
    if len(np.unique(given)) < free:
        raise ValueError(
            f"{controlled} was set to {len(np.unique(given))} different values; {free} parameters need at least as many"
        )
    for name, most in zip(LIMITS, (current.max(), -current.min()), strict=True):
        if controlled == "current" and most >= fixed.get(name, np.inf):
            raise ValueError(f"{name} is fixed at {fixed[name]:g} A/m2; it must be above {most:g}, which was set")
    problem = _Problem(voltage, current, controlled, fixed, float(thermal_voltage(T)) / charge_number)
    best, cost = min((problem.solve(start) for start in problem.starts()), key=lambda own: own[1])
    freedom = len(voltage) - free
    level = np.sqrt(cost / freedom) if noise is None else noise
    found = zip(problem.free, best * problem.units, strict=True)
    values = {name: float(problem.swap(name, x)) for name, x in found}
    values = {name: values.get(name, fixed.get(name)) for name in PARAMETERS}
    return PolarisationFit(
        values=values,
        free=problem.free,
        residuals=-problem.residuals(best)[0] / level,
        reduced_chi_square=cost / level**2 / freedom,
        noise=float(level),
        noise_stated=noise is not None,
        _problem=problem,
        _best=best,
    )


def _points(voltage, current, free):
    voltage, current = (np.asarray(values, dtype=float) for values in (voltage, current))
    if voltage.ndim != 1 or voltage.shape != current.shape:
        raise ValueError(
            f"voltage has the shape {voltage.shape} and current_density {current.shape}; both are (points,)"
        )
    if len(voltage) <= free:
        raise ValueError(f"there are {len(voltage)} points; {free} parameters need more than that")
    check_between(-np.inf, np.inf, voltage=voltage, current_density=current)
    if not (voltage > 0).any() or not (voltage < 0).any():
        raise ValueError(
            f"voltage runs from {voltage.min():g} to {voltage.max():g} V; both directions are needed, or the transfer "
            "coefficient and one limiting current are guessed"
        )
    near = _smallest(voltage)
    if not (voltage[near] * current[near]).sum() > 0:
        raise ValueError(
            "current_density falls with the voltage or is zero; positive voltages must drive positive currents"
        )
    return voltage, current


def _resistance_at_rest(voltage, current):
    """Resistance [ohm m2] of the line through the origin by the half of the points with the smallest voltages."""
    near = _smallest(voltage)
    return (voltage[near] ** 2).sum() / (voltage[near] * current[near]).sum()


def _smallest(voltage):
    """Indices of the half of the points with the smallest voltages."""
    return np.argsort(np.abs(voltage))[: max(4, len(voltage) // 2)]
