"""Mobile charges on a finite number of sites: how a local potential fills and empties them."""

from dataclasses import dataclass

import numpy as np
from scipy.constants import N_A, epsilon_0
from scipy.constants import R as GAS_CONSTANT

from sslib.checks import check_between, check_positive
from sslib.interfaces.quadrature import NODES, WEIGHTS
from sslib.kinetics import FARADAY, thermal_voltage
from sslib.transport import debye_length
from sslib.units import reference_temperature

LARGEST_EXPONENT = 300.0
"""Largest potential over kT/e; beyond, exponentials leave the range of floats. 7.7 V at room temperature."""


@dataclass(frozen=True)
class Lattice:
    """Sites of one kind, and the charges that hop over them; each site holds one charge or none.

    Parameters
    ----------
    sites : float
        [mol/m3]
    concentrations : tuple of float
        Of each mobile charge in the bulk [mol/m3]; their sum is below `sites`.
    charges : tuple of int
        1 or -1 for each: an ion relative to its empty site, or a vacancy relative to its filled one.
    """

    sites: float
    concentrations: tuple
    charges: tuple = (1,)

    def __post_init__(self):
        check_positive(sites=self.sites, concentration=self.concentrations)
        if len(self.concentrations) != len(self.charges) or not set(self.charges) <= {1, -1}:
            raise ValueError(
                f"charges is {self.charges!r}; a tuple of 1 or -1 for each of {len(self.concentrations)} concentrations"
            )
        if self.free <= 0:
            raise ValueError(
                f"concentrations add up to {sum(self.concentrations):g} mol/m3; it must be below the "
                f"{self.sites:g} mol/m3 of sites, or nothing can hop"
            )

    @property
    def occupancies(self):
        """Share of the sites that each charge fills in the bulk [1], shape (charges,)."""
        return np.asarray(self.concentrations, dtype=float) / self.sites

    @property
    def free(self):
        """Share of the sites that nothing fills in the bulk [1]."""
        return 1 - sum(self.concentrations) / self.sites

    @property
    def spacing(self):
        """Mean distance of neighbouring sites [m], the cube root of a site's volume."""
        return (self.sites * N_A) ** (-1 / 3)


@dataclass(frozen=True)
class IonConductor:
    r"""A solid electrolyte in which sites are the only thing that mobile charges share besides their potential.

    Ideal lattice gas in a mean field (Fermi-Dirac statistics; with two charges on one lattice: Bikerman). With
    :math:`u = F \varphi/RT`, :math:`\varphi` being zero in the neutral bulk, the charges k of a lattice of N sites fill

    .. math:: \theta_k = \frac{c_k}{N} = \frac{\theta_{k,0}\, e^{-z_k u}}
              {1 + \sum_j \theta_{j,0} (e^{-z_j u} - 1)}

    and a fixed background keeps the bulk neutral.

    Parameters
    ----------
    lattices : tuple of Lattice
        `single_ion_conductor`, `frenkel_conductor` and `shared_site_conductor` make the common ones.
    permittivity : float
        Relative permittivity [1].
    T : float
        [K]

    Notes
    -----
    No interaction but the mean potential: no correlations, no lattice energies that change with filling, no dipoles.
    Real layers are a few lattice spacings thin, where this is an extrapolation. J. J. Bikerman, Phil. Mag. 33 (1942)
    384 (cited from memory); M. S. Kilic, M. Z. Bazant, A. Ajdari, Phys. Rev. E 75 (2007) 021502,
    doi 10.1103/PhysRevE.75.021502.

    Examples
    --------
    A half-filled lattice counts with half of its ions, since as many must be missing as there are:

    >>> lithium = single_ion_conductor(40e3, 80e3, permittivity=40.0)
    >>> round(lithium.debye_length * 1e9, 4)
    0.0687
    >>> lithium.concentrations([-0.1, 0.0, 0.1])[:, 0].round().tolist()
    [78401.0, 40000.0, 1599.0]
    """

    lattices: tuple
    permittivity: float
    T: float = reference_temperature

    def __post_init__(self):
        check_positive(permittivity=self.permittivity, T=self.T)

    @property
    def epsilon(self):
        """Permittivity [F/m]."""
        return self.permittivity * epsilon_0

    @property
    def charges(self):
        """Of every mobile charge, lattice by lattice [1]."""
        return np.array([charge for lattice in self.lattices for charge in lattice.charges])

    @property
    def debye_length(self):
        r"""Decay length [m] of a small potential, :math:`\sum z^2 c` counted with the free sites.

        .. math:: \sum_i z_i^2 c_i \to \sum_\text{lattices} N \Big[\sum_k z_k^2 \theta_k
                  - \Big(\sum_k z_k \theta_k\Big)^2\Big]
        """
        counted = self.capacitances(0.0).sum() * GAS_CONSTANT * self.T / FARADAY**2
        return float(debye_length(self.permittivity, counted, self.T))

    def concentrations(self, potential):
        """Of every mobile charge at a potential against the bulk [V]: [mol/m3], shape (..., charges)."""
        states = self._states(potential)
        return np.concatenate([own.sites * own.occupancies * factors / total for own, factors, total, _ in states], -1)

    def charge_density(self, potential):
        """At a potential against the bulk [V]: [C/m3]."""
        return FARADAY * sum(
            own.sites * np.sum(own.charges * own.occupancies * (change - change @ own.occupancies[:, None]) / total, -1)
            for own, _, total, change in self._states(potential)
        )

    def field_energy(self, potential):
        r"""What the mobile charges give to the field [J/m3] between the bulk and a potential against it [V].

        .. math:: w = -\int_0^\varphi \varrho\, d\varphi' = RT \sum_\text{lattices} N
                  \Big[\ln\Big(1 + \sum_k \theta_{k,0}(e^{-z_k u} - 1)\Big) + u \sum_k z_k \theta_{k,0}\Big]

        Below kT/e the logarithm all but cancels the rest, and the integral itself is taken, by Gauss' rule.
        """
        potential, one = np.asarray(potential, dtype=float), thermal_voltage(self.T)
        small = np.clip(potential, -one, one)
        integral = -small * (self.charge_density(small[..., None] * NODES) @ WEIGHTS)
        closed = sum(
            own.sites * (np.log1p(change @ own.occupancies) + potential / one * np.sum(own.charges * own.occupancies))
            for own, _, _, change in self._states(potential)
        )
        return np.where(small == potential, integral, GAS_CONSTANT * self.T * closed)[()]

    def capacitances(self, potential):
        r"""Charge of k per electrochemical potential of j, both in volts: [F/m3], shape (..., charges, charges).

        .. math:: C_{kj} = \frac{F^2}{RT} z_k z_j \Big(c_k \delta_{kj} - \frac{c_k c_j}{N}\Big)

        on one lattice, zero between lattices. Their sum over the permittivity is the inverse Debye length squared.
        """
        blocks = []
        for own, factors, total, _ in self._states(potential):
            shares, others = own.occupancies * factors / total, 1 - np.eye(len(own.charges))
            # What a charge leaves free, as a sum: one less its share would be rounded where the lattice is full.
            left = own.free / total + shares @ others
            pairs = shares[..., None] * (left[..., None] * np.eye(len(own.charges)) - shares[..., None, :] * others)
            blocks.append(own.sites * np.outer(own.charges, own.charges) * pairs)
        ends = np.cumsum([0, *(block.shape[-1] for block in blocks)])
        whole = np.zeros((*blocks[0].shape[:-2], ends[-1], ends[-1]))
        for block, start, end in zip(blocks, ends[:-1], ends[1:], strict=True):
            whole[..., start:end, start:end] = block
        return FARADAY**2 / (GAS_CONSTANT * self.T) * whole

    def conductivities(self, potential, bulk):
        r"""Conductivity of every mobile charge at a potential against the bulk [V]: [S/m], shape (..., charges).

        A charge hops where there is a charge and, next to it, a free site (the mobility law of an ideal lattice gas):

        .. math:: \sigma_k = \sigma_{k,0} \frac{c_k (1 - \sum_j \theta_j)}{c_{k,0} (1 - \sum_j \theta_{j,0})}

        Parameters
        ----------
        potential : array_like
            [V]
        bulk : array_like
            Conductivity of each in the bulk [S/m], or one number for a single charge.

        Raises
        ------
        ValueError
            For conductivities that are not positive, one too many or too few.
        """
        check_positive(conductivity=bulk)
        if np.size(bulk) != len(self.charges):
            raise ValueError(f"conductivity has {np.size(bulk)} entries; one for each of {len(self.charges)} charges")
        hops = [factors / total**2 for _, factors, total, _ in self._states(potential)]
        return np.asarray(bulk, dtype=float) * np.concatenate(hops, axis=-1)

    def _states(self, potential):
        """Of each lattice: Boltzmann factors, their sum with the free sites' (..., 1), and the factors less one."""
        u = np.asarray(potential, dtype=float) / thermal_voltage(self.T)
        check_between(-LARGEST_EXPONENT, LARGEST_EXPONENT, **{"potential over kT/e": u})
        for own in self.lattices:
            exponents = -u[..., None] * np.array(own.charges)
            factors = np.exp(exponents)
            yield own, factors, own.free + factors @ own.occupancies[:, None], np.expm1(exponents)


def single_ion_conductor(concentration, sites, permittivity, T=reference_temperature):
    """One mobile cation on its lattice, against a fixed counter charge: most solid electrolytes.

    Parameters
    ----------
    concentration, sites : float
        Of the mobile ions and of the sites that they can fill [mol/m3].
    permittivity : float
        Relative permittivity [1].
    T : float
        [K]

    Examples
    --------
    Few ions: the Debye length is that of source 002's equation 4.

    >>> from sslib.transport import debye_length
    >>> few = single_ion_conductor(1.0, 1e9, 10.0)
    >>> round(few.debye_length / float(debye_length(10.0, 1.0, few.T)), 6)
    1.0
    """
    return IonConductor((Lattice(sites, (concentration,)),), permittivity, T)


def frenkel_conductor(concentration, sites, permittivity, T=reference_temperature):
    """As many interstitials as vacancies, each on a lattice of its own with as many sites.

    Parameters
    ----------
    concentration : float
        Of either defect [mol/m3].
    sites : float
        Of either lattice [mol/m3].
    permittivity : float
        Relative permittivity [1].
    T : float
        [K]
    """
    lattices = (Lattice(sites, (concentration,), (1,)), Lattice(sites, (concentration,), (-1,)))
    return IonConductor(lattices, permittivity, T)


def shared_site_conductor(concentration, sites, permittivity, T=reference_temperature):
    """As many positive as negative charges on one lattice (Bikerman's model): ionic liquids, dense salts.

    Parameters
    ----------
    concentration : float
        Of either charge [mol/m3].
    sites : float
        That both share [mol/m3].
    permittivity : float
        Relative permittivity [1].
    T : float
        [K]
    """
    return IonConductor((Lattice(sites, (concentration, concentration), (1, -1)),), permittivity, T)
