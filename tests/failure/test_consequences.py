"""What failure leads to: capacity that fades, and the change that helps most."""

from dataclasses import replace

import numpy as np
import pytest

from sslib.cell import StatedCell
from sslib.failure import (
    FULL_CELL,
    LITHIUM_SIDE,
    Conditions,
    capacity_fade,
    cell_parameters,
    failure_probability,
    interphase_resistance,
    what_to_change,
)
from sslib.kinetics import FARADAY
from sslib.units import MPa, hour, mA_cm2, ohm_cm2, um

SULFIDE = cell_parameters("LPSCl")
HERE = Conditions(0.5 * mA_cm2, 5 * MPa)
CATHODE = StatedCell(
    R_ion=100 * ohm_cm2,
    R_el=2 * ohm_cm2,
    R_ct=1.2 * ohm_cm2,
    R_sep=3 * ohm_cm2,
    R_counter=3.64 * ohm_cm2,
    tau_d=1250.0,
    thickness=100 * um,
    particle_radius=2.5 * um,
    separator_thickness=30 * um,
    active_fraction=0.6,
    electrolyte_fraction=0.35,
)
HOURS = np.array([1.0, 100.0, 3000.0])


def certain(**changes):
    """Parameters without any spread: every draw is the median."""
    medians = {name: (one.median, 1.0 if one.kind == "log-normal" else 0.0) for name, one in SULFIDE.known.items()}
    return SULFIDE.with_values(**{**medians, **{name: (value, 1.0) for name, value in changes.items()}})


def test_a_cell_that_nothing_ages_keeps_its_capacity():
    """Neither interphase nor voids: the fade would be an artefact of the numerics."""
    still = certain(interphase_resistance=1e-12, void_current=1e6)
    fade = capacity_fade(CATHODE, HERE, still, HOURS * hour, discharge_current=3 * mA_cm2, draws=4)
    np.testing.assert_allclose(fade.capacity, fade.fresh, rtol=1e-6)
    assert (fade.contact == 1).all()


def test_the_added_resistance_is_that_of_the_interphase_law():
    """And the capacity that of the same cell with a resistance more, discharged alone."""
    known = certain(void_current=1e6)
    fade = capacity_fade(CATHODE, HERE, known, HOURS * hour, discharge_current=3 * mA_cm2, draws=2)
    medians = known.medians()
    law = interphase_resistance(HOURS, medians["interphase_resistance"], medians["interphase_exponent"])
    np.testing.assert_allclose(fade.resistance[0], law, rtol=1e-9)
    aged = replace(CATHODE, R_sep=CATHODE.R_sep + law[-1])
    alone = aged.at(3 * mA_cm2 / CATHODE.nominal_capacity * hour)
    assert fade.capacity[0, -1] == pytest.approx(float(alone.delivered_capacity), rel=5e-3)
    assert fade.capacity[0, -1] < 0.999 * fade.fresh


def test_voids_take_contact_by_the_lithium_that_does_not_flow_back():
    """A void of the stated height for each share of the area, half of the time; checked by hand for one excess."""
    known = certain(void_current=0.01 * mA_cm2, void_height=5e-6)
    fade = capacity_fade(CATHODE, HERE, known, [1 * hour], draws=2)
    limit = 0.01 * mA_cm2 * (5 / 3) ** known["void_exponent"].median
    depth = 1.3e-5 / FARADAY * (0.5 * mA_cm2 - limit) * 0.5 * hour
    assert fade.contact[0, 0] == pytest.approx(np.exp(-depth / 5e-6), rel=1e-9)


def test_capacity_never_grows_with_time_and_failures_stay():
    """An aged cell that delivers more, or a failure that heals, would turn the story round."""
    fade = capacity_fade(
        CATHODE, HERE, SULFIDE, np.geomspace(1, 3000, 8) * hour, discharge_current=3 * mA_cm2, draws=32
    )
    assert (np.diff(fade.capacity, axis=1) <= 2e-3 * fade.fresh).all()
    assert (np.diff(fade.failed.astype(int), axis=1) >= 0).all()
    (low, high), middle = fade.interval()
    assert (low <= middle).all()
    assert (middle <= high).all()


def test_what_fade_needs_is_asked_for():
    """A missing property by its name, and no time that is none."""
    with pytest.raises(ValueError, match="time is 0; it must be positive"):
        capacity_fade(CATHODE, HERE, SULFIDE, [0.0])
    known = {name: one for name, one in SULFIDE.known.items() if name != "void_height"}
    with pytest.raises(ValueError, match="has no void_height"):
        capacity_fade(CATHODE, HERE, replace(SULFIDE, known=known), [hour])


def test_a_change_is_the_probability_of_the_changed_cell():
    """Each line against failure_probability at the changed condition, the best first."""
    changes = what_to_change(HERE, SULFIDE, LITHIUM_SIDE, draws=2000)
    halved = failure_probability(HERE.at(current_density=0.25 * mA_cm2), SULFIDE, LITHIUM_SIDE, draws=2000)
    assert changes.loc["current density", "probability_lower"] == pytest.approx(sum(halved.values()), abs=1e-12)
    assert changes.loc["current density", "best"] == "lower"
    assert changes["gained"].is_monotonic_decreasing
    now = sum(failure_probability(HERE, SULFIDE, LITHIUM_SIDE, draws=2000).values())
    best = changes.iloc[0]
    assert best["gained"] == pytest.approx(now - best[f"probability_{best['best']}"])


def test_only_what_counts_is_changed():
    """A property that no counted mechanism needs cannot help; near the melting point the temperature stops there."""
    assert "radius of the active particles" not in what_to_change(HERE, SULFIDE, LITHIUM_SIDE, draws=200).index
    assert "radius of the active particles" in what_to_change(HERE, SULFIDE, FULL_CELL, draws=200).index
    hot = what_to_change(HERE.at(T=450.0), SULFIDE, LITHIUM_SIDE, draws=200)
    assert np.isfinite(hot.loc["temperature", "probability_higher"])
