"""From a table of columns to spectra: which columns are meant, which points hold, where one loop ends."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from sslib.instruments.columns import recognise
from sslib.instruments.spectrum import Spectrum, SpectrumError


@dataclass(frozen=True)
class Wanted:
    """What a table is searched for: a spectrum, or a time series.

    Attributes
    ----------
    kind : str
        As `recognise` takes it.
    hint : str
        A pattern that a line of names holds: a quick look at each line saves the slow one.
    anchors : tuple of str
        Quantities whose number tells the first row below the names.
    needed : tuple of str
        Quantities whose columns are read, anchors first.
    lacking : callable
        What keeps recognised columns from being one, as a list of words.
    expected, names, columns : str
        For messages: what is expected, names of columns as a file has them, and as a caller states them.
    """

    kind: str
    hint: str
    anchors: tuple[str, ...]
    needed: tuple[str, ...]
    lacking: Callable
    expected: str
    names: str
    columns: str


@dataclass(frozen=True, eq=False)
class Table:
    """The numbers of a file as they stand there.

    ``values`` has a row per point and a column per name, NaN where a cell holds no number. ``lines`` are the
    line numbers of the rows (None for a binary file), ``head`` is that of the names, ``units`` a row of units
    below them. ``loops`` numbers the loop of each row where the head states it (-1: of none), ``cycle`` is what the
    head says of all of them. ``timed_from_start`` says that the times count from ``started``.
    """

    source: str
    names: tuple[str, ...]
    values: np.ndarray
    units: tuple[str, ...] | None = None
    head: int | None = None
    lines: np.ndarray | None = None
    header: dict[str, str] = field(default_factory=dict)
    area: float | None = None
    temperature: float | None = None
    started: datetime | None = None
    timed_from_start: bool = False
    cycle: float | None = None
    loops: np.ndarray | None = None
    notes: tuple[str, ...] = ()

    @property
    def place(self):
        """Path and line of the names, as an error message begins."""
        return f"{self.source}, line {self.head}" if self.head else self.source

    def where(self, rows):
        """Which points these rows are, in words: ``lines 5-7, 90``."""
        word, numbers = ("point", rows + 1) if self.lines is None else ("line", self.lines[rows])
        return f"{word}{'s' * (len(numbers) > 1)} {ranges(numbers)}"


def ranges(numbers):
    """Ascending whole numbers as text.

    >>> ranges([5, 6, 7, 90])
    '5-7, 90'
    """
    runs = np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1)
    return ", ".join(f"{run[0]}" if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def recognised(names, units=None, kind="spectrum"):
    """The columns that are recognised: dict of quantity to list of (position, Column)."""
    found = {}
    for position, name in enumerate(names):
        column = recognise(name, units[position] if units else None, kind)
        if column:
            found.setdefault(column.quantity, []).append((position, column))
    return found


def lacking(found):
    """What keeps these columns from being a spectrum, as a list of words; empty for a spectrum."""
    missing = [] if {"frequency", "angular frequency"} & set(found) else ["a frequency"]
    if not ({"real part", "imaginary part"} <= set(found) or {"modulus", "phase"} <= set(found)):
        parts = [part for part in ("real part", "imaginary part") if part not in found]
        missing.append("an impedance" if len(parts) == 2 else f"the {parts[0]} of the impedance")
    return missing


SPECTRUM = Wanted(
    kind="spectrum",
    hint="(?<![a-z])f(?![a-z])|freq|kreisf|omega|ω",
    anchors=("frequency", "angular frequency"),
    needed=("frequency", "angular frequency", "real part", "imaginary part", "modulus", "phase"),
    lacking=lacking,
    expected="a frequency with Re Z and Im Z, or with |Z| and phase, such as 'freq/Hz', 'Re(Z)/Ohm', '-Im(Z)/Ohm'",
    names="'freq/Hz', 'Re(Z)/Ohm', '-Im(Z)/Ohm'",
    columns='"frequency [Hz], real [ohm], imaginary [ohm]" (-imaginary for -Im Z)',
)


def not_found(place, names, missing, wanted=SPECTRUM):
    """The error for a table that lacks these columns."""
    shown = [name.strip() or "(no name)" for name in names]
    listed = ", ".join(shown[:20]) + f", and {len(shown) - 20} more" * (len(shown) > 20)
    return SpectrumError(
        f"{place}: no column with {' and '.join(missing)}; the columns are: {listed}. Expected: {wanted.expected}"
    )


def spectra_of(table, imaginary_sign=None):
    """The loops of a table as spectra, in the order of the file, without their starts (`with_starts`).

    Parameters
    ----------
    table : Table
    imaginary_sign : int, optional
        1 if the column holds Im Z (or the phase of Z), -1 if it holds -Im Z; None: as the header says.

    Returns
    -------
    list of Spectrum

    Raises
    ------
    SpectrumError
        If a column is missing, stands there twice or has a unit that is not understood; if columns contradict
        each other; if no point is left.
    """
    found = recognised(table.names, table.units)
    missing = lacking(found)
    if missing:
        raise not_found(table.place, table.names, missing)
    notes = list(table.notes)
    # A damaged number can be larger than any float; what comes of it is not finite and left out below.
    with np.errstate(over="ignore", invalid="ignore"):
        if "frequency" in found:
            frequency = column_of(table, found, "frequency", notes)
        else:
            frequency = column_of(table, found, "angular frequency", notes) / (2 * np.pi)
        impedance, contradiction, contradictory = _impedance(table, found, imaginary_sign, notes)
        time = column_of(table, found, "time", notes) if _is_clear(found, "time") else None
    if time is None and "time" in found:
        notes.append("no times are taken: several columns, or a unit that is not understood")
    numberings = [table.values[:, at] for quantity in ("cycle", "loop") for at, _ in found.get(quantity, [])]
    if table.loops is not None:
        numberings.append(table.loops)

    faults = {
        "a value is missing or no number": ~(np.isfinite(frequency) & np.isfinite(impedance)),
        "the frequency is not positive": frequency <= 0,
        "the impedance is zero": (impedance == 0) & (frequency > 0),
        contradiction: contradictory,
    }
    usable = ~np.any(list(faults.values()), axis=0)
    loops = _loops(frequency, usable, numberings)
    lost = [row for rows in loops if not usable[rows].any() for row in rows]
    if lost:
        notes.append(f"left out: {table.where(np.array(lost))}, loops without a point that can be used")
    spectra = []
    for rows in loops:
        good, repeated = _first_of_each(frequency, rows[usable[rows]])
        if not good.size:
            continue
        left_out = {reason: rows[fault[rows]] for reason, fault in faults.items()} | {"repeated frequency": repeated}
        remarks = [f"left out: {table.where(out)}, {reason}" for reason, out in left_out.items() if out.size]
        if repeated.size > good.size / 2:
            raise SpectrumError(
                f"{table.source}: {repeated.size} frequencies occur more than once ({table.where(repeated)}); "
                "expected one value per frequency, or loops that each begin at the same end"
            )
        if np.mean(impedance[good].imag > 0) > 0.5:
            remarks.append(
                "most imaginary parts are positive (inductive); if the column holds -Im Z, state imaginary_sign=-1, or "
                'in columns its name: columns="frequency [Hz], real [ohm], -imaginary [ohm]"'
            )
        timed = time is not None and np.isfinite(time[good]).all()
        if time is not None and not timed:
            remarks.append("no times are taken: some are missing")
        temperature = _temperature(table, found, good, remarks)
        spectra.append(
            Spectrum(
                frequency[good],
                impedance[good],
                time=time[good] if timed else None,
                area=table.area,
                temperature=table.temperature if temperature is None else temperature,
                cycle=_cycle(numberings, good, table.cycle),
                source=table.source,
                notes=(*notes, *remarks),
                header=table.header,
            )
        )
    if not spectra:
        reasons = [f"{fault.sum()}: {reason}" for reason, fault in faults.items() if fault.any()]
        raise SpectrumError(
            f"{table.place}: none of {len(usable)} points can be used ({'; '.join([*reasons, *table.notes])})"
        )
    return spectra


def _cycle(numberings, rows, stated):
    """The number that a loop bears in the first numbering that has one for it, else what the head states."""
    for numbering in numberings:
        numbers = numbering[rows][np.isfinite(numbering[rows]) & (numbering[rows] >= 0)]
        if numbers.size:
            return float(numbers[0])
    return stated


def _temperature(table, found, rows, remarks):
    """Median of the column of temperatures [K] over a loop; None without one, or where no probe was connected."""
    if "temperature" not in found:
        return None
    if not _is_clear(found, "temperature"):
        remarks.append("no temperature is taken from the table: several columns, or no unit that is understood")
        return None
    position, column = found["temperature"][0]
    values = table.values[rows, position] + column.zero
    # Instruments write a number below absolute zero where no probe is connected (Gamry: -327.67 deg C).
    values = values[np.isfinite(values) & (values > 0)]
    if not values.size:
        return None
    median = float(np.median(values))
    if np.ptp(values) > 2:
        remarks.append(f"the temperature went from {values.min():.1f} K to {values.max():.1f} K: the median is taken")
    if table.temperature is not None and abs(table.temperature - median) > 2:
        remarks.append(f"the head states {table.temperature:.1f} K: the measured {median:.1f} K are taken")
    return median


def _is_clear(found, quantity):
    return len(found.get(quantity, [])) == 1 and found[quantity][0][1].factor is not None


def _has_unit(found, quantity):
    return found[quantity][0][1].unit is not None


def column_of(table, found, quantity, notes):
    """One column in SI units and with the sign of its header; notes what had to be assumed."""
    if len(found[quantity]) > 1:
        names = ", ".join(repr(table.names[position]) for position, _ in found[quantity])
        raise SpectrumError(f"{table.place}: the {quantity} could be each of {names}; expected one such column")
    position, column = found[quantity][0]
    name = table.names[position].strip()
    if column.factor is None:
        raise SpectrumError(
            f"{table.place}: the unit {column.unit!r} of {name!r} is not understood; expected {column.si} "
            "or a multiple of it, with m for milli and M for mega"
        )
    if column.unit is None and column.si:
        notes.append(f"no unit is stated for {name!r}: {column.si} assumed")
    values = (-1.0 if column.negative else 1.0) * column.factor * table.values[:, position]
    return np.where(np.isfinite(values), values, np.nan)


def _impedance(table, found, imaginary_sign, notes):
    """Impedance [ohm], and which points contradict themselves, in words and as a mask."""
    cartesian = {"real part", "imaginary part"} <= set(found)
    angular = "imaginary part" if cartesian else "phase"
    sign = 1.0
    if imaginary_sign is not None:
        sign = -imaginary_sign if found[angular][0][1].negative else imaginary_sign
        notes.append(f"imaginary_sign={imaginary_sign:+d} is taken from the caller, not from the file")
    if not cartesian:
        modulus = column_of(table, found, "modulus", notes)
        phase = sign * _phase(table, found, notes)
        return modulus * np.exp(1j * phase), "|Z| is negative", modulus < 0

    contradiction = "|Z| and phase contradict Re Z and Im Z by more than 2 %"
    real = column_of(table, found, "real part", notes)
    impedance = real + 1j * sign * column_of(table, found, "imaginary part", notes)
    if not _is_clear(found, "modulus") or _has_unit(found, "modulus") != _has_unit(found, "real part"):
        return impedance, contradiction, np.zeros(len(impedance), dtype=bool)
    modulus = column_of(table, found, "modulus", [])
    error = np.abs(np.abs(impedance) - modulus)
    if _is_clear(found, "phase") and _has_unit(found, "phase"):
        polar = modulus * np.exp(1j * column_of(table, found, "phase", []))
        error, opposite = np.abs(impedance - polar), np.abs(impedance - polar.conj())
        if np.nansum(opposite > error) < np.nansum(opposite < error):
            error = opposite
            notes.append("the phase has the opposite sign to the imaginary part, which is the one taken")
    contradictory = error > 0.02 * np.abs(impedance)
    if contradictory.sum() > len(contradictory) / 2:
        raise SpectrumError(
            f"{table.place}: |Z| and phase contradict Re Z and Im Z at {contradictory.sum()} of "
            f"{len(contradictory)} points; expected columns that agree, so check their names and units"
        )
    return impedance, contradiction, contradictory


def _phase(table, found, notes):
    """Phase [rad]. Without a unit it is only read where the numbers leave no doubt."""
    position, column = found["phase"][0]
    if column.unit is not None or len(found["phase"]) > 1:
        return column_of(table, found, "phase", notes)
    name = table.names[position].strip()
    largest = np.max(np.abs(table.values[:, position]), initial=0, where=np.isfinite(table.values[:, position]))
    if largest <= np.pi:
        raise SpectrumError(
            f"{table.place}: no unit is stated for {name!r}, and values up to {largest:.3g} could be radians or "
            "degrees; expected 'phase [rad]' or 'phase [deg]'"
        )
    notes.append(f"no unit is stated for {name!r}: degrees assumed, as values up to {largest:.3g} are no radians")
    return np.deg2rad(column_of(table, found, "phase", []))


def _first_of_each(frequency, rows):
    """Rows with the first occurrence of each frequency, and the rows that repeat one."""
    _, first = np.unique(frequency[rows], return_index=True)
    repeats = np.ones(len(rows), dtype=bool)
    repeats[first] = False
    return rows[~repeats], rows[repeats]


def _loops(frequency, usable, numberings):
    """The rows of each loop: where the file numbers its loops, or the frequency goes back to where it began."""
    rows = np.arange(len(frequency))
    cuts = set()
    for numbering in numberings:
        numbered = np.flatnonzero(np.isfinite(numbering))
        cuts.update(numbered[1:][np.diff(numbering[numbered]) != 0].tolist())
    pieces = []
    for piece in np.split(rows, sorted(cuts)):
        good = piece[usable[piece]]
        steps = np.diff(np.log(frequency[good]))
        back = steps * np.median(steps) < 0 if steps.size else np.array([], dtype=bool)
        # A sweep that goes one way has a few steps back, each over most of its range; rows in no order have many.
        if back.any() and back.mean() < 0.25:
            far = 0.5 * np.ptp(np.log(frequency[good]))
            pieces += np.split(piece, np.searchsorted(piece, _restarts(frequency, good, back & (np.abs(steps) > far))))
        else:
            pieces.append(piece)
    return pieces


def _restarts(frequency, rows, leaps):
    """The rows after a leap back that begin the sweep anew: near its first frequency, or at one it had before."""
    restarts, first = [], 0
    for number in np.flatnonzero(leaps) + 1:
        sweep, landing = frequency[rows[first:number]], frequency[rows[number]]
        near = abs(np.log(landing) - np.log(sweep[0])) < 0.1 * np.ptp(np.log(sweep))
        if near or landing in sweep:
            restarts.append(rows[number])
            first = number
    return restarts
