"""Where the resistance of a cell comes from."""

from dataclasses import dataclass

import numpy as np

from sslib.impedance.circuit import Evaluator, Grid
from sslib.impedance.results import LEVEL, PROBE

DRAWS = 1000
STORAGE = "storage"


@dataclass(frozen=True)
class Share:
    """A part's contribution to the real part of the impedance [ohm], and in what share of draws it is the largest."""

    value: float
    interval: tuple
    largest: float


def resistance_budget(result, parts, frequency=None, among=None, level=LEVEL, seed=0):
    r"""Split the real part of the impedance at one frequency by what causes it.

    An impedance is homogeneous of first degree in its resistances and reciprocal admittances, so by Euler's theorem

    .. math:: \mathrm{Re}\,Z = \sum_k R_k \, \mathrm{Re}\, \partial Z/\partial R_k + \text{storage}

    exactly, at any frequency and for any circuit; storage is what capacitances and constant-phase elements add. Toward
    low frequency this is the familiar third of a rail, the charge-transfer resistance, a fifth of the diffusion
    resistance where the electrode reacts evenly; where the rails resist more than the interface, the shares shift.

    Parameters
    ----------
    result : FitResult
    parts : dict
        Name of the part for each parameter that scales as an impedance; parameters of one part are added up.
    frequency : float, optional
        [Hz]; the lowest of the data if not given. Further down would be extrapolation.
    among : iterable of str, optional
        The parts of which the largest is sought; all but storage if not given.
    level : float
    seed : int
        Of the draws from the fit's covariance that give the intervals. A coordinate without a limit is drawn within
        the factor of four that the fit has probed: its share's interval is then a lower bound of the truth.

    Returns
    -------
    dict of str to Share
        By part, in the order of ``parts``, then "storage".

    Raises
    ------
    ValueError
        When a parameter that scales as an impedance has no part.
    """
    scaling = {p.name: p.quantity.scaling for p in result.model.parameters}
    missing = [name for name, power in scaling.items() if power > 0 and name not in parts]
    if missing:
        raise ValueError(f"parameters without a part: {', '.join(missing)}")
    frequency = min(result.frequency) if frequency is None else frequency
    values = _draws(result, seed)
    impedance, jacobian = Evaluator(result.model)(Grid(2 * np.pi * np.array([frequency])), values)
    split = {part: np.zeros(len(values)) for part in dict.fromkeys(parts.values())}
    for k, (name, power) in enumerate(scaling.items()):
        if power > 0:
            split[parts[name]] += values[:, k] * jacobian[:, k, 0].real
    split = {part: share for part, share in split.items() if share.any()}
    split[STORAGE] = impedance[:, 0].real - sum(split.values())
    stacked = np.stack(list(split.values()))
    rivals = [k for k, part in enumerate(split) if part != STORAGE and (among is None or part in among)]
    winner = np.array(rivals)[np.argmax(stacked[rivals, 1:], axis=0)] if rivals else np.full(DRAWS, -1)
    ends = np.quantile(stacked[:, 1:], [0.5 - level / 2, 0.5 + level / 2], axis=1)
    return {
        part: Share(float(stacked[k, 0]), (float(ends[0, k]), float(ends[1, k])), float(np.mean(winner == k)))
        for k, part in enumerate(split)
    }


def _draws(result, seed):
    """Parameter sets, the fitted one first, then draws from the covariance; shape (1 + draws, parameters)."""
    rng = np.random.default_rng(seed)
    names = result.model.names
    finite = np.isfinite(np.diagonal(result.covariance))
    covariance = np.where(np.outer(finite, finite), result.covariance, 0)
    steps = rng.multivariate_normal(np.zeros(len(finite)), covariance, DRAWS, check_valid="ignore")
    steps = np.clip(steps, -np.log(PROBE), np.log(PROBE))
    steps[:, ~finite] = rng.uniform(-np.log(PROBE), np.log(PROBE), (DRAWS, (~finite).sum()))
    values = np.tile([result.values[name] for name in names], (1 + DRAWS, 1))
    for k, name in enumerate(result.free):
        parameter = result.model.parameters[names.index(name)]
        column = values[1:, names.index(name)]
        if parameter.quantity.logarithmic:
            column *= np.exp(steps[:, k])
        else:
            column += steps[:, k]
            np.clip(column, *parameter.quantity.possible, out=column)
    return values
