"""The way in: a path becomes one spectrum or several, whatever the file is called."""

import difflib
import gzip
import io
import os
import re
import zlib
from dataclasses import replace
from pathlib import Path

from sslib.instruments.arrays import NPY_START, is_npz, read_arrays
from sslib.instruments.biologic import MPR_START, MPT_START, read_mpr, read_mpt
from sslib.instruments.chinstruments import CHI_START, read_chi
from sslib.instruments.dates import with_starts
from sslib.instruments.delimited import decode, read_text
from sslib.instruments.gamry import DTA_START, read_dta
from sslib.instruments.novocontrol import NOVOCONTROL_START, read_novocontrol
from sslib.instruments.spectrum import SpectrumError
from sslib.instruments.spreadsheet import is_xlsx, read_xlsx
from sslib.instruments.table import spectra_of
from sslib.instruments.versastudio import PAR_START, read_par
from sslib.instruments.zplot import Z_START, read_z

_LARGEST = 100_000_000
_ZIP_START = b"PK\x03\x04"
_NOT_TEXT = {
    _ZIP_START: "a zip archive, but no whole spreadsheet (.xlsx) and no .npz",
    b"\xd0\xcf\x11\xe0": "an old Office file (.xls); export the table as text (.csv)",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\x89HDF": "an HDF5 file; export the table as text (.csv)",
}
# What the first lines of a text look like, by the program that wrote it. Where a kind is no more than a table under a
# head of its own (RelaxIS), the delimited reader finds it.
_KINDS = (
    ("|".join(MPT_START), read_mpt),
    (DTA_START, read_dta),
    (PAR_START, read_par),
    (Z_START, read_z),
    (NOVOCONTROL_START, read_novocontrol),
    (CHI_START, read_chi),
    (r"RelaxIS\b", read_text),
)


def read_spectrum(path, loop=None, *, columns=None, imaginary_sign=None):
    """One spectrum from a file, whatever it is called.

    Read are Bio-Logic .mpr and .mpt, Gamry .DTA, ZPlot, ZView and Autolab .z, VersaStudio .par, CH Instruments,
    PARSTAT, PowerSuite, Novocontrol and RelaxIS text, spreadsheets (.xlsx), .npy and .npz (layout: `read_arrays`),
    and any other table in text, packed by gzip or not. A text with two lines or more above its table that are neither
    comments (``# ...``) nor pairs (``key = value``, ``key : value``) comes from a program that is not known: it is
    read as a table, and the notes say so.

    Parameters
    ----------
    path : str or path-like
    loop : int, optional
        Which loop of a file with several, counted from 0 as in the list of `read_spectra`. None takes the first,
        with a note on how many there are.
    columns : str or sequence of str, optional
        Names of the columns of a text, in their order, in place of the names in the file, as a sequence or with
        commas between them: ``"frequency [kHz], real [ohm], -imaginary [ohm]"``.
    imaginary_sign : int, optional
        1 if the file holds Im Z, -1 if it holds -Im Z; by default the name of the column says so.

    Returns
    -------
    Spectrum

    Raises
    ------
    SpectrumError
        If the file is missing or no spectrum, with the path, the line where there is one, what was found and what
        is expected. Points that cannot be used are left out, and `Spectrum.notes` says which.
    """
    spectra = read_spectra(path, columns=columns, imaginary_sign=imaginary_sign)
    if loop is None and len(spectra) > 1:
        note = f"the file holds {len(spectra)} loops; this is the first, loop=0 of 0 to {len(spectra) - 1}"
        return replace(spectra[0], notes=(*spectra[0].notes, note))
    if loop is not None and loop not in range(len(spectra)):
        held = "one loop, loop=0" if len(spectra) == 1 else f"the loops 0 to {len(spectra) - 1}"
        raise SpectrumError(f"{path}: there is no loop {loop}; the file holds {held}")
    return spectra[loop or 0]


def read_spectra(path, *, columns=None, imaginary_sign=None):
    """All loops of a file (list of Spectrum), in its order, each with its own start and cycle where the file has them.

    Parameters and errors are those of `read_spectrum`.
    """
    if imaginary_sign not in (None, 1, -1):
        raise ValueError(f"imaginary_sign is {imaginary_sign!r}; it must be 1 (Im Z), -1 (-Im Z) or None")
    source = str(path)
    if isinstance(columns, str):
        columns = tuple(name.strip() for name in columns.split(","))
    tables = _tables(source, content_of(source), columns)
    spectra, errors = [], []
    for table in tables:
        try:
            spectra += spectra_of(table, imaginary_sign)
        except SpectrumError as error:
            errors.append(error)
    if not spectra:
        raise errors[0]
    spectra = with_starts(spectra, tables[0].started, tables[0].timed_from_start)
    # A file may hold tables without a spectrum, such as the segment of a .par that waits for the rest potential.
    notes = [f"not read: {str(error).removeprefix(source).lstrip(',: ')}" for error in errors]
    return [replace(spectrum, notes=(*spectrum.notes, *notes)) for spectrum in spectra] if notes else spectra


def content_of(source):
    """The bytes of a file, unpacked.

    Raises
    ------
    SpectrumError
        If there is no such file, or it cannot be read, is empty or far too large.
    """
    path = Path(source)
    try:
        if path.is_dir():
            raise IsADirectoryError
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if data.startswith(b"\x1f\x8b"):
            with gzip.open(io.BytesIO(data)) as file:
                data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise SpectrumError(f"{source}: there is no such file{_nearest(path)}") from None
    except IsADirectoryError:
        raise SpectrumError(f"{source}: this is a folder; expected a file with a measurement") from None
    # A damaged gzip file ends in an EOFError or a zlib.error, a path with a zero byte in a ValueError.
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise SpectrumError(
            f"{source}: the file cannot be read ({error}); expected a file with a measurement"
        ) from None
    if len(data) > _LARGEST:
        raise SpectrumError(
            f"{source}: more than {_LARGEST / 1e6:.0f} MB; expected a measurement, which is far smaller"
        )
    if not data.strip():
        raise SpectrumError(f"{source}: the file is empty; expected a table of numbers or a Bio-Logic .mpr")
    return data


def _nearest(path):
    folder = path.parent
    if not folder.is_dir():
        return f", nor the folder {folder}; a relative path starts in {Path.cwd()}"
    names = os.listdir(folder) if os.access(folder, os.R_OK) else []
    near = difflib.get_close_matches(path.name, names, n=3, cutoff=0.5)
    return f"; in its folder there is {' or '.join(near)}" if near else f"; nothing in {folder} has a similar name"


def _tables(source, data, columns):
    if data.startswith(MPR_START):
        if columns is not None:
            raise SpectrumError(f"{source}: a .mpr file names its own columns; expected no columns={columns!r}")
        return [read_mpr(source, data)]
    packed = data.startswith(_ZIP_START)
    if data.startswith(NPY_START) or (packed and is_npz(data)):
        if columns is not None:
            raise SpectrumError(f"{source}: arrays have a layout of their own; expected no columns={columns!r}")
        return read_arrays(source, data)
    if packed and is_xlsx(data):
        return read_xlsx(source, data, columns)
    text = text_of(source, data)
    known = next((read for start, read in _KINDS if re.match(start, text)), None)
    tables = (known or read_text)(source, text, columns)
    if not known and _is_unusual(text, tables[0].head):
        tables = [
            replace(table, notes=("unknown kind of file: read as a table in text", *table.notes)) for table in tables
        ]
    if source.lower().endswith(".mpr"):
        tables = [replace(table, notes=("the file is called .mpr but holds text", *table.notes)) for table in tables]
    return tables


def text_of(source, data):
    """Text of a file; SpectrumError names what it is instead."""
    for start, kind in _NOT_TEXT.items():
        if data.startswith(start):
            raise SpectrumError(f"{source}: this is {kind}. Expected a table in text, or a Bio-Logic .mpr")
    return decode(source, data)


def _is_unusual(text, head):
    """Whether two lines or more above the names (line `head`) are neither comments nor pairs; one may be a title."""
    above = re.split(r"\r\n|\r|\n", text)[: (head or 1) - 1]
    return sum(bool(line.strip()) and not re.match(r"\s*[#%!]|[^=:\t]+(?:=|:(?:\s|$))", line) for line in above) > 1
