"""Safe intervals of lines in the current: closed forms and Newton's method against the sign of the severity."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sslib.failure.lines import Line, safe_interval, severity

sizes = st.floats(1e-3, 1e3)


def test_given_time_the_end_is_a_quotient():
    """(1 - s)/m, nothing where the static part alone is too much, and no end where the current does not matter."""
    static = np.array([0.2, 1.0, 3.0])
    assert safe_interval([Line(static, 2.0)], hours=1.0)[1].tolist() == [0.4, 0.0, 0.0]
    assert safe_interval([Line(static)], hours=1.0)[1].tolist() == [np.inf, 0.0, 0.0]
    low, high = safe_interval([Line(slope=2.0, exponent=1.0), Line(0.5, 1.0)], hours=4.0)
    assert low is None
    assert high == pytest.approx(0.125)


@settings(max_examples=300, deadline=None)
@given(
    static=st.one_of(st.just(0.0), sizes, sizes.map(lambda x: -x)),
    slope=st.one_of(st.just(0.0), sizes),
    exponent=st.sampled_from([0.0, 0.1524, 0.5, 0.73, 0.99, 1.0]),
    charge=sizes,
)
@example(static=1e-3, slope=1e-3, exponent=0.5, charge=1.0)
@example(static=-10.0, slope=1e-3, exponent=0.99, charge=1e3)
def test_at_a_charge_the_interval_is_where_the_severity_is_below_one(static, slope, exponent, charge):
    """Severity itself decides, at many currents: a root on the wrong side would turn an island inside out."""
    line = Line(static, slope, exponent)
    low, high = safe_interval([line], charge=charge)
    by_sign = safe_interval([Line(*np.array([[static], [slope], [exponent]]))], charge=charge)
    for own, other in zip((low, high), by_sign, strict=True):
        assert max(float(own), 0.0) == pytest.approx(max(float(other[0]), 0.0), rel=1e-12)
    currents = np.geomspace(1e-12, 1e12, 4001)
    fails = severity([line], currents, charge / currents) >= 1
    predicted = (currents <= low) | (currents >= high)
    near = np.isclose(currents, low, rtol=1e-9) | np.isclose(currents, high, rtol=1e-9)
    grazing = np.isclose(severity([line], currents, charge / currents), 1, rtol=1e-9)
    assert np.array_equal(fails[~near & ~grazing], predicted[~near & ~grazing])


def test_an_array_of_lines_mixes_all_cases():
    """Draws of one map differ in sign and exponent; each must be solved by its own branch."""
    static = np.array([0.0, 0.5, -0.5, 0.5, 3.0, 2.0])
    slope = np.array([0.1, 0.0, 0.2, 0.1, 5.0, 0.4])
    exponent = np.array([0.5, 0.5, 0.6, 0.5, 0.7, 1.0])
    together = safe_interval([Line(static, slope, exponent)], charge=2.0)
    for n in range(len(static)):
        alone = safe_interval([Line(static[n], slope[n], exponent[n])], charge=2.0)
        assert (together[0][n], together[1][n]) == pytest.approx((float(alone[0]), float(alone[1])))
    assert np.isinf(together[0][4])


def test_lines_that_exclude_each_other_leave_nothing():
    """One line safe above 2 and one below 1 make a draw that fails at every current, not one that never does."""
    low, high = safe_interval([Line(static=1.0, exponent=1.0), Line(slope=1.0)], charge=2.0)
    assert (float(low), float(high)) == (np.inf, np.inf)


def test_steeper_than_the_charge_is_refused():
    """Beyond an exponent of 1 more current would heal, and the roots would be others than those that are sought."""
    with pytest.raises(ValueError, match=r"grows with time to the 1.2; it must be at most 1"):
        safe_interval([Line(0.1, 0.1, np.array([0.5, 1.2]))], charge=1.0)
