"""What a fit of a wrong model reads: its parameters beside the true ones, and the noise that would hide the misfit."""

from types import SimpleNamespace

import numpy as np

from sslib.impedance.fitting import fit
from sslib.impedance.fitting.judgement import chi_square_quantile


def read_as(model, network, frequency, values, fixed=None, noise=1e-3):
    """Fit of a model to the exact spectrum of a network.

    Parameters
    ----------
    model : Circuit
        What one takes the electrode for.
    network : Circuit
        What it is.
    frequency : array_like
        [Hz].
    values : dict
        Parameters of the network; where the model has all of its own among them, they are a start of the fit.
    fixed : dict, optional
        Parameters of the model that are known otherwise.
    noise : float
        Relative standard deviation that the fit assumes of each part [1].

    Returns
    -------
    FitResult
        The spectrum has no noise: what differs from the network's parameters is the model's error, and the reduced
        chi-square is what that error adds to the one (1 in the mean) that noise of the assumed size leaves.

    Examples
    --------
    A blocking pore whose electrolyte conducts twice as well at the mouth as at the end, taken for uniform: a quarter of
    its resistance is missed, but beside noise of 0.1 % it shows that something is wrong.

    >>> from sslib.impedance import C, Network, R, TransmissionLine, graded
    >>> wall, pair = C("C_dl"), ("ion", "electron")
    >>> layer = graded({"ion": R("R_ion"), "electron": None}, {pair: wall}, {"ion": lambda s: 2 - s})
    >>> pore = Network(layer.regions, ("ion", 0), ("electron", len(layer.regions)))
    >>> line = TransmissionLine(ion=R("R_ion"), interface=wall)
    >>> found = read_as(line, pore, np.geomspace(1e3, 0.1, 30), {"R_ion": 100.0, "C_dl": 1e-3})
    >>> round(found.values["R_ion"]), found.reduced_chi_square > 100
    (78, True)
    """
    frequency = np.asarray(frequency, dtype=float)
    starts = {name: values[name] for name in model.names if name in values and name not in (fixed or {})}
    complete = len(starts) + len(fixed or {}) == len(model.names)
    spectrum = SimpleNamespace(frequency=frequency, impedance=network.impedance(frequency, **values))
    return fit(model, spectrum, starts=starts if complete else None, fixed=fixed, noise=noise)


def against_truth(result, truth):
    """A fit's parameters beside the true ones: value, ends, truth, factor between, and what the interval says of it.

    Parameters
    ----------
    result : FitResult
    truth : dict

    Returns
    -------
    pandas.DataFrame
        ``interval`` is "holds the truth", "excludes the truth", or "open" where both ends are.
    """
    import pandas as pd

    rows = {}
    for name in result.free:
        low, high = result.interval(name)
        excluded = (low is not None and truth[name] < low) or (high is not None and truth[name] > high)
        says = "excludes the truth" if excluded else "open" if low is None and high is None else "holds the truth"
        value = result.values[name]
        rows[name] = value, low, high, truth[name], value / truth[name], says
    frame = pd.DataFrame.from_dict(
        rows, orient="index", columns=["value", "from", "to", "truth", "too large by a factor of", "interval"]
    )
    return frame.astype(dict.fromkeys(frame.columns[:-1], float))


def noise_that_hides(result):
    """Noise [1] above which the residuals of a wrong model would not be told from it, from a fit without noise.

    Chi-square then stays below what chance exceeds once in a thousand, which is where `fit` speaks up.
    """
    dof = result.degrees_of_freedom
    limit = chi_square_quantile(0.999, dof) / dof
    return float(np.sqrt(result.chi_square * result.noise**2 / dof / (limit - 1)))


def largest_deviation(impedance, reference):
    """max over frequency of \\|Z/Z_reference − 1\\| [1], for spectra in rows or one."""
    return np.max(np.abs(np.asarray(impedance) / reference - 1), axis=-1)
