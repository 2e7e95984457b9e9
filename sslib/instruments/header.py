"""What stands above a table: keys and values, and the area, temperature, start and cycle among them."""

import re
from math import inf

from sslib.instruments.columns import zero_of
from sslib.instruments.dates import read_date
from sslib.units import cm2, mm2

NUMBER = re.compile(r"[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?")

_PAIR = re.compile(r"(?P<key>[^=:\t]+?)\s*(?:=|:(?=\s|$))\s*(?P<value>.*)")
_AREA = re.compile(r"(?:(?:electrode|sample|active|geometric|cell) )?(?:surface )?area")
_TEMPERATURE = re.compile(r"(?:(?:sample|cell) )?temp(?:erature)?\.?")
# A plain "date" may be that of the export, and "time" anything.
_STARTED = re.compile(r"(?:measurement )?started(?: (?:on|at))?")
_CYCLE = re.compile(r"(?:cycle|loop)(?: (?:number|index|no\.?))?")
_AREA_UNITS = {"m2": 1.0, "cm2": cm2, "mm2": mm2}


def read_header(lines):
    """Keys and values (dict of str to str) of lines such as ``# area_cm2 = 0.785`` or ``User : x``.

    The first line that is no pair is the ``title``. A key that comes again keeps its first value.

    >>> read_header(["# Cathode; generated", "# area_cm2 = 0.785", "Directory : C:/x"])
    {'title': 'Cathode; generated', 'area_cm2': '0.785', 'Directory': 'C:/x'}
    """
    header = {}
    for line in lines:
        text = line.strip().lstrip("#%!").strip().strip('"').strip()
        pair = _PAIR.fullmatch(text)
        if pair:
            header.setdefault(pair["key"], pair["value"])
        elif text:
            header.setdefault("title", text)
    return header


def area_of(header, default=None):
    """Area [m2] that a header states (or None), and notes (list of str) on one that is not taken.

    Parameters
    ----------
    header : dict of str to str
    default : float, optional
        Area [m2] that the instrument writes where nobody entered one, which is no measurement.
    """
    for key, number, unit in _stated(header, _AREA):
        if unit not in _AREA_UNITS:
            return None, [f"the area in the header ({key!r}: {header[key]}) has no unit that is understood: not taken"]
        area = number * _AREA_UNITS[unit]
        if default is not None and abs(area - default) < 1e-6 * default:
            return None, [f"the area in the header ({number:g} {unit}) is the instrument's default: not taken"]
        if not 0 < area < inf:
            return None, [f"the area in the header ({number:g} {unit}) is not positive and finite: not taken"]
        return area, []
    return None, []


def temperature_of(header):
    """Temperature [K] that a header states (or None), and notes (list of str) on one that is not taken."""
    for key, number, unit in _stated(header, _TEMPERATURE):
        zero = zero_of(unit)
        if zero is None:
            return None, [f"the temperature in the header ({key!r}: {header[key]}) has no unit: not taken"]
        temperature = number + zero
        if not 0 < temperature < inf:
            return None, [f"the temperature in the header ({number:g} {unit}) is no temperature: not taken"]
        return temperature, []
    return None, []


def started_of(header):
    """When the measurement began, as a header states it (datetime or None), and notes (list of str)."""
    for key, value in header.items():
        if _STARTED.fullmatch(key.replace("_", " ").lower()):
            return read_date(value)
    return None, []


def cycle_of(header):
    """Number of the cycle that a header states, or None."""
    for key, value in header.items():
        number = NUMBER.fullmatch(value.strip())
        if number and _CYCLE.fullmatch(key.replace("_", " ").lower()):
            cycle = float(number[0].replace(",", "."))
            return cycle if cycle < inf else None
    return None


def _stated(header, names):
    """Key, number and unit of each entry with such a name; the unit may stand in the key or after the number."""
    for key, value in header.items():
        number = NUMBER.match(value)
        words = re.fullmatch(r"(?P<name>.+?)(?:[_ ]?[\[(]|_)(?P<unit>[^\s_\])]+)[\])]?", key)
        for name, unit in ((key, value[number.end() :] if number else ""), words.groups() if words else ("", "")):
            if number and names.fullmatch(name.strip().replace("_", " ").lower()):
                yield key, float(number[0].replace(",", ".")), unit.strip().lower().replace("²", "2").replace("^", "")
