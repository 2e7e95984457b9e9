"""Path lengths against ladders in time and the zeros of the line's impedance, and which network limits."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.linalg import solve_banded

from sslib.impedance import C, Network, R, Region, TransmissionLine, fit, ladder_filled_share, paths_deviation
from sslib.impedance.circuit import Grid
from sslib.instruments import Spectrum
from sslib.transport import (
    ambipolar_conductivity,
    bruggeman,
    changeover_composition,
    changeover_thickness,
    effective_medium,
    filled_share,
    ion_share,
    path_lengths,
    usable_thickness,
)
from sslib.units import hour


def random_composite(rng):
    ionic, electronic = 10 ** rng.uniform(-4, 2, 2)
    return 10 ** rng.uniform(-5, -3), ionic, electronic, 10 ** rng.uniform(6, 10)


def test_lengths_of_the_carriers_add_as_their_times_do():
    """Each carrier's time is c L²/σ: were the ambipolar length not shorter than both, it would not be their sum."""
    rng = np.random.default_rng(1)
    for _ in range(20):
        _, ionic, electronic, capacitance = random_composite(rng)
        own = path_lengths(3.0, ionic, electronic, capacitance)
        assert_allclose(own.ion, np.sqrt(3 * ionic / capacitance), rtol=1e-12)
        assert_allclose(own.ambipolar**-2, own.ion**-2 + own.electron**-2, rtol=1e-12)
        assert_allclose(own.ambipolar**2 * capacitance / 3, ambipolar_conductivity(ionic, electronic), rtol=1e-12)


def test_the_shorter_reachable_length_is_the_limiting_carriers():
    """Source 000 has the inequality the other way round: with a length reachable in a time it would name the wrong."""
    poor_electrons = path_lengths(hour, 1.0, 1e-3, 1e9)
    assert poor_electrons.electron < poor_electrons.ion
    assert ion_share(1.0, 1e-3) < 0.5


@pytest.mark.parametrize("share", [0.5, 0.37, 0.06, 1e-4, 1 - 1e-4])
def test_filling_is_that_of_a_ladder_in_time(share):
    """The modes are residues of a closed form; a ladder integrated in time knows neither closed form nor modes."""
    rng = np.random.default_rng(3)
    sigma = 10 ** rng.uniform(-3, 1)
    thickness, capacitance = 10 ** rng.uniform(-5, -3), 10 ** rng.uniform(7, 10)
    assert paths_deviation(sigma / share, sigma / (1 - share), capacitance, thickness) < 1e-5


def test_the_ladder_converges_with_the_square_of_its_cells():
    """A ladder of another order would have its ends wrong, and its agreement at one size would be luck."""
    case = (3.0, 1.0, 0.7, 2.2, 5.0)
    exact = filled_share(*case)
    errors = [abs(ladder_filled_share(*case, cells=n) - exact) for n in (25, 50, 100)]
    assert_allclose(np.divide(errors[:-1], errors[1:]), 4, rtol=0.03)


def test_slowest_mode_is_a_zero_of_the_networks_impedance():
    """At a held voltage an electrode charges with the zeros of its impedance: the network, asked at the imaginary
    frequency of that decay, must be a short circuit."""
    rng = np.random.default_rng(4)
    region = Region({"ion": R("a"), "electron": R("b")}, {("ion", "electron"): C("c")})
    line = Network(region, ("ion", 0), ("electron", 1))
    for _ in range(20):
        thickness, ionic, electronic, capacitance = random_composite(rng)
        values = np.array([[thickness / ionic, thickness / electronic, capacitance * thickness]])
        rails = values[0, 0] + values[0, 1]
        whole = rails * values[0, 2]
        late = np.array([2.0, 2.5]) * whole
        left = 1 - filled_share(late, thickness, ionic, electronic, capacitance)
        rate = np.log(left[0] / left[1]) / (late[1] - late[0])
        here, beside = line.evaluate(Grid(np.array([1j, 1.1j]) * rate), values, None)[0]
        assert abs(here) < 1e-6 * rails
        assert abs(beside) > 1e-3 * rails


def test_one_fast_carrier_gives_the_time_of_four_over_pi_squared():
    """The single-rail limit is textbook diffusion, 8/π² exp(−π²t/4τ): a wrong factor would shift every length."""
    late = np.array([1.0, 1.5])
    left = 1 - filled_share(late, 1.0, 1.0, 1e12, 1.0)
    assert_allclose((late[1] - late[0]) / np.log(left[0] / left[1]), 4 / np.pi**2, rtol=1e-4)
    n = np.arange(30) + 0.5
    for time in (0.01, 0.2, 1.0):
        textbook = 1 - np.sum(2 / (n * np.pi) ** 2 * np.exp(-((n * np.pi) ** 2) * time))
        assert_allclose(filled_share(time, 1.0, 1.0, 1e12, 1.0), textbook, rtol=1e-9)


def test_the_shortest_time_has_modes_enough():
    """Early the far face does not count and the charge is 2√(t/πτ): too few modes would be seen here first."""
    assert_allclose(filled_share(1.001e-3, 1.0, 1.0, 1e15, 1.0), 2 * np.sqrt(1.001e-3 / np.pi), atol=3e-11)


def test_within_its_length_lies_two_thirds_of_what_diffused_in():
    """The share that the docstring states for a thick electrode, by stepping the diffusion equation in time."""
    cells, steps, far = 1500, 1500, 12.0
    h, dt = far / cells, 1.0 / steps
    x = (np.arange(cells) + 0.5) * h
    u, r = np.zeros(cells), dt / (2 * h * h)
    diagonal = np.full(cells, 1 + 2 * r)
    diagonal[0], diagonal[-1] = 1 + 3 * r, 1 + r
    bands = np.array([np.full(cells, -r), diagonal, np.full(cells, -r)])
    for _ in range(steps):
        flux = np.diff(u, prepend=0, append=0)
        flux[0], flux[-1] = 2 * (u[0] - 1), 0
        right = u + r * np.diff(flux)
        right[0] += 2 * r
        u = solve_banded((1, 1), bands, right)
    assert_allclose(u[x < 1].sum() / u.sum(), 0.646, atol=1e-3)


def test_the_ambipolar_length_is_filled_to_93_to_95_per_cent():
    """What the docstring promises of a length, at every ratio of the rails."""
    shares = np.linspace(0.001, 0.999, 101)
    filled = filled_share(1.0, 1.0, 1 / shares, 1 / (1 - shares), 1.0)
    assert filled.min() > 0.931
    assert filled.max() < 0.9495
    assert_allclose(filled, filled[::-1], rtol=1e-12)
    factor = usable_thickness(1.0, 1 / shares, 1 / (1 - shares), 1.0)
    assert 1.08 < factor.min() < factor.max() < 1.14


def test_lists_do_as_arrays():
    """Thicknesses are announced as array_like; a list of them must not end in an error of Python's."""
    own = [filled_share(2.0, thickness, 1.0, 3.0, 1.0) for thickness in (1.0, 2.0)]
    assert_allclose(filled_share(2.0, [1.0, 2.0], [1.0, 1.0], [3.0, 3.0], 1.0), own, rtol=1e-14)


def test_usable_thickness_is_filled_to_its_share():
    """The thickness that is handed to a designer must deliver the share that was asked for."""
    rng = np.random.default_rng(7)
    for share in (0.2, 0.5, 0.9, 0.99):
        _, ionic, electronic, capacitance = random_composite(rng)
        thickness = usable_thickness(hour / 3, ionic, electronic, capacitance, share)
        assert_allclose(filled_share(hour / 3, thickness, ionic, electronic, capacitance), share, rtol=1e-9)


def test_the_limit_changes_where_the_networks_resist_alike():
    """Away from the crossing the other network limits; a crossing elsewhere would send a recipe the wrong way."""

    def ionic(x):
        return effective_medium(1 - x, 0.3, threshold=0.16, exponent=2.0)

    def electronic(x):
        return bruggeman(x, 0.02)

    x = changeover_composition(ionic, electronic, 0.1, 0.8)
    assert_allclose(ionic(x), electronic(x), rtol=1e-9)
    assert ion_share(ionic(x - 0.05), electronic(x - 0.05)) < 0.5 < ion_share(ionic(x + 0.05), electronic(x + 0.05))
    with pytest.raises(ValueError, match=r"0\.1 and 0\.2; electrons limit at both"):
        changeover_composition(ionic, electronic, 0.1, 0.2)
    with pytest.raises(ValueError, match="neither carrier limits at both"):
        changeover_composition(ionic, ionic, 0.1, 0.2)


def test_changeover_thickness_balances_what_it_says():
    """Resistances and times change hands at different thicknesses: a length alone does not decide."""
    by_loss = changeover_thickness(0.3, 2e-6, 0.01)
    assert_allclose(ion_share(0.3, 0.01, by_loss, 2e-6), 0.5, rtol=1e-12)
    by_time = changeover_thickness(0.3, 2e-6, 0.01, by="time")
    own, other = path_lengths(1.0, 0.3, 0.01, 1e9)[:2]
    assert_allclose(by_time / own, 2e-6 / other, rtol=1e-12)
    with pytest.raises(ValueError, match="allowed are resistance, time"):
        changeover_thickness(0.3, 2e-6, 0.01, by="length")


def test_a_length_from_a_spectrum_has_an_interval():
    """The fifth step fitted: how far charge reaches in an hour, within its interval in nearly all of eight spectra."""
    line = TransmissionLine(ion=R("R_ion"), electron=R("R_el"), interface=R("R_ct") + C("C_chem"))
    truth = {"R_ion": 2.86e-3, "R_el": 1.3e-3, "R_ct": 1.2e-4, "C_chem": 3.7e5}

    def reach(v, thickness=70e-6):
        rails = (thickness / v["R_ion"], thickness / v["R_el"])
        return float(path_lengths(hour, *rails, v["C_chem"] / thickness).ambipolar)

    frequency, rng = np.logspace(2, -5, 43), np.random.default_rng(8)
    exact, held = line.impedance(frequency, **truth), 0
    for _ in range(8):
        noise = 0.003 * np.abs(exact) * (rng.standard_normal((43, 2)) @ [1, 1j])
        result = fit(line, Spectrum(frequency, exact + noise, source="generated"), noise=0.003)
        value, (low, high) = result.derive(reach)
        held += low < reach(truth) < high
        assert (high - low) / value < 0.01
    assert held >= 6


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (filled_share, (0.0, 1e-4, 1.0, 1.0, 1e9), "time is 0"),
        (filled_share, (1.0, 1e-4, -1.0, 1.0, 1e9), "ionic is -1"),
        (filled_share, (1e-9, 1e-4, 1.0, 1.0, 1e9), "must be between 0.001"),
        (usable_thickness, (1.0, 1.0, 1.0, 1e9, 0.05), r"share is 0\.05"),
        (usable_thickness, (1.0, 1.0, 1.0, 1e9, 1.0), "share is 1"),
    ],
)
def test_what_cannot_be_is_refused(function, arguments, message):
    """A sum cut too short, a full electrode or a negative conductivity must not come back as a number."""
    with pytest.raises(ValueError, match=message):
        function(*arguments)
