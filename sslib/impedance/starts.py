"""Starting values for any circuit, from the data alone.

Each term that stands in series at the top of a circuit can be scaled on its own: every impedance in it times k, every
admittance divided by k. So a dictionary of random shapes is drawn once for a set of frequencies, each term's scale is
found for each spectrum by linear least squares (no scale below a floor, for a logarithm near nothing has no slope), and
the best shapes of different neighbourhoods are the starts. Several neighbourhoods matter: the wrong basin is often
an open ridge on which a fit never comes back.
"""

import numpy as np
from scipy.stats import qmc

from sslib.impedance.circuit import Grid

LOG2_SHAPES = 12
NEIGHBOURHOODS = 32
IMPEDANCE_DECADES = 4.5
CHUNK = 100


class StartDictionary:
    """Shapes of a circuit on a grid of angular frequencies [rad/s], shape (frequencies,)."""

    def __init__(self, circuit, omega, log2_shapes=LOG2_SHAPES, neighbourhoods=NEIGHBOURHOODS, seed=0):
        self.circuit = circuit
        slots = circuit.slots
        uniform = qmc.Sobol(3 * len(slots), rng=seed).random_base2(log2_shapes)
        by_impedance, by_frequency, other = np.split(uniform, 3, axis=1)
        impedance = 10 ** (IMPEDANCE_DECADES * (by_impedance - 0.5))
        # A time constant just outside the window still bends the spectrum inside it.
        low, high = np.log(omega.min()) - 1, np.log(omega.max()) + 1
        values = circuit.draw_slots(impedance, np.exp(low + (high - low) * by_frequency), other)
        first_slot = [next(k for k, slot in enumerate(slots) if slot.name == name) for name in circuit.names]
        slot_of_name = {name: k for k, name in zip(first_slot, circuit.names, strict=True)}
        values = values[:, [slot_of_name[slot.name] for slot in slots]]

        self.first_slot = first_slot
        self.values = values
        grid, start, shapes_of_terms, self.term_of_slot = Grid(omega), 0, [], []
        for number, term in enumerate(circuit.terms):
            own = slice(start, start + len(term.slots))
            shapes_of_terms.append(
                np.broadcast_to(term.evaluate(grid, values[:, own], None), (len(values), len(omega)))
            )
            self.term_of_slot += [number] * len(term.slots)
            start = own.stop
        self.shapes = np.stack(shapes_of_terms)
        # A term is given its size by the data; before, all shapes of it are of one size.
        self.size = np.exp(np.mean(np.log(np.abs(self.shapes)), axis=2))
        self.shapes /= self.size[:, :, None]
        self.scaling = np.array([slot.quantity.scaling for slot in slots])
        self.floor = np.array(
            [0.3 if len(term.slots) == 1 and term.slots[0].unit == "ohm" else 0.01 for term in circuit.terms]
        )
        self._group(neighbourhoods, slots)

    def _group(self, neighbourhoods, slots):
        """Order the shapes by neighbourhood: each belongs to the nearest of the first few."""
        logarithmic = np.array([slot.quantity.logarithmic for slot in slots])
        power = self.scaling * 1.0
        size = self.size[self.term_of_slot].T
        place = np.where(logarithmic, np.log(np.where(logarithmic, self.values, 1) / size**power), 5 * self.values)
        centres = place[:neighbourhoods]
        nearest = np.argmin(((place[:, None] - centres) ** 2).sum(axis=2), axis=1)
        order = np.argsort(nearest, kind="stable")
        self.values, self.size, self.shapes = self.values[order], self.size[:, order], self.shapes[:, order]
        self.begins = np.searchsorted(nearest[order], np.unique(nearest))

    def choose(self, impedances, weights, count):
        """Starting values, shape (spectra, count, parameters), the best first.

        ``impedances`` [ohm] and ``weights`` [1/ohm] have shape (spectra, frequencies).
        """
        chunks = [
            self._choose(impedances[k : k + CHUNK], weights[k : k + CHUNK], count)
            for k in range(0, len(impedances), CHUNK)
        ]
        return np.concatenate(chunks)

    def _choose(self, data, weights, count):
        terms, squared = len(self.shapes), weights**2
        scale = self._floors(data)
        gram = np.empty((terms, terms, len(data), self.shapes.shape[1]))
        overlap = np.empty(gram.shape[1:])
        for j in range(terms):
            overlap[j] = (squared * data.real) @ self.shapes[j].real.T + (squared * data.imag) @ self.shapes[j].imag.T
            for k in range(j + 1):
                gram[j, k] = squared @ (self.shapes[j] * self.shapes[k].conj()).real.T
                gram[k, j] = gram[j, k]
        sizes = np.maximum(_solve(gram, overlap), scale[:, :, None])
        misfit = np.einsum("jns,jkns,kns->ns", sizes, gram, sizes) - 2 * np.einsum("jns,jns->ns", sizes, overlap)

        best = np.argsort(np.minimum.reduceat(misfit, self.begins, axis=1), axis=1)[:, :count]
        ends = np.append(self.begins[1:], misfit.shape[1])
        chosen = np.empty((len(data), best.shape[1]), dtype=int)
        for row in range(len(data)):
            for column, group in enumerate(best[row]):
                begin = self.begins[group]
                chosen[row, column] = begin + np.argmin(misfit[row, begin : ends[group]])
        spectra = np.arange(len(data))[:, None]
        factor = (sizes[:, spectra, chosen] / self.size[:, chosen])[self.term_of_slot]
        values = self.values[chosen] * np.moveaxis(factor, 0, -1) ** self.scaling
        return values[:, :, self.first_slot]

    def _floors(self, data):
        """Smallest size of each term for each spectrum, shape (terms, spectra)."""
        smallest = np.abs(data).min(axis=1)
        positive = np.where(data.real > 0, data.real, np.inf).min(axis=1)
        ohmic = np.where(np.isfinite(positive), positive, smallest)
        return np.stack([floor * (ohmic if floor == 0.3 else smallest) for floor in self.floor])


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
