"""What is published of interfaces, at one temperature; and which cause of a high resistance to look for next."""

from typing import Literal, get_args

import numpy as np

from sslib.checks import check_positive
from sslib.tables import table
from sslib.transport import activated
from sslib.units import celsius, eV, ohm_cm2

Answer = Literal["yes", "no", "unknown"]
SAME = 0.5
"""Temperatures [K] closer than this are one."""


def interface_table(T=298.15):
    """Published interfaces, with their resistances at one temperature where that is defensible.

    A value is carried from its temperature to another by its own activation energy, never by that of another system.
    It is not carried without one, across the melting of a polymer, or where it is that of a whole cell, whose parts
    have different energies.

    Parameters
    ----------
    T : float
        [K].

    Returns
    -------
    pandas.DataFrame
        A row for each statement of ``data/interfaces.csv``: ``system``, ``part``, ``class``, ``what``, ``contacts``;
        ``resistance`` [ohm m2] as published, ``energy`` [J], ``measured_at`` [K]; ``resistance_at_T`` [ohm m2], NaN
        where there is none; ``reading``, how that came about or why not; ``finding``.

    Notes
    -----
    The energies are read as slopes of the logarithm of the resistance over 1/T, which the text does not say; were the
    temperature a factor of the conductance, values carried from 25 to 80 °C would be 18 % larger. Source 003,
    sections 2 to 5.

    Examples
    --------
    The one direct value between two inorganic conductors, 16 ohm cm2 at 25 °C with 0.47 eV, at 80 °C:

    >>> warm = interface_table(celsius(80)).set_index(["system", "part"])
    >>> float(round(warm.loc[("Na3Zr2Si2PO12 | Na3PS4", "interface"), "resistance_at_T"] / ohm_cm2, 3))
    0.926
    """
    check_positive(T=T)
    published = table("interfaces")
    rows = published[["system", "part", "class", "what", "contacts", "bound", "finding"]].copy()
    rows["resistance"] = published["resistance_ohm_cm2"] * ohm_cm2
    rows["energy"] = published["activation_energy_eV"] * eV
    rows["measured_at"] = celsius(published["temperature_C"])
    melting = celsius(published["phase_change_C"])
    readings = [_reading(row, melting[k], T) for k, row in rows.iterrows()]
    carried = np.array([reading.startswith("by its own") for reading in readings])
    same = np.array([reading == "as measured" for reading in readings])
    factor = np.where(same, 1.0, np.nan)
    factor[carried] = activated(T, rows["energy"][carried].to_numpy()) / activated(
        rows["measured_at"][carried].to_numpy(), rows["energy"][carried].to_numpy()
    )
    rows["resistance_at_T"], rows["reading"] = rows["resistance"] * factor, readings
    return rows


def suspects(**answers: Answer):
    """Causes of a high interface resistance in the order in which to look for them, and how they stand.

    Chemical instability comes first (source 003): interphases imitate the rest. Surface analysis found them on solids
    in liquids and on thiophosphates in polymers; between two solids it has hardly been tried.

    Parameters
    ----------
    **answers : {"yes", "no", "unknown"}
        By key of ``data/interface_causes.csv``, such as ``grows_at_rest="no"``.

    Returns
    -------
    pandas.DataFrame
        In order, ``cause``, ``question``, ``standing`` ("suspected", "ruled out", "open"), ``measurement`` that
        decides, ``if_so``. What to measure next is the first that is open, unless one before it is suspected.

    Raises
    ------
    ValueError
        For an unknown question or answer.

    Examples
    --------
    >>> found = suspects(grows_at_rest="no", falls_when_cleaned="yes")
    >>> found["standing"].tolist()[:3]
    ['ruled out', 'suspected', 'open']
    """
    causes = table("interface_causes").sort_values("order")
    for key, answer in answers.items():
        if key not in causes.index:
            raise ValueError(f"{key!r} is no question; they are {', '.join(causes.index)}")
        if answer not in get_args(Answer):
            raise ValueError(f"{key} is {answer!r}; it must be one of {', '.join(get_args(Answer))}")
    words = {"yes": "suspected", "no": "ruled out", "unknown": "open"}
    causes["standing"] = [words[answers.get(key, "unknown")] for key in causes.index]
    return causes[["cause", "question", "standing", "measurement", "if_so"]]


def _reading(row, melting, T):
    """How a published value is read at T, or why it is not."""
    if np.isnan(row["resistance"]):
        return "no resistance in the text"
    if np.isnan(row["measured_at"]):
        return (
            "whole cell: no temperature, parts of different energy"
            if row["what"] == "whole cell"
            else ("no temperature given")
        )
    if abs(row["measured_at"] - T) < SAME:
        return "as measured"
    if not np.isnan(melting) and (row["measured_at"] - melting) * (T - melting) < 0:
        return "not across the melting of the polymer"
    if np.isnan(row["energy"]):
        return "no energy of its own"
    return f"by its own {row['energy'] / eV:.2f} eV"
