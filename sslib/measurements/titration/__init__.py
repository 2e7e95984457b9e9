"""Titration in steps of current (GITT) or of potential (PITT): diffusivity against composition."""

from sslib.measurements.titration.finite_length import (
    current_step,
    potential_step,
    slowest_rate,
)
from sslib.measurements.titration.gitt import (
    PulseDiffusivity,
    gitt,
)
from sslib.measurements.titration.hosts import (
    Film,
    Sphere,
    stated_host,
)
from sslib.measurements.titration.pitt import (
    StepDiffusivity,
    pitt,
)
from sslib.measurements.titration.result import (
    Titration,
)
from sslib.measurements.titration.short_time import (
    cottrell,
    cottrell_window,
    endpoint_bias,
    longest_pulse,
    pulse_bias,
    weppner_huggins,
)
from sslib.measurements.titration.simulated import (
    TitratedElectrode,
    TitrationHold,
    record_titration,
    simulate_titration,
    titration_times,
)
from sslib.measurements.titration.trials import (
    compare_titration_limits,
    trial_pulse,
)
