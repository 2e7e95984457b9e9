"""What a notebook imports besides models: pictures, sliders and results."""

from sslib.notebook.contract import quantity, results
from sslib.notebook.explorer import choice, explore, slider
from sslib.notebook.picture import show
from sslib.notebook.prose import say, show_table
