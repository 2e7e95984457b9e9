"""Which electrolyte serves a use: criteria with margins, over the range that is stated for each property."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import product

import numpy as np

from sslib.cell.ceilings import area_specific_resistance
from sslib.cell.electrolytes import PROPERTIES
from sslib.checks import check_between, check_positive
from sslib.formatting import number
from sslib.mechanics import (
    LITHIUM_MELTING,
    fracture_stress,
    monroe_newman_ratio,
    overpotential_pressure,
)
from sslib.transport import activated, electronic_critical_current
from sslib.units import reference_temperature

PASSES, FAILS, UNDECIDED, UNKNOWN = "passes", "fails", "undecided", "not known"
FACTOR, VOLT = "factor", "V"
PUGH = 1.75
"""Ratio K/G above which Pugh found metals ductile."""


@dataclass(frozen=True)
class Use:
    """What an electrolyte is wanted for.

    Attributes
    ----------
    thickness : float
        Of the separator [m].
    current_density : float
        [A/m2]
    voltage_drop : float
        Ohmic drop that the separator may take [V].
    T : float
        [K]
    lithium_shear_modulus : float
        [Pa]; no default, since sources give 2.83, 4.25 and 4.8 GPa.
    shear_factor : float
        By how much the electrolyte's shear modulus must exceed it [1]: 2 (Monroe and Newman) or, in source 003, 10.
    flaw_size : float
        Of the largest flaw that lithium can fill [m].
    stack_pressure : float
        [Pa]
    interface_resistance : float
        Between lithium and electrolyte [ohm m2]: what the current lets it drop presses on the flaw.
    overpotential_share : float
        How much of that drop does [1]: all of it is the worst case; the map of failure, calibrated on onsets in
        sulfides, finds an eighth.
    anode_potential, cathode_potential : float
        Ends of what the electrolyte touches, against lithium [V].
    """

    thickness: float
    current_density: float
    voltage_drop: float
    T: float
    lithium_shear_modulus: float
    shear_factor: float
    flaw_size: float
    stack_pressure: float
    interface_resistance: float
    anode_potential: float
    cathode_potential: float
    overpotential_share: float = 1.0

    def __post_init__(self):
        free = {"anode_potential", "cathode_potential", "stack_pressure", "overpotential_share"}
        check_positive(**{field.name: getattr(self, field.name) for field in fields(self) if field.name not in free})
        check_between(200, LITHIUM_MELTING, T=self.T)
        check_between(0, 1, overpotential_share=self.overpotential_share)
        check_between(0, np.inf, stack_pressure=self.stack_pressure)
        check_between(-1, 10, anode_potential=self.anode_potential, cathode_potential=self.cathode_potential)
        if not self.cathode_potential > self.anode_potential:
            raise ValueError(
                f"cathode_potential is {self.cathode_potential:g} V; it must be above anode_potential, "
                f"which is {self.anode_potential:g} V"
            )


@dataclass(frozen=True)
class Criterion:
    """A test of an electrolyte for a use.

    Attributes
    ----------
    properties : tuple of str
        What it needs to know.
    margin : callable
        Of the use and these properties: a factor, 1 at the edge, or an excess in volts, 0 at the edge.
    kind : str
        FACTOR or VOLT.
    weight : str
        What passing or failing means.
    """

    properties: tuple[str, ...]
    margin: Callable
    kind: str
    weight: str


@dataclass(frozen=True)
class Finding:
    """Outcome of a criterion: margins over the ranges of the properties, verdict, and what is missing."""

    low: float
    high: float
    verdict: str
    missing: tuple[str, ...]
    kind: str

    def __str__(self):
        """Verdict and margins in words, such as "undecided: 0.4 to 1.1"."""
        if self.verdict == UNKNOWN:
            return UNKNOWN
        low, high = (number(end, 2) if np.isfinite(end) else "more" for end in (self.low, self.high))
        return f"{self.verdict}: {low if low == high else f'{low} to {high}'}" + " V" * (self.kind == VOLT)


def _ohmic(use, conductivity, activation_energy=0.0):
    at_T = conductivity / activated(use.T, activation_energy)
    return use.voltage_drop / (use.current_density * area_specific_resistance(use.thickness, at_T))


def _flaw(use, fracture_toughness):
    driving = overpotential_pressure(use.overpotential_share * use.current_density * use.interface_resistance)
    return fracture_stress(fracture_toughness, use.flaw_size) / (use.stack_pressure + driving)


CRITERIA = {
    "ohmic drop": Criterion(
        ("conductivity", "activation_energy"), _ohmic, FACTOR, "a loss of energy and heat, not a failure"
    ),
    "measured critical current": Criterion(
        ("critical_current",),
        lambda use, critical_current: critical_current / use.current_density,
        FACTOR,
        "measured on someone's sample at someone's pressure; no property of the material",
    ),
    "flaw under pressure and overpotential": Criterion(
        ("fracture_toughness",), _flaw, FACTOR, "a lithium-filled flaw of that size grows: a short in the end"
    ),
    "shear modulus (Monroe-Newman)": Criterion(
        ("shear_modulus",),
        lambda use, shear_modulus: monroe_newman_ratio(shear_modulus, use.lithium_shear_modulus) / use.shear_factor,
        FACTOR,
        "necessary, not sufficient: LLZO passes and shorts",
    ),
    "electronic conduction (Han)": Criterion(
        ("electronic_conductivity",),
        lambda use, electronic_conductivity: electronic_critical_current(electronic_conductivity) / use.current_density,
        FACTOR,
        "an empirical line through two points, at 1 and 10 mA/cm2, and disputed",
    ),
    "ductility (Pugh)": Criterion(
        ("pugh_ratio",),
        lambda use, pugh_ratio: pugh_ratio / PUGH,
        FACTOR,
        "an order among metals; a hint for ceramics",
    ),
    "stable against the anode": Criterion(
        ("window_lower",),
        lambda use, window_lower: use.anode_potential - window_lower,
        VOLT,
        "thermodynamics: an interphase that passivates may save it",
    ),
    "stable against the cathode": Criterion(
        ("window_upper",),
        lambda use, window_upper: window_upper - use.cathode_potential,
        VOLT,
        "thermodynamics: a coating on the cathode may save it",
    ),
}


def screen(electrolyte, use):
    """Findings for an electrolyte, by criterion.

    Parameters
    ----------
    electrolyte : dict of str to (low, high)
        Ranges of its properties in SI, as `literature_electrolytes` and `read_electrolytes` give them.
    use : Use

    Returns
    -------
    dict of str to Finding
        Lowest and highest margin over all ends of the ranges. It passes if the lowest does, fails if the highest does
        not, and is undecided in between: the sample, or which of the stated values holds, decides. A property that is
        not known is named. At the reference temperature no activation energy is needed.

    Notes
    -----
    Margins rise or fall with each property all the way, so that the ends of the ranges bound them. Ends of several
    ranges are combined freely, which no one sample may do.
    """
    return {name: _finding(criterion, electrolyte, use) for name, criterion in CRITERIA.items()}


def allowances(findings, use):
    """What a use allows to be built of an electrolyte (dict): ranges (low, high) in SI by name.

    ``thickness`` [m] is that of the layer whose ohmic drop is the allowed one, ``flaw_size`` [m] that of the largest
    flaw that rests under pressure and overpotential, and ``current_density`` [A/m2] the largest that Han's line
    allows. What hangs on a property that is not known is left out.

    Parameters
    ----------
    findings : dict of str to Finding
        Of `screen`.
    use : Use
        The same.
    """
    scaled = {
        "thickness": ("ohmic drop", lambda margin: margin * use.thickness),
        "flaw_size": ("flaw under pressure and overpotential", lambda margin: margin**2 * use.flaw_size),
        "current_density": ("electronic conduction (Han)", lambda margin: margin * use.current_density),
    }
    return {
        name: (scale(findings[criterion].low), scale(findings[criterion].high))
        for name, (criterion, scale) in scaled.items()
        if findings[criterion].verdict != UNKNOWN
    }


def tally_findings(findings):
    """Number of criteria by verdict (dict of str to int), for what `screen` finds."""
    verdicts = [finding.verdict for finding in findings.values()]
    return {verdict: verdicts.count(verdict) for verdict in (PASSES, FAILS, UNDECIDED, UNKNOWN)}


def summarise_findings(findings):
    """A screening in two sentences: which of several electrolytes passes most, and where that one is furthest off.

    Parameters
    ----------
    findings : dict of str to dict
        By electrolyte, what `screen` gives.
    """
    counts = {name: tally_findings(found) for name, found in findings.items()}
    best = max(counts, key=lambda name: (counts[name][PASSES], -counts[name][FAILS]))
    count, total = counts[best], len(CRITERIA)
    if count[PASSES] == total:
        return f"{best} meets every criterion for this use."
    words = (
        f"No electrolyte meets every criterion for this use. {best} passes the most, {count[PASSES]} of {total}; it "
        f"fails {count[FAILS]}; undecided or not known: {count[UNDECIDED] + count[UNKNOWN]}."
    )
    factors = {name: found.high for name, found in findings[best].items() if found.kind == FACTOR and found.high < 1}
    if not factors:
        return words
    furthest = min(factors, key=factors.get)
    return (
        f"{words} Furthest off is the {furthest}, at best {number(factors[furthest], 2)} of what is needed "
        f"({CRITERIA[furthest].weight})."
    )


def _finding(criterion, electrolyte, use):
    at_reference = reference_temperature == use.T
    needed = [name for name in criterion.properties if not (at_reference and name == "activation_energy")]
    missing = tuple(PROPERTIES[name].label for name in needed if name not in electrolyte)
    if missing:
        return Finding(np.nan, np.nan, UNKNOWN, missing, criterion.kind)
    ends = product(*(electrolyte[name] for name in needed))
    margins = [float(criterion.margin(use, **dict(zip(needed, values, strict=True)))) for values in ends]
    low, high = min(margins), max(margins)
    edge = 1.0 if criterion.kind == FACTOR else 0.0
    verdict = PASSES if low >= edge else FAILS if high < edge else UNDECIDED
    return Finding(low, high, verdict, (), criterion.kind)
