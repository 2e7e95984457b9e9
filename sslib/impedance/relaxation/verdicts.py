"""What a distribution of relaxation times leaves open, in words."""

from itertools import pairwise

import numpy as np

from sslib.impedance.fitting.results import Verdict
from sslib.impedance.relaxation.estimate import REGULARISATIONS, TAIL_SLOPE, tail_slope
from sslib.impedance.relaxation.peaks import STANDS_OUT_OF_ITSELF

# Share of the draws that has to show what is said to be there.
FOUND = 0.9


def verdicts(result, estimate, drawn, parts, unresolved, noise):
    """What there is to say of a result.

    Parameters
    ----------
    result : RelaxationTimes
    estimate : Estimate
        That it is made of.
    drawn : numpy.ndarray
        Distributions of the bootstrap, shape (draws, times).
    parts : Parts
        Of the distribution.
    unresolved : list of (float, float)
        Time [s] and resistance [ohm] of humps that are too small to be called peaks.
    noise : float or None
        As stated.

    Yields
    ------
    Verdict
    """
    yield Verdict(
        "ill-posed estimate",
        (),
        "A distribution of relaxation times is an estimate that rests on its regularisation: other distributions "
        "fit this spectrum as well, and the bands hold its noise, not that choice.",
    )
    yield from _of_peaks(result, estimate.problem.window)
    yield from _of_humps(unresolved)
    yield from _of_valleys(result, drawn)
    yield from _of_shapes(result, estimate.scatter, parts)
    yield from _of_regularisation(result, estimate.is_chosen)
    yield from _of_tail(result)
    yield from _of_residuals(estimate, noise)


def _of_peaks(result, window):
    for number, peak in enumerate(result.peaks, 1):
        name = f"peak {number}"
        if not window[0] <= peak.tau <= window[1]:
            total = result.R_inf + peak.resistance
            together = f" With R_inf it makes {total:.3g} ohm; how much is whose is not known."
            together = together if peak.tau < window[0] else ""
            yield Verdict(
                "outside the window",
                (name,),
                f"The peak at {peak.tau:.2g} s lies outside the times that were measured ({window[0]:.2g} s "
                f"to {window[1]:.2g} s): neither its place nor its resistance is determined.{together}",
            )
        elif peak.inside < 0.9:
            yield Verdict(
                "outside the window",
                (name,),
                f"Of the resistance of the peak at {peak.tau:.2g} s, {100 * (1 - peak.inside):.0f} % lies at times "
                "that were not measured: it is extrapolated.",
            )
        if peak.found < FOUND:
            yield Verdict(
                "peak uncertain",
                (name,),
                f"The peak at {peak.tau:.2g} s ({peak.resistance:.3g} ohm) appears in {100 * peak.found:.0f} % of "
                "the bootstrap draws only: the noise decides whether it is there.",
            )


def _of_humps(unresolved):
    for tau, resistance in unresolved:
        yield Verdict(
            "not resolved",
            (),
            f"What the estimate has near {tau:.2g} s ({resistance:.2g} ohm) is too small beside the magnitude "
            "there, or its noise, to be called a peak, and is counted to none.",
        )


def _of_valleys(result, drawn):
    """Neighbours between which the draws do not agree on a minimum."""
    if not len(drawn):
        return
    at = [int(np.argmin(np.abs(result.tau - peak.tau))) for peak in result.peaks]
    for number, (left, right) in enumerate(pairwise(at), 1):
        tops = np.minimum(drawn[:, max(left - 2, 0) : left + 3].max(1), drawn[:, max(right - 2, 0) : right + 3].max(1))
        parted = np.mean(drawn[:, left : right + 1].min(axis=1) < (1 - STANDS_OUT_OF_ITSELF) * tops)
        if parted < FOUND:
            first, second = result.peaks[number - 1 : number + 1]
            yield Verdict(
                "peaks not separated",
                (f"peak {number}", f"peak {number + 1}"),
                f"The peaks at {first.tau:.2g} s and {second.tau:.2g} s cannot be separated: only "
                f"{100 * parted:.0f} % of the bootstrap draws part them. Their sum, "
                f"{first.resistance + second.resistance:.3g} ohm, is what the spectrum says.",
            )


def _of_shapes(result, scatter, parts):
    """Peaks that are no ZARCs."""
    if parts.shapes is None or parts.are_zarcs:
        return
    names = tuple(f"peak {number}" for number in range(1, len(result.peaks) + 1))
    text = (
        f"ZARCs, one a peak, leave {parts.misfit:.2g} of the magnitude where the distribution leaves "
        f"{scatter:.2g}: a peak has another shape or holds more than one process."
    )
    if len(parts.maxima) > 1:
        text += (
            " Each is counted to the minima beside it; what it has beyond them is its neighbour's, and the intervals "
            "do not cover that."
        )
    yield Verdict("no ZARCs", names, text)


def _of_regularisation(result, is_chosen):
    counts = [count for _, count in result.peaks_by_regularisation]
    if min(counts) != max(counts):
        listed = ", ".join(f"{count} at {strength:.1g}" for strength, count in result.peaks_by_regularisation)
        yield Verdict(
            "number of peaks not determined",
            (),
            f"The regularisation decides the number of peaks, {min(counts)} to {max(counts)} within a decade to "
            f"either side of {result.regularisation:.1g} ({listed}).",
        )
    if is_chosen and result.regularisation in REGULARISATIONS[[0, -1]]:
        weakest = result.regularisation == REGULARISATIONS[-1]
        kind, why = (
            ("weakest", "the data alone shape the distribution, with what systematic error they have")
            if weakest
            else ("strongest", "noise hides all but the coarsest shape")
        )
        yield Verdict(
            "regularisation at its limit",
            (),
            f"Cross-validation asks for the {kind} regularisation that is tried, {result.regularisation:.1g}: {why}.",
        )


def _of_tail(result):
    slope = tail_slope(result.frequency, result.impedance)
    if slope >= -TAIL_SLOPE:
        return
    if result.Q is None:
        text = "it is taken as a relaxation whose end was not measured"
    elif result.alpha == 1:
        text = f"it is taken as a capacitor of {result.Q:.3g} F"
    else:
        text = f"it is taken as a tail with the exponent {result.alpha:.2f}"
    yield Verdict(
        "tail or relaxation",
        (),
        f"−Im Z still rises at the lowest frequency (slope {slope:.2f}): {text}. Whether it is a blocking "
        "tail, diffusion or an arc cut short this window does not say, and slow peaks depend on it.",
    )


def _of_residuals(estimate, noise):
    if noise is not None and estimate.scatter > 1.5 * noise:
        yield Verdict(
            "residuals exceed the noise",
            (),
            f"The residuals are {estimate.scatter / noise:.2g} times the given noise: the spectrum is no sum of "
            "relaxations to within it, or the regularisation is too strong.",
        )
    residuals = estimate.residuals
    parts = np.split(residuals, 2)
    correlation = sum(part[1:] @ part[:-1] for part in parts) / (residuals @ residuals)
    limit = 4 / np.sqrt(len(residuals))
    # Below a hundred-thousandth it is the piecewise-linear form, which has patterns of its own.
    if correlation > limit and np.sqrt(np.mean(residuals**2)) > 1e-5:
        yield Verdict(
            "residuals systematic",
            (),
            f"Neighbouring residuals go together (correlation {correlation:.2f}, chance gives below {limit:.2f}): "
            "something in the spectrum is no sum of relaxations, or drifted, and the bands do not cover that.",
        )
