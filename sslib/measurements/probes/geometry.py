"""Geometric factors of four contacts in a row on a flat sample: parallel lines, and points."""

from dataclasses import dataclass

import numpy as np
from scipy.special import k0

from sslib.checks import check_between, check_positive

BACKS = ("insulating", "conducting")
"""What the sample lies on: nothing that conducts, or a metal such as a current collector."""

# A mode that has decayed by exp(-40) from one contact to the next is below the rounding of the sum.
DECAY = 40.0
# Below so many lengths of a sample, nothing is left of the modes that a finite depth would change (exp(-8 pi)).
DEEP = 4.0
# A half-space for points: with an insulating back at 3000 spacings the factor differs by about 1e-11.
HALF_SPACE = 3000.0
WIDEST_CONTACT = 0.8
"""Width of a contact over the distance to the next one up to which the factor is computed [1]."""
MOST_MODES = 20_000_000
"""So many modes of a sample are summed for the potential of one contact at another; that takes seconds."""

NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)


@dataclass(frozen=True, kw_only=True)
class _Contacts:
    positions: tuple[float, float, float, float]
    thickness: float
    back: str = "insulating"
    sample_length: float | None = None
    sample_width: float | None = None

    def __post_init__(self):
        try:
            positions = tuple(float(x) for x in self.positions)
        except (TypeError, ValueError):
            positions = ()
        if len(positions) != 4 or not np.isfinite(positions).all() or (np.diff(positions) <= 0).any():
            raise ValueError(f"positions are {self.positions}; they must be four that rise, from end to end [m]")
        object.__setattr__(self, "positions", positions)
        if self.thickness != np.inf:
            check_positive(thickness=self.thickness)
        if self.back not in BACKS:
            raise ValueError(f"back is {self.back!r}; allowed are {', '.join(BACKS)}")
        for name in ("sample_length", "sample_width"):
            if getattr(self, name) is not None:
                check_positive(**{name: getattr(self, name)})
        reach = 2 * max(abs(positions[0]), abs(positions[3])) + self.contact_width
        if self.sample_length is not None and self.sample_length < reach:
            raise ValueError(
                f"the sample is too short: sample_length is {self.sample_length:g} m and the outer contacts reach over "
                f"{reach:g} m about its middle"
            )
        if self.contact_width > WIDEST_CONTACT * self.smallest_gap:
            raise ValueError(
                f"contact_width is {self.contact_width:g} m; it must be at most {WIDEST_CONTACT:g} of the smallest "
                f"distance of the contacts, {self.smallest_gap:g} m"
            )

    @classmethod
    def equally_spaced(cls, spacing, **sample):
        """Contacts at equal distances [m], in the middle of the sample; the rest as in the class."""
        check_positive(spacing=spacing)
        return cls(positions=tuple(spacing * np.array([-1.5, -0.5, 0.5, 1.5])), **sample)

    @property
    def smallest_gap(self):
        """Smallest distance from a contact to the next [m]."""
        return float(np.min(np.diff(self.positions)))

    @property
    def spacing(self):
        """Mean distance from a contact to the next [m]."""
        return (self.positions[3] - self.positions[0]) / 3

    def factor(self):
        r"""Geometric factor G [m] by which voltage over current becomes resistivity.

        .. math:: \rho = \frac{1}{\sigma} = G \, \frac{V_{23}}{I_{14}}

        Raises
        ------
        ValueError
            If a metal below lets no voltage arrive at the inner contacts, or a sample is too large for its modes.
        """
        first, second, third, fourth = self.positions
        at_second = self._potential(second, first) - self._potential(second, fourth)
        at_third = self._potential(third, first) - self._potential(third, fourth)
        if not at_second > at_third:
            raise ValueError(
                f"the spacing is {self.spacing / self.thickness:.3g} thicknesses above a metal: no voltage arrives at "
                "the inner contacts; it must be at most a few"
            )
        return float(1 / (at_second - at_third))

    def _modes(self, x, y, depth, lateral, shares):
        """Sum over cosine modes in width and depth of what decays along the sample, and half the sample's wall."""
        wide = self.contact_width
        gap = abs(x - y)
        across = np.pi / depth
        count = int(DECAY / (across * (gap - wide))) + 2
        if count * len(lateral) > MOST_MODES:
            raise ValueError(
                f"the sample is too large beside the {self.smallest_gap:g} m between contacts: {count * len(lateral)} "
                f"modes, at most {MOST_MODES} are summed; state it smaller, its edges are not felt from some hundred "
                "distances on"
            )
        half = 0.5 if self.back == "conducting" else 0.0
        in_depth = (np.arange(count) + half) * across
        norm = np.where(in_depth == 0, 1.0, 2.0) / depth
        total = 0.0
        for k, share in zip(lateral, shares, strict=True):
            decay = np.hypot(k, in_depth)
            used = (decay > 0) & (decay * (gap - wide) < DECAY)
            total += share * np.sum(norm[used] * self._along(decay[used], x, y))
            if k == 0 and half == 0:
                total -= share * norm[0] * gap / 2
        return total

    def _along(self, decay, x, y):
        """Answer of one decaying mode at x to a unit current at y, both spread over the width of their contacts."""
        wide = self.contact_width
        spread = 1.0 if wide == 0 else (-np.expm1(-decay * wide) / (decay * wide)) ** 2
        gap = abs(x - y)
        if self.sample_length is None:
            return spread * np.exp(decay * (wide - gap)) / (2 * decay)
        length = self.sample_length
        ways = (gap, length + x + y, length - x - y, 2 * length - gap)
        walls = sum(np.exp(decay * (wide - way)) for way in ways)
        return spread * walls / (-2 * decay * np.expm1(-2 * decay * length))

    def _potential(self, x, y):
        """Potential over resistivity and current [1/m] at x for a current that enters at y."""
        width = self.sample_width
        if self.sample_length is None:
            level = self._of_an_endless_line(abs(x - y)) / width
        else:
            depth = min(self.thickness, DEEP * self.sample_length)
            level = self._modes(x, y, depth, [0.0], [1 / width])
        count = int(DECAY * width / (2 * np.pi * (abs(x - y) - self.contact_width))) + 1
        order = np.arange(1, count + 1)
        shares = 2 / width * np.sinc(order * self._length / width) ** 2
        if self._length == width:
            return level
        depth = min(self.thickness, DEEP * width)
        return level + self._modes(x, y, depth, 2 * np.pi * order / width, shares)

    def _of_an_endless_line(self, gap):
        """Mean over two strips as wide as the contacts: over all differences, those near zero the most."""
        wide = self.contact_width
        if wide == 0:
            return _beside_a_line(gap, self.thickness, self.back)
        off = wide * (NODES + 1) / 2
        weights = WEIGHTS / 2 * (1 - off / wide)
        both = (_beside_a_line(gap + way, self.thickness, self.back) for way in (off, -off))
        return weights @ sum(both)


@dataclass(frozen=True, kw_only=True)
class LineProbe(_Contacts):
    r"""Four parallel lines across a flat sample: current through the outer two, voltage between the inner two.

    Parameters
    ----------
    positions : tuple of float
        Of the middles of the lines along the sample, from its middle [m], rising;
        ``LineProbe.equally_spaced(spacing, ...)`` makes them.
    line_length : float
        Of each line [m], in the middle of the width.
    thickness : float
        Of the sample [m]; ``np.inf`` for a half-space.
    back : str
        "insulating", or "conducting" for a layer on a metal to which it has no contact resistance.
    sample_length : float, optional
        Along the row of contacts [m]; without it the sample is endless.
    sample_width : float, optional
        Along the lines [m]; without it the lines span the sample.
    contact_width : float
        Of each line [m]; the current enters evenly over it, as where the contact resists more than the sample below it.
        A line that is one potential shunts what is below: on a thin layer the voltage is that of the free gap alone.

    Notes
    -----
    Lines that span a layer of thickness t on an insulator: with
    :math:`f(x) = -\frac{1}{\pi} \ln\big(2 \sinh \frac{\pi |x|}{2 t}\big)`, on a metal with
    :math:`f(x) = -\frac{1}{\pi} \ln \tanh \frac{\pi |x|}{4 t}`,

    .. math:: \frac{l}{G} = f(x_{12}) - f(x_{42}) - f(x_{13}) + f(x_{43})

    A finite length, and a width beyond the lines', by the sum over the modes of the box. On a metal the voltage falls
    by exp(-pi s/(2 t)) with the spacing s: there only lines about as close as the layer is thick see the layer.
    A contact resistance between layer and metal, which one spacing cannot tell, puts the factor between that on the
    metal and that on an insulator.

    Tested against finite differences and against the heat that spreads in a box.

    Examples
    --------
    A half-space, and a layer of 0.1 mm below lines 1 mm apart (t times the length over the spacing):

    >>> from sslib.units import mm
    >>> deep = LineProbe.equally_spaced(1 * mm, line_length=10 * mm, thickness=np.inf)
    >>> round(deep.factor() / mm, 4)  # pi times the length over 2 ln 2
    22.6618
    >>> thin = LineProbe.equally_spaced(1 * mm, line_length=10 * mm, thickness=0.1 * mm)
    >>> round(thin.factor() / mm, 6)
    1.0
    """

    line_length: float
    contact_width: float = 0.0

    def __post_init__(self):
        check_positive(line_length=self.line_length)
        check_between(0, np.inf, contact_width=self.contact_width)
        if self.sample_width is None:
            object.__setattr__(self, "sample_width", float(self.line_length))
        if self.line_length > self.sample_width:
            raise ValueError(
                f"the sample is too narrow: sample_width is {self.sample_width:g} m and the lines are "
                f"{self.line_length:g} m long"
            )
        super().__post_init__()

    @property
    def _length(self):
        return self.line_length


@dataclass(frozen=True, kw_only=True)
class PointProbe(_Contacts):
    r"""Four points in a row on a flat sample: current through the outer two, voltage between the inner two.

    Parameters
    ----------
    positions, thickness, back, sample_length
        As of `LineProbe`.
    sample_width : float, optional
        Across the row of contacts [m], the row in the middle; without it the sample is endless, in length too.

    Notes
    -----
    An endless layer, by the images of the source in its faces, summed in closed form as modes of the depth:
    :math:`2 \pi t f(r) = -\ln r + 2 \sum_{n \ge 1} K_0(n \pi r/t)` on an insulator and
    :math:`2 \sum_{n \ge 1} K_0((n - \tfrac12) \pi r/t)` on a metal. The points must be far smaller than their
    distances.

    Source of the limits: F. M. Smits, Bell Syst. Tech. J. 37 (1958) 711, doi 10.1002/j.1538-7305.1958.tb03883.x.

    Examples
    --------
    A half-space has 2 pi s, a thin sheet pi/ln 2 times its thickness:

    >>> from sslib.units import mm, um
    >>> round(PointProbe.equally_spaced(1 * mm, thickness=np.inf).factor() / mm, 4)
    6.2832
    >>> round(PointProbe.equally_spaced(1 * mm, thickness=10 * um).factor() / (10 * um), 4)
    4.5324
    """

    _length = 0.0
    contact_width = 0.0

    def __post_init__(self):
        if self.sample_width is None and self.sample_length is not None:
            raise ValueError(f"sample_length is {self.sample_length:g} m without a sample_width; give both, or none")
        super().__post_init__()

    def _potential(self, x, y):
        if self.sample_width is not None:
            return super()._potential(x, y)
        thickness = np.inf if self.thickness > HALF_SPACE * self.spacing else self.thickness
        return _of_a_point(abs(x - y), thickness, self.back)


def _beside_a_line(distance, thickness, back):
    """Potential at the surface beside a line, times its length, over resistivity and current [1]; up to a constant."""
    if np.isinf(thickness):
        return -np.log(distance) / np.pi
    if back == "conducting":
        # -ln tanh u, which keeps its digits far away.
        return 2 * np.arctanh(np.exp(-np.pi * distance / (2 * thickness))) / np.pi
    # ln(2 sinh u) as u + ln(1 - exp(-2u)), which does not overflow.
    ratio = np.pi * distance / (2 * thickness)
    return -(ratio + np.log(-np.expm1(-2 * ratio))) / np.pi


def _of_a_point(distance, thickness, back):
    """Potential at the surface beside a point over resistivity and current [1/m]; up to a constant."""
    if np.isinf(thickness):
        return 1 / (2 * np.pi * distance)
    order = np.arange(1, int(DECAY * thickness / (np.pi * distance)) + 2)
    if back == "conducting":
        return k0((order - 0.5) * np.pi * distance / thickness).sum() / (np.pi * thickness)
    return (-np.log(distance) + 2 * k0(order * np.pi * distance / thickness).sum()) / (2 * np.pi * thickness)
