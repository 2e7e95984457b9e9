"""Fits of circuits to spectra, with what they know and what they do not."""

from collections import deque
from contextlib import contextmanager
from itertools import islice

import numpy as np
from scipy.special import chdtri

from sslib.checks import check_positive
from sslib.impedance.circuit import Grid, check_names, check_possible
from sslib.impedance.minimise import Problem, Solution, minimise
from sslib.impedance.results import LEVEL, PROBE, BatchResult, FitResult, Verdict
from sslib.impedance.search import search

STARTS = 24
BATCH_STARTS = 8
# Spectra that are fitted together: enough that the arrays are worth their calls, few enough for memory and executors.
BLOCK = 1000
BLIND_BLOCK = 250
IN_FLIGHT = 32
ITERATIONS = 100
DEEPER = 10
# Basins up to this far above the best in chi-square, and so many of them, are kept for intervals at high levels.
FAR = 10.0
BASINS = 4


class _Setting:
    """The arguments that `fit` and `fit_batch` share, checked, as a problem to minimise.

    ``first`` is the number of the first spectrum where these are a part of more, None where there is one alone.
    """

    def __init__(self, model, frequency, impedances, fixed, bounds, error, noise, first=None):
        self.model, self.impedances = model, impedances
        self.names = model.names
        self.quantities = [parameter.quantity for parameter in model.parameters]
        fixed, bounds = dict(fixed or {}), dict(bounds or {})
        check_names(self.names, fixed)
        check_names(self.names, bounds)
        for parameter in model.parameters:
            if parameter.name in fixed:
                if np.ndim(fixed[parameter.name]):
                    raise ValueError(f"{parameter.name} is fixed at {fixed[parameter.name]!r}; one number goes here")
                check_possible(parameter, fixed[parameter.name])
        if len(fixed) == len(self.names):
            raise ValueError("every parameter is fixed; nothing is left to fit")
        if noise is not None:
            check_positive(noise=noise)
        self.noise = noise
        check_positive(frequency=frequency)
        for wrong, what in ((~np.isfinite(impedances), "not finite"), (impedances == 0, "zero")):
            if wrong.any():
                where = "" if first is None else f" (spectrum {_numbers(wrong.any(axis=1), first)})"
                raise ValueError(f"the impedance holds values that are {what}{where}")
        self.free = np.array([name not in fixed for name in self.names])
        self.free_names = tuple(name for name in self.names if name not in fixed)
        self.fixed = fixed
        self.bounds = np.array([self._bounds(parameter, bounds) for parameter in model.parameters]).T
        self.frequency, self.grid = frequency, Grid(2 * np.pi * frequency)
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
        if parameter.name not in bounds:
            return quantity.lowest, quantity.highest
        lowest, highest = bounds[parameter.name]
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
        values = np.empty((len(self.impedances), len(self.names)))
        for column, name in zip(values.T, self.names, strict=True):
            column[:] = starts[name]
        lowest, highest = np.array([quantity.possible for quantity in self.quantities]).T
        if not ((values >= lowest) & (values <= highest) & (values > 0) & (values < np.inf)).all():
            # Something may be impossible: one by one, to name it.
            for parameter, column in zip(self.model.parameters, values.T, strict=True):
                check_possible(parameter, column)
                if parameter.name in self.free_names and parameter.quantity.logarithmic:
                    check_positive(**{parameter.name: column})
        return values[:, None]

    def search(self, count, given=None):
        """Solutions of many starts for each spectrum, the best first (list of Solution)."""
        weights = 1 / np.abs(self.impedances) if self.weights is None else self.weights
        fixed = {self.names.index(name): value for name, value in self.fixed.items()}
        return search(self.minimise, self.impedances, weights, self.model, self.grid.omega, count, fixed, given)

    def minimise(self, starts, spectra, max_iterations=None):
        """Fit each start (starts, parameters) to its spectrum."""
        weights = None if self.weights is None else self.weights[spectra]
        problem = Problem(self.model, self.grid.take(spectra), self.free, self.bounds, weights)
        return minimise(problem, self.impedances[spectra], starts, max_iterations or ITERATIONS)

    def minimise_held(self, starts, sides, at, solution):
        """Fit the first spectrum with one parameter held in each row: ``sides`` are (name, side), ``at`` its value.

        The weights stay those of ``solution`` (parameters,): chi-square under others is not comparable with its own.
        """
        starts, bounds = starts.copy(), np.repeat(self.bounds[:, None], len(sides), axis=1)
        pairs = [(x.first[0], x.second[0]) for x in self.exchanges if x.kind == "rails exchangeable"]
        for row, (name, side) in enumerate(sides):
            k = self.names.index(name)
            starts[row, k] = at[row]
            bounds[:, row, k] = at[row]
            for larger, smaller in pairs:
                # Within the labelling: a rail pushed past the other would only take its name.
                if (name, side) == (larger, -1):
                    bounds[1, row, self.names.index(smaller)] = at[row]
                if (name, side) == (smaller, 1):
                    bounds[0, row, self.names.index(larger)] = at[row]
        if self.weights is None:
            impedance = self.model.impedance(self.frequency, **dict(zip(self.names, solution, strict=True)))
            weights = np.repeat(1 / np.abs(impedance)[None], len(sides), axis=0)
        else:
            weights = np.repeat(self.weights[:1], len(sides), axis=0)
        problem = Problem(self.model, self.grid, self.free, bounds, weights)
        return minimise(problem, np.repeat(self.impedances[:1], len(sides), axis=0), starts, ITERATIONS)

    def labelled(self, solution):
        """The solutions with what is exchangeable in the circuit's stated labelling."""
        exchanges = list(self.exchanges)
        if not exchanges:
            return solution
        solution = solution.take(np.arange(len(solution.cost)))
        for exchange in exchanges:
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
    if not (np.count_nonzero(weak) or np.count_nonzero(dead)):
        inverse = (vectors / values[:, None]) @ vectors.swapaxes(1, 2)
        return inverse * (variance[:, None, None] / (scale[:, :, None] * scale[:, None, :]))
    inverse = np.einsum("njk,nk,nlk->njl", vectors, 1 / np.where(weak, np.inf, values), vectors)
    covariance = inverse / (scale[:, :, None] * scale[:, None, :]) * variance[:, None, None]
    # A direction without curvature leaves every parameter that takes part in it unlimited.
    loose = dead | (np.einsum("njk,nk->nj", vectors**2, weak) > 1e-6)
    diagonal = np.arange(hessian.shape[-1])
    covariance[:, diagonal, diagonal] = np.where(loose, np.inf, covariance[:, diagonal, diagonal])
    return covariance


def chi_square_quantile(level, degrees_of_freedom):
    """Below it chi-square stays with that probability."""
    return float(chdtri(degrees_of_freedom, 1 - level))


def _numbers(rows, first):
    """The first few of the marked rows, counted from ``first``, as words."""
    return ", ".join(map(str, first + np.flatnonzero(rows)[:5]))


def fit_batch(
    model, frequency, impedances, *, starts=None, fixed=None, bounds=None, error="proportional", noise=None,
    starts_tried=BATCH_STARTS, executor=None, in_flight=IN_FLIGHT,
):  # fmt: skip
    """Fit one circuit to many spectra on the same frequencies.

    Parameters
    ----------
    model : Circuit
    frequency : array_like
        Frequencies [Hz], shape (frequencies,).
    impedances : array_like
        Complex impedances [ohm], shape (spectra, frequencies). What is sliced from a file as it is needed
        (`numpy.memmap`) is never loaded as a whole.
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
        spectrum's residuals; for known standard deviations it is a factor on them, 1 if not given.
    starts_tried : int
        How many starts a spectrum gets where none are given.
    executor : concurrent.futures.Executor, optional
        Where blocks of 1000 spectra (250 without starts) are fitted: a process pool, or a cluster's
        ``client.get_executor()``. The result is the same as without.
    in_flight : int
        How many blocks are handed to the executor at a time.

    Returns
    -------
    BatchResult

    Raises
    ------
    ValueError
        For shapes that do not fit, values that are not finite, unknown names, impossible values.
    """
    impedances = impedances if hasattr(impedances, "shape") else np.asarray(impedances)
    if len(impedances.shape) != 2 or np.shape(frequency) != tuple(impedances.shape[1:]):
        raise ValueError(
            f"impedances have shape {tuple(impedances.shape)} and frequency {np.shape(frequency)}; "
            "(spectra, frequencies) and (frequencies,) go together"
        )
    spectra = impedances.shape[0]
    for name, start in (starts or {}).items():
        if np.shape(start) not in ((), (1,), (spectra,)):
            raise ValueError(f"starts of {name} have shape {np.shape(start)}; a number or ({spectra},) goes here")
    by_spectrum = not isinstance(error, str) and np.ndim(error) == 2 and np.shape(error)[0] == spectra
    if not isinstance(error, str) and not by_spectrum and np.ndim(error) == 2 and np.shape(error)[0] != 1:
        raise ValueError(f"error has shape {np.shape(error)}; it is broadcast to {tuple(impedances.shape)}")
    size = BLIND_BLOCK if starts is None else BLOCK

    def blocks():
        for begin in range(0, max(spectra, 1), size):
            rows = slice(begin, begin + size)
            own = starts and {
                name: start[rows] if np.shape(start) == (spectra,) else start for name, start in starts.items()
            }
            yield impedances[rows], own, error[rows] if by_spectrum else error

    common = {"fixed": fixed, "bounds": bounds, "noise": noise, "starts_tried": starts_tried}
    return _joined(list(_fit_blocks(model, frequency, blocks(), common, executor, in_flight, spectra > 1)))


def fit_stream(
    model, frequency, blocks, *, starts=None, fixed=None, bounds=None, error="proportional", noise=None,
    starts_tried=BATCH_STARTS, executor=None, in_flight=IN_FLIGHT,
):  # fmt: skip
    """Fit spectra that arrive block by block, however many, in bounded memory.

    Parameters
    ----------
    model, frequency, starts, fixed, bounds, error, noise, starts_tried
        As for `fit_batch`, but the same for all spectra (``starts`` are numbers, ``error`` is broadcast to each block).
    blocks : iterable
        Arrays of complex impedances [ohm], shape (spectra, frequencies), a few hundred or thousand spectra each; or
        pairs of such an array and its own starts, as for `fit_batch`.
    executor : concurrent.futures.Executor, optional
        Where the blocks are fitted. An executor does not say how many workers it has.
    in_flight : int
        How many blocks are handed to the executor at a time: two for each worker keep all of them busy.

    Yields
    ------
    BatchResult
        One for each block, in their order. Closing the generator cancels what has not begun.

    Raises
    ------
    ValueError
        As for `fit_batch`; spectra are counted over all blocks.
    """

    def parts():
        for block in blocks:
            impedances, own = block if isinstance(block, tuple) else (block, starts)
            yield impedances, own, error

    common = {"fixed": fixed, "bounds": bounds, "noise": noise, "starts_tried": starts_tried}
    yield from _fit_blocks(model, frequency, parts(), common, executor, in_flight, numbered=True)


def _fit_blocks(model, frequency, parts, common, executor, in_flight, numbered):
    """Results of the parts (impedances, starts, error) in order, at most ``in_flight`` of them under way."""
    if in_flight < 1:
        raise ValueError(f"in_flight is {in_flight}; at least one block has to be under way")
    frequency = np.asarray(frequency, dtype=float)

    def tasks():
        first = 0
        for impedances, starts, error in parts:
            block = np.asarray(impedances, dtype=complex)
            if block.ndim != 2 or frequency.shape != block.shape[1:]:
                raise ValueError(
                    f"the block of spectrum {first} has shape {block.shape} and frequency {frequency.shape}; "
                    "(spectra, frequencies) and (frequencies,) go together"
                )
            settings = dict(common, starts=starts, error=error, first=first if numbered else None)
            yield (first, len(block)), (model, frequency, block), settings
            first += len(block)

    if executor is None:
        for place, arguments, settings in tasks():
            with _naming(*place, numbered):
                result = _fit_block(*arguments, **settings)
            yield result
        return
    tasks, under_way = tasks(), deque()
    try:
        while True:
            for place, arguments, settings in islice(tasks, in_flight - len(under_way)):
                under_way.append((place, executor.submit(_fit_block, *arguments, **settings)))
            if not under_way:
                break
            place, future = under_way.popleft()
            with _naming(*place, numbered):
                result = future.result()
            yield result
    finally:
        for _, future in under_way:
            future.cancel()


def _joined(results):
    """One result from those of consecutive blocks."""
    if len(results) == 1:
        return results[0]
    columns = [vars(result) for result in results]
    return BatchResult(
        **{
            field: {name: np.concatenate([column[field][name] for column in columns]) for name in value}
            if isinstance(value, dict)
            else np.concatenate([column[field] for column in columns])
            for field, value in columns[0].items()
        }
    )


@contextmanager
def _naming(first, count, numbered):
    """Whatever is raised inside says which spectra it was about."""
    try:
        yield
    except Exception as error:
        if numbered:
            error.add_note(f"Raised by the fit of the spectra {first} to {first + count - 1}.")
        raise


def _fit_block(model, frequency, impedances, *, starts, fixed, bounds, error, noise, starts_tried, first):
    """Fit spectra together; the first of them has the number ``first``, None for one alone."""
    setting = _Setting(model, frequency, impedances, fixed, bounds, error, noise, first)
    if not len(impedances):
        solution = setting.minimise(np.empty((0, len(setting.names))), np.arange(0))
    elif starts is not None:
        solution = setting.minimise(setting.given_starts(starts)[:, 0], np.arange(len(impedances)))
    else:
        found = setting.search(starts_tried)
        solution = Solution.join([own.take(np.array([0])) for own in found])
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
    starts : dict, optional
        Starting values, tried beside those that come from the data.
    fixed, bounds, error, noise
        As for `fit_batch`.

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
    (found,) = setting.search(STARTS, None if starts is None else setting.given_starts(starts))
    found = setting.labelled(found)
    probes, sides, released = _probe(setting, found)
    for _ in range(DEEPER):
        if released.cost.min() >= found.cost.min() * (1 - 1e-6):
            break
        # A probe fell into a deeper basin: go on from there.
        found = Solution.join([released, found])
        probes, sides, released = _probe(setting, found)
    return _Report(setting, frequency, found, probes, sides, released).result()


def _probe(setting, found):
    """Refit with each positive parameter held at four times and a quarter of its value, then let go.

    Returns the held solutions, what was held in each as (name, side), and the solutions after release.
    """
    best = found.values[np.argmin(found.cost)]
    logarithmic = dict(zip(setting.names, (q.logarithmic for q in setting.quantities), strict=True))
    sides = [(name, side) for name in setting.free_names if logarithmic[name] for side in (-1, 1)]
    starts = np.repeat(best[None], len(sides), axis=0)
    at = np.array([best[setting.names.index(name)] * PROBE**side for name, side in sides])
    held = setting.minimise_held(starts, sides, at, best)
    released = setting.labelled(setting.minimise(held.values, np.zeros(len(sides), dtype=int)))
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
        limit = chi_square_quantile(0.999, self.dof) / self.dof
        self.excess = scatter / self.noise if (scatter / self.noise) ** 2 > limit else 1.0
        floor = chi_square_quantile(0.001, self.dof) / self.dof
        self.dearth = scatter / self.noise if (scatter / self.noise) ** 2 < floor else 1.0
        # In units of the variance that the intervals rest on.
        self.variance = (self.noise * self.excess) ** 2

    def result(self):
        setting, names = self.setting, self.setting.names
        impedance = setting.impedances[0]
        values = {name: float(value) for name, value in zip(names, self.values, strict=True)}
        fitted = setting.model.impedance(self.frequency, **values)
        residuals = (fitted - impedance) / (np.abs(fitted) if setting.proportional else 1)
        self.rises, self.at_bound = self._rises(), self._at_bound()
        self.covariance = covariance_of(self.hessian[None], np.array([self.variance]))[0]
        self.basins = self._basins()
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
            covariance=self.covariance,
            rises=self.rises,
            at_bound=self.at_bound,
            verdicts=tuple(verdicts),
            rivals=tuple(self.rivals),
            basins=tuple(self.basins),
            setting=setting,
            variance=self.variance,
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

    def _basins(self):
        """Other places whose chi-square is not far above, as (values, cost), the best of each place."""
        values = np.concatenate([self.found.values, self.released.values])
        costs = np.concatenate([self.found.cost, self.released.cost])
        places, basins = [self._place(self.values)], []
        for k in np.argsort(costs):
            if (costs[k] - self.cost) / self.variance > FAR or len(basins) == BASINS:
                break
            here = self._place(values[k])
            if all(np.abs(here - other).max() > np.log(1.2) for other in places):
                places.append(here)
                basins.append((values[k], float(costs[k])))
        return basins

    def _place(self, values):
        """Free coordinates: the logarithm of what is positive."""
        logarithmic = self.setting.free & np.array([q.logarithmic for q in self.setting.quantities])
        return np.where(logarithmic, np.log(np.where(logarithmic, values, 1)), values)[self.setting.free]

    def _rivals(self):
        """The basins within the limit that differ in something the data determine."""
        limit = chi_square_quantile(LEVEL, 1)
        # A step along what is open anyway is no news.
        known = np.array([min(self.rises.get(name, (np.inf,))) > limit for name in self.setting.free_names])
        rivals = []
        for values, cost in self.basins:
            rise = (cost - self.cost) / self.variance
            apart = np.where(known, self._place(values) - self._place(self.values), 0)
            if rise < limit and np.abs(apart).max(initial=0) > np.log(1.5):
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
        if self.dearth < 1:
            yield Verdict(
                "residuals below the noise",
                (),
                f"The residuals are only {self.dearth:.2g} of the stated noise: the intervals are wider than this "
                "spectrum deserves.",
            )
        # Alternating signs are chance; neighbours of one sign are a model that misses something.
        neighbours = np.concatenate([part[1:] * part[:-1] for part in (weighted.real, weighted.imag)]).sum()
        correlation = neighbours / (np.abs(weighted) ** 2).sum()
        limit = 4 / np.sqrt(2 * len(weighted))
        # Below a millionth it is rounding, which has patterns of its own.
        if correlation > limit and np.sqrt(np.mean(np.abs(weighted) ** 2)) > 1e-6:
            yield Verdict(
                "residuals systematic",
                (),
                f"Neighbouring residuals go together (correlation {correlation:.2f}, chance gives below {limit:.2f}): "
                "what is left is structure that the model lacks, not noise, and the intervals do not cover that.",
            )

    def _verdicts_determined(self):
        unlimited = np.isinf(np.diagonal(self.covariance))
        loose = [name for name, is_loose in zip(self.setting.free_names, unlimited, strict=True) if is_loose]
        if len(loose) > 1:
            yield Verdict(
                "not determined",
                tuple(loose),
                f"{', '.join(loose)} are not determined one by one: this spectrum knows fewer combinations of them "
                "than there are parameters.",
            )
        limit = chi_square_quantile(LEVEL, 1)
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
