"""Where the resistance of a cell comes from."""

from dataclasses import dataclass

import numpy as np

from sslib.impedance.fitting.results import LEVEL, PROBE

DRAWS = 1000
STORAGE = "storage"
POOR = 0.05


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
        When a parameter that scales as an impedance has no part, or ``among`` names an unknown one.
    """
    frequency = min(result.frequency) if frequency is None else frequency
    split = resistance_split(result.model, frequency, _draws(result, seed), parts)
    unknown = sorted(set(among or ()) - set(parts.values()))
    if unknown:
        raise ValueError(
            f"there are no parts {', '.join(unknown)}; known are {', '.join(dict.fromkeys(parts.values()))}"
        )
    stacked = np.stack(list(split.values()))
    rivals = [k for k, part in enumerate(split) if part != STORAGE and (among is None or part in among)]
    winner = np.array(rivals)[np.argmax(stacked[rivals, 1:], axis=0)] if rivals else np.full(DRAWS, -1)
    ends = np.quantile(stacked[:, 1:], [0.5 - level / 2, 0.5 + level / 2], axis=1)
    return {
        part: Share(float(stacked[k, 0]), (float(ends[0, k]), float(ends[1, k])), float(np.mean(winner == k)))
        for k, part in enumerate(split)
    }


def resistance_split(model, frequency, values, parts):
    """The split of `resistance_budget` at given parameter values.

    Parameters
    ----------
    model : Circuit
    frequency : float
        [Hz].
    values : dict
        Numbers, or arrays of one shape (sets,).
    parts : dict
        As for `resistance_budget`.

    Returns
    -------
    dict
        By part its share of the real part [ohm], shape (sets,); "storage" last.
    """
    scaling = {p.name: p.quantity.scaling for p in model.parameters}
    missing = [name for name, power in scaling.items() if power > 0 and name not in parts]
    if missing:
        raise ValueError(f"parameters without a part: {', '.join(missing)}")
    if STORAGE in parts.values():
        raise ValueError(f"{STORAGE!r} is what capacitances add; a part of this name would be lost in it")
    impedance, slopes = model.derivatives([frequency], **{name: np.atleast_1d(values[name]) for name in model.names})
    split = dict.fromkeys(dict.fromkeys(parts[name] for name, power in scaling.items() if power > 0), 0.0)
    for name, power in scaling.items():
        if power > 0:
            split[parts[name]] = split[parts[name]] + values[name] * slopes[name][:, 0].real
    split[STORAGE] = impedance[:, 0].real - sum(split.values())
    return split


def limiting(result, budget, parts, among, rivals=()):
    """Which part limits, in words, and why that is not decided where it is not.

    Parameters
    ----------
    result : FitResult
    budget : dict of str to Share
        From `resistance_budget` at the lowest frequency, with the same ``parts`` and ``among``.
    among : iterable of str
        The parts in question.
    rivals : iterable of (Circuit, dict)
        Other models that fit as well, with their values, beside the fit's own rival solutions.

    Returns
    -------
    text : str
        The part, several joined by "or" where the draws or the rival models disagree, or "not decided".
    reasons : list of str
        Why it is not decided, or why several are named.
    """
    frequency = min(result.frequency)
    total = sum(share.value for share in budget.values())
    ranked = sorted((part for part in among if part in budget), key=lambda part: -budget[part].largest)
    leaders = [part for part in ranked if budget[part].largest > 0.05] or ranked[:1]
    reasons, doubts = [], []
    scatter = np.sqrt(np.mean(np.abs(result.fitted / result.impedance - 1) ** 2) / 2)
    if scatter > POOR:
        doubts.append(f"the model misses the spectrum by {100 * scatter:.2g} % of |Z|")
    if budget[STORAGE].value > 0.5 * total:
        doubts.append("at the lowest frequency most of Re Z is the loss of a capacitance: no resistance is reached")
    negative = [part for part, share in budget.items() if share.value < -0.05 * total]
    if negative:
        doubts.append(f"the share of {' and '.join(negative)} is negative, which no part of a cell is")
    if any(verdict.kind == "not converged" for verdict in result.verdicts):
        doubts.append("the fit did not converge")
    open_names = {name for v in result.verdicts if v.kind == "not determined" for name in v.parameters}
    doubts += [f"{name} is not determined" for name in sorted(open_names) if parts.get(name) in leaders]
    own = [(result.model, values) for values, _ in result.rivals]
    for model, values in (*own, *rivals):
        split = resistance_split(model, frequency, values, parts)
        other = max((part for part in among if part in split), key=lambda part: float(split[part][0]))
        if other not in leaders:
            leaders.append(other)
            reasons.append(f"a rival solution that fits as well has {other} as the largest")
    return ("not decided" if doubts else " or ".join(leaders)), doubts + reasons


def _draws(result, seed):
    """Parameter values, the fitted ones first, then draws from the covariance: arrays of shape (1 + draws,)."""
    rng = np.random.default_rng(seed)
    names = result.model.names
    finite = np.isfinite(np.diagonal(result.covariance))
    covariance = np.where(np.outer(finite, finite), result.covariance, 0)
    steps = rng.multivariate_normal(np.zeros(len(finite)), covariance, DRAWS, check_valid="ignore")
    steps = np.clip(steps, -np.log(PROBE), np.log(PROBE))
    steps[:, ~finite] = rng.uniform(-np.log(PROBE), np.log(PROBE), (DRAWS, (~finite).sum()))
    values = {name: np.full(1 + DRAWS, float(result.values[name])) for name in names}
    for k, name in enumerate(result.free):
        quantity = result.model.parameters[names.index(name)].quantity
        column = values[name][1:]
        if quantity.logarithmic:
            column *= np.exp(steps[:, k])
        else:
            np.clip(column + steps[:, k], *quantity.possible, out=column)
    return values
