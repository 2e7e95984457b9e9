"""Diffusion in a plate: against the series, against another discretisation, and what it holds."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from sslib.cell import DiffusivityCurve
from sslib.cell.film.plate import Plates

CURVE = DiffusivityCurve([0.1, 0.3, 0.5, 0.8], [2.0, 0.4, 1.3, 0.7])


def series(t):
    """Surface less mean of a plate with unit diffusivity, thickness and flux."""
    n = np.arange(1, 3000) * np.pi
    return 1 / 3 - 2 * np.sum(np.exp(-(n**2) * t) / n**2)


def marched(plates, start, supply, span, steps):
    """State after equal steps."""
    n = np.arange(len(plates.rate))
    x = np.full((len(n), len(plates.widths)), start)
    for _ in range(steps):
        x, _ = plates.step(n, x, supply, span / steps)
    return x


def test_constant_diffusivity_is_the_series():
    """A wrong weight of a node or a flux would show at early or at late times."""
    rate, supply = 3.7e-3, 2.1e-4
    plates = Plates(DiffusivityCurve([0, 1], [5.0, 5.0]).relative_to(0.5), [rate], 160)
    for t in (0.02, 0.3, 2.0):
        span = t / rate
        x = marched(plates, 0.2, np.array([supply]), np.array([span]), 150)
        rise = (x[0, 0] - plates.mean(x)[0]) * rate / supply
        assert rise == pytest.approx(series(t), rel=4e-4)
        assert plates.mean(x)[0] == pytest.approx(0.2 + supply * span, rel=1e-13)


def test_nodes_converge_in_second_order():
    """Grading that is not smooth, or a one-sided flux, would leave an error of first order."""
    errors = []
    for cells in (24, 48, 96):
        plates = Plates(DiffusivityCurve([0, 1], [1.0, 1.0]), [1.0], cells)
        x = marched(plates, 0.0, np.array([0.1]), np.array([0.2]), 200)
        errors.append(abs(x[0, 0] - plates.mean(x)[0] - 0.1 * series(0.2)))
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2, abs=0.2)
    assert np.log2(errors[1] / errors[2]) == pytest.approx(2, abs=0.2)


def test_steps_are_of_third_order_where_the_diffusivity_varies():
    """The coefficients of the method are from memory: with one wrong, the order falls."""
    plates = Plates(CURVE.relative_to(0.5), [1.0], 40)
    begin = marched(plates, 0.3, np.array([0.5]), np.array([0.05]), 400)
    n, errors = np.array([0]), []

    def onward(steps):
        x = begin
        for _ in range(steps):
            x, _ = plates.step(n, x, np.array([0.5]), np.array([0.2 / steps]))
        return x

    exact = onward(1280)
    for steps in (40, 80, 160):
        errors.append(np.abs(onward(steps) - exact).max())
    assert np.log2(errors[1] / errors[2]) == pytest.approx(3, abs=0.35)


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
    plates = Plates(curve, [rate], 200)
    x = marched(plates, start, np.array([supply]), np.array([span]), 600)
    assert x[0, 0] - start == pytest.approx(surface - start, rel=3e-4)
    assert x[0, -1] - start == pytest.approx(other[-1] - start, rel=3e-4)


def test_what_a_plate_holds_is_what_was_supplied_at_any_step():
    """Coarse steps may be wrong about the profile, never about the charge."""
    plates = Plates(CURVE.relative_to(0.5), [0.3, 2.0], 30)
    supply = np.array([2e-3, -1e-3])
    x = marched(plates, 0.4, supply, np.array([31.0, 47.0]), 3)
    assert plates.mean(x) == pytest.approx(0.4 + supply * [31.0, 47.0], rel=1e-14)


def test_a_curve_integrates_itself_and_stays_positive():
    """The flux is a difference of the integral: where it is not that of the value, lithium goes nowhere right."""
    x = np.linspace(-0.2, 1.2, 20001)
    value, integral = CURVE.with_integral(x)
    assert value.min() > 0
    middle = np.concatenate([[0.0], np.cumsum((value[1:] + value[:-1]) / 2 * np.diff(x))])
    assert integral - integral[0] == pytest.approx(middle, abs=1e-7)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: DiffusivityCurve([0.1, 0.1], [1, 2]), "first increasing"),
        (lambda: DiffusivityCurve([0.1, 0.4], [1, 2, 3]), "one length"),
        (lambda: DiffusivityCurve([0.1, 0.4], [1, -2]), "diffusivity is -2"),
        (lambda: Plates(CURVE, [1.0], 3), "cells is 3"),
    ],
)
def test_nonsense_is_refused_by_name(make, words):
    """A negative diffusivity would make the profile explode somewhere far from its cause."""
    with pytest.raises(ValueError, match=words):
        make()
