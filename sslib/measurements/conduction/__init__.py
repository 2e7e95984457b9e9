"""Who carries a current: steady and first currents of a polarised sample, blocking cells, and pulses."""

from sslib.measurements.conduction.blocking import (
    CellResistance,
    cell_of_spectrum,
    cell_of_steps,
    cells_by_carrier,
    check_steps_against_spectrum,
)
from sslib.measurements.conduction.blocking_cell import (
    simulate_blocking_cell,
)
from sslib.measurements.conduction.composite_rails import (
    Rails,
    ThicknessSeries,
    measured_tortuosity,
    rails,
    thickness_series,
)
from sslib.measurements.conduction.polarisation import (
    Polarisation,
    electronic_current,
    hebb_wagner,
)
from sslib.measurements.conduction.polarised_cell import (
    simulate_polarisation,
)
from sslib.measurements.conduction.pulses import (
    PulseResistances,
    pulse_resistances,
)
from sslib.measurements.conduction.salt_step import (
    ideal_diffusivity,
    simulate_salt_step,
)
from sslib.measurements.conduction.settling import (
    NotSettledError,
    SteadyCurrent,
    diffusion_series,
    steady_current,
)
from sslib.measurements.conduction.starting import (
    Start,
    layer_current,
    starting_current,
)
from sslib.measurements.conduction.transference import (
    CurrentFraction,
    bruce_vincent,
    current_fraction,
)
