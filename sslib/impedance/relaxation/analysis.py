"""From a spectrum to its distribution of relaxation times, with what is known of it."""

from dataclasses import replace

import numpy as np

from sslib.checks import check_positive
from sslib.impedance.fitting.results import LEVEL
from sslib.impedance.relaxation.estimate import Estimate, best_estimate
from sslib.impedance.relaxation.peaks import Parts, band, find_parts, interval, peaks_with_intervals
from sslib.impedance.relaxation.result import RelaxationTimes
from sslib.impedance.relaxation.verdicts import verdicts

LEAST_FREQUENCIES = 10
"""Fewer are no basis for a distribution."""
# Factors on the λ of the estimate: what they change is not determined.
NEARBY = 10.0 ** np.array([-1, -0.5, 0, 0.5, 1])


def relaxation_times(
    spectrum, *, regularisation="gcv", order=2, noise=None, inductance=True, blocking="auto",
    draws=200, level=LEVEL, seed=0,
):  # fmt: skip
    r"""Distribution of relaxation times of a spectrum, by non-negative Tikhonov regularisation.

    .. math:: Z = R_\infty + i\omega L + \frac{1}{Q (i\omega)^\alpha}
              + \int \frac{\gamma(\ln\tau)}{1 + i\omega\tau} \, d\ln\tau

    .. math:: \min_{\gamma, R_\infty, L, 1/Q \ge 0} \; \frac{1}{2N} \sum \left|\frac{Z - Z_k}{Z_k}\right|^2
              + \lambda \int \left(\frac{\bar s}{s} \frac{\gamma^{(n)}}{Z_0}\right)^2 d\ln\tau

    Parameters
    ----------
    spectrum : Spectrum
        Anything with ``frequency`` [Hz] and complex ``impedance`` [ohm], each of shape (frequencies,).
    regularisation : "gcv" or float
        λ [1]; "gcv" chooses it by generalised cross-validation.
    order : {1, 2}
        Of the derivative n that is penalised.
    noise : float, optional
        Relative standard deviation of the real and of the imaginary part [1]. The bootstrap then draws from it, not
        from the residuals.
    inductance : bool
        Whether there is an inductance in series.
    blocking : {"auto", "none", "capacitor", "cpe"}
        The tail. "auto" tries a CPE where -Im Z rises toward the lowest frequencies and keeps it if cross-validation
        prefers it.
    draws : int
        Of the bootstrap; 0 leaves bands and intervals NaN.
    level : float
        Of bands and intervals.
    seed : int
        Of the bootstrap.

    Returns
    -------
    RelaxationTimes

    Raises
    ------
    ValueError
        For values that are not finite or zero, fewer than ten points, options that are not known.

    Notes
    -----
    γ is linear in ln τ between nodes, ten a decade, from a decade below to a decade above the window 1/ω: its
    coefficients are γ itself, so that "not negative" holds everywhere and not only at nodes, integrals are exact, and
    there is no width to choose as there is for radial functions.

    A uniform penalty has to be weak enough for the narrowest peak and then lets ringing stand beside it as peaks of
    their own. So roughness is weighed relative to s, the last estimate smoothed over 0.2 decades and no less than
    0.3 % of its maximum relative to |Z| at ω = 1/τ (s̄ is its mean, Z_0 the geometric mean of the magnitudes), and is
    estimated anew three times.

    Generalised cross-validation, V = 2N·RSS/(2N − ν)², takes for ν the trace of the matrix that maps data to fit on
    the coefficients that are not zero. For a convex problem with bounds this is the exact derivative of the fit by the
    data wherever no coefficient is about to leave or meet zero. That the weights s depend on the data is left out, as
    is the choice of α. V is flat toward small λ, where chance decides: the largest λ is taken of which V is within
    1 + (2/2N)^½ of the least, one standard error of a sum of 2N squares.

    A peak is counted what is its own: ZARCs, one a peak, are fitted to the spectrum, and at each time γ is shared as
    they share their sum. Tails beyond a minimum stay whose they are, and the resistances sum up to the polarisation.
    Where ZARCs fit worse than the distribution does (by four standard deviations of chi-squared), the minima part the
    peaks, and "no ZARCs" says so. What is below three standard deviations of the noise of a decade's points, or a
    millionth of |Z|, is no peak.

    Where the model stops holding: γ ≥ 0 excludes inductive loops and what else is no sum of relaxations; a tail of
    finite-space diffusion is a CPE only far below its own frequency. Of two ZARCs three decades apart, at 0.3 % noise
    and 20 ohm in series, 99 % and more of the resistances of 100 and 100, 100 and 30, 30 and 100, 10 and 100 ohm come
    within 2 %; of a slow 10 ohm after 100 it is 72 %, where the bound of Cramér and Rao is a standard deviation of
    1.3 to 2.1 %. Two decades apart, a tenth beside the whole is mostly no peak of its own for exponents of 0.8 and
    below. Arcs that are no ZARCs were off by 1 % (Cole and Davidson), 3 % (log-normal) and 10 % (Havriliak and
    Negami, beside one three times as large); a finite-length Warburg of 30 ohm beside a ZARC of 100 by 14 %, often
    without a word.

    Bands and intervals come from a bootstrap with λ and α held. A draw is off by noise and, once more, by the bias of
    the regularisation: the intervals hold the draws' quantiles, these mirrored at the estimate and, for resistances,
    the estimates with λ up to a decade to either side. For ZARCs they also reach to where the bias points that the
    regularisation has at the spectrum of the ZARCs that were fitted. In 1740 spectra of two ZARCs (ratios 1:1, 3:1,
    1:3, 10:1, 1:10, exponents 0.75 to 1, two to four decades apart, noise 0.1, 0.3 and 1 %), 97 to 100 % of the 95 %
    intervals of each ratio at each noise hold the resistance, where both are peaks: they are rather too wide. For
    what is no ZARC they may hold it in no spectrum.

    GCV: G. H. Golub, M. Heath and G. Wahba, Technometrics 21 (1979) 215, doi 10.1080/00401706.1979.10489751.
    """
    frequency = np.asarray(spectrum.frequency, dtype=float)
    impedance = np.asarray(spectrum.impedance, dtype=complex)
    _check(frequency, impedance, regularisation, order, noise, blocking, draws, level)
    order_of_frequency = np.argsort(-frequency)
    frequency, impedance = frequency[order_of_frequency], impedance[order_of_frequency]
    given = None if regularisation == "gcv" else float(regularisation)
    estimate = best_estimate(frequency, impedance, order, inductance, blocking, given)
    draws = estimate.bootstrap(int(draws), noise, np.random.default_rng(seed))
    return _result(estimate, draws, frequency, impedance, noise, level)


def _check(frequency, impedance, regularisation, order, noise, blocking, draws, level):
    if frequency.ndim != 1 or frequency.shape != impedance.shape:
        raise ValueError(
            f"frequency has shape {frequency.shape} and impedance {impedance.shape}; both are (frequencies,)"
        )
    check_positive(frequency=frequency)
    if len(frequency) < LEAST_FREQUENCIES:
        raise ValueError(
            f"{len(frequency)} frequencies are too few for a distribution; {LEAST_FREQUENCIES} or more go in"
        )
    for wrong, what in ((~np.isfinite(impedance), "not finite"), (impedance == 0, "zero")):
        if wrong.any():
            raise ValueError(f"the impedance holds values that are {what}")
    if isinstance(regularisation, str):
        if regularisation != "gcv":
            raise ValueError(f"regularisation is {regularisation!r}; allowed are 'gcv' or a number")
    else:
        check_positive(regularisation=regularisation)
    if order not in (1, 2):
        raise ValueError(f"order is {order!r}; allowed are 1 and 2")
    if noise is not None:
        check_positive(noise=noise)
    if blocking not in ("auto", "none", "capacitor", "cpe"):
        raise ValueError(f"blocking is {blocking!r}; allowed are 'auto', 'none', 'capacitor' and 'cpe'")
    if draws != int(draws) or draws < 0:
        raise ValueError(f"draws is {draws}; it must be a whole number, 0 or more")
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; it must be between 0 and 1, such as 0.95")


def _result(estimate, draws, frequency, impedance, noise, level):
    problem, gamma = estimate.problem, estimate.gamma
    coefficients, spectra = draws
    drawn = coefficients[:, : problem.times] * problem.scale
    nearby = [estimate if k == 1 else Estimate(problem, estimate.regularisation * k) for k in NEARBY]
    R_inf, inductance, inverse = problem.series(estimate.coefficients)
    scatter = estimate.scatter if noise is None else float(noise)
    parts = Parts(estimate, scatter)
    peaks, unresolved = peaks_with_intervals(parts, drawn, spectra, [other.gamma for other in nearby], level)
    lower, upper = band(drawn, gamma, level)
    real, imaginary = np.split(estimate.residuals, 2)
    result = RelaxationTimes(
        frequency=frequency,
        impedance=impedance,
        tau=np.exp(problem.log_tau),
        gamma=gamma,
        lower=lower,
        upper=upper,
        level=level,
        R_inf=R_inf,
        L=inductance,
        Q=1 / inverse if inverse > 0 else None,
        alpha=problem.alpha if inverse > 0 else None,
        peaks=peaks,
        intervals=_intervals(estimate, coefficients, nearby, parts, level),
        regularisation=estimate.regularisation,
        order=problem.order,
        peaks_by_regularisation=tuple(
            (float(other.regularisation), int(find_parts(other.gamma, problem, scatter)[1].sum())) for other in nearby
        ),
        degrees_of_freedom=estimate.degrees_of_freedom,
        noise=scatter,
        residuals=real + 1j * imaginary,
        verdicts=(),
        step=problem.step,
    )
    return replace(result, verdicts=tuple(verdicts(result, estimate, drawn, parts, unresolved, noise)))


def _intervals(estimate, coefficients, nearby, parts, level):
    """Of what is in series and of the whole polarisation."""
    problem = estimate.problem

    def totals(row):
        return [*problem.series(row), problem.step * problem.scale * row[: problem.times].sum()]

    drawn = np.array([totals(row) for row in coefficients]).reshape(-1, 4)
    others = np.array([totals(other.coefficients) for other in nearby])
    here = totals(estimate.coefficients)
    bias = np.zeros(4)
    if parts.are_zarcs:
        truth = [*problem.series(parts.shapes.series), parts.shapes.resistance.sum()]
        bias = np.array(totals(parts.again)) - truth
    intervals = {
        name: interval(drawn[:, k], here[k], level, others[:, k], bias[k])
        for k, name in enumerate(("R_inf", "L", "1/Q", "polarisation"))
    }
    low, high = intervals.pop("1/Q")
    if here[2] > 0:
        intervals["Q"] = 1 / high, (1 / low if low > 0 else None)
    if not problem.inductance:
        del intervals["L"]
    return intervals
