"""What to change first: one condition or property at a time, and what it does to failure and to the safe current."""

import numpy as np

from sslib.checks import check_between, check_positive
from sslib.failure.conditions import COLDEST
from sslib.failure.mechanisms import FULL_CELL, MECHANISMS
from sslib.failure.points import failure_probability, safe_current
from sslib.mechanics import LITHIUM_MELTING

CONDITIONS = {
    "current_density": "current density",
    "stack_pressure": "stack pressure",
    "time": "time under current",
}
"""Conditions that are multiplied and divided."""

PROPERTIES = (
    "flaw_size",
    "toughness",
    "contact_resistance",
    "void_current",
    "interphase_resistance",
    "allowed_resistance",
    "foil_thickness",
    "particle_radius",
    "electronic_conductivity",
)
"""Properties that a design or a better material changes."""


def what_to_change(conditions, parameters, mechanisms=FULL_CELL, *, factor=2.0, kelvin=15.0, draws=4000, seed=0):
    """Probability of failure and safe current when one condition or property is lower, and when it is higher.

    Parameters
    ----------
    conditions : Conditions
        Numbers only, with a time.
    parameters : Parameters
    mechanisms : sequence of str
    factor : float
        By which a condition, or the median of a property, is divided and multiplied; above 1.
    kelvin : float
        By which the temperature is lowered and raised [K], as far as the conditions go.
    draws, seed : int
        The same draws for every change, so that a difference is the change's.

    Returns
    -------
    pandas.DataFrame
        By change: ``probability_lower``, ``probability_higher`` [1], ``safe_lower``, ``safe_higher`` [A/m2] (with at
        most 5 % of failures), ``best`` ("lower" or "higher": the lower probability, else the higher safe current) and
        ``gained``, by how much the probability falls that way [1]; the largest gain first. Of the current density the
        safe current does not change.
    """
    import pandas as pd

    check_positive(factor=factor, kelvin=kelvin)
    check_between(1, 100, factor=factor)
    settings = {"draws": draws, "seed": seed}

    def judged(at, own):
        total = sum(failure_probability(at, own, mechanisms, **settings).values())
        return total, safe_current(at, own, mechanisms, **settings).current

    now, _ = judged(conditions, parameters)
    rows = {}
    for name, label in CONDITIONS.items():
        value = float(getattr(conditions, name))
        rows[label] = [judged(conditions.at(**{name: value * by}), parameters) for by in (1 / factor, factor)]
    warmed = np.clip(float(conditions.T) + np.array([-kelvin, kelvin]), COLDEST, LITHIUM_MELTING)
    rows["temperature"] = [judged(conditions.at(T=T), parameters) for T in warmed]
    needed = {name for one in mechanisms for name in MECHANISMS[one].parameters}
    for name in PROPERTIES:
        if name in needed:
            own = parameters[name]
            values = [own.median / factor, own.median * factor]
            rows[own.meaning] = [judged(conditions, parameters.with_values(**{name: value})) for value in values]
    frame = pd.DataFrame(
        {
            label: {
                "probability_lower": lower[0],
                "probability_higher": higher[0],
                "safe_lower": lower[1],
                "safe_higher": higher[1],
                "best": "lower" if (lower[0], -lower[1]) < (higher[0], -higher[1]) else "higher",
                "gained": now - min(lower[0], higher[0]),
            }
            for label, (lower, higher) in rows.items()
        }
    ).T
    numbers = [column for column in frame.columns if column != "best"]
    frame[numbers] = frame[numbers].astype(float)
    return frame.sort_values("gained", ascending=False, kind="stable")
