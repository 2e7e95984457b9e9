"""When particles connect: contacts in a packing of two sizes of spheres."""

import numpy as np

from sslib.checks import check_between, check_positive

CONTACTS = 6.0
"""Mean number of contacts of a sphere in a random packing of two sizes [1]."""

CRITICAL_CONTACTS = 1.764
"""Contacts with its own kind that a sphere needs, on average, for its kind to connect through the packing [1]."""


def coordination(volume_fraction, radius, other_radius):
    r"""Mean number of contacts [1] of a particle with its own kind, in a random packing of two sizes.

    .. math:: Z_{ii} = 6 \, \frac{\varphi_i/r_i}{\varphi_i/r_i + (1 - \varphi_i)/r_k}

    a particle meets the others in proportion to the surface that they offer.

    Parameters
    ----------
    volume_fraction : array_like
        Volume of this kind over the volume of both kinds (of the solids, without pores) [1].
    radius, other_radius : array_like
        Radii of this kind and of the other [m]; only their ratio matters.

    Notes
    -----
    For hard spheres of two sizes whose ratio lies between about 1/5 and 5: beyond, the small ones fit between the
    large ones and a packing is no longer random. ValueError outside of 1/10 to 10. Cold-pressed sulfides flow, and
    connect better than spheres.

    Source: M. Suzuki, T. Oshima, Powder Technol. 36 (1983) 181; D. Bouvard, F. F. Lange, Acta Metall. Mater. 39 (1991)
    3083.

    Examples
    --------
    >>> float(coordination(0.5, 1e-6, 1e-6))
    3.0
    """
    check_between(0, 1, volume_fraction=volume_fraction)
    _check_sizes(radius, other_radius)
    own = np.asarray(volume_fraction, dtype=float)
    other = (1 - own) * np.asarray(radius, dtype=float) / other_radius
    return CONTACTS * own / (own + other)


def percolation_threshold(radius, other_radius):
    r"""Volume fraction [1], of the solids, at which particles connect in a random packing of two sizes.

    .. math:: \varphi_c = \frac{Z_c r_i}{Z_c r_i + (6 - Z_c)\, r_k}, \qquad Z_c = 1.764

    where `coordination` reaches the critical number: small particles need less volume than large ones.

    Parameters
    ----------
    radius, other_radius : array_like
        Radii of this kind and of the other [m].

    Notes
    -----
    Limits as for `coordination`. With pores, the threshold as a fraction of the whole is (1 - porosity) times this.

    Source: as for `connected_fraction`.

    Examples
    --------
    For equal sizes 29 %, close to the 1/3 of the symmetric medium; for particles four times as large 62 %:

    >>> [round(float(percolation_threshold(size, 1.0)), 2) for size in (1.0, 4.0)]
    [0.29, 0.62]
    """
    _check_sizes(radius, other_radius)
    ratio = np.asarray(radius, dtype=float) / other_radius
    return CRITICAL_CONTACTS * ratio / (CRITICAL_CONTACTS * ratio + CONTACTS - CRITICAL_CONTACTS)


def connected_fraction(contacts):
    r"""Share [1] of the particles of a kind that belong to its connected network.

    .. math:: P = \left(1 - \left(\frac{4.236 - Z_{ii}}{2.472}\right)^{2.5}\right)^{0.4}

    between the critical 1.764 contacts (0) and 4.236 (1).

    Parameters
    ----------
    contacts : array_like
        Mean number of contacts with the own kind, from `coordination` [1].

    Notes
    -----
    A correlation of packings on the computer, good to a few percent, steep just above the threshold. What is connected
    here still has to conduct: additives that bridge particles, and coatings that part them, are not in it.

    Source: C.-H. Kuo, P. K. Gupta, Acta Metall. Mater. 43 (1995) 397.

    Examples
    --------
    >>> connected_fraction([1.0, 1.764, 3.0, 5.0]).round(3).tolist()
    [0.0, 0.0, 0.925, 1.0]
    """
    check_between(0, CONTACTS, contacts=contacts)
    lacking = np.clip((CRITICAL_CONTACTS + 2.472 - np.asarray(contacts, dtype=float)) / 2.472, 0, 1)
    return (1 - lacking**2.5) ** 0.4


def _check_sizes(radius, other_radius):
    check_positive(radius=radius, other_radius=other_radius)
    check_between(0.1, 10, ratio_of_radii=np.asarray(radius, dtype=float) / other_radius)
