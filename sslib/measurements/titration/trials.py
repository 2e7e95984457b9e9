"""Trials of the evaluations: one pulse computed and evaluated by each way, and the solutions beside their limits."""

import numpy as np
import pandas as pd

from sslib.checks import check_positive
from sslib.measurements.titration.finite_length import SHAPES, current_step, potential_step, slowest_rate
from sslib.measurements.titration.gitt import gitt
from sslib.measurements.titration.short_time import cottrell, weppner_huggins
from sslib.measurements.titration.simulated import (
    TitratedElectrode,
    TitrationHold,
    record_titration,
    simulate_titration,
)

START, POTENTIAL = 0.5, 3.9
RESTS, LONGEST = 5.0, 60
"""A rest lasts so many diffusion times (film; a third of that for a sphere); samples in it."""


def trial_pulse(host, diffusivity, slope, resistance, ratio, change, *, noise=5e-5, seed=0):
    r"""What each way finds from one pulse of known diffusivity.

    Parameters
    ----------
    host : Film or Sphere
    diffusivity : float
        [m2/s].
    slope : float
        dU/dx, negative [V].
    resistance : float
        In series [ohm].
    ratio : float
        Length of the pulse over L²/D or R²/D [1].
    change : float
        Of the composition by the pulse [1].
    noise : float
        Standard deviation of a voltage [V].
    seed : int
        Of the noise.

    Returns
    -------
    dict
        ``full`` (value, low, high), ``root`` (the whole pulse against the root of time) and ``two readings`` (before
        the pulse and at its end): diffusivities [m2/s]; ``refusal``, why the second is none, or empty.

    Raises
    ------
    ValueError
        Where the evaluation refuses the pulse.
    """
    check_positive(diffusivity=diffusivity, ratio=ratio, change=change, noise=noise)
    time = host.length**2 / diffusivity
    duration, rest = ratio * time, RESTS * time / SHAPES[host.shape]
    electrode = TitratedElectrode(
        host,
        lambda x: POTENTIAL + slope * (x - START),
        lambda x: diffusivity + 0 * x,
        series_resistance=resistance,
    )
    current = -host.capacity * change / duration
    program = [
        TitrationHold("current", 0.0, duration),
        TitrationHold("current", current, duration),
        TitrationHold("current", 0.0, rest),
    ]
    exact, _ = simulate_titration(
        electrode, program, START, first=1e-3 * min(duration, time), longest=max(duration, rest) / LONGEST
    )
    series = record_titration(exact, np.random.default_rng(seed), voltage_noise=noise, current_noise=0.0)
    (point,) = gitt(series, host, START).points
    on = series.current != 0
    time_on, voltage_on = series.time[on] - duration, series.voltage[on]
    steady = slope * change
    rooted = np.polyfit(np.sqrt(time_on[1:]), voltage_on[1:], 1)[0] * np.sqrt(duration)
    ends = voltage_on[-1] - POTENTIAL
    return {
        "full": (point.diffusivity, *point.interval),
        "root": float(weppner_huggins(duration, steady, rooted, host.volume_per_area)),
        "two readings": float(weppner_huggins(duration, steady, ends, host.volume_per_area)),
        "refusal": point.short_time_refusal,
    }


def compare_titration_limits():
    """The solutions beside limits and a printed root, as a table (ours, expected, deviation).

    Examples
    --------
    >>> bool(compare_titration_limits()["deviation"].abs().max() < 2e-4)
    True
    """
    early = 1e-8
    rooted = {shape: faces * current_step(early, shape) / np.sqrt(early) for shape, faces in SHAPES.items()}
    time = np.concatenate([[0], np.geomspace(1e-9, 60, 20001)])
    rows = {
        "pulse, film: surface over √t, short": (rooted["film"], 2 / np.sqrt(np.pi)),
        "pulse, sphere: surface over √t, short": (rooted["sphere"], 2 / np.sqrt(np.pi)),
        "pulse, film: surface ahead of the mean, long": (current_step(5.0, "film") - 5, 1 / 3),
        "pulse, sphere: surface ahead of the mean, long": (current_step(5.0, "sphere") - 5, 1 / 15),
        "step, film: D by Cottrell over D, no interface, short": (
            cottrell(1.0, potential_step(1e-3, 1e7, "film") * np.sqrt(1e-3), 1.0),
            1.0,
        ),
        "step, film: charge of Biot number 3": (np.trapezoid(potential_step(time, 3.0, "film"), time), 1.0),
        "step, film: first root of b tan b = 1 (Crank's table: 0.8603)": (np.sqrt(slowest_rate(1.0, "film")), 0.8603),
        "step, sphere: first root of b cot b = 0": (np.sqrt(slowest_rate(1.0, "sphere")), np.pi / 2),
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["ours", "expected"])
    return table.assign(deviation=table["ours"] / table["expected"] - 1)
