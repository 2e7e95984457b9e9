"""A line and a cell of known values, spectra of them, and what their fits scatter by."""

import numpy as np

from sslib.impedance import CPE, R, TransmissionLine, cathode_model, fit
from sslib.instruments import Spectrum
from sslib.units import eV

FREQUENCY = np.logspace(5, -2, 43)
LINE = R("R_0") + TransmissionLine(ion=R("R_ion"), interface=R("R_ct") | CPE("Q", "alpha"))
VALUES = {"R_0": 20.0, "R_ion": 60.0, "R_ct": 90.0, "Q": 1e-3, "alpha": 0.9}
NOISE = 0.003
CELL = cathode_model("two_rails")
CELL_VALUES = {"R_sep": 25.0, "R_ion": 95.0, "R_el": 30.0, "R_ct": 80.0, "Q_dl": 2e-4, "alpha_dl": 0.92}
SWEEP = np.geomspace(1e6, 0.01, 65)
ENERGIES = {"R_sep": 0.35 * eV, "R_ion": 0.35 * eV, "R_el": 0.1 * eV, "R_ct": 0.6 * eV}


def simulated(model, values, count, seed):
    rng = np.random.default_rng(seed)
    exact = model.impedance(FREQUENCY, **values)
    parts = rng.standard_normal((count, len(FREQUENCY), 2)) @ [1, 1j]
    return exact + NOISE * np.abs(exact) * parts


def scatter(fits, name):
    return np.std(fits.values[name] if name.startswith(("alpha", "E_")) else np.log(fits.values[name]))


def weighted_jacobian(model, frequency, values, noise):
    """Sensitivities over the noise, shape (2 × frequencies, parameters), written out anew."""
    impedance, slopes = model.derivatives(frequency, **values)
    by = {p.name: values[p.name] if p.quantity.logarithmic else 1 for p in model.parameters}
    rows = np.stack([slopes[name] * by[name] for name in model.names], axis=1) / (noise * abs(impedance))[:, None]
    return np.concatenate([rows.real, rows.imag])


def one_fit(noise=1e-3, seed=3, model=CELL, fixed=None):
    exact = model.impedance(SWEEP, **CELL_VALUES)
    chance = np.random.default_rng(seed).standard_normal((65, 2)) @ [1, 1j]
    measured = Spectrum(SWEEP, exact + noise * abs(exact) * chance)
    return fit(model, measured, starts=CELL_VALUES, noise=noise, fixed=fixed)
