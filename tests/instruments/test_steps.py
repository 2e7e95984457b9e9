"""The steps of a program: where they are cut, what they hold, and which samples are none of theirs."""

import dataclasses

import numpy as np
import pytest

from sslib.instruments import TimeSeries, read_time_series, steps


def held(found):
    return [(step.control, round(step.held, 9)) for step in found]


@pytest.mark.parametrize("numbered", [True, False])
def test_the_measured_train_is_cut_as_its_header_states_it(measured, numbered):
    """EC-Lab's header: 8.4 uA of either sign for 0.1, 1 and 10 s between a rest of 3 s and one of 5 s."""
    series = read_time_series(measured / "lpscl_cells" / "CP_SSB.txt.gz")
    found = steps(series if numbered else dataclasses.replace(series, step=None), "current")
    np.testing.assert_allclose([step.held for step in found[1:-1]], 8.4e-6 * np.array([1, -1] * 3), rtol=4e-3)
    lengths = [3, 0.1, 0.1, 1, 1, 10, 10, 5]
    np.testing.assert_allclose(np.diff([step.begin for step in found]), lengths[:-1], atol=1e-3)
    assert found[-1].duration == pytest.approx(5, abs=1e-3)
    assert sum(map(len, found)) == len(series) - 7
    assert "7 samples are left out" in found.notes[0]


def test_a_program_of_voltages_between_rests():
    """A relaxation after a potential step drifts by more than a step is large, and is no row of steps."""
    time = np.arange(0.0, 300.0)
    number = (time // 100).astype(int)
    since = time % 100
    voltage = np.where(number == 1, 3.61, 3.6 - 0.02 * (number == 2) * (1 - np.exp(-since / 3)))
    current = np.where(number == 1, 1e-3 * np.exp(-since / 20) + 1e-5, 0.0)
    for step in (number, None):
        found = steps(TimeSeries(time, voltage, current, step=step), "voltage")
        assert held(found) == [("current", 0.0), ("voltage", 3.61), ("current", 0.0)]
        assert found[1].begin == pytest.approx(99.5)


def test_a_constant_voltage_after_a_constant_current_is_told_apart():
    """The current of a held voltage runs down: taken for a held current it would be refused, or averaged."""
    time = np.arange(200.0)
    charging = time < 100
    current = np.where(charging, 1e-3, 1e-3 * np.exp(-(time - 100) / 30))
    voltage = np.where(charging, 3.6 + time / 1000, 3.7)
    found = steps(TimeSeries(time, voltage, current, step=(time >= 100).astype(int)), "current")
    assert held(found) == [("current", 1e-3), ("voltage", 3.7)]


def test_loops_under_one_number_are_cut_where_the_current_jumps():
    """A titration whose pulse and rest bear one number would be one long step."""
    time = np.arange(80.0)
    current = np.where((time // 10) % 2 == 1, 1e-3, 0.0)
    number = (time // 20).astype(int)
    found = steps(TimeSeries(time, 3.7 - current, current, step=number), "current")
    np.testing.assert_allclose([step.held for step in found], [0, 1e-3] * 4)
    np.testing.assert_allclose([step.begin for step in found[1:]], np.arange(9.5, 79, 10))


def test_numbers_that_count_samples_are_not_steps():
    """A column of sample numbers would make each sample a step."""
    time = np.arange(40.0)
    current = np.repeat([0, 1e-3], 20)
    found = steps(TimeSeries(time, 3.7 - current, current, step=np.arange(40)), "current")
    assert [len(step) for step in found] == [20, 20]


def test_a_step_numbered_before_the_current_has_come_is_one_step():
    """The sample between the number and the jump is caught half way, not a step of one sample."""
    current = np.repeat([0.0, 1e-3], 20)
    number = np.repeat([0, 1], [18, 22])
    found = steps(TimeSeries(np.arange(40.0), 3.7 - current, current, step=number), "current")
    assert [len(step) for step in found] == [18, 20]
    assert "2 samples are left out" in found.notes[0]


def test_small_steps_count_where_they_are_asked_for():
    """Of a program from 1 uA to 1 mA the first steps would be rests."""
    current = np.repeat([0, 1e-6, 1e-5, 1e-3], 10)
    series = TimeSeries(np.arange(40.0), 3.7 - current, current)
    assert len(steps(series, "current")) == 2
    np.testing.assert_allclose([step.held for step in steps(series, "current", smallest=2e-7)], [0, 1e-6, 1e-5, 1e-3])


def test_a_series_that_holds_nothing_is_refused_by_name():
    """A ramp evaluated as steps would give numbers of nothing."""
    time = np.arange(0, 100.0)
    ramp = TimeSeries(time, 3 + 0.01 * np.sin(time / 5), 1e-3 * np.sin(time / 5))
    with pytest.raises(ValueError, match=r"current is not constant between jumps, and neither is the voltage"):
        steps(ramp, "current")
    with pytest.raises(TypeError, match="a TimeSeries goes here"):
        steps("gitt.csv", "current")
    with pytest.raises(ValueError, match="control is 'charge'"):
        steps(ramp, "charge")
