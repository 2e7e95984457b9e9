"""Tables of cells for the comparison of throughputs: the literature's and a user's, read by one reader.

Digits count here ("0.90" is known to half a hundredth), so cells are read as they were written.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from sslib.tables import DATA, read_rows
from sslib.units import celsius, hour, mA_cm2, mAh_cm2, mol_m2_h

DELIVERED, CAPACITIES = "delivered", ("delivered", "nominal", "other test")
"""What the column of the capacity holds: what was delivered at this rate, unless ``capacity_is`` says otherwise."""


@dataclass(frozen=True)
class _Number:
    """A column of numbers: its name in SI tables, how to get there, the range in which it is no slip of the unit."""

    name: str
    to_SI: object
    unit: str
    lowest: float
    highest: float


_NUMBERS = {
    "delivered_areal_capacity_mAh_cm2": _Number("capacity", lambda x: x * mAh_cm2, "mAh/cm2", 1e-4, 100),
    "c_rate": _Number("c_rate", lambda x: x / hour, "1/h", 1e-4, 1e4),
    "temperature_C": _Number("temperature", celsius, "degC", -100, 300),
    "current_density_mA_cm2": _Number("current_density", lambda x: x * mA_cm2, "mA/cm2", 1e-4, 1e4),
    "printed_throughput_mol_m2_h": _Number("printed", lambda x: x * mol_m2_h, "mol m-2 h-1", 1e-6, 1e3),
}
_REQUIRED = ("cathode", "anode", "electrolyte_class", "delivered_areal_capacity_mAh_cm2", "c_rate", "source")
_TEXTS = ("cathode", "anode", "electrolyte_class", "source", "evidence", "note", "capacity_is")
_NEEDED = {"cathode": "NMC811", "electrolyte_class": "sulfide", "source": "own measurement"}
_KNOWN = (*_TEXTS, *_NUMBERS)
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\s*(?:-|to|\.\.)\s*({_NUMBER})")
_IDENTITY = ["cathode", "anode", "electrolyte_class", "c_rate", "temperature", "current_density", "source"]
_MOST = 12
"""Mistakes that are listed at once."""


def rounding_limits(text, exact_if_plain=False):
    """Value and limits of a number as it is written: half a unit of its last digit to either side.

    Parameters
    ----------
    text : str
        A number with a decimal point, or a range "1.8-2.0", whose value is its middle.
    exact_if_plain : bool
        Whether a whole number, or one with one digit that counts, is meant exactly, as a C-rate is.

    Returns
    -------
    tuple of float
        Value, lower and upper limit.

    Examples
    --------
    >>> rounding_limits("0.90")
    (0.9, 0.895, 0.905)
    >>> rounding_limits("1.8-2.0")
    (1.9, 1.75, 2.05)
    >>> rounding_limits("0.5", exact_if_plain=True), rounding_limits("0.33", exact_if_plain=True)
    ((0.5, 0.5, 0.5), (0.33, 0.325, 0.335))
    """
    span = _RANGE.fullmatch(text)
    if not span and not re.fullmatch(_NUMBER, text):
        raise ValueError(f"{text!r} is no number")
    ends = [Decimal(end) for end in (span.groups() if span else (text, text))]
    if ends[0] > ends[1]:
        raise ValueError(f"the range {text!r} runs downward")
    plain = exact_if_plain and not span and ("." not in text or len(ends[0].as_tuple().digits) == 1)
    low, high = (Decimal(0) if plain else Decimal(1).scaleb(end.as_tuple().exponent) / 2 for end in ends)
    return float((ends[0] + ends[1]) / 2), float(ends[0] - low), float(ends[1] + high)


def literature_throughput_cells():
    """The cells of ``data/throughput.csv``, as `read_throughput_cells` gives them."""
    return read_throughput_cells(DATA / "throughput.csv")


def read_throughput_cells(path, known=None):
    """Cells of a CSV file, in SI, each number with the limits of its rounding.

    Parameters
    ----------
    path : str or path-like
        Separated by commas, semicolons or tabs; a decimal comma is understood where commas do not separate, and in
        quotes. Columns as in ``data/throughput.csv``; cathode, anode, electrolyte_class,
        delivered_areal_capacity_mAh_cm2, c_rate and source must be there, an empty field is not stated.
    known : pandas.DataFrame, optional
        Cells that are there already; the same cell again is refused, and these come first in what is returned.

    Returns
    -------
    pandas.DataFrame
        Texts by their columns' names (classes in small letters); ``capacity`` [C/m2], ``c_rate`` [1/s],
        ``temperature`` [K], ``current_density`` [A/m2] and ``printed`` [mol m-2 s-1], each with ``_low`` and ``_high``;
        NaN where nothing is stated. A C-rate is exact unless it is written with two digits or more and a decimal
        point. ``own`` tells the file's rows from the known ones.

    Raises
    ------
    ValueError
        With every mistake by row (counted below the header, with its line) and column.
    """
    import pandas as pd

    source, rows = Path(path).name, []
    header, body, comma = read_rows(path, _REQUIRED)
    _check_header(source, header)
    mistakes, places = [], []
    for number, (line, fields) in enumerate(body, 1):
        where = f"row {number} (line {line})"
        while len(fields) > len(header) and not fields[-1].strip():
            fields = fields[:-1]
        if len(fields) != len(header):
            hint = "; a decimal comma needs quotes where commas separate" if len(fields) > len(header) and comma else ""
            mistakes.append(f"{where} has {len(fields)} fields and the header {len(header)}{hint}")
            continue
        row, wrong = _row(dict(zip(header, (field.strip() for field in fields), strict=True)), comma)
        mistakes += [f"{where}, column {column}: {what}" for column, what in wrong]
        rows.append(row)
        places.append(where)
    cells = pd.DataFrame(rows).assign(own=known is not None) if rows else None
    if not mistakes and cells is not None:
        mistakes += _repeated(cells, places, known)
    if mistakes:
        more = [f"and {len(mistakes) - _MOST} more"] if len(mistakes) > _MOST else []
        raise ValueError(f"{source}: " + "\n".join([*mistakes[:_MOST], *more]))
    if cells is None:
        raise ValueError(f"{source}: there is no row below the header; expected one for each cell")
    return cells if known is None else pd.concat([known, cells], ignore_index=True)


def _check_header(source, header):
    unknown = [name for name in header if name not in _KNOWN]
    missing = [name for name in _REQUIRED if name not in header]
    twice = sorted({name for name in header if header.count(name) > 1})
    said = [f"the column {name!r} is unknown{_near(name)}" for name in unknown]
    said += [f"the column {name} is missing" for name in missing]
    said += [f"the column {name} is there twice" for name in twice]
    if said:
        raise ValueError(f"{source}, header: {'; '.join(said)}. Columns are {', '.join(_KNOWN)}")


def _near(name):
    close = get_close_matches(name, _KNOWN, n=1, cutoff=0.4)
    return f" (meant: {close[0]}?)" if close else ""


def _row(fields, comma):
    """A row in SI, and what is wrong with it as (column, words)."""
    row = {name: fields.get(name, "") for name in _TEXTS}
    row["electrolyte_class"] = row["electrolyte_class"].lower()
    wrong = [(n, f"it is empty; expected a text such as {such!r}") for n, such in _NEEDED.items() if not row[n]]
    row["capacity_is"] = row["capacity_is"] or DELIVERED
    if row["capacity_is"] not in CAPACITIES:
        wrong.append(("capacity_is", f"it is {row['capacity_is']!r}; allowed are {', '.join(CAPACITIES)}, or nothing"))
    for column, kind in _NUMBERS.items():
        values = [np.nan] * 3
        if fields.get(column):
            try:
                values = [kind.to_SI(end) for end in _number(column, kind, fields[column], comma)]
            except ValueError as error:
                wrong.append((column, str(error)))
        row |= dict(zip((kind.name, f"{kind.name}_low", f"{kind.name}_high"), values, strict=True))
    return row, wrong


def _number(column, kind, text, comma):
    plain = text.replace("−", "-").replace("–", "-")
    allowed = f"expected {kind.lowest:g} to {kind.highest:g} {kind.unit}"
    if "," in plain:
        if "." in plain or (comma and re.search(r"(?<!\d)[1-9]\d{0,2},\d{3}(?!\d)", plain)):
            raise ValueError(f"it is {text!r}, which may have a decimal comma or one between thousands; {allowed}")
        plain = plain.replace(",", ".")
    try:
        limits = rounding_limits(plain, exact_if_plain=column == "c_rate")
    except ValueError as error:
        raise ValueError(f"{str(error).replace(repr(plain), repr(text))}; {allowed}, or nothing") from None
    value, low, _ = limits
    if not kind.lowest <= value <= kind.highest:
        raise ValueError(f"it is {text}; {allowed}")
    if kind.lowest > 0 and low <= 0:
        raise ValueError(f"it is {text}, which its own rounding does not tell from zero; write more digits")
    return limits


def _repeated(cells, places, known):
    """The same cell at the same rate from the same source, within the file or among the known ones."""
    seen = {} if known is None else dict.fromkeys(_identities(known), "the literature table")
    for key, where in zip(_identities(cells), places, strict=True):
        if key in seen:
            yield f"{where} repeats {seen[key]}: same {', '.join(_IDENTITY)}"
        seen.setdefault(key, where)


def _identities(cells):
    return [tuple(row) for row in cells[_IDENTITY].fillna(-1).itertuples(index=False)]
