"""Circuit elements with their exact derivatives.

The diffusion elements and the transmission line come down to two functions of q = x², with x the (complex) ratio of
thickness to penetration depth:

    langevin(q) = (x coth x − 1)/q,          1/3 at q = 0
    tanh_ratio(q) = tanh(x/2)/(x/2),         1 at q = 0

Both are written with decaying exponentials, and with a power series near zero, so that they neither overflow nor
cancel anywhere in the right half-plane of x.
"""

import numpy as np
from numpy.polynomial.polynomial import polyder
from scipy.special import bernoulli, factorial

from sslib.impedance.circuit import Element, Quantity

# Below |q| = 0.1 the closed forms lose digits by cancellation, and ten terms of the series are exact.
SERIES_BELOW = 0.1
VANISHING = 1e-30
_n = np.arange(1, 11)
_even_bernoulli = bernoulli(20)[2::2]


def _with_slope(series):
    """Coefficients of a power series and, in a second column, of its derivative."""
    return np.stack([series, np.append(polyder(series), 0)], axis=1).astype(complex)


LANGEVIN_SERIES = _with_slope(4.0**_n * _even_bernoulli / factorial(2 * _n))
TANH_RATIO_SERIES = _with_slope(4 * (4.0**_n - 1) * _even_bernoulli / factorial(2 * _n))


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
        powers = np.ones((len(near), len(series)), dtype=complex)
        np.multiply.accumulate(np.broadcast_to(near[:, None], (len(near), len(series) - 1)), 1, out=powers[:, 1:])
        return small, near, *(powers @ series).T

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

    Far above 1/τ all of these are R/√q: the spectrum knows R/√τ alone.
    """

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


class FiniteSpaceWarburg(Diffusion):
    """Planar diffusion to a blocking boundary (reflective)."""

    quantities = (_resistance("R_d", "diffusion resistance"), _time("tau_d", "diffusion time"))
    equation = "Z = R_d coth(x)/x, x² = iωτ_d, with τ_d = L²/D"
    source = "C. Ho, I. D. Raistrick, R. A. Huggins, J. Electrochem. Soc. 127 (1980) 343"

    def shape(self, q, derivative):
        value, slope = langevin(Decay(q), derivative)
        return 1 / q + value, slope - 1 / q**2 if derivative else None


class SphericalDiffusion(Diffusion):
    """Diffusion inside a sphere, from its surface."""

    quantities = (_resistance("R_d", "diffusion resistance"), _time("tau_d", "diffusion time"))
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
