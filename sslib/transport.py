"""Conduction in electrolytes and composites."""

from dataclasses import dataclass, field

import numpy as np
from scipy.special import stdtrit

from sslib.checks import check_between, check_positive

BOLTZMANN = 1.380649e-23
"""Boltzmann's constant [J/K], exact in the SI."""


def effective_conductivity(resistance, thickness, area):
    r"""Effective conductivity [S/m] of a layer from its resistance.

    .. math:: \sigma_\text{eff} = L/(R A)

    Parameters
    ----------
    resistance : array_like
        Resistance of the layer [ohm]; for a rail of a transmission line its total over the electrode.
    thickness : array_like
        Thickness of the layer [m].
    area : array_like
        Geometric area [m2].

    Examples
    --------
    A separator of 200 um with 200 ohm over 1 cm2 conducts 0.1 mS/cm (source 002, LLZO):

    >>> from sslib.units import cm2, mS_cm, um
    >>> float(round(effective_conductivity(200.0, 200 * um, 1 * cm2) / mS_cm, 3))
    0.1
    """
    check_positive(resistance=resistance, thickness=thickness, area=area)
    return thickness / (np.asarray(resistance, dtype=float) * area)


def tortuosity_factor(volume_fraction, conductivity, effective):
    r"""Tortuosity factor [1] of a conducting phase in a composite.

    .. math:: \tau = \varepsilon \, \sigma / \sigma_\text{eff}

    the factor by which the phase conducts worse than straight channels of its volume fraction would (not the square
    root of it, the geometric tortuosity).

    Parameters
    ----------
    volume_fraction : array_like
        Volume fraction of the phase, pores counted as volume [1].
    conductivity : array_like
        Conductivity of the pure phase [S/m].
    effective : array_like
        Its effective conductivity in the composite [S/m].

    Examples
    --------
    Filling the voids of a composite (fraction 0.537 with factor 1.74 to 0.669 with 1.27) raises its effective
    conductivity 1.71 times (source 002):

    >>> float(round((0.669 / 1.27) / (0.537 / 1.74), 2))
    1.71
    >>> float(round(tortuosity_factor(0.537, 1.0, 0.537 / 1.74), 2))
    1.74
    """
    check_between(0, 1, volume_fraction=volume_fraction)
    check_positive(volume_fraction=volume_fraction, conductivity=conductivity, effective=effective)
    return np.asarray(volume_fraction) * conductivity / np.asarray(effective)


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


def specific_boundary_conductivity(resistance, capacitance_bulk, capacitance_boundary, thickness, area):
    r"""Conductivity [S/m] of the grain boundaries' own material, by the brick-layer model.

    .. math:: \sigma_\text{gb} = \frac{L}{A R_\text{gb}} \, \frac{C_\text{b}}{C_\text{gb}}

    The boundaries across the current make up the share :math:`C_\text{b}/C_\text{gb}` of the thickness where they
    have the permittivity of the bulk. :math:`L/(A R_\text{gb})` alone, the apparent conductivity, counts the whole
    pellet as boundary; it follows from the grain size as much as from the boundary.

    Parameters
    ----------
    resistance : array_like
        Resistance of the grain boundaries [ohm].
    capacitance_bulk, capacitance_boundary : array_like
        Capacitances of the two arcs, in one unit, [F] say.
    thickness : array_like
        Thickness of the pellet [m].
    area : array_like
        Geometric area [m2].

    Notes
    -----
    It holds where grains are much larger than boundaries are thick (:math:`C_\text{b} \ll C_\text{gb}`), where the
    permittivities are the same, and where boundaries block: current that takes its way along them, detours, and
    contacts in place of boundaries are not in it (J. Fleig, J. Maier, J. Eur. Ceram. Soc. 19 (1999) 693). The relative
    error from the boundaries' share of the thickness is that share.

    Source: S. M. Haile, D. L. West, J. Campbell, J. Mater. Res. 13 (1998) 1576; S. M. Haile, G. Staneff, K. H. Ryu, J.
    Mater. Sci. 36 (2001) 1149.

    Examples
    --------
    Boundaries of a hundredth of the thickness conduct a hundred times worse than they seem to:

    >>> float(round(specific_boundary_conductivity(1e5, 1e-12, 1e-10, 1e-3, 1e-4) * 1e6, 9))
    1.0
    >>> float(round(effective_conductivity(1e5, 1e-3, 1e-4) * 1e6, 9))
    100.0
    """
    check_positive(capacitance_bulk=capacitance_bulk, capacitance_boundary=capacitance_boundary)
    share = np.asarray(capacitance_bulk, dtype=float) / capacitance_boundary
    return effective_conductivity(resistance, thickness, area) * share


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
