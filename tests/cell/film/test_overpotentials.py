"""Overpotentials of a thin-film cell: identity, limits, an independent route, and what dominates."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from sslib.cell import (
    DiffusivityCurve,
    FilmCell,
    FilmMaterial,
    Insertion,
    Overpotential,
    charging_overpotential,
    dominance_probability,
    dominant_losses,
    film_current,
    film_discharge,
    film_pulses,
    linear_losses,
    lithium_cobalt_oxide,
)
from sslib.cell.film import plate
from sslib.cell.film.cobalt_oxide import COURSE
from sslib.kinetics import FARADAY, activation_overpotential, butler_volmer
from sslib.units import cm2, hour, mAh, um

OXIDE = lithium_cobalt_oxide()
GRID = np.linspace(0.02, 0.98, 60)
SMOOTH = FilmMaterial(
    Insertion(GRID, 4.2 - 0.7 * GRID - 0.1 * GRID**2, 1.7 * (GRID * (1 - GRID)) ** 0.7),
    DiffusivityCurve([0.1, 0.4, 0.6, 0.9], [1.0, 3.0, 0.8, 1.5]),
    31234.0,
)
CONSTANT = replace(SMOOTH, diffusivity=DiffusivityCurve([0.1, 0.9], [1.0, 1.0]))
CELL = FilmCell(0.47e-6, 3.1e-16, 2.3e-5, 7.7, 1.3e-6, 2.9e-4, 13.0, T=311.0, reference=0.45)


def series(t):
    """Surface less mean of a plate with unit diffusivity, thickness and flux."""
    n = np.arange(1, 3000) * np.pi
    return 1 / 3 - 2 * np.sum(np.exp(-(n**2) * np.reshape(t, (-1, 1))) / n**2, axis=1)


def voltage_by_another_route(cell, material, current, start, span, cells=500):
    """Equal cells, scipy's solver, the charge transfers by root finding, the electronic drop by quadrature."""
    curve = material.diffusivity.relative_to(cell.reference)
    supply, rate = current / cell.capacity(material), cell.diffusivity / cell.thickness**2

    def fluxes(x):
        inner = -rate * cells * (curve.value(x[1:]) + curve.value(x[:-1])) / 2 * np.diff(x)
        return np.concatenate([[supply], inner, [0.0]])

    band = np.eye(cells) + np.eye(cells, k=1) + np.eye(cells, k=-1)
    solved = solve_ivp(
        lambda t, x: -np.diff(fluxes(x)) * cells, (0, span), np.full(cells, start), "BDF", rtol=1e-8, atol=1e-10,
        jac_sparsity=band,
    )  # fmt: skip
    x = solved.y[:, -1]
    surface = x[0] + supply / (rate * curve.value(x[0])) / (2 * cells)
    electronic = current - fluxes(x) * cell.capacity(material)
    drop = np.trapezoid(electronic, dx=cell.thickness / cells) / cell.electronic_conductivity
    ratio = material.insertion.kinetics(np.array(surface), cell.reference)[1]

    def root(exchange):
        return brentq(lambda eta: butler_volmer(eta, exchange, cell.T) - current, -2, 2, xtol=1e-13)

    ohmic = current * cell.electrolyte_thickness / cell.electrolyte_conductivity
    transfers = root(cell.exchange_current * ratio) + root(cell.lithium_exchange_current)
    return float(material.insertion.potential(surface) - drop - ohmic - transfers)


@pytest.mark.parametrize(("current", "span"), [(0.31, 400.0), (-0.17, 250.0)])
def test_an_independent_route_finds_the_same_voltage(current, span):
    """Signs, the electronic integral and the exchange current at the surface: one of them wrong shifts the voltage."""
    run = film_pulses(CELL, [current], [span], SMOOTH, start=0.33, cells=200)
    other = voltage_by_another_route(CELL, SMOOTH, current, 0.33, span)
    assert run.voltage[-1] == pytest.approx(other, abs=2e-5)
    assert all(np.sign(loss[-1]) == np.sign(current) for loss in run.losses.values())
    assert abs(run.losses[Overpotential.ELECTRONS][-1]) > 1e-3


@pytest.mark.parametrize("c_rate", [0.2, 5.0, 80.0])
def test_parts_add_up_to_what_is_missing(c_rate):
    """An overpotential that is left out of the sum would be blamed on the open circuit."""
    cell = replace(CELL, T=298.15)
    run = film_discharge(cell, film_current(cell, OXIDE, c_rate, 0.5), OXIDE, start=0.5, cutoff=3.0)
    assert sum(run.losses.values()) == pytest.approx(run.open_circuit - run.voltage, abs=1e-14)
    assert sum(run.shares.values()) == pytest.approx(np.ones(len(run.time)), abs=1e-13)
    assert run.parts[Overpotential.DIFFUSION].max() <= 0 < run.parts[Overpotential.ELECTROLYTE].min()
    assert sum(run.reign.values()) == pytest.approx(1, abs=1e-12)
    energy = np.trapezoid(run.current * (run.open_circuit - run.voltage), run.time)
    assert sum(run.by_charge.values()) * run.charge[-1] == pytest.approx(energy, rel=1e-12)
    assert run.mean[-1] - 0.5 == pytest.approx(run.charge[-1] / cell.capacity(OXIDE), rel=1e-12)
    assert run.voltage[-1] == pytest.approx(3.0, abs=1e-6)
    assert run.ended == "cut-off"


def test_small_currents_see_linear_resistances():
    """A part that does not become its resistance at small current has a wrong factor."""
    current, x = 1e-7, 0.4
    tau = CELL.thickness**2 / CELL.diffusivity
    run = film_pulses(CELL, [current], [4 * tau], SMOOTH, start=x, cells=200)
    expected = linear_losses(CELL, SMOOTH, x)
    for name in Overpotential:
        assert run.losses[name][-1] / current == pytest.approx(float(expected[name]), rel=1e-3), name


def test_the_surface_rises_with_the_root_of_time_at_first():
    """The Cottrell regime: before the far face is felt the thickness must not matter."""
    current = 0.02
    tau = CELL.thickness**2 / CELL.diffusivity
    run = film_pulses(CELL, [current], [3e-3 * tau], CONSTANT, start=0.4, cells=200)
    early = (run.time > 1e-3 * tau) & (run.time < 3e-3 * tau)
    expected = 2 * current * np.sqrt(run.time[early] / (np.pi * CELL.diffusivity)) / (FARADAY * CONSTANT.sites)
    assert run.surface[early] - 0.4 == pytest.approx(expected, rel=2e-3)


def test_pulse_and_rest_follow_the_series():
    """Superposition holds for constant diffusivity: the rest is the pulse less a second one that began later."""
    tau = CELL.thickness**2 / CELL.diffusivity
    current, length = 0.05, 0.2 * tau
    run = film_pulses(CELL, [current, 0.0], [length, 0.5 * tau], CONSTANT, start=0.4, cells=200)
    rest = (run.time > 1.2 * length) & (run.current == 0)
    flux = current * CELL.thickness / (FARADAY * CONSTANT.sites * CELL.diffusivity)
    expected = flux * (series(run.time[rest] / tau) - series((run.time[rest] - length) / tau))
    assert (run.surface - run.mean)[rest] == pytest.approx(expected, abs=1e-3 * flux)
    assert np.ptp(run.mean[rest]) < 1e-14
    assert not np.any(run.losses[Overpotential.ELECTROLYTE][rest])


def test_electrons_carry_all_at_first_half_later_and_flow_back_in_a_rest():
    """The electronic drop of a mixed conductor is neither iL/s nor iL/2s all the time."""
    tau = CELL.thickness**2 / CELL.diffusivity
    current = 0.01
    run = film_pulses(CELL, [current, 0.0], [3 * tau, 1e-4 * tau], CONSTANT, start=0.4, cells=300)
    whole = current * CELL.thickness / CELL.electronic_conductivity
    last = np.flatnonzero(run.current)[-1]
    assert run.losses[Overpotential.ELECTRONS][0] == pytest.approx(whole, rel=1e-2)
    assert run.losses[Overpotential.ELECTRONS][last] == pytest.approx(whole / 2, rel=1e-3)
    # In the rest lithium still moves inward, and electrons with it: minus F D c (x_s - x_far)/s.
    gradient = current * CELL.thickness / (FARADAY * CONSTANT.sites * CELL.diffusivity)
    expected = -FARADAY * CELL.diffusivity * CONSTANT.sites * 0.5 * gradient / CELL.electronic_conductivity
    assert run.losses[Overpotential.ELECTRONS][last + 1] == pytest.approx(expected, rel=5e-3)


def test_a_current_beyond_the_limit_ends_when_the_surface_is_full():
    """Without a cut-off nothing but the last site stops the discharge; its time follows from the series."""
    current = 4.0
    flux = current * CELL.thickness / (FARADAY * CONSTANT.sites * CELL.diffusivity)
    tau = CELL.thickness**2 / CELL.diffusivity
    run = film_discharge(CELL, current, CONSTANT, start=0.4, cutoff=-30.0, cells=300)
    full = brentq(lambda t: 0.4 + flux * (t + series(t)[0]) - 1, 1e-6, 1) * tau
    assert run.time[-1] == pytest.approx(full, rel=1e-3)
    assert run.surface[-1] == pytest.approx(1, abs=1e-5)
    assert run.mean[-1] < 0.9
    assert run.ended.startswith("surface")
    charged = film_pulses(CELL, [-current], [full], CONSTANT, start=0.4, cells=100)
    assert charged.ended.startswith("surface")
    # Beyond its table a potential would be a guess.
    assert charged.surface[-1] == pytest.approx(GRID[0], abs=1e-5)


def test_arrays_are_their_cells_one_by_one():
    """Each quantity of an array must reach its own cell, in the order of its axes."""
    cells = replace(CELL, thickness=np.array([[0.2e-6], [1.1e-6]]), T=298.15)
    currents = np.array([0.05, 3.0])
    several = film_discharge(cells, currents, OXIDE, start=0.55, cutoff=3.2, cells=16, accuracy=1e-5)
    assert several.shape == (2, 2)
    alone = film_discharge(
        replace(cells, thickness=1.1e-6), 0.05, OXIDE, start=0.55, cutoff=3.2, cells=16, accuracy=1e-5
    )
    assert several[1, 0].voltage == pytest.approx(alone.voltage, abs=1e-12)


def test_numerics_are_fine_enough(monkeypatch):
    """Neither the nodes nor the steps, between which the losses are summed, may decide what a loss is."""
    cell = replace(CELL, T=298.15)
    for current in (0.03, 3.0):
        usual = film_discharge(cell, current, OXIDE, start=0.5, cutoff=3.0)
        with monkeypatch.context() as patch:
            patch.setattr(plate, "LARGEST_STEP", 2e-3)
            fine = film_discharge(cell, current, OXIDE, start=0.5, cutoff=3.0, cells=120, accuracy=1e-8)
        assert usual.charge[-1] == pytest.approx(fine.charge[-1], rel=2e-3)
        for name in Overpotential:
            assert usual.by_charge[name] == pytest.approx(fine.by_charge[name], rel=2e-3), name


def test_the_maps_say_what_the_discharges_say():
    """They look up how a plate fills instead of solving it for each cell; a wrong number there would move a border."""
    cell = replace(CELL, T=298.15, diffusivity=np.array([3.3e-17, 4.1e-16, 7.7e-14])[:, None])
    currents, window = np.array([0.02, 0.7]), {"start": 0.5, "cutoff": 3.0}
    runs = film_discharge(cell, currents, OXIDE, **window)
    for part in ((0.0, 1.0), (0.1, 0.9)):
        first, means, charge = dominant_losses(cell, OXIDE, currents, **window, part=part)
        for place in np.ndindex(runs.shape):
            own = np.array(list(runs[place].mean_losses(*part).values()))
            assert means[:, *place] == pytest.approx(own, rel=2e-2, abs=2e-6)
            assert first[place] == own.argmax()
            assert charge[place] == pytest.approx(runs[place].charge[-1], rel=1e-2)


def test_mean_losses_are_those_of_the_part_that_is_asked_for():
    """What is lost at the end of a discharge must not be found in its middle."""
    run = film_discharge(replace(CELL, T=298.15), 0.1, OXIDE, start=0.5, cutoff=3.0)
    ends = (0.0, 0.15, 0.7, 1.0)
    pieces = [(b - a, run.mean_losses(a, b)) for a, b in pairwise(ends)]
    for name in Overpotential:
        assert sum(share * own[name] for share, own in pieces) == pytest.approx(run.by_charge[name], rel=1e-9)
    share = run.charge / run.charge[-1]
    middle = (share > 0.3) & (share < 0.4)
    loss = run.losses[Overpotential.DIFFUSION][middle]
    assert loss.min() < run.mean_losses(0.3, 0.4)[Overpotential.DIFFUSION] < loss.max()


def test_charge_and_discharge_both_cost_energy():
    """On charge the losses and the current are negative: their energy must not be taken from that of the discharge."""
    run = film_pulses(CELL, [0.3, -0.3, 0.0], [150.0, 150.0, 50.0], SMOOTH, start=0.4)
    energy = np.trapezoid(run.current * (run.open_circuit - run.voltage), run.time)
    assert sum(run.by_charge.values()) == pytest.approx(energy / (0.3 * 300.0), rel=1e-6)
    assert run.by_charge[Overpotential.ELECTROLYTE] == pytest.approx(0.3 * 1.3e-6 / 2.9e-4, rel=1e-9)


def test_a_first_instant_below_the_cut_off_is_said():
    """A run without charge has no mean over it; the losses of the instant stand for it."""
    run = film_discharge(replace(CELL, electronic_conductivity=1.0), 1e4, SMOOTH, start=0.4, cutoff=3.0)
    assert run.ended == "first instant"
    assert run.charge[-1] == 0
    assert run.dominant_by_charge == Overpotential.ELECTROLYTE
    assert run.losses[Overpotential.DIFFUSION][-1] == 0


def test_the_double_layer_charges_as_its_differential_equation_says():
    """Source 002, equation 15, with Butler-Volmer at an overpotential far from linear."""
    current, exchange, capacitance, T = 31.0, 2.7, 0.013, 320.0

    def rate(t, eta):
        return (current - butler_volmer(eta, exchange, T)) / capacitance

    times = np.array([1e-6, 1e-5, 5e-5, 3e-4])
    solved = solve_ivp(rate, (0, times[-1]), [0.0], "LSODA", t_eval=times, rtol=1e-11, atol=1e-13)
    assert charging_overpotential(times, current, exchange, capacitance, T) == pytest.approx(solved.y[0], rel=1e-8)
    late = charging_overpotential(10.0, current, exchange, capacitance, T)
    assert late == pytest.approx(activation_overpotential(current, exchange, T), rel=1e-13)


def test_overtaking_and_windows_are_found_between_the_steps():
    """Times and means that jump from step to step would make a smooth sweep look ragged."""
    cell = replace(CELL, electronic_conductivity=1.0, T=298.15)
    run = film_pulses(cell, [0.2], [600.0], OXIDE, start=0.6)
    when = run.overtakes(Overpotential.DIFFUSION, Overpotential.ELECTROLYTE)
    at = [np.interp(when, run.time, run.losses[name]) for name in (Overpotential.DIFFUSION, Overpotential.ELECTROLYTE)]
    assert at[0] == pytest.approx(at[1], rel=1e-6)
    assert np.isnan(run.overtakes(Overpotential.ELECTRONS, Overpotential.ELECTROLYTE))
    assert run.overtakes(Overpotential.ELECTROLYTE, Overpotential.DIFFUSION) == 0
    whole = run.loss_between(run.mean[0], run.mean[-1])
    assert whole == pytest.approx(sum(run.by_charge.values()), rel=1e-3)


def test_the_film_of_cobalt_oxide_is_what_it_says():
    """69 uAh/cm2 for each um of dense film from Li0.5 on; a potential that falls; the published diffusivities."""
    film = replace(CELL, thickness=1 * um)
    capacity = film.capacity(OXIDE) * 0.5 / (mAh / cm2)
    assert capacity == pytest.approx(0.0691, rel=1e-3)
    x = np.linspace(0.46, 0.98, 500)
    assert (np.diff(OXIDE.insertion.potential(x)) < 0).all()
    assert max(COURSE.values()) * 8e-12 == pytest.approx(8e-12)
    assert min(COURSE.values()) * 8e-12 == pytest.approx(6e-13, rel=0.1)
    assert film_current(film, OXIDE, 2.0, 0.5) * hour == pytest.approx(film.capacity(OXIDE))


def test_what_dominates_changes_with_diffusivity_and_conductivity():
    """The claim of source 002 is a region of a map: fast diffusion gives the electrolyte, slow diffusion the plate."""
    cell = replace(CELL, electronic_conductivity=1.0, T=298.15, diffusivity=np.array([1e-17, 1e-12]))
    window = {"start": 0.5, "cutoff": 3.0}
    first, means, charge = dominant_losses(cell, OXIDE, film_current(cell, OXIDE, 1.0, 0.5), **window)
    assert [list(Overpotential)[k] for k in first] == [Overpotential.DIFFUSION, Overpotential.ELECTROLYTE]
    assert (means > 0).all()
    assert charge[1] > charge[0] > 0
    slow = replace(cell, diffusivity=1e-12, exchange_current=1e-3)
    assert film_discharge(slow, 0.1, OXIDE, start=0.5, cutoff=3.0).dominant_by_charge == Overpotential.TRANSFER
    slow = replace(cell, diffusivity=1e-12, lithium_exchange_current=1e-3)
    assert film_discharge(slow, 0.1, OXIDE, start=0.5, cutoff=3.0).dominant_by_charge == Overpotential.LITHIUM


def test_probabilities_add_up_repeat_and_end_in_certainty():
    """A seed that does not fix the draws, or factors that do not reach them, would give another report each night."""
    cell = replace(CELL, electronic_conductivity=1.0, T=298.15)
    numerics = {"start": 0.5, "cutoff": 3.0, "draws": 60}
    factors = {"diffusivity": 30.0, "electrolyte_conductivity": 3.0}
    one, again = (dominance_probability(cell, OXIDE, 1.0, factors, **numerics, seed=3) for _ in range(2))
    assert one == again
    assert sum(one.values()) == pytest.approx(1)
    assert 0 < one[Overpotential.ELECTROLYTE] < 1
    sure = dominance_probability(cell, OXIDE, 1.0, {"diffusivity": 1.001}, **numerics)
    assert max(sure.values()) == 1


def test_the_share_of_ions_says_when_the_model_ends():
    """A plate that conducts electrons as badly as ions is no electrode of this model."""
    x = 0.5
    share = CELL.ionic_share(SMOOTH, x)
    slope = float(SMOOTH.insertion.slope(x))
    local = CELL.diffusivity * SMOOTH.diffusivity.value(x) / SMOOTH.diffusivity.value(0.45)
    ionic = local * FARADAY * SMOOTH.sites / -slope
    assert share == pytest.approx(ionic / (ionic + CELL.electronic_conductivity), rel=1e-12)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: film_discharge(CELL, -1.0, SMOOTH, start=0.4, cutoff=3), "current_density is -1"),
        (lambda: film_discharge(CELL, 1.0, SMOOTH, start=1.4, cutoff=3), "start is 1.4"),
        (lambda: film_discharge(CELL, 1.0, SMOOTH, start=0.4, cutoff=5), "cutoff is 5 V; it must be below"),
        (lambda: film_pulses(CELL, [1.0, 0], [1.0], SMOOTH, start=0.4), "a value for each segment"),
        (lambda: film_pulses(CELL, [1.0], [0.0], SMOOTH, start=0.4), "duration is 0"),
        (lambda: film_pulses(replace(CELL, T=[300, 310]), [1], [1], SMOOTH, start=0.4), "the cell has arrays"),
        (lambda: film_discharge(CELL, 1.0, SMOOTH, start=0.4, cutoff=3, cells=2), "cells is 2"),
        (lambda: replace(CELL, diffusivity=0.0), "diffusivity is 0"),
        (lambda: replace(CELL, reference=[0.4, 0.5]), "one number"),
        (lambda: replace(SMOOTH, sites=-1.0), "sites is -1"),
        (lambda: charging_overpotential(-1.0, 1.0, 1.0, 1.0), "time is -1"),
        (lambda: dominance_probability(CELL, OXIDE, 1, {"colour": 2}, start=0.5, cutoff=3), "'colour'"),
        (lambda: dominance_probability(CELL, OXIDE, 1, {"T": 0.5}, start=0.5, cutoff=3), "factor of T is 0.5"),
    ],
)
def test_nonsense_is_refused_by_name(call, words):
    """A lab must read what is wrong with its numbers, not a message of the solver."""
    with pytest.raises(ValueError, match=words):
        call()
