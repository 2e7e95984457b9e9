"""One composite cathode at every state of charge: spectra from a free energy, and the free energy from spectra."""

import numpy as np
from scipy.special import ndtri

from sslib.checks import check_between, check_positive
from sslib.impedance.elements import C, R, SphericalDiffusion
from sslib.impedance.line import TransmissionLine
from sslib.impedance.physics import half_cell_values
from sslib.kinetics import FARADAY, charge_transfer_resistance
from sslib.thermodynamics import (
    chemical_diffusivity,
    exchange_current,
    factor_from_particle,
    insertion_values,
    interaction_parameter,
    potential_slope,
)


def material_of_cell(cell, sites=5e4, x=0.5):
    r"""Regular solution that has, at one composition, the particles of a row of ``pybamm_cells``.

    .. math:: -\frac{dU}{dx} = F c_\text{max} S \;\Rightarrow\;
              \Omega = \frac12 \left[\frac{R T}{x (1 - x)} - F^2 c_\text{max} S\right]

    and :math:`D_0`, :math:`i^*` from the row's diffusivity and charge-transfer resistance.

    Parameters
    ----------
    cell : mapping
        A row of the table.
    sites : float
        Concentration of sites [mol/m3]; a layered oxide has some 5e4.
    x : float
        Share of the sites taken for which the row holds [1].

    Returns
    -------
    dict
        What `sslib.thermodynamics.insertion_values` takes besides the composition.

    Notes
    -----
    The row holds at one state of charge and cannot tell whether its free energy is a regular solution's. Layered oxides
    have a negative Ω of this kind: lithium atoms repel one another. One Ω then also drives the exchange current, a
    thousandfold from x = 0.1 to 0.9: a statement of the model, not of the table.

    Examples
    --------
    >>> from sslib.tables import table
    >>> material = material_of_cell(table("pybamm_cells").loc["A_base"])
    >>> round(float(material["interaction"]) / 1e3, 1)
    -21.4
    """
    check_positive(sites=sites)
    T, surface = cell["temperature_K"], cell["interface_area_per_area"]
    without = -potential_slope(x, 0.0, T)
    interaction = FARADAY / 2 * (without - FARADAY * sites * cell["S_ohm_m3_per_s"])
    i0 = charge_transfer_resistance(cell["R_ct_ohm_m2"], T)
    return {
        "interaction": interaction,
        "sites": sites,
        "radius": cell["particle_radius_m"],
        "diffusivity": cell["solid_diffusivity_m2_s"] / chemical_diffusivity(x, interaction, 1.0, T),
        "reference_current": i0 / exchange_current(x, interaction, 1.0, T),
        "surface": surface,
        "T": T,
    }


def insertion_cathode():
    """Separator resistance and a line of two rails whose particles have charge transfer, diffusion and double layer.

    Parameters ``R_sep``, ``R_ion``, ``R_el``, ``C_dl``, ``R_ct``, ``R_d``, ``tau_d``; the last three depend on the
    state of charge (`insertion_cathode_values`).
    """
    particle = C("C_dl") | (R("R_ct") + SphericalDiffusion("R_d", "tau_d"))
    return R("R_sep") + TransmissionLine(ion=R("R_ion"), electron=R("R_el"), interface=particle)


def insertion_cathode_values(cell, x, material=None):
    """Values of `insertion_cathode` at states of charge, per geometric area.

    Parameters
    ----------
    cell : mapping
        A row of the table ``pybamm_cells``: separator, rails and double layer.
    x : array_like
        Share of the sites taken [1].
    material : dict, optional
        As `material_of_cell` gives it, and by default does.

    Returns
    -------
    dict
        [ohm m2, F/m2, s]; arrays where x is one.

    Raises
    ------
    ValueError
        Inside the spinodal of the material.

    Examples
    --------
    Half full it is the cell of the table:

    >>> from sslib.tables import table
    >>> cell = table("pybamm_cells").loc["A_base"]
    >>> round(float(insertion_cathode_values(cell, 0.5)["R_ct"] / half_cell_values(cell)["R_ct"]), 9)
    1.0
    """
    line = half_cell_values(cell)
    rails = {"R_sep": cell["R_sep_ohm_m2"], "R_ion": line["R_ion"], "R_el": line["R_el"], "C_dl": line["Q_dl"]}
    return rails | insertion_values(x, **(material or material_of_cell(cell)))


def factors_from_fits(x, results, material, level=0.95):
    """Thermodynamic factor and its interval from each of several fits.

    Parameters
    ----------
    x : sequence of float
        Share of the sites taken, one for each fit [1].
    results : sequence of FitResult
        Of models with ``R_d`` [ohm m2] and ``tau_d`` [s].
    material : mapping
        ``sites``, ``radius``, ``surface`` and ``T`` of `material_of_cell`, which a spectrum does not hold.
    level : float
        Of the intervals.

    Returns
    -------
    factor, low, high : numpy.ndarray
        [1]; NaN for an end that the spectrum leaves open.
    """
    known = {name: material[name] for name in ("sites", "radius", "surface", "T")}
    rows = []
    for share, result in zip(x, results, strict=True):
        value, (low, high) = result.derive(
            lambda v, share=share: factor_from_particle(share, v["R_d"], v["tau_d"], **known), level
        )
        rows.append((value, np.nan if low is None else low, np.nan if high is None else high))
    return tuple(np.array(rows).T)


def interaction_from_factors(x, factor, low, high, T, level=0.95):
    """Interaction Ω [J/mol] of the regular solution, its interval and chi-square, from factors with intervals.

    The half of each interval, in standard deviations of a normal distribution, is the factor's error.

    Parameters
    ----------
    x, factor, low, high : array_like
        As `factors_from_fits` takes and returns them; closed intervals only.
    T : float
        [K]
    level : float
        Of the intervals given and returned.

    Raises
    ------
    ValueError
        For an interval that is open.

    Examples
    --------
    >>> from sslib.thermodynamics import thermodynamic_factor
    >>> x, T = np.array([0.2, 0.5, 0.8]), 298.15
    >>> factor = thermodynamic_factor(x, -2e4, T)
    >>> round(interaction_from_factors(x, factor, 0.98 * factor, 1.02 * factor, T)[0])
    -20000
    """
    check_between(0.01, 0.9999, level=level)
    error = (np.asarray(high, dtype=float) - np.asarray(low, dtype=float)) / (2 * ndtri(0.5 + level / 2))
    check_positive(**{"width of the intervals": error})
    return interaction_parameter(x, factor, error, T, level)
