"""Source 003, row by row, and what the table does and does not carry to another temperature."""

import numpy as np
import pytest

from sslib.interfaces import (
    defect_relaxation_flux,
    diffusion_limited_current,
    exchange_current,
    interface_table,
    polarisation_resistance,
    relaxation_length,
    suspects,
)
from sslib.kinetics import FARADAY, charge_transfer_resistance
from sslib.tables import table
from sslib.transport import activated
from sslib.units import celsius, eV, mA_cm2, nm, ohm_cm2, um
from tests.formulas import charge

SIDES = (1000.0, 1e13, 0.55 * eV), (2e4, 1e12, 0.5 * eV)
DIRECT = ("Na3Zr2Si2PO12 | Na3PS4", "interface")


def at(temperature_C):
    return interface_table(celsius(temperature_C)).set_index(["system", "part"])


def power_law_slope():
    i0 = [exchange_current((c, *SIDES[0][1:]), SIDES[1], 0.5 * nm, alpha=0.4) for c in (100.0, 1000.0)]
    return np.diff(np.log(polarisation_resistance(np.array(i0))))[0] / np.log(10)


def printed_flux_over_current():
    """Equation 2 as printed, without zF, over the corrected one."""
    (c1, k1, g1), (c2, k2, g2) = SIDES
    barrier = 0.5 * (g1 + g2) / (1.380649e-23 * 298.15)
    return 0.5 * nm * np.sqrt(c1 * k1 * c2 * k2) * np.exp(-barrier) / exchange_current(*SIDES, 0.5 * nm)


def relaxation_forms():
    c, di, dv, tau = 12.0, 3e-9, 4e-10, 1e-5
    return defect_relaxation_flux(c, di, dv, tau) / (c * (di + dv) / relaxation_length(di, dv, tau))


def sum_of_parts():
    parts = at(80).loc["PEO10:LiTFSI | Li6PS5Cl", "resistance_at_T"]
    i0 = charge_transfer_resistance(parts["charge transfer"], celsius(80))
    return polarisation_resistance(i0, parts["interphase"], celsius(80)) / ohm_cm2


ROWS = {
    "eq. 2 as printed: factor too small": (printed_flux_over_current, 1 / FARADAY, 1e-12),
    "eq. 5 equals c (Di + Dv)/xi": (relaxation_forms, 1.0, 1e-14),
    "eq. 3: slope of the power law": (power_law_slope, -0.6, 1e-12),
    "i0 of 16 ohm cm2 at 25 °C [mA/cm2]": (
        lambda: charge_transfer_resistance(at(25).loc[DIRECT, "resistance_at_T"]) / mA_cm2, 1.6057861950933578, 1e-9,
    ),
    "16 ohm cm2 at 80 °C [ohm cm2]": (
        lambda: at(80).loc[DIRECT, "resistance_at_T"] / ohm_cm2, 0.9264279043386724, 1e-9,
    ),
    "PEO | LPSCl at 80 °C, the sum [ohm cm2]": (sum_of_parts, 2.4, 1e-12),
    "limiting current of a liquid [mA/cm2]": (
        lambda: diffusion_limited_current(2e-10, 1000.0, 100 * um) / mA_cm2, 19.297066424000004, 1e-9,
    ),
    "20 % more of a barrier of 0.5 eV": (lambda: activated(298.15, 0.1 * eV, 1e12), 49.017356500539314, 1e-8),
    "charge of Na3Zr1.88Y0.12Si2PO12": (lambda: charge("Na3Zr1.88Y0.12Si2PO12"), -0.12, 1e-9),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_a_row_of_source_003(name):
    """A function or an entry of the table that moved would part from the recomputed source."""
    compute, expected, tolerance = ROWS[name]
    assert compute() == pytest.approx(expected, rel=tolerance)


def test_corrected_formulas_are_neutral():
    """The corrected formula stands in the table; the printed one lacks sodium."""
    [system] = [s for s in table("interfaces")["system"] if "Zr1.88" in s]
    assert charge(system.split(" | ")[1]) == pytest.approx(0, abs=1e-9)


def test_values_are_carried_only_where_that_is_defensible():
    """A value without an energy of its own, of a whole cell, or beyond the melting must stay where it was measured."""
    cold, warm = at(25), at(80)
    assert warm.loc[DIRECT, "reading"] == "by its own 0.47 eV"
    assert cold.loc[DIRECT, "reading"] == "as measured"
    polymer = cold.loc["PEO10:LiTFSI | Li6PS5Cl"]
    assert (polymer["reading"] == "not across the melting of the polymer").all()
    assert polymer["resistance_at_T"].isna().all()
    assert (at(70).loc["PEO10:LiTFSI | Li6PS5Cl", "reading"] == "no energy of its own").all()
    assert cold.loc["two thiophosphates in a cell", "reading"].str.startswith("whole cell").all()
    assert set(cold["resistance_at_T"].dropna().index) == {DIRECT}
    assert len(warm["resistance_at_T"].dropna()) == 3


def test_the_table_is_the_one_read():
    """The sum and shape of a column cannot change unseen."""
    published = table("interfaces")
    assert published.shape == (31, 16)
    assert published["resistance_ohm_cm2"].sum() == pytest.approx(133.4)
    assert published["activation_energy_eV"].sum() == pytest.approx(6.59)


def test_chemical_instability_is_suspected_first():
    """The source's one recommendation is an order; answers change the standing, not the order."""
    found = suspects(grows_at_rest="no", changes_with_doping="yes")
    assert found["cause"].iloc[0].startswith("chemical instability")
    assert found["cause"].iloc[-1] == "a space-charge layer"
    assert found["standing"].tolist() == ["ruled out", *["open"] * 6, "suspected"]
    with pytest.raises(ValueError, match="'colour' is no question"):
        suspects(colour="yes")
    with pytest.raises(ValueError, match="grows_at_rest is 'perhaps'"):
        suspects(grows_at_rest="perhaps")
