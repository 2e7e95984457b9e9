"""Partial electronic conductivity of an ion conductor from steps of the voltage on a cell that blocks its ions."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import chdtrc

from sslib.checks import check_between, check_positive
from sslib.instruments import steps
from sslib.kinetics import thermal_voltage
from sslib.measurements.conduction.settling import NotSettledError, steady_current
from sslib.measurements.estimates import LEVEL, Estimate
from sslib.units import S_cm, reference_temperature

ELECTRODES = {"lithium and blocking": 1.0, "both blocking": 4.0}
"""By the cell's electrodes how many times faster its slowest relaxation is than L²/(π² D)."""
LAW_FITS = 1e-3
"""Probability of chi-square below which a law does not describe the currents."""
BEST = 3e-4
"""Share of itself to which a steady current is known at best: beyond, the temperature and the voltage are felt."""
PLATES = 0.05
"""[V] below lithium down to which lithium may fail to nucleate on an electrode that takes none."""
IMPLAUSIBLE = 1e-3 * S_cm
"""Of electrons in an electrolyte: most of what source 002 has for the ions of any (Table 1)."""
AGREE = 2.0
"""Diffusivities of several steps are one if the largest is no more than so many times the smallest."""


@dataclass(frozen=True, eq=False)
class Polarisation:
    """What steps of the voltage say of the electronic conduction of an ion conductor.

    Attributes
    ----------
    steady : tuple of SteadyCurrent
        One for each step, the leak of the instrument taken off.
    limited : tuple of bool
        Which of them do not leave the instrument's resolution and leak: their current is an upper limit.
    law : str
        "ohmic", "electrons and holes", "undecided" (both describe the currents), "neither", or "below the resolution".
    electrons, holes : Estimate or None
        Conductivities where the conductor touches lithium [S/m]; their intervals may reach below zero.
    ohmic : Estimate or None
        Conductivity, if one describes all voltages [S/m].
    diffusivity : Estimate or None
        Chemical diffusivity from the time constants [m2/s].
    upper_limit : float or None
        What the mean conductivity cannot exceed where every current is a limit [S/m].
    verdicts : tuple of str
    """

    steady: tuple
    limited: tuple
    law: str
    electrons: Estimate | None
    holes: Estimate | None
    ohmic: Estimate | None
    diffusivity: Estimate | None
    upper_limit: float | None
    verdicts: tuple
    area: float
    thickness: float
    temperature: float
    level: float
    covariance: np.ndarray | None = None

    @property
    def voltage(self):
        return np.array([own.voltage for own in self.steady])

    @property
    def current(self):
        """Steady currents [A]."""
        return np.array([own.current.value for own in self.steady])

    def mean_conductivity(self, number):
        """The printed i L/(A U) of a step [S/m]: the mean between the electrodes, the conductivity if it is ohmic."""
        own = self.steady[number]
        return Estimate(
            own.current.value * self.thickness / (self.area * own.voltage),
            abs(own.current.error * self.thickness / (self.area * own.voltage)),
            own.current.freedom,
        )

    def conductivity(self, voltage):
        """Electronic conductivity at a potential against lithium [S/m], as the slope (L/A) di/dU of the fitted law.

        Raises
        ------
        ValueError
            Where no law describes the currents (`slopes` still holds), or the potential was not reached.
        """
        if self.law in ("neither", "below the resolution"):
            raise ValueError(
                f"the law is {self.law!r}: no slope of a law is known; take slopes() between neighbouring voltages, or "
                "upper_limit"
            )
        reached = np.r_[0.0, self.voltage]
        check_between(reached.min(), reached.max(), voltage=voltage)
        if self.law != "electrons and holes":
            return self.ohmic
        u = voltage / float(thermal_voltage(self.temperature))
        weights = np.exp([-u, u])
        error = np.sqrt(weights @ self.covariance @ weights)
        return Estimate(float(weights @ [self.electrons.value, self.holes.value]), float(error))

    def slopes(self):
        """(L/A) di/dU between neighbouring voltages, of which no law is asked: arrays of the voltage half way [V], the
        conductivity and its standard error [S/m]."""
        order = np.argsort(self.voltage)
        U, i = self.voltage[order], self.current[order]
        error = np.array([self.steady[k].current.error for k in order])
        per = self.thickness / (self.area * np.diff(U))
        return (U[1:] + U[:-1]) / 2, per * np.diff(i), per * np.hypot(error[1:], error[:-1])

    def table(self):
        """A row for each step, SI units in the heads."""
        import pandas as pd

        rows = []
        for number, own in enumerate(self.steady):
            mean = self.mean_conductivity(number)
            rows.append(
                {
                    "U [V]": own.voltage,
                    "i [A]": own.current.value,
                    "from [A]": own.interval[0],
                    "to [A]": own.interval[1],
                    "last samples [A]": own.last,
                    "time constant [s]": own.time_constant,
                    "i L/(A U) [S/m]": mean.value,
                    "reading": "upper limit" if self.limited[number] else "value",
                }
            )
        return pd.DataFrame(rows)


def electronic_current(voltage, electrons, holes, *, area, thickness, temperature=reference_temperature):
    r"""Steady current [A] of lithium | ion conductor | ion-blocking electrode.

    .. math:: i = \frac{A R T}{L F} \left[ \sigma_e \left(1 - e^{-FU/RT}\right)
              + \sigma_h \left(e^{FU/RT} - 1\right) \right]

    Parameters
    ----------
    voltage : array_like
        Of the blocking electrode against lithium [V].
    electrons, holes : array_like
        Conductivities of electrons and holes where the conductor touches lithium [S/m].
    area, thickness, temperature : array_like
        [m2], [m], [K].

    Notes
    -----
    Its slope is the conductivity at the blocking electrode,
    :math:`(L/A)\, di/dU = \sigma_e e^{-FU/RT} + \sigma_h e^{FU/RT}`; at small voltages it is ohmic with their sum.
    For carriers that are dilute, and ions that conduct so much better that they carry no gradient. Source 002
    (appendix A.1) prints the ohmic d I/(A V) alone. Verified here as the integral of the conductivity over the
    potential and against the differential equations (`simulate_polarisation`).

    Examples
    --------
    At the plateau of electrons the current stays and the slope is gone: 1e-8 S/cm, 1 mm, 1 cm2 and RT/F give 2.57 nA:

    >>> i = electronic_current([0.3, 0.6], 1e-6, 0.0, area=1e-4, thickness=1e-3)
    >>> (i * 1e9).round(3).tolist()
    [2.569, 2.569]
    """
    check_between(0, np.inf, electrons=electrons, holes=holes)
    check_positive(area=area, thickness=thickness, temperature=temperature)
    thermal = thermal_voltage(temperature)
    u = np.asarray(voltage, dtype=float) / thermal
    return area * thermal / thickness * (-np.asarray(electrons) * np.expm1(-u) + np.asarray(holes) * np.expm1(u))


def hebb_wagner(
    series, *, area, thickness, temperature=reference_temperature, window=None, leak=0.0, leak_error=0.0,
    resolution=0.0, electrodes="lithium and blocking", level=LEVEL,
):  # fmt: skip
    """Electronic conductivity from steps of the voltage on a cell that blocks ions (Hebb-Wagner polarisation).

    Parameters
    ----------
    series : sslib.instruments.TimeSeries
        Voltage of the blocking electrode against lithium, and the current, positive at a positive voltage.
    area, thickness, temperature : float
        Of the sample [m2], [m], [K].
    window : tuple of float, optional
        Potentials between which the electrolyte is stable [V against lithium].
    leak, leak_error : float
        Current that the instrument adds, as measured with an open lead, and its standard error [A].
    resolution : float
        Smallest current that the instrument tells apart [A].
    electrodes : str
        "lithium and blocking", or "both blocking": then no electrode fixes the lithium activity, and the small-voltage
        conductivity as the sample was made is all that can be had.
    level : float
        Of the intervals.

    Returns
    -------
    Polarisation

    Raises
    ------
    ValueError
        If a voltage lies outside of the window or 50 mV below lithium, a step has not settled, the current grows or
        flows against the voltage, or there is no step of the voltage. The message names the assumption, the number and
        what to do.

    Notes
    -----
    The laws, `electronic_current` and Ohm's, are fitted by linear least squares, weighted by the errors of the steady
    currents (0.03 % of each at least) and with the leak's error common to all; a law stands unless chi-square has a
    probability below 0.1 %.
    """
    check_positive(area=area, thickness=thickness, temperature=temperature)
    check_between(0, np.inf, leak_error=leak_error, resolution=resolution)
    if electrodes not in ELECTRODES:
        raise ValueError(f"electrodes is {electrodes!r}; it must be one of {', '.join(map(repr, ELECTRODES))}")
    held = _voltage_steps(series)
    verdicts = _check_above_lithium(held) if electrodes == "lithium and blocking" else []
    if window is None:
        verdicts.append("no window of stability is stated: a decomposition is seen only where its current grows")
    if window is not None:
        outside = [own.held for own, _ in held if not window[0] <= own.held <= window[1]]
        if outside:
            raise ValueError(
                f"{outside[0]:g} V lies outside of the electrolyte's window, {window[0]:g} to {window[1]:g} V: "
                "there it decomposes, and the current is that of the decomposition; leave these steps out or state "
                "the window that was measured"
            )
    settled = []
    for own in _settled(held, resolution, level, verdicts):
        moved = replace(own.current, value=own.current.value - leak)
        ends = tuple(end - leak for end in own.interval)
        settled.append(replace(own, current=moved, interval=ends, last=own.last - leak))
        verdicts += [f"{own.voltage:g} V: {text}" for text in own.verdicts]
    floors = [max(resolution, 3 * np.hypot(leak_error, own.current.error)) for own in settled]
    limited = tuple(abs(own.current.value) <= floor for own, floor in zip(settled, floors, strict=True))
    for own, small in zip(settled, limited, strict=True):
        if not small and own.current.value * own.voltage < 0:
            raise ValueError(
                f"at {own.voltage:g} V the steady current is {own.current.value:.3g} A, against the voltage: leads "
                "exchanged, a leak larger than stated, or a cell that still delivers its own current; reverse the sign "
                "or wait until it rests"
            )
    if electrodes == "both blocking" and max(abs(own.voltage) for own in settled) > thermal_voltage(temperature):
        verdicts.append(
            "no electrode fixes the lithium activity: beyond RT/F the voltage divides itself between the two sides in "
            "a way that is not known, and the law of electrons and holes does not hold"
        )
    cell = {"area": area, "thickness": thickness, "temperature": temperature}
    found = _laws(settled, limited, leak_error, electrodes, verdicts, **cell)
    diffusivity = _diffusivity(settled, thickness**2 / np.pi**2 / ELECTRODES[electrodes], verdicts)
    upper = None
    if all(limited):
        bounds = [(abs(own.current.value) + floor) * thickness / (area * abs(own.voltage))
                  for own, floor in zip(settled, floors, strict=True)]  # fmt: skip
        upper = float(min(bounds))
        verdicts.append(
            "no current leaves the instrument's resolution and leak: the conductivity has an upper limit and no value"
        )
    seen = max(abs(own.current.value / own.voltage) for own in settled) * thickness / area
    if seen > IMPLAUSIBLE:
        verdicts.append(
            f"i L/(A U) is up to {seen / S_cm:.2g} S/cm: that is an electronic conductor and no electrolyte, or the "
            "unit of the current, the area or the thickness is wrong"
        )
    return Polarisation(
        tuple(settled), limited, diffusivity=diffusivity, upper_limit=upper, verdicts=tuple(verdicts), level=level,
        **found, **cell,
    )  # fmt: skip


def _voltage_steps(series):
    """Steps of the voltage, each with the voltage before it [V]; a rest is none."""
    found, before = [], 0.0
    for step in steps(series, "voltage"):
        # A step whose current is hardly any looks like a rest, but for its voltage, which does not move.
        is_held = step.control == "voltage" or np.ptp(step.voltage) < 1e-3
        if is_held and abs(np.median(step.voltage)) > 1e-3:
            found.append((replace(step, control="voltage", held=float(np.median(step.voltage))), before))
        before = float(step.voltage[-1])
    if not found:
        raise ValueError("the series holds no voltage: a Hebb-Wagner evaluation needs steps of constant voltage")
    return found


def _check_above_lithium(held):
    """Words on voltages below lithium; what lies further below is refused."""
    lowest = min(own.held for own, _ in held)
    if lowest < -PLATES:
        raise ValueError(
            f"the lowest voltage is {lowest:g} V against lithium: there lithium is plated on the electrode that ought "
            "to block it; if the leads were exchanged, turn the signs of voltage and current (as they stand electrons "
            "would be taken for holes)"
        )
    return [f"{lowest:g} V lies below lithium, which may be plated there"] if lowest < 0 else []


def _settled(held, resolution, level, verdicts):
    """Steady currents of the steps of one sample: those which show no time constant take that of the others."""
    found, refused = [], None
    for step, before in held:
        try:
            found.append(steady_current(step, step.held - before, resolution=resolution, level=level))
        except NotSettledError as error:
            found.append(None)
            refused = refused or error
    known = [own.time_constant_interval for own in found if own is not None and _is_known(own.time_constant_interval)]
    if not known:
        if refused:
            raise refused
        return found
    possible = min(low for low, _ in known) / AGREE, max(high for _, high in known) * AGREE
    again = []
    for number, ((step, before), own) in enumerate(zip(held, found, strict=True)):
        if own is None or not _is_known(own.time_constant_interval):
            again.append(f"{step.held:g}")
            found[number] = steady_current(
                step, step.held - before, resolution=resolution, time_constants=possible, level=level
            )
    if again:
        verdicts.append(
            f"the relaxation at {', '.join(again)} V is too small to time: it is taken to be as fast as at the other "
            f"voltages, {possible[0]:.3g} to {possible[1]:.3g} s"
        )
    return found


def _is_known(interval):
    return not np.isnan(interval[0]) and interval[1] < AGREE**2 * interval[0]


def _laws(settled, limited, leak_error, electrodes, verdicts, *, area, thickness, temperature):
    """Which law describes the currents, and its conductivities, as fields of `Polarisation`."""
    nothing = {"electrons": None, "holes": None, "ohmic": None}
    used = [own for own, small in zip(settled, limited, strict=True) if not small]
    if not used:
        return {"law": "below the resolution", **nothing}
    U = np.array([own.voltage for own in used])
    current = np.array([own.current.value for own in used])
    variance = np.diag([own.current.error**2 + (BEST * own.current.value) ** 2 for own in used]) + leak_error**2
    cell = {"area": area, "thickness": thickness, "temperature": temperature}
    columns = {
        "ohmic": (area / thickness * U)[:, None],
        "electrons and holes": np.stack([electronic_current(U, *one, **cell) for one in ((1, 0), (0, 1))], axis=1),
    }
    fits = {law: _weighted(matrix, current, variance) for law, matrix in columns.items()}
    if electrodes == "both blocking" or len(U) < 2:
        fits.pop("electrons and holes")
    stands = [law for law, (_, _, probability) in fits.items() if probability > LAW_FITS]
    (sigma,), ((sigma_variance,),), _ = fits["ohmic"]
    ohmic = Estimate(float(sigma), float(np.sqrt(sigma_variance)))
    if stands == ["ohmic"] and len(U) > 1:
        if "electrons and holes" in fits:
            verdicts.append("the current is proportional to the voltage: the printed i L/(A U) holds here")
        return {"law": "ohmic", **nothing, "ohmic": ohmic}
    if stands == ["electrons and holes"]:
        values, covariance, _ = fits["electrons and holes"]
        pair = [Estimate(float(v), float(e)) for v, e in zip(values, np.sqrt(np.diag(covariance)), strict=True)]
        verdicts += [
            f"{name} are not resolved at these voltages: their conductivity has an upper limit"
            for name, own in zip(("electrons", "holes"), pair, strict=True)
            if own.value < 2 * own.error
        ]
        return {"law": "electrons and holes", "electrons": pair[0], "holes": pair[1], "ohmic": None,
                "covariance": covariance}  # fmt: skip
    if stands:
        verdicts.append(
            "Ohm's law and that of electrons and holes both describe these currents: larger voltages, or more of them, "
            "would tell; the conductivity given is the ohmic one"
        )
        return {"law": "undecided", **nothing, "ohmic": ohmic}
    verdicts.append(
        "neither Ohm's law nor electrons and holes describe the currents to their errors (carriers that are not "
        "dilute, a contact in series, a beginning decomposition): slopes between neighbouring voltages hold, a law "
        "does not"
    )
    return {"law": "neither", **nothing}


def _weighted(matrix, data, variance):
    """Least squares with a known covariance of the data: values, their covariance, probability of the misfit."""
    whiten = np.linalg.inv(np.linalg.cholesky(variance))
    design = whiten @ matrix
    size = np.linalg.norm(design, axis=0)
    inverse = np.linalg.pinv(design / size)
    values = inverse @ (whiten @ data) / size
    left = whiten @ data - design @ values
    freedom = len(data) - matrix.shape[1]
    return values, inverse @ inverse.T / np.outer(size, size), float(chdtrc(freedom, left @ left)) if freedom else 1.0


def _diffusivity(settled, scale, verdicts):
    """Chemical diffusivity [m2/s] from the time constants of those steps that show one, scale / tau."""
    known = [own for own in settled if _is_known(own.time_constant_interval)]
    if not known:
        return None
    logs = np.log([scale / own.time_constant for own in known])
    widths = np.array([np.log(np.divide(*own.time_constant_interval[::-1])) / 2 / 1.96 for own in known])
    weights = 1 / np.maximum(widths, 1e-3) ** 2
    mean = weights @ logs / weights.sum()
    stretch = max(1.0, np.sqrt(weights @ (logs - mean) ** 2 / max(len(known) - 1, 1)))
    if np.ptp(logs) > np.log(AGREE):
        verdicts.append(
            f"time constants of the steps differ {np.exp(np.ptp(logs)):.2g} times: the diffusivity depends on "
            "the potential, or traps fill; one number is not enough"
        )
    return Estimate(float(np.exp(mean)), float(stretch / np.sqrt(weights.sum())), logarithmic=True)
