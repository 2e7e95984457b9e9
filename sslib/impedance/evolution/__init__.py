"""Nine steps from one rail in a pore to concentrated solutions, each on the same electrode."""

from sslib.impedance.evolution.agreement import network_deviation
from sslib.impedance.evolution.arcs import (
    CONFIGURATIONS,
    arc_counts,
    arcs,
    blocking_arc_ratio,
    counted_interfaces,
    where_claim_holds,
)
from sslib.impedance.evolution.configurations import as_percent, what_contacts_determine
from sslib.impedance.evolution.electrode import electrode_values, two_rails
from sslib.impedance.evolution.matter import driving_force, paths, scale, thermodynamics
from sslib.impedance.evolution.pulse import Pulse, examine_pulse, transient
from sslib.impedance.evolution.rails import conduction, contacts, interface, interfaces
from sslib.impedance.evolution.salt import concentrated_solution
from sslib.impedance.evolution.step import Estimate, Fitted, Outcome, Step, Variant, examine
from sslib.impedance.evolution.words import (
    counts,
    fit_table,
    origins_table,
    percent,
    sentences,
    story_table,
    values_table,
)
