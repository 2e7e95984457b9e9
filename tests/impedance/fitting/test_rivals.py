"""Rival solutions: those of exhaustive starts are listed, and nothing else is."""

import numpy as np
import pytest
from scipy import stats

from tests.benchmarks.bench_coverage import MODELS, NOISES
from tests.benchmarks.bench_rivals import UNSEEN, compare_rivals
from tests.simulations import simulations

FIRST = 100_000
SPECTRA = simulations(32)


@pytest.mark.slow
def test_rivals_are_those_of_exhaustive_starts():
    """A basin that the search does not reach, a first look that is no minimum, or a valley counted twice would show."""
    kinds = [(name, noise) for name in MODELS for noise in NOISES]
    rows = np.array([compare_rivals(*kinds[k % len(kinds)], FIRST + k) for k in range(SPECTRA)])
    true, missed, listed, false, loose, silent, deeper = rows.T
    assert np.sum(deeper > UNSEEN) <= stats.binom.ppf(0.9995, SPECTRA, 0.01)
    assert true.sum() > 0
    assert missed.sum() <= stats.binom.ppf(0.9995, int(true.sum()), 0.01)
    assert loose.sum() > 0
    assert silent.sum() <= stats.binom.ppf(0.9995, int(loose.sum()), 0.01)
    assert false.sum() <= stats.binom.ppf(0.9995, int(listed.sum()), 0.02)
