"""The folder of the reports: runs are made aside and moved into place whole.

Under ``OUT/.running`` each call of the runner has a folder of its own, held by a lock as long as the call lives. A run
is finished in there, written through to the disk and renamed into ``OUT/NOTEBOOK/RUN``; the run that stood there is
renamed away first, and back if nothing took its place. So power may go at any moment: the next call finds the folders
whose lock nobody holds, puts back what was taken away, and deletes the rest.
"""

import os
import secrets
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def workshop(out):
    """A folder in which to make runs for the reports folder `out`; it is gone when the block ends."""
    running = out / ".running"
    running.mkdir(parents=True, exist_ok=True)
    for left in [path for path in running.iterdir() if path.is_dir()]:
        with _lock(left.with_suffix(".lock")) as held:
            if held:
                _clear(out, left)
    folder = running / secrets.token_hex(6)
    # The lock comes first: a folder without one belongs to a dead call.
    with _lock(folder.with_suffix(".lock")):
        folder.mkdir()
        try:
            yield folder
        finally:
            _clear(out, folder)


def publish(made, place, workshop_folder):
    """Move a finished run from the workshop into its place; the run that stood there goes.

    Parameters
    ----------
    made : pathlib.Path
        The finished run's folder, within `workshop_folder`.
    place : pathlib.Path
        ``OUT/NOTEBOOK/RUN``.
    workshop_folder : pathlib.Path
        What `workshop` gave.
    """
    for path in [*made.rglob("*"), made]:
        _write_through(path)
    old = workshop_folder / "replaced" / place.parent.name / place.name
    old.parent.mkdir(parents=True, exist_ok=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    # Another call may put the same run into the same place between two of these lines: the last one stays.
    for attempt in range(10):
        shutil.rmtree(old, ignore_errors=True)
        with suppress(FileNotFoundError):
            place.rename(old)
        try:
            made.rename(place)
            break
        except OSError:
            if attempt == 9 or not place.exists():
                raise
    _write_through(place.parent)


def write_whole(path, text, aside):
    """Replace a text file in one step; it is made in the folder `aside`."""
    part = aside / path.name
    part.write_text(text, encoding="utf-8")
    _write_through(part)
    part.replace(path)


def _clear(out, folder):
    for old in (folder / "replaced").glob("*/*"):
        place = out / old.parent.name / old.name
        if not place.exists():
            place.parent.mkdir(exist_ok=True)
            old.rename(place)
    shutil.rmtree(folder, ignore_errors=True)


def _write_through(path):
    """Have the disk hold what was written; a folder's entries too, where the system knows that."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _lock(path):
    """Try to take the lock of this file; gives whether it is held now. The file goes with its holder."""
    with Path(path).open("a") as file:
        try:
            if os.name == "nt":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        try:
            yield True
        finally:
            with suppress(OSError):
                path.unlink()
