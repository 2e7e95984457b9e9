"""The circuit of several spectra: its frequencies are theirs, and its parameters those from which theirs follow."""

import numpy as np

from sslib.impedance.circuit import Circuit, Exchange, Grid, check_names
from sslib.impedance.joint.laws import law_of


class JointPart:
    """One spectrum's circuit in a joint model: its place on the axis, and its parameters from the joint ones."""

    def __init__(self, label, model, own, rows, behind, slots):
        self.label, self.model, self.own = label, model, own
        self.rows = rows  # (parameters of the model, joint parameters), in coordinates
        self.behind = behind  # by name the columns of its law, also those that count nothing in this spectrum
        self.logarithmic = [parameter.quantity.logarithmic for parameter in model.parameters]
        self.joint_logarithmic = [slot.quantity.logarithmic for slot in slots]
        self.slot_parameter = [model.names.index(slot.name) for slot in model.slots]
        self.columns = [np.flatnonzero(row) for row in rows]
        self.direct = [len(own) == 1 and row[own[0]] == 1 for own, row in zip(self.columns, rows, strict=True)]
        named = zip(model.names, self.columns, self.direct, strict=True)
        # By name of a parameter of the model the joint parameter that it is, where no law stands between them.
        self.joint_names = {name: slots[own[0]].name for name, own, direct in named if direct}

    def values(self, values):
        """The model's parameters (sets, parameters) from the joint ones (sets, joint parameters)."""
        own = np.empty((len(values), len(self.rows)))
        for k, (row, columns) in enumerate(zip(self.rows, self.columns, strict=True)):
            if self.direct[k]:
                own[:, k] = values[:, columns[0]]
                continue
            joint = {c: np.log(values[:, c]) if self.joint_logarithmic[c] else values[:, c] for c in columns}
            coordinate = sum(row[column] * x for column, x in joint.items())
            own[:, k] = np.exp(coordinate) if self.logarithmic[k] else coordinate
        return own

    def chain(self, own_jacobian, values, own_values, jacobian):
        """Add dZ/d(joint parameter) to ``jacobian`` (sets, joint parameters, frequencies of this part)."""
        for slot, k in enumerate(self.slot_parameter):
            for column in self.columns[k]:
                if self.direct[k]:
                    jacobian[:, column] += own_jacobian[:, slot]
                    continue
                slope = self.rows[k, column] * (own_values[:, k] if self.logarithmic[k] else np.ones(len(values)))
                if self.joint_logarithmic[column]:
                    slope = slope / values[:, column]
                jacobian[:, column] += slope[:, None] * own_jacobian[:, slot]

    def exchanged(self, exchange):
        """Joint columns behind the two sets of an exchange; None where swapping them is not that."""
        if not exchange.is_all_of([slot.name for slot in self.model.slots]):
            return None
        sets, rows = [], []
        for names in (exchange.first, exchange.second):
            # What stands first in each law first: an exchange ranks by these.
            columns = [self.behind[name] for name in names]
            sets.append((*(c[0] for c in columns), *(x for c in columns for x in c[1:])))
            rows.append(self.rows[[self.model.names.index(name) for name in names]][:, sets[-1]])
        same = not set(sets[0]) & set(sets[1]) and np.array_equal(*rows)
        return tuple(sets) if same else None


class Joint(Circuit):
    """A circuit for several spectra at once: its frequencies are theirs, one spectrum after another.

    Parameters
    ----------
    models : dict
        By label a pair of a circuit and the number of frequencies of its spectrum.
    laws : dict, optional
        By name of a parameter of these circuits its `Law`, or "shared" or "free"; shared where none is given.
    spectra : dict, optional
        By label what was measured, for the temperatures and cycles that it states.

    Raises
    ------
    ValueError
        For no spectra, a law of an unknown parameter, one name for two quantities, conditions that are missing, and
        frequencies that are not as many as stated.
    """

    def __init__(self, models, laws=None, spectra=None):
        if not models:
            raise ValueError("a joint model needs a spectrum")
        for label, (model, points) in models.items():
            if not isinstance(model, Circuit):
                raise TypeError(f"{label} has {model!r} for a model; a circuit such as R('R_0') goes here")
            if points < 1:
                raise ValueError(f"{label} has {points} frequencies; it needs one or more")
        self.labels = tuple(models)
        conditions = {label: (spectra or {}).get(label) for label in models}
        holders = _holders(models)
        check_names(tuple(holders), laws or {})
        columns, slots = {}, []
        for name, (quantity, labels) in holders.items():
            law = law_of(name, (laws or {}).get(name, "shared"))
            parameters, matrix = law.bind(name, quantity, labels, conditions)
            for label, row in zip(labels, matrix, strict=True):
                own = slice(len(slots), len(slots) + len(row))
                behind = range(len(row)) if law.coupled else np.flatnonzero(row)
                columns[name, label] = own, row, [own.start + int(column) for column in behind]
            slots += parameters
        names = [slot.name for slot in slots]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"the laws give the name {', '.join(twice)} to two parameters; rename one, or a label")
        self.slots, self.points, self.parts = tuple(slots), 0, {}
        for label, (model, points) in models.items():
            rows, behind = np.zeros((len(model.names), len(slots))), {}
            for k, name in enumerate(model.names):
                own, row, behind[name] = columns[name, label]
                rows[k, own] = row
            place = slice(self.points, self.points + points)
            self.parts[label] = JointPart(label, model, place, rows, behind, slots)
            self.points = place.stop

    def evaluate(self, grid, values, jacobian):
        if grid.omega.shape[-1] != self.points:
            raise ValueError(
                f"this joint model is for {self.points} frequencies, those of its spectra one after another; "
                f"got {grid.omega.shape[-1]}"
            )
        total = np.empty((len(values), self.points), dtype=complex)
        if jacobian is not None:
            jacobian[...] = 0
        for part in self.parts.values():
            own_values = part.values(values)
            by_slot, own_grid, room = own_values[:, part.slot_parameter], _segment(grid, part.own), None
            if jacobian is not None:
                room = np.empty((*by_slot.shape, own_grid.omega.shape[-1]), dtype=complex)
            total[:, part.own] = part.model.evaluate(own_grid, by_slot, room)
            if jacobian is not None:
                part.chain(room, values, own_values, jacobian[:, :, part.own])
        return total

    def in_order(self, frequency):
        """The spectra stand one after another, each in its own order."""
        return np.arange(len(frequency))

    def draw_slots(self, impedance, omega, uniform):
        drawn = 0.3 * uniform  # of an activation energy [eV]; all others are drawn by an element
        for part in reversed(self.parts.values()):
            # A law's first parameter stands for the value; others of its kind follow it closely.
            carriers = np.array([columns[0] for columns in part.columns])[part.slot_parameter]
            own = part.model.draw_slots(impedance[:, carriers], omega[:, carriers], uniform[:, carriers])
            for slot, k in enumerate(part.slot_parameter):
                for column in part.columns[k]:
                    if self.slots[column].unit == part.model.slots[slot].unit:
                        drawn[:, column] = own[:, slot]
        return drawn

    @property
    def exchanges(self):
        """What every spectrum that has the parameters leaves open, and in the same way."""
        found = {}
        for part in self.parts.values():
            for exchange in part.model.exchanges:
                sets = part.exchanged(exchange)
                if sets:
                    sets = sets[::-1] if sets[::-1] in found else sets
                    found.setdefault(sets, (exchange, []))[1].append(part.label)
        kept = []
        for (first, second), (exchange, labels) in found.items():
            touched = [part.label for part in self.parts.values() if part.rows[:, [*first, *second]].any()]
            if labels == touched:
                names = [tuple(self.slots[column].name for column in own) for own in (first, second)]
                kept.append(_lifted(exchange, *names))
        return tuple(kept)

    def values_of(self, label, values):
        """The parameters of one spectrum's circuit.

        Parameters
        ----------
        label : str
        values : dict
            The joint parameters: numbers, or arrays of one shape (sets,).

        Returns
        -------
        dict
            By name in that circuit, of the same shape.
        """
        if label not in self.parts:
            raise ValueError(f"there is no spectrum {label!r}; known are {', '.join(map(str, self.labels))}")
        part = self.parts[label]
        stacked, single = self._stack(values)
        own = zip(part.model.names, part.values(stacked).T, strict=True)
        return {name: float(column[0]) if single else column for name, column in own}

    def __repr__(self):
        return "Joint(" + ", ".join(f"{label}: {part.model!r}" for label, part in self.parts.items()) + ")"


def _holders(models):
    """By name of a parameter its quantity, and the labels of the spectra that have it."""
    holders = {}
    for label, (model, _) in models.items():
        for parameter in model.parameters:
            first, labels = holders.setdefault(parameter.name, (parameter.quantity, []))
            if parameter.quantity != first:
                raise ValueError(
                    f"{parameter.name!r} is a {first.meaning} [{first.unit}] in {labels[0]} and a {parameter.meaning} "
                    f"[{parameter.unit}] in {label}; a name in two spectra is one quantity"
                )
            labels.append(label)
    return holders


def _segment(grid, own):
    """The grid of one spectrum: views of what has been computed for all."""
    part = object.__new__(Grid)
    vars(part).update({name: array[..., own] for name, array in vars(grid).items()})
    return part


def _lifted(exchange, first, second):
    """An exchange between joint parameters; the ranking looks at what stands first in each law."""
    count = len(exchange.first)
    text = exchange.text
    if len(first) > count:
        text += f" {', '.join(first[count:])} and {', '.join(second[count:])} go with them."
    return Exchange(exchange.kind, first, second, lambda values: exchange.rank(values[..., :count]), text)
