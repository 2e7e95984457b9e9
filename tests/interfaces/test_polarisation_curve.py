"""Polarisation curves from files as spreadsheets write them."""

import pytest
from numpy.testing import assert_allclose

from sslib.interfaces import read_polarisation_curve


@pytest.mark.parametrize(
    "text",
    ["voltage_V,current_mA_cm2\n-0.1,-0.5\n0.1,0.75\n", "t;current_mA_cm2;voltage_V\n0;-0,5;-0,1\n1;0,75;0,1\n"],
)
def test_columns_are_found_by_name_and_converted(tmp_path, text):
    """Columns exchanged or a decimal comma misread would fit another interface."""
    path = tmp_path / "curve.csv"
    path.write_text(text, encoding="utf-8")
    voltage, current = read_polarisation_curve(path)
    assert_allclose(voltage, [-0.1, 0.1])
    assert_allclose(current, [-5.0, 7.5])


def test_what_is_missing_is_named_with_its_line(tmp_path):
    """A row dropped in silence would move the fit."""
    path = tmp_path / "curve.csv"
    path.write_text("voltage_V,current_mA_cm2\n-0.1,\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2, column current_mA_cm2: '' is no number"):
        read_polarisation_curve(path)
    path.write_text("voltage_V,current_mA_cm2\n0,0\n0.1,nan\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 3, column current_mA_cm2: 'nan' is no number"):
        read_polarisation_curve(path)
    path.write_text("voltage_V,current\n0,0\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no column current_mA_cm2"):
        read_polarisation_curve(path)
