"""Novocontrol's text: a line of fixed values above a table."""

import re
from dataclasses import replace

from sslib.instruments.delimited import read_text
from sslib.instruments.header import temperature_of

NOVOCONTROL_START = r"(?:[^\n]*\n){0,3}[ \t]*Fixed value\(s\)"


def read_novocontrol(source, text, columns=None):
    """The tables of a text from WinDETA, as `read_text` gives them.

    The fixed values stand in one line, ``Fixed value(s) :  Temp. [°C]=2.5e+01  AC Volt  [Vrms]=7.1e-03``: each
    becomes an entry of the header, and the temperature that of the spectrum.

    Raises
    ------
    SpectrumError
        If there is no table with the columns of a spectrum, such as one of permittivities alone.
    """
    line = re.search(r"^[ \t]*Fixed value\(s\)\s*:(.*)$", text, re.MULTILINE)
    pairs = re.findall(r"([A-Za-z][^=\[\]]{0,50}\[[^\]]{0,20}\])\s*=\s*(\S+)", line[1] if line else "")
    fixed = {" ".join(name.split()): value for name, value in pairs}
    temperature, notes = temperature_of(fixed)
    return [
        replace(table, header=table.header | fixed, temperature=temperature, notes=(*notes, *table.notes))
        for table in read_text(source, text, columns)
    ]
