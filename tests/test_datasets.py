"""Public data by name: from the folder that SSLIB_DATA names, or from its address, and never the wrong bytes."""

import gzip
import hashlib
import re
from pathlib import Path

import pooch
import pytest

from sslib import datasets


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A folder in place of SSLIB_DATA, and a registered file of it whose content is ours."""
    content = b"freq/Hz,Z'/ohm,Z''/ohm\n1,2,-3\n"
    source = datasets._HYBRID_DRT
    entry = (source, "x/a.csv", "a.csv", "a", len(content), hashlib.sha256(content).hexdigest(), "a test")
    monkeypatch.setattr(datasets, "_FILES", (entry,))
    monkeypatch.setenv("SSLIB_DATA", str(tmp_path))
    folder = tmp_path / source.folder
    folder.mkdir()
    return folder / "a.csv", content


@pytest.mark.parametrize("name", datasets.names())
def test_each_data_set_says_where_it_is_from_and_under_which_licence(name):
    entry = datasets.describe(name)
    assert entry.name == name
    assert entry.description
    assert entry.licence in ("BSD-3-Clause", "MIT", "CC-BY-4.0")
    assert entry.citation
    if entry.members:
        assert set(entry.members) <= set(datasets.names())
    else:
        assert re.fullmatch(r"https://raw\.githubusercontent\.com/[\w.-]+/[\w.-]+/[0-9a-f]{40}/.+", entry.address)
        assert re.fullmatch("[0-9a-f]{64}", entry.sha256)


@pytest.mark.parametrize("name", datasets.names())
def test_the_files_of_the_folder_are_the_published_ones(measured, name):
    """The hash and the size are checked in fetch; a registry that differs from the folder fails here."""
    for member, path in zip(datasets.describe(name).members or (name,), datasets.fetch_set(name), strict=True):
        assert path.is_relative_to(measured)
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
        assert len(content) == datasets.describe(member).size


def test_every_measured_file_of_the_folder_has_a_name(measured):
    """A file without a name could only be reached by its path."""
    known = {datasets.describe(name).path for name in datasets.names()}
    files = {f"{file.parent.name}/{file.name.removesuffix('.gz')}" for file in measured.glob("*/*")}
    assert {file for file in files - known if not file.endswith(("/LICENSE", "/sample_info.txt"))} == set()


def test_a_file_with_another_content_is_refused(small):
    path, content = small
    path.write_bytes(content + b"!")
    with pytest.raises(ValueError, match=r"a\.csv \(from SSLIB_DATA\) has the SHA-256"):
        datasets.fetch("a")


def test_a_compressed_file_is_taken_for_what_it_holds(small):
    path, content = small
    compressed = path.with_name("a.csv.gz")
    compressed.write_bytes(gzip.compress(content))
    assert datasets.fetch("a") == compressed
    compressed.write_bytes(b"\x1f\x8bdamaged")
    with pytest.raises(ValueError, match="cannot be read"):
        datasets.fetch("a")


def test_a_file_that_the_folder_lacks_comes_from_its_address_with_its_hash(small, monkeypatch, tmp_path):
    asked = {}

    def retrieve(url, known_hash, fname, path):
        asked.update(url=url, known_hash=known_hash)
        return str(Path(path, fname))

    monkeypatch.setattr(pooch, "retrieve", retrieve)
    monkeypatch.setattr(pooch, "os_cache", lambda project: tmp_path / project)
    assert datasets.fetch("a") == tmp_path / "sslib" / "lpscl_cells" / "a.csv"
    assert asked["url"].endswith("/af9e401cf783a5841d2db4e8d0085dbee938f74d/x/a.csv")
    assert asked["known_hash"] == "sha256:" + hashlib.sha256(small[1]).hexdigest()


def test_without_a_network_the_error_names_the_other_way(small, monkeypatch):
    def retrieve(*args):
        raise ConnectionError("no route")

    monkeypatch.setattr(pooch, "retrieve", retrieve)
    with pytest.raises(OSError, match=r"without a network, let SSLIB_DATA name a folder that holds lpscl_cells/a\.csv"):
        datasets.fetch("a")


def test_a_set_is_not_taken_for_a_file():
    with pytest.raises(ValueError, match="is a set of files, which fetch_set gives: s04147-140deg"):
        datasets.fetch("pellet_temperature_series")


def test_locate_takes_a_path_first_then_a_public_name_then_a_generated_spectrum(small, monkeypatch, tmp_path):
    path, content = small
    path.write_bytes(content)
    generated = tmp_path / "generated"
    generated.mkdir()
    (generated / "cathode_ion_electron.csv").write_bytes(content)
    monkeypatch.setattr(datasets, "_generated_spectra", lambda: generated)
    assert datasets.locate(str(path)) == path
    assert datasets.locate("a") == path
    assert datasets.locate("cathode_ion_electron") == generated / "cathode_ion_electron.csv"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").write_bytes(content)
    assert datasets.locate("a") == Path("a")


@pytest.mark.parametrize("name", ["PEIS_SBB", "lpscl_cells/PEIS_SSB.mpr", ""])
def test_an_unknown_name_gets_the_nearest_ones_and_where_a_path_starts(name):
    with pytest.raises(FileNotFoundError, match=r"a relative path starts in .*(PEIS_SSB|`sslib list` shows them)"):
        datasets.locate(name)
    with pytest.raises(ValueError, match="there is no data set"):
        datasets.describe(name)


def test_a_slip_in_a_path_gets_the_files_that_lie_there(tmp_path):
    """A user who types gitt.cvs means the file beside, not a public data set with a like name."""
    (tmp_path / "gitt.csv").write_text("")
    with pytest.raises(FileNotFoundError, match=r"nearest names are \S*gitt\.csv"):
        datasets.locate(str(tmp_path / "gitt.cvs"))


def test_generated_series_in_time_are_found_by_name_from_anywhere(tmp_path, monkeypatch):
    """A notebook that is copied to a user's folder must find its example there, too."""
    monkeypatch.chdir(tmp_path)
    assert "gitt_film" in datasets.generated_records()
    for name in datasets.generated_records():
        assert datasets.locate(name).name == f"{name.split('/')[-1]}.csv"
    assert [path.name for path in datasets.locate_series("measure_conduction_cells")][:1] == ["electrons_60um.csv"]
