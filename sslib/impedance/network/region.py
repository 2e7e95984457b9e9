"""A region of a network: rails that conduct, branches between them, and how thick it is.

Every part of a region writes into a resistance matrix and an admittance matrix at its own rails, and takes back the
slopes of the impedance by those elements, which it turns into slopes by its own parameters.
"""

import numpy as np

from sslib.checks import check_positive
from sslib.impedance.circuit import Circuit, Parameter, Quantity, check_shared, has_zero

THICKNESS = Quantity("thickness", "m", "thickness", 1e-9, 1e-1, scaling=0, possible=(5e-324, np.inf))
CONDUCTANCE = Quantity("g", "S", "conductance of a rail", 1e-12, 1e6, scaling=-1, possible=(5e-324, np.inf))
COUPLING = Quantity(
    "g", "S", "conductance by which a rail moves another", -1e6, 1e6, scaling=-1, logarithmic=False,
    possible=(-np.inf, np.inf),
)  # fmt: skip


class Conductances:
    r"""Rails that move one another: a matrix of conductances :math:`i_k = -\sum_l g_{kl}\, d\varphi_l/ds`.

    Parameters
    ----------
    names : sequence of sequences
        Names of the conductances over the whole thickness [S], a square; ``None`` for one that is zero (not on the
        diagonal). A name that stands twice is one shared parameter: a symmetric matrix (Onsager) names each pair once.

    Notes
    -----
    The second law asks for a positive definite symmetric part; `Network.impedance` does not.

    Examples
    --------
    >>> Conductances([["g_11", "g_12"], ["g_12", "g_22"]]).slots[1].unit
    'S'
    """

    def __init__(self, names):
        size = len(names)
        if size == 0 or any(len(row) != size for row in names):
            raise ValueError(f"conductances {names!r} are no square")
        self.elements, slots = [], []
        for k, row in enumerate(names):
            for m, name in enumerate(row):
                if name is None and k != m:
                    continue
                if not (isinstance(name, str) and name.isidentifier()):
                    raise ValueError(f"{name!r} is no name for a conductance; a Python identifier such as 'g_11' is")
                self.elements.append((k, m))
                slots.append(Parameter(name, CONDUCTANCE if k == m else COUPLING))
        self.size, self.slots = size, tuple(slots)
        check_shared(self.slots)

    def matrices(self, grid, values):
        """Resistance and admittance between these rails, and their slopes by each slot (None for zero)."""
        conductance = np.zeros((len(values), 1, self.size, self.size))
        for slot, (k, m) in enumerate(self.elements):
            conductance[:, 0, k, m] = values[:, slot]
        resistance = np.linalg.inv(conductance)
        slopes = [(-resistance[..., :, k, None] * resistance[..., None, m, :], None) for k, m in self.elements]
        return resistance, None, slopes

    def draw_slots(self, impedance, omega, uniform):
        """Diagonal values of the impedances asked for; couplings up to a third of what passivity allows."""
        draws = np.zeros_like(impedance)
        place = {element: slot for slot, element in enumerate(self.elements)}
        for slot, (k, m) in enumerate(self.elements):
            own = 1 / np.sqrt(impedance[:, place[k, k]] * impedance[:, place[m, m]])
            draws[:, slot] = own if k == m else own * (2 * uniform[:, slot] - 1) / 3
        return draws

    def __repr__(self):
        names = [[None] * self.size for _ in range(self.size)]
        for slot, (k, m) in zip(self.slots, self.elements, strict=True):
            names[k][m] = slot.name
        return f"Conductances({names!r})"


class _Coupled:
    """Several rails that conduct together: anything with ``matrices``, such as `Conductances` or a `Salt`."""

    def __init__(self, conductor, rails):
        self.conductor, self.slots = conductor, conductor.slots
        self.block = np.ix_(rails, rails)

    def write(self, grid, values, resistance, shunt, jacobian):
        own_resistance, own_shunt, self_slopes = self.conductor.matrices(grid, values)
        resistance[:, :, *self.block] += own_resistance
        if own_shunt is not None:
            shunt[:, :, *self.block] += own_shunt

        def take(by_resistance, by_shunt):
            slopes = [by[:, :, *self.block] for by in (by_resistance, by_shunt)]
            for slot, own in enumerate(self_slopes):
                jacobian[:, slot] = sum(
                    (by * part).sum(axis=(2, 3)) for by, part in zip(slopes, own, strict=True) if part is not None
                )

        return take


class _Rail:
    """A circuit along one rail."""

    def __init__(self, circuit, rail):
        self.circuit, self.slots, self.rail = circuit, circuit.slots, rail

    def write(self, grid, values, resistance, shunt, jacobian):
        k = self.rail
        resistance[:, :, k, k] += self.circuit.evaluate(grid, values, jacobian)

        def take(by_resistance, by_shunt):
            jacobian[:] *= by_resistance[:, None, :, k, k]

        return take


class _Branch:
    """A circuit between two rails, spread over the thickness."""

    def __init__(self, circuit, first, second):
        self.circuit, self.slots, self.rails = circuit, circuit.slots, (first, second)

    def write(self, grid, values, resistance, shunt, jacobian):
        j, k = self.rails
        impedance = self.circuit.evaluate(grid, values, jacobian)
        if has_zero(impedance):
            impedance = np.where(impedance == 0, 1e-100, impedance)  # rails that are one: any tiny branch joins them
        admittance = 1 / impedance
        for a, b, sign in ((j, j, 1), (k, k, 1), (j, k, -1), (k, j, -1)):
            shunt[:, :, a, b] += sign * admittance

        def take(by_resistance, by_shunt):
            slope = by_shunt[:, :, j, j] + by_shunt[:, :, k, k] - by_shunt[:, :, j, k] - by_shunt[:, :, k, j]
            jacobian[:] *= (-slope * admittance * admittance)[:, None]

        return take


class Region:
    """Rails side by side through a layer, uniform in depth.

    Parameters
    ----------
    rails : dict
        What conducts along each rail, the total over the thickness [ohm]: ``{"ion": R("R_ion")}``. ``None`` is a rail
        without resistance. Rails that move one another have a tuple for a key and share a `Conductances` or a `Salt`.
    shunts : dict, optional
        Circuits between two rails, spread evenly, the total over the layer [ohm]:
        ``{("ion", "electron"): C("C_dl")}``. Storage to a place outside is a branch to a rail without resistance.
    thickness : float or str
        By how much the rails' totals grow and those of the shunts shrink: a number (0.5 for half a layer), or the name
        of a parameter [m], the totals then being those of one metre.

    Notes
    -----
    Holds for particles much smaller than the penetration depth and for amplitudes in the linear range.

    Examples
    --------
    >>> from sslib.impedance import C, R
    >>> Region({"ion": R("R_ion"), "electron": None}, {("ion", "electron"): C("C_dl")}).rails
    ('ion', 'electron')
    """

    def __init__(self, rails, shunts=None, thickness=1.0):
        self.conductors, self.shunts, self.thickness = dict(rails), dict(shunts or {}), thickness
        self.rails = tuple(name for key in self.conductors for name in ((key,) if isinstance(key, str) else tuple(key)))
        if not self.rails or len(set(self.rails)) < len(self.rails):
            raise ValueError(f"rails are {', '.join(self.rails) or 'none'}; at least one, each once")
        places = {name: k for k, name in enumerate(self.rails)}
        self.parts = []
        self.joined = []
        for key, conductor in self.conductors.items():
            if isinstance(key, str):
                if conductor is None:
                    continue
                _check_circuit(f"rail {key!r}", conductor)
                self.parts.append(_Rail(conductor, places[key]))
            else:
                if getattr(conductor, "size", None) != len(key):
                    raise TypeError(
                        f"rails {key!r} share {conductor!r}; Conductances or a Salt of as many rails goes here"
                    )
                self.parts.append(_Coupled(conductor, [places[name] for name in key]))
                self.joined += [(key[0], other) for other in key[1:]]
        for pair, circuit in self.shunts.items():
            if len(pair) != 2 or pair[0] == pair[1] or not set(pair) <= set(self.rails):
                raise ValueError(f"shunt {pair!r}; two of the rails {', '.join(self.rails)} go here")
            _check_circuit(f"shunt {pair!r}", circuit)
            self.parts.append(_Branch(circuit, *(places[name] for name in pair)))
            self.joined.append(tuple(pair))
        own = ()
        if isinstance(thickness, str):
            own = (Parameter(thickness, THICKNESS),)
        else:
            check_positive(thickness=thickness)
        self.slots = (*own, *(slot for part in self.parts for slot in part.slots))
        check_shared(self.slots)
        ends = len(own) + np.cumsum([len(part.slots) for part in self.parts], dtype=int)
        self.places = [slice(int(e) - len(part.slots), int(e)) for e, part in zip(ends, self.parts, strict=True)]

    @property
    def children(self):
        """The circuits of which it is made, with the places of their slots."""
        circuits = [getattr(part, "circuit", None) or part.conductor for part in self.parts]
        return [(c, own) for c, own in zip(circuits, self.places, strict=True) if isinstance(c, Circuit)]

    def matrices(self, grid, values, jacobian):
        """Resistance and shunt matrix, shape (sets, frequencies, n, n), and what fills ``jacobian`` from the slopes."""
        n = len(self.rails)
        resistance, shunt = np.zeros((2, len(values), grid.omega.shape[-1], n, n), dtype=complex)
        takes = []
        for part, own in zip(self.parts, self.places, strict=True):
            slots = None if jacobian is None else jacobian[:, own]
            takes.append(part.write(grid, values[:, own], resistance, shunt, slots))
        named = isinstance(self.thickness, str)
        scale = values[:, :1, None, None] if named else self.thickness
        resistance *= scale
        shunt *= scale

        def take(by_resistance, by_shunt):
            if named:
                total = (by_resistance * resistance + by_shunt * shunt).sum(axis=(2, 3))
                jacobian[:, 0] = total / values[:, :1]
            for part_take in takes:
                part_take(by_resistance * scale, by_shunt * scale)

        return resistance, shunt, take

    def draw_slots(self, impedance, omega, uniform):
        """Plausible values for starts, as `Circuit.draw_slots`; a thickness is drawn about one (metre)."""
        draws = np.empty_like(impedance)
        if isinstance(self.thickness, str):
            draws[:, 0] = 10 ** (uniform[:, 0] - 0.5)
        for part, own in zip(self.parts, self.places, strict=True):
            drawer = getattr(part, "circuit", None) or part.conductor
            draws[:, own] = drawer.draw_slots(impedance[:, own], omega[:, own], uniform[:, own])
        return draws

    def __repr__(self):
        return f"Region({self.conductors!r}, {self.shunts!r}, thickness={self.thickness!r})"


def _check_circuit(place, circuit):
    if not isinstance(circuit, Circuit):
        raise TypeError(f"{place} is {circuit!r}; a circuit such as R('R_ion') goes here")
