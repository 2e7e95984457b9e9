"""What the parts of a pellet conduct over temperature, and which activation energies follow from it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sslib.formatting import number
from sslib.impedance.pellet import (
    BOUNDARY,
    BULK,
    MATERIAL,
    RIVAL,
    THIN,
    TOTAL,
    conduction,
    remarks,
    total_with_electrode_arc,
)
from sslib.transport import BOLTZMANN, ArrheniusLine, arrhenius_fit, convention_difference
from sslib.units import S_cm, eV

NAMES = {TOTAL: "total", BULK: "bulk", BOUNDARY: "grain boundary, apparent", MATERIAL: "grain boundary, specific"}


def energy_in_eV(line):
    """Activation energy of an `ArrheniusLine` and the ends of its interval [eV]; NaN for those that two points lack."""
    return [line.energy / eV, *(end / eV if np.isfinite(end) else np.nan for end in line.energy_interval)]


@dataclass(frozen=True, eq=False)
class PartConduction:
    """What one part conducts, and the lines through it in both conventions."""

    name: str
    """In the words of a table."""
    points: object
    """The rows of `conduction` of this part (DataFrame)."""
    weighted: bool
    """Whether points count by the intervals of their fits; else all alike."""

    def line(self, points=None, *, times_temperature=True):
        """`ArrheniusLine` through the points, or through some of them, with the weights of this part."""
        points = self.points if points is None else points
        errors = points["relative_error"] if self.weighted else None
        return arrhenius_fit(points["T"], points["conductivity"], errors, times_temperature=times_temperature)

    @cached_property
    def product(self) -> ArrheniusLine:
        """The line of σT."""
        return self.line()

    @cached_property
    def plain(self) -> ArrheniusLine:
        """The line of σ."""
        return self.line(times_temperature=False)

    @property
    def convention_difference(self):
        """By how much the energy of σT must exceed that of σ through these temperatures [J]."""
        errors = self.points["relative_error"] if self.weighted else None
        return convention_difference(self.points["T"].to_numpy(), errors)


class PelletConduction:
    """The conductivities of a pellet over temperature, part by part.

    Parameters
    ----------
    fits : list of PelletFit
    thickness, area : float
        Of the pellet [m], [m2].
    weighted : bool
        Whether temperatures count by the intervals of their fits. All alike else: the error of a temperature, which no
        fit of a spectrum sees, is much the same at all of them.

    Attributes
    ----------
    table : pandas.DataFrame
        What `conduction` gives, without what has no weight.
    parts : dict of PartConduction
        Those known at two temperatures or more: total, bulk, grain boundary, boundary material.
    shares : list of float
        Capacitance of the bulk over that of the boundaries [1], where both are known.
    notes : list of str
        What is left out, and whether the brick-layer model holds.

    Raises
    ------
    ValueError
        Where the total is determined at fewer than two temperatures.
    """

    def __init__(self, fits, thickness, area, *, weighted=False):
        self.table, self.notes = conduction(fits, thickness, area), []
        open_ended = self.table["relative_error"].isna()
        if weighted and open_ended.any():
            self.table = self.table[~open_ended]
            self.notes.append(
                f"{open_ended.sum()} values whose interval is open at one end have no weight and are left out."
            )
        groups = self.table.groupby("part", sort=False)
        self.parts = {p: PartConduction(NAMES[p], own, weighted) for p, own in groups if own["T"].nunique() > 1}
        if TOTAL not in self.parts:
            why = "; ".join(remarks(fits))
            raise ValueError(f"the total resistance is determined at fewer than two temperatures; {why}")
        self.shares = [fitted.share for fitted in fits if fitted.share]
        if self.shares and max(self.shares) > THIN:
            self.notes.append(
                f"The ratio of the capacitances is up to {number(max(self.shares), 2)}. Where it is above {THIN:g} the "
                "boundaries are not thin, the permittivities differ, or the second arc is something else: the "
                "brick-layer model does not hold, and no specific conductivity is quoted."
            )

    def by_temperature(self):
        """Conductivities [S/cm] as a DataFrame with a row for each temperature [K]."""
        wide = self.table.assign(value=self.table["conductivity"] / S_cm)
        wide = wide.pivot_table(index="T", columns="part", values="value", sort=False).sort_index().reset_index()
        heads = {"T": "T [K]", BOUNDARY: "apparent grain boundary", MATERIAL: "specific grain boundary"}
        return wide.rename(columns=heads).rename_axis(None, axis=1)

    def energies(self):
        """Activation energies in both conventions with their intervals, part by part (DataFrame)."""
        import pandas as pd

        rows = {
            own.name: [
                *energy_in_eV(own.product),
                *energy_in_eV(own.plain),
                len(own.points),
                100 * own.product.residuals.std(ddof=0),
            ]
            for own in self.parts.values()
        }
        # Columns of the same words are told apart by a space.
        heads = ["E of σT [eV]", "from", "to", "E of σ [eV]", "from ", "to ", "points", "scatter [%]"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=heads)

    def conventions(self):
        """The difference of the two energies, that which must be between them, and k times the mean temperature."""
        import pandas as pd

        rows = {}
        for own in self.parts.values():
            ours, expected = own.product.energy - own.plain.energy, own.convention_difference
            rows[own.name] = {
                "ours [meV]": 1e3 * ours / eV,
                "expected [meV]": 1e3 * expected / eV,
                "deviation [1]": ours / expected - 1,
                "k times mean T [meV]": 1e3 * BOLTZMANN * own.points["T"].mean() / eV,
            }
        return pd.DataFrame.from_dict(rows, orient="index")

    def against(self, known, source):
        """Energies of σT beside known ones (DataFrame).

        Parameters
        ----------
        known : dict
            Energies [eV] by part.
        source : str
            What they are, as a head of a column: "truth", "published".
        """
        import pandas as pd

        rows = {}
        for part, own in self.parts.items():
            if part in known:
                ours = energy_in_eV(own.product)
                rows[own.name] = [*ours, known[part], ours[0] / known[part] - 1]
        columns = ["ours [eV]", "from", "to", f"{source} [eV]", "deviation [1]"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns)

    def measured_bulk(self):
        """The bulk's line (σT) through the temperatures at which the apex of its arc was measured.

        None where that is all of them, or two or fewer.
        """
        bulk = self.parts.get(BULK)
        if bulk is None or bulk.points["inside"].all() or bulk.points["inside"].sum() < 3:
            return None
        return bulk.line(bulk.points[bulk.points["inside"]])

    def choices(self, others=None):
        """By how much the total's energy (σT) moves when something else is chosen (DataFrame).

        Parameters
        ----------
        others : dict of ArrheniusLine, optional
            Further lines by what was chosen.
        """
        import pandas as pd

        total = self.parts[TOTAL]
        points, lines = total.points, dict(others or {})
        if points["relative_error"].notna().all():
            weighted = PartConduction(total.name, points, weighted=True)
            lines["points weighted by the fits' intervals"] = weighted.product
        for end, kept in (("lowest", points["T"] > points["T"].min()), ("highest", points["T"] < points["T"].max())):
            if kept.sum() > 1:
                lines[f"without the {end} temperature"] = total.line(points[kept])
        reference = total.product.energy
        rows = {name: [line.energy / eV, 1e3 * (line.energy - reference) / eV] for name, line in lines.items()}
        return pd.DataFrame.from_dict(rows, orient="index", columns=["E of σT [eV]", "change [meV]"])

    def resistive_part(self, T):
        """The part that resists most at T [K], bulk or grain boundary, and its share of both [1]; else None, None.

        Beyond the measured temperatures it is that at the nearest of them.
        """
        if not {BULK, BOUNDARY} <= set(self.parts):
            return None, None
        inside = np.clip(T, self.table["T"].min(), self.table["T"].max())
        resists = {part: 1 / float(self.parts[part].product.conductivity(inside)) for part in (BULK, BOUNDARY)}
        most = max(resists, key=resists.get)
        return most, resists[most] / sum(resists.values())


def total_line_with_electrode_arc(fits, spectra, cell_constant):
    """The total's line (σT) if the electrode had an arc before its tail, and where that fits better.

    Parameters
    ----------
    fits : list of PelletFit
        By a model whose electrode is a tail.
    spectra : list of Spectrum
    cell_constant : float
        [1/m], as for `fit_pellet`.

    Returns
    -------
    line : ArrheniusLine
    better, tried : int
        Temperatures at which the Bayesian information criterion decides for the arc, and all that were tried.
    """
    known = [pair for pair in zip(fits, spectra, strict=True) if None not in pair[0].total[1]]
    totals, gains = np.array([total_with_electrode_arc(*pair, cell_constant) for pair in known]).T
    line = arrhenius_fit([fitted.temperature for fitted, _ in known], cell_constant / totals)
    return line, int((gains > RIVAL).sum()), len(known)
