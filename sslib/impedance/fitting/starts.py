"""Starting values for any circuit, from the data alone.

Each term that stands in series at the top of a circuit can be scaled on its own: every impedance in it times k, every
admittance divided by k. So a dictionary of random shapes is drawn once for a set of frequencies, each term's scale is
found for each spectrum by linear least squares (no scale below a floor, for a logarithm near nothing has no slope), and
the best shapes of different neighbourhoods are the starts. Several neighbourhoods matter: the wrong basin is often
an open ridge on which a fit never comes back.

A circuit of many parameters has more combinations of shapes than a dictionary holds. There a fit goes on from where it
ended, as long as that helps: one or two terms at a time are taken out and chosen anew against what the others leave,
and branches at any depth are drawn anew.
"""

from itertools import permutations

import numpy as np

from sslib.impedance.circuit import Grid

LOG2_SHAPES = 12
NEIGHBOURHOODS = 32
IMPEDANCE_DECADES = 4.5
CHUNK = 100
SWEEPS = 10
AGAIN = 3


class StartDictionary:
    """Shapes of a circuit on a grid of angular frequencies [rad/s], shape (frequencies,)."""

    def __init__(self, circuit, omega):
        self.circuit = circuit
        from scipy.stats import qmc  # takes as long to import as everything else together

        slots = circuit.slots
        uniform = qmc.Sobol(3 * len(slots), rng=0).random_base2(LOG2_SHAPES)
        by_impedance, by_frequency, other = np.split(uniform, 3, axis=1)
        impedance = 10 ** (IMPEDANCE_DECADES * (by_impedance - 0.5))
        # A time constant just outside the window still bends the spectrum inside it.
        low, high = np.log(omega.min()) - 1, np.log(omega.max()) + 1
        values = circuit.draw_slots(impedance, np.exp(low + (high - low) * by_frequency), other)
        names = circuit.names
        places = [slot.name for slot in slots]
        first_slot = [places.index(name) for name in names]
        self.parameter_of_slot = np.array([names.index(name) for name in places])
        values = values[:, first_slot][:, self.parameter_of_slot]

        self.grid, self.first_slot = Grid(omega), first_slot
        self.draws = self.values = values
        ends = np.cumsum([len(term.slots) for term in circuit.terms])
        self.slots_of_terms = [slice(a, b) for a, b in zip(np.append(0, ends), ends, strict=False)]
        self.term_of_slot = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))
        self.shapes = self._terms(values)
        # A term is given its size by the data; before, all shapes of it are of one size.
        self.size = np.exp(np.mean(np.log(np.abs(self.shapes)), axis=2))
        self.shapes /= self.size[:, :, None]
        self.scaling = np.array([slot.quantity.scaling for slot in slots])
        self.floor = np.array(
            [0.3 if len(term.slots) == 1 and term.slots[0].unit == "ohm" else 0.01 for term in circuit.terms]
        )
        self._group(slots)
        # Kept apart and in one piece, as the products below want them; each pair's own product is made when asked for.
        self.parts = np.ascontiguousarray(self.shapes.real), np.ascontiguousarray(self.shapes.imag)
        self._products = {}

    def _group(self, slots):
        """Order the shapes by neighbourhood: each belongs to the nearest of the first few."""
        logarithmic = np.array([slot.quantity.logarithmic for slot in slots])
        size = self.size[self.term_of_slot].T
        scaled = np.where(logarithmic, self.values, 1) / size ** (1.0 * self.scaling)
        place = np.where(logarithmic, np.log(scaled), 5 * self.values)
        centres = place[:NEIGHBOURHOODS]
        nearest = np.argmin(((place[:, None] - centres) ** 2).sum(axis=2), axis=1)
        order = np.argsort(nearest, kind="stable")
        self.values, self.size, self.shapes = self.values[order], self.size[:, order], self.shapes[:, order]
        self.begins = np.searchsorted(nearest[order], np.unique(nearest))

    def _terms(self, values):
        """Impedance of each term, shape (terms, sets, frequencies), at values by slot (sets, slots)."""
        shape = (len(values), len(self.grid.omega))
        return np.stack(
            [
                np.broadcast_to(term.evaluate(self.grid, values[:, own], None), shape)
                for term, own in zip(self.circuit.terms, self.slots_of_terms, strict=True)
            ]
        )

    def choose(self, impedances, weights, count):
        """Starting values, shape (spectra, count, parameters), the best first.

        ``impedances`` [ohm] and ``weights`` [1/ohm] have shape (spectra, frequencies).
        """
        every = np.arange(len(self.shapes))
        return self._in_chunks(every, impedances, weights, self._floors(impedances), count)

    def choose_again(self, impedances, weights, values):
        """Values with one or two terms chosen anew against what the others leave.

        ``values`` has shape (spectra, parameters). Returns an array of shape (spectra, choices, parameters), empty for
        a circuit of fewer than three terms, which one dictionary covers.
        """
        terms = range(len(self.shapes))
        if len(terms) < 2:
            return np.empty((len(values), 0, values.shape[1]))
        by_term = self._terms(values[:, self.parameter_of_slot])
        floors, chosen = self._floors(impedances), []
        for first in terms:
            rest = impedances - sum(by_term[k] for k in terms if k != first)
            chosen.append(self._with(first, rest, weights, floors, values, AGAIN))
        # Of two terms, the one that comes first takes the larger part of what both have to explain.
        for first, second in permutations(terms, 2) if len(terms) > 2 else ():
            rest = impedances - sum((by_term[k] for k in terms if k not in (first, second)), start=0)
            for new in np.moveaxis(self._with(first, rest, weights, floors, values, AGAIN), 1, 0):
                left = rest - self._terms(new[:, self.parameter_of_slot])[first]
                chosen.append(self._with(second, left, weights, floors, new, 1))
        return np.concatenate(chosen, axis=1)

    def redraw(self, impedances, values, count, turn):
        """Values with one branch of the circuit, or all of it, drawn anew, shape (spectra, draws, parameters).

        A branch that has shrunk to nothing in a fit has no slope there by which the fit could find out that it fits
        better elsewhere. ``values`` has shape (spectra, parameters); each ``turn`` (0, 1, …) draws others.
        """
        if not self.circuit.children:
            # One element, or several spectra at once: what is drawn for all of it at a time hits nothing.
            return np.empty((len(values), 0, values.shape[1]))
        places = [slice(0, len(self.scaling)), *(place for _, place in self.circuit.branches)]
        places = [place for place in places if place.stop - place.start > 1]
        scale = np.exp(np.mean(np.log(np.abs(impedances)), axis=1))[:, None, None]
        drawn = np.repeat(values[:, None, self.parameter_of_slot], count * len(places), axis=1)
        for k, place in enumerate(places):
            rows = count * (len(places) * turn + k) + np.arange(count)
            shapes = self.draws[rows % len(self.draws), place]
            drawn[:, k * count : (k + 1) * count, place] = shapes * scale ** self.scaling[place]
        return drawn[:, :, self.first_slot]

    def _with(self, term, rest, weights, floors, values, count):
        """The values with one term chosen anew against the rest, shape (spectra, count, parameters)."""
        new = self._in_chunks(np.array([term]), rest, weights, floors[[term]], count)
        kept = self.term_of_slot[self.first_slot] != term
        new[:, :, kept] = values[:, None, kept]
        return new

    def _in_chunks(self, terms, data, weights, floors, count):
        chunks = [slice(k, k + CHUNK) for k in range(0, len(data), CHUNK)]
        return np.concatenate([self._choose(terms, data[c], weights[c], floors[:, c], count) for c in chunks])

    def _choose(self, terms, data, weights, floors, count):
        (real, imag), squared = self.parts, weights**2
        gram = np.empty((len(terms), len(terms), len(data), self.shapes.shape[1]))
        overlap = np.empty(gram.shape[1:])
        for j, term in enumerate(terms):
            overlap[j] = (squared * data.real) @ real[term].T + (squared * data.imag) @ imag[term].T
            for k, other in enumerate(terms[: j + 1]):
                gram[j, k] = gram[k, j] = squared @ self._product(term, other).T
        sizes, misfit = _fitted(gram, overlap, floors)
        best = np.argsort(np.minimum.reduceat(misfit, self.begins, axis=1), axis=1)[:, :count]
        ends = np.append(self.begins[1:], misfit.shape[1])
        chosen = np.empty((len(data), best.shape[1]), dtype=int)
        for row in range(len(data)):
            for column, group in enumerate(best[row]):
                begin = self.begins[group]
                chosen[row, column] = begin + np.argmin(misfit[row, begin : ends[group]])
        spectra = np.arange(len(data))[:, None]
        factor = np.ones((len(self.shapes), len(data), chosen.shape[1]))
        factor[terms] = sizes[:, spectra, chosen] / self.size[terms][:, chosen]
        values = self.values[chosen] * np.moveaxis(factor[self.term_of_slot], 0, -1) ** self.scaling
        return values[:, :, self.first_slot]

    def _product(self, first, second):
        """Re(shape of one term times the conjugate of the other's), shape (shapes, frequencies)."""
        if (first, second) not in self._products:
            real, imag = self.parts
            self._products[first, second] = real[first] * real[second] + imag[first] * imag[second]
        return self._products[first, second]

    def _floors(self, data):
        """Smallest size of each term for each spectrum, shape (terms, spectra)."""
        smallest = np.abs(data).min(axis=1)
        positive = np.where(data.real > 0, data.real, np.inf).min(axis=1)
        ohmic = np.where(np.isfinite(positive), positive, smallest)
        return np.stack([floor * (ohmic if floor == 0.3 else smallest) for floor in self.floor])


def _fitted(gram, overlap, floors):
    """Sizes of the terms above their floors (terms, spectra), and the misfit of each shape up to a constant."""
    sizes = _solve_above(gram, overlap, np.broadcast_to(floors[:, :, None], overlap.shape))
    misfit = np.einsum("jns,jkns,kns->ns", sizes, gram, sizes) - 2 * np.einsum("jns,jns->ns", sizes, overlap)
    return sizes, misfit


def _solve_above(gram, right, floor):
    """Least squares with no size below its floor: solved freely, then term by term where that went below."""
    sizes = _solve(gram, right)
    low = (sizes < floor).any(axis=0)
    if low.any():
        part_gram, part_right, part_floor = gram[:, :, low], right[:, low], floor[:, low]
        part = np.maximum(sizes[:, low], part_floor)
        for _ in range(SWEEPS):
            for j in range(len(part)):
                others = (part_gram[j] * part).sum(axis=0) - part_gram[j, j] * part[j]
                part[j] = np.maximum((part_right[j] - others) / part_gram[j, j], part_floor[j])
        sizes[:, low] = part
    return sizes


def _solve(gram, right):
    """Solve small symmetric systems, shape (terms, terms, …) and (terms, …), by elimination over whole arrays."""
    gram, right = gram.copy(), right.copy()
    terms = len(gram)
    for k in range(terms):
        gram[k, k] *= 1 + 1e-10  # two terms of one shape: any split of their sum is as good
        for j in range(k + 1, terms):
            factor = gram[j, k] / gram[k, k]
            gram[j, k:] -= factor * gram[k, k:]
            right[j] -= factor * right[k]
    solution = np.empty_like(right)
    for k in reversed(range(terms)):
        solution[k] = (right[k] - (gram[k, k + 1 :] * solution[k + 1 :]).sum(axis=0)) / gram[k, k]
    return solution
