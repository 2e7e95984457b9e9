"""What a notebook imports besides models: pictures, sliders and results."""

from sslib.notebook.contract import keep_table, quantity, results
from sslib.notebook.controls import choice, choose_file, slider
from sslib.notebook.explorer import explore
from sslib.notebook.picture import show
from sslib.notebook.prose import say, show_table
