"""Which measurement answers which question: methods, techniques and tests of the literature, filtered with reasons."""

import numpy as np
import pandas as pd

from sslib.checks import check_positive
from sslib.formatting import number, unit_sign
from sslib.tables import table
from sslib.units import mm, nm, um

TRAPS = {
    "artefacts": "what is read may come from the probe and not from the sample",
    "averages": "a mean over the sample: no place is told from another",
    "beam damage": "beam, laser or etching may change what is looked at",
    "blind": "does not see some of what matters: interfaces, elements, isotopes, vibrations, what is passivated",
    "coarse": "nothing finer than its probe or its images",
    "contacts": "stands and falls with contacts that block, or do not, and do not react",
    "disturbs": "contact or probe change the sample by being there",
    "facility": "a neutron or synchrotron source",
    "no chemistry": "says what happens and not of what it is made",
    "overlap": "processes or signals lie over each other",
    "protocol": "the result depends on rate, step or waiting",
    "quantification": "how much is known with standards or in part only",
    "reference electrode": "without one, the two electrodes are not told apart",
    "representativeness": "one small piece stands for the whole",
    "sample": "only certain samples: flat, conducting, thin, not magnetic, active in Raman",
    "slow": "slower than what one may want to follow",
    "special cell": "a cell of its own, unlike the one that is asked about",
    "surface only": "what lies deeper is not seen",
}
"""What each trap means."""

FITS, DOUBTFUL, EXCLUDED = "fits", "doubtful", "excluded"

KINDS = {"methods": "method", "techniques": "technique", "cell_tests": "test"}


def measurements():
    """All measurements of ``data/methods.csv``, ``data/techniques.csv`` and ``data/cell_tests.csv`` as one table.

    Returns
    -------
    pandas.DataFrame
        By key: ``kind``, ``short``, ``name``, ``questions`` (tuple of keys of `measurement_questions`, what it serves
        best first), ``sees``, ``resolution`` ("none", "stated", "house"), ``resolution_low`` and ``resolution_high``
        [m] (at its best and ordinarily, from place to place), ``depth_low`` and ``depth_high`` [m] (into the sample,
        where that differs), ``fastest``, ``slowest`` [s], ``depth``, ``state``, ``destructive``, ``traps`` (tuple of
        `TRAPS`), ``limits``, ``of_the_house`` (what is commonly known and not in the source), ``source``.

    Notes
    -----
    Sources 000 (seven methods) and 002, Table 3 (fifteen techniques). An empty field is not stated, which is no "no".

    Examples
    --------
    >>> measurements().loc["esm", "resolution_low"]
    np.float64(1e-08)
    """
    rows = pd.concat([table(name).assign(kind=kind) for name, kind in KINDS.items()])
    rows = rows.rename(columns=lambda name: name.removesuffix("_m").removesuffix("_s"))
    for name in ("questions", "traps"):
        rows[name] = rows[name].map(_listed)
    rows.insert(0, "short", rows["name"].str.extract(r"\((.*)\)$", expand=False).fillna(rows["name"]))
    rows.attrs = {}
    return rows[["kind", *rows.columns.drop("kind")]]


def measurement_questions():
    """What can be asked, and which of the house's notebooks evaluates the answer.

    Returns
    -------
    pandas.DataFrame
        By key: ``question``, ``notebooks`` (tuple of names, empty where the house evaluates none), ``along`` ("depth"
        where a size counts across layers, "whole" where a value of the whole is asked for and none counts, or nothing).

    Examples
    --------
    >>> measurement_questions().loc["bulk_diffusivity", "notebooks"]
    ('measure_diffusivity',)
    """
    rows = table("measurement_questions")
    rows["notebooks"] = rows["notebooks"].map(_listed)
    rows.attrs = {}
    return rows


def choose_measurements(question, *, resolution=None, in_situ=False, intact=False, avoid=()):
    """Every measurement with how it stands to a question, and why.

    Parameters
    ----------
    question : str
        A key of `measurement_questions`.
    resolution : float, optional
        Size of what has to be told apart [m]; a thickness where the question is ``along`` the depth. It does not
        count where a value of the whole is asked for.
    in_situ : bool
        Whether it has to look into a cell that runs.
    intact : bool
        Whether the sample has to survive.
    avoid : sequence of str
        Names of `TRAPS` that are not acceptable.

    Returns
    -------
    pandas.DataFrame
        As `measurements`, with ``standing`` ("fits", "doubtful", "excluded"), ``reasons`` (tuple of str, for all that
        does not fit) and ``answers`` (whether it answers the question at all) in front, and the resolutions in the
        direction of the question. Those come first that serve the question best; among equals those that see below a
        surface, do no harm, and have the fewest traps. Of the excluded, those with the fewest reasons.

    Raises
    ------
    ValueError
        For an unknown question or trap, with those that are known.

    Examples
    --------
    Conductivity from place to place, boundaries 50 nm apart: only strain microscopy is that fine.

    >>> found = choose_measurements("local_conductivity", resolution=50e-9)
    >>> found.index[found["standing"] == "fits"].tolist()
    ['esm']
    >>> found.loc["afm_impedance", "reasons"]
    ('resolves 100 nm, and 50 nm is asked for',)
    """
    _known(question, measurement_questions().index, "question")
    for trap in avoid:
        _known(trap, TRAPS, "trap")
    if resolution is not None:
        check_positive(resolution=resolution)
    along = measurement_questions().loc[question, "along"]
    rows = _in_direction(measurements(), along)
    found = []
    for _, row in rows.iterrows():
        against, doubts = [], []
        if question not in row["questions"]:
            against.append("answers " + ", ".join(row["questions"]).replace("_", " "))
        if resolution is not None and along != "whole":
            _judge_resolution(row, resolution, against, doubts)
        if in_situ:
            _judge_state(row, against, doubts)
        if intact:
            _judge_survival(row, against, doubts)
        against += [f"{trap}: {TRAPS[trap]}" for trap in avoid if trap in row["traps"]]
        standing = EXCLUDED if against else DOUBTFUL if doubts else FITS
        found.append((standing, (*against, *doubts)))
    rows.insert(0, "standing", [standing for standing, _ in found])
    rows.insert(1, "reasons", [reasons for _, reasons in found])
    rows.insert(2, "answers", [question in own for own in rows["questions"]])
    rank = pd.DataFrame(
        {
            "standing": rows["standing"].map((FITS, DOUBTFUL, EXCLUDED).index),
            "foreign": ~rows["answers"],
            "against": rows["reasons"].map(len).where(rows["standing"] == EXCLUDED, 0),
            "place": [own.index(question) if question in own else len(own) for own in rows["questions"]],
            "surface": ["surface only" in own for own in rows["traps"]],
            "harm": rows["destructive"] != "no",
            "traps": rows["traps"].map(len),
        }
    )
    return rows.loc[rank.sort_values(list(rank), kind="stable").index]


def resolves(length, along=None):
    """Which measurements tell apart what is so far apart.

    Parameters
    ----------
    length : float
        [m].
    along : str, optional
        "depth" for a thickness; without it from place to place.

    Returns
    -------
    pandas.Series
        By key, "fits" (ordinarily), "doubtful" (at its best), "excluded" (coarser, or an
        average over the sample).

    Examples
    --------
    >>> resolves(25e-9)[["esm", "tem_eels", "sem_edx", "xps"]].tolist()
    ['fits', 'fits', 'doubtful', 'excluded']
    >>> resolves(25e-9, along="depth")["xps"]
    'fits'
    """
    check_positive(length=length)
    standing = {}
    for key, row in _in_direction(measurements(), along).iterrows():
        against, doubts = [], []
        _judge_resolution(row, length, against, doubts)
        standing[key] = EXCLUDED if against else DOUBTFUL if doubts else FITS
    return pd.Series(standing)


def question_map():
    """Questions against measurements: 2 for what one serves best, 1 for what else it answers, 0 for nothing.

    Returns
    -------
    pandas.DataFrame
        Index: keys of `measurement_questions`; columns: keys of `measurements`.

    Examples
    --------
    >>> question_map().loc["filaments", ["nmr_mri", "xct", "xrd"]].tolist()
    [2, 1, 0]
    """
    rows = measurements()
    return pd.DataFrame(
        {
            key: [2 if own[0] == question else int(question in own) for question in measurement_questions().index]
            for key, own in rows["questions"].items()
        },
        index=measurement_questions().index,
    )


def modelling_avenues(question=None):
    """The ways to model of source 002, Table 4; those for one question where that is given.

    Parameters
    ----------
    question : str, optional
        A key of `measurement_questions`.

    Returns
    -------
    pandas.DataFrame
        By key: ``name``, ``questions`` and ``notebooks`` (tuples; of the house), ``good_for``, ``limits``,
        ``largest_system`` (atoms, where the source has it), ``source``.

    Examples
    --------
    >>> modelling_avenues("overpotentials").index.tolist()
    ['physics_based', 'transmission_line']
    """
    rows = table("modelling_avenues")
    for name in ("questions", "notebooks"):
        rows[name] = rows[name].map(_listed)
    rows.attrs = {}
    if question is None:
        return rows
    _known(question, measurement_questions().index, "question")
    return rows[[question in own for own in rows["questions"]]]


def time_constant(frequency):
    r"""Time constant [s] of a process whose arc has its apex at a frequency.

    .. math:: \tau = \frac{1}{2 \pi f}

    Parameters
    ----------
    frequency : array_like
        [Hz].

    Notes
    -----
    Source 002 reads 1 MHz to 1 Hz as microseconds to milliseconds (section 3.6); it is 0.16 us to 0.16 s. A frequency
    is not the inverse of the time, but of 2 pi times it.

    Examples
    --------
    >>> [f"{t:.2g}" for t in time_constant([1e6, 1.0])]
    ['1.6e-07', '0.16']
    """
    check_positive(frequency=frequency)
    return 1 / (2 * np.pi * np.asarray(frequency, dtype=float))


def _in_direction(rows, along):
    """In depth, some techniques resolve more than from place to place: then these are the numbers that count."""
    if along == "depth":
        own = rows["depth_high"].notna()
        rows.loc[own, ["resolution_low", "resolution_high"]] = rows.loc[own, ["depth_low", "depth_high"]].to_numpy()
        rows.loc[own, "resolution"] = "house"
    return rows


def _judge_resolution(row, length, against, doubts):
    if row["resolution"] == "none":
        sideways = "tells depths apart and nothing side by side"
        against.append("a mean over the sample" if pd.isna(row["depth_high"]) else sideways)
        return
    low, high = row["resolution_low"], row["resolution_high"]
    if high <= length:
        return
    asked = f"{_length(length)} is asked for"
    if low <= length:
        doubts.append(f"resolves {_length(low)} at its best, {_length(high)} ordinarily, and {asked}")
    else:
        against.append(f"resolves {_length(low)}, and {asked}")


def _judge_state(row, against, doubts):
    if row["state"] == "ex situ":
        against.append("ex situ only")
    elif pd.isna(row["state"]):
        doubts.append("whether in situ is not stated")


def _judge_survival(row, against, doubts):
    if row["destructive"] == "yes":
        against.append("destroys the sample")
    elif row["destructive"] == "may":
        doubts.append("may harm the sample")
    elif pd.isna(row["destructive"]):
        doubts.append("whether the sample survives is not stated")


def _length(value):
    """A length as people say it."""
    size, unit = next(((size, unit) for size, unit in ((mm, "mm"), (um, "um")) if value >= 0.999 * size), (nm, "nm"))
    return f"{number(value / size, 3)} {unit_sign(unit)}"


def _listed(words):
    """Words of a field, between semicolons."""
    return () if pd.isna(words) else tuple(word.strip() for word in words.split(";"))


def _known(name, names, what):
    if name not in names:
        raise ValueError(f"{name!r} is no {what}; allowed are {', '.join(names)}")
