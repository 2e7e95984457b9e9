"""PITT on titrations with known truth: values, intervals, the interface that is not left out, broken data."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sslib.instruments import TimeSeries, read_time_series
from sslib.measurements import (
    Film,
    Sphere,
    TitratedElectrode,
    TitrationHold,
    pitt,
    record_titration,
    simulate_titration,
    stated,
    stated_truth,
)
from sslib.thermodynamics import chemical_diffusivity
from tests.simulations import simulations

DATA = Path(__file__).parents[3] / "data" / "series"
D, SLOPE, R = 7e-17, -0.4, 500.0
FILM = Film(area=1e-4, thickness=3e-7, sites=5e4)
SPHERE = Sphere(volume=3e-11, radius=7e-7, sites=5e4)


@cache
def stepped(host=FILM, step=-0.01, duration=4800.0, count=1, first=0.1, per_decade=10, longest=100.0, **settings):
    """Steps of the potential from rest at 0.4, without noise."""
    own = {"potential": lambda x: 3.9 + SLOPE * x, "diffusivity": lambda x: D + 0 * x, "series_resistance": R}
    electrode = TitratedElectrode(host, **(own | settings))
    start = float(electrode.potential(0.4))
    levels = start + step * np.arange(1, count + 1)
    program = [
        TitrationHold("voltage", start, 300.0),
        *(TitrationHold("voltage", float(level), duration) for level in levels),
    ]
    return simulate_titration(electrode, program, 0.4, first=first, per_decade=per_decade, longest=longest)[0]


def noisy(series, seed=0, current=1e-8, resolution=0.0):
    return record_titration(
        series, np.random.default_rng(seed), voltage_noise=1e-5, current_noise=current, current_resolution=resolution
    )


def alone(series, host=FILM, **settings):
    (point,) = pitt(series, host, 0.4, **settings).points
    return point


@cache
def default():
    series = read_time_series(DATA / "pitt_film.csv").window(0, 600 + 3 * 4800 - 1)
    return series, pitt(
        series, Film(area=series.area, thickness=0.3e-6, sites=5e4), stated(series, "start_composition")
    )


def test_the_default_series_gives_its_truth():
    """D changes with composition, a leak is left and a double layer charges: the intervals hold the truth."""
    series, titration = default()
    truth = stated_truth(series)
    exact = chemical_diffusivity(titration.composition, truth["interaction"], truth["D_0"])
    low, high = titration.interval
    assert np.count_nonzero((exact < low) | (exact > high)) <= 1
    np.testing.assert_allclose(titration.diffusivity, exact, rtol=0.03)
    for point in titration.points:
        assert point.resistance == pytest.approx(truth["R"], rel=0.02)
        assert point.background == pytest.approx(truth["leak"], abs=5 * point.background_error)
    assert not titration.refused


@pytest.mark.parametrize("host", [FILM, SPHERE])
def test_without_noise_the_truth_comes_back(host):
    """By a forward model that knows none of the evaluation's series."""
    point = alone(stepped(host, duration=4.0 * host.length**2 / D), host)
    faces = {"film": 1, "sphere": 3}[host.shape]
    assert point.diffusivity == pytest.approx(D, rel=3e-3)
    assert point.resistance == pytest.approx(R, rel=3e-3)
    assert point.biot == pytest.approx(-SLOPE * host.length**2 / D / (faces * host.capacity * R), rel=5e-3)
    assert point.slope == pytest.approx(SLOPE, rel=1e-3)
    assert point.after == pytest.approx(0.425, abs=2e-5)


@pytest.mark.slow
@pytest.mark.parametrize(("host", "resistance"), [(FILM, R), (SPHERE, 100.0)])
def test_intervals_hold_the_truth_as_often_as_they_say(host, resistance):
    """Of D and of the Biot number: 95 % that are 80 % are worse than none."""
    series = stepped(host, duration=3.0 * host.length**2 / D, series_resistance=resistance)
    faces = {"film": 1, "sphere": 3}[host.shape]
    biot = -SLOPE * host.length**2 / D / (faces * host.capacity * resistance)
    count, held, held_biot = simulations(100), 0, 0
    for seed in range(count):
        point = alone(noisy(series, seed, current=5e-8), host)
        held += point.interval[0] < D < point.interval[1]
        held_biot += point.biot_interval[0] < biot < point.biot_interval[1]
    spread = np.sqrt(0.95 * 0.05 / count)
    assert abs(held / count - 0.95) < 2.6 * spread, held / count
    assert abs(held_biot / count - 0.95) < 2.6 * spread, held_biot / count


def test_the_last_exponential_takes_the_interface_for_slow_diffusion():
    """Without the Biot number D is a quarter too small here, and nothing in the data says so."""
    point = alone(stepped())
    assert point.long_time / D == pytest.approx((2 * 1.3766 / np.pi) ** 2, rel=0.02)
    assert point.short_time is None
    assert "no time is right for Cottrell: with a Biot number of 7.1" in point.short_time_refusal


def test_cottrell_is_given_where_it_holds():
    """A small resistance leaves a window in which the classic formula agrees."""
    point = alone(noisy(stepped(series_resistance=10.0)))
    assert point.short_time == pytest.approx(D, rel=0.06)
    assert point.diffusivity == pytest.approx(D, rel=0.03)


def test_an_interface_that_limits_is_refused_or_doubted():
    """One exponential has no diffusivity in it."""
    slow = stepped(series_resistance=5e4, duration=60000.0)
    with pytest.raises(ValueError, match=r"no useful interval: the interface limits|no .* end: the interface limits"):
        pitt(noisy(slow, current=2e-8), FILM, 0.4)
    point = alone(noisy(slow, current=3e-9))
    assert point.interval[0] < D < point.interval[1]
    assert any("the interface limits" in text for text in point.verdicts)


def test_a_step_too_short_is_refused():
    """Where the charge is not known, only its product with the root of D is."""
    series = noisy(stepped(duration=40.0, series_resistance=20.0), current=1e-7)
    with pytest.raises(ValueError, match="no upper end: the step lasts"):
        pitt(series, FILM, 0.4)


def test_sampling_that_hides_the_short_times_is_refused():
    """The last exponential alone has no D in it without the Biot number, which the first samples tell."""
    series = noisy(stepped(first=300.0, duration=9000.0, series_resistance=300.0))
    with pytest.raises(ValueError, match=r"not determined.* the first sample, after .*Sample from earlier on"):
        pitt(series, FILM, 0.4)


def test_a_step_too_large_is_refused():
    """D that changes ten times over a step is no constant, whatever the fit says."""
    series = noisy(stepped(step=-0.16, diffusivity=lambda x: D * np.exp(7 * (x - 0.4)), duration=6000.0))
    with pytest.raises(ValueError, match=r"D changes over the step of -160 mV.*too large"):
        pitt(series, FILM, 0.4)


def test_a_double_layer_is_refused_and_can_be_left_out():
    """Its charge comes in the same first seconds as that of diffusion."""
    series = noisy(stepped(series_resistance=200.0, charge_transfer=300.0, double_layer=3e-3))
    with pytest.raises(ValueError, match=r"double layer charges.*settle="):
        pitt(series, FILM, 0.4)
    point = alone(series, settle=6.0)
    assert point.diffusivity == pytest.approx(D, rel=0.05)


def test_a_leak_is_fitted_and_told():
    """Counted as insertion it would be charge that never ends."""
    point = alone(noisy(stepped(leak=-5e-8)))
    assert point.interval[0] < D < point.interval[1]
    assert point.background == pytest.approx(-5e-8, abs=5 * point.background_error)
    assert any("a leak or a side reaction" in text for text in point.verdicts)


def test_a_current_that_rises_again_is_refused():
    """A bump is nucleation: two phases."""
    series = noisy(stepped())
    bump = -3e-6 * np.exp(-(((series.time - 300 - 600) / 150) ** 2))
    rising = TimeSeries(series.time, series.voltage, series.current + bump, step=series.step)
    with pytest.raises(ValueError, match=r"rises again.*new phase nucleates"):
        pitt(rising, FILM, 0.4)


def test_a_current_of_the_wrong_sign_is_refused():
    """A potential that falls takes the ion in."""
    series = noisy(stepped())
    turned = TimeSeries(series.time, series.voltage, -series.current, step=series.step)
    with pytest.raises(ValueError, match=r"does not follow the step of -10 mV.*named '-current \[A\]'"):
        pitt(turned, FILM, 0.4)


def test_what_is_left_of_a_step_goes_on_in_the_next():
    """Taken for the next step's own, the tail of the last makes D too small."""
    titration = pitt(noisy(stepped(duration=1300.0, count=3)), FILM, 0.4)
    for point in titration.points[1:]:
        assert point.diffusivity == pytest.approx(D, rel=0.05)


def test_an_error_of_the_length_counts_twice():
    """As in a pulse: D is the square of the length over a time."""
    series = noisy(stepped())
    exact, unsure = alone(series), alone(series, replace(FILM, length_error=0.1))
    assert unsure.fit_interval == exact.fit_interval
    assert np.log(unsure.interval[1] / unsure.diffusivity) == pytest.approx(1.96 * 0.2, rel=0.02)


def test_a_file_of_a_potentiostat_gives_the_same(potentiostat_file):
    """What a lab has is such a file, not our arrays."""
    series = noisy(stepped(), resolution=1e-9)
    path = potentiostat_file(series, "pitt.mpt", technique="Chronoamperometry")
    read, own = alone(read_time_series(path)), alone(series)
    assert read.diffusivity == pytest.approx(own.diffusivity, rel=1e-3)


def test_a_single_voltage_is_refused():
    """There is no step in it."""
    series = stepped().window(0, 299)
    with pytest.raises(ValueError, match="the voltage is held only once"):
        pitt(series, FILM, 0.4)


def sampled(every, phase, seed):
    """A step as a cycler writes it at even times, without a sample at the jump."""
    exact = stepped(per_decade=40, longest=20.0)
    own = exact.step == 1
    time = np.arange(phase, exact.time[-1], every)
    later = time >= exact.time[own][0]
    current = np.where(later, np.interp(time, exact.time[own], exact.current[own]), 0)
    voltage = np.where(later, exact.voltage[own][0], exact.voltage[0])
    return noisy(TimeSeries(time, voltage, current), seed)


@pytest.mark.parametrize("every", [pytest.param(5.0, marks=pytest.mark.slow), 20.0])
def test_a_gap_at_the_jump_widens_the_interval(every):
    """The step began anywhere between two samples, which moves the current most when it is largest."""
    points = [alone(sampled(every, share * every, seed)) for seed, share in enumerate((0.05, 0.5, 0.95))]
    exact = alone(noisy(stepped()))
    assert all(point.interval[0] < D < point.interval[1] for point in points)
    assert np.log(points[0].interval[1] / points[0].interval[0]) > np.log(exact.interval[1] / exact.interval[0])


@pytest.mark.slow
def test_a_first_sample_too_late_is_not_blamed_on_the_interface():
    """Advice to grow a thicker film is no help to a cycler that writes every two minutes."""
    with pytest.raises(ValueError, match=r"the first sample used, after .* sample faster"):
        pitt(sampled(120.0, 60.0, 0), FILM, 0.4)
