"""Thin-film cells in time: discharges of a batch at once, and programs of pulses and rests."""

from dataclasses import fields

import numpy as np

from sslib.cell.film.overpotentials import (
    CUTOFF,
    DIFFUSION,
    ELECTRONS,
    EXHAUSTED,
    FIRST_INSTANT,
    LITHIUM,
    OHMIC,
    PARTS,
    SIGNS,
    TIME,
    TRANSFER,
    FilmCell,
    FilmRun,
)
from sslib.cell.film.plate import Plates
from sslib.checks import check_between, check_positive
from sslib.kinetics import activation_overpotential, thermal_voltage

FIRST_STEP, LARGEST_STEP, SMALLEST_STEP = 1e-9, 0.004, 1e-13
"""Of the time in which the current would fill the plate, or of the segment where that is shorter."""
BISECTIONS = 30
"""Of the step in which a run passes the cut-off."""
REACHED = 1e-3
"""Above the cut-off: so near it counts as reached [V]."""
VARIED = [field.name for field in fields(FilmCell) if field.name != "reference"]
"""What may differ between the cells of a batch."""


def film_discharge(cell, current_density, material, *, start, cutoff, cells=60, accuracy=1e-6):
    """Galvanostatic discharges of thin-film cells, all of a batch at once.

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

    >>> from sslib.cell.film.dominance import lithium_cobalt_oxide
    >>> film = FilmCell(1e-6, 1e-15, 1.0, 20.0, 1.5e-6, 1e-4, 20.0)
    >>> runs = film_discharge(film, [0.01, 10.0], lithium_cobalt_oxide(), start=0.5, cutoff=3.0)
    >>> [round(float(run.mean[-1]), 2) for run in runs]
    [0.97, 0.54]
    """
    check_positive(current_density=current_density)
    arrays = np.broadcast_arrays(current_density, *(getattr(cell, name) for name in VARIED))
    current, *values = (np.array(array, dtype=float).ravel() for array in arrays)
    flat = FilmCell(**dict(zip(VARIED, values, strict=True)), reference=cell.reference)
    material.check_start(start, cutoff)
    batch = _Batch(flat, material, float(start), float(cutoff), cells, accuracy)
    batch.run(current, flat.capacity(material) / current)
    runs = np.empty(len(current), dtype=object)
    runs[:] = batch.runs()
    return runs.reshape(arrays[0].shape)[()]


def film_pulses(cell, current_density, duration, material, *, start, cutoff=0.0, cells=60, accuracy=1e-6):
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
        Voltage at which the program ends [V]; there is no upper one for a charge, which ends with the surface empty.
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

    >>> from sslib.cell.film.dominance import lithium_cobalt_oxide
    >>> film = FilmCell(3e-7, 1e-16, 1.0, 20.0, 1.5e-6, 1e-4, 20.0)
    >>> run = film_pulses(film, [1.0, 0.0], [60.0, 60.0], lithium_cobalt_oxide(), start=0.6)
    >>> bool(run.losses[OHMIC][-1] == 0), bool(0 < run.losses[DIFFUSION][-1] < run.losses[DIFFUSION].max())
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
    values = {name: np.asarray(getattr(cell, name), dtype=float) for name in VARIED}
    if any(value.ndim for value in values.values()):
        raise ValueError("the cell has arrays; a program of currents takes one cell of numbers")
    material.check_start(start, cutoff)
    flat = FilmCell(**{name: value[None] for name, value in values.items()}, reference=cell.reference)
    batch = _Batch(flat, material, float(start), float(cutoff), cells, accuracy)
    for current, span in zip(currents, durations, strict=True):
        batch.run(np.array([current]), np.array([span]))
    return batch.runs()[0]


class _Batch:
    """Runs of a flat batch of cells, segment by segment; what is below the cut-off has stopped."""

    def __init__(self, cell, material, start, cutoff, cells, accuracy):
        check_positive(accuracy=accuracy)
        self.cell, self.material, self.cutoff, self.accuracy = cell, material, cutoff, accuracy
        curve = material.diffusivity.relative_to(cell.reference)
        self.plates = Plates(curve, cell.diffusivity / cell.thickness**2, cells)
        count = len(cell.thickness)
        self.capacity = cell.capacity(material)
        self.x = np.full((count, cells), start)
        self.clock, self.live = np.zeros(count), np.ones(count, dtype=bool)
        self.ended = np.full(count, TIME, dtype=object)
        self.history = []

    def run(self, current, span):
        """Those that have not stopped, for a time [s] at a current [A/m2], each its own."""
        n = np.flatnonzero(self.live)
        if not len(n):
            return
        filling = np.divide(self.capacity, np.abs(current), out=np.full(len(current), np.inf), where=current != 0)
        unit = np.minimum(filling, span)
        end = self.clock + span
        first = self.state(n, self.x[n], current[n])
        self.keep(n, self.clock[n], current[n], first)
        stopped = ~(first["voltage"] > self.cutoff)
        self.ended[n[stopped]] = FIRST_INSTANT if not self.clock.any() else CUTOFF
        self.live[n[stopped]] = False
        n = n[~stopped]
        h = FIRST_STEP * unit
        while len(n):
            h[n] = np.minimum(h[n], end[n] - self.clock[n])
            supply = current[n] / self.capacity[n]
            x, error = self.plates.step(n, self.x[n], supply, h[n])
            size = np.max(np.abs(error), axis=1) / self.accuracy
            good = size <= 1
            state = self.state(n, x, current[n])
            beyond = good & ~(state["voltage"] > self.cutoff)
            if beyond.any():
                self.stop(n[beyond], current, h[n[beyond]])
            on = good & ~beyond
            last = on & (self.clock[n] + h[n] >= end[n] * (1 - 1e-15))
            self.x[n[on]] = x[on]
            self.clock[n[on]] = np.where(last[on], end[n[on]], self.clock[n[on]] + h[n[on]])
            self.keep(n[on], self.clock[n[on]], current[n[on]], {key: value[on] for key, value in state.items()})
            lost = ~good & (h[n] < SMALLEST_STEP * unit[n])
            if lost.any():
                where = np.ravel(self.x[n[lost], 0])[0]
                raise RuntimeError(f"no step is short enough at a stoichiometry of {where:g} at the surface")
            with np.errstate(divide="ignore"):
                factor = np.where(np.isfinite(size), np.clip(0.85 * size ** (-1 / 3), 0.2, 3.0), 0.2)
            h[n] = np.minimum(h[n] * factor, LARGEST_STEP * unit[n])
            n = n[~(beyond | last)]

    def stop(self, n, current, h):
        """The runs n, which pass the cut-off within the step h, up to there."""
        low, high = np.zeros(len(n)), h.copy()
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            x, _ = self.plates.step(n, self.x[n], current[n] / self.capacity[n], middle)
            above = self.state(n, x, current[n])["voltage"] > self.cutoff
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        low = np.maximum(low, SMALLEST_STEP * h)
        self.x[n], _ = self.plates.step(n, self.x[n], current[n] / self.capacity[n], low)
        self.clock[n] += low
        state = self.state(n, self.x[n], current[n])
        self.keep(n, self.clock[n], current[n], state)
        # Where the last site is taken before, the potential has no value beyond.
        self.ended[n] = np.where(state["voltage"] < self.cutoff + REACHED, CUTOFF, EXHAUSTED)
        self.live[n] = False

    def state(self, n, x, current):
        """Voltage, open circuit, parts and stoichiometries of the runs n (dict of arrays)."""
        cell, insertion = self.cell, self.material.insertion
        supply = current / self.capacity[n]
        surface, mean = x[:, 0], self.plates.mean(x)
        flux, _ = self.plates.fluxes(n, x, supply)
        electronic = (supply[:, None] - (flux[:, 1:] + flux[:, :-1]) / 2) @ self.plates.widths * self.capacity[n]
        with np.errstate(invalid="ignore", divide="ignore"):
            potential, ratio, _, _ = insertion.kinetics(surface, cell.reference)
            exchange = cell.exchange_current[n] * np.where(ratio > 0, ratio, np.nan)
            transfer = 2 * thermal_voltage(cell.T[n]) * np.arcsinh(current / (2 * exchange))
        open_circuit = insertion.potential(mean)
        parts = {
            DIFFUSION: potential - open_circuit,
            ELECTRONS: -electronic * cell.thickness[n] / cell.electronic_conductivity[n],
            TRANSFER: -transfer,
            OHMIC: current * cell.electrolyte_thickness[n] / cell.electrolyte_conductivity[n],
            LITHIUM: activation_overpotential(current, cell.lithium_exchange_current[n], cell.T[n]),
        }
        voltage = open_circuit + sum(SIGNS[name] * part for name, part in parts.items())
        return {"voltage": voltage, "open_circuit": open_circuit, "surface": surface, "mean": mean, **parts}

    def keep(self, n, clock, current, state):
        if len(n):
            self.history.append({"n": n, "time": clock, "current": current, **state})

    def runs(self):
        """What was kept, by run (list of FilmRun)."""
        kept = {key: np.concatenate([part[key] for part in self.history]) for key in self.history[0]}
        order = np.argsort(kept["n"], kind="stable")
        cuts = np.searchsorted(kept.pop("n")[order], np.arange(1, len(self.capacity)))
        columns = {key: np.split(value[order], cuts) for key, value in kept.items()}
        found = []
        for k, ended in enumerate(self.ended):
            own = {key: column[k] for key, column in columns.items()}
            parts = {name: own.pop(name) for name in PARTS}
            found.append(FilmRun(**own, parts=parts, ended=str(ended)))
        return found
