"""What a uniform line makes of electrodes that are graded or under stress."""

import numpy as np
from numpy.testing import assert_allclose

from sslib.impedance import CPE, Network, R, TransmissionLine, graded, mean_area, read_as, stressed
from sslib.mechanics import CompositeContact

PAIR = ("ion", "electron")
INTERFACE = CPE("Q_dl", "alpha_dl") | R("R_ct")
RAILS = {"ion": R("R_ion"), "electron": None}
LINE = TransmissionLine(ion=R("R_ion"), interface=INTERFACE)
VALUES = {"R_ion": 60.0, "R_ct": 90.0, "Q_dl": 2e-4, "alpha_dl": 0.9}
FREQUENCY = np.geomspace(1e5, 0.01, 40)
LAW = CompositeContact(60e6, 2.5e-6, 0.06, 25e-9, neck_share=0.2)


def network_of(layer):
    return Network(layer.regions, ("ion", 0), ("electron", len(layer.regions)))


def test_a_uniform_electrode_is_read_as_it_is():
    """Otherwise an error would be laid to the gradient that is the fit's own."""
    flat = network_of(graded(RAILS, {PAIR: INTERFACE}, {"ion": lambda s: 1.0}, regions=4))
    found = read_as(LINE, flat, FREQUENCY, VALUES)
    for name, value in VALUES.items():
        assert_allclose(found.values[name], value, rtol=1e-5)


def test_a_known_parameter_is_kept():
    """What is fixed is known; a fit that moved it would compare something else."""
    graded_pore = network_of(graded(RAILS, {PAIR: INTERFACE}, {"ion": lambda s: 2 - s}, regions=16))
    found = read_as(LINE, graded_pore, FREQUENCY, VALUES, fixed={"R_ct": 90.0})
    assert found.values["R_ct"] == 90.0
    assert 35 < found.values["R_ion"] < 55


def test_contact_that_is_the_same_everywhere_is_read_truly():
    """With one lithium content there is no gradient: the fit must find the laws' own shares of area and conduction."""
    layer = stressed(RAILS, {PAIR: INTERFACE}, LAW, ([0, 1], [0.3, 0.3]), 30e6, regions=3)
    found = read_as(LINE, network_of(layer), FREQUENCY, VALUES).values
    area = float(LAW.area(30e6, 0.3))
    assert_allclose(mean_area(LAW, ([0, 1], [0.3, 0.3]), 30e6), area, rtol=1e-12)
    assert_allclose(90.0 / found["R_ct"], area, rtol=1e-5)
    assert_allclose(found["Q_dl"] / 2e-4, area, rtol=1e-4)
    assert_allclose(60.0 / found["R_ion"], LAW.conductivity(30e6), rtol=1e-5)


def test_the_mean_area_holds_where_contact_closes_at_once():
    """A smooth surface closes within a hundredth of the depth: too few places of integration would miss where."""
    smooth = CompositeContact(60e6, 2.5e-6, 0.06, 1e-9)
    content = np.linspace(0.2, 0.6, 200_001)
    expected = np.trapezoid(smooth.area(20e6, content), content) / 0.4
    assert_allclose(mean_area(smooth, ([0, 1], [0.2, 0.6]), 20e6), expected, rtol=1e-6)


def test_at_low_frequency_the_area_that_is_left_is_all_that_counts():
    """With rails that hardly resist, the charge transfer goes with one over the mean area, wherever it is lost."""
    profile = ([0.0, 0.3, 1.0], [0.9, 0.2, 0.5])
    layer = stressed(RAILS, {PAIR: INTERFACE}, LAW, profile, 20e6, regions=24)
    z = network_of(layer).impedance([1e-9], **VALUES | {"R_ion": 1e-6})[0].real
    assert_allclose(90.0 / z, mean_area(LAW, profile, 20e6), rtol=1e-5)
