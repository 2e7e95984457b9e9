r"""Layers that are not the same at every depth: graded electrodes, and what a tomogram says of them.

A layer is cut into regions, each uniform. The totals of the layer stay the parameters; what varies is the shape. With a
conductivity :math:`\sigma(s)` along a rail and an area :math:`a(s)` of the interface, region k from :math:`s_k` to
:math:`s_{k+1}` has the shares

.. math::

    \frac{R_k}{R} = \frac{\int_k ds/\sigma}{\int_0^1 ds/\sigma}, \qquad
    \frac{Y_k}{Y} = \frac{\int_k a\, ds}{\int_0^1 a\, ds}

so that no region adds or loses resistance or area, and the spectrum is off by the square of the regions' thickness.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import roots_legendre

from sslib.checks import check_between, check_positive
from sslib.impedance.circuit import Circuit
from sslib.impedance.network.region import Region
from sslib.impedance.scaled import Scaled, Tilted
from sslib.tables import read_columns
from sslib.units import mS_cm, um

_NODES, _WEIGHTS = roots_legendre(8)
PROFILE_COLUMNS = ("depth_um", "conductivity_mS_cm")


@dataclass(frozen=True)
class Gradient:
    """A resistivity of a rail, or an area of an interface, that rises linearly with depth, by a parameter to be fitted.

    The parameter is the difference between the two ends over the mean, from -2 to 2.

    Parameters
    ----------
    name : str
        Of the parameter [1].
    """

    name: str


@dataclass(frozen=True)
class Layer:
    """A graded layer.

    Parameters
    ----------
    regions : tuple of Region
    edges : numpy.ndarray
        Relative depth of their faces [1], from 0 to 1.
    """

    regions: tuple
    edges: np.ndarray

    def depth(self, relative):
        """The depth that `Network.inside` counts in regions, for a relative depth in the layer [1].

        >>> from sslib.impedance import R
        >>> float(graded({"ion": R("R_ion")}, {}, {}, edges=[0.0, 0.2, 1.0]).depth(0.6))
        1.5
        """
        check_between(0, 1, relative=relative)
        return np.interp(relative, self.edges, np.arange(len(self.edges)))

    def regions_per_depth(self, relative):
        """Factor [1] that turns a reaction per depth of a region into one per depth of the layer."""
        number = np.minimum(self.depth(relative).astype(int), len(self.regions) - 1)
        return 1 / np.diff(self.edges)[number]


def face_edges(count):
    r"""Relative depths of the faces of regions that are finer towards both faces of a layer [1].

    .. math:: s_k = \tfrac12 (1 - \cos(\pi k/n))

    At high frequency all happens in a thin zone at a face, which regions of one thickness would not resolve.

    >>> face_edges(2).round(3).tolist()
    [0.0, 0.5, 1.0]
    """
    return (1 - np.cos(np.pi * np.arange(count + 1) / count)) / 2


def graded(rails, shunts, profiles, regions=24, edges=None, totals=True):
    """Regions of a layer whose conductivities or interface areas change with depth.

    Parameters
    ----------
    rails, shunts : dict
        As for `Region`; the totals over the layer.
    profiles : dict
        For a rail its conductivity, for a shunt (a pair of rails) its area, against the relative depth, in any unit:
        only the shape counts if ``totals``. A callable of an array of depths, or a pair of it and the depths of its
        corners; a pair (depths from 0 to 1, values), linear in between; an array of values, the slices of a tomogram,
        each of the same thickness; or a `Gradient`.
    regions : int
        How many.
    edges : array_like, optional
        Relative depths of the regions' faces, from 0 to 1; `face_edges` of ``regions`` if not given.
    totals : bool
        Whether the parameters are the totals of this layer, or those of a layer where every profile is one: then a
        profile of 0.5 makes the rail, or the interface, as bad as it says.

    Returns
    -------
    Layer

    Raises
    ------
    ValueError
        A profile of something that the layer does not have, or that is not positive everywhere.

    Notes
    -----
    The spectrum is off by a term of the second power of the regions' thickness: `regions_needed` says how many do.

    Examples
    --------
    An electrolyte that conducts three times as well at the front: half of its resistance lies in the last third.

    >>> from sslib.impedance import C, Network, R
    >>> layer = graded({"ion": R("R_ion")}, {}, {"ion": ([0.0, 1.0], [3.0, 1.0])}, edges=[0.0, 0.634, 1.0])
    >>> wire = Network(layer.regions, ("ion", 0), ("ion", 2))
    >>> found = wire.inside([1.0], [1.0], R_ion=100.0)
    >>> round(float(found.potential["ion"][0, 0].real))
    50
    """
    edges = face_edges(regions) if edges is None else np.asarray(edges, dtype=float)
    if edges.ndim != 1 or len(edges) < 2 or edges[0] != 0 or edges[-1] != 1 or (np.diff(edges) <= 0).any():
        raise ValueError(f"edges are {edges}; they must rise from 0 to 1")
    unknown = [key for key in profiles if key not in rails and key not in shunts]
    if unknown:
        raise ValueError(f"profiles of {unknown}; this layer has {', '.join(map(str, (*rails, *shunts)))}")
    widths, made = np.diff(edges), []
    shapes = {key: _shape(key, profile, edges, key in rails, totals) for key, profile in profiles.items()}
    for k, width in enumerate(widths):
        parts = [
            {key: _at(circuit, shapes[key], k, power) if key in shapes else circuit for key, circuit in own.items()}
            for own, power in ((rails, 1), (shunts, -1))
        ]
        made.append(Region(*parts, thickness=float(width)))
    return Layer(tuple(made), edges)


def _shape(key, profile, edges, rail, totals):
    """Share of each region over that of a uniform one; for a `Gradient` its name and the regions' middles."""
    if isinstance(profile, Gradient):
        return profile.name, (edges[1:] + edges[:-1]) / 2 - 0.5
    amounts = integrals(profile, edges, inverse=rail, name=f"profile of {key!r}")
    return amounts / (amounts.sum() if totals else 1) / np.diff(edges)


def _at(circuit, shape, k, power):
    if not isinstance(circuit, Circuit):
        raise TypeError(f"{circuit!r} has a profile; a circuit such as R('R_ion') goes here")
    if isinstance(shape, tuple):
        name, offsets = shape
        return Tilted(circuit, name, float(offsets[k]), power)
    return Scaled(circuit, float(shape[k] ** power))


def integrals(profile, edges, inverse=False, name="profile"):
    """Integral of a profile, or of one over it, from each edge to the next [its unit, or one over it].

    Parameters
    ----------
    profile : callable, pair or array_like
        As in `graded`.
    edges : array_like
        Relative depths from 0 to 1, increasing.
    inverse : bool
        Whether to take one over the profile: a resistivity from a conductivity.
    name : str
        For the error message.

    Examples
    --------
    >>> integrals(([0.0, 1.0], [1.0, 3.0]), [0.0, 0.5, 1.0]).tolist()
    [0.75, 1.25]
    """
    function, knots = as_function(profile)
    edges = np.asarray(edges, dtype=float)
    points = np.union1d(edges, knots)
    half = np.diff(points)[:, None] / 2
    values = np.asarray(function(points[:-1, None] + half * (1 + _NODES)), dtype=float)
    check_positive(**{name: values})
    pieces = (half * _WEIGHTS * (1 / values if inverse else values)).sum(axis=1)
    reached = np.concatenate([[0.0], np.cumsum(pieces)])
    return np.diff(reached[np.searchsorted(points, edges)])


def as_function(profile):
    """A profile as a callable, and the depths where it has a corner or a step."""
    if callable(profile):
        profile = profile, [0.0, 1.0]
    if isinstance(profile, tuple) and callable(profile[0]):
        function, knots = profile
        return lambda s: np.broadcast_to(function(s), np.shape(s)), np.asarray(knots, dtype=float)
    if isinstance(profile, tuple):
        depths, values = (np.asarray(column, dtype=float) for column in profile)
        if depths.shape != values.shape or depths[0] != 0 or depths[-1] != 1 or (np.diff(depths) <= 0).any():
            raise ValueError(f"depths of a profile are {depths}; they must rise from 0 to 1, with a value for each")
        return lambda s: np.interp(s, depths, values), depths
    slices = np.asarray(profile, dtype=float)
    if slices.ndim != 1:
        raise ValueError(f"slices of a profile have shape {slices.shape}; one value for each slice goes here")
    return lambda s: slices[(s * len(slices)).astype(int)], np.linspace(0, 1, len(slices) + 1)


def relative_profile(profile, depths):
    """A conductivity at relative depths over its harmonic mean [1]: the shape that `graded` takes of it.

    Parameters
    ----------
    profile : callable, pair or array_like
        As in `graded`.
    depths : array_like
        Relative depths from 0 to 1.

    Examples
    --------
    >>> relative_profile(lambda s: 1 + s, [0.0, 1.0]).round(4).tolist()
    [0.6931, 1.3863]
    """
    check_between(0, 1, depths=depths)
    function, knots = as_function(profile)
    return function(np.asarray(depths, dtype=float)) * integrals((function, knots), [0.0, 1.0], inverse=True)[0]


def read_profile(path):
    """A measured conductivity against depth, such as that of the slices of a tomogram.

    Parameters
    ----------
    path : str or path-like
        A CSV file with the columns ``depth_um``, rising from 0 at the first face to the other face, and
        ``conductivity_mS_cm``.

    Returns
    -------
    depth, conductivity : numpy.ndarray
        Relative depth [1] and conductivity [S/m], a pair for `graded`; linear in between.
    thickness : float
        Of the layer [m].

    Raises
    ------
    ValueError
        For a column that is missing, a field that is no number, depths that do not rise from 0, a conductivity that is
        not positive, and fewer than two rows.
    """
    source, columns = Path(path).name, read_columns(path, PROFILE_COLUMNS)
    depth, conductivity = columns[0] * um, columns[1] * mS_cm
    if len(depth) < 2 or depth[0] != 0 or (np.diff(depth) <= 0).any():
        raise ValueError(f"{source}: depth_um is {columns[0]}; at least two depths that rise from 0 go there")
    check_positive(**{f"{source}: conductivity_mS_cm": columns[1]})
    return (depth / depth[-1], conductivity), float(depth[-1])


def regions_needed(build, frequency, values, accuracy=1e-3, most=512):
    r"""How many regions a graded layer needs for a stated accuracy of its spectrum.

    The number is doubled until the spectrum stays. For an error that falls with the second power of the thickness, what
    is left is a third of the last change:

    .. math:: \max_f \left|\frac{Z_{2n} - Z_n}{3 Z_{2n}}\right| < \epsilon

    Parameters
    ----------
    build : callable
        Makes the network from a number of regions.
    frequency : array_like
        [Hz].
    values : dict
    accuracy : float
        Relative to the magnitude [1].
    most : int
        Where to give up.

    Returns
    -------
    int, dict
        The number, and the estimated error by number of regions, of all that were tried.

    Raises
    ------
    ValueError
        The accuracy is not reached with ``most`` regions.
    """
    check_positive(accuracy=accuracy)
    count, errors = 2, {}
    coarse = build(count).impedance(frequency, **values)
    while 2 * count <= most:
        count *= 2
        fine = build(count).impedance(frequency, **values)
        errors[count] = float(np.max(np.abs((fine - coarse) / (3 * fine))))
        if errors[count] < accuracy:
            return count, errors
        coarse = fine
    raise ValueError(f"{count} regions leave an error of {errors[count]:.2g}; {accuracy:g} was asked for")
