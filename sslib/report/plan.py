"""From what was asked on the command line to the runs it means; everything is checked before a kernel starts.

A pattern in place of a file (``spectrum=tonight/*.mpr``) makes a series: a run for each file that matches, and for
each loop of a file that holds several, where the notebook has the parameters ``spectrum`` and ``loop``.
"""

import fnmatch
import glob
import re
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from sslib.report.catalogue import Notebook, find_notebook, topic_notebooks
from sslib.report.parameters import RequestError, locate_file, locate_folder, nearest
from sslib.report.provenance import digest
from sslib.report.sets import read_sets

_longest_name = 80


@dataclass(frozen=True, eq=False)
class Run:
    """One notebook with one set of values."""

    notebook: Notebook
    name: str
    parameters: dict
    """Every parameter's value as the notebook gets it."""
    asked: dict
    """What was asked for, where it differs from the defaults, as it was asked."""
    inputs: dict
    """Path of the file that a parameter names, or a list of those in its folder, by parameter."""

    @property
    def label(self):
        return f"{self.notebook.name}/{self.name}"


@dataclass(frozen=True, eq=False)
class Series:
    """The runs that one request with a pattern means, for one table."""

    notebook: Notebook
    name: str
    asked: dict
    """What was asked for, patterns included."""
    varying: tuple
    """The parameters that tell the runs apart."""
    runs: list


@dataclass(frozen=True, eq=False)
class Plan:
    """What a call of the runner is to do, and remarks on how the request was understood."""

    runs: list = field(default_factory=list)
    series: list = field(default_factory=list)
    remarks: list = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class _Request:
    """A notebook with values as they were typed, each with the folder in which its relative path starts."""

    notebook: Notebook
    texts: dict
    name: str | None


def plan(names, assignments, run_name=None, sets_file=None):
    """The runs of the named notebooks (of all topic notebooks if none is named) with the given assignments.

    Parameters
    ----------
    names : list of str
        Names of topic notebooks, or paths.
    assignments : list of str
        ``NAME=VALUE``. Each named notebook must know the name; where none is named, at least one notebook.
    run_name : str, optional
        Name of the runs; derived from what differs from the defaults if left out.
    sets_file : pathlib.Path, optional
        A file of named parameter sets (`sslib.report.sets`): a run or a series for each. What is assigned on the
        command line comes before what the file says.

    Returns
    -------
    Plan

    Raises
    ------
    RequestError
        For what cannot be run as it was asked.
    """
    given = {name: (text, Path.cwd()) for name, text in _split(assignments).items()}
    planned = Plan()
    if sets_file is None:
        if run_name is not None:
            check_run_name(run_name, "--name")
        notebooks = _distinct(names or topic_notebooks())
        requests = [_Request(notebook, {}, run_name) for notebook in notebooks]
    else:
        if run_name is not None:
            raise RequestError("--name and --set do not go together: each set has a name of its own")
        sets = read_sets(sets_file)
        notebooks = _distinct(names or sets)
        requests = _requests(sets_file, sets, notebooks, planned.remarks)
    if not notebooks:
        raise RequestError("there is no notebook to run: neither the library nor this folder has `notebooks/*.ipynb`")
    planned.remarks.extend(_check_names(notebooks, given, everywhere=bool(names)))
    for request in requests:
        own = {name: typed for name, typed in given.items() if name in request.notebook.parameters}
        for name in own.keys() & request.texts.keys():
            planned.remarks.append(f"{request.notebook.name}, set {request.name}: {name} is the command line's")
        try:
            _add(planned, _Request(request.notebook, {**request.texts, **own}, request.name))
        except RequestError as error:
            where = "" if sets_file is None else f"{sets_file}, set {request.name}: "
            raise RequestError(f"{where}{error}") from None
    return planned


def _split(assignments):
    texts = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        name = name.strip()
        if not equals or not name:
            raise RequestError(f"-p {assignment!r} is not of the form NAME=VALUE")
        if name in texts:
            raise RequestError(
                f"{name} is given twice, as {texts[name]!r} and {text!r}; several files go in by a pattern "
                "('folder/*.mpr'), several sets of parameters by --set"
            )
        texts[name] = text
    return texts


def _distinct(names):
    notebooks = [find_notebook(name) for name in names]
    known = [notebook.name for notebook in notebooks]
    doubles = sorted({name for name in known if known.count(name) > 1})
    if doubles:
        raise RequestError(f"named twice: {', '.join(doubles)}; each notebook needs a folder of its own")
    return notebooks


def _requests(path, sets, notebooks, remarks):
    """The sets of these notebooks as requests, their names checked."""
    requests, known = [], [notebook.name for notebook in notebooks]
    remarks += [
        f"{path.name}: the sets of {name} are left out, as it was not named" for name in sets if name not in known
    ]
    for notebook in notebooks:
        if notebook.name not in sets:
            raise RequestError(f"{path} has no set for {notebook.name}; it has some for {', '.join(sets)}")
        for name, texts in sets[notebook.name].items():
            check_run_name(name, f"{path}: the set")
            for parameter in texts:
                if parameter not in notebook.parameters:
                    raise RequestError(f"{path}, set {name}: {_unknown(parameter, [notebook])}")
            folder = path.resolve().parent
            requests.append(_Request(notebook, {key: (text, folder) for key, text in texts.items()}, name))
    return requests


def _check_names(notebooks, texts, everywhere):
    remarks = []
    for name in texts:
        knowing = [notebook.name for notebook in notebooks if name in notebook.parameters]
        missing = [notebook for notebook in notebooks if name not in notebook.parameters]
        if missing and (everywhere or not knowing):
            raise RequestError(_unknown(name, missing))
        if missing:
            remarks.append(f"{name} applies to {', '.join(knowing)}")
    return remarks


def _unknown(name, notebooks):
    known = sorted({known for notebook in notebooks for known in notebook.parameters})
    hint = nearest(name, known) or f"; it has: {', '.join(known) or 'none'}"
    return f"{', '.join(notebook.name for notebook in notebooks)}: no parameter {name!r}{hint}"


def _add(planned, request):
    """Put the run that a request means, or its series, into the plan."""
    notebook = request.notebook
    files = _patterns(request, planned.remarks)
    counts_loops = "loop" in notebook.parameters and getattr(notebook.parameters.get("spectrum"), "kind", "") == "File"
    every_loop = request.texts.get("loop", ("",))[0].strip() == "*"
    if every_loop and not counts_loops:
        raise RequestError(f"{notebook.name}: loop is '*'; that needs a parameter spectrum of the type File")
    if not files and not every_loop:
        planned.runs.append(_run(notebook, request.texts, request.name))
        return
    every_loop = every_loop or (counts_loops and "spectrum" in files and "loop" not in request.texts)
    runs = []
    for chosen in product(*files.values()):
        texts = {**request.texts, **dict(zip(files, chosen, strict=True))}
        for loop in _loops(notebook, texts) if every_loop else [{}]:
            texts = {name: typed for name, typed in texts.items() if not (every_loop and name == "loop")} | loop
            runs.append(_run(notebook, texts, request.name, varying=(*files, *loop)))
    asked = {name: text for name, (text, _) in request.texts.items()}
    varying = (*files, "loop") if every_loop else tuple(files)
    planned.series.append(Series(notebook, request.name or _series_name(request), asked, varying, runs))
    planned.runs.extend(runs)


def _patterns(request, remarks):
    """For each File parameter that was given a pattern: what matches, as it would have been typed."""
    matching = {}
    for name, (text, folder) in request.texts.items():
        if request.notebook.parameters[name].kind != "File" or not glob.has_magic(text) or (folder / text).is_file():
            continue
        found = glob.glob(str(Path(text).expanduser()), root_dir=folder, recursive=True)
        files = sorted((match for match in found if (folder / match).is_file()), key=_natural)
        folders = len(found) - len(files)
        if folders:
            remarks.append(f"{name}: {folders} of what matches {text!r} are folders and are left out")
        files = files or _matching_data_sets(text)
        if not files:
            raise RequestError(f"{name}: no file, and no data set's name, matches {text!r}, seen from {folder}")
        matching[name] = [(match, folder) for match in files]
    return matching


def _matching_data_sets(pattern):
    from sslib import datasets

    return fnmatch.filter([*datasets.generated(), *datasets.names()], pattern)


def _natural(text):
    """For an order in which cell_9 comes before cell_10."""
    return [int(part) if part.isdecimal() else part.casefold() for part in re.split(r"(\d+)", text)]


def _loops(notebook, texts):
    """The values of the parameter `loop` for which to run, as typed; none for a file of one loop, or of no spectrum."""
    # Loaded here: a request without a pattern does not wait for it.
    from sslib.instruments import SpectrumError, read_spectra

    typed, folder = texts.get("spectrum", (notebook.parameters["spectrum"].default, notebook.path.parent))
    _, path = locate_file(notebook.parameters["spectrum"], typed, folder)
    try:
        count = len(read_spectra(path))
    except (SpectrumError, ImportError):
        return [{}]  # the notebook will say in its report what is wrong with the file
    return [{"loop": (str(loop), folder)} for loop in range(count)] if count > 1 else [{}]


def _run(notebook, texts, run_name, varying=None):
    """The run of these values; one of a series bears the name of the series before what varies in it."""
    parameters, asked, inputs = {}, {}, {}
    for name, parameter in notebook.parameters.items():
        value, folder = parameter.default, notebook.path.parent
        if name in texts:
            text, folder = texts[name]
            value = parameter.read(text)
        if value != parameter.default:
            asked[name] = value
        if parameter.kind == "File" and value is not None:
            value, inputs[name] = locate_file(parameter, value, folder)
        if parameter.kind == "Folder" and value is not None:
            value, inputs[name] = locate_folder(parameter, value, folder)
        parameters[name] = value
    if run_name is None:
        name = _derived_name(notebook, parameters, asked)
    elif varying is None:
        name = run_name
    else:
        own = {name: asked[name] for name in varying if name in asked}
        name = f"{run_name},{_derived_name(notebook, parameters, own)}"
    return Run(notebook, name, parameters, asked, inputs)


def _derived_name(notebook, parameters, asked):
    """A folder's name that says what differs from the defaults.

    What the name cannot show (the folder of a file, characters that a file system may refuse or not tell apart) goes
    into a hash at its end, so that two different requests never share a name.
    """
    if not asked:
        return "default"
    whole, parts = True, []
    for name, value in asked.items():
        text = str(value)
        if notebook.parameters[name].kind == "File" and value is not None:
            text = Path(text).stem
        if notebook.parameters[name].kind == "Folder" and value is not None:
            text = Path(parameters[name]).name
        safe = _safe(text)
        exact = str(parameters[name])
        whole = whole and safe == exact and (not isinstance(value, str) or exact == exact.lower())
        parts.append(f"{name}={safe}")
    text = ",".join(parts)
    if whole and len(text) <= _longest_name:
        return text
    return _with_hash(text, {name: parameters[name] for name in asked})


def _series_name(request):
    texts = {}
    for name, (text, _) in request.texts.items():
        parts = Path(text).parts
        # Of a path the folder before the pattern says most.
        pattern = next((k for k, part in enumerate(parts) if glob.has_magic(part)), len(parts) - 1)
        is_file = request.notebook.parameters[name].kind == "File"
        texts[name] = "-".join(parts[max(pattern - 1, 0) :]) if is_file else text
    text = ",".join(f"{name}={_safe(text)}" for name, text in texts.items())
    return _with_hash(f"series,{text}", {name: str(folder / text) for name, (text, folder) in request.texts.items()})


def _safe(text):
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?", text):
        return text
    return re.sub(r"[^A-Za-z0-9._+]+", "-", text).strip("-.") or "-"


def _with_hash(text, request):
    return f"{text[:_longest_name].rstrip('-.,')}-{digest(request)[:8]}"


def check_run_name(name, what):
    """Raise RequestError unless a name makes a folder on any system; `what` says in the message where it stands."""
    if not re.fullmatch(r"[^\W_][\w.+,= ()-]{0,99}", name) or name[-1] in ". ":
        raise RequestError(
            f"{what} {name!r} makes no folder everywhere; use up to 100 letters, digits and . _ - + , = ( ) or spaces, "
            "with a letter or digit first"
        )
