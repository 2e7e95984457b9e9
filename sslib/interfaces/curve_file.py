"""A polarisation curve from a table of voltages and currents."""

from pathlib import Path

import numpy as np

from sslib.tables import read_rows
from sslib.units import mA_cm2

COLUMNS = {"voltage_V": 1.0, "current_mA_cm2": mA_cm2}


def read_polarisation_curve(path):
    """Steady voltages [V] and current densities [A/m2] of a CSV file with the columns voltage_V and current_mA_cm2.

    Parameters
    ----------
    path : str or path-like
        Separated by commas, semicolons or tabs, other columns allowed; a decimal comma is understood where commas do
        not separate.

    Returns
    -------
    tuple of numpy.ndarray
        (voltage [V], current density [A/m2]), each of shape (points,).

    Raises
    ------
    ValueError
        For a column that is missing and a field that is no number, with its line.
    """
    source = Path(path).name
    header, rows, commas = read_rows(path, tuple(COLUMNS))
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise ValueError(f"{source}: there is no column {missing[0]}; the columns are {', '.join(header)}")
    places = [header.index(name) for name in COLUMNS]
    points = []
    for line, fields in rows:
        texts = [fields[place].strip() if place < len(fields) else "" for place in places]
        try:
            points.append([float(text if commas else text.replace(",", ".")) for text in texts])
            if not np.isfinite(points[-1]).all():
                raise ValueError
        except ValueError:
            raise ValueError(f"{source}, line {line}: {' and '.join(map(repr, texts))} must both be numbers") from None
    voltage, current = np.array(points).reshape(-1, 2).T
    return voltage, current * COLUMNS["current_mA_cm2"]
