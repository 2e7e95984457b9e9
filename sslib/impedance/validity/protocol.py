"""A measuring protocol as a checklist that a spectrum is held against: what is missing stands in the report."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sslib.checks import check_positive

FARADAY, GAS_CONSTANT, ROOM = 96485.33212, 8.31446262, 298.15
# Each demand is ours; the check's text gives the reason with the number.
NONLINEARITY = 0.01
AGREEMENT = 0.01
DECADES = 6.0
PER_DECADE = 10.0
# Ten points a decade are written as 9.99 by rounding of frequencies, and as 9.8 by a sweep that ends between two.
PER_DECADE_SLACK = 0.95
PHASE = 5.0
PLATEAU = 0.05
TAIL_SLOPES = (-1.1, -0.3)
TAIL_BENDS = 0.05
TIME_CONSTANTS = 5.0
REPEATS = 3

# Where instruments write the amplitude, and what makes it volts rms. That EC-Lab's Va is the sine's peak shows in files
# of 10 mV rms that hold 14.1.
_AMPLITUDES = {
    "AC Voltage (mV rms)": 1e-3,
    "Amplitude (mV RMS)": 1e-3,
    "Potential-AC": 1e-3,
    "AC Volt [Vrms]": 1.0,
    "Va (mV)": 1e-3 / np.sqrt(2),
}


@dataclass(frozen=True)
class Check:
    """One line of the checklist: ``status`` is "met", "not met" or "not stated"; ``text`` has the numbers and why."""

    item: str
    status: str
    text: str

    def __str__(self):
        return f"{self.item}: {self.status}. {self.text}"


def check_protocol(
    spectrum, *, area=None, thickness=None, temperature=None, pressure=None, amplitude=None, other_amplitude=None,
    rest=None, repeats=1,
):  # fmt: skip
    r"""Hold a spectrum against a measuring protocol.

    The share by which a symmetric Butler-Volmer interface departs from linear response, to first order in the square
    of the amplitude, is

    .. math:: x^2/8, \qquad x = \sqrt{2} \, U_{rms} F / (2 R T)

    Parameters
    ----------
    spectrum : Spectrum
        What its frequencies, impedances, times and head tell is taken from it.
    area : float, optional
        Electrode area [m2]; without it the spectrum's own.
    thickness : float, optional
        Of what was measured [m].
    temperature : float, optional
        [K]; without it the spectrum's own.
    pressure : float, optional
        Stack pressure [Pa].
    amplitude : float, optional
        Of the voltage, rms [V]; without it what the head states.
    other_amplitude : Spectrum, optional
        The same cell at another amplitude, from which linearity is computed at the frequencies that both have.
    rest : float, optional
        Time since the last polarisation or change of temperature [s].
    repeats : int or sequence of Spectrum
        How many spectra were measured in all, or the other spectra, from which repeatability is computed.

    Returns
    -------
    list of Check
        In the order amplitude, linearity, frequency range, high-frequency end, low-frequency end, points per decade,
        completeness, equilibration, area, thickness, temperature, stack pressure, repeats. What neither the spectrum
        nor the caller states is "not stated"; nothing is assumed.

    Raises
    ------
    ValueError
        For a quantity that is not positive, repeats that are no whole number, spectra without a common frequency.

    Notes
    -----
    A review of transmission-line models of solid-state batteries asks (fifth of its open points) that protocols be
    standardised and gives no numbers: the limits are this module's. That the whole amplitude falls across one interface
    is the worst case: a pellet between blocking electrodes bears more, which a second amplitude shows. The ends of the
    spectrum are judged by shape alone. Kramers-Kronig consistency is not part of the checklist.

    Examples
    --------
    >>> from sslib.instruments import Spectrum
    >>> spectrum = Spectrum([1e5, 1e4, 1e3, 1e2, 1e1], [10 + 1j, 10 - 1j, 15 - 5j, 20 - 1j, 20 - 0.1j])
    >>> [check.item for check in check_protocol(spectrum) if check.status == "met"]
    ['high-frequency end', 'low-frequency end']
    """
    stated = {
        "area": area, "thickness": thickness, "temperature": temperature, "pressure": pressure,
        "amplitude": amplitude, "rest": rest,
    }  # fmt: skip
    check_positive(**{name: value for name, value in stated.items() if value is not None})
    area = spectrum.area if area is None else area
    temperature = spectrum.temperature if temperature is None else temperature
    return [
        _amplitude(spectrum, amplitude, temperature),
        _linearity(spectrum, other_amplitude),
        _range(spectrum.frequency),
        _high_end(spectrum),
        _low_end(spectrum),
        _density(spectrum.frequency),
        _complete(spectrum),
        _equilibration(spectrum, rest),
        _given("area", area, 1e4, "cm2", "without it there is no area-specific resistance to compare", spectrum.notes),
        _given("thickness", thickness, 1e6, "um", "without it there is no conductivity to compare"),
        _given("temperature", temperature, 1, "K", "conduction in solids rises by some per cent a kelvin"),
        _given("stack pressure", pressure, 1e-6, "MPa", "contacts between solids, and so resistances, depend on it"),
        _repeats(spectrum, repeats),
    ]


def protocol_table(checks):
    """The checklist as a DataFrame: status and text by item."""
    import pandas as pd

    return pd.DataFrame(
        {"status": [check.status for check in checks], "found and asked": [check.text for check in checks]},
        index=[check.item for check in checks],
    )


def header_amplitude(header):
    """Amplitude of the voltage, rms [V], and the key under which the head of a file states it; (None, None) if not.

    A sweep under control of the current states no amplitude of the voltage, whatever stands in the unused field.

    >>> header_amplitude({"AC Voltage (mV rms)": "1.00000E+001"})
    (0.01, 'AC Voltage (mV rms)')
    """
    if "control current" in header.get("Experiment Type", "").lower():
        return None, None
    for key, unit in _AMPLITUDES.items():
        value = _number(header.get(key))
        if value is not None and 0 < value < np.inf:
            return float(value * unit), key
    return None, None


def _number(text):
    try:
        return float(text.replace(",", "."))
    except (AttributeError, ValueError):
        return None


def _status(met):
    return "met" if met else "not met"


def _amplitude(spectrum, amplitude, temperature):
    key = None
    if amplitude is None:
        amplitude, key = header_amplitude(spectrum.header)
    # The limit is proportional to the temperature: where none is stated, a room's serves and the text says so.
    kelvin = ROOM if temperature is None else temperature
    limit = np.sqrt(8 * NONLINEARITY) * 2 * GAS_CONSTANT * kelvin / FARADAY / np.sqrt(2)
    asked = (
        f"at most {1e3 * limit:.1f} mV rms are asked, to which an interface that takes all of it at {kelvin:.0f} K"
        f"{' (none is stated)' if temperature is None else ''} answers linearly within {100 * NONLINEARITY:g} %; a "
        "thick pellet bears more, if a second amplitude shows it"
    )
    if amplitude is None:
        return Check("amplitude", "not stated", f"Neither the file nor the caller states one; {asked}.")
    origin = f" ({key!r} in the head of the file)" if key else ""
    return Check("amplitude", _status(amplitude <= limit), f"{1e3 * amplitude:.3g} mV rms{origin}; {asked}.")


def _linearity(spectrum, other):
    asked = f"a second amplitude that gives the same within {100 * AGREEMENT:g} % is asked, the only proof of linearity"
    if other is None:
        return Check("linearity", "not stated", f"There is one amplitude only; {asked}.")
    largest, frequency = _deviation(spectrum, other)
    return Check(
        "linearity",
        _status(largest <= AGREEMENT),
        f"The amplitudes differ by up to {100 * largest:.2g} % of the magnitude (at {frequency:.3g} Hz); {asked}.",
    )


def _deviation(spectrum, other):
    """Largest relative difference at common frequencies, and the frequency [Hz] where."""
    ratio = np.abs(np.log(spectrum.frequency[:, None] / np.asarray(other.frequency)[None, :]))
    nearest = ratio.argmin(axis=1)
    # Instruments round their frequencies: half a per cent is the same point.
    common = np.flatnonzero(ratio.min(axis=1) < 5e-3)
    if not len(common):
        raise ValueError("the spectra have no frequency in common; they cannot be compared")
    impedance = spectrum.impedance[common]
    difference = np.abs(np.asarray(other.impedance)[nearest[common]] - impedance) / np.abs(impedance)
    worst = int(np.argmax(difference))
    return float(difference[worst]), float(spectrum.frequency[common][worst])


def _range(frequency):
    decades = float(np.log10(frequency.max() / frequency.min()))
    return Check(
        "frequency range",
        _status(decades >= DECADES - 0.05),
        f"{frequency.max():.3g} Hz to {frequency.min():.3g} Hz, {decades:.1f} decades; {DECADES:g} are asked: grains "
        "answer at MHz, interfaces at kHz to Hz, diffusion below.",
    )


def _high_end(spectrum):
    first = spectrum.impedance[0]
    phase = float(np.degrees(np.angle(first)))
    if first.imag >= 0:
        return Check(
            "high-frequency end",
            "met",
            f"Inductive at {spectrum.frequency[0]:.3g} Hz (phase {phase:.1f}°): the range crosses the real axis.",
        )
    return Check(
        "high-frequency end",
        _status(abs(phase) <= PHASE),
        f"Phase {phase:.1f}° at {spectrum.frequency[0]:.3g} Hz; within {PHASE:g}° of the real axis is asked, else the "
        "series resistance is an extrapolation.",
    )


def _low_end(spectrum):
    frequency, impedance = spectrum.frequency, spectrum.impedance
    height, span = -impedance.imag, float(np.ptp(impedance.real))
    share = abs(height[-1]) / span if span > 0 else np.inf
    asked = "a plateau or a steady tail is asked, else the last arc is cut and its resistance an extrapolation"
    if share <= PLATEAU:
        return Check(
            "low-frequency end",
            "met",
            f"A plateau: at {frequency[-1]:.3g} Hz −Im Z is {100 * share:.1f} % of the span of Re Z; {asked}.",
        )
    last = np.flatnonzero(frequency <= frequency[-1] * 10.05)
    if len(last) >= 6 and (height[last] > 0).all():
        log_f, log_h = np.log(frequency[last]), np.log(height[last])
        halves = [
            np.polyfit(log_f[part], log_h[part], 1)[0]
            for part in (slice(None, len(last) // 2 + 1), slice(len(last) // 2, None))
        ]
        slope = float(np.polyfit(log_f, log_h, 1)[0])
        steady = abs(halves[0] - halves[1]) <= TAIL_BENDS and TAIL_SLOPES[0] <= slope <= TAIL_SLOPES[1]
        return Check(
            "low-frequency end",
            _status(steady),
            f"−Im Z goes with the power {slope:.2f} of frequency over the last decade ({halves[0]:.2f} in its upper "
            f"half, {halves[1]:.2f} in its lower) and is {100 * share:.0f} % of the span of Re Z; {asked}.",
        )
    return Check(
        "low-frequency end",
        "not met",
        f"At {frequency[-1]:.3g} Hz −Im Z is {100 * share:.0f} % of the span of Re Z and no tail is seen; {asked}.",
    )


def _density(frequency):
    steps = np.abs(np.diff(np.log10(np.sort(frequency))))
    asked = f"{PER_DECADE:g} are asked: an arc is little more than a decade wide"
    if not len(steps):
        return Check("points per decade", "not met", f"There is one frequency; {asked}.")
    density, gap = len(steps) / steps.sum(), float(steps.max())
    sparse = gap > 2.5 / PER_DECADE
    hole = f", with a hole of {gap:.2f} decades" if sparse and gap > 2.5 * np.median(steps) else ""
    return Check(
        "points per decade",
        _status(density >= PER_DECADE_SLACK * PER_DECADE and not sparse),
        f"{density:.1f} on average{hole}; {asked}.",
    )


def _complete(spectrum):
    aborted = spectrum.header.get("Experiment Aborted", "").strip().upper().startswith("T")
    planned = _number(spectrum.header.get("Data Points"))
    asked = "a sweep that was not ended can hold a cell that changed"
    if aborted:
        return Check("completeness", "not met", f"The file says that the run was aborted; {asked}.")
    if planned is not None:
        return Check(
            "completeness",
            _status(len(spectrum) >= planned),
            f"{len(spectrum)} of {planned:g} points that the head announces; {asked}.",
        )
    return Check("completeness", "not stated", f"The file does not say how many points were planned; {asked}.")


def _equilibration(spectrum, rest):
    slowest = 1 / (2 * np.pi * float(spectrum.frequency.min()))
    asked = (
        f"{TIME_CONSTANTS * slowest:.3g} s are asked, {TIME_CONSTANTS:g} times the slowest time constant that the "
        "range shows, after which 1 % of what relaxes with it is left (what is slower still shows as drift)"
    )
    took = "" if spectrum.time is None else float(np.ptp(spectrum.time))
    took = f" The sweep itself took {took:.3g} s." if took else ""
    if rest is None:
        text = f"The time since the last polarisation is not stated; {asked}.{took}"
        return Check("equilibration", "not stated", text)
    return Check("equilibration", _status(rest >= TIME_CONSTANTS * slowest), f"{rest:.3g} s of rest; {asked}.{took}")


def _given(item, value, factor, unit, reason, notes=()):
    if value is None:
        why = "".join(f" The file: {note}." for note in notes if note.startswith(f"the {item} in the header"))
        return Check(item, "not stated", f"Neither the file nor the caller states it: {reason}.{why}")
    return Check(item, "met", f"{value * factor:.4g} {unit}; it is asked since {reason}.")


def _repeats(spectrum, repeats):
    asked = f"{REPEATS} that agree within {100 * AGREEMENT:g} % are asked: one spectrum cannot show its own scatter"
    if isinstance(repeats, Sequence):
        if not repeats:
            return Check("repeats", "not stated", f"One spectrum is at hand; {asked}.")
        largest, frequency = max(_deviation(spectrum, other) for other in repeats)
        count = len(repeats) + 1
        return Check(
            "repeats",
            _status(count >= REPEATS and largest <= AGREEMENT),
            f"{count} spectra that differ by up to {100 * largest:.2g} % of the magnitude (at {frequency:.3g} Hz); "
            f"{asked}.",
        )
    check_positive(repeats=repeats)
    if repeats != int(repeats):
        raise ValueError(f"repeats is {repeats!r}; it must be a whole number or the other spectra")
    if repeats == 1:
        return Check("repeats", "not stated", f"One spectrum is at hand; {asked}.")
    text = f"{int(repeats)} are stated, their agreement is not; {asked}."
    return Check("repeats", "not stated" if repeats >= REPEATS else "not met", text)
