"""When, in which cycle and at which temperature a spectrum was measured: as the file says it, or not at all."""

import io
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sslib.instruments import Spectrum, read_spectra, read_spectrum
from sslib.instruments.dates import DAY_FIRST, MONTH_FIRST, order_shown, read_date

# Start of the measurement, cycle and temperature, typed from the heads and first rows of the files.
MEASURED = {
    "lpscl_cells/PEIS_LPSCl_IonBlocking_-25C.mpr": (datetime(2025, 5, 15, 1, 18, 50, 576477), 1.0),
    "lpscl_cells/PEIS_LPSCl_IonBlocking_-25C.txt": (datetime(2025, 5, 15, 1, 18, 50, 576477), 1.0),
    # Its date, December, is that of the export.
    "lpscl_cells/PEIS_LPSCl_IonBlocking_-25C_RelaxIS.txt": (None, None),
    "lpscl_cells/PEIS_SSB.mpr": (datetime(2025, 4, 14, 12, 1, 11, 767496), 1.0),
    "lpscl_cells/Sample1_PEIS_EndOfDischarge.mpr": (datetime(2025, 3, 6, 4, 47, 49, 782023), 1.0),
    "lpscl_cells/Sample2_PEIS_AtRest.csv": (None, 0.0),
    "pellet_temperature_series/lagp_novocontrol.txt": (datetime(2020, 12, 1, 14, 42), None),
    "pellet_temperature_series/s04147-140deg.txt": (None, None),
    "instrument_formats/exampleDataAutolab.txt": (None, None),
    "instrument_formats/exampleDataBioLogic.mpt": (datetime(2018, 2, 4, 10, 2, 46, 783690), 1.0),
    "instrument_formats/exampleDataGamry.DTA": (datetime(2018, 4, 23, 16, 43, 15), None),
    "instrument_formats/exampleDataGamryABORT.DTA": (datetime(2020, 3, 18, 16, 54, 44), None),
    "instrument_formats/exampleDataVersaStudio.par": (datetime(2018, 7, 19, 9, 40, 31, 812000), None),
    # 10-12-2018, by a program that does not say how it orders them.
    "instrument_formats/exampleDataZPlot.z": (None, None),
}


@pytest.mark.parametrize("file", MEASURED)
def test_a_measured_file_gives_the_start_and_the_cycle_that_it_states(measured, file):
    """A start that is wrong puts a spectrum at the wrong place of a night; none of these files has a temperature."""
    spectrum = read_spectra(measured / file)[0]
    assert (spectrum.started, spectrum.cycle) == MEASURED[file]
    assert spectrum.temperature is None


@pytest.mark.parametrize(
    ("file", "note"),
    [
        (
            "instrument_formats/exampleDataZPlot.z",
            "the date '10-12-2018' could be of month 10 or of month 12: not taken",
        ),
        (
            "instrument_formats/exampleDataBioLogic.mpt",
            "the date '02/04/2018' is read as month/day/year: EC-Lab writes",
        ),
        ("pellet_temperature_series/lagp_novocontrol.txt", "the date '1.12.2020' is read as day/month/year: points"),
    ],
)
def test_a_date_that_could_be_two_days_is_never_taken_or_left_in_silence(measured, file, note):
    """Without the note, nobody would look again at a spectrum that lies months off."""
    assert any(text.startswith(note) for text in read_spectrum(measured / file).notes)


def test_a_measured_file_whose_date_is_clear_says_nothing_about_it(measured):
    """A note in every file would hide the notes that matter."""
    for file in ("lpscl_cells/PEIS_SSB.mpr", "instrument_formats/exampleDataGamryABORT.DTA"):
        assert not any("date" in note or "began" in note for note in read_spectrum(measured / file).notes)


def test_the_times_of_a_mpr_count_from_its_acquisition_through_other_techniques(measured):
    """Its spectrum came 7.7 days after the start; the module with the log was written on the day that this gives."""
    galvani = pytest.importorskip("galvani.BioLogic")
    path = measured / "lpscl_cells" / "Sample1_PEIS_EndOfDischarge.mpr"
    spectrum, file = read_spectrum(path), galvani.MPRfile(io.BytesIO(path.read_bytes()))
    assert spectrum.started - file.timestamp == timedelta(seconds=round(spectrum.time.min(), 6))
    assert file.timestamp.date() < spectrum.started.date() == file.enddate


def test_repeats_bear_the_loop_that_the_file_numbers(measured):
    """Repeats without their number could not be told apart in a plot against it."""
    cycles = [loop.cycle for loop in read_spectra(measured / "lpscl_cells" / "Sample2_PEIS_AtRest.csv")]
    assert cycles == list(range(10))


MPT = """\
EC-Lab ASCII FILE
Nb header lines : {length}

Acquisition started on : {date}
{loops}freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\ttime/s{names}
{rows}"""
LOOPS = "Number of loops : 2\nLoop 4 from point number 0 to 1\nLoop 5 from point number 2 to 3\n"


def mpt(date="07/21/2020 18:03:36", loops="", names="", rows="100\t1\t1\t5\n10\t2\t2\t6\n"):
    return MPT.format(date=date, loops=loops, names=names, rows=rows, length=5 + loops.count("\n"))


def rows(times, *columns):
    points = ["100\t1\t1", "10\t2\t2"] * (len(times) // 2)
    return "".join("\t".join(map(str, cells)) + "\n" for cells in zip(points, times, *columns, strict=True))


@pytest.mark.parametrize(
    ("date", "started"),
    [
        ("07/21/2020 18:03:36", datetime(2020, 7, 21, 18, 3, 41)),
        ("07/21/2020 18:03:36.867", datetime(2020, 7, 21, 18, 3, 41, 867000)),
        ("07/11/2020 18:03:36", datetime(2020, 7, 11, 18, 3, 41)),
        ("07.11.2020 18:03:36,867", datetime(2020, 7, 11, 18, 3, 41, 867000)),
        ("07-11-2020 18:03:36", datetime(2020, 7, 11, 18, 3, 41)),
        ("07/11/2020 18.03.36", datetime(2020, 7, 11, 18, 3, 41)),
        ("11/11/2020 18:03:36", datetime(2020, 11, 11, 18, 3, 41)),
        ("21/07/2020 18:03:36", datetime(2020, 7, 21, 18, 3, 41)),
        ("2020-07-21 18:03:36", datetime(2020, 7, 21, 18, 3, 41)),
    ],
)
def test_the_start_of_a_mpt_is_read_with_the_signs_of_every_language(write, date, started):
    """Files of a German or Danish computer would have no start, or one in another month."""
    spectrum = read_spectrum(write(mpt(date), "cell.mpt"))
    assert spectrum.started == started
    assert any("month/day/year" in note for note in spectrum.notes) == (date[3:5] == "11" != date[:2])


@pytest.mark.parametrize(
    "date",
    [
        *["07/32/2020 18:03:36", "00/21/2020 18:03:36", "13/13/2020 10:00:00", "02/30/2020 10:00:00", "07/21/2020"],
        *[
            "07/21/0020 18:03:36",
            "07/21/9999 23:59:59",
            "07/21/2020 25:03:36",
            "07/21/2020 18:61:36",
            "soon",
            "7" * 300,
        ],
    ],
)
def test_a_damaged_date_is_none_with_a_note(write, date):
    """A damaged line of the head would cost the whole spectrum, or give it a start that never was."""
    spectrum = read_spectrum(write(mpt(date), "cell.mpt"))
    assert spectrum.started is None
    assert sum("is no date and time that is understood: not taken" in note for note in spectrum.notes) == 1


def test_each_loop_of_a_mpt_has_its_own_start_and_cycle(write):
    """Spectra of a night all at the hour at which the night began could not be plotted against time."""
    start = datetime(2020, 7, 21, 18, 3, 36)
    table = rows([5, 6, 3605, 3606], [1, 1, 2, 2])
    loops = read_spectra(write(mpt(names="\tcycle number", rows=table)))
    assert [loop.started for loop in loops] == [start + timedelta(seconds=seconds) for seconds in (5, 3605)]
    assert [loop.cycle for loop in loops] == [1, 2]
    assert not any("began" in note for loop in loops for note in loop.notes)


@pytest.mark.parametrize(
    ("names", "columns", "cycles"),
    [("", [], [4, 5]), ("\tcycle number", [[7, 7, 7, 7]], [7, 7]), ("\tcycle number", [["", "", 2, 2]], [4, 2])],
)
def test_the_loop_that_a_mpt_states_is_the_cycle_where_its_table_has_none(write, names, columns, cycles):
    """The cycle would be lost, or be another than EC-Lab shows."""
    table = rows([5, 6, 3605, 3606], *columns)
    loops = read_spectra(write(mpt(loops=LOOPS, names=names, rows=table)))
    assert [loop.cycle for loop in loops] == cycles
    assert [loop.started.second for loop in loops] == [41, 41]


@pytest.mark.parametrize(
    ("times", "known", "reason"),
    [
        ([5, 6, 5, 6], [True, False], "the times do not run on from the loop before"),
        ([5, 6, "", 8], [True, False], "the file has no times for it"),
        ([-5, 6, 7, 8], [False, True], "its times begin before the start"),
        ([5, 6, 1e300, 1e301], [True, False], "the file counts 1e+300 s to it"),
        ([5, 6, 1e10, 2e10], [True, False], "the file counts 1e+10 s to it"),
    ],
)
def test_a_loop_whose_times_do_not_fit_has_no_start_and_says_why(write, times, known, reason):
    """A clock that starts anew with each loop would put all of them at one moment."""
    loops = read_spectra(write(mpt(names="\tcycle number", rows=rows(times, [1, 1, 2, 2]))))
    assert [loop.started is not None for loop in loops] == known
    unknown = loops[known.index(False)]
    assert any(
        note.startswith(f"when this loop began is not known: {reason} (the measurement began at 2020-07-21 18:03:36)")
        for note in unknown.notes
    )


CHI = "Feb. 20, 2020   15:55:08\nA.C. Impedance\nFile: c:\\x\nCycles = 1\n\nFreq/Hz, Z'/ohm, Z\"/ohm\n\n10,1,-1\n"
ZPLOT = (
    "ZPLOT2 ASCII\n  Date: {}\n  Time: 11:04:34\n  Freq(Hz)\tAmpl\tBias\tTime(Sec)\tZ'(a)\tZ''(b)\tGD\tErr\tRange\n"
    "End Comments\n1\t0\t0\t2.67\t2\t-3\t0\t0\t0\n"
)
GAMRY = (
    "EXPLAIN\nDATE\tLABEL\t{}\tDate\nTIME\tLABEL\t{}\tTime\nACCALDATE\tLABEL\t{}\tAC Calibration Date\n"
    "ZCURVE\tTABLE\n\tPt\tTime\tFreq\tZreal\tZimag\tTemp\n\t#\ts\tHz\tohm\tohm\tdeg C\n\t0\t1\t1\t2\t-3\t{}\n"
)


@pytest.mark.parametrize(
    ("text", "started"),
    [
        (CHI, datetime(2020, 2, 20, 15, 55, 8)),
        (CHI.split("\n", 1)[1], None),
        (ZPLOT.format("10-13-2018"), datetime(2018, 10, 13, 11, 4, 34)),
        (ZPLOT.format("13-10-2018"), datetime(2018, 10, 13, 11, 4, 34)),
        (ZPLOT.format("10-12-2018"), None),
        (GAMRY.format("4/5/2018", "16:43:15", "4/23/2018", 25), datetime(2018, 4, 5, 16, 43, 15)),
        (GAMRY.format("4/5/2018", "16:43:15", "23/4/2018", 25), datetime(2018, 5, 4, 16, 43, 15)),
        (GAMRY.format("4/5/2018", "16:43:15", "4/4/2018", 25), None),
        (GAMRY.format("2018-05-04", "4:43:15 PM", "4/4/2018", 25), datetime(2018, 5, 4, 16, 43, 15)),
        (GAMRY.format("04.05.2018", "16:43:15.335", "23.04.2018", 25), datetime(2018, 5, 4, 16, 43, 15, 335000)),
        ("# started = 2026-03-01 12:00\nfreq/Hz,Z'/ohm,Z''/ohm\n10,1,-1\n", datetime(2026, 3, 1, 12)),
        ("Date: 2026-03-01 12:00\nfreq/Hz,Z'/ohm,Z''/ohm\n10,1,-1\n", None),
    ],
)
def test_the_start_is_taken_from_the_head_of_each_format_where_it_is_clear(write, text, started):
    """A start would be lost that the file states, or made up from a date of something else."""
    assert read_spectrum(write(text)).started == started


def test_the_segments_of_a_par_file_begin_at_their_own_times(write):
    """All segments of a night would lie at its first minute."""
    head = "<Application>\nName=VersaStudio\n</Application>\n<Action0>\nTimeAcquired={}\nDateAcquired={}\n</Action0>\n"
    segments = "".join(
        f"<Segment{k}>\nDefinition=Segment #, Elapsed Time(s), Frequency(Hz), Z Real, Z Imag, 0\n{row}\n</Segment{k}>\n"
        for k, row in enumerate(["0,2,100,5,-1", "1,600,100,7,-1"], 1)
    )
    first, second = read_spectra(write(head.format("9:40:30 PM", "Thursday, July 19, 2018") + segments))
    assert (first.started, second.started) == (datetime(2018, 7, 19, 21, 40, 32), datetime(2018, 7, 19, 21, 50, 30))
    japanese = read_spectrum(write(head.format("21:40:30", "2018年7月19日") + segments))
    assert japanese.started == first.started


def test_later_loops_of_a_file_that_counts_from_elsewhere_begin_as_much_later_as_their_times(write):
    """The zero of these times is not known: were it taken for the start, each loop would be 500 s late."""
    table = "freq/Hz,Z'/ohm,Z''/ohm,time/s,cycle\n10,1,-1,500,3\n1,2,-2,510,3\n10,1,-1,900,4\n1,2,-2,910,4\n"
    loops = read_spectra(write("started: 2026-03-01T12:00:00+01:00\n" + table))
    start = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=1)))
    assert [loop.started for loop in loops] == [start, start + timedelta(seconds=400)]
    assert [loop.cycle for loop in loops] == [3, 4]
    untimed = read_spectra(write("started: 2026-03-01 12:00\n" + table.replace("time/s", "x")))
    assert [loop.started for loop in untimed] == [datetime(2026, 3, 1, 12), None]


@pytest.mark.parametrize(
    ("line", "cycle"),
    [("cycle = 3", 3), ("# Cycle number: 12", 12), ("Loop : 0", 0), ("cycle = third", None), ("cycles = 100", None)],
)
def test_a_cycle_of_the_head_counts_where_the_table_has_none(write, line, cycle):
    """A line of settings would pass for a cycle, or go before what was counted."""
    table = "freq/Hz,Z'/ohm,Z''/ohm{}\n10,1,-1{}\n"
    assert read_spectrum(write(f"{line}\n" + table.format("", ""))).cycle == cycle
    assert read_spectrum(write(f"{line}\n" + table.format(",cycle", ",8"))).cycle == 8


@pytest.mark.parametrize(
    ("name", "values", "kelvin", "note"),
    [
        ("Temperature/°C", [24.0, 25.0, 25.5], 298.15, None),
        ("T [K]", [298, 299, 300], 299.0, None),
        ("Temp (deg C)", [-327.67, -327.67, -327.67], None, None),
        ("Temp (deg C)", [20, 25, 40], 298.15, "the temperature went from 293.1 K to 313.1 K: the median is taken"),
        ("Temperature", [25, 25, 25], None, "no temperature is taken from the table"),
        ("Temperature (°F)", [77, 77, 77], None, "no temperature is taken from the table"),
    ],
)
def test_a_column_of_temperatures_counts_only_with_its_unit(write, name, values, kelvin, note):
    """A missing probe or a missing unit would put a spectrum at a temperature that nobody measured."""
    body = "".join(f"{10**-k},{k + 1},-1,{value}\n" for k, value in enumerate(values))
    spectrum = read_spectrum(write(f"freq/Hz,Z'/ohm,Z''/ohm,{name}\n{body}"))
    assert spectrum.temperature == (None if kelvin is None else pytest.approx(kelvin, abs=1e-9))
    assert [text for text in spectrum.notes if "temperature" in text] == ([] if note is None else [spectrum.notes[-1]])
    assert note is None or spectrum.notes[-1].startswith(note)


def test_the_measured_temperature_goes_before_that_of_the_head_and_differs_by_loop(write):
    """A ramp of temperature would be plotted at the one that somebody typed."""
    table = "freq/Hz,Z'/ohm,Z''/ohm,T/°C,cycle\n10,1,-1,25,1\n1,2,-2,25,1\n10,1,-1,60,2\n1,2,-2,60,2\n"
    cold, hot = read_spectra(write("temperature_C = 25\n" + table))
    assert (cold.temperature, hot.temperature) == (298.15, 333.15)
    assert cold.notes == ()
    assert hot.notes == ("the head states 298.1 K: the measured 333.1 K are taken",)


@pytest.mark.parametrize(
    ("line", "kelvin"),
    [
        ("Temperature : 25 deg C", 298.15),
        ("Temperature : -25 degrees Celsius", 248.15),
        ("temperature_K = 300", 300.0),
        ("Cell temperature (°C): 60", 333.15),
        ("Temp. : 25 ℃", 298.15),
        ("Temperature : 77 F", None),
        ("Temperature : 25", None),
        ("TM = 33.741076", None),
    ],
)
def test_a_temperature_of_the_head_counts_only_with_its_unit(write, line, kelvin):
    """A number without a unit would be taken for one that nobody stated."""
    spectrum = read_spectrum(write(f"{line}\nfreq/Hz,Z'/ohm,Z''/ohm\n10,1,-1\n"))
    assert spectrum.temperature == (None if kelvin is None else pytest.approx(kelvin, abs=1e-9))


def test_the_temperature_probe_of_gamry_counts_where_it_is_connected(write):
    """The number that Gamry writes without a probe would be a temperature below absolute zero."""
    text = GAMRY.format("4/23/2018", "16:43:15", "4/4/2018", {})
    assert read_spectrum(write(text.replace("{}", "25.5"))).temperature == pytest.approx(298.65)
    absent = read_spectrum(write(text.replace("{}", "-327.67")))
    assert absent.temperature is None
    assert absent.notes == ()


def test_a_window_keeps_start_and_cycle_and_nothing_else_passes_for_them():
    """A windowed spectrum would drop out of a plot against time."""
    start = datetime(2026, 3, 1, 12)
    spectrum = Spectrum([1.0, 10.0], [1, 2], started=start, cycle=3)
    assert (spectrum.window(lowest=5).started, spectrum.window(lowest=5).cycle) == (start, 3)
    with pytest.raises(ValueError, match="started is '2026-03-01'; it must be a datetime"):
        Spectrum([1.0], [1], started="2026-03-01")
    with pytest.raises(ValueError, match="cycle is nan"):
        Spectrum([1.0], [1], cycle=np.nan)


MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2100, 12, 31)).map(lambda moment: moment.replace(microsecond=0))
# Names of months are given by number, for the language of the machine does not count.
NAMES = "January February March April May June July August September October November December".split()  # noqa: SIM905
CLEAR = [
    lambda m: m.isoformat(" "),
    lambda m: m.isoformat("T"),
    lambda m: f"{m:%Y/%m/%d %H:%M:%S}",
    lambda m: f"{NAMES[m.month - 1]} {m.day}, {m.year} {m.hour}:{m:%M:%S}",
    lambda m: (
        f"Monday, {m.day} {NAMES[m.month - 1][:3]} {m.year}, {m.hour % 12 or 12}:{m:%M:%S} {'ap'[m.hour > 11]}.m."
    ),
    lambda m: f"{NAMES[m.month - 1][:3]}. {m.day}, {m.year}   {m:%H:%M:%S.%f}",
    lambda m: f"{m.year}年{m.month}月{m.day}日 {m:%H:%M:%S}",
]


@given(MOMENTS, st.sampled_from(CLEAR))
def test_a_date_that_is_clear_reads_back_as_it_was_written(moment, write):
    """Afternoon and morning, or a fraction of a second, would be mixed up."""
    assert read_date(write(moment)) == (moment, [])


@given(MOMENTS, st.sampled_from("-/."), st.sampled_from([MONTH_FIRST, DAY_FIRST]))
def test_a_date_in_numbers_is_right_or_refused_and_right_where_the_order_is_known(moment, mark, order):
    """A guess would put every third spectrum into another month."""
    first, second = (moment.month, moment.day) if order == MONTH_FIRST else (moment.day, moment.month)
    text = f"{first}{mark}{second:02d}{mark}{moment.year} {moment:%H:%M:%S}"
    alone, alone_notes = read_date(text)
    ambiguous = moment.day <= 12 and moment.day != moment.month
    assert (alone, len(alone_notes)) == ((None, 1) if ambiguous else (moment, 0))
    known, notes = read_date(text, order, "as a test says")
    assert (known, len(notes)) == (moment, int(ambiguous))
    assert order_shown([text.split()[0]]) == (None if moment.day <= 12 else order)


@given(st.one_of(st.text(max_size=60), st.from_regex(r"[0-9 :/.,\-+TZAPM年月日]{0,60}", fullmatch=True)))
def test_any_text_is_a_date_or_a_note(text):
    """A head with anything in that line would end in another error than that of a file."""
    moment, notes = read_date(text)
    assert isinstance(moment, datetime) if not notes else moment is None
