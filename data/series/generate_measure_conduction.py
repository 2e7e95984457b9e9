"""Write the series of ``measure_conduction``: polarisation, potential step and spectra, blocking cells, pulses.

Run ``python data/series/generate_measure_conduction.py`` to write them anew; a test holds that this gives the files as
they are, to two units of the last digit, in which one machine's solvers may differ from another's.
"""

from functools import partial
from pathlib import Path

import numpy as np

from sslib.impedance import CPE, R, approximate, cathode_model
from sslib.instruments import TimeSeries
from sslib.kinetics import thermal_voltage
from sslib.measurements import ideal_diffusivity, simulate_blocking_cell, simulate_polarisation, simulate_salt_step
from sslib.units import S_cm, celsius, cm2, mS_cm, um

FOLDER, CELLS = "measure_conduction", "measure_conduction_cells"
SEED, TEMPERATURE_C = 2026, 25

# Electrons and holes where the electrolyte touches lithium: equal at half of 0.8 V.
ELECTRONS = 5e-9 * S_cm
HOLES = ELECTRONS * np.exp(-0.8 / float(thermal_voltage(celsius(TEMPERATURE_C))))
VOLTAGES = (0.03, 0.06, 0.1, 0.2, 0.4, 0.6, 0.7, 0.75, 0.8)
ELECTROLYTE = {"area": 0.785 * cm2, "thickness": 500 * um, "electrons": ELECTRONS, "holes": HOLES, "diffusivity": 1e-10}
HOLD_S, LEAK_A, LEAK_ERROR_A, NOISE_A = 1800.0, 2e-12, 1e-12, 1e-11

SALT = {"conductivity": 0.05, "transference_number": 0.3, "concentration": 1000.0}
BEFORE_OHM, AFTER_OHM, STEP_V, STEP_S, AGEING_S = 15.0, 17.0, 0.010, 7200.0, 900.0
SALT_AREA_CM2, SALT_THICKNESS_UM, SALT_NOISE_A = 1.0, 100, 1e-7
INTERFACE = R("R_electrolyte") + (R("R_interfaces") | CPE("Q", "alpha"))
FREQUENCY, SPECTRUM_NOISE_PERCENT = np.logspace(6, 0, 61), 0.3

# Source 002: fraction 0.537 of solid electrolyte with a factor of 1.74, 13.2 % voids, the rest active material.
COMPOSITE = {"ions": 0.2 * mS_cm, "electrons": 0.5 * mS_cm}
FRACTIONS = {"ions": 0.537, "electrons": 0.331}
FACTORS = {"ions": 1.74, "electrons": 3.0}
THICKNESSES_UM, CONTACT_OHM, CAPACITY = (60, 120, 180), 8.0, 2e-2 / (100 * um)
COMPOSITE_AREA_CM2, COMPOSITE_NOISE_A, COMPOSITE_VOLTAGES = 0.785, 1e-6, (0.01, -0.01)

CATHODE = "two_rails_diffusion"
CATHODE_TRUTH = {"R_sep": 25.0, "R_ion": 95.0, "R_el": 30.0, "Q_dl": 2e-4, "alpha_dl": 0.92, "R_ct": 80.0,
                 "R_d": 40.0, "tau_d": 400.0}  # fmt: skip
REST_S, REST_V, PULSE_SAMPLES = 10.0, 3.7, 120
PULSE_LENGTHS_S, PULSE_A, FIRST_S, PULSE_NOISE_V, DRIFT_V_S = (0.1, 1.0, 10.0), 50e-6, 1e-3, 20e-6, 5e-6


def series_text(title, stated, series, truth, seed=SEED):
    """A time series as text, with what is stated and true in its head."""
    head = [
        title,
        *(f"{key} = {value}" for key, value in stated.items()),
        f"seed = {seed}",
        *(f"truth {name} = {value:.6g} {unit}" for name, (value, unit) in truth.items()),
    ]
    rows = [
        f"{t:.8g},{v:.8g},{i:.5e},{n}"
        for t, v, i, n in zip(series.time, series.voltage, series.current, series.step, strict=True)
    ]
    return "\n".join([*(f"# {line}" for line in head), "time [s],voltage [V],current [A],step", *rows]) + "\n"


def polarisation_text():
    series = simulate_polarisation(VOLTAGES, HOLD_S, leak=LEAK_A, noise=NOISE_A, seed=SEED, **ELECTROLYTE)
    stated = {
        "model": "sslib.measurements.simulate_polarisation: finite volumes of a mixed conductor",
        "area_cm2": 0.785,
        "thickness_um": 500,
        "temperature_C": TEMPERATURE_C,
        "leak_A": LEAK_A,
        "leak_error_A": LEAK_ERROR_A,
        "noise_A": NOISE_A,
    }
    truth = {
        "electrons": (ELECTRONS / S_cm, "S/cm"),
        "holes": (HOLES / S_cm, "S/cm"),
        "diffusivity": (ELECTROLYTE["diffusivity"], "m2/s"),
    }
    return series_text("Hebb-Wagner polarisation, generated with known truth", stated, series, truth)


def transference_text():
    series = simulate_salt_step(
        STEP_V, STEP_S, area=SALT_AREA_CM2 * cm2, thickness=SALT_THICKNESS_UM * um,
        diffusivity=float(ideal_diffusivity(**SALT)), interfaces=BEFORE_OHM, interfaces_after=AFTER_OHM,
        ageing=AGEING_S, noise=SALT_NOISE_A, seed=SEED, **SALT,
    )  # fmt: skip
    stated = {
        "model": "sslib.measurements.simulate_salt_step: finite volumes of an ideal dilute salt",
        "area_cm2": SALT_AREA_CM2,
        "thickness_um": SALT_THICKNESS_UM,
        "temperature_C": TEMPERATURE_C,
        "noise_A": SALT_NOISE_A,
    }
    truth = {"transference_number": (SALT["transference_number"], "1")}
    return series_text("Potential step between two lithiums, generated with known truth", stated, series, truth)


def spectrum_text(when):
    bulk = SALT_THICKNESS_UM * um / (SALT["conductivity"] * SALT_AREA_CM2 * cm2)
    interfaces = {"before": BEFORE_OHM, "after": AFTER_OHM}[when]
    truth = {"R_electrolyte": bulk, "R_interfaces": interfaces, "Q": 2e-5, "alpha": 0.9}
    exact = INTERFACE.impedance(FREQUENCY, **truth)
    noise = np.random.default_rng([SEED, len(when)]).standard_normal((2, len(FREQUENCY))).T @ [1, 1j]
    measured = exact + SPECTRUM_NOISE_PERCENT / 100 * np.abs(exact) * noise
    units = {parameter.name: parameter.unit for parameter in INTERFACE.parameters}
    head = [
        f"The cell of transference.csv {when} its step, generated with known truth",
        "circuit = R_electrolyte + (R_interfaces | CPE)",
        f"noise_percent = {SPECTRUM_NOISE_PERCENT} (standard deviation of Re Z and of Im Z, of |Z|)",
        f"seed = {SEED}",
        *(f"truth {name} = {value:g} {units[name]}" for name, value in truth.items()),
    ]
    rows = [f"{f:.6e},{z.real:.6e},{z.imag:.6e}" for f, z in zip(FREQUENCY, measured, strict=True)]
    return "\n".join([*(f"# {line}" for line in head), "frequency [Hz],Re Z [ohm],Im Z [ohm]", *rows]) + "\n"


def blocking_text(carrier, thickness_um):
    area = COMPOSITE_AREA_CM2 * cm2
    resistances = {name: thickness_um * um / (own * area) for name, own in COMPOSITE.items()}
    capacitance = CAPACITY * thickness_um * um
    seed = SEED + 10 * thickness_um + len(carrier)
    duration = round(12 * capacitance * sum(resistances.values()) / np.pi**2 * 4, 1)
    series = simulate_blocking_cell(
        carrier, COMPOSITE_VOLTAGES, duration, capacitance=capacitance, contact=CONTACT_OHM, noise=COMPOSITE_NOISE_A,
        seed=seed, **resistances,
    )  # fmt: skip
    stated = {
        "model": "sslib.measurements.simulate_blocking_cell: a ladder of two rails",
        "passing": carrier,
        "area_cm2": COMPOSITE_AREA_CM2,
        "thickness_um": thickness_um,
        "volume_fraction": FRACTIONS[carrier],
        "pure_conductivity_mS_cm": f"{COMPOSITE[carrier] * FACTORS[carrier] / FRACTIONS[carrier] / mS_cm:.6g}",
        "noise_A": COMPOSITE_NOISE_A,
    }
    truth = {
        "effective_conductivity": (COMPOSITE[carrier] / mS_cm, "mS/cm"),
        "tortuosity_factor": (FACTORS[carrier], "1"),
        "contact": (CONTACT_OHM, "ohm"),
    }
    return series_text(f"Composite in which {carrier} pass, generated with known truth", stated, series, truth, seed)


def pulses_text():
    poles = approximate(cathode_model(CATHODE, "resistor"), 1e-5, 1e6, **CATHODE_TRUTH)
    spans = np.append(np.repeat(PULSE_LENGTHS_S, 2), REST_S)
    edges = np.concatenate([[0.0], np.cumsum(spans)[:-1]])
    flowing = np.append(np.tile([PULSE_A, -PULSE_A], len(PULSE_LENGTHS_S)), 0.0)
    # As far before a jump as after it: a jump is put halfway between two samples.
    steps = [np.linspace(-REST_S, -FIRST_S, 200), *(
        edge + np.geomspace(FIRST_S, span - FIRST_S, PULSE_SAMPLES) for edge, span in zip(edges, spans, strict=True)
    )]  # fmt: skip
    number = np.repeat(np.arange(len(steps)), [len(own) for own in steps])
    time = np.concatenate(steps)
    voltage = REST_V + poles.after_steps(time, edges, flowing) + DRIFT_V_S * time
    voltage += PULSE_NOISE_V * np.random.default_rng(SEED).standard_normal(len(time))
    series = TimeSeries(time, voltage, np.r_[0.0, flowing][number], step=number)
    stated = {
        "model": f"{CATHODE} with a resistor, as a sum of relaxations; a drift of {DRIFT_V_S} V/s",
        "temperature_C": TEMPERATURE_C,
        "noise_V": PULSE_NOISE_V,
    }
    at_once = CATHODE_TRUTH["R_sep"] + 1 / (1 / CATHODE_TRUTH["R_ion"] + 1 / CATHODE_TRUTH["R_el"])
    truth = {f"R_{time:g}s": (float(poles.step(time)), "ohm") for time in (0.01, 0.1, 1.0, 10.0)}
    truth = {"R_at_once": (at_once, "ohm"), "drift": (DRIFT_V_S, "V/s"), **truth}
    return series_text("Pulses of either sign, generated with known truth", stated, series, truth)


def texts():
    """By path of the file, a function that writes its text."""
    own = {
        f"{FOLDER}/polarisation.csv": polarisation_text,
        f"{FOLDER}/transference.csv": transference_text,
        f"{FOLDER}/before.csv": partial(spectrum_text, "before"),
        f"{FOLDER}/after.csv": partial(spectrum_text, "after"),
        f"{FOLDER}/pulses.csv": pulses_text,
    }
    cells = {
        f"{CELLS}/{carrier}_{thickness}um.csv": lambda carrier=carrier, thickness=thickness: blocking_text(
            carrier, thickness
        )
        for carrier in COMPOSITE
        for thickness in THICKNESSES_UM
    }
    return own | cells


if __name__ == "__main__":
    for name, text in texts().items():
        path = Path(__file__).parent / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text(), encoding="utf-8")
