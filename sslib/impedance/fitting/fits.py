"""Fits of circuits to spectra: one, a batch, a stream."""

from collections import deque
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice

import numpy as np

from sslib.impedance.fitting.judgement import covariance_of, reports_of
from sslib.impedance.fitting.minimise import Solution
from sslib.impedance.fitting.profile import intervals
from sslib.impedance.fitting.results import BatchResult, check_level, quantile_of
from sslib.impedance.fitting.setting import Setting
from sslib.impedance.fitting.verdicts import verdicts_of_intervals

STARTS = 24
BATCH_STARTS = 8
# Spectra that are fitted together: enough that the arrays are worth their calls, few enough for memory and executors.
BLOCK = 1000
BLIND_BLOCK = 250
IN_FLIGHT = 32


def fit_batch(
    model, frequency, impedances, *, starts=None, fixed=None, bounds=None, error="proportional", noise=None,
    starts_tried=BATCH_STARTS, intervals=None, executor=None, in_flight=IN_FLIGHT,
):  # fmt: skip
    """Fit one circuit to many spectra on the same frequencies.

    Parameters
    ----------
    model : Circuit
    frequency : array_like
        Frequencies [Hz], shape (frequencies,).
    impedances : array_like
        Complex impedances [ohm], shape (spectra, frequencies). What is sliced from a file as it is needed
        (`numpy.memmap`) is never loaded as a whole.
    starts : dict, optional
        Starting value of each free parameter: numbers or arrays of shape (spectra,). Without it the starts come from
        the data, and ``starts_tried`` basins are tried.
    fixed : dict, optional
        Parameters held at a value.
    bounds : dict, optional
        Pairs (lowest, highest) in the parameter's unit that replace the declared ones.
    error : {"proportional", "unit"} or array_like
        Error model: standard deviation proportional to the model's magnitude, equal for all points, or known [ohm]
        (broadcast to the impedances; the same for the real and the imaginary part).
    noise : float, optional
        The noise level, relative for "proportional", [ohm] for "unit". Without it, it is estimated from each
        spectrum's residuals; for known standard deviations it is a factor on them, 1 if not given.
    starts_tried : int
        How many starts a spectrum gets where none are given.
    intervals : float, optional
        A level such as 0.95: the profile-likelihood interval of every parameter of every spectrum, as
        `FitResult.interval` gives it, and which parameters `fit` would have a verdict about. It takes about ten times
        as long as the fits from given starts alone.
    executor : concurrent.futures.Executor, optional
        Where blocks of 1000 spectra (250 without starts) are fitted: a process pool, or a cluster's
        ``client.get_executor()``. The result is the same as without.
    in_flight : int
        How many blocks are handed to the executor at a time.

    Returns
    -------
    BatchResult

    Raises
    ------
    ValueError
        For shapes that do not fit, values that are not finite, unknown names, impossible values.
    """
    impedances = impedances if hasattr(impedances, "shape") else np.asarray(impedances)
    if len(impedances.shape) != 2 or np.shape(frequency) != tuple(impedances.shape[1:]):
        raise ValueError(
            f"impedances have shape {tuple(impedances.shape)} and frequency {np.shape(frequency)}; "
            "(spectra, frequencies) and (frequencies,) go together"
        )
    spectra = impedances.shape[0]
    for name, start in (starts or {}).items():
        if np.shape(start) not in ((), (1,), (spectra,)):
            raise ValueError(f"starts of {name} have shape {np.shape(start)}; a number or ({spectra},) goes here")
    by_spectrum = not isinstance(error, str) and np.ndim(error) == 2 and np.shape(error)[0] == spectra
    if not isinstance(error, str) and not by_spectrum and np.ndim(error) == 2 and np.shape(error)[0] != 1:
        raise ValueError(f"error has shape {np.shape(error)}; it is broadcast to {tuple(impedances.shape)}")
    size = BLIND_BLOCK if starts is None else BLOCK

    def blocks():
        for begin in range(0, max(spectra, 1), size):
            rows = slice(begin, begin + size)
            own = starts and {
                name: start[rows] if np.shape(start) == (spectra,) else start for name, start in starts.items()
            }
            yield impedances[rows], own, error[rows] if by_spectrum else error

    if intervals is not None:
        check_level(intervals)
    common = {"fixed": fixed, "bounds": bounds, "noise": noise, "starts_tried": starts_tried, "level": intervals}
    return _joined(list(_fit_blocks(model, frequency, blocks(), common, executor, in_flight, spectra > 1)))


def fit_stream(
    model, frequency, blocks, *, starts=None, fixed=None, bounds=None, error="proportional", noise=None,
    starts_tried=BATCH_STARTS, intervals=None, executor=None, in_flight=IN_FLIGHT,
):  # fmt: skip
    """Fit spectra that arrive block by block, however many, in bounded memory.

    Parameters
    ----------
    model, frequency, starts, fixed, bounds, error, noise, starts_tried, intervals
        As for `fit_batch`, but the same for all spectra (``starts`` are numbers, ``error`` is broadcast to each block).
    blocks : iterable
        Arrays of complex impedances [ohm], shape (spectra, frequencies), a few hundred or thousand spectra each; or
        pairs of such an array and its own starts, as for `fit_batch`.
    executor : concurrent.futures.Executor, optional
        Where the blocks are fitted. An executor does not say how many workers it has.
    in_flight : int
        How many blocks are handed to the executor at a time: two for each worker keep all of them busy.

    Yields
    ------
    BatchResult
        One for each block, in their order. Closing the generator cancels what has not begun.

    Raises
    ------
    ValueError
        As for `fit_batch`; spectra are counted over all blocks.
    """

    def parts():
        for block in blocks:
            impedances, own = block if isinstance(block, tuple) else (block, starts)
            yield impedances, own, error

    if intervals is not None:
        check_level(intervals)
    common = {"fixed": fixed, "bounds": bounds, "noise": noise, "starts_tried": starts_tried, "level": intervals}
    yield from _fit_blocks(model, frequency, parts(), common, executor, in_flight, numbered=True)


def _fit_blocks(model, frequency, parts, common, executor, in_flight, numbered):
    """Results of the parts (impedances, starts, error) in order, at most ``in_flight`` of them under way."""
    if in_flight < 1:
        raise ValueError(f"in_flight is {in_flight}; at least one block has to be under way")
    frequency = np.asarray(frequency, dtype=float)

    def tasks():
        first = 0
        for impedances, starts, error in parts:
            block = np.asarray(impedances, dtype=complex)
            if block.ndim != 2 or frequency.shape != block.shape[1:]:
                raise ValueError(
                    f"the block of spectrum {first} has shape {block.shape} and frequency {frequency.shape}; "
                    "(spectra, frequencies) and (frequencies,) go together"
                )
            settings = dict(common, starts=starts, error=error, first=first if numbered else None)
            yield (first, len(block)), (model, frequency, block), settings
            first += len(block)

    if executor is None:
        for place, arguments, settings in tasks():
            with _naming(*place, numbered):
                result = _fit_block(*arguments, **settings)
            yield result
        return
    tasks, under_way = tasks(), deque()
    try:
        while True:
            for place, arguments, settings in islice(tasks, in_flight - len(under_way)):
                under_way.append((place, executor.submit(_fit_block, *arguments, **settings)))
            if not under_way:
                break
            place, future = under_way.popleft()
            with _naming(*place, numbered):
                result = future.result()
            yield result
    finally:
        for _, future in under_way:
            future.cancel()


def _joined(results):
    """One result from those of consecutive blocks."""
    if len(results) == 1:
        return results[0]

    def together(parts):
        if isinstance(parts[0], dict):
            return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        # The level is the same for all blocks.
        return np.concatenate(parts) if isinstance(parts[0], np.ndarray) else parts[0]

    fields = zip(*(vars(result).items() for result in results), strict=True)
    return BatchResult(**{own[0][0]: together([value for _, value in own]) for own in fields})


@contextmanager
def _naming(first, count, numbered):
    """Whatever is raised inside says which spectra it was about."""
    try:
        yield
    except Exception as error:
        if numbered:
            error.add_note(f"Raised by the fit of the spectra {first} to {first + count - 1}.")
        raise


def _fit_block(model, frequency, impedances, *, starts, fixed, bounds, error, noise, starts_tried, level, first):
    """Fit spectra together; the first of them has the number ``first``, None for one alone."""
    setting = Setting(model, frequency, impedances, fixed, bounds, error, noise, first)
    reports = []
    if not len(impedances):
        solution = setting.minimise(np.empty((0, len(setting.names))), np.arange(0))
    elif starts is not None:
        solution = setting.labelled(setting.minimise(setting.given_starts(starts)[:, 0], np.arange(len(impedances))))
        found = [solution.take(np.array([k])) for k in range(len(impedances))] if level else []
    else:
        found = [setting.labelled(own) for own in setting.search(starts_tried)]
        solution = Solution.join([own.take(np.array([0])) for own in found])
    if level and len(impedances):
        reports = reports_of(setting, found)
        if starts is None and starts_tried < STARTS:
            # Residuals that the stated noise cannot explain: another model, or another basin. As many starts as in
            # `fit` for these few.
            again = [k for k, report in enumerate(reports) if report.excess > 1]
            for k in again:
                one = Setting(model, frequency, impedances[k : k + 1], fixed, bounds, _row(error, k), noise, first)
                (more,) = one.search(STARTS)
                found[k] = Solution.join([setting.labelled(more), reports[k].found])
            for k, report in zip(again, reports_of(setting, found, again), strict=True):
                reports[k] = report
        solution = Solution.join([report.solution for report in reports])
    values, hessian = solution.values, solution.hessian
    variance = setting.variance_of(solution.cost)
    spread = np.sqrt(np.einsum("nkk->nk", covariance_of(hessian, variance)))
    logarithmic = {parameter.name: parameter.quantity.logarithmic for parameter in model.parameters}
    by_name = dict(zip(model.names, values.T, strict=True))
    chi_square = solution.cost / (1 if setting.noise is None else setting.noise**2)
    return BatchResult(
        values=by_name,
        standard_errors={
            name: sd * (by_name[name] if logarithmic[name] else 1)
            for name, sd in zip(setting.free_names, spread.T, strict=True)
        },
        chi_square=chi_square,
        reduced_chi_square=chi_square / setting.degrees_of_freedom,
        converged=solution.converged,
        iterations=solution.iterations,
        **({} if level is None else _intervals_and_doubts(setting, reports, level)),
    )


def _row(error, k):
    """The part of an error model that is about one spectrum of several."""
    return error[k : k + 1] if not isinstance(error, str) and np.ndim(error) == 2 and len(error) > 1 else error


def _intervals_and_doubts(setting, reports, level):
    """What a batch with intervals holds besides."""
    quantiles = [quantile_of(level, setting.degrees_of_freedom, report.noise_stated) for report in reports]
    ends = intervals(setting, [report.standing for report in reports], quantiles)
    doubts = [report.doubtful() for report in reports]
    return {
        "level": level,
        "intervals": {name: ends[:, k] for k, name in enumerate(setting.free_names)},
        "doubtful": {name: np.array([name in own for own in doubts], dtype=bool) for name in setting.free_names},
    }


def fit(
    model, spectrum, *, starts=None, fixed=None, bounds=None, error="proportional", noise=None, starts_tried=STARTS
):
    """Fit a circuit to a spectrum and say what the spectrum does not determine.

    Parameters
    ----------
    model : Circuit
    spectrum : Spectrum
        Anything with ``frequency`` [Hz] and complex ``impedance`` [ohm], each of shape (frequencies,).
    starts : dict, optional
        Starting values, tried beside those that come from the data.
    fixed, bounds, error, noise
        As for `fit_batch`.
    starts_tried : int
        How many starts from the data; 0 for those given alone, where they are known to be near.

    Returns
    -------
    FitResult
        The solution of least chi-square found. Every positive parameter has been moved by a factor of four either
        way, the others fitted again, to see whether the data exclude that.

    Raises
    ------
    ValueError
        For values that are not finite, unknown names, impossible values, more parameters than data.

    Notes
    -----
    The proportional error model takes its weights from the model, not the data, so that noise does not bias them.
    Where the residuals exceed a stated noise beyond chance (one in a thousand), the covariance is widened to the
    residuals' own scatter, and a verdict says so.
    """
    if not hasattr(spectrum, "impedance"):
        raise TypeError(f"spectrum is {spectrum!r}; a Spectrum goes here, such as read_spectrum gives of a file")
    frequency = np.asarray(spectrum.frequency, dtype=float)
    impedance = np.asarray(spectrum.impedance, dtype=complex)
    if frequency.ndim != 1 or frequency.shape != impedance.shape:
        raise ValueError(
            f"frequency has shape {frequency.shape} and impedance {impedance.shape}; both are (frequencies,)"
        )
    setting = Setting(model, frequency, impedance[None], fixed, bounds, error, noise)
    if starts_tried == 0 and starts is None:
        raise ValueError("starts_tried is 0 and no starts are given; a fit needs one or the other")
    given = None if starts is None else setting.given_starts(starts)
    found = setting.search(starts_tried, given) if starts_tried else [setting.minimise(given[:, 0], np.arange(1))]
    (report,) = reports_of(setting, [setting.labelled(found[0])])
    result = report.result()
    return replace(result, verdicts=(*result.verdicts, *verdicts_of_intervals(result)))
