"""Diffusion into dense plates whose diffusivity depends on composition: finite volumes, many plates at once."""

import numpy as np
from scipy.interpolate import PchipInterpolator, PPoly
from scipy.linalg.lapack import dgttrf, dgttrs

from sslib.checks import check_between, check_positive

GRADING = 5.0
"""Logarithm of the widest over the narrowest distance of nodes: the narrowest is where the lithium enters."""
# Rodas3 of A. Sandu et al., Atmos. Environ. 31 (1997) 3459 (cited from memory; the tests hold its order): third order,
# L-stable, error from the embedded second order.
SHIFT = 0.5
STAGES = ((), (0, 0), (2, 0), (2, 0, 1))
COUPLING = ((), (4,), (1, -1), (1, -1, -8 / 3))
WEIGHTS = (2, 0, 1, 1)


class DiffusivityCurve:
    """How a diffusivity goes with stoichiometry; only its ratios matter.

    Parameters
    ----------
    stoichiometry : array_like
        Increasing, between 0 and 1, at least two values.
    diffusivity : array_like
        Of one unit, positive.

    Notes
    -----
    Between the points a monotone cubic (PCHIP), which stays positive; beyond them the last value.

    Examples
    --------
    >>> curve = DiffusivityCurve([0.5, 0.6, 0.9], [1.0, 4.0, 2.0]).relative_to(0.6)
    >>> curve.value(np.array([0.2, 0.6, 0.95])).tolist()
    [0.25, 1.0, 0.5]
    """

    def __init__(self, stoichiometry, diffusivity):
        x, value = np.asarray(stoichiometry, dtype=float), np.asarray(diffusivity, dtype=float)
        check_between(0, 1, stoichiometry=x)
        check_positive(diffusivity=value)
        if x.ndim != 1 or x.shape != value.shape or len(x) < 2 or not (np.diff(x) > 0).all():
            raise ValueError(
                f"stoichiometry has {x.size} values and diffusivity {value.size}; they must be two rows of one length, "
                "at least 2, the first increasing"
            )
        self.points = x, value
        ends = np.zeros((4, 2))
        ends[-1] = value[0], value[-1]
        inner = PchipInterpolator(x, value).c
        slope = PPoly(np.hstack([ends[:, :1], inner, ends[:, 1:]]), np.concatenate([[x[0] - 1], x, [x[-1] + 1]]))
        integral = slope.antiderivative()
        # The diffusivity and its integral as one polynomial: every stage of a step asks for both.
        padded = np.concatenate([np.zeros_like(slope.c[:1]), slope.c])
        self._both = PPoly(np.stack([padded, integral.c], axis=-1), slope.x)

    def relative_to(self, reference):
        """The same curve in multiples of its value at a stoichiometry."""
        x, value = self.points
        return DiffusivityCurve(x, value / self.value(reference))

    def value(self, x):
        return self._both(x)[..., 0]

    def with_integral(self, x):
        """The curve at x and its integral up to there."""
        both = self._both(x)
        return both[..., 0], both[..., 1]


class Plates:
    r"""A batch of plates that take up lithium through one face; the other is closed.

    .. math::

        \frac{\partial x}{\partial t} = -\frac{\partial f}{\partial \xi}, \qquad
        f = -\frac{D(x)}{L^2} \frac{\partial x}{\partial \xi}, \qquad f(0) = \frac{i}{F c_\text{max} L}, \quad f(1) = 0

    Parameters
    ----------
    curve : DiffusivityCurve
        Relative to the stoichiometry at which the rates hold.
    rate : array_like
        :math:`D/L^2` [1/s], shape (plates,).
    cells : int
        Around as many nodes.

    Notes
    -----
    Nodes are graded toward the surface, where the first one lies; each stands for the half of the way to its
    neighbours. A flux between neighbours is the difference of the integral of D, exact where the flux is uniform. The
    flux through the surface is the supply itself, and a Rosenbrock method keeps linear invariants: what a plate holds
    is what was supplied, to rounding, at any step.
    """

    def __init__(self, curve, rate, cells):
        if cells < 8:
            raise ValueError(f"cells is {cells}; it must be at least 8")
        nodes = np.expm1(np.linspace(0, GRADING, cells)) / np.expm1(GRADING)
        self.curve, self.rate = curve, np.asarray(rate, dtype=float)
        self.distances = np.diff(nodes)
        self.widths = np.diff(np.concatenate([[0.0], (nodes[1:] + nodes[:-1]) / 2, [1.0]]))

    def mean(self, x):
        """Stoichiometry of a whole plate [1]."""
        return x @ self.widths

    def fluxes(self, n, x, supply):
        """f [1/s] at all faces of the plates n, the surface first, and the diffusivity over its reference at the nodes.

        `x` has the shape (plates, cells).
        """
        value, integral = self.curve.with_integral(x)
        flux = np.zeros((len(x), x.shape[1] + 1))
        flux[:, 0] = supply
        flux[:, 1:-1] = -self.rate[n, None] * np.diff(integral, axis=1) / self.distances
        return flux, value

    def step(self, n, x, supply, h):
        """State of the plates n after a step h [s] from the state x, and its estimated error [1]; all (plates, cells).

        `supply` and `h` have the shape (plates,).
        """
        flux, value = self.fluxes(n, x, supply)
        conductance = self.rate[n, None] / self.distances
        to_right, to_left = conductance * value[:, :-1], conductance * value[:, 1:]
        diagonal = np.repeat(1 / (SHIFT * h[:, None]), x.shape[1], axis=1)
        diagonal[:, :-1] += to_right / self.widths[:-1]
        diagonal[:, 1:] += to_left / self.widths[1:]
        lower, upper = np.zeros_like(x), np.zeros_like(x)
        lower[:, 1:], upper[:, :-1] = -to_right / self.widths[1:], -to_left / self.widths[:-1]
        # The plates of a batch are one tridiagonal system without links between its parts.
        factors = dgttrf(lower.ravel()[1:], diagonal.ravel(), upper.ravel()[:-1])[:5]
        parts = []
        for stage, coupling in zip(STAGES, COUPLING, strict=True):
            if any(stage):
                flux, _ = self.fluxes(n, x + _sum(stage, parts), supply)
            right = -np.diff(flux, axis=1) / self.widths
            if coupling:
                right = right + _sum(coupling, parts) / h[:, None]
            parts.append(dgttrs(*factors, right.ravel())[0].reshape(x.shape))
        return x + _sum(WEIGHTS, parts), parts[-1]


def _sum(weights, parts):
    return sum(weight * part for weight, part in zip(weights, parts, strict=True) if weight)
