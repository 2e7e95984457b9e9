"""Hebb-Wagner polarisation: the law, its forward model, coverage, limits, and what is refused."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import binomtest

from sslib.instruments import TimeSeries, read_time_series
from sslib.kinetics import thermal_voltage
from sslib.measurements import diffusion_series, electronic_current, hebb_wagner, simulate_polarisation
from sslib.units import S_cm
from tests.simulations import simulations

THERMAL = float(thermal_voltage(298.15))
CELL = {"area": 1e-4, "thickness": 5e-4}
ELECTRONS = 5e-7
HOLES = ELECTRONS * np.exp(-0.8 / THERMAL)
DIFFUSIVITY = 1e-10
TAU = CELL["thickness"] ** 2 / np.pi**2 / DIFFUSIVITY
VOLTAGES = (0.03, 0.1, 0.4, 0.75, 0.8)


@pytest.fixture(scope="module")
def clean():
    return simulate_polarisation(VOLTAGES, 6 * TAU, electrons=ELECTRONS, holes=HOLES, diffusivity=DIFFUSIVITY, **CELL)


def noisy(series, seed, noise=3e-11, leak=0.0):
    scatter = noise * np.random.default_rng(seed).standard_normal(len(series))
    return TimeSeries(series.time, series.voltage, series.current + leak + scatter, step=series.step)


def plain(current, voltages, seconds=100.0, noise=1e-12):
    """Steps without a relaxation, whose steady currents are given [A]."""
    time = np.arange(1.0, 51) * seconds / 50
    scatter = noise * np.random.default_rng(1).standard_normal((len(voltages), 50))
    times = [number * seconds + time for number in range(len(voltages))]
    rows = np.broadcast_to(np.asarray(current)[:, None], scatter.shape) + scatter
    step = np.repeat(np.arange(len(voltages)), 50)
    return TimeSeries(np.concatenate(times), np.repeat(voltages, 50), rows.ravel(), step=step)


def test_the_law_is_the_integral_of_the_conductivity():
    """Another sign or factor would give another conductivity from the same slope."""
    u = 0.37
    sigma_e, sigma_h = 3e-7, 2e-11

    def conductivity(E):
        return sigma_e * np.exp(-E / THERMAL) + sigma_h * np.exp(E / THERMAL)

    integral = quad(conductivity, 0, u, epsabs=0, epsrel=1e-12)[0] * CELL["area"] / CELL["thickness"]
    assert float(electronic_current(u, sigma_e, sigma_h, **CELL)) == pytest.approx(integral, rel=1e-10)


def test_the_forward_model_settles_to_the_law(clean):
    """The finite volumes know no steady formula: that they meet it verifies both."""
    ends = [clean.current[clean.step == number][-1] for number in range(1, len(VOLTAGES) + 1)]
    law = electronic_current(VOLTAGES, ELECTRONS, HOLES, **CELL)
    # Six time constants leave 2 exp(-6) of each change, and a little of those before.
    left = 2 * float(diffusion_series(6.0)) * np.abs(np.diff(law, prepend=0.0))
    np.testing.assert_allclose(np.array(ends) - law, left, rtol=0.05)


def test_the_forward_model_relaxes_by_the_series(clean):
    """The time constant is L²/(pi² D), and the amplitude twice the change."""
    own = clean.step == 1
    since = clean.time[own]
    law = float(electronic_current(VOLTAGES[0], ELECTRONS, HOLES, **CELL))
    late = since > 0.005 * TAU
    expected = law * (1 + 2 * diffusion_series(since[late] / TAU))
    np.testing.assert_allclose(clean.current[own][late], expected, rtol=1e-3)


def test_ions_that_conduct_far_better_are_never_in_the_way(clean):
    """The general path of the forward model has the fast one as its limit."""
    slow = simulate_polarisation(
        VOLTAGES[:1], 6 * TAU, electrons=ELECTRONS, holes=HOLES, ions=1.0, diffusivity=DIFFUSIVITY, **CELL
    )
    np.testing.assert_allclose(slow.current[1:], clean.current[clean.step == 1], rtol=1e-4)


def test_ions_that_conduct_worse_slow_the_settling_but_not_its_end():
    """Blocked ions carry nothing in the end, however badly they conduct."""
    slow = simulate_polarisation([0.02], 60 * TAU, electrons=ELECTRONS, ions=ELECTRONS, diffusivity=DIFFUSIVITY, **CELL)
    law = float(electronic_current(0.02, ELECTRONS, 0.0, **CELL))
    assert slow.current[-1] == pytest.approx(law, rel=1e-3)


def coverage(clean, seeds):
    truths = {"electrons": ELECTRONS, "holes": HOLES, "diffusivity": DIFFUSIVITY, "slope": None}
    truths["slope"] = ELECTRONS * np.exp(-0.8 / THERMAL) + HOLES * np.exp(0.8 / THERMAL)
    inside, judged = dict.fromkeys(truths, 0), 0
    for seed in seeds:
        leak = 5e-12 * np.random.default_rng([seed, 1]).standard_normal()
        found = hebb_wagner(noisy(clean, seed, leak=leak), leak_error=5e-12, **CELL)
        if found.law != "electrons and holes":
            continue
        judged += 1
        estimates = {name: getattr(found, name) for name in ("electrons", "holes", "diffusivity")}
        estimates["slope"] = found.conductivity(0.8)
        for name, own in estimates.items():
            low, high = own.interval()
            inside[name] += low < truths[name] < high
    return inside, judged


def test_intervals_hold_the_truth(clean):
    """Each of the four numbers in 95 of 100 records, and the law found in nearly all."""
    n = simulations(30)
    inside, judged = coverage(clean, range(n))
    assert binomtest(judged, n, 0.99, alternative="less").pvalue > 1e-3
    for name, count in inside.items():
        assert binomtest(count, judged, 0.95).pvalue > 1e-3, name


@pytest.mark.parametrize(("ions", "length"), [(np.inf, 3.0), (10 * ELECTRONS, 8.0)])
def test_intervals_hold_where_a_step_is_bent(ions, length):
    """Steps that follow before the last has settled, and ions that are in the way, bend the series and not its end."""
    voltages, cell = (0.05, 0.1, 0.3, 0.8), {"electrons": ELECTRONS, "holes": HOLES, "diffusivity": DIFFUSIVITY, **CELL}
    series = simulate_polarisation(voltages, length * TAU, ions=ions, cells=24, **cell)
    n, inside = simulations(20), np.zeros(4, dtype=int)
    for seed in range(n):
        ends = np.array([own.interval for own in hebb_wagner(noisy(series, seed, 2e-11), **CELL).steady])
        law = electronic_current(voltages, ELECTRONS, HOLES, **CELL)
        inside += (ends[:, 0] < law) & (law < ends[:, 1])
    for count in inside:
        assert binomtest(int(count), n, 0.95).pvalue > 1e-3


@pytest.mark.slow
def test_intervals_hold_the_truth_in_many_records(clean):
    """The same, on both sides of 95 of 100, with enough records to see 4 % less."""
    n = simulations(300)
    inside, judged = coverage(clean, range(1000, 1000 + n))
    for name, count in inside.items():
        assert binomtest(count, judged, 0.95).pvalue > 1e-3, name


def test_exchanged_leads_are_refused(clean):
    """Both signs turned, electrons would be taken for holes, and the plating of lithium for a measurement."""
    series = TimeSeries(clean.time, -clean.voltage, -clean.current, step=clean.step)
    with pytest.raises(ValueError, match=r"-0\.8 V against lithium: there lithium is plated.*leads were exchanged"):
        hebb_wagner(series, **CELL)


def test_a_window_that_is_not_stated_is_said(clean):
    """Whether 0.8 V decomposes the electrolyte was not asked then."""
    words = "no window of stability is stated"
    assert any(words in text for text in hebb_wagner(clean, **CELL).verdicts)
    assert not any(words in text for text in hebb_wagner(clean, window=(0.0, 1.0), **CELL).verdicts)


def test_the_leak_is_taken_off_the_last_samples_too():
    """A table of currents with and without the leak side by side would show a relaxation that is none."""
    U = np.array([0.1, 0.2, 0.4])
    found = hebb_wagner(plain(1e-8 * U + 5e-10, U), leak=5e-10, **CELL)
    np.testing.assert_allclose(found.table()["last samples [A]"], 1e-8 * U, rtol=3e-3)


def test_it_works_on_a_file_that_a_potentiostat_writes(clean, potentiostat_file):
    """Columns, steps and a rest in a real file have to come out the same."""
    series = noisy(clean, 5)
    here = hebb_wagner(series, **CELL)
    there = hebb_wagner(read_time_series(potentiostat_file(series)), **CELL)
    np.testing.assert_allclose(there.current, here.current, rtol=1e-3)
    assert there.law == "electrons and holes"


def test_an_ohmic_conductor_is_found_to_be_one():
    """LLZO of 5.5e-8 S/cm: the printed formula holds there, and the bent law must not be taken."""
    sigma = 5.5e-8 * S_cm
    U = np.array([0.1, 0.2, 0.4, 0.6, 0.8])
    found = hebb_wagner(plain(sigma * U * CELL["area"] / CELL["thickness"], U), **CELL)
    assert found.law == "ohmic"
    assert abs(found.ohmic.value - sigma) < 4 * found.ohmic.error
    assert found.conductivity(0.3) == found.ohmic
    assert found.mean_conductivity(2).value == pytest.approx(sigma, rel=1e-3)


def test_a_record_without_noise_has_a_law(clean):
    """Errors of a millionth would let every law fail: no voltage is known so well."""
    found = hebb_wagner(clean, **CELL)
    assert found.law == "electrons and holes"
    assert found.electrons.value == pytest.approx(ELECTRONS, rel=1e-3)


@pytest.mark.parametrize("order", [(0.8, 0.4, 0.1, 0.03), (-0.01, -0.02, 0.02, 0.01)])
def test_steps_down_and_to_either_sign_are_steps(order):
    """A program need not climb: what the jump was decides which way the current settles."""
    cell = {"electrons": ELECTRONS, "holes": HOLES, "diffusivity": DIFFUSIVITY, **CELL}
    found = hebb_wagner(noisy(simulate_polarisation(order, 8 * TAU, **cell), 1), **CELL)
    law = electronic_current(order, ELECTRONS, HOLES, **CELL)
    assert (np.abs(found.current - law) < 4 * np.array([own.current.error for own in found.steady])).all()


def test_on_the_plateau_the_printed_formula_is_not_the_conductivity(clean):
    """The slope is what conducts there: five orders below i L/(A U)."""
    found = hebb_wagner(noisy(clean, 3), **CELL)
    true = 2 * ELECTRONS * np.exp(-0.4 / THERMAL)
    assert found.conductivity(0.4).value == pytest.approx(true, rel=0.01)
    assert found.mean_conductivity(2).value > 1e5 * true


def test_slopes_between_steps_need_no_law(clean):
    """They are the mean conductivity between two potentials."""
    middle, slope, error = hebb_wagner(noisy(clean, 3), **CELL).slopes()
    law = electronic_current(VOLTAGES, ELECTRONS, HOLES, **CELL)
    true = np.diff(law) / np.diff(VOLTAGES) * CELL["thickness"] / CELL["area"]
    assert (np.abs(slope - true) < 4 * error).all()
    np.testing.assert_allclose(middle, (np.array(VOLTAGES[1:]) + VOLTAGES[:-1]) / 2)


def test_two_small_voltages_cannot_tell_the_laws_apart():
    """Below RT/F everything is straight: a law that is named there is a guess."""
    U = np.array([0.002, 0.004])
    found = hebb_wagner(plain(1e-7 * U, U, noise=1e-12), **CELL)
    assert found.law == "undecided"
    assert any("larger voltages" in text for text in found.verdicts)


def test_currents_that_follow_no_law_are_given_none():
    """A conductivity of a law that does not hold would look as good as any."""
    U = np.array([0.1, 0.2, 0.4, 0.6])
    found = hebb_wagner(plain(1e-9 * np.array([1.0, 1.1, 3.0, 3.1]), U), **CELL)
    assert found.law == "neither"
    with pytest.raises(ValueError, match=r"the law is 'neither'.*slopes\(\)"):
        found.conductivity(0.2)


def test_a_current_at_the_resolution_is_an_upper_limit():
    """LiPON: what a picoammeter shows is its own, and the conductivity is only known to be below."""
    U = np.array([0.5, 1.0])
    found = hebb_wagner(plain([2e-13, -1e-13], U, noise=1e-13), resolution=1e-12, **CELL)
    assert found.law == "below the resolution"
    assert found.limited == (True, True)
    # (0.1 + 1) pA over 1 V, to what the resolution adds.
    assert found.upper_limit == pytest.approx(1.1e-12 * CELL["thickness"] / CELL["area"], rel=0.05)
    assert any("upper limit and no value" in text for text in found.verdicts)


def test_the_leak_is_taken_off():
    """An instrument's own current would be read as electrons."""
    U = np.array([0.1, 0.2, 0.4])
    found = hebb_wagner(plain(1e-8 * U + 5e-10, U), leak=5e-10, leak_error=1e-12, **CELL)
    assert found.law == "ohmic"
    assert found.ohmic.value == pytest.approx(1e-8 * 5.0, rel=2e-3)


def test_a_voltage_outside_the_window_is_refused(clean):
    """What decomposes is not measured; the message has the window and what to do."""
    with pytest.raises(ValueError, match=r"0\.8 V lies outside of the electrolyte's window, 0 to 0\.78 V.*decomposes"):
        hebb_wagner(clean, window=(0.0, 0.78), **CELL)


def test_a_decomposing_electrolyte_is_refused(clean):
    """Its current grows at one voltage, whatever the others do."""
    grows = np.where(clean.step == 5, 3e-12 * np.maximum(clean.time - 4 * 6 * TAU, 0), 0)
    series = TimeSeries(clean.time, clean.voltage, clean.current + grows, step=clean.step)
    with pytest.raises(ValueError, match=r"the step at 0\.8 V grows over its second half"):
        hebb_wagner(noisy(series, 1), **CELL)


def test_a_current_against_the_voltage_is_refused():
    """Exchanged leads would give a negative conductivity."""
    with pytest.raises(ValueError, match="against the voltage"):
        hebb_wagner(plain([-1e-9, -2e-9], [0.1, 0.2]), **CELL)


def test_a_current_in_the_wrong_unit_is_doubted():
    """Milliampere taken for ampere made an electrolyte of 80 S/cm, with nothing said."""
    voltages = np.array([0.1, 0.2, 0.3])
    found = hebb_wagner(plain(voltages / 10, voltages, noise=1e-6), **CELL)
    assert any("no electrolyte" in text for text in found.verdicts)


def test_steps_that_have_not_settled_are_refused():
    """A tenth of the time that it takes: every current too large."""
    short = simulate_polarisation([0.05, 0.1], 0.7 * TAU, electrons=ELECTRONS, diffusivity=DIFFUSIVITY, **CELL)
    with pytest.raises(ValueError, match="has not settled"):
        hebb_wagner(noisy(short, 1, 1e-12), **CELL)


def test_between_two_blocking_electrodes_large_voltages_are_doubted():
    """No electrode fixes the lithium activity there."""
    U = np.array([0.1, 0.2])
    found = hebb_wagner(plain(1e-8 * U, U), electrodes="both blocking", **CELL)
    assert any("no electrode fixes the lithium activity" in text for text in found.verdicts)
    with pytest.raises(ValueError, match="electrodes is 'none'"):
        hebb_wagner(plain(1e-8 * U, U), electrodes="none", **CELL)


def test_a_series_without_a_voltage_is_refused():
    """A wrong file would give an empty answer."""
    series = TimeSeries(np.arange(20.0), np.zeros(20), np.zeros(20))
    with pytest.raises(ValueError, match="needs steps of constant voltage"):
        hebb_wagner(series, **CELL)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: electronic_current(0.1, -1.0, 0.0, **CELL), "electrons is -1"),
        (lambda: hebb_wagner(None, area=0.0, thickness=1e-3), "area is 0"),
        (lambda: simulate_polarisation([0.1], 10.0, electrons=1e-7, ions=0.0, diffusivity=1e-10, **CELL), "ions is 0"),
        (lambda: simulate_polarisation([0.1], 10.0, electrons=0.0, diffusivity=1e-10, **CELL), "electronic_conductiv"),
    ],
)
def test_the_impossible_is_refused(call, message):
    """Each names the quantity and the value."""
    with pytest.raises(ValueError, match=message):
        call()
