"""What a titration gives: diffusivities against composition, refusals with their reasons, and values in between."""

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.special import ndtri

from sslib.checks import check_between
from sslib.formatting import number
from sslib.measurements.titration.hosts import Host

TOLD = 2
"""Refusals that an error has in full."""
LARGE = 0.1
"""Half-width of ln D beside that of the fit from which a verdict tells of it."""


@dataclass(frozen=True, eq=False)
class Titration:
    """Diffusivities of a titration.

    Attributes
    ----------
    host : Film or Sphere
    points : tuple
        `PulseDiffusivity` or `StepDiffusivity`, in the order of time.
    refused : dict
        By the time at which a pulse or step begins [s], why it gives no diffusivity (str).
    level : float
        Of all intervals [1].
    notes : tuple of str
        What was left out or assumed in cutting the series into steps.
    """

    host: Host
    points: tuple
    refused: dict
    level: float
    notes: tuple = field(default=())

    @property
    def composition(self):
        """Compositions [1] to which the diffusivities belong, in the order of time."""
        return np.array([point.composition for point in self.points])

    @property
    def diffusivity(self):
        """[m2/s]."""
        return np.array([point.diffusivity for point in self.points])

    @property
    def interval(self):
        """Lower and upper ends [m2/s], shape (2, points)."""
        return np.array([point.interval for point in self.points]).T

    @property
    def verdicts(self):
        """All that is doubted, in sentences, with the composition before each."""
        return tuple(
            f"x = {number(float(point.composition), 3)}: {text}" for point in self.points for text in point.verdicts
        )

    def at(self, composition):
        """Diffusivity [m2/s] at a composition and its interval, between the two nearest points.

        The logarithm is linear between them, and so is the width of its interval: where the instrument samples evenly,
        what a gap leaves open of a jump may be the same at both, and does not even out.

        Raises
        ------
        ValueError
            If the composition lies outside the points: nothing is carried on beyond them.
        """
        order = np.argsort(self.composition)
        x = self.composition[order]
        if not x[0] <= composition <= x[-1]:
            raise ValueError(
                f"composition is {composition:g}; the titration has diffusivities from {x[0]:.4g} to {x[-1]:.4g}"
            )
        after = int(np.clip(np.searchsorted(x, composition), 1, max(len(x) - 1, 1)))
        own = [self.points[k] for k in order[after - 1 : after + 1]]
        apart = own[-1].composition - own[0].composition
        share = (composition - own[0].composition) / apart if apart else 0.5
        weights = (1 - share, share) if len(own) > 1 else (1.0,)
        value = np.exp(sum(w * np.log(point.diffusivity) for w, point in zip(weights, own, strict=True)))
        sides = []
        for side in (0, 1):
            widths = [w * np.log(p.fit_interval[side] / p.diffusivity) for w, p in zip(weights, own, strict=True)]
            sides.append(np.hypot(sum(widths), length_width(self.host, self.level)))
        return float(value), (float(value * np.exp(-sides[0])), float(value * np.exp(sides[1])))


def reasons(refused):
    """The first refusals in one sentence, and how many more there are.

    >>> reasons({60.0: "no rest follows", 80.0: "flat", 99.0: "flat", 120.0: "flat"})
    'at 60 s no rest follows; at 80 s flat; and 2 more'
    """
    told = [f"at {begin:.6g} s {text}" for begin, text in list(refused.items())[:TOLD]]
    return "; ".join(told + ([f"and {len(refused) - TOLD} more"] if len(refused) > TOLD else []))


def length_width(host, level):
    """Half the width of ln D's interval that an error of the length brings: twice that of the length.

    >>> from sslib.measurements import Film
    >>> round(float(length_width(Film(area=1e-4, thickness=1e-6, sites=5e4, length_error=0.05), 0.95)), 3)
    0.196
    """
    check_between(0, 1, level=level)
    return ndtri(0.5 + level / 2) * 2 * host.length_error


def diffusivity_interval(host, times, level):
    """Ends of the interval of D [m2/s] from those of the diffusion time [s], with the length's error."""
    low, high = (float(host.diffusivity(time)) for time in times[::-1])
    middle = np.sqrt(low * high)
    half = np.hypot(np.log(high / middle), length_width(host, level))
    return float(middle * np.exp(-half)), float(middle * np.exp(half))


def spread(times, middle, more):
    """An interval of the diffusion time [s] whose logarithm has another independent half-width.

    >>> tuple(round(float(end), 3) for end in spread((9.0, 11.0), 10.0, 0.2))
    (7.977, 12.48)
    """
    low, high = (np.hypot(np.log(end / middle), more) for end in times)
    return float(middle * np.exp(-low)), float(middle * np.exp(high))


def changes_within(points):
    """By how much ln D is unsure because it changes within each step [1], from the steps before and after it.

    Zero where a titration has one point alone, which tells nothing of a change.
    """
    x = np.array([point.composition for point in points])
    moved = np.diff(x)
    changed = np.diff(np.log([point.diffusivity for point in points]))
    slopes = np.divide(changed, moved, out=np.zeros_like(moved), where=moved != 0)
    if not len(slopes):
        return np.zeros(len(points))
    around = np.concatenate([slopes[:1], (slopes[1:] + slopes[:-1]) / 2, slopes[-1:]])
    return np.abs(around) * np.array([point.unsure for point in points])


def with_more(point, more, host, level):
    """A point whose ln D has another independent half-width; a verdict where it is large."""
    low, high = (np.hypot(np.log(end / point.diffusivity), more) for end in point.fit_interval)
    ends = (float(point.diffusivity * np.exp(-low)), float(point.diffusivity * np.exp(high)))
    verdicts = point.verdicts
    if more > LARGE:
        verdicts += (
            f"D changes within the step, or the voltage is rounded, so that {100 * more:.0f} % are unsure whatever the "
            "noise: smaller steps, or a finer range of the instrument, mend it",
        )
    interval = diffusivity_interval(host, tuple(host.length**2 / end for end in ends[::-1]), level)
    return replace(point, fit_interval=ends, interval=interval, verdicts=verdicts)


def resolution(values):
    """Smallest difference between two values that differ: the step to which an instrument rounds.

    >>> resolution([3.0, 3.2, 3.2, 3.1])
    0.1
    """
    steps = np.diff(np.unique(np.round(values, 9)))
    return round(float(steps.min()), 9) if len(steps) else 0.0
