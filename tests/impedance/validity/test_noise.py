"""Noise from repeats and from one spectrum: the level, its interval, and what is drift instead."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from sslib.impedance import CPE, R, fit, fit_batch
from sslib.impedance.validity.noise import ErrorStructure, noise_level, noise_of_repeats
from sslib.instruments import Spectrum, read_spectra

MODEL = R("R_0") + (R("R_ct") | CPE("Q", "alpha"))
VALUES = {"R_0": 5.0, "R_ct": 200.0, "Q": 1e-5, "alpha": 0.85}
FREQUENCY = np.geomspace(1e6, 0.1, 61)
IMPEDANCE = MODEL.impedance(FREQUENCY, **VALUES)


def repeats(count, rng, absolute=0.0, relative=0.0, low_frequency=0.0, drift=0.0):
    """Spectra of known noise about one mean, whose arc, all beyond R_0, grows by a share from one to the next."""
    sigma = np.sqrt(absolute**2 + (relative * abs(IMPEDANCE)) ** 2 + low_frequency**2 / FREQUENCY)
    noise = rng.standard_normal((count, len(FREQUENCY), 2)) @ [1, 1j]
    return [
        Spectrum(FREQUENCY, IMPEDANCE + drift * (number - (count - 1) / 2) * (IMPEDANCE - VALUES["R_0"]) + sigma * own)
        for number, own in enumerate(noise)
    ]


def share(outcomes, expected):
    """Assert that a share is as expected but for what chance does once in a thousand."""
    low, high = stats.binom.ppf([0.0005, 0.9995], len(outcomes), expected)
    assert low <= np.sum(outcomes) <= high, f"{np.sum(outcomes)} of {len(outcomes)}"


def test_the_structure_is_recovered_within_its_intervals():
    """Coverage below 95 % would pass a noise on to fits as known that is not; a bias would scale every interval."""
    rng, truth = np.random.default_rng(1), {"absolute": 0.02, "relative": 0.002}
    found = [noise_of_repeats(repeats(8, rng, **truth, drift=0.01)) for _ in range(80)]
    for name, value in truth.items():
        ends = np.array([noise.structure.intervals[name] for noise in found])
        share((ends[:, 0] <= value) & (value <= ends[:, 1]), 0.955)
        assert_allclose(np.mean([getattr(noise.structure, name) for noise in found]), value, rtol=0.05)
    share([noise.structure.probability < 0.05 for noise in found], 0.055)
    assert_allclose(np.mean([noise.structure.misfit for noise in found]), 1, atol=0.05)
    assert sum(noise.structure.low_frequency > 0 for noise in found) <= 2


@pytest.mark.parametrize("count", [3, 5])
def test_few_repeats_are_not_biased(count):
    """Three repeats less a drift leave one degree of freedom: uncorrected, the deviation would come out 20 % small."""
    rng = np.random.default_rng(2)
    found = [noise_of_repeats(repeats(count, rng, relative=0.01)) for _ in range(40)]
    expected = 0.01 * abs(IMPEDANCE)
    for part in ("real", "imaginary"):
        assert_allclose(np.mean([getattr(noise, part) / expected for noise in found]), 1, atol=0.05)
    assert_allclose(np.mean([noise.structure.relative for noise in found]), 0.01, rtol=0.03)
    assert found[0].degrees_of_freedom == count - 2
    # The interval of a single deviation: what stands there times the factors, on either side of it.
    low, high = found[0].factors
    scatter = np.array([noise.real for noise in found]).ravel()
    expected = np.tile(expected, len(found))
    share((low * scatter <= expected) & (expected <= high * scatter), 0.95)


def test_a_term_that_falls_with_frequency_is_taken_in_where_it_is():
    """Noise of 1/f at constant |Z| must not be smeared over all frequencies."""
    rng = np.random.default_rng(3)
    noise = noise_of_repeats(repeats(10, rng, relative=0.001, low_frequency=0.5))
    low, high = noise.structure.intervals["low_frequency"]
    assert low < 0.5 < high
    assert_allclose(noise.structure.low_frequency, 0.5, rtol=0.2)
    assert noise.structure.probability > 1e-3


def test_drift_of_the_repeats_is_no_noise():
    """One percent a repeat is ten times the noise; left in, it would be taken for that."""
    rng = np.random.default_rng(4)
    spectra = repeats(10, rng, relative=0.001, drift=0.01)
    noise = noise_of_repeats(spectra)
    assert_allclose(noise.structure.relative, 0.001, rtol=0.15)
    expected = (0.01 * (IMPEDANCE - 5.0) / IMPEDANCE).real
    errors = (noise.drift - expected) / noise.drift_error
    share(np.abs(errors) < 1.96, 0.95)
    assert noise.drift_probability < 1e-6
    assert abs(noise.drift_t[-1]) > 20
    assert noise_of_repeats(spectra, degree=0).structure.relative > 0.005


def test_no_drift_is_found_where_there_is_none():
    """A significance that chance reaches often would find a drift in every series."""
    rng = np.random.default_rng(5)
    share([noise_of_repeats(repeats(6, rng, relative=0.003)).drift_probability < 0.05 for _ in range(80)], 0.05)


@pytest.mark.parametrize("count", [3, 5])
def test_no_drift_is_found_where_noise_is_taken_with_any_change(count):
    """With degree 0 the scatter holds the change itself: judged against that, it would never be one."""
    rng = np.random.default_rng(9)
    quiet = [noise_of_repeats(repeats(count, rng, relative=0.003), degree=0) for _ in range(80)]
    share([noise.drift_probability < 0.05 for noise in quiet], 0.05)
    expected = 0.003 / np.sqrt(np.sum((np.arange(count) - (count - 1) / 2) ** 2))
    assert_allclose(np.mean([noise.drift_error for noise in quiet]), expected, rtol=0.05)
    drifting = noise_of_repeats(repeats(count, rng, relative=0.003, drift=0.05), degree=0)
    assert drifting.drift_probability < 1e-6
    assert_allclose(drifting.drift_error, expected, rtol=0.3)


def test_two_repeats_tell_no_drift_from_noise():
    """A line goes through any two: a probability would be made up. Their mean and their noise are still known."""
    noise = noise_of_repeats(repeats(2, np.random.default_rng(10), relative=0.003), degree=0)
    assert np.isnan(noise.drift_probability)
    assert np.isnan(noise.drift_error).all()
    assert np.isfinite(noise.drift).all()
    assert_allclose(noise.structure.relative, 0.003, rtol=0.3)
    assert "not told from noise" in str(noise)
    # Nor do three on a line, which no cell measures.
    exact = [Spectrum(FREQUENCY, IMPEDANCE * (1 + 0.25 * k)) for k in (-1, 0, 1)]
    assert np.isnan(noise_of_repeats(exact, degree=0).drift_probability)


def check_fits_with_the_structure(count, seed, fitted):
    """Share of intervals that hold, where the error model of a fit comes from repeats of noise that has a floor.

    ``fitted`` takes spectra (spectra, frequencies) and deviations [ohm], and gives the intervals by name, (spectra, 2).
    """
    rng, absolute, relative = np.random.default_rng(seed), 0.2, 0.003
    measured, deviations = [], []
    for _ in range(count):
        spectra = repeats(6, rng, absolute=absolute, relative=relative)
        noise = noise_of_repeats(spectra)
        measured.append(spectra[0].impedance)
        deviations.append(noise.sigma(FREQUENCY, noise.impedance))
    found = fitted(np.array(measured), np.array(deviations))
    held = [(ends[:, 0] <= VALUES[name]) & (VALUES[name] <= ends[:, 1]) for name, ends in found.items()]
    # Parameters of one fit go together, so the limits are those of fits, not of single intervals.
    low, high = stats.binom.ppf([0.0005, 0.9995], 2 * count, 0.95) / (2 * count)
    assert low <= np.mean(held) <= high, np.mean(held, axis=1)


def test_intervals_with_the_error_structure_hold():
    """`fit` as a user calls it, on few spectra: the slow test looks at many."""

    def one_by_one(measured, deviations):
        results = [
            fit(MODEL, Spectrum(FREQUENCY, own), error=sigma) for own, sigma in zip(measured, deviations, strict=True)
        ]
        assert all(result.noise_stated for result in results)
        return {name: np.array([result.interval(name) for result in results], dtype=float) for name in VALUES}

    check_fits_with_the_structure(12, 20, one_by_one)


@pytest.mark.slow
def test_intervals_with_the_error_structure_hold_95_times_of_100():
    """Were the structure biased, or too uncertain to be taken as known, the intervals of every fit with it would be
    wrong; with the noise taken for proportional instead, those of R_0 would be far too narrow."""

    def together(measured, deviations):
        return fit_batch(MODEL, FREQUENCY, measured, starts=VALUES, error=deviations, intervals=0.95).intervals

    check_fits_with_the_structure(600, 21, together)


def test_sigma_goes_into_a_fit():
    """With the right deviations chi-square per degree of freedom is one."""
    rng = np.random.default_rng(6)
    spectra = repeats(10, rng, absolute=0.05, relative=0.002)
    noise = noise_of_repeats(spectra)
    expected = np.sqrt(0.05**2 + (0.002 * abs(IMPEDANCE)) ** 2)
    assert_allclose(noise.sigma(FREQUENCY, IMPEDANCE), expected, rtol=0.15)
    result = fit(MODEL, spectra[0], error=noise.sigma(spectra[0].frequency, spectra[0].impedance))
    assert 0.6 < result.reduced_chi_square < 1.5
    assert_allclose(result.values["R_ct"], 200, rtol=0.01)


def test_sigma_is_the_equation():
    structure = ErrorStructure(3.0, 0.04, 6.0, {}, 1)
    assert_allclose(structure.sigma([4.0], [100j]), np.sqrt(9 + 16 + 9))
    with pytest.raises(ValueError, match="frequency is 0"):
        structure.sigma([0.0], [100j])


@pytest.mark.parametrize("level", [0.003, 0.01])
def test_the_level_of_one_spectrum_is_recovered(level):
    """A level off by more than a few percent on average, or intervals that miss it, would mislead each fit."""
    rng = np.random.default_rng(7)
    found = []
    for _ in range(25):
        values = {name: value * np.exp(rng.uniform(-1, 1)) for name, value in VALUES.items() if name != "alpha"}
        model, values = MODEL + CPE("Q_b", "a_b"), values | {"alpha": 0.8, "Q_b": 10 ** rng.uniform(-4, -2), "a_b": 0.8}
        impedance = model.impedance(FREQUENCY, **values)
        noise = level * abs(impedance) * (rng.standard_normal((len(FREQUENCY), 2)) @ [1, 1j])
        found.append(noise_level(Spectrum(FREQUENCY, impedance + noise)))
    assert_allclose(np.mean([noise.relative for noise in found]), level, rtol=0.05)
    ends = np.array([noise.intervals["relative"] for noise in found])
    share((ends[:, 0] <= level) & (level <= ends[:, 1]), 0.94)
    assert np.std([noise.relative for noise in found]) < 0.12 * level
    assert_allclose(found[0].sigma([1.0], [2.0]), 2 * found[0].relative)


def test_bad_input_is_refused_by_name():
    spectra = repeats(3, np.random.default_rng(8), relative=0.01)
    for given, settings, words in (
        (spectra[:2], {}, "2 spectra; a drift of degree 1 takes 3"),
        (spectra, {"degree": -1}, "degree is -1"),
        ([*spectra, Spectrum(FREQUENCY[1:], IMPEDANCE[1:])], {}, "spectrum 3 has other frequencies"),
        ([*spectra, Spectrum(1.1 * FREQUENCY, IMPEDANCE)], {}, "spectrum 3 has other frequencies"),
        ([spectra[0]] * 4, {}, "copies"),
        (
            [*spectra, SimpleNamespace(frequency=FREQUENCY, impedance=IMPEDANCE * np.nan)],
            {},
            "real part of the impedance is nan",
        ),
    ):
        with pytest.raises(ValueError, match=words):
            noise_of_repeats(given, **settings)


def test_ten_measured_repeats(measured):
    """0.07 % of |Z|, by two routes that share nothing; the cell drifts by a tenth of a percent a repeat below 1 Hz."""
    spectra = read_spectra(measured / "lpscl_cells" / "Sample2_PEIS_AtRest.csv")
    noise = noise_of_repeats(spectra)
    assert_allclose(noise.structure.relative, 0.00071, rtol=0.05)
    single = np.median([noise_level(spectrum).relative for spectrum in spectra])
    assert_allclose(single, noise.structure.relative, rtol=0.15)
    assert_allclose(noise.drift[noise.frequency < 0.1], -0.0009, atol=0.0003)
    assert np.all(np.abs(noise.drift[noise.frequency > 1e3]) < 0.0003)
    # The structure is an average: this instrument's noise differs between its ranges.
    assert noise.structure.misfit > 1.5
