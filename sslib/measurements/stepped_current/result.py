"""What a stepped current showed: each half-cycle with its verdict, and the intervals that follow."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np

from sslib.measurements.stepped_current.decision import MISSED
from sslib.measurements.stepped_current.half_cycles import SAME, HalfCycle
from sslib.measurements.stepped_current.words import verdicts_of

Kind = Literal["collapse", "slope"]


@dataclass(frozen=True, eq=False)
class Judged:
    """A half-cycle with what was decided.

    Attributes
    ----------
    half_cycle : HalfCycle
    process : str
        What happens at the electrode that is measured: "stripping", "plating", or "both" in a cell of two.
    reached : float
        Largest current density that had flowed by then, this half-cycle's own included [A/m2].
    change : float
        Of the resistance since the half-cycle before [1]; NaN for the first.
    rise : float
        Of the resistance within it [1].
    states : dict
        By failure: "reference" (too few before it), "survived", "undecided" (a change that counts is not excluded),
        "failed", or "after" (no longer a sound cell).
    ratios : dict
        By failure, decision statistic over its threshold; above 1 where noise does not explain the change. NaN where
        nothing was decided.
    evidence : tuple of str
    """

    half_cycle: HalfCycle
    process: str
    reached: float
    change: float
    rise: float
    states: dict
    ratios: dict
    evidence: tuple

    @property
    def verdict(self):
        """One word: "collapse", "slope", "after", "undecided", "reference" or "survived"."""
        failed = [kind for kind in get_args(Kind) if self.states[kind] == "failed"]
        if failed:
            return failed[0]
        return next((word for word in ("after", "undecided", "reference") if word in self.states.values()), "survived")


@dataclass(frozen=True, eq=False)
class CriticalCurrent:
    """The outcome of `critical_current`.

    Attributes
    ----------
    half_cycles : tuple of Judged
    failure : str
        The first: "collapse", "slope" or "none".
    electrode : str
        As asked for.
    limited : float or None
        Current density at which the limit of the instrument was reached [A/m2].
    unfinished : float or None
        Current density of the last half-cycle, where that was broken off before it could be judged [A/m2].
    limit : float or None
        That voltage, as given [V].
    resistance : float or None
        Of the separator, as given [ohm m2].
    false_alarm, smallest : float
        As asked for.
    notes : tuple of str
        From reading and cutting.
    """

    half_cycles: tuple
    failure: str
    electrode: str
    limited: float | None
    unfinished: float | None
    limit: float | None
    resistance: float | None
    false_alarm: float
    smallest: float
    notes: tuple

    @cached_property
    def verdicts(self):
        """What was found, for which program, and what the record leaves open, in sentences."""
        return tuple(verdicts_of(self))

    def interval(self, failure=None, process=None):
        """Current densities of the last step survived and the first failed [A/m2]; None for an end that is open.

        A step is the largest current until then: what fails at a lower one counts for it.

        Parameters
        ----------
        failure : str, optional
            "collapse" or "slope"; the first if not given, and both for a cell that did not fail.
        process : str, optional
            "stripping" or "plating": only half-cycles in which the measured electrode did that.
        """
        if failure is None and self.failure != "none":
            failure = self.failure
        kinds = get_args(Kind) if failure is None else (failure,)
        if not set(kinds) <= set(get_args(Kind)):
            raise ValueError(f"failure is {failure!r}; it must be one of {', '.join(get_args(Kind))}")
        own = [one for one in self.half_cycles if process in (None, one.process)]
        if not own:
            known = sorted({one.process for one in self.half_cycles})
            raise ValueError(f"process is {process!r}; the half-cycles are {', '.join(known)}")
        sizes = np.array([one.reached for one in own])
        failed = [any(one.states[kind] == "failed" for kind in kinds) for one in own]
        high = float(sizes[np.argmax(failed)]) if any(failed) else None
        below = sizes if high is None else sizes[sizes < high * (1 - SAME)]
        bad = [size for one, size in zip(own, sizes, strict=True)
               if not all(one.states[kind] in ("survived", "reference") for kind in kinds)]  # fmt: skip
        bad += [] if self.unfinished is None else [self.unfinished]
        good = [size for size in below if not np.isclose(size, bad, rtol=SAME).any()]
        return float(max(good, default=0.0)), high

    @property
    def level(self):
        """Share of records whose interval holds the current at which a change of `smallest` begins, at least."""
        return 1 - max(self.false_alarm, MISSED)

    @property
    def decisive(self):
        """The half-cycle in which the first failure was called, or the last of a cell that did not fail (Judged)."""
        return self.half_cycles[-1] if self.failure == "none" else self.first(self.failure)

    def first(self, failure):
        """The half-cycle in which that failure was first called (Judged), or None."""
        return next((one for one in self.half_cycles if one.states[failure] == "failed"), None)
