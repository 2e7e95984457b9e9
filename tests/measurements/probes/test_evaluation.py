"""Conductivity by four contacts: its truth and interval on generated data, and what it refuses."""

import numpy as np
import pytest
from scipy.linalg import solve_banded
from scipy.stats import binom

from sslib.instruments import TimeSeries, read_time_series
from sslib.measurements import (
    LineProbe,
    PointProbe,
    geometry_errors,
    probe_conductivity,
    probe_conductivity_of_series,
    seen_conductivity,
)
from sslib.units import S_cm, mm, uA, um
from tests.simulations import simulations

PROBE = LineProbe.equally_spaced(
    1.0 * mm, line_length=8 * mm, thickness=60 * um, sample_length=9 * mm, contact_width=0.01 * mm
)
UNCERTAIN = {"position": 10 * um, "thickness": 1.5 * um, "line_length": 0.1 * mm}
CURRENT = 50 * uA * np.array([1, -1, 2, -2, 3, -3, 4, -4, 3, -3, 2, -2, 1, -1])
TIME = 30.0 * np.arange(len(CURRENT))
TRUTH = 0.02 * S_cm


def measured(rng, probe=PROBE, conductivity=TRUTH, noise=2e-6, offset=3e-4, drift=2e-8):
    ohmic = CURRENT / (conductivity * probe.factor())
    return ohmic + offset + drift * TIME + noise * rng.standard_normal(len(CURRENT))


def other_sample(rng):
    """The sample as it may be, where `PROBE` is what was measured of it."""
    length = 8 * mm + UNCERTAIN["line_length"] * rng.standard_normal()
    return LineProbe(
        positions=tuple(PROBE.positions + UNCERTAIN["position"] * rng.standard_normal(4)),
        thickness=60 * um + UNCERTAIN["thickness"] * rng.standard_normal(),
        line_length=length,
        sample_length=9 * mm,
        contact_width=0.01 * mm,
    )


def proportional(rng):
    """Voltages with an error of the reading, which grows with them."""
    ohmic = CURRENT / (TRUTH * PROBE.factor())
    return ohmic * (1 + 0.005 * rng.standard_normal(len(CURRENT))) + 3e-4


def test_intervals_hold_where_the_scatter_grows_with_the_current():
    """From the mean of all residuals, an error of the reading gives 95 % intervals that hold in 87 of 100."""
    rng = np.random.default_rng(11)
    intervals = [probe_conductivity(PROBE, CURRENT, proportional(rng)).interval for _ in range(600)]
    inside = sum(low <= TRUTH <= high for low, high in intervals)
    assert inside >= binom.ppf(0.005, 600, 0.94)


def covered(count, seed, uncertainties):
    rng = np.random.default_rng(seed)
    inside = 0
    for _ in range(count):
        voltage = measured(rng, probe=other_sample(rng) if uncertainties else PROBE)
        low, high = probe_conductivity(PROBE, CURRENT, voltage, time=TIME, uncertainties=uncertainties).interval
        inside += low <= TRUTH <= high
    return inside


@pytest.mark.parametrize("uncertainties", [{}, UNCERTAIN], ids=["noise", "noise and geometry"])
def test_intervals_hold_the_truth_as_often_as_they_say(uncertainties):
    """Else 95 % would be a word: too narrow hides an error, too wide hides a difference between two samples."""
    inside = covered(300, 1, uncertainties)
    assert binom.ppf(0.0005, 300, 0.95) <= inside <= binom.ppf(0.9995, 300, 0.95)


@pytest.mark.slow
@pytest.mark.parametrize("uncertainties", [{}, UNCERTAIN], ids=["noise", "noise and geometry"])
def test_intervals_hold_the_truth_as_often_as_they_say_at_length(uncertainties):
    """As the quick test, with as many series as tell 95 % from 93 %."""
    count = simulations(2000)
    inside = covered(count, 2, uncertainties)
    assert binom.ppf(0.005, count, 0.95) <= inside <= binom.ppf(0.995, count, 0.95)


def test_offset_and_drift_do_not_enter():
    """Else a thermal voltage, larger than the signal, would be read as conductivity."""
    rng = np.random.default_rng(0)
    quiet = probe_conductivity(PROBE, CURRENT, measured(rng, noise=0.0), time=TIME)
    assert quiet.conductivity == pytest.approx(TRUTH, rel=1e-9)
    assert quiet.offset == pytest.approx(3e-4 + 2e-8 * TIME.mean(), rel=1e-9)
    assert quiet.drift == pytest.approx(2e-8, rel=1e-6)
    assert any("drifts" in verdict for verdict in quiet.verdicts)


def test_errors_of_the_geometry_by_other_samples():
    """Else the share of the geometry in the interval would be that of a wrong derivative."""
    rng = np.random.default_rng(4)
    factors = [other_sample(rng).factor() for _ in range(2500)]
    errors = geometry_errors(PROBE, UNCERTAIN)
    total = np.sqrt(sum(error**2 for error in errors.values()))
    assert total == pytest.approx(np.std(factors) / np.mean(factors), rel=0.05)


def test_errors_that_are_obvious():
    """Else an uncertainty would be weighted wrongly: on a thin sheet each of these has a known power."""
    sheet = LineProbe.equally_spaced(1.0, line_length=5.0, thickness=0.01)
    errors = geometry_errors(sheet, {"spacing": 0.02, "thickness": 3e-4, "line_length": 0.05, "position": 0.01})
    assert errors["spacing"] == pytest.approx(0.02, rel=1e-6)
    assert errors["thickness"] == pytest.approx(0.03, rel=1e-6)
    assert errors["line_length"] == pytest.approx(0.01, rel=1e-6)
    assert errors["position"] == pytest.approx(0.01 * np.sqrt(2), rel=1e-6)
    points = PointProbe.equally_spaced(1.0, thickness=np.inf)
    # 1/G = (1/a + 1/c - 1/(a+b) - 1/(b+c))/(2 pi) at a = b = c = 1; each contact moves two distances.
    slopes = np.array([3 / 4, -5 / 4, 5 / 4, -3 / 4])
    assert geometry_errors(points, {"position": 0.01})["position"] == pytest.approx(
        0.01 * np.linalg.norm(slopes), rel=1e-6
    )


def test_a_program_of_steps_from_a_file(potentiostat_file):
    """Else a lab's own file, with steps of current in turns of both signs, would not give what its points give."""
    rng = np.random.default_rng(3)
    time = np.arange(0, 30.0 * len(CURRENT), 0.5)
    number = (time // 30).astype(int)
    voltage = (measured(rng, noise=0.0) - 2e-8 * TIME)[number] + 2e-6 * rng.standard_normal(len(time))
    series = TimeSeries(time, voltage, CURRENT[number], step=number)
    found = probe_conductivity_of_series(PROBE, read_time_series(potentiostat_file(series)))
    assert found.interval[0] < TRUTH < found.interval[1]
    assert found.interval[1] - found.interval[0] < 0.01 * TRUTH
    assert found.verdicts == ()


def relaxing(time_constant, hold=60.0):
    """Steps in which the resistance rises from a quarter to its whole: a mixed conductor between blocking lines."""
    time = np.arange(0, hold * len(CURRENT), 0.5) + 0.25
    number = (time // hold).astype(int)
    rise = 1 - 0.75 * np.exp(-(time % hold) / time_constant)
    return TimeSeries(time, CURRENT[number] / (TRUTH * PROBE.factor()) * rise, CURRENT[number], step=number)


def test_a_sample_that_polarises():
    """Else the value at the end of a step, that of electrons, would pass for that of both carriers, unsaid."""
    found = probe_conductivity_of_series(PROBE, relaxing(3.0))
    assert found.conductivity == pytest.approx(TRUTH, rel=1e-4)
    # The first six samples, 0.25 s to 2.75 s: 1 - 0.75 mean(exp(-t/3)) = 0.526.
    assert "the resistance is 52.6% of that at its end: the sample polarises" in found.verdicts[-1]
    with pytest.raises(ValueError, match=r"the voltage has not settled: .* hold the currents longer"):
        probe_conductivity_of_series(PROBE, relaxing(40.0))


def test_programs_that_are_no_steps_of_current():
    """Else a voltage that was held, or two samples of a step, would pass for a measured point."""
    time = np.arange(0.0, 400.0)
    number = (time // 100).astype(int)
    held = np.array([0.1, -0.1, 0.2, -0.2])[number]
    wandering = 1e-4 * held * (0.6 + 0.4 * np.exp(-(time % 100) / 60))
    with pytest.raises(ValueError, match="holds a voltage; a probe needs steps of current"):
        probe_conductivity_of_series(PROBE, TimeSeries(time, held, wandering, step=number))
    with pytest.raises(ValueError, match="has 2 steps of current; it must be at least 6"):
        probe_conductivity_of_series(PROBE, TimeSeries(time[:200], held[:200], 1e-4 * held[:200], step=number[:200]))
    few = TimeSeries(TIME, OHMIC, CURRENT)
    with pytest.raises(ValueError, match="has 1 samples; it must be at least 8"):
        probe_conductivity_of_series(PROBE, few)


OHMIC = CURRENT / (TRUTH * PROBE.factor())
LARGEST = np.abs(OHMIC).max()
RELATIVE = CURRENT / np.abs(CURRENT).max()
NOISE = 1e-4 * LARGEST * np.random.default_rng(7).standard_normal(len(CURRENT))


def asked(voltage, current=CURRENT, probe=PROBE, time=TIME):
    return lambda: probe_conductivity(probe, current, voltage, time=time)


ON_A_FOIL = LineProbe.equally_spaced(1 * mm, line_length=8 * mm, thickness=60 * um, back="conducting")
REFUSED = {
    "offset drifts by .* of the largest ohmic voltage": asked(OHMIC + NOISE + 0.2 * LARGEST * (TIME / TIME[-1]) ** 2),
    "not ohmic: the voltage bends": asked(OHMIC + NOISE + 0.15 * LARGEST * RELATIVE**3),
    "not ohmic: the voltage bends by .* use smaller": asked(OHMIC + NOISE + 0.08 * LARGEST * RELATIVE**2),
    "exchange the voltage leads": asked(NOISE - OHMIC),
    "no voltage above the noise": asked(
        NOISE - NOISE @ RELATIVE / (RELATIVE @ RELATIVE) * RELATIVE - 0.01 * NOISE.std() * RELATIVE
    ),
    "4 positive and 0 negative currents; it must be at least two of each": asked(np.abs(OHMIC), np.abs(CURRENT)),
    "the metal below carries the current": asked(OHMIC, probe=ON_A_FOIL),
    "one row of at least 6": asked(OHMIC[:4], CURRENT[:4], time=TIME[:4]),
    "voltage is nan": asked(np.where(CURRENT > 1e-4, np.nan, OHMIC)),
    "voltage is 0.002 V at every current": asked(np.full_like(CURRENT, 0.002)),
    "voltage is '5 mV'; it must be a number": asked("5 mV"),
    "time does not rise": asked(OHMIC, time=TIME[::-1]),
    "'depth', which the probe has not": lambda: geometry_errors(PROBE, {"depth": 1 * um}),
    "'contact_width', which the probe has not": lambda: geometry_errors(ON_A_FOIL, {"contact_width": 1 * um}),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_broken_assumptions_are_refused_by_name(reason):
    """Else a number would come out of data that break what it rests on."""
    with pytest.raises(ValueError, match=reason):
        REFUSED[reason]()


def test_small_faults_are_said():
    """Else what is too small to refuse would be kept in silence, or noise would be called a fault."""
    bent = probe_conductivity(PROBE, CURRENT, OHMIC + NOISE + 0.015 * LARGEST * RELATIVE**3, time=TIME)
    assert any("bends" in verdict for verdict in bent.verdicts)
    order = np.argsort(CURRENT)
    swept = probe_conductivity(PROBE, CURRENT[order], (OHMIC + NOISE)[order], time=TIME)
    assert any("rise together" in verdict for verdict in swept.verdicts)
    untimed = probe_conductivity(PROBE, CURRENT, OHMIC + NOISE)
    assert untimed.verdicts == ("No times are given: a drift of the offset is not looked for.",)
    wide = LineProbe.equally_spaced(1 * mm, line_length=8 * mm, thickness=60 * um, contact_width=0.1 * mm)
    assert "off by up to 10%" in probe_conductivity(wide, CURRENT, OHMIC + NOISE, time=TIME).verdicts[0]
    near = LineProbe.equally_spaced(0.15 * mm, line_length=8 * mm, thickness=60 * um, back="conducting")
    metal = probe_conductivity(near, CURRENT, OHMIC + NOISE, time=TIME, uncertainties={"thickness": 1 * um})
    assert any("a metal is below" in verdict for verdict in metal.verdicts)
    assert any("most of it of the thickness" in verdict for verdict in metal.verdicts)
    vague = probe_conductivity(PROBE, CURRENT, OHMIC + NOISE, time=TIME, uncertainties={"thickness": 20 * um})
    assert any("uncertain by more than 20%" in verdict for verdict in vague.verdicts)
    weak = probe_conductivity(PROBE, CURRENT, OHMIC + 2e4 * NOISE, time=TIME)
    assert weak.interval[1] is None
    assert "no upper limit" in weak.verdicts[-1]


def by_ladder(electronic, ionic, reach, spacing, length, cells=9000):
    """Conductivity seen by four lines on two rails with exchange between them, from a chain of resistances."""
    step = length / cells
    exchange = (1 / electronic + 1 / ionic) * reach**2
    # Unknowns are the differences of the rails; the current of the ions is what flows across.
    places = np.arange(cells + 1) * step
    enters = ((length - 3 * spacing) / 2, (length + 3 * spacing) / 2)
    source = np.zeros(cells + 1)
    source[[round(x / step) for x in enters]] = [1.0, -1.0]
    weight = np.full(cells + 1, step)
    weight[[0, -1]] /= 2
    total = electronic + ionic
    # Electrons: -(sigma_e phi_e')' = source - u/z; ions: -(sigma_i phi_i')' = u/z, with u = phi_e - phi_i.
    reduced = electronic * ionic / total / step
    band = np.zeros((3, cells + 1))
    band[1] = weight / exchange + reduced * np.where((places > 0) & (places < places[-1]), 2, 1)
    band[0, 1:] = band[2, :-1] = -reduced
    difference = solve_banded((1, 1), band, source * ionic / total)
    # The sum sigma_e phi_e + sigma_i phi_i carries the whole current.
    whole = -np.concatenate([[0], np.cumsum(np.cumsum(source)[:-1] * step)])
    electrons = (whole + ionic * difference) / total
    inner = [round((length + sign * spacing) / 2 / step) for sign in (-1, 1)]
    return spacing / (electrons[inner[0]] - electrons[inner[1]])


@pytest.mark.parametrize("seed", range(4))
def test_what_blocking_lines_see_by_a_chain_of_resistances(seed):
    """Else a mixed conductor's value between that of electrons and that of both carriers would be misread."""
    rng = np.random.default_rng(seed)
    electronic, ionic, spacing = rng.uniform(0.2, 3, 3)
    length = spacing * (3 + 6 * rng.integers(1, 4) / 4)
    reach = spacing * rng.uniform(0.2, 2)
    seen = seen_conductivity(electronic, ionic, reach, spacing, length)
    assert electronic < seen < electronic + ionic
    assert seen == pytest.approx(by_ladder(electronic, ionic, reach, spacing, length), rel=1e-5)
