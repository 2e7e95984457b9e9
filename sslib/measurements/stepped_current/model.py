"""A symmetrical lithium cell under a current that is raised step by step: voids, filaments and soft shorts, simulated.

The forward model of the measurement. Its laws are assumed in form, since no published one is agreed on; what they take
from the literature is the balance at a stripped electrode (lithium is removed faster than creep and diffusion bring it:
source 002, "Critical Current Density", after Kasemchainan) and that what is left of the contact carries the current of
the whole (the same place: voids raise the local plating current, and filaments follow).
"""

from dataclasses import dataclass

import numpy as np
from scipy.constants import k as BOLTZMANN

from sslib.checks import check_between, check_positive
from sslib.instruments import TimeSeries
from sslib.units import cm2, eV, hour, mA_cm2, mAh_cm2, minute, mV, ohm_cm2, reference_temperature

WORKING, COUNTER = 0, 1


@dataclass(frozen=True)
class SymmetricCell:
    r"""A cell of lithium, a solid electrolyte and lithium, and the laws by which it fails.

    An electrode that is stripped at a current density :math:`i` above :math:`i_\text{strip}` loses charge that nothing
    brings back, one that is plated gains; contact falls with what is missing, and resistance rises with it:

    .. math:: \dot q = i - i_\text{strip} \ (\text{stripping}), \quad \dot q = -r |i| \ (\text{plating}), \quad q \ge 0,
              \qquad a = e^{-q/q_v}, \qquad R_\text{contact} = R_c/a

    A filament bridges the cell at random, at a rate in proportion to the local plating current above
    :math:`i_\text{plate}`. At first it conducts on and off (a soft short), later for good:

    .. math:: \lambda = \frac{(|i|/a - i_\text{plate})_+}{q_s}

    Attributes
    ----------
    area : float
        [m2]
    separator_resistance, contact_resistance : float
        Of the separator, and of each electrode while its contact is whole [ohm m2].
    relaxation_resistance, relaxation_time : float
        What is slow in a sound cell [ohm m2], [s].
    stripping_limit, plating_limit : float
        :math:`i_\text{strip}` and :math:`i_\text{plate}` [A/m2]; infinite where that failure never comes.
    void_charge : float
        :math:`q_v`, after which 1/e of the contact is left [C/m2].
    refill : float
        r, the share of plated charge that closes voids [1].
    short_charge : float
        :math:`q_s`, charge above the limit that passes on average until a filament bridges [C/m2].
    soft_resistance, hard_resistance : float
        Of a filament that conducts on and off, and for good [ohm m2].
    soft_time, flicker_time : float
        Mean time until it conducts for good, and mean time on or off before [s].
    activation_energy, temperature_swing, temperature_period : float
        Of the separator [J]; half the swing of the temperature about 298.15 K [K], and its period [s].

    Notes
    -----
    Assumed are the exponential loss of contact, the constant share that refills, and the rate of shorting; a random
    delay makes two equal cells fail at different currents. Nothing is resolved across the area.
    """

    area: float = 0.785 * cm2
    separator_resistance: float = 80 * ohm_cm2
    contact_resistance: float = 15 * ohm_cm2
    relaxation_resistance: float = 6 * ohm_cm2
    relaxation_time: float = 40.0
    stripping_limit: float = 0.65 * mA_cm2
    plating_limit: float = 1.15 * mA_cm2
    void_charge: float = 0.1 * mAh_cm2
    refill: float = 0.9
    short_charge: float = 0.02 * mAh_cm2
    soft_resistance: float = 60 * ohm_cm2
    hard_resistance: float = 0.5 * ohm_cm2
    soft_time: float = 30 * minute
    flicker_time: float = 8.0
    activation_energy: float = 0.35 * eV
    temperature_swing: float = 0.15
    temperature_period: float = 5 * hour

    def __post_init__(self):
        positive = (
            "area", "separator_resistance", "contact_resistance", "relaxation_time", "void_charge", "short_charge",
            "soft_resistance", "hard_resistance", "soft_time", "flicker_time", "temperature_period",
        )  # fmt: skip
        check_positive(**{name: getattr(self, name) for name in positive})
        check_between(0, 1, refill=self.refill)
        check_between(0, np.inf, relaxation_resistance=self.relaxation_resistance)
        check_between(0, 50, temperature_swing=self.temperature_swing)
        for name in ("stripping_limit", "plating_limit"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be positive, or infinite where it never is")


@dataclass(frozen=True)
class Protocol:
    """A program of currents that rise step by step, plating and stripping in turn.

    Attributes
    ----------
    currents : array_like
        Magnitudes, rising [A/m2].
    time : float, optional
        Of a half-cycle [s], the same at each current; or
    charge : float, optional
        of a half-cycle [C/m2], the same at each current.
    cycles : int
        At each current.
    rest : float
        Before the first and between two half-cycles [s].
    samples : int
        Of a half-cycle, evenly.
    both_directions : bool
        Whether the current turns; else every half-cycle has one sign.
    """

    currents: tuple
    time: float | None = None
    charge: float | None = None
    cycles: int = 1
    rest: float = 0.0
    samples: int = 120
    both_directions: bool = True

    def __post_init__(self):
        check_positive(currents=self.currents, cycles=self.cycles, samples=self.samples)
        check_between(0, np.inf, rest=self.rest)
        if (self.time is None) == (self.charge is None):
            raise ValueError(f"time is {self.time} and charge {self.charge}; one of them must be given, and one only")
        check_positive(**{"time" if self.charge is None else "charge": self.time or self.charge})

    def half_cycles(self):
        """Current density with its sign [A/m2] and duration [s] of each half-cycle."""
        signs = (1, -1) if self.both_directions else (1, 1)
        for current in np.asarray(self.currents, dtype=float):
            duration = self.time if self.charge is None else self.charge / current
            for _ in range(self.cycles):
                yield from ((sign * current, duration) for sign in signs)


@dataclass(frozen=True, eq=False)
class SteppedRecord:
    """What a simulated measurement gives, and what happened in it.

    Attributes
    ----------
    series : TimeSeries
        Voltage of the whole cell.
    working, counter : TimeSeries
        Voltage of either electrode against a reference in the middle of the separator; the current is that into the
        electrode, so that a positive one strips it.
    voids, short, limited : float or None
        Time at which an electrode first lost contact, at which a filament bridged, at which the voltage reached the
        instrument's limit [s].
    voids_current, short_current : float or None
        Magnitude of the current density then [A/m2].
    """

    series: TimeSeries
    working: TimeSeries
    counter: TimeSeries
    voids: float | None
    short: float | None
    limited: float | None
    voids_current: float | None
    short_current: float | None


class _Filament:
    """Conductance of what bridges the cell, on and off until it stays [S/m2]."""

    def __init__(self, cell, rng):
        self.cell, self.rng, self.begin, self.hard, self.on = cell, rng, None, False, False

    def conductance(self, local, step):
        """After a step [s] at a local plating current [A/m2]."""
        cell, rng = self.cell, self.rng
        if self.begin is None:
            rate = max(local - cell.plating_limit, 0.0) / cell.short_charge
            if rng.random() >= -np.expm1(-rate * step):
                return 0.0
            self.begin, self.on = step, True
        elif not self.hard:
            self.hard = rng.random() < -np.expm1(-step / cell.soft_time)
            # On or off for an exponential time: whether it has turned an odd number of times within the step.
            if rng.random() < -np.expm1(-2 * step / cell.flicker_time) / 2:
                self.on = not self.on
        if self.hard:
            return 1 / cell.hard_resistance
        return rng.lognormal(0.0, 0.3) / cell.soft_resistance if self.on else 0.0


def simulate_stepped(cell, protocol, *, noise=20e-6, offset=0.3 * mV, limit=None, seed=0):
    """Voltage of a cell under a stepped current, with what fails in it and when.

    Parameters
    ----------
    cell : SymmetricCell
    protocol : Protocol
    noise : float
        Standard deviation of a sample of each voltage [V].
    offset : float
        Constant voltage of the instrument or of unequal electrodes, added to the working electrode's [V].
    limit : float, optional
        Largest voltage that the instrument gives [V]: beyond it the current falls to what that drives, and the program
        ends with this half-cycle.
    seed : int

    Returns
    -------
    SteppedRecord

    Notes
    -----
    Charge that is missing is integrated exactly, the rate of shorting is taken as constant between two samples.

    Examples
    --------
    A sound cell of 116 ohm cm2 at 0.1 mA/cm2:

    >>> from sslib.units import hour, mA_cm2
    >>> sound = SymmetricCell(stripping_limit=np.inf, plating_limit=np.inf, temperature_swing=0.0)
    >>> record = simulate_stepped(sound, Protocol((0.1 * mA_cm2,), time=1 * hour), noise=0.0, offset=0.0)
    >>> round(1e3 * float(record.series.voltage[100]), 2)
    11.6
    """
    check_between(0, np.inf, noise=noise)
    if limit is not None:
        check_positive(limit=limit)
    rng = np.random.default_rng(seed)
    filament = _Filament(cell, rng)
    missing, slow = [0.0, 0.0], 0.0
    events = {"voids": None, "short": None, "limited": None}
    at_current = {"voids": None, "short": None}
    rows, clock, number = [], 0.0, 0
    for current, duration in _with_rests(protocol):
        count = protocol.samples if current else max(5, protocol.samples // 10)
        step = duration / count
        if not duration:
            continue
        decay = np.exp(-step / cell.relaxation_time)
        for _ in range(count):
            clock += step
            for electrode, into in ((WORKING, current), (COUNTER, -current)):
                missing[electrode] = _missing(cell, missing[electrode], into, step)
            contact = np.exp(-np.array(missing) / cell.void_charge)
            slow = slow * decay + current * cell.relaxation_resistance * (1 - decay)
            plated = COUNTER if current > 0 else WORKING
            bridged = filament.conductance(abs(current) / contact[plated], step)
            halves = cell.contact_resistance / contact + _separator(cell, clock) / 2
            # The filament takes what the series of both halves leaves to it.
            share = 1 / (1 + bridged * halves.sum())
            voltage = share * (current * halves + slow / 2)
            flows = current
            if limit is not None and abs(voltage.sum()) > limit:
                flows = current * limit / abs(voltage.sum())
                voltage = voltage * limit / abs(voltage.sum())
                events["limited"] = clock if events["limited"] is None else events["limited"]
            seen = {"voids": max(missing) > 0, "short": filament.begin is not None}
            for name, happened in seen.items():
                if happened and events[name] is None:
                    events[name], at_current[name] = clock, abs(current)
            rows.append((clock, flows, *voltage, number))
        number += 1
        if events["limited"] is not None:
            break
    time, current, working, counter, number = np.array(rows).T
    error = noise * rng.standard_normal((3, len(time)))
    own = {"step": number.astype(int), "area": cell.area}
    flow = current * cell.area
    whole = working + counter + offset + error[0]
    return SteppedRecord(
        TimeSeries(time, whole if limit is None else np.clip(whole, -limit, limit), flow, **own),
        TimeSeries(time, working + offset + error[1], flow, **own),
        TimeSeries(time, -counter + error[2], -flow, **own),
        **events,
        voids_current=at_current["voids"],
        short_current=at_current["short"],
    )


def _with_rests(protocol):
    for half_cycle in protocol.half_cycles():
        yield 0.0, protocol.rest
        yield half_cycle


def _missing(cell, charge, into, step):
    """Charge that a step leaves missing at an electrode [C/m2]."""
    if into > 0:
        rate = into - cell.stripping_limit
    elif into < 0:
        rate = cell.refill * into
    else:
        rate = -cell.stripping_limit
    return max(charge + rate * step, 0.0) if np.isfinite(rate) else 0.0


def _separator(cell, clock):
    """Resistance of the separator at the temperature of that time [ohm m2]."""
    T = reference_temperature + cell.temperature_swing * np.sin(2 * np.pi * clock / cell.temperature_period)
    return cell.separator_resistance * np.exp(cell.activation_energy / BOLTZMANN * (1 / T - 1 / reference_temperature))
