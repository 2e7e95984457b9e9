"""The chain from a spectrum to survival: one cell, with what is known of it, and what it is asked to bear."""

from sslib.chain.answer import delivered, first_changes, limited, survives, to_change
from sslib.chain.changes import CONDITIONS, what_to_change_first
from sslib.chain.draws import FIT, RECIPE, WARMTH, DrawnCells, drawn_cells, tolerances
from sslib.chain.outcome import (
    CAPACITY,
    ENERGY,
    FAILURE,
    FAILURE_10X,
    LAWS,
    RESULTS,
    THROUGHPUT,
    Outcome,
    cell_outcome,
    dependence,
    energy_at_currents,
    failing_share,
    operating_point,
    survival_in_time,
)
from sslib.chain.transport import budget_per_area, known_transport
from sslib.chain.use import CellInUse
from sslib.chain.versus import beside, read_story
