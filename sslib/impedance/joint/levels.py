"""Noise levels that nobody stated: what the spectra tell of them, and what not knowing them exactly costs."""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, fdtrc, stdtrit

SAME = 0.01
"""Probability of Bartlett's test from which levels that differ are taken to be one."""
ENOUGH = 10
"""Numbers to spare from which a spectrum's own fit tells its noise: to about a fifth of it."""


@dataclass(frozen=True)
class Levels:
    """The noise levels of several spectra as their own fits tell them.

    Attributes
    ----------
    by_label : dict of float
    groups : tuple of (tuple, float)
        Labels of the spectra that have one level in common, and the degrees of freedom from which it is known.
    """

    by_label: dict
    groups: tuple

    @property
    def freedoms(self):
        return np.array([freedom for _, freedom in self.groups])


def told_levels(alone, labels, floor):
    """One level for all spectra where Bartlett's test does not tell their levels apart, else one for each.

    Parameters
    ----------
    alone : dict of Alone
        The spectra fitted one by one, at least one of them.
    labels : sequence
        All spectra. Those that tell no level of their own have that of the others together.
    floor : float
        Below it a level is rounding.
    """
    known = {label: own for label, own in alone.items() if own.spare >= ENOUGH}
    pool = (known or alone).values()
    freedoms = np.array([own.spare for own in pool], dtype=float)
    variances = np.maximum([own.cost / own.spare for own in pool], floor**2)
    common = float(np.sqrt(freedoms @ variances / freedoms.sum()))
    if len(known) < 2 or chance_of_equal(variances, freedoms) >= SAME:
        return Levels(dict.fromkeys(labels, common), ((tuple(labels), freedoms.sum()),))
    own = dict(zip(known, np.sqrt(variances).tolist(), strict=True))
    groups = [((label,), freedom) for label, freedom in zip(known, freedoms, strict=True)]
    rest = tuple(label for label in labels if label not in known)
    groups += [(rest, freedoms.sum())] if rest else []
    return Levels({label: own.get(label, common) for label in labels}, tuple(groups))


def chance_of_equal(variances, freedoms):
    """How often variances of one population differ as much as these: Bartlett's test.

    Three equal ones cannot be told apart, and of two with ten degrees of freedom one is seldom four times the other:

    >>> chance_of_equal(np.array([2.0, 2.0, 2.0]), np.array([9.0, 9.0, 9.0]))
    1.0
    >>> round(chance_of_equal(np.array([1.0, 4.0]), np.array([10.0, 10.0])), 3)
    0.039
    """
    total, more = freedoms.sum(), len(variances) - 1
    spread = total * np.log(freedoms @ variances / total) - freedoms @ np.log(variances)
    correction = 1 + (np.sum(1 / freedoms) - 1 / total) / (3 * more)
    return float(chdtrc(more, max(spread / correction, 0.0)))


def chance_of_rise(rise, constraints, held, freedoms):
    r"""How often chi-square rises further where the constraints hold and the levels are estimates.

    With the levels known it would be a chi-square. Divided by an estimate of :math:`\nu` degrees of freedom, the part
    of one spectrum is :math:`p F(p, \nu)`; of the sum, mean and variance are

    .. math::

        r + \sum \frac{2}{\nu_g - 2} t_g, \qquad
        2r + \sum \left[\frac{2(6\nu_g - 8)}{(\nu_g - 2)(\nu_g - 4)} t_g
        + \frac{2\nu_g^2}{(\nu_g - 2)^2(\nu_g - 4)} u_g^2\right]

    with the traces u of the block of the projection onto the constraints that belongs to the spectra of one level, and
    t of its square. They are matched by those of :math:`c F(r, f)`: exact for one level, Welch's test to first order in
    :math:`1/\nu` for one shared parameter (B. L. Welch, Biometrika 38 (1951) 330, doi 10.1093/biomet/38.3-4.330).

    Parameters
    ----------
    rise : float
    constraints : int
        r.
    held : array_like
        u and t of each level, shape (levels, 2).
    freedoms : array_like
        Degrees of freedom of each level, more than four where there are several levels.
    """
    if len(freedoms) == 1:
        return float(fdtrc(constraints, freedoms[0], rise / constraints))
    # What rank and the count of parameters say differs where a spectrum leaves a parameter open.
    traces, squares = np.transpose(held) * constraints / np.sum(held, axis=0)[0]
    less2, less4 = freedoms - 2, freedoms - 4
    mean = constraints + np.sum(2 / less2 * squares)
    variance = 2 * constraints + np.sum(
        2 * (6 * freedoms - 8) / (less2 * less4) * squares + 2 * freedoms**2 / (less2**2 * less4) * traces**2
    )
    ratio = constraints * variance / mean**2
    if ratio <= 2:
        return float(chdtrc(constraints, rise * constraints / mean))
    freedom = (2 * constraints - 4 + 4 * ratio) / (ratio - 2)
    return float(fdtrc(constraints, freedom, rise / mean * freedom / (freedom - 2)))


@dataclass(frozen=True)
class Doubt:
    r"""What estimated noise levels add to the uncertainty of the parameters that were fitted with them.

    A spectrum whose scatter came out small by chance weighs too much: the covariance that the weights state is too
    small, and so is that of the fit. With the share :math:`h_g` of the information about a parameter that comes from
    the spectra of one level, its variance is larger by the factor

    .. math:: 1 + \sum \frac{4}{\nu_g - 4} h_g (1 - h_g)

    which is exact for many alike spectra and for one, and the interval is Student's with
    :math:`1/\sum(h_g^2/\nu_g)` degrees of freedom (Satterthwaite). In several dimensions the shares are matrices
    (M. G. Kenward, J. H. Roger, Biometrics 53 (1997) 983, doi 10.2307/2533558).

    Attributes
    ----------
    root : numpy.ndarray
        Of the covariance that the weights state, shape (directions, free): root.T @ root.
    shares : numpy.ndarray
        Of each level in the information about each direction, shape (levels, directions, directions).
    freedoms : numpy.ndarray
        Degrees of freedom of each level.
    """

    root: np.ndarray
    shares: np.ndarray
    freedoms: np.ndarray

    @property
    def added(self):
        """What the covariance of the fitted coordinates gains, shape (free, free)."""
        return self.root.T @ self._extra @ self.root

    @property
    def _extra(self):
        if len(self.freedoms) == 1:
            return np.zeros_like(self.shares[0])
        return np.einsum("g,gjk->jk", 4 / (self.freedoms - 4), self.shares - self.shares @ self.shares)

    def quantile(self, level, along):
        """Half the width of an interval in standard errors as the weights state them, for a direction (free,)."""
        direction = self.root @ along
        length = np.linalg.norm(direction)
        if not 0 < length < np.inf:
            return float(stdtrit(self.freedoms.sum(), 0.5 + level / 2))
        direction = direction / length
        shares = np.einsum("j,gjk,k->g", direction, self.shares, direction)
        freedom = 1 / np.sum(shares**2 / self.freedoms)
        return float(np.sqrt(1 + direction @ self._extra @ direction) * stdtrit(freedom, 0.5 + level / 2))
