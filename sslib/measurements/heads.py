"""What the head of a file states of the cell, and what the user states in its place."""

import re

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


def stated(series, key, given=None):
    """A number: as given, else from the head of the series' file, in the unit that is part of the key.

    Raises
    ------
    ValueError
        If neither states it; the message has the key.

    Examples
    --------
    >>> from sslib.instruments import TimeSeries
    >>> series = TimeSeries([0, 1], [3.9, 3.9], [0, 0], header={"thickness_um": "0.3 (by profilometry)"})
    >>> stated(series, "thickness_um"), stated(series, "thickness_um", 0.5)
    (0.3, 0.5)
    """
    if given is not None:
        return given
    number = _NUMBER.match(series.header.get(key, ""))
    if number is None:
        raise ValueError(f"{key} is not known: the head of {series.source!r} does not state it; give it")
    return float(number[0])


def stated_truth(series):
    """Known parameters of a generated series (dict of str to float), from its head: ``truth NAME = 2e-17 m2/s``.

    The values are in the unit of the line. Empty where nothing is known.
    """
    found = {key[6:].strip(): _NUMBER.match(text) for key, text in series.header.items() if key.startswith("truth ")}
    return {name: float(number[0]) for name, number in found.items() if number}
