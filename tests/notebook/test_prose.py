"""Sentences and tables that notebooks compute."""

import pandas as pd
import pytest

from sslib.notebook import say, show_table


@pytest.fixture
def shown(monkeypatch):
    import IPython.display

    outputs = []
    monkeypatch.setattr(IPython.display, "display", lambda data, **options: outputs.append(data))
    return outputs


def test_text_from_a_file_cannot_become_markup(shown):
    say("a cell called <img src=x onerror=alert(1)>", bullets=True)
    show_table(pd.DataFrame({"name": ["<b>bold</b>"]}))
    assert "<img" not in shown[0]["text/html"]
    assert "<b>" not in shown[1]["text/html"]


def test_nothing_to_say_shows_nothing(shown):
    say(bullets=True)
    assert shown == []


def test_tables_show_significant_digits_and_leave_missing_values_blank(shown):
    """A coefficient of 2e-4 printed with four decimals would read 0.0002, its interval, too."""
    show_table(pd.DataFrame({"value": [0.000198422, 88.6097], "to": [None, 102.021]}, index=["Q_dl", "R_ion"]))
    assert "1.984×10⁻⁴" in shown[0]["text/html"]
    assert "88.61" in shown[0]["text/html"]
    assert "nan" not in shown[0]["text/html"].lower()
    assert "R_ion" in shown[0]["text/html"]
