"""Spreadsheets: the first sheet of a .xlsx that holds a spectrum, read by openpyxl."""

import io
import warnings
import zipfile
from dataclasses import replace

from sslib.instruments.delimited import read_text
from sslib.instruments.spectrum import SpectrumError
from sslib.instruments.table import spectra_of

_LARGEST = 100_000_000
_ROWS, _COLUMNS = 100_000, 256


def is_xlsx(data):
    """Whether these bytes are a zip archive with a workbook inside."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(name.startswith("xl/") for name in archive.namelist())
    # A damaged archive can end in almost any exception of its parts.
    except Exception:
        return False


def read_xlsx(source, data, columns=None):
    """The tables of the first sheet that holds a spectrum, as `read_text` gives them; a note says which sheet.

    A sheet is read as the text that its cells would make, a line per row, so names, units and lines above the table
    are found as in a text. A formula counts with the value that was saved with it. At most the first 100,000 rows
    and 256 columns of a sheet are read.

    Parameters
    ----------
    source : str
        Path, for messages.
    data : bytes
        The whole file.
    columns : sequence of str, optional
        As for `read_text`.

    Raises
    ------
    ImportError
        If openpyxl is not installed.
    SpectrumError
        If openpyxl cannot read the file, or no sheet holds a spectrum.
    """
    try:
        import openpyxl
    except ImportError:
        raise ImportError(
            f"{source} is a spreadsheet (.xlsx), which openpyxl reads: install it with pip install 'sslib[xlsx]', "
            "or save the table as text (.csv)"
        ) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                size = sum(entry.file_size for entry in archive.infolist())
            if size > _LARGEST:
                raise SpectrumError(f"{source}: {size / 1e6:.0f} MB when unpacked; expected a spectrum, far smaller")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            sheets = {sheet.title: _text(sheet) for sheet in book.worksheets}
    except SpectrumError:
        raise
    # openpyxl unpacks, parses and looks up as it goes, so a damaged file can end in almost any exception.
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise SpectrumError(
            f"{source}: openpyxl cannot read this spreadsheet ({type(error).__name__}: {reason}); expected a complete "
            ".xlsx, or the table as text (.csv)"
        ) from error
    errors = []
    for title, text in sheets.items():
        try:
            tables = read_text(source, text, columns)
            spectra_of(tables[0])
        except SpectrumError as error:
            errors.append(f"sheet {title!r}: {str(error).removeprefix(source).lstrip(',: ')}")
            continue
        others = f"; of {len(sheets)} sheets no other is read" if len(sheets) > 1 else ""
        return [replace(table, notes=(f"read from sheet {title!r}{others}", *table.notes)) for table in tables]
    raise SpectrumError(f"{source}: no sheet with a spectrum. {' / '.join(errors[:5]) or 'There is no sheet'}")


def _text(sheet):
    # The size that a sheet states may be wrong: it is not trusted.
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=_ROWS, max_col=_COLUMNS, values_only=True)
    return "".join("\t".join(map(_cell, row)).rstrip("\t") + "\n" for row in rows)


def _cell(value):
    return "" if value is None else " ".join((repr(value) if isinstance(value, float) else str(value)).split())
