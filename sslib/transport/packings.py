"""When particles connect: contacts in a packing of two sizes of spheres."""

import numpy as np

from sslib.checks import check_between, check_positive

CONTACTS = 6.0
"""Mean number of contacts of a sphere in a random packing [1]."""

CRITICAL_CONTACTS = 1.764
"""Contacts with its own kind that a sphere needs, on average, for its kind to connect through the packing [1]."""

REACH = 2.472
"""Contacts beyond the critical ones at which all particles of a kind are connected [1]."""

GROWTH = 1.2
"""Power of its radius with which the contacts of a sphere grow in a packing of two sizes [1]; fitted by ourselves."""

SIZE_RATIOS = 1 / 3, 3.0
"""Ratios of the two radii in which the rules were held against packings on the computer."""


def coordination(volume_fraction, radius, other_radius):
    r"""Mean number of contacts [1] of a particle with its own kind, in a random packing of two sizes.

    .. math:: Z_{ii} = 6 \, x_i \big(x_i + (1 - x_i)\, \rho\big), \qquad
              x_i = \frac{\varphi_i \rho/r_i^3}{\varphi_i \rho/r_i^3 + (1 - \varphi_i)/r_k^3}, \qquad
              \rho = (r_i/r_k)^{1.2}

    Contacts are dealt out at random among particles that take part in proportion to :math:`r^{1.2}`; the mean over
    all particles is 6. The mean of a kind among its own is at most that too.

    Parameters
    ----------
    volume_fraction : array_like
        Volume of this kind over the volume of both kinds (of the solids, without pores) [1].
    radius, other_radius : array_like
        Radii of this kind and of the other [m]; only their ratio matters.

    Notes
    -----
    For hard spheres of two sizes whose ratio lies within `SIZE_RATIOS`; beyond, it is carried on, and above about 5
    the small ones fit between the large ones. Cold-pressed sulfides flow, and connect better than spheres.

    Source: none; the power is fitted to packings of our own (2300 to 5200 soft spheres pressed to six or seven
    contacts, ratios 1 to 2.8), which it has within 7 % for both kinds. The usual rule of fuel-cell electrodes, 6 times
    the share of the surface (Nanoparticle Technology Handbook, ed. M. Hosokawa et al., section 4.4, equation 4.4.2),
    is the same for equal sizes; it finds 22 to 35 % too few contacts among particles twice to three times as large.

    Examples
    --------
    >>> float(coordination(0.5, 1e-6, 1e-6))
    3.0
    """
    check_between(0, 1, volume_fraction=volume_fraction)
    check_positive(radius=radius, other_radius=other_radius)
    own, ratio = np.asarray(volume_fraction, dtype=float), np.asarray(radius, dtype=float) / other_radius
    part = ratio**GROWTH
    share = own * part / (own * part + (1 - own) * ratio**3)
    return np.minimum(CONTACTS, CONTACTS * share * (share + (1 - share) * part))


def percolation_threshold(radius, other_radius):
    r"""Volume fraction [1], of the solids, at which particles connect in a random packing of two sizes.

    .. math:: (1 - \rho)\, x_c^2 + \rho\, x_c = Z_c/6, \qquad Z_c = 1.764, \qquad
              \varphi_c = \frac{x_c \, r_i^3}{x_c \, r_i^3 + (1 - x_c)\, \rho\, r_k^3}

    where `coordination` reaches the critical number: small particles need less volume than large ones.

    Parameters
    ----------
    radius, other_radius : array_like
        Radii of this kind and of the other [m]; only their ratio matters.

    Notes
    -----
    Limits as for `coordination`. With pores, the threshold as a fraction of the whole is (1 - porosity) times this.

    The critical number is said to be fitted to experiments (source as for `connected_fraction`). Against an independent
    number: like spheres then connect at 29.4 % of their number, sites of a simple cubic lattice, which have six
    neighbours as well, at 31.2 % (1.87 contacts).

    Examples
    --------
    For equal sizes 29 %, close to the 1/3 of the symmetric medium:

    >>> [round(float(percolation_threshold(size, 1.0)), 2) for size in (0.5, 1.0, 2.0)]
    [0.18, 0.29, 0.36]
    """
    check_positive(radius=radius, other_radius=other_radius)
    ratio = np.asarray(radius, dtype=float) / other_radius
    part, needed = ratio**GROWTH, CRITICAL_CONTACTS / CONTACTS
    # The smaller root of the quadratic, in the form that does not cancel for equal sizes.
    share = 2 * needed / (part + np.sqrt(part**2 + 4 * (1 - part) * needed))
    return share * ratio**3 / (share * ratio**3 + (1 - share) * part)


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
    Steep just above the threshold. What is connected here still has to conduct: additives that bridge particles, and
    coatings that part them, are not in it.

    Source: Nanoparticle Technology Handbook (ed. M. Hosokawa et al.), section 4.4, equation (4.4.1), read in a text
    extracted from the book, which cites the papers behind it.

    Verified: drawn sites of a simple cubic lattice (6 p contacts each) connect to 0.81, 0.89, 0.95 and 0.98 at 2.2,
    2.4, 2.7 and 3 contacts, where this has 0.69, 0.77, 0.87 and 0.93: too careful by up to 0.12. Packings of two sizes
    of spheres lie as much above it. Nearer to the threshold nothing is claimed.

    Examples
    --------
    >>> connected_fraction([1.0, 1.764, 3.0, 5.0]).round(3).tolist()
    [0.0, 0.0, 0.925, 1.0]
    """
    check_between(0, CONTACTS, contacts=contacts)
    lacking = np.clip((CRITICAL_CONTACTS + REACH - np.asarray(contacts, dtype=float)) / REACH, 0, 1)
    return (1 - lacking**2.5) ** 0.4
