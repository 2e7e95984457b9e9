"""Time series: an instrument's file, plain tables in any dialect, and what is left out or refused."""

import gzip

import numpy as np
import pytest

from sslib.instruments import SpectrumError, TimeSeries, read_spectrum, read_time_series

ROWS = "0\t3.70\t0.0\n0.5\t3.60\t-1.5\n1.0\t3.55\t-1.5\n"


def test_eclab_pulses_are_read_with_their_header(measured):
    """Typed from the lines of the file: first row, last row, the settings that the header states."""
    series = read_time_series(measured / "lpscl_cells" / "CP_SSB.txt.gz")
    assert len(series) == 30208
    assert series.time[0] == 1.989480057731271e1
    assert series.voltage[0] == 2.9231520
    assert series.current[0] == pytest.approx(-1.9306810e-8, rel=1e-12)
    assert series.time[-1] == pytest.approx(50.096, abs=1e-4)
    assert list(np.unique(series.step)) == list(range(8))
    assert series.started.isoformat() == "2024-05-17T14:09:11.952000"
    assert series.header["Mass of active material"] == "7.826 mg"
    assert series.header["Battery capacity"] == "1.680 mA.h"
    # Its letters of one byte, a micro sign and a square, are no UTF-8.
    assert series.header["Electrode surface area"] == "0.001 cm²"
    assert series.area is None
    assert any("default" in note for note in series.notes)


def test_a_time_as_a_clock_shows_it_is_named(write):
    """Cyclers export hours, minutes and seconds; "no number for the time" would leave the user to find out why."""
    text = "Record ID,Total Time,Voltage(V),Current(mA)\n1,00:01:00.000,3.55,0.0\n2,00:02:00.000,3.55,0.0\n"
    with pytest.raises(SpectrumError, match=r"as a clock shows it, '00:01:00.000'; expected a number of seconds"):
        read_time_series(write(text))


def test_a_file_of_pulses_is_no_spectrum(measured):
    """Read as one it would be fitted; the message has to say which columns there are."""
    with pytest.raises(SpectrumError, match="no column with a frequency"):
        read_spectrum(measured / "lpscl_cells" / "CP_SSB.txt.gz")


@pytest.mark.parametrize(
    "names",
    [
        "time/s\tEwe/V\tI/mA",
        "time [s]\tvoltage [V]\tcurrent [mA]",
        "Time (s)\tU (V)\tI (mA)",
        "t_s\tvoltage_V\tcurrent_mA",
        "time/s\t<Ewe>/V\t<I>/mA",
        "Test Time (s)\tVoltage (V)\tCurrent (mA)",
        "Zeit [s]\tSpannung [V]\tStrom [mA]",
    ],
)
def test_columns_are_known_by_the_names_that_instruments_give_them(write, names):
    """A name that is not known, or known as another quantity, would refuse or spoil a lab's file."""
    series = read_time_series(write(f"{names}\n{ROWS}"))
    np.testing.assert_array_equal(series.time, [0, 0.5, 1])
    np.testing.assert_array_equal(series.voltage, [3.70, 3.60, 3.55])
    np.testing.assert_allclose(series.current, [0, -1.5e-3, -1.5e-3], rtol=1e-15)
    assert series.notes == ()


@pytest.mark.parametrize(("unit", "size"), [("A", 1.0), ("mA", 1e-3), ("µA", 1e-6), ("uA", 1e-6), ("nA", 1e-9)])
def test_units_of_current_come_as_ampere(write, unit, size):
    """A current wrong by a thousand is a resistance wrong by a thousand."""
    series = read_time_series(write(f"time/min\tE/mV\tI/{unit}\n{ROWS}"))
    np.testing.assert_allclose(series.current[1], -1.5 * size, rtol=1e-15)
    np.testing.assert_allclose(series.voltage[0], 3.70e-3, rtol=1e-15)
    np.testing.assert_allclose(series.time[2], 60.0)


def test_dialects_of_text_are_those_of_the_spectra(write):
    """Decimal commas, semicolons, comments, a packed file, a row of units: one reader of text for both."""
    comma = ROWS.replace(".", ",").replace("\t", ";")
    german = read_time_series(write(f"# area_cm2 = 0.785\nZeit [s];E [V];I [mA]\n{comma}"))
    assert "read with a decimal comma" in german.notes
    assert german.area == pytest.approx(0.785e-4)
    np.testing.assert_array_equal(german.voltage, [3.70, 3.60, 3.55])
    packed = read_time_series(write(gzip.compress(f"time\tE\tI\ns\tV\tmA\n{ROWS}".encode()), "pulse.csv.gz"))
    np.testing.assert_allclose(packed.current[1], -1.5e-3)
    assert packed.step is None
    named = read_time_series(write(ROWS), columns="time [s], voltage [V], current [A]")
    np.testing.assert_array_equal(named.current, [0, -1.5, -1.5])


def test_numbers_of_steps_are_whole_or_not_taken(write):
    """A step of 1.5 means that the column is something else."""
    rows = "0\t3.7\t0\t{}\n1\t3.6\t1\t2\n2\t3.6\t1\t2\n"
    assert list(read_time_series(write("t/s\tE/V\tI/A\tNs\n" + rows.format(1))).step) == [1, 2, 2]
    half = read_time_series(write("t/s\tE/V\tI/A\tNs\n" + rows.format(1.5)))
    assert half.step is None
    assert any("no numbers of steps" in note for note in half.notes)


def test_nothing_is_left_out_in_silence(write):
    """A missing value and a time that goes back are no samples; a step of 0 s between two programs' steps is one."""
    text = "t/s\tE/V\tI/A\n0\t3.7\t0\n1\t--\t0\n2\t3.6\t1\n1.5\t3.6\t1\n2\t3.5\t2\n3\t3.5\t2\n4\t3.5\t2\n"
    series = read_time_series(write(text))
    np.testing.assert_array_equal(series.time, [0, 2, 2, 3, 4])
    assert any("line 3, a value is missing" in note for note in series.notes)
    assert any("line 5, the time goes back" in note for note in series.notes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("t/s\tE/V\n0\t3.7\n1\t3.6\n", "line 1: no column with a current"),
        ("t/s\tE/V\tI/A\n", "line 1: names for 3 columns, but no row of 3 cells with a number for the time follows"),
        ("t/s\tE/V\tI/parsec\n0\t1\t2\n1\t1\t2\n", "the unit 'parsec' of 'I/parsec' is not understood"),
        ("t/s\tE/V\tEwe/V\tI/A\n0\t1\t1\t2\n1\t1\t1\t2\n", "the voltage could be each of 'E/V', 'Ewe/V'"),
        ("hello\n", "no table of numbers"),
        ("0 1 2\n1 1 2\n", "3 columns of numbers without names"),
        ("t/s\tE/V\tI/A\n9\t1\t2\n1\t1\t2\n0\t1\t2\n", "2 of 3 samples cannot be used"),
    ],
)
def test_what_is_no_time_series_is_refused_with_its_place(write, text, message):
    """A message without file, line and what is expected leaves a lab to guess."""
    path = write(text)
    with pytest.raises(SpectrumError) as raised:
        read_time_series(path)
    assert str(path) in str(raised.value)
    assert message in str(raised.value)


def test_missing_and_damaged_files_are_named(tmp_path, write):
    """As for spectra."""
    with pytest.raises(SpectrumError, match="there is no such file"):
        read_time_series(tmp_path / "none.txt")
    with pytest.raises(SpectrumError, match="cannot be read"):
        read_time_series(write(gzip.compress(b"t/s\tE/V\tI/A\n" * 99)[:20], "cut.gz"))
    with pytest.raises(SpectrumError, match="a PDF"):
        read_time_series(write(b"%PDF-1.7"))


def test_a_spectrum_with_times_says_that_it_is_one(measured):
    """EC-Lab writes the mean voltage and current beside each frequency: they are no answer to a pulse."""
    series = read_time_series(measured / "lpscl_cells" / "PEIS_SSB.mpr")
    assert any("holds a spectrum" in note for note in series.notes)


def test_a_series_that_is_none_is_refused():
    """Whoever makes one by hand is told what is wrong with it."""
    with pytest.raises(ValueError, match="time goes back from 1 s to 0 s"):
        TimeSeries([0.0, 1.0, 0.0], [1.0] * 3, [0.0] * 3)
    with pytest.raises(ValueError, match="voltage has the shape"):
        TimeSeries([0.0, 1.0], [1.0], [0.0, 0.0])
    with pytest.raises(ValueError, match="current is nan"):
        TimeSeries([0.0], [1.0], [np.nan])
    with pytest.raises(ValueError, match="whole numbers"):
        TimeSeries([0.0, 1.0], [1.0, 1.0], [0.0, 0.0], step=[0.5, 1.0])


def test_a_window_says_what_it_leaves_out():
    """And one without a sample is none."""
    series = TimeSeries(np.arange(5.0), np.ones(5), np.zeros(5), step=np.arange(5))
    part = series.window(1, 3)
    assert list(part.step) == [1, 2, 3]
    assert part.notes == ("2 of 5 samples lie outside 1 s to 3 s and are left out",)
    assert series.window() is series
    with pytest.raises(ValueError, match="no sample lies between"):
        series.window(7, 9)
