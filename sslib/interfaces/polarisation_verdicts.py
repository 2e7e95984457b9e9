"""What a fitted polarisation curve leaves open, in sentences."""

import numpy as np

from sslib.impedance import Verdict
from sslib.units import mA_cm2, ohm_cm2

LIMITS = ("forward_limit", "backward_limit")
TOGETHER = "polarisation_resistance"
"""The slope of the curve at rest [ohm m2]: film, charge transfer and diffusion together."""
KNOWN, LOOSE = np.log(2), np.log(10)
"""A quantity whose interval is narrower than a factor of two counts as known, wider than ten as not determined."""


def verdicts_of_curve(result):
    """Sentences on the parameters that the curve does not determine."""
    loose = []
    for name in result.free:
        low, high = result.interval(name)
        width = np.inf if None in (low, high) else np.log(high / low)
        if name in LIMITS and high is None:
            least = "" if low is None else f"; it is above {low / mA_cm2:.3g} mA/cm2"
            yield Verdict("not determined", (name,), f"The curve can be had without {name}{least}.")
        elif name == "alpha":
            if (0.8 if None in (low, high) else high - low) > 0.4:
                yield Verdict("not determined", (name,), "The curve is too straight for the transfer coefficient.")
        elif width > LOOSE:
            yield Verdict("not determined", (name,), f"{name} is not determined: {_range(name, low, high)}.")
            loose.append(name)
    low, high = result.interval(TOGETHER)
    pair = [name for name in ("exchange_current", "film_resistance") if name in result.free]
    if loose and len(pair) == 2 and None not in (low, high) and np.log(high / low) < KNOWN:
        yield Verdict(
            "known only together",
            tuple(pair),
            "Film and charge transfer are known only together, by the slope at rest: "
            f"{result.polarisation_resistance / ohm_cm2:.4g} ohm cm2 ({low / ohm_cm2:.4g} to {high / ohm_cm2:.4g}), "
            "diffusion included. Higher voltages, or an impedance spectrum, tell them apart.",
        )
    freedom = len(result.residuals) - len(result.free)
    if result.noise_stated and result.reduced_chi_square > 1 + 4 * np.sqrt(2 / freedom):
        yield Verdict(
            "residuals exceed the noise",
            (),
            f"The residuals are {result.reduced_chi_square:.3g} times the stated noise variance: something else than "
            "diffusion, one jump and a film is in the curve, or the points are not steady.",
        )


def _range(name, low, high):
    """What fits, in the units of the field."""
    size, unit = (ohm_cm2, "ohm cm2") if name == "film_resistance" else (mA_cm2, "mA/cm2")
    if low is None and high is None:
        return "no value fits worse than another"
    if low is None:
        return f"anything from nothing to {high / size:.3g} {unit} fits"
    top = "" if high is None else f" and below {high / size:.3g}"
    return f"anything above {low / size:.3g}{top} {unit} fits"
