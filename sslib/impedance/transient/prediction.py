"""A predicted answer beside the measured one, and steps beside their closed forms."""

from dataclasses import dataclass

import numpy as np

from sslib.impedance.elements import C, FiniteLengthWarburg, FiniteSpaceWarburg, R, Warburg
from sslib.impedance.transient.approximation import approximate


@dataclass(frozen=True, eq=False)
class Prediction:
    """What `predict` returns.

    Attributes
    ----------
    voltage : numpy.ndarray
        Predicted at the samples [V], the rest as it was measured.
    off : float
        Root mean square of predicted minus measured over that of the measured answer [1].
    scale : float
        The one factor on the prediction that comes nearest [1].
    scaled : numpy.ndarray
        The prediction times that, at the samples [V].
    off_scaled : float
        As ``off``, for that: what remains is shape.
    """

    voltage: np.ndarray
    off: float
    scale: float
    scaled: np.ndarray
    off_scaled: float


def predict(record, poles):
    """A record as another measurement of such a cell predicts it, as it is and with one factor on the impedance.

    Parameters
    ----------
    record : PulseRecord
    poles : PoleImpedance
        From a circuit or a spectrum.

    Returns
    -------
    Prediction
        The voltage at rest is that of the samples before the first jump (of the best shift where there is none): it is
        no part of a prediction.
    """
    answer = poles.after_steps(record.time, record.edges, record.current)
    rest = np.mean(record.voltage - answer) if np.isnan(record.rest) else record.rest
    measured = record.voltage - rest
    size = np.sqrt(np.mean(measured**2))
    scale = float(answer @ measured / (answer @ answer))

    def off(predicted):
        return float(np.sqrt(np.mean((predicted - measured) ** 2)) / size)

    return Prediction(rest + answer, off(answer), scale, rest + scale * answer, off(scale * answer))


def compare_steps():
    r"""Steps of this package beside the closed forms of Fick's law and of an arc, at several times (DataFrame).

    With R = 1 ohm and tau = 1 s the answers to 1 A are :math:`1 - e^{-t}` (R|C), :math:`2\sqrt{2 t/\pi}` (Warburg,
    1 ohm s^-0.5), :math:`1 - \frac{8}{\pi^2} \sum_{n\,\text{odd}} e^{-n^2 \pi^2 t/4}/n^2` (open end) and
    :math:`t + \frac13 - \frac{2}{\pi^2} \sum_n e^{-n^2 \pi^2 t}/n^2` (blocked end).
    """
    import pandas as pd

    n = np.arange(1, 4001)
    odd = n[::2]
    closed = {
        "R|C": (R("R") | C("C"), lambda t: -np.expm1(-t)),
        "Warburg": (Warburg("sigma"), lambda t: 2 * np.sqrt(2 * t / np.pi)),
        "diffusion, open end": (
            FiniteLengthWarburg("R", "tau"),
            lambda t: 1 - 8 / np.pi**2 * (np.exp(-(odd**2) * np.pi**2 * t / 4) / odd**2).sum(),
        ),
        "diffusion, blocked end": (
            FiniteSpaceWarburg("R", "tau"),
            lambda t: t + 1 / 3 - 2 / np.pi**2 * (np.exp(-(n**2) * np.pi**2 * t) / n**2).sum(),
        ),
    }
    rows = []
    for name, (circuit, form) in closed.items():
        poles = approximate(circuit, 1e-5, 1e6, **dict.fromkeys(circuit.names, 1.0))
        for time in (1e-2, 1.0):
            ours, theirs = float(poles.step(time)), float(form(time))
            rows.append({"step of": name, "time [s]": time, "ours [Ω]": ours, "closed form [Ω]": theirs})
    frame = pd.DataFrame(rows)
    return frame.assign(deviation=frame["ours [Ω]"] / frame["closed form [Ω]"] - 1)
