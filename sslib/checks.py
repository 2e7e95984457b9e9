"""What is physically impossible is refused here, at the public boundary, and nowhere else."""

import numpy as np


def check_positive(**quantities):
    """Raise ValueError for the first quantity with a value that is not positive and finite.

    >>> check_positive(thickness=2e-5)
    >>> check_positive(thickness=-2e-5)
    Traceback (most recent call last):
    ...
    ValueError: thickness is -2e-05; it must be positive and finite
    """
    _check(quantities, lambda value: value > 0, "positive and finite")


def check_between(lower, upper, **quantities):
    """Raise ValueError for the first quantity with a value outside [lower, upper].

    >>> check_between(0, 1, alpha=1.2)
    Traceback (most recent call last):
    ...
    ValueError: alpha is 1.2; it must be between 0 and 1
    """
    words = "finite" if np.isneginf(lower) and np.isposinf(upper) else f"between {lower:g} and {upper:g}"
    _check(quantities, lambda value: (value >= lower) & (value <= upper), words)


def _check(quantities, allowed, description):
    for name, value in quantities.items():
        try:
            array = np.asarray(value, dtype=float)
        except (TypeError, ValueError):
            raise ValueError(f"{name} is {value!r}; it must be a number, {description}") from None
        wrong = ~(np.isfinite(array) & allowed(array))
        if wrong.any():
            raise ValueError(f"{name} is {array[wrong].flat[0]:g}; it must be {description}")
