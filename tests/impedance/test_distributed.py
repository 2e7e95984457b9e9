"""A circuit in many sizes: against sums by hand, an electrode of sampled particles, limits, derivatives, fits."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad_vec
from scipy.linalg import solve_banded
from scipy.stats import lognorm

from sslib.impedance import (
    CPE,
    C,
    CylindricalDiffusion,
    Distributed,
    FiniteSpaceWarburg,
    Gerischer,
    Histogram,
    LogNormal,
    Network,
    R,
    Region,
    SphericalDiffusion,
    TransmissionLine,
    circuit_to_string,
    distributed,
    fit,
    fit_batch,
    information,
    lognormal_radii,
    particle,
    particle_values,
    resistance_budget,
    resistance_split,
)
from sslib.impedance.circuit import Grid
from sslib.kinetics import FARADAY, thermal_voltage

INTERFACE = CPE("Q", "alpha") | (R("R_ct") + SphericalDiffusion("R_d", "tau_d"))
POWDER = Distributed(INTERFACE, LogNormal("sigma_r"))
HISTOGRAM = Histogram([1.1, 2.3, 4.0, 9.7], [800, 300, 0, 11], weights="number")
LINE = R("R_sep") + TransmissionLine(ion=R("R_ion"), electron=R("R_el"), interface=POWDER)
LATERAL = Distributed(
    TransmissionLine(ion=R("R_ion"), electron=R("R_el"), interface=INTERFACE),
    Histogram([0.7, 1.0, 1.6], [0.3, 0.5, 0.2]),
    powers={"R_ion": 1, "R_el": 1, "Q": 1, "R_ct": -1, "R_d": -1},
)
REGION = Region({"ion": R("R_ion"), "electron": R("R_el")}, {("ion", "electron"): INTERFACE})
LAYERED = Distributed(
    Network(REGION, ("ion", 0), ("electron", 1)), LogNormal("sigma_r"), powers={"R_ion": -1.5, "R_d": 1}
)
# Spreads not at the edge of a rule, where the impedance steps by its error and no difference is a derivative.
WITHIN_A_RULE = (0.15, 0.3, 0.45, 0.59, 0.75, 0.92)


def random_values(circuit, rng, sets):
    values = {}
    for parameter in circuit.parameters:
        if parameter.name == "sigma_r":
            values[parameter.name] = rng.choice(WITHIN_A_RULE, sets)
        elif parameter.unit == "1":
            values[parameter.name] = rng.uniform(0.2, 0.99, sets)
        else:
            low, high = {"ohm": (-1, 3), "s": (-3, 4)}.get(parameter.unit, (-6, -2))
            values[parameter.name] = 10 ** rng.uniform(low, high, sets)
    return values


@pytest.mark.parametrize(
    "circuit",
    [POWDER, Distributed(INTERFACE, HISTOGRAM), LINE, LATERAL, LAYERED],
    ids=["powder", "histogram", "line", "lateral", "layered"],
)
def test_derivatives_are_those_of_the_impedance(circuit):
    """A slope that is off leaves the fit with wrong intervals and no error to see."""
    rng = np.random.default_rng(17)
    values, frequency = random_values(circuit, rng, 12), np.logspace(5, -4, 13)
    z, slopes = circuit.derivatives(frequency, **values)
    assert_allclose(z, circuit.impedance(frequency, **values), rtol=1e-14)
    h = 2e-3
    for name, value in values.items():
        at = {k: circuit.impedance(frequency, **(values | {name: value * (1 + k * h)})) for k in (-3, -2, -1, 1, 2, 3)}
        numeric = (45 * (at[1] - at[-1]) - 9 * (at[2] - at[-2]) + (at[3] - at[-3])) / (60 * h)
        exact = slopes[name] * value[:, None]
        scale = np.maximum(np.abs(z), np.abs(exact))
        assert np.max(np.abs(numeric - exact) / scale) < 1e-9, name


@pytest.mark.parametrize("spread", [0.03, 0.2, 0.431, 0.5, 0.75, 1.0, 1.5, 2.5, 6.0])
def test_the_average_is_the_integral_over_all_sizes(spread):
    """Adaptive integration of the admittance: the stated error of the rule, 1e-6, holds for bare diffusion, too."""
    rng = np.random.default_rng(int(100 * spread))
    cases = [{"R_ct": 0.0, "R_d": 40.0, "tau_d": 1.0, "Q": 1e-12, "alpha": 1.0}]
    cases += [{name: v[0] for name, v in random_values(INTERFACE, rng, 1).items()} for _ in range(3)]
    frequency = np.logspace(-4, 3, 8)
    for values in cases:

        def integrand(u, values=values):
            size = np.exp(spread * u - spread**2 / 2)
            own = values | {"R_d": values["R_d"] * size, "tau_d": values["tau_d"] * size**2}
            return np.exp(-0.5 * u**2) / np.sqrt(2 * np.pi) / INTERFACE.impedance(frequency, **own)

        admittance, _ = quad_vec(integrand, -8 - spread, 8 + spread, epsrel=1e-9)
        ours = POWDER.impedance(frequency, **values, sigma_r=spread)
        assert np.max(np.abs(ours * admittance - 1)) < 1e-6, values


@pytest.mark.parametrize("spread", [0.4, 0.8, 1.2])
@pytest.mark.parametrize("blocking", [True, False])
def test_the_average_holds_where_one_thing_grows_and_another_shrinks(spread, blocking):
    """A line's (L/λ)² goes as the square of its thickness: a rule for the power of either alone is off by 3e-4."""
    interface = C("C_dl") if blocking else R("R_ct") + SphericalDiffusion("R_d", "tau_d")
    line = TransmissionLine(ion=R("R_ion"), interface=interface)
    values = {"R_ion": 60.0} | ({"C_dl": 1e-3} if blocking else {"R_ct": 0.01, "R_d": 5.0, "tau_d": 100.0})
    powers = {"R_ion": 1} | ({"C_dl": 1} if blocking else {"R_ct": -1, "R_d": -1})
    frequency = np.logspace(-4, 3, 15)

    def integrand(u):
        size = np.exp(spread * u - spread**2 / 2)
        own = {name: value * size ** powers.get(name, 0) for name, value in values.items()}
        return np.exp(-0.5 * u**2) / np.sqrt(2 * np.pi) / line.impedance(frequency, **own)

    admittance, _ = quad_vec(integrand, -8 - spread, 8 + spread, epsrel=1e-9)
    ours = Distributed(line, LogNormal("sigma_r"), powers).impedance(frequency, **values, sigma_r=spread)
    assert np.max(np.abs(ours * admittance - 1)) < 1e-6


def test_a_histogram_is_its_sizes_in_parallel():
    """Written out with the circuit's own rules: each size has its share of the area, and R_d and τ_d of its radius."""
    values = {"Q": 3e-4, "alpha": 0.87, "R_ct": 21.0, "R_d": 64.0, "tau_d": 130.0}
    frequency, admittance = np.logspace(4, -5, 30), 0
    for radius, share in zip(HISTOGRAM.radii, HISTOGRAM.shares, strict=True):
        if share:
            size = radius / HISTOGRAM.reference
            own = {"Q": share * values["Q"], "alpha": values["alpha"], "R_ct": values["R_ct"] / share}
            own |= {"R_d": values["R_d"] * size / share, "tau_d": values["tau_d"] * size**2}
            admittance = admittance + 1 / INTERFACE.impedance(frequency, **own)
    assert_allclose(Distributed(INTERFACE, HISTOGRAM).impedance(frequency, **values), 1 / admittance, rtol=1e-12)


def test_a_line_of_varying_thickness_is_thin_and_thick_lines_in_parallel():
    """Lateral heterogeneity: rails grow with the thickness, the interface's impedance shrinks."""
    values = {"R_ion": 60.0, "R_el": 9.0, "Q": 3e-4, "alpha": 0.87, "R_ct": 21.0, "R_d": 64.0, "tau_d": 130.0}
    frequency, admittance = np.logspace(5, -4, 20), 0
    for factor, share in zip(LATERAL.sizes.radii, LATERAL.sizes.shares, strict=True):
        factor = factor / LATERAL.sizes.reference
        thick = {"R_ion": 60 * factor, "R_el": 9 * factor, "Q": 3e-4 * factor, "R_ct": 21 / factor, "R_d": 64 / factor}
        admittance = admittance + share / LATERAL.circuit.impedance(frequency, **values | thick)
    assert_allclose(LATERAL.impedance(frequency, **values), 1 / admittance, rtol=1e-12)


def sampled_electrode(frequency, rails, spread, cells, per_cell, rng):
    """Impedance per area of a ladder of cells, each with its own particles, drawn by number; and their mean radius."""
    median, fraction, thickness = 1.6e-6, 0.55, 60e-6
    exchange, layer, diffusivity, slope = 1.3, 0.17, 2e-14, 2.4e-5
    count = cells * per_cell
    radii = lognorm(s=spread, scale=median).ppf((np.arange(count) + 0.5) / count)
    radii = rng.permutation(radii)
    particles = fraction * thickness / (4 / 3 * np.pi * (radii**3).sum())
    area = particles * 4 * np.pi * radii**2
    s = 2j * np.pi * frequency
    x = radii * np.sqrt(s / diffusivity)
    diffusion = slope * radii / (FARADAY * diffusivity) * np.tanh(x) / (x - np.tanh(x))
    faradaic = 1 / (float(thermal_voltage(298.15)) / exchange + diffusion)
    cell = (area * (s * layer + faradaic)).reshape(cells, per_cell).sum(axis=1)
    ion, electron = (rail / cells for rail in rails)
    # Ionic currents between the cells, the source being 1 A: y_k u_k = i_(k-1) - i_k, and u drops along both rails.
    per = 1 / cell
    banded = np.zeros((3, cells - 1), dtype=complex)
    banded[0, 1:], banded[2, :-1] = -per[1:-1], -per[1:-1]
    banded[1] = per[:-1] + per[1:] + ion + electron
    source = np.full(cells - 1, electron, dtype=complex)
    source[0] += per[0]
    current = solve_banded((1, 1), banded, source)
    electronic = electron * (1 - current).sum() + electron / 2
    z = ion / 2 + (1 - current[0]) * per[0] + electronic
    values = {"diffusivity": diffusivity, "ocp_slope": -slope, "exchange_current_density": exchange}
    values |= {"double_layer_capacitance": layer, "active_fraction": fraction, "thickness": thickness}
    return z, particle_values(lognormal_radii(median, spread, "number")["reference"], **values)


@pytest.mark.parametrize("frequency", [3e-5, 1e-3, 2e-2, 3.0, 200.0])
def test_a_line_is_an_electrode_of_sampled_particles(frequency):
    """600 000 particles drawn by number, each with its surface, in 300 cells: weights, areas and reference agree."""
    rails, spread = (4e-3, 1.5e-3), 0.4
    z, values = sampled_electrode(frequency, rails, spread, 300, 2000, np.random.default_rng(4))
    line = TransmissionLine(ion=R("R_ion"), electron=R("R_el"), interface=particle(sizes=LogNormal("sigma_r")))
    ours = line.impedance([frequency], R_ion=rails[0], R_el=rails[1], sigma_r=spread, **values)[0]
    one_size = line.impedance([frequency], R_ion=rails[0], R_el=rails[1], sigma_r=0.0, **values)[0]
    assert abs(ours / z - 1) < 1e-3
    if frequency == 1e-3:
        assert abs(one_size / z - 1) > 0.03


def test_without_a_spread_it_is_the_circuit():
    """Zero is a value that a slider reaches."""
    values = {"Q": 3e-4, "alpha": 0.87, "R_ct": 21.0, "R_d": 64.0, "tau_d": 130.0}
    z, slopes = POWDER.derivatives(np.logspace(4, -4, 9), **values, sigma_r=0.0)
    plain, own = INTERFACE.derivatives(np.logspace(4, -4, 9), **values)
    assert_allclose(z, plain, rtol=1e-13)
    assert np.max(np.abs(slopes["sigma_r"] / z)) < 1e-13
    for name in own:
        assert_allclose(slopes[name], own[name], rtol=1e-11)


@pytest.mark.parametrize("element", [FiniteSpaceWarburg, CylindricalDiffusion, SphericalDiffusion])
def test_surface_and_volume_do_not_change_with_the_spread(element):
    """The reference size is the mean by area: both limits of the diffusion are those of one size."""
    powder = Distributed(element("R_d", "tau_d"), LogNormal("sigma_r"))
    one = {"R_d": 40.0, "tau_d": 3.0}
    for frequency, tolerance in ((1e-9, 1e-6), (1e9, 1e-3)):
        z = powder.impedance([frequency], **one, sigma_r=[0.0, 0.3, 0.9])
        assert_allclose(z, z[0].item(), rtol=tolerance)


@pytest.mark.parametrize("element", [FiniteSpaceWarburg, CylindricalDiffusion, SphericalDiffusion])
def test_derivatives_are_finite_up_to_the_widest_spread(element):
    """Where the smallest particles of a rule fill up too fast, 1/q² overflows, and no weight times that is NaN."""
    powder = Distributed(element("R_d", "tau_d"), LogNormal("sigma_r"))
    widest = powder.parameters[-1].quantity.possible[1]
    for time in (1e-12, 1e9):
        _, slopes = powder.derivatives(np.logspace(-6, 7, 5), R_d=50.0, tau_d=time, sigma_r=widest)
        assert all(np.isfinite(slope).all() for slope in slopes.values())


def test_a_batch_equals_its_members_whatever_its_size(monkeypatch):
    """Sets of several rules and in several chunks: none may get the values of another."""
    rng = np.random.default_rng(2)
    values, frequency = random_values(LINE, rng, 40), np.logspace(5, -4, 7)
    z, slopes = LINE.derivatives(frequency, **values)
    for k in range(0, 40, 7):
        single, own = LINE.derivatives(frequency, **{name: value[k] for name, value in values.items()})
        assert_allclose(z[k], single, rtol=1e-12)
        for name in own:
            assert_allclose(slopes[name][k], own[name], rtol=1e-9, atol=1e-14)
    monkeypatch.setattr(distributed, "ELEMENTS", 2000)
    again, _ = LINE.derivatives(frequency, **values)
    assert_allclose(again, z, rtol=1e-14)


def test_every_set_has_its_own_frequencies_where_they_differ():
    """A grid of frequencies by set goes with the set, whatever its sizes; and no sets are a batch as well."""
    rng = np.random.default_rng(6)
    values = random_values(POWDER, rng, 5)
    stacked = np.stack([values[name] for name in POWDER.names], axis=1)
    omega = 10 ** rng.uniform(-3, 4, (5, 3))
    slopes = np.empty((5, len(POWDER.slots), 3), dtype=complex)
    z = POWDER.evaluate(Grid(omega), stacked, slopes)
    for k in range(5):
        own = {name: value[k] for name, value in values.items()}
        single, by_name = POWDER.derivatives(omega[k] / (2 * np.pi), **own)
        assert_allclose(z[k], single, rtol=1e-12)
        assert_allclose(slopes[k], [by_name[name] for name in POWDER.names], rtol=1e-9, atol=1e-14)
    nothing = dict.fromkeys(POWDER.names, np.empty(0))
    assert POWDER.impedance([1.0, 2.0], **nothing).shape == (0, 2)


def test_a_network_with_it_in_a_shunt_is_the_line_with_it_in_the_interface():
    """Both ask the node in their own way, the network with all frequencies of a set at once."""
    rng = np.random.default_rng(8)
    region = Region({"ion": R("R_ion"), "electron": R("R_el")}, {("ion", "electron"): POWDER})
    network = R("R_sep") + Network(region, ("ion", 0), ("electron", 1))
    values, frequency = random_values(LINE, rng, 20), np.logspace(5, -4, 12)
    z, slopes = network.derivatives(frequency, **values)
    z_line, slopes_line = LINE.derivatives(frequency, **values)
    assert_allclose(z, z_line, rtol=1e-9)
    for name in slopes:
        assert_allclose(slopes[name] * values[name][:, None], slopes_line[name] * values[name][:, None], rtol=1e-7,
                        atol=1e-9 * np.abs(z).max())  # fmt: skip


def test_a_size_without_impedance_shorts_the_others():
    """A resistance of zero is a value that a slider reaches."""
    both = Distributed(R("R"), HISTOGRAM, powers={"R": 1})
    assert_allclose(both.impedance([1.0], R=0.0), 0, atol=1e-90)
    assert_allclose(both.impedance([1.0], R=2.0), 2 / (HISTOGRAM.shares @ (HISTOGRAM.reference / HISTOGRAM.radii)))


def test_declared_powers_are_those_of_particles():
    """Diffusion in particles grows with the size; charge transfer, film, double layer and a Gerischer phase do not."""
    inside = particle("cylinder", film="nested") + Gerischer("R_G", "tau_G")
    declared = Distributed(inside, LogNormal())
    named = Distributed(inside, LogNormal(), powers={"R_d": 1, "tau_d": 2})
    values = {name: value[0] for name, value in random_values(declared, np.random.default_rng(1), 1).items()}
    frequency = np.logspace(4, -4, 9)
    assert_allclose(declared.impedance(frequency, **values), named.impedance(frequency, **values), rtol=1e-15)


def test_it_can_be_written_down_and_read_again():
    """A report prints the model; what it prints must be the model."""
    scope = {cls.__name__: cls for cls in (CPE, R, SphericalDiffusion, Distributed, LogNormal, Histogram)}
    for circuit in (POWDER, Distributed(INTERFACE, HISTOGRAM, powers={"R_ct": -1})):
        again = eval(repr(circuit), scope)
        values = {name: value[0] for name, value in random_values(circuit, np.random.default_rng(1), 1).items()}
        assert again.names == circuit.names
        assert_allclose(again.impedance([1.0, 1e-3], **values), circuit.impedance([1.0, 1e-3], **values), rtol=1e-15)


def test_rails_stay_exchangeable_where_both_grow_alike():
    """A fit labels its solution: two rails that only the size tells apart are no longer one solution."""
    line = LATERAL.circuit
    kinds = [[e.kind for e in Distributed(line, HISTOGRAM, powers=p).exchanges] for p in (
        {"R_ion": 1, "R_el": 1}, {"R_ion": 1})]  # fmt: skip
    assert kinds == [["rails exchangeable"], []]


ONES = dict.fromkeys(INTERFACE.names, 1.0)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Distributed(R("R_ct") | C("C_dl"), LogNormal()), ValueError, "nothing in .* grows with the size"),
        (lambda: Distributed(INTERFACE, LogNormal(), {"R_x": 1}), ValueError, r"unknown: R_x \(this circuit has Q"),
        (lambda: Distributed(INTERFACE, LogNormal(), {"alpha": 1}), ValueError, "alpha is a constant-phase exponent"),
        (lambda: Distributed(INTERFACE, LogNormal(), {"R_d": np.inf}), ValueError, "the power of R_d is inf"),
        (lambda: Distributed(INTERFACE, LogNormal("R_ct")), ValueError, "'R_ct' stands for a"),
        (lambda: Distributed(INTERFACE, 0.4), TypeError, "a LogNormal or a Histogram goes here"),
        (lambda: Distributed("R_ct", LogNormal()), TypeError, "'R_ct' is no circuit"),
        (lambda: POWDER.impedance([1.0], **ONES, sigma_r=-1), ValueError, "sigma_r is -1"),
        (lambda: POWDER.impedance([1.0], **ONES, sigma_r=9), ValueError, "sigma_r is 9 1; allowed is 0 to 6"),
        (lambda: circuit_to_string(LINE), ValueError, "Distributed.* has no counterpart in impedance.py"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(make, error, message):
    """A message that names the quantity saves an hour."""
    with pytest.raises(error, match=message):
        make()


TRUTH = {"R_sep": 20.0, "R_ion": 60.0, "Q": 1e-3, "alpha": 0.9, "R_ct": 30.0, "R_d": 50.0, "tau_d": 300.0}
ONE_RAIL = R("R_sep") + TransmissionLine(ion=R("R_ion"), interface=POWDER)
ONE_SIZE = R("R_sep") + TransmissionLine(ion=R("R_ion"), interface=INTERFACE)


def spectrum(lowest, noise, seed, sets=None):
    """Of the line with a spread of 0.4, seven points a decade from 0.1 MHz, with proportional noise."""
    frequency = np.logspace(5, np.log10(lowest), int(7 * (5 - np.log10(lowest))) + 1)
    z = ONE_RAIL.impedance(frequency, **TRUTH, sigma_r=0.4)
    error = np.random.default_rng(seed).standard_normal((2, *(() if sets is None else (sets,)), len(frequency)))
    return SimpleNamespace(frequency=frequency, impedance=z * (1 + noise * (error[0] + 1j * error[1])))


PARTS = {"R_sep": "separator", "R_ion": "rail", "R_ct": "charge transfer", "R_d": "diffusion"}


@pytest.mark.parametrize("frequency", [1e-6, 1e-3, 2.0, 1e4])
def test_shares_of_the_resistance_add_up(frequency):
    """The node is homogeneous in its resistances: the budget closes, with shares that steps of each one have, too."""
    values = TRUTH | {"sigma_r": 0.4, "Q": 1e-9}
    shares = {part: float(share[0]) for part, share in resistance_split(ONE_RAIL, frequency, values, PARTS).items()}
    z = ONE_RAIL.impedance([frequency], **values)[0].real
    assert_allclose(sum(shares.values()), z, rtol=1e-12)
    assert_allclose(shares["separator"], 20, rtol=1e-12)
    for name, part in PARTS.items():
        at = [ONE_RAIL.impedance([frequency], **values | {name: values[name] * f})[0].real for f in (1.00001, 0.99999)]
        assert_allclose(shares[part], (at[0] - at[1]) / 2e-5, rtol=1e-6, atol=1e-6 * z)
    if frequency == 1e-6:
        # A third of the rail as ever; of charge transfer and diffusion more than in particles of one size.
        assert_allclose([shares["rail"], shares["charge transfer"]], [20, 30 * np.exp(0.16)], rtol=1e-3)
        assert_allclose(shares["diffusion"], 50 / 5 * np.exp(3 * 0.16), rtol=1e-3)


def test_many_spectra_are_fitted_at_a_time():
    """A batch of two from given starts: the spread comes back within what the spectrum can tell."""
    two = spectrum(1e-4, 0.003, 3, sets=2)
    start = {name: 1.2 * value for name, value in TRUTH.items()} | {"alpha": 0.85, "sigma_r": 0.3}
    found = fit_batch(ONE_RAIL, two.frequency, two.impedance, starts=start, noise=0.003)
    bound = information(ONE_RAIL, two.frequency, TRUTH | {"sigma_r": 0.4}, 0.003).error("sigma_r")
    assert_allclose(np.log(found.values["sigma_r"] / 0.4), 0, atol=4 * bound)
    assert bound < 0.02


def test_a_fit_with_a_measured_histogram_needs_no_starts():
    """What an analyser has measured is not fitted: the other parameters come back, named as ever."""
    powder = Histogram([1.0, 2.0, 3.0, 5.0, 8.0], [10, 30, 25, 12, 4], weights="volume")
    model = R("R_sep") + TransmissionLine(ion=R("R_ion"), interface=Distributed(INTERFACE, powder))
    data = SimpleNamespace(frequency=np.logspace(5, -4, 40))
    error = np.random.default_rng(0).standard_normal((2, 40))
    data.impedance = model.impedance(data.frequency, **TRUTH) * (1 + 0.003 * (error[0] + 1j * error[1]))
    found = fit(model, data, noise=0.003)
    assert found.verdicts == ()
    for name, value in TRUTH.items():
        low, high = found.interval(name, level=0.999)
        assert low < value < high, name


@pytest.mark.slow
def test_a_fit_without_starts_finds_the_spread_and_one_size_is_far_off():
    """Down to a fifth of 1/τ_d: the spread is known to 4 %, and one size in its place more than doubles the rail."""
    data = spectrum(1e-4, 0.003, 1)
    found = fit(ONE_RAIL, data, noise=0.003)
    assert found.verdicts == ()
    for name, value in (TRUTH | {"sigma_r": 0.4}).items():
        low, high = found.interval(name, level=0.999)
        assert low < value < high, name
    low, high = found.interval("sigma_r")
    assert 0.02 < (high - low) / 0.8 < 0.05
    budget = resistance_budget(found, PARTS)
    assert all(share.interval[0] < share.value < share.interval[1] for share in budget.values())
    one_size = fit(ONE_SIZE, data, noise=0.003)
    assert "residuals exceed the noise" in {verdict.kind for verdict in one_size.verdicts}
    ratios = {name: one_size.values[name] / TRUTH[name] for name in TRUTH}
    assert 2.0 < ratios["R_ion"] < 2.7
    assert 0.4 < ratios["tau_d"] < 0.55
    assert 0.4 < ratios["R_d"] < 0.55


@pytest.mark.slow
def test_above_the_diffusion_time_the_spread_is_not_determined_and_one_size_is_wrong_unseen():
    """Ending at 19 times 1/τ_d, no residual tells: one size misses τ_d by a third, well outside its interval.

    What the distribution adds to the fit is an interval that says so.
    """
    data = spectrum(1e-2, 0.003, 1)
    one_size = fit(ONE_SIZE, data, noise=0.003)
    assert one_size.verdicts == ()
    assert 0.6 < one_size.values["tau_d"] / TRUTH["tau_d"] < 0.8
    assert one_size.interval("tau_d")[1] < TRUTH["tau_d"]
    found = fit(ONE_RAIL, data, noise=0.003)
    assert [v.parameters for v in found.verdicts if v.kind == "not determined"] == [("sigma_r",)]
    low, high = found.interval("tau_d")
    assert low < TRUTH["tau_d"] < high
    assert high / low > 4


@pytest.mark.slow
def test_intervals_of_the_spread_hold_the_truth_as_often_as_they_say():
    """40 noises: the scatter is that of the information bound, and 95 % intervals miss a few and no more."""
    data = spectrum(1e-4, 0.003, 7, sets=40)
    truth = TRUTH | {"sigma_r": 0.4}
    found = fit_batch(ONE_RAIL, data.frequency, data.impedance, starts=truth, noise=0.003, intervals=0.95)
    bound = 0.4 * information(ONE_RAIL, data.frequency, truth, 0.003).error("sigma_r")
    assert 0.75 < found.values["sigma_r"].std() / bound < 1.3
    low, high = np.asarray(found.intervals["sigma_r"], dtype=float).reshape(40, 2).T
    assert np.count_nonzero((low < 0.4) & (high > 0.4)) >= 34


def test_how_low_a_spectrum_must_go():
    """The information about a spread of 0.4 at 0.3 %: to a tenth down to six times 1/τ_d, to half at nineteen times."""
    errors = {}
    for turns in (0.6, 6.0, 19.0):
        lowest = turns / (2 * np.pi * TRUTH["tau_d"])
        frequency = np.logspace(5, np.log10(lowest), int(7 * (5 - np.log10(lowest))) + 1)
        errors[turns] = information(ONE_RAIL, frequency, TRUTH | {"sigma_r": 0.4}, 0.003).error("sigma_r")
    assert_allclose(list(errors.values()), [0.020, 0.081, 0.49], rtol=0.05)
