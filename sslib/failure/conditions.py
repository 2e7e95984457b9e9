"""Operating conditions: what a cell is asked to bear, each a number or an array, checked here once."""

from dataclasses import dataclass, fields, replace

import numpy as np

from sslib.checks import check_between, check_positive
from sslib.mechanics import LITHIUM_MELTING
from sslib.units import hour, reference_temperature

COLDEST = 200.0
"""[K]: below it no law here was measured, and a slip between Celsius and kelvin is the likelier reason."""


@dataclass(frozen=True, eq=False)
class Conditions:
    """Current density, stack pressure, temperature, state of charge, and either time or charge.

    Attributes
    ----------
    current_density : array_like
        Per geometric area, a magnitude [A/m2].
    stack_pressure : array_like
        Above zero [Pa]: without a stack there is no law of contact.
    T : array_like
        Up to the melting point of lithium [K].
    state_of_charge : array_like
        0 to 1 [1].
    time : array_like
        Under current [s].
    charge : array_like, optional
        Passed per area, both directions counted [C/m2]. It takes the place of the time, which is then charge over
        current density; no current at all never passes it, so the current density is above zero then.

    Raises
    ------
    ValueError
        For what is impossible, by name and value.

    Examples
    --------
    >>> from sslib.units import MPa, mA_cm2
    >>> Conditions(current_density=0.5 * mA_cm2, stack_pressure=-1 * MPa)
    Traceback (most recent call last):
    ...
    ValueError: stack_pressure is -1e+06; it must be positive and finite
    >>> Conditions(current_density=0.5 * mA_cm2, stack_pressure=5 * MPa, T=460.0)
    Traceback (most recent call last):
    ...
    ValueError: T is 460 K; it must be between 200 K and the melting point of lithium, 453.65 K
    """

    current_density: float | np.ndarray
    stack_pressure: float | np.ndarray
    T: float | np.ndarray = reference_temperature
    state_of_charge: float | np.ndarray = 0.5
    time: float | np.ndarray = 100 * hour
    charge: float | np.ndarray | None = None

    def __post_init__(self):
        check_between(0, np.inf, current_density=self.current_density)
        check_positive(stack_pressure=self.stack_pressure, T=self.T, time=self.time)
        T = np.asarray(self.T, dtype=float)
        wrong = (T < COLDEST) | (T > LITHIUM_MELTING)
        if wrong.any():
            raise ValueError(
                f"T is {T[wrong].flat[0]:g} K; it must be between {COLDEST:g} K and the melting point of lithium, "
                f"{LITHIUM_MELTING:g} K"
            )
        check_between(0, 1, state_of_charge=self.state_of_charge)
        if self.charge is not None:
            check_positive(charge=self.charge, current_density=self.current_density)
        for name, value in self.values().items():
            object.__setattr__(self, name, np.asarray(value, dtype=float)[()])

    def values(self):
        """The conditions that are given, by name; the time drops out where a charge is given."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        del given["charge" if self.charge is None else "time"]
        return given

    def axes(self):
        """Names of the conditions that are arrays."""
        return tuple(name for name, value in self.values().items() if np.ndim(value))

    def at(self, **changes):
        """The same with other values, by name; unknown names and a time beside a charge are refused."""
        known = [field.name for field in fields(self)]
        for name in changes:
            if name not in known:
                raise ValueError(f"there is no condition {name!r}; there are {', '.join(known)}")
        if self.charge is not None and "time" in changes and changes.get("charge", 0) is not None:
            raise ValueError("the charge is given, so the time follows from it; set charge=None to give a time")
        return replace(self, **changes)

    @property
    def hours(self):
        """Time under current [h]."""
        return self.time / hour if self.charge is None else self.charge / hour / self.current_density
