"""Every way in which a text may spell one spectrum."""

import csv
import gzip
import io
import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sslib.instruments import SpectrumError, read_spectra, read_spectrum

FREQUENCY = np.array([1e6, 2.5e4, 1e3, 40.0, 1.0, 0.0123])
IMPEDANCE = np.array([10.5 + 2.25j, 12.125 - 0.75j, 31.5 - 18.25j, 55.0 - 12.0j, 71.75 - 30.5j, 90.0 - 61.5j])

FREQUENCIES = {
    "freq/Hz": 1, "Frequency (Hz)": 1, "Freq. [kHz]": 1e3, "f / MHz": 1e6, "frequency_Hz": 1, "Frequenz in Hz": 1,
    "omega [rad/s]": 1 / (2 * math.pi), "ω / rad s-1": 1 / (2 * math.pi), "Frequency": 1,
}  # fmt: skip
OHMS = {
    "Ohm": 1, "ohms": 1, "Ω": 1, "\u2126": 1, "mΩ": 1e-3, "mohm": 1e-3, "kOhm": 1e3, "k\u2126": 1e3,
    "MΩ": 1e6, "GOhm": 1e9,
}  # fmt: skip
REAL = ["Re(Z)/{}", "Z' [{}]", "Zreal ({})", "Z_real / {}", "Realteil [{}]", "Z′/{}", "Z Real ({})"]
IMAGINARY = ["Im(Z)/{}", "Z'' [{}]", "Zimag ({})", "Z_imag / {}", "Imaginärteil [{}]", "Z″/{}", "Z Imag ({})"]
SIGNS = {"": 1, "-": -1, "- ": -1, "−": -1}
MODULUS = ["|Z|/{}", "|Z| [{}]", "Zmod ({})", "Magnitude / {}", "Betrag [{}]"]
PHASES = {
    "Phase(Z)/deg": 180 / math.pi,
    "theta [°]": 180 / math.pi,
    "Phase (rad)": 1,
    "-Phase / degrees": -180 / math.pi,
}


@st.composite
def dialects(draw):
    """Bytes of a file that holds FREQUENCY and IMPEDANCE."""
    name, unit = draw(st.sampled_from(sorted(FREQUENCIES.items())))
    columns = [(name, FREQUENCY / unit)]
    ohm, factor = draw(st.sampled_from(sorted(OHMS.items())))
    if draw(st.booleans()):
        sign, direction = draw(st.sampled_from(sorted(SIGNS.items())))
        columns += [
            (draw(st.sampled_from(REAL)).format(ohm), IMPEDANCE.real / factor),
            (sign + draw(st.sampled_from(IMAGINARY)).format(ohm), direction * IMPEDANCE.imag / factor),
        ]
    else:
        name, degrees = draw(st.sampled_from(sorted(PHASES.items())))
        columns += [
            (draw(st.sampled_from(MODULUS)).format(ohm), abs(IMPEDANCE) / factor),
            (name, np.angle(IMPEDANCE) * degrees),
        ]
    for extra in draw(st.lists(st.sampled_from(["Ewe/V", "<I>/mA", "Re(Y)/Ohm-1", "T/K"]), max_size=2, unique=True)):
        columns.append((extra, np.linspace(1.5, 2.5, len(FREQUENCY))))
    columns = draw(st.permutations(columns))
    rows = draw(st.permutations(range(len(FREQUENCY))))

    comma = draw(st.booleans())
    separators = ["\t", ";", "    "] + ([] if comma else [",", ", "])
    separator = draw(st.sampled_from(separators))
    number = draw(st.sampled_from(["{!r}", "{:.16E}", "{:+.17g}"]))
    write = (lambda value: number.format(value).replace(".", ",")) if comma else number.format
    lines = draw(st.sampled_from([[], ["Sample 7", ""], ["# made = by hand", "# area_cm2 = 0.5"]]))
    spaced = separator == "    "
    header = "" if spaced else draw(st.sampled_from(["", "# ", "%"]))
    quote = '"' if not spaced and not header and draw(st.booleans()) else ""
    end = separator if not spaced and draw(st.booleans()) else ""
    table = [[name for name, _ in columns]]
    below = [parts_of_name(name) for name in table[0]]
    if not spaced and all(below) and draw(st.booleans()):
        table = [list(part) for part in zip(*below, strict=True)]
    table += [[write(float(values[row])) for _, values in columns] for row in rows]
    body = [separator.join(f"{quote}{cell}{quote}" for cell in cells) + end for cells in table]
    body[0] = header + body[0]
    between = draw(st.sampled_from([[], [""]]))
    text = draw(st.sampled_from(["\n", "\r\n", "\r"])).join([*lines, body[0], *between, *body[1:], ""])
    encodings = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"]
    encoding = draw(st.sampled_from(encodings))
    try:
        content = text.encode(encoding)
    except UnicodeEncodeError:
        content = text.encode("utf-8")
    return gzip.compress(content) if draw(st.booleans()) else content


def parts_of_name(name):
    """Name and unit of a column as two cells, one below the other; None if no unit stands in brackets or behind /."""
    parts = re.fullmatch(r"(?P<name>.+?)\s*(?:\[(?P<a>[^\]]+)\]|\((?P<b>[^()]+)\)|/\s*(?P<c>.+))", name)
    return parts and (parts["name"], parts["a"] or parts["b"] or parts["c"])


@settings(max_examples=400, deadline=None)
@given(dialects())
def test_one_spectrum_reads_back_as_the_same_numbers_from_every_dialect(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "dialect.txt"
    path.write_bytes(content)
    (spectrum,) = read_spectra(path)
    np.testing.assert_allclose(spectrum.frequency, FREQUENCY, rtol=1e-12)
    np.testing.assert_allclose(spectrum.impedance, IMPEDANCE, rtol=1e-12)


GENERATED = """\
# Composite cathode, ion-electron terminals; generated
# model = separator + two rails
# terminals = ion-electron
# area_cm2 = 0.785
# thickness_um = 80
# temperature_C = 25
# truth R_sep = 28 ohm
# truth alpha_dl = 0.9 1
frequency [Hz],Re Z [ohm],Im Z [ohm]
100000,28.5,-1.5
1,88.25,-31
"""


def test_our_own_spectra_bring_area_temperature_and_truth(write):
    path = write(GENERATED, "cathode.csv")
    spectrum = read_spectrum(path)
    assert spectrum.area == pytest.approx(0.785e-4, rel=1e-12)
    assert spectrum.temperature == 298.15
    assert spectrum.truth == {"R_sep": 28.0, "alpha_dl": 0.9}
    assert spectrum.header["title"] == "Composite cathode, ion-electron terminals; generated"
    assert spectrum.header["thickness_um"] == "80"
    assert spectrum.impedance.tolist() == [28.5 - 1.5j, 88.25 - 31j]
    assert (spectrum.source, spectrum.notes) == (str(path), ())


@pytest.mark.parametrize(
    ("line", "area"),
    [
        ("Area [mm2] : 50", 50e-6),
        ("electrode area = 2 cm²", 2e-4),
        ("surface_area_m2 = 0.1", 0.1),
        ("Spacer area [cm2] : 3", None),
        ("area = 3", None),
        ("area_cm2 = 0", None),
        ("area_cm2 = 1e999", None),
        ("area_cm2 = 0.001", 1e-7),
    ],
)
def test_an_area_counts_only_with_its_unit_and_under_its_name(write, line, area):
    spectrum = read_spectrum(write(f"{line}\nfreq/Hz;Z'/Ohm;Z''/Ohm\n10;1;-1\n1;2;-2\n"))
    assert spectrum.area == (None if area is None else pytest.approx(area))
    assert (area is None and "Spacer" not in line) == any("not taken" in note for note in spectrum.notes)


def test_a_missing_unit_is_taken_as_si_and_noted(write):
    spectrum = read_spectrum(write("Frequency\t Zre\t Zimg\n0.1\t 423929.46\t -49014.063\n"))
    assert spectrum.impedance[0] == 423929.46 - 49014.063j
    assert [note for note in spectrum.notes if "assumed" in note] == [
        "no unit is stated for 'Frequency': Hz assumed",
        "no unit is stated for 'Zre': ohm assumed",
        "no unit is stated for 'Zimg': ohm assumed",
    ]


def test_a_row_of_units_below_the_names_counts(write):
    spectrum = read_spectrum(write("freq,Zreal,Zimag\nkHz,mohm,mohm\n1,500,-250\n"))
    assert (spectrum.frequency[0], spectrum.impedance[0]) == (1000, 0.5 - 0.25j)
    assert spectrum.notes == ()


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("freq/Hz,Z'/ohm cm2,Z''/ohm cm2", "the unit 'ohm cm2' of .* is not understood"),
        ("freq/mhz,Z'/ohm,Z''/ohm", "the unit 'mhz' of"),
        ("freq/Hz,Z'/MOHM,Z''/MOHM", "with m for milli and M for mega"),
        ("freq/Hz,|Z|/ohm,phase", "could be radians or degrees"),
        ("freq/Hz,Z'/ohm,Ewe/V", "no column with the imaginary part"),
        ("time/s,Z'/ohm,Z''/ohm", "no column with a frequency"),
        ("log(f),Z'/ohm,Z''/ohm", "no column with a frequency"),
        ("freq/Hz,Z'/ohm,Z''/ohm,Re(Z)/ohm", "the real part could be each of"),
    ],
)
def test_a_header_that_could_mean_two_things_is_refused(write, head, message):
    row = ",".join(["1.5", "2.5", "-0.5", "2.5"][: head.count(",") + 1])
    with pytest.raises(SpectrumError, match=message):
        read_spectrum(write(f"{head}\n{row}\n{row.replace('1.5', '0.5', 1)}\n"))


def test_degrees_are_recognised_without_a_unit_only_where_radians_are_impossible(write):
    spectrum = read_spectrum(write("freq/Hz,|Z|/ohm,phase\n10,2,-60\n"))
    assert spectrum.impedance[0] == pytest.approx(1 - 1.7320508j)
    assert any("degrees assumed" in note for note in spectrum.notes)


def test_numbers_without_names_are_read_only_as_the_caller_says(write):
    path = write("1000 10 5\n100 20 6\n")
    with pytest.raises(SpectrumError, match=r"line 1: 3 columns of numbers without names.*columns=\"frequency"):
        read_spectrum(path)
    spectrum = read_spectrum(path, columns=("frequency [kHz]", "real [ohm]", "-imaginary [ohm]"))
    assert spectrum.frequency.tolist() == [1e6, 1e5]
    assert spectrum.impedance.tolist() == [10 - 5j, 20 - 6j]
    assert len(read_spectrum(path, columns=("frequency", "real", "imaginary")).notes) == 4
    with pytest.raises(SpectrumError, match="no column with a frequency"):
        read_spectrum(path, columns=("x", "real", "imaginary"))
    with pytest.raises(SpectrumError, match="no row of 4 numbers"):
        read_spectrum(path, columns=("f", "real", "imaginary", "I"))


def test_a_wrong_sign_is_suspected_and_can_be_stated(write):
    path = write("freq/Hz,Z'/ohm,Z''/ohm\n10,1,5\n1,2,6\n")
    assert any("imaginary_sign=-1" in note for note in read_spectrum(path).notes)
    assert read_spectrum(path, imaginary_sign=-1).impedance.tolist() == [1 - 5j, 2 - 6j]
    named = read_spectrum(path, columns="frequency/Hz, Re(Z)/ohm, -Im(Z)/ohm")
    assert named.impedance.tolist() == [1 - 5j, 2 - 6j]
    minus = write("freq/Hz,Z'/ohm,-Z''/ohm\n10,1,5\n1,2,6\n", "minus.txt")
    assert read_spectrum(minus, imaginary_sign=1).impedance.tolist() == [1 + 5j, 2 + 6j]
    with pytest.raises(ValueError, match="must be 1"):
        read_spectrum(path, imaginary_sign=2)


def test_a_comma_that_could_part_thousands_is_refused(write):
    with pytest.raises(SpectrumError, match=r"line 2: the comma in '10,000'"):
        read_spectrum(write("freq/Hz;Z'/ohm;Z''/ohm\n10,000;1;-1\n1,000;2;-2\n"))
    with pytest.raises(SpectrumError, match=r"line 3: the comma in '1,500'"):
        read_spectrum(write("freq/Hz;Z'/ohm;Z''/ohm\n999.5;1;-1\n1,500;2;-2\n"))
    assert read_spectrum(write("freq/Hz;Z'/ohm;Z''/ohm\n0,125;1;-1\n")).frequency[0] == 0.125


def test_quoted_cells_may_hold_the_separator(write):
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows([["freq/Hz", "Z'/ohm", "Z''/ohm"], ["1,5", "2,25", "-0,5"]])
    assert read_spectrum(write(buffer.getvalue())).impedance[0] == 2.25 - 0.5j


def sweep(*values):
    return "freq/Hz,Z'/ohm,Z''/ohm\n" + "".join(f"{value},{10 + 1 / value},-1\n" for value in values)


def test_loops_part_where_the_frequency_goes_back_to_its_start(write):
    values = [1000.0, 300.0, 100.0, 30.0, 10.0, 3.0, 1.0]
    down = read_spectra(write(sweep(*values, *values, *values[:4])))
    assert [len(loop) for loop in down] == [7, 7, 4]
    up = read_spectra(write(sweep(*values[::-1], *values[::-1])))
    assert [len(loop) for loop in up] == [7, 7]


def test_a_loop_without_a_good_point_and_a_missing_time_are_noted(write):
    text = "freq/Hz,Z'/ohm,Z''/ohm,time/s,cycle number\n10,1,-1,0,1\n1,2,-2,,1\n0,0,0,2,2\n0,0,0,3,2\n10,3,-3,4,3\n"
    loops = read_spectra(write(text))
    assert [len(loop) for loop in loops] == [2, 1]
    assert all("left out: lines 4-5, loops without a point that can be used" in loop.notes for loop in loops)
    assert "no times are taken: some are missing" in loops[0].notes
    assert loops[0].time is None
    assert loops[1].time.tolist() == [4.0]


def test_repeated_names_begin_another_loop(write):
    text = sweep(100.0, 10.0, 1.0)
    loops = read_spectra(write(text + "\n" + text.replace("10.01", "20.5")))
    assert [loop.impedance[0].real for loop in loops] == [10.01, 20.5]
