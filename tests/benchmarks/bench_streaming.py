"""A stream of spectra: rate and memory of `fit_stream`, from a thousand to a hundred thousand spectra.

Spectra of an arc behind a resistor are generated block by block, starts off by two, and fitted as they come, in a fresh
process for each size. Memory is the process' largest less what it was before the first block: it must not grow with the
number of spectra. ``SSLIB_BENCH_MILLION=1`` adds a million spectra.
"""

import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from sslib.impedance import CPE, R, fit_stream

FREQUENCY = np.logspace(5, -1, 31)
MODEL = R("R_0") + (R("R_ct") | CPE("Q", "alpha"))
NOISE = 0.003
BLOCK = 1000
SIZES = (1_000, 10_000, 100_000)


def spectra(count, rng):
    """Spectra with noise, and starts with each positive parameter off by two either way."""

    def between(low, high):
        return np.exp(rng.uniform(np.log(low), np.log(high), count))

    truths = {"R_0": between(1, 100), "R_ct": between(10, 1000), "Q": between(1e-5, 1e-3)}
    truths["alpha"] = rng.uniform(0.7, 1, count)
    exact = MODEL.impedance(FREQUENCY, **truths)
    data = exact * (1 + NOISE * (rng.standard_normal((*exact.shape, 2)) @ [1, 1j]))
    starts = {
        name: value if name == "alpha" else value * 2.0 ** rng.choice([-1, 1], count) for name, value in truths.items()
    }
    return data, starts


def blocks(count, seed):
    for k, first in enumerate(range(0, count, BLOCK)):
        yield spectra(min(BLOCK, count - first), np.random.default_rng([seed, k]))


def largest_memory():
    """Of this process so far [bytes]."""
    status = Path("/proc/self/status")
    if status.exists():
        # Linux hands `ru_maxrss` on from the process that started this one.
        return 1024 * int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1])
    return (1 if sys.platform == "darwin" else 1024) * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def stream(count):
    """Run one stream in this process and print seconds, memory above the base [bytes] and the share that fits."""
    base, begin, reached = largest_memory(), time.perf_counter(), 0
    for result in fit_stream(MODEL, FREQUENCY, blocks(count, 4)):
        reached += np.count_nonzero(result.reduced_chi_square < 1.5 * NOISE**2)
    print(time.perf_counter() - begin, largest_memory() - base, reached / count)


def main():
    sizes = (*SIZES, 1_000_000) if os.environ.get("SSLIB_BENCH_MILLION") else SIZES
    print(f"{'spectra':>10s} {'spectra/s':>10s} {'memory above the base':>22s} {'reach the truth':>16s}")
    memory = []
    for count in sizes:
        program = f"from tests.benchmarks.bench_streaming import stream; stream({count})"
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        taken, above, reached = map(float, done.stdout.split())
        memory.append(above)
        print(f"{count:10d} {count / taken:10.0f} {above / 2**20:19.1f} MB {100 * reached:15.1f}%")
    growth, themselves = memory[-1] - memory[0], (sizes[-1] - sizes[0]) * len(FREQUENCY) * 16
    print(
        f"\nFrom the first size to the last the memory grows by {growth / 2**20:.1f} MB, the spectra by "
        f"{themselves / 2**20:.0f} MB: {100 * growth / themselves:.1f} % (target below 10 %)."
    )
