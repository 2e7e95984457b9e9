"""From a pulse back to the spectrum, in the band that it covers, without a circuit."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from sslib.checks import check_between
from sslib.impedance.transient.compression import Compressed
from sslib.impedance.transient.operator import answers
from sslib.impedance.transient.poles import PoleImpedance

SPACING = 0.1
"""Of the relaxation times in the logarithm: a sharp one between two of these leaves 1e-4 of its answer, no more."""
BEYOND = 10.0
"""By this factor they go beyond the times of the record."""
DRAWS = 200


@dataclass(frozen=True, eq=False)
class PulseSpectrum:
    """The impedance that a pulse tells of, in the band that it covers.

    Attributes
    ----------
    frequency : numpy.ndarray
        [Hz], descending.
    impedance : numpy.ndarray
        [ohm]
    lower, upper : numpy.ndarray
        Ends of the intervals of the real and of the imaginary part, as complex numbers [ohm].
    level : float
        Of the intervals [1].
    poles : PoleImpedance
        The best passive answer, which has this impedance.
    drawn : tuple of PoleImpedance
        The answers to the record with noise drawn anew, from which the intervals are.
    """

    frequency: np.ndarray
    impedance: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    level: float
    poles: PoleImpedance
    drawn: tuple

    def resistance(self, time):
        """Pulse resistance [ohm] after times [s] of a steady current, and the ends of its interval, of their shape."""
        others = np.array([poles.step(time) for poles in self.drawn])
        return self.poles.step(time), *np.percentile(others, _tails(self.level), axis=0)


def _tails(level):
    return [50 * (1 - level), 50 * (1 + level)]


def spectrum_of_pulse(record, points=6, drift=False, level=0.95, seed=0):
    """Impedance from a pulse, without a circuit: as any passive sum of relaxations that answers so.

    Parameters
    ----------
    record : PulseRecord
    points : int
        Frequencies in a decade, over `PulseRecord.band` but for its upper end.
    drift : bool
        Whether the voltage at rest moves evenly.
    level : float
        Of the intervals.
    seed : int
        Of the noise that is added to the record for them.

    Returns
    -------
    PulseSpectrum

    Notes
    -----
    Non-negative least squares on relaxation times spaced evenly in the logarithm, to a tenth of the first sample and
    ten times the longest step. Inside the band the many such sums that answer so agree; what relaxes before the first
    sample is a resistance to all of them, so that the band ends at a third of that sample's frequency (in a trial 3 %
    off there, and below 1 % from a third of that downward). The intervals are from noise drawn anew 200 times and do
    not cover this.
    """
    check_between(0.01, 0.999, level=level)
    compressed = Compressed(record, drift)
    scatter, together = compressed.scatter()
    shortest, longest = record.span
    times = np.exp(np.arange(np.log(shortest / BEYOND), np.log(longest * BEYOND), SPACING))
    columns = compressed.reduce(answers(record, times))
    lengths = np.linalg.norm(columns, axis=0)
    low, high = record.band[0], record.band[1] / 3
    frequency = np.geomspace(high, low, int(points * np.log10(high / low)) + 2)
    rng = np.random.default_rng(seed)
    best = _passive(columns, lengths, compressed.data, times)
    answer = columns @ np.concatenate([[best.resistance, best.elastance], best.resistances])
    drawn = tuple(
        _passive(columns, lengths, answer + scatter * together * rng.standard_normal(len(answer)), times)
        for _ in range(DRAWS)
    )
    others = np.array([poles.impedance(frequency) for poles in drawn])
    lower, upper = (
        real + 1j * imaginary
        for real, imaginary in zip(
            np.percentile(others.real, _tails(level), axis=0),
            np.percentile(others.imag, _tails(level), axis=0),
            strict=True,
        )
    )
    return PulseSpectrum(frequency, best.impedance(frequency), lower, upper, level, best, drawn)


def _passive(columns, lengths, data, times):
    """The sum of poles whose answer is nearest to the data."""
    solution = nnls(columns / lengths, data, maxiter=100 * columns.shape[1])[0] / lengths
    return PoleImpedance(float(solution[0]), float(solution[1]), 0.0, solution[2:], times)
