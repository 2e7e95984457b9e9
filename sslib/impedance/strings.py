"""Circuits from and to the strings of impedance.py: ``R0-p(R1,CPE1)-Wo1``."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sslib.impedance.circuit import Parallel, Series
from sslib.impedance.elements import (
    CPE,
    C,
    FiniteLengthWarburg,
    FiniteSpaceWarburg,
    Gerischer,
    L,
    R,
    Warburg,
)
from sslib.impedance.line import TransmissionLine

# A circuit that is nested deeper was made by no one.
_DEEPEST = 100
_LONGEST = 100
_NAME = re.compile(r"(?P<symbol>[A-Za-z]+)(?P<number>_?[0-9]+)?")


def _same(*numbers):
    return numbers


@dataclass(frozen=True)
class _Counterpart:
    """What an element of impedance.py is here.

    ``build`` makes it from the names of its parameters, which are the name in the string and one of ``suffixes``: the
    number that impedance.py gives a parameter, or a symbol where the parameter is another one. ``ours`` and ``theirs``
    convert the numbers.
    """

    suffixes: tuple[str, ...]
    build: Callable
    ours: Callable = _same
    theirs: Callable = _same


_ELEMENTS = {
    "R": _Counterpart(("",), R),
    "C": _Counterpart(("",), C),
    "L": _Counterpart(("",), L),
    "W": _Counterpart(("",), Warburg),
    "Wo": _Counterpart(("_0", "_1"), FiniteSpaceWarburg),
    "Ws": _Counterpart(("_0", "_1"), FiniteLengthWarburg),
    "CPE": _Counterpart(("_0", "_1"), CPE),
    "G": _Counterpart(("_0", "_1"), Gerischer),
    "TLMQ": _Counterpart(
        ("_0", "_1", "_2"), lambda ion, q, alpha: TransmissionLine(ion=R(ion), interface=CPE(q, alpha))
    ),
    # R/(1 + iωτ) and R/(1 + (iωτ)^γ): an arc by its time constant.
    "K": _Counterpart(
        ("_0", "_C"),
        lambda r, c: R(r) | C(c),
        ours=lambda r, tau: (r, tau / r),
        theirs=lambda r, c: (r, r * c),
    ),
    "Zarc": _Counterpart(
        ("_0", "_Q", "_2"),
        lambda r, q, alpha: R(r) | CPE(q, alpha),
        ours=lambda r, tau, gamma: (r, tau**gamma / r, gamma),
        theirs=lambda r, q, alpha: (r, (r * q) ** (1 / alpha), alpha),
    ),
    # R_G coth(φs)/s, s² = 1 + iωt_G: a rail a along an interface r/s², with R_G² = a r and φ² = a/r.
    "Gs": _Counterpart(
        ("_ion", "_R", "_C"),
        lambda ion, r, c: TransmissionLine(ion=R(ion), interface=R(r) | C(c)),
        ours=lambda r, tau, phi: (r * phi, r / phi, tau * phi / r),
        theirs=lambda ion, r, c: (np.sqrt(ion * r), r * c, np.sqrt(ion / r)),
    ),
}
_PLAIN = {_ELEMENTS[symbol].build: symbol for symbol in ("R", "C", "L", "W", "Wo", "Ws", "CPE", "G")}
# A rail along a capacitor is an open Warburg element with τ = R C, whose parameters here are never named after it.
_RAIL_AND_CAPACITOR = "rail and capacitor"
_COUNTERPARTS = _ELEMENTS | {
    _RAIL_AND_CAPACITOR: _Counterpart(
        ("_R", "_C"),
        lambda r, c: TransmissionLine(ion=R(r), interface=C(c)),
        ours=lambda r, tau: (r, tau / r),
        theirs=lambda r, c: (r, r * c),
    )
}
# What a line of one rail is, by what stands between its rails: symbol in the string and key of the counterpart.
_LINES = {
    (CPE,): ("TLMQ", "TLMQ"),
    (R, C): ("Gs", "Gs"),
    (C, R): ("Gs", "Gs"),
    (C,): ("Wo", _RAIL_AND_CAPACITOR),
}
_WITHOUT = {
    "La": "(iωL)^α is an inductor only for α = 1",
    "T": "it lacks the resistance of the two rails in parallel that a line has here",
}


@dataclass(frozen=True)
class _Part:
    """An element in a string: its name there, the key of its counterpart, and the names of its parameters here."""

    name: str
    kind: str
    ours: tuple[str, ...]

    @property
    def counterpart(self):
        return _COUNTERPARTS[self.kind]


class CircuitString(str):
    """A circuit string of impedance.py (a str), with its circuit here and the numbers of both.

    impedance.py takes the parameters of a circuit as a list in the order of the string; here they have names.

    ==========  =========================================================================================
    in string   here
    ==========  =========================================================================================
    R, C, L     `R`, `C`, `L`
    CPE         `CPE`
    W           `Warburg`
    Wo, Ws      `FiniteSpaceWarburg`, `FiniteLengthWarburg`
    G           `Gerischer`
    TLMQ        `TransmissionLine`: an ionic rail R along an interface CPE
    K           ``R | C``, whose C is τ/R
    Zarc        ``R | CPE``, whose Q is τ^γ/R
    Gs          `TransmissionLine`: a rail of R_G φ along an interface R | C of R_G/φ and t_G φ/R_G
    ==========  =========================================================================================

    Parameters have the names that impedance.py gives them (``R0``; ``CPE1_0``, ``CPE1_1``); where the parameter is
    another one here, its symbol stands in place of the number (``Zarc1_Q``).

    Parameters
    ----------
    text : str

    Attributes
    ----------
    circuit : Circuit
    names : tuple of str
        Names of the parameters as impedance.py has them, in its order.

    Raises
    ------
    ValueError
        For an element without a counterpart, and for a string that is none, with the position.

    Examples
    --------
    What impedance.py fitted, here:

    >>> text = CircuitString("R0-Zarc1")
    >>> values = text.to_values([10.0, 50.0, 0.04, 0.5])
    >>> values
    {'R0': 10.0, 'Zarc1_0': 50.0, 'Zarc1_Q': 0.004, 'Zarc1_2': 0.5}
    >>> abs(text.circuit.impedance([1e-12, 1e12], **values)).round(3)
    array([60., 10.])
    """

    def __new__(cls, text):
        circuit, parts = _Parser(text).circuit()
        return cls._of(text, circuit, parts)

    @classmethod
    def _of(cls, text, circuit, parts):
        made = super().__new__(cls, text)
        made.circuit, made._parts = circuit, tuple(parts)
        return made

    @property
    def names(self):
        return tuple(
            f"{part.name}_{k}" if len(part.ours) > 1 else part.name
            for part in self._parts
            for k in range(len(part.ours))
        )

    def to_values(self, parameters):
        """Values by name (dict of str to float), as `circuit` takes them, from the list of impedance.py.

        Parameters
        ----------
        parameters : sequence of float
            ``initial_guess`` or ``parameters_`` of impedance.py, in its units, which are those of the elements here.

        Raises
        ------
        ValueError
            If there are more or fewer, or an element has no counterpart at these numbers (Zarc with R = 0).
        """
        numbers = np.asarray(parameters, dtype=float)
        if numbers.shape != (len(self.names),):
            raise ValueError(
                f"parameters has the shape {numbers.shape}; {str(self)!r} takes {len(self.names)} numbers: "
                f"{', '.join(self.names)}"
            )
        values, first = {}, 0
        for part in self._parts:
            own = numbers[first : first + len(part.ours)]
            first += len(part.ours)
            values |= zip(part.ours, _converted(part.name, part.counterpart.ours, own), strict=True)
        return values

    def to_parameters(self, values):
        """The list of numbers that impedance.py takes (``initial_guess``), from values by name.

        Parameters
        ----------
        values : dict of str to float
            A value for each parameter of `circuit`, such as ``result.values`` of a fit.

        Raises
        ------
        ValueError
            If a value is missing or more than one number, or an element has no counterpart at these values.
        """
        missing = [name for part in self._parts for name in part.ours if name not in values]
        if missing:
            raise ValueError(f"values lack {', '.join(missing)}; {str(self)!r} has {', '.join(self.circuit.names)}")
        several = [name for part in self._parts for name in part.ours if np.ndim(values[name])]
        if several:
            raise ValueError(f"{several[0]} has the shape {np.shape(values[several[0]])}; a single number goes here")
        return [
            number
            for part in self._parts
            for number in _converted(part.name, part.counterpart.theirs, [values[name] for name in part.ours])
        ]


def circuit_from_string(text):
    """The circuit that a string of impedance.py describes.

    The parameters are called as impedance.py calls them, so its list of numbers maps one to one; `CircuitString`
    says which elements there are, and converts the numbers of those that have others here.

    Parameters
    ----------
    text : str
        Elements with a number (``CPE1``), ``-`` for series, ``p(..., ...)`` for parallel.

    Returns
    -------
    Circuit

    Raises
    ------
    ValueError
        For an element without a counterpart, and for a string that is none, with the position.

    Examples
    --------
    >>> circuit = circuit_from_string("R0-p(R1,CPE1)-Wo1")
    >>> circuit.names
    ('R0', 'R1', 'CPE1_0', 'CPE1_1', 'Wo1_0', 'Wo1_1')
    >>> circuit
    (R('R0') + (R('R1') | CPE('CPE1_0', 'CPE1_1')) + FiniteSpaceWarburg('Wo1_0', 'Wo1_1'))
    """
    return CircuitString(text).circuit


def circuit_to_string(circuit):
    """The string with which impedance.py describes a circuit.

    Elements that bear names of impedance.py keep them (``R1``; ``CPE1_0`` and ``CPE1_1``); others are numbered in the
    order of the circuit, each kind from 0.

    Parameters
    ----------
    circuit : Circuit

    Returns
    -------
    CircuitString
        A str that also converts the values: ``to_parameters``, ``to_values``.

    Raises
    ------
    ValueError
        For a part that impedance.py lacks, which the message names, and for a parameter that stands in two places,
        which a string cannot say.

    Examples
    --------
    The fit of a circuit handed over to impedance.py, ``CustomCircuit(text, initial_guess=guess)``:

    >>> from sslib.impedance import CPE, R, TransmissionLine
    >>> model = R("R_sep") + TransmissionLine(ion=R("R_ion"), interface=CPE("Q_dl", "alpha_dl"))
    >>> text = circuit_to_string(model)
    >>> guess = text.to_parameters({"R_sep": 20.0, "R_ion": 60.0, "Q_dl": 1e-3, "alpha_dl": 0.9})
    >>> text, guess, text.names
    ('R0-TLMQ0', [20.0, 60.0, 0.001, 0.9], ('R0', 'TLMQ0_0', 'TLMQ0_1', 'TLMQ0_2'))
    """
    found = list(_elements(circuit))
    if len(circuit.slots) > len(circuit.names):
        names = [slot.name for slot in circuit.slots]
        shared = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(
            f"{', '.join(shared)} stands in more than one place of the circuit; in a string of impedance.py each place "
            "has a value of its own, so give each a name of its own"
        )
    kept = [_kept_name(*element) for element in found]
    taken, parts = set(filter(None, kept)), []
    for (symbol, kind, names), name in zip(found, kept, strict=True):
        number = 0
        while not name:
            name = f"{symbol}{number}" if f"{symbol}{number}" not in taken else None
            number += 1
        taken.add(name)
        parts.append(_Part(name, kind, names))
    return CircuitString._of(_written(circuit, iter(parts)), circuit, parts)


def _converted(name, convert, numbers):
    with np.errstate(all="ignore"):
        converted = [float(number) for number in convert(*np.asarray(numbers, dtype=float))]
    if not np.isfinite(converted).all():
        given = ", ".join(f"{number:g}" for number in numbers)
        raise ValueError(f"{name} with the values {given} has no counterpart with finite values")
    return converted


def _elements(circuit):
    """Symbol in the string, key of the counterpart and names here of each element, in the order of the circuit."""
    if isinstance(circuit, Series | Parallel):
        for part in circuit.parts:
            yield from _elements(part)
        return
    names = tuple(slot.name for slot in circuit.slots)
    symbol = _PLAIN.get(type(circuit))
    if symbol:
        yield symbol, symbol, names
        return
    interface = _interface_of_one_rail(circuit)
    if interface not in _LINES:
        raise ValueError(
            f"{circuit!r} has no counterpart in impedance.py; that has {', '.join(_ELEMENTS)} in series and parallel, "
            "and of transmission lines one rail R along an interface CPE (TLMQ), R | C (Gs) or C (Wo)"
        )
    yield *_LINES[interface], names if interface != (C, R) else (names[0], names[2], names[1])


def _interface_of_one_rail(circuit):
    """Types of the elements between the resistive rail of a line and the perfect other; None for another circuit."""
    if type(circuit) is not TransmissionLine or circuit.terminals not in ("ion-electron", "same-face"):
        return None
    if [type(rail) for rail in (circuit.ion, circuit.electron) if rail is not None] != [R]:
        return None
    interface = circuit.interface
    return tuple(map(type, interface.parts if type(interface) is Parallel else (interface,)))


def _kept_name(symbol, kind, names):
    """The name that an element has in a string already, judging by those of its parameters, or None."""
    suffixes = _COUNTERPARTS[kind].suffixes
    name = names[0].removesuffix(suffixes[0])
    known = re.fullmatch(rf"{symbol}_?[0-9]+", name)
    return name if known and names == tuple(name + suffix for suffix in suffixes) else None


def _written(circuit, parts):
    if not isinstance(circuit, Series | Parallel):
        return next(parts).name
    if not circuit.parts:
        raise ValueError(f"{circuit!r} has no parts")
    written = [_written(part, parts) for part in circuit.parts]
    if isinstance(circuit, Series) or len(written) == 1:
        return "-".join(written)
    return f"p({','.join(written)})"


class _Parser:
    """Reads a string from left to right."""

    def __init__(self, text):
        if not isinstance(text, str):
            raise TypeError(f"{text!r} is no string; one such as 'R0-p(R1,CPE1)' goes here")
        self.text, self.at, self.parts, self.depth = text, 0, {}, 0

    def circuit(self):
        circuit = self.series()
        if self.next():
            raise self.error("expected '-' or the end")
        return circuit, self.parts.values()

    def series(self):
        circuits = [self.item()]
        while self.took("-"):
            circuits.append(self.item())
        return circuits[0] if len(circuits) == 1 else Series(*circuits)

    def item(self):
        start = self.next() and self.at
        found = _NAME.match(self.text, self.at)
        if not found:
            raise self.error("expected an element such as CPE1, or 'p('")
        self.at = found.end()
        if found[0] == "p" and self.took("("):
            return self.parallel(start)
        self.at = start
        return self.element(found)

    def parallel(self, start):
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.error(f"expected at most {_DEEPEST} parallels inside each other")
        branches = [self.series()]
        while self.took(","):
            branches.append(self.series())
        if not self.took(")"):
            raise self.error(f"expected '-', ',' or the ')' of the 'p(' at character {start + 1}")
        if len(branches) == 1:
            self.at = start
            raise self.error("expected two branches or more in 'p(...)', parted by ','")
        self.depth -= 1
        return Parallel(*branches)

    def element(self, found):
        symbol, name = found["symbol"], found[0]
        counterpart = _ELEMENTS.get(symbol)
        if counterpart is None:
            reason = f" ({_WITHOUT[symbol]})" if symbol in _WITHOUT else ""
            raise self.error(f"{symbol} has no counterpart here{reason}; known are {', '.join(_ELEMENTS)}")
        if not found["number"]:
            raise self.error(f"{symbol} has no number; expected {symbol}0, {symbol}1, ...")
        if name in self.parts:
            raise self.error(f"{name} stands twice; impedance.py takes a value for each, so number them differently")
        self.at = found.end()
        part = _Part(name, symbol, tuple(name + suffix for suffix in counterpart.suffixes))
        self.parts[name] = part
        return counterpart.build(*part.ours)

    def next(self):
        """The next character that is no space, "" at the end."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def took(self, mark):
        found = self.next() == mark
        self.at += found
        return found

    def error(self, problem):
        found = repr(self.text[self.at : self.at + 10]) if self.next() else "the end"
        shown = self.text if len(self.text) <= _LONGEST else self.text[:_LONGEST] + "..."
        return ValueError(f"{shown!r}, character {self.at + 1}, at {found}: {problem}")
