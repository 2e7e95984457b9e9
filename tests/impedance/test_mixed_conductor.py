"""Mixed conductors against closed forms, drift and diffusion in concentrations, and their limits."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.constants import R as GAS_CONSTANT

from sslib.impedance import (
    C,
    FiniteSpaceWarburg,
    R,
    TransmissionLine,
    carrier_capacitance,
    carrier_current,
    composite_electrode,
    composite_values,
    film_values,
    fit_batch,
    insertion_cathode,
    insertion_cathode_values,
    mixed_conductor,
    mixed_conductor_deviation,
    mixed_conductor_values,
    nernst_planck_impedance,
    symmetric_cell,
    symmetric_cell_impedance,
    thin_film,
)
from sslib.kinetics import FARADAY
from sslib.tables import table
from sslib.thermodynamics import chemical_capacitance, potential_slope

A_BASE = table("pybamm_cells").loc["A_base"]
FILM = (1e-6, 1e3, 4e3, 5e-15, 2e-14)
FREQUENCY = np.logspace(6, -6, 40)
OMEGA = 2j * np.pi * FREQUENCY


def random_rails(rng):
    return dict(zip(("R_ion", "R_eon", "C_chem"), 10 ** rng.uniform([-3, -3, -2], [3, 3, 4]), strict=True))


def random_arc(rng):
    resistance, capacitance = 10 ** rng.uniform([-3, -5], [2, 1])
    return resistance, capacitance, 1 / (1 / resistance + OMEGA * capacitance)


def test_symmetric_cells_are_their_closed_form():
    """The network solves Kirchhoff's laws, the closed form the differential equation: both must be one theory."""
    rng = np.random.default_rng(1)
    for _ in range(50):
        rails, (r_i, c_i, z_i), (r_e, c_e, z_e) = random_rails(rng), random_arc(rng), random_arc(rng)
        both = {"ion": R("r_i") | C("c_i"), "electron": R("r_e") | C("c_e")}
        ours = mixed_conductor(both, both).impedance(FREQUENCY, **rails, r_i=r_i, c_i=c_i, r_e=r_e, c_e=c_e)
        assert_allclose(ours, symmetric_cell_impedance(FREQUENCY, **rails, ion=z_i, electron=z_e), rtol=1e-9)
        ours = symmetric_cell("ion-blocking").impedance(FREQUENCY, **rails, C_if=c_i)
        assert_allclose(ours, symmetric_cell_impedance(FREQUENCY, **rails, ion=1 / (OMEGA * c_i)), rtol=1e-9)
        ours = symmetric_cell("electron-blocking").impedance(FREQUENCY, **rails, R_if=r_i, C_if=c_i)
        assert_allclose(ours, symmetric_cell_impedance(FREQUENCY, **rails, ion=z_i, electron=np.inf), rtol=1e-9)


def test_free_electrons_give_the_published_form():
    """With electrodes reversible to electrons the literature writes Z = R∞ + (R0 − R∞) times a modified tanh x/x."""
    rng = np.random.default_rng(2)
    for _ in range(50):
        rails, (_, _, z) = random_rails(rng), random_arc(rng)
        ion, electron = rails["R_ion"], rails["R_eon"]
        fast = ion * electron / (ion + electron)
        slow = 1 / (1 / electron + 1 / (ion + 2 * z))
        x = np.sqrt(OMEGA * rails["C_chem"] * (ion + electron) / 4)
        shape = (ion + electron + 2 * z) * np.tanh(x) / ((ion + electron) * np.tanh(x) + 2 * z * x)
        ours = symmetric_cell_impedance(FREQUENCY, **rails, ion=z)
        assert_allclose(ours, fast + (slow - fast) * shape, rtol=1e-9)


def test_a_film_is_a_line_behind_its_charge_transfer():
    """One face takes ions, the other gives electrons: the line with ion-electron terminals, and an arc in series."""
    rng = np.random.default_rng(3)
    line = (R("R_ct") | C("C_dl")) + TransmissionLine(ion=R("R_ion"), electron=R("R_eon"), interface=C("C_chem"))
    for _ in range(50):
        values = random_rails(rng) | dict(zip(("R_ct", "C_dl"), random_arc(rng)[:2], strict=True))
        assert_allclose(thin_film().impedance(FREQUENCY, **values), line.impedance(FREQUENCY, **values), rtol=1e-9)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"ion": 0.0}, {"electron": 0.0}),
        ({"ion": 0.03}, {"electron": 0.02}),
        ({"electron": 0.0}, {"electron": 0.0}),
        ({"ion": 0.005}, {"ion": 0.03}),
        ({"ion": 0.01, "electron": 0.2}, {"ion": 0.3, "electron": 0.0}),
    ],
)
def test_drift_and_diffusion_lead_to_the_same(first, second):
    """Concentrations and one electric potential know no electrochemical potential and no chemical capacitance: if
    these were not what drives and stores, the spectra would part."""
    rng = np.random.default_rng(4)
    for _ in range(2):
        sizes = 10 ** rng.uniform([-7, 1, 1, -16, -16], [-5, 4, 4, -12, -12])
        names = ("thickness", "ion_concentration", "electron_concentration", "ion_diffusivity", "electron_diffusivity")
        material = dict(zip(names, sizes, strict=True))
        assert mixed_conductor_deviation(first, second, cells=40, T=340.0, **material) < 1e-4


def test_drift_and_diffusion_converge_with_the_square_of_the_cells():
    """Convergence of another order would mean a face is wrong, and agreement at one grid luck."""
    material = (2e-6, 3e3, 8e2, 4e-14, 3e-14)
    sigma = [FARADAY**2 / (GAS_CONSTANT * 298.15) * c * d for c, d in ((3e3, 4e-14), (8e2, 3e-14))]
    values = mixed_conductor_values(2e-6, *sigma, carrier_capacitance(3e3, 8e2))
    exact = mixed_conductor({"ion": None}, {"electron": None}).impedance([0.01], **values)[0]
    contacts = {"first": {"ion": 0.0}, "second": {"electron": 0.0}}
    errors = [abs(nernst_planck_impedance(0.01, *material, **contacts, cells=n) - exact) for n in (25, 50, 100)]
    assert_allclose(np.divide(errors[:-1], errors[1:]), 4, rtol=0.02)


def test_fast_electrons_leave_diffusion_in_a_film():
    """Ions that drift in a film of fast electrons diffuse: the finite-space Warburg element, its R and its time."""
    values = {"R_ion": 9.0, "C_chem": 20.0, "R_ct": 1e-15, "C_dl": 1e-15}
    ours = thin_film().impedance(FREQUENCY, R_eon=9e-15, **values)
    warburg = FiniteSpaceWarburg("R_d", "tau_d").impedance(FREQUENCY, R_d=9.0, tau_d=180.0)
    assert_allclose(ours, warburg, rtol=1e-8)


def test_electrodes_choose_which_conductivity_a_direct_current_sees():
    """Ions blocked, a current is electronic; electrons blocked, ionic; both free, total at every frequency."""
    values = {"R_ion": 3.0, "R_eon": 11.0, "C_chem": 5.0}
    slow, fast = [1e-9], [1e7]
    parallel = 1 / (1 / 3 + 1 / 11)
    for kind, direct, extra in (
        ("ion-blocking", 11.0, {"C_if": 1e-3}),
        ("electron-blocking", 3.0 + 2 * 0.7, {"R_if": 0.7, "C_if": 1e-3}),
        ("reversible", parallel, {}),
    ):
        cell = symmetric_cell(kind)
        assert_allclose(cell.impedance(slow, **values, **extra)[0].real, direct, rtol=1e-6)
        assert_allclose(cell.impedance(fast, **values, **extra)[0].real, parallel, rtol=2e-3)


def test_without_chemical_potential_a_cell_is_ohmic():
    """What the step before gets wrong: with one electric potential for both rails nothing stores and nothing
    relaxes, and the direct current of this cell would meet 8.5 instead of 60 ohm."""
    values = {"R_ion": 9.9, "R_eon": 60.0, "C_chem": 3.0}
    one_potential = symmetric_cell("reversible").impedance([1e-9, 1e6], **values).real
    two = symmetric_cell("ion-blocking").impedance([1e-9, 1e6], C_if=1e-3, **values).real
    assert_allclose(one_potential[0], 1 / (1 / 9.9 + 1 / 60), rtol=1e-9)
    assert_allclose(one_potential[1], two[1], rtol=1e-3)
    assert_allclose(two[0] / one_potential[0], 1 + 60 / 9.9, rtol=1e-6)


def test_nothing_flows_at_equal_electrochemical_potential():
    """The printed pair of terms, with one κ for both carriers, drives electrons in equilibrium twice as hard as the
    field alone; the corrected flux does not drive either carrier."""
    rng = np.random.default_rng(5)
    for charge in (1, -1, 2):
        sigma, gradient = rng.uniform(0.1, 10), rng.normal() * 1e9
        field = -gradient / (charge * FARADAY)
        drift = -sigma * field
        assert abs(carrier_current(sigma, charge, gradient, field)) < 1e-12 * abs(drift)
        printed = drift - sigma / FARADAY * gradient
        assert_allclose(printed / drift, 1 - charge, atol=1e-12)


def test_ideal_concentrations_give_the_flux_of_ficks_law():
    """Without a field the corrected flux is −D dc/dx with Einstein's relation between D and σ."""
    concentration, diffusivity, slope = 2e3, 3e-14, 5e8
    sigma = FARADAY**2 * diffusivity * concentration / (GAS_CONSTANT * 298.15)
    current = carrier_current(sigma, 1, GAS_CONSTANT * 298.15 / concentration * slope, 0.0)
    assert_allclose(current, -FARADAY * diffusivity * slope, rtol=1e-12)


def test_a_composite_behind_its_charge_transfer_is_the_line():
    """The values of the house's cell must be those with which the two-rail line agrees at the lowest frequencies,
    up to the fifth of R_d that diffusion in the particles adds."""
    values, whole = composite_values(A_BASE), insertion_cathode_values(A_BASE, 0.5)
    ours = composite_electrode().impedance([1e-7], **values)
    theirs = insertion_cathode().impedance([1e-7], **whole | {"R_sep": 0.0})
    assert_allclose(ours.imag, theirs.imag, rtol=1e-6)
    assert_allclose(theirs.real - ours.real, whole["R_d"] / 5, rtol=1e-4)


def test_a_film_of_the_cells_material_diffuses_as_its_particles():
    """One material has one diffusivity: L²/D of the film must be that of the table where electrons are fast."""
    values = film_values(A_BASE, 2e-6, electronic=1e6)
    time = (values["R_ion"] + values["R_eon"]) * values["C_chem"]
    assert_allclose(time, 4e-12 / A_BASE["solid_diffusivity_m2_s"], rtol=1e-6)


def test_storage_of_a_free_energy_is_the_slope_of_its_potential():
    """F²/(dμ/dc) and the slope of U are one number; a factor F or c between them would be a wrong capacitance."""
    storage = chemical_capacitance(0.3, -8e3, 5e4)
    assert_allclose(storage, FARADAY * 5e4 / -potential_slope(0.3, -8e3), rtol=1e-12)


def test_few_ions_store_as_a_dilute_solution():
    """Among many electrons the ions decide, and an empty lattice stores as they do: two definitions, one number."""
    dilute = chemical_capacitance(1e-7, 0.0, 5e4)
    assert_allclose(carrier_capacitance(1e-7 * 5e4, 1e9), dilute, rtol=1e-6)
    assert_allclose(carrier_capacitance(3.0, 7.0, 2.0, 5.0), FARADAY**2 / (GAS_CONSTANT * 298.15 * (2 / 3 + 5 / 7)))


def test_the_film_is_recovered_from_its_spectrum():
    """The sixth step fitted: ionic conductivity, storage and interface, in nearly all of 8 × 4 intervals."""
    truth, rng = film_values(A_BASE), np.random.default_rng(6)
    model, frequency = thin_film(), np.logspace(4, -4, 33)
    exact = model.impedance(frequency, **truth)
    spectra = exact + 0.003 * np.abs(exact) * (rng.standard_normal((8, 33, 2)) @ [1, 1j])
    # Which rail is which two open ends cannot tell: the electronic one is measured by itself.
    starts = {name: 2 * value for name, value in truth.items() if name != "R_eon"}
    fixed = {"R_eon": truth["R_eon"]}
    result = fit_batch(model, frequency, spectra, starts=starts, fixed=fixed, noise=0.003, intervals=0.95)
    held = [(result.interval(name)[0] < truth[name]) & (truth[name] < result.interval(name)[1]) for name in starts]
    assert np.sum(held) >= 26


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mixed_conductor({}, {"ion": None}), "passes nothing"),
        (lambda: mixed_conductor({"hole": None}, {"ion": None}), "passes nothing"),
        (lambda: symmetric_cell("blocking"), "allowed are ion-blocking, electron-blocking, reversible"),
        (lambda: mixed_conductor_values(1e-6, 0.0, 1.0, 1e9), "ionic is 0"),
        (lambda: symmetric_cell_impedance([1.0], 1.0, 1.0, 1.0, np.inf, np.inf), "at least one of the carriers"),
        (lambda: symmetric_cell_impedance([1.0], 1.0, 1.0, 1.0, np.nan), "ion or electron is nan"),
        (lambda: carrier_current(1.0, 0, 1.0, 1.0), "size_of_charge is 0"),
        (lambda: carrier_current(1.0, 1, np.nan, 1.0), "chemical_gradient is nan"),
        (lambda: nernst_planck_impedance(1.0, *FILM, {}, {"ion": 0.0}), "passes nothing"),
        (lambda: nernst_planck_impedance(1.0, *FILM, {"ion": np.nan}, {"ion": 0.0}), "size of the ion contact is nan"),
    ],
)
def test_what_cannot_be_is_refused(call, message):
    """A cell that passes nothing has no impedance, and must say so rather than divide by zero."""
    with pytest.raises(ValueError, match=message):
        call()
