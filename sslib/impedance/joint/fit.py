"""One fit of several spectra, what it says of each, and whether they agree."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import SimpleNamespace

import numpy as np
from scipy.special import chdtrc

from sslib.checks import check_positive
from sslib.formatting import number
from sslib.impedance.circuit import Circuit, check_names
from sslib.impedance.fitting.fits import fit, fit_batch
from sslib.impedance.fitting.profile import intervals
from sslib.impedance.fitting.results import LEVEL, FitResult, Verdict, check_level
from sslib.impedance.joint.levels import Doubt, Levels, chance_of_rise, told_levels
from sslib.impedance.joint.model import Joint
from sslib.impedance.joint.starts import fit_alone, starting_values

UNLIKELY = 1e-3
ROUNDS = 4
# Relative to the impedance: no instrument is that good, so what is less is rounding.
ROUNDING = 1e-6
# Quantiles of intervals are rounded up to steps of this in their logarithm: what is nearly equal is profiled at once.
STEP = 0.01
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
    ``degrees_of_freedom`` fewer parameters; chance exceeds it with ``probability``, which takes into account how well
    the noise is known (`chance_of_rise`). None where not every spectrum can be fitted alone, where that frees nothing,
    and where a spectrum without noise is among them.
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
    doubt : Doubt or None
        Where the spectra's own fits tell their noise, what not knowing it exactly adds to covariance and intervals.
    along : numpy.ndarray, optional
        The direction in the fitted coordinates that a derived quantity goes with.
    """

    parts: dict = field(repr=False)
    agreement: Agreement | None
    doubt: Doubt | None = field(default=None, repr=False)
    along: np.ndarray | None = field(default=None, repr=False)

    def derive(self, function, level=LEVEL):
        check_level(level)
        along = np.nan_to_num(self._slopes(function, self.values), posinf=0, neginf=0)
        return FitResult.derive(replace(self, along=along), function, level)

    derive.__doc__ = FitResult.derive.__doc__

    def _quantile(self, level):
        return super()._quantile(level) if self.doubt is None else self.doubt.quantile(level, self.along)

    def _profile(self, level):
        if self.doubt is None:
            return super()._profile(level)
        check_level(level)
        if level not in self.profiles:
            # Each parameter has a quantile of its own: how much of it comes from which spectrum differs.
            own = np.log([self.doubt.quantile(level, along) for along in np.eye(len(self.free))])
            steps, places = np.unique(np.ceil((own - own.min()) / STEP - 1e-6), return_inverse=True)
            ends = intervals(self.setting, [self.standing] * len(steps), np.exp(own.min() + STEP * steps))
            self.profiles[level] = {
                name: tuple(None if np.isnan(end) else float(end) for end in ends[place, k])
                for k, (name, place) in enumerate(zip(self.free, places, strict=True))
            }
        return self.profiles[level]

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
        The noise level, one for all spectra or by label. Without it the spectra's own fits tell it, with every
        parameter free that is not in ``fixed``: spectra that disagree show as residuals above that. It is one level for
        all where Bartlett's test does not tell theirs apart (at 1 %), else one for each that has ten numbers more than
        parameters, and intervals are wider for what such levels are not known to.

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

    A spectrum without noise (from a formula, or copied from a fit) among others that have some would have all the
    weight; the verdict "without noise" names it.
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
            raise ValueError(
                f"{what} names {', '.join(map(str, given))}; the spectra are {', '.join(map(str, self.labels))}"
            )
        return dict(given)

    def run(self, starts):
        settings = {"fixed": self.fixed, "bounds": self.bounds}
        together = SimpleNamespace(frequency=self.frequency, impedance=self.impedance)
        levels = self._levels()
        noises = levels.by_label
        candidates = starting_values(self.model, self.impedance, self.alone, **settings)
        if starts is not None:
            given = {**starts, **self.fixed}
            check_names(self.model.names, given, complete=True)
            candidates = np.concatenate([candidates, [[given[name] for name in self.model.names]]])
        values = self._best(candidates, error=self._deviations(noises, None), **settings)
        # One level for all is what `fit` knows; several are known standard deviations, up to the model's magnitude.
        # Where no spectrum can be fitted alone, the residuals of the joint fit are all that tells a level.
        if not isinstance(self.noise, dict) and (len(self.labels) == 1 or self.stated or not self.alone):
            given = isinstance(self.error, dict)
            error = np.concatenate([self.error[label] for label in self.labels]) if given else self.error
            result = fit(self.model, together, starts=values, error=error, noise=self.noise, **settings)
            return self._report(result, levels if self.stated else Levels(dict.fromkeys(self.labels, result.noise), ()))
        for _ in range(ROUNDS):
            deviations = self._deviations(noises, values)
            result = fit(self.model, together, starts=values, error=deviations, **settings)
            values = result.values
            if np.abs(self._deviations(noises, values) / deviations - 1).max() < 0.01:
                break
        return self._report(result, levels)

    def _levels(self):
        """The noise level of each spectrum: as stated, or as their own fits tell."""
        if isinstance(self.noise, dict):
            return Levels(self.noise, ())
        if self.stated or not self.alone:
            return Levels(dict.fromkeys(self.labels, 1.0 if self.noise is None else float(self.noise)), ())
        floor = 1e-12 * (1 if self.error == "proportional" else np.abs(self.impedance).min())
        return told_levels(self.alone, self.labels, floor)

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

    def _report(self, result, levels):
        values, fitted, noises = result.values, result.fitted, levels.by_label
        deviations, difference = self._deviations(noises, values), fitted - self.impedance
        residuals = difference / (np.abs(fitted) if self.error == "proportional" else 1)
        weighted = np.abs(difference / deviations) ** 2
        left, root = _directions(self.model, self.frequency, values, result.free, deviations)
        # How much of a parameter each point determines: the diagonal of the hat matrix, both parts added.
        shares = (left**2).sum(axis=(0, 2))
        doubt = None
        if levels.groups:
            blocks = [
                np.concatenate([left[:, self.model.parts[n].own] for n in names], 1) for names, _ in levels.groups
            ]
            doubt = Doubt(root, np.array([np.einsum("cpj,cpk->jk", own, own) for own in blocks]), levels.freedoms)
            result = replace(result, covariance=result.covariance + result.variance * doubt.added)
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
        verdicts = [self._in_words_of_several(verdict) for verdict in result.verdicts]
        silent = self._silent(noises)
        agreement = None if silent else self._agreement(parts, len(result.free), levels, left, deviations)
        if agreement is not None and agreement.probability < UNLIKELY:
            verdicts.insert(0, _disagreement(agreement))
        if silent:
            verdicts.insert(0, _without_noise(silent, noises))
        entries = {entry.name: getattr(result, entry.name) for entry in fields(FitResult)}
        # Intervals that a verdict has asked for rest on a noise that is known.
        entries |= {"residuals": residuals, "verdicts": tuple(verdicts), "profiles": {}}
        entries["noise_stated"] = self.stated and result.noise_stated
        return JointResult(**entries, parts=parts, agreement=agreement, doubt=doubt)

    def _silent(self, noises):
        """The spectra whose own fits leave rounding alone, where others have noise."""
        if self.stated:
            return []
        sizes = {
            label: 1 if self.error == "proportional" else np.median(np.abs(self.impedance[part.own]))
            for label, part in self.model.parts.items()
        }
        silent = [label for label, level in noises.items() if level < ROUNDING * sizes[label]]
        return silent if len(silent) < len(noises) else []

    def _in_words_of_several(self, verdict):
        """A verdict on one spectrum as one on several, whose noise nobody stated where their own fits told it."""
        text = verdict.text
        if len(self.labels) > 1:
            for one, several in SEVERAL.items():
                text = text.replace(one, several)
            if not self.stated:
                text = text.replace("the given noise", "the noise that the spectra show when fitted one by one")
        return replace(verdict, text=text)

    def _agreement(self, parts, free, levels, left, deviations):
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
        held = [self._held(labels, parts, left, deviations) for labels, _ in levels.groups]
        return Agreement(rise, fewer, chance_of_rise(rise, fewer, held, levels.freedoms))

    def _held(self, labels, parts, left, deviations):
        """Of what some spectra tell alone the part that the joint fit holds to the others, and the same squared.

        These are traces of a block of the projection onto the constraints, and of its square.
        """
        dimensions, joint = 0, 0.0
        for label in labels:
            part, own = parts[label], self.model.parts[label].own
            space, _ = _directions(
                part.model, part.frequency, part.values, tuple(self.alone[label].errors), deviations[own]
            )
            overlap = np.einsum("cpj,cpk->jk", space, left[:, own])
            dimensions, joint = dimensions + space.shape[2], joint + overlap.T @ overlap
        return dimensions - np.trace(joint), dimensions - 2 * np.trace(joint) + np.sum(joint**2)


def _directions(model, frequency, values, free, deviations):
    """What the free parameters can do to weighted data, and how they follow from that.

    Returns
    -------
    left : numpy.ndarray
        An orthonormal basis, shape (2, frequencies, directions): real and imaginary part.
    root : numpy.ndarray
        Shape (directions, free); root.T @ root is the covariance of the fitted coordinates.
    """
    _, slopes = model.derivatives(frequency, **values)
    scale = {p.name: values[p.name] if p.quantity.logarithmic else 1.0 for p in model.parameters}
    columns = np.stack([slopes[name] * scale[name] / deviations for name in free], axis=1)
    columns = np.concatenate([columns.real, columns.imag])
    lengths = np.maximum(np.linalg.norm(columns, axis=0), 1e-300)
    left, sizes, right = np.linalg.svd(columns / lengths, full_matrices=False)
    strong = sizes > 1e-7 * sizes.max()
    return left[:, strong].reshape(2, len(frequency), -1), right[strong] / sizes[strong, None] / lengths


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


def _without_noise(labels, noises):
    named, less = ", ".join(map(str, labels)), max(noises[label] for label in labels)
    others = min(level for label, level in noises.items() if label not in labels)
    return Verdict(
        "without noise",
        (),
        f"Without noise: {named}, whose own fit leaves residuals of {less:.1g}, which is rounding, beside {others:.1g} "
        "or more of the others. That decides the joint fit alone, and its intervals mean nothing; state the noise, or "
        "leave out what is no measurement.",
    )
