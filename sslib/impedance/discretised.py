"""The physics behind paths, mixed conductors and insertion cut into finite volumes: what closed forms must agree with.

None of these routes knows a hyperbolic function, a diffusion or a charge-transfer resistance, and that of the mixed
conductor no electrochemical potential inside it: they are the conservation laws on grids, and come near the closed
forms with the square of the spacing.
"""

import numpy as np
from scipy.constants import R as GAS_CONSTANT
from scipy.linalg import eigh, solve_banded

from sslib.checks import check_between, check_positive
from sslib.impedance.elements import R, SphericalDiffusion
from sslib.impedance.mixed_conductor import (
    carrier_capacitance,
    check_contact,
    mixed_conductor,
    mixed_conductor_values,
)
from sslib.kinetics import FARADAY
from sslib.thermodynamics import free_energy, insertion_values
from sslib.transport import filled_share
from sslib.units import reference_temperature

FILM = {
    "thickness": 1e-6, "ion_concentration": 1e3, "electron_concentration": 4e3, "ion_diffusivity": 5e-15,
    "electron_diffusivity": 2e-14, "T": reference_temperature,
}  # fmt: skip
INSERTION = {
    "interaction": 3e3, "sites": 5e4, "radius": 2.5e-6, "diffusivity": 5e-15, "reference_current": 4.0,
}  # fmt: skip


def ladder_filled_share(time, thickness, ionic, electronic, capacitance, cells=200):
    r"""Share [1] of its charge that a ladder of two rails has taken up after a step of the potential.

    Each cell is a capacitor between two nodes, half a cell's resistance from its edges; the ladder's equations
    :math:`C\,du/dt = K (u_\infty - u)` are solved in time by the eigenvectors of the matrix K.

    Parameters
    ----------
    time, thickness, ionic, electronic, capacitance : float
        As in `sslib.transport.filled_share`.
    cells : int

    Examples
    --------
    >>> [round(ladder_filled_share(1.0, 1.0, 2.0, 2.0, 1.0, cells), 5) for cells in (50, 100)]
    [0.94891, 0.94893]
    """
    check_positive(
        time=time, thickness=thickness, ionic=ionic, electronic=electronic, capacitance=capacitance, cells=cells
    )
    width = thickness / cells
    conductance = np.zeros((2 * cells, 2 * cells))
    for first, sigma in ((0, ionic), (cells, electronic)):
        nodes = np.arange(first, first + cells - 1)
        for a, b, sign in ((0, 0, 1), (1, 1, 1), (0, 1, -1), (1, 0, -1)):
            conductance[nodes + a, nodes + b] += sign * sigma / width
    conductance[0, 0] += 2 * ionic / width
    conductance[-1, -1] += 2 * electronic / width
    across = np.vstack([np.eye(cells), -np.eye(cells)])
    drive = np.zeros(2 * cells)
    drive[0] = 2 * ionic / width
    # What the capacitors see of the resistors: their voltages by their currents, and at last by the step.
    free = np.linalg.solve(conductance, np.column_stack([across, drive]))
    rates, modes = eigh(np.linalg.inv(across.T @ free[:, :-1]) / (capacitance * width))
    final = across.T @ free[:, -1]
    return float(1 - np.mean(modes @ (np.exp(-rates * time) * (modes.T @ final))) / np.mean(final))


def nernst_planck_impedance(
    frequency, thickness, ion_concentration, electron_concentration, ion_diffusivity, electron_diffusivity,
    first, second, T=reference_temperature, cells=100,
):  # fmt: skip
    r"""Impedance per area of a mixed conductor from drift and diffusion, linearised, with local electroneutrality.

    .. math:: N_k = -D_k \left(\frac{dc}{dx} + \frac{z_k c_k F}{R T} \frac{d\varphi}{dx}\right), \qquad
              i\omega c = -\frac{dN_k}{dx}

    for positive ions and electrons, whose concentrations change by the same c. A contact carries
    :math:`z_k F N_k = (V - \varphi - R T c/(z_k F c_k))/Z_k`.

    Parameters
    ----------
    frequency : float
        [Hz]
    thickness : float
        [m]
    ion_concentration, electron_concentration : float
        Of the mobile ions and electrons [mol/m3]; ideal and dilute.
    ion_diffusivity, electron_diffusivity : float
        [m2/s]
    first, second : dict
        At either face by carrier (``"ion"``, ``"electron"``) the impedance of the contact [ohm m2]; a carrier left out
        is blocked.
    T : float
        [K]
    cells : int

    Returns
    -------
    complex
        [ohm m2]

    Raises
    ------
    ValueError
        For values that are not positive, and for a contact that passes nothing or is no number.

    Notes
    -----
    The equations of W. Nernst and M. Planck. Holds where `mixed_conductor` holds, for ideal dilute carriers.

    Examples
    --------
    Contacts that pass both carriers leave the total conductivity, 2 × 37.6 µS/m across a micrometre:

    >>> free = {"ion": 0.0, "electron": 0.0}
    >>> round(abs(nernst_planck_impedance(1.0, 1e-6, 1e3, 1e3, 1e-14, 1e-14, free, free)), 6)
    0.013314
    """
    check_positive(
        frequency=frequency, thickness=thickness, ion_concentration=ion_concentration, ion_diffusivity=ion_diffusivity,
        electron_concentration=electron_concentration, electron_diffusivity=electron_diffusivity, T=T, cells=cells,
    )  # fmt: skip
    for contact in (first, second):
        check_contact(contact)
        check_between(0, np.inf, **{f"size of the {carrier} contact": np.abs(z) for carrier, z in contact.items()})
    # Nodes crowd towards both faces, where the concentration changes fastest; the two outermost lie on them.
    mapped = thickness * (1 - np.cos(np.linspace(0, np.pi, 2 * cells + 1))) / 2
    nodes, volume = np.concatenate([[0], mapped[1::2], [thickness]]), np.pad(np.diff(mapped[::2]), 1)
    distance, points, volts = np.diff(nodes), len(nodes), GAS_CONSTANT * T / FARADAY
    inner, system = np.arange(1, points - 1), np.zeros((2 * points, 2 * points), dtype=complex)
    drive, currents = np.zeros(2 * points, dtype=complex), np.zeros(2 * points)
    carriers = (
        ("ion", 1, ion_concentration, ion_diffusivity),
        ("electron", -1, electron_concentration, electron_diffusivity),
    )
    for place, (name, charge, concentration, diffusivity) in enumerate(carriers):
        # Fluxes between neighbours as rows: the first columns are changes of concentration, the others potentials.
        gradient = (np.eye(points)[1:] - np.eye(points)[:-1]) / distance[:, None]
        flux = -diffusivity * np.hstack([gradient, charge * concentration / volts * gradient])
        rows = place * points
        system[rows + inner] = flux[1:] - flux[:-1]
        system[rows + inner, inner] += 2j * np.pi * frequency * volume[inner]
        for node, contact, own, inward in ((0, first, flux[0], 1), (points - 1, second, -flux[-1], 0)):
            resistance, passes = (contact[name], 1.0) if name in contact else (1.0, 0.0)
            system[rows + node] = resistance * charge * FARADAY * own
            system[rows + node, node] += passes * volts / (charge * concentration)
            system[rows + node, points + node] += passes
            drive[rows + node] = passes * inward
        currents += charge * FARADAY * flux[0]
    scale = np.abs(system).max(axis=1)
    return complex(1 / (currents @ np.linalg.solve(system / scale[:, None], drive / scale)))


def insertion_impedance(
    frequency, x, *, interaction, sites, radius, diffusivity, reference_current, surface=1.0, T=reference_temperature,
    alpha=0.5, shells=200,
):  # fmt: skip
    r"""Impedance per surface of a spherical particle from its free energy, by finite volumes.

    In the shells :math:`i\omega c = -\operatorname{div} N` with :math:`N = -(D_0 (1 - x) c/RT)\, \nabla \mu`; through
    the surface the rates of generalised Butler-Volmer kinetics. The chemical potential and its slope are differences of
    the free energy, the slopes of the rates by composition and potential differences of the rates.

    Parameters
    ----------
    frequency : float
        [Hz]
    x, interaction, sites, radius, diffusivity, reference_current, surface, T, alpha
        As in `sslib.thermodynamics.insertion_values`.
    shells : int
        Their boundaries crowd towards the surface.

    Returns
    -------
    complex
        [ohm m2] of the particles' surface, or per geometric area where ``surface`` is given.

    Raises
    ------
    ValueError
        For values that are not positive. Inside the spinodal it gives the response of a material that would not wait
        for it; `insertion_values` refuses that.

    Examples
    --------
    Fast, only the charge transfer is left, RT/(F i0) with i0 half the reference current:

    >>> material = {"interaction": 0.0, "sites": 5e4, "radius": 2.5e-6, "diffusivity": 5e-15, "reference_current": 4.0}
    >>> round(abs(insertion_impedance(1e6, 0.5, **material)), 4)
    0.0128
    """
    check_positive(
        frequency=frequency, sites=sites, radius=radius, diffusivity=diffusivity, T=T, shells=shells,
        reference_current=reference_current, surface=surface,
    )  # fmt: skip
    thermal = GAS_CONSTANT * T

    def potential(share):
        return free_energy(share + 1e-30j, interaction, T).imag / 1e-30

    def current(share, voltage):
        out = np.exp((potential(share) + alpha * FARADAY * voltage) / thermal)
        return reference_current * (1 - share) * (out - np.exp(-(1 - alpha) * FARADAY * voltage / thermal))

    rest, step = -potential(x) / FARADAY, 1e-3 * x * (1 - x)
    mobility = diffusivity * (1 - x) * x * sites / thermal * _slope(potential, x, step)
    by_share = _slope(lambda share: current(share, rest), x, step)
    by_voltage = _slope(lambda voltage: current(x, voltage), rest, 1e-3 * thermal / FARADAY)
    mapped = 1 - np.linspace(1, 0, 2 * shells + 1) ** 2
    edges, places = radius * mapped[::2], radius * np.append(mapped[1::2], 1.0)
    link = mobility * edges[1:] ** 2 / np.diff(places)
    storage = 2j * np.pi * frequency * sites * np.diff(edges**3) / 3
    diagonal = np.append(storage, by_share * radius**2 / FARADAY)
    diagonal[:-1] += link
    diagonal[1:] += link
    bands = np.array([np.append(0, -link), diagonal, np.append(-link, 0)])
    drive = np.zeros(shells + 1, dtype=complex)
    drive[-1] = -by_voltage * radius**2 / FARADAY
    return complex(1 / (by_voltage + by_share * solve_banded((1, 1), bands, drive)[-1]) / surface)


def paths_deviation(ionic=0.0245, electronic=0.524, capacitance=5.29e9, thickness=70e-6, cells=50):
    """Largest relative deviation [1] of `filled_share` from a ladder integrated in time, up to full.

    The ladders of so many cells and twice as many are extrapolated to none.

    >>> paths_deviation() < 1e-5
    True
    """
    case = (thickness, ionic, electronic, capacitance)
    whole = capacitance * thickness**2 * (1 / ionic + 1 / electronic)
    times = np.array([0.03, 0.1, 0.3, 1.0, 3.0]) * whole
    theirs = [_extrapolated(lambda n, t=t: ladder_filled_share(t, *case, cells=n), cells) for t in times]
    return float(np.max(np.abs(np.array(theirs) / filled_share(times, *case) - 1)))


def mixed_conductor_deviation(first=None, second=None, cells=50, **material):
    """Largest relative deviation [1] of a `mixed_conductor` from drift and diffusion, over five decades.

    Parameters
    ----------
    first, second : dict, optional
        Contacts as in `nernst_planck_impedance`; by default ions come in at one face and electrons leave at the other.
    cells : int
        Grids of so many cells and of twice as many are extrapolated to infinitely many.
    **material : float
        What else `nernst_planck_impedance` takes, in place of the defaults.

    Examples
    --------
    >>> mixed_conductor_deviation() < 1e-5
    True
    """
    material = FILM | material
    first, second = first or {"ion": 0.0}, second or {"electron": 0.0}
    concentrations = material["ion_concentration"], material["electron_concentration"]
    per_volt = FARADAY**2 / (GAS_CONSTANT * material["T"])
    sigma = [
        per_volt * c * material[f"{k}_diffusivity"] for k, c in zip(("ion", "electron"), concentrations, strict=True)
    ]
    values = mixed_conductor_values(
        material["thickness"], *sigma, carrier_capacitance(*concentrations, T=material["T"])
    )
    contacts = [{k: R(f"R_{k}_{face}") for k in contact} for face, contact in enumerate((first, second))]
    resistances = {f"R_{k}_{face}": z for face, contact in enumerate((first, second)) for k, z in contact.items()}
    slowest = (values["R_ion"] + values["R_eon"]) * values["C_chem"]
    frequency = np.logspace(-3, 2.5, 12) / slowest
    ours = mixed_conductor(*contacts).impedance(frequency, **values, **resistances)
    theirs = [
        _extrapolated(lambda n, f=f: nernst_planck_impedance(f, **material, first=first, second=second, cells=n), cells)
        for f in frequency
    ]
    return float(np.max(np.abs(np.array(theirs) / ours - 1)))


def insertion_deviation(x=(0.1, 0.3, 0.5, 0.7, 0.9), shells=100, **material):
    """Largest relative deviation [1] of charge transfer and `SphericalDiffusion` from the free energy in shells.

    Parameters
    ----------
    x : sequence of float
        Shares of the sites taken [1].
    shells : int
        Grids of so many shells and of twice as many are extrapolated to infinitely many.
    **material : float
        As `sslib.thermodynamics.insertion_values` takes it, in place of the defaults.

    Examples
    --------
    >>> insertion_deviation() < 1e-5
    True
    """
    material, worst = INSERTION | material, 0.0
    model = R("R_ct") + SphericalDiffusion("R_d", "tau_d")
    for share in x:
        values = insertion_values(share, **material)
        frequency = np.logspace(-3, 3, 13) / values["tau_d"]
        ours = model.impedance(frequency, **values)
        theirs = [
            _extrapolated(lambda n, f=f, s=share: insertion_impedance(f, s, **material, shells=n), shells)
            for f in frequency
        ]
        worst = max(worst, float(np.max(np.abs(np.array(theirs) / ours - 1))))
    return worst


def _slope(function, at, step):
    """Central difference of fourth order."""
    near, far = (function(at + h) - function(at - h) for h in (step, 2 * step))
    return (8 * near - far) / (12 * step)


def _extrapolated(route, size):
    """A route of second order on grids of a size and of twice as many, extrapolated to an infinitely fine one."""
    return (4 * route(2 * size) - route(size)) / 3
