"""What a fit returns: values, intervals, and words for what the data leave open."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.special import ndtri, stdtrit

from sslib.impedance.profile import profile

LEVEL = 0.95
PROBE = 4.0
"""Factor by which each positive parameter is moved to see whether the data exclude that."""


@dataclass(frozen=True)
class Verdict:
    """What a fit has to say besides its numbers: ``kind`` in the words below, the parameters it is about, a sentence.

    Kinds: "not determined", "rival solution", "rails exchangeable", "arcs exchangeable", "bound reached",
    "residuals exceed the noise", "residuals below the noise", "residuals systematic", "not converged".
    """

    kind: str
    parameters: tuple[str, ...]
    text: str

    def __str__(self):
        return self.text


@dataclass(frozen=True, repr=False)
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
    basins, setting, variance
        What the profiles of the intervals go on from.
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
    basins: tuple = field(repr=False)
    setting: object = field(repr=False)
    variance: float

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

    @property
    def _logarithmic(self):
        return {parameter.name: parameter.quantity.logarithmic for parameter in self.model.parameters}

    def interval(self, name, level=LEVEL):
        """Interval of a parameter in its unit; an end that the data leave open is None.

        From the profile likelihood: an end is where chi-square, all other parameters fitted again, has risen by the
        square of the normal (or, for an estimated noise, Student's) quantile. Where the data do not exclude another
        solution, the interval spans both. An end is open where the fit's bound, or a factor of a thousand, is not
        excluded.
        """
        if name not in self.free:
            known = "it was held fixed" if name in self.values else f"known are {', '.join(self.free)}"
            raise ValueError(f"there is no interval for {name!r}: {known}")
        return self._profile(level)[name]

    def _profile(self, level):
        if not 0 < level < 1:
            raise ValueError(f"level is {level}; it must be between 0 and 1, such as 0.95")
        if level not in self._profiles:
            spread, quantile = np.sqrt(np.diagonal(self.covariance)), self._quantile(level)
            values = np.array([self.values[name] for name in self.model.names])
            cost = self.chi_square * self.noise**2
            ends = profile(self.setting, values, cost, 0.0, spread, self.variance, quantile)
            for other, other_cost in self.basins:
                rise = np.sqrt(max(other_cost - cost, 0) / self.variance)
                if rise < quantile:
                    there = profile(self.setting, other, other_cost, rise, spread, self.variance, quantile)
                    ends = {name: _hull(ends[name], there[name]) for name in ends}
            self._profiles[level] = ends
        return self._profiles[level]

    @cached_property
    def _profiles(self):
        return {}

    def _quantile(self, level):
        tail = 0.5 + level / 2
        return float(ndtri(tail) if self.noise_stated else stdtrit(self.degrees_of_freedom, tail))

    def table(self, truth=None, descriptions=None, level=LEVEL):
        """The parameters as a DataFrame: value, ends of the interval (NaN where open), truth if given, unit, meaning.

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
            row = {"value": self.values[name], "from": low, "to": high}
            row |= {"truth": truth.get(name)} if truth else {}
            rows[name] = row | {"unit": parameter.unit, "meaning": meaning}
        frame = pd.DataFrame.from_dict(rows, orient="index")
        numbers = frame.columns[:-2]
        frame[numbers] = frame[numbers].astype(float)
        return frame

    def __str__(self):
        scatter = np.sqrt(np.mean(np.abs(self.residuals) ** 2) / 2)
        lines = [
            f"reduced chi-square {self.reduced_chi_square:.3g} at a noise of {self.noise:.3g}; "
            f"root mean square of the residuals {scatter:.3g} in each part",
            self.table().to_string(float_format=lambda x: f"{x:.4g}", na_rep="open"),
            *(f"- {verdict}" for verdict in self.verdicts),
        ]
        return "\n".join(lines)

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
            That of the parameter where it depends on one alone, else from the covariance, to first order in the
            fitted coordinates; both ends None where a parameter that matters has no standard error or is at a bound.
        """
        value = float(function(self.values))
        slope = np.array([self._log_slope(function, name) for name in self.free])
        matters = np.abs(slope) > 1e-7
        if matters.sum() == 1:
            # One parameter alone: the ends of its own interval, whatever the shape of chi-square.
            name = self.free[int(np.argmax(matters))]
            ends = [
                None if end is None else float(function({**self.values, name: end}))
                for end in self.interval(name, level)
            ]
            return value, tuple(ends if slope.sum() > 0 else ends[::-1])
        covariance = self.covariance[np.ix_(matters, matters)]
        bounded = [any(self.at_bound[name]) for name in np.array(self.free)[matters]]
        if not np.isfinite(covariance).all() or any(bounded):
            return value, (None, None)
        reach = self._quantile(level) * np.sqrt(slope[matters] @ covariance @ slope[matters])
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


def _hull(first, second):
    """The interval that holds both; an open end stays open."""
    lows, highs = zip(first, second, strict=True)
    return None if None in lows else min(lows), None if None in highs else max(highs)
