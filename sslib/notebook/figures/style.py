"""What all figures share: colours, width, and how data and models are drawn.

Colours are those of Okabe and Ito, which people with any colour vision tell apart; shape says the same again.
"""

from matplotlib.figure import Figure

BLACK, BLUE, VERMILION, GREY, GREEN = "#000000", "#0072b2", "#b34700", "#666666", "#007a5a"
WIDTH = 7.3
# A report's column is 704 pixels of 1/96 inch wide, so that this is 9 points there; no text is smaller.
SMALL = 9
DATA = {"marker": "o", "linestyle": "none", "markersize": 4.5, "markerfacecolor": "none", "color": BLACK}
MODEL = {"linestyle": "-", "linewidth": 1.8, "color": BLUE}


def figure_of(height, *args, **kwargs):
    """A figure of the page's width and that height [inch], with the axes that ``subplots`` makes of the rest."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots(*args, **kwargs)


def label_contours(axes, lines, levels=None, form="%g"):
    """Values written onto contour lines, dark on a light ground whatever lies beneath."""
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
    chosen = lines.levels if levels is None else levels
    for text in axes.clabel(lines, chosen, fmt=form, fontsize=SMALL, colors=BLACK):
        text.set_bbox(ground)
