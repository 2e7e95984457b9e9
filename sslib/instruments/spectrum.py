"""What every reader gives: one impedance spectrum, and the one error for a file that holds none."""

from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from sslib.checks import check_between, check_positive
from sslib.instruments.header import NUMBER


class SpectrumError(ValueError):
    """A file is not what was to be read, a spectrum or a time series.

    The message names the file, the line where there is one, and what is expected.
    """


@dataclass(frozen=True, eq=False)
class Spectrum:
    """One impedance spectrum.

    Points may be given in any order; they are kept with the frequency strictly descending, in arrays that
    cannot be written to.

    Parameters
    ----------
    frequency : array_like
        Frequency [Hz], shape (n,): positive, finite, no value twice.
    impedance : array_like
        Complex impedance [ohm], shape (n,).
    time : array_like, optional
        Time of each point [s], shape (n,), counted as the file does.
    area : float, optional
        Electrode area [m2], where the file states a measured one.
    temperature : float, optional
        Temperature [K], where the file states it: in its head, or in a column, of which the median is taken.
    started : datetime.datetime, optional
        When the measurement of this spectrum (this loop) began, where the file states it: local time of the
        instrument, with a time zone only where the file has one. Where the times of a file count from the start of the
        acquisition (Bio-Logic, VersaStudio), this is the start plus the first time of the loop. Elsewhere it is the
        start that the head states, which a rest or conditioning before the sweep may follow (Gamry), and for a later
        loop as much later as its times are.
    cycle : float, optional
        Cycle in which it was measured, as the file numbers it: from its column of cycles ("cycle number" of
        Bio-Logic), else from one of loops, else from the head (``Loop 3 from point number ...``, ``cycle = 3``).
    source : str
        The path as it was given.
    notes : sequence of str
        What was left out or assumed in reading.
    header : dict of str to str
        Keys and values from the head of the file.

    Raises
    ------
    ValueError
        For arrays that do not fit each other, values that are not finite, repeated frequencies, and a start that is no
        datetime.

    Examples
    --------
    >>> Spectrum([1.0, 1e3], [50 - 20j, 10 - 1j]).frequency
    array([1000.,    1.])
    """

    frequency: np.ndarray
    impedance: np.ndarray
    time: np.ndarray | None = None
    area: float | None = None
    temperature: float | None = None
    started: datetime | None = None
    cycle: float | None = None
    source: str = ""
    notes: tuple[str, ...] = ()
    header: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        frequency = np.asarray(self.frequency, dtype=float)
        impedance = np.asarray(self.impedance, dtype=complex)
        time = None if self.time is None else np.asarray(self.time, dtype=float)
        if frequency.ndim != 1 or frequency.size == 0:
            raise ValueError(f"frequency has the shape {frequency.shape}; it must be a row of at least one value")
        for name, values in (("impedance", impedance), ("time", time)):
            if values is None:
                continue
            if values.shape != frequency.shape:
                raise ValueError(f"{name} has the shape {values.shape}; it must be that of frequency {frequency.shape}")
            if not np.isfinite(values).all():
                raise ValueError(f"{name} is {values[~np.isfinite(values)][0]}; it must be finite")
        check_positive(frequency=frequency)
        for name in ("area", "temperature"):
            if getattr(self, name) is not None:
                check_positive(**{name: getattr(self, name)})
        if not isinstance(self.started, datetime | None):
            raise ValueError(f"started is {self.started!r}; it must be a datetime.datetime or None")
        if self.cycle is not None:
            check_between(-np.inf, np.inf, cycle=self.cycle)

        order = np.argsort(-frequency, kind="stable")
        repeated = np.flatnonzero(np.diff(frequency[order]) == 0)
        if repeated.size:
            raise ValueError(f"frequency {frequency[order][repeated[0]]:g} Hz occurs more than once")
        self._set("frequency", fixed(frequency[order]))
        self._set("impedance", fixed(impedance[order]))
        self._set("time", None if time is None else fixed(time[order]))
        self._set("notes", tuple(self.notes))
        self._set("header", dict(self.header))

    def _set(self, name, value):
        object.__setattr__(self, name, value)

    def __len__(self):
        return len(self.frequency)

    def __repr__(self):
        high, low = self.frequency[0], self.frequency[-1]
        return f"<Spectrum {self.source!r}: {len(self)} points, {high:.4g} Hz to {low:.4g} Hz>"

    @property
    def truth(self):
        """Known parameters of a generated spectrum (dict of str to float), from header lines ``truth NAME = 60 ohm``.

        The values are in the unit that the line states. Empty where nothing is known; a line without a number is none.
        """
        stated = {key[6:].strip(): NUMBER.match(text) for key, text in self.header.items() if key.startswith("truth ")}
        return {name: float(number[0].replace(",", ".")) for name, number in stated.items() if number}

    def window(self, lowest=None, highest=None):
        """The part of the spectrum between two frequencies, with a note on how many points are left out.

        Parameters
        ----------
        lowest, highest : float, optional
            Ends of the window [Hz], both included. None leaves that end open.

        Raises
        ------
        ValueError
            If no point lies in the window.
        """
        lowest = 0.0 if lowest is None else lowest
        highest = np.inf if highest is None else highest
        inside = (self.frequency >= lowest) & (self.frequency <= highest)
        if not inside.any():
            raise ValueError(
                f"no point lies between {lowest:g} Hz and {highest:g} Hz; "
                f"the spectrum goes from {self.frequency[-1]:g} Hz to {self.frequency[0]:g} Hz"
            )
        if inside.all():
            return self
        note = f"{np.sum(~inside)} of {len(self)} points lie outside {lowest:g} Hz to {highest:g} Hz and are left out"
        return replace(
            self,
            frequency=self.frequency[inside],
            impedance=self.impedance[inside],
            time=None if self.time is None else self.time[inside],
            notes=(*self.notes, note),
        )


def fixed(values):
    """A copy that cannot be written to."""
    values = values.copy()
    values.setflags(write=False)
    return values
