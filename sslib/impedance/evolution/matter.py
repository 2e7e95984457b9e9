"""Steps 4 to 7: particles of all sizes, paths, two electrochemical potentials, a free energy."""

from functools import partial

import numpy as np

from sslib.impedance.discretised import (
    insertion_deviation,
    insertion_impedance,
    mixed_conductor_deviation,
    paths_deviation,
)
from sslib.impedance.elements import CPE, C, FiniteSpaceWarburg, R, SphericalDiffusion
from sslib.impedance.evolution.electrode import cell, stored, two_rails
from sslib.impedance.evolution.step import Step, Variant
from sslib.impedance.misreading import largest_deviation
from sslib.impedance.mixed_conductor import film_values, thin_film
from sslib.impedance.particles import particle
from sslib.impedance.physics import over_area
from sslib.impedance.sizes import LogNormal
from sslib.impedance.state_of_charge import material_of_cell
from sslib.thermodynamics import chemical_capacitance, factor_from_particle, insertion_values
from sslib.transport import path_lengths
from sslib.units import um

SPHERE = particle("sphere", double_layer="cpe")
POWDER = particle("sphere", double_layer="cpe", sizes=LogNormal("sigma_r"))
FRESH = 0.1
"""Share of the sites at which the table's charge transfer and diffusion are taken to hold [1]."""


def scale(values, spread=0.4, area=1e-4):
    """Step 4: particles of many sizes between the rails, for an interface that has no inside.

    ``spread`` is the standard deviation of ln r weighted by area [1].
    """
    values = values | {"sigma_r": spread}
    return Step(
        number=4,
        aspect="scale",
        adds="Behind the interface are particles: lithium diffuses inside, in each size at its own pace.",
        first="J. P. Meyers, M. Doyle, R. M. Darling, J. Newman, J. Electrochem. Soc. 147 (2000) 2930.",
        ends="One phase in each particle; particles much smaller than the electrode, which touch both rails alike.",
        now=Variant.of(two_rails(POWDER), values, starts_tried=0),
        before=Variant.of(two_rails(CPE("Q_dl", "alpha_dl") | R("R_ct")), values),
        half=Variant.of(two_rails(SPHERE), values, label="particles of one size"),
        route="spheres in shells, 61 sizes summed up",
        check=partial(sizes_deviation, values, area),
        tolerance=1e-3,
    )


def sizes_deviation(values, area, shells=100):
    """Largest relative deviation [1] of the interface of all sizes from spheres in shells, summed up over 61 sizes.

    The shells know nothing of a hyperbolic function; grids of so many and twice as many are extrapolated to none.
    """
    frequency, sizes = np.geomspace(1e4, 1e-4, 9), np.linspace(-6, 6, 61)
    weights = np.exp(-(sizes**2) / 2)
    spread = values["sigma_r"]
    radii = np.exp(spread * sizes - spread**2 / 2)
    ideal = material(0.0, 0.5)
    radii, surface = radii * ideal.pop("radius"), area * ideal.pop("surface")
    admittance = values["Q_dl"] * (2j * np.pi * frequency) ** values["alpha_dl"]
    for radius, weight in zip(radii, weights / weights.sum(), strict=True):
        coarse, fine = (
            np.array([insertion_impedance(f, 0.5, radius=radius, **ideal, shells=n) for f in frequency])
            for n in (shells, 2 * shells)
        )
        admittance = admittance + weight * surface / ((4 * fine - coarse) / 3)
    own = POWDER.impedance(frequency, **{name: values[name] for name in POWDER.names})
    return float(largest_deviation(own, 1 / admittance))


def material(interaction, x):
    """The table's active material as a regular solution, if its row holds at a filling x: for `insertion_values`."""
    row = cell()
    sites = 1 / row["S_ohm_m3_per_s"] / chemical_capacitance(x, interaction, 1.0, row["temperature_K"])
    return material_of_cell(row, sites, x)


def paths(values, time=3600.0, area=1e-4):
    """Step 5: how far ions and electrons reach in a time, for an electrode that is used in its whole depth.

    ``time`` in [s]. The step before takes a third of both rails in series with the particles, which is what they add
    once all of the depth takes part.
    """
    thickness, single = cell()["thickness_m"], R("R_path") + SPHERE

    def reached(which, v):
        ionic, electronic = (thickness / (v[name] * area) for name in ("R_ion", "R_el"))
        lengths = path_lengths(time, ionic, electronic, stored(v) / (area * thickness))
        return float(getattr(lengths, which)) / um

    def reached_before(v):
        return reached("ambipolar", {**v, "R_ion": 1.5 * v["R_path"], "R_el": 1.5 * v["R_path"]})

    derived = {f"L_{which}": (partial(reached, which), "um") for which in ("ion", "electron", "ambipolar")}
    return Step(
        number=5,
        aspect="paths",
        adds="In a stated time each carrier reaches its own depth: the storage behind the rails sets it.",
        first="C. Zhu, R. E. Usiskin, Y. Yu, J. Maier, Science 358 (2017) eaao2808, doi 10.1126/science.aao2808 (the "
        "review names Zhu; which paper is presumed, and not verified).",
        ends="A constant storage and linear response; which network limits takes a definition, a length alone does not "
        "decide.",
        now=Variant.of(two_rails(SPHERE), values, derived=derived),
        before=Variant.of(
            single,
            values | {"R_path": (values["R_ion"] + values["R_el"]) / 3},
            derived={"L_ambipolar": (reached_before, "um")},
        ),
        route="the charge that a ladder takes up in time, at this cathode's conductivities",
        check=paths_deviation,
        tolerance=1e-5,
    )


def driving_force(area=1e-4, thickness=1e-6, electronic=1e-4):
    """Step 6: a film of the active material, each carrier with its own electrochemical potential and contacts.

    ``thickness`` [m] and ``electronic`` conductivity [S/m]. With the electric potential alone the two carriers conduct
    side by side and store nothing; half a step lets the ions diffuse and has the electrons resist in series with that.
    """
    film, arc = thin_film(), R("R_ct") | C("C_dl")
    values = over_area(film, film_values(cell(), thickness, electronic), area)
    values |= {"tau_d": values["R_ion"] * values["C_chem"]}
    return Step(
        number=6,
        aspect="driving force",
        adds="Ions and electrons each follow their own electrochemical potential, and stop at contacts of their own.",
        first="J. Jamnik, J. Maier, Phys. Chem. Chem. Phys. 3 (2001) 1668, doi 10.1039/b100180i; W. Lai, S. M. Haile, "
        "J. Am. Ceram. Soc. 88 (2005) 2979, doi 10.1111/j.1551-2916.2005.00740.x.",
        ends="Layers as thin as the Debye length, where charge separates; carriers that drag one another along.",
        now=Variant.of(film, values),
        before=Variant.of(arc + (R("R_ion") | R("R_eon")), values),
        half=Variant.of(arc + R("R_eon") + FiniteSpaceWarburg("R_ion", "tau_d"), values, label="electrons in series"),
        route="drift and diffusion in finite volumes, for a film of ideal carriers",
        check=mixed_conductor_deviation,
        tolerance=1e-5,
    )


def thermodynamics(values, x=0.5, interaction=4e3, area=1e-4):
    """Step 7: charge transfer and diffusion from a free energy, for values that hold at every state of charge.

    ``x`` is the share of the sites that is taken [1], ``interaction`` Ω of the regular solution [J/mol]. The table's
    values hold at `FRESH`; half a step takes them on to x as an ideal solution would have them.
    """
    regular = material(interaction, FRESH)
    line, inserted = two_rails(SPHERE), R("R_ct") + SphericalDiffusion("R_d", "tau_d")

    def at(own):
        return values | over_area(inserted, insertion_values(x, **own), area)

    def factor(v):
        seen = {name: regular[name] for name in ("sites", "radius", "surface", "T")}
        return float(factor_from_particle(x, v["R_d"] * area, v["tau_d"], **seen))

    return Step(
        number=7,
        aspect="thermodynamics",
        adds="Charge transfer, diffusion and storage follow from one free energy, so the spectrum knows its state of "
        "charge.",
        first="M. Z. Bazant, Acc. Chem. Res. 46 (2013) 1144, doi 10.1021/ar300145c; P. Bai, D. A. Cogswell, M. Z. "
        "Bazant, Nano Lett. 11 (2011) 4890, doi 10.1021/nl202764f.",
        ends="Inside the spinodal, where the material separates; a regular solution is the simplest of free energies.",
        now=Variant.of(line, at(regular), derived={"thermodynamic factor": (factor, "1")}),
        before=Variant.of(line, values, known=inserted.names),
        half=Variant.of(line, at(material(0.0, FRESH)), known=inserted.names, label="ideal solution"),
        route="the free energy in shells",
        check=partial(insertion_deviation, (x,), **regular),
        tolerance=1e-5,
    )
