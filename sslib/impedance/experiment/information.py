"""What a spectrum would tell of a model's parameters before it is measured: Fisher information.

An impedance with independent errors of standard deviation sigma in its real and in its imaginary part holds the
information

    F_jk = sum over frequencies of Re(conj(dZ/du_j) dZ/du_k) / sigma²

about the coordinates u of a model (the logarithm of what is positive). Its inverse bounds every unbiased estimate's
covariance (Cramér and Rao) and is reached by a fit where the spectrum determines its parameters well. It is a statement
about small steps, and the parameter that is known worst governs the rest. In a cell with two rails, R_sep known to 26 %
and R_el to 34 %, the standard deviation of fits is 1.3 times the bound in both rails, and 1.1 times in R_sep and in
R_ct, which is known to 0.8 %; at three fifths of that noise it is 1.4, 1.1 and 1.1 times, and at a fifth all keep the
bound within 3 %. So where any parameter is known to no better than 10 %, the bounds of all are lower limits, and where
an interval has to be right, the fit's profile counts.
"""

from dataclasses import dataclass

import numpy as np

from sslib.checks import check_positive
from sslib.impedance.circuit import check_names
from sslib.transport import BOLTZMANN, activated
from sslib.units import eV, reference_temperature

ROUNDING = 1e-15
"""Singular values of sensitivities below this share of the largest are rounding."""


@dataclass(frozen=True, eq=False)
class Information:
    """Fisher information about the parameters of one model, or of several that share some of them.

    Information of independent measurements adds up, name by name: ``alone + together``.

    Attributes
    ----------
    names : tuple of str
    logarithmic : tuple of bool
        Whether the coordinate is the parameter's logarithm.
    factor : numpy.ndarray
        Rows, shape (rows, names), of which F is the square: the sensitivities over the noise, or what a QR
        decomposition leaves of them. F itself would lose half of their digits.
    """

    names: tuple
    logarithmic: tuple
    factor: np.ndarray

    @property
    def matrix(self):
        """F, shape (names, names), [1] for logarithms, else per unit of the parameter squared."""
        return self.factor.T @ self.factor

    def __add__(self, other):
        names = tuple(dict.fromkeys((*self.names, *other.names)))
        kinds = dict(zip(other.names, other.logarithmic, strict=True)) | dict(
            zip(self.names, self.logarithmic, strict=True)
        )
        rows = []
        for one in (self, other):
            rows.append(np.zeros((len(one.factor), len(names))))
            rows[-1][:, [names.index(name) for name in one.names]] = one.factor
        return Information(names, tuple(kinds[name] for name in names), root_of(np.concatenate(rows)))

    def times(self, count):
        """Information of so many measurements like this one, whole or not."""
        check_positive(count=count)
        return Information(self.names, self.logarithmic, np.sqrt(count) * self.factor)

    def given(self, names):
        """Information about the others when these are known exactly."""
        check_names(self.names, names)
        kept = [k for k, name in enumerate(self.names) if name not in set(names)]
        return Information(
            tuple(self.names[k] for k in kept), tuple(self.logarithmic[k] for k in kept), self.factor[:, kept]
        )

    def error(self, name):
        """Least standard error of a parameter: relative [1] for what is positive, else in its unit.

        Infinite where the measurement does not determine it.
        """
        check_names(self.names, [name])
        along = np.zeros(len(self.names))
        along[self.names.index(name)] = 1
        return self.error_along(along)

    def error_along(self, direction):
        """Least standard error of a combination of the coordinates, such as ln R_ion − ln R_ct.

        Parameters
        ----------
        direction : array_like or dict
            A coefficient for each coordinate, shape (names,), or by name.
        """
        if isinstance(direction, dict):
            check_names(self.names, direction)
            direction = [direction.get(name, 0.0) for name in self.names]
        along, scale = np.asarray(direction, dtype=float), np.linalg.norm(self.factor, axis=0)
        seen = scale > 0
        if (along[~seen] != 0).any():
            return float("inf")
        if not along.any():
            return 0.0
        _, found, directions = np.linalg.svd(self.factor[:, seen] / scale[seen])
        sizes = np.zeros(len(directions))
        sizes[: len(found)] = found
        parts = directions @ (along[seen] / scale[seen])
        limit = ROUNDING * sizes[0]
        blind = sizes <= limit
        known = np.linalg.norm(parts[~blind] / sizes[~blind])
        # A size below the limit may be zero. What lies there is itself rounding where it counts little at the limit.
        return float("inf") if np.linalg.norm(parts[blind]) > known * limit / 4 else float(known)

    def errors(self):
        """`error` of every parameter, as a dictionary."""
        return {name: self.error(name) for name in self.names}


def root_of(rows):
    """The triangle R of a QR decomposition: as many rows as columns at most, the same information."""
    return np.linalg.qr(rows, mode="r")


def information(model, frequency, values, noise, fixed=()):
    """Fisher information that a spectrum holds about a model's parameters.

    Parameters
    ----------
    model : Circuit
    frequency : array_like
        Frequencies [Hz], shape (frequencies,).
    values : dict
        Value of each parameter in its unit.
    noise : float or array_like
        Standard deviation of Re Z and of Im Z over \\|Z\\| [1], a number or shape (frequencies,).
    fixed : iterable of str
        Parameters that are known already.

    Returns
    -------
    Information

    Raises
    ------
    ValueError
        For values that are impossible, names that are unknown, noise or frequencies that are not positive.
    """
    names, rows = sensitivities(model, frequency, values, noise, fixed)
    return Information(*names, root_of(rows.T))


def sensitivities(model, frequency, values, noise, fixed):
    """(names, logarithmic), and dZ/du over the noise: real rows of shape (names, 2 × frequencies)."""
    check_positive(noise=noise)
    fixed = set(fixed)
    check_names(model.names, fixed)
    impedance, derivatives = model.derivatives(frequency, **values)
    free = [parameter for parameter in model.parameters if parameter.name not in fixed]
    if not free:
        raise ValueError("every parameter is fixed; nothing is left to be determined")
    scale = {p.name: values[p.name] if p.quantity.logarithmic else 1.0 for p in free}
    weighted = np.stack([derivatives[name] * by for name, by in scale.items()]) / (noise * np.abs(impedance))
    kinds = tuple(parameter.quantity.logarithmic for parameter in free)
    return (tuple(scale), kinds), np.concatenate([weighted.real, weighted.imag], axis=1)


def information_at(
    model, frequency, values, noise, temperature, energies, *, reference=reference_temperature, fixed=()
):
    """Fisher information that a spectrum at another temperature holds about the values at the reference temperature.

    Parameters
    ----------
    model, frequency, noise, fixed
        As for `information`.
    values : dict
        Value of each parameter at the reference temperature.
    temperature : float
        Temperature [K] of the spectrum.
    energies : dict
        Activation energy [J] of each parameter that follows an Arrhenius law, as for `sslib.transport.activated`;
        what is not named keeps its value.
    reference : float
        Temperature [K] of the values.

    Returns
    -------
    Information
        About the parameters and about the energies, ``E_R_ion`` and so on [eV], as in a joint fit with `Arrhenius`
        laws: one spectrum does not tell them from the values. `Information.given` takes them as known.

    Raises
    ------
    ValueError
        As for `information`, and for an energy of what is unknown or no positive quantity.
    """
    check_positive(temperature=temperature, reference=reference)
    check_names(model.names, energies)
    kinds = {parameter.name: parameter.quantity.logarithmic for parameter in model.parameters}
    for name in energies:
        if not kinds[name]:
            raise ValueError(f"{name} is not fitted by its logarithm; an activation energy is for positive quantities")
    there = dict(values)
    for name, energy in energies.items():
        there[name] = values[name] * float(activated(temperature, energy, reference))
    # What is known at the reference may still be unknown here, by its energy.
    own = information(model, frequency, there, noise, set(fixed) - set(energies))
    per_eV = (1 / temperature - 1 / reference) * eV / BOLTZMANN
    slopes = per_eV * own.factor[:, [own.names.index(name) for name in energies]]
    names = (*own.names, *(f"E_{name}" for name in energies))
    both = Information(names, (*own.logarithmic, *(False for _ in energies)), np.hstack([own.factor, slopes]))
    return both.given(set(fixed) & set(energies))


def information_of(result):
    """Fisher information that the spectrum of a fit holds, at the values and with the noise of that fit.

    Parameters
    ----------
    result : FitResult

    Returns
    -------
    Information
        About the parameters that were free. Its errors are those of the fit's covariance.
    """
    noise = np.sqrt(result.variance) / (result.standing.weights * np.abs(result.fitted))
    return information(result.model, result.frequency, result.values, noise, fixed_of(result))


def fixed_of(result):
    """Names of the parameters that a fit took as known."""
    return set(result.values) - set(result.free)
