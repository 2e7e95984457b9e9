"""Tables in text: any separator, decimal point or comma, encoding, and lines above and below the table."""

import codecs
import csv
import re
from typing import NamedTuple

import numpy as np

from sslib.instruments.columns import parse_unit
from sslib.instruments.header import NUMBER, area_of, cycle_of, read_header, started_of, temperature_of
from sslib.instruments.spectrum import SpectrumError
from sslib.instruments.table import SPECTRUM, Table, not_found, ranges, recognised

_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# Two spaces part columns whose names hold single ones.
_SEPARATORS = ("\t", ";", ",", "  ", " ")
_LONGEST_NAMES = 10_000
# A row of units, comments or the name of the sample may stand between the names and the first row.
_GAP = 8
_NO_VALUE = {"", "-", "--", "---", "nan", "inf", "+inf", "-inf", "na", "n/a", "none"}
_CLOCK = re.compile(r"\d+:\d\d:\d\d(?:[.,]\d+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})")


class _Start(NamedTuple):
    """Where a table starts: index of the line of names, the names, units, index and separator of the first row."""

    line: int
    names: tuple[str, ...]
    units: tuple[str | None, ...] | None
    first: int
    separator: str


def decode(source, data):
    """Text of a file whose encoding nobody states.

    Raises
    ------
    SpectrumError
        If the bytes are no text.
    """
    encodings = [name for bom, name in _BOMS.items() if data.startswith(bom)]
    if not encodings and b"\0" in data[:200]:
        # Without a mark, UTF-16 shows by a zero in most pairs of bytes, on the same side.
        for name, side in (("utf-16-be", data[:200:2]), ("utf-16-le", data[1:200:2])):
            encodings += [name] * (side.count(0) > 0.7 * len(side))
    for encoding in encodings or ("utf-8", "cp1252", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            if encodings:
                raise SpectrumError(
                    f"{source}: the file begins as {encoding}, but byte {error.start} does not fit; expected text"
                ) from None
            continue
        break
    strange = sum(letter < " " and letter not in "\t\r\n\f\v\x1a" for letter in text)
    if strange:
        raise SpectrumError(
            f"{source}: {strange} control characters in {len(text)}, so this is no text (or a damaged one); "
            "expected a table of numbers in text, or a Bio-Logic .mpr"
        )
    return text


def read_text(source, text, columns=None, default_area=None, wanted=SPECTRUM):
    """The tables of a text that could be spectra (or what else is wanted), one for each line of names.

    Parameters
    ----------
    source : str
        Path, for messages.
    text : str
    columns : sequence of str, optional
        Names of the columns in their order, in place of what the file says.
    default_area : float, optional
        Area [m2] that the instrument writes where nobody entered one.
    wanted : Wanted

    Returns
    -------
    list of Table

    Raises
    ------
    SpectrumError
        If there is no table of numbers, or none with the columns that are wanted.
    """
    lines = re.split(r"\r\n|\r|\n", text)
    starts = _headless(source, lines, tuple(columns), wanted) if columns else _starts(lines, wanted)
    if not starts:
        raise _explanation(source, lines, wanted)
    above, below = lines[: starts[0].line], lines[starts[0].line + 1 : starts[0].first]
    header = read_header(above if starts[0].units else above + below)
    area, area_notes = area_of(header, default_area)
    temperature, temperature_notes = temperature_of(header)
    started, start_notes = started_of(header)
    tables = []
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        end = following.line if following else len(lines)
        values, numbers, notes = _rows(source, lines, start, end, wanted)
        tables.append(
            Table(
                source,
                start.names,
                values,
                units=start.units,
                head=None if columns else start.line + 1,
                lines=numbers,
                header=header,
                area=area,
                temperature=temperature,
                started=started,
                cycle=cycle_of(header),
                notes=(*area_notes, *temperature_notes, *start_notes, *notes),
            )
        )
    return tables


def _split(line, separator):
    if separator.strip(" ") and len(line) < csv.field_size_limit():
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])]
    if separator == "  ":
        return re.split(r"\s{2,}", line.strip(' \t"'))
    return line.split()


def _split_names(line, separator):
    line = re.sub(r"^\s*[#%!]+\s*", "", line)
    if separator == " ":
        line = re.sub(r"\s*/\s*", "/", re.sub(r"\s+(?=[\[(])", "", line))
    return tuple(_split(line, separator))


def _number(cell):
    """The cell as Python writes the number, or None."""
    cell = cell.replace("−", "-")
    return cell if NUMBER.fullmatch(cell) else None


def _fitted(cells, names):
    """The cells under the names, None if there are more or fewer; empty ones at the end do not count."""
    width = len(names)
    while width and not names[width - 1]:
        width -= 1
    return cells[:width] if len(cells) >= width and not any(cells[width:]) else None


def _needed(names, wanted):
    """Positions of the columns that are wanted, that of an anchor first."""
    found = recognised(names, kind=wanted.kind)
    return [position for quantity in wanted.needed for position, _ in found.get(quantity, [])]


def _names(lines, wanted):
    """Each line, split in each way, that names the columns that are wanted: its index, the names, the separator."""
    for index, line in enumerate(lines):
        # Each line could be the one, and most are rows of numbers: a quick look saves the slow one.
        if len(line) < _LONGEST_NAMES and re.search(wanted.hint, line, re.IGNORECASE):
            for separator in _SEPARATORS:
                names = _split_names(line, separator)
                if not wanted.lacking(recognised(names, kind=wanted.kind)):
                    yield index, names, separator


def _starts(lines, wanted):
    starts = {}
    for index, names, separator in _names(lines, wanted):
        start = starts.get(index) or _first_row(lines, index, names, separator, wanted)
        if start:
            starts[index] = start
    return list(starts.values())


def _first_row(lines, index, names, separator, wanted):
    anchor = _needed(names, wanted)[0]
    units = None
    for first in range(index + 1, min(index + 1 + _GAP, len(lines))):
        for row_separator in (separator, *_SEPARATORS):
            cells = _fitted(_split(lines[first], row_separator), names)
            if cells is None:
                continue
            if _number(cells[anchor]):
                return _Start(index, names, units, first, row_separator)
            if parse_unit(cells[anchor], wanted.kind)[0] in wanted.anchors:
                units = tuple((cell or None) for cell in cells) + (None,) * (len(names) - len(cells))
                break
    return None


def _headless(source, lines, names, wanted):
    missing = wanted.lacking(recognised(names, kind=wanted.kind))
    if missing:
        raise not_found(f"{source}, columns={names!r}", names, missing, wanted)
    for index, line in enumerate(lines):
        for separator in _SEPARATORS:
            cells = _fitted(_split(line, separator), names)
            if cells and all(_number(cells[position]) for position in _needed(names, wanted)):
                return [_Start(index, names, None, index, separator)]
    raise SpectrumError(f"{source}: no row of {len(names)} numbers; expected one as columns={names!r} states")


def _rows(source, lines, start, end, wanted):
    """Values, line numbers, and notes on the lines that are left out."""
    needed = _needed(start.names, wanted)
    rows, numbers, broken, rest = [], [], [], []
    for index in range(start.first, end):
        line = lines[index]
        if not line.strip() or line.lstrip().startswith(("#", "%")):
            continue
        cells = _split(line, start.separator)
        fitted = _fitted(cells, start.names)
        words = {cell for cell in cells if not _number(cell)} - _NO_VALUE
        if not any(_number(cell) for cell in cells) and (len(words) > 1 or (words and fitted is None)):
            rest = [number + 1 for number in range(index, end) if lines[number].strip()]
            break
        if fitted is None:
            broken.append(index + 1)
        else:
            rows.append(fitted)
            numbers.append(index + 1)
    notes, width = [], len(rows[0])
    if broken:
        notes.append(f"left out: line{'s' * (len(broken) > 1)} {ranges(broken)}, not as many cells as names")
    if rest:
        notes.append(f"not read: line{'s' * (len(rest) > 1)} {ranges(rest)}, text below the table")
    if numbers[-1] == len(lines) and _is_cut(rows, needed):
        notes.append(
            f"left out: line {numbers[-1]}, the last one, which has no line break and whose last number is the "
            "shortest of its column: the file may be cut within it"
        )
        rows, numbers = rows[:-1], numbers[:-1]

    written = [[_number(cell) for cell in row] for row in rows]
    comma = _decimal_comma(source, written, numbers, needed)
    if comma:
        notes.append("read with a decimal comma")
    values = [[np.nan if text is None else float(text.replace(",", ".")) for text in row] for row in written]
    return np.array(values, dtype=float).reshape(len(rows), width), np.array(numbers, dtype=int), notes


def _is_cut(rows, needed):
    last = len(rows[-1]) - 1
    return last in needed and len(rows[-1][last]) < min((len(row[last]) for row in rows[:-1]), default=np.inf)


def _decimal_comma(source, written, numbers, needed):
    """Whether the numbers that are needed have a decimal comma; refuses commas that could mean thousands."""
    cells = [(row[position] or "", line) for row, line in zip(written, numbers, strict=True) for position in needed]
    commas = [(text, line) for text, line in cells if "," in text]
    if not commas:
        return False
    text, line = commas[0]
    if any("." in text for text, _ in cells) or all(_THOUSANDS.fullmatch(text) for text, _ in commas):
        raise SpectrumError(
            f"{source}, line {line}: the comma in {text!r} could part thousands or decimals; expected numbers with "
            "a decimal point or a decimal comma, and nothing between the thousands"
        )
    return True


def _explanation(source, lines, wanted):
    """The error for a text without the table that is wanted: what there is instead."""
    for index, names, _ in _names(lines, wanted):
        clock = next(filter(None, map(_CLOCK.search, lines[index + 1 : index + 1 + _GAP])), None)
        if clock and "time" in wanted.anchors:
            return SpectrumError(
                f"{source}, line {index + 1}: the time below is written as a clock shows it, {clock[0]!r}; expected a "
                "number of seconds, minutes or hours: have it exported so, or convert it"
            )
        return SpectrumError(
            f"{source}, line {index + 1}: names for {len(names)} columns, but no row of {len(names)} cells with a "
            f"number for the {wanted.anchors[0]} follows; expected the table below its names"
        )
    for index, line in enumerate(lines):
        for separator in _SEPARATORS if re.fullmatch(r"[\s0-9eE+−.,;-]+", line) else ():
            cells = _split(line, separator)
            width = len(cells) - (not cells[-1:] or not cells[-1])
            if width < 2 or not all(_number(cell) for cell in cells[:width]):
                continue
            below = _split(lines[index + 1], separator) if index + 1 < len(lines) else []
            if len(below) == len(cells) and all(_number(cell) for cell in below[:width]):
                return _unnamed(source, lines, index, width, wanted)
    head = next((index for index, line in enumerate(lines) if line.strip()), None)
    if head is None:
        return SpectrumError(f"{source}: the file is empty; expected a table of numbers")
    for separator in "\t;,":
        names = _split(lines[head], separator)
        if len(names) > 2 and head + 1 < len(lines) and len(_split(lines[head + 1], separator)) == len(names):
            return _lacking(f"{source}, line {head + 1}", names, wanted)
    return SpectrumError(
        f"{source}: no table of numbers in {len(lines)} lines of text, which begin {lines[head].strip()[:60]!r}; "
        f"expected columns with names such as {wanted.names}"
    )


def _lacking(place, names, wanted):
    return not_found(place, names, wanted.lacking(recognised(names, kind=wanted.kind)), wanted)


def _unnamed(source, lines, first, width, wanted):
    """The error for a table of numbers that begins at a line and whose names are missing or of something else."""
    for index in range(first - 1, max(first - _GAP, -1), -1):
        for separator in _SEPARATORS:
            names = _split_names(lines[index], separator)
            while names and not names[-1]:
                names = names[:-1]
            if len(names) == width and not any(_number(name) for name in names):
                return _lacking(f"{source}, line {index + 1}", names, wanted)
    return SpectrumError(
        f"{source}, line {first + 1}: {width} columns of numbers without names; expected a line of names above them, "
        f"or columns={wanted.columns}, in the order of the file"
    )
