"""What each part of a cell allows: its area-specific resistance, and the current at which it alone takes the budget."""

from dataclasses import dataclass, fields

import numpy as np

from sslib.checks import check_positive

SEPARATOR, ANODE, CATHODE = "separator", "anode interface", "cathode interface"
ION, ELECTRON, DIFFUSION = "ionic rail", "electronic rail", "solid diffusion"
STRIPPING, PLATING, TOGETHER = "stripping limit", "plating limit", "all resistances together"


@dataclass(frozen=True)
class CellParts:
    """A cell as a chain of what resists: separator, interfaces and a composite cathode of particles.

    Attributes
    ----------
    separator_thickness : float
        [m]
    separator_conductivity : float
        [S/m]
    anode_interface, cathode_interface : float
        Resistance per geometric area of the cell [ohm m2]; that of the particles' surface is divided by their area
        per area of the cell first.
    cathode_capacity : float
        Charge per volume of the whole cathode, which ties its thickness to its areal capacity [C/m3].
    ionic_conductivity, electronic_conductivity : float
        Effective conductivities of the cathode's two rails [S/m].
    particle_radius : float
        [m]
    solid_diffusivity : float
        Chemical diffusivity of lithium in the particles [m2/s].
    slope : float
        Fall of the open-circuit potential over the whole discharge [V], taken as a straight line.
    stripping_limit, plating_limit : float or None
        Current densities above which lithium voids or filaments form [A/m2]; None where there is no such limit.
    """

    separator_thickness: float
    separator_conductivity: float
    anode_interface: float
    cathode_interface: float
    cathode_capacity: float
    ionic_conductivity: float
    electronic_conductivity: float
    particle_radius: float
    solid_diffusivity: float
    slope: float
    stripping_limit: float | None = None
    plating_limit: float | None = None

    def __post_init__(self):
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        check_positive(**{name: value for name, value in given.items() if value is not None})

    def cathode_thickness(self, areal_capacity):
        """Thickness of the cathode [m] that holds an areal capacity [C/m2]."""
        check_positive(areal_capacity=areal_capacity)
        return np.asarray(areal_capacity, dtype=float) / self.cathode_capacity


def area_specific_resistance(thickness, conductivity):
    r"""Area-specific resistance [ohm m2] of a layer.

    .. math:: r = L / \sigma

    Parameters
    ----------
    thickness : array_like
        [m]
    conductivity : array_like
        [S/m]

    Examples
    --------
    50 mV at 3 mA/cm2 are 16.7 ohm cm2, which 16.7 um of 0.1 mS/cm have (source 004):

    >>> from sslib.units import mS_cm, ohm_cm2, um
    >>> round(float(area_specific_resistance(16.67 * um, 0.1 * mS_cm)) / ohm_cm2, 1)
    16.7
    """
    check_positive(thickness=thickness, conductivity=conductivity)
    return np.asarray(thickness, dtype=float) / conductivity


def even_rail_resistance(thickness, conductivity):
    r"""What a rail adds [ohm m2] to the resistance of an electrode that reacts evenly over its depth.

    .. math:: r = \frac{1}{L}\int_0^L \int_0^x \frac{1 - x'/L}{\sigma}\,dx'\,dx = \frac{L}{3\sigma}

    Its current falls from all to nothing along the rail, and the mean over the electrode of the potential that is
    lost on the way is a third of the rail's resistance times the current; so is the heat.

    Parameters
    ----------
    thickness : array_like
        Thickness of the electrode [m].
    conductivity : array_like
        Effective conductivity of the rail [S/m].

    Notes
    -----
    Even reaction needs an interface that resists more than the rails, or an open-circuit potential that slopes: the
    particles ahead then wait for those behind. `cathode_resistance` is without the slope. Where the potential is flat
    (LiFePO4, sulfur) a front moves through the electrode, and at its end the ion has the whole rail behind it: three
    times as much.

    Source: reference sheet to source 000, section 1.2, low-frequency limit of configuration I: :math:`(r_1 + r_2)L/3`.

    Examples
    --------
    75 um at 0.1 mS/cm:

    >>> from sslib.units import mS_cm, ohm_cm2, um
    >>> round(float(even_rail_resistance(75 * um, 0.1 * mS_cm)) / ohm_cm2, 6)
    25.0
    """
    return area_specific_resistance(thickness, conductivity) / 3


def cathode_resistance(ion, electron, interface):
    r"""Resistance [ohm m2] of a porous electrode with linear kinetics in its first instant, reacting where it is easy.

    .. math:: r = \frac{a b}{s} + \frac{(a^2 + b^2)\coth\nu + 2ab/\sinh\nu}{\nu s}, \qquad s = a + b, \quad
              \nu^2 = s/c

    which is c + s/3, that of even reaction, for s much less than c. Even reaction is the most that linear kinetics can
    cost: 1.5 % too much at s = c for one rail, a third and more at s = 10 c.

    Parameters
    ----------
    ion, electron : array_like
        The rails a and b, total over the electrode [ohm m2].
    interface : array_like
        Of the whole electrode c, per geometric area [ohm m2].

    Notes
    -----
    Source: reference sheet to source 000, section 1.2, configuration I with a resistance for interface.

    Examples
    --------
    >>> round(float(cathode_resistance(1.0, 1e-9, 1.0)), 4), round(float(cathode_resistance(10.0, 1e-9, 1.0)), 4)
    (1.313, 3.1736)
    """
    check_positive(ion=ion, electron=electron, interface=interface)
    a, b, c = (np.asarray(value, dtype=float) for value in (ion, electron, interface))
    s = a + b
    nu = np.sqrt(s / c)
    csch = 2 * np.exp(-nu) / -np.expm1(-2 * nu)
    return a * b / s + ((a**2 + b**2) / np.tanh(nu) + 2 * a * b * csch) / (nu * s)


def diffusion_resistance(areal_capacity, slope, radius, diffusivity):
    r"""What diffusion in spherical particles adds [ohm m2] under a steady current.

    .. math:: r = \frac{R^2}{15 D} \, \frac{\Delta U}{Q}

    Under a constant flux N the surface of a sphere runs ahead of its mean by :math:`NR/(5D)`, and the mean changes by
    3N/R per second, so that the surface is :math:`R^2/(15D)` seconds ahead: a share :math:`R^2 C/(15D)` of the
    discharge at a rate C, which costs that share of the potential's fall :math:`\Delta U`. A budget of V thus allows
    :math:`C = (15 D/R^2)\,V/\Delta U`, whatever the loading, and leaves a share :math:`V/\Delta U` of the capacity
    behind.

    Parameters
    ----------
    areal_capacity : array_like
        Charge of the whole discharge per geometric area [C/m2].
    slope : array_like
        Fall of the open-circuit potential over it [V].
    radius : array_like
        [m]
    diffusivity : array_like
        [m2/s]

    Notes
    -----
    It holds from the `settling_time` on, for one size of particles and a constant diffusivity, and while the surface
    stays within the discharge.

    Source: J. Crank, The Mathematics of Diffusion (1975), sphere with constant flux at its surface; low-frequency
    limit of row 000-6 of the reference sheet to source 000, with its 1/5.

    Examples
    --------
    2.5 um at 1e-10 cm2/s are 42 s behind; with 0.8 V over 3 mAh/cm2:

    >>> from sslib.units import cm2, mAh_cm2, ohm_cm2, um
    >>> round(float(diffusion_resistance(3 * mAh_cm2, 0.8, 2.5 * um, 1e-10 * cm2)) / ohm_cm2, 2)
    3.09
    """
    check_positive(areal_capacity=areal_capacity, slope=slope, radius=radius, diffusivity=diffusivity)
    return np.asarray(radius, dtype=float) ** 2 / (15 * np.asarray(diffusivity)) * slope / np.asarray(areal_capacity)


def settling_time(radius, diffusivity):
    r"""Time [s] in which diffusion in a sphere comes to its steady state under a steady current, to 1/e.

    .. math:: t = \frac{R^2}{\lambda_1^2 D}, \qquad \tan\lambda_1 = \lambda_1 = 4.493

    Parameters
    ----------
    radius : array_like
        [m]
    diffusivity : array_like
        [m2/s]

    Notes
    -----
    Source: as for `diffusion_resistance`; the slowest of its transient terms.

    Examples
    --------
    >>> from sslib.units import cm2, um
    >>> round(float(settling_time(2.5 * um, 1e-10 * cm2)))
    31
    """
    check_positive(radius=radius, diffusivity=diffusivity)
    return np.asarray(radius, dtype=float) ** 2 / (4.493409457909064**2 * np.asarray(diffusivity))


def part_resistances(cell, areal_capacity):
    """Area-specific resistance [ohm m2] of each part of a cell whose cathode reacts evenly.

    Parameters
    ----------
    cell : CellParts
    areal_capacity : array_like
        Loading [C/m2], to which the cathode's thickness follows.

    Returns
    -------
    dict of str to numpy.ndarray
        By part, from the anode to the inside of the particles; each of the shape of the loading.
    """
    thickness = cell.cathode_thickness(areal_capacity)
    parts = {
        ANODE: cell.anode_interface,
        SEPARATOR: area_specific_resistance(cell.separator_thickness, cell.separator_conductivity),
        ION: even_rail_resistance(thickness, cell.ionic_conductivity),
        ELECTRON: even_rail_resistance(thickness, cell.electronic_conductivity),
        CATHODE: cell.cathode_interface,
        DIFFUSION: diffusion_resistance(areal_capacity, cell.slope, cell.particle_radius, cell.solid_diffusivity),
    }
    return {part: np.broadcast_to(value, thickness.shape).astype(float) for part, value in parts.items()}


def current_ceilings(cell, areal_capacity, voltage_budget):
    r"""Current density [A/m2] at which each part alone takes a voltage budget, and all of them together.

    .. math:: j_k = V / r_k, \qquad j = V / \textstyle\sum_k r_k

    Divided by Faraday's constant they are throughputs (`throughput_of_current`), which the convention of the nominal
    C-rate reaches at full utilisation.

    Parameters
    ----------
    cell : CellParts
    areal_capacity : array_like
        [C/m2]
    voltage_budget : array_like
        [V]; source 004 allows the separator 50 mV.

    Returns
    -------
    dict of str to numpy.ndarray
        By part; `STRIPPING` and `PLATING` where the cell states them, whatever the budget; last `TOGETHER`, which
        does not count those two.

    Examples
    --------
    Source 004: 16.7 um of 0.1 mS/cm carry 3 mA/cm2 for 50 mV.

    >>> from sslib.units import cm2, mA_cm2, mAh, mAh_cm2, mS_cm, ohm_cm2, um
    >>> cell = CellParts(16.67 * um, 0.1 * mS_cm, ohm_cm2, ohm_cm2, 4e8 * mAh, mS_cm, mS_cm, um, 1e-10 * cm2, 0.8)
    >>> round(float(current_ceilings(cell, 3 * mAh_cm2, 0.050)["separator"]) / mA_cm2, 2)
    3.0
    """
    check_positive(voltage_budget=voltage_budget)
    parts = part_resistances(cell, areal_capacity)
    ceilings = {part: voltage_budget / value for part, value in parts.items()}
    own = {STRIPPING: cell.stripping_limit, PLATING: cell.plating_limit}
    shape = np.shape(ceilings[SEPARATOR])
    ceilings |= {name: np.full(shape, limit) for name, limit in own.items() if limit is not None}
    return ceilings | {TOGETHER: voltage_budget / sum(parts.values())}


def even_reaction_excess(cell, areal_capacity):
    """By what share [1] even reaction overstates the cathode's resistance in the first instant of a discharge.

    Parameters
    ----------
    cell : CellParts
    areal_capacity : array_like
        [C/m2]

    Returns
    -------
    numpy.ndarray
        `part_resistances` of rails and cathode interface over `cathode_resistance`, minus 1; above some 0.1 the
        reaction crowds at one face at first and evens out only as the particles there fill up.
    """
    parts = part_resistances(cell, areal_capacity)
    crowded = cathode_resistance(3 * parts[ION], 3 * parts[ELECTRON], parts[CATHODE])
    return (parts[ION] + parts[ELECTRON] + parts[CATHODE]) / crowded - 1
