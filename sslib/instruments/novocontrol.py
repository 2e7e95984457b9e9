"""Novocontrol's text: a line of fixed values above a table."""

import re
from dataclasses import replace

from sslib.instruments.dates import DAY_FIRST, read_date
from sslib.instruments.delimited import read_text
from sslib.instruments.header import temperature_of

NOVOCONTROL_START = r"(?:[^\n]*\n){0,3}[ \t]*Fixed value\(s\)"


def read_novocontrol(source, text, columns=None):
    """The tables of a text from WinDETA, as `read_text` gives them.

    The fixed values stand in one line, ``Fixed value(s) :  Temp. [°C]=2.5e+01  AC Volt  [Vrms]=7.1e-03``: each
    becomes an entry of the header, and the temperature that of the spectrum. A title may end in date and time of the
    measurement, ``LAGP dynamicVT, 1.12.2020, 14:42``, with points after day and month as in German.

    Raises
    ------
    SpectrumError
        If there is no table with the columns of a spectrum, such as one of permittivities alone.
    """
    line = re.search(r"^[ \t]*Fixed value\(s\)\s*:(.*)$", text, re.MULTILINE)
    pairs = re.findall(r"([A-Za-z][^=\[\]]{0,50}\[[^\]]{0,20}\])\s*=\s*(\S+)", line[1] if line else "")
    fixed = {" ".join(name.split()): value for name, value in pairs}
    temperature, notes = temperature_of(fixed)
    title = re.search(
        r",\s*([0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}),\s*([0-9]{1,2}:[0-9:]{2,5})\s*$", text.partition("\n")[0][-100:]
    )
    started, start_notes = None, []
    if title:
        started, start_notes = read_date(f"{title[1]} {title[2]}", DAY_FIRST, "points part it as in German")
    return [
        replace(
            table,
            header=table.header | fixed,
            temperature=temperature,
            started=started,
            notes=(*notes, *start_notes, *table.notes),
        )
        for table in read_text(source, text, columns)
    ]
