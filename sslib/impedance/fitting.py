"""Fits of circuits to spectra, with what they know and what they do not."""

import numpy as np
from scipy import stats

from sslib.checks import check_positive
from sslib.impedance.circuit import Grid, check_names, check_possible
from sslib.impedance.minimise import Problem, minimise
from sslib.impedance.results import LEVEL, PROBE, BatchResult, FitResult, Verdict
from sslib.impedance.starts import StartDictionary

STARTS = 24
BATCH_STARTS = 8
FIRST_LOOK = 20
ITERATIONS = 100


class _Setting:
    """The arguments that `fit` and `fit_batch` share, checked, as a problem to minimise."""

    def __init__(self, model, frequency, impedances, fixed, bounds, error, noise):
        self.model, self.impedances = model, impedances
        self.names = model.names
        fixed, bounds = dict(fixed or {}), dict(bounds or {})
        check_names(self.names, fixed)
        check_names(self.names, bounds)
        for parameter in model.parameters:
            if parameter.name in fixed:
                check_possible(parameter, fixed[parameter.name])
        if noise is not None:
            check_positive(noise=noise)
        self.noise = noise
        check_positive(frequency=frequency)
        if not np.isfinite(impedances).all():
            raise ValueError("the impedance holds values that are not finite")
        if not impedances.all():
            raise ValueError("the impedance holds zeros, which have no relative error")
        self.free = np.array([name not in fixed for name in self.names])
        self.free_names = tuple(name for name in self.names if name not in fixed)
        self.fixed = fixed
        self.bounds = np.array([self._bounds(parameter, bounds) for parameter in model.parameters]).T
        self.grid = Grid(2 * np.pi * frequency)
        points = impedances.shape[1]
        self.degrees_of_freedom = 2 * points - len(self.free_names)
        if self.degrees_of_freedom < 1:
            raise ValueError(f"{points} frequencies do not determine {len(self.free_names)} free parameters")
        self.proportional = isinstance(error, str) and error == "proportional"
        if self.proportional:
            self.weights = None
        elif isinstance(error, str) and error == "unit":
            self.weights = np.ones(impedances.shape)
        elif isinstance(error, str):
            raise ValueError(f"error is {error!r}; allowed are 'proportional', 'unit' or standard deviations [ohm]")
        else:
            check_positive(error=error)
            self.weights = 1 / np.broadcast_to(np.asarray(error, dtype=float), impedances.shape)
            self.noise = 1.0 if noise is None else noise

    def _bounds(self, parameter, bounds):
        quantity = parameter.quantity
        lowest, highest = bounds.get(parameter.name, (quantity.lowest, quantity.highest))
        check_possible(parameter, [lowest, highest])
        if not lowest < highest or (quantity.logarithmic and lowest <= 0):
            raise ValueError(
                f"bounds of {parameter.name} are {lowest:g} to {highest:g} {quantity.unit}; "
                f"allowed is {'0 < ' * quantity.logarithmic}lowest < highest"
            )
        return lowest, highest

    def given_starts(self, starts):
        """Starting values named by the caller, shape (spectra, 1, parameters)."""
        starts = {**starts, **self.fixed}
        check_names(self.names, starts, complete=True)
        for parameter in self.model.parameters:
            check_possible(parameter, starts[parameter.name])
        columns = [np.broadcast_to(np.asarray(starts[name], dtype=float), len(self.impedances)) for name in self.names]
        return np.stack(columns, axis=1)[:, None]

    def found_starts(self, count):
        omega = self.grid.omega if self.grid.omega.ndim == 1 else self.grid.omega[0]
        weights = 1 / np.abs(self.impedances) if self.weights is None else self.weights
        starts = StartDictionary(self.model, omega).choose(self.impedances, weights, count)
        for name, value in self.fixed.items():
            starts[:, :, self.names.index(name)] = value
        return starts

    def minimise(self, starts, spectra, max_iterations, bounds=None):
        """Fit each start (starts, parameters) to its spectrum."""
        weights = None if self.weights is None else self.weights[spectra]
        bounds = self.bounds if bounds is None else bounds
        problem = Problem(self.model, self.grid.take(spectra), self.free, bounds, weights)
        return minimise(problem, self.impedances[spectra], starts, max_iterations)

    def labelled(self, solution):
        """The solutions with what is exchangeable in the circuit's stated labelling."""
        solution = solution.take(np.arange(len(solution.cost)))
        for exchange in self.exchanges:
            first, second = ([self.names.index(name) for name in names] for names in (exchange.first, exchange.second))
            values = solution.values
            rows = np.flatnonzero(exchange.rank(values[:, first]) < exchange.rank(values[:, second]))
            values[np.ix_(rows, first + second)] = values[np.ix_(rows, second + first)]
            first, second = (
                [self.free_names.index(name) for name in names] for names in (exchange.first, exchange.second)
            )
            order = np.arange(len(self.free_names))
            order[first + second] = second + first
            solution.hessian[rows] = solution.hessian[rows][:, order][:, :, order]
        return solution

    @property
    def exchanges(self):
        """What nothing tells apart: all its parameters free, within the same bounds, each in one place."""
        places = [slot.name for slot in self.model.slots]
        for exchange in self.model.exchanges:
            both = (*exchange.first, *exchange.second)
            if all(name in self.free_names and places.count(name) == 1 for name in both):
                first, second = (
                    self.bounds[:, [self.names.index(name) for name in names]]
                    for names in (exchange.first, exchange.second)
                )
                if np.array_equal(first, second):
                    yield exchange


def covariance_of(hessian, variance):
    """Inverse of normal equations times the variance; infinite for what they do not limit.

    ``hessian`` has shape (spectra, free, free), ``variance`` (spectra,).
    """
    scale = np.sqrt(np.einsum("nkk->nk", hessian))
    dead = scale == 0
    scale = np.where(dead, 1, scale)
    values, vectors = np.linalg.eigh(hessian / (scale[:, :, None] * scale[:, None, :]))
    weak = values < 1e-13
    inverse = np.einsum("njk,nk,nlk->njl", vectors, 1 / np.where(weak, np.inf, values), vectors)
    covariance = inverse / (scale[:, :, None] * scale[:, None, :]) * variance[:, None, None]
    # A direction without curvature leaves every parameter that takes part in it unlimited.
    loose = dead | (np.einsum("njk,nk->nj", vectors**2, weak) > 1e-6)
    diagonal = np.arange(hessian.shape[-1])
    covariance[:, diagonal, diagonal] = np.where(loose, np.inf, covariance[:, diagonal, diagonal])
    return covariance


def fit_batch(
    model, frequency, impedances, *, starts=None, fixed=None, bounds=None, error="proportional", noise=None,
    starts_tried=BATCH_STARTS,
):  # fmt: skip
    """Fit one circuit to many spectra on the same frequencies.

    Parameters
    ----------
    model : Circuit
    frequency : array_like
        Frequencies [Hz], shape (frequencies,).
    impedances : array_like
        Complex impedances [ohm], shape (spectra, frequencies).
    starts : dict, optional
        Starting value of each free parameter: numbers or arrays of shape (spectra,). Without it the starts come from
        the data, and ``starts_tried`` basins are tried.
    fixed : dict, optional
        Parameters held at a value.
    bounds : dict, optional
        Pairs (lowest, highest) in the parameter's unit that replace the declared ones.
    error : {"proportional", "unit"} or array_like
        Error model: standard deviation proportional to the model's magnitude, equal for all points, or known [ohm]
        (broadcast to the impedances; the same for the real and the imaginary part).
    noise : float, optional
        The noise level, relative for "proportional", [ohm] for "unit". Without it, it is estimated from each
        spectrum's residuals.

    Returns
    -------
    BatchResult

    Raises
    ------
    ValueError
        For shapes that do not fit, values that are not finite, unknown names, impossible values.
    """
    frequency, impedances = np.asarray(frequency, dtype=float), np.asarray(impedances, dtype=complex)
    if impedances.ndim != 2 or frequency.shape != impedances.shape[1:]:
        raise ValueError(
            f"impedances have shape {impedances.shape} and frequency {frequency.shape}; "
            "(spectra, frequencies) and (frequencies,) go together"
        )
    setting = _Setting(model, frequency, impedances, fixed, bounds, error, noise)
    spectra = np.arange(len(impedances))
    if starts is not None:
        solution = setting.minimise(setting.given_starts(starts)[:, 0], spectra, ITERATIONS)
    else:
        tried = setting.found_starts(starts_tried)
        count = tried.shape[1]
        looked = setting.minimise(tried.reshape(-1, len(model.names)), np.repeat(spectra, count), FIRST_LOOK)
        order = np.argsort(looked.cost.reshape(-1, count), axis=1)[:, :2] + count * spectra[:, None]
        finished = setting.minimise(looked.values[order.ravel()], np.repeat(spectra, order.shape[1]), ITERATIONS)
        best = np.argmin(finished.cost.reshape(order.shape), axis=1) + order.shape[1] * spectra
        solution = finished.take(best)
    solution = setting.labelled(solution)
    values, hessian = solution.values, solution.hessian
    own = solution.cost / setting.degrees_of_freedom
    variance = own if setting.noise is None else np.full(len(own), setting.noise**2)
    spread = np.sqrt(np.einsum("nkk->nk", covariance_of(hessian, variance)))
    logarithmic = {parameter.name: parameter.quantity.logarithmic for parameter in model.parameters}
    by_name = dict(zip(model.names, values.T, strict=True))
    chi_square = solution.cost / (1 if setting.noise is None else setting.noise**2)
    return BatchResult(
        values=by_name,
        standard_errors={
            name: sd * (by_name[name] if logarithmic[name] else 1)
            for name, sd in zip(setting.free_names, spread.T, strict=True)
        },
        chi_square=chi_square,
        reduced_chi_square=chi_square / setting.degrees_of_freedom,
        converged=solution.converged,
        iterations=solution.iterations,
    )


def fit(model, spectrum, *, starts=None, fixed=None, bounds=None, error="proportional", noise=None):
    """Fit a circuit to a spectrum and say what the spectrum does not determine.

    Parameters
    ----------
    model : Circuit
    spectrum : Spectrum
        Anything with ``frequency`` [Hz] and complex ``impedance`` [ohm], each of shape (frequencies,).
    starts, fixed, bounds, error, noise
        As for `fit_batch`. No starting values are needed.

    Returns
    -------
    FitResult
        The solution of least chi-square found. Every positive parameter has been moved by a factor of four either
        way, the others fitted again, to see whether the data exclude that.

    Raises
    ------
    ValueError
        For values that are not finite, unknown names, impossible values, more parameters than data.

    Notes
    -----
    The proportional error model takes its weights from the model, not the data, so that noise does not bias them.
    Where the residuals exceed a stated noise beyond chance (one in a thousand), the covariance is widened to the
    residuals' own scatter, and a verdict says so.
    """
    frequency = np.asarray(spectrum.frequency, dtype=float)
    impedance = np.asarray(spectrum.impedance, dtype=complex)
    if frequency.ndim != 1 or frequency.shape != impedance.shape:
        raise ValueError(
            f"frequency has shape {frequency.shape} and impedance {impedance.shape}; both are (frequencies,)"
        )
    setting = _Setting(model, frequency, impedance[None], fixed, bounds, error, noise)
    tried = setting.found_starts(STARTS) if starts is None else setting.given_starts(starts)
    found = setting.labelled(setting.minimise(tried[0], np.zeros(len(tried[0]), dtype=int), 2 * ITERATIONS))
    probes, sides, released = _probe(setting, found)
    while released.cost.min() < found.cost.min() * (1 - 1e-6):
        # A probe fell into a deeper basin: go on from there.
        found = released
        probes, sides, released = _probe(setting, found)
    return _Report(setting, frequency, found, probes, sides, released).result()


def _probe(setting, found):
    """Refit with each positive parameter held at four times and a quarter of its value, then let go.

    Returns the held solutions, what was held in each as (name, side), and the solutions after release.
    """
    best = int(np.argmin(found.cost))
    logarithmic = {p.name for p in setting.model.parameters if p.quantity.logarithmic}
    sides = [(name, side) for name in setting.free_names if name in logarithmic for side in (-1, 1)]
    starts = np.repeat(found.values[best : best + 1], len(sides), axis=0)
    bounds = np.repeat(setting.bounds[:, None], len(sides), axis=1)
    for row, (name, side) in enumerate(sides):
        k = setting.names.index(name)
        starts[row, k] *= PROBE**side
        bounds[:, row, k] = starts[row, k]
        for exchange in setting.exchanges:
            # Within the labelling: a rail pushed past the other would only take its name.
            if exchange.kind == "rails exchangeable":
                (larger,), (smaller,) = exchange.first, exchange.second
                if (name, side) == (larger, -1):
                    bounds[1, row, setting.names.index(smaller)] = starts[row, k]
                if (name, side) == (smaller, 1):
                    bounds[0, row, setting.names.index(larger)] = starts[row, k]
    spectrum = np.zeros(len(sides), dtype=int)
    held = setting.minimise(starts, spectrum, ITERATIONS, bounds)
    released = setting.labelled(setting.minimise(held.values, spectrum, ITERATIONS))
    return held, sides, released


class _Report:
    """From solutions to a result: noise, covariance, verdicts."""

    def __init__(self, setting, frequency, found, probes, sides, released):
        self.setting, self.frequency = setting, frequency
        best = int(np.argmin(found.cost))
        self.found, self.probes, self.sides, self.released = found, probes, sides, released
        self.values, self.hessian = found.values[best], found.hessian[best]
        self.cost, self.converged = float(found.cost[best]), bool(found.converged[best])
        self.dof = setting.degrees_of_freedom
        scatter = np.sqrt(self.cost / self.dof)
        self.noise = scatter if setting.noise is None else setting.noise
        limit = stats.chi2.ppf(0.999, self.dof) / self.dof
        self.excess = scatter / self.noise if (scatter / self.noise) ** 2 > limit else 1.0
        # In units of the variance that the intervals rest on.
        self.variance = (self.noise * self.excess) ** 2

    def result(self):
        setting, names = self.setting, self.setting.names
        impedance = setting.impedances[0]
        values = {name: float(value) for name, value in zip(names, self.values, strict=True)}
        fitted = setting.model.impedance(self.frequency, **values)
        residuals = (fitted - impedance) / (np.abs(fitted) if setting.proportional else 1)
        self.rises, self.at_bound = self._rises(), self._at_bound()
        self.rivals = self._rivals()
        verdicts = [
            *self._verdicts_convergence(),
            *self._verdicts_residuals(residuals if setting.weights is None else residuals * setting.weights[0]),
            *self._verdicts_determined(),
            *self._verdicts_rivals(),
            *self._verdicts_bounds(),
        ]
        return FitResult(
            model=setting.model,
            frequency=self.frequency,
            impedance=impedance,
            values=values,
            free=setting.free_names,
            chi_square=self.cost / self.noise**2,
            degrees_of_freedom=self.dof,
            noise=float(self.noise),
            noise_stated=setting.noise is not None and self.excess == 1,
            residuals=residuals,
            covariance=covariance_of(self.hessian[None], np.array([self.variance]))[0],
            rises=self.rises,
            at_bound=self.at_bound,
            verdicts=tuple(verdicts),
            rivals=tuple(self.rivals),
        )

    def _rises(self):
        """Rise of chi-square at a quarter and at four times each positive parameter."""
        rises = {}
        for (name, _), cost in zip(self.sides, self.probes.cost, strict=True):
            rises[name] = (*rises.get(name, ()), float((cost - self.cost) / self.variance))
        return rises

    def _at_bound(self):
        """Where a free parameter ended at a bound that limits the fit; a limit of physics (alpha = 1) is none."""
        at_bound = {}
        for parameter, value, bounds in zip(
            self.setting.model.parameters, self.values, self.setting.bounds.T, strict=True
        ):
            if parameter.name in self.setting.free_names:
                possible = parameter.quantity.possible
                at_bound[parameter.name] = tuple(
                    bool(abs(value - bound) <= 1e-9 * abs(bound)) and bound not in possible for bound in bounds
                )
        return at_bound

    def _rivals(self):
        """Solutions elsewhere whose chi-square is within the limit, the best of each place."""
        candidates = [*zip(self.found.values, self.found.cost, strict=True)]
        candidates += [*zip(self.released.values, self.released.cost, strict=True)]
        limit = stats.chi2.ppf(LEVEL, 1)
        problem_free = self.setting.free
        determined = np.array([min(self.rises.get(name, (np.inf,))) > limit for name in self.setting.free_names])
        logarithmic = np.array([p.quantity.logarithmic for p in self.setting.model.parameters])

        def place(values):
            return np.where(logarithmic, np.log(np.where(logarithmic, values, 1)), values)[problem_free]

        places, rivals = [place(self.values)], []
        for values, cost in sorted(candidates, key=lambda pair: pair[1]):
            rise = (cost - self.cost) / self.variance
            here = place(values)
            # A step along what is open anyway is no news.
            apart = [np.abs(np.where(determined, here - other, 0)).max() > np.log(1.5) for other in places]
            if rise < limit and all(apart):
                places.append(here)
                rivals.append(({n: float(v) for n, v in zip(self.setting.names, values, strict=True)}, float(rise)))
        return rivals

    def _verdicts_convergence(self):
        if not self.converged:
            yield Verdict("not converged", (), "The fit did not converge; its values are where it stopped.")

    def _verdicts_residuals(self, weighted):
        if self.excess > 1:
            yield Verdict(
                "residuals exceed the noise",
                (),
                f"The residuals are {self.excess:.2g} times the stated noise: the model does not describe the spectrum "
                "to within it. Intervals are widened by that factor.",
            )
        # Alternating signs are chance; neighbours of one sign are a model that misses something.
        neighbours = np.concatenate([part[1:] * part[:-1] for part in (weighted.real, weighted.imag)]).sum()
        correlation = neighbours / (np.abs(weighted) ** 2).sum()
        limit = 4 / np.sqrt(2 * len(weighted))
        if correlation > limit:
            yield Verdict(
                "residuals systematic",
                (),
                f"Neighbouring residuals go together (correlation {correlation:.2f}, chance gives below {limit:.2f}): "
                "what is left is structure that the model lacks, not noise, and the intervals do not cover that.",
            )

    def _verdicts_determined(self):
        limit = stats.chi2.ppf(LEVEL, 1)
        for name, rises in self.rises.items():
            found = [(word, rise) for word, rise in zip(("downward", "upward"), rises, strict=True) if rise < limit]
            if found:
                amounts = " and ".join(f"{max(rise, 0):.1f}" for _, rise in found)
                yield Verdict(
                    "not determined",
                    (name,),
                    f"{name} is not determined {' nor '.join(word for word, _ in found)}: a factor of {PROBE:g} raises "
                    f"chi-square by {amounts} only.",
                )

    def _verdicts_rivals(self):
        for exchange in self.setting.exchanges:
            yield Verdict(exchange.kind, (*exchange.first, *exchange.second), exchange.text)
        for values, rise in self.rivals[:3]:
            changed = {n: v for n, v in values.items() if abs(np.log(v / self._value(n))) > np.log(1.2)}
            listed = ", ".join(f"{name} = {value:.3g} {self._unit(name)}" for name, value in changed.items())
            yield Verdict(
                "rival solution", tuple(changed), f"A rival fits as well (chi-square higher by {rise:.1f}): {listed}."
            )

    def _verdicts_bounds(self):
        bounds = dict(zip(self.setting.names, self.setting.bounds.T, strict=True))
        for name, sides in self.at_bound.items():
            if any(sides):
                bound = bounds[name][sides.index(True)]
                yield Verdict("bound reached", (name,), f"{name} ended at its bound, {bound:g} {self._unit(name)}.")

    def _value(self, name):
        return self.values[self.setting.names.index(name)]

    def _unit(self, name):
        unit = next(p.unit for p in self.setting.model.parameters if p.name == name)
        return "" if unit == "1" else unit
