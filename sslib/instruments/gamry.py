"""Gamry's text, .DTA: tagged lines, then tables that each bear a tag."""

import re
from dataclasses import replace

from sslib.instruments.dates import order_shown, read_date
from sslib.instruments.delimited import read_text
from sslib.instruments.header import NUMBER, area_of
from sslib.units import cm2

DTA_START = r"EXPLAIN\s"

_DEFAULT_AREA = 1 * cm2


def read_dta(source, text, columns=None):
    """The tables of a .DTA file, as `read_text` gives them.

    The header is read from the tags above the table (``AREA  QUANT  2.5  &Area (cm^2)``), whose label holds the
    unit. A run that was aborted keeps the points that it measured and says so in its notes.

    DATE and TIME are those of the start of the run: conditioning and rest before the sweep follow them. Gamry orders
    the numbers of a date as Windows does; another date of the file may show how.

    Raises
    ------
    SpectrumError
        If the file holds no table ZCURVE with points.
    """
    header = {}
    for line in text.splitlines():
        cells = line.split("\t")
        if len(cells) > 3 and re.fullmatch(r"[A-Z][A-Z0-9_]*", cells[0]) and cells[2].strip():
            label = cells[-1].replace("&", "").strip()
            header.setdefault("Area (cm2)" if cells[0] == "AREA" else label or cells[0], cells[2].strip())
    area, area_notes = area_of(header, _DEFAULT_AREA)
    started, start_notes = _started(text, header)
    return [
        replace(
            table,
            header=header,
            area=area,
            started=started,
            notes=(*area_notes, *start_notes, *table.notes, *_aborted(header)),
        )
        # Gamry's other tables (open circuit before, raw signals below) are no part of the spectrum.
        for table in read_text(source, _without_other_tables(text), columns)
    ]


def _without_other_tables(text):
    """The text with all lines emptied that are no part of a table ZCURVE, so that the line numbers stay."""
    lines, inside = re.split(r"\r\n|\r|\n", text), False
    for index, line in enumerate(lines):
        if line[:1].strip():
            inside = line.startswith("ZCURVE")
        if not inside or line.startswith("ZCURVE"):
            lines[index] = ""
    return "\n".join(lines)


def _started(text, header):
    date, time = (re.search(rf"^{tag}\tLABEL\t([^\t\n]+)", text, re.MULTILINE) for tag in ("DATE", "TIME"))
    if not (date and time):
        return None, []
    return read_date(f"{date[1]} {time[1]}", order_shown(header.values()), "other dates of the file show it")


def _aborted(header):
    if not header.get("Experiment Aborted", "F").startswith("T"):
        return []
    asked = NUMBER.match(header.get("Final Freq. (Hz)", ""))
    return ["the run was aborted before its end" + (f", which was to be at {asked[0]} Hz" if asked else "")]
