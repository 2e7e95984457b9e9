"""Controls over a figure when a person runs the notebook; the same figure once when nobody does."""

import os
import shlex
import warnings
from html import escape
from pathlib import Path

from sslib.notebook.controls import FileChoice, Upload
from sslib.notebook.picture import LivePicture, check_alternative_text, show


def explore(draw, controls, alt, live=None):
    """A figure that answers to controls.

    Parameters
    ----------
    draw : callable
        Called with the controls' values by name; returns a matplotlib figure, or a figure and a line of text. What it
        raises or warns of is said beneath the figure.
    controls : dict
        By name, a `slider`, a `choice` or a `choose_file`. Those that name a parameter of the notebook make the
        command that runs a report at these values.
    alt : str
        Alternative text of the figure.
    live : bool, optional
        Whether to show the controls. If left out, they are shown when the kernel belongs to a notebook server's
        session, which names itself in ``JPY_SESSION_NAME``; otherwise the figure is drawn once.
    """
    check_alternative_text(alt)
    if live is None:
        live = bool(os.environ.get("JPY_SESSION_NAME"))
    if live:
        from IPython.display import display

        display(panel(draw, controls, alt))
        return
    figure, text = _drawn(draw, {name: control.value for name, control in controls.items()})
    show(figure, alt)
    if text:
        print(text)


def panel(draw, controls, alt):
    """The live explorer: controls, a button that sets them back, the picture, what it says, and a report's command."""
    import ipywidgets

    labels = {name: control.label or name.replace("_", " ") for name, control in controls.items()}
    widgets = {name: control.widget(labels[name]) for name, control in controls.items()}
    uploads = {name: Upload(widgets[name]) for name, control in controls.items() if isinstance(control, FileChoice)}
    # No tooltip on the image: ipywidgets 8.1 cannot make its view in JupyterLab then.
    image = ipywidgets.Image(format="png", layout={"max_width": "100%", "object_fit": "contain", "display": "none"})
    line, command = ipywidgets.HTML(), ipywidgets.HTML()
    reset = ipywidgets.Button(description="Reset", tooltip="Set every control back to its first value")
    picture = LivePicture()
    resetting = False

    def redraw(change=None):
        if resetting:
            return
        values = {name: widget.value for name, widget in widgets.items()}
        values |= {name: values[name].strip() or None for name in uploads}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", UserWarning)
            warnings.simplefilter("always", RuntimeWarning)
            try:
                figure, text = _drawn(draw, values)
                png, width = picture.encode(figure)
            except Exception as error:  # whatever goes wrong at these values is said in place; the controls stay alive
                kept = " The picture is the last that could be drawn." if image.value else ""
                line.value = f'<div role="alert"><strong>Not drawn:</strong> {escape(_in_words(error) + kept)}</div>'
                command.value = ""
                return
        # The picture of one widget is replaced, so that nothing on the page flickers or moves.
        image.width, image.value, image.layout.display = str(width), png, None
        line.value = _status(" ".join([text, *dict.fromkeys(str(warning.message) for warning in caught)]).strip())
        uploaded = {name for name, upload in uploads.items() if upload.holds(values[name])}
        command.value = _command(controls, values, labels, uploaded)

    def set_back(button):
        nonlocal resetting
        resetting = True
        try:
            for name, control in controls.items():
                widgets[name].value = control.value if name not in uploads else control.value or ""
        finally:
            resetting = False
        picture.forget()
        redraw()

    for widget in widgets.values():
        widget.observe(redraw, names="value")
    reset.on_click(set_back)
    redraw()
    fields = [w if n not in uploads else ipywidgets.HBox([w, uploads[n].button]) for n, w in widgets.items()]
    described = ipywidgets.HTML(f'<span style="{_unseen}">Figure: {escape(alt)}</span>')
    rows = ipywidgets.Box(fields, layout={"flex_flow": "row wrap"})
    return ipywidgets.VBox([rows, reset, image, described, line, command])


_unseen = "position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)"


def _command(controls, values, labels, uploaded):
    """What to type for a report at these values, and what of them it cannot say."""
    stated = [name for name, control in controls.items() if control.parameter and name not in uploaded]
    silent = [labels[name] for name, control in controls.items() if not control.parameter]
    session = Path(os.environ.get("JPY_SESSION_NAME", ""))
    words = ["sslib", "report", session.stem if session.suffix == ".ipynb" else "NOTEBOOK"]
    for name in stated:
        words += ["-p", f"{controls[name].parameter}={controls[name].text(values[name])}"]
    lines = []
    if stated:
        text = escape(shlex.join(words), quote=True)
        style = "width: 100%; box-sizing: border-box; font-family: monospace"
        lines.append(f'<label>A report at these values:<input readonly value="{text}" style="{style}"></label>')
    if silent:
        lines.append(f"No parameter of the notebook, so not in a report's command: {escape(', '.join(silent))}.")
    if uploaded:
        lines.append("A file that was uploaded lives as long as this kernel; a report needs the path of your own.")
    return "".join(f"<div>{each}</div>" for each in lines)


def _status(text):
    """A line that a screen reader reads out."""
    return f'<div role="status">{escape(text)}</div>'


def _in_words(error):
    """What an error says; what was meant for programmers has its kind before it."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
    words = str(error) if isinstance(error, ValueError | OSError) else f"{type(error).__name__}: {error}"
    return words if words.endswith((".", "?", "!")) else f"{words}."


def _drawn(draw, values):
    """Figure and text, whether or not `draw` returns a text."""
    drawn = draw(**values)
    figure, text = drawn if isinstance(drawn, tuple) else (drawn, "")
    return figure, str(text)
