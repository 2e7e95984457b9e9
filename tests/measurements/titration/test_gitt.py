"""GITT on titrations with known truth: values, intervals, the short-time formula and its refusals, broken data."""

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
    gitt,
    pulse_bias,
    record_titration,
    simulate_titration,
    stated,
    stated_truth,
)
from sslib.thermodynamics import chemical_diffusivity, potential_slope
from tests.simulations import simulations

DATA = Path(__file__).parents[3] / "data" / "series"
D, SLOPE, R = 7e-17, -0.4, 500.0
FINE = (0.1, 40, 20.0)
COLUMNS = ("time", "voltage", "current", "step")
FILM = Film(area=1e-4, thickness=3e-7, sites=5e4)
SPHERE = Sphere(volume=3e-11, radius=9e-7, sites=5e4)


def electrode(host=FILM, **settings):
    own = {"potential": lambda x: 3.9 + SLOPE * x, "diffusivity": lambda x: D + 0 * x, "series_resistance": R}
    return TitratedElectrode(host, **(own | settings))


@cache
def titrated(host=FILM, change=0.02, duration=600.0, rest=7200.0, count=1, sampling=(0.1, 10, 200.0), **settings):
    """A titration without noise, from rest at 0.4."""
    current = -host.capacity * change / duration
    program = [
        TitrationHold("current", 0.0, 500.0),
        *[TitrationHold("current", current, duration), TitrationHold("current", 0.0, rest)] * count,
    ]
    times = dict(zip(("first", "per_decade", "longest"), sampling, strict=True))
    return simulate_titration(electrode(host, **settings), program, 0.4, **times)[0]


def noisy(series, seed=0, voltage=5e-5, resolution=0.0):
    rng = np.random.default_rng(seed)
    return record_titration(series, rng, voltage_noise=voltage, current_noise=1e-9, voltage_resolution=resolution)


def alone(series, **settings):
    """The point of a titration of one pulse."""
    (point,) = gitt(series, FILM, 0.4, **settings).points
    return point


@cache
def default(name):
    series = read_time_series(DATA / f"{name}.csv")
    hosts = {
        "gitt_film": Film(area=series.area, thickness=0.3e-6, sites=5e4) if series.area else None,
        "gitt_sphere": Sphere(volume=0.03e-9, radius=1e-6, sites=5e4),
    }
    return series, gitt(series, hosts[name], stated(series, "start_composition"))


@pytest.mark.parametrize("name", [pytest.param("gitt_film", marks=pytest.mark.slow), "gitt_sphere"])
def test_the_default_series_gives_its_truth(name):
    """D changes with composition and the potential is curved: the intervals have to hold the truth nevertheless."""
    series, titration = default(name)
    truth = stated_truth(series)
    assert not titration.refused
    exact = chemical_diffusivity(titration.composition, truth["interaction"], truth["D_0"])
    low, high = titration.interval
    missed = np.count_nonzero((exact < low) | (exact > high))
    assert missed <= 1 + len(exact) // 12
    np.testing.assert_allclose(titration.diffusivity, exact, rtol=0.05)
    for point in titration.points:
        middle = (point.before + point.after) / 2
        assert point.slope == pytest.approx(float(potential_slope(middle, truth["interaction"])), rel=0.03)
        assert point.resistance == pytest.approx(truth["R"], abs=5 * point.resistance_error)
    value, (low, high) = titration.at(0.5)
    assert low < float(chemical_diffusivity(0.5, truth["interaction"], truth["D_0"])) < high
    assert low < value < high


@pytest.mark.parametrize(("host", "duration"), [(FILM, 600.0), (SPHERE, 3000.0)])
def test_without_noise_the_truth_comes_back(host, duration):
    """At a ratio where no short-time formula holds, by a forward model that knows none of the evaluation's series."""
    series = titrated(host, duration=duration, rest=6 * host.length**2 / D / (1 if host is FILM else 3))
    (point,) = gitt(series, host, 0.4).points
    assert point.diffusivity == pytest.approx(D, rel=1e-3)
    assert point.resistance == pytest.approx(R, rel=1e-3)
    assert point.slope == pytest.approx(SLOPE, rel=1e-4)
    assert (point.before, point.after) == pytest.approx((0.4, 0.42), abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(("host", "resolution"), [(FILM, 0.0), (FILM, 5e-5), (SPHERE, 5e-5)])
def test_intervals_hold_the_truth_as_often_as_they_say(host, resolution):
    """95 % that are 80 % are worse than none."""
    series = titrated(host, change=0.01, duration=600.0 if host is FILM else 3000.0, rest=4.0 * host.length**2 / D)
    count, held = max(240, simulations(240)), 0
    for seed in range(count):
        (point,) = gitt(noisy(series, seed, resolution=resolution), host, 0.4).points
        held += point.interval[0] < D < point.interval[1]
    spread = np.sqrt(0.95 * 0.05 / count)
    assert abs(held / count - 0.95) < 2.6 * spread, held / count


def test_the_short_time_formula_is_refused_by_number_where_it_fails():
    """A pulse of 1.4 L²/D gives it a third too little, and many publications print that."""
    point = alone(noisy(titrated(duration=1800.0)))
    assert point.short_time is None
    for words in ("t/(L²/D) is 1.4", "needs t ≪ L²/D", "−35 % off", "full solution serves"):
        assert words in point.short_time_refusal, point.short_time_refusal
    assert float(pulse_bias(1.4, "film")) == pytest.approx(0.65, abs=0.01)
    assert point.diffusivity == pytest.approx(D, rel=0.03)


def test_the_short_time_formula_is_given_where_it_holds():
    """Both ways agree for a short pulse with a full rest."""
    point = alone(noisy(titrated(duration=250.0, change=0.03)))
    assert point.short_time == pytest.approx(D, rel=0.05)
    assert point.short_time_refusal == ""


def test_a_sphere_asks_for_a_much_shorter_pulse():
    """The same ratio that serves a film is far off for a sphere: the curved surface is felt at once."""
    series = noisy(titrated(SPHERE, duration=1000.0, rest=30000.0))
    (point,) = gitt(series, SPHERE, 0.4).points
    assert point.ratio < 0.1
    assert "t/(R²/D)" in point.short_time_refusal
    assert point.diffusivity == pytest.approx(D, rel=0.05)


def test_the_short_time_formula_is_refused_where_the_potential_curves():
    """A short pulse is not enough: what the slope changes within it is taken for diffusion."""
    curved = titrated(duration=250.0, change=0.03, potential=lambda x: 3.9 + SLOPE * x + 2.5 * (x - 0.4) ** 2)
    point = alone(noisy(curved))
    assert point.short_time is None
    assert "the potential is no line over the pulse" in point.short_time_refusal
    assert point.diffusivity == pytest.approx(D, rel=0.02)


def test_diffusion_too_fast_to_be_seen_is_refused():
    """Over before the first sample, it is part of the jump."""
    series = noisy(titrated(diffusivity=lambda x: 2e-13 + 0 * x))
    with pytest.raises(ValueError, match=r"no lower end: .*A larger current or faster sampling"):
        gitt(series, FILM, 0.4)


def test_steps_of_potential_are_sent_to_pitt():
    """The two methods' files look alike."""
    time = np.arange(0.0, 400.0)
    series = TimeSeries(
        time, np.where(time < 100, 3.9, 3.8), np.where(time < 100, 0, -1e-5 * np.exp(-(time - 100) / 60))
    )
    with pytest.raises(ValueError, match="a step of PITT"):
        gitt(series, FILM, 0.4)


def test_an_unfinished_rest_is_carried_on_and_told():
    """The last reading is not the relaxed potential, and to take it for that makes D wrong."""
    point = alone(noisy(titrated(rest=150.0)))
    assert point.interval[0] < D < point.interval[1]
    assert point.relaxed == pytest.approx(3.9 + SLOPE * 0.42, abs=4 * point.relaxed_error)
    assert any("had not relaxed" in text for text in point.verdicts)


def test_a_rest_too_short_to_tell_the_slope_is_refused():
    """Without a relaxed potential the pulse tells dU/dx over the root of D alone."""
    with pytest.raises(ValueError, match=r"no upper end.*without a relaxed potential"):
        gitt(noisy(titrated(duration=60.0, rest=15.0, change=0.01), voltage=1e-4), FILM, 0.4)


def test_pulses_that_begin_unrelaxed_carry_the_one_before():
    """Relaxation that still goes on is taken for diffusion of the next pulse otherwise."""
    titration = gitt(noisy(titrated(rest=250.0, count=4), voltage=2e-5), FILM, 0.4)
    later = titration.points[1:]
    for point in later:
        assert point.interval[0] < D < point.interval[1] or point.diffusivity == pytest.approx(D, rel=0.02)
    assert any("began before" in text for text in later[0].verdicts)


def test_a_flat_potential_is_refused_as_two_phases():
    """A plateau answers to a pulse, too, and a formula gives a number for it."""
    series = noisy(titrated(potential=lambda x: 3.43 - 1e-4 * x))
    with pytest.raises(ValueError, match=r"potential is flat, dU/dx = .*two phases"):
        gitt(series, FILM, 0.4)


def test_a_plateau_is_refused_and_the_rest_is_not():
    """One pulse in two phases does not spoil the others, and says by its time that it is missing."""
    series = noisy(
        titrated(count=4, rest=5000.0, potential=lambda x: 3.9 - 0.4 * x + 0.4 * np.clip(x - 0.418, 0, 0.0241))
    )
    titration = gitt(series, FILM, 0.4)
    assert len(titration.points) + len(titration.refused) == 4
    assert titration.refused
    assert all("phase" in reason for reason in titration.refused.values())


def test_a_current_of_the_wrong_sign_is_refused():
    """Counted the other way round, the composition runs away from where the potential says it is."""
    series = noisy(titrated())
    turned = TimeSeries(series.time, series.voltage, -series.current, step=series.step)
    with pytest.raises(ValueError, match=r"counted the other way round|jumps against the current"):
        gitt(turned, FILM, 0.4)


def test_a_turned_current_is_turned_back_by_its_column(tmp_path):
    """The refusal says how, and that has to work."""
    series = noisy(titrated())
    path = tmp_path / "cycler.csv"
    rows = (f"{t},{v},{-i},{n}" for t, v, i, n in zip(*(getattr(series, c) for c in COLUMNS), strict=True))
    path.write_text("\n".join(["time [s],voltage [V],current [A],step", *rows]), encoding="utf-8")
    with pytest.raises(ValueError, match=r"named '-current \[A\]'"):
        gitt(read_time_series(path), FILM, 0.4)
    point = alone(read_time_series(path, columns="time [s], voltage [V], -current [A], step"))
    assert point.diffusivity == pytest.approx(alone(series).diffusivity, rel=1e-6)


def test_a_composition_beyond_its_ends_is_refused():
    """A volume that is ten times too small sends the composition past one, and D with it."""
    with pytest.raises(ValueError, match="outside 0 to 1"):
        gitt(noisy(titrated()), replace(FILM, thickness=3e-9), 0.4)


def test_a_pulse_without_a_rest_is_refused():
    """Its relaxed potential was never measured."""
    series = noisy(titrated(rest=5000.0)).window(0, 1000)
    with pytest.raises(ValueError, match="no rest follows"):
        gitt(series, FILM, 0.4)


def test_sampling_too_slow_is_refused():
    """Six samples of a pulse are no curve."""
    series = titrated(sampling=(300.0, 10, 200.0))
    with pytest.raises(ValueError, match="it takes 8 in the pulse and in the rest: sample faster"):
        gitt(noisy(series), FILM, 0.4)


@pytest.mark.parametrize("rate", [-4e-8, -3e-7])
def test_a_drift_is_fitted_and_told(rate):
    """Self-discharge looks like relaxation that never ends: 0.1 mV/h made D 3 % too large, beyond its interval."""
    series = noisy(titrated(rest=5000.0, duration=613.0))
    point = alone(TimeSeries(series.time, series.voltage + rate * series.time, series.current, step=series.step))
    assert point.drift == pytest.approx(rate, abs=4 * point.drift_error)
    assert point.interval[0] < D < point.interval[1]
    assert any("drifts by -" in text for text in point.verdicts), point.verdicts


def test_a_rest_too_short_to_tell_a_drift_says_so():
    """A drift is assumed to be none there, which nobody would know."""
    point = alone(noisy(titrated(rest=600.0)))
    assert point.drift == 0
    assert any("a drift cannot be told from relaxation" in text for text in point.verdicts)
    assert not any("drift" in text for text in alone(noisy(titrated(rest=5000.0))).verdicts)


def test_a_slow_double_layer_is_refused_and_can_be_left_out():
    """The first seconds of a slow interface are no diffusion, and cost 9 % of D unseen."""
    series = noisy(titrated(series_resistance=200.0, charge_transfer=300.0, double_layer=1e-3), voltage=1e-5)
    with pytest.raises(ValueError, match=r"the first .* s after a jump are not diffusion.*double layer.*settle="):
        gitt(series, FILM, 0.4)
    assert alone(series, settle=3.0).diffusivity == pytest.approx(D, rel=0.02)


def test_a_little_of_another_electrode_is_told_and_widens():
    """A counter electrode that answers within seconds adds a little curve to each jump."""
    series = titrated(rest=5000.0)

    def answer(since):
        return 1 - np.exp(-np.maximum(since, 0) / 3)

    begin, end = (series.time[series.step == number][0] for number in (1, 2))
    extra = answer(series.time - begin) * (series.step > 0) - answer(series.time - end) * (series.step > 1)
    other = TimeSeries(
        series.time, series.voltage + 20 * series.current.min() * extra, series.current, step=series.step
    )
    points = [alone(noisy(other, seed)) for seed in range(4)]
    told = [point for point in points if any("without the first" in text for text in point.verdicts)]
    assert told
    assert all(point.interval[0] < D < point.interval[1] for point in told)


def test_charge_and_discharge_in_one_file_agree():
    """The composition turns round, and neighbours in time are no longer neighbours on one side."""
    current = -FILM.capacity * 0.02 / 600
    program = [TitrationHold("current", 0.0, 500.0)]
    for sign in (1, 1, -1, -1):
        program += [TitrationHold("current", sign * current, 600.0), TitrationHold("current", 0.0, 5000.0)]
    changing = electrode(diffusivity=lambda x: D * np.exp(3 * (x - 0.4)))
    titration = gitt(noisy(simulate_titration(changing, program, 0.4, longest=200.0)[0]), FILM, 0.4)
    assert titration.composition == pytest.approx([0.415, 0.435, 0.425, 0.405], abs=1e-4)
    for point in titration.points:
        assert point.interval[0] < D * np.exp(3 * (point.composition - 0.4)) < point.interval[1]
    _, (low, high) = titration.at(0.42)
    assert low < D * np.exp(0.06) < high


def test_an_error_of_the_length_counts_twice():
    """Ten per cent of a BET radius are twenty of D, which no fit of a curve knows."""
    exact = alone(noisy(titrated()))
    (unsure,) = gitt(noisy(titrated()), replace(FILM, length_error=0.1), 0.4).points
    assert unsure.fit_interval == exact.fit_interval
    assert np.log(unsure.interval[1] / unsure.diffusivity) == pytest.approx(1.96 * 0.2, rel=0.01)
    (larger,) = gitt(noisy(titrated()), replace(FILM, thickness=3.3e-7), 0.4).points
    assert larger.diffusivity / exact.diffusivity == pytest.approx(1.21, rel=1e-6)


def test_a_file_of_a_potentiostat_gives_the_same(potentiostat_file):
    """What a lab has is such a file, not our arrays."""
    series = noisy(titrated(), resolution=1e-5)
    read = alone(read_time_series(potentiostat_file(series, "gitt.mpt")))
    own = alone(series)
    assert read.diffusivity == pytest.approx(own.diffusivity, rel=1e-4)
    assert read.interval == pytest.approx(own.interval, rel=1e-3)


def sampled(series, every, phase):
    """The samples of a cycler that writes at even times, none at a jump, and numbers no steps."""
    time = np.arange(phase, series.time[-1], every)
    step = np.searchsorted(series.time, time, side="right") - 1
    step = series.step[step]
    voltage, current = np.empty_like(time), np.empty_like(time)
    for number in np.unique(step):
        own, there = series.step == number, step == number
        voltage[there] = np.interp(time[there], series.time[own], series.voltage[own])
        current[there] = series.current[own][-1]
    return TimeSeries(time, voltage, current)


@pytest.mark.slow
@pytest.mark.parametrize("every", [5.0, 45.0])
def test_even_sampling_without_a_sample_at_the_jump_serves(every):
    """Either jump lies anywhere in its gap, and a cycler writes as it pleases."""
    exact = titrated(duration=613.0, sampling=FINE)
    count = simulations(40)
    points = [
        alone(noisy(sampled(exact, every, phase), seed))
        for seed, phase in enumerate(np.linspace(0.02, 0.98, count) * every)
    ]
    held = sum(point.interval[0] < D < point.interval[1] for point in points)
    assert held / count > 0.95 - 2.6 * np.sqrt(0.95 * 0.05 / count), held


@pytest.mark.parametrize(("step", "first", "last"), [(1, 1084.0, 1113.0), (2, 1113.0, 1142.0)])
def test_the_gap_at_the_end_of_a_pulse_counts_as_well(step, first, last):
    """D hangs on when the rest began ten times as much as on when the pulse did; the gap there was not asked for."""
    series = noisy(titrated(duration=613.0, sampling=FINE), voltage=1e-5)
    kept = (series.step != step) | (series.time < first) | (series.time > last)
    point = alone(TimeSeries(series.time[kept], series.voltage[kept], series.current[kept]))
    exact = alone(series)
    assert abs(point.duration - 613) > 10
    assert point.interval[0] < D < point.interval[1]
    assert np.log(point.interval[1] / point.interval[0]) > 2 * np.log(exact.interval[1] / exact.interval[0])
    assert any("a sample at each jump would mend it" in text for text in point.verdicts)


def test_gaps_of_two_pulses_do_not_even_out():
    """A program in step with the sampling has the same gap at each jump: D between two pulses is no better known."""
    titration = gitt(noisy(sampled(titrated(count=2, rest=6000.0, sampling=FINE), 30.0, 3.0)), FILM, 0.4)
    _, (low, high) = titration.at(float(titration.composition.mean()))
    assert low < D < high
    widths = np.log([point.interval[1] / point.interval[0] for point in titration.points])
    assert np.log(high / low) > 0.99 * widths.min()


def test_the_resistance_knows_of_the_gap_as_well():
    """A pulse that ends 15 s later than it seems has moved the voltage by more than its jump."""
    series = sampled(titrated(duration=613.0, sampling=FINE), 30.0, 3.0)
    point = alone(noisy(series, voltage=1e-5))
    assert abs(point.resistance - R) > 20
    assert point.resistance == pytest.approx(R, abs=2.5 * point.resistance_error)


def test_a_jump_that_nobody_saw_is_refused():
    """A gap of a fifth of the pulse leaves its charge open."""
    series = noisy(titrated(duration=613.0))
    kept = (series.time < 380) | (series.time > 510)
    with pytest.raises(ValueError, match=r"somewhere in 1.* s between two samples, 2.* % of the pulse"):
        gitt(TimeSeries(series.time[kept], series.voltage[kept], series.current[kept]), FILM, 0.4)


def test_nothing_is_carried_on_beyond_the_points():
    """A diffusivity at a composition that was not titrated is a guess."""
    _, titration = default("gitt_sphere")
    with pytest.raises(ValueError, match=r"composition is 0.95; the titration has diffusivities from 0.37"):
        titration.at(0.95)
