"""From a pulse back: the linear map, parameters with intervals, the spectrum in the band, and superposition."""

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import kstest

from sslib.impedance import (
    CPE,
    C,
    FiniteLengthWarburg,
    L,
    PulseRecord,
    R,
    SphericalDiffusion,
    StepOperator,
    TransmissionLine,
    approximate,
    fit,
    fit_pulse,
    predict,
    pulse_record,
    pulses_by_length,
    simulate_pulses,
    spectrum_of_pulse,
    superposition,
)
from sslib.impedance.transient.compression import Compressed, samples_together
from sslib.impedance.transient.inverse import _Seen
from sslib.instruments import TimeSeries

EDGES = np.array([0.5, 0.6, 0.7, 1.7, 2.7, 12.7, 22.7])
CURRENT = 1e-5 * np.array([1, -1, 1, -1, 1, -1, 0.0])
ELECTRODE = R("R_sep") + TransmissionLine(
    ion=R("R_ion"), interface=C("C_dl") | (R("R_ct") + SphericalDiffusion("R_d", "tau_d"))
)
ARC = R("R_0") + (R("R_1") | C("C_1")), {"R_0": 20.0, "R_1": 50.0, "C_1": 0.02}
TRUTH = {"R_sep": 20.0, "R_ion": 60.0, "C_dl": 1e-3, "R_ct": 40.0, "R_d": 50.0, "tau_d": 100.0}


def record(circuit, values, noise=0.0, seed=0, step=5e-3, strength=1.0):
    """The answer of a circuit to the train above at 3.7 V, negative pulses so many times as strong."""
    time = np.arange(0, 27, step) + step / 2
    poles = approximate(circuit, 1e-6, 1e6, **values)
    current = np.where(CURRENT < 0, strength, 1.0) * CURRENT
    voltage = 3.7 + poles.after_steps(time, EDGES, current)
    return PulseRecord(time, voltage + noise * np.random.default_rng(seed).standard_normal(len(time)), EDGES, CURRENT)


@pytest.mark.parametrize("seed", range(4))
def test_one_matrix_answers_for_every_circuit(seed):
    """The map from impedance to voltage was not made for these circuits, and has to be as good as their own poles."""
    rng = np.random.default_rng(seed)
    circuit = R("R_0") + TransmissionLine(R("R_ion"), R("R_el"), interface=CPE("Q", "alpha") | R("R_ct"))
    values = {name: 10 ** rng.uniform(0, 3) for name in ("R_0", "R_ion", "R_el", "R_ct")}
    values |= {"Q": 10 ** rng.uniform(-6, -2), "alpha": rng.uniform(0.5, 1)}
    pulses = record(circuit, values)
    operator = StepOperator(pulses)
    ours = operator(circuit.impedance(operator.frequency, **values))
    assert np.abs(ours - (pulses.voltage - 3.7)).max() < 2e-6 * np.abs(pulses.voltage - 3.7).max()


def test_derivatives_in_time_are_those_of_the_answer():
    """A fit that goes along wrong slopes stops at the wrong place."""
    pulses = record(ELECTRODE, TRUTH)
    compressed = Compressed(pulses, drift=False)
    seen = _Seen(ELECTRODE, compressed.operator.grid, compressed.matrix)
    frequency = np.arange(1.0, len(compressed.data) // 2 + 1)
    _, slopes = seen.derivatives(frequency, **TRUTH)
    for name, slope in slopes.items():
        h = 1e-3 * TRUTH[name]
        there = [seen.impedance(frequency, **TRUTH | {name: TRUTH[name] + k * h}) for k in (-3, -2, -1, 1, 2, 3)]
        weights = np.array([-1, 9, -45, 45, -9, 1]) / (60 * h)
        np.testing.assert_allclose(slope, weights @ np.array(there), rtol=1e-7, atol=1e-9 * np.abs(slope).max())


def test_turning_a_record_loses_none_of_its_misfit():
    """Chi-square of the turned record and of the samples differ by what no circuit can answer, and by nothing else."""
    pulses = record(ELECTRODE, TRUTH, noise=2e-6)
    compressed = Compressed(pulses, drift=True)
    operator = compressed.operator
    others = np.stack([np.ones(len(pulses)), pulses.time], axis=1)

    def misfits(values):
        z = ELECTRODE.impedance(operator.frequency, **values)
        left = pulses.voltage - operator(z)
        left -= others @ np.linalg.lstsq(others, left, rcond=None)[0]
        turned = compressed.matrix @ np.concatenate([z.real, z.imag]) - compressed.data
        return (left**2).sum(), (turned**2).sum()

    first, second = misfits(TRUTH), misfits(TRUTH | {"R_ct": 45.0, "C_dl": 1.2e-3})
    assert second[0] - first[0] == pytest.approx(second[1] - first[1], rel=1e-6)


def test_parameters_come_back_within_their_intervals():
    """Without starts, from the voltage alone; an interval that misses the truth would be quoted as knowledge."""
    noise = 2e-6
    found = fit_pulse(ELECTRODE, record(ELECTRODE, TRUTH, noise=noise, seed=3))
    assert found.scatter == pytest.approx(noise, rel=0.03)
    assert found.rest == pytest.approx(3.7, abs=1e-6)
    assert np.std(found.residuals) == pytest.approx(noise, rel=0.03)
    assert 0.3 < found.reduced_chi_square < 2.2
    for name, true in TRUTH.items():
        low, high = found.interval(name, 0.999)
        assert low < true < high, name
        assert high / low < 1.1, name
    kinds = {verdict.kind for verdict in found.verdicts}
    assert {"faster than the record", "slower than the record"} <= kinds


@pytest.mark.slow
def test_intervals_of_repeated_pulses_hold_the_truth_as_often_as_they_say():
    """Standardised errors of sixty noisy records have to be those of a normal distribution."""
    errors = []
    for seed in range(60):
        found = fit_pulse(ELECTRODE, record(ELECTRODE, TRUTH, noise=2e-6, seed=seed), starts=TRUTH)
        spread = found.result.standard_errors
        errors.append([(found.values[name] - true) / spread[name] for name, true in TRUTH.items()])
    for column in np.transpose(errors):
        assert kstest(column, "norm").pvalue > 1e-3


def test_noise_that_goes_on_counts_for_fewer_samples():
    """A deviation of which each sample keeps four fifths scatters as (1 + 0.8)/(1 - 0.8) white ones, not as one."""
    white = np.random.default_rng(3).standard_normal(40_000)
    assert samples_together(white) == pytest.approx(1, abs=0.05)
    assert samples_together(lfilter([1.0], [1.0, -0.8], white)) == pytest.approx(9, rel=0.1)


def test_intervals_of_a_spectrum_are_of_the_level_that_is_asked_for():
    """Half of a normal distribution lies within a third of what holds 95 % of it."""
    circuit = R("R_0") + (R("R_1") | C("C_1"))
    poles = approximate(circuit, 1e-4, 1e5, R_0=10.0, R_1=20.0, C_1=1e-2)
    made = simulate_pulses(poles, [1.0], 1e-3, shortest=1e-3, noise=1e-4)
    half, most = (spectrum_of_pulse(made, level=level).resistance(np.array([0.01, 0.1])) for level in (0.5, 0.95))
    np.testing.assert_allclose((half[2] - half[1]) / (most[2] - most[1]), 0.674 / 1.96, rtol=0.35)


def test_what_is_over_before_the_first_sample_is_not_determined():
    """An arc of a microsecond is a resistance to a record of milliseconds: its capacitance must not be quoted."""
    circuit = R("R_0") + (R("R_1") | C("C_1")) + FiniteLengthWarburg("R_d", "tau_d")
    values = {"R_0": 10.0, "R_1": 20.0, "C_1": 5e-8, "R_d": 30.0, "tau_d": 2.0}
    found = fit_pulse(circuit, record(circuit, values, noise=1e-6))
    loose = {n for verdict in found.verdicts if verdict.kind == "not determined" for n in verdict.parameters}
    assert "C_1" in loose
    assert not {"R_d", "tau_d"} & loose
    total, (low, high) = found.derive(lambda v: v["R_0"] + v["R_1"])
    assert low < 30.0 < high
    assert total == pytest.approx(30.0, rel=0.02)


def test_a_prediction_tells_size_from_shape():
    """A cell of another area is off by one factor and by nothing else; one of another shape keeps its misfit."""
    poles = approximate(R("R_0") + (R("R_1") | C("C_1")), 1e-4, 1e5, R_0=10.0, R_1=20.0, C_1=1e-2)
    made = simulate_pulses(poles, [0.1, 1.0], 1e-3, shortest=1e-3, rest=1.0, voltage=3.7)
    larger = approximate(R("R_0") + (R("R_1") | C("C_1")), 1e-4, 1e5, R_0=8.0, R_1=16.0, C_1=1.25e-2)
    found = predict(made, larger)
    assert (found.off, found.scale) == pytest.approx((0.2, 1.25), rel=1e-4)
    assert found.off_scaled < 1e-5
    np.testing.assert_allclose(found.voltage - 3.7, 0.8 * (made.voltage - 3.7), atol=1e-7)
    np.testing.assert_allclose(found.scaled, made.voltage, atol=1e-7)
    without_rest = PulseRecord(made.time[1:], made.voltage[1:], made.edges, made.current)
    assert predict(without_rest, poles).off < 1e-6
    other = predict(made, approximate(R("R_0"), 1e-4, 1e5, R_0=30.0))
    assert 0.05 < other.off_scaled < other.off


def test_the_spectrum_of_a_pulse_is_that_of_the_circuit_in_its_band():
    """Without a circuit, within 5 % all over the band and within 1 % where the first sample does not decide."""
    found = spectrum_of_pulse(record(ELECTRODE, TRUTH, noise=2e-6, seed=1))
    true = ELECTRODE.impedance(found.frequency, **TRUTH)
    off = np.abs(found.impedance / true - 1)
    assert off.max() < 0.05
    assert off[found.frequency < found.frequency[0] / 3].max() < 0.01
    inside = (found.lower.real <= true.real) & (true.real <= found.upper.real)
    assert inside.mean() > 0.7
    assert found.frequency[0] / found.frequency[-1] > 1e3


def test_an_inductance_inside_is_refused_and_one_in_series_is_not_seen():
    """No sample holds what a lead answers to a jump."""
    pulses = record(ELECTRODE, TRUTH, noise=2e-6)
    with pytest.raises(ValueError, match="L_1 stands inside"):
        fit_pulse(R("R_0") + (R("R_1") | L("L_1")), pulses)
    found = fit_pulse(ELECTRODE + L("L_0"), pulses, starts={**TRUTH, "L_0": 1e-6})
    assert any(verdict.kind == "not determined" and "L_0" in verdict.parameters for verdict in found.verdicts)


def test_superposition_holds_for_a_linear_cell_and_finds_a_stronger_branch():
    """A test of linearity that sees none, or always some, is no test."""
    same = superposition(record(ELECTRODE, TRUTH, noise=2e-6))
    gain, error = same.gains["negative"]
    assert abs(gain) < 4 * error < 0.01
    assert same.left == pytest.approx(2e-6, rel=0.05)
    stronger = superposition(record(ELECTRODE, TRUTH, noise=2e-6, strength=1.03))
    gain, error = stronger.gains["negative"]
    assert gain == pytest.approx(0.03, abs=4 * error)
    assert stronger.left > 1.5 * stronger.left_with_gains
    with pytest.raises(ValueError, match="the group 'all' has 6 of 6"):
        superposition(record(ELECTRODE, TRUTH), {"all": range(6)})


def test_pulses_of_one_sign_are_tested_without_a_group():
    """A titration has none of the other sign: it still has to be one linear answer."""
    circuit = R("R_0") + (R("R_1") | C("C_1"))
    poles = approximate(circuit, 1e-5, 1e5, R_0=10.0, R_1=20.0, C_1=0.1)
    time = np.arange(0, 40, 0.05) + 0.01
    edges, current = [5.0, 10.0, 20.0, 25.0], [1e-3, 0.0, 1e-3, 0.0]
    noise = 1e-5 * np.random.default_rng(0).standard_normal(len(time))
    found = superposition(PulseRecord(time, poles.after_steps(time, edges, current) + noise, edges, current))
    assert found.gains == {}
    assert found.left == pytest.approx(1e-5, rel=0.1)
    assert found.left_with_gains == pytest.approx(found.left, rel=0.05)


def test_pulses_of_one_length_are_one_group():
    """Short pulses are held against the longest, and the rest at the end is none."""
    pulses = record(ELECTRODE, TRUTH, noise=2e-6)
    groups = pulses_by_length(pulses)
    assert {name: list(members) for name, members in groups.items()} == {"0.1 s": [0, 1], "1 s": [2, 3]}
    for gain, error in superposition(pulses, groups).gains.values():
        assert abs(gain) < 4 * error < 0.05


def test_a_drift_at_rest_is_no_answer_to_the_pulses():
    """A cell that still relaxes would seem to answer to one sign more than to the other."""
    still = record(ELECTRODE, TRUTH, noise=2e-6)
    moving = PulseRecord(still.time, still.voltage + 5e-6 * still.time, still.edges, still.current)
    assert superposition(moving, drift=True).left == pytest.approx(2e-6, rel=0.05)
    assert superposition(moving).left > 1.5 * superposition(moving, drift=True).left
    found = fit_pulse(ELECTRODE, moving, drift=True)
    assert found.drift == pytest.approx(5e-6, rel=0.05)
    low, high = found.interval("tau_d", 0.999)
    assert low < TRUTH["tau_d"] < high


def test_generated_pulses_are_the_answer_at_stated_times():
    """The notebook's default rests on them: the train, the noise, and what is refused."""
    poles = approximate(ELECTRODE, 1e-6, 1e6, **TRUTH)
    made = simulate_pulses(poles, [0.1, 10.0], 1e-5, shortest=1e-3, rest=5.0, noise=3e-6, voltage=3.7, seed=4)
    np.testing.assert_allclose(made.edges, [0, 0.1, 0.2, 10.2, 20.2])
    np.testing.assert_allclose(made.current, 1e-5 * np.array([1, -1, 1, -1, 0]))
    off = made.voltage - 3.7 - poles.after_steps(made.time, made.edges, made.current)
    assert np.std(off) == pytest.approx(3e-6, rel=0.15)
    assert made.span[0] == pytest.approx(1e-3)
    with pytest.raises(ValueError, match="no longer than the first sample"):
        simulate_pulses(poles, [1e-3], 1e-5, shortest=1e-2)


def series(step=True):
    """The train as an instrument writes it: a sample in the middle of each jump, an offset at rest."""
    time = np.arange(0, 5, 1e-2)
    number = np.searchsorted([1.0, 2.0, 3.0], time, side="right")
    current = np.array([-1e-8, 1e-5, -1e-5, -1e-8])[number]
    first = np.flatnonzero(np.diff(number)) + 1
    current[first] = (current[first - 1] + current[first]) / 2
    return TimeSeries(time, 3.7 + 100 * current, current, step=number if step else None)


@pytest.mark.parametrize("step", [True, False])
def test_a_record_knows_its_jumps_and_leaves_out_what_was_caught_in_between(step):
    """A sample in the middle of a jump has neither the one current nor the other."""
    found = pulse_record(series(step))
    np.testing.assert_allclose(found.edges, [0.995, 1.995, 2.995], atol=1e-9)
    np.testing.assert_allclose(found.current, [1.001e-5, -0.999e-5, 0.0], atol=1e-12)
    assert len(found) == 497
    assert any("3 samples are left out" in note for note in found.notes)
    assert any("is taken off" in note for note in found.notes)
    assert found.span[0] == pytest.approx(0.015)
    assert len(found.part(1).edges) == 1
    assert found.part(1).time[-1] < 1.995


@pytest.mark.parametrize("step", [True, False])
def test_two_samples_at_the_time_of_a_jump_are_on_neither_side(step):
    """The first has the voltage before it: taken for one after it, the whole ohmic jump would be off."""
    number = np.repeat([0, 1, 2], 51)
    time = np.concatenate([np.linspace(k, k + 1, 51) for k in range(3)])
    current = np.array([0, 1e-3, 0])[number]
    found = pulse_record(TimeSeries(time, 3.7 + 20 * current, current, step=number if step else None))
    np.testing.assert_allclose(found.edges, [1.0, 2.0], rtol=1e-12)
    np.testing.assert_allclose(found.voltage, 3.7 + 20 * np.append(0, found.current)[found.jump + 1])
    assert len(found) == 149
    assert any("4 samples at the very time of a jump" in note for note in found.notes)


@pytest.mark.parametrize("numbers", [np.zeros(400, dtype=int), np.repeat([1, 2], [100, 300]), np.repeat([1, 2], 200)])
def test_numbers_that_do_not_follow_the_current_make_no_jumps(numbers):
    """A loop under one number, or a column that counts something else: the current has the last word."""
    current = np.repeat([0, 1e-3, 0], [100, 20, 280])
    found = pulse_record(TimeSeries(np.arange(400.0), 3.7 + current, current, step=numbers))
    np.testing.assert_allclose(found.edges, [99.5, 119.5])
    np.testing.assert_allclose(found.current, [1e-3, 0])
    assert len(found) == 400


def test_a_time_that_is_repeated_within_a_step_is_one_sample():
    """Two voltages at one time have no order."""
    time = np.arange(30.0)
    time[20] = time[19]
    current = np.repeat([0, 1e-3], [10, 20])
    found = pulse_record(TimeSeries(time, 3.7 + current, current))
    assert len(found) == 29
    assert any("1 samples at the time of the one before" in note for note in found.notes)


def test_pulses_of_one_sample_are_pulses():
    """Up and down again is no current caught half way."""
    current = np.zeros(20)
    current[8], current[12] = 1e-3, -1e-3
    found = pulse_record(TimeSeries(np.arange(20.0), 3.7 + current, current))
    np.testing.assert_allclose(found.edges, [7.5, 8.5, 11.5, 12.5])
    np.testing.assert_allclose(found.current, [1e-3, 0, -1e-3, 0])


def test_a_step_too_small_to_be_told_is_named():
    """A small pulse beside a large one would be taken for rest in silence."""
    current = np.repeat([0, 1e-3, 0, 1e-5, 0], 10)
    found = pulse_record(TimeSeries(np.arange(50.0), 3.7 + current, current))
    assert len(found.edges) == 2
    assert any("up to 1 % of the largest" in note for note in found.notes)


def test_records_that_are_none_are_refused_by_name():
    """A sample at a jump is asked for what no sample knows, and spoils the fit of all others."""
    time, voltage = np.arange(3.0), np.ones(3)
    for arrays, message in (
        ((time, voltage, [1.0], [1e-3]), "at the very time of a jump, 1 s"),
        (([0.0, np.nan, 2.0], voltage, [0.5], [1e-3]), "finite at every sample"),
        ((time, voltage, [], []), "a current for each edge"),
        ((time, voltage, [0.5], [0.0]), "there is no pulse"),
        ((time, voltage, [5.0], [1e-3]), "after the first jump"),
    ):
        with pytest.raises(ValueError, match=message):
            PulseRecord(*arrays)
    with pytest.raises(ValueError, match="states none"):
        fit_pulse(R("R_0"), PulseRecord(np.arange(100.0), np.zeros(100), [0.5], [1e-3]))
    with pytest.raises(ValueError, match="lengths has shape"):
        simulate_pulses(approximate(R("R_0"), 1.0, 2.0, R_0=1.0), [], 1e-3, shortest=1e-3)


def test_a_file_name_in_the_place_of_its_content_is_refused_by_name():
    """A first-time user passes the path, and an AttributeError would not say what to do."""
    pulses = record(R("R"), {"R": 10.0})
    with pytest.raises(TypeError, match="a PulseRecord goes here"):
        fit_pulse(R("R"), "pulses.csv")
    with pytest.raises(TypeError, match="a TimeSeries goes here"):
        pulse_record("pulses.csv")
    with pytest.raises(TypeError, match="a Spectrum goes here"):
        fit(R("R"), "cell.mpr")
    with pytest.raises(ValueError, match="99 jumps are asked for; this record has 7"):
        pulses.part(99)


def test_a_fit_of_a_pulse_prints_its_table_and_what_it_does_not_know():
    """The arrays of a record are no answer to a reader."""
    found = fit_pulse(R("R_0") + (R("R_1") | C("C_1")), record(*ARC, noise=1e-5))
    text = str(found)
    assert "R_1" in text
    assert len(text) < 3000
    assert all(str(verdict) in text for verdict in found.verdicts)


def test_records_without_a_pulse_from_rest_are_refused():
    """What the current did before the record began is part of the answer."""
    whole = series()
    with pytest.raises(ValueError, match="not at rest"):
        pulse_record(whole.window(1.5))
    with pytest.raises(ValueError, match="never leaves"):
        pulse_record(TimeSeries([0.0, 1.0, 2.0], [3.7, 3.7, 3.7], [1e-3, 1e-3, 1e-3]))
    wave = np.arange(0, 10, 0.01)
    with pytest.raises(ValueError, match="not constant between jumps"):
        pulse_record(TimeSeries(wave, wave, np.where(wave < 5, 0, np.sin(wave)), step=(wave >= 5).astype(int)))


def test_the_measured_train_is_read_as_its_header_states_it(measured):
    """EC-Lab's header: 8.4 uA of either sign for 0.1, 1 and 10 s after a rest, a sample each millisecond."""
    from sslib.instruments import read_time_series

    found = pulse_record(read_time_series(measured / "lpscl_cells" / "CP_SSB.txt.gz"))
    np.testing.assert_allclose(np.diff(found.edges), [0.1, 0.1, 1, 1, 10, 10], atol=3e-4)
    np.testing.assert_allclose(found.current[:6], 8.4e-6 * np.array([1, -1, 1, -1, 1, -1]), rtol=2e-3)
    assert abs(found.current[6]) < 1e-8
    assert found.span == pytest.approx((1.2e-3, 10.0), rel=0.01)
    # The short pulses superpose to the noise of a sample at rest, 27 uV; all of them do not.
    assert superposition(found.part(2)).left < 3.2e-5
    assert superposition(found).left > 1e-4
