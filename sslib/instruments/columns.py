"""What the header of a column says: which quantity, in which unit, with which sign."""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from math import pi

from sslib.units import celsius, hour, minute

_NAMES = {
    "frequency": "f freq frequency frequenz",
    "angular frequency": "ω omega angularfrequency kreisfrequenz",
    "real part": "z' zs' re re(z) rez zre zr real zreal realz real(z) realpart realpart(z) zrealpart realteil "
    "realteil(z)",
    "imaginary part": "z'' zs'' im im(z) imz zim zi zimg imag zimag imagz imag(z) imaginary imaginary(z) imaginarypart "
    "zimaginary imaginarypart(z) zimaginarypart imaginarteil imaginarteil(z)",
    "modulus": "|z| |zs| z mod zmod modz mod(z) modulus abs(z) absz zabs mag zmag magz magnitude zmagnitude "
    "|impedance| impedance impedancemagnitude impedancemodulus impedanz betrag betrag(z)",
    "phase": "phase zphase phase(z) phasez zphz phaseangle phi φ ϕ theta theta(z) θ arg(z) angle phasenwinkel",
    "time": "t time zeit elapsedtime",
    "cycle": "cycle cyclenumber cycleindex cycleno zyklus zyklusnummer",
    "loop": "loop loopindex loopnumber",
    "temperature": "temp temperature temperatur celltemperature sampletemperature",
}
_SIGNAL_NAMES = {
    "time": "t time zeit elapsedtime testtime totaltime runtime",
    "voltage": "e u v vf ewe <ewe> ecell <ecell> voltage cellvoltage potential spannung zellspannung",
    "current": "i <i> im current cellcurrent strom",
    "step": "ns step stepindex stepnumber stepno stepid schritt",
    "temperature": _NAMES["temperature"],
}


def _by_name(names):
    return {name: quantity for quantity, own in names.items() for name in own.split()}


# What a name means depends on what is looked for: Im is an imaginary part, or the current that was measured (Gamry).
_QUANTITIES = {"spectrum": _by_name(_NAMES), "time series": _by_name(_SIGNAL_NAMES)}

_DIMENSIONS = {
    "frequency": "frequency",
    "angular frequency": "angular frequency",
    "real part": "resistance",
    "imaginary part": "resistance",
    "modulus": "resistance",
    "phase": "angle",
    "time": "time",
    "voltage": "voltage",
    "current": "current",
}
_SI = {
    "frequency": "Hz",
    "angular frequency": "rad/s",
    "resistance": "ohm",
    "angle": "rad",
    "time": "s",
    "voltage": "V",
    "current": "A",
}

_PREFIXES = {"": 1.0, "u": 1e-6, "μ": 1e-6, "m": 1e-3, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9}
_PREFIXED = re.compile(r"(?P<prefix>[uμmkKMG]?)(?P<base>hz|hertz|ohms?|ω)", re.IGNORECASE)
_SIGNAL = re.compile(r"(?P<prefix>[pnuμmk]?)(?P<base>[Vv]|volts?|A|amp(?:ere)?s?)")
_SIGNAL_PREFIXES = {"": 1.0, "p": 1e-12, "n": 1e-9, "u": 1e-6, "μ": 1e-6, "m": 1e-3, "k": 1e3}
_UNITS = {
    **dict.fromkeys(["rad/s", "rads-1", "rads^-1", "rad·s-1", "rad*s-1", "rad·s^-1"], ("angular frequency", 1.0)),
    **dict.fromkeys(["rad", "radian", "radians"], ("angle", 1.0)),
    "mrad": ("angle", 1e-3),
    **dict.fromkeys(["°", "deg", "deg.", "degree", "degrees", "grad"], ("angle", pi / 180)),
    **dict.fromkeys(["s", "sec", "sec.", "second", "seconds", "sek"], ("time", 1.0)),
    "ms": ("time", 1e-3),
    **dict.fromkeys(["min", "minute", "minutes"], ("time", minute)),
    **dict.fromkeys(["h", "hour", "hours"], ("time", hour)),
}

_LOOKALIKES = str.maketrans(
    {"′": "'", "’": "'", "‘": "'", "´": "'", "`": "'", "″": "''", '"': "''", "”": "''", "“": "''", "º": "°"}
    | dict.fromkeys("−–—‒", "-")
)
_SIGN = re.compile(r"(?:-|\(-\)|minus[ _]|neg(?:ative|\.)?[ _])\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """A recognised column: its quantity, the factor to SI (None: the unit is not understood), whether it is stated.

    ``zero`` is what the number 0 means in SI, for the scale whose zero is not that of SI: that of Celsius.
    """

    quantity: str
    factor: float | None
    negative: bool
    unit: str | None
    zero: float = field(default=0.0, repr=False)

    @property
    def si(self):
        """Name of the SI unit of the quantity, None for a bare number."""
        return _SI.get(_DIMENSIONS.get(self.quantity))


@lru_cache(maxsize=10_000)
def recognise(text, unit=None, kind="spectrum"):
    """The column that a header cell describes, or None.

    Parameters
    ----------
    text : str
        The cell, such as ``-Im(Z)/Ohm``, ``Freq. [kHz]``, ``Z'' (Ω)`` or ``phase_deg``.
    unit : str, optional
        Unit from a row of units below the header, used where the cell itself states none.
    kind : {"spectrum", "time series"}
        What is looked for: the names of a spectrum, or those of time, voltage and current.

    Examples
    --------
    >>> recognise("-Im(Z)/mOhm")
    Column(quantity='imaginary part', factor=0.001, negative=True, unit='mOhm')
    >>> recognise("Ewe/V") is None, recognise("Re(Y)") is None
    (True, True)
    >>> recognise("<I>/mA", kind="time series").factor
    0.001
    """
    text = _plain(text).removeprefix("Data: ").strip()
    signed = _SIGN.match(text)
    bare = text[signed.end() :] if signed else text
    for name, stated in _readings(bare, kind):
        quantity = _quantity(name, kind)
        if quantity is None:
            continue
        stated = stated or unit
        if quantity == "frequency" and stated and parse_unit(stated, kind)[0] == "angular frequency":
            quantity = "angular frequency"
        if quantity == "temperature":
            zero = zero_of(stated or "")
            return Column(quantity, None if zero is None else 1.0, bool(signed), stated, zero or 0.0)
        if stated is None or quantity in ("cycle", "loop", "step"):
            return Column(quantity, 1.0, bool(signed), None)
        dimension, factor = parse_unit(stated, kind)
        return Column(quantity, factor if dimension == _DIMENSIONS[quantity] else None, bool(signed), stated)
    return None


def parse_unit(text, kind="spectrum"):
    """Dimension and factor to SI of a unit; (None, None) if it is not understood or could mean two things.

    >>> parse_unit("kΩ"), parse_unit("MHz"), parse_unit("MHZ")
    (('resistance', 1000.0), ('frequency', 1000000.0), (None, None))
    """
    text = re.sub(r"\s+", "", _plain(text).strip(" []()"))
    signal = _SIGNAL.fullmatch(text) if kind == "time series" else None
    if signal:
        return "voltage" if signal["base"][0] in "Vv" else "current", _SIGNAL_PREFIXES[signal["prefix"]]
    prefixed = _PREFIXED.fullmatch(text)
    if prefixed:
        prefix, base = prefixed["prefix"], prefixed["base"]
        # Written all in one case, milli and mega cannot be told apart; mohm is the usual way to write milliohm.
        unclear = (prefix == "m" and base in ("hz", "hertz")) or (prefix == "M" and base in ("HZ", "OHM", "OHMS"))
        factor = None if unclear else _PREFIXES.get(prefix)
        dimension = "frequency" if base.lower().startswith("h") else "resistance"
        return (None, None) if factor is None else (dimension, factor)
    return _UNITS.get(text.lower(), (None, None))


def zero_of(unit):
    """What 0 of a unit of temperature is [K], None for another unit.

    >>> zero_of("K"), zero_of("deg C"), zero_of("F")
    (0.0, 273.15, None)
    """
    unit = _plain(unit).strip().lower()
    if unit in ("k", "kelvin"):
        return 0.0
    return celsius(0.0) if re.fullmatch(r"(?:°\s*|deg(?:rees?)?[\s.]*)?c(?:elsius)?", unit) else None


def _plain(text):
    return unicodedata.normalize("NFKC", text.translate(_LOOKALIKES))


def _key(name):
    decomposed = unicodedata.normalize("NFD", name.lower())
    name = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return re.sub(r"[\s_.:\-]+", "", name.replace("[", "(").replace("]", ")"))


def _quantity(name, kind):
    """Quantity of a name without unit, or None; t is the time and T the temperature."""
    return "temperature" if name.strip() == "T" else _QUANTITIES[kind].get(_key(name))


def _readings(text, kind):
    """Each way to part a cell into name and unit; the first whose name is known is taken."""
    yield text, None
    # ZPlot and Autolab letter their columns: Z'(a), Z''(b).
    yield re.sub(r"\([ab]\)$", "", text), None
    for pattern in (
        r"(?P<name>.+?)\s*\[(?P<unit>[^\[\]]*)\]",
        r"(?P<name>.+?)\s*\((?P<unit>[^()]*)\)",
        r"(?P<name>.+?)\s*/\s*(?P<unit>.+)",
        r"(?P<name>.+?)\s+in\s+(?P<unit>.+)",
    ):
        parts = re.fullmatch(pattern, text)
        # One letter that is no unit names another quantity: Re(Y) is a part of the admittance, Re(C) one of capacity.
        letter = parts and re.fullmatch("[A-Za-z]", parts["unit"]) and parse_unit(parts["unit"], kind)[0] is None
        if parts and (
            not letter or (_quantity(parts["name"], kind) == "temperature" and zero_of(parts["unit"]) is not None)
        ):
            yield parts["name"], parts["unit"]
    # Without a mark between them, only a unit that is known tells itself from a part of the name.
    parts = re.fullmatch(r"(.+?)[\s_,]+([^\s_]+)", text)
    if parts and parse_unit(parts[2], kind)[0]:
        yield parts[1], parts[2]
