"""The checklist against spectra whose answers are known by construction, and against what real files state."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import iv

from sslib.impedance.validity.protocol import (
    FARADAY,
    GAS_CONSTANT,
    NONLINEARITY,
    Check,
    check_protocol,
    header_amplitude,
    protocol_table,
)
from sslib.instruments import Spectrum, read_spectra, read_spectrum
from sslib.units import MPa, cm2, mm, mV

ITEMS = [
    "amplitude", "linearity", "frequency range", "high-frequency end", "low-frequency end", "points per decade",
    "completeness", "equilibration", "area", "thickness", "temperature", "stack pressure", "repeats",
]  # fmt: skip
FREQUENCY = np.logspace(6, -2, 81)


def spectrum(impedance=None, frequency=FREQUENCY, **extra):
    if impedance is None:
        impedance = 20 + 100 / (1 + 2j * np.pi * frequency * 1e-2)
    return Spectrum(frequency, impedance, **extra)


def statuses(*args, **kwargs):
    return {check.item: check.status for check in check_protocol(*args, **kwargs)}


def text_of(item, *args, **kwargs):
    return next(check.text for check in check_protocol(*args, **kwargs) if check.item == item)


def test_all_items_always_stand():
    """An item that is dropped because nothing is known of it is the one that the report needs most."""
    checks = check_protocol(spectrum())
    assert [check.item for check in checks] == ITEMS
    assert all(check.status in ("met", "not met", "not stated") and check.text for check in checks)


def test_a_bare_spectrum_states_nothing_of_its_making():
    """Whatever a file leaves out must not be assumed, in favour or against."""
    found = statuses(spectrum())
    unknown = [
        "amplitude", "linearity", "completeness", "equilibration", "area", "thickness", "temperature",
        "stack pressure", "repeats",
    ]  # fmt: skip
    assert [item for item in ITEMS if found[item] == "not stated"] == unknown
    assert all(found[item] == "met" for item in ITEMS if item not in unknown)


def test_a_protocol_that_is_whole_is_met():
    """If a measurement can never pass, nobody reads the list."""
    first = spectrum(area=0.785 * cm2, temperature=298.15, header={"Data Points": "81"})
    found = statuses(
        first, thickness=0.5 * mm, pressure=50 * MPa, amplitude=10 * mV, other_amplitude=spectrum(), rest=3600.0,
        repeats=[spectrum(), spectrum()],
    )  # fmt: skip
    assert set(found.values()) == {"met"}


def test_amplitude_limit_is_the_one_of_butler_and_volmer():
    """The first-order formula must give the amplitude at which the exact response, a Bessel function, is 1 % off."""
    exact = brentq(lambda x: 2 * iv(1, x) / x - 1 - NONLINEARITY, 0.01, 1)
    limit = exact * 2 * GAS_CONSTANT * 298.15 / FARADAY / np.sqrt(2)
    at = {"temperature": 298.15}
    assert statuses(spectrum(), amplitude=0.99 * limit, **at)["amplitude"] == "met"
    assert statuses(spectrum(), amplitude=1.01 * limit, **at)["amplitude"] == "not met"
    # Thermal voltage: what is too much in the cold may pass in the heat.
    assert statuses(spectrum(), amplitude=12 * mV, temperature=400.0)["amplitude"] == "met"
    assert statuses(spectrum(), amplitude=12 * mV, temperature=248.15)["amplitude"] == "not met"


@pytest.mark.parametrize(
    ("header", "volts"),
    [
        ({"AC Voltage (mV rms)": "1.00000E+001"}, 0.010),
        ({"Amplitude (mV RMS)": "20"}, 0.020),
        ({"Potential-AC": "10", "Experiment Type": "Sweep Frequency, Control Voltage"}, 0.010),
        ({"AC Volt [Vrms]": "3.5000e-02"}, 0.035),
        ({"Va (mV)": "14,142"}, 0.010),
        ({"Potential-AC": "10", "Experiment Type": "Sweep Frequency, Control Current"}, None),
        ({"AC Voltage (mV rms)": "?"}, None),
        ({}, None),
    ],
)
def test_amplitudes_as_heads_state_them(header, volts):
    """A factor of a thousand, a peak for an rms value or an unused field would make the first line wrong."""
    found = header_amplitude(header)[0]
    assert found == (volts if volts is None else pytest.approx(volts, rel=1e-4))


def test_linearity_is_computed_from_a_second_amplitude():
    """Linearity is proven by comparison alone; 2 % at one frequency is enough to fail, with that frequency named."""
    first = spectrum()
    impedance = first.impedance.copy()
    impedance[40] *= 1.02
    other = Spectrum(first.frequency * 1.0001, impedance)
    assert statuses(first, other_amplitude=other)["linearity"] == "not met"
    assert "2 %" in text_of("linearity", first, other_amplitude=other)
    assert f"{first.frequency[40]:.3g} Hz" in text_of("linearity", first, other_amplitude=other)


@pytest.mark.parametrize(
    ("highest", "lowest", "points", "range_met", "density_met"),
    [(6, 0, 61, True, True), (5, 0, 51, False, True), (6, -2, 41, True, False), (7, -2, 180, True, True)],
)
def test_range_and_density(highest, lowest, points, range_met, density_met):
    """Decades counted as points, or intervals as points, would let a short or sparse sweep pass."""
    found = statuses(spectrum(frequency=np.logspace(highest, lowest, points)))
    assert found["frequency range"] == ("met" if range_met else "not met")
    assert found["points per decade"] == ("met" if density_met else "not met")


def test_a_hole_in_the_frequencies_is_seen():
    """Points that were deleted at 50 Hz leave the average as it was."""
    dense = np.logspace(6, -2, 161)
    kept = dense[(dense < 30) | (dense > 80)]
    assert statuses(spectrum(frequency=kept))["points per decade"] == "not met"
    assert "hole" in text_of("points per decade", spectrum(frequency=kept))


def test_high_frequency_end():
    """Where the arc is still open or the line inductive decides whether the series resistance was measured."""
    omega = 2 * np.pi * FREQUENCY
    closed, inductive = 20 + 100 / (1 + 1j * omega * 1e-2), 20 + 1e-6j * omega
    open_end = 20 + 100 / (1 + 1j * omega * 1e-7)
    assert statuses(spectrum(closed))["high-frequency end"] == "met"
    assert "nductive" in text_of("high-frequency end", spectrum(inductive))
    assert statuses(spectrum(open_end))["high-frequency end"] == "not met"


@pytest.mark.parametrize("exponent", [0.5, 0.85, 1.0])
def test_low_frequency_tail(exponent):
    """A blocking or a Warburg tail is a legitimate end, an arc cut at its top is none."""
    omega = 2 * np.pi * FREQUENCY
    tail = 20 + 100 / (1 + 1j * omega * 1e-4) + 1 / (1e-3 * (1j * omega) ** exponent)
    assert statuses(spectrum(tail))["low-frequency end"] == "met"


@pytest.mark.parametrize("tau", [5.0, 16.0, 50.0])
def test_cut_arc(tau):
    """An arc of which the lower half was not measured has a resistance that nobody knows."""
    cut = 20 + 100 / (1 + 2j * np.pi * FREQUENCY * tau)
    assert statuses(spectrum(cut))["low-frequency end"] == "not met"


def test_equilibration_asks_for_what_the_range_shows():
    """Ten minutes serve a sweep to 10 mHz, not one to 0.1 mHz."""
    assert statuses(spectrum(), rest=600.0)["equilibration"] == "met"
    slow = spectrum(frequency=np.logspace(4, -4, 81))
    assert statuses(slow, rest=600.0)["equilibration"] == "not met"
    timed = spectrum(time=np.linspace(0, 1063, 81))
    assert "sweep itself took 1.06e+03 s" in text_of("equilibration", timed)


def test_repeats():
    """Two spectra that agree are too few, three that do not are no repeat, and a bare number proves nothing."""
    first, off = spectrum(), spectrum(1.03 * spectrum().impedance)
    assert statuses(first, repeats=[spectrum()])["repeats"] == "not met"
    assert statuses(first, repeats=[spectrum(), off])["repeats"] == "not met"
    assert statuses(first, repeats=[spectrum(), spectrum()])["repeats"] == "met"
    assert statuses(first, repeats=2)["repeats"] == "not met"
    assert statuses(first, repeats=5)["repeats"] == "not stated"
    assert statuses(first, repeats=[])["repeats"] == "not stated"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"area": -1.0}, "area is -1"),
        ({"thickness": 0.0}, "thickness is 0"),
        ({"repeats": 2.5}, "repeats is 2.5"),
        ({"repeats": 0}, "repeats is 0"),
        ({"other_amplitude": Spectrum([3.3e9], [1.0])}, "no frequency in common"),
    ],
)
def test_impossible_statements_are_refused(given, words):
    """A negative area that counts as stated would pass the list and fail everything after it."""
    with pytest.raises(ValueError, match=words):
        check_protocol(spectrum(), **given)


def test_table_and_text():
    """The list goes into a report as it is: one row an item."""
    table = protocol_table(check_protocol(spectrum()))
    assert list(table.index) == ITEMS
    assert str(Check("area", "met", "1 cm2.")) == "area: met. 1 cm2."


@pytest.mark.parametrize(
    ("file", "amplitude", "status", "complete"),
    [
        ("exampleDataGamry.DTA", "10 mV", "met", "not stated"),
        ("exampleDataGamryABORT.DTA", "25 mV", "not met", "not met"),
        ("exampleDataVersaStudio.par", "20 mV", "not met", "not stated"),
        ("exampleDataZPlot.z", "10 mV", "met", "not met"),
        ("exampleDataAutolab.txt", "Neither", "not stated", "not stated"),
    ],
)
def test_what_real_files_state(measured, file, amplitude, status, complete):
    """Numbers typed from the heads of the files: another key or unit in a reader would show here."""
    found = read_spectrum(measured / "instrument_formats" / file)
    assert text_of("amplitude", found).startswith(amplitude)
    assert statuses(found)["amplitude"] == status
    assert statuses(found)["completeness"] == complete


def test_default_area_of_an_instrument_is_not_stated(measured):
    """0.001 cm2 that nobody entered must not pass for a geometry; the reason stands in the text."""
    found = read_spectrum(measured / "lpscl_cells" / "PEIS_SSB.mpr")
    assert statuses(found)["area"] == "not stated"
    assert "default" in text_of("area", found)


def test_pellet_series_as_measured(measured):
    """35 mV, five points a decade and an open first arc: what the pellet's own file tells against it."""
    found = read_spectrum(measured / "pellet_temperature_series" / "s04147-140deg.txt")
    status = statuses(found, area=0.503 * cm2, thickness=2.1 * mm, temperature=413.15)
    assert [item for item in ITEMS if status[item] == "not met"] == [
        "amplitude", "high-frequency end", "points per decade",
    ]  # fmt: skip
    assert status["low-frequency end"] == status["area"] == status["thickness"] == status["temperature"] == "met"


def test_ten_measured_repeats_agree(measured):
    """A cell at rest, measured ten times: within 1 %, which the list must find by itself."""
    first, *others = read_spectra(measured / "lpscl_cells" / "Sample2_PEIS_AtRest.csv")
    assert len(others) == 9
    assert statuses(first, repeats=others)["repeats"] == "met"
