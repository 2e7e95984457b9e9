"""The distribution of relaxation times as drawn: a reader sees at a glance which peaks and times are not determined."""

from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

from sslib.impedance import relaxation_times
from sslib.notebook.figures import relaxation_figure
from sslib.notebook.picture import encode

FREQUENCY = np.logspace(5, -1, 31)


@pytest.fixture(scope="module")
def result():
    """One arc within the window, and one faster than all that was measured."""
    i_omega = 2j * np.pi * FREQUENCY
    z = 20 + 50 / (1 + (i_omega * 3e-7) ** 0.9) + 100 / (1 + (i_omega * 1e-2) ** 0.9)
    noise = np.random.default_rng(0).standard_normal((2, len(z)))
    z = z + 0.002 * np.abs(z) * (noise[0] + 1j * noise[1])
    return relaxation_times(SimpleNamespace(frequency=FREQUENCY, impedance=z), draws=20)


def test_doubtful_peaks_are_open_and_determined_ones_filled(result):
    """A filled mark on a peak that was not measured would be read as a number."""
    outside = {name for v in result.verdicts if v.kind == "outside the window" for name in v.parameters}
    assert outside == {"peak 1"}
    figure = relaxation_figure(result)
    marks = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert len(marks) == len(result.peaks) == 2
    for peak, mark in zip(result.peaks, marks, strict=True):
        assert mark.get_xdata()[0] == peak.tau
    faces = [to_rgba(mark.get_markerfacecolor()) for mark in marks]
    assert faces[0] == to_rgba("white")
    assert faces[1] == to_rgba(marks[1].get_color())
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts[0].startswith("(")
    assert not texts[1].startswith("(")
    assert encode(figure)[0].startswith(b"\x89PNG")


def test_times_outside_the_window_are_grey(result):
    """Without the grey, what is extrapolated would look as if it were measured."""
    axes = relaxation_figure(result).axes[0]
    spans = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    ends = sorted((patch.get_x(), patch.get_x() + patch.get_width()) for patch in spans)
    fastest, slowest = 1 / (2 * np.pi * FREQUENCY[[0, -1]])
    np.testing.assert_allclose(ends, [(result.tau[0], fastest), (slowest, result.tau[-1])])
    for patch in spans:
        red, green, blue, _ = patch.get_facecolor()
        assert red == green == blue < 1


def test_without_peaks_there_are_no_marks():
    """A resistor's spectrum is drawn as one without relaxations, not as an error."""
    z = np.full(len(FREQUENCY), 100.0 + 0j)
    resistor = relaxation_times(SimpleNamespace(frequency=FREQUENCY, impedance=z), draws=10)
    axes = relaxation_figure(resistor).axes[0]
    assert not [line for line in axes.lines if line.get_marker() == "o"]
