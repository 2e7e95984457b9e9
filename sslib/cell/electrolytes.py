"""Properties of electrolytes as ranges in SI: those of the literature's tables, and a user's own."""

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from sslib.mechanics import bulk_modulus, homologous_temperature, pugh_of_poisson, pugh_ratio, shear_modulus
from sslib.tables import read_rows, table
from sslib.units import MPa, S_cm, eV, g_cm3, mA_cm2


@dataclass(frozen=True)
class Property:
    """A property of an electrolyte: its words, the unit in its column's name, and the range that is no slip of it."""

    label: str
    unit: str
    factor: float
    lowest: float
    highest: float


PROPERTIES = {
    "conductivity": Property("ionic conductivity", "S_cm", S_cm, 1e-14, 10),
    "density": Property("density", "g_cm3", g_cm3, 0.1, 20),
    "electronic_conductivity": Property("electronic conductivity", "S_cm", S_cm, 1e-20, 1e4),
    "window_lower": Property("lower end of the stability window", "V", 1.0, -1, 6),
    "window_upper": Property("upper end of the stability window", "V", 1.0, -1, 10),
    "relative_permittivity": Property("relative permittivity", "", 1.0, 1, 1e6),
    "critical_current": Property("critical current density", "mA_cm2", mA_cm2, 1e-6, 1e4),
    "specific_heat": Property("specific heat", "J_kg_K", 1.0, 10, 1e4),
    "thermal_conductivity": Property("thermal conductivity", "W_m_K", 1.0, 1e-3, 1e3),
    "activation_energy": Property("activation energy of the conductivity", "eV", eV, 0, 3),
    "expansion": Property("thermal expansion coefficient", "1_K", 1.0, -1e-4, 1e-3),
    "youngs_modulus": Property("Young's modulus", "GPa", 1e3 * MPa, 1e-4, 1500),
    "poisson_ratio": Property("Poisson's ratio", "", 1.0, -0.99, 0.499),
    "shear_modulus": Property("shear modulus", "GPa", 1e3 * MPa, 1e-4, 1000),
    "pugh_ratio": Property("ratio K/G", "", 1.0, 1e-3, 1e3),
    "fracture_toughness": Property("fracture toughness", "MPa_m05", MPa, 1e-4, 1e3),
    "hardness": Property("hardness", "GPa", 1e3 * MPa, 1e-4, 200),
}
"""What the tables ``electrolytes`` and ``electrolyte_properties`` know, by the beginning of their columns' names."""

_TEXTS = ("material", "class", "year", "source", "checked", "note", "moist_air_product", "open_above")


def column_names(name):
    """Columns of a property's value (or lower end) and of its upper end in a table.

    >>> column_names("shear_modulus"), column_names("poisson_ratio")
    (('shear_modulus_GPa', 'shear_modulus_high_GPa'), ('poisson_ratio', 'poisson_ratio_high'))
    """
    unit = f"_{PROPERTIES[name].unit}" if PROPERTIES[name].unit else ""
    return f"{name}{unit}", f"{name}_high{unit}"


def literature_electrolytes():
    """Electrolytes of the literature (dict of str to dict): by material, a range (low, high) in SI by property.

    A property that no source states is absent; one value is a range of no width; an upper end that the source leaves
    open is infinite. The range of K/G takes in what is printed and what Poisson's ratio implies.

    >>> from sslib.units import GPa
    >>> low, high = literature_electrolytes()["LPS"]["shear_modulus"]
    >>> round(low / GPa, 1), round(high / GPa, 1)
    (3.4, 9.5)
    """
    known = table("electrolytes").drop(columns=["source", "checked"])
    joined = known.join(table("electrolyte_properties").drop(columns=["source", "checked"]))
    rows = joined.reset_index().to_dict("records")
    return {row["material"]: _in_SI(row) for row in rows}


def read_electrolytes(path):
    """A user's electrolytes from a CSV file, as `literature_electrolytes` gives them.

    Parameters
    ----------
    path : str or path-like
        Separated by commas, or by semicolons or tabs with a decimal comma or point. A column ``material`` and any of
        the columns of ``data/electrolytes.csv`` and ``data/electrolyte_properties.csv``; an empty field is not known.

    Raises
    ------
    ValueError
        For a column that is not known (the nearest is named), a value outside of what is possible, by row and column,
        a range that runs downward, or a file without a material.
    """
    name, found = Path(path).name, {}
    header, rows, commas = read_rows(path, ["material"])
    _check_columns(name, header)
    for number, (line, fields) in enumerate(rows, 1):
        where = f"{name}, row {number} (line {line})"
        while len(fields) > len(header) and not fields[-1].strip():
            fields = fields[:-1]
        if len(fields) > len(header):
            raise ValueError(f"{where}: more fields than columns; a decimal comma needs semicolons between")
        texts = [field.strip() for field in fields] + [""] * (len(header) - len(fields))
        row = dict(zip(header, texts, strict=True))
        material = row["material"]
        if not material or material in found:
            what = "is there twice" if material else "is empty"
            raise ValueError(f"{where}, column material: {material!r} {what}")
        found[material] = _in_SI(_numbers(where, row, not commas))
    if not found:
        raise ValueError(f"{name}: there is no row below the header; expected one for each electrolyte")
    return found


def pick_electrolytes(known, names):
    """The electrolytes of these names (dict), in their order; ValueError names the nearest to one that is not there.

    >>> sorted(pick_electrolytes(literature_electrolytes(), ["LLZO"])["LLZO"])[:2]
    ['activation_energy', 'conductivity']
    """
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=3, cutoff=0.3) or list(known)
            raise ValueError(f"there is no electrolyte {name!r}; the nearest are {'; '.join(near)}")
    return {name: known[name] for name in names}


def against_table_1():
    """Ratios and moduli that source 002 prints, recomputed from the other entries of its Table 1 (DataFrame).

    Columns ``ours``, ``published`` and ``tolerance`` [relative]: half a unit of the last printed digit of what goes in
    and what comes out.
    """
    import pandas as pd

    known, lithium = literature_electrolytes(), table("lithium_properties")["value"]
    lipon, llzo, lps = (known[name] for name in ("LiPON (sputtered)", "LLZO", "LPS"))
    soft = lithium["shear modulus (002)"] * 1e3 * MPa
    rows = [("homologous temperature of lithium at 363 K", homologous_temperature(363.0), 0.8, 0.001)]
    for label, one, end, printed, ratio in (
        ("LiPON", lipon, 0, 31, 1.66),
        ("LPS, low", lps, 0, 3.4, 1.88),
        ("LPS, high", lps, 1, 9.5, 2.58),
    ):
        youngs, poisson, shear = (one[name][end] for name in ("youngs_modulus", "poisson_ratio", "shear_modulus"))
        rows.append((f"G from E and ν, {label} [GPa]", shear_modulus(youngs, poisson) / 1e9, printed, 0.02))
        rows.append((f"K/G, {label}", pugh_ratio(bulk_modulus(youngs, poisson), shear), ratio, 0.003))
    for label, end, printed in (("low", 0, 58), ("high", 1, 60)):
        modulus = shear_modulus(llzo["youngs_modulus"][end], llzo["poisson_ratio"][end])
        rows.append((f"G from E and ν, LLZO, {label} [GPa]", modulus / 1e9, printed, 0.01))
    for label, one, printed in (("LiPON", lipon, 7), ("LLZO", llzo, 14)):
        rows.append((f"shear modulus over lithium's, {label}", one["shear_modulus"][1] / soft, printed, 0.05))
    return pd.DataFrame(rows, columns=["quantity", "ours", "published", "tolerance"])


def _check_columns(name, columns):
    known = [*_TEXTS, *(column for each in PROPERTIES for column in column_names(each))]
    if "material" not in columns:
        raise ValueError(f"{name}: the column material is missing; columns are {', '.join(known)}")
    for column in columns:
        if columns.count(column) > 1:
            raise ValueError(f"{name}: the column {column} is there twice")
        if column not in known:
            near = ", ".join(get_close_matches(column, known, n=2, cutoff=0.4)) or "none near"
            raise ValueError(f"{name}: the column {column!r} is unknown (meant: {near}?)")


def _numbers(where, row, decimal_comma):
    """The row with numbers in place of texts, NaN where a field is empty, each in its possible range."""
    read = dict(row)
    for name, known in PROPERTIES.items():
        low, high = column_names(name)
        for column in (low, high):
            text = row.get(column, "")
            plain = text.replace(",", ".") if decimal_comma else text
            try:
                read[column] = float(plain) if plain else np.nan
            except ValueError:
                raise ValueError(f"{where}, column {column}: {text!r} is no number") from None
            if plain and not known.lowest <= read[column] <= known.highest:
                allowed = f"between {known.lowest:g} and {known.highest:g}"
                raise ValueError(f"{where}, column {column}: it is {text}; it must be {allowed}")
        if np.isnan(read[low]) and not np.isnan(read[high]):
            raise ValueError(f"{where}, column {high}: an upper end without a value in {low}")
        if read[high] < read[low]:
            raise ValueError(f"{where}, column {high}: it is below {low}; a range runs upward")
    for name in row.get("open_above", "").split():
        if name not in PROPERTIES:
            near = ", ".join(get_close_matches(name, PROPERTIES, n=2, cutoff=0.3)) or "none near"
            raise ValueError(f"{where}, column open_above: {name!r} is no property (meant: {near}?)")
    if read.get("window_upper_V", np.inf) <= read.get("window_lower_V", -np.inf):
        raise ValueError(f"{where}, column window_upper_V: it is below window_lower_V; a window runs upward")
    return read


def _in_SI(row):
    open_above = str(row.get("open_above")).split()
    ranges = {}
    for name, known in PROPERTIES.items():
        low, high = (row.get(column, np.nan) for column in column_names(name))
        if not np.isnan(low):
            top = np.inf if name in open_above else low if np.isnan(high) else high
            ranges[name] = (low * known.factor, top * known.factor)
    if "poisson_ratio" in ranges:
        implied = [float(pugh_of_poisson(end)) for end in ranges["poisson_ratio"]]
        stated = ranges.get("pugh_ratio", implied)
        ranges["pugh_ratio"] = (min(*implied, *stated), max(*implied, *stated))
    return ranges
