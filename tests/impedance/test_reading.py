"""What is read from a spectrum of a composite cathode: the same as its steps give, and what was stated is kept."""

import numpy as np
import pandas as pd
import pytest

from sslib.datasets import locate
from sslib.impedance import (
    COUNTER_ELECTRODES,
    ELECTRODE,
    PARTS,
    cathode_model,
    compare,
    fit_likely,
    interval_across,
    kramers_kronig,
    limiting,
    noise_of_repeats,
    read_cathode,
    resistance_budget,
)
from sslib.instruments import Spectrum, read_spectrum


@pytest.fixture(scope="module")
def spectrum():
    return read_spectrum(locate("composite_cathode_ion_electron"))


@pytest.fixture(scope="module")
def reading(spectrum):
    """The cathode's model is known, what stands in series with it is not."""
    return read_cathode(spectrum, cathode="two_rails_diffusion")


@pytest.fixture(scope="module")
def loops():
    """Four repeats of one rail, 0.3 % of noise in each part."""
    frequency, rng = np.geomspace(1e5, 0.01, 36), np.random.default_rng(5)
    model = cathode_model("one_rail", "resistor")
    exact = model.impedance(frequency, R_sep=20.0, R_ion=60.0, Q_dl=2e-4, alpha_dl=0.9, R_ct=90.0)
    return [Spectrum(frequency, exact * (1 + 0.003 * rng.standard_normal((36, 2)) @ [1, 1j])) for _ in range(4)]


def test_the_truth_lies_in_every_interval(reading, spectrum):
    """An interval that misses the parameter by which the spectrum was made is a wrong interval."""
    assert set(spectrum.truth) == set(reading.result.free)
    for name, true in spectrum.truth.items():
        low, high = reading.interval(name)
        assert low < true < high, name
    assert reading.limits == reading.limits_cell == "charge transfer"
    assert reading.reasons == reading.undetermined == []
    assert reading.describes


def test_a_named_cathode_is_kept_and_the_rest_is_compared(reading):
    """A cathode that is known must not be overruled; what is not stated must not be settled in silence."""
    assert set(reading.ranking["cathode"]) == {"two_rails_diffusion"}
    assert len(reading.ranking) == 6
    assert reading.choice == {
        "cathode": "two_rails_diffusion",
        "separator": "resistor",
        "counter_electrode": "none",
    }
    assert reading.resistances == list(PARTS)


def test_intervals_of_resistances_span_the_likely_models(reading):
    """The separator of this spectrum may be a fast arc: the best model alone would call it sure."""
    assert len(reading.likely) == 3
    assert reading.result is reading.likely[0]
    low, high = reading.interval("R_sep")
    own_low, own_high = reading.result.interval("R_sep")
    assert low == 0
    assert own_low > 20
    assert high >= own_high
    assert reading.interval("R_counter") == interval_across(reading.likely, "R_counter")
    assert reading.interval("R_sep", lambda values: 1 / values["R_sep"]) == (pytest.approx(1 / high), None)
    for name in ("Q_dl", "alpha_dl", "tau_d"):
        assert reading.interval(name) == reading.result.interval(name)


def test_close_models_and_what_they_disagree_on(reading):
    """A resistance on which equally good models disagree must be named, one on which they agree must not."""
    above = reading.ranking["bic"] - reading.ranking["bic"].min()
    assert list(reading.close.index) == list(np.flatnonzero(above < 10))
    assert reading.disputed == ["R_sep", "R_counter"]
    assert reading.close["R_ct"].max() < 1.1 * reading.close["R_ct"].min()


def test_the_shares_are_those_of_the_real_part(reading, spectrum):
    """A part that is lost between electrode, cell and storage would make another the largest."""
    model, values = reading.result.model, reading.result.values
    real = model.impedance([spectrum.frequency.min()], **values).real[0]
    assert sum(share.value for share in reading.of_cell.values()) + reading.budget["storage"].value == pytest.approx(
        real
    )
    assert set(reading.of_electrode) == set(ELECTRODE)
    assert set(reading.of_cell) - set(reading.of_electrode) == {"separator"}


def test_an_interval_of_what_no_likely_model_has_is_refused_by_name(reading):
    """A KeyError from the inside would not say what can be asked for."""
    with pytest.raises(ValueError, match=r"no interval for 'R_leak': known are R_sep, .*R_counter$"):
        reading.interval("R_leak")


def test_it_is_what_the_single_steps_give(loops):
    """A setting that is lost on the way, or a step that is made otherwise, gives other numbers than the steps."""
    spectrum, settings = loops[0], {"terminals": "ion-electron", "larger": "electron", "lead": True}
    found = read_cathode(spectrum, cathode="two_rails", separator="resistor", noise=0.003, larger="electron", lead=True)
    choices = {"cathode": ["two_rails"], "separator": ["resistor"], "counter_electrode": COUNTER_ELECTRODES}
    ranking = compare(choices, spectrum, **settings)
    pd.testing.assert_frame_equal(found.ranking, ranking)
    likely = fit_likely(ranking, spectrum, settings=settings, noise=0.003)
    assert [one.values for one in found.likely] == [one.values for one in likely]
    assert found.result.noise == 0.003
    assert found.result.values["R_el"] > found.result.values["R_ion"]
    parts = {**PARTS, "L_lead": "leads"}
    budget = resistance_budget(likely[0], parts, spectrum.frequency.min(), among=ELECTRODE)
    assert found.budget == budget
    rivals = [
        (cathode_model("two_rails", "resistor", row["counter_electrode"], **settings), row.dropna().to_dict())
        for _, row in ranking[ranking["bic"] < ranking["bic"].min() + 10].iloc[1:].iterrows()
    ]
    assert (found.limits, found.reasons) == limiting(likely[0], budget, parts, ELECTRODE, rivals)
    assert found.ranking is found.ranking
    assert found.likely is found.likely


def test_a_stated_noise_comes_first_then_repeats_then_residuals(loops):
    """The best evidence of the noise decides: intervals are in proportion to it."""
    stated = read_cathode(loops[1], loops=loops, noise=0.01)
    assert stated.noise_origin == "as stated"
    np.testing.assert_allclose(stated.noise, 0.01)
    assert stated.repeats.repeats == 4
    repeated = read_cathode(loops[1], loops=loops)
    assert repeated.noise_origin == "from the 4 repeats in the file"
    assert repeated.structure == noise_of_repeats(loops).structure
    np.testing.assert_array_equal(repeated.magnitude, abs(noise_of_repeats(loops).impedance))
    assert np.median(repeated.noise) == pytest.approx(0.003, rel=0.2)
    alone = read_cathode(loops[1])
    assert alone.noise_origin == "from the residuals of the Kramers-Kronig test"
    assert alone.repeats is None


def test_spectra_that_are_no_repeats_give_no_noise(loops):
    """Two spectra cannot show drift and noise, and those on other frequencies are no repeats."""
    fewer = [*loops[:3], loops[3].window(0.1)]
    for others in (loops[:2], fewer):
        assert read_cathode(loops[0], loops=others).repeats is None
    holed = [Spectrum(np.delete(one.frequency, 7), np.delete(one.impedance, 7)) for one in loops]
    with pytest.raises(ValueError, match=r"35 frequencies from 0\.01 to 100000 Hz, others than the spectrum's 36"):
        read_cathode(loops[0], loops=holed)


def test_a_part_of_a_spectrum_keeps_the_test_of_the_whole_and_its_range_of_the_repeats(loops):
    """The test of the part alone could not say why the rest was left out."""
    test, part = kramers_kronig(loops[0]), loops[0].window(1.0)
    found = read_cathode(part, loops=loops, test=test)
    assert found.test is test
    assert len(found.noise) == len(found.repeats.frequency) == len(part)


@pytest.mark.parametrize("terminals", ["ion-ion", "electron-electron", "same-face"])
def test_contacts_that_single_out_a_path_decide_nothing(loops, terminals):
    """What one path resists is not what limits a cell, in which current changes from one to the other."""
    found = read_cathode(loops[0], terminals=terminals)
    assert found.limits == found.limits_cell == "not decided"
    assert found.reasons == [f"{terminals} contacts single out one path, which in a cell is one of several"]
    with_electrons = [name for name in found.menu["cathode"] if name.startswith("two_rails")]
    assert (found.menu["cathode"] == with_electrons) == (terminals == "electron-electron")


def test_a_model_that_misses_the_spectrum_does_not_describe_it(loops):
    """Its numbers would be quoted: a blocking electrode is none with charge transfer."""
    known = {"separator": "resistor", "counter_electrode": "none", "noise": 0.003}
    assert not read_cathode(loops[0], cathode="de_levie", **known).describes
    assert read_cathode(loops[0], cathode="one_rail", **known).describes


def test_the_separator_may_limit_the_cell_but_not_the_electrode(loops):
    """Advice on the electrode that follows from the separator's resistance would be void."""
    thick = Spectrum(loops[0].frequency, loops[0].impedance + 100.0)
    found = read_cathode(thick, cathode="one_rail", separator="resistor", counter_electrode="none")
    assert (found.limits, found.limits_cell) == ("charge transfer", "separator")
    assert found.budget["charge transfer"].largest == 1


def test_what_the_range_leaves_open_is_named_and_decides_nothing(loops):
    """Where no signal reaches the end of the line, only the ratio of R_ion and Q_dl enters: neither may be quoted."""
    known = {"cathode": "one_rail", "separator": "resistor", "counter_electrode": "none", "noise": 0.003}
    found = read_cathode(loops[0].window(300.0), **known)
    assert {"R_ion", "Q_dl"} <= set(found.undetermined)
    assert found.limits == found.limits_cell == "not decided"


def test_a_rival_that_has_another_part_as_the_largest_unsettles_what_limits():
    """Two equal rails look like one and more separator: the shorter model sees less of the rails than is there."""
    frequency, rng = np.geomspace(1e5, 0.01, 22), np.random.default_rng(7)
    truth = {"R_sep": 25.0, "R_ion": 62.0, "R_el": 60.0, "Q_dl": 2e-4, "alpha_dl": 0.92, "R_ct": 12.0}
    exact = cathode_model("two_rails").impedance(frequency, **truth)
    spectrum = Spectrum(frequency, exact * (1 + 0.003 * rng.standard_normal((22, 2)) @ [1, 1j]))
    found = read_cathode(spectrum, separator="resistor", counter_electrode="none", noise=0.003)
    assert found.choice["cathode"] == "one_rail"
    assert found.result.rivals == ()
    assert found.limits == "charge transfer or ionic rail"
    assert found.reasons == ["a rival solution that fits as well has ionic rail as the largest"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"cathode": "three_rails"}, "cathode is 'three_rails'; allowed are de_levie"),
        ({"separator": "capacitor"}, "separator is 'capacitor'"),
        ({"counter_electrode": "resistor"}, "counter_electrode is 'resistor'"),
        ({"terminals": "one-two"}, "terminals is 'one-two'"),
        ({"cathode": "de_levie", "terminals": "electron-electron"}, "need the electron rail"),
        ({"noise": 0.0}, "noise is 0"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_at_once(loops, asked, message):
    """A slip that shows only after minutes of fits, or not at all, costs them."""
    with pytest.raises(ValueError, match=message):
        read_cathode(loops[0], **asked)
