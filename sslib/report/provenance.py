"""What a report was made from: files by content, code by commit and content, packages by version."""

import hashlib
import json
import platform
import subprocess
from importlib.metadata import distributions, version
from pathlib import Path

_packages = ("sslib", "numpy", "scipy", "pandas", "matplotlib", "nbclient", "nbconvert")
_root = Path(__file__).parents[2]


def sha256(path):
    """The SHA-256 of a file's content, in hexadecimal digits."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def environment():
    """Commit and content of the library, whether its tree was clean, and versions: the same for all runs of a call."""
    commit = clean = None
    # An installed library may lie in the repository of something else, whose commit says nothing about it.
    if _git("ls-files", "--error-unmatch", "sslib/__init__.py") is not None:
        commit = _git("rev-parse", "HEAD")
        clean = _git("status", "--porcelain") == ""
    return {
        "commit": commit,
        "clean": clean,
        "library": library(),
        "packages": digest(sorted({f"{found.name} {found.version}" for found in distributions()})),
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in _packages},
        },
        "system": f"{platform.system()} {platform.machine()}",
    }


def library():
    """The SHA-256 over the library's own files and the tables beside it."""
    paths = [path for folder in ("sslib", "data") for path in (_root / folder).rglob("*") if path.is_file()]
    own = [path for path in paths if path.suffix != ".pyc"]
    return digest({path.relative_to(_root).as_posix(): sha256(path) for path in own})


def content(parameters, files, surroundings):
    """The SHA-256 over all that decides what a run comes to; while it stays the same, nothing needs to run again.

    Parameters
    ----------
    parameters : dict
    files : list of dict
        What `files` gave: the notebook and its input files.
    surroundings : dict
        What `environment` gave.
    """
    same = {name: surroundings[name] for name in ("library", "packages", "system")}
    same["python"] = surroundings["versions"]["python"]
    return digest({"parameters": parameters, "files": [[f["what"], f["sha256"]] for f in files], **same})


def files(run):
    """SHA-256 of the run's notebook and of each file that a parameter names."""
    listed = [{"what": "notebook", "name": run.notebook.path.name, "sha256": sha256(run.notebook.path)}]
    for parameter, named in run.inputs.items():
        for path in named if isinstance(named, list) else [named]:
            listed.append({"what": parameter, "name": path.name, "sha256": sha256(path)})
    return listed


def digest(document):
    """The SHA-256 of a document of plain values, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _git(*arguments):
    """What git says, or None where it fails or is missing."""
    try:
        answer = subprocess.run(["git", "-C", str(_root), *arguments], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None
