"""What to change first: every effect against the cell built anew by hand."""

from dataclasses import replace

import numpy as np
import pytest

from sslib.cell import cathode_volumes, discharged, material
from sslib.cell.composition import PUBLISHED_EXPONENT
from sslib.cell.rate import MOLAR_MASS, SITES
from sslib.chain import CONDITIONS, ENERGY, FAILURE, operating_point, what_to_change_first
from sslib.failure import recalibrated_without_each
from sslib.units import MPa, celsius, hour, mA_cm2, um
from tests.chain.conftest import RESISTANCES

SETTINGS = {"draws": 6, "law_draws": 3000}


def point(use):
    return operating_point(use, SETTINGS["law_draws"])


def with_laws(use, factor, name):
    return replace(use, laws=use.laws.with_values(**{name: factor * use.laws[name].median}))


def more_active(use):
    """A tenth more active material in the place of electrolyte, beside as much carbon and pores."""
    cell = use.cell
    active, carbon = 1.1 * cell.active_fraction, cell.carbon_fraction
    electrolyte = cell.electrolyte_fraction - 0.1 * cell.active_fraction
    volumes = np.array([active, electrolyte, carbon])
    masses = volumes * [SITES * MOLAR_MASS, cell.electrolyte.density, material("carbon").density]
    return replace(
        use,
        active_mass=masses[0] / masses.sum(),
        carbon_mass=masses[2] / masses.sum(),
        cell=replace(
            cell,
            active_fraction=active,
            electrolyte_fraction=electrolyte,
            R_ion=cell.R_ion * (cell.electrolyte_fraction / electrolyte) ** PUBLISHED_EXPONENT,
            R_el=cell.R_el * ((cell.active_fraction + carbon) / (active + carbon)) ** PUBLISHED_EXPONENT,
            R_ct=cell.R_ct / 1.1,
        ),
    )


def by_hand(use, label):
    """The cell in use after a change, without the library's own way of making it."""
    cell = use.cell
    return {
        "share of active material +10 %": lambda: more_active(use),
        "excess of the anode −10 %": lambda: replace(use, cell=replace(cell, excess=0.9 * cell.excess)),
        "diffusivity in the particles +10 %": lambda: with_laws(
            replace(use, cell=replace(cell, tau_d=cell.tau_d / 1.1)), 1.1, "particle_diffusivity"
        ),
        "electronic conductivity +10 %": lambda: replace(use, cell=replace(cell, R_el=cell.R_el / 1.1)),
        "particles' resistance −10 %": lambda: replace(use, cell=replace(cell, R_ct=0.9 * cell.R_ct)),
        "flaw in the separator −10 %": lambda: with_laws(use, 0.9, "flaw_size"),
        "stack pressure +10 %": lambda: use.under(stack_pressure=1.1 * use.conditions.stack_pressure),
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
        "lithium's resistance −10 %": lambda: with_laws(
            replace(use, cell=replace(cell, R_counter=0.9 * cell.R_counter)), 0.9, "contact_resistance"
        ),
    }[label]()


@pytest.mark.parametrize("pressure", [None, 10 * MPa], ids=["contact of the laws", "contact of the spectrum"])
def test_effects_are_differences_of_cells_built_by_hand(make_use, pressure):
    """Energy, mass, transport and criteria of a changed cell must all be those of that cell."""
    use = make_use(pressure=pressure, current_density=1 * mA_cm2)
    now = point(use)
    changes = what_to_change_first(use, **SETTINGS)
    assert len(changes) == 14
    for label, row in changes.iterrows():
        other = point(by_hand(use, label))
        # The batch has a coarser mesh: its differences are good to a few percent of themselves.
        assert row["energy"] == pytest.approx(other[ENERGY] / now[ENERGY] - 1, rel=0.1, abs=5e-5), label
        assert row["failure"] == pytest.approx(other[FAILURE] - now[FAILURE], abs=1e-9), label
        gain = other[ENERGY] * (1 - other[FAILURE]) - now[ENERGY] * (1 - now[FAILURE])
        assert row["gain"] == pytest.approx(gain, rel=0.1, abs=30), label
    # More stack presses a contact that was measured, and no other, also in the discharge.
    assert (changes.loc["stack pressure +10 %", "energy"] > 1e-5) == (pressure is not None)


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
    for T, beyond in ((450.0, "+10 K"), (celsius(-70), "−10 K")):
        labels = what_to_change_first(make_use(T=T), draws=4, law_draws=500).index
        assert f"temperature {beyond}" not in labels
    use = make_use()
    full = replace(use, active_mass=0.7, carbon_mass=0.3, cell=replace(use.cell, **volumes_of(use, 0.7, 0.3)))
    quantities = what_to_change_first(full, draws=4, law_draws=500)["quantity"]
    assert "share of active material" not in set(quantities)


def volumes_of(use, active, carbon):
    return cathode_volumes(active, carbon, use.porosity, use.cell.electrolyte)


def test_where_nothing_is_gained_nothing_is_first(make_use):
    """A cell that delivers nothing whatever is changed has no best change in any draw."""
    changes = what_to_change_first(make_use(current_density=200 * mA_cm2), draws=4, law_draws=500)
    assert changes["gain"].eq(0).all()
    assert changes["first"].eq(0).all()


def test_the_effect_of_warmth_is_as_sure_as_the_activation_energies(make_use):
    """With all else exact, what ten kelvin bring is known no better than the energies that say so."""
    known = {name: (value, value) for name, (value, *_) in RESISTANCES.items()} | {"tau_d": (900.0, 900.0)}
    use = make_use(known, current_density=0.5 * mA_cm2, T=celsius(10))
    changes = what_to_change_first(use, draws=40, scatter=0.0, law_draws=500)
    width = changes["energy_high"] - changes["energy_low"]
    assert width["temperature +10 K"] > 0.1 * changes.loc["temperature +10 K", "energy"]
    exact = what_to_change_first(make_use(known), draws=40, scatter=0.0, law_draws=500)
    exact = exact[exact["quantity"] != "temperature"]
    assert (exact["energy_high"] - exact["energy_low"]).max() < 1e-9


def test_the_effect_on_failure_is_as_sure_as_the_studies_behind_the_laws(make_use):
    """An interval over the cell alone would sell an average over the laws as certain to a hundredth of a percent."""
    use = make_use(current_density=0.5 * mA_cm2, time=100 * hour)
    changes = what_to_change_first(use, **SETTINGS)
    for label in ("flaw in the separator −10 %", "temperature +10 K", "lithium's resistance −10 %"):
        row, seen = changes.loc[label], []
        for laws in recalibrated_without_each(use.laws).values():
            own = replace(use, laws=laws)
            seen.append(point(by_hand(own, label))[FAILURE] - point(own)[FAILURE])
        assert row["failure_low"] <= min(seen) + 1e-12, label
        assert row["failure_high"] >= max(seen) - 1e-12, label
        assert np.ptp(seen) > 0, label


def test_a_draw_that_breaks_off_is_said_so(make_use, monkeypatch):
    """A missing energy would be the greatest gain of all to a search for the largest number."""

    def broken(cell, values, current):
        capacity, energy = discharged(cell, values, current)
        energy[3] = np.nan
        return capacity, energy

    monkeypatch.setattr("sslib.chain.changes.discharged", broken)
    with pytest.raises(ValueError, match="1 of 5 draws could not be computed"):
        what_to_change_first(make_use(), draws=4, law_draws=500)
