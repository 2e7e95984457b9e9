"""results(): what is written for the runner and shown to the reader."""

import json
import math

import numpy as np
import pytest

from sslib.notebook import keep_table, quantity, results


@pytest.fixture
def shown(monkeypatch):
    """What was displayed, as (data, metadata)."""
    calls = []
    monkeypatch.setattr(
        "IPython.display.display", lambda data, raw, metadata: calls.append((data, metadata)) if raw else None
    )
    return calls


def test_numbers_are_written_plainly(tmp_path, monkeypatch, shown):
    """NaN is no JSON, and a numpy scalar none either: another program could not read the file."""
    target = tmp_path / "results.json"
    monkeypatch.setenv("SSLIB_RESULTS", str(target))
    results(
        R=quantity(np.float32(1.5), "ohm", "rail", interval=(np.float64(1), math.inf), level=np.float64(0.95)),
        n=quantity(np.int64(3), "1", "arcs"),
        lost=quantity(math.nan, "s", "time"),
        limiting="ions",
        notes="one note",
    )
    document = json.loads(target.read_text(encoding="utf-8"))
    assert document == {
        "answer": [],
        "results": {
            "R": {"value": 1.5, "unit": "ohm", "label": "rail", "interval": [1.0, None], "level": 0.95},
            "n": {"value": 3, "unit": "1", "label": "arcs", "interval": None, "level": None},
            "lost": {"value": None, "unit": "s", "label": "time", "interval": None, "level": None},
            "limiting": {"value": "ions", "unit": None, "label": "limiting", "interval": None, "level": None},
        },
        "notes": ["one note"],
    }
    assert list(tmp_path.iterdir()) == [target]


def test_by_hand_nothing_is_written(tmp_path, monkeypatch, shown):
    """A person's session must not leave files beside the notebooks."""
    monkeypatch.delenv("SSLIB_RESULTS", raising=False)
    monkeypatch.chdir(tmp_path)
    results(a="b")
    assert list(tmp_path.iterdir()) == []
    assert len(shown) == 1


def test_the_table_is_escaped_and_readable(monkeypatch, shown):
    """Labels and notes hold names from files; and a number without its digits' meaning is noise."""
    monkeypatch.delenv("SSLIB_RESULTS", raising=False)
    results(
        R=quantity(60.1234, "ohm", "<b>rail</b>", interval=(58.01, 62.19), level=0.95),
        notes=["<script>"],
    )
    [(data, metadata)] = shown
    assert "&lt;b&gt;rail&lt;/b&gt;" in data["text/html"]
    assert "&lt;script&gt;" in data["text/html"]
    assert "<th>interval (95 %)</th>" in data["text/html"]
    assert "<td>60.1 Ω</td><td>58.0–62.2</td>" in data["text/html"]
    assert "60.1 Ω  58.0–62.2" in data["text/plain"]
    assert metadata == {"sslib": {"role": "results"}}


def test_the_answer_is_written_and_shown_first(tmp_path, monkeypatch, shown):
    """Who opens a notebook asks its question: the sentences come before the table, and no file's name is markup."""
    monkeypatch.setenv("SSLIB_RESULTS", str(tmp_path / "results.json"))
    results(R=quantity(60.1, "ohm", "rail"), answer=["Ions limit <b>it</b>.", "Make it thinner."])
    document = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert document["answer"] == ["Ions limit <b>it</b>.", "Make it thinner."]
    (answer, marked), (table, _) = shown
    assert answer["text/html"] == "<p>Ions limit &lt;b&gt;it&lt;/b&gt;.</p>\n<p>Make it thinner.</p>"
    assert answer["text/plain"] == "Ions limit <b>it</b>.\nMake it thinner."
    assert marked == {"sslib": {"role": "answer"}}
    assert "rail" in table["text/html"]
    results(R=quantity(60.1, "ohm", "rail"), answer="Ions limit it.")
    assert json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["answer"] == ["Ions limit it."]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: results(), "at least one"),
        (lambda: results(R=3.0), "'R' is 3.0"),
        (lambda: results(R={"value": 3.0}), "'R' is no quantity"),
        (lambda: quantity(1.0, "", "rail"), "unit is ''"),
        (lambda: quantity(1.0, "ohm", ""), "label is ''"),
        (lambda: quantity("x", "ohm", "rail"), "'x' is not a number"),
        (lambda: quantity(1.0, "ohm", "rail", interval=(2, 1), level=0.9), "from 2 down to 1"),
        (lambda: quantity(1.0, "ohm", "rail", interval=(1, 2)), "level is None"),
        (lambda: quantity(1.0, "ohm", "rail", interval=(1, 2), level=95), "level is 95"),
    ],
)
def test_what_says_nothing_is_refused(call, expected):
    """A result without unit or an interval without level would be read as something that it is not."""
    with pytest.raises((TypeError, ValueError), match=expected):
        call()


def test_a_table_is_kept_beside_the_results_in_full_precision(tmp_path, monkeypatch):
    """Another program reads the file: a rounded number would be another spectrum."""
    monkeypatch.setenv("SSLIB_RESULTS", str(tmp_path / "results.json"))
    assert keep_table("spectrum", {"frequency_Hz": np.array([1e3, 1 / 3]), "re_ohm": [np.float32(0.5), 2]})
    text = (tmp_path / "files" / "spectrum.csv").read_text(encoding="utf-8").splitlines()
    assert text == ["frequency_Hz,re_ohm", "1000.0,0.5", f"{1 / 3!r},2.0"]


def test_by_hand_no_table_is_written(tmp_path, monkeypatch):
    """A notebook that a person runs must not litter the folder in which it lies."""
    monkeypatch.delenv("SSLIB_RESULTS", raising=False)
    monkeypatch.chdir(tmp_path)
    assert not keep_table("spectrum", {"frequency_Hz": [1.0]})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "columns", "words"),
    [
        ("results", {"a": [1.0]}, "name is 'results'"),
        ("../spectrum", {"a": [1.0]}, "name is '../spectrum'"),
        ("spectrum", {"a": [1.0], "b": [1.0, 2.0]}, "longer"),
    ],
)
def test_a_table_that_would_spoil_the_run_is_refused(tmp_path, monkeypatch, name, columns, words):
    """It would be written over the run's own results, outside of its folder, or with numbers in the wrong row."""
    monkeypatch.setenv("SSLIB_RESULTS", str(tmp_path / "results.json"))
    with pytest.raises(ValueError, match=words):
        keep_table(name, columns)
