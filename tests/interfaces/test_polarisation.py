"""Polarisation curves: the implicit law, its slopes, and fits that say what a curve does not tell."""

import mpmath as mp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from sslib.interfaces import fit_polarisation, polarisation_current, polarisation_voltage
from sslib.interfaces.polarisation import current_and_slopes, voltage_and_slopes
from sslib.kinetics import activation_overpotential, butler_volmer, thermal_voltage
from tests.simulations import simulations

RNG = np.random.default_rng(12)
TRUTH = {"exchange_current": 16.0, "forward_limit": 190.0, "backward_limit": 120.0, "film_resistance": 3e-4}
TRUTH |= {"alpha": 0.4}


def curve(voltage):
    t = TRUTH
    return polarisation_current(
        voltage, t["exchange_current"], t["forward_limit"], t["backward_limit"], t["film_resistance"], t["alpha"]
    )


def cases(n=6):
    for _ in range(n):
        yield {
            "exchange_current_density": 10 ** RNG.uniform(-1, 2),
            "forward_limit": 10 ** RNG.uniform(0, 2),
            "backward_limit": 10 ** RNG.uniform(0, 2),
            "film_resistance": 10 ** RNG.uniform(-4, -1),
            "alpha": RNG.uniform(0.15, 0.85),
            "T": RNG.uniform(260, 400),
            "charge_number": int(RNG.integers(1, 3)),
        }


@pytest.mark.parametrize("case", list(cases()))
def test_the_current_solves_the_implicit_law(case):
    """The law as printed, with 30 digits, root-found in the current: signs and sides of the limits."""
    mp.mp.dps = 30
    scale = mp.mpf(float(thermal_voltage(case["T"]))) / case["charge_number"]
    for voltage in (-0.6, -0.03, 0.02, 0.4):
        current = polarisation_current(voltage, **case)

        def law(i, v=voltage):
            eta = (mp.mpf(v) - i * case["film_resistance"]) / scale
            out = (1 - i / case["forward_limit"]) * mp.exp(case["alpha"] * eta)
            back = (1 + i / case["backward_limit"]) * mp.exp(-(1 - case["alpha"]) * eta)
            return i - case["exchange_current_density"] * (out - back)

        exact = mp.findroot(law, float(current))
        assert_allclose(current, float(exact), rtol=1e-12)
        part = 0.9 * float(current)
        found = polarisation_voltage(part, **case)
        exact = mp.findroot(lambda v, i=part, law=law: law(mp.mpf(i), v), mp.mpf(float(found)))
        assert_allclose(found, float(exact), rtol=1e-11)


def test_without_limits_and_film_it_is_butler_volmer():
    """Two codes of one law, and the closed inverse at one half."""
    eta = np.linspace(-0.4, 0.4, 9)
    assert_allclose(polarisation_current(eta, 2.0, alpha=0.3), butler_volmer(eta, 2.0, alpha=0.3), rtol=1e-12)
    current = np.array([-30.0, -0.1, 0.2, 70.0])
    assert_allclose(polarisation_voltage(current, 2.0), activation_overpotential(current, 2.0), rtol=1e-12)


def test_large_voltages_reach_the_limits_and_not_beyond():
    """Sixty volts overflow a plain exponential; what is left must be the limiting current of the right side."""
    assert polarisation_current(60.0, 1.0, 5.0, 2.0) == pytest.approx(5.0, rel=1e-12)
    assert polarisation_current(-60.0, 1.0, 5.0, 2.0) == pytest.approx(-2.0, rel=1e-12)
    assert polarisation_current(0.0, 1.0, 5.0, 2.0, 0.1) == 0


def test_slopes_are_those_of_finite_differences():
    """Fits and intervals rest on them, near limits, too."""
    n = 12
    scale = np.full(n, 0.02)
    parts = [10 ** RNG.uniform(-3, -1, n) for _ in range(3)] + [10 ** RNG.uniform(-3, 0, n), RNG.uniform(0.2, 0.8, n)]
    voltage = RNG.uniform(-0.5, 0.5, n)
    current = RNG.uniform(-0.7, 0.7, n) * 0.02 / np.maximum(parts[1], parts[2])
    for function, given in ((current_and_slopes, voltage), (voltage_and_slopes, current)):
        value, slopes = function(given, scale, *parts)
        for k, part in enumerate(parts):
            h = 2e-4 * part

            def moved(d, k=k, h=h, function=function, given=given):
                return function(given, scale, *(p + d * h * (j == k) for j, p in enumerate(parts)))[0]

            numerical = (8 * (moved(1) - moved(-1)) - (moved(2) - moved(-2))) / (12 * h)
            assert_allclose(slopes[k] * part / value, numerical * part / value, rtol=1e-8, atol=1e-9)


def test_a_current_beyond_a_limit_has_no_voltage():
    """A NaN, or the voltage of a smaller current, would pass for an answer."""
    with pytest.raises(ValueError, match=r"current_density is 5; .* 5 A/m2"):
        polarisation_voltage(5.0, 1.0, forward_limit=5.0)
    with pytest.raises(ValueError, match="backward_limit is -2"):
        polarisation_current(0.1, 1.0, 5.0, -2.0)
    with pytest.raises(ValueError, match="alpha is 1"):
        polarisation_current(0.1, 1.0, alpha=1.0)


@pytest.mark.parametrize("controlled", ["voltage", "current"])
def test_a_curve_to_both_limits_determines_everything(controlled):
    """Whichever of the two was set: the truth within the intervals, nothing to complain of."""
    rng = np.random.default_rng(5)
    if controlled == "voltage":
        voltage, noise = np.linspace(-0.3, 0.3, 41), 0.5
        current = curve(voltage) + noise * rng.standard_normal(41)
    else:
        current, noise = np.linspace(-117, 185, 41), 1e-3
        t = TRUTH
        exact = polarisation_voltage(current, t["exchange_current"], t["forward_limit"], t["backward_limit"],
                                     t["film_resistance"], t["alpha"])  # fmt: skip
        voltage = exact + noise * rng.standard_normal(41)
    result = fit_polarisation(voltage, current, controlled=controlled, noise=noise)
    for name, truth in TRUTH.items():
        low, high = result.interval(name, 0.99)
        assert low < truth < high, name
        assert high / low < 2
    assert result.verdicts == ()
    assert 0.5 < result.reduced_chi_square < 1.7


def test_a_straight_curve_tells_the_sum_and_says_so():
    """Within 10 mV film and transfer are one resistance; a fit that names both would lie."""
    voltage = np.linspace(-0.01, 0.01, 31)
    current = curve(voltage)
    noise = 0.005 * np.abs(current).max()
    result = fit_polarisation(voltage, current + noise * np.random.default_rng(1).standard_normal(31), noise=noise)
    kinds = {name: verdict.kind for verdict in result.verdicts for name in verdict.parameters}
    assert set(kinds) == set(TRUTH)
    assert {"film_resistance", "exchange_current"} in [
        set(verdict.parameters) for verdict in result.verdicts if verdict.kind == "known only together"
    ]
    exact = 3e-4 + thermal_voltage(298.15) * (1 / 16 + 1 / 190 + 1 / 120)
    low, high = result.interval("polarisation_resistance")
    assert low < exact < high < 1.05 * low


def test_a_limit_that_was_never_approached_has_no_upper_end():
    """Above the largest current nothing is known of it; the lower end is what the curvature allows."""
    voltage = np.linspace(-0.05, 0.05, 41)
    current = curve(voltage)
    result = fit_polarisation(voltage, current + 0.05 * np.random.default_rng(3).standard_normal(41), noise=0.05)
    for name in ("forward_limit", "backward_limit"):
        low, high = result.interval(name)
        assert high is None or high > 10 * np.abs(current).max()
        assert low < TRUTH[name]


def test_another_law_in_the_data_is_noticed():
    """A current that saturates without a limit, by a drift: the residuals exceed the stated noise."""
    voltage = np.linspace(-0.3, 0.3, 41)
    drifting = curve(voltage) + 4 * np.sin(20 * voltage)
    result = fit_polarisation(voltage, drifting, noise=0.3)
    assert any(verdict.kind == "residuals exceed the noise" for verdict in result.verdicts)


def test_fixed_parameters_stay_and_the_noise_is_found():
    """A limit known to be none must not be fitted; the scatter must be recovered where it was not stated."""
    voltage = np.linspace(-0.25, 0.25, 61)
    exact = polarisation_current(voltage, 3.0, film_resistance=2e-3, alpha=0.45)
    measured = exact + 0.02 * np.random.default_rng(8).standard_normal(61)
    fixed = {"forward_limit": np.inf, "backward_limit": np.inf}
    result = fit_polarisation(voltage, measured, fixed=fixed)
    assert result.values["forward_limit"] == np.inf
    assert result.free == ("exchange_current", "film_resistance", "alpha")
    assert result.noise == pytest.approx(0.02, rel=0.3)
    low, high = result.interval("polarisation_resistance", 0.99)
    assert low < 2e-3 + thermal_voltage(298.15) / 3 < high


@pytest.mark.parametrize("seed", range(6))
def test_no_fit_is_worse_than_the_truth(seed):
    """A start that misses the basin, or a bound on its wrong side, would leave more misfit than the truth has.

    The last two have a noise beyond one limiting current: points above it must not forbid it.
    """
    rng = np.random.default_rng(seed)
    if seed < 4:
        own = [10 ** rng.uniform(0, 2), *(10 ** rng.uniform(1.5, 2.5, 2)), 10 ** rng.uniform(-4, -2.5)]
        alpha, T, swing = rng.uniform(0.2, 0.8), 298.15, rng.uniform(0.05, 0.3)
    else:
        own, alpha, T, swing = [328.5, 193.0, np.inf, 0.0], 0.4, 353.15, 0.3
    voltage = np.linspace(-swing, swing, 41)
    exact = polarisation_current(voltage, *own, alpha, T)
    noise = 0.01 * np.abs(exact).max()
    measured = exact + noise * rng.standard_normal(41)
    result = fit_polarisation(voltage, measured, noise=noise, T=T)
    assert (result.residuals**2).sum() <= (((measured - exact) / noise) ** 2).sum() * (1 + 1e-9)


def test_a_parameter_that_is_free_does_not_fit_worse_than_one_that_is_held():
    """Film and transfer exchanged is a rival basin; starts at one alpha alone ended in the worse of the two."""
    rng = np.random.default_rng(5)
    for _ in range(14):
        own = [10 ** rng.uniform(0, 2), *(10 ** rng.uniform(1.2, 2.5, 2)), 10 ** rng.uniform(-4, -2.5)]
        alpha, swing = rng.uniform(0.2, 0.8), rng.uniform(0.03, 0.3)
        voltage = np.linspace(-swing, swing, 41)
        exact = polarisation_current(voltage, *own, alpha)
        noise = 0.01 * np.abs(exact).max()
        measured = exact + noise * rng.standard_normal(41)
    free = fit_polarisation(voltage, measured, noise=noise)
    held = fit_polarisation(voltage, measured, noise=noise, fixed={"film_resistance": 0.0})
    assert (free.residuals**2).sum() <= (held.residuals**2).sum()


def test_curves_that_cannot_be_fitted_are_refused():
    """One direction, too few points or a wrong sign would return numbers that mean nothing."""
    voltage = np.linspace(-0.2, 0.2, 21)
    with pytest.raises(ValueError, match="both directions"):
        fit_polarisation(voltage[11:], curve(voltage[11:]))
    with pytest.raises(ValueError, match="5 points"):
        fit_polarisation(voltage[::5], curve(voltage[::5]))
    with pytest.raises(ValueError, match="falls with the voltage"):
        fit_polarisation(voltage, -curve(voltage))
    with pytest.raises(ValueError, match="'slope' is no parameter"):
        fit_polarisation(voltage, curve(voltage), fixed={"slope": 1.0})
    with pytest.raises(ValueError, match="controlled is 'power'"):
        fit_polarisation(voltage, curve(voltage), controlled="power")
    with pytest.raises(ValueError, match="'beta' was not fitted"):
        fit_polarisation(voltage, curve(voltage), noise=0.1).interval("beta")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fixed": {"alpha": 2.0}}, "alpha is 2"),
        ({"fixed": {"exchange_current": -1.0}}, "exchange_current_density is -1"),
        ({"fixed": {"film_resistance": np.nan}}, "film_resistance is nan"),
        ({"fixed": {"forward_limit": 0.0}}, "forward_limit is 0"),
        ({"fixed": {"forward_limit": 5.0}, "controlled": "current"}, "forward_limit is fixed at 5 A/m2"),
        ({"current_density": np.zeros(21)}, "falls with the voltage or is zero"),
        ({"voltage": [], "current_density": []}, "there are 0 points; 5 parameters"),
        ({"voltage": np.resize([-0.1, 0.1], 21)}, "2 different values; 5 parameters"),
    ],
)
def test_what_cannot_be_is_named_and_not_a_linear_algebra_error(change, message):
    """A transfer coefficient of 2 was taken, and a fixed NaN or a current of zero ended in a matrix that has no SVD."""
    voltage = np.linspace(-0.2, 0.2, 21)
    with pytest.raises(ValueError, match=message):
        fit_polarisation(**{"voltage": voltage, "current_density": curve(voltage)} | change)


def test_a_voltage_or_current_that_is_no_number_is_refused():
    """A NaN in gave a NaN out, with nothing said."""
    with pytest.raises(ValueError, match="voltage is nan"):
        polarisation_current([0.1, np.nan], 1.0)
    with pytest.raises(ValueError, match="current_density is nan"):
        polarisation_voltage(np.nan, 1.0)


@pytest.mark.slow
@pytest.mark.parametrize(("span", "sets"), [(0.25, simulations(30)), (0.05, simulations(16))])
def test_intervals_cover_the_truth_as_often_as_they_say(span, sets):
    """Nominal 95 % that hold the truth in 80 % are worse than none, with closed ends and with open."""
    voltage = np.linspace(-span, span, 41)
    exact = curve(voltage)
    noise = 0.01 * np.abs(exact).max()
    rng = np.random.default_rng(77)
    truth = TRUTH | {"polarisation_resistance": 3e-4 + thermal_voltage(298.15) * (1 / 16 + 1 / 190 + 1 / 120)}
    held = dict.fromkeys(truth, 0)
    for _ in range(sets):
        result = fit_polarisation(voltage, exact + noise * rng.standard_normal(41))
        for name, value in truth.items():
            low, high = result.interval(name)
            held[name] += (low is None or low <= value) and (high is None or value <= high)
    # Three standard deviations of a binomial below 95 %.
    assert min(held.values()) >= (0.95 - 3 * np.sqrt(0.95 * 0.05 / sets)) * sets, held
