"""Voltages at samples as a linear map of the impedance: exact derivatives in frequency are exact ones in time."""

import numpy as np

from sslib.impedance.circuit import Grid

SPACING = 0.35
"""Of the poles in the logarithm."""
POINTS = 6
"""Frequencies in a decade."""
MARGIN = 100.0
"""By this factor the frequencies go beyond the times of the record."""
BEYOND = 30.0
"""By this factor the poles go beyond the frequencies; more of them only cancel one another."""
ROUNDING = 1e-10
"""Combinations of poles that show less than this are left out."""


class StepOperator:
    r"""From the impedance at a few frequencies to the voltage at many samples.

    .. math:: Z(i\omega) = \sum_k c_k \, b_k(i\omega), \quad V(t) = \sum_k c_k \, v_k(t) \quad\Rightarrow\quad
        V(t_j) = \sum_m G_{jm} \begin{pmatrix} \operatorname{Re} Z \\ \operatorname{Im} Z \end{pmatrix}_m

    The poles :math:`b_k` stand evenly in the logarithm, whatever the circuit; with coefficients of either sign a pole
    anywhere between them is met to :math:`\exp(-\pi^2/(2\cdot\text{spacing}))`, 1e-6, at the frequencies and to its
    square in time. That is no passive circuit but a map, the same for every circuit of resistors and capacitors, so
    that :math:`dV = G\,dZ`.

    Parameters
    ----------
    record : PulseRecord

    Attributes
    ----------
    frequency : numpy.ndarray
        Frequencies [Hz] at which the impedance is asked for.
    size : numpy.ndarray
        What the impedance of a resistor and a capacitor grows as [1]: deviations are kept small against it.
    matrix : numpy.ndarray
        G, shape (samples, 2 frequencies), for the real parts and then the imaginary ones [A].
    """

    def __init__(self, record):
        shortest = min(record.span[0], np.diff(record.time).min())
        longest = record.time[-1] - record.edges[0]
        low, high = 1 / (2 * np.pi * MARGIN * longest), MARGIN / (2 * np.pi * shortest)
        self.frequency = np.geomspace(low, high, int(POINTS * np.log10(high / low)) + 2)
        s = 2j * np.pi * self.frequency
        reach = 1 / (2 * np.pi * high * BEYOND), BEYOND / (2 * np.pi * low)
        times = np.exp(np.arange(*np.log(reach), SPACING))
        self.size = np.abs(1 + 1 / (s * longest))
        # The inductance's term is told apart and left out: what it answers to a jump no sample holds.
        columns = [np.ones(len(s)), 1 / s, s, *(1 / (1 + s * time) for time in times)]
        basis = np.stack(columns, axis=1) / self.size[:, None]
        basis = np.concatenate([basis.real, basis.imag])
        lengths = np.linalg.norm(basis, axis=0)
        inverse = np.linalg.pinv(basis / lengths, rcond=ROUNDING) / lengths[:, None] / np.tile(self.size, 2)
        self.matrix = answers(record, times) @ np.delete(inverse, 2, axis=0)
        self.grid = Grid(2 * np.pi * self.frequency)

    def __call__(self, impedance):
        """Voltage at the samples [V] from the impedance [ohm] at ``frequency``, shape (…, frequencies)."""
        return np.concatenate([impedance.real, impedance.imag], axis=-1) @ self.matrix.T


def answers(record, times):
    """Voltage at the samples for one ohm, for one farad and for each RC element of one ohm, shape (samples, terms)."""
    answers = np.zeros((len(record.time), 2 + len(times)))
    for edge, jump in zip(record.edges, np.diff(record.current, prepend=0.0), strict=True):
        since = record.time - edge
        after = since >= 0
        t = since[after, None]
        answers[after] += jump * np.concatenate([np.ones_like(t), t, -np.expm1(-t / times)], axis=1)
    return answers
