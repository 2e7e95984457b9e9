"""From what was asked on the command line to the runs it means; everything is checked before a kernel starts."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from sslib.report.catalogue import Notebook, find_notebook, topic_notebooks
from sslib.report.parameters import RequestError, locate_file, nearest

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
    """Paths of the files that the parameters name, by parameter."""

    @property
    def label(self):
        return f"{self.notebook.name}/{self.name}"


def plan(names, assignments, run_name=None):
    """The runs of the named notebooks (of all topic notebooks if none is named) with the given assignments.

    Parameters
    ----------
    names : list of str
        Names of topic notebooks, or paths.
    assignments : list of str
        ``NAME=VALUE``. Each named notebook must know the name; where none is named, at least one notebook.
    run_name : str, optional
        Name of the runs; derived from what differs from the defaults if left out.

    Returns
    -------
    runs : list of Run
    remarks : list of str
        Which of several notebooks an assignment applies to.
    """
    texts = _split(assignments)
    if run_name is not None:
        _check_run_name(run_name)
    notebooks = [find_notebook(name) for name in names or topic_notebooks()]
    if not notebooks:
        raise RequestError("there is no notebook to run: neither the library nor this folder has `notebooks/*.ipynb`")
    doubles = sorted({notebook.name for notebook in notebooks if sum(n.name == notebook.name for n in notebooks) > 1})
    if doubles:
        raise RequestError(f"named twice: {', '.join(doubles)}; each notebook needs a folder of its own")
    remarks = _check_names(notebooks, texts, everywhere=bool(names))
    return [_run(notebook, texts, run_name) for notebook in notebooks], remarks


def _split(assignments):
    texts = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals or not name.strip():
            raise RequestError(f"-p {assignment!r} is not of the form NAME=VALUE")
        texts[name.strip()] = text
    return texts


def _check_names(notebooks, texts, everywhere):
    remarks = []
    for name in texts:
        knowing = [notebook.name for notebook in notebooks if name in notebook.parameters]
        missing = [notebook for notebook in notebooks if name not in notebook.parameters]
        if missing and (everywhere or not knowing):
            known = sorted({known for notebook in missing for known in notebook.parameters})
            hint = nearest(name, known) or f"; it has: {', '.join(known) or 'none'}"
            raise RequestError(f"{', '.join(n.name for n in missing)}: no parameter {name!r}{hint}")
        if missing:
            remarks.append(f"{name} applies to {', '.join(knowing)}")
    return remarks


def _run(notebook, texts, run_name):
    parameters, asked, inputs = {}, {}, {}
    for name, parameter in notebook.parameters.items():
        value, folder = parameter.default, notebook.path.parent
        if name in texts:
            value, folder = parameter.read(texts[name]), Path.cwd()
        if value != parameter.default:
            asked[name] = value
        if parameter.kind == "File" and value is not None:
            value, inputs[name] = locate_file(parameter, value, folder)
        parameters[name] = value
    return Run(notebook, run_name or _derived_name(notebook, parameters, asked), parameters, asked, inputs)


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
        safe = re.sub(r"[^A-Za-z0-9._+]+", "-", text).strip("-.") or "-"
        exact = str(parameters[name])
        whole = whole and safe == exact and (not isinstance(value, str) or exact == exact.lower())
        parts.append(f"{name}={safe}")
    text = ",".join(parts)
    if whole and len(text) <= _longest_name:
        return text
    request = json.dumps({name: parameters[name] for name in asked}, sort_keys=True)
    return f"{text[:_longest_name].rstrip('-.,')}-{hashlib.sha256(request.encode()).hexdigest()[:8]}"


def _check_run_name(name):
    if not re.fullmatch(r"[^\W_][\w.+,= ()-]{0,99}", name) or name[-1] in ". ":
        raise RequestError(
            f"--name {name!r} makes no folder everywhere; use up to 100 letters, digits and . _ - + , = ( ) or spaces, "
            "with a letter or digit first"
        )
