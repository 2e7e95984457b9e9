"""Formats of which no measured file is at hand: texts after their documented heads, spreadsheets and arrays."""

import io
import subprocess
import sys

import numpy as np
import pytest

from sslib.instruments import SpectrumError, read_spectra, read_spectrum

CHI = """\
Feb. 20, 2020   15:55:08
A.C. Impedance
File: c:\\data\\cell.bin
Data Source:  Experiment
Instrument Model:  CHI660E
Header:\x20
Note:\x20

Init E (V) = 0
High Frequency (Hz) = 2e+6
Imp SF
Amplitude (V) = 0.025

Freq/Hz, Z'/ohm, Z"/ohm, Z/ohm, Phase/deg

9.961e+4, 9.891e+1, -2.748e+0, 9.894e+1, -1.6
8.252e+4, 9.912e+1, 1.603e+0, 9.913e+1, 0.9
"""
PARSTAT = """\
Potential (V)\tCurrent (A)\tElapsed Time (s)\tFrequency (Hz)\tZre (ohms)\tZim (ohms)\t|Vac| (V)\t|Iac| (A)\t
3.493\t-0.14996\t10\t0\t0\t0\t0\t0\t
3.492\t-0.14996\t20\t0\t0\t0\t0\t0\t
3.401\t0\t30.5\t10000\t0.0215\t0.0034\t0.01\t0.46\t
3.401\t0\t31\t1000\t0.0223\t-0.0016\t0.01\t0.45\t
"""
POWERSUITE = "Frequency\t Zre\t Zimg\n0.1\t 423929.46\t -49014.063\n0.17854992\t 407724.77\t -44951.636\n"
NOVA = "Frequency (Hz);Z' (Ω);-Z'' (Ω);Z (Ω);-Phase (°);Time (s)\n100000;10,5;2,25;10,738;12,095;1,5\n"
ZVIEW = """\
"ZView Calculated Data File: Version 1.1"
"Raw Data"
"Sweep Freq: Control Voltage"
"  Freq (Hz)    Ampl     Bias   Time(Sec)   Z'(a)    Z''(b)    GD   Err   Range"
 1000, 0, 0, 2.5, 12.5, -3.25, 0, 0, 0
"""


@pytest.mark.parametrize(
    ("text", "frequency", "impedance", "time"),
    [
        (CHI, [99610, 82520], [98.91 - 2.748j, 99.12 + 1.603j], None),
        (PARSTAT, [10000, 1000], [0.0215 + 0.0034j, 0.0223 - 0.0016j], [30.5, 31]),
        (POWERSUITE, [0.17854992, 0.1], [407724.77 - 44951.636j, 423929.46 - 49014.063j], None),
        (NOVA, [1e5], [10.5 - 2.25j], [1.5]),
        (ZVIEW, [1000], [12.5 - 3.25j], [2.5]),
    ],
    ids=["CH Instruments", "PARSTAT", "PowerSuite", "Autolab Nova", "ZView"],
)
def test_text_under_the_head_of_an_instrument_is_read(write, text, frequency, impedance, time):
    spectrum = read_spectrum(write(text))
    assert spectrum.frequency.tolist() == frequency
    assert spectrum.impedance.tolist() == impedance
    assert (None if spectrum.time is None else spectrum.time.tolist()) == time
    assert not any("unknown kind" in note for note in spectrum.notes)


def test_the_points_that_parstat_takes_before_the_sweep_are_left_out_with_a_note(write):
    assert "left out: lines 2-3, the frequency is not positive" in read_spectrum(write(PARSTAT)).notes


def test_the_fixed_values_of_novocontrol_bring_the_temperature(write):
    head = "Cell 7, 1.12.2020\nFixed value(s) :  Temp. [°C]=2.5000e+01  AC Volt  [Vrms]=7.1000e-03\n"
    spectrum = read_spectrum(
        write(head + " Freq. [Hz]\t Zs' [Ohms]\t Zs'' [Ohms]\n1.0e+06\t3.60382e+03\t-8.57835e+03\n")
    )
    assert spectrum.impedance.tolist() == [3603.82 - 8578.35j]
    assert spectrum.temperature == 298.15
    assert spectrum.header["AC Volt [Vrms]"] == "7.1000e-03"
    assert spectrum.notes == ()


MPT = """\
EC-Lab ASCII FILE
Nb header lines : 8

Acquisition started on : 02.04.2018 10:02:46,123
Electrode surface area : 0,785 cm2
Number of loops : 2
{loops}
freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm{cycle}
"""
LOOPS = "Loop 0 from point number 0 to 1\nLoop 1 from point number 2 to 3"


def test_a_german_mpt_is_read_with_its_area(write):
    text = MPT.format(loops="", cycle="") + "1,0003201E+003\t6,5470886E+001\t3,8998979E-001\n"
    spectrum = read_spectrum(write(text, "cell.mpt"))
    assert (spectrum.frequency[0], spectrum.impedance[0]) == (1000.3201, 65.470886 - 0.38998979j)
    assert spectrum.area == pytest.approx(0.785e-4, rel=1e-12)
    assert "read with a decimal comma" in spectrum.notes


@pytest.mark.parametrize("cycle", [["", "", "", ""], ["\t1", "\t1", "\t2", "\t2"], ["\t1", "\t1", "\t1", "\t1"]])
def test_the_loops_that_a_mpt_states_are_parted(write, cycle):
    """The sweep of two points goes on below where it ended, so that the frequency does not tell the loops apart."""
    head = MPT.format(loops=LOOPS, cycle="\tcycle number" if cycle[0] else "").replace("lines : 8", "lines : 9")
    rows = zip(["100\t1\t1", "10\t2\t2", "9\t3\t3", "1\t4\t4"], cycle, strict=True)
    loops = read_spectra(write(head + "".join(row + number + "\n" for row, number in rows), "cell.mpt"))
    assert [loop.frequency.tolist() for loop in loops] == [[100, 10], [9, 1]]
    assert loops[1].impedance.tolist() == [3 - 3j, 4 - 4j]


def test_the_cycle_number_parts_a_mpt_that_states_no_loops(write):
    text = MPT.format(loops="", cycle="\tcycle number") + "100\t1\t1\t1\n10\t2\t2\t1\n9\t3\t3\t2\n1\t4\t4\t2\n"
    assert [len(loop) for loop in read_spectra(write(text))] == [2, 2]


@pytest.mark.parametrize(
    ("settings", "stated"),
    [
        ("Va (mV)             14,1                \n", {"Va (mV)": "14,1"}),
        ("Va (mV)             10.0                10.0                \n", {"Va (mV)": "10.0"}),
        ("Va (mV)             10.0                20.0                \n", {"Va (mV)": "10.0, 20.0"}),
        (
            "Va (mV)             5.0\nIa                  1.000\nunit Ia             mA\n",
            {"Ia": "1.000", "unit Ia": "mA"},
        ),
        ("Va (mV)                                 \n", {}),
    ],
)
def test_the_amplitude_of_a_mpt_is_that_of_its_sequences(write, settings, stated):
    """One of several amplitudes, or the voltage of a sweep under control of the current, would be a wrong one."""
    text = MPT.format(loops=settings, cycle="").replace("lines : 8", f"lines : {8 + settings.count(chr(10))}")
    header = read_spectrum(write(text + "100\t1\t1\n10\t2\t2\n", "cell.mpt")).header
    assert {name: header[name] for name in ("Va (mV)", "Ia", "unit Ia") if name in header} == stated


def test_an_area_that_somebody_entered_is_taken(write):
    gamry = (
        "EXPLAIN\nAREA\tQUANT\t2.5\t&Area (cm^2)\n"
        "ZCURVE\tTABLE\n\tPt\tFreq\tZreal\tZimag\n\t#\tHz\tohm\tohm\n\t0\t1\t2\t-3\n"
    )
    zplot = (
        "ZPLOT2 ASCII\n  Surface Area:             2.5\n  Data Points:              1\n"
        "  Freq(Hz)\tAmpl\tBias\tTime(Sec)\tZ'(a)\tZ''(b)\tGD\tErr\tRange\nEnd Comments\n1\t0\t0\t0\t2\t-3\t0\t0\t0\n"
    )
    for text in (
        gamry,
        zplot,
        par("Segment #, Frequency(Hz), Z Real, Z Imag, 0, 0", "0,1,2,-3").replace("=1\n", "=2.5\n"),
    ):
        spectrum = read_spectrum(write(text))
        assert spectrum.impedance.tolist() == [2 - 3j]
        assert spectrum.area == pytest.approx(2.5e-4, rel=1e-12)


def par(definition, *segments):
    head = "<Application>\nName=VersaStudio\n</Application>\n<Action0>\nWorking Electrode Area (cm2)=1\n</Action0>\n"
    parts = [
        f"<Segment{number}>\nType=2\nDefinition={definition}\n{rows}\n</Segment{number}>\n<Graph{number}>\nLeft=2\n"
        for number, rows in enumerate(segments, 1)
    ]
    return head + "".join(parts)


def test_a_par_file_gives_a_spectrum_for_each_segment_that_holds_one(write):
    waiting, first, second = "0,0,0,0\n0,0,0,0", "1,100,5,-1\n1,10,6,-2", "2,100,7,-1\n2,10,8,-2"
    spectra = read_spectra(write(par("Segment #, Frequency(Hz), Z Real, Z Imag, 0", waiting, first, second)))
    assert [spectrum.impedance.tolist() for spectrum in spectra] == [[5 - 1j, 6 - 2j], [7 - 1j, 8 - 2j]]
    assert any("not read: line 9: none of 2 points can be used" in note for note in spectra[0].notes)


def test_a_text_of_unknown_kind_is_read_as_a_table_and_says_so(write):
    table = "freq/Hz,Z'/ohm,Z''/ohm\n10,1,-1\n1,2,-2\n"
    note = "unknown kind of file: read as a table in text"
    assert note in read_spectrum(write("Impedance Wizard 3000\nlicensed to nobody\n\n" + table)).notes
    for head in ("", "Sample 7\n\n", "# made by hand\n# twice\n", "Sample 7\nuser: A\narea_cm2 = 2\n"):
        assert note not in read_spectrum(write(head + table)).notes


def workbook(**sheets):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_the_first_sheet_with_a_spectrum_is_read_and_named(write):
    content = workbook(
        About=[["Cell 7"], ["made", "by hand"]],
        Empty=[["freq/Hz", "Z'/ohm", "Z''/ohm"], [0, 0, 0]],
        Data=[
            ["area_cm2 = 0.5"],
            [],
            ["freq/Hz", "Z'/ohm", "Z''/ohm"],
            [1e5, 10.1, -0.3],
            [0.1, 1 / 3, None],
            [1, 2, -3],
        ],
        More=[["freq/Hz", "Z'/ohm", "Z''/ohm"], [1, 1, -1]],
    )
    spectrum = read_spectrum(write(content, "cell.xlsx"))
    assert spectrum.frequency.tolist() == [1e5, 1]
    assert spectrum.impedance.tolist() == [10.1 - 0.3j, 2 - 3j]
    assert spectrum.area == 0.5e-4
    assert "read from sheet 'Data'; of 4 sheets no other is read" in spectrum.notes
    assert "left out: line 5, not as many cells as names" in spectrum.notes


def test_a_workbook_without_a_spectrum_says_what_its_sheets_hold(write):
    content = workbook(About=[["Cell 7"]], Pulse=[["time/s", "Ewe/V", "I/mA"], [1, 2, 3], [2, 3, 4]])
    with pytest.raises(SpectrumError, match=r"no sheet with a spectrum.*'About': no table.*'Pulse': line 1: no column"):
        read_spectrum(write(content, "cell.xlsx"))
    with pytest.raises(SpectrumError, match="zip archive"):
        read_spectrum(write(content[:-200], "cut.xlsx"))


def test_without_openpyxl_a_spreadsheet_names_the_extra_to_install(write, monkeypatch):
    path = write(workbook(Data=[["freq/Hz", "Z'/ohm", "Z''/ohm"], [1, 2, -3]]), "cell.xlsx")
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(ImportError, match=r"sslib\[xlsx\]"):
        read_spectrum(path)


def saved(save, *arrays, **named):
    buffer = io.BytesIO()
    save(buffer, *arrays, **named)
    return buffer.getvalue()


FREQUENCY = np.array([100.0, 10.0, 1.0])
IMPEDANCE = np.array([1 - 0.1j, 2 - 0.2j, 3 - 0.3j])


@pytest.mark.parametrize(
    "content",
    [
        saved(np.save, np.column_stack([FREQUENCY, IMPEDANCE.real, IMPEDANCE.imag])),
        saved(np.save, np.column_stack([FREQUENCY, IMPEDANCE])),
        saved(np.savez, frequency=FREQUENCY, impedance=IMPEDANCE),
        saved(np.savez_compressed, frequency=FREQUENCY, impedance=IMPEDANCE),
    ],
    ids=["real npy", "complex npy", "npz", "compressed npz"],
)
def test_arrays_of_the_stated_layout_are_read(write, content):
    spectrum = read_spectrum(write(content, "cell.dat"))
    assert spectrum.frequency.tolist() == FREQUENCY.tolist()
    assert spectrum.impedance.tolist() == IMPEDANCE.tolist()
    assert spectrum.notes == ()


def test_an_npz_may_hold_several_spectra_and_the_time(write):
    content = saved(
        np.savez, frequency=FREQUENCY, impedance=np.array([IMPEDANCE, 2 * IMPEDANCE]), time=[1, 2, 3], x=[0]
    )
    first, second = read_spectra(write(content, "cells.npz"))
    assert (second.impedance == 2 * first.impedance).all()
    assert first.time.tolist() == [1, 2, 3]
    assert first.notes == ("not read: array x",)


@pytest.mark.parametrize(
    "content",
    [
        saved(np.save, np.ones(3)),
        saved(np.save, np.ones((3, 4))),
        saved(np.save, np.array(["a", "b"])),
        saved(np.save, np.array([None, {}], dtype=object)),
        saved(np.savez, frequency=FREQUENCY),
        saved(np.savez, frequency=FREQUENCY, impedance=IMPEDANCE[:2]),
        saved(np.savez, frequency=FREQUENCY, impedance=IMPEDANCE.real),
        saved(np.save, np.ones((3, 3)))[:-8],
    ],
)
def test_arrays_of_another_layout_are_an_error_that_states_the_layout(write, content):
    with pytest.raises(SpectrumError, match="a row per point: three real columns"):
        read_spectrum(write(content, "cell.npy"))


def test_importing_the_readers_imports_no_package_of_a_format():
    code = (
        "import sys, sslib.instruments; "
        "print([name for name in ('pandas', 'galvani', 'openpyxl', 'scipy') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
