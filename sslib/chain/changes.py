"""What to change first: each quantity by a tenth, what that does to energy and failure, and how sure the order is."""

from dataclasses import replace

import numpy as np

from sslib.cell import discharged
from sslib.chain.draws import as_it_is, drawn_cells
from sslib.chain.outcome import LAW_DRAWS, failing_share
from sslib.checks import check_positive
from sslib.failure import COLDEST, recalibrated_without_each
from sslib.mechanics import LITHIUM_MELTING

STEP, KELVIN = 0.1, 10.0
"""By how much a quantity is changed either way: relative [1], and the temperature [K]."""


def _more_active(cell, factor):
    """More active material in the place of electrolyte; None where that takes all of it, or more than doubles it."""
    active = cell.active_fraction * factor
    electrolyte = cell.electrolyte_fraction - (active - cell.active_fraction)
    # A rail that is scaled from hardly any electrolyte would be hardly any resistance.
    if np.any((electrolyte <= 0) | (electrolyte > 2 * cell.electrolyte_fraction)):
        return None
    return cell.with_volumes(active, electrolyte, cell.carbon_fraction)


def _fields(**powers):
    def change(cell, factor):
        return replace(cell, **{name: getattr(cell, name) * factor**power for name, power in powers.items()})

    return change


OF_CELL = {
    "cathode's thickness": lambda cell, factor: cell.with_thickness(cell.thickness * factor),
    "share of active material": _more_active,
    "radius of the particles": lambda cell, factor: cell.with_particles(cell.particle_radius * factor),
    "diffusivity in the particles": _fields(tau_d=-1),
    "particles' resistance": _fields(R_ct=1),
    "electronic conductivity": _fields(R_el=-1),
    "electrolyte's conductivity": _fields(R_ion=-1, R_sep=-1),
    "separator's thickness": lambda cell, factor: cell.with_separator(cell.separator_thickness * factor),
    "excess of the anode": _fields(excess=1),
    "lithium's resistance": _fields(R_counter=1),
}
"""Changes of a cell by a factor."""

OF_LAWS = {
    "diffusivity in the particles": "particle_diffusivity",
    "lithium's resistance": "contact_resistance",
    "flaw in the separator": "flaw_size",
}
"""Parameters of the criteria that a change multiplies."""

OF_CONDITIONS = {"current density": "current_density", "stack pressure": "stack_pressure"}
TEMPERATURE = "temperature"
CONDITIONS = (*OF_CONDITIONS, TEMPERATURE)
"""Names of the changes that are none of the design."""


def what_to_change_first(use, draws=48, seed=1, scatter=1.0, law_draws=LAW_DRAWS // 2):
    r"""Effects of changing one quantity at a time, by a tenth, the way that gains more (DataFrame by change).

    Parameters
    ----------
    use : CellInUse
    draws, seed, scatter
        As for `drawn_cells`; the same draws for every change, so that a difference is the change's.
    law_draws : int
        Of the criteria's parameters.

    Returns
    -------
    pandas.DataFrame
        ``quantity``: what is changed. ``energy``: change of the specific energy over what it is [1] (over that without
        loss, where nothing is delivered); ``failure``: change of the probability of failure [1]; each with ``_low`` and
        ``_high`` at 95 % over the draws, that of failure also over the laws recalibrated without each of the studies
        that they rest on. ``gain``: change of :math:`E (1 - P)`, the energy that survives [J/kg]. ``first``: in what
        share of the draws of the cell this change gains most, and anything at all [1]. The largest gain first.

    Raises
    ------
    ValueError
        Where the discharge of a draw breaks off.

    Notes
    -----
    The current density stays, so that a thicker cathode has a lower C-rate; of the current density itself the whole
    effect is meant. More active material takes the place of electrolyte, and the rails follow with the exponent of
    `StatedCell.with_volumes`. The temperature is moved by `KELVIN`, as far as lithium stays solid and the laws go, with
    the activation energy of each draw. The stack pressure moves a contact that was measured in the discharge, too. A
    change of the resistance of the lithium's interface moves the contact of the criteria, and one of the diffusivity
    that of theirs. A probability of failure is an average over the laws, so that ``first`` is not about them. What a
    change costs, or does to other criteria than those that count, is not asked.
    """
    import pandas as pd

    check_positive(draws=draws, law_draws=law_draws)
    moved = _moved(use, lambda own: drawn_cells(own, draws, seed, scatter=scatter, cases=False))
    energies = _energies(moved)
    if (lost := np.isnan(list(energies.values())).any(axis=0).sum()) > 0:
        raise ValueError(f"{lost} of {draws + 1} draws could not be computed: a discharge of theirs broke off")
    failing = {label: failing_share(*pair, law_draws) for label, pair in moved.items()}
    now, risk = energies.pop(""), failing.pop("")
    scale = now if now[0] > 0 else np.full_like(now, use.at_work.masses.specific_energy(use.cell.reversible_energy))
    with np.errstate(divide="ignore", invalid="ignore"):
        effects = {label: np.where(scale > 0, (own - now) / scale, 0.0) for label, own in energies.items()}
    gains = {label: own * (1 - failing[label]) - now * (1 - risk) for label, own in energies.items()}
    best = [max(pair, key=lambda label: gains[label][0]) for pair in _pairs(energies)]
    drawn = np.array([gains[label][1:] for label in best])
    leads = np.where(drawn.max(axis=0) > 0, drawn.argmax(axis=0), -1)
    without = _without_each_study(use, best, law_draws)
    rows = {}
    for k, label in enumerate(best):
        rows[label] = {"quantity": _quantity_of(label), "gain": gains[label][0], "first": float(np.mean(leads == k))}
        for name, own, others in (("energy", effects[label], []), ("failure", failing[label] - risk, without[label])):
            low, high = np.quantile(own[1:], [0.025, 0.975], method="weibull")
            ends = {f"{name}_low": min(low, own[0], *others), f"{name}_high": max(high, own[0], *others)}
            rows[label] |= {name: own[0], **ends}
    frame = pd.DataFrame.from_dict(rows, orient="index")
    return frame.sort_values("gain", ascending=False, kind="stable")


def _quantity_of(label):
    """What a change changes, without by how much."""
    return label.rsplit(" ", 2)[0]


def _pairs(labels):
    """Labels of one quantity together, in their order."""
    grouped = {}
    for label in labels:
        grouped.setdefault(_quantity_of(label), []).append(label)
    return grouped.values()


def _without_each_study(use, labels, law_draws):
    """Changes of the probability of failure [1] of the cell as it is, one for each of the recalibrated laws, by label.

    Recalibrated first and changed then: what a change multiplies may itself be calibrated.
    """
    found = {label: [] for label in labels}
    for laws in recalibrated_without_each(use.laws).values():
        moved = _moved(replace(use, laws=laws), as_it_is)
        before = failing_share(*moved[""], law_draws)[0]
        for label in labels:
            found[label].append(failing_share(*moved[label], law_draws)[0] - before)
    return found


def _moved(use, draw):
    """By label the cell in use and its draws, as they are ("") and after each change, down and up.

    `draw` makes the draws of a cell in use.
    """
    cells = draw(use)
    found = {"": (use, cells)}
    for factor, sign in ((1 - STEP, "−"), (1 + STEP, "+")):
        tenth, kelvin = f"{sign}{100 * STEP:.0f} %", f"{sign}{KELVIN:.0f} K"
        for name in dict.fromkeys((*OF_CELL, *OF_LAWS)):
            change, law = OF_CELL.get(name), OF_LAWS.get(name)
            both = {"measured": cells.measured, "at_work": cells.at_work}
            if change is not None:
                both = {place: change(cell, factor) for place, cell in both.items()}
            if None in both.values():
                continue
            laws = use.laws
            if law is not None:
                laws = laws.changed({law: laws[law].median * factor}, "computed", "changed by a tenth")
            found[f"{name} {tenth}"] = replace(use, laws=laws), replace(cells, **both)
        for name, field in OF_CONDITIONS.items():
            own = use.under(**{field: getattr(use.conditions, field) * factor})
            found[f"{name} {tenth}"] = own, draw(own)
        T = use.conditions.T + (KELVIN if factor > 1 else -KELVIN)
        if COLDEST <= T <= LITHIUM_MELTING:
            own = use.under(T=T)
            found[f"{TEMPERATURE} {kelvin}"] = own, draw(own)
    return found


def _energies(moved):
    """Specific energy [J/kg] of each, shape (1 + draws,), all in one batch."""
    use, cells = moved[""]
    many = [own.at_work for _, own in moved.values()]
    names = cells.values()
    values = {
        name: np.concatenate([np.broadcast_to(getattr(own, name), len(own.R_ion)) for own in many]) for name in names
    }
    values["T"] = np.concatenate([np.full(len(own.R_ion), own.T) for own in many])
    current = np.concatenate(
        [
            np.full(len(cells.R_ion), own.conditions.current_density)
            for (own, _), cells in zip(moved.values(), many, strict=True)
        ]
    )
    _, energy = discharged(use.at_work, values, np.concatenate([[use.conditions.current_density], current])[:, None])
    parts = np.split(energy[1:, 0], len(many))
    return {
        label: areal / cell.masses.areal_mass
        for (label, areal), cell in zip(zip(moved, parts, strict=True), many, strict=True)
    }
