"""Step 9: a salt whose anions move, too, as two rails beside the electrons'."""

from sslib.impedance.evolution.step import Step, Variant
from sslib.impedance.physics import over_area
from sslib.impedance.salt import SaltCell, compare_salt_with_pybamm, salt_half_cell, two_rail_cell, two_rail_values

MEASURED_APART = ("R_0", "R_counter", "C_counter", "R_sep", "R_salt_sep", "tau_salt_sep")
"""Lithium and separator: known from a symmetric cell, without which t_plus and R_salt would enter as one product."""


def against_pybamm():
    """Largest relative deviation of three rails from PyBaMM's half-cell, at the frequencies of its table [1]."""
    return float(compare_salt_with_pybamm()["largest deviation, three rails"].max())


def concentrated_solution(area=1e-4, transference_number=0.2, diffusivity=1e-11):
    """Step 9: the electrode in a half-cell with a binary salt, two rails for it instead of one.

    Parameters
    ----------
    area : float
        Geometric area [m2].
    transference_number, diffusivity : float
        Of the cation [1] and of the salt [m2/s]; all else is the cell of the table ``pybamm_salt_cells``, for whose
        own salt the check against PyBaMM is made.

    Returns
    -------
    Step
    """
    salt = SaltCell(transference_number=transference_number, salt_diffusivity=diffusivity).values
    model, line = salt_half_cell(), two_rail_cell()
    known = ("R_sep", "R_counter", "Q_counter", "alpha_counter", "alpha_dl")
    return Step(
        number=9,
        aspect="concentrated solution",
        adds="Anions move, too: a cation and an anion rail, joined by the chemical capacitance of the salt.",
        first="K. Zelič, T. Katrašnik, M. Gaberšček, J. Electrochem. Soc. 168 (2021) 070543 (the line derived from the "
        "theory of concentrated solutions; named by the review, the place not verified); that theory: J. Newman, K. E. "
        "Thomas-Alyea, Electrochemical Systems, 3rd ed. 2004, chapter 12 (not verified).",
        ends="One binary salt, the solvent at rest; amplitudes that leave the concentrations as they are.",
        now=Variant(model, over_area(model, salt, area), known=MEASURED_APART, starts_tried=0),
        before=Variant(line, over_area(line, two_rail_values(salt), area), known=known),
        route="PyBaMM, for the salts of the table pybamm_salt_cells",
        check=against_pybamm,
        tolerance=1e-3,
        same={"Q_dl": "C_dl"},
    )
