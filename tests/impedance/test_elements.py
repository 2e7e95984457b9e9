"""Elements and their combination: values and derivatives against high-precision arithmetic, limits, names, errors."""

from functools import partial

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.linalg import solve_banded

from sslib.impedance import (
    CPE,
    C,
    CylindricalDiffusion,
    FiniteLengthWarburg,
    FiniteSpaceWarburg,
    Gerischer,
    L,
    R,
    SphericalDiffusion,
    TransmissionLine,
    Warburg,
)
from sslib.impedance.elements import (
    BESSEL_REST_SERIES,
    FAR_FROM_ZERO,
    FEW_POINTS,
    LANGEVIN_SERIES,
    TANH_RATIO_SERIES,
    Decay,
    bessel_rest,
    decaying,
    langevin,
    root,
    tanh_ratio,
)


def with_one(precise, s, values, name, value):
    """The precise impedance with one of the values replaced."""
    return precise(s, **{**values, name: value})


def diffusion(shape):
    return lambda s, R_d, tau_d: R_d * shape(mpmath.sqrt(s * tau_d))


PRECISE = {
    R: lambda s, R: R + 0 * s,
    C: lambda s, C: 1 / (s * C),
    L: lambda s, L: s * L,
    CPE: lambda s, Q, alpha: 1 / (Q * s**alpha),
    Warburg: lambda s, sigma_W: sigma_W * mpmath.sqrt(2 / s),
    FiniteLengthWarburg: diffusion(lambda x: mpmath.tanh(x) / x),
    FiniteSpaceWarburg: diffusion(lambda x: mpmath.coth(x) / x),
    CylindricalDiffusion: diffusion(lambda x: mpmath.besseli(0, x) / (x * mpmath.besseli(1, x))),
    SphericalDiffusion: diffusion(lambda x: mpmath.tanh(x) / (x - mpmath.tanh(x))),
    Gerischer: lambda s, R_G, tau_G: R_G / mpmath.sqrt(1 + s * tau_G),
}


@pytest.mark.parametrize("points", [1, FEW_POINTS])
@pytest.mark.parametrize("element", PRECISE, ids=lambda element: element.__name__)
def test_value_and_derivatives_equal_high_precision_arithmetic(element, points):
    """Checked at random, non-unit values: a check at defaults hides factors that are one there. Few points and many
    take different roads.
    """
    rng = np.random.default_rng(3)
    circuit, precise = element(), PRECISE[element]
    with mpmath.workdps(50):
        for _ in range(25):
            values = {
                p.name: 10 ** rng.uniform(-6, 5) if p.quantity.logarithmic else rng.uniform(0.2, 1)
                for p in circuit.parameters
            }
            frequency = 10 ** rng.uniform(-4, 7)
            s = 2j * mpmath.pi * mpmath.mpf(frequency)
            exact = {name: mpmath.mpf(value) for name, value in values.items()}
            impedance, slopes = circuit.derivatives([frequency] * points, **values)
            reference = complex(precise(s, **exact))
            assert_allclose(impedance, reference, rtol=1e-12)
            for name, value in values.items():
                scaled = value * complex(mpmath.diff(partial(with_one, precise, s, exact, name), exact[name]))
                assert np.abs(slopes[name] * value - scaled).max() < 1e-9 * max(abs(reference), abs(scaled)), (
                    name,
                    values,
                )


@pytest.mark.parametrize("copies", [1, FEW_POINTS])
def test_roots_and_exponentials_hold_in_all_quadrants(copies):
    """Inductors and the rails' capacitances turn q by more than a right angle: the root must stay in the right half."""
    angle = np.linspace(-3.14, 3.14, 41)
    q = np.concatenate([size * np.exp(1j * angle) for size in (1e-12, 1e-3, 1.0, 30.0, 1e6, 1e100)])
    q = np.tile(np.concatenate([q, [-4.0 + 0j, 4.0 + 0j, 1j, -1j]]), copies)
    x = root(q, np.abs(q))
    assert (x.real >= 0).all()
    assert_allclose(x, np.sqrt(q), rtol=1e-15)
    inside = np.abs(q) < 1e7
    assert_allclose(decaying(x[inside]), np.exp(-x[inside]), rtol=1e-13, atol=1e-18)


@pytest.mark.parametrize("copies", [1, FEW_POINTS])
def test_shapes_have_their_limits_where_q_vanishes(copies):
    """A third and one, with their slopes, without a warning: a diffusion far faster than the slowest frequency."""
    q = np.tile(1j * np.array([1e-300, 1e-40, 1e-12]), copies)
    limits = ((langevin, 1 / 3, -1 / 45), (tanh_ratio, 1, -1 / 12), (bessel_rest, 1 / 4, -1 / 96))
    for function, limit, slope in limits:
        value, by_q = function(Decay(q), derivative=True)
        assert_allclose(value, limit, rtol=1e-11)
        assert_allclose(by_q, slope, rtol=1e-11)


def test_series_near_zero_are_the_taylor_series():
    """A library's Bernoulli numbers are off by 1.7e-12 in places: the coefficients must be good to rounding."""
    shapes = (
        (LANGEVIN_SERIES, lambda x: (x * mpmath.coth(x) - 1) / x**2),
        (TANH_RATIO_SERIES, lambda x: 2 * mpmath.tanh(x / 2) / x),
        (BESSEL_REST_SERIES, lambda x: (x * mpmath.besseli(0, x) / mpmath.besseli(1, x) - 2) / x**2),
    )
    with mpmath.workdps(60):
        # Coefficients from the mean over a circle within the radius of convergence.
        circle = [mpmath.expjpi(mpmath.mpf(2 * k) / 64) for k in range(64)]
        for series, shape in shapes:
            samples = [shape(mpmath.sqrt(point)) for point in circle]
            for n, coefficient in enumerate(series[:, 0].real):
                pairs = zip(samples, circle, strict=True)
                exact = mpmath.re(mpmath.fsum(value * point**-n for value, point in pairs) / 64)
                assert abs(coefficient / float(exact) - 1) < 1e-15, (shape, n)


@pytest.mark.parametrize(
    ("element", "dimension"), [(FiniteSpaceWarburg, 1), (CylindricalDiffusion, 2), (SphericalDiffusion, 3)]
)
def test_particles_end_in_their_volume_and_a_share_of_their_resistance(element, dimension):
    """Low frequency: R_d (n/(iωτ) + 1/(n + 2)) for plate, cylinder and sphere, n = 1, 2, 3: one convention for all."""
    omega = 1e-5
    z = element().impedance([omega / (2 * np.pi)], R_d=7.0, tau_d=2.0)[0]
    assert_allclose(z, 7 * (dimension / (2j * omega) + 1 / (dimension + 2)), rtol=1e-9)
    assert_allclose(z.real, 7 / (dimension + 2), rtol=1e-9)


def radial_diffusion(dimension, frequency, radius, diffusivity, slope, shells):
    """Impedance by area of D d(r^(n-1) dc/dr)/dr = iω r^(n-1) c with finite volumes; slope is -dU/dc over F."""
    faces = np.linspace(0, radius, shells + 1)
    volumes, areas = np.diff(faces**dimension) / dimension, faces ** (dimension - 1)
    width = radius / shells
    conductance = diffusivity * areas[1:-1] / width
    banded = np.zeros((3, shells), dtype=complex)
    banded[0, 1:] = banded[2, :-1] = -conductance
    banded[1] = 2j * np.pi * frequency * volumes
    banded[1, :-1] += conductance
    banded[1, 1:] += conductance
    inward = np.zeros(shells)
    inward[-1] = areas[-1]
    concentration = solve_banded((1, 1), banded, inward)
    return slope * (concentration[-1] + width / (2 * diffusivity))


@pytest.mark.parametrize(
    ("element", "dimension"), [(FiniteSpaceWarburg, 1), (CylindricalDiffusion, 2), (SphericalDiffusion, 3)]
)
def test_particles_are_the_solution_of_the_diffusion_equation(element, dimension):
    """Unit flux into shells of finite volume: R_d = (−dU/dc) R/(F D) and τ_d = R²/D hold for all three shapes."""
    radius, diffusivity, slope = 3.7e-6, 2.3e-14, 1.9e-10
    values = {"R_d": slope * radius / diffusivity, "tau_d": radius**2 / diffusivity}
    for frequency in (1e-5, 1e-3, 2e-2):
        coarse, fine = (
            radial_diffusion(dimension, frequency, radius, diffusivity, slope, shells) for shells in (500, 1000)
        )
        ours = element().impedance([frequency], **values)[0]
        assert_allclose(ours, (4 * fine - coarse) / 3, rtol=1e-6)


def test_cylinder_holds_far_from_zero():
    """The library's Bessel functions end at 1e9 and its digits before: value and slope go on without a step."""
    size = FAR_FROM_ZERO**2 * np.array([0.5, 0.999, 1.001, 2.0, 1e2, 1e4, 1e20])
    value, slope = bessel_rest(Decay(1j * size), derivative=True)
    with mpmath.workdps(40):
        for q, f, df in zip(size, value, slope, strict=True):
            x = mpmath.sqrt(mpmath.mpc(0, q))
            exact = (x * mpmath.besseli(0, x) / mpmath.besseli(1, x) - 2) / x**2
            assert_allclose(f, complex(exact), rtol=1e-14)
            assert_allclose(df, complex((0.5 - 2 * exact) / x**2 - exact**2 / 2), rtol=1e-12)


def test_diffusion_elements_share_their_high_frequency_limit():
    """Far above 1/τ no boundary is felt: every finite element is R_d/√(iωτ)."""
    frequency = [1e9]
    expected = 5 / np.sqrt(2j * np.pi * 1e9 * 3)
    for element in (FiniteLengthWarburg, FiniteSpaceWarburg, CylindricalDiffusion, SphericalDiffusion):
        assert_allclose(element().impedance(frequency, R_d=5.0, tau_d=3.0)[0], expected, rtol=1e-4)


def test_no_sets_give_no_impedances():
    """An empty selection of parameter sets is a batch as well."""
    line = TransmissionLine(ion=R("R_ion"), interface=SphericalDiffusion("R_d", "tau_d"))
    nothing = np.empty(0)
    assert line.impedance([1.0, 2.0], R_ion=nothing, R_d=nothing, tau_d=nothing).shape == (0, 2)


def test_series_and_parallel_are_the_circuit_rules():
    frequency = np.logspace(-2, 5, 20)
    arc = R("R_1") | C("C_1")
    z = (R("R_0") + arc).impedance(frequency, R_0=3.0, R_1=50.0, C_1=1e-4)
    assert_allclose(z, 3 + 50 / (1 + 2j * np.pi * frequency * 50 * 1e-4), rtol=1e-13)
    assert_allclose((arc | R("R_2")).impedance(frequency, R_1=50.0, C_1=1e-4, R_2=0.0), 0)


def test_a_name_that_stands_twice_is_one_parameter_with_the_sum_of_both_derivatives():
    tied = R("R_a") + (R("R_a") | C("C_1"))
    assert tied.names == ("R_a", "C_1")
    frequency, values = np.logspace(0, 4, 9), {"R_a": 20.0, "C_1": 1e-5}
    _, slopes = tied.derivatives(frequency, **values)
    h = 1e-4
    ends = [tied.impedance(frequency, R_a=20.0 + sign * h, C_1=1e-5) for sign in (1, -1)]
    assert_allclose(slopes["R_a"], (ends[0] - ends[1]) / (2 * h), rtol=1e-7)
    with pytest.raises(ValueError, match=r"'x' stands for a resistance \[ohm\] and for a capacitance \[F\]"):
        R("x") + C("x")


def test_a_batch_equals_its_members_one_by_one():
    line = R("R_0") + TransmissionLine(ion=R("R_ion"), interface=CPE("Q", "alpha") | R("R_ct"))
    rng = np.random.default_rng(0)
    values = {name: 10 ** rng.uniform(-1, 3, 6) for name in ("R_0", "R_ion", "R_ct")}
    values |= {"Q": 10 ** rng.uniform(-6, -2, 6), "alpha": rng.uniform(0.5, 1, 6)}
    frequency = np.logspace(-2, 6, 30)
    batch = line.impedance(frequency, **values)
    assert batch.shape == (6, 30)
    for k in range(6):
        single = line.impedance(frequency, **{name: column[k] for name, column in values.items()})
        assert_allclose(batch[k], single, rtol=1e-14)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"R": -1.0, "C_1": 1e-6}, r"R is -1 ohm; allowed is 0 or more"),
        ({"R": 1.0, "C_1": 0.0}, r"C_1 is 0 F"),
        ({"R": 1.0}, r"missing: C_1"),
        ({"R": 1.0, "C_1": 1e-6, "R_x": 3.0}, r"unknown: R_x \(this circuit has R, C_1\)"),
        ({"R": np.nan, "C_1": 1e-6}, r"R is nan ohm"),
    ],
)
def test_impossible_values_are_refused_by_name_and_unit(values, message):
    with pytest.raises(ValueError, match=message):
        (R() + C("C_1")).impedance([1.0], **values)


def test_frequencies_must_be_positive():
    with pytest.raises(ValueError, match="frequency is 0; it must be positive"):
        R().impedance([1.0, 0.0], R=1.0)


def test_names_are_identifiers_and_as_many_as_quantities():
    with pytest.raises(ValueError, match="CPE takes 2 names"):
        CPE("Q")
    with pytest.raises(ValueError, match="'R ion' is no name"):
        R("R ion")
    with pytest.raises(TypeError, match="5 is no circuit"):
        R() + 5


def test_docstrings_state_equation_units_bounds_and_source():
    """The declaration is the one place: a docstring that does not show it would have to repeat it."""
    for element in PRECISE:
        assert element.equation in element.__doc__
        assert element.source in element.__doc__
        assert all(f"[{quantity.unit}]" in element.__doc__ for quantity in element.quantities)
