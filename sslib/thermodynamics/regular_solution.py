"""The regular solution as an insertion material: its potential, its stability, and what it stores.

Lithium takes a share x of the sites. All follows from the free energy of mixing per mole of sites,
:math:`g = RT [x \\ln x + (1 - x) \\ln (1 - x)] + \\Omega x (1 - x)`, where a positive Ω means that like sites attract.
"""

import numpy as np
from scipy.constants import R

from sslib.checks import check_between, check_positive
from sslib.kinetics import FARADAY
from sslib.units import reference_temperature

# Where fewer of the sites are taken, or empty, the logarithms of the model say nothing about a real material.
FEWEST = 1e-12
# Ten electronvolts per atom, more than any bond: beyond, a unit is wrong.
STRONGEST = 1e6
PHASES = np.array(["one phase", "metastable", "unstable"])


def free_energy(x, interaction, T=reference_temperature):
    r"""Free energy of mixing of the regular solution [J per mole of sites].

    .. math:: g = R T [x \ln x + (1 - x) \ln (1 - x)] + \Omega x (1 - x)

    Parameters
    ----------
    x : array_like
        Share of the sites taken [1]; complex values serve differentiation.
    interaction : array_like
        :math:`\Omega` [J/mol]; positive where like attracts like.
    T : array_like
        [K].

    Examples
    --------
    Ideal mixing of equal shares, RT ln 2:

    >>> round(float(free_energy(0.5, 0.0)))
    -1718
    """
    check_composition(np.real(x), T, interaction)
    x = np.asarray(x)
    return R * np.asarray(T) * (x * np.log(x) + (1 - x) * np.log(1 - x)) + np.asarray(interaction) * x * (1 - x)


def chemical_potential(x, interaction, T=reference_temperature):
    r"""Chemical potential of inserted lithium [J/mol] against that at the standard potential.

    .. math:: \mu = \frac{dg}{dx} = R T \ln \frac{x}{1 - x} + \Omega (1 - 2 x) = R T \ln a

    Parameters
    ----------
    x : array_like
        Share of the sites taken [1].
    interaction : array_like
        :math:`\Omega` [J/mol].
    T : array_like
        [K].

    Examples
    --------
    >>> float(chemical_potential(0.5, 8e3))
    0.0
    """
    check_composition(x, T, interaction)
    x = np.asarray(x, dtype=float)
    return R * np.asarray(T) * np.log(x / (1 - x)) + np.asarray(interaction) * (1 - 2 * x)


def open_circuit_potential(x, interaction, standard_potential=0.0, T=reference_temperature):
    r"""Potential [V] of the homogeneous material against a reference of unit activity.

    .. math:: U = U^0 - \mu/F

    Parameters
    ----------
    x : array_like
        Share of the sites taken [1].
    interaction : array_like
        :math:`\Omega` [J/mol].
    standard_potential : array_like
        :math:`U^0` [V], that of the half-filled material.
    T : array_like
        [K].

    Notes
    -----
    Inside a miscibility gap a real material separates, and its potential is :math:`U^0` from one end of the gap to the
    other (`stability` says where).

    Examples
    --------
    Dilute and without interaction it is Nernst's: 59 mV for a factor of ten.

    >>> u = open_circuit_potential(np.array([1e-6, 1e-5]), 0.0)
    >>> round(float(u[0] - u[1]) * 1e3, 1)
    59.2
    """
    return standard_potential - chemical_potential(x, interaction, T) / FARADAY


def potential_slope(x, interaction, T=reference_temperature):
    r"""Slope of the open-circuit potential by composition, dU/dx [V].

    .. math:: \frac{dU}{dx} = -\frac{1}{F} \frac{d\mu}{dx}
              = -\frac{R T}{F} \left[\frac{1}{x (1 - x)} - \frac{2 \Omega}{R T}\right]

    Parameters
    ----------
    x : array_like
        Share of the sites taken [1].
    interaction : array_like
        :math:`\Omega` [J/mol].
    T : array_like
        [K].

    Examples
    --------
    >>> round(float(potential_slope(0.5, 0.0)) * 1e3, 2)
    -102.77
    """
    check_composition(x, T, interaction)
    x = np.asarray(x, dtype=float)
    return -(R * np.asarray(T) / (x * (1 - x)) - 2 * np.asarray(interaction)) / FARADAY


def thermodynamic_factor(x, interaction, T=reference_temperature):
    r"""Thermodynamic factor [1]; negative inside the spinodal.

    .. math:: \Gamma = \frac{d \ln a}{d \ln x} = \frac{x}{R T} \frac{d\mu}{dx}
              = \frac{1}{1 - x} - \frac{2 \Omega x}{R T}

    Parameters
    ----------
    x : array_like
        Share of the sites taken [1].
    interaction : array_like
        :math:`\Omega` [J/mol].
    T : array_like
        [K].

    Examples
    --------
    Half full: two of the lattice alone, none at all at the critical interaction of 2RT.

    >>> [round(float(thermodynamic_factor(0.5, omega * R * 298.15)), 9) for omega in (0, 2)]
    [2.0, 0.0]
    """
    return -FARADAY * np.asarray(x) * potential_slope(x, interaction, T) / (R * np.asarray(T))


def spinodal(interaction, T=reference_temperature):
    r"""Compositions between which the homogeneous material falls apart by itself, the two roots of dU/dx = 0.

    .. math:: x = \frac12 \left(1 \mp \sqrt{1 - 2 R T/\Omega}\right)

    Parameters
    ----------
    interaction : array_like
        :math:`\Omega` [J/mol].
    T : array_like
        [K].

    Returns
    -------
    tuple of numpy.ndarray
        (lower, upper) [1]; NaN at and below :math:`\Omega = 2 R T`, where there is none.

    Examples
    --------
    >>> [round(float(end), 3) for end in spinodal(3 * R * 298.15)]
    [0.211, 0.789]
    """
    check_interaction(interaction, T)
    relative = np.asarray(interaction, dtype=float) / (R * np.asarray(T))
    half = np.sqrt(1 - 2 / np.where(relative > 2, relative, np.nan)) / 2
    return 0.5 - half, 0.5 + half


def miscibility_gap(interaction, T=reference_temperature):
    r"""Compositions of the two phases in equilibrium, the ends of the plateau.

    The tangent to both minima of the free energy is level, :math:`\mu = 0`: with :math:`y = 1 - 2x`,

    .. math:: y = \tanh \frac{\Omega y}{2 R T}

    solved by Newton's method from :math:`y = 1`, which it approaches from above.

    Parameters
    ----------
    interaction : array_like
        :math:`\Omega` [J/mol].
    T : array_like
        [K].

    Returns
    -------
    tuple of numpy.ndarray
        (lower, upper) [1]; NaN at and below :math:`\Omega = 2 R T`, where all compositions mix.

    Examples
    --------
    >>> [round(float(end), 4) for end in miscibility_gap(3 * R * 298.15)]
    [0.0707, 0.9293]
    """
    check_interaction(interaction, T)
    relative = np.asarray(interaction, dtype=float) / (R * np.asarray(T))
    k = np.where(relative > 2, relative, np.nan) / 2
    y = np.ones_like(k)
    for _ in range(100):
        t = np.tanh(k * y)
        y = y - (y - t) / (1 - k * (1 - t * t))
    # (1 − y)/2 without the cancellation.
    ratio = np.exp(-2 * k * y)
    lower = ratio / (1 + ratio)
    return lower[()], (1 - lower)[()]


def stability(x, interaction, T=reference_temperature):
    """Whether a homogeneous material of that composition stays so.

    Parameters
    ----------
    x : array_like
        Share of the sites taken [1].
    interaction : array_like
        Ω [J/mol].
    T : array_like
        [K].

    Returns
    -------
    numpy.ndarray of str
        "one phase"; "metastable" between `miscibility_gap` and `spinodal`, where it separates once a nucleus has
        formed, and a spectrum taken before that is the one computed here; "unstable" inside the spinodal.

    Examples
    --------
    >>> stability([0.05, 0.15, 0.5], 3 * R * 298.15).tolist()
    ['one phase', 'metastable', 'unstable']
    """
    check_composition(x, T, interaction)
    x = np.asarray(x, dtype=float)
    inside = [(x > ends[0]) & (x < ends[1]) for ends in (miscibility_gap(interaction, T), spinodal(interaction, T))]
    return PHASES[inside[0].astype(int) + inside[1]]


def chemical_capacitance(x, interaction, sites, T=reference_temperature):
    r"""Volumetric chemical capacitance [F/m3]: charge stored per volume and volt.

    .. math:: c_\text{chem} = F^2 \left(\frac{d\mu}{dc}\right)^{-1} = -\frac{F c_\text{max}}{dU/dx}
              = \frac{F^2 c_\text{max} x}{R T\, \Gamma}

    Parameters
    ----------
    x : array_like
        Share of the sites taken [1].
    interaction : array_like
        :math:`\Omega` [J/mol].
    sites : array_like
        Concentration of sites :math:`c_\text{max}` [mol/m3].
    T : array_like
        [K].

    Raises
    ------
    ValueError
        Inside the spinodal, where it would be negative.

    Notes
    -----
    The chemical capacitance of J. Jamnik, J. Maier, Phys. Chem. Chem. Phys. 3 (2001) 1668, doi 10.1039/b100180i.

    Examples
    --------
    Half full, no interaction, 50 mol/L:

    >>> f"{chemical_capacitance(0.5, 0.0, 5e4):.2e} F/m3"
    '4.69e+10 F/m3'
    """
    check_positive(sites=sites)
    refuse_unstable(x, interaction, T)
    return -FARADAY * np.asarray(sites) / potential_slope(x, interaction, T)


def check_interaction(interaction, T):
    """Raise ValueError for an interaction that is no number of joules per mole, or a temperature that is none."""
    check_between(-STRONGEST, STRONGEST, interaction=interaction)
    check_positive(T=T)


def check_composition(x, T, interaction=0.0):
    """Raise ValueError for a share of sites, a temperature or an interaction that is none."""
    check_between(FEWEST, 1, x=x)
    check_between(FEWEST, 1, **{"empty share 1 - x": 1 - np.asarray(x, dtype=float)})
    check_interaction(interaction, T)


def refuse_unstable(x, interaction, T):
    """Raise ValueError for a composition inside the spinodal or on it."""
    check_composition(x, T, interaction)
    x, omega, T = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in (x, interaction, T)))
    wrong = 2 * omega * x * (1 - x) >= R * T
    if wrong.any():
        x, omega, T = (a[wrong].flat[0] for a in (x, omega, T))
        # At the critical interaction there is no spinodal but its one point, and its ends are not a number.
        lower, upper = np.nan_to_num(spinodal(omega, T), nan=0.5)
        raise ValueError(
            f"x is {x:g}; at {T:g} K it must be outside the spinodal, "
            f"{lower:.4g} to {upper:.4g}, within which it separates"
        )
