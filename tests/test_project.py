"""The project's own files: one lock that serves make and conda, without the address of any registry."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKED_EXTRAS = ("mpr", "xlsx", "course", "dev")


def locked_versions():
    """Versions by name; one that only some platforms take stands under its last pin."""
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", LOCK, re.MULTILINE)
    return {canonicalize_name(name): version for name, version in pins}


def declared():
    extras = PROJECT["optional-dependencies"]
    return [Requirement(line) for line in PROJECT["dependencies"] + [r for e in LOCKED_EXTRAS for r in extras[e]]]


def test_the_lock_satisfies_every_declared_range():
    """A range raised in pyproject.toml without `make lock` would leave the environment behind it."""
    versions = locked_versions()
    for requirement in declared():
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), requirement


def test_the_lock_has_hashes_and_no_addresses():
    """An address would tie the project to one registry; a pin without a hash is refused by pip beside others."""
    assert not re.search(r"https?://|--index|--extra-index|--find-links", LOCK)
    pins = re.findall(r"^[A-Za-z0-9._-]+==.*?(?=^[A-Za-z0-9]|\Z)", LOCK, re.MULTILINE | re.DOTALL)
    assert len(pins) > 50
    assert all("--hash=sha256:" in pin for pin in pins)


def test_no_tracked_file_names_a_registry_host():
    """Packages come by name: whoever installs chooses from where."""
    hosts = re.compile(rb"pypi" + rb"\.org|files\.pythonhosted|anaconda" + rb"\.org|registry\.npmjs", re.IGNORECASE)
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")
    named = [name for name in tracked if name and hosts.search((ROOT / os.fsdecode(name)).read_bytes())]
    assert named == []


def test_conda_installs_the_lock_and_nothing_beside_it():
    environment = (ROOT / "environment.yml").read_text(encoding="utf-8")
    pip_part = re.findall(r"^      - (.+)$", environment, re.MULTILINE)
    assert pip_part == ["-r requirements.lock"]
    assert f"python{PROJECT['requires-python']}" in environment
    assert "pip install --no-deps -e ." in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_package_states_one_version():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"version: {PROJECT['version']}" in citation


@pytest.mark.slow
def test_the_pip_part_of_the_conda_environment_installs(tmp_path):
    """What `conda env create` and the README's line after it do, in a fresh environment; then a report's command."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "env"], check=True)
    python = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", "requirements.lock"], cwd=ROOT, check=True)
    copy = tmp_path / "project"
    subprocess.run(["git", "clone", "--quiet", ROOT, copy], check=True)
    subprocess.run([*pip, "--no-deps", "-e", "."], cwd=copy, check=True)
    shown = subprocess.run(
        [python, "-m", "sslib.report", "show", "tlm_fitting"], cwd=copy, check=True, capture_output=True, text=True
    )
    assert "spectrum" in shown.stdout
