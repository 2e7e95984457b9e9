"""A composite between electrodes that block one of its carriers, under steps of the voltage: two rails as a ladder."""

import numpy as np
from scipy.linalg import eigh

from sslib.checks import check_between, check_positive
from sslib.instruments import TimeSeries

NODES = 80
CARRIERS = ("ions", "electrons")


def simulate_blocking_cell(
    carrier, voltages, duration, *, ions, electrons, capacitance, contact=0.0, transfer=np.inf, storage=None, leak=0.0,
    noise=0.0, samples=160, area=None, nodes=NODES, seed=0,
):  # fmt: skip
    """Current of a composite between two electrodes that pass one carrier, under steps of the voltage (TimeSeries).

    Parameters
    ----------
    carrier : str
        The one that passes, "ions" (between electrodes that block electrons) or "electrons".
    voltages : sequence of float
        Held one after another from rest [V].
    duration : float
        Of each [s].
    ions, electrons : float
        Resistance of each rail over the whole composite [ohm].
    capacitance : float
        Between the rails, of all interfaces together [F].
    contact : float
        Resistance of both contacts, in series [ohm].
    transfer, storage : float
        Charge transfer between the rails [ohm] and the capacity behind it [F], of active material; none if infinite.
    leak : float
        Conductance of each electrode for the carrier that it ought to block [S].
    noise : float
        Standard deviation of a sample [A].
    samples, nodes, seed : int
        In a step, one at once and half of the others evenly in the logarithm of time; nodes of the ladder; of
        the noise.
    area : float, optional
        Written into the series [m2].

    Notes
    -----
    A ladder of resistors and capacitors, solved by its eigenvectors: no transmission-line formula goes in.
    """
    if carrier not in CARRIERS:
        raise ValueError(f"carrier is {carrier!r}; it must be one of {', '.join(map(repr, CARRIERS))}")
    check_positive(duration=duration, ions=ions, electrons=electrons, capacitance=capacitance)
    check_between(0, np.inf, contact=contact, leak=leak, noise=noise)
    passing, blocked = (ions, electrons) if carrier == "ions" else (electrons, ions)
    ladder = _Ladder(passing, blocked, capacitance, max(contact, 1e-9 * passing), transfer, storage, leak, nodes)
    since = np.unique(
        np.concatenate(
            [
                [duration / 1e7],
                np.geomspace(duration / 1e5, duration / 20, samples // 2),
                np.linspace(duration / 20, duration, samples - samples // 2 + 1)[1:],
            ]
        )
    )
    state = np.zeros(len(ladder.rates))
    rows = [(np.array([-duration / 1e7]), np.zeros(1), np.zeros(1), np.zeros(1, dtype=int))]
    for number, voltage in enumerate(voltages):
        current, state = ladder.answer(state, voltage, since)
        rows.append((number * duration + since, np.full(len(since), voltage), current,
                     np.full(len(since), number + 1)))  # fmt: skip
    time, voltage, current, step = (np.concatenate(column) for column in zip(*rows, strict=True))
    scatter = noise * np.random.default_rng(seed).standard_normal(len(time))
    return TimeSeries(time, voltage, current + scatter, step=step, area=area)


class _Ladder:
    """Nodes of the two rails, with the voltages over the capacitors as the state."""

    def __init__(self, passing, blocked, capacitance, contact, transfer, storage, leak, nodes):
        # The passing rail's nodes come first.
        # Short links at both ends, where a step begins.
        share = np.diff(1 - np.cos(np.pi * np.arange(nodes + 1) / nodes)) / 2
        between = (share[1:] + share[:-1]) / 2
        links = np.zeros((2 * nodes, 2 * nodes))
        feed = np.zeros((2 * nodes, 2))
        for rail, resistance in enumerate((passing, blocked)):
            for k in range(nodes - 1):
                a, b = rail * nodes + k, rail * nodes + k + 1
                links[[a, b], [a, b]] += 1 / (resistance * between[k])
                links[[a, b], [b, a]] -= 1 / (resistance * between[k])
            # Half a link and the contact at both ends, for the blocked carrier a leak.
            half = resistance * share[0] / 2
            end = 1 / (half + contact / 2) if rail == 0 else 1 / (half + 1 / leak) if leak else 0.0
            for k, terminal in ((rail * nodes, 0), (rail * nodes + nodes - 1, 1)):
                links[k, k] += end
                feed[k, terminal] += end
        # At given differences v over the capacitors and terminals e the rails follow, and the currents j through them:
        # links phi + difference^T j = feed e, difference phi = v.
        difference = np.hstack([np.eye(nodes), -np.eye(nodes)])
        inverse = np.linalg.inv(np.block([[links, difference.T], [difference, np.zeros((nodes, nodes))]]))
        self.feed, self.nodes = feed, nodes
        self.by_ends, self.by_state = inverse[:, : 2 * nodes] @ feed, inverse[:, 2 * nodes :]
        size = nodes if np.isinf(transfer) else 2 * nodes
        mass, matrix, drive = np.tile(capacitance * share, size // nodes), np.zeros((size, size)), np.zeros((size, 2))
        matrix[:nodes, :nodes] = -self.by_state[2 * nodes :]
        drive[:nodes] = self.by_ends[2 * nodes :]
        if size > nodes:
            through = share / transfer
            first, second = np.arange(nodes), nodes + np.arange(nodes)
            matrix[first, first] += through
            matrix[second, second] += through
            matrix[first, second] -= through
            matrix[second, first] -= through
            mass[nodes:] = storage * share
        self.root = np.sqrt(mass)
        self.rates, self.vectors = eigh(matrix / np.outer(self.root, self.root))
        self.drive = drive / self.root[:, None]

    def answer(self, state, voltage, since):
        """Current into the first terminal [A] at times since the step, and the state at the last of them."""
        ends = np.array([voltage, 0.0])
        force, start = self.vectors.T @ (self.drive @ ends), self.vectors.T @ (state * self.root)
        # A mode that does not decay: the charge that nothing drives.
        kept = self.rates > 1e-12 * self.rates.max()
        rates = np.where(kept, self.rates, 1.0)
        decay = np.exp(-np.multiply.outer(since, np.where(kept, rates, 0.0)))
        grown = np.where(kept, (1 - decay) / rates, since[:, None])
        states = (decay * start + grown * force) @ self.vectors.T / self.root
        phi = (self.by_ends @ ends)[: 2 * self.nodes] + states[:, : self.nodes] @ self.by_state[: 2 * self.nodes].T
        return self.feed[:, 0].sum() * voltage - phi @ self.feed[:, 0], states[-1]
