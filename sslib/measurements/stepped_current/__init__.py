"""Stepped-current measurement of the critical current density: evaluation, many cells, and a forward model."""

from sslib.measurements.stepped_current.cells import CellDistribution, cell_distribution
from sslib.measurements.stepped_current.evaluation import critical_current
from sslib.measurements.stepped_current.half_cycles import HalfCycle
from sslib.measurements.stepped_current.model import Protocol, SteppedRecord, SymmetricCell, simulate_stepped
from sslib.measurements.stepped_current.protocols import Rehearsal, by_protocol, rehearse
from sslib.measurements.stepped_current.result import CriticalCurrent, Judged
