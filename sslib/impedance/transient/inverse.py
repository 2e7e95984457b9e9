"""From a pulse back to a circuit's parameters, with intervals and verdicts."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sslib.checks import check_positive
from sslib.impedance.circuit import Circuit
from sslib.impedance.fitting import FitResult, Verdict, fit
from sslib.impedance.transient.approximation import approximate, top_inductances
from sslib.impedance.transient.compression import Compressed
from sslib.impedance.transient.record import PulseRecord

LEVEL = 0.95


class _Seen(Circuit):
    """A circuit as a pulse sees it: the same parameters, and the turned answer in place of the impedance."""

    def __init__(self, circuit, grid, matrix):
        self.circuit, self.own_grid, self.matrix = circuit, grid, matrix
        self.slots = circuit.slots
        self.children = [(circuit, slice(0, len(self.slots)))]

    @property
    def terms(self):
        """An answer is linear in the impedance: what stands in series there stands so here."""
        return tuple(_Seen(term, self.own_grid, self.matrix) for term in self.circuit.terms)

    @property
    def exchanges(self):
        return self.circuit.exchanges

    def evaluate(self, grid, values, jacobian):
        shape = (len(values), len(self.own_grid.omega))
        inner = None if jacobian is None else np.empty((len(values), len(self.slots), shape[1]), dtype=complex)
        impedance = np.broadcast_to(self.circuit.evaluate(self.own_grid, values, inner), shape)
        if jacobian is not None:
            jacobian[:] = self._answer(inner)
        return self._answer(impedance)

    def _answer(self, impedance):
        real = np.concatenate([impedance.real, impedance.imag], axis=-1) @ self.matrix.T
        return np.ascontiguousarray(real).view(complex)


@dataclass(frozen=True)
class _Turned:
    """What `fit` takes for a spectrum: the turned record, under frequencies that span its band."""

    frequency: np.ndarray
    impedance: np.ndarray


@dataclass(frozen=True, eq=False)
class PulseFit:
    """The outcome of `fit_pulse`.

    Attributes
    ----------
    circuit : Circuit
    record : PulseRecord
    result : FitResult
        As `fit` gives it, of the turned record: values, profile intervals, derived quantities, covariance.
    scatter : float
        Standard deviation of a sample [V].
    together : float
        Factor by which a slow answer scatters more than white noise of that size, as neighbouring samples go together.
    noise_stated : bool
    rest, drift : float
        Voltage before the first jump [V], and its drift [V/s]; zero where none was asked for.
    fitted : numpy.ndarray
        Voltage at the samples [V].
    verdicts : tuple of Verdict
        Those of the fit, and what the record's times leave open.
    """

    circuit: Circuit
    record: PulseRecord
    result: FitResult
    scatter: float
    together: float
    noise_stated: bool
    rest: float
    drift: float
    fitted: np.ndarray
    verdicts: tuple

    def __str__(self):
        return "\n".join([str(replace(self.result, verdicts=())), *(f"- {verdict}" for verdict in self.verdicts)])

    @property
    def values(self):
        """Every parameter in its unit."""
        return self.result.values

    def interval(self, name, level=LEVEL):
        """Profile-likelihood interval of a parameter in its unit; None for an end that the pulse leaves open."""
        return self.result.interval(name, level)

    def derive(self, function, level=LEVEL):
        """Value and interval of a positive quantity that follows from the parameters, as `FitResult.derive`."""
        return self.result.derive(function, level)

    @property
    def residuals(self):
        """Model minus measured [V]."""
        return self.fitted - self.record.voltage

    @cached_property
    def reduced_chi_square(self):
        """Of the turned record against its own noise [1]: 1 where the circuit says all that the pulse says."""
        return self.result.reduced_chi_square


def fit_pulse(circuit, record, *, starts=None, fixed=None, bounds=None, noise=None, drift=False):
    r"""Fit a circuit to a cell's answer to steps of the current, and say what the pulse does not determine.

    .. math:: V(t) = V_0 + v t + \sum_j \Delta I_j \, S(t - t_j), \qquad S \text{ the step response of } Z

    Residuals are weighted once and their squares summed, in the coordinates, bounds and with the search of `fit`. The
    derivatives are the circuit's own: a voltage is a linear map of the impedance (`StepOperator`).

    Parameters
    ----------
    circuit : Circuit
    record : PulseRecord
    starts, fixed, bounds : dict, optional
        As for `fit`.
    noise : float, optional
        Standard deviation of a sample [V], taken for white. Without it, it is what is left of the record when all that
        any circuit of resistors and capacitors can answer is taken out, widened where neighbouring samples go together.
    drift : bool
        Whether the voltage at rest moves evenly. A slow relaxation looks like it.

    Returns
    -------
    PulseFit

    Raises
    ------
    ValueError
        As `fit`; for a record shorter than its answer has numbers, an inductance inside the circuit, and a solution
        that is no network of resistors and capacitors.

    Notes
    -----
    Holds in the linear range, for a cell that was at rest before the first jump.
    """
    if not isinstance(record, PulseRecord):
        raise TypeError(f"record is {type(record).__name__}; a PulseRecord goes here: pulse_record of a TimeSeries")
    if noise is not None:
        check_positive(noise=noise)
    top_inductances(circuit)
    compressed = Compressed(record, drift)
    scatter, together = compressed.scatter() if noise is None else (float(noise), 1.0)
    seen = _Seen(circuit, compressed.operator.grid, compressed.matrix)
    turned = compressed.data.view(complex)
    spectrum = _Turned(np.geomspace(*record.band[::-1], len(turned)), turned)
    result = fit(seen, spectrum, starts=starts, fixed=fixed, bounds=bounds, error="unit", noise=scatter * together)
    answer = compressed.operator(circuit.impedance(compressed.operator.frequency, **result.values))
    time = record.time - record.time[0]
    others = np.stack([np.ones_like(time), time][: 1 + drift], axis=1)
    (rest, *slope), *_ = np.linalg.lstsq(others, record.voltage - answer, rcond=None)
    return PulseFit(
        circuit=circuit,
        record=record,
        result=result,
        scatter=scatter,
        together=together,
        noise_stated=noise is not None,
        rest=float(rest),
        drift=float(slope[0]) if slope else 0.0,
        fitted=answer + others @ [rest, *slope],
        verdicts=(*map(_of_a_pulse, result.verdicts), *_beyond_the_record(circuit, result.values, record)),
    )


def _of_a_pulse(verdict):
    """A verdict of `fit`, which speaks of a spectrum, in words for a pulse."""
    return replace(verdict, text=verdict.text.replace("spectrum", "pulse").replace("spectra", "pulses"))


def _beyond_the_record(circuit, values, record):
    """Verdicts on relaxations of the solution that are over before the first sample, or not in sight of the last."""
    shortest, longest = record.span
    poles = approximate(circuit, record.band[0] / 1e3, record.band[1] * 1e3, 1e-4, **values)
    fast = poles.resistances[poles.times < shortest / 3].sum()
    slow = poles.resistances[poles.times > 3 * longest].sum()
    if fast > 0:
        yield Verdict(
            "faster than the record",
            (),
            f"Of the solution {fast + poles.resistance:.3g} ohm answer within {1e3 * shortest / 3:.2g} ms, a third of "
            f"the first sample after a jump: the pulse knows their sum alone.",
        )
    if slow > 0 or poles.elastance:
        yield Verdict(
            "slower than the record",
            (),
            f"Relaxations slower than {3 * longest:.3g} s, three times the longest step, are a slope to this pulse: "
            "what they would come to it does not know.",
        )
