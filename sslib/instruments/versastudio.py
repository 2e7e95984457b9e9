"""VersaStudio's .par: sections as in XML, with a row of comma-separated numbers per point in each segment."""

import re
from dataclasses import replace

from sslib.instruments.dates import read_date
from sslib.instruments.delimited import read_text
from sslib.instruments.header import area_of
from sslib.units import cm2

PAR_START = r"<Application>\s+Name=VersaStudio"

_DEFAULT_AREA = 1 * cm2


def read_par(source, text, columns=None):
    """The tables of a .par file, one for each segment, as `read_text` gives them.

    The line ``Definition=`` names the columns; after the last it writes zeros for columns that are not there
    (``..., ActionId, AC Amplitude, 0`` over 24 numbers). Z is the ratio of the complex E [V] and I [A] of its row,
    so in ohm. VersaStudio's manual (appendix 3) says that these numbers are not calibrated, and that what is copied
    from the program is; the notes hand that on. ``DateAcquired`` and ``TimeAcquired`` are the start of the experiment,
    from which the elapsed time counts over all segments.

    Raises
    ------
    SpectrumError
        If the file holds no segment with points.
    """
    lines, inside, named = re.split(r"\r\n|\r|\n", text), False, False
    for index, line in enumerate(lines):
        if re.match(r"\s*</?[A-Za-z]", line):
            inside = line.strip().startswith("<Segment")
        if inside and line.startswith("Definition="):
            names = re.sub(r"(?:\s*,\s*0)+\s*$", "", line.removeprefix("Definition="))
            lines[index] = re.sub(r"\b(Z (?:Real|Imag))(?=\s*(?:,|$))", r"\1 (ohm)", names)
            named = True
        # Settings above the first segment are the header; others, and the layout of the windows, are not read.
        elif not (inside and re.match(r"\s*[-+.0-9]", line)) and (named or "=" not in line):
            lines[index] = ""
    tables = read_text(source, "\n".join(lines), columns)
    header = tables[0].header
    area, area_notes = area_of(_working(header), _DEFAULT_AREA)
    started, start_notes = None, []
    if "DateAcquired" in header and "TimeAcquired" in header:
        started, start_notes = read_date(f"{header['DateAcquired']} {header['TimeAcquired']}")
    note = "VersaStudio's manual calls the numbers of a .par file not calibrated: compare with a copy from the program"
    return [
        replace(
            table,
            area=area,
            started=started,
            timed_from_start=True,
            notes=(*area_notes, *start_notes, *table.notes, note),
        )
        for table in tables
    ]


def _working(header):
    return {key.removeprefix("Working "): value for key, value in header.items()}
