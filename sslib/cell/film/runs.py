"""Thin-film cells in time: discharges of one or many, and programs of pulses and rests."""

from dataclasses import dataclass, fields

import numpy as np
from scipy.integrate import cumulative_trapezoid

from sslib.cell.film.overpotentials import (
    SIGNS,
    FilmCell,
    Overpotential,
    film_parts,
)
from sslib.cell.film.plate import Plate
from sslib.checks import check_between, check_positive

CUTOFF, FIRST_INSTANT, TIME = "cut-off", "first instant", "time"
EXHAUSTED = "surface full, or emptier than the table"
"""What ends a run."""
FULL = 1 - 1e-9
"""A surface as full has no sites left: beyond, it has no potential."""
REACHED = 1e-3
"""Above the cut-off: so near it counts as reached [V]."""
VARIED = [field.name for field in fields(FilmCell) if field.name != "reference"]
"""What may differ between the cells of an array."""


@dataclass(frozen=True, eq=False)
class FilmRun:
    r"""One cell in time.

    .. math::

        V = U(\bar x) + \eta_\text{PE}^\text{diff} + \eta_\text{PE}^\text{mt} + \eta_\text{PE-SE}^\text{ct}
            - \eta_\text{SE}^\text{mt} - \eta_\text{SE-NE}^\text{ct} - U_\text{NE}

    Attributes
    ----------
    time : numpy.ndarray
        [s]; where the current jumps, the same time stands twice.
    current : numpy.ndarray
        [A/m2], positive on discharge.
    voltage : numpy.ndarray
        [V].
    open_circuit : numpy.ndarray
        Potential at the mean stoichiometry [V].
    parts : dict of str to numpy.ndarray
        The overpotentials by name (`Overpotential`) [V], with the signs of the equation (`SIGNS`).
    mean, surface : numpy.ndarray
        Stoichiometry of the plate, and at its surface [1].
    ended : str
        At the ``"cut-off"``, after the ``"time"``, in the ``"first instant"`` where the cut-off is passed at once, or
        with the ``"surface full, or emptier than the table"`` of the material, where no potential is known.

    Notes
    -----
    Source 002, equation 16, with :math:`U_\text{NE} = 0` for lithium. It writes U of a concentration :math:`c_s`: that
    must be the mean, for a potential of the surface would hold the diffusion overpotential a second time.
    """

    time: np.ndarray
    current: np.ndarray
    voltage: np.ndarray
    open_circuit: np.ndarray
    parts: dict
    mean: np.ndarray
    surface: np.ndarray
    ended: str

    @property
    def losses(self):
        """What each part takes off the voltage [V]: positive on discharge; their sum is open circuit less voltage."""
        return {name: 0.0 - SIGNS[name] * part for name, part in self.parts.items()}

    @property
    def shares(self):
        """Of each part in the sum of their sizes, at each time [1]; zero where there is none."""
        sizes = {name: np.abs(part) for name, part in self.parts.items()}
        total = sum(sizes.values())
        return {name: np.divide(size, total, out=np.zeros_like(size), where=total > 0) for name, size in sizes.items()}

    @property
    def dominant(self):
        """Name of the largest part at each time."""
        return np.array(list(Overpotential))[np.argmax([np.abs(self.parts[name]) for name in Overpotential], axis=0)]

    @property
    def charge(self):
        """Passed until each time [C/m2]."""
        steps = np.diff(self.time) * (self.current[1:] + self.current[:-1]) / 2
        return np.concatenate([[0.0], np.cumsum(steps)])

    def mean_losses(self, begin=0.0, end=1.0):
        """Mean loss of each part [V] between two shares of the charge that passes: its energy, per charge.

        Where no charge passes, that of the last instant.
        """
        check_between(0, 1, begin=begin, end=end)
        passed = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(self.charge)))])
        if not passed[-1]:
            return {name: float(loss[-1]) for name, loss in self.losses.items()}
        ends = np.array([begin, end]) * passed[-1]
        means = {}
        for name, loss in self.losses.items():
            energy = cumulative_trapezoid(loss * np.sign(self.current), passed, initial=0)
            means[name] = float(np.diff(np.interp(ends, passed, energy))[0] / np.diff(ends)[0])
        return means

    @property
    def by_charge(self):
        """Mean loss of each part over all of the charge [V]."""
        return self.mean_losses()

    @property
    def dominant_by_charge(self):
        """Name of the part that costs most energy."""
        means = self.by_charge
        return max(means, key=lambda name: abs(means[name]))

    @property
    def reign(self):
        """Share of the charge during which each part is the largest [1]."""
        charge = np.abs(np.diff(self.time) * (self.current[1:] + self.current[:-1]) / 2)
        later = self.dominant[1:]
        return {name: float(charge[later == name].sum() / max(charge.sum(), 1e-300)) for name in Overpotential}

    def loss_between(self, lower, upper):
        """Mean sum of all losses [V] while the mean stoichiometry goes from one value to another."""
        check_between(self.mean.min(), self.mean.max(), stoichiometry=[lower, upper])
        total = self.open_circuit - self.voltage
        at = np.linspace(lower, upper, 501)
        return float(np.trapezoid(np.interp(at, self.mean, total), at) / (upper - lower))

    def overtakes(self, one, other):
        """First time [s] at which one part is larger than another; NaN where that does not happen."""
        ahead = np.abs(self.parts[one]) - np.abs(self.parts[other])
        after = np.flatnonzero(ahead > 0)
        if not len(after):
            return np.nan
        k = after[0]
        if k == 0:
            return float(self.time[0])
        share = -ahead[k - 1] / (ahead[k] - ahead[k - 1])
        return float(self.time[k - 1] + share * (self.time[k] - self.time[k - 1]))


def film_discharge(cell, current_density, material, *, start, cutoff, cells=60, accuracy=1e-7):
    """Galvanostatic discharges of thin-film cells.

    Parameters
    ----------
    cell : FilmCell
    current_density : array_like
        [A/m2], broadcast against the cell.
    material : FilmMaterial
    start : float
        Stoichiometry at the start, uniform [1].
    cutoff : float
        Voltage at which a discharge ends [V].
    cells : int
        Of the plate.
    accuracy : float
        Error of the stoichiometry in a step [1].

    Returns
    -------
    FilmRun, or numpy.ndarray of FilmRun
        Of the broadcast shape.

    Raises
    ------
    ValueError
        For a current that is not positive, a start outside the material's table, a cut-off above the open circuit.

    Notes
    -----
    See `film_pulses`. Without a cut-off that stops it before, a discharge ends with the surface full.

    Examples
    --------
    At a low current the plate fills to where its potential meets the cut-off; at a high one only its surface does:

    >>> from sslib.cell import lithium_cobalt_oxide
    >>> film = FilmCell(1e-6, 1e-15, 1.0, 20.0, 1.5e-6, 1e-4, 20.0)
    >>> runs = film_discharge(film, [0.01, 10.0], lithium_cobalt_oxide(), start=0.5, cutoff=3.0)
    >>> [round(float(run.mean[-1]), 2) for run in runs]
    [0.97, 0.54]
    """
    check_positive(current_density=current_density)
    arrays = np.broadcast_arrays(current_density, *(getattr(cell, name) for name in VARIED))
    runs = np.empty(arrays[0].shape, dtype=object)
    for place in np.ndindex(runs.shape):
        current, *values = (float(array[place]) for array in arrays)
        own = FilmCell(*values, reference=cell.reference)
        full = own.capacity(material) / current
        numerics = {"start": start, "cutoff": cutoff, "cells": cells, "accuracy": accuracy}
        runs[place] = film_pulses(own, [current], [full], material, **numerics)
    return runs[()]


def film_pulses(cell, current_density, duration, material, *, start, cutoff=0.0, cells=60, accuracy=1e-7):
    r"""A thin-film cell under a program of constant currents and rests.

    .. math::

        \eta_\text{PE}^\text{diff} = U(x_s) - U(\bar x), \qquad
        \eta_\text{PE}^\text{mt} = -\int_0^L \frac{i - F N(z)}{\sigma_e} dz, \qquad
        \eta^\text{ct} = \mp \frac{2 R T}{F} \operatorname{arsinh} \frac{i}{2 i_0}, \qquad
        \eta_\text{SE}^\text{mt} = \frac{i d}{\sigma_\text{SE}}

    Parameters
    ----------
    cell : FilmCell
        Of numbers.
    current_density : array_like
        Of each segment [A/m2], positive on discharge, zero for a rest.
    duration : array_like
        Of each segment [s].
    material : FilmMaterial
    start : float
        Stoichiometry at the start, uniform [1].
    cutoff : float
        Voltage at which the program ends [V]; there is no upper one for a charge, which ends where the surface is
        emptier than the material's table.
    cells, accuracy
        As for `film_discharge`.

    Returns
    -------
    FilmRun

    Raises
    ------
    ValueError
        For lists of different lengths, a duration that is not positive, a cell of arrays, a start outside the
        material's table, a cut-off above the open circuit.

    Notes
    -----
    The electronic current is what lithium does not carry: all of the current at the first instant, falling to that of
    a uniform filling (half the drop), and not zero in a rest while the plate evens out. Lithium moves in the plate by
    diffusion alone, so its ionic conductivity must be small beside the electronic one (`FilmCell.ionic_share`); the
    electrolyte carries lithium ions alone; the double layers are charged (`charging_overpotential` says when); no
    change of volume, no phase boundary, one temperature, one dimension.

    Examples
    --------
    The ohmic part vanishes with the current, the diffusion part relaxes:

    >>> from sslib.cell import lithium_cobalt_oxide
    >>> film = FilmCell(3e-7, 1e-16, 1.0, 20.0, 1.5e-6, 1e-4, 20.0)
    >>> run = film_pulses(film, [1.0, 0.0], [60.0, 60.0], lithium_cobalt_oxide(), start=0.6)
    >>> late = run.losses["diffusion, positive"]
    >>> bool(run.losses["electrolyte"][-1] == 0), bool(0 < late[-1] < late.max())
    (True, True)
    """
    currents, durations = np.asarray(current_density, dtype=float), np.asarray(duration, dtype=float)
    if currents.ndim != 1 or currents.shape != durations.shape or not len(currents):
        raise ValueError(
            f"current_density has the shape {currents.shape} and duration {durations.shape}; they must be two rows of "
            "one length, a value for each segment"
        )
    check_between(-np.inf, np.inf, current_density=currents)
    check_positive(duration=durations)
    if any(np.ndim(getattr(cell, name)) for name in VARIED):
        raise ValueError("the cell has arrays; a program of currents takes one cell of numbers")
    check_positive(accuracy=accuracy)
    material.check_start(start, cutoff)
    capacity = float(cell.capacity(material))
    curve = material.diffusivity.relative_to(cell.reference)
    plate = Plate(curve, cell.diffusivity / cell.thickness**2, np.abs(currents).max() / capacity, cells)
    x, kept, ended = np.full((1, cells), float(start)), [], TIME
    clock = 0.0
    for current, span in zip(currents, durations, strict=True):
        if not _state(cell, material, plate, current, x)["voltage"][0] > cutoff:
            kept.append((np.array([clock]), current, x))
            ended = CUTOFF if clock else FIRST_INSTANT
            break

        def above(profile, current=current):
            voltage = _state(cell, material, plate, current, profile[None])["voltage"][0]
            return np.nan_to_num(voltage - cutoff, nan=-1.0)

        ends = [above, lambda profile: FULL - profile[0], lambda profile: profile[0] - material.insertion.range[0]]
        time, profiles = plate.course(x[0], current / capacity, span, ends, accuracy)
        kept.append((clock + time, current, profiles))
        x, clock = profiles[-1:], clock + span
        if time[-1] < span:
            ended = CUTOFF if above(x[0]) < REACHED else EXHAUSTED
            break
    states = [_state(cell, material, plate, current, profiles) for _, current, profiles in kept]
    columns = {key: np.concatenate([state[key] for state in states]) for key in states[0]}
    parts = {name: columns.pop(name) for name in Overpotential}
    time = np.concatenate([time for time, _, _ in kept])
    current = np.concatenate([np.full(len(time), current) for time, current, _ in kept])
    return FilmRun(time=time, current=current, **columns, parts=parts, ended=ended)


def _state(cell, material, plate, current, x):
    """Voltage, open circuit, parts and stoichiometries at profiles (times, cells), as a dictionary of arrays."""
    surface, mean = x[:, 0], plate.mean(x)
    lithium = plate.carried(x) * cell.capacity(material)
    open_circuit, parts = film_parts(cell, material, current, surface, mean, lithium)
    voltage = open_circuit + sum(SIGNS[name] * part for name, part in parts.items())
    return {"voltage": voltage, "open_circuit": open_circuit, "surface": surface, "mean": mean, **parts}
