"""Line contacts that conduct perfectly: current finds its own way below them, and the inner ones shunt some of it."""

import numpy as np

LEAST_NODES = 24
NODES_PER_THICKNESS = 4
"""So many Chebyshev nodes more for each thickness of the sample that a contact is wide; leaves about 1e-8."""


FAR = 8.0
"""Thicknesses beyond which a pair of images is felt by no place more than by another (exp(-8 pi))."""


def line_kernel(distance, thickness, back):
    """Potential at the surface beside a line, times its length, over resistivity and current [1]; up to a constant."""
    return -np.log(distance) / np.pi + smooth_kernel(distance, thickness, back)


def smooth_kernel(distance, thickness, back):
    """What the faces of the layer add to that of a half-space: finite where the line is."""
    if np.isinf(thickness):
        return np.zeros_like(distance)
    if back == "conducting":
        ratio = np.pi * np.asarray(distance) / (4 * thickness)
        near = np.divide(np.tanh(ratio), ratio, out=np.ones_like(ratio), where=ratio > 0)
        return -(np.log(near) + np.log(np.pi / (4 * thickness))) / np.pi
    # ln(2 sinh u) as u + ln(1 - exp(-2u)), which does not overflow.
    ratio = np.pi * np.asarray(distance) / (2 * thickness)
    near = np.divide(-np.expm1(-2 * ratio), 2 * ratio, out=np.ones_like(ratio), where=ratio > 0)
    return -(ratio + np.log(near) + np.log(np.pi / thickness)) / np.pi


def metallic_lines(positions, width, thickness, back, sample_length=None):
    r"""Voltage between the inner of four lines times their length, over resistivity and current [1].

    The density of the current on a contact is a series of Chebyshev polynomials over the root that it has at the
    edges; each contact is at one potential, and the inner ones take no current in sum.
    """
    count = LEAST_NODES + int(np.ceil(NODES_PER_THICKNESS * width / thickness))
    node = np.cos(np.pi * (np.arange(count) + 0.5) / count)
    polynomial = np.polynomial.chebyshev.chebvander(node, count - 1)
    place = np.add.outer(positions, node * width / 2)
    matrix = np.zeros((4, count, 4, count))
    for one in range(4):
        for other in range(4):
            gap = np.abs(place[one][:, None] - place[other])
            kernel = smooth_kernel(gap, thickness, back) if one == other else line_kernel(gap, thickness, back)
            kernel = kernel + _images(place[one][:, None], place[other], thickness, back, sample_length)
            matrix[one, :, other] = kernel @ polynomial / count
        # The logarithm against a polynomial over the root, in closed form.
        order = np.arange(1, count)
        matrix[one, :, one, 0] -= np.log(width / 4) / np.pi
        matrix[one, :, one, 1:] += polynomial[:, 1:] / (np.pi * order)
    size = 4 * count
    system = np.zeros((size + 4, size + 4))
    system[:size, :size] = matrix.reshape(size, size)
    for one in range(4):
        system[one * count : (one + 1) * count, size + one] = -1.0
        system[size + one, one * count] = 1.0
    right = np.zeros(size + 4)
    right[[size, size + 3]] = 1.0, -1.0
    potential = np.linalg.solve(system, right)[size:]
    return potential[1] - potential[2]


def _images(x, y, thickness, back, sample_length):
    """What the ends of the sample add: the images of a line in both, in pairs that cancel far away."""
    if sample_length is None:
        return 0.0
    total = 0.0
    for k in range(1, int(np.ceil(FAR * thickness / sample_length)) + 1):
        for way, moved in ((2 * k * sample_length, x - y), ((2 * k - 1) * sample_length, x + y)):
            total = total + line_kernel(way + moved, thickness, back) + line_kernel(way - moved, thickness, back)
    return total
