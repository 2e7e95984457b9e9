"""A composite cathode against lithium in time: two rails, Butler-Volmer at every depth, diffusion in the particles."""

from dataclasses import dataclass, fields

import numpy as np

from sslib.cell.discharge.diffusion import EXACT_MODES
from sslib.cell.discharge.stepping import Batch
from sslib.checks import check_between, check_positive
from sslib.kinetics import thermal_voltage


@dataclass(frozen=True, eq=False)
class RailCell:
    r"""A composite cathode, a separator and lithium, per geometric area; numbers or arrays that broadcast.

    The parameters are the totals that a spectrum determines (`sslib.impedance.TransmissionLine` with
    ``R("R_ct") + SphericalDiffusion("R_d", "tau_d")`` between the rails), and the capacity. With it
    :math:`R_d = -U'(x) \, \tau_d/(3 Q)` is no parameter of its own.

    Attributes
    ----------
    R_ion, R_el : float
        Ionic and electronic rail [ohm m2]; zero conducts perfectly.
    R_ct : float
        Charge transfer, total of the electrode at the stoichiometry ``reference`` [ohm m2].
    tau_d : float
        Particle radius squared over diffusivity [s].
    capacity : float
        Of the active material from empty to full (stoichiometry 0 to 1) [C/m2].
    R_sep : float
        Separator and whatever else is ohmic and in series [ohm m2].
    R_counter : float
        Charge transfer at the lithium [ohm m2]; zero leaves it out.
    T : float
        [K].
    reference : float
        Stoichiometry at which R_ct holds [1].
    particle_share : float
        Diameter of a particle over the thickness of the electrode [1], for the flag alone; zero never flags.
    """

    R_ion: float
    R_el: float
    R_ct: float
    tau_d: float
    capacity: float
    R_sep: float = 0.0
    R_counter: float = 0.0
    T: float = 298.15
    reference: float = 0.5
    particle_share: float = 0.0

    def __post_init__(self):
        check_positive(R_ct=self.R_ct, tau_d=self.tau_d, capacity=self.capacity, T=self.T)
        rails = {name: getattr(self, name) for name in ("R_ion", "R_el", "R_sep", "R_counter", "particle_share")}
        check_between(0, np.inf, **rails)
        check_between(0.01, 0.99, reference=self.reference)

    def reaction_zone(self, current_density):
        r"""Share of the electrode [1] in which the reaction runs at first: :math:`2 R T/(F i R)`, at most 1.

        R is the poorer rail. With the ionic one the zone is :math:`2 R T \kappa_\text{eff}/(F i)` from the separator,
        with the electronic one its like from the collector; far above the thermal voltage a third of the current
        reacts in it. The porous-electrode picture itself ends where the zone is thinner than a particle. At small
        currents with easy charge transfer the first instant has a zone of :math:`\sqrt{R_\text{ct}/R}`, which widens
        as its particles fill and is not counted here.
        """
        drop = np.asarray(current_density) * np.maximum(np.maximum(self.R_ion, self.R_el), 1e-300)
        return np.minimum(2 * thermal_voltage(self.T) / drop, 1.0)


@dataclass(frozen=True, eq=False)
class Discharge:
    """What `discharge` returns; arrays have its broadcast shape.

    Attributes
    ----------
    capacity : numpy.ndarray
        Delivered down to the cut-off [C/m2]; NaN where there is none (`verdicts` say why).
    energy : numpy.ndarray
        Delivered [J/m2].
    first_voltage : numpy.ndarray
        In the first instant, before any particle has changed [V].
    reaction_zone : numpy.ndarray
        Share of the electrode [1] in which the reaction runs at first.
    verdicts : numpy.ndarray
        Of tuples of str: what a reader of the number must know.
    curves : numpy.ndarray
        Of pairs of arrays: charge [C/m2] and voltage [V].
    broke_off : numpy.ndarray
        Whether no solution was found on the way to the cut-off, which says nothing about the cell.
    """

    capacity: np.ndarray
    energy: np.ndarray
    first_voltage: np.ndarray
    reaction_zone: np.ndarray
    verdicts: np.ndarray
    curves: np.ndarray
    broke_off: np.ndarray

    @property
    def delivered_capacity(self):
        """Capacity [C/m2], zero where the first instant ends it; NaN where the solution broke off."""
        return np.where(self.broke_off, np.nan, np.nan_to_num(self.capacity))

    @property
    def delivered_energy(self):
        """Energy [J/m2], zero where the first instant ends it; NaN where the solution broke off."""
        return np.where(self.broke_off, np.nan, np.nan_to_num(self.energy))

    @property
    def mean_voltage(self):
        """Energy over capacity [V]."""
        return self.energy / self.capacity


def discharge(cell, current_density, material, *, start, cutoff, cells=48, modes=20, voltage_step=0.01):
    r"""Galvanostatic discharges of a two-rail cathode against lithium, all of a batch at once.

    .. math::

        \frac{\partial i_e}{\partial x} = -q, \qquad
        \frac{\partial (\varphi_s - \varphi_e)}{\partial x} = R_\text{ion} i_e - R_\text{el} (I - i_e), \qquad
        \varphi_s - \varphi_e = U(\theta_s) - \frac{2RT}{F} \operatorname{arsinh} \frac{q}{2 i_0(\theta_s)}

    with depth :math:`x` from 0 (separator) to 1, :math:`\theta_s` the surface of spherical particles that take up
    :math:`q`, and :math:`V = \varphi_s(1) - R_\text{sep} I - \eta_\text{Li}`.

    Parameters
    ----------
    cell : RailCell
    current_density : array_like
        [A/m2], broadcast against the cell.
    material : Insertion
    start : float
        Stoichiometry at the start [1].
    cutoff : float
        Voltage at which it ends [V].
    cells, modes : int
        Of the depth, and of the diffusion in a particle.
    voltage_step : float
        Aimed at in each step [V].

    Returns
    -------
    Discharge

    Raises
    ------
    ValueError
        For a current that is not positive, and a start outside the material's table.

    Notes
    -----
    The method of lines on cells graded toward the separator. The ionic current at the cells' faces is the only unknown
    of Newton's method, so charge balances exactly; the tridiagonal systems of a batch are one LAPACK call. Diffusion is
    a sum of modes, each integrated exactly for a current that is linear within a step (the fast ones in groups). Steps
    follow the voltage. Holds for a single-ion conductor (transference number one: no salt gradient), uniform
    parameters, one particle size, isothermal, and particles thinner than the reaction zone (flagged).

    Verified against PyBaMM's discharges by `sslib.cell.compare_discharges`.
    """
    check_positive(current_density=current_density, voltage_step=voltage_step)
    check_between(*material.range, start=start)
    if cells < 4 or modes <= EXACT_MODES:
        raise ValueError(f"cells is {cells} and modes is {modes}; they must be at least 4 and {EXACT_MODES + 1}")
    names = [field.name for field in fields(cell)]
    arrays = np.broadcast_arrays(current_density, *(getattr(cell, name) for name in names))
    shape = arrays[0].shape
    current, *values = (np.array(array, dtype=float).ravel() for array in arrays)
    flat = RailCell(**dict(zip(names, values, strict=True)))
    runs = Batch(flat, current, material, float(start), float(cutoff), cells, modes, voltage_step)
    runs.solve()
    zone = flat.reaction_zone(current)
    curves = runs.curves()
    objects = {name: np.empty(len(current), dtype=object) for name in ("verdicts", "curves")}
    for n in range(len(current)):
        objects["verdicts"][n] = tuple(runs.verdicts(n)) + _thin(zone[n], flat.particle_share[n])
        objects["curves"][n] = curves[n]
    return Discharge(
        capacity=runs.delivered.reshape(shape),
        energy=runs.energy.reshape(shape),
        first_voltage=runs.first_voltage.reshape(shape),
        reaction_zone=zone.reshape(shape),
        broke_off=np.isfinite(runs.stopped).reshape(shape),
        **{name: array.reshape(shape) for name, array in objects.items()},
    )


def _thin(zone, particle):
    if zone >= particle:
        return ()
    text = f"the reaction zone is {zone / particle:.2g} of a particle's diameter: a porous electrode is no fair picture"
    return (text,)
