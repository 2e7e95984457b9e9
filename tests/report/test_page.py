"""The report as a page: equations, prices, pictures, and nothing from elsewhere."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from sslib.report.html import mathml, notebook_page

record = {
    "title": "What <limits> it?",
    "error": None,
    "asked": {"label": "<i>"},
    "parameters": {"label": "<i>"},
    "began": "2026-01-01T00:00:00+00:00",
    "duration": 1.0,
    "files": [],
    "commit": None,
    "clean": None,
    "versions": {"numpy": "2"},
    "system": "Linux",
}

png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def displayed(data, **metadata):
    return new_output("display_data", data=data, metadata=metadata)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    text = r"""# What limits it?

A rail of $R_\mathrm{ion}$ costs $5 to $7 where \$4 was asked; `$HOME` and $x<y$.

$$Z = \sqrt{z_1 / Y}\,\coth\left(L\sqrt{z_1 Y}\right)$$

| a | b |
|---|---|
| $x^2$ | [source](https://doi.org/10.1000/1) |

\begin{aligned} a &= b \\ c &= d \end{aligned}
"""
    outputs = [
        displayed({"image/png": png, "text/plain": "x"}, **{"image/png": {"alt": 'A "sharp" figure', "width": 640}}),
        displayed({"text/latex": r"$\displaystyle \frac{a}{b}$", "text/plain": "x"}),
        displayed({"text/markdown": "sure: $n=3$ <img src=https://example.org/x.png>", "text/plain": "x"}),
        displayed({"text/html": "<table class='dataframe'><tr><td>1</td></tr></table>", "text/plain": "x"}),
        displayed({"application/javascript": "alert(1)", "text/plain": "left out"}),
        displayed({"text/html": "<p>the results</p>", "text/plain": "x"}, sslib={"role": "results"}),
        new_output("stream", name="stderr", text="UserWarning: 3 points left out"),
        new_output("execute_result", data={"text/plain": "1 < 2"}, execution_count=1),
    ]
    notebook = new_notebook(
        cells=[
            new_markdown_cell(text),
            new_code_cell("label: str = ''", metadata={"tags": ["parameters"]}),
            new_code_cell("1 < 2", outputs=outputs, execution_count=1),
            new_markdown_cell("## Verdict"),
        ]
    )
    return notebook_page(notebook, record, folder)


class Parts(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))


def test_nothing_is_fetched_or_run(page):
    """A report has to open on a machine without network, in ten years, and must not call home."""
    tags = Parts(page).tags
    assert not {"script", "link", "iframe", "object", "embed", "base"} & {tag for tag, _ in tags}
    for tag, attributes in tags:
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "srcset", "poster", "data", "background"):
            assert attributes.get(name, "data:").startswith("data:"), (tag, attributes)
        assert "url(" not in attributes.get("style", "")
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    assert "url(" not in style
    assert "@import" not in style
    assert "MathJax" not in page
    policy = next(a["content"] for t, a in tags if t == "meta" and "http-equiv" in a)
    assert policy.startswith("default-src 'none'")


def test_equations_are_mathml(page):
    """Dollars and backslashes in a report are no equations; the network's typesetter is not there."""
    assert page.count("<math") == 7
    assert page.count('display="block"') == 3
    assert "\\coth" not in page
    assert "\\begin" not in page
    assert "<mi>coth</mi>" in page


def test_prices_and_code_keep_their_dollars(page):
    """Text between two prices that turns into italics without spaces is lost."""
    assert "costs $5 to $7 where $4 was asked; <code>$HOME</code>" in page


def test_an_equation_that_cannot_be_converted_is_shown_as_written():
    """A report must not fail, nor lose the line, for a command that the converter does not know."""
    assert mathml(r"\left( <a>", "inline") == r"<code>\left( &lt;a&gt;</code>"


def test_pictures_have_alternative_text_and_size(page):
    """Who cannot see the figure reads it; and at twice the size it would be a poster."""
    [image] = [attributes for tag, attributes in Parts(page).tags if tag == "img"]
    assert image["alt"] == 'A "sharp" figure'
    assert image["width"] == "640"


def test_headings_are_in_order_and_the_page_has_a_title(page):
    """Screen readers and browser tabs go by them."""
    tags = Parts(page).tags
    assert [tag for tag, _ in tags if re.fullmatch(r"h\d", tag)] == ["h1", "h2", "h2"]
    assert ("html", {"lang": "en"}) in tags
    assert "<title>What &lt;limits&gt; it?</title>" in page


def test_results_stand_at_the_top_once(page):
    """A reader of forty reports reads the top of each."""
    assert page.count("<p>the results</p>") == 1
    assert page.index("What limits it?") < page.index("<p>the results</p>") < page.index("<summary>")


def answered(*cells, **changes):
    """The report's text after the style, of a run that answered."""
    own = record | {"answer": ["Ions limit <b>it</b>.", "Make it thinner."]} | changes
    shown = displayed({"text/html": "<p>shown by hand</p>", "text/plain": "x"}, sslib={"role": "answer"})
    table = displayed({"text/html": "<p>the results</p>", "text/plain": "x"}, sslib={"role": "results"})
    last = new_code_cell("results()", outputs=[shown, table], execution_count=1)
    page = notebook_page(new_notebook(cells=[*map(new_markdown_cell, cells), last]), own, Path())
    return page.split("</style>")[1]


@pytest.mark.parametrize("first", ["# What limits it?\n\nAn introduction.", "An introduction."])
def test_the_answer_stands_beneath_the_title(first):
    """Who has ten seconds reads the title and what comes next; and a name in the answer cannot become markup."""
    page = answered(first)
    sentences = "<p>Ions limit &lt;b&gt;it&lt;/b&gt;.</p><p>Make it thinner.</p>"
    order = ["</h1>", sentences, "An introduction.", "the results"]
    if not first.startswith("#"):
        order[2:] = ["the results", "An introduction."]
    assert [page.count(part) for part in order] == [1] * 4
    assert order == sorted(order, key=page.index)
    assert "shown by hand" not in page


def test_without_an_answer_there_is_no_empty_box(page):
    """An older run, a failed one and most notebooks have none."""
    assert 'class="answer"' not in page.split("</style>")[1]
    assert 'class="answer"' not in answered("# What?", answer=[], error="it broke")


def test_code_is_folded_and_warnings_are_marked(page):
    """The code is there for who doubts, and a warning is not lost among it."""
    assert page.count('<details class="code">') == 2
    assert re.search(r'class="warning".*UserWarning: 3 points left out', page, re.DOTALL)
    assert "left out</pre>" in page
    assert "alert(1)" not in page
    assert "1 &lt; 2" in page


def test_html_in_displayed_markdown_is_text(page):
    """Markdown that a cell displays holds names from files; a picture's address in one would be fetched."""
    assert "&lt;img src=" in page
