"""The network of any number of rails against every closed form that it holds as a special case."""

import numpy as np

from sslib.checks import check_positive
from sslib.impedance.elements import (
    CPE,
    C,
    FiniteLengthWarburg,
    FiniteSpaceWarburg,
    Gerischer,
    R,
    SphericalDiffusion,
    Warburg,
)
from sslib.impedance.line import FORMS, TransmissionLine
from sslib.impedance.misreading import largest_deviation
from sslib.impedance.network import Network, Region, as_network
from sslib.impedance.salt import Salt

LONG = 40.0
"""Thickness over penetration depth from which a line has no other end: coth is 1 to all digits."""


def network_deviation(sets=200, seed=1):
    """Largest relative deviation of the general network from closed forms, at random parameters.

    Resistances over eight decades, frequencies over twelve, exponents from 0.4 to 1.

    Parameters
    ----------
    sets : int
        How many sets of parameters for each form.
    seed : int

    Returns
    -------
    dict
        By closed form the largest \\|Z_network/Z_closed − 1\\| [1].

    Raises
    ------
    ValueError
        If ``sets`` is not positive.

    Examples
    --------
    >>> max(network_deviation(sets=20).values()) < 1e-9
    True
    """
    check_positive(sets=sets)
    rng = np.random.default_rng(seed)
    frequency = np.geomspace(1e7, 1e-5, 25)
    deviations = {}
    for label, (closed, network, values, given) in _pairs(rng, sets).items():
        ours, theirs = network.impedance(frequency, **given), closed.impedance(frequency, **values)
        deviations[label] = float(largest_deviation(ours, theirs).max())
    return deviations


def _pairs(rng, sets):
    """By label a closed form, its network, and the values of both."""

    def spread(low, high):
        return 10 ** rng.uniform(low, high, sets)

    interface = CPE("Q", "alpha") | (R("R_ct") + SphericalDiffusion("R_d", "tau_d"))
    pairs = {}
    for terminals in FORMS:
        line = TransmissionLine(R("R_ion"), R("R_el"), interface=interface, terminals=terminals)
        values = {name: spread(-3, 5) for name in ("R_ion", "R_el", "R_ct", "R_d")}
        values |= {"Q": spread(-7, -1), "alpha": rng.uniform(0.4, 1, sets), "tau_d": spread(-3, 4)}
        pairs[f"two rails, {terminals}"] = line, as_network(line), values, values
    resistance, time = spread(-3, 5), spread(-3, 4)
    own = {"R_d": resistance, "tau_d": time}
    given = {"R": resistance, "C": time / resistance}
    rail = Region({"ion": R("R"), "ground": None}, {("ion", "ground"): C("C")})
    contacts = {"source": ("ion", 0), "sink": ("ground", 0)}
    blocked = Network(rail, **contacts)
    ended = Network(rail, **contacts, links={(("ion", 1), ("ground", 1)): None})
    pairs["diffusion to a wall"] = FiniteSpaceWarburg(), blocked, own, given
    pairs["diffusion to a sink"] = FiniteLengthWarburg(), ended, own, given
    # A line so long that nothing comes back: x² = R/z beyond LONG² at the lowest frequency, 1e-5 Hz.
    long = {"R": resistance, "C": LONG**2 / (2 * np.pi * 1e-5) * 2 / resistance}
    pairs["Warburg"] = Warburg(), blocked, {"sigma_W": np.sqrt(resistance / (2 * long["C"]))}, long
    leaking = Region({"ion": R("R"), "ground": None}, {("ion", "ground"): R("R_k") | C("C")})
    reaction = {"R": LONG**2 * resistance, "R_k": resistance, "C": time / resistance}
    gerischer = {"R_G": LONG * resistance, "tau_G": time}
    pairs["Gerischer"] = Gerischer(), Network(leaking, **contacts), gerischer, reaction
    salt = {"R_ion": spread(-3, 5), "t_plus": rng.uniform(-0.5, 1, sets)}
    salt |= {"R_salt": spread(-3, 5), "tau_salt": spread(-3, 4)}
    layer = Network(Region({("cation", "anion"): Salt()}), source=("cation", 0), sink=("cation", 1))
    pairs["salt between two electrodes"] = Salt(), layer, salt, salt
    return pairs
