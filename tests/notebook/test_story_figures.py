"""Figures of one cell from spectrum to failure: marks where the data are, nothing lost at an edge, open ends said."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from sslib.cell import StatedCell, compare_throughput, literature_throughput_cells, specific_energy
from sslib.failure import LITHIUM_SIDE, Conditions, cell_parameters, failure_map
from sslib.notebook.figures import (
    delivery_figure,
    failure_map_figure,
    first_change_figure,
    reading_figure,
    survival_figure,
)
from sslib.notebook.figures.style import WIDTH
from sslib.units import MPa, hour, mA_cm2, mAh_cm2, mol_m2_h, ohm_cm2, um
from tests.notebook.test_readable import flaws

FREQUENCY = np.logspace(6, -2, 41)
AREA = 0.785e-4
ARC = (10 + 100 / (1 + 2j * np.pi * FREQUENCY * 1e-2)) / (AREA / ohm_cm2)
RATES = np.array([0.1, 0.5, 1.0, 2.0, 5.0])
CELL = StatedCell(
    R_ion=100 * ohm_cm2,
    R_el=2 * ohm_cm2,
    R_ct=1.2 * ohm_cm2,
    R_sep=3 * ohm_cm2,
    R_counter=3.64 * ohm_cm2,
    tau_d=1250.0,
    thickness=100 * um,
    particle_radius=2.5 * um,
    separator_thickness=30 * um,
    active_fraction=0.6,
    electrolyte_fraction=0.35,
)
WH_KG = 3600.0
TIME = np.geomspace(1, 1e4, 41) * hour
RISING = 1 - np.exp(-TIME / (1000 * hour))


def reading(parts, impedance=ARC):
    values = {name: tuple(end and end * ohm_cm2 for end in known) for name, known in parts.items()}
    return reading_figure(FREQUENCY, impedance, FREQUENCY, impedance, values, 0.4 * mA_cm2, AREA)


@pytest.fixture(scope="module")
def run():
    return CELL.at(RATES)


@pytest.fixture(scope="module")
def literature():
    return literature_throughput_cells()


@pytest.fixture(scope="module")
def found():
    at = Conditions(np.geomspace(0.01, 10, 20) * mA_cm2, np.geomspace(0.5, 100, 20) * MPa)
    return failure_map(at, cell_parameters("LPSCl"), LITHIUM_SIDE, draws=200)


def delivery(run, cells, own, stated=1.0, energy=None, interval=(None, None)):
    energy = specific_energy(CELL, run) / WH_KG if energy is None else energy
    capacity, throughput, ends = own
    place = capacity * mAh_cm2, throughput * mol_m2_h, [end and end * mol_m2_h for end in ends]
    ceiling = CELL.reversible_energy / CELL.masses.areal_mass / WH_KG
    nominal, compared = CELL.nominal_capacity, compare_throughput(cells)
    return delivery_figure(RATES, run, nominal, energy, interval, ceiling, stated, cells, compared, place)


def survival(found, point=(7.0, 0.4), versus=None, probability=RISING):
    in_SI = [at and (at[0] * MPa, at[1] * mA_cm2) for at in (point, versus)]
    ends = np.clip(0.7 * probability, 0, 1), np.clip(1.3 * probability, 0, 1)
    return survival_figure(found, in_SI[0], TIME, (probability, *ends), (100 * hour, 1000 * hour), in_SI[1])


def changes(*rows):
    names = ["energy", "energy_low", "energy_high", "failure", "failure_low", "failure_high"]
    return pd.DataFrame(list(rows), [f"change {k}" for k in range(len(rows))], names)


def words(axes):
    return [text.get_text() for text in axes.texts if text.get_text()]


def marks(axes, marker):
    """Places of the marks of one shape, in the data of their axes, each with whether it stands in data."""
    lines = [line for line in axes.lines if line.get_marker() == marker]
    return [(*np.column_stack(line.get_data())[0], line.get_transform() == axes.transData) for line in lines]


def arrows(axes):
    """Places at which arrows point, in shares of the axes."""
    return [tuple(text.xy) for text in axes.texts if getattr(text, "arrow_patch", None) is not None]


def heads(axes):
    """Shapes of the ends of whiskers."""
    return [line.get_marker() for line in axes.lines if line.get_label() == "_end"]


PARTS = {"separator": (20.0, 15.0, 26.0), "ionic rail": (70.0, 60.0, None), "diffusion": (10.0, None, None)}


def test_a_reading_has_equal_axes_per_area_and_bars_that_add_up():
    """An arc in ohm beside bars in ohm cm2, or bars that do not meet, would contradict each other on one sheet."""
    figure = reading(PARTS)
    nyquist, budget = figure.axes
    assert nyquist.get_aspect() == 1
    assert (nyquist.get_xlabel(), nyquist.get_ylabel()) == ("Re Z [Ω cm²]", "−Im Z [Ω cm²]")
    assert nyquist.lines[0].get_xdata().max() == pytest.approx(110, rel=1e-3)
    bars = [(bar.get_x(), bar.get_width()) for bar in budget.patches]
    np.testing.assert_allclose(bars, [(0, 20), (20, 70), (90, 10), (0, 100)])
    assert words(budget) == ["20.0 (15.0–26.0)", "70 (≥ 60)", "10 (open)", "100", "by Ohm's law 40 mV at 0.4 mA/cm²"]
    assert sorted(heads(budget)) == sorted(["|", "|", "|", ">", "<", ">"])
    assert figure.get_figwidth() == WIDTH


def test_names_of_decades_stay_within_a_small_panel():
    """Beside another panel there is nowhere else for them to go."""
    nyquist, _ = (figure := reading(PARTS)).axes
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    frame = nyquist.get_window_extent()
    for text in nyquist.texts:
        box = text.get_window_extent(canvas.renderer)
        assert frame.x0 - 2 <= box.x0, text.get_text()
        assert box.x1 <= frame.x1 + 2, text.get_text()


def test_a_negative_part_leads_back_and_a_zero_is_named():
    """A bar drawn from zero, or left out, would give another sum than the one below it."""
    _, budget = reading({"a": (5.0, 4.0, 6.0), "b": (-15.0, -20.0, -10.0), "c": (0.0, 0.0, 0.0)}).axes
    bars = [(bar.get_x(), bar.get_width()) for bar in budget.patches]
    np.testing.assert_allclose(bars, [(0, 5), (5, -15), (-10, 0), (0, -10)])
    assert words(budget)[1:4] == ["−15.0 (−20.0 to −10.0)", "0", "−10"]
    assert budget.get_xlim()[0] < -15


def test_a_far_end_leaves_the_bars_their_width():
    """An end at a hundred times the sum would crush them to lines; its number stands beside, an arrow leads there."""
    _, budget = reading({"a": (5.0, 4.0, 2000.0), "b": (15.0, 10.0, 20.0)}).axes
    assert budget.get_xlim()[1] < 40
    assert ">" in heads(budget)
    assert words(budget)[0] == "5 (4–2000)"


def test_a_delivery_has_its_curves_band_and_star(run, literature):
    """The stated rate must stand out, and the star must be where the numbers put it."""
    energy = specific_energy(CELL, run) / WH_KG
    figure = delivery(run, literature, (5.0, 1.8, (1.4, 2.4)), interval=(0.8 * energy, 1.05 * energy))
    curves, rates, place = figure.axes
    widths = {line.get_label(): line.get_linewidth() for line in curves.lines}
    assert max(widths, key=widths.get) == "1C"
    assert len([name for name in widths if name.endswith("C")]) == 4
    np.testing.assert_allclose(rates.lines[0].get_ydata(), energy)
    assert rates.get_ylim()[1] > CELL.reversible_energy / CELL.masses.areal_mass / WH_KG
    ((x, y, in_data),) = marks(place, "*")
    assert (x, y, in_data) == (pytest.approx(5.0), pytest.approx(1.8), True)
    assert heads(place) == ["_", "_"]
    assert [axes.get_xlabel().split("[")[1] for axes in figure.axes] == ["mAh/cm²]", "1/h]", "mAh/cm²]"]
    assert [axes.get_ylabel().split("[")[1] for axes in figure.axes] == ["V]", "Wh/kg]", "mol m⁻² h⁻¹]"]


def test_classes_differ_by_shape_as_by_colour(run, literature):
    """In a small panel the shape has to say the class again for who cannot tell the colours."""
    place = delivery(run, literature, (5.0, 1.8, (None, None))).axes[2]
    looks = [(line.get_marker(), line.get_color()) for line in place.get_legend().get_lines()]
    assert len({shape for shape, _ in looks}) == len({colour for _, colour in looks}) == len(looks) > 5
    assert sorted(heads(place)) == ["^", "v"]


def test_nothing_delivered_is_said(literature):
    """Empty axes would look like a figure that failed; a star at zero has no place on logarithmic ones."""
    empty = SimpleNamespace(curves=[(np.array([]), np.array([]))] * len(RATES))
    figure = delivery(empty, literature, (0.0, 0.0, (None, None)), energy=np.zeros(len(RATES)))
    curves, rates, place = figure.axes
    assert "nothing delivered" in words(curves)[0]
    assert words(rates) == ["nothing delivered"]
    assert arrows(place) == [(0, 0)]
    assert "0 mAh/cm²\n0 mol m⁻² h⁻¹" in words(place)
    assert flaws(figure) == []


@pytest.mark.parametrize(("throughput", "edge"), [(1e5, 1), (1e-6, 0)])
def test_a_star_far_from_the_literature_leaves_it_room(run, literature, throughput, edge):
    """Ten empty decades would press all other cells into one spot."""
    place = delivery(run, literature, (2.0, throughput, (None, 2 * throughput))).axes[2]
    assert np.ptp(np.log10(place.get_ylim())) < 5
    ((_, y),) = arrows(place)
    assert y == edge
    assert any(text.startswith("2 mAh/cm²\n1×10") for text in words(place))


def test_literature_without_capacity_leaves_the_star(run, literature):
    """Rows that cannot be placed must not take the one that can with them."""
    place = delivery(run, literature.assign(capacity=np.nan), (5.0, 1.8, (1.4, None))).axes[2]
    assert marks(place, "*")[0][:2] == (pytest.approx(5.0), pytest.approx(1.8))
    assert [text.get_text() for text in place.get_legend().get_texts()] == ["this cell"]


def test_a_survival_has_its_points_and_its_times(found):
    """A star in the wrong units would stand in another band of the map."""
    figure = survival(found, versus=(20.0, 1.0))
    plane, course, _ = figure.axes
    assert marks(plane, "*") == [(pytest.approx(7.0), pytest.approx(0.4), True)]
    assert marks(plane, "D") == [(pytest.approx(20.0), pytest.approx(1.0), True)]
    assert plane.get_xlabel() == "stack pressure [MPa]"
    assert plane.get_ylabel() == "current density [mA/cm²]"
    dots = [(x, y) for x, y, _ in marks(course, "o")]
    np.testing.assert_allclose(dots, [(100, 1 - np.exp(-0.1)), (1000, 1 - np.exp(-1))], rtol=2e-3)
    assert words(course) == ["100 h\n0.10", "1000 h\n0.63"]
    assert "second cell" in [text.get_text() for text in figure.legends[0].get_texts()]
    assert flaws(figure) == []


@pytest.mark.parametrize("draw", [survival, lambda found, point: failure_map_figure({"": found}, point=point)])
def test_a_point_beyond_the_map_is_at_its_edge_with_an_arrow(found, draw):
    """A star that vanishes looks like a cell without an operating point; it also leads to its values."""
    point = (200.0, 0.4) if draw is survival else (200 * MPa, 0.4 * mA_cm2)
    plane = draw(found, point).axes[0]
    ((x, _, in_data),) = marks(plane, "*")
    assert not in_data
    assert 0.5 < x < 1
    assert arrows(plane)[0] == (1, pytest.approx(np.log(0.4 / 0.01) / np.log(1000)))
    assert "200 MPa, 0.4 mA/cm²" in words(plane)


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_a_map_of_one_probability_has_its_colour(found, level):
    """There are no contours to draw then, which is no reason to fail or to leave the map white."""
    same = replace(found, probability=np.full_like(found.probability, level))
    figure = survival(same, probability=np.full(len(TIME), level))
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    plane, course, bar = figure.axes
    assert words(course) == [f"100 h\n{level:.2f}", f"1000 h\n{level:.2f}"]
    pixels = np.asarray(canvas.buffer_rgba())[::-1]
    of_map = [int(v) for v in plane.transAxes.transform((0.3, 0.3))]
    of_bar = [int(v) for v in bar.transAxes.transform((0.5, 0.04 if level == 0 else 0.96))]
    np.testing.assert_array_equal(pixels[of_map[1], of_map[0]], pixels[of_bar[1], of_bar[0]])


def test_a_time_that_was_not_computed_has_no_probability(found):
    """The last value carried on would be a guess that looks like a result."""
    late = (100 * hour, 1e5 * hour)
    course = survival_figure(found, (7 * MPa, 4.0), TIME, (RISING, RISING, RISING), late).axes[1]
    assert words(course)[1] == "1×10⁵ h\n"


def test_changes_stand_in_their_order_with_better_told_from_worse():
    """The same bar to the right is good for energy and bad for failures; colour alone would not say so."""
    better, worse = (0.03, 0.02, 0.04, -0.02, -0.03, -0.01), (-0.01, -0.02, 0.0, 0.05, 0.04, 0.06)
    figure = first_change_figure(changes(better, worse))
    for axes, values in zip(figure.axes, ([3, -1], [-2, 5]), strict=True):
        first, second = axes.patches
        np.testing.assert_allclose([first.get_width(), second.get_width()], values)
        assert first.get_y() > second.get_y()
        assert (first.get_hatch(), second.get_hatch()) == (None, "////")
        assert first.get_facecolor() != second.get_facecolor()
    assert [words(axes) for axes in figure.axes] == [["+3.0", "−1.0"], ["−2.0", "+5.0"]]
    labels = [axes.get_xlabel().replace("\n", " ") for axes in figure.axes]
    assert labels == ["effect on specific energy [%]", "effect on failure [percentage points]"]


def test_open_ends_of_changes_are_arrows():
    """A whisker that stops at the panel's edge would pass for a limit."""
    energy, failure = first_change_figure(changes((0.03, np.nan, 0.04, -0.02, None, None))).axes
    assert heads(energy) == ["<", "|"]
    assert heads(failure) == ["<", ">"]


def test_a_change_that_was_not_computed_is_said_to_be_unknown():
    """A discharge that breaks off has no energy; the change's effect on failure is known all the same."""
    nothing = (np.nan, None, None, -0.02, -0.03, -0.01)
    energy, failure = first_change_figure(changes(nothing, (0.03, 0.02, 0.04, 0.0, 0.0, 0.0))).axes
    assert words(energy) == ["unknown", "+3.0"]
    assert words(failure) == ["−2.0", "0.0"]


def test_fourteen_changes_with_long_labels_can_be_read():
    """The sheet has no more room than this, and a label must not push the bars out of it."""
    rows = changes(*[(0.01 * k, 0.01 * k - 0.01, 0.01 * k + 0.01, -0.01, -0.02, 0.0) for k in range(14)])
    rows.index = [f"{k} with a label that is much longer than any panel has room for, in $ and %" for k in range(14)]
    figure = first_change_figure(rows)
    assert figure.get_figheight() <= 3.4
    assert flaws(figure) == []
    figure.canvas.draw()
    boxes = [axes.get_position() for axes in figure.axes]
    assert min(box.width for box in boxes) > 0.2
    assert boxes[0].x1 < boxes[1].x0
