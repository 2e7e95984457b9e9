"""The nine steps: each is what it says, agrees with a route of its own, and its fit holds the truth."""

from dataclasses import replace
from functools import cache

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose

from sslib.impedance import CPE, C, R, SphericalDiffusion, TransmissionLine, as_network, evolution
from sslib.impedance.evolution.step import Fitted, fitted, noisy

FREQUENCY = np.geomspace(1e5, 1e-4, 46)
VALUES = evolution.electrode_values()
STEPS = {
    "conduction": lambda: evolution.conduction(VALUES),
    "interface": lambda: evolution.interface(VALUES),
    "contacts": lambda: evolution.contacts(VALUES),
    "scale": lambda: evolution.scale(VALUES),
    "paths": lambda: evolution.paths(VALUES),
    "driving force": evolution.driving_force,
    "thermodynamics": lambda: evolution.thermodynamics(VALUES),
    "time": lambda: evolution.transient(VALUES),
    "concentrated solution": evolution.concentrated_solution,
}


@cache
def outcome_of(name):
    """What comes of a step on spectra; the check is a test of its own."""
    return evolution.examine(replace(STEPS[name](), check=lambda: 0.0), FREQUENCY)


def test_nine_steps_in_their_order():
    """The table, the results and the story go by these numbers."""
    steps = [make() for make in STEPS.values()]
    assert [step.number for step in steps] == list(range(1, 10))
    assert [step.aspect for step in steps] == list(STEPS)
    for step in steps:
        assert all((step.adds, step.first, step.ends, step.route)), step.title


@pytest.mark.parametrize("name", STEPS)
def test_each_step_agrees_with_its_independent_route(name):
    """A model that is off its own equations would make every error and every fit of the story worthless."""
    step = STEPS[name]()
    assert step.check() < step.tolerance


@pytest.mark.parametrize(("x", "interaction"), [(0.001, 4e3), (0.999, 4e3), (0.5, -5e4), (0.001, -5e4)])
def test_the_free_energy_is_checked_at_the_stated_filling(x, interaction):
    """A check at values of its own says nothing of the spectrum shown; at the ends of the range it must hold, too."""
    step = evolution.thermodynamics(VALUES, x=x, interaction=interaction)
    assert step.check() < step.tolerance
    shares, material = step.check.args[0], step.check.keywords
    assert shares == (x,)
    assert material["interaction"] == pytest.approx(interaction)


@pytest.mark.parametrize("name", ["contacts", "concentrated solution"])
def test_error_of_the_step_before_is_the_largest_of_the_spectrum(name):
    """The headline number must be |Z_before/Z − 1| over the whole window, not at its end."""
    step, outcome = STEPS[name](), outcome_of(name)
    apart = np.abs(step.before.impedance(FREQUENCY) / step.now.impedance(FREQUENCY) - 1)
    assert_allclose(outcome.error, apart.max(), rtol=1e-12)
    assert outcome.error_at == FREQUENCY[apart.argmax()]
    assert 0 < apart.argmax() < len(FREQUENCY) - 1


def test_two_rails_for_a_salt_are_as_far_off_as_stated_elsewhere():
    """The two-rail error of `polymer_electrolytes`, 165 %, is the same pair of spectra divided the other way round."""
    step = STEPS["concentrated solution"]()
    frequency = np.geomspace(1e4, 1e-4, 400)
    apart = np.abs(step.now.impedance(frequency) / step.before.impedance(frequency) - 1)
    assert_allclose(apart.max(), 1.65, atol=0.01)


def test_one_rail_misses_the_rails_side_by_side_at_high_frequency():
    """De Levie's pore vanishes at high frequency; the two rails in parallel remain, so the error tends to one."""
    step = evolution.conduction(VALUES)
    parallel = VALUES["R_ion"] * VALUES["R_el"] / (VALUES["R_ion"] + VALUES["R_el"])
    assert_allclose(step.now.impedance([1e12]), parallel, rtol=1e-3)
    assert np.abs(step.before.impedance([1e12]))[0] < 1e-3 * parallel


def test_the_constant_phase_element_keeps_the_apex_of_the_arc():
    """Otherwise the capacitor that step 2 replaces would be another electrode's."""
    arc, dispersed = C("C") | R("R"), CPE("Q", "a") | R("R")
    dense = np.geomspace(1, 1e5, 200_001)
    apexes = [
        dense[np.argmax(-z.imag)]
        for z in (
            arc.impedance(dense, R=VALUES["R_ct"], C=VALUES["C_dl"]),
            dispersed.impedance(dense, R=VALUES["R_ct"], Q=VALUES["Q_dl"], a=VALUES["alpha_dl"]),
        )
    ]
    assert_allclose(apexes[1], apexes[0], rtol=1e-4)


def test_area_scales_the_electrode():
    """Twice the area is half of each resistance and twice each capacitance; times stay."""
    one, two = evolution.electrode_values(1e-4), evolution.electrode_values(2e-4)
    for name in ("R_ion", "R_el", "R_ct", "R_d"):
        assert_allclose(two[name], one[name] / 2)
    for name in ("C_dl", "Q_dl"):
        assert_allclose(two[name], 2 * one[name])
    assert two["tau_d"] == one["tau_d"]


def test_impossible_electrodes_are_refused():
    """A negative area would turn every resistance negative."""
    with pytest.raises(ValueError, match="area is -1"):
        evolution.electrode_values(area=-1.0)
    with pytest.raises(ValueError, match=r"exponent is 1\.2"):
        evolution.electrode_values(exponent=1.2)
    with pytest.raises(ValueError, match="no longer than the first sample"):
        evolution.Pulse(shortest=600.0).record(evolution.transient(VALUES).now)
    with pytest.raises(ValueError, match="spinodal"):
        evolution.thermodynamics(VALUES, x=0.5, interaction=6e3)


def test_network_is_every_closed_form():
    """The claim of one network: 1e-9 at random parameters, against nine forms."""
    deviations = evolution.network_deviation(sets=300, seed=20261121)
    assert len(deviations) == 9
    assert max(deviations.values()) < 1e-9


def test_the_comparison_sees_a_wrong_network():
    """A check that passes whatever the network is would prove nothing."""
    line = TransmissionLine(R("R_ion"), R("R_el"), interface=C("C_dl"))
    values = {"R_ion": 30.0, "R_el": 2.0, "C_dl": 1e-3}
    network = as_network(replace_terminals(line, "ion-ion"))
    assert abs(network.impedance([1.0], **values) / line.impedance([1.0], **values) - 1)[0] > 0.1


def replace_terminals(line, terminals):
    return TransmissionLine(line.ion, line.electron, interface=line.interface, terminals=terminals)


# Source 000's shapes recomputed for stated interfaces: arcs in I, II, III.
COUNTS = ((1, 1, 1), (0, 1, 1), (1, 2, 2))


def test_arcs_are_as_counted_before():
    """The table that refutes the source's boundary-condition table: 1/1/1, 0/1/1, 1/2/2."""
    wide = np.geomspace(1e12, 1e-12, 961)
    counted = evolution.counted_interfaces()
    for (circuit, values), expected in zip(counted.values(), COUNTS, strict=True):
        assert tuple(evolution.arc_counts(values, circuit, wide).values()) == expected


def test_two_and_three_are_one_function():
    """Why the contacts on one rail or the other cannot change the number of arcs: (a/b)² at every frequency."""
    interface = CPE("Q", "alpha") | (R("R_ct") + SphericalDiffusion("R_d", "tau_d"))
    rng = np.random.default_rng(8)
    values = {"R_ion": 100.0, "R_el": 7.0, "R_ct": 3.0, "R_d": 40.0, "Q": 1e-3, "alpha": rng.uniform(0.5, 1)}
    values["tau_d"] = 500.0
    two, three = (
        evolution.two_rails(interface, evolution.CONFIGURATIONS[name]).impedance(FREQUENCY, **values)
        for name in ("II", "III")
    )
    assert_allclose(two.imag / three.imag, (100 / 7) ** 2, rtol=1e-7)
    parallel = 700 / 107
    assert_allclose((two.real - parallel) / (three.real - parallel), (100 / 7) ** 2, rtol=1e-6)


def test_the_depressed_arc_of_a_capacitor():
    """Height over width 0.417, to more digits by mpmath: the maximum of −Im tanh(x/2)/(x/2) over x² = iy."""

    def height(y):
        half = mpmath.sqrt(1j * y) / 2
        return -mpmath.im(mpmath.tanh(half) / half)

    y = mpmath.findroot(lambda y: mpmath.diff(height, y), 10)
    assert_allclose(evolution.blocking_arc_ratio(), float(height(y)), rtol=1e-6)
    assert round(evolution.blocking_arc_ratio(), 3) == 0.417


def test_noise_drowns_the_small_arc_first():
    """Where the source's shapes are seen: a window of rails, which closes without noise."""
    held = evolution.where_claim_holds(0.003, ratios=[1.0, 0.25, 0.06, 0.002])
    assert held.tolist() == [0.06]
    assert not len(evolution.where_claim_holds(1e-9, ratios=[1.0, 0.25, 0.06]))


def test_arcs_below_the_noise_do_not_count():
    """Two arcs of 100:1 are two without noise and one with more than the small one rises."""
    circuit = (R("R") | C("C")) + (R("r") | C("c"))
    z = circuit.impedance(FREQUENCY, R=100.0, C=1e-5, r=1.0, c=100.0)
    assert len(evolution.arcs(FREQUENCY, z)) == 2
    assert len(evolution.arcs(FREQUENCY, z, noise=0.01)) == 1


def test_what_contacts_determine():
    """Exchange and rank, computed: I cannot label the rails, one face knows their sum alone, II and III both."""
    told = evolution.what_contacts_determine(FREQUENCY, VALUES, C("C_dl"))
    assert told.loc["I", "the rails"] == "both, not which is which"
    assert told.loc["same face", "the rails"] == "their sum"
    assert told.loc["II", "the rails"] == told.loc["III", "the rails"] == "R_ion and R_el"
    assert told.loc["I", "rails exchanged"] < 1e-12 < 0.5 < told.loc["II", "rails exchanged"]
    assert np.isinf(told.loc["same face", "R_ion"])
    assert_allclose(told.loc["I and I", "R_el"], told.loc["I", "R_el"] / np.sqrt(2), rtol=1e-6)
    assert told.loc["I and II", "R_ion"] < told.loc["II", "R_ion"]
    assert told.loc["I and II", "the rails"] == told.loc["I and III", "the rails"] == "R_ion and R_el"


def test_errors_of_contacts_are_the_scatter_of_fits():
    """The table's percents must be what a fit then finds: here the Cramér-Rao bound against a fit's covariance."""
    step = evolution.contacts(VALUES)
    told = evolution.what_contacts_determine(FREQUENCY, VALUES, step.now.model.interface)
    for own in outcome_of("contacts").fitted.estimates:
        low, high = own.interval
        half = (high - low) / 2 if own.name == "alpha_dl" else np.log(high / low) / 2
        assert_allclose(half / 1.96, told.loc["II", own.name], rtol=0.25)


def test_misfit_is_told_from_a_silent_lie():
    """Contacts that are taken for others fit as well as the truth: the one step where nothing warns."""
    outcome = outcome_of("contacts")
    assert all(own.holds and not own.is_open for own in outcome.fitted.estimates)
    assert not outcome.fitted_before.misfit_shows
    worst = outcome.fitted_before.missed[0]
    assert worst.name == "R_ion"
    assert worst.factor > 1.5
    words = " ".join(evolution.sentences(outcome))
    assert f"{worst.name} comes out at" in words
    assert "the residuals do not tell" in words


def test_a_true_model_is_not_called_wrong():
    """With an exponent of one the half step is the step: no word may say that it is wrong, or that its misfit shows."""
    step = evolution.interface(evolution.electrode_values(exponent=1.0))
    outcome = evolution.examine(replace(step, check=lambda: 0.0), FREQUENCY)
    assert outcome.half_error < 1e-12
    assert not outcome.fitted_half.misfit_shows
    assert outcome.misleading_error == outcome.half_error
    last = evolution.sentences(outcome)[-1]
    assert "do not tell it from the model with the step" in last
    assert "wrong" not in last


def test_chance_is_no_misfit():
    """A true model leaves a large chi-square now and then: of few points often above 1.5, of many never above 1.2."""
    seldom = [Fitted((), own.mean(), 6).misfit_shows for own in np.random.default_rng(3).chisquare(1, (4000, 6))]
    assert np.mean(seldom) < 3e-3
    assert not Fitted((), 2.0, 6).misfit_shows
    assert Fitted((), 1.25, 900).misfit_shows


def test_salt_is_misread_by_two_rails():
    """Step 9's warning in numbers: diffusion of the salt is taken for diffusion in the particles."""
    outcome = outcome_of("concentrated solution")
    missed = {own.name: own for own in outcome.fitted_before.missed}
    assert missed["tau_d"].factor > 30
    assert missed["R_ion"].factor < 0.5
    assert {own.name for own in outcome.fitted.estimates} >= {"t_plus", "R_salt", "tau_salt"}
    # What is measured apart is held in both fits, or the comparison would not be one of the cathode.
    assert not {own.name for own in outcome.fitted_before.estimates} & {"R_sep", "R_counter"}


def test_lengths_come_out_of_the_fit():
    """Step 5 is about lengths, of which no spectrum has a parameter: derived, with intervals that hold."""
    outcome = outcome_of("paths")
    lengths = {own.name: own for own in outcome.fitted.estimates if own.unit == "um"}
    assert set(lengths) == {"L_ion", "L_electron", "L_ambipolar"}
    assert all(own.holds and not own.is_open for own in lengths.values())
    # The cathode A_base in an hour, as worked out for `sslib.transport.path_lengths`.
    assert [round(own.truth) for own in lengths.values()] == [129, 597, 126]
    assert "L_ambipolar" in {own.name for own in outcome.fitted_before.missed}
    before = {own.name: own.truth for own in outcome.fitted_before.estimates}
    assert before["L_ambipolar"] == pytest.approx(lengths["L_ambipolar"].truth, rel=1e-12)


def test_the_whole_depth_is_the_end_of_a_slow_signal():
    """A third of both rails in series with the particles is what the line becomes; mapped otherwise it misleads."""
    step = evolution.paths(evolution.electrode_values(exponent=1.0))
    ours, whole = (variant.impedance([1e-7])[0] for variant in (step.now, step.before))
    assert_allclose([ours.real, ours.imag], [whole.real, whole.imag], rtol=1e-4)


def test_state_of_charge_is_in_the_spectrum():
    """With the filling at which the values were taken, the free energy changes nothing; away from it, it does."""
    same = evolution.thermodynamics(VALUES, x=0.1)
    assert_allclose(same.now.impedance(FREQUENCY), same.before.impedance(FREQUENCY), rtol=1e-9)
    ideal = evolution.thermodynamics(VALUES, x=0.5, interaction=0.0)
    assert_allclose(ideal.now.impedance(FREQUENCY), ideal.half.impedance(FREQUENCY), rtol=1e-9)


def test_pulse_is_fitted_in_time():
    """Step 8's fit takes volts against seconds, and finds what the steady state misreads."""
    pulse = evolution.Pulse()
    outcome = evolution.examine_pulse(evolution.transient(VALUES, pulse), pulse)
    assert outcome.grid.shape == outcome.response.shape == outcome.before.shape
    assert sum(own.holds for own in outcome.fitted.estimates) >= 8
    assert {own.name for own in outcome.fitted_before.missed} == {"R_steady", "C_stored"}


def test_steady_state_is_the_end_of_a_long_pulse():
    """The mapped resistance and capacitance of the step before must be the line's own limits, R + 1/(iωC).

    With a capacitor for the double layer: it holds 3e-5 of the charge, a constant-phase element ever more of the loss.
    """
    line = evolution.transient(evolution.electrode_values(exponent=1.0))
    ours, steady = (variant.impedance([1e-7])[0] for variant in (line.now, line.before))
    assert_allclose(ours.real, steady.real, rtol=1e-4)
    assert_allclose(ours.imag, steady.imag, rtol=1e-4)


def test_tables_hold_every_step():
    """A row that is lost in a table is a step that nobody is told of."""
    outcomes = [outcome_of("conduction"), outcome_of("interface")]
    story, origins = evolution.story_table(outcomes), evolution.origins_table(outcomes)
    assert list(story.index) == list(origins.index) == ["1 conduction", "2 interface"]
    assert "de Levie" in origins.loc["1 conduction", "first written by"]
    assert origins.loc["2 interface", "adds"] == outcomes[1].step.adds
    table = evolution.fit_table(outcomes[1])
    assert list(table.columns[:3]) == ["truth", "with the step", "holds"]
    assert table.loc["Q_dl", "the step before"] == ""
    holding, every = evolution.counts(outcomes)
    assert every == 8
    assert holding <= every


@pytest.mark.slow
@pytest.mark.parametrize("name", ["contacts", "scale", "thermodynamics"])
def test_intervals_hold_as_often_as_they_say(name):
    """An interval of 95 % that holds the truth less often than chance allows (one in a thousand) is no interval.

    The intervals of one fit go together, so the spectra are counted in the tolerance, not the intervals.
    """
    step, seeds = STEPS[name](), 40
    near = replace(step.now, starts_tried=0)
    exact = near.impedance(FREQUENCY)
    holds = [
        own.holds
        for seed in range(seeds)
        for own in fitted(near, noisy(FREQUENCY, exact, 0.003, seed), 0.003, step.means).estimates
    ]
    assert abs(np.mean(holds) - 0.95) < 3.3 * np.sqrt(0.95 * 0.05 / seeds)
