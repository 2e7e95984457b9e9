"""The Kramers-Kronig test: how often it calls a valid spectrum invalid, what it finds, and what it measures by."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from sslib.impedance import CPE, C, FiniteLengthWarburg, L, R, SphericalDiffusion, TransmissionLine, Warburg
from sslib.impedance.validity.kramers_kronig import kramers_kronig
from sslib.instruments import Spectrum, read_spectra, read_spectrum

ARC = R("R_0") + (R("R_ct") | CPE("Q", "alpha"))
SLOW = {"R_0": 20.0, "R_ct": 100.0, "Q": 1e-5, "alpha": 0.9}
FREQUENCY = np.geomspace(1e6, 0.01, 81)


def population(rng):
    """A valid spectrum as solid-state cells have them: its frequencies and impedance, without noise."""

    def between(low, high):
        return 10 ** rng.uniform(low, high)

    def arc(number, fastest, slowest):
        resistance, exponent = between(1, 3), rng.uniform(0.6, 1)
        q = (2 * np.pi * between(slowest, fastest)) ** -exponent / resistance
        element = R(f"R_{number}") | CPE(f"Q_{number}", f"alpha_{number}")
        return element, {f"R_{number}": resistance, f"Q_{number}": q, f"alpha_{number}": exponent}

    frequency = np.geomspace(between(5, 6.85), between(-2, 0), rng.integers(30, 100))
    first, values = arc(1, 5, 0)
    values |= {"R_0": between(0, 2)}
    model, kind = R("R_0") + first, rng.integers(6)
    if kind == 1:
        for number in (2, 3):
            other, more = arc(number, 6, -1)
            model, values = model + other, values | more
    if kind == 2:
        model, values = model + Warburg("s"), values | {"s": between(0, 2)}
    if kind == 3:
        blocking = {"Q_b": between(-6, -3), "alpha_b": rng.uniform(0.6, 0.95)}
        model, values = L("L") + model + CPE("Q_b", "alpha_b"), values | blocking | {"L": between(-7.5, -6)}
    if kind == 4:
        interface = CPE("Q_dl", "alpha_dl") | (R("R_ct") + SphericalDiffusion("R_d", "tau_d"))
        model += TransmissionLine(ion=R("R_ion"), electron=R("R_el"), interface=interface, terminals="ion-electron")
        values |= {"R_ion": between(0, 3), "R_el": between(-1, 2), "Q_dl": between(-5, -2), "alpha_dl": 0.85}
        values |= {"R_ct": between(0, 3), "R_d": between(0, 3), "tau_d": between(1, 4)}
    if kind == 5:
        model, values = (
            model + FiniteLengthWarburg("R_w", "t_w"),
            values | {"R_w": between(0, 3), "t_w": between(-2, 2)},
        )
    return frequency, model.impedance(frequency, **values)


def noisy(impedance, level, rng):
    return impedance + level * np.abs(impedance) * (rng.standard_normal((len(impedance), 2)) @ [1, 1j])


def passed(frequency):
    """Share of a sweep's time that had passed at each point, each of which takes a period."""
    time = np.cumsum(1 / frequency)
    return (time - time[0]) / np.ptp(time)


def share(outcomes, least=None, most=None):
    """Assert that a share is at least or at most a number, beyond what chance does once in a thousand."""
    count, hits = len(outcomes), int(np.sum(outcomes))
    if most is not None:
        assert hits <= stats.binom.ppf(0.999, count, most), f"{hits} of {count}"
    if least is not None:
        assert hits >= stats.binom.ppf(0.001, count, least), f"{hits} of {count}"


def kinds(test):
    return [verdict.kind for verdict in test.verdicts]


@pytest.mark.parametrize("level", [0.003, 0.01])
def test_valid_spectra_are_rarely_called_invalid(level):
    """More than one in twenty false alarms would make a verdict in every report worthless."""
    rng = np.random.default_rng(1)
    tests = []
    for _ in range(30):
        frequency, impedance = population(rng)
        tests.append(kramers_kronig(Spectrum(frequency, noisy(impedance, level, rng))))
    share([not test.valid for test in tests], most=0.04)


@pytest.mark.slow
@pytest.mark.parametrize("immittance", ["Z", "Y"])
@pytest.mark.parametrize("level", [0.0005, 0.003, 0.01])
def test_false_alarms_over_many_valid_spectra(level, immittance):
    """As above, narrow enough to see the rate double; and the noise comes out with the scatter that is stated."""
    rng = np.random.default_rng(2)
    tests = []
    for _ in range(300):
        frequency, impedance = population(rng)
        tests.append(kramers_kronig(Spectrum(frequency, noisy(impedance, level, rng)), immittance=immittance))
    share([not test.valid for test in tests], most=0.04)
    off = np.array([(test.noise / level - 1) / (test.noise_error / test.noise) for test in tests])
    share(np.abs(off) < 1.96, least=0.92)


def test_the_criterion_alone_would_stop_too_early():
    """If the criterion mu were the last word, broad spectra would be called inconsistent without being so."""
    rng = np.random.default_rng(3)
    outcomes = []
    for _ in range(12):
        frequency, impedance = population(rng)
        spectrum = Spectrum(frequency, noisy(impedance, 0.001, rng))
        test = kramers_kronig(spectrum)
        assert test.count >= test.mu_count
        if test.count > test.mu_count:
            outcomes.append(kramers_kronig(spectrum, count=test.mu_count).probability < 0.01)
    assert np.mean(outcomes) > 0.2


def test_a_bad_decade_is_found_where_it_is():
    """Ten times the noise in one decade of eight must be seen, not be spread over the spectrum's noise."""
    rng = np.random.default_rng(4)
    found = []
    for _ in range(12):
        impedance = ARC.impedance(FREQUENCY, **SLOW)
        spoilt = (FREQUENCY < 900) & (FREQUENCY > 90)
        data = np.where(spoilt, noisy(impedance, 0.03, rng), noisy(impedance, 0.003, rng))
        test = kramers_kronig(Spectrum(FREQUENCY, data))
        named = [v for v in test.verdicts if v.kind in ("points stand out", "not Kramers-Kronig consistent")]
        found.append(any(v.lowest < 900 and v.highest > 90 for v in named) and 0.5 < test.noise / 0.003 < 2)
    share(found, least=0.9)


@pytest.mark.parametrize(("step", "level", "least"), [(0.02, 0.003, 0.9), (0.05, 0.01, 0.75)])
def test_a_kink_where_the_range_was_switched_is_found(step, level, least):
    """A step in |Z| has no matching phase; missed, it would be fitted as an arc."""
    rng = np.random.default_rng(5)
    found = []
    for _ in range(12):
        frequency, impedance = population(rng)
        impedance = impedance * np.where(frequency < np.sqrt(frequency[0] * frequency[-1]), 1 + step, 1)
        found.append(not kramers_kronig(Spectrum(frequency, noisy(impedance, level, rng))).valid)
    share(found, least=least)


def drifting(size, level, rng, time=None):
    """A Randles circuit whose charge-transfer resistance grows while the spectrum is measured."""
    part = passed(FREQUENCY) if time is None else time / time.max()
    values = {**SLOW, "R_ct": 100 * (1 + size * part)}
    values = {name: np.broadcast_to(value, FREQUENCY.shape) for name, value in values.items()}
    impedance = np.diagonal(ARC.impedance(FREQUENCY, **values))
    return Spectrum(FREQUENCY, noisy(impedance, level, rng), time=time)


def test_a_drifting_charge_transfer_resistance_is_measured():
    """R_ct of 5/6 of |Z| that grows by 12 % is a drift of 10 %; the interval must hold that, and a verdict say it."""
    rng = np.random.default_rng(6)
    tests = [kramers_kronig(drifting(0.12, 0.003, rng)) for _ in range(12)]
    errors = np.array([(test.drift.size - 0.1) / test.drift.standard_error for test in tests])
    share(np.abs(errors) < 2.6, least=0.95)
    share(["drift" in kinds(test) for test in tests], least=0.95)
    assert all(test.drift.assumed for test in tests)


def test_power_against_a_drift_of_three_percent():
    """At 0.1 % noise, which a good instrument has, 3 % a sweep must be found nearly always."""
    rng = np.random.default_rng(7)
    tests = [kramers_kronig(drifting(0.036, 0.001, rng)) for _ in range(12)]
    share(["drift" in kinds(test) for test in tests], least=0.9)


def test_times_of_the_points_decide_over_the_assumed_order():
    """Measured from low to high frequency, the same cell drifts in the other part of the spectrum."""
    time = np.cumsum(1 / FREQUENCY[::-1])[::-1]
    rng = np.random.default_rng(8)
    test = kramers_kronig(drifting(0.3, 0.0005, rng, time=time - time.min()))
    assert not test.drift.assumed
    assert test.drift.size > 3 * test.drift.standard_error


def test_drift_has_one_sign_in_impedance_and_admittance():
    """The admittance falls where the impedance grows; the drift is stated of the impedance."""
    spectrum = drifting(0.12, 0.001, np.random.default_rng(9))
    for immittance in ("Z", "Y"):
        assert_allclose(kramers_kronig(spectrum, immittance=immittance).drift.size, 0.1, atol=0.03)


def test_the_consistent_range_ends_where_the_spectrum_is_spoilt():
    """A lead's resonance above 2 MHz must shorten the range there and nowhere else."""
    frequency = np.geomspace(7e6, 0.1, 79)
    rng = np.random.default_rng(10)
    impedance = noisy(ARC.impedance(frequency, **SLOW), 0.001, rng)
    spoilt = frequency > 2e6
    impedance[spoilt] *= 1 + 0.03 * rng.choice([-1, 1], spoilt.sum())
    test = kramers_kronig(Spectrum(frequency, impedance))
    assert test.consistent[0] == frequency.min()
    assert 1e5 < test.consistent[1] <= 3e6
    (verdict,) = [v for v in test.verdicts if v.kind == "not Kramers-Kronig consistent"]
    assert verdict.highest == frequency[0]
    assert verdict.size > 0.01
    assert "Hz" in str(verdict)
    assert_allclose(test.noise, 0.001, rtol=0.25)


def test_what_fails_everywhere_has_no_consistent_range():
    """The mirror image of a spectrum, which no passive cell has, must not pass in any part by its smoothness."""
    impedance = ARC.impedance(FREQUENCY, **SLOW) + Warburg("s").impedance(FREQUENCY, s=30.0)
    rng = np.random.default_rng(11)
    test = kramers_kronig(Spectrum(FREQUENCY, noisy(impedance.conj() * (1 + 0.05 * np.sin(FREQUENCY)), 0.0005, rng)))
    assert test.consistent is None
    assert not test.valid
    assert kinds(test)[0] == "not Kramers-Kronig consistent"


@pytest.mark.parametrize("points", [5, 8, 300])
def test_few_and_many_points(points):
    """Neither five points nor three hundred may break the fit or leave it nothing to test with."""
    frequency = np.geomspace(1e5, 1, points)
    impedance = noisy(ARC.impedance(frequency, **SLOW), 0.01, np.random.default_rng(12))
    test = kramers_kronig(Spectrum(frequency, impedance))
    assert np.isfinite(test.residuals).all()
    assert test.degrees_of_freedom >= 3
    assert test.degrees_of_freedom >= 2 * points - 1.2 * points - 1
    assert ("few points" in kinds(test)) == (points < 12)
    # So few points pass whatever they are: that is no proof.
    assert test.valid is (None if points < 12 else True)


def test_few_points_that_fail_are_not_valid():
    """That points are few excuses what is not found, not what is."""
    frequency = np.geomspace(1e5, 1, 11)
    impedance = ARC.impedance(frequency, **SLOW)
    impedance[5] *= 1.5
    test = kramers_kronig(Spectrum(frequency, noisy(impedance, 1e-3, np.random.default_rng(15))))
    assert {"few points"} < set(kinds(test))
    assert test.valid is False


def test_units_do_not_matter():
    """A spectrum in gigaohm and millihertz is as well conditioned as one in ohm and kilohertz."""
    rng = np.random.default_rng(13)
    impedance = noisy(ARC.impedance(FREQUENCY, **SLOW), 0.003, rng)
    here, there = (
        kramers_kronig(Spectrum(FREQUENCY, impedance)),
        kramers_kronig(Spectrum(FREQUENCY * 1e-6, impedance * 1e9)),
    )
    assert_allclose(there.residuals, here.residuals, atol=1e-7)
    assert (here.count, here.consistent[0]) == (there.count, pytest.approx(there.consistent[0] * 1e6))


@pytest.mark.parametrize("level", [0.0, 1e-6])
def test_what_the_elements_cannot_describe_is_no_inconsistency(level):
    """A spectrum from a formula has no noise: what is left is the elements' own error, which says nothing of a cell."""
    rng = np.random.default_rng(14)
    for _ in range(10):
        frequency, impedance = population(rng)
        test = kramers_kronig(Spectrum(frequency, noisy(impedance, level, rng)))
        assert "not Kramers-Kronig consistent" not in kinds(test)
        assert "drift" not in kinds(test)


def test_a_fixed_count_is_that_count():
    """Residuals of one RC element with its own time constant in the list vanish; degrees of freedom are counted."""
    frequency = np.geomspace(1e4, 1, 41)
    times = np.geomspace(10**-0.5 / (2 * np.pi * 1e4), 10**0.5 / (2 * np.pi), 6)
    impedance = R("R_0").impedance(frequency, R_0=10.0) + 40 / (1 + 2j * np.pi * frequency * times[2])
    test = kramers_kronig(Spectrum(frequency, impedance), count=6)
    assert (test.count, test.mu_count, test.degrees_of_freedom) == (6, 6, 82 - 9)
    assert np.abs(test.residuals).max() < 1e-10
    assert_allclose(test.mu, 1.0, atol=1e-6)
    without = kramers_kronig(Spectrum(frequency, impedance), count=6, inductance=False, capacitance=False)
    assert without.degrees_of_freedom == 82 - 7


def test_extensions_take_what_resistors_and_capacitors_cannot():
    """Without the inductance a lead's micro-henry, without the capacitance a blocking electrode is left over."""
    frequency = np.geomspace(1e6, 1, 61)
    model = L("L") + R("R_0") + C("C")
    impedance = model.impedance(frequency, L=1e-6, R_0=5.0, C=1e-3)
    full = kramers_kronig(Spectrum(frequency, impedance), count=3)
    assert np.abs(full.residuals).max() < 1e-9
    for left_out in ("inductance", "capacitance"):
        test = kramers_kronig(Spectrum(frequency, impedance), count=3, **{left_out: False})
        assert np.abs(test.residuals).max() > 1e-3
    # Capacitor across resistor and inductor: the extensions of the admittance.
    impedance = (C("C") | (R("R_0") | L("L"))).impedance(frequency, L=1e-3, R_0=5.0, C=1e-6)
    test = kramers_kronig(Spectrum(frequency, impedance), count=3, immittance="Y")
    assert np.abs(test.residuals).max() < 1e-9


def test_bad_input_is_refused_by_name():
    spectrum = Spectrum(FREQUENCY, ARC.impedance(FREQUENCY, **SLOW))
    for settings, words in (
        ({"immittance": "M"}, "immittance is 'M'"),
        ({"count": "few"}, "count is 'few'"),
        ({"count": 0}, "count is 0"),
        ({"count": 200}, "81 points allow 1 to 157"),
        ({"mu": 1.5}, "mu is 1.5"),
    ):
        with pytest.raises(ValueError, match=words):
            kramers_kronig(spectrum, **settings)
    with pytest.raises(ValueError, match="4 points"):
        kramers_kronig(Spectrum([4.0, 3.0, 2.0, 1.0], [1.0, 1.0, 1.0, 1.0]))
    with pytest.raises(ValueError, match="0 ohm"):
        kramers_kronig(Spectrum(FREQUENCY, np.where(FREQUENCY > 1, 1.0, 0.0)))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("impedance", np.nan, "magnitude of the impedance is nan"),
        ("impedance", np.inf, "magnitude of the impedance is inf"),
        ("frequency", 0.0, "frequency is 0; it must be positive"),
        ("frequency", -3.0, "frequency is -3; it must be positive"),
        ("frequency", np.nan, "frequency is nan"),
        ("time", np.nan, "time is nan"),
        ("time", np.inf, "time is inf"),
    ],
)
def test_a_value_that_is_no_measurement_is_named(name, value, words):
    """One such point among many would come out as a verdict of NaN, or as an error of linear algebra."""
    given = {"frequency": FREQUENCY.copy(), "impedance": ARC.impedance(FREQUENCY, **SLOW), "time": 1.0 / FREQUENCY}
    given[name][5] = value
    with pytest.raises(ValueError, match=words):
        kramers_kronig(SimpleNamespace(**given))


def test_arrays_that_do_not_go_together_are_named():
    given = {"frequency": FREQUENCY, "impedance": ARC.impedance(FREQUENCY, **SLOW), "time": 1.0 / FREQUENCY}
    for change, words in (
        ({"impedance": given["impedance"][1:]}, r"impedance has the shape \(80,\)"),
        ({"time": given["time"][1:]}, r"time has the shape \(80,\)"),
        ({"frequency": 5.0}, r"frequency has the shape \(\)"),
        ({"frequency": np.full(81, 10.0)}, "every point is at 10 Hz"),
    ):
        with pytest.raises(ValueError, match=words):
            kramers_kronig(SimpleNamespace(**{**given, **change}))


def test_a_measured_cell_is_consistent_below_the_megahertz(measured):
    """A lithium-metal-free cell at rest: leads spoil the last half decade, and nothing drifts."""
    test = kramers_kronig(read_spectrum(measured / "lpscl_cells" / "PEIS_SSB.mpr"))
    assert test.consistent[0] < 0.011
    assert 1e6 < test.consistent[1] < 6e6
    assert 0.0005 < test.noise < 0.0015
    assert "drift" not in kinds(test)


def test_a_cell_after_its_discharge_drifts(measured):
    """Measured as the cell still relaxed: a test that passes this one sees no drift anywhere."""
    test = kramers_kronig(read_spectrum(measured / "lpscl_cells" / "Sample1_PEIS_EndOfDischarge.mpr"))
    assert "drift" in kinds(test)
    assert not test.drift.assumed
    assert test.drift.size < -4 * test.drift.standard_error
    assert test.consistent[0] > 10


def test_ten_repeats_are_judged_alike(measured):
    """One cell, one instrument: ranges that differ from repeat to repeat would be chance."""
    spectra = read_spectra(measured / "lpscl_cells" / "Sample2_PEIS_AtRest.csv")
    tests = [kramers_kronig(spectrum) for spectrum in spectra]
    assert {test.consistent[0] for test in tests} == {spectra[0].frequency.min()}
    assert all(1e6 < test.consistent[1] < 7e6 for test in tests)
    noise = np.array([test.noise for test in tests])
    assert_allclose(noise, np.median(noise), rtol=0.25)
