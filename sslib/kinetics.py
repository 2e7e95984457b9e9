"""Charge transfer at an interface: Butler-Volmer, its inverse, limits and harmonics, and the form of Frumkin."""

import numpy as np
from scipy.constants import N_A, e, k
from scipy.optimize import brentq
from scipy.special import iv

from sslib.checks import check_between, check_positive

FARADAY = N_A * e
"""Faraday's constant [C/mol], exact in the SI."""


def thermal_voltage(T):
    """kT/e = RT/F [V] at a temperature T [K].

    >>> float(round(thermal_voltage(298.15) * 1e3, 3))
    25.693
    """
    check_positive(T=T)
    return k * np.asarray(T, dtype=float)[()] / e


def butler_volmer(overpotential, exchange_current, T=298.15, alpha=0.5):
    r"""Current density [A/m2] of a one-electron charge transfer.

    .. math:: i = i_0 \left[\exp\frac{\alpha F \eta}{R T} - \exp\frac{-(1 - \alpha) F \eta}{R T}\right]

    Parameters
    ----------
    overpotential : array_like
        Positive drives the oxidation [V].
    exchange_current : array_like
        [A/m2] of the surface at which the current is counted.
    T : array_like
        [K].
    alpha : array_like
        Transfer coefficient of the oxidation [1]; that of the reduction is one less it.

    Notes
    -----
    Holds for one rate-determining step and reactants that are not used up at the surface. Source 002, equations 11, 12.

    Examples
    --------
    The linear form is 2.5 % too small at 20 mV (source 002 uses it without a limit):

    >>> linear = 0.020 / charge_transfer_resistance(1.0)
    >>> float(round(100 * (butler_volmer(0.020, 1.0) / linear - 1), 1))
    2.5
    """
    check_positive(exchange_current=exchange_current)
    check_between(0, 1, alpha=alpha)
    check_between(-np.inf, np.inf, overpotential=overpotential)
    x, alpha = np.asarray(overpotential, dtype=float) / thermal_voltage(T), np.asarray(alpha, dtype=float)
    return np.asarray(exchange_current) * (np.expm1(alpha * x) - np.expm1(-(1 - alpha) * x))


def activation_overpotential(current_density, exchange_current, T=298.15):
    r"""Overpotential [V] that a current takes where both transfer coefficients are one half.

    .. math:: \eta = \frac{2 R T}{F} \operatorname{arsinh} \frac{i}{2 i_0}

    Parameters
    ----------
    current_density, exchange_current : array_like
        [A/m2].
    T : array_like
        [K].

    Examples
    --------
    >>> float(round(butler_volmer(activation_overpotential(3.0, 0.7), 0.7), 12))
    3.0
    """
    check_positive(exchange_current=exchange_current)
    check_between(-np.inf, np.inf, current_density=current_density)
    return 2 * thermal_voltage(T) * np.arcsinh(np.asarray(current_density) / (2 * np.asarray(exchange_current)))


def tafel_overpotential(current_density, exchange_current, T=298.15, alpha=0.5):
    r"""Overpotential [V] of an oxidation far from equilibrium, where the reverse reaction no longer counts.

    .. math:: \eta = \frac{R T}{\alpha F} \ln \frac{i}{i_0}

    Parameters
    ----------
    current_density, exchange_current : array_like
        [A/m2].
    T : array_like
        [K].
    alpha : array_like
        Transfer coefficient [1].

    Notes
    -----
    Of use above some 0.1 V: there the reverse reaction is 2 % of the current.

    Examples
    --------
    118 mV a decade at 25 °C and one half:

    >>> float(round(tafel_overpotential(10.0, 1.0) * 1e3, 1))
    118.3
    """
    check_positive(current_density=current_density, exchange_current=exchange_current, alpha=alpha)
    return thermal_voltage(T) / np.asarray(alpha) * np.log(np.asarray(current_density) / exchange_current)


def charge_transfer_resistance(exchange_current, T=298.15):
    r"""Resistance of the interface [ohm m2] at small overpotential; its own inverse.

    .. math:: R_\text{ct} = \frac{R T}{F i_0}

    Parameters
    ----------
    exchange_current : array_like
        [A/m2]; a resistance [ohm m2] gives the exchange current back.
    T : array_like
        [K].

    Examples
    --------
    >>> float(round(charge_transfer_resistance(4.238098), 6))
    0.006062
    """
    check_positive(exchange_current=exchange_current)
    return thermal_voltage(T) / np.asarray(exchange_current)


def butler_volmer_harmonics(amplitude, exchange_current, T=298.15, alpha=0.5, overpotential=0.0, highest=3):
    r"""Harmonics of the current density [A/m2] of a charge transfer under a sinusoidal overpotential.

    For :math:`\eta = \eta_0 + a \cos\omega t` the current is :math:`\sum_n i_n \cos n \omega t` with

    .. math::

        i_n = c_n i_0 \left[e^{\alpha x_0} I_n(\alpha x) - (-1)^n e^{-(1 - \alpha) x_0} I_n((1 - \alpha) x)\right],
        \qquad x = \frac{F a}{R T}, \quad x_0 = \frac{F \eta_0}{R T}

    where :math:`I_n` is the modified Bessel function, :math:`c_0 = 1` and :math:`c_n = 2` above.

    Parameters
    ----------
    amplitude : array_like
        a, of the overpotential across the step [V].
    exchange_current : array_like
        [A/m2].
    T : array_like
        [K].
    alpha : array_like
        Transfer coefficient of the oxidation [1].
    overpotential : array_like
        :math:`\eta_0`, about which the amplitude is [V].
    highest : int
        The last n.

    Returns
    -------
    numpy.ndarray
        One axis more than the arguments, the last, for n = 0 (the rectified current) to ``highest``.

    Notes
    -----
    Voltage-controlled: the overpotential is a pure sine, as where a cell's series resistance is small. Under a pure
    sine of current it is the overpotential that has harmonics. From exp(z cos θ) = Σ I_n(z) cos nθ; what it does to the
    polarisation resistance: "Deviation of the polarization resistance due to non-linearity II", J. Electroanal. Chem.
    432 (1997) 41-52 (abstract read).

    Examples
    --------
    With equal coefficients and no bias even harmonics cancel; at 25 mV the third is 1 % of the first:

    >>> first, second, third = butler_volmer_harmonics(0.025, 1.0)[1:]
    >>> float(second), float(round(100 * third / first, 2))
    (0.0, 0.97)
    """
    check_positive(amplitude=amplitude, exchange_current=exchange_current)
    check_between(0, 1, alpha=alpha)
    given = (amplitude, exchange_current, alpha, overpotential, thermal_voltage(T))
    a, current, alpha, bias, volt = (np.asarray(v, dtype=float)[..., None] for v in np.broadcast_arrays(*given))
    n = np.arange(highest + 1)
    forward = np.exp(alpha * bias / volt) * iv(n, alpha * a / volt)
    backward = np.exp(-(1 - alpha) * bias / volt) * iv(n, (1 - alpha) * a / volt)
    return np.where(n == 0, 1, 2) * current * (forward - (-1.0) ** n * backward)


def apparent_resistance_ratio(amplitude, T=298.15, alpha=0.5):
    r"""Charge-transfer resistance that the fundamental shows, over that at small amplitude [1].

    .. math:: \frac{R_\text{app}}{R_\text{ct}} = \frac{x/2}{I_1(\alpha x) + I_1((1 - \alpha) x)} \approx
              1 - \frac{\alpha^3 + (1 - \alpha)^3}{8} x^2

    Parameters
    ----------
    amplitude : array_like
        Of the overpotential across the step [V].
    T : array_like
        [K].
    alpha : array_like
        Transfer coefficient [1].

    Notes
    -----
    Voltage-controlled, about equilibrium, as `butler_volmer_harmonics`. Under a sine of current the overpotential is
    rectified and has a second harmonic, which bend it back: in this order the ratio is larger by
    3 (2α − 1)² x²/8, nothing for one half, and above one outside 1/3 to 2/3.

    Examples
    --------
    10 mV, the usual amplitude, cost half a percent:

    >>> float(round(100 * (1 - apparent_resistance_ratio(0.010)), 2))
    0.47
    """
    first = butler_volmer_harmonics(amplitude, 1.0, T, alpha, highest=1)[..., 1]
    return np.asarray(amplitude, dtype=float) / (charge_transfer_resistance(1.0, T) * first)


def linear_amplitude(share=0.01, judged_by="fundamental", T=298.15, alpha=0.5):
    """Amplitude of the overpotential [V] at which a charge transfer departs from a resistor by a stated share.

    Parameters
    ----------
    share : float
        Of the fundamental [1], below 0.3.
    judged_by : {"fundamental", "second", "third"}
        What departs: the resistance that the fundamental shows, or a harmonic of the current.
    T : float
        [K].
    alpha : float
        Transfer coefficient [1].

    Raises
    ------
    ValueError
        The second harmonic is asked for where it vanishes, at a coefficient of one half, or so near to it that the
        share is not reached.

    Notes
    -----
    Voltage-controlled, about equilibrium. For small shares the amplitude over RT/F is the root of 8 share/(α³ + (1−α)³)
    for the fundamental and of three times as much for the third harmonic, and 4 share/|2α − 1| for the second.

    Examples
    --------
    One percent at 25 °C: 14.6 mV by the fundamental, 25.4 mV by the third harmonic.

    >>> round(linear_amplitude(0.01) * 1e3, 1), round(linear_amplitude(0.01, "third") * 1e3, 1)
    (14.6, 25.4)
    """
    check_positive(share=share)
    check_between(0, 0.3, share=share)
    places = {"fundamental": None, "second": 2, "third": 3}
    if judged_by not in places:
        raise ValueError(f"judged_by is {judged_by!r}; allowed are {', '.join(places)}")
    if judged_by == "second" and abs(alpha - 0.5) < 1e-6:
        raise ValueError("the second harmonic vanishes at a transfer coefficient of 0.5; ask for the third")

    def departure(x):
        amplitude = np.exp(x) * thermal_voltage(T)
        if judged_by == "fundamental":
            return 1 - apparent_resistance_ratio(amplitude, T, alpha) - share
        harmonics = butler_volmer_harmonics(amplitude, 1.0, T, alpha)
        return abs(harmonics[places[judged_by]]) / harmonics[1] - share

    # The shares rise with the amplitude; the second harmonic's stays small where the coefficient is close to one half.
    if departure(4.6) < 0:
        raise ValueError(f"the {judged_by} harmonic stays below {share:g} up to 100 RT/F at a coefficient of {alpha:g}")
    return float(np.exp(brentq(departure, -12, 4.6)) * thermal_voltage(T))


def frumkin_butler_volmer(
    stern_potential, oxidation_rate, reduction_rate, surface_ratio=1.0, T=298.15, alpha=0.5, electrons=1
):
    r"""Molar flux [mol m-2 s-1] of a charge transfer across a Stern layer.

    .. math:: j = k_\text{ox} \exp\frac{\alpha n F \Delta\varphi}{R T}
              - k_\text{red} \frac{c_+}{c_{+,0}} \exp\frac{-(1 - \alpha) n F \Delta\varphi}{R T}

    The current density is :math:`n F j` [A/m2].

    Parameters
    ----------
    stern_potential : array_like
        Potential of the electrode less that of the reaction plane [V], the whole difference, not an overpotential.
    oxidation_rate, reduction_rate : array_like
        :math:`k_\text{ox}`, :math:`k_\text{red}` at no potential difference and the bulk's concentration
        [mol m-2 s-1]; what the electrode contains is within them.
    surface_ratio : array_like
        Cations at the reaction plane over those in the bulk [1]; what a space charge changes.
    T : array_like
        [K].
    alpha : array_like
        Transfer coefficient of the oxidation [1].
    electrons : array_like
        :math:`n` [1].

    Notes
    -----
    What `butler_volmer` hides in its exchange current stands open here: the diffuse layer acts through the surface
    ratio and through what it leaves of the potential for the Stern layer. With both at their equilibrium the two are
    one law. Source 002, equations 13 and 14, where n and j are not tied to those of equation 11: j is a molar flux.

    Examples
    --------
    No flux at the equilibrium potential, where only the two rates differ:

    >>> balance = equilibrium_stern_potential(1e-6, 1e-4, 0.5)
    >>> abs(float(frumkin_butler_volmer(balance, 1e-6, 1e-4, 0.5))) < 1e-20
    True
    """
    check_positive(oxidation_rate=oxidation_rate, reduction_rate=reduction_rate, surface_ratio=surface_ratio)
    check_positive(electrons=electrons)
    check_between(0, 1, alpha=alpha)
    check_between(-np.inf, np.inf, stern_potential=stern_potential)
    x = np.asarray(electrons) * np.asarray(stern_potential, dtype=float) / thermal_voltage(T)
    alpha = np.asarray(alpha, dtype=float)
    backward = np.asarray(reduction_rate) * np.asarray(surface_ratio)
    return np.asarray(oxidation_rate) * np.exp(alpha * x) - backward * np.exp(-(1 - alpha) * x)


def equilibrium_stern_potential(oxidation_rate, reduction_rate, surface_ratio=1.0, T=298.15, electrons=1):
    r"""Potential across the Stern layer [V] at which no charge is transferred.

    .. math:: \Delta\varphi_\text{eq} = \frac{R T}{n F} \ln \frac{k_\text{red}\, c_+}{k_\text{ox}\, c_{+,0}}

    Parameters
    ----------
    oxidation_rate, reduction_rate, surface_ratio, T, electrons : array_like
        As for `frumkin_butler_volmer`.

    Examples
    --------
    A tenth of the cations at the reaction plane lowers it by 59 mV at 25 °C:

    >>> float(round(equilibrium_stern_potential(1.0, 1.0, 0.1) * 1e3, 2))
    -59.16
    """
    check_positive(oxidation_rate=oxidation_rate, reduction_rate=reduction_rate, surface_ratio=surface_ratio)
    check_positive(electrons=electrons)
    ratio = np.asarray(reduction_rate, dtype=float) * surface_ratio / oxidation_rate
    return thermal_voltage(T) / np.asarray(electrons) * np.log(ratio)
