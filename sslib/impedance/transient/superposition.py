"""Whether pulses superpose: what one linear answer leaves of a record, and how groups of pulses differ from it."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from sslib.impedance.transient.compression import samples_together
from sslib.impedance.transient.operator import answers
from sslib.impedance.transient.record import PulseRecord
from sslib.impedance.transient.spectrum import BEYOND, SPACING

SMALL = 0.05
"""Share of the largest current below which a step is a rest."""
PASSES = 4
"""Times that the answer is found anew for the gains found so far; in a trial each left a tenth of the error."""


@dataclass(frozen=True, eq=False)
class Superposition:
    """The outcome of `superposition`.

    Attributes
    ----------
    fitted : numpy.ndarray
        The best linear, passive answer to all pulses together, with the voltage at rest [V].
    left : float
        Root mean square of what it leaves [V].
    size : float
        Largest answer to the pulses, away from rest [V].
    gains : dict
        By the name of a group, how much stronger its pulses answer than the others [1], and the standard error [1].
    left_with_gains : float
        Root mean square of what is left when each group may be so much stronger [V].
    """

    fitted: np.ndarray
    left: float
    size: float
    gains: dict
    left_with_gains: float

    @property
    def share(self):
        """What is left over the largest answer [1]."""
        return self.left / self.size


def superposition(record, groups=None, drift=False):
    r"""Hold a record against the best answer of one linear, passive cell, and find how much stronger groups answer.

    .. math:: V(t) = V_0 + v t + \sum_g (1 + \epsilon_g) \, V_g(t)

    with :math:`V_g` the answer to the pulses of a group alone. In a linear cell every :math:`\epsilon` is zero.

    Parameters
    ----------
    record : PulseRecord
    groups : dict, optional
        By name, the numbers of the jumps whose plateaus belong to it, counted from 0. If left out, one group,
        "negative", holds those of negative current; none where all are of one sign. What is in no group is the measure
        for the rest.
    drift : bool
        Whether the voltage at rest moves evenly (v); zero otherwise.

    Returns
    -------
    Superposition
        The standard errors count neighbouring samples that go together once, by the lag over which they do.
    """
    if groups is None:
        negative, positive = (record.current * sign > SMALL * np.abs(record.current).max() for sign in (-1, 1))
        groups = {"negative": np.flatnonzero(negative)} if negative.any() and positive.any() else {}
    for name, members in groups.items():
        if not len(members) or len(members) >= np.count_nonzero(record.current):
            raise ValueError(
                f"the group {name!r} has {len(members)} of {np.count_nonzero(record.current)} pulses; some have to be "
                "in it, and some not"
            )
    shortest, longest = record.span
    times = np.exp(np.arange(np.log(shortest / BEYOND), np.log(longest * BEYOND), SPACING))
    columns = answers(record, times)
    own = np.array([_of(record, members, times) for members in groups.values()]).reshape(-1, *columns.shape)
    since = record.time - record.time[0]
    others = np.stack([np.ones_like(since), since][: 1 + drift], axis=1)
    solution, moved = _passive(columns, others, record.voltage)
    fitted = columns @ solution + others @ moved
    gains = np.zeros(len(groups))
    for _ in range(PASSES):
        stronger = columns + np.tensordot(gains, own, 1)
        with_gains, _ = _passive(stronger, others, record.voltage)
        taken = with_gains > 0
        design = np.concatenate([stronger[:, taken], others, (own @ with_gains).T], axis=1)
        lengths = np.linalg.norm(design, axis=0)
        inverse = np.linalg.pinv(design / lengths)
        found = inverse @ record.voltage
        gains += (found / lengths)[len(lengths) - len(groups) :]
    left = record.voltage - design / lengths @ found
    variances = np.diag(inverse @ inverse.T) * samples_together(left) * left.var()
    errors = (np.sqrt(variances) / lengths)[len(lengths) - len(groups) :]
    return Superposition(
        fitted=fitted,
        left=float(np.sqrt(np.mean((record.voltage - fitted) ** 2))),
        size=float(np.abs(columns @ solution).max()),
        gains={name: (float(g), float(e)) for name, g, e in zip(groups, gains, errors, strict=True)},
        left_with_gains=float(np.sqrt(np.mean(left**2))),
    )


def pulses_by_length(record):
    """The pulses of a record by their length, without the longest ones, as groups for `superposition`.

    Parameters
    ----------
    record : PulseRecord

    Returns
    -------
    dict
        By a name such as "0.1 s" the numbers of the jumps with which they begin; empty where all are of one length.
    """
    ends = np.append(record.edges[1:], record.time[-1])
    flows = np.abs(record.current) > SMALL * np.abs(record.current).max()
    # Two digits: a step that a program makes a fifth of a millisecond longer is the same.
    names = np.array([f"{length:.2g} s" for length in ends - record.edges])
    longest = names[flows][np.argmax((ends - record.edges)[flows])]
    return {
        name: np.flatnonzero(flows & (names == name))
        for name in dict.fromkeys(names[flows].tolist())
        if name != longest
    }


def _passive(columns, others, voltage):
    """Non-negative terms of an answer, and the voltage at rest with its drift, by least squares."""
    both = np.concatenate([columns, others, -others], axis=1)
    lengths = np.linalg.norm(both, axis=0)
    # The triangle of QR in place of the samples: as many rows as columns.
    triangle = np.linalg.qr(np.concatenate([both / lengths, voltage[:, None]], axis=1), mode="r")
    solution = nnls(triangle[:, :-1], triangle[:, -1], maxiter=100 * both.shape[1])[0] / lengths
    return solution[: columns.shape[1]], np.subtract(*solution[columns.shape[1] :].reshape(2, -1))


def _of(record, members, times):
    """Answers to the plateaus of these jumps alone."""
    current = np.where(np.isin(np.arange(len(record.edges)), members), record.current, 0.0)
    return answers(PulseRecord(record.time, record.voltage, record.edges, current), times)
