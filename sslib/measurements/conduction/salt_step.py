"""A binary salt between two lithium electrodes under a step of the potential, by finite volumes."""

import numpy as np
from scipy.integrate import solve_ivp

from sslib.checks import check_between, check_positive
from sslib.instruments import TimeSeries
from sslib.kinetics import FARADAY, thermal_voltage
from sslib.units import reference_temperature

CELLS = 80


def ideal_diffusivity(conductivity, transference_number, concentration, temperature=reference_temperature):
    r"""Salt diffusivity [m2/s] of an ideal dilute solution with that conductivity and transference number.

    .. math:: D = 2 t_+ (1 - t_+) \frac{R T \kappa}{F^2 c}

    from :math:`\kappa = F^2 c (D_+ + D_-)/RT`, :math:`t_+ = D_+/(D_+ + D_-)` and
    :math:`D = 2 D_+ D_-/(D_+ + D_-)` (Nernst-Einstein and Nernst-Hartley).

    Parameters
    ----------
    conductivity, transference_number, concentration, temperature : array_like
        [S/m], [1], [mol/m3], [K].

    Examples
    --------
    >>> f"{float(ideal_diffusivity(0.05, 0.3, 1000.0)):.3g}"
    '5.59e-12'
    """
    check_positive(conductivity=conductivity, concentration=concentration, temperature=temperature)
    check_between(0, 1, transference_number=transference_number)
    share = np.asarray(transference_number) * (1 - np.asarray(transference_number))
    return 2 * share * thermal_voltage(temperature) * conductivity / (FARADAY * concentration)


def simulate_salt_step(
    step, duration, *, area, thickness, conductivity, transference_number, diffusivity, concentration,
    thermodynamic_factor=1.0, interfaces=0.0, interfaces_after=None, ageing=None, first=None, noise=0.0, samples=200,
    temperature=reference_temperature, cells=CELLS, seed=0,
):  # fmt: skip
    r"""Current of lithium | electrolyte | lithium after a step of the potential, as a potentiostat would sample it.

    .. math::

        \frac{\partial c}{\partial t} = D \frac{\partial^2 c}{\partial x^2}, \qquad
        -F D \left.\frac{\partial c}{\partial x}\right|_{0,L} = (1 - t_+)\, i, \qquad
        \Delta V = i \left(R + \int_0^L \frac{dx}{\kappa}\right)
                   + \frac{2 R T \chi (1 - t_+)}{F} \ln \frac{c(0)}{c(L)}

    with :math:`\kappa` proportional to c.

    Parameters
    ----------
    step, duration : float
        Of the potential [V]; its length [s].
    area, thickness : float
        [m2], [m].
    conductivity, transference_number, diffusivity, concentration, thermodynamic_factor : float
        Of the electrolyte at rest [S/m], [1], [m2/s], [mol/m3], [1].
    interfaces, interfaces_after : float
        Resistance of both interfaces at first and in the end [ohm]; the same if not given.
    ageing : float, optional
        Time in which the interfaces change from one to the other, as 1 - exp(-t/ageing) [s]; a third of the duration.
    first : float, optional
        Time of the first sample [s]; a millionth of the duration.
    noise : float
        Standard deviation of a sample [A].
    samples, cells, seed : int
        Samples, a third of them evenly in the logarithm of time up to a twentieth of the duration; finite volumes; of
        the noise.
    temperature : float
        [K]

    Returns
    -------
    TimeSeries
        A sample at rest and the step, numbered.

    Raises
    ------
    ValueError
        For what is physically impossible, and a step at which the salt runs dry.

    Notes
    -----
    No double layer: the first current is the ohmic one. Nothing of the evaluation's series goes in.
    """
    check_positive(
        step=step, duration=duration, area=area, thickness=thickness, conductivity=conductivity,
        diffusivity=diffusivity, concentration=concentration, thermodynamic_factor=thermodynamic_factor,
    )  # fmt: skip
    check_between(-1, 1, transference_number=transference_number)
    check_between(0, np.inf, interfaces=interfaces, noise=noise)
    after = interfaces if interfaces_after is None else interfaces_after
    ageing = duration / 3 if ageing is None else ageing
    first = 1e-6 * duration if first is None else first
    edges = (1 - np.cos(np.pi * np.arange(cells + 1) / cells)) / 2
    width, middles = thickness * np.diff(edges), thickness * (edges[1:] + edges[:-1]) / 2
    spacing, half = np.diff(middles), middles[0]
    left = 1 - transference_number
    scale = 2 * float(thermal_voltage(temperature)) * thermodynamic_factor * left

    def current(time, c):
        """Current density [A/m2], with the concentrations at the faces, by Newton's rule."""
        ohmic = (width * concentration / c).sum() / conductivity
        ohmic += area * (after + (interfaces - after) * np.exp(-time / ageing))
        per = left * half / (FARADAY * diffusivity)
        i = 0.0
        for _ in range(20):
            taking, giving = c[-1] - per * i, c[0] + per * i
            if taking <= 0:
                raise ValueError(
                    f"at {step:g} V the salt runs dry at the negative electrode: a step of that size is beyond the "
                    "limiting current"
                )
            missing = step - i * ohmic - scale * np.log(giving / taking)
            change = missing / (ohmic + scale * per * (1 / giving + 1 / taking))
            i += change
            if abs(change) < 1e-13 * abs(i):
                break
        return i

    def rates(time, c):
        flux = np.r_[0.0, -diffusivity * np.diff(c) / spacing, 0.0]
        flux[[0, -1]] = left * current(time, c) / FARADAY
        return -np.diff(flux) / width

    since = np.unique(
        np.concatenate(
            [
                np.geomspace(first, duration / 20, samples // 3),
                np.linspace(duration / 20, duration, samples - samples // 3 + 1)[1:],
            ]
        )
    )
    solution = solve_ivp(
        rates, (0, duration), np.full(cells, float(concentration)), method="LSODA", t_eval=since, rtol=1e-8, atol=1e-6
    )
    flowing = area * np.array([current(t, c) for t, c in zip(since, solution.y.T, strict=True)])
    flowing = flowing + noise * np.random.default_rng(seed).standard_normal(len(since))
    return TimeSeries(
        np.r_[-first, since], np.r_[0.0, np.full(len(since), float(step))], np.r_[0.0, flowing],
        step=np.r_[0, np.ones(len(since), dtype=int)], area=area, temperature=temperature,
    )  # fmt: skip
