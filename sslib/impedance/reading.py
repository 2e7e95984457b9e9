"""What a spectrum says of a composite cathode: its test, its noise, the models that it bears, and what limits."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sslib.checks import check_positive
from sslib.impedance.budget import STORAGE, limiting, resistance_budget
from sslib.impedance.cathodes import (
    CATHODES,
    COUNTER_ELECTRODES,
    PARTS,
    SEPARATORS,
    cathode_model,
    compare,
    fit_likely,
    interval_across,
)
from sslib.impedance.validity import (
    ErrorStructure,
    KramersKronig,
    RepeatNoise,
    kramers_kronig,
    noise_level,
    noise_of_repeats,
)

ELECTRODE = ("ionic rail", "electronic rail", "charge transfer", "diffusion")
"""The parts of the cell that belong to the composite electrode: one of them limits it."""
CLOSE = 10.0
"""Units of the Bayesian criterion within which models are rivals."""
DISPUTED = 1.1
"""Ratio of the largest to the smallest value beyond which rivals disagree on a resistance."""
_PARTS = {**PARTS, "L_lead": "leads"}


@dataclass(frozen=True, eq=False, repr=False)
class CathodeReading:
    """The outcome of `read_cathode`. Fits, intervals and the budget are made when they are first asked for, and kept.

    Attributes
    ----------
    spectrum : Spectrum
        As fitted.
    test : KramersKronig
    structure : ErrorStructure
        The noise that the intervals rest on.
    noise_origin : str
        Where that comes from, in words.
    repeats : RepeatNoise or None
        Of the file's other spectra, where there are enough.
    menu : dict
        The cathodes, separators and counter electrodes that are compared.
    settings : dict
        Further arguments of `cathode_model`, the same for all.
    """

    spectrum: object
    test: KramersKronig
    structure: ErrorStructure
    noise_origin: str
    repeats: RepeatNoise | None
    menu: dict
    settings: dict

    @property
    def magnitude(self):
        """\\|Z\\| [ohm] of the spectrum, or of the mean of its repeats, which has less noise itself."""
        return abs(self.spectrum.impedance if self.repeats is None else self.repeats.impedance)

    @property
    def noise(self):
        """Standard deviation of each part relative to the magnitude [1], by frequency."""
        return self.structure.sigma(self.spectrum.frequency, self.magnitude) / self.magnitude

    @cached_property
    def ranking(self):
        """The models of the menu, the best first (DataFrame of `compare`)."""
        return compare(self.menu, self.spectrum, **self.settings)

    @property
    def choice(self):
        """Cathode, separator and counter electrode of the best model (dict)."""
        return self.ranking.loc[0, list(self.menu)].to_dict()

    @property
    def resistances(self):
        """Names of the resistances that models of the menu have (list)."""
        return [name for name in PARTS if name in self.ranking]

    @property
    def close(self):
        """The rows of the ranking whose criterion lies within ten units of the best."""
        return self.ranking[self.ranking["bic"] - self.ranking["bic"].min() < CLOSE]

    @property
    def disputed(self):
        """Resistances that some close models lack and others have, or that differ by more than 10 % (list of str)."""
        columns = {name: self.close[name] for name in self.resistances}
        return [
            name
            for name, column in columns.items()
            if column.max() > DISPUTED * column.min() or (column.isna().any() and column.notna().any())
        ]

    @cached_property
    def likely(self):
        """Fits of the best model, first, and of those that are nearly as likely (list of FitResult)."""
        error_model = self.structure.error_model(self.spectrum.frequency, self.magnitude)
        return fit_likely(self.ranking, self.spectrum, settings=self.settings, **error_model)

    @property
    def result(self):
        """The fit of the best model (FitResult)."""
        return self.likely[0]

    @property
    def describes(self):
        """Whether the best model describes the spectrum to within its noise."""
        return not any(verdict.kind == "residuals exceed the noise" for verdict in self.result.verdicts)

    @property
    def undetermined(self):
        """Parameters of the best model that the spectrum does not determine (list of str)."""
        open_ones = (verdict.parameters for verdict in self.result.verdicts if verdict.kind == "not determined")
        return list(dict.fromkeys(name for names in open_ones for name in names))

    def interval(self, name, function=None):
        """Interval at 95 % of a parameter in its unit: of a resistance across the likely models, else of the best one.

        Parameters
        ----------
        name : str
        function : callable, optional
            As for `interval_across`: what follows from this parameter.

        Returns
        -------
        tuple
            Ends, None for an open one.

        Raises
        ------
        ValueError
            For a parameter that none of these models has.
        """
        models = self.likely if name in self.resistances else [self.result]
        if not any(name in one.free for one in models):
            known = dict.fromkeys((*self.result.free, *(r for one in self.likely for r in PARTS if r in one.free)))
            raise ValueError(f"there is no interval for {name!r}: known are {', '.join(known)}")
        return interval_across(models, name, function)

    @cached_property
    def budget(self):
        """Parts of Re Z at the lowest frequency (dict of `resistance_budget`), the largest sought in the electrode."""
        return resistance_budget(self.result, _PARTS, among=ELECTRODE)

    @property
    def of_electrode(self):
        """The shares of the budget that belong to the electrode (dict of str to Share)."""
        return {part: self.budget[part] for part in ELECTRODE if part in self.budget}

    @property
    def of_cell(self):
        """The shares of the budget that are resistances: all but storage (dict of str to Share)."""
        return {part: share for part, share in self.budget.items() if part != STORAGE}

    @property
    def limits(self):
        """What limits the electrode: a part, several joined by "or", or "not decided"."""
        return self._limiting[0]

    @property
    def reasons(self):
        """Why that is not decided, or why several are named (list of str)."""
        return self._limiting[1]

    @property
    def limits_cell(self):
        """The largest resistance of the cell, or "not decided" where what limits the electrode is not."""
        if self.limits == "not decided":
            return self.limits
        return max(self.of_cell, key=lambda part: self.of_cell[part].value)

    @cached_property
    def _limiting(self):
        terminals = self.settings["terminals"]
        if terminals != "ion-electron":
            return "not decided", [f"{terminals} contacts single out one path, which in a cell is one of several"]
        rivals = [
            (cathode_model(**row[list(self.menu)], **self.settings), row.dropna().to_dict())
            for _, row in self.close.iloc[1:].iterrows()
        ]
        return limiting(self.result, self.budget, _PARTS, ELECTRODE, rivals)


def read_cathode(
    spectrum,
    *,
    loops=(),
    cathode="auto",
    separator="auto",
    counter_electrode="auto",
    terminals="ion-electron",
    larger="ion",
    lead=False,
    noise=None,
    test=None,
):
    """Read a spectrum of a cell with a composite cathode: is it valid, how noisy, which models, what limits.

    The noise is what is stated; else the scatter of repeats; else what the Kramers-Kronig test leaves. What is "auto"
    is compared by the Bayesian information criterion, and intervals span the models that are nearly as likely as the
    best.

    Parameters
    ----------
    spectrum : Spectrum
        Or a part of one.
    loops : sequence of Spectrum
        All spectra of its file. More than two on the same frequencies are repeats.
    cathode, separator, counter_electrode : str
        As for `cathode_model`, or "auto" for all that these terminals allow.
    terminals, larger, lead
        As for `cathode_model`.
    noise : float, optional
        Standard deviation of Re Z and of Im Z relative to the magnitude [1], where it is known.
    test : KramersKronig, optional
        Where it is at hand: of the whole spectrum, for example, of which a part is fitted.

    Returns
    -------
    CathodeReading

    Raises
    ------
    ValueError
        For a name that is not on the menu, terminals that need a rail which the model lacks, a noise that is not
        positive, loops that are repeats on other frequencies than the spectrum's, or as `kramers_kronig` does. When its
        models are asked for: too few frequencies for any of them.

    Examples
    --------
    >>> from sslib.instruments import Spectrum
    >>> f = np.geomspace(1e5, 0.01, 36)
    >>> model = cathode_model("one_rail", "none")
    >>> exact = model.impedance(f, R_ion=60.0, Q_dl=2e-4, alpha_dl=0.9, R_ct=90.0)
    >>> scatter = np.random.default_rng(1).standard_normal((36, 2)) @ [1, 1j]
    >>> spectrum = Spectrum(f, exact * (1 + 0.003 * scatter))
    >>> reading = read_cathode(spectrum, cathode="one_rail", separator="none", counter_electrode="none")
    >>> low, high = reading.interval("R_ct")
    >>> reading.limits, low < 90 < high
    ('charge transfer', True)
    """
    rails = [name for name, has in CATHODES.items() if terminals != "electron-electron" or "electron" in has]
    menu = {
        "cathode": rails if cathode == "auto" else [cathode],
        "separator": list(SEPARATORS) if separator == "auto" else [separator],
        "counter_electrode": list(COUNTER_ELECTRODES) if counter_electrode == "auto" else [counter_electrode],
    }
    settings = {"terminals": terminals, "larger": larger, "lead": lead}
    # A name that is not on the menu is refused here, not when the models are first asked for.
    cathode_model(**{name: options[0] for name, options in menu.items()}, **settings)
    if noise is not None:
        check_positive(noise=noise)
    test = kramers_kronig(spectrum) if test is None else test
    repeats = _repeats(spectrum, loops)
    if noise is not None:
        structure, origin = ErrorStructure.proportional(noise), "as stated"
    elif repeats is not None:
        structure, origin = repeats.structure, f"from the {len(loops)} repeats in the file"
    else:
        structure, origin = noise_level(spectrum, test), "from the residuals of the Kramers-Kronig test"
    return CathodeReading(spectrum, test, structure, origin, repeats, menu, settings)


def _repeats(spectrum, loops):
    """Noise of the loops within the spectrum's range, None where they are too few or not on the same frequencies."""
    if len(loops) < 3 or not all(np.array_equal(one.frequency, loops[0].frequency) for one in loops):
        return None
    lowest, highest = spectrum.frequency.min(), spectrum.frequency.max()
    repeats = noise_of_repeats([one.window(lowest, highest) for one in loops])
    if not np.array_equal(repeats.frequency, spectrum.frequency):
        raise ValueError(
            f"the loops have {len(repeats.frequency)} frequencies from {lowest:g} to {highest:g} Hz, others than the "
            f"spectrum's {len(spectrum.frequency)}; repeats have the same ones"
        )
    return repeats
