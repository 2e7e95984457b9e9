"""Many spectra: blocks in order, in bounded memory, here or on an executor, with the same result."""

import pickle
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from sslib.impedance import (
    CPE,
    C,
    FiniteLengthWarburg,
    FiniteSpaceWarburg,
    Gerischer,
    L,
    R,
    SphericalDiffusion,
    TransmissionLine,
    Warburg,
    fit_batch,
    fit_stream,
)
from sslib.impedance.fitting import fits

FREQUENCY = np.logspace(4, -1, 12)
MODEL = R("R_0") + (R("R_1") | C("C_1"))


def arcs(count, seed=1):
    """Spectra of an arc behind a resistor with 0.3 % noise, and their true values."""
    rng = np.random.default_rng(seed)
    truths = {name: np.exp(rng.uniform(*np.log(ends), count)) for name, ends in RANGES.items()}
    exact = MODEL.impedance(FREQUENCY, **truths)
    return exact * (1 + 0.003 * (rng.standard_normal((*exact.shape, 2)) @ [1, 1j])), truths


RANGES = {"R_0": (1, 100), "R_1": (10, 1000), "C_1": (1e-5, 1e-3)}


def assert_same(first, second):
    for name, value in vars(first).items():
        other = getattr(second, name)
        if isinstance(value, dict):
            for key in value:
                assert_array_equal(value[key], other[key], err_msg=f"{name} {key}")
        else:
            assert_array_equal(value, other, err_msg=name)


class Inline(Executor):
    """Runs the first few tasks at once, leaves the others waiting, and remembers them."""

    def __init__(self, runs=10**9):
        self.runs, self.futures = runs, []

    def submit(self, function, *args, **kwargs):
        future = Future()
        if len(self.futures) < self.runs:
            try:
                future.set_result(function(*args, **kwargs))
            except Exception as error:
                future.set_exception(error)
        self.futures.append(future)
        return future


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(fits, "BLOCK", 20)
    monkeypatch.setattr(fits, "BLIND_BLOCK", 20)


@pytest.mark.parametrize("starts", ["given", "blind"])
def test_processes_give_the_same_result(small_blocks, starts):
    """Blocks out of order, starts cut wrongly or a model that does not pickle would show: equal to the last bit."""
    data, truths = arcs(50)
    given = {**truths, "R_0": 10.0} if starts == "given" else None
    error = 0.003 * np.abs(data)
    here = fit_batch(MODEL, FREQUENCY, data, starts=given, error=error)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        there = fit_batch(MODEL, FREQUENCY, data, starts=given, error=error, executor=pool)
    assert here.chi_square.shape == (50,)
    assert_same(here, there)
    # Deviations and starts of another spectrum would give another chi-square.
    assert 0.8 < here.reduced_chi_square.mean() < 1.2


def test_blocks_are_those_of_one_batch(small_blocks):
    """What a spectrum's fit gives does not depend on its neighbours beyond rounding."""
    data, truths = arcs(50)
    together = fit_batch(MODEL, FREQUENCY, data, starts=truths)
    stream = list(fit_stream(MODEL, FREQUENCY, (data[k : k + 7] for k in range(0, 50, 7)), starts={
        name: np.exp(np.log(ends).mean()) for name, ends in RANGES.items()
    }))  # fmt: skip
    assert [len(result.chi_square) for result in stream] == [7] * 7 + [1]
    for name in RANGES:
        values = np.concatenate([result.values[name] for result in stream])
        np.testing.assert_allclose(values, together.values[name], rtol=1e-5)


def test_a_block_may_bring_its_own_starts():
    """Starts that stay with the first block would leave the second far from its truth."""
    data, truths = arcs(12)
    blocks = ((data[rows], {name: value[rows] for name, value in truths.items()}) for rows in (slice(6), slice(6, 12)))
    for rows, result in zip((slice(6), slice(6, 12)), fit_stream(MODEL, FREQUENCY, blocks), strict=True):
        whole = fit_batch(MODEL, FREQUENCY, data[rows], starts={name: value[rows] for name, value in truths.items()})
        assert_same(result, whole)


def test_a_single_spectrum_is_fitted_as_in_a_batch():
    """Few spectra are fitted one by one: the values agree far within their errors, bounds and fixed values hold."""
    data, truths = arcs(40)
    given = {name: value * 1.5 for name, value in truths.items()}
    bounds, fixed = {"R_0": (20.0, 60.0)}, {"C_1": 1e-4}
    for settings in ({}, {"bounds": bounds}, {"fixed": fixed}, {"error": "unit"}, {"bounds": bounds, "fixed": fixed}):
        batch = fit_batch(MODEL, FREQUENCY, data, starts=given, **settings)
        for k in range(len(data)):
            own = {name: value[k] for name, value in given.items()}
            alone = fit_batch(MODEL, FREQUENCY, data[k : k + 1], starts=own, **settings)
            assert alone.converged[0] == batch.converged[k]
            np.testing.assert_allclose(alone.chi_square[0], batch.chi_square[k], rtol=1e-6)
            for name, error in batch.standard_errors.items():
                assert abs(alone.values[name][0] - batch.values[name][k]) <= 0.01 * error[k], (settings, k, name)
            if "bounds" in settings:
                assert 20 * (1 - 1e-14) <= alone.values["R_0"][0] <= 60 * (1 + 1e-14)
            if "fixed" in settings:
                assert alone.values["C_1"][0] == 1e-4


def test_no_more_than_the_window_is_under_way():
    """A stream that hands everything to the executor at once would fill the memory."""
    data, truths = arcs(4)
    taken, pool = [], Inline()

    def blocks():
        for k in range(100):
            taken.append(k)
            yield data, truths

    stream = fit_stream(MODEL, FREQUENCY, blocks(), executor=pool, in_flight=3)
    for k in range(5):
        next(stream)
        assert len(taken) <= k + 3
    stream.close()
    assert len(taken) <= 7


def test_leaving_early_cancels_what_waits():
    data, truths = arcs(4)
    pool = Inline(runs=1)
    stream = fit_stream(MODEL, FREQUENCY, ((data, truths) for _ in range(100)), executor=pool, in_flight=4)
    next(stream)
    stream.close()
    assert len(pool.futures) == 4
    assert all(future.cancelled() for future in pool.futures[1:])


@pytest.mark.parametrize("pool", [None, Inline()])
def test_a_bad_spectrum_is_named_by_its_number_in_the_whole_input(small_blocks, pool):
    """Counted within its block, the number would point at an innocent spectrum."""
    data, truths = arcs(70)
    data[47, 3] = np.nan
    with pytest.raises(ValueError, match=r"not finite \(spectrum 47\)") as raised:
        fit_batch(MODEL, FREQUENCY, data, starts=truths, executor=pool)
    assert "the spectra 40 to 59" in raised.value.__notes__[0]
    blocks = [data[:30], data[30:50], data[50:]]
    starts = {name: float(value[0]) for name, value in truths.items()}
    stream = fit_stream(MODEL, FREQUENCY, blocks, starts=starts, executor=pool)
    next(stream)
    with pytest.raises(ValueError, match=r"not finite \(spectrum 47\)"):
        next(stream)


def test_shapes_that_do_not_fit_are_refused():
    data, truths = arcs(5)
    with pytest.raises(ValueError, match=r"starts of R_0 have shape \(4,\); a number or \(5,\) goes here"):
        fit_batch(MODEL, FREQUENCY, data, starts={**truths, "R_0": np.ones(4)})
    with pytest.raises(ValueError, match=r"error has shape \(4, 12\)"):
        fit_batch(MODEL, FREQUENCY, data, starts=truths, error=np.ones((4, 12)))
    with pytest.raises(ValueError, match=r"the block of spectrum 5 has shape \(5, 7\)"):
        list(fit_stream(MODEL, FREQUENCY, [(data, truths), (data[:, :7], truths)]))
    with pytest.raises(ValueError, match="in_flight is 0"):
        next(fit_stream(MODEL, FREQUENCY, [data], in_flight=0))


def test_an_empty_block_gives_an_empty_result():
    """A night without spectra is no error, and the counting goes on."""
    data, truths = arcs(3)
    results = list(fit_stream(MODEL, FREQUENCY, [data[:0], (data, truths)]))
    assert [len(result.chi_square) for result in results] == [0, 3]


def test_spectra_in_a_file_are_read_block_by_block(small_blocks, tmp_path):
    """Loading the file as a whole would need its size in memory; a file's array is sliced and nothing else."""
    data, truths = arcs(50)
    path = tmp_path / "spectra.npy"
    np.save(path, data)
    opened, sliced = np.load(path, mmap_mode="r"), []

    class File:
        """What a memory-mapped array is to a caller: a shape, and slices."""

        shape = opened.shape

        def __getitem__(self, rows):
            sliced.append(rows)
            return opened[rows]

    assert_same(fit_batch(MODEL, FREQUENCY, opened, starts=truths), fit_batch(MODEL, FREQUENCY, data, starts=truths))
    fit_batch(MODEL, FREQUENCY, File(), starts=truths)
    assert [rows.stop - rows.start for rows in sliced] == [20, 20, 20]


ELEMENTS = [R(), C(), L(), CPE(), Warburg(), FiniteLengthWarburg(), FiniteSpaceWarburg(), SphericalDiffusion()]


@pytest.mark.parametrize("model", [*ELEMENTS, Gerischer(), MODEL, (R("R_2") | CPE()) + (R("R_3") | CPE("Q_3", "a_3"))])
@pytest.mark.parametrize("terminals", [None, "ion-electron", "ion-ion"])
def test_models_pickle(model, terminals):
    """What does not pickle cannot be sent to a worker."""
    if terminals is not None:
        model = TransmissionLine(ion=R("R_ion"), electron=R("R_el"), interface=model, terminals=terminals, larger="ion")
    again = pickle.loads(pickle.dumps(model))
    values = dict.fromkeys(model.names, 0.5)
    assert repr(again) == repr(model)
    assert_array_equal(again.impedance(FREQUENCY, **values), model.impedance(FREQUENCY, **values))
    assert [(x.kind, x.first, x.second) for x in again.exchanges] == [
        (x.kind, x.first, x.second) for x in model.exchanges
    ]
