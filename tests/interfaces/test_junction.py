"""Two ion conductors in contact: what is continuous, what is equal, and what the limits are."""

import numpy as np
import pytest

from sslib.interfaces import (
    electric_field,
    frenkel_conductor,
    ion_level,
    junction,
    potential_profile,
    single_ion_conductor,
)
from sslib.kinetics import FARADAY

OXIDE = single_ion_conductor(310.0, 470.0, 37.0, 330.0)
SULFIDE = single_ion_conductor(52.0, 730.0, 12.0, 330.0)
DEFECTS = frenkel_conductor(7.0, 900.0, 8.0, 330.0)
each = pytest.mark.parametrize(
    ("first", "second", "difference", "core"),
    [
        (OXIDE, SULFIDE, 2.1e4, np.inf),
        (SULFIDE, OXIDE, -3.3e4, np.inf),
        (OXIDE, DEFECTS, 1.7e4, 0.04),
        (DEFECTS, SULFIDE, -1.1e4, 0.3),
    ],
)


@each
def test_the_ion_has_one_electrochemical_potential(first, second, difference, core):
    """Deep in either bulk, through all potentials of the profile: a step left over would drive a current at rest."""
    found = junction(first, second, difference, core)
    assert -found.built_in + (difference + ion_level(second) - ion_level(first)) / FARADAY == pytest.approx(
        0, abs=1e-12
    )
    across = found.first_potential - found.core - found.second_potential
    assert found.built_in + across == pytest.approx(0, abs=1e-12)
    # And at the faces, where the ions of each are other than in the bulk.
    for conductor, potential in ((first, found.first_potential), (second, found.second_potential)):
        own, filled = conductor.lattices[0], conductor.concentrations(potential)[0]
        level = 8.31446261815324 * conductor.T * np.log(filled / (own.sites - filled))
        assert level + FARADAY * potential == pytest.approx(ion_level(conductor), rel=1e-9)


@each
def test_displacement_goes_through_and_charges_cancel(first, second, difference, core):
    """A displacement with a step would be a charge on the interface that nobody put there."""
    found = junction(first, second, difference, core)
    h = 1e-5
    for conductor, potential, sign, field in (
        (first, found.first_potential, 1, found.fields[0]),
        (second, found.second_potential, -1, found.fields[1]),
    ):
        unit = conductor.debye_length
        near = [potential_profile(conductor, potential, k * h * unit) for k in (0, 1, 2, 3, 4)]
        slope = (-25 * near[0] + 48 * near[1] - 36 * near[2] + 16 * near[3] - 3 * near[4]) / (12 * h * unit)
        # On the first side the distance counts against the direction in which the field is counted.
        assert sign * slope == pytest.approx(field, rel=1e-6)
        assert field * conductor.epsilon == pytest.approx(found.displacement, rel=1e-10)
    assert found.core == pytest.approx(found.displacement / core, abs=1e-15)


def test_a_metal_like_partner_leaves_the_whole_step_to_the_other():
    """A partner that screens at once takes none of the step: what is left is a single face."""
    dense = frenkel_conductor(1e7, 1e9, 100.0)
    thin = frenkel_conductor(1e-3, 1e9, 100.0)
    found = junction(dense, thin, 0.15 * FARADAY + ion_level(dense) - ion_level(thin))
    assert found.built_in == pytest.approx(0.15, rel=1e-9)
    assert found.second_potential == pytest.approx(0.15, rel=1e-3)
    assert found.fields[1] == pytest.approx(electric_field(thin, found.second_potential), rel=1e-9)


def test_small_steps_divide_as_capacitors_in_series():
    """Below kT/e the layers are two Debye capacitors, and the core a third."""
    core, step = 0.17, 1e-6
    found = junction(OXIDE, SULFIDE, step * FARADAY + ion_level(OXIDE) - ion_level(SULFIDE), core)
    capacitors = [OXIDE.epsilon / OXIDE.debye_length, SULFIDE.epsilon / SULFIDE.debye_length, core]
    charge = step / sum(1 / c for c in capacitors)
    np.testing.assert_allclose(
        [-found.first_potential, found.second_potential, found.core], charge / np.array(capacitors), rtol=1e-4
    )


def test_conductors_in_equilibrium_have_no_layer():
    """Without a step there is nothing to screen."""
    found = junction(OXIDE, OXIDE, 0.0)
    assert (found.built_in, found.displacement, found.first_potential) == (0, 0, 0)


def test_reversed_it_is_its_mirror():
    """Which conductor is called the first is a matter of words."""
    there, back = junction(OXIDE, SULFIDE, 1.3e4, 0.05), junction(SULFIDE, OXIDE, -1.3e4, 0.05)
    assert back.second_potential == pytest.approx(there.first_potential, rel=1e-9)
    assert back.displacement == pytest.approx(-there.displacement, rel=1e-9)


def test_what_cannot_be_is_refused():
    """Two temperatures are no equilibrium."""
    with pytest.raises(ValueError, match=r"T is 330 and 298\.15 K"):
        junction(OXIDE, single_ion_conductor(1.0, 2.0, 3.0), 0.0)
    with pytest.raises(ValueError, match="standard_difference is nan"):
        junction(OXIDE, SULFIDE, np.nan)
    with pytest.raises(ValueError, match="core_capacitance is -1"):
        junction(OXIDE, SULFIDE, 0.0, -1.0)
