"""Bio-Logic's two formats: the binary .mpr, read by galvani, and the text .mpt."""

import io
import re
import struct
import warnings
from dataclasses import replace

import numpy as np

from sslib.instruments.dates import MONTH_FIRST, read_date
from sslib.instruments.delimited import read_text
from sslib.instruments.header import area_of
from sslib.instruments.spectrum import SpectrumError
from sslib.instruments.table import SPECTRUM, Table
from sslib.units import cm2

MPR_START = b"BIO-LOGIC MODULAR FILE"
MPT_START = ("EC-Lab ASCII FILE", "BT-Lab ASCII FILE")

_DEFAULT_AREA = 0.001 * cm2
# Where the settings of EC-Lab 10 and 11 hold the area as a float [cm2]: before the name of the reference electrode.
_AREA_OFFSET = 0x211
# Where the settings of EC-Lab 11.6 hold those of a PEIS in one sequence of 52: the first frequency, its unit (0 is MHz,
# each step a thousandth) and Va [mV], the peak of the sine. In three files Va is what their export or |Ewe| says.
_PEIS = b"\x1d"
_SEQUENCES_OFFSET, _SEQUENCES = 0x1847, (1, 52)
_FIRST_OFFSET, _VA_OFFSET = 0x1862, 0x1872
_AMPLITUDE = re.compile(r"^(Va \(mV\)|Ia|unit +Ia)(?: {2,}|\t)(.*)$", re.MULTILINE)


def read_mpr(source, data):
    """The table of a .mpr file.

    Its log states when the acquisition started; the times count from there, also where other techniques came before.

    Parameters
    ----------
    source : str
        Path, for messages.
    data : bytes
        The whole file.

    Raises
    ------
    ImportError
        If galvani is not installed.
    SpectrumError
        If galvani cannot read the file.
    """
    try:
        from galvani.BioLogic import MPRfile
    except ImportError:
        raise ImportError(
            f"{source} is a Bio-Logic .mpr file, which galvani reads: install it with pip install 'sslib[mpr]', "
            "or export the file as text (.mpt) in EC-Lab"
        ) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            file = MPRfile(io.BytesIO(data))
    # The format is not published: galvani asserts, unpacks and looks up as it goes, so a damaged file can end in
    # almost any exception.
    except Exception as error:
        reason = " ".join(str(error).split()) or "a check of its own failed"
        raise SpectrumError(
            f"{source}: galvani cannot read this .mpr file ({type(error).__name__}: {reason[:200]}); it may be cut "
            "short, damaged or of a newer kind. Expected a complete .mpr, or its export as text (.mpt) from EC-Lab"
        ) from error
    header = {"instrument": "Bio-Logic"}
    if hasattr(file, "timestamp"):
        header["Acquisition started on"] = file.timestamp.isoformat()
    settings = next(module["data"] for module in file.modules if module["shortname"] == b"VMP Set   ")
    if len(settings) >= _AREA_OFFSET + 4:
        header["Electrode surface area"] = f"{struct.unpack_from('<f', settings, _AREA_OFFSET)[0]:.6g} cm2"
    area, notes = area_of(header, _DEFAULT_AREA)
    names = file.data.dtype.names
    if "freq/Hz" in names and len(file.data):
        header |= _peis_amplitude(settings, float(file.data["freq/Hz"][0]))
    return Table(
        source,
        names,
        np.column_stack([file.data[name].astype(float) for name in names]),
        header=header,
        area=area,
        started=getattr(file, "timestamp", None),
        timed_from_start=True,
        notes=tuple(notes),
    )


def _peis_amplitude(settings, first_frequency):
    """``Va (mV)`` of a .mpr as its export states it; nothing where the settings are laid out otherwise.

    The frequency that the settings begin with has to be the one that was measured first: other versions of EC-Lab
    shift the table by some bytes.
    """
    if len(settings) < _VA_OFFSET + 4 or not settings.startswith(_PEIS):
        return {}
    first, unit = struct.unpack_from("<fB", settings, _FIRST_OFFSET)
    (amplitude,) = struct.unpack_from("<f", settings, _VA_OFFSET)
    laid_out = struct.unpack_from("<HH", settings, _SEQUENCES_OFFSET) == _SEQUENCES
    if not laid_out or not np.isclose(first * 10.0 ** (6 - 3 * unit), first_frequency, rtol=0.01):
        return {}
    return {"Va (mV)": f"{amplitude:.6g}"}


def read_mpt(source, text, columns=None, wanted=SPECTRUM):
    """The tables of a .mpt file, as `read_text` gives them.

    The amplitude stands among the settings, a column for each sequence of the technique, as ``Va (mV)`` or as ``Ia``
    and ``unit Ia``; the head of the spectrum has it under that name, several values one after another where they
    differ.

    EC-Lab states loops above the table: ``Loop 1 from point number 60 to 119``. They part the points as a change of
    the cycle number does, and number the cycle where the table does not.

    ``Acquisition started on`` is what the times count from. As far as is known, EC-Lab writes the month first in every
    language and takes only the signs between the numbers from it: galvani reads the dates of .mpr files so, with
    ``/``, ``-`` and ``.``, and checks them against the time stamp inside; yadg and ixdat read exports so. Where the
    day could be the month, a note says how it was read.

    Raises
    ------
    SpectrumError
        If the file ends within its header, or holds no table that is wanted.
    """
    stated = re.search(r"^Nb header lines\s*:\s*([0-9]+)", text, re.MULTILINE)
    length = len(text.splitlines())
    if stated and length <= int(stated[1]):
        raise SpectrumError(
            f"{source}, line {length}: the file ends here, within a header of {stated[1]} lines; expected the table "
            "below it, so the file is cut short"
        )
    loops = re.findall(r"^Loop ([0-9]{1,9}) from point number ([0-9]{1,9}) to [0-9]+", text, re.MULTILINE)
    numbers, first_points = np.array(loops, dtype=int).reshape(-1, 2).T
    begun = re.search(r"^[ \t]*Acquisition started on *:(.*)$", text, re.MULTILINE)
    started, notes = read_date(begun[1], MONTH_FIRST, "EC-Lab writes it so") if begun else (None, [])
    amplitude = _stated_amplitude(text)
    return [
        replace(
            table,
            header=table.header | amplitude,
            started=started,
            timed_from_start=True,
            loops=_loops_of_rows(table, numbers, first_points),
            notes=(*table.notes, *notes),
        )
        for table in read_text(source, text, columns, default_area=_DEFAULT_AREA, wanted=wanted)
    ]


def _stated_amplitude(text):
    """By name the lines of the amplitude among the settings; under control of the current that of the current."""
    found = {}
    for name, columns in _AMPLITUDE.findall(text):
        found.setdefault(" ".join(name.split()), ", ".join(dict.fromkeys(columns.split())))
    if "Ia" in found:
        found.pop("Va (mV)", None)
    return {name: value for name, value in found.items() if value}


def _loops_of_rows(table, numbers, first_points):
    """The number that the head gives to the loop of each row, -1 above the first of them; None without loops."""
    if table.head is None or not len(numbers):
        return None
    order = np.argsort(first_points, kind="stable")
    last_begun = np.searchsorted(first_points[order], table.lines - table.head - 1, side="right")
    return np.concatenate([[-1], numbers[order]])[last_begun].astype(float)
