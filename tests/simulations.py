"""How many simulations a slow test makes: enough to fail on what it is about, more where a night is to spare."""

import os


def simulations(count):
    """So many, times ``SSLIB_SIMULATIONS`` (1 if it is not set)."""
    return round(count * float(os.environ.get("SSLIB_SIMULATIONS", 1)))
