"""The impedance of an ion conductor between two electrodes, by Poisson, Nernst and Planck, with its space charges."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_banded

from sslib.checks import check_positive
from sslib.interfaces.lattice_gas import IonConductor
from sslib.interfaces.space_charge import electric_field, potential_profile
from sslib.kinetics import thermal_voltage

LARGEST_LEFT = 1e-9
"""Share of a face's potential that may be left in the middle: beyond, the layers overlap and are no half spaces."""


@dataclass(frozen=True)
class IonCell:
    """An ion conductor between two plane electrodes.

    Parameters
    ----------
    conductor : IonConductor
    conductivity : tuple of float
        Of each mobile charge in the bulk [S/m].
    thickness : float
        [m]
    exchange : tuple of float
        For each mobile charge the resistance of its exchange with either electrode, per area [ohm m2]: infinite where
        it is blocked, zero where it passes freely (reversible).
    potentials : pair of float
        Of the first and the last face against the bulk, at rest [V].

    Raises
    ------
    ValueError
        For values that are not positive, one number too many or too few, and layers that overlap.
    """

    conductor: IonConductor
    conductivity: tuple
    thickness: float
    exchange: tuple
    potentials: tuple = (0.0, 0.0)

    def __post_init__(self):
        check_positive(conductivity=self.conductivity, thickness=self.thickness)
        charges = len(self.conductor.charges)
        for name in ("conductivity", "exchange"):
            if len(getattr(self, name)) != charges:
                raise ValueError(f"{name} has {len(getattr(self, name))} entries; one for each of {charges} charges")
        if len(self.potentials) != 2:
            raise ValueError(f"potentials has {len(self.potentials)} entries; one for each of two faces")
        if not all(resistance >= 0 for resistance in self.exchange):
            raise ValueError(f"exchange is {self.exchange!r}; each must be zero, positive or infinite")
        for potential in self.potentials:
            left = potential_profile(self.conductor, potential, self.thickness / 2)
            if abs(left) > LARGEST_LEFT * abs(potential):
                raise ValueError(
                    f"thickness is {self.thickness:g} m; the layer of {potential:g} V leaves {left:g} V in its middle, "
                    "so that the two layers overlap"
                )

    @property
    def bulk_resistance(self):
        """Of all mobile charges together [ohm m2]."""
        return self.thickness / sum(self.conductivity)

    @property
    def geometric_capacitance(self):
        """[F/m2]"""
        return self.conductor.epsilon / self.thickness


def grid(cell, per_e_fold):
    """Places [m] from face to face, in steps that grow in proportion to the distance from the nearer face.

    The first is a small share of the Debye length, or of the length in which the potential of a face falls by kT/e. Of
    twice as fine a grid every other place is one of this.
    """
    steepest = max(abs(float(electric_field(cell.conductor, potential))) for potential in cell.potentials)
    scale = 1 / (1 / cell.conductor.debye_length + steepest / thermal_voltage(cell.conductor.T))
    folds = np.log1p(cell.thickness / (2 * scale))
    half = scale * np.expm1(np.linspace(0, folds, per_e_fold * int(np.ceil(folds)) + 1))
    return np.concatenate([half, cell.thickness - half[-2::-1]])


def pnp_impedance(cell, frequency, per_e_fold=40):
    r"""Small-signal impedance [ohm m2] of the Poisson-Nernst-Planck equations about the profiles at rest.

    Each mobile charge is driven by its electrochemical potential, in volts :math:`\eta_k`, and what it stores hangs on
    that against the electric potential:

    .. math:: i_k = -\sigma_k(x) \frac{d\eta_k}{dx}, \qquad
              \frac{d i_k}{dx} = -i\omega\, q_k, \qquad
              q_k = \sum_j C_{kj}(x)\, (\eta_j - \varphi), \qquad
              -\epsilon \frac{d^2\varphi}{dx^2} = \sum_k q_k

    with :math:`\sigma_k` and :math:`C_{kj}` of the conductor at its Poisson-Boltzmann profile
    (`IonConductor.conductivities`, `IonConductor.capacitances`). At an electrode at potential :math:`\varphi_m`,
    :math:`\varphi = \varphi_m` and :math:`i_k = (\varphi_m - \eta_k)/R_k` into the conductor.

    Parameters
    ----------
    cell : IonCell
    frequency : array_like
        [Hz]
    per_e_fold : int
        Steps of the grid, an even number, while the distance from a face grows by a factor of e. The error falls with
        their fourth power, since two grids are extrapolated: 1e-6 and less at 40.

    Returns
    -------
    numpy.ndarray
        Complex, in the shape of `frequency`.

    Notes
    -----
    Finite volumes around the nodes of `grid`, with the mean of the two resistivities between neighbours: currents add
    up to one number in every cross-section, so that direct current and capacitance come out as the trapezoidal rule of
    the exact integrals. Small signals about rest; no direct current flows through the cell. Linear exchange at the
    electrodes; no charge on the interface itself. Where both of two carriers are blocked, their numbers are kept:
    between unequal faces the slow limit is then short of the static capacitances by a share that falls as the Debye
    length over the thickness. A direct current through layers that resist more than 1e12 times the bulk is lost in
    rounding.

    Examples
    --------
    Reversible electrodes without a layer see the bulk beside its dielectric:

    >>> from sslib.interfaces import single_ion_conductor
    >>> bulk = IonCell(single_ion_conductor(1.0, 10.0, 10.0), (1e-4,), 1e-6, (0.0,))
    >>> pnp_impedance(bulk, [1e-3]).round(8).tolist()
    [(0.01-0j)]
    """
    check_positive(frequency=frequency)
    if per_e_fold < 2 or per_e_fold % 2:
        raise ValueError(f"per_e_fold is {per_e_fold}; it must be even and positive, so that half of it is a grid, too")
    frequency = np.asarray(frequency, dtype=float)
    fine, coarse = (_on_grid(cell, frequency, per_e_fold // share) for share in (1, 2))
    return fine + (fine - coarse) / 3


def _on_grid(cell, frequency, per_e_fold):
    """Impedance on one grid, at each frequency.

    Currents are counted in 1 V over the bulk's resistance, displacements in 1 V times the Debye capacitance.
    """
    x = grid(cell, per_e_fold)
    first, last = cell.potentials
    rest = potential_profile(cell.conductor, first, x) + potential_profile(cell.conductor, last, x[-1] - x)
    step = np.diff(x)
    volume = np.append(step, 0) / 2 + np.append(0, step) / 2
    layer = cell.conductor.epsilon / cell.conductor.debye_length
    resistivity = 1 / cell.conductor.conductivities(rest, cell.conductivity)
    resistance = step[:, None] * (resistivity[1:] + resistivity[:-1]) / 2 / cell.bulk_resistance
    # Of each carrier, and in the last column of the electric potential, from node to node.
    edges = np.column_stack([resistance, step * layer / cell.conductor.epsilon])
    storage = cell.conductor.capacitances(rest) * volume[:, None, None] / layer
    exchange = np.array(cell.exchange, dtype=float) / cell.bulk_resistance
    rates = 2j * np.pi * cell.bulk_resistance * layer * frequency.ravel()
    admittances = [_admittance(edges, storage, exchange, rate) for rate in rates]
    return cell.bulk_resistance / np.array(admittances).reshape(frequency.shape)


def _admittance(edges, storage, exchange, rate):
    """The current that one volt drives; `rate` is i times the angular frequency.

    Blocks of unknowns stand in the order of the cell: through the first electrode's face, at the first node, through
    the first edge, at the second node and so on. A block of a face or an edge holds the current of each carrier and the
    displacement; that of a node by how much the electrochemical potential of each carrier exceeds the electric one, and
    the electric one. With these as unknowns no small current or charge is a difference of large numbers.
    """
    nodes, wide = len(storage), edges.shape[1]
    electric = wide - 1
    blocks = 2 * nodes + 1
    # The matrix in bands: its entry (r, c) stands in column c, `r - c` below the middle row.
    reach = 2 * wide - 1
    band = np.zeros((2 * reach + 1, blocks, wide), dtype=complex)
    faces, through, at_nodes = np.array([0, blocks - 1]), np.arange(2, blocks - 1, 2), np.arange(1, blocks, 2)

    def add(block, row, shift, column, value):
        """`value`, by block, where an equation of a block meets an unknown of one `shift` further."""
        band[reach + row - column - shift * wide, block + shift, column] += value

    blocked = np.append(np.isinf(exchange), False)
    for k in range(wide):
        parts = {k, electric}
        # A face: R i = φ_m - η, or i = 0; and φ_m = φ.
        add(faces, k, 0, k, 1.0 if blocked[k] else np.append(exchange, 0)[k])
        # An edge: R i = η - η', and displacement likewise. A node: what comes in less what goes out is stored.
        add(through, k, 0, k, edges[:, k])
        for part in parts:
            add(through, k, -1, part, -1.0)
            add(through, k, 1, part, 1.0)
            if not blocked[k]:
                add(faces[:1], k, 1, part, 1.0)
                add(faces[1:], k, -1, part, -1.0)
        add(at_nodes, k, -1, k, -1.0)
        add(at_nodes, k, 1, k, 1.0)
        for j in range(electric):
            stored = storage.sum(axis=-2) if k == electric else -rate * storage[:, k]
            add(at_nodes, k, 0, j, -stored[:, j])
    applied = np.zeros((blocks, wide), dtype=complex)
    applied[0] = ~blocked

    solution = solve_banded((reach, reach), band.reshape(2 * reach + 1, -1), applied.ravel())
    return solution[:electric].sum() + rate * solution[electric]


def flat_impedance(cell, frequency):
    r"""The same without space charge at rest, in closed form.

    The potentials :math:`\psi_k = \eta_k - \varphi` obey :math:`\psi'' = M \psi` with

    .. math:: M_{kj} = \frac{i\omega}{\sigma_k} C_{kj} + \frac{1}{\epsilon} \sum_l C_{lj}

    and are hyperbolic sines of the modes of M about the middle of the cell. With one charge, blocked:

    .. math:: Z = \frac{L}{\sigma (1 + i\omega\tau)} \Big[1 + \frac{\tanh(\kappa L/2)}{i\omega\tau\, \kappa L/2}\Big],
              \qquad \tau = \epsilon/\sigma, \qquad \kappa = \sqrt{1 + i\omega\tau}/\lambda

    and reversible the first factor alone. Parameters and returns as `pnp_impedance`.

    Raises
    ------
    ValueError
        For a cell with a potential at a face.

    Notes
    -----
    One or two mobile charges: J. R. Macdonald, Phys. Rev. 92 (1953) 4, doi 10.1103/PhysRev.92.4 (cited from memory;
    form derived here).

    Examples
    --------
    Blocking electrodes at low frequency are two Debye capacitances in series:

    >>> from sslib.interfaces import single_ion_conductor
    >>> ions = single_ion_conductor(1.0, 10.0, 10.0)
    >>> cell = IonCell(ions, (1e-4,), 1e-6, (np.inf,))
    >>> capacitance = 1 / (2j * np.pi * 1e-3 * flat_impedance(cell, 1e-3))
    >>> round(float(capacitance.real / (ions.epsilon / ions.debye_length)), 6)
    0.5
    """
    check_positive(frequency=frequency)
    if any(cell.potentials):
        raise ValueError(
            f"potentials is {cell.potentials!r}; the closed form is for faces at the potential of the bulk"
        )
    s = 2j * np.pi * np.asarray(frequency, dtype=float)[..., None, None]
    sigma, epsilon, half = np.array(cell.conductivity), cell.conductor.epsilon, cell.thickness / 2
    storage = cell.conductor.capacitances(0.0)
    squares, modes = np.linalg.eig(s * storage / sigma[:, None] + storage.sum(axis=0) / epsilon)
    kappa = np.sqrt(squares)[..., None, :]
    # Each mode is scaled to a slope of one at the face: φ = x + ..., and so η of each charge.
    value = np.tanh(kappa * half) / kappa
    stored = storage @ modes / kappa**2
    electric = -stored.sum(axis=-2, keepdims=True) / epsilon
    chemical = s * stored / sigma[:, None]
    # At the last face (η - φ) + R σ dη/dx = 0, or dη/dx = 0 where the charge is blocked.
    with np.errstate(divide="ignore"):
        passing = 1 / np.array(cell.exchange, dtype=float)[:, None]
    free = np.isinf(passing)
    passing = np.where(free, 1.0, passing)
    law = passing * modes * value + np.where(free, 0.0, sigma[:, None] * chemical)
    unit = np.broadcast_to(np.where(free, 0.0, -sigma[:, None]), (*law.shape[:-1], 1))
    amplitudes = np.linalg.solve(law, unit)[..., 0]
    drop = -2 * (half + np.sum(electric[..., 0, :] * value[..., 0, :] * amplitudes, axis=-1))
    return drop / -(sigma.sum() + s[..., 0, 0] * epsilon)
