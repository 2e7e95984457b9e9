"""Speed and recovery, as ratios within one run: ``make bench``.

Each benchmark is a module of this folder with a ``main()`` that prints a table. One BLAS thread; nothing here passes or
fails, so that a slow machine is no defect. A share or a ratio with a target says so beside it.
"""

import importlib
import platform
import sys
from pathlib import Path

import numpy as np
import scipy

BENCHMARKS = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))


def main():
    asked = sys.argv[1:] or BENCHMARKS
    unknown = [name for name in asked if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"unknown benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    print(f"Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}, one BLAS thread")
    for name in asked:
        module = importlib.import_module(f"tests.benchmarks.{name}")
        print(f"\n## {module.__doc__.strip().splitlines()[0]}\n")
        module.main()


if __name__ == "__main__":
    main()
