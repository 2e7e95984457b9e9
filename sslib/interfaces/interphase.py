"""An interphase that grows where two conductors react, until something stops it."""

from typing import Literal, get_args

import numpy as np
from scipy.special import lambertw

from sslib.checks import check_between, check_positive

Law = Literal["dissolution", "exponential"]
REACHED = 0.95
"""Share of the plateau at which it counts as reached."""
SMALL = 0.01


def interphase_thickness(time, plateau, time_constant, law: Law = "dissolution"):
    r"""Thickness [m] of an interphase that grows to a plateau.

    .. math:: \text{dissolution:}\quad \frac{\mathrm{d}L}{\mathrm{d}t} = \frac{k_p}{L} - k_d, \quad
              \frac{t}{\tau} = -\frac{L}{L_\infty} - \ln\left(1 - \frac{L}{L_\infty}\right), \quad
              L_\infty = \frac{k_p}{k_d}, \ \tau = \frac{L_\infty}{k_d}

    .. math:: \text{exponential:}\quad L = L_\infty \left(1 - e^{-t/\tau}\right)

    Parameters
    ----------
    time : array_like
        Since the first contact [s].
    plateau : array_like
        :math:`L_\infty` [m].
    time_constant : array_like
        :math:`\tau` [s].
    law : {"dissolution", "exponential"}
        Parabolic growth through the layer, limited by a layer that dissolves at a constant rate; or pinholes of a first
        layer that fill at a rate that falls with what is left of them.

    Notes
    -----
    Early, the first law is the parabolic one, :math:`L = L_\infty \sqrt{2 t/\tau}`, the second linear: two laws that
    share their plateau differ most there. Source 003 reports both pictures and no law.

    Examples
    --------
    >>> from sslib.units import nm
    >>> for law in ("dissolution", "exponential"):
    ...     print(round(float(interphase_thickness(1.0, 40 * nm, 1.0, law) / nm), 1))
    33.7
    25.3
    """
    check_between(0, np.inf, time=time)
    check_positive(plateau=plateau, time_constant=time_constant)
    s = np.asarray(time, dtype=float) / time_constant
    if _checked(law) == "exponential":
        return -np.asarray(plateau) * np.expm1(-s)
    # Lambert's W at its branch point loses digits: its series there has them.
    p = np.sqrt(-2 * np.expm1(-s))
    series = p * (1 - p * (1 / 3 - p * (11 / 72 - p * (43 / 540 - p * (769 / 17280 - p * 221 / 8505)))))
    exact = 1 + lambertw(-np.exp(-1 - s)).real
    return np.asarray(plateau) * np.where(p < SMALL, series, exact)[()]


def growth_from_observations(thickness, time, plateau_time, law: Law = "dissolution"):
    r"""Plateau [m] and time constant [s] from one thickness, and the time at which growth was seen to end.

    Parameters
    ----------
    thickness : array_like
        At ``time`` [m].
    time : array_like
        [s].
    plateau_time : array_like
        When 95 % of the plateau are reached [s].
    law : {"dissolution", "exponential"}
        As for `interphase_thickness`.

    Returns
    -------
    tuple of numpy.ndarray
        (plateau, time constant).

    Notes
    -----
    The law decides more than a first impression does: with the same two observations the plateaus differ.

    Examples
    --------
    25 nm after 24 h (on LiPON), a plateau after about 150 h (on a garnet; source 003): of one system or not, the two
    numbers leave the plateau open between

    >>> from sslib.units import hour, nm
    >>> for law in ("dissolution", "exponential"):
    ...     print(round(float(growth_from_observations(25 * nm, 24 * hour, 150 * hour, law)[0] / nm), 1))
    41.2
    65.7
    """
    check_positive(thickness=thickness, time=time, plateau_time=plateau_time)
    end = -np.log1p(-REACHED) - (REACHED if _checked(law) == "dissolution" else 0)
    time_constant = np.asarray(plateau_time, dtype=float) / end
    return thickness / interphase_thickness(time, 1.0, time_constant, law), time_constant


def _checked(law):
    if law not in get_args(Law):
        raise ValueError(f"law is {law!r}; it must be one of {', '.join(get_args(Law))}")
    return law
