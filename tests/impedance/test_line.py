"""The transmission line against independent routes: a discrete ladder, high-precision arithmetic, another physics code,
and the limits of the literature."""

from functools import partial

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.sparse import coo_array
from scipy.sparse.linalg import spsolve

from sslib.impedance import CPE, C, R, SphericalDiffusion, TransmissionLine, compare_with_pybamm
from sslib.impedance.elements import FEW_POINTS

TERMINALS = ("ion-electron", "ion-ion", "electron-electron", "same-face")
CELLS = 2000


def full_line(terminals):
    interface = CPE("Q", "alpha") | (R("R_ct") + SphericalDiffusion("R_d", "tau_d"))
    return TransmissionLine(ion=R("R_ion"), electron=R("R_el"), interface=interface, terminals=terminals)


def ladder_impedance(a, b, z, terminals):
    """Nodal analysis of 2000 cells: rails of totals a and b, an interface of total z; half cells at both faces."""
    nodes = CELLS + 1
    ion, electron = np.arange(nodes), nodes + np.arange(nodes)
    weight = np.ones(nodes)
    weight[[0, -1]] = 0.5
    branches = [
        (ion[:-1], ion[1:], np.full(CELLS, CELLS / a)),
        (electron[:-1], electron[1:], np.full(CELLS, CELLS / b)),
        (ion, electron, weight / (z * CELLS)),
    ]
    start, end, admittance = (np.concatenate(part) for part in zip(*branches, strict=True))
    rows = np.concatenate([start, end, start, end])
    columns = np.concatenate([start, end, end, start])
    values = np.concatenate([admittance, admittance, -admittance, -admittance])
    source, sink = {
        "ion-electron": (ion[0], electron[-1]),
        "ion-ion": (ion[0], ion[-1]),
        "electron-electron": (electron[0], electron[-1]),
        "same-face": (ion[0], electron[0]),
    }[terminals]
    keep = np.delete(np.arange(2 * nodes), sink)
    matrix = coo_array((values, (rows, columns)), shape=(2 * nodes, 2 * nodes)).tocsc()[keep][:, keep]
    current = np.zeros(2 * nodes, dtype=complex)
    current[source] = 1
    return spsolve(matrix, current[keep])[source if source < sink else source - 1]


@pytest.mark.parametrize("terminals", TERMINALS)
def test_line_equals_a_ladder_of_2000_cells(terminals):
    """A wrong closed form, such as the product that the review prints for a sum, would be off by far more than 1e-4."""
    rng = np.random.default_rng(20261121)
    line = TransmissionLine(ion=R("a"), electron=R("b"), interface=CPE("Q", "alpha"), terminals=terminals)
    for _ in range(25):
        a, b = 10 ** rng.uniform(-1, 4, 2)
        ratio, alpha = 10 ** rng.uniform(-1.3, np.log10(40)), rng.uniform(0.3, 1)
        # |L/λ|² = (a + b)/|z| fixes the interface at a frequency of one radian per second.
        coefficient = ratio**2 / (a + b)
        z = 1 / (coefficient * 1j**alpha)
        ours = line.impedance([1 / (2 * np.pi)], a=a, b=b, Q=coefficient, alpha=alpha)[0]
        ladder = ladder_impedance(a, b, z, terminals)
        assert_allclose(ours, ladder, rtol=1e-4, atol=0)


def precise_line(terminals, omega):
    """The printed forms, corrected, with mpmath: z1²+z2² in the general line, tanh for the two blocking pairs."""

    def impedance(R_ion, R_el, Q, alpha, R_ct, R_d, tau_d):
        x = mpmath.sqrt(1j * omega * tau_d)
        diffusion = R_d * mpmath.tanh(x) / (x - mpmath.tanh(x))
        zeta = 1 / (Q * (1j * omega) ** alpha + 1 / (R_ct + diffusion))
        s = R_ion + R_el
        lam = mpmath.sqrt(zeta / s)
        parallel = R_ion * R_el / s
        return {
            "ion-electron": lambda: (
                parallel * (1 + 2 * lam / mpmath.sinh(1 / lam)) + lam * (R_ion**2 + R_el**2) / s * mpmath.coth(1 / lam)
            ),
            "ion-ion": lambda: parallel + 2 * lam * R_ion**2 / s * mpmath.tanh(1 / (2 * lam)),
            "electron-electron": lambda: parallel + 2 * lam * R_el**2 / s * mpmath.tanh(1 / (2 * lam)),
            "same-face": lambda: mpmath.sqrt(zeta * s) * mpmath.coth(1 / lam),
        }[terminals]()

    return impedance


def with_one(precise, values, name, value):
    """The precise impedance with one of the values replaced."""
    return precise(**{**values, name: value})


def random_parameters(rng):
    resistances = dict(zip(("R_ion", "R_el", "R_ct", "R_d"), 10 ** rng.uniform(-2, 5, 4), strict=True))
    return {
        **resistances,
        "Q": 10 ** rng.uniform(-7, -1),
        "alpha": rng.uniform(0.4, 1),
        "tau_d": 10 ** rng.uniform(-3, 4),
    }


@pytest.mark.parametrize("points", [1, FEW_POINTS])
@pytest.mark.parametrize(
    ("terminals", "rails"), [*((terminals, 2) for terminals in TERMINALS), ("ion-electron", 1), ("same-face", 1)]
)
def test_values_and_derivatives_equal_high_precision_arithmetic(terminals, points, rails):
    """Cancellation near zero, overflow far out, or a slip in the chain rule would show against 60 digits. Few points
    and many take different roads, as does a line of one rail.
    """
    rng = np.random.default_rng(7)
    line = full_line(terminals)
    if rails == 1:
        line = TransmissionLine(ion=line.ion, interface=line.interface, terminals=terminals)
    with mpmath.workdps(60):
        for _ in range(12):
            values = random_parameters(rng)
            if rails == 1:
                values["R_el"] = 0.0
            frequency = 10 ** rng.uniform(-3, 7)
            precise = precise_line(terminals, 2 * mpmath.pi * mpmath.mpf(frequency))
            exact = {name: mpmath.mpf(value) for name, value in values.items()}
            own = {name: values[name] for name in line.names}
            impedance, slopes = line.derivatives([frequency] * points, **own)
            reference = complex(precise(**exact))
            assert_allclose(impedance, reference, rtol=1e-10, atol=0)
            for name, value in own.items():
                slope = mpmath.diff(partial(with_one, precise, exact, name), exact[name])
                scaled = complex(slope) * value
                scale = max(abs(reference), abs(scaled))
                assert np.abs(slopes[name] * value - scaled).max() < 1e-9 * scale, (name, values, frequency)


def test_source_misprint_is_not_repeated():
    """With the printed product z1²z2² the line would vanish as the electronic rail does; it must become de Levie's."""
    values = {"R_ion": 2e6, "Q": 1e-6, "alpha": 1.0}
    pore = TransmissionLine(ion=R("R_ion"), interface=CPE("Q", "alpha"))
    line = TransmissionLine(ion=R("R_ion"), electron=R("R_el"), interface=CPE("Q", "alpha"))
    frequency = np.logspace(-3, 4, 30)
    omega = 2 * np.pi * frequency
    de_levie = np.sqrt(2e6 / (1j * omega * 1e-6)) / np.tanh(np.sqrt(2e6 * 1j * omega * 1e-6))
    assert_allclose(pore.impedance(frequency, **values), de_levie, rtol=1e-12)
    assert_allclose(line.impedance(frequency, R_el=2e-9, **values), de_levie, rtol=1e-11)


@pytest.mark.parametrize("between", ["times", "plus"])
def test_the_printed_product_is_no_line_and_the_sum_is(between):
    """Source 000's general line as it prints it, z1² z2² in the last term: ohm²/m too many, off by a factor of 1e9 or
    more, and without a second rail nothing instead of de Levie's pore. With a plus it is configuration I.
    """
    length, pore = 70e-6, TransmissionLine(ion=R("a"), interface=R("r") | C("c"))
    line = TransmissionLine(ion=R("a"), electron=R("b"), interface=R("r") | C("c"))
    frequency, values = np.logspace(-2, 5, 30), {"r": 13.0, "c": 1e-3}
    z = length / (1 / values["r"] + 2j * np.pi * frequency * values["c"])

    def printed(first, second):
        decay = np.sqrt(z / (first + second))
        last = first**2 * second**2 if between == "times" else first**2 + second**2
        together = first * second / (first + second) * (length + 2 * decay / np.sinh(length / decay))
        return together + decay * last / (first + second) / np.tanh(length / decay)

    two = printed(2e6, 5e5) / line.impedance(frequency, a=2e6 * length, b=5e5 * length, **values)
    one = printed(2e6, 0.0) / pore.impedance(frequency, a=2e6 * length, **values)
    if between == "times":
        assert np.abs(two).min() > 1e9
        assert np.abs(one).max() == 0
    else:
        assert_allclose(two, 1, rtol=1e-11)
        assert_allclose(one, 1, rtol=1e-11)


def test_paasch_form_is_the_same_line():
    """Paasch's two-phase form (resistivities in ohm m, A·Z on its left side) is the ion-electron line."""
    rho1, rho2, d, area, capacitance, film = 3.0, 0.7, 50e-6, 1e-4, 0.04, 8.0
    frequency = np.logspace(-2, 6, 40)
    s = (rho1 + rho2) / area
    k, omega1 = 1 / (film * capacitance), 1 / (capacitance / d * s * d**2)
    beta = np.sqrt((k + 2j * np.pi * frequency) / omega1) / d
    x = d * beta
    az = (
        (rho1**2 + rho2**2) / (rho1 + rho2) / np.tanh(x) / beta
        + 2 * rho1 * rho2 / (rho1 + rho2) * 2 * np.exp(-x) / (1 - np.exp(-2 * x)) / beta
        + d * rho1 * rho2 / (rho1 + rho2)
    )
    line = TransmissionLine(ion=R("a"), electron=R("b"), interface=R("R_f") | C("C_f"))
    ours = line.impedance(frequency, a=rho1 * d / area, b=rho2 * d / area, R_f=film, C_f=capacitance)
    assert_allclose(ours, az / area, rtol=1e-11)


def test_line_becomes_gerischer_where_it_is_long():
    """A line much longer than its penetration depth is √(R_ion·z): the limit in which only the product is known."""
    line = TransmissionLine(ion=R("R_ion"), interface=R("R_ct") | C("C_dl"))
    frequency = np.logspace(-3, 6, 40)
    z = 1 / (1 / 0.5 + 2j * np.pi * frequency * 1e-3)
    ours = line.impedance(frequency, R_ion=4e4, R_ct=0.5, C_dl=1e-3)
    assert_allclose(ours, np.sqrt(4e4 * z), rtol=1e-12)


@pytest.mark.parametrize(
    ("terminals", "limit"), [("ion-electron", 60 / 3 + 15 / 3), ("ion-ion", 60), ("electron-electron", 15)]
)
def test_low_frequency_limit_of_a_blocking_interface(terminals, limit):
    """A third of both rails across the electrode; the whole rail along it (Gomadam's configurations I, II, III)."""
    line = TransmissionLine(ion=R("a"), electron=R("b"), interface=C("C_dl"), terminals=terminals)
    assert_allclose(line.impedance([1e-5], a=60, b=15, C_dl=1e-3).real, limit, rtol=1e-6)


@pytest.mark.parametrize("terminals", TERMINALS[:3])
def test_high_frequency_limit_is_the_rails_in_parallel(terminals):
    line = TransmissionLine(ion=R("a"), electron=R("b"), interface=C("C_dl"), terminals=terminals)
    assert_allclose(line.impedance([1e14], a=60, b=15, C_dl=1e-3), 60 * 15 / 75, rtol=1e-4)


@pytest.mark.parametrize("terminals", TERMINALS)
def test_no_overflow_over_the_whole_range(terminals):
    """1 mHz to 10 MHz with rails from 1 mohm to 1 Mohm: peers return NaN from 300 kHz on. Warnings are errors here."""
    rails = np.logspace(-3, 6, 10)
    ion, electron = (grid.ravel() for grid in np.meshgrid(rails, rails))
    values = {"R_ion": ion, "R_el": electron, "Q": 1e-3, "alpha": 0.9, "R_ct": 10.0, "R_d": 5.0, "tau_d": 100.0}
    impedance, slopes = full_line(terminals).derivatives(np.logspace(-3, 7, 60), **values)
    assert np.isfinite(impedance).all()
    assert (impedance.real > 0).all()
    assert all(np.isfinite(slope).all() for slope in slopes.values())


def test_rails_and_interface_may_vanish():
    """Zero is a physical value: a perfect rail and a perfect interface have their limits, without NaN or warning."""
    line = full_line("ion-electron")
    base = {"R_ion": 60.0, "R_el": 15.0, "Q": 1e-3, "alpha": 0.9, "R_ct": 10.0, "R_d": 5.0, "tau_d": 100.0}
    frequency = [1e-2, 1.0, 1e4]
    one_rail = TransmissionLine(ion=R("R_ion"), interface=line.interface)
    without = {name: value for name, value in base.items() if name != "R_el"}
    assert_allclose(
        line.impedance(frequency, **{**base, "R_el": 0}), one_rail.impedance(frequency, **without), rtol=1e-13
    )
    interface = {name: value for name, value in without.items() if name != "R_ion"}
    assert_allclose(
        line.impedance(frequency, **{**base, "R_ion": 0, "R_el": 0}),
        line.interface.impedance(frequency, **interface),
        rtol=1e-13,
    )
    short = TransmissionLine(ion=R("a"), electron=R("b"), interface=R("R_f"))
    assert_allclose(short.impedance(frequency, a=60, b=15, R_f=0), 60 * 15 / 75, rtol=1e-12)
    along = TransmissionLine(ion=R("a"), electron=R("b"), interface=R("R_f"), terminals="ion-ion")
    assert_allclose(along.impedance(frequency, a=0, b=0, R_f=1), 0, atol=1e-90)


@pytest.mark.parametrize("points", [1, FEW_POINTS])
def test_slopes_of_a_rail_that_vanishes(points):
    """A third of the rail enters the impedance across the line, however short: its slope must not cancel away."""
    line = TransmissionLine(ion=R("a"), interface=R("z") | C("C_dl"))
    for a in (0.0, 1e-30, 1e-12, 1e-6, 1e-3):
        _, slopes = line.derivatives([1e-3] * points, a=a, z=10.0, C_dl=1e-6)
        assert_allclose(slopes["a"], 1 / 3, rtol=1e-4)
        assert_allclose(slopes["z"], 1, rtol=1e-4)


def test_line_reproduces_an_independent_physics_code():
    """PyBaMM's single-ion half-cell and the two-rail line are the same mathematics: 5e-4, its mesh error."""
    comparison = compare_with_pybamm()
    assert len(comparison) == 3
    assert (comparison["largest deviation"] < 5e-4).all()


def test_impossible_lines_are_refused_by_name():
    with pytest.raises(ValueError, match=r"terminals is 'ion'; allowed are ion-electron"):
        TransmissionLine(ion=R("a"), interface=C("c"), terminals="ion")
    with pytest.raises(ValueError, match="need the ion rail"):
        TransmissionLine(electron=R("b"), interface=C("c"), terminals="ion-ion")
    with pytest.raises(ValueError, match="both conduct perfectly"):
        TransmissionLine(interface=C("c"))
    with pytest.raises(TypeError, match="ion is 60"):
        TransmissionLine(ion=60, interface=C("c"))
