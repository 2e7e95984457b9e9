"""Steps 1 to 3: a second rail, an interface of any kind, contacts of any kind."""

from functools import partial

import numpy as np

from sslib.impedance.elements import CPE, C, Gerischer, R
from sslib.impedance.evolution.electrode import two_rails
from sslib.impedance.evolution.step import Step, Variant
from sslib.impedance.joint import ladder_deviation
from sslib.impedance.line import TransmissionLine
from sslib.impedance.misreading import largest_deviation
from sslib.impedance.network import as_network

CELLS = 4000
LADDER = f"a ladder of {CELLS} cells, solved node by node"
CHECKED = np.geomspace(1e5, 1e-4, 73)
"""Frequencies [Hz] of checks."""


def against_network(line, values, frequency):
    """Largest relative deviation of a closed form of two rails from the general network [1]."""
    ours, theirs = (model.impedance(frequency, **values) for model in (line, as_network(line)))
    return float(largest_deviation(ours, theirs))


def conduction(values):
    """Step 1: the electrode before any reaction, two rails for de Levie's one."""
    now = Variant.of(two_rails(C("C_dl")), values)
    return Step(
        number=1,
        aspect="conduction",
        adds="Electrons resist, too: a second rail.",
        first="One rail: R. de Levie, Electrochim. Acta 8 (1963) 751, doi 10.1016/0013-4686(63)80042-0. Two: "
        "G. Paasch, K. Micka, P. Gersdorf, Electrochim. Acta 38 (1993) 2653, doi 10.1016/0013-4686(93)85083-B.",
        ends="Particles or pores as wide as the penetration depth; rails that change with depth.",
        now=now,
        before=Variant.of(TransmissionLine(R("R_ion"), interface=C("C_dl")), values),
        route=LADDER,
        check=partial(ladder_deviation, now.model, CHECKED, now.values, CELLS),
        tolerance=1e-3,
    )


def interface(values):
    """Step 2: charge transfer across a constant-phase element for a capacitor."""
    now = Variant.of(two_rails(CPE("Q_dl", "alpha_dl") | R("R_ct")), values)
    return Step(
        number=2,
        aspect="interface",
        adds="Any circuit may stand between the rails: charge is transferred, and the double layer disperses.",
        first="H. Gerischer, Z. Phys. Chem. 198 (1951) 286 (reaction with diffusion); J. Bisquert et al., J. Phys. "
        "Chem. B 104 (2000) 2287, doi 10.1021/jp993148h (any impedance between two rails).",
        ends="A constant-phase element fits and explains nothing; the interface is the same at every depth.",
        now=now,
        before=Variant.of(two_rails(C("C_dl")), values),
        half=Variant.of(two_rails(C("C_dl") | R("R_ct")), values, label="charge transfer at a capacitor"),
        route=LADDER,
        check=partial(ladder_deviation, now.model, CHECKED, now.values, CELLS),
        tolerance=1e-3,
    )


def contacts(values):
    """Step 3: both contacts ionic, read as if one of them were electronic."""
    inner = CPE("Q_dl", "alpha_dl") | R("R_ct")
    now = Variant.of(two_rails(inner, "ion-ion"), values)
    return Step(
        number=3,
        aspect="contacts",
        adds="Where the current goes in and out is free: an ionic and an electronic contact, two of either.",
        first="P. M. Gomadam, J. W. Weidner, T. A. Zawodzinski, A. P. Saab, J. Electrochem. Soc. 150 (2003) E371 "
        "(named by the review; the place not verified).",
        ends="A contact that lets only one carrier pass, over the whole face; blocked faces shift the state of charge.",
        now=now,
        before=Variant.of(two_rails(inner), values),
        route=LADDER,
        check=partial(ladder_deviation, now.model, CHECKED, now.values, CELLS),
        tolerance=1e-3,
    )


def interfaces(values, frequency):
    """Interfaces of the second step beside a plain capacitor between the same rails.

    Parameters
    ----------
    values : dict
        From `electrode_values`.
    frequency : array_like
        [Hz].

    Returns
    -------
    dict
        By interface: how far the electrode with a capacitor is off at most (\\|Z_capacitor/Z − 1\\| [1]), at which
        frequency [Hz], and how far the closed form is from the network [1].

    Notes
    -----
    Reaction with diffusion (Gerischer) has the resistance and the time constant of the charge transfer; the film has
    half its resistance and a hundredth of the capacitance of the double layer.
    """
    transfer = CPE("Q_dl", "alpha_dl") | R("R_ct")
    circuits = {
        "constant-phase element": CPE("Q_dl", "alpha_dl"),
        "charge transfer": C("C_dl") | R("R_ct"),
        "charge transfer, dispersed": transfer,
        "reaction with diffusion": Gerischer("R_ct", "tau_G"),
        "film and charge transfer": (R("R_film") | C("C_film")) + transfer,
    }
    values = values | {"tau_G": values["R_ct"] * values["C_dl"]}
    values |= {"R_film": values["R_ct"] / 2, "C_film": values["C_dl"] / 100}
    frequency = np.asarray(frequency, dtype=float)
    capacitor = Variant.of(two_rails(C("C_dl")), values).impedance(frequency)
    rows = {}
    for label, circuit in circuits.items():
        own = Variant.of(two_rails(circuit), values)
        deviation = np.abs(capacitor / own.impedance(frequency) - 1)
        rows[label] = {
            "error of the capacitor [1]": float(deviation.max()),
            "at [Hz]": float(frequency[deviation.argmax()]),
            "closed form against network [1]": against_network(own.model, own.values, frequency),
        }
    return rows
