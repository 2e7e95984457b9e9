"""Figures that notebooks draw."""

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
