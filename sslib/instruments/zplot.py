"""Scribner's text, .z: ZPlot, ZView, and the Z60W file that Autolab exports."""

import re
from dataclasses import replace

from sslib.instruments.dates import read_date
from sslib.instruments.delimited import read_text
from sslib.instruments.header import area_of
from sslib.units import cm2

Z_START = r'"?\s*(?:ZPLOT[0-9]* ASCII|ZView Calculated Data File|Z60W? Data File)'

_DEFAULT_AREA = 1 * cm2


def read_z(source, text, columns=None):
    """The tables of a .z file, as `read_text` gives them.

    The columns ``Z'(a)`` and ``Z''(b)`` are the two parts of the impedance in ohm. ``Surface Area`` is in cm2, and 1
    where nobody entered one. ``Date`` and ``Time`` are the start; numbers whose order is not clear are not taken, as
    nothing says how ZPlot orders them. Where the file states a number of points and holds another, the notes say so.

    Raises
    ------
    SpectrumError
        If the file holds no points.
    """
    stated = re.search(r"^\s*Data Points:\s*([0-9]{1,9})\s*$|^([0-9]{1,9})\s*$", text, re.MULTILINE)
    named = re.sub(r"Z'\(a\)(\s+)Z''\(b\)", r"Z'(ohm)\1Z''(ohm)", text)
    tables = read_text(source, named, columns)
    header = dict(tables[0].header)
    if "Surface Area" in header:
        header["Surface Area (cm2)"] = header.pop("Surface Area")
    area, notes = area_of(header, _DEFAULT_AREA)
    held = sum(len(table.values) for table in tables)
    if stated and int(stated[1] or stated[2]) != held:
        notes.append(f"the header states {stated[1] or stated[2]} points, the file holds {held}")
    without_area = [
        replace(table, notes=tuple(note for note in table.notes if "the area in the header" not in note))
        for table in tables
    ]
    started, start_notes = None, []
    if "Date" in header and "Time" in header:
        started, start_notes = read_date(f"{header['Date']} {header['Time']}")
    return [
        replace(table, header=header, area=area, started=started, notes=(*notes, *start_notes, *table.notes))
        for table in without_area
    ]
