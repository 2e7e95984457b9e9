"""The join: masses, improvements, intervals of a fit carried to capacity and energy."""

import json
from dataclasses import replace

import numpy as np
import pytest

from sslib.cell import (
    INDIUM,
    NO_LITHIUM,
    PARAMETERS,
    Known,
    KnownTransport,
    StatedCell,
    assumed,
    at_open_ends,
    best_thickness,
    capacity_of_diffusion,
    cathode_volumes,
    drawn_parameters,
    improvements,
    interval_of,
    layered_oxide,
    material,
    propagated,
    read_fit,
    specific_energy,
)
from sslib.units import hour, mAh_cm2, ohm_cm2, um

CELL = StatedCell(
    R_ion=100 * ohm_cm2,
    R_el=2 * ohm_cm2,
    R_ct=1.2 * ohm_cm2,
    R_sep=3 * ohm_cm2,
    R_counter=3.64 * ohm_cm2,
    tau_d=1250.0,
    thickness=100 * um,
    particle_radius=2.5 * um,
    separator_thickness=30 * um,
    active_fraction=0.6,
    electrolyte_fraction=0.35,
)
OWN = {name: getattr(CELL, name) for name in PARAMETERS}


def write_run(folder, entries, **more):
    """A results.json as a run of tlm_fitting writes it."""
    document = {"notebook": "tlm_fitting", "parameters": {"area_cm2": 0.5}, "results": entries, "notes": []} | more
    path = folder / "results.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def entry(value, low, high):
    return {"value": value, "unit": "ohm", "label": "", "interval": [low, high], "level": 0.95}


FULL = {
    "R_ion": entry(200, 150, 300),
    "R_ct": entry(5, 4, 6),
    "R_sep": entry(10, 9, 11),
    "tau_d": entry(900, 800, 1000),
}


def test_one_c_takes_the_nominal_capacity_in_an_hour():
    """The convention of the whole notebook: 60 % of 48230 mol/m3, 100 um, stoichiometries 0.27 to 0.93."""
    assert CELL.nominal_capacity / mAh_cm2 == pytest.approx(5.1187, abs=1e-3)
    slow = CELL.at(1e-3)
    assert slow.energy == pytest.approx(CELL.reversible_energy, rel=1e-3)
    assert slow.capacity == pytest.approx(CELL.reversible_capacity, rel=1e-3)
    time = CELL.at(1.0).capacity / (CELL.nominal_capacity / hour)
    assert 0.5 * hour < time < 1.2 * hour


def test_masses_are_those_of_the_layers():
    """Each layer by hand: 4652, 2000 and 540 kg/m3, 20 % excess of lithium, foils of 10 um Al and 5 um Cu."""
    lithium = 1.2 * CELL.nominal_capacity / (3860 * 3600)
    cathode, foils = 100e-6 * (0.6 * 4652.3 + 0.35 * 2000), 10e-6 * 2700 + 5e-6 * 8960
    by_hand = cathode + 30e-6 * 2000 + lithium + foils
    assert CELL.masses.areal_mass == pytest.approx(by_hand, rel=1e-3)
    run = CELL.at(1.0)
    assert specific_energy(CELL, run) == pytest.approx(run.energy / by_hand, rel=1e-3)


def test_a_thinner_cathode_is_the_same_composition():
    """Rails shorten with the thickness while the interface shrinks: conductivities and areas per volume stay."""
    half = CELL.with_thickness(50 * um)
    assert half.R_ion == pytest.approx(CELL.R_ion / 2)
    assert half.R_ct == pytest.approx(CELL.R_ct * 2)
    assert half.nominal_capacity == pytest.approx(CELL.nominal_capacity / 2)
    assert CELL.with_separator(15 * um).R_sep == pytest.approx(CELL.R_sep / 2)


def test_improving_a_resistance_never_costs_energy():
    """A tornado with a wrong sign would send a lab the wrong way."""
    gains = improvements(CELL, 1.0, 2.0)
    transport = gains[~gains.index.str.contains("thickness")]
    assert len(transport) == len(PARAMETERS)
    assert (transport["specific_energy_gain"] > 0).all()
    better = replace(CELL, R_ion=CELL.R_ion / 2)
    ours = gains.loc["ionic rail's resistance ÷ 2", "specific_energy"]
    assert ours == pytest.approx(float(specific_energy(better, better.at(1.0))), rel=1e-9)


def test_the_best_thickness_is_a_maximum():
    """Neither neighbour may hold more, and a poorer ionic rail asks for a thinner cathode."""
    thickness, energy = best_thickness(CELL, 1.0)
    around = [
        float(specific_energy(own, own.at(1.0)))
        for own in map(CELL.with_thickness, thickness * np.array([0.93, 1, 1.07]))
    ]
    assert energy == pytest.approx(around[1], rel=1e-3)
    assert energy > max(around[0], around[2])
    poorer, _ = best_thickness(replace(CELL, R_ion=3 * CELL.R_ion), 1.0)
    assert poorer < 0.8 * thickness


def test_draws_keep_median_and_ends():
    """Log-normal about the value, each side with its own width: the quantiles are the interval's ends."""
    scores = np.random.default_rng(1).standard_normal(200000)
    drawn = Known(10.0, (8.0, 20.0)).draws(scores)
    np.testing.assert_allclose(np.quantile(drawn, [0.025, 0.5, 0.975]), [8, 10, 20], rtol=0.02)
    assert Known(10.0, (None, 20.0)).draws(scores).min() == 10.0


def test_draws_keep_what_is_known_together():
    """Two rails whose product a spectrum knows: independent draws would scatter it twice as far as it is known."""
    known = {name: Known(100.0, (50.0, 200.0)) for name in ("R_ion", "R_ct", "R_el")}
    drawn = drawn_parameters(known, 4000, correlations={("R_ion", "R_ct"): -0.98})
    logs = {name: np.log(values / 100) for name, values in drawn.items()}
    assert np.corrcoef(logs["R_ion"], logs["R_ct"])[0, 1] == pytest.approx(-0.98, abs=2e-3)
    assert np.corrcoef(logs["R_ion"], logs["R_el"])[0, 1] == pytest.approx(0, abs=0.04)
    width = np.log(2) / 1.95996
    assert np.std(logs["R_ion"] + logs["R_ct"]) == pytest.approx(width * np.sqrt(2 * 0.02), rel=0.03)
    for own in logs.values():
        np.testing.assert_allclose(np.quantile(own, [0.025, 0.975]), [-np.log(2), np.log(2)], rtol=0.03)


def test_contradicting_correlations_give_the_nearest_that_can_be():
    """A matrix with a negative eigenvalue has no draws; the margins must stay what they are."""
    known = {name: Known(1.0, (0.5, 2.0)) for name in "abc"}
    drawn = drawn_parameters(known, 4000, correlations={("a", "b"): 0.95, ("b", "c"): 0.95, ("a", "c"): -0.95})
    for own in drawn.values():
        np.testing.assert_allclose(np.quantile(own, [0.025, 0.975]), [0.5, 2.0], rtol=0.05)
    with pytest.raises(ValueError, match=r"correlation of a and b is 1\.2"):
        drawn_parameters(known, 10, correlations={("a", "b"): 1.2})


def test_correlations_are_read_with_the_fit(tmp_path):
    """Only those of the cell's transport parameters, in whichever order the circuit has them."""
    told = {"correlation_R_sep_R_ion": {"value": -0.9}, "correlation_R_ion_Q": {"value": 0.8}}
    correlations = read_fit(write_run(tmp_path, FULL | told), OWN).correlations
    assert correlations == {("R_sep", "R_ion"): -0.9}


def test_an_interval_narrows_with_what_is_known():
    """And it holds the cell as it is."""
    wide, narrow = (propagated(CELL, assumed(OWN, percent, CELL.thickness), [1.0, 2.0]) for percent in (50, 5))
    (low, high), (nearly_low, nearly_high) = (own.interval(own.energy) for own in (wide, narrow))
    energy = CELL.at(np.array([1.0, 2.0])).energy
    assert (low < nearly_low).all()
    assert (nearly_low < energy).all()
    assert (energy < nearly_high).all()
    assert (nearly_high < high).all()


def test_an_interval_holds_the_cell_as_it_is():
    """Where every draw is better than the value, the value is the lower end, not outside the interval."""
    known = {"R_ion": Known(CELL.R_ion, (0.2 * CELL.R_ion, CELL.R_ion))}
    spread = propagated(CELL, KnownTransport(known, {}, CELL.thickness, None, (), ()), [1.0], draws=40)
    low, _ = spread.interval(spread.energy)
    assert low[0] == pytest.approx(float(CELL.at(1.0).energy), rel=1e-9)


def test_draws_reproduce_discharges_one_by_one():
    """The batch of draws against single discharges of the drawn cells, by the default numerics."""
    known = {"R_ion": Known(CELL.R_ion, (0.8 * CELL.R_ion, 1.25 * CELL.R_ion))}
    transport = KnownTransport(known, {}, CELL.thickness, None, (), ())
    spread = propagated(CELL, transport, [2.0], draws=20, seed=5)
    values = drawn_parameters(known, 20, seed=5)["R_ion"]
    for n in (0, 7, 13):
        single = replace(CELL, R_ion=float(values[n])).at(2.0)
        assert spread.capacity[1 + n, 0] == pytest.approx(single.capacity, rel=5e-3)


@pytest.mark.parametrize(("ends", "below", "above"), [((None, 300), False, True), ((150, None), True, False)])
def test_open_ends_stay_open(tmp_path, ends, below, above):
    """A resistance without an upper end bounds the energy from above alone; a number below would be invented."""
    fit = read_fit(write_run(tmp_path, FULL | {"R_ion": entry(200, *ends)}), OWN)
    spread = propagated(CELL, fit, [1.0], draws=20)
    low, high = spread.interval(spread.energy)
    assert (low is None) == below
    assert (high is None) == above
    assert any("R_ion" in note and "open" in note for note in fit.notes)


def test_a_fit_is_read_per_area(tmp_path):
    """Ohms of a small electrode are not ohm m2: 200 ohm on 0.5 cm2 are 100 ohm cm2."""
    fit = read_fit(write_run(tmp_path, FULL), OWN)
    known = fit.known
    assert known["R_ion"].value == pytest.approx(100 * ohm_cm2)
    assert known["R_ion"].interval == pytest.approx((75 * ohm_cm2, 150 * ohm_cm2))
    assert known["tau_d"].value == 900
    assert known["R_el"].value == known["R_counter"].value == 0
    assert sum("model of the fit has R_el" in note or "has R_counter" in note for note in fit.notes) == 2
    assert known.keys() == set(PARAMETERS)


def test_what_a_fit_leaves_undetermined_is_said(tmp_path):
    """The typed value may stand in, but neither end of the result may then look known."""
    entries = {name: own for name, own in FULL.items() if name != "tau_d"} | {"R_ct": entry(None, None, None)}
    fit = read_fit(write_run(tmp_path, entries), OWN)
    known, notes = fit.known, fit.notes
    assert known["R_ct"] == Known(OWN["R_ct"], (None, None))
    assert known["tau_d"] == Known(1250.0, (1250.0, 1250.0))
    assert any("does not determine R_ct" in note for note in notes)
    assert any("has no tau_d" in note for note in notes)


def test_a_resistance_that_the_best_model_lacks_keeps_what_others_leave_to_it(tmp_path):
    """Taken as an exact zero it would give the energy a lower end that a likely model with two rails denies."""
    known = read_fit(write_run(tmp_path, FULL | {"R_el": entry(0.0, 0.0, 40.0)}), OWN).known
    assert known["R_el"].value == 0
    drawn = known["R_el"].draws(np.random.default_rng(3).standard_normal(20000))
    assert drawn.min() >= 0
    assert np.quantile(drawn, 0.95) == pytest.approx(20 * ohm_cm2, rel=0.02)
    some = known | {name: Known(OWN[name], (OWN[name], OWN[name])) for name in OWN if name != "R_el"}
    open_above = KnownTransport(some | {"R_el": Known(0.0, (0.0, None))}, {}, CELL.thickness, None, (), ())
    spread = propagated(CELL, open_above, [1.0], draws=20)
    assert spread.interval(spread.energy)[0] is None


def test_one_discharge_that_cannot_be_computed_leaves_the_others():
    """All tridiagonal systems go to one solver: a NaN in one would be everybody's."""
    R_ct = np.array([CELL.R_ct, 1e-300, CELL.R_ct])
    run = replace(CELL, R_ct=R_ct).at(0.1)
    alone = CELL.at(0.1)
    np.testing.assert_allclose(run.capacity[[0, 2]], alone.capacity, rtol=1e-9)


def test_files_that_are_no_fit_are_refused(tmp_path):
    """Each with what is wrong with it."""
    with pytest.raises(ValueError, match="cannot be read: No such file"):
        read_fit(tmp_path / "absent.json", OWN)
    (tmp_path / "list.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(ValueError, match=r"no results\.json of a tlm_fitting run"):
        read_fit(tmp_path / "list.json", OWN)
    with pytest.raises(ValueError, match="of the notebook 'energy_density'"):
        read_fit(write_run(tmp_path, FULL, notebook="energy_density"), OWN)
    with pytest.raises(ValueError, match="has no area"):
        read_fit(write_run(tmp_path, FULL, parameters={"area_cm2": None}), OWN)
    known = read_fit(write_run(tmp_path, FULL, parameters={}), OWN, area=1e-4).known
    with pytest.raises(ValueError, match=r"area_cm2 is 1, but .* was run with 0\.5 cm2"):
        read_fit(write_run(tmp_path, FULL), OWN, area=1e-4)
    assert known["R_ion"].value == pytest.approx(200 * ohm_cm2)


def test_an_area_that_the_file_of_the_spectrum_stated_is_taken(tmp_path):
    """The run was not told it then, but its area-specific resistances have it."""
    entries = FULL | {"ASR_ion": entry(50, 40, 60)}
    known = read_fit(write_run(tmp_path, entries, parameters={"area_cm2": None}), OWN).known
    assert known["R_ct"].value == pytest.approx(5 * 0.25 * ohm_cm2)


def test_the_thickness_of_the_fitted_electrode_comes_with_the_fit(tmp_path):
    """Rails of 80 um with the mass of 100 um would be a cell that nobody has."""
    entries = FULL | {"ASR_ion": entry(100, 80, 120), "sigma_ion": entry(0.08, 0.07, 0.1)}
    assert read_fit(write_run(tmp_path, entries), OWN).thickness == pytest.approx(80 * um)
    stated = {"area_cm2": 0.5, "thickness_um": 60.0}
    assert read_fit(write_run(tmp_path, entries, parameters=stated), OWN).thickness == pytest.approx(60 * um)
    assert read_fit(write_run(tmp_path, FULL), OWN).thickness is None
    fit = read_fit(write_run(tmp_path, entries), OWN)
    half = fit.at_thickness(40 * um)
    assert half.thickness == pytest.approx(40 * um)
    assert any("scaled to 40 µm" in note for note in half.notes)
    assert read_fit(write_run(tmp_path, entries), OWN, thickness=40 * um) == half
    unknown = read_fit(write_run(tmp_path, FULL), OWN, thickness=70 * um)
    assert any("does not know the thickness" in note for note in unknown.notes)
    assert half.known["R_ion"].interval == pytest.approx(tuple(end / 2 for end in fit.known["R_ion"].interval))
    assert half.known["R_ct"].value == pytest.approx(2 * fit.known["R_ct"].value)
    assert half.known["R_sep"] == fit.known["R_sep"]


def test_diffusion_implies_the_capacity_it_came_from():
    """R_d of the cell PyBaMM computed, against its 5.43 mAh/cm2 (table pybamm_cells)."""
    slope = layered_oxide().slope(0.5)
    assert slope == pytest.approx(-0.5279, abs=2e-4)
    R_d = 1.134444848e-10 * 2.5e-6 / 5e-15 / 50.4
    assert capacity_of_diffusion(R_d, 1250.0, slope) / mAh_cm2 == pytest.approx(5.429, rel=1e-3)


def test_fractions_that_overfill_are_refused():
    """More than the whole volume would give a negative porosity in the masses."""
    with pytest.raises(ValueError, match="sum of the volume fractions"):
        replace(CELL, carbon_fraction=0.2)
    with pytest.raises(ValueError, match=r"cutoff is 4 V; it must be below 3\.99 V"):
        replace(CELL, cutoff=4.0)


def test_a_cathode_without_pores_is_a_cathode():
    """A recipe that is pressed to full density fills the volume to rounding: nothing is wrong with it."""
    volumes = cathode_volumes(0.7, 0.1, 0.0, CELL.electrolyte)
    full = replace(CELL, **volumes)
    assert float(full.masses.layer("cathode").thickness) == pytest.approx(CELL.thickness, rel=1e-6)


def test_no_rail_is_scaled_from_an_electrolyte_that_is_not_there():
    """Nothing over something is nothing: a little electrolyte would conduct without any loss."""
    bare = replace(CELL, electrolyte_fraction=0.0)
    with pytest.raises(ValueError, match="electrolyte_fraction of the cell itself is 0"):
        bare.with_volumes(CELL.active_fraction, 0.1, CELL.carbon_fraction)


def test_an_alloy_takes_voltage_and_mass():
    """Indium: 0.62 V less at every capacity, and 233 mAh/g in the place of 3860."""
    alloy = replace(CELL, anode=INDIUM, cutoff=CELL.cutoff - 0.62)
    run, base = alloy.at(1.0), CELL.at(1.0)
    assert run.capacity == pytest.approx(base.capacity, rel=1e-9)
    assert run.energy == pytest.approx(base.energy - 0.62 * base.capacity, rel=1e-6)
    assert alloy.reversible_energy == pytest.approx(CELL.reversible_energy - 0.62 * CELL.reversible_capacity, rel=1e-9)
    masses = [own.masses.mass_by_layer()["anode"] for own in (alloy, CELL)]
    assert masses[0] / masses[1] == pytest.approx(3860 / 233, rel=1e-3)


def test_without_an_anode_the_cathode_brings_the_lithium():
    """What is plated has room, and its mass is already in the cathode's."""
    bare = replace(CELL, anode=NO_LITHIUM).masses
    assert bare.mass_by_layer()["anode"] == pytest.approx(0, abs=1e-12)
    thickness = CELL.masses.layer("anode").thickness / 1.2
    assert bare.layer("anode").thickness == pytest.approx(thickness, rel=1e-9)
    with pytest.raises(ValueError, match="anode is 'graphite'; it must be one of lithium"):
        replace(CELL, anode="graphite")


def test_arrays_of_a_composition_are_its_cells_one_by_one():
    """Masses of a batch: no cell may borrow its neighbour's recipe."""
    recipes = cathode_volumes(np.array([0.7, 0.8, 1.0]), 0.0, np.array([0.1, 0.2, 0.05]), material("LPSCl"))
    many = replace(CELL, electrolyte=material("LPSCl"), thickness=np.array([50, 80, 100]) * um, **recipes)
    for k, thickness in enumerate((50, 80, 100)):
        one = replace(
            CELL,
            electrolyte=material("LPSCl"),
            thickness=thickness * um,
            **{name: float(own[k]) for name, own in recipes.items()},
        )
        assert many.masses.areal_mass[k] == pytest.approx(one.masses.areal_mass, rel=1e-12)
        assert many.nominal_capacity[k] == pytest.approx(one.nominal_capacity, rel=1e-12)


def test_other_particles_and_another_composition_scale_what_they_must():
    """Half the radius: twice the surface, a quarter of the time. Rails follow their phases, R_ct follows its area."""
    small = CELL.with_particles(1.25 * um)
    assert small.R_ct == pytest.approx(CELL.R_ct / 2)
    assert small.tau_d == pytest.approx(CELL.tau_d / 4)
    other = CELL.with_volumes(0.66, 0.29, 0.0, exponent=1.5)
    assert other.R_ion == pytest.approx(CELL.R_ion * (0.35 / 0.29) ** 1.5)
    assert other.R_el == pytest.approx(CELL.R_el * (0.60 / 0.66) ** 1.5)
    assert other.R_ct == pytest.approx(CELL.R_ct * 0.60 / 0.66)
    same = CELL.with_volumes(0.6, 0.35, 0.0)
    assert same.R_ion == pytest.approx(CELL.R_ion)
    with pytest.raises(ValueError, match="electrolyte_fraction is 0"):
        CELL.with_volumes(0.95, 0.0, 0.0)


def test_open_ends_are_followed_a_thousandfold_alone_and_together():
    """One at a time to see which matters, all together because two may matter where neither does alone."""
    known = {
        "R_ion": Known(10.0, (None, 20.0)),
        "R_el": Known(0.0, (0.0, None)),
        "R_ct": Known(3.0, (2.0, None)),
        "tau_d": Known(5.0, (4.0, 6.0)),
    }
    cases = at_open_ends(known)
    assert cases == {
        ("R_ion", "lower"): {"R_ion": 0.01},
        ("R_el", "upper"): {"R_el": 13e3},
        ("R_ct", "upper"): {"R_ct": 3e3},
        ("all", "upper"): {"R_el": 13e3, "R_ct": 3e3},
    }


def test_an_interval_is_open_only_where_a_case_goes_beyond_it():
    """A case within a hundredth of the value beyond the interval is no news; NaN is no number to count."""
    draws = np.linspace(9, 11, 39)
    assert interval_of([10, *draws, 11.05], 39) == pytest.approx((9, 11))
    low, high = interval_of([10, *draws, 11.2, 8.95], 39)
    assert high is None
    assert low == pytest.approx(9)
    assert interval_of([10, *draws, 11.05], 39, room=0.01)[1] is None
    with pytest.raises(ValueError, match="1 of 41 draws could not be computed"):
        interval_of([10, *draws, np.nan], 39)


def test_an_open_end_that_changes_nothing_leaves_the_energy_closed(tmp_path):
    """That the counter electrode may be nothing is no reason to know nothing of the energy."""
    fit = read_fit(write_run(tmp_path, FULL | {"R_counter": entry(1e-3, None, 2e-3)}), OWN)
    spread = propagated(replace(CELL, **{n: k.value for n, k in fit.known.items()}), fit, [0.2], draws=20)
    assert None not in spread.interval(spread.energy)
