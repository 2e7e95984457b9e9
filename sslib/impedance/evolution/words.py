"""What came of the steps, in tables and sentences."""

import numpy as np

from sslib.formatting import estimate, number, unit_sign
from sslib.impedance.evolution.step import AWAY


def percent(share):
    """A share as text in percent; as a factor from ten times on."""
    return f"{number(100 * share, 2)} %" if share < 10 else f"a factor of {number(share, 2)}"


def fit_table(outcome):
    """Every quantity that was fitted, with the step, without it and by half.

    Parameters
    ----------
    outcome : Outcome

    Returns
    -------
    pandas.DataFrame
        Indexed by quantity: truth, value and interval with the step and whether that holds the truth; then value,
        interval and factor for the other models, empty where they lack the quantity. As texts.
    """
    import pandas as pd

    others = [("the step before", outcome.fitted_before)]
    if outcome.fitted_half is not None:
        others.append((outcome.step.half.label, outcome.fitted_half))
    found = {label: {outcome.step.means(e.name) or e.name: e for e in own.estimates} for label, own in others}
    rows = {}
    for own in outcome.fitted.estimates:
        value, interval, unit = estimate(own.value, own.interval, own.unit)
        row = {"truth": f"{number(own.truth, 4)} {unit}".strip(), "with the step": _both(value, interval)}
        row["holds"] = "no" if not own.holds else "yes, open" if own.is_open else "yes"
        for label, estimates in found.items():
            row[label] = _other(estimates[own.name]) if own.name in estimates else ""
        rows[own.name] = row
    return pd.DataFrame.from_dict(rows, orient="index")


def _both(value, interval):
    return f"{value} {interval}" if interval.startswith("(") else f"{value} ({interval})"


def _other(own):
    text = _both(*estimate(own.value, own.interval)[:2])
    return text if own.holds else f"{text}: {number(own.factor, 3)} times the truth"


def sentences(outcome):
    """What a step changed, what its fit knows, and what the step before makes of the same spectrum.

    Parameters
    ----------
    outcome : Outcome

    Returns
    -------
    list of str
    """
    step, kept = outcome.step, sum(own.holds for own in outcome.fitted.estimates)
    start = "" if step.now.starts_tried else f", begun no further than {number(AWAY, 2)} times from the truth"
    known = sum(not own.is_open for own in outcome.fitted.estimates)
    lines = [
        f"The step before is off by {percent(outcome.error)} at most, at {number(outcome.error_at, 2)} {step.of}."
        + (f" {_first_up(step.half.label)}: {percent(outcome.half_error)}." if outcome.half is not None else ""),
        f"Checked against {step.route}: {outcome.check:.1e}.",
        f"The fit with the step{start}: {kept} of {len(outcome.fitted.estimates)} intervals hold the truth, {known} of "
        f"them closed; reduced chi-square {number(outcome.fitted.chi_square, 2)}.",
    ]
    lines.append(_misled("The step before", outcome.fitted_before))
    if outcome.fitted_half is not None:
        lines.append(_misled(_first_up(step.half.label), outcome.fitted_half))
    return lines


def _misled(who, fitted):
    chi = number(fitted.chi_square, 2)
    seen = (
        "so the misfit shows" if fitted.misfit_shows else "so the residuals do not tell it from the model with the step"
    )
    if not fitted.missed:
        return f"{who}, fitted to the same data: no interval excludes the truth; reduced chi-square {chi}, {seen}."
    worst = fitted.missed[0]
    _, interval, unit = estimate(worst.value, worst.interval, worst.unit)
    true = f"{number(worst.truth, 3)} {unit}".strip()
    return (
        f"{who}, fitted to the same data: {worst.name} comes out at {number(worst.factor, 3)} times its true value of "
        f"{true}, with an interval ({interval}) that excludes it; reduced chi-square {chi}, {seen}."
    )


def _first_up(text):
    return text[:1].upper() + text[1:]


def story_table(outcomes):
    """The steps in one table: error of the step before, check, intervals that hold, what comes out worst without it.

    Of the step before and the half step the one that fits better speaks, since that is the one to be believed.

    Parameters
    ----------
    outcomes : sequence of Outcome

    Returns
    -------
    pandas.DataFrame
    """
    import pandas as pd

    rows = {}
    for outcome in outcomes:
        fitted, (label, misleading) = outcome.fitted, outcome.misleading
        missed = misleading.missed
        holding = sum(own.holds for own in fitted.estimates)
        rows[outcome.step.title] = {
            "error of the step before": percent(outcome.error),
            "check": f"{outcome.check:.0e}, {outcome.step.route}",
            "intervals that hold": f"{holding} of {len(fitted.estimates)}",
            "without it": f"{missed[0].name} × {number(missed[0].factor, 3)}" if missed else "nothing wrong",
            "with a reduced chi-square of": f"{number(misleading.chi_square, 2)}, {label}",
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def origins_table(outcomes):
    """What each step adds, who wrote it first, and where it stops holding, as a DataFrame."""
    import pandas as pd

    rows = {
        o.step.title: {"adds": o.step.adds, "first written by": o.step.first, "stops holding": o.step.ends}
        for o in outcomes
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def values_table(values):
    """The electrode's parameters with their units, as a DataFrame."""
    import pandas as pd

    units = {"C_dl": "F", "Q_dl": "S s^alpha", "alpha_dl": "1", "tau_d": "s"}
    rows = {name: {"value": value, "unit": unit_sign(units.get(name, "ohm")) or "1"} for name, value in values.items()}
    return pd.DataFrame.from_dict(rows, orient="index")


def counts(outcomes):
    """How many intervals there are, and how many hold the truth, over all steps."""
    holding = [own.holds for outcome in outcomes for own in outcome.fitted.estimates]
    return int(np.sum(holding)), len(holding)
