"""The mechanisms, each declared once: lines in the current, terms with their evidence, range, parameters, source.

Severity, threshold, extrapolation, tables and the sign test read this one declaration.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sslib.failure.laws import arrhenius, charge_to_short, contact_resistance, interphase_resistance, stripping_limit
from sslib.failure.lines import Line
from sslib.failure.particles import (
    cracking_energy_ratio,
    end_diffusivity,
    insertion_stress,
    particle_strength,
    volume_change,
)
from sslib.mechanics import MASIAS, fracture_stress, overpotential_pressure, squeeze_rate
from sslib.transport import electronic_critical_current
from sslib.units import MPa, celsius, hour, mA_cm2, reference_temperature

SOURCED, ASSUMED = "sourced", "assumed"


@dataclass(frozen=True)
class Term:
    """A part of a law that makes its severity depend on a condition.

    Attributes
    ----------
    name : str
    evidence : str
        ``"sourced"`` or ``"assumed"``.
    without : dict of str to float
        Values of parameters with which the law lacks this part.
    """

    name: str
    evidence: str
    without: dict


@dataclass(frozen=True)
class Mechanism:
    """One way to fail.

    Attributes
    ----------
    name, label : str
    lines : callable
        ``lines(conditions, parameters)`` gives a tuple of `Line`; conditions with a trailing axis for the draws.
    parameters : tuple of str
        What it needs of `Parameters`.
    terms : tuple of Term
    measured : dict of str to (float, float)
        Conditions between which the law was established, in SI; outside it is an extrapolation.
    evidence, source : str
    relative : bool
        Without a known onset: its severity compares conditions, and it never counts as a failure.
    scope : str
        What besides conditions the law was established for.
    """

    name: str
    label: str
    lines: Callable
    parameters: tuple
    terms: tuple
    measured: dict
    evidence: str
    source: str
    relative: bool = False
    scope: str = ""

    def extrapolated(self, conditions):
        """Whether the law is used beyond the conditions for which it was established, an array of bool.

        A relative one was established nowhere.
        """
        outside = [np.asarray(self.relative)]
        for name, (low, high) in self.measured.items():
            value = conditions.hours * hour if name == "time" else getattr(conditions, name)
            outside.append((value < low) | (value > high))
        return np.logical_or.reduce(np.broadcast_arrays(*outside))


def _contact(c, p):
    return contact_resistance(
        c.stack_pressure, c.T, p["contact_resistance"], p["contact_exponent"], p["resistance_energy"]
    )


def _voids(c, p):
    limit = stripping_limit(c.stack_pressure, c.T, p["void_current"], p["void_exponent"], p["void_energy"])
    return (Line(slope=1 / limit),)


def _filaments(c, p):
    strength = fracture_stress(p["toughness"], p["flaw_size"])
    wedging = overpotential_pressure(p["overpotential_share"] / strength) * _contact(c, p)
    growth = hour / charge_to_short(c.stack_pressure, p["short_charge"], p["short_pressure_rate"])
    return Line(c.stack_pressure / strength, wedging), Line(slope=growth, exponent=1.0)


def _electronic(c, p):
    return (Line(slope=1 / electronic_critical_current(p["electronic_conductivity"])),)


def _creep(c, p):
    at_one = squeeze_rate(1 * MPa, p["foil_radius"], p["foil_thickness"], reference_temperature)
    strain_per_hour = p["creep_factor"] * at_one * hour / arrhenius(c.T, p["creep_energy"])
    # The disc stiffens as it thins: by the squeezed thickness, this product of first rate and time thins it so far.
    order = MASIAS.exponent + 1
    allowed = ((1 - p["creep_thinning"]) ** -order - 1) / order
    share = (strain_per_hour / allowed) ** (1 / MASIAS.exponent)
    return (Line(static=c.stack_pressure / MPa * share, exponent=1 / MASIAS.exponent),)


def _interphase(c, p):
    exponent, slope = p["interphase_exponent"], p["oxidation_slope"]
    faster = 1 / arrhenius(c.T, p["interphase_energy"])
    first = interphase_resistance(1.0, p["interphase_resistance"], exponent, faster) / p["allowed_resistance"]
    rest = p["empty_potential"] + (p["full_potential"] - p["empty_potential"]) * c.state_of_charge
    oxidised = Line(
        first * (1 + slope * (rest - p["oxidation_potential"])), first * slope * p["cathode_resistance"], exponent
    )
    return Line(static=first, exponent=exponent), oxidised


def _cracking_by_strain(c, p):
    change = volume_change(c.state_of_charge, p["particle_expansion"])
    return (Line(static=cracking_energy_ratio(change, p["fracture_energy"])),)


def _cracking_by_rate(c, p):
    stress = insertion_stress(
        1 / p["active_area"],
        p["particle_radius"],
        end_diffusivity(c.state_of_charge, p["particle_diffusivity"], p["diffusivity_fall"]),
        p["particle_modulus"],
        p["particle_poisson"],
        p["partial_volume"],
    )
    return (Line(slope=stress / particle_strength(p["particle_toughness"], p["particle_flaw"])),)


def _phase_change(c, p):
    beyond = np.maximum(np.abs(c.state_of_charge - 0.5) - p["phase_window"], 0)
    return (Line(static=beyond / p["phase_window"] / arrhenius(c.T, p["phase_energy"])),)


_CONTACT = ("contact_resistance", "contact_exponent", "resistance_energy")
_ROOM = (celsius(15), celsius(35))

_DECLARED = (
    Mechanism(
        "voids",
        "voids on stripping",
        _voids,
        ("void_current", "void_exponent", "void_energy"),
        (
            Term("current over the limit of stripping", SOURCED, {"void_current": np.inf}),
            Term("limit rises with stack pressure", SOURCED, {"void_exponent": 0.0}),
            Term("limit rises with temperature", SOURCED, {"void_energy": 0.0}),
        ),
        {"stack_pressure": (1 * MPa, 7 * MPa), "T": (celsius(25) - 0.5, celsius(80) + 0.5)},
        "computed: a fit to four published onsets, band of a factor 2",
        "Kasemchainan 2019 (secondary source), Spencer Jolly 2021 (read)",
    ),
    Mechanism(
        "filaments",
        "filaments and mechanical short",
        _filaments,
        (*_CONTACT, "toughness", "flaw_size", "overpotential_share", "short_charge", "short_pressure_rate"),
        (
            Term("overpotential of the current presses on the flaw", SOURCED, {"overpotential_share": 0.0}),
            Term("contact resistance falls with stack pressure", SOURCED, {"contact_exponent": 0.0}),
            Term("contact resistance rises in the cold", SOURCED, {"resistance_energy": 0.0}),
            Term("charge passed grows the flaw", ASSUMED, {"short_charge": np.inf}),
            Term("stack pressure speeds the growth", SOURCED, {"short_pressure_rate": 0.0}),
        ),
        {
            "stack_pressure": (5 * MPa, 25 * MPa),
            "T": _ROOM,
            "current_density": (0, 2 * mA_cm2),
            "time": (0, 1000 * hour),
        },
        "sourced laws; share of the overpotential and growth calibrated (computed)",
        "Griffith (source 002, eq. 7), Doux 2020 (read, secondary source), Kasemchainan 2019, Duan 2022",
    ),
    Mechanism(
        "electronic",
        "plating inside by electronic leak",
        _electronic,
        ("electronic_conductivity",),
        (Term("current over the limit of the leak", SOURCED, {"electronic_conductivity": 1e-300}),),
        {"T": _ROOM},
        "sourced, disputed by Fincher 2022",
        "Han 2019, in source 002",
    ),
    Mechanism(
        "creep",
        "creep of the lithium foil",
        _creep,
        ("foil_radius", "foil_thickness", "creep_factor", "creep_energy", "creep_thinning"),
        (
            Term("creep is thermally activated", SOURCED, {"creep_energy": 0.0}),
            Term("lithium creeps under stack pressure", SOURCED, {"creep_factor": 0.0}),
        ),
        # The deviatoric stresses of the law's measurement, in a foil of the default size.
        {"stack_pressure": (7.3 * MPa, 22 * MPa), "T": _ROOM},
        "secondary source for the rate; energy and allowed thinning assumed",
        "Masias' table refitted (secondary source); squeeze flow after Scott 1931",
        scope="a disc of 5 mm radius and 50 µm",
    ),
    Mechanism(
        "interphase",
        "growth of the interphase",
        _interphase,
        (
            "cathode_resistance",
            "interphase_resistance",
            "interphase_exponent",
            "interphase_energy",
            "allowed_resistance",
            "oxidation_potential",
            "oxidation_slope",
            "empty_potential",
            "full_potential",
        ),
        (
            Term("faster above a potential of oxidation", SOURCED, {"oxidation_slope": 0.0}),
            Term("growth is thermally activated", ASSUMED, {"interphase_energy": 0.0}),
        ),
        {"T": _ROOM, "time": (0, 1000 * hour)},
        "secondary source for the rate; energy, slope and allowed resistance assumed",
        "Jung 2019 (secondary source), Witt (abstract)",
        scope="one coated electrode; 1000 h is a choice, the source's time is not known",
    ),
    Mechanism(
        "cracking_by_strain",
        "cracking by the cathode's change of volume",
        _cracking_by_strain,
        ("particle_expansion", "fracture_energy"),
        (Term("strain counts from mid-cycle", ASSUMED, {"particle_expansion": 0.0}),),
        {},
        "sourced point; expansion assumed",
        "Bucci 2017, in source 002",
        scope="electrolytes near 15 GPa",
    ),
    Mechanism(
        "cracking_by_rate",
        "cracking of particles by rate",
        _cracking_by_rate,
        (
            "active_area",
            "particle_radius",
            "particle_diffusivity",
            "diffusivity_fall",
            "particle_modulus",
            "particle_poisson",
            "partial_volume",
            "particle_toughness",
            "particle_flaw",
        ),
        (
            Term("insertion makes a gradient and a stress", SOURCED, {"partial_volume": 0.0}),
            Term("diffusivity falls towards both ends", ASSUMED, {"diffusivity_fall": 1.0}),
        ),
        {"state_of_charge": (0.2, 0.8), "T": _ROOM},
        "computed law; all properties assumed",
        "elastic sphere, derived and integrated in the reference sheet",
    ),
    Mechanism(
        "phase_change",
        "phase change of the cathode",
        _phase_change,
        ("phase_window", "phase_energy"),
        (
            Term("reordering outside a window of charge", ASSUMED, {"phase_window": 1.0}),
            Term("reordering is thermally activated", ASSUMED, {"phase_energy": 0.0}),
        ),
        {},
        "assumed: no onset law is known, relative only",
        "assumption",
        relative=True,
    ),
)

MECHANISMS = {one.name: one for one in _DECLARED}
"""All mechanisms by name, in the order in which ties are named."""

LITHIUM_SIDE = ("voids", "filaments", "creep")
"""What can fail in a cell of lithium on both sides."""

FULL_CELL = ("voids", "filaments", "creep", "interphase", "cracking_by_strain", "cracking_by_rate")
"""What can fail in a cell with a cathode; the electronic leak is an option, the phase change has no onset."""


def mechanism_table(names=tuple(MECHANISMS)):
    """The mechanisms as a DataFrame by name: label, what it rests on, range, terms, source."""
    import pandas as pd

    rows = {}
    for one in (MECHANISMS[name] for name in names):
        rows[one.name] = {
            "mechanism": one.label,
            "evidence": one.evidence,
            "established for": "nowhere" if one.relative else _scope(one),
            "terms": "; ".join(f"{term.name} ({term.evidence})" for term in one.terms),
            "source": one.source,
        }
    return pd.DataFrame.from_dict(rows, orient="index")


_PRACTICAL = {
    "stack_pressure": ("stack pressure", MPa, 0.0, "MPa"),
    "T": ("temperature", 1.0, 273.15, "°C"),
    "current_density": ("current density", mA_cm2, 0.0, "mA/cm2"),
    "state_of_charge": ("state of charge", 1.0, 0.0, ""),
    "time": ("time", hour, 0.0, "h"),
}


def _scope(one):
    return "; ".join([*(_range(name, ends) for name, ends in one.measured.items()), *[one.scope] * bool(one.scope)])


def _range(name, ends):
    low, high = ends
    label, unit, zero, sign = _PRACTICAL[name]
    return f"{label} {(low - zero) / unit:.3g} to {(high - zero) / unit:.3g} {sign}".rstrip()
