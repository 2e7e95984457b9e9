"""Lithium, separator, composite cathode: three rails beside a physics code's concentrated-solution theory."""

import numpy as np

from sslib.impedance.elements import C, R, SphericalDiffusion
from sslib.impedance.network.network import Network
from sslib.impedance.network.region import Region
from sslib.impedance.physics import half_cell_values
from sslib.impedance.salt.element import Salt, salt_values
from sslib.tables import table

IONS = ("cation", "anion")


def salt_half_cell():
    """Lithium | salt in a separator | salt and particles: a `Network` of a cation, an anion and an electron rail.

    Lithium takes cations alone, by an arc (``R_counter``, ``C_counter``); so do the particles and their double layer
    (``R_ct``, ``R_d``, ``tau_d``, ``C_dl``). Anions are blocked everywhere and store salt with the cations.
    """
    particle = C("C_dl") | (R("R_ct") + SphericalDiffusion("R_d", "tau_d"))
    separator = Region({IONS: Salt("R_sep", "t_plus", "R_salt_sep", "tau_salt_sep")})
    cathode = Region(
        {IONS: Salt("R_ion", "t_plus", "R_salt", "tau_salt"), "electron": R("R_el")},
        {("cation", "electron"): particle},
    )
    lithium = R("R_counter") | C("C_counter")
    return R("R_0") + Network([separator, cathode], source={("cation", 0): lithium}, sink=("electron", 2))


def salt_half_cell_values(cell, salt):
    """Parameters of `salt_half_cell` per geometric area, from rows of ``pybamm_cells`` and ``pybamm_salt_cells``.

    Parameters
    ----------
    cell, salt : mapping
        A row of each table: cathode and lithium; electrolyte and separator.

    Returns
    -------
    dict
        Values [ohm m2, F/m2, s, 1].
    """
    rails = half_cell_values(cell)
    electrolyte = {
        "conductivity": salt["electrolyte_conductivity_S_m"],
        "transference_number": salt["cation_transference_number"],
        "diffusivity": salt["salt_diffusivity_m2_s"],
        "concentration": salt["salt_concentration_mol_m3"],
        "thermodynamic_factor": salt["thermodynamic_factor"],
        "exponent": salt["bruggeman_exponent_electrolyte"],
        "temperature": cell["temperature_K"],
    }
    separator = salt_values(salt["separator_thickness_m"], fraction=salt["separator_porosity"], **electrolyte)
    cathode = salt_values(cell["thickness_m"], fraction=salt["electrolyte_fraction_cathode"], **electrolyte)
    return {
        "R_0": cell["R_Li_ohm_m2"] + cell["R_contact_ohm_m2"],
        "R_counter": rails["R_counter"],
        "C_counter": rails["Q_counter"],
        "R_sep": separator["R_ion"],
        "R_salt_sep": separator["R_salt"],
        "tau_salt_sep": separator["tau_salt"],
        **cathode,
        "R_el": rails["R_el"],
        "C_dl": rails["Q_dl"],
        "R_ct": rails["R_ct"],
        "R_d": rails["R_d"],
        "tau_d": rails["tau_d"],
    }


def compare_salt_with_pybamm():
    """Impedance of three rails, and of two, beside PyBaMM's half-cells with a binary salt.

    Two rails are what is left when the salt does not diffuse: transference number one, all else as it is.

    Returns
    -------
    pandas.DataFrame
        One row a cell: the largest deviation over all frequencies of three rails and of two [1], relative to the
        line's own impedance; and the frequency of the latter [Hz].
    """
    import pandas as pd

    cells, salts, spectra = table("pybamm_cells"), table("pybamm_salt_cells"), table("pybamm_salt_impedance")
    model, rows = salt_half_cell(), {}
    for name, salt in salts.iterrows():
        spectrum = spectra[spectra["salt_cell"] == name]
        frequency = spectrum["frequency_Hz"].to_numpy()
        theirs = spectrum["re_ohm_m2"].to_numpy() + 1j * spectrum["im_ohm_m2"].to_numpy()
        values = salt_half_cell_values(cells.loc[salt["cell"]], salt)
        three, two = (
            np.abs(theirs / model.impedance(frequency, **values | other) - 1) for other in ({}, {"t_plus": 1.0})
        )
        rows[name] = {
            "largest deviation, three rails": three.max(),
            "largest deviation, two rails": two.max(),
            "at frequency [Hz]": frequency[two.argmax()],
        }
    return pd.DataFrame(rows).T
