"""Source 000: how many arcs its three configurations have, counted on the house's line.

The other rows of source 000 stand where their model is tested: `test_line.py` (ladders, misprints, limits),
`test_particles.py` (topologies), `test_elements.py` (spheres).
"""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from sslib.impedance import C, R, SphericalDiffusion, TransmissionLine

TERMINALS = ("ion-electron", "ion-ion", "electron-electron")
FREQUENCY = np.logspace(-12, 9, 2001)
# Rails of 2 and 0.5 Mohm/m over 70 um; without diffusion the line is 3.2 penetration depths long.
RAILS = {"a": 140.0, "b": 35.0}
CHARGE_TRANSFER = 175.0 / 3.2**2
PLAIN = R("r") | C("c")
DIFFUSING = C("c") | (R("r") + SphericalDiffusion("d", "tau"))


def arcs(terminals, interface, **values):
    """Maxima of the negative imaginary part."""
    line = TransmissionLine(ion=R("a"), electron=R("b"), interface=interface, terminals=terminals)
    height = -line.impedance(FREQUENCY, **RAILS, r=CHARGE_TRANSFER, c=1 / CHARGE_TRANSFER, **values).imag
    return ((height[1:-1] > height[:-2]) & (height[1:-1] > height[2:])).sum()


@pytest.mark.parametrize(
    ("interface", "slowness", "counts"),
    [(PLAIN, None, [1, 1, 1]), (DIFFUSING, 1e4, [0, 1, 1]), (DIFFUSING, 1e9, [1, 2, 2])],
)
def test_arcs_are_made_by_the_interface_and_not_by_the_terminals(interface, slowness, counts):
    """The source tells II and III by their number of arcs; were that true, one function with its rails exchanged would
    have two shapes. Times of diffusion are over that of charge transfer, its resistance a hundred times as large.
    """
    diffusion = {} if slowness is None else {"d": 100 * CHARGE_TRANSFER, "tau": slowness}
    assert [arcs(terminals, interface, **diffusion) for terminals in TERMINALS] == counts


def test_the_arc_of_blocked_electrons_is_depressed():
    """Read as a semicircle, an arc 0.417 times as high as wide would pass for a constant-phase element."""
    line = TransmissionLine(ion=R("a"), electron=R("b"), interface=C("c"), terminals="ion-ion")
    top = minimize_scalar(
        lambda exponent: line.impedance([10.0**exponent], **RAILS, c=1.0)[0].imag, bounds=(-6, 1), method="bounded"
    )
    assert -top.fun / (140.0**2 / 175.0) == pytest.approx(0.41722596157057784, rel=2e-6)
