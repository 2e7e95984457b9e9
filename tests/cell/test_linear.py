"""The linear cell beside the discharge: the same circuit, the same limit of small currents, and where it ends."""

import numpy as np
import pytest

from sslib.cell import Insertion, RailCell, StatedCell, layered_oxide, linear_end, linearised
from sslib.kinetics import thermal_voltage
from sslib.units import mS_cm, ohm_cm2, um

FINE = {"cells": 60, "modes": 60, "voltage_step": 0.002}


def cell(thickness=60 * um, **changed):
    """A composite of a layered oxide."""
    values = {
        "R_ion": thickness / (0.1 * mS_cm), "R_el": thickness / (5 * mS_cm), "R_ct": 1.2 * ohm_cm2, "tau_d": 1250.0,
        "R_sep": 3 * ohm_cm2, "R_counter": 3.64 * ohm_cm2, "thickness": thickness, "particle_radius": 2.5 * um,
        "separator_thickness": 30 * um, "active_fraction": 0.6, "electrolyte_fraction": 0.35,
    }  # fmt: skip
    return StatedCell(**values | changed)


def test_at_small_currents_impedance_and_discharge_are_one_cell():
    """The two models are written apart; where a current is small they have to say the same at any time."""
    end = linear_end(cell(), [1e-3], [1e-3, 4e-3], start=0.5, cells=40, modes=30, voltage_step=1e-3)
    assert np.abs(end.deviation[:, 0]).max() < 5e-4
    assert np.abs(end.deviation[:, 1]).max() < 2e-3


def test_charge_transfer_alone_deviates_as_the_inverse_hyperbolic_sine():
    """With nothing else in the cell the linear polarisation over the real one is x/arsinh x."""
    alone = cell(R_ion=1e-9, R_el=1e-9, R_sep=0.0, R_counter=0.0, tau_d=1e-2, R_ct=50 * ohm_cm2, reference=0.4)
    end = linear_end(alone, [0.5, 2.0, 5.0], [1e-3], start=0.4, **FINE)
    current = alone.nominal_capacity * end.c_rate / 3600
    x = current * alone.R_ct / (2 * thermal_voltage(alone.T))
    np.testing.assert_allclose(1 + end.deviation[:, 0], x / np.arcsinh(x), rtol=5e-3)


def test_the_circuit_is_that_of_the_state_of_charge():
    """Charge transfer at the reference is as stated, and diffusion follows from the slope of the potential."""
    rails = cell().rails
    oxide = layered_oxide()
    _, values = linearised(rails, oxide, rails.reference)
    assert values["R_ct"] == pytest.approx(rails.R_ct, rel=1e-9)
    assert values["R_d"] == pytest.approx(-float(oxide.slope(0.5)) * rails.tau_d / (3 * rails.capacity))
    assert values["R_series"] == rails.R_sep + rails.R_counter
    _, full = linearised(rails, oxide, 0.92)
    assert full["R_ct"] > 1.3 * values["R_ct"]


def test_a_potential_that_rises_has_no_linear_cell():
    """Inside a spinodal there is no stable state to linearise about."""
    x = np.linspace(0.1, 0.9, 9)
    rising = Insertion(x, 3.5 + 0.2 * x, np.ones(9))
    rails = RailCell(1e-3, 1e-3, 1e-3, 100.0, 1e5)
    with pytest.raises(ValueError, match="it has to fall"):
        linearised(rails, rising, 0.5)


def test_the_rate_at_which_it_ends_is_where_the_deviation_passes_the_limit():
    """The number that is quoted has to be the crossing, and no number where there is none."""
    end = linear_end(cell(), np.geomspace(0.1, 20, 12), np.geomspace(1e-3, 0.1, 5))
    rate = end.exceeds(0.13)
    at = linear_end(cell(), [0.9 * rate, 1.1 * rate], np.geomspace(1e-3, 0.1, 5))
    below, above = np.nanmax(np.abs(at.deviation), axis=1)
    assert below < 0.13 < above
    assert end.exceeds(0.13, 1e-3) >= rate
    assert np.isnan(end.exceeds(50.0))
    with pytest.raises(ValueError, match="the least that was asked for"):
        end.exceeds(0.13, 1e-5)


def test_rates_and_depths_that_are_no_rows_are_refused():
    """Interpolation between them needs an order."""
    with pytest.raises(ValueError, match="c_rate has to be one ascending row"):
        linear_end(cell(), [2.0, 1.0], [0.1])
