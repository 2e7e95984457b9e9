"""Every report as a file in a browser without a network, at the width of a desk's screen and of a phone's."""

from itertools import pairwise
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

notebooks = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
every_report = pytest.mark.parametrize("name", [path.stem for path in notebooks])


@every_report
def test_a_report_reads_without_a_network_on_any_screen(name, default_run, chromium):
    """A report goes by mail to someone on a train: what it would fetch, cut off or leave unsaid is lost."""
    address = (default_run(name) / "report.html").as_uri()
    for width in (1280, 400):
        context = chromium.new_context(viewport={"width": width, "height": 900}, offline=True)
        page = context.new_page()
        requests, complaints = [], []
        page.on("request", lambda request, seen=requests: seen.append(request.url))
        page.on("console", lambda said, seen=complaints: seen.append(said.text))
        page.on("pageerror", lambda error, seen=complaints: seen.append(str(error)))
        page.goto(address)
        assert [url for url in requests if url != address and not url.startswith("data:")] == []
        assert complaints == []
        check_images(page)
        check_equations(page)
        check_headings(page)
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), f"scrolls at {width} px"
        context.close()


def check_images(page):
    images = page.evaluate(
        "() => [...document.images].map(image => [image.complete, image.naturalWidth, image.width, image.alt.trim()])"
    )
    assert images
    for complete, natural, shown, alt in images:
        assert complete
        assert natural > 0
        assert shown > 0
        assert alt


def check_equations(page):
    """Equations are boxes with something in them, and no source of one is left in the text."""
    boxes = page.evaluate("() => [...document.querySelectorAll('math')].map(e => e.getBoundingClientRect().toJSON())")
    assert boxes
    assert all(box["width"] > 3 and box["height"] > 3 for box in boxes)
    text = page.evaluate(
        "() => [...document.querySelectorAll('section.text')].map(section => section.innerText).join(' ')"
    )
    assert "\\frac" not in text
    assert "$$" not in text


def check_headings(page):
    """One title, and no level left out: a screen reader's list of headings is the table of contents."""
    levels = page.evaluate(
        "() => [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(e => Number(e.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
