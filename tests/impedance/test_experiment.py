"""What a measurement would determine: against simulated fits, and against designs that are known in closed form."""

import numpy as np
import pytest

from sslib.impedance import CPE, C, R, TransmissionLine, fit_batch
from sslib.impedance.experiment import Information, design_frequencies, information, smallest_arc, smallest_change

FREQUENCY = np.logspace(5, -2, 43)
LINE = R("R_0") + TransmissionLine(ion=R("R_ion"), interface=R("R_ct") | CPE("Q", "alpha"))
VALUES = {"R_0": 20.0, "R_ion": 60.0, "R_ct": 90.0, "Q": 1e-3, "alpha": 0.9}
NOISE = 0.003


def simulated(model, values, count, seed):
    rng = np.random.default_rng(seed)
    exact = model.impedance(FREQUENCY, **values)
    parts = rng.standard_normal((count, len(FREQUENCY), 2)) @ [1, 1j]
    return exact + NOISE * np.abs(exact) * parts


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
    assert shared == one.matrix[1, 1] + two.matrix[0, 0]
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


# An arc R/(1 + ix), x = ωRC: the sensitivities to ln R and ln C are 1/(1 + ix) and −ix/(1 + ix), at right angles, so
# the information is diagonal, with a = Σ w/(1 + x²) and 1 − a over noise².
ARC, ARC_VALUES = R("R") | C("C"), {"R": 100.0, "C": 1e-4 / (2 * np.pi)}
CANDIDATES = 100 * np.logspace(-3, 1, 41)
SHARE = np.mean(1 / (1 + (CANDIDATES / 100) ** 2))


def test_the_d_optimal_design_of_an_arc_is_the_known_one():
    """det F = a(1 − a)/noise⁴ is largest at a = 1/2, wherever the frequencies lie."""
    design = design_frequencies(ARC, ARC_VALUES, CANDIDATES, NOISE)
    x = design.frequency / 100
    assert np.sum(design.share / (1 + x**2)) == pytest.approx(0.5, abs=5e-3)
    assert np.linalg.det(design.information.matrix) * NOISE**4 == pytest.approx(0.25, rel=1e-3)
    assert design.efficiency == pytest.approx(np.sqrt(SHARE * (1 - SHARE) / 0.25), rel=1e-3)


@pytest.mark.parametrize(("name", "end", "even"), [("R", 0, SHARE), ("C", -1, 1 - SHARE)])
def test_the_c_optimal_design_of_an_arc_is_its_end(name, end, even):
    """For R alone one measures where the arc is R; for C alone where it is C."""
    design = design_frequencies(ARC, ARC_VALUES, CANDIDATES, NOISE, of=name)

    def of_arc(frequency):
        x = frequency / 100
        return 1 / (1 + x**2) if name == "R" else x**2 / (1 + x**2)

    best = of_arc(CANDIDATES[end])
    assert np.sum(design.share * of_arc(design.frequency)) == pytest.approx(best, rel=5e-4)
    assert design.efficiency == pytest.approx(even / best, rel=1e-3)


def test_no_single_frequency_improves_a_design():
    """The equivalence theorem, by brute force: moving a little of the effort to any candidate must not help."""
    for of in (None, "R_ion", {"R_ion": 1, "R_ct": -1}):
        design = design_frequencies(LINE, VALUES, FREQUENCY, NOISE, of=of)
        direction = {of: 1} if isinstance(of, str) else of

        def merit(shares, direction=direction):
            total = sum(
                (np.array(information(LINE, [f], VALUES, NOISE).matrix) * w for f, w in shares.items()),
                np.zeros((5, 5)),
            )
            one = Information(LINE.names, (True,) * 4 + (False,), total)
            return np.linalg.slogdet(total)[1] if direction is None else -np.log(one.error_along(direction))

        shares = dict(zip(design.frequency, design.share, strict=True))
        here = merit(shares)
        for candidate in FREQUENCY:
            moved = {f: 0.99 * w for f, w in shares.items()}
            moved[candidate] = moved.get(candidate, 0) + 0.01
            assert merit(moved) < here + 0.01 * 5e-2


def test_a_design_for_what_nothing_determines_is_refused():
    """Otherwise the algorithm would settle somewhere and look like advice."""
    with pytest.raises(ValueError, match="do not determine this"):
        design_frequencies(R("R_a") + R("R_b"), {"R_a": 1.0, "R_b": 2.0}, FREQUENCY, NOISE)
    with pytest.raises(ValueError, match="unknown: R_x"):
        design_frequencies(LINE, VALUES, FREQUENCY, NOISE, of="R_x")


def test_the_smallest_change_is_noticed_as_often_as_stated():
    """A limit of resolution is a promise about a test: at this change it says 'changed' in 95 % of cases."""
    promised = information(LINE, FREQUENCY, VALUES, NOISE)
    change = smallest_change(promised, "R_ion")
    changed = {**VALUES, "R_ion": VALUES["R_ion"] * (1 + change)}
    before, after = (
        np.log(fit_batch(LINE, FREQUENCY, simulated(LINE, values, 1000, seed), starts=values).values["R_ion"])
        for values, seed in ((VALUES, 1), (changed, 2))
    )
    noticed = np.mean((after - before) / (np.sqrt(2) * promised.error("R_ion")) > 1.96)
    assert noticed == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 1000))
    assert smallest_change(promised, "R_ion", compared=False) < change
    with pytest.raises(ValueError, match="not fitted by its logarithm"):
        smallest_change(promised, "alpha")


def test_the_smallest_arc_raises_chi_square_as_predicted():
    """Chi-square without the arc minus that with it scatters about the square of level and power in standard errors."""
    time = 3e-4
    [resistance] = smallest_arc(LINE, FREQUENCY, VALUES, NOISE, [time])
    model = LINE + (R("R_x") | C("C_x"))
    truth = {**VALUES, "R_x": resistance, "C_x": time / resistance}
    count = 400
    data = simulated(model, truth, count, 3)
    # Standard deviations of the data, not of the model: both fits are then measured by the same yardstick.
    errors = NOISE * np.abs(model.impedance(FREQUENCY, **truth))
    options = {"error": np.repeat(errors[None], count, axis=0)}
    without = fit_batch(LINE, FREQUENCY, data, starts=VALUES, **options).chi_square
    fixed = {"R_x": truth["R_x"], "C_x": truth["C_x"]}
    beside = fit_batch(model, FREQUENCY, data, starts=VALUES, fixed=fixed, **options).chi_square
    expected = (1.6449 + 1.6449) ** 2
    assert np.mean(without - beside) == pytest.approx(expected, abs=4 * 2 * np.sqrt(expected / count) + 0.03 * expected)


def test_an_arc_that_the_model_has_already_cannot_be_seen():
    """A second arc of the same time constant is only more of the first."""
    found = smallest_arc(R("R_0") + ARC, FREQUENCY, {"R_0": 5.0, **ARC_VALUES}, NOISE, [100 * 1e-4 / (2 * np.pi), 1e-6])
    assert found[0] > 100 * found[1] or np.isinf(found[0])
