"""Ceilings: each part's resistance against an independent route, and the current that it allows."""

import numpy as np
import pytest
from scipy.optimize import brentq

from sslib.cell import (
    CellParts,
    area_specific_resistance,
    cathode_resistance,
    current_ceilings,
    diffusion_resistance,
    even_rail_resistance,
    even_reaction_excess,
    part_resistances,
    settling_time,
)
from sslib.impedance import R, TransmissionLine
from sslib.units import cm2, cm3, hour, mA_cm2, mAh, mAh_cm2, mS_cm, ohm_cm2, um

CELL = CellParts(
    separator_thickness=30 * um,
    separator_conductivity=1 * mS_cm,
    anode_interface=5 * ohm_cm2,
    cathode_interface=10 * ohm_cm2,
    cathode_capacity=400 * mAh / cm3,
    ionic_conductivity=0.1 * mS_cm,
    electronic_conductivity=10 * mS_cm,
    particle_radius=2.5 * um,
    solid_diffusivity=1e-10 * cm2,
    slope=0.8,
    stripping_limit=1.0 * mA_cm2,
)


def ladder(ion, electron, interface, cells):
    """Resistance of a ladder of discrete resistors with ionic contact at one face and electronic at the other."""
    n = cells
    a, b, g = ion / n, electron / n, n**-1 / interface
    conductance = np.zeros((2 * n, 2 * n))

    def join(i, j, value):
        conductance[i, i] += value
        conductance[j, j] += value
        conductance[[i, j], [j, i]] -= value

    for k in range(n):
        join(k, n + k, g)
        if k:
            join(k - 1, k, 1 / a)
            join(n + k - 1, n + k, 1 / b)
    # Half a step from each contact to the first node; the electronic contact is earth.
    conductance[2 * n - 1, 2 * n - 1] += 2 / b
    current = np.zeros(2 * n)
    current[0] = 1.0
    return np.linalg.solve(conductance, current)[0] + a / 2


@pytest.mark.parametrize("seed", range(6))
def test_the_cathode_is_the_ladder_and_the_transmission_line(seed):
    """Two independent routes at random rails; a slip in one term would pass at equal rails."""
    ion, electron, interface = 10 ** np.random.default_rng(seed).uniform(-1, 1, 3)
    ours = cathode_resistance(ion, electron, interface)
    assert ours == pytest.approx(ladder(ion, electron, interface, 600), rel=2e-4)
    line = TransmissionLine(ion=R("R_ion"), electron=R("R_el"), interface=R("R_ct"), terminals="ion-electron")
    expected = line.impedance(np.array([1.0]), R_ion=ion, R_el=electron, R_ct=interface)[0]
    assert ours == pytest.approx(expected.real, rel=1e-10)


def test_even_reaction_is_the_limit_of_a_resistive_interface():
    """A third of each rail; and where rails resist more, the even reaction is the dearer one, as it must be."""
    ion, electron = 3.0, 0.5
    assert cathode_resistance(ion, electron, 1e5) - 1e5 == pytest.approx((ion + electron) / 3, rel=1e-4)
    for interface in (0.01, 0.1, 1.0, 10.0):
        assert cathode_resistance(ion, electron, interface) < interface + (ion + electron) / 3
    crowded = 1e6 * 1e3 / 1.001e6 + (1e12 + 1e6) / 1.001e6**1.5
    assert cathode_resistance(1e6, 1e3, 1.0) == pytest.approx(crowded, rel=1e-9)


def test_a_third_is_the_mean_loss_along_a_rail_whose_current_falls_evenly():
    """The integral itself, in steps: a half or the whole rail are what people take instead."""
    n, thickness, conductivity = 200_000, 75 * um, 0.1 * mS_cm
    current = 1 - (np.arange(n) + 0.5) / n
    lost = np.cumsum(current) * thickness / n / conductivity
    assert even_rail_resistance(thickness, conductivity) == pytest.approx(lost.mean(), rel=2e-5)
    heat = (current**2).mean() * thickness / conductivity
    assert even_rail_resistance(thickness, conductivity) == pytest.approx(heat, rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_diffusion_is_that_of_a_sphere_in_shells(seed):
    """The steady lag of the surface behind the mean, from a balance over 2000 shells: R²/(15 D) seconds."""
    rng = np.random.default_rng(seed)
    radius, diffusivity = rng.uniform(0.5, 10) * um, 10 ** rng.uniform(-16, -12)
    slope, charge = rng.uniform(0.1, 1.5), rng.uniform(1, 10) * mAh_cm2
    edges = np.linspace(0, radius, 2001)
    middle = (edges[1:] + edges[:-1]) / 2
    # Every shell fills at the unit rate, so that a third of the radius flows through each surface.
    flux = edges / 3
    profile = np.concatenate([[0], np.cumsum(flux[1:-1] / diffusivity * np.diff(middle))])
    surface = profile[-1] + flux[-1] / diffusivity * (radius - middle[-1])
    lag = surface - np.average(profile, weights=np.diff(edges**3))
    assert lag == pytest.approx(radius**2 / (15 * diffusivity), rel=1e-5)
    current = 3 * mA_cm2
    voltage = slope * lag * current / charge
    assert diffusion_resistance(charge, slope, radius, diffusivity) * current == pytest.approx(voltage, rel=1e-5)


def test_diffusion_settles_with_the_slowest_mode_of_a_sphere():
    """A ceiling quoted for a discharge shorter than this would be too low; the mode is the first root of tan x = x."""
    first = brentq(lambda x: np.sin(x) - x * np.cos(x), 4, 5)
    assert settling_time(2e-6, 1e-14) == pytest.approx((2e-6) ** 2 / (first**2 * 1e-14))


def test_the_budget_of_diffusion_is_a_c_rate_whatever_the_loading():
    """A line of equal C-rate in the figure: 15 D/R² times the budget over the slope."""
    loading = np.array([0.5, 3.0, 10.0]) * mAh_cm2
    current = current_ceilings(CELL, loading, 0.05)["solid diffusion"]
    expected = 15 * 1e-14 / (2.5e-6) ** 2 * 0.05 / 0.8
    np.testing.assert_allclose(current / loading, expected)
    assert expected * hour == pytest.approx(5.4)


def test_source_004_allows_3_mA_through_16_7_um():
    """50 mV, 0.1 mS/cm and 16.7 um are its ohmic example; a unit lost would be a factor of ten."""
    resistance = area_specific_resistance(50 / 3 * um, 0.1 * mS_cm)
    assert 0.050 / resistance / mA_cm2 == pytest.approx(3.0)


def test_the_parts_share_the_budget():
    """At the current of all together the drops add up to the budget; each alone allows more."""
    loading, budget = 3 * mAh_cm2, 0.05
    ceilings = current_ceilings(CELL, loading, budget)
    together = ceilings.pop("all resistances together")
    parts = part_resistances(CELL, loading)
    assert sum(together * parts[part] for part in parts) == pytest.approx(budget)
    assert all(together < ceilings[part] for part in parts)
    assert ceilings["stripping limit"] == 1.0 * mA_cm2
    assert "plating limit" not in ceilings
    assert {part: round(float(value / ohm_cm2), 2) for part, value in parts.items()} == {
        "anode interface": 5.0,
        "separator": 3.0,
        "ionic rail": 25.0,
        "electronic rail": 0.25,
        "cathode interface": 10.0,
        "solid diffusion": 3.09,
    }


def test_ceilings_follow_the_loading_as_lines_of_the_figure():
    """Level for separator and interfaces, falling as 1/Q for the rails, rising as Q for diffusion."""
    loading = np.array([1.0, 2.0]) * mAh_cm2
    ratio = {part: value[1] / value[0] for part, value in current_ceilings(CELL, loading, 0.05).items()}
    assert ratio["separator"] == ratio["anode interface"] == ratio["cathode interface"] == ratio["stripping limit"] == 1
    assert ratio["ionic rail"] == pytest.approx(0.5)
    assert ratio["electronic rail"] == pytest.approx(0.5)
    assert ratio["solid diffusion"] == pytest.approx(2)


def test_the_excess_of_even_reaction_is_against_the_first_instant():
    """75 and 0.75 ohm cm2 of rails over 10 ohm cm2: a quarter too much, so the reaction crowds at first."""
    loading = 3 * mAh_cm2
    exact = cathode_resistance(75.0, 0.75, 10.0)
    assert even_reaction_excess(CELL, loading) == pytest.approx((10 + 75.75 / 3) / exact - 1)
    assert even_reaction_excess(CELL, 0.01 * loading) == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("name", ["separator_conductivity", "particle_radius", "plating_limit"])
def test_a_part_that_cannot_be_is_refused(name):
    """A conductivity of zero would be a ceiling of zero, which nobody would see among the lines."""
    values = {field: getattr(CELL, field) for field in CELL.__dataclass_fields__}
    with pytest.raises(ValueError, match=f"{name} is -1; it must be positive and finite"):
        CellParts(**{**values, name: -1.0})
    with pytest.raises(ValueError, match="voltage_budget is 0"):
        current_ceilings(CELL, 1.0, 0.0)
