"""Lithium-ion transport throughput: how much lithium crosses a cell's area in a time, by two conventions.

By the *nominal C-rate* the time is 1/C-rate, as the table of source 001 takes it; by the *true discharge time* the
throughput is the current density over Faraday's constant and says nothing of capacity. They differ by the utilisation.
"""

import re

import numpy as np

from sslib.checks import check_positive
from sslib.kinetics import FARADAY
from sslib.units import hour

NOMINAL_RATE, TRUE_TIME = "nominal C-rate", "true discharge time"
"""The two conventions by name."""

SUSPICIOUS = 0.2
"""Utilisation [1] below which a slip is likelier than a cell that nobody would publish."""


def throughput_of_charge(areal_capacity, time):
    r"""Throughput of lithium ions [mol m-2 s-1] of a charge that is delivered in a time.

    .. math:: \Phi = \frac{Q}{F t}

    Parameters
    ----------
    areal_capacity : array_like
        Delivered charge per geometric area [C/m2].
    time : array_like
        The time that the convention takes [s]: 1/C-rate by the nominal C-rate, or the true time of the discharge.

    Notes
    -----
    Source 001 (equation 1) prints :math:`1000\,C/(C_\text{Li} M_\text{Li} t)` with C in mAh/cm2, which is ten times
    too little: a square metre has 1e4 square centimetres, and with 1e4 its own table follows. Its
    :math:`C_\text{Li} M_\text{Li}` is 3860 mAh/g times 6.941 g/mol, 0.03 % below F.

    Examples
    --------
    NMC622 | oxide | Li, 1.85 mAh/cm2 in an hour (source 001: 0.69):

    >>> from sslib.units import hour, mAh_cm2, mol_m2_h
    >>> float(round(throughput_of_charge(1.85 * mAh_cm2, 1 * hour) / mol_m2_h, 2))
    0.69
    """
    check_positive(areal_capacity=areal_capacity, time=time)
    return areal_capacity / (FARADAY * np.asarray(time, dtype=float))


def throughput_at_c_rate(areal_capacity, c_rate):
    r"""Throughput [mol m-2 s-1] by the convention of the nominal C-rate.

    .. math:: \Phi = Q \, C / F

    Parameters
    ----------
    areal_capacity : array_like
        What was delivered at this rate, per geometric area [C/m2]; a nominal capacity would give j/F instead.
    c_rate : array_like
        C-rate [1/s]; 5C is ``5 / hour``.

    Examples
    --------
    LiCoO2 with a sulfide, 1.06 mAh/cm2 at 5C (source 001: 1.98):

    >>> from sslib.units import hour, mAh_cm2, mol_m2_h
    >>> float(round(throughput_at_c_rate(1.06 * mAh_cm2, 5 / hour) / mol_m2_h, 2))
    1.98
    """
    check_positive(c_rate=c_rate)
    return throughput_of_charge(areal_capacity, 1 / np.asarray(c_rate, dtype=float))


def throughput_of_current(current_density):
    r"""Throughput [mol m-2 s-1] by the convention of the true discharge time.

    .. math:: \Phi = j / F

    What is delivered, Q, takes the time Q/j, so that Q drops out: the number carries no capacity.

    Parameters
    ----------
    current_density : array_like
        Current per geometric area [A/m2].

    Examples
    --------
    A sulfur cathode at 5.0 mA/cm2 (doi 10.1038/s41586-024-08298-9): 1.87 by its current, where the 3.0 mAh/cm2 that
    it delivers at 1C give 1.12 by its nominal C-rate.

    >>> from sslib.units import hour, mA_cm2, mAh_cm2, mol_m2_h
    >>> float(round(throughput_of_current(5.0 * mA_cm2) / mol_m2_h, 2))
    1.87
    >>> float(round(throughput_at_c_rate(3.0 * mAh_cm2, 1 / hour) / mol_m2_h, 2))
    1.12
    """
    check_positive(current_density=current_density)
    return np.asarray(current_density, dtype=float) / FARADAY


def utilisation(areal_capacity, c_rate, current_density):
    r"""Share [1] of the nominal capacity that was delivered: the ratio of the two conventions.

    .. math:: u = Q \, C / j = \Phi_\text{nominal} / \Phi_\text{true}

    Above 1 the three numbers contradict each other, unless the C-rate is counted from less than the cell can deliver.

    Parameters
    ----------
    areal_capacity : array_like
        Delivered charge per geometric area [C/m2].
    c_rate : array_like
        C-rate [1/s].
    current_density : array_like
        Current per geometric area [A/m2].

    Examples
    --------
    >>> from sslib.units import hour, mA_cm2, mAh_cm2
    >>> float(round(utilisation(3.0 * mAh_cm2, 1 / hour, 5.0 * mA_cm2), 3))
    0.6
    """
    return throughput_at_c_rate(areal_capacity, c_rate) / throughput_of_current(current_density)


def compare_throughput(cells):
    """Throughput of cells by both conventions, with the limits that the rounding of the inputs leaves.

    Parameters
    ----------
    cells : pandas.DataFrame
        From `read_throughput_cells`.

    Returns
    -------
    pandas.DataFrame
        A row for each cell: ``key`` (stable, for ``results.json``), ``name``; ``nominal`` and ``true``, each with
        ``_low``, ``_high`` [mol m-2 s-1] and ``_missing`` (why there is none; empty where there is one);
        ``utilisation`` with its limits [1]; ``remark`` where the numbers contradict each other.
    """
    import pandas as pd

    found = pd.DataFrame({"key": list(_keys(cells)), "name": _names(cells)}, index=cells.index)
    found["nominal_missing"] = [_no_nominal(row) for row in cells.itertuples()]
    found["true_missing"] = np.where(cells["current_density"].isna(), "no current density is stated", "")
    nominal, true = found["nominal_missing"] == "", found["true_missing"] == ""
    both = nominal & true
    for end, other in (("", ""), ("_low", "_high"), ("_high", "_low")):
        charge, rate, current = (cells[f"{name}{end}"] for name in ("capacity", "c_rate", "current_density"))
        found.loc[nominal, f"nominal{end}"] = throughput_at_c_rate(charge[nominal], rate[nominal])
        found.loc[true, f"true{end}"] = throughput_of_current(current[true])
        opposite = cells[f"current_density{other}"]
        found.loc[both, f"utilisation{end}"] = utilisation(charge[both], rate[both], opposite[both])
    found["remark"] = np.select(
        [found["utilisation_low"] > 1, found["utilisation_high"] < SUSPICIOUS],
        [
            "delivers more than its C-rate and current say that it holds: the capacity may be the nominal one",
            "delivers so little of what its C-rate and current say that it holds that one of the three may be wrong",
        ],
        "",
    )
    return found


def rank_throughput(compared, convention=NOMINAL_RATE):
    """The cells that have a throughput by one convention, the highest first, with the ranks that rounding leaves open.

    Parameters
    ----------
    compared : pandas.DataFrame
        From `compare_throughput`.
    convention : str
        `NOMINAL_RATE` or `TRUE_TIME`.

    Returns
    -------
    pandas.DataFrame
        ``name``, ``value``, ``low``, ``high`` [mol m-2 s-1], and the ``best`` and ``worst`` rank that the limits allow.
    """
    if convention not in (NOMINAL_RATE, TRUE_TIME):
        raise ValueError(f"convention is {convention!r}; it must be {NOMINAL_RATE!r} or {TRUE_TIME!r}")
    column = "nominal" if convention == NOMINAL_RATE else "true"
    rows = compared[compared[column].notna()].sort_values(column, ascending=False, kind="stable")
    table = rows[["name", column, f"{column}_low", f"{column}_high"]].set_axis(["name", "value", "low", "high"], axis=1)
    low, high = table["low"].to_numpy(), table["high"].to_numpy()
    table["best"] = 1 + (low > high[:, None]).sum(axis=1)
    table["worst"] = len(table) - (high < low[:, None]).sum(axis=1)
    return table


def against_printed_throughput(cells, compared):
    """Throughput by the nominal C-rate beside what a source prints, and whether rounding explains the difference.

    Parameters
    ----------
    cells, compared : pandas.DataFrame
        From `read_throughput_cells` and `compare_throughput`.

    Returns
    -------
    pandas.DataFrame
        ``name``, ``ours``, ``low``, ``high``, ``printed`` [mol m-2 s-1], ``deviation`` [1], ``misprint`` (by the
        printed prefactor of 1000, a tenth), and ``within``: whether a number within our limits rounds to the printed
        one.
    """
    import pandas as pd

    rows = cells["printed"].notna() & compared["nominal"].notna()
    ours, own = cells[rows], compared[rows]
    return pd.DataFrame(
        {
            "name": own["name"],
            "ours": own["nominal"],
            "low": own["nominal_low"],
            "high": own["nominal_high"],
            "printed": ours["printed"],
            "deviation": own["nominal"] / ours["printed"] - 1,
            "misprint": own["nominal"] / 10,
            "within": (own["nominal_low"] <= ours["printed_high"]) & (ours["printed_low"] <= own["nominal_high"]),
        }
    )


def _no_nominal(row):
    """Why a row has no throughput by the nominal C-rate; empty if it has."""
    if np.isnan(row.capacity):
        return "no delivered capacity at this rate is stated"
    if row.capacity_is == "nominal":
        return "its capacity is nominal, not delivered at this rate"
    if row.capacity_is == "other test":
        return "capacity and rate are from different tests"
    return "no C-rate is stated" if np.isnan(row.c_rate) else ""


def _names(cells):
    """Such as 'LiCoO2 | sulfide | Li-In, 5C'."""
    return [
        f"{row.cathode} | {row.electrolyte_class} | {row.anode or '?'}"
        + ("" if np.isnan(row.c_rate) else f", {row.c_rate * hour:.4g}C")
        for row in cells.itertuples()
    ]


def _keys(cells):
    """Keys of the results: cathode, anode and class; with the rate, then a count, where an earlier row has that key."""
    taken = set()
    for row in cells.itertuples():
        parts = [row.cathode, row.anode, row.electrolyte_class]
        key = base = "_".join(re.sub(r"[^\w.-]+", "-", part).strip("-") for part in parts if part)
        if key in taken and not np.isnan(row.c_rate):
            key = base = f"{base}_{row.c_rate * hour:.4g}C"
        count = 1
        while key in taken:
            count += 1
            key = f"{base}_{count}"
        taken.add(key)
        yield key
