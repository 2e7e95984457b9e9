"""Named models of a cell with a composite cathode, and the choice between them."""

from itertools import product

import numpy as np

from sslib.impedance.circuit import Series
from sslib.impedance.elements import CPE, L, R, SphericalDiffusion
from sslib.impedance.fitting import fit, fit_batch
from sslib.impedance.fitting.results import LEVEL
from sslib.impedance.line import TransmissionLine

CATHODES = {
    "de_levie": ("ion",),
    "one_rail": ("ion", "charge transfer"),
    "one_rail_diffusion": ("ion", "charge transfer", "diffusion"),
    "two_rails_blocking": ("ion", "electron"),
    "two_rails": ("ion", "electron", "charge transfer"),
    "two_rails_diffusion": ("ion", "electron", "charge transfer", "diffusion"),
}
"""What each cathode model is made of: its rails, and what its interface has besides the double layer."""

SEPARATORS = ("none", "resistor", "arc")
COUNTER_ELECTRODES = ("none", "arc")

PARTS = {
    "R_sep": "separator",
    "R_counter": "counter electrode",
    "R_ion": "ionic rail",
    "R_el": "electronic rail",
    "R_ct": "charge transfer",
    "R_d": "diffusion",
}
"""The part of the cell that each resistance of these models stands for."""


DESCRIPTIONS = {
    "L_lead": "inductance of the leads",
    "R_sep": "separator",
    "Q_sep": "separator's arc, coefficient",
    "alpha_sep": "separator's arc, exponent",
    "R_counter": "counter electrode",
    "Q_counter": "counter electrode's arc, coefficient",
    "alpha_counter": "counter electrode's arc, exponent",
    "R_ion": "ionic rail, total",
    "R_el": "electronic rail, total",
    "Q_dl": "double layer, coefficient",
    "alpha_dl": "double layer, exponent",
    "R_ct": "charge transfer",
    "R_d": "diffusion resistance",
    "tau_d": "diffusion time",
}
"""What each parameter of these models is."""

LEADERS = 4


def cathode_model(
    cathode, separator="resistor", counter_electrode="none", *, terminals="ion-electron", larger="ion", lead=False
):
    """A cell with a composite cathode as a circuit.

    Parameters
    ----------
    cathode : str
        One of `CATHODES`: from ``"de_levie"`` (ionic rail, blocking interface) to ``"two_rails_diffusion"`` (ionic and
        electronic rail, charge transfer, diffusion in spherical particles). The double layer is a constant-phase
        element.
    separator : {"resistor", "arc", "none"}
        A resistance, or one with a constant-phase element across it where the instrument reaches the geometric or
        grain-boundary arc of the electrolyte.
    counter_electrode : {"none", "arc"}
        Charge transfer across a constant-phase element.
    terminals, larger
        As for `TransmissionLine`.
    lead : bool
        Whether an inductance in series stands for the leads.

    Returns
    -------
    Circuit
        With parameters ``R_sep, Q_sep, alpha_sep, R_counter, Q_counter, alpha_counter, R_ion, R_el, Q_dl, alpha_dl,
        R_ct, R_d, tau_d, L_lead``, as far as the model has them.

    Raises
    ------
    ValueError
        For a name that is not on the menu, or terminals that need a rail which the model lacks.
    """
    menus = {"cathode": CATHODES, "separator": SEPARATORS, "counter_electrode": COUNTER_ELECTRODES}
    asked = {"cathode": cathode, "separator": separator, "counter_electrode": counter_electrode}
    for name, value in asked.items():
        if value not in menus[name]:
            raise ValueError(f"{name} is {value!r}; allowed are {', '.join(menus[name])}")
    has = CATHODES[cathode]
    interface = CPE("Q_dl", "alpha_dl")
    if "charge transfer" in has:
        faradaic = R("R_ct")
        if "diffusion" in has:
            faradaic += SphericalDiffusion("R_d", "tau_d")
        interface |= faradaic
    line = TransmissionLine(
        ion=R("R_ion"),
        electron=R("R_el") if "electron" in has else None,
        interface=interface,
        terminals=terminals,
        larger=larger,
    )
    parts = {
        "resistor": [R("R_sep")],
        "arc": [R("R_sep") | CPE("Q_sep", "alpha_sep")],
        "none": [],
    }[separator]
    if counter_electrode == "arc":
        parts = [*parts, R("R_counter") | CPE("Q_counter", "alpha_counter")]
    parts = [L("L_lead")] * lead + parts + [line]
    return Series(*parts) if len(parts) > 1 else line


def compare(choices, spectrum, build=cathode_model, **settings):
    """Fit every combination of choices and rank them by the Bayesian information criterion.

    Parameters
    ----------
    choices : dict
        For each argument of ``build`` the values to try.
    spectrum : Spectrum
    build : callable
        Takes one value for each argument and returns a circuit.
    **settings
        Further arguments of ``build``, the same for all.

    Returns
    -------
    pandas.DataFrame
        One row a model, the best first: the choice, how many parameters it has, ``scatter`` (root mean square of the
        relative residuals per degree of freedom [1]), ``bic``, ``aicc`` (Akaike's criterion with the correction of
        C. M. Hurvich, C.-L. Tsai, Biometrika 76 (1989) 297, doi 10.1093/biomet/76.2.297, for few data), and the value
        of each parameter, NaN where the model lacks it. The noise is taken as proportional, of unknown level.

    Raises
    ------
    ValueError
        When no combination has fewer parameters than the spectrum has numbers.
    """
    import pandas as pd

    points = 2 * len(spectrum.frequency)
    candidates = []
    for values in product(*choices.values()):
        choice = dict(zip(choices, values, strict=True))
        circuit = build(**choice, **settings)
        if len(circuit.parameters) < points:
            candidates.append((choice, circuit))
    if not candidates:
        raise ValueError(f"{points // 2} frequencies are too few for any of the models")

    def search(circuit, **starts):
        found = fit_batch(
            circuit, spectrum.frequency, np.tile(spectrum.impedance, (starts.pop("rows", 1), 1)), **starts
        )
        best = int(np.argmin(found.chi_square))
        return found.chi_square[best], {name: column[best] for name, column in found.values.items()}

    fits = [search(circuit) for _, circuit in candidates]
    # What one model found is a start for its neighbours: a wider model must never end above a narrower one.
    leaders = [fits[k][1] for k in np.argsort([cost for cost, _ in fits])[:LEADERS]]
    ranked = []
    for (choice, circuit), (cost, values) in zip(candidates, fits, strict=True):
        starts = {name: np.array([leader.get(name, values[name]) for leader in leaders]) for name in circuit.names}
        cost, values = min((cost, values), search(circuit, starts=starts, rows=len(leaders)), key=lambda pair: pair[0])
        count = len(circuit.parameters)
        ranked.append(
            {
                **choice,
                "parameters": count,
                "scatter": float(np.sqrt(cost / (points - count))),
                "bic": float(points * np.log(cost / points) + count * np.log(points)),
                # The noise level is estimated, too, and counts as a parameter.
                "aicc": float(points * np.log(cost / points) + 2 * (count + 1) * points / max(points - count - 2, 1)),
                **{name: float(value) for name, value in values.items()},
            }
        )
    return pd.DataFrame(ranked).sort_values("bic", ignore_index=True)


def support(ranking):
    """Which parameters the data ask for, judged by the best model with each and the best without it.

    Parameters
    ----------
    ranking : pandas.DataFrame
        From `compare`.

    Returns
    -------
    pandas.DataFrame
        One row for each parameter that some of the models lack: ``gain``, by how much the information criterion of the
        best model with it lies below that of the best without it (``bic`` and ``aicc``), and a verdict in words:
        "needed" and "not supported" where the criterion of Bayes says so by ten units, else "open".
    """
    import pandas as pd

    described = {"parameters", "scatter", "bic", "aicc"}
    rows = {}
    for name in ranking.columns:
        lacking = ranking[name].isna()
        if name in described or not lacking.any():
            continue
        gain = {kind: float(ranking[kind][lacking].min() - ranking[kind][~lacking].min()) for kind in ("bic", "aicc")}
        verdict = "needed" if gain["bic"] > 10 else "not supported" if gain["bic"] < -10 else "open"
        rows[name] = {"gain in BIC": gain["bic"], "gain in AICc": gain["aicc"], "verdict": verdict}
    return pd.DataFrame.from_dict(rows, orient="index")


ODDS = 20.0
"""Models that the Bayesian criterion calls less likely than the best by more than this are left out of intervals."""


def fit_likely(ranking, spectrum, build=cathode_model, *, settings=None, odds=ODDS, most=5, **error_model):
    """Fit the best models of a ranking: the best one, and those that are nearly as likely.

    Parameters
    ----------
    ranking : pandas.DataFrame
        From `compare`.
    spectrum : Spectrum
    build : callable
    settings : dict, optional
        As they were given to `compare`.
    odds : float
        How much less likely than the best a model may be [1]: the exponential of half the difference in BIC.
    most : int
        How many models at most.
    **error_model
        ``error`` and ``noise`` of `fit`.

    Returns
    -------
    list of FitResult
        The best model's first.
    """
    choices = list(ranking.columns[: ranking.columns.get_loc("parameters")])
    likely = ranking[ranking["bic"] - ranking["bic"].min() <= 2 * np.log(odds)].head(most)
    results = []
    for _, row in likely.iterrows():
        model = build(**row[choices].to_dict(), **(settings or {}))
        results.append(fit(model, spectrum, starts=row[list(model.names)].to_dict(), **error_model))
    return results


def interval_across(results, name, function=None, level=LEVEL):
    """Interval of a resistance, or of what follows from it and grows or falls with it, that spans several models.

    Parameters
    ----------
    results : list of FitResult
        A model that lacks the resistance says that it may be nothing: the interval goes to 0, that of a conductivity is
        open upward.
    name : str
    function : callable, optional
        Of the dictionary of values, as for `FitResult.derive`.
    level : float
        Of the single intervals.

    Returns
    -------
    tuple
        Ends, None for an open one.
    """
    of = function or (lambda values: values[name])
    lows, highs = zip(*(result.derive(of, level)[1] for result in results if name in result.free), strict=True)
    low, high = None if None in lows else min(lows), None if None in highs else max(highs)
    if len(lows) < len(results):
        known = next(result.values for result in results if name in result.free)
        grows = of({**known, name: 1e-3 * known[name]}) > of(known)
        low, high = (low, None) if grows else (0.0, high)
    return low, high


def across_models(results, names):
    """Resistances over several models, as a DataFrame: in how many they stand, and the ends of `interval_across`.

    Parameters
    ----------
    results : list of FitResult
    names : iterable of str
        Those that no model has are left out.
    """
    import pandas as pd

    rows = {}
    for name in names:
        count = sum(name in result.free for result in results)
        if count:
            rows[name] = count, *interval_across(results, name)
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["in models", "from", "to"])
    return frame.astype({"from": float, "to": float})
