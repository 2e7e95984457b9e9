"""Write the generated spectra of this folder: a composite cathode with known truth in three configurations.

Run ``python data/spectra/generate.py`` to write them anew; a test holds that this gives the files as they are.
"""

from pathlib import Path

import numpy as np

from sslib.impedance import cathode_model

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
    rows = [f"{f:.6e},{z.real:.6e},{z.imag:.6e}" for f, z in zip(FREQUENCY, measured, strict=True)]
    return "\n".join([*(f"# {line}" for line in header), "frequency [Hz],Re Z [ohm],Im Z [ohm]", *rows]) + "\n"


def file_name(terminals):
    return f"composite_cathode_{terminals.replace('-', '_')}.csv"


if __name__ == "__main__":
    for terminals in CONFIGURATIONS:
        (Path(__file__).parent / file_name(terminals)).write_text(spectrum_text(terminals), encoding="utf-8")
