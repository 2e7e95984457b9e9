"""A step of the transmission-line model, and what comes of it on one electrode: error, check, fit."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from sslib.impedance.circuit import Circuit
from sslib.impedance.fitting import fit
from sslib.impedance.fitting.judgement import chi_square_quantile
from sslib.instruments import Spectrum

LEVEL = 0.95
AWAY = 1.5
"""Where a fit with a start of its own begins: every positive parameter so many times its true value [1]."""
CHANCE = 1e-3
"""A misfit shows if a true model would have so large a chi-square this rarely [1]."""


@dataclass(frozen=True, eq=False)
class Variant:
    """A model with its values for the electrode, and how it is fitted.

    Attributes
    ----------
    model : Circuit
    values : dict
        Of its parameters: those that the electrode would be given, mapped and not fitted.
    known : tuple of str
        Parameters that a fit takes as measured apart.
    derived : dict
        By name a function of the parameters and its unit: quantities that follow from a fit.
    starts_tried : int
        How many starting values a fit looks for by itself; with 0 it starts `AWAY` from the truth instead.
    label : str
        What a figure calls it.
    """

    model: Circuit
    values: dict
    known: tuple = ()
    derived: dict = field(default_factory=dict)
    starts_tried: int = 24
    label: str = ""

    @classmethod
    def of(cls, model, values, **settings):
        """A model with those of the values that it has parameters for."""
        return cls(model, {name: values[name] for name in model.names}, **settings)

    def impedance(self, frequency):
        """Impedance [ohm] at frequencies [Hz]."""
        return self.model.impedance(frequency, **self.values)


@dataclass(frozen=True, eq=False)
class Step:
    """One step: what it adds, who wrote it first, its model and that of the step before for one electrode.

    Attributes
    ----------
    number : int
    aspect : str
        Of the model, in a few words.
    adds : str
        What the step adds, a sentence.
    first : str
        Who wrote it first, with the place.
    ends : str
        Where it stops holding.
    now, before : Variant
        With the step, and without it.
    route : str
        The independent route of the check, in words.
    check : callable
        Without arguments: largest relative deviation of the model from that route [1].
    tolerance : float
        What the check must stay below [1].
    half : Variant, optional
        The step taken by half, where the step before is too far off to mislead anyone.
    same : dict
        Names of parameters by those of ``before`` and ``half``, where the same thing has another name with the step.
    of : str
        Unit of the grid: ``"Hz"``, or ``"s"`` for the step into time.
    """

    number: int
    aspect: str
    adds: str
    first: str
    ends: str
    now: Variant
    before: Variant
    route: str
    check: Callable
    tolerance: float
    half: Variant | None = None
    same: dict = field(default_factory=dict)
    of: str = "Hz"

    @property
    def title(self):
        return f"{self.number} {self.aspect}"

    @property
    def variants(self):
        """The step before, the step by half if there is one, and the step itself, by what a figure calls them."""
        half = {} if self.half is None else {self.half.label: self.half}
        return {"the step before": self.before, **half, "with the step": self.now}

    def means(self, name):
        """The parameter of the step's own model that a name of another variant stands for, None where there is none."""
        own = self.same.get(name, name)
        return own if own in self.now.model.names else None


@dataclass(frozen=True)
class Estimate:
    """What a fit says of one quantity whose truth is known; an end that the data leave open is None."""

    name: str
    unit: str
    value: float
    interval: tuple
    truth: float

    @property
    def holds(self):
        """Whether the interval holds the truth."""
        low, high = self.interval
        return (low is None or low <= self.truth) and (high is None or self.truth <= high)

    @property
    def is_open(self):
        return None in self.interval

    @property
    def factor(self):
        """Value over truth [1]."""
        return self.value / self.truth


@dataclass(frozen=True, eq=False)
class Fitted:
    """A model fitted to synthetic data: estimates, reduced chi-square [1] and its degrees of freedom."""

    estimates: tuple
    chi_square: float
    freedom: int

    @property
    def misfit_shows(self):
        """Whether the residuals are larger than chance leaves them, at the stated noise."""
        return self.chi_square * self.freedom > chi_square_quantile(1 - CHANCE, self.freedom)

    @property
    def missed(self):
        """Estimates whose interval excludes the truth, the furthest off first."""
        wrong = [estimate for estimate in self.estimates if not estimate.holds]
        return sorted(wrong, key=lambda estimate: -abs(np.log(estimate.factor)))


@dataclass(frozen=True, eq=False)
class Outcome:
    """What comes of a step on the electrode.

    Attributes
    ----------
    step : Step
    grid : numpy.ndarray
        Frequencies [Hz], or times [s] for the step into time.
    response, before, half : numpy.ndarray
        On the grid with the step, without it, and by half (None if there is no half): impedance [ohm] or voltage [V].
    check : float
        Deviation of the model from its independent route [1].
    fitted, fitted_before, fitted_half : Fitted
        The models fitted to the response with the step and noise.
    """

    step: Step
    grid: np.ndarray
    response: np.ndarray
    before: np.ndarray
    check: float
    fitted: Fitted
    fitted_before: Fitted
    half: np.ndarray | None = None
    fitted_half: Fitted | None = None

    def deviation(self, other):
        """Deviation [1] of another response on the grid, such as that of the step before: relative to the impedance
        there, or to the largest voltage.
        """
        size = np.abs(self.response)
        return np.abs(other - self.response) / (size.max() if self.step.of == "s" else size)

    @property
    def error(self):
        """Largest relative deviation of the step before [1]."""
        return float(self.deviation(self.before).max())

    @property
    def error_at(self):
        """Where on the grid that is."""
        return float(self.grid[self.deviation(self.before).argmax()])

    @property
    def misleading(self):
        """Of the step before and the half step the one that fits the data better, with what a figure calls it."""
        fits = {"the step before": self.fitted_before}
        if self.fitted_half is not None:
            fits[self.step.half.label] = self.fitted_half
        return min(fits.items(), key=lambda pair: pair[1].chi_square)

    @property
    def misleading_error(self):
        """Largest relative deviation of that one [1], with the electrode's own values."""
        return self.error if self.misleading[1] is self.fitted_before else self.half_error

    @property
    def half_error(self):
        """Largest relative deviation of the step taken by half [1], None where there is none."""
        return None if self.half is None else float(self.deviation(self.half).max())


def noisy(frequency, impedance, noise, seed):
    """A spectrum with normal errors of that part of its magnitude in the real and in the imaginary part."""
    chance = np.random.default_rng(seed).standard_normal((len(frequency), 2)) @ [1, 1j]
    return Spectrum(frequency, impedance + noise * np.abs(impedance) * chance)


def examine(step, frequency, noise=0.003, seed=1):
    """Error of the step before, check against an independent route, and fits of all variants to one spectrum.

    Parameters
    ----------
    step : Step
    frequency : array_like
        Frequencies [Hz], shape (frequencies,).
    noise : float
        Relative standard deviation of each part [1].
    seed : int
        Of the noise.

    Returns
    -------
    Outcome

    Raises
    ------
    ValueError
        For frequencies or values that are impossible.
    """
    frequency = np.asarray(frequency, dtype=float)
    exact = step.now.impedance(frequency)
    spectrum = noisy(frequency, exact, noise, [seed, step.number])
    half, fitted_half = None, None
    if step.half is not None:
        half, fitted_half = step.half.impedance(frequency), fitted(step.half, spectrum, noise, step.means)
    return Outcome(
        step=step,
        grid=frequency,
        response=exact,
        before=step.before.impedance(frequency),
        check=float(step.check()),
        fitted=fitted(step.now, spectrum, noise, step.means),
        fitted_before=fitted(step.before, spectrum, noise, step.means),
        half=half,
        fitted_half=fitted_half,
    )


def fitted(variant, spectrum, noise, means):
    """A variant fitted to a spectrum: what it says of the parameters that ``means`` finds in the step's own model."""
    model, truth = variant.model, variant.values
    fixed = {name: truth[name] for name in variant.known}
    free = [parameter for parameter in model.parameters if parameter.name not in fixed]
    starts = None
    if not variant.starts_tried:
        starts = {p.name: truth[p.name] * (AWAY if p.quantity.logarithmic else 1) for p in free}
    result = fit(model, spectrum, fixed=fixed, noise=noise, starts=starts, starts_tried=variant.starts_tried)
    estimates = [
        Estimate(p.name, p.unit, result.values[p.name], result.interval(p.name, LEVEL), truth[p.name])
        for p in free
        if means(p.name)
    ]
    for name, (function, unit) in variant.derived.items():
        value, interval = result.derive(function, LEVEL)
        estimates.append(Estimate(name, unit, value, interval, float(function(truth))))
    return Fitted(tuple(estimates), float(result.reduced_chi_square), result.degrees_of_freedom)
