"""Circuits as passive sums of poles: in frequency; in time beside closed forms, a ladder, Talbot's inversion."""

import mpmath
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from sslib.impedance import (
    CPE,
    C,
    Conductances,
    FiniteLengthWarburg,
    FiniteSpaceWarburg,
    Gerischer,
    L,
    Network,
    R,
    Region,
    Salt,
    SphericalDiffusion,
    TransmissionLine,
    Warburg,
    approximate,
    poles_of_spectrum,
    response,
)

INTERFACE = CPE("Q", "alpha") | (R("R_ct") + SphericalDiffusion("R_d", "tau_d"))
CIRCUITS = {
    "two rails": R("R_0") + TransmissionLine(R("R_ion"), R("R_el"), interface=INTERFACE),
    "two ionic contacts": TransmissionLine(R("R_ion"), R("R_el"), interface=INTERFACE, terminals="ion-ion"),
    "blocking pore": TransmissionLine(ion=R("R_ion"), interface=C("C_dl")),
    "CPE": CPE("Q", "alpha"),
    "Warburg": Warburg("sigma"),
    "finite length": FiniteLengthWarburg("R_d", "tau_d"),
    "finite space": FiniteSpaceWarburg("R_d", "tau_d"),
    "Gerischer": R("R_0") + Gerischer("R_d", "tau_d"),
    "arcs": R("R_0") + (R("R_ion") | C("C_dl")) + (R("R_el") | CPE("Q", "alpha")),
    "salt between electrodes": R("R_0") + (C("C_dl") | (R("R_ct") + Salt("R_ion", "t_plus", "R_salt", "tau_d"))),
    "three rails": Network(
        Region(
            {("cation", "anion"): Salt("R_ion", "t_plus", "R_salt", "tau_d"), "electron": R("R_el")},
            {("cation", "electron"): C("C_dl") | R("R_ct")},
        ),
        source=("cation", 0),
        sink=("electron", 1),
    ),
    "rails that move one another": Network(
        Region({("a", "b"): Conductances([["g_1", "g_12"], ["g_12", "g_2"]])}, {("a", "b"): C("C_dl") | R("R_ct")}),
        source=("a", 0),
        sink=("b", 1),
    ),
}
LOGARITHMIC = {
    "R_0": (0, 2), "R_ion": (0, 3), "R_el": (0, 3), "R_ct": (0, 3), "R_d": (0, 3), "R_salt": (0, 3), "sigma": (0, 2),
    "tau_d": (-2, 4), "Q": (-6, -2), "C_dl": (-6, -1), "g_1": (-2, 0), "g_2": (-2, 0),
}  # fmt: skip


def drawn(circuit, rng):
    """Parameter values of any size."""
    values = {name: 10 ** rng.uniform(*LOGARITHMIC[name]) for name in circuit.names if name in LOGARITHMIC}
    values |= {"alpha": rng.uniform(0.4, 1)} if "alpha" in circuit.names else {}
    values |= {"t_plus": rng.uniform(0, 1)} if "t_plus" in circuit.names else {}
    return values | ({"g_12": 0.7 * np.sqrt(values["g_1"] * values["g_2"])} if "g_12" in circuit.names else {})


@pytest.mark.parametrize("name", CIRCUITS)
def test_every_circuit_of_resistors_and_capacitors_is_met_to_a_millionth_and_is_passive(name):
    """Else a pulse would be predicted from another impedance than the one that was stated, or give energy away."""
    rng = np.random.default_rng(sum(map(ord, name)))
    circuit = CIRCUITS[name]
    for _ in range(3):
        values = drawn(circuit, rng)
        poles = approximate(circuit, 1e-5, 1e6, **values)
        frequency = 10 ** rng.uniform(-5, 6, 200)
        true = circuit.impedance(frequency, **values)
        assert np.abs(poles.impedance(frequency) / true - 1).max() < 1e-6
        assert poles.error < 1e-6
        assert min(poles.resistance, poles.elastance, poles.resistances.min(), poles.times.min()) >= 0


def test_the_error_is_that_of_points_the_approximation_was_not_made_from():
    """A stated error that is only that of the fitted points would be smaller than the real one."""
    poles = approximate(CIRCUITS["blocking pore"], 1e-3, 1e5, 1e-4, R_ion=60.0, C_dl=1e-3)
    frequency = np.geomspace(1e-3, 1e5, 5001)
    true = CIRCUITS["blocking pore"].impedance(frequency, R_ion=60.0, C_dl=1e-3)
    assert 0.3 * poles.error < np.abs(poles.impedance(frequency) / true - 1).max() < 1.5 * poles.error


def test_what_is_no_network_of_resistors_and_capacitors_is_refused_by_name():
    """An inductance inside rings; rails without Onsager's symmetry can gain: no passive sum of poles is either."""
    with pytest.raises(ValueError, match="inductance L_1 stands inside"):
        approximate(R("R_0") + (R("R_1") | L("L_1")), 1e-3, 1e3, R_0=1.0, R_1=1.0, L_1=1e-3)
    one_sided = Network(
        Region({("a", "b"): Conductances([["g_1", "g_12"], ["g_21", "g_2"]])}, {("a", "b"): C("C_dl")}),
        source=("a", 0),
        sink=("a", 1),
    )
    with pytest.raises(ValueError, match="none of such a network"):
        approximate(one_sided, 1e-4, 1e5, g_1=1.0, g_12=0.3, g_21=-0.9, g_2=0.5, C_dl=1e-2)
    with pytest.raises(ValueError, match="one set of values"):
        approximate(R("R_0") + (R("R_1") | C("C_1")), 1e-3, 1e3, R_0=np.array([1.0, 2.0]), R_1=1.0, C_1=1.0)
    with pytest.raises(ValueError, match="two samples or more"):
        response(R("R_0"), [0.0], [1.0], R_0=1.0)
    with pytest.raises(ValueError, match="lowest must be below highest"):
        approximate(R("R_0"), 1e3, 1e-3, R_0=1.0)


def test_an_inductance_in_series_is_a_term_of_its_own():
    """Left inside the sum it could not be met, and a lead would keep a cell from being predicted."""
    arc = R("R_0") + (R("R_1") | C("C_1"))
    values = {"R_0": 5.0, "R_1": 10.0, "C_1": 1e-3}
    poles = approximate(arc + L("L_0"), 1e-3, 1e6, **values, L_0=1e-6)
    assert poles.inductance == 1e-6
    np.testing.assert_allclose(poles.step([1e-3, 1e-1]), approximate(arc, 1e-3, 1e6, **values).step([1e-3, 1e-1]), 1e-5)


# Closed forms of the answer to 1 A, with R_d = 1 ohm and tau_d = 1 s.
n = np.arange(1, 2001)[:, None]
CLOSED = {
    "Warburg": lambda t: 2 * np.sqrt(2 * t / np.pi),
    "finite length": lambda t: (
        1 - 8 / np.pi**2 * (np.exp(-((2 * n - 1) ** 2) * np.pi**2 * t / 4) / (2 * n - 1) ** 2).sum(0)
    ),
    "finite space": lambda t: t + 1 / 3 - 2 / np.pi**2 * (np.exp(-(n**2) * np.pi**2 * t) / n**2).sum(0),
}


@pytest.mark.parametrize("name", CLOSED)
def test_steps_of_diffusion_are_those_of_the_closed_forms(name):
    """The series solutions of Fick's law know nothing of frequencies or poles."""
    time = np.geomspace(1e-3, 10, 40)
    circuit = CIRCUITS[name]
    poles = approximate(circuit, 1e-5, 1e6, **dict.fromkeys(circuit.names, 1.0))
    np.testing.assert_allclose(poles.step(time), CLOSED[name](time), rtol=2e-6)


def test_arcs_answer_with_their_exponentials():
    """R|C behind a resistor is the one case that everybody can write down."""
    poles = approximate(R("R_0") + (R("R_1") | C("C_1")), 1e-4, 1e6, R_0=5.0, R_1=10.0, C_1=1e-3)
    time = np.geomspace(1e-4, 1, 30)
    np.testing.assert_allclose(poles.step(time), 5 + 10 * (1 - np.exp(-time / 1e-2)), rtol=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_the_step_is_the_inverse_laplace_transform_of_the_line(seed):
    """Talbot's contour in arbitrary precision, with the line's impedance written down again."""
    rng = np.random.default_rng(seed)
    v = drawn(CIRCUITS["two rails"], rng)
    time = 10 ** rng.uniform(-3, 2, 4)

    def transform(s):
        x = mpmath.sqrt(s * v["tau_d"])
        sphere = v["R_d"] * mpmath.tanh(x) / (x - mpmath.tanh(x))
        z = 1 / (v["Q"] * s ** v["alpha"] + 1 / (v["R_ct"] + sphere))
        a, b = v["R_ion"], v["R_el"]
        x = mpmath.sqrt((a + b) / z)
        line = z + (a + b) * (x * mpmath.coth(x) - 1) / x**2 + a * b / (a + b) * (1 - mpmath.tanh(x / 2) / (x / 2))
        return (v["R_0"] + line) / s

    with mpmath.workdps(30):
        true = [float(mpmath.invertlaplace(transform, t, method="talbot", degree=24)) for t in time]
    poles = approximate(CIRCUITS["two rails"], 1e-6, 1e7, **v)
    np.testing.assert_allclose(poles.step(time), true, rtol=1e-6)


def ladder(cells, a, b, capacity, leak, time):
    """Voltage of a ladder of so many cells between two rails while the current rises evenly to 1 A in 1 s, by Radau."""

    def current(t):
        return min(t, 1.0)

    def along(u, t):
        return (cells * (u[:-1] - u[1:]) + current(t) * b) / (a + b)

    def slope(t, u):
        ionic = np.concatenate([[current(t)], along(u, t), [0.0]])
        return (-np.diff(ionic) * cells - u / leak) / capacity

    coupling = cells**2 / (a + b)
    matrix = np.diag(np.full(cells, -2.0)) + np.eye(cells, k=1) + np.eye(cells, k=-1)
    matrix[0, 0] = matrix[-1, -1] = -1.0
    matrix = (coupling * matrix - np.eye(cells) / leak) / capacity
    voltage, start = [], np.zeros(cells)
    # In two parts: the current bends at 1 s.
    for part in (time[time <= 1], time[time > 1]):
        begin = 0.0 if part[0] <= 1 else 1.0
        settings = {"method": "Radau", "jac": matrix, "rtol": 1e-10, "atol": 1e-12}
        run = solve_ivp(slope, (begin, part[-1]), start, t_eval=part, **settings)
        start = run.y[:, -1]
        for t, u in zip(part, run.y.T, strict=True):
            electronic = (current(t) - along(u, t)).sum() + current(t) / 2
            voltage.append(u[0] + current(t) * a / (2 * cells) + electronic * b / cells)
    return np.array(voltage)


def test_the_line_answers_as_a_long_ladder_integrated_in_time():
    """A ladder solved by an integrator of stiff equations knows neither the closed form nor poles."""
    a, b, capacity, leak = 43.0, 17.0, 0.011, 29.0
    sampled = np.concatenate([np.linspace(0, 1, 21), np.linspace(1.1, 4, 20)])
    line = TransmissionLine(R("R_ion"), R("R_el"), interface=C("C_dl") | R("R_ct"))
    values = {"R_ion": a, "R_el": b, "C_dl": capacity, "R_ct": leak}
    ours, _ = response(line, sampled, np.minimum(sampled, 1.0), **values)
    coarse, fine = (ladder(cells, a, b, capacity, leak, sampled[1:]) for cells in (40, 80))
    # A ladder of cells is wrong by the square of their length: two lengths take that out.
    np.testing.assert_allclose(ours[1:], fine + (fine - coarse) / 3, rtol=1e-6)
    assert np.abs(ours[1:] - fine).max() < 0.3 * np.abs(ours[1:] - coarse).max()


def test_a_measured_spectrum_needs_no_circuit_to_predict_a_step():
    """The prediction from a spectrum with noise of 0.3 % is the truth within 1 % at times inside its band."""
    rng = np.random.default_rng(5)
    circuit = CIRCUITS["two rails"] + L("L_0")
    values = {"R_0": 20.0, "R_ion": 60.0, "R_el": 30.0, "Q": 1e-4, "alpha": 0.9, "R_ct": 50.0, "R_d": 40.0}
    values |= {"tau_d": 30.0, "L_0": 1e-6}
    frequency = np.geomspace(1e-2, 1e5, 71)
    z = circuit.impedance(frequency, **values)
    noisy = z + 3e-3 * np.abs(z) * (rng.standard_normal(71) + 1j * rng.standard_normal(71))
    poles = poles_of_spectrum(frequency, noisy)
    time = np.geomspace(1e-4, 3, 30)
    np.testing.assert_allclose(poles.step(time), approximate(circuit, 1e-5, 1e7, **values).step(time), rtol=1e-2)
    assert 1e-3 < poles.error < 5e-3
