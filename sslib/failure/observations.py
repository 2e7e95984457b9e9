"""What was observed, and the laws' calibration by it: with all studies, or without some of them."""

from dataclasses import replace

import numpy as np
from scipy.constants import R

from sslib.failure.conditions import Conditions
from sslib.failure.defaults import cell_parameters
from sslib.failure.laws import VOID_PRESSURE, contact_resistance, wedging_limit
from sslib.failure.parameters import COMPUTED
from sslib.mechanics import critical_flaw_size, fracture_stress
from sslib.tables import table
from sslib.units import MPa, celsius, hour, mA_cm2, reference_temperature, um

CALIBRATED = "LPSCl"
"""The electrolyte whose laws the observations calibrate."""

REPORTED_NOWHERE = {"pressure": 5 * MPa, "hours": 10.0, "hours of an onset": 1.0, "hours at once": 0.1}
"""What stands in where a study does not say: stack pressure [Pa], duration of a test [h], of a step up to an onset [h],
and of what shorted at once [h]."""

LARGEST_FLAW = 50 * um
"""What a flaw is at most where nothing that survived at rest bounds it: an assumption [m]."""

_PRIOR = np.array([0.0, 1.0, 40e3])
_LOOSENESS = np.array([10.0, 1.0, 20e3])
"""Stripping law where too few onsets are left to fix it: exponent 1 and 40 kJ/mol, both assumed; which of the two
gives way first."""

_REFITTED = "refitted to the observations that calibrate"

_FROM_STUDIES = (
    "void_current",
    "void_exponent",
    "void_energy",
    "flaw_size",
    "overpotential_share",
    "short_charge",
    "short_pressure_rate",
)
"""What `recalibrated` refits."""

NEVER = 1e15
"""Charge [C/m2] that stands for a growth law that nothing calibrates: it drops out."""


def failure_observations():
    """The table ``failure_observations``: onsets, outcomes and boundaries of models, by id.

    >>> failure_observations().loc["K1", "current_density_mA_cm2"]
    np.float64(0.2)
    """
    rows = table("failure_observations")
    texts = ["outcome", "note", "modelled_as", "calibrates", "limitation"]
    return rows.assign(**rows[texts].fillna(""))


def observation_points():
    """What a map can show of the observations, in SI, by id (DataFrame).

    Columns ``study``, ``electrolyte``, ``modelled_as``, ``current_density``, ``stack_pressure``, ``T``, ``time`` (NaN
    where not reported), ``outcome`` (failed, survived, onset, or model boundary), ``calibrates`` (bool).
    """
    import pandas as pd

    rows = failure_observations()
    return pd.DataFrame(
        {
            "study": rows["study"],
            "electrolyte": rows["electrolyte"],
            "modelled_as": rows["modelled_as"],
            "current_density": rows["current_density_mA_cm2"] * mA_cm2,
            "stack_pressure": rows["stack_pressure_MPa"] * MPa,
            "T": celsius(rows["temperature_C"]),
            "time": rows["hours"] * hour,
            "outcome": rows["outcome"].where(rows["kind"] == "observation", rows["kind"]),
            "calibrates": rows["calibrates"] != "",
        }
    )


def observed_conditions(row, hours):
    """Conditions of a row of the table after so many hours; what is not reported is `REPORTED_NOWHERE`."""
    pressure = row.stack_pressure_MPa * MPa if np.isfinite(row.stack_pressure_MPa) else REPORTED_NOWHERE["pressure"]
    return Conditions(
        current_density=row.current_density_mA_cm2 * mA_cm2,
        stack_pressure=pressure,
        T=celsius(row.temperature_C),
        time=hours * hour,
    )


def recalibrated(parameters, observations=None, without=()):
    """The parameters with medians refitted to the rows that calibrate, some studies left out.

    Parameters
    ----------
    parameters : Parameters
        What is not calibrated, and all spreads but that of the flaw, stay.
    observations : pandas.DataFrame, optional
        As `failure_observations`.
    without : sequence of str
        Studies.

    Returns
    -------
    Parameters

    Notes
    -----
    Stripping: least squares in ln j; what the onsets left do not fix stays as near as it can to an exponent of 1 and
    40 kJ/mol. Flaw: between the largest pressure survived and the least that shorted at rest; without the former up to
    `LARGEST_FLAW`. Overpotential: geometric mean over plating onsets, all of it where none is left. Growth: least
    squares in ln t over two pressures or more; dropped where fewer are left. The contact law is not refitted, though
    it is of the same study as the growth.
    """
    rows = failure_observations() if observations is None else observations
    rows = rows[~rows["study"].isin(without)]
    known = {name: rows[rows["calibrates"] == name] for name in ("voids", "flaw", "filaments", "growth")}
    parameters = parameters.changed(_flaw(known["flaw"], parameters), COMPUTED, _REFITTED)
    laws = _stripping(known["voids"]) | _share(known["filaments"], parameters) | _growth(known["growth"])
    return parameters.changed(laws, COMPUTED, _REFITTED)


def recalibrated_without_each(parameters):
    """`recalibrated` without each study that calibrates, by study (dict).

    Only what the cell has from these studies changes: numbers that are those of lithium with `CALIBRATED`, which other
    electrolytes borrow. What the user gave, or an electrolyte has of its own, stays; where that is all, there is none.
    """
    rows, usual = failure_observations(), cell_parameters(CALIBRATED)
    taken = [name for name in _FROM_STUDIES if _numbers(parameters, name) == _numbers(usual, name)]
    behind = rows.loc[(rows["calibrates"] != "") & (rows["modelled_as"] == CALIBRATED), "study"].unique()
    found = {}
    for study in behind if taken else ():
        other = recalibrated(usual, rows, [study])
        found[study] = replace(parameters, known=parameters.known | {name: other[name] for name in taken})
    return found


def _numbers(parameters, name):
    """Median and spread; None of what the cell lacks."""
    own = parameters.known.get(name)
    return own and (own.median, own.spread)


def _stripping(rows):
    if not len(rows):
        return {}
    pressure = np.log(rows["stack_pressure_MPa"] * MPa / VOID_PRESSURE)
    inverse = -(1 / celsius(rows["temperature_C"]) - 1 / reference_temperature) / R
    design = np.stack([np.ones(len(rows)), pressure, inverse], axis=1)
    target = np.log(rows["current_density_mA_cm2"] * mA_cm2) - design @ _PRIOR
    change = np.linalg.lstsq(design * _LOOSENESS, target, rcond=None)[0]
    logarithm, exponent, energy = _PRIOR + _LOOSENESS * change
    return {"void_current": np.exp(logarithm), "void_exponent": exponent, "void_energy": energy}


def _flaw(rows, parameters):
    failed = rows.loc[rows["outcome"] == "failed", "stack_pressure_MPa"] * MPa
    survived = rows.loc[rows["outcome"] == "survived", "stack_pressure_MPa"] * MPa
    if not len(failed):
        return {}
    toughness = parameters["toughness"].median
    small = critical_flaw_size(toughness, failed.min())
    large = critical_flaw_size(toughness, survived.max()) if len(survived) else LARGEST_FLAW
    return {"flaw_size": (float(np.sqrt(small * large)), float(np.sqrt(large / small)))}


def _share(rows, parameters):
    if not len(rows):
        return {"overpotential_share": 1.0}
    pressure = rows["stack_pressure_MPa"].to_numpy() * MPa
    strength = fracture_stress(parameters["toughness"].median, parameters["flaw_size"].median)
    medians = (parameters[name].median for name in ("contact_resistance", "contact_exponent", "resistance_energy"))
    resistance = contact_resistance(pressure, celsius(rows["temperature_C"].to_numpy()), *medians)
    whole = wedging_limit(pressure, strength, resistance)
    return {"overpotential_share": float(np.exp(np.log(whole / (rows["current_density_mA_cm2"] * mA_cm2)).mean()))}


def _growth(rows):
    if rows["stack_pressure_MPa"].nunique() < 2:
        return {"short_charge": NEVER}
    charge = rows["hours"] * hour * rows["current_density_mA_cm2"] * mA_cm2
    slope, logarithm = np.polyfit(rows["stack_pressure_MPa"] * MPa, np.log(charge), 1)
    return {"short_charge": float(np.exp(logarithm)), "short_pressure_rate": float(-slope)}
