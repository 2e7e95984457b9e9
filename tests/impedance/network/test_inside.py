"""Inside a network: against closed forms, a long ladder, many digits, and what currents and voltages must add up to."""

import itertools

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.sparse import csc_array, lil_array
from scipy.sparse.linalg import spsolve
from scipy.special import roots_legendre

from sslib.impedance import (
    CPE,
    C,
    Conductances,
    Network,
    R,
    Region,
    SphericalDiffusion,
    TransmissionLine,
    as_network,
    probe_impedance,
    reaction_depth,
    salt_half_cell,
)

RAILS = {"ion": R("R_ion"), "electron": R("R_el")}
INTERFACE = CPE("Q", "alpha") | (R("R_ct") + SphericalDiffusion("R_d", "tau_d"))
LINE = Network(Region(RAILS, {("ion", "electron"): INTERFACE}), ("ion", 0), ("electron", 1))
DEPTHS = np.linspace(0, 1, 13)


def random_values(rng, sets=None):
    values = {name: 10 ** rng.uniform(-2, 4, sets) for name in ("R_ion", "R_el", "R_ct", "R_d")}
    return values | {
        "Q": 10 ** rng.uniform(-6, -1, sets),
        "alpha": rng.uniform(0.5, 1, sets),
        "tau_d": 10 ** rng.uniform(-2, 4, sets),
    }


def assert_close(ours, theirs, tolerance):
    """Beside the largest value over the depth: a current that has died away has no digits of its own."""
    assert np.max(np.abs(ours - theirs) / np.abs(theirs).max(axis=-1, keepdims=True)) < tolerance


def test_two_rails_have_the_profiles_of_the_closed_form():
    """Gomadam's line inside: u'' = q u with u'(0) = -R_ion, u'(1) = R_el. A wrong sign or end would show at once."""
    rng = np.random.default_rng(8)
    frequency = np.logspace(6, -4, 11)
    for _ in range(30):
        v = random_values(rng)
        found = LINE.inside(frequency, DEPTHS, **v)
        a, b = v["R_ion"], v["R_el"]
        z = INTERFACE.impedance(frequency, **{name: v[name] for name in INTERFACE.names})[:, None]
        x = np.sqrt((a + b) / z)

        def grown(t, sign, x=x):
            return np.exp(-(1 - t) * x) + sign * np.exp(-(1 + t) * x)

        sinh = 1 - np.exp(-2 * x)
        u = (a * grown(1 - DEPTHS, 1) + b * grown(DEPTHS, 1)) / (x * sinh)
        current = (b + (a * grown(1 - DEPTHS, -1) - b * grown(DEPTHS, -1)) / sinh) / (a + b)
        assert_close(found.between("ion", "electron"), u, 1e-9)
        assert_close(found.current["ion"], current, 1e-9)
        assert_close(found.reaction["ion"], u / z, 1e-9)


def salt_ladder(omega, v, cells):
    """Potentials at all nodes of a ladder of lithium | salt | salt and particles, half a cell's shunts at each end."""

    def salt(names):
        r_ion, t, r_salt, tau = (v[name] for name in names)
        counter = np.array([1 - t, -t])
        return np.linalg.inv(r_ion * np.ones((2, 2)) + r_salt * np.outer(counter, counter)), tau / r_salt

    g_sep, c_sep = salt(("R_sep", "t_plus", "R_salt_sep", "tau_salt_sep"))
    g_cath, c_cath = salt(("R_ion", "t_plus", "R_salt", "tau_salt"))
    s = 1j * omega
    x = np.sqrt(s * v["tau_d"])
    particle = s * v["C_dl"] + 1 / (v["R_ct"] + v["R_d"] * np.tanh(x) / (x - np.tanh(x)))
    nodes = 2 * cells + 1
    electron = 2 * nodes  # of the first node of the cathode
    y = lil_array((2 * nodes + cells + 1, 2 * nodes + cells + 1), dtype=complex)

    def branch(j, k, own):
        y[j, j] += own
        y[k, k] += own
        y[j, k] -= own
        y[k, j] -= own

    for k in range(nodes - 1):
        g = g_sep if k < cells else g_cath
        for i in range(2):
            for j in range(2):
                own = g[i, j] * cells
                for a, b, sign in ((k, k, 1), (k + 1, k + 1, 1), (k, k + 1, -1), (k + 1, k, -1)):
                    y[2 * a + i, 2 * b + j] += sign * own
        for node in (k, k + 1):
            branch(2 * node, 2 * node + 1, s * (c_sep if k < cells else c_cath) / cells / 2)
            if k >= cells:
                branch(2 * node, electron + node - cells, particle / cells / 2)
        if k >= cells:
            branch(electron + k - cells, electron + k - cells + 1, cells / v["R_el"])
    matrix = csc_array(y)[:-1, :-1]
    source = np.zeros(matrix.shape[0], dtype=complex)
    source[0] = 1
    return np.append(spsolve(matrix, source), 0)


def test_three_rails_and_two_regions_are_a_long_ladder():
    """Concentrated solutions: 2000 cells in each of two layers, extrapolated, know nothing of modes or of lattices."""
    v = {
        "R_0": 1.0, "R_counter": 7.0, "C_counter": 1e-4, "R_sep": 20.0, "R_salt_sep": 90.0, "tau_salt_sep": 40.0,
        "t_plus": 0.3, "R_ion": 60.0, "R_salt": 300.0, "tau_salt": 130.0, "R_el": 8.0, "C_dl": 0.02, "R_ct": 25.0,
        "R_d": 30.0, "tau_d": 400.0,
    }  # fmt: skip
    network = salt_half_cell().parts[1]
    values = {name: v[name] for name in network.names}
    depths = np.array([0.0, 0.25, 0.75, 1.0, 1.25, 1.5, 2.0])
    for frequency in (0.3, 4e-4):
        found = network.inside([frequency], depths, **values)
        levels = []
        for cells in (500, 1000, 2000):
            phi = salt_ladder(2 * np.pi * frequency, v, cells)
            node = np.rint(depths * cells).astype(int)
            electron = phi[2 * (2 * cells + 1) + node[3:] - cells]
            levels.append(np.concatenate([phi[2 * node], phi[2 * node + 1], electron]))
        first = [(4 * fine - coarse) / 3 for coarse, fine in itertools.pairwise(levels)]
        exact = (16 * first[1] - first[0]) / 15
        ours = [found.potential["cation"][0], found.potential["anion"][0], found.potential["electron"][0, 3:]]
        assert_close(np.concatenate(ours), exact, 1e-9)
        assert np.isnan(found.potential["electron"][0, :3]).all()


def test_where_modes_become_one_the_profile_is_that_of_many_digits():
    """At an exceptional point there is no basis of modes; a spectrum that passes near one would show a spike."""
    rails = {("one", "two"): Conductances([["g", "g_off"], [None, "g"]]), "third": None}
    branches = {("one", "third"): R("R_a"), ("two", "third"): R("R_a")}
    network = Network(Region(rails, branches), ("two", 0), ("one", 0))
    for size in (1e-3, 1.0, 1e3):
        found = network.inside([1.0], DEPTHS, g=1.0, g_off=0.5, R_a=size)
        with mpmath.workdps(50):
            g = mpmath.matrix([[1, 0.5], [0, 1]])
            system = mpmath.zeros(4)
            system[:2, 2:], system[2:, :2] = -(g**-1), -mpmath.eye(2) / size
            whole = mpmath.expm(system)
            start = mpmath.matrix([0, 0, -1, 1])
            start[:2] = mpmath.lu_solve(whole[2:, :2], -whole[2:, 2:] * start[2:])
            exact = [mpmath.expm(system * mpmath.mpf(s)) * start for s in DEPTHS]
        exact = np.array([[complex(value) for value in row] for row in exact]).T
        sink = exact[0, 0]
        for k, rail in enumerate(("one", "two")):
            assert_close(found.potential[rail][0], exact[k] - sink, 1e-11)
            assert_close(found.current[rail][0], exact[2 + k], 1e-11)
            assert_close(found.reaction[rail][0], exact[k] / size, 1e-11)


def test_what_flows_in_flows_out():
    """At each depth one ampere passes, what one rail loses the other gains, and the reaction adds up to currents."""
    rng = np.random.default_rng(4)
    nodes, weights = roots_legendre(60)
    depths = np.concatenate([[0], (1 + nodes) / 2, [1]])
    values, frequency = random_values(rng, 20) | {"R_ct": 10 ** rng.uniform(1, 4, 20)}, [1e3, 1.0, 1e-3]
    found = LINE.inside(frequency, depths, **values)
    assert found.impedance.shape == (20, 3)
    assert_allclose(found.current["ion"] + found.current["electron"], 1, rtol=1e-11)
    reaction = found.reaction["ion"]
    assert np.abs(reaction + found.reaction["electron"]).max() < 1e-11 * np.abs(reaction).max()
    short = np.abs(values["R_ion"] + values["R_el"])[:, None] < 900 * np.abs(1 / reaction[..., 0])
    passed = (reaction[..., 1:-1] * weights).sum(axis=-1) / 2
    assert short.sum() > 20
    assert_allclose(passed[short], 1, rtol=1e-9)
    single = LINE.inside(frequency, depths, **{name: value[3] for name, value in values.items()})
    assert_allclose(found.potential["ion"][3], single.potential["ion"], rtol=1e-12)


@pytest.mark.parametrize("depth", [0.0, 0.2, 0.77, 1.0])
@pytest.mark.parametrize("rail", ["ion", "electron"])
def test_parts_on_both_sides_of_a_probe_add_up_to_the_impedance(rail, depth):
    """A reference electrode splits a cell into two: half a promise kept twice would be a wrong whole."""
    values, frequency = random_values(np.random.default_rng(5)), np.logspace(6, -4, 9)
    front = probe_impedance(LINE, frequency, "source", (rail, depth), **values)
    back = probe_impedance(LINE, frequency, (rail, depth), "sink", **values)
    assert_allclose(front + back, LINE.impedance(frequency, **values), rtol=1e-12)


def test_the_drop_along_a_rail_is_ohms_law():
    """Two probes on one rail measure the current between them times the resistance, integrated."""
    nodes, weights = roots_legendre(40)
    values = {"R_ion": 60.0, "R_el": 20.0, "R_ct": 50.0, "R_d": 30.0, "Q": 1e-3, "alpha": 0.9, "tau_d": 100.0}
    low, high = 0.15, 0.6
    inner = low + (high - low) * (1 + nodes) / 2
    drop = probe_impedance(LINE, [10.0], ("ion", low), ("ion", high), **values)
    current = LINE.inside([10.0], inner, **values).current["ion"]
    assert_allclose(drop, 60.0 * (current * weights).sum(axis=-1) * (high - low) / 2, rtol=1e-12)


def test_depths_across_regions_are_those_of_one_line():
    """A line cut into unequal layers must have the inside of the whole one, at faces too."""
    values, frequency = random_values(np.random.default_rng(6)), [1e4, 10.0, 0.01]
    shares = np.array([0.2, 0.5, 0.3])
    regions = [Region(RAILS, {("ion", "electron"): INTERFACE}, thickness=float(share)) for share in shares]
    layered = Network(regions, ("ion", 0), ("electron", 3))
    edges = np.concatenate([[0], np.cumsum(shares)])
    cut = layered.inside(frequency, np.interp(DEPTHS, edges, np.arange(4)), **values)
    whole = LINE.inside(frequency, DEPTHS, **values)
    assert_close(cut.potential["ion"], whole.potential["ion"], 1e-10)
    assert_close(cut.current["electron"], whole.current["electron"], 1e-10)
    width = shares[np.minimum(np.searchsorted(edges, DEPTHS + 1e-12, side="right") - 1, 2)]
    assert_close(cut.reaction["ion"] / width, whole.reaction["ion"], 1e-9)


@pytest.mark.parametrize("terminals", ["ion-electron", "ion-ion", "electron-electron", "same-face"])
def test_a_line_becomes_its_network(terminals):
    """A fitted line is looked into through its network: it must be the same model under the same names."""
    line = TransmissionLine(ion=R("R_ion"), electron=R("R_el"), interface=INTERFACE, terminals=terminals)
    values, frequency = random_values(np.random.default_rng(7)) | {"R_sep": 9.0, "L": 1e-6}, [1e4, 1.0, 1e-3]
    for model in (line, R("R_sep") + line, R("R_sep") + (CPE("Q", "alpha") | R("R_ct")) + line):
        own = {name: values[name] for name in model.names}
        network = as_network(model)
        assert set(network.names) == set(model.names)
        assert_allclose(network.impedance(frequency, **own), model.impedance(frequency, **own), rtol=1e-10)


def test_half_of_a_front_that_dies_away_passes_within_a_penetration_depth():
    """An exponential of length λ passes half of itself within λ ln 2."""
    depths = np.linspace(0, 1, 2001)
    assert_allclose(reaction_depth(depths, np.exp(-depths / 0.02)), 0.02 * np.log(2), rtol=1e-4)


def test_what_is_not_inside_is_refused_by_name():
    """A probe where no rail runs would measure a number out of nowhere."""
    values = random_values(np.random.default_rng(1))
    separator = Network([Region({"ion": R("R_ion")}), *LINE.regions], ("ion", 0), ("electron", 2))
    for network, place, words in (
        (LINE, ("anion", 0.5), "no probe at"),
        (LINE, ("ion", 1.5), "between 0 and 1"),
        (separator, ("electron", 0.5), "does not run"),
    ):
        with pytest.raises(ValueError, match=words):
            probe_impedance(network, [1.0], place, "sink", **values)
    with pytest.raises(ValueError, match="depths"):
        LINE.inside([1.0], [-0.1], **values)
    with pytest.raises(TypeError, match="no transmission line"):
        as_network(R("R") + C("C"))


def test_a_probe_at_the_end_of_a_rail_is_on_it():
    """Behind the face the rail does not run: the probe there is the last of the region before, not nothing."""
    electrode = Region({"ion": R("R_ion"), "electron": R("R_el")}, {("ion", "electron"): C("C_dl") | R("R_ct")})
    cell = Network((electrode, Region({"ion": R("R_sep")})), ("electron", 0), ("ion", 2))
    values = {"R_ion": 60.0, "R_el": 20.0, "C_dl": 1e-3, "R_ct": 40.0, "R_sep": 10.0}
    at_end, before = (probe_impedance(cell, [3.0], "source", ("electron", s), **values) for s in (1, 1 - 1e-7))
    assert_allclose(at_end, before, rtol=1e-6)


def test_a_share_of_the_reaction_has_its_own_depth():
    """A uniform reaction: a quarter of it lies in the first quarter."""
    assert_allclose(reaction_depth([0.0, 0.5, 1.0], [[1.0, 1.0, 1.0], [2j, 2j, 2j]], share=0.25), 0.25)
