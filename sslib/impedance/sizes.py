"""Distributions of one size factor over an interface: log-normal, or a measured histogram; weighted by surface area.

Particles take current in proportion to their surface, so the area is the weight that an impedance knows. With n(r) the
number of particles of size r, all of one shape, area goes as n r² and volume as n r³. The size to which everything is
referred here is the mean weighted by area,

    r_ref = Σ n r³ / Σ n r²,

the radius of the one sphere that has as much surface per volume (Sauter's mean). A distribution about it changes
neither the interface's area nor the volume behind it.
"""

import numpy as np
from scipy.special import ndtri

from sslib.checks import check_between, check_positive
from sslib.impedance.circuit import Parameter, Quantity

SPREAD = Quantity(
    "sigma_r", "1", "spread of the sizes, standard deviation of ln r weighted by area", 0.02, 1.5, scaling=0,
    possible=(0.0, 6.0),
)  # fmt: skip
# The trapezoidal rule in ln r: of the powers up to |p| its steps are STEP/|p| or less, its ends where the Gaussian has
# fallen to exp(−REACH²/2), and further by as much as r^p moves the weight.
STEP = 0.57
REACH = 5.5
WIDEST = 0.66
# Spreads are rounded up by so much at most to share a rule.
RATIO = 1.25

WEIGHTS = {"number": 2, "area": 0, "volume": -1}
"""What may have been counted, and the power of the size that makes an area of it."""


class LogNormal:
    r"""Sizes whose logarithm is normally distributed, with a spread that is a parameter of the circuit.

    With :math:`u` standard normal and weighted by area,

    .. math:: \ln (r/r_\text{ref}) = \sigma_r u - \sigma_r^2/2

    Parameters
    ----------
    name : str
        Of the spread [1], the standard deviation of ln r. It is the same by number, area and volume;
        `lognormal_radii` converts the medians, `lognormal_spread` reads it from two percentiles.

    Notes
    -----
    Averages are taken by the trapezoidal rule in ln r (21 sizes up to a spread of 0.43, 59 at 1). On impedances of
    particles its error is below 1e-6 of \|Z\| up to the spread of 6 above which no powder is, and all is refused. A
    Gauss-Hermite rule of 30 points is at 3e-7 for a spread of 0.5 but at 4e-4 for 1: poles of the admittance lie an
    eighth of a turn of r away from the real axis, and near poles the trapezoidal rule is the better one
    (L. N. Trefethen, J. A. C. Weideman, SIAM Rev. 56 (2014) 385, doi 10.1137/130932132).

    Examples
    --------
    >>> LogNormal("sigma_r").slots[0].unit
    '1'
    """

    def __init__(self, name="sigma_r"):
        if not (isinstance(name, str) and name.isidentifier()) or name in ("self", "frequency"):
            raise ValueError(f"{name!r} is no name for a parameter; a Python identifier such as 'sigma_r' is")
        self.slots = (Parameter(name, SPREAD),)

    def rules(self, values, power):
        """Sets that share a rule, at a time: their rows, ln(r/r_ref) and its slope by the spread, and the weights.

        ``values`` has shape (sets, 1), ``power`` is the largest by which two impedances grow apart; both arrays have
        shape (rows, sizes), the weights (sizes,) and the sum one.
        """
        spread = values[:, 0]
        smallest = STEP / (power * WIDEST)
        steps = np.ceil(np.log(np.maximum(spread / smallest, 1)) / np.log(RATIO) - 1e-9)
        for step in np.unique(steps):
            rows = np.flatnonzero(steps == step)
            covered = smallest * RATIO**step
            apart = STEP / (power * covered)
            count = int(np.ceil((REACH + power * covered) / apart))
            normal = apart * np.arange(-count, count + 1)
            weights = np.exp(-0.5 * normal**2)
            own = spread[rows, None]
            yield rows, own * (normal - own / 2), normal - own, weights / weights.sum()

    def draw(self, uniform):
        """Spreads for starts, shape (draws, 1), from numbers between 0 and 1: those of powders, 0.1 to 1."""
        return 10 ** (uniform - 1)

    def __repr__(self):
        return f"LogNormal({self.slots[0].name!r})"


class Histogram:
    r"""Sizes as they were counted: by a tomograph, a microscope or a particle-size analyser.

    Parameters
    ----------
    radii : array_like
        Sizes, shape (bins,), in any unit; of a line's thickness or conductivity the factor itself.
    counts : array_like
        How much there is of each size, shape (bins,), in any unit.
    weights : {"number", "area", "volume"}
        What was counted: particles (images), their surface (and the share of a lateral area), or their volume
        (laser diffraction, tomography by voxels). Particles that are counted must be of one shape: fibres of one
        length and flakes of one width are not, and go in by volume or area.

    Attributes
    ----------
    reference : float
        The mean weighted by area, to which the parameters of a `Distributed` circuit refer.
    spread : float
        Standard deviation of ln r weighted by area [1], beside that of a `LogNormal`.
    shares : numpy.ndarray
        Of the area, shape (bins,), the sum one.

    Raises
    ------
    ValueError
        For sizes that are not positive, counts that are negative or all zero, shapes that differ.

    Examples
    --------
    As many particles of 1 um as of 2 um: four fifths of the surface are on the large ones.

    >>> powder = Histogram([1e-6, 2e-6], [100, 100], weights="number")
    >>> powder.shares.round(3), round(powder.reference * 1e6, 3)
    (array([0.2, 0.8]), 1.8)
    """

    slots = ()

    def __init__(self, radii, counts, weights="area"):
        if weights not in WEIGHTS:
            raise ValueError(f"weights is {weights!r}; allowed are {', '.join(WEIGHTS)}")
        check_positive(radii=radii)
        check_between(0, np.inf, counts=counts)
        radii, counts = np.asarray(radii, dtype=float), np.asarray(counts, dtype=float)
        if radii.ndim != 1 or radii.shape != counts.shape or not len(radii):
            raise ValueError(
                f"radii have shape {radii.shape}, counts {counts.shape}; one count for each radius goes in"
            )
        if not counts.any():
            raise ValueError("counts are all zero; at least one must be positive")
        largest = radii.max()
        area = counts * (radii / largest) ** WEIGHTS[weights]
        self.radii, self.counts, self.weights = radii, counts, weights
        self.shares = area / area.sum()
        self.reference = float(self.shares @ radii)
        logarithm = np.log(radii / self.reference)
        self.spread = float(np.sqrt(self.shares @ (logarithm - self.shares @ logarithm) ** 2))
        filled = self.shares > 0
        self._rule = logarithm[filled][None], np.zeros((1, int(filled.sum()))), self.shares[filled]

    def rules(self, values, power):
        """As of `LogNormal`; all sets share the one rule."""
        yield np.arange(len(values)), *self._rule

    def draw(self, uniform):
        return uniform

    def __repr__(self):
        return f"Histogram({self.radii.tolist()!r}, {self.counts.tolist()!r}, weights={self.weights!r})"


def lognormal_radii(median, spread, weights="volume"):
    r"""Medians of a log-normal distribution by number, area and volume, and the mean by area.

    .. math:: \ln r_\text{area} = \ln r_\text{number} + 2 \sigma_r^2, \quad
        \ln r_\text{volume} = \ln r_\text{number} + 3 \sigma_r^2, \quad
        \ln r_\text{ref} = \ln r_\text{number} + \tfrac52 \sigma_r^2

    Parameters
    ----------
    median : array_like
        In any unit.
    spread : array_like
        Standard deviation of ln r [1].
    weights : {"number", "area", "volume"}
        By which the median is that: an analyser's D50 is by volume (as a radius, half of it).

    Returns
    -------
    dict
        ``"number"``, ``"area"`` and ``"volume"``: medians; ``"reference"``: the mean by area; unit of ``median``.

    Notes
    -----
    For particles of one shape (for others, by volume and area alone). A diffusivity from τ_d with the median by number
    in place of the reference is too small by exp(5 σ²), 2.2 times for a spread of 0.4. T. Hatch, S. P. Choate,
    J. Franklin Inst. 207 (1929) 369, doi 10.1016/S0016-0032(29)91451-4.

    Examples
    --------
    Half the volume is in particles of 5 um and more, spread 0.4: half of the particles are smaller than 3.1 um.

    >>> {name: round(float(r), 3) for name, r in lognormal_radii(5.0, 0.4).items()}
    {'number': 3.094, 'area': 4.261, 'volume': 5.0, 'reference': 4.616}
    """
    if weights not in WEIGHTS:
        raise ValueError(f"weights is {weights!r}; allowed are {', '.join(WEIGHTS)}")
    check_positive(median=median)
    check_between(0, np.inf, spread=spread)
    powers = {"number": 0.0, "area": 2.0, "volume": 3.0, "reference": 2.5}
    square = np.asarray(spread, dtype=float) ** 2
    return {name: np.asarray(median) * np.exp((power - powers[weights]) * square) for name, power in powers.items()}


def lognormal_spread(smaller, larger, shares=(0.1, 0.9)):
    r"""Spread of a log-normal distribution [1] from two percentiles, such as an analyser's D10 and D90.

    .. math:: \sigma_r = \frac{\ln(r_2/r_1)}{\Phi^{-1}(s_2) - \Phi^{-1}(s_1)}

    Parameters
    ----------
    smaller, larger : array_like
        Sizes in one unit, by any one weight.
    shares : tuple of float
        The share that is smaller than each [1].

    Examples
    --------
    >>> round(float(lognormal_spread(3.0, 8.36)), 3)
    0.4
    """
    check_positive(smaller=smaller, larger=larger)
    check_between(0, 1, shares=shares)
    ratio = np.asarray(larger, dtype=float) / smaller
    if np.any(ratio < 1) or not 0 < shares[0] < shares[1] < 1:
        raise ValueError(f"sizes are {smaller!r} and {larger!r} at shares {shares!r}; both must rise, within 0 and 1")
    return np.log(ratio) / (ndtri(shares[1]) - ndtri(shares[0]))
