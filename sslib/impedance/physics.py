"""The transmission line against porous-electrode theory: spectra of half-cells that a physics code computed."""

import numpy as np

from sslib.checks import check_positive
from sslib.impedance.cathodes import cathode_model
from sslib.impedance.particles import surface_values
from sslib.tables import table


def half_cell_values(cell):
    r"""Parameters of the transmission line for a half-cell of the table ``pybamm_cells``, per geometric area.

    With a cation transference number of one, porous-electrode theory (Doyle, Fuller, Newman) linearised in the current
    is the two-rail line: :math:`R_\text{ct}` and :math:`R_d = S R_p/D` are those of the particles' surface divided by
    its area per geometric area, :math:`\tau_d = R_p^2/D`.

    Parameters
    ----------
    cell : mapping
        A row of the table.

    Returns
    -------
    dict
        Values [ohm m2, F/m2, s] for ``cathode_model("two_rails_diffusion", "resistor", "arc")``.
    """
    particles = surface_values(
        cell["interface_area_per_area"],
        cell["particle_radius_m"],
        cell["solid_diffusivity_m2_s"],
        cell["S_ohm_m3_per_s"],
        cell["R_ct_ohm_m2"],
        cell["C_dl_F_m2"],
    )
    return {
        "R_sep": cell["R_sep_ohm_m2"] + cell["R_Li_ohm_m2"] + cell["R_contact_ohm_m2"],
        "R_counter": cell["R_ct_Li_ohm_m2"],
        "Q_counter": cell["C_dl_Li_F_m2"],
        "alpha_counter": 1.0,
        "R_ion": cell["R_ion_ohm_m2"],
        "R_el": cell["R_el_ohm_m2"],
        "Q_dl": particles.pop("C_dl"),
        "alpha_dl": 1.0,
        **particles,
    }


def compare_with_pybamm():
    """Impedance of the line and of PyBaMM's half-cells, cell by cell.

    Returns
    -------
    pandas.DataFrame
        One row a cell: real and imaginary part at the lowest frequency, the line's and PyBaMM's [ohm m2], and the
        largest deviation over all frequencies, relative to the magnitude [1].
    """
    import pandas as pd

    model = cathode_model("two_rails_diffusion", "resistor", "arc")
    spectra, rows = table("pybamm_impedance"), {}
    for name, cell in table("pybamm_cells").iterrows():
        spectrum = spectra[spectra["cell"] == name]
        theirs = spectrum["re_ohm_m2"].to_numpy() + 1j * spectrum["im_ohm_m2"].to_numpy()
        ours = model.impedance(spectrum["frequency_Hz"], **half_cell_values(cell))
        lowest = spectrum["frequency_Hz"].argmin()
        rows[name] = {
            "lowest frequency [Hz]": spectrum["frequency_Hz"].min(),
            "Re Z, line [ohm m2]": ours[lowest].real,
            "Re Z, PyBaMM [ohm m2]": theirs[lowest].real,
            "-Im Z, line [ohm m2]": -ours[lowest].imag,
            "-Im Z, PyBaMM [ohm m2]": -theirs[lowest].imag,
            "largest deviation": np.max(np.abs(ours - theirs) / np.abs(theirs)),
        }
    return pd.DataFrame(rows).T


def over_area(model, values, area):
    """Values per area [ohm m2, F/m2, …] of a model's parameters as totals over an area [m2] (ohm, F, …)."""
    check_positive(area=area)
    return {p.name: values[p.name] / area**p.quantity.scaling for p in model.parameters}
