"""Write the titrations of this folder: a film by pulses of current and by steps of potential, and spheres by pulses.

Run ``python data/series/generate_titration.py`` to write them anew; a test holds that this gives the files as they are.
"""

from pathlib import Path

import numpy as np
from scipy.interpolate import CubicSpline

from sslib.measurements import Film, Sphere, TitratedElectrode, TitrationHold, record_titration, simulate_titration
from sslib.thermodynamics import chemical_diffusivity, open_circuit_potential
from sslib.units import cm2, mm, um

# A regular solution whose ions repel one another: the chemical diffusivity has its maximum at half filling.
INTERACTION, STANDARD_POTENTIAL = -15e3, 3.9
LONE_DIFFUSIVITY = {"film": 2e-17, "sphere": 4e-16}
SITES = 5e4
AREA_CM2, THICKNESS_UM = 1.0, 0.3
VOLUME_MM3, RADIUS_UM = 0.03, 1.0
SERIES_RESISTANCE, CHARGE_TRANSFER, DOUBLE_LAYER, LEAK = 200.0, 300.0, 2e-5, -1e-8
VOLTAGE_NOISE, VOLTAGE_RESOLUTION = 5e-5, 5e-5
CURRENT_NOISE, CURRENT_RESOLUTION = 1e-8, 5e-9
TEMPERATURE_C, SEED = 25, 2026

START, PULSES, CHANGE, PULSE_S, REST_S = 0.2, 20, 0.03, 600.0, 7200.0
START_OF_STEPS, STEPS, STEP_V, STEP_S = 0.3, 16, 0.01, 4800.0
START_OF_SPHERES, PULSES_OF_SPHERES = 0.35, 8
GRID = np.linspace(0.01, 0.99, 1961)

POTENTIAL = CubicSpline(GRID, open_circuit_potential(GRID, INTERACTION, STANDARD_POTENTIAL))
HOSTS = {
    "film": Film(area=AREA_CM2 * cm2, thickness=THICKNESS_UM * um, sites=SITES),
    "sphere": Sphere(volume=VOLUME_MM3 * mm**3, radius=RADIUS_UM * um, sites=SITES),
}


def pulses(host, count):
    """Rest, then pulses of current with rests between them."""
    current = -host.capacity * CHANGE / PULSE_S
    return [
        TitrationHold("current", 0.0, PULSE_S),
        *[TitrationHold("current", current, PULSE_S), TitrationHold("current", 0.0, REST_S)] * count,
    ]


def downward(start):
    """Rest, then steps of the potential."""
    first = float(POTENTIAL(start))
    return [
        TitrationHold("current", 0.0, PULSE_S),
        *(TitrationHold("voltage", round(first, 3) - STEP_V * (k + 1), STEP_S) for k in range(STEPS)),
    ]


SERIES = {
    "gitt_film": ("film", START, pulses(HOSTS["film"], PULSES), 0.0, 300.0),
    "pitt_film": ("film", START_OF_STEPS, downward(START_OF_STEPS), LEAK, 200.0),
    "gitt_sphere": ("sphere", START_OF_SPHERES, pulses(HOSTS["sphere"], PULSES_OF_SPHERES), 0.0, 300.0),
}


def series_text(name):
    """The file of one titration as text."""
    shape, start, program, leak, longest = SERIES[name]
    host = HOSTS[shape]
    diffusivity = CubicSpline(GRID, chemical_diffusivity(GRID, INTERACTION, LONE_DIFFUSIVITY[shape]))
    electrode = TitratedElectrode(
        host, POTENTIAL, diffusivity, SERIES_RESISTANCE, CHARGE_TRANSFER, double_layer=DOUBLE_LAYER, leak=leak
    )
    exact, _ = simulate_titration(electrode, program, start, first=0.1, per_decade=10, longest=longest)
    series = record_titration(
        exact,
        np.random.default_rng([SEED, list(SERIES).index(name)]),
        voltage_noise=VOLTAGE_NOISE,
        current_noise=CURRENT_NOISE,
        voltage_resolution=VOLTAGE_RESOLUTION,
        current_resolution=CURRENT_RESOLUTION,
    )
    size = {
        "film": [f"area_cm2 = {AREA_CM2}", f"thickness_um = {THICKNESS_UM}"],
        "sphere": [f"volume_mm3 = {VOLUME_MM3}", f"radius_um = {RADIUS_UM}"],
    }[shape]
    header = [
        f"Titration of a {shape} by {'pulses of current' if name.startswith('gitt') else 'steps of potential'}",
        "model = sslib.measurements.simulate_titration: D and U of a regular solution, resistances, double layer",
        "D = D_0 (1 - 2 interaction x (1 - x)/RT), as sslib.thermodynamics.chemical_diffusivity",
        f"shape = {shape}",
        *size,
        f"sites_mol_m3 = {SITES:g}",
        f"start_composition = {start}",
        f"temperature_C = {TEMPERATURE_C}",
        f"noise = {VOLTAGE_NOISE:g} V and {CURRENT_NOISE:g} A (standard deviation of a sample)",
        f"resolution = {VOLTAGE_RESOLUTION:g} V and {CURRENT_RESOLUTION:g} A",
        f"seed = {SEED}",
        f"truth D_0 = {LONE_DIFFUSIVITY[shape]:g} m2/s",
        f"truth interaction = {INTERACTION:g} J/mol",
        f"truth R = {SERIES_RESISTANCE + CHARGE_TRANSFER:g} ohm",
        f"truth leak = {leak:g} A",
    ]
    rows = [
        f"{t:.2f},{v:.5f},{i:.4e},{n}"
        for t, v, i, n in zip(series.time, series.voltage, series.current, series.step, strict=True)
    ]
    return "\n".join([*(f"# {line}" for line in header), "time [s],voltage [V],current [A],step", *rows]) + "\n"


if __name__ == "__main__":
    for name in SERIES:
        (Path(__file__).parent / f"{name}.csv").write_text(series_text(name), encoding="utf-8")
