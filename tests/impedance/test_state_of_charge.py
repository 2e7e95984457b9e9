"""A cathode at seven states of charge: the house's cell, what one set of values gets wrong, and the way back."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sslib.impedance import (
    compare_with_pybamm,
    factors_from_fits,
    fit,
    fit_joint,
    insertion_cathode,
    insertion_cathode_values,
    insertion_deviation,
    interaction_from_factors,
    material_of_cell,
)
from sslib.impedance.physics import half_cell_values
from sslib.instruments import Spectrum
from sslib.tables import table
from sslib.thermodynamics import potential_slope, thermodynamic_factor

CELL = table("pybamm_cells").loc["A_base"]
STATES = np.array([0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9])
FREQUENCY = np.logspace(4, -4, 49)
NOISE = 0.003


def spectra(seed):
    """Exact and noisy spectra at the seven states."""
    values = {k: np.broadcast_to(v, 7) for k, v in insertion_cathode_values(CELL, STATES).items()}
    exact = insertion_cathode().impedance(FREQUENCY, **values)
    chance = np.random.default_rng(seed).standard_normal((*exact.shape, 2)) @ [1, 1j]
    noisy = exact + NOISE * np.abs(exact) * chance
    return exact, [Spectrum(FREQUENCY, z, source="generated") for z in noisy]


@pytest.mark.parametrize("x", [0.2, 0.5, 0.7])
def test_the_cell_is_the_tables_where_it_is_said_to_hold(x):
    """The material is made from the row: at its composition every value must be the row's own."""
    own, line = insertion_cathode_values(CELL, x, material_of_cell(CELL, x=x)), half_cell_values(CELL)
    for name in ("R_ion", "R_el", "R_ct", "R_d", "tau_d"):
        assert_allclose(own[name], line[name], rtol=1e-9)
    assert_allclose([own["C_dl"], own["R_sep"]], [line["Q_dl"], CELL["R_sep_ohm_m2"]], rtol=1e-12)
    material = material_of_cell(CELL, 4.5e4, x)
    slope = potential_slope(x, material["interaction"], material["T"])
    assert_allclose(-slope / (4.5e4 * 96485.33212), CELL["S_ohm_m3_per_s"], rtol=1e-9)


def test_the_cells_material_follows_from_its_free_energy():
    """The particles of the story, not only those of the library's defaults, must agree with finite volumes."""
    assert insertion_deviation(STATES, **material_of_cell(CELL)) < 1e-5


def test_the_row_agrees_with_a_physics_code():
    """What is called the house's cell was computed by another code to this accuracy; else the story has no anchor."""
    assert compare_with_pybamm().loc["A_base", "largest deviation"] < 1e-3


def test_one_state_of_charge_does_not_stand_for_the_others():
    """The step before: values of the half-filled cathode taken for all states are off by a factor at both ends."""
    exact, _ = spectra(0)
    worst = np.abs(exact[3] / exact - 1).max(axis=1)
    assert worst[3] < 1e-12
    assert worst[0] > 0.8
    assert worst[6] > 0.4


@pytest.mark.slow
def test_one_set_of_values_cannot_fit_seven_states():
    """The best constants for all states leave residuals far above the noise, and the joint fit says so."""
    exact, noisy = spectra(5)
    model = insertion_cathode()
    joint = fit_joint({f"x = {x}": (model, s) for x, s in zip(STATES, noisy, strict=True)}, noise=NOISE)
    fitted = model.impedance(FREQUENCY, **{name: joint.values[name] for name in model.names})
    assert np.abs(fitted / exact - 1).max() > 1
    assert "spectra disagree" in [verdict.kind for verdict in joint.verdicts]


def test_the_free_energy_comes_back_from_seven_spectra():
    """The seventh step fitted: thermodynamic factors within nearly all intervals, and Ω within its own."""
    _, noisy = spectra(101)
    material = material_of_cell(CELL)
    results = [fit(insertion_cathode(), s, noise=NOISE) for s in noisy]
    factor, low, high = factors_from_fits(STATES, results, material)
    truth = thermodynamic_factor(STATES, material["interaction"], material["T"])
    assert_allclose(factor, truth, rtol=0.03)
    assert np.sum((low < truth) & (truth < high)) >= 6
    omega, (least, most), square = interaction_from_factors(STATES, factor, low, high, material["T"])
    assert least < material["interaction"] < most
    assert abs(omega / material["interaction"] - 1) < 0.01
    assert square < 22.5  # one in a thousand of six degrees of freedom


@pytest.mark.parametrize(("x", "message"), [(1.0, "empty share 1 - x is 0"), (1.2, r"x is 1\.2"), (0.0, "x is 0")])
def test_a_full_or_empty_material_is_refused(x, message):
    """At either end no free energy of this kind has a finite slope: not a division by zero, but the composition."""
    with pytest.raises(ValueError, match=message):
        material_of_cell(CELL, x=x)


@pytest.mark.parametrize("level", [0.68, 0.95])
def test_one_interval_goes_over_into_the_other(level):
    """From a single factor, Ω's interval is the factor's own, shifted and scaled by 2x/RT, at any level."""
    x, T = 0.4, 310.0
    _, interval, _ = interaction_from_factors([x], [3.0], [2.9], [3.1], T, level)
    assert_allclose(interval, (1 / (1 - x) - np.array([3.1, 2.9])) * 8.314462618 * T / (2 * x), rtol=1e-9)


def test_an_open_end_stays_open():
    """An end that a spectrum does not find is not a number, and no bound."""
    material, result = material_of_cell(CELL), SimpleNamespace(derive=lambda f, level: (2.0, (None, 3.0)))
    assert_allclose(factors_from_fits([0.5], [result], material), [[2.0], [np.nan], [3.0]])


def test_open_intervals_are_refused():
    """A factor that a spectrum leaves open has no error to weigh it with."""
    with pytest.raises(ValueError, match="width of the intervals is nan"):
        interaction_from_factors([0.5, 0.6], [2.0, 2.1], [1.9, np.nan], [2.1, 2.2], 298.15)
