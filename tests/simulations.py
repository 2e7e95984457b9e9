"""How much a slow test does: enough to fail on what it is about, more where a night is to spare."""

import os

TIMES = float(os.environ.get("SSLIB_SIMULATIONS", 1))


def simulations(count):
    """So many, times ``SSLIB_SIMULATIONS`` (1 if it is not set)."""
    return max(1, round(count * TIMES))


def every(step, items):
    """All items where ``SSLIB_SIMULATIONS`` is above 1, else one of so many."""
    return items if TIMES > 1 else items[::step]
