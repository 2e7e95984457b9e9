"""The network against the closed forms of two rails, an explicit ladder, high-precision arithmetic, and its limits."""

import sys
from itertools import pairwise
from types import SimpleNamespace

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose

from sslib.impedance import (
    CPE,
    C,
    Conductances,
    Network,
    R,
    Region,
    SphericalDiffusion,
    TransmissionLine,
    fit,
    nodal_admittance,
)

PLACES = {
    "ion-electron": (("ion", 0), ("electron", 1)),
    "ion-ion": (("ion", 0), ("ion", 1)),
    "electron-electron": (("electron", 0), ("electron", 1)),
    "same-face": (("ion", 0), ("electron", 0)),
}
INTERFACE = CPE("Q", "alpha") | (R("R_ct") + SphericalDiffusion("R_d", "tau_d"))
BETWEEN = {("ion", "electron"): INTERFACE}
RAILS = {"ion": R("R_ion"), "electron": R("R_el")}


def random_values(rng, sets):
    values = {name: 10 ** rng.uniform(-2, 5, sets) for name in ("R_ion", "R_el", "R_ct", "R_d")}
    return values | {
        "Q": 10 ** rng.uniform(-7, -1, sets),
        "alpha": rng.uniform(0.4, 1, sets),
        "tau_d": 10 ** rng.uniform(-3, 4, sets),
    }


def assert_same(ours, theirs, values, tolerance):
    """Value and slopes, these beside the larger of |Z| and what the slope makes of the parameter."""
    (z, slopes), (z_closed, slopes_closed) = ours, theirs
    assert_allclose(z, z_closed, rtol=tolerance)
    for name in slopes_closed:
        step = np.asarray(values[name])[..., None]
        scale = np.maximum(np.abs(z_closed), np.abs(step * slopes_closed[name]))
        assert np.max(np.abs((slopes[name] - slopes_closed[name]) * step) / scale) < tolerance, name


@pytest.mark.parametrize("terminals", PLACES)
def test_two_rails_are_the_closed_forms(terminals):
    """The network and the closed forms are one theory: a difference means that one of the two is wrong."""
    rng = np.random.default_rng(20261121)
    values, frequency = random_values(rng, 500), np.logspace(7, -5, 25)
    source, sink = PLACES[terminals]
    network = Network(Region(RAILS, BETWEEN), source, sink)
    line = TransmissionLine(ion=R("R_ion"), electron=R("R_el"), interface=INTERFACE, terminals=terminals)
    assert_same(network.derivatives(frequency, **values), line.derivatives(frequency, **values), values, 1e-9)


@pytest.mark.parametrize(("terminals", "left"), [("ion-electron", "ion"), ("same-face", "electron")])
def test_a_rail_without_resistance_is_the_closed_form_of_one(terminals, left):
    """A rail given as None must short its face, not vanish or divide by zero."""
    values = random_values(np.random.default_rng(3), 50)
    del values["R_el" if left == "ion" else "R_ion"]
    rails = {name: RAILS[name] if name == left else None for name in RAILS}
    line = TransmissionLine(**{left: RAILS[left]}, interface=INTERFACE, terminals=terminals)
    ours = Network(Region(rails, BETWEEN), *PLACES[terminals]).derivatives([1e5, 1, 1e-4], **values)
    assert_same(ours, line.derivatives([1e5, 1, 1e-4], **values), values, 1e-9)


def test_an_interface_that_vanishes_leaves_the_rails_in_parallel():
    """Zero is a value that a slider reaches: it must give the limit, not a warning."""
    network = Network(Region(RAILS, {("ion", "electron"): R("R_i")}), *PLACES["ion-electron"])
    z = network.impedance([1.0], R_ion=60.0, R_el=30.0, R_i=0.0)
    assert_allclose(z, 20, rtol=1e-12)


# Three rails that move one another, not symmetric, the third joined to both; contacts of each kind.
COUPLED = Conductances([["g_11", "g_12", "g_13"], ["g_21", "g_22", None], ["g_31", "g_32", "g_33"]])
THREE = ("cation", "anion", "electron")
THREE_RAILS = Network(
    Region(
        {THREE: COUPLED},
        {
            ("cation", "electron"): C("C_dl") | R("R_ct"),
            ("cation", "anion"): C("C_s"),
            ("anion", "electron"): CPE("Q_an", "alpha_an"),
        },
    ),
    source={("cation", 0): R("R_li") | C("C_li")},
    sink=("electron", 1),
    links={(("anion", 1), ("electron", 1)): CPE("Q_b", "alpha_b") | R("R_b")},
)


def three_rail_values(rng):
    diagonal = 10 ** rng.uniform(-2, 0, 3)
    values = {"g_11": diagonal[0], "g_22": diagonal[1], "g_33": diagonal[2]}
    for name in ("g_12", "g_13", "g_21", "g_31", "g_32"):
        j, k = int(name[2]) - 1, int(name[3]) - 1
        values[name] = 0.45 * rng.uniform(-1, 1) * np.sqrt(diagonal[j] * diagonal[k])
    return values | {
        "C_dl": 10 ** rng.uniform(-3, -1),
        "R_ct": 10 ** rng.uniform(0, 3),
        "C_s": 10 ** rng.uniform(-2, 1),
        "Q_an": 10 ** rng.uniform(-4, -2),
        "alpha_an": rng.uniform(0.5, 1),
        "R_li": 10 ** rng.uniform(0, 2),
        "C_li": 10 ** rng.uniform(-4, -2),
        "Q_b": 10 ** rng.uniform(-4, -2),
        "alpha_b": rng.uniform(0.5, 1),
        "R_b": 10 ** rng.uniform(0, 3),
    }


def three_rail_matrices(omega, v, zeros):
    """Conductances and shunts, and the two impedances at the ends; ``zeros`` makes an array of a shape."""
    g, y = zeros(3, 3), zeros(3, 3)
    for j in range(3):
        for k in range(3):
            g[j, k] = v.get(f"g_{j + 1}{k + 1}", 0)
    s = 1j * omega
    for j, k, own in (
        (0, 2, s * v["C_dl"] + 1 / v["R_ct"]),
        (0, 1, s * v["C_s"]),
        (1, 2, v["Q_an"] * s ** v["alpha_an"]),
    ):
        y[j, j] += own
        y[k, k] += own
        y[j, k] -= own
        y[k, j] -= own
    return g, y, 1 / (1 / v["R_li"] + s * v["C_li"]), v["Q_b"] * s ** v["alpha_b"] + 1 / v["R_b"]


def ladder(omega, v, cells):
    """Nodal analysis of that network cut into cells, half a cell's shunts at each face."""
    g, y, z_li, y_b = three_rail_matrices(omega, v, lambda *shape: np.zeros(shape, dtype=complex))
    along, across = g * cells, y / cells
    nodal = np.zeros((3 * (cells + 1), 3 * (cells + 1)), dtype=complex)
    for k in range(cells + 1):
        own, after = slice(3 * k, 3 * k + 3), slice(3 * k + 3, 3 * k + 6)
        nodal[own, own] += across * (0.5 if k in (0, cells) else 1)
        if k < cells:
            for a, b, sign in ((own, own, 1), (after, after, 1), (own, after, -1), (after, own, -1)):
                nodal[a, b] += sign * along
    # The last node is the electron rail's end, which is the sink; the link leads there from the anion's.
    nodal[-2, -2] += y_b
    current = np.eye(len(nodal) - 1)[0]
    return z_li + np.linalg.solve(nodal[:-1, :-1], current)[0]


def test_three_rails_that_move_one_another_are_a_ladder():
    """An ordinary ladder of 256 cells, extrapolated to none, knows neither eigenvectors nor closed forms."""
    rng = np.random.default_rng(11)
    for _ in range(6):
        values, frequency = three_rail_values(rng), 10 ** rng.uniform(-4, 1)
        levels = [ladder(2 * np.pi * frequency, values, cells) for cells in (64, 128, 256)]
        for power in (4, 16):
            levels = [(power * fine - coarse) / (power - 1) for coarse, fine in pairwise(levels)]
        assert_allclose(THREE_RAILS.impedance([frequency], **values)[0], levels[0], rtol=1e-7)


def precise_three_rails(frequency, v):
    """The exponential of the system matrix with many digits, and the boundary conditions."""
    g, y, z_li, y_b = three_rail_matrices(2 * mpmath.pi * frequency, v, mpmath.zeros)
    system = mpmath.zeros(6)
    resistance = mpmath.inverse(g)
    for j in range(3):
        for k in range(3):
            system[j, 3 + k], system[3 + j, k] = -resistance[j, k], -y[j, k]
    across = mpmath.expm(system)

    def ends(cation, anion, electron, current):
        """What must vanish: the cation's current, what the anion's does not give the link, the electron's potential."""
        end = across * mpmath.matrix([cation, anion, electron, current, 0, 0])
        return mpmath.matrix([end[3], end[4] - y_b * (end[1] - end[2]), end[2]])

    columns = [ends(*unit, 0) for unit in ((1, 0, 0), (0, 1, 0), (0, 0, 1))]
    matrix = mpmath.matrix(3, 3)
    for k, column in enumerate(columns):
        matrix[:, k] = column
    return z_li + mpmath.lu_solve(matrix, -ends(0, 0, 0, 1))[0]


def test_values_and_slopes_of_three_rails_equal_high_precision_arithmetic():
    """A fit follows its slopes: one wrong by a part in ten million would show here, for each of the parameters."""
    rng = np.random.default_rng(12)
    with mpmath.workdps(60):
        for _ in range(4):
            values, frequency = three_rail_values(rng), 10 ** rng.uniform(-3, 1)
            precise = {name: mpmath.mpf(value) for name, value in values.items()}
            z, slopes = THREE_RAILS.derivatives([frequency], **values)
            exact = complex(precise_three_rails(mpmath.mpf(frequency), precise))
            assert abs(z[0] / exact - 1) < 1e-12
            for name, value in precise.items():
                step = value * mpmath.mpf(10) ** -20
                up, down = (
                    precise_three_rails(mpmath.mpf(frequency), precise | {name: value + s}) for s in (step, -step)
                )
                slope = complex((up - down) / (2 * step))
                scale = max(abs(slope), 1e-4 * abs(exact / float(value)))
                assert abs(slopes[name][0] - slope) < 1e-9 * scale, name


def test_equal_regions_are_one_line():
    """Cut in five unequal pieces, a line is what it was; a slip in joining faces would show."""
    values, frequency = random_values(np.random.default_rng(4), 20), np.logspace(5, -4, 10)
    source, sink = PLACES["ion-electron"]
    whole = Network(Region(RAILS, BETWEEN), source, sink).derivatives(frequency, **values)
    for shares in ([0.1, 0.3, 0.2, 0.25, 0.15], [0.05] * 20):
        regions = [Region(RAILS, BETWEEN, thickness=share) for share in shares]
        pieces = Network(regions, source, ("electron", len(shares)))
        assert_same(pieces.derivatives(frequency, **values), whole, values, 1e-9)


def test_many_sets_are_the_sets_one_by_one(monkeypatch):
    """A fit works on batches: a batch cut into blocks must not mix up its sets."""
    values = random_values(np.random.default_rng(14), 7)
    model = Network([Region(RAILS, BETWEEN)] * 2, ("ion", 0), ("ion", 2), {(("electron", 0), ("ion", 0)): R("R_ct")})
    monkeypatch.setattr(sys.modules[Network.__module__], "ELEMENTS", 1000)
    together, slopes = model.derivatives([1e3, 0.1], **values)
    for k in range(7):
        alone, own = model.derivatives([1e3, 0.1], **{name: value[k] for name, value in values.items()})
        assert_allclose(together[k], alone, rtol=1e-12)
        for name in own:
            scale = np.max(np.abs(own[name])) + np.max(np.abs(alone)) / values[name][k]
            assert_allclose(slopes[name][k], own[name], rtol=1e-9, atol=1e-12 * scale)


def test_the_order_of_the_rails_does_not_matter():
    """With rails and branches that differ by many decades, a poor choice of variables would lose all digits of the
    smaller ones, and the spectrum would depend on which rail was named first."""
    rng = np.random.default_rng(2)
    values = {f"R_{rail}": 10 ** rng.uniform(-3, 5, 500) for rail in "abc"}
    values |= {name: 10 ** rng.uniform(-7, 1, 500) for name in ("Q_ab", "C_bc", "Q_ca")}
    values |= {"alpha": rng.uniform(0.4, 1, 500), "R_bc": 10 ** rng.uniform(-2, 6, 500)}
    branches = {
        ("a", "b"): CPE("Q_ab", "alpha"),
        ("b", "c"): C("C_bc") | R("R_bc"),
        ("a", "c"): CPE("Q_ca", "alpha"),
    }
    spectra = []
    for order in ("abc", "cab", "bca", "acb"):
        region = Region({rail: R(f"R_{rail}") for rail in order}, branches)
        spectra.append(Network(region, ("a", 0), ("b", 1)).impedance(np.logspace(7, -5, 13), **values))
    for other in spectra[1:]:
        assert_allclose(other, spectra[0], rtol=1e-9)


def test_a_band_is_the_full_system(monkeypatch):
    """Twenty regions are eliminated along a band, five are not: the same network must give the same by both."""
    values = random_values(np.random.default_rng(5), 3)
    regions = [Region(RAILS, BETWEEN, thickness=0.05)] * 20
    links = {(("electron", 3), ("ion", 17)): R("R_ct")}
    banded = Network(regions, ("ion", 0), ("electron", 20), links)
    assert banded._band is not None
    monkeypatch.setattr(sys.modules[Network.__module__], "BANDED_FROM", 1000)
    full = Network(regions, ("ion", 0), ("electron", 20), links)
    assert full._band is None
    assert_same(banded.derivatives([1e3, 0.1], **values), full.derivatives([1e3, 0.1], **values), values, 1e-9)


def test_a_thickness_scales_rails_and_shunts():
    """A layer of 80 µm given per metre is the layer given in total, and the thickness has its slope."""
    per_metre = {"R_ion": 60 / 80e-6, "R_el": 20 / 80e-6, "Q": 1e-3 / 80e-6, "alpha": 0.9}
    shunt = {("ion", "electron"): CPE("Q", "alpha")}
    layer = Network(Region(RAILS, shunt, thickness="L"), ("ion", 0), ("electron", 1))
    total = TransmissionLine(ion=R("R_ion"), electron=R("R_el"), interface=CPE("Q", "alpha"))
    z, slopes = layer.derivatives([10.0, 0.1], L=80e-6, **per_metre)
    ours = total.impedance([10.0, 0.1], R_ion=60, R_el=20, Q=1e-3, alpha=0.9)
    assert_allclose(z, ours, rtol=1e-12)
    up, down = (layer.impedance([10.0, 0.1], L=80e-6 * (1 + s), **per_metre) for s in (1e-5, -1e-5))
    assert_allclose(slopes["L"], (up - down) / (2e-5 * 80e-6), rtol=1e-7)


@pytest.mark.parametrize("frequency", [1e-16, 1e18])
def test_short_and_long_lines_keep_their_digits(frequency):
    """At both ends of the range hyperbolic functions overflow or cancel; the limits of the closed forms do not."""
    values = {"R_ion": 60.0, "R_el": 7.0, "C": 1e-3}
    shunt = {("ion", "electron"): C("C")}
    for terminals, (source, sink) in PLACES.items():
        ours = Network(Region(RAILS, shunt), source, sink).impedance([frequency], **values)
        line = TransmissionLine(ion=R("R_ion"), electron=R("R_el"), interface=C("C"), terminals=terminals)
        assert_allclose(ours, line.impedance([frequency], **values), rtol=1e-9)


def test_a_network_at_an_exceptional_point_is_the_mean_of_its_neighbours():
    """Where two modes of three rails become one (a pair of eigenvectors too), the spectrum is smooth all the same."""
    # D R W is [[a, b], [0, a]] in the differences to the third rail, which has no resistance.
    rails = {("one", "two"): Conductances([["g", "g_off"], [None, "g"]]), "third": None}
    branches = {("one", "third"): R("R_a"), ("two", "third"): R("R_a")}
    network = Network(Region(rails, branches), ("two", 0), ("one", 0))
    for size in (1e-4, 1.0, 1e4):
        at = {"g": 1.0, "R_a": size}
        z, slopes = network.derivatives([1.0], g_off=0.5, **at)
        with mpmath.workdps(40):

            def exact(g, g_off, r):
                matrix = mpmath.matrix([[g, g_off], [0, g]]) ** -1 / r
                root = mpmath.sqrtm(matrix)
                e = mpmath.expm(-2 * root)
                coth = (mpmath.eye(2) + e) * (mpmath.eye(2) - e) ** -1
                # The far face is open: Y_in = G √M tanh √M.
                y = mpmath.matrix([[g, g_off], [0, g]]) * root * coth**-1
                phi = mpmath.lu_solve(y, mpmath.matrix([-1, 1]))
                return phi[1] - phi[0]

            step = mpmath.mpf(10) ** -12
            value = exact(mpmath.mpf(1), mpmath.mpf(0.5), mpmath.mpf(size))
            by_off = (exact(mpmath.mpf(1), 0.5 + step, size) - exact(mpmath.mpf(1), 0.5 - step, size)) / (2 * step)
            by_g = (exact(1 + step, mpmath.mpf(0.5), size) - exact(1 - step, mpmath.mpf(0.5), size)) / (2 * step)
        assert_allclose(z[0], complex(value), rtol=1e-10)
        assert_allclose(slopes["g_off"][0], complex(by_off), rtol=1e-8)
        assert_allclose(slopes["g"][0], complex(by_g), rtol=1e-8)


def test_nodal_admittance_is_that_of_the_exponential():
    """The admittance matrix at both faces, storage to ground included, against the matrix exponential of the line."""
    from scipy.linalg import expm

    rng = np.random.default_rng(6)
    for n in (1, 2, 3, 5):
        conductance = rng.normal(size=(n, n)) + 3 * np.sqrt(n) * np.eye(n)
        shunt = rng.normal(size=(n, n)) + 1j * rng.normal(size=(n, n)) + 3 * (1 + 1j) * np.eye(n)
        system = np.block([[np.zeros((n, n)), -np.linalg.inv(conductance)], [-shunt, np.zeros((n, n))]])
        across = expm(system)
        a, b, c, d = across[:n, :n], across[:n, n:], across[n:, :n], across[n:, n:]
        per_b = np.linalg.inv(b)
        expected = np.block([[-per_b @ a, per_b], [-(c - d @ per_b @ a), -d @ per_b]])
        assert_allclose(nodal_admittance(conductance, shunt), expected, rtol=1e-10, atol=1e-10)


def test_a_region_of_one_rail_is_a_resistor():
    """A separator of a single-ion conductor has nothing to branch to, and is the commonest neighbour of a coating."""
    separator = Region({"ion": R("R_sep")})
    values, frequency = random_values(np.random.default_rng(7), 5), [1e4, 1.0]
    ours = Network([separator, Region(RAILS, BETWEEN)], ("ion", 0), ("electron", 2))
    theirs = R("R_sep") + TransmissionLine(ion=R("R_ion"), electron=R("R_el"), interface=INTERFACE)
    values |= {"R_sep": np.full(5, 12.0)}
    assert_same(ours.derivatives(frequency, **values), theirs.derivatives(frequency, **values), values, 1e-9)


def test_a_fit_finds_the_parameters_of_a_network():
    """A node that `fit` cannot use blind would be of no use for measured spectra."""
    anion = {("ion", "anion"): C("C_s"), ("ion", "electron"): CPE("Q", "alpha")}
    rails = {"ion": R("R_ion"), "anion": R("R_an"), "electron": None}
    model = R("R_0") + Network(Region(rails, anion), ("ion", 0), ("electron", 1))
    truth = {"R_0": 5.0, "R_ion": 80.0, "R_an": 30.0, "C_s": 0.3, "Q": 0.2, "alpha": 0.9}
    frequency = np.logspace(5, -3, 50)
    rng = np.random.default_rng(1)
    exact = model.impedance(frequency, **truth)
    noisy = exact * (1 + 1e-3 * (rng.normal(size=50) + 1j * rng.normal(size=50)))
    result = fit(model, SimpleNamespace(frequency=frequency, impedance=noisy))
    for name, value in truth.items():
        assert_allclose(result.values[name], value, rtol=0.02)


PORE = Region(RAILS, {("ion", "electron"): C("C_dl")})


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: Network(PORE, ("ion", 0), ("electron", 2)), ValueError, "no rail ends at"),
        (lambda: Network(PORE, ("ion", 0), ("ion", 0)), ValueError, "connected"),
        (lambda: Network(Region(RAILS), ("ion", 0), ("electron", 1)), ValueError, "nothing leads"),
        (lambda: Network([PORE, 3], ("ion", 0), ("electron", 1)), TypeError, "Region"),
        (lambda: Network(PORE, {("ion", 0): 5.0}, ("electron", 1)), TypeError, "circuit or None"),
        (lambda: Region({"ion": 5.0}), TypeError, "rail 'ion'"),
        (lambda: Region({("a", "b"): R("R")}), TypeError, "share"),
        (lambda: Region({}), ValueError, "at least one"),
        (lambda: Region(RAILS, {("ion", "anion"): C("C")}), ValueError, "two of the rails"),
        (lambda: Region(RAILS, thickness=0.0), ValueError, "thickness is 0"),
        (lambda: Conductances([["g"], ["g"]]), ValueError, "no square"),
        (lambda: Conductances([[None]]), ValueError, "no name"),
        (lambda: nodal_admittance(np.zeros((2, 2)), np.eye(2)), ValueError, "no inverse"),
        (lambda: nodal_admittance(np.eye(2), np.eye(3)), ValueError, "shape"),
    ],
)
def test_what_cannot_be_a_network_is_refused_by_name(make, error, words):
    """A network that is not all joined has no impedance: that must be said where it is built."""
    with pytest.raises(error, match=words):
        make()
