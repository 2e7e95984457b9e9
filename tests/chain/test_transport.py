"""What later steps take from the reading of a spectrum: per area, over all models that are likely."""

from types import SimpleNamespace

import numpy as np
import pytest

from sslib.cell import Known
from sslib.chain import budget_per_area, known_transport
from sslib.impedance import cathode_model, read_cathode
from sslib.instruments import Spectrum
from sslib.units import cm2, ohm_cm2, um

AREA, THICKNESS = 2 * cm2, 50 * um
UNSEEN = {"tau_d": Known(500.0, (50.0, 5000.0))}


@pytest.fixture(scope="module")
def reading():
    """One rail with a separator, 0.3 % of noise in each part."""
    frequency, rng = np.geomspace(1e5, 0.01, 36), np.random.default_rng(5)
    model = cathode_model("one_rail", "resistor")
    exact = model.impedance(frequency, R_sep=20.0, R_ion=60.0, Q_dl=2e-4, alpha_dl=0.9, R_ct=90.0)
    spectrum = Spectrum(frequency, exact * (1 + 0.003 * rng.standard_normal((36, 2)) @ [1, 1j]))
    return read_cathode(spectrum, cathode="one_rail", separator="resistor", counter_electrode="none")


def rivals(*models):
    """A reading whose likely fits have these values, each known to a factor of two."""

    def fit(values):
        def derive(of, level):
            value = of(values)
            return value, (value / 2, value * 2)

        return SimpleNamespace(values=values, free=list(values), derive=derive, correlations=lambda above: {})

    fits = [fit(values) for values in models]

    def interval(name):
        if name not in fits[0].free and name == "tau_d":
            raise ValueError(f"there is no interval for {name!r}")
        having = [one.values[name] for one in fits if name in one.free]
        return (min(having) / 2 if len(having) == len(fits) else 0.0, max(having) * 2)

    names = ["R_ion", "R_el", "R_ct", "R_sep", "R_counter", "R_d"]
    return SimpleNamespace(result=fits[0], likely=fits, interval=interval, resistances=names)


def test_parameters_are_per_area_with_the_intervals_of_the_fit(reading):
    """Ohms of a cell of 2 cm2 taken for ohm cm2 would halve every loss."""
    found = known_transport(reading, UNSEEN, AREA, THICKNESS)
    for name in ("R_sep", "R_ion", "R_ct"):
        assert found.known[name].value == pytest.approx(reading.result.values[name] * AREA)
        assert found.known[name].interval == pytest.approx(tuple(end * AREA for end in reading.interval(name)))
    assert found.known["R_ct"].value == pytest.approx(180 * ohm_cm2, rel=0.05)
    assert found.known["R_el"] == found.known["R_counter"] == Known(0.0, (0.0, 0.0))
    assert found.known["tau_d"] == UNSEEN["tau_d"]
    assert found.thickness == THICKNESS
    assert found.diffusion_resistance is None


def test_the_budget_is_per_area_and_open_where_the_fit_is(reading):
    """A bar of the waterfall with an end that the fit does not have would be invented."""
    parts = budget_per_area(reading, AREA)
    assert set(parts) == set(reading.budget)
    for part, (value, low, high) in parts.items():
        share = reading.budget[part]
        assert (value, low, high) == pytest.approx((share.value * AREA, *(end * AREA for end in share.interval)))
    wide = SimpleNamespace(
        budget=reading.budget,
        result=reading.result,
        interval=lambda name: (None if name == "R_sep" else 1.0, None if name == "R_ct" else 9.0),
    )
    parts = budget_per_area(wide, AREA)
    assert [end is None for end in parts["separator"][1:]] == [True, False]
    assert [end is None for end in parts["charge transfer"][1:]] == [False, True]
    assert None not in parts["ionic rail"]


def test_diffusion_that_only_a_rival_sees_is_the_stated_one():
    """The best model has none: the page must neither stop nor take a diffusion time of zero."""
    best = {"R_ion": 60.0, "R_ct": 90.0}
    found = known_transport(rivals(best, best | {"R_d": 5.0, "tau_d": 100.0}), UNSEEN, AREA, THICKNESS)
    assert found.known["tau_d"] == UNSEEN["tau_d"]
    assert found.diffusion_resistance is None
    seen = known_transport(rivals(best | {"R_d": 5.0, "tau_d": 100.0}, best), UNSEEN, AREA, THICKNESS)
    assert seen.known["tau_d"].value == 100.0
    assert seen.diffusion_resistance == pytest.approx(5.0 * AREA)


def test_an_electrode_that_may_block_has_no_upper_end_of_its_charge_transfer():
    """Without charge transfer nothing passes: a model that lacks it says infinite, where one without a rail says 0."""
    blocking, passing = {"R_ion": 60.0, "R_el": 30.0}, {"R_ion": 70.0, "R_ct": 90.0}
    found = known_transport(rivals(blocking, passing), UNSEEN, AREA, THICKNESS).known
    assert found["R_ct"].value == pytest.approx(90 * AREA)
    assert found["R_ct"].interval == (pytest.approx(45 * AREA), None)
    assert found["R_el"] == Known(30 * AREA, (0.0, 60 * AREA))
    with pytest.raises(ValueError, match="the fit does not have R_ct"):
        known_transport(rivals(blocking), UNSEEN, AREA, THICKNESS)
