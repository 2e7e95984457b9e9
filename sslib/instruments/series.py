"""Voltage and current against time: what pulses, titrations and polarisations are evaluated from."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from sslib.checks import check_positive
from sslib.instruments.biologic import MPR_START, MPT_START, read_mpr, read_mpt
from sslib.instruments.delimited import read_text
from sslib.instruments.reading import content_of, text_of
from sslib.instruments.spectrum import SpectrumError, fixed
from sslib.instruments.table import Wanted, column_of, lacking, not_found, recognised


def _lacking(found):
    """What keeps these columns from being a time series, as a list of words."""
    return [
        f"{'an' if quantity[0] in 'aeiou' else 'a'} {quantity}"
        for quantity in ("time", "voltage", "current")
        if quantity not in found
    ]


_TIME_SERIES = Wanted(
    kind="time series",
    hint=r"time|zeit|(?<![a-z])t(?![a-z])",
    anchors=("time",),
    needed=("time", "voltage", "current", "step"),
    lacking=_lacking,
    expected="a time, a voltage and a current, such as 'time/s', 'Ewe/V', 'I/mA'",
    names="'time/s', 'Ewe/V', 'I/mA'",
    columns='"time [s], voltage [V], current [A]"',
)


@dataclass(frozen=True, eq=False)
class TimeSeries:
    """Voltage and current of a cell against time, in arrays that cannot be written to.

    Parameters
    ----------
    time : array_like
        [s], shape (n,), counted as the file does: finite, never going back. Two samples at one time are the end of one
        step and the beginning of the next.
    voltage, current : array_like
        [V] and [A], shape (n,), finite; the sign of the current is that of the file.
    step : array_like of int, optional
        Number of the program's step to which each sample belongs, shape (n,).
    area : float, optional
        Electrode area [m2], where the file states a measured one.
    temperature : float, optional
        [K], where the head of the file states it.
    started : datetime.datetime, optional
        When the acquisition began, local time of the instrument.
    source : str
        The path as it was given.
    notes : sequence of str
        What was left out or assumed in reading.
    header : dict of str to str
        Keys and values from the head of the file.

    Raises
    ------
    ValueError
        For arrays that do not fit each other, values that are not finite, a time that goes back.

    Examples
    --------
    >>> TimeSeries([0.0, 1.0, 2.0], [3.6, 3.5, 3.5], [0.0, 1e-3, 1e-3])
    <TimeSeries '': 3 samples, 0 s to 2 s>
    """

    time: np.ndarray
    voltage: np.ndarray
    current: np.ndarray
    step: np.ndarray | None = None
    area: float | None = None
    temperature: float | None = None
    started: datetime | None = None
    source: str = ""
    notes: tuple[str, ...] = ()
    header: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        for name in ("time", "voltage", "current"):
            values = np.asarray(getattr(self, name), dtype=float)
            if values.ndim != 1 or not values.size or values.shape != np.shape(self.time):
                raise ValueError(f"{name} has the shape {values.shape}; it must be one row, as long as time")
            if not np.isfinite(values).all():
                raise ValueError(f"{name} is {values[~np.isfinite(values)][0]}; it must be finite")
            object.__setattr__(self, name, fixed(values))
        back = np.flatnonzero(np.diff(self.time) < 0)
        if back.size:
            at, after = self.time[back[0]], self.time[back[0] + 1]
            raise ValueError(f"time goes back from {at:g} s to {after:g} s; it must not")
        if self.step is not None:
            step = np.asarray(self.step)
            if step.shape != self.time.shape or not np.issubdtype(step.dtype, np.integer):
                raise ValueError(
                    f"step is {step.dtype} of shape {step.shape}; it must be whole numbers, as long as time"
                )
            object.__setattr__(self, "step", fixed(step))
        for name in ("area", "temperature"):
            if getattr(self, name) is not None:
                check_positive(**{name: getattr(self, name)})
        object.__setattr__(self, "notes", tuple(self.notes))
        object.__setattr__(self, "header", dict(self.header))

    def __len__(self):
        return len(self.time)

    def __repr__(self):
        return f"<TimeSeries {self.source!r}: {len(self)} samples, {self.time[0]:.6g} s to {self.time[-1]:.6g} s>"

    def window(self, begin=None, end=None):
        """The part between two times [s], both included, with a note on how many samples are left out.

        Raises
        ------
        ValueError
            If no sample lies in the window.
        """
        begin = -np.inf if begin is None else begin
        end = np.inf if end is None else end
        inside = (self.time >= begin) & (self.time <= end)
        if not inside.any():
            raise ValueError(
                f"no sample lies between {begin:g} s and {end:g} s; they go from {self.time[0]:g} s to "
                f"{self.time[-1]:g} s"
            )
        if inside.all():
            return self
        note = f"{np.sum(~inside)} of {len(self)} samples lie outside {begin:g} s to {end:g} s and are left out"
        return replace(
            self,
            time=self.time[inside],
            voltage=self.voltage[inside],
            current=self.current[inside],
            step=None if self.step is None else self.step[inside],
            notes=(*self.notes, note),
        )


def read_time_series(path, *, columns=None):
    """Voltage and current against time from a file, whatever it is called.

    Read are Bio-Logic's text (.txt, .mpt) and .mpr, and any other table in text, packed by gzip or not.

    Parameters
    ----------
    path : str or path-like
    columns : str or sequence of str, optional
        Names of the columns of a text, in their order, in place of the names in the file, as a sequence or with
        commas between them: ``"time [s], voltage [V], current [mA]"``.

    Returns
    -------
    TimeSeries

    Raises
    ------
    SpectrumError
        If the file is missing or no time series, with the path, the line where there is one, what was found and what
        is expected. Samples that cannot be used are left out, and `TimeSeries.notes` says which.
    """
    source = str(path)
    if isinstance(columns, str):
        columns = tuple(name.strip() for name in columns.split(","))
    data = content_of(source)
    if data.startswith(MPR_START):
        if columns is not None:
            raise SpectrumError(f"{source}: a .mpr file names its own columns; expected no columns={columns!r}")
        tables = [read_mpr(source, data)]
    else:
        text = text_of(source, data)
        read = read_mpt if re.match("|".join(MPT_START), text) else read_text
        tables = read(source, text, columns, wanted=_TIME_SERIES)
    series = _series_of(tables[0])
    if len(tables) > 1:
        note = f"the file holds {len(tables)} tables; the first is read, the next begins at line {tables[1].head}"
        return replace(series, notes=(*series.notes, note))
    return series


def _series_of(table):
    found = recognised(table.names, table.units, _TIME_SERIES.kind)
    missing = _lacking(found)
    if missing:
        raise not_found(table.place, table.names, missing, _TIME_SERIES)
    notes = list(table.notes)
    if not lacking(recognised(table.names, table.units)):
        notes.append(
            "the table holds a spectrum: a row is not a sample but stands for the time that one frequency took"
        )
    with np.errstate(over="ignore", invalid="ignore"):
        time, voltage, current = (column_of(table, found, name, notes) for name in ("time", "voltage", "current"))
    faults = {"a value is missing or no number": ~np.isfinite(time + voltage + current)}
    # A sample is late if an earlier one bears a later time.
    latest = np.maximum.accumulate(np.where(np.isfinite(time), time, -np.inf))
    faults["the time goes back"] = np.isfinite(time) & (time < latest)
    usable = ~np.any(list(faults.values()), axis=0)
    for reason, fault in faults.items():
        if fault.any():
            notes.append(f"left out: {table.where(np.flatnonzero(fault))}, {reason}")
    if usable.sum() <= len(usable) / 2:
        raise SpectrumError(
            f"{table.place}: {(~usable).sum()} of {len(usable)} samples cannot be used ({'; '.join(notes)}); expected "
            "a time that runs forward, with a voltage and a current at each"
        )
    return TimeSeries(
        time[usable],
        voltage[usable],
        current[usable],
        step=_steps(table, found, usable, notes),
        area=table.area,
        temperature=table.temperature,
        started=table.started,
        source=table.source,
        notes=notes,
        header=table.header,
    )


def _steps(table, found, usable, notes):
    """Numbers of the program's steps; None without a column of them, or where it is not whole."""
    if "step" not in found:
        return None
    if len(found["step"]) > 1:
        notes.append("no numbers of steps are taken: several columns could hold them")
        return None
    values = table.values[usable, found["step"][0][0]]
    if not (np.isfinite(values) & (values == np.round(values))).all():
        notes.append("no numbers of steps are taken: some are missing or not whole")
        return None
    return values.astype(int)
