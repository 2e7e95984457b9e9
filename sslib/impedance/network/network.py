"""Regions in series between two terminals, as a node of a circuit."""

import numpy as np
from scipy.linalg.lapack import zgbtrf, zgbtrs
from scipy.sparse import csr_array
from scipy.sparse.csgraph import reverse_cuthill_mckee

from sslib.checks import check_positive
from sslib.impedance.circuit import Circuit, Evaluator, Grid, check_shared
from sslib.impedance.network.inside import look_inside
from sslib.impedance.network.lattice import Lattice
from sslib.impedance.network.region import Region
from sslib.impedance.network.symmetry import exchanges_of

# As many elements of the systems at a time (64 MB): enough points to be worth the calls.
ELEMENTS = 4_000_000
# From this size on, elimination along the band beats that of full matrices.
BANDED_FROM = 30


class Network(Circuit):
    r"""Layers of any number of rails, joined where rails of one name meet, between two terminals.

    At each frequency every region is the lattice of `sslib.impedance.network.lattice` between its two faces, with
    P from its shunts and Q from its rails. With the potentials φ of all places where rails end, the through currents J
    of the regions and the currents of the circuits at the ends (z), Kirchhoff's laws are one system:

    .. math::

        \begin{pmatrix} 0 & B^\mathsf{T} & \tfrac12 T^\mathsf{T} \\ B & -\operatorname{diag}(Q, z) & 0 \\
        -\tfrac12 S T & 0 & 1 \end{pmatrix}
        \begin{pmatrix} \varphi \\ J \\ K \end{pmatrix} = \begin{pmatrix} I \\ 0 \\ 0 \end{pmatrix}

    B takes differences between the faces, T sums of differences to a region's last rail, S is P without the row and the
    column of that rail, K what each other rail loses through the shunts. The impedance is the source's potential for
    unit current, the sink's being zero. No P and Q are added up, so that neither a short circuit nor an open one drowns
    the rest. One solution of the system and one of its adjoint give all derivatives.

    Parameters
    ----------
    regions : Region or sequence of Region
        From one side to the other. A rail that the neighbour has too goes on there; others end at that face.
    source, sink : tuple or dict
        Where the current goes in and out: a place ``(rail, face)``, or several, each with the circuit in between or
        None: ``{("ion", 0): R("R_ct") | C("C_dl")}``. Face 0 is before the first region, face k after the k-th.
    links : dict, optional
        Circuits between two places: ``{(("ion", 1), ("electron", 1)): C("C_b")}``; None connects them.

    Notes
    -----
    A place that is named nowhere is open (blocked). In the linear range only.

    Examples
    --------
    Two rails, the ionic contact at one face and the electronic at the other, as `TransmissionLine`:

    >>> from sslib.impedance import C, Network, R, Region
    >>> pore = Region({"ion": R("R_ion"), "electron": R("R_el")}, {("ion", "electron"): C("C_dl")})
    >>> line = Network(pore, source=("ion", 0), sink=("electron", 1))
    >>> z = line.impedance([1e-4], R_ion=60.0, R_el=30.0, C_dl=1e-3)
    >>> round(float(z.real[0]), 4)
    30.0
    """

    def __init__(self, regions, source, sink, links=None):
        self.regions = (regions,) if isinstance(regions, Region) else tuple(regions)
        if not self.regions or not all(isinstance(region, Region) for region in self.regions):
            raise TypeError(f"regions are {regions!r}; Region objects go here")
        self.source, self.sink, self.links = source, sink, dict(links or {})
        joins = [(place, side, c) for side in ("source", "sink") for place, c in self.contacts(side).items()]
        joins += [(*pair, circuit) for pair, circuit in self.links.items()]
        self._number_places(joins)
        self._lay_out([(a, b, circuit) for a, b, circuit in joins if circuit is not None])
        parts = [*self.regions, *self.ends]
        self.slots = tuple(slot for part in parts for slot in part.slots)
        check_shared(self.slots)
        stops = np.cumsum([len(part.slots) for part in parts], dtype=int)
        self._places = [slice(int(e) - len(part.slots), int(e)) for e, part in zip(stops, parts, strict=True)]
        inner = [
            (circuit, slice(place.start + own.start, place.start + own.stop))
            for region, place in zip(self.regions, self._places, strict=False)
            for circuit, own in region.children
        ]
        self.children = inner + list(zip(self.ends, self._places[len(self.regions) :], strict=True))

    def _number_places(self, joins):
        """A node for each place; places that are connected are one node, the sink is the last."""
        places = {"source", "sink"}
        for face, region in enumerate(self.regions):
            places |= {(rail, face + side) for rail in region.rails for side in (0, 1)}
        for a, b, circuit in joins:
            for place in (a, b):
                if place not in places:
                    known = ", ".join(map(str, sorted(p for p in places if isinstance(p, tuple))))
                    raise ValueError(f"no rail ends at {place!r}; places are {known}")
            if circuit is not None and not isinstance(circuit, Circuit):
                raise TypeError(f"between {a} and {b} stands {circuit!r}; a circuit or None goes here")
        node_of = _groups(places, [(a, b) for a, b, circuit in joins if circuit is None])
        if node_of["source"] == node_of["sink"]:
            raise ValueError("source and sink are connected: no impedance is left between them")
        paths = [(a, b) for a, b, _ in joins]
        for face, region in enumerate(self.regions):
            paths += [((rail, face), (rail, face + 1)) for rail in region.rails]
            paths += [((a, face), (b, face)) for a, b in region.joined]
        piece_of = _groups(places, paths)
        loose = sorted(str(place) for place in places if piece_of[place] != piece_of["sink"])
        if loose:
            raise ValueError(f"nothing leads from the sink to {', '.join(loose)}; a rail or a branch is missing")
        nodes = sorted(set(node_of.values()) - {node_of["sink"]}, key=str)
        number = {node: k for k, node in enumerate(nodes)}
        self._nodes = len(nodes)
        self._node = {place: number.get(node, self._nodes) for place, node in node_of.items()}

    def _lay_out(self, ends):
        """The part of the system that is the same for all values: which current enters which node."""
        self.ends = [circuit for _, _, circuit in ends]
        identity = np.eye(self._nodes + 1)[:, : self._nodes]
        rails = [len(region.rails) for region in self.regions]
        counts = [*rails, len(ends), *(n - 1 for n in rails)]
        # After the nodes come the currents along the regions' rails, of the end circuits, and of the regions' shunts.
        begins = self._nodes + np.cumsum([0, *counts])
        places = [slice(int(begin), int(begin) + n) for begin, n in zip(begins, counts, strict=False)]
        k = len(rails)
        self._along, self._ends, self._between = places[:k], places[k], places[k + 1 :]
        fixed = np.eye(int(begins[-1]))
        fixed[: self._ends.stop, : self._ends.stop] = 0
        self._sums = []
        for face, region in enumerate(self.regions):
            first, second = (identity[[self._node[rail, face + side] for rail in region.rails]] for side in (0, 1))
            fixed[self._along[face], : self._nodes] = first - second
            total = (first + second) / 2
            fixed[: self._nodes, self._between[face]] = (total[:-1] - total[-1]).T
            touched = np.flatnonzero(total.any(axis=0))
            self._sums.append((touched, total[:, touched]))
        for row, (a, b, _) in zip(range(self._ends.start, self._ends.stop), ends, strict=True):
            fixed[row, : self._nodes] = identity[self._node[a]] - identity[self._node[b]]
        own = slice(self._nodes, self._ends.stop)
        fixed[: self._nodes, own] = fixed[own, : self._nodes].T
        self._store(fixed)

    def _store(self, fixed):
        """Which elements of the system are kept: all of a small one; those that are not zero of one that is a band."""
        self._size = len(fixed)
        pattern = np.ones(fixed.shape, dtype=bool)
        if self._size >= BANDED_FROM:
            pattern = (fixed != 0) | np.eye(self._size, dtype=bool)
            for along, between, (touched, _) in zip(self._along, self._between, self._sums, strict=True):
                pattern[along, along] = True
                pattern[between, touched] = True
        row, column = np.nonzero(pattern)
        place = np.zeros(fixed.shape, dtype=np.int32)
        place[row, column] = np.arange(len(row))
        self._base = fixed[row, column]
        self._blocks = [
            (place[along, along].ravel(), place[between][:, touched].ravel())
            for along, between, (touched, _) in zip(self._along, self._between, self._sums, strict=True)
        ]
        self._single = [int(place[k, k]) for k in range(self._ends.start, self._ends.stop)]
        # The equations besides Kirchhoff's first law, which are divided by their largest coefficient.
        self._begins = np.searchsorted(row, np.arange(self._nodes, self._size))
        self._band = None if self._size < BANDED_FROM else self._find_band(pattern, row, column)

    def _find_band(self, pattern, row, column):
        """Places of the system's elements in LAPACK's band storage, in an order that takes face after face."""
        order = reverse_cuthill_mckee(csr_array(pattern | pattern.T), symmetric_mode=True)
        number = np.argsort(order)
        row, column = number[row], number[column]
        width = int(np.abs(row - column).max())
        return order, width, (2 * width + row - column, column)

    def evaluate(self, grid, values, jacobian):
        frequencies = grid.omega.shape[-1]
        impedance = np.empty((len(values), frequencies), dtype=complex)
        step = max(1, ELEMENTS // (frequencies * len(self._base)))
        for begin in range(0, len(values), step):
            sets = slice(begin, begin + step)
            own = None if jacobian is None else jacobian[sets]
            impedance[sets] = self._evaluate(grid.take(sets), values[sets], own)
        return impedance

    def _evaluate(self, grid, values, jacobian):
        shape = len(values), grid.omega.shape[-1]
        lattices, takes, impedances = self._parts(grid, values, jacobian)
        forward, backward = self._solve(lattices, impedances, shape[0] * shape[1], jacobian is not None)
        if jacobian is not None:
            self._fill(jacobian, shape, lattices, takes, forward, backward)
        return forward[:, self._node["source"]].reshape(shape)

    def _parts(self, grid, values, jacobian):
        """Lattices of the regions, what takes back their slopes, and impedances of the circuits at the ends."""
        shape = len(values), grid.omega.shape[-1]
        points = shape[0] * shape[1]
        lattices, takes, impedances = [], [], []
        for k, own in enumerate(self._places):
            own_jacobian = None if jacobian is None else jacobian[:, own]
            if k < len(self.regions):
                r, y, take = self.regions[k].matrices(grid, values[:, own], own_jacobian)
                lattices.append(Lattice(*(m.reshape(points, *m.shape[2:]) for m in (r, y))))
                takes.append(take)
            else:
                z = self.ends[k - len(self.regions)].evaluate(grid, values[:, own], own_jacobian)
                impedances.append(np.broadcast_to(z, shape).reshape(points))
        return lattices, takes, impedances

    def inside(self, frequency, depths, **values):
        """Potential, current and reaction along every rail, for unit current through the network.

        Parameters
        ----------
        frequency : array_like
            [Hz], shape (frequencies,).
        depths : array_like
            Counted in regions: 0 is the first face, 1.5 the middle of the second region.
        **values : float or array_like
            As for `impedance`.

        Returns
        -------
        Inside

        Raises
        ------
        ValueError
            For what `impedance` refuses, and for a depth outside the network.

        Examples
        --------
        A pore whose wall blocks, at low frequency: half of the current has left the electrolyte half-way.

        >>> from sslib.impedance import C, Network, R, Region
        >>> pore = Region({"ion": R("R_ion"), "electron": None}, {("ion", "electron"): C("C_dl")})
        >>> line = Network(pore, source=("ion", 0), sink=("electron", 1))
        >>> found = line.inside([1e-4], [0.5], R_ion=60.0, C_dl=1e-3)
        >>> round(float(found.current["ion"][0, 0].real), 6), round(float(found.reaction["ion"][0, 0].real), 6)
        (0.5, 1.0)
        """
        check_positive(frequency=frequency)
        stacked, single = self._stack(values)
        frequency = np.atleast_1d(np.asarray(frequency, dtype=float))
        every = stacked[:, Evaluator(self).parameter_of_slot]
        lattices, _, impedances = self._parts(Grid(2 * np.pi * frequency), every, None)
        forward, _ = self._solve(lattices, impedances, len(every) * len(frequency), False)
        regions = [
            (region.rails, lattice, forward[:, touched] @ total.T, forward[:, along])
            for region, lattice, (touched, total), along in zip(
                self.regions, lattices, self._sums, self._along, strict=True
            )
        ]
        shape = (len(frequency),) if single else (len(every), len(frequency))
        return look_inside(frequency, depths, forward[:, self._node["source"]].reshape(shape), regions)

    def _solve(self, lattices, impedances, points, adjoint):
        """Potentials [V] and currents [A] for unit current into the source, and the adjoint of it.

        In units of an impedance that makes small what the shunts of a short line carry: then the elimination first
        turns to the rails, whose differences hold no rounding. Each equation is divided by its largest coefficient.
        """
        shunts, rails = (
            np.max([np.abs(getattr(lattice, which)).max(axis=(1, 2)) for lattice in lattices], axis=0) for which in "pq"
        )
        level = np.maximum(0.1 / np.where(shunts == 0, np.inf, shunts), rails)
        level = np.where(level == 0, 1, level)[:, None, None]
        system = np.empty((points, len(self._base)), dtype=complex)
        system[:] = self._base
        for lattice, (own, across), (_, total) in zip(lattices, self._blocks, self._sums, strict=True):
            system[:, own] = (-lattice.q / level).reshape(points, -1)
            system[:, across] = (-level * lattice.p[:, :-1] @ total).reshape(points, -1)
        for place, z in zip(self._single, impedances, strict=True):
            system[:, place] = -z / level[:, 0, 0]
        rows, first = slice(self._nodes, None), self._begins[0]
        scaled = system[:, first:]
        scale = np.maximum.reduceat(np.abs(scaled), self._begins - first, axis=1)
        scaled /= np.repeat(scale, np.diff(self._begins, append=len(self._base)), axis=1)
        source = np.zeros((self._size, 1))
        source[self._node["source"]] = 1
        if self._band:
            solutions = self._eliminate_along_band(system, source, adjoint)
        else:
            system = system.reshape(points, self._size, self._size)
            systems = (system, np.swapaxes(system, 1, 2)) if adjoint else (system,)
            solutions = [np.linalg.solve(matrix, source)[:, :, 0] for matrix in systems]
        forward, *backward = solutions
        forward[:, : self._nodes] *= level[:, :, 0]
        if not adjoint:
            return forward, None
        # The adjoint has an entry for each equation: Kirchhoff's first law in volts, the second in units of the level.
        backward = backward[0]
        backward[:, rows] /= scale
        backward[:, self._ends.stop :] *= level[:, :, 0]
        return forward, backward

    def _eliminate_along_band(self, system, source, adjoint):
        """Region after region (with pivots): the cost grows with their number, not with its cube."""
        order, width, stored = self._band
        solutions = np.empty((1 + adjoint, len(system), self._size), dtype=complex)
        band = np.zeros((3 * width + 1, len(order)), dtype=complex)
        right = source[order].astype(complex)
        for point, elements in enumerate(system):
            band[stored] = elements
            factors, pivots, _ = zgbtrf(band, width, width)
            for transposed, solution in enumerate(solutions):
                solution[point, order] = zgbtrs(factors, width, width, right, pivots, trans=transposed)[0][:, 0]
        return list(solutions)

    def _fill(self, jacobian, shape, lattices, takes, forward, backward):
        """dZ = −wᵀ dA x with the solution x and the adjoint w: slopes by P, Q and z, handed back to the parts."""
        for lattice, take, along, between, (touched, total) in zip(
            lattices, takes, self._along, self._between, self._sums, strict=True
        ):
            lost = np.pad(backward[:, between], ((0, 0), (0, 1)))
            slopes = lattice.pull_back(lost, forward[:, touched] @ total.T, backward[:, along], forward[:, along])
            take(*(slope.reshape(*shape, *slope.shape[1:]) for slope in slopes))
        for k, own in enumerate(self._places[len(self.regions) :], start=self._ends.start):
            jacobian[:, own] *= (backward[:, k] * forward[:, k]).reshape(shape)[:, None]

    def contacts(self, side):
        """By place what stands between it and the terminal ``"source"`` or ``"sink"``: a circuit or None."""
        places = getattr(self, side)
        return dict(places) if isinstance(places, dict) else {places: None}

    @property
    def exchanges(self):
        """Those of its circuits, and what the network has twice in places that the terminals cannot tell apart."""
        inner = (exchange for circuit, _ in self.children for exchange in circuit.exchanges)
        return (*inner, *exchanges_of(self))

    def draw_slots(self, impedance, omega, uniform):
        parts = [*self.regions, *self.ends]
        return np.concatenate(
            [
                part.draw_slots(impedance[:, own], omega[:, own], uniform[:, own])
                for part, own in zip(parts, self._places, strict=True)
            ],
            axis=1,
        )

    def __repr__(self):
        return f"Network({self.regions!r}, source={self.source!r}, sink={self.sink!r}, links={self.links!r})"


def _groups(members, pairs):
    """Which member stands for the group of each, when pairs are joined."""
    chief = {member: member for member in members}

    def find(member):
        while chief[member] != member:
            member = chief[member]
        return member

    for a, b in pairs:
        chief[find(a)] = find(b)
    return {member: find(member) for member in members}
