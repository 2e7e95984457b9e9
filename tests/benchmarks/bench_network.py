"""A line of three rails beside the closed form of two: time of a spectrum of 60 frequencies, with and without slopes.

Times are the best of several runs of this process; the ratio is to the two-rail closed form on the same interface. A
batch shows what a spectrum costs inside a fit of many. (A trial of three rails took 0.5 ms.)
"""

import time

import numpy as np

from sslib.impedance import CPE, C, Network, R, Region, Salt, TransmissionLine
from sslib.impedance.circuit import Evaluator, Grid

FREQUENCY = np.logspace(6, -3, 60)
SETS = 100
ROUNDS, REPEATS = 20, 10

INTERFACE = CPE("Q", "alpha") | R("R_ct")
VALUES = {
    "R_ion": 60.0, "R_el": 20.0, "Q": 1e-3, "alpha": 0.9, "R_ct": 50.0, "R_an": 100.0, "C_s": 10.0,
    "t_plus": 0.3, "R_salt": 200.0, "tau_salt": 100.0, "R_li": 5.0, "C_li": 1e-5, "R_sep": 10.0, "S_sep": 50.0,
    "tau_sep": 30.0,
}  # fmt: skip
RAILS = {"ion": R("R_ion"), "electron": R("R_el")}
BETWEEN = {("ion", "electron"): INTERFACE}
ACROSS = {"source": ("ion", 0), "sink": ("electron", 1)}
IONS = ("ion", "anion")
SEPARATOR = Region({IONS: Salt("R_sep", "t_plus", "S_sep", "tau_sep")})
COATING = Region({IONS: Salt("R_ion", "t_plus", "R_salt", "tau_salt"), "electron": R("R_el")}, BETWEEN)

MODELS = {
    "two rails, closed form": TransmissionLine(ion=R("R_ion"), electron=R("R_el"), interface=INTERFACE),
    "two rails, network": Network(Region(RAILS, BETWEEN), **ACROSS),
    "three rails": Network(
        Region(RAILS | {"anion": R("R_an")}, BETWEEN | {("ion", "anion"): C("C_s")}), **ACROSS
    ),
    "salt, half-cell": Network(
        [SEPARATOR, COATING], source={("ion", 0): R("R_li") | C("C_li")}, sink=("electron", 2)
    ),
    "two rails, 20 regions": Network([Region(RAILS, BETWEEN)] * 20, source=("ion", 0), sink=("electron", 20)),
}  # fmt: skip


def seconds(run, repeats):
    """The best of several runs."""
    run()
    taken = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        for _ in range(repeats):
            run()
        taken.append((time.perf_counter() - begin) / repeats)
    return min(taken)


def main():
    grid = Grid(2 * np.pi * FREQUENCY)
    heads = (("Z [ms]", 9), ("Z, dZ [ms]", 11), ("each of 100 [ms]", 17))
    print(f"{'':24s} " + " ".join(f"{head:>{width}s} {'ratio':>7s}" for head, width in heads))
    first = None
    for name, model in MODELS.items():
        evaluator = Evaluator(model)
        one = np.array([[VALUES[parameter] for parameter in model.names]])
        many = np.repeat(one, SETS, axis=0)
        times = np.array(
            [
                seconds(lambda e=evaluator, x=one: e.impedance(grid, x), REPEATS),
                seconds(lambda e=evaluator, x=one: e(grid, x), REPEATS),
                seconds(lambda e=evaluator, x=many: e(grid, x), 1) / SETS,
            ]
        )
        first = times if first is None else first
        cells = [f"{1e3 * t:{w}.3f} {t / own:7.1f}" for t, own, w in zip(times, first, (9, 11, 17), strict=True)]
        print(f"{name:24s} {' '.join(cells)}")
