"""Starting values of a joint fit: its spectra are fitted one by one, and each takes the lead once."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from sslib.impedance.fitting import fit_batch
from sslib.impedance.joint.laws import ACTIVATION

# Up to so many spectra with exchangeable parts every combination of labellings is tried, and so many take the lead.
COMBINED = 4
LEADERS = 6


@dataclass
class Alone:
    """A spectrum fitted alone: values and standard errors by name, its cost, and its numbers less its parameters."""

    values: dict
    errors: dict
    cost: float
    spare: int
    fixed: dict
    bounds: dict


def fit_alone(model, data, fixed, bounds, error):
    """Each spectrum of a joint model fitted alone, where it has the numbers: by label its `Alone`."""
    groups = {}
    for label, (frequency, _) in data.items():
        part = model.parts[label]
        own_fixed, own_bounds = (
            {name: given[joint] for name, joint in part.joint_names.items() if joint in given}
            for given in (fixed, bounds)
        )
        spare = 2 * len(frequency) - len(part.model.names) + len(own_fixed)
        if spare > 0 and len(own_fixed) < len(part.model.names):
            limits = sorted((name, *ends) for name, ends in own_bounds.items())
            key = id(part.model), frequency.tobytes(), *sorted(own_fixed.items()), *limits
            groups.setdefault(key, []).append((label, spare, own_fixed, own_bounds))
    alone = {}
    for members in groups.values():
        labels = [label for label, *_ in members]
        first, spare, own_fixed, own_bounds = members[0]
        found = fit_batch(
            model.parts[first].model,
            data[first][0],
            np.stack([data[label][1] for label in labels]),
            fixed=own_fixed,
            bounds=own_bounds,
            error=error if isinstance(error, str) else np.stack([error[label] for label in labels]),
        )
        for row, label in enumerate(labels):
            values, errors = (
                {name: float(column[row]) for name, column in columns.items()}
                for columns in (found.values, found.standard_errors)
            )
            alone[label] = Alone(values, errors, float(found.chi_square[row]), spare, own_fixed, own_bounds)
    return alone


def starting_values(model, impedance, alone, fixed, bounds):
    """Candidates (candidates, joint parameters) from the spectra fitted alone.

    In coordinates each is a least-squares compromise between them and what is expected without any fit, weighted by
    their standard errors.
    """
    size = np.log(np.median(np.abs(impedance)))
    centre, doubt = np.array([_expected(slot.quantity, size) for slot in model.slots]).T
    circuits = {label: model.parts[label].model for label in alone}
    own = {label: _coordinates(circuit, alone[label]) for label, circuit in circuits.items()}
    rows = []
    for swapped in _labellings([label for label, circuit in circuits.items() if circuit.exchanges]):
        for lead in [None, *list(alone)[:: max(1, -(-len(alone) // LEADERS))]]:
            matrix, right = [np.diag(1 / doubt)], [centre / doubt]
            for label, circuit in circuits.items():
                place, spread = own[label][:, _swap(circuit)] if label in swapped else own[label]
                if lead is not None:
                    spread = np.full(len(place), 1e-3) if label == lead else 1 + spread
                matrix.append(model.parts[label].rows / spread[:, None])
                right.append(place / spread)
            rows.append(np.linalg.lstsq(np.concatenate(matrix), np.concatenate(right), rcond=None)[0])
    rows = np.array(rows)
    logarithmic = np.array([slot.quantity.logarithmic for slot in model.slots])
    values = np.exp(np.clip(rows, -80, 80), out=rows.copy(), where=logarithmic)
    for k, slot in enumerate(model.slots):
        lowest, highest = bounds.get(slot.name, (slot.quantity.lowest, slot.quantity.highest))
        values[:, k] = fixed.get(slot.name, np.clip(values[:, k], lowest, highest))
    return values


def _expected(quantity, size):
    """Coordinate of a joint parameter before any fit of spectra of this size (ln ohm), and how far off it may be."""
    if quantity.symbol == ACTIVATION.symbol:
        return 0.3, 0.5
    return (quantity.scaling * size, 30.0) if quantity.logarithmic else (0.8, 3.0)


def _coordinates(circuit, alone):
    """Coordinates of a spectrum's own parameters and their standard errors, (2, parameters)."""
    columns = []
    for parameter in circuit.parameters:
        value, error = alone.values[parameter.name], alone.errors.get(parameter.name, 1e-3)
        logarithmic = parameter.quantity.logarithmic and value > 0
        place, spread = (np.log(value), error / value) if logarithmic else (value, error)
        columns.append((place, np.clip(spread, 1e-3, 10.0)))
    return np.array(columns).T


def _labellings(labels):
    """Sets of these spectra, each to have what is exchangeable labelled the other way round."""
    if len(labels) <= COMBINED:
        return [set(own) for n in range(len(labels) + 1) for own in combinations(labels, n)]
    # Along a series the labelling changes where two courses cross: once.
    ends = range(len(labels) + 1)
    return [set(labels[:k]) for k in ends] + [set(labels[k:]) for k in ends[1:-1]]


def _swap(circuit):
    """Places of a circuit's parameters when what is exchangeable is labelled the other way round."""
    places = np.arange(len(circuit.names))
    for exchange in circuit.exchanges:
        first, second = ([circuit.names.index(name) for name in own] for own in (exchange.first, exchange.second))
        places[first + second] = places[second + first]
    return places
