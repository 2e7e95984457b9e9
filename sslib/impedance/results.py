"""What a fit returns: values, intervals, and words for what the data leave open."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import stats

LEVEL = 0.95
PROBE = 4.0
"""Factor by which each positive parameter is moved to see whether the data exclude that."""


@dataclass(frozen=True)
class Verdict:
    """What a fit has to say besides its numbers: ``kind`` in the words below, the parameters it is about, a sentence.

    Kinds: "not determined", "rival solution", "rails exchangeable", "arcs exchangeable", "bound reached",
    "residuals exceed the noise", "residuals systematic", "not converged".
    """

    kind: str
    parameters: tuple[str, ...]
    text: str

    def __str__(self):
        return self.text


@dataclass(frozen=True)
class FitResult:
    """The outcome of `fit`.

    Attributes
    ----------
    values : dict
        Every parameter of the model, fixed ones included, in its unit.
    free : tuple of str
        The parameters that were fitted.
    chi_square, reduced_chi_square : float
        Sum of squared residuals over the noise variance, and the same per degree of freedom. Where no noise was
        stated it is estimated from these residuals, and the reduced value is 1 by construction.
    noise : float
        The noise that the intervals rest on: relative for the proportional error model, [ohm] for unit weights, and a
        factor on the given standard deviations otherwise.
    noise_stated : bool
    residuals : numpy.ndarray
        Model minus data over the model's magnitude (complex, [1]) for the proportional error model, else [ohm].
    covariance : numpy.ndarray
        Of the fitted coordinates (logarithm of a positive parameter), in the order of ``free``.
    rises : dict
        For each positive free parameter by how much chi-square rises when it is held at a quarter and at four times
        its value and the others are fitted again.
    at_bound : dict
        For each free parameter whether it ended at its lower and its upper bound.
    verdicts : tuple of Verdict
    rivals : tuple of (dict, float)
        Other solutions that the data cannot exclude, with how much larger their chi-square is.
    """

    model: object
    frequency: np.ndarray
    impedance: np.ndarray
    values: dict
    free: tuple
    chi_square: float
    degrees_of_freedom: int
    noise: float
    noise_stated: bool
    residuals: np.ndarray
    covariance: np.ndarray
    rises: dict
    at_bound: dict
    verdicts: tuple
    rivals: tuple

    @property
    def reduced_chi_square(self):
        return self.chi_square / self.degrees_of_freedom

    @property
    def fitted(self):
        """The model's impedance [ohm] at the data's frequencies."""
        return self.model.impedance(self.frequency, **self.values)

    @cached_property
    def standard_errors(self):
        """Standard error of each free parameter in its unit; infinite where the data do not limit it."""
        spread = np.sqrt(np.diagonal(self.covariance))
        return {
            name: float(sd * (self.values[name] if self._logarithmic[name] else 1))
            for name, sd in zip(self.free, spread, strict=True)
        }

    @property
    def correlation(self):
        """Correlation matrix of the fitted coordinates, in the order of ``free``."""
        spread = np.sqrt(np.diagonal(self.covariance))
        with np.errstate(invalid="ignore"):
            return self.covariance / np.outer(spread, spread)

    def _quantity(self, name):
        return next(parameter.quantity for parameter in self.model.parameters if parameter.name == name)

    @property
    def _logarithmic(self):
        return {parameter.name: parameter.quantity.logarithmic for parameter in self.model.parameters}

    def interval(self, name, level=LEVEL):
        """Interval of a parameter in its unit; an end that the data leave open is None.

        From the covariance of the fitted coordinate (the logarithm of a positive parameter). An end is open where the
        parameter reached its bound, or where moving it by a factor of four with the others fitted again is not
        excluded at this level; where that is excluded, no end lies beyond it. Within a factor of four the covariance
        can still be too narrow where chi-square is far from a parabola: a large ratio of ionic rail to charge transfer.
        """
        if name not in self.free:
            known = "it was held fixed" if name in self.values else f"known are {', '.join(self.free)}"
            raise ValueError(f"there is no interval for {name!r}: {known}")
        k, value = self.free.index(name), self.values[name]
        reach = self._quantile(level) * np.sqrt(self.covariance[k, k])
        below, above = self.open_ends(name, level)
        if self._logarithmic[name]:
            reach = min(reach, np.log(PROBE))
            low, high = value * np.exp(-reach), value * np.exp(reach)
        else:
            possible = self._quantity(name).possible
            low, high = max(value - reach, possible[0]), min(value + reach, possible[1])
        return None if below else float(low), None if above else float(high)

    def open_ends(self, name, level=LEVEL):
        """Whether the data leave a parameter open (below, above) at this level."""
        limit = stats.chi2.ppf(level, 1)
        rises = self.rises.get(name, (np.inf, np.inf))
        return tuple(bool(bound or rise < limit) for bound, rise in zip(self.at_bound[name], rises, strict=True))

    def _quantile(self, level):
        tail = 0.5 + level / 2
        return stats.norm.ppf(tail) if self.noise_stated else stats.t.ppf(tail, self.degrees_of_freedom)

    def table(self, truth=None, descriptions=None, level=LEVEL):
        """The parameters as a DataFrame: meaning, unit, value, ends of the interval (NaN where open), truth if given.

        Parameters
        ----------
        truth : dict, optional
            True values, where they are known.
        descriptions : dict, optional
            Words for parameters, in place of the element's own.
        level : float
            Of the interval.
        """
        import pandas as pd

        rows = {}
        for parameter in self.model.parameters:
            name = parameter.name
            low, high = self.interval(name, level) if name in self.free else (None, None)
            meaning = (descriptions or {}).get(name, parameter.meaning)
            row = {"meaning": meaning, "unit": parameter.unit, "value": self.values[name]}
            rows[name] = row | {"from": low, "to": high} | ({"truth": truth.get(name)} if truth else {})
        frame = pd.DataFrame.from_dict(rows, orient="index")
        numbers = frame.columns[2:]
        frame[numbers] = frame[numbers].astype(float)
        return frame

    def derive(self, function, level=LEVEL):
        """Value and interval of a positive quantity that follows from the parameters.

        Parameters
        ----------
        function : callable
            Takes the dictionary of values and returns a positive number.

        Returns
        -------
        value : float
        interval : tuple
            From the covariance, to first order in the fitted coordinates; both ends None where a parameter that
            matters to it is not determined.
        """
        value = float(function(self.values))
        slope = np.array([self._log_slope(function, name) for name in self.free])
        slope = np.where(np.abs(slope) > 1e-3, slope, 0)
        if any(any(self.open_ends(name, level)) for name, share in zip(self.free, slope, strict=True) if share):
            return value, (None, None)
        finite = np.where(np.isfinite(self.covariance), self.covariance, 0)
        reach = self._quantile(level) * np.sqrt(slope @ finite @ slope)
        return value, (float(value * np.exp(-reach)), float(value * np.exp(reach)))

    def _log_slope(self, function, name, width=1e-4):
        """Derivative of a function's logarithm by a fitted coordinate."""
        ends = []
        for sign in (-1, 1):
            value = self.values[name]
            shifted = value * np.exp(sign * width) if self._logarithmic[name] else value + sign * width
            ends.append(np.log(function({**self.values, name: shifted})))
        return (ends[1] - ends[0]) / (2 * width)


@dataclass(frozen=True)
class BatchResult:
    """The outcome of `fit_batch`: dictionaries of arrays, one entry per spectrum.

    ``standard_errors`` are in the parameters' units, infinite where a spectrum does not limit a parameter;
    ``chi_square`` is against the stated noise, or against 1 (relative or ohm) where none was stated, and
    ``reduced_chi_square`` that per degree of freedom.
    """

    values: dict
    standard_errors: dict
    chi_square: np.ndarray
    reduced_chi_square: np.ndarray
    converged: np.ndarray
    iterations: np.ndarray
