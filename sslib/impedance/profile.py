"""Profile-likelihood intervals: how far a parameter can go, the others fitted again, before chi-square forbids it."""

import numpy as np

FURTHEST = np.log(1e3)
ROUNDS = 15
CLOSE = 0.02


def profile(setting, values, cost, root, spread, variance, quantile):
    """Ends of the interval of every free parameter, all of them searched at once.

    The root of the rise of chi-square is close to linear in the coordinate, so each end is bracketed and interpolated
    in it; where chi-square is a parabola the first step is the last.

    Parameters
    ----------
    setting : the fit's setting
    values : numpy.ndarray
        The solution, shape (parameters,).
    cost, root : float
        Its sum of squared weighted residuals, and the square root of how far that lies above the best solution's.
    spread : numpy.ndarray
        Standard error of each free coordinate, infinite where there is none.
    variance : float
        Of the weighted residuals.
    quantile : float
        Of the normal or Student's distribution: the square root of the rise that ends the interval.

    Returns
    -------
    dict
        For each free parameter (low, high) in its unit, None for an end that is open: a factor of a thousand, or the
        fit's bound, is not excluded.
    """
    sides = [(name, side) for name in setting.free_names for side in (-1, 1)]
    columns = np.array([setting.names.index(name) for name, _ in sides])
    sign = np.array([side for _, side in sides])
    logarithmic = np.array([setting.quantities[k].logarithmic for k in columns])
    centre = np.where(logarithmic, np.log(np.where(logarithmic, values[columns], 1)), values[columns])
    room = _room(setting, columns, sign, logarithmic, centre)

    step = np.repeat(quantile * spread, 2)
    step = np.minimum(np.where(np.isfinite(step), step, np.log(4)), np.minimum(room, np.log(4)))
    inside, inside_root = np.zeros(len(sides)), np.full(len(sides), root)
    outside, outside_root = np.full(len(sides), np.inf), np.full(len(sides), np.inf)
    nearest = np.repeat(values[None], len(sides), axis=0)
    reach, open_rows = np.zeros(len(sides)), np.ones(len(sides), dtype=bool)
    for _ in range(ROUNDS):
        rows = np.flatnonzero(open_rows)
        if not len(rows):
            break
        held = centre[rows] + sign[rows] * step[rows]
        held = np.where(logarithmic[rows], np.exp(np.where(logarithmic[rows], held, 0)), held)
        solution = setting.minimise_held(nearest[rows], [sides[row] for row in rows], held, values)
        risen = np.sqrt(np.maximum((solution.cost - cost) / variance + root**2, 0))
        low = risen < quantile
        inside[rows[low]], inside_root[rows[low]] = step[rows[low]], risen[low]
        nearest[rows[low]] = solution.values[low]
        outside[rows[~low]], outside_root[rows[~low]] = step[rows[~low]], risen[~low]
        at_end = low & (step[rows] >= room[rows])
        close = (np.abs(risen - quantile) < CLOSE * quantile) | (outside[rows] - inside[rows] < 0.01 * inside[rows])
        reach[rows] = step[rows]
        open_rows[rows[at_end | close]] = False
        step = _next(step, inside, inside_root, outside, outside_root, room, quantile)
    return {
        name: tuple(
            _end(setting, name, sign[k], centre[k], reach[k], at_room=inside[k] >= room[k]) for k in (2 * n, 2 * n + 1)
        )
        for n, name in enumerate(setting.free_names)
    }


def _room(setting, columns, sign, logarithmic, centre):
    """How far each coordinate can go: to the fit's bound, and not beyond a factor of a thousand."""
    bounds = np.where(sign < 0, setting.bounds[0, columns], setting.bounds[1, columns])
    bounds = np.where(logarithmic, np.log(np.where(logarithmic, bounds, 1)), bounds)
    return np.minimum(np.abs(bounds - centre), FURTHEST)


def _next(step, inside, inside_root, outside, outside_root, room, quantile):
    """The next steps: wider while nothing is excluded, else where the root of the rise should be the quantile."""
    wider = inside * np.clip(quantile / np.maximum(inside_root, 1e-3), 1.2, 4)
    with np.errstate(invalid="ignore"):
        share = (quantile - inside_root) / (outside_root - inside_root)
        between = inside + np.clip(share, 0.1, 0.9) * (outside - inside)
    step = np.where(np.isfinite(outside), between, np.where(inside > 0, wider, step))
    return np.minimum(step, room)


def _end(setting, name, sign, centre, reach, at_room):
    """An end of the interval in the parameter's unit; None where all the room there is was not excluded."""
    column = setting.names.index(name)
    quantity = setting.quantities[column]
    if at_room:
        bound = setting.bounds[(sign + 1) // 2, column]
        return float(bound) if bound in quantity.possible else None
    end = centre + sign * reach
    return float(np.exp(end) if quantity.logarithmic else end)
