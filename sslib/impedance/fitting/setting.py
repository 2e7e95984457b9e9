"""What is fitted, checked: a circuit, spectra on common frequencies, what is free within which bounds, the weights."""

import numpy as np

from sslib.checks import check_positive
from sslib.impedance.circuit import Grid, check_names, check_possible
from sslib.impedance.fitting.minimise import Problem, minimise
from sslib.impedance.fitting.search import search

ITERATIONS = 100
# What is flat is moved until it changes chi-square by so much, in steps of these lengths, so often.
FELT = 0.1
PASSES = 6
STRIDES = np.array([sign * length for sign in (-1, 1) for length in (0.35, 0.7, 1.4, 2.8, 5.6)])


class Setting:
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
                where = "" if first is None else f" (spectrum {numbered(wrong.any(axis=1), first)})"
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

    def minimise_held(self, starts, spectra, columns, sides, at, weights, beyond=1.0):
        """Fit each start (starts, parameters) to its spectrum with one parameter held, under the given weights.

        ``columns`` says which parameter, ``sides`` on which side of the solution (-1, 1), ``at`` at what value. What is
        positive may go ``beyond`` its bounds by that factor.
        """
        starts, bounds = starts.copy(), np.repeat(self.bounds_beyond(beyond)[:, None], len(starts), axis=1)
        every = np.arange(len(starts))
        starts[every, columns] = at
        bounds[:, every, columns] = at
        for exchange in self.exchanges:
            if exchange.kind == "rails exchangeable":
                # Within the labelling: a rail pushed past the other would only take its name.
                larger, smaller = (self.names.index(names[0]) for names in (exchange.first, exchange.second))
                down, up = (columns == larger) & (sides < 0), (columns == smaller) & (sides > 0)
                bounds[1, down, smaller] = at[down]
                bounds[0, up, larger] = at[up]
        problem = Problem(self.model, self.grid, self.free, bounds, weights)
        return minimise(problem, self.impedances[spectra], starts, ITERATIONS)

    def minimise_augmented(self, model, starts, data, weights, beyond=1.0):
        """Fit each start (starts, parameters) to its own data, where the model has more points than the spectrum."""
        problem = Problem(model, self.grid, self.free, self.bounds_beyond(beyond), weights)
        return minimise(problem, data, starts, ITERATIONS)

    def bounds_beyond(self, factor):
        """The bounds, those of what is positive further apart by a factor either way."""
        wider = np.where([quantity.logarithmic for quantity in self.quantities], factor, 1.0)
        return self.bounds * [1 / wider, wider]

    def weights_at(self, values, spectra):
        """Reciprocal standard deviations [1/ohm] of the spectra when these are their solutions (spectra, parameters).

        The weights of a solution are kept for whatever is compared with it: chi-square under others is not comparable.
        """
        if self.weights is not None:
            return self.weights[spectra]
        return 1 / np.abs(self.model.impedance(self.frequency, **dict(zip(self.names, values.T, strict=True))))

    def at_bounds(self, values):
        """Which values (…, parameters) lie at a bound of the fit that is no limit of physics, (2, …, parameters)."""
        bounds = self.bounds.reshape(2, *(1,) * (values.ndim - 1), -1)
        possible = np.array([quantity.possible for quantity in self.quantities]).T
        physical = (self.bounds[:, None] == possible).any(axis=1).reshape(bounds.shape)
        return (np.abs(values - bounds) <= 1e-9 * np.abs(bounds)) & self.free & ~physical

    def costs(self, values, spectrum, weights):
        """Sums of squared weighted residuals of one spectrum at several solutions (solutions, parameters)."""
        impedance = self.model.impedance(self.frequency, **dict(zip(self.names, values.T, strict=True)))
        return (np.abs((impedance - self.impedances[spectrum]) * weights) ** 2).sum(axis=1)

    def variance_of(self, cost):
        """Of the weighted residuals: as stated, or as these costs say."""
        own = cost / self.degrees_of_freedom
        return own if self.noise is None else np.full(len(own), self.noise**2)

    def livened(self, values, spectra, weights, variance):
        """The solutions (rows, parameters) moved along what is flat there to where chi-square begins to feel it.

        A resistance that the fit has shrunk to nothing, a time constant far outside the window, two rails that are
        equal: there the slope of chi-square vanishes with what moves, and a fit that starts there never leaves,
        whatever else is held. By less than ``FELT`` of chi-square in either direction that changes nothing.
        """
        values = values.copy()
        problem = Problem(self.model, self.grid, self.free, self.bounds, weights)
        columns = np.flatnonzero(self.free)

        def evaluate(coordinates, rows):
            data, off = self.impedances[spectra[rows]], np.zeros(len(rows), dtype=bool)
            _, _, cost, _, hessian = problem.evaluate(self.grid, data, coordinates, weights[rows], off)
            return cost / variance[rows], hessian / variance[rows, None, None]

        coordinates = problem.coordinates(values)
        if not len(values):
            return values
        lowest, hessian = evaluate(coordinates, np.arange(len(values)))
        for _ in range(PASSES):
            flatness, directions = np.linalg.eigh(hessian)
            rows = np.flatnonzero(flatness[:, 0] < FELT)
            if not len(rows):
                break
            along = directions[rows, :, 0]
            moves = (STRIDES[:, None] * along[:, None]).reshape(-1, len(columns))
            trials = np.repeat(coordinates[rows], len(STRIDES), axis=0)
            trials[:, columns] = np.clip(trials[:, columns] + moves, *problem.bounds)
            cost, curved = evaluate(trials, np.repeat(rows, len(STRIDES)))
            every = np.repeat(along, len(STRIDES), axis=0)
            felt = np.einsum("nj,njk,nk->n", every, curved, every).reshape(len(rows), -1)
            near = cost.reshape(len(rows), -1) < lowest[rows, None] + FELT
            felt = np.where(near & (felt > 2 * flatness[rows, :1]), felt, 0)
            choice = np.argmax(felt, axis=1)
            moved = felt[np.arange(len(rows)), choice] > 0
            if not moved.any():
                break
            chosen = (np.arange(len(rows)) * len(STRIDES) + choice)[moved]
            coordinates[rows[moved]], hessian[rows[moved]] = trials[chosen], curved[chosen]
        return problem.values(coordinates)

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
        """What nothing tells apart: all its parameters free, within the same bounds, and nowhere else in the model."""
        places = [slot.name for slot in self.model.slots]
        for exchange in self.model.exchanges:
            both = (*exchange.first, *exchange.second)
            if exchange.is_all_of(places) and all(name in self.free_names for name in both):
                first, second = (
                    self.bounds[:, [self.names.index(name) for name in names]]
                    for names in (exchange.first, exchange.second)
                )
                if np.array_equal(first, second):
                    yield exchange


def numbered(rows, first):
    """The first few of the marked rows, counted from ``first``, as words."""
    return ", ".join(map(str, first + np.flatnonzero(rows)[:5]))
