"""Bootstrap of a fit: the spectrum drawn again many times, and fitted again each time."""

from dataclasses import dataclass, field

import numpy as np

from sslib.impedance.fitting.fits import fit_batch
from sslib.impedance.fitting.results import LEVEL, check_level

DRAWS = 500
KINDS = ("parametric", "residual")


@dataclass(frozen=True)
class Bootstrap:
    """The outcome of `bootstrap`.

    Attributes
    ----------
    samples : dict
        For each free parameter its fitted values, one for each draw, in its unit.
    chi_square : numpy.ndarray
        Of each draw's fit.
    converged : numpy.ndarray
    kind : str
        "parametric" or "residual".
    at_bound : dict
        For each free parameter whether each draw ended at the fit's lower and at its upper bound, shape (draws, 2); a
        limit of physics (alpha = 1) is none.
    """

    samples: dict
    chi_square: np.ndarray
    converged: np.ndarray
    kind: str
    at_bound: dict = field(repr=False)
    fixed: dict = field(repr=False)

    def interval(self, name, level=LEVEL):
        """Percentile interval of a parameter in its unit; an end is None where the draws run into the fit's bound."""
        check_level(level)
        if name not in self.samples:
            raise ValueError(f"there are no samples of {name!r}: known are {', '.join(self.samples)}")
        tail = (1 - level) / 2
        low, high = np.quantile(self.samples[name], [tail, 1 - tail])
        open_ends = self.at_bound[name].mean(axis=0) > tail
        return None if open_ends[0] else float(low), None if open_ends[1] else float(high)

    def derive(self, function, level=LEVEL):
        """Percentile interval of a quantity that follows from the parameters: ``function`` takes their dictionary.

        Both ends are numbers, also where draws ran into a bound of the fit; `FitResult.derive` says which are open.
        """
        check_level(level)
        draws = len(self.chi_square)
        values = [function({**self.fixed, **{n: float(v[k]) for n, v in self.samples.items()}}) for k in range(draws)]
        low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
        return float(low), float(high)


def bootstrap(result, kind="parametric", draws=DRAWS, seed=0, executor=None):
    """Scatter of a fit's parameters when its spectrum is drawn again from the fitted model and its noise.

    Parameters
    ----------
    result : FitResult
    kind : {"parametric", "residual"}
        Noise drawn from a normal distribution of the fit's noise, or from the fit's own weighted residuals, with
        replacement, real and imaginary parts together, scaled up for the degrees of freedom that the fit has taken.
    draws : int
        How many spectra; an end of a 95 % interval from 500 is itself uncertain by about a tenth of a standard error.
    seed : int
    executor : concurrent.futures.Executor, optional
        As for `fit_batch`.

    Returns
    -------
    Bootstrap

    Raises
    ------
    ValueError
        For an unknown kind or fewer than two draws.

    Notes
    -----
    What it is good for: noise that is not normal (residual), and a check of the profile that shares none of its
    assumptions about the shape of chi-square. Where it stops: a percentile interval is right where the estimate's
    scatter is the same around the truth as around the fit, and mirrored. On an open ridge it is not, and the samples
    gather where the fits stop; trust `FitResult.interval` there. Each draw is fitted from this fit's solution and
    from its rivals, not searched anew, so that a basin that the fit did not see stays unseen. Residuals are drawn as
    if independent: where the fit says that they are systematic, neither kind covers that.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; allowed are {', '.join(KINDS)}")
    if draws < 2:
        raise ValueError(f"draws is {draws}; a scatter takes at least two")
    setting, rng = result.setting, np.random.default_rng(seed)
    fitted, weights = result.fitted, result.standing.weights
    shape = (draws, 2, len(fitted))
    if kind == "parametric":
        noise = np.sqrt(result.variance) * rng.standard_normal(shape)
    else:
        weighted = (result.impedance - fitted) * weights
        pool = np.concatenate([weighted.real, weighted.imag])
        pool = (pool - pool.mean()) * np.sqrt(len(pool) / result.degrees_of_freedom)
        noise = rng.choice(pool, shape)
    data = fitted + (noise[:, 0] + 1j * noise[:, 1]) / weights
    bounds = {
        name: tuple(own) for name, own in zip(setting.names, setting.bounds.T, strict=True) if name in result.free
    }
    settings = {
        "fixed": setting.fixed,
        "bounds": bounds,
        "noise": float(np.sqrt(result.variance)),
        "executor": executor,
    }
    settings["error"] = "proportional" if setting.proportional else 1 / setting.weights
    values = {name: np.empty(draws) for name in result.free}
    chi_square, converged = np.full(draws, np.inf), np.zeros(draws, dtype=bool)
    for start in (result.values, *(values for values, _ in result.rivals)):
        starts = {name: start[name] for name in result.free}
        batch = fit_batch(result.model, result.frequency, data, starts=starts, **settings)
        better = batch.chi_square < chi_square
        for name, own in values.items():
            own[better] = batch.values[name][better]
        chi_square[better], converged[better] = batch.chi_square[better], batch.converged[better]
    every = np.stack([values.get(name, np.full(draws, np.nan)) for name in setting.names], axis=1)
    at_bounds = setting.at_bounds(every).transpose(2, 1, 0)
    at_bound = {name: own for name, own in zip(setting.names, at_bounds, strict=True) if name in values}
    return Bootstrap(values, chi_square, converged, kind, at_bound, dict(setting.fixed))
