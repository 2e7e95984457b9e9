r"""A uniform line of any number of rails as a lattice: what two faces feel of each other.

Potentials φ, currents i along the rails, resistances R of the rails (matrix, need not be symmetric) and admittances Y
between them, all totals over the thickness, with the depth s from 0 to 1:

.. math:: \frac{d\varphi}{ds} = -R\, i, \qquad \frac{di}{ds} = -Y \varphi

For currents :math:`I_0, I_1` into the two faces this is

.. math::

    I_0 + I_1 = P\, \tfrac12 (\varphi_0 + \varphi_1), \qquad
    \varphi_0 - \varphi_1 = Q\, \tfrac12 (I_0 - I_1), \qquad
    P = Y h(RY), \quad Q = h(RY) R

with :math:`h(\mu) = \tanh(\sqrt\mu/2)/(\sqrt\mu/2)`. P and Q stay finite for short lines (Y and R) and for long ones,
and for rails without resistance, which no admittance matrix can hold: the nodal admittance is
:math:`\tfrac14 P \pm Q^{-1}`. (Multiconductor lines: C. R. Paul, Analysis of Multiconductor Transmission Lines, 2nd ed.
2007, for electrical ones; ladder networks of electrodes: J. Jamnik, J. Maier, Phys. Chem.
Chem. Phys. 3 (2001) 1668, doi 10.1039/b100180i.)
"""

import numpy as np

from sslib.impedance.network.functions import LineFunctions


class Lattice:
    """P and Q of lines of ``resistance`` and ``shunt``, each of shape (points, n, n), where Y·1 = 0 = 1·Y.

    Charge that a rail loses another one gains, so a potential common to all rails drives nothing: the functions are
    taken of the n − 1 differences to one reference rail, and the eigenvalue zero is exact beside any other. The
    reference is, of the two rails with the strongest branch between them, the one that conducts better: what is large
    then stands in one column, and small eigenvalues keep their digits beside it.
    """

    def __init__(self, resistance, shunt):
        points, n, _ = resistance.shape
        diagonal = np.abs(np.diagonal(resistance, axis1=1, axis2=2))
        couplings = np.abs(shunt) * (1 - np.eye(n))
        first, second = np.divmod(couplings.reshape(points, -1).argmax(axis=1), n)
        every = np.arange(points)
        best = np.where(diagonal[every, first] < diagonal[every, second], first, second)
        order = (best[:, None] + 1 + np.arange(n)) % n
        self.n, row = n, np.arange(points)[:, None, None]
        self.turn = row, order[:, :, None], order[:, None, :]
        back = np.argsort(order, axis=1)
        self.turn_back = row, back[:, :, None], back[:, None, :]
        r, y = resistance[self.turn], shunt[self.turn]
        # Y = W D with D = (1, −1) the differences to the reference.
        self.r, self.w = r, y[:, :, :-1]
        self.dr = r[:, :-1] - r[:, -1:]
        self.rw = r @ self.w
        self.functions = LineFunctions(self.rw[:, :-1] - self.rw[:, -1:])
        self.h, self.g = self.functions.h, self.functions.g
        self.gdr = self.g @ self.dr
        low = self.rw[:, -1:] @ self.gdr + r[:, -1:]
        # h(RY) R = 1·(its last row) + the differences h(D R W) D R.
        q = np.concatenate([low + self.h @ self.dr, low], axis=1)
        self.p = self._by_differences(self.w @ self.h)[self.turn_back]
        self.q = q[self.turn_back]

    @staticmethod
    def _by_differences(x):
        """X D: columns for the differences become columns for the rails."""
        return np.concatenate([x, -x.sum(axis=2, keepdims=True)], axis=2)

    def pull_back(self, p_left, p_right, q_left, q_right):
        """Slopes by the elements of R and Y, shape (points, n, n), of p_left·P·p_right + q_left·Q·q_right.

        The vectors have shape (points, n). Only the sum over rows and columns of Y of a branch between two rails is
        asked for, so the slopes by Y leave out what Y·1 = 0 forbids.
        """
        row, order = self.turn[0][:, :, 0], self.turn[1][:, :, 0]
        p_left, p_right, q_left, q_right = (v[row, order] for v in (p_left, p_right, q_left, q_right))
        difference = (p_right[:, :-1] - p_right[:, -1:])[:, :, None]
        p_row = p_left[:, None, :]
        drj = self.dr @ q_right[:, :, None]
        q_row = q_left[:, None, :]
        qr_row = q_row @ self.r
        by_matrix = self.functions.derivative(difference * (p_row @ self.w), drj * (qr_row @ self.w))
        # tr(X dW) and tr(Z dR), the reverse pass through P = W h D and Q = R + R W g D R.
        gdrj = self.g @ drj
        x = (self.h @ difference) * p_row + gdrj * qr_row + by_matrix @ self.dr
        z = (q_right[:, :, None] + self.w @ gdrj) * q_row
        z += self._by_differences(q_right[:, :, None] * (q_row @ self.rw @ self.g) + self.w @ by_matrix)
        by_shunt = np.concatenate([x, np.zeros((len(x), 1, self.n))], axis=1)
        return (np.swapaxes(slope, 1, 2)[self.turn_back] for slope in (z, by_shunt))


def nodal_admittance(conductance, shunt):
    r"""Nodal admittance [S] at both faces of a line of any number of rails.

    .. math::

        \begin{pmatrix} I_0 \\ I_1 \end{pmatrix} =
        \begin{pmatrix} G\,\sqrt M \coth\sqrt M & -G\,\sqrt M / \sinh \sqrt M \\
        -G\,\sqrt M / \sinh\sqrt M & G\,\sqrt M \coth\sqrt M \end{pmatrix}
        \begin{pmatrix} \varphi_0 \\ \varphi_1 \end{pmatrix}, \qquad M = G^{-1} Y

    Parameters
    ----------
    conductance : array_like
        Conductances G of the rails over the whole thickness [S], shape (…, n, n), :math:`i = -G\, d\varphi/ds`. Need
        not be symmetric, must be invertible.
    shunt : array_like
        Admittances Y [S] over the whole thickness, shape (…, n, n): off the diagonal the negative ones between two
        rails, on it the sum of all that a rail meets, storage to ground included.

    Returns
    -------
    numpy.ndarray
        Shape (…, 2n, 2n): the rails at the first face, then at the second; currents count into the line.

    Raises
    ------
    ValueError
        Shapes do not fit, or the conductance has no inverse.

    Examples
    --------
    One rail of 60 ohm with 1 mF to ground, the far end open, at low frequency: a third of the rail (de Levie).

    >>> y = nodal_admittance([[1 / 60.0]], [[1e-3j]])
    >>> round(float((1 / (y[0, 0] - y[0, 1] * y[1, 0] / y[1, 1])).real), 3)
    20.0
    """
    conductance, shunt = np.asarray(conductance, dtype=complex), np.asarray(shunt, dtype=complex)
    if conductance.ndim < 2 or len({*conductance.shape[-2:], *shunt.shape[-2:]}) != 1 or shunt.ndim < 2:
        raise ValueError(f"conductance has shape {conductance.shape} and shunt {shunt.shape}; both end in (n, n)")
    shape = np.broadcast_shapes(conductance.shape, shunt.shape)
    n = shape[-1]
    try:
        resistance = np.linalg.inv(conductance)
    except np.linalg.LinAlgError:
        raise ValueError("conductance has no inverse; leave out a rail that does not conduct") from None
    # Ground is one more rail, without resistance.
    grounded = np.zeros((2, *shape[:-2], n + 1, n + 1), dtype=complex)
    grounded[0, ..., :n, :n], grounded[1, ..., :n, :n] = resistance, shunt
    grounded[1, ..., n, :] = -grounded[1].sum(axis=-2)
    grounded[1, ..., :, n] = -grounded[1, ..., :, :n].sum(axis=-1)
    lattice = Lattice(*grounded.reshape(2, -1, n + 1, n + 1))
    quarter, across = lattice.p[:, :n, :n] / 4, np.linalg.inv(lattice.q[:, :n, :n])
    return np.block([[quarter + across, quarter - across], [quarter - across, quarter + across]]).reshape(
        *shape[:-2], 2 * n, 2 * n
    )
