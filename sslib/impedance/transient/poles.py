"""An impedance as a passive sum of poles: what it answers in frequency, to a step, and to any current."""

from dataclasses import dataclass

import numpy as np

from sslib.checks import check_positive

LONGEST_BLOCK = 2_000_000
"""Times and poles at a time: the exponentials of a long record need not be in memory together (16 MB)."""


@dataclass(frozen=True, eq=False)
class PoleImpedance:
    r"""A resistance, a capacitor, an inductance and a chain of RC elements in series.

    .. math:: Z(s) = R_\infty + \frac{1}{s C} + s L + \sum_k \frac{R_k}{1 + s \tau_k}

    With every quantity positive it is passive, whatever was approximated.

    Attributes
    ----------
    resistance : float
        :math:`R_\infty` [ohm]: what answers at once.
    elastance : float
        :math:`1/C` [1/F]: by how much the voltage rises for each coulomb that stays.
    inductance : float
        L [H].
    resistances, times : numpy.ndarray
        :math:`R_k` [ohm] and :math:`\tau_k` [s], the times ascending.
    band : tuple of float
        Frequencies [Hz] between which it was approximated.
    error : float
        Largest relative deviation from the circuit's impedance in that band [1].

    Examples
    --------
    A resistor in series with 10 ohm across 1 mF, 10 ms after a step of 1 A: 5 + 10 (1 - 1/e).

    >>> arc = PoleImpedance(5.0, 0.0, 0.0, np.array([10.0]), np.array([10e-3]))
    >>> round(float(arc.step(10e-3)), 3)
    11.321
    """

    resistance: float
    elastance: float
    inductance: float
    resistances: np.ndarray
    times: np.ndarray
    band: tuple[float, float] = (0.0, np.inf)
    error: float = 0.0

    def impedance(self, frequency):
        """Impedance [ohm] at frequencies [Hz], of their shape."""
        check_positive(frequency=frequency)
        s = 2j * np.pi * np.asarray(frequency, dtype=float)
        poles = (self.resistances / (1 + s[..., None] * self.times)).sum(axis=-1)
        return self.resistance + self.elastance / s + s * self.inductance + poles

    def step(self, time):
        r"""Voltage for each ampere of a current that begins at time zero [ohm]; zero before.

        .. math:: R_\infty + \frac{t}{C} + \sum_k R_k (1 - e^{-t/\tau_k})

        The inductance answers with a pulse at zero, which no sample holds.

        Parameters
        ----------
        time : array_like
            [s]; at zero the current has begun.
        """
        time = np.asarray(time, dtype=float)
        flat, answer = time.ravel(), np.empty(time.size)
        length = max(LONGEST_BLOCK // max(len(self.times), 1), 1)
        for begin in range(0, len(flat), length):
            t = np.maximum(flat[begin : begin + length], 0)
            relaxed = -np.expm1(-t[:, None] / self.times) @ self.resistances
            answer[begin : begin + length] = self.resistance + self.elastance * t + relaxed
        return np.where(time < 0, 0.0, answer.reshape(time.shape))

    def after_steps(self, time, edges, current):
        """Voltage [V] at any times for a current that jumps at edges and is constant between them.

        The answers to all jumps are added up, which is exact: the times need not know of the edges.

        Parameters
        ----------
        time : array_like
            [s]; at an edge the new current flows.
        edges : array_like
            Ascending times [s] of the jumps; before the first the circuit is at rest.
        current : array_like
            From each edge on [A].
        """
        edges, current = steps_checked(edges, current)
        time = np.asarray(time, dtype=float)
        jumps = np.diff(current, prepend=0.0)
        return sum((jump * self.step(time - edge) for edge, jump in zip(edges, jumps, strict=True)), np.zeros(()))

    def follow(self, time, current, hold="linear", state=None):
        r"""Voltage [V] at each sample of a current, and the state at the last one, by the exact recursion.

        .. math:: v_k(t + h) = v_k(t)\, e^{-h/\tau_k} + R_k \int_0^h e^{-(h - u)/\tau_k}\, I(t + u)\, du/\tau_k

        Parameters
        ----------
        time : array_like
            Ascending [s].
        current : array_like
            [A], of the same shape.
        hold : {"linear", "previous"}
            Between samples the current runs straight from one to the next, or stays as it was. The inductance answers
            to the slope since the sample before; to a jump it answers with a pulse that no sample holds.
        state : State, optional
            Of the circuit at the first sample, from a run before; at rest if left out.

        Returns
        -------
        voltage : numpy.ndarray
            [V]
        state : State
        """
        time, current = np.asarray(time, dtype=float), np.asarray(current, dtype=float)
        if hold not in ("linear", "previous"):
            raise ValueError(f"hold is {hold!r}; allowed are linear, previous")
        if time.ndim != 1 or time.shape != current.shape or not len(time):
            raise ValueError(f"time has shape {time.shape} and current {current.shape}; both are one row of samples")
        step = np.diff(time)
        if not (step > 0).all() or not (np.isfinite(current).all() and np.isfinite(time).all()):
            raise ValueError("time has to ascend, and time and current have to be finite")
        linear = hold == "linear"
        state = State(0.0, np.zeros(len(self.times))) if state is None else state
        mean = (current[1:] + current[:-1]) / 2 if linear else current[:-1]
        charge = state.charge + np.concatenate([[0.0], np.cumsum(mean * step)])
        voltage = self.resistance * current + self.elastance * charge
        flows = state.flows
        voltage[0] += flows @ self.resistances
        length = max(LONGEST_BLOCK // max(len(self.times), 1), 1)
        for begin in range(0, len(step), length):
            part, after = slice(begin, begin + length), slice(begin + 1, begin + 1 + length)
            passed = self._flows(flows, step[part], current[:-1][part], current[after], linear)
            voltage[after] += passed @ self.resistances
            flows = passed[-1]
        if linear and self.inductance:
            voltage[1:] += self.inductance * np.diff(current) / step
        return voltage, State(float(charge[-1]), flows)

    def _flows(self, flows, step, begin, end, linear):
        """Currents [A] through the resistors at the end of each step, from those at the beginning of the first."""
        x = step[:, None] / self.times
        decay, lost = np.exp(-x), -np.expm1(-x)
        # Of the current at the end of a step as much as lags behind: 1 - (1 - exp(-x))/x, which cancels for small x.
        late = np.where(x < 1e-4, x / 2 - x * x / 6, 1 - lost / np.where(x < 1e-4, 1, x)) if linear else 0.0
        passed = (lost - late) * begin[:, None] + (late * end[:, None] if linear else 0.0)
        for k in range(len(step)):
            flows = passed[k] = decay[k] * flows + passed[k]
        return passed

    def state_space(self):
        """Matrices (A, B, C, D) of x' = A x + B I, V = C x + D I; x holds the charge [C] and the currents [A] through
        the resistors. An inductance has no such form.

        Raises
        ------
        ValueError
            With an inductance.
        """
        if self.inductance:
            raise ValueError(f"the inductance is {self.inductance:g} H; it must be 0 for V = C x + D I")
        rates = 1 / self.times
        return (
            np.diag(np.concatenate([[0.0], -rates])),
            np.concatenate([[1.0], rates])[:, None],
            np.concatenate([[self.elastance], self.resistances])[None],
            np.array([[self.resistance]]),
        )


@dataclass(frozen=True, eq=False)
class State:
    """Where a response stands: the charge [C] that has passed, and the currents [A] through the resistors."""

    charge: float
    flows: np.ndarray


def steps_checked(edges, current):
    """Edges [s] and currents [A] as arrays; ValueError where they are no profile of steps."""
    edges, current = np.atleast_1d(np.asarray(edges, dtype=float)), np.atleast_1d(np.asarray(current, dtype=float))
    if edges.ndim != 1 or edges.shape != current.shape or not len(edges):
        raise ValueError(
            f"edges have shape {edges.shape} and current {current.shape}; one row, a current for each edge"
        )
    if not (np.isfinite(edges).all() and np.isfinite(current).all()) or (np.diff(edges) <= 0).any():
        raise ValueError("edges have to ascend, and edges and current have to be finite")
    return edges, current
