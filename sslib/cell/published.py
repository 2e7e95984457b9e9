"""Source 004's cells, its numbers recomputed, and its slips."""

from dataclasses import replace

import numpy as np

from sslib.cell.designs import Design
from sslib.cell.energy import break_even_by_mass, break_even_by_volume, break_even_loading
from sslib.cell.layers import at_same_volume, conversion_volume_change, material
from sslib.formatting import unit_sign
from sslib.tables import table
from sslib.units import Wh_kg, Wh_L, g_cm3, mg_cm2, mm, um

LIQUID_LOADING, SOLID_LOADING = 15 * mg_cm2, 19.5 * mg_cm2
"""NCA in source 004's liquid cell, which is its benchmark at any loading of the solid one, and in its solid cell."""


def liquid_cell(loading=LIQUID_LOADING, **changes):
    """Source 004's lithium-ion cell with liquid electrolyte (Design): NCA against graphite, all pores filled.

    Examples
    --------
    264 Wh/kg (source 004, section 3):

    >>> round(float(liquid_cell().core.specific_energy() / Wh_kg), 2)
    263.56
    """
    active, liquid = material("NCA"), material("liquid")
    design = Design(
        active=active,
        loading=loading,
        capacity=active.capacity,
        voltage=active.voltage,
        inactive_fraction=0.05,
        inactive={material("carbon"): 0.4, material("binder"): 0.6},
        cathode_porosity=0.4,
        cathode_filling=liquid,
        separator=material("PP"),
        separator_thickness=25 * um,
        separator_porosity=0.5,
        separator_filling=liquid,
        anode=material("graphite"),
        anode_porosity=0.3,
        anode_filling=liquid,
    )
    return replace(design, **changes)


def solid_cell(electrolyte="LLZO", separator_thickness=20 * um, loading=SOLID_LOADING, **changes):
    """Source 004's cell with solid electrolyte (Design): NCA with 15 % garnet by mass, or its volume of another one.

    Examples
    --------
    With 20 um of LLZO:

    >>> round(float(solid_cell().core.specific_energy() / Wh_kg), 1)
    328.3
    """
    active, garnet, catholyte = material("NCA"), material("LLZO"), material(electrolyte)
    recipe = at_same_volume({active: 0.80, material("carbon"): 0.05, garnet: 0.15}, garnet, catholyte)
    solid = recipe.pop(active)
    design = Design(
        active=active,
        loading=loading,
        capacity=active.capacity,
        voltage=active.voltage,
        inactive_fraction=1 - solid,
        inactive={own: fraction / (1 - solid) for own, fraction in recipe.items()},
        separator=catholyte,
        separator_thickness=separator_thickness,
    )
    return replace(design, **changes)


def recomputed():
    """Each number of the table ``energy_targets`` by this library, by its key and in the table's unit."""
    liquid = liquid_cell().core
    specific, density = liquid.specific_energy(), liquid.energy_density()

    def by_mass(design, target=specific):
        return float(break_even_by_mass(design.core, target) / um)

    gains = _foil_gains((1 * mg_cm2, 50 * mg_cm2))
    return {
        "lib_specific_energy": float(specific / Wh_kg),
        "lib_energy_density": float(density / Wh_L),
        "lib_cathode": float(liquid.layer("cathode").thickness / um),
        "solid_cathode": float(solid_cell().core.layer("cathode").thickness / um),
        **{f"break_even_{name}": by_mass(solid_cell(name)) for name in ("LLZO", "LATP", "LGPS")},
        "break_even_volumetric": float(break_even_by_volume(solid_cell().core, density) / um),
        **{f"half_more_{name}": by_mass(solid_cell(name), 1.5 * specific) for name in ("LLZO", "LGPS")},
        **{f"break_even_LLZO_{loading}": by_mass(solid_cell(loading=loading * mg_cm2)) for loading in (10, 50)},
        "loading_100um": _loading_by_volume(100 * um, density) / mg_cm2,
        "foil_gain_specific_1": gains["specific"][0],
        "foil_gain_specific_50": gains["specific"][1],
        "foil_gain_density_1": gains["density"][0],
        "foil_gain_density_50": gains["density"][1],
    }


def against_published():
    """The table ``energy_targets`` as a DataFrame by label: ours, published, unit, deviation [%]."""
    frame = table("energy_targets")
    ours = frame.index.map(recomputed())
    deviation = 100 * (ours / frame["published"] - 1)
    shown = frame.assign(ours=ours, deviation=deviation, unit=frame["unit"].map(unit_sign)).set_index("label")
    return shown[["ours", "published", "unit", "deviation"]].rename(columns={"deviation": "deviation [%]"})


def rival_bookkeepings():
    """Break-even LLZO [um] with the lithium weighed and not, as a DataFrame by loading.

    The source's Fig. 3b follows the first, its Fig. 3c the second, which takes the anode's lithium for the cathode's.
    """
    import pandas as pd

    target = liquid_cell().core.specific_energy()
    rows = {}
    for loading, published in ((10, 16), (19.5, 41), (50, 135)):
        weighed = solid_cell(loading=loading * mg_cm2)
        unweighed = replace(weighed, lithium_from_cathode=1 + weighed.excess)
        same = liquid_cell(loading * mg_cm2).core.specific_energy()
        rows[f"{loading:g} mg/cm²"] = {
            "published [µm]": published,
            "lithium weighed [µm]": float(break_even_by_mass(weighed.core, target) / um),
            "not weighed [µm]": float(break_even_by_mass(unweighed.core, target) / um),
            "weighed, liquid cell at the same loading [µm]": float(break_even_by_mass(weighed.core, same) / um),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def slips():
    """What of source 004 cannot stand as printed, as a DataFrame: printed, recomputed, the right reading."""
    import pandas as pd

    liquid, solid = liquid_cell().core, solid_cell()
    target, core = liquid.specific_energy(), solid.core
    without_pores = break_even_by_volume(core, liquid.energy_density()) + core.empty
    thick_foil = replace(solid, cathode_foil=10 * mm).core.specific_energy()
    without_anode = replace(solid, lithium_from_cathode=1 + solid.excess).core
    thinner = core.thickness - core.layer("anode").thickness
    endless = solid_cell(loading=1e9 * mg_cm2).core.specific_energy()
    printed = conversion_volume_change(45.94 / 32.06, 2.03 * g_cm3, 1.67 * g_cm3)
    crystals = conversion_volume_change(45.94 / 32.06, 2.07 * g_cm3, 1.66 * g_cm3)
    at_50 = solid_cell(separator_thickness=50 * um)
    needed = {t: _loading_by_mass(t * um, target) / mg_cm2 for t in (50, 150)}
    rows = [
        (
            "equation 2 without empty pores: break-even by volume",
            "120 µm in the text",
            f"{without_pores / um:.0f} µm",
            "volume is mass over density and over one minus the porosity",
        ),
        ("aluminium foil of 10 mm", "10 mm", f"{thick_foil / Wh_kg:.1f} Wh/kg", "10 µm"),
        (
            "Table 2, break-even of LLZO in nm",
            "34 nm",
            f"{34 * um * 5.1 * g_cm3 / mg_cm2:.1f} mg/cm² if µm",
            "µm: in nm it weighs a thousandth of what the cell has to spare",
        ),
        (
            "effect of the lithium anode",
            "< 5 %",
            f"{100 * (without_anode.specific_energy() / core.specific_energy() - 1):.1f} % by mass, "
            f"{100 * (core.thickness / thinner - 1):.0f} % by volume",
            "holds by mass alone",
        ),
        (
            "a limit for each separator as the loading grows",
            "a limit each",
            f"{endless / Wh_kg:.0f} Wh/kg for all",
            f"an effect of the plotted range: 150 µm of LLZO break even at {needed[150]:.0f} mg/cm²",
        ),
        (
            "less than 50 µm of LLZO recommended",
            "50 µm",
            f"{at_50.core.specific_energy() / Wh_kg:.0f} Wh/kg at 19.5 mg/cm²",
            f"below the liquid cell; equal to it from {needed[50]:.1f} mg/cm² on",
        ),
        (
            "volume of lithium sulfide over sulfur",
            "80 %",
            f"{100 * printed:.0f} % from the densities printed",
            f"{100 * crystals:.1f} % with 2.07 and 1.66 g/cm³",
        ),
    ]
    return pd.DataFrame(rows, columns=["statement", "printed", "recomputed", "right reading"]).set_index("statement")


def _loading_by_mass(thickness, target):
    """Loading [kg/m2] at which so much LLZO breaks even by mass."""
    return break_even_loading(
        lambda loading: solid_cell(separator_thickness=thickness, loading=loading).core,
        lambda cell: cell.areal_energy - target * cell.areal_mass,
    )


def _loading_by_volume(thickness, target):
    return break_even_loading(
        lambda loading: solid_cell(separator_thickness=thickness, loading=loading).core,
        lambda cell: cell.areal_energy - target * cell.thickness,
    )


def _foil_gains(loadings):
    """Gains [%] from half the aluminium and no copper, as lists in the order of the loadings [kg/m2]."""
    usual = solid_cell(loading=np.array(loadings))
    thin = replace(usual, cathode_foil=5 * um, anode_foil=0.0).core
    usual = usual.core
    return {
        "specific": (100 * (thin.specific_energy() / usual.specific_energy() - 1)).tolist(),
        "density": (100 * (thin.energy_density() / usual.energy_density() - 1)).tolist(),
    }
