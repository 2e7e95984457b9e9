"""Thirty discharges against PyBaMM: time as a ratio within this run, and what either errs at its default mesh.

The cells of the table ``pybamm_discharge``. PyBaMM solves each at its default mesh (20 points in the depth and 20 in a
particle); times are of `solve`, without building the models. Its refined mesh (Chebyshev, 80 points in depth and
particle) solves the hardest row alone, whose mean voltage in the table it does not confirm. Targets: capacity within
0.5 % on all and 0.2 % on 29; mean voltage within 1 mV; a fraction of PyBaMM's time.
"""

from time import perf_counter

import numpy as np

from sslib.cell import compare_discharges
from sslib.cell.join import COARSE
from sslib.cell.rate import SITES, WINDOW
from sslib.units import um

HARDEST = (0.02, 140, 4)
REFINED = 80


def pybamm_simulation(row, refined=False):
    """PyBaMM's half-cell of a row of the table."""
    import pybamm

    pybamm.set_logging_level("ERROR")
    model = pybamm.lithium_ion.DFN({"working electrode": "positive"})
    values = pybamm.ParameterValues("Xu2019")
    values.update(
        {
            "Cation transference number": 1.0,
            "Electrolyte conductivity [S.m-1]": row.electrolyte_conductivity_S_m,
            "Electrolyte diffusivity [m2.s-1]": 1e-11,
            "Positive electrode thickness [m]": row.cathode_thickness_um * um,
            "Separator thickness [m]": 30 * um,
            "Separator porosity": 1.0,
            "Positive electrode porosity": 0.35,
            "Positive electrode active material volume fraction": 0.6,
            "Positive electrode Bruggeman coefficient (electrolyte)": 2.0,
            "Positive electrode conductivity [S.m-1]": 1.0,
            "Positive particle radius [m]": 2.5e-6,
            "Positive particle diffusivity [m2.s-1]": 5e-15,
            "Initial concentration in positive electrode [mol.m-3]": WINDOW[0] * SITES,
            "Lower voltage cut-off [V]": 2.8,
            "Upper voltage cut-off [V]": 5.0,
            "Current function [A]": row.current_density_mA_cm2 * 10 * 0.000154,
        }
    )
    meshes, points = dict(model.default_submesh_types), dict(model.default_var_pts)
    if refined:
        meshes["positive electrode"] = pybamm.MeshGenerator(pybamm.Chebyshev1DSubMesh)
        outward = {"side": "right"}
        meshes["positive particle"] = pybamm.MeshGenerator(pybamm.Exponential1DSubMesh, submesh_params=outward)
        points.update({"x_s": 5, "x_p": REFINED, "r_p": REFINED})
    return pybamm.Simulation(model, parameter_values=values, submesh_types=meshes, var_pts=points)


def pybamm_discharge(row, refined=False):
    """Capacity [mAh/cm2], mean voltage [V] and seconds of `solve`."""
    simulation = pybamm_simulation(row, refined)
    simulation.build()
    start = perf_counter()
    solution = simulation.solve([0, 1.2 * 3600 / row.c_rate])
    seconds = perf_counter() - start
    time, voltage = solution["Time [s]"].entries, solution["Voltage [V]"].entries
    capacity = row.current_density_mA_cm2 * time[-1] / 3600
    return capacity, np.trapezoid(voltage, time) / time[-1], seconds


def timed(**numerics):
    """The comparison and the least seconds of three runs."""
    seconds = []
    for _ in range(3):
        start = perf_counter()
        rows = compare_discharges(**numerics)
        seconds.append(perf_counter() - start)
    return rows, min(seconds)


def line(name, capacity_errors, voltage_errors, seconds, theirs):
    errors = np.sort(100 * np.abs(capacity_errors))
    ratio = f"{theirs / seconds:8.1f}"
    print(f"{name:32}{errors[-1]:10.2f}{errors[-2]:10.2f}{np.abs(voltage_errors).max():12.2f}{seconds:9.3f}{ratio}")


def main():
    ours, seconds = timed()
    coarse, coarse_seconds = timed(**COARSE)
    rows = list(ours.itertuples())
    theirs = np.array([pybamm_discharge(row) for row in rows])
    total = theirs[:, 2].sum()
    print(f"{'':32}{'worst [%]':>10}{'2nd [%]':>10}{'worst [mV]':>12}{'s, all':>9}{'faster':>8}")
    for name, table, own in (("sslib", ours, seconds), ("sslib, coarse", coarse, coarse_seconds)):
        line(name, table["capacity_deviation"], table["mean_voltage_deviation_mV"], own, total)
    capacity = theirs[:, 0] / ours["delivered_capacity_mAh_cm2"] - 1
    line("PyBaMM, default mesh", capacity, 1e3 * (theirs[:, 1] - ours["mean_voltage_V"]), total, total)
    hard = next(row for row in rows if tuple(row[1:4]) == HARDEST)
    fine_capacity, fine_voltage, _ = pybamm_discharge(hard, refined=True)
    print(
        f"\nThe hardest row: table {hard.delivered_capacity_mAh_cm2:.4f} mAh/cm2 and {hard.mean_voltage_V:.4f} V; "
        f"PyBaMM refined {fine_capacity:.4f} and {fine_voltage:.4f}; sslib {hard.our_capacity_mAh_cm2:.4f} and "
        f"{hard.our_mean_voltage_V:.4f}"
    )
