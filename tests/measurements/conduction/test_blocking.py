"""Blocking cells of a composite: the ladder, coverage, leaks, contacts, spectra, tortuosity, and what is refused."""

from functools import lru_cache

import mpmath
import numpy as np
import pytest
from scipy.stats import binomtest

from sslib.impedance import C, R, TransmissionLine
from sslib.instruments import Spectrum, TimeSeries, read_time_series
from sslib.measurements import (
    Estimate,
    cell_of_spectrum,
    cell_of_steps,
    cells_by_carrier,
    check_steps_against_spectrum,
    measured_tortuosity,
    rails,
    simulate_blocking_cell,
    thickness_series,
)
from tests.simulations import simulations

IONS, ELECTRONS, CONTACT, AREA = 2e-2, 5e-2, 8.0, 1e-4
THICKNESSES = (1e-4, 2e-4, 3e-4)


def cell(carrier, thickness, seed, leak=0.0, noise=1e-6, voltages=(0.01, -0.01), **others):
    return simulate_blocking_cell(
        carrier, voltages, 4.0 * (thickness / 1e-4) ** 2, ions=thickness / (IONS * AREA),
        electrons=thickness / (ELECTRONS * AREA), capacitance=2e-2 * thickness / 1e-4, contact=CONTACT, leak=leak,
        noise=noise, seed=seed, **others,
    )  # fmt: skip


@lru_cache
def clean(carrier, thickness, leak):
    return cell(carrier, thickness, 0, leak=leak, noise=0.0)


def family(carrier, seed, leak=0.0):
    found = {}
    for thickness in THICKNESSES:
        series = clean(carrier, thickness, leak)
        scatter = 1e-6 * np.random.default_rng([seed, round(1e6 * thickness)]).standard_normal(len(series))
        found[thickness] = cell_of_steps(
            TimeSeries(series.time, series.voltage, series.current + scatter, step=series.step)
        )
    return found


@pytest.mark.parametrize(("carrier", "first", "second"), [("ions", 100.0, 30.0), ("electrons", 30.0, 100.0)])
def test_the_ladder_is_configuration_two_or_three(carrier, first, second):
    """The sum of a ladder against the inverse of the line's closed form, at three times."""
    series = simulate_blocking_cell(carrier, [0.01], 5.0, ions=100.0, electrons=30.0, capacitance=2e-2, contact=5.0)

    def transform(s):
        total = first + second
        width = mpmath.sqrt(1 / (s * 2e-2 * total))
        impedance = 5 + first * second / total + 2 * width * first**2 / total * mpmath.tanh(1 / (2 * width))
        return 0.01 / (s * impedance)

    for k in (60, 90, 130):
        expected = float(mpmath.invertlaplace(transform, series.time[k], method="talbot"))
        assert series.current[k] == pytest.approx(expected, rel=1e-3)


def test_the_ladder_begins_with_both_rails_and_ends_with_one():
    """The two resistances that the evaluation lives on."""
    series = simulate_blocking_cell("ions", [0.01], 60.0, ions=100.0, electrons=30.0, capacitance=2e-2, contact=5.0)
    assert series.current[-1] == pytest.approx(0.01 / 105.0, rel=1e-9)
    assert series.current[1] == pytest.approx(0.01 / (5.0 + 3000 / 130), rel=0.01)


def test_active_material_stores_charge_and_the_end_comes_late():
    """With charge transfer a plateau comes before the end: a trap that the forward model has to show."""
    own = {"ions": 100.0, "electrons": 30.0, "capacitance": 1e-3, "transfer": 50.0, "storage": 10.0}
    series = simulate_blocking_cell("ions", [0.01], 2.0, **own)
    assert 0.01 / series.current[-1] < 90.0
    late = simulate_blocking_cell("ions", [0.01], 2e4, **own)
    assert 0.01 / late.current[-1] == pytest.approx(100.0, rel=1e-4)


def test_both_resistances_of_a_cell_are_found():
    """At once and in the end, from steps of either sign."""
    found = cell_of_steps(cell("ions", 1e-4, 1))
    both = 1e-4 / (AREA * (IONS + ELECTRONS))
    for own, true in ((found.settled, 50.0 + CONTACT), (found.at_once, both + CONTACT)):
        assert abs(np.log(own.value / true)) < 4 * own.error
        assert own.error < 0.01


@pytest.fixture(scope="module")
def electrons():
    return family("electrons", 2)


def coverage(seeds):
    inside = np.zeros(4, dtype=int)
    for seed in seeds:
        found = rails(family("ions", seed), family("electrons", seed + 50000), AREA)
        wanted = (
            (found.ions.conductivity, IONS), (found.electrons.conductivity, ELECTRONS),
            (found.ions.contact, CONTACT), (found.electrons.contact, CONTACT),
        )  # fmt: skip
        for k, (own, true) in enumerate(wanted):
            low, high = own.interval()
            inside[k] += low < true < high
    return inside


def test_intervals_of_conductivities_and_contacts_hold_the_truth():
    """Of both rails and both contacts, in 95 of 100 series."""
    n = simulations(4)
    for count in coverage(range(n)):
        assert binomtest(int(count), n, 0.95).pvalue > 1e-3


@pytest.mark.slow
def test_intervals_hold_the_truth_in_many_series():
    """Of both rails and both contacts, on both sides of 95 of 100, with enough series to see 4 % less."""
    n = simulations(120)
    for count in coverage(range(1000, 1000 + n)):
        assert binomtest(int(count), n, 0.95).pvalue > 1e-3


def test_what_flows_against_its_step_and_what_rests_elsewhere():
    """Currents counted the other way are named; a cell that rests at a millivolt gives what it gives at zero."""
    series = cell("ions", 1e-4, 3)
    with pytest.raises(ValueError, match=r"the step at 0\.01 V flows against it"):
        cell_of_steps(TimeSeries(series.time, series.voltage, -series.current, step=series.step))
    offset = cell_of_steps(TimeSeries(series.time, series.voltage + 1e-3, series.current, step=series.step))
    assert offset.settled.value == pytest.approx(cell_of_steps(series).settled.value, rel=1e-9)
    late = slice(1, None)
    begun = TimeSeries(series.time[late], series.voltage[late], series.current[late], step=series.step[late])
    assert any("not known and taken to be zero" in text for text in cell_of_steps(begun).verdicts)


def test_a_leak_of_the_blocked_carrier_is_refused(electrons):
    """Electrons that pass a tenth of the contact's conductance would be read as ions."""
    with pytest.raises(ValueError, match=r"the blocked carrier leaks through its electrode"):
        rails(family("ions", 1, leak=0.01), electrons, AREA)
    assert abs(rails(family("ions", 1), electrons, AREA).agreement) < 4


def test_it_works_on_a_file_that_a_potentiostat_writes(potentiostat_file):
    """Steps of both signs from a real file."""
    series = cell("ions", 1e-4, 3)
    here, there = cell_of_steps(series), cell_of_steps(read_time_series(potentiostat_file(series)))
    assert there.settled.value == pytest.approx(here.settled.value, rel=1e-3)


def test_an_asymmetric_cell_is_doubted():
    """A step that meets 10 % more one way has an electrode that is not the other's mirror."""
    series = cell("ions", 1e-4, 3)
    current = np.where(series.voltage < 0, 0.9 * series.current, series.current)
    found = cell_of_steps(TimeSeries(series.time, series.voltage, current, step=series.step))
    assert any("one polarity has" in text for text in found.verdicts)


def spectrum_of(ions, electrons, contact, seed, lowest=-3):
    line = R("R_c") + TransmissionLine(ion=R("R_1"), electron=R("R_2"), interface=C("C"), terminals="ion-ion")
    frequency = np.logspace(4, lowest, 60)
    exact = line.impedance(frequency, R_c=contact, R_1=ions, R_2=electrons, C=2e-2)
    noise = np.random.default_rng(seed).standard_normal((60, 2)) @ [1, 1j]
    return Spectrum(frequency, exact + 2e-3 * np.abs(exact) * noise)


def test_a_spectrum_gives_the_same_two_resistances():
    """The line's own impedance, evaluated by the ends of its arc."""
    found = cell_of_spectrum(spectrum_of(50.0, 20.0, 8.0, 1), noise=2e-3)
    for own, true in ((found.settled, 58.0), (found.at_once, 8 + 1000 / 70)):
        low, high = own.interval(0.999)
        assert low < true < high
    check_steps_against_spectrum(cell_of_steps(cell("ions", 1e-4, 1)), found)


def test_a_direct_current_that_does_not_meet_the_spectrum_is_refused():
    """A slow reaction of the blocked carrier lies below the spectrum's frequencies."""
    slow = cell_of_steps(cell("ions", 1e-4, 1, leak=0.05))
    with pytest.raises(ValueError, match=r"the blocked carrier leaks through a slow reaction"):
        check_steps_against_spectrum(slow, cell_of_spectrum(spectrum_of(50.0, 20.0, 8.0, 1), noise=2e-3))


def straight(thickness, seed, error=0.01):
    true = CONTACT + np.asarray(thickness) / (IONS * AREA)
    scatter = np.exp(error * np.random.default_rng(seed).standard_normal(len(true)))
    return [Estimate(float(value), error, logarithmic=True) for value in true * scatter]


def test_a_line_through_resistances_holds_slope_and_intercept():
    """Weights by the errors: coverage of the line alone, in many seeds."""
    inside = np.zeros(2)
    for seed in range(300):
        found = thickness_series(THICKNESSES, straight(THICKNESSES, seed), AREA)
        inside += [own.interval()[0] < true < own.interval()[1] for own, true in
                   ((found.conductivity, IONS), (found.contact, CONTACT))]  # fmt: skip
    for count in inside:
        assert binomtest(int(count), 300, 0.95).pvalue > 1e-3


def test_an_error_of_the_thickness_widens_the_interval():
    """A micrometre of fifty is two percent of a resistance."""
    exact = straight(THICKNESSES, 1, 1e-6)
    found = thickness_series(THICKNESSES, exact, AREA, thickness_error=2e-6)
    assert found.conductivity.error == pytest.approx(2e-6 / (np.sqrt(2) * 1e-4), rel=1e-3)


def test_cells_that_differ_widen_the_interval_and_are_said():
    """One cell 30 % off is no noise of the instrument."""
    given = straight((1e-4, 2e-4, 3e-4, 4e-4), 1, 1e-3)
    given[1] = Estimate(given[1].value * 1.3, 1e-3, logarithmic=True)
    found = thickness_series((1e-4, 2e-4, 3e-4, 4e-4), given, AREA)
    assert any("scatter" in text for text in found.verdicts)
    assert found.conductivity.error > 0.05


@pytest.mark.parametrize(
    ("thickness", "values", "message"),
    [
        ((1e-4, 1e-4), (50.0, 51.0), "1 thicknesses are given for 2 cells"),
        ((1e-4, 2e-4, 3e-4), (50.0, 50.1, 49.9), "the contacts hide the composite"),
        ((1e-4, 2e-4, 3e-4), (10.0, 60.0, 110.0), "contact resistance would be -40 ohm"),
        ((1e-4, -2e-4), (50.0, 100.0), "thickness is -0.0002"),
    ],
)
def test_a_line_that_cannot_be_is_refused(thickness, values, message):
    """Each would give a conductivity that looks like any other."""
    with pytest.raises(ValueError, match=message):
        thickness_series(thickness, [Estimate(value, 0.01, logarithmic=True) for value in values], AREA)


def test_the_published_numbers_of_source_002_are_consistent():
    """Voids of 13.2 % filled take 0.537 to 0.669, and the factor from 1.74 to 1.27; EIS had 1.6 ± 0.1."""
    for fraction, factor in ((0.537, 1.74), (0.669, 1.27)):
        found, _ = measured_tortuosity(fraction, 1.0, fraction / factor)
        assert found.value == pytest.approx(factor, rel=1e-12)
    error = 0.0625
    found, words = measured_tortuosity(0.537, Estimate(1.0, error, logarithmic=True), 0.537 / 1.6)
    assert (found.value, found.error * found.value) == (pytest.approx(1.6), pytest.approx(0.1))
    low, high = found.interval()
    assert low < 1.74 < high
    assert words == ()
    assert not low < 1.27 < high


def test_a_tortuosity_below_one_is_refused_and_below_the_bound_doubted():
    """Better than straight channels is another phase that conducts."""
    with pytest.raises(ValueError, match="below one"):
        measured_tortuosity(0.5, 1.0, Estimate(0.7, 0.01, logarithmic=True))
    _, words = measured_tortuosity(0.5, 1.0, Estimate(0.47, 0.2, logarithmic=True))
    assert "least of any isotropic composite" in words[0]


def test_cells_are_sorted_by_what_their_heads_say():
    """A cell in the wrong family would turn ions into electrons."""
    one = TimeSeries([0, 1], [0, 0], [0, 0], header={"passing": "ions", "thickness_um": "60"}, source="a.csv")
    assert list(cells_by_carrier([one])["ions"]) == [pytest.approx(6e-5)]
    with pytest.raises(ValueError, match=r"second cell of 60 um"):
        cells_by_carrier([one, one])
    with pytest.raises(ValueError, match="does not say which carrier passes"):
        cells_by_carrier([TimeSeries([0, 1], [0, 0], [0, 0])])


def test_a_series_at_rest_and_an_unknown_carrier_are_refused():
    """Nothing to evaluate has to be said as such."""
    with pytest.raises(ValueError, match="no step of constant voltage"):
        cell_of_steps(TimeSeries(np.arange(30.0), np.zeros(30), np.zeros(30)))
    with pytest.raises(ValueError, match="carrier is 'holes'"):
        simulate_blocking_cell("holes", [0.01], 1.0, ions=1.0, electrons=1.0, capacitance=1.0)
