"""A record in as many numbers as it can tell of a circuit, and the noise from what is left."""

import numpy as np

from sslib.impedance.transient.operator import StepOperator

ROUNDING = 1e-7
"""Directions that carry less of the answer than this hold noise alone."""
LAGS = 2000
"""Over so many samples, at most, neighbours are looked at."""


class Compressed:
    """A record in as many numbers as an answer to its steps can have, the rest potential and a drift taken out.

    The samples are turned (an orthogonal map keeps white noise white) so that the first few hold all that a circuit can
    answer; what is left over holds noise alone, and tells how much.
    """

    def __init__(self, record, drift):
        self.operator = StepOperator(record)
        time = record.time - record.time[0]
        nuisance = np.stack([np.ones_like(time), time / time[-1]][: 1 + drift], axis=1)
        self.nuisance, _ = np.linalg.qr(nuisance)
        size = np.tile(self.operator.size, 2)
        turned, weight, _ = np.linalg.svd(self._without(self.operator.matrix) * size, full_matrices=False)
        count = int((weight > ROUNDING * weight[0]).sum())
        # Two real numbers make a complex one, which is what a fit of impedances takes.
        self.turned = turned[:, : count - count % 2]
        self.matrix = self.reduce(self.operator.matrix)
        voltage = self._without(record.voltage)
        self.data = self.turned.T @ voltage
        self.left = voltage - self.turned @ self.data
        self.freedom = len(time) - self.turned.shape[1] - self.nuisance.shape[1]
        if self.freedom < 1:
            raise ValueError(f"{len(time)} samples are fewer than an answer to these steps has numbers")

    def _without(self, columns):
        return columns - self.nuisance @ (self.nuisance.T @ columns)

    def reduce(self, columns):
        """Answers at the samples (samples, …) in the turned coordinates."""
        return self.turned.T @ self._without(columns)

    def scatter(self):
        """Standard deviation of a sample [V], and by what factor neighbours that go together widen a slow answer's.

        The factor is that of evenly spaced samples.
        """
        if not self.left.any():
            raise ValueError("the voltage is the same at every sample: a record without noise states none")
        return float(np.sqrt((self.left**2).sum() / self.freedom)), float(np.sqrt(samples_together(self.left)))


def samples_together(left):
    """Over how many samples a deviation goes on: one for white noise."""
    left = left - left.mean()
    power = np.abs(np.fft.rfft(left, 2 * len(left))) ** 2
    covariance = np.fft.irfft(power)[: min(LAGS, len(left) // 4)]
    correlation = covariance[1:] / covariance[0]
    beyond = np.flatnonzero(correlation < 2 / np.sqrt(len(left)))
    return 1 + 2 * correlation[: beyond[0] if len(beyond) else None].sum()
