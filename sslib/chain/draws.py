"""Draws of a cell from what is known of it: by the fit, by its recipe, and by the step to another temperature."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, logit
from scipy.stats import norm, qmc

from sslib.cell import INPUTS, PARAMETERS, StatedCell, at_open_ends, drawn_parameters
from sslib.chain.use import OTHER_ENERGIES
from sslib.checks import check_between, check_positive

FIT, RECIPE, WARMTH = "fit of the spectrum", "geometry and recipe", "step to the temperature"
"""Stages of the chain that a draw of a cell passes."""

PARTICLES = 0.10
"""Relative standard deviation [1] that is taken of the particles' radius: an assumption."""

_NINETY = float(norm.ppf(0.95))


def tolerances():
    """Relative standard deviations [1] of geometry and recipe, those of `sslib.cell.INPUTS`, by the cell's fields."""
    known = {one.field: one.spread for one in INPUTS}
    return {
        "thickness": known["loading"],
        "active_mass": known["inactive_fraction"],
        "porosity": known["cathode_porosity"],
        "separator_thickness": known["separator_thickness"],
        "excess": known["excess"],
        "particle_radius": PARTICLES,
    }


@dataclass(frozen=True, eq=False)
class DrawnCells:
    """A cell as it is, draws of it, and the cases in which a parameter stands at an open end.

    Attributes
    ----------
    measured, at_work : sslib.cell.StatedCell
        At the temperature of the spectrum and at that of the conditions; fields that vary have the shape (1 + draws +
        cases,).
    draws : int
    cases : tuple
        Of `sslib.cell.at_open_ends`, then ``(name, "low")`` and ``(name, "high")``: the ends of each interval.
    """

    measured: StatedCell
    at_work: StatedCell
    draws: int
    cases: tuple

    @property
    def followed(self):
        """Number of rows before those at closed ends of an interval, which no draw needs."""
        return 1 + self.draws + sum(side in ("lower", "upper") for _, side in self.cases)

    def values(self):
        """Fields of the cells at work that vary, without the cell as it is: arrays of shape (draws + cases,)."""
        return {name: own[1:] for name, own in vars(self.at_work).items() if np.ndim(own) and name != "window"}

    def taken(self, rows):
        """The same with some of the rows alone."""
        parts = {}
        for place in ("measured", "at_work"):
            cell = getattr(self, place)
            arrays = {n: own[rows] for n, own in vars(cell).items() if np.ndim(own) and n != "window"}
            parts[place] = replace(cell, **arrays)
        return replace(self, **parts, draws=len(parts["at_work"].R_ion) - 1, cases=())


def as_it_is(use):
    """A cell in use without any draw (DrawnCells)."""
    return DrawnCells(*(replace(own, R_ion=np.array([own.R_ion])) for own in (use.cell, use.at_work)), 0, ())


def drawn_cells(use, draws=128, seed=1, stages=(FIT, RECIPE, WARMTH), scatter=1.0, cases=True):
    """Draws of a cell in use (DrawnCells).

    Parameters
    ----------
    use : CellInUse
    draws : int
    seed : int
        The fit's draws are those of `sslib.cell.propagated` with this seed.
    stages : sequence of str
        Those that vary; what the others say stays as it is.
    scatter : float
        Times the `tolerances` [1].
    cases : bool
        Whether to append the parameters' ends.

    Notes
    -----
    Tolerances are of what was stated, so that the totals which the spectrum determines stay: a cathode that is thicker
    than stated conducts better than it seems. The radius of the particles matters to the criteria alone, since the
    spectrum has their surface and their diffusion time. Shares are logit-normal, all else is log-normal, and
    activation energies are normal; geometry and recipe are a Latin hypercube of their own.
    """
    check_positive(draws=draws)
    check_between(0, 10, scatter=scatter)
    known, cell = use.transport.known, use.cell
    fitted = drawn_parameters(known, draws, seed, use.transport.correlations)
    ends = at_open_ends(known) | _ends(known) if cases else {}
    columns = {}
    for name in PARAMETERS:
        value = getattr(cell, name)
        own = fitted[name] if FIT in stages else np.full(draws, value)
        columns[name] = np.concatenate([[value], own, [case.get(name, value) for case in ends.values()]])
    measured = replace(cell, **columns, **_recipe(use, draws, len(ends), seed, scatter * (RECIPE in stages)))
    factors = use.factors(_energies(use, draws, len(ends), seed, WARMTH in stages))
    warm = {name: columns[name] * factors[name] for name in PARAMETERS}
    return DrawnCells(measured, replace(measured, T=float(use.conditions.T), **warm), draws, tuple(ends))


def _ends(known):
    """Each parameter at the closed ends of its interval, one at a time."""
    return {
        (name, side): {name: end}
        for name, own in known.items()
        for end, side in zip(own.interval, ("low", "high"), strict=True)
        if end is not None and end != own.value and not (end == 0 and name in ("R_ct", "tau_d"))
    }


def _recipe(use, draws, cases, seed, scatter):
    """Fields of the cell that geometry and recipe give, shape (1 + draws + cases,)."""
    names = tolerances()
    uniform = qmc.LatinHypercube(len(names), rng=np.random.default_rng([seed, 1])).random(draws)
    chances = dict(zip(names, scatter * norm.ppf(uniform).T, strict=True))
    shares = ("active_mass", "porosity")
    stated = {name: getattr(use if name in shares else use.cell, name) for name in names}
    drawn = {}
    for name, spread in names.items():
        value = stated[name]
        if name in shares:
            # Of the active mass what scatters is what it leaves.
            share = 1 - value if name == "active_mass" else value
            own = expit(logit(share) + spread * chances[name] / (1 - share)) if 0 < share < 1 else np.full(draws, share)
            own = 1 - own if name == "active_mass" else own
        else:
            own = value * np.exp(spread * chances[name])
        drawn[name] = np.concatenate([[value], own, np.full(cases, value)])
    return {
        **use.volumes(np.minimum(drawn.pop("active_mass"), 1 - use.carbon_mass), drawn.pop("porosity")),
        **drawn,
    }


def _energies(use, draws, cases, seed, vary):
    """Activation energies [J] by parameter, shape (1 + draws + cases,)."""
    rng, found = np.random.default_rng([seed, 2]), {}
    # One chance for all that the electrolyte conducts, one for each of the others.
    chances = {group: rng.standard_normal(draws) for group in ("electrolyte", *OTHER_ENERGIES)}
    for name, (energy, spread) in use.energies().items():
        chance = chances[name if name in OTHER_ENERGIES else "electrolyte"]
        own = energy + spread / _NINETY * chance * bool(vary)
        found[name] = np.concatenate([[energy], own, np.full(cases, energy)])
    return found
