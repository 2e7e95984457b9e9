"""What the intervals of a fit say about parameters together: combinations, diffusion not reached, arcs hidden."""

import numpy as np

from sslib.impedance.circuit import Parallel
from sslib.impedance.elements import Diffusion
from sslib.impedance.fitting.judgement import chi_square_quantile
from sslib.impedance.fitting.results import LEVEL, Verdict

MUCH_BETTER = 1 / 3
KNOWN = np.log(2)
"""A combination is said to be known where its ends lie no further apart than this in the logarithm, and so much closer
than those of either part."""

COMBINATIONS = {
    "product": ("{}·{}", lambda a, b: a * b),
    "ratio": ("{}/{}", lambda a, b: a / b),
    "sum": ("{} + {}", lambda a, b: a + b),
}


def verdicts_of_intervals(result):
    """What a fit has to say once its intervals are known."""
    yield from diffusion_not_reached(result)
    yield from arcs_hidden(result)
    yield from known_together(result)


def known_together(result):
    """Verdicts on parameters that the spectrum does not determine one by one but as a product, a ratio or a sum.

    The Gerischer limit is the common case: a line longer than its penetration depth knows R_ion·R_ct alone, and the
    interface's coefficient goes along with R_ion. Which combination it could be, the open ends say; that it is known,
    its own profile.
    """
    loose = _loose(result)
    units = {parameter.name: parameter.unit for parameter in result.model.parameters}
    taken = set()
    for k, first in enumerate(loose):
        for second in loose[k + 1 :]:
            # What goes along with one of a pair that is named already is known with the other, too.
            if first in taken or second in taken:
                continue
            alone = min(_width(result.interval(name)) for name in (first, second))
            found = []
            for kind in _combinations(result, first, second, units):
                form, combined = COMBINATIONS[kind]
                value, ends = result.derive(lambda v, a=first, b=second, f=combined: f(v[a], v[b]))
                if _width(ends) < min(MUCH_BETTER * alone, KNOWN):
                    found.append((_width(ends), kind, form.format(first, second), value, ends))
            if not found:
                continue
            _, kind, written, value, ends = min(found)
            taken.add(second)
            unit = {
                "product": f"{units[first]} {units[second]}".replace("ohm ohm", "ohm^2"),
                "ratio": _per(units[first], units[second]),
                "sum": units[first],
            }[kind]
            yield Verdict(
                "known only together",
                (first, second),
                f"{first} and {second} are known only as a {kind}: "
                + f"{written} = {value:.4g} {unit}".rstrip()
                + f" ({ends[0]:.4g} to {ends[1]:.4g}).",
            )


def diffusion_not_reached(result):
    """Verdicts on diffusion whose end lies below the lowest frequency: of it the spectrum knows R/√τ alone."""
    lowest = result.frequency.min()
    limit = chi_square_quantile(LEVEL, 1)
    for branch, _ in result.model.branches:
        if not isinstance(branch, Diffusion):
            continue
        resistance, time = (slot.name for slot in branch.slots)
        if time not in result.rises or result.rises[time][1] > limit or resistance not in result.free:
            continue
        if 2 * np.pi * lowest * result.values[time] < 1:
            continue
        shortest, _ = result.interval(time)
        value, ends = result.derive(lambda v, r=resistance, t=time: v[r] / np.sqrt(v[t]))
        if not _width(ends) < KNOWN:
            continue
        yield Verdict(
            "diffusion not reached",
            (resistance, time),
            f"The lowest frequency, {lowest:.3g} Hz, does not reach the end of the diffusion of {resistance} and "
            f"{time}" + (f": that lies below {1 / (2 * np.pi * shortest):.2g} Hz" if shortest else "") + ". "
            "Of the two the spectrum knows "
            f"{resistance}/√{time} = {value:.4g} ohm s^-0.5 ({ends[0]:.4g} to {ends[1]:.4g}).",
        )


def arcs_hidden(result):
    """Verdicts on arcs in series of which the spectrum knows the sum of the resistances better than one of them."""
    doubtful = {
        name for v in result.verdicts if v.kind in ("not determined", "rival solution") for name in v.parameters
    }
    arcs = [part.arc for part in result.model.terms if isinstance(part, Parallel) and part.arc]
    arcs = [arc for arc in arcs if set(arc) <= set(result.free)]
    for k, first in enumerate(arcs):
        for second in arcs[k + 1 :]:
            widths = {arc[0]: _width(result.interval(arc[0])) for arc in (first, second) if arc[0] in doubtful}
            if not widths:
                continue
            value, ends = result.derive(lambda v, a=first[0], b=second[0]: v[a] + v[b])
            if not _width(ends) < min(MUCH_BETTER * min(widths.values()), KNOWN):
                continue
            hidden = max(widths, key=widths.get)
            other = second[0] if hidden == first[0] else first[0]
            yield Verdict(
                "arc hidden",
                (hidden, other),
                f"The arc of {hidden} is hidden by that of {other}: what is known is {first[0]} + {second[0]} = "
                f"{value:.4g} ohm ({ends[0]:.4g} to {ends[1]:.4g}).",
            )


def _loose(result):
    """The positive parameters that a verdict calls not determined."""
    loose = [name for verdict in result.verdicts if verdict.kind == "not determined" for name in verdict.parameters]
    return [name for name in dict.fromkeys(loose) if result.rises.get(name)]


def _per(unit, other):
    return "" if unit == other else f"{unit}/({other})" if " " in other else f"{unit}/{other}"


def _combinations(result, first, second, units):
    """What may be known where these two intervals are not: the open ends go together."""
    ends, others = result.interval(first), result.interval(second)
    if any(a is None and b is None for a, b in zip(ends, others[::-1], strict=True)):
        yield "product"
    if any(a is None and b is None for a, b in zip(ends, others, strict=True)):
        yield "ratio"
    # Either may take all of it, neither more.
    if units[first] == units[second] and (ends[0], others[0]) == (None, None) and None not in (ends[1], others[1]):
        yield "sum"


def _width(ends):
    """Of an interval in the logarithm; an open one is as wide as can be."""
    return np.inf if None in ends else np.log(ends[1] / ends[0])
