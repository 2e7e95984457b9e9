"""Step 8: the same line in time, answering to a pulse of current."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from sslib.impedance.circuit import Grid
from sslib.impedance.elements import C, R
from sslib.impedance.evolution.electrode import stored, two_rails
from sslib.impedance.evolution.matter import SPHERE
from sslib.impedance.evolution.step import LEVEL, Estimate, Fitted, Outcome, Step, Variant
from sslib.impedance.misreading import largest_deviation
from sslib.impedance.transient import approximate, fit_pulse, simulate_pulses

ACCURACY = 1e-7
NODES = 24


@dataclass(frozen=True)
class Pulse:
    """A current that flows for a time and back for as long, from rest to rest, and when the voltage is sampled.

    Attributes
    ----------
    current : float
        [A]
    duration : float
        Of the current, of the current back, and of the rest after it [s].
    shortest : float
        Time from a jump to the first sample after it [s].
    points : int
        Samples in a decade of the time since a jump.
    """

    current: float = 1e-3
    duration: float = 600.0
    shortest: float = 1e-4
    points: int = 15

    def record(self, variant, noise=0.0, seed=0):
        """A `PulseRecord` of what a circuit answers; ``noise`` is the standard deviation of a sample [V]."""
        band = 1e-3 / (2 * np.pi * self.duration), 1e3 / (2 * np.pi * self.shortest)
        return simulate_pulses(
            approximate(variant.model, *band, ACCURACY, **variant.values), [self.duration], self.current,
            shortest=self.shortest, rest=self.duration, noise=noise, points=self.points, seed=seed,
        )  # fmt: skip


def inverted_step(variant, time, nodes=NODES):
    r"""Voltage for each ampere of a current that begins at time zero [ohm], by inversion of the Laplace transform.

    .. math:: S(t) = \frac{r}{M} \left[\tfrac12 \frac{Z(r)}{r} e^{r t} + \sum_k \operatorname{Re}
        \left(e^{s_k t} \frac{Z(s_k)}{s_k} (1 + i \sigma_k)\right)\right], \qquad s_k = r \theta_k (\cot\theta_k + i)

    with :math:`r = 2M/5t`, :math:`\theta_k = k\pi/M` and :math:`\sigma = \theta + (\theta\cot\theta - 1)\cot\theta`
    (Talbot's contour as J. Abate, P. P. Valkó, Int. J. Numer. Methods Eng. 60 (2004) 979, fix it).

    Parameters
    ----------
    variant : Variant
    time : array_like
        [s], above zero.
    nodes : int
        M on the contour: 24 give eight digits.
    """
    angle = np.arange(1, nodes) * np.pi / nodes
    cotangent = 1 / np.tan(angle)
    contour = np.concatenate([[1.0], angle * (cotangent + 1j)])
    weight = np.concatenate([[0.5], 1 + 1j * (angle + (angle * cotangent - 1) * cotangent)])
    values = np.array([[variant.values[slot.name] for slot in variant.model.slots]])
    answer = []
    for t in np.atleast_1d(time):
        rate = 2 * nodes / (5 * t)
        s = rate * contour
        # A circuit takes the angular frequency, which is s/i off the imaginary axis, too.
        impedance = variant.model.evaluate(Grid(s / 1j), values, None)[0]
        answer.append(rate / nodes * np.sum((np.exp(s * t) * impedance / s * weight).real))
    return np.array(answer)


def poles_deviation(variant, pulse):
    """Largest relative deviation [1] of a pulse's voltage by poles from that by inversion of the Laplace transform."""
    record = pulse.record(variant)
    during = (record.time > 0) & (record.time < pulse.duration)
    theirs = pulse.current * inverted_step(variant, record.time[during])
    return float(largest_deviation(record.voltage[during], theirs))


def steady_resistance(values):
    r"""Resistance [ohm] of the line once everything moves evenly: what a steady state has besides its storage.

    .. math:: R_\text{steady} = \tfrac13 (R_\text{ion} + R_\text{el}) + R_\text{ct} + \tfrac15 R_d

    >>> steady_resistance({"R_ion": 27.0, "R_el": 3.0, "R_ct": 1.0, "R_d": 10.0})
    13.0
    """
    return (values["R_ion"] + values["R_el"]) / 3 + values["R_ct"] + values["R_d"] / 5


def transient(values, pulse=None):
    """Step 8: the line's answer to a pulse, for a steady state: one resistance, and the charge in the particles."""
    line = Variant.of(two_rails(SPHERE), values)
    steady = {"R_steady": (steady_resistance, "ohm"), "C_stored": (stored, "F")}
    return Step(
        number=8,
        aspect="time",
        adds="The line answers to any current in time: a pulse, its relaxation, a train of them.",
        first="Sums of relaxations for any such network: W. Cauer, Arch. Elektrotech. 17 (1926) 355 (the page not "
        "verified). The review names no author for electrodes in space and time; presumably A. Shodiev et al., J. "
        "Power Sources 454 (2020) 227871 (not verified).",
        ends="The linear range: large currents change the charge transfer (Butler-Volmer) and the storage.",
        now=Variant(line.model, line.values, derived=steady),
        before=Variant(R("R_steady") + C("C_stored"), {name: own(values) for name, (own, _) in steady.items()}),
        route="the Laplace transform inverted",
        check=partial(poles_deviation, line, pulse or Pulse()),
        tolerance=1e-6,
        of="s",
    )


def examine_pulse(step, pulse=None, noise=0.003, seed=1):
    """Error of a steady resistance, check of the answer in time, and fits of both to one pulse.

    Parameters
    ----------
    step : Step
        From `transient`, of the same pulse.
    pulse : Pulse, optional
    noise : float
        Standard deviation of a sample over the largest voltage [1].
    seed : int

    Returns
    -------
    Outcome
        On a grid of times, in volts.
    """
    pulse = pulse or Pulse()
    exact = pulse.record(step.now)
    scatter = noise * np.abs(exact.voltage).max()
    measured = pulse.record(step.now, scatter, [seed, step.number])
    return Outcome(
        step=step,
        grid=exact.time,
        response=exact.voltage,
        before=pulse.record(step.before).voltage,
        check=float(step.check()),
        fitted=_fitted(step.now, measured, scatter),
        fitted_before=_fitted(step.before, measured, scatter),
    )


def _fitted(variant, record, scatter):
    """A variant fitted to the record; the parameters' names mean what they say."""
    found, truth = fit_pulse(variant.model, record, noise=scatter), variant.values
    estimates = [
        Estimate(p.name, p.unit, found.values[p.name], found.interval(p.name, LEVEL), truth[p.name])
        for p in variant.model.parameters
    ]
    for name, (function, unit) in variant.derived.items():
        value, interval = found.derive(function, LEVEL)
        estimates.append(Estimate(name, unit, value, interval, float(function(truth))))
    return Fitted(tuple(estimates), float(found.reduced_chi_square), found.result.degrees_of_freedom)
