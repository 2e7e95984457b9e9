"""A cell of dense films: where its voltage goes on discharge and in pulses, and what a third dimension changes."""

from sslib.cell.film.cobalt_oxide import lithium_cobalt_oxide
from sslib.cell.film.columns import (
    Column,
    area_enhancement,
    column_currents,
    column_discharge,
    conformal,
)
from sslib.cell.film.dominance import (
    dominance_probability,
    dominant_losses,
    from_there_on,
)
from sslib.cell.film.overpotentials import (
    FilmCell,
    FilmMaterial,
    Overpotential,
    charging_overpotential,
    film_current,
    linear_losses,
)
from sslib.cell.film.plate import (
    DiffusivityCurve,
)
from sslib.cell.film.runs import (
    FilmRun,
    film_discharge,
    film_pulses,
)
