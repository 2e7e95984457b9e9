"""What to change first: every effect against the cell built anew by hand."""

from dataclasses import replace

import numpy as np
import pytest

from sslib.chain import CONDITIONS, ENERGY, FAILURE, operating_point, what_to_change_first
from sslib.units import MPa, mA_cm2, um

SETTINGS = {"draws": 6, "law_draws": 20_000}


def by_hand(use, label):
    """The cell in use after a change, without the library's own way of making it."""
    cell = use.cell
    return {
        "separator's thickness −10 %": lambda: replace(
            use, cell=replace(cell, separator_thickness=90 * um, R_sep=0.9 * cell.R_sep)
        ),
        "cathode's thickness +10 %": lambda: replace(
            use,
            cell=replace(cell, thickness=88 * um, R_ion=1.1 * cell.R_ion, R_el=1.1 * cell.R_el, R_ct=cell.R_ct / 1.1),
        ),
        "radius of the particles −10 %": lambda: replace(
            use, cell=replace(cell, particle_radius=2.25 * um, R_ct=0.9 * cell.R_ct, tau_d=0.81 * cell.tau_d)
        ),
        "electrolyte's conductivity +10 %": lambda: replace(
            use, cell=replace(cell, R_ion=cell.R_ion / 1.1, R_sep=cell.R_sep / 1.1)
        ),
        "current density −10 %": lambda: use.under(current_density=0.9 * use.conditions.current_density),
        "temperature +10 K": lambda: use.under(T=use.conditions.T + 10),
        "resistance of the lithium's interface −10 %": lambda: replace(
            use, cell=replace(cell, R_counter=0.9 * cell.R_counter)
        ),
    }[label]()


@pytest.mark.parametrize("pressure", [None, 10 * MPa], ids=["contact of the laws", "contact of the spectrum"])
def test_effects_are_differences_of_cells_built_by_hand(make_use, pressure):
    """Energy, mass, transport and criteria of a changed cell must all be those of that cell."""
    use = make_use(pressure=pressure, current_density=1 * mA_cm2)
    now = operating_point(use)
    changes = what_to_change_first(use, **SETTINGS)
    seen = 0
    for label, row in changes.iterrows():
        try:
            other = operating_point(by_hand(use, label))
        except KeyError:
            continue
        seen += 1
        # The batch has a coarser mesh: its differences are good to a few percent of themselves.
        assert row["energy"] == pytest.approx(other[ENERGY] / now[ENERGY] - 1, rel=0.1, abs=3e-4), label
        if pressure is not None or "interface" not in label:
            assert row["failure"] == pytest.approx(other[FAILURE] - now[FAILURE], abs=1e-9), label
    assert seen >= 5


def test_the_order_is_by_the_energy_that_survives(make_use):
    """A gain in energy that kills the cell is none."""
    use = make_use(current_density=0.5 * mA_cm2)
    changes = what_to_change_first(use, draws=20, law_draws=1000)
    assert (np.diff(changes["gain"]) <= 0).all()
    assert changes["first"].sum() == pytest.approx(1)
    assert changes["quantity"].is_unique
    assert set(CONDITIONS) < set(changes["quantity"])
    for name in ("energy", "failure"):
        assert (changes[f"{name}_low"] <= changes[name]).all()
        assert (changes[name] <= changes[f"{name}_high"]).all()


def test_only_what_the_cell_can_still_change_is_in_it(make_use):
    """Without electrolyte in the cathode there is no room for more active material; without lithium no flaw counts."""
    indium = what_to_change_first(make_use(anode="lithium-indium"), draws=4, law_draws=500)
    assert indium.loc[indium["quantity"] == "flaw in the separator", "failure"].eq(0).all()
    hot = make_use(T=450.0)
    labels = what_to_change_first(hot, draws=4, law_draws=500).index
    assert "temperature +10 K" not in labels
