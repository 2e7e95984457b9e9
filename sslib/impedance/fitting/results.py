"""What a fit returns: values, intervals, and words for what the data leave open."""

from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np
from scipy.special import ndtri, stdtrit

from sslib.impedance.fitting.profile import Standing, derived_interval, intervals, log_slope

LEVEL = 0.95
PROBE = 4.0
"""Factor by which each positive parameter is moved to see whether the data exclude that."""


@dataclass(frozen=True)
class Verdict:
    """What a fit has to say besides its numbers: ``kind`` in the words below, the parameters it is about, a sentence.

    Kinds: "not determined", "barely determined", "known only together", "diffusion not reached", "arc hidden", "rival
    solution", "rails exchangeable", "arcs exchangeable", "parts exchangeable", "bound reached", "residuals exceed the
    noise", "residuals below the noise", "residuals systematic", "not converged"; of several spectra "spectra disagree",
    "without noise"; of relaxation times "ill-posed estimate", "outside the window", "peak uncertain", "not resolved",
    "peaks not separated", "number of peaks not determined", "regularisation at its limit", "tail or relaxation", "no
    ZARCs".
    `RangeVerdict` has those of Kramers-Kronig tests.
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
    setting, standing, profiles
        What the profiles of the intervals go on from, and those that were asked for by level.
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
    setting: object = field(repr=False)
    standing: Standing = field(repr=False)
    profiles: dict = field(repr=False, default_factory=dict)

    @property
    def variance(self):
        """Of the weighted residuals, as the intervals take it."""
        return self.standing.variance

    @property
    def reduced_chi_square(self):
        return self.chi_square / self.degrees_of_freedom

    @property
    def fitted(self):
        """The model's impedance [ohm] at the data's frequencies."""
        return self.model.impedance(self.frequency, **self.values)

    @property
    def relative_residuals(self):
        """Model minus data over the model's magnitude (complex, [1]), whatever the error model."""
        return (self.fitted - self.impedance) / np.abs(self.fitted)

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

    def correlations(self, above=0.0):
        """Correlations of the fitted coordinates by the pair of names, of at least that size; NaN ones left out."""
        pairs = combinations(range(len(self.free)), 2)
        named = {(self.free[i], self.free[k]): float(self.correlation[i, k]) for i, k in pairs}
        return {pair: value for pair, value in named.items() if abs(value) >= above}

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
        check_level(level)
        if level not in self.profiles:
            (ends,) = intervals(self.setting, [self.standing], [self._quantile(level)])
            self.profiles[level] = {name: _open_as_none(own) for name, own in zip(self.free, ends, strict=True)}
        return self.profiles[level]

    def _quantile(self, level):
        return quantile_of(level, self.degrees_of_freedom, self.noise_stated)

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
            Takes the dictionary of values, numbers within the fit's bounds and next to them, and returns a number that
            is positive at the solution.
        level : float
            Of the interval.

        Returns
        -------
        value : float
        interval : tuple
            From the profile likelihood: how far the quantity can go, all parameters fitted again, before chi-square
            forbids it; over all solutions that the data do not exclude. An end is None where a bound of the fit, or a
            factor of a thousand, comes first.
        """
        check_level(level)
        value = float(function(self.values))
        if not 0 < value < np.inf:
            raise ValueError(f"the derived quantity is {value:g} at the solution; it has to be positive and finite")
        slope = self._slopes(function, self.values)
        matters = np.flatnonzero(~(np.abs(slope) < 1e-7))
        if not len(matters):
            return value, (value, value)
        if len(matters) == 1 and self._follows(function, self.free[matters[0]], level):
            # One parameter alone: the ends of its own interval.
            name = self.free[matters[0]]
            ends = [
                None if end is None else float(function({**self.values, name: end}))
                for end in self.interval(name, level)
            ]
            return value, tuple(ends if slope[matters[0]] > 0 else ends[::-1])
        return value, _open_as_none(derived_interval(self.setting, self.standing, function, self._quantile(level)))

    def _slopes(self, function, values):
        """Derivatives of a function's logarithm by the fitted coordinates, in the order of ``free``."""
        return np.array([log_slope(function, values, p) for p in self.model.parameters if p.name in self.free])

    def _follows(self, function, name, level):
        """Whether a function goes one way with this parameter, and with no other, all over the parameter's interval.

        At the solution alone that could be otherwise elsewhere: the smaller of two follows now one, now the other.
        """
        ends = [self.values[name] if end is None else end for end in self.interval(name, level)]
        slopes = np.array(
            [self._slopes(function, {**self.values, name: value}) for value in (ends[0], self.values[name], ends[1])]
        )
        other = np.array(self.free) != name
        along = slopes[:, ~other]
        return bool(((along > 0).all() or (along < 0).all()) and (np.abs(slopes[:, other]) < 1e-7).all())


@dataclass(frozen=True)
class BatchResult:
    """The outcome of `fit_batch`: dictionaries of arrays, one entry per spectrum.

    ``standard_errors`` are in the parameters' units, infinite where a spectrum does not limit a parameter;
    ``chi_square`` is against the stated noise, or against 1 (relative or ohm) where none was stated, and
    ``reduced_chi_square`` that per degree of freedom. With intervals, ``intervals`` holds arrays of shape (spectra, 2),
    NaN for an end that is open, and ``doubtful`` says for which spectra `fit` would have a verdict about the parameter
    (not determined, rival solution, bound reached).
    """

    values: dict
    standard_errors: dict
    chi_square: np.ndarray
    reduced_chi_square: np.ndarray
    converged: np.ndarray
    iterations: np.ndarray
    level: float | None = None
    intervals: dict | None = None
    doubtful: dict | None = None

    def interval(self, name):
        """Ends of a parameter's intervals in its unit, two arrays; NaN for an end that the data leave open."""
        if self.intervals is None:
            raise ValueError("this batch was fitted without intervals; fit_batch(..., intervals=0.95) gives them")
        if name not in self.intervals:
            raise ValueError(f"there is no interval for {name!r}: known are {', '.join(self.intervals)}")
        return tuple(self.intervals[name].T)


def check_level(level):
    """Raise ValueError for what is no level of confidence."""
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; it must be between 0 and 1, such as 0.95")


def quantile_of(level, degrees_of_freedom, noise_stated):
    """Half the width of an interval in standard errors: normal, or Student's where the noise was estimated."""
    tail = 0.5 + level / 2
    return float(ndtri(tail) if noise_stated else stdtrit(degrees_of_freedom, tail))


def _open_as_none(ends):
    return tuple(None if np.isnan(end) else float(end) for end in ends)
