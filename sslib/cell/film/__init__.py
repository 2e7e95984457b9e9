"""A cell of dense films: where its voltage goes on discharge and in pulses, and what a third dimension changes."""

from sslib.cell.film.columns import (
    Column,
    area_enhancement,
    column_currents,
    column_discharge,
    conformal,
)
from sslib.cell.film.dominance import (
    COURSE,
    dominance_probability,
    dominant_losses,
    film_current,
    lithium_cobalt_oxide,
)
from sslib.cell.film.overpotentials import (
    DIFFUSION,
    ELECTRONS,
    LITHIUM,
    OHMIC,
    PARTS,
    TRANSFER,
    FilmCell,
    FilmMaterial,
    FilmRun,
    charging_overpotential,
    linear_losses,
)
from sslib.cell.film.plate import (
    DiffusivityCurve,
)
from sslib.cell.film.runs import (
    film_discharge,
    film_pulses,
)
