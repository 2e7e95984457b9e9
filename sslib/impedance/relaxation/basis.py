"""What a distribution is made of, hat functions, and the closed form that it is compared with."""

import numpy as np
from numpy.polynomial.legendre import leggauss

from sslib.checks import check_between, check_positive


def hat_kernel(omega, log_tau, step):
    """Impedance per ohm of each hat function: 1 at its node, falling linearly in ln tau to 0 at its neighbours.

    The integral of hat/(1 + iω tau) over ln tau by Gauss and Legendre, four points on each side: the integrand's poles
    are π/2 away, seven steps and more, so that the error is below 1e-10.

    Parameters
    ----------
    omega : numpy.ndarray
        [rad/s], shape (frequencies,).
    log_tau : numpy.ndarray
        Nodes, ln of seconds, shape (times,).
    step : float
        Their distance.

    Returns
    -------
    numpy.ndarray
        Complex [1], shape (frequencies, times); the hat's area, ``step``, at low frequency.
    """
    points, weights = leggauss(4)
    offset = np.concatenate([points - 1, points + 1]) / 2 * step
    share = np.concatenate([weights, weights]) / 2 * step * (1 - np.abs(offset) / step)
    return (share / (1 + 1j * omega[:, None, None] * np.exp(log_tau[None, :, None] + offset))).sum(axis=-1)


def zarc_distribution(tau, R, tau_0, alpha):
    r"""Distribution of relaxation times of a resistor across a CPE (Cole and Cole) [ohm per unit of ln tau].

    .. math:: \gamma(\ln\tau) = \frac{R}{2\pi} \frac{\sin((1-\alpha)\pi)}{\cosh(\alpha\ln(\tau/\tau_0))
              - \cos((1-\alpha)\pi)}

    Parameters
    ----------
    tau : array_like
        Relaxation time [s].
    R : array_like
        Resistance [ohm].
    tau_0 : array_like
        Time constant (RQ)^(1/alpha) [s].
    alpha : array_like
        Exponent of the CPE [1], above 0 and below 1: at 1 it is a single time constant, a delta function.

    Returns
    -------
    numpy.ndarray
        Its integral over ln tau is R.

    Notes
    -----
    K. S. Cole and R. H. Cole, doi 10.1063/1.1750906, in the sign and the exponent of a ZARC.

    Examples
    --------
    >>> round(float(zarc_distribution(1e-3, 100.0, 1e-3, 0.8)), 3)
    48.983
    """
    check_positive(tau=tau, R=R, tau_0=tau_0, alpha=alpha)
    check_between(0, np.nextafter(1, 0), alpha=alpha)
    angle = (1 - np.asarray(alpha)) * np.pi
    log_ratio = np.log(np.asarray(tau) / tau_0)
    return np.asarray(R) / (2 * np.pi) * np.sin(angle) / (np.cosh(alpha * log_ratio) - np.cos(angle))
