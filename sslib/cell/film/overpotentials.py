"""Where the voltage of a thin-film cell goes: lithium, a solid electrolyte and a dense positive plate in time."""

from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np

from sslib.cell.discharge import Insertion
from sslib.cell.film.plate import DiffusivityCurve
from sslib.checks import check_between, check_positive
from sslib.kinetics import FARADAY, activation_overpotential, thermal_voltage
from sslib.units import hour


class Overpotential(StrEnum):
    """What the voltage of a thin-film cell loses, in the order of source 002, equation 16."""

    DIFFUSION = "diffusion, positive"
    ELECTRONS = "electrons, positive"
    TRANSFER = "charge transfer, positive"
    ELECTROLYTE = "electrolyte"
    LITHIUM = "charge transfer, lithium"


SIGNS = dict(zip(Overpotential, (1, 1, 1, -1, -1), strict=True))
"""With which the equation adds them: those of the positive electrode are negative on discharge, the others positive."""


@dataclass(frozen=True)
class FilmMaterial:
    """What a positive plate is made of.

    Attributes
    ----------
    insertion : Insertion
        Potential and exchange current against stoichiometry.
    diffusivity : DiffusivityCurve
        Its course with stoichiometry.
    sites : float
        Concentration of lithium sites [mol/m3].
    """

    insertion: Insertion
    diffusivity: DiffusivityCurve
    sites: float

    def __post_init__(self):
        check_positive(sites=self.sites)

    def check_start(self, start, cutoff):
        """Refuse a stoichiometry outside the table, and a cut-off voltage that is not below its potential."""
        check_between(*self.insertion.range, start=start)
        rest = float(self.insertion.potential(start))
        if not cutoff < rest:
            raise ValueError(f"cutoff is {cutoff:g} V; it must be below the open circuit at the start, {rest:g} V")


@dataclass(frozen=True, eq=False)
class FilmCell:
    r"""Lithium | solid electrolyte | dense plate, per area of the plate; numbers or arrays that broadcast.

    Attributes
    ----------
    thickness : float
        Of the plate [m].
    diffusivity : float
        Chemical diffusion coefficient in the plate at the stoichiometry ``reference`` [m2/s].
    electronic_conductivity : float
        Of the plate [S/m].
    exchange_current : float
        Between electrolyte and plate at that stoichiometry [A/m2].
    electrolyte_thickness : float
        [m].
    electrolyte_conductivity : float
        [S/m].
    lithium_exchange_current : float
        Between lithium and electrolyte [A/m2].
    T : float
        [K].
    reference : float
        Stoichiometry at which diffusivity and exchange current hold, one number [1].
    """

    thickness: float
    diffusivity: float
    electronic_conductivity: float
    exchange_current: float
    electrolyte_thickness: float
    electrolyte_conductivity: float
    lithium_exchange_current: float
    T: float = 298.15
    reference: float = 0.6

    def __post_init__(self):
        check_positive(**{field.name: getattr(self, field.name) for field in fields(self)})
        check_between(0.01, 0.99, reference=self.reference)
        if np.ndim(self.reference):
            raise ValueError(f"reference has the shape {np.shape(self.reference)}; it must be one number")

    def capacity(self, material):
        """Of the plate from empty to full [C/m2]."""
        return FARADAY * material.sites * np.asarray(self.thickness, dtype=float)

    def ionic_share(self, material, x):
        r"""Share of ions in the conductivity of the plate [1], :math:`\sigma_i/(\sigma_i + \sigma_e)`.

        .. math:: \sigma_i = F c_\text{max} D(x) / |U'(x)|

        The model takes it for small: then the lithium moves by diffusion alone, and the diffusivity is that of ions.
        """
        curve = material.diffusivity.relative_to(self.reference)
        ionic = FARADAY * material.sites * self.diffusivity * curve.value(x) / np.abs(material.insertion.slope(x))
        return ionic / (ionic + self.electronic_conductivity)


def film_parts(cell, material, current, surface, mean, lithium):
    """Open circuit [V] and the overpotentials by name [V], with the signs of source 002, equation 16.

    Parameters
    ----------
    cell : FilmCell
    material : FilmMaterial
    current : array_like
        [A/m2].
    surface, mean : array_like
        Stoichiometry [1].
    lithium : array_like
        The current that lithium carries on the average over the depth of the plate [A/m2].
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        potential, ratio, _, _ = material.insertion.kinetics(surface, cell.reference)
        transfer = np.arcsinh(current / (2 * cell.exchange_current * ratio))
    open_circuit = material.insertion.potential(mean)
    parts = (
        potential - open_circuit,
        -(current - lithium) * cell.thickness / cell.electronic_conductivity,
        -2 * thermal_voltage(cell.T) * transfer,
        current * cell.electrolyte_thickness / cell.electrolyte_conductivity,
        activation_overpotential(current, cell.lithium_exchange_current, cell.T),
    )
    full = (np.broadcast_to(part, np.shape(mean)) for part in parts)
    return open_circuit, dict(zip(Overpotential, full, strict=True))


def linear_losses(cell, material, x):
    r"""Resistances [ohm m2] of the parts at small, steady current, by name.

    .. math::

        \frac{-U'(x) L}{3 F c_\text{max} D}, \qquad \frac{L}{2 \sigma_e}, \qquad \frac{R T}{F i_0(x)}, \qquad
        \frac{d}{\sigma_\text{SE}}, \qquad \frac{R T}{F i_{0,\text{Li}}}

    Parameters
    ----------
    cell : FilmCell
    material : FilmMaterial
    x : array_like
        Stoichiometry, the same in all of the plate [1].

    Notes
    -----
    Steady means after a time of L²/D; before, diffusion has less, the root of 4 t/(pi D) instead of L/(3 D), and the
    electrons have up to twice as much.

    Examples
    --------
    1.5 um of electrolyte with 1e-6 S/cm have 150 ohm cm2:

    >>> from sslib.cell import lithium_cobalt_oxide
    >>> from sslib.units import S_cm, ohm_cm2, um
    >>> film = FilmCell(0.3 * um, 1e-15, 1.0, 20.0, 1.5 * um, 1e-6 * S_cm, 20.0)
    >>> round(float(linear_losses(film, lithium_cobalt_oxide(), 0.7)[Overpotential.ELECTROLYTE] / ohm_cm2), 6)
    150.0
    """
    kT = thermal_voltage(cell.T)
    local = cell.diffusivity * material.diffusivity.relative_to(cell.reference).value(x)
    _, ratio, slope, _ = material.insertion.kinetics(np.asarray(x, dtype=float), cell.reference)
    resistances = (
        -slope * cell.thickness / (3 * FARADAY * material.sites * local),
        cell.thickness / (2 * np.asarray(cell.electronic_conductivity)),
        kT / (cell.exchange_current * ratio),
        cell.electrolyte_thickness / np.asarray(cell.electrolyte_conductivity),
        kT / np.asarray(cell.lithium_exchange_current),
    )
    return dict(zip(Overpotential, resistances, strict=True))


def film_current(cell, material, c_rate, start):
    """Current density [A/m2] of a C-rate [1/h] that counts the capacity from a stoichiometry to full.

    1 um of dense film holds 69 uAh/cm2 from Li0.5 on:

    >>> from sslib.cell import lithium_cobalt_oxide
    >>> film = FilmCell(1e-6, 8e-16, 1.0, 20.0, 1.5e-6, 1e-4, 20.0)
    >>> round(float(film_current(film, lithium_cobalt_oxide(), 1.0, 0.5)), 2)
    0.69
    """
    check_between(0, 0.99, start=start)
    return cell.capacity(material) * (1 - start) * np.asarray(c_rate) / hour


def charging_overpotential(time, current_density, exchange_current, capacitance, T=298.15):
    r"""Charge-transfer overpotential [V] while its double layer is charged by a constant current.

    .. math::

        i = 2 i_0 \sinh\frac{F \eta}{2 R T} + C \frac{d\eta}{dt}, \qquad
        \tanh \frac{F \eta}{4 R T} = \frac{\rho \tanh v - 1}{\rho + \tanh v}, \qquad
        \rho = \coth v \, e^{t/\tau}, \quad \sinh 2 v = \frac{i}{2 i_0}, \quad
        \tau = \frac{R T C}{F i_0 \cosh 2 v}

    Parameters
    ----------
    time : array_like
        Since the current began, from rest [s].
    current_density : array_like
        [A/m2], positive.
    exchange_current : array_like
        [A/m2].
    capacitance : array_like
        [F/m2].
    T : array_like
        [K].

    Notes
    -----
    The exact solution for equal transfer coefficients and a constant capacitance; the surface's composition does not
    change in so short a time. Source 002, equation 15, whose units need a factor: uF/cm2 times V/s is uA/cm2, not
    mA/cm2.

    Examples
    --------
    At small currents it rises with the resistance times the capacitance, and 63 % of it after that time:

    >>> R_ct = thermal_voltage(298.15) / 20.0
    >>> round(float(charging_overpotential(1e-2 * R_ct, 1e-4, 20.0, 1e-2) / (1e-4 * R_ct)), 4)
    0.6321
    """
    check_between(0, np.inf, time=time)
    check_positive(current_density=current_density, exchange_current=exchange_current, capacitance=capacitance)
    kT = thermal_voltage(T)
    twice = np.arcsinh(np.asarray(current_density) / (2 * np.asarray(exchange_current, dtype=float)))
    end = np.tanh(twice / 2)
    fading = np.exp(-np.asarray(time) * exchange_current * np.cosh(twice) / (kT * np.asarray(capacitance)))
    # Over rho, which would overflow: tanh v (1 - e) / (1 + tanh² v e).
    return 4 * kT * np.arctanh(end * (1 - fading) / (1 + end**2 * fading))
