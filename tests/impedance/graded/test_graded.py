"""Graded layers against the differential equation of the continuous profile, limits, and the order of convergence."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad, solve_ivp

from sslib.impedance import (
    C,
    Gradient,
    Network,
    R,
    Region,
    Scaled,
    Tilted,
    TransmissionLine,
    fit,
    graded,
    integrals,
    read_profile,
    regions_needed,
    relative_profile,
)

RAILS = {"ion": R("R_ion"), "electron": R("R_el")}
PAIR = ("ion", "electron")
INTERFACE = C("C_dl") | R("R_ct")
VALUES = {"R_ion": 80.0, "R_el": 17.0, "C_dl": 3e-3, "R_ct": 45.0}


def network_of(layer, rails=RAILS):
    return Network(layer.regions, ("ion", 0), ("electron", len(layer.regions)))


def conductivity(s):
    return np.exp(-1.3 * s) * (1 + 0.5 * np.sin(5 * s))


def area(s):
    return 1 + 0.8 * s**2


def continuous_impedance(frequency):
    """scipy's solver of differential equations on the profiles themselves, which no region has cut."""
    resistivity = VALUES["R_ion"] / quad(lambda s: 1 / conductivity(s), 0, 1)[0]
    admittance = (2j * np.pi * frequency * VALUES["C_dl"] + 1 / VALUES["R_ct"]) / quad(area, 0, 1)[0]
    electron = VALUES["R_el"]

    def slopes(s, y):
        u, ionic, _ = y
        ohmic = resistivity / conductivity(s) * ionic
        return np.array([electron * (1 - ionic) - ohmic, -admittance * area(s) * u, electron * (1 - ionic)])

    def at_the_end(u):
        start = np.array([u, 1, 0], dtype=complex)
        return solve_ivp(slopes, (0, 1), start, method="DOP853", rtol=1e-12, atol=1e-12).y[:, -1]

    without, one = at_the_end(0.0), at_the_end(1.0)
    # The ionic current must have left at the end, and the electronic rail's end is the sink.
    u = -without[1] / (one[1] - without[1])
    return u + without[2] + u * (one[2] - without[2])


def test_a_graded_layer_is_the_differential_equation():
    """Conductivity and area that change with depth, 192 regions: cutting must add no error of its own."""
    frequency = np.array([300.0, 30.0, 0.3])
    layer = graded(RAILS, {PAIR: INTERFACE}, {"ion": conductivity, PAIR: area}, regions=192)
    ours = network_of(layer).impedance(frequency, **VALUES)
    assert_allclose(ours, [continuous_impedance(f) for f in frequency], rtol=2e-5)


def test_the_error_falls_with_the_square_of_the_thickness():
    """The stated accuracy rests on this order; at the faces a first-order term would stay at high frequency."""
    frequency = np.array([3e3, 30.0, 0.3])

    def build(count):
        return network_of(graded(RAILS, {PAIR: INTERFACE}, {"ion": conductivity, PAIR: area}, regions=count))

    exact = build(384).impedance(frequency, **VALUES)
    errors = [np.abs(build(n).impedance(frequency, **VALUES) / exact - 1).max() for n in (16, 32, 64)]
    assert_allclose(np.array(errors[:-1]) / errors[1:], 4, rtol=0.1)
    count, estimates = regions_needed(build, frequency, VALUES, accuracy=1e-3)
    true = np.abs(build(count).impedance(frequency, **VALUES) / exact - 1).max()
    assert true < 1e-3
    assert_allclose(estimates[count], true, rtol=0.3)
    with pytest.raises(ValueError, match="was asked for"):
        regions_needed(build, frequency, VALUES, accuracy=1e-12, most=16)


@pytest.mark.parametrize("profile", [lambda s: 3.0, ([0.0, 0.4, 1.0], [2.0, 2.0, 2.0]), np.full(7, 5.0)])
def test_a_profile_that_is_flat_is_no_profile(profile):
    """Only the shape counts: the totals of the layer are the parameters, whatever unit the profile has."""
    layer = graded(RAILS, {PAIR: INTERFACE}, {"ion": profile, PAIR: profile}, regions=9)
    line = TransmissionLine(ion=RAILS["ion"], electron=RAILS["electron"], interface=INTERFACE)
    frequency = np.logspace(5, -3, 9)
    assert_allclose(network_of(layer).impedance(frequency, **VALUES), line.impedance(frequency, **VALUES), rtol=1e-10)


def test_a_profile_can_be_absolute():
    """Contact that is lost everywhere is a loss of area, which shares of a total would not show."""
    flat = {"ion": lambda s: 0.5, PAIR: lambda s: 0.25}
    layer = graded(RAILS, {PAIR: INTERFACE}, flat, regions=3, totals=False)
    line = TransmissionLine(ion=RAILS["ion"], electron=RAILS["electron"], interface=INTERFACE)
    expected = line.impedance([10.0], R_ion=160.0, R_el=17.0, C_dl=3e-3 / 4, R_ct=180.0)
    assert_allclose(network_of(layer).impedance([10.0], **VALUES), expected, rtol=1e-10)


def test_slices_of_a_tomogram_are_layers():
    """With regions at the slices nothing is averaged: the same as layers built by hand."""
    slices = np.array([0.4, 2.0, 1.1])
    layer = graded(RAILS, {PAIR: INTERFACE}, {"ion": slices}, edges=np.linspace(0, 1, 4))
    shares = 1 / slices / np.sum(1 / slices)
    by_hand = [
        Region({"ion": Scaled(R("R_ion"), 3 * share), "electron": R("R_el")}, {PAIR: INTERFACE}, thickness=1 / 3)
        for share in shares
    ]
    frequency = np.logspace(5, -3, 9)
    theirs = Network(by_hand, ("ion", 0), ("electron", 3)).impedance(frequency, **VALUES)
    assert_allclose(network_of(layer).impedance(frequency, **VALUES), theirs, rtol=1e-12)
    assert_allclose(integrals(slices, [0, 0.5, 1.0], inverse=True), [(2.5 + 0.25) / 3, (0.25 + 1 / 1.1) / 3])


def test_the_order_of_slices_matters_and_a_histogram_does_not_say_it():
    """Blocking interface, low frequency: ∫ρ(1 − s)² ds, which is largest with the poor slices in front; the total
    resistance is the same for each order."""
    slices, frequency = (0.25, 1.0, 4.0), [1e-7]
    found = {}
    for order in itertools.permutations(slices):
        rails = {"ion": R("R_ion"), "electron": None}
        layer = graded(rails, {PAIR: C("C_dl")}, {"ion": np.array(order)}, edges=np.linspace(0, 1, 4))
        z = network_of(layer).impedance(frequency, R_ion=80.0, C_dl=3e-3)[0].real
        rho = 3 / np.array(order) / np.sum(1 / np.array(order))
        thirds = np.array([19, 7, 1]) / 81
        assert_allclose(z, 80 * rho @ thirds, rtol=1e-7)
        wire = Network(layer.regions, ("ion", 0), ("ion", 3))
        high = wire.impedance([1e-9], R_ion=80.0, C_dl=1e-9)[0].real
        assert_allclose(high, 80, rtol=1e-9)
        found[order] = z
    assert max(found, key=found.get) == slices
    assert min(found, key=found.get) == slices[::-1]


def test_the_slope_by_a_gradient_is_exact_and_a_fit_finds_it():
    """A gradient that is fitted by a slope that is not its own would stop anywhere."""
    profiles = {"ion": Gradient("tilt"), PAIR: Gradient("tilt_area")}
    model = network_of(graded(RAILS, {PAIR: INTERFACE}, profiles, regions=6))
    values, frequency = VALUES | {"tilt": 1.1, "tilt_area": -0.6}, np.logspace(4, -2, 20)
    z, slopes = model.derivatives(frequency, **values)
    for name in model.names:
        step = 1e-3 * values[name]
        shifted = [model.impedance(frequency, **values | {name: values[name] + k * step}) for k in (-2, -1, 1, 2)]
        numeric = (shifted[0] - 8 * shifted[1] + 8 * shifted[2] - shifted[3]) / (12 * step)
        assert np.abs(slopes[name] - numeric).max() * abs(values[name]) < 1e-9 * np.abs(z).max(), name
    one = network_of(graded({"ion": R("R_ion"), "electron": None}, {PAIR: INTERFACE}, {"ion": Gradient("tilt")}, 4))
    truth = {name: values[name] for name in one.names}
    rng = np.random.default_rng(3)
    exact = one.impedance(frequency, **truth)
    noisy = exact * (1 + 1e-4 * (rng.normal(size=20) + 1j * rng.normal(size=20)))
    result = fit(one, SimpleNamespace(frequency=frequency, impedance=noisy))
    assert_allclose(result.values["tilt"], 1.1, atol=0.02)
    assert_allclose(result.values["R_ion"], 80.0, rtol=0.01)


def test_a_depth_of_the_layer_is_found_in_its_regions():
    """Regions differ in thickness: a depth counted in them is not the depth in the layer."""
    layer = graded(RAILS, {PAIR: INTERFACE}, {"ion": conductivity}, regions=40)
    inside = network_of(layer).inside([1e-6], layer.depth(np.array([0.3, 0.8])), **VALUES | {"R_ct": 1e9, "R_el": 1e-6})
    assert_allclose(inside.current["ion"][0], [0.7, 0.2], rtol=1e-4)
    uniform = inside.reaction["ion"][0] * layer.regions_per_depth(np.array([0.3, 0.8]))
    assert_allclose(uniform, 1, rtol=1e-4)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: graded(RAILS, {}, {"anion": conductivity}), ValueError, "this layer has"),
        (lambda: graded(RAILS, {}, {"ion": lambda s: s - 0.5}), ValueError, "profile of 'ion'"),
        (lambda: graded(RAILS, {}, {"ion": ([0.0, 0.5], [1.0, 1.0])}), ValueError, "rise from 0 to 1"),
        (lambda: graded(RAILS, {}, {}, edges=[0.0, 0.5]), ValueError, "edges"),
        (lambda: graded({"ion": None}, {}, {"ion": conductivity}), TypeError, "has a profile"),
        (lambda: graded(RAILS, {}, {"ion": np.ones((2, 2))}), ValueError, "shape"),
        (lambda: Scaled(R("R"), 0.0), ValueError, "factor"),
        (lambda: Tilted(R("R"), "g", 0.5, 1).impedance([1.0], R=1.0, g=2.5), ValueError, "g is 2.5"),
    ],
)
def test_what_is_no_profile_is_refused_by_name(make, error, words):
    """A conductivity of zero or a depth left out would make a spectrum of nonsense."""
    with pytest.raises(error, match=words):
        make()


@pytest.mark.parametrize("rows", ["0,0.1\n40,0.2\n80,0.4", "0;0,1\n40;0,2\n80;0,4"])
def test_a_profile_is_read_as_it_is_written(tmp_path, rows):
    """Decimal points with commas between, or decimal commas with semicolons: the same layer."""
    separator = ";" if ";" in rows else ","
    path = tmp_path / "own.csv"
    path.write_text(f"depth_um{separator}conductivity_mS_cm\n{rows}\n", encoding="utf-8")
    (depth, read), thickness = read_profile(path)
    assert_allclose(depth, [0, 0.5, 1])
    assert_allclose(read, [0.01, 0.02, 0.04])
    assert thickness == pytest.approx(80e-6)
    # Over its harmonic mean: two pieces, linear in the conductivity, each of resistivity ln 2 over its rise.
    assert relative_profile((depth, read), 0.5) == pytest.approx(0.02 * (50 * np.log(2) + 25 * np.log(2)), rel=1e-9)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("depth_um,sigma\n0,1\n1,1\n", "no column conductivity_mS_cm"),
        ("depth_um,conductivity_mS_cm\n0,1\n1,bad\n", "line 3, column conductivity_mS_cm: 'bad' is no number"),
        ("depth_um,conductivity_mS_cm\n1,1\n2,1\n", "rise from 0"),
        ("depth_um,conductivity_mS_cm\n0,1\n2,1\n1,1\n", "rise from 0"),
        ("depth_um,conductivity_mS_cm\n0,1\n", "at least two depths"),
        ("depth_um,conductivity_mS_cm\n0,1\n1,0\n", "conductivity_mS_cm is"),
        ("depth_um,conductivity_mS_cm\n0,1\n1,nan\n", "column conductivity_mS_cm: 'nan' is no number"),
    ],
)
def test_a_profile_that_is_none_is_refused_by_name(tmp_path, text, says):
    """A depth read from the wrong side, or a pore in the place of a conductor, would change the twin in silence."""
    path = tmp_path / "own.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=says):
        read_profile(path)
