"""What a person moves beside a figure: numbers, choices and files."""

import math
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sslib.formatting import unit_sign


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
    parameter: str | None

    def text(self, value):
        """As the command line reads it: to the digits that the control shows, in full where it was not moved."""
        return f"{value:.12g}" if value == self.value else f"{value:.4g}"

    def widget(self, description):
        import ipywidgets

        if self.unit:
            description += f" [{unit_sign(self.unit)}]"
        options = {"value": self.value, "description": description, "readout_format": ".4g", **_wide}
        if self.log:
            ends = {"min": math.log10(self.lowest), "max": math.log10(self.highest)}
            step = self.step or _step(ends["min"], math.log10(self.value), ends["max"])
            return ipywidgets.FloatLogSlider(base=10, step=step, **ends, **options)
        step = self.step or _step(self.lowest, self.value, self.highest)
        return ipywidgets.FloatSlider(min=self.lowest, max=self.highest, step=step, **options)


def _step(lowest, value, highest):
    """About a hundredth of the range, of which the value is a whole number above the lower end.

    A browser's slider snaps to its steps when it is set back: to another value than the first one otherwise.
    """
    step = (highest - lowest) / 100
    return step if value == lowest else (value - lowest) / max(1, round((value - lowest) / step))


@dataclass(frozen=True)
class Choice:
    """One of several values."""

    value: object
    options: tuple
    label: str | None
    parameter: str | None

    def text(self, value):
        """As the command line reads it."""
        return str(value)

    def widget(self, description):
        import ipywidgets

        # No list to unfold: JupyterLab takes its up and down keys for the cells.
        if len(self.options) <= FEW:
            style = {"description_width": _wide["style"]["description_width"], "button_width": "auto"}
            return ipywidgets.ToggleButtons(
                value=self.value, options=self.options, description=description, style=style
            )
        return ipywidgets.SelectionSlider(
            value=self.value, options=self.options, description=description, continuous_update=False, **_wide
        )


@dataclass(frozen=True)
class FileChoice:
    """A file of this computer, or a data set's name."""

    value: str | None
    names: tuple
    label: str | None
    parameter: str | None

    def text(self, value):
        """As the command line reads it: a path that holds wherever it is typed."""
        return str(Path(value).resolve()) if value and Path(value).exists() else str(value)

    def widget(self, description):
        import ipywidgets

        # Enter or leaving the field chooses: half a name is no file.
        return ipywidgets.Combobox(
            value=self.value or "", options=self.names, continuous_update=False, description=description, **_wide
        )


FEW = 6
"""So many choices are buttons; more are places on a slider."""

_wide = {"style": {"description_width": "14em"}, "layout": {"width": "31em", "max_width": "100%"}}


def slider(value, lowest, highest, unit="", label=None, log=False, step=None, parameter=None):
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
    parameter : str, optional
        The parameter of the notebook that the number, in `unit`, stands for; goes into the command for a report.
    """
    if not lowest < highest:
        raise ValueError(f"the slider runs from {lowest:g} to {highest:g}; the first must be the lower")
    if not lowest <= value <= highest:
        raise ValueError(f"the slider stands at {value:g}; it must be between {lowest:g} and {highest:g}")
    if log and lowest <= 0:
        raise ValueError(f"the slider starts at {lowest:g}; a logarithmic one must start above zero")
    return Slider(value, lowest, highest, unit, label, log, step, parameter)


def choice(value, options, label=None, parameter=None):
    """A control for one of several values.

    Parameters
    ----------
    value : object
        What is chosen at first.
    options : sequence
        What there is to choose from.
    label : str, optional
        The name that is shown; the keyword of `draw` if left out.
    parameter : str, optional
        The parameter of the notebook that the choice stands for.
    """
    if isinstance(options, str) or not isinstance(options, Sequence):
        raise ValueError(f"the options are {options!r}; they must be a list")
    if value not in options:
        raise ValueError(f"{value!r} is chosen; it must be one of {', '.join(map(repr, options))}")
    return Choice(value, tuple(options), label, parameter)


def choose_file(value=None, names=(), endings=(), folder=".", label=None, parameter=None):
    """A control for a file: a path or a data set's name, typed or taken from suggestions, or a file sent to the kernel.

    Parameters
    ----------
    value : str, optional
        What is chosen at first; `draw` gets None where nothing is.
    names : sequence of str
        Names of data sets, suggested first.
    endings : sequence of str
        Files of `folder` with one of these are suggested, too, such as ``(".csv", ".mpr")``.
    folder : str or path-like
        Where those lie: where the kernel runs if left out.
    label : str, optional
        The name that is shown; the keyword of `draw` if left out.
    parameter : str, optional
        The parameter of the notebook that the file stands for.
    """
    beside = sorted(str(path) for path in Path(folder).iterdir() if path.suffix.lower() in endings and path.is_file())
    return FileChoice(value, (*names, *beside), label, parameter)


class Upload:
    """A button that sends a file to the kernel and writes its place into a field."""

    def __init__(self, field):
        import ipywidgets

        self._field = field
        self._folder = Path(tempfile.mkdtemp(prefix="sslib-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self.button = ipywidgets.FileUpload(description="Upload", layout={"width": "8em"})
        self.button.observe(self._keep, names="value")

    def _keep(self, change):
        for sent in change["new"]:
            # A folder of its own: the same name again may be another file.
            path = Path(tempfile.mkdtemp(dir=self._folder), Path(sent["name"]).name)
            path.write_bytes(sent["content"])
            self._field.value = str(path)

    def holds(self, path):
        """Whether a path is that of a file that was sent."""
        return bool(path) and Path(path).is_relative_to(self._folder)
