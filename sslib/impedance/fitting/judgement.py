"""From the solutions of a fit to what it knows: noise, covariance, rival basins, and verdicts in words."""

import numpy as np
from scipy.special import chdtri

from sslib.impedance.fitting.minimise import Solution
from sslib.impedance.fitting.profile import Standing
from sslib.impedance.fitting.results import LEVEL, PROBE, FitResult, Verdict

DEEPER = 10
# Basins up to this far above the best in chi-square, and so many of them, are kept for intervals at high levels.
FAR = 10.0
BASINS = 4
# By so much a rival differs from all others in something that the data determine.
APART = np.log(1.5)
# An end of an interval is believed without a word where a factor of four beyond it is excluded at this level. At the
# level of the interval itself the word would be missing from just those spectra, of all that leave a parameter open,
# whose noise closes the interval short of the truth.
BARELY = 0.999


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


def reports_of(setting, found, spectra=None, basins=BASINS):
    """What stands of each spectrum when every positive parameter has been moved and let go.

    ``found`` are the solutions of each, labelled; ``spectra`` chooses among them, ``basins`` is how many of them are
    kept. Where a probe falls into a deeper basin the fit goes on from there.
    """
    found, probed = list(found), {}
    spectra = range(len(found)) if spectra is None else spectra
    going = np.array(spectra, dtype=int)
    if not len(going):
        return []
    for _ in range(DEEPER + 1):
        best = np.stack([found[k].values[best_of(found[k])] for k in going])
        variance = setting.variance_of(np.array([found[k].cost.min() for k in going]))
        held, columns, sides, released = _probe(setting, going, best, variance)
        deeper = []
        for k, held_own, released_own in zip(going, held, released, strict=True):
            probed[k] = (held_own, released_own)
            if len(columns) and released_own.cost.min() < found[k].cost.min() * (1 - 1e-6):
                found[k] = Solution.join([released_own, found[k]])
                deeper.append(k)
        going = np.array(deeper, dtype=int)
        if not len(going):
            break
    reports = {k: Report(setting, k, found[k], *probed[k], columns, sides, basins) for k in spectra}
    deeper = _finish(setting, reports, found)
    if deeper:
        reports |= dict(zip(deeper, reports_of(setting, found, deeper, basins), strict=True))
    return list(reports.values())


def _finish(setting, reports, found):
    """Fit on from the other basins of the reports: where a first look stopped is no solution yet.

    Returns the spectra of which that is the deepest, with what was found.
    """
    own = [report for report in reports.values() for _ in report.basins]
    if not own:
        return []
    values = np.array([values for report in reports.values() for values, _ in report.basins])
    spectra = np.array([report.spectrum for report in own])
    finished, deeper = setting.labelled(setting.minimise(values, spectra)), []
    for k in dict.fromkeys(spectra):
        mine = finished.take(np.flatnonzero(spectra == k))
        reports[k].take_basins(mine)
        if mine.cost.min() < found[k].cost.min() * (1 - 1e-6):
            found[k] = Solution.join([mine, found[k]])
            deeper.append(k)
    return deeper


def best_of(found):
    """The solution of least cost; of several within a thousandth of a unit of chi-square, one that converged."""
    equal = found.cost <= found.cost.min() * (1 + 1e-5)
    return int(np.argmax(equal & found.converged)) if (equal & found.converged).any() else int(np.argmin(found.cost))


def _probe(setting, spectra, best, variance):
    """Refit with each positive parameter held at four times and a quarter of its value, then let go.

    Returns the held solutions of each spectrum, which column was held in each on which side, and the solutions after
    release.
    """
    positive = [k for k, q in enumerate(setting.quantities) if setting.free[k] and q.logarithmic]
    columns, sides = np.repeat(positive, 2).astype(int), np.tile([-1, 1], len(positive))
    starts = np.repeat(best, len(columns), axis=0)
    rows = np.repeat(spectra, len(columns))
    every_column, every_side = np.tile(columns, len(spectra)), np.tile(sides, len(spectra))
    at = starts[np.arange(len(rows)), every_column] * PROBE**every_side
    weights = np.repeat(setting.weights_at(best, spectra), len(columns), axis=0)
    starts = np.repeat(
        setting.livened(best, spectra, setting.weights_at(best, spectra), variance), len(columns), axis=0
    )
    held = setting.minimise_held(starts, rows, every_column, every_side, at, weights)
    released = setting.labelled(setting.minimise(held.values, rows))
    own = np.arange(len(rows)).reshape(len(spectra), -1)
    return [held.take(k) for k in own], columns, sides, [released.take(k) for k in own]


class Report:
    """From solutions to a result: noise, covariance, verdicts."""

    def __init__(self, setting, spectrum, found, probes, released, columns, sides, basins):
        self.setting, self.spectrum, self.frequency = setting, spectrum, setting.frequency
        best = best_of(found)
        self.found, self.probes, self.columns, self.sides, self.released = found, probes, columns, sides, released
        self.values, self.hessian = found.values[best], found.hessian[best]
        self.cost, self.converged = float(found.cost[best]), bool(found.converged[best])
        self.weights = setting.weights_at(self.values[None], [spectrum])[0]
        self.dof = setting.degrees_of_freedom
        scatter = np.sqrt(self.cost / self.dof)
        self.noise = scatter if setting.noise is None else setting.noise
        limit = chi_square_quantile(0.999, self.dof) / self.dof
        self.excess = scatter / self.noise if (scatter / self.noise) ** 2 > limit else 1.0
        floor = chi_square_quantile(0.001, self.dof) / self.dof
        self.dearth = scatter / self.noise if (scatter / self.noise) ** 2 < floor else 1.0
        # In units of the variance that the intervals rest on.
        self.variance = (self.noise * self.excess) ** 2
        self.noise_stated = setting.noise is not None and self.excess == 1
        self.basins = []
        self.rises, self.at_bound = self._rises(), self._at_bound()
        self.covariance = covariance_of(self.hessian[None], np.array([self.variance]))[0]
        self.most = basins
        self.take_basins(Solution.join([found, released]))

    def take_basins(self, solutions):
        """Take the other basins, and the rivals among them, from these solutions."""
        self.basins = self._basins(solutions)
        self.rises = self._rises()
        self.rivals = self._rivals()

    @property
    def solution(self):
        """The best of what was found."""
        return self.found.take(np.array([best_of(self.found)]))

    @property
    def standing(self):
        """What profiles go on from."""
        return Standing(
            self.spectrum, self.values, self.weights, self.cost, self.variance, self.covariance, tuple(self.basins)
        )

    def doubtful(self):
        """The parameters that a verdict on this spectrum is about; what a model can never tell apart is none.

        Residuals beyond the noise are about all of them.
        """
        if self.excess > 1:
            return set(self.setting.free_names)
        verdicts = (*self._verdicts_determined(), *self._verdicts_rivals(), *self._verdicts_bounds())
        return {name for verdict in verdicts if "exchangeable" not in verdict.kind for name in verdict.parameters}

    def result(self):
        setting, names = self.setting, self.setting.names
        impedance = setting.impedances[self.spectrum]
        values = {name: float(value) for name, value in zip(names, self.values, strict=True)}
        fitted = setting.model.impedance(self.frequency, **values)
        residuals = (fitted - impedance) / (np.abs(fitted) if setting.proportional else 1)
        verdicts = [
            *self._verdicts_convergence(),
            *self._verdicts_residuals(residuals if setting.weights is None else residuals * self.weights),
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
            noise_stated=self.noise_stated,
            residuals=residuals,
            covariance=self.covariance,
            rises=self.rises,
            at_bound=self.at_bound,
            verdicts=tuple(verdicts),
            rivals=tuple(self.rivals),
            setting=setting,
            standing=self.standing,
        )

    def _rises(self):
        """Rise of chi-square at a quarter and at four times each positive parameter, or less in a basin beyond."""
        rises = {}
        for column, side, cost in zip(self.columns, self.sides, self.probes.cost, strict=True):
            name = self.setting.names[column]
            at = self.values[column] * PROBE**side
            beyond = [own for values, own in self.basins if side * values[column] >= side * at]
            rises[name] = (*rises.get(name, ()), float((min([cost, *beyond]) - self.cost) / self.variance))
        return rises

    def _at_bound(self):
        """Where a free parameter ended at a bound that limits the fit; a limit of physics (alpha = 1) is none."""
        at_bounds = self.setting.at_bounds(self.values)
        named = zip(self.setting.names, at_bounds.T, strict=True)
        return {name: tuple(map(bool, sides)) for name, sides in named if name in self.setting.free_names}

    def _basins(self, solutions):
        """Other places whose chi-square is not far above, as (values, cost), the best of each place.

        Their cost is that under the weights of the best solution. Two points belong to one place where the curvature
        of chi-square at either of them sees no barrier between them: by their coordinates alone, the points along one
        open ridge would be as many places. Where such a ridge is curved they still are; so what differs from all
        others in something that the data determine, a rival, has room of its own.
        """
        near = solutions.cost < self.cost + 2 * FAR * self.variance
        values, hessian = solutions.values[near], solutions.hessian[near]
        costs = self.setting.costs(values, self.spectrum, self.weights)
        order = [k for k in np.argsort(costs) if costs[k] < self.cost + FAR * self.variance]
        places, chosen = [(self.place(self.values), self.hessian)], []
        for is_rival in (False, True):
            room = len(chosen) + self.most
            for k in order:
                here = self.place(values[k])
                new = all(
                    self._apart(here - other, hessian[k], curvature)
                    and (not is_rival or np.abs(here - other)[self.known].max(initial=0) > APART)
                    for other, curvature in places
                )
                if new and len(chosen) < room:
                    places.append((here, hessian[k]))
                    chosen.append(k)
        return [(values[k], float(costs[k])) for k in chosen]

    @property
    def known(self):
        """Which of the free parameters the data determine on both sides; a step along what is open is no news."""
        limit = chi_square_quantile(LEVEL, 1)
        return np.array([min(self.rises.get(name, (np.inf,))) > limit for name in self.setting.free_names])

    def _apart(self, step, *hessians):
        barrier = min(step @ hessian @ step for hessian in hessians) / self.variance
        return barrier > FAR and np.abs(step).max() > np.log(1.2)

    def place(self, values):
        """Free coordinates: the logarithm of what is positive."""
        logarithmic = self.setting.free & np.array([q.logarithmic for q in self.setting.quantities])
        return np.where(logarithmic, np.log(np.where(logarithmic, values, 1)), values)[self.setting.free]

    def _rivals(self):
        """The basins within the limit that differ in something the data determine."""
        limit, places, rivals = chi_square_quantile(LEVEL, 1), [self.place(self.values)], []
        for values, cost in sorted(self.basins, key=lambda basin: basin[1]):
            rise, here = (cost - self.cost) / self.variance, self.place(values)
            if rise < limit and all(np.abs(here - other)[self.known].max(initial=0) > APART for other in places):
                places.append(here)
                rivals.append(({n: float(v) for n, v in zip(self.setting.names, values, strict=True)}, max(rise, 0.0)))
        return rivals

    def _verdicts_convergence(self):
        if not self.converged:
            yield Verdict("not converged", (), "The fit did not converge; its values are where it stopped.")

    def _verdicts_residuals(self, weighted):
        if self.excess > 1:
            yield Verdict(
                "residuals exceed the noise",
                (),
                f"The residuals are {self.excess:.2g} times the given noise: the model does not describe the spectrum "
                "to within it. Intervals are widened by that factor.",
            )
        if self.dearth < 1:
            yield Verdict(
                "residuals below the noise",
                (),
                f"The residuals are only {self.dearth:.2g} of the given noise: the intervals are wider than this "
                "spectrum deserves.",
            )
        # Alternating signs are chance; neighbours of one sign are a model that misses something.
        weighted = weighted[self.setting.model.in_order(self.frequency)]
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
            barely = [
                (word, rise)
                for word, rise in zip(("downward", "upward"), rises, strict=True)
                if limit <= rise < chi_square_quantile(BARELY, 1)
            ]
            if barely and not found:
                amounts = " and ".join(f"{rise:.1f}" for _, rise in barely)
                yield Verdict(
                    "barely determined",
                    (name,),
                    f"{name} is barely determined {' and '.join(word for word, _ in barely)}: a factor of {PROBE:g} "
                    f"raises chi-square by {amounts}, which chance does to one in forty spectra that leave it open.",
                )

    def _verdicts_rivals(self):
        for exchange in self.setting.exchanges:
            yield Verdict(exchange.kind, (*exchange.first, *exchange.second), exchange.text)
        for values, rise in self.rivals[:3]:
            there = np.array([values[name] for name in self.setting.names])
            moved = dict(zip(self.setting.free_names, self.place(there) - self.place(self.values), strict=True))
            changed = {name: values[name] for name, by in moved.items() if abs(by) > np.log(1.2)}
            listed = ", ".join(f"{name} = {value:.3g} {self._unit(name)}" for name, value in changed.items())
            above = f"chi-square higher by {max(rise, 0):.1f}"
            yield Verdict("rival solution", tuple(changed), f"A rival fits as well ({above}): {listed}.")

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
