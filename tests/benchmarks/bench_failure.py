"""Map of failure by thresholds and by brute force: times as ratios within this run, memory, and the variance shares.

Current density against stack pressure, 200 x 200 points, 7 mechanisms. Brute force evaluates every severity at every
point for every draw; it is run on every tenth column and its time multiplied. Targets: about 0.2 s for 20,000 draws on
two free cores, and 300 MB. Processor time stands beside the clock's, which other work on the machine slows.
"""

import resource
import tracemalloc
from time import perf_counter, process_time

import numpy as np

from sslib.failure import FULL_CELL, Conditions, cell_parameters, failure_map, severities, variance_shares
from sslib.units import MPa, celsius, mA_cm2

MECHANISMS = (*FULL_CELL, "electronic")
SKIPPED = 10


def timed(function, runs=3):
    """Least seconds by the clock and by the processor, and the last result."""
    clock, processor = [], []
    for _ in range(runs):
        start, own = perf_counter(), process_time()
        result = function()
        clock.append(perf_counter() - start)
        processor.append(process_time() - own)
    return min(clock), min(processor), result


def brute_force(conditions, parameters, draws):
    """Probability of failure on every tenth column, shape (currents, columns)."""
    values = parameters.draws(draws, 0)
    columns = []
    for pressure in conditions.stack_pressure[::SKIPPED]:
        at = conditions.at(current_density=conditions.current_density[:, None], stack_pressure=pressure)
        fails = [s >= 1 for s in severities(at, parameters, MECHANISMS, values).values()]
        together = np.logical_or.reduce(np.broadcast_arrays(*fails, np.zeros((200, draws), dtype=bool)))
        columns.append(together.sum(axis=-1) / draws)
    return np.stack(columns, axis=1)


def main():
    parameters = cell_parameters("LPS")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    plane = Conditions(np.geomspace(0.01, 30, 200) * mA_cm2, np.geomspace(0.5, 60, 200) * MPa)
    tracemalloc.start()
    failure_map(plane, parameters, MECHANISMS, draws=20_000)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e3
    print(f"Memory of the map with 20,000 draws: {peak:.0f} MB in arrays; the process grew by {grown:.0f} MB\n")
    print(f"{'':44}{'clock [s]':>10}{'processor [s]':>15}{'faster':>9}")
    for draws in (2_000, 20_000):
        clock, own, fast = timed(lambda draws=draws: failure_map(plane, parameters, MECHANISMS, draws=draws), 5)
        _, slow, brute = timed(lambda draws=draws: brute_force(plane, parameters, draws), 1)
        equal = np.array_equal(fast.probability[:, ::SKIPPED], brute)
        print(f"{f'thresholds, {draws} draws':44}{clock:10.3f}{own:15.3f}{SKIPPED * slow / own:9.0f}")
        print(f"{f'brute force, {draws} draws, equal: {equal}':44}{'':10}{SKIPPED * slow:15.2f}")
    other = Conditions(1 * mA_cm2, np.geomspace(0.5, 60, 200) * MPa, T=np.linspace(celsius(-20), celsius(90), 200))
    clock, own, _ = timed(lambda: failure_map(other, parameters, MECHANISMS), 1)
    print(f"{'pressure against temperature, 500 draws':44}{clock:10.3f}{own:15.3f}")
    clock, own, _ = timed(lambda: variance_shares(plane.at(stack_pressure=5e6, current_density=1.0), parameters))
    print(f"{'variance shares at a point, N = 8192':44}{clock:10.3f}{own:15.3f}")
