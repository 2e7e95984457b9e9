"""Circuits as objects: elements joined by ``+`` (series) and ``|`` (parallel).

Every node evaluates its impedance and the exact derivatives in one pass, for a batch of parameter sets:
``evaluate(grid, values, jacobian)`` takes ``values`` of shape (sets, slots), returns the impedance of shape
(sets, frequencies) and, where ``jacobian`` is an array of shape (sets, slots, frequencies) and not None, fills it with
dZ/dvalue. A slot is one place in the tree where a parameter stands; a name that stands in two places is one shared
parameter.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sslib.checks import check_positive


class Grid:
    """Angular frequencies [rad/s], shape (frequencies,) or (sets, frequencies), with ln(1/ω) and ln(1/iω)."""

    def __init__(self, omega):
        self.omega = omega
        self.i_omega = 1j * omega
        self.minus_log_omega = -np.log(omega)
        self.minus_log_i_omega = self.minus_log_omega - 0.5j * np.pi

    def take(self, sets):
        """The grid of a selection of sets."""
        return self if self.omega.ndim == 1 else Grid(self.omega[sets])


@dataclass(frozen=True)
class Quantity:
    """What an element declares of one of its parameters.

    ``scaling`` is the power of an impedance in its dimension: 1 for ohm, -1 for farad, 0 for seconds. ``logarithmic``
    says that it is positive and fitted by its logarithm. ``lowest`` and ``highest`` bound a fit, not the physics;
    ``possible`` is the range that physics allows.
    """

    symbol: str
    unit: str
    meaning: str
    lowest: float
    highest: float
    scaling: int
    logarithmic: bool = True
    possible: tuple = (0.0, np.inf)


@dataclass(frozen=True)
class Parameter:
    """A named parameter of a circuit."""

    name: str
    quantity: Quantity

    @property
    def unit(self):
        return self.quantity.unit

    @property
    def meaning(self):
        return self.quantity.meaning


@dataclass(frozen=True)
class Exchange:
    """Two sets of parameters that a spectrum cannot tell apart, and the convention by which a fit labels them.

    ``rank`` maps the values of one set, shape (…, parameters of the set), to a number; the set of the larger number
    takes the names in ``first``. ``places`` says of a name in how many places of the circuit it stands, if in several.
    """

    kind: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    rank: Callable
    text: str
    places: dict = field(default_factory=dict)

    def is_all_of(self, names):
        """Whether its parameters stand nowhere else among the names of a larger circuit's slots."""
        return all(names.count(name) == self.places.get(name, 1) for name in (*self.first, *self.second))


class Circuit:
    """A node of a circuit: an element, a combination, or a transmission line."""

    slots: tuple[Parameter, ...]
    children: Sequence[tuple] = ()
    """The circuits that this one joins, with the places of their slots: pairs (circuit, slice)."""

    def evaluate(self, grid, values, jacobian):
        """Impedance [ohm] of shape (sets, frequencies), or (sets, 1) where it is the same at all of them; fills
        ``jacobian`` unless it is None.
        """
        raise NotImplementedError

    def draw_slots(self, impedance, omega, uniform):
        """Plausible parameter values for starts, shape (draws, slots).

        Each slot is given an impedance [ohm], an angular frequency [rad/s] and a number from 0 to 1, each of shape
        (draws, slots); an element makes itself of that impedance at that frequency.
        """
        return np.concatenate(
            [part.draw_slots(impedance[:, own], omega[:, own], uniform[:, own]) for part, own in self.children], axis=1
        )

    @cached_property
    def parameters(self):
        """The parameters in the order of the circuit, a shared one once."""
        return tuple({slot.name: slot for slot in self.slots}.values())

    @cached_property
    def names(self):
        return tuple(parameter.name for parameter in self.parameters)

    @property
    def terms(self):
        """What stands in series at the top: each can be scaled on its own."""
        return (self,)

    @property
    def branches(self):
        """Every circuit within this one, whatever its depth, with the places of its slots: pairs (circuit, slice)."""
        for part, own in self.children:
            yield part, own
            for inner, place in part.branches:
                yield inner, slice(own.start + place.start, own.start + place.stop)

    @property
    def exchanges(self):
        """What the circuit cannot tell apart, as a tuple of `Exchange`."""
        return ()

    def in_order(self, frequency):
        """Numbers of the points in an order in which neighbours are neighbours in frequency."""
        return np.argsort(frequency)

    def __add__(self, other):
        return Series(self, other)

    def __or__(self, other):
        return Parallel(self, other)

    def impedance(self, frequency, **values):
        """Impedance at given parameter values.

        Parameters
        ----------
        frequency : array_like
            Frequency [Hz], shape (frequencies,).
        **values : array_like
            A value for each parameter in its unit: numbers, or arrays of one shape (sets,).

        Returns
        -------
        numpy.ndarray
            Complex impedance [ohm], shape (frequencies,) or (sets, frequencies).

        Raises
        ------
        ValueError
            A parameter is missing, unknown or physically impossible, or a frequency is not positive.
        """
        return self._evaluate_public(frequency, values, derivatives=False)

    def derivatives(self, frequency, **values):
        """Impedance [ohm] and a dictionary of its exact derivatives by parameter, each [ohm per unit]."""
        return self._evaluate_public(frequency, values, derivatives=True)

    def _evaluate_public(self, frequency, values, derivatives):
        check_positive(frequency=frequency)
        stacked, single = self._stack(values)
        grid = Grid(2 * np.pi * np.atleast_1d(np.asarray(frequency, dtype=float)))
        evaluator = Evaluator(self)
        shape = (len(stacked), len(grid.omega))
        if not derivatives:
            impedance = np.array(np.broadcast_to(evaluator.impedance(grid, stacked), shape), dtype=complex)
            return impedance[0] if single else impedance
        impedance, jacobian = evaluator(grid, stacked)
        impedance = np.array(np.broadcast_to(impedance, shape), dtype=complex)
        columns = {name: jacobian[:, k] for k, name in enumerate(self.names)}
        if single:
            return impedance[0], {name: column[0] for name, column in columns.items()}
        return impedance, columns

    def _stack(self, values):
        """Parameter values as an array of shape (sets, parameters), checked; and whether it was a single set."""
        check_names(self.names, values, complete=True)
        for parameter in self.parameters:
            check_possible(parameter, values[parameter.name])
        arrays = np.broadcast_arrays(*(np.asarray(values[name], dtype=float) for name in self.names))
        if arrays[0].ndim > 1:
            raise ValueError(f"parameter values have shape {arrays[0].shape}; numbers or one-dimensional arrays go in")
        return np.stack([np.atleast_1d(array) for array in arrays], axis=1), arrays[0].ndim == 0


def check_names(known, given, complete=False):
    """Raise ValueError when a name is unknown or, if ``complete``, missing."""
    unknown = [name for name in given if name not in known]
    missing = [name for name in known if name not in given] if complete else []
    problems = [f"unknown: {', '.join(unknown)}"] * bool(unknown) + [f"missing: {', '.join(missing)}"] * bool(missing)
    if problems:
        raise ValueError(f"parameters {'; '.join(problems)} (this circuit has {', '.join(known)})")


def check_possible(parameter, value):
    """Raise ValueError when a value lies outside what physics allows for the parameter."""
    lowest, highest = parameter.quantity.possible
    array = np.asarray(value, dtype=float)
    wrong = ~((array >= lowest) & (array <= highest) & np.isfinite(array))
    if wrong.any():
        allowed = f"{lowest:g} to {highest:g}" if np.isfinite(highest) else f"{lowest:g} or more, and finite"
        raise ValueError(f"{parameter.name} is {array[wrong].flat[0]:g} {parameter.unit}; allowed is {allowed}")


class Evaluator:
    """A circuit's impedance and Jacobian by parameter: slots of the same name are added up."""

    def __init__(self, circuit):
        self.circuit = circuit
        names = circuit.names
        self.parameter_of_slot = np.array([names.index(slot.name) for slot in circuit.slots])
        self.shared = len(circuit.slots) > len(names)
        self.count = len(names)

    def impedance(self, grid, values):
        return self.circuit.evaluate(grid, values[:, self.parameter_of_slot], None)

    def __call__(self, grid, values):
        frequencies = grid.omega.shape[-1]
        by_slot = np.empty((len(values), len(self.parameter_of_slot), frequencies), dtype=complex)
        impedance = self.circuit.evaluate(grid, values[:, self.parameter_of_slot], by_slot)
        if not self.shared:
            return impedance, by_slot
        jacobian = np.zeros((len(values), self.count, frequencies), dtype=complex)
        for slot, parameter in enumerate(self.parameter_of_slot):
            jacobian[:, parameter] += by_slot[:, slot]
        return impedance, jacobian


class Element(Circuit):
    """A circuit element: declares its quantities once and computes its impedance from them.

    A subclass sets ``quantities``, ``equation`` and ``source`` and implements ``evaluate``. Its constructor takes one
    name for each quantity; the symbols serve where none is given.
    """

    quantities: tuple[Quantity, ...] = ()
    equation = ""
    source = ""

    def __init_subclass__(cls):
        rows = [
            f"    {q.symbol} : {q.meaning} [{q.unit}], fitted within {q.lowest:g} to {q.highest:g}"
            for q in cls.quantities
        ]
        parts = [cls.__doc__ or cls.__name__, f"    {cls.equation}", "\n".join(rows), f"    Source: {cls.source}."]
        cls.__doc__ = "\n\n".join(parts) + "\n"

    def __init__(self, *names):
        symbols = tuple(quantity.symbol for quantity in self.quantities)
        names = names or symbols
        if len(names) != len(symbols):
            raise ValueError(f"{type(self).__name__} takes {len(symbols)} names ({', '.join(symbols)}), got {names}")
        for name in names:
            if not (isinstance(name, str) and name.isidentifier()) or name in ("self", "frequency"):
                raise ValueError(f"{name!r} is no name for a parameter; a Python identifier such as 'R_ion' is")
        self.slots = tuple(Parameter(name, quantity) for name, quantity in zip(names, self.quantities, strict=True))

    def draw_slots(self, impedance, omega, uniform):
        draws = np.empty_like(impedance)
        for k, quantity in enumerate(self.quantities):
            draws[:, k] = self.draw(quantity, impedance[:, 0], omega[:, 0], uniform[:, k])
        return draws

    def draw(self, quantity, impedance, omega, uniform):
        """A value of one quantity that gives the element about that impedance at that angular frequency."""
        return {"ohm": impedance, "s": 1 / omega}[quantity.unit]

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(repr(slot.name) for slot in self.slots)})"


class _Combination(Circuit):
    """Circuits side by side: their slots follow one another."""

    symbol = ""

    def __init__(self, *parts):
        for part in parts:
            if not isinstance(part, Circuit):
                raise TypeError(f"{part!r} is no circuit; elements are joined as in R('R_0') + CPE('Q', 'alpha')")
        # Joining what is joined already: a + b + c is one series of three.
        self.parts = tuple(q for part in parts for q in (part.parts if type(part) is type(self) else (part,)))
        self.slots = tuple(slot for part in self.parts for slot in part.slots)
        ends = np.cumsum([len(part.slots) for part in self.parts])
        self.children = [
            (part, slice(int(end) - len(part.slots), int(end))) for end, part in zip(ends, self.parts, strict=True)
        ]
        check_shared(self.slots)

    @property
    def exchanges(self):
        return tuple(exchange for part in self.parts for exchange in part.exchanges)

    def _evaluate_parts(self, grid, values, jacobian):
        for part, own in self.children:
            own_jacobian = None if jacobian is None else jacobian[:, own]
            yield part.evaluate(grid, values[:, own], own_jacobian), own_jacobian

    def __repr__(self):
        return "(" + f" {self.symbol} ".join(map(repr, self.parts)) + ")"


def check_shared(slots):
    """Raise ValueError when one name stands for two different quantities."""
    first = {}
    for slot in slots:
        other = first.setdefault(slot.name, slot)
        if other.quantity != slot.quantity:
            raise ValueError(
                f"{slot.name!r} stands for a {other.meaning} [{other.unit}] and for a {slot.meaning} [{slot.unit}]; "
                "a name that stands twice is one shared parameter"
            )


class Series(_Combination):
    """Circuits in series: impedances add."""

    symbol = "+"

    @property
    def terms(self):
        return self.parts

    @property
    def exchanges(self):
        """Besides those of the parts: arcs of one kind, of which the first in the circuit is taken to be the faster."""
        arcs = [part.arc for part in self.parts if isinstance(part, Parallel) and part.arc]
        own = [
            Exchange(
                kind="arcs exchangeable",
                first=first,
                second=second,
                rank=lambda values: -_arc_time(values),
                text=f"The arcs of {first[0]} and {second[0]} can be exchanged: that the faster one is {first[0]}'s is "
                "an assumption, not a result.",
            )
            for k, first in enumerate(arcs)
            for second in arcs[k + 1 :]
            if len(first) == len(second)
        ]
        return (*super().exchanges, *own)

    def evaluate(self, grid, values, jacobian):
        total = None
        for impedance, _ in self._evaluate_parts(grid, values, jacobian):
            total = impedance if total is None else total + impedance
        return total


def _arc_time(values):
    """Time constant [s] of an arc from its resistance, coefficient and exponent (1 for a capacitor)."""
    exponent = values[..., 2] if values.shape[-1] == 3 else 1.0
    return (values[..., 0] * values[..., 1]) ** (1 / exponent)


def has_zero(z):
    """Whether a complex array holds a zero: counting is the quicker way for few points, looking for one for many."""
    return np.count_nonzero(z) < z.size if z.size < 1000 else not z.all()


class Parallel(_Combination):
    """Circuits in parallel: admittances add; written so that a part of zero impedance short-circuits the rest."""

    symbol = "|"

    @property
    def arc(self):
        """Names of resistance, coefficient and exponent if this is a resistor across a C or a CPE, else None."""
        kinds = {quantity.unit: slot.name for part in self.parts for slot in part.slots for quantity in [slot.quantity]}
        names = [kinds[unit] for unit in ("ohm", "F", "S s^alpha", "1") if unit in kinds]
        elements = len(self.parts) == 2 and all(isinstance(part, Element) for part in self.parts)
        return tuple(names) if elements and set(kinds) in ({"ohm", "F"}, {"ohm", "S s^alpha", "1"}) else None

    def evaluate(self, grid, values, jacobian):
        joined, before = None, []
        for impedance, own_jacobian in self._evaluate_parts(grid, values, jacobian):
            if joined is None:
                joined = impedance
            else:
                loop = joined + impedance
                if has_zero(loop):
                    loop = np.where((joined == 0) & (impedance == 0), 1, loop)
                per_loop = 1 / loop
                share, joined_share = joined * per_loop, impedance * per_loop
                joined = impedance * share
                if jacobian is not None:
                    joined_share *= joined_share
                    for earlier in before:
                        earlier *= joined_share[:, None]
                    share *= share
                    own_jacobian *= share[:, None]
            before.append(own_jacobian)
        return joined
