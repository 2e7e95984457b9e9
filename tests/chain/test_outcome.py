"""The chain's results and their intervals: each by the public function of its step, with what is open kept open."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import binomtest

from sslib.cell import Known, discharged, drawn_parameters, material, propagated, specific_energy, throughput_at_c_rate
from sslib.cell.rate import MOLAR_MASS, SITES
from sslib.chain import (
    CAPACITY,
    ENERGY,
    FAILURE,
    FAILURE_10X,
    FIT,
    LAWS,
    RECIPE,
    RESULTS,
    THROUGHPUT,
    WARMTH,
    cell_outcome,
    dependence,
    drawn_cells,
    energy_at_currents,
    operating_point,
    survival_in_time,
    tolerances,
)
from sslib.chain.use import OTHER_ENERGIES
from sslib.failure import cell_parameters, failure_probability, own_cell, recalibrated_without_each
from sslib.kinetics import FARADAY
from sslib.units import MPa, Wh_kg, celsius, hour, mA_cm2
from tests.simulations import simulations

QUICK = {"draws": 40, "law_draws": 500}


def test_values_are_those_of_the_single_steps(make_use):
    """Whoever opens the notebook of a step must find the number of the page there."""
    use = make_use(T=celsius(45), pressure=10 * MPa)
    found = operating_point(use)
    run = use.at_work.under(use.conditions.current_density)
    assert found[CAPACITY] == pytest.approx(float(run.capacity), rel=1e-9)
    assert found[ENERGY] == pytest.approx(float(specific_energy(use.at_work, run)), rel=1e-9)
    rate = use.conditions.current_density / use.at_work.nominal_capacity
    assert found[THROUGHPUT] == pytest.approx(float(throughput_at_c_rate(run.capacity, rate)), rel=1e-9)
    for name, times in ((FAILURE, 1), (FAILURE_10X, 10)):
        at = use.conditions.at(time=times * use.conditions.time)
        assert found[name] == pytest.approx(sum(failure_probability(at, use.own_laws, use.mechanisms).values()))


def test_the_fit_alone_gives_the_interval_of_the_rate_model(make_use):
    """With geometry and recipe exact the page's interval of the energy is that of `rate_capability`."""
    use = make_use()
    outcome = cell_outcome(use, scatter=0.0, **QUICK)
    c_rate = float(use.conditions.current_density / use.cell.nominal_capacity) * hour
    spread = propagated(use.cell, use.transport, [c_rate], draws=40)
    low, high = spread.interval(use.cell.masses.specific_energy(spread.energy))
    assert outcome.intervals[ENERGY] == pytest.approx((low[0], high[0]), rel=1e-9)
    low, high = spread.interval(spread.capacity)
    assert outcome.intervals[CAPACITY] == pytest.approx((low[0], high[0]), rel=1e-9)


def test_draws_one_by_one_are_the_batch(make_use):
    """Each draw is a cell of its own: its mass, its transport, its criteria."""
    use = make_use(T=celsius(40))
    outcome = cell_outcome(use, draws=20, law_draws=500)
    cells = outcome.cells
    for n in (3, 17):
        fields = {name: own[n] for name, own in vars(cells.at_work).items() if np.ndim(own) and name != "window"}
        own = replace(use.at_work, **fields)
        run = own.under(use.conditions.current_density)
        # The batch is computed on a coarser mesh.
        assert outcome.values[ENERGY][n] == pytest.approx(float(specific_energy(own, run)), rel=5e-3)
        laws = {name: (float(np.ravel(value)[0]), 1.0) for name, value in use.laws_of(own).items()}
        ways = failure_probability(use.conditions, use.laws.with_values(**laws), use.mechanisms, draws=500)
        assert outcome.values[FAILURE][n] == pytest.approx(sum(ways.values()))
        # By the nominal capacity of the drawn cell, so that half of what it has is half of j/F.
        share = outcome.values[CAPACITY][n] / own.nominal_capacity
        assert outcome.values[THROUGHPUT][n] == pytest.approx(share * use.conditions.current_density / FARADAY)


def test_tolerances_scatter_what_was_stated_and_nothing_else(make_use):
    """A spectrum determines totals, whatever the thickness: those stay where geometry and recipe alone vary."""
    use = make_use()
    cells = drawn_cells(use, 400, stages=(RECIPE,), cases=False)
    own = cells.measured
    for name, spread in (("thickness", 0.02), ("separator_thickness", 0.05), ("particle_radius", 0.10)):
        assert np.std(np.log(getattr(own, name)[1:])) == pytest.approx(spread, rel=0.05)
        assert tolerances()[name] == pytest.approx(spread)
    assert np.ptp(own.R_ion) == np.ptp(own.R_sep) == np.ptp(own.tau_d) == 0
    solids = own.active_fraction + own.electrolyte_fraction + own.carbon_fraction
    assert np.std(np.log(1 - solids[1:])) == pytest.approx(0.15, rel=0.05)
    others = own.electrolyte_fraction * own.electrolyte.density + own.carbon_fraction * material("carbon").density
    inactive = others / (others + own.active_fraction * SITES * MOLAR_MASS)
    assert np.std(np.log(inactive[1:])) == pytest.approx(0.03, rel=0.05)
    exact = drawn_cells(use, 400, stages=(FIT,), scatter=3.0, cases=False).measured
    assert np.ptp(exact.thickness) == np.ptp(exact.active_fraction) == 0
    drawn = drawn_parameters(use.transport.known, 400, 1, use.transport.correlations)
    assert np.array_equal(exact.R_ion[1:], drawn["R_ion"])


def test_what_is_not_known_for_different_reasons_is_drawn_for_itself(make_use):
    """A thickness that rose with a resistance in every draw would widen or narrow all that follows."""
    cells = drawn_cells(make_use(T=celsius(50)), 400, cases=False)
    fit = [getattr(cells.measured, name)[1:] for name in ("R_ion", "R_ct", "R_sep", "R_counter", "tau_d")]
    recipe = [getattr(cells.measured, name)[1:] for name in tolerances() if name not in ("active_mass", "porosity")]
    warmth = [(getattr(cells.at_work, n) / getattr(cells.measured, n))[1:] for n in ("R_ion", "R_ct", "tau_d")]
    rows = np.log([*fit, *recipe, *warmth])
    stage = np.repeat([0, 1, 2], [len(fit), len(recipe), len(warmth)])
    between = np.corrcoef(rows)[stage[:, None] != stage]
    assert np.abs(between).max() < 0.25


@pytest.mark.slow
def test_the_interval_holds_the_truth_as_often_as_it_says(make_use):
    """Measured and stated with errors of the size that the chain supposes, it must hold the truth 95 times of 100."""
    use, rng, tries = make_use(), np.random.default_rng(7), simulations(60)
    known = use.transport.known
    widths = {n: np.log(own.interval[1] / own.interval[0]) / (2 * 1.96) for n, own in known.items()}
    truth = operating_point(use)[ENERGY]
    held = sum(_holds(use, widths, rng, truth) for _ in range(tries))
    assert binomtest(held, tries, 0.95).pvalue > 0.01


def _holds(use, widths, rng, truth):
    """Whether the interval that a measurement of the cell gives holds the truth."""
    spread, chance = tolerances(), rng.standard_normal
    measured = {}
    for name, own in use.transport.known.items():
        value = own.value * np.exp(widths[name] * chance())
        ends = tuple(value * np.exp(side * 1.96 * widths[name]) for side in (-1, 1))
        measured[name] = Known(value, ends)
    fields = ("thickness", "separator_thickness", "excess", "particle_radius")
    stated = {name: getattr(use.cell, name) * np.exp(spread[name] * chance()) for name in fields}
    inactive = expit(logit(1 - use.active_mass) + spread["active_mass"] * chance() / use.active_mass)
    porosity = expit(logit(use.porosity) + spread["porosity"] * chance() / (1 - use.porosity))
    values = {name: own.value for name, own in measured.items()}
    other = replace(
        use,
        cell=replace(use.cell, **values, **stated, **use.volumes(1 - inactive, porosity)),
        transport=replace(use.transport, known=measured, correlations={}),
        active_mass=1 - inactive,
        porosity=porosity,
    )
    cells = drawn_cells(other, 64, seed=int(rng.integers(1 << 30)), cases=False)
    _, _, low, high = energy_at_currents(other, cells, [float(use.conditions.current_density)])
    return low[0] <= truth <= high[0]


@pytest.mark.parametrize(("ends", "below"), [({"R_ct": (60.0, None)}, True), ({"R_ct": (None, 66.0)}, False)])
def test_an_open_end_that_matters_leaves_the_energy_open(make_use, ends, below):
    """An interval that was closed over an open ridge would be invented."""
    outcome = cell_outcome(make_use(ends), **QUICK)
    low, high = outcome.intervals[ENERGY]
    assert (low is None) == below
    assert high is not None or not below
    assert "specific energy" in dependence(outcome, ["R_ct"]).loc["R_ct", "moves"]
    assert ENERGY in outcome.depends("R_ct")


def test_an_open_end_that_does_not_matter_leaves_the_results_closed(make_use):
    """That the electronic rail may be nothing changes little beside the ionic one: an open energy would be an alarm."""
    outcome = cell_outcome(make_use({"R_el": (None, 24.0)}, current_density=0.2 * mA_cm2), **QUICK)
    assert None not in outcome.intervals[ENERGY]
    assert outcome.depends("R_el") == []
    table = dependence(outcome, ["R_el", "Q_dl"])
    assert table.loc["R_el", "moves"] == table.loc["Q_dl", "moves"] == "nothing"
    assert table.loc["Q_dl", "leaves"] == "all"


def test_an_open_contact_leaves_failure_open(make_use):
    """The counter electrode's arc decides over filaments: without an upper end the probability has none."""
    outcome = cell_outcome(make_use({"R_counter": (9.0, None)}, pressure=5 * MPa, current_density=1.0), **QUICK)
    assert outcome.intervals[FAILURE][1] is None
    assert FAILURE in outcome.depends("R_counter")


def test_ends_that_a_draw_can_reach_open_nothing(make_use):
    """The closed ends of a wide interval lie beyond twenty draws of it, and are no open ends for that."""
    use = make_use({"R_counter": (1.0, 144.0)}, pressure=5 * MPa, current_density=0.3 * mA_cm2)
    outcome = cell_outcome(use, draws=20, seed=2, scatter=0.0, law_draws=1000)
    low, high = outcome.intervals[FAILURE]
    ends = outcome.reach("R_counter")[FAILURE]
    assert ends[0] < low - 0.01 or ends[1] > high + 0.01
    assert outcome.cells.followed == 21


def test_shares_of_criteria_and_fit_are_told_apart(make_use):
    """With a contact that is hardly known, survival is no matter of the criteria alone."""
    use = make_use({"R_counter": (1.0, 144.0)}, pressure=5 * MPa, current_density=0.3 * mA_cm2)
    shares = cell_outcome(use, draws=64, law_draws=1000).shares["survival"]
    assert 0.1 < shares[FIT] < 0.4
    assert 0.6 < shares[LAWS] < 0.9
    assert sum(shares.values()) == pytest.approx(1, abs=0.15)


def test_shares_add_up_to_about_one(make_use):
    """One stage alone at a time: what is left is what they do together."""
    outcome = cell_outcome(make_use(T=celsius(50)), draws=128, law_draws=1000)
    assert set(outcome.shares["energy"]) == {FIT, RECIPE, WARMTH, LAWS}
    assert sum(outcome.shares["energy"].values()) == pytest.approx(1, abs=0.1)
    assert sum(outcome.shares["survival"].values()) == pytest.approx(1, abs=0.1)
    assert outcome.shares["energy"][LAWS] == 0
    assert WARMTH not in cell_outcome(make_use(), **QUICK).shares["energy"]


def test_the_laws_without_a_study_widen_the_interval(make_use):
    """A probability whose interval knew only the cell would be sure of what one paper measured."""
    use = make_use(current_density=0.5 * mA_cm2, time=100 * hour)
    outcome = cell_outcome(use, **QUICK)
    low, high = outcome.intervals[FAILURE]
    others = outcome.without_study.values()
    assert low <= min(others)
    assert high >= max(others)
    assert set(outcome.without_study) == set(recalibrated_without_each(use.laws))
    assert "Wang 2019" not in outcome.without_study


def test_borrowed_laws_are_no_surer_than_those_that_they_are_borrowed_from():
    """LPS has its laws from LPSCl: without a study it must not be the better known of the two."""
    usual, LPS, garnet = (recalibrated_without_each(cell_parameters(name)) for name in ("LPSCl", "LPS", "LLZO"))
    for study, laws in usual.items():
        for name in ("void_current", "flaw_size", "overpotential_share", "short_charge"):
            assert LPS[study][name].median == laws[name].median
        assert garnet[study]["flaw_size"] == cell_parameters("LLZO")["flaw_size"]
        assert garnet[study]["short_charge"].median == laws["short_charge"].median
    assert LPS["Doux 2020"]["toughness"] == cell_parameters("LPS")["toughness"]
    own = recalibrated_without_each(cell_parameters("LPSCl").with_values(flaw_size=1e-6))
    assert {laws["flaw_size"].median for laws in own.values()} == {1e-6}
    assert recalibrated_without_each(own_cell("a glass", toughness=0.5e6)) == {}


def test_activation_energies_that_happen_to_be_alike_are_not_one(make_use):
    """Conduction in the electrolyte and diffusion in the particles vary for themselves, whatever their numbers."""
    use = make_use(T=celsius(60))
    laws = use.laws.with_values(resistance_energy=OTHER_ENERGIES["tau_d"])
    cells = drawn_cells(replace(use, laws=laws), 200, stages=(WARMTH,), cases=False).at_work
    logs = {name: np.log(getattr(cells, name)[1:]) for name in ("R_ion", "R_sep", "tau_d", "R_ct")}
    assert np.corrcoef(logs["R_ion"], logs["R_sep"])[0, 1] == pytest.approx(1)
    assert abs(np.corrcoef(logs["R_ion"], logs["tau_d"])[0, 1]) < 0.3
    # 90 % within 0.2 eV: by hand 0.2/1.645 eV times the step in 1/kT.
    step = (1 / celsius(60) - 1 / celsius(25)) / 8.617333e-5
    assert np.std(logs["R_ct"]) == pytest.approx(0.2 / 1.6449 * abs(step), rel=0.15)


def test_a_discharge_that_breaks_off_is_said_so(make_use, monkeypatch):
    """A draw without a result may be the one that matters: its absence must not pass for a narrow interval."""

    def broken(cell, values, current):
        found = discharged(cell, values, current)
        for own in found:
            own[5] = np.nan
        return found

    monkeypatch.setattr("sslib.chain.outcome.discharged", broken)
    with pytest.raises(ValueError, match=r"1 of \d+ draws could not be computed, since a discharge"):
        cell_outcome(make_use(), **QUICK)


def test_survival_in_time_goes_through_the_stated_probability(make_use):
    """The curve beside the map and the number in the text are one."""
    use = make_use(current_density=0.5 * mA_cm2)
    times = np.array([0.1, 1, 10])
    middle, low, high = survival_in_time(use, times, draws=10)
    assert middle[1] == operating_point(use)[FAILURE]
    assert middle[2] == operating_point(use)[FAILURE_10X]
    assert (np.diff(middle) >= 0).all()
    assert (low <= middle).all()
    assert (middle <= high).all()
    quick, same, _ = survival_in_time(use, times, draws=0, law_draws=20_000)
    assert np.array_equal(quick, middle)
    assert same is quick


def test_a_cell_that_delivers_nothing_has_zeros(make_use):
    """Beyond its first instant there is no energy, no error, and no change that is worth a percentage of nothing."""
    use = make_use(current_density=200 * mA_cm2)
    found = operating_point(use)
    assert found[CAPACITY] == found[ENERGY] == 0
    assert found[THROUGHPUT] == 0
    outcome = cell_outcome(use, **QUICK)
    assert outcome.intervals[ENERGY] == (0, 0)
    assert outcome.words(ENERGY).startswith("0 Wh/kg (0 to 0)")


def test_results_are_written_in_the_units_that_are_promised(make_use):
    """Whoever reads results.json by its keys must not meet percent in the place of a share."""
    outcome = cell_outcome(make_use(), **QUICK)
    units = {name: outcome.entry(name)["unit"] for name in RESULTS}
    assert units == {
        "delivered_capacity": "mAh cm-2",
        "specific_energy": "Wh/kg",
        "throughput": "mol m-2 h-1",
        "failure_probability": "1",
        "failure_probability_10x": "1",
    }
    assert outcome.entry(FAILURE)["value"] == outcome.value(FAILURE)
    assert outcome.entry(ENERGY)["value"] == pytest.approx(outcome.value(ENERGY) / Wh_kg)


def test_laws_that_nothing_calibrates_have_no_interval(make_use):
    """Less evidence must not look surer: a probability from assumptions alone is open at both ends."""
    use = make_use(anode="lithium-indium", time=1000 * hour)
    outcome = cell_outcome(use, **QUICK)
    assert outcome.without_study == {}
    assert outcome.intervals[FAILURE] == outcome.intervals[FAILURE_10X] == (None, None)
    assert outcome.words(FAILURE).endswith("% (interval open)")
    _, low, high = survival_in_time(use, [1.0, 10.0], draws=40)
    assert (low == 0).all()
    assert (high == 1).all()
