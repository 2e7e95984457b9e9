"""From what a spectrum says of an electrode to what the later steps need of its cell."""

from sslib.cell import PARAMETERS, Known, fitted
from sslib.impedance import PARTS, interval_across


def known_transport(reading, own, area, thickness):
    """Transport parameters per area, over all models that are likely (KnownTransport).

    The same as `sslib.cell.read_fit` makes of the ``results.json`` of such a fit.

    Parameters
    ----------
    reading : sslib.impedance.CathodeReading
    own : dict of float or Known
        Values [ohm m2, s] by the names of `PARAMETERS`, for what the spectrum does not have.
    area, thickness : float
        Of the electrode [m2, m].

    Raises
    ------
    ValueError
        Where neither the spectrum nor ``own`` has a parameter.

    Notes
    -----
    A resistance that the best model lacks and another has may be nothing, but for that of the charge transfer, without
    which an electrode blocks: that has the value of the likeliest model which has it, and no upper end where one lacks
    it. Diffusion counts as seen where the best model has it.
    """
    result, models = reading.result, reading.likely
    known = {}
    for name in (*PARAMETERS, "R_d"):
        having = [one for one in models if name in one.free]
        if name == "R_ct" and having:
            low, high = interval_across(having, name)
            known[name] = Known(having[0].values[name], (low, high if len(having) == len(models) else None))
        elif name in result.free or (having and name in reading.resistances and name != "R_d"):
            known[name] = Known(result.values.get(name, 0.0), tuple(reading.interval(name)))
    return fitted(known, result.correlations(above=0.5), own, area, thickness=thickness)


def budget_per_area(reading, area):
    """The resistance budget of a cell per area, an end open where the fit leaves one of its resistances open.

    Parameters
    ----------
    reading : sslib.impedance.CathodeReading
    area : float
        Of the cell [m2].

    Returns
    -------
    dict of tuple
        By part (value, low, high) [ohm m2], None for an open end.
    """
    parts = {}
    for part, share in reading.budget.items():
        own = [reading.interval(name) for name, of in PARTS.items() if of == part and name in reading.result.free]
        ends = [None if any(one[side] is None for one in own) else share.interval[side] * area for side in (0, 1)]
        parts[part] = (share.value * area, *ends)
    return parts
