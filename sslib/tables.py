"""Tables: the literature's of ``data/`` as DataFrames, with units and sources; and the rows of a user's CSV file."""

import codecs
import csv
import io
import json
import math
from difflib import get_close_matches
from functools import cache
from pathlib import Path

import numpy as np

DATA = Path(__file__).parents[1] / "data"


@cache
def _resources():
    description = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in description["resources"]}


def table(name):
    """A literature table as a DataFrame.

    Parameters
    ----------
    name : str
        As in ``data/datapackage.json``.

    Returns
    -------
    pandas.DataFrame
        With the units by column in ``attrs["units"]``, the sources in ``attrs["sources"]`` and what is known of
        misprints in ``attrs["misprints"]``; indexed by the table's key where that is one column.

    Raises
    ------
    ValueError
        For a name that is not described; the nearest ones are named.

    Examples
    --------
    >>> table("pybamm_cells").loc["A_base", "thickness_m"]
    np.float64(7e-05)
    >>> table("pybamm_cells").attrs["units"]["thickness_m"]
    'm'
    """
    import pandas as pd

    resources = _resources()
    if name not in resources:
        near = get_close_matches(name, resources, n=3, cutoff=0) or list(resources)
        raise ValueError(f"there is no table {name!r}; the nearest are {', '.join(near)}")
    resource = resources[name]
    key = resource["schema"].get("primaryKey", [])
    frame = pd.read_csv(
        DATA / resource["path"],
        comment=resource.get("dialect", {}).get("commentChar"),
        index_col=key[0] if len(key) == 1 else None,
    )
    frame.attrs["units"] = {field["name"]: field.get("unit") for field in resource["schema"]["fields"]}
    frame.attrs["sources"] = [source["title"] for source in resource["sources"]]
    frame.attrs["misprints"] = resource["misprints"]
    return frame


def read_rows(path, expected):
    """Rows of a user's CSV file as spreadsheets write it: by commas, semicolons or tabs, in any common encoding.

    Parameters
    ----------
    path : str or path-like
    expected : sequence of str
        Names of columns, for the message about an empty file.

    Returns
    -------
    header : list of str
    rows : list of (int, list of str)
        The line and the fields of each row that is not empty, below the header.
    commas : bool
        Whether commas separate, so that a decimal comma needs quotes.

    Raises
    ------
    ValueError
        For a file that is empty or no text, and for a quote without its end.
    """
    source = Path(path).name
    text = _text(source, Path(path).read_bytes())
    first = next((line for line in text.splitlines() if line.strip()), "")
    if not first:
        raise ValueError(f"{source}: the file is empty; expected the columns {', '.join(expected)} and rows below them")
    separator = max((",", ";", "\t"), key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    try:
        rows = [(reader.line_num, fields) for fields in reader if any(field.strip() for field in fields)]
    except csv.Error as error:
        raise ValueError(f"{source}, line {reader.line_num}: {error}; save the table as CSV") from None
    header = [name.strip() for name in rows[0][1]]
    while header and not header[-1]:
        header.pop()
    return header, rows[1:], separator == ","


def read_columns(path, names):
    """Columns of numbers of a user's CSV file; other columns may stand beside them.

    Parameters
    ----------
    path : str or path-like
        Separated by commas, semicolons or tabs; a decimal comma is understood where commas do not separate.
    names : sequence of str
        Headings of the columns asked for.

    Returns
    -------
    list of numpy.ndarray
        One for each name, of shape (rows,).

    Raises
    ------
    ValueError
        For a column that is missing, and a field that is no finite number, with its line.
    """
    source = Path(path).name
    header, rows, commas = read_rows(path, names)
    missing = [name for name in names if name not in header]
    if missing:
        raise ValueError(f"{source}: there is no column {missing[0]}; the columns are {', '.join(header)}")
    columns = []
    for name in names:
        place, numbers = header.index(name), []
        for line, fields in rows:
            text = fields[place].strip() if place < len(fields) else ""
            try:
                numbers.append(float(text if commas else text.replace(",", ".")))
            except ValueError:
                numbers.append(math.nan)
            if not math.isfinite(numbers[-1]):
                raise ValueError(f"{source}, line {line}, column {name}: {text!r} is no number")
        columns.append(np.array(numbers))
    return columns


def _text(source, data):
    """Text of a file: UTF-8 or UTF-16 with their marks, else UTF-8, else the Western one of spreadsheets."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    if b"\0" in data:
        raise ValueError(f"{source}: this is no text; save the table as CSV")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
