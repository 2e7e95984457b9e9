"""The simulated cell: its laws by other routes, its program, and the files that were made with it."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.stats import binomtest

from sslib.measurements import Protocol, SymmetricCell, by_protocol, critical_current, rehearse, simulate_stepped
from sslib.units import cm2, hour, mA_cm2, mAh_cm2, ohm_cm2

DATA = Path(__file__).parents[3] / "data" / "series"


def load_generator():
    spec = importlib.util.spec_from_file_location("generate_critical_current", DATA / "generate_critical_current.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_voids_follow_their_differential_equation():
    """Charge that is missing at both electrodes, integrated by scipy through stripping, plating and a rest."""
    cell = SymmetricCell(
        stripping_limit=3.1, plating_limit=np.inf, void_charge=7e3, refill=0.6, temperature_swing=0.0,
        relaxation_resistance=0.0, contact_resistance=17 * ohm_cm2,
    )  # fmt: skip
    program = Protocol((4.0, 6.5), time=2900.0, rest=700.0, samples=290)
    record = simulate_stepped(cell, program, noise=0.0, offset=0.0)
    series = record.series
    density = series.current / cell.area

    def rate(clock, missing, into):
        slope = into - 3.1 if into > 0 else 0.6 * into if into < 0 else -3.1
        return [slope if missing[0] > 0 or slope > 0 else 0.0]

    expected = np.full(len(series), cell.separator_resistance)
    for sign in (1, -1):
        missing, begin, clock = 0.0, 0.0, []
        for rows in np.split(np.arange(len(series)), np.flatnonzero(np.diff(series.step)) + 1):
            end = series.time[rows[-1]]
            solved = solve_ivp(
                rate, (begin, end), [missing], args=(sign * density[rows[0]],), t_eval=series.time[rows],
                max_step=2.0, rtol=1e-9,
            )  # fmt: skip
            clock.append(np.maximum(solved.y[0], 0))
            missing, begin = float(clock[-1][-1]), end
        expected += cell.contact_resistance * np.exp(np.concatenate(clock) / cell.void_charge)
    flows = density != 0
    assert record.voids_current == pytest.approx(4.0)
    np.testing.assert_allclose(series.voltage[flows] / density[flows], expected[flows], rtol=2e-4)
    assert expected.max() / expected.min() > 1.4


def test_filaments_bridge_at_the_rate_that_is_stated():
    """The share of cells that short in one half-cycle is one of an exponential law."""
    excess, length = 0.2 * mA_cm2, 1800.0
    cell = SymmetricCell(stripping_limit=np.inf, plating_limit=0.8 * mA_cm2, short_charge=excess * length / 0.7)
    program = Protocol((1.0 * mA_cm2,), time=length, samples=15, both_directions=False)
    shorts = [simulate_stepped(cell, program, seed=seed).short for seed in range(400)]
    # A program of one direction has two half-cycles at each current.
    assert binomtest(sum(one is not None for one in shorts), 400, 1 - np.exp(-1.4)).pvalue > 1e-3
    first = [one for one in shorts if one is not None and one <= length]
    assert binomtest(len(first), 400, 1 - np.exp(-0.7)).pvalue > 1e-3


def test_a_hard_short_leaves_the_filament():
    """Its resistance beside that of the cell is all that the voltage shows."""
    cell = SymmetricCell(
        stripping_limit=np.inf, plating_limit=1e-6, short_charge=1e-9, soft_time=1e-9, temperature_swing=0.0,
        relaxation_resistance=0.0, hard_resistance=11 * ohm_cm2,
    )  # fmt: skip
    record = simulate_stepped(cell, Protocol((5.0,), time=100.0, samples=20), noise=0.0, offset=0.0)
    beside = 1 / (1 / (11 * ohm_cm2) + 1 / (cell.separator_resistance + 2 * cell.contact_resistance))
    assert record.series.voltage[10] / 5.0 == pytest.approx(beside, rel=1e-9)


def test_electrodes_add_up_to_the_cell():
    """Two records against a reference are one of the whole cell, with the current of each into its electrode."""
    program = Protocol(tuple(np.arange(1, 9) * mA_cm2 / 10), time=1800.0, samples=20)
    record = simulate_stepped(SymmetricCell(), program, noise=0.0, offset=0.0)
    np.testing.assert_allclose(record.working.voltage - record.counter.voltage, record.series.voltage, atol=1e-15)
    np.testing.assert_array_equal(record.working.current, -record.counter.current)


def test_the_instrument_gives_no_more_than_its_limit():
    """Beyond its voltage the current falls, and the evaluation says so instead of calling a short."""
    cell = SymmetricCell(stripping_limit=np.inf, plating_limit=np.inf)
    program = Protocol(tuple(0.1 * n * mA_cm2 for n in range(1, 16)), time=1 * hour, samples=40)
    record = simulate_stepped(cell, program, limit=0.1)
    assert np.abs(record.series.voltage).max() == pytest.approx(0.1)
    found = critical_current(record.series, limit=0.1)
    assert found.failure == "none"
    assert found.limited == pytest.approx(0.1 / (116 * ohm_cm2), rel=0.05)
    assert found.interval() == (pytest.approx(0.8 * mA_cm2), None)


def test_longer_half_cycles_fail_earlier():
    """Why a critical current is quoted with its charge; one of 6 min sees no loss of contact."""
    currents = [0.1 * n * mA_cm2 for n in range(1, 21)]
    found = by_protocol(SymmetricCell(), currents, "time", [0.1 * hour, 2 * hour])
    assert [one.failure for one in found] == ["collapse", "slope"]
    assert found[0].interval()[1] > found[1].interval()[1]
    (held,) = by_protocol(SymmetricCell(), currents, "charge", [0.5 * mAh_cm2])
    assert held.decisive.half_cycle.charge == pytest.approx(0.5 * mAh_cm2)
    assert any("half-cycles of 0.5 mAh/cm2, which last 300 to 1" in text for text in held.verdicts)


def test_what_no_cell_or_program_has_is_refused_by_name():
    """A wrong sign or two lengths at once would simulate something else in silence."""
    with pytest.raises(ValueError, match=r"refill is 1\.5"):
        SymmetricCell(refill=1.5)
    with pytest.raises(ValueError, match="stripping_limit is 0"):
        SymmetricCell(stripping_limit=0)
    with pytest.raises(ValueError, match="one of them must be given, and one only"):
        Protocol((1.0,), time=1.0, charge=1.0)
    with pytest.raises(ValueError, match="failure is 'short'"):
        rehearse(Protocol((1.0,), time=1.0), "short", 1)
    with pytest.raises(ValueError, match="held is 'current'"):
        by_protocol(SymmetricCell(), [1.0], "current", [1.0])


GENERATOR = load_generator()


def test_files_are_what_their_generator_writes():
    """A record whose stated truth is not the truth would make every test that rests on it worthless."""
    written = dict(GENERATOR.files())
    own = {path.relative_to(DATA).as_posix() for path in DATA.glob("critical_current*/*.csv")}
    assert own == set(written)
    for name, text in written.items():
        assert (DATA / name).read_text(encoding="utf-8") == text, name


def test_median_of_the_population_is_half():
    """The truth that the files state for their population, by drawing cells."""
    rng = np.random.default_rng(8)
    limits = [m * np.exp(s * rng.standard_normal(40_000)) for m, s in (GENERATOR.STRIPPING, GENERATOR.PLATING)]
    assert np.median(np.minimum(*limits)) == pytest.approx(GENERATOR.median_of_population(), rel=0.01)
    assert SymmetricCell().area == pytest.approx(0.785 * cm2)
