"""Designs that are known in closed form, and the smallest thing resolved, against simulated fits."""

from functools import reduce
from operator import add

import numpy as np
import pytest
from scipy.constants import epsilon_0
from scipy.special import ndtr, ndtri

from sslib.impedance import C, R, fit_batch
from sslib.impedance.experiment import (
    design_frequencies,
    information,
    smallest_arc,
    smallest_change,
    smallest_interphase,
)
from sslib.units import S_cm, cm2
from tests.impedance.experiment.cells import (
    CELL,
    CELL_VALUES,
    FREQUENCY,
    LINE,
    NOISE,
    SWEEP,
    VALUES,
    simulated,
    weighted_jacobian,
)

# An arc R/(1 + ix), x = ωRC: the sensitivities to ln R and ln C are 1/(1 + ix) and −ix/(1 + ix), at right angles, so
# the information is diagonal, with a = Σ w/(1 + x²) and 1 − a over noise².
ARC, ARC_VALUES = R("R") | C("C"), {"R": 100.0, "C": 1e-4 / (2 * np.pi)}
CANDIDATES = 100 * np.logspace(-3, 1, 41)
SHARE = np.mean(1 / (1 + (CANDIDATES / 100) ** 2))


def sum_of(parts):
    return reduce(add, parts)


def test_the_d_optimal_design_of_an_arc_is_the_known_one():
    """det F = a(1 − a)/noise⁴ is largest at a = 1/2, wherever the frequencies lie."""
    design = design_frequencies(ARC, ARC_VALUES, CANDIDATES, NOISE)
    x = design.frequency / 100
    assert np.sum(design.share / (1 + x**2)) == pytest.approx(0.5, abs=5e-3)
    assert np.linalg.det(design.information.matrix) * NOISE**4 == pytest.approx(0.25, rel=1e-3)
    assert design.efficiency == pytest.approx(np.sqrt(SHARE * (1 - SHARE) / 0.25), rel=1e-3)


@pytest.mark.parametrize(("name", "end", "even"), [("R", 0, SHARE), ("C", -1, 1 - SHARE)])
def test_the_c_optimal_design_of_an_arc_is_its_end(name, end, even):
    """For R alone one measures where the arc is R; for C alone where it is C."""
    design = design_frequencies(ARC, ARC_VALUES, CANDIDATES, NOISE, of=name)

    def of_arc(frequency):
        x = frequency / 100
        return 1 / (1 + x**2) if name == "R" else x**2 / (1 + x**2)

    best = of_arc(CANDIDATES[end])
    assert np.sum(design.share * of_arc(design.frequency)) == pytest.approx(best, rel=5e-4)
    assert design.efficiency == pytest.approx(even / best, rel=1e-3)


def test_no_single_frequency_improves_a_design():
    """The equivalence theorem, by brute force: moving a little of the effort to any candidate must not help."""
    for of in (None, "R_ion", {"R_ion": 1, "R_ct": -1}):
        design = design_frequencies(LINE, VALUES, FREQUENCY, NOISE, of=of)
        direction = {of: 1} if isinstance(of, str) else of

        def merit(shares, direction=direction):
            one = sum_of(information(LINE, [f], VALUES, NOISE).times(w) for f, w in shares.items())
            return np.linalg.slogdet(one.matrix)[1] if direction is None else -np.log(one.error_along(direction))

        shares = dict(zip(design.frequency, design.share, strict=True))
        here = merit(shares)
        for candidate in FREQUENCY:
            moved = {f: 0.99 * w for f, w in shares.items()}
            moved[candidate] = moved.get(candidate, 0) + 0.01
            assert merit(moved) < here + 0.01 * 5e-2


def test_a_design_for_what_nothing_determines_is_refused():
    """Otherwise the algorithm would settle somewhere and look like advice."""
    with pytest.raises(ValueError, match="do not determine this"):
        design_frequencies(R("R_a") + R("R_b"), {"R_a": 1.0, "R_b": 2.0}, FREQUENCY, NOISE)
    with pytest.raises(ValueError, match="unknown: R_x"):
        design_frequencies(LINE, VALUES, FREQUENCY, NOISE, of="R_x")


def test_the_smallest_change_is_noticed_as_often_as_stated():
    """A limit of resolution is a promise about a test: at this change it says 'changed' in 95 % of cases."""
    promised = information(LINE, FREQUENCY, VALUES, NOISE)
    change = smallest_change(promised, "R_ion")
    changed = {**VALUES, "R_ion": VALUES["R_ion"] * (1 + change)}
    before, after = (
        np.log(fit_batch(LINE, FREQUENCY, simulated(LINE, values, 1000, seed), starts=values).values["R_ion"])
        for values, seed in ((VALUES, 1), (changed, 2))
    )
    noticed = np.mean((after - before) / (np.sqrt(2) * promised.error("R_ion")) > 1.96)
    assert noticed == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 1000))
    assert smallest_change(promised, "R_ion", compared=False) < change
    with pytest.raises(ValueError, match="not fitted by its logarithm"):
        smallest_change(promised, "alpha")


def test_the_smallest_arc_raises_chi_square_as_predicted():
    """Chi-square without the arc minus that with it scatters about the square of level and power in standard errors."""
    time = 3e-4
    [resistance] = smallest_arc(LINE, FREQUENCY, VALUES, NOISE, [time])
    model = LINE + (R("R_x") | C("C_x"))
    truth = {**VALUES, "R_x": resistance, "C_x": time / resistance}
    count = 400
    data = simulated(model, truth, count, 3)
    # Standard deviations of the data, not of the model: both fits are then measured by the same yardstick.
    errors = NOISE * np.abs(model.impedance(FREQUENCY, **truth))
    options = {"error": np.repeat(errors[None], count, axis=0)}
    without = fit_batch(LINE, FREQUENCY, data, starts=VALUES, **options).chi_square
    fixed = {"R_x": truth["R_x"], "C_x": truth["C_x"]}
    beside = fit_batch(model, FREQUENCY, data, starts=VALUES, fixed=fixed, **options).chi_square
    expected = (1.6449 + 1.6449) ** 2
    assert np.mean(without - beside) == pytest.approx(expected, abs=4 * 2 * np.sqrt(expected / count) + 0.03 * expected)


def test_an_arc_that_the_model_has_already_cannot_be_seen():
    """A second arc of the same time constant is only more of the first."""
    found = smallest_arc(R("R_0") + ARC, FREQUENCY, {"R_0": 5.0, **ARC_VALUES}, NOISE, [100 * 1e-4 / (2 * np.pi), 1e-6])
    assert found[0] > 100 * found[1] or np.isinf(found[0])


def test_a_share_of_the_smallest_arc_is_noticed_as_often_as_stated():
    """The threshold is no edge: half of it is noticed every second time, and nothing one time in twenty."""
    time, count = 3e-4, 2000
    [resistance] = smallest_arc(LINE, FREQUENCY, VALUES, NOISE, [time])
    exact = LINE.impedance(FREQUENCY, **VALUES)
    shape = 1 / (1 + 2j * np.pi * FREQUENCY * time)
    arc = shape / (NOISE * abs(exact))
    arc = np.concatenate([arc.real, arc.imag])
    rows = weighted_jacobian(LINE, FREQUENCY, VALUES, NOISE)
    left = arc - rows @ np.linalg.lstsq(rows, arc, rcond=None)[0]
    for share in (0, 0.25, 0.5, 0.75, 1):
        data = exact + share * resistance * shape
        chance = np.random.default_rng(round(100 * share)).standard_normal((count, len(FREQUENCY), 2)) @ [1, 1j]
        data = data + NOISE * abs(exact) * chance
        errors = np.repeat(NOISE * abs(exact)[None], count, axis=0)
        fits = fit_batch(LINE, FREQUENCY, data, starts=VALUES, error=errors)
        weighted = (data - LINE.impedance(FREQUENCY, **fits.values)) / (NOISE * abs(exact))
        found = np.concatenate([weighted.real, weighted.imag], axis=1) @ left / np.linalg.norm(left)
        expected = ndtr(share * (ndtri(0.95) + ndtri(0.95)) - ndtri(0.95))
        noticed = np.mean(found > ndtri(0.95))
        assert noticed == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / count))


@pytest.mark.parametrize(("conductivity", "apex", "times"), [(1e-6, 1.8e5, 1), (1e-8, 1.8e3, 2), (1e-4, 1.8e7, 20)])
def test_the_smallest_interphase_lies_at_its_own_time_constant(conductivity, apex, times):
    """At the clearest time constant of the cell it would come out up to fifty times too thin."""
    found = smallest_interphase(CELL, SWEEP, CELL_VALUES, NOISE, 0.785 * cm2, conductivity * S_cm)
    assert found.time == pytest.approx(10 * epsilon_0 / (conductivity * S_cm))
    assert found.apex == pytest.approx(apex, rel=0.01)
    [arc] = smallest_arc(CELL, SWEEP, CELL_VALUES, NOISE, [found.time])
    assert found.resistance == arc
    assert found.thickness == pytest.approx(arc * 0.785e-4 * conductivity * 100)
    assert arc > times * smallest_arc(CELL, SWEEP, CELL_VALUES, NOISE, 1 / (2 * np.pi * SWEEP)).min()
    with pytest.raises(ValueError, match="eps_r is -1"):
        smallest_interphase(CELL, SWEEP, CELL_VALUES, NOISE, 1e-4, 1e-4, eps_r=-1)
