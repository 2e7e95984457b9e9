"""What a layer adds to the resistance, against the integral over distance, and how far a cut-off moves it."""

import numpy as np
import pytest
from scipy.integrate import simpson
from scipy.special import dawsn

from sslib.interfaces import (
    frenkel_conductor,
    layer_resistance,
    potential_behind_gap,
    potential_profile,
    shared_site_conductor,
    single_ion_conductor,
)
from sslib.kinetics import thermal_voltage
from sslib.units import S_cm, mS_cm, nm, ohm_cm2

GARNET = single_ion_conductor(42.6e3, 54.8e3, 152.0)


@pytest.mark.parametrize("volt", [-0.23, 0.31])
@pytest.mark.parametrize(
    ("conductor", "conductivity"),
    [
        (single_ion_conductor(310.0, 470.0, 17.0, 330.0), (0.3,)),
        (frenkel_conductor(123.0, 810.0, 9.0, 280.0), (0.2, 0.7)),
        (shared_site_conductor(120.0, 700.0, 33.0, 310.0), (0.4, 0.1)),
    ],
)
def test_it_is_the_integral_over_the_distance(conductor, conductivity, volt):
    """Taken over the profile itself by quadrature: another weight in the potential would not give it."""
    unit, cuts = conductor.debye_length, np.array([0.0, 0.4, 1.7])

    places = np.expm1(np.linspace(0, np.log1p(400), 1201)) / 10
    expected = []
    for cut in cuts:
        rest = potential_profile(conductor, volt, (cut + places) * unit)
        excess = 1 / conductor.conductivities(rest, conductivity).sum(axis=-1) - 1 / sum(conductivity)
        expected.append(unit * simpson(excess, places))
    np.testing.assert_allclose(layer_resistance(conductor, conductivity, volt, cuts * unit), expected, rtol=1e-7)


def test_a_small_potential_adds_in_proportion():
    """To first order the layer changes the conductivity by -(1 - 2θ) u over a Debye length."""
    conductor, volt = single_ion_conductor(310.0, 970.0, 17.0), 1e-7
    share = 310 / 970
    expected = conductor.debye_length / 0.3 * (1 - 2 * share) * volt / thermal_voltage(conductor.T)
    assert layer_resistance(conductor, 0.3, volt) == pytest.approx(expected, rel=1e-5)
    assert layer_resistance(conductor, 0.3, 0.0) == 0


def test_an_emptied_layer_has_the_resistance_of_its_first_plane():
    """Depletion without site limit: ∫ e^u dφ/E over a Mott-Schottky field is a Dawson integral."""
    conductor, u = single_ion_conductor(1.0, 1e12, 10.0), 35.0
    volt = u * thermal_voltage(conductor.T)
    # E = sqrt(2 (u - 1)) kT/(e λ) beyond a few kT/e; ∫ e^u du / sqrt(2 (u - 1)) = sqrt(2) e^u D(sqrt(u - 1)).
    closed = conductor.debye_length / 0.1 * np.sqrt(2) * np.exp(u) * dawsn(np.sqrt(u - 1))
    assert layer_resistance(conductor, 0.1, volt) == pytest.approx(closed, rel=1e-9)


def test_one_layer_has_resistances_from_0_004_to_3000_ohm_cm2():
    """Six orders of magnitude from one profile, by where the first atoms are put; the parameters are ours."""
    ends = layer_resistance(GARNET, 0.1 * mS_cm, 0.5686, np.array([0.0, 0.264]) * nm) / ohm_cm2
    np.testing.assert_allclose(ends, [3000, 0.004], rtol=0.01)
    assert 0.264 * nm < GARNET.lattices[0].spacing


def test_a_cut_that_takes_its_ions_with_it_leaves_nine_times_as_much():
    """Ions before the cut still screen in the band of the example; a gap of the same permittivity has none."""
    gap = potential_behind_gap(GARNET, 0.5686, GARNET.epsilon / (0.264 * nm))
    ratio = layer_resistance(GARNET, 0.1 * mS_cm, gap) / layer_resistance(GARNET, 0.1 * mS_cm, 0.5686, 0.264 * nm)
    assert ratio == pytest.approx(9.15, rel=0.01)


def test_beyond_its_first_atoms_a_dense_conductor_stays_below_an_ohm():
    """Source 003 quotes calculated layers below 1 ohm cm2: so is this one, cut half a site spacing into it."""
    cut = GARNET.lattices[0].spacing / 2
    volts = np.linspace(0.05, 0.55, 11)
    band = np.array([layer_resistance(GARNET, 1e-4 * S_cm, v, [0.0, cut]) for v in volts]) / ohm_cm2
    assert np.abs(band[:, 1]).max() < 1
    assert band[-1, 0] > 1e3


def test_a_layer_of_ions_resists_too_where_sites_run_out():
    """Accumulation fills the free sites: a law with the ions alone would call it a good conductor."""
    half = single_ion_conductor(50.0, 100.0, 10.0)
    assert layer_resistance(half, 1.0, -0.3) == pytest.approx(layer_resistance(half, 1.0, 0.3), rel=1e-9)
    assert layer_resistance(half, 1.0, -0.3) > 0


def test_bad_input_is_refused_by_name():
    """A cut-off behind the electrode, or no conductivity, has no resistance."""
    with pytest.raises(ValueError, match="distance is -1e-10"):
        layer_resistance(GARNET, 0.01, 0.3, -1e-10)
    with pytest.raises(ValueError, match="conductivity is 0"):
        layer_resistance(GARNET, 0.0, 0.3)
