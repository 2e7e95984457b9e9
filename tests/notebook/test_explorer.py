"""explore() and show(): pictures in a report, sliders for a person."""

import re
import shlex
import warnings
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

from sslib.notebook import choice, choose_file, explore, show, slider
from sslib.notebook.explorer import panel
from sslib.notebook.picture import LivePicture

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


def status(text):
    """The line beneath the picture, which a screen reader reads out."""
    return f'<div role="status">{text}</div>'


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
    box, reset, image, _, line, _ = panel(draw, controls, "a line").children
    resistance, offset, model = box.children
    assert resistance.description == "resistance [Ω]"
    assert offset.description == "shift"
    assert (image.width, line.value) == ("400", status("line: 20 ohm"))
    pictures = [image.value]
    resistance.value = 100.0
    pictures.append(image.value)
    offset.value = 2.0
    pictures.append(image.value)
    assert len(set(pictures)) == 3
    model.value = "rails"
    assert line.value == status("rails: 100 ohm")
    reset.click()
    assert (resistance.value, offset.value, model.value) == (20.0, 0.0, "line")
    assert image.value == pictures[0]
    assert pyplot.get_fignums() == []


def test_an_error_is_said_in_place_and_the_controls_stay():
    """A traceback beneath a slider that then does nothing more ends the exploration."""
    box, _, image, _, line, command = panel(draw, controls, "a line").children
    resistance = box.children[0]
    before = image.value
    resistance.value = 900.0
    assert "resistance is &lt;too&gt; high. The picture is the last that could be drawn." in line.value
    assert "ValueError" not in line.value, "the kind of a Python error is no word of a battery group's"
    assert image.value == before
    assert command.value == ""
    resistance.value = 30.0
    assert line.value == status("line: 30 ohm")
    assert image.value != before


def test_what_is_warned_of_stands_beneath_the_figure():
    """A warning that goes to a log that nobody opens was not given."""

    def careless(offset):
        warnings.warn("beyond the measured range", stacklevel=2)
        return Figure(), "a line"

    line = panel(careless, {"offset": controls["offset"]}, "a line").children[4]
    assert line.value == status("a line beyond the measured range")


def typed(command):
    """The words that a shell makes of a command that was pasted into it."""
    return shlex.split(unescape(re.search(r'value="([^"]*)"', command.value)[1]))


def test_the_command_of_a_report_follows_the_controls(monkeypatch):
    """What was found by hand would have to be typed anew, with a slip in it."""
    monkeypatch.setenv("JPY_SESSION_NAME", "somewhere/a b.ipynb")
    named = {
        "thickness": slider(1 / 3, 0.1, 1000.0, "um", log=True, parameter="thickness_um"),
        "law": choice("one", ["one", "it's two"], parameter="law"),
        "flaw": slider(1.0, 0.5, 2.0, label="flaw <size>"),
    }
    box, *_, command = panel(lambda **values: Figure(), named, "nothing").children
    assert typed(command) == ["sslib", "report", "a b", "-p", "thickness_um=0.333333333333", "-p", "law=one"]
    assert "not in a report's command: flaw &lt;size&gt;." in command.value
    thickness, law, _ = box.children
    thickness.value, law.value = 123.45678, "it's two"
    assert typed(command) == ["sslib", "report", "a b", "-p", "thickness_um=123.5", "-p", "law=it's two"]


@pytest.fixture
def reader(tmp_path, monkeypatch):
    """An explorer of files in a folder of its own: its field, its button, its line and its command."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b.CSV").write_text("two")
    (tmp_path / "a.csv").write_text("one")
    (tmp_path / "notes.txt").write_text("no")

    def read(file):
        return Figure(), "nothing" if file is None else Path(file).read_text()

    files = {"file": choose_file(None, ["set"], [".csv"], parameter="series")}
    box, _, _, _, line, command = panel(read, files, "nothing").children
    [row] = box.children
    return *row.children, line, command


def test_a_file_is_typed_or_suggested(reader):
    """A path that only the kernel's folder makes right would fail in a terminal."""
    field, _, line, command = reader
    assert field.options == ("set", "a.csv", "b.CSV")
    assert line.value == status("nothing")
    assert "series=None" in command.value
    field.value = " a.csv "
    assert line.value == status("one")
    assert f"series={Path.cwd() / 'a.csv'}" in command.value
    field.value = "missing.csv"
    assert "missing.csv: No such file or directory." in line.value


def test_a_file_is_sent_under_its_own_name_and_again_when_it_changed(reader):
    """A second version of the same name would show the first; a name with a path in it would write elsewhere."""
    button, line, command = reader[1:]
    for content in ("first", "second"):
        sent = {"name": "../cell.csv", "type": "", "size": 9, "content": memoryview(content.encode())}
        button.value = ({**sent, "last_modified": datetime.now(UTC)},)
        assert line.value == status(content)
    assert "series" not in command.value
    assert "lives as long as this kernel" in command.value
    assert not Path("../cell.csv").exists()


def bars(longest, title="a"):
    figure = Figure(figsize=(4, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, longest])
    axes.set(ylabel="height", title=title)
    return figure


def left_end(picture, figure):
    picture.encode(figure)
    return figure.axes[0].get_position().x0


def test_panels_stay_where_they_are_until_a_number_needs_room():
    """A figure that jumps at each move tires the eyes; one that keeps still at any price cuts its numbers off."""
    picture = LivePicture()
    first = left_end(picture, bars(5))
    assert left_end(picture, bars(4)) == first
    wider = left_end(picture, bars(5e5))
    assert wider > first + 0.02
    assert left_end(picture, bars(5)) == wider
    picture.forget()
    assert left_end(picture, bars(5)) == first
    laid_out = bars(5e5)
    LivePicture().encode(laid_out)
    assert laid_out.axes[0].get_position().x0 == wider, "the second layout is that of a figure drawn alone"


def test_another_figure_is_laid_out_anew():
    """Places of one panel say nothing of two, nor those without a title of those with one."""
    picture = LivePicture()
    picture.encode(bars(5, title=""))
    titled = bars(5)
    picture.encode(titled)
    alone = bars(5)
    LivePicture().encode(alone)
    assert titled.axes[0].get_position().y1 == alone.axes[0].get_position().y1


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


@pytest.mark.parametrize(
    "control",
    [slider(25.0, -20.0, 100.0), slider(0.4, 0.001, 7.0, log=True), slider(-5.0, -5.0, 5.0), slider(5.0, -5.0, 5.0)],
)
def test_a_sliders_first_value_lies_on_its_steps(control):
    """A browser snaps to them when Reset is pressed: the picture would be another one than the first."""
    widget = control.widget("x")
    at = np.log10(control.value) if control.log else control.value
    steps = (at - widget.min) / widget.step
    assert steps == pytest.approx(round(steps), abs=1e-9)
    assert 0 < widget.step < 0.03 * (widget.max - widget.min)
