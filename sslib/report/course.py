"""A course for nbgrader from the assignments of ``notebooks/coursework``.

Each assignment is one notebook in nbgrader's format, solutions and hidden tests inline. What students get is made from
it by nbgrader's own converter; nothing is cut out here.
"""

import contextlib
import csv
import logging
import os
import re
import shutil
import sysconfig
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from sslib.report import provenance
from sslib.report.parameters import RequestError

SEED = re.compile(r"^seed = (?P<seed>\d+)$", re.MULTILINE)
"""The line that a seed is put into, in the cell with the tag ``parameters``."""

CONFIGURATION = """\
c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "sslib"
c.Execute.timeout = 300  # longest time for a cell of a submission [s]
"""


def assignments():
    """Paths of the assignments, by name: those beside the library, or of the current folder without it."""
    for root in (Path(__file__).parents[2], Path.cwd()):
        paths = sorted((root / "notebooks" / "coursework").glob("*.ipynb"))
        if paths:
            return {path.stem: path for path in paths}
    raise RequestError("there is no assignment here: neither the library nor this folder has `notebooks/coursework`")


def release(out, seed=None, timeout=600, tell=print):
    """Build a course folder of nbgrader: what students get, the solutions, and what each answer is worth.

    Nothing in the folder changes unless every solution passes its own checks.

    Parameters
    ----------
    out : pathlib.Path
        The course folder. It gets ``source/NAME/NAME.ipynb`` with the seed, ``release/NAME/NAME.ipynb`` for students,
        ``solutions/NAME.html`` with results, ``points.csv``, ``gradebook.db`` and, unless there is one, a
        ``nbgrader_config.py``.
    seed : int, optional
        Of the assignments' data; that of the sources if left out.
    timeout : int
        Longest time for one cell of a solution [s].
    tell : callable
        Takes a line of progress.

    Returns
    -------
    dict of str to str
        What went wrong, by assignment; empty if all went well.

    Raises
    ------
    RequestError
        If nbgrader is missing, or the folder holds submissions to another seed.
    """
    _check_nbgrader()
    out = Path(out).resolve()
    with TemporaryDirectory() as folder:
        made = Path(folder)
        sources = write_sources(made, seed)
        _keep_submissions(out, sources)
        errors = {}
        for name, source in sources.items():
            error = _solution(source, made / "solutions" / f"{name}.html", timeout)
            tell(f"{name}: {f'the solution FAILED: {error}' if error else 'solved'}")
            errors |= {name: error} if error else {}
        if errors:
            return errors
        _write_points(made / "points.csv", sources)
        shutil.copytree(made, out, dirs_exist_ok=True)
    if not (out / "nbgrader_config.py").exists():
        (out / "nbgrader_config.py").write_text(CONFIGURATION, encoding="utf-8")
    for name in sources:
        error = generate(out, name)
        tell(f"{name}: {f'nbgrader FAILED: {error}' if error else 'released'}")
        errors |= {name: error} if error else {}
    return errors


def _check_nbgrader():
    try:
        import nbgrader  # noqa: F401
    except ImportError:
        raise RequestError("a course needs nbgrader, which is not installed: pip install 'sslib[course]'") from None


def write_sources(out, seed=None):
    """Write the assignments with the seed into ``OUT/source``; gives their paths, by name."""
    import nbformat

    written = {}
    for name, path in assignments().items():
        notebook = nbformat.read(path, as_version=4)
        cell = _seed_cell(notebook, name)
        if seed is not None:
            cell.source = SEED.sub(f"seed = {seed}", cell.source)
        written[name] = out / "source" / name / f"{name}.ipynb"
        written[name].parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, written[name])
    return written


def _seed_cell(notebook, name):
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1 or len(SEED.findall(tagged[0].source)) != 1:
        raise RequestError(f"{name} has no cell with the tag `parameters` and one line `seed = N`")
    return tagged[0]


def _seed(path):
    """The seed of an assignment's notebook."""
    import nbformat

    return int(SEED.search(_seed_cell(nbformat.read(path, as_version=4), path.stem).source)["seed"])


def _keep_submissions(out, sources):
    """Raise RequestError where students have handed in what another seed would mark as wrong."""
    for name, source in sources.items():
        released = out / "source" / name / f"{name}.ipynb"
        if not released.is_file() or not any(out.glob(f"submitted/*/{name}/*.ipynb")):
            continue
        before, now = _seed(released), _seed(source)
        if before != now:
            raise RequestError(
                f"{out} holds submissions to {name} with seed {before}, which seed {now} would mark as wrong; "
                f"choose another --out, or --seed {before}"
            )


def _solution(source, page, timeout):
    """Run a source as it stands and write it as HTML; gives what went wrong, or None."""
    import nbformat

    from sslib.report.execution import Settings, execute
    from sslib.report.html import notebook_page

    notebook = nbformat.read(source, as_version=4)
    surroundings = provenance.environment()
    began, clock = datetime.now(UTC), monotonic()
    with TemporaryDirectory() as scratch:
        error = execute(notebook, Path(scratch), Settings(timeout, surroundings), source.stem)
    record = {
        "title": source.stem,
        "asked": {},
        "error": error,
        "parameters": {"seed": _seed(source)},
        "began": began.isoformat(timespec="seconds"),
        "duration": monotonic() - clock,
        "files": [{"what": "solution", "name": source.name, "sha256": provenance.sha256(source)}],
        **surroundings,
    }
    page.parent.mkdir(exist_ok=True)
    # A report folds its code; here the code is what is read.
    folded = notebook_page(notebook, record, source.parent)
    page.write_text(folded.replace('<details class="code">', '<details class="code" open>'), encoding="utf-8")
    return error


def _write_points(path, sources):
    """What each answer is worth and who marks it, as CSV."""
    import nbformat
    from nbgrader.utils import is_grade, is_solution

    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("assignment", "grade_id", "marked_by", "points"))
        for name, source in sources.items():
            for cell in filter(is_grade, nbformat.read(source, as_version=4).cells):
                data = cell.metadata.nbgrader
                rows.writerow((name, data.grade_id, "person" if is_solution(cell) else "tests", data.points))


def generate(out, name):
    """Make the students' version of an assignment and enter it into the gradebook, by nbgrader; the error, or None."""
    from nbgrader.converters import GenerateAssignment, NbGraderException
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    shutil.rmtree(out / "release" / name, ignore_errors=True)
    config = Config()
    config.CourseDirectory.root = str(out)
    config.CourseDirectory.assignment_id = name
    log = logging.getLogger(__name__)  # what nbgrader says of its errors, beside the exception that tells nothing
    try:
        with _scripts_found():
            GenerateAssignment(coursedir=CourseDirectory(config=config), config=config, log=log).start()
    except NbGraderException as error:
        return str(error)
    return None


@contextlib.contextmanager
def _scripts_found():
    """nbgrader starts `alembic` by its name alone, which only an activated environment finds."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before
