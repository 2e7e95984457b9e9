"""Explorers: the kernel's share of a move of a control, drawing and encoding, per notebook.

Targets: below 200 ms; maps below 300 ms with 2000 draws live. What a browser takes to show a picture is not in it.
"""

import sys
import time
from unittest.mock import patch

import numpy as np

from tests.notebooks_in_process import NOTEBOOKS, run_cells

TARGETS = {"cell_story": 300, "degradation_maps": 300, "electrode_design": 300}


class Watch:
    """Seconds spent in each call of a function."""

    def __init__(self, function):
        self.function, self.seconds = function, []

    def __call__(self, *arguments, **keywords):
        start = time.perf_counter()
        try:
            return self.function(*arguments, **keywords)
        finally:
            self.seconds.append(time.perf_counter() - start)


def explorers(path):
    """What a notebook gives to explore() (list of draw, controls, alt), from a run of its cells in this process."""
    found = []
    run_cells(path, explore=lambda draw, controls, alt, live=None: found.append((draw, controls, alt)))
    return found


def moves(widgets):
    """Each control moved a little, to and fro."""
    import ipywidgets

    for widget in widgets:
        if isinstance(widget, ipywidgets.FloatLogSlider | ipywidgets.FloatSlider):
            first = widget.value
            for way in (2, -2, 4):
                yield (
                    widget,
                    (
                        first * widget.base ** (way * widget.step)
                        if isinstance(widget, ipywidgets.FloatLogSlider)
                        else min(max(first + way * widget.step, widget.min), widget.max)
                    ),
                )
            yield widget, first
        elif isinstance(widget, ipywidgets.ToggleButtons | ipywidgets.SelectionSlider):
            for option in widget.options[:3]:
                yield widget, option


def measure(draw, controls, alt):
    """Median over the moves of drawing, of encoding and of the whole [s]."""
    from sslib.notebook.explorer import panel
    from sslib.notebook.picture import LivePicture

    drawing, encode = Watch(draw), LivePicture.encode
    encoding = Watch(encode)
    with patch.object(LivePicture, "encode", lambda self, figure: encoding(self, figure)):
        box = panel(drawing, controls, alt)
        del drawing.seconds[:], encoding.seconds[:]
        whole = []
        for widget, value in moves(box.children[0].children):
            if widget.value != value:
                start = time.perf_counter()
                widget.value = value
                whole.append(time.perf_counter() - start)
    return [np.median(each) for each in (drawing.seconds, encoding.seconds, whole)] + [max(whole)]


def main(names=()):
    print("| notebook | drawing [ms] | encoding [ms] | kernel's share, median [ms] | slowest [ms] | target [ms] |")
    print("|---|---|---|---|---|---|")
    for path in NOTEBOOKS:
        if names and path.stem not in names:
            continue
        for draw, controls, alt in explorers(path):
            if not any(type(control).__name__ != "FileChoice" for control in controls.values()):
                continue
            figures = " | ".join(f"{1000 * seconds:.0f}" for seconds in measure(draw, controls, alt))
            print(f"| {path.stem} | {figures} | {TARGETS.get(path.stem, 200)} |")


if __name__ == "__main__":
    main(sys.argv[1:])
