"""Kinetics of an interface: the closed forms are what the two rates of its jumps give."""

import mpmath as mp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from sslib.interfaces import (
    alpha_of_asymmetry,
    bias_asymmetry,
    crossing_current,
    diffusion_limited_current,
    equilibrium_step,
    exchange_current,
    polarisation_resistance,
)
from sslib.kinetics import FARADAY, butler_volmer
from sslib.units import eV, nm, ohm_cm2

RNG = np.random.default_rng(9)
CASES = [
    {
        "forward": (10 ** RNG.uniform(1, 4), 10 ** RNG.uniform(10, 14), RNG.uniform(0.2, 0.9) * eV),
        "backward": (10 ** RNG.uniform(2, 5), 10 ** RNG.uniform(10, 14), RNG.uniform(0.2, 0.9) * eV),
        "T": RNG.uniform(250, 400),
        "alpha": RNG.uniform(0.1, 0.9),
        "charge_number": int(RNG.integers(1, 4)),
        "jump": RNG.uniform(0.2, 2) * nm,
    }
    for _ in range(6)
]


def rates(case, step):
    """Both currents [A/m2] of a potential step, written out with 40 digits and the gas constant."""
    mp.mp.dps = 40
    (c1, k1, g1), (c2, k2, g2) = (tuple(map(mp.mpf, side)) for side in (case["forward"], case["backward"]))
    kt = mp.mpf("1.380649e-23") * mp.mpf(case["T"])
    z, e = case["charge_number"], mp.mpf("1.602176634e-19")
    work = z * e * step
    factor = z * e * mp.mpf("6.02214076e23") * mp.mpf(case["jump"])
    alpha = mp.mpf(case["alpha"])
    forth = factor * c1 * k1 * mp.exp(-(g1 + alpha * work) / kt)
    back = factor * c2 * k2 * mp.exp(-(g2 - (1 - alpha) * work) / kt)
    return forth, back


@pytest.mark.parametrize("case", CASES)
def test_the_exchange_current_is_the_rate_at_the_root_of_the_two_rates(case):
    """A barrier averaged with the shares exchanged, or a missing zF, would part from the equilibrium found here."""
    step = mp.findroot(lambda x: mp.log(rates(case, x)[0] / rates(case, x)[1]), 0.1)
    found = exchange_current(**case)
    assert_allclose(found, float(rates(case, step)[0]), rtol=1e-12)
    balance = {name: case[name] for name in ("forward", "backward", "T", "charge_number")}
    assert_allclose(equilibrium_step(**balance), float(step), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("case", CASES)
def test_off_equilibrium_it_is_butler_volmer_with_its_charge_number(case):
    """The two pictures of one jump must be one law, or a fitted transfer coefficient would mean something else."""
    overpotential = np.linspace(-0.15, 0.15, 7)
    balance = equilibrium_step(case["forward"], case["backward"], case["T"], case["charge_number"])
    found = crossing_current(balance - overpotential, **case)
    expected = butler_volmer(case["charge_number"] * overpotential, exchange_current(**case), case["T"], case["alpha"])
    assert_allclose(found, expected, rtol=1e-9, atol=1e-11 * np.abs(expected).max())
    exact = [float(np.subtract(*rates(case, mp.mpf(float(balance - eta))))) for eta in overpotential]
    assert_allclose(found, exact, rtol=1e-9, atol=1e-11 * np.abs(expected).max())


def test_the_resistance_is_the_slope_of_the_rates_at_rest():
    """Equation 4 of source 003 drops z: a divalent ion would have twice the resistance of its own rates."""
    for case in CASES:
        balance = equilibrium_step(case["forward"], case["backward"], case["T"], case["charge_number"])
        h = 1e-5
        slope = -(crossing_current(balance + h, **case) - crossing_current(balance - h, **case)) / (2 * h)
        found = polarisation_resistance(exchange_current(**case), 0.0, case["T"], case["charge_number"])
        assert_allclose(found, 1 / slope, rtol=1e-5)
        film = polarisation_resistance(exchange_current(**case), 3.0, case["T"], case["charge_number"])
        assert_allclose(film, 3.0 + found, rtol=1e-14)


def test_the_power_law_has_the_exponent_of_the_share_before_the_barrier():
    """Exponents exchanged between the sides would read 0.4 where the data say 0.6."""
    c = np.array([10.0, 1000.0])
    i0 = exchange_current((c, 1e13, 0.5 * eV), (2e4, 1e12, 0.4 * eV), 0.4 * nm, alpha=0.4)
    slope = np.diff(np.log(polarisation_resistance(i0)))[0] / np.diff(np.log(c))[0]
    assert slope == pytest.approx(-0.6, abs=1e-12)


def test_the_asymmetry_is_that_of_the_currents_and_gives_alpha_back():
    """The closed form is exact at any bias; a sign slip would put the transition state on the other side."""
    eta = np.array([0.01, 0.08, 0.2])
    for alpha in (0.2, 0.5, 0.7):
        currents = [butler_volmer(2 * sign * eta, 3.0, 320.0, alpha) for sign in (1, -1)]
        ratio = bias_asymmetry(eta, 320.0, alpha, 2)
        assert_allclose(ratio, currents[0] / -currents[1], rtol=1e-12)
        assert_allclose(alpha_of_asymmetry(ratio, eta, 320.0, 2), alpha, rtol=1e-12)
    with pytest.raises(ValueError, match="alpha is"):
        alpha_of_asymmetry(100.0, 0.01)


def test_the_limit_is_the_flux_through_a_layer_that_is_empty_at_its_end():
    """Finite differences of the steady diffusion equation; a factor of two would come from the salt's own law."""
    n, D, c, delta = 50, 3e-10, 700.0, 80e-6
    matrix = np.diag(np.full(n, -2.0)) + np.diag(np.ones(n - 1), 1) + np.diag(np.ones(n - 1), -1)
    profile = np.linalg.solve(matrix, np.r_[-c, np.zeros(n - 1)])
    flux = D * (c - profile[0]) / (delta / (n + 1))
    assert diffusion_limited_current(D, c, delta, 2) == pytest.approx(2 * FARADAY * flux, rel=1e-10)


def test_what_cannot_be_is_refused():
    """A barrier below zero or a concentration of none has no rate; the message must say which side."""
    good = (1e3, 1e12, 0.5 * eV)
    with pytest.raises(ValueError, match="concentration of backward is 0"):
        exchange_current(good, (0.0, 1e12, 0.5 * eV), 1 * nm)
    with pytest.raises(ValueError, match="barrier of forward is -1"):
        equilibrium_step((1e3, 1e12, -1.0), good)
    with pytest.raises(ValueError, match="interphase_resistance is -1e-08"):
        polarisation_resistance(1.0, -1e-4 * ohm_cm2)
    with pytest.raises(ValueError, match=r"alpha is 1\.1"):
        exchange_current(good, good, 1 * nm, alpha=1.1)
    with pytest.raises(ValueError, match="potential_step is nan"):
        crossing_current(np.nan, good, good, 1 * nm)
    with pytest.raises(ValueError, match="overpotential is nan"):
        bias_asymmetry(np.nan)


def test_a_fifth_more_of_a_barrier_is_a_factor_of_fifty():
    """Resistance against barrier through the whole chain, not through a bare exponential."""
    i0 = [exchange_current((1e3, 1e12, b * eV), (1e3, 1e12, b * eV), 1 * nm) for b in (0.5, 0.6)]
    resistances = [polarisation_resistance(i) for i in i0]
    assert resistances[1] / resistances[0] == pytest.approx(49.017356500539, rel=1e-9)
