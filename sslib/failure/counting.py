"""Draws that fail, counted over a grid of currents from the ends of their safe intervals.

A draw fails at every current from its upper end on and up to its lower end, so that one number per draw and mechanism
stands for a whole column of a map: its place in the grid is found once, and a cumulated histogram counts.
"""

import numpy as np

_LARGEST_TABLE = 2**20


class Grid:
    """Places of many values in a rising grid of numbers that are zero or more.

    Exactly ``numpy.searchsorted(grid, values, side="left")``, about ten times as fast: the leading bits of a positive
    float are an integer that rises with it, cells of such integers hold at most one point of the grid, and one
    comparison decides within the cell.
    """

    def __init__(self, points):
        self.points = np.asarray(points, dtype=float)
        if self.points.ndim != 1 or not len(self.points) or (np.diff(self.points) <= 0).any() or self.points[0] < 0:
            raise ValueError("a grid of currents must rise strictly, from zero or more")
        self._shift = self._coarsest_shift()
        if self._shift is None:
            return
        keys = _bits(self.points) >> self._shift
        self._before = keys[0] - 1
        below = np.concatenate([[0, 0], np.cumsum(np.bincount(keys - keys[0]))])
        self._below = below.astype(np.int16 if len(self.points) < 2**15 else np.int64)
        self._next = np.append(self.points, np.inf)[below]

    def __len__(self):
        return len(self.points)

    def places(self, values):
        """Number of points of the grid below each value, same shape; values are zero or more, or infinite."""
        if self._shift is None:
            return np.searchsorted(self.points, values)
        cell = _bits(values) >> self._shift
        cell -= self._before
        place = self._below.take(cell, mode="clip")
        place += values > self._next.take(cell, mode="clip")
        return place

    def _coarsest_shift(self):
        """Bits to drop so that no two points share a cell; None where the table would be too long."""
        for shift in range(52, 20, -1):
            keys = _bits(self.points) >> shift
            if keys[-1] - keys[0] > _LARGEST_TABLE:
                return None
            if (np.diff(keys) > 0).all():
                return shift
        return None


def _bits(values):
    return np.ascontiguousarray(values, dtype=float).view(np.int64)


def count(grid, intervals, columns, draws):
    """Failing draws by mechanism, and by which mechanism is crossed first as the current rises.

    Parameters
    ----------
    grid : Grid
        Of current densities [A/m2].
    intervals : sequence of (array or None, array)
        Of each mechanism, in the order in which ties are named: ends of the safe currents, broadcast to (columns,
        draws).
    columns, draws : int

    Returns
    -------
    failing, first : numpy.ndarray
        Numbers of draws, shape (mechanisms, columns, grid). A draw that fails at a current is counted once in
        ``first``: for the mechanism whose failing currents, those around this one, begin lowest.
    """
    size, kinds = len(grid), len(intervals)
    stride = size + 1
    failing = np.empty((kinds, columns, size), dtype=np.int64)
    first = np.zeros((kinds, columns, stride), dtype=np.int64)
    lowest, named, waited = None, None, None
    for kind, (low, high) in enumerate(intervals):
        high = np.atleast_2d(high)
        place = grid.places(high)
        failing[kind] = np.cumsum(_histogram(place, stride), axis=-1)[:, :size]
        if low is not None:
            until = _places_up_to(grid, np.atleast_2d(low))
            failing[kind] += draws - np.cumsum(_histogram(until, stride), axis=-1)[:, :size]
            before = np.zeros_like(until) if waited is None else waited
            waited = np.maximum(before, until)
            first[kind] += _histogram(np.broadcast_to(before, waited.shape), stride) - _histogram(waited, stride)
        code = place.astype(np.int32) + np.int32(kind * stride)
        if kind == 0:
            lowest, named = high, code
        else:
            # A product with the comparison selects ten times as fast as numpy.where, which branches.
            named = named + (high < lowest) * (code - named)
            lowest = np.minimum(high, lowest)
    if waited is not None:
        kind, place = np.divmod(named, stride)
        named = kind * stride + np.maximum(place, waited)
    named = np.broadcast_to(named, (columns, draws))
    first += _histogram(named, kinds * stride).reshape(columns, kinds, stride).transpose(1, 0, 2)
    return failing, np.cumsum(first, axis=-1)[:, :, :size]


def _places_up_to(grid, values):
    """Number of points of the grid up to each value, itself included; none for a negative one."""
    return grid.places(np.nextafter(np.maximum(values, 0), np.inf)) * (values >= 0)


def _histogram(places, size):
    """Numbers of places below size, by row, shape (rows, size)."""
    rows = len(places)
    flat = places + np.arange(rows)[:, None] * size
    return np.bincount(flat.ravel(), minlength=rows * size).reshape(rows, size)
