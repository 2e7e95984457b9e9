"""Parameters of the criteria: named, with unit, median, spread and what they rest on; seeded draws."""

from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from zlib import crc32

import numpy as np
from scipy.special import ndtr, ndtri

from sslib.checks import check_between, check_positive

READ, SECONDARY, COMPUTED, ASSUMED, USER = "read in the source", "secondary source", "computed", "assumed", "user"
"""What a number rests on: read where it was published, read in a paper that quotes it, computed here from such
numbers, assumed, or given by the user."""

SPANNING, CENTRED, EVEN = "log-normal", "normal", "uniform"
"""Kinds of distribution. The spread says where 90 % of the draws lie: within a factor of the median, within so much of
it, and (uniform) all of them within so much of it."""

_NINETY = float(ndtri(0.95))


@dataclass(frozen=True)
class Parameter:
    """One uncertain quantity.

    Attributes
    ----------
    name : str
    unit : str
        Of the median in SI; ``"1"`` for a pure number.
    median : float
    spread : float
        A factor, 1 or more, for ``"log-normal"``; a half width in the parameter's unit otherwise.
    kind : str
        ``"log-normal"``, ``"normal"`` or ``"uniform"``.
    evidence, source, meaning : str
    lowest, highest : float
        What is physically possible: a median beyond is refused, a draw beyond is the end.

    Examples
    --------
    >>> size = Parameter("flaw_size", "m", 7e-6, 3.0, "log-normal", "computed", "between two shorts", "flaw")
    >>> np.round(size.quantile(np.array([0.05, 0.5, 0.95])) * 1e6, 2).tolist()
    [2.33, 7.0, 21.0]
    """

    name: str
    unit: str
    median: float
    spread: float
    kind: str
    evidence: str
    source: str
    meaning: str
    lowest: float = -np.inf
    highest: float = np.inf

    def __post_init__(self):
        check_between(self.lowest, self.highest, **{self.name: self.median})
        if self.kind == SPANNING:
            check_positive(**{self.name: self.median})
            check_between(1, np.inf, **{f"spread of {self.name}": self.spread})
        else:
            check_between(-np.inf, np.inf, **{self.name: self.median})
            check_between(0, np.inf, **{f"spread of {self.name}": self.spread})

    def quantile(self, share):
        """Value below which a share [1] of the draws lies; strictly between 0 and 1."""
        return self._of_normal(ndtri(share))

    def draws(self, count, seed):
        """So many draws, that depend on the seed and the parameter's name and on nothing else."""
        return self._of_normal(np.random.default_rng([seed, crc32(self.name.encode())]).standard_normal(count))

    def _of_normal(self, z):
        if self.kind == SPANNING:
            found = self.median * np.exp(np.log(self.spread) / _NINETY * z)
        elif self.kind == EVEN:
            found = self.median + self.spread * (2 * ndtr(z) - 1)
        else:
            found = self.median + self.spread / _NINETY * z
        return np.clip(found, self.lowest, self.highest)


@dataclass(frozen=True, eq=False)
class Parameters:
    """All parameters of a cell by name.

    Attributes
    ----------
    cell : str
        What they describe, for titles and messages.
    known : dict of str to Parameter
    vocabulary : dict of str to Parameter
        Every parameter that any criterion can use, for its unit, its kind and the spread of what is added.
    """

    cell: str
    known: dict = field(repr=False)
    vocabulary: dict = field(repr=False)

    def __getitem__(self, name):
        return self.known[name]

    def with_values(self, **values):
        """The same with other medians, or other medians and spreads as pairs.

        Parameters
        ----------
        **values
            In SI: a number, which keeps the spread (factor or half width), or ``(median, spread)``.

        Raises
        ------
        ValueError
            For an unknown name; the nearest is named.

        Examples
        --------
        >>> from sslib.failure import cell_parameters
        >>> cell_parameters("LPSCl").with_values(flaw_sise=1e-6)
        Traceback (most recent call last):
        ...
        ValueError: there is no parameter 'flaw_sise'; did you mean flaw_size?
        """
        return self.changed(values, USER, "given by the user")

    def changed(self, values, evidence, source):
        """As `with_values`, from a dictionary and with what the numbers rest on."""
        known = dict(self.known)
        for name, value in values.items():
            if name not in self.vocabulary:
                near = get_close_matches(name, self.vocabulary, n=1)
                hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(self.vocabulary))}"
                raise ValueError(f"there is no parameter {name!r}; {hint}")
            old = known.get(name, self.vocabulary[name])
            median, spread = value if np.ndim(value) else (value, old.spread)
            known[name] = replace(old, median=median, spread=spread, evidence=evidence, source=source)
        return replace(self, known=known)

    def require(self, names, purpose):
        """Raise ValueError that names the first of these parameters that the cell lacks."""
        for name in names:
            if name not in self.known:
                unit = self.vocabulary[name].unit
                raise ValueError(f"{self.cell} has no {name} [{unit}], which {purpose} needs; state it")

    def medians(self):
        """Medians by name."""
        return {name: one.median for name, one in self.known.items()}

    def draws(self, count, seed=0, names=None):
        """Arrays of so many draws by name, of all parameters or the named ones."""
        return {name: self.known[name].draws(count, seed) for name in (names or self.known)}

    def table(self, names=None):
        """The parameters as a DataFrame by name: meaning, median, 5 % and 95 %, unit, kind, evidence, source."""
        import pandas as pd

        rows = {}
        for name in names or self.known:
            one = self.known[name]
            low, high = one.quantile(np.array([0.05, 0.95]))
            rows[name] = {
                "meaning": one.meaning,
                "median": one.median,
                "5 %": low,
                "95 %": high,
                "unit": one.unit,
                "kind": one.kind,
                "evidence": one.evidence,
                "source": one.source,
            }
        return pd.DataFrame.from_dict(rows, orient="index")
