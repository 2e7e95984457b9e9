"""What a Spectrum promises to all that take one."""

import numpy as np
import pytest

from sslib.instruments import Spectrum


def test_points_in_any_order_are_kept_with_their_impedance_and_time():
    spectrum = Spectrum([1.0, 100.0, 10.0], [1j, 100j, 10j], time=[3.0, 1.0, 2.0])
    assert spectrum.frequency.tolist() == [100, 10, 1]
    assert spectrum.impedance.tolist() == [100j, 10j, 1j]
    assert spectrum.time.tolist() == [1, 2, 3]


def test_arrays_cannot_be_changed_and_do_not_follow_those_they_came_from():
    frequency = np.array([2.0, 1.0])
    spectrum = Spectrum(frequency, [1, 2])
    frequency[0] = 7
    assert spectrum.frequency[0] == 2
    with pytest.raises(ValueError, match="read-only"):
        spectrum.impedance[0] = 0


@pytest.mark.parametrize(
    ("frequency", "impedance", "others", "message"),
    [
        ([], [], {}, "at least one value"),
        ([[1.0]], [[1]], {}, "must be a row"),
        ([1.0, 2.0], [1], {}, "impedance has the shape"),
        ([1.0], [np.nan], {}, "impedance is .*nan"),
        ([np.inf], [1], {}, "frequency is inf"),
        ([0.0], [1], {}, "frequency is 0"),
        ([1.0, 1.0], [1, 2], {}, "1 Hz occurs more than once"),
        ([1.0], [1], {"time": [1.0, 2.0]}, "time has the shape"),
        ([1.0], [1], {"area": -1e-4}, "area is -0.0001"),
        ([1.0], [1], {"temperature": 0}, "temperature is 0"),
    ],
)
def test_what_is_no_spectrum_is_refused_by_name(frequency, impedance, others, message):
    with pytest.raises(ValueError, match=message):
        Spectrum(frequency, impedance, **others)


def test_a_window_keeps_its_ends_and_says_how_many_points_it_leaves_out():
    spectrum = Spectrum([1000.0, 100.0, 10.0, 1.0], [1, 2, 3, 4], time=[1, 2, 3, 4], notes=["before"])
    part = spectrum.window(lowest=10, highest=100)
    assert part.frequency.tolist() == [100, 10]
    assert part.time.tolist() == [2, 3]
    assert part.notes == ("before", "2 of 4 points lie outside 10 Hz to 100 Hz and are left out")
    assert spectrum.window(lowest=0.5) is spectrum
    with pytest.raises(ValueError, match="goes from 1 Hz to 1000 Hz"):
        spectrum.window(lowest=2000)


def test_truth_is_read_from_the_header_and_empty_without_one():
    header = {"truth R_sep": "28 ohm", "truth alpha_dl": "0.9 1", "truth is": "rarely pure", "seed": "1"}
    assert Spectrum([1.0], [1], header=header).truth == {"R_sep": 28.0, "alpha_dl": 0.9}
    assert Spectrum([1.0], [1]).truth == {}
