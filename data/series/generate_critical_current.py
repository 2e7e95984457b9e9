"""Write the generated stepped-current records of this folder: six cells, and one of them with a reference electrode.

Run ``python data/series/generate_critical_current.py`` to write them anew; a test holds that this gives the files as
they are.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.optimize import brentq
from scipy.stats import lognorm

from sslib.measurements import Protocol, SymmetricCell, simulate_stepped
from sslib.units import cm2, hour, mA_cm2, mV, ohm_cm2

SEED = 2026
CELLS = 6
CURRENTS_MA_CM2 = tuple(0.1 * n for n in range(1, 16))
HALF_CYCLE_H = 1
NOISE_UV = 20
OFFSET_MV = 0.3
SAMPLES_OF_FIRST, SAMPLES = 100, 40
# Limits of the population, log-normal and independent: median [mA/cm2] and spread [1].
STRIPPING, PLATING = (0.85, 0.25), (0.85, 0.25)
# The first cell is not drawn: it shows both failures, one after the other.
FIRST = {"stripping_limit": 0.65 * mA_cm2, "plating_limit": 1.15 * mA_cm2}


def cell_of(number):
    """The cell of that number, from 1."""
    if number == 1:
        return SymmetricCell(**FIRST)
    rng = np.random.default_rng([SEED, number])
    stripping, plating = (
        median * mA_cm2 * np.exp(spread * rng.standard_normal()) for median, spread in (STRIPPING, PLATING)
    )
    return replace(SymmetricCell(), stripping_limit=float(stripping), plating_limit=float(plating))


def median_of_population():
    """Current density [mA/cm2] at which half of the cells are above one of their limits."""
    survive = (lognorm(s=spread, scale=median).sf for median, spread in (STRIPPING, PLATING))
    first, second = survive
    return brentq(lambda current: first(current) * second(current) - 0.5, 0.01, 10)


def record_of(number, samples):
    program = Protocol(tuple(j * mA_cm2 for j in CURRENTS_MA_CM2), time=HALF_CYCLE_H * hour, samples=samples)
    return simulate_stepped(cell_of(number), program, noise=NOISE_UV * 1e-6, offset=OFFSET_MV * mV, seed=SEED + number)


def text_of(number, samples, part="series"):
    """The file of one cell, or of one of its electrodes, as text."""
    cell, record = cell_of(number), record_of(number, samples)
    series = getattr(record, part)
    what = "both electrodes" if part == "series" else f"its {part} electrode against a reference"
    events = {"voids": record.voids_current, "short": record.short_current}
    header = [
        f"Symmetrical lithium cell {number} under a stepped current, voltage of {what}, generated with known truth",
        f"area_cm2 = {cell.area / cm2:g}",
        "temperature_C = 25",
        f"separator_resistance_ohm_cm2 = {cell.separator_resistance / ohm_cm2:g}",
        f"half_cycle_h = {HALF_CYCLE_H}",
        f"noise_uV = {NOISE_UV} (standard deviation of a sample)",
        f"offset_mV = {OFFSET_MV}",
        f"seed = {SEED + number}",
        "model = sslib.measurements.SymmetricCell, its defaults but for the limits",
        f"truth stripping_limit = {cell.stripping_limit / mA_cm2:.6g} mA/cm2",
        f"truth plating_limit = {cell.plating_limit / mA_cm2:.6g} mA/cm2",
        f"truth median_of_cells = {median_of_population():.6g} mA/cm2",
        *(f"truth {name}_current = {value / mA_cm2:.3g} mA/cm2" for name, value in events.items() if value),
    ]
    rows = (f"{t:.6g},{v:.6f},{i:.6g}" for t, v, i in zip(series.time, series.voltage, series.current, strict=True))
    return "\n".join([*(f"# {line}" for line in header), "time [s],voltage [V],current [A]", *rows]) + "\n"


def files():
    """Name and text of each file."""
    for number in range(1, CELLS + 1):
        samples = SAMPLES_OF_FIRST if number == 1 else SAMPLES
        yield f"critical_current/cell_{number}.csv", text_of(number, samples)
    for part in ("working", "counter"):
        yield f"critical_current_electrodes/{part}.csv", text_of(1, SAMPLES_OF_FIRST, part)


if __name__ == "__main__":
    for name, text in files():
        path = Path(__file__).parent / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
