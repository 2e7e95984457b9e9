"""Critical current of a stepped record: what fails is found at its step, and what cannot be told is refused.

Records are put together here from constants and noise, without the forward model; that model serves the slow tests.
"""

import numpy as np
import pytest
from scipy.stats import binomtest, linregress, t

from sslib.instruments import TimeSeries, read_time_series
from sslib.measurements import Protocol, SymmetricCell, critical_current, rehearse, simulate_stepped
from sslib.measurements.stepped_current.decision import difference, regressors
from sslib.units import cm2, hour, mA_cm2, mV, ohm_cm2
from tests.simulations import simulations

AREA, RESISTANCE = 0.5 * cm2, 100 * ohm_cm2
CURRENTS = 0.1 * np.arange(1, 11) * mA_cm2
SAMPLES, HALF_CYCLE = 60, 3600.0


def stepped(change=None, *, signs=(1, -1), currents=CURRENTS, noise=20e-6, scatter=1e-3, seed=0, area=AREA, **own):
    """A record of an ohmic cell; `change(number, sign, share of the half-cycle)` is a factor on its resistance."""
    rng = np.random.default_rng(seed)
    voltage, current = [], []
    for number, (size, sign) in enumerate((size, sign) for size in currents for sign in signs):
        share = (np.arange(SAMPLES) + 0.5) / SAMPLES
        resistance = RESISTANCE * (1 + scatter * rng.standard_normal() + scatter * rng.standard_normal() * share)
        factor = np.ones(SAMPLES) if change is None else change(number, sign, share) * np.ones(SAMPLES)
        voltage.append(sign * size * resistance * factor + noise * rng.standard_normal(SAMPLES))
        current.append(np.full(SAMPLES, sign * size * AREA))
    time = HALF_CYCLE * (np.arange(SAMPLES * len(voltage)) + 0.5) / SAMPLES
    return TimeSeries(time, np.concatenate(voltage), np.concatenate(current), area=area, **own)


def interval_of(result, *which):
    return tuple(None if end is None else round(end / mA_cm2, 6) for end in result.interval(*which))


@pytest.mark.parametrize("seed", range(4))
def test_a_sound_cell_has_an_open_end(seed):
    """Else the largest current that was tried is quoted as the one at which cells fail."""
    found = critical_current(stepped(seed=seed))
    assert found.failure == "none"
    low, high = interval_of(found)
    assert high is None
    assert low >= 0.8
    assert f"above {low:g} mA/cm2" in found.verdicts[0]
    assert found.half_cycles[9].half_cycle.resistance == pytest.approx(RESISTANCE, rel=0.01)
    assert found.half_cycles[9].half_cycle.charge == pytest.approx(0.5 * mA_cm2 * HALF_CYCLE, rel=1e-6)


@pytest.mark.parametrize("begin", [0.0, 0.5, 0.93])
@pytest.mark.parametrize("left", [0.01, 0.7])
def test_a_short_is_found_at_its_step(begin, left):
    """A full short and a soft one, at the beginning, in the middle and at the end of the 15th half-cycle."""
    found = critical_current(stepped(lambda n, sign, x: np.where((n > 14) | ((n == 14) & (x >= begin)), left, 1.0)))
    assert found.failure == "collapse"
    assert interval_of(found) == (0.7, 0.8)
    assert [one.verdict for one in found.half_cycles].index("collapse") == 14
    assert interval_of(found, "slope")[1] is None


def test_a_current_in_the_wrong_unit_is_doubted():
    """Milliampere in a column of ampere gives a critical current that is a thousand times too large, in silence."""
    record = stepped()
    as_ampere = TimeSeries(record.time, record.voltage, 1e3 * record.current, area=AREA)
    assert any("1e+03 mA/cm2" in text and "check the unit" in text for text in critical_current(as_ampere).verdicts)
    assert not any("check the unit" in text for text in critical_current(record).verdicts)


def test_a_rise_is_a_slope_and_no_collapse():
    """Contact that is lost calls for pressure, a short for another electrolyte: they must not be mixed up."""
    found = critical_current(stepped(lambda n, sign, x: 1 + 0.3 * x if n >= 12 else 1.0))
    assert found.failure == "slope"
    assert interval_of(found) == (0.6, 0.7)
    assert interval_of(found, "collapse") == (1.0, None)


def test_a_slope_and_the_short_that_follows_are_told_apart():
    """The critical current of plating is quoted beside that of stripping."""

    def change(n, sign, x):
        return 0.2 if n >= 16 else 1 + 2 * x if n >= 12 else 1.0

    found = critical_current(stepped(change))
    assert found.failure == "slope"
    assert interval_of(found, "slope") == (0.6, 0.7)
    assert interval_of(found, "collapse") == (0.8, 0.9)


def test_a_rise_out_of_a_short_is_no_slope():
    """A filament that burns through leaves the cell as it was: nothing rose above a sound one."""
    found = critical_current(stepped(lambda n, sign, x: np.where((n == 14) & (x < 0.5), 0.5, 1.0)))
    assert interval_of(found, "collapse") == (0.7, 0.8)
    assert interval_of(found, "slope")[1] is None


def test_the_beginning_of_a_rise_belongs_to_the_interval():
    """At 0.6 mA/cm2 the rise is too small to count and too large for chance: that step was not survived for sure."""
    found = critical_current(stepped(lambda n, sign, x: 1 + (0 if n < 10 else 0.025 if n < 12 else 0.2) * x))
    assert interval_of(found) == (0.5, 0.7)
    assert any("undecided" in text for text in found.verdicts)


def test_a_void_that_heals_is_no_short():
    """Plating closes voids and the voltage falls back: steadily, and never below a sound cell."""

    def change(n, sign, x):
        return 1.0 if n < 12 else 1 + 0.5 * x if sign > 0 else 1.5 - 0.45 * x

    found = critical_current(stepped(change))
    assert interval_of(found, "slope") == (0.6, 0.7)
    assert interval_of(found, "collapse")[1] is None


def test_dips_are_a_soft_short_and_a_spike_is_none():
    """A soft short shows for seconds; one sample that an instrument lost must not be one."""
    dips = critical_current(
        stepped(lambda n, sign, x: np.where((n == 14) & np.isin(np.arange(60), [20, 35]), 0.6, 1.0))
    )
    assert interval_of(dips) == (0.7, 0.8)
    assert "comes back" in " ".join(dips.first("collapse").evidence)
    spike = critical_current(stepped(lambda n, sign, x: np.where((n == 14) & (np.arange(60) == 20), 0.6, 1.0)))
    assert spike.failure == "none"
    assert any("in one sample alone" in text and "0.8 mA/cm2" in text for text in spike.verdicts)
    assert not any("in one sample alone" in text for text in critical_current(stepped()).verdicts)


def test_flicker_is_a_soft_short():
    """Noise that grows tenfold while the mean stays is what a filament does that makes and breaks contact."""
    rng = np.random.default_rng(3)
    found = critical_current(
        stepped(lambda n, sign, x: 1 + 0.02 * rng.standard_normal(60) if n >= 14 else 1.0), smallest=0.5
    )
    assert interval_of(found) == (0.7, 0.8)
    assert "flickers" in " ".join(found.first("collapse").evidence)


def test_a_short_from_the_first_step_is_no_low_resistance():
    """It looks like an excellent electrolyte: only what is known of the separator unmasks it."""
    shorted = stepped(lambda n, sign, x: 0.3)
    known = critical_current(shorted, resistance=0.8 * RESISTANCE)
    assert interval_of(known) == (0.0, 0.1)
    assert "below the ohmic resistance" in known.verdicts[0]
    unknown = critical_current(shorted)
    assert unknown.failure == "none"
    assert any("would pass for a low resistance" in text for text in unknown.verdicts)
    assert any("as in a metal" in text for text in unknown.verdicts)
    assert not any("would pass" in text for text in critical_current(stepped(), resistance=0.8 * RESISTANCE).verdicts)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
@pytest.mark.parametrize("left", [0.01, 0.2])
def test_a_short_among_the_first_half_cycles_is_no_reference(number, left):
    """Nothing measures the scatter yet; a cell that shorts at its second step would pass for one that never failed."""
    found = critical_current(stepped(lambda n, sign, x: left if n >= number else 1.0))
    low, high = interval_of(found)
    assert found.failure == "collapse"
    assert low == 0
    assert CURRENTS[number // 2] / mA_cm2 <= high + 1e-9 <= 0.3 + 2e-9
    assert "no step was survived for sure" in found.verdicts[0]


@pytest.mark.parametrize("seed", range(3))
def test_kinetics_and_contact_that_settles_are_no_short(seed):
    """An overpotential that grows with the logarithm of the current lowers V/j, and so does contact that forms."""
    overpotential = 0.1 * np.arcsinh(CURRENTS / (0.2 * mA_cm2)) / CURRENTS / RESISTANCE
    slow = critical_current(stepped(lambda n, sign, x: 0.8 + overpotential[n // 2], seed=seed))
    assert slow.failure == "none"
    assert interval_of(slow)[0] >= 0.6
    formed = critical_current(stepped(lambda n, sign, x: 1 + 0.6 * np.exp(-(n + x) / 2), seed=seed))
    assert formed.failure == "none"


def test_a_highly_conductive_cell_with_an_offset_is_not_below_its_separator():
    """0.3 mV of offset are a third of the voltage at the first step."""
    good = stepped(lambda n, sign, x: 0.1 - 0.3 * mV * sign / (CURRENTS[n // 2] * RESISTANCE))
    assert critical_current(good, resistance=0.09 * RESISTANCE).failure == "none"


def test_a_rise_that_grows_from_step_to_step_is_not_learnt():
    """Voids that grow slowly give a little more at each step: the last rises, near 20 %, are no sound cell's."""
    found = critical_current(stepped(lambda n, sign, x: 1 + 0.02 * max(n // 2 - 3, 0) * x, currents=1.5 * CURRENTS))
    assert found.failure == "slope"
    low, high = interval_of(found)
    assert low <= 0.6
    assert high <= 1.2


CHECKED = np.stack([CURRENTS, np.full(10, CURRENTS[0])], axis=1).ravel()


@pytest.mark.parametrize("seed", range(3))
def test_a_program_may_return_to_a_low_current(seed):
    """Many look at the cell at a low current after each step, or start anew: the steps above count."""
    looked = critical_current(stepped(currents=CHECKED, seed=seed, noise=100e-6))
    assert looked.failure == "none"
    assert interval_of(looked)[0] >= 0.8
    formed = [CURRENTS[1]] * 3 + [*CURRENTS]
    begun = critical_current(stepped(lambda n, sign, x: 1 if n < 20 else 0.7, currents=formed, seed=seed))
    assert interval_of(begun) == (0.7, 0.8)
    anew = critical_current(stepped(currents=[*CURRENTS[:6], *CURRENTS], seed=seed))
    assert anew.failure == "none"
    assert interval_of(anew)[0] >= 0.8


def test_what_fails_at_a_low_current_belongs_to_the_step_before():
    """A short that the step at 0.7 mA/cm2 left behind is seen at 0.1: that is no critical current of 0.1."""
    found = critical_current(stepped(lambda n, sign, x: 0.6 if n >= 26 else 1.0, currents=CHECKED))
    assert found.failure == "collapse"
    assert interval_of(found) == (0.6, 0.7)
    assert "at 0.7 mA/cm2, seen at 0.1 mA/cm2 after that" in found.verdicts[0]


def test_a_look_of_another_length_is_no_failure():
    """A short half-cycle shows less of what is slow: its resistance is lower, and nothing is shorted."""
    cell = SymmetricCell(
        stripping_limit=np.inf, plating_limit=np.inf, relaxation_resistance=30 * ohm_cm2, relaxation_time=600.0
    )
    program = Protocol(tuple(CHECKED), charge=0.05 * mA_cm2 * hour)
    for seed in range(3):
        assert critical_current(simulate_stepped(cell, program, seed=seed).series).failure == "none"


def test_the_smallest_currents_of_a_wide_program_are_half_cycles():
    """Jumps of 1 % of the largest current would drown in it, and the first steps be one of no sign."""
    found = critical_current(stepped(currents=np.geomspace(0.01, 3, 14) * mA_cm2, noise=2e-6))
    assert len(found.half_cycles) == 28
    assert found.half_cycles[1].half_cycle.current_density == pytest.approx(-0.01 * mA_cm2)
    fine = critical_current(stepped(currents=0.05 * np.arange(1, 61) * mA_cm2, signs=(1,)))
    assert len(fine.half_cycles) == 60


def test_a_record_that_breaks_off_did_not_survive_its_last_current():
    """A cycler ends a program at a short; five samples of it cannot be judged, and must not be passed over."""
    whole = stepped()
    end = 15 * SAMPLES + 5
    voltage = whole.voltage[:end].copy()
    voltage[-5:] *= 0.01
    found = critical_current(TimeSeries(whole.time[:end], voltage, whole.current[:end], area=AREA))
    assert interval_of(found) == (0.7, None)
    assert any("breaks off at 0.8 mA/cm2" in text for text in found.verdicts)


def test_the_level_is_no_better_than_the_chance_to_miss():
    """Fewer false alarms make an interval no surer to hold the truth: what is missed stays."""
    assert critical_current(stepped(), false_alarm=0.001).level == pytest.approx(0.95)
    assert critical_current(stepped(), false_alarm=0.2).level == pytest.approx(0.8)


def test_what_noise_hides_is_not_survived():
    """A rise of 8 % in noise of 10 % must not make a sharp interval."""
    noisy = critical_current(stepped(lambda n, sign, x: 1 + 0.15 * max(n - 9, 0) * x, scatter=0.04, seed=2))
    low, high = interval_of(noisy)
    assert low < 0.6
    assert high is None or high >= 0.6
    assert any("undecided" in text for text in noisy.verdicts)


def test_one_direction_alone_is_evaluated_and_said():
    """Unidirectional plating is a common program; what the other direction does stays open."""
    found = critical_current(stepped(lambda n, sign, x: 0.2 if n >= 8 else 1.0, signs=(1,)))
    assert interval_of(found) == (0.8, 0.9)
    assert any("one sign alone" in text for text in found.verdicts)


def test_a_reference_tells_stripping_from_plating():
    """At one electrode a positive current strips: voids there must not be laid to plating."""
    half = stepped(lambda n, sign, x: 1 + 0.4 * x if n >= 12 and sign > 0 else 1.0)
    found = critical_current(half, electrode="working")
    assert interval_of(found, "slope", "stripping") == (0.6, 0.7)
    assert interval_of(found, "slope", "plating")[1] is None
    assert not any("stripping are not told apart" in text for text in found.verdicts)
    cell = critical_current(half)
    assert any("stripping are not told apart" in text for text in cell.verdicts)
    assert any("point to one of the electrodes" in text for text in cell.verdicts)
    with pytest.raises(ValueError, match="process is 'plating'; the half-cycles are both"):
        cell.interval("slope", "plating")


def test_the_limit_of_the_instrument_is_no_failure_of_the_cell():
    """A voltage cut at 60 mV says that the instrument gave up, at 0.7 mA/cm2 of 100 ohm cm2."""
    whole = stepped()
    cut = TimeSeries(
        whole.time, np.clip(whole.voltage, -60 * mV, 60 * mV),
        np.sign(whole.current) * np.minimum(np.abs(whole.current), 60 * mV / RESISTANCE * AREA), area=AREA,
    )  # fmt: skip
    found = critical_current(cut, limit=60 * mV)
    assert found.failure == "none"
    assert interval_of(found) == (0.5, None)
    assert found.limited == pytest.approx(0.6 * mA_cm2, rel=1e-6)
    assert any("instrument's limit of 0.06 V" in text for text in found.verdicts)


def test_a_voltage_that_is_held_instead_is_the_end_of_the_record():
    """Some programs go over to a constant voltage at their limit, as a step of its own: no current was held there."""
    whole = stepped()
    held = 840 + np.arange(len(whole) - 840)
    voltage, current = whole.voltage.copy(), whole.current.copy()
    voltage[held], current[held] = 70 * mV, current[840] * np.exp(-(held - 840) / 50)
    step = np.append(np.repeat(np.arange(14), SAMPLES), np.full(len(held), 14))
    found = critical_current(TimeSeries(whole.time, voltage, current, step=step, area=AREA))
    assert found.failure == "none"
    assert len(found.half_cycles) == 14
    assert found.limited == pytest.approx(0.7 * mA_cm2)
    assert any("held 0.07 V instead of a current" in note for note in found.notes)


def test_what_breaks_an_assumption_is_refused_by_name():
    """A number from such a record would look like any other."""
    with pytest.raises(ValueError, match=r"area is not stated.*mA/cm2"):
        critical_current(stepped(area=None))
    assert critical_current(stepped(area=None), AREA).failure == "none"
    with pytest.raises(ValueError, match=r"20 half-cycles reach 1 different current one above the other, .*lifetime"):
        critical_current(stepped(currents=np.full(10, CURRENTS[4])))
    with pytest.raises(ValueError, match="reach 1 different current"):
        critical_current(stepped(currents=CURRENTS[::-1]))
    with pytest.raises(ValueError, match="current is 0 A in every sample"):
        critical_current(TimeSeries(np.arange(40.0), np.full(40, 0.01), np.zeros(40), area=AREA))
    turned = stepped()
    turned = TimeSeries(turned.time, turned.voltage, -turned.current, area=AREA)
    with pytest.raises(ValueError, match="voltage is against the current in 20 of 20 half-cycles"):
        critical_current(turned)
    with pytest.raises(ValueError, match="electrode is 'both'"):
        critical_current(stepped(), electrode="both")
    ramp = TimeSeries(np.arange(200.0), np.linspace(0, 0.1, 200), np.linspace(0, 1e-3, 200), area=AREA)
    with pytest.raises(ValueError, match="current"):
        critical_current(ramp)
    sparse = TimeSeries(np.arange(40.0), np.repeat(0.01, 40), np.tile([1e-4, 1e-4, -1e-4, -1e-4], 10), area=AREA)
    with pytest.raises(ValueError, match="no half-cycle has 15 samples"):
        critical_current(sparse)
    with pytest.raises(ValueError, match="at is 5000 s"):
        critical_current(stepped(), at=5000.0)


def test_rests_and_numbered_steps_do_not_matter():
    """Programs rest between half-cycles and number parts of one: the half-cycles are the same."""
    plain = stepped(lambda n, sign, x: 0.3 if n >= 14 else 1.0)
    blocks = [(np.zeros(20), np.zeros(20))]
    for rows in np.split(np.arange(len(plain)), 20):
        blocks += [(plain.voltage[rows], plain.current[rows]), (np.full(20, 1e-5), np.zeros(20))]
    voltage, current = (np.concatenate(part) for part in zip(*blocks, strict=True))
    step = np.repeat(np.arange(len(voltage) // 20), 20)
    rested = TimeSeries(60.0 * np.arange(len(voltage)), voltage, current, step=step, area=AREA)
    found = critical_current(rested)
    assert len(found.half_cycles) == 20
    assert interval_of(found) == interval_of(critical_current(plain)) == (0.7, 0.8)


def test_a_pause_parts_two_half_cycles_of_one_current():
    """A rest that the file does not show must not make one long half-cycle of two."""
    plain = stepped(signs=(1, 1))
    step = np.arange(len(plain)) // SAMPLES
    paused = TimeSeries(plain.time + 600.0 * step, plain.voltage, plain.current, step=step, area=AREA)
    assert len(critical_current(paused).half_cycles) == 20
    assert len(critical_current(plain).half_cycles) == 10


def test_a_file_of_a_potentiostat_gives_the_same(potentiostat_file):
    """What counts is the file that a lab has, area and numbers of steps included."""
    record = simulate_stepped(SymmetricCell(), Protocol(tuple(CURRENTS), time=1 * hour, samples=60), seed=4).series
    read = read_time_series(potentiostat_file(record))
    ours, direct = critical_current(read), critical_current(record)
    assert ours.failure == direct.failure == "slope"
    assert ours.interval() == pytest.approx(direct.interval(), rel=1e-6)
    assert [one.verdict for one in ours.half_cycles] == [one.verdict for one in direct.half_cycles]


def test_loops_of_a_potentiostat_return_to_their_numbers(potentiostat_file):
    """EC-Lab counts plating, rest and stripping 0, 1, 2 and goes back to 0: numbers that fall part half-cycles, too."""
    record = simulate_stepped(
        SymmetricCell(), Protocol(tuple(CHECKED), time=1 * hour, samples=40, rest=600.0), seed=4
    ).series
    looped = TimeSeries(record.time, record.voltage, record.current, step=record.step % 4, area=record.area)
    ours, direct = (critical_current(one) for one in (read_time_series(potentiostat_file(looped)), record))
    assert len(ours.half_cycles) == len(direct.half_cycles) == 40
    assert ours.failure == direct.failure == "slope"
    assert interval_of(ours) == interval_of(direct) == (pytest.approx(0.55, abs=0.06), pytest.approx(0.7))


def test_the_prediction_is_that_of_a_straight_line():
    """The textbook's interval for one more point on a line, by scipy's regression."""
    rng = np.random.default_rng(6)
    density = np.linspace(0.3, 2.0, 9)
    values = rng.standard_normal((9, 1))
    found = difference(regressors(density), values, range(8), 8, 0.01)
    x = np.log(density)
    line = linregress(x[:8], values[:8, 0])
    scatter = np.sqrt(np.sum((values[:8, 0] - line.intercept - line.slope * x[:8]) ** 2) / 6)
    own = x[:8].mean()
    error = scatter * np.sqrt(1 + 1 / 8 + (x[8] - own) ** 2 / np.sum((x[:8] - own) ** 2))
    size = values[8, 0] - line.intercept - line.slope * x[8]
    assert found.size[0] == pytest.approx(size, rel=1e-10)
    assert found.statistic[0] == pytest.approx(size / error, rel=1e-10)
    assert found.threshold == pytest.approx(t.isf(0.01, 6), rel=1e-10)


@pytest.mark.parametrize("count", [5, 6, 9, 20])
def test_one_comparison_alarms_as_often_as_stated(count):
    """The rate of false alarms of a record is the sum of these."""
    draws = 20_000
    values = np.random.default_rng(count).standard_normal((count + 1, draws))
    density = np.repeat(np.arange(1, 12), 2)[: count + 1] * np.tile([1, -1], 11)[: count + 1]
    found = difference(regressors(density), values, range(count), count, 0.01)
    alarms = int(np.sum(found.statistic > found.threshold))
    assert binomtest(alarms, draws, 0.01).pvalue > 1e-3


def test_a_line_without_a_slope_predicts_no_other_current():
    """From one current alone nothing follows for the next."""
    density = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 2.0])
    found = difference(regressors(density), np.zeros((7, 1)), range(6), 6, 0.01)
    assert np.isinf(found.threshold)


PROGRAM = Protocol(tuple(0.1 * n * mA_cm2 for n in range(1, 16)), time=1 * hour, samples=60)


@pytest.mark.slow
@pytest.mark.parametrize("noise", [20e-6, 200e-6])
def test_sound_cells_alarm_at_most_as_often_as_stated(noise):
    """Noise and wandering temperature of a cell that never fails are all that there is to see."""
    count = simulations(120)
    for settings in ({}, {"smallest": 0.0, "false_alarm": 0.2}):
        found = rehearse(PROGRAM, "none", count, noise=noise, seed=11, **settings)
        alarms = sum(word != "none" for word in found.failure)
        stated = settings.get("false_alarm", 0.05)
        assert binomtest(alarms, count, stated, alternative="greater").pvalue > 1e-3


@pytest.mark.slow
@pytest.mark.parametrize(("failure", "noise"), [("slope", 20e-6), ("slope", 200e-6), ("collapse", 20e-6)])
def test_intervals_hold_the_truth_as_often_as_stated(failure, noise):
    """An interval at 95 % that holds less is a wrong statement about every cell."""
    count = simulations(120)
    found = rehearse(PROGRAM, failure, count, noise=noise, seed=12)
    # A short comes at a current of the program, which an interval of whole steps can hold each time.
    side = "two-sided" if failure == "slope" else "less"
    assert binomtest(int(found.holds.sum()), count, 0.95, alternative=side).pvalue > 1e-3
    finite = np.isfinite(found.high)
    assert np.median(found.high[finite] - found.low[finite]) <= 0.21 * mA_cm2
    assert sum(word not in ("none", failure) for word in found.failure) <= 0.05 * count
