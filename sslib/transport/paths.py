"""How far ions and electrons reach into a composite in a stated time, and which of the two holds the other up."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq

from sslib.checks import check_between, check_positive

# Mode n decays with ((n − 1)π)² D/L² or faster: at the shortest time those after these add 2e-11.
MODES = 40
SHORT_TIME = 1e-3
DEFAULT_SHARE = 0.9


class PathLengths(NamedTuple):
    """Lengths [m] that a stated time allows: each carrier's own, and that of both together."""

    ion: np.ndarray
    electron: np.ndarray
    ambipolar: np.ndarray


def ambipolar_conductivity(ionic, electronic):
    r"""Conductivity [S/m] that charge meets when ions and electrons have to come together.

    .. math:: \sigma_\delta = \frac{\sigma_\text{ion} \sigma_\text{eon}}{\sigma_\text{ion} + \sigma_\text{eon}}

    Parameters
    ----------
    ionic, electronic : array_like
        Effective conductivities of the two networks [S/m].

    Examples
    --------
    >>> float(ambipolar_conductivity(1.0, 1.0))
    0.5
    """
    check_positive(ionic=ionic, electronic=electronic)
    return 1 / (1 / np.asarray(ionic, dtype=float) + 1 / np.asarray(electronic, dtype=float))[()]


def path_lengths(time, ionic, electronic, capacitance):
    r"""How far ions, electrons, and both together reach in a time.

    .. math::

        L_k = \sqrt{\frac{t\,\sigma_k}{c_\text{chem}}}, \qquad
        L_\delta = \sqrt{\frac{t}{c_\text{chem}}
        \frac{\sigma_\text{ion} \sigma_\text{eon}}{\sigma_\text{ion} + \sigma_\text{eon}}}, \qquad
        \frac1{L_\delta^2} = \frac1{L_\text{ion}^2} + \frac1{L_\text{eon}^2}

    The first is a carrier's own, where the other is fast; the second holds where both resist. A length *reachable* in
    a time is meant, so the **shorter** one belongs to the carrier that limits.

    Parameters
    ----------
    time : array_like
        [s]; an hour over the C-rate where a current is stated.
    ionic, electronic : array_like
        Effective conductivities of the two networks [S/m].
    capacitance : array_like
        Volumetric chemical capacitance of the composite [F/m3]: charge stored per volume and volt.

    Returns
    -------
    PathLengths
        ``ion``, ``electron``, ``ambipolar`` [m].

    Notes
    -----
    Of an electrode as thick as the ambipolar length, a step of the potential charges 93 to 95 % in that time
    (`filled_share`); in one much thicker, 65 % of what has gone in lies within it where one carrier is fast (the
    tests integrate both). Linear response: the capacitance is constant, diffusion inside the particles and charge
    transfer take no time. Source 000 (its fifth step, after Zhu et al., presumably C. Zhu, R. E. Usiskin, Y. Yu,
    J. Maier, Science 358 (2017) eaao2808, doi 10.1126/science.aao2808) gives no definition, and calls the electrons
    limiting where their length is the longer: with a length reachable in a time it points the other way.

    Examples
    --------
    The cathode ``A_base``: its electrons would reach 0.6 mm in an hour, its ions 0.13 mm, and so does the charge.

    >>> from sslib.units import hour, um
    >>> lengths = path_lengths(1 * hour, 0.0245, 0.524, 5.29e9)
    >>> [round(float(length) / um) for length in lengths]
    [129, 597, 126]
    """
    check_positive(time=time, capacitance=capacitance)
    together = ambipolar_conductivity(ionic, electronic)
    ratio = np.asarray(time, dtype=float) / np.asarray(capacitance, dtype=float)
    return PathLengths(*(np.sqrt(ratio * conductivity) for conductivity in (ionic, electronic, together)))


def ion_share(ionic, electronic, ion_path=1.0, electron_path=1.0):
    r"""Share [1] of the ions in the resistance of the two networks; above one half, ions limit.

    .. math:: p = \frac{R_\text{ion}}{R_\text{ion} + R_\text{eon}}, \qquad R_k = \frac{L_k}{\sigma_k}

    This is the definition here of *which network limits*: the carrier whose own path resists more. Where both cross
    the same thickness it is the same as comparing the times :math:`c_\text{chem} L^2/\sigma_k`, and these add up to
    the time of both together, so that p is the ions' share of the time, too. A length alone does not decide.

    Parameters
    ----------
    ionic, electronic : array_like
        Effective conductivities [S/m].
    ion_path, electron_path : array_like
        Lengths of the carriers' own paths [m]; only their ratio counts, and it is one where both cross the electrode.

    Examples
    --------
    >>> round(float(ion_share(0.0245, 0.524)), 3)
    0.955
    """
    check_positive(ionic=ionic, electronic=electronic, ion_path=ion_path, electron_path=electron_path)
    ion, electron = (np.asarray(p, dtype=float) / s for p, s in ((ion_path, ionic), (electron_path, electronic)))
    return ion / (ion + electron)


def filled_share(time, thickness, ionic, electronic, capacitance):
    r"""Share [1] of its charge that an electrode has taken up after a step of the potential.

    Ions come in at one face, electrons at the other. With :math:`\tau = c_\text{chem} L^2/\sigma_\delta`, the ions'
    share p of the resistance (`ion_share`), :math:`m = p (1 - p)` and the roots :math:`\xi_n` of
    :math:`m\,\xi \sin\xi = (1 - 2m) \cos\xi + 2m`, one between :math:`(n - 1)\pi` and :math:`n\pi`:

    .. math:: \frac{Q(t)}{Q(\infty)} = 1 - \sum_n \frac{2}{\xi_n^2 (1 - m + m\,\xi_n \cot\xi_n)} e^{-\xi_n^2 t/\tau}

    Parameters
    ----------
    time : array_like
        Since the step [s].
    thickness : array_like
        Of the electrode, L [m].
    ionic, electronic : array_like
        Effective conductivities [S/m].
    capacitance : array_like
        Volumetric chemical capacitance [F/m3].

    Raises
    ------
    ValueError
        For values that are not positive, or a time below a thousandth of τ, where the sum needs more modes than the
        40 that are taken.

    Notes
    -----
    The roots are the zeros of the line's impedance (terminals ion-electron, `sslib.impedance.TransmissionLine`), and
    the factors are its residues; derived here. Where one carrier is fast they are :math:`(n - \tfrac12)\pi`, and the
    slowest time is :math:`4\tau/\pi^2`. Limits as in `path_lengths`.

    Examples
    --------
    A thickness equal to the ambipolar length, with one carrier fast and with both alike:

    >>> [round(float(filled_share(1.0, 1.0, 1 + other, 1 + 1 / other, 1.0)), 3) for other in (1e9, 1.0)]
    [0.931, 0.949]
    """
    check_positive(time=time, thickness=thickness, capacitance=capacitance)
    whole = np.asarray(capacitance) * np.square(thickness) / ambipolar_conductivity(ionic, electronic)
    relative = np.asarray(time) / whole
    check_between(SHORT_TIME, np.inf, **{"time over c_chem L²/σ": relative})
    return _filled(relative, _modes(ion_share(ionic, electronic)))


def usable_thickness(time, ionic, electronic, capacitance, share=DEFAULT_SHARE):
    r"""Thickness [m] of which a step of the potential fills a share in a stated time.

    .. math:: L = L_\delta / \sqrt{t/\tau}, \qquad Q(t/\tau)/Q(\infty) = \text{share}

    Parameters
    ----------
    time : array_like
        [s]; an hour over the C-rate.
    ionic, electronic : array_like
        Effective conductivities [S/m].
    capacitance : array_like
        Volumetric chemical capacitance [F/m3].
    share : float
        Of the charge [1], between 0.1 and 0.999.

    Notes
    -----
    Proportional to the ambipolar length, with a factor between 1.08 and 1.14 for nine tenths. The step of the potential
    is the definition; a constant current would fill all of it, at the price of the current times a third of both
    rails' resistances in the end. Limits as in `path_lengths`.

    Examples
    --------
    At 2C the cathode ``A_base`` is used to nine tenths up to 98 µm:

    >>> from sslib.units import hour, um
    >>> round(float(usable_thickness(hour / 2, 0.0245, 0.524, 5.29e9)) / um)
    98
    """
    check_between(0.1, 0.999, share=share)
    length = path_lengths(time, ionic, electronic, capacitance).ambipolar
    modes = _modes(ion_share(ionic, electronic))
    below, above = (np.full(modes[0].shape[:-1], np.log(end)) for end in (SHORT_TIME, 10.0))
    for _ in range(55):
        middle = (below + above) / 2
        less = _filled(np.exp(middle), modes) < share
        below, above = np.where(less, middle, below), np.where(less, above, middle)
    return length * np.exp(-(below + above) / 4)


def changeover_composition(ionic, electronic, lower, upper):
    r"""Composition at which the network that limits changes, :math:`\sigma_\text{ion} = \sigma_\text{eon}`.

    Parameters
    ----------
    ionic, electronic : callable
        Effective conductivities [S/m] of a composition, such as the volume fraction of the active material: with the
        laws of this package, ``lambda x: effective_medium(1 - x, 0.1)``.
    lower, upper : float
        Compositions between which to look; both conductivities have to be positive there.

    Raises
    ------
    ValueError
        Where the same network limits at both ends, and where one does not conduct.

    Notes
    -----
    By the definition of `ion_share`. The ambipolar conductivity is about largest there, exactly so where the two laws
    mirror one another.

    Examples
    --------
    Two equally good conductors, Bruggeman's exponent for either: half of each.

    >>> from sslib.transport import bruggeman
    >>> round(changeover_composition(lambda x: bruggeman(1 - x, 0.1), lambda x: bruggeman(x, 0.1), 0.1, 0.9), 6)
    0.5
    """

    def excess(composition):
        return float(np.log(ion_share(ionic(composition), electronic(composition)) * 2))

    ends = excess(lower), excess(upper)
    if np.sign(ends[0]) == np.sign(ends[1]):
        who = ("neither carrier limits", "ions limit", "electrons limit")[int(np.sign(ends[0]))]
        raise ValueError(f"compositions are {lower:g} and {upper:g}; {who} at both, and they must differ in that")
    return brentq(excess, lower, upper, xtol=1e-14)


def changeover_thickness(conductivity, fixed_path, fixed_conductivity, *, by="resistance"):
    r"""Thickness [m] above which a carrier that crosses the electrode limits one whose path is fixed.

    .. math:: \frac{L}{\sigma} = \frac{a}{\sigma_a} \quad (\text{resistance}), \qquad
              \frac{L^2}{\sigma} = \frac{a^2}{\sigma_a} \quad (\text{time})

    Parameters
    ----------
    conductivity : array_like
        Of the carrier that crosses the thickness L [S/m].
    fixed_path : array_like
        a, the other carrier's path [m]: a particle's radius, the distance between two wires.
    fixed_conductivity : array_like
        Along that path [S/m].
    by : {"resistance", "time"}
        What is compared: losses under a steady current, or times of charging one and the same capacitance.

    Notes
    -----
    Both paths of one cross-section; where the fixed path spreads over a larger surface, divide it by their ratio.

    Examples
    --------
    Electrons cross half a micrometre of particles at 1 mS/m, ions the electrode at 25 mS/m:

    >>> from sslib.units import um
    >>> [round(float(changeover_thickness(0.025, 0.5 * um, 1e-3, by=by) / um), 1) for by in ("resistance", "time")]
    [12.5, 2.5]
    """
    check_positive(conductivity=conductivity, fixed_path=fixed_path, fixed_conductivity=fixed_conductivity)
    if by not in ("resistance", "time"):
        raise ValueError(f"by is {by!r}; allowed are resistance, time")
    ratio = np.asarray(conductivity, dtype=float) / np.asarray(fixed_conductivity, dtype=float)
    return fixed_path * ratio ** (1.0 if by == "resistance" else 0.5)


def _modes(share):
    """Roots ξ and factors of `filled_share` for the ions' share of the resistance; the modes are the last axis."""
    m = np.asarray(share * (1 - share))[..., None]
    below, above = (np.broadcast_to((np.arange(MODES) + k) * np.pi, (*m.shape[:-1], MODES)) for k in (0, 1))
    rising = np.arange(MODES) % 2 == 0
    for _ in range(60):
        middle = (below + above) / 2
        short = (m * middle * np.sin(middle) < (1 - 2 * m) * np.cos(middle) + 2 * m) == rising
        below, above = np.where(short, middle, below), np.where(short, above, middle)
    root = (below + above) / 2
    # At a mode that the terminals do not see the cotangent has no bound, and its factor is zero.
    return root, 2 * np.sin(root) / (root**2 * ((1 - m) * np.sin(root) + m * root * np.cos(root)))


def _filled(relative_time, modes):
    root, factor = modes
    return 1 - (factor * np.exp(-(root**2) * np.asarray(relative_time)[..., None])).sum(axis=-1)
