"""A titration computed: an insertion material under steps of current and of voltage, as a potentiostat records it.

This is the independent way by which the evaluations are tested: diffusion with a diffusivity that depends on the
composition, in finite volumes, with the material's own potential, a resistance of leads, charge transfer and the
double layer.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp

from sslib.checks import check_between, check_positive
from sslib.instruments import TimeSeries
from sslib.measurements.titration.hosts import Host

CELLS = 160
GRADING = 8.0
"""Logarithm of the widest over the narrowest cell; the narrowest lies at the surface."""
TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class TitratedElectrode:
    """What is titrated, with what lies in series.

    Attributes
    ----------
    host : Film or Sphere
    potential : callable
        Open-circuit potential [V] of a composition [1], falling with it.
    diffusivity : callable
        Chemical diffusivity [m2/s] of a composition [1].
    series_resistance : float
        Of electrolyte and leads [ohm]; not negative.
    charge_transfer : float
        Linear resistance of the interface [ohm]; not negative.
    double_layer : float
        Capacitance of the interface [F], zero for none; needs both resistances.
    leak : float
        Constant current of a side reaction, which the potentiostat sees where it holds the voltage [A].
    """

    host: Host
    potential: Callable
    diffusivity: Callable
    series_resistance: float = 0.0
    charge_transfer: float = 0.0
    double_layer: float = 0.0
    leak: float = 0.0

    def __post_init__(self):
        both = {"series_resistance": self.series_resistance, "charge_transfer": self.charge_transfer}
        check_between(0, np.inf, double_layer=self.double_layer, **both)
        if self.double_layer:
            check_positive(**both)


@dataclass(frozen=True)
class TitrationHold:
    """A step of a program: what is held ("current" [A] or "voltage" [V]), at which value, for how long [s]."""

    control: str
    value: float
    duration: float

    def __post_init__(self):
        if self.control not in ("current", "voltage"):
            raise ValueError(f"control is {self.control!r}; it must be 'current' or 'voltage'")
        check_between(-np.inf, np.inf, value=self.value)
        check_positive(duration=self.duration)


def titration_times(duration, first, per_decade, longest):
    """Times of samples since a step began [s]: at once, then even in the logarithm, at most `longest` apart.

    >>> titration_times(10.0, 1.0, 2, 4.0).round(3).tolist()
    [0.0, 1.0, 4.0, 7.0, 10.0]
    """
    check_positive(duration=duration, first=first, per_decade=per_decade, longest=longest)
    growth = 10 ** (1 / per_decade)
    times, now = [0.0], first
    while now < duration and now * (growth - 1) < longest:
        times.append(now)
        now *= growth
    last = times[-1]
    rest = int(np.ceil((duration - last) / longest))
    return np.append(times, np.linspace(last, duration, rest + 1)[1:])


def simulate_titration(electrode, program, start, *, first=0.1, per_decade=10, longest=60.0, cells=CELLS):
    r"""A titration from rest, without noise.

    .. math::

        \frac{\partial x}{\partial t} = \nabla \cdot D(x) \nabla x, \qquad
        F c_\text{max} A\, D \frac{\partial x}{\partial n} = -i_f, \qquad
        i_f = \frac{\varphi - U(x_s)}{R_\text{ct}}, \qquad
        C \frac{d\varphi}{dt} = i - i_f, \qquad V = \varphi + i R_\text{s}

    Parameters
    ----------
    electrode : TitratedElectrode
    program : sequence of TitrationHold
    start : float
        Composition, uniform at first [1].
    first, per_decade, longest : float
        Sampling of each step, see `titration_times`. The first sample is that of the jump, at the time of the last one
        of the step before, as potentiostats write it.
    cells : int
        Volumes from the blocked face or the centre to the surface, finer towards it.

    Returns
    -------
    series : TimeSeries
    composition : numpy.ndarray
        Mean composition at each sample [1].

    Raises
    ------
    ValueError
        If the composition leaves 0 to 1 anywhere.

    Notes
    -----
    Conservative: what enters at the surface is what the volumes gain. Stiff integration (LSODA) with a band of three;
    the composition of the surface itself is half a volume (1e-5 of the length) off its last volume.
    """
    check_between(0, 1, start=start)
    if not program:
        raise ValueError("the program has no step; it needs at least one TitrationHold")
    model = _Volumes(electrode, cells)
    state = np.full(cells + 1, float(start))
    state[-1] = electrode.potential(start)
    parts, begin = [], 0.0
    for number, hold in enumerate(program):
        times = titration_times(hold.duration, first, per_decade, longest)
        states = model.run(state, hold, times)
        voltage, current = model.seen(states, hold)
        parts.append((begin + times, voltage, current, np.full(len(times), number), model.shares @ states[:-1]))
        state, begin = states[:, -1], begin + hold.duration
    time, voltage, current, step, mean = (np.concatenate(part) for part in zip(*parts, strict=True))
    return TimeSeries(time, voltage, current, step=step), mean


def record_titration(series, rng, *, voltage_noise, current_noise, voltage_resolution=0.0, current_resolution=0.0):
    """A series as a potentiostat would have written it: with noise, and rounded to its steps of voltage and current.

    Parameters
    ----------
    series : TimeSeries
    rng : numpy.random.Generator
    voltage_noise, current_noise : float
        Standard deviation of a sample [V], [A].
    voltage_resolution, current_resolution : float
        Smallest step [V], [A]; zero for none.

    Returns
    -------
    TimeSeries
    """
    sizes = {"voltage": (voltage_noise, voltage_resolution), "current": (current_noise, current_resolution)}
    columns = {}
    for name, (noise, resolution) in sizes.items():
        check_between(0, np.inf, **{f"{name}_noise": noise, f"{name}_resolution": resolution})
        values = getattr(series, name) + noise * rng.standard_normal(len(series))
        columns[name] = np.round(values / resolution) * resolution if resolution else values
    return TimeSeries(series.time, columns["voltage"], columns["current"], step=series.step)


class _Volumes:
    """Finite volumes of one electrode; the state holds their compositions and the potential of the interface."""

    def __init__(self, electrode, cells):
        self.electrode, host = electrode, electrode.host
        widths = np.expm1(np.linspace(0, GRADING, cells + 1))
        faces = host.length * (1 - widths[::-1] / widths[-1])
        power = {"film": 0, "sphere": 2}[host.shape]
        sizes = np.diff(faces ** (power + 1)) / (power + 1)
        centres = np.diff(faces ** (power + 2)) / (power + 2) / sizes
        self.shares = sizes / sizes.sum()
        # Conductance of a face per mean composition change: area over distance, over the whole volume.
        self.inner = faces[1:-1] ** power / np.diff(centres) / sizes.sum()
        self.outer = faces[-1] ** power / (faces[-1] - centres[-1]) / sizes.sum()
        self.resistance = electrode.series_resistance + electrode.charge_transfer

    def transfer(self, x, potential, resistance):
        """Current through the interface from a potential behind a resistance [A], the half volume in series."""
        slope = (self.electrode.potential(x + 1e-6) - self.electrode.potential(x - 1e-6)) / 2e-6
        half = -slope / (self.electrode.host.capacity * self.electrode.diffusivity(x) * self.outer)
        return (potential - self.electrode.potential(x)) / (resistance + half)

    def surface(self, x, current):
        """Composition at the surface under a current through the interface [A]."""
        return x - current / (self.electrode.host.capacity * self.electrode.diffusivity(x) * self.outer)

    def currents(self, x, potential, hold):
        """Current that is seen and current that crosses the interface [A], leak left out."""
        electrode = self.electrode
        if electrode.double_layer:
            crossing = self.transfer(x, potential, electrode.charge_transfer)
            held = hold.value if hold.control == "current" else (hold.value - potential) / electrode.series_resistance
            return held, crossing
        crossing = hold.value if hold.control == "current" else self.transfer(x, hold.value, self.resistance)
        return crossing, crossing

    def rates(self, state, hold):
        x, potential = state[:-1], state[-1]
        between = (x[1:] + x[:-1]) / 2
        flow = self.inner * self.electrode.diffusivity(between) * np.diff(x)
        seen, crossing = self.currents(x[-1], potential, hold)
        gain = np.zeros(len(state))
        gain[:-2] += flow
        gain[1:-1] -= flow
        gain[-2] -= crossing / self.electrode.host.capacity
        gain[:-1] /= self.shares
        if self.electrode.double_layer:
            gain[-1] = (seen - crossing) / self.electrode.double_layer
        return gain

    def run(self, state, hold, times):
        """States at the times of a step (state, times)."""
        settings = {"rtol": TOLERANCE, "atol": TOLERANCE * 1e-2, "lband": 1, "uband": 1}
        with warnings.catch_warnings():
            # LSODA warns of what makes it fail, which is said below.
            warnings.simplefilter("ignore", UserWarning)
            solution = solve_ivp(
                lambda t, y: self.rates(y, hold), (0.0, times[-1]), state, method="LSODA", t_eval=times, **settings
            )
        if not solution.success:
            raise ValueError(
                f"the {hold.control} of {hold.value:g} for {hold.duration:g} s cannot be computed "
                f"({solution.message}): the time of diffusion, or of the double layer, is too short beside it"
            )
        x = solution.y[:-1]
        if not (x.min() > 0 and x.max() < 1):
            raise ValueError(
                f"the composition leaves 0 to 1 while the {hold.control} is held at {hold.value:g}; "
                "a smaller or shorter step keeps it inside"
            )
        return solution.y

    def seen(self, states, hold):
        """Voltage and current that a potentiostat reads at the samples of a step."""
        electrode, x = self.electrode, states[-2]
        current, crossing = self.currents(x, states[-1], hold)
        current, crossing = np.broadcast_to(current, x.shape), np.broadcast_to(crossing, x.shape)
        if hold.control == "voltage":
            return np.full(x.shape, hold.value), current + electrode.leak
        if electrode.double_layer:
            return states[-1] + current * electrode.series_resistance, current
        return electrode.potential(self.surface(x, crossing)) + current * self.resistance, current
