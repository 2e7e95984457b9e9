"""A number with its standard error, as evaluations hand it on to one another."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from sslib.checks import check_between, check_positive

LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A value with its standard error.

    Attributes
    ----------
    value : float
    error : float
        Standard error, in the unit of the value; of the logarithm where ``logarithmic``.
    freedom : float
        Degrees of freedom from which the error is known.
    logarithmic : bool
        Whether the logarithm of the value is what scatters evenly: of a positive quantity.

    Examples
    --------
    >>> low, high = Estimate(2.0, 0.1).interval()
    >>> round(low, 3), round(high, 3)
    (1.804, 2.196)
    """

    value: float
    error: float
    freedom: float = np.inf
    logarithmic: bool = False

    def __post_init__(self):
        check_between(-np.inf, np.inf, value=self.value)
        check_between(0, np.inf, error=self.error)
        if self.logarithmic:
            check_positive(value=self.value)

    @property
    def relative(self):
        """Standard error over the value [1]."""
        return self.error if self.logarithmic else self.error / abs(self.value)

    def interval(self, level=LEVEL):
        """Ends of the interval at that level, by Student's t."""
        check_between(0.01, 0.9999, level=level)
        reach = self.error * stdtrit(min(self.freedom, 1e9), 0.5 + level / 2)
        if self.logarithmic:
            return float(self.value * np.exp(-reach)), float(self.value * np.exp(reach))
        return float(self.value - reach), float(self.value + reach)

    def scaled(self, factor):
        """The same times a positive factor that is known."""
        check_positive(factor=factor)
        error = self.error if self.logarithmic else self.error * factor
        return Estimate(float(self.value * factor), float(error), self.freedom, self.logarithmic)


def estimate_of(value, interval=None, level=LEVEL, name="value"):
    """An Estimate from whatever states a positive quantity: an Estimate, a number, or a number with its interval.

    Parameters
    ----------
    value : Estimate or float
    interval : tuple of float, optional
        Its ends at that level, such as `FitResult.interval` gives them.
    level : float
    name : str
        What it is called where it is refused.

    Raises
    ------
    ValueError
        For an open end: what is not determined cannot be handed on.
    """
    if isinstance(value, Estimate):
        return value
    check_positive(**{name: value})
    if interval is None:
        return Estimate(float(value), 0.0, logarithmic=True)
    if any(end is None for end in interval):
        raise ValueError(
            f"{name} is {value:g} with an interval that is open ({interval}): the fit does not determine it; "
            "measure it so that both ends close (a wider band, or less noise), or state it with its error"
        )
    check_positive(**{f"interval of {name}": interval})
    width = np.log(interval[1] / interval[0])
    check_between(0, np.inf, **{f"width of the interval of {name}": width})
    return Estimate(float(value), float(width / 2 / stdtrit(1e9, 0.5 + level / 2)), logarithmic=True)


def product(value, *factors):
    """Estimate of a positive number that is a product of powers of independent positive Estimates.

    Parameters
    ----------
    value : float
        The number.
    *factors : tuple of (Estimate, float)
        Each with the exponent at which it enters.

    Examples
    --------
    >>> round(product(2.0, (Estimate(4.0, 0.4), 0.5)).error, 3)
    0.05
    """
    variances = [(exponent * own.relative) ** 2 for own, exponent in factors]
    total = sum(variances)
    # Welch and Satterthwaite: the error that is known least decides, by its share.
    known = sum(v**2 / own.freedom for v, (own, _) in zip(variances, factors, strict=True))
    return Estimate(float(value), float(np.sqrt(total)), total**2 / known if known else np.inf, logarithmic=True)


def mean(estimates):
    """Estimate of one positive number from independent ones of it, weighted by their errors.

    Examples
    --------
    >>> both = mean([Estimate(1.0, 0.1, logarithmic=True), Estimate(1.0, 0.1, logarithmic=True)])
    >>> both.value, round(both.error, 4)
    (1.0, 0.0707)
    """
    errors = np.array([max(own.relative, 1e-9) for own in estimates])
    weights = 1 / errors**2
    logs = np.log([own.value for own in estimates])
    freedom = sum(own.freedom for own in estimates)
    error = 1 / np.sqrt(weights.sum())
    return Estimate(float(np.exp(weights @ logs / weights.sum())), float(error), freedom, logarithmic=True)
