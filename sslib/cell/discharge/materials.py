"""Materials that take up lithium, as a discharge sees them."""

import copy

import numpy as np
from scipy.interpolate import CubicSpline, PPoly

from sslib.checks import check_between, check_positive
from sslib.kinetics import thermal_voltage
from sslib.units import reference_temperature

KT = thermal_voltage(reference_temperature)


class Insertion:
    """A material that takes up lithium: potential and exchange current against stoichiometry.

    Parameters
    ----------
    stoichiometry : array_like
        Increasing, between 0 and 1, at least four values.
    potential : array_like
        Open-circuit potential against lithium [V].
    exchange_current : array_like
        Exchange-current density; only its ratios matter, so any unit will do.

    Notes
    -----
    Between the points both are cubic splines; the exchange current as a multiple of sqrt(x (1 - x)), by which it
    vanishes where the sites are full or empty. Beyond the points the multiple stays, and the potential goes on as its
    last cubic plus (RT/F) ln((1 - x)/(1 - x_last)) at 25 °C, by which the last sites cost ever more: a surface may fill
    while the mean of its particle lies within the table, and without an end a full cell of the electrode would have no
    potential.
    """

    def __init__(self, stoichiometry, potential, exchange_current):
        x = np.asarray(stoichiometry, dtype=float)
        check_between(0, 1, stoichiometry=x)
        check_positive(exchange_current=exchange_current)
        if x.ndim != 1 or len(x) < 4 or not (np.diff(x) > 0).all():
            raise ValueError(f"stoichiometry has {x.size} values; it must be one row of at least 4, increasing")
        self.range = x[0], x[-1]
        multiple = np.asarray(exchange_current) / np.sqrt(x * (1 - x))
        both = CubicSpline(x, np.stack([np.asarray(potential, dtype=float), multiple], axis=-1))
        slopes = both.derivative().c
        # Potential, multiple and their slopes as one polynomial: a discharge asks for all four at every step.
        self._all = PPoly(np.concatenate([both.c, np.concatenate([np.zeros_like(slopes[:1]), slopes])], axis=-1), x)

    def potential(self, x):
        """Open-circuit potential [V]."""
        return self._all(x)[..., 0] + self._filling(x)[0]

    def slope(self, x):
        """Slope of the open-circuit potential [V] by stoichiometry."""
        return self._all(x)[..., 2] + self._filling(x)[1]

    def against(self, potential):
        """The same material against a counter electrode of a constant potential against lithium [V] (Insertion)."""
        check_between(-5, 5, potential=potential)
        other = copy.copy(self)
        other._all = PPoly(self._all.c.copy(), self._all.x)
        other._all.c[-1, :, 0] -= potential
        return other

    def _filling(self, x):
        """What filling the last sites adds to the potential [V], and its slope."""
        left, last = 1 - np.asarray(x, dtype=float), 1 - self.range[1]
        beyond = left < last
        if not beyond.any():
            return 0.0, 0.0
        with np.errstate(divide="ignore"):
            added = np.where(beyond, KT * np.log(np.where(beyond, left, last) / last), 0.0)
            slope = np.where(beyond, -KT / np.where(beyond, left, 1.0), 0.0)
        return added, slope

    def stoichiometry(self, potential):
        """Highest stoichiometry at which the open-circuit potential [V] is still reached [1], at most full."""
        x = np.linspace(self.range[0], 1.0, 20001)
        reached = self.potential(x) >= potential
        return float(x[reached][-1]) if reached.any() else self.range[0]

    def kinetics(self, x, reference=0.5):
        """Potential [V], exchange current over that at the reference stoichiometry, and the slopes of both."""
        middle = np.clip(reference, *self.range)
        scale = self._all(middle)[..., 1] * np.sqrt(reference * (1 - reference))
        potential, multiple, slope, multiple_slope = np.moveaxis(self._all(x), -1, 0)
        below, above = x < self.range[0], x > self.range[1]
        if below.any() or above.any():
            first, last = self._all(self.range)[:, 1]
            multiple = np.where(below, first, np.where(above, last, multiple))
            multiple_slope = np.where(below | above, 0.0, multiple_slope)
        root = np.sqrt(x * (1 - x))
        ratio = multiple * root / scale
        ratio_slope = (multiple_slope * root + multiple * (1 - 2 * x) / (2 * root)) / scale
        added, added_slope = self._filling(x)
        return potential + added, ratio, slope + added_slope, ratio_slope
