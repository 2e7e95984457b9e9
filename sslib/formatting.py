"""Numbers as people read them: as many digits as the interval supports, units with their signs.

>>> number(1.23456e-5)
'1.235×10⁻⁵'
>>> estimate(60.1234, (58.01, 62.23), "ohm")
('60.1', '58.0–62.2', 'Ω')
>>> estimate(2.34567e-6, (2.1e-6, 2.6e-6), "S/cm")
('2.35×10⁻⁶', '(2.10–2.60)×10⁻⁶', 'S/cm')
"""

import math
import re

_superscript = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value, digits=4):
    """Text of a number with so many significant digits; whole numbers in full.

    Powers of ten are written out from 1e5 upwards and below 1e-3.
    """
    if isinstance(value, int) and abs(value) < 1e9:
        return str(value).replace("-", "−")
    exponent = _exponent(value)
    scaled = value / 10**exponent
    text = f"{scaled:.{digits}g}"
    if "e" in text:  # more digits before the point than asked for
        text = f"{scaled:.0f}"
    return text.replace("-", "−") + _power(exponent)


def estimate(value, interval=None, unit=None):
    """Texts (value, interval, unit) of an entry of ``results.json``.

    An interval narrower than the value decides the digits of all three numbers. An open end is None.
    """
    sign = unit_sign(unit)
    if isinstance(value, str):
        return value, "", sign
    lower, upper = interval or (None, None)
    if None not in (value, lower, upper) and 0 < upper - lower < 2 * abs(value):
        exponent = _exponent(value)
        decimals = max(0, exponent + 1 - math.floor(math.log10((upper - lower) / 2)))
        middle, low, high = (f"{end / 10**exponent:.{decimals}f}".replace("-", "−") for end in (value, lower, upper))
        limits = _between(low, high)
        return middle + _power(exponent), f"({limits}){_power(exponent)}" if exponent else limits, sign
    if interval is None:
        limits = ""
    elif lower is None and upper is None:
        limits = "no limit found"
    elif lower is None:
        limits = f"≤ {number(upper, 3)}"
    elif upper is None:
        limits = f"≥ {number(lower, 3)}"
    else:
        limits = _between(number(lower, 3), number(upper, 3))
    return "not determined" if value is None else number(value), limits, sign


def unit_sign(unit):
    """A unit as it is printed; the pure number "1" has none.

    >>> unit_sign("ohm cm2"), unit_sign("degC")
    ('Ω cm²', '°C')
    """
    if unit in (None, "", "1"):
        return ""
    unit = unit.replace("degC", "°C")
    unit = re.sub(r"\b([mkM]?)ohm\b", r"\1Ω", unit)
    unit = re.sub(r"\bu(?=[A-Za-z])", "µ", unit).replace("^alpha", "ᵅ")
    return re.sub(r"(?<=[A-Za-zΩ])-?\d+", lambda digits: digits[0].translate(_superscript), unit)


def _between(lower, upper):
    return f"{lower} to {upper}" if "−" in lower + upper else f"{lower}–{upper}"


def _power(exponent):
    return f"×10{str(exponent).translate(_superscript)}" if exponent else ""


def _exponent(value):
    size = abs(value)
    return 0 if size == 0 or 1e-3 <= size < 1e5 else math.floor(math.log10(size))
