"""When a measurement began: dates as programs write them, and the start of each loop of a file."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

MONTH_FIRST, DAY_FIRST = "month/day/year", "day/month/year"

# No program that writes such files is older, and a year far ahead is a damaged one.
_YEARS = range(1970, 2101)
_LONGEST = 80
_MONTHS = tuple("January February March April May June July August September October November December".lower().split())
_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2})(?P<mark>[:.])(?P<minute>[0-9]{2})"
    r"(?:(?P=mark)(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"(?:\s*(?P<half>[AP])\.?M\.?)?(?:\s*(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2}))?",
    re.IGNORECASE,
)
_NUMBERS = r"(?P<first>[0-9]{1,2})(?P<mark>[-/.])(?P<second>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4})"
_DATES = [
    re.compile(pattern)
    for pattern in (
        r"(?P<year>[0-9]{4})(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})",
        r"(?P<year>[0-9]{4})年(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})日",
        r"(?:[A-Za-z]+, )?(?P<name>[A-Za-z]{3,9})\.? (?P<day>[0-9]{1,2}),? (?P<year>[0-9]{4})",
        r"(?:[A-Za-z]+,? )?(?P<day>[0-9]{1,2})\.? (?P<name>[A-Za-z]{3,9})\.?,? (?P<year>[0-9]{4})",
        _NUMBERS,
    )
]


def read_date(text, order=None, writer=None):
    """The moment that a text states (datetime or None), and notes (list of str).

    A time zone is kept where one is stated; all else is local time of whoever wrote the text. A date in numbers that
    could be read in two ways is taken only where ``order`` decides, and the note says how it was read.

    Parameters
    ----------
    text : str
        Date and time of day, such as ``07/21/2020 18:03:36.5``, ``Thursday, July 19, 2018 9:40:30 AM`` or
        ``2020-07-21T18:03:36``. Names of months are read in English.
    order : {MONTH_FIRST, DAY_FIRST}, optional
        How the program orders numbers.
    writer : str, optional
        Who says so, for the note: ``"EC-Lab writes it so"``.

    Examples
    --------
    >>> read_date("07/21/2020 18:03:36.5")
    (datetime.datetime(2020, 7, 21, 18, 3, 36, 500000), [])
    >>> read_date("07/11/2020 18:03:36")
    (None, ["the date '07/11/2020' could be of month 7 or of month 11: not taken"])
    """
    text = " ".join(text[:_LONGEST].split())
    parts = re.fullmatch(r"(?P<date>.*?[0-9]{4}|[0-9]{4}[-/.0-9]+|[0-9]{4}年.+日)(?:[T,]| )\s*(?P<time>\S.*)", text)
    time = parts and _TIME.fullmatch(parts["time"])
    dates = _readings(parts["date"]) if time else {}
    moments = {order: _joined(date, time) for order, date in dates.items()}
    moments = {order: moment for order, moment in moments.items() if moment}
    if not moments:
        return None, [f"the start {text!r} is no date and time that is understood: not taken"]
    if len(set(moments.values())) == 1:
        return next(iter(moments.values())), []
    if order is None:
        months = " or of month ".join(str(month) for month in sorted(moment.month for moment in moments.values()))
        return None, [f"the date {parts['date']!r} could be of month {months}: not taken"]
    return moments[order], [f"the date {parts['date']!r} is read as {order}: {writer}"]


def order_shown(texts):
    """The order in which dates in numbers are written, where one of the texts leaves no doubt, else None.

    >>> order_shown(["3/9/2020", "4/23/2018"])
    'month/day/year'
    """
    readings = [_readings(text) for text in texts if re.fullmatch(_NUMBERS, text)]
    orders = {order for reading in readings if len(reading) == 1 for order in reading}
    return orders.pop() if len(orders) == 1 else None


def _readings(text):
    """The dates (year, month, day) that a text could mean: dict by the order in which it was read."""
    found = next((match for pattern in _DATES if (match := pattern.fullmatch(text))), None)
    if not found:
        return {}
    parts, year = found.groupdict(), int(found["year"])
    if "first" in parts:
        first, second = int(parts["first"]), int(parts["second"])
        dates = {MONTH_FIRST: (year, first, second), DAY_FIRST: (year, second, first)}
    elif "name" in parts:
        month = next((k for k, name in enumerate(_MONTHS, 1) if name.startswith(parts["name"].lower())), 0)
        dates = {"named month": (year, month, int(parts["day"]))}
    else:
        dates = {"year first": (year, int(parts["month"]), int(parts["day"]))}
    return {order: date for order, date in dates.items() if _is_date(*date)}


def _is_date(year, month, day):
    try:
        datetime(year, month, day)
    except ValueError:
        return False
    return year in _YEARS


def _joined(date, time):
    """Date and time of day as one moment, None for a time of day that there is not."""
    hour, half = int(time["hour"]), (time["half"] or "").upper()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (half == "P")
    microsecond = int((time["fraction"] or "")[:6].ljust(6, "0"))
    try:
        moment = datetime(*date, hour, int(time["minute"]), int(time["second"] or 0), microsecond)
        zone = time["zone"] and datetime.strptime(time["zone"].upper(), "%z").tzinfo
    except ValueError:
        return None
    return moment.replace(tzinfo=zone) if zone else moment


def with_starts(spectra, started, timed_from_start):
    """The loops of one file, each with the moment at which it began.

    Where the times of the file count from its start (``timed_from_start``), a loop began at the start plus the first
    of its times. Elsewhere the first loop began at the start, and a later one as much later as its first time is than
    that of the first loop. Where the times do not run on from loop to loop, or are missing, a loop's start stays None
    and a note says so.

    Parameters
    ----------
    spectra : list of Spectrum
        In the order of the file.
    started : datetime or None
        The start that the file states.
    timed_from_start : bool
    """
    if started is None:
        return spectra
    dated, latest = [], None
    for number, spectrum in enumerate(spectra):
        moment, reason = None, "the file has no times for it"
        if spectrum.time is not None:
            first = float(spectrum.time.min())
            zero = 0.0 if timed_from_start else None if spectra[0].time is None else float(spectra[0].time.min())
            runs_on = number == 0 or (latest is not None and first >= latest)
            if zero is not None and runs_on and first >= zero:
                moment, reason = _later(started, first - zero), f"the file counts {first - zero:g} s to it"
            elif not runs_on:
                reason = "the times do not run on from the loop before"
            elif zero is not None:
                reason = "its times begin before the start"
            latest = max(float(spectrum.time.max()), first if latest is None else latest)
        elif number == 0 and not timed_from_start:
            moment = started
        note = f"when this loop began is not known: {reason} (the measurement began at {started.isoformat(' ')})"
        dated.append(replace(spectrum, started=moment, notes=spectrum.notes if moment else (*spectrum.notes, note)))
    return dated


def _later(moment, seconds):
    """A moment some seconds later, None where that leaves the calendar."""
    try:
        later = moment + timedelta(seconds=seconds)
    except OverflowError:
        return None
    return later if later.year in _YEARS else None
