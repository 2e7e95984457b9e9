"""Thermally activated conduction: activation energies in both conventions."""

from dataclasses import dataclass, field

import numpy as np
from scipy.special import stdtrit

from sslib.checks import check_positive

BOLTZMANN = 1.380649e-23
"""Boltzmann's constant [J/K], exact in the SI."""


def activated(T, energy, reference=298.15):
    r"""Factor [1] by which a thermally activated resistance at T exceeds that at a reference temperature.

    .. math:: R(T)/R(T_0) = \exp\left(\frac{E}{k}\left(\frac{1}{T} - \frac{1}{T_0}\right)\right)

    Parameters
    ----------
    T : array_like
        Temperature [K].
    energy : array_like
        Activation energy of the conductance [J] of one carrier (of sigma, not of sigma T).
    reference : float
        Temperature [K] at which the factor is 1.

    Examples
    --------
    A process of 0.6 eV is about twice as slow 9 K below room temperature:

    >>> from sslib.units import eV
    >>> round(float(activated(289.15, 0.6 * eV)), 2)
    2.07
    """
    check_positive(T=T, reference=reference)
    return np.exp(np.asarray(energy) / BOLTZMANN * (1 / np.asarray(T, dtype=float) - 1 / reference))


@dataclass(frozen=True, eq=False)
class ArrheniusLine:
    r"""The outcome of `arrhenius_fit`.

    Attributes
    ----------
    energy : float
        Activation energy [J] of one carrier; ``energy / eV`` reads like the paper.
    energy_interval : tuple of float
        Its interval [J], by Student's t from the scatter about the line; minus and plus infinity for two points,
        which have none.
    prefactor : float
        :math:`\sigma_0` [S/m], or :math:`A` [S K/m] for :math:`\sigma T`.
    prefactor_interval : tuple of float
        In the prefactor's unit.
    times_temperature : bool
        Whether it is the line of :math:`\sigma T`.
    level : float
        Of the intervals [1].
    scatter : float
        Standard deviation of the points about the line, relative [1], with two degrees of freedom taken off; where
        relative errors were given, in units of these. NaN for two points.
    residuals : numpy.ndarray
        Logarithm of measured over fitted conductivity [1], shape (points,).
    """

    energy: float
    energy_interval: tuple[float, float]
    prefactor: float
    prefactor_interval: tuple[float, float]
    times_temperature: bool
    level: float
    scatter: float
    residuals: np.ndarray
    _centre: tuple = field(repr=False)
    """Mean of 1/kT [1/J], value of the line there, and half the widths of the intervals of value and slope there."""

    def conductivity(self, T):
        """Conductivity [S/m] on the line at a temperature T [K]."""
        return self._at(T)[0]

    def interval(self, T):
        """Interval of the line's conductivity [S/m] at T [K], as two arrays, at the level of the fit.

        It grows with the distance from the measured temperatures, but knows nothing of a change of mechanism there.
        """
        value, reach = self._at(T)
        return value * np.exp(-reach), value * np.exp(reach)

    def _at(self, T):
        check_positive(T=T)
        T = np.asarray(T, dtype=float)
        centre, value, half_value, half_slope = self._centre
        step = 1 / (BOLTZMANN * T) - centre
        line = np.exp(value - self.energy * step) / (T if self.times_temperature else 1)
        return line, np.hypot(half_value, half_slope * step)


def arrhenius_fit(T, conductivity, relative_errors=None, *, times_temperature=True, level=0.95):
    r"""Activation energy and prefactor of a thermally activated conductivity (ArrheniusLine).

    .. math:: \sigma T = A \exp(-E_{\sigma T}/kT) \qquad\text{or}\qquad \sigma = \sigma_0 \exp(-E_\sigma/kT)

    by a straight line through the logarithms. The two energies differ (`convention_difference`), and a number without
    its convention is off by 0.03 eV at room temperature.

    Parameters
    ----------
    T : array_like
        Temperatures [K], shape (points,), at least two different ones.
    conductivity : array_like
        Conductivities [S/m], shape (points,). Any other unit changes the prefactor alone.
    relative_errors : array_like, optional
        Relative standard deviations [1], broadcast to (points,), as weights of the points. All alike if left out, as
        is right where the temperature or the sample scatters more than a fit to one spectrum says.
    times_temperature : bool
        Whether the line is that of :math:`\sigma T`, which hopping of independent ions obeys, or of :math:`\sigma`.
    level : float
        Of the intervals, between 0 and 1.

    Raises
    ------
    ValueError
        For what is not positive, shapes that do not fit, and fewer than two temperatures.

    Notes
    -----
    Intervals rest on the scatter about the line and Student's t with two degrees of freedom less than points; the
    sizes of the relative errors do not matter to them, only their ratios. One line holds for one mechanism: a phase
    transition, or a total of bulk and boundary with different energies, bends it.

    Examples
    --------
    >>> from sslib.units import S_cm, eV
    >>> T = np.array([413.15, 443.15, 473.15])
    >>> line = arrhenius_fit(T, 2e5 * S_cm / T * np.exp(-0.8 * eV / (BOLTZMANN * T)))
    >>> round(line.energy / eV, 6), round(line.prefactor / S_cm, 3)
    (0.8, 200000.0)
    """
    T, conductivity, weights = _arrhenius_points(T, conductivity, relative_errors)
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; it must be between 0 and 1, such as 0.95")
    x, y = 1 / (BOLTZMANN * T), np.log(conductivity * T if times_temperature else conductivity)
    centre, middle = np.average(x, weights=weights), np.average(y, weights=weights)
    spread = (weights * (x - centre) ** 2).sum()
    slope = (weights * (x - centre) * (y - middle)).sum() / spread
    residuals = y - middle - slope * (x - centre)
    freedom = len(T) - 2
    scatter = np.sqrt((weights * residuals**2).sum() / freedom) if freedom else np.nan
    reach = stdtrit(freedom, 0.5 + level / 2) * scatter if freedom else np.inf
    half_slope, half_value = reach / np.sqrt(spread), reach / np.sqrt(weights.sum())
    logarithm, half = middle - slope * centre, np.hypot(half_value, half_slope * centre)
    return ArrheniusLine(
        energy=float(-slope),
        energy_interval=(float(-slope - half_slope), float(-slope + half_slope)),
        prefactor=float(np.exp(logarithm)),
        prefactor_interval=(float(np.exp(logarithm - half)), float(np.exp(logarithm + half))),
        times_temperature=times_temperature,
        level=level,
        scatter=float(scatter),
        residuals=residuals,
        _centre=(centre, middle, half_value, half_slope),
    )


def convention_difference(T, relative_errors=None):
    r"""By how much the activation energy of :math:`\sigma T` exceeds that of :math:`\sigma` [J].

    .. math:: E_{\sigma T} - E_\sigma = -k \, \frac{d \ln T}{d (1/T)} = k T

    at one temperature, and for lines through several temperatures exactly what a line through :math:`\ln T` there
    gives, whatever the conductivities are: k times their mean where the range is narrow.

    Parameters
    ----------
    T : array_like
        Temperature or temperatures [K]; scalar or shape (points,).
    relative_errors : array_like, optional
        The weights of the points, as for `arrhenius_fit`.

    Examples
    --------
    26 meV at room temperature:

    >>> from sslib.units import eV
    >>> round(convention_difference(298.15) / eV, 4)
    0.0257
    """
    check_positive(T=T)
    if np.ndim(T) == 0:
        return BOLTZMANN * float(T)
    return arrhenius_fit(T, T, relative_errors, times_temperature=False).energy


def _arrhenius_points(T, conductivity, relative_errors):
    """Temperatures, conductivities and weights (reciprocal variances), each of shape (points,), checked."""
    check_positive(T=T, conductivity=conductivity)
    T, conductivity = np.asarray(T, dtype=float), np.asarray(conductivity, dtype=float)
    if T.ndim != 1 or T.shape != conductivity.shape:
        raise ValueError(f"T has the shape {T.shape} and conductivity {conductivity.shape}; both are (points,)")
    if len(np.unique(T)) < 2:
        raise ValueError(f"an activation energy needs two temperatures; there are {len(np.unique(T))}")
    if relative_errors is None:
        return T, conductivity, np.ones(len(T))
    check_positive(relative_errors=relative_errors)
    return T, conductivity, 1 / np.broadcast_to(np.asarray(relative_errors, dtype=float), T.shape) ** 2
