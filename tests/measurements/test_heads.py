"""What heads of files state: numbers in their unit, alike in all cells, generated or not."""

import pytest

from sslib.instruments import TimeSeries
from sslib.measurements import is_generated, stated, stated_alike


def of(source="a.csv", **header):
    return TimeSeries([0, 1], [0, 0], [0, 0], header=header, source=source)


@pytest.mark.parametrize("text", ["1,5", "0.3 mm", "3e-1x", "about 3"])
def test_what_is_more_than_a_number_is_refused(text):
    """A comma for a point would be one micrometre for one and a half, and millimetres micrometres."""
    with pytest.raises(ValueError, match="thickness_um is"):
        stated(of(thickness_um=text), "thickness_um")


@pytest.mark.parametrize("text", ["0.3", "0.3 um", "3e-1 (by profilometry)"])
def test_a_number_with_its_unit_or_a_remark_is_read(text):
    """What a careful person writes has to pass."""
    assert stated(of(thickness_um=text), "thickness_um") == 0.3


def test_what_is_not_stated_may_have_a_default_but_not_what_is_misstated():
    """A leak that is written wrongly is not zero."""
    assert stated(of(), "leak_A", otherwise=0.0) == 0.0
    with pytest.raises(ValueError, match="leak_A is"):
        stated(of(leak_A="none"), "leak_A", otherwise=0.0)


def test_cells_that_differ_are_not_evaluated_as_one():
    """The first cell's area for all would put its error into every conductivity."""
    assert stated_alike([of("a", area_cm2="1"), of("b", area_cm2="1.0")], "area_cm2") == 1.0
    with pytest.raises(ValueError, match=r"area_cm2 is 1 in 'a' and 2 in 'b'"):
        stated_alike([of("a", area_cm2="1"), of("b", area_cm2="2")], "area_cm2")
    assert stated_alike([of("a"), of("b")], "area_cm2", 3.0) == 3.0


def test_a_measurement_of_two_cells_is_refused():
    """The spectra of the example beside a lab's own step would give a number of neither."""
    example, own = of("example.csv", **{"truth R": "3 ohm"}), of("own.csv")
    assert is_generated("transference", example)
    assert not is_generated("transference", own)
    with pytest.raises(ValueError, match=r"transference: 'example.csv' is a generated example"):
        is_generated("transference", own, example)
