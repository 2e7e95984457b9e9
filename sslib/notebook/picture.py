"""Figures as pictures: sharp, with alternative text, and shown once."""

from io import BytesIO

dots_per_inch = 200
"""Resolution of a picture; it is shown at half of it, so that dense screens find a dot for each of theirs."""


def show(figure, alt):
    """Show a matplotlib figure as PNG and close it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Its size in inches is its size in the report, at 100 pixels per inch.
    alt : str
        What a reader who cannot see the picture needs to know of it; goes into the output's metadata.
    """
    from IPython.display import display

    # Loaded here: it needs matplotlib, which a notebook without figures does not.
    from sslib.notebook.export import keep_figure

    check_alternative_text(alt)
    keep_figure(figure, alt)
    png, width = encode(figure)
    display({"image/png": png, "text/plain": alt}, raw=True, metadata={"image/png": {"alt": alt, "width": width}})


def encode(figure):
    """The PNG [bytes] of a figure, which is closed, and the width [px] at which to show it."""
    from matplotlib import pyplot

    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=dots_per_inch)
    pyplot.close(figure)
    return buffer.getvalue(), round(figure.get_figwidth() * dots_per_inch / 2)


def check_alternative_text(alt):
    """Raise ValueError unless `alt` says something."""
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f"the alternative text is {alt!r}; it must say what the figure shows")
