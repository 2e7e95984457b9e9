"""Capacity fade as a consequence: what growing resistance and lost contact leave of a discharge at a stated current."""

from dataclasses import dataclass, replace

import numpy as np

from sslib.cell import COARSE, StatedCell
from sslib.checks import check_positive
from sslib.failure.maps import chosen_mechanisms, severities, thresholds
from sslib.failure.mechanisms import FULL_CELL
from sslib.kinetics import FARADAY
from sslib.mechanics import LITHIUM_MOLAR_VOLUME
from sslib.units import hour

LEAST_CONTACT = 1e-3
"""Share of the lithium's area below which a discharge is not computed any more [1]: the cell delivers nothing."""


@dataclass(frozen=True, eq=False)
class Fade:
    """What `capacity_fade` gives; arrays of shape (draws, times).

    Attributes
    ----------
    time : numpy.ndarray
        Under current [s], shape (times,).
    capacity : numpy.ndarray
        Delivered at the stated current [C/m2]; zero where a draw delivers nothing.
    fresh : float
        Delivered by the cell as it is stated [C/m2].
    resistance : numpy.ndarray
        Added by the interphase [ohm m2].
    contact : numpy.ndarray
        Share of the lithium's area that is still in contact [1].
    failed : numpy.ndarray
        Whether a mechanism is beyond its onset by then, as in the map.
    discharge_current : float
        At which the capacity is delivered [A/m2].
    """

    time: np.ndarray
    capacity: np.ndarray
    fresh: float
    resistance: np.ndarray
    contact: np.ndarray
    failed: np.ndarray
    discharge_current: float

    def interval(self, level=0.95):
        """Ends (low, high) of the central share of draws [C/m2], shape (times,), and their median."""
        low, middle, high = np.quantile(self.capacity, [0.5 - level / 2, 0.5, 0.5 + level / 2], axis=0)
        return (low, high), middle


def capacity_fade(
    cell, conditions, parameters, time, *, discharge_current=None, mechanisms=FULL_CELL, draws=64, seed=0
):
    r"""Delivered capacity against time under a current, for draws of the failure parameters (Fade).

    The interphase adds its resistance to the ohmic part of the cell. Lithium that is stripped faster than the limit of
    stripping leaves voids of a height h; what they take of the contact divides the resistance of the lithium's
    interface:

    .. math:: R_\text{sep}(t) = R_\text{sep} + R_\text{int}(t), \qquad R_\text{counter}(t) = R_\text{counter}/a(t)

    .. math:: a(t) = \exp\left(-\frac{V_m}{F h} \, (j - j_\text{strip})_+ \, \frac{t}{2}\right)

    Parameters
    ----------
    cell : sslib.cell.StatedCell
        Fresh; its temperature is that of the conditions, and its transport is taken to be stated for it.
    conditions : Conditions
        Numbers; its time is not used.
    parameters : Parameters
    time : array_like
        Under the conditions' current, half of it stripping [s], shape (times,).
    discharge_current : float, optional
        At which the capacity is measured from time to time [A/m2]: the conditions' current if left out.
    mechanisms : sequence of str
        Those that count as failures.
    draws, seed : int

    Notes
    -----
    An extrapolation, and to be shown as one: the interphase's law is known at room temperature and for one
    electrode, and no law is known for the contact that voids take. That the area is lost in proportion to the lithium
    that does not flow back, and the height of a void, are assumptions; plating is taken to heal nothing. Contact lost
    inside the cathode is left out. `failed` and `capacity` belong to the same draws: a short ends a cell that still
    delivered all of its capacity.

    Raises
    ------
    ValueError
        For a parameter that is missing, and times that are not positive.
    """
    time = np.atleast_1d(np.asarray(time, dtype=float))
    check_positive(time=time)
    chosen_mechanisms(parameters, (*mechanisms, "interphase", "voids"))
    parameters.require(("void_height",), "the loss of contact")
    values = {name: own[:, None] for name, own in parameters.draws(draws, seed).items()}
    at = conditions.at(charge=None, time=time[None, :])
    current = float(conditions.current_density)
    beyond = severities(at, parameters, tuple(dict.fromkeys((*mechanisms, "interphase"))), values)
    resistance = np.broadcast_to(beyond["interphase"] * values["allowed_resistance"], (draws, len(time)))
    _, limit = thresholds(at, parameters, ("voids",), values)["voids"]
    excess = np.maximum(current - limit, 0)
    contact = np.exp(-LITHIUM_MOLAR_VOLUME / FARADAY / values["void_height"] * excess * time / 2)
    contact = np.broadcast_to(contact, resistance.shape)
    aged = replace(
        cell,
        T=float(conditions.T),
        R_sep=cell.R_sep + resistance,
        R_counter=cell.R_counter / np.maximum(contact, LEAST_CONTACT),
    )
    fresh = replace(cell, T=float(conditions.T))
    discharged = current if discharge_current is None else float(discharge_current)
    check_positive(discharge_current=discharged)
    c_rate = discharged / fresh.nominal_capacity * hour
    scale = _capacity(fresh, c_rate) / max(_capacity(fresh, c_rate, **COARSE), 1e-12)
    capacity = np.where(contact > LEAST_CONTACT, aged.at(c_rate, **COARSE).delivered_capacity * scale, 0.0)
    failed = np.logical_or.reduce(np.broadcast_arrays(*(beyond[name] >= 1 for name in mechanisms)))
    return Fade(
        time=time,
        capacity=capacity,
        fresh=_capacity(fresh, c_rate),
        resistance=resistance,
        contact=contact,
        failed=np.broadcast_to(failed, resistance.shape),
        discharge_current=discharged,
    )


def _capacity(cell: StatedCell, c_rate, **numerics):
    return float(cell.at(c_rate, **numerics).delivered_capacity)
