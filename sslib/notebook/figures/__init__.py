"""Figures that notebooks draw."""

from sslib.notebook.figures.choosing import (
    measurement_lengths_figure,
    question_map_figure,
    time_window_figure,
)
from sslib.notebook.figures.conduction import (
    electronic_law_figure,
    pulse_resistance_figure,
    salt_step_figure,
    settling_figure,
    steady_figure,
    thickness_figure,
)
from sslib.notebook.figures.creep import aspect_figure, confinement_figure, deformation_map_figure
from sslib.notebook.figures.critical import (
    cells_figure,
    critical_resistance_figure,
    decision_figure,
    protocol_figure,
    stepped_record_figure,
)
from sslib.notebook.figures.design import (
    composition_map_figure,
    gain_figure,
    law_figure,
    leverage_figure,
    size_figure,
)
from sslib.notebook.figures.energy import energy_breakdown_figure, energy_contour_figure, sensitivity_figure
from sslib.notebook.figures.evolution import (
    arcs_figure,
    evolution_figure,
    factor_figure,
    step_pulse_figure,
    step_spectra_figure,
)
from sslib.notebook.figures.failure import (
    conditions_leverage_figure,
    fade_figure,
    failure_in_time_figure,
    failure_map_figure,
    first_mechanism_figure,
    onset_figure,
    variance_figure,
)
from sslib.notebook.figures.impedance import (
    arrhenius_figure,
    budget_figure,
    capacitance_figure,
    design_figure,
    interval_figure,
    prospects_figure,
    relaxation_figure,
    residual_figure,
    resolution_figure,
    series_figure,
    spectrum_figure,
)
from sslib.notebook.figures.inside import (
    amplitude_figure,
    contact_figure,
    gradient_figure,
    probe_figure,
    reaction_figure,
)
from sslib.notebook.figures.interfaces import (
    concentration_figure,
    contacts_figure,
    filler_figure,
    growth_figure,
    polarisation_figure,
)
from sslib.notebook.figures.polymer import deviation_figure, recovery_figure, two_rail_map_figure
from sslib.notebook.figures.pulses import linear_end_figure, pulse_figure, step_figure
from sslib.notebook.figures.rate import (
    discharge_check_figure,
    discharge_curves_figure,
    energy_at_rate_figure,
    improvement_figure,
    ragone_figure,
)
from sslib.notebook.figures.screening import pugh_figure, screening_figure
from sslib.notebook.figures.space_charge import (
    junction_figure,
    layer_capacitance_figure,
    layer_impedance_figure,
    layer_profile_figure,
    layer_resistance_figure,
)
from sslib.notebook.figures.story import delivery_figure, first_change_figure, reading_figure, survival_figure
from sslib.notebook.figures.throughput import ranking_figure, throughput_figure, waterfall_figure
from sslib.notebook.figures.titration import (
    diffusivity_figure,
    pulse_bias_figure,
    titration_figure,
    titration_pulse_figure,
    titration_step_figure,
)
from sslib.notebook.figures.voltage import (
    column_figure,
    dominance_figure,
    enhancement_figure,
    film_pulse_figure,
    loss_figure,
    probability_figure,
    warming_figure,
)
