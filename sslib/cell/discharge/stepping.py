"""Steps in time of many discharges at once: Newton's method for the ionic current, steps that follow the voltage."""

import numpy as np
from scipy.linalg.lapack import dgtsv

from sslib.cell.discharge.diffusion import diffusion_modes, step_weights
from sslib.kinetics import thermal_voltage

GRADING = 4.0
"""Logarithm of the widest over the narrowest cell: the narrowest lies at the separator, where the reaction starts."""
NEWTON_TOLERANCE = 1e-7, 1e-5  # V, and of the loss in rails and charge transfer where that is smaller
ROUNDING = 1e-13  # V; what is left of a difference of potentials
CUTOFF_TOLERANCE = 1e-3  # V below the cut-off; the crossing is interpolated within it
FIRST_STEP, LARGEST_STEP, SMALLEST_STEP = 1e-6, 0.02, 1e-13  # of the capacity
MOST_STEPS = 1000  # a discharge takes some 150 by default, in inverse proportion to the voltage step
LARGEST_CHANGE = 2.5  # of the voltage in a step, over the change aimed at


class Grid:
    """Cells of the depth, from the separator (0) to the collector (1), and integrals of the ionic current over them."""

    def __init__(self, cells):
        faces = np.expm1(np.linspace(0, GRADING, cells + 1)) / np.expm1(GRADING)
        self.widths = np.diff(faces)
        self.uniform = 1 - faces[1:-1]
        """Ionic current at the inner faces, over the current, where the reaction is uniform."""
        left, right = self.widths[:-1] / 8, self.widths[1:] / 8
        # Between the centres of neighbours the current is linear on either side of their face: the integral over
        # that distance weighs the three faces so.
        self.before, self.at, self.after = left, 3 * (left + right), right
        self.distances = np.diff((faces[1:] + faces[:-1]) / 2)

    def with_ends(self, inner, current):
        """Ionic current at all faces: all of the current enters at the separator, none is left at the collector."""
        full = np.zeros((len(inner), inner.shape[1] + 2))
        full[:, 0], full[:, 1:-1] = current, inner
        return full

    def reaction(self, full):
        """Local reaction current in each cell, per depth [A/m2]."""
        return (full[:, :-1] - full[:, 1:]) / self.widths

    def between_centres(self, full):
        return self.before * full[:, :-2] + self.at * full[:, 1:-1] + self.after * full[:, 2:]


class Batch:
    """Discharges of a flat batch of cells; `solve` fills `delivered`, `energy` and `first_voltage`."""

    def __init__(self, cell, current, material, start, cutoff, cells, modes, voltage_step):
        count = len(current)
        self.cell, self.current, self.material = cell, current, material
        self.start, self.cutoff, self.voltage_step = start, cutoff, voltage_step
        self.grid, (self.weights, self.rates) = Grid(cells), diffusion_modes(modes)
        # Seen from the other face the rails exchange their roles, and nothing else changes: with the poorer one as the
        # ionic rail, the reaction starts where the cells are narrow.
        self.ion, self.electron = np.maximum(cell.R_ion, cell.R_el), np.minimum(cell.R_ion, cell.R_el)
        self.kT = thermal_voltage(cell.T)
        self.exchange = self.kT / cell.R_ct
        # No surface holds less than none, and R_counter = 0 has an infinite exchange current.
        lithium = np.divide(self.kT, cell.R_counter, out=np.full(count, np.inf), where=cell.R_counter > 0)
        self.series_loss = cell.R_sep * current + 2 * self.kT * np.arcsinh(current / (2 * lithium))
        loss = current * (cell.R_ion + cell.R_el + cell.R_ct)
        self.tolerance = np.clip(NEWTON_TOLERANCE[1] * loss, ROUNDING, NEWTON_TOLERANCE[0])
        self.delivered, self.energy = np.full(count, np.nan), np.full(count, np.nan)
        self.first_voltage = np.full(count, np.nan)
        self.stopped = np.full(count, np.nan)
        self.history = []

    def solve(self):
        """Run every discharge to its end."""
        live = self._begin()
        for _ in range(int(MOST_STEPS * max(1.0, 0.01 / self.voltage_step))):
            if not len(live["n"]):
                return
            live = self._advance(live)
        self.stopped[live["n"]] = live["voltage"]

    def verdicts(self, n):
        """What must be said of discharge n (list of str)."""
        if np.isnan(self.first_voltage[n]):
            return ["no capacity: no distribution of the current was found for the first instant"]
        if self.first_voltage[n] <= self.cutoff:
            first = f"{self.first_voltage[n]:.3f} V in the first instant"
            return [f"no capacity: {first} is not above the cut-off of {self.cutoff:g} V"]
        if np.isfinite(self.stopped[n]):
            return [f"no capacity: the solution ends at {self.stopped[n]:.3f} V, above the cut-off"]
        return []

    def curves(self):
        """Charge [C/m2] and voltage [V] of every discharge (list of pairs of arrays)."""
        n, charge, voltage = (np.concatenate(parts) for parts in zip(*self.history, strict=True))
        order = np.argsort(n, kind="stable")
        ends = np.searchsorted(n[order], np.arange(1, len(self.current)))
        return list(zip(np.split(charge[order], ends), np.split(voltage[order], ends), strict=True))

    def _begin(self):
        """The state before the first step, of those whose first instant lies above the cut-off."""
        n = np.arange(len(self.current))
        known = np.full((len(n), len(self.grid.widths)), self.start)
        guess = self.current[:, None] * self.grid.uniform
        inner, reaction, voltage, found = self._newton(n, guess, known, np.zeros(len(n)), 60)
        self.first_voltage[found] = voltage[found]
        zeros = np.zeros(len(n))
        state = {
            "n": n,
            "mean": known,
            "modes": np.zeros((len(n), len(self.rates), known.shape[1])),
            "inner": inner,
            "before": inner,
            "reaction": reaction,
            "voltage": voltage,
            "charge": zeros,
            "energy": zeros,
            "step": FIRST_STEP * self.cell.capacity / self.current,
            "last": FIRST_STEP * self.cell.capacity / self.current,
        }
        state = _those(state, found & (voltage > self.cutoff))
        self.history.append((state["n"], state["charge"], state["voltage"]))
        return state

    def _advance(self, s):
        """One step of each live discharge; a step that fails is tried shorter the next time."""
        n, step = s["n"], s["step"]
        capacity, current = self.cell.capacity[n], self.current[n]
        decay, early, late = step_weights(self.rates, step / self.cell.tau_d[n])
        # A mode is w*tau/(3Q) times y, with y' = mu (q - y)/tau; the mean of a particle takes up q/Q.
        answer = self.weights * (self.cell.tau_d[n] / (3 * capacity))[:, None]
        half = step / (2 * capacity)
        known = s["mean"] + (half + (answer * early).sum(axis=1))[:, None] * s["reaction"]
        known += ((answer * decay)[:, None, :] @ s["modes"])[:, 0]
        gain = half + (answer * late).sum(axis=1)
        guess = self._inside(n, s, known, gain)
        inner, reaction, voltage, found = self._newton(n, guess, known, gain, 12)

        change = s["voltage"] - voltage
        beyond = found & (voltage < self.cutoff - CUTOFF_TOLERANCE)
        good = found & (np.abs(change) < LARGEST_CHANGE * self.voltage_step) & ~beyond
        factor = np.clip(0.9 * self.voltage_step / np.maximum(np.abs(change), 1e-9), 0.2, 2.0)
        to_cutoff = (s["voltage"] - self.cutoff + CUTOFF_TOLERANCE / 3) / np.maximum(np.abs(change), 1e-9)
        factor = np.where(beyond, np.minimum(factor, np.clip(to_cutoff, 0.02, 0.9)), np.where(found, factor, 0.25))
        reached = good & (voltage <= self.cutoff)
        share = np.where(reached, (s["voltage"] - self.cutoff) / np.where(reached, change, 1.0), 1.0)
        end = np.where(reached, self.cutoff, voltage)
        charge = s["charge"] + share * step * current
        energy = s["energy"] + share * step * current * (s["voltage"] + end) / 2
        self.history.append((n[good], charge[good], end[good]))

        modes = decay[..., None] * s["modes"] + early[..., None] * s["reaction"][:, None]
        modes += late[..., None] * reaction[:, None]
        new = {
            "mean": s["mean"] + half[:, None] * (s["reaction"] + reaction),
            "modes": modes,
            "inner": inner,
            "before": s["inner"],
            "reaction": reaction,
            "voltage": voltage,
            "charge": charge,
            "energy": energy,
            "last": step,
        }
        if not good.all():
            new = {name: np.where(_along(good, value), value, s[name]) for name, value in new.items()}
        following = np.minimum(step * factor, LARGEST_STEP * capacity / current)
        self.delivered[n[reached]], self.energy[n[reached]] = charge[reached], energy[reached]
        stuck = following < SMALLEST_STEP * capacity / current
        self.stopped[n[stuck]] = s["voltage"][stuck]
        return _those({"n": n, "step": following, **new}, ~(reached | stuck))

    def _inside(self, n, s, known, gain):
        """Start of Newton's method: the trend of the last step, or else what keeps all surfaces between 0 and 1."""
        trend = s["inner"] + (s["step"] / s["last"])[:, None] * (s["inner"] - s["before"])
        guess = trend
        for other in (s["inner"], self.current[n][:, None] * self.grid.uniform):
            surface = known + gain[:, None] * self.grid.reaction(self.grid.with_ends(guess, self.current[n]))
            outside = ((surface <= 0) | (surface >= 1)).any(axis=1)
            if not outside.any():
                break
            guess = np.where(outside[:, None], other, guess)
        return guess

    def _newton(self, n, inner, known, gain, iterations):
        """Ionic current at the inner faces where the surface is ``known + gain * reaction``.

        Returns it, the reaction [A/m2], the voltage [V] and whether it was found.
        """
        cell, grid, current = self.cell, self.grid, self.current[n]
        ion, electron = self.ion[n][:, None], self.electron[n][:, None]
        kT, gain = self.kT[n][:, None], gain[:, None]
        tolerance = self.tolerance[n][:, None]
        exchange, reference = self.exchange[n][:, None], cell.reference[n][:, None]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            for _ in range(iterations):
                full = grid.with_ends(inner, current)
                reaction = grid.reaction(full)
                surface = known + gain * reaction
                potential, ratio, slope, ratio_slope = self.material.kinetics(surface, reference)
                asymmetry = reaction / (2 * exchange * ratio)
                root = np.hypot(1, asymmetry)
                drop = potential - 2 * kT * np.arcsinh(asymmetry)
                drop_slope = gain * (slope + 2 * kT * asymmetry / root * ratio_slope / ratio)
                drop_slope -= kT / (exchange * ratio * root)
                integral = grid.between_centres(full)
                residual = np.diff(drop) - (ion + electron) * integral + electron * current[:, None] * grid.distances
                found = (np.abs(residual) < tolerance).all(axis=1)
                if found.all():
                    break
                per_face = drop_slope / grid.widths
                diagonal = per_face[:, 1:] + per_face[:, :-1] - (ion + electron) * grid.at
                lower = -per_face[:, :-1] - (ion + electron) * grid.before
                upper = -per_face[:, 1:] - (ion + electron) * grid.after
                change = _tridiagonal(lower, diagonal, upper, -residual)
                shift = gain * grid.reaction(grid.with_ends(change, 0.0))
                room = np.where(shift > 0, (1 - surface) / shift, np.where(shift < 0, -surface / shift, np.inf))
                inner = inner + np.minimum(1, 0.9 * room.min(axis=1))[:, None] * change
        voltage = drop[:, 0] - self.series_loss[n] - ion[:, 0] * grid.widths[0] / 8 * (3 * current + inner[:, 0])
        along = current[:, None] * grid.distances - integral
        last = grid.widths[-1] / 2 * (current - inner[:, -1] / 4)
        voltage -= electron[:, 0] * (along.sum(axis=1) + last)
        return inner, reaction, voltage, found & np.isfinite(voltage)


def _tridiagonal(lower, diagonal, upper, right):
    """Solutions of a batch of tridiagonal systems (batch, size), as one system without links between its parts.

    A system that is not finite has the solution NaN, and does not spoil the others.
    """
    lower, diagonal, upper, right = lower.copy(), diagonal.copy(), upper.copy(), right.copy()
    lost = ~np.isfinite(lower + diagonal + upper + right).all(axis=1)
    lower[lost], diagonal[lost], upper[lost], right[lost] = 0.0, 1.0, 0.0, 0.0
    lower[:, 0] = upper[:, -1] = 0.0
    solution = dgtsv(lower.ravel()[1:], diagonal.ravel(), upper.ravel()[:-1], right.ravel())[3].reshape(right.shape)
    solution[lost] = np.nan
    return solution


def _along(mask, value):
    return mask.reshape(-1, *[1] * (value.ndim - 1))


def _those(state, mask):
    """The state of the masked discharges alone."""
    return state if mask.all() else {name: value[mask] for name, value in state.items()}
