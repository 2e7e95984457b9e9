"""explore() and show(): pictures in a report, sliders for a person."""

import warnings

import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

from sslib.notebook import choice, explore, show, slider
from sslib.notebook.explorer import panel

controls = {
    "resistance": slider(20.0, 1.0, 1000.0, "ohm", log=True),
    "offset": slider(0.0, -5.0, 5.0, label="shift"),
    "model": choice("line", ["line", "rails"]),
}


@pytest.fixture
def shown(monkeypatch):
    calls = []
    monkeypatch.setattr("IPython.display.display", lambda data, **options: calls.append((data, options)))
    return calls


def draw(resistance, offset, model):
    if resistance > 500:
        raise ValueError("resistance is <too> high")
    figure, axes = pyplot.subplots(figsize=(4, 3))
    axes.plot([0, resistance], [offset, 1])
    return figure, f"{model}: {resistance:.0f} ohm"


def width_of(png):
    return int.from_bytes(png[16:20], "big")


def test_a_figure_is_shown_sharp_described_and_once(shown):
    """A figure left open is shown a second time by the kernel, and without alternative text some readers get none."""
    show(pyplot.figure(figsize=(4, 3)), alt="nothing")
    [(data, options)] = shown
    assert options["metadata"]["image/png"] == {"alt": "nothing", "width": 400}
    assert width_of(data["image/png"]) == 800
    assert pyplot.get_fignums() == []
    show(Figure(figsize=(4, 3)), alt="made without pyplot")
    for alt in ("", "  ", None):
        with pytest.raises(ValueError, match="alternative text"):
            show(Figure(), alt=alt)


def test_headless_it_draws_once_with_the_first_values(shown, monkeypatch, capsys):
    """Sliders in a report are a script from the network and no picture."""
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    explore(draw, controls, alt="a line")
    [(data, options)] = shown
    assert data["image/png"].startswith(b"\x89PNG")
    assert options["metadata"]["image/png"]["alt"] == "a line"
    assert capsys.readouterr().out == "line: 20 ohm\n"


@pytest.mark.parametrize(("session", "live", "widgets"), [("s", None, True), ("s", False, False), ("", True, True)])
def test_a_session_shows_the_controls(shown, monkeypatch, session, live, widgets):
    """A person would get a picture that does not move; `live` is for servers that do not name themselves."""
    monkeypatch.setenv("JPY_SESSION_NAME", session)
    explore(draw, controls, alt="a line", live=live)
    assert isinstance(shown[0][0], dict) is not widgets


def test_the_picture_answers_to_every_control():
    """A control that does nothing teaches something wrong."""
    resistance, offset, model, reset, image, line = panel(draw, controls).children
    assert resistance.description == "resistance [Ω]"
    assert offset.description == "shift"
    assert (image.width, line.value) == ("400", "line: 20 ohm")
    pictures = [image.value]
    resistance.value = 100.0
    pictures.append(image.value)
    offset.value = 2.0
    pictures.append(image.value)
    assert len(set(pictures)) == 3
    model.value = "rails"
    assert line.value == "rails: 100 ohm"
    reset.click()
    assert (resistance.value, offset.value, model.value) == (20.0, 0.0, "line")
    assert image.value == pictures[0]
    assert pyplot.get_fignums() == []


def test_an_error_is_said_in_place_and_the_controls_stay():
    """A traceback beneath a slider that then does nothing more ends the exploration."""
    resistance, *_, image, line = panel(draw, controls).children
    before = image.value
    resistance.value = 900.0
    assert "ValueError: resistance is &lt;too&gt; high" in line.value
    assert image.value == before
    resistance.value = 30.0
    assert line.value == "line: 30 ohm"
    assert image.value != before


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: slider(0, 1, 2), "stands at 0"),
        (lambda: slider(1, 2, 1), "from 2 to 1"),
        (lambda: slider(1, 0, 2, log=True), "above zero"),
        (lambda: choice("c", ["a", "b"]), "one of 'a', 'b'"),
        (lambda: choice("a", "abc"), "must be a list"),
    ],
)
def test_controls_that_make_no_sense_are_refused(make, expected):
    """The widget would move the value in silence."""
    with warnings.catch_warnings(), pytest.raises(ValueError, match=expected):
        make()
