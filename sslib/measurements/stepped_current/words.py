"""What a stepped current leaves open, in sentences."""

import numpy as np

from sslib.formatting import number
from sslib.units import hour, mA_cm2, mAh_cm2, minute, ohm_cm2

FLAT = 0.01
"""Change of the resistance within and between half-cycles [1] below which a cell looks like a metal."""
IMPLAUSIBLE = 100 * mA_cm2
"""Ten times what source 002 has for the best of its electrolytes (Table 1, LiPON: above 10 mA/cm2)."""


def verdicts_of(result):
    """Sentences on where the cell failed, for which program, and what the record cannot tell."""
    yield _outcome(result)
    yield _program(result)
    if result.limited is not None:
        at = "" if result.limit is None else f" of {result.limit:.3g} V"
        yield (
            f"The instrument's limit{at} was reached at {result.limited / mA_cm2:.3g} mA/cm2 and the record ends "
            "there: this says nothing of a short, which may come at once or much later."
        )
    elif result.unfinished is not None:
        yield (
            f"The record breaks off at {result.unfinished / mA_cm2:.3g} mA/cm2, in a half-cycle of too few samples to "
            "be judged: that current was not survived, and a short may be what ended it."
        )
    largest = max(abs(one.half_cycle.current_density) for one in result.half_cycles)
    if largest > IMPLAUSIBLE:
        yield (
            f"The largest current is {largest / mA_cm2:.3g} mA/cm2, far more than solid cells of lithium bear: check "
            "the unit of the current, and the area."
        )
    yield from _undecided(result)
    yield from _spikes(result)
    yield from _sides(result)
    yield from _known(result)


def _outcome(result):
    low, high = (None if end is None else end / mA_cm2 for end in result.interval())
    if result.failure == "none":
        if not low:
            return "Nothing failed, and no step was survived for sure: this record leaves the critical current open."
        return (
            f"Nothing failed: the critical current density is above {low:.3g} mA/cm2, the largest survived, and has no "
            "upper end."
        )
    one = result.decisive
    word = "collapses" if result.failure == "collapse" else "slopes"
    from_what = f"{low:.3g} mA/cm2 was survived" if low else "no step was survived for sure"
    own = abs(one.half_cycle.current_density) / mA_cm2
    later = f", seen at {own:.3g} mA/cm2 after that" if own < 0.98 * high else ""
    return f"The voltage {word} at {high:.3g} mA/cm2{later} ({'; '.join(one.evidence)}); {from_what}."


def _program(result):
    cycles = [one.half_cycle for one in result.half_cycles]
    # The last may have been broken off.
    time, charge = (np.array([getattr(one, name) for one in cycles[:-1]]) for name in ("duration", "charge"))
    reach = f"{number(charge.min() / mAh_cm2, 2)} to {number(charge.max() / mAh_cm2, 2)} mAh/cm2"
    if np.ptp(time) < 0.05 * time.max():
        usual = float(np.median(time))
        length = f"{number(usual / hour, 2)} h" if usual > 2 * hour else f"{number(usual / minute, 2)} min"
        return (
            f"It holds for half-cycles of {length}, which carry {reach}: with each step the charge grows as well, and "
            "the two are not told apart."
        )
    if np.ptp(charge) < 0.05 * charge.max():
        return (
            f"It holds for half-cycles of {number(charge.max() / mAh_cm2, 2)} mAh/cm2, which last "
            f"{number(time.max() / minute, 2)} to {number(time.min() / minute, 2)} min: a failure that takes time has "
            "less of it at each step."
        )
    return (
        f"It holds for this program of half-cycles of {number(time.min() / minute, 2)} to "
        f"{number(time.max() / minute, 2)} min and {reach}."
    )


def _undecided(result):
    loose = [one for one in result.half_cycles if "undecided" in one.states.values()]
    if loose:
        largest = max(abs(one.half_cycle.current_density) for one in loose) / mA_cm2
        yield (
            f"{len(loose)} half-cycle{'s' * (len(loose) > 1)}, the last at {largest:.3g} mA/cm2, "
            f"{'are' if len(loose) > 1 else 'is'} undecided: a change of {100 * result.smallest:.3g} %, or the "
            "beginning of one, is not excluded. That does not count as survived."
        )


def _spikes(result):
    lost = [one for one in result.half_cycles if one.half_cycle.spike >= result.smallest and one.verdict == "survived"]
    if lost:
        at = min(abs(one.half_cycle.current_density) for one in lost) / mA_cm2
        yield (
            f"In {len(lost)} half-cycle{'s' * (len(lost) > 1)}, from {at:.3g} mA/cm2 on, the voltage falls away by up "
            f"to {100 * max(one.half_cycle.spike for one in lost):.3g} % in one sample alone: an instrument's spike, "
            "or a soft short quicker than the sampling. Sample faster."
        )


def _sides(result):
    signs = {np.sign(one.half_cycle.current_density) for one in result.half_cycles}
    if len(signs) == 1:
        yield (
            "The current has one sign alone: lithium is carried to one side, and what the other direction does is open."
        )
    if result.electrode == "working":
        return
    yield (
        "Plating and stripping are not told apart: at two lithium electrodes both happen at once, and this voltage is "
        "their sum. A reference electrode tells them apart (electrode='working', each electrode by itself)."
    )
    one = result.first("slope")
    if one is None or len(signs) == 1:
        return
    size, place = abs(one.half_cycle.current_density), result.half_cycles.index(one)
    pair = [other for other in result.half_cycles[max(place - 1, 0) : place + 2]
            if np.isclose(abs(other.half_cycle.current_density), size, rtol=0.02)]  # fmt: skip
    by_sign = {np.sign(other.half_cycle.current_density): other.rise for other in pair}
    if len(by_sign) == 2:
        yield (
            f"At that step the resistance rises by {100 * by_sign[1.0]:.3g} % while the current is positive and by "
            f"{100 * by_sign[-1.0]:.3g} % while it is negative; unequal rises point to one of the electrodes, and "
            "not to plating or stripping."
        )


def _known(result):
    if result.resistance is not None:
        return
    reference = [one for one in result.half_cycles if "reference" in one.states.values()]
    yield (
        f"The first {len(reference)} half-cycles are taken as sound, since nothing is known of the separator: a soft "
        "short that was there from the beginning would pass for a low resistance. State its resistance (impedance, or "
        "thickness over conductivity)."
    )
    sound = [one for one in result.half_cycles if one.verdict in ("reference", "survived")]
    if not sound:
        return
    resistances = np.array([one.half_cycle.resistance for one in sound])
    if np.ptp(resistances) < FLAT * resistances.mean() and max(abs(one.rise) for one in sound) < FLAT:
        yield (
            f"The voltage is ohmic and flat at every sound step ({resistances.mean() / ohm_cm2:.3g} ohm cm2 within "
            f"{100 * FLAT:.2g} %), as in a good ceramic, and as in a metal: this record alone does not tell which."
        )
