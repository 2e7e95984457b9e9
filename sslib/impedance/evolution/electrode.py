"""The one electrode of all nine steps: a composite cathode of the table ``pybamm_cells``, on an area of its own."""

from sslib.checks import check_between
from sslib.impedance.elements import R
from sslib.impedance.line import TransmissionLine
from sslib.impedance.particles import particle
from sslib.impedance.physics import half_cell_values, over_area
from sslib.tables import table

CELL = "A_base"


def cell():
    """Its row of the table ``pybamm_cells``, values per geometric area and per area of the particles' surface."""
    return table("pybamm_cells").loc[CELL]


def two_rails(interface, terminals="ion-electron"):
    """A line of the rails R_ion and R_el with that interface between them, and those terminals."""
    return TransmissionLine(R("R_ion"), R("R_el"), interface=interface, terminals=terminals)


def stored(values):
    """Capacitance [F] of the particles once everything in them moves evenly, tau_d/(3 R_d)."""
    return values["tau_d"] / (3 * values["R_d"])


def electrode_values(area=1e-4, exponent=0.9):
    r"""Parameters of a composite cathode on an area, with a double layer that disperses in frequency.

    The table has a double layer that is a capacitor, C. A constant-phase element takes its place with the same apex of
    the charge-transfer arc, :math:`Q = (R_\text{ct} C)^\alpha / R_\text{ct}`.

    Parameters
    ----------
    area : float
        Geometric area [m2].
    exponent : float
        Exponent α of the constant-phase element [1].

    Returns
    -------
    dict
        ``R_ion, R_el, R_ct, R_d`` [ohm], ``C_dl`` [F], ``Q_dl`` [S s^α], ``alpha_dl`` [1], ``tau_d`` [s].

    Raises
    ------
    ValueError
        For an area that is not positive, an exponent outside 0.3 to 1.

    Examples
    --------
    On 1 cm2 the ionic rail of the base case is 70 um over 0.2 S/m at a volume fraction of 0.35 squared:

    >>> round(electrode_values()["R_ion"], 2)
    28.57
    """
    check_between(0.3, 1, exponent=exponent)
    line = two_rails(particle("sphere"))
    values = half_cell_values(cell())
    own = over_area(line, values | {"C_dl": values["Q_dl"]}, area)
    coefficient = (own["R_ct"] * own["C_dl"]) ** exponent / own["R_ct"]
    return {name: float(value) for name, value in own.items()} | {"Q_dl": float(coefficient), "alpha_dl": exponent}
