"""The transmission line of a porous or composite electrode: an ionic rail, an electronic rail, an interface between."""

import numpy as np

from sslib.impedance.circuit import Circuit, Exchange, check_shared, has_zero
from sslib.impedance.elements import LANGEVIN_SERIES, Decay, R, tanh_ratio

# Below this |q| the rails are so short that their share is lost beside the interface's, and a series has it.
SHORT = 1e-2


class TransmissionLine(Circuit):
    r"""Two rails joined by an interface that is spread evenly between them.

    With the totals over the electrode :math:`a` (ionic rail), :math:`b` (electronic rail) and :math:`z` (interface),
    all [ohm], and :math:`q = (a + b)/z = (L/\lambda)^2`:

    .. math::

        Z_\text{ion-electron} &= z + (a + b)\,c(q) + \frac{a b}{a + b} (1 - h(q)) \\
        Z_\text{ion-ion} &= \frac{a b}{a + b} + \frac{a^2}{a + b} h(q) \\
        Z_\text{same-face} &= z + (a + b)\,c(q)

    with :math:`c(q) = (x \coth x - 1)/q`, :math:`h(q) = \tanh(x/2)/(x/2)`, :math:`x^2 = q`; electron-electron
    is ion-ion with the rails exchanged. This is the general line of Bisquert et al. (J. Phys. Chem. B 104 (2000) 2287,
    doi 10.1021/jp993148h) with the sum :math:`z_1^2 + z_2^2`, which is sometimes reprinted as a product, and the
    configurations I, II and III of Gomadam, Weidner, Zawodzinski and Saab (J. Electrochem. Soc. 150 (2003) E371),
    rearranged so that either rail may vanish.

    Parameters
    ----------
    ion, electron : Circuit, optional
        The rails, each the total over the thickness [ohm]. A rail left out conducts perfectly.
    interface : Circuit
        The interface, the total over the electrode [ohm].
    terminals : {"ion-electron", "ion-ion", "electron-electron", "same-face"}
        Where the current goes in and out: the ionic contact at one face and the electronic at the other; both
        contacts ionic or both electronic, at opposite faces; both at one face.
    larger : {"ion", "electron"}
        Which rail is taken to resist more where the terminals cannot tell the rails apart (ion-electron): a fit
        reports its solution in this labelling and says so.

    Notes
    -----
    Holds for rails and interface that are uniform through the thickness, particles much smaller than the
    penetration depth, and amplitudes in the linear range. A rail conducts by migration alone (a single-ion conductor):
    salt diffusion in a liquid or polymer needs a third rail.

    Examples
    --------
    Blocking interface, low frequency: a third of the ionic rail (de Levie).

    >>> from sslib.impedance import C, R, TransmissionLine
    >>> pore = TransmissionLine(ion=R("R_ion"), interface=C("C_dl"))
    >>> z = pore.impedance([1e-4], R_ion=60.0, C_dl=1e-3)
    >>> round(float(z.real[0]), 4)
    20.0
    """

    def __init__(self, ion=None, electron=None, *, interface, terminals="ion-electron", larger="ion"):
        if terminals not in FORMS:
            raise ValueError(f"terminals is {terminals!r}; allowed are {', '.join(FORMS)}")
        if larger not in ("ion", "electron"):
            raise ValueError(f"larger is {larger!r}; allowed are ion, electron")
        for name, part in (("ion", ion), ("electron", electron), ("interface", interface)):
            if not (isinstance(part, Circuit) or (part is None and name != "interface")):
                raise TypeError(f"{name} is {part!r}; a circuit such as R('R_{name}') goes here")
        if ion is None and electron is None:
            raise ValueError("a line whose rails both conduct perfectly is its interface; give ion, electron or both")
        between = terminals.split("-")[0]
        if terminals in ("ion-ion", "electron-electron") and {"ion": ion, "electron": electron}[between] is None:
            raise ValueError(f"terminals {terminals!r} need the {between} rail: left out, it is a short circuit")
        self.ion, self.electron, self.interface = ion, electron, interface
        self.terminals, self.larger = terminals, larger
        self.slots = tuple(slot for part in (ion, electron, interface) if part is not None for slot in part.slots)
        check_shared(self.slots)
        first, second = (0 if part is None else len(part.slots) for part in (ion, electron))
        self._ion, self._electron = slice(0, first), slice(first, first + second)
        self._interface = slice(first + second, len(self.slots))
        places = [(ion, self._ion), (electron, self._electron), (interface, self._interface)]
        self.children = [(part, own) for part, own in places if part is not None]

    @property
    def exchanges(self):
        """Rails that are plain resistors, where the terminals cannot tell them apart."""
        rails = (self.ion, self.electron)
        if self.terminals not in ("ion-electron", "same-face") or not all(type(rail) is R for rail in rails):
            return ()
        names = tuple(rail.slots[0].name for rail in (rails if self.larger == "ion" else rails[::-1]))
        return (
            Exchange(
                kind="rails exchangeable",
                first=names[:1],
                second=names[1:],
                rank=lambda values: values[..., 0],
                text=f"Only the sum and the product of {names[0]} and {names[1]} enter this spectrum: that {names[0]} "
                "is the larger is an assumption, not a result.",
            ),
        )

    def evaluate(self, grid, values, jacobian):
        a, ja = self._part(self.ion, self._ion, grid, values, jacobian)
        b, jb = self._part(self.electron, self._electron, grid, values, jacobian)
        z, jz = self._part(self.interface, self._interface, grid, values, jacobian)
        if has_zero(z):
            z = np.where(z == 0, 1e-100, z)  # a vanishing interface: q stays finite, and q² too
        impedance, slopes = FORMS[self.terminals](a, b, z, jacobian is not None)
        if jacobian is not None:
            for part_jacobian, slope in zip((ja, jb, jz), slopes, strict=True):
                if part_jacobian is not None:
                    part_jacobian *= slope[:, None]
        return impedance

    def _part(self, part, own, grid, values, jacobian):
        """Impedance and Jacobian of a part; a rail left out is the number zero."""
        if part is None:
            return 0.0, None
        own_jacobian = None if jacobian is None else jacobian[:, own]
        return part.evaluate(grid, values[:, own], own_jacobian), own_jacobian

    def __repr__(self):
        return (
            f"TransmissionLine(ion={self.ion!r}, electron={self.electron!r}, interface={self.interface!r}, "
            f"terminals={self.terminals!r}, larger={self.larger!r})"
        )


def _same_face(a, b, z, derivative):
    s = _nonzero(a + b)
    return _one_rail(z, _decay(s, z), derivative)


def _one_rail(z, decay, derivative):
    """Z = z·x coth x = z + s·c(q), and its derivatives by a, b and z, where q = s/z and s = a + b."""
    e2 = decay.e * decay.e
    per_sinh = 1 / (1 - e2)
    ratio = 1 + e2
    ratio *= per_sinh
    ratio *= decay.x
    near = decay.near_zero(SHORT, LANGEVIN_SERIES[:5])
    if near:
        short, q, c, dc = near
        ratio[short] = 1 + q * c
    impedance = z * ratio
    if not derivative:
        return impedance, None
    # dZ/ds = (coth x / x − 1/sinh² x)/2 and dZ/dz = (x coth x + q/sinh² x)/2; coth² x − 1 would cancel on a long line.
    ratio *= 0.5
    e2 *= per_sinh
    e2 *= per_sinh
    e2 *= 2
    by_s = ratio * decay.per_q
    by_s -= e2
    by_z = e2 * decay.closed_q
    by_z += ratio
    if near:
        by_s[short], by_z[short] = c + q * dc, 1 - q * q * dc
    return impedance, (by_s, by_s, by_z)


def _across(a, b, z, derivative):
    """Z = z + s·c(q) + (ab/s)(1 − h(q)), and its derivatives by a, b and z."""
    s = _nonzero(a + b)
    decay = _decay(s, z)
    impedance, slopes = _one_rail(z, decay, derivative)
    if np.isscalar(a) or np.isscalar(b):
        return impedance, slopes
    h, dh = tanh_ratio(decay, derivative)
    share_a, share_b = a / s, b / s
    parallel, missing = a * share_b, 1 - h
    impedance += parallel * missing
    if not derivative:
        return impedance, None
    by_a, by_b, by_z = slopes
    bend = parallel * dh / z
    return impedance, (
        by_a + share_b * share_b * missing - bend,
        by_b + share_a * share_a * missing - bend,
        by_z + bend * decay.q,
    )


def _along(a, b, z, derivative):
    """Z = ab/s + (a²/s) h(q), and its derivatives by a, b and z."""
    s = _nonzero(a + b)
    decay = _decay(s, z)
    h, dh = tanh_ratio(decay, derivative)
    share = a / s
    impedance = share * (b + a * h)
    if not derivative:
        return impedance, None
    bend = share * share * decay.q * dh
    by_a = (b + 2 * a * h - impedance) / s + bend
    by_b = share * share * (1 - h) + bend
    return impedance, (by_a, by_b, -bend * s / z)


def _along_electron(a, b, z, derivative):
    impedance, slopes = _along(b, a, z, derivative)
    return impedance, slopes and (slopes[1], slopes[0], slopes[2])


def _decay(s, z):
    """What depends on q = s/z alone; s is one number for all frequencies where the rails are resistors."""
    per_q = z * (1 / s)
    return Decay(1 / per_q, per_q)


def _nonzero(s):
    """Rails that vanish together carry no voltage: any finite s gives their limit."""
    return np.where(s == 0, 1e-100, s) if has_zero(s) else s


FORMS = {
    "ion-electron": _across,
    "same-face": _same_face,
    "ion-ion": _along,
    "electron-electron": _along_electron,
}
