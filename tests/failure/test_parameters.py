"""Parameters: what they say of themselves, their draws, cells by name, a user's own electrolyte, refusals."""

import numpy as np
import pytest

from sslib.failure import (
    ELECTROLYTES,
    FULL_CELL,
    LITHIUM_SIDE,
    MECHANISMS,
    VOCABULARY,
    Conditions,
    Parameter,
    cell_parameters,
    failure_probability,
    own_cell,
)
from sslib.tables import table
from sslib.units import GPa, MPa, S_cm, eV, mA_cm2, um


@pytest.mark.parametrize("electrolyte", ELECTROLYTES)
def test_named_cells_have_what_the_default_mechanisms_need(electrolyte):
    """A named electrolyte that refuses its own defaults would be no name at all."""
    parameters = cell_parameters(electrolyte)
    for name in FULL_CELL:
        parameters.require(MECHANISMS[name].parameters, name)
    rows = parameters.table()
    assert (rows["5 %"] <= rows["median"]).all()
    assert (rows["median"] <= rows["95 %"]).all()
    assert set(rows["evidence"]) <= {"read in the source", "secondary source", "computed", "assumed"}
    assert (rows[["meaning", "source", "unit"]].map(len) > 0).all(axis=None)


def test_values_of_source_002():
    """Toughness, activation energies and electronic conductivities are those that data/ has of Table 1."""
    rows = table("electrolyte_properties")
    for name in ("LPS", "LLZO"):
        own, printed = cell_parameters(name), rows.loc[name]
        assert own["toughness"].median / MPa == pytest.approx(printed["fracture_toughness_MPa_m05"])
        leak = own["electronic_conductivity"].median / S_cm
        assert leak == pytest.approx(printed["electronic_conductivity_high_S_cm"])
        low, high = printed["activation_energy_eV"], printed["activation_energy_high_eV"]
        middle = (low + (high if np.isfinite(high) else low)) / 2
        assert own["resistance_energy"].median / eV == pytest.approx(middle)
    for name, modulus in (("LPSCl", 23 * GPa), ("LLZO", 149 * GPa)):
        own = cell_parameters(name)
        assert own["fracture_energy"].median == pytest.approx(own["toughness"].median ** 2 / modulus, rel=0.01)


def test_borrowed_values_are_assumptions():
    """What LPS has from LPSCl was never measured on LPS, and the table must not say that it was."""
    assert cell_parameters("LPSCl")["void_current"].evidence == "computed"
    for name in ("void_current", "short_charge", "contact_resistance"):
        own = cell_parameters("LPS")[name]
        assert own.evidence == "assumed"
        assert own.source.startswith("taken from LPSCl")


@pytest.mark.parametrize(
    ("kind", "median", "spread"), [("log-normal", 3.0, 4.0), ("normal", -2.0, 0.5), ("uniform", 0.6, 0.1)]
)
def test_spread_holds_ninety_percent(kind, median, spread):
    """The spread says where 90 % (uniform: all) of the draws lie; a standard deviation would be less."""
    own = Parameter("x", "1", median, spread, kind, "assumed", "here", "a number")
    draws = own.draws(200_000, 1)
    low, high = (median / spread, median * spread) if kind == "log-normal" else (median - spread, median + spread)
    inside = ((draws >= low) & (draws <= high)).mean()
    assert inside == pytest.approx(1.0 if kind == "uniform" else 0.9, abs=0.003)
    assert np.median(draws) == pytest.approx(median, rel=0.01)
    shares = np.array([0.05, 0.3, 0.5, 0.95])
    assert np.quantile(draws, shares) == pytest.approx(own.quantile(shares), rel=0.02)


def test_values_are_overridden_by_name():
    """A user's median keeps the spread, a pair replaces both, and the table says whose number it is."""
    own = cell_parameters("LPSCl").with_values(flaw_size=1 * um, toughness=(0.5 * MPa, 1.1))
    assert (own["flaw_size"].median, own["flaw_size"].spread) == (1 * um, cell_parameters("LPSCl")["flaw_size"].spread)
    assert (own["toughness"].median, own["toughness"].spread) == (0.5 * MPa, 1.1)
    assert own["toughness"].evidence == "user"
    assert cell_parameters("LPSCl")["toughness"].median == 0.23 * MPa


def test_own_electrolyte_needs_what_its_mechanisms_need_and_no_more():
    """An electrolyte that is not in the table must be possible, and what is not given must not be borrowed unseen."""
    at = Conditions(0.1 * mA_cm2, 5 * MPa)
    mine = own_cell("my glass", void_current=1 * mA_cm2, void_exponent=1.0, void_energy=40e3)
    assert failure_probability(at, mine, ["voids", "creep"])["voids"] < 0.05
    with pytest.raises(ValueError, match="my glass has no contact_resistance \\[ohm m2\\], which filaments needs"):
        failure_probability(at, mine, LITHIUM_SIDE)
    rest = ("contact_resistance", "contact_exponent", "resistance_energy", "toughness", "flaw_size")
    rest += ("overpotential_share", "short_charge", "short_pressure_rate")
    whole = mine.with_values(**{name: VOCABULARY[name].median for name in rest})
    assert failure_probability(at, whole, LITHIUM_SIDE)["filaments"] < 0.5


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: cell_parameters("LPSC1"), "there is no electrolyte 'LPSC1'; did you mean LPSCl"),
        (lambda: cell_parameters("LPSCl").with_values(flaw=1e-6), "there is no parameter 'flaw'; "),
        (lambda: own_cell("x", toughnes=1e6), "there is no parameter 'toughnes'; did you mean toughness\\?"),
        (lambda: own_cell("x", toughness=-1e6), "toughness is -1e\\+06; it must be positive"),
        (lambda: own_cell("x", toughness=(1e6, 0.5)), "spread of toughness is 0.5; it must be between 1"),
        (lambda: own_cell("x", void_exponent=(1.0, -1.0)), "spread of void_exponent is -1"),
        (lambda: own_cell("x", void_exponent=float("nan")), "void_exponent is nan"),
    ],
)
def test_wrong_parameters_are_refused_by_name(build, message):
    """A misspelt or impossible parameter would otherwise leave the default in force, unseen."""
    with pytest.raises(ValueError, match=message):
        build()
