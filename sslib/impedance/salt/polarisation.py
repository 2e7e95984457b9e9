"""A layer of salt under steady current: what its gradient resists, when it runs dry, and what tells its parts apart."""

import numpy as np
from scipy.constants import R as GAS_CONSTANT

from sslib.checks import check_between, check_positive
from sslib.kinetics import FARADAY
from sslib.units import reference_temperature


def salt_capacitance(
    thickness, concentration, *, fraction=1.0, thermodynamic_factor=1.0, temperature=reference_temperature
):
    r"""Chemical capacitance of the salt in a layer [F/m2], which joins the cation's rail to the anion's.

    .. math:: C_s = \varepsilon L \frac{F^2 c}{2 R T \chi}

    Parameters
    ----------
    thickness, concentration, fraction, thermodynamic_factor, temperature : array_like
        As for `salt_values` [m, mol/m3, 1, 1, K].

    Raises
    ------
    ValueError
        For values that are not positive, a fraction above one.

    Examples
    --------
    It is tau_salt over R_salt, and no property of transport:

    >>> from sslib.impedance import salt_values
    >>> layer = salt_values(30e-6, 0.2, 0.2, 1e-11, 1000.0)
    >>> round(float(salt_capacitance(30e-6, 1000.0) * layer["R_salt"] / layer["tau_salt"]), 9)
    1.0
    """
    check_positive(
        thickness=thickness, concentration=concentration, fraction=fraction,
        thermodynamic_factor=thermodynamic_factor, temperature=temperature,
    )  # fmt: skip
    check_between(0, 1, fraction=fraction)
    per_volume = FARADAY**2 * concentration / (2 * GAS_CONSTANT * temperature * thermodynamic_factor)
    return fraction * thickness * per_volume


def steady_current_ratio(R_ion, t_plus, R_salt):
    r"""Steady over initial current [1] of a layer between two electrodes that take cations alone, at a small voltage.

    .. math:: \frac{i_\infty}{i_0} = \frac{1}{1 + Ne}, \qquad Ne = \frac{(1 - t_+)^2 R_\text{salt}}{R_\text{ion}}

    Parameters
    ----------
    R_ion, t_plus, R_salt : array_like
        Of a `Salt`: two resistances of one unit, and the transference number [1].

    Notes
    -----
    In an ideal dilute solution Ne is (1 − t₊)/t₊ and the ratio is the transference number itself (P. G. Bruce, C. A.
    Vincent, J. Electroanal. Chem. 225 (1987) 1, doi 10.1016/0022-0728(87)80001-3). Otherwise it is not: N. P. Balsara,
    J. Newman, J. Electrochem. Soc. 162 (2015) A2720, doi 10.1149/2.0651514jes, whose Ne this is. The electrodes' own
    resistance is to be taken off first.

    Examples
    --------
    Ideal and dilute: κ = F²c(D₊ + D₋)/RT and D = 2 D₊D₋/(D₊ + D₋), so that R_salt = R_ion/(t₊t₋):

    >>> round(float(steady_current_ratio(10.0, 0.3, 10.0 / (0.3 * 0.7))), 9)
    0.3
    """
    check_positive(R_ion=R_ion, R_salt=R_salt)
    return 1 / (1 + (1 - np.asarray(t_plus)) ** 2 * R_salt / R_ion)


def transference_number(R_seen, tau_salt, capacitance):
    r"""Transference number [1] from what an impedance knows of a layer of salt, and the salt's capacitance.

    .. math:: t_+ = 1 - \sqrt{R_\text{seen}\, C_s / \tau_\text{salt}}

    Parameters
    ----------
    R_seen : array_like
        :math:`(1 - t_+)^2 R_\text{salt}`, what is found of R_salt when t_plus is fixed at 0 [ohm or ohm m2].
    tau_salt : array_like
        [s].
    capacitance : array_like
        From `salt_capacitance`, over the same area [F or F/m2]; it takes the thermodynamic factor from elsewhere.

    Notes
    -----
    The root leaves open whether :math:`1 - t_+` is positive; here it is, as in every electrolyte known to us. Where
    anions are blocked at all electrodes no spectrum knows more than R_seen and tau_salt.
    """
    check_positive(R_seen=R_seen, tau_salt=tau_salt, capacitance=capacitance)
    return 1 - np.sqrt(np.asarray(R_seen) * capacitance / tau_salt)


def limiting_current_density(thickness, transference_number, diffusivity, concentration, *, fraction=1.0, exponent=1.5):
    r"""Current density [A/m2] at which the salt between two lithium electrodes runs dry at one of them.

    .. math:: j_\text{lim} = \frac{2 F D \varepsilon^b c}{(1 - t_+) L}

    Parameters
    ----------
    thickness, transference_number, diffusivity, concentration, fraction, exponent : array_like
        As for `salt_values` [m, 1, m2/s, mol/m3, 1, 1].

    Returns
    -------
    numpy.ndarray
        Infinite for a transference number of one.

    Notes
    -----
    For properties that do not change with concentration: the line from 2c at one face to nothing at the other
    (J. Newman, K. E. Thomas-Alyea, Electrochemical Systems, 3rd ed. 2004). Real ones do, most where salt is scarce.

    Examples
    --------
    30 µm of a polymer with t₊ = 0.2 and D = 1e-11 m2/s, 1 M:

    >>> round(float(limiting_current_density(30e-6, 0.2, 1e-11, 1000.0)), 2)
    80.4
    """
    check_positive(thickness=thickness, diffusivity=diffusivity, concentration=concentration, fraction=fraction)
    check_between(0, 1, fraction=fraction)
    check_between(-1, 1, transference_number=transference_number)
    share = 1 - np.asarray(transference_number, dtype=float)
    with np.errstate(divide="ignore"):
        return 2 * FARADAY * diffusivity * fraction**exponent * concentration / (share * thickness)


def depletion_current_density(separator, cathode, transference_number, concentration):
    r"""Steady current density [A/m2] at which salt runs dry at a cathode's far face, the reaction being uniform.

    With :math:`\Delta_s = (1 - t_+) j\, L_s/(F D_s)` across the separator and
    :math:`\Delta_c = (1 - t_+) j\, L_c/(2 F D_c)` across the cathode (effective diffusivities), and
    :math:`w = \varepsilon L`, the salt stays what it was:

    .. math:: c_\text{end} = c - \Delta_c - \frac{w_s \Delta_s/2 - 2 w_c \Delta_c/3}{w_s + w_c}

    Parameters
    ----------
    separator, cathode : tuple
        Thickness [m], volume fraction ε of the electrolyte [1] and salt diffusivity of the layer, Bruggeman's factor
        included [m2/s].
    transference_number : array_like
        [1].
    concentration : array_like
        Without current [mol/m3].

    Notes
    -----
    Constant properties; discharge to a cathode whose reaction is spread evenly, as it is after a long time at a current
    that the particles can follow. Infinite for a transference number of one.
    """
    (L_s, e_s, D_s), (L_c, e_c, D_c) = separator, cathode
    check_positive(concentration=concentration, thickness=(L_s, L_c))
    check_positive(diffusivity=D_s)
    check_positive(diffusivity=D_c)
    check_positive(fraction=(e_s, e_c))
    share = (1 - np.asarray(transference_number, dtype=float)) / FARADAY
    first, second, w_s, w_c = share * L_s / D_s, share * L_c / (2 * D_c), e_s * L_s, e_c * L_c
    with np.errstate(divide="ignore"):
        return concentration / (second + (w_s * first / 2 - 2 * w_c * second / 3) / (w_s + w_c))
