"""Capacity and energy at a stated current: the rate model of a cell joined with its masses."""

from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from sslib.cell.composition import PUBLISHED_EXPONENT
from sslib.cell.designs import Design
from sslib.cell.discharge import Insertion, RailCell, discharge
from sslib.cell.layers import Material, material
from sslib.checks import check_between, check_positive
from sslib.kinetics import FARADAY
from sslib.tables import table
from sslib.transport import volume_fractions
from sslib.units import hour, mAh_cm2, um

SITES = 48230.0
"""Concentration of lithium sites in the cathode of the table ``xu2019_cathode`` [mol/m3]."""
WINDOW = 0.27, 0.93
"""Stoichiometries between which its nominal capacity is counted [1]."""
MOLAR_MASS = 96.46e-3
"""Of LiNi1/3Mn1/3Co1/3O2 [kg/mol]: with the sites it gives the density 4.65 g/cm3."""
LITHIUM, NO_LITHIUM, INDIUM = "lithium", "anode-free", "lithium-indium"
ANODES = {LITHIUM: 0.0, NO_LITHIUM: 0.0, INDIUM: 0.62}
"""Anodes of a `StatedCell` with their potential against lithium [V]. An anode-free cell plates the cathode's lithium on
the bare foil; indium stays on the plateau of In and InLi (a round literature value)."""
PARAMETERS = {
    "R_ion": "ionic rail's resistance",
    "R_el": "electronic rail's resistance",
    "R_ct": "cathode's charge transfer",
    "R_sep": "separator's resistance",
    "R_counter": "lithium's charge transfer",
    "tau_d": "diffusion time in the particles",
}
"""Transport parameters of a cell at a stated current; more of each costs energy."""


@cache
def layered_oxide():
    """The cathode material of the table ``xu2019_cathode`` (Insertion).

    >>> round(float(layered_oxide().potential(0.27)), 3)
    3.992
    """
    rows = table("xu2019_cathode").reset_index()
    return Insertion(rows["stoichiometry"], rows["open_circuit_potential_V"], rows["exchange_current_density_A_m2"])


def compare_discharges(**numerics):
    """The thirty discharges of the table ``pybamm_discharge``, ours and PyBaMM's (DataFrame).

    Parameters
    ----------
    **numerics
        ``cells``, ``modes`` and ``voltage_step`` of `discharge`.

    Returns
    -------
    pandas.DataFrame
        The table with our capacity [mAh/cm2], its relative deviation [1], our mean voltage [V] and its deviation [mV].
    """
    rows = table("pybamm_discharge").copy()
    base = table("pybamm_cells").loc["A_base"]
    thickness = rows["cathode_thickness_um"].to_numpy() * um
    longer = thickness / base["thickness_m"]
    # The base cell has 0.2 S/m in the separator and, by the same factor, in the cathode.
    poorer = 0.2 / rows["electrolyte_conductivity_S_m"].to_numpy()
    cell = RailCell(
        R_ion=base["R_ion_ohm_m2"] * longer * poorer,
        R_el=base["R_el_ohm_m2"] * longer,
        R_ct=base["R_ct_ohm_m2"] / (base["interface_area_per_area"] * longer),
        tau_d=base["particle_radius_m"] ** 2 / base["solid_diffusivity_m2_s"],
        capacity=FARADAY * SITES * base["interface_area_per_area"] * base["particle_radius_m"] / 3 * longer,
        R_sep=base["R_sep_ohm_m2"] * poorer,
        R_counter=base["R_ct_Li_ohm_m2"],
        T=base["temperature_K"],
        particle_share=2 * base["particle_radius_m"] / thickness,
    )
    current = cell.capacity * (WINDOW[1] - WINDOW[0]) * rows["c_rate"].to_numpy() / hour
    ours = discharge(cell, current, layered_oxide(), start=WINDOW[0], cutoff=2.8, **numerics)
    rows["our_capacity_mAh_cm2"] = ours.capacity / mAh_cm2
    rows["capacity_deviation"] = rows["our_capacity_mAh_cm2"] / rows["delivered_capacity_mAh_cm2"] - 1
    rows["our_mean_voltage_V"] = ours.mean_voltage
    rows["mean_voltage_deviation_mV"] = (ours.mean_voltage - rows["mean_voltage_V"]) * 1e3
    rows["flag"] = ["; ".join(verdicts) for verdicts in ours.verdicts]
    return rows


@dataclass(frozen=True, kw_only=True)
class StatedCell:
    """A cell with its transport and its masses; transport parameters may be arrays.

    Attributes
    ----------
    R_ion, R_el, R_ct, R_sep, R_counter : float
        As in `RailCell` [ohm m2], at this thickness.
    tau_d : float
        [s].
    thickness, particle_radius, separator_thickness : float
        [m].
    active_fraction, electrolyte_fraction : float
        Of the cathode's volume [1]; what they leave is carbon as far as ``carbon_fraction`` goes, then pores.
    carbon_fraction : float
        [1].
    electrolyte : Material
        Of separator and cathode.
    anode : str
        One of `ANODES`.
    excess : float
        Of the anode's capacity, over what is cycled [1]; an anode-free cell has none.
    reference : float
        Stoichiometry at which R_ct holds [1].
    cutoff : float
        [V].
    window : pair of float
        Stoichiometries charged and discharged [1].
    T : float
        [K].
    """

    R_ion: float
    R_el: float
    R_ct: float
    R_sep: float
    R_counter: float
    tau_d: float
    thickness: float
    particle_radius: float
    separator_thickness: float
    active_fraction: float
    electrolyte_fraction: float
    carbon_fraction: float = 0.0
    electrolyte: Material = field(default_factory=lambda: material("LGPS"))
    anode: str = LITHIUM
    excess: float = 0.2
    reference: float = 0.5
    cutoff: float = 2.8
    window: tuple[float, float] = WINDOW
    T: float = 298.15

    def __post_init__(self):
        check_positive(
            thickness=self.thickness,
            particle_radius=self.particle_radius,
            separator_thickness=self.separator_thickness,
            active_fraction=self.active_fraction,
        )
        # Fractions from a recipe without pores sum to one up to rounding.
        check_between(0, 1 + 1e-9, **{"sum of the volume fractions": self._solids})
        if self.anode not in ANODES:
            raise ValueError(f"anode is {self.anode!r}; it must be one of {', '.join(ANODES)}")
        charged = float(self.oxide.potential(self.window[0]))
        if not self.cutoff < charged:
            raise ValueError(f"cutoff is {self.cutoff:g} V; it must be below {charged:.3g} V, the charged cell at rest")
        check_between(self.window[0] + 0.01, 1, **{"stoichiometry when discharged": self.window[1]})

    @property
    def _solids(self):
        return self.active_fraction + self.electrolyte_fraction + self.carbon_fraction

    @property
    def oxide(self):
        """The cathode's material against this anode (Insertion)."""
        return layered_oxide().against(ANODES[self.anode])

    @property
    def nominal_capacity(self):
        """Areal capacity of the window [C/m2]: 1C delivers it in an hour."""
        return self.sites_capacity * (self.window[1] - self.window[0])

    @property
    def sites_capacity(self):
        """Areal capacity of all sites [C/m2]."""
        return FARADAY * SITES * self.active_fraction * self.thickness

    @property
    def reversible_energy(self):
        """Areal energy [J/m2] of a discharge without any loss, down to the cut-off: past the window, too."""
        x = np.linspace(self.window[0], self._end, 2001)
        return self.sites_capacity * np.trapezoid(self.oxide.potential(x), x)

    @property
    def reversible_capacity(self):
        """Areal capacity [C/m2] of such a discharge."""
        return self.sites_capacity * (self._end - self.window[0])

    @property
    def _end(self):
        """Stoichiometry at which the open-circuit potential falls to the cut-off."""
        return max(self.oxide.stoichiometry(self.cutoff), self.window[0])

    @property
    def rails(self):
        """The cell as `discharge` takes it (RailCell)."""
        return RailCell(
            **{name: getattr(self, name) for name in PARAMETERS},
            capacity=self.sites_capacity,
            T=self.T,
            reference=self.reference,
            particle_share=2 * self.particle_radius / self.thickness,
        )

    @property
    def masses(self):
        """The core of the cell with its foils, single-sided (sslib.cell.Cell)."""
        density = SITES * MOLAR_MASS
        oxide = Material("layered oxide", density)
        volumes = {
            self.electrolyte: self.electrolyte_fraction * self.electrolyte.density,
            material("carbon"): self.carbon_fraction * material("carbon").density,
        }
        others = sum(np.asarray(mass, dtype=float) for mass in volumes.values())
        # A cathode of active material alone has nothing to share out: carbon stands for it.
        some = np.where(others > 0, others, 1.0)
        shares = {own: mass / some for own, mass in volumes.items()}
        shares[material("carbon")] = shares[material("carbon")] + (others == 0)
        metal = {
            LITHIUM: {"excess": self.excess},
            NO_LITHIUM: {"excess": 0.0, "lithium_from_cathode": 1.0},
            INDIUM: {"excess": self.excess, "anode": material("In")},
        }[self.anode]
        loading = self.active_fraction * self.thickness * density
        return Design(
            active=oxide,
            loading=loading,
            capacity=self.nominal_capacity / loading,
            voltage=float(np.mean(self.oxide.potential(np.linspace(*self.window, 201)))),
            inactive_fraction=others / (others + self.active_fraction * density),
            inactive=shares,
            cathode_porosity=np.maximum(1 - self._solids, 0.0),
            separator=self.electrolyte,
            separator_thickness=self.separator_thickness,
            anode_porosity=0.0,
            **metal,
        ).core

    def at(self, c_rate, **numerics):
        """Discharges at C-rates [1/h], which broadcast against the transport parameters (Discharge)."""
        return self.under(self.nominal_capacity * np.asarray(c_rate, dtype=float) / hour, **numerics)

    def under(self, current_density, **numerics):
        """Discharges under currents [A/m2], which broadcast against everything that is an array (Discharge)."""
        return discharge(self.rails, current_density, self.oxide, start=self.window[0], cutoff=self.cutoff, **numerics)

    def with_thickness(self, thickness):
        """The same composition in another thickness [m]: a longer rail, and more interface."""
        longer = thickness / self.thickness
        return replace(
            self, thickness=thickness, R_ion=self.R_ion * longer, R_el=self.R_el * longer, R_ct=self.R_ct / longer
        )

    def with_separator(self, thickness):
        """The same electrolyte in another thickness of the separator [m]."""
        longer = thickness / self.separator_thickness
        return replace(self, separator_thickness=thickness, R_sep=self.R_sep * longer)

    def with_particles(self, radius):
        """The same cathode of particles of another radius [m]: their surface and their diffusion time follow."""
        larger = radius / self.particle_radius
        return replace(self, particle_radius=radius, R_ct=self.R_ct * larger, tau_d=self.tau_d * larger**2)

    def with_volumes(self, active_fraction, electrolyte_fraction, carbon_fraction, exponent=PUBLISHED_EXPONENT):
        r"""Another composition in the same thickness, its rails scaled from this one's.

        .. math:: R_\text{ion} \propto \varepsilon_\text{electrolyte}^{-n}, \quad
                  R_\text{el} \propto (\varepsilon_\text{active} + \varepsilon_\text{carbon})^{-n}, \quad
                  R_\text{ct} \propto \varepsilon_\text{active}^{-1}

        Parameters
        ----------
        active_fraction, electrolyte_fraction, carbon_fraction : array_like
            Of the cathode's volume [1].
        exponent : array_like
            n [1]: 1.5 is Bruggeman's; it holds for small changes, far from where a phase loses its connection.
        """
        check_positive(electrolyte_fraction=electrolyte_fraction, active_fraction=active_fraction)
        # Nothing conducts by what is not there: no rail can be scaled from it.
        check_positive(**{"electrolyte_fraction of the cell itself": self.electrolyte_fraction})
        electrons = (self.active_fraction + self.carbon_fraction) / (active_fraction + carbon_fraction)
        return replace(
            self,
            active_fraction=active_fraction,
            electrolyte_fraction=electrolyte_fraction,
            carbon_fraction=carbon_fraction,
            R_ion=self.R_ion * (self.electrolyte_fraction / electrolyte_fraction) ** exponent,
            R_el=self.R_el * electrons**exponent,
            R_ct=self.R_ct * self.active_fraction / active_fraction,
        )


def cathode_volumes(active_mass, carbon_mass, porosity, electrolyte):
    """Volume fractions of a layered oxide's cathode as `StatedCell` takes them, from its recipe by mass (dict).

    Parameters
    ----------
    active_mass, carbon_mass : array_like
        Over the mass of the solids [1]; the rest is electrolyte.
    porosity : array_like
        [1].
    electrolyte : Material

    Examples
    --------
    >>> found = cathode_volumes(0.7, 0.0, 0.1, material("LPSCl"))
    >>> {name: round(float(share), 3) for name, share in found.items()}
    {'active_fraction': 0.434, 'electrolyte_fraction': 0.466, 'carbon_fraction': 0.0}
    """
    active_mass, carbon_mass, porosity = np.broadcast_arrays(active_mass, carbon_mass, porosity)
    check_between(0, 1, **{"sum of active and carbon mass": active_mass + carbon_mass})
    masses = np.stack([active_mass, 1 - active_mass - carbon_mass, carbon_mass], axis=-1)
    densities = [SITES * MOLAR_MASS, electrolyte.density, material("carbon").density]
    active, own, carbon = np.moveaxis(volume_fractions(masses, densities, porosity), -1, 0)
    return {"active_fraction": active, "electrolyte_fraction": own, "carbon_fraction": carbon}


def specific_energy(cell, run):
    """Specific energy [J/kg] of a StatedCell's discharge; zero where it delivers none."""
    return cell.masses.specific_energy(run.delivered_energy)


THICKNESSES = np.geomspace(1 / 8, 8, 49)
"""Multiples of a cathode's thickness among which `best_thickness` looks."""


def best_thickness(cell, c_rate):
    """Thickness of the cathode [m] that holds the highest specific energy [J/kg] at a C-rate, and that energy.

    Composition and separator stay; a C-rate is that of the changed cell. Within an eighth and eight times the cell's
    own thickness: the end itself where the best lies there or beyond.
    """
    others = cell.with_thickness(cell.thickness * THICKNESSES)
    energies = np.array(specific_energy(others, others.at(c_rate)))
    best = int(energies.argmax())
    if best in (0, len(energies) - 1):
        return float(others.thickness[best]), float(energies[best])
    # The vertex of the parabola through the best three, in the logarithm of the thickness.
    before, top, after = energies[best - 1 : best + 2]
    shift = (before - after) / (2 * (before - 2 * top + after))
    step = np.log(THICKNESSES[1] / THICKNESSES[0])
    return float(others.thickness[best] * np.exp(shift * step)), float(top + (after - before) * shift / 4)


def improvements(cell, c_rate, factor):
    """What a change of one parameter by a factor would bring at a C-rate (DataFrame by change, best first).

    Resistances and the diffusion time are divided by the factor, thicknesses divided and multiplied by it. A C-rate is
    that of the changed cell.

    Returns
    -------
    pandas.DataFrame
        Specific energy [J/kg], energy density [J/m3], capacity [C/m2], and the gains in the first two [1].
    """
    import pandas as pd

    check_positive(factor=factor, c_rate=c_rate)
    by = f"{factor:g}"
    changed = {
        f"{label} ÷ {by}": replace(cell, **{name: getattr(cell, name) / factor}) for name, label in PARAMETERS.items()
    }
    changed |= {
        f"separator's thickness ÷ {by}": cell.with_separator(cell.separator_thickness / factor),
        f"cathode's thickness ÷ {by}": cell.with_thickness(cell.thickness / factor),
        f"cathode's thickness × {by}": cell.with_thickness(cell.thickness * factor),
    }
    rows = {}
    for label, own in {"as it is": cell, **changed}.items():
        run = own.at(c_rate)
        energy = run.delivered_energy
        rows[label] = {
            "specific_energy": float(own.masses.specific_energy(energy)),
            "energy_density": float(own.masses.energy_density(energy)),
            "capacity": float(run.delivered_capacity),
        }
    frame = pd.DataFrame.from_dict(rows, orient="index")
    for name in ("specific_energy", "energy_density"):
        base = frame.loc["as it is", name]
        frame[f"{name}_gain"] = frame[name] / base - 1 if base > 0 else np.nan
    return frame.drop("as it is").sort_values("specific_energy", ascending=False)
