"""What a report was made from: files by content, code by commit, packages by version."""

import hashlib
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

_packages = ("sslib", "numpy", "scipy", "pandas", "matplotlib", "nbclient", "nbconvert")


def sha256(path):
    """The SHA-256 of a file's content, in hexadecimal digits."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def environment():
    """Commit of the library, whether its tree was clean, and versions: the same for all runs of a call."""
    root = Path(__file__).parents[2]
    commit = clean = None
    # An installed library may lie in the repository of something else, whose commit says nothing about it.
    if _git(root, "ls-files", "--error-unmatch", "sslib/__init__.py") is not None:
        commit = _git(root, "rev-parse", "HEAD")
        clean = _git(root, "status", "--porcelain") == ""
    return {
        "commit": commit,
        "clean": clean,
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in _packages},
        },
        "system": f"{platform.system()} {platform.machine()}",
    }


def files(run):
    """SHA-256 of the run's notebook and of each file that a parameter names."""
    listed = [{"what": "notebook", "name": run.notebook.path.name, "sha256": sha256(run.notebook.path)}]
    for parameter, path in run.inputs.items():
        listed.append({"what": parameter, "name": path.name, "sha256": sha256(path)})
    return listed


def _git(root, *arguments):
    """What git says, or None where it fails or is missing."""
    try:
        answer = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None
