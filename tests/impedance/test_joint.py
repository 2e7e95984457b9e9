"""Joint fits: laws with exact derivatives, minima that are found, intervals that hold, and what each spectrum adds."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from sslib.impedance import CPE, C, R, TransmissionLine, cathode_model, fit, fit_batch, resistance_budget
from sslib.impedance.fitting.results import quantile_of
from sslib.impedance.joint import (
    Arrhenius,
    Comparison,
    Free,
    Joint,
    Shared,
    Smooth,
    configurations,
    fit_joint,
    ladder_deviation,
    narrowing,
    rails,
    recovered,
    simulate_joint,
)
from sslib.impedance.joint.levels import Doubt, chance_of_equal, chance_of_rise
from sslib.instruments import Spectrum
from sslib.units import celsius
from tests.simulations import simulations

FREQUENCY = np.logspace(6, -2, 41)
CONFIGURATIONS = {"ion-electron": "resistor", "ion-ion": "resistor", "electron-electron": "none"}
NOISE = 0.003
FIVE = R("R_0") + TransmissionLine(ion=R("R_ion"), interface=R("R_ct") | CPE("Q", "alpha"))
TRUTH = {"R_0": 20.0, "R_ion": 80.0, "R_ct": 120.0, "Q": 1e-4, "alpha": 0.9}
TEMPERATURES = {f"{t} C": celsius(t) for t in (0, 25, 50, 75)}
ARC = R("R_0") + (R("R_1") | CPE("Q_1", "alpha_1"))
OF_ARC = {"R_0": 10.0, "R_1": 50.0, "Q_1": 1e-4, "alpha_1": 0.85}


def configurations_of_rails(names=CONFIGURATIONS, cathode="two_rails"):
    return {name: cathode_model(cathode, CONFIGURATIONS[name], terminals=name) for name in names}


def random_truths(count, seed):
    """Electrodes of any kind: either rail may be the larger, by up to a factor of 200."""
    rng = np.random.default_rng(seed)

    def between(low, high):
        return np.exp(rng.uniform(np.log(low), np.log(high), count))

    columns = {
        "R_sep": between(1, 100),
        "R_ion": between(5, 1000),
        "R_el": between(5, 1000),
        "Q_dl": between(1e-5, 1e-2),
        "alpha_dl": rng.uniform(0.75, 1, count),
        "R_ct": between(5, 1000),
        "R_d": between(5, 300),
        "tau_d": between(10, 1000),
    }
    return [{name: float(column[k]) for name, column in columns.items()} for k in range(count)]


def simulated(models, truth, laws=None, **settings):
    joint = Joint({label: (model, 1) for label, model in models.items()}, laws)
    return simulate_joint(models, FREQUENCY, {n: truth[n] for n in joint.names}, laws=laws, **settings)


def from_truth(result, truth):
    """Chi-square of a fit that begins at the truth."""
    starts = {name: truth[name] for name in result.values}
    found = fit_batch(result.model, result.frequency, result.impedance[None], starts=starts, noise=NOISE)
    return float(found.chi_square[0])


@pytest.fixture(scope="module")
def three():
    """Truth and joint fit of an electrode in three configurations."""
    (truth,) = random_truths(1, 1)
    truth |= {"R_ion": 60.0, "R_el": 90.0}
    return truth, fit_joint(simulated(configurations_of_rails(), truth, seed=2), noise=NOISE)


def random_laws(rng, labels):
    temperatures = dict(zip(labels, rng.uniform(250, 380, len(labels)), strict=True))
    places = dict(zip(labels, rng.uniform(1, 100, len(labels)), strict=True))
    return {
        "R_0": Free(),
        "R_ion": Arrhenius(temperatures, reference=rng.uniform(250, 350)),
        "R_ct": Smooth(places, coefficients=int(rng.integers(2, 5)), degree=int(rng.integers(1, 4))),
        "alpha": Smooth(places, coefficients=3),
    }


@pytest.mark.parametrize("seed", range(5))
def test_derivatives_of_every_law_are_exact(seed):
    """A wrong derivative would slow every fit and falsify every interval, without a word."""
    rng = np.random.default_rng(seed)
    labels = [f"s{k}" for k in range(6)]
    joint = Joint(dict.fromkeys(labels, (FIVE, 7)), random_laws(rng, labels))
    frequency = np.tile(np.geomspace(1e5, 1e-1, 7), 6)
    values = {
        parameter.name: rng.uniform(0.6, 0.95)
        if parameter.quantity.unit == "1"
        else rng.uniform(-0.2, 0.6)
        if parameter.quantity.unit == "eV"
        else TRUTH[parameter.name.split("_s")[0] if parameter.name in ("R_ion", "Q") else "R_0"] * rng.uniform(0.3, 3)
        for parameter in joint.parameters
    }
    impedance, slopes = joint.derivatives(frequency, **values)
    assert_allclose(impedance, joint.impedance(frequency, **values), rtol=1e-14)
    for name, slope in slopes.items():
        step = 1e-4 * max(abs(values[name]), 0.1 if name.startswith("E_") else 0)
        ends = [joint.impedance(frequency, **{**values, name: values[name] + k * step}) for k in (-2, -1, 1, 2)]
        numeric = (ends[0] - 8 * ends[1] + 8 * ends[2] - ends[3]) / (12 * step)
        assert_allclose(slope, numeric, rtol=1e-7, atol=1e-8 * np.abs(slope).max(), err_msg=name)


def test_laws_are_what_they_say():
    """Arrhenius by its formula; a smooth course begins and ends at its control values; free is one by one."""
    laws = {"R_ion": Arrhenius(TEMPERATURES, reference=300.0), "R_ct": Smooth([1, 5, 20, 40], 3), "R_0": Free()}
    joint = Joint(dict.fromkeys(TEMPERATURES, (FIVE, 5)), laws)
    assert {"R_0_0_C", "R_ion", "E_R_ion", "R_ct_1", "R_ct_3", "Q", "alpha"} <= set(joint.names)
    values = dict.fromkeys(joint.names, 10.0) | {"E_R_ion": 0.4, "alpha": 0.8, "R_ct_3": 30.0, "R_0_25_C": 7.0}
    own = {label: joint.values_of(label, values) for label in TEMPERATURES}
    for label, T in TEMPERATURES.items():
        assert_allclose(own[label]["R_ion"], 10 * np.exp(0.4 / 8.617333262e-5 * (1 / T - 1 / 300)), rtol=1e-9)
        assert own[label]["R_0"] == (7.0 if label == "25 C" else 10.0)
    course = [own[label]["R_ct"] for label in TEMPERATURES]
    assert_allclose([course[0], course[-1]], [10, 30])
    assert np.all(np.diff(course) > 0)
    two = Joint(dict.fromkeys(TEMPERATURES, (FIVE, 5)), {"R_ct": Smooth([0, 1, 2, 4], 2)})
    line = dict.fromkeys(two.names, 1.0) | {"R_ct_1": 10.0, "R_ct_2": 160.0, "alpha": 0.8}
    assert_allclose([two.values_of(label, line)["R_ct"] for label in TEMPERATURES], [10, 20, 40, 160])


def test_a_joint_model_is_its_spectra_in_a_row():
    """Were a segment in the wrong place, one spectrum would be fitted with another's frequencies."""
    models = configurations_of_rails()
    (truth,) = random_truths(1, 5)
    frequencies = {label: np.geomspace(1e5, 1e-2, 5 + k) for k, label in enumerate(models)}
    joint = Joint({label: (models[label], len(f)) for label, f in frequencies.items()})
    values = {name: truth[name] for name in joint.names}
    together = joint.impedance(np.concatenate(list(frequencies.values())), **values)
    apart = [
        models[label].impedance(f, **{name: truth[name] for name in models[label].names})
        for label, f in frequencies.items()
    ]
    assert_allclose(together, np.concatenate(apart), rtol=1e-14)
    with pytest.raises(ValueError, match="for 18 frequencies"):
        joint.impedance(FREQUENCY, **values)


def test_one_spectrum_jointly_is_that_spectrum_alone():
    """A joint fit of one must not be another fit."""
    for noise in (NOISE, None):
        spectra = simulate_joint({"only": FIVE}, FREQUENCY, TRUTH, seed=3)
        joint, alone = fit_joint(spectra, noise=noise), fit(*spectra["only"], noise=noise)
        assert_allclose(list(joint.values.values()), list(alone.values.values()), rtol=1e-4)
        assert_allclose(joint.chi_square, alone.chi_square, rtol=1e-6)
        assert_allclose(joint.interval("R_ion"), alone.interval("R_ion"), rtol=1e-3)
        assert_allclose(joint.parts["only"].reduced_chi_square, alone.reduced_chi_square, rtol=1e-3)
        assert joint.noise_stated == alone.noise_stated
        assert joint.agreement is None


@pytest.mark.parametrize(("error", "level"), [("proportional", NOISE), ("unit", 0.3), ({"only": 0.15}, 2.0)])
def test_one_spectrum_whose_noise_is_stated_by_label_is_that_spectrum_alone(error, level):
    """The level by label is the same statement as the number: nothing that a report quotes may hang on which it was."""
    spectra = simulate_joint({"only": FIVE}, FREQUENCY, TRUTH, seed=3)
    labelled = fit_joint(spectra, noise={"only": level}, error=error)
    plain = fit(*spectra["only"], noise=level, error=error if isinstance(error, str) else error["only"])
    assert_allclose(list(labelled.values.values()), list(plain.values.values()), rtol=1e-4)
    assert_allclose(labelled.chi_square, plain.chi_square, rtol=1e-4)
    assert_allclose(labelled.interval("R_ion"), plain.interval("R_ion"), rtol=1e-3)
    assert_allclose(labelled.noise, plain.noise)
    assert_allclose(labelled.residuals, plain.residuals, rtol=1e-3, atol=1e-6)
    assert_allclose(labelled.parts["only"].chi_square, plain.chi_square, rtol=1e-4)
    assert labelled.parts["only"].noise == level
    assert labelled.noise_stated
    assert labelled.agreement is None
    assert [(verdict.kind, verdict.text) for verdict in labelled.verdicts] == [
        (verdict.kind, verdict.text) for verdict in plain.verdicts
    ]


def test_bounds_hold_for_the_spectrum_that_they_are_about():
    """At the reference temperature R_ion is the joint parameter itself, elsewhere not: its bounds would spoil the fit
    of the other spectrum alone, which tells its noise."""
    laws = {"R_ion": Arrhenius({"a": 280.0, "b": 340.0}, reference=280.0)}
    spectra = simulated({"a": FIVE, "b": FIVE}, {**TRUTH, "E_R_ion": 0.3}, laws)
    result = fit_joint(spectra, laws=laws, bounds={"R_ion": (60.0, 100.0)})
    assert result.parts["b"].values["R_ion"] < 15
    assert_allclose([part.noise for part in result.parts.values()], NOISE, rtol=0.3)
    assert result.agreement.probability > 1e-3


def test_what_is_held_fixed_in_one_spectrum_is_fixed_in_its_fit_alone():
    """Alone it would have a freedom more, which the agreement counts as a parameter that the spectra share."""
    spectra = simulated({"a": FIVE, "b": FIVE}, TRUTH)
    result = fit_joint(spectra, laws={"R_0": "free"}, fixed={"R_0_a": 20.0}, noise=NOISE)
    assert result.agreement.degrees_of_freedom == 4


def test_three_configurations_tell_the_rails_apart(three):
    """Here the electronic rail is the larger: within the default labelling one spectrum alone swaps the names."""
    truth, joint = three
    assert not any("exchangeable" in verdict.kind for verdict in joint.verdicts)
    alone = fit(joint.parts["ion-electron"].model, joint.parts["ion-electron"], noise=NOISE)
    assert alone.values["R_ion"] > alone.values["R_el"]
    assert joint.values["R_ion"] < joint.values["R_el"]
    for name in joint.free:
        low, high = joint.interval(name, level=0.999)
        assert low < truth[name] < high, name
    assert narrowing(alone, joint, "R_el") > 5
    assert joint.chi_square <= from_truth(joint, truth) + 0.01


def test_a_comparison_says_what_the_joint_fit_adds(three):
    """Its table and its words are what a reader quotes: they must be those of the fits."""
    truth, joint = three
    alone = {"ion-electron": fit(joint.parts["ion-electron"].model, joint.parts["ion-electron"], noise=NOISE)}
    comparison = Comparison(alone, joint)
    factor = narrowing(alone["ion-electron"], joint, "R_ct")
    assert comparison.factor("ion-electron", "R_ct") == factor
    assert comparison.factor("ion-ion", "R_ct") is None
    assert f"ln R_ct narrows by a factor of {factor:.3g}" in comparison.words("ion-electron", "R_ct")
    # Alone this end is open: a factor of infinity is no number to quote.
    assert comparison.factor("ion-electron", "R_el") == np.inf
    assert comparison.words("ion-electron", "R_el") == "the interval of ln R_el, open before, is closed"
    assert comparison.factor_table().loc["R_el", "ion-electron"] == "open alone"
    assert comparison.names == ("R_sep", "R_ion", "R_el", "Q_dl", "R_ct")
    table = comparison.table(truth)
    assert list(table.columns) == ["unit", "ion-electron", "joint", "truth"]
    assert table.loc["R_el", ["unit", "truth"]].tolist() == ["Ω", 90.0]
    low, high = joint.interval("R_el")
    assert [float(end) for end in table.loc["R_el", "joint"].split("–")] == pytest.approx([low, high], rel=1e-2)
    assert comparison.factor_table().loc["R_ct", "ion-electron"] == f"{factor:.3g}"
    found = recovered(joint, truth)
    assert found.loc["R_el", "inside"] == "yes"
    assert recovered(joint, {"R_el": 60.0})["inside"].to_dict() == {"R_el": "no"}


def test_configurations_of_an_electrode_and_what_their_files_say(three):
    """A separator between electronic contacts, or contacts other than stated, would be another cell."""
    _, joint = three

    def measured(label, **header):
        part = joint.parts[label]
        return Spectrum(part.frequency, part.impedance, header=header, notes=["a row is left out"])

    given = {"ion-ion": measured("ion-ion", terminals="ion-electron"), "electron-electron": measured("ion-electron")}
    spectra, notes = configurations(given, "two_rails", "resistor")
    assert "R_sep" in spectra["ion-ion"][0].names
    assert "R_sep" not in spectra["electron-electron"][0].names
    assert spectra["ion-ion"][1] is given["ion-ion"]
    assert "The file of the ion-ion spectrum states ion-electron terminals." in notes
    assert "electron-electron: a row is left out" in notes
    assert not any("generated" in note for note in notes)
    known = {"ion-ion": measured("ion-ion", **{"truth R_ion": "60 ohm"})}
    assert any("generated" in note for note in configurations(known, "two_rails")[1])
    with pytest.raises(ValueError, match="no spectrum is given"):
        configurations({}, "two_rails")


def test_rails_are_told_apart_or_not(three):
    _, joint = three
    assert rails(joint) == "told apart"
    part = joint.parts["ion-electron"]
    assert rails(fit(part.model, part, noise=NOISE)) == "exchangeable"
    tiny = simulated(configurations_of_rails(("ion-ion",)), {**random_truths(1, 1)[0], "R_el": 0.001})
    assert rails(fit_joint(tiny, noise=NOISE)) == "not determined"


def test_what_a_joint_fit_says_of_each_spectrum(three):
    """The parts are what a report shows: they must add up to the whole."""
    _, joint = three
    parts = joint.parts.values()
    assert_allclose(sum(part.chi_square for part in parts), joint.chi_square, rtol=1e-6)
    assert_allclose(sum(part.degrees_of_freedom for part in parts), joint.degrees_of_freedom, rtol=1e-6)
    assert_allclose(np.concatenate([part.fitted for part in parts]), joint.fitted)
    assert_allclose(np.concatenate([part.residuals for part in parts]), joint.residuals)
    for part in parts:
        assert 0.6 < part.reduced_chi_square < 1.5
        assert ladder_deviation(part.model, part.frequency[::8], part.values) < 1e-3
    assert 1e-3 < joint.agreement.probability <= 1
    part = joint.parts["ion-electron"]
    resistances = {"R_sep": "separator", "R_ion": "ionic", "R_el": "electronic", "R_ct": "charge transfer"}
    budget = resistance_budget(part, resistances)
    assert_allclose(sum(share.value for share in budget.values()), part.fitted.real[np.argmin(part.frequency)])
    rows = [joint.free.index(name) for name in part.free]
    assert_allclose(part.covariance, joint.covariance[np.ix_(rows, rows)])


def test_exchanges_remain_only_where_every_spectrum_has_them():
    """A joint fit that still called the rails exchangeable would hide what the second configuration bought."""
    both = {label: (model, 5) for label, model in configurations_of_rails().items()}
    assert Joint(both).exchanges == ()
    same = {label: (cathode_model("two_rails", "resistor"), 5) for label in TEMPERATURES}
    laws = {name: Arrhenius(TEMPERATURES) for name in ("R_ion", "R_el")}
    (exchange,) = Joint(same, laws).exchanges
    assert exchange.first == ("R_ion", "E_R_ion")
    assert exchange.second == ("R_el", "E_R_el")
    assert "E_R_ion and E_R_el go with them" in exchange.text
    # One rail follows a law that the other does not: changing places would break it.
    assert Joint(same, {"R_ion": Arrhenius(TEMPERATURES)}).exchanges == ()
    free = Joint(same, {"R_ion": "free", "R_el": "free"}).exchanges
    assert [exchange.first for exchange in free] == [("R_ion_0_C",), ("R_ion_25_C",), ("R_ion_50_C",), ("R_ion_75_C",)]
    assert Joint(same, {"R_ion": "free"}).exchanges == ()
    arcs = (R("R_1") | C("C_1")) + (R("R_2") | C("C_2"))
    (exchange,) = Joint({"a": (arcs, 5), "b": (arcs + R("R_0"), 5)}, {"R_0": Shared()}).exchanges
    assert exchange.first == ("R_1", "C_1")
    assert Joint({"a": (arcs, 5), "b": (R("R_1") | C("C_1"), 5)}).exchanges == ()


def series(seed=7, noise=NOISE):
    laws = {name: Arrhenius(TEMPERATURES) for name in ("R_sep", "R_ion", "R_el", "R_ct")}
    truth = {
        "R_sep": 25.0, "R_ion": 95.0, "R_el": 60.0, "R_ct": 80.0, "Q_dl": 2e-4, "alpha_dl": 0.92,
        "E_R_sep": 0.30, "E_R_ion": 0.35, "E_R_el": 0.10, "E_R_ct": 0.55,
    }  # fmt: skip
    models = dict.fromkeys(TEMPERATURES, cathode_model("two_rails", "resistor"))
    return truth, fit_joint(simulated(models, truth, laws, seed=seed), laws=laws, noise=noise)


def test_a_temperature_series_gives_activation_energies():
    """The rails cross within the series: labelled spectrum by spectrum, their energies would come out wrong."""
    truth, joint = series()
    for name in joint.free:
        low, high = joint.interval(name, level=0.999)
        assert low < truth[name] < high, name
    low, high = joint.interval("E_R_el")
    assert high - low < 0.02
    assert any(verdict.kind == "rails exchangeable" for verdict in joint.verdicts)
    value, (low, high) = joint.derive(lambda v: joint.model.values_of("75 C", v)["R_ion"])
    own = joint.parts["75 C"]
    assert_allclose(value, own.values["R_ion"])
    reach = stats.norm.ppf(0.975) * np.sqrt(own.covariance[own.free.index("R_ion"), own.free.index("R_ion")])
    assert_allclose(np.log(high / low) / 2, reach, rtol=0.1)


def test_temperatures_and_cycles_may_be_stated_by_the_spectra():
    """A file that states its temperature must not need it typed again, and one that does not must be named."""
    laws = {"R_ion": Arrhenius({"a": 280.0, "b": 320.0})}
    spectra = simulated({"a": FIVE, "b": FIVE}, {**TRUTH, "E_R_ion": 0.3}, laws)
    stated = {
        label: (model, Spectrum(s.frequency, s.impedance, temperature=T))
        for (label, (model, s)), T in zip(spectra.items(), (280.0, 320.0), strict=True)
    }
    given, read = fit_joint(spectra, laws=laws), fit_joint(stated, laws={"R_ion": Arrhenius()})
    assert_allclose(read.values["E_R_ion"], given.values["E_R_ion"], rtol=1e-6)
    with pytest.raises(ValueError, match="needs the temperature of a, b"):
        fit_joint(spectra, laws={"R_ion": Arrhenius()})
    with pytest.raises(ValueError, match="needs the cycle of a, b"):
        fit_joint(spectra, laws={"R_ion": Smooth()})


def test_a_course_over_cycles_smooth_free_and_shared():
    """Smooth must follow what free finds, and be narrower; shared must be refused where there is a course."""
    cycles = {f"c{k}": k for k in range(1, 7)}
    laws = {"R_ct": Smooth(cycles, coefficients=3)}
    truth = {**TRUTH, "R_ct_1": 100.0, "R_ct_2": 130.0, "R_ct_3": 240.0}
    spectra = simulated(dict.fromkeys(cycles, FIVE), truth, laws, seed=4)
    smooth = fit_joint(spectra, laws=laws, noise=NOISE)
    free = fit_joint(spectra, laws={"R_ct": "free"}, noise=NOISE)
    shared = fit_joint(spectra, noise=NOISE)
    for name in ("R_ct_1", "R_ct_2", "R_ct_3"):
        low, high = smooth.interval(name, level=0.999)
        assert low < truth[name] < high
    for label in cycles:
        own, loose = smooth.parts[label], free.parts[label]
        errors = [float(np.sqrt(part.covariance[k, k])) for part in (own, loose) for k in [part.free.index("R_ct")]]
        assert errors[0] < errors[1]
        assert abs(np.log(own.values["R_ct"] / loose.values["R_ct"])) < 4 * errors[1]
    assert smooth.chi_square - free.chi_square < stats.chi2.ppf(0.9999, 5)
    for result in (smooth, free):
        assert not any(verdict.kind == "spectra disagree" for verdict in result.verdicts)
    assert shared.verdicts[0].kind == "spectra disagree"


def test_each_spectrum_may_have_a_noise_of_its_own():
    """One level for all would let a noisy spectrum speak as loudly as a good one."""
    models = configurations_of_rails(("ion-electron", "ion-ion"))
    (truth,) = random_truths(1, 9)
    quiet, loud = (simulated(models, truth, noise=noise, seed=6) for noise in (0.001, 0.02))
    spectra = {"ion-electron": quiet["ion-electron"], "ion-ion": loud["ion-ion"]}
    stated = fit_joint(spectra, noise={"ion-electron": 0.001, "ion-ion": 0.02})
    told = fit_joint(spectra)
    assert stated.noise_stated
    assert not told.noise_stated
    assert_allclose([part.noise for part in told.parts.values()], [0.001, 0.02], rtol=0.3)
    for result in (stated, told):
        assert all(0.6 < part.reduced_chi_square < 1.5 for part in result.parts.values())
        low, high = result.interval("R_ct", level=0.999)
        assert low < truth["R_ct"] < high
    deviations = {
        label: level * abs(spectra[label][1].impedance) for label, level in zip(spectra, (0.001, 0.02), strict=True)
    }
    known = fit_joint(spectra, error=deviations)
    assert_allclose(known.values["R_ct"], stated.values["R_ct"], rtol=1e-2)


def test_spectra_of_different_electrodes_are_said_to_disagree():
    """Two pieces that are not alike must not be averaged in silence, whether the noise is stated or not."""
    models = configurations_of_rails()
    (truth,) = random_truths(1, 1)
    truth |= {"R_ion": 60.0, "R_el": 90.0}
    spectra = simulated(models, truth, seed=2)
    other = simulated(models, {**truth, "R_ion": 66.0}, seed=3)
    for noise in (NOISE, None):
        mixed = fit_joint({**spectra, "ion-ion": other["ion-ion"]}, noise=noise)
        assert mixed.verdicts[0].kind == "spectra disagree"
        assert mixed.agreement.probability < 1e-3


def test_fixed_bounds_and_starts_are_those_of_the_joint_parameters():
    """Otherwise a start with an activation energy could not be given at all."""
    laws = {"R_ion": Arrhenius({"a": 280.0, "b": 320.0})}
    truth = {**TRUTH, "E_R_ion": 0.3}
    spectra = simulated({"a": FIVE, "b": FIVE}, truth, laws)
    result = fit_joint(spectra, laws=laws, starts=truth, fixed={"E_R_ion": 0.3}, bounds={"R_0": (25, 90)}, noise=NOISE)
    assert result.values["E_R_ion"] == 0.3
    assert_allclose(result.values["R_0"], 25)
    assert any(verdict.kind == "bound reached" for verdict in result.verdicts)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"laws": {"R_iom": "free"}}, "unknown: R_iom"),
        ({"laws": {"R_ion": "smoothly"}}, "allowed are shared, free, Arrhenius"),
        ({"laws": {"alpha": Arrhenius({"a": 280.0, "b": 320.0})}}, "Arrhenius laws are for positive quantities"),
        ({"laws": {"R_ion": Arrhenius([280.0, 300.0, 320.0])}}, "one for each of 2 spectra"),
        ({"laws": {"R_ion": Arrhenius([300.0, 300.0])}}, "an activation energy needs two"),
        ({"laws": {"R_ion": Arrhenius([-3.0, 300.0])}}, "temperatures is -3"),
        ({"laws": {"R_ion": Smooth([1, 2], coefficients=3)}}, "3 coefficients over 2 different places"),
        ({"fixed": {"E_R_ion": 0.3}}, "unknown: E_R_ion"),
        ({"bounds": {"R": (1, 2)}}, "unknown: R"),
        ({"noise": {"a": 0.003}}, "noise names a; the spectra are a, b"),
        ({"noise": {"a": 0.003, "c": 0.003}}, "noise names a, c"),
        ({"noise": -0.1}, "noise is -0.1"),
        ({"error": {"a": 0.1}}, "error names a"),
        ({"error": np.ones(82)}, "go by label"),
        ({"error": "relative"}, "error is 'relative'"),
        ({"starts": {"R_0": 1.0}}, "missing: "),
    ],
)
def test_what_cannot_be_fitted_is_named(change, message):
    """A joint fit has many names; whichever is wrong has to be in the message."""
    spectra = simulated({"a": FIVE, "b": FIVE}, TRUTH)
    with pytest.raises(ValueError, match=message):
        fit_joint(spectra, **change)


def test_spectra_that_do_not_fit_are_named():
    """Lengths that differ, nothing to fit, and names for two things."""
    short = Spectrum(FREQUENCY, np.ones(41))
    object.__setattr__(short, "impedance", np.ones(40, dtype=complex))
    with pytest.raises(ValueError, match="a: frequency has shape"):
        fit_joint({"a": (FIVE, short)})
    with pytest.raises(ValueError, match="a pair of circuit and spectrum"):
        fit_joint({"a": FIVE})
    with pytest.raises(ValueError, match="needs a spectrum"):
        fit_joint({})
    with pytest.raises(ValueError, match="a name in two spectra is one quantity"):
        Joint({"a": (R("x"), 3), "b": (C("x"), 3)})
    with pytest.raises(ValueError, match="to two parameters"):
        Joint({"1": (R("R") + C("R_1"), 3)}, {"R": "free"})
    with pytest.raises(TypeError, match="a circuit such as"):
        Joint({"a": ("R", 3)})


def check_recovery(cathode, names, count, seed):
    """Share of random electrodes whose fit reaches the chi-square of the truth, and the intervals that hold it."""
    reached, held, told_apart = [], [], []
    for k, truth in enumerate(random_truths(count, seed)):
        result = fit_joint(simulated(configurations_of_rails(names, cathode), truth, seed=[seed, k]), noise=NOISE)
        reached.append(result.chi_square <= from_truth(result, truth) + 0.01)
        for name in result.free:
            low, high = result.interval(name)
            held.append((low is None or low <= truth[name]) and (high is None or truth[name] <= high))
        told_apart.append(not any("exchangeable" in verdict.kind for verdict in result.verdicts))
    assert np.mean(reached) >= 0.98
    assert all(told_apart)
    # Parameters of one fit go together, so the limits are those of fits, not of single intervals.
    low, high = stats.binom.ppf([1e-4, 1 - 1e-4], 2 * count, 0.95) / (2 * count)
    assert low <= np.mean(held) <= high


def test_random_electrodes_are_found_and_their_intervals_hold():
    """A wrong twin of one spectrum must not survive the others, and a joint interval is worth its level."""
    check_recovery("two_rails", ("ion-electron", "electron-electron"), 4, 31)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cathode", "names", "count"),
    [
        ("two_rails_diffusion", tuple(CONFIGURATIONS), simulations(12)),
        ("two_rails", tuple(CONFIGURATIONS), simulations(12)),
        ("two_rails", ("ion-electron", "ion-ion"), simulations(12)),
        ("two_rails", ("ion-electron", "electron-electron"), simulations(12)),
    ],
)
def test_many_random_electrodes_are_found_and_their_intervals_hold(cathode, names, count):
    """As above, on enough electrodes to see a share of a few percent."""
    check_recovery(cathode, names, count, 32)


@pytest.mark.slow
@pytest.mark.parametrize("noise", [NOISE, None])
def test_intervals_of_activation_energies_hold(noise):
    """Of series whose noise is stated, or told by the spectra, 95 % of the intervals hold the truth."""
    held, count = [], simulations(16)
    for seed in range(count):
        truth, joint = series(seed, noise)
        held += [low <= truth[name] <= high for name in joint.free for low, high in [joint.interval(name)]]
    low, high = stats.binom.ppf([1e-4, 1 - 1e-4], 2 * count, 0.95) / (2 * count)
    assert low <= np.mean(held) <= high


@pytest.mark.slow
def test_agreement_of_one_electrode_is_a_matter_of_chance():
    """Were the probability too small, good series would be called inconsistent."""
    probabilities = [
        fit_joint(simulated(configurations_of_rails(), truth, seed=[5, k]), noise=noise).agreement.probability
        for k, truth in enumerate(random_truths(simulations(12), 33))
        for noise in (NOISE, None)
    ]
    assert np.sum(np.array(probabilities) < 0.05) < stats.binom.ppf(1 - 1e-4, len(probabilities), 0.05)
    assert min(probabilities) > 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("noise", [NOISE, None])
def test_the_probability_of_agreement_is_uniform_where_every_spectrum_determines_its_parameters(noise):
    """That is what a probability means; with parameters that a spectrum alone leaves open it is on the safe side."""
    models = dict.fromkeys("abc", FIVE)
    probabilities = [
        fit_joint(simulate_joint(models, FREQUENCY, TRUTH, seed=[78, k]), noise=noise).agreement.probability
        for k in range(100)
    ]
    assert stats.kstest(probabilities, "uniform").pvalue > 1e-3


def within_chance(outcomes, expected, effective=None, doubt=1e-4):
    """Assert that a share is as expected but for what chance does seldom; ``effective`` is how many are independent."""
    count = len(outcomes) if effective is None else effective
    low, high = stats.binom.ppf([doubt, 1 - doubt], count, expected) / count
    assert low <= np.mean(outcomes) <= high, (
        f"{np.mean(outcomes):.4f} of {len(outcomes)}, allowed {low:.4f} to {high:.4f}"
    )


def test_with_one_level_the_chance_of_a_rise_is_that_of_a_ratio_of_variances():
    """All spectra of one pooled level is the textbook case: any other number would be wrong there."""
    freedom = np.array([30.0])
    assert_allclose(chance_of_rise(12.0, 6, [(6.0, 6.0)], freedom), stats.f.sf(2.0, 6, 30), rtol=1e-12)
    doubt = Doubt(np.diag([0.1, 0.2]), np.eye(2)[None], freedom)
    assert_allclose(doubt.added, 0)
    assert_allclose(doubt.quantile(0.95, np.array([1.0, 0.3])), stats.t.ppf(0.975, 30))


def test_with_one_shared_parameter_the_chance_of_a_rise_is_that_of_welch():
    """Welch's test of several means is the known limit of many degrees of freedom; half of what the levels add to
    chi-square would be seen."""
    weights, freedoms = np.array([1.0, 2.0, 5.0, 3.0]), np.array([300.0, 500.0, 400.0, 200.0])
    left = 1 - weights / weights.sum()
    total = np.sum(left**2 / freedoms)
    scale, second = 3 + 2 * total * 2 / 5, 15 / (3 * total)
    ours = chance_of_rise(9.0, 3, np.array([left, left**2]).T, freedoms)
    welch, known = stats.f.sf(9.0 / scale, 3, second), stats.chi2.sf(9.0, 3)
    assert abs(ours - welch) < 0.02 * abs(welch - known)


def test_equal_levels_are_told_from_others_as_bartlett_does():
    rng = np.random.default_rng(1)
    samples = [rng.standard_normal(count) * scale for count, scale in ((8, 1.0), (12, 1.5), (20, 0.8))]
    variances, freedoms = np.array([np.var(x, ddof=1) for x in samples]), np.array([7.0, 11.0, 19.0])
    assert_allclose(chance_of_equal(variances, freedoms), stats.bartlett(*samples).pvalue, rtol=1e-9)


@pytest.mark.parametrize(
    ("count", "freedom", "shared", "sizes"),
    [(6, 12, 4, (1.0,)), (20, 12, 4, (0.3, 1.0, 3.0)), (3, 12, 1, (0.3, 1.0, 3.0)), (2, 10, 5, (0.3, 3.0))],
)
def test_levels_that_are_estimates_are_taken_as_such(count, freedom, shared, sizes):
    """Where each spectrum is weighted by its own scatter, chi-square rises further and a mean strays further than the
    weights say: of twenty spectra a quarter would be called inconsistent at 5 %."""
    rng = np.random.default_rng(2)
    sigma, freedoms = np.resize(sizes, count), np.full(count, float(freedom))
    probabilities, held = [], []
    for _ in range(1500):
        means = sigma[:, None] * rng.standard_normal((count, shared))
        weights = freedom / (sigma**2 * rng.chisquare(freedom, count))
        share = weights / weights.sum()
        mean = share @ means
        rise = float((weights[:, None] * (means - mean) ** 2).sum())
        left = shared * np.array([1 - share, (1 - share) ** 2]).T
        probabilities.append(chance_of_rise(rise, (count - 1) * shared, left, freedoms))
        error = np.full((1, 1), 1 / np.sqrt(weights.sum()))
        held.append(
            abs(mean[0]) < Doubt(error, share[:, None, None], freedoms).quantile(0.95, np.ones(1)) * error[0, 0]
        )
    within_chance(np.array(probabilities) < 0.05, 0.05)
    within_chance(held, 0.95)


def arcs(points, count, sizes, seed):
    """Spectra of one arc, whose noise goes through these sizes."""
    frequency = np.geomspace(1e5, 1, points)
    exact, rng = ARC.impedance(frequency, **OF_ARC), np.random.default_rng(seed)
    noise = np.resize(sizes, count)[:, None] * abs(exact) * (rng.standard_normal((count, points, 2)) @ [1, 1j])
    return {f"s{k}": (ARC, Spectrum(frequency, exact + own)) for k, own in enumerate(noise)}


def check_arcs(points, count, sizes, repeats, seed):
    """Series of spectra whose noise nobody states: how often they are said to disagree, and whether intervals hold."""
    probabilities, held = [], []
    for k in range(repeats):
        result = fit_joint(arcs(points, count, sizes, [seed, k]))
        probabilities.append(result.agreement.probability)
        ends = [result.interval(name) for name in OF_ARC]
        held += [low < truth < high for truth, (low, high) in zip(OF_ARC.values(), ends, strict=True)]
    within_chance(np.array(probabilities) < 0.05, 0.05)
    # Parameters of one fit go together.
    within_chance(held, 0.95, effective=2 * repeats)


def test_levels_are_one_where_nothing_tells_them_apart():
    """Twenty levels from twelve numbers each are worse than one from all; levels that differ must stay apart."""
    equal = fit_joint(arcs(8, 6, [0.01], 3))
    levels = {part.noise for part in equal.parts.values()}
    assert len(levels) == 1
    assert_allclose(levels.pop(), 0.01, rtol=0.25)
    freedom = 6 * (16 - 4)
    low, high = equal.interval("R_1")
    width = np.log(high / low) / 2 / equal.standard_errors["R_1"] * equal.values["R_1"]
    assert_allclose(width, quantile_of(0.95, freedom, noise_stated=False), rtol=0.03)
    other = fit_joint(arcs(8, 6, [0.003, 0.03], 3))
    noises = np.array([part.noise for part in other.parts.values()])
    assert np.all(noises[::2] < 0.006)
    assert np.all(noises[1::2] > 0.015)


def test_an_interval_is_wider_for_what_the_levels_are_not_known_to():
    """A derived quantity that is a parameter, and one that follows from two, must be widened alike."""
    spectra = arcs(8, 6, [0.003, 0.01, 0.03], 5)
    told = fit_joint(spectra)
    stated = fit_joint(spectra, noise={label: part.noise for label, part in told.parts.items()})
    assert_allclose(told.values["R_1"], stated.values["R_1"], rtol=1e-3)
    widths = [
        [np.log(high / low) for low, high in (fitted.interval("R_1"), fitted.derive(lambda v: v["R_1"] / v["R_0"])[1])]
        for fitted in (told, stated)
    ]
    assert np.all(np.divide(*widths) > 1.1)
    assert_allclose(told.derive(lambda v: 2 * v["R_1"])[1], [2 * end for end in told.interval("R_1")], rtol=1e-3)
    ratio = [fitted.standard_errors["R_1"] for fitted in (told, stated)]
    assert 1.05 < ratio[0] / ratio[1] < 1.5
    part = told.parts["s1"]
    assert_allclose(part.covariance, told.covariance)


def test_series_of_estimated_noise_are_rarely_said_to_disagree():
    """A glance at what the slow tests below look at closely."""
    check_arcs(8, 6, [0.01], 25, 41)


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(0.01,), (0.003, 0.01, 0.03)])
@pytest.mark.parametrize(("points", "count", "repeats"), [(8, 6, 200), (8, 20, 60), (15, 20, 40)])
def test_estimated_noise_neither_denies_agreement_nor_narrows_intervals(points, count, repeats, sizes):
    """Few points and many spectra are where levels taken as known go wrong: with twenty spectra of eight points every
    fourth good series would be called inconsistent."""
    check_arcs(points, count, sizes, simulations(repeats), 42)


def test_a_spectrum_without_noise_among_others_is_named():
    """It has all the weight, so the others would go unheard without a word."""
    noisy = arcs(20, 3, [0.01], 7)
    exact = Spectrum(noisy["s0"][1].frequency, ARC.impedance(noisy["s0"][1].frequency, **OF_ARC))
    result = fit_joint({**noisy, "formula": (ARC, exact)})
    assert result.verdicts[0].kind == "without noise"
    assert "formula" in result.verdicts[0].text
    assert "s0" not in result.verdicts[0].text
    assert result.agreement is None
    for other in (fit_joint(noisy), fit_joint({"formula": (ARC, exact), "again": (ARC, exact)})):
        assert not any(verdict.kind == "without noise" for verdict in other.verdicts)
    unit = fit_joint({**noisy, "formula": (ARC, exact)}, error="unit")
    assert unit.verdicts[0].kind == "without noise"


def test_spectra_that_cannot_be_fitted_alone_tell_their_noise_together():
    """Two points each determine no arc: a level of 100 % in place of what is known would leave every end open."""
    whole = arcs(24, 1, [0.01], 8)["s0"][1]
    pieces = {f"p{k}": (ARC, Spectrum(whole.frequency[k::12], whole.impedance[k::12])) for k in range(12)}
    result = fit_joint(pieces)
    alone = fit(ARC, whole)
    assert_allclose(result.parts["p0"].noise, alone.noise, rtol=1e-3)
    assert_allclose(result.interval("R_1"), alone.interval("R_1"), rtol=1e-3)
    assert result.agreement is None
    assert not result.noise_stated


def test_labels_may_be_numbers():
    """Cycles and temperatures are natural labels; a name of a parameter is made of what they are written as."""
    spectra = dict(enumerate(arcs(15, 2, [0.01], 9).values(), start=1))
    result = fit_joint(spectra, laws={"R_1": "free"})
    assert {"R_1_1", "R_1_2"} <= set(result.free)
    assert set(result.parts) == {1, 2}
    for change, message in (
        ({"noise": {3: 0.01, 1: 0.01}}, "noise names 3, 1; the spectra are 1, 2"),
        ({"laws": {"R_1": Arrhenius()}}, "the temperature of 1, 2"),
    ):
        with pytest.raises(ValueError, match=message):
            fit_joint(spectra, **change)
    with pytest.raises(ValueError, match="no spectrum 3; known are 1, 2"):
        result.model.values_of(3, result.values)
