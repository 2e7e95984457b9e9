"""The error of a spectrum by the charge transfer's curvature, against a ladder that is not linear."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sslib.impedance import (
    CPE,
    C,
    Network,
    R,
    Region,
    Scaled,
    SphericalDiffusion,
    graded,
    largest_amplitude,
    linearity,
)
from sslib.kinetics import apparent_resistance_ratio, linear_amplitude, thermal_voltage

PAIR = ("ion", "electron")
PORE = Region({"ion": R("R_ion"), "electron": None}, {PAIR: C("C_dl") | R("R_ct")})
LINE = Network(PORE, ("ion", 0), ("electron", 1))
VALUES = {"R_ion": 60.0, "C_dl": 1e-3, "R_ct": 40.0}


def ladder_impedance(frequency, current, alpha=0.5, cells=120, samples=8):
    """Fundamental over current of a ladder of Butler-Volmer steps: all times of a period at once, by Newton."""
    volt, n = thermal_voltage(298.15), cells + 1
    theta = 2 * np.pi * np.arange(samples) / samples
    share = np.full(n, 1 / cells)
    share[[0, -1]] /= 2
    k = np.fft.fftfreq(samples, 1 / samples)
    k[samples // 2] = 0
    turn = np.fft.ifft(1j * k[:, None] * np.fft.fft(np.eye(samples), axis=0), axis=0).real
    rails = np.zeros((n, n))
    for j in range(cells):
        rails[j : j + 2, j : j + 2] += cells / VALUES["R_ion"] * np.array([[1, -1], [-1, 1]])
    exchange = volt / VALUES["R_ct"]
    linear = np.kron(rails, np.eye(samples)) + 2 * np.pi * frequency * VALUES["C_dl"] * np.kron(np.diag(share), turn)
    drive = np.zeros((n, samples))
    drive[0] = current * np.cos(theta)
    u = np.zeros(n * samples)
    for _ in range(30):
        forward, backward = np.exp(alpha * u / volt), np.exp(-(1 - alpha) * u / volt)
        residual = linear @ u + np.repeat(share, samples) * exchange * (forward - backward) - drive.ravel()
        bend = alpha * forward + (1 - alpha) * backward
        slope = linear + np.diag(np.repeat(share, samples) * exchange / volt * bend)
        step = np.linalg.solve(slope, residual)
        u -= step
        if np.abs(step).max() < 1e-13 * np.abs(u).max():
            break
    return 2 * np.mean(u.reshape(n, samples)[0] * np.exp(-1j * theta)) / current


@pytest.mark.parametrize("frequency", [0.1, 8.0, 60.0])
def test_the_error_is_that_of_a_ladder_that_is_not_linear(frequency):
    """An error that is predicted must be found when every step follows Butler-Volmer, in magnitude and phase."""
    found = linearity(LINE, [frequency], VALUES)
    current = found.largest(1e-5, control="current")[0]
    true = ladder_impedance(frequency, current) / ladder_impedance(frequency, 1e-9) - 1
    assert_allclose(true, found.error[0] * current**2, rtol=0.003)


@pytest.mark.parametrize("frequency", [0.1, 8.0])
@pytest.mark.parametrize("alpha", [0.4, 0.25])
def test_what_is_left_out_at_other_coefficients_makes_the_error_smaller(alpha, frequency):
    """The second harmonic is fed back, here by a source of current: a promised amplitude must not be too large,
    and what is left out must stay within its stated share of the error."""
    found = linearity(LINE, [frequency], VALUES, alpha=alpha)
    current = found.largest(1e-5, control="current")[0]
    true = ladder_impedance(frequency, current, alpha) / ladder_impedance(frequency, 1e-9, alpha) - 1
    share = 3 * (2 * alpha - 1) ** 2 / (alpha**3 + (1 - alpha) ** 3)
    assert abs(true) < 1e-5
    assert 0.1 * share < abs(true / (found.error[0] * current**2) - 1) < 1.01 * share


def test_without_rails_it_is_the_step_itself():
    """All steps side by side: the local limit and the cell's are one, whatever stands beside the resistor."""
    values = VALUES | {"R_ion": 1e-6}
    found = linearity(LINE, [1e-6], values)
    assert_allclose(found.largest(0.004), 0.0162 * np.sqrt(0.4 * 0.8), rtol=0.02)
    assert_allclose(found.largest(0.01, judged_by="step"), linear_amplitude(0.01), rtol=1e-6)
    assert_allclose(apparent_resistance_ratio(found.largest(0.01, judged_by="step")), 0.99, rtol=1e-9)
    assert_allclose(found.largest(0.01, "current") * found.impedance.real, found.largest(0.01), rtol=1e-9)


def test_cut_or_whole_the_electrode_strains_alike():
    """The share of a region's thickness stands in the step, the current and the depth; one too many would show."""
    interface = CPE("Q", "alpha") | (R("R_ct") + SphericalDiffusion("R_d", "tau_d"))
    rails = {"ion": R("R_ion"), "electron": R("R_el")}
    values = {"R_ion": 95.0, "R_el": 30.0, "Q": 2e-4, "alpha": 0.92, "R_ct": 80.0, "R_d": 20.0, "tau_d": 300.0}
    frequency = [1e3, 10.0, 0.1]
    whole = linearity(Network(Region(rails, {PAIR: interface}), ("ion", 0), ("electron", 1)), frequency, values)
    layer = graded(rails, {PAIR: interface}, {PAIR: lambda s: 1.0}, regions=5)
    cut = linearity(Network(layer.regions, ("ion", 0), ("electron", 5)), frequency, values)
    assert_allclose(cut.error, whole.error, rtol=1e-7)
    assert_allclose(cut.overpotential.max(axis=1), whole.overpotential.max(axis=1), rtol=1e-2)


def test_a_step_that_is_scaled_strains_as_its_own_resistance():
    """Half of the interface: a step of twice the resistance under its own name must have the same error and strain."""
    rails = {"ion": R("R_ion"), "electron": None}
    layer = graded(rails, {PAIR: C("C_dl") | R("R_ct")}, {PAIR: lambda s: 0.5}, regions=2, totals=False)
    half = linearity(Network(layer.regions, ("ion", 0), ("electron", 2)), [1.0], VALUES)
    own = linearity(LINE, [1.0], VALUES | {"C_dl": 0.5e-3, "R_ct": 80.0})
    assert_allclose(half.error, own.error, rtol=1e-7)
    assert_allclose(half.overpotential.max(), own.overpotential.max(), rtol=1e-3)
    within = Region(rails, {PAIR: C("C_dl") | Scaled(R("R_ct"), 2.0)})
    nested = linearity(Network(within, ("ion", 0), ("electron", 1)), [1.0], VALUES | {"C_dl": 0.5e-3})
    assert_allclose(nested.error, own.error, rtol=1e-12)


def test_the_whole_spectrum_is_limited_at_its_low_end():
    """The double layer shunts the step at high frequency, so the largest amplitude of a spectrum is a slow one's."""
    frequency = np.logspace(5, -2, 15)
    amplitude, where = largest_amplitude(LINE, frequency, VALUES, 0.01)
    each = linearity(LINE, frequency, VALUES).largest(0.01)
    assert amplitude == each.min()
    assert where == frequency[each.argmin()]
    assert where < 1
    # All of the cell's voltage stands across the mouth of a pore then, and no more than 2 RT/F is promised.
    assert_allclose(each[0], 2 * thermal_voltage(298.15), rtol=2e-3)
    assert_allclose(np.abs(linearity(LINE, frequency, VALUES).errors(amplitude)).max(), 0.01, rtol=1e-9)


def test_nothing_is_promised_beyond_the_lowest_order():
    """Where the double layer hides the step, the error stays small while the step itself is far from linear."""
    found = linearity(LINE, [1e4], VALUES)
    voltage = found.largest(0.01)
    assert_allclose(found.reaching(2 * thermal_voltage(298.15)), voltage, rtol=1e-12)
    across = found.overpotential.max() * voltage[0] / abs(found.impedance[0])
    assert_allclose(across, 2 * thermal_voltage(298.15), rtol=1e-12)
    assert abs(found.errors(voltage[0])[0]) < 0.01


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: linearity(LINE, [1.0], VALUES, step="R_x"), "no region has a step"),
        (lambda: linearity(LINE, [1.0], VALUES, step="C_dl"), "must be the resistance"),
        (lambda: linearity(LINE, [1.0], VALUES).largest(control="power"), "control is"),
        (lambda: linearity(LINE, [1.0], VALUES).largest(judged_by="eye"), "judged_by is"),
    ],
)
def test_a_step_that_is_none_is_refused_by_name(call, words):
    """A capacitor has no curvature to speak of."""
    with pytest.raises(ValueError, match=words):
        call()
