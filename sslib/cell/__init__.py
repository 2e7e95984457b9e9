"""One cell as a whole: throughput, energy density, rate."""

from sslib.cell.ceilings import (
    PLATING,
    STRIPPING,
    TOGETHER,
    CellParts,
    area_specific_resistance,
    cathode_resistance,
    current_ceilings,
    diffusion_resistance,
    even_rail_resistance,
    even_reaction_excess,
    part_resistances,
    settling_time,
)
from sslib.cell.composition import LAWS, Composition, electronic_trend
from sslib.cell.designs import Design, cathode_recipe, compare_chemistries, with_active
from sslib.cell.discharge import Discharge, Insertion, RailCell, discharge
from sslib.cell.electrode import Chemistry, Electrode, over_recipes, oxide_chemistry
from sslib.cell.electrolytes import (
    PROPERTIES,
    against_table_1,
    literature_electrolytes,
    pick_electrolytes,
    read_electrolytes,
)
from sslib.cell.energy import (
    DENSITY,
    SPECIFIC,
    Cell,
    break_even_by_mass,
    break_even_by_volume,
    break_even_loading,
    stacked,
)
from sslib.cell.film import (
    Column,
    DiffusivityCurve,
    FilmCell,
    FilmMaterial,
    FilmRun,
    Overpotential,
    area_enhancement,
    charging_overpotential,
    column_currents,
    column_discharge,
    conformal,
    dominance_probability,
    dominant_losses,
    film_current,
    film_discharge,
    film_pulses,
    from_there_on,
    linear_losses,
    lithium_cobalt_oxide,
)
from sslib.cell.heat import (
    Stack,
    ThermalLayer,
    Warming,
    biaxial_stress,
    cell_heat,
    cells_within,
    entropy_of_share,
    rise_in_time,
    stack_conductivities,
    stack_rise,
    steady_rise,
    surface_coefficient,
)
from sslib.cell.join import (
    COARSE,
    Known,
    KnownTransport,
    Spread,
    assumed,
    at_open_ends,
    capacity_of_diffusion,
    discharged,
    drawn_parameters,
    fitted,
    interval_of,
    propagated,
    read_fit,
)
from sslib.cell.layers import (
    Layer,
    Material,
    at_same_volume,
    composite,
    conversion_volume_change,
    joined,
    material,
    sheet,
    swollen,
)
from sslib.cell.linear import LinearEnd, charge_transfer_end, linear_end, linearised
from sslib.cell.optimum import (
    MOVABLE,
    Leverage,
    Optimum,
    best_electrode,
    best_electrodes,
    drawn,
    drawn_gains,
    interval_over_laws,
    one_at_a_time,
    open_ends,
    strongest_shares,
    with_factors,
)
from sslib.cell.published import against_published, liquid_cell, recomputed, rival_bookkeepings, slips, solid_cell
from sslib.cell.rate import (
    ANODES,
    INDIUM,
    LITHIUM,
    NO_LITHIUM,
    PARAMETERS,
    StatedCell,
    best_thickness,
    cathode_volumes,
    compare_discharges,
    improvements,
    layered_oxide,
    specific_energy,
)
from sslib.cell.screening import (
    CRITERIA,
    FACTOR,
    FAILS,
    PASSES,
    UNDECIDED,
    UNKNOWN,
    VOLT,
    Criterion,
    Finding,
    Use,
    allowances,
    screen,
    summarise_findings,
    tally_findings,
)
from sslib.cell.spread import (
    INPUTS,
    central_interval,
    energies,
    moves,
    sampled,
    sobol,
    tornado,
)
from sslib.cell.throughput import (
    NOMINAL_RATE,
    TRUE_TIME,
    against_printed_throughput,
    compare_throughput,
    rank_throughput,
    throughput_at_c_rate,
    throughput_of_charge,
    throughput_of_current,
    utilisation,
)
from sslib.cell.throughput_cells import literature_throughput_cells, read_throughput_cells
