"""What a spectrum would tell: against simulated fits, and against the sensitivities written out anew."""

import numpy as np
import pytest

from sslib.impedance import C, R, TransmissionLine, fit, fit_batch
from sslib.impedance.experiment import information, information_at, information_of
from sslib.instruments import Spectrum
from sslib.units import celsius, eV
from tests.impedance.experiment.cells import (
    CELL,
    CELL_VALUES,
    ENERGIES,
    FREQUENCY,
    LINE,
    NOISE,
    SWEEP,
    VALUES,
    one_fit,
    scatter,
    simulated,
    weighted_jacobian,
)


def test_the_information_is_what_simulated_fits_scatter_by():
    """A design that promises what fits do not keep sends people to measure at the wrong frequencies."""
    count = 2000
    fits = fit_batch(LINE, FREQUENCY, simulated(LINE, VALUES, count, 0), starts=VALUES)
    promised = information(LINE, FREQUENCY, VALUES, NOISE)
    for name in LINE.names:
        found = fits.values[name] if name == "alpha" else np.log(fits.values[name])
        assert np.std(found) == pytest.approx(promised.error(name), rel=4 / np.sqrt(2 * count))
    ratio = np.log(fits.values["R_ion"] / fits.values["R_ct"])
    assert np.std(ratio) == pytest.approx(promised.error_along({"R_ion": 1, "R_ct": -1}), rel=4 / np.sqrt(2 * count))


def test_information_adds_up_over_measurements_by_name():
    """A second configuration shares some parameters and brings others; a shift by one name would mix them up."""
    ion_ion = TransmissionLine(ion=R("R_ion"), electron=R("R_el"), interface=C("C_dl"), terminals="ion-ion")
    values = {"R_ion": 60.0, "R_el": 20.0, "C_dl": 1e-3}
    one, two = information(LINE, FREQUENCY, VALUES, NOISE), information(ion_ion, FREQUENCY, values, NOISE)
    both = one + two
    assert both.names == (*LINE.names, "R_el", "C_dl")
    shared = both.matrix[both.names.index("R_ion"), both.names.index("R_ion")]
    assert shared == pytest.approx(one.matrix[1, 1] + two.matrix[0, 0], rel=1e-14)
    assert both.error("R_ion") < min(one.error("R_ion"), two.error("R_ion"))
    assert (one + one).error("Q") == pytest.approx(one.error("Q") / np.sqrt(2))


def test_what_is_not_determined_has_an_infinite_error_and_the_rest_a_finite_one():
    """A pseudo-inverse that calls the unknown well known is the worst of all answers."""
    twice = information(R("R_a") + R("R_b"), FREQUENCY, {"R_a": 10.0, "R_b": 30.0}, NOISE)
    assert twice.errors() == {"R_a": np.inf, "R_b": np.inf}
    # The sum: its logarithm changes by the shares of the two.
    together = twice.error_along({"R_a": 0.25, "R_b": 0.75})
    assert np.isfinite(together)
    assert together == pytest.approx(NOISE / np.sqrt(len(FREQUENCY)))
    assert (
        information(R("R_a") + R("R_b"), FREQUENCY, {"R_a": 10.0, "R_b": 30.0}, NOISE, fixed=["R_b"]).error("R_a") > 0
    )


@pytest.mark.parametrize(
    ("noise", "errors", "ratios"),  # of R_sep, R_ion, R_el, R_ct
    [
        (5.1e-3, (0.26, 0.096, 0.34, 0.0075), (1.13, 1.3, 1.3, 1.1)),
        (3.0e-3, (0.15, 0.057, 0.20, 0.0044), (1.13, 1.43, 1.43, 1.1)),
        (1.02e-3, (0.052, 0.0193, 0.069, 0.0015), (1, 1, 1, 1)),
    ],
)
def test_the_worst_parameter_governs_how_near_the_bound_all_of_them_are(noise, errors, ratios):
    """The figures of the module's docstring: a bound of 0.4 % is believed where another parameter's is 20 %."""
    bound = information(CELL, SWEEP, CELL_VALUES, noise)
    names = ("R_sep", "R_ion", "R_el", "R_ct")
    for name, error in zip(names, errors, strict=True):
        assert bound.error(name) == pytest.approx(error, rel=0.05)
    exact = CELL.impedance(SWEEP, **CELL_VALUES)
    chance = np.random.default_rng(11).standard_normal((4000, 65, 2)) @ [1, 1j]
    fits = fit_batch(CELL, SWEEP, exact + noise * abs(exact) * chance, starts=CELL_VALUES)
    for name, ratio in zip(names, ratios, strict=True):
        assert scatter(fits, name) / bound.error(name) == pytest.approx(ratio, abs=0.06)


def test_the_errors_of_extreme_cells_are_those_of_the_sensitivities_not_of_their_square():
    """Squaring loses half of the digits: what is known to 10 % was called unknown, and what is not was called known."""
    rng, compared = np.random.default_rng(0), 0
    for _ in range(1500):
        values = {name: 10 ** rng.uniform(-3, 4) for name in ("R_sep", "R_ion", "R_el", "R_ct")}
        values |= {"Q_dl": 10 ** rng.uniform(-7, -1), "alpha_dl": rng.uniform(0.6, 1)}
        found = information(CELL, SWEEP, values, NOISE)
        rows = weighted_jacobian(CELL, SWEEP, values, NOISE)
        scale = np.linalg.norm(rows, axis=0)
        _, sizes, directions = np.linalg.svd(rows / scale, full_matrices=False)
        if sizes[-1] < 1e-14 * sizes[0]:
            continue  # double precision ends here
        expected = np.linalg.norm(directions.T / sizes, axis=1) / scale
        for name, error in zip(CELL.names, expected, strict=True):
            if min(error, found.error(name)) < 0.3:
                assert found.error(name) == pytest.approx(error, rel=1e-3), (name, values)
                compared += 1
    assert compared > 2500


def test_the_sum_of_two_measurements_knows_as_much_as_both_at_once():
    """What adds squares loses what the second measurement says about a direction that the first hardly sees."""
    values = {**CELL_VALUES, "R_sep": 1e-4, "R_el": 1e-3}
    halves = information(CELL, SWEEP[::2], values, NOISE) + information(CELL, SWEEP[1::2], values, NOISE)
    whole = information(CELL, SWEEP, values, NOISE)
    for name in CELL.names:
        assert halves.error(name) == pytest.approx(whole.error(name), rel=1e-6)
    assert len(halves.factor) == len(CELL.names)
    known = information(CELL, SWEEP, values, NOISE, fixed=["R_ct"])
    assert whole.given(["R_ct"]).error("R_ion") == pytest.approx(known.error("R_ion"), rel=1e-6)


def test_the_information_of_a_fit_has_the_errors_of_its_covariance(fitted):
    """Another noise, or a fixed parameter taken for free, would promise gains over something else than the fit."""
    for result in (fitted, one_fit(fixed={"R_sep": 25.0})):
        errors = information_of(result).errors()
        assert tuple(errors) == result.free
        assert list(errors.values()) == pytest.approx(np.sqrt(np.diagonal(result.covariance)), rel=1e-4)
    absolute = fit(CELL, Spectrum(SWEEP, fitted.impedance), starts=CELL_VALUES, error="unit", noise=0.05)
    errors = list(information_of(absolute).errors().values())
    assert errors == pytest.approx(np.sqrt(np.diagonal(absolute.covariance)), rel=1e-4)


def test_what_is_fixed_at_the_reference_is_known_elsewhere_only_as_its_energy_is():
    """R_ct fixed at 25 °C still has its energy for an unknown at −20 °C."""
    given = CELL, SWEEP, CELL_VALUES, NOISE, celsius(-20), ENERGIES
    found = information_at(*given, fixed=["R_ct"])
    assert "R_ct" not in found.names
    assert "E_R_ct" in found.names
    assert "alpha_dl" in found.names
    with pytest.raises(ValueError, match="alpha_dl is not fitted by its logarithm"):
        information_at(*given[:-1], {"alpha_dl": 0.1 * eV})
