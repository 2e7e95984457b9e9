"""The exact recursion of a sum of poles: against its own steps, scipy's simulation, and energy."""

import numpy as np
import pytest
from scipy.signal import lsim

from sslib.impedance import PoleImpedance


@pytest.fixture
def poles():
    return PoleImpedance(3.1, 0.7, 0.0, np.array([2.3, 5.9, 0.4]), np.array([1e-3, 0.31, 47.0]))


@pytest.fixture
def profile():
    rng = np.random.default_rng(3)
    return np.cumsum(10 ** rng.uniform(-3, 0, 300)), rng.standard_normal(300)


def test_jumps_added_up_are_the_recursion_that_holds_the_current(poles, profile):
    """Two routes to the answer to steps: one adds jumps, one carries a state."""
    time, current = profile
    voltage, _ = poles.follow(time, current, hold="previous")
    np.testing.assert_allclose(voltage, poles.after_steps(time, time, current), rtol=1e-11, atol=1e-11)


def test_a_state_carried_on_is_the_same_run(poles, profile):
    """A profile that arrives in parts has to give what it gives as a whole."""
    time, current = profile
    for hold in ("linear", "previous"):
        whole, _ = poles.follow(time, current, hold)
        first, state = poles.follow(time[:120], current[:120], hold)
        second, _ = poles.follow(time[119:], current[119:], hold, state)
        np.testing.assert_allclose(np.concatenate([first, second[1:]]), whole, rtol=1e-12, atol=1e-12)


def test_the_exported_matrices_are_simulated_by_scipy_to_the_same_voltage(poles):
    """Who takes A, B, C, D elsewhere has to find this circuit in them."""
    time = np.linspace(0, 20, 4001)
    current = np.sin(time) + 0.3 * np.sin(7 * time)
    _, theirs, _ = lsim(poles.state_space(), current, time)
    np.testing.assert_allclose(poles.follow(time, current)[0], theirs, rtol=1e-7, atol=1e-9)


def test_a_ramp_through_a_relaxation_far_slower_than_the_steps():
    """A step of a millionth of the relaxation time: the difference of exponentials has cancelled by then."""
    slow = PoleImpedance(0.0, 0.0, 0.0, np.array([1.0]), np.array([1e6]))
    voltage, _ = slow.follow(np.arange(11.0), np.arange(11.0))
    assert voltage[-1] == pytest.approx(50e-6 * (1 - 10 / 3e6), rel=1e-9)


@pytest.mark.parametrize("hold", ["linear", "previous"])
def test_a_long_record_is_followed_in_blocks(poles, profile, hold, monkeypatch):
    """A million samples times a hundred poles do not fit in memory; the seams must not show."""
    from sslib.impedance.transient import poles as module

    whole, end = poles.follow(*profile, hold)
    monkeypatch.setattr(module, "LONGEST_BLOCK", 7 * len(poles.times))
    parts, state = poles.follow(*profile, hold)
    np.testing.assert_allclose(parts, whole, rtol=1e-13)
    np.testing.assert_allclose(state.flows, end.flows, rtol=1e-13)


def test_a_sine_settles_to_the_impedance():
    """Long after its start the answer to a sine is |Z| times it, shifted by the phase."""
    poles = PoleImpedance(3.1, 0.0, 0.0, np.array([2.3, 5.9]), np.array([1e-3, 0.31]))
    omega = 4.7
    time = np.linspace(0, 12, 60001)
    voltage, _ = poles.follow(time, np.sin(omega * time))
    z = poles.impedance(omega / (2 * np.pi))
    late = time > 10
    expected = (z * np.exp(1j * omega * time[late])).imag
    np.testing.assert_allclose(voltage[late], expected, atol=1e-6)


def test_no_current_gains_energy(poles, profile):
    """A passive circuit takes energy in over any time from rest."""
    time, current = profile
    fine = np.linspace(time[0], time[-1], 50001)
    through = np.interp(fine, time, current)
    voltage, _ = poles.follow(fine, through)
    energy = np.concatenate([[0], np.cumsum(np.diff(fine) * (voltage * through)[1:])])
    assert energy.min() > -1e-3 * energy.max()


def test_an_inductance_answers_to_the_slope_of_the_current():
    """A lead under a ramp of 2 A/s through 0.5 H has 1 V; it has no state-space form with V = C x + D I."""
    lead = PoleImpedance(0.0, 0.0, 0.5, np.zeros(0), np.zeros(0))
    time = np.linspace(0, 1, 11)
    np.testing.assert_allclose(lead.follow(time, 2 * time)[0][1:], 1.0)
    with pytest.raises(ValueError, match="inductance is"):
        lead.state_space()


def test_profiles_that_are_none_are_refused_by_name(poles):
    """A time that goes back has no answer."""
    with pytest.raises(ValueError, match="time has to ascend"):
        poles.follow([0, 2, 1], [1, 1, 1])
    with pytest.raises(ValueError, match="hold is 'cubic'"):
        poles.follow([0, 1], [1, 1], hold="cubic")
    with pytest.raises(ValueError, match="edges have to ascend"):
        poles.after_steps([1.0], [1.0, 0.0], [1.0, 0.0])
