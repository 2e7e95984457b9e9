"""Heat of a stack of cells: where it comes from, how it leaves, how warm the stack gets and what that strains."""

from dataclasses import dataclass

import numpy as np
from scipy.constants import Stefan_Boltzmann

from sslib.checks import check_between, check_positive


@dataclass(frozen=True)
class ThermalLayer:
    """A layer of a cell as heat sees it.

    Attributes
    ----------
    name : str
    thickness : float
        [m].
    across, along : float
        Thermal conductivity through the layer and in its plane [W/(m K)].
    density : float
        [kg/m3].
    heat_capacity : float
        [J/(kg K)].
    """

    name: str
    thickness: float
    across: float
    along: float
    density: float
    heat_capacity: float

    def __post_init__(self):
        numbers = {key: value for key, value in vars(self).items() if key != "name"}
        check_positive(**{f"{key.replace('_', ' ')} of the {self.name}": value for key, value in numbers.items()})


def stack_conductivities(thickness, across, along=None):
    r"""Thermal conductivities [W/(m K)] of layers on one another: through them, and along them.

    .. math:: k_\perp = \frac{\sum l_i}{\sum l_i/k_i}, \qquad k_\parallel = \frac{\sum l_i k_i}{\sum l_i}

    Parameters
    ----------
    thickness : array_like
        [m], shape (layers,).
    across, along : array_like
        Of each layer [W/(m K)], through it and in its plane; the same if the second is left out.

    Notes
    -----
    Without contact resistances between layers. Source 002, Table A.1.

    Examples
    --------
    10/60/20/25/5 um of aluminium, cathode, LLZO, lithium and copper:

    >>> k = stack_conductivities([10, 60, 20, 25, 5], [237, 0.5, 0.47, 81.8, 398])
    >>> [round(float(value), 4) for value in k]
    [0.7366, 53.7033]
    """
    along = across if along is None else along
    check_positive(thickness=thickness, across=across, along=along)
    thickness, across, along = (np.asarray(value, dtype=float) for value in (thickness, across, along))
    total = thickness.sum()
    return total / (thickness / across).sum(), (thickness * along).sum() / total


@dataclass(frozen=True)
class Stack:
    """Cells on one another, a block.

    Attributes
    ----------
    layers : tuple of ThermalLayer
        Of one cell.
    cells : int
    width, length : float
        Of the footprint [m].
    """

    layers: tuple
    cells: int
    width: float
    length: float

    def __post_init__(self):
        check_positive(cells=self.cells, width=self.width, length=self.length)

    @property
    def cell_thickness(self):
        """[m]."""
        return sum(layer.thickness for layer in self.layers)

    @property
    def sides(self):
        """Width, length and height [m]."""
        return self.width, self.length, self.cells * self.cell_thickness

    @property
    def conductivities(self):
        """In the directions of `sides` [W/(m K)]."""
        columns = np.array([(layer.thickness, layer.across, layer.along) for layer in self.layers]).T
        through, plane = stack_conductivities(*columns)
        return plane, plane, through

    @property
    def heat_capacity(self):
        """Per volume [J/(m3 K)]: specific heats weighted by mass, times the density."""
        return sum(own.thickness * own.density * own.heat_capacity for own in self.layers) / self.cell_thickness


def cell_heat(current_density, losses, entropy_coefficient=0.0, T=298.15):
    r"""Heat of a cell [W/m2] on discharge, irreversible and reversible.

    .. math:: q = i \sum \eta - i T \frac{dU}{dT}

    Parameters
    ----------
    current_density : array_like
        Positive on discharge [A/m2].
    losses : array_like
        What the overpotentials take off the voltage, in all [V].
    entropy_coefficient : array_like
        :math:`dU/dT` of the cell [V/K]; negative warms a discharge.
    T : array_like
        [K].

    Returns
    -------
    irreversible, reversible : numpy.ndarray
        [W/m2].

    Notes
    -----
    No heat of mixing, which a plate that evens out in a rest would add. Over the thickness of a cell this is the
    volumetric source of source 002, equation 5.

    Examples
    --------
    >>> [round(float(q), 3) for q in cell_heat(10.0, 0.1, -0.3e-3)]
    [1.0, 0.894]
    """
    check_positive(T=T)
    current = np.asarray(current_density, dtype=float)
    return current * losses, -current * np.asarray(T) * entropy_coefficient


def entropy_of_share(share, losses, T=298.15):
    r"""Entropy coefficient :math:`|dU/dT|` [V/K] that makes the reversible heat so large.

    .. math:: \left|\frac{dU}{dT}\right| = \frac{s\, \eta}{T}

    Parameters
    ----------
    share : array_like
        Reversible over irreversible heat [1].
    losses : array_like
        Sum of the overpotentials [V].
    T : array_like
        [K].

    Notes
    -----
    The current is in both heats, so that the share falls with the overpotentials, that is with the C-rate.

    Examples
    --------
    The 700 % of source 002 (section 4.1.4, LCO at C/8) with overpotentials of 15 mV take 0.35 mV/K. The entropies of
    lithiation that Y. Reynier et al. measured in LCO differ by up to 4.2 k within one phase, which is 0.36 mV/K (Phys.
    Rev. B 70 (2004) 174304, abstract read):

    >>> round(float(entropy_of_share(7, 0.015) * 1e3), 2), round(4.2 * 8.617333e-5 * 1e3, 2)
    (0.35, 0.36)
    """
    check_positive(share=share, losses=losses, T=T)
    return np.asarray(share) * losses / np.asarray(T)


def surface_coefficient(convection, emissivity=0.0, ambient=298.15, rise=0.0):
    r"""Heat-transfer coefficient of a surface [W/(m2 K)], convection and radiation.

    .. math:: h = h_c + \epsilon \sigma (T_s^2 + T_a^2)(T_s + T_a)

    Parameters
    ----------
    convection : array_like
        [W/(m2 K)].
    emissivity : array_like
        [1].
    ambient : array_like
        [K].
    rise : array_like
        Of the surface above the ambient [K]; with it h times the rise is the heat lost, not its linear form.

    Examples
    --------
    Radiation of a black surface near 25 °C is 6 W/(m2 K), as much as still air:

    >>> round(float(surface_coefficient(0.0, 1.0)), 2)
    6.01
    """
    check_between(0, np.inf, convection=convection)
    check_between(0, 1, emissivity=emissivity)
    ambient = np.asarray(ambient, dtype=float)
    surface = ambient + rise
    check_positive(ambient=ambient, surface=surface)
    radiation = Stefan_Boltzmann * (surface**2 + ambient**2) * (surface + ambient)
    return np.asarray(convection) + np.asarray(emissivity) * radiation


def biaxial_stress(strain, youngs, poisson):
    r"""Stress [Pa] of a layer that a much stiffer body keeps from the strain, in its plane.

    .. math:: \sigma = -\frac{E}{1 - \nu} \, \epsilon

    Parameters
    ----------
    strain : array_like
        Misfit, own free expansion less that of the body [1], as `sslib.mechanics.thermal_misfit_strain` has it.
    youngs : array_like
        [Pa].
    poisson : array_like
        [1].

    Returns
    -------
    numpy.ndarray
        Positive is tension.

    Notes
    -----
    Elastic, no bending, no cracks: an upper end. Lithium yields at 1 MPa and takes no part in it.

    Examples
    --------
    LLZO that is cooled from 750 to 27 °C on a rigid body would be torn at 2.3 GPa, far above any strength; what saves
    a composite is that its partner contracts as well (source 002, section 2.2):

    >>> from sslib.mechanics import thermal_misfit_strain
    >>> round(float(biaxial_stress(thermal_misfit_strain(1.55e-5, 0.0, 27 - 750), 150e9, 0.26) / 1e9), 2)
    2.27
    """
    check_between(-1, 1, strain=strain)
    check_positive(youngs=youngs)
    check_between(-0.999, 0.5, poisson=poisson)
    return -np.asarray(youngs, dtype=float) / (1 - np.asarray(poisson)) * strain
