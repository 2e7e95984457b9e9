"""What moves the energy of a cell: one input at a time, all together, and by how much a fabrication scatters."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, logit
from scipy.stats import sobol_indices, uniform

from sslib.cell.energy import DENSITY, SPECIFIC
from sslib.cell.layers import material
from sslib.checks import check_between, check_positive
from sslib.units import Wh_kg, Wh_L


@dataclass(frozen=True)
class Input:
    """A field of `Design` that may vary.

    Attributes
    ----------
    field : str
    label : str
    spread : float
        Relative standard deviation [1] that is taken of a fabrication: an assumption, not a measurement.
    chosen : bool
        Whether a designer sets it; capacity and voltage come with the chemistry.
    share : bool
        Whether it lies between zero and one by its nature.
    """

    field: str
    label: str
    spread: float
    chosen: bool = True
    share: bool = False


INPUTS = (
    Input("loading", "loading", 0.02),
    Input("capacity", "capacity of the active material", 0.015, chosen=False),
    Input("voltage", "mean voltage", 0.005, chosen=False),
    Input("inactive_fraction", "inactive share of the cathode", 0.03, share=True),
    Input("cathode_porosity", "porosity of the cathode", 0.15, share=True),
    Input("separator_thickness", "thickness of the separator", 0.05),
    Input("excess", "excess of the anode", 0.05),
    Input("anode_porosity", "porosity of the anode", 0.15, share=True),
    Input("cathode_foil", "aluminium foil", 0.03),
    Input("anode_foil", "copper foil", 0.03),
    Input("bipolar_foil", "bipolar foil", 0.03),
    Input("pressure_mass", "mass of the pressure hardware", 0.02),
    Input("pressure_thickness", "thickness of the pressure hardware", 0.02),
)


def energies(design):
    """Specific energy [Wh/kg] and energy density [Wh/L] in the stack, shape (2, ...)."""
    cell = design.in_stack
    return np.stack(np.broadcast_arrays(cell.specific_energy() / Wh_kg, cell.energy_density() / Wh_L))


def inputs_of(design):
    """Those of `INPUTS` that the design has: not zero, and not a foil that its collectors do without."""
    of_others = {"bipolar": ()}.get(design.collectors, ("bipolar_foil",))
    return tuple(own for own in INPUTS if getattr(design, own.field) > 0 and own.field not in of_others)


def chosen_inputs(design):
    """Those of `inputs_of` that a designer sets."""
    return tuple(own for own in inputs_of(design) if own.chosen)


def tornado(design, reach):
    """Energies with one chosen input at a time moved by the relative reach [1], as a DataFrame by label.

    Columns are pairs: the energy, and ``"low"`` or ``"high"`` for the end of the input.
    """
    import pandas as pd

    rows = {}
    for own in _reached(design, reach):
        ends = getattr(design, own.field) * np.array([1 - reach, 1 + reach])
        rows[own.label] = energies(replace(design, **{own.field: ends})).ravel()
    return pd.DataFrame(rows.values(), index=list(rows), columns=_columns(("low", "high")))


def sobol(design, reach, samples=2048, seed=0):
    r"""Shares of the chosen inputs in the variance of the energies, as a DataFrame by label.

    .. math:: S_i = \frac{V[E(Y|x_i)]}{V[Y]}, \qquad S_{T,i} = 1 - \frac{V[E(Y|x_{\sim i})]}{V[Y]}

    Each input is uniform within the relative reach [1] about its value, independent of the others. The first-order
    share is that of the input alone, the total one counts what it does together with others.

    Parameters
    ----------
    design : Design
    reach : float
        [1].
    samples : int
        A power of two; the energies are evaluated (inputs + 2) times as often.
    seed : int

    Returns
    -------
    pandas.DataFrame
        Columns are pairs: the energy, and ``"first"`` or ``"total"``.

    Notes
    -----
    Estimates by the design of A. Saltelli et al., Comput. Phys. Commun. 181 (2010) 259 (`scipy.stats.sobol_indices`);
    they scatter by about a hundredth and may be slightly negative.
    """
    import pandas as pd

    check_positive(reach=reach)
    own = _reached(design, reach)
    values = [getattr(design, one.field) for one in own]
    found = sobol_indices(
        func=lambda x: energies(replace(design, **{one.field: row for one, row in zip(own, x, strict=True)})),
        n=samples,
        dists=[uniform(value * (1 - reach), 2 * reach * value) for value in values],
        rng=np.random.default_rng(seed),
    )
    shares = np.stack([found.first_order, found.total_order], axis=1).reshape(4, -1)
    return pd.DataFrame(shares.T, index=[one.label for one in own], columns=_columns(("first", "total")))


def sampled(design, factor=1.0, samples=8192, seed=0):
    """The design as a fabrication scatters it: every input an array of so many samples.

    Inputs are independent, with their values as medians and about the relative standard deviations of `INPUTS` times
    the factor [1]: log-normal, and logit-normal for shares, so that no sample is impossible. Whatever follows from the
    design is then an array of samples, for `central_interval`.
    """
    check_between(0, np.inf, factor=factor)
    rng = np.random.default_rng(seed)
    changes = {}
    for own in inputs_of(design):
        value, chance = getattr(design, own.field), factor * own.spread * rng.standard_normal(samples)
        changes[own.field] = expit(logit(value) + chance / (1 - value)) if own.share else value * np.exp(chance)
    return replace(design, **changes)


def central_interval(samples, level=0.95):
    """The central interval of samples at that level, as a pair of floats."""
    return tuple(np.quantile(samples, [(1 - level) / 2, (1 + level) / 2]).tolist())


def moves(design):
    """What single changes of the cell gain in its stack, as a DataFrame by change, the best for the mass first.

    Columns: the energies after the change, their gains in the same units, and the gains in percent. Only changes that
    this cell can still make are in it. Whether the cell still conducts, holds or can be made is not asked.
    """
    import pandas as pd

    metal, light = design.anode.name == "Li", material("LGPS")
    half_hardware = {"pressure_mass": design.pressure_mass / 2, "pressure_thickness": design.pressure_thickness / 2}
    possible = {
        "separator half as thick": (True, {"separator_thickness": design.separator_thickness / 2}),
        "loading 1.5 times": (True, {"loading": 1.5 * design.loading}),
        "half the inactive share of the cathode": (True, {"inactive_fraction": design.inactive_fraction / 2}),
        "separator of LGPS, as thick": (
            design.separator.density > light.density and design.separator_filling is None,
            {"separator": light},
        ),
        "no excess of the anode": (design.excess > 0 and np.all(design.lithium_from_cathode <= 1), {"excess": 0.0}),
        "half the aluminium, no copper": (
            metal and design.collectors != "bipolar" and design.anode_foil > 0,
            {"cathode_foil": design.cathode_foil / 2, "anode_foil": 0.0},
        ),
        "foils shared by two cells": (design.collectors == "single-sided", {"collectors": "double-sided"}),
        "bipolar stack": (
            design.collectors != "bipolar" and design.cathode_filling is None and design.separator_filling is None,
            {"collectors": "bipolar"},
        ),
        "half the pressure hardware": (design.pressure_mass + design.pressure_thickness > 0, half_hardware),
        "twice the cells in the stack": (
            design.pressure_mass + design.packaging_mass > 0,
            {"cells": 2 * design.cells},
        ),
    }
    now = energies(design)
    rows = {}
    for label, (can, changes) in possible.items():
        if can:
            then = energies(replace(design, **changes))
            rows[label] = {
                SPECIFIC: float(then[0]),
                "gain [Wh/kg]": float(then[0] - now[0]),
                "gain by mass [%]": float(100 * (then[0] / now[0] - 1)),
                DENSITY: float(then[1]),
                "gain [Wh/L]": float(then[1] - now[1]),
                "gain by volume [%]": float(100 * (then[1] / now[1] - 1)),
            }
    return pd.DataFrame.from_dict(rows, orient="index").sort_values("gain [Wh/kg]", ascending=False)


def _reached(design, reach):
    """The chosen inputs, after a check that the reach [1] keeps all of them possible."""
    check_between(0, 0.9, reach=reach)
    own = chosen_inputs(design)
    for one in own:
        value = getattr(design, one.field)
        if one.share and value * (1 + reach) >= 1:
            raise ValueError(
                f"reach is {reach:g}, which takes the {one.label} from {value:g} to {value * (1 + reach):g}; "
                f"it must be below {1 / value - 1:.3g}"
            )
    return own


def _columns(ends):
    import pandas as pd

    return pd.MultiIndex.from_product([(SPECIFIC, DENSITY), ends])
