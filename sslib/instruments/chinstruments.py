"""CH Instruments' text: the moment of the measurement in its first line, settings, a table."""

import re
from dataclasses import replace

from sslib.instruments.dates import read_date
from sslib.instruments.delimited import read_text

CHI_START = r"(?:[^\n]*\n){0,3}A\.C\. Impedance\s"


def read_chi(source, text, columns=None):
    """The tables of a text of CH Instruments, as `read_text` gives them, with the moment of its first line.

    Raises
    ------
    SpectrumError
        If there is no table with the columns of a spectrum.
    """
    first = text.lstrip().partition("\n")[0][:100].strip()
    # A line that holds no time of day is another one: the name of the technique, or a title.
    started, notes = read_date(first) if re.search(r"[0-9]{4}.*[0-9]:[0-9]{2}", first) else (None, [])
    return [replace(table, started=started, notes=(*notes, *table.notes)) for table in read_text(source, text, columns)]
