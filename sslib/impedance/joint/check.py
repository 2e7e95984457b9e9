"""To plan a joint fit and to trust it: spectra of known truth, what is found of it, and an independent calculation."""

import numpy as np
from scipy.linalg import solve_banded

from sslib.impedance.joint.model import Joint
from sslib.impedance.line import TransmissionLine
from sslib.instruments import Spectrum


def simulate_joint(models, frequency, values, *, laws=None, noise=0.003, seed=0):
    """Spectra of known truth, as `fit_joint` takes them: for exercises, and to plan what to measure.

    Parameters
    ----------
    models : dict
        By label the circuit of each spectrum.
    frequency : array_like
        Frequencies [Hz], shape (frequencies,), the same for all.
    values : dict
        The joint parameters in their units.
    laws : dict, optional
        As for `fit_joint`; temperatures and numbers have to be given here.
    noise : float
        Relative standard deviation of the real and of the imaginary part [1].
    seed : int

    Returns
    -------
    dict
        By label the pair of circuit and `Spectrum`.
    """
    frequency = np.sort(np.asarray(frequency, dtype=float))[::-1]
    model = Joint({label: (circuit, len(frequency)) for label, circuit in models.items()}, laws)
    exact = model.impedance(np.tile(frequency, len(models)), **values)
    chance = np.random.default_rng(seed).standard_normal((len(exact), 2)) @ [1, 1j]
    measured = exact + noise * np.abs(exact) * chance
    return {
        label: (part.model, Spectrum(frequency, measured[part.own], source=f"generated, {label}"))
        for label, part in model.parts.items()
    }


def recovered(result, truth):
    """The parameters whose true value is known: value, ends of the interval, truth, and "yes" or "no" for inside.

    Parameters
    ----------
    result : FitResult
    truth : dict
        True values by name.

    Returns
    -------
    pandas.DataFrame
        An interval that is open at one end counts as one that misses.
    """
    import pandas as pd

    rows = {}
    for name in result.free:
        if name in truth:
            low, high = result.interval(name)
            inside = None not in (low, high) and low < truth[name] < high
            rows[name] = result.values[name], low, high, truth[name], "yes" if inside else "no"
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "from", "to", "truth", "inside"])


def ladder_deviation(model, frequency, values, cells=1000):
    """Largest relative deviation [1] of a circuit with a transmission line in series from the same with a ladder.

    The ladder is a network of so many resistors in each rail and the interface between them, solved node by node: it
    knows nothing of the closed forms. Its own error falls with the square of the number of cells.

    Parameters
    ----------
    model : Circuit
        A transmission line, alone or in series with others.
    frequency : array_like
        [Hz], shape (frequencies,).
    values : dict
        A number for each parameter.
    cells : int
    """
    lines = [term for term in model.terms if isinstance(term, TransmissionLine)]
    if len(lines) != 1 or lines[0].ion is None or lines[0].electron is None:
        raise ValueError(f"{model!r} has {len(lines)} lines in series; one with two rails is compared with a ladder")
    (line,) = lines
    own = [
        part.impedance(frequency, **{name: values[name] for name in part.names})
        for part in (line, line.ion, line.electron, line.interface)
    ]
    whole = model.impedance(frequency, **values)
    ladder = np.array([_ladder(*z, line.terminals, cells) for z in zip(*own[1:], strict=True)])
    return float(np.max(np.abs((ladder - own[0]) / whole)))


def _ladder(ion, electron, interface, terminals, cells):
    """Impedance [ohm] of a ladder at one frequency; nodes of the two rails alternate, half cells at both faces."""
    weight = np.ones(cells + 1)
    weight[[0, -1]] = 0.5
    along = np.tile([cells / ion, cells / electron], cells)
    bands = np.zeros((5, 2 * (cells + 1)), dtype=complex)
    across = weight / (interface * cells)
    bands[1, 1::2] = bands[3, 0::2] = -across
    bands[0, 2:] = bands[4, :-2] = -along
    bands[2] = np.repeat(across, 2)
    bands[2, :-2] += along
    bands[2, 2:] += along
    source, sink = {
        "ion-electron": (0, -1),
        "ion-ion": (0, -2),
        "electron-electron": (1, -1),
        "same-face": (0, 1),
    }[terminals]
    # The sink is ground: its own equation is cut out by an admittance beside which nothing else counts.
    bands[2, sink] *= 1e14
    current = np.zeros(bands.shape[1], dtype=complex)
    current[source] = 1
    return solve_banded((2, 2), bands, current)[source]
