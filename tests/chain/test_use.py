"""What one step of the chain takes from another: temperature, and what the criteria of failure learn of a cell."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.constants import R

from sslib.chain import drawn_cells
from sslib.failure import FULL_CELL, LITHIUM_SIDE, Conditions, contact_resistance
from sslib.units import MPa, celsius, hour, mA_cm2, mAh_cm2, ohm_cm2, um


def test_criteria_learn_what_the_spectrum_and_the_recipe_say(make_use):
    """By hand: half of the ionic rail, surface of the particles 3 eps L / r, 1.2 times the lithium at 3.86 Ah/g."""
    use = make_use()
    cell, found = use.at_work, use.laws_of(use.at_work, use.cell)
    # At half of the window of 0.27 to 0.93 the exchange current is that of the material at 0.6 over that at 0.9.
    ratio = cell.oxide.kinetics(np.array(0.6), 0.9)[1]
    assert found["cathode_resistance"] == pytest.approx(63 * ohm_cm2 / ratio + 37.5 * ohm_cm2)
    assert found["active_area"] == pytest.approx(3 * cell.active_fraction * 80 / 2.5)
    lithium = 1.2 * cell.nominal_capacity / mAh_cm2 / (3.86e3 * 0.54) * 1e-2
    assert found["foil_thickness"] == pytest.approx(lithium, rel=1e-3)
    assert "contact_resistance" not in found
    for name, value in found.items():
        assert use.own_laws[name].median == pytest.approx(float(value))
        assert use.own_laws[name].spread == 1


def test_a_lithium_counter_electrode_gives_the_contact_at_its_pressure(make_use):
    """The contact law read backwards and forwards must return what was measured where it was measured."""
    use = make_use(pressure=20 * MPa, measured=40.0)
    laws = use.own_laws
    medians = (laws[name].median for name in ("contact_resistance", "contact_exponent", "resistance_energy"))
    assert contact_resistance(20 * MPa, celsius(40), *medians) == pytest.approx(12 * ohm_cm2)
    assert not make_use(pressure=20 * MPa, anode="lithium-indium").contact_is_measured


def test_discharge_and_criteria_have_one_contact(make_use):
    """Pressed less than when it was measured, and warmer, the lithium has one resistance and not two."""
    use = make_use(pressure=20 * MPa, measured=40.0, T=celsius(60))
    laws = use.own_laws
    medians = [laws[name].median for name in ("contact_resistance", "contact_exponent", "resistance_energy")]
    assert use.at_work.R_counter == pytest.approx(contact_resistance(5 * MPa, celsius(60), *medians))
    same_T = make_use(pressure=20 * MPa)
    assert same_T.at_work.R_counter == pytest.approx(12 * ohm_cm2 * 4**0.71)
    drawn = drawn_cells(same_T, 8)
    assert drawn.at_work.R_counter == pytest.approx(drawn.measured.R_counter * 4**0.71)
    assert same_T.at_work.R_sep == same_T.cell.R_sep
    assert make_use().at_work.R_counter == pytest.approx(12 * ohm_cm2)


def test_the_foil_is_as_large_as_the_cell(make_use):
    """Creep squeezes a wide foil less than a narrow one: 1 cm2 is a disc of 5.642 mm."""
    use = replace(make_use(), area=1e-4)
    assert use.own_laws["foil_radius"].median == pytest.approx(5.642e-3, rel=1e-4)
    assert "foil_radius" not in make_use().laws_of(use.at_work)
    with pytest.raises(ValueError, match="area is 0"):
        replace(use, area=0.0)


def test_a_cell_that_is_not_of_its_recipe_is_refused(make_use):
    """Its draws would be of the recipe and its own values of something else."""
    with pytest.raises(ValueError, match="active_fraction of the cell is"):
        replace(make_use(), active_mass=0.8)


def test_a_warmer_cell_conducts_by_arrhenius(make_use):
    """0.4 eV for what the electrolyte conducts: from 25 to 60 °C 5.1 times; the electronic rail stays."""
    use = make_use(T=celsius(60))
    by_hand = np.exp(0.4 * 96485.33 / R * (1 / celsius(25) - 1 / celsius(60)))
    for name in ("R_ion", "R_sep", "R_counter"):
        assert getattr(use.cell, name) / getattr(use.at_work, name) == pytest.approx(by_hand, rel=1e-4)
    assert use.at_work.R_el == use.cell.R_el
    assert use.cell.R_ct / use.at_work.R_ct == pytest.approx(by_hand**1.25, rel=1e-4)
    assert use.cell.tau_d / use.at_work.tau_d == pytest.approx(by_hand, rel=1e-4)
    assert celsius(60) == use.at_work.T


def test_no_lithium_no_law_of_lithium(make_use):
    """Voids and filaments are of a metal that an alloy's anode does not have."""
    assert set(make_use(anode="lithium-indium").mechanisms) == set(FULL_CELL) - set(LITHIUM_SIDE)
    assert make_use(anode="anode-free").mechanisms == FULL_CELL


def test_conditions_that_are_a_map_are_refused(make_use):
    """Arrays and charges would broadcast against the draws in silence."""
    with pytest.raises(ValueError, match="numbers, with a time"):
        make_use(current_density=np.array([1.0, 2.0]))
    with pytest.raises(ValueError, match="numbers, with a time"):
        make_use(charge=100.0)
    with pytest.raises(ValueError, match="measured_pressure is -1"):
        make_use(pressure=-1.0)


def test_other_conditions_change_nothing_else(make_use):
    """Sliders move the operating point of one and the same cell."""
    use = make_use()
    other = use.under(current_density=1 * mA_cm2, time=5 * hour)
    assert isinstance(other.conditions, Conditions)
    assert other.cell is use.cell
    assert other.conditions.stack_pressure == use.conditions.stack_pressure
    assert use.volumes()["active_fraction"] == pytest.approx(use.cell.active_fraction)
    assert use.cell.thickness == 80 * um
