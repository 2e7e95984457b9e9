"""The search for the deepest basin: many starts and a first look; from the best, terms, branches and kicks.

A line of two rails has a twin: a wrong minimum of nearly the same spectrum, which no number of starts avoids and a kick
of the series resistance leaves. That is what the kicks are for.
"""

import numpy as np

from sslib.impedance.fitting.minimise import Solution
from sslib.impedance.fitting.starts import StartDictionary

# Up to so many parameters one dictionary finds the basin: five reach it in 99.9 % of random lines.
FEW = 5
FIRST_LOOK = 20
LOOK = 60
# Of each branch so many times the number of starts are drawn anew and looked at, so many times that number go on.
GLANCE = 20
DRAWN = PROMISING = 2
ROUNDS = 10
KICK = 4.0
FINISHED = 2


def search(problem_of, data, weights, circuit, omega, count, fixed, given=None):
    """Solutions of every start that was tried, shape (spectra, tries), the fits from the best of them finished.

    Parameters
    ----------
    problem_of : callable
        ``problem_of(starts, spectra, max_iterations)`` fits rows of starts to the spectra of these numbers.
    data, weights : numpy.ndarray
        Impedances [ohm] and reciprocal standard deviations [1/ohm], shape (spectra, frequencies).
    circuit : Circuit
    omega : numpy.ndarray
        Angular frequencies [rad/s].
    count : int
        How many starts.
    fixed : dict
        Values by column of parameters that are held.
    given : numpy.ndarray, optional
        Starts beside those of the dictionary, shape (spectra, starts, parameters).

    Returns
    -------
    list of Solution
        One for each spectrum, the best first.
    """
    dictionary = StartDictionary(circuit, omega)
    several = len(circuit.names) > FEW

    def tries(spectra, starts, iterations):
        for column, value in fixed.items():
            starts[:, :, column] = value
        return _by_spectrum(
            problem_of(starts.reshape(-1, starts.shape[2]), np.repeat(spectra, starts.shape[1]), iterations),
            len(spectra),
        )

    moved = np.array([k for k, p in enumerate(circuit.parameters) if p.quantity.logarithmic and k not in fixed], int)
    every = np.arange(len(data))
    starts = dictionary.choose(data, weights, count)
    if given is not None:
        starts = np.concatenate([given, starts], axis=1)
    found = tries(every, starts, LOOK if several else FIRST_LOOK)
    going = every if several else every[:0]
    for turn in range(ROUNDS):
        if not len(going):
            break
        before = np.array([found[k].cost[0] for k in going])
        best = np.stack([found[k].values[0] for k in going])
        again = dictionary.choose_again(data[going], weights[going], best)
        drawn = dictionary.redraw(data[going], best, DRAWN * count, turn)
        more = tries(going, np.concatenate([again, drawn, _kicked(best, moved)], axis=1), GLANCE)
        more = tries(going, np.stack([solution.values[: PROMISING * count] for solution in more]), LOOK)
        for k, solution in zip(going, more, strict=True):
            found[k] = _sorted(Solution.join([found[k], solution]))
        going = going[np.array([found[k].cost[0] for k in going]) < 0.999 * before]
    leaders = np.stack([solution.values[:FINISHED] for solution in found])
    finished = tries(every, leaders, None)
    return [_sorted(Solution.join([a, b])) for a, b in zip(finished, found, strict=True)]


def _kicked(values, moved):
    """The values with each of the parameters to be moved four times larger, and four times smaller."""
    kicks = np.ones((2 * len(moved), values.shape[1]))
    kicks[np.arange(len(moved)), moved] = KICK
    kicks[len(moved) + np.arange(len(moved)), moved] = 1 / KICK
    return values[:, None] * kicks


def _by_spectrum(solution, spectra):
    rows = np.arange(len(solution.cost)).reshape(spectra, -1)
    return [_sorted(solution.take(own)) for own in rows]


def _sorted(solution):
    return solution.take(np.argsort(solution.cost, kind="stable"))
