"""What each configuration of contacts determines of one electrode, from the Fisher information of its spectrum."""

import numpy as np

from sslib.impedance.evolution.arcs import CONFIGURATIONS
from sslib.impedance.evolution.electrode import two_rails
from sslib.impedance.experiment import information
from sslib.impedance.misreading import largest_deviation

EXCHANGED = 1e-9
"""Spectra that differ by less than this, relative to their magnitude, are the same [1]."""
KNOWN = 0.3
"""Above this standard error a bound says no more than that the quantity is not determined [1]."""


def what_contacts_determine(frequency, values, interface, noise=0.003):
    r"""Least standard errors of rails and interface in each of Gomadam's configurations, and in pairs of them.

    With rails a and b, sum and product are known to

    .. math:: d\ln(a + b) = \frac{a\, d\ln a + b\, d\ln b}{a + b}, \qquad d\ln(ab) = d\ln a + d\ln b

    Parameters
    ----------
    frequency : array_like
        [Hz].
    values : dict
        ``R_ion``, ``R_el`` and the parameters of the interface; others are left aside.
    interface : Circuit
    noise : float
        Relative standard deviation of each part [1].

    Returns
    -------
    pandas.DataFrame
        One row a configuration (I, II, III, the same face, and pairs): standard errors of the two rails, their sum
        and product and of each parameter of the interface, relative or in its unit, infinite where the spectrum does
        not limit it; by how much the spectrum changes when the rails change places [1]; and what that makes of the
        rails in words.

    Notes
    -----
    The information is local: it does not see that two rails can change places, which the exchange is computed for.
    """
    import pandas as pd

    terminals = CONFIGURATIONS | {"same face": "same-face"}
    lines = {label: two_rails(interface, own) for label, own in terminals.items()}
    values = {name: values[name] for name in lines["I"].names}
    exchanged = values | {"R_ion": values["R_el"], "R_el": values["R_ion"]}
    changes = {}
    for label, line in lines.items():
        moved, own = (line.impedance(frequency, **at) for at in (exchanged, values))
        changes[label] = float(largest_deviation(moved, own))
    known = {label: information(line, frequency, values, noise) for label, line in lines.items()}
    for first, second in (("I", "I"), ("I", "II"), ("I", "III"), ("II", "III")):
        known[f"{first} and {second}"] = known[first] + known[second]
        changes[f"{first} and {second}"] = max(changes[first], changes[second])
    rows = {label: _row(one, values, changes[label]) for label, one in known.items()}
    return pd.DataFrame.from_dict(rows, orient="index")


def as_percent(told):
    """The table of `what_contacts_determine` with its errors in percent, empty where the spectrum says nothing."""
    errors = told.columns[:-2]
    shown = told.copy()
    shown[errors] = (100 * told[errors]).where(np.isfinite(told[errors]))
    return shown


def _row(known, values, change):
    a, b = values["R_ion"], values["R_el"]
    errors = known.errors()
    rails = {
        "R_ion": errors.pop("R_ion"),
        "R_el": errors.pop("R_el"),
        "R_ion + R_el": known.error_along({"R_ion": a / (a + b), "R_el": b / (a + b)}),
        "R_ion · R_el": known.error_along({"R_ion": 1.0, "R_el": 1.0}),
    }
    return rails | errors | {"rails exchanged": change, "the rails": _words(rails, change)}


def _words(rails, change):
    """Which of the rails are known, to a standard error that still means one."""
    known = [name for name, error in rails.items() if error < KNOWN]
    single = [name for name in ("R_ion", "R_el") if name in known]
    if single and change < EXCHANGED:
        return "both, not which is which" if len(single) == 2 else "one of the two, not which"
    if single:
        return " and ".join(single)
    return {"R_ion + R_el": "their sum", "R_ion · R_el": "their product"}.get("".join(known), "nothing alone")
