"""What a notebook imports besides models: pictures, sliders and results."""

from sslib.notebook.contract import File, quantity, results
from sslib.notebook.explorer import choice, explore, slider
from sslib.notebook.picture import show

__all__ = ["File", "choice", "explore", "quantity", "results", "show", "slider"]
