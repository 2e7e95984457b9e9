"""Another cell beside this one: the results of an earlier run of the same question."""

import json
from pathlib import Path

from sslib.chain.outcome import RESULTS

NOTEBOOK = "cell_story"


def read_story(path):
    """Parameters and results of an earlier run, from its ``results.json`` or the folder that holds it (two dicts).

    Raises
    ------
    ValueError
        For a file that cannot be read or is of another notebook.
    """
    path = Path(path)
    path = path / "results.json" if path.is_dir() else path
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        notebook, parameters, results = (document[key] for key in ("notebook", "parameters", "results"))
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{path} is no results.json of a run of {NOTEBOOK}") from None
    missing = [name for name in RESULTS if name not in results]
    if notebook != NOTEBOOK or missing:
        raise ValueError(f"{path} is of the notebook {notebook!r}; it must be a run of {NOTEBOOK}")
    return parameters, results


def beside(ours, theirs):
    """Results of two cells side by side (DataFrame by result).

    Parameters
    ----------
    ours, theirs : dict of dict
        Entries of ``results.json``.

    Returns
    -------
    pandas.DataFrame
        ``this``, ``other`` with their intervals in words, and ``apart``: whether the intervals exclude each other.
    """
    import pandas as pd

    rows = {}
    for name, own in RESULTS.items():
        pair = [ours[name], theirs[name]]
        rows[own.label] = {"this": _words(pair[0]), "other": _words(pair[1]), "apart": _apart(*pair)}
    return pd.DataFrame.from_dict(rows, orient="index")


def _ends(entry):
    low, high = entry["interval"] or (None, None)
    return -float("inf") if low is None else low, float("inf") if high is None else high


def _words(entry):
    low, high = ("open" if end is None else f"{end:.3g}" for end in entry["interval"] or (None, None))
    return f"{entry['value']:.3g} ({low} to {high}) {entry['unit']}".removesuffix(" 1")


def _apart(one, other):
    (low, high), (lower, higher) = _ends(one), _ends(other)
    return "higher" if low > higher else "lower" if high < lower else "not told apart"
