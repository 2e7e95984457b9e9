"""Where a cell fails, which way, and how sure that is: criteria, their map, and what observations say of it."""

from sslib.failure.changes import what_to_change
from sslib.failure.conditions import COLDEST, Conditions
from sslib.failure.defaults import ELECTROLYTES, VOCABULARY, cell_parameters, own_cell
from sslib.failure.fade import Fade, capacity_fade
from sslib.failure.laws import (
    charge_to_short,
    contact_resistance,
    interphase_resistance,
    stripping_limit,
    wedging_limit,
)
from sslib.failure.maps import CONTOURS, FailureMap, failure_map, severities, thresholds
from sslib.failure.mechanisms import FULL_CELL, LITHIUM_SIDE, MECHANISMS, Mechanism, Term, mechanism_table
from sslib.failure.observations import (
    failure_observations,
    observation_points,
    observed_conditions,
    recalibrated,
    recalibrated_without_each,
)
from sslib.failure.parameters import SPANNING, Parameter, Parameters
from sslib.failure.particles import (
    cracking_energy_ratio,
    end_diffusivity,
    insertion_stress,
    particle_strength,
    volume_change,
)
from sslib.failure.points import (
    SafeCurrent,
    best_pressure,
    critical_currents,
    failure_probability,
    safe_current,
    variance_shares,
)
from sslib.failure.scoring import Score, brier_score, onset_table, outcome_table
from sslib.failure.signs import CROSSES, START, sign_counts, sign_test
