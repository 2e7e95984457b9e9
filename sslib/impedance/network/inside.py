"""Inside a network: potential, current and reaction along its rails, and what a probe measures there."""

from dataclasses import dataclass

import numpy as np

from sslib.checks import check_between
from sslib.impedance.network.depth import profile

TERMINALS = ("source", "sink")


@dataclass(frozen=True)
class Inside:
    """What a current of one ampere into the source does at each depth.

    The arrays of the rails have the shape of ``impedance`` and then ``depths``; they are NaN where a rail does not run.

    Parameters
    ----------
    frequency : numpy.ndarray
        [Hz], shape (frequencies,).
    depths : numpy.ndarray
        Counted in regions.
    impedance : numpy.ndarray
        Of the whole network [ohm], shape (frequencies,) or (sets, frequencies): the potential of the source.
    potential : dict
        By rail, against the sink [V/A = ohm].
    current : dict
        By rail, away from the first face [A/A = 1].
    reaction : dict
        By rail, what it loses through its shunts per depth of one region [1]; the sum over all rails is zero.
    """

    frequency: np.ndarray
    depths: np.ndarray
    impedance: np.ndarray
    potential: dict
    current: dict
    reaction: dict

    def between(self, first, second):
        """Potential of one rail against another at each depth [ohm]: what drives the reaction between them."""
        return self.potential[first] - self.potential[second]


def look_inside(frequency, depths, impedance, regions):
    """Inside of a network whose faces are known.

    ``regions`` has for each the names of its rails, its `Lattice`, the mean potentials at its faces and the mean
    currents through them, both of shape (points, rails).
    """
    depths = np.atleast_1d(np.asarray(depths, dtype=float))
    check_between(0, len(regions), depths=depths)
    # A depth at an inner face belongs to the region behind it.
    region_of = np.minimum(depths.astype(int), len(regions) - 1)
    names = dict.fromkeys(rail for rails, *_ in regions for rail in rails)
    shape = (*impedance.shape, len(depths))
    found = [{rail: np.full(shape, np.nan + 0j) for rail in names} for _ in range(3)]
    for number, (rails, lattice, mean, through) in enumerate(regions):
        own = np.flatnonzero(region_of == number)
        if not len(own):
            continue
        for kind, values in zip(found, profile(lattice, mean, through, depths[own] - number), strict=True):
            for k, rail in enumerate(rails):
                kind[rail][..., own] = values[:, k].reshape(*impedance.shape, len(own))
    return Inside(frequency, depths, impedance, *found)


def probe_impedance(network, frequency, first, second, **values):
    r"""What a voltmeter between two places measures, per current through the terminals [ohm].

    .. math:: Z_{12} = (\varphi_1 - \varphi_2)/I

    A micro reference electrode at a depth against either terminal; two probes on one rail (a local resistance), or on
    two rails at one depth (the local overpotential). What lies between the source and a probe and between the probe and
    the sink adds up to the impedance of the network.

    Parameters
    ----------
    network : Network
    frequency : array_like
        [Hz].
    first, second : str or tuple
        ``"source"``, ``"sink"`` or a place ``(rail, depth)``, the depth counted in regions: ``("ion", 0.3)``.
    **values : float or array_like
        As for `Network.impedance`.

    Returns
    -------
    numpy.ndarray
        Complex [ohm], shape (frequencies,) or (sets, frequencies).

    Raises
    ------
    ValueError
        A place where no such rail runs.

    Notes
    -----
    A probe that draws no current and disturbs nothing, much smaller than the distance over which the potential changes.

    Examples
    --------
    >>> from sslib.impedance import Network, R, Region
    >>> wire = Network(Region({"ion": R("R_ion")}), ("ion", 0), ("ion", 1))
    >>> complex(probe_impedance(wire, [1.0], ("ion", 0.25), "sink", R_ion=60.0)[0])
    (45+0j)
    """
    places = [place for place in (first, second) if place not in TERMINALS]
    for place in places:
        if not (isinstance(place, tuple) and len(place) == 2 and any(place[0] in r.rails for r in network.regions)):
            known = ", ".join(dict.fromkeys(rail for region in network.regions for rail in region.rails))
            raise ValueError(f"no probe at {place!r}; 'source', 'sink' or (rail, depth) with a rail of {known} go here")
    found = network.inside(frequency, [_depth_on(network, *place) for place in places] or [0.0], **values)
    potentials = {"source": found.impedance, "sink": 0.0}
    potentials |= {place: found.potential[place[0]][..., k] for k, place in enumerate(places)}
    return potentials[first] - potentials[second] + np.zeros_like(found.impedance)


def _depth_on(network, rail, depth):
    """The depth, or one in front of a face where the rail ends."""
    check_between(0, len(network.regions), **{f"depth on {rail!r}": depth})
    region = min(int(depth), len(network.regions) - 1)
    if rail in network.regions[region].rails:
        return depth
    if depth == region and region > 0 and rail in network.regions[region - 1].rails:
        return np.nextafter(depth, 0)
    raise ValueError(f"rail {rail!r} does not run at depth {depth:g}")


def reaction_depth(depths, reaction, share=0.5):
    r"""Depth down to which a share of the reaction takes place.

    .. math:: \int_0^{s^*} |q| \, ds = f \int_0^1 |q| \, ds

    Parameters
    ----------
    depths : array_like
        From one face to the other, increasing; the reaction is taken as linear between them.
    reaction : array_like
        Complex, shape (…, depths) [1].
    share : float
        f [1].

    Returns
    -------
    numpy.ndarray
        Shape (…,), in the unit of the depths.

    Notes
    -----
    In magnitude: it is about where current passes, not about the phase with which it does.

    Examples
    --------
    >>> float(reaction_depth([0.0, 0.5, 1.0], [1.0, 1.0, 1.0]))
    0.5
    """
    check_between(0, 1, share=share)
    depths, size = np.asarray(depths, dtype=float), np.abs(np.asarray(reaction))
    steps = (size[..., 1:] + size[..., :-1]) / 2 * np.diff(depths)
    passed = np.concatenate([np.zeros((*size.shape[:-1], 1)), np.cumsum(steps, axis=-1)], axis=-1)
    flat = passed.reshape(-1, len(depths))
    return np.reshape([np.interp(share * own[-1], own, depths) for own in flat], size.shape[:-1])[()]
