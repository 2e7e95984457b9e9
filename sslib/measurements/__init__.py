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
