"""The computed titration against exact answers, another discretisation, and conservation; its files to the byte."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from sslib.measurements import (
    Film,
    Sphere,
    TitratedElectrode,
    TitrationHold,
    current_step,
    potential_step,
    record_titration,
    simulate_titration,
    titration_times,
)

DATA = Path(__file__).parents[3] / "data" / "series"
D, SLOPE, R = 7e-17, -0.4, 500.0
HOSTS = {
    "film": Film(area=1e-4, thickness=3e-7, sites=5e4),
    "sphere": Sphere(volume=3e-11, radius=7e-7, sites=5e4),
}


def linear(host, **settings):
    """An electrode whose potential is a line and whose diffusivity is one number."""
    return TitratedElectrode(
        host, lambda x: 3.9 + SLOPE * x, lambda x: D + 0 * x, **({"series_resistance": R} | settings)
    )


def generator():
    spec = importlib.util.spec_from_file_location("generate_titration", DATA / "generate_titration.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("shape", HOSTS)
def test_a_pulse_is_that_of_the_series_of_modes(shape):
    """What tests the evaluations has to be right itself, to a share of their noise."""
    host = HOSTS[shape]
    time, rate, duration = host.length**2 / D, 5e-5, 611.0
    current = -host.capacity * rate
    program = [TitrationHold("current", current, duration), TitrationHold("current", 0.0, 5000.0)]
    series, mean = simulate_titration(linear(host), program, 0.4)
    later = np.where(series.step == 1, current_step((series.time - duration) / time, shape), 0)
    surface = rate * time * (current_step(series.time / time, shape) - later)
    exact = 3.9 + SLOPE * (0.4 + surface) + series.current * R
    assert np.abs(series.voltage - exact).max() < 2e-4 * np.abs(SLOPE * surface).max()
    assert mean[-1] == pytest.approx(0.4 + rate * duration, abs=1e-12)


@pytest.mark.parametrize("shape", HOSTS)
def test_a_step_of_potential_is_that_of_the_series_of_modes(shape):
    """The current through a resistance that follows the surface is the other boundary condition."""
    host, step = HOSTS[shape], -0.013
    faces = {"film": 1, "sphere": 3}[shape]
    series, _ = simulate_titration(linear(host), [TitrationHold("voltage", 3.9 + SLOPE * 0.4 + step, 4000.0)], 0.4)
    time = host.length**2 / D
    biot = abs(SLOPE) * time / (faces * host.capacity * R)
    exact = step / abs(SLOPE) * host.capacity / time * potential_step(series.time / time, biot, shape)
    np.testing.assert_allclose(series.current, exact, rtol=4e-4, atol=2e-4 * np.abs(exact).max())


def test_finer_volumes_come_nearer():
    """An error that does not fall with the square of the volumes is one of the equations."""
    host = HOSTS["film"]
    program = [TitrationHold("current", -host.capacity * 5e-5, 600.0)]
    fine, coarse, coarser = (simulate_titration(linear(host), program, 0.4, cells=n)[0].voltage for n in (640, 80, 40))
    assert np.abs(coarser - fine).max() > 3 * np.abs(coarse - fine).max()


def test_a_changing_diffusivity_is_that_of_another_discretisation():
    """Nodes on a uniform grid, in the variable in which diffusion is linear in space, know nothing of our volumes."""
    host, start, rate, b, nodes = HOSTS["film"], 0.3, 4e-5, 6.0, 300
    depth = np.linspace(0, host.thickness, nodes)
    h = depth[1]

    def other(t, x):
        potential = D * np.expm1(b * (x - start)) / b
        rates = np.empty_like(x)
        rates[1:-1] = (potential[2:] - 2 * potential[1:-1] + potential[:-2]) / h**2
        rates[0] = 2 * (potential[1] - potential[0]) / h**2
        rates[-1] = 2 * (potential[-2] - potential[-1]) / h**2 + 2 * rate * host.thickness / h
        return rates

    own = TitratedElectrode(host, lambda x: 3.9 + SLOPE * x, lambda x: D * np.exp(b * (x - start)))
    series, _ = simulate_titration(own, [TitrationHold("current", -host.capacity * rate, 1500.0)], start, first=10.0)
    found = solve_ivp(other, (0, 1500.0), np.full(nodes, start), method="Radau", t_eval=series.time, rtol=1e-7,
                      atol=1e-9, jac_sparsity=np.eye(nodes) + np.eye(nodes, k=1) + np.eye(nodes, k=-1))  # fmt: skip
    moved = (series.voltage - 3.9) / SLOPE - start
    late = series.time > 30
    np.testing.assert_allclose(moved[late], found.y[-1][late] - start, rtol=3e-3)


def test_a_double_layer_takes_its_time_and_nothing_else():
    """Charge transfer and double layer relax with their product; later the voltage is as without them."""
    host, program = HOSTS["film"], [TitrationHold("current", -3e-6, 100.0)]
    own = {"potential": lambda x: 3.9 + SLOPE * x, "diffusivity": lambda x: 3e-14 + 0 * x}
    parts = {"series_resistance": 200.0, "charge_transfer": 300.0, "double_layer": 1e-3}
    layered, _ = simulate_titration(TitratedElectrode(host, **own, **parts), program, 0.4, first=0.03)
    bare, _ = simulate_titration(TitratedElectrode(host, **own, series_resistance=500.0), program, 0.4, first=0.03)
    lag = (layered.voltage - bare.voltage) / (3e-6 * 300.0)
    np.testing.assert_allclose(lag, np.exp(-layered.time / 0.3), atol=0.01)


def test_the_potentiostat_sees_the_leak_and_the_host_does_not():
    """A leak that also moved the composition would be no leak."""
    host = HOSTS["film"]
    program = [TitrationHold("voltage", 3.9 + SLOPE * 0.41, 20000.0)]
    tight, mean = simulate_titration(linear(host), program, 0.4)
    leaking, same = simulate_titration(linear(host, leak=-3e-9), program, 0.4)
    np.testing.assert_allclose(leaking.current - tight.current, -3e-9, rtol=1e-9)
    np.testing.assert_array_equal(mean, same)


def test_noise_and_rounding_are_those_that_are_stated():
    """The intervals of the evaluations are held against this noise."""
    series, _ = simulate_titration(linear(HOSTS["film"]), [TitrationHold("current", 0.0, 100.0)], 0.4, longest=0.1)
    noisy = record_titration(
        series, np.random.default_rng(3), voltage_noise=2e-4, current_noise=0.0, voltage_resolution=5e-5
    )
    assert np.std(noisy.voltage) == pytest.approx(2e-4, rel=0.1)
    steps = np.round((noisy.voltage - noisy.voltage[0]) / 5e-5, 6)
    np.testing.assert_array_equal(steps, np.round(steps))


def test_what_cannot_be_is_refused():
    """A composition beyond its ends, a missing resistance and a misspelt control have to be named."""
    host = HOSTS["film"]
    with pytest.raises(ValueError, match="leaves 0 to 1 while the current is held"):
        simulate_titration(linear(host), [TitrationHold("current", -host.capacity * 1e-3, 2000.0)], 0.4)
    with pytest.raises(ValueError, match="charge_transfer is 0"):
        linear(host, double_layer=1e-5)
    with pytest.raises(ValueError, match="control is 'power'"):
        TitrationHold("power", 1.0, 1.0)
    with pytest.raises(ValueError, match="cannot be computed"):
        simulate_titration(
            TitratedElectrode(host, lambda x: 4 - x, lambda x: 1e-10 + 0 * x),
            [TitrationHold("current", -3e-6, 100.0)],
            0.4,
        )
    with pytest.raises(ValueError, match="no step"):
        simulate_titration(linear(host), [], 0.4)
    with pytest.raises(ValueError, match="length_error is 2"):
        replace(host, length_error=2.0)
    assert titration_times(10.0, 1.0, 2, 4.0)[0] == 0


@pytest.mark.parametrize(
    "name", [*(pytest.param(name, marks=pytest.mark.slow) for name in ("gitt_film", "pitt_film")), "gitt_sphere"]
)
def test_the_files_are_what_their_generator_writes(name):
    """A series whose stated truth is not the truth would make every test that rests on it worthless."""
    assert (DATA / f"{name}.csv").read_text(encoding="utf-8") == generator().series_text(name)
