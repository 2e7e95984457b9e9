r"""How large an excitation may be: overpotentials along an electrode, and what they do to the spectrum.

The charge transfer is one step in an interface, a resistor R there. Its current per current through the interface
follows from how the interface's impedance depends on it, :math:`(i_R/i)^2 = \partial z/\partial R` (Tellegen, for
circuits of two terminals), whatever stands beside it. With the current :math:`i_R(s)` per depth for one ampere through
the cell, an excitation of amplitude I puts :math:`a(s) = R |i_R(s)| I` across the step at depth s. In the lowest order
the step is a resistor that is smaller by the share :math:`c a^2`, c = (α³ + (1 − α)³)(F/RT)²/8, and the cell's
impedance differs by

.. math:: \frac{\delta Z}{Z} = -\frac{I^2}{Z} \int_0^1 R\, i_R^2\, c\, R^2 |i_R|^2 \, ds
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import roots_legendre

from sslib.checks import check_between, check_positive
from sslib.impedance.elements import R
from sslib.impedance.scaled import Scaled, Tilted
from sslib.kinetics import linear_amplitude, thermal_voltage

_NODES, _WEIGHTS = roots_legendre(12)

LOWEST_ORDER = 2.0
"""Amplitude across a step over RT/F [1] up to which the lowest order is trusted: there a step's own error is 12.5 % in
it, and 11.5 % in full (transfer coefficient one half)."""


@dataclass(frozen=True)
class Linearity:
    """What an excitation of one ampere does at each frequency, in the lowest order.

    Parameters
    ----------
    frequency : numpy.ndarray
        [Hz].
    impedance : numpy.ndarray
        Of the cell [ohm].
    depths : numpy.ndarray
        Counted in regions.
    overpotential : numpy.ndarray
        Amplitude across the step per current amplitude [V/A], shape (frequencies, depths).
    error : numpy.ndarray
        Relative error of the impedance per squared current amplitude, complex [1/A2], shape (frequencies,).
    temperature, alpha : float
        [K], [1].
    """

    frequency: np.ndarray
    impedance: np.ndarray
    depths: np.ndarray
    overpotential: np.ndarray
    error: np.ndarray
    temperature: float
    alpha: float

    def reaching(self, overpotential, control="voltage"):
        """Amplitude at each frequency that puts an overpotential [V] across the most strained step: [V] or [A]."""
        if control not in ("voltage", "current"):
            raise ValueError(f"control is {control!r}; allowed are voltage, current")
        return self._held(overpotential / self.overpotential.max(axis=-1), control)

    def _held(self, current, control):
        return current * np.abs(self.impedance) if control == "voltage" else current

    def largest(self, share=0.01, control="voltage", judged_by="impedance"):
        """Largest amplitude at each frequency, shape (frequencies,): of the cell's voltage [V] or its current [A].

        ``judged_by`` is "impedance" for the relative error of the cell's impedance, or "step" for that of the
        resistance of the most strained step. By the impedance, no amplitude is stated that puts more than
        `LOWEST_ORDER` across a step: where other parts carry the current, a larger one may do, but this order of the
        error does not say so.
        """
        check_positive(share=share)
        if judged_by == "step":
            return self.reaching(linear_amplitude(share, T=self.temperature, alpha=self.alpha), control)
        if judged_by != "impedance":
            raise ValueError(f"judged_by is {judged_by!r}; allowed are impedance, step")
        trusted = self.reaching(LOWEST_ORDER * thermal_voltage(self.temperature), control)
        return np.minimum(self._held(np.sqrt(share / np.abs(self.error)), control), trusted)

    def errors(self, voltage):
        """Relative error of the impedance [1] at each frequency, complex, at an amplitude of the cell's voltage [V]."""
        check_positive(voltage=voltage)
        return self.error * (voltage / np.abs(self.impedance)) ** 2


def linearity(network, frequency, values, *, step="R_ct", pair=("ion", "electron"), T=298.15, alpha=0.5):
    """Where in a network an excitation strains the charge transfer, and what error of the impedance that makes.

    Parameters
    ----------
    network : Network
    frequency : array_like
        [Hz].
    values : dict
        Parameters, one set.
    step : str
        Name of the resistance of the charge transfer, a resistor `R` in the circuit between the rails.
    pair : tuple of str
        The two rails between which it stands.
    T : float
        [K].
    alpha : float
        Transfer coefficient [1].

    Returns
    -------
    Linearity

    Raises
    ------
    ValueError
        No region has such a step, or it stands twice in one circuit.

    Notes
    -----
    About equilibrium; the double layer, diffusion and the rails are taken as linear. For a coefficient of one half it
    is exact in the lowest order of the amplitude, and the same under control of voltage and of current. Else the
    rectified current and the second harmonic, fed back through what stands before the step, add a term of the same
    order that is left out: of the opposite sign, up to 3 (2α − 1)²/(α³ + (1 − α)³) of the error. For one step between
    0.21 and 0.79 it never makes the error larger, so that the amplitudes here are too small rather than too large.

    Examples
    --------
    Rails without resistance in comparison: the cell's voltage stands across each step, and 14.5 mV cost 1 % in this
    order (14.6 mV in full):

    >>> from sslib.impedance import C, Network, R, Region
    >>> pore = Region({"ion": R("R_ion"), "electron": None}, {("ion", "electron"): C("C_dl") | R("R_ct")})
    >>> line = Network(pore, source=("ion", 0), sink=("electron", 1))
    >>> found = linearity(line, [1e-3], {"R_ion": 1e-3, "R_ct": 100.0, "C_dl": 1e-6})
    >>> round(float(found.largest(0.01)[0]) * 1e3, 1)
    14.5
    """
    check_between(0, 1, alpha=alpha)
    frequency = np.atleast_1d(np.asarray(frequency, dtype=float))
    strain, holders = (alpha**3 + (1 - alpha) ** 3) / (8 * thermal_voltage(T) ** 2), []
    for number, region in enumerate(network.regions):
        circuit = region.shunts.get(pair) or region.shunts.get(pair[::-1])
        if circuit is not None and sum(slot.name == step for slot in circuit.slots):
            _check_step(circuit, step)
            holders.append((number, circuit, region.thickness))
    if not holders:
        raise ValueError(f"no region has a step {step!r} between {pair[0]!r} and {pair[1]!r}")
    panels = max(1, int(np.ceil(48 / len(holders))))
    # Panels finer towards the faces, where at high frequency all of the current passes.
    edges = (1 - np.cos(np.pi * np.arange(panels + 1) / panels)) / 2
    half = np.diff(edges)[:, None] / 2
    inner, weights = (edges[:-1, None] + half * (1 + _NODES)).ravel(), (half * _WEIGHTS).ravel()
    depths = np.concatenate([number + inner for number, *_ in holders])
    found = network.inside(frequency, depths, **values)
    force = found.between(*pair)
    overpotential, error = np.empty(force.shape), np.zeros(len(frequency), dtype=complex)
    for k, (_, circuit, thickness) in enumerate(holders):
        own = slice(k * len(inner), (k + 1) * len(inner))
        thick = values[thickness] if isinstance(thickness, str) else thickness
        z, slopes = circuit.derivatives(frequency, **{name: values[name] for name in circuit.names})
        resistance = _resistance(circuit, step, values)
        # Per depth of the region, of which the circuit is the total of one unit of thickness.
        squared = (force[:, own] * thick / z[:, None]) ** 2 * (slopes[step] * values[step] / resistance)[:, None]
        overpotential[:, own] = drop = np.sqrt(np.abs(squared)) * resistance / thick
        error -= strain * resistance / thick * (weights * squared * drop**2).sum(axis=1)
    return Linearity(frequency, found.impedance, depths, overpotential, error / found.impedance, T, alpha)


def _check_step(circuit, step):
    holding = [part for part, own in ((circuit, None), *circuit.branches) if isinstance(part, R)]
    if sum(part.slots[0].name == step for part in holding) != 1 or sum(s.name == step for s in circuit.slots) != 1:
        raise ValueError(f"{step!r} must be the resistance of one resistor R in {circuit!r}")


def _resistance(circuit, step, values):
    """Of the step in this circuit [ohm]: its parameter times what multiplies the circuits that it stands in."""
    if isinstance(circuit, R):
        return values[step]
    factor = circuit.factor_at(values) if isinstance(circuit, Scaled | Tilted) else 1.0
    holder = next(part for part, _ in circuit.children if any(slot.name == step for slot in part.slots))
    return factor * _resistance(holder, step, values)


def largest_amplitude(network, frequency, values, share=0.01, *, control="voltage", **step):
    """Largest amplitude of the cell's voltage [V] or current [A] for a stated error of a whole spectrum.

    Parameters
    ----------
    network : Network
    frequency : array_like
        [Hz] of the spectrum.
    values : dict
    share : float
        Error of the impedance over its magnitude [1].
    control : {"voltage", "current"}
        What is held at one amplitude over the spectrum.
    **step
        ``step``, ``pair``, ``T``, ``alpha``, ``judged_by`` as in `linearity` and `Linearity.largest`.

    Returns
    -------
    float, float
        The amplitude, and the frequency [Hz] that limits it.
    """
    judged_by = step.pop("judged_by", "impedance")
    found = linearity(network, frequency, values, **step)
    amplitudes = found.largest(share, control, judged_by)
    worst = int(np.argmin(amplitudes))
    return float(amplitudes[worst]), float(found.frequency[worst])
