"""Diffusion in a plate: against the series, against another discretisation, and what it holds."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from sslib.cell import DiffusivityCurve
from sslib.cell.film.plate import Plate

CURVE = DiffusivityCurve([0.1, 0.3, 0.5, 0.8], [2.0, 0.4, 1.3, 0.7])


def series(t):
    """Surface less mean of a plate with unit diffusivity, thickness and flux."""
    n = np.arange(1, 3000) * np.pi
    return 1 / 3 - 2 * np.sum(np.exp(-(n**2) * t) / n**2)


def filled(plate, start, supply, span, accuracy=1e-9):
    """Profile after that time."""
    return plate.course(np.full(len(plate.widths), start), supply, span, [], accuracy)[1][-1]


def test_constant_diffusivity_is_the_series():
    """A wrong weight of a node or a flux would show at early or at late times."""
    rate, supply = 3.7e-3, 2.1e-4
    plate = Plate(DiffusivityCurve([0, 1], [5.0, 5.0]).relative_to(0.5), rate, supply, 160)
    for t in (0.02, 0.3, 2.0):
        x = filled(plate, 0.2, supply, t / rate)
        assert (x[0] - plate.mean(x)) * rate / supply == pytest.approx(series(t), rel=4e-4)
        assert plate.mean(x) == pytest.approx(0.2 + supply * t / rate, rel=1e-12)


def test_nodes_converge_in_second_order():
    """Grading that is not smooth, or a one-sided flux, would leave an error of first order."""
    errors = []
    for cells in (24, 48, 96):
        plate = Plate(DiffusivityCurve([0, 1], [1.0, 1.0]), 1.0, 0.1, cells)
        x = filled(plate, 0.0, 0.1, 0.2, accuracy=1e-11)
        errors.append(abs(x[0] - plate.mean(x) - 0.1 * series(0.2)))
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2, abs=0.2)
    assert np.log2(errors[1] / errors[2]) == pytest.approx(2, abs=0.2)


def test_a_shallow_profile_is_resolved():
    """Where the surface fills long before the depth is reached, even nodes would see nothing."""
    supply, t = 2e3, 1e-7
    plate = Plate(DiffusivityCurve([0, 1], [1.0, 1.0]), 1.0, supply, 60)
    x = filled(plate, 0.2, supply, t)
    assert x[0] - 0.2 == pytest.approx(2 * supply * np.sqrt(t / np.pi), rel=5e-3)


def test_another_discretisation_of_the_nonlinear_problem_agrees():
    """Concentration-dependent diffusivity: cells of equal size, arithmetic means, scipy's stiff solver."""
    rate, supply, start, span, cells = 1.7e-2, 3.1e-3, 0.22, 90.0, 800
    curve = CURVE.relative_to(0.3)

    def change(t, x):
        conductance = rate * cells * (curve.value(x[1:]) + curve.value(x[:-1])) / 2
        flux = np.concatenate([[supply], -conductance * np.diff(x), [0.0]])
        return -np.diff(flux) * cells

    band = np.diag(np.ones(cells)) + np.diag(np.ones(cells - 1), 1) + np.diag(np.ones(cells - 1), -1)
    other = solve_ivp(change, (0, span), np.full(cells, start), "BDF", rtol=1e-7, atol=1e-9, jac_sparsity=band).y[:, -1]
    surface = other[0] + supply / (rate * curve.value(other[0])) / (2 * cells)
    x = filled(Plate(curve, rate, supply, 200), start, supply, span)
    assert x[0] - start == pytest.approx(surface - start, rel=3e-4)
    assert x[-1] - start == pytest.approx(other[-1] - start, rel=3e-4)


def test_what_a_plate_holds_is_what_was_supplied_at_any_accuracy():
    """Coarse steps may be wrong about the profile, never about the charge; and lithium leaves as it came."""
    plate = Plate(CURVE.relative_to(0.5), 0.3, 2e-3, 30)
    for supply in (2e-3, -1e-3, 0.0):
        x = filled(plate, 0.4, supply, 31.0, accuracy=1e-3)
        assert plate.mean(x) == pytest.approx(0.4 + supply * 31.0, rel=1e-12)


def test_what_lithium_carries_is_the_mean_of_its_flux():
    """The electrons carry the rest: in a steady filling the half, at first the whole."""
    supply = 2e-3
    plate = Plate(DiffusivityCurve([0, 1], [1.0, 1.0]), 0.3, supply, 200)
    assert plate.carried(np.full(200, 0.4)) == 0
    assert plate.carried(filled(plate, 0.2, supply, 20.0)) == pytest.approx(supply / 2, rel=1e-4)


def test_a_course_ends_where_it_is_told_to():
    """A surface that is full takes up no more: the time is the first at which it is."""
    plate = Plate(DiffusivityCurve([0, 1], [1.0, 1.0]), 1.0, 3.0, 100)
    time, x = plate.course(np.full(100, 0.1), 3.0, 1.0, [lambda profile: 1 - profile[0]], 1e-9)
    assert x[-1, 0] == pytest.approx(1, abs=1e-7)
    assert 3.0 * (time[-1] + series(time[-1])) == pytest.approx(0.9, rel=1e-3)


def test_a_curve_integrates_itself_and_stays_positive():
    """The flux is a difference of the integral: where it is not that of the value, lithium goes nowhere right."""
    x = np.linspace(-0.2, 1.2, 20001)
    value, integral = CURVE.value(x), CURVE.integral(x)
    assert value.min() > 0
    middle = np.concatenate([[0.0], np.cumsum((value[1:] + value[:-1]) / 2 * np.diff(x))])
    assert integral - integral[0] == pytest.approx(middle, abs=1e-7)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: DiffusivityCurve([0.1, 0.1], [1, 2]), "first increasing"),
        (lambda: DiffusivityCurve([0.1, 0.4], [1, 2, 3]), "one length"),
        (lambda: DiffusivityCurve([0.1, 0.4], [1, -2]), "diffusivity is -2"),
        (lambda: Plate(CURVE, 1.0, 1.0, 3), "cells is 3"),
    ],
)
def test_nonsense_is_refused_by_name(make, words):
    """A negative diffusivity would make the profile explode somewhere far from its cause."""
    with pytest.raises(ValueError, match=words):
        make()
