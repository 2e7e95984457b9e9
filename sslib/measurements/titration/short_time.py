"""The formulas of a body without an end, and how long they may be used: square root of time for a pulse, and Cottrell.

Each is wrong for a film or a particle once the ion has felt the far face or the centre; by how much is known, so that
the longest time follows from the error that one allows.
"""

import numpy as np
from scipy.optimize import brentq

from sslib.checks import check_between, check_positive
from sslib.measurements.titration.finite_length import SHAPES, check_shape, current_step, potential_step

ALLOWED = 0.05
"""Relative error of the diffusivity that a short-time formula may have."""
POINTS = 101


def weppner_huggins(duration, steady_change, transient_change, volume_per_area):
    r"""Diffusivity [m2/s] from a pulse of current that is short beside :math:`L^2/D`.

    .. math::

        D = \frac{4}{\pi \tau} \left(\frac{n V_m}{z F S}\right)^2 \left(\frac{\Delta E_s}{\Delta E_t}\right)^2
          = \frac{4}{\pi \tau} \left(\frac{V}{A} \frac{\Delta E_s}{\Delta E_t}\right)^2

    Parameters
    ----------
    duration : array_like
        Of the pulse, τ [s].
    steady_change : array_like
        Change of the relaxed potential by the pulse, :math:`\Delta E_s` [V].
    transient_change : array_like
        Change of the potential under current, without the jump at its beginning, :math:`\Delta E_t` [V]: the slope
        against the root of time, times :math:`\sqrt\tau`.
    volume_per_area : array_like
        Of the material and of the interface, V/A [m]: L of a film, R/3 of a sphere.

    Notes
    -----
    A pulse much shorter than :math:`L^2/D` (`longest_pulse`), a potential linear over it, no jump left in
    :math:`\Delta E_t`. W. Weppner, R. A. Huggins, J. Electrochem. Soc. 124 (1977) 1569, doi 10.1149/1.2133112. What is
    printed there as :math:`n V_m/S` is the volume over the area.

    Examples
    --------
    >>> f"{weppner_huggins(600.0, 5e-3, 10e-3, 1e-6):.3g}"
    '5.31e-16'
    """
    check_positive(duration=duration, volume_per_area=volume_per_area)
    ratio = np.asarray(steady_change, dtype=float) / transient_change
    return 4 / (np.pi * np.asarray(duration)) * (np.asarray(volume_per_area) * ratio) ** 2


def pulse_bias(ratio, shape):
    r"""What `weppner_huggins` gives over the true diffusivity [1], for a pulse of :math:`t/\tau_d`.

    The potential is linear in the composition, its slope against :math:`\sqrt t` that of a line through the whole
    pulse, with times spread evenly over the root.

    Parameters
    ----------
    ratio : array_like
        :math:`t D/L^2` or :math:`t D/R^2` [1].
    shape : str
        "film" or "sphere".

    Examples
    --------
    A film is kind for a long time, a sphere is not:

    >>> pulse_bias([0.01, 1.0], "film").round(3).tolist(), pulse_bias([0.01, 1.0], "sphere").round(3).tolist()
    ([1.0, 0.773], [0.833, 0.128])
    """
    check_shape(shape)
    check_positive(ratio=ratio)
    ratio = np.asarray(ratio, dtype=float)
    root = np.linspace(0, 1, POINTS)[1:]
    moved = current_step(ratio[..., None] * root**2, shape)
    slope = moved @ (root - root.mean()) / np.sum((root - root.mean()) ** 2)
    return 4 / np.pi * ratio / (SHAPES[shape] * slope) ** 2


def endpoint_bias(ratio, shape, share=0.0):
    r"""What two readings give over the true diffusivity [1]: before the pulse and at its end, the jump left in.

    .. math:: \frac{D_\text{found}}{D} = \frac{4 \theta}{\pi n^2 [f(\theta) + R/R_D]^2}

    with f from `current_step` and n = 1 for a film, 3 for a sphere.

    Parameters
    ----------
    ratio : array_like
        :math:`\theta = t/\tau_d` [1].
    shape : str
        "film" or "sphere".
    share : array_like
        R over :math:`R_D = |dU/dx|\,\tau_d/Q`, with the charge Q of all sites [1].

    Examples
    --------
    An interface of a fifth of the diffusion's resistance costs a pulse of 0.1 L²/D more than half of D:

    >>> round(float(endpoint_bias(0.1, "film", 0.2)), 2)
    0.41
    """
    check_shape(shape)
    check_positive(ratio=ratio)
    check_between(0, np.inf, share=share)
    ratio = np.asarray(ratio, dtype=float)
    return 4 / np.pi * ratio / (SHAPES[shape] * (current_step(ratio, shape) + share)) ** 2


def longest_pulse(shape, allowed=ALLOWED):
    r"""Longest pulse over :math:`L^2/D` [1] for which `weppner_huggins` is wrong by no more than a share of D.

    Examples
    --------
    >>> round(longest_pulse("film"), 2), round(longest_pulse("sphere"), 5)
    (0.5, 0.00081)
    """
    check_between(1e-6, 0.5, allowed=allowed)
    return float(np.exp(brentq(lambda u: abs(float(pulse_bias(np.exp(u), shape)) - 1) - allowed, np.log(1e-14), 2.0)))


def cottrell(charge, rooted_current, volume_per_area):
    r"""Diffusivity [m2/s] from the early current after a step of the potential.

    .. math:: i \sqrt t = Q \frac{A}{V} \sqrt{\frac{D}{\pi}}
        \quad\Rightarrow\quad D = \pi \left(\frac{V}{A} \frac{i \sqrt t}{Q}\right)^2

    Parameters
    ----------
    charge : array_like
        That the step moves in the end, Q [C].
    rooted_current : array_like
        :math:`i \sqrt t`, constant while the formula holds [A s^0.5].
    volume_per_area : array_like
        V/A [m].

    Notes
    -----
    Times long enough for the interface's resistance not to count and short enough for the far face not to be felt
    (`cottrell_window`): there may be none.

    Examples
    --------
    >>> f"{cottrell(1e-3, 1e-5, 1e-6):.3g}"
    '3.14e-16'
    """
    check_positive(volume_per_area=volume_per_area)
    return np.pi * (np.asarray(volume_per_area) * np.asarray(rooted_current) / np.asarray(charge, dtype=float)) ** 2


def cottrell_window(biot, shape, allowed=ALLOWED):
    r"""Shortest and longest :math:`t/\tau_d` between which `cottrell` is wrong by no more than a share of D.

    Parameters
    ----------
    biot : float
        Of diffusion against interface, see `potential_step` [1].
    shape : str
        "film" or "sphere".
    allowed : float
        [1].

    Returns
    -------
    tuple of float, or None
        None where the interface, or curvature, is felt until the far face is.

    Examples
    --------
    >>> cottrell_window(7.0, "film") is None
    True
    >>> [round(end, 4) for end in cottrell_window(100.0, "film")]
    [0.0019, 0.2322]
    """
    check_between(1e-6, 0.5, allowed=allowed)
    ratio = np.geomspace(1e-9, 2.0, 2000)
    found = np.pi * ratio * (potential_step(ratio, biot, shape) / SHAPES[shape]) ** 2
    good = np.abs(found - 1) <= allowed
    if not good.any():
        return None
    first = int(np.argmax(good))
    after = np.flatnonzero(~good[first:])
    last = first + after[0] - 1 if len(after) else len(ratio) - 1
    return (float(ratio[first]), float(ratio[last])) if last > first else None
