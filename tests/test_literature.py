"""Source 002, row by row: what the functions give is what the reference sheet computed from its numbers.

Each row is a number that the sheet recomputed independently from the source's own entries; where the source prints
another, the sheet has the reason. Rows on composites, heat and space charge stand where their functions are tested.
"""

import numpy as np
import pytest
from scipy.optimize import brentq

from sslib.cell import area_specific_resistance, literature_electrolytes
from sslib.interfaces import electric_field, junction, single_ion_conductor
from sslib.kinetics import FARADAY, butler_volmer, charge_transfer_resistance
from sslib.measurements import time_constant
from sslib.mechanics import (
    bulk_modulus,
    critical_current_of_pressure,
    critical_pressure_of_current,
    fracture_stress,
    homologous_temperature,
    monroe_newman_ratio,
    overpotential_pressure,
    poisson_of_moduli,
    poisson_of_pugh,
    porous_hardness,
    pugh_of_poisson,
    pugh_ratio,
    shear_modulus,
    size_dependent_yield,
    thermal_misfit_strain,
    vickers_hardness,
)
from sslib.tables import table
from sslib.transport import (
    arrhenius_fit,
    debye_length,
    electronic_conductivity_limit,
    electronic_critical_current,
    ohmic_thickness,
)
from sslib.units import GPa, MPa, S_cm, celsius, eV, kPa, mA_cm2, mAh, mV, nm, ohm_cm2, uF_cm2, um
from tests.formulas import molar_mass

KNOWN = literature_electrolytes()
LIPON, LLZO, LPS = KNOWN["LiPON (sputtered)"], KNOWN["LLZO"], KNOWN["LPS"]
LITHIUM = table("lithium_properties")["value"]
HIGH = table("lithium_properties")["high"]
SOFT = LITHIUM["shear modulus (002)"] * GPa
INTERFACE = (100 * ohm_cm2, 1 * uF_cm2, 40)


def moduli(electrolyte, end):
    """Shear and bulk modulus [Pa] from the entries of Table 1 for Young's modulus and Poisson's ratio."""
    youngs, poisson = electrolyte["youngs_modulus"][end], electrolyte["poisson_ratio"][end]
    return shear_modulus(youngs, poisson), bulk_modulus(youngs, poisson)


def thin_film_energy(times_temperature):
    """Activation energy [eV] of the thin film whose resistance falls from 2000 to 100 ohm from -10 to 30 degC."""
    T = celsius(np.array([-10.0, 30.0]))
    return arrhenius_fit(T, 1 / np.array([2000.0, 100.0]), times_temperature=times_temperature).energy / eV


def implied_concentration(length):
    """Concentration over permittivity [mol/m3] of a Debye length, since that falls with its root."""
    return (debye_length(1.0, 1.0, 298.15) / length) ** 2


def field_ratio():
    """Of two conductors in contact whose permittivities are as the printed peak fields ask of them."""
    ratio = 3.42e7 / 5.68e5
    first, second = (single_ion_conductor(1e3, 2e3, permittivity) for permittivity in (10 * ratio, 10.0))
    at_first, at_second = np.abs(junction(first, second, 5e3).fields)
    return at_second / at_first


def sensitivity_to_pores():
    """What makes the hardness fall from 6.3 to 5.25 GPa as the pores grow from 3 to 6 %."""
    fall = 5.25 / 6.3
    return brentq(lambda b: np.divide(*porous_hardness(np.array([0.06, 0.03]), 1.0, b)) - fall, 1, 20, xtol=1e-13)


def stress_of_the_field():
    """What the mobile charges give to a field of 1e10 V/m at a relative permittivity of 10 [GPa]."""
    conductor = single_ion_conductor(42.6e3, 54.8e3, 10.0)
    potential = brentq(lambda v: abs(electric_field(conductor, v)) - 1e10, 0.01, 1.5, xtol=1e-15)
    return conductor.field_energy(potential) / GPa


ROWS = {
    "volumetric capacity of lithium [mAh/cm3]": (
        lambda: LITHIUM["gravimetric capacity"] * LITHIUM["density"],
        2061.24,
        1e-6,
    ),
    "gravimetric capacity of lithium [mAh/g]": (lambda: FARADAY / mAh / molar_mass("Li"), 3861.328503737854, 1e-9),
    "homologous temperature at 298.15 K": (lambda: homologous_temperature(298.15), 0.657224733, 1e-8),
    "homologous temperature at 363 K": (lambda: homologous_temperature(363.0), 0.800176347, 1e-8),
    "homologous temperature at solder reflow": (
        lambda: homologous_temperature(LITHIUM["temperature of solder reflow"]),
        1.153201808,
        1e-8,
    ),
    "G of LiPON [GPa]": (lambda: moduli(LIPON, 0)[0] / GPa, 30.8, 1e-9),
    "K/G of LiPON, with the table's G": (
        lambda: pugh_ratio(moduli(LIPON, 0)[1], LIPON["shear_modulus"][0]),
        1.655913978,
        1e-8,
    ),
    "K/G of LiPON, from nu": (lambda: pugh_of_poisson(LIPON["poisson_ratio"][0]), 1.666666667, 1e-8),
    "G of LLZO, low [GPa]": (lambda: moduli(LLZO, 0)[0] / GPa, 58.333333333, 1e-9),
    "G of LLZO, high [GPa]": (lambda: moduli(LLZO, 1)[0] / GPa, 59.523809524, 1e-9),
    "K/G of LLZO, from nu": (lambda: pugh_of_poisson(LLZO["poisson_ratio"][0]), 1.75, 1e-9),
    "nu implied by K/G = 1.59": (lambda: poisson_of_pugh(1.59), 0.240034662, 1e-8),
    "nu implied by K/G = 1.74": (lambda: poisson_of_pugh(1.74), 0.258842444, 1e-8),
    "nu at Pugh's limit": (lambda: poisson_of_pugh(1.75), 0.26, 1e-9),
    "G of LPS, low [GPa]": (lambda: moduli(LPS, 0)[0] / GPa, 3.464566929, 1e-8),
    "G of LPS, high [GPa]": (lambda: moduli(LPS, 1)[0] / GPa, 9.398496241, 1e-8),
    "K/G of LPS, low, with the table's G": (
        lambda: pugh_ratio(moduli(LPS, 0)[1], LPS["shear_modulus"][0]),
        1.875532822,
        1e-8,
    ),
    "K/G of LPS, high, with the table's G": (
        lambda: pugh_ratio(moduli(LPS, 1)[1], LPS["shear_modulus"][1]),
        2.579979360,
        1e-8,
    ),
    "K/G of LPS, low, from nu": (lambda: pugh_of_poisson(LPS["poisson_ratio"][0]), 1.840579710, 1e-8),
    "K/G of LPS, high, from nu": (lambda: pugh_of_poisson(LPS["poisson_ratio"][1]), 2.607843137, 1e-8),
    "G of LiPON over lithium's": (lambda: monroe_newman_ratio(LIPON["shear_modulus"][0], SOFT), 7.294117647, 1e-8),
    "G of LLZO over lithium's": (lambda: monroe_newman_ratio(LLZO["shear_modulus"][1], SOFT), 14.117647059, 1e-8),
    "G of LPS over lithium's, low": (lambda: monroe_newman_ratio(LPS["shear_modulus"][0], SOFT), 0.8, 1e-9),
    "G of LPS over lithium's, high": (lambda: monroe_newman_ratio(LPS["shear_modulus"][1], SOFT), 2.235294118, 1e-8),
    "nu of lithium from E and G": (
        lambda: poisson_of_moduli(HIGH["Young's modulus of a polycrystal"] * GPa, SOFT),
        -0.082352941,
        1e-7,
    ),
    "activation energy of a thin film, sigma [eV]": (lambda: thin_film_energy(False), 0.514845407, 1e-7),
    "activation energy of a thin film, sigma T [eV]": (lambda: thin_film_energy(True), 0.539164148, 1e-7),
    "critical current of LLZO [mA/cm2]": (
        lambda: critical_current_of_pressure(1 * kPa, *INTERFACE) / mA_cm2,
        1.457739714,
        1e-8,
    ),
    "the same without epsilon_0, factor": (
        lambda: np.sqrt(6 * 40 * 1e3) / 1e-4 / critical_current_of_pressure(1 * kPa, *INTERFACE),
        336066.818858,
        1e-8,
    ),
    "critical pressure for 0.5 mA/cm2 [Pa]": (
        lambda: critical_pressure_of_current(0.5 * mA_cm2, *INTERFACE),
        117.646777851,
        1e-8,
    ),
    "c over eps_r of 9.66 nm [mol/m3]": (lambda: implied_concentration(9.66 * nm), 0.025266256, 1e-7),
    "c over eps_r of 0.63 nm [mol/m3]": (lambda: implied_concentration(0.63 * nm), 5.940377405, 1e-8),
    "c over eps_r of 0.71 nm [mol/m3]": (lambda: implied_concentration(0.71 * nm), 4.677119206, 1e-8),
    "c over eps_r of 0.49 nm [mol/m3]": (lambda: implied_concentration(0.49 * nm), 9.819807547, 1e-8),
    "change of c between the two sides of one electrolyte": (
        lambda: implied_concentration(0.63 * nm) / implied_concentration(0.71 * nm),
        1.270093222,
        1e-8,
    ),
    "Debye length of a film over that of the bulk, LLZO": (
        lambda: np.divide(*(debye_length(eps, 10.0, 298.15) for eps in LLZO["relative_permittivity"][::-1])),
        1.949358869,
        1e-8,
    ),
    "electronic conductivity allowed at 1 mA/cm2 [S/cm]": (
        lambda: electronic_conductivity_limit(1 * mA_cm2) / S_cm,
        1e-10,
        1e-9,
    ),
    "electronic conductivity allowed at 10 mA/cm2 [S/cm]": (
        lambda: electronic_conductivity_limit(10 * mA_cm2) / S_cm,
        1e-12,
        1e-9,
    ),
    "current by Han, LLZO [mA/cm2]": (
        lambda: electronic_critical_current(LLZO["electronic_conductivity"][1]) / mA_cm2,
        0.042640143,
        1e-7,
    ),
    "current by Han, Li3PS4 [mA/cm2]": (
        lambda: electronic_critical_current(LPS["electronic_conductivity"][1]) / mA_cm2,
        0.213200716,
        1e-8,
    ),
    "current by Han, LiPON [mA/cm2]": (
        lambda: electronic_critical_current(LIPON["electronic_conductivity"][0]) / mA_cm2,
        100.0,
        1e-9,
    ),
    "strain of LLZO over 723 K [%]": (
        lambda: 100 * thermal_misfit_strain(LLZO["expansion"][1], 0, 723),
        1.12065,
        1e-9,
    ),
    "expansion of LLZO, text over table": (lambda: np.divide(*LLZO["expansion"]), 1 - 0.0322580645, 1e-8),
    "fracture stress of LPS, 1 um [MPa]": (
        lambda: fracture_stress(LPS["fracture_toughness"][0], 1 * um) / MPa,
        115.860360909,
        1e-8,
    ),
    "fracture stress of LLZO, 1 um [MPa]": (
        lambda: fracture_stress(LLZO["fracture_toughness"][0], 1 * um) / MPa,
        629.675874495,
        1e-8,
    ),
    "pressure of an overpotential [MPa/mV]": (
        lambda: overpotential_pressure(1 * mV, molar_volume=1e-3 * molar_mass("Li") / (1e3 * LITHIUM["density"])) / MPa,
        7.423017916,
        1e-8,
    ),
    "Vickers' constant": (lambda: vickers_hardness(1.0, 1.0), 1.854367709, 1e-8),
    "hardness of LLZO against pores, b": (sensitivity_to_pores, 6.077385226465153, 1e-9),
    "hardness of LLZO without pores [GPa]": (
        lambda: 6.3 / porous_hardness(0.03, 1.0, sensitivity_to_pores()),
        7.56,
        1e-9,
    ),
    "size exponent of lithium's slip": (
        lambda: np.log10(size_dependent_yield(1 * um) / size_dependent_yield(10 * um)),
        0.698970004,
        1e-4,
    ),
    "linear charge transfer at 20 mV [%]": (
        lambda: 100 * (butler_volmer(0.020, 1.0) * charge_transfer_resistance(1.0) / 0.020 - 1),
        2.544030522,
        1e-6,
    ),
    "density of graphite by its capacities [g/cm3]": (
        lambda: 837 / table("energy_materials").loc["graphite", "theoretical_mAh_g"],
        2.25,
        1e-12,
    ),
    "permittivities by the peak fields of two sides": (field_ratio, 60.2112676056338, 1e-9),
    "Maxwell stress of 1e10 V/m [GPa]": (stress_of_the_field, 4.4270939064, 1e-8),
    "LiPON in moist air: how much thinner for one drop": (
        lambda: np.divide(*ohmic_thickness(np.array([2.8e-6, 9.9e-10]) * S_cm, 1 * mA_cm2, 50 * mV)),
        2828.2828282828277,
        1e-12,
    ),
    "LiPON in moist air: roughness as a flaw, by the stress it bears squared": (
        lambda: np.divide(*fracture_stress(LLZO["fracture_toughness"][0], np.array([28.8, 612.8]) * nm)) ** 2,
        21.277777777777775,
        1e-12,
    ),
    "time constant of 1 Hz [s]": (lambda: time_constant(1.0), 0.15915494309189535, 1e-14),
    "resistance of 200 um of LLZO [ohm cm2]": (
        lambda: area_specific_resistance(200 * um, LLZO["conductivity"][0]) / ohm_cm2,
        200.0,
        1e-9,
    ),
    "thickness of LiPON for 200 ohm cm2 [um]": (
        lambda: ohmic_thickness(LIPON["conductivity"][0], 1.0, 200 * ohm_cm2) / um,
        2.0,
        1e-9,
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_of_source_002(name):
    """A function, a constant or an entry of a table that moved would part from the recomputed source."""
    compute, expected, tolerance = ROWS[name]
    assert compute() == pytest.approx(expected, rel=tolerance)


def test_printed_conflicts_say_what_follows():
    """What hangs on a contradiction is computed here, so that no sentence in the table can be wrong unseen."""
    conflicts = table("electrolyte_conflicts").set_index(["material", "quantity"])
    one, other = conflicts["one"], conflicts["other"]
    words = conflicts["what_it_means"]
    for key, factor, number in (
        (("LLZO", "electronic conductivity"), S_cm, "2.3"),
        (("LPS", "electronic conductivity"), S_cm, "1.5"),
    ):
        fall = electronic_critical_current(one[key] * factor) / electronic_critical_current(other[key] * factor)
        assert f"{fall:.1f}" == number
        assert number in words[key]
    strain = thermal_misfit_strain(*(conflicts.loc[("LLZO", "expansion coefficient"), ["other", "one"]]), 723)
    assert f"{100 * strain:.3f} %" in words["LLZO", "expansion coefficient"]
    target = ("any", "electronic conductivity allowed")
    assert f"{electronic_critical_current(one[target] * S_cm) / mA_cm2:.1f} mA/cm2" in words[target]
    for end, quantity in ((0, "K/G at the lower end"), (1, "K/G at the upper end")):
        assert round(float(pugh_of_poisson(LPS["poisson_ratio"][end])), 2) == other["LPS", quantity]
    assert round(float(monroe_newman_ratio(LPS["shear_modulus"][1], SOFT)), 2) == 2.24


def test_tables_are_the_ones_read():
    """The sum and shape of a column cannot change unseen."""
    properties, lithium = table("electrolyte_properties"), table("lithium_properties")
    assert properties.shape == (4, 31)
    assert lithium.shape == (21, 5)
    assert properties.select_dtypes("number").sum().sum() == pytest.approx(2793.95, abs=0.005)
    assert lithium["value"].sum() == pytest.approx(7427.034, abs=0.0005)
