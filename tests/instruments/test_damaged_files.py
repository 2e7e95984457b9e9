"""A damaged file gives its good part, with a note on the rest, or a SpectrumError: nothing else, and no warning."""

import io
import random
import time

import numpy as np
import pytest

from sslib.instruments import Spectrum, SpectrumError, read_spectra, read_spectrum

HEAD = "freq/Hz,Z'/ohm,Z''/ohm\n"


@pytest.mark.parametrize(
    ("rows", "points", "note"),
    [
        ("100,1,-1\n10,nan,-2\n1,3,-3\n", [100, 1], "left out: line 3, a value is missing or no number"),
        ("100,1,-1\n10,,-2\n1,3,-3\n", [100, 1], "left out: line 3, a value is missing or no number"),
        ("100,1,-1\n10,overload,-2\n1,3,-3\n", [100, 1], "left out: line 3, a value is missing or no number"),
        ("100,1,-1\n10,1e999,-2\n1,3,-3\n", [100, 1], "left out: line 3, a value is missing or no number"),
        ("100,1,-1\n0,2,-2\n-5,3,-3\n", [100], "left out: lines 3-4, the frequency is not positive"),
        ("100,1,-1\n100,2,-2\n1,3,-3\n", [100, 1], "left out: line 3, repeated frequency"),
        ("100,1,-1\n10,0,0\n1,3,-3\n", [100, 1], "left out: line 3, the impedance is zero"),
        ("100,1,-1\n10,2\n1,3,-3\n", [100, 1], "left out: line 3, not as many cells as names"),
        ("100,1,-1\n10,2,-2,9\n1,3,-3\n", [100, 1], "left out: line 3, not as many cells as names"),
        ("100,1,-1\n10,2,-2\nend of sweep\n7,7,7\n", [100, 10], "not read: lines 4-5, text below the table"),
        ("100,1,-1.25\n10,2,-2.25\n1,3,-3", [100, 10], "left out: line 4, the last one, which has no line break"),
    ],
)
def test_what_cannot_be_used_is_left_out_with_its_line_and_reason(write, rows, points, note):
    spectrum = read_spectrum(write(HEAD + rows))
    assert spectrum.frequency.tolist() == points
    assert any(text.startswith(note) for text in spectrum.notes), spectrum.notes


def test_a_point_whose_columns_contradict_each_other_is_left_out(write):
    text = "freq/Hz,Z'/ohm,Z''/ohm,|Z|/ohm,phase/deg\n100,3,-4,5,-53.13\n10,30,-4,5,-53.13\n1,6,-8,10,-53.13\n"
    spectrum = read_spectrum(write(text))
    assert spectrum.frequency.tolist() == [100, 1]
    assert "left out: line 3, |Z| and phase contradict Re Z and Im Z by more than 2 %" in spectrum.notes
    with pytest.raises(SpectrumError, match="contradict Re Z and Im Z at 3 of 3 points"):
        read_spectrum(write(text.replace("Z'/ohm,Z''/ohm", "Z''/ohm,Z'/ohm")))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        (HEAD.encode(), "line 1: names for 3 columns, but no row of 3"),
        (HEAD.encode() + b"0,1,1\nnan,1,1\n", "none of 2 points can be used"),
        (HEAD.encode() + b"2,1,1\n2,1,1\n2,1,1\n", "2 frequencies occur more than once"),
        (b"\x00\x01\x02\x03" * 50, "this is no text"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"\x1f\x8bnot gzip", "cannot be read"),
        (b"\xff\xfe" + b"f\x00r", "does not fit"),
        (b"BIO-LOGIC MODULAR FILE", "galvani cannot read this .mpr file"),
        (b"EC-Lab ASCII FILE\nNb header lines : 40\n\nfreq", "line 4: the file ends here, within a header of 40 lines"),
        (b"time/s,Ewe/V,I/mA\n1,2,3\n2,3,4\n", "no column with a frequency and an impedance; the columns are: time/s"),
        (b"Dear diary,\ntoday nothing.\n", "no table of numbers in 3 lines of text, which begin 'Dear diary,'"),
    ],
)
def test_what_is_no_spectrum_is_an_error_that_says_what_was_found(write, content, message):
    path = write(content)
    with pytest.raises(SpectrumError, match=message) as error:
        read_spectrum(path)
    assert str(error.value).startswith(str(path))


def test_text_that_is_called_mpr_is_read_as_what_it_is(write):
    spectrum = read_spectrum(write(HEAD + "1,2,-3\n", "cell.mpr"))
    assert spectrum.impedance[0] == 2 - 3j
    assert "the file is called .mpr but holds text" in spectrum.notes


def test_without_galvani_a_mpr_names_the_extra_to_install(write, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "galvani.BioLogic", None)
    with pytest.raises(ImportError, match=r"sslib\[mpr\]"):
        read_spectrum(write(b"BIO-LOGIC MODULAR FILE\x1a", "cell.mpr"))


def mutations(content, count, seed):
    """Damaged copies of the bytes: cut, bits flipped, lines lost or doubled, columns swapped, encoding broken."""
    chance = random.Random(seed)
    for number in range(count):
        damaged = bytearray(content)
        lines = content.split(b"\n")
        match number % 8:
            case 0:
                damaged = content[: chance.randrange(len(content))]
            case 1 | 2:
                for _ in range(chance.choice([1, 3, 30])):
                    damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
            case 3:
                del lines[(start := chance.randrange(len(lines))) : start + chance.choice([1, 1, 20])]
                damaged = b"\n".join(lines)
            case 4:
                separator = chance.choice([b"\t", b",", b";"])
                rows = [line.split(separator) for line in lines]
                first, second = chance.randrange(6), chance.randrange(6)
                for row in rows:
                    if max(first, second) < len(row):
                        row[first], row[second] = row[second], row[first]
                damaged = b"\n".join(separator.join(row) for row in rows)
            case 5:
                start = chance.randrange(len(content))
                damaged[start:start] = chance.choice([b"\xff\xfe", b"\x00", b"\xc3", b"\n", b",", b"9" * 400, b"E+999"])
            case 6:
                broken = content.decode("latin-1").encode(chance.choice(["utf-16", "utf-16-le", "utf-8", "utf-32"]))
                damaged = broken[: chance.randrange(1, len(broken))]
            case 7:
                start = chance.randrange(len(content))
                damaged[start : start + chance.randrange(200)] = chance.randbytes(chance.randrange(200))
        yield bytes(damaged)


SAMPLES = [
    "lpscl_cells/PEIS_LPSCl_IonBlocking_-25C.mpr",
    "lpscl_cells/PEIS_LPSCl_IonBlocking_-25C.txt",
    "lpscl_cells/PEIS_LPSCl_IonBlocking_-25C_RelaxIS.txt",
    "lpscl_cells/Sample2_PEIS_AtRest.csv",
    "pellet_temperature_series/s04147-140deg.txt",
    "instrument_formats/exampleDataAutolab.txt",
    "instrument_formats/exampleDataBioLogic.mpt",
    "instrument_formats/exampleDataGamry.DTA",
    "instrument_formats/exampleDataGamryABORT.DTA",
    "instrument_formats/exampleDataVersaStudio.par",
    "instrument_formats/exampleDataZPlot.z",
    "xlsx",
    "npy",
    "npz",
]


def sample(folder, file):
    """Bytes of a measured file, or of one of them saved as a spreadsheet or as arrays."""
    if "/" in file:
        return (folder / file).read_bytes()
    spectrum = read_spectrum(folder / SAMPLES[4])
    rows = np.column_stack([spectrum.frequency, spectrum.impedance.real, spectrum.impedance.imag])
    buffer = io.BytesIO()
    if file == "xlsx":
        book = pytest.importorskip("openpyxl").Workbook()
        book.active.append(["freq/Hz", "Z'/ohm", "Z''/ohm"])
        for row in rows.tolist():
            book.active.append(row)
        book.save(buffer)
    elif file == "npy":
        np.save(buffer, rows)
    else:
        np.savez(buffer, frequency=spectrum.frequency, impedance=spectrum.impedance)
    return buffer.getvalue()


def read_damaged(content, path, count, seed):
    """Errors and spectra of damaged copies; nothing else may come of them, and none may take 100 times as long."""
    path.write_bytes(content)
    start = time.process_time()
    read_spectra(path)
    whole = max(time.process_time() - start, 0.02)
    messages, results, longest = [], [], 0.0
    for damaged in mutations(content, count, seed):
        path.write_bytes(damaged)
        start = time.process_time()
        try:
            results.append(read_spectra(path))
        except SpectrumError as error:
            messages.append(str(error))
        longest = max(longest, time.process_time() - start)
    assert all(message.startswith(str(path)) for message in messages)
    assert all(spectra and all(isinstance(spectrum, Spectrum) for spectrum in spectra) for spectra in results)
    assert longest < 100 * whole
    return messages, results


@pytest.mark.parametrize("file", SAMPLES)
def test_a_damaged_copy_of_a_measured_file_is_a_spectrum_or_a_spectrum_error(measured, tmp_path, file):
    messages, results = read_damaged(sample(measured, file), tmp_path / "damaged.dat", 80, seed=1)
    assert messages
    assert results


@pytest.mark.slow
@pytest.mark.parametrize("file", SAMPLES)
def test_ten_thousand_damaged_copies_are_each_a_spectrum_or_a_spectrum_error(measured, tmp_path, file):
    read_damaged(sample(measured, file), tmp_path / "damaged.dat", 10_000 // len(SAMPLES) + 1, seed=2)


def test_a_file_that_is_cut_anywhere_gives_the_points_before_the_cut_and_no_others(measured, tmp_path):
    """A number cut in two would be a wrong point that no fit could tell from a measured one."""
    file = measured / "pellet_temperature_series" / "s04147-140deg.txt"
    content, whole = file.read_bytes(), read_spectrum(file)
    path = tmp_path / "cut.txt"
    for end in range(90, len(content)):
        path.write_bytes(content[:end])
        try:
            spectrum = read_spectrum(path)
        except SpectrumError:
            continue
        np.testing.assert_array_equal(spectrum.frequency, whole.frequency[: len(spectrum)])
        np.testing.assert_array_equal(spectrum.impedance, whole.impedance[: len(spectrum)])


@pytest.mark.parametrize("file", [file for file in SAMPLES if "." in file and not file.endswith(".mpr")])
def test_no_format_gives_a_point_that_a_cut_has_made(measured, tmp_path, file):
    content = (measured / file).read_bytes()
    path = tmp_path / "cut.txt"
    path.write_bytes(content)
    whole = {point for loop in read_spectra(path) for point in zip(loop.frequency, loop.impedance, strict=True)}
    chance = random.Random(3)
    for end in [chance.randrange(len(content)) for _ in range(120)]:
        path.write_bytes(content[:end])
        try:
            loops = read_spectra(path)
        except SpectrumError:
            continue
        assert {point for loop in loops for point in zip(loop.frequency, loop.impedance, strict=True)} <= whole
