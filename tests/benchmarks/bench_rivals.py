"""Rival solutions against the truth of exhaustive starts: what `fit` misses, and what it lists that is none.

500 spectra of the kinds of `bench_coverage` (4 circuits, 0.3 and 1 % noise, over the whole range of parameters), each
fitted as a user would and, besides, from 300 starts: the truth, half of the others drawn as the truths are, half over
a range wider by a factor of ten either way. A rival is another minimum within 3.84 units of chi-square whose values
differ in something that the spectrum determines. A parameter is open where any of these solutions, a minimum or a point
of a valley, has it a factor of four away within 3.84 units; told is what the fit's verdicts name as not (or barely)
determined, known only together, or different in a rival. What is told of a parameter cannot be false: a refit at four
times or a quarter of it shows it.

``SSLIB_RIVAL_SPECTRA`` says how many spectra; the seed is fixed.
"""

import os
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from scipy.sparse.csgraph import connected_components

from sslib.impedance import fit
from sslib.impedance.fitting.judgement import chi_square_quantile, reports_of
from sslib.impedance.fitting.results import LEVEL, PROBE
from sslib.instruments import Spectrum
from tests.benchmarks.bench_coverage import FREQUENCY, MODELS, NOISES, SEED, random_truths, spectra

SPECTRA = 500
STARTS = 300
WIDER = 10.0
ITERATIONS = 300
EVERY = 1000
UNSEEN = 0.1
BETWEEN = 9
AS_DEEP = 0.02
TELLING = ("not determined", "barely determined", "known only together", "rival solution", "bound reached")


def exhaustive(result, truth, rng):
    """What many starts find of the same spectrum, the fit's own solutions among them: the report, and all values."""
    setting = result.setting
    drawn = random_truths(result.model, STARTS, rng)
    starts = np.stack([drawn[name] for name in setting.names], axis=1)
    positive = [quantity.logarithmic for quantity in setting.quantities]
    starts[STARTS // 2 :] *= np.where(positive, WIDER ** rng.uniform(-1, 1, starts.shape), 1.0)[STARTS // 2 :]
    starts[0] = [truth[name] for name in setting.names]
    own = [[values[name] for name in setting.names] for values, _ in ((result.values, 0), *result.rivals)]
    starts = np.concatenate([starts, own])
    spectrum = np.zeros(len(starts), dtype=int)
    # Again from where they stopped: what moves on was no minimum.
    for _ in range(2):
        found = setting.minimise(starts, spectrum, ITERATIONS)
        starts = found.values
    found = setting.labelled(found)
    (report,) = reports_of(setting, [found.take(np.argsort(found.cost, kind="stable"))], basins=EVERY)
    return report, found.values


def open_parameters(result, report, values):
    """Positive parameters that other solutions have a factor of `PROBE` from the fit's, within chi-square's limit."""
    setting = report.setting
    costs = setting.costs(values, report.spectrum, report.weights)
    near = values[(costs - report.cost) / report.variance < chi_square_quantile(LEVEL, 1)]
    return {
        name
        for name, own, quantity in zip(setting.names, near.T, setting.quantities, strict=True)
        if quantity.logarithmic and (np.abs(np.log(own / result.values[name])) >= np.log(PROBE)).any()
    }


def compare_rivals(name, noise, number):
    """Of one spectrum: rivals, missed, listed, listed in error; open parameters, not told; the depth missed."""
    model = MODELS[name]
    rng = np.random.default_rng([SEED, 1, list(MODELS).index(name), round(1e4 * noise), number])
    truths = random_truths(model, 1, rng)
    _, (impedance,) = spectra(model, truths, noise, rng)
    result = fit(model, Spectrum(FREQUENCY, impedance), noise=noise)
    report, values = exhaustive(result, {key: value[0] for key, value in truths.items()}, rng)
    deeper = (result.standing.cost - report.cost) / report.variance
    listed = [(result.values, -deeper), *((values, rise - deeper) for values, rise in result.rivals)]
    best = dict(zip(result.setting.names, report.values, strict=True))
    true = [(best, 0.0), *report.rivals]
    valley_of = valleys([values for values, _ in (*listed, *true)], report)
    listed, true = (
        [(rise, valley) for (_, rise), valley in zip(solutions, own, strict=True)]
        for solutions, own in ((listed, valley_of[: len(listed)]), (true, valley_of[len(listed) :]))
    )
    missed, false = unmatched(true, listed), unmatched(listed, true)
    is_open = open_parameters(result, report, values)
    told = {name for verdict in result.verdicts if verdict.kind in TELLING for name in verdict.parameters}
    return len(distinct(true[1:])), missed, len(listed) - 1, false, len(is_open), len(is_open - told), deeper


def distinct(rivals):
    """The rivals (rise, valley), those of one depth or valley once."""
    kept = []
    for rival in rivals:
        if not any(same(rival, other) for other in kept):
            kept.append(rival)
    return kept


def same(rival, other):
    """Whether two rivals (rise, valley) lie in one valley: points of a curved one are told by their depth."""
    return rival[1] == other[1] or abs(rival[0] - other[0]) < AS_DEEP


def unmatched(solutions, others):
    """How many rivals, the solutions but the first, are not among the others' and not in the valley of their best."""
    own = [rival for rival in solutions[1:] if rival[1] not in (solutions[0][1], others[0][1])]
    return len(distinct([rival for rival in own if not any(same(rival, other) for other in others[1:])]))


def valleys(solutions, report):
    """The number of the valley in which each solution (dict) lies: one flat curved valley makes no rivals.

    Two lie in one where chi-square does not rise between them, or where others lead from one to the other in such
    steps.
    """
    setting = report.setting
    values = np.array([[own[name] for name in setting.names] for own in solutions])
    positive = np.array([quantity.logarithmic for quantity in setting.quantities])
    places = np.where(positive, np.log(np.where(positive, values, 1)), values)
    depths = setting.costs(values, report.spectrum, report.weights)
    joined = np.eye(len(places), dtype=bool)
    for k, here in enumerate(places):
        for n, there in enumerate(places[:k]):
            between = here + np.linspace(0, 1, BETWEEN)[:, None] * (there - here)
            costs = setting.costs(np.where(positive, np.exp(between), between), report.spectrum, report.weights)
            joined[k, n] = costs.max() < max(depths[k], depths[n]) + UNSEEN * report.variance
    return list(connected_components(joined, directed=False)[1])


def main():
    count = int(os.environ.get("SSLIB_RIVAL_SPECTRA", SPECTRA))
    kinds = [(name, noise) for name in MODELS for noise in NOISES]
    tasks = [(*kinds[k % len(kinds)], k) for k in range(count)]
    with ProcessPoolExecutor() as executor:
        rows = np.array(list(executor.map(compare_rivals, *zip(*tasks, strict=True), chunksize=4)))
    print(
        f"{count} spectra, seed {SEED}, {STARTS} starts each. Rivals within {chi_square_quantile(LEVEL, 1):.2f} units; "
        f"a solution deeper by more than {UNSEEN:g} is a missed best one.\n"
        f"{'':28s}{'rivals':>8s}{'missed':>8s}{'listed':>8s}{'false':>7s}{'open':>7s}{'not told':>10s}"
        f"{'best missed':>13s}{'spectra':>9s}"
    )
    of_kind = np.arange(count) % len(kinds)
    groups = [(f"{name}, {100 * noise:g} %", of_kind == k) for k, (name, noise) in enumerate(kinds)]
    for label, own in (*groups, ("all (targets: 1 %, 2 %)", np.ones(count, dtype=bool))):
        true, missed, listed, false, loose, silent, deeper = rows[own].T
        print(
            f"{label:28s}{true.sum():8.0f}{missed.sum():8.0f}{listed.sum():8.0f}{false.sum():7.0f}"
            f"{loose.sum():7.0f}{silent.sum():10.0f}{np.sum(deeper > UNSEEN):13d}{own.sum():9d}",
            flush=True,
        )


if __name__ == "__main__":
    main()
