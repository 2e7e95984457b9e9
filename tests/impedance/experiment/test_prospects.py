"""What a second measurement would bring, against fits of both together."""

import numpy as np
import pytest

from sslib.impedance import Arrhenius, C, Joint, R, TransmissionLine, cathode_model, fit, fit_batch, fit_joint
from sslib.impedance.experiment import design_experiment, information_of, with_terminals
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
    scatter,
)


def simulated_pairs(result, second, frequencies, errors, laws=None, extra=(), fixed=None, count=1500):
    """Fits of the first spectrum together with a second one, both drawn about the fit's values."""
    models = {"first": (result.model, len(SWEEP)), "second": (second, len(frequencies))}
    model = Joint(models, laws)
    truth = {name: dict(extra, **result.values)[name] for name in model.names}
    frequency = np.concatenate([SWEEP, frequencies])
    exact = model.impedance(frequency, **truth)
    deviation = np.concatenate([np.full(len(SWEEP), result.noise), errors]) * abs(exact)
    chance = np.random.default_rng(8).standard_normal((count, len(frequency), 2)) @ [1, 1j]
    data = exact + deviation * chance
    free = {name: value for name, value in truth.items() if name not in (fixed or {})}
    return fit_batch(model, frequency, data, starts=free, error=np.repeat(deviation[None], count, axis=0), fixed=fixed)


def found_among(choices, kind, choice=None):
    return next(p for p in choices if p.kind == kind and choice in (None, p.choice))


@pytest.mark.parametrize("contacts", ["ion-ion", "electron-electron"])
def test_contacts_bring_what_is_promised(fitted, contacts):
    """Someone builds a cell on this number."""
    promised = found_among(design_experiment(fitted, "R_el"), "contacts", contacts)
    pairs = simulated_pairs(fitted, with_terminals(CELL, contacts), SWEEP, np.full(65, fitted.noise))
    for name in ("R_el", "R_ion", "R_ct"):
        assert scatter(pairs, name) == pytest.approx(promised.information.error(name), rel=0.08)
    assert promised.gain == pytest.approx(information_of(fitted).error("R_el") / promised.error)
    assert promised.gain > 5


def test_frequencies_bring_what_is_promised(fitted):
    """The design's shares become measurements: n times the share at each, so the noise of their mean."""
    promised = found_among(design_experiment(fitted, "R_el", candidates=np.geomspace(1e6, 1e-3, 73)), "frequencies")
    design = promised.choice
    errors = fitted.noise / np.sqrt(65 * design.share)
    pairs = simulated_pairs(fitted, CELL, design.frequency, errors)
    assert scatter(pairs, "R_el") == pytest.approx(promised.error, rel=0.08)
    assert promised.error < found_among(design_experiment(fitted, "R_el"), "again").error


@pytest.mark.parametrize("energy_error", [0, np.inf])
def test_a_temperature_brings_what_is_promised(fitted, energy_error):
    """With the energies known, and with the energies fitted from the same two spectra."""
    cold = celsius(-20)
    given = {"temperatures": [cold], "energies": ENERGIES, "energy_error": energy_error}
    promised = found_among(design_experiment(fitted, "R_ct", **given), "temperature", cold)
    laws = {name: Arrhenius({"first": 298.15, "second": cold}) for name in ENERGIES}
    energies = {f"E_{name}": energy / eV for name, energy in ENERGIES.items()}
    known = energies if energy_error == 0 else {}
    pairs = simulated_pairs(fitted, CELL, SWEEP, np.full(65, fitted.noise), laws, energies, known)
    for name in ("R_ct", "R_el"):
        assert scatter(pairs, name) == pytest.approx(promised.information.error(name), rel=0.08)
    assert ("E_R_ct" in promised.information.names) == (energy_error > 0)
    if energy_error:
        assert scatter(pairs, "E_R_ct") == pytest.approx(promised.information.error("E_R_ct"), rel=0.08)


def test_an_energy_that_is_known_somewhat_counts_as_much():
    """A resistor at two temperatures: 1/error² = a + 1/(1/b + s²σ²), with the slope s of ln R by the energy."""
    wire, frequency, fixed = R("R") | C("C"), np.geomspace(10, 1, 5), {"C": 1e-12}
    measured = Spectrum(frequency, wire.impedance(frequency, R=20.0, **fixed))
    result = fit(wire, measured, noise=0.01, fixed=fixed)
    one = 5 / 0.01**2
    step = (1 / 250 - 1 / 298.15) / 8.617333262e-5
    for error in (0, 0.001, 0.02, np.inf):
        given = {"temperatures": [250.0], "energies": {"R": 0.3 * eV}, "energy_error": error * eV}
        found = found_among(design_experiment(result, "R", **given), "temperature")
        expected = one + 1 / (1 / one + (step * error) ** 2)
        assert found.error == pytest.approx(1 / np.sqrt(expected), rel=1e-9)
        assert found.gain == pytest.approx(np.sqrt(expected / one), rel=1e-9)


def test_contacts_keep_what_ions_pass_and_drop_it_between_electronic_ones():
    """A separator between two electronic contacts would be an unknown that is not there."""
    assert with_terminals(CELL, "ion-ion").names == CELL.names
    assert "R_sep" not in with_terminals(CELL, "electron-electron").names
    lead = with_terminals(cathode_model("two_rails", lead=True), "electron-electron")
    assert lead.names == ("L_lead", "R_ion", "R_el", "Q_dl", "alpha_dl", "R_ct")
    expected = cathode_model("two_rails", "none", terminals="electron-electron").impedance(
        SWEEP, **{k: v for k, v in CELL_VALUES.items() if k != "R_sep"}
    )
    found = with_terminals(CELL, "electron-electron")
    assert np.array_equal(found.impedance(SWEEP, **{k: CELL_VALUES[k] for k in found.names}), expected)
    with pytest.raises(ValueError, match="0 transmission lines"):
        with_terminals(R("R_a") + R("R_b"), "ion-ion")
    with pytest.raises(ValueError, match="need the electron rail"):
        with_terminals(LINE, "electron-electron")


def test_prospects_of_what_a_spectrum_leaves_open_are_infinite_gains_and_the_best_comes_first():
    """Two blocked rails: neither half of a sum is known, until contacts tell them apart."""
    both = R("R_a") + R("R_b") + TransmissionLine(ion=R("R_ion"), electron=R("R_el"), interface=C("C_dl"))
    values = {"R_a": 3.0, "R_b": 5.0, "R_ion": 60.0, "R_el": 20.0, "C_dl": 1e-3}
    result = fit(both, Spectrum(SWEEP, both.impedance(SWEEP, **values)), starts=values, noise=0.003)
    choices = design_experiment(
        result, "R_el", contacts={"electron-electron": with_terminals(both, "electron-electron")}
    )
    assert [p.error for p in choices] == sorted(p.error for p in choices)
    assert choices[0].kind == "contacts"
    hopeless = design_experiment(result, "R_a")
    assert {p.error for p in hopeless} == {np.inf}
    assert {p.gain for p in hopeless} == {1.0}
    assert "frequencies" not in {p.kind for p in hopeless}
    apart = design_experiment(result, "R_a", contacts={"R_a alone": R("R_a")})
    assert (apart[0].choice, apart[0].gain) == ("R_a alone", np.inf)


def test_prospects_refuse_what_they_cannot_answer(fitted):
    """A temperature without energies changes nothing and would look like repeating; unknown names are slips."""
    with pytest.raises(ValueError, match="without activation energies"):
        design_experiment(fitted, "R_el", temperatures=[250.0])
    with pytest.raises(ValueError, match="unknown: R_x"):
        design_experiment(fitted, "R_x")
    with pytest.raises(ValueError, match="unknown: R_x"):
        design_experiment(fitted, "R_el", contacts={"other": R("R_x")})
    with pytest.raises(ValueError, match="energy_error of R_ct"):
        design_experiment(fitted, "R_el", temperatures=[250.0], energies={"R_ct": 0.6 * eV}, energy_error=-1.0)
    spectrum = Spectrum(SWEEP, fitted.impedance)
    joint = fit_joint({"a": (CELL, spectrum), "b": (CELL, spectrum)}, starts=CELL_VALUES, noise=1e-3)
    errors = np.sqrt(np.diagonal(joint.covariance))
    assert list(information_of(joint).errors().values()) == pytest.approx(errors, rel=1e-4)
    with pytest.raises(ValueError, match="several spectra"):
        design_experiment(joint, "R_el")
    assert {p.kind for p in design_experiment(one_line_fit(), "R_ion")} == {"again", "frequencies", "contacts"}


def one_line_fit():
    return fit(LINE, Spectrum(FREQUENCY, LINE.impedance(FREQUENCY, **VALUES)), starts=VALUES, noise=NOISE)
