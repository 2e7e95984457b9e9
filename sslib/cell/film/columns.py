"""Three-dimensional thin-film cells: more area on the same footprint, and how evenly a column uses it."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.integrate import solve_ivp
from scipy.linalg import solve_banded

from sslib.checks import check_between, check_positive
from sslib.kinetics import FARADAY


def area_enhancement(diameter, height, pitch):
    r"""Area enhancement factor [1] of a square array of cylinders.

    .. math:: \text{AEF} = \frac{A_\text{int}}{A_\text{f}} = 1 + \frac{\pi d h}{p^2}

    Parameters
    ----------
    diameter, height, pitch : array_like
        Of the cylinders, and between their axes [m].

    Raises
    ------
    ValueError
        For cylinders that overlap.

    Notes
    -----
    The top of a cylinder stands for the ground that it covers; pores count as columns do. Source 002, equation 17,
    which leaves the shape open.

    Examples
    --------
    The AEF of 10 that source 002 quotes takes columns of 3 um, 30 um high and 5.6 um apart:

    >>> round(float(area_enhancement(3e-6, 30e-6, 5.6e-6)), 1)
    10.0
    """
    check_positive(diameter=diameter, height=height, pitch=pitch)
    if np.any(np.asarray(pitch) <= np.asarray(diameter)):
        raise ValueError("pitch must be larger than diameter: the cylinders overlap")
    return 1 + np.pi * np.asarray(diameter) * height / np.square(pitch)


def conformal(cell, enhancement):
    """The film cell on more area with the same capacity per footprint: a plate thinner by the enhancement [1].

    At the same footprint current the current density is lower by it, too. All layers are thin beside the columns'
    radius and even; see `column_currents` for where they are not.

    >>> from sslib.cell import FilmCell
    >>> conformal(FilmCell(1e-6, 1e-15, 1.0, 20.0, 1.5e-6, 1e-4, 20.0), 10).thickness
    np.float64(1e-07)
    """
    check_between(1, 1e6, enhancement=enhancement)
    return replace(cell, thickness=np.asarray(cell.thickness) / enhancement)


@dataclass(frozen=True, eq=False)
class Column:
    """A column or pore whose wall is a thin-film cell, and whose electrode is contacted at its top.

    Attributes
    ----------
    height, diameter : float
        [m].
    rail : float
        Resistance of the electrodes along the column [ohm/m], both in series: that of a film of conductivity s and
        thickness L is 1/(pi d L s).
    wall : array_like
        Electrolyte and charge transfer at depths from top to bottom, spaced evenly [ohm m2], at least two.
    """

    height: float
    diameter: float
    rail: float
    wall: np.ndarray

    def __post_init__(self):
        check_positive(height=self.height, diameter=self.diameter, wall=self.wall)
        check_between(0, np.inf, rail=self.rail)
        if np.ndim(self.wall) != 1 or len(self.wall) < 2:
            raise ValueError(f"wall has the shape {np.shape(self.wall)}; it must be a row of at least 2 depths")

    def sections(self, count):
        """Depth of the middles [m], area [m2] and wall [ohm m2] of so many equal sections."""
        step = self.height / count
        depth = (np.arange(count) + 0.5) * step
        wall = np.interp(depth, np.linspace(0, self.height, len(self.wall)), self.wall)
        return depth, np.full(count, np.pi * self.diameter * step), wall


def column_currents(column, sections=200, sources=0.0, current=1.0):
    r"""How a current divides over the depth of a column.

    .. math::

        \frac{d\varphi}{dz} = \rho J, \qquad \frac{dJ}{dz} = -\pi d\, \frac{U - \varphi}{r(z)}, \qquad
        J(0) = I, \quad J(h) = 0

    Parameters
    ----------
    column : Column
    sections : int
    sources : array_like
        U [V], one or one for each section.
    current : float
        I, out of the top on discharge [A].

    Returns
    -------
    depth : numpy.ndarray
        [m].
    density : numpy.ndarray
        Current density through the wall [A/m2].
    drop : float
        Potential along the column, bottom less top [V].
    voltage : float
        At the top [V].

    Notes
    -----
    The wall is linear: what it drops should stay below the thermal voltage where charge transfer counts.

    Examples
    --------
    Even walls and perfect rails share evenly; twice the thickness takes half of the current:

    >>> even = Column(25e-6, 3e-6, 0.0, np.array([0.01, 0.02]))
    >>> _, density, drop, _ = column_currents(even, sections=1000)
    >>> round(float(density[0] / density[-1]), 2), float(drop)
    (2.0, 0.0)
    """
    depth, area, wall = column.sections(sections)
    conductance = area / wall
    sources = np.broadcast_to(np.asarray(sources, dtype=float), depth.shape)
    if column.rail == 0:
        voltage = (conductance @ sources - current) / conductance.sum()
        return depth, (sources - voltage) / wall, 0.0, float(voltage)
    link = 1 / (column.rail * column.height / sections)
    bands = np.zeros((3, sections))
    bands[1] = conductance
    bands[1, 1:] += link
    bands[1, :-1] += link
    bands[0, 1:] = bands[2, :-1] = -link
    right = conductance * sources
    right[0] -= current
    potential = solve_banded((1, 1), bands, right)
    voltage = potential[0] - current / (2 * link)
    return depth, (sources - potential) / wall, float(potential[-1] - voltage), float(voltage)


def column_discharge(column, current, material, thickness, *, start, cutoff, sections=40):
    """Discharge of a column whose wall has a plate that is in equilibrium with itself.

    Parameters
    ----------
    column : Column
    current : float
        Of the column [A].
    material : FilmMaterial
    thickness : float
        Of the plate on the wall [m].
    start : float
        Stoichiometry at the start [1].
    cutoff : float
        [V].
    sections : int

    Returns
    -------
    utilisation : float
        Charge delivered over that from the start to full [1].
    depth : numpy.ndarray
        [m].
    stoichiometry : numpy.ndarray
        At the cut-off, by depth [1].
    voltage : float
        At the top in the first instant [V].

    Raises
    ------
    ValueError
        For a current that is not positive, a start outside the material's table, a cut-off above the open circuit.

    Notes
    -----
    What fills first lowers its potential, and the current moves on: the unevenness of the first instant is the worst.

    Examples
    --------
    A wall that is ten times as thick at the top delivers what an even one does, where the current is small:

    >>> from sslib.cell import lithium_cobalt_oxide
    >>> used = [
    ...     column_discharge(
    ...         Column(30e-6, 3e-6, 0.0, np.array(wall)), 1e-12, lithium_cobalt_oxide(), 1e-7, start=0.5, cutoff=3.0
    ...     )[0]
    ...     for wall in ([0.011, 0.011], [0.02, 0.002])
    ... ]
    >>> round(used[1] / used[0], 4)
    1.0
    """
    check_positive(current=current, thickness=thickness)
    material.check_start(start, cutoff)
    depth, area, _ = column.sections(sections)
    capacity = FARADAY * material.sites * thickness

    def rate(time, x):
        sources = material.insertion.potential(np.minimum(x, 1 - 1e-9))
        return column_currents(column, sections, sources, current)[1] / capacity

    def left(time, x):
        sources = material.insertion.potential(np.minimum(x, 1 - 1e-9))
        return column_currents(column, sections, sources, current)[3] - cutoff

    begin = np.full(sections, float(start))
    voltage = left(0.0, begin) + cutoff
    if voltage <= cutoff:
        return 0.0, depth, begin, voltage
    left.terminal = True
    filling = capacity * area.sum() / current
    run = solve_ivp(rate, (0, filling), begin, "BDF", events=left, rtol=1e-6, atol=1e-8, max_step=filling / 50)
    x = run.y[:, -1]
    return float((x.mean() - start) / (1 - start)), depth, x, voltage
