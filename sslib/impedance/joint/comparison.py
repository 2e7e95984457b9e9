"""Spectra fitted one by one beside their joint fit: what the joint fit adds to each."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sslib.formatting import estimate, number, unit_sign
from sslib.impedance.fitting.results import LEVEL, FitResult


def narrowing(alone, joint, name, level=LEVEL):
    """By what factor a joint fit narrows an interval: the width of its logarithm alone over that in the joint fit [1].

    Infinite where the spectrum alone leaves an end open; not a number where the joint fit does, too.

    Parameters
    ----------
    alone, joint : FitResult
    name : str
        Of a positive parameter of both.
    level : float
        Of the intervals.
    """
    before, after = alone.interval(name, level), joint.interval(name, level)
    if None in after or after[0] == 0:
        return float("nan")
    if None in before or before[0] == 0:
        return float("inf")
    return float(np.log(before[1] / before[0]) / np.log(after[1] / after[0]))


@dataclass(frozen=True, eq=False)
class Comparison:
    """Fits of single spectra by label, and the joint fit that they are held against."""

    alone: dict[str, FitResult]
    joint: FitResult

    @property
    def every(self):
        """By label every fit, that of all spectra as "joint"."""
        return {**self.alone, "joint": self.joint}

    @property
    def names(self):
        """Parameters of the joint fit that are positive, so that an interval has a width of the logarithm."""
        parameters = self.joint.model.parameters
        return tuple(p.name for p in parameters if p.name in self.joint.free and p.quantity.logarithmic)

    @cached_property
    def factors(self):
        """By label and by name the `narrowing` of the interval [1]."""
        return {
            label: {name: narrowing(own, self.joint, name) for name in self.names if name in own.free}
            for label, own in self.alone.items()
        }

    def factor(self, label, name):
        """The narrowing [1] of one interval, None where that spectrum was not fitted alone."""
        return self.factors.get(label, {}).get(name)

    def words(self, label, name):
        """The narrowing of one interval as a part of a sentence."""
        factor = self.factors[label][name]
        if np.isfinite(factor):
            return f"the interval of ln {name} narrows by a factor of {number(factor, 3)}"
        return f"the interval of ln {name}, open before, {'is closed' if factor == np.inf else 'stays open'}"

    def interval(self, label, name):
        """The interval of a parameter in one of the fits, or in the "joint" one, as text; empty where it has none."""
        result = self.every[label]
        return estimate(result.values[name], result.interval(name))[1] if name in result.free else ""

    def table(self, truth=None):
        """The intervals of each parameter as texts, fit by fit, as a DataFrame with the unit and true values if known.

        Parameters
        ----------
        truth : dict, optional
            True values by name.
        """
        import pandas as pd

        units = {parameter.name: unit_sign(parameter.unit) or "1" for parameter in self.joint.model.parameters}
        free = self.joint.free
        columns = {"unit": {name: units[name] for name in free}}
        columns |= {label: {name: self.interval(label, name) for name in free} for label in self.every}
        columns |= {"truth": {name: truth.get(name) for name in free}} if truth else {}
        return pd.DataFrame(columns)

    def factor_table(self):
        """The factors of narrowing as texts by spectrum, as a DataFrame; words where an interval was or is open."""
        import pandas as pd

        def text(factor):
            return "open alone" if factor == np.inf else "open" if np.isnan(factor) else number(factor, 3)

        columns = {label: {name: text(own) for name, own in factors.items()} for label, factors in self.factors.items()}
        return pd.DataFrame(columns).reindex(list(self.names))
