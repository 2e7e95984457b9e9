"""One fit of several spectra, what it says of each, and whether they agree."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import SimpleNamespace

import numpy as np
from scipy.special import chdtrc, fdtrc

from sslib.checks import check_positive
from sslib.formatting import number
from sslib.impedance.circuit import Circuit, check_names
from sslib.impedance.fitting.fits import fit, fit_batch
from sslib.impedance.fitting.results import FitResult, Verdict
from sslib.impedance.joint.model import Joint
from sslib.impedance.joint.starts import fit_alone, starting_values

UNLIKELY = 1e-3
# Numbers to spare from which a spectrum's own fit tells its noise: to about a fifth of it.
ENOUGH = 10
ROUNDS = 4
SEVERAL = {
    "this spectrum knows": "these spectra know",
    "this spectrum deserves": "these spectra deserve",
    "this spectrum": "these spectra",
    "the spectrum to": "the spectra to",
}


@dataclass(frozen=True)
class PartResult:
    """One spectrum in a joint fit.

    Attributes
    ----------
    model : Circuit
        The spectrum's own.
    frequency, impedance, fitted : numpy.ndarray
        Frequency [Hz], data and model [ohm], shape (frequencies,).
    values : dict
        The circuit's own parameters in their units.
    free : tuple of str
        Those of them that a fitted joint parameter moves.
    covariance : numpy.ndarray
        Of their fitted coordinates.
    residuals : numpy.ndarray
        Model minus data over the model's magnitude (complex, [1]) for the proportional error model, else [ohm].
    noise : float
        Relative for the proportional error model, [ohm] for unit weights, else a factor on the given deviations.
    chi_square : float
    degrees_of_freedom : float
        Twice the frequencies less the share of the joint parameters that this spectrum determines.
    """

    model: Circuit
    frequency: np.ndarray
    impedance: np.ndarray
    fitted: np.ndarray
    values: dict
    free: tuple
    covariance: np.ndarray
    residuals: np.ndarray
    noise: float
    chi_square: float
    degrees_of_freedom: float

    @property
    def reduced_chi_square(self):
        return self.chi_square / self.degrees_of_freedom


@dataclass(frozen=True)
class Agreement:
    """Whether the spectra agree on what they share.

    ``rise`` is by how much chi-square of the joint fit exceeds the sum of the spectra fitted one by one, for
    ``degrees_of_freedom`` fewer parameters; chance exceeds it with ``probability``. None where no spectrum can be
    fitted alone.
    """

    rise: float
    degrees_of_freedom: int
    probability: float

    def __str__(self):
        return (
            f"One set of parameters instead of one for each raises chi-square by {number(self.rise, 3)} for "
            f"{self.degrees_of_freedom} fewer parameters; chance alone raises it further in "
            f"{number(100 * self.probability, 2)} % of cases. Below {100 * UNLIKELY:g} % the joint fit would say that "
            "something taken to be the same is not."
        )


@dataclass(frozen=True, repr=False, kw_only=True)
class JointResult(FitResult):
    """The outcome of `fit_joint`: a `FitResult` whose ``model`` is the joint circuit, over all spectra in a row.

    Attributes
    ----------
    parts : dict of PartResult
        By label what the fit says of each spectrum.
    agreement : Agreement or None
    """

    parts: dict = field(repr=False)
    agreement: Agreement | None

    def __str__(self):
        lines = [
            f"{label}: reduced chi-square {part.reduced_chi_square:.3g} at a noise of {part.noise:.3g}"
            for label, part in self.parts.items()
        ]
        table = self.table().to_string(float_format=lambda x: f"{x:.4g}", na_rep="open")
        return "\n".join([*lines, table, *(f"- {verdict}" for verdict in self.verdicts)])


def fit_joint(spectra, *, laws=None, starts=None, fixed=None, bounds=None, error="proportional", noise=None):
    """Fit several spectra with one set of parameters.

    Parameters
    ----------
    spectra : dict
        By label a pair of a circuit and its spectrum, anything with ``frequency`` [Hz] and complex ``impedance`` [ohm]
        of shape (frequencies,). A parameter name that stands in two circuits is one parameter, unless a law says
        otherwise.
    laws : dict, optional
        By name of a parameter of these circuits: "shared", "free" (a value for each spectrum), `Arrhenius` or `Smooth`.
    starts : dict, optional
        Starting values of the joint parameters, tried beside those that come from the data.
    fixed, bounds : dict, optional
        By name of a joint parameter, as for `fit`.
    error : {"proportional", "unit"} or dict
        As for `fit`; a dictionary gives known standard deviations [ohm] by label.
    noise : float or dict, optional
        The noise level, one for all spectra or by label. Without it each spectrum's own fit tells its noise, with every
        parameter of it free that is not in ``fixed``: spectra that disagree show as residuals above that.

    Returns
    -------
    JointResult

    Raises
    ------
    ValueError
        As for `fit`, and for labels that do not match, laws without their temperatures or cycles, and names that stand
        for two quantities.

    Notes
    -----
    The starts come from the spectra fitted one by one: each parameter from where it is known best, and each spectrum in
    the lead once, in every labelling of what a spectrum alone cannot tell apart.
    """
    return _JointFit(spectra, laws, fixed, bounds, error, noise).run(starts)


class _JointFit:
    """The arguments of `fit_joint`, checked, and the steps of it."""

    def __init__(self, spectra, laws, fixed, bounds, error, noise):
        models, data, measured = {}, {}, {}
        for label, pair in spectra.items():
            if not (isinstance(pair, tuple | list) and len(pair) == 2):
                raise ValueError(f"{label!r} is {pair!r}; a pair of circuit and spectrum goes here")
            model, measured[label] = pair
            frequency = np.asarray(measured[label].frequency, dtype=float)
            impedance = np.asarray(measured[label].impedance, dtype=complex)
            if frequency.ndim != 1 or frequency.shape != impedance.shape:
                raise ValueError(
                    f"{label}: frequency has shape {frequency.shape} and impedance {impedance.shape}; "
                    "both are (frequencies,)"
                )
            models[label], data[label] = (model, len(frequency)), (frequency, impedance)
        self.model = Joint(models, laws, measured)
        self.labels = self.model.labels
        self.frequency, self.impedance = (np.concatenate(arrays) for arrays in zip(*data.values(), strict=True))
        self.fixed, self.bounds = dict(fixed or {}), dict(bounds or {})
        check_names(self.model.names, self.fixed)
        check_names(self.model.names, self.bounds)
        self.error = self._checked_error(error)
        self.noise = self._by_label(noise, "noise") if isinstance(noise, Mapping) else noise
        if isinstance(self.noise, dict):
            check_positive(**{f"noise of {label}": level for label, level in noise.items()})
        elif noise is not None:
            check_positive(noise=noise)
        self.stated = noise is not None or isinstance(self.error, dict)
        if isinstance(self.noise, dict) and len(self.labels) == 1:
            self.noise = self.noise[self.labels[0]]
        self.alone = fit_alone(self.model, data, self.fixed, self.bounds, self.error)

    def _checked_error(self, error):
        if isinstance(error, Mapping):
            given = self._by_label(error, "error")
            return {
                label: np.broadcast_to(np.asarray(given[label], dtype=float), self.frequency[part.own].shape)
                for label, part in self.model.parts.items()
            }
        if not isinstance(error, str):
            raise ValueError("error is an array; standard deviations of a joint fit go by label")
        if error not in ("proportional", "unit"):
            raise ValueError(f"error is {error!r}; allowed are 'proportional', 'unit' or deviations by label")
        return error

    def _by_label(self, given, what):
        if set(given) != set(self.labels):
            raise ValueError(f"{what} names {', '.join(map(str, given))}; the spectra are {', '.join(self.labels)}")
        return dict(given)

    def run(self, starts):
        settings = {"fixed": self.fixed, "bounds": self.bounds}
        together = SimpleNamespace(frequency=self.frequency, impedance=self.impedance)
        noises = self._noises()
        candidates = starting_values(self.model, self.impedance, self.alone, **settings)
        if starts is not None:
            given = {**starts, **self.fixed}
            check_names(self.model.names, given, complete=True)
            candidates = np.concatenate([candidates, [[given[name] for name in self.model.names]]])
        values = self._best(candidates, error=self._deviations(noises, None), **settings)
        # One level for all is what `fit` knows; several are known standard deviations, up to the model's magnitude.
        if not isinstance(self.noise, dict) and (len(self.labels) == 1 or self.stated):
            given = isinstance(self.error, dict)
            error = np.concatenate([self.error[label] for label in self.labels]) if given else self.error
            result = fit(self.model, together, starts=values, error=error, noise=self.noise, **settings)
            return self._report(result, noises if self.stated else dict.fromkeys(self.labels, result.noise))
        for _ in range(ROUNDS):
            deviations = self._deviations(noises, values)
            result = fit(self.model, together, starts=values, error=deviations, **settings)
            values = result.values
            if np.abs(self._deviations(noises, values) / deviations - 1).max() < 0.01:
                break
        return self._report(result, noises)

    def _noises(self):
        """The noise level of each spectrum: as stated, or as its own fit tells."""
        if isinstance(self.noise, dict):
            return self.noise
        if self.stated:
            return dict.fromkeys(self.labels, 1.0 if self.noise is None else float(self.noise))
        known = {label: own for label, own in self.alone.items() if own.spare >= ENOUGH}
        pool = (known or self.alone).values()
        total = sum(own.spare for own in pool)
        common = np.sqrt(sum(own.cost for own in pool) / total) if total else 1.0
        floor = 1e-12 * (1 if self.error == "proportional" else np.abs(self.impedance).min())
        return {
            label: max(float(np.sqrt(known[label].cost / known[label].spare)) if label in known else common, floor)
            for label in self.labels
        }

    def _deviations(self, noises, values):
        """Standard deviation of every point [ohm]; of the data's magnitude until there is a model."""
        if isinstance(self.error, dict):
            size = np.concatenate([self.error[label] for label in self.labels])
        elif self.error == "unit":
            size = np.ones(len(self.frequency))
        else:
            size = np.abs(self.impedance if values is None else self.model.impedance(self.frequency, **values))
        return np.concatenate([noises[label] * size[part.own] for label, part in self.model.parts.items()])

    def _best(self, candidates, error, **settings):
        """The values where the best of the candidates (candidates, parameters) ends."""
        free = dict(zip(self.model.names, candidates.T, strict=True))
        rows = np.tile(self.impedance, (len(candidates), 1))
        found = fit_batch(self.model, self.frequency, rows, starts=free, error=error[None], **settings)
        best = int(np.argmin(found.chi_square))
        return {name: float(column[best]) for name, column in found.values.items()}

    def _report(self, result, noises):
        values, fitted = result.values, result.fitted
        deviations, difference = self._deviations(noises, values), fitted - self.impedance
        residuals = difference / (np.abs(fitted) if self.error == "proportional" else 1)
        weighted = np.abs(difference / deviations) ** 2
        shares = self._leverage(result, deviations)
        parts = {}
        for label, part in self.model.parts.items():
            own = part.own
            free, covariance = _carried(part, result)
            parts[label] = PartResult(
                model=part.model,
                frequency=self.frequency[own],
                impedance=self.impedance[own],
                fitted=fitted[own],
                values=self.model.values_of(label, values),
                free=free,
                covariance=covariance,
                residuals=residuals[own],
                noise=float(noises[label]),
                chi_square=float(weighted[own].sum()),
                degrees_of_freedom=float(2 * (own.stop - own.start) - shares[own].sum()),
            )
        agreement = self._agreement(parts, len(result.free))
        verdicts = [self._in_words_of_several(verdict) for verdict in result.verdicts]
        if agreement is not None and agreement.probability < UNLIKELY:
            verdicts.insert(0, _disagreement(agreement))
        entries = {entry.name: getattr(result, entry.name) for entry in fields(FitResult)}
        entries |= {"residuals": residuals, "verdicts": tuple(verdicts)}
        entries["noise_stated"] = self.stated and result.noise_stated
        return JointResult(**entries, parts=parts, agreement=agreement)

    def _in_words_of_several(self, verdict):
        """A verdict on one spectrum as one on several, whose noise nobody stated where their own fits told it."""
        text = verdict.text
        if len(self.labels) > 1:
            for one, several in SEVERAL.items():
                text = text.replace(one, several)
            if not self.stated:
                text = text.replace("the stated noise", "the noise that the spectra show when fitted one by one")
        return replace(verdict, text=text)

    def _leverage(self, result, deviations):
        """How much of a parameter each point determines (points,): the diagonal of the hat matrix, both parts added."""
        _, slopes = self.model.derivatives(self.frequency, **result.values)
        scale = {p.name: result.values[p.name] if p.quantity.logarithmic else 1.0 for p in self.model.parameters}
        columns = np.stack([slopes[name] * scale[name] / deviations for name in result.free], axis=1)
        columns = np.concatenate([columns.real, columns.imag])
        columns = columns / np.maximum(np.linalg.norm(columns, axis=0), 1e-300)
        left, sizes, _ = np.linalg.svd(columns, full_matrices=False)
        by_number = (left[:, sizes > 1e-7 * sizes.max()] ** 2).sum(axis=1)
        return by_number.reshape(2, -1).sum(axis=0)

    def _agreement(self, parts, free):
        """The joint fit against the spectra one by one, each of them begun from the joint fit, too."""
        if len(self.alone) < len(parts) or len(parts) == 1:
            return None
        apart = together = spare = separate = 0
        for label, own in self.alone.items():
            part, level = parts[label], parts[label].noise
            settings = {"fixed": own.fixed, "bounds": own.bounds}
            settings["error"] = self.error if isinstance(self.error, str) else self.error[label]
            again = fit_batch(part.model, part.frequency, part.impedance[None], starts=part.values, **settings)
            apart += min(own.cost, float(again.chi_square[0])) / level**2
            together += part.chi_square
            spare += own.spare
            separate += len(own.errors)
        fewer = separate - free
        # Without noise the levels are rounding, of which nothing follows.
        if fewer < 1 or (not self.stated and apart < 0.01 * spare):
            return None
        rise = max(together - apart, 0.0)
        if self.stated:
            return Agreement(rise, fewer, float(chdtrc(fewer, rise)))
        return Agreement(rise, fewer, float(fdtrc(fewer, spare, rise / fewer * spare / apart)))


def _carried(part, result):
    """Names of a spectrum's own parameters that were fitted, and the covariance of their coordinates."""
    columns = [result.model.names.index(name) for name in result.free]
    rows = part.rows[:, columns]
    own = rows.any(axis=1)
    rows = rows[own]
    unlimited = ~np.isfinite(np.diagonal(result.covariance))
    finite = np.where(unlimited[:, None] | unlimited, 0, result.covariance)
    covariance = rows @ finite @ rows.T
    loose = (rows[:, unlimited] != 0).any(axis=1)
    covariance[loose, loose] = np.inf
    return tuple(name for name, fitted in zip(part.model.names, own, strict=True) if fitted), covariance


def _disagreement(agreement):
    return Verdict(
        "spectra disagree",
        (),
        f"The spectra disagree on what they share: chi-square is higher by {agreement.rise:.0f} than with each fitted "
        f"alone, for {agreement.degrees_of_freedom} fewer parameters (probability {agreement.probability:.1g}). "
        "Something taken to be the same is not.",
    )
