"""Public measurements by name: fetched once from their repository, or taken from the folder that SSLIB_DATA names.

Nothing of them is part of this project: each stays under its own licence, at a pinned commit, with a checked hash.

>>> describe("PEIS_SSB").licence
'BSD-3-Clause'
"""

import difflib
import gzip
import hashlib
import os
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sslib.units import cm

# Notebooks annotate with it a parameter that is a path or the name of a data set; the report runner checks such a
# parameter with `locate` before a kernel starts.
File = str
# The same for a parameter that is a folder or the name of a set, which `locate_series` finds.
Folder = str


@dataclass(frozen=True)
class DataSet:
    """One public file, or a set of them.

    Of a file: its address, SHA-256 [hex] and size [byte], and the path that it has below the folder of SSLIB_DATA
    and in the cache. Of a set: the names of its members. Of a measured pellet: the size that its measurers state.
    """

    name: str
    description: str
    licence: str
    citation: str
    address: str | None = None
    sha256: str | None = None
    size: int | None = None
    path: str | None = None
    members: tuple[str, ...] = ()
    diameter: float | None = None
    """Of the pellet [m]."""
    thickness: float | None = None
    """Of the pellet [m]."""


def names():
    """Names of all public data sets (list of str)."""
    return sorted(_registry())


def generated():
    """Names of the project's own spectra with known truth (list of str)."""
    return sorted(file.stem for file in _generated_spectra().glob("*.csv"))


def generated_records():
    """Names of the project's own series in time with known truth, and of the spectra beside them (list of str)."""
    folder = _generated_records()
    return sorted(file.relative_to(folder).with_suffix("").as_posix() for file in folder.rglob("*.csv"))


def generated_series():
    """Names of the project's own folders of spectra, or of series in time, with known truth (list of str)."""
    return sorted(_generated_folders())


def describe(name):
    """What a public data set is and where it comes from (DataSet).

    Raises
    ------
    ValueError
        If there is none of that name; the message has the nearest ones.
    """
    known = _registry()
    if name not in known:
        raise ValueError(f"there is no data set {name!r}{_nearest(name, known)}")
    return known[name]


def fetch(name):
    """The file of a public data set (Path), downloaded at the first call and kept in the user's cache.

    Where the environment variable SSLIB_DATA names a folder that has the file, it is taken from there, also as
    ``.gz`` (which the readers take as it is). The hash is checked in any case.

    Raises
    ------
    ValueError
        If there is no data set of that name, if the name is that of a set (see `fetch_set`), or if the file is not
        the one that was published.
    OSError
        If it cannot be downloaded.
    """
    entry = describe(name)
    if entry.members:
        raise ValueError(f"{name!r} is a set of files, which fetch_set gives: {', '.join(entry.members)}")
    return _local(entry) or _download(entry)


def fetch_set(name):
    """The files of a set (list of Path) in the order of its members; a single data set is a set of one.

    Errors are those of `fetch`.
    """
    return [fetch(member) for member in describe(name).members or (name,)]


def locate(name_or_path, folder=None):
    """The file that is meant: an existing path, a public data set, or a generated spectrum of this project (Path).

    Parameters
    ----------
    name_or_path : str or path-like
        A path; else one of `names`; else the name of a file in ``data/spectra`` or ``data/series`` without its ending.
    folder : str or path-like, optional
        Where a relative path starts: the current folder if left out.

    Raises
    ------
    FileNotFoundError
        If it is none of them; the message has the nearest known names.
    ValueError, OSError
        As for `fetch`.
    """
    name = os.fspath(name_or_path)
    path = Path(name) if folder is None else Path(folder, name)
    if name and path.exists():
        return path
    if name in _registry():
        return fetch(name)
    if name in generated():
        return _generated_spectra() / f"{name}.csv"
    if name in generated_records():
        return _generated_records() / f"{name}.csv"
    raise FileNotFoundError(
        f"there is no file {name!r} (a relative path starts in {folder or Path.cwd()}) and no data set of that name"
        f"{_nearest(name, [*_registry(), *generated(), *generated_records()], beside=path.parent)}"
    )


def locate_series(name_or_folder, folder=None):
    """The files of a series: those in a folder, a public set, or a generated series of this project (list of Path).

    Parameters
    ----------
    name_or_folder : str or path-like
        A folder; else one of `names`, a set or a single file; else one of `generated_series`.
    folder : str or path-like, optional
        Where a relative path starts: the current folder if left out.

    Returns
    -------
    list of Path
        Of a folder every file directly in it but hidden ones, in the order of their names with numbers counted as
        such; of a set its members in their order.

    Raises
    ------
    ValueError
        If it is a file, or a folder without files.
    FileNotFoundError
        If it is nothing that is known; the message has the nearest known names.
    OSError
        As for `fetch`.
    """
    name = os.fspath(name_or_folder)
    path = Path(name).expanduser() if folder is None else Path(folder, Path(name).expanduser())
    if name and path.is_dir():
        files = [file for file in path.iterdir() if file.is_file() and not file.name.startswith(".")]
        if not files:
            raise ValueError(f"the folder {str(path)!r} holds no files; expected spectra, one or more in a file")
        return sorted(files, key=_natural)
    if name and path.exists():
        raise ValueError(f"{name!r} is a file; expected a folder, or the name of a set of spectra")
    if name in _registry():
        return fetch_set(name)
    if name in generated_series():
        return sorted(_generated_folders()[name].glob("*.csv"), key=_natural)
    raise FileNotFoundError(
        f"there is no folder {name!r} (a relative path starts in {folder or Path.cwd()}) and no series of that name"
        f"{_nearest(name, [*(key for key, entry in _registry().items() if entry.members), *generated_series()])}"
    )


def _natural(path):
    """For an order in which cell_9 comes before cell_10."""
    return [int(part) if part.isdecimal() else part.casefold() for part in re.split(r"(\d+)", path.name)]


def _generated_spectra():
    return Path(__file__).parents[1] / "data" / "spectra"


def _generated_records():
    return Path(__file__).parents[1] / "data" / "series"


def _generated_folders():
    """Folders of generated files by their names (dict of str to Path)."""
    return {
        file.parent.name: file.parent
        for top in (_generated_spectra(), _generated_records())
        for file in top.glob("*/*.csv")
    }


def _nearest(name, known, beside=None):
    """Words for the nearest of the known names; files in the folder of a path that is wrong come first."""
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
    if beside is not None and beside.is_dir():
        files = [file.name for file in beside.iterdir() if file.is_file()]
        close = difflib.get_close_matches(Path(name).name, files, n=2, cutoff=0.6)
        near = [*(str(Path(name).parent / file) for file in close), *near][:3]
    return f"; the nearest names are {', '.join(near)}" if near else "; `sslib list` shows them"


def _local(entry):
    """The file in the folder of SSLIB_DATA, None where there is none."""
    folder = os.environ.get("SSLIB_DATA")
    if not folder:
        return None
    for file in (Path(folder, entry.path), Path(folder, entry.path + ".gz")):
        if not file.is_file():
            continue
        try:
            content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        except (OSError, EOFError, zlib.error) as error:
            raise ValueError(f"{file} (from SSLIB_DATA) cannot be read: {error}") from None
        found = hashlib.sha256(content).hexdigest()
        if found != entry.sha256:
            raise ValueError(
                f"{file} (from SSLIB_DATA) has the SHA-256 {found}; the published {entry.name} has {entry.sha256}"
            )
        return file
    return None


def _download(entry):
    import pooch

    folder, file = entry.path.split("/")
    try:
        kept = pooch.retrieve(entry.address, f"sha256:{entry.sha256}", file, pooch.os_cache("sslib") / folder)
    except OSError as error:
        raise OSError(
            f"{entry.name} cannot be downloaded from {entry.address} ({error}); without a network, let SSLIB_DATA "
            f"name a folder that holds {entry.path}"
        ) from None
    return Path(kept)


def _registry():
    """All data sets by name (dict of str to DataSet)."""
    files = {
        name: DataSet(
            name,
            description,
            source.licence,
            source.citation,
            f"https://raw.githubusercontent.com/{source.repository}/{source.commit}/{path}",
            sha256,
            size,
            f"{source.folder}/{file}",
            **_SIZES.get(name, {}),
        )
        for source, path, file, name, size, sha256, description in _FILES
    }
    sets = {
        name: DataSet(name, description, source.licence, source.citation, members=members, **_SIZES.get(name, {}))
        for source, name, description, members in _SETS
    }
    return files | sets


class _Source(NamedTuple):
    """A repository at one commit, and the folder that holds its files in the cache and below SSLIB_DATA."""

    folder: str
    repository: str
    commit: str
    licence: str
    citation: str


_HYBRID_DRT = _Source(
    "lpscl_cells",
    "jdhuang-csm/hybrid-drt",
    "af9e401cf783a5841d2db4e8d0085dbee938f74d",
    "BSD-3-Clause",
    "J. D. Huang, hybrid-drt, https://github.com/jdhuang-csm/hybrid-drt",
)
_EISFIT = _Source(
    "pellet_temperature_series",
    "Sheyigold/EISFitpython",
    "b3f12f1273e6cc30636f14d04005469a54edef87",
    "MIT",
    "S. C. Adediwura, N. Mathew, J. Schmedt auf der Günne, J. Mater. Chem. A 12 (2024) 15847, doi 10.1039/d3ta06237f",
)
_IMPEDANCE_PY = _Source(
    "instrument_formats",
    "ECSHackWeek/impedance.py",
    "0b302ca9eabf403bd1a1a2b2578fe2cb7f00ec2f",
    "MIT",
    "M. D. Murbach et al., J. Open Source Softw. 5 (2020) 2349, doi 10.21105/joss.02349",
)
_OBELIX = _Source(
    "conductivities",
    "NRC-Mila/OBELiX",
    "4eaac889809dd489e3bae468c45d5c0e02b9147a",
    "CC-BY-4.0",
    "F. Therrien et al., arXiv:2502.14234 (2025)",
)

# Source, path in the repository, file here, name, size [byte], SHA-256, description.
_FILES = (
    (
        _HYBRID_DRT,
        "tutorials/data/PEIS_SSB.mpr",
        "PEIS_SSB.mpr",
        "PEIS_SSB",
        22512,
        "56a6a694f49b82f10db06d016eefbdb3f224708a19eb808a0c48161d0105813d",
        "NCM-LPSCl composite, LPSCl separator, In-Li, 25 °C, 50 MPa, near 0 % charge, 7 MHz to 10 mHz",
    ),
    (
        _HYBRID_DRT,
        "webinar/data/SSB/Sample1_PEIS_EndOfDischarge.mpr",
        "Sample1_PEIS_EndOfDischarge.mpr",
        "Sample1_PEIS_EndOfDischarge",
        22296,
        "195117b9e956fcdeaefefdcad89e439caac5144cb8af603155fd7ea48485f283",
        "such a cell at the end of discharge, 7 MHz to 20 mHz",
    ),
    (
        _HYBRID_DRT,
        "webinar/data/SSB/Sample2_PEIS_AtRest.csv",
        "Sample2_PEIS_AtRest.csv",
        "Sample2_PEIS_AtRest",
        66539,
        "a94ceef5fa5e0e2d97e5f92533d18ac0c803c5553eedcf4ddb63275339c4ad38",
        "such a cell at rest: ten repeats of one spectrum, in polar form",
    ),
    (
        _HYBRID_DRT,
        "webinar/data/LPSCl/PEIS_LPSCl_IonBlocking_-25C.mpr",
        "PEIS_LPSCl_IonBlocking_-25C.mpr",
        "PEIS_LPSCl_IonBlocking_-25C",
        21792,
        "2328f09ca840ae8b9754b3e0d6fb6ffd00b0acc9f1deea84c071299ec9d32e22",
        "Li6PS5Cl pellet between steel, -25 °C, 50 MPa, 7 MHz to 0.1 Hz",
    ),
    (
        _HYBRID_DRT,
        "tutorials/data/PEIS_LPSCl_IonBlocking_-25C.txt",
        "PEIS_LPSCl_IonBlocking_-25C.txt",
        "PEIS_LPSCl_IonBlocking_-25C.txt",
        14701,
        "1b3025dca5e3a25bb84d16f1b7751746c7f90374399171cbe060370c609646a8",
        "the same spectrum as text from EC-Lab",
    ),
    (
        _HYBRID_DRT,
        "tutorials/data/PEIS_LPSCl_IonBlocking_-25C_RelaxIS.txt",
        "PEIS_LPSCl_IonBlocking_-25C_RelaxIS.txt",
        "PEIS_LPSCl_IonBlocking_-25C_RelaxIS",
        7167,
        "a25787fb0dc793382b82d7c5448eed596407fe06dc5bce619830df0d1c1252e4",
        "the same spectrum as text from RelaxIS",
    ),
    (
        _HYBRID_DRT,
        "tutorials/data/CP_SSB.txt",
        "CP_SSB.txt",
        "CP_SSB",
        2530801,
        "a19ac4575c073ede8ab43bc5ade13f2980c0acaac15061ef0126d3b50e4b2c66",
        "potential of such a cell over current pulses of 0.1, 1 and 10 s (no spectrum)",
    ),
    (
        _EISFIT,
        "EIS_Data/Example-3-4/s04147-140deg.txt",
        "s04147-140deg.txt",
        "s04147-140deg",
        1737,
        "511030c1afd0b7b1c238ce86ebd07a5f4f0f70b3936ec427aa27c193db2fc3b2",
        "ion-conducting ceramic pellet, 0.8 cm wide and 0.21 cm thick, at 140 °C",
    ),
    (
        _EISFIT,
        "EIS_Data/Example-3-4/s04147-150deg.txt",
        "s04147-150deg.txt",
        "s04147-150deg",
        1736,
        "89c86bad0f490ac35d84c23ef11ea854caa38cd5cbaddaf69cabc1edbd26792e",
        "ion-conducting ceramic pellet, 0.8 cm wide and 0.21 cm thick, at 150 °C",
    ),
    (
        _EISFIT,
        "EIS_Data/Example-3-4/s04147-160deg.txt",
        "s04147-160deg.txt",
        "s04147-160deg",
        1736,
        "8044906887ead130db5a8bd3b21355b2afa02363762fb3f0f6f7571552f9a254",
        "ion-conducting ceramic pellet, 0.8 cm wide and 0.21 cm thick, at 160 °C",
    ),
    (
        _EISFIT,
        "EIS_Data/Example-3-4/s04147-170deg.txt",
        "s04147-170deg.txt",
        "s04147-170deg",
        1697,
        "3c01ba4933efffd01e565f3879b63a000948b06167b55f5079f96dcd80a848ff",
        "ion-conducting ceramic pellet, 0.8 cm wide and 0.21 cm thick, at 170 °C",
    ),
    (
        _EISFIT,
        "EIS_Data/Example-3-4/s04147-180deg.txt",
        "s04147-180deg.txt",
        "s04147-180deg",
        1697,
        "3851847168a382977ef393c1196b2fed74e8ed1b11d61129b0b287d1c6861365",
        "ion-conducting ceramic pellet, 0.8 cm wide and 0.21 cm thick, at 180 °C",
    ),
    (
        _EISFIT,
        "EIS_Data/Example-3-4/s04147-190deg.txt",
        "s04147-190deg.txt",
        "s04147-190deg",
        1697,
        "d4c9a15335d86e4b8aa2de8d8bdc69d1471429772f4c20ce7e750e9d550c53a4",
        "ion-conducting ceramic pellet, 0.8 cm wide and 0.21 cm thick, at 190 °C",
    ),
    (
        _EISFIT,
        "EIS_Data/Example-3-4/s04147-200deg.txt",
        "s04147-200deg.txt",
        "s04147-200deg",
        1658,
        "dd92635041cebe0aeaa1eb89dcc2ab7b8c1eae771d892f5599e55bf77e8c2cd3",
        "ion-conducting ceramic pellet, 0.8 cm wide and 0.21 cm thick, at 200 °C",
    ),
    (
        _EISFIT,
        "Example_scripts/Example3/Arrhenius_Analysis_Report.txt",
        "published_arrhenius_report.txt",
        "published_arrhenius_report",
        3334,
        "6acbe643cfe14c3360cfd8be82b55dda5cdd489036503bf915c85c1c3eecc8e0",
        "what its measurers found in the series s04147 (no spectrum)",
    ),
    (
        _EISFIT,
        "EIS_Data/Example-2/Example2b.txt",
        "lagp_novocontrol.txt",
        "lagp_novocontrol",
        1966,
        "6d25f3a8896655d0507cd42e04939ab88bb2a9aa0ebcfabfaccc8e336030e871",
        "LAGP pellet, Novocontrol text, 1 MHz to 1 Hz",
    ),
    (
        _IMPEDANCE_PY,
        "data/exampleDataAutolab.txt",
        "exampleDataAutolab.txt",
        "exampleDataAutolab",
        2545,
        "0d40dacf05575001a93f4db6f3b302cdef8114b0e73248e5af5152638703ed9e",
        "a spectrum as Autolab writes it",
    ),
    (
        _IMPEDANCE_PY,
        "data/exampleDataBioLogic.mpt",
        "exampleDataBioLogic.mpt",
        "exampleDataBioLogic",
        14142,
        "cfe550c6693ca5cf6472c5622b2ef200b8f7109ffa84606d018c47a88d227151",
        "a spectrum as Bio-Logic writes it in text",
    ),
    (
        _IMPEDANCE_PY,
        "data/exampleDataGamry.DTA",
        "exampleDataGamry.DTA",
        "exampleDataGamry",
        36889,
        "037350b3237bbe241000ec382cc8ce86b36c95722bf5cec13968726a44ca0e97",
        "a spectrum as Gamry writes it",
    ),
    (
        _IMPEDANCE_PY,
        "data/exampleDataGamryABORT.DTA",
        "exampleDataGamryABORT.DTA",
        "exampleDataGamryABORT",
        19126,
        "8c267dd1c0a31fa772b4314616f8e2d37c045345cc3ab8688f7d60470b7cba6c",
        "a spectrum as Gamry writes it when the run is aborted",
    ),
    (
        _IMPEDANCE_PY,
        "data/exampleDataVersaStudio.par",
        "exampleDataVersaStudio.par",
        "exampleDataVersaStudio",
        19465,
        "1c509184b387e4a7c2fcbe86edf7f78ffd3ee04b321da64aecf258b2aa0587b6",
        "a spectrum as VersaStudio writes it",
    ),
    (
        _IMPEDANCE_PY,
        "data/exampleDataZPlot.z",
        "exampleDataZPlot.z",
        "exampleDataZPlot",
        5878,
        "8d84dd55a6806b071ae8e8ed10f0ec7da90330b7e4df2759481123c192469cee",
        "a spectrum as ZPlot writes it",
    ),
    (
        _OBELIX,
        "data/downloads/all.csv",
        "obelix.csv",
        "obelix",
        114856,
        "54f6265ef84d16a919d08c6815f14b0fd7465fa00090bee2511c16c042e57f3c",
        "599 measured conductivities of lithium solid electrolytes at room temperature (no spectrum)",
    ),
)

# Source, name, description, members.
_SETS = (
    (
        _HYBRID_DRT,
        "lpscl_cells",
        "spectra of an LPSCl pellet and of cells with an NCM-LPSCl composite",
        (
            "PEIS_LPSCl_IonBlocking_-25C",
            "PEIS_SSB",
            "Sample1_PEIS_EndOfDischarge",
            "Sample2_PEIS_AtRest",
        ),
    ),
    (
        _EISFIT,
        "pellet_temperature_series",
        "spectra of one ceramic pellet at seven temperatures",
        tuple(f"s04147-{temperature_C}deg" for temperature_C in range(140, 201, 10)),
    ),
    (
        _IMPEDANCE_PY,
        "instrument_formats",
        "spectra of unrelated cells, as five makes of instrument write them",
        tuple(name for source, _, _, name, *_ in _FILES if source is _IMPEDANCE_PY),
    ),
)

# Of the pellet s04147, as the series' own documentation states it.
_S04147 = {"diameter": 0.8 * cm, "thickness": 0.21 * cm}
_SIZES = {
    name: _S04147
    for _, set_name, _, members in _SETS
    if set_name == "pellet_temperature_series"
    for name in (set_name, *members)
}
