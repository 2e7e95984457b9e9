"""The four-line and the four-point probe: geometric factors, and the conductivity of a measured row of currents."""

from sslib.measurements.probes.carriers import seen_conductivity
from sslib.measurements.probes.errors import geometry_errors
from sslib.measurements.probes.evaluation import (
    ProbeConductivity,
    probe_conductivity,
    probe_conductivity_of_series,
)
from sslib.measurements.probes.geometry import LineProbe, PointProbe
