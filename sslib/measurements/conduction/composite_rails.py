"""Effective conductivities and tortuosity factors of a composite from blocking cells of several thicknesses."""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from sslib.checks import check_between, check_positive
from sslib.measurements.conduction.blocking import SYMMETRIC
from sslib.measurements.conduction.settling import FITS
from sslib.measurements.estimates import LEVEL, Estimate, estimate_of, mean, product
from sslib.transport import hashin_shtrikman, tortuosity_factor

LEAKS = 3.0
"""Standard errors by which rails in parallel may conduct better than the composite does at once."""


@dataclass(frozen=True, eq=False)
class ThicknessSeries:
    """The line through resistances of one material at several thicknesses.

    Attributes
    ----------
    conductivity : Estimate
        Effective, 1/(area × slope) [S/m].
    contact : Estimate
        The intercept: what all cells have in common, contacts and separators [ohm].
    slope : Estimate
        [ohm/m]
    probability : float
        Of a misfit as large by chance [1]; NaN for two thicknesses, through which every line goes.
    thickness, resistance : numpy.ndarray
        [m], [ohm]
    verdicts : tuple of str
    """

    conductivity: Estimate
    contact: Estimate
    slope: Estimate
    probability: float
    thickness: np.ndarray
    resistance: np.ndarray
    verdicts: tuple = ()


@dataclass(frozen=True, eq=False)
class Rails:
    """Both rails of a composite.

    Attributes
    ----------
    ions, electrons : ThicknessSeries
        Of the settled resistances of the cells in which that carrier passes.
    ions_at_once, electrons_at_once : ThicknessSeries
        Of the resistances at once: both rails in parallel, whichever is blocked later.
    agreement : float
        (what is seen at once − what the two rails in parallel would have)/its standard error [1].
    verdicts : tuple of str
    """

    ions: ThicknessSeries
    electrons: ThicknessSeries
    ions_at_once: ThicknessSeries
    electrons_at_once: ThicknessSeries
    agreement: float
    verdicts: tuple = ()


def thickness_series(thickness, resistances, area, *, thickness_error=0.0):
    r"""Effective conductivity and contact resistance from cells of several thicknesses.

    .. math:: R = R_c + \frac{L}{\sigma_\text{eff} A}

    Parameters
    ----------
    thickness : array_like
        [m], shape (cells,), two different ones at least.
    resistances : sequence of Estimate
    area : float
        [m2]
    thickness_error : float
        Standard error of each thickness [m].

    Returns
    -------
    ThicknessSeries
        By weighted least squares. Where the resistances scatter about the line more than their errors say, the errors
        are widened by that.

    Raises
    ------
    ValueError
        For one thickness only, a resistance that does not grow with it, and a contact resistance below zero.
    """
    check_positive(thickness=thickness, area=area)
    check_between(0, np.inf, thickness_error=thickness_error)
    thickness = np.asarray(thickness, dtype=float)
    if thickness.ndim != 1 or len(thickness) != len(resistances) or len(np.unique(thickness)) < 2:
        raise ValueError(
            f"{len(np.unique(thickness))} thicknesses are given for {len(resistances)} cells; one resistance for each, "
            "and two different thicknesses at least: with one, contacts and material are not told apart"
        )
    resistance = np.array([own.value for own in resistances])
    own_error = np.array([own.relative * own.value for own in resistances])
    slope = np.ptp(resistance) / np.ptp(thickness)
    for _ in range(3):
        # An error of the thickness is one of the resistance, by the slope.
        error = np.hypot(own_error, slope * thickness_error)
        design = np.stack([np.ones_like(thickness), thickness], axis=1) / error[:, None]
        size = np.linalg.norm(design, axis=0)
        inverse = np.linalg.pinv(design / size)
        contact, slope = inverse @ (resistance / error) / size
    left = resistance / error - design @ [contact, slope]
    freedom = len(thickness) - 2
    covariance = inverse @ inverse.T / np.outer(size, size)
    probability = float(chdtrc(freedom, left @ left)) if freedom else np.nan
    verdicts, known = [], np.inf
    if freedom and probability < FITS:
        covariance, known = covariance * (left @ left) / freedom, freedom
        verdicts.append(
            f"the resistances scatter {np.sqrt(left @ left / freedom):.2g} times as much about a line as their errors: "
            "thicknesses, densities or contacts differ from cell to cell; the intervals are widened by that"
        )
    if not freedom:
        verdicts.append("two thicknesses: whether the resistances lie on a line is not tested")
    errors = np.sqrt(np.diag(covariance))
    if slope < 3 * errors[1]:
        raise ValueError(
            f"the resistance grows by {slope:.3g} ohm/m with an error of {errors[1]:.2g} ohm/m: the contacts hide the "
            "composite; take thicker cells, or more of them"
        )
    if contact < -3 * errors[0]:
        raise ValueError(
            f"the contact resistance would be {contact:.3g} ohm with an error of {errors[0]:.2g} ohm, below zero: the "
            "cells are not of one material (thin ones denser?), or the thicknesses are too small by a constant"
        )
    grown = Estimate(float(slope), float(errors[1] / slope), known, logarithmic=True)
    return ThicknessSeries(
        Estimate(float(1 / (slope * area)), grown.error, known, logarithmic=True),
        Estimate(float(contact), float(errors[0]), known), grown, probability, thickness, resistance, tuple(verdicts),
    )  # fmt: skip


def rails(ion_cells, electron_cells, area, *, thickness_error=0.0):
    """Effective conductivities of both carriers, and whether the cells block what they ought to.

    Parameters
    ----------
    ion_cells, electron_cells : dict
        By thickness [m] the `CellResistance` of a cell in which ions (electrons) pass and the other kind is blocked.
    area, thickness_error : float
        [m2], [m].

    Returns
    -------
    Rails

    Raises
    ------
    ValueError
        Where the two settled rails in parallel would conduct better than the composite does at once, when nothing is
        blocked yet: then a blocked carrier takes part in a settled current.

    Notes
    -----
    At once, both kinds of cells have both rails in parallel. That gives each rail a second time, and it is what finds a
    leak: a linear cell that leaks looks in order to its own spectrum.
    """
    series = [
        thickness_series(
            list(cells), [getattr(own, kind) for own in cells.values()], area, thickness_error=thickness_error
        )
        for cells in (ion_cells, electron_cells)
        for kind in ("settled", "at_once")
    ]
    ions, ions_at_once, electrons, electrons_at_once = series
    verdicts = [
        f"{name}: {text}"
        for name, own in zip(("ions", "ions at once", "electrons", "electrons at once"), series, strict=True)
        for text in own.verdicts
    ]
    verdicts += [
        f"{name}, {1e6 * thickness:.3g} µm: {text}"
        for name, cells in (("ions", ion_cells), ("electrons", electron_cells))
        for thickness, own in cells.items()
        for text in own.verdicts
    ]
    at_once = mean([ions_at_once.slope, electrons_at_once.slope])
    first, second = ions.slope, electrons.slope
    both = first.value * second.value / (first.value + second.value)
    error = np.hypot(first.error * both / first.value, second.error * both / second.value)
    agreement = float((at_once.value - both) / (at_once.value * np.hypot(at_once.error, error)))
    if agreement > LEAKS and at_once.value > (1 + SYMMETRIC) * both:
        raise ValueError(
            f"at once, with nothing blocked yet, the composite has {at_once.value:.4g} ohm/m, and its two rails in "
            f"parallel would have {both:.4g} ohm/m, {agreement:.2g} standard errors less: a settled current is too "
            "large, the blocked carrier leaks through its electrode; no conductivity follows, block it better"
        )
    if agreement < -LEAKS and at_once.value < (1 - SYMMETRIC) * both:
        verdicts.append(
            f"the rails in parallel would have {both:.4g} ohm/m, and at once the composite has {at_once.value:.4g} "
            "ohm/m: something conducts at short times only (boundaries between grains, or a third path)"
        )
    return Rails(ions, electrons, ions_at_once, electrons_at_once, agreement, tuple(verdicts))


def measured_tortuosity(volume_fraction, conductivity, effective, level=LEVEL):
    """Tortuosity factor as an Estimate, and words, from Estimates of all that enters.

    Parameters
    ----------
    volume_fraction, conductivity, effective : Estimate or float
        Of the phase, pores counted as volume [1]; of the pure phase and in the composite [S/m].

    Returns
    -------
    tuple of (Estimate, tuple of str)

    Raises
    ------
    ValueError
        For a factor below one by more than its error: no composite conducts better than straight channels.

    Examples
    --------
    A measured factor of 1.6 ± 0.1 (source 002) asks for the three to be known to 6 % together:

    >>> from sslib.measurements import Estimate
    >>> error = 0.0625 / 3**0.5
    >>> given = [Estimate(value, error, logarithmic=True) for value in (0.537, 1.0, 0.537 / 1.6)]
    >>> tortuosity, _ = measured_tortuosity(*given)
    >>> round(tortuosity.value, 2), round(tortuosity.error * tortuosity.value, 2)
    (1.6, 0.1)
    """
    names = {"volume_fraction": volume_fraction, "conductivity": conductivity, "effective": effective}
    fraction, pure, own = (estimate_of(value, name=name) for name, value in names.items())
    value = float(tortuosity_factor(fraction.value, pure.value, own.value))
    found = product(value, (fraction, 1), (pure, 1), (own, -1))
    low, high = found.interval(level)
    if high < 1:
        raise ValueError(
            f"the tortuosity factor is {value:.3g} ({low:.3g} to {high:.3g}), below one: the composite would conduct "
            "better than straight channels of its volume fraction; the pure phase's conductivity or the fraction is "
            "too small, or another phase conducts as well"
        )
    bound = float(fraction.value / hashin_shtrikman(fraction.value, 1.0)[1])
    if value < bound:
        return found, (
            f"the factor {value:.3g} is below {bound:.3g}, the least of any isotropic composite with an insulator: it "
            "is not isotropic, or the error is as large as that",
        )
    return found, ()
