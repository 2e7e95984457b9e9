"""Parameters of named cells: lithium with LPSCl, LPS or LLZO and a layered oxide; and cells of one's own."""

from dataclasses import replace
from difflib import get_close_matches

from sslib.failure.parameters import ASSUMED, CENTRED, COMPUTED, EVEN, READ, SECONDARY, SPANNING, Parameter, Parameters
from sslib.units import GPa, MPa, S_cm, eV, mA_cm2, mAh_cm2, mm, ohm_cm2, um

_SHEET = "reference sheet on failure, section 2"
_DOUX = "Doux 2020, Adv. Energy Mater. 10, 1903253"


_POSSIBLE = {
    "creep_thinning": (0.01, 0.9),
    "creep_energy": (0.0, 500e3),
    "interphase_exponent": (0.0, 1.0),
    "interphase_energy": (0.0, 500e3),
    "overpotential_share": (0.0, 1.0),
    "void_exponent": (0.0, 10.0),
    "void_energy": (0.0, 500e3),
    "contact_exponent": (0.0, 10.0),
    "resistance_energy": (0.0, 3 * eV),
    "short_pressure_rate": (0.0, 10 / MPa),
    "diffusivity_fall": (1.0, 1e6),
    "particle_poisson": (0.0, 0.499),
    "phase_window": (0.01, 0.5),
    "phase_energy": (0.0, 500e3),
}
"""What is possible of parameters that are not simply positive."""


def _all(*rows):
    return {row[0]: Parameter(*row, *_POSSIBLE.get(row[0], ())) for row in rows}


_METAL = _all(
    ("foil_radius", "m", 5 * mm, 1.0, SPANNING, ASSUMED, "a laboratory cell", "radius of the lithium foil"),
    ("foil_thickness", "m", 50 * um, 1.2, SPANNING, ASSUMED, "a common foil", "thickness of the lithium foil"),
    ("creep_factor", "1", 1.0, 3.0, SPANNING, ASSUMED, "a refit misses a tabulated rate by a third; samples scatter",
     "creep rate of the foil over the fitted law"),
    ("creep_energy", "J/mol", 37e3, 10e3, CENTRED, ASSUMED, "unverified; " + _SHEET, "activation energy of creep"),
    ("creep_thinning", "1", 0.2, 0.1, EVEN, ASSUMED, "a tenth to three tenths of the foil's thickness",
     "thinning of the foil that a cell bears"),
    ("void_height", "m", 5 * um, 3.0, SPANNING, ASSUMED, "not known: between a grain and the foil's thickness",
     "height of the voids that stripping leaves"),
)  # fmt: skip

_CATHODE = _all(
    ("interphase_resistance", "ohm m2", 0.50 * ohm_cm2, 2.0, SPANNING, SECONDARY,
     "Jung 2019: NCM coated with LiNbO3 | argyrodite, 0.38 ohm h^-0.5 on 1.327 cm2; uncoated it is 8.94 ohm cm2",
     "resistance that the interphase adds in the first hour"),
    ("interphase_exponent", "1", 0.5, 0.05, EVEN, SECONDARY, "Jung 2019, coated: passivates; what does not has 1",
     "exponent of the interphase's growth in time"),
    ("interphase_energy", "J/mol", 60e3, 20e3, CENTRED, ASSUMED, "unverified, 40 to 80 kJ/mol; " + _SHEET
     + "; of the time, so that the resistance has n times it",
     "activation energy of the interphase's growth"),
    ("cathode_resistance", "ohm m2", 20 * ohm_cm2, 2.0, SPANNING, ASSUMED, "charge transfer and half of the ionic rail",
     "resistance by which a charging current raises the cathode's potential"),
    ("allowed_resistance", "ohm m2", 50 * ohm_cm2, 2.0, SPANNING, ASSUMED, "50 mV at 1 mA/cm2",
     "resistance of the interphase that a cell bears"),
    ("oxidation_potential", "V", 4.4, 0.05, CENTRED, READ, "Witt, NCM83|Li6PS5Cl (abstract): faster above 4.4 V",
     "potential above which the interphase grows faster"),
    ("oxidation_slope", "1/V", 5.0, 2.0, SPANNING, ASSUMED, "no number published: twice as fast in 0.2 V",
     "relative growth of the interphase per volt above that"),
    ("empty_potential", "V", 3.5, 0.05, CENTRED, ASSUMED, "layered oxide, line between the ends",
     "open-circuit potential at a state of charge of 0"),
    ("full_potential", "V", 4.5, 0.05, CENTRED, ASSUMED, "layered oxide, line between the ends",
     "open-circuit potential at a state of charge of 1"),
    ("particle_expansion", "1", 0.06, 1.5, SPANNING, ASSUMED, "nickel-rich layered oxides, over the whole range",
     "change of volume of a particle from empty to full"),
    ("particle_radius", "m", 2.5 * um, 1.5, SPANNING, ASSUMED, "a composite cathode's small particles",
     "radius of the active particles"),
    ("active_area", "1", 30.0, 1.5, SPANNING, ASSUMED, "50 um with half its volume in such particles: 3 * 0.5 L/R",
     "surface of the active particles per area of the cell"),
    ("particle_diffusivity", "m2/s", 2e-14, 3.0, SPANNING, SECONDARY, "NMC811 at 0.25; " + _SHEET,
     "diffusivity of lithium in the particles at a quarter of the charge"),
    ("diffusivity_fall", "1", 20 / 3, 2.0, SPANNING, SECONDARY, "NMC811: 3e-15 m2/s at 0.8; " + _SHEET,
     "that diffusivity over the one at 0.8"),
    ("particle_modulus", "Pa", 140 * GPa, 1.2, SPANNING, ASSUMED, _SHEET, "Young's modulus of the particles"),
    ("particle_poisson", "1", 0.25, 0.03, CENTRED, ASSUMED, _SHEET, "Poisson's ratio of the particles"),
    ("partial_volume", "m3/mol", 2e-6, 1.3, SPANNING, ASSUMED, _SHEET, "partial molar volume of lithium in them"),
    ("particle_toughness", "Pa m^0.5", 0.2 * MPa, 2.0, SPANNING, ASSUMED, "layered oxides: not verified",
     "fracture toughness of the particles"),
    ("particle_flaw", "m", 0.2 * um, 3.0, SPANNING, ASSUMED, "a fraction of a primary grain",
     "flaw at a particle's surface"),
    ("phase_window", "1", 0.3, 0.05, CENTRED, ASSUMED, "no onset law is known", "distance from half charge at which "
     "the layered oxide begins to reorder"),
    ("phase_energy", "J/mol", 60e3, 20e3, CENTRED, ASSUMED, "no onset law is known",
     "activation energy of the reordering"),
)  # fmt: skip

_LPSCL = _all(
    ("void_current", "A/m2", 0.22 * mA_cm2, 2.0, SPANNING, COMPUTED,
     "fit to K1, K2, S2, S3 (Kasemchainan 2019, Spencer Jolly 2021); left one out: 0.5 to 1.5 times the observed",
     "limit of stripping at 3 MPa and 25 °C"),
    ("void_exponent", "1", 1.72, 0.4, CENTRED, COMPUTED, "the same fit; left one out: 1.1 to 1.9",
     "exponent of that limit in stack pressure"),
    ("void_energy", "J/mol", 44.5e3, 10e3, CENTRED, COMPUTED, "the same fit; left one out: 34 to 55 kJ/mol",
     "activation energy of that limit"),
    ("contact_resistance", "ohm m2", 25 * ohm_cm2, 2.0, SPANNING, SECONDARY,
     _DOUX + "; its hysteresis is a factor 2", "resistance of lithium on the electrolyte at 5 MPa and 25 °C"),
    ("contact_exponent", "1", 0.71, 0.2, CENTRED, SECONDARY, _DOUX + "; 0.5 in arXiv 2501.00600",
     "exponent of its fall with stack pressure"),
    ("resistance_energy", "J", 0.4 * eV, 0.1 * eV, CENTRED, ASSUMED, "bulk values of source 002 as a proxy",
     "activation energy of the resistance"),
    ("toughness", "Pa m^0.5", 0.23 * MPa, 1.3, SPANNING, READ, "source 002, Table 1: that of LPS",
     "fracture toughness of the electrolyte"),
    ("flaw_size", "m", 7.1 * um, 3.0, SPANNING, COMPUTED,
     "2.4 to 21 um: 25 MPa survives at rest and 75 MPa shorts (" + _DOUX + ")", "flaw that lithium fills"),
    ("overpotential_share", "1", 0.128, 2.5, SPANNING, COMPUTED,
     "geometric mean of K3, K4 and U2 (Kasemchainan 2019, Duan 2022) against Griffith's criterion",
     "share of the contact's overpotential that drives lithium into a flaw"),
    ("short_charge", "C/m2", 174.7 * mAh_cm2, 2.0, SPANNING, COMPUTED,
     "fit to D2 to D5 (" + _DOUX + "), residuals up to 0.39 in ln t",
     "charge until a short, extrapolated to no pressure"),
    ("short_pressure_rate", "1/Pa", 0.145 / MPa, 0.03 / MPa, CENTRED, COMPUTED, "the same fit",
     "by how much the logarithm of that charge falls per pressure"),
    ("fracture_energy", "J/m2", 2.3, 2.0, SPANNING, COMPUTED,
     "toughness squared over 23 GPa (source 002, Table 1)", "energy to crack the electrolyte"),
)  # fmt: skip

_LPS = _LPSCL | _all(
    ("resistance_energy", "J", 0.455 * eV, 0.065 * eV, CENTRED, READ, "source 002, Table 1: bulk, 0.39 to 0.52 eV",
     "activation energy of the resistance"),
    ("electronic_conductivity", "S/m", 2.2e-9 * S_cm, 3.0, SPANNING, READ, "source 002",
     "electronic conductivity of the electrolyte"),
)  # fmt: skip

_LLZO = _LPSCL | _all(
    ("void_current", "A/m2", 0.75 * mA_cm2, 3.0, SPANNING, ASSUMED,
     "one point, W1 (Wang 2019, whose current is not verified), with an exponent of 1",
     "limit of stripping at 3 MPa and 25 °C"),
    ("void_exponent", "1", 1.0, 0.7, CENTRED, ASSUMED, "not known", "exponent of that limit in stack pressure"),
    ("contact_resistance", "ohm m2", 50 * ohm_cm2, 5.0, SPANNING, ASSUMED, "from under 10 to hundreds by cleaning",
     "resistance of lithium on the electrolyte at 5 MPa and 25 °C"),
    ("resistance_energy", "J", 0.42 * eV, 0.05 * eV, CENTRED, READ, "source 002, Table 1: bulk",
     "activation energy of the resistance"),
    ("toughness", "Pa m^0.5", 1.25 * MPa, 1.3, SPANNING, READ, "source 002, Table 1",
     "fracture toughness of the electrolyte"),
    ("flaw_size", "m", 7.1 * um, 7.1, SPANNING, ASSUMED, "1 to 50 um", "flaw that lithium fills"),
    ("overpotential_share", "1", 1.0, 2.5, SPANNING, ASSUMED, "all of it, give or take a factor 2.5",
     "share of the contact's overpotential that drives lithium into a flaw"),
    ("fracture_energy", "J/m2", 10.5, 2.0, SPANNING, COMPUTED, "toughness squared over 149 GPa (source 002, Table 1)",
     "energy to crack the electrolyte"),
    ("electronic_conductivity", "S/m", 5.5e-8 * S_cm, 3.0, SPANNING, READ, "source 002",
     "electronic conductivity of the electrolyte"),
)  # fmt: skip

_BORROWED = {
    "LPS": ("void_current", "void_exponent", "void_energy", "contact_resistance", "contact_exponent", "flaw_size",
            "overpotential_share", "short_charge", "short_pressure_rate"),
    "LLZO": ("void_energy", "contact_exponent", "short_charge", "short_pressure_rate"),
}  # fmt: skip
"""What an electrolyte has from LPSCl for want of anything better."""

_ELECTROLYTES = {"LPSCl": _LPSCL, "LPS": _LPS, "LLZO": _LLZO}

ELECTROLYTES = tuple(_ELECTROLYTES)
"""Names for `cell_parameters`."""


def _as_assumed(name, one):
    if one.name not in _BORROWED.get(name, ()):
        return one
    return replace(one, evidence=ASSUMED, source="taken from LPSCl: " + one.source)


def cell_parameters(electrolyte):
    """Parameters of a cell of lithium, the named electrolyte and a coated layered oxide.

    Parameters
    ----------
    electrolyte : str
        One of `ELECTROLYTES`.

    Returns
    -------
    Parameters

    Raises
    ------
    ValueError
        For another name; `own_cell` takes an electrolyte that is not in the table.

    Examples
    --------
    >>> round(cell_parameters("LLZO")["toughness"].median / 1e6, 2)
    1.25
    """
    if electrolyte not in _ELECTROLYTES:
        near = get_close_matches(str(electrolyte), _ELECTROLYTES, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(_ELECTROLYTES)}"
        raise ValueError(f"there is no electrolyte {electrolyte!r}; {hint} own_cell() takes one by its parameters")
    own = {name: _as_assumed(electrolyte, one) for name, one in _ELECTROLYTES[electrolyte].items()}
    return Parameters(f"Li|{electrolyte}", _METAL | _CATHODE | own, VOCABULARY)


def own_cell(name, **values):
    """Parameters of a cell with an electrolyte of one's own, given by its parameters.

    Foil and cathode are those of the named cells. Of the electrolyte nothing is borrowed: a criterion that needs what
    is not given refuses, by name.

    Parameters
    ----------
    name : str
        For titles and messages.
    **values
        As for `Parameters.with_values`, in SI; see `VOCABULARY`.

    Examples
    --------
    >>> mine = own_cell("my glass", toughness=0.5e6, flaw_size=(2e-6, 2.0))
    >>> mine.require(["void_current"], "voids")
    Traceback (most recent call last):
    ...
    ValueError: my glass has no void_current [A/m2], which voids needs; state it
    """
    return Parameters(name, _METAL | _CATHODE, VOCABULARY).with_values(**values)


VOCABULARY = _METAL | _CATHODE | _LLZO
"""Every parameter by name, for unit, kind and meaning; its values are those of some cell."""
