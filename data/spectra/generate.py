"""Write the generated spectra of this folder: a composite cathode in three configurations and a series of a pellet.

Run ``python data/spectra/generate.py`` to write them anew; a test holds that this gives the files as they are.
"""

from pathlib import Path

import numpy as np

from sslib.impedance import CPE, R, cathode_model
from sslib.transport import BOLTZMANN
from sslib.units import celsius, cm, cm2, eV, mm

CATHODE = "two_rails_diffusion"
TRUTH = {
    "R_sep": 25.0,
    "R_ion": 95.0,
    "R_el": 30.0,
    "Q_dl": 2e-4,
    "alpha_dl": 0.92,
    "R_ct": 80.0,
    "R_d": 40.0,
    "tau_d": 400.0,
}
CONFIGURATIONS = {"ion-electron": "resistor", "ion-ion": "resistor", "electron-electron": "none"}
AREA_CM2, THICKNESS_UM, TEMPERATURE_C = 0.785, 80, 25
NOISE_PERCENT = 0.3
SEED = 2026
FREQUENCY = np.logspace(6, -3, 91)


# A pellet of a solid electrolyte between blocking electrodes. At the two highest temperatures its bulk is faster than
# the window of frequencies.
PELLET = "pellet_series"
PELLET_TEMPERATURES_C = (-40, -10, 20, 50, 80, 110, 140)
PELLET_DIAMETER_MM, PELLET_THICKNESS_MM = 10, 1
# Each: activation energy of sigma*T [eV], apparent conductivity at 298.15 K [S/cm], capacitance at L/A = 1/cm [F/cm],
# exponent of the arc.
PELLET_PARTS = {"bulk": (0.38, 5e-6, 1.2e-12, 0.97), "grain_boundary": (0.47, 1e-6, 4e-11, 0.93)}
PELLET_TAIL = (3e-6, 0.85)
PELLET_NOISE_PERCENT = 0.4
PELLET_FREQUENCY = np.logspace(6, -1, 57)


def spectrum_text(terminals):
    """The file of one configuration as text."""
    separator = CONFIGURATIONS[terminals]
    model = cathode_model(CATHODE, separator, terminals=terminals)
    truth = {name: TRUTH[name] for name in model.names}
    units = {parameter.name: parameter.unit for parameter in model.parameters}
    rng = np.random.default_rng([SEED, list(CONFIGURATIONS).index(terminals)])
    exact = model.impedance(FREQUENCY, **truth)
    noise = rng.standard_normal((2, len(FREQUENCY))).T @ [1, 1j]
    measured = exact + NOISE_PERCENT / 100 * np.abs(exact) * noise
    header = [
        f"Composite cathode, {terminals} terminals, generated with known truth",
        f"cathode = {CATHODE}",
        f"separator = {separator}",
        f"terminals = {terminals}",
        f"area_cm2 = {AREA_CM2}",
        f"thickness_um = {THICKNESS_UM}",
        f"temperature_C = {TEMPERATURE_C}",
        f"noise_percent = {NOISE_PERCENT} (standard deviation of Re Z and of Im Z, of |Z|)",
        f"seed = {SEED}",
        *(f"truth {name} = {value:g} {units[name]}" for name, value in truth.items()),
    ]
    return table_text(header, FREQUENCY, measured)


def pellet_truth(temperature_C):
    """Parameters of the pellet's circuit [ohm, S s^alpha, 1] at one temperature."""
    T, reference = celsius(temperature_C), celsius(25)
    cell_constant = PELLET_THICKNESS_MM * mm / (np.pi * (PELLET_DIAMETER_MM * mm / 2) ** 2)
    truth = {}
    for part, (energy, conductivity, capacitance, alpha) in PELLET_PARTS.items():
        activated = reference / T * np.exp(-energy * eV / BOLTZMANN * (1 / T - 1 / reference))
        resistance = cell_constant / (conductivity / cm * activated)
        truth[f"R_{part}"] = resistance
        # The capacitance does not change with temperature, so the coefficient does.
        truth[f"Q_{part}"] = (capacitance / cm / cell_constant * resistance) ** alpha / resistance
        truth[f"alpha_{part}"] = alpha
    coefficient, alpha = PELLET_TAIL
    return {**truth, "Q_tail": coefficient, "alpha_tail": alpha}


def pellet_text(temperature_C):
    """The file of the pellet at one temperature as text."""
    parts = [R(f"R_{part}") | CPE(f"Q_{part}", f"alpha_{part}") for part in PELLET_PARTS]
    model = parts[0] + parts[1] + CPE("Q_tail", "alpha_tail")
    truth = pellet_truth(temperature_C)
    units = {parameter.name: parameter.unit for parameter in model.parameters}
    rng = np.random.default_rng([SEED, 1000 + temperature_C])
    exact = model.impedance(PELLET_FREQUENCY, **truth)
    noise = rng.standard_normal((2, len(PELLET_FREQUENCY))).T @ [1, 1j]
    measured = exact + PELLET_NOISE_PERCENT / 100 * np.abs(exact) * noise
    area = np.pi * (PELLET_DIAMETER_MM * mm / 2) ** 2
    header = [
        "Pellet between blocking electrodes, generated with known truth",
        "circuit = (R_bulk | CPE) + (R_grain_boundary | CPE) + CPE_tail",
        f"area_cm2 = {area / cm2:.8f}",
        f"thickness_mm = {PELLET_THICKNESS_MM}",
        f"temperature_C = {temperature_C}",
        f"noise_percent = {PELLET_NOISE_PERCENT} (standard deviation of Re Z and of Im Z, of |Z|)",
        f"seed = {SEED}",
        *(f"truth activation_energy_{part} = {values[0]:g} eV, of sigma*T" for part, values in PELLET_PARTS.items()),
        *(f"truth {name} = {value:.9g} {units[name]}" for name, value in truth.items()),
    ]
    return table_text(header, PELLET_FREQUENCY, measured)


def table_text(header, frequency, impedance):
    rows = [f"{f:.6e},{z.real:.6e},{z.imag:.6e}" for f, z in zip(frequency, impedance, strict=True)]
    return "\n".join([*(f"# {line}" for line in header), "frequency [Hz],Re Z [ohm],Im Z [ohm]", *rows]) + "\n"


def file_name(terminals):
    return f"composite_cathode_{terminals.replace('-', '_')}.csv"


def pellet_file_name(temperature_C):
    return f"{PELLET}/pellet_{temperature_C}C.csv"


if __name__ == "__main__":
    for terminals in CONFIGURATIONS:
        (Path(__file__).parent / file_name(terminals)).write_text(spectrum_text(terminals), encoding="utf-8")
    for temperature_C in PELLET_TEMPERATURES_C:
        path = Path(__file__).parent / pellet_file_name(temperature_C)
        path.parent.mkdir(exist_ok=True)
        path.write_text(pellet_text(temperature_C), encoding="utf-8")
