"""Grain boundaries: the brick-layer model, forward and back."""

import numpy as np

from sslib.checks import check_positive
from sslib.transport.composites import effective_conductivity


def brick_layer(bulk, boundary, grain_size, boundary_thickness):
    r"""Total conductivity [S/m] of a polycrystal from its grains and boundaries, by the brick-layer model.

    .. math:: \sigma = (1 - x)^2 \left(\frac{1 - x}{\sigma_\text{b}} + \frac{x}{\sigma_\text{gb}}\right)^{-1}
              + \left(1 - (1 - x)^2\right) \sigma_\text{gb}, \qquad x = \frac{\delta}{d + \delta}

    cubes of the grain's edge d behind boundaries of the thickness \delta, and boundaries beside them.

    Parameters
    ----------
    bulk, boundary : array_like
        Conductivities of the grains and of the boundaries' own material [S/m].
    grain_size, boundary_thickness : array_like
        :math:`d` and :math:`\delta` [m]; the boundary must be thinner than the grain.

    Notes
    -----
    It holds for grains of one size and boundaries of one kind, :math:`\delta \ll d`. Current is taken to run straight,
    so the value is a lower bound for these bricks; where boundaries block, they block all of it, which real ones with
    contacts do not (`specific_boundary_conductivity` inverts the same picture).

    Source: T. van Dijk, A. J. Burggraaf, Phys. Status Solidi A 63 (1981) 229.

    Examples
    --------
    Boundaries of a thousandth of the thickness that conduct a thousand times worse halve the conductivity:

    >>> from sslib.units import nm, um
    >>> float(round(brick_layer(1.0, 1e-3, 1 * um, 1 * nm), 2))
    0.5
    """
    check_positive(bulk=bulk, boundary=boundary, grain_size=grain_size, boundary_thickness=boundary_thickness)
    ratio = np.asarray(boundary_thickness, dtype=float) / grain_size
    if (ratio >= 1).any():
        raise ValueError(f"boundary_thickness is {np.max(ratio):g} times grain_size; it must be thinner than the grain")
    share = ratio / (1 + ratio)
    facing = (1 - share) ** 2
    return facing / ((1 - share) / np.asarray(bulk) + share / np.asarray(boundary)) + (1 - facing) * boundary


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
