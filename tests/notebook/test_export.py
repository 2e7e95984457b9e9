"""A figure's numbers come out as they went in, and nothing that was drawn is missing without a word."""

import csv

import numpy as np
from matplotlib.figure import Figure

from sslib.notebook.export import drawn, keep_figure
from sslib.notebook.figures import budget_figure, residual_figure, spectrum_figure


def curves(figure):
    """{(panel, curve): rows of numbers} of a figure."""
    found = {}
    for panel, _, _, curve, *numbers in drawn(figure):
        found.setdefault((panel, curve), []).append(numbers)
    return found


def test_the_spectrum_is_in_the_table_point_by_point():
    """Who draws the figure anew for a paper must get the same points, with their axes named."""
    frequency, impedance = np.logspace(4, 0, 9), np.linspace(10, 50, 9) - 1j * np.linspace(1, 20, 9)
    figure = spectrum_figure(frequency, impedance, frequency, 1.01 * impedance)
    rows = curves(figure)
    np.testing.assert_allclose([row[:2] for row in rows[1, "data"]], np.c_[impedance.real, -impedance.imag])
    np.testing.assert_allclose([row[:2] for row in rows[1, "model"]], 1.01 * np.c_[impedance.real, -impedance.imag])
    np.testing.assert_allclose([row[:2] for row in rows[2, "curve 1"]], np.c_[frequency, abs(impedance)])
    assert len(rows) == 6, "the marks of the decades are no data"
    assert {(panel, x) for panel, x, *_ in drawn(figure)} == {
        (1, "Re Z [Ω]"), (2, "frequency [Hz]"), (3, "frequency [Hz]")
    }  # fmt: skip


def test_lines_that_guide_the_eye_are_left_out():
    """A row for the zero line would read as a measured residual."""
    rows = curves(residual_figure(np.logspace(2, 0, 3), np.array([0.01 + 0.02j, 0, -0.01j]), 0.003))
    assert set(rows) == {(1, "real part"), (1, "imaginary part")}
    np.testing.assert_allclose([row[1] for row in rows[1, "imaginary part"]], [2, 0, -1])


class Share:
    def __init__(self, value, interval):
        self.value, self.interval = value, interval


def test_bars_have_their_names_and_the_ends_of_their_intervals():
    """A bar without its name is a number of nothing."""
    budget = {"ionic rail": Share(20.0, (18.0, 23.0)), "storage": Share(1.0, (1.0, 1.0))}
    rows = curves(budget_figure(budget, 0.01))
    assert rows[1, "ionic rail"] == [[20.0, 1.0, 18.0, 23.0]]
    assert rows[1, "storage"] == [[1.0, 0.0, 1.0, 1.0]]


def test_upright_bars_points_with_errors_and_scatter():
    """Each kind of drawing keeps its numbers in a place of its own."""
    figure = Figure()
    axes = figure.subplots()
    axes.bar([0, 1], [5.0, 7.0], tick_label=["a", "b"])
    axes.errorbar([1.0, 2.0], [3.0, 4.0], [[0.5, 0.25], [1.0, 2.0]], fmt="o", label="with errors")
    axes.scatter([8.0], [9.0], label="dots")
    rows = curves(figure)
    assert [rows[1, name][0][:2] for name in "ab"] == [[0.0, 5.0], [1.0, 7.0]]
    assert rows[1, "with errors"] == [[1.0, 3.0, 2.5, 4.0], [2.0, 4.0, 3.75, 6.0]]
    assert rows[1, "dots"] == [[8.0, 9.0, "", ""]]
    assert len(rows) == 4


def test_what_has_no_numbers_here_is_named():
    """A map that is missing from the table without a word would be taken for all there was."""
    figure = Figure()
    figure.subplots().pcolormesh([[1.0, 2.0], [3.0, 4.0]])
    assert list(curves(figure)) == [(1, "QuadMesh: not in this table")]


def test_figures_are_kept_where_the_runner_says(tmp_path, monkeypatch):
    """Without a request a notebook that is run by hand must not litter its folder."""
    figure = Figure()
    figure.subplots().plot([1.0, 2.0], [3.0, 4.0], label="line, with a comma")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SSLIB_FIGURES", raising=False)
    keep_figure(figure, "a line")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv("SSLIB_FIGURES", str(tmp_path))
    keep_figure(figure, "a <line>")
    keep_figure(figure, "a <line>")
    assert {path.name for path in tmp_path.iterdir()} == {
        f"figure_{k}.{kind}" for k in (1, 2) for kind in ("svg", "csv")
    }
    drawings = [(tmp_path / f"figure_{k}.svg").read_bytes() for k in (1, 2)]
    assert drawings[0] == drawings[1]
    assert b"a &lt;line&gt;" in drawings[0]
    rows = list(csv.DictReader((tmp_path / "figure_1.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["curve"], float(row["x"]), float(row["y"])) for row in rows] == [
        ("line, with a comma", 1.0, 3.0),
        ("line, with a comma", 2.0, 4.0),
    ]
