"""Sentences and tables that a notebook computes, set like its text."""

from html import escape

from sslib.formatting import number


def say(*paragraphs, bullets=False):
    """Show sentences as text of the notebook, not as printed output.

    Parameters
    ----------
    *paragraphs : str
        What to say. It is shown as it stands: text that came from a file cannot become markup.
    bullets : bool
        Whether each is an item of a list.
    """
    from IPython.display import display

    if not paragraphs:
        return
    tag = "li" if bullets else "p"
    html = "".join(f"<{tag}>{escape(text)}</{tag}>" for text in paragraphs)
    plain = "\n".join(f"- {text}" if bullets else text for text in paragraphs)
    display({"text/html": f"<ul>{html}</ul>" if bullets else html, "text/plain": plain}, raw=True)


def show_table(frame, digits=4):
    """Show a table: numbers to so many significant digits, nothing where a value is missing.

    Parameters
    ----------
    frame : pandas.DataFrame or dict
        The index is shown unless it only counts the rows. A dictionary has for each row's name a dictionary by column.
    digits : int
    """
    import pandas as pd
    from IPython.display import display

    if isinstance(frame, dict):
        frame = pd.DataFrame.from_dict(frame, orient="index")

    def text(value):
        if pd.isna(value):
            return ""
        return number(value, digits) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)

    shown = frame.map(text)
    counts = isinstance(frame.index, pd.RangeIndex)
    html = shown.to_html(index=not counts, border=0, escape=True)
    display({"text/html": html, "text/plain": shown.to_string(index=not counts)}, raw=True)
