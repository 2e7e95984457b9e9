"""The brick-layer model, forward and back, against stacks and resolved bricks."""

import numpy as np
import pytest

from sslib.impedance import C, R, fit
from sslib.instruments import Spectrum
from sslib.transport import brick_layer, effective_conductivity, hashin_shtrikman, specific_boundary_conductivity
from sslib.units import cm2

rng = np.random.default_rng(7)


def test_brick_layer_against_a_stack_of_bricks():
    """Bricks of random size between thin boundaries, layer by layer, and two arcs fitted to their impedance."""
    area, permittivity, sizes = 0.5 * cm2, 2e-10, rng.uniform(1e-6, 4e-6, 300)
    bulk, boundary, width = 2e-2, 1e-6, 1e-8
    frequency = np.geomspace(1e9, 1e1, 80)
    omega = 2 * np.pi * frequency
    impedance = sum(
        length / area / (sigma + 1j * omega * permittivity)
        for length, sigma in [*((size, bulk) for size in sizes), *((width, boundary) for _ in sizes)]
    )
    values = fit((R("R_1") | C("C_1")) + (R("R_2") | C("C_2")), Spectrum(frequency, impedance)).values
    thickness = sizes.sum() + width * len(sizes)
    share = values["C_1"] / values["C_2"]
    assert share == pytest.approx(width * len(sizes) / thickness, rel=2 * share)
    specific = specific_boundary_conductivity(values["R_2"], values["C_1"], values["C_2"], thickness, area)
    assert specific == pytest.approx(boundary, rel=1.5 * share)
    assert effective_conductivity(values["R_1"], thickness, area) == pytest.approx(bulk, rel=1.5 * share)


def test_forward_and_back():
    """The boundary's conductivity that went in must come out of the resistance and capacitances that follow from it."""
    for _ in range(20):
        bulk, boundary = 10 ** rng.uniform(-3, 0), 10 ** rng.uniform(-9, -5)
        size, width, thickness, area = rng.uniform(1e-6, 1e-5), 1e-10, 1e-3, 1e-4
        share = width / (size + width)
        resistance = thickness / area / brick_layer(bulk, boundary, size, width)
        of_boundary = resistance - thickness / area * (1 - share) / bulk
        specific = specific_boundary_conductivity(of_boundary, share, 1.0, thickness, area)
        assert specific == pytest.approx(boundary, rel=1e-2)


def test_limits():
    """Like boundaries change nothing; perfect ones leave the shell beside the bricks; insulating ones block all."""
    assert brick_layer(2.0, 2.0, 1e-6, 1e-7) == pytest.approx(2.0)
    assert brick_layer(2.0, 1e-12, 1e-6, 1e-9) == pytest.approx(1e-9, rel=0.01)
    share = 1e-7 / 1.1e-6
    assert brick_layer(1e-12, 1.0, 1e-6, 1e-7) == pytest.approx(1 - (1 - share) ** 2, rel=1e-6)


@pytest.mark.parametrize("boundary", [0.02, 0.2, 5.0])
def test_bricks_lie_between_straight_currents_and_straight_equipotentials(boundary):
    """Sheets that insulate bound a cube's conductivity from below, sheets that conduct from above."""
    share = 0.1
    bricks = brick_layer(1.0, boundary, 1 - share, share)
    mixed = (1 - share) ** 2 + (1 - (1 - share) ** 2) * boundary
    upper = 1 / ((1 - share) / mixed + share / boundary)
    assert bricks <= upper
    # The bounds on all isotropic composites overlap those of the cube; a value outside of both would be a slip.
    inside = (1 - share) ** 3
    bounds = hashin_shtrikman(inside, 1.0, boundary) if boundary < 1 else hashin_shtrikman(1 - inside, boundary, 1.0)
    assert bricks < bounds[1]
    assert upper > bounds[0]


def test_a_boundary_as_thick_as_the_grain_is_refused():
    """The picture of thin layers around bricks has no meaning there."""
    with pytest.raises(ValueError, match="thinner than the grain"):
        brick_layer(1.0, 1e-3, 1e-9, 1e-9)
