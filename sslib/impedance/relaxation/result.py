"""What an analysis of relaxation times returns."""

from dataclasses import dataclass

import numpy as np

from sslib.checks import check_positive
from sslib.impedance.relaxation.basis import hat_kernel


@dataclass(frozen=True)
class Peak:
    """A maximum of the distribution and what is counted to it.

    Attributes
    ----------
    tau : float
        Time constant at the maximum [s].
    tau_interval : tuple of float
        From the bootstrap [s].
    resistance : float
        Integral over ln tau [ohm] of the peak's share of gamma: that of its ZARC in the sum of one a peak, fitted to
        the spectrum. Where these do not fit ("no ZARCs"), of gamma between the minima.
    resistance_interval : tuple of float
        From the bootstrap and the λ nearby [ohm], and for ZARCs the bias of the regularisation.
    span : tuple of float
        The minima beside it, or the ends of the grid [s].
    inside : float
        Share of the resistance at times within the measured window [1].
    found : float
        Share of the bootstrap draws that have a peak of their own within the span [1].
    """

    tau: float
    tau_interval: tuple
    resistance: float
    resistance_interval: tuple
    span: tuple
    inside: float
    found: float

    @property
    def frequency(self):
        """Frequency [Hz] of the maximum, 1/(2π tau)."""
        return 1 / (2 * np.pi * self.tau)


@dataclass(frozen=True, repr=False)
class RelaxationTimes:
    """The outcome of `relaxation_times`.

    Attributes
    ----------
    frequency, impedance : numpy.ndarray
        What was analysed [Hz], [ohm], shape (frequencies,).
    tau : numpy.ndarray
        Relaxation times [s], ascending, evenly spaced in ln tau, shape (times,).
    gamma : numpy.ndarray
        Distribution [ohm per unit of ln tau] at these, linear between them in ln tau and zero one step beyond the ends.
    lower, upper : numpy.ndarray
        Band of the bootstrap at ``level``, point by point, widened by its mirror image at the estimate.
    level : float
        Of the band and of all intervals.
    R_inf, L : float
        Resistance in series [ohm] and inductance [H].
    Q, alpha : float or None
        Blocking tail 1/(Q (iω)^alpha), a capacitor [F] for alpha = 1; None without one.
    peaks : tuple of Peak
        By ascending time constant.
    intervals : dict
        Of "R_inf" [ohm], "polarisation" [ohm], "L" [H] and "Q" [S s^alpha] from the bootstrap and the λ nearby; the
        exponent is held. An end that is open is None.
    regularisation : float
        λ, chosen or given.
    order : int
        Of the derivative that was penalised.
    peaks_by_regularisation : tuple of (float, int)
        Number of peaks with λ a decade to either side.
    degrees_of_freedom : float
        That the estimate takes up.
    noise : float
        Relative standard deviation of each part: as stated, or from the residuals.
    residuals : numpy.ndarray
        Estimate minus data over the data's magnitude (complex, [1]).
    verdicts : tuple of Verdict
        Kinds: "ill-posed estimate" (always), "outside the window", "peak uncertain", "not resolved", "peaks not
        separated", "no ZARCs", "number of peaks not determined", "regularisation at its limit", "tail or relaxation",
        "residuals exceed the noise", "residuals systematic"; what they are about is named "peak 1" and so on.
    step : float
        Distance of the times in ln tau.
    """

    frequency: np.ndarray
    impedance: np.ndarray
    tau: np.ndarray
    gamma: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    level: float
    R_inf: float
    L: float
    Q: float | None
    alpha: float | None
    peaks: tuple
    intervals: dict
    regularisation: float
    order: int
    peaks_by_regularisation: tuple
    degrees_of_freedom: float
    noise: float
    residuals: np.ndarray
    verdicts: tuple
    step: float

    @property
    def polarisation(self):
        """Sum of all relaxations [ohm]: the integral of gamma over ln tau."""
        return float(self.step * self.gamma.sum())

    @property
    def fitted(self):
        """The estimate's impedance [ohm] at the data's frequencies."""
        return self.model_impedance(self.frequency)

    def model_impedance(self, frequency):
        """Impedance [ohm] of the estimate at any frequency [Hz], shape (frequencies,).

        Raises
        ------
        ValueError
            For frequencies that are not positive.
        """
        check_positive(frequency=frequency)
        omega = 2 * np.pi * np.atleast_1d(np.asarray(frequency, dtype=float))
        z = self.R_inf + 1j * omega * self.L + hat_kernel(omega, np.log(self.tau), self.step) @ self.gamma
        return z if self.Q is None else z + 1 / (self.Q * (1j * omega) ** self.alpha)

    def table(self):
        """The peaks as a DataFrame: time constant [s] and resistance [ohm] with intervals, frequency [Hz], shares."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "tau [s]": peak.tau,
                    "tau from": peak.tau_interval[0],
                    "tau to": peak.tau_interval[1],
                    "resistance [ohm]": peak.resistance,
                    "resistance from": peak.resistance_interval[0],
                    "resistance to": peak.resistance_interval[1],
                    "frequency [Hz]": peak.frequency,
                    "inside the window": peak.inside,
                    "found in draws": peak.found,
                }
                for peak in self.peaks
            ],
            index=[f"peak {k}" for k in range(1, len(self.peaks) + 1)],
        )

    def __str__(self):
        lines = [
            f"R_inf {self.R_inf:.4g} ohm, relaxations {self.polarisation:.4g} ohm in {len(self.peaks)} peaks, "
            f"regularisation {self.regularisation:.2g}, noise {self.noise:.2g}",
            *(
                f"tau {peak.tau:.3g} s: {peak.resistance:.4g} ohm "
                f"({peak.resistance_interval[0]:.4g} to {peak.resistance_interval[1]:.4g})"
                for peak in self.peaks
            ),
            *(f"- {verdict}" for verdict in self.verdicts),
        ]
        return "\n".join(lines)
