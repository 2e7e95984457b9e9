"""Files that instruments wrote: numbers typed from their lines, and formats that hold one spectrum must agree."""

import numpy as np
import pytest

from sslib.instruments import SpectrumError, read_spectra, read_spectrum


@pytest.fixture
def cells(measured):
    return measured / "lpscl_cells"


def test_the_three_formats_of_the_lpscl_pellet_agree_within_the_digits_they_print(cells):
    """EC-Lab prints 8 digits and RelaxIS the whole float32 of the .mpr, so they differ by 5e-8 relative at most."""
    binary = read_spectrum(cells / "PEIS_LPSCl_IonBlocking_-25C.mpr")
    eclab = read_spectrum(cells / "PEIS_LPSCl_IonBlocking_-25C.txt")
    relaxis = read_spectrum(cells / "PEIS_LPSCl_IonBlocking_-25C_RelaxIS.txt")
    assert len(binary) == len(eclab) == len(relaxis) == 79
    np.testing.assert_allclose(eclab.frequency, binary.frequency, rtol=5.1e-8)
    np.testing.assert_allclose(relaxis.frequency, binary.frequency, rtol=1e-15)
    for part in (np.real, np.imag):
        np.testing.assert_allclose(part(eclab.impedance), part(binary.impedance), rtol=5.1e-8)
        np.testing.assert_allclose(part(relaxis.impedance), part(binary.impedance), rtol=1e-15)
    np.testing.assert_allclose(eclab.time, binary.time, rtol=1e-14)
    # The first row of the .txt; -Im(Z) = 290.92 there, so Im Z is negative.
    assert eclab.frequency[0] == 7.0000185e6
    assert eclab.impedance[0] == 3.5924146e2 - 2.9092038e2j
    assert eclab.time[0] == 4.709477316966513


def test_eclab_text_with_a_decimal_comma_gives_the_same_numbers(cells, tmp_path):
    file = cells / "PEIS_LPSCl_IonBlocking_-25C.txt"
    lines = file.read_bytes().split(b"\n")
    path = tmp_path / "german.mpt"
    path.write_bytes(b"\r\n".join([*lines[:65], *(line.replace(b".", b",") for line in lines[65:])]))
    german = read_spectrum(path)
    np.testing.assert_array_equal(german.impedance, read_spectrum(file).impedance)
    assert "read with a decimal comma" in german.notes


@pytest.mark.parametrize("file", ["PEIS_LPSCl_IonBlocking_-25C.mpr", "PEIS_LPSCl_IonBlocking_-25C.txt", "PEIS_SSB.mpr"])
def test_the_area_that_the_instrument_writes_by_default_is_not_taken_for_a_measured_one(cells, file):
    spectrum = read_spectrum(cells / file)
    assert spectrum.area is None
    assert any("default" in note for note in spectrum.notes)


@pytest.mark.parametrize(
    ("file", "millivolts"),
    [
        ("lpscl_cells/PEIS_LPSCl_IonBlocking_-25C.txt", 14.1),
        ("lpscl_cells/PEIS_LPSCl_IonBlocking_-25C.mpr", 14.1),
        ("lpscl_cells/PEIS_SSB.mpr", 7.1),
        ("lpscl_cells/Sample1_PEIS_EndOfDischarge.mpr", 10.0),
        ("instrument_formats/exampleDataBioLogic.mpt", 20.0),
    ],
)
def test_bio_logic_files_state_their_amplitude(measured, file, millivolts):
    """The first is the export of the second; the cells' column |Ewe| has 7.7 and 10.0 mV. Else a checklist asks."""
    assert float(read_spectrum(measured / file).header["Va (mV)"]) == millivolts


@pytest.mark.parametrize(
    ("offset", "other"),
    [(0, b"\x1e"), (0x1847, b"\x02"), (0x1849, b"\x33"), (0x1862, b"\0\0\x80\x3f"), (0x1866, b"\x01")],
)
def test_an_amplitude_is_not_guessed_from_settings_that_are_laid_out_otherwise(cells, tmp_path, offset, other):
    """Another technique, more sequences, or a first frequency that was not measured: Va would be any other number."""
    content = bytearray((cells / "PEIS_SSB.mpr").read_bytes())
    at = content.index(bytes.fromhex("1d00084b03")) + offset
    content[at : at + len(other)] = other
    (tmp_path / "other.mpr").write_bytes(content)
    assert "Va (mV)" not in read_spectrum(tmp_path / "other.mpr").header


@pytest.mark.parametrize(
    ("file", "points", "lowest"),
    [("PEIS_SSB.mpr", 89, 9.997264e-3), ("Sample1_PEIS_EndOfDischarge.mpr", 86, 1.999244e-2)],
)
def test_the_cells_have_the_points_that_were_measured(cells, file, points, lowest):
    spectrum = read_spectrum(cells / file)
    assert len(spectrum) == points
    assert spectrum.frequency[0] == 7.0000185e6
    assert spectrum.frequency[-1] == pytest.approx(lowest, rel=1e-6)
    assert (spectrum.impedance.imag < 0).all()


def test_ten_repeats_are_ten_loops_without_their_dummy_rows(cells):
    file = cells / "Sample2_PEIS_AtRest.csv"
    loops = read_spectra(file)
    assert [len(loop) for loop in loops] == [89] * 10
    first = loops[0]
    assert abs(first.impedance[0]) == pytest.approx(50.752583, rel=1e-12)
    assert np.angle(first.impedance[0], deg=True) == pytest.approx(-20.75998, rel=1e-12)
    assert "left out: line 91, the frequency is not positive" in first.notes
    assert "left out: line 901, the frequency is not positive" in loops[9].notes
    assert any("10 loops" in note for note in read_spectrum(file).notes)
    np.testing.assert_array_equal(read_spectrum(file, loop=9).impedance, loops[9].impedance)
    with pytest.raises(SpectrumError, match="there is no loop 10; the file holds the loops 0 to 9"):
        read_spectrum(file, loop=10)


def test_novocontrol_text_is_read_with_its_signed_imaginary_part(measured):
    spectrum = read_spectrum(measured / "pellet_temperature_series" / "s04147-140deg.txt")
    assert len(spectrum) == 42
    assert spectrum.impedance[[0, -1]].tolist() == [2.21423e4 - 5.43115e4j, 3.27266e6 - 1.40853e6j]
    assert spectrum.notes == ()
    lagp = read_spectrum(measured / "pellet_temperature_series" / "lagp_novocontrol.txt")
    assert (len(lagp), lagp.frequency[-1], lagp.impedance[-1]) == (50, 1.0, 1.82762e5 - 4.3592e5j)


# Points, then the first and the last frequency and impedance, typed from the files.
FORMATS = {
    "exampleDataAutolab.txt": (
        41, 10000, 0.013785863964281 + 0.007191946305823j, 0.1, 0.0345697771923854 - 0.00390292888845954j,
    ),
    "exampleDataBioLogic.mpt": (43, 1000.3201, 65.470886 - 0.38998979j, 0.01689554, 110.97003 - 2.3458567j),
    "exampleDataGamry.DTA": (72, 200015.6, 825.8584 - 1367.239j, 0.0158898, 17007.49 - 6635.557j),
    "exampleDataGamryABORT.DTA": (72, 200015.6, 825.8584 - 1367.239j, 0.0158898, 17007.49 - 6635.557j),
    "exampleDataVersaStudio.par": (61, 1e5, 55.31571 + 4.575431j, 0.02154435, 1516.313 - 122.8279j),
    "exampleDataZPlot.z": (21, 3e5, 147.77 - 11.335j, 3000, 613.68 - 137.13j),
}  # fmt: skip


@pytest.mark.parametrize("file", FORMATS)
def test_other_instruments_give_the_numbers_of_their_files(measured, file):
    points, highest, first, lowest, last = FORMATS[file]
    spectrum = read_spectrum(measured / "instrument_formats" / file)
    assert len(spectrum) == points
    assert spectrum.frequency[[0, -1]].tolist() == [highest, lowest]
    assert spectrum.impedance[[0, -1]].tolist() == [first, last]
    assert spectrum.area is None
    assert not any("unknown kind" in note or "assumed" in note for note in spectrum.notes)


def test_a_gamry_run_that_was_aborted_says_so(measured):
    """Both files end at 16 mHz; only one of them was to go on, to 1 mHz."""
    whole = read_spectrum(measured / "instrument_formats" / "exampleDataGamry.DTA")
    aborted = read_spectrum(measured / "instrument_formats" / "exampleDataGamryABORT.DTA")
    note = "the run was aborted before its end, which was to be at 1.00000E-003 Hz"
    assert note in aborted.notes
    assert not any("aborted" in text for text in whole.notes)
    assert aborted.time[[0, -1]].tolist() == [1.0, 861.0]
    assert aborted.header["Pstat Model"] == "7"


def test_a_gamry_file_with_a_decimal_comma_gives_the_same_numbers(measured, write):
    path = measured / "instrument_formats" / "exampleDataGamryABORT.DTA"
    text = path.read_text("utf-8")
    above, table = text.split("ZCURVE", 1)
    german = read_spectrum(write(above + "ZCURVE" + table.replace(".", ",")))
    np.testing.assert_array_equal(german.impedance, read_spectrum(path).impedance)
    assert "read with a decimal comma" in german.notes


def test_the_impedance_of_a_par_file_is_the_ratio_of_its_voltage_and_current(measured):
    """Its header names 25 columns over 24: were they counted from the other end, this ratio would not hold."""
    path = measured / "instrument_formats" / "exampleDataVersaStudio.par"
    rows = [line.split(",") for line in path.read_text("utf-8").splitlines() if line.startswith("0,")]
    voltage, current = (np.array([complex(float(row[at]), float(row[at + 1])) for row in rows]) for at in (10, 12))
    spectrum = read_spectrum(path)
    np.testing.assert_allclose(spectrum.impedance, voltage / current, rtol=1e-6)
    # 20 mV were asked for, and each point takes at least its own period.
    np.testing.assert_allclose(abs(voltage), 0.020, rtol=0.2)
    assert spectrum.time[[0, -1]].tolist() == [1.812, 1575.401]
    slow = spectrum.frequency[1:] < 1
    assert (np.diff(spectrum.time)[slow] > 1 / spectrum.frequency[1:][slow]).all()
    assert any("not calibrated" in note for note in spectrum.notes)


def test_a_z_file_that_holds_fewer_points_than_it_states_says_so(measured):
    spectrum = read_spectrum(measured / "instrument_formats" / "exampleDataZPlot.z")
    assert "the header states 56 points, the file holds 21" in spectrum.notes
    autolab = read_spectrum(measured / "instrument_formats" / "exampleDataAutolab.txt")
    assert autolab.notes == ()


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("lpscl_cells/CP_SSB.txt.gz", r"line 62: no column with a frequency.*time/s, Ewe/V, I/mA"),
        ("conductivities/obelix.csv", r"line 1: no column with a frequency.*ID, Reduced Composition"),
        ("conductivities/LICENSE", "no table of numbers"),
        ("README.md", "no table of numbers"),
        ("pellet_temperature_series/published_arrhenius_report.txt", r"the columns are: Temperature \(K\)"),
        ("lpscl_cells", "this is a folder"),
        ("lpscl_cells/PEIS_SSB.mrp", r"no such file; in its folder there is PEIS_SSB.mpr"),
        ("lpscl_sells/PEIS_SSB.mpr", "nor the folder"),
    ],
)
def test_a_file_that_is_no_spectrum_is_an_error_that_says_what_it_is(measured, file, message):
    with pytest.raises(SpectrumError, match=message):
        read_spectrum(measured / file)
