"""One circuit in many sizes, in parallel."""

import numpy as np

from sslib.impedance.circuit import Circuit, check_names, check_shared, has_zero

# Complex numbers of the sizes' impedances and slopes that are held at a time: 3 MB stay in a cache, a quarter faster.
ELEMENTS = 200_000


class Distributed(Circuit):
    r"""The same circuit in many sizes side by side, each with its share of the surface: admittances are averaged.

    .. math:: \frac1Z = \sum_k \frac{s_k}{Z(\rho_k)}, \qquad \sum_k s_k = 1, \qquad \sum_k s_k \rho_k = 1

    with :math:`s_k` the share of the area and :math:`\rho_k = r_k/r_\text{ref}` the size relative to the mean weighted
    by area. :math:`Z(\rho)` is the circuit with the whole area at one size, a parameter of power p being multiplied by
    :math:`\rho^p`. So the area does not change with the distribution, nor, where R_d goes as ρ and τ_d as ρ², the
    volume: at high frequency (the surface alone) and at low frequency (the pseudo-capacitance of the volume) the
    impedance is that of the reference size, and the distribution shows in between. Below the frequency at which the
    particles fill up, spheres of a charge-transfer resistance R_ct resist by

    .. math:: R_\text{ct} \, \overline{\rho^2} + \tfrac15 R_d \, \overline{\rho^3}
        \; (= R_\text{ct} \, e^{\sigma_r^2} + \tfrac15 R_d \, e^{3 \sigma_r^2} \text{ for a log-normal}),

    since the charge goes where the volume is, and the large particles have little surface for it.

    Parameters
    ----------
    circuit : Circuit
        The interface, or any circuit that is there in many sizes: a line of varying thickness, too.
    sizes : LogNormal or Histogram
    powers : dict, optional
        The power of the size with which each parameter named grows, others being the same at all sizes. Left out, it
        is R_d 1 and τ_d 2 for every `FiniteSpaceWarburg`, `CylindricalDiffusion` and `SphericalDiffusion` within.
        Charge transfer, films and double layers per area do not depend on the size. For a line of varying thickness it
        is 1 for a rail's resistance, -1 for the interface's, 1 for its capacitance; for one of varying conductivity,
        -1 for that rail.

    Raises
    ------
    ValueError
        When nothing grows with the size, or a power is given to a name that is unknown or can be zero or negative.

    Notes
    -----
    Holds where the particles touch both rails alike: each feels the local potential difference, whatever its size. The
    average of impedances, in its place, would let all particles carry the same current. Lines side by side exchange no
    current sideways: what varies does so over distances longer than the thickness.

    A spectrum must come down to the diffusion for the spread to show: in an electrode of one rail with a spread of 0.4
    measured to 0.3 %, it is known to 3 % from a spectrum down to f = 2/(2π τ_d), to 8 % at three times, and not
    determined at ten times that frequency, where the fit of one size leaves no residual and is 30 % off in τ_d.

    J. P. Meyers, M. Doyle, R. M. Darling, J. Newman, J. Electrochem. Soc. 147 (2000) 2930; J. Song, M. Z. Bazant,
    J. Electrochem. Soc. 160 (2013) A15, doi 10.1149/2.023301jes.

    Examples
    --------
    Toward low frequency one size has a fifth of R_d, a spread of 0.4 exp(0.48) times as much:

    >>> from sslib.impedance import LogNormal, SphericalDiffusion
    >>> powder = Distributed(SphericalDiffusion("R_d", "tau_d"), LogNormal("sigma_r"))
    >>> z = powder.impedance([1e-6], R_d=1.0, tau_d=100.0, sigma_r=[0.0, 0.4])
    >>> z.real.round(3).ravel()
    array([0.2  , 0.323])
    """

    def __init__(self, circuit, sizes, powers=None):
        if not isinstance(circuit, Circuit):
            raise TypeError(f"{circuit!r} is no circuit; one such as R('R_ct') + SphericalDiffusion() goes here")
        if not hasattr(sizes, "rules"):
            raise TypeError(f"sizes is {sizes!r}; a LogNormal or a Histogram goes here")
        self.circuit, self.sizes, self.powers = circuit, sizes, powers
        self.slots = (*circuit.slots, *sizes.slots)
        check_shared(self.slots)
        self._own = slice(0, len(circuit.slots))
        self.children = [(circuit, self._own)]
        self._power = _declared(circuit) if powers is None else _named(circuit, powers)
        if not self._power.any():
            raise ValueError(
                f"nothing in {circuit!r} grows with the size; name what does, as in powers={{'R_d': 1, 'tau_d': 2}}"
            )
        # Ratios bend an impedance: a rail that grows and an interface that shrinks by ρ are a line that goes as ρ².
        scaling = np.array([slot.quantity.scaling or 1 for slot in circuit.slots])
        self._span = np.ptp([0.0, *(self._power * scaling)])

    @property
    def exchanges(self):
        """Those of the circuit where both sides of the exchange grow alike."""
        power = {slot.name: own for slot, own in zip(self.circuit.slots, self._power, strict=True)}
        return tuple(
            exchange
            for exchange in self.circuit.exchanges
            if [power[name] for name in exchange.first] == [power[name] for name in exchange.second]
        )

    def evaluate(self, grid, values, jacobian):
        own, spread = values[:, self._own], values[:, self._own.stop :]
        impedance = np.empty((len(values), grid.omega.shape[-1]), dtype=complex)
        for rows, sizes, slopes, weights in self.sizes.rules(spread, self._span):
            per_set = len(weights) * grid.omega.shape[-1] * (2 + (jacobian is not None) * len(self.slots))
            at_once = max(1, ELEMENTS // per_set)
            sizes, slopes = (np.broadcast_to(x, (len(rows), len(weights))) for x in (sizes, slopes))
            for first in range(0, len(rows), at_once):
                part = slice(first, first + at_once)
                impedance[rows[part]], by_slot = self._average(
                    grid.take(np.repeat(rows[part], len(weights))),
                    own[rows[part]], sizes[part], slopes[part], weights, jacobian is not None,
                )  # fmt: skip
                if jacobian is not None:
                    jacobian[rows[part]] = by_slot
        return impedance

    def _average(self, grid, own, sizes, slopes, weights, derivative):
        """Impedance (sets, frequencies) at values (sets, slots) and ln ρ (sets, sizes), and its slopes by each slot."""
        shape = sizes.shape
        factors = np.exp(sizes[:, :, None] * self._power)
        values = own[:, None] * factors
        by_slot = None
        if derivative:
            by_slot = np.empty((shape[0] * shape[1], values.shape[2], grid.omega.shape[-1]), dtype=complex)
        each = self.circuit.evaluate(grid, values.reshape(-1, values.shape[2]), by_slot).reshape(*shape, -1)
        if has_zero(each):
            each = np.where(each == 0, 1e-100, each)  # a size without impedance shorts the others
        shares = weights[:, None] / each
        impedance = 1 / shares.sum(axis=1)
        if not derivative:
            return impedance, None
        by_slot = by_slot.reshape(*shape, *by_slot.shape[1:])
        # dZ/dZ_k = s_k (Z/Z_k)²
        shares *= impedance[:, None]
        by_slot *= (shares * shares / weights[:, None])[:, :, None]
        parts = [np.einsum("rks,rksf->rsf", factors, by_slot)]
        if self.sizes.slots:
            growth = values * self._power * slopes[:, :, None]
            parts.append(np.einsum("rks,rksf->rf", growth, by_slot)[:, None])
        return impedance, np.concatenate(parts, axis=1)

    def draw_slots(self, impedance, omega, uniform):
        inside = self.circuit.draw_slots(impedance[:, self._own], omega[:, self._own], uniform[:, self._own])
        return np.concatenate([inside, self.sizes.draw(uniform[:, self._own.stop :])], axis=1)

    def __repr__(self):
        powers = "" if self.powers is None else f", powers={self.powers!r}"
        return f"Distributed({self.circuit!r}, {self.sizes!r}{powers})"


def _declared(circuit):
    """Power of each slot as the elements declare it."""
    power = np.zeros(len(circuit.slots))
    for part, own in [(circuit, slice(0, len(circuit.slots))), *circuit.branches]:
        declared = getattr(part, "size_powers", None)
        if declared:
            power[own] = [declared.get(slot.quantity.symbol, 0.0) for slot in part.slots]
    return power


def _named(circuit, powers):
    """Power of each slot by the names of the parameters."""
    check_names(circuit.names, powers)
    for slot in circuit.slots:
        if slot.name in powers and not slot.quantity.logarithmic:
            raise ValueError(f"{slot.name} is a {slot.meaning}, which no power of a size multiplies")
        if slot.name in powers and not np.isfinite(powers[slot.name]):
            raise ValueError(f"the power of {slot.name} is {powers[slot.name]}; it must be finite")
    return np.array([float(powers.get(slot.name, 0.0)) for slot in circuit.slots])
