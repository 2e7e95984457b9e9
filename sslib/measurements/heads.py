"""What the head of a file states of the cell, and what the user states in its place."""

import re

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_REMARK = re.compile(r"\s*(?:\(.*)?")


def stated(series, key, given=None, otherwise=None):
    """A number: as given, else from the head of the series' file, in the unit that is part of the key.

    Raises
    ------
    ValueError
        If neither states it and nothing is said for that case (`otherwise`); if the head holds more than a number and a
        remark in brackets, such as a comma for a point or another unit. The message has the key.

    Examples
    --------
    >>> from sslib.instruments import TimeSeries
    >>> series = TimeSeries([0, 1], [3.9, 3.9], [0, 0], header={"thickness_um": "0.3 (by profilometry)"})
    >>> stated(series, "thickness_um"), stated(series, "thickness_um", 0.5)
    (0.3, 0.5)
    """
    if given is not None:
        return given
    text = series.header.get(key)
    if text is None and otherwise is not None:
        return otherwise
    if text is None:
        raise ValueError(f"{key} is not known: the head of {series.source!r} does not state it; give it")
    number, unit = _NUMBER.match(text), key.rpartition("_")[2]
    rest = text[number.end() :] if number else text
    if number is None or (rest.strip() != unit and not _REMARK.fullmatch(rest)):
        raise ValueError(
            f"{key} is {text!r} in the head of {series.source!r}; expected a number with a decimal point in {unit}, "
            "and nothing after it but a remark in brackets"
        )
    return float(number[0])


def stated_alike(serieses, key, given=None):
    """The number that the heads of several files state, which has to be the same in all of them.

    Raises
    ------
    ValueError
        If one does not state it, or another number.
    """
    numbers = {own.source: stated(own, key, given) for own in serieses}
    (first, expected), *others = numbers.items()
    for source, number in others:
        if number != expected:
            raise ValueError(
                f"{key} is {expected:g} in {first!r} and {number:g} in {source!r}; one number is evaluated for all: "
                "put cells that differ in it into folders of their own"
            )
    return expected


def is_generated(measurement, *files):
    """Whether the files of one measurement are generated ones, whose heads state their truth.

    Parameters
    ----------
    measurement : str
        What it is called where it is refused.
    *files : TimeSeries or Spectrum
        What is evaluated together.

    Raises
    ------
    ValueError
        If some are and some are not: numbers of two cells would be mixed.
    """
    known = [bool(stated_truth(own)) for own in files]
    if any(known) and not all(known):
        names = (own.source for own, is_known in zip(files, known, strict=True) if is_known)
        raise ValueError(
            f"{measurement}: {', '.join(map(repr, names))} is a generated example and the other files of this "
            "measurement are not; give all of them from one cell"
        )
    return all(known)


def stated_truth(series):
    """Known parameters of a generated series (dict of str to float), from its head: ``truth NAME = 2e-17 m2/s``.

    The values are in the unit of the line. Empty where nothing is known.
    """
    found = {key[6:].strip(): _NUMBER.match(text) for key, text in series.header.items() if key.startswith("truth ")}
    return {name: float(number[0]) for name, number in found.items() if number}
