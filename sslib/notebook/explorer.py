"""Sliders over a figure when a person runs the notebook; the same figure once when nobody does."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from sslib.formatting import unit_sign
from sslib.notebook.picture import check_alternative_text, encode, show


@dataclass(frozen=True)
class Slider:
    """A number between two ends."""

    value: float
    lowest: float
    highest: float
    unit: str
    label: str | None
    log: bool
    step: float | None

    def widget(self, description):
        import ipywidgets

        if self.unit:
            description += f" [{unit_sign(self.unit)}]"
        options = {"value": self.value, "description": description, "readout_format": ".4g", **_wide}
        if self.log:
            ends = {"min": math.log10(self.lowest), "max": math.log10(self.highest)}
            step = self.step or (ends["max"] - ends["min"]) / 100
            return ipywidgets.FloatLogSlider(base=10, step=step, **ends, **options)
        step = self.step or (self.highest - self.lowest) / 100
        return ipywidgets.FloatSlider(min=self.lowest, max=self.highest, step=step, **options)


@dataclass(frozen=True)
class Choice:
    """One of several values."""

    value: object
    options: tuple
    label: str | None

    def widget(self, description):
        import ipywidgets

        return ipywidgets.Dropdown(value=self.value, options=self.options, description=description, **_wide)


_wide = {"style": {"description_width": "14em"}, "layout": {"width": "36em", "max_width": "100%"}}


def slider(value, lowest, highest, unit="", label=None, log=False, step=None):
    """A control for a number.

    Parameters
    ----------
    value, lowest, highest : float
        Where the slider stands at first, and its ends, in `unit`.
    unit : str
        Shown beside the name.
    label : str, optional
        The name that is shown; the keyword of `draw` if left out.
    log : bool
        Whether equal steps are equal factors; the ends must be positive then.
    step : float, optional
        Smallest change, in `unit` (in decades if `log`); a hundredth of the range if left out.
    """
    if not lowest < highest:
        raise ValueError(f"the slider runs from {lowest:g} to {highest:g}; the first must be the lower")
    if not lowest <= value <= highest:
        raise ValueError(f"the slider stands at {value:g}; it must be between {lowest:g} and {highest:g}")
    if log and lowest <= 0:
        raise ValueError(f"the slider starts at {lowest:g}; a logarithmic one must start above zero")
    return Slider(value, lowest, highest, unit, label, log, step)


def choice(value, options, label=None):
    """A control for one of several values.

    Parameters
    ----------
    value : object
        What is chosen at first.
    options : sequence
        What there is to choose from.
    label : str, optional
        The name that is shown; the keyword of `draw` if left out.
    """
    if isinstance(options, str) or not isinstance(options, Sequence):
        raise ValueError(f"the options are {options!r}; they must be a list")
    if value not in options:
        raise ValueError(f"{value!r} is chosen; it must be one of {', '.join(map(repr, options))}")
    return Choice(value, tuple(options), label)


def explore(draw, controls, alt, live=None):
    """A figure that answers to controls.

    Parameters
    ----------
    draw : callable
        Called with the controls' values by name; returns a matplotlib figure, or a figure and a line of text.
    controls : dict
        By name, a `slider` or a `choice`.
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

        display(panel(draw, controls))
        return
    figure, text = _drawn(draw, {name: control.value for name, control in controls.items()})
    show(figure, alt)
    if text:
        print(text)


def panel(draw, controls):
    """The live explorer: controls, a button that sets them back, the picture and the text beneath it."""
    import ipywidgets

    widgets = {name: control.widget(control.label or name.replace("_", " ")) for name, control in controls.items()}
    # No tooltip on the image: ipywidgets 8.1 cannot make its view in JupyterLab then.
    image = ipywidgets.Image(format="png", layout={"max_width": "100%", "object_fit": "contain"})
    line = ipywidgets.HTML()
    reset = ipywidgets.Button(description="Reset", tooltip="Set every control back to its first value")
    resetting = False

    def redraw(change=None):
        if resetting:
            return
        try:
            figure, text = _drawn(draw, {name: widget.value for name, widget in widgets.items()})
            png, width = encode(figure)
        except Exception as error:  # whatever goes wrong at these values is said in place; the controls stay alive
            line.value = f'<span style="color: #a40000">{escape(f"{type(error).__name__}: {error}")}</span>'
            return
        # The picture of one widget is replaced, so that nothing on the page flickers or moves.
        image.width = str(width)
        image.value = png
        line.value = escape(text)

    def set_back(button):
        nonlocal resetting
        resetting = True
        try:
            for name, control in controls.items():
                widgets[name].value = control.value
        finally:
            resetting = False
        redraw()

    for widget in widgets.values():
        widget.observe(redraw, names="value")
    reset.on_click(set_back)
    redraw()
    return ipywidgets.VBox([*widgets.values(), reset, image, line])


def _drawn(draw, values):
    """Figure and text, whether or not `draw` returns a text."""
    drawn = draw(**values)
    figure, text = drawn if isinstance(drawn, tuple) else (drawn, "")
    return figure, str(text)
