"""The exact answers of a film and a sphere against their Laplace transforms, their limits and published roots."""

import mpmath
import numpy as np
import pytest

from sslib.measurements import (
    cottrell,
    cottrell_window,
    current_step,
    longest_pulse,
    potential_step,
    pulse_bias,
    slowest_rate,
    weppner_huggins,
)

FACES = {"film": 1, "sphere": 3}


def impedance_of(shape, s):
    """Transform of the surface's composition per flux (of the mean's steady rate), L²/D = 1."""
    q = mpmath.sqrt(s)
    return mpmath.coth(q) / q if shape == "film" else 1 / (3 * (q * mpmath.coth(q) - 1))


@pytest.mark.parametrize("shape", FACES)
def test_the_current_step_is_the_inverse_of_its_transform(shape):
    """A wrong mode or a wrong short time would be taken for another diffusivity."""
    for ratio in (3e-4, 0.0107, 0.029, 0.031, 0.217, 1.63):
        exact = mpmath.invertlaplace(lambda s: impedance_of(shape, s) / s, ratio, method="talbot", degree=40)
        assert float(current_step(ratio, shape)) == pytest.approx(float(exact), rel=1e-10)


@pytest.mark.parametrize("shape", FACES)
@pytest.mark.parametrize("biot", [0.37, 1.0, 7.3, 210.0])
def test_the_potential_step_is_the_inverse_of_its_transform(shape, biot):
    """The Biot number and the diffusion time are told apart by this shape alone."""
    for ratio in (2e-4, 0.0107, 0.029, 0.031, 0.217, 1.63):
        exact = mpmath.invertlaplace(
            lambda s: 1 / (s * (1 / (FACES[shape] * mpmath.mpf(biot)) + impedance_of(shape, s))),
            ratio, method="talbot", degree=40,
        )  # fmt: skip
        assert float(potential_step(ratio, biot, shape)) == pytest.approx(float(exact), rel=1e-9, abs=1e-12)


def test_the_roots_are_those_that_are_printed():
    """Crank's tables of roots: b tan b = 1 and b cot b = 0 begin with these."""
    assert np.sqrt(slowest_rate(1.0, "film")) == pytest.approx(0.8603, abs=5e-5)
    assert np.sqrt(slowest_rate(10.0, "film")) == pytest.approx(1.4289, abs=5e-5)
    assert np.sqrt(slowest_rate(1.0, "sphere")) == pytest.approx(np.pi / 2, abs=1e-12)


@pytest.mark.parametrize("shape", FACES)
def test_short_times_are_a_square_root_and_long_ones_a_line(shape):
    """The two limits by which everybody checks such a formula."""
    ratio = 1e-8
    rooted = FACES[shape] * current_step(ratio, shape) / np.sqrt(ratio)
    assert rooted == pytest.approx(2 / np.sqrt(np.pi), rel=2e-4)
    ahead = {"film": 1 / 3, "sphere": 1 / 15}[shape]
    assert current_step(5.0, shape) - 5.0 == pytest.approx(ahead, abs=1e-13)
    assert current_step(-1.0, shape) == 0


@pytest.mark.parametrize("shape", FACES)
def test_all_of_the_charge_enters(shape):
    """The current's integral is the charge by which it is scaled."""
    ratio = np.concatenate([[0], np.geomspace(1e-9, 60, 40001)])
    assert np.trapezoid(potential_step(ratio, 3.3, shape), ratio) == pytest.approx(1, abs=1e-5)


def test_without_a_resistance_the_first_current_is_cottrells():
    """The full solution has to hold the classic formula as its limit."""
    ratio = 1e-3
    rooted = potential_step(ratio, 1e6, "film") * np.sqrt(ratio)
    assert cottrell(1.0, rooted, 1.0) == pytest.approx(1, rel=1e-4)
    assert pulse_bias(1e-3, "film") == pytest.approx(1, rel=1e-6)


def test_the_short_time_formula_returns_d_for_a_short_pulse():
    """Weppner and Huggins' formula on numbers that a short pulse of a known film has."""
    D, length, tau, slope, rate = 3.7e-16, 2.3e-6, 40.0, -0.43, 2.9e-6
    time = length**2 / D
    transient = slope * rate * time * current_step(tau / time, "film")
    assert weppner_huggins(tau, slope * rate * tau, transient, length) == pytest.approx(D, rel=1e-9)


@pytest.mark.parametrize("shape", FACES)
def test_the_longest_pulse_has_the_error_that_is_allowed(shape):
    """The number by which a pulse is refused has to be that of the formula it refuses."""
    for allowed in (0.01, 0.2):
        assert abs(pulse_bias(longest_pulse(shape, allowed), shape) - 1) == pytest.approx(allowed, rel=1e-6)
    assert longest_pulse("sphere") < 0.01 * longest_pulse("film")


def test_cottrell_has_no_time_where_the_interface_counts():
    """With 7 for a Biot number the far face is felt before the interface is forgotten."""
    assert cottrell_window(7.0, "film") is None
    low, high = cottrell_window(200.0, "film")
    for ratio in (low, high):
        found = np.pi * ratio * potential_step(ratio, 200.0, "film") ** 2
        assert abs(found - 1) == pytest.approx(0.05, abs=0.003)


def test_what_is_no_shape_or_time_is_refused():
    """A misspelt shape would be evaluated as the other one."""
    with pytest.raises(ValueError, match="shape is 'cube'"):
        current_step(1.0, "cube")
    with pytest.raises(ValueError, match="ratio is -1"):
        potential_step(-1.0, 1.0, "film")
    with pytest.raises(ValueError, match="biot is 0"):
        potential_step(1.0, 0.0, "film")
