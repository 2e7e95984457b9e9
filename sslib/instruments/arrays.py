"""NumPy's .npy and .npz with a stated layout."""

import io
import warnings
import zipfile

import numpy as np

from sslib.instruments.spectrum import SpectrumError
from sslib.instruments.table import Table

NPY_START = b"\x93NUMPY"

_LARGEST = 100_000_000
_NAMES = ("frequency [Hz]", "real [ohm]", "imaginary [ohm]")
_LAYOUT = (
    "expected a .npy with a row per point: three real columns, frequency [Hz], Re Z and Im Z [ohm], or two complex "
    "ones, frequency and Z; or a .npz with arrays named frequency [Hz] and impedance [ohm, complex]"
)


def is_npz(data):
    """Whether these bytes are a zip archive of nothing but arrays."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    # A damaged archive can end in almost any exception of its parts.
    except Exception:
        return False
    return bool(names) and all(name.endswith(".npy") for name in names)


def read_arrays(source, data):
    """The tables of a .npy or .npz file. Im Z is negative for a capacitor: a column with -Im Z is not recognised.

    =====  =====================================================================================================
    .npy   real, shape (n, 3): frequency [Hz], Re Z [ohm], Im Z [ohm]
    .npy   complex, shape (n, 2): frequency [Hz], Z [ohm]
    .npz   ``frequency`` [Hz], real, shape (n,); ``impedance`` [ohm], complex, shape (n,), or (k, n) for k spectra;
           ``time`` [s], real, shape (n,), may be there; other names are not read, and the notes say so
    =====  =====================================================================================================

    Pickled objects are never loaded.

    Parameters
    ----------
    source : str
        Path, for messages.
    data : bytes
        The whole file.

    Raises
    ------
    SpectrumError
        If NumPy cannot read the file, or its arrays have another layout.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            arrays = _load(data)
    # A damaged header is parsed as Python and can end in almost any exception, a huge shape in a MemoryError.
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise SpectrumError(
            f"{source}: NumPy cannot read these arrays ({type(error).__name__}: {reason}); {_LAYOUT}"
        ) from error
    # A long double can be larger than any float; what comes of it is not finite and left out as in any table.
    with np.errstate(over="ignore", invalid="ignore"):
        return [_points(source, arrays)] if isinstance(arrays, np.ndarray) else _named(source, arrays)


def _load(data):
    if not data.startswith(NPY_START):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > _LARGEST:
            raise ValueError(f"{size / 1e6:.0f} MB when unpacked, far more than a spectrum")
    loaded = np.load(io.BytesIO(data), allow_pickle=False)
    return loaded if isinstance(loaded, np.ndarray) else {name: loaded[name] for name in loaded.files}


def _points(source, array):
    if array.ndim == 2 and array.shape[1] == 3 and array.dtype.kind in "fiu":
        return Table(source, _NAMES, array.astype(float))
    if array.ndim == 2 and array.shape[1] == 2 and array.dtype.kind == "c":
        frequency = np.where(array[:, 0].imag == 0, array[:, 0].real, np.nan)
        return Table(source, _NAMES, np.column_stack([frequency, array[:, 1].real, array[:, 1].imag]).astype(float))
    raise SpectrumError(f"{source}: an array of {array.dtype} with shape {array.shape}; {_LAYOUT}")


def _named(source, arrays):
    shapes = ", ".join(f"{name} ({array.dtype}, shape {array.shape})" for name, array in arrays.items())
    frequency, impedance, time = (arrays.get(name) for name in ("frequency", "impedance", "time"))
    if (
        frequency is None
        or impedance is None
        or frequency.ndim != 1
        or frequency.dtype.kind not in "fiu"
        or impedance.dtype.kind != "c"
        or impedance.ndim not in (1, 2)
        or impedance.shape[-1] != len(frequency)
    ):
        raise SpectrumError(f"{source}: arrays {shapes or 'none'}; {_LAYOUT}")
    others = sorted(set(arrays) - {"frequency", "impedance", "time"})
    notes = [f"not read: array{'s' * (len(others) > 1)} {', '.join(others)}"] if others else []
    names, columns = _NAMES, []
    if time is not None and time.shape == frequency.shape and time.dtype.kind in "fiu":
        names, columns = (*_NAMES, "time [s]"), [time]
    elif time is not None:
        notes.append(f"no times are taken: shape {time.shape} of {time.dtype}")
    return [
        Table(
            source,
            names,
            np.column_stack([frequency, loop.real, loop.imag, *columns]).astype(float),
            notes=tuple(notes),
        )
        for loop in np.atleast_2d(impedance)
    ]
