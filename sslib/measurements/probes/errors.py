"""What errors of a probe's lengths do to its geometric factor."""

from dataclasses import replace
from functools import partial

import numpy as np

from sslib.checks import check_between


def geometry_errors(probe, uncertainties):
    """Relative standard errors of the geometric factor [1], one for each stated uncertainty.

    Parameters
    ----------
    probe : LineProbe or PointProbe
    uncertainties : dict of str to float
        Standard uncertainties [m], as in `probe_conductivity`.

    Returns
    -------
    dict of str to float
        Each to first order; four contacts that move by themselves add in squares.

    Examples
    --------
    Lines on a thin layer: 1 % of the thickness is 1 % of the factor.

    >>> from sslib.measurements import LineProbe
    >>> probe = LineProbe.equally_spaced(1e-3, line_length=1e-2, thickness=5e-5)
    >>> {name: round(error, 4) for name, error in geometry_errors(probe, {"thickness": 5e-7}).items()}
    {'thickness': 0.01}
    """
    errors = {}
    for name, uncertainty in uncertainties.items():
        if name not in ("position", "spacing") and not getattr(probe, name, None):
            raise ValueError(f"uncertainties name {name!r}, which the probe has not; it has {_stated(probe)}")
        check_between(0, np.inf, **{name: uncertainty})
        moves = [f"position {k}" for k in range(4)] if name == "position" else [name]
        slopes = [_slope_of_factor(probe, partial(_moved, probe, move)) for move in moves]
        errors[name] = float(uncertainty * np.linalg.norm(slopes))
    return errors


def power_of_thickness(probe):
    """Power with which the geometric factor goes with the thickness [1]: 1 for a thin sheet, far below 0 on a metal."""
    return float(probe.thickness * _slope_of_factor(probe, partial(_moved, probe, "thickness")))


def _moved(probe, name, by):
    """What changes of a probe if a length of it is longer [m]."""
    if name.startswith("position "):
        return {"positions": np.array(probe.positions) + by * np.eye(4)[int(name[-1])]}
    if name == "spacing":
        return {"positions": np.array(probe.positions) * (1 + by / probe.spacing)}
    if name in ("line_length", "sample_width") and getattr(probe, "line_length", None) == probe.sample_width:
        return {"line_length": probe.line_length + by, "sample_width": probe.line_length + by}
    return {name: getattr(probe, name) + by}


def _slope_of_factor(probe, moved):
    """Derivative of the factor's logarithm [1/m] by a length; `moved` gives what changes in the probe."""
    step = 1e-4 * probe.smallest_gap
    if np.isfinite(probe.thickness):
        step = min(step, 1e-4 * probe.thickness)
    up, down = (replace(probe, **moved(h)).factor() for h in (step, -step))
    return np.log(up / down) / (2 * step)


def _stated(probe):
    names = ("thickness", "line_length", "sample_length", "sample_width", "contact_width")
    return ", ".join(["position", "spacing", *(name for name in names if getattr(probe, name, None))])
