"""Sentences and tables that a notebook computes, set like its text."""

import numbers
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
        value = value.item() if hasattr(value, "item") else value
        return number(value, digits) if _is_number(value) else str(value)

    shown = frame.map(text)
    if not isinstance(frame.index, pd.RangeIndex):
        shown.insert(0, "", [str(name) for name in frame.index])
    words = [
        column not in frame or not all(_is_number(value) or pd.isna(value) for value in frame[column])
        for column in shown
    ]
    rows = [_cells("th", shown.columns, words), *(_cells("td", row, words) for row in shown.itertuples(index=False))]
    html = f'<table class="dataframe"><thead>{rows[0]}</thead><tbody>{"".join(rows[1:])}</tbody></table>'
    display({"text/html": html, "text/plain": shown.to_string(index=False)}, raw=True)


def _is_number(value):
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _cells(tag, texts, words):
    """A row of a table; words stand at the left of their column, numbers at the right."""
    classes = [' class="words"' if left else "" for left in words]
    return (
        "<tr>" + "".join(f"<{tag}{c}>{escape(str(t))}</{tag}>" for c, t in zip(classes, texts, strict=True)) + "</tr>"
    )
