"""A polarisation curve: diffusion on both sides, charge transfer and a film, in series."""

import numpy as np

from sslib.checks import check_between, check_positive
from sslib.kinetics import thermal_voltage
from sslib.tables import read_columns
from sslib.units import mA_cm2

ROUNDS = 200
CLOSE = 1e-13


def polarisation_current(
    voltage,
    exchange_current_density,
    forward_limit=np.inf,
    backward_limit=np.inf,
    film_resistance=0.0,
    alpha=0.5,
    T=298.15,
    charge_number=1,
):
    r"""Current density [A/m2] that a voltage drives across an interface.

    .. math:: V = i R_\text{film} + \eta, \qquad
              i = i_0\left[\left(1 - \frac{i}{i_{\text{lim},\rightarrow}}\right) e^{\alpha z F \eta/RT}
              - \left(1 + \frac{i}{i_{\text{lim},\leftarrow}}\right) e^{-(1 - \alpha) z F \eta/RT}\right]

    Parameters
    ----------
    voltage : array_like
        Between the two conductors beside the interface [V]; positive drives ions from the first into the second.
    exchange_current_density : array_like
        [A/m2] at the concentrations of the bulk.
    forward_limit, backward_limit : array_like
        Limiting currents [A/m2], as numbers above zero, of the ions that the first conductor brings and of those that
        the second does (`diffusion_limited_current`); infinite for a single-ion conductor.
    film_resistance : array_like
        Of an interphase, with what else is ohmic between the reference electrodes [ohm m2].
    alpha : array_like
        Share of the overpotential that drives the jump out of the first conductor [1], from 0.01 to 0.99.
    T : array_like
        [K].
    charge_number : array_like
        [1].

    Notes
    -----
    Steady state: concentrations at the interface depart from those of the bulk in proportion to the current, as in
    diffusion layers of fixed thickness. The diffusion potential in a binary electrolyte comes on top. Source 003,
    section 5: diffusion, Butler-Volmer and the interphase of its equation 4, here at any current.

    Examples
    --------
    Small voltages see the polarisation resistance, with what diffusion adds to it:

    >>> from sslib.kinetics import thermal_voltage
    >>> i = polarisation_current(1e-6, 2.0, 5.0, 4.0, film_resistance=0.003)
    >>> r = 0.003 + thermal_voltage(298.15) * (1 / 2.0 + 1 / 5.0 + 1 / 4.0)
    >>> float(round(1e-6 / i / r, 4))
    1.0
    """
    check_between(-np.inf, np.inf, voltage=voltage)
    parts = resistances(
        exchange_current_density, forward_limit, backward_limit, film_resistance, alpha, T, charge_number
    )
    return current_and_slopes(*np.broadcast_arrays(np.asarray(voltage, dtype=float), *parts))[0][()]


def polarisation_voltage(
    current_density,
    exchange_current_density,
    forward_limit=np.inf,
    backward_limit=np.inf,
    film_resistance=0.0,
    alpha=0.5,
    T=298.15,
    charge_number=1,
):
    r"""Voltage [V] across an interface that passes a current; the inverse of `polarisation_current`.

    Parameters
    ----------
    current_density : array_like
        [A/m2], between the two limiting currents.
    exchange_current_density, forward_limit, backward_limit, film_resistance, alpha, T, charge_number
        As for `polarisation_current`.

    Raises
    ------
    ValueError
        For a current at or beyond a limiting current: no voltage drives it.

    Examples
    --------
    >>> float(round(polarisation_current(polarisation_voltage(1.9, 1.0, 2.0), 1.0, 2.0), 12))
    1.9
    """
    check_between(-np.inf, np.inf, current_density=current_density)
    limits = forward_limit, backward_limit
    parts = resistances(exchange_current_density, *limits, film_resistance, alpha, T, charge_number)
    current, *parts = np.broadcast_arrays(np.asarray(current_density, dtype=float), *parts)
    for sign, limit in zip((1, -1), limits, strict=True):
        beyond = sign * current >= limit
        if beyond.any():
            raise ValueError(
                f"current_density is {current[beyond].flat[0]:g}; its size must be below the limiting current in that "
                f"direction, {np.broadcast_to(limit, current.shape)[beyond].flat[0]:g} A/m2"
            )
    return voltage_and_slopes(current, *parts)[0][()]


def polarisation_parts(
    current_density,
    exchange_current_density,
    forward_limit=np.inf,
    backward_limit=np.inf,
    film_resistance=0.0,
    alpha=0.5,
    T=298.15,
    charge_number=1,
):
    r"""What of the voltage of `polarisation_voltage` [V] each part takes, by name.

    The film takes :math:`i R`, charge transfer what it would take at the concentrations of the bulk, and diffusion the
    rest: the overpotential that is there because the concentrations at the interface are not those of the bulk.

    Parameters
    ----------
    current_density, exchange_current_density, forward_limit, backward_limit, film_resistance, alpha, T, charge_number
        As for `polarisation_voltage`.

    Examples
    --------
    At nine tenths of a limiting current:

    >>> parts = polarisation_parts(4.5, 10.0, forward_limit=5.0, film_resistance=1e-3)
    >>> {name: round(float(1e3 * volts), 1) for name, volts in parts.items()}
    {'film': 4.5, 'charge transfer': 11.5, 'diffusion': 81.7}
    """
    whole = polarisation_voltage(
        current_density, exchange_current_density, forward_limit, backward_limit, 0.0, alpha, T, charge_number
    )
    transfer = polarisation_voltage(
        current_density, exchange_current_density, alpha=alpha, T=T, charge_number=charge_number
    )
    check_between(0, np.inf, film_resistance=film_resistance)
    film = np.asarray(current_density, dtype=float) * film_resistance
    return {"film": film, "charge transfer": transfer, "diffusion": whole - transfer}


def current_and_slopes(voltage, scale, transfer, forward, backward, film, alpha):
    """Current at a voltage, and its slopes by the four resistances and alpha, shape (5, …); arrays of one shape.

    ``scale`` is RT/zF [V]; ``transfer``, ``forward`` and ``backward`` are what charge transfer and the diffusion on
    either side add to the resistance at rest, RT/zF over the exchange current and the limiting currents [ohm m2]. In
    these the curve is nearly linear, and no limit is a zero.
    """
    low, high = np.minimum(voltage, 0.0), np.maximum(voltage, 0.0)

    def misfit(eta):
        current, slope, _ = _kinetics(eta, scale, transfer, forward, backward, alpha)
        return eta + film * current - voltage, 1 + film * slope

    current, slope, own = _kinetics(_root(misfit, low, high), scale, transfer, forward, backward, alpha)
    return current, np.stack([*own[:3], -current * slope, own[3]]) / (1 + film * slope)


def voltage_and_slopes(current, scale, transfer, forward, backward, film, alpha):
    """Voltage at a current, and its slopes as in `current_and_slopes`."""
    left, right = 1 - current * forward / scale, 1 + current * backward / scale
    size = np.abs(current) * transfer / scale
    up, down = current > 0, current < 0
    high = scale * np.log(np.where(up, (size + right) / left, 1.0)) / alpha
    low = -scale * np.log(np.where(down, (size + left) / right, 1.0)) / (1 - alpha)

    def misfit(eta):
        found, slope, _ = _kinetics(eta, scale, transfer, forward, backward, alpha)
        return found - current, slope

    eta = _root(misfit, low, high)
    _, slope, own = _kinetics(eta, scale, transfer, forward, backward, alpha)
    slopes = [-part / slope for part in own]
    return eta + film * current, np.stack([*slopes[:3], current, slopes[3]])


def _kinetics(eta, scale, transfer, forward, backward, alpha):
    """Current at an overpotential, its slope by that, and by the three resistances and alpha.

    Both exponentials are divided by the larger of them: no overflow, however large the overpotential.
    """
    x = eta / scale
    larger = np.maximum(alpha * x, -(1 - alpha) * x)
    out, back, one = np.exp(alpha * x - larger), np.exp(-(1 - alpha) * x - larger), np.exp(-larger)
    net = np.where(x > 0, -out, back) * np.expm1(-np.abs(x))
    total = transfer * one + forward * out + backward * back
    current = scale * net / total
    limited = alpha * forward * out - (1 - alpha) * backward * back
    slope = (alpha * out + (1 - alpha) * back - current * limited / scale) / total
    share = current / total
    return current, slope, [-share * one, -share * out, -share * back, x * share * transfer * one]


def _root(misfit, low, high):
    """Where a rising function of shape (…) is zero between two ends: Newton's step, or the middle where that leaves."""
    at = (low + high) / 2
    for _ in range(ROUNDS):
        value, slope = misfit(at)
        low, high = np.where(value < 0, at, low), np.where(value > 0, at, high)
        step = at - value / slope
        # A step to an end would stay there for ever.
        new = np.where((step >= low) & (step <= high) & np.isfinite(step), step, (low + high) / 2)
        if (np.abs(new - at) <= CLOSE * np.abs(new)).all():
            return new
        at = new
    return at


def resistances(exchange, forward, backward, film, alpha, T, charge_number):
    """RT/zF, what charge transfer and diffusion add to the resistance at rest, the film, and alpha."""
    check_positive(exchange_current_density=exchange, charge_number=charge_number)
    for name, limit in (("forward_limit", forward), ("backward_limit", backward)):
        if not (np.asarray(limit, dtype=float) > 0).all():
            raise ValueError(f"{name} is {np.min(limit):g}; it must be positive, infinite for none")
    check_between(0, np.inf, film_resistance=film)
    check_between(0.01, 0.99, alpha=alpha)
    scale = thermal_voltage(T) / np.asarray(charge_number, dtype=float)
    currents = (np.asarray(own, dtype=float) for own in (exchange, forward, backward))
    return scale, *(scale / own for own in currents), np.asarray(film, dtype=float), np.asarray(alpha, dtype=float)


def read_polarisation_curve(path):
    """Steady voltages [V] and current densities [A/m2] of a CSV file with the columns voltage_V and current_mA_cm2.

    Parameters
    ----------
    path : str or path-like
        Separated by commas, semicolons or tabs, other columns allowed; a decimal comma is understood where commas do
        not separate.

    Returns
    -------
    tuple of numpy.ndarray
        (voltage [V], current density [A/m2]), each of shape (points,).

    Raises
    ------
    ValueError
        For a column that is missing and a field that is no number, with its line.
    """
    voltage, current = read_columns(path, ("voltage_V", "current_mA_cm2"))
    return voltage, current * mA_cm2
