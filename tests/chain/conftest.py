from dataclasses import replace

import pytest

from sslib.cell import Known, KnownTransport, StatedCell, cathode_volumes, material
from sslib.chain import CellInUse
from sslib.failure import Conditions, cell_parameters
from sslib.units import MPa, celsius, hour, mA_cm2, ohm_cm2, um

RESISTANCES = {
    "R_ion": (75.0, 60.0, 90.0),
    "R_el": (23.0, 13.0, 35.0),
    "R_ct": (63.0, 60.0, 66.0),
    "R_sep": (20.0, 15.0, 25.0),
    "R_counter": (12.0, 9.0, 16.0),
}


@pytest.fixture
def make_use():
    """A function that makes a cell in use; `ends` replaces ends of its parameters' intervals [ohm cm2, s]."""

    def make(ends=(), measured=25.0, pressure=None, anode="lithium", electrolyte="LPSCl", **conditions):
        ends = dict(ends)
        known = {
            name: Known(
                value * ohm_cm2,
                tuple(None if end is None else end * ohm_cm2 for end in ends.get(name, (low, high))),
            )
            for name, (value, low, high) in RESISTANCES.items()
        }
        known["tau_d"] = Known(900.0, ends.get("tau_d", (800.0, 1000.0)))
        transport = KnownTransport(known, {("R_ion", "R_el"): -0.8}, 80 * um, None, (), ())
        cell = StatedCell(
            **{name: own.value for name, own in known.items()},
            **cathode_volumes(0.7, 0.02, 0.1, material(electrolyte)),
            thickness=80 * um,
            particle_radius=2.5 * um,
            separator_thickness=100 * um,
            electrolyte=material(electrolyte),
            anode=anode,
            reference=0.9,
        )
        at = Conditions(current_density=2 * mA_cm2, stack_pressure=5 * MPa, T=celsius(25), time=10 * hour)
        return CellInUse(
            cell=cell,
            transport=transport,
            active_mass=0.7,
            carbon_mass=0.02,
            porosity=0.1,
            conditions=replace(at, **conditions),
            laws=cell_parameters(electrolyte),
            measured_T=celsius(measured),
            measured_pressure=pressure,
        )

    return make
