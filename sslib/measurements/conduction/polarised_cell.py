"""A mixed conductor between an electrode that gives lithium and one that blocks it, under steps of the voltage."""

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from sslib.checks import check_between, check_positive
from sslib.instruments import TimeSeries
from sslib.kinetics import thermal_voltage
from sslib.units import reference_temperature

CELLS = 40


def simulate_polarisation(
    voltages, duration, *, area, thickness, electrons, holes=0.0, ohmic=0.0, ions=np.inf, diffusivity, leak=0.0,
    noise=0.0, samples=160, temperature=reference_temperature, cells=CELLS, seed=0,
):  # fmt: skip
    r"""Current of lithium | mixed conductor | blocking electrode under steps of the voltage, as a potentiostat would
    sample it.

    With E the potential of the blocking side's metal against lithium in local equilibrium, and the potentials of
    electrons and ions :math:`\varphi_e - \varphi_i = E`:

    .. math::

        c_\delta \frac{\partial E}{\partial t} = -\frac{\partial i_e}{\partial x}, \qquad
        i_e = -\sigma_\text{el}(E) \frac{\partial \varphi_e}{\partial x}, \quad
        i_i = -\sigma_i \frac{\partial \varphi_i}{\partial x}, \quad i_e + i_i = i(t)

    with :math:`\sigma_\text{el} = \sigma_e e^{-FE/RT} + \sigma_h e^{FE/RT} + \sigma_\Omega` and the chemical
    capacitance :math:`c_\delta = \sigma_\text{el}/D`. At x = 0 E is zero and both kinds pass; at x = L no ion
    passes and :math:`\varphi_e = U`.

    Parameters
    ----------
    voltages : sequence of float
        Held one after another from equilibrium with lithium [V].
    duration : float
        Of each step [s].
    area, thickness : float
        [m2], [m].
    electrons, holes : float
        Their conductivities where the conductor touches lithium [S/m].
    ohmic : float
        Electronic conductivity that does not depend on the lithium activity [S/m].
    ions : float
        Ionic conductivity [S/m]; infinite for ions that are never in the way.
    diffusivity : float
        Of the electronic carriers [m2/s], the same for all.
    leak : float
        Current of the instrument that is added [A].
    noise : float
        Standard deviation of a sample [A].
    samples : int
        In a step: the first quarter evenly in the logarithm of time, from 1e-4 of its length, the others evenly.
    temperature : float
        [K].
    cells : int
        Finite volumes over the thickness.
    seed : int
        Of the noise.

    Returns
    -------
    TimeSeries
        Current positive where the blocking electrode takes up electrons' charge at a positive voltage; steps numbered.

    Notes
    -----
    Finite volumes in space, scipy's LSODA in time: no series and no steady formula goes in. Carriers as ideal dilute
    ones; no double layer, no interface resistance, no decomposition.
    """
    check_positive(duration=duration, area=area, thickness=thickness, diffusivity=diffusivity, temperature=temperature)
    check_between(0, np.inf, electrons=electrons, holes=holes, ohmic=ohmic, noise=noise)
    check_positive(electronic_conductivity=electrons + holes + ohmic)
    if not ions > 0:
        raise ValueError(f"ions is {ions:g} S/m; it must be positive, or infinite")
    layer = _Layer(area, thickness, electrons, holes, ohmic, ions, diffusivity, float(thermal_voltage(temperature)),
                   cells)  # fmt: skip
    since = np.unique(
        np.concatenate(
            [
                np.geomspace(duration / 1e4, duration / 20, samples // 4),
                np.linspace(duration / 20, duration, samples - samples // 4 + 1)[1:],
            ]
        )
    )
    # Without the ions' drop, which the whole layer shares, a cell feels its neighbours alone.
    bands = {"lband": 1, "uband": 1} if np.isinf(ions) else {}
    E = np.zeros(cells)
    # A sample at rest, so that it is known when the first step begins.
    rows = [(np.array([-duration / 1e4]), np.zeros(1), [0.0], np.zeros(1, dtype=int))]
    for number, voltage in enumerate(voltages):
        solution = solve_ivp(
            layer.rates, (0, duration), E, method="LSODA", t_eval=since, args=(voltage,), rtol=1e-6, atol=1e-8, **bands
        )
        E = solution.y[:, -1]
        current = [layer.current(state, voltage) for state in solution.y.T]
        numbers = np.full(len(since), number + 1)
        rows.append((number * duration + since, np.full(len(since), voltage), current, numbers))
    time, voltage, current, step = (np.concatenate(column) for column in zip(*rows, strict=True))
    scatter = noise * np.random.default_rng(seed).standard_normal(len(time))
    return TimeSeries(time, voltage, current + leak + scatter, step=step, area=area, temperature=temperature)


class _Layer:
    """Finite volumes of the mixed conductor; the state is E in the middle of each [V]."""

    def __init__(self, area, thickness, electrons, holes, ohmic, ions, diffusivity, thermal, cells):
        self.area, self.diffusivity, self.thermal = area, diffusivity, thermal
        self.electrons, self.holes, self.ohmic, self.ions = electrons, holes, ohmic, ions
        # Narrow at both faces, where a step begins.
        faces = thickness * (1 - np.cos(np.pi * np.arange(cells + 1) / cells)) / 2
        middles = (faces[1:] + faces[:-1]) / 2
        self.width = np.diff(faces)
        self.spacing, self.last = np.diff(np.r_[0.0, middles]), thickness - middles[-1]

    def conductivity(self, E):
        return self.electrons * np.exp(-E / self.thermal) + self.holes * np.exp(E / self.thermal) + self.ohmic

    def between(self, low, high):
        """Integral of the electronic conductivity over E [S/m V], without the loss of digits of a difference."""
        u = (high - low) / self.thermal
        return self.thermal * (
            -self.electrons * np.exp(-low / self.thermal) * np.expm1(-u)
            + self.holes * np.exp(low / self.thermal) * np.expm1(u)
        ) + self.ohmic * (high - low)

    def _solved(self, E, voltage):
        """Currents of electrons and of all [A/m2] through the faces but the last, and through the last, towards +x."""
        before = np.r_[0.0, E[:-1]]
        slope = self.between(before, E) / self.spacing
        electronic = self.between(before, E) / np.where(before == E, 1, E - before)
        electronic = np.where(before == E, self.conductivity(E), electronic)
        if np.isinf(self.ions):
            total = -self.between(E[-1], voltage) / self.last
            return -slope, total
        # The ions' drop is linear in the current; the last half cell has none, as no ion passes its end.
        both = electronic + self.ions
        per_current, held = (self.spacing / both).sum(), (self.spacing * slope / both).sum()

        def lacking(surface):
            return surface + per_current / self.last * self.between(E[-1], surface) - held - voltage

        ends = E[-1], held + voltage
        surface = ends[1] if ends[0] == ends[1] else brentq(lacking, *ends, xtol=1e-13, rtol=1e-14)
        total = -self.between(E[-1], surface) / self.last
        return (electronic * total - self.ions * slope) / both, total

    def rates(self, time, E, voltage):
        faces, total = self._solved(E, voltage)
        into = faces - np.r_[faces[1:], total]
        return into / self.width * self.diffusivity / self.conductivity(E)

    def current(self, E, voltage):
        """Of the cell [A], positive at a positive voltage."""
        return -self.area * self._solved(E, voltage)[1]
