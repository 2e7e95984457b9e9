"""The interface of one particle of active material: its circuit, and its values from material properties."""

import numpy as np
from scipy.constants import epsilon_0

from sslib.checks import check_between, check_positive
from sslib.impedance.circuit import Parallel
from sslib.impedance.distributed import Distributed
from sslib.impedance.elements import CPE, C, CylindricalDiffusion, FiniteSpaceWarburg, R, SphericalDiffusion
from sslib.kinetics import FARADAY, charge_transfer_resistance

SHAPES = {"plate": FiniteSpaceWarburg, "cylinder": CylindricalDiffusion, "sphere": SphericalDiffusion}
"""Diffusion inside a particle of each shape."""

SURFACES = {"plate": 1, "cylinder": 2, "sphere": 3}
"""Surface of a particle of each shape, over its volume and times its radius."""

FILMS = ("none", "outside", "nested")
DOUBLE_LAYERS = ("capacitor", "cpe")


def particle(shape="sphere", film="none", *, double_layer="capacitor", sizes=None):
    r"""The interface of one particle: charge transfer and diffusion inside the double layer, and a film.

    .. math::

        Z_\text{none} &= \frac{1}{i\omega C_\text{dl} + 1/(R_\text{ct} + Z_\text{diff})} \\
        Z_\text{outside} &= \frac{R_\text{film}}{1 + i\omega R_\text{film} C_\text{film}} + Z_\text{none} \\
        Z_\text{nested} &= \frac{1}{i\omega C_\text{film} + 1/(R_\text{film} + Z_\text{none})}

    Parameters
    ----------
    shape : {"sphere", "cylinder", "plate"}
        Parameters R_d [ohm] and tau_d [s] of the diffusion, for the plate of half its thickness.
    film : {"none", "outside", "nested"}
        A film on the particle, R_film [ohm] and C_film [F]: an arc of its own in series, the current being the same in
        film and interface, or its capacitance across all that lies beneath it. The two differ by C_film/C_dl to
        twice that, where it is small.
    double_layer : {"capacitor", "cpe"}
        C_dl [F], or Q_dl [S s^alpha] and alpha_dl [1].
    sizes : LogNormal or Histogram, optional
        Particles of many sizes, as `Distributed`.

    Returns
    -------
    Circuit
        For the interface of a `TransmissionLine`, or a shunt of a `Region`.

    Notes
    -----
    The faradaic current crosses the double layer's plane and then diffuses, so diffusion stands inside the double
    layer. Source 000 prints film, charge transfer and diffusion in series, which `topology_errors` sets beside these.
    J. P. Meyers, M. Doyle, R. M. Darling, J. Newman, J. Electrochem. Soc. 147 (2000) 2930.

    Examples
    --------
    >>> particle("cylinder", film="outside")
    ((R('R_film') | C('C_film')) + (C('C_dl') | (R('R_ct') + CylindricalDiffusion('R_d', 'tau_d'))))
    """
    for name, value, allowed in (
        ("shape", shape, SHAPES), ("film", film, FILMS), ("double_layer", double_layer, DOUBLE_LAYERS),
    ):  # fmt: skip
        if value not in allowed:
            raise ValueError(f"{name} is {value!r}; allowed are {', '.join(allowed)}")
    layer = C("C_dl") if double_layer == "capacitor" else CPE("Q_dl", "alpha_dl")
    interface = layer | (R("R_ct") + SHAPES[shape]("R_d", "tau_d"))
    if film == "outside":
        interface = (R("R_film") | C("C_film")) + interface
    elif film == "nested":
        interface = Parallel(C("C_film"), R("R_film") + interface)
    return interface if sizes is None else Distributed(interface, sizes)


def particle_surface(radius, active_fraction, thickness, shape="sphere"):
    r"""Surface of the active material over the geometric area [1].

    .. math:: a = n \, \varepsilon \, L/R, \qquad n = 1, 2, 3 \text{ for plates, cylinders and spheres}

    Parameters
    ----------
    radius : array_like
        Of a sphere or a cylinder, half the thickness of a plate [m]; in a powder the mean weighted by area.
    active_fraction : array_like
        Volume of active material over that of the electrode [1].
    thickness : array_like
        Of the electrode [m].
    shape : {"sphere", "cylinder", "plate"}

    Notes
    -----
    All of the surface is counted; where the electrolyte does not touch it, or a composite is pressed poorly, less takes
    part, and a measured double layer says how much.

    Examples
    --------
    60 % of spheres of 2.5 um in 70 um, the half-cells of ``pybamm_cells``:

    >>> round(float(particle_surface(2.5e-6, 0.6, 70e-6)), 9)
    50.4
    """
    if shape not in SHAPES:
        raise ValueError(f"shape is {shape!r}; allowed are {', '.join(SHAPES)}")
    check_positive(radius=radius, active_fraction=active_fraction, thickness=thickness)
    check_between(0, 1, active_fraction=active_fraction)
    return SURFACES[shape] * np.multiply(active_fraction, thickness) / radius


def particle_values(
    radius,
    diffusivity,
    ocp_slope,
    exchange_current_density,
    double_layer_capacitance,
    *,
    active_fraction,
    thickness,
    shape="sphere",
    T=298.15,
    film_thickness=None,
    film_conductivity=None,
    film_permittivity=None,
):
    r"""Values of `particle` per geometric area from material properties.

    .. math::

        R_\text{ct} = \frac{R T}{F i_0 a}, \quad C_\text{dl} = c_\text{dl} a, \quad
        R_d = -\frac{dU}{dc} \frac{R_p}{F D a}, \quad \tau_d = \frac{R_p^2}{D}, \quad
        R_\text{film} = \frac{\delta}{\sigma a}, \quad C_\text{film} = \frac{\epsilon_0 \epsilon_r a}{\delta}

    Parameters
    ----------
    radius, active_fraction, thickness, shape
        As for `particle_surface`, which gives a. With a distribution the radius is its reference.
    diffusivity : array_like
        Chemical diffusivity of the neutral species in the particle [m2/s].
    ocp_slope : array_like
        dU/dc of the open-circuit potential by the concentration in the particle [V m3/mol], negative.
    exchange_current_density : array_like
        [A/m2] of the particle's surface.
    double_layer_capacitance : array_like
        [F/m2] of the particle's surface.
    T : array_like
        [K].
    film_thickness, film_conductivity, film_permittivity : array_like, optional
        [m], [S/m] and the relative permittivity [1] of a film; all three or none.

    Returns
    -------
    dict
        R_ct, R_d [ohm m2], C_dl [F/m2], tau_d [s]; with a film R_film [ohm m2] and C_film [F/m2].

    Raises
    ------
    ValueError
        For values that are impossible, a slope that is not negative (a phase that separates), a film given in part.

    Notes
    -----
    For small changes about one state of charge, a single phase in the particle, a film much thinner than the particle.

    Examples
    --------
    Cell A_base of ``pybamm_cells``, whose diffusion resistance is 11.25 ohm cm2:

    >>> values = particle_values(
    ...     2.5e-6, 5e-15, -1.13444484848e-10 * 96485.33212, 4.238098, 0.2, active_fraction=0.6, thickness=70e-6
    ... )
    >>> {name: float(f"{value:.5g}") for name, value in values.items()}
    {'R_ct': 0.00012028, 'C_dl': 10.08, 'R_d': 0.0011254, 'tau_d': 1250.0}
    """
    surface = particle_surface(radius, active_fraction, thickness, shape)
    check_positive(
        diffusivity=diffusivity, double_layer_capacitance=double_layer_capacitance,
        exchange_current_density=exchange_current_density,
    )  # fmt: skip
    if not np.all(np.asarray(ocp_slope) < 0):
        raise ValueError(
            f"ocp_slope is {np.max(ocp_slope):g} V m3/mol; it must be negative (where it is not, the phase separates)"
        )
    film = {"film_thickness": film_thickness, "film_conductivity": film_conductivity}
    film["film_permittivity"] = film_permittivity
    missing = [name for name, value in film.items() if value is None]
    if missing and len(missing) < len(film):
        raise ValueError(f"{', '.join(missing)} missing; a film needs all of {', '.join(film)}")
    values = surface_values(
        surface, np.asarray(radius), np.asarray(diffusivity), -np.asarray(ocp_slope) / FARADAY,
        charge_transfer_resistance(exchange_current_density, T), double_layer_capacitance,
    )  # fmt: skip
    if not missing:
        check_positive(**film)
        values["R_film"] = film_thickness / np.asarray(film_conductivity) / surface
        values["C_film"] = epsilon_0 * np.asarray(film_permittivity) * surface / film_thickness
    return values


def surface_values(surface, radius, diffusivity, slope, charge_transfer, double_layer):
    """Values of `particle` per geometric area from those per area of surface.

    ``surface`` [1] is that area over the geometric one, ``slope`` -dU/dc over Faraday's constant [ohm m3/s],
    ``charge_transfer`` [ohm m2], ``double_layer`` [F/m2].
    """
    return {
        "R_ct": charge_transfer / surface,
        "C_dl": double_layer * surface,
        "R_d": slope * radius / diffusivity / surface,
        "tau_d": radius**2 / diffusivity,
    }


def topology_errors(cases=((0.02, 0.1), (1e-4, 0.1), (1e-4, 10.0)), frequency=None, **values):
    r"""How wrong a particle is with film, charge transfer and diffusion in series, as source 000 prints it.

    .. math:: Z_\text{printed} = \frac{R_\text{film}}{1 + i\omega R_\text{film} C_\text{film}}
        + \frac{R_\text{ct}}{1 + i\omega R_\text{ct} C_\text{dl}} + Z_\text{diff}

    Its diffusion is not shunted by the double layer, so toward high frequency it falls off as a Warburg impedance, with
    a slope of -1/2, where any capacitance has -1.

    Parameters
    ----------
    cases : sequence of tuple
        R_ct [ohm m2] and C_dl [F/m2].
    frequency : array_like, optional
        [Hz]; 0.1 mHz to 1 MHz if not given.
    **values : float
        Others than the film of 0.1 ohm cm2 and 1 uF/cm2, and the diffusion of spheres of 5 um, 1e-14 m2/s and
        -2e-5 V m3/mol: ``R_film``, ``C_film``, ``R_d``, ``tau_d`` per area of surface.

    Returns
    -------
    pandas.DataFrame
        One row a case: the largest deviation of the printed form from that with the film outside, and of the nested
        form from that [1], relative to it; the same at the lowest frequency; the slopes d log\|Z\|/d log ω of the three
        at high frequency.

    Examples
    --------
    >>> [round(100 * float(error)) for error in topology_errors()["printed, largest deviation"]]
    [14, 14, 143]
    """
    import pandas as pd

    radius, diffusivity, slope = 5e-6, 1e-14, 2e-5 / FARADAY
    diffusion = {"R_d": slope * radius / diffusivity, "tau_d": radius**2 / diffusivity}
    values = {"R_film": 1e-5, "C_film": 1e-2, **diffusion, **values}
    frequency = np.logspace(-4, 6, 1001) if frequency is None else np.asarray(frequency, dtype=float)
    forms = {
        "printed": (R("R_film") | C("C_film")) + (R("R_ct") | C("C_dl")) + SphericalDiffusion("R_d", "tau_d"),
        "outside": particle(film="outside"),
        "nested": particle(film="nested"),
    }
    rows = []
    for charge_transfer, double_layer in cases:
        own = {**values, "R_ct": charge_transfer, "C_dl": double_layer}
        z = {name: form.impedance(frequency, **own) for name, form in forms.items()}
        row = {"R_ct [ohm cm2]": 1e4 * charge_transfer, "C_dl [uF/cm2]": 100 * double_layer}
        for name in ("printed", "nested"):
            deviation = np.abs(z[name] / z["outside"] - 1)
            row[f"{name}, largest deviation"] = deviation.max()
            row[f"{name}, deviation at the lowest frequency"] = deviation[np.argmin(frequency)]
        rows.append(row | {f"slope, {name}": _high_slope(form, own) for name, form in forms.items()})
    return pd.DataFrame(rows)


def _high_slope(circuit, values):
    """d log|Z|/d log ω over a decade at 1e15 Hz, above every time constant of the circuit."""
    low, high = np.log10(np.abs(circuit.impedance([1e15, 1e16], **values)))
    return high - low
