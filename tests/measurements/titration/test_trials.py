"""The trial of an explorer, the heads of files, and values between the points of a titration."""

import numpy as np
import pytest

from sslib.instruments import TimeSeries
from sslib.measurements import (
    Film,
    Sphere,
    compare_titration_limits,
    endpoint_bias,
    pulse_bias,
    stated,
    stated_host,
    stated_truth,
    trial_pulse,
)

HEAD = {"shape": "film", "area_cm2": "0.7", "thickness_um": "0.3 (profilometry)", "sites_mol_m3": "5e4",
        "truth D_0": "2e-17 m2/s", "truth comment": "none"}  # fmt: skip


def with_head(**changed):
    return TimeSeries([0, 1], [3.9, 3.9], [0, 0], header=HEAD | changed, source="cell.csv")


@pytest.mark.parametrize("host", [Film(1e-4, 3e-7, 5e4), Sphere(3e-11, 9e-7, 5e4)])
def test_a_trial_finds_what_the_exact_biases_say(host):
    """The explorer's curves and its marks are two ways to one number."""
    D, slope, ratio, share = 7e-17, -0.4, 0.8, 0.3
    resistance = share * abs(slope) * host.length**2 / D / host.capacity
    ways = trial_pulse(host, D, slope, resistance, ratio, 0.03, noise=1e-5)
    full, low, high = ways["full"]
    assert low < D < high
    assert full == pytest.approx(D, rel=0.01)
    assert ways["two readings"] / D == pytest.approx(float(endpoint_bias(ratio, host.shape, share)), rel=0.01)
    assert ways["root"] / D == pytest.approx(float(pulse_bias(ratio, host.shape)), rel=0.15)
    assert "the pulse is not short" in ways["refusal"]


def test_the_limits_of_the_report_are_met():
    """A table of checks that does not hold would stand in every report."""
    table = compare_titration_limits()
    assert np.isfinite(table["deviation"]).all()
    assert table["deviation"].abs().max() < 2e-4


def test_the_head_of_a_file_states_the_host():
    """A lab's sizes stand beside its numbers, and what is given goes before them."""
    series = with_head()
    assert stated_host(series) == Film(0.7e-4, 0.3e-6, 5e4)
    assert stated_host(series, thickness_um=0.5, length_error_percent=4) == Film(0.7e-4, 0.5e-6, 5e4, 0.04)
    assert stated_host(series, shape="sphere", volume_mm3=0.03, radius_um=1.0) == Sphere(0.03e-9, 1e-6, 5e4)
    assert stated_truth(series) == {"D_0": 2e-17}


def test_what_nobody_states_is_asked_for():
    """A thickness that was guessed would be squared."""
    with pytest.raises(ValueError, match=r"radius_um is not known: the head of 'cell.csv'"):
        stated_host(with_head(), shape="sphere", volume_mm3=0.03)
    with pytest.raises(ValueError, match=r"shape is ''; it must be 'film' or 'sphere'"):
        stated_host(with_head(shape=""))
    with pytest.raises(ValueError, match="start_composition is not known"):
        stated(with_head(), "start_composition")
