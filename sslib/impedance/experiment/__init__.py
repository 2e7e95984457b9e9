"""What a measurement would determine before it is made: information, designs, and what a second one would bring."""

from sslib.impedance.experiment.design import (
    Design,
    Interphase,
    design_frequencies,
    smallest_arc,
    smallest_change,
    smallest_interphase,
)
from sslib.impedance.experiment.information import Information, information, information_at, information_of
from sslib.impedance.experiment.prospects import Prospect, design_experiment, with_terminals
