"""How the parameters of several spectra follow from joint ones.

Every law is linear in the coordinates that a fit uses, the logarithm of what is positive, so its derivatives are exact,
and fits, intervals and verdicts need to know nothing of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from sslib.checks import check_positive
from sslib.impedance.circuit import Parameter, Quantity
from sslib.transport import BOLTZMANN
from sslib.units import eV, reference_temperature

ACTIVATION = Quantity("E", "eV", "activation energy", -3.0, 3.0, scaling=0, logarithmic=False, possible=(-1e3, 1e3))


class Law:
    """How a parameter of several spectra follows from the joint ones: `Shared`, `Free`, `Arrhenius` or `Smooth`."""

    coupled = True
    """Whether the spectra share the law's parameters: what changes place then changes place in all of them."""

    def bind(self, name, quantity, labels, spectra):
        """Joint parameters, and the matrix (labels, parameters) that takes their coordinates to the spectra's.

        Parameters
        ----------
        name : str
        quantity : Quantity
        labels : list of str
            The spectra that have the parameter.
        spectra : dict
            By the labels of all spectra what was measured, for conditions that it states, or None.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Shared(Law):
    """One value for all spectra, under the parameter's own name."""

    def bind(self, name, quantity, labels, spectra):
        return [Parameter(name, quantity)], np.ones((len(labels), 1))


@dataclass(frozen=True)
class Free(Law):
    """A value for each spectrum, named ``R_ct_LABEL``, where what cannot stand in a name becomes an underscore."""

    coupled = False

    def bind(self, name, quantity, labels, spectra):
        names = [name + "_" + "".join(c if c.isalnum() else "_" for c in str(label)) for label in labels]
        return [
            Parameter(own, replace(quantity, meaning=f"{quantity.meaning}, {label}"))
            for own, label in zip(names, labels, strict=True)
        ], np.eye(len(labels))


@dataclass(frozen=True)
class Arrhenius(Law):
    r"""Activated by temperature, with the value at the reference temperature and an activation energy as parameters.

    .. math:: p(T) = p_\text{ref} \exp\left[\frac{E}{k_B}\left(\frac{1}{T} - \frac{1}{T_\text{ref}}\right)\right]

    The energy [eV] of ``R_ion`` is ``E_R_ion``: positive for a resistance or a time that falls on heating. It may be
    negative; a capacitance that grows on heating has such a one. It is the energy of the resistance, so of the
    conductivity σ, not of σT, which is about k_B T larger.

    Parameters
    ----------
    temperatures : mapping or sequence of float, optional
        Temperature [K] of each spectrum, by label or in the order of the spectra; what the spectra state if not given.
    reference : float
        Reference temperature [K].
    """

    temperatures: object = None
    reference: float = reference_temperature

    def bind(self, name, quantity, labels, spectra):
        if not quantity.logarithmic:
            raise ValueError(
                f"{name} [{quantity.unit}] may be zero or bounded; Arrhenius laws are for positive quantities"
            )
        temperatures = _conditions(self.temperatures, "temperature", name, labels, spectra)
        check_positive(temperatures=temperatures, reference=self.reference)
        if len(set(temperatures)) < 2:
            raise ValueError(f"every spectrum with {name} has {temperatures[0]:g} K; an activation energy needs two")
        meaning = f"{quantity.meaning} at {self.reference:g} K"
        energy = replace(ACTIVATION, meaning=f"activation energy of {name}")
        slope = (1 / np.array(temperatures) - 1 / self.reference) / (BOLTZMANN / eV)
        parameters = [Parameter(name, _positive(quantity, meaning)), Parameter(f"E_{name}", energy)]
        return parameters, np.stack([np.ones(len(labels)), slope], axis=1)


@dataclass(frozen=True)
class Smooth(Law):
    """A smooth course over cycles, time or any other number: a B-spline of the fitted coordinate.

    The parameters ``R_ct_1, R_ct_2, ...`` are the spline's control values, spread evenly from the first spectrum to the
    last: the course begins at the first, ends at the last, and never leaves the range that they span.

    Parameters
    ----------
    over : mapping or sequence of float, optional
        The number [any unit] of each spectrum, by label or in the order of the spectra; the cycle that the spectra
        state if not given.
    coefficients : int
        How many control values: 2 are a straight line of the logarithm.
    degree : int
        Of the spline; a polynomial where there is one control value more than that.
    """

    over: object = None
    coefficients: int = 4
    degree: int = 3

    def bind(self, name, quantity, labels, spectra):
        from scipy.interpolate import BSpline  # takes as long to import as the module

        over = np.array(_conditions(self.over, "cycle", name, labels, spectra), dtype=float)
        if not np.isfinite(over).all():
            raise ValueError(f"{name} is smooth over {over}; finite numbers go here")
        if not 2 <= self.coefficients <= len(set(over)):
            raise ValueError(
                f"{name} has {self.coefficients} coefficients over {len(set(over))} different places; "
                "allowed are two to as many as there are places"
            )
        degree = min(self.degree, self.coefficients - 1)
        if degree < 1:
            raise ValueError(f"the degree of {name} is {self.degree}; allowed is one or more")
        low, high = over.min(), over.max()
        inner = np.linspace(low, high, self.coefficients - degree + 1)
        knots = np.concatenate([np.full(degree, low), inner, np.full(degree, high)])
        matrix = BSpline.design_matrix(over, knots, degree).toarray()
        span = f"of {self.coefficients}, from {low:g} to {high:g}"
        return [
            Parameter(f"{name}_{k}", _positive(quantity, f"{quantity.meaning}, control value {k} {span}"))
            for k in range(1, self.coefficients + 1)
        ], matrix


LAWS = {"shared": Shared(), "free": Free()}


def law_of(name, law):
    """The `Law` that is meant, which "shared" and "free" may stand for."""
    law = LAWS.get(law, law) if isinstance(law, str) else law
    if not isinstance(law, Law):
        raise ValueError(f"the law of {name} is {law!r}; allowed are {', '.join(LAWS)}, Arrhenius() and Smooth()")
    return law


def _positive(quantity, meaning):
    """The quantity under a law: its logarithm is needed, so zero is not possible."""
    lowest, highest = quantity.possible
    possible = (max(lowest, 5e-324), highest) if quantity.logarithmic else quantity.possible
    return replace(quantity, meaning=meaning, possible=possible)


def _conditions(given, what, name, labels, spectra):
    """A number for each label: given by label or in the order of the spectra, or as the spectra state it."""
    if given is None:
        numbers = {label: getattr(spectra[label], what, None) for label in labels}
    elif isinstance(given, Mapping):
        numbers = {label: given.get(label) for label in labels}
    elif np.ndim(given) == 1 and len(given) == len(spectra):
        numbers = dict(zip(spectra, given, strict=True))
    else:
        raise ValueError(f"the law of {name} has numbers {given!r}; one for each of {len(spectra)} spectra")
    missing = [label for label in labels if numbers[label] is None]
    if missing:
        raise ValueError(
            f"the law of {name} needs the {what} of {', '.join(map(str, missing))}, which is neither given nor stated"
        )
    return [float(numbers[label]) for label in labels]
