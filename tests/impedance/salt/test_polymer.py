"""A cell whose salt moves: Newman's equations by another route, what steady current tells, and what two rails make of
it."""

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.constants import N_A, e
from scipy.constants import R as GAS_CONSTANT
from scipy.integrate import quad

from sslib.impedance import (
    R,
    SaltCell,
    against_truth,
    depletion_current_density,
    fit,
    fit_batch,
    fit_joint,
    largest_deviation,
    limiting_current_density,
    noise_that_hides,
    over_area,
    salt_capacitance,
    salt_half_cell,
    salt_half_cell_values,
    salt_resistance,
    salt_values,
    separator_cell,
    simulate_joint,
    slow_resistances,
    steady_current_ratio,
    transference_number,
    two_rail_cell,
    two_rail_map,
    two_rail_values,
    without_transference,
)
from sslib.instruments import Spectrum
from sslib.tables import table

F = N_A * e
FREQUENCY = np.logspace(6, -4, 61)
AREA = 1e-4


def random_cell(rng, transference):
    """A cell with no property of the reference's, each layer of its own fraction."""

    def between(low, high):
        return float(np.exp(rng.uniform(np.log(low), np.log(high))))

    return SaltCell(
        transference_number=transference,
        salt_diffusivity=between(1e-12, 1e-9),
        conductivity=between(0.01, 1),
        concentration=between(300, 2000),
        thermodynamic_factor=between(0.5, 4),
        temperature=between(290, 370),
        separator_thickness=between(1e-5, 1e-4),
        separator_fraction=0.45,
        cathode_thickness=between(2e-5, 2e-4),
        electrolyte_fraction=0.3,
        exponent=1.7,
        active_fraction=0.55,
        electronic_conductivity=between(0.01, 10),
        particle_radius=between(5e-7, 8e-6),
        solid_diffusivity=between(1e-15, 1e-13),
        potential_slope=between(0.1, 2),
        maximum_concentration=3e4,
        charge_transfer=between(1e-3, 0.1),
        double_layer=between(0.05, 1),
        lithium_resistance=between(1e-4, 1e-2),
        lithium_capacitance=between(0.05, 1),
        contact_resistance=2e-4,
    )


def newman(frequency, cell):
    """Z [ohm m2] from concentration, salt flux, potentials and ionic current: the exponential of Newman's equations.

    Per unit current that enters at lithium: c' = −N/D, N' = −ε s c + (1 − t₊) i'/F, Φ' = −i/κ + (2RTχ/F)(1 − t₊) c'/c,
    i' = y (φ − Φ), φ' = −(1 − i)/σ; the sixth component is one.
    """
    v = cell
    s = 2j * mpmath.pi * frequency
    root = mpmath.sqrt(s * v.particle_radius**2 / v.solid_diffusivity)
    slope = v.potential_slope / (F * v.maximum_concentration)
    sphere = slope * v.particle_radius / v.solid_diffusivity / (root * mpmath.coth(root) - 1)
    per_surface = s * v.double_layer + 1 / (v.charge_transfer + sphere)
    per_volume = per_surface * 3 * v.active_fraction / v.particle_radius
    left = 1 - mpmath.mpf(v.transference_number)
    per_c = 2 * GAS_CONSTANT * v.temperature * v.thermodynamic_factor / F * left / v.concentration

    def across(thickness, fraction, reaction, sigma):
        open_share = mpmath.mpf(fraction) ** v.exponent
        a = mpmath.zeros(6)
        a[0, 1] = -1 / (v.salt_diffusivity * open_share)
        a[3, 4], a[3, 2] = reaction, -reaction
        a[1, 0] = -fraction * s
        a[2, 3], a[2, 1] = -1 / (v.conductivity * open_share), per_c * a[0, 1]
        for k in (2, 4):
            a[1, k] = left / F * a[3, k]
        if sigma:
            a[4, 3], a[4, 5] = 1 / mpmath.mpf(sigma), -1 / mpmath.mpf(sigma)
        return mpmath.expm(a * thickness)

    whole = across(v.cathode_thickness, v.electrolyte_fraction, per_volume, v.electronic_conductivity) * across(
        v.separator_thickness, v.separator_fraction, 0, None
    )
    # Unknown are the concentration at lithium and the solid's potential where the cathode begins.
    fixed = whole * mpmath.matrix([0, left / F, 0, 1, 0, 1])
    by_c, by_solid = (whole[:, k] for k in (0, 4))
    # By Cramer's rule: both columns are nearly parallel where salt cannot follow, and digits make up for it.
    determinant = by_c[1] * by_solid[3] - by_c[3] * by_solid[1]
    unknown = (
        (fixed[3] * by_solid[1] - fixed[1] * by_solid[3]) / determinant,
        (fixed[1] * by_c[3] - fixed[3] * by_c[1]) / determinant,
    )
    solid = fixed[4] + by_c[4] * unknown[0] + by_solid[4] * unknown[1]
    lithium = 1 / (1 / mpmath.mpf(v.lithium_resistance) + s * v.lithium_capacitance)
    return complex(v.contact_resistance + lithium - solid)


@pytest.mark.parametrize("transference", [-0.4, 0.15, 0.6, 1.0])
def test_the_half_cell_is_newmans_equations_solved_otherwise(transference):
    """Two layers, a sphere and lithium: a slip in how the layers are joined, in a fraction or in the sphere would part
    the rails from concentration, flux and potentials, which are joined by their own continuity."""
    rng = np.random.default_rng(21)
    with mpmath.workdps(300):
        for frequency in (1e-5, 1e-3, 0.1):
            cell = random_cell(rng, transference)
            ours = salt_half_cell().impedance([frequency], **cell.values)[0]
            assert_allclose(ours, newman(mpmath.mpf(frequency), cell), rtol=1e-9)


def test_the_defaults_are_the_table():
    """The notebook's defaults have to be the cell whose spectrum a physics code computed."""
    salt = table("pybamm_salt_cells").loc["t_plus_0p2"]
    rows = salt_half_cell_values(table("pybamm_cells").loc[salt["cell"]], salt)
    ours = SaltCell().values
    for name, value in rows.items():
        assert_allclose(ours[name], value, rtol=3e-6, atol=1e-11, err_msg=name)


@pytest.mark.parametrize("transference", [-0.5, 0.0, 0.3, 0.9])
def test_no_spectrum_knows_the_transference_number(transference):
    """It says what a fit may fix; if one cell's spectrum held t_plus on its own, the fixed fit would be wrong."""
    cell = random_cell(np.random.default_rng(5), transference)
    for model in (salt_half_cell(), separator_cell()):
        z, seen = (
            model.impedance(FREQUENCY, **{name: v[name] for name in model.names}) for v in (cell.values, cell.seen)
        )
        assert_allclose(seen, z, rtol=1e-11)


def test_with_a_transference_number_of_one_two_rails_are_right():
    """The map's zero: where no salt moves, the mapped parameters must give the spectrum itself."""
    values = SaltCell(transference_number=1.0, contact_resistance=2e-4).values
    two = two_rail_cell().impedance(FREQUENCY, **two_rail_values(values))
    assert_allclose(two, salt_half_cell().impedance(FREQUENCY, **values), rtol=1e-9)


def test_the_error_of_two_rails_is_the_issues():
    """165 % with parameters mapped from the cell, at the reference's frequencies."""
    values = SaltCell().values
    three = salt_half_cell().impedance(FREQUENCY, **values)
    error = largest_deviation(three, two_rail_cell().impedance(FREQUENCY, **two_rail_values(values)))
    assert_allclose(error, 1.65, atol=0.005)


def test_far_below_the_diffusion_time_salt_is_a_resistance():
    """The limit that tells how much more resistance a slow cycle meets, against the network itself."""
    values = random_cell(np.random.default_rng(9), 0.3).values
    frequency = [1e-9 / float(values["tau_salt"])]
    three = salt_half_cell().impedance(frequency, **values)[0]
    two = two_rail_cell().impedance(frequency, **two_rail_values(values))[0]
    # Beside the particles' storage the difference of the two would drown: both without it.
    assert_allclose((three - two).real, salt_resistance(values), rtol=1e-6)


def test_what_resists_a_slow_current_adds_up():
    """The verdict names the largest: one that is missing or miscounted would have another blamed."""
    values = random_cell(np.random.default_rng(9), 0.3).values
    slowest = max(float(value) for name, value in values.items() if name.startswith("tau"))
    z = salt_half_cell().impedance([1e-4 / slowest], **values)[0]
    parts = slow_resistances(values)
    assert_allclose(sum(parts.values()), z.real, rtol=1e-4)
    assert parts["moving salt"] > 0.01 * z.real


def test_bruce_and_vincent_hold_for_an_ideal_dilute_salt():
    """Their current ratio is the transference number, from the diffusivities of the ions alone (Nernst, Einstein)."""
    rng = np.random.default_rng(3)
    for _ in range(5):
        cation, anion, c, temperature = 10 ** rng.uniform(-13, -9), 10 ** rng.uniform(-13, -9), 40.0, 333.0
        conductivity = F**2 * c * (cation + anion) / (GAS_CONSTANT * temperature)
        salt = salt_values(
            2e-5, conductivity, cation / (cation + anion), 2 * cation * anion / (cation + anion), c,
            temperature=temperature,
        )  # fmt: skip
        ratio = steady_current_ratio(*(salt[name] for name in ("R_ion", "t_plus", "R_salt")))
        assert_allclose(ratio, salt["t_plus"], rtol=1e-9)


def test_the_steady_current_is_the_impedance_without_frequency():
    """Initial and steady current are the ends of the separator's own spectrum."""
    values = SaltCell().values | {"R_counter": 0.0, "C_counter": 1.0}
    model = separator_cell()
    fast, slow = model.impedance([1e6, 1e-9], **{name: values[name] for name in model.names}).real
    ratio = steady_current_ratio(values["R_sep"], values["t_plus"], values["R_salt_sep"])
    assert_allclose(fast / slow, ratio, rtol=1e-3)


def test_the_transference_number_follows_from_what_is_seen_and_the_salts_capacitance():
    """There and back for a random cell; a fraction or the thermodynamic factor in the wrong place would show."""
    cell = random_cell(np.random.default_rng(12), -0.2)
    seen = cell.seen
    found = transference_number(seen["R_salt_sep"], seen["tau_salt_sep"], cell.separator_capacitance)
    assert_allclose(found, -0.2, rtol=1e-9)
    charge = 0.5 * 1e-5 * 1e3 * F
    assert_allclose(salt_capacitance(1e-5, 1e3, fraction=0.5, temperature=300.0), charge / (2 * GAS_CONSTANT * 300 / F))


def test_the_limiting_current_leaves_no_salt_at_the_electrode():
    """Fick's law: the flux that lithium takes beyond its migration falls over a line from 2c to nothing."""
    j = limiting_current_density(3e-5, 0.3, 2e-11, 800.0, fraction=0.4, exponent=1.6)
    gradient = (1 - 0.3) * j / (F * 2e-11 * 0.4**1.6)
    assert_allclose(gradient * 3e-5, 2 * 800.0, rtol=1e-9)
    assert limiting_current_density(3e-5, 1.0, 2e-11, 800.0) == np.inf


def test_salt_runs_dry_at_the_collector_and_none_is_lost():
    """The profile integrated numerically from the flux: at the stated current it touches zero with the salt intact."""
    cell = random_cell(np.random.default_rng(30), 0.25)
    j, share = cell.cell_limit, 0.75 / F
    eff = [cell.salt_diffusivity * f**cell.exponent for f in (cell.separator_fraction, cell.electrolyte_fraction)]
    ls, lc = cell.separator_thickness, cell.cathode_thickness

    def fall(x):
        """What the concentration has fallen by since lithium."""
        if x < ls:
            return share * j * x / eff[0]
        return share * j * (ls / eff[0] + quad(lambda y: 1 - (y - ls) / lc, ls, x)[0] / eff[1])

    at_lithium = fall(ls + lc)
    held = cell.separator_fraction * quad(lambda x: at_lithium - fall(x), 0, ls)[0]
    held += cell.electrolyte_fraction * quad(lambda x: at_lithium - fall(x), ls, ls + lc)[0]
    whole = cell.concentration * (cell.separator_fraction * ls + cell.electrolyte_fraction * lc)
    assert_allclose(held, whole, rtol=1e-6)
    assert cell.cell_limit < cell.separator_limit
    assert depletion_current_density((1e-5, 1.0, 1e-11), (1e-5, 0.3, 1e-12), 1.0, 1e3) == np.inf


@pytest.fixture(scope="module")
def noisy():
    """The reference cell's spectrum over 1 cm2 with 0.3 % of noise, and what a fit has to find."""
    model, cell = salt_half_cell(), SaltCell()
    exact = model.impedance(FREQUENCY, **over_area(model, cell.values, AREA))
    chance = np.random.default_rng(1).standard_normal((61, 2)) @ [1, 1j]
    return Spectrum(FREQUENCY, exact + 0.003 * np.abs(exact) * chance), over_area(model, cell.seen, AREA)


def test_three_rails_find_what_there_is_to_find(noisy):
    """The model is of use only if it can be fitted: with what other cells tell held, intervals hold the truth."""
    spectrum, truth = noisy
    fixed = {name: truth[name] for name in ("R_0", "R_sep", "R_el", "R_counter", "C_counter", "t_plus")}
    starts = {name: value * 1.5 ** (-1) ** k for k, (name, value) in enumerate(truth.items())} | fixed
    result = fit(salt_half_cell(), spectrum, starts=starts, fixed=fixed, noise=0.003, starts_tried=0)
    assert result.verdicts == ()
    assert 0.7 < result.reduced_chi_square < 1.4
    said = against_truth(result, truth)
    assert (said["interval"] == "holds the truth").all()
    assert said["too large by a factor of"].between(0.9, 1.1).all()


def test_a_fit_without_starts_and_without_search_is_refused(noisy):
    """Nothing to begin with is no fit."""
    with pytest.raises(ValueError, match="starts_tried is 0"):
        fit(R("R_0"), noisy[0], starts_tried=0)


def test_two_rails_lie(noisy):
    """The notebook's claim: a fit that looks good, with intervals that exclude the truth of rail and particles."""
    spectrum, _ = noisy
    line, cell = two_rail_cell(), SaltCell()
    said = against_truth(fit(line, spectrum, noise=0.003), over_area(line, two_rail_values(cell.values), AREA))
    for name in ("R_ion", "R_d", "tau_d"):
        assert said.loc[name, "interval"] == "excludes the truth", name
    assert said.loc["R_d", "too large by a factor of"] > 30


@pytest.mark.slow
def test_noise_hides_a_wrong_model_from_a_stated_level_on():
    """Simulated: a little below that noise the residuals are noticed, well above they are not."""
    model, line = salt_half_cell(), two_rail_cell()
    exact = model.impedance(FREQUENCY, **over_area(model, SaltCell().values, AREA))
    best = fit(line, Spectrum(FREQUENCY, exact))
    hides = noise_that_hides(best)
    rng = np.random.default_rng(6)

    def noticed(level):
        chance = rng.standard_normal((20, 61, 2)) @ [1, 1j]
        found = fit_batch(line, FREQUENCY, exact + level * np.abs(exact) * chance, starts=best.values, noise=level)
        return np.mean(found.reduced_chi_square > 1.5)

    assert noticed(0.7 * hides) > 0.7
    assert noticed(1.6 * hides) < 0.1


@pytest.mark.slow
def test_a_separator_between_lithium_joins_the_fit():
    """The measurement that the notebook advises: fitted jointly, networks and all, it must narrow what was loose."""
    cell = SaltCell()
    models = {"cell": salt_half_cell(), "separator": separator_cell()}
    truth = over_area(models["cell"], cell.seen, AREA)
    spectra = simulate_joint(models, np.logspace(4, -4, 33), truth, noise=0.003, seed=5)
    known = ("R_0", "t_plus", "R_el", "R_counter", "C_counter", "R_ct", "C_dl", "R_d", "tau_d")
    fixed = {name: truth[name] for name in known}
    together = fit_joint(spectra, fixed=fixed, starts=truth, noise=0.003)
    alone = fit(*spectra["cell"], fixed=fixed, starts=truth, noise=0.003, starts_tried=0)
    for name in ("R_salt_sep", "tau_salt_sep"):
        low, high = together.interval(name)
        own = alone.interval(name)
        assert low < truth[name] < high
        assert np.log(high / low) < 0.5 * np.log(own[1] / own[0])


def test_the_map_vanishes_where_salt_does_not_matter():
    """Fast diffusion and a transference number near one: both errors must fall, or the map shows something else."""
    found = two_rail_map(FREQUENCY[::3], SaltCell(), [0.2, 0.95], [1e-11, 1e-9], starts_tried=2)
    assert found.mapped_error.shape == found.fit_error.shape == found.factor["R_ion"].shape == (2, 2)
    assert found.mapped_error[0, 0] > 1 > 0.1 > found.mapped_error[1, 0]
    assert found.mapped_error[1, 1] < 1e-3
    assert (found.fit_error < found.mapped_error + 1e-3).all()
    assert abs(np.log(found.factor["R_d"][1, 1])) < 0.01


def test_without_transference_keeps_arrays():
    """The map hands over many salts at once."""
    values = SaltCell(transference_number=np.array([0.0, 0.5])).values
    assert_allclose(without_transference(values)["R_salt"] / values["R_salt"], [1, 0.25])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"transference_number": 1.5}, "transference_number is 1.5"),
        ({"active_fraction": 0.8}, "solids_and_electrolyte_in_the_cathode is 1.15"),
        ({"salt_diffusivity": 0.0}, "salt_diffusivity is 0"),
        ({"contact_resistance": -1.0}, "contact_resistance is -1"),
    ],
)
def test_what_no_cell_can_be_is_refused(change, words):
    """A typing mistake in the notebook's parameters must be named."""
    with pytest.raises(ValueError, match=words):
        SaltCell(**change)
