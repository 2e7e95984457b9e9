"""The regular solution against derivatives of its free energy, its limits, and finite volumes of a particle."""

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.constants import R
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from sslib.impedance import insertion_deviation, insertion_impedance
from sslib.kinetics import FARADAY, charge_transfer_resistance
from sslib.thermodynamics import (
    chemical_capacitance,
    chemical_diffusivity,
    chemical_potential,
    exchange_current,
    factor_from_particle,
    free_energy,
    insertion_values,
    interaction_parameter,
    miscibility_gap,
    open_circuit_potential,
    potential_slope,
    spinodal,
    stability,
    thermodynamic_factor,
)

T = 298.15
RT = R * T
MATERIAL = {"sites": 4.2e4, "radius": 1.7e-6, "diffusivity": 3e-15, "reference_current": 2.5}


def random_states(count=40, seed=1, highest=1.9):
    rng = np.random.default_rng(seed)
    return rng.uniform(0.01, 0.99, count), rng.uniform(-8, highest, count) * RT, rng.uniform(250, 400, count)


def test_potentials_are_derivatives_of_the_free_energy():
    """All else follows from these: a sign or a factor two in Ω would move every potential and every spectrum."""
    for x, omega, temperature in zip(*random_states(), strict=True):
        with mpmath.workdps(40):

            def g(y, omega=omega, temperature=temperature):
                mixing = R * temperature * (y * mpmath.log(y) + (1 - y) * mpmath.log(1 - y))
                return mixing + omega * y * (1 - y)

            first, second = float(mpmath.diff(g, x)), float(mpmath.diff(g, x, 2))
            assert_allclose(free_energy(x, omega, temperature), float(g(mpmath.mpf(x))), rtol=1e-12, atol=1e-9)
        assert_allclose(chemical_potential(x, omega, temperature), first, rtol=1e-12, atol=1e-9)
        assert_allclose(open_circuit_potential(x, omega, 3.4, temperature), 3.4 - first / FARADAY, rtol=1e-12)
        assert_allclose(potential_slope(x, omega, temperature), -second / FARADAY, rtol=1e-10)
        factor = x * second / (R * temperature)
        assert_allclose(thermodynamic_factor(x, omega, temperature), factor, rtol=1e-10, atol=1e-9)


def test_the_spinodal_is_where_the_slope_vanishes():
    """Between its ends the potential would rise with lithium, and a particle cannot stay homogeneous."""
    for omega in np.array([2.1, 3.0, 8.0]) * RT:
        ends = np.array(spinodal(omega, T))
        assert_allclose(potential_slope(ends, omega, T) * FARADAY / RT, 0, atol=1e-10)
        assert np.all(potential_slope(ends + np.array([1e-4, -1e-4]), omega, T) > 0)
    assert np.isnan(spinodal(np.array([-3, 0, 2]) * RT, T)).all()


def test_the_miscibility_gap_has_a_common_tangent():
    """Two phases in equilibrium share a potential and a tangent; a gap found otherwise gives a wrong plateau."""
    for omega in np.array([2.001, 2.1, 3.0, 8.0, 20.0]) * RT:
        lower, upper = miscibility_gap(omega, T)
        bound = spinodal(omega, T)[0]
        root = brentq(lambda y, o=omega: chemical_potential(y, o, T), 1e-12, bound - 1e-9 * bound, xtol=1e-16)
        assert_allclose(lower, root, rtol=1e-9)
        assert_allclose(lower + upper, 1, rtol=1e-12)
        assert lower < bound
        chord = (free_energy(upper, omega, T) - free_energy(lower, omega, T)) / (upper - lower)
        assert_allclose(chemical_potential(lower, omega, T), chord, atol=1e-7 * omega)
    assert np.isnan(miscibility_gap(2 * RT, T)).all()


def test_stability_names_the_three_ranges():
    """A metastable composition has a spectrum, an unstable one has none: they must not be confused."""
    omega = 2.6 * RT
    (gap, _), (bound, top) = miscibility_gap(omega, T), spinodal(omega, T)
    x = [gap / 2, (gap + bound) / 2, 0.5, (top + 1 - gap) / 2, 1 - gap / 2]
    expected = ["one phase", "metastable", "unstable", "metastable", "one phase"]
    assert stability(x, omega, T).tolist() == expected
    assert stability(x, 1.99 * RT, T).tolist() == ["one phase"] * 5


@pytest.mark.parametrize("function", ["values", "diffusivity", "capacitance"])
def test_inside_the_spinodal_is_refused_by_name(function):
    """A negative diffusivity in a spectrum would look like data; the message says where the model ends."""
    calls = {
        "values": lambda: insertion_values([0.05, 0.4], interaction=3 * RT, T=T, **MATERIAL),
        "diffusivity": lambda: chemical_diffusivity([0.05, 0.4], 3 * RT, 1e-14, T),
        "capacitance": lambda: chemical_capacitance([0.05, 0.4], 3 * RT, 1e4, T),
    }
    message = r"x is 0\.4; at 298\.15 K it must be outside the spinodal, 0\.2113 to 0\.7887"
    with pytest.raises(ValueError, match=message):
        calls[function]()


@pytest.mark.parametrize("side", [0, 1])
def test_the_refusal_ends_where_the_spinodal_does(side):
    """A margin of its own would refuse metastable states or let a negative diffusivity pass."""
    end, inward = spinodal(3 * RT, T)[side], (1e-9, -1e-9)[side]
    assert chemical_diffusivity(end - inward, 3 * RT, 1.0, T) > 0
    with pytest.raises(ValueError, match="outside the spinodal"):
        chemical_diffusivity(end + inward, 3 * RT, 1.0, T)


def test_metastable_material_has_a_spectrum():
    """Between gap and spinodal the homogeneous particle responds until it has a nucleus: values, not an error."""
    omega = 3 * RT
    x = (miscibility_gap(omega, T)[0] + spinodal(omega, T)[0]) / 2
    assert all(value > 0 for value in insertion_values(x, interaction=omega, T=T, **MATERIAL).values())


def test_ideal_dilute_limits():
    """Empty and without interaction it must be Nernst's potential, the lone atom's diffusivity, and i0 like √x."""
    x = np.array([1e-9, 1e-8])
    for omega in (0.0, 3 * RT):
        own = open_circuit_potential(x, omega, 0.0, T)
        assert_allclose(own[0] - own[1], RT / FARADAY * np.log(10), rtol=1e-7)
        assert_allclose(chemical_diffusivity(x, omega, 2e-14, T), 2e-14, rtol=1e-6)
        assert_allclose(thermodynamic_factor(x, omega, T), 1, rtol=1e-6)
        rates = exchange_current(x, omega, 1.0, T)
        assert_allclose(rates[1] / rates[0], np.sqrt(10), rtol=1e-6)
    assert_allclose(chemical_diffusivity([0.2, 0.5, 0.9], 0.0, 2e-14, T), 2e-14, rtol=1e-12)


@pytest.mark.parametrize("alpha", [0.3, 0.5, 0.8])
def test_exchange_current_is_either_rate_in_equilibrium(alpha):
    """Both directions must be equally fast at the open-circuit potential, or there would be no equilibrium."""
    for x, omega, temperature in zip(*random_states(), strict=True):
        thermal = R * temperature
        activity = np.exp(chemical_potential(x, omega, temperature) / thermal)
        voltage = open_circuit_potential(x, omega, 0.0, temperature)
        out = 1.7 * (1 - x) * activity * np.exp(alpha * FARADAY * voltage / thermal)
        back = 1.7 * (1 - x) * np.exp(-(1 - alpha) * FARADAY * voltage / thermal)
        assert_allclose([out, back], exchange_current(x, omega, 1.7, temperature, alpha), rtol=1e-9)


def test_one_half_is_the_published_form():
    """Bai, Cogswell and Bazant: √(x(1 − x)) exp(Ω(1 − 2x)/2RT), symmetric about one half without interaction."""
    x, omega, temperature = random_states(seed=2)
    published = np.sqrt(x * (1 - x)) * np.exp(omega * (1 - 2 * x) / (2 * R * temperature))
    assert_allclose(exchange_current(x, omega, 1.0, temperature), published, rtol=1e-12)


@pytest.mark.parametrize("omega", [-8.0, 0.0, 1.9])
def test_a_particles_spectrum_follows_from_its_free_energy(omega):
    """Finite volumes that know the free energy and the two rates, but neither R_ct nor R_d nor tau_d."""
    assert insertion_deviation(interaction=omega * RT, **MATERIAL) < 1e-5


def test_a_metastable_particles_spectrum_follows_too():
    """Close to the spinodal D is small and the capacitance large; the closed form must still hold."""
    assert insertion_deviation(x=(0.15, 0.2, 0.85), interaction=3 * RT, shells=200, **MATERIAL) < 1e-5


def test_finite_volumes_converge_with_the_square_of_the_shells():
    """Convergence of another order would mean that the surface is wrong, and agreement at one grid luck."""
    values = insertion_values(0.3, interaction=-3e3, **MATERIAL)
    frequency = 3 / values["tau_d"]
    errors = []
    x = np.sqrt(2j * np.pi * 3)
    exact = values["R_ct"] + values["R_d"] * np.tanh(x) / (x - np.tanh(x))
    for shells in (25, 50, 100):
        errors.append(abs(insertion_impedance(frequency, 0.3, interaction=-3e3, **MATERIAL, shells=shells) - exact))
    assert_allclose(np.divide(errors[:-1], errors[1:]), 4, rtol=0.05)


def test_a_particle_driven_in_time_has_that_impedance():
    """The whole nonlinear particle at one millivolt: the linear response must be what a measurement would find."""
    x0, omega, shells = 0.3, -2.0 * RT, 40
    values = insertion_values(x0, interaction=omega, T=T, **MATERIAL)
    frequency, amplitude = 2 / values["tau_d"], 1e-3
    edges = MATERIAL["radius"] * (1 - np.linspace(1, 0, shells + 1) ** 2)
    places = MATERIAL["radius"] * (1 - np.linspace(1, 0, 2 * shells + 1)[1::2] ** 2)
    rest, volume = open_circuit_potential(x0, omega, 0.0, T), np.diff(edges**3) / 3

    def surface_current(x_last, mu_last, voltage):
        """The surface's share, one unknown, from the flux that the last half shell brings and the rate takes."""

        def excess(share):
            mean = (x_last + share) / 2
            mobility = MATERIAL["diffusivity"] * MATERIAL["sites"] * mean * (1 - mean) / RT
            drop = (chemical_potential(share, omega, T) - mu_last) / (edges[-1] - places[-1])
            return -FARADAY * mobility * drop - rate(share)

        def rate(share):
            activity = np.exp(chemical_potential(share, omega, T) / RT)
            forward = activity * np.exp(FARADAY * voltage / (2 * RT))
            return MATERIAL["reference_current"] * (1 - share) * (forward - np.exp(-FARADAY * voltage / (2 * RT)))

        return rate(brentq(excess, x_last - 0.02, x_last + 0.02, xtol=1e-14))

    def slope(time, x):
        mu, mean = chemical_potential(x, omega, T), (x[1:] + x[:-1]) / 2
        mobility = MATERIAL["diffusivity"] * MATERIAL["sites"] * mean * (1 - mean) / RT
        flux = -mobility * np.diff(mu) / np.diff(places) * edges[1:-1] ** 2
        voltage = rest + amplitude * np.sin(2 * np.pi * frequency * time)
        out = surface_current(x[-1], mu[-1], voltage) / FARADAY * edges[-1] ** 2
        return -np.diff(np.concatenate([[0], flux, [out]])) / (volume * MATERIAL["sites"])

    periods, points = 12, 32  # what switching on leaves has died away
    times = (periods - 1 + np.arange(points) / points) / frequency
    run = solve_ivp(
        slope, (0, periods / frequency), np.full(shells, x0), "BDF", times, rtol=1e-7, atol=1e-10,
        jac_sparsity=np.abs(np.subtract.outer(np.arange(shells), np.arange(shells))) <= 1,
    )  # fmt: skip
    current = [
        surface_current(
            x[-1], chemical_potential(x[-1], omega, T), rest + amplitude * np.sin(2 * np.pi * frequency * t)
        )
        for x, t in zip(run.y.T, run.t, strict=True)
    ]
    wave = np.exp(-2j * np.pi * frequency * times)
    measured = np.mean(amplitude * np.sin(2 * np.pi * frequency * times) * wave) / np.mean(np.array(current) * wave)
    s = np.sqrt(2j * np.pi * 2)
    exact = values["R_ct"] + values["R_d"] * np.tanh(s) / (s - np.tanh(s))
    assert abs(measured / exact - 1) < 1e-4


def test_values_are_those_of_the_surface_shared_out():
    """Per geometric area the resistances fall with the surface, the time does not."""
    x, omega, temperature = random_states(seed=3)
    one = insertion_values(x, interaction=omega, T=temperature, **MATERIAL)
    many = insertion_values(x, interaction=omega, T=temperature, surface=50.0, **MATERIAL)
    assert_allclose(many["R_ct"] * 50, one["R_ct"], rtol=1e-12)
    assert_allclose(many["R_d"] * 50, one["R_d"], rtol=1e-12)
    assert_allclose(many["tau_d"], one["tau_d"], rtol=1e-12)
    i0 = exchange_current(x, omega, MATERIAL["reference_current"], temperature)
    assert_allclose(one["R_ct"], charge_transfer_resistance(i0, temperature), rtol=1e-12)
    storage = chemical_capacitance(x, omega, MATERIAL["sites"], temperature)
    assert_allclose(one["tau_d"] / (3 * one["R_d"]), storage * MATERIAL["radius"] / 3, rtol=1e-9)
    ideal = insertion_values(x, interaction=0.0, T=temperature, **MATERIAL)
    assert_allclose(one["R_d"], ideal["R_d"], rtol=1e-9)


def test_lists_do_as_arrays():
    """Every quantity is announced as array_like; a list must not end in an error of Python's."""
    x, omega, temperatures, pair = [0.2, 0.3], [0.0, 1e3], [298.0, 320.0], [2.0, 3.0]
    for function, given in (
        (free_energy, (x, omega, temperatures)),
        (thermodynamic_factor, (x, omega, temperatures)),
        (open_circuit_potential, (x, omega, pair, temperatures)),
        (chemical_capacitance, (x, omega, pair, temperatures)),
        (exchange_current, (x, omega, pair, temperatures, [0.4, 0.6])),
        (chemical_diffusivity, (x, omega, pair, temperatures)),
    ):
        own = [function(*(quantity[i] for quantity in given)) for i in (0, 1)]
        assert_allclose(function(*given), own, rtol=1e-14)
    material = dict.fromkeys(MATERIAL, pair) | {"surface": pair, "T": temperatures}
    values = insertion_values(x, interaction=omega, **material)
    known = {name: material[name] for name in ("sites", "radius", "surface", "T")}
    seen = factor_from_particle(x, list(values["R_d"]), list(values["tau_d"]), **known)
    assert_allclose(seen, thermodynamic_factor(x, omega, temperatures), rtol=1e-12)


def test_a_strong_attraction_has_a_gap_without_overflow():
    """Phases so pure that their shares underflow are none and all, and no warning."""
    assert miscibility_gap(9e5, 100.0) == (0, 1)
    assert_allclose(miscibility_gap(1e5, T)[0], np.exp(-1e5 / RT), rtol=1e-9)


def test_a_spectrum_gives_the_factor_back():
    """Resistance over time is the slope of the chemical potential, whatever the law of the mobility."""
    x, omega, temperature = random_states(seed=4)
    values = insertion_values(x, interaction=omega, T=temperature, surface=20.0, **MATERIAL)
    known = {"sites": MATERIAL["sites"], "radius": MATERIAL["radius"], "surface": 20.0, "T": temperature}
    seen = factor_from_particle(x, values["R_d"], values["tau_d"], **known)
    assert_allclose(seen, thermodynamic_factor(x, omega, temperature), rtol=1e-9)


def test_one_composition_counts_as_often_as_it_was_measured():
    """Repeated at one x with one error, the interaction is that of the mean, its interval the shorter by the root."""
    once, twice = (interaction_parameter(0.4, factor, 0.1, T) for factor in (2.05, [2.0, 2.1]))
    assert_allclose(twice[0], once[0], rtol=1e-12)
    assert_allclose(np.diff(twice[1]), np.diff(once[1]) / np.sqrt(2), rtol=1e-9)


def test_the_interactions_interval_holds_the_truth():
    """Intervals of 90 % must hold the truth 90 % of the time, and chi-square must have its degrees of freedom."""
    rng, x, omega = np.random.default_rng(5), np.linspace(0.1, 0.9, 7), -7e3
    exact = thermodynamic_factor(x, omega, T)
    error = 0.02 * exact
    held, squares = 0, []
    for _ in range(2000):
        _, (low, high), square = interaction_parameter(x, exact + error * rng.standard_normal(7), error, T, 0.9)
        held += low < omega < high
        squares.append(square)
    assert abs(held / 2000 - 0.9) < 0.025
    assert abs(np.mean(squares) - 6) < 0.3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: chemical_potential(0.0, 0.0), "x is 0"),
        (lambda: chemical_potential(1.2, 0.0), r"x is 1\.2"),
        (lambda: thermodynamic_factor(0.5, 0.0, -1.0), "T is -1"),
        (lambda: exchange_current(0.5, 0.0, 0.0), "reference_current is 0"),
        (lambda: insertion_values(0.5, interaction=0.0, **(MATERIAL | {"radius": -1e-6})), "radius is -1e-06"),
        (lambda: interaction_parameter([0.5], [1.0], [0.0]), "error is 0"),
        (lambda: interaction_parameter([0.5, 0.6], [np.nan, 2.0], [0.1, 0.1]), "factor is nan"),
        (lambda: interaction_parameter([0.5], [1.0], [0.1], level=1.2), r"level is 1\.2"),
        (lambda: exchange_current(0.5, 0.0, 1.0, alpha=1.5), r"alpha is 1\.5"),
        (lambda: interaction_parameter([], [], []), "number of factors is 0"),
        (lambda: chemical_potential([0.5, 1.0], 0.0), "empty share 1 - x is 0"),
        (lambda: stability(0.5, np.nan), "interaction is nan"),
        (lambda: spinodal(np.inf), "interaction is inf"),
        (lambda: miscibility_gap(3e7), r"interaction is 3e\+07"),
        (lambda: exchange_current(0.1, "5 kJ/mol", 1.0), "interaction is '5 kJ/mol'; it must be a number"),
        (lambda: free_energy(0.5, np.nan), "interaction is nan"),
        (lambda: chemical_diffusivity(0.5, 2 * RT, 1e-14, T), "outside the spinodal, 0.5 to 0.5"),
    ],
)
def test_what_cannot_be_is_refused(call, message):
    """More lithium than sites, or none at all, has no potential in this model."""
    with pytest.raises(ValueError, match=message):
        call()
