"""Circuit elements with their exact derivatives.

The diffusion elements and the transmission line come down to three functions of q = x², with x the (complex) ratio of
thickness to penetration depth:

    langevin(q) = (x coth x − 1)/q,              1/3 at q = 0
    tanh_ratio(q) = tanh(x/2)/(x/2),             1 at q = 0
    bessel_rest(q) = (x I₀(x)/I₁(x) − 2)/q,      1/4 at q = 0

They are written with decaying exponentials (the last with Bessel functions that are scaled by one), and with a power
series near zero, so that they neither overflow nor cancel anywhere in the right half-plane of x (the last within 60
degrees of the real axis).

Diffusion in a particle from its surface has one convention for the three shapes, with R the half thickness of the
plate and the radius of the others, τ_d = R²/D, and R_d = (−dU/dc)·R/(F D) over the particles' surface area:

    plate       `FiniteSpaceWarburg`      R_d coth(x)/x                    → R_d (1/(iωτ_d) + 1/3)
    cylinder    `CylindricalDiffusion`    R_d I₀(x)/(x I₁(x))              → R_d (2/(iωτ_d) + 1/4)
    sphere      `SphericalDiffusion`      R_d tanh(x)/(x − tanh(x))        → R_d (3/(iωτ_d) + 1/5)

The first term at low frequency is the pseudo-capacitance of the volume behind the surface, R, R/2 and R/3 deep. At high
frequency all are R_d/x, and know the surface alone.
"""

from typing import ClassVar

import numpy as np
from numpy.polynomial.polynomial import polyder, polyval
from scipy.special import ive, zeta

from sslib.impedance.circuit import Element, Quantity

# Below |q| = 0.1 the closed forms lose digits by cancellation, and ten terms of the series are exact.
SERIES_BELOW = 0.1
VANISHING = 1e-30
_even = 2.0 * np.arange(1, 11)
_alternating = (-1.0) ** np.arange(10)
# From here on the asymptotic series of I₀(x)/I₁(x) is exact where |arg x| is π/4, as at q = iωτ, and as quick as the
# library's Bessel functions are slow; they end at |x| = 1e9.
FAR_FROM_ZERO = 50.0


def _with_slope(series):
    """Coefficients of a power series and, in a second column, of its derivative."""
    return np.stack([series, np.append(polyder(series), 0)], axis=1).astype(complex)


def _bessel_rest_series(terms):
    """Coefficients of bessel_rest by its differential equation q f' + 2 f = (1 − q f²)/2."""
    series = np.zeros(terms)
    for n in range(terms):
        known = np.dot(series[:n], series[:n][::-1])
        series[n] = ((n == 0) - known) / (2 * (n + 2))
    return series


def _bessel_rest_far(terms):
    """Coefficients of bessel_rest in powers of 1/x from the first on, by ρ' = 1 − ρ² + ρ/x of ρ = I₀/I₁."""
    ratio = np.ones(terms)
    for n in range(1, terms):
        ratio[n] = (n * ratio[n - 1] - np.dot(ratio[1:n], ratio[1:n][::-1])) / 2
    ratio[1] -= 2
    return ratio


# Partial fractions of coth and tanh in powers of q.
LANGEVIN_SERIES = _with_slope(2 * _alternating * zeta(_even) / np.pi**_even)
TANH_RATIO_SERIES = _with_slope(8 * _alternating * (1 - 2**-_even) * zeta(_even) / np.pi**_even)
BESSEL_REST_SERIES = _with_slope(_bessel_rest_series(10))
BESSEL_REST_FAR = _bessel_rest_far(12)


class Decay:
    """x = √q with Re x ≥ 0 and exp(−x), which the functions below share at one argument."""

    def __init__(self, q, per_q=None):
        self.modulus = np.abs(q)
        self.q = self.closed_q = q
        self.per_q = 1 / q if per_q is None else per_q
        modulus = self.modulus
        self.smallest = np.minimum.reduce(modulus, axis=None, initial=np.inf)
        if self.smallest < VANISHING:
            # There exp(−x) is 1 and the closed forms divide by zero.
            vanishing = modulus < VANISHING
            self.closed_q, self.per_q, modulus = (np.where(vanishing, 1.0, x) for x in (q, self.per_q, modulus))
        self.x = root(self.closed_q, modulus)
        self.e = decaying(self.x)

    def near_zero(self, below, series):
        """Where q is smaller than that: a mask, q, and there a power series and its derivative."""
        if self.smallest >= below:
            return None
        small = self.modulus < below
        near = self.q[small]
        powers = np.ones((len(series), len(near)), dtype=complex)
        for n in range(1, len(series)):
            np.multiply(powers[n - 1], near, out=powers[n])
        return small, near, *(series.T @ powers)

    def finish(self, value, slope, series):
        """Replace closed forms by their series where |q| is small."""
        found = self.near_zero(SERIES_BELOW, series)
        if found:
            small, _, value[small], by_series = found
            if slope is not None:
                slope[small] = by_series
        return value, slope


# numpy takes complex roots and exponentials one by one, but real ones (and the tangent) several at a time; below so
# many points the calls cost more than that saves.
FEW_POINTS = 200


def root(q, modulus):
    """√q with Re √q ≥ 0, for q ≠ 0 of that modulus."""
    if q.size < FEW_POINTS:
        return np.sqrt(q.astype(complex, copy=False))
    # The larger part first: the difference modulus − |Re q| would cancel.
    larger = np.sqrt(0.5 * (modulus + np.abs(q.real)))
    x = np.empty(q.shape, dtype=complex)
    x.real, x.imag = larger, 0.5 * q.imag / larger
    left = q.real < 0
    if np.count_nonzero(left):
        x.real[left], x.imag[left] = np.abs(x.imag[left]), np.copysign(larger[left], q.imag[left])
    return x


def decaying(x):
    """exp(−x): its sine and cosine by the tangent of half the angle."""
    if x.size < FEW_POINTS:
        return np.exp(-x)
    tangent = np.tan(0.5 * x.imag)
    square = tangent * tangent
    share = np.exp(-x.real) / (1 + square)
    e = np.empty_like(x)
    e.real, e.imag = share * (1 - square), -2 * share * tangent
    return e


def langevin(decay, derivative=False):
    """(x coth x − 1)/q and its derivative by q (None unless asked for)."""
    q, per_q, e2 = decay.closed_q, decay.per_q, decay.e * decay.e
    k = decay.x * (1 + e2) / (1 - e2)
    value = (k - 1) * per_q
    slope = (0.5 * (k - k * k + q) * per_q - value) * per_q if derivative else None
    return decay.finish(value, slope, LANGEVIN_SERIES)


def tanh_ratio(decay, derivative=False):
    """tanh(x/2)/(x/2) and its derivative by q (None unless asked for)."""
    q, e = decay.closed_q, decay.e
    value = 2 * (1 - e) / ((1 + e) * decay.x)
    slope = (1 - value - value * value * q / 4) / (2 * q) if derivative else None
    return decay.finish(value, slope, TANH_RATIO_SERIES)


def bessel_rest(decay, derivative=False):
    """(x I₀(x)/I₁(x) − 2)/q and its derivative by q (None unless asked for)."""
    x, per_q = decay.x, decay.per_q
    far = decay.modulus > FAR_FROM_ZERO**2
    closed = ~far & (decay.modulus >= SERIES_BELOW)
    ratio = np.ones_like(x)
    ratio[closed] = ive(0, x[closed]) / ive(1, x[closed])
    value = (x * ratio - 2) * per_q
    slope = (0.5 - 2 * value) * per_q - 0.5 * value * value if derivative else None
    if far.any():
        per_x = 1 / x[far]
        value[far] = per_x * polyval(per_x, BESSEL_REST_FAR)
        if derivative:
            # d/dq = −(1/x)³/2 d/d(1/x): the closed form would cancel.
            slope[far] = -0.5 * per_x**3 * polyval(per_x, np.arange(1, 13) * BESSEL_REST_FAR)
    return decay.finish(value, slope, BESSEL_REST_SERIES)


def _resistance(symbol, meaning):
    return Quantity(symbol, "ohm", meaning, 1e-6, 1e12, scaling=1)


def _time(symbol, meaning):
    return Quantity(symbol, "s", meaning, 1e-12, 1e9, scaling=0, possible=(5e-324, np.inf))


class R(Element):
    """Resistor."""

    quantities = (_resistance("R", "resistance"),)
    equation = "Z = R"
    source = "Ohm's law"

    def evaluate(self, grid, values, jacobian):
        if jacobian is not None:
            jacobian[:, 0] = 1
        return values


class C(Element):
    """Capacitor."""

    quantities = (Quantity("C", "F", "capacitance", 1e-15, 1e6, scaling=-1, possible=(5e-324, np.inf)),)
    equation = "Z = 1/(iωC)"
    source = "definition of the capacitance"

    def evaluate(self, grid, values, jacobian):
        impedance = 1 / (grid.i_omega * values)
        if jacobian is not None:
            jacobian[:, 0] = -impedance / values
        return impedance

    def draw(self, quantity, impedance, omega, uniform):
        return 1 / (impedance * omega)


class L(Element):
    """Inductor."""

    quantities = (Quantity("L", "H", "inductance", 1e-15, 1e3, scaling=1),)
    equation = "Z = iωL"
    source = "definition of the inductance"

    def evaluate(self, grid, values, jacobian):
        if jacobian is not None:
            jacobian[:, 0] = grid.i_omega
        return grid.i_omega * values

    def draw(self, quantity, impedance, omega, uniform):
        return impedance / omega


class CPE(Element):
    """Constant-phase element."""

    quantities = (
        Quantity("Q", "S s^alpha", "constant-phase coefficient", 1e-15, 1e6, scaling=-1, possible=(5e-324, np.inf)),
        Quantity("alpha", "1", "constant-phase exponent", 0.3, 1.0, scaling=0, logarithmic=False, possible=(0, 1)),
    )
    equation = "Z = 1/(Q (iω)^α)"
    source = (
        "G. J. Brug et al., J. Electroanal. Chem. 176 (1984) 275, doi 10.1016/S0022-0728(84)80324-1 "
        "(whose exponent is 1 − α)"
    )

    def evaluate(self, grid, values, jacobian):
        coefficient, exponent = values[:, :1], values[:, 1:]
        # ω to a power is real: one complex number for each set turns and scales it.
        turn = np.exp(-0.5j * np.pi * exponent) / coefficient
        impedance = np.exp(exponent * grid.minus_log_omega) * turn
        if jacobian is not None:
            np.multiply(impedance, -1 / coefficient, out=jacobian[:, 0])
            np.multiply(impedance, grid.minus_log_i_omega, out=jacobian[:, 1])
        return impedance

    def draw_slots(self, impedance, omega, uniform):
        exponent = 0.6 + 0.4 * uniform[:, 1]
        return np.stack([1 / (impedance[:, 0] * omega[:, 0] ** exponent), exponent], axis=1)


class Warburg(Element):
    """Semi-infinite planar diffusion."""

    quantities = (Quantity("sigma_W", "ohm s^-0.5", "Warburg coefficient", 1e-9, 1e12, scaling=1),)
    equation = "Z = σ_W (1 − i)/√ω"
    source = "E. Warburg, Ann. Phys. 303 (1899) 493, doi 10.1002/andp.18993030302"

    def evaluate(self, grid, values, jacobian):
        shape = (1 - 1j) / np.sqrt(grid.omega)
        if jacobian is not None:
            jacobian[:, 0] = shape
        return shape * values

    def draw(self, quantity, impedance, omega, uniform):
        return impedance * np.sqrt(omega)


class Diffusion(Element):
    """An element Z = R·shape(q) with q = iωτ, from its shape and the derivative of that.

    Far above 1/τ all of these are R/√q: the spectrum knows R/√τ alone. Where the element is a particle's inside,
    ``size_powers`` says with which power of the particle's size each quantity grows, at one area of surface.
    """

    size_powers: ClassVar[dict] = {}

    def shape(self, q, derivative):
        """Shape, and its derivative by q (None unless asked for)."""
        raise NotImplementedError

    def evaluate(self, grid, values, jacobian):
        resistance, time = values[:, :1], values[:, 1:]
        q = grid.i_omega * time
        shape, slope = self.shape(q, jacobian is not None)
        if jacobian is not None:
            jacobian[:, 0] = shape
            jacobian[:, 1] = resistance * slope * grid.i_omega
        return resistance * shape


class FiniteLengthWarburg(Diffusion):
    """Planar diffusion to a boundary of constant concentration (transmissive)."""

    quantities = (_resistance("R_d", "diffusion resistance"), _time("tau_d", "diffusion time"))
    equation = "Z = R_d tanh(x)/x, x² = iωτ_d, with τ_d = L²/D"
    source = "D. R. Franceschetti, J. R. Macdonald, J. Electroanal. Chem. 101 (1979) 307"

    def shape(self, q, derivative):
        shape, slope = tanh_ratio(Decay(4 * q), derivative)
        return shape, 4 * slope if derivative else None


PARTICLE_POWERS = {"R_d": 1.0, "tau_d": 2.0}


class FiniteSpaceWarburg(Diffusion):
    """Planar diffusion to a blocking boundary (reflective): a film, or a plate from both of its faces.

    L is the thickness of the film, half of that of the plate. With R_d = (−dU/dc)·L/(F D) over the area, both faces of
    a plate counted, it is the plate among the particles: Z → R_d (1/(iωτ_d) + 1/3) at low frequency.
    """

    quantities = (_resistance("R_d", "diffusion resistance"), _time("tau_d", "diffusion time"))
    size_powers = PARTICLE_POWERS
    equation = "Z = R_d coth(x)/x, x² = iωτ_d, with τ_d = L²/D"
    source = "C. Ho, I. D. Raistrick, R. A. Huggins, J. Electrochem. Soc. 127 (1980) 343"

    def shape(self, q, derivative):
        value, slope = langevin(Decay(q), derivative)
        return 1 / q + value, slope - 1 / q**2 if derivative else None


class CylindricalDiffusion(Diffusion):
    """Diffusion inside a long cylinder (a fibre, a rod-like grain), from its surface.

    R_d = (−dU/dc)·R/(F D) over the area of the surface, the ends not counted: Z → R_d (2/(iωτ_d) + 1/4) at low
    frequency. The ends are felt in a cylinder less than some ten times longer than thick.
    """

    quantities = (_resistance("R_d", "diffusion resistance"), _time("tau_d", "diffusion time"))
    size_powers = PARTICLE_POWERS
    equation = "Z = R_d I₀(x)/(x I₁(x)), x² = iωτ_d, with τ_d = R²/D"
    source = "T. Jacobsen, K. West, Electrochim. Acta 40 (1995) 255, doi 10.1016/0013-4686(94)E0192-3"

    def shape(self, q, derivative):
        value, slope = bessel_rest(Decay(q), derivative)
        return 2 / q + value, slope - 2 / q**2 if derivative else None


class SphericalDiffusion(Diffusion):
    """Diffusion inside a sphere, from its surface.

    R_d = (−dU/dc)·R/(F D) over the area of the surface: Z → R_d (3/(iωτ_d) + 1/5) at low frequency.
    """

    quantities = (_resistance("R_d", "diffusion resistance"), _time("tau_d", "diffusion time"))
    size_powers = PARTICLE_POWERS
    equation = "Z = R_d tanh(x)/(x − tanh(x)), x² = iωτ_d, with τ_d = R²/D"
    source = "J. P. Meyers et al., J. Electrochem. Soc. 147 (2000) 2930"

    def shape(self, q, derivative):
        # tanh(x)/(x − tanh(x)) is the reciprocal of q·langevin(q).
        value, slope = langevin(Decay(q), derivative)
        shape = 1 / (q * value)
        return shape, -shape * (1 / q + slope / value) if derivative else None


class Gerischer(Diffusion):
    """Diffusion with a first-order reaction on the way."""

    quantities = (_resistance("R_G", "Gerischer resistance"), _time("tau_G", "Gerischer time"))
    equation = "Z = R_G/√(1 + iωτ_G), with τ_G = 1/k"
    source = "H. Gerischer, Z. Phys. Chem. 198 (1951) 286"

    def shape(self, q, derivative):
        shape = 1 / np.sqrt(1 + q)
        return shape, (-0.5 * shape**3 if derivative else None)
