"""Exact answers of a film or a sphere of constant diffusivity: to a steady current, and to a step of the potential.

Times are in units of the diffusion time :math:`\\tau_d = L^2/D` (film, blocked at its far face) or :math:`R^2/D`
(sphere). Long times are sums of modes, short ones the answer of a body without an end: where they meet, at a ratio of
0.03, what either leaves out is below 1e-13.
"""

from functools import lru_cache

import numpy as np
from scipy.special import erf, erfcx

from sslib.checks import check_between, check_positive

SHAPES = {"film": 1, "sphere": 3}
"""How often the volume of a thin shell goes into the whole: surface times length over volume."""
SHORT = 0.03
"""Below this ratio of times the far face, or the centre, is not yet felt: exp(-1/0.03) is 3e-15."""
MODES = 14
"""The next one is exp(-50) where modes begin to be used."""
HALVINGS = 8
NEWTONS = 4


def check_shape(shape):
    """Raise ValueError unless the shape is "film" or "sphere"."""
    if shape not in SHAPES:
        raise ValueError(f"shape is {shape!r}; it must be 'film' or 'sphere'")


def current_step(ratio, shape):
    r"""Composition of the surface after a current was switched on, over the rate of the mean times :math:`\tau_d`.

    .. math::

        \text{film:}\quad \theta + \tfrac13 - 2 \sum_n \frac{e^{-n^2 \pi^2 \theta}}{n^2 \pi^2}
        \;\to\; 2\sqrt{\theta/\pi}, \qquad
        \text{sphere:}\quad \theta + \tfrac1{15} - \tfrac23 \sum_n \frac{e^{-\lambda_n^2 \theta}}{\lambda_n^2}
        \;\to\; \tfrac13 \left[e^\theta (1 + \mathrm{erf} \sqrt\theta) - 1\right]

    with :math:`\tan \lambda_n = \lambda_n`.

    Parameters
    ----------
    ratio : array_like
        :math:`\theta = t/\tau_d` [1]; zero before the step (at negative times).
    shape : str
        "film" or "sphere".

    Returns
    -------
    array
        [1]: the surface has moved by :math:`\dot x\, \tau_d` times this.

    Notes
    -----
    Constant diffusivity, one length. J. Crank, The Mathematics of Diffusion, 2nd ed., Oxford 1975 (constant flux).

    Examples
    --------
    In a steady state the surface of a film is ahead of its mean by a third of :math:`\dot x\, \tau_d`:

    >>> round(float(current_step(2.0, "film") - 2.0), 6)
    0.333333
    """
    check_shape(shape)
    ratio = np.asarray(ratio, dtype=float)
    held = np.maximum(ratio, 0.0)
    early = np.minimum(held, SHORT)
    root = np.sqrt(early)
    if shape == "film":
        short = 2 * root / np.sqrt(np.pi)
        rates, steady, weight = (np.arange(1, MODES + 1) * np.pi) ** 2, 1 / 3, 2.0
    else:
        short = (np.expm1(early) + np.exp(early) * erf(root)) / 3
        rates, steady, weight = _roots("sphere", 0.0)[1:] ** 2, 1 / 15, 2 / 3
    late = np.maximum(held, SHORT)
    long = late + steady - weight * np.exp(-late[..., None] * rates) @ (1 / rates)
    return np.where(held < SHORT, short, long)


def potential_step(ratio, biot, shape):
    r"""Current after a step of the potential, over the final charge, times :math:`\tau_d`.

    .. math::

        \text{film:}\quad \sum_n \frac{2 \Lambda^2 e^{-b_n^2 \theta}}{b_n^2 + \Lambda^2 + \Lambda},
        \quad b_n \tan b_n = \Lambda; \qquad
        \text{sphere:}\quad \sum_n \frac{6 \Lambda^2 e^{-b_n^2 \theta}}{b_n^2 + \Lambda (\Lambda - 1)},
        \quad b_n \cot b_n = 1 - \Lambda

    Short times have the current :math:`n \Lambda\,[1 - \tfrac{\Lambda}{h}(1 - w(h\sqrt\theta))]`, with
    :math:`h = \Lambda`, n = 1 (film) or :math:`h = \Lambda - 1`, n = 3 (sphere), and
    :math:`w(y) = e^{y^2} \mathrm{erfc}\, y`.

    Parameters
    ----------
    ratio : array_like
        :math:`\theta = t/\tau_d` [1], not negative.
    biot : float
        :math:`\Lambda`, the resistance of diffusion :math:`|dU/dx|\, \tau_d/(n Q)` over that of interface and leads,
        with Q the charge of all sites [1].
    shape : str
        "film" or "sphere".

    Returns
    -------
    array
        [1]; its integral over the ratio is one.

    Notes
    -----
    A linear resistance, a step small enough for one diffusivity and one slope. J. Crank, The Mathematics of Diffusion,
    2nd ed., Oxford 1975 (surface evaporation from a sheet and a sphere); for this method J. Li et al., Potentiostatic
    intermittent titration technique for electrodes governed by diffusion and interfacial reaction, J. Phys. Chem. C
    (2012).

    Examples
    --------
    At once the current is that of the resistance alone, :math:`n \Lambda`:

    >>> round(float(potential_step(0.0, 7.0, "film")), 9), round(float(potential_step(0.0, 7.0, "sphere")), 9)
    (7.0, 21.0)
    """
    check_shape(shape)
    check_between(0, np.inf, ratio=ratio)
    check_positive(biot=biot)
    ratio = np.asarray(ratio, dtype=float)
    faces = SHAPES[shape]
    early = np.sqrt(np.minimum(ratio, SHORT))
    h = biot if shape == "film" else biot - 1
    # (1 - w(h s))/h goes to 2 s/sqrt(pi) for a sphere whose resistance equals that of its curvature.
    gained = (1 - erfcx(h * early)) / h if abs(h) > 1e-6 else 2 * early / np.sqrt(np.pi)
    short = faces * biot * (1 - biot * gained)
    rates = _roots(shape, float(biot)) ** 2
    weights = 2 * faces * biot**2 / (rates + biot * (biot + 1 if shape == "film" else biot - 1))
    long = np.exp(-np.maximum(ratio, SHORT)[..., None] * rates) @ weights
    return np.where(ratio < SHORT, short, long)


def slowest_rate(biot, shape):
    r"""Rate of the last exponential of `potential_step`, :math:`b_1^2` [1], in units of :math:`1/\tau_d`.

    >>> round(float(slowest_rate(1e9, "film")) * 4 / np.pi**2, 6)
    1.0
    """
    check_shape(shape)
    check_positive(biot=biot)
    return _roots(shape, float(biot))[0] ** 2


@lru_cache(maxsize=512)
def _roots(shape, biot):
    r"""Positive roots of b tan b = Λ, or of b cot b = 1 - Λ (whose first is 0 for Λ = 0), between the poles."""
    number = np.arange(MODES)
    turn = np.where(number % 2, -1.0, 1.0)
    ends = (0.0, 0.5) if shape == "film" else (0.0, 1.0)
    low, high = ((number + end) * np.pi for end in ends)

    def value(b):
        """Rises through zero at the root, and its slope."""
        sine, cosine = np.sin(b) * turn, np.cos(b) * turn
        if shape == "film":
            return b * sine - biot * cosine, (1 + biot) * sine + b * cosine
        return (1 - biot) * sine - b * cosine, b * sine - biot * cosine

    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = value(middle)[0] < 0
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    root = (low + high) / 2
    for _ in range(NEWTONS):
        above, slope = value(root)
        root = np.clip(root - above / slope, low, high)
    return root
