"""The space charge at one face of an ion conductor, by the first integral of its Poisson-Boltzmann equation."""

import numpy as np
from scipy.integrate import solve_bvp
from scipy.optimize import brentq

from sslib.checks import check_between, check_positive
from sslib.interfaces.lattice_gas import LARGEST_EXPONENT
from sslib.interfaces.quadrature import NODES, WEIGHTS
from sslib.kinetics import thermal_voltage


def electric_field(conductor, potential):
    r"""Electric field [V/m] where the potential against the bulk is this; at the face it is the largest.

    .. math:: E = -\frac{d\varphi}{dx} = \operatorname{sgn}(\varphi) \sqrt{2 w(\varphi)/\epsilon}

    the first integral of :math:`\epsilon\, \varphi'' = -\varrho(\varphi)`, exact for any charge that depends on the
    potential alone.

    Parameters
    ----------
    conductor : IonConductor
    potential : array_like
        Against the bulk [V].

    Notes
    -----
    A half space: the layer at the other face is far. One permittivity, whatever the field.

    Examples
    --------
    Half a volt on a garnet-like conductor is a field that breaks dielectrics down:

    >>> from sslib.interfaces import single_ion_conductor
    >>> garnet = single_ion_conductor(42.6e3, 54.8e3, permittivity=40.0)
    >>> f"{float(electric_field(garnet, 0.5)):.2e} V/m"
    '3.23e+09 V/m'
    """
    potential = np.asarray(potential, dtype=float)
    return np.sign(potential) * np.sqrt(2 * conductor.field_energy(potential) / conductor.epsilon)


def surface_charge(conductor, potential):
    """Charge [C/m2] on the electrode that holds its face at this potential against the bulk [V].

    The layer's own charge is the opposite. Parameters and limits as `electric_field`.
    """
    return conductor.epsilon * electric_field(conductor, potential)


def differential_capacitance(conductor, potential):
    r"""Charge that a small change of the potential moves, over that change [F/m2].

    .. math:: C = \frac{d(\epsilon E)}{d\varphi} = -\frac{\varrho(\varphi)}{E(\varphi)}

    and :math:`\epsilon/\lambda` without a layer. Parameters and limits as `electric_field`.

    Examples
    --------
    It rises with the potential, as Gouy and Chapman have it, until the sites are full:

    >>> from sslib.interfaces import shared_site_conductor
    >>> dense = shared_site_conductor(1e3, 1e5, permittivity=10.0)
    >>> (differential_capacitance(dense, [0.0, 0.1, 0.2, 0.5]) / differential_capacitance(dense, 0.0)).round(2).tolist()
    [1.0, 2.68, 2.68, 1.3]
    """
    potential = np.asarray(potential, dtype=float)
    flat = np.abs(potential) <= LINEAR * thermal_voltage(conductor.T)
    away = np.where(flat, 1.0, potential)
    of_layer = -conductor.charge_density(away) / electric_field(conductor, away)
    return np.where(flat, conductor.epsilon / conductor.debye_length, of_layer)[()]


def potential_profile(conductor, potential, distance):
    r"""Potential against the bulk [V] at distances [m] from a face that is held at `potential`.

    The first integral once more, as a quadrature that is smooth down to the bulk, and inverted:

    .. math:: x(\varphi) = \int_{\ln \varphi}^{\ln \varphi_0} \frac{\varphi'}{E(\varphi')}\, d\ln\varphi'

    Parameters
    ----------
    conductor : IonConductor
    potential : float
        Of the face [V].
    distance : array_like
        From the face [m], not negative.

    Raises
    ------
    ValueError
        For a negative distance, or a potential whose exponential is out of range.

    Examples
    --------
    A small potential falls by e over a Debye length:

    >>> from sslib.interfaces import frenkel_conductor
    >>> few = frenkel_conductor(1.0, 1e6, permittivity=10.0)
    >>> round(float(potential_profile(few, 1e-5, few.debye_length)) * 1e5, 4)
    0.3679
    """
    distance = _checked(potential, distance, conductor.T)
    if np.ndim(potential):
        raise ValueError(f"potential has shape {np.shape(potential)}; it must be one number")
    length, voltage = conductor.debye_length, thermal_voltage(conductor.T)
    if np.abs(potential) <= 2 * LINEAR * voltage:
        return potential * np.exp(-distance / length)
    steps = np.linspace(1, 0, int(2 * abs(potential) / voltage) + 2)[:-1]
    # Panels of half a kT/e, and of a quarter in the logarithm where the potential is small.
    tail = np.arange(np.log(steps[-1]), np.log(LINEAR * voltage / abs(potential)) - 0.25, -0.25)[1:]
    edges = np.append(np.log(steps), tail)

    def passed(upper, lower):
        """Debye lengths between two potentials, given as ln(potential/that of the face)."""
        at = lower + (upper - lower) * NODES[:, None]
        return (upper - lower) * (WEIGHTS @ per_logarithm(at))

    def per_logarithm(logarithm):
        here = potential * np.exp(logarithm)
        return here / (length * electric_field(conductor, here))

    places = np.append(0, np.cumsum(passed(edges[:-1], edges[1:])))
    # Newton's method within a panel, where the integrand hardly changes: six steps reach the rounding.
    wanted = distance.ravel() / length
    panel = np.clip(np.searchsorted(places, wanted, side="right") - 1, 0, len(edges) - 2)
    start, width = edges[panel], edges[panel + 1] - edges[panel]
    inside = np.minimum(wanted, places[-1])
    found = start + width * (inside - places[panel]) / (places[panel + 1] - places[panel])
    for _ in range(6):
        found += (places[panel] + passed(start, found) - inside) / per_logarithm(found)
    return (potential * np.exp(found - (wanted - inside))).reshape(distance.shape)[()]


LINEAR = 1e-11
"""Potential over kT/e below which it decays as exp(-x/λ) to eleven digits."""


def _checked(potential, distance, T):
    """The distance as an array, where it and the potential are possible."""
    check_between(
        -LARGEST_EXPONENT, LARGEST_EXPONENT, **{"potential over kT/e": np.asarray(potential) / thermal_voltage(T)}
    )
    distance = np.asarray(distance, dtype=float)
    if distance.size and not distance.min() >= 0:
        raise ValueError(f"distance is {distance.min():g}; it must be zero or positive")
    return distance


def potential_behind_gap(conductor, potential, capacitance):
    r"""Potential against the bulk [V] behind a gap without ions that takes its part of the face's.

    .. math:: \varphi_d + \frac{\epsilon E(\varphi_d)}{C} = \varphi_0

    Parameters
    ----------
    conductor : IonConductor
    potential : float
        Of the electrode before the gap [V].
    capacitance : float
        Of the gap [F/m2]: its permittivity over its width.

    Raises
    ------
    ValueError
        For a potential out of range, and a capacitance that is not positive.

    Examples
    --------
    Where the gap is one Debye length of the conductor itself, half of a small potential is left:

    >>> from sslib.interfaces import frenkel_conductor
    >>> few = frenkel_conductor(1.0, 1e6, permittivity=10.0)
    >>> round(potential_behind_gap(few, 1e-5, few.epsilon / few.debye_length) * 1e5, 4)
    0.5
    """
    check_positive(capacitance=capacitance)
    _checked(potential, 0.0, conductor.T)
    if potential == 0:
        return 0.0

    def excess(behind):
        return behind + surface_charge(conductor, behind) / capacitance - potential

    return brentq(excess, *sorted((0.0, float(potential))), xtol=1e-15, rtol=1e-14)


def collocated_profile(conductor, potential, distance, tolerance=1e-8):
    """What `potential_profile` gives, by scipy's `solve_bvp` on the second-order equation: a second route, for checks.

    Parameters
    ----------
    conductor : IonConductor
    potential : float
        Of the face [V].
    distance : array_like
        From the face [m].
    tolerance : float
        Relative residual of the collocation [1].

    Raises
    ------
    ValueError
        As `potential_profile`.
    RuntimeError
        Where the collocation does not converge: steep layers, beyond about 20 kT/e.
    """
    length, voltage = conductor.debye_length, thermal_voltage(conductor.T)
    places = _checked(potential, distance, conductor.T) / length
    wall = potential / voltage
    per_charge = conductor.epsilon * voltage / length**2
    end = max(25.0 + 2 * np.sqrt(2 * abs(wall)), places.max(initial=0))
    mesh = np.expm1(np.linspace(0, np.log1p(end / 0.05), 400)) * 0.05

    def equation(x, y):
        return np.array([y[1], -conductor.charge_density(y[0] * voltage) / per_charge])

    def ends(first, last):
        return np.array([first[0] - wall, last[1] + last[0]])

    guess = wall * np.exp(-mesh) * np.array([[1.0], [-1.0]])
    solution = solve_bvp(equation, ends, mesh, guess, tol=tolerance, max_nodes=100_000)
    if not solution.success:
        raise RuntimeError(f"solve_bvp at {potential:g} V: {solution.message}")
    return solution.sol(places)[0] * voltage


def gouy_chapman_profile(potential, distance, length, T):
    r"""Potential [V] in a dilute layer of charges of both signs without any site limit.

    .. math:: \tanh\frac{u}{4} = \tanh\frac{u_0}{4}\, e^{-x/\lambda}, \qquad u = F\varphi/RT

    Parameters
    ----------
    potential : array_like
        Of the face [V].
    distance : array_like
        From the face [m].
    length : array_like
        Debye length [m].
    T : array_like
        [K]

    Examples
    --------
    However high the potential of the face, two Debye lengths away at most 4 artanh(e^-2) = 0.5447 kT/e are left:

    >>> round(float(gouy_chapman_profile(2.0, 2e-9, 1e-9, 298.15) / thermal_voltage(298.15)), 4)
    0.5447
    """
    check_positive(length=length)
    voltage, reduced = thermal_voltage(T), -_checked(potential, distance, T) / length
    half = np.abs(potential) / (2 * voltage)
    # One less tanh(u/4), and one less that with its decay, without the rounding of a tanh near one.
    missing = 2 / (np.exp(half) + 1)
    left = np.exp(reduced) * missing - np.expm1(reduced)
    return np.sign(potential) * 2 * voltage * np.log1p(2 * np.exp(reduced) * np.tanh(half / 2) / left)


def gouy_chapman_field(potential, length, T):
    r"""Field [V/m] where a dilute layer has this potential against the bulk [V].

    .. math:: E = \frac{2 RT}{F \lambda} \sinh\frac{F\varphi}{2RT}

    Parameters as `gouy_chapman_profile`.
    """
    check_positive(length=length)
    _checked(potential, 0.0, T)
    voltage = thermal_voltage(T)
    return 2 * voltage / length * np.sinh(np.asarray(potential, dtype=float) / (2 * voltage))


def gouy_chapman_capacitance(potential, length, permittivity, T):
    r"""Differential capacitance [F/m2] of a dilute layer.

    .. math:: C = \frac{\epsilon}{\lambda} \cosh\frac{F\varphi}{2RT}

    Parameters as `gouy_chapman_profile`; `permittivity` is in F/m (`IonConductor.epsilon`).
    """
    check_positive(length=length, permittivity=permittivity)
    _checked(potential, 0.0, T)
    return permittivity / length * np.cosh(np.asarray(potential, dtype=float) / (2 * thermal_voltage(T)))
