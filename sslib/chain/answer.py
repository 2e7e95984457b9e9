"""The answer in four sentences: what limits a cell, what it delivers, whether it survives, what to change first."""

from sslib.cell import ANODES
from sslib.chain.changes import CONDITIONS
from sslib.chain.outcome import CAPACITY, ENERGY, FAILURE, FAILURE_10X, THROUGHPUT
from sslib.failure import LITHIUM_SIDE, MECHANISMS, failure_probability
from sslib.formatting import number
from sslib.units import celsius, hour, mA_cm2, ohm_cm2

NOTICEABLE = 1e-3
"""Gain in the energy that survives, over the energy [1], below which no change is said to help."""

NONE_HELPS = "none of these changes by a tenth helps"


def limited(use, reading, area):
    """What limits, and where in the cell's resistance it stands (str).

    Parameters
    ----------
    use : CellInUse
    reading : sslib.impedance.CathodeReading
    area : float
        Of the cell [m2].
    """
    if reading.limits == "not decided":
        return f"What limits the cathode is not decided: {'; '.join(reading.reasons)}."
    total = sum(share.value for share in reading.budget.values()) * area / ohm_cm2
    largest = reading.budget[reading.limits_cell].value * area / ohm_cm2
    where = f"at {number(reading.spectrum.frequency.min(), 2)} Hz"
    if use.measured_T != use.conditions.T:
        where += f" and {_degrees(use.measured_T)}, where it was measured"
    doubt = "" if reading.describes else ": a reading, for no model describes the spectrum to within its noise"
    return (
        f"{reading.limits_cell.capitalize()} is the largest resistance, {number(largest, 3)} of {number(total, 3)} "
        f"Ω cm² {where}; within the cathode {reading.limits} limits{doubt}."
    )


def delivered(use, outcome, rank, of):
    """Capacity, energy and throughput at the stated current (str).

    Parameters
    ----------
    use : CellInUse
    outcome : Outcome
    rank, of : int
        Place of its throughput among so many cells.
    """
    current, cell = use.conditions.current_density, use.at_work
    rate = float(current / cell.nominal_capacity) * hour
    to = f"{number(cell.cutoff + ANODES[cell.anode], 3)} V against lithium"
    begins = f"At {number(current / mA_cm2, 3)} mA/cm² ({number(rate, 2)}C) it delivers"
    if outcome.value(CAPACITY) == 0:
        return f"{begins} nothing: its voltage is below {to} in the first instant."
    return (
        f"{begins} {outcome.words(CAPACITY)} down to {to} and {outcome.words(ENERGY)}; its throughput by the nominal "
        f"C-rate, {outcome.words(THROUGHPUT)}, is number {rank} of {of} with the literature's cells."
    )


def survives(use, outcome, skilled):
    """Probability of failure at the stated time and at ten times that, and which way (str).

    Parameters
    ----------
    use : CellInUse
    outcome : Outcome
    skilled : bool
        Whether the criteria told observed cells apart better than their base rate did.
    """
    at = use.conditions
    said = [_by(use, at), _by(use, at.at(time=10 * at.time))]
    doubt = "" if skilled else "; on observed cells these criteria were no better than the base rate"
    if not set(use.mechanisms) & set(LITHIUM_SIDE):
        doubt = "; no observed cell tests these criteria"
    return (
        f"After {number(at.hours, 3)} h at {number(at.stack_pressure / 1e6, 3)} MPa and {_degrees(at.T)} it has failed "
        f"with a probability of {outcome.words(FAILURE)}{said[0]}; after ten times as long, "
        f"{outcome.words(FAILURE_10X)}{said[1]}{doubt}."
    )


def _by(use, conditions):
    """By which mechanism, if any draw fails."""
    ways = failure_probability(conditions, use.own_laws, use.mechanisms)
    likeliest = max(ways, key=ways.get)
    return f", most likely by {MECHANISMS[likeliest].label}" if ways[likeliest] > 0 else ""


def _degrees(T):
    return f"{number(float(T) - celsius(0), 3)} °C"


def first_changes(outcome, changes):
    """Labels of the change that gains most and of that of the design; `NONE_HELPS` where none does (two str).

    Parameters
    ----------
    outcome : Outcome
    changes : pandas.DataFrame
        From `what_to_change_first`.
    """
    helps = changes[changes["gain"] > NOTICEABLE * max(outcome.value(ENERGY), 1.0)]
    of_design = helps[~helps["quantity"].isin(CONDITIONS)]
    return tuple(own.index[0] if len(own) else NONE_HELPS for own in (helps, of_design))


def to_change(outcome, changes):
    """What to change first, with its effects (str); as `first_changes`."""
    first, of_design = first_changes(outcome, changes)
    if first == NONE_HELPS:
        return "No change by a tenth gains energy that survives."
    often = 100 * changes.loc[first, "first"]
    sentence = (
        f"To change first: {_effect(changes, first)}, the best of {len(changes)} in {often:.0f} % of the drawn cells"
    )
    if of_design in (first, NONE_HELPS):
        return f"{sentence}."
    return f"{sentence}; of the design itself, {_effect(changes, of_design)}."


def _effect(changes, label):
    row = changes.loc[label]
    parts = {"% energy": 100 * row["energy"], "points of failure": 100 * row["failure"]}
    said = ", ".join(f"{own:+.2g} {name}" for name, own in parts.items() if abs(own) >= 0.05)
    return f"{label} ({said})".replace("-", "−")
