"""Mixed conductors: ions and electrons, each moved by its own electrochemical potential, and what stores them both."""

import numpy as np
from scipy.constants import R as GAS_CONSTANT

from sslib.checks import check_between, check_positive
from sslib.impedance.elements import C, R
from sslib.impedance.network.network import Network
from sslib.impedance.network.region import Region
from sslib.impedance.physics import half_cell_values
from sslib.kinetics import FARADAY
from sslib.units import reference_temperature

ELECTRODES = ("ion-blocking", "electron-blocking", "reversible")


def carrier_current(conductivity, charge, chemical_gradient, potential_gradient):
    r"""Current density [A/m2] of one carrier.

    .. math:: j_k = -\frac{\sigma_k}{z_k F} \nabla (\mu_k + z_k F \varphi)

    Parameters
    ----------
    conductivity : array_like
        Of this carrier [S/m].
    charge : array_like
        Its charge number :math:`z_k` [1], not zero.
    chemical_gradient : array_like
        Gradient of its chemical potential [J/(mol m)].
    potential_gradient : array_like
        Gradient of the electric potential [V/m].

    Notes
    -----
    Carriers that do not drag one another along (for those, `Salt` and `Conductances`). Source 000 prints
    :math:`-\sigma \nabla \varphi - \kappa \nabla \mu`, whose second term is no current density while :math:`\kappa` is
    a conductivity, and whose two coefficients are free: nothing then makes the current vanish in equilibrium.

    Examples
    --------
    Electrons in equilibrium, 1 kJ/mol across a micrometre, held by the potential that this makes: nothing flows. With
    σ/F as printed coefficient κ, which fits the units and forgets the sign of the charge, twice the drift does:

    >>> chemical = 1e3 / 1e-6
    >>> potential = chemical / FARADAY
    >>> float(carrier_current(0.5, -1, chemical, potential)) == 0
    True
    >>> round((-0.5 * potential - 0.5 / FARADAY * chemical) / (-0.5 * potential), 6)
    2.0
    """
    check_positive(conductivity=conductivity, size_of_charge=np.abs(charge))
    check_between(-np.inf, np.inf, chemical_gradient=chemical_gradient, potential_gradient=potential_gradient)
    per_charge = np.asarray(charge) * FARADAY
    return -np.asarray(conductivity) * (np.asarray(chemical_gradient) / per_charge + potential_gradient)


def mixed_conductor(first, second):
    r"""An ionic and an electronic rail joined by their chemical capacitance, between two contacts, as a `Network`.

    The rails' potentials are electrochemical ones, :math:`\tilde\mu_k/(z_k F)`, so their difference is the chemical
    potential of the neutral component over F, and the branch between them its storage:

    .. math:: \frac{d i_k}{dx} = \mp c_\text{chem} \frac{\partial}{\partial t}
              (\varphi_\text{ion} - \varphi_\text{eon}),
              \qquad i_k = -\sigma_k \frac{d \varphi_k}{dx}

    Parameters
    ----------
    first, second : dict
        The contacts at either face: by carrier (``"ion"``, ``"electron"``) the circuit through which it passes, None
        where it passes freely (reversible); a carrier left out is blocked.

    Returns
    -------
    Network
        Parameters ``R_ion``, ``R_eon``, ``C_chem`` and those of the contacts.

    Notes
    -----
    Local electroneutrality: below the angular frequency :math:`\sigma/(\epsilon_0 \epsilon_r)` at which the material
    is a dielectric, and for layers much thicker than the Debye length. One mobile ion, no traps. After J. Jamnik,
    J. Maier, J. Electrochem. Soc. 146 (1999) 4183, and Phys. Chem. Chem. Phys. 3 (2001) 1668, doi 10.1039/b100180i;
    W. Lai, S. M. Haile, J. Am. Ceram. Soc. 88 (2005) 2979, doi 10.1111/j.1551-2916.2005.00740.x. Verified: the form
    follows in the tests from drift and diffusion (`nernst_planck_impedance`).

    Examples
    --------
    Ions blocked, electrons free: a direct current is carried by the electrons, a fast one by both.

    >>> cell = mixed_conductor({"electron": None}, {"electron": None})
    >>> z = cell.impedance([1e-9, 1e9], R_ion=10.0, R_eon=30.0, C_chem=1.0)
    >>> z.real.round(2).tolist()
    [30.0, 7.5]
    """
    material = Region({"ion": R("R_ion"), "electron": R("R_eon")}, {("ion", "electron"): C("C_chem")})
    contacts = []
    for face, contact in enumerate((first, second)):
        check_contact(contact)
        contacts.append({(carrier, face): circuit for carrier, circuit in contact.items()})
    return Network(material, source=contacts[0], sink=contacts[1])


def check_contact(contact):
    """Raise ValueError for a contact that passes neither ions nor electrons."""
    if not contact or not set(contact) <= {"ion", "electron"}:
        raise ValueError(f"contact {contact!r} passes nothing; a dictionary with ion, electron or both goes here")


def thin_film():
    """Electrolyte | film | collector: ions cross one face by an arc, electrons leave freely at the other.

    A `mixed_conductor` with the parameters ``R_ion``, ``R_eon``, ``C_chem``, ``R_ct`` and ``C_dl``; `film_values` and
    `mixed_conductor_values` give values.

    Examples
    --------
    A third of the rails behind the charge transfer, once the capacitance is charged through them:

    >>> z = thin_film().impedance([1e-6], R_ion=9.0, R_eon=3.0, C_chem=10.0, R_ct=5.0, C_dl=1e-3)
    >>> round(float(z.real[0]), 4)
    9.0
    """
    return mixed_conductor({"ion": R("R_ct") | C("C_dl")}, {"electron": None})


def symmetric_cell(electrodes="ion-blocking"):
    """A mixed conductor between two equal electrodes.

    Parameters
    ----------
    electrodes : {"ion-blocking", "electron-blocking", "reversible"}
        Electrons pass freely and ions charge a double layer ``C_if``; ions by an arc (``R_if``, ``C_if``) and electrons
        not at all; or both freely.

    Returns
    -------
    Network
        See `mixed_conductor`.

    Examples
    --------
    Reversible electrodes see the total conductivity at every frequency:

    >>> symmetric_cell("reversible").impedance([1e-3, 1e3], R_ion=10.0, R_eon=30.0, C_chem=1.0).real.round(9).tolist()
    [7.5, 7.5]
    """
    if electrodes not in ELECTRODES:
        raise ValueError(f"electrodes is {electrodes!r}; allowed are {', '.join(ELECTRODES)}")
    if electrodes == "ion-blocking":
        contact = {"electron": None, "ion": C("C_if")}
    elif electrodes == "electron-blocking":
        contact = {"ion": R("R_if") | C("C_if")}
    else:
        contact = {"electron": None, "ion": None}
    return mixed_conductor(contact, contact)


def composite_electrode():
    """Separator | composite | collector: two networks, and particles that store behind their charge transfer.

    The branch between the rails is ``C_dl`` across ``R_ct`` and ``C_chem`` in series: particles so small that diffusion
    inside them takes no time. With it, `SphericalDiffusion` in place of ``C_chem`` (`cathode_model`).
    """
    particle = C("C_dl") | (R("R_ct") + C("C_chem"))
    region = Region({"ion": R("R_ion"), "electron": R("R_eon")}, {("ion", "electron"): particle})
    return Network(region, source=("ion", 0), sink=("electron", 1))


def carrier_capacitance(
    ion_concentration, electron_concentration, ion_factor=1.0, electron_factor=1.0, T=reference_temperature
):
    r"""Volumetric chemical capacitance [F/m3] from the concentrations of the two carriers.

    .. math:: \frac{1}{c_\text{chem}} = \frac{1}{F^2} \frac{d(\mu_\text{ion} + \mu_\text{eon})}{dc}
              = \frac{R T}{F^2} \left(\frac{\chi_\text{ion}}{c_\text{ion}} + \frac{\chi_\text{eon}}{c_\text{eon}}\right)

    Parameters
    ----------
    ion_concentration, electron_concentration : array_like
        Of the mobile, singly charged carriers [mol/m3]; the scarcer one decides.
    ion_factor, electron_factor : array_like
        :math:`\chi_k = d \ln a_k/d \ln c_k` [1]; 1 for ideal dilute carriers.
    T : array_like
        [K]

    Notes
    -----
    For carriers that are not trapped and do not change one another's activity. Where the chemical potential of the
    neutral component is known as a whole: `sslib.thermodynamics.chemical_capacitance`.

    Examples
    --------
    A thousandth of a mole a litre of ions among many electrons:

    >>> f"{carrier_capacitance(1.0, 1e6):.3g} F/m3"
    '3.76e+06 F/m3'
    """
    given = {"ion_concentration": ion_concentration, "electron_concentration": electron_concentration}
    check_positive(**given, ion_factor=ion_factor, electron_factor=electron_factor, T=T)
    per_carrier = ion_factor / np.asarray(ion_concentration) + electron_factor / np.asarray(electron_concentration)
    return FARADAY**2 / (GAS_CONSTANT * np.asarray(T) * per_carrier)


def mixed_conductor_values(
    thickness, ionic, electronic, capacitance, *, interface_resistance=None, interface_capacitance=None
):
    r"""Parameters of a `mixed_conductor`, per geometric area.

    .. math:: R_k = L/\sigma_k, \qquad C_\text{chem} = c_\text{chem} L, \qquad
              \tau = (R_\text{ion} + R_\text{eon}) C_\text{chem} = L^2/D_\text{chem}

    Parameters
    ----------
    thickness : array_like
        L [m].
    ionic, electronic : array_like
        Conductivities of the two carriers [S/m].
    capacitance : array_like
        Volumetric chemical capacitance [F/m3]: `carrier_capacitance`, `sslib.thermodynamics.chemical_capacitance`.
    interface_resistance : array_like, optional
        Of the charge transfer [ohm m2].
    interface_capacitance : array_like, optional
        Of the double layer [F/m2].

    Returns
    -------
    dict
        ``R_ion``, ``R_eon`` [ohm m2], ``C_chem`` [F/m2], and where they are given ``R_ct`` [ohm m2], ``C_dl`` [F/m2].

    Raises
    ------
    ValueError
        For values that are not positive.

    Examples
    --------
    A micrometre of an oxide with a diffusivity of 5e-15 m2/s and fast electrons needs 200 s:

    >>> v = mixed_conductor_values(1e-6, 5e-15 * 8.8e9, 1.0, 8.8e9)
    >>> round((v["R_ion"] + v["R_eon"]) * v["C_chem"])
    200
    """
    given = {"R_ct": interface_resistance, "C_dl": interface_capacitance}
    given = {name: value for name, value in given.items() if value is not None}
    check_positive(thickness=thickness, ionic=ionic, electronic=electronic, capacitance=capacitance, **given)
    thickness = np.asarray(thickness, dtype=float)[()]
    return {"R_ion": thickness / ionic, "R_eon": thickness / electronic, "C_chem": capacitance * thickness, **given}


def composite_values(cell):
    r"""Values of `composite_electrode` for a half-cell of the table ``pybamm_cells``, per geometric area.

    The particles store :math:`C_\text{chem} = \tau_d/(3 R_d)`, what their diffusion is a capacitor of in the end.

    Parameters
    ----------
    cell : mapping
        A row of the table.

    Returns
    -------
    dict
        ``R_ion``, ``R_eon``, ``R_ct`` [ohm m2], ``C_dl``, ``C_chem`` [F/m2].

    Examples
    --------
    >>> from sslib.tables import table
    >>> cell = table("pybamm_cells").loc["A_base"]
    >>> values = composite_values(cell)
    >>> f"{values['C_chem'] / cell['thickness_m']:.2e} F/m3"
    '5.29e+09 F/m3'
    """
    line = half_cell_values(cell)
    return {
        "R_ion": line["R_ion"],
        "R_eon": line["R_el"],
        "R_ct": line["R_ct"],
        "C_dl": line["Q_dl"],
        "C_chem": line["tau_d"] / (3 * line["R_d"]),
    }


def film_values(cell, thickness=1e-6, electronic=1e-4):
    r"""Values of `thin_film` for a dense film of the active material of a row of ``pybamm_cells``, per geometric area.

    .. math:: c_\text{chem} = 1/S, \qquad \sigma_\text{ion} = D/S, \qquad S = -\frac1F \frac{dU}{dc}

    Parameters
    ----------
    cell : mapping
        A row of the table: S, D, and the charge transfer of a surface.
    thickness : float
        [m]
    electronic : float
        Electronic conductivity of the material [S/m]; the table has none, since its electrons are fast. The diffusivity
        D of the table is taken for the ions' own, with fast electrons.

    Returns
    -------
    dict
        As `mixed_conductor_values`.

    Examples
    --------
    >>> from sslib.tables import table
    >>> values = film_values(table("pybamm_cells").loc["A_base"])
    >>> {name: f"{value:.3g}" for name, value in values.items()}
    {'R_ion': '0.0227', 'R_eon': '0.01', 'C_chem': '8.81e+03', 'R_ct': '0.00606', 'C_dl': '0.2'}
    """
    storage = 1 / cell["S_ohm_m3_per_s"]
    return mixed_conductor_values(
        thickness, cell["solid_diffusivity_m2_s"] * storage, electronic, storage,
        interface_resistance=cell["R_ct_ohm_m2"], interface_capacitance=cell["C_dl_F_m2"],
    )  # fmt: skip


def symmetric_cell_impedance(frequency, R_ion, R_eon, C_chem, ion=np.inf, electron=0.0):
    r"""Closed form of a mixed conductor between two equal electrodes.

    With :math:`a = R_\text{ion}/2`, :math:`b = R_\text{eon}/2`, :math:`s = a + b`, the electrodes' impedances
    :math:`Z_i, Z_e` for ions and electrons, :math:`k = \kappa \coth \kappa` and
    :math:`\kappa^2 = i\omega C_\text{chem} s/2`:

    .. math:: \frac{Z}{2} = \frac{a b}{s} + \frac{b^2 Z_i + a^2 Z_e + k s Z_i Z_e}{s\,(s + k (Z_i + Z_e))}

    and for blocked ions (:math:`Z_i \to \infty`) and free electrons
    :math:`Z = R_\infty + (R_\text{eon} - R_\infty) \tanh\kappa/\kappa` with the rails in parallel as :math:`R_\infty`.

    Parameters
    ----------
    frequency : array_like
        [Hz]
    R_ion, R_eon : float
        Totals of the rails [ohm], or per area [ohm m2].
    C_chem : float
        Chemical capacitance [F], or per area [F/m2].
    ion, electron : array_like
        Impedance of each electrode for ions and electrons, shape (frequencies,) or a number; infinite for one blocked.

    Returns
    -------
    numpy.ndarray
        Complex impedance of the cell [ohm], or per area.

    Notes
    -----
    Derived here from the equations of `mixed_conductor`, whose limits it shares and whose sources it has.

    Examples
    --------
    >>> symmetric_cell_impedance([1e-9, 1e9], 10.0, 30.0, 1.0).real.round(2).tolist()
    [30.0, 7.5]
    """
    check_positive(frequency=frequency, R_ion=R_ion, R_eon=R_eon, C_chem=C_chem)
    a, b = R_ion / 2, R_eon / 2
    total = a + b
    kappa = np.sqrt(1j * np.pi * np.asarray(frequency, dtype=float) * C_chem * total)
    k = kappa / np.tanh(kappa)
    ion, electron = (np.broadcast_to(np.asarray(z, dtype=complex), k.shape) for z in (ion, electron))
    if any((np.isnan(z) & ~np.isinf(z)).any() for z in (ion, electron)):
        raise ValueError("ion or electron is nan; an electrode's impedance must be a number, infinite where it blocks")
    if (np.isinf(ion) & np.isinf(electron)).any():
        raise ValueError("ion and electron are infinite; at least one of the carriers must pass the electrodes")
    # Each contact as a ratio z/w, so that a blocked carrier is no infinity.
    (z_i, w_i), (z_e, w_e) = ((np.where(np.isinf(z), 1, z), ~np.isinf(z)) for z in (ion, electron))
    loss = b**2 * z_i * w_e + a**2 * z_e * w_i + k * total * z_i * z_e
    return 2 / total * (a * b + loss / (total * w_i * w_e + k * (z_i * w_e + z_e * w_i)))
