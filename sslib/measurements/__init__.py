"""Evaluations of titration, polarisation, stepped-current and pulse experiments, and which of them to choose."""

from sslib.measurements.probes import (
    LineProbe,
    PointProbe,
    ProbeConductivity,
    geometry_errors,
    probe_conductivity,
    probe_conductivity_of_series,
    seen_conductivity,
)
from sslib.measurements.stepped_current import (
    CellDistribution,
    CriticalCurrent,
    HalfCycle,
    Judged,
    OfProtocol,
    Protocol,
    Rehearsal,
    SteppedRecord,
    SymmetricCell,
    by_protocol,
    cell_distribution,
    critical_current,
    rehearse,
    simulate_stepped,
)
from sslib.measurements.techniques import (
    DOUBTFUL,
    EXCLUDED,
    FITS,
    TRAPS,
    choose_measurements,
    measurement_questions,
    measurements,
    modelling_avenues,
    question_map,
    resolves,
    time_constant,
)
