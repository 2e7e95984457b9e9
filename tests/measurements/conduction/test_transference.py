"""Bruce-Vincent: the equation, an independent cell, coverage, late samples, ageing interfaces, and what is refused."""

import numpy as np
import pytest
from scipy.stats import binomtest

from sslib.impedance import CPE, R, fit, steady_current_ratio
from sslib.instruments import Spectrum, TimeSeries, read_time_series
from sslib.kinetics import FARADAY, thermal_voltage
from sslib.measurements import (
    Estimate,
    bruce_vincent,
    current_fraction,
    estimate_of,
    ideal_diffusivity,
    layer_current,
    simulate_salt_step,
)
from tests.simulations import simulations

T_PLUS, KAPPA, SALT, THICKNESS, AREA = 0.3, 0.05, 1000.0, 1e-4, 1e-4
BULK = THICKNESS / (KAPPA * AREA)
CELL = {
    "area": AREA, "thickness": THICKNESS, "conductivity": KAPPA, "transference_number": T_PLUS, "concentration": SALT,
    "diffusivity": float(ideal_diffusivity(KAPPA, T_PLUS, SALT)), "interfaces": 15.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def clean():
    return simulate_salt_step(0.01, 2500.0, **CELL)


def noisy(series, rng, noise=2e-7):
    return TimeSeries(
        series.time, series.voltage, series.current + noise * rng.standard_normal(len(series)), step=series.step
    )


def about(value, rng, error=0.01):
    """A resistance as a fit would give it: off by its own error."""
    return Estimate(float(value * np.exp(error * rng.standard_normal())), error, logarithmic=True)


def test_a_conductor_of_cations_alone_has_one():
    """The row of the literature's list: Is = I0 and Rs = R0 give one, whatever the resistance."""
    np.testing.assert_allclose(
        current_fraction(1e-4, 1e-4, 0.01, [0.0, 30.0, 80.0], [0.0, 30.0, 80.0]), 1.0, rtol=1e-14
    )


def test_the_equation_takes_the_electrodes_off():
    """Built from an electrolyte and electrodes in series: only the electrolyte's ratio may come out."""
    rng = np.random.default_rng(4)
    bulk, diffusion, before, after = rng.uniform(5, 60, (4, 20))
    step = 0.008
    ours = current_fraction(step / (bulk + before), step / (bulk + diffusion + after), step, before, after)
    np.testing.assert_allclose(ours, bulk / (bulk + diffusion), rtol=1e-12)


def test_the_forward_model_is_ohmic_at_first_and_nernst_einstein_in_the_end(clean):
    """It knows no transference equation: that the number comes out verifies both, to the square of the step."""
    assert clean.current[1] == pytest.approx(0.01 / (BULK + 15.0), rel=5e-3)
    assert clean.current[-1] == pytest.approx(0.01 / (BULK / T_PLUS + 15.0), rel=3e-3)


def test_the_forward_model_follows_the_impedance_of_the_salt():
    """At a tenth of the step nothing is left of the square: finite volumes against the closed form."""
    small = simulate_salt_step(0.001, 2500.0, **CELL)
    exact = layer_current(
        small.time[1:], 0.001 / (BULK + 15), 0.001 / (BULK / T_PLUS + 15), THICKNESS**2 / 4 / CELL["diffusivity"]
    )
    np.testing.assert_allclose(small.current[1:], exact, rtol=5e-4)


def test_the_ideal_diffusivity_is_that_of_two_ions():
    """Nernst and Hartley's mean of the ions' own diffusivities, from another route."""
    cation, anion, c = 3e-12, 8e-12, 700.0
    kappa = FARADAY * c * (cation + anion) / float(thermal_voltage(298.15))
    share = cation / (cation + anion)
    assert float(ideal_diffusivity(kappa, share, c)) == pytest.approx(2 * cation * anion / (cation + anion), rel=1e-12)


def coverage(clean, seeds):
    inside = 0
    for seed in seeds:
        rng = np.random.default_rng(seed)
        found = bruce_vincent(noisy(clean, rng), about(15.0, rng), about(15.0, rng))
        low, high = found.value.interval()
        inside += low < T_PLUS < high
    return inside


def test_the_interval_holds_the_truth(clean):
    """Current and resistances scatter, and their errors have to add up to what the number is off."""
    n = simulations(40)
    assert binomtest(coverage(clean, range(n)), n, 0.95).pvalue > 1e-3


@pytest.mark.slow
def test_the_interval_holds_the_truth_in_many_records(clean):
    """The same, on both sides of 95 of 100, with enough records to see 4 % less."""
    n = simulations(300)
    assert binomtest(coverage(clean, range(1000, 1000 + n)), n, 0.95).pvalue > 1e-3


def test_a_cell_that_rests_elsewhere_keeps_its_fraction(clean):
    """A long rest at a millivolt is no step, and a tenth of the step is not taken from the electrolyte."""
    rng = np.random.default_rng(5)
    rest = np.linspace(-4000, clean.time[0], 300)
    time, step = np.r_[rest, clean.time[1:]], np.r_[np.zeros(300, dtype=int), clean.step[1:]]
    voltage = np.r_[np.full(300, 1e-3), 1e-3 + clean.voltage[1:]]
    current = np.r_[np.zeros(300), clean.current[1:]] + 1e-7 * rng.standard_normal(len(time))
    found = bruce_vincent(TimeSeries(time, voltage, current, step=step), 15.0, 15.0)
    assert abs(np.log(found.value.value / T_PLUS)) < 4 * found.value.error
    assert found.step == pytest.approx(0.01)
    assert found.held.duration == pytest.approx(2500, rel=1e-3)


def test_currents_counted_the_other_way_are_named(clean):
    """They are no cell without cations."""
    series = TimeSeries(clean.time, clean.voltage, -clean.current, step=clean.step)
    with pytest.raises(ValueError, match=r"flows against it.*turn the sign of the current"):
        bruce_vincent(series, 15.0, 15.0)


def test_the_number_is_called_a_current_fraction(clean):
    """Nothing in the record tells an ideal dilute solution from a concentrated one."""
    found = bruce_vincent(noisy(clean, np.random.default_rng(1)), 15.0, 15.0)
    assert any("transference number in an ideal dilute solution only" in text for text in found.verdicts)


def test_it_works_on_a_file_that_a_potentiostat_writes_and_two_fitted_spectra(clean, potentiostat_file):
    """The whole way of a lab: a file, two spectra with their intervals, the number."""
    rng = np.random.default_rng(8)
    model = R("R_b") + (R("R_i") | CPE("Q", "alpha"))
    frequency = np.logspace(6, 0, 61)
    given = []
    for _ in range(2):
        exact = model.impedance(frequency, R_b=BULK, R_i=15.0, Q=2e-5, alpha=0.9)
        measured = exact + 3e-3 * np.abs(exact) * (rng.standard_normal((61, 2)) @ [1, 1j])
        found = fit(model, Spectrum(frequency, measured), noise=3e-3)
        given.append(estimate_of(found.values["R_i"], found.interval("R_i")))
    share = bruce_vincent(read_time_series(potentiostat_file(noisy(clean, rng))), *given, bulk=BULK)
    assert abs(np.log(share.value.value / T_PLUS)) < 4 * share.value.error
    assert share.value.relative < 0.01


def test_interfaces_that_age_are_taken_off_and_said():
    """A film that grows by two thirds takes current, and no anion's share."""
    rng = np.random.default_rng(2)
    ageing = simulate_salt_step(0.01, 7200.0, interfaces_after=25.0, ageing=900.0, **CELL)
    found = bruce_vincent(noisy(ageing, rng, 1e-7), about(15.0, rng, 2e-3), about(25.0, rng, 2e-3))
    assert abs(np.log(found.value.value / T_PLUS)) < 4 * found.value.error
    assert any("changed by" in text for text in found.verdicts)
    assert any("first value for both" in text for text in found.verdicts)


def test_a_late_first_sample_is_extrapolated_and_said():
    """Read as it stands, the first sample after 20 s would make a transference number of 0.48 out of 0.3."""
    rng = np.random.default_rng(2)
    late = simulate_salt_step(0.01, 2500.0, first=20.0, **CELL)
    found = bruce_vincent(noisy(late, rng), about(15.0, rng), about(15.0, rng), bulk=BULK)
    low, high = found.value.interval()
    assert low < T_PLUS < high
    assert found.first_value > 0.45
    assert any("would come out too large" in text for text in found.verdicts)


def test_a_double_layer_is_left_out_by_its_settling_time(clean):
    """Its current in the first half second belongs to no ion that crosses; what is left knows when the step began."""
    rng = np.random.default_rng(3)
    charging = np.where(clean.time > 0, 1e-3 * np.exp(-np.maximum(clean.time, 0) / 0.05), 0)
    series = noisy(TimeSeries(clean.time, clean.voltage, clean.current + charging, step=clean.step), rng)
    with pytest.raises(ValueError, match="leave the first samples out"):
        bruce_vincent(series, 15.0, 15.0)
    found = bruce_vincent(series, 15.0, 15.0, settling=0.6)
    assert abs(np.log(found.value.value / T_PLUS)) < 4 * found.value.error
    assert found.value.relative < 0.01


def test_a_spectrum_of_another_cell_is_noticed(clean):
    """The ohmic current of the spectrum has to be the initial one."""
    rng = np.random.default_rng(2)
    found = bruce_vincent(noisy(clean, rng), about(15.0, rng), about(15.0, rng), bulk=Estimate(30.0, 0.1))
    assert any("is not the ohmic one" in text for text in found.verdicts)
    fits = bruce_vincent(noisy(clean, rng), 15.0, 15.0, bulk=Estimate(BULK, 0.1))
    assert not any("is not the ohmic one" in text for text in fits.verdicts)


def test_a_concentrated_solution_shows_its_current_fraction():
    """With a thermodynamic factor of 3 the number is 1/(1 + Ne), not the transference number."""
    rng = np.random.default_rng(6)
    series = simulate_salt_step(0.005, 3000.0, thermodynamic_factor=3.0, **CELL)
    found = bruce_vincent(noisy(series, rng, 5e-8), 15.0, 15.0)
    expected = float(steady_current_ratio(1.0, T_PLUS, 3.0 / (T_PLUS * (1 - T_PLUS))))
    assert found.value.value == pytest.approx(expected, rel=0.01)
    assert expected < 0.5 * T_PLUS


def test_a_single_ion_conductor_does_not_fall():
    """A current that stays is a number of one, not a failed extrapolation."""
    rng = np.random.default_rng(1)
    time = np.geomspace(0.01, 1000, 200)
    series = TimeSeries(
        np.r_[-0.01, time], np.r_[0, np.full(200, 0.01)], np.r_[0, 2e-4 + 1e-8 * rng.standard_normal(200)]
    )
    found = bruce_vincent(series, about(20.0, rng), about(20.0, rng))
    assert found.value.interval()[0] < 1 < found.value.interval()[1]


def test_a_large_step_is_doubted_and_a_larger_one_refused(clean):
    """Beyond RT/F neither salt nor interface answers linearly."""
    rng = np.random.default_rng(1)
    fifteen = simulate_salt_step(0.015, 2500.0, **CELL)
    assert any("above 10 mV" in text for text in bruce_vincent(noisy(fifteen, rng), 15.0, 15.0).verdicts)
    fifty = simulate_salt_step(0.05, 2500.0, **CELL)
    with pytest.raises(ValueError, match=r"the step is 50 mV, beyond RT/F"):
        bruce_vincent(noisy(fifty, rng), 15.0, 15.0)


def test_resistances_that_take_all_of_the_step_are_refused(clean):
    """Nothing is left for the electrolyte: numbers of two cells."""
    with pytest.raises(ValueError, match="nothing is left for the electrolyte"):
        bruce_vincent(noisy(clean, np.random.default_rng(1)), 40.0, 15.0)


def test_a_number_above_one_is_refused(clean):
    """A resistance measured long after the step would give it."""
    with pytest.raises(ValueError, match="above one"):
        bruce_vincent(noisy(clean, np.random.default_rng(1)), 1.0, 70.0)


def test_a_step_that_has_not_settled_is_refused():
    """Its last current is no steady one: the number would be too large."""
    short = simulate_salt_step(0.01, 120.0, **CELL)
    with pytest.raises(ValueError, match="has not settled"):
        bruce_vincent(noisy(short, np.random.default_rng(1), 1e-9), 15.0, 15.0)


def test_interfaces_that_take_nearly_all_are_doubted():
    """Of ten millivolts nine fall at the interfaces: a percent of their resistance is nine of the number."""
    rng = np.random.default_rng(1)
    series = simulate_salt_step(0.01, 2500.0, **(CELL | {"interfaces": 300.0}))
    found = bruce_vincent(noisy(series, rng, 1e-9), about(300.0, rng, 1e-4), about(300.0, rng, 1e-4))
    assert any("the interfaces take" in text for text in found.verdicts)


def test_salt_that_runs_dry_is_refused_by_the_forward_model():
    """Concentrations below zero would go on to give a current."""
    with pytest.raises(ValueError, match="runs dry"):
        simulate_salt_step(2.0, 2500.0, **CELL)


def test_a_series_at_rest_is_refused():
    """The method starts with a step."""
    series = TimeSeries(np.arange(30.0), np.zeros(30), np.zeros(30))
    with pytest.raises(ValueError, match="no step of constant voltage away from rest"):
        bruce_vincent(series, 15.0, 15.0)
