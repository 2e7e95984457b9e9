"""Critical currents of several cells: scipy's estimates, Student's intervals, and coverage where cells are few."""

import numpy as np
import pytest
from scipy import stats

from sslib.measurements import cell_distribution
from tests.simulations import simulations


@pytest.mark.parametrize(("family", "law"), [("lognormal", stats.lognorm), ("weibull", stats.weibull_min)])
def test_estimates_are_those_of_scipy(family, law):
    """The same likelihood by another program: interval- and right-censored cells."""
    rng = np.random.default_rng(2)
    for _ in range(3):
        current = 8 * np.exp(0.3 * rng.standard_normal(7))
        low = np.floor(2 * current) / 2
        high = np.where(low >= 9, np.inf, low + 0.5)
        is_open = np.isinf(high)
        data = stats.CensoredData(interval=np.stack([low, high], axis=1)[~is_open], right=low[is_open])
        shape, _, scale = law.fit(data, floc=0)
        fitted = law(shape, scale=scale)
        ours = cell_distribution(low, high, family)
        assert ours.median == pytest.approx(fitted.median(), rel=1e-3)
        assert ours.spread == pytest.approx(shape if family == "lognormal" else 1 / shape, rel=2e-3)
        assert ours.probability(6.0)[0] == pytest.approx(fitted.cdf(6.0), abs=1e-3)


@pytest.mark.parametrize("count", [2, 3, 6])
def test_cells_known_to_the_point_have_the_interval_of_student(count):
    """The logarithms are then a normal sample, whose mean has an exact interval."""
    logs = np.log(8) + 0.2 * np.random.default_rng(count).standard_normal(count)
    ours = cell_distribution(np.exp(logs - 1e-4), np.exp(logs + 1e-4))
    half = stats.t.isf(0.025, count - 1) * logs.std(ddof=1) / np.sqrt(count)
    expected = np.exp([logs.mean() - half, logs.mean() + half])
    assert np.log(ours.median_interval()) == pytest.approx(np.log(expected), abs=0.02 * half)


def test_cells_that_fail_at_one_step_bound_the_spread_from_above_alone():
    """A spread of zero fits then; a share of 0 % below the step would be quoted as a fact."""
    ours = cell_distribution([6.0] * 3, [7.0] * 3)
    assert ours.spread is None
    assert 6 < ours.median < 7
    low, high = ours.median_interval()
    assert low < 6 < 7 < high
    share, (none, most) = ours.probability(5.0)
    assert share is None
    assert none == 0
    assert 0.1 < most < 0.3
    assert any("all cells may be equal" in text for text in ours.verdicts)


@pytest.mark.parametrize("count", [3, 10])
def test_survivors_bound_the_share_that_fails(count):
    """n cells that all survived leave 1 - 0.025^(1/n), the bound of Clopper and Pearson."""
    ours = cell_distribution([15.0] * count, [None] * count)
    assert ours.median is None
    exact = stats.binomtest(0, count).proportion_ci(0.95).high
    assert ours.probability(15.0)[1][1] == pytest.approx(exact, abs=2e-3)
    low, high = ours.median_interval()
    assert high is None
    assert low is None if exact > 0.5 else low == pytest.approx(15, rel=0.01)


def test_what_is_no_sample_is_refused_by_name():
    """One cell has no spread, and an interval that is none no likelihood."""
    with pytest.raises(ValueError, match="1 cell: a distribution takes at least 2"):
        cell_distribution([6.0], [7.0])
    with pytest.raises(ValueError, match="every upper end must be above the lower"):
        cell_distribution([6.0, 7.0], [7.0, 7.0])
    with pytest.raises(ValueError, match="family is 'normal'"):
        cell_distribution([6.0, 7.0], [7.0, 8.0], "normal")
    with pytest.raises(ValueError, match="lower has shape"):
        cell_distribution([6.0, 7.0], [7.0])


@pytest.mark.slow
@pytest.mark.parametrize("family", ["lognormal", "weibull"])
@pytest.mark.parametrize("count", [3, 6])
def test_few_cells_are_covered(family, count):
    """Median and share at an operating current, with cells known to a step and some that never failed."""
    rng = np.random.default_rng([count, family == "weibull"])
    median, spread, operating, tries = 8.0, 0.25, 5.0, simulations(150)
    half = 0.0 if family == "lognormal" else np.log(np.log(2))
    argument = np.log(operating / median) / spread + half
    share = stats.norm.cdf(argument) if family == "lognormal" else -np.expm1(-np.exp(argument))
    held = np.zeros(2, dtype=int)
    for _ in range(tries):
        draws = rng.standard_normal(count) if family == "lognormal" else np.log(rng.exponential(size=count)) - half
        low = np.minimum(np.floor(median * np.exp(spread * draws)), 12.0)
        ours = cell_distribution(low, np.where(low >= 12, np.inf, low + 1), family)
        bottom, top = ours.median_interval()
        below, above = ours.probability(operating)[1]
        held += (bottom or 0) <= median <= (np.inf if top is None else top), below <= share <= above
    for name, one in zip(("median", "share"), held, strict=True):
        assert stats.binomtest(int(one), tries, 0.95, alternative="less").pvalue > 1e-3, name
