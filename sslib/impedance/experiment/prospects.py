"""Which second measurement would settle what a fit leaves open: other frequencies, other contacts, a temperature."""

from dataclasses import dataclass

import numpy as np

from sslib.formatting import number
from sslib.impedance.circuit import Series, check_names
from sslib.impedance.elements import L
from sslib.impedance.experiment.design import design_frequencies
from sslib.impedance.experiment.information import (
    Information,
    fixed_of,
    information,
    information_at,
    information_of,
)
from sslib.impedance.joint import Joint
from sslib.impedance.line import TransmissionLine
from sslib.units import celsius, eV, reference_temperature


@dataclass(frozen=True, eq=False)
class Prospect:
    """What a second measurement would bring to a fit.

    Attributes
    ----------
    kind : {"again", "frequencies", "contacts", "temperature"}
    choice : object
        The `Design`, the contacts, or the temperature [K]; None for the same spectrum again.
    information : Information
        Of both measurements.
    error : float
        Least standard error then of what is wanted, as `Information.error` gives it.
    gain : float
        Factor by which that is less than with the first measurement alone [1]; infinite where that one does not
        determine it.
    """

    kind: str
    choice: object
    information: Information
    error: float
    gain: float

    def __str__(self):
        if self.kind == "frequencies":
            return f"its {len(self.choice.frequency)} best frequencies"
        if self.kind == "again":
            return "the same again"
        return f"{self.choice} contacts" if self.kind == "contacts" else f"{number(self.choice - celsius(0), 4)} °C"


def design_experiment(
    result, of, *, candidates=None, contacts=None, temperatures=(), energies=None, energy_error=0.02 * eV,
    temperature=reference_temperature, noise=None,
):  # fmt: skip
    """Which frequencies, contacts or temperature would settle what a fit leaves open: the second measurement, ranked.

    Each has as many points as the spectrum that was fitted, and is evaluated together with it.

    Parameters
    ----------
    result : FitResult
        Of one spectrum.
    of : str or dict
        What has to be determined, as for `design_frequencies`.
    candidates : array_like, optional
        Frequencies [Hz] that can be measured; those of the spectrum if not given.
    contacts : iterable of str or dict, optional
        Contacts of the transmission line to try, with their circuits as `with_terminals` makes them or as given here.
        Those of ion-electron, ion-ion and electron-electron that the line has rails for if not given.
    temperatures : iterable of float
        Temperatures [K] to try.
    energies : dict, optional
        Activation energy [J] by parameter, as for `information_at`; temperatures need some.
    energy_error : float or dict
        Standard error [J] of the energies, of all or by parameter: 0 where they are known exactly, infinite where the
        two spectra have to tell them, too.
    temperature : float
        Temperature [K] of the spectrum that was fitted.
    noise : float, optional
        Relative noise [1] of the second measurement, that of the first if not given.

    Returns
    -------
    list of Prospect
        The least error first.

    Raises
    ------
    ValueError
        For names that are unknown, a line that is not there, or temperatures without energies.

    Notes
    -----
    The fit's values are taken for the truth, so where its intervals are wide the factors are estimates of what to
    expect; the order of things that differ by much is safe.
    """
    if isinstance(result.model, Joint):
        raise ValueError("this is the fit of several spectra; an experiment is designed from that of one")
    direction = {of: 1.0} if isinstance(of, str) else dict(of)
    check_names(result.free, direction)
    temperatures, energies = tuple(temperatures), dict(energies or {})
    if temperatures and not energies:
        raise ValueError("temperatures are given without activation energies; nothing would change with them")
    alone, fixed, frequency, values = information_of(result), fixed_of(result), result.frequency, result.values
    if noise is None:
        noise = float(np.sqrt(np.mean(result.variance / (result.standing.weights * np.abs(result.fitted)) ** 2)))

    def measured(model, frequency=frequency):
        check_names(tuple(values), model.names)
        own = {name: values[name] for name in model.names}
        return information(model, frequency, own, noise, fixed & set(model.names))

    second = [("again", None, measured(result.model))]
    try:
        design = design_frequencies(
            result.model, values, frequency if candidates is None else candidates, noise, of=direction, fixed=fixed
        )
        second.append(("frequencies", design, design.information.times(len(frequency))))
    except ValueError as error:
        if "do not determine" not in str(error):
            raise
    second += [("contacts", name, measured(model)) for name, model in _contacted(result.model, contacts).items()]
    for there in temperatures:
        own = information_at(
            result.model, frequency, values, noise, there, energies, reference=temperature, fixed=fixed
        )
        second.append(("temperature", float(there), _with_energies(own, energies, energy_error)))
    before, found = alone.error_along(direction), []
    for kind, choice, own in second:
        both = alone + own
        error = both.error_along(direction)
        gain = 1.0 if np.isinf(error) else before / error
        found.append(Prospect(kind, choice, both, error, float(gain)))
    return sorted(found, key=lambda prospect: prospect.error)


def with_terminals(model, terminals):
    """The circuit of a cell whose transmission line is contacted otherwise.

    Parameters
    ----------
    model : Circuit
        A transmission line, alone or in series with other parts.
    terminals : str
        As for `TransmissionLine`.

    Returns
    -------
    Circuit
        What stands in series with the line (a separator, a counter electrode) stays where a contact is ionic. Between
        two electronic contacts only an inductance of the leads does.

    Raises
    ------
    ValueError
        For a circuit without exactly one line in series, or terminals that need a rail which it lacks.
    """
    lines = [part for part in model.terms if isinstance(part, TransmissionLine)]
    if len(lines) != 1:
        raise ValueError(f"{model!r} has {len(lines)} transmission lines in series; contacts are those of one")
    (line,) = lines
    other = TransmissionLine(line.ion, line.electron, interface=line.interface, terminals=terminals, larger=line.larger)
    stays = terminals != "electron-electron"
    parts = [other if part is line else part for part in model.terms if part is line or stays or isinstance(part, L)]
    return Series(*parts) if len(parts) > 1 else other


def _contacted(model, contacts):
    """Circuits by contacts: as given, or made of the fitted one."""
    if isinstance(contacts, dict):
        return contacts
    lines = [part for part in model.terms if isinstance(part, TransmissionLine)]
    if contacts is None:
        if len(lines) != 1:
            return {}
        (line,) = lines
        # A rail left out conducts perfectly: between two contacts of its own it is a short circuit.
        needed = {"ion-electron": line, "ion-ion": line.ion, "electron-electron": line.electron}
        contacts = [name for name, rail in needed.items() if rail is not None and name != line.terminals]
    return {name: with_terminals(model, name) for name in contacts}


def _with_energies(information, energies, error):
    """The information with what is known of the activation energies [J] beforehand."""
    errors = dict(error) if isinstance(error, dict) else dict.fromkeys(energies, error)
    check_names(tuple(energies), errors, complete=True)
    for name, own in errors.items():
        if not own >= 0:
            raise ValueError(f"energy_error of {name} is {own}; it must be zero or more")
    exact = [f"E_{name}" for name, own in errors.items() if own == 0]
    vague = {f"E_{name}": eV / own for name, own in errors.items() if 0 < own < np.inf}
    known = information.given(exact)
    return known + Information(tuple(vague), (False,) * len(vague), np.diag(list(vague.values()))) if vague else known
