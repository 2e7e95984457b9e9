"""What a line of two rails makes of the spectrum of a cell whose salt moves."""

from dataclasses import dataclass, replace

import numpy as np

from sslib.impedance.cathodes import cathode_model
from sslib.impedance.fitting import fit_batch
from sslib.impedance.misreading import largest_deviation
from sslib.impedance.physics import over_area
from sslib.impedance.salt.half_cell import salt_half_cell


def two_rail_cell():
    """The model on the menu that one takes for a half-cell without salt: ``two_rails_diffusion`` and lithium's arc."""
    return cathode_model("two_rails_diffusion", "resistor", "arc")


def two_rail_values(values):
    """Parameters of `two_rail_cell` mapped from those of `salt_half_cell`: all as it is, but salt that stays."""
    kept = {name: values[name] for name in ("R_counter", "R_ion", "R_el", "R_ct", "R_d", "tau_d")}
    arcs = {"Q_counter": values["C_counter"], "alpha_counter": 1.0, "Q_dl": values["C_dl"], "alpha_dl": 1.0}
    return {"R_sep": values["R_sep"] + values["R_0"], **kept, **arcs}


@dataclass(frozen=True)
class TwoRailMap:
    """What two rails make of spectra on a grid of salts, arrays of shape (diffusivities, transference numbers).

    ``mapped_error`` and ``fit_error`` are the largest deviations of spectra from the line with the cell's own
    parameters and from its best fit [1]; ``factor`` says by name by how much the fit's value is too large [1].
    """

    transference_number: np.ndarray
    diffusivity: np.ndarray
    mapped_error: np.ndarray
    fit_error: np.ndarray
    factor: dict


def two_rail_map(frequency, cell, transference_numbers, diffusivities, area=1e-4, starts_tried=8):
    """Fit two rails to the spectrum of a cell for every pair of transference number and salt diffusivity.

    Parameters
    ----------
    frequency : array_like
        [Hz].
    cell : SaltCell
        All else.
    transference_numbers : array_like
        [1], shape (n,).
    diffusivities : array_like
        Of the salt [m2/s], shape (m,).
    area : float
        Over which totals are fitted [m2].
    starts_tried : int
        As for `fit_batch`; then every fit is a start of its neighbours'.

    Returns
    -------
    TwoRailMap
    """
    t, d = (grid.ravel() for grid in np.meshgrid(transference_numbers, diffusivities))
    salt, line = salt_half_cell(), two_rail_cell()
    values = replace(cell, transference_number=t, salt_diffusivity=d).values
    spectra = salt.impedance(frequency, **over_area(salt, values, area))
    true = over_area(line, two_rail_values(values), area)
    shape = len(diffusivities), len(transference_numbers)
    found = _fitted_on_a_grid(line, frequency, spectra, shape, starts_tried)
    return TwoRailMap(
        np.asarray(transference_numbers),
        np.asarray(diffusivities),
        largest_deviation(spectra, line.impedance(frequency, **true)).reshape(shape),
        largest_deviation(spectra, line.impedance(frequency, **found)).reshape(shape),
        {name: (found[name] / true[name]).reshape(shape) for name in line.names},
    )


def _fitted_on_a_grid(model, frequency, spectra, shape, starts_tried):
    """Values of the best fits: each is tried as a start of its neighbours' until that helps none of them."""
    best = fit_batch(model, frequency, spectra, starts_tried=starts_tried)
    places = np.arange(len(spectra)).reshape(shape)
    values, cost = best.values, best.chi_square
    for _ in range(sum(shape)):
        before = cost
        for axis, step in ((0, 1), (0, -1), (1, 1), (1, -1)):
            other = np.roll(places, step, axis).ravel()
            again = fit_batch(model, frequency, spectra, starts={name: own[other] for name, own in values.items()})
            better = again.chi_square < cost
            values = {name: np.where(better, again.values[name], own) for name, own in values.items()}
            cost = np.where(better, again.chi_square, cost)
        if (cost > 0.999 * before).all():
            break
    return values
