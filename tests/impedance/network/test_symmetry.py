"""What a network's terminals cannot tell apart, against the impedance itself; and networks where other code takes any
circuit: joint fits and strings."""

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
    Salt,
    TransmissionLine,
    circuit_to_string,
    fit,
    fit_joint,
    simulate_joint,
)
from sslib.instruments import Spectrum

RAILS = {"ion": R("R_ion"), "electron": R("R_el")}
INTERFACE = {("ion", "electron"): CPE("Q", "alpha") | R("R_ct")}
PORE = Region(RAILS, INTERFACE)
ACROSS = {"source": ("ion", 0), "sink": ("electron", 1)}
FREQUENCY = np.logspace(4, -2, 17)
SEPARATOR = Region({"ion": R("R_sep")})
LITHIUM = R("R_li") | C("C_li")
THREE = Region({"a": R("R_a"), "b": R("R_b"), "c": R("R_c")}, {("a", "b"): C("C_ab"), ("b", "c"): C("C_bc")})
IONS = ("cation", "anion")

# A network, and by the first set the second that can take its place.
NETWORKS = {
    "a single region of plain rails": (Network(PORE, **ACROSS), {"R_ion": "R_el"}),
    "both contacts at one face": (Network(PORE, ("ion", 0), ("electron", 0)), {"R_ion": "R_el"}),
    "two ionic contacts": (Network(PORE, ("ion", 0), ("ion", 1)), {}),
    "lithium in front": (Network(PORE, {("ion", 0): LITHIUM}, ("electron", 1)), {"R_ion": "R_el"}),
    "lithium of the rail's own resistance": (
        Network(PORE, {("ion", 0): R("R_ion") | C("C_li")}, ("electron", 1)), {},
    ),
    "lithium at both sides": (
        Network(PORE, {("ion", 0): R("R_1") | C("C_1")}, {("ion", 1): R("R_2") | C("C_2")}),
        {("R_1", "C_1"): ("R_2", "C_2")},
    ),
    "a separator": (Network([SEPARATOR, PORE], ("ion", 0), ("electron", 2)), {"R_ion": "R_el"}),
    "a separator behind lithium, a film behind the electrode": (
        Network([SEPARATOR, PORE, Region({"electron": R("R_film")})], {("ion", 0): LITHIUM}, ("electron", 3)),
        {"R_ion": "R_el"},
    ),
    "a separator, current the other way": (Network([PORE, SEPARATOR], ("electron", 0), ("ion", 2)), {"R_ion": "R_el"}),
    "a separator of the rail's own resistance": (
        Network([Region({"ion": R("R_ion")}), PORE], ("ion", 0), ("electron", 2)), {},
    ),
    "a separator with a way around": (
        Network([SEPARATOR, PORE], ("ion", 0), ("electron", 2), links={(("ion", 0), ("electron", 1)): R("R_leak")}), {},
    ),
    "a leak from terminal to terminal": (
        Network(PORE, {("ion", 0): LITHIUM}, ("electron", 1), links={("source", "sink"): R("R_leak")}),
        {"R_ion": "R_el"},
    ),
    "a leak around one contact": (
        Network(
            PORE, {("ion", 0): R("R_1") | C("C_1")}, {("electron", 1): R("R_2") | C("C_2")},
            links={("source", ("electron", 1)): R("R_leak")},
        ),
        {},
    ),
    "rails that are no resistors": (
        Network(Region({"ion": R("R_1") | C("C_1"), "electron": R("R_2") | C("C_2")}, INTERFACE), **ACROSS),
        {("R_1", "C_1"): ("R_2", "C_2")},
    ),
    "regions of one electrode": (Network([PORE] * 3, ("ion", 0), ("electron", 3)), {"R_ion": "R_el"}),
    "regions of unequal thickness": (
        Network([Region(RAILS, INTERFACE, thickness=t) for t in (0.3, 0.7)], ("ion", 0), ("electron", 2)), {},
    ),
    "two coatings in mirror image": (
        Network(
            [Region({"ion": R("R_1"), "electron": None}, {("ion", "electron"): C("C_1")}),
             Region({"ion": R("R_sep")}),
             Region({"ion": R("R_2"), "electron": None}, {("ion", "electron"): C("C_2")})],
            ("electron", 0), ("electron", 3), {},
        ),
        {("R_1", "C_1"): ("R_2", "C_2")},
    ),
    "three rails": (Network(THREE, ("a", 0), ("c", 1)), {("R_a", "C_ab"): ("R_c", "C_bc")}),
    "three rails, other contacts": (Network(THREE, ("a", 0), ("b", 1)), {}),
    "a link that is on one side": (
        Network(PORE, **ACROSS, links={(("ion", 1), ("ion", 0)): R("R_link")}), {},
    ),
    "links on both sides": (
        Network(
            PORE, **ACROSS,
            links={(("ion", 1), ("electron", 1)): R("R_1"), (("electron", 0), ("ion", 0)): R("R_2")},
        ),
        {("R_ion", "R_1"): ("R_el", "R_2")},
    ),
    "rails that move one another": (
        Network(
            Region({("ion", "electron"): Conductances([["g_11", "g_12"], ["g_21", "g_22"]])}, INTERFACE), **ACROSS
        ),
        {("g_11", "g_12"): ("g_22", "g_21")},
    ),
    "a salt": (Network(Region({IONS: Salt()}), ("cation", 0), ("cation", 1)), {}),
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORKS)
def test_what_can_change_places_is_named_and_no_more(name):
    """A fit that does not say so presents a labelling as a result; one that says so wrongly gives a result away."""
    network, expected = NETWORKS[name]
    pairs = {
        (first, second) if isinstance(first, tuple) else ((first,), (second,)) for first, second in expected.items()
    }
    assert {(x.first, x.second) for x in network.exchanges} == pairs


@pytest.mark.parametrize("name", [name for name, (_, expected) in NETWORKS.items() if expected])
def test_what_is_said_to_change_places_leaves_the_impedance(name):
    """The statement itself, at random values: the spectrum with both sets exchanged, set by set."""
    network, rng = NETWORKS[name][0], np.random.default_rng(8)
    values = {parameter.name: 10 ** rng.uniform(-1, 1) for parameter in network.parameters} | {"alpha": 0.8}
    values = {name: values[name] for name in network.names}
    if "g_12" in values:
        values |= {"g_12": 0.05, "g_21": -0.03}
    for exchange in network.exchanges:
        both, swapped = (*exchange.first, *exchange.second), (*exchange.second, *exchange.first)
        other = values | {name: values[partner] for name, partner in zip(both, swapped, strict=True)}
        assert_allclose(network.impedance(FREQUENCY, **other), network.impedance(FREQUENCY, **values), rtol=1e-10)


def spectrum_of(model, values, noise=1e-3, seed=2):
    exact, rng = model.impedance(FREQUENCY, **values), np.random.default_rng(seed)
    return Spectrum(FREQUENCY, exact + noise * np.abs(exact) * (rng.standard_normal((17, 2)) @ [1, 1j]))


@pytest.mark.parametrize("regions", [1, 2])
def test_a_fit_says_so_as_for_the_closed_form(regions):
    """The network and the closed form are one model: a user must be told the same of both, and in one labelling."""
    interface = {("ion", "electron"): C("C_dl")}
    pieces = [Region(RAILS, interface, thickness=1 / regions)] * regions
    network = Network(pieces, ("ion", 0), ("electron", regions))
    line = TransmissionLine(ion=R("R_ion"), electron=R("R_el"), interface=C("C_dl"))
    truth = {"R_ion": 80.0, "R_el": 25.0, "C_dl": 1e-2}
    data = spectrum_of(line, truth)
    ours, theirs = fit(network, data, noise=1e-3), fit(line, data, noise=1e-3)
    assert [v.kind for v in ours.verdicts] == [v.kind for v in theirs.verdicts] == ["rails exchangeable"]
    for name, true in truth.items():
        assert_allclose(ours.values[name], theirs.values[name], rtol=1e-4)
        assert_allclose(ours.interval(name), theirs.interval(name), rtol=1e-3)
        assert_allclose(ours.values[name], true, rtol=0.02)


def test_a_joint_fit_takes_networks_and_lifts_the_exchange():
    """A second pair of contacts must tell the rails apart: with networks as with the closed form."""
    interface = {("ion", "electron"): C("C_dl")}
    region = Region(RAILS, interface)
    models = {"ion-electron": Network(region, **ACROSS), "ion-ion": Network(region, ("ion", 0), ("ion", 1))}
    truth = {"R_ion": 30.0, "R_el": 90.0, "C_dl": 1e-2}
    spectra = simulate_joint(models, FREQUENCY, truth, noise=1e-3, seed=4)
    joint = fit_joint(spectra, noise=1e-3)
    assert joint.verdicts == ()
    for name, true in truth.items():
        low, high = joint.interval(name)
        assert low < true < high < 1.05 * low
    alone = fit_joint({"ion-electron": spectra["ion-electron"]}, noise=1e-3)
    assert [verdict.kind for verdict in alone.verdicts] == ["rails exchangeable"]
    assert alone.values["R_ion"] > alone.values["R_el"]


@pytest.mark.parametrize("network", [Network(PORE, **ACROSS), NETWORKS["regions of one electrode"][0]])
def test_a_network_has_no_string_and_that_is_said(network):
    """To ask for other names would be no help: impedance.py has nothing of the kind, whatever it is called."""
    with pytest.raises(ValueError, match=r"Network\(.* has no counterpart in impedance\.py"):
        circuit_to_string(R("R_0") + network)
