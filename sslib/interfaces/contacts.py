"""What a two-point spectrum adds to an interface, and four points do not: one cell, both ways of contacting it."""

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from sslib.checks import check_between, check_positive
from sslib.impedance import CPE, C, R, fit
from sslib.instruments import Spectrum

Contacts = Literal["two-point", "four-point"]
BOTH = 2
"""Interfaces, and electrodes, in the cell."""


@dataclass(frozen=True)
class HeteroionicCell:
    """A symmetric cell, electrode | 1 | 2 | 1 | electrode, of two ion conductors; all per area.

    Attributes
    ----------
    resistance_1, resistance_2 : float
        Of each layer of the first and of the layer of the second conductor [ohm m2].
    interface_resistance, interface_capacitance : float
        Of each interface between the two conductors [ohm m2, F/m2].
    electrode_resistance, electrode_capacitance : float
        Charge transfer and double layer of each electrode [ohm m2, F/m2].
    depth : float
        Where the reference electrodes sit: share of the first conductor's layer between electrode and reference [1].

    Examples
    --------
    At rest two points see both electrodes, 40 ohm cm2 each, and the layers up to the references, 5 each, besides:

    >>> from sslib.units import ohm_cm2
    >>> cell = HeteroionicCell(10 * ohm_cm2, 50 * ohm_cm2, 16 * ohm_cm2, 1e-2, 40 * ohm_cm2, 1e-1)
    >>> two, four = (cell.impedance([1e-6], contacts)[0].real / ohm_cm2 for contacts in ("two-point", "four-point"))
    >>> round(float(four), 6), round(float(two - four), 6)
    (92.0, 90.0)
    """

    resistance_1: float
    resistance_2: float
    interface_resistance: float
    interface_capacitance: float
    electrode_resistance: float
    electrode_capacitance: float
    depth: float = 0.5

    def __post_init__(self):
        own = dict(vars(self))
        check_between(0, 1, depth=own.pop("depth"))
        check_positive(**own)

    def impedance(self, frequency, contacts: Contacts):
        """Impedance [ohm m2] at frequencies [Hz], between the electrodes or between the reference electrodes."""
        values = {
            "R_near": self.depth * self.resistance_1,
            "R_beyond": (1 - self.depth) * self.resistance_1,
            "R_2": self.resistance_2,
            "R_int": self.interface_resistance,
            "C_int": self.interface_capacitance,
            "R_el": self.electrode_resistance,
            "C_el": self.electrode_capacitance,
        }
        circuit = heteroionic_circuit(contacts)
        return circuit.impedance(frequency, **{name: values[name] for name in circuit.names})


def heteroionic_circuit(contacts: Contacts):
    """Circuit of `HeteroionicCell` as its two electrodes or its two reference electrodes see it.

    The reference electrodes carry no current: of each layer they see what lies beyond them, and of the electrodes
    nothing. Layers are resistors: their own capacitance is felt above the frequencies of interest.

    Examples
    --------
    >>> heteroionic_circuit("four-point").names
    ('R_beyond', 'R_int', 'C_int', 'R_2')
    """
    if contacts not in get_args(Contacts):
        raise ValueError(f"contacts is {contacts!r}; it must be one of {', '.join(get_args(Contacts))}")
    interface = R("R_int") | C("C_int")
    inner = R("R_beyond") + interface + R("R_2") + interface + R("R_beyond")
    if contacts == "four-point":
        return inner
    electrode = R("R_el") | C("C_el")
    return electrode + R("R_near") + inner + R("R_near") + electrode


def evaluate_contacts(cell, frequency, noise=0.003, reproducibility=0.1, seed=1):
    """What common evaluations make of the interface resistance of a cell whose truth is known.

    Four points with one arc; two points with one arc, which counts all that is no electrolyte as interface; two points
    with two arcs, of which the one that the fit finds at the higher frequency is taken for the interface; and two
    points less a cell without the second conductor, whose electrodes differ a little.

    Parameters
    ----------
    cell : HeteroionicCell
    frequency : array_like
        [Hz], shape (frequencies,).
    noise : float
        Of each part of the impedance, relative to its magnitude [1].
    reproducibility : float
        By how much the electrodes of the cell without the second conductor differ, relative [1].
    seed : int
        Of the noise.

    Returns
    -------
    pandas.DataFrame
        By evaluation ``R_int`` and its interval ``from``, ``to`` (NaN for an open end) [ohm m2], and ``factor``, found
        over true [1]. An interval knows the noise, not the mistake.
    """
    import pandas as pd

    check_positive(noise=noise)
    check_between(0, np.inf, reproducibility=reproducibility)
    frequency = np.asarray(frequency, dtype=float)
    random = np.random.default_rng(seed)
    one, two = _arcs(1), _arcs(2)

    def fitted(model, contacts):
        exact = cell.impedance(frequency, contacts)
        scatter = noise * np.abs(exact) * (random.standard_normal((len(frequency), 2)) @ [1, 1j])
        return fit(model, Spectrum(frequency, exact + scatter), noise=noise)

    four, single, double = fitted(one, "four-point"), fitted(one, "two-point"), fitted(two, "two-point")
    place = {name: _apex(double.values, name) for name in ("1", "2")}
    fast = max(place, key=place.get)
    other = replace(cell, electrode_resistance=cell.electrode_resistance * (1 + reproducibility))
    both, ends = single.values["R_1"], single.interval("R_1")
    rest = BOTH * other.electrode_resistance
    rows = {
        "four-point, one arc": _row(four.values["R_1"], four.interval("R_1")),
        "two-point, one arc": _row(both, ends),
        "two-point, two arcs": _row(double.values[f"R_{fast}"], double.interval(f"R_{fast}")),
        "two-point, less a cell without 2": _row(both - rest, [None if end is None else end - rest for end in ends]),
    }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table["factor"] = table["R_int"] / cell.interface_resistance
    return table


def apparent_energy(resistances, energies):
    r"""Activation energy [J] that the sum of activated resistances shows.

    .. math:: E = \frac{\mathrm{d} \ln \sum_k R_k}{\mathrm{d}(1/kT)} = \frac{\sum_k R_k E_k}{\sum_k R_k}

    Parameters
    ----------
    resistances : array_like
        At the temperature in question, shape (parts, …) [any unit of resistance].
    energies : array_like
        [J], shape (parts, …).

    Notes
    -----
    Local: the part with the highest energy takes over as it gets colder. What a two-point measurement calls the energy
    of an interface is such a mean with the electrodes'.

    Examples
    --------
    >>> from sslib.units import eV
    >>> float(round(apparent_energy([16.0, 48.0], [0.47 * eV, 0.7 * eV]) / eV, 4))
    0.6425
    """
    check_positive(resistances=resistances)
    check_between(0, np.inf, energies=energies)
    resistances = np.asarray(resistances, dtype=float)
    return (resistances * energies).sum(axis=0) / resistances.sum(axis=0)


def _arcs(count):
    """A resistor and so many arcs, the first without the name of another."""
    model = R("R_s")
    for k in range(1, count + 1):
        model = model + (R(f"R_{k}") | CPE(f"Q_{k}", f"alpha_{k}"))
    return model


def _apex(values, arc):
    resistance, coefficient, exponent = (values[f"{name}_{arc}"] for name in ("R", "Q", "alpha"))
    return (resistance * coefficient) ** (-1 / exponent)


def _row(both, ends):
    """One interface's share of what was found for both."""
    low, high = (np.nan if end is None else end / BOTH for end in ends)
    return {"R_int": both / BOTH, "from": low, "to": high}
