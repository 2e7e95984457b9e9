"""Where the voltage of a thin-film cell goes: lithium, a solid electrolyte and a dense positive plate in time."""

from dataclasses import dataclass, fields

import numpy as np

from sslib.cell.discharge import Insertion
from sslib.cell.film.plate import DiffusivityCurve
from sslib.checks import check_between, check_positive
from sslib.kinetics import FARADAY, thermal_voltage

DIFFUSION, ELECTRONS = "diffusion, positive", "electrons, positive"
TRANSFER, OHMIC, LITHIUM = "charge transfer, positive", "electrolyte", "charge transfer, lithium"
PARTS = (DIFFUSION, ELECTRONS, TRANSFER, OHMIC, LITHIUM)
"""What the voltage loses, in the order of source 002, equation 16."""
SIGNS = dict(zip(PARTS, (1, 1, 1, -1, -1), strict=True))
"""With which the equation adds them: those of the positive electrode are negative on discharge, the others positive."""
CUTOFF, FIRST_INSTANT, EXHAUSTED, TIME = "cut-off", "first instant", "surface full or empty", "time"
"""What ends a run."""


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


@dataclass(frozen=True, eq=False)
class FilmRun:
    r"""One cell in time.

    .. math::

        V = U(\bar x) + \eta_\text{PE}^\text{diff} + \eta_\text{PE}^\text{mt} + \eta_\text{PE-SE}^\text{ct}
            - \eta_\text{SE}^\text{mt} - \eta_\text{SE-NE}^\text{ct} - U_\text{NE}

    Attributes
    ----------
    time : numpy.ndarray
        [s]; where the current jumps, the same time stands twice.
    current : numpy.ndarray
        [A/m2], positive on discharge.
    voltage : numpy.ndarray
        [V].
    open_circuit : numpy.ndarray
        Potential at the mean stoichiometry [V].
    parts : dict of str to numpy.ndarray
        The overpotentials by name (`PARTS`) [V], with the signs of the equation (`SIGNS`).
    mean, surface : numpy.ndarray
        Stoichiometry of the plate, and at its surface [1].
    ended : str
        At the ``"cut-off"``, after the ``"time"``, with the ``"surface full or empty"`` before the cut-off, or in the
        ``"first instant"`` where the cut-off is passed at once.

    Notes
    -----
    Source 002, equation 16, with :math:`U_\text{NE} = 0` for lithium. It writes U of a concentration :math:`c_s`: that
    must be the mean, for a potential of the surface would hold the diffusion overpotential a second time.
    """

    time: np.ndarray
    current: np.ndarray
    voltage: np.ndarray
    open_circuit: np.ndarray
    parts: dict
    mean: np.ndarray
    surface: np.ndarray
    ended: str

    @property
    def losses(self):
        """What each part takes off the voltage [V]: positive on discharge; their sum is open circuit less voltage."""
        return {name: -SIGNS[name] * part for name, part in self.parts.items()}

    @property
    def shares(self):
        """Of each part in the sum of their sizes, at each time [1]; zero where there is none."""
        sizes = {name: np.abs(part) for name, part in self.parts.items()}
        total = sum(sizes.values())
        return {name: np.divide(size, total, out=np.zeros_like(size), where=total > 0) for name, size in sizes.items()}

    @property
    def dominant(self):
        """Name of the largest part at each time."""
        return np.array(PARTS)[np.argmax([np.abs(self.parts[name]) for name in PARTS], axis=0)]

    @property
    def charge(self):
        """Passed until each time [C/m2]."""
        steps = np.diff(self.time) * (self.current[1:] + self.current[:-1]) / 2
        return np.concatenate([[0.0], np.cumsum(steps)])

    @property
    def by_charge(self):
        """Mean loss of each part over the charge [V]: the energy that it costs, per charge; the first instant's at no
        charge.
        """
        power = {name: loss * self.current for name, loss in self.losses.items()}
        passed = np.trapezoid(np.abs(self.current), self.time)
        if not passed:
            return {name: float(loss[-1]) for name, loss in self.losses.items()}
        return {name: float(np.trapezoid(own, self.time) / passed) for name, own in power.items()}

    @property
    def dominant_by_charge(self):
        """Name of the part that costs most energy."""
        means = self.by_charge
        return max(means, key=lambda name: abs(means[name]))

    @property
    def reign(self):
        """Share of the charge during which each part is the largest [1]."""
        charge = np.abs(np.diff(self.time) * (self.current[1:] + self.current[:-1]) / 2)
        later = self.dominant[1:]
        return {name: float(charge[later == name].sum() / max(charge.sum(), 1e-300)) for name in PARTS}

    def loss_between(self, lower, upper):
        """Mean sum of all losses [V] while the mean stoichiometry goes from one value to another."""
        check_between(self.mean.min(), self.mean.max(), stoichiometry=[lower, upper])
        total = self.open_circuit - self.voltage
        at = np.linspace(lower, upper, 501)
        return float(np.trapezoid(np.interp(at, self.mean, total), at) / (upper - lower))

    def overtakes(self, one, other):
        """First time [s] at which one part is larger than another; NaN where that does not happen."""
        ahead = np.abs(self.parts[one]) - np.abs(self.parts[other])
        after = np.flatnonzero(ahead > 0)
        if not len(after):
            return np.nan
        k = after[0]
        if k == 0:
            return float(self.time[0])
        share = -ahead[k - 1] / (ahead[k] - ahead[k - 1])
        return float(self.time[k - 1] + share * (self.time[k] - self.time[k - 1]))


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

    >>> from sslib.cell.film.dominance import lithium_cobalt_oxide
    >>> from sslib.units import S_cm, ohm_cm2, um
    >>> film = FilmCell(0.3 * um, 1e-15, 1.0, 20.0, 1.5 * um, 1e-6 * S_cm, 20.0)
    >>> round(float(linear_losses(film, lithium_cobalt_oxide(), 0.7)[OHMIC] / ohm_cm2), 6)
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
    return dict(zip(PARTS, resistances, strict=True))


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
