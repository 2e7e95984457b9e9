"""Geometric factors against published ones, limits, an integral over time, and finite differences."""

from functools import cache

import numpy as np
import pytest
from scipy.sparse import coo_matrix, csr_matrix, diags, identity, kron
from scipy.sparse.linalg import spsolve

from sslib.measurements import LineProbe, PointProbe

point, line = PointProbe.equally_spaced, LineProbe.equally_spaced

# Thickness over spacing; factor over that of the thin sheet (Smits, Bell Syst. Tech. J. 37 (1958) 711; four digits).
THICKNESS = {0.4: 0.9995, 0.5: 0.9974, 1.0: 0.9214, 1.25: 0.8490, 1.6666: 0.7225, 2.0: 0.6336}
# Side of a thin square over the spacing; factor over the thickness (the same).
SQUARE = {4.0: 3.1137, 5.0: 3.5098, 10.0: 4.2209, 15.0: 4.3882}


def walled(x, y, length, times):
    """Heat kernel between two insulating walls, at x from y in the coordinates of the middle: images, then modes."""
    if length is None:
        return np.exp(-((x - y) ** 2) / (4 * times)) / np.sqrt(4 * np.pi * times)
    a, b = x + length / 2, y + length / 2
    k = np.arange(-8, 9)[:, None]
    way = np.concatenate([a - b + 2 * k * length, a + b + 2 * k * length])
    images = (np.exp(-(way**2) / (4 * times)) / np.sqrt(4 * np.pi * times)).sum(axis=0)
    k = np.arange(1, 30)[:, None] * np.pi / length
    modes = 1 / length + 2 / length * (np.cos(k * a) * np.cos(k * b) * np.exp(-(k**2) * times)).sum(axis=0)
    return np.where(times < length**2, images, modes)


def at_the_surface(thickness, back, times):
    """Heat kernel at the surface of a layer, from the surface."""
    if np.isinf(thickness):
        return 2 * walled(0, 0, None, times)
    if back == "insulating":
        return walled(-thickness / 2, -thickness / 2, thickness, times)
    # The odd modes of a layer of double thickness are those that vanish in its middle.
    ends = [walled(-thickness, y, 2 * thickness, times) for y in (-thickness, thickness)]
    return ends[0] - ends[1]


def along_the_line(length, width, times):
    """Heat kernel between two lines of one length in the middle of a width, averaged over both."""
    if length == 0:
        return walled(0, 0, width, times)
    if length == width:
        return np.full_like(times, 1 / width)
    node, weight = np.polynomial.legendre.leggauss(120)

    def between(middle, far):
        """Of all differences d of two places, at `middle` + d and `middle` - d, up to where nothing is left."""
        d = np.minimum(far, length) * (node[:, None] + 1) / 2
        share = weight[:, None] * np.minimum(far, length) / 2 * (1 - d / length) / length
        return (share * (free(middle + d, times) + free(middle - d, times))).sum(axis=0)

    images = between(0.0, 40 * np.sqrt(times)) + 2 * sum(between(k * width, np.inf) for k in range(1, 40))
    return np.where(times < 20 * width**2, images, 1 / width)


def free(d, times):
    return np.exp(-(d**2) / (4 * times)) / np.sqrt(4 * np.pi * times)


def by_heat(positions, thickness, back="insulating", sample_length=None, sample_width=None, line_length=0.0):
    """Geometric factor from the heat that spreads from the contacts, summed over all times."""
    exponent = np.linspace(np.log(1e-7), np.log(1e9), 2500)
    times = np.exp(exponent)
    one, two, three, four = positions
    row = sum(
        sign * walled(x, y, sample_length, times)
        for sign, x, y in ((1, two, one), (-1, two, four), (-1, three, one), (1, three, four))
    )
    flux = row * at_the_surface(thickness, back, times) * along_the_line(line_length, sample_width, times) * times
    return 1 / np.trapezoid(flux, exponent)


@pytest.mark.parametrize(("ratio", "published"), THICKNESS.items())
def test_thick_layers_have_the_published_factors(ratio, published):
    """Else a pellet as thick as the probe's spacing gets the conductivity of a sheet or of a half-space."""
    factor = point(1.0, thickness=ratio).factor() / (np.pi / np.log(2) * ratio)
    assert factor == pytest.approx(published, abs=1.2e-4)


@pytest.mark.parametrize(("ratio", "published"), SQUARE.items())
def test_thin_squares_have_the_published_factors(ratio, published):
    """Else a small sample is taken for an endless one."""
    probe = point(1.0, thickness=0.01, sample_length=ratio, sample_width=ratio)
    assert probe.factor() / 0.01 == pytest.approx(published, rel=2e-4)


def test_limits_of_the_two_probes():
    """Else the two numbers that everyone knows, pi/ln 2 and 2 pi, would not come out."""
    assert point(1.0, thickness=1e-3).factor() / 1e-3 == pytest.approx(4.532360, abs=1e-6)
    assert point(0.3, thickness=np.inf).factor() == pytest.approx(2 * np.pi * 0.3, rel=1e-14)
    assert point(0.3, thickness=600.0).factor() == pytest.approx(2 * np.pi * 0.3, rel=1e-9)
    assert line(2.0, line_length=7.0, thickness=0.05).factor() == pytest.approx(7.0 * 0.05 / 2.0, rel=1e-12)
    assert line(2.0, line_length=7.0, thickness=np.inf).factor() == pytest.approx(7 * np.pi / np.log(4), rel=1e-14)


@pytest.mark.parametrize("back", ["insulating", "conducting"])
@pytest.mark.parametrize("seed", range(3))
def test_points_by_the_images_of_the_source(seed, back):
    """Else the modes of the depth are not the reflections of a source in the two faces."""
    rng = np.random.default_rng(seed)
    positions, thickness = np.cumsum(rng.uniform(0.3, 1.5, 4)), rng.uniform(0.3, 2.0)
    one, two, three, four = positions
    n = np.arange(1, 200_001)
    sign = 1.0 if back == "insulating" else (-1.0) ** n
    pairs = ((1, two - one), (-1, four - two), (-1, three - one), (1, four - three))
    total = sum(s * (1 / r + (2 * sign / np.hypot(r, 2 * n * thickness)).sum()) for s, r in pairs) / (2 * np.pi)
    factor = PointProbe(positions=tuple(positions), thickness=thickness, back=back).factor()
    assert factor == pytest.approx(1 / total, rel=1e-8)


@pytest.mark.parametrize("seed", range(6))
def test_boxes_by_the_heat_that_spreads(seed):
    """Else edges, faces or the ends of the lines enter with a wrong sign or weight."""
    rng = np.random.default_rng(seed)
    positions = np.cumsum(rng.uniform(0.4, 1.2, 4))
    positions -= positions.mean()
    sample = {
        "thickness": (rng.uniform(0.3, 2.0), np.inf)[seed % 3 == 2],
        "back": ("insulating", "conducting")[seed % 2],
        "sample_length": 2 * np.abs(positions).max() + rng.uniform(0.1, 2.0),
        "sample_width": rng.uniform(1.0, 4.0),
    }
    if seed == 5:
        sample["sample_length"] = None
    by_points = PointProbe(positions=tuple(positions), **sample).factor()
    assert by_points == pytest.approx(by_heat(positions, **sample), rel=1e-8)
    for share in (0.6, 1.0):
        length = share * sample["sample_width"]
        by_lines = LineProbe(positions=tuple(positions), line_length=length, **sample).factor()
        assert by_lines == pytest.approx(by_heat(positions, line_length=length, **sample), rel=1e-7)


@pytest.mark.parametrize("back", ["insulating", "conducting"])
def test_endless_is_what_a_large_sample_tends_to(back):
    """Else two formulas for one sample disagree where they meet."""
    shape = {"line_length": 3.0, "thickness": 0.8, "back": back, "contact_width": 0.25}
    assert line(1.0, sample_length=60.0, **shape).factor() == pytest.approx(line(1.0, **shape).factor(), rel=1e-11)
    wide = point(1.0, thickness=0.8, back=back, sample_width=200.0).factor()
    assert wide == pytest.approx(point(1.0, thickness=0.8, back=back).factor(), rel=3e-4)


@cache
def by_differences(cells, contact, back, equipotential=False):
    """Factor of lines of 1 m at distances of 1 m on a section of 6 m by 0.75 m, from finite differences.

    A number for the back is the conductance of its contact to a metal, over the sample's conductivity [1/m].
    """
    h = 0.25 / cells
    columns, rows = 24 * cells + 1, 3 * cells + 1

    def second(count, fixed_end):
        stiff = diags([-np.ones(count - 1), 2 * np.ones(count), -np.ones(count - 1)], [-1, 0, 1]).tolil()
        stiff[0, 0] = stiff[-1, -1] = 1
        mass = np.ones(count)
        mass[0] = mass[-1] = 0.5
        if fixed_end:
            stiff, mass = stiff[:-1, :-1], mass[:-1]
        return csr_matrix(stiff), diags(mass)

    along, along_mass = second(columns, False)
    deep, deep_mass = second(rows, back == "conducting")
    matrix = csr_matrix(kron(along, deep_mass) + kron(along_mass, deep))
    depth = deep.shape[0]
    if not isinstance(back, str):
        bottom = coo_matrix(([1.0], ([depth - 1], [depth - 1])), shape=(depth, depth))
        matrix = csr_matrix(matrix + back * h * kron(along_mass, bottom))
    half = round(contact / h / 2)
    places = np.array([6, 10, 14, 18]) * cells
    weights = np.ones(2 * half + 1)
    weights[[0, -1]] = 0.5
    group = np.arange(matrix.shape[0])
    spread = np.zeros((4, matrix.shape[0]))
    for number, place in enumerate(places):
        nodes = (place + np.arange(-half, half + 1)) * depth
        spread[number, nodes] = weights / weights.sum()
        if equipotential:
            group[nodes] = nodes[0]
    _, group = np.unique(group, return_inverse=True)
    merge = coo_matrix((np.ones(len(group)), (np.arange(len(group)), group))).tocsr()
    matrix = csr_matrix(merge.T @ matrix @ merge)
    if back == "insulating":
        # The potential is free by a constant; a leak at one node carries none of a current that returns.
        matrix = matrix + 1e-3 * identity(matrix.shape[0]).tocsr().multiply(np.arange(matrix.shape[0])[:, None] == 0)
    potential = merge @ spsolve(csr_matrix(matrix), merge.T @ (spread[0] - spread[3]))
    return 1 / ((spread[1] - spread[2]) @ potential)


@pytest.mark.parametrize("back", ["insulating", "conducting"])
def test_lines_of_a_width_by_finite_differences(back):
    """Else the width of a printed line enters wrongly, or the sample's ends."""
    coarse, fine = (by_differences(cells, 0.25, back) for cells in (12, 24))
    probe = line(1.0, line_length=1.0, thickness=0.75, back=back, sample_length=6.0, contact_width=0.25)
    assert probe.factor() == pytest.approx(fine + (fine - coarse) / 3, rel=2e-5)


def test_lines_that_are_one_potential_are_off_by_less_than_their_width():
    """Else what is said of evaporated lines, which shunt the sample below them, would promise too much."""
    even, shunted = (by_differences(12, 0.25, "insulating", equipotential) for equipotential in (False, True))
    assert even < shunted < even / (1 - 0.25)
    even, shunted = (by_differences(12, 0.25, "conducting", equipotential) for equipotential in (False, True))
    assert abs(shunted / even - 1) < 0.25


def test_lines_far_apart_on_a_metal():
    """Else the digits of a voltage that has decayed by fourteen orders would be those of rounding."""
    factor = line(20.0, line_length=1.0, thickness=1.0, back="conducting").factor()
    assert factor == pytest.approx(np.pi / 4 * np.exp(10 * np.pi), rel=1e-12)


def test_long_lines_close_together():
    """A comb of fine lines, each a thousand times as long as far from the next, must neither be refused nor endless."""
    one = line(1.0, line_length=1.0, thickness=0.4).factor()
    assert line(1.0, line_length=1000.0, thickness=0.4).factor() == pytest.approx(1000 * one, rel=1e-12)
    # Beyond the ends of lines the sample carries a little current, as if they were longer by a few distances.
    longer = [
        line(1.0, line_length=length, thickness=0.4, sample_width=1.5 * length).factor() / one - length
        for length in (125.0, 250.0)
    ]
    assert 3 < longer[0] < longer[1] < 6


def test_a_contact_to_the_metal_lies_between_the_two_backs():
    """Else a layer on a poor contact would be outside of what the two formulas bound, as the docstring says they do."""
    metal, *between, insulator = (
        by_differences(12, 0.25, back) for back in ("conducting", 30.0, 1.0, 0.03, "insulating")
    )
    assert metal > between[0] > between[1] > between[2] > insulator
    assert by_differences(12, 0.25, 1e9) == pytest.approx(metal, rel=1e-6)


def test_leads_may_change_places():
    """Else reciprocity, that voltage and current leads may be exchanged, would be broken by a slip in a sign."""
    probe = PointProbe(positions=(-2.0, -0.4, 0.1, 1.7), thickness=0.6, sample_length=5.0, sample_width=1.3)
    mirrored = PointProbe(positions=(-1.7, -0.1, 0.4, 2.0), thickness=0.6, sample_length=5.0, sample_width=1.3)
    assert probe.factor() == pytest.approx(mirrored.factor(), rel=1e-12)


REFUSED = {
    "the sample is too short": (lambda: point(1.0, thickness=1.0, sample_length=2.9, sample_width=3.0), "reach over 3"),
    "the sample is too narrow": (lambda: line(1.0, line_length=3.0, thickness=1.0, sample_width=2.0), "3 m"),
    "contact_width is 0.9": (lambda: line(1.0, line_length=3.0, thickness=1.0, contact_width=0.9), "at most 0.8"),
    "positions are": (lambda: PointProbe(positions=(0, 2, 1, 3), thickness=1.0), "four that rise"),
    "back is 'metal'": (lambda: point(1.0, thickness=1.0, back="metal"), "insulating, conducting"),
    "thickness is 0": (lambda: point(1.0, thickness=0.0), "positive"),
    "thickness is 'thin'": (lambda: point(1.0, thickness="thin"), "number"),
    "thicknesses above a metal": (lambda: point(1.0, thickness=1e-3, back="conducting").factor(), "at most a few"),
    "the sample is too large": (lambda: point(1.0, thickness=np.inf, sample_width=1e3).factor(), "state it smaller"),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_breaks_a_formula_is_refused_by_name(reason):
    """Else a formula would be used on a sample that it does not describe."""
    call, remedy = REFUSED[reason]
    with pytest.raises(ValueError, match=reason) as refusal:
        call()
    assert remedy in str(refusal.value)
