"""Diffusion into a dense plate whose diffusivity depends on composition: finite volumes, steps by scipy."""

import numpy as np
from scipy.integrate import solve_ivp
from scipy.interpolate import PchipInterpolator, PPoly

from sslib.checks import check_between, check_positive

GRADING = 5.0
"""Logarithm of the widest over the narrowest distance of nodes at small currents."""
FIRST_STEP, LARGEST_STEP = 1e-6, 0.004
"""Of the time that is asked for, or in which the supply would fill the plate where that is shorter."""


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
        self._value, self._integral = slope, slope.antiderivative()

    def relative_to(self, reference):
        """The same curve in multiples of its value at a stoichiometry."""
        x, value = self.points
        return DiffusivityCurve(x, value / self.value(reference))

    def value(self, x):
        return self._value(x)

    def integral(self, x):
        """Of the curve up to x; only its differences mean something."""
        return self._integral(x)


class Plate:
    r"""A plate that takes up lithium through one face; the other is closed.

    .. math::

        \frac{\partial x}{\partial t} = -\frac{\partial f}{\partial \xi}, \qquad
        f = -\frac{D(x)}{L^2} \frac{\partial x}{\partial \xi}, \qquad f(0) = \frac{i}{F c_\text{max} L}, \quad f(1) = 0

    Parameters
    ----------
    curve : DiffusivityCurve
        Relative to the stoichiometry at which the rate holds.
    rate : float
        :math:`D/L^2` [1/s].
    supply : float
        The largest f(0) that will be asked for [1/s]: the steeper the profile, the finer the nodes at the surface.
    cells : int
        Around as many nodes.

    Notes
    -----
    Nodes are graded toward the surface, where the first one lies; each stands for the half of the way to its
    neighbours. A flux between neighbours is the difference of the integral of D, exact where the flux is uniform. The
    flux through the surface is the supply itself: what a plate holds is what was supplied, to rounding.
    """

    def __init__(self, curve, rate, supply, cells):
        if cells < 8:
            raise ValueError(f"cells is {cells}; it must be at least 8")
        grading = GRADING + np.log1p(abs(supply) / rate)
        nodes = np.expm1(np.linspace(0, grading, cells)) / np.expm1(grading)
        self.curve, self.rate = curve, rate
        self.distances = np.diff(nodes)
        self.widths = np.diff(np.concatenate([[0.0], (nodes[1:] + nodes[:-1]) / 2, [1.0]]))

    def mean(self, x):
        """Stoichiometry of the whole plate [1]."""
        return x @ self.widths

    def carried(self, x):
        """What lithium carries on the average over the depth, the mean of f [1/s]."""
        return self.rate * (self.curve.integral(x[..., 0]) - self.curve.integral(x[..., -1]))

    def course(self, x, supply, span, ends, accuracy):
        """Profiles in time under a steady supply.

        Parameters
        ----------
        x : array_like
            Stoichiometry at the start, shape (cells,).
        supply : float
            f(0) [1/s].
        span : float
            [s].
        ends : sequence of callable
            Of a profile; where one falls below zero the course ends.
        accuracy : float
            Of the stoichiometry in a step [1].

        Returns
        -------
        time : numpy.ndarray
            [s], shape (times,), from zero.
        x : numpy.ndarray
            Shape (times, cells).
        """

        def change(_, profile):
            flux = np.empty(len(profile) + 1)
            flux[0], flux[-1] = supply, 0.0
            flux[1:-1] = -self.rate * np.diff(self.curve.integral(profile)) / self.distances
            return -np.diff(flux) / self.widths

        def event(end):
            def value(_, profile):
                return end(profile)

            value.terminal, value.direction = True, -1
            return value

        # The plate is full after one over the supply, its surface after the rate over the square of it.
        unit = min(span, 1 / abs(supply), self.rate / supply**2) if supply else span
        found = solve_ivp(
            change, (0, span), x, "LSODA", lband=1, uband=1, events=[event(end) for end in ends],
            rtol=accuracy, atol=accuracy, first_step=FIRST_STEP * unit, max_step=LARGEST_STEP * unit,
        )  # fmt: skip
        if found.status < 0:
            raise RuntimeError(f"diffusion in the plate was not solved: {found.message}")
        return found.t, found.y.T
