"""Figures as pictures: sharp, with alternative text, and shown once."""

from io import BytesIO

dots_per_inch = 200
"""Resolution of a picture; it is shown at half of it, so that dense screens find a dot for each of theirs."""

live_dots_per_inch = 150
"""Resolution of a picture that is drawn anew at each move of a control."""


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
    return buffer.getvalue(), _width(figure)


class LivePicture:
    """The pictures of one explorer, each drawn as quickly as can be.

    To lay a figure out takes as long as to draw it. Panels stay where the first picture has them, which also keeps
    them from moving under a reader's eyes, until labels or numbers at the axes need more room.
    """

    def __init__(self):
        self.forget()

    def forget(self):
        """The next picture is laid out afresh."""
        self._made_of, self._places, self._room = None, (), ()

    def encode(self, figure):
        """The PNG [bytes] of a figure, which is closed, and the width [px] at which to show it."""
        import numpy as np
        from matplotlib import pyplot
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from PIL import Image

        figure.dpi = live_dots_per_inch
        canvas = FigureCanvasAgg(figure)
        if not self._drawn_in_place(figure, canvas):
            canvas.draw()
            self._made_of, self._room = _made_of(figure), _room(figure)
            self._places = [(axes.get_position(original=True), axes.get_position()) for axes in figure.axes]
        buffer = BytesIO()
        # Weak compression: a kernel and its browser are close, and strong compression takes three times as long.
        Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3]).save(buffer, "png", compress_level=1)
        pyplot.close(figure)
        return buffer.getvalue(), _width(figure)

    def _drawn_in_place(self, figure, canvas):
        """Whether the figure fits the layout of an earlier one and was drawn so."""
        engine = figure.get_layout_engine()
        if engine is None or self._made_of != _made_of(figure):
            return False
        figure.set_layout_engine("none")
        for axes, (original, active) in zip(figure.axes, self._places, strict=True):
            axes.set_position(original, "original")
            axes.set_position(active, "active")
        canvas.draw()
        if all(need <= there for need, there in zip(_room(figure), self._room, strict=True)):
            return True
        figure.set_layout_engine(engine)
        for axes in figure.axes:
            axes.set_in_layout(True)  # a place that was set by hand is left out of a layout otherwise
        return False


def _made_of(figure):
    """What decides a figure's layout besides the numbers at its axes."""
    legends = [legend for legend in (*figure.legends, *(axes.get_legend() for axes in figure.axes)) if legend]
    return (
        tuple(figure.get_size_inches()),
        [(axes.get_xlabel(), axes.get_ylabel(), _lines(axes.get_title())) for axes in figure.axes],
        [len(text.get_text()) for legend in legends for text in legend.get_texts()],
    )


def _lines(text):
    return len(text.splitlines())


def _room(figure):
    """The longest number at each axis of a figure that was drawn, in characters."""
    axes = [axis for each in figure.axes for axis in (each.xaxis, each.yaxis)]
    ticks = [(*axis.majorTicks, *axis.minorTicks) for axis in axes]
    return [max((len(tick.label1.get_text()) for tick in own), default=0) for own in ticks]


def _width(figure):
    return round(figure.get_figwidth() * dots_per_inch / 2)


def check_alternative_text(alt):
    """Raise ValueError unless `alt` says something."""
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f"the alternative text is {alt!r}; it must say what the figure shows")
