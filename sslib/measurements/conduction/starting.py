"""The current at once after a step of the voltage: followed back by a resistance in series with a diffusing layer."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import least_squares
from scipy.special import erfcx

from sslib.checks import check_between, check_positive
from sslib.measurements.conduction.settling import LEAST_SAMPLES, SHORT, is_noise, scatter_of_neighbours
from sslib.measurements.estimates import Estimate

ROOTS = 30
EARLY = 0.02
"""Of the time constant: up to then a layer has no end, to 1e-20."""
REFUSED = 1e-4
"""Probability below which a misfit is taken for one: what no part of a step passes is refused."""
HARDLY = 0.01
"""Share by which the current has to fall for an extrapolation to the time of the step."""


@dataclass(frozen=True)
class Start:
    """Current at once after a step and in the end.

    Attributes
    ----------
    initial, steady : Estimate
        [A]
    covariance : float
        Of their logarithms.
    time_constant : float
        L²/4D of the layer [s]; NaN where the current hardly falls.
    to_the_end : bool
        Whether one fit holds from the first sample to the last, so that both currents are from it.
    verdicts : tuple of str
    """

    initial: Estimate
    steady: Estimate
    covariance: float
    time_constant: float
    to_the_end: bool = False
    verdicts: tuple = ()


def layer_current(since, initial, steady, time_constant):
    r"""Current [A] after a step of the voltage on a resistance in series with a layer that diffuses.

    The answer of :math:`Z = R + R_W \tanh x/x`, :math:`x^2 = s\tau`, with :math:`\Delta V/R` at first and
    :math:`\Delta V/(R + R_W)` in the end:

    .. math:: I = I_s + 2 I_s (1 + \rho) \sum_k \frac{e^{-b_k^2 t/\tau}}{1 + \rho + \rho^2 b_k^2},
              \qquad \tan b_k = -\rho\, b_k, \quad \rho = \frac{I_s}{I_0 - I_s}

    Parameters
    ----------
    since : array_like
        Time since the step [s], positive.
    initial, steady : float
        [A], the steady current the smaller.
    time_constant : float
        :math:`L^2/4D` of a layer of thickness L between two electrodes [s].

    Examples
    --------
    >>> layer_current([1e-9, 1e3], 2.0, 1.0, 1.0).round(3).tolist()
    [2.0, 1.0]
    """
    check_positive(since=since, initial=initial, steady=steady, time_constant=time_constant)
    check_between(0, initial, steady=steady)
    u = np.asarray(since, dtype=float) / time_constant
    rho = steady / (initial - steady)
    b = _roots(rho)
    # Warburg's resistance is the unit: ΔV = I_s (1 + ρ) R_W.
    weights = 2 * steady * (1 + rho) / (1 + rho + rho**2 * b**2)
    with np.errstate(under="ignore"):
        late = steady + np.exp(-np.multiply.outer(np.maximum(u, EARLY), b**2)) @ weights
    # Before the far side is felt the layer has no end, and the answer is in closed form.
    return np.where(u < EARLY, initial * erfcx(np.sqrt(np.minimum(u, EARLY)) / rho), late)


def _roots(rho):
    """The first roots of tan b = -rho b, one in each ((n - 1/2) pi, n pi)."""
    n = np.arange(1, ROOTS + 1)
    b = n * np.pi
    # b = n pi - arctan(rho b): from above Newton's rule comes down to it and never passes it.
    for _ in range(8):
        b = b - (b - n * np.pi + np.arctan(rho * b)) / (1 + rho / (1 + (rho * b) ** 2))
    return b


def without_first(step, settling):
    """A step without the samples within so many seconds after it began.

    Raises
    ------
    ValueError
        If too few are left to evaluate.
    """
    check_between(0, np.inf, settling=settling)
    kept = step.since >= settling
    if kept.sum() < LEAST_SAMPLES:
        raise ValueError(
            f"{kept.sum()} of {len(step)} samples lie later than settling, {settling:g} s, after the step at "
            f"{step.held:g}; {LEAST_SAMPLES} at least are needed"
        )
    return replace(step, time=step.time[kept], voltage=step.voltage[kept], current=step.current[kept])


def starting_current(held, settled, gap=None):
    """Current at once after a step, and the steady one, from one fit of `layer_current` where it holds to the end.

    Where it does not, the initial current is from the longest first part that it describes to the noise, and the steady
    one is that of the end.

    Parameters
    ----------
    held : sslib.instruments.Step
        With a positive current.
    settled : SteadyCurrent
        Of this step.
    gap : float, optional
        By how much the step may have begun earlier or later than the file says [s]; the time of the first sample, which
        is half of the gap between two, if not given.

    Returns
    -------
    Start

    Raises
    ------
    ValueError
        If no first part follows it.

    Notes
    -----
    A step begins halfway between two samples; the error holds what another time in that gap would give.
    """
    positive = held.since > 0
    time, current = held.since[positive], held.current[positive]
    noise = max(scatter_of_neighbours(time, current), 1e-9 * np.abs(current).max())
    steady, tau = settled.current, settled.time_constant
    if settled.last > (1 - HARDLY) * np.median(current[: LEAST_SAMPLES // 2]):
        mean = settled.current
        words = f"the current falls by less than {100 * HARDLY:g} %: initial and steady current are one"
        return Start(mean, mean, mean.relative**2, np.nan, verdicts=(words,))
    tau = held.duration / SHORT if np.isnan(tau) else tau
    for count in _parts(len(time)):
        fitted = _fit(time[:count], current[:count], steady.value, tau)
        freedom = count - 3
        if is_noise((fitted.fun**2).sum(), freedom, noise, len(time), REFUSED):
            break
    else:
        raise ValueError(
            "no first part of the step follows a resistance in series with a layer that diffuses: the initial current "
            "cannot be extrapolated (double layer or instrument still settling, noise that goes together, or a "
            f"beginning that is known to ±{time[0] if gap is None else gap:.2g} s only); leave the first samples out, "
            "or sample faster before and after the step"
        )
    variance = (fitted.fun**2).sum() / freedom
    covariance = np.linalg.pinv(fitted.jac.T @ fitted.jac) * variance
    log_initial, share, log_tau = fitted.x
    # The step began anywhere in the gap before its first sample: one standard deviation of that.
    gap = time[0] if gap is None else gap
    later = _fit(time[:count] + gap / np.sqrt(3), current[:count], steady.value, tau)
    timing, noisy = abs(later.x[0] - log_initial), np.sqrt(covariance[0, 0])
    verdicts = []
    if timing > noisy:
        verdicts.append(
            f"when the step began is known to ±{gap:.2g} s, which adds {100 * timing:.2g} % to the error of the "
            "initial current: sample faster about the step"
        )
    initial = Estimate(float(np.exp(log_initial)), float(np.hypot(noisy, timing)), freedom, logarithmic=True)
    if count == len(time):
        # Of the same fit: ln I_s = ln I_0 + ln share(x).
        ratio = 1 / (1 + np.exp(-share))
        slope = np.array([1.0, 1 - ratio, 0.0])
        own = Estimate(initial.value * ratio, float(np.sqrt(slope @ covariance @ slope)), freedom, logarithmic=True)
        return Start(initial, own, float(covariance[0] @ slope), float(np.exp(log_tau)), True, tuple(verdicts))
    words = (
        f"the whole step does not follow one layer that diffuses: the initial current is from its first "
        f"{time[count - 1]:.3g} s, the steady one from its end (interfaces that change meanwhile would do that)"
    )
    return Start(initial, steady, 0.0, tau * np.pi**2 / 4, verdicts=(*verdicts, words))


def _parts(count):
    while count >= LEAST_SAMPLES:
        yield count
        count = int(count / 1.6)


def _fit(time, current, steady, tau):
    """Least squares in the logarithms of the initial current and the time, and the logit of the steady share."""
    scale = np.abs(current).max()
    guess = min(max(steady / current[0], 0.02), 0.98)
    start = np.log([1.05 * current[0], guess / (1 - guess), max(tau, time[0]) * np.pi**2 / 4])

    def left(x):
        initial, share = np.exp(x[0]), 1 / (1 + np.exp(-x[1]))
        return (layer_current(time, initial, share * initial, np.exp(x[2])) - current) / scale

    reach = np.array([2.0, 8.0, 8.0])
    bounds = start - reach, start + reach
    found = least_squares(left, start, bounds=bounds, x_scale=[0.1, 1, 1], xtol=1e-12, ftol=1e-12, gtol=1e-12)
    found.fun, found.jac = found.fun * scale, found.jac * scale
    return found
