"""The bootstrap against the profile likelihood, where both hold, and where its limits are."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sslib.impedance import fit
from sslib.impedance.fitting.resampling import bootstrap
from tests.impedance.fitting.test_fitting import FIVE, TRUTH, measured


@pytest.fixture(scope="module")
def result():
    return fit(FIVE, measured(FIVE, TRUTH), noise=0.003)


@pytest.mark.parametrize("kind", ["parametric", "residual"])
def test_bootstrap_agrees_with_the_profile_where_all_is_determined(result, kind):
    """A wrong size of the drawn noise or degrees of freedom forgotten would widen or narrow these intervals."""
    drawn = bootstrap(result, kind, draws=2000, seed=3)
    # Drawn residuals have this spectrum's own scatter, the profile the stated noise.
    scatter = 1.0 if kind == "parametric" else np.sqrt(result.reduced_chi_square)
    for name in TRUTH:
        low, high = drawn.interval(name)
        expected = scatter * np.log(np.divide(result.interval(name), result.values[name]))
        # The end of a 95 % interval from 2000 draws scatters by 0.06 standard errors, or 3 % of its distance.
        assert_allclose(np.log(np.array([low, high]) / result.values[name]), expected, rtol=0.15)


def test_derived_quantities_follow_the_draws(result):
    drawn = bootstrap(result, draws=2000, seed=4)
    _, profile = result.derive(lambda v: v["R_ion"] / v["R_ct"])
    assert_allclose(drawn.derive(lambda v: v["R_ion"] / v["R_ct"]), profile, rtol=0.005)


def test_the_seed_decides(result):
    """A report that is run again prints the same numbers."""
    first, again, other = (bootstrap(result, draws=20, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.samples["R_ion"], again.samples["R_ion"])
    assert not np.array_equal(first.samples["R_ion"], other.samples["R_ion"])


def test_fixed_parameters_stay_fixed_and_a_bound_leaves_an_end_open():
    spectrum = measured(FIVE, TRUTH)
    result = fit(FIVE, spectrum, fixed={"alpha": 0.9}, bounds={"R_0": (25.0, 100.0)})
    drawn = bootstrap(result, draws=50)
    assert "alpha" not in drawn.samples
    assert drawn.interval("R_0")[0] is None
    assert drawn.derive(lambda v: v["alpha"]) == pytest.approx((0.9, 0.9))


@pytest.mark.parametrize(
    ("arguments", "message"), [({"kind": "jackknife"}, "kind is 'jackknife'"), ({"draws": 1}, "draws is 1")]
)
def test_wrong_arguments_are_refused(result, arguments, message):
    with pytest.raises(ValueError, match=message):
        bootstrap(result, **arguments)
    with pytest.raises(ValueError, match="no samples of 'R_x'"):
        bootstrap(result, draws=2).interval("R_x")
