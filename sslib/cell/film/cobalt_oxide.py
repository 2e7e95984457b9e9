"""Lithium cobalt oxide as a dense film."""

import numpy as np

from sslib.cell.discharge import Insertion
from sslib.cell.film.overpotentials import FilmMaterial
from sslib.cell.film.plate import DiffusivityCurve

CRYSTAL_DENSITY, MOLAR_MASS = 5.05e3, 97.87e-3
"""Of LiCoO2 [kg/m3, kg/mol]: 0.0691 mAh cm-2 for each um of a dense film between Li0.5 and Li."""
COURSE = {0.45: 0.6, 0.50: 0.08, 0.55: 0.5, 0.60: 1.0, 0.70: 1.0, 0.75: 0.5, 0.85: 0.3, 0.93: 0.3, 0.97: 0.6}
"""Diffusivity over its largest value against stoichiometry, assumed (`lithium_cobalt_oxide`)."""


def lithium_cobalt_oxide():
    """Lithium cobalt oxide as a dense film, Li0.45 to Li0.98 (FilmMaterial).

    Notes
    -----
    Potential: the fit of Dualfoil, as PyBaMM has it (``lico2_ocp_Dualfoil1998``), without its step of 43 mV at
    Li0.494, where lithium orders; measured there above Li0.5. Exchange current: as the root of x (1 - x). Diffusivity:
    the course is assumed. It spans the 6e-13 to 8e-12 cm2/s that potential steps gave on a (003) film between 3.85
    and 4.2 V ("Li-ion diffusion in highly (0 0 3) oriented LiCoO2 thin film cathode prepared by pulsed laser
    deposition", abstract read), with its minimum at the ordering, where "Lithium Diffusion in LixCoO2 (0.45 < x < 0.7)
    Intercalation Cathodes" (J. Electrochem. Soc., 2001, abstract read) has it, and a lower one where two phases coexist
    at Li0.75 to Li0.93. One effective diffusivity stands for these; a front between phases is not resolved.

    Examples
    --------
    >>> own = lithium_cobalt_oxide()
    >>> round(float(own.insertion.potential(0.7)), 3), round(own.sites)
    (3.939, 51599)
    """
    x = np.linspace(0.45, 0.98, 107)
    s = 1.062 * x
    potential = (
        2.16216
        + 0.07645 * np.tanh(30.834 - 54.4806 * s)
        + 2.1581 * np.tanh(52.294 - 50.294 * s)
        - 0.14169 * np.tanh(11.0923 - 19.8543 * s)
        + 0.2051 * np.tanh(1.4684 - 5.4888 * s)
        + 0.2531 * np.tanh((0.56478 - s) / 0.1316)
        - 0.02167
    )
    insertion = Insertion(x, potential, np.sqrt(x * (1 - x)))
    return FilmMaterial(insertion, DiffusivityCurve(list(COURSE), list(COURSE.values())), CRYSTAL_DENSITY / MOLAR_MASS)
