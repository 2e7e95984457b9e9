"""Every figure of every topic notebook can be read: text large enough, dark enough, and one word at a place."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from sslib.notebook.figures.style import SMALL, WIDTH
from tests.notebooks_in_process import NOTEBOOKS, run_cells
from tests.simulations import every

LEAST_CONTRAST = 4.5
"""Of text against what is behind it (WCAG 2, level AA)."""


def luminance(rgb):
    """Relative luminance of sRGB colours [1], by WCAG 2."""
    rgb = np.asarray(rgb, dtype=float)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    """Contrast ratio of two luminances [1]."""
    return (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)


def texts_of(figure, renderer):
    """The texts that are seen, each with its extent in pixels."""
    width, height = figure.canvas.get_width_height()
    for text in figure.findobj(Text):
        if not text.get_visible() or not text.get_text().strip():
            continue
        box = text.get_window_extent(renderer)
        if box.x1 > 0 and box.y1 > 0 and box.x0 < width and box.y0 < height:
            yield text, box


def outside(box, width, height, slack=2):
    return box.x0 < -slack or box.y0 < -slack or box.x1 > width + slack or box.y1 > height + slack


def flaws(figure):
    """What in a figure is too small, too faint or cut off (list of str)."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    width, height = canvas.get_width_height()
    seen = list(drawn_texts(figure, canvas.renderer))
    for text, _ in seen:
        text.set_alpha(0)
    canvas.draw()
    behind = np.asarray(canvas.buffer_rgba())[..., :3] / 255
    found = []
    least = SMALL * figure.get_figwidth() / WIDTH
    for text, box in seen:
        words = text.get_text()
        if text.get_fontsize() < least - 1e-9:
            found.append(f"{words!r} has {text.get_fontsize():g} pt")
        if outside(box, width, height):
            found.append(f"{words!r} is cut off")
        rows = slice(max(height - int(box.y1), 0), max(height - int(box.y0), 0) + 1)
        ground = behind[rows, max(int(box.x0), 0) : int(box.x1) + 1].reshape(-1, 3)
        if len(ground):
            ratio = np.median(contrast(luminance(to_rgb(text.get_color())), luminance(ground)))
            if ratio < LEAST_CONTRAST:
                found.append(f"{words!r} has a contrast of {ratio:.2g}")
    return found


def drawn_texts(figure, renderer):
    """Texts of a figure that was drawn, without the numbers at ticks that lie beyond an axis's ends."""
    ticks = set()
    for axes in [*figure.axes, *(child for each in figure.axes for child in each.child_axes)]:
        for axis in (axes.xaxis, axes.yaxis):
            every = {label for tick in (*axis.majorTicks, *axis.minorTicks) for label in (tick.label1, tick.label2)}
            inside = {label for tick in axis._update_ticks() for label in (tick.label1, tick.label2)}
            ticks |= every - inside
            if not axis.get_visible() or not axes.get_visible() or not axes.axison:
                ticks |= every
    return [(text, box) for text, box in texts_of(figure, renderer) if text not in ticks]


@pytest.mark.slow
@pytest.mark.parametrize("path", every(3, NOTEBOOKS), ids=lambda path: path.stem)
def test_every_text_in_a_figure_can_be_read(path):
    """On paper or a projector, small grey words are the first to go."""
    figures = []
    run_cells(
        path,
        show=lambda figure, alt: figures.append(figure),
        explore=lambda draw, controls, alt, live=None: figures.append(
            draw(**{name: control.value for name, control in controls.items()})
        ),
    )
    figures = [drawn[0] if isinstance(drawn, tuple) else drawn for drawn in figures]
    assert figures
    found = {f"figure {number}": flaws(figure) for number, figure in enumerate(figures, 1)}
    assert {name: words for name, words in found.items() if words} == {}


def test_contrast_is_that_of_the_guidelines():
    """A wrong formula would let grey pass: black on white is 21, #767676 the lightest grey that passes on white."""
    assert contrast(luminance((0, 0, 0)), luminance((1, 1, 1))) == pytest.approx(21)
    assert contrast(luminance(to_rgb("#767676")), 1.0) == pytest.approx(4.54, abs=0.01)
