"""A binary salt in concentrated solution as two rails, cations and anions, joined by its chemical capacitance."""

import numpy as np
from scipy.constants import R as GAS_CONSTANT

from sslib.checks import check_between, check_positive
from sslib.impedance.circuit import Element, Quantity
from sslib.impedance.elements import Decay, tanh_ratio
from sslib.kinetics import FARADAY
from sslib.units import reference_temperature

_DIFFERENCE = np.array([[1.0, -1.0], [-1.0, 1.0]])


class Salt(Element):
    r"""A binary monovalent salt: cations and anions that conduct, and change places against one another.

    Potentials are those that an electrode reversible to the ion feels, :math:`\varphi_\pm = \pm\tilde\mu_\pm/F`, and
    currents those of charge, :math:`i_\pm = \pm F N_\pm`. Three measurements fix Onsager's matrix of the two: the
    conductivity :math:`\kappa` and the transference number :math:`t_+` (no gradient of composition,
    :math:`i_+ = t_+ i`), and the diffusivity D (no current, :math:`i_+ = -F D\, dc/dx`):

    .. math::

        \begin{pmatrix} i_+ \\ i_- \end{pmatrix} = -\left[
        \kappa \begin{pmatrix} t_+ \\ t_- \end{pmatrix} \begin{pmatrix} t_+ & t_- \end{pmatrix} +
        D c_s \begin{pmatrix} 1 & -1 \\ -1 & 1 \end{pmatrix} \right] \frac{d}{dx}
        \begin{pmatrix} \varphi_+ \\ \varphi_- \end{pmatrix}, \qquad
        c_s = \frac{F^2 c}{2 R T \chi}, \quad \chi = 1 + \frac{d \ln \gamma_\pm}{d \ln c}

    :math:`c_s` [F/m3] is the chemical capacitance between the rails: :math:`F\varphi_+ - F\varphi_-` is the chemical
    potential of the salt, :math:`2RT\chi\, d\ln c`. The inverse over a layer needs no finite anion rail:

    .. math::

        R = R_\text{ion} \begin{pmatrix} 1 & 1 \\ 1 & 1 \end{pmatrix} +
        R_\text{salt} \begin{pmatrix} t_- \\ -t_+ \end{pmatrix} \begin{pmatrix} t_- & -t_+ \end{pmatrix}, \qquad
        C = \frac{\tau_\text{salt}}{R_\text{salt}}

    On its own the element is such a layer between two electrodes that take cations alone: with
    :math:`t_+ = 1` a resistor, else Warburg's diffusion behind it. In a `Region` it serves two rails, cations first.

    Where every electrode blocks anions, only :math:`t_-^2 R_\text{salt}` and :math:`\tau_\text{salt}` can be seen: with
    :math:`\psi = t_- (\varphi_+ - \varphi_-)` and :math:`u = i_+/t_- - i\,t_+/t_-`,

    .. math::

        \frac{d\varphi_+}{ds} = -R_\text{ion}\, i + \frac{d\psi}{ds}, \qquad
        \frac{d\psi}{ds} = -t_-^2 R_\text{salt}\, u, \qquad
        \frac{du}{ds} = -j - \frac{i \omega C}{t_-^2}\, \psi

    hold no other trace of the transference number (j leaves the cations' rail, :math:`di/ds = -j`). A fit fixes t_plus
    at 0 and finds :math:`t_-^2 R_\text{salt}` as R_salt.
    """

    quantities = (
        Quantity("R_ion", "ohm", "resistance of the salt without gradients", 1e-6, 1e12, scaling=1),
        Quantity(
            "t_plus", "1", "cation transference number", -1.0, 1.0, scaling=0, logarithmic=False,
            possible=(-np.inf, np.inf),
        ),
        Quantity(
            "R_salt", "ohm", "resistance to salt diffusion", 1e-6, 1e12, scaling=1, possible=(5e-324, np.inf)
        ),
        Quantity("tau_salt", "s", "salt diffusion time", 1e-12, 1e9, scaling=0, possible=(5e-324, np.inf)),
    )  # fmt: skip
    equation = "Z = R_ion + (1 − t_plus)² R_salt tanh(x/2)/(x/2), x² = iω tau_salt"
    source = (
        "J. Newman, K. E. Thomas-Alyea, Electrochemical Systems, 3rd ed. 2004, chapter 12 (transport); M. Doyle, "
        "T. F. Fuller, J. Newman, J. Electrochem. Soc. 140 (1993) 1526, doi 10.1149/1.2221597; the rails as J. Jamnik, "
        "J. Maier, Phys. Chem. Chem. Phys. 3 (2001) 1668, doi 10.1039/b100180i; derived here"
    )
    size = 2

    def evaluate(self, grid, values, jacobian):
        ohmic, transference, resistance, time = values.T[:, :, None]
        left = 1 - transference
        q = grid.i_omega * time
        shape, slope = tanh_ratio(Decay(q), jacobian is not None)
        diffusion = left * left * resistance
        if jacobian is not None:
            jacobian[:, 0] = 1
            jacobian[:, 1] = -2 * left * resistance * shape
            jacobian[:, 2] = left * left * shape
            jacobian[:, 3] = diffusion * slope * grid.i_omega
        return ohmic + diffusion * shape

    def matrices(self, grid, values):
        """Resistance and admittance between the two rails, and their slopes by each slot (None for zero)."""
        ohmic, transference, resistance, time = values.T[:, :, None, None, None]
        both = np.ones((2, 2))
        counter = np.concatenate([1 - transference, -transference], axis=-1)
        own = counter * np.swapaxes(counter, -2, -1)
        total = ohmic * both + resistance * own
        susceptance = np.broadcast_to(grid.i_omega, (len(values), grid.omega.shape[-1]))[..., None, None] * _DIFFERENCE
        shunt = susceptance * time / resistance
        by_transference = -resistance * (counter + np.swapaxes(counter, -2, -1))
        slopes = [
            (both, None),
            (by_transference, None),
            (own, -shunt / resistance),
            (None, susceptance / resistance),
        ]
        return total, shunt, slopes

    def draw(self, quantity, impedance, omega, uniform):
        return uniform if quantity.unit == "1" else super().draw(quantity, impedance, omega, uniform)


def salt_values(
    thickness, conductivity, transference_number, diffusivity, concentration, *, fraction=1.0, exponent=1.5,
    thermodynamic_factor=1.0, temperature=reference_temperature,
):  # fmt: skip
    r"""Parameters of a `Salt` in a layer, per geometric area.

    .. math::

        R_\text{ion} = \frac{L}{\kappa \varepsilon^b}, \qquad
        R_\text{salt} = \frac{L}{D \varepsilon^b} \frac{2 R T \chi}{F^2 c}, \qquad
        \tau_\text{salt} = \frac{L^2 \varepsilon}{D \varepsilon^b}

    Parameters
    ----------
    thickness : array_like
        L [m].
    conductivity, diffusivity : array_like
        κ [S/m] and D [m2/s] of the electrolyte itself; D is the one of Fick's law for the salt, which holds the
        thermodynamic factor already.
    transference_number : array_like
        Of the cation, against the solvent [1]; below zero where cations move in
        clusters with anions.
    concentration : array_like
        Of the salt [mol/m3].
    fraction, exponent : array_like
        Volume fraction ε of the electrolyte in the layer [1] and Bruggeman's exponent b [1].
    thermodynamic_factor : array_like
        χ = 1 + d ln γ/d ln c, with the mean molar activity coefficient [1].
    temperature : array_like
        [K].

    Returns
    -------
    dict
        ``R_ion`` [ohm m2], ``t_plus`` [1], ``R_salt`` [ohm m2], ``tau_salt`` [s].

    Raises
    ------
    ValueError
        For values that are not positive; a fraction outside 0 to 1, a transference number outside -1 to 1.

    Notes
    -----
    Monovalent ions, one salt, solvent at rest; ε and b the same for conduction and diffusion. The source is that of
    `Salt`; Bruggeman's exponent as in M. Doyle et al., J. Electrochem. Soc. 143 (1996) 1890, doi 10.1149/1.1836921.

    Examples
    --------
    A polymer 30 µm thick, 0.2 S/m, 1 M, D = 1e-11 m2/s: the salt resists diffusion ten times as much as
    conduction, and needs 90 s to cross.

    >>> values = salt_values(30e-6, 0.2, 0.2, 1e-11, 1000.0)
    >>> round(values["R_salt"] / values["R_ion"], 2), round(values["tau_salt"], 6)
    (10.65, 90.0)
    """
    check_positive(
        thickness=thickness, conductivity=conductivity, diffusivity=diffusivity, concentration=concentration,
        fraction=fraction, exponent=exponent, thermodynamic_factor=thermodynamic_factor, temperature=temperature,
    )  # fmt: skip
    check_between(0, 1, fraction=fraction)
    check_between(-1, 1, transference_number=transference_number)
    open_share = fraction**exponent
    per_capacitance = 2 * GAS_CONSTANT * temperature * thermodynamic_factor / (FARADAY**2 * concentration)
    return {
        "R_ion": thickness / (conductivity * open_share),
        "t_plus": transference_number,
        "R_salt": thickness * per_capacitance / (diffusivity * open_share),
        "tau_salt": thickness**2 * fraction / (diffusivity * open_share),
    }
