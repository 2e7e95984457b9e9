"""A second cell beside the first: read from an earlier run, and told apart only where intervals say so."""

import json

import pytest

from sslib.chain import RESULTS, beside, read_story


def entry(value, low, high):
    return {"value": value, "unit": "1", "label": "", "interval": [low, high], "level": 0.95}


def write(folder, **changes):
    results = {name: entry(1.0, 0.9, 1.1) for name in RESULTS}
    document = {"notebook": "cell_story", "parameters": {"hours": 100.0}, "results": results} | changes
    path = folder / "results.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_a_run_is_read_by_file_or_folder(tmp_path):
    """A person copies the folder's path as often as the file's."""
    path = write(tmp_path)
    assert read_story(path) == read_story(tmp_path)
    assert read_story(path)[0] == {"hours": 100.0}


def test_other_files_are_refused_by_name(tmp_path):
    """Numbers of another notebook under the same keys would be compared in silence."""
    with pytest.raises(ValueError, match="is of the notebook 'rate_capability'"):
        read_story(write(tmp_path, notebook="rate_capability"))
    with pytest.raises(ValueError, match="it must be a run of cell_story"):
        read_story(write(tmp_path, results={}))
    (tmp_path / "results.json").write_text("{")
    with pytest.raises(ValueError, match=r"is no results\.json"):
        read_story(tmp_path)
    with pytest.raises(ValueError, match="cannot be read"):
        read_story(tmp_path / "absent.json")


def test_cells_are_apart_only_where_their_intervals_are():
    """A difference within what is not known is none; an open end excludes nothing."""
    ours = {name: entry(1.0, 0.9, 1.1) for name in RESULTS}
    names = list(RESULTS)
    theirs = dict(ours)
    theirs[names[0]] = entry(2.0, 1.9, 2.1)
    theirs[names[1]] = entry(0.5, 0.4, 0.6)
    theirs[names[2]] = entry(2.0, None, 2.1)
    theirs[names[3]] = entry(1.15, 1.05, 1.2)
    table = beside(ours, theirs)
    assert table["apart"].tolist() == ["lower", "higher", "not told apart", "not told apart", "not told apart"]
    assert table["other"].iloc[2] == "2 (open to 2.1)"
