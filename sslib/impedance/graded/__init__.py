"""Layers that are not the same at every depth: gradients, tomograms, pressure."""

from sslib.impedance.graded.layer import (
    Gradient,
    Layer,
    face_edges,
    graded,
    integrals,
    read_profile,
    regions_needed,
    relative_profile,
)
from sslib.impedance.graded.stress import mean_area, stressed
