"""A circuit with a transmission line in it as a network, so that one can look inside."""

from sslib.impedance.circuit import Series
from sslib.impedance.line import TransmissionLine
from sslib.impedance.network.network import Network
from sslib.impedance.network.region import Region

_PLACES = {
    "ion-electron": (("ion", 0), ("electron", 1)),
    "ion-ion": (("ion", 0), ("ion", 1)),
    "electron-electron": (("electron", 0), ("electron", 1)),
    "same-face": (("ion", 0), ("electron", 0)),
}


def as_network(circuit):
    """The `Network` of the same impedance and parameters as a transmission line, or a series that holds one.

    Parameters
    ----------
    circuit : TransmissionLine or Series
        What stands in series with the line goes between the source and the line.

    Returns
    -------
    Network
        Of one region with the rails ``"ion"`` and ``"electron"``; face 0 is the ionic contact's.

    Raises
    ------
    TypeError
        The circuit holds no line, or several, or one that does not stand in series.

    Examples
    --------
    A fitted cathode, 40 ohm of separator before it: what an electrode between the two would measure.

    >>> from sslib.impedance import C, R, TransmissionLine, as_network, probe_impedance
    >>> model = R("R_sep") + TransmissionLine(ion=R("R_ion"), interface=C("C_dl"))
    >>> values = {"R_sep": 40.0, "R_ion": 60.0, "C_dl": 1e-3}
    >>> z = probe_impedance(as_network(model), [1e3], "source", ("ion", 0), **values)
    >>> round(float(z[0].real), 9)
    40.0
    """
    terms = list(circuit.terms)
    lines = [term for term in terms if isinstance(term, TransmissionLine)]
    if len(lines) != 1:
        raise TypeError(f"{circuit!r} has {len(lines) or 'no'} transmission lines in series; one goes here")
    line = lines[0]
    others = [term for term in terms if term is not line]
    source, sink = _PLACES[line.terminals]
    region = Region({"ion": line.ion, "electron": line.electron}, {("ion", "electron"): line.interface})
    before = None if not others else others[0] if len(others) == 1 else Series(*others)
    return Network(region, source={source: before}, sink=sink)
