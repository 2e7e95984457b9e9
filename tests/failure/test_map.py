"""The map by thresholds against brute force, to the bit; independence of threads; axes, ties and extrapolation."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sslib.failure import (
    FULL_CELL,
    LITHIUM_SIDE,
    MECHANISMS,
    Conditions,
    cell_parameters,
    failure_map,
    failure_probability,
    severities,
    thresholds,
)
from sslib.failure.counting import Grid, count
from sslib.units import MPa, celsius, hour, mA_cm2, mAh_cm2

ALL = (*FULL_CELL, "electronic")
CURRENTS = np.geomspace(0.01, 30, 23) * mA_cm2
DRAWS = 300

OTHERS = {
    "stack_pressure": np.geomspace(0.5, 60, 17) * MPa,
    "T": np.linspace(celsius(-20), celsius(90), 13),
    "state_of_charge": np.linspace(0, 1, 11),
    "time": np.geomspace(0.1, 1e5, 15) * hour,
    "charge": np.geomspace(0.1, 1e5, 15) * mAh_cm2,
}


def brute_force(conditions, parameters, names, draws, seed=0):
    """Which draws fail by which mechanism, shape (mechanisms, y, x, draws), from severities point by point."""
    needed = sorted({name for one in names for name in MECHANISMS[one].parameters})
    values = parameters.draws(draws, seed, needed)
    y, x = conditions.axes()
    plane = conditions.at(
        **{x: getattr(conditions, x)[None, :, None], y: getattr(conditions, y)[:, None, None]},
    )
    found = severities(plane, parameters, names, values)
    return np.stack(
        [
            np.broadcast_to(
                found[name] >= 1, (*np.shape(plane.current_density)[:1], len(getattr(conditions, x)), draws)
            )
            for name in names
        ]
    )


def begins(name, conditions, parameters, values, current):
    """Where the failing currents around this one begin, by bisection in the severity; one point, one draw."""

    def fails(j):
        return severities(conditions.at(current_density=j), parameters, [name], values)[name] >= 1

    walk = np.geomspace(1e-12, current, 400)
    safe = np.flatnonzero(~np.broadcast_to(fails(walk), walk.shape))
    if not len(safe):
        return 0.0
    low, high = walk[safe[-1]], current
    for _ in range(60):
        middle = np.sqrt(low * high)
        low, high = (low, middle) if fails(middle) else (middle, high)
    return high


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("electrolyte", ["LPS", "LLZO"])
def test_thresholds_count_what_brute_force_counts(other, electrolyte):
    """One draw miscounted at one point would mean that the fast map shows something that the criteria do not say."""
    fixed = {"stack_pressure": 8 * MPa, "state_of_charge": 0.9} | {other: OTHERS[other]}
    conditions = Conditions(current_density=CURRENTS, **fixed)
    parameters = cell_parameters(electrolyte)
    found = failure_map(conditions, parameters, ALL, draws=DRAWS)
    fails = brute_force(conditions, parameters, found.mechanisms, DRAWS)
    for name, of_mechanism in zip(found.mechanisms, fails.sum(axis=-1) / DRAWS, strict=True):
        assert np.array_equal(found.by_mechanism[name], of_mechanism), name
    assert np.array_equal(found.probability, fails.any(axis=0).sum(axis=-1) / DRAWS)
    assert 0 < found.probability.mean() < 1


@pytest.mark.parametrize("other", ["stack_pressure", "charge"])
def test_first_mechanism_is_the_one_whose_failure_begins_lowest(other):
    """The largest severity would name another mechanism than the one that is crossed first."""
    conditions = Conditions(
        current_density=CURRENTS[::4], **({"stack_pressure": 8 * MPa} | {other: OTHERS[other][::4]})
    )
    parameters, draws = cell_parameters("LPS"), 8
    found = failure_map(conditions, parameters, ALL, draws=draws)
    values = parameters.draws(draws, 0)
    counted = {name: np.zeros(found.probability.shape) for name in found.mechanisms}
    for column, other_value in enumerate(found.x):
        here = conditions.at(current_density=1.0, **{other: other_value})
        for draw in range(draws):
            one = {name: drawn[draw] for name, drawn in values.items()}
            for row, current in enumerate(found.y):
                point = here.at(current_density=current)
                failing = [n for n, s in severities(point, parameters, found.mechanisms, one).items() if s >= 1]
                if failing:
                    starts = [begins(name, point, parameters, one, current) for name in failing]
                    counted[failing[int(np.argmin(starts))]][row, column] += 1
    for name in found.mechanisms:
        assert np.array_equal(found.first[name], counted[name] / draws), name
    assert max(map(np.max, counted.values())) > 0


@pytest.mark.parametrize("axes", [("stack_pressure", "T"), ("state_of_charge", "time"), ("T", "charge")])
def test_maps_without_a_current_axis_equal_brute_force(axes):
    """A point that is a column of its own must not see its neighbour's conditions."""
    given_axes = {name: OTHERS[name][::2] for name in axes}
    conditions = Conditions(current_density=0.4 * mA_cm2, **({"stack_pressure": 8 * MPa} | given_axes))
    parameters = cell_parameters("LPS")
    found = failure_map(conditions, parameters, ALL, draws=DRAWS)
    assert (found.y_name, found.x_name) == conditions.axes()
    plane = conditions.at(**{found.x_name: found.x[None, :, None], found.y_name: found.y[:, None, None]})
    fails = [s >= 1 for s in severities(plane, parameters, ALL, parameters.draws(DRAWS, 0)).values()]
    together = np.logical_or.reduce(np.broadcast_arrays(*fails, np.zeros((1, 1, DRAWS), dtype=bool)))
    assert np.array_equal(found.probability, np.broadcast_to(together.sum(axis=-1) / DRAWS, found.probability.shape))
    assert np.allclose(sum(found.first.values()), found.probability, rtol=0, atol=1e-12)


def test_result_does_not_depend_on_threads():
    """A race between threads would show as a map that changes between runs."""
    conditions = Conditions(CURRENTS, OTHERS["stack_pressure"])
    parameters = cell_parameters("LPSCl")
    maps = [failure_map(conditions, parameters, draws=20_000)]
    for workers in (1, 3):
        with ThreadPoolExecutor(workers) as pool:
            maps.append(failure_map(conditions, parameters, draws=20_000, executor=pool))
    for one in maps[1:]:
        assert np.array_equal(one.probability, maps[0].probability)
        assert all(np.array_equal(one.first[name], maps[0].first[name]) for name in one.mechanisms)


def test_seed_decides_and_overrides_leave_other_draws_alone():
    """A slider for one parameter must not shake the draws of all others."""
    parameters = cell_parameters("LPSCl")
    first, again, other = (parameters.draws(5, seed) for seed in (1, 1, 2))
    changed = parameters.with_values(flaw_size=1e-6).draws(5, 1)
    for name in first:
        assert np.array_equal(first[name], again[name])
        assert not np.array_equal(first[name], other[name]) or parameters[name].spread == 1
        assert name == "flaw_size" or np.array_equal(first[name], changed[name])


def test_map_agrees_with_the_point():
    """The map and the number in a sentence beside it come from two functions."""
    at = Conditions(0.4 * mA_cm2, 6 * MPa)
    parameters = cell_parameters("LPSCl")
    by_map = failure_map(
        at.at(current_density=np.array([0.4, 1.0]) * mA_cm2, stack_pressure=np.array([6.0, 9.0]) * MPa), parameters
    )
    by_point = failure_probability(at, parameters)
    assert {name: share[0, 0] for name, share in by_map.first.items()} == by_point
    assert sum(by_point.values()) == pytest.approx(by_map.probability[0, 0], abs=1e-12)


def test_probability_rises_with_the_current_and_the_time():
    """At a given time no criterion gets better by more current or by waiting."""
    found = failure_map(Conditions(CURRENTS, OTHERS["stack_pressure"]), cell_parameters("LPSCl"), draws=500)
    later = failure_map(
        Conditions(CURRENTS, OTHERS["stack_pressure"], time=1e4 * hour), cell_parameters("LPSCl"), draws=500
    )
    assert (np.diff(found.probability, axis=0) >= 0).all()
    assert (later.probability >= found.probability).all()
    assert later.probability.sum() > found.probability.sum()


def test_at_a_fixed_charge_low_currents_fail_by_waiting():
    """An interphase that grows for as long as the charge takes must make an island out of the safe currents."""
    at = Conditions(CURRENTS, np.array([5.0, 6.0]) * MPa, charge=10 * mAh_cm2)
    found = failure_map(at, cell_parameters("LPSCl").with_values(interphase_resistance=5e-4), draws=2000)
    column = found.probability[:, 0]
    assert column[0] > 0.9
    assert column[-1] > 0.9
    assert column.min() < 0.5
    assert found.mechanisms[found.leading()[0, 0]] == "interphase"


def test_contour_lies_where_the_probability_is():
    """A band drawn at another current would be read as another certainty."""
    found = failure_map(Conditions(CURRENTS, OTHERS["stack_pressure"]), cell_parameters("LPSCl"), LITHIUM_SIDE)
    line = found.contour(0.5)
    inside = np.flatnonzero((line > found.y[0]) & np.isfinite(line))
    assert len(inside) > 5
    for column in inside:
        assert np.interp(line[column], found.y, found.probability[:, column]) == pytest.approx(0.5, abs=1e-9)
    assert np.isnan(found.contour(1.1)).all()


def test_hatching_follows_the_leading_mechanism():
    """Without hatching an extrapolation would look as sure as a measurement."""
    found = failure_map(Conditions(CURRENTS, OTHERS["stack_pressure"]), cell_parameters("LPSCl"), ["voids"])
    outside = (found.x < 1 * MPa) | (found.x > 7 * MPa)
    assert np.array_equal(found.extrapolated["voids"][0], outside)
    failing = found.probability > 0
    assert np.array_equal(found.leading_extrapolated(), failing & outside)


@settings(max_examples=200, deadline=None)
@given(
    points=st.lists(st.floats(0, 1e6, allow_subnormal=False), min_size=1, max_size=40, unique=True),
    values=st.lists(st.floats(0, allow_nan=False), min_size=1, max_size=40),
)
def test_grid_places_are_those_of_searchsorted(points, values):
    """The table of leading bits is exact or it is worth nothing."""
    points = np.sort(points)
    values = np.concatenate([values, points, np.nextafter(points, np.inf), [0.0, np.inf]])
    assert np.array_equal(Grid(points).places(values), np.searchsorted(points, values))


def test_ties_without_current_are_named_in_the_order_of_declaration():
    """Two mechanisms that fail without current have no first one by current; the answer must not depend on draws."""
    _, first = count(Grid([0.0, 1.0]), [(None, np.array([0.0, 2.0])), (None, np.array([0.0, 0.5]))], 1, 2)
    assert first[:, 0].tolist() == [[1, 1], [0, 1]]


def test_low_and_high_ends_share_a_draw():
    """A draw that fails below 2 and above 5 is safe between, and named once wherever it fails."""
    grid = Grid([1.0, 2.0, 3.0, 5.0, 6.0])
    intervals = [(np.array([2.0]), np.array([5.0])), (np.array([1.0]), np.array([np.inf]))]
    failing, first = count(grid, intervals, 1, 1)
    assert failing[:, 0].tolist() == [[1, 1, 0, 1, 1], [1, 0, 0, 0, 0]]
    assert first[:, 0].tolist() == [[1, 1, 0, 1, 1], [0, 0, 0, 0, 0]]


@pytest.mark.parametrize("charge", [None, 30 * mAh_cm2])
def test_severity_is_one_at_each_threshold(charge):
    """A threshold that is not the onset of its own severity would shift a whole map."""
    parameters = cell_parameters("LLZO")
    values = parameters.draws(200, 3)
    at = Conditions(1.0, 4 * MPa, T=celsius(45), state_of_charge=0.97, charge=charge)
    checked = 0
    for name, ends in thresholds(at, parameters, ALL, values).items():
        for end in ends:
            if end is None:
                continue
            end = np.broadcast_to(end, 200)
            inner = np.isfinite(end) & (end > 0)
            if inner.any():
                one = {key: value[inner] for key, value in values.items()}
                found = severities(at.at(current_density=end[inner]), parameters, [name], one)[name]
                assert np.allclose(found, 1, rtol=1e-9), name
                checked += 1
    assert checked >= 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stack_pressure": -1 * MPa}, "stack_pressure is -1e\\+06; it must be positive"),
        ({"stack_pressure": 0.0}, "stack_pressure is 0"),
        ({"T": 460.0}, "T is 460 K; .* melting point of lithium, 453.65 K"),
        ({"T": 25.0}, "T is 25 K"),
        ({"state_of_charge": 1.2}, "state_of_charge is 1.2; it must be between 0 and 1"),
        ({"current_density": -1.0}, "current_density is -1"),
        ({"time": 0.0}, "time is 0"),
        ({"charge": -1.0}, "charge is -1"),
        ({"charge": 1.0, "current_density": 0.0}, "current_density is 0"),
    ],
)
def test_impossible_conditions_are_refused_by_name(change, message):
    """A slider's slip would otherwise become a map of nothing."""
    with pytest.raises(ValueError, match=message):
        Conditions(**({"current_density": 1.0, "stack_pressure": 5 * MPa} | change))


def test_maps_refuse_what_is_no_map():
    """Three axes, one axis, a falling axis, an unknown or a relative mechanism have no probability to show."""
    parameters = cell_parameters("LPSCl")
    two = np.array([1.0, 2.0])
    with pytest.raises(ValueError, match=r"two axes.*here are 1 \(current_density\)"):
        failure_map(Conditions(two, 1e6), parameters)
    with pytest.raises(ValueError, match=r"stack_pressure is an axis; it must .* rises"):
        failure_map(Conditions(two, two[::-1] * MPa), parameters)
    with pytest.raises(ValueError, match="phase_change has no known onset"):
        failure_map(Conditions(two, two * MPa), parameters, ["phase_change"])
    with pytest.raises(ValueError, match="there is no mechanism 'rust'"):
        failure_map(Conditions(two, two * MPa), parameters, ["rust"])
    with pytest.raises(ValueError, match="no mechanism is named"):
        failure_map(Conditions(two, two * MPa), parameters, [])
    with pytest.raises(ValueError, match="Li\\|LPSCl has no electronic_conductivity \\[S/m\\], which electronic needs"):
        failure_map(Conditions(two, two * MPa), parameters, ["electronic"])
    with pytest.raises(ValueError, match="there is no condition 'pressure'"):
        Conditions(1.0, 1e6).at(pressure=2e6)
