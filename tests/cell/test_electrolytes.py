"""Electrolytes as ranges, a user's own, and the screening: margins against the functions that they call."""

from dataclasses import replace

import numpy as np
import pytest

from sslib.cell import (
    CRITERIA,
    FAILS,
    PASSES,
    UNDECIDED,
    UNKNOWN,
    Use,
    against_table_1,
    allowances,
    literature_electrolytes,
    pick_electrolytes,
    read_electrolytes,
    screen,
    summarise_findings,
    tally_findings,
)
from sslib.mechanics import critical_flaw_size, fracture_stress
from sslib.transport import electronic_critical_current, ohmic_thickness
from sslib.units import GPa, MPa, S_cm, celsius, eV, mA_cm2, mV, ohm_cm2, um

KNOWN = literature_electrolytes()
USE = Use(
    thickness=30 * um,
    current_density=1 * mA_cm2,
    voltage_drop=50 * mV,
    T=298.15,
    lithium_shear_modulus=4.25 * GPa,
    shear_factor=2.0,
    flaw_size=5 * um,
    stack_pressure=5 * MPa,
    interface_resistance=10 * ohm_cm2,
    anode_potential=0.0,
    cathode_potential=4.2,
)
HEADER = "material,conductivity_S_cm,shear_modulus_GPa,shear_modulus_high_GPa,window_lower_V,window_upper_V,open_above"


def written(tmp_path, *rows, header=HEADER):
    path = tmp_path / "mine.csv"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


def test_ranges_are_those_of_table_1():
    """A mixed-up column or a lost factor of a unit would pass for a property."""
    lps, lipon, llzo = KNOWN["LPS"], KNOWN["LiPON (sputtered)"], KNOWN["LLZO"]
    assert lps["conductivity"] == pytest.approx((1e-2, 1e-1))
    assert lps["activation_energy"] == pytest.approx((0.39 * eV, 0.52 * eV))
    assert lps["density"] == pytest.approx((1450, 1910))
    assert llzo["fracture_toughness"] == pytest.approx((1.25e6, 1.25e6))
    assert llzo["electronic_conductivity"] == pytest.approx((1e-8 * S_cm, 5.5e-8 * S_cm))
    assert "relative_permittivity" not in lps
    assert set(KNOWN["Li-Ta-Cl"]) == {"conductivity"}
    assert lipon["critical_current"] == (pytest.approx(100.0), np.inf)
    assert llzo["window_upper"] == (5.0, np.inf)


def test_the_printed_table_follows_from_itself():
    """What the notebook asserts, and by more than a hair: no tolerance is wider than three times the deviation."""
    check = against_table_1()
    deviation = (check["ours"] / check["published"] - 1).abs()
    assert (deviation <= check["tolerance"]).all()
    assert check["tolerance"].max() <= 0.05


def test_margins_are_those_of_the_functions():
    """Each margin by another way than the screening takes it, at both ends of the range."""
    found = screen(KNOWN["LPS"], USE)
    drops = [USE.current_density * USE.thickness / end for end in (1e-2, 1e-1)]
    assert (found["ohmic drop"].low, found["ohmic drop"].high) == pytest.approx([0.05 / drop for drop in drops])
    pressed = 5 * MPa + 96485.33212 * 0.010 / 1.3e-5
    flaw = found["flaw under pressure and overpotential"]
    assert flaw.low == flaw.high == pytest.approx(fracture_stress(0.23 * MPa, 5 * um) / pressed, rel=1e-9)
    shear = found["shear modulus (Monroe-Newman)"]
    assert (shear.low, shear.high) == pytest.approx((0.4, 9.5 / 8.5))
    assert found["electronic conduction (Han)"].low == pytest.approx(0.0213200716 * 10, rel=1e-6)
    assert found["ductility (Pugh)"].high == pytest.approx(2.607843 / 1.75, rel=1e-6)
    assert found["stable against the cathode"].high == pytest.approx(2.01 - 4.2)
    assert found["stable against the anode"].verdict == PASSES


def test_a_range_that_straddles_the_limit_is_undecided():
    """LPS meets Monroe and Newman only at the top of its range: the source calls that just sufficient."""
    name = "shear modulus (Monroe-Newman)"
    assert screen(KNOWN["LPS"], USE)[name].verdict == UNDECIDED
    assert screen(KNOWN["LPS"], replace(USE, lithium_shear_modulus=4.8 * GPa))[name].verdict == FAILS
    assert screen(KNOWN["LiPON (sputtered)"], USE)[name].verdict == PASSES
    assert screen(KNOWN["LiPON (sputtered)"], replace(USE, shear_factor=10.0))[name].verdict == FAILS


def test_a_missing_property_is_named_and_no_pass():
    """An empty field that counted as met would make the least known electrolyte the best."""
    found = screen(KNOWN["Li-Ta-Cl"], USE)
    assert found["ohmic drop"].verdict == PASSES
    assert found["flaw under pressure and overpotential"].missing == ("fracture toughness",)
    assert tally_findings(found) == {PASSES: 1, FAILS: 0, UNDECIDED: 0, UNKNOWN: 7}
    warm = screen(KNOWN["Li-Ta-Cl"], replace(USE, T=celsius(60)))
    assert warm["ohmic drop"].missing == ("activation energy of the conductivity",)
    assert str(warm["ohmic drop"]) == UNKNOWN


def test_cold_costs_what_the_activation_energy_says():
    """All four corners of conductivity and energy: at 0 degC the worst has the low one and the high energy."""
    found = screen(KNOWN["LPS"], replace(USE, T=celsius(0)))["ohmic drop"]
    beta = 1 / 273.15 - 1 / 298.15
    k = 8.617333262e-5
    assert found.low == pytest.approx(0.05 / (30e-6 * 10 / 1e-2) * np.exp(-0.52 / k * beta), rel=1e-6)
    assert found.high == pytest.approx(0.05 / (30e-6 * 10 / 1e-1) * np.exp(-0.39 / k * beta), rel=1e-6)


def test_allowances_are_the_criteria_solved():
    """The thickest layer, the largest flaw and the current by Han, each by its own function."""
    allowed = allowances(screen(KNOWN["LPS"], USE), USE)
    assert allowed["thickness"] == pytest.approx([ohmic_thickness(s, 10.0, 0.05) for s in (1e-2, 1e-1)])
    pressed = 5 * MPa + 96485.33212 * 0.010 / 1.3e-5
    assert allowed["flaw_size"][0] == pytest.approx(critical_flaw_size(0.23 * MPa, pressed))
    assert allowed["current_density"][1] == pytest.approx(electronic_critical_current(1e-9 * S_cm))
    assert set(allowances(screen(KNOWN["Li-Ta-Cl"], USE), USE)) == {"thickness"}


def test_the_summary_names_who_passes_most():
    """One that is hardly known fails little; it must not be called the best for that."""
    two = {name: screen(KNOWN[name], USE) for name in ("Li-Ta-Cl", "LLZO")}
    assert "LLZO passes the most, 4 of 8" in summarise_findings(two)
    ideal = dict.fromkeys(("conductivity", "critical_current", "fracture_toughness", "shear_modulus"), (1e30, 1e30))
    ideal |= {"electronic_conductivity": (1e-30, 1e-30), "pugh_ratio": (3, 3)}
    ideal |= {"window_lower": (-1, -1), "window_upper": (9, 9)}
    assert summarise_findings({"x": screen(ideal, USE)}) == "x meets every criterion for this use."
    assert tally_findings(screen(ideal, USE))[PASSES] == len(CRITERIA)


def test_a_users_electrolyte_is_read(tmp_path):
    """Ranges, an open end and a decimal comma, as a German spreadsheet writes them."""
    mine = read_electrolytes(written(tmp_path, "mine,2e-3,5.5,7,0.1,4.3,window_upper", "bare,1e-4,,,,,"))
    assert mine["mine"]["shear_modulus"] == pytest.approx((5.5e9, 7e9))
    assert mine["mine"]["window_upper"] == (4.3, np.inf)
    assert set(mine["bare"]) == {"conductivity"}
    text = "material;conductivity_S_cm;poisson_ratio\nmine;2,5e-3;0,3"
    (tmp_path / "comma.csv").write_text(text, encoding="utf-8")
    comma = read_electrolytes(tmp_path / "comma.csv")["mine"]
    assert comma["conductivity"] == pytest.approx((0.25, 0.25))
    assert comma["pugh_ratio"] == pytest.approx((2.1666667, 2.1666667))


@pytest.mark.parametrize(
    ("rows", "header", "says"),
    [
        (
            ["mine,-2e-3,,,,,"],
            HEADER,
            r"row 1 \(line 2\), column conductivity_S_cm: it is -2e-3; it must be",
        ),
        (["mine,fast,,,,,"], HEADER, "column conductivity_S_cm: 'fast' is no number"),
        (["mine,nan,,,,,"], HEADER, "column conductivity_S_cm: it is nan"),
        (["mine,1e-3,9,3,,,"], HEADER, "column shear_modulus_high_GPa: it is below shear_modulus_GPa"),
        (["mine,1e-3,,3,,,"], HEADER, "an upper end without a value in shear_modulus_GPa"),
        (["mine,1e-3,,,2,1,"], HEADER, "window_upper_V: it is below window_lower_V"),
        (["mine,1e-3,,,,,shear"], HEADER, "open_above: 'shear' is no property"),
        (["mine,1e-3,,,,,", "mine,1e-3,,,,,"], HEADER, r"row 2 \(line 3\), column material: 'mine' is there twice"),
        ([",1e-3,,,,,"], HEADER, "'' is empty"),
        (["mine,1,e-3,,,,,x"], HEADER, "more fields than columns"),
        ([], HEADER, "there is no row below the header"),
        (["mine,1"], "material,conductivity_S_m", r"'conductivity_S_m' is unknown \(meant: conductivity_S_cm"),
        (["1"], "conductivity_S_cm", "the column material is missing"),
        (["mine,1,2"], "material,density_g_cm3,density_g_cm3", "the column density_g_cm3 is there twice"),
    ],
)
def test_a_broken_file_is_refused_by_row_and_column(tmp_path, rows, header, says):
    """A slip in a unit, a range turned round or a column that nobody reads must not become a verdict."""
    with pytest.raises(ValueError, match=says):
        read_electrolytes(written(tmp_path, *rows, header=header))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"stack_pressure": -1.0}, "stack_pressure is -1"),
        ({"T": 500.0}, "T is 500; it must be between 200 and 453.65"),
        ({"flaw_size": 0.0}, "flaw_size is 0"),
        ({"cathode_potential": -0.5}, "cathode_potential is -0.5 V; it must be above anode_potential, which is 0 V"),
    ],
)
def test_an_impossible_use_is_refused_by_name(change, says):
    """A negative pressure or molten lithium has no margins."""
    with pytest.raises(ValueError, match=says):
        replace(USE, **change)


def test_an_unknown_electrolyte_gets_its_neighbours():
    """A typing error must not drop an electrolyte from the comparison."""
    with pytest.raises(ValueError, match="there is no electrolyte 'LIZO'; the nearest are LLZO"):
        pick_electrolytes(KNOWN, ["LIZO"])
