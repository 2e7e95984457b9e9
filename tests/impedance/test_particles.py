"""The interface of a particle: its circuits in limits, its values from materials, and the misprinted topology."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.constants import epsilon_0

from sslib.impedance import (
    LogNormal,
    half_cell_values,
    particle,
    particle_surface,
    particle_values,
    topology_errors,
)
from sslib.kinetics import FARADAY, charge_transfer_resistance
from sslib.tables import table

VALUES = {"R_ct": 31.0, "C_dl": 4e-5, "R_d": 17.0, "tau_d": 90.0}
FILM = {"R_film": 6.0, "C_film": 3e-7}


def randles(s, R_ct, C_dl, R_d, tau_d):
    x = np.sqrt(s * tau_d)
    return 1 / (s * C_dl + 1 / (R_ct + R_d * np.tanh(x) / (x - np.tanh(x))))


def test_circuits_are_their_equations():
    """Diffusion inside the double layer; the film in series with both, or its capacitance across both."""
    frequency = np.logspace(-3, 4, 15)
    s = 2j * np.pi * frequency
    bare = randles(s, **VALUES)
    outside = 6.0 / (1 + s * 6.0 * 3e-7) + bare
    nested = 1 / (s * 3e-7 + 1 / (6.0 + bare))
    assert_allclose(particle().impedance(frequency, **VALUES), bare, rtol=1e-10)
    assert_allclose(particle(film="outside").impedance(frequency, **VALUES, **FILM), outside, rtol=1e-10)
    assert_allclose(particle(film="nested").impedance(frequency, **VALUES, **FILM), nested, rtol=1e-10)
    cpe = {"Q_dl": VALUES["C_dl"], "alpha_dl": 1.0} | {name: VALUES[name] for name in ("R_ct", "R_d", "tau_d")}
    assert_allclose(particle(double_layer="cpe").impedance(frequency, **cpe), bare, rtol=1e-10)


def test_particles_of_many_sizes_have_one_more_parameter():
    """At no spread it is the one particle, film and all."""
    frequency = np.logspace(-3, 4, 15)
    many = particle("cylinder", film="nested", sizes=LogNormal("spread"))
    assert set(many.names) == {"C_film", "R_film", "C_dl", "R_ct", "R_d", "tau_d", "spread"}
    one = particle("cylinder", film="nested").impedance(frequency, **VALUES, **FILM)
    assert_allclose(many.impedance(frequency, **VALUES, **FILM, spread=0.0), one, rtol=1e-12)


@pytest.mark.parametrize("name", ["A_base", "B_ion_limited"])
def test_values_of_spheres_are_those_of_the_half_cells(name):
    """Two ways to one table of parameters: from the material, and from what a physics code was given."""
    cell = table("pybamm_cells").loc[name]
    fraction = cell["interface_area_per_area"] * cell["particle_radius_m"] / 3 / cell["thickness_m"]
    ours = particle_values(
        cell["particle_radius_m"],
        cell["solid_diffusivity_m2_s"],
        -cell["S_ohm_m3_per_s"] * FARADAY,
        charge_transfer_resistance(cell["R_ct_ohm_m2"], cell["temperature_K"]),
        cell["C_dl_F_m2"],
        active_fraction=fraction,
        thickness=cell["thickness_m"],
        T=cell["temperature_K"],
    )
    theirs = half_cell_values(cell)
    assert_allclose(
        [ours[k] for k in ("R_ct", "R_d", "tau_d")], [theirs[k] for k in ("R_ct", "R_d", "tau_d")], rtol=1e-12
    )
    assert_allclose(ours["C_dl"], theirs["Q_dl"], rtol=1e-12)


@pytest.mark.parametrize("shape", ["plate", "cylinder", "sphere"])
def test_the_charge_at_low_frequency_is_that_of_the_material(shape):
    """−dU/dc times the concentration that a charge makes in the active volume: the same for every shape of particle."""
    material = {"diffusivity": 3e-15, "ocp_slope": -1.7e-5, "exchange_current_density": 0.8}
    electrode = {"active_fraction": 0.47, "thickness": 83e-6}
    values = particle_values(4.1e-6, **material, double_layer_capacitance=0.11, **electrode, shape=shape)
    frequency = 1e-9
    z = particle(shape).impedance([frequency], **values)[0]
    capacitance = FARADAY * 0.47 * 83e-6 / 1.7e-5 + values["C_dl"]
    assert_allclose(-z.imag * 2 * np.pi * frequency * capacitance, 1, rtol=1e-4)


def test_a_film_is_a_resistor_and_a_capacitor_of_its_own():
    """From thickness, conductivity and permittivity: their product is the film's own time, whatever the surface."""
    electrode = {"active_fraction": 0.5, "thickness": 50e-6, "double_layer_capacitance": 0.1}
    film = {"film_thickness": 5e-9, "film_conductivity": 2e-7, "film_permittivity": 12.0}
    values = particle_values(2e-6, 1e-14, -2e-5, 1.0, **electrode, **film)
    assert_allclose(values["R_film"] * values["C_film"], epsilon_0 * 12 / 2e-7, rtol=1e-12)
    assert_allclose(values["R_film"], 5e-9 / 2e-7 / particle_surface(2e-6, 0.5, 50e-6), rtol=1e-12)


def test_the_printed_topology_misses_by_what_was_found():
    """Slopes −1/2 against −1, and 14, 14 and 143 %, as an independent computation at the same parameters has them."""
    errors = topology_errors(frequency=np.logspace(-4, 6, 401))
    assert_allclose(errors["printed, largest deviation"], [0.140299, 0.136102, 1.428574], rtol=1e-4)
    assert_allclose(errors["slope, printed"], -0.5, atol=5e-4)
    assert_allclose(errors[["slope, outside", "slope, nested"]], -1, atol=1e-6)
    assert errors["printed, deviation at the lowest frequency"][0] == pytest.approx(1.3e-5, rel=0.05)
    assert errors["nested, deviation at the lowest frequency"][0] == pytest.approx(1.3e-6, rel=0.05)


def test_a_printed_topology_without_double_layer_is_right():
    """Nothing to shunt: the deviation is that of the topology and no other."""
    errors = topology_errors(cases=[(0.02, 1e-15)], C_film=1e-15)
    assert errors["printed, largest deviation"][0] < 1e-6


def test_materials_come_as_lists_too():
    """A column of a table is as good as an array: each row is what it is alone."""
    film = {"film_thickness": [5e-9, 9e-9], "film_conductivity": [2e-7, 1e-7], "film_permittivity": [12.0, 7.0]}
    columns = {"radius": [2e-6, 5e-6], "diffusivity": [1e-14, 3e-14], "ocp_slope": [-2e-5, -1e-5], **film}
    columns |= {"exchange_current_density": [1.0, 2.0], "double_layer_capacitance": [0.1, 0.2]}
    columns |= {"active_fraction": [0.5, 0.6], "thickness": [5e-5, 7e-5], "T": [298.15, 330.0]}
    together = particle_values(**columns)
    for row in range(2):
        alone = particle_values(**{name: values[row] for name, values in columns.items()})
        assert_allclose([values[row] for values in together.values()], list(alone.values()), rtol=1e-14)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ocp_slope": 1e-5}, r"ocp_slope is 1e-05 V m3/mol; it must be negative"),
        ({"radius": 0.0}, "radius is 0"),
        ({"active_fraction": 1.2}, "active_fraction is 1.2"),
        ({"diffusivity": -1e-14}, "diffusivity is -1e-14"),
        ({"shape": "cube"}, "shape is 'cube'; allowed are plate, cylinder, sphere"),
        ({"film_thickness": 5e-9}, "film_conductivity, film_permittivity missing"),
    ],
)
def test_impossible_materials_are_refused(change, message):
    """By name, with the value and what is allowed."""
    material = {"radius": 2e-6, "diffusivity": 1e-14, "ocp_slope": -2e-5, "exchange_current_density": 1.0}
    electrode = {"double_layer_capacitance": 0.1, "active_fraction": 0.5, "thickness": 5e-5}
    with pytest.raises(ValueError, match=message):
        particle_values(**(material | electrode | change))


@pytest.mark.parametrize("argument", [{"shape": "cube"}, {"film": "inside"}, {"double_layer": "C"}])
def test_unknown_circuits_are_refused(argument):
    """The choices are named."""
    with pytest.raises(ValueError, match=f"{next(iter(argument))} is .*; allowed are"):
        particle(**argument)
