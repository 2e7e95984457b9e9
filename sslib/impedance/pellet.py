"""Pellets of an electrolyte between two electrodes: which arcs a spectrum shows, what they are, and the total."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sslib.checks import check_positive
from sslib.datasets import describe, names
from sslib.impedance.cathodes import compare
from sslib.impedance.circuit import Series
from sslib.impedance.elements import CPE, R
from sslib.impedance.fitting.fits import fit, fit_batch
from sslib.impedance.fitting.results import FitResult
from sslib.instruments import SpectrumError, read_spectra
from sslib.transport import effective_conductivity
from sslib.units import celsius, cm, cm2, mm, um

SAMPLES = {
    "resistor": (True, 0),
    "arc": (False, 1),
    "resistor and arc": (True, 1),
    "two arcs": (False, 2),
}
"""What a pellet may show in the window of frequencies: whether a plain resistance, and how many arcs."""

ELECTRODES = {"none": (0, False), "tail": (0, True), "arc and tail": (1, True)}
"""What its electrodes may add: how many arcs, and whether the tail of a blocking contact."""

BULK, BOUNDARY, ELECTRODE, OPEN = "bulk", "grain boundary", "electrode", "not assigned"

# Capacitances of a pellet as wide as thick, L/A = 1/cm: about 1e-12 F of a bulk, 1e-11 to 1e-8 F of boundaries (thin),
# 1e-7 F and more of an electrode. The limits lie between; the first is a relative permittivity of 56.
LARGEST_OF_BULK = 5e-12 / cm
LARGEST_OF_BOUNDARY = 1e-8 / cm

TOTAL, MATERIAL = "total", "boundary material"

# Up to this share of the thickness the brick-layer model neglects less than a tenth.
THIN = 0.1

# What an electrode's arc may resist of the total, as starts of a fit.
ELECTRODE_SHARES = (0.02, 0.1, 0.4)

RIVAL = 10.0
"""A model is a rival of the best up to this difference in the Bayesian information criterion."""


def pellet_model(sample="two arcs", electrode="tail"):
    """A pellet between two electrodes as a circuit.

    Parameters
    ----------
    sample : str
        One of `SAMPLES`. An arc is a resistance with a constant-phase element across it; a plain resistance stands
        for what is faster than the window.
    electrode : str
        One of `ELECTRODES`. The tail is a constant-phase element in series.

    Returns
    -------
    Circuit
        With parameters ``R_s``, ``R_1, Q_1, alpha_1`` (the fastest arc), ``R_2, ...``, ``Q_tail, alpha_tail``, as far
        as the model has them. An arc of the electrode is the last one.
    """
    for name, value, menu in (("sample", sample, SAMPLES), ("electrode", electrode, ELECTRODES)):
        if value not in menu:
            raise ValueError(f"{name} is {value!r}; allowed are {', '.join(menu)}")
    resistor, arcs = SAMPLES[sample]
    more, tail = ELECTRODES[electrode]
    parts = [R("R_s")] * resistor
    parts += [R(f"R_{k}") | CPE(f"Q_{k}", f"alpha_{k}") for k in range(1, arcs + more + 1)]
    parts += [CPE("Q_tail", "alpha_tail")] * tail
    return Series(*parts) if len(parts) > 1 else parts[0]


def effective_capacitance(resistance, coefficient, exponent):
    r"""Capacitance [F] of a resistance with a constant-phase element across it.

    .. math:: C = (Q R)^{1/\alpha}/R

    that of the capacitor whose arc has its apex at the same frequency.

    Parameters
    ----------
    resistance : array_like
        [ohm].
    coefficient : array_like
        Q of the constant-phase element [S s^alpha].
    exponent : array_like
        Its alpha [1].

    Notes
    -----
    C. H. Hsu, F. Mansfeld, Corrosion 57 (2001) 747, doi 10.5006/1.3280607, for time constants spread along the
    current, as in a pellet (B. Hirschorn et al., Electrochim. Acta 55 (2010) 6218, doi 10.1016/j.electacta.2009.10.065,
    tell the two spreads apart). For spreads along the surface G. J. Brug et al., J. Electroanal. Chem. 176 (1984) 275,
    doi 10.1016/S0022-0728(84)80324-1, have the resistance in series, in parallel to that across where there is one, in
    place of that across. Both assume a cause that the spectrum does not show.
    """
    check_positive(resistance=resistance, coefficient=coefficient, exponent=exponent)
    exponent = np.asarray(exponent, dtype=float)
    return (np.asarray(resistance, dtype=float) * coefficient) ** (1 / exponent) / resistance


def apex_frequency(resistance, coefficient, exponent):
    """Frequency [Hz] of the apex of such an arc; parameters as for `effective_capacitance`."""
    return 1 / (2 * np.pi * resistance * effective_capacitance(resistance, coefficient, exponent))


def assigned(capacitance, cell_constant):
    """What an arc is by its capacitance: "bulk", "grain boundary" or "electrode" (str).

    Parameters
    ----------
    capacitance : float
        [F].
    cell_constant : float
        Thickness over area of the pellet [1/m].

    Notes
    -----
    By orders of magnitude, after J. T. S. Irvine, D. C. Sinclair, A. R. West, Adv. Mater. 2 (1990) 132, doi
    10.1002/adma.19900020304: an assumption, which no single spectrum tests. Ferroelectrics, second phases and surface
    layers break it.
    """
    check_positive(capacitance=capacitance, cell_constant=cell_constant)
    own = capacitance * cell_constant
    return BULK if own < LARGEST_OF_BULK else BOUNDARY if own < LARGEST_OF_BOUNDARY else ELECTRODE


@dataclass(frozen=True)
class Arc:
    """An arc of a fitted pellet."""

    part: str
    """What it is taken for: "bulk", "grain boundary", "electrode" or "not assigned"."""
    resistance: float
    """[ohm]"""
    interval: tuple
    """Of the resistance [ohm], at 95 %; None for an open end."""
    capacitance: float
    """Effective capacitance [F]."""
    apex: float
    """Frequency of its apex [Hz]."""
    inside: bool
    """Whether the apex lies within the measured frequencies."""

    @property
    def determined(self):
        return None not in self.interval


@dataclass(frozen=True, eq=False)
class PelletFit:
    """A pellet at one temperature."""

    temperature: float
    """[K]"""
    source: str
    sample: str
    """What the pellet shows: one of `SAMPLES`."""
    rivals: tuple
    """Other names of `SAMPLES` that fit nearly as well; where there are some, no arc is assigned to the pellet."""
    result: FitResult
    arcs: tuple[Arc, ...]
    """The fastest first."""
    total: tuple
    """Resistance before the electrode [ohm], and its interval at 95 %."""
    share: float | None
    """Capacitance of the bulk over that of the boundaries [1]; None where one of them is not known."""
    specific: tuple | None
    """Conductance of the boundaries' own material, C_b/(C_gb R_gb) [S], and its interval at 95 %; None as above."""
    notes: tuple[str, ...]

    def arc(self, part):
        """The arc that is this part and whose resistance is determined, or None."""
        return next((arc for arc in self.arcs if arc.part == part and arc.determined), None)


def fit_pellet(spectrum, cell_constant, sample="auto", electrode="tail", noise=None):
    """What a pellet's spectrum shows: which arcs, what they are, and the resistance before the electrode (PelletFit).

    Parameters
    ----------
    spectrum : Spectrum
        With its temperature.
    cell_constant : float
        Thickness over area of the pellet [1/m]; it decides what an arc is taken for and nothing else.
    sample : str
        One of `SAMPLES`, or "auto": what the Bayesian information criterion takes. A bulk whose arc lies above the
        window is a plain resistance then, which is part of the total and is not assigned: leads and contacts are in
        it, too.
    electrode : str
        One of `ELECTRODES`.
    noise : float, optional
        Relative standard deviation of each part [1]; estimated from the residuals if left out.

    Raises
    ------
    ValueError
        As for `fit`.
    """
    ranking = compare(
        {"sample": SAMPLES if sample == "auto" else [sample]}, spectrum, build=pellet_model, electrode=electrode
    )
    best = ranking.loc[0]
    rivals = tuple(ranking["sample"][ranking["bic"] < best["bic"] + RIVAL].iloc[1:])
    model = pellet_model(best["sample"], electrode)
    result = fit(model, spectrum, starts=best[list(model.names)].to_dict(), noise=noise)
    arcs, notes = _arcs(result, spectrum, cell_constant)
    if rivals:
        arcs = tuple(arc if arc.part == ELECTRODE else replace(arc, part=OPEN) for arc in arcs)
        notes = (f"{best['sample']} or {' or '.join(rivals)} is not decided: only the total is taken",)
    if "R_s" in result.values and best["sample"] != "resistor":
        notes = (*notes, f"{result.values['R_s']:.3g} ohm is faster than the window: in the total, but no bulk")
    counted = [f"R_{k}" for k, arc in enumerate(arcs, 1) if arc.part != ELECTRODE]
    counted += ["R_s"] * ("R_s" in result.values)
    total = result.derive(lambda values: sum(values[name] for name in counted)) if counted else (np.nan, (None, None))
    if None in total[1]:
        notes = (*notes, "the total resistance is open at one end: left out")
    share = specific = None
    parts = [arc.part for arc in arcs if arc.determined]
    if BULK in parts and BOUNDARY in parts:
        bulk, boundary = (next(k for k, arc in enumerate(arcs, 1) if arc.part == part) for part in (BULK, BOUNDARY))
        share = arcs[bulk - 1].capacitance / arcs[boundary - 1].capacitance
        specific = result.derive(
            lambda values: _capacitance(values, bulk) / _capacitance(values, boundary) / values[f"R_{boundary}"]
        )
    return PelletFit(
        temperature=spectrum.temperature,
        source=Path(spectrum.source).name,
        sample=best["sample"],
        rivals=rivals,
        result=result,
        arcs=arcs,
        total=total,
        share=share,
        specific=specific,
        notes=notes,
    )


def conduction(fits, thickness, area):
    """What the pellet's parts conduct, temperature by temperature.

    Parameters
    ----------
    fits : iterable of PelletFit
    thickness : float
        [m].
    area : float
        [m2].

    Returns
    -------
    pandas.DataFrame
        One row a part and temperature: ``part`` (total, bulk, grain boundary: apparent values L/(A R); boundary
        material: specific by the brick-layer model, where that holds; each where it is determined), ``T`` [K],
        ``conductivity`` [S/m], ``relative_error`` (standard deviation from the interval [1]; NaN where an end is open)
        and ``inside``, whether the apex of its arc was measured.
    """
    import pandas as pd

    rows = []

    def add(part, fitted, resistance, interval, inside):
        low, high = interval
        error = np.nan if None in (low, high) else np.log(high / low) / (2 * 1.96)
        rows.append(
            (part, fitted.temperature, float(effective_conductivity(resistance, thickness, area)), error, inside)
        )

    for fitted in fits:
        if None not in fitted.total[1]:
            add(TOTAL, fitted, *fitted.total, True)
        for part in (BULK, BOUNDARY):
            arc = fitted.arc(part)
            if arc:
                add(part, fitted, arc.resistance, arc.interval, arc.inside)
        if fitted.specific and fitted.share <= THIN:
            value, ends = fitted.specific
            inverse = tuple(None if end is None else 1 / end for end in reversed(ends))
            add(MATERIAL, fitted, 1 / value, inverse, fitted.arc(BULK).inside)
    order = [TOTAL, BULK, BOUNDARY, MATERIAL]
    frame = pd.DataFrame(rows, columns=["part", "T", "conductivity", "relative_error", "inside"])
    return frame.sort_values("part", key=lambda column: column.map(order.index), kind="stable", ignore_index=True)


def fit_table(fits, cell_constant):
    """What the pellet shows at each temperature, as a DataFrame: resistances [ohm], capacitances [F/cm], scatter [%].

    Parameters
    ----------
    fits : iterable of PelletFit
    cell_constant : float
        [1/m]; capacitances are those of a pellet as wide as thick.
    """
    import pandas as pd

    rows = []
    for fitted in fits:
        arcs = {part: fitted.arc(part) for part in (BULK, BOUNDARY)}
        capacitances = {part: arc and arc.capacitance * cell_constant * cm for part, arc in arcs.items()}
        rows.append(
            {
                "T [°C]": fitted.temperature - celsius(0),
                "pellet shows": " or ".join((fitted.sample, *fitted.rivals)),
                "total [Ω]": fitted.total[0],
                "bulk [Ω]": arcs[BULK] and arcs[BULK].resistance,
                "boundaries [Ω]": arcs[BOUNDARY] and arcs[BOUNDARY].resistance,
                "C·L/A, bulk [F/cm]": capacitances[BULK],
                "C·L/A, bound. [F/cm]": capacitances[BOUNDARY],
                "scatter [%]": 100 * np.sqrt(np.mean(np.abs(fitted.result.residuals) ** 2) / 2),
            }
        )
    return pd.DataFrame(rows)


def remarks(fits, noise=None):
    """What the fits of a series have to say (list of str), each once with its temperatures.

    Parameters
    ----------
    fits : iterable of PelletFit
    noise : float, optional
        The level that was stated [1].
    """
    found = {}
    for fitted in fits:
        at = f"{fitted.temperature - celsius(0):.4g}"
        for note in fitted.notes:
            found.setdefault(f"{note}.", []).append(at)
    outside, misfit = [], []
    for fitted in fits:
        at, bulk = f"{fitted.temperature - celsius(0):.4g}", fitted.arc(BULK)
        outside += [at] * (bulk is not None and not bulk.inside)
        kinds = {verdict.kind for verdict in fitted.result.verdicts}
        misfit += [at] * bool(kinds & {"residuals exceed the noise", "not converged"})
    if outside:
        found[
            "the apex of the bulk's arc lies above the highest frequency: the resistance rests on the shape of the "
            "part that was measured (open symbols below)."
        ] = outside
    if misfit:
        level = "the noise" if noise is None else f"{100 * noise:g} %"
        found[
            f"the circuit does not describe the spectrum to within {level}; the intervals of these resistances are "
            "widened to the residuals."
        ] = misfit
    return [f"At {', '.join(at)} °C {text}" for text, at in found.items()]


def total_with_electrode_arc(fitted, spectrum, cell_constant):
    """The pellet's total resistance if its electrode had an arc besides the tail, and whether that fits better.

    Started from the fit with an arc of several sizes added below the pellet's own, so that what the pellet shows stays
    the same wherever the data allow it.

    Parameters
    ----------
    fitted : PelletFit
        By a model whose electrode is a tail.
    spectrum : Spectrum
    cell_constant : float
        [1/m], as for `fit_pellet`.

    Returns
    -------
    resistance : float
        [ohm].
    gain : float
        By how much the Bayesian information criterion falls [1]; negative where the arc is not worth its parameters.
    """
    number = SAMPLES[fitted.sample][1] + 1
    model = pellet_model(fitted.sample, "arc and tail")
    slowest = min([arc.apex for arc in fitted.arcs], default=spectrum.frequency[0])
    apexes = np.geomspace(spectrum.frequency[-1], max(slowest / 10, 2 * spectrum.frequency[-1]), 4)
    shares, apexes = (grid.ravel() for grid in np.meshgrid(ELECTRODE_SHARES, apexes))
    resistances, exponent = shares * fitted.total[0], 0.8
    starts = {name: np.full(len(shares), value) for name, value in fitted.result.values.items()}
    starts |= {
        f"R_{number}": resistances,
        f"Q_{number}": 1 / (resistances * (2 * np.pi * apexes) ** exponent),
        f"alpha_{number}": np.full(len(shares), exponent),
    }
    tried = fit_batch(model, spectrum.frequency, np.tile(spectrum.impedance, (len(shares), 1)), starts=starts)
    best = int(np.argmin(tried.chi_square))
    values = {name: float(column[best]) for name, column in tried.values.items()}
    own = [k for k in range(1, number + 1) if assigned(_capacitance(values, k), cell_constant) != ELECTRODE]
    total = sum(values[f"R_{k}"] for k in own) + values.get("R_s", 0.0)
    # The cost of the fit itself is in units of its noise.
    before = fitted.result.chi_square * fitted.result.noise**2
    numbers = 2 * len(spectrum)
    gain = numbers * np.log(before / tried.chi_square[best]) - 3 * np.log(numbers)
    return total, float(gain)


def _capacitance(values, number):
    return effective_capacitance(*(values[f"{symbol}_{number}"] for symbol in ("R", "Q", "alpha")))


def _arcs(result, spectrum, cell_constant):
    """The arcs, the fastest first, and notes (tuple of str)."""
    count = sum(name.startswith("Q_") and name != "Q_tail" for name in result.values)
    capacitances = [float(_capacitance(result.values, k)) for k in range(1, count + 1)]
    parts = [assigned(capacitance, cell_constant) for capacitance in capacitances]
    notes = []
    for part in (BULK, BOUNDARY):
        if parts.count(part) > 1:
            notes.append(f"capacitances of {parts.count(part)} arcs are those of a {part}: neither is assigned")
            parts = [OPEN if own == part else own for own in parts]
    arcs = []
    for k, (part, capacitance) in enumerate(zip(parts, capacitances, strict=True), 1):
        resistance = result.values[f"R_{k}"]
        apex = float(apex_frequency(*(result.values[f"{symbol}_{k}"] for symbol in ("R", "Q", "alpha"))))
        inside = bool(spectrum.frequency[-1] <= apex <= spectrum.frequency[0])
        arcs.append(Arc(part, resistance, result.interval(f"R_{k}"), capacitance, apex, inside))
        if part in (BULK, BOUNDARY) and not arcs[-1].determined:
            notes.append(f"the resistance of the {part} is open at one end: left out")
    return tuple(arcs), tuple(notes)


def pellet_size(spectra, series, area=None, thickness=None, diameter=None):
    """Area [m2] and thickness [m] of a pellet, and where they are from (a note).

    What is given comes first, then what the files' heads state, then what the measurers of a public set state.

    Parameters
    ----------
    spectra : list of Spectrum
        Those that state an area or a thickness (``thickness_mm = 1``) have to agree on it.
    series : str
        Name of the series: that of a public data set is looked up.
    area, thickness, diameter : float, optional
        Given ones [m2], [m], [m]; a diameter in place of an area.

    Returns
    -------
    area, thickness : float or None
        None where nobody states it.
    note : str
    """
    if diameter is not None:
        if area is not None:
            raise ValueError(
                f"the diameter is {diameter / mm:g} mm and the area {area / cm2:g} cm²; only one of them can be given"
            )
        area = np.pi * (diameter / 2) ** 2
    known = describe(series) if series in names() else None
    stated = {"area": {spectrum.area for spectrum in spectra} - {None}, "thickness": set()}
    for spectrum in spectra:
        for unit, factor in (("mm", mm), ("um", um), ("cm", cm)):
            if f"thickness_{unit}" in spectrum.header:
                stated["thickness"].add(float(spectrum.header[f"thickness_{unit}"]) * factor)
    public = {
        "area": None if known is None or known.diameter is None else np.pi * (known.diameter / 2) ** 2,
        "thickness": None if known is None else known.thickness,
    }
    sizes, origins = [], []
    for quantity, given, factor, unit in (("area", area, cm2, "cm²"), ("thickness", thickness, mm, "mm")):
        if len(stated[quantity]) > 1 and given is None:
            raise ValueError(
                f"the files state different values of the {quantity} "
                f"({', '.join(f'{value / factor:g}' for value in sorted(stated[quantity]))} {unit}); give one"
            )
        candidates = (
            ("as given", given),
            ("as the files state", next(iter(stated[quantity]), None)),
            ("as the measurers of this set state", public[quantity]),
        )
        origin, value = next(((where, value) for where, value in candidates if value is not None), ("not known", None))
        if value is not None:
            check_positive(**{quantity: value})
        sizes.append(value)
        origins.append(f"{quantity} {origin}" if value is None else f"{quantity} {value / factor:.4g} {unit} {origin}")
    return *sizes, "; ".join(origins)


def read_temperature_series(files):
    """The spectra of a series with their temperatures, and what is no part of it.

    Parameters
    ----------
    files : iterable of path-like

    Returns
    -------
    spectra : list of Spectrum
        Each loop of each file, in the order of temperature. Where a file states no temperature that in its name is
        taken (``pellet-140deg.txt``, ``x_-25C.mpr``, ``300K.z``).
    left_out : list of (str, str)
        Name of a file, and why: no spectrum, or no temperature.
    from_names : list of str
        Names of files whose temperature is from the name.
    """
    spectra, left_out, from_names = [], [], []
    for path in map(Path, files):
        try:
            found = read_spectra(path)
        except SpectrumError as error:
            left_out.append((path.name, str(error).removeprefix(str(path)).lstrip(",: ")))
            continue
        stated = temperature_in_name(path.name)
        if any(spectrum.temperature is None for spectrum in found):
            if stated is None:
                left_out.append((path.name, "states no temperature, in the file or in its name"))
                continue
            from_names.append(path.name)
        spectra += [
            spectrum if spectrum.temperature is not None else replace(spectrum, temperature=stated)
            for spectrum in found
        ]
    return sorted(spectra, key=lambda spectrum: spectrum.temperature), left_out, from_names


_IN_NAME = re.compile(
    r"(?<![0-9.,])(?:(?<![0-9A-Za-z])([-−]))?([0-9]+(?:[.,][0-9]+)?)[ _]?(deg[ _]?C?|°[ ]?C?|C|K)(?![0-9A-Za-z])"
)


def temperature_in_name(name):
    """Temperature [K] that a file's name states, None where it states none or several.

    A hyphen after a letter or digit parts, and elsewhere is a minus.

    >>> temperature_in_name("s04147-140deg.txt"), temperature_in_name("x_-25C.mpr"), temperature_in_name("300K.z")
    (413.15, 248.14999999999998, 300.0)
    """
    found = {
        float(number.replace(",", ".")) * (-1 if sign else 1) + (0 if unit == "K" else celsius(0))
        for sign, number, unit in _IN_NAME.findall(name)
    }
    temperature = found.pop() if len(found) == 1 else None
    return temperature if temperature is not None and temperature > 0 else None
