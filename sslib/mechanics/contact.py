"""Contact between rough solids under pressure: area, conduction through necks, and particles that shrink away."""

from dataclasses import dataclass

import numpy as np
from scipy.special import erf

from sslib.checks import check_between, check_positive


def volume_change(lithium_content, expansion, reference=0.5):
    r"""Change of volume of an active particle [1] against the content at which it is free of stress.

    .. math:: \Delta V/V = \beta \, (x - x_0)

    Parameters
    ----------
    lithium_content : array_like
        x, from 0 for the lowest to 1 for the highest in use [1].
    expansion : array_like
        :math:`\beta` [1] over the whole range, positive where lithium swells the particle.
    reference : array_like
        :math:`x_0` [1].

    Notes
    -----
    A straight line: nickel-rich oxides lose most of their volume in the last part of a charge.

    Examples
    --------
    >>> float(volume_change(0.0, 0.06))
    -0.03
    """
    return expansion * (np.asarray(lithium_content, dtype=float) - reference)[()]


def contact_share(pressure, closing_pressure):
    r"""Share of a rough interface that touches [1].

    .. math:: \frac{A}{A_0} = \operatorname{erf}\left(\frac{\sqrt\pi}{2} \frac{p}{p_c}\right), \qquad
              p_c = \sqrt{\frac{\pi}{8}}\, E^* h'

    Parameters
    ----------
    pressure : array_like
        p [Pa].
    closing_pressure : array_like
        :math:`p_c` [Pa], at which contact would be complete if it went on growing as it begins: of the reduced modulus
        E* and the root mean square slope h' of the roughness where the solids are elastic; where a soft electrolyte
        flows, of the order of its hardness.

    Notes
    -----
    Persson's theory of elastic contact without adhesion: the pressure at a point wanders with each scale of roughness
    that is added, and contact is lost where it reaches zero. In proportion to the pressure at first, complete above
    2 p_c. A virgin contact is plastic, and a path: it is better after a visit to a higher pressure. Where the current
    narrows towards few spots, resistance does not go with one over this area: on argyrodite it was measured to fall
    with p^(-1/2) (arXiv 2501.00600, abstract). B. N. J. Persson, J. Chem. Phys. 115 (2001) 3840 (the form is
    derived again in the tests).

    Examples
    --------
    >>> contact_share([0.01, 1.0, 2.0], 1.0).round(3).tolist()
    [0.01, 0.79, 0.988]
    """
    check_between(0, np.inf, pressure=pressure)
    check_positive(closing_pressure=closing_pressure)
    return erf(np.sqrt(np.pi) / 2 * np.asarray(pressure, dtype=float) / closing_pressure)


def local_pressure(stack_pressure, change, radius, roughness):
    r"""Pressure on the surface of a particle that has swollen or shrunk in a matrix that does not follow [Pa].

    .. math:: p = P \exp\frac{r\, \Delta V/V}{3\, u_0}

    Parameters
    ----------
    stack_pressure : array_like
        P, on a particle of the size at which it is free of stress [Pa].
    change : array_like
        :math:`\Delta V/V` [1], as `volume_change` has it; negative opens the contact.
    radius : array_like
        r of the particle [m]: its surface moves by a third of the change of volume times r.
    roughness : array_like
        :math:`u_0` [m], over which the pressure of a rough contact falls by a factor e: of the order of half the root
        mean square roughness.

    Notes
    -----
    The exponential law of rough contacts: B. N. J. Persson, Phys. Rev. Lett. 99 (2007) 125502,
    doi 10.1103/PhysRevLett.99.125502. A matrix that follows the particle, by creep or by the spring of the stack, keeps
    the pressure: an effective radius or expansion smaller than the true one says how far it does not. Above the
    electrolyte's hardness the pressure stays at that.

    Examples
    --------
    A particle of 2.5 µm that loses 3 % leaves by 25 nm, the roughness here, and keeps 37 % of the pressure:

    >>> float(round(local_pressure(1.0, -0.03, 2.5e-6, 25e-9), 2))
    0.37
    """
    check_positive(stack_pressure=stack_pressure, radius=radius, roughness=roughness)
    return stack_pressure * np.exp(np.asarray(radius) * change / (3 * np.asarray(roughness)))


def pressed_conductivity(pressure, bulk, at_reference, reference_pressure, exponent=0.5):
    r"""Conductivity of a pressed powder [S/m]: grains in series with the necks between them.

    .. math:: \frac1\sigma = \frac1{\sigma_b} +
              \left(\frac1{\sigma_r} - \frac1{\sigma_b}\right) \left(\frac{p}{p_r}\right)^{-m}

    Parameters
    ----------
    pressure : array_like
        p [Pa].
    bulk : array_like
        :math:`\sigma_b` of the grains [S/m], which no pressure exceeds.
    at_reference : array_like
        :math:`\sigma_r` [S/m] at the reference pressure, below that of the grains.
    reference_pressure : array_like
        :math:`p_r` [Pa].
    exponent : array_like
        m [1]: 1/3 for necks between elastic spheres (Hertz), 1/2 for plastic ones, whose area follows the force; the
        resistance of a neck goes with its radius (Holm).

    Notes
    -----
    On release a pressed body keeps most of its necks: then the exponent is far smaller. 1/2 was measured for contacts
    of an electrode to argyrodite (arXiv 2501.00600, abstract), not for necks between grains.

    Examples
    --------
    Half of the resistance in necks at 50 MPa; at 200 MPa a third of it:

    >>> float(round(pressed_conductivity(200e6, 1.0, 0.5, 50e6), 3))
    0.667
    """
    check_positive(pressure=pressure, bulk=bulk, at_reference=at_reference, reference_pressure=reference_pressure)
    bulk = np.asarray(bulk, dtype=float)
    if (np.asarray(at_reference) > bulk).any():
        raise ValueError(
            f"at_reference is {np.max(at_reference):g} S/m; the grains have {np.min(bulk):g}, which no pressure exceeds"
        )
    necks = (1 / np.asarray(at_reference) - 1 / bulk) * (np.asarray(pressure) / reference_pressure) ** -exponent
    return 1 / (1 / bulk + necks)


@dataclass(frozen=True)
class CompositeContact:
    """How a composite electrode answers to pressure and lithium content: the laws above with their parameters.

    Parameters
    ----------
    closing_pressure : float
        Of the interface between particles and electrolyte [Pa].
    radius : float
        Of the particles [m].
    expansion : float
        Of the particles over the range of their lithium content [1].
    roughness : float
        Decay length of the interface's pressure [m].
    reference : float
        Lithium content at which the stack pressure stands on the particles [1].
    neck_share : float
        Share of the necks in the resistance of the electrolyte [1], from 0 below 1, at the reference pressure.
    neck_pressure : float
        That pressure [Pa].
    neck_exponent : float
        [1]

    Notes
    -----
    The electrolyte's necks feel the stack pressure, the interface feels the local one. What is not described: particles
    that crack, stress that spreads from one depth to another, and history.
    """

    closing_pressure: float
    radius: float
    expansion: float
    roughness: float
    reference: float = 0.5
    neck_share: float = 0.0
    neck_pressure: float = 50e6
    neck_exponent: float = 0.5

    def area(self, stack_pressure, lithium_content):
        """Interface that touches, over the whole [1]."""
        change = volume_change(lithium_content, self.expansion, self.reference)
        return contact_share(local_pressure(stack_pressure, change, self.radius, self.roughness), self.closing_pressure)

    def conductivity(self, stack_pressure):
        """Conductivity of the electrolyte over that of its grains [1]."""
        return pressed_conductivity(stack_pressure, 1.0, 1 - self.neck_share, self.neck_pressure, self.neck_exponent)
