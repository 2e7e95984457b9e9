r"""How many arcs a spectrum has, and what the contacts of Gomadam have to do with it.

II and III are one function with the rails exchanged: with both contacts on one rail, a line of rails a and b has
:math:`-\operatorname{Im} Z = (a^2/(a + b))\,(-\operatorname{Im} h)`, so the imaginary parts of the two stand in the
ratio (a/b)² at every frequency. They have the same number of arcs whatever the interface is, until one of them drowns.
"""

import numpy as np
from scipy.signal import find_peaks

from sslib.checks import check_positive
from sslib.formatting import number
from sslib.impedance.elements import C, R, SphericalDiffusion
from sslib.impedance.evolution.electrode import two_rails

CONFIGURATIONS = {"I": "ion-electron", "II": "ion-ion", "III": "electron-electron"}
"""Terminals by Gomadam's numbers."""

SHARE = 1e-3
"""An arc rises above its feet by this share of its height at least; less is rounding."""


def arcs(frequency, impedance, noise=0.0):
    """Places of the arcs of a spectrum: maxima of −Im Z against the logarithm of frequency, inside the window.

    Parameters
    ----------
    frequency : array_like
        Frequencies [Hz], sorted either way, dense enough (20 a decade) that no maximum falls between them.
    impedance : array_like
        [ohm].
    noise : float
        Relative standard deviation of each part [1]: an arc counts if it rises above the higher of its feet by more
        than three of them, of the magnitude there. Without noise, by a thousandth of its own height.

    Returns
    -------
    numpy.ndarray
        Numbers of the points at the apexes.

    Examples
    --------
    >>> frequency = np.geomspace(1e5, 1e-3, 200)
    >>> len(arcs(frequency, (R("R") | C("C")).impedance(frequency, R=10.0, C=1e-3)))
    1
    """
    check_positive(frequency=frequency)
    impedance = np.asarray(impedance)
    height = -impedance.imag
    found, rise = find_peaks(height, prominence=0)
    least = 3 * noise * np.abs(impedance[found]) if noise else SHARE * height[found]
    return found[rise["prominences"] > least]


def arc_counts(values, interface, frequency, noise=0.0):
    """Number of arcs in each of Gomadam's configurations, for one electrode.

    Parameters
    ----------
    values : dict
        ``R_ion``, ``R_el`` and the parameters of the interface.
    interface : Circuit
    frequency, noise
        As for `arcs`.

    Returns
    -------
    dict
        By number of the configuration.
    """
    return {
        number: len(arcs(frequency, two_rails(interface, terminals).impedance(frequency, **values), noise))
        for number, terminals in CONFIGURATIONS.items()
    }


def counted_interfaces(ion=100.0, electron=25.0, decay=3.2):
    r"""Interfaces whose arcs were counted, by label: circuit and values.

    Charge transfer with :math:`L/\lambda = \sqrt{(a + b)/R_\text{ct}}` of 3.2; and particles of a diffusion resistance
    a hundred times that, whose diffusion time is 1e4 and 1e9 times :math:`R_\text{ct} C_\text{dl}`.

    Parameters
    ----------
    ion, electron : float
        Rails a and b [ohm].
    decay : float
        L/λ of the charge transfer [1].
    """
    transfer = (ion + electron) / decay**2
    rails = {"R_ion": ion, "R_el": electron, "R_ct": transfer, "C_dl": 1e-3}
    particle = C("C_dl") | (R("R_ct") + SphericalDiffusion("R_d", "tau_d"))
    counted = {"charge transfer": (C("C_dl") | R("R_ct"), rails)}
    for ratio in (1e4, 1e9):
        values = rails | {"R_d": 100 * transfer, "tau_d": ratio * transfer * rails["C_dl"]}
        counted[f"diffusion, tau_d = {number(ratio)} R_ct C_dl"] = particle, values
    return counted


def where_claim_holds(noise, ion=100.0, ratios=None):
    """Rails for which noise leaves two arcs in II and one in III: the shapes that source 000 has for them.

    Slow diffusion in the interface, as the last of `counted_interfaces`: without noise both have two.

    Parameters
    ----------
    noise : float
        Relative standard deviation of each part [1].
    ion : float
        Ionic rail [ohm].
    ratios : array_like, optional
        R_el/R_ion [1] to try; four decades if not given.

    Returns
    -------
    numpy.ndarray
        Those ratios for which it is so.
    """
    ratios = np.geomspace(10, 1e-3, 81) if ratios is None else np.asarray(ratios, dtype=float)
    frequency, found = np.geomspace(1e8, 1e-12, 601), []
    for ratio in ratios:
        circuit, values = list(counted_interfaces(ion, ratio * ion).values())[-1]
        counts = arc_counts(values, circuit, frequency, noise)
        found.append((counts["II"], counts["III"]) == (2, 1))
    return ratios[np.array(found)]


def blocking_arc_ratio():
    """Height over width of the arc of configuration II where the interface is a capacitor [1].

    .. math:: \\max_y\\; -\\operatorname{Im} \\frac{\\tanh(\\sqrt{iy}/2)}{\\sqrt{iy}/2}

    A resistor across a capacitor has 0.5. Whatever the rails are, the arc is the same but for its size.

    Examples
    --------
    >>> round(blocking_arc_ratio(), 3)
    0.417
    """
    rails, frequency = {"R_ion": 2.0, "R_el": 1.0}, np.geomspace(10, 1e-2, 10_001)
    height = -two_rails(C("C_dl"), "ion-ion").impedance(frequency, **rails, C_dl=1.0).imag
    width = rails["R_ion"] ** 2 / sum(rails.values())
    return float(height.max() / width)
