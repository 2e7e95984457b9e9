r"""Whether a half-cycle differs from the sound ones before it: recursive residuals, and how sure that is.

What a half-cycle shows (the logarithm of a resistance, of a ratio, of a scatter) is predicted from all sound
half-cycles before it, by a straight line in the logarithm of the current density and, where the current turns, a term
that an offset voltage makes. The error of a prediction over its standard error is one draw of Student's t while nothing
changes, and independent of the draws before it: R. L. Brown, J. Durbin, J. M. Evans, J. R. Stat. Soc. B 37 (1975) 149.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

LEAST_FREEDOM = 2
"""Degrees of freedom below which a scatter of predictions says nothing: one gives a quantile above a thousand."""
MISSED = 0.05
"""Chance that a change as large as the smallest that counts is called survived."""
SUSPECTED = 0.1
"""Chance that a quantity of a sound half-cycle looks like the beginning of a change."""


@dataclass(frozen=True)
class Difference:
    """By how much a half-cycle is off what the sound ones before it predict, in the direction of a failure.

    Attributes
    ----------
    size : numpy.ndarray
        Of each quantity, in the logarithm [1].
    statistic : numpy.ndarray
        That over its standard error.
    threshold : float
        Which no statistic passes but at the stated rate of false alarms; infinite where too few are known.
    suspicion : float
        A lower threshold, which a quantity passes with the chance `SUSPECTED`: no alarm, but not survived for sure.
    most : numpy.ndarray
        Size that is not exceeded but with the chance `MISSED`.
    """

    size: np.ndarray
    statistic: np.ndarray
    threshold: float
    suspicion: float
    most: np.ndarray

    def excludes(self, change, count):
        """Whether a change of so much is excluded in each of the first quantities."""
        return bool((self.most[:count] < change).all())

    def begins(self):
        """Whether a quantity looks like the beginning of a change."""
        return bool((self.statistic > self.suspicion).any())


def regressors(current_density):
    """Columns of the prediction: constant, logarithm of the current density, offset; shape (half-cycles, 2 or 3)."""
    size = np.abs(current_density)
    columns = [np.ones_like(size), np.log(size / size.min())]
    if len(set(np.sign(current_density))) > 1:
        columns.append(np.sign(current_density) * size.min() / size)
    return np.stack(columns, axis=1)


def difference(design, values, sound, number, chance):
    """How half-cycle `number` differs from the sound ones.

    Parameters
    ----------
    design : numpy.ndarray
        From `regressors`.
    values : numpy.ndarray
        What half-cycles show, shape (half-cycles, quantities), growing in the direction of a failure.
    sound : sequence of int
        The half-cycles that it is compared with.
    number : int
    chance : float
        Of a false alarm, for one quantity of one half-cycle.
    """
    sound = np.asarray(sound, dtype=int)
    known = design[sound]
    rank = np.linalg.matrix_rank(known) if len(sound) else 0
    freedom = len(sound) - rank
    nothing = np.full(values.shape[1], np.nan)
    # At the first new current the line has no slope yet, and predicts nothing.
    is_new = rank < np.linalg.matrix_rank(np.vstack([known, design[number]]))
    if freedom < LEAST_FREEDOM or is_new:
        return Difference(nothing, nothing, np.inf, np.inf, nothing)
    inverse = np.linalg.pinv(known)
    coefficients = inverse @ values[sound]
    scatter = np.sqrt(np.sum((values[sound] - known @ coefficients) ** 2, axis=0) / freedom)
    leverage = design[number] @ inverse
    error = scatter * np.sqrt(1 + leverage @ leverage)
    size = values[number] - design[number] @ coefficients
    # A record without noise, such as a simulated one, has no scatter to compare with.
    error = np.maximum(error, 1e-12)
    threshold, suspicion, margin = (float(stdtrit(freedom, 1 - one)) for one in (chance, SUSPECTED, MISSED))
    return Difference(size, size / error, threshold, suspicion, size + margin * error)
