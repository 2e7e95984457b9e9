"""Charges on a finite number of sites: filling, charge, energy and storage."""

import mpmath
import numpy as np
import pytest

from sslib.interfaces import (
    IonConductor,
    Lattice,
    frenkel_conductor,
    shared_site_conductor,
    single_ion_conductor,
)
from sslib.kinetics import FARADAY, thermal_voltage
from sslib.transport import debye_length
from sslib.units import nm

CONDUCTORS = {
    "one ion": single_ion_conductor(310.0, 470.0, 17.0, 330.0),
    "nearly full": single_ion_conductor(469.9, 470.0, 17.0, 330.0),
    "interstitials and vacancies": frenkel_conductor(23.0, 810.0, 9.0, 280.0),
    "shared sites": shared_site_conductor(120.0, 700.0, 33.0, 310.0),
    "two lattices, one shared": IonConductor(
        (Lattice(500.0, (90.0, 60.0), (1, -1)), Lattice(80.0, (30.0,), (-1,))), 12.0, 300.0
    ),
}
each = pytest.mark.parametrize("conductor", CONDUCTORS.values(), ids=CONDUCTORS)
VOLTS = np.array([-1.3, -0.4, -0.05, -1e-4, 0.0, 1e-7, 0.02, 0.3, 1.7])


@each
def test_field_energy_is_the_integral_of_the_charge(conductor):
    """The first integral would be of another equation than the one whose charge it states."""

    def energy(volt):
        one = mpmath.mpf(thermal_voltage(conductor.T))
        total = mpmath.mpf(0)
        for own in conductor.lattices:
            shares = [mpmath.mpf(c) / mpmath.mpf(own.sites) for c in own.concentrations]
            pairs = list(zip(own.charges, shares, strict=True))

            def charge(v, pairs=pairs, own=own):
                states = 1 - sum(share for _, share in pairs) + sum(s * mpmath.exp(-z * v / one) for z, s in pairs)
                return own.sites * sum(z * s * (mpmath.exp(-z * v / one) / states - 1) for z, s in pairs)

            marks = [0, *(volt * mpmath.mpf(k) / 4 for k in range(1, 5))]
            total -= mpmath.quad(charge, marks)
        return float(FARADAY * total)

    with mpmath.workdps(25):
        expected = [energy(mpmath.mpf(v)) if v else 0.0 for v in VOLTS]
    np.testing.assert_allclose(conductor.field_energy(VOLTS), expected, rtol=2e-12)


@each
def test_storage_is_the_slope_of_the_charge(conductor):
    """Impedance and capacitance would not belong to the profile about which they are taken."""
    h = 1e-4 * thermal_voltage(conductor.T)
    volts = VOLTS[np.abs(VOLTS) < 1]
    rho = [conductor.charge_density(volts + k * h) for k in (-2, -1, 1, 2)]
    slope = (rho[0] - 8 * rho[1] + 8 * rho[2] - rho[3]) / (12 * h)
    storage = conductor.capacitances(volts).sum(axis=(-2, -1))
    np.testing.assert_allclose(-slope, storage, rtol=1e-8, atol=1e-9 * storage.max())


@each
def test_no_site_is_filled_twice(conductor):
    """A volt would pack more ions than there are sites, the failure of Gouy and Chapman that the lattice cures."""
    filled, start = conductor.concentrations(VOLTS), 0
    for own in conductor.lattices:
        stop = start + len(own.charges)
        assert (filled[:, start:stop].sum(axis=-1) <= own.sites * (1 + 1e-12)).all()
        np.testing.assert_allclose(filled[4, start:stop], own.concentrations, rtol=1e-12)
        start = stop
    assert (filled > 0).all()


def test_ions_and_their_vacancies_are_one_conductor():
    """A lattice three quarters full of ions is one a quarter full of vacancies, in charge, energy and storage."""
    ions = IonConductor((Lattice(400.0, (300.0,), (1,)),), 20.0)
    vacancies = IonConductor((Lattice(400.0, (100.0,), (-1,)),), 20.0)
    for of in (IonConductor.charge_density, IonConductor.field_energy, IonConductor.capacitances):
        np.testing.assert_allclose(of(ions, VOLTS), of(vacancies, VOLTS), rtol=1e-10)
    np.testing.assert_allclose(ions.conductivities(VOLTS, 0.3), vacancies.conductivities(VOLTS, 0.3), rtol=1e-10)
    np.testing.assert_allclose(ions.concentrations(VOLTS), 400 - vacancies.concentrations(VOLTS), atol=1e-10)


def test_conduction_needs_ions_and_free_sites():
    """Without the free sites an accumulated layer would conduct best where no ion can move."""
    lattice = CONDUCTORS["shared sites"]
    filled = lattice.concentrations(VOLTS)
    left = 1 - filled.sum(axis=-1, keepdims=True) / 700.0
    expected = np.array([0.2, 0.5]) * filled / 120.0 * left / (1 - 240 / 700)
    found = lattice.conductivities(VOLTS, (0.2, 0.5))
    np.testing.assert_allclose(found[3:-1], expected[3:-1], rtol=1e-9)
    half = single_ion_conductor(50.0, 100.0, 10.0).conductivities([-1.0, 0.0, 1.0], 1.0)[:, 0]
    np.testing.assert_allclose(half[[0, 2]], 4 * np.exp(-1 / thermal_voltage(298.15)), rtol=1e-9)


def test_few_charges_have_the_debye_length_of_the_source():
    """Source 002, equation 4, and the four lengths that it prints, from the concentrations that they imply."""
    for length, over_permittivity in (
        (9.66, 0.025266256),
        (0.63, 5.940377405),
        (0.71, 4.677119206),
        (0.49, 9.819807547),
    ):
        one = single_ion_conductor(over_permittivity * 30.0, 1e12, 30.0, 298.15)
        assert one.debye_length / nm == pytest.approx(length, rel=1e-8)
        two = frenkel_conductor(over_permittivity * 30.0 / 2, 1e12, 30.0, 298.15)
        assert two.debye_length / nm == pytest.approx(length, rel=1e-8)


def test_permittivity_alone_stretches_the_debye_length():
    """The sheet's row of 152 against 40 at equal concentration: 1.9494."""
    film, bulk = (single_ion_conductor(10.0, 1e3, eps).debye_length for eps in (152.0, 40.0))
    assert film / bulk == pytest.approx(1.9493588689617927, rel=1e-12)


def test_the_site_limit_lengthens_the_debye_length():
    """A full lattice cannot screen: only c (1 - θ) charges count."""
    conductor = single_ion_conductor(300.0, 400.0, 20.0, 350.0)
    assert conductor.debye_length == pytest.approx(debye_length(20.0, 300.0 * 0.25, 350.0), rel=1e-12)


def test_impossible_lattices_are_refused_by_name():
    """More ions than sites, or charges that are none, would give numbers without meaning."""
    with pytest.raises(ValueError, match=r"concentrations add up to 12 mol/m3.*below the 10"):
        Lattice(10.0, (12.0,))
    with pytest.raises(ValueError, match="concentrations add up"):
        shared_site_conductor(5.0, 10.0, 10.0)
    with pytest.raises(ValueError, match="charges is"):
        Lattice(10.0, (1.0,), (2,))
    with pytest.raises(ValueError, match="concentration is -1"):
        Lattice(10.0, (-1.0,))
    with pytest.raises(ValueError, match="permittivity is 0"):
        single_ion_conductor(1.0, 10.0, 0.0)
    with pytest.raises(ValueError, match="potential over kT/e is 1167"):
        single_ion_conductor(1.0, 10.0, 1.0).charge_density(30.0)


def test_each_charge_needs_its_conductivity():
    """One number for two charges would count twice in the layer and once in the bulk, without a word."""
    pair = CONDUCTORS["interstitials and vacancies"]
    for wrong in (0.01, (0.01, 0.02, 0.03)):
        with pytest.raises(ValueError, match=r"conductivity has \d entries; one for each of 2 charges"):
            pair.conductivities(0.1, wrong)
    with pytest.raises(ValueError, match="conductivity has 2 entries; one for each of 1 charges"):
        CONDUCTORS["one ion"].conductivities(0.1, (0.01, 0.02))
