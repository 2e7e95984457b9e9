"""Circuits, transmission lines, and fits of them."""

from sslib.impedance import evolution
from sslib.impedance.budget import STORAGE, Share, limiting, resistance_budget, resistance_split
from sslib.impedance.cathodes import (
    CATHODES,
    COUNTER_ELECTRODES,
    DESCRIPTIONS,
    PARTS,
    SEPARATORS,
    across_models,
    cathode_model,
    compare,
    fit_likely,
    interval_across,
    support,
)
from sslib.impedance.circuit import Circuit, Parallel, Parameter, Series
from sslib.impedance.discretised import (
    insertion_deviation,
    insertion_impedance,
    ladder_filled_share,
    mixed_conductor_deviation,
    nernst_planck_impedance,
    paths_deviation,
)
from sslib.impedance.distributed import Distributed
from sslib.impedance.elements import (
    CPE,
    C,
    CylindricalDiffusion,
    FiniteLengthWarburg,
    FiniteSpaceWarburg,
    Gerischer,
    L,
    R,
    SphericalDiffusion,
    Warburg,
)
from sslib.impedance.experiment import (
    Design,
    Information,
    Interphase,
    Prospect,
    design_experiment,
    design_frequencies,
    information,
    information_at,
    information_of,
    smallest_arc,
    smallest_change,
    smallest_interphase,
    with_terminals,
)
from sslib.impedance.fitting import (
    BatchResult,
    Bootstrap,
    FitResult,
    Verdict,
    bootstrap,
    fit,
    fit_batch,
    fit_stream,
)
from sslib.impedance.graded import (
    Gradient,
    Layer,
    face_edges,
    graded,
    integrals,
    mean_area,
    read_profile,
    regions_needed,
    relative_profile,
    stressed,
)
from sslib.impedance.joint import (
    Agreement,
    Arrhenius,
    Free,
    Joint,
    JointResult,
    PartResult,
    Shared,
    Smooth,
    fit_joint,
    ladder_deviation,
    narrowing,
    simulate_joint,
)
from sslib.impedance.line import TransmissionLine
from sslib.impedance.misreading import against_truth, largest_deviation, noise_that_hides, read_as
from sslib.impedance.mixed_conductor import (
    carrier_capacitance,
    carrier_current,
    composite_electrode,
    composite_values,
    film_values,
    mixed_conductor,
    mixed_conductor_values,
    symmetric_cell,
    symmetric_cell_impedance,
    thin_film,
)
from sslib.impedance.network import (
    Conductances,
    Inside,
    Linearity,
    Network,
    Region,
    as_network,
    largest_amplitude,
    linearity,
    nodal_admittance,
    probe_impedance,
    reaction_depth,
)
from sslib.impedance.particles import particle, particle_surface, particle_values, topology_errors
from sslib.impedance.physics import compare_with_pybamm, half_cell_values, over_area
from sslib.impedance.reading import ELECTRODE, CathodeReading, read_cathode
from sslib.impedance.relaxation import LEAST_FREQUENCIES, Peak, RelaxationTimes, relaxation_times, zarc_distribution
from sslib.impedance.salt import (
    Salt,
    SaltCell,
    TwoRailMap,
    compare_salt_with_pybamm,
    depletion_current_density,
    limiting_current_density,
    salt_capacitance,
    salt_half_cell,
    salt_half_cell_values,
    salt_resistance,
    salt_values,
    separator_cell,
    slow_resistances,
    steady_current_ratio,
    transference_number,
    two_rail_cell,
    two_rail_map,
    two_rail_values,
    without_transference,
)
from sslib.impedance.scaled import Scaled, Tilted
from sslib.impedance.sizes import Histogram, LogNormal, lognormal_radii, lognormal_spread
from sslib.impedance.state_of_charge import (
    factors_from_fits,
    insertion_cathode,
    insertion_cathode_values,
    interaction_from_factors,
    material_of_cell,
)
from sslib.impedance.strings import CircuitString, circuit_from_string, circuit_to_string
from sslib.impedance.transient import (
    PoleImpedance,
    Prediction,
    PulseFit,
    PulseRecord,
    PulseSpectrum,
    State,
    StepOperator,
    Superposition,
    approximate,
    compare_steps,
    fit_pulse,
    poles_of_spectrum,
    predict,
    pulse_record,
    pulses_by_length,
    response,
    samples_together,
    simulate_pulses,
    spectrum_of_pulse,
    superposition,
)
from sslib.impedance.validity import (
    Check,
    Drift,
    ErrorStructure,
    KramersKronig,
    RangeVerdict,
    RepeatNoise,
    check_protocol,
    header_amplitude,
    kramers_kronig,
    noise_level,
    noise_of_repeats,
    protocol_table,
)
