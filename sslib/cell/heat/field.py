"""Temperature in a block with anisotropic conductivity: steady, in time, and how many cells a stack may have."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import eigh_tridiagonal
from scipy.optimize import brentq

from sslib.cell.heat.stack import surface_coefficient
from sslib.checks import check_between, check_positive

MOST_CELLS = 10**7
"""So many cells of a stack are searched."""
PASSES = 200
"""Of the surface's temperature and its radiation, until they agree."""
SHARE = 0.4
"""Of the way that a pass goes [1]: radiation grows with up to the cube of the rise, and a whole step would swing."""


@dataclass(frozen=True, eq=False)
class Warming:
    """Temperature of a block above the ambient.

    Attributes
    ----------
    rise : numpy.ndarray
        Steady, in the cells of the block [K], shape (x, y, z).
    coefficient : tuple of float
        Of the faces across x, y and z [W/(m2 K)].
    sides : tuple of float
        [m].
    conductivities : tuple of float
        [W/(m K)].
    time_constant : float
        Of the slowest way to it [s].
    source : float
        [W/m3].
    surface : tuple of float
        Mean rise of the faces across x, y and z [K].
    """

    rise: np.ndarray
    coefficient: tuple
    sides: tuple
    conductivities: tuple
    time_constant: float
    source: float
    surface: tuple

    @property
    def largest(self):
        """[K]"""
        return float(self.rise.max())

    @property
    def mean(self):
        """[K]"""
        return float(self.rise.mean())

    @property
    def biot(self):
        r"""Biot numbers :math:`h l/(2 k)` in x, y and z [1]: far below one, the block is as warm inside as outside."""
        triples = zip(self.coefficient, self.sides, self.conductivities, strict=True)
        return tuple(h * side / (2 * k) for h, side, k in triples)

    @property
    def lost(self):
        """Heat through the faces across x, y and z [W]."""
        a, b, c = self.sides
        areas = (2 * b * c, 2 * a * c, 2 * a * b)
        return tuple(h * own * rise for h, own, rise in zip(self.coefficient, areas, self.surface, strict=True))


def steady_rise(sides, conductivities, source, coefficient, cells=24, heat_capacity=1.0):
    r"""Steady temperature rise of a block with an even source, cooled at its faces.

    .. math::

        0 = \sum_j k_j \frac{\partial^2 \theta}{\partial x_j^2} + q, \qquad
        \mp k_j \frac{\partial \theta}{\partial x_j} = h_j \theta \text{ at the faces}

    Parameters
    ----------
    sides : sequence of float
        In x, y and z [m].
    conductivities : sequence of float
        In x, y and z [W/(m K)].
    source : float
        [W/m3].
    coefficient : float or sequence of float
        Of all faces, or of the pairs across x, y and z [W/(m2 K)]; zero insulates.
    cells : int
        In each direction.
    heat_capacity : float
        Per volume [J/(m3 K)], for the time constant.

    Returns
    -------
    Warming

    Raises
    ------
    ValueError
        Where all faces are insulated: there is no steady state.

    Notes
    -----
    Source 002, equation 5, with every term per volume: its nomenclature has the heats in W, and its two sinks both
    subtract. Convection and radiation stand here where they act, at the faces. Finite volumes; a block with constant
    conductivities is a sum over the eigenvectors of its three directions, so that no system has to be solved.

    Examples
    --------
    A slab of 20 mm with 1 W/(m K), 1e4 W/m3, and 10 W/(m2 K) at its two faces: q H²/(8 k) + q H/(2 h) = 10.5 K.

    >>> slab = steady_rise((1, 1, 0.02), (1, 1, 1), 1e4, (0, 0, 10), cells=20)
    >>> round(slab.largest, 2)
    10.5
    """
    faces = _faces(coefficient)
    check_positive(sides=sides, conductivities=conductivities, source=source, heat_capacity=heat_capacity)
    values, vectors = zip(*(_modes(*own, cells) for own in zip(sides, conductivities, faces, strict=True)), strict=True)
    amounts = [own.sum(axis=0) for own in vectors]
    total = values[0][:, None, None] + values[1][:, None] + values[2]
    load = source * amounts[0][:, None, None] * amounts[1][:, None] * amounts[2]
    field = load / total
    for axis, own in enumerate(vectors):
        field = np.moveaxis(np.tensordot(own, field, axes=(1, axis)), 0, axis)
    # The face is colder than the middle of the cell beside it by what half a cell resists.
    surface = []
    for axis, (side, k, h) in enumerate(zip(sides, conductivities, faces, strict=True)):
        ends = np.take(field, [0, -1], axis=axis).mean()
        surface.append(float(ends / (1 + h * side / (2 * k * cells))))
    slowest = heat_capacity / float(total.min())
    return Warming(field, faces, tuple(sides), tuple(conductivities), slowest, float(source), tuple(surface))


def rise_in_time(time, sides, conductivities, source, coefficient, heat_capacity, cells=24):
    r"""Largest temperature rise [K] at times after the heat began, from ambient temperature.

    .. math:: \varrho c_p \frac{\partial \theta}{\partial t} = \sum_j k_j \frac{\partial^2 \theta}{\partial x_j^2} + q

    Parameters
    ----------
    time : array_like
        [s], shape (times,).
    heat_capacity : float
        Per volume [J/(m3 K)].
    sides, conductivities, source, coefficient, cells
        As for `steady_rise`; insulated on all sides it goes on rising.

    Examples
    --------
    Insulated, the source over the heat capacity is all:

    >>> rise_in_time([10.0], (0.01, 0.01, 0.01), (1, 1, 1), 1e5, 0.0, 2e6).round(6).tolist()
    [0.5]
    """
    faces = _faces(coefficient, insulated=True)
    check_between(0, np.inf, time=time)
    check_positive(sides=sides, conductivities=conductivities, source=source, heat_capacity=heat_capacity)
    values, vectors = zip(*(_modes(*own, cells) for own in zip(sides, conductivities, faces, strict=True)), strict=True)
    # The middle is warmest: the block and its source are symmetric.
    ends = [own[cells // 2] * own.sum(axis=0) for own in vectors]
    weights = (ends[0][:, None, None] * ends[1][:, None] * ends[2]).ravel()
    rates = (values[0][:, None, None] + values[1][:, None] + values[2]).ravel() / heat_capacity
    rates = np.maximum(rates, 0.0)
    t = np.asarray(time, dtype=float)[:, None]
    with np.errstate(invalid="ignore"):
        grown = np.where(rates * t > 1e-9, -np.expm1(-rates * t) / np.where(rates > 0, rates, 1.0), t)
    return source / heat_capacity * grown @ weights


def stack_rise(stack, heat, convection, emissivity=0.0, ambient=298.15, cells=16):
    """Steady temperature rise of a stack whose cells give off so much heat.

    Parameters
    ----------
    stack : Stack
    heat : float
        Of each cell, per area [W/m2], positive.
    convection : float
        Of all faces [W/(m2 K)].
    emissivity : float
        [1].
    ambient : float
        [K].
    cells : int
        Of the block in each direction.

    Returns
    -------
    Warming

    Raises
    ------
    ValueError
        For no heat, or no loss at all.

    Notes
    -----
    Radiation takes the mean temperature of each pair of faces, found by repetition.

    Examples
    --------
    A single cell that gives 2 W/m2 in still air warms by 0.1 K, q/(2 h); a hundred do not warm by 10 K:

    >>> from sslib.cell import Stack, ThermalLayer
    >>> foil = ThermalLayer("cell", 1e-4, 1.0, 20.0, 3000.0, 800.0)
    >>> [round(stack_rise(Stack((foil,), n, 0.05, 0.05), 2.0, 10.0).largest, 2) for n in (1, 100)]
    [0.1, 7.32]
    """
    check_positive(heat=heat)
    source = heat / stack.cell_thickness
    surface = np.zeros(3)
    for _ in range(PASSES):
        faces = surface_coefficient(convection, emissivity, ambient, surface)
        found = steady_rise(stack.sides, stack.conductivities, source, tuple(faces), cells, stack.heat_capacity)
        change = np.array(found.surface) - surface
        if np.all(np.abs(change) < 1e-7 * (0.1 + surface)):
            return found
        surface = surface + SHARE * change
    raise ValueError(f"heat is {heat:g} W/m2; the surface's temperature and its radiation find no balance")


def cells_within(stack, heat, limit, convection, emissivity=0.0, ambient=298.15):
    """How many cells a stack may have before its largest rise passes a limit [K].

    Parameters
    ----------
    stack : Stack
        Its number of cells does not matter.
    limit : float
        [K].
    heat, convection, emissivity, ambient
        As for `stack_rise`.

    Returns
    -------
    float
        Not rounded; below 1 where a single cell passes the limit, infinite where no stack does because its rim cools
        it enough.

    Examples
    --------
    >>> from sslib.cell import Stack, ThermalLayer
    >>> foil = ThermalLayer("cell", 1e-4, 1.0, 20.0, 3000.0, 800.0)
    >>> round(cells_within(Stack((foil,), 1, 0.05, 0.05), 2.0, 5.0, 10.0))
    61
    """
    check_positive(limit=limit)

    def excess(log_cells):
        own = replace(stack, cells=float(np.exp(log_cells)))
        return np.log(stack_rise(own, heat, convection, emissivity, ambient).largest / limit)

    low, high = np.log(1e-3), np.log(MOST_CELLS)
    if excess(low) > 0:
        return 0.0
    if excess(high) < 0:
        return np.inf
    return float(np.exp(brentq(excess, low, high, xtol=1e-4)))


def _modes(side, k, h, cells):
    """Eigenvalues [W/(m3 K)] and orthonormal eigenvectors of -k d²/dx² between two faces that lose h times the rise."""
    width = side / cells
    diagonal = np.full(cells, 2 * k / width**2)
    # Half a cell of conduction and the surface in series.
    loss = h / (1 + h * width / (2 * k)) / width
    diagonal[[0, -1]] += loss - k / width**2
    return eigh_tridiagonal(diagonal, np.full(cells - 1, -k / width**2))


def _faces(coefficient, insulated=False):
    check_between(0, np.inf, coefficient=coefficient)
    faces = tuple(float(h) for h in np.broadcast_to(coefficient, 3))
    if not insulated and not any(faces):
        raise ValueError("coefficient is 0 at all faces: without any loss there is no steady state")
    return faces
