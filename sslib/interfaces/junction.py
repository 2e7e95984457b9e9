"""Two ion conductors in contact: the ion they share equalises, and a space charge stands on either side."""

from dataclasses import dataclass

import numpy as np
from scipy.constants import R as GAS_CONSTANT
from scipy.optimize import brentq

from sslib.checks import check_between, check_positive
from sslib.interfaces.lattice_gas import IonConductor
from sslib.interfaces.space_charge import surface_charge
from sslib.kinetics import FARADAY


@dataclass(frozen=True)
class Junction:
    """The equilibrium of two ion conductors: from `junction`.

    Parameters
    ----------
    first, second : IonConductor
    built_in : float
        Potential of the first bulk against the second [V].
    first_potential, second_potential : float
        Of either face against its own bulk [V].
    core : float
        What falls between the faces, from the first to the second [V].
    displacement : float
        At the interface, towards the second [C/m2].
    """

    first: IonConductor
    second: IonConductor
    built_in: float
    first_potential: float
    second_potential: float
    core: float
    displacement: float

    @property
    def fields(self):
        """Largest field on either side, towards the second [V/m]."""
        return self.displacement / self.first.epsilon, self.displacement / self.second.epsilon


def ion_level(conductor):
    r"""Chemical potential of the shared ion in a bulk, beyond its standard value [J/mol].

    .. math:: \mu - \mu^\circ = z\, RT \ln \frac{\theta_0}{1 - \theta_0}

    of the first lattice's first charge; a vacancy (z = -1) lowers the ion's where it is abundant.
    """
    lattice = conductor.lattices[0]
    filled, free = lattice.occupancies[0], 1 - lattice.occupancies.sum()
    return lattice.charges[0] * GAS_CONSTANT * conductor.T * np.log(filled / free)


def junction(first, second, standard_difference, core_capacitance=np.inf):
    r"""Equilibrium of two ion conductors that exchange one singly charged cation.

    .. math:: \varphi_1 - \varphi_2 = \frac{\mu^\circ_2 - \mu^\circ_1}{F} + \frac{RT}{F}
              \Big[\ln\frac{\theta}{1 - \theta}\Big]_1^2, \qquad
              D = -\epsilon_1 E_1(\psi_1) = \epsilon_2 E_2(\psi_2), \qquad
              \varphi_1 + \psi_1 = \varphi_2 + \psi_2 + D/C

    with the faces' potentials :math:`\psi` against their bulks: potential and displacement go through the interface
    continuously, unless a rigid layer of atoms between the faces takes its part.

    Parameters
    ----------
    first, second : IonConductor
        Of one temperature. The ion is the first charge of the first lattice, or its vacancy.
    standard_difference : float
        Standard chemical potential of the ion in the second less that in the first [J/mol].
    core_capacitance : float
        Of the rigid layer between the faces [F/m2].

    Returns
    -------
    Junction

    Raises
    ------
    ValueError
        For two temperatures, a difference that is no number, and a capacitance that is not positive.

    Notes
    -----
    No charge sits on the interface itself, nothing reacts, and nothing but the ion is exchanged.

    Examples
    --------
    Two equal conductors share the step equally:

    >>> from sslib.interfaces import frenkel_conductor
    >>> one = frenkel_conductor(10.0, 1e4, permittivity=10.0)
    >>> equal = junction(one, one, 0.2 * FARADAY)
    >>> round(equal.built_in, 6), round(equal.first_potential, 6), round(equal.second_potential, 6)
    (0.2, -0.1, 0.1)
    """
    if first.T != second.T:
        raise ValueError(f"T is {first.T:g} and {second.T:g} K; one temperature for both conductors")
    check_between(-1e6, 1e6, standard_difference=standard_difference)
    if core_capacitance != np.inf:
        check_positive(core_capacitance=core_capacitance)
    built_in = float(standard_difference + ion_level(second) - ion_level(first)) / FARADAY

    def second_face(potential):
        # It cannot leave the step; a trial that does has the right sign at the step's end already.
        full = potential + built_in + surface_charge(first, potential) / core_capacitance
        return np.clip(full, *sorted((0.0, built_in)))

    def mismatch(potential):
        return surface_charge(first, potential) + surface_charge(second, second_face(potential))

    own = _balanced(mismatch, built_in)
    displacement = -float(surface_charge(first, own))
    return Junction(
        first, second, built_in, own, float(second_face(own)), displacement / core_capacitance, displacement
    )


def _balanced(mismatch, built_in):
    """The first face's potential: between its bulk's and the second's, since the mismatch rises with it."""
    if built_in == 0:
        return 0.0
    return brentq(mismatch, *sorted((0.0, -built_in)), xtol=1e-15, rtol=1e-14)
