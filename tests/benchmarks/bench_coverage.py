"""Intervals against known truth: how often nominal 95 % intervals hold it, over whole parameter ranges.

Four circuits behind a series resistance R_0, 60 frequencies from 1 MHz to 10 mHz, each spectrum with its own truth and
with noise of 0.3 or 1 % of its magnitude, stated to the fit; no starting values. Every resistance is drawn from 3 to
3000 ohm (R_0 from 1 to 300), Q from 1e-6 to 1e-2 S s^alpha, the diffusion time from 0.1 to 1000 s, all evenly in the
logarithm, and alpha evenly from 0.65 to 1. Much of that range a spectrum cannot determine: that is the point.

``SSLIB_COVERAGE_SPECTRA`` says how many spectra of each kind (10000 for the whole table); the seed is fixed.
"""

import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from sslib.impedance import CPE, R, SphericalDiffusion, TransmissionLine, fit_batch

FREQUENCY = np.logspace(6, -2, 60)
NOISES = (0.003, 0.01)
SEED = 20261121
SPECTRA = 400
LEVEL = 0.95
TABLE = Path("reports", "benchmarks", "coverage.csv")

_interface = R("R_ct") | CPE("Q", "alpha")
MODELS = {
    "one rail": R("R_0") + TransmissionLine(ion=R("R_ion"), interface=_interface),
    "two rails": R("R_0") + TransmissionLine(ion=R("R_ion"), electron=R("R_el"), interface=_interface),
    "one rail, diffusion": R("R_0")
    + TransmissionLine(ion=R("R_ion"), interface=CPE("Q", "alpha") | (R("R_ct") + SphericalDiffusion("R_d", "tau_d"))),
    "two arcs": R("R_0") + (R("R_1") | CPE("Q_1", "alpha_1")) + (R("R_2") | CPE("Q_2", "alpha_2")),
}
RANGES = {"R_0": (1, 300), "R": (3, 3000), "Q": (1e-6, 1e-2), "tau": (0.1, 1000)}


def random_truths(model, count, rng):
    """Truths over the whole range, with what is exchangeable in the labelling that a fit takes."""
    truths = {}
    for name in model.names:
        if name.startswith("alpha"):
            truths[name] = rng.uniform(0.65, 1, count)
        else:
            truths[name] = np.exp(rng.uniform(*np.log(RANGES.get(name) or RANGES[name.split("_")[0]]), count))
    for exchange in model.exchanges:
        first, second = (
            np.stack([truths[name] for name in names], axis=1) for names in (exchange.first, exchange.second)
        )
        swap = exchange.rank(first) < exchange.rank(second)
        for a, b in zip(exchange.first, exchange.second, strict=True):
            truths[a], truths[b] = np.where(swap, truths[b], truths[a]), np.where(swap, truths[a], truths[b])
    return truths


def spectra(model, truths, noise, rng):
    exact = model.impedance(FREQUENCY, **truths)
    return exact, exact + noise * np.abs(exact) * (rng.standard_normal((*exact.shape, 2)) @ [1, 1j])


def holds(interval, truth):
    """Whether each interval (spectra, 2) holds its truth; an open end excludes nothing."""
    low, high = interval.T
    return ~(low > truth) & ~(high < truth)


def coverage(model, noise, count, seed=SEED, executor=None, **settings):
    """Fits of random spectra: the truths, the batch, and where the fit ended above the chi-square of the truth."""
    rng = np.random.default_rng([seed, list(MODELS).index(_name(model)), round(1e4 * noise)])
    truths = random_truths(model, count, rng)
    exact, data = spectra(model, truths, noise, rng)
    settings = {"noise": noise, **settings}
    batch = fit_batch(model, FREQUENCY, data, intervals=LEVEL, executor=executor, **settings)
    at_truth = (np.abs((data - exact) / exact) ** 2).sum(axis=1) / noise**2
    return truths, batch, batch.chi_square > at_truth + 1


def _name(model):
    return next(name for name, own in MODELS.items() if own is model)


def _shares(held):
    """A share in per cent and the ends of the binomial's 95 % range; NaN without any."""
    count, yes = len(held), held.sum()
    low, high = stats.beta.ppf([0.025, 0.975], [yes, yes + 1], [count - yes + 1, count - yes])
    share = yes / count if count else np.nan
    return [100 * part for part in (share, np.nan_to_num(low), np.nan_to_num(high, nan=1.0))]


def table(name, noise, truths, batch):
    """The shares of one kind of spectrum, a row for each parameter (DataFrame)."""
    rows = []
    for parameter, interval in batch.intervals.items():
        held, doubtful = holds(interval, truths[parameter]), batch.doubtful[parameter]
        row = {"circuit": name, "noise [%]": 100 * noise, "parameter": parameter}
        for words, own in (("without", ~doubtful), ("with", doubtful), ("all", held >= 0)):
            row[f"n {words}"] = own.sum()
            row |= dict(zip((words, f"{words} from", f"{words} to"), _shares(held[own]), strict=True))
        open_ends = np.isnan(interval).sum(axis=1)
        rows.append(row | {"one end open": 100 * np.mean(open_ends == 1), "both": 100 * np.mean(open_ends == 2)})
    return pd.DataFrame(rows)


def main():
    count = int(os.environ.get("SSLIB_COVERAGE_SPECTRA", SPECTRA))
    print(
        f"{count} spectra of each kind, seed {SEED}. Shares of nominal {LEVEL:.0%} intervals that hold the truth, in "
        "per cent with the 95 % range of the binomial;\nwithout a verdict about the parameter (target 94-97) and with "
        "one (target 94 or more); intervals with one end open, with both."
    )
    tables = []
    with ProcessPoolExecutor() as executor:
        for name, model in MODELS.items():
            for noise in NOISES:
                truths, batch, missed = coverage(model, noise, count, executor=executor)
                print(
                    f"\n{name}, {100 * noise:g} % noise; {100 * missed.mean():.2f} % ended above the truth's chi-square"
                )
                tables.append(table(name, noise, truths, batch))
                own = tables[-1].drop(columns=["circuit", "noise [%]"])
                print(own.to_string(index=False, float_format="{:.1f}".format), flush=True)
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    pd.concat(tables).to_csv(TABLE, index=False, float_format="%.2f")
    print(f"\nwritten to {TABLE}")


if __name__ == "__main__":
    main()
