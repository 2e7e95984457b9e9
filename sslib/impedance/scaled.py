"""A circuit whose impedance is a multiple of another's."""

from sslib.checks import check_positive
from sslib.impedance.circuit import Circuit, Parameter, Quantity, check_shared

GRADIENT = Quantity(
    "g", "1", "gradient over the depth", -1.9, 1.9, scaling=0, logarithmic=False, possible=(-2.0, 2.0)
)  # fmt: skip


class Scaled(Circuit):
    """A circuit times a fixed factor.

    Parameters
    ----------
    circuit : Circuit
    factor : float
        Of the impedance [1].

    Examples
    --------
    >>> from sslib.impedance import R
    >>> complex(Scaled(R("R_ion"), 0.25).impedance([1.0], R_ion=60.0)[0])
    (15+0j)
    """

    def __init__(self, circuit, factor):
        check_positive(factor=factor)
        self.circuit, self.factor, self.slots = circuit, factor, circuit.slots
        self.children = [(circuit, slice(0, len(self.slots)))]

    @property
    def exchanges(self):
        return self.circuit.exchanges

    def factor_at(self, values):
        """The factor for a dictionary of parameters [1]."""
        return self.factor

    def evaluate(self, grid, values, jacobian):
        impedance = self.circuit.evaluate(grid, values, jacobian)
        if jacobian is not None:
            jacobian *= self.factor
        return impedance * self.factor

    def __repr__(self):
        return f"Scaled({self.circuit!r}, {self.factor!r})"


class Tilted(Circuit):
    r"""A circuit times a factor that a parameter sets, at a place in a layer.

    .. math:: Z \, (1 + g\, d)^p

    Parameters
    ----------
    circuit : Circuit
    name : str
        Of the gradient g [1], from -2 to 2.
    offset : float
        d, the relative depth of the place against the layer's middle [1], from -1/2 to 1/2.
    power : {1, -1}
        p: 1 for a resistivity that rises with g, -1 for an area.

    Examples
    --------
    >>> from sslib.impedance import R
    >>> complex(Tilted(R("R_ion"), "gradient", 0.5, 1).impedance([1.0], R_ion=60.0, gradient=1.0)[0])
    (90+0j)
    """

    def __init__(self, circuit, name, offset, power):
        self.circuit, self.offset, self.power = circuit, offset, power
        self.slots = (*circuit.slots, Parameter(name, GRADIENT))
        check_shared(self.slots)
        self.children = [(circuit, slice(0, len(circuit.slots)))]

    def factor_at(self, values):
        """The factor for a dictionary of parameters [1]."""
        return (1 + values[self.slots[-1].name] * self.offset) ** self.power

    def evaluate(self, grid, values, jacobian):
        own = None if jacobian is None else jacobian[:, :-1]
        impedance = self.circuit.evaluate(grid, values[:, :-1], own)
        base = 1 + values[:, -1:] * self.offset
        factor = base**self.power
        if jacobian is not None:
            own *= factor[:, None]
            jacobian[:, -1] = impedance * self.power * self.offset * factor / base
        return impedance * factor

    def draw_slots(self, impedance, omega, uniform):
        draws = uniform - 0.5
        own = slice(0, len(self.circuit.slots))
        draws[:, own] = self.circuit.draw_slots(impedance[:, own], omega[:, own], uniform[:, own])
        return draws

    def __repr__(self):
        return f"Tilted({self.circuit!r}, {self.slots[-1].name!r}, {self.offset!r}, {self.power!r})"
