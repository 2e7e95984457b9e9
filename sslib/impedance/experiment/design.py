"""What follows for one measurement: the frequencies that tell most, and the smallest thing that it resolves."""

from dataclasses import dataclass

import numpy as np
from scipy.constants import epsilon_0
from scipy.special import ndtri

from sslib.checks import check_between, check_positive
from sslib.impedance.circuit import check_names
from sslib.impedance.experiment.information import Information, root_of, sensitivities

ROUNDS = 20_000
OPTIMAL = 1e-4


@dataclass(frozen=True, eq=False)
class Design:
    """Which frequencies to measure, and what that brings.

    ``share`` is the part of all measurements that goes to each ``frequency`` [Hz]; ``efficiency`` that of the
    candidates measured evenly, against the design [1]: for the same precision the even one takes 1/efficiency as many
    measurements.
    """

    frequency: np.ndarray
    share: np.ndarray
    efficiency: float
    information: Information


def design_frequencies(model, values, candidates, noise, *, of=None, fixed=()):
    """The frequencies at which a given number of measurements tells most (optimal approximate design).

    Parameters
    ----------
    model : Circuit
    values : dict
        The values that are expected: a design is best where the truth lies near them.
    candidates : array_like
        Frequencies [Hz] that can be measured, shape (frequencies,).
    noise : float or array_like
        As for `information`.
    of : str or dict, optional
        What has to be determined: a parameter (c-optimal), or a combination of coordinates as for
        `Information.error_along`. All parameters together if left out: the smallest volume of the confidence region
        (D-optimal).
    fixed : iterable of str
        Parameters that are known already.

    Returns
    -------
    Design
        With no more than a few frequencies: those of a share above a thousandth.

    Raises
    ------
    ValueError
        As for `information`; and if even all candidates together do not determine it.

    Notes
    -----
    The shares follow a multiplicative algorithm (Y. Yu, Ann. Stat. 38 (2010) 1593) and are optimal by the equivalence
    theorem (J. Kiefer, J. Wolfowitz, Can. J. Math. 12 (1960) 363, doi 10.4153/CJM-1960-030-4, for all parameters; J.
    Kiefer, Ann. Stat. 2 (1974) 849, doi 10.1214/aos/1176342810, for other criteria): no candidate would gain more than
    the design's own frequencies do, to a ten-thousandth.
    """
    candidates = np.asarray(candidates, dtype=float)
    (names, kinds), rows = sensitivities(model, candidates, values, noise, fixed)
    # Coordinates in units of their even design's error: the algorithm then works with numbers near one.
    pairs = rows.reshape(len(names), 2, -1).transpose(2, 0, 1)
    even = Information(names, kinds, root_of(rows.T)).times(1 / len(candidates))
    direction = None if of is None else {of: 1.0} if isinstance(of, str) else of
    checked = even.errors().values() if direction is None else [even.error_along(direction)]
    if not np.isfinite(list(checked)).all():
        raise ValueError("even all candidates together do not determine this; fix a parameter or widen the range")
    along = None if direction is None else np.array([direction.get(name, 0.0) for name in names])
    share = np.full(len(candidates), 1 / len(candidates))
    for _ in range(ROUNDS):
        matrix = np.einsum("f,fjr,fkr->jk", share, pairs, pairs)
        gain = _gain(matrix, pairs, along)
        best = gain.max()
        if best < 1 + OPTIMAL:
            break
        # The square root keeps a criterion of one direction from overshooting; for the volume the full step does not.
        share *= gain if along is None else np.sqrt(gain)
        share /= share.sum()
        share[share < 1e-12] = 0
    kept = share > 1e-3
    final = Information(names, kinds, root_of((rows * np.sqrt(np.tile(share, 2))).T))
    if along is None:
        efficiency = np.exp((np.linalg.slogdet(even.matrix)[1] - np.linalg.slogdet(final.matrix)[1]) / len(names))
    else:
        efficiency = (final.error_along(along) / even.error_along(along)) ** 2
    return Design(candidates[kept], share[kept] / share[kept].sum(), float(efficiency), final)


def _gain(matrix, pairs, along):
    """What measuring at each candidate brings, over what the design brings on average; shape (candidates,)."""
    scale = np.sqrt(np.diagonal(matrix))
    inverse = np.linalg.pinv(matrix / np.outer(scale, scale), rcond=1e-12, hermitian=True) / np.outer(scale, scale)
    if along is None:
        return np.einsum("fjr,jk,fkr->f", pairs, inverse, pairs) / len(matrix)
    through = inverse @ along
    return (np.einsum("fjr,j->fr", pairs, through) ** 2).sum(axis=1) / (along @ through)


def smallest_change(information, name, *, level=0.95, power=0.95, compared=True):
    """Smallest relative change of a parameter that two measurements of this information tell apart [1].

    A change by a factor ``1 + x`` is noticed at the given level (two-sided) with the given power where
    ln(1 + x) = (z_level + z_power) · error · √2; without the √2 against a value that is known exactly.

    Parameters
    ----------
    information : Information
    name : str
        A positive parameter.
    level, power : float
        Confidence of the statement "it changed", and the chance that it is made [1].
    compared : bool
        Whether both values are measured (True) or one is known.

    Raises
    ------
    ValueError
        For an unknown name, one that is no positive quantity, or a level or power outside 0 to 1.
    """
    check_names(information.names, [name])
    if not dict(zip(information.names, information.logarithmic, strict=True))[name]:
        raise ValueError(f"{name} is not fitted by its logarithm; `Information.error` gives its standard error")
    return float(np.expm1(_reach(level, power) * information.error(name) * (np.sqrt(2) if compared else 1)))


def smallest_arc(model, frequency, values, noise, times, *, level=0.95, power=0.95, fixed=()):
    """Smallest resistance [ohm] of one more arc in series that a spectrum would reveal, by the arc's time constant.

    The arc is a resistor across a capacitor, R_x/(1 + iωτ). All parameters of the model are fitted beside it, so an arc
    that they can imitate has to be large.

    Parameters
    ----------
    model : Circuit
        What is known to be there.
    frequency, values, noise, fixed
        As for `information`.
    times : array_like
        Time constants τ [s], shape (times,).
    level, power : float
        Confidence of the statement "there is one more arc" (one-sided), and the chance that it is made [1].

    Returns
    -------
    numpy.ndarray
        Shape (times,), [ohm]; infinite where the model imitates the arc entirely.
    """
    times = np.atleast_1d(np.asarray(times, dtype=float))
    check_positive(times=times)
    _, rows = sensitivities(model, frequency, values, noise, fixed)
    impedance = model.impedance(frequency, **values)
    arc = 1 / (1 + 2j * np.pi * np.asarray(frequency) * times[:, None]) / (noise * np.abs(impedance))
    arc = np.concatenate([arc.real, arc.imag], axis=1)
    # What is left of the arc when the model has taken its part.
    basis, sizes, _ = np.linalg.svd((rows / np.linalg.norm(rows, axis=1, keepdims=True)).T, full_matrices=False)
    basis = basis[:, sizes > 1e-10 * sizes[0]]
    left = arc - (arc @ basis) @ basis.T
    seen = np.linalg.norm(left, axis=1)
    imitated = seen < 1e-7 * np.linalg.norm(arc, axis=1)
    return np.where(imitated, np.inf, _reach(level, power, sides=1) / np.where(imitated, 1, seen))


def _reach(level, power, sides=2):
    """How many standard errors away a value has to lie to be told apart at this level with this power."""
    check_between(0, 1, level=level, power=power)
    return float(ndtri(1 - (1 - level) / sides) + ndtri(power))


@dataclass(frozen=True)
class Interphase:
    """The thinnest interphase that a spectrum reveals.

    ``thickness`` [m] and ``resistance`` [ohm], infinite where the model imitates any; its ``time`` constant [s] and the
    ``apex`` of its arc [Hz], which no thickness moves.
    """

    thickness: float
    resistance: float
    time: float

    @property
    def apex(self):
        return 1 / (2 * np.pi * self.time)


def smallest_interphase(
    model, frequency, values, noise, area, conductivity, eps_r=10.0, *, level=0.95, power=0.95, fixed=()
):
    r"""The thinnest interphase of a conductivity that a spectrum would reveal.

    A plane layer in series with the cell has the resistance :math:`R_x = d/(\sigma A)` and the time constant

    .. math:: \tau = \varepsilon_r \varepsilon_0 / \sigma

    which does not depend on its thickness: `smallest_arc` at that time gives :math:`d`.

    Parameters
    ----------
    model, frequency, values, noise, level, power, fixed
        As for `smallest_arc`.
    area : float
        Of the layer [m2].
    conductivity : float
        Ionic conductivity σ of the layer [S/m].
    eps_r : float
        Its relative permittivity [1].

    Returns
    -------
    Interphase

    Notes
    -----
    Holds where the layer's resistance is small against the cell's, for a layer that is uniform and as large as the
    area. Where its apex lies above the window it is a resistance there, which a separator imitates; far below the
    window, a capacitor.

    Examples
    --------
    A layer of 1e-6 S/cm has its apex at 180 kHz:

    >>> from sslib.impedance import R
    >>> from sslib.units import S_cm, cm2
    >>> layer = smallest_interphase(R("R_0"), [1e4, 1e5, 1e6], {"R_0": 20.0}, 0.003, 1 * cm2, 1e-6 * S_cm)
    >>> round(layer.apex / 1e3)
    180
    """
    check_positive(area=area, conductivity=conductivity, eps_r=eps_r)
    time = float(eps_r * epsilon_0 / conductivity)
    (resistance,) = smallest_arc(model, frequency, values, noise, [time], level=level, power=power, fixed=fixed)
    return Interphase(float(resistance * area * conductivity), float(resistance), time)
