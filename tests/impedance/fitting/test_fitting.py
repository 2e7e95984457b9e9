"""Fits against known truth: recovery, intervals that hold, and words for what a spectrum does not determine."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from sslib.impedance import CPE, C, R, TransmissionLine, cathode_model, compare, fit, fit_batch

FREQUENCY = np.logspace(6, -2, 60)
FIVE = R("R_0") + TransmissionLine(ion=R("R_ion"), interface=R("R_ct") | CPE("Q", "alpha"))
TRUTH = {"R_0": 20.0, "R_ion": 80.0, "R_ct": 120.0, "Q": 1e-4, "alpha": 0.9}


@dataclass
class Measured:
    frequency: np.ndarray
    impedance: np.ndarray


def with_noise(impedance, noise, seed):
    rng = np.random.default_rng(seed)
    return impedance + noise * np.abs(impedance) * (rng.standard_normal((*impedance.shape, 2)) @ [1, 1j])


def measured(model, values, noise=0.003, seed=1, frequency=FREQUENCY):
    return Measured(frequency, with_noise(model.impedance(frequency, **values), noise, seed))


def random_truths(count, seed):
    rng = np.random.default_rng(seed)

    def between(low, high):
        return np.exp(rng.uniform(np.log(low), np.log(high), count))

    return {
        "R_0": between(1, 300),
        "R_ion": between(3, 3000),
        "R_ct": between(3, 3000),
        "Q": between(1e-6, 1e-2),
        "alpha": rng.uniform(0.65, 1, count),
    }


def test_noise_free_data_give_the_truth_back_without_starts():
    result = fit(FIVE, measured(FIVE, TRUTH, noise=0))
    assert_allclose([result.values[name] for name in TRUTH], list(TRUTH.values()), rtol=1e-6)


def test_blind_fits_reach_the_truth():
    """200 random truths of a line, nothing given: at least 99 % end at the truth's chi-square."""
    truths = random_truths(200, 11)
    data = with_noise(FIVE.impedance(FREQUENCY, **truths), 0.003, 12)
    blind = fit_batch(FIVE, FREQUENCY, data, noise=0.003)
    from_truth = fit_batch(FIVE, FREQUENCY, data, starts=truths, noise=0.003)
    assert np.mean(blind.chi_square < 1.01 * from_truth.chi_square) >= 0.99


@pytest.mark.parametrize("noise_stated", [True, False])
def test_95_percent_intervals_hold_the_truth_95_percent_of_the_time(noise_stated):
    """Residuals squared twice, a wrong weight or degrees of freedom would show: peers hold 71 to 86 %."""
    count = 2000
    data = with_noise(np.tile(FIVE.impedance(FREQUENCY, **TRUTH), (count, 1)), 0.003, 5)
    batch = fit_batch(FIVE, FREQUENCY, data, starts=TRUTH, noise=0.003 if noise_stated else None)
    limits = stats.binom.ppf([0.0005, 0.9995], count, 0.95) / count
    for name, truth in TRUTH.items():
        error = batch.standard_errors[name]
        value = batch.values[name]
        z = (value - truth) / error if name == "alpha" else np.log(value / truth) / (error / value)
        held = np.mean(np.abs(z) < stats.norm.ppf(0.975))
        assert limits[0] - 0.005 <= held <= limits[1] + 0.005, name


def test_chi_square_of_known_noise_is_distributed_as_it_should():
    """The mean over many spectra is the degrees of freedom: weights are squared once and come from the model."""
    count = 500
    data = with_noise(np.tile(FIVE.impedance(FREQUENCY, **TRUTH), (count, 1)), 0.05, 6)
    batch = fit_batch(FIVE, FREQUENCY, data, starts=TRUTH, noise=0.05)
    assert_allclose(batch.reduced_chi_square.mean(), 1, atol=4 * np.sqrt(2 / 115 / count))


def test_weights_from_the_model_do_not_bias_a_noisy_resistance():
    """Weights from the data favour points that noise made small; this test shows that it would see them do so."""
    count, noise = 3000, 0.08
    data = with_noise(np.tile(FIVE.impedance(FREQUENCY, **TRUTH), (count, 1)), noise, 8)

    def bias(**settings):
        values = fit_batch(FIVE, FREQUENCY, data, starts=TRUTH, **settings).values["R_0"]
        return (values.mean() - TRUTH["R_0"]) / (values.std() / np.sqrt(count))

    assert abs(bias(error=np.abs(data))) > 8
    assert abs(bias()) < 4


def test_standard_errors_equal_the_scatter_of_repeats():
    count = 1000
    data = with_noise(np.tile(FIVE.impedance(FREQUENCY, **TRUTH), (count, 1)), 0.003, 9)
    batch = fit_batch(FIVE, FREQUENCY, data, starts=TRUTH, noise=0.003)
    for name in TRUTH:
        assert_allclose(np.median(batch.standard_errors[name]), batch.values[name].std(), rtol=0.1)


def test_known_standard_deviations_and_unit_weights():
    """With known deviations chi-square per degree of freedom is one; with unit weights the noise comes out in ohm."""
    exact = FIVE.impedance(FREQUENCY, **TRUTH)
    rng = np.random.default_rng(4)
    deviation = np.linspace(0.05, 0.5, 60)
    noise = rng.standard_normal((60, 2)) @ [1, 1j]
    known = fit(FIVE, Measured(FREQUENCY, exact + deviation * noise), error=deviation)
    assert known.noise_stated
    assert 0.7 < known.reduced_chi_square < 1.35
    unit = fit(FIVE, Measured(FREQUENCY, exact + 0.2 * noise), error="unit")
    assert_allclose(unit.noise, 0.2, rtol=0.25)
    for result in (known, unit):
        low, high = result.interval("R_ion", level=0.999)
        assert low < TRUTH["R_ion"] < high


def test_fixed_parameters_stay_and_bounds_hold():
    spectrum = measured(FIVE, TRUTH)
    result = fit(FIVE, spectrum, fixed={"alpha": 0.9}, bounds={"R_0": (25.0, 100.0)}, noise=0.003)
    assert result.values["alpha"] == 0.9
    assert "alpha" not in result.free
    assert_allclose(result.values["R_0"], 25.0)
    assert any(verdict.kind == "bound reached" and verdict.parameters == ("R_0",) for verdict in result.verdicts)
    assert result.interval("R_0")[0] is None
    with pytest.raises(ValueError, match="no interval for 'alpha': it was held fixed"):
        result.interval("alpha")


def test_what_is_fixed_keeps_its_value_exactly_zero_included():
    spectrum = measured(FIVE, {**TRUTH, "R_0": 0.0})
    result = fit(FIVE, spectrum, fixed={"R_0": 0.0, "R_ct": 119.7}, noise=0.003)
    assert result.values["R_0"] == 0
    assert result.values["R_ct"] == 119.7
    with pytest.raises(ValueError, match="every parameter is fixed"):
        fit(FIVE, spectrum, fixed=TRUTH)


def test_two_rails_do_not_end_in_their_twin():
    """A line of two rails behind a resistor has a second minimum with the same intercept; starts alone fall into it."""
    model = cathode_model("two_rails")
    truth = {"R_sep": 20.0, "R_ion": 80.0, "R_el": 30.0, "Q_dl": 1e-4, "alpha_dl": 0.9, "R_ct": 120.0}
    data = with_noise(np.tile(model.impedance(FREQUENCY, **truth), (40, 1)), 0.0003, 3)
    blind = fit_batch(model, FREQUENCY, data, noise=0.0003)
    from_truth = fit_batch(model, FREQUENCY, data, starts=truth, noise=0.0003)
    assert np.mean(blind.chi_square < from_truth.chi_square + 0.5) >= 0.95


@pytest.mark.slow
@pytest.mark.parametrize("cathode", ["one_rail", "two_rails_diffusion"])
def test_circuits_of_a_dozen_parameters_need_no_starts(cathode):
    """Separator arc, counter-electrode arc and line: at least three in four of such circuits are found blind."""
    model = cathode_model(cathode, "arc", "arc")
    rng = np.random.default_rng(21)
    ranges = {"Q_sep": (1e-9, 1e-7), "Q_counter": (1e-4, 1e-2), "Q_dl": (1e-5, 1e-3), "tau_d": (10, 300)}
    frequency, found = np.logspace(6.8, -2, 89), 0
    for seed in range(12):
        truth = {
            name: rng.uniform(0.7, 1)
            if name.startswith("alpha")
            else np.exp(rng.uniform(*np.log(ranges.get(name, (20, 500)))))
            for name in model.names
        }
        spectrum = measured(model, truth, seed=seed, frequency=frequency)
        exact = model.impedance(frequency, **truth)
        at_truth = np.sum(np.abs((exact - spectrum.impedance) / exact) ** 2) / 0.003**2
        # The best fit lies below the truth by about the number of parameters.
        found += fit(model, spectrum, noise=0.003).chi_square < at_truth - len(model.names) / 2
    assert found >= 9


@pytest.mark.slow
def test_intervals_span_what_the_data_cannot_exclude():
    """95 % of intervals hold the truth where the covariance holds it in 40 to 90 %: nearly equal rails with a twin."""
    model = cathode_model("two_rails")
    truth = {"R_sep": 20.0, "R_ion": 80.0, "R_el": 70.0, "Q_dl": 1e-4, "alpha_dl": 0.9, "R_ct": 120.0}
    count, held = 60, dict.fromkeys(("R_sep", "R_ion", "R_ct"), 0)
    for seed in range(count):
        result = fit(model, measured(model, truth, seed=100 + seed), noise=0.003)
        for name in held:
            low, high = result.interval(name)
            held[name] += (low is None or low < truth[name]) and (high is None or truth[name] < high)
    fewest = stats.binom.ppf(0.0005, count, 0.95)
    assert all(number >= fewest for number in held.values()), held


def test_a_profile_is_the_covariance_where_chi_square_is_a_parabola():
    result = fit(FIVE, measured(FIVE, TRUTH), noise=0.003)
    for name in ("R_0", "R_ct", "Q"):
        low, high = result.interval(name, level=0.6827)
        error = result.standard_errors[name] / result.values[name]
        assert_allclose(np.log([result.values[name] / low, high / result.values[name]]), error, rtol=0.08)
    with pytest.raises(ValueError, match="level is 95"):
        result.interval("R_0", level=95)


def test_shared_parameters_are_fitted_as_one():
    tied = (R("R_a") | C("C_1")) + (R("R_a") | C("C_2"))
    result = fit(tied, measured(tied, {"R_a": 50.0, "C_1": 1e-6, "C_2": 1e-2}), noise=0.003)
    low, high = result.interval("R_a", level=0.999)
    assert low < 50 < high
    assert len(result.free) == 3


def test_scaling_the_data_scales_the_resistances():
    """Impedances of a micro-ohm and of a giga-ohm cell are fitted alike: no hidden unit."""
    base = fit(FIVE, measured(FIVE, TRUTH))
    for factor in (1e-4, 1e6):
        spectrum = measured(FIVE, TRUTH)
        scaled = fit(FIVE, Measured(FREQUENCY, factor * spectrum.impedance))
        assert_allclose(scaled.values["R_ion"], factor * base.values["R_ion"], rtol=1e-5)
        assert_allclose(scaled.values["Q"], base.values["Q"] / factor, rtol=1e-5)


def test_rails_are_reported_in_the_stated_labelling():
    """Only sum and product enter the ion-electron line: either labelling comes back on request, and is said."""
    truth = {"R_sep": 10.0, "R_ion": 60.0, "R_el": 20.0, "Q_dl": 1e-4, "alpha_dl": 0.95, "R_ct": 200.0}
    spectrum = measured(cathode_model("two_rails"), truth, frequency=np.logspace(6, -2, 81))
    ion = fit(cathode_model("two_rails", larger="ion"), spectrum, noise=0.003)
    electron = fit(cathode_model("two_rails", larger="electron"), spectrum, noise=0.003)
    for here, there in (("R_ion", "R_el"), ("R_el", "R_ion")):
        assert abs(ion.values[here] - electron.values[there]) < 0.05 * ion.standard_errors[here]
        assert_allclose(ion.standard_errors[here], electron.standard_errors[there], rtol=0.01)
    for result in (ion, electron):
        assert any(verdict.kind == "rails exchangeable" for verdict in result.verdicts)
    for name in ("R_ion", "R_el"):
        low, high = ion.interval(name, level=0.99)
        assert low < truth[name] < high


def test_rails_that_bounds_tell_apart_are_not_exchanged():
    """Whoever bounds one rail has said which it is."""
    truth = {"R_sep": 10.0, "R_ion": 20.0, "R_el": 60.0, "Q_dl": 1e-4, "alpha_dl": 0.95, "R_ct": 200.0}
    spectrum = measured(cathode_model("two_rails"), truth, frequency=np.logspace(6, -2, 81))
    result = fit(cathode_model("two_rails"), spectrum, bounds={"R_ion": (1.0, 40.0)}, noise=0.003)
    assert result.values["R_ion"] < 40 < result.values["R_el"]
    assert not any(verdict.kind == "rails exchangeable" for verdict in result.verdicts)


def test_what_only_enters_as_a_combination_is_said():
    """Along one rail the separator and the rails enter as two numbers: three resistances cannot come from them."""
    model = cathode_model("two_rails", terminals="ion-ion")
    truth = {"R_sep": 10.0, "R_ion": 60.0, "R_el": 20.0, "Q_dl": 1e-4, "alpha_dl": 0.95, "R_ct": 200.0}
    result = fit(model, measured(model, truth), noise=0.003)
    undetermined = {name for v in result.verdicts if v.kind == "not determined" for name in v.parameters}
    assert {"R_sep", "R_ion", "R_el"} <= undetermined


def test_same_face_terminals_determine_the_sum_of_the_rails_alone():
    truth = {"R_ion": 60.0, "R_el": 20.0, "Q_dl": 1e-4, "alpha_dl": 0.95, "R_ct": 200.0}
    model = cathode_model("two_rails", "none", terminals="same-face")
    result = fit(model, measured(model, truth), noise=0.003)
    assert_allclose(result.values["R_ion"] + result.values["R_el"], 80, rtol=0.02)
    undetermined = {name for v in result.verdicts if v.kind == "not determined" for name in v.parameters}
    assert "R_el" in undetermined


def test_gerischer_limit_is_called_undetermined():
    """A long line knows only R_ion·R_ct: the fit looks good, and has to say that the two are not separate."""
    truth = {**TRUTH, "R_ion": 3000.0, "R_ct": 5.0}
    result = fit(FIVE, measured(FIVE, truth, noise=0.01), noise=0.01)
    undetermined = {name for v in result.verdicts if v.kind == "not determined" for name in v.parameters}
    assert {"R_ion", "R_ct"} <= undetermined
    assert None in result.interval("R_ion")


def test_a_determined_spectrum_gets_no_verdict():
    assert fit(FIVE, measured(FIVE, TRUTH), noise=0.003).verdicts == ()


def test_a_noise_stated_too_large_is_said():
    """Per cent typed for a fraction would otherwise read as "not determined"."""
    kinds = {verdict.kind for verdict in fit(FIVE, measured(FIVE, TRUTH), noise=0.3).verdicts}
    assert "residuals below the noise" in kinds


def test_a_wrong_model_is_said_to_be_wrong():
    truth = {**TRUTH, "R_0": 20.0}
    two_arcs = (R("R_1") | CPE("Q_1", "a_1")) + FIVE
    spectrum = measured(two_arcs, {**truth, "R_1": 100.0, "Q_1": 1e-3, "a_1": 0.9})
    kinds = {verdict.kind for verdict in fit(FIVE, spectrum, noise=0.003).verdicts}
    assert {"residuals exceed the noise", "residuals systematic"} <= kinds


def test_intervals_widen_where_the_residuals_exceed_the_noise():
    """A stated noise that the residuals belie must not make a wrong model look certain."""
    two_arcs = (R("R_1") | CPE("Q_1", "a_1")) + FIVE
    spectrum = measured(two_arcs, {**TRUTH, "R_1": 100.0, "Q_1": 1e-3, "a_1": 0.9})
    stated, estimated = fit(FIVE, spectrum, noise=0.003), fit(FIVE, spectrum)
    assert_allclose(stated.standard_errors["R_ct"], estimated.standard_errors["R_ct"], rtol=1e-3)


def test_few_points_with_estimated_noise_take_students_quantile():
    model = R("R_1") | C("C_1")
    frequency = np.logspace(3, -1, 5)
    spectrum = measured(model, {"R_1": 50.0, "C_1": 1e-3}, noise=0.003, frequency=frequency)
    estimated = fit(model, spectrum)
    stated = fit(model, spectrum, noise=estimated.noise)

    def width(result):
        low, high = result.interval("R_1")
        return np.log(high / low)

    assert_allclose(width(estimated) / width(stated), stats.t.ppf(0.975, 8) / stats.norm.ppf(0.975), rtol=0.02)


def test_arcs_in_series_are_labelled_by_their_speed():
    """Two arcs of one kind can be exchanged: the first in the circuit is the faster, and the result says so."""
    model = (R("R_1") | CPE("Q_1", "a_1")) + (CPE("Q_2", "a_2") | R("R_2"))
    truth = {"R_1": 30.0, "Q_1": 1e-3, "a_1": 0.9, "R_2": 70.0, "Q_2": 1e-6, "a_2": 0.95}
    result = fit(model, measured(model, truth), noise=0.003)
    assert_allclose([result.values["R_1"], result.values["R_2"]], [70, 30], rtol=0.02)
    assert any(verdict.kind == "arcs exchangeable" for verdict in result.verdicts)


def test_derived_quantity_has_the_interval_of_its_parameter():
    result = fit(FIVE, measured(FIVE, TRUTH), noise=0.003)
    value, interval = result.derive(lambda values: 1 / values["R_ion"])
    low, high = result.interval("R_ion")
    assert_allclose(value, 1 / result.values["R_ion"])
    assert_allclose(interval, (1 / high, 1 / low), rtol=1e-4)


def test_a_combination_is_known_where_its_parts_are_not():
    """On the Gerischer ridge R_ion and R_ct are open and their product is not."""
    truth = {**TRUTH, "R_ion": 3000.0, "R_ct": 20.0}
    result = fit(FIVE, measured(FIVE, truth), noise=0.003)
    _, (low, high) = result.derive(lambda values: values["R_ion"] * values["R_ct"])
    assert low < 6e4 < high
    assert high / low < 1.1
    shifted, (low, high) = result.derive(lambda values: values["R_0"] + 1e4)
    assert 0 < high - low < 10
    assert low < shifted < high


def test_a_wider_model_never_ends_above_a_narrower_one():
    """A comparison in which the wider of two nested models fits worse compares searches, not models."""
    truth = {"R_sep": 25.0, "R_ion": 95.0, "R_el": 30.0, "Q_dl": 2e-4, "alpha_dl": 0.92, "R_ct": 80.0}
    spectrum = measured(cathode_model("two_rails"), truth)
    ranking = compare({"cathode": ["one_rail", "two_rails"], "separator": ["resistor", "arc"]}, spectrum)
    cost = {
        (row.cathode, row.separator): row.scatter**2 * (2 * len(FREQUENCY) - row.parameters)
        for row in ranking.itertuples()
    }
    assert cost["two_rails", "arc"] <= cost["two_rails", "resistor"] * (1 + 1e-6)
    assert cost["two_rails", "resistor"] <= cost["one_rail", "resistor"] * (1 + 1e-6)
    assert tuple(ranking.loc[0, ["cathode", "separator"]]) == ("two_rails", "resistor")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"fixed": {"R_x": 1.0}}, "unknown: R_x"),
        ({"fixed": {"R_0": -1.0}}, "R_0 is -1 ohm"),
        ({"bounds": {"R_0": (5.0, 1.0)}}, "bounds of R_0 are 5 to 1 ohm"),
        ({"starts": {"R_0": 1.0}}, "missing: R_ion"),
        ({"error": "poisson"}, "error is 'poisson'"),
        ({"noise": 0.0}, "noise is 0"),
    ],
)
def test_wrong_arguments_are_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        fit(FIVE, measured(FIVE, TRUTH), **arguments)


def test_data_that_cannot_be_fitted_are_refused():
    with pytest.raises(ValueError, match="2 frequencies do not determine 5 free parameters"):
        fit(FIVE, Measured(FREQUENCY[:2], np.array([1 + 1j, 2 + 1j])))
    bad = np.ones((4, 60), dtype=complex)
    bad[2, 7] = np.nan
    with pytest.raises(ValueError, match=r"not finite \(spectrum 2\)"):
        fit_batch(FIVE, FREQUENCY, bad)
    with pytest.raises(ValueError, match="not finite"):
        fit(FIVE, Measured(FREQUENCY, np.full(60, np.nan + 0j)))
    with pytest.raises(ValueError, match=r"impedances have shape \(60,\)"):
        fit_batch(FIVE, FREQUENCY, np.ones(60))


def test_a_resistor_alone_is_fitted():
    """Its impedance is one number for all frequencies, and has to be spread over them."""
    result = fit(R("R"), measured(R("R"), {"R": 5.0}), noise=0.003)
    assert_allclose(result.values["R"], 5, rtol=3 * 0.003 / np.sqrt(len(FREQUENCY)))
    low, high = result.interval("R")
    assert_allclose(np.log(high / low), 2 * 1.96 * 0.003 / np.sqrt(len(FREQUENCY)), rtol=0.05)


def test_points_in_any_order_have_the_same_verdicts():
    """Residuals that go together are seen between neighbours in frequency, not in the order of a file."""
    wrong, order = R("R_0") + (R("R_1") | C("C_1")), np.random.default_rng(3).permutation(len(FREQUENCY))
    spectrum = measured(FIVE, TRUTH)
    shuffled = Measured(FREQUENCY[order], spectrum.impedance[order])
    one, other = ({v.kind for v in fit(wrong, data, noise=0.003).verdicts} for data in (spectrum, shuffled))
    assert "residuals systematic" in one
    assert one == other
