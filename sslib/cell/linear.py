"""Where the linear picture of a cell ends: its transmission line carried on beside the discharge that is not linear."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from sslib.cell.discharge import discharge
from sslib.cell.rate import layered_oxide
from sslib.checks import check_between, check_positive
from sslib.impedance import R, SphericalDiffusion, TransmissionLine, approximate
from sslib.kinetics import thermal_voltage
from sslib.units import hour, reference_temperature

MARGIN = 1e3
"""By this factor the band of the approximation goes beyond the times that are asked for."""


def linearised(cell, material, stoichiometry):
    r"""The circuit of a cell for small currents, and its parameters at a state of charge.

    .. math:: Z = R_\text{sep} + R_\text{counter} + \text{line}\!\left(R_\text{ion}, R_\text{el},
        R_\text{ct} + R_d \frac{\tanh x}{x - \tanh x}\right), \qquad
        R_\text{ct} = \frac{R_\text{ct,ref}\, i_0(\theta_\text{ref})}{i_0(\theta)}, \quad
        R_d = -\frac{U'(\theta)\, \tau_d}{3 Q}

    Parameters
    ----------
    cell : RailCell
    material : Insertion
    stoichiometry : float
        Of all particles [1].

    Returns
    -------
    circuit : Circuit
    values : dict
        Per geometric area [ohm m2, s].

    Raises
    ------
    ValueError
        Where the open-circuit potential does not fall with the stoichiometry: there is no stable cell to linearise.
    """
    check_between(*material.range, stoichiometry=stoichiometry)
    _, ratio, slope, _ = (float(part) for part in material.kinetics(np.asarray(stoichiometry), cell.reference))
    if slope >= 0:
        raise ValueError(
            f"the open-circuit potential changes by {slope:.3g} V for each unit of stoichiometry at {stoichiometry:g}; "
            "it has to fall"
        )
    line = TransmissionLine(R("R_ion"), R("R_el"), interface=R("R_ct") + SphericalDiffusion("R_d", "tau_d"))
    values = {
        "R_series": cell.R_sep + cell.R_counter,
        "R_ion": cell.R_ion,
        "R_el": cell.R_el,
        "R_ct": cell.R_ct / ratio,
        "R_d": -slope * cell.tau_d / (3 * cell.capacity),
        "tau_d": cell.tau_d,
    }
    return R("R_series") + line, {name: float(value) for name, value in values.items()}


def charge_transfer_end(limit, T=reference_temperature):
    r"""Overpotential of charge transfer [V] at which its linear resistance is off by so much.

    .. math:: \eta = \frac{2RT}{F} \operatorname{arsinh} x, \qquad \frac{x}{\operatorname{arsinh} x} = 1 + \text{limit}

    Parameters
    ----------
    limit : float
        Share by which the linear overpotential exceeds this one [1].
    T : float
        [K]

    Notes
    -----
    Symmetric Butler-Volmer kinetics of one electrode. What is ohmic in series is linear and dilutes it.

    Examples
    --------
    >>> round(charge_transfer_end(0.13), 3), round(charge_transfer_end(1.5), 3)
    (0.045, 0.131)
    """
    check_positive(limit=limit, T=T)
    x = brentq(lambda x: x / np.arcsinh(x) - 1 - limit, 1e-6, 1e6 * (1 + limit))
    return float(2 * thermal_voltage(T) * np.arcsinh(x))


@dataclass(frozen=True, eq=False)
class LinearEnd:
    """What `linear_end` returns.

    Attributes
    ----------
    c_rate : numpy.ndarray
        [1/h], shape (rates,), ascending.
    depth : numpy.ndarray
        Charge delivered over the nominal capacity [1], shape (depths,), ascending.
    linear, full : numpy.ndarray
        Polarisation [V], shape (rates, depths), of the linear cell and of the discharge; NaN past the cut-off.
    """

    c_rate: np.ndarray
    depth: np.ndarray
    linear: np.ndarray
    full: np.ndarray

    @property
    def deviation(self):
        """The linear polarisation over that of the discharge, less one [1]; NaN past the cut-off."""
        return self.linear / self.full - 1

    def exceeds(self, limit, depth=None):
        """Lowest C-rate [1/h] at which the deviation passes a limit [1] at any depth up to this one; NaN if at none.

        Between the rates it is interpolated in both logarithms; where the lowest of them passes it already, that one.
        """
        check_positive(limit=limit)
        inside = self.depth <= (np.inf if depth is None else depth)
        if not inside.any():
            raise ValueError(f"depth is {depth:g}; the least that was asked for is {self.depth[0]:g}")
        size = np.abs(self.deviation[:, inside])
        reached = ~np.isnan(size).all(axis=1)
        worst = np.array([np.nanmax(row) for row in size[reached]])
        rates, past = self.c_rate[reached], np.flatnonzero(worst > limit)
        if not len(past):
            return np.nan
        first = past[0]
        if first == 0:
            return float(rates[0])
        pair = slice(first - 1, first + 1)
        return float(np.exp(np.interp(np.log(limit), np.log(worst[pair]), np.log(rates[pair]))))


def linear_end(cell, c_rate, depth, start=None, **numerics):
    r"""Polarisation of a cell at a steady current: by its impedance at the start, and by the full discharge.

    .. math:: \eta_\text{lin}(t) = i \left[S(t) - \frac{t}{C}\right], \qquad
        \eta(t) = U(\bar\theta(t)) - V(t)

    with S the response of `linearised` to a step. What the state of charge moves, i t/C here and the open-circuit
    potential at the mean stoichiometry there, is no polarisation and taken off both.

    Parameters
    ----------
    cell : StatedCell
    c_rate : array_like
        [1/h], ascending.
    depth : array_like
        Charge over the nominal capacity [1], ascending.
    start : float, optional
        Stoichiometry at the start [1]: the charged end of the cell's window if left out.
    **numerics
        ``cells``, ``modes`` and ``voltage_step`` of `discharge`.

    Returns
    -------
    LinearEnd

    Notes
    -----
    What ends the linear picture: the kinetics (polarisation grows as the logarithm of the current), and the
    stoichiometry that moves, at the particles' surface and in the depth, away from where it was linearised. The double
    layer is left out on both sides: it matters in the first milliseconds.
    """
    c_rate, depth = (np.atleast_1d(np.asarray(value, dtype=float)) for value in (c_rate, depth))
    check_positive(c_rate=c_rate, depth=depth)
    for name, values in (("c_rate", c_rate), ("depth", depth)):
        if values.ndim != 1 or (np.diff(values) <= 0).any():
            raise ValueError(f"{name} has to be one ascending row of values")
    oxide, rails, start = layered_oxide(), cell.rails, cell.window[0] if start is None else start
    circuit, values = linearised(rails, oxide, start)
    time = depth * hour / c_rate[:, None]
    band = 1 / (2 * np.pi * time.max() * MARGIN), MARGIN / (2 * np.pi * time.min())
    poles = approximate(circuit, *band, **values)
    current = cell.nominal_capacity * c_rate / hour
    linear = current[:, None] * (poles.step(time) - poles.elastance * time)
    runs = discharge(rails, current, oxide, start=start, cutoff=cell.cutoff, **numerics)
    charge = depth * cell.nominal_capacity
    full = np.full(time.shape, np.nan)
    for own, (passed, voltage) in zip(full, runs.curves, strict=True):
        if len(passed) > 1:
            polarisation = oxide.potential(start + passed / cell.sites_capacity) - voltage
            # Diffusion begins with the root of time: along it the curve is nearly straight.
            own[:] = np.interp(np.sqrt(charge), np.sqrt(passed), polarisation, right=np.nan)
    return LinearEnd(c_rate, depth, np.where(np.isnan(full), np.nan, linear), full)
